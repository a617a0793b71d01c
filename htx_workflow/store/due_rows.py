"""What the tick and composing read of occurrences (đến mức nhắc): rungs that have come, open work for mails."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import and_, or_, select, tuple_, update
from sqlmodel import Session

from htx_workflow.domain.plan import Basis
from htx_workflow.store import gates
from htx_workflow.store.rows import among
from htx_workflow.store.tables import table

BASES = {basis.value: basis for basis in Basis}


class DueRow(NamedTuple):
    """What the tick reads of an occurrence whose next rung has come."""

    id: int
    key: str
    duty_id: int
    duty: str
    period: str
    title: str
    waits: bool
    holder_id: int | None
    basis: Basis | None
    due_on: date | None
    due_rev: int
    state: str
    submitted_on: date | None
    cursor: date
    promised_on: date | None


START = (date.min, 0)
"""Before every occurrence in the order of `lock_due`."""


def lock_due(session: Session, plan_id: int, today: date, after: tuple[date, int], limit: int) -> list[DueRow]:
    """The next occurrences of a plan whose `next_reminder_on` has come; others skip locked ones.

    In the order of the partial index, (day, number), behind `after`: any other order would read the whole plan.
    """
    rows, duties = table("occurrence"), table("duty")
    statement = (
        select(
            rows.c.id, rows.c.key, rows.c.duty_id, duties.c.code, rows.c.period, rows.c.title, gates.waits(rows, duties),
            rows.c.holder_id, rows.c.basis, rows.c.due_on, rows.c.due_rev, rows.c.state, rows.c.submitted_on,
            rows.c.next_reminder_on, rows.c.promised_on,
        )
        .join(duties, duties.c.id == rows.c.duty_id)
        .where(
            rows.c.plan_id + 0 == plan_id,  # not by the index of the plan, which holds all its occurrences
            rows.c.next_reminder_on <= today,
            tuple_(rows.c.next_reminder_on, rows.c.id) > after,
        )
        .order_by(rows.c.next_reminder_on, rows.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=rows)
    )  # fmt: skip
    found = session.execute(statement).all()
    return [DueRow._make((*row[:8], BASES[row[8]] if row[8] else None, *row[9:])) for row in found]


def any_due(session: Session, today: date) -> bool:
    """Whether a rung of any plan has come."""
    rows = table("occurrence")
    first = select(rows.c.id).where(rows.c.next_reminder_on <= today).order_by(rows.c.next_reminder_on).limit(1)
    return session.execute(first).first() is not None


def set_next_reminders(session: Session, days: dict[int, date | None]) -> None:
    """Move the reminder cursor of many occurrences."""
    by_day: dict[date | None, list[int]] = {}
    for number, day in days.items():
        by_day.setdefault(day, []).append(number)
    rows = table("occurrence")
    for day, numbers in by_day.items():
        session.execute(update(rows).where(among(session, rows.c.id, numbers)).values(next_reminder_on=day))


def list_open_near(session: Session, holder_ids: Sequence[int], until: date, today: date) -> list[tuple[int, int]]:
    """(occurrence, holder) of open work due by `until`.

    Left out: assumed days that passed, and work sent in time that is only being completed (bổ sung).
    """
    rows = table("occurrence")
    statement = (
        select(rows.c.id, rows.c.holder_id)
        .where(
            among(session, rows.c.holder_id, holder_ids),
            rows.c.state == "open",
            rows.c.due_on <= until,
            rows.c.historical.is_(False),
            or_(
                rows.c.due_on >= today,
                and_(
                    rows.c.basis != "assumed",
                    or_(rows.c.submitted_on.is_(None), rows.c.submitted_on > rows.c.due_on),
                ),
            ),
        )
        .order_by(rows.c.due_on, rows.c.id)
    )
    return [(number, holder) for number, holder in session.execute(statement).all()]


class WorkRow(NamedTuple):
    """An open occurrence as mails describe it."""

    id: int
    key: str
    plan_id: int
    duty_id: int
    duty: str
    period: str
    title: str
    clause: str
    ask: str
    waits: bool
    basis_note: str
    holder_id: int
    basis: Basis
    due_on: date
    due_document_id: int | None


def list_work(session: Session, ids: Iterable[int]) -> list[WorkRow]:
    """Open occurrences with a day and a holder, of these numbers."""
    rows, duties = table("occurrence"), table("duty")
    statement = (
        select(
            rows.c.id, rows.c.key, rows.c.plan_id, rows.c.duty_id, duties.c.code, rows.c.period, rows.c.title,
            duties.c.clause, duties.c.ask, gates.waits(rows, duties), rows.c.basis_note, rows.c.holder_id, rows.c.basis,
            rows.c.due_on, rows.c.due_document_id,
        )
        .join(duties, duties.c.id == rows.c.duty_id)
        .where(
            among(session, rows.c.id, sorted(set(ids))),
            rows.c.state == "open",
            rows.c.due_on.is_not(None),
            rows.c.holder_id.is_not(None),
        )
    )  # fmt: skip
    return [WorkRow._make((*row[:12], BASES[row[12]], *row[13:])) for row in session.execute(statement).all()]
