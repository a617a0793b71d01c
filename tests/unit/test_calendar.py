"""The working calendar against a slow reading of its rule, and on the days that catch programs out."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from htx_workflow.domain.calendar import CalendarFile, DayEntry, WorkingCalendar
from htx_workflow.domain.errors import CalendarEnds

ONE_DAY = timedelta(days=1)
FIRST, LAST = date(2024, 1, 1), date(2025, 12, 31)


def off(day: date, name: str = "lễ", **more: object) -> DayEntry:
    return DayEntry.model_validate({"day": day, "kind": "off", "name": name, "source": "thử", **more})


def work(day: date, name: str = "hoán đổi") -> DayEntry:
    return DayEntry(day=day, kind="work", name=name, source="thử")


def calendar_file(*days: DayEntry) -> CalendarFile:
    return CalendarFile(code="thu", title="Lịch thử", known_from=FIRST, known_to=LAST, days=list(days))


def calendar(*days: DayEntry) -> WorkingCalendar:
    return WorkingCalendar.from_file(calendar_file(*days))


SWAPPED = calendar(
    off(date(2025, 4, 7), "lễ Giỗ Tổ Hùng Vương"),
    work(date(2025, 4, 26), "hoán đổi với ngày nghỉ 02/05/2025"),
    off(date(2025, 4, 30), "lễ Chiến thắng"),
    off(date(2025, 5, 1), "lễ Quốc tế Lao động"),
    off(date(2025, 5, 2), "hoán đổi với ngày làm bù 26/04/2025"),
    off(date(2025, 11, 24), "Ngày Văn hóa Việt Nam", provisional=True),
)


@st.composite
def any_calendar(draw: st.DrawFn) -> WorkingCalendar:
    days = draw(st.sets(st.dates(FIRST, LAST), max_size=40))
    entries = []
    for day in sorted(days):
        may_work = day.weekday() >= 5 and draw(st.booleans())
        entries.append(work(day) if may_work else off(day, provisional=draw(st.booleans())))
    return calendar(*entries)


known_days = st.dates(FIRST, LAST)
middle_days = st.dates(date(2024, 9, 1), date(2025, 4, 30))
numbers = st.integers(-60, 60)


def slow_shift(using: WorkingCalendar, day: date, n: int) -> date:
    step = ONE_DAY if n > 0 else -ONE_DAY
    left = abs(n)
    while left:
        day += step
        left -= using.is_working(day)
    return day


# Properties


@given(any_calendar(), middle_days, numbers)
def test_shift_steps_from_working_day_to_working_day(using: WorkingCalendar, day: date, n: int) -> None:
    assert using.shift(day, n) == slow_shift(using, day, n)


@given(any_calendar(), known_days, known_days)
def test_count_counts_the_days_after_the_first_up_to_the_last(using: WorkingCalendar, one: date, other: date) -> None:
    start, end = min(one, other), max(one, other)
    days = [start + n * ONE_DAY for n in range(1, (end - start).days + 1)]
    assert using.count(start, end) == sum(using.is_working(day) for day in days)
    assert using.count(end, start) == -using.count(start, end)


@given(any_calendar(), middle_days, st.integers(0, 60))
def test_counting_undoes_shifting(using: WorkingCalendar, day: date, n: int) -> None:
    assert using.count(day, using.shift(day, n)) == n


@given(any_calendar(), middle_days, numbers)
def test_shifting_back_returns_to_a_working_day(using: WorkingCalendar, day: date, n: int) -> None:
    day = using.next_working(day)
    assert using.shift(using.shift(day, n), -n) == day


@given(any_calendar(), middle_days, st.integers(1, 30), st.integers(1, 30))
def test_two_shifts_one_way_are_one_long_shift(using: WorkingCalendar, day: date, one: int, other: int) -> None:
    assert using.shift(using.shift(day, one), other) == using.shift(day, one + other)


@given(any_calendar(), known_days, known_days, known_days)
def test_counts_add_up(using: WorkingCalendar, one: date, two: date, three: date) -> None:
    assert using.count(one, two) + using.count(two, three) == using.count(one, three) or not one <= two <= three
    first, middle, last = sorted([one, two, three])
    assert using.count(first, middle) + using.count(middle, last) == using.count(first, last)


@given(any_calendar(), middle_days, numbers)
def test_within_the_known_years_the_soft_answers_are_the_hard_ones(using: WorkingCalendar, day: date, n: int) -> None:
    assert using.soft_shift(day, n) == (using.shift(day, n), False)
    assert using.soft_previous_working(day) == (using.previous_working(day), False)
    assert using.soft_count(day, using.shift(day, n)) == (using.count(day, using.shift(day, n)), False)


@given(any_calendar(), st.dates(), st.integers(-5_000_000, 5_000_000), st.dates())
def test_the_soft_answers_never_raise(using: WorkingCalendar, day: date, n: int, other: date) -> None:
    using.soft_shift(day, n)
    using.soft_count(day, other)
    using.soft_previous_working(day)


@given(any_calendar(), middle_days, numbers)
def test_every_shift_and_count_has_its_one_sentence(using: WorkingCalendar, day: date, n: int) -> None:
    assert f"{using.shift(day, n):%d/%m/%Y}" in using.explain_shift(day, n)
    assert f"{day:%d/%m/%Y}" in using.explain_count(day, using.shift(day, n))


@given(middle_days, numbers)
def test_weekends_only_knows_mondays_to_fridays(day: date, n: int) -> None:
    using = WorkingCalendar.weekends_only()
    assert using.is_working(day) == (day.weekday() < 5)
    assert using.shift(day, n) == slow_shift(using, day, n)


# Days that catch programs out


def test_a_make_up_saturday_is_worked_and_its_friday_is_not() -> None:
    assert SWAPPED.is_working(date(2025, 4, 26))
    assert not SWAPPED.is_working(date(2025, 5, 2))


def test_a_shift_lands_on_a_make_up_saturday() -> None:
    assert SWAPPED.shift(date(2025, 4, 25), 1) == date(2025, 4, 26)
    assert SWAPPED.shift(date(2025, 4, 28), -1) == date(2025, 4, 26)


def test_five_working_days_over_the_long_break() -> None:
    assert SWAPPED.shift(date(2025, 4, 25), 5) == date(2025, 5, 6)
    assert SWAPPED.count(date(2025, 4, 25), date(2025, 5, 6)) == 5


def test_shifting_by_nothing_gives_the_day_itself_even_when_it_is_off_or_unknown() -> None:
    assert SWAPPED.shift(date(2025, 5, 1), 0) == date(2025, 5, 1)
    assert SWAPPED.shift(date(2031, 5, 1), 0) == date(2031, 5, 1)


def test_the_nearest_working_days_around_a_day_off() -> None:
    assert SWAPPED.previous_working(date(2025, 5, 1)) == date(2025, 4, 29)
    assert SWAPPED.next_working(date(2025, 5, 1)) == date(2025, 5, 5)
    assert SWAPPED.next_working(date(2025, 4, 26)) == date(2025, 4, 26)


def test_a_provisional_day_is_not_in_force() -> None:
    assert SWAPPED.is_working(date(2025, 11, 24))


def test_a_holiday_on_a_weekend_takes_nothing_away_twice() -> None:
    using = calendar(off(date(2025, 5, 4)))
    assert using.count(date(2025, 5, 2), date(2025, 5, 5)) == 1


# The end of the known years


@pytest.mark.parametrize(
    "question",
    [
        lambda: SWAPPED.is_working(date(2026, 1, 1)),
        lambda: SWAPPED.shift(LAST, 1),
        lambda: SWAPPED.shift(date(2025, 12, 30), 2),
        lambda: SWAPPED.count(date(2025, 12, 30), date(2026, 1, 1)),
        lambda: SWAPPED.next_working(date(2026, 1, 1)),
        lambda: SWAPPED.why_day(date(2026, 1, 1)),
        lambda: SWAPPED.shift(date.max, 1),
    ],
)
def test_beyond_the_known_years_a_promised_date_is_refused(question) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(CalendarEnds) as refusal:
        question()
    assert str(refusal.value) == (
        "Lịch ngày làm việc chỉ có đến hết ngày 31/12/2025, không tính được ngày làm việc sau ngày đó. "
        "Đề nghị bổ sung config/calendars/thu.yaml; lệnh `htx calendar propose 2026` "
        "in các ngày nghỉ đề xuất."
    )


def test_before_the_known_years_a_date_is_refused() -> None:
    with pytest.raises(CalendarEnds, match=r"chỉ có từ ngày 01/01/2024.*propose 2023"):
        SWAPPED.shift(date(2024, 1, 1), -1)


def test_the_day_before_the_first_known_day_can_be_counted_from() -> None:
    assert SWAPPED.count(date(2023, 12, 31), date(2024, 1, 5)) == 5
    assert SWAPPED.shift(date(2026, 1, 1), -1) == date(2025, 12, 31)


def test_a_reminder_day_beyond_the_known_years_uses_weekends_and_is_marked() -> None:
    assert SWAPPED.soft_shift(date(2025, 12, 31), 1) == (date(2026, 1, 1), True)
    assert SWAPPED.soft_previous_working(date(2027, 12, 19)) == (date(2027, 12, 17), True)
    assert SWAPPED.soft_count(date(2025, 12, 30), date(2026, 1, 2)) == (3, True)
    assert SWAPPED.soft_count(date(2026, 1, 2), date(2025, 12, 30)) == (-3, True)


def test_days_left_until_the_calendar_ends() -> None:
    assert SWAPPED.days_left(date(2025, 10, 2)) == 90
    assert SWAPPED.days_left(date(2026, 1, 1)) == -1


# Sentences


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (date(2025, 12, 18), "Thứ Năm 18/12/2025 là ngày làm việc."),
        (date(2025, 12, 21), "Chủ nhật 21/12/2025 là ngày nghỉ cuối tuần."),
        (date(2025, 4, 7), "Thứ Hai 07/04/2025 là ngày nghỉ lễ Giỗ Tổ Hùng Vương (nguồn: thử)."),
        (
            date(2025, 4, 26),
            "Thứ Bảy 26/04/2025 là ngày làm bù, hoán đổi với ngày nghỉ 02/05/2025 (nguồn: thử).",
        ),
        (
            date(2025, 11, 24),
            "Thứ Hai 24/11/2025 là ngày làm việc; Ngày Văn hóa Việt Nam mới dự kiến nghỉ, chưa áp dụng (nguồn: thử).",
        ),
    ],
)
def test_why_a_day_is_worked_or_off(day: date, sentence: str) -> None:
    assert SWAPPED.why_day(day) == sentence


def test_why_a_deadline_in_working_days_falls_where_it_does() -> None:
    assert SWAPPED.explain_shift(date(2025, 12, 5), 10) == (
        "Ngày 19/12/2025 là ngày làm việc thứ 10 kể từ sau ngày 05/12/2025 "
        "(không tính ngày này và 04 ngày nghỉ cuối tuần)."
    )
    assert SWAPPED.explain_shift(date(2025, 12, 16), -1) == (
        "Ngày 15/12/2025 là ngày làm việc thứ nhất tính ngược từ trước ngày 16/12/2025 (không tính ngày này)."
    )


def test_the_sentence_names_holidays_and_make_up_days_that_were_crossed() -> None:
    assert SWAPPED.explain_shift(date(2025, 4, 25), 5) == (
        "Ngày 06/05/2025 là ngày làm việc thứ 5 kể từ sau ngày 25/04/2025 (không tính ngày này, "
        "03 ngày nghỉ cuối tuần, 01 ngày nghỉ lễ Chiến thắng (30/04/2025), "
        "01 ngày nghỉ lễ Quốc tế Lao động (01/05/2025) và "
        "01 ngày nghỉ hoán đổi với ngày làm bù 26/04/2025 (02/05/2025); tính cả ngày làm bù 26/04/2025)."
    )


def test_a_holiday_of_several_days_is_named_once_with_its_span() -> None:
    tet = DayEntry.model_validate(
        {
            "from": date(2024, 2, 8),
            "to": date(2024, 2, 14),
            "kind": "off",
            "name": "Tết Nguyên đán",
            "source": "thử",
        }
    )
    assert calendar(tet).explain_shift(date(2024, 2, 7), 1) == (
        "Ngày 15/02/2024 là ngày làm việc thứ nhất kể từ sau ngày 07/02/2024 "
        "(không tính ngày này và 07 ngày nghỉ Tết Nguyên đán (08/02/2024 đến 14/02/2024))."
    )


def test_why_so_many_working_days_lie_between_two_days() -> None:
    assert SWAPPED.explain_count(date(2025, 12, 5), date(2025, 12, 19)) == (
        "Từ sau ngày 05/12/2025 đến hết ngày 19/12/2025 có 10 ngày làm việc "
        "(không tính ngày 05/12/2025 và 04 ngày nghỉ cuối tuần)."
    )
    assert SWAPPED.explain_count(date(2025, 12, 19), date(2025, 12, 16)) == (
        "Ngày 16/12/2025 trước ngày 19/12/2025 là 03 ngày làm việc (không tính ngày 16/12/2025)."
    )
    assert SWAPPED.explain_count(date(2025, 12, 5), date(2025, 12, 5)) == (
        "Hai ngày là một (05/12/2025) nên không có ngày làm việc nào ở giữa."
    )


# What a calendar file may say


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ([off(date(2025, 5, 1)), off(date(2025, 5, 1))], "Ngày 01/05/2025 đã có ở một mục khác."),
        (
            [work(date(2025, 5, 5))],
            "Ngày làm bù phải là ngày cuối tuần; thứ Hai 05/05/2025 vốn là ngày làm việc.",
        ),
        ([off(date(2027, 1, 1))], "Ngày 01/01/2027 nằm ngoài thời gian lịch đã biết."),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(days: list[DayEntry], sentence: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        calendar_file(*days)
    assert refusal.value.errors()[0]["ctx"]["error"].args[0][1] == sentence


@pytest.mark.parametrize(
    "when",
    [
        {},
        {"from": date(2025, 5, 1)},
        {"day": date(2025, 5, 1), "to": date(2025, 5, 2)},
        {"from": date(2025, 5, 2), "to": date(2025, 5, 1)},
    ],
)
def test_an_entry_says_in_one_way_when_it_is(when: dict[str, date]) -> None:
    with pytest.raises(ValidationError):
        DayEntry.model_validate({**when, "kind": "off", "name": "lễ", "source": "thử"})
