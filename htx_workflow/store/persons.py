"""People (người) of the agencies: who stands behind a shared mailbox."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlmodel import Session

from htx_workflow.store import tables
from htx_workflow.store.tables import table


def list_of(session: Session, agency_id: int, today: date) -> list[Any]:
    """Id, name, title and phone of everybody who is at an agency."""
    rows = table("person")
    return list(
        session.execute(
            select(rows.c.id, rows.c.name, rows.c.title, rows.c.phone).where(
                rows.c.agency_id == agency_id, _there(today)
            )
        )
    )


def find(session: Session, agency_id: int, person_id: int, today: date) -> Any:
    """Somebody who is at this agency, or None."""
    rows = table("person")
    return session.execute(
        select(rows.c.id, rows.c.name).where(rows.c.id == person_id, rows.c.agency_id == agency_id, _there(today))
    ).first()


def find_by_fold(session: Session, agency_id: int, fold: str, today: date) -> int | None:
    """The number of who has this name at the agency."""
    rows = table("person")
    found = session.execute(
        select(rows.c.id).where(rows.c.agency_id == agency_id, rows.c.fold == fold, _there(today)).order_by(rows.c.id)
    ).first()
    return found.id if found else None


def add(session: Session, agency_id: int, name: str, title: str, phone: str, fold: str) -> int:
    """The number of a new person."""
    row = tables.Person(agency_id=agency_id, name=name, title=title, phone=phone, fold=fold)
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def change(session: Session, person_id: int, name: str, title: str, phone: str, fold: str) -> None:
    """Write what is known better of a person."""
    rows = table("person")
    session.execute(update(rows).where(rows.c.id == person_id).values(name=name, title=title, phone=phone, fold=fold))


def list_ever(session: Session, agency_id: int) -> list[Any]:
    """Everybody of an agency, those who left too."""
    rows = table("person")
    return list(
        session.execute(
            select(rows.c.id, rows.c.name, rows.c.title, rows.c.phone, rows.c.left_on)
            .where(rows.c.agency_id == agency_id)
            .order_by(rows.c.id)
        )
    )


def complete(session: Session, person_id: int, title: str, phone: str) -> None:
    """Fill in what is newly known; an empty text changes nothing."""
    rows = table("person")
    values = {name: text for name, text in (("title", title), ("phone", phone)) if text}
    if values:
        session.execute(update(rows).where(rows.c.id == person_id).values(**values))


def leave(session: Session, person_id: int, on: date) -> bool:
    """From this day the person is not there any more; False when nobody of that number is."""
    rows = table("person")
    touched = session.execute(update(rows).where(rows.c.id == person_id, _there(on)).values(left_on=on))
    return bool(touched.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def _there(today: date) -> ColumnElement[bool]:
    rows = table("person")
    return rows.c.left_on.is_(None) | (rows.c.left_on > today)
