"""Milestones of others, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import BadInput, NotFound, TooLate
from htx_workflow.domain.plan import Plan
from htx_workflow.services import deadlines, milestones, plans
from htx_workflow.services.reports import When
from htx_workflow.services.waits import Waits
from htx_workflow.store.database import Database
from htx_workflow.store.documents import DocumentRef

CODE = "kontum-3819"
KEY = f"{CODE}/V.1.1c/skhdt/2025"
LETTER = DocumentRef("12/BC-UBND", date(2025, 12, 30), "ubnd-tinh")
WHEN = When(date(2025, 12, 31), datetime(2025, 12, 31, 3, tzinfo=UTC), "skhdt-dau-moi")


@pytest.fixture
def loaded(database: Database, kontum: Plan, calendar: WorkingCalendar) -> Database:
    with database.transaction("load") as session:
        now = datetime(2025, 12, 1, tzinfo=UTC)
        plans.load(
            session, kontum, "text", calendar, on=date(2025, 12, 1), today=date(2025, 12, 1), now=now, by="system"
        )
        letter = DocumentRef("4246/MP", date(2025, 12, 1), "ubnd-tinh")
        when = When(date(2025, 12, 1), now, "system")
        deadlines.set_deadline(session, [KEY], date(2026, 2, 10), letter, calendar, when)
    return database


def waits(database: Database) -> tuple[str, ...]:
    with database.reading() as session:
        found = Waits(session, plans.get_plan(session, CODE), WHEN.today)
        return found.of("V.1.1c", "2025", None, "")


def test_what_waited_for_a_milestone_waits_no_more(loaded: Database, calendar: WorkingCalendar) -> None:
    assert waits(loaded) == ("Ủy ban nhân dân tỉnh ký báo cáo tổng kết Đề án",)
    with loaded.transaction("milestone") as session:
        milestones.reach(session, CODE, "U.1", date(2025, 12, 30), LETTER, calendar, WHEN)
    assert waits(loaded) == ()


def test_a_milestone_is_reached_once(loaded: Database, calendar: WorkingCalendar) -> None:
    with loaded.transaction("milestone") as session:
        milestones.reach(session, CODE, "U.1", date(2025, 12, 30), LETTER, calendar, WHEN)
    with pytest.raises(TooLate, match=r"U\.1"), loaded.transaction("milestone") as session:
        milestones.reach(session, CODE, "U.1", date(2025, 12, 31), LETTER, calendar, WHEN)


def test_an_unknown_milestone_is_refused_with_those_there_are(loaded: Database, calendar: WorkingCalendar) -> None:
    with pytest.raises(NotFound, match=r"U\.1"), loaded.transaction("milestone") as session:
        milestones.reach(session, CODE, "U.9", date(2025, 12, 30), LETTER, calendar, WHEN)


@pytest.mark.parametrize("day", [date(2025, 12, 29), date(2026, 1, 1)])
def test_a_milestone_before_its_document_or_after_today_is_refused(
    loaded: Database, calendar: WorkingCalendar, day: date
) -> None:
    with pytest.raises(BadInput, match="Ngày đạt mốc"), loaded.transaction("milestone") as session:
        milestones.reach(session, CODE, "U.1", day, LETTER, calendar, WHEN)
