"""The calendar of a contact (lịch việc): its agency's work as all-day events on the days it is due. Pure.

Overdue work stays on its day and stands on today as well; what was done stays for a month, struck out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from htx_workflow.domain import standing, words
from htx_workflow.domain.plan import Basis, Kind
from htx_workflow.domain.standing import Standing

PAST_DAYS = 30
"""Work that is behind stays in the calendar so long."""


class Status(StrEnum):
    """STATUS of an event (RFC 5545, 3.8.1.11)."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work with its last change."""

    id: int
    key: str
    plan: str
    """Short name of the plan."""
    title: str
    clause: str
    kind: Kind
    standing: Standing
    revision: int
    """How many changes were recorded; the opening is the first."""
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """An all-day event. The same work keeps its `uid`; a later state of it has a higher `sequence`."""

    uid: str
    work_id: int
    day: date
    summary: str
    description: str
    status: Status
    sequence: int
    changed_at: datetime


BEHIND = {
    standing.DONE: "Đã xong",
    standing.WAIVED: "Thôi theo dõi",
    standing.HANDED_BACK: "Đã chuyển trả",
    standing.SPLIT: "Đã tách việc",
}


def events(works: Iterable[Work], today: date) -> Iterator[Event]:
    """What the calendar shows today."""
    for work in works:
        day = work.standing.due_on
        if day is None or work.kind in (Kind.CONTINUOUS, Kind.OUTCOME):
            continue
        word, status = _said(work.standing)
        yield Event(
            f"{work.key}@htx-workflow", work.id, day, f"{word}: {work.title}", _description(work), status,
            work.revision - 1, work.changed_at,
        )  # fmt: skip
        if is_overdue(work.standing, today):
            yield _overdue(work, day, today)


def is_overdue(stands: Standing, today: date) -> bool:
    """Nothing was sent in time and nothing is; an expected day is no deadline."""
    if stands.state not in (standing.OPEN, standing.UNASSIGNED) or stands.basis is Basis.ASSUMED:
        return False
    return stands.due_on is not None and (stands.submitted_on or today) > stands.due_on


def _said(stands: Standing) -> tuple[str, Status]:
    if stands.state in BEHIND:
        return BEHIND[stands.state], Status.CANCELLED
    if stands.state == standing.SUBMITTED:
        return "Đã gửi", Status.CONFIRMED
    if stands.basis is Basis.ASSUMED:
        return "Dự kiến", Status.TENTATIVE
    return "Hạn", Status.CONFIRMED


def _overdue(work: Work, day: date, today: date) -> Event:
    late = (today - day).days
    midnight = datetime(today.year, today.month, today.day, tzinfo=work.changed_at.tzinfo)
    return Event(
        f"{work.key}/qua-han@htx-workflow", work.id, today, f"Quá hạn: {work.title}",
        f"Hạn {words.day_text(day)}, đã quá {late} ngày. {_description(work)}", Status.CONFIRMED,
        work.revision - 1 + late, max(work.changed_at, midnight),
    )  # fmt: skip


def _description(work: Work) -> str:
    note = " Thời gian dự kiến, chưa phải thời hạn." if work.standing.basis is Basis.ASSUMED else ""
    return f"{work.plan}, {work.clause}. Mã: {work.key}.{note}"


def since(today: date) -> date:
    """The first day whose changes keep closed work in the calendar."""
    return today - timedelta(days=PAST_DAYS)
