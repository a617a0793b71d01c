"""What programs read in pages (danh sách cho chương trình): columns, one statement each, by number upwards."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlmodel import Session

from htx_workflow.domain.plan import Kind
from htx_workflow.domain.standing import Standing
from htx_workflow.store.tables import table
from htx_workflow.store.views import BASES, KINDS


class ListedRow(NamedTuple):
    """An occurrence of a list."""

    id: int
    key: str
    plan_id: int
    duty: str
    agency: str
    agency_id: int
    """The holder, else whom it was given first."""
    period: str
    kind: Kind
    opens_on: date
    standing: Standing


@dataclass(frozen=True, slots=True)
class Seen:
    """Who asks: sees the work of its agency, work that comes to it, and these plans whole."""

    agency_id: int
    plans: Collection[int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; None and empty ask for everything."""

    plan_id: int | None = None
    agency: str = ""
    states: tuple[str, ...] = ()
    due_from: date | None = None
    due_to: date | None = None
    timeliness: str = ""


def _seen(seen: Seen) -> ColumnElement[bool]:
    rows = table("occurrence")
    whole = rows.c.plan_id.in_(sorted(seen.plans)) if seen.plans else false()
    return or_(rows.c.holder_id == seen.agency_id, rows.c.receiver_id == seen.agency_id, whole)


def _columns() -> Select[Any]:
    rows, duties, holders = table("occurrence"), table("duty"), table("agency")
    return (
        select(
            rows.c.id, rows.c.key, rows.c.plan_id, duties.c.code, holders.c.code, holders.c.id, rows.c.period, duties.c.kind,
            rows.c.opens_on, rows.c.state, rows.c.holder_id, rows.c.basis, rows.c.due_on, rows.c.due_rev,
            rows.c.original_due_on, rows.c.due_document_id, rows.c.submitted_on,
        )
        .join(duties, duties.c.id == rows.c.duty_id)
        .join(holders, holders.c.id == func.coalesce(rows.c.holder_id, rows.c.original_holder_id))
    )  # fmt: skip


def list_occurrences(
    session: Session, seen: Seen, wanted: Wanted, today: date, after: int, limit: int
) -> list[ListedRow]:
    """Occurrences with a number above `after`; of a timeliness some may be among them that only the calendar tells."""
    rows, holders = table("occurrence"), table("agency")
    statement = _columns().where(_seen(seen), rows.c.id > after).order_by(rows.c.id).limit(limit)
    if wanted.plan_id is not None:
        statement = statement.where(rows.c.plan_id == wanted.plan_id)
    if wanted.agency:
        statement = statement.where(holders.c.code == wanted.agency)
    if wanted.states:
        statement = statement.where(rows.c.state.in_(wanted.states))
    if wanted.due_from is not None:
        statement = statement.where(rows.c.due_on >= wanted.due_from)
    if wanted.due_to is not None:
        statement = statement.where(rows.c.due_on <= wanted.due_to)
    if wanted.timeliness:
        statement = statement.where(_may_be(wanted.timeliness, today))
    found = []
    for row in session.execute(statement):
        state, holder, basis, *rest = row[9:]
        stands = Standing(state, holder, BASES.get(basis), *rest)
        found.append(ListedRow._make((*row[:7], KINDS[row[7]], row[8], stands)))
    return found


def _may_be(timeliness: str, today: date) -> ColumnElement[bool]:
    """What can be so; how near is near, and the rest, is told by `standing.timeliness`."""
    rows = table("occurrence")
    due, sent, done = rows.c.due_on, rows.c.submitted_on, rows.c.state == "done"
    fixed = and_(due.is_not(None), or_(rows.c.basis.is_(None), rows.c.basis != "assumed"))
    return {
        "overdue": and_(fixed, ~done, func.coalesce(sent, today) > due),
        "near_due": and_(fixed, ~done, sent.is_(None), due >= today),
        "not_due": and_(fixed, ~done, func.coalesce(sent, today) <= due),
        "done_on_time": and_(fixed, done, sent <= due),
        "done_late": and_(fixed, done, or_(sent.is_(None), sent > due)),
        "expected": and_(due.is_not(None), rows.c.basis == "assumed"),
        "awaiting_date": due.is_(None),
        "no_deadline": rows.c.id > 0,
    }[timeliness]


def sees_any(session: Session, seen: Seen, *, plan_id: int | None = None, agency: str = "") -> bool:
    """Whether there is a piece of work of this plan, or of this agency, that the asker may see."""
    rows, holders = table("occurrence"), table("agency")
    statement = (
        select(rows.c.id)
        .join(holders, holders.c.id == func.coalesce(rows.c.holder_id, rows.c.original_holder_id))
        .where(_seen(seen))
        .limit(1)
    )
    if plan_id is not None:
        statement = statement.where(rows.c.plan_id == plan_id)
    if agency:
        statement = statement.where(holders.c.code == agency)
    return session.execute(statement).first() is not None


class ReportListRow(NamedTuple):
    """A report of a list."""

    id: int
    key: str
    plan: str
    form: str
    period: str
    draft_version: int
    draft_at: datetime | None
    sent_no: int


def list_reports(session: Session, agency_id: int, after: int, limit: int) -> list[ReportListRow]:
    """The reports of an agency."""
    reports, plans = table("report"), table("plan")
    rows = session.execute(
        select(
            reports.c.id, reports.c.key, plans.c.code, reports.c.form_code, reports.c.period, reports.c.draft_version,
            reports.c.draft_at, reports.c.sent_no,
        )
        .join(plans, plans.c.id == reports.c.plan_id)
        .where(reports.c.agency_id == agency_id, reports.c.id > after)
        .order_by(reports.c.id)
        .limit(limit)
    )  # fmt: skip
    return [ReportListRow(*row) for row in rows]


def list_revisions(session: Session, report_id: int) -> list[Any]:
    """What was sent under a report, oldest first: number, moment, fingerprint, document."""
    sent, documents = table("report_revision"), table("document")
    return list(
        session.execute(
            select(sent.c.no, sent.c.sent_at, sent.c.sha256, documents.c.number, documents.c.dated)
            .outerjoin(documents, documents.c.id == sent.c.document_id)
            .where(sent.c.report_id == report_id)
            .order_by(sent.c.no)
        )
    )


def revision_body(session: Session, report_id: int, no: int) -> str | None:
    """The values of one revision, as they were sent."""
    sent = table("report_revision")
    return session.execute(select(sent.c.body).where(sent.c.report_id == report_id, sent.c.no == no)).scalar()


def list_requests(session: Session, agency_id: int, before: int | None, limit: int) -> list[int]:
    """Numbers of the requests of an agency and of those put to it, newest first."""
    asked = table("request")
    statement = (
        select(asked.c.id)
        .where(or_(asked.c.from_id == agency_id, asked.c.to_id == agency_id))
        .order_by(asked.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(asked.c.id < before)
    return list(session.execute(statement).scalars())
