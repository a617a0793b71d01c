"""What one contact is to get today, in one mail, over all plans."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from htx_workflow.domain import digests
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.digests import Addressee, Digest, Item, PlanHead, Work
from htx_workflow.domain.plan import AgencyKind, Audience, Basis

TODAY = date(2024, 12, 11)
MOMENT = datetime(2024, 12, 11, 7, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
TO = Addressee("stc-1", "stc@example.vn", "stc", "Sở Tài chính", "Sở Tài chính", AgencyKind.DEPARTMENT)
PLANS = {
    code: PlanHead(code, code.upper(), f"Kế hoạch {code}", "Sở KH&ĐT", "", "", 11) for code in ("ke-hoach", "khac")
}


def work(number: int, due_on: date, **changes: Any) -> Work:
    made = Work(
        number, f"ke-hoach/N.{number}/stc/2024", "ke-hoach", f"Việc {number}", "Mục 1", "Kế hoạch", "gửi báo cáo",
        "stc", "Sở Tài chính", "Sở Tài chính", AgencyKind.DEPARTMENT, Basis.PLAN, due_on,
    )  # fmt: skip
    return replace(made, **changes)


def item(told: Work, audience: Audience = Audience.HOLDER) -> Item:
    return Item(told, told.id, "0", audience, f"vì {told.id}")


def compose(calendar: WorkingCalendar, items: list[Item], context: list[Work] | None = None) -> Digest:
    return digests.compose(TO, items, context or [], PLANS, MOMENT, calendar)


def shown(digest: Digest) -> list[tuple[str, list[str]]]:
    return [(section.code, [line.key for line in section.lines]) for part in digest.parts for section in part.sections]


@pytest.mark.parametrize(
    ("due_on", "changes", "section"),
    [
        (date(2024, 12, 10), {}, "overdue"),
        (date(2024, 12, 11), {}, "soon"),
        (date(2024, 12, 16), {}, "soon"),
        (date(2024, 12, 17), {}, "coming"),
        (date(2024, 12, 10), {"basis": Basis.ASSUMED}, "coming"),
        (date(2024, 12, 12), {"basis": Basis.ASSUMED}, "soon"),
        (date(2024, 12, 12), {"waits_for": ("báo cáo",)}, "waiting"),
    ],
)
def test_where_work_stands_in_the_mail(
    calendar: WorkingCalendar, due_on: date, changes: dict[str, Any], section: str
) -> None:
    assert digests.section_of(work(1, due_on, **changes), TODAY, calendar) == section


def test_overdue_comes_first_and_numbers_run_through_the_mail(calendar: WorkingCalendar) -> None:
    other = work(9, date(2024, 12, 13), plan="khac", key="khac/N.9/stc/2024")
    mail = compose(
        calendar,
        [item(work(1, date(2024, 12, 31))), item(work(2, date(2024, 12, 10))), item(other)],
        [work(3, date(2024, 12, 16))],
    )
    assert shown(mail) == [
        ("overdue", ["ke-hoach/N.2/stc/2024"]),
        ("soon", ["ke-hoach/N.3/stc/2024"]),
        ("coming", ["ke-hoach/N.1/stc/2024"]),
        ("soon", ["khac/N.9/stc/2024"]),
    ]
    numbers = [line.number for part in mail.parts for section in part.sections for line in section.lines]
    assert numbers == [1, 2, 3, 4]


def test_context_is_listed_without_a_reason_and_under_also_only(calendar: WorkingCalendar) -> None:
    told, context = work(1, date(2024, 12, 13)), work(2, date(2024, 12, 16))
    mail = compose(calendar, [item(told)], [context, told])
    assert (mail.items, mail.also) == ((item(told),), (context.key,))
    assert [line.why for line in mail.lines("soon")] == ["vì 1", ""]


def test_what_others_owe_stands_apart_from_the_addressees_own_work(calendar: WorkingCalendar) -> None:
    others = work(1, date(2024, 12, 6), holder="huyen-a", holder_short="UBND huyện A")
    call = work(2, date(2024, 11, 20), holder="huyen-a", holder_short="UBND huyện A")
    mail = compose(calendar, [item(others, Audience.LEAD), item(call, Audience.CALL)])
    (part,) = mail.parts
    assert (part.own, [line.key for line in part.others], [line.key for line in part.calls]) == (
        0,
        [others.key],
        [call.key],
    )
    assert mail.nearest is None


def test_cooperatives_are_listed_after_agencies(calendar: WorkingCalendar) -> None:
    cooperative = work(1, date(2024, 12, 2), holder="htx-a", holder_kind=AgencyKind.COOPERATIVE)
    agency = work(2, date(2024, 12, 6), holder="huyen-a")
    mail = compose(calendar, [item(cooperative, Audience.LEAD), item(agency, Audience.LEAD)])
    assert [line.key for line in mail.parts[0].others] == [agency.key, cooperative.key]


@pytest.mark.parametrize(
    ("due_on", "expected", "words"),
    [
        (date(2024, 12, 18), False, "thứ Tư 18/12/2024, còn 05 ngày làm việc"),
        (date(2024, 12, 11), False, "thứ Tư 11/12/2024, hôm nay là ngày cuối"),
        (
            date(2024, 12, 15),
            False,
            "Chủ nhật 15/12/2024, ngày làm việc cuối cùng là thứ Sáu 13/12/2024, còn 02 ngày làm việc",
        ),
        (date(2024, 12, 10), False, "thứ Ba 10/12/2024, quá 01 ngày làm việc"),
        (date(2024, 12, 18), True, "thứ Tư 18/12/2024 (chưa có văn bản ấn định thời hạn)"),
        (date(2024, 12, 10), True, "thứ Ba 10/12/2024 (chưa có văn bản ấn định thời hạn)"),
    ],
)
def test_a_day_in_words(calendar: WorkingCalendar, due_on: date, expected: bool, words: str) -> None:
    assert digests.due_words(due_on, TODAY, expected, calendar) == words


def test_a_deadline_on_a_sunday_that_passed_without_a_working_day_has_simply_passed(calendar: WorkingCalendar) -> None:
    assert digests.due_words(date(2024, 12, 14), date(2024, 12, 15), False, calendar) == "thứ Bảy 14/12/2024, đã qua"


def test_the_nearest_work_is_asked_for_not_waited_for_and_not_an_assumed_day_that_passed(
    calendar: WorkingCalendar,
) -> None:
    waiting = work(1, date(2024, 12, 12), waits_for=("báo cáo",))
    passed = work(2, date(2024, 12, 9), basis=Basis.ASSUMED)
    near = work(3, date(2024, 12, 18))
    nearest = compose(calendar, [item(waiting), item(passed), item(near)]).nearest
    assert nearest is not None
    assert nearest.key == near.key


def test_a_clause_that_stands_in_the_grounds_is_not_said_twice() -> None:
    assert (
        digests.grounds_of(work(1, TODAY, clause="Mục V.1", grounds="Mục V.1 của Kế hoạch")) == "Mục V.1 của Kế hoạch"
    )
    assert digests.grounds_of(work(1, TODAY, clause="Mục V.1", grounds="Điều 9")) == "Mục V.1; Điều 9"
    assert digests.grounds_of(work(1, TODAY, clause="Mục V.1", grounds="")) == "Mục V.1"


def test_a_cooperative_never_stands_in_the_draft_to_the_province(calendar: WorkingCalendar) -> None:
    agency = item(work(1, date(2024, 11, 20), holder_short="UBND huyện A"), Audience.PROVINCE)
    cooperative = item(work(2, date(2024, 11, 20), holder_kind=AgencyKind.COOPERATIVE), Audience.PROVINCE)
    draft = digests.compose_draft(TO, [agency, cooperative], PLANS["ke-hoach"], MOMENT, calendar)
    assert (draft.items, [line.key for line in draft.lines], draft.late_agencies) == ((agency,), [agency.work.key], 1)


WORKS = st.builds(
    lambda number, day, basis, kind, waits: work(
        number, day, basis=basis, holder_kind=kind, waits_for=("báo cáo",) if waits else ()
    ),
    st.integers(1, 30),
    st.dates(date(2024, 11, 1), date(2025, 2, 10)),
    st.sampled_from(list(Basis)),
    st.sampled_from([AgencyKind.DEPARTMENT, AgencyKind.COOPERATIVE]),
    st.booleans(),
)


@settings(max_examples=100, deadline=None)
@given(
    told=st.lists(WORKS, unique_by=lambda made: made.id, max_size=8),
    context=st.lists(WORKS, unique_by=lambda made: made.id, max_size=8),
)
def test_everything_told_stands_in_the_mail_once_and_context_adds_nothing_told(
    calendar: WorkingCalendar, told: list[Work], context: list[Work]
) -> None:
    mail = compose(calendar, [item(made) for made in told], context)
    lines = [line for part in mail.parts for section in part.sections for line in section.lines]
    assert sorted(line.key for line in lines) == sorted({made.key for made in (*told, *context)})
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    assert set(mail.also).isdisjoint(made.key for made in told)
    assert all(line.left >= 0 or not line.expected for line in mail.lines("overdue"))
