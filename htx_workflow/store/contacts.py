"""Contacts (đầu mối) as the portal and the administrator see them: living ones, with their agency and what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, update
from sqlmodel import Session

from htx_workflow.store import tables
from htx_workflow.store.access import living
from htx_workflow.store.tables import table


def _select() -> Select[Any]:
    contacts, agencies = table("contact"), table("agency")
    return select(
        contacts, agencies.c.code.label("agency"), agencies.c.kind, agencies.c.parent_id
    ).join(agencies, agencies.c.id == contacts.c.agency_id)  # fmt: skip


def _here(today: date) -> ColumnElement[bool]:
    return living(table("contact"), today) & living(table("agency"), today)


def list_by_address(session: Session, address: str, today: date) -> list[Any]:
    """Living contacts that get mail at this address, capitals or not."""
    contacts = table("contact")
    return list(
        session.execute(
            _select()
            .where(
                func.lower(contacts.c.address) == address.strip().lower(), contacts.c.channel == "email", _here(today)
            )
            .order_by(contacts.c.id)
        )
    )


def find_living(session: Session, number: int, today: date) -> Any:
    """A living contact of a living agency by its number, or None."""
    return session.execute(_select().where(table("contact").c.id == number, _here(today))).first()


def find_by_code(session: Session, code: str) -> Any:
    """A contact by its code, living or not; None without one."""
    return session.execute(_select().where(table("contact").c.code == code)).first()


def list_of_agencies(session: Session, agency_ids: Sequence[int], today: date) -> list[Any]:
    """Living contacts of these agencies, in the order of the agencies."""
    agencies, contacts = table("agency"), table("contact")
    return list(
        session.execute(
            _select()
            .where(contacts.c.agency_id.in_(agency_ids), _here(today))
            .order_by(agencies.c.sort, agencies.c.id, contacts.c.id)
        )
    )


def list_living(session: Session, numbers: Sequence[int], today: date) -> list[Any]:
    """Those of these contacts that live."""
    contacts = table("contact")
    return list(session.execute(_select().where(contacts.c.id.in_(numbers), _here(today)).order_by(contacts.c.id)))


def list_all(session: Session, agency: str | None) -> list[Any]:
    """Every contact, living or not, of one agency or of all."""
    agencies, contacts = table("agency"), table("contact")
    statement = _select().order_by(agencies.c.sort, agencies.c.id, contacts.c.id)
    return list(session.execute(statement.where(agencies.c.code == agency) if agency else statement))


def agencies_of_plans(session: Session, plan_ids: Sequence[int]) -> list[int]:
    """Numbers of the agencies that hold or receive work of these plans."""
    rows = table("occurrence")
    found = set()
    for column in (rows.c.holder_id, rows.c.receiver_id):
        found |= set(session.execute(select(column).where(rows.c.plan_id.in_(plan_ids)).distinct()).scalars())
    return sorted(number for number in found if number is not None)


def agencies_below(session: Session, agency_id: int, kind: str) -> list[int]:
    """Numbers of the agencies of one kind whose parent is this one."""
    agencies = table("agency")
    return list(
        session.execute(
            select(agencies.c.id).where(agencies.c.parent_id == agency_id, agencies.c.kind == kind).order_by(agencies.c.sort)
        ).scalars()
    )  # fmt: skip


def all_agencies(session: Session) -> list[int]:
    """The number of every agency."""
    return list(session.execute(select(table("agency").c.id)).scalars())


def add(session: Session, **values: Any) -> int:
    """The number of a new contact."""
    row = tables.Contact(**values)
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def assign(session: Session, contact_id: int, agency_id: int, duty_id: int | None, role: str, from_day: date) -> None:
    """From this day the contact speaks for the agency in this role, for all duties or one."""
    session.add(
        tables.Assignment(contact_id=contact_id, agency_id=agency_id, duty_id=duty_id, role=role, valid_from=from_day)
    )
    session.flush()


def change(session: Session, code: str, **values: Any) -> None:
    """Write columns of a contact."""
    rows = table("contact")
    session.execute(update(rows).where(rows.c.code == code).values(**values))


def assignments_of(session: Session, contact_ids: Sequence[int], today: date) -> list[Any]:
    """Contact, role and code of the duty (or None) of every assignment that holds today."""
    rows, duties = table("assignment"), table("duty")
    return list(
        session.execute(
            select(rows.c.contact_id, rows.c.role, duties.c.code.label("duty"))
            .outerjoin(duties, duties.c.id == rows.c.duty_id)
            .where(rows.c.contact_id.in_(contact_ids), living(rows, today))
            .order_by(rows.c.id)
        )
    )


def duty_ids(session: Session, codes: Sequence[str]) -> dict[str, list[int]]:
    """Numbers of the duties of these codes that are still in a plan, by code."""
    rows = table("duty")
    found: dict[str, list[int]] = {}
    for row in session.execute(
        select(rows.c.code, rows.c.id).where(rows.c.code.in_(codes), rows.c.to_version.is_(None))
    ):
        found.setdefault(row.code, []).append(row.id)
    return found


def end(session: Session, codes: Sequence[str], from_day: date) -> None:
    """From this day these contacts get nothing."""
    rows = table("contact")
    session.execute(update(rows).where(rows.c.code.in_(codes)).values(valid_to=from_day - timedelta(days=1)))


def last_sign_ins(session: Session, contact_ids: Sequence[int]) -> dict[int, datetime]:
    """When each of these contacts last opened a session."""
    rows = table("credential")
    found = session.execute(
        select(rows.c.contact_id, func.max(rows.c.made_at))
        .where(and_(rows.c.contact_id.in_(contact_ids), rows.c.kind == "session"))
        .group_by(rows.c.contact_id)
    )
    return {row[0]: row[1] for row in found}
