"""What the demo reads of contacts: their names and agencies, and the person to be behind a shared mailbox."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import func, insert, select
from sqlmodel import Session

from htx_workflow.domain import collation, simulation
from htx_workflow.domain.plan import AgencyKind
from htx_workflow.store import agencies as agency_store
from htx_workflow.store.tables import table


def only_simulated(session: Session) -> bool:
    """Whether every cooperative here bears a simulated name: then nothing in this database is about anybody."""
    agencies, names = table("agency"), table("agency_name")
    real = session.execute(
        select(agencies.c.id)
        .join(names, names.c.agency_id == agencies.c.id)
        .where(agencies.c.kind == AgencyKind.COOPERATIVE.value, ~names.c.name.startswith(simulation.COOPERATIVE))
        .limit(1)
    ).first()
    return real is None


class ContactLine(NamedTuple):
    """A contact, with the agency's short name of the day."""

    contact: str
    name: str
    agency_short: str


class Enterer(NamedTuple):
    """Who a persona is for the database."""

    contact_id: int
    person_id: int | None


def list_contacts(session: Session, codes: list[str], today: date) -> list[ContactLine]:
    """Those of these contacts that there are."""
    contacts = table("contact")
    rows = session.execute(
        select(contacts.c.code, contacts.c.name, contacts.c.agency_id).where(contacts.c.code.in_(codes))
    ).all()
    agencies = agency_store.list_agencies(session, today) if rows else {}
    return [ContactLine(row.code, row.name, agencies[row.agency_id].short_name) for row in rows]


def find_contact(session: Session, code: str) -> Enterer | None:
    """The contact of this code, with the person that bears its name at its agency."""
    contacts, persons = table("contact"), table("person")
    row = session.execute(
        select(contacts.c.id, func.min(persons.c.id))
        .outerjoin(
            persons,
            (persons.c.agency_id == contacts.c.agency_id)
            & (persons.c.name == contacts.c.name)
            & (contacts.c.name != ""),
        )
        .where(contacts.c.code == code)
        .group_by(contacts.c.id)
    ).first()
    return Enterer(*row) if row else None


def add_person(session: Session, agency_id: int, name: str, title: str) -> None:
    """Somebody of an agency."""
    session.execute(
        insert(table("person")).values(
            agency_id=agency_id, name=name, title=title, phone="", fold=collation.fold(name), left_on=None
        )
    )
