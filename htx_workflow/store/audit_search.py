"""The audit chain read by people (nhật ký): searched, and paged by its numbers, the newest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import Session

from htx_workflow.store.tables import table


class EventRow(NamedTuple):
    """One event."""

    seq: int
    at: datetime
    actor: str
    act: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; empty: everything."""

    contacts: tuple[str, ...] | None = None
    """Codes of contacts who acted, with whoever was behind them; None: everybody's."""
    persons: tuple[int, ...] = ()
    act: str = ""
    subject: str = ""
    first: datetime | None = None
    """From this moment on."""
    until: datetime | None = None
    """Before this moment."""


def list_events(
    session: Session, wanted: Wanted, limit: int, *, before: int | None = None, after: int | None = None
) -> list[EventRow]:
    """The newest events first: those below the number `before`, or the nearest above `after`."""
    events = table("audit_event")
    statement = select(events.c.seq, events.c.at, events.c.actor, events.c.act, events.c.subject, events.c.detail)
    statement = statement.where(*_conditions(wanted)).limit(limit)
    if after is not None:
        rows = session.execute(statement.where(events.c.seq > after).order_by(events.c.seq)).all()
        return [EventRow(*row) for row in reversed(rows)]
    if before is not None:
        statement = statement.where(events.c.seq < before)
    return [EventRow(*row) for row in session.execute(statement.order_by(events.c.seq.desc()))]


def _conditions(wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    events = table("audit_event")
    if wanted.contacts is not None:
        yield or_(*_acted(wanted))
    if wanted.act:
        yield events.c.act == wanted.act
    if wanted.subject:
        yield events.c.subject.contains(wanted.subject, autoescape=True)
    if wanted.first is not None:
        yield events.c.at >= wanted.first
    if wanted.until is not None:
        yield events.c.at < wanted.until


def _acted(wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    """The ways an actor is written: code, code#person, code^delegation, code#person^delegation."""
    actor = table("audit_event").c.actor
    for code in wanted.contacts or ():
        yield actor == code
        yield actor.startswith(f"{code}#", autoescape=True)
        yield actor.startswith(f"{code}^", autoescape=True)
    for person in wanted.persons:
        yield actor.endswith(f"#{person}", autoescape=True)
        yield actor.contains(f"#{person}^", autoescape=True)


class Somebody(NamedTuple):
    """A contact, or with a number a person behind one."""

    code: str
    number: int | None
    words: str


def list_people(session: Session) -> list[Somebody]:
    """Everybody who may have acted, to be searched by name."""
    contacts, persons = table("contact"), table("person")
    found = [
        Somebody(row.code, None, f"{row.code} {row.name} {row.unit}")
        for row in session.execute(select(contacts.c.code, contacts.c.name, contacts.c.unit))
    ]
    return found + [Somebody("", row.id, row.name) for row in session.execute(select(persons.c.id, persons.c.name))]
