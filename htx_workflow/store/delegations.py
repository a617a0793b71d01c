"""Delegations (ủy quyền): who acts for whom, from day to day, by which document."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session

from htx_workflow.store import tables
from htx_workflow.store.access import living
from htx_workflow.store.tables import table


def add(session: Session, **values: Any) -> int:
    """The number of a new delegation."""
    row = tables.Delegation(**values)
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def find(session: Session, number: int) -> Any:
    """A delegation by its number, ended or not, with the agency of who gave it; None without one."""
    rows, givers = table("delegation"), table("contact")
    return session.execute(
        select(rows, givers.c.agency_id).join(givers, givers.c.id == rows.c.from_contact_id).where(rows.c.id == number)
    ).first()


def list_meeting(session: Session, contact_ids: Sequence[int], first: date, last: date) -> list[Any]:
    """Delegations given or taken by these contacts that are in force on some day of a span."""
    rows = table("delegation")
    return list(
        session.execute(
            select(rows).where(
                rows.c.from_contact_id.in_(contact_ids) | rows.c.to_contact_id.in_(contact_ids),
                rows.c.ended_at.is_(None),
                rows.c.valid_from <= last,
                rows.c.valid_to >= first,
            )
        )
    )


def list_of(session: Session, agency_id: int | None, limit: int) -> list[Any]:
    """Delegations of an agency or of all, the newest first, with both contacts and the document."""
    rows, papers = table("delegation"), table("document")
    givers, takers = table("contact").alias("giver"), table("contact").alias("taker")
    statement = (
        select(
            rows.c.id, rows.c.form, rows.c.valid_from, rows.c.valid_to, rows.c.ended_at, rows.c.from_contact_id,
            givers.c.code.label("from_code"), givers.c.name.label("from_name"), givers.c.title.label("from_title"),
            givers.c.unit.label("from_unit"), takers.c.code.label("to_code"), takers.c.name.label("to_name"),
            takers.c.title.label("to_title"), takers.c.unit.label("to_unit"), papers.c.number, papers.c.dated,
        )
        .join(givers, givers.c.id == rows.c.from_contact_id)
        .join(takers, takers.c.id == rows.c.to_contact_id)
        .join(papers, papers.c.id == rows.c.document_id)
        .order_by(rows.c.id.desc())
        .limit(limit)
    )  # fmt: skip
    if agency_id is not None:
        statement = statement.where(givers.c.agency_id == agency_id)
    return list(session.execute(statement))


def approver_behind(session: Session, number: int, to_code: str, today: date) -> Any:
    """The contact whose right to approve this delegation hands to `to_code` on this day; None when it does not."""
    rows, givers, takers = table("delegation"), table("contact").alias("giver"), table("contact").alias("taker")
    return session.execute(
        select(givers.c.id, givers.c.code, givers.c.agency_id)
        .join(rows, rows.c.from_contact_id == givers.c.id)
        .join(takers, takers.c.id == rows.c.to_contact_id)
        .where(
            rows.c.id == number,
            rows.c.ended_at.is_(None),
            rows.c.valid_from <= today,
            rows.c.valid_to >= today,
            takers.c.code == to_code,
            givers.c.approves,
            living(givers, today),
        )
    ).first()


def end(session: Session, number: int, now: datetime, by: str) -> bool:
    """End a delegation; False when it had ended before."""
    rows = table("delegation")
    touched = session.execute(
        update(rows).where(rows.c.id == number, rows.c.ended_at.is_(None)).values(ended_at=now, ended_by=by)
    )
    return bool(touched.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def end_of_contacts(session: Session, contact_ids: Sequence[int], now: datetime, by: str) -> int:
    """What these contacts gave or took on ends; how many."""
    rows = table("delegation")
    touched = session.execute(
        update(rows)
        .where(
            rows.c.from_contact_id.in_(contact_ids) | rows.c.to_contact_id.in_(contact_ids), rows.c.ended_at.is_(None)
        )
        .values(ended_at=now, ended_by=by)
    )
    return int(touched.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
