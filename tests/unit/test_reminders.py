"""The ladder: which day each rung goes, which rungs meet, which stay silent, and that none is decided twice."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from htx_workflow.domain import reminders
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.plan import AgencyKind, Audience, Basis, LadderStep, Plan
from htx_workflow.domain.reminders import QUEUED, SKIPPED, SUPERSEDED, Decided, Pending, Rung

LEAD = "skhdt"


def pending(due_on: date, cursor: date = date(2024, 1, 2), **changes: object) -> Pending:
    values: dict[str, object] = {
        "key": "p/N.1/stc/2025",
        "holder": "stc",
        "holder_kind": AgencyKind.DEPARTMENT,
        "basis": Basis.PLAN,
        "due_on": due_on,
        "cursor": cursor,
    }
    return Pending(**{**values, **changes})  # type: ignore[arg-type]


def ladder(kontum: Plan, calendar: WorkingCalendar, due_on: date, basis: Basis = Basis.PLAN) -> tuple[Rung, ...]:
    return reminders.Ladders(kontum, calendar).on(basis, due_on)


def days(rungs: tuple[Rung, ...]) -> list[tuple[str, date]]:
    return [(rung.step, rung.send_on) for rung in rungs]


def states(decided: list[Decided]) -> list[tuple[str, str]]:
    return [(rung.step, rung.state) for rung in decided]


# Days


def test_the_full_ladder_of_a_working_day(kontum: Plan, calendar: WorkingCalendar) -> None:
    assert days(ladder(kontum, calendar, date(2025, 12, 18))) == [
        ("-30d", date(2025, 11, 18)),
        ("-7d", date(2025, 12, 11)),
        ("-3wd", date(2025, 12, 15)),
        ("0", date(2025, 12, 18)),
        ("+1wd", date(2025, 12, 19)),
        ("+3wd", date(2025, 12, 23)),
        ("+6wd", date(2025, 12, 26)),
        ("+10wd", date(2026, 1, 5)),  # 01/01 off; 02/01 off, made up for on 10/01
        ("+11wd", date(2026, 1, 6)),
        ("+16wd", date(2026, 1, 12)),  # Saturday 10/01 is worked
    ]


def test_a_deadline_on_sunday_is_announced_on_the_friday_before(kontum: Plan, calendar: WorkingCalendar) -> None:
    assert days(ladder(kontum, calendar, date(2024, 12, 15)))[:5] == [
        ("-30d", date(2024, 11, 15)),
        ("-7d", date(2024, 12, 6)),
        ("-3wd", date(2024, 12, 11)),
        ("0", date(2024, 12, 13)),
        ("+1wd", date(2024, 12, 16)),
    ]


def test_the_ladder_steps_over_tet(kontum: Plan, calendar: WorkingCalendar) -> None:
    """Tết 2025 is off from Saturday 25/01 to Sunday 02/02."""
    assert days(ladder(kontum, calendar, date(2025, 1, 28)))[1:7] == [
        ("-7d", date(2025, 1, 21)),
        ("-3wd", date(2025, 1, 22)),
        ("0", date(2025, 1, 24)),
        ("+1wd", date(2025, 2, 3)),
        ("+3wd", date(2025, 2, 5)),
        ("+6wd", date(2025, 2, 10)),
    ]


def test_rungs_that_meet_on_one_day_are_one(kontum: Plan, calendar: WorkingCalendar) -> None:
    """Due on the first working day after Tết: seven days before, all days are off, down to 24/01."""
    rungs = ladder(kontum, calendar, date(2025, 2, 3))
    assert [(rung.step, rung.send_on, rung.beaten_by) for rung in rungs[:4]] == [
        ("-30d", date(2025, 1, 3), None),
        ("-7d", date(2025, 1, 24), "-3wd"),
        ("-3wd", date(2025, 1, 22), None),
        ("0", date(2025, 2, 3), None),
    ]


def test_newest_is_the_order_of_the_ladder_not_of_the_calendar(kontum: Plan, calendar: WorkingCalendar) -> None:
    """-3wd (22/01) comes before -7d (24/01) around Tết: once it went out, -7d has nothing to add."""
    due_on = date(2025, 2, 3)
    rungs = ladder(kontum, calendar, due_on)
    first = reminders.due_rungs(pending(due_on, date(2025, 1, 22)), rungs, date(2025, 1, 22), calendar, LEAD)
    then = reminders.due_rungs(pending(due_on, date(2025, 1, 24)), rungs, date(2025, 1, 24), calendar, LEAD)
    assert states(first) == [("-3wd", QUEUED)]
    assert states(then) == [("-7d", SUPERSEDED)]
    both = reminders.due_rungs(pending(due_on, date(2025, 1, 22)), rungs, date(2025, 1, 24), calendar, LEAD)
    assert states(both) == [("-7d", SUPERSEDED), ("-3wd", QUEUED)]


def test_assumed_days_have_a_ladder_of_their_own_without_overdue_rungs(kontum: Plan, calendar: WorkingCalendar) -> None:
    assert days(ladder(kontum, calendar, date(2025, 12, 22), Basis.ASSUMED)) == [
        ("-14d", date(2025, 12, 8)),
        ("-3wd", date(2025, 12, 17)),
        ("0", date(2025, 12, 22)),
    ]


def test_beyond_the_known_years_weekends_alone_decide_and_the_reason_says_so(
    kontum: Plan, calendar: WorkingCalendar
) -> None:
    due_on = date(2027, 1, 6)
    rungs = ladder(kontum, calendar, due_on)
    (decided,) = reminders.due_rungs(pending(due_on, due_on), rungs, due_on, calendar, LEAD)
    assert decided.reason.endswith("lịch nghỉ năm 2027 chưa có nên chỉ tính ngày cuối tuần")


# After an outage


def test_after_an_outage_only_the_newest_rung_is_sent_and_it_says_that_it_is_late(
    kontum: Plan, calendar: WorkingCalendar
) -> None:
    due_on = date(2025, 12, 18)
    decided = reminders.due_rungs(
        pending(due_on, date(2025, 11, 18)), ladder(kontum, calendar, due_on), date(2025, 12, 16), calendar, LEAD
    )
    assert decided == [
        Decided("-30d", Audience.HOLDER, date(2025, 11, 18), True, SUPERSEDED, "đã đến mức sau (-3wd)"),
        Decided("-7d", Audience.HOLDER, date(2025, 12, 11), True, SUPERSEDED, "đã đến mức sau (-3wd)"),
        Decided(
            "-3wd",
            Audience.HOLDER,
            date(2025, 12, 15),
            True,
            QUEUED,
            "còn 02 ngày làm việc đến thứ Năm 18/12/2025; lẽ ra gửi thứ Hai 15/12/2025, gửi muộn",
        ),
    ]


def test_each_audience_gets_its_newest_rung(kontum: Plan, calendar: WorkingCalendar) -> None:
    due_on = date(2025, 12, 18)
    decided = reminders.due_rungs(
        pending(due_on, date(2025, 12, 18)), ladder(kontum, calendar, due_on), date(2026, 1, 12), calendar, LEAD
    )
    assert [(rung.step, rung.audience.value, rung.state) for rung in decided] == [
        ("0", "holder", SUPERSEDED),
        ("+1wd", "holder", SUPERSEDED),
        ("+3wd", "lead", QUEUED),
        ("+6wd", "holder", SUPERSEDED),
        ("+10wd", "province", QUEUED),
        ("+11wd", "holder", QUEUED),
        ("+16wd", "call", QUEUED),
    ]


# Silence


@pytest.mark.parametrize(
    ("changes", "audience", "today", "reason"),
    [
        ({"holder": LEAD}, Audience.LEAD, date(2026, 1, 12), "việc của chính cơ quan chủ trì"),
        ({"holder": LEAD}, Audience.CALL, date(2026, 1, 12), "việc của chính cơ quan chủ trì"),
        (
            {"holder_kind": AgencyKind.COOPERATIVE},
            Audience.PROVINCE,
            date(2026, 1, 12),
            "hợp tác xã không đưa vào báo cáo Ủy ban nhân dân tỉnh",
        ),
        (
            {"submitted_on": date(2025, 12, 17)},
            Audience.HOLDER,
            date(2025, 12, 19),
            "đã gửi lần đầu ngày 17/12/2025, đang bổ sung",
        ),
        ({"waits_for": ("báo cáo của HTX A",)}, Audience.HOLDER, date(2025, 12, 17), "chờ báo cáo của HTX A"),
        (
            {"holder_ended": True},
            Audience.HOLDER,
            date(2025, 12, 17),
            "cơ quan đã kết thúc hoạt động, chờ phân công lại",
        ),
    ],
)
def test_who_is_not_told(
    kontum: Plan,
    calendar: WorkingCalendar,
    changes: dict[str, object],
    audience: Audience,
    today: date,
    reason: str,
) -> None:
    due_on = date(2025, 12, 18)
    decided = reminders.due_rungs(
        pending(due_on, date(2025, 11, 18), **changes), ladder(kontum, calendar, due_on), today, calendar, LEAD
    )
    newest = [rung for rung in decided if rung.audience is audience][-1]
    assert (newest.state, newest.reason) == (SKIPPED, reason)


def test_work_that_waits_is_reminded_when_its_own_day_has_come(kontum: Plan, calendar: WorkingCalendar) -> None:
    """Due on Sunday 21/12/2025: from Friday 19/12 it may be sent with a gap, so it is asked for."""
    due_on, waiting = date(2025, 12, 21), ("báo cáo của huyện",)
    rungs = ladder(kontum, calendar, due_on)
    before = reminders.due_rungs(
        pending(due_on, date(2025, 12, 16), waits_for=waiting), rungs, date(2025, 12, 17), calendar, LEAD
    )
    then = reminders.due_rungs(
        pending(due_on, date(2025, 12, 19), waits_for=waiting), rungs, date(2025, 12, 19), calendar, LEAD
    )
    assert [rung.state for rung in before] == [SKIPPED]
    assert states(then) == [("0", QUEUED)]


def test_a_return_before_the_deadline_is_reminded_on(kontum: Plan, calendar: WorkingCalendar) -> None:
    due_on = date(2025, 12, 18)
    decided = reminders.due_rungs(
        pending(due_on, due_on, submitted_on=date(2025, 12, 10)),
        ladder(kontum, calendar, due_on),
        due_on,
        calendar,
        LEAD,
    )
    assert states(decided) == [("0", QUEUED)]


# Words


@pytest.mark.parametrize(
    ("due_on", "basis", "today", "reason"),
    [
        (date(2025, 12, 18), Basis.PLAN, date(2025, 12, 15), "còn 03 ngày làm việc đến thứ Năm 18/12/2025"),
        (
            date(2024, 12, 15),
            Basis.LAW,
            date(2024, 12, 13),
            "Chủ nhật 15/12/2024 là ngày nghỉ, ngày làm việc cuối cùng là thứ Sáu 13/12/2024",
        ),
        (date(2025, 12, 18), Basis.PLAN, date(2025, 12, 18), "hôm nay thứ Năm 18/12/2025 là ngày cuối"),
        (
            date(2025, 12, 18),
            Basis.PLAN,
            date(2025, 12, 19),
            "đã quá hạn 01 ngày làm việc (thứ Năm 18/12/2025) mà chưa có văn bản gửi",
        ),
        (
            date(2025, 12, 22),
            Basis.ASSUMED,
            date(2025, 12, 17),
            "còn 03 ngày làm việc đến ngày dự kiến thứ Hai 22/12/2025",
        ),
        (date(2025, 12, 22), Basis.ASSUMED, date(2025, 12, 22), "hôm nay thứ Hai 22/12/2025 là ngày dự kiến"),
    ],
)
def test_the_reason_is_made_of_dates(
    kontum: Plan, calendar: WorkingCalendar, due_on: date, basis: Basis, today: date, reason: str
) -> None:
    (decided,) = reminders.due_rungs(
        pending(due_on, today, basis=basis), ladder(kontum, calendar, due_on, basis), today, calendar, LEAD
    )
    assert decided.reason == reason


def test_an_assumed_day_that_passed_during_an_outage_is_never_called_overdue(
    kontum: Plan, calendar: WorkingCalendar
) -> None:
    due_on = date(2025, 12, 22)
    decided = reminders.due_rungs(
        pending(due_on, date(2025, 12, 8), basis=Basis.ASSUMED),
        ladder(kontum, calendar, due_on, Basis.ASSUMED),
        date(2025, 12, 24),
        calendar,
        LEAD,
    )
    assert decided[-1].reason.startswith("thời gian dự kiến thứ Hai 22/12/2025 đã qua")


# Cursors


def test_rungs_that_still_lie_ahead_begin_with_todays(kontum: Plan, calendar: WorkingCalendar) -> None:
    rungs = ladder(kontum, calendar, date(2025, 12, 18))
    assert reminders.first_day(rungs, date(2025, 12, 11)) == date(2025, 12, 11)
    assert reminders.first_day(rungs, date(2025, 12, 12)) == date(2025, 12, 15)
    assert reminders.next_day(rungs, date(2025, 12, 11)) == date(2025, 12, 15)
    assert reminders.first_day(rungs, date(2026, 2, 1)) is None


def test_what_opens_in_the_middle_of_its_ladder_is_told_once_at_its_newest_rung(
    kontum: Plan, calendar: WorkingCalendar
) -> None:
    rungs = ladder(kontum, calendar, date(2025, 12, 18))
    assert reminders.first_day_of_new(rungs, date(2025, 12, 12)) == date(2025, 12, 11)
    assert reminders.first_day_of_new(rungs, date(2025, 11, 1)) == date(2025, 11, 18)


# Properties

STEPS = st.sampled_from(
    ["-30d", "-14d", "-7d", "-5d", "-3wd", "-2d", "-1wd", "0", "+1d", "+1wd", "+3wd", "+6wd", "+10wd", "+16wd"]
)
LADDERS = st.lists(
    st.builds(LadderStep, step=STEPS, audience=st.sampled_from(list(Audience))),
    min_size=1,
    max_size=10,
    unique_by=lambda step: (step.step, step.audience),
)


@settings(max_examples=250, deadline=None)
@given(
    steps=LADDERS,
    due_on=st.dates(date(2024, 12, 1), date(2026, 3, 31)),
    gaps=st.lists(st.integers(0, 12), min_size=1, max_size=40),
    start=st.integers(-45, 20),
)
def test_whatever_the_days_of_ticks_each_rung_is_decided_once_and_one_an_audience_is_queued_a_tick(
    calendar: WorkingCalendar, steps: list[LadderStep], due_on: date, gaps: list[int], start: int
) -> None:
    rungs = reminders.laid(steps, due_on, calendar)
    cursor = reminders.first_day(rungs, due_on + timedelta(days=start))
    first = cursor
    told: list[tuple[str, Audience]] = []
    queued: dict[Audience, list[int]] = {}
    places = {(rung.step, rung.audience): rung.index for rung in rungs}
    today = due_on + timedelta(days=start)
    for gap in gaps:
        today += timedelta(days=gap)
        if cursor is None or cursor > today:
            continue
        decided = reminders.due_rungs(pending(due_on, cursor), rungs, today, calendar, LEAD)
        told += [(rung.step, rung.audience) for rung in decided]
        now_queued = [rung for rung in decided if rung.state == QUEUED]
        assert max(Counter(rung.audience for rung in now_queued).values(), default=0) <= 1
        for rung in now_queued:
            queued.setdefault(rung.audience, []).append(places[rung.step, rung.audience])
        cursor = reminders.next_day(rungs, today)
    expected = {(rung.step, rung.audience) for rung in rungs if first is not None and first <= rung.send_on <= today}
    assert len(told) == len(set(told))
    assert set(told) == expected
    for order in queued.values():
        assert order == sorted(order)


@settings(max_examples=100, deadline=None)
@given(due_on=st.dates(date(2024, 3, 1), date(2026, 10, 31)))
def test_every_rung_of_the_plan_goes_on_a_working_day(kontum: Plan, calendar: WorkingCalendar, due_on: date) -> None:
    for basis in (Basis.PLAN, Basis.ASSUMED):
        for rung in ladder(kontum, calendar, due_on, basis):
            assert calendar.is_working(rung.send_on)
