"""What lets somebody in (phiên đăng nhập, mã): only hashes of secrets are kept."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select, update
from sqlmodel import Session

from htx_workflow.store import tables
from htx_workflow.store.tables import table


class VisitRow(NamedTuple):
    """A session with the contact, the person and the agency behind it."""

    session_id: int
    strength: str
    expires_at: datetime
    contact_id: int
    contact: str
    shared: bool
    contact_name: str
    agency_id: int
    agency: str
    agency_kind: str
    person_id: int | None
    person_name: str | None
    admin: bool
    approves: bool


def find_visit(session: Session, token_sha256: str, now: datetime, today: date) -> VisitRow | None:
    """The living session of this token: not ended, not expired, its contact and person still there."""
    sessions, contacts = table("credential"), table("contact")
    agencies, persons = table("agency"), table("person")
    row = session.execute(
        select(
            sessions.c.id, sessions.c.strength, sessions.c.expires_at, contacts.c.id, contacts.c.code,
            contacts.c.shared, contacts.c.name, agencies.c.id, agencies.c.code, agencies.c.kind, persons.c.id,
            persons.c.name, contacts.c.admin, contacts.c.approves,
        )
        .join(contacts, contacts.c.id == sessions.c.contact_id)
        .join(agencies, agencies.c.id == contacts.c.agency_id)
        .outerjoin(persons, persons.c.id == sessions.c.person_id)
        .where(
            sessions.c.token_sha256 == token_sha256,
            sessions.c.kind == "session",
            sessions.c.ended_at.is_(None),
            sessions.c.expires_at > now,
            contacts.c.valid_from.is_(None) | (contacts.c.valid_from <= today),
            contacts.c.valid_to.is_(None) | (contacts.c.valid_to >= today),
            persons.c.left_on.is_(None) | (persons.c.left_on > today),
        )
    ).first()  # fmt: skip
    return VisitRow(*row) if row else None


def roles_of(session: Session, contact_id: int, agency_id: int, today: date) -> frozenset[str]:
    """What a contact is at its own agency on this day."""
    rows = table("assignment")
    return frozenset(
        session.execute(
            select(rows.c.role).where(
                rows.c.contact_id == contact_id,
                rows.c.agency_id == agency_id,
                rows.c.valid_from.is_(None) | (rows.c.valid_from <= today),
                rows.c.valid_to.is_(None) | (rows.c.valid_to >= today),
            )
        ).scalars()
    )


def plans_of(session: Session, agency_id: int) -> tuple[frozenset[int], frozenset[int]]:
    """Numbers of the plans that an agency leads, and of those it leads or that are made for it."""
    rows = table("plan")
    found = session.execute(
        select(rows.c.id, rows.c.lead_id).where((rows.c.lead_id == agency_id) | (rows.c.province_id == agency_id))
    ).all()
    return frozenset(row.id for row in found if row.lead_id == agency_id), frozenset(row.id for row in found)


def add(session: Session, **values: Any) -> int:
    """Keep a new credential; its number."""
    row = tables.Credential(**values)
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def end(session: Session, credential_id: int, now: datetime, by: str) -> bool:
    """End a credential; False when it had ended before."""
    rows = table("credential")
    touched = session.execute(
        update(rows).where(rows.c.id == credential_id, rows.c.ended_at.is_(None)).values(ended_at=now, ended_by=by)
    )
    return bool(touched.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
