"""What people say about work without changing how it stands (ghi chú): steps, promises, calls, comments; and the
columns of the occurrence that follow from it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlmodel import Session

from htx_workflow.store.rows import among
from htx_workflow.store.tables import table

TWICE = timedelta(minutes=10)
"""The same words by the same person about the same work within so long are one press of a button too many."""


def add(
    session: Session,
    occurrence_id: int,
    kind: str,
    at: datetime,
    by: str,
    text: str = "",
    *,
    with_whom: str = "",
    on_day: date | None = None,
    cause: str = "",
    document_id: int | None = None,
) -> bool:
    """Write a note; False when it was written a moment ago in the same words by the same person."""
    notes = table("occurrence_note")
    said = {"kind": kind, "by_code": by, "text": text, "with_whom": with_whom, "cause": cause}
    again = (
        select(notes.c.id)
        .where(
            notes.c.occurrence_id == occurrence_id,
            notes.c.at > at - TWICE,
            notes.c.on_day.is_not_distinct_from(on_day),
            notes.c.document_id.is_not_distinct_from(document_id),
            *(notes.c[name] == value for name, value in said.items()),
        )
        .limit(1)
    )
    if session.execute(again).first() is not None:
        return False
    session.execute(
        insert(notes).values(occurrence_id=occurrence_id, at=at, on_day=on_day, document_id=document_id, **said)
    )
    return True


def take(session: Session, occurrence_id: int, now: datetime) -> bool:
    """Somebody of the agency took the work up; False when somebody had before."""
    rows = table("occurrence")
    touched = session.execute(
        update(rows).where(rows.c.id == occurrence_id, rows.c.taken_at.is_(None)).values(taken_at=now)
    )
    return bool(touched.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def mark(session: Session, occurrence_ids: Iterable[int], **values: Any) -> None:
    """Set `step`, `promised_on`, `paper_due_on` or `respond_by` of these occurrences."""
    rows = table("occurrence")
    session.execute(update(rows).where(among(session, rows.c.id, occurrence_ids)).values(**values))


def promise(session: Session, occurrence_id: int, day: date) -> bool:
    """Keep the day on which open work is said to be sent; False when the work is not open any more."""
    rows = table("occurrence")
    touched = session.execute(
        update(rows).where(rows.c.id == occurrence_id, rows.c.state == "open").values(promised_on=day)
    )
    return bool(touched.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def promised_at(session: Session, occurrence_ids: Iterable[int]) -> dict[int, datetime]:
    """The moment of the last promise of each occurrence that has one, by the holder or noted from a call."""
    notes = table("occurrence_note")
    found = session.execute(
        select(notes.c.occurrence_id, func.max(notes.c.at))
        .where(
            among(session, notes.c.occurrence_id, occurrence_ids),
            notes.c.kind.in_(("promise", "call")),
            notes.c.on_day.is_not(None),
        )
        .group_by(notes.c.occurrence_id)
    )
    return {row[0]: row[1] for row in found}
