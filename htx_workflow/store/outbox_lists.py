"""The outbox read by people (hộp thư đi): mails by state, days, contact and words, the newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlmodel import Session

from htx_workflow.store.tables import table

DOUBTFUL = "doubtful"
"""Asked for like a state: mails that may have arrived twice."""


class MailRow(NamedTuple):
    """A mail as lists show it."""

    id: int
    kind: str
    day: date
    address: str
    contact: str | None
    agency_id: int | None
    subject: str
    state: str
    reason: str
    attempts: int
    doubtful: bool
    sent_at: datetime | None
    next_attempt_at: datetime | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for."""

    first: date
    last: date
    state: str = ""
    contact: str = ""
    """A contact's code, or a part of an address."""
    words: str = ""
    """A part of the subject."""
    kind: str = ""


def count(session: Session, wanted: Wanted) -> int:
    """How many mails."""
    return int(session.execute(_joined(wanted, func.count())).scalar_one())


def list_mails(session: Session, wanted: Wanted, limit: int, offset: int = 0) -> list[MailRow]:
    """Mails, the newest first."""
    mails, contacts = table("message"), table("contact")
    columns = (
        mails.c.id, mails.c.kind, mails.c.day, mails.c.address, contacts.c.code, contacts.c.agency_id, mails.c.subject,
        mails.c.state, mails.c.reason, mails.c.attempts, mails.c.doubtful, mails.c.sent_at, mails.c.next_attempt_at,
    )  # fmt: skip
    statement = _joined(wanted, *columns).order_by(mails.c.day.desc(), mails.c.id.desc())
    return [MailRow(*row) for row in session.execute(statement.limit(limit).offset(offset))]


def _joined(wanted: Wanted, *columns: Any) -> Select[Any]:
    mails, contacts = table("message"), table("contact")
    return (
        select(*columns)
        .select_from(mails)
        .outerjoin(contacts, contacts.c.id == mails.c.contact_id)
        .where(*_conditions(wanted))
    )


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    mails, contacts = table("message"), table("contact")
    found: list[ColumnElement[bool]] = [mails.c.day >= wanted.first, mails.c.day <= wanted.last]
    if wanted.state == DOUBTFUL:
        found.append(mails.c.doubtful.is_(True))
    elif wanted.state:
        found.append(mails.c.state == wanted.state)
    if wanted.contact:
        found.append(or_(contacts.c.code == wanted.contact, mails.c.address.icontains(wanted.contact, autoescape=True)))
    if wanted.kind:
        found.append(mails.c.kind == wanted.kind)
    if wanted.words:
        found.append(mails.c.subject.icontains(wanted.words, autoescape=True))
    return found


def find_mail(session: Session, number: int) -> Any:
    """A whole mail by its number, with the code of its contact. None without one."""
    mails, contacts = table("message"), table("contact")
    return session.execute(
        select(mails, contacts.c.code.label("contact"))
        .outerjoin(contacts, contacts.c.id == mails.c.contact_id)
        .where(mails.c.id == number)
    ).first()
