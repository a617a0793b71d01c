"""Auditors (tài khoản kiểm tra): contacts that only read, with their days and the document they were made by."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import insert, select
from sqlmodel import Session

from htx_workflow.store.tables import table


class AuditorRow(NamedTuple):
    """One such account."""

    contact: str
    name: str
    title: str
    address: str
    agency_id: int
    valid_from: date
    valid_to: date
    left_on: date | None
    """The last day of the contact; before `valid_to` where it was ended early."""
    number: str
    dated: date


def add(session: Session, **values: Any) -> None:
    """Keep a new one."""
    session.execute(insert(table("auditor")).values(**values))


def list_rows(session: Session) -> list[AuditorRow]:
    """Every one there ever was, the newest first."""
    auditors, contacts, documents = table("auditor"), table("contact"), table("document")
    rows = session.execute(
        select(
            contacts.c.code, contacts.c.name, contacts.c.title, contacts.c.address, contacts.c.agency_id,
            auditors.c.valid_from, auditors.c.valid_to, contacts.c.valid_to, documents.c.number, documents.c.dated,
        )
        .join(contacts, contacts.c.id == auditors.c.contact_id)
        .join(documents, documents.c.id == auditors.c.document_id)
        .order_by(auditors.c.valid_from.desc(), contacts.c.code)
    )  # fmt: skip
    return [AuditorRow(*row) for row in rows]


def is_auditor(session: Session, contact_id: int) -> bool:
    """Whether a contact is one."""
    auditors = table("auditor")
    return session.execute(select(auditors.c.contact_id).where(auditors.c.contact_id == contact_id)).first() is not None
