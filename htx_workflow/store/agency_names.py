"""Agencies and their names as the administrator writes them, and how much hangs on each."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlmodel import Session

from htx_workflow.store import tables
from htx_workflow.store.access import living
from htx_workflow.store.tables import table


def add(session: Session, **values: Any) -> int:
    """The number of a new agency."""
    row = tables.Agency(**values)
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def list_names(session: Session, agency_id: int) -> list[Any]:
    """The names of an agency, the oldest first."""
    rows = table("agency_name")
    return list(session.execute(select(rows).where(rows.c.agency_id == agency_id).order_by(rows.c.valid_from)))


def put(session: Session, agency_id: int, on: date, name: str, short_name: str, doc_code: str) -> None:
    """From this day on the agency is called so; a name that began that day is replaced."""
    rows = table("agency_name")
    values = {"name": name, "short_name": short_name, "doc_code": doc_code}
    touched = session.execute(
        update(rows).where(rows.c.agency_id == agency_id, rows.c.valid_from == on).values(**values)
    )
    if not touched.rowcount:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        session.execute(insert(rows).values(agency_id=agency_id, valid_from=on, **values))


def count_contacts(session: Session, today: date) -> dict[int, int]:
    """Living contacts by agency."""
    rows = table("contact")
    found = session.execute(
        select(rows.c.agency_id, func.count()).where(living(rows, today)).group_by(rows.c.agency_id)
    )
    return {row[0]: row[1] for row in found}


def count_work(session: Session) -> dict[int, int]:
    """Open dated work by who holds it."""
    rows = table("occurrence")
    found = session.execute(
        select(rows.c.holder_id, func.count())
        .where(rows.c.state == "open", rows.c.due_on.is_not(None), rows.c.historical.is_(False))
        .group_by(rows.c.holder_id)
    )
    return {row[0]: row[1] for row in found}
