"""Keys of programs and calendar feeds (khóa truy cập): only hashes of secrets are kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, func, or_, select, update
from sqlmodel import Session

from htx_workflow.store import tables
from htx_workflow.store.access import living
from htx_workflow.store.tables import table

API, FEED = "api", "feed"


class KeyRow(NamedTuple):
    """A living key with the contact that answers for it and the agency it acts for."""

    id: int
    name: str
    scopes: str
    expires_at: datetime
    used_on: date | None
    contact_id: int
    contact: str
    agency_id: int
    agency: str
    agency_kind: str
    agency_name: str | None
    agency_short: str | None


def find(session: Session, kind: str, token_sha256: str, now: datetime, today: date) -> KeyRow | None:
    """The living key of this hash: not ended, not over; contact, person and agency still there."""
    row = session.execute(_one(), {"kind": kind, "token": token_sha256, "now": now, "today": today}).first()
    return KeyRow(*row) if row else None


@cache
def _one() -> Select[Any]:
    """Made once: every request of a program asks it."""
    today: BindParameter[date] = bindparam("today")
    keys, contacts, persons = table("access_key"), table("contact"), table("person")
    agencies, names = table("agency"), table("agency_name")
    newest = (
        select(func.max(names.c.valid_from))
        .where(names.c.agency_id == agencies.c.id, names.c.valid_from <= today)
        .correlate(agencies)
        .scalar_subquery()
    )
    return (
        select(
            keys.c.id, keys.c.name, keys.c.scopes, keys.c.expires_at, keys.c.used_on, contacts.c.id, contacts.c.code,
            agencies.c.id, agencies.c.code, agencies.c.kind, names.c.name, names.c.short_name,
        )
        .join(contacts, contacts.c.id == keys.c.contact_id)
        .join(agencies, agencies.c.id == keys.c.agency_id)
        .outerjoin(names, and_(names.c.agency_id == agencies.c.id, names.c.valid_from == newest))
        .outerjoin(persons, persons.c.id == keys.c.person_id)
        .where(
            keys.c.token_sha256 == bindparam("token"),
            keys.c.kind == bindparam("kind"),
            keys.c.ended_at.is_(None),
            keys.c.expires_at > bindparam("now"),
            living(contacts, today),
            living(agencies, today),
            persons.c.left_on.is_(None) | (persons.c.left_on > today),
        )
    )  # fmt: skip


def add(session: Session, **values: Any) -> int:
    """Keep a new key; its number."""
    row = tables.AccessKey(**values)
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def mark_used(session: Session, number: int, day: date) -> bool:
    """Used on this day; False when that is known."""
    keys = table("access_key")
    touched = session.execute(
        update(keys).where(keys.c.id == number, or_(keys.c.used_on.is_(None), keys.c.used_on < day)).values(used_on=day)
    )
    return bool(touched.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def list_living(
    session: Session,
    kind: str,
    now: datetime,
    *,
    agency_id: int | None = None,
    contact_id: int | None = None,
    limit: int = 500,
) -> list[Any]:
    """Living keys, the newest first: of an agency, of a contact, or all."""
    keys, contacts, agencies = table("access_key"), table("contact"), table("agency")
    statement = (
        select(
            keys.c.id, keys.c.name, keys.c.scopes, keys.c.made_at, keys.c.made_by, keys.c.expires_at, keys.c.used_on,
            keys.c.agency_id, keys.c.contact_id, contacts.c.code.label("contact"), agencies.c.code.label("agency"),
        )
        .join(contacts, contacts.c.id == keys.c.contact_id)
        .join(agencies, agencies.c.id == keys.c.agency_id)
        .where(keys.c.kind == kind, keys.c.ended_at.is_(None), keys.c.expires_at > now)
        .order_by(keys.c.id.desc())
        .limit(limit)
    )  # fmt: skip
    if agency_id is not None:
        statement = statement.where(keys.c.agency_id == agency_id)
    if contact_id is not None:
        statement = statement.where(keys.c.contact_id == contact_id)
    return list(session.execute(statement))


def find_by_id(session: Session, kind: str, number: int) -> Any:
    """A key by its number, living or not. None without one."""
    keys = table("access_key")
    return session.execute(select(keys).where(keys.c.id == number, keys.c.kind == kind)).first()


def names_of(session: Session, numbers: Iterable[int]) -> dict[int, str]:
    """What these keys are called: for the words about who acted."""
    keys = table("access_key")
    wanted = sorted(numbers)
    if not wanted:
        return {}
    return {row.id: row.name for row in session.execute(select(keys.c.id, keys.c.name).where(keys.c.id.in_(wanted)))}


def end(session: Session, number: int, now: datetime, by: str) -> bool:
    """End a key; False when it had ended before."""
    return _end(session, now, by, table("access_key").c.id == number) > 0


def end_of_contacts(session: Session, contact_ids: Sequence[int], now: datetime, by: str) -> int:
    """End every key that these contacts answer for; how many."""
    return _end(session, now, by, table("access_key").c.contact_id.in_(contact_ids))


def end_of_person(session: Session, person_id: int, now: datetime, by: str) -> int:
    """End every key that this person made; how many."""
    return _end(session, now, by, table("access_key").c.person_id == person_id)


def end_feeds(session: Session, contact_id: int, now: datetime, by: str) -> int:
    """End the calendar addresses of a contact; how many."""
    keys = table("access_key")
    return _end(session, now, by, keys.c.contact_id == contact_id, keys.c.kind == FEED)


def _end(session: Session, now: datetime, by: str, *which: ColumnElement[bool]) -> int:
    keys = table("access_key")
    touched = session.execute(
        update(keys).where(keys.c.ended_at.is_(None), keys.c.expires_at > now, *which).values(ended_at=now, ended_by=by)
    )
    return int(touched.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
