"""What waits at the desk (hàng chờ): counts, submissions to check, drafts, calls and what was said in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    TextClause,
    and_,
    exists,
    false,
    func,
    or_,
    select,
    text,
    true,
)
from sqlmodel import Session

from htx_workflow.store import signs
from htx_workflow.store.desk_rows import DutyRow, holder
from htx_workflow.store.rows import among
from htx_workflow.store.tables import table

# What waits


class Waiting(NamedTuple):
    """How much waits for the lead officer."""

    to_verify: int
    returned: int
    drafts: int
    requests: int
    calls: int
    mail_failed: int
    without_contact: int


def waiting(session: Session, plan_id: int, checked_by: ColumnElement[bool], today: date, since: date) -> Waiting:
    """Counts of what waits; mail that failed since a day. Four reads at most."""
    rows, messages, requests = table("occurrence"), table("message"), table("request")
    asked = text("occurrence.respond_by IS NOT NULL")
    counts = (
        select(func.count())
        .select_from(rows)
        .where(rows.c.plan_id == plan_id, rows.c.state == "submitted", checked_by),
        select(func.count()).select_from(rows).where(rows.c.plan_id == plan_id, rows.c.state == "open", asked),
        select(func.count()).select_from(messages).where(messages.c.plan_id == plan_id, HELD),
        select(func.count())
        .select_from(requests)
        .where(requests.c.plan_id == plan_id, requests.c.state.in_(("raised", "advised"))),
        select(func.count(func.distinct(rows.c.id))).select_from(_tasks()).where(*_to_call(plan_id)),
        select(func.count()).select_from(messages).where(FAILED, messages.c.day >= since),
    )
    found = session.execute(select(*(count.scalar_subquery() for count in counts))).one()
    return Waiting._make((*found, len(signs.unreached_in(session, today, plan_id))))


HELD, FAILED = text("message.state = 'held'"), text("message.state = 'failed'")
"""In the very words of partial indexes: with parameters SQLite would read every mail there ever was."""


def _tasks() -> FromClause:
    rows, rungs = table("occurrence"), table("reminder")
    return rungs.join(rows, rows.c.id == rungs.c.occurrence_id)


def _to_call(plan_id: int) -> list[ColumnElement[bool] | TextClause]:
    """Open work whose phone task was decided and that nobody has called about since."""
    rows, rungs, notes = table("occurrence"), table("reminder"), table("occurrence_note")
    called = exists().where(
        notes.c.occurrence_id == rows.c.id, notes.c.kind == "call", notes.c.at >= rungs.c.decided_at
    )
    return [
        text("reminder.audience = 'call'"),
        rungs.c.state.in_(("queued", "sent")),
        rungs.c.due_rev == rows.c.due_rev,
        rows.c.plan_id == plan_id,
        rows.c.state == "open",
        ~called,
    ]


def ids_to_call(session: Session, plan_id: int, limit: int) -> list[int]:
    """Work that the lead officer is to ask for by telephone, the longest overdue first."""
    rows = table("occurrence")
    statement = select(rows.c.id, rows.c.due_on).select_from(_tasks()).where(*_to_call(plan_id)).distinct()
    found = session.execute(statement.order_by(rows.c.due_on, rows.c.id).limit(limit)).all()
    return [row.id for row in found]


# Checking


def checked_by(agency_id: int, leads: bool, province_id: int | None, duties: Iterable[DutyRow]) -> ColumnElement[bool]:
    """Work that this agency checks: what it receives from others; the lead agency also what nobody else here checks."""
    rows = table("occurrence")
    mine = and_(rows.c.receiver_id == agency_id, rows.c.holder_id.is_distinct_from(agency_id))
    if not leads:
        return mine
    by_lead = [duty.id for duty in duties if duty.verify == "lead"]
    return or_(
        rows.c.receiver_id == agency_id,
        rows.c.receiver_id.is_(None),
        rows.c.receiver_id == province_id if province_id else false(),
        rows.c.duty_id.in_(by_lead),
    )


class SubmittedRow(NamedTuple):
    """What was sent and waits to be checked, with how it came."""

    id: int
    key: str
    plan_id: int
    duty: str
    title: str
    period: str
    holder_id: int
    receiver_id: int | None
    basis: str | None
    due_on: date | None
    submitted_on: date
    recorded_at: datetime
    on_behalf: bool
    retrospective: bool
    note: str
    number: str | None
    dated: date | None
    sent_on: date | None
    channel: str | None
    report_id: int | None
    files: int


def anybody() -> ColumnElement[bool]:
    """Whoever checks it."""
    return true()


def list_submitted(
    session: Session, plan_ids: Collection[int], condition: ColumnElement[bool], *, skip: int, limit: int
) -> list[SubmittedRow]:
    """What waits to be checked, the earliest deadline first, each with its last submission."""
    rows = table("occurrence")
    page = (
        select(rows.c.id)
        .where(rows.c.plan_id.in_(list(plan_ids)), rows.c.state == "submitted", condition)
        .order_by(rows.c.due_on.asc().nulls_last(), rows.c.id)
        .offset(skip)
        .limit(limit)
        .subquery()
    )
    return [SubmittedRow(*row) for row in session.execute(_submitted().join(page, page.c.id == rows.c.id))]


def submitted_of(session: Session, ids: Iterable[int]) -> list[SubmittedRow]:
    """Those of these numbers that wait to be checked."""
    rows = table("occurrence")
    statement = _submitted().where(among(session, rows.c.id, ids), rows.c.state == "submitted")
    return [SubmittedRow(*row) for row in session.execute(statement)]


def _submitted() -> Select[Any]:
    rows, duties, history = table("occurrence"), table("duty"), table("occurrence_change")
    documents, closes, attached = table("document"), table("report_occurrence"), table("attachment")
    last = (
        select(func.max(history.c.seq))
        .where(history.c.occurrence_id == rows.c.id, history.c.act == "submit")
        .correlate(rows)
        .scalar_subquery()
    )
    files = (
        select(func.count())
        .select_from(attached)
        .where(
            attached.c.withdrawn_at.is_(None),
            attached.c.subject_kind == "occurrence",
            attached.c.subject_id == rows.c.id,
        )
        .correlate(rows)
        .scalar_subquery()
    )
    return (
        select(
            rows.c.id, rows.c.key, rows.c.plan_id, duties.c.code, rows.c.title, rows.c.period, holder(),
            rows.c.receiver_id, rows.c.basis, rows.c.due_on, rows.c.submitted_on, history.c.recorded_at,
            history.c.on_behalf, history.c.retrospective, history.c.note, documents.c.number, documents.c.dated,
            documents.c.sent_on, documents.c.channel, closes.c.report_id, files,
        )
        .join(duties, duties.c.id == rows.c.duty_id)
        .join(history, and_(history.c.occurrence_id == rows.c.id, history.c.seq == last))
        .outerjoin(documents, documents.c.id == history.c.document_id)
        .outerjoin(closes, closes.c.occurrence_id == rows.c.id)
        .order_by(rows.c.due_on.asc().nulls_last(), rows.c.id)
    )  # fmt: skip


def count_submitted(session: Session, plan_ids: Collection[int], condition: ColumnElement[bool]) -> int:
    rows = table("occurrence")
    statement = select(func.count()).select_from(rows)
    return int(
        session.execute(
            statement.where(rows.c.plan_id.in_(list(plan_ids)), rows.c.state == "submitted", condition)
        ).scalar_one()
    )


class HeldRow(NamedTuple):
    """A draft that waits for approval, as its reader will see it."""

    key: str
    kind: str
    address: str
    subject: str
    body_text: str
    composed_at: datetime


def list_held(session: Session, plan_id: int) -> list[HeldRow]:
    """Drafts of a plan that wait for approval, the newest first."""
    messages = table("message")
    statement = select(
        messages.c.key, messages.c.kind, messages.c.address, messages.c.subject, messages.c.body_text,
        messages.c.composed_at,
    ).where(messages.c.plan_id == plan_id, HELD)  # fmt: skip
    return [HeldRow(*row) for row in session.execute(statement.order_by(messages.c.id.desc()))]


def list_callable(session: Session, agency_ids: Collection[int], today: date) -> dict[int, list[str]]:
    """Living contacts of these agencies in words, those with a telephone first."""
    contacts = table("contact")
    statement = (
        select(contacts.c.agency_id, contacts.c.name, contacts.c.title, contacts.c.unit, contacts.c.phone)
        .where(
            among(session, contacts.c.agency_id, agency_ids),
            or_(contacts.c.valid_from.is_(None), contacts.c.valid_from <= today),
            or_(contacts.c.valid_to.is_(None), contacts.c.valid_to >= today),
        )
        .order_by(contacts.c.phone == "", contacts.c.id)
    )
    found: dict[int, list[str]] = {}
    for number, name, title, unit, phone in session.execute(statement):
        person = f"{name} ({title})" if name and title else name or unit
        said = ", ".join(part for part in (person, f"điện thoại {phone}" if phone else "") if part)
        if said:
            found.setdefault(number, []).append(said)
    return found


class NoteRow(NamedTuple):
    """A call or a mail of an officer, with the work it was about."""

    kind: str
    at: datetime
    by: str
    text: str
    with_whom: str
    on_day: date | None
    occurrence_id: int
    title: str
    holder_id: int


def list_notes(
    session: Session, plan_id: int, kinds: Collection[str], *, skip: int, limit: int, occurrence_id: int | None = None
) -> list[NoteRow]:
    """Notes of these kinds of a plan, the newest first."""
    notes, rows = table("occurrence_note"), table("occurrence")
    statement = (
        select(
            notes.c.kind, notes.c.at, notes.c.by_code, notes.c.text, notes.c.with_whom, notes.c.on_day, rows.c.id,
            rows.c.title, holder(),
        )
        .join(rows, rows.c.id == notes.c.occurrence_id)
        .where(rows.c.plan_id == plan_id, notes.c.kind.in_(list(kinds)))
        .order_by(notes.c.at.desc(), notes.c.id.desc())
        .offset(skip)
        .limit(limit)
    )  # fmt: skip
    if occurrence_id is not None:
        statement = statement.where(rows.c.id == occurrence_id)
    return [NoteRow(*row) for row in session.execute(statement)]
