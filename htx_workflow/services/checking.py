"""Checking what came in (kiểm tra): accept several at once, give one back, set the day on which it was really sent."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from htx_workflow.domain import audit, standing, words
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import BadInput, NotFound
from htx_workflow.domain.standing import Return
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import receipts, reports
from htx_workflow.services.composing import LOCAL, Style
from htx_workflow.services.reports import When
from htx_workflow.store import audit_chain, desk_queues, desk_rows
from htx_workflow.store import occurrences as store
from htx_workflow.store import plans as plan_store
from htx_workflow.store.database import Session
from htx_workflow.store.desk_queues import SubmittedRow
from htx_workflow.store.desk_rows import AgencyRow

LINES = 50
"""Submissions on one page."""


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of what waits to be checked by a visitor's agency."""

    lines: list[SubmittedRow]
    agencies: dict[int, AgencyRow]
    count: int
    page: int
    pages: int


def queue(
    session: Session, visitor: Visitor, today: date, *, plan_id: int | None = None, everything: bool = False,
    page: int = 1, most: int = 0,
) -> Queue:  # fmt: skip
    """What this visitor is to check: what his agency receives; of the plan it leads also what nobody else checks.

    `everything`: of a plan it leads also what others check. `most`: the first so many instead of a page, for Excel.
    """
    plans = plan_store.list_plans(session)
    led = [loaded for loaded in plans if loaded.id in visitor.leads and plan_id in (None, loaded.id)]
    agencies = desk_rows.list_agencies(session, today)
    if led:
        loaded = next((each for each in led if each.id == plan_id), led[-1])
        plan_ids: Collection[int] = [loaded.id]
        duties = desk_rows.list_duties(session, loaded.id)
        province = next((row.id for row in agencies.values() if row.code == loaded.plan.province), None)
        condition = desk_queues.checked_by(visitor.agency_id, True, province, duties)
        if everything:
            condition = desk_queues.anybody()
    else:
        plan_ids = [loaded.id for loaded in plans]
        condition = desk_queues.checked_by(visitor.agency_id, False, None, ())
    count = desk_queues.count_submitted(session, plan_ids, condition)
    pages = max(1, -(-count // LINES))
    page = min(max(page, 1), pages)
    skip, limit = (0, most) if most else ((page - 1) * LINES, LINES)
    lines = desk_queues.list_submitted(session, plan_ids, condition, skip=skip, limit=limit)
    return Queue(lines, agencies, count, page, pages)


def entered_on(row: SubmittedRow) -> date:
    """The local day on which it was typed in."""
    return row.recorded_at.astimezone(LOCAL).date()


def paper_day(row: SubmittedRow) -> date | None:
    """The day that the paper names, sent, else signed, when it lies before the day that counts.

    A paper that brings what was missing is later than the first day, which goes on counting.
    """
    named = row.sent_on or row.dated
    return named if named is not None and named < row.submitted_on else None


def get(session: Session, visitor: Visitor, ids: Collection[int]) -> list[SubmittedRow]:
    """These submissions, all of which this visitor may check. Raises NotFound for any other number."""
    rows = desk_queues.submitted_of(session, ids)
    if {row.id for row in rows} != set(ids):
        raise NotFound("Việc này không còn chờ kiểm tra, hoặc không thuộc phần kiểm tra của cơ quan.")
    if not all(visitor.may_verify(row.plan_id, row.holder_id, row.receiver_id) for row in rows):
        raise NotFound("Việc này không thuộc phần kiểm tra của cơ quan.")
    return rows


def accept(
    session: Session,
    visitor: Visitor,
    ids: Collection[int],
    calendar: WorkingCalendar,
    when: When,
    days: Mapping[int, date] | None = None,
) -> int:
    """Accept these; `days` gives the day on which some were really sent, where it is not the day recorded. How many.

    The day is the paper's: any other is refused, so that nobody dates work back without a document.
    """
    if not ids:
        raise BadInput("Đề nghị chọn ít nhất một việc để chấp nhận.")
    rows = get(session, visitor, ids)
    for row in rows:
        day = (days or {}).get(row.id)
        if day is not None and day != row.submitted_on:
            correct_day(session, row, day, when)
    reports.verify(session, [row.key for row in rows], calendar, when)
    return len(rows)


def correct_day(session: Session, row: SubmittedRow, day: date, when: When) -> None:
    """Let the day of the paper count instead of the day it was typed in; both stay in the record."""
    if day != paper_day(row):
        raise BadInput(f"Ngày {words.day_text(day)} không phải ngày của văn bản kèm theo “{row.title}”.")
    if day > when.today:
        raise BadInput(f"Ngày văn bản {words.day_text(day)} sau hôm nay. Đề nghị kiểm tra lại.")
    (before,) = store.get_rows(session, [row.key])
    after = replace(before.standing, submitted_on=day)
    note = f"ghi nhận ngày gửi {words.day_text(day)} theo văn bản; nhập ngày {words.day_text(entered_on(row))}"
    change = store.Change(
        row.id, "sent-day", before.standing, after, day, when.now, when.today, when.by, None, note=note
    )
    store.record(session, [change])
    detail: dict[str, object] = {"from": row.submitted_on.isoformat(), "to": day.isoformat()}
    audit_chain.note(session, audit.Event(when.now, when.by, "report.sent-day", row.key, detail))


def give_back(
    session: Session,
    visitor: Visitor,
    number: int,
    kind: Return,
    reason: str,
    respond_by: date | None,
    calendar: WorkingCalendar,
    style: Style,
    when: When,
) -> standing.Standing:
    """Give one back with a sentence and a day, and tell its holder by mail."""
    (row,) = get(session, visitor, [number])
    after = reports.return_(session, row.key, kind, reason, calendar, when, respond_by)
    receipts.returned(session, style, row.key, kind, reason, respond_by, when)
    return after
