"""What the desk tells (thư, báo cáo): mail that is not sent or failed, overdue work and questions for the leader."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import (
    func,
    or_,
    select,
)
from sqlmodel import Session

from htx_workflow.store.desk_queues import FAILED
from htx_workflow.store.desk_rows import holder
from htx_workflow.store.rows import chunks
from htx_workflow.store.tables import table


def count_unfinished(session: Session) -> int:
    """Open work of all plans that has a day."""
    rows = table("occurrence")
    statement = select(func.count()).select_from(rows).where(rows.c.next_reminder_on.is_not(None))
    return int(session.execute(statement).scalar_one())


class QuietRow(NamedTuple):
    """A rung that comes up and is not sent."""

    key: str
    title: str
    holder_id: int
    step: str
    send_on: date
    reason: str


def list_quiet(session: Session, plan_id: int, first: date) -> list[QuietRow]:
    """Rungs of a plan from this day on that are skipped, by day."""
    rows, rungs = table("occurrence"), table("reminder")
    statement = (
        select(rows.c.key, rows.c.title, holder(), rungs.c.step, rungs.c.send_on, rungs.c.reason)
        .join(rows, rows.c.id == rungs.c.occurrence_id)
        .where(rows.c.plan_id == plan_id, rungs.c.state == "skipped", rungs.c.send_on >= first)
        .order_by(rungs.c.send_on, rungs.c.id)
    )
    return [QuietRow(*row) for row in session.execute(statement)]


def titles_by_key(session: Session, keys: Collection[str]) -> dict[str, str]:
    """Title of each occurrence by its key."""
    rows = table("occurrence")
    found: dict[str, str] = {}
    for batch in chunks(sorted(keys)):
        statement = select(rows.c.key, rows.c.title).where(rows.c.key.in_(batch))
        found.update({row.key: row.title for row in session.execute(statement)})
    return found


class FailedRow(NamedTuple):
    """A mail that never arrived."""

    key: str
    kind: str
    address: str
    subject: str
    day: date
    reason: str
    agency_id: int | None


def list_failed(session: Session, since: date, limit: int) -> list[FailedRow]:
    """Mail that failed since a day, the newest first."""
    messages, contacts = table("message"), table("contact")
    statement = (
        select(
            messages.c.key, messages.c.kind, messages.c.address, messages.c.subject, messages.c.day, messages.c.reason,
            contacts.c.agency_id,
        )
        .outerjoin(contacts, contacts.c.id == messages.c.contact_id)
        .where(FAILED, messages.c.day >= since)
        .order_by(messages.c.day.desc(), messages.c.id.desc())
        .limit(limit)
    )  # fmt: skip
    return [FailedRow(*row) for row in session.execute(statement)]


class LateRow(NamedTuple):
    """Overdue work for the leader's page: who, since when, why, and when it is promised."""

    id: int
    title: str
    holder_id: int
    due_on: date
    promised_on: date | None
    cause: str | None
    total: int
    """How many there are, however few are read."""


def list_late(session: Session, plan_id: int, today: date, state: str, limit: int) -> list[LateRow]:
    """Overdue work of agencies, the longest overdue first, with the cause that its holder gave last.

    `state`: open for what was not sent, submitted for what was sent late and is not checked.
    """
    rows, duties, notes, agencies = table("occurrence"), table("duty"), table("occurrence_note"), table("agency")
    cause = (
        select(notes.c.cause)
        .where(notes.c.occurrence_id == rows.c.id, notes.c.cause != "")
        .order_by(notes.c.id.desc())
        .limit(1)
        .correlate(rows)
        .scalar_subquery()
    )
    statement = (
        select(rows.c.id, rows.c.title, holder(), rows.c.due_on, rows.c.promised_on, cause, func.count().over())
        .join(duties, duties.c.id == rows.c.duty_id)
        .join(agencies, agencies.c.id == holder())
        .where(
            rows.c.plan_id == plan_id,
            rows.c.state == state,
            rows.c.due_on < today,
            rows.c.basis != "assumed",
            rows.c.historical.is_(False),
            duties.c.kind.not_in(("continuous", "outcome")),
            agencies.c.kind != "cooperative",
            or_(rows.c.submitted_on.is_(None), rows.c.submitted_on > rows.c.due_on),
        )
        .order_by(rows.c.due_on, rows.c.id)
        .limit(limit)
    )
    return [LateRow(*row) for row in session.execute(statement)]


class AskedRow(NamedTuple):
    """A difficulty or another request that waits for an answer."""

    kind: str
    from_id: int
    raised_at: datetime
    reason: str


def list_asked(session: Session, plan_id: int, kinds: Collection[str], limit: int) -> list[AskedRow]:
    """Requests of these kinds that wait, the oldest first."""
    rows = table("request")
    statement = (
        select(rows.c.kind, rows.c.from_id, rows.c.raised_at, rows.c.reason)
        .where(rows.c.plan_id == plan_id, rows.c.state.in_(("raised", "advised")), rows.c.kind.in_(list(kinds)))
        .order_by(rows.c.id)
        .limit(limit)
    )
    return [AskedRow(*row) for row in session.execute(statement)]


def receivers_of(session: Session, report_id: int) -> list[int]:
    """Agencies that get what this report closes, each once, in the order of the work."""
    rows, closes = table("occurrence"), table("report_occurrence")
    statement = (
        select(rows.c.receiver_id)
        .join(closes, closes.c.occurrence_id == rows.c.id)
        .where(closes.c.report_id == report_id, rows.c.receiver_id.is_not(None))
        .order_by(rows.c.id)
    )
    return list(dict.fromkeys(session.execute(statement).scalars()))
