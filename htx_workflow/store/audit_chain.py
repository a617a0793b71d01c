"""Appends the events noted in a session as the last statement of its transaction."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import insert, select, text
from sqlmodel import Session

from htx_workflow.domain import audit
from htx_workflow.store.tables import table

LOCK = 3819
"""Advisory lock of PostgreSQL that lets one transaction at a time append."""
PIECE = 5_000
"""Events in memory at a time while the chain is read whole."""


def note(session: Session, event: audit.Event) -> None:
    """Remember an event; it is written with the commit and lost with a rollback."""
    session.info.setdefault("audit", []).append(event)


def has(session: Session, act: str, subject: str) -> bool:
    """Whether an event of this act and subject was written."""
    events = table("audit_event")
    found = session.execute(select(events.c.seq).where(events.c.subject == subject, events.c.act == act).limit(1))
    return found.first() is not None


def append_noted(session: Session) -> None:
    """Write the noted events behind the last link of the chain."""
    events: list[audit.Event] = session.info.pop("audit", [])
    if not events:
        return
    events_table = table("audit_event")
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    last = session.execute(
        select(events_table.c.seq, events_table.c.hash).order_by(events_table.c.seq.desc()).limit(1)
    ).first()
    seq, prev = (last.seq, last.hash) if last else (0, audit.GENESIS)
    rows = []
    for event in events:
        seq += 1
        fields = {
            "seq": seq,
            "at": event.at,
            "actor": event.actor,
            "act": event.act,
            "subject": event.subject,
            "detail": event.detail_json,
        }
        hash_ = audit.link(prev, seq, event.at, event.actor, event.act, event.subject, event.detail_json)
        rows.append({**fields, "prev": prev, "hash": hash_})
        prev = hash_
    session.execute(insert(events_table), rows)


def list_events(session: Session) -> Iterator[Any]:
    """Every event, oldest first; read in pieces, so that a long chain needs no more memory than a short one."""
    events = table("audit_event")
    last = -1
    while rows := session.execute(select(events).where(events.c.seq > last).order_by(events.c.seq).limit(PIECE)).all():
        yield from rows
        last = rows[-1].seq


def last_detail(session: Session, act: str, subject: str) -> dict[str, object] | None:
    """The detail of the newest event of this act and subject."""
    events = table("audit_event")
    found = session.execute(
        select(events.c.detail)
        .where(events.c.act == act, events.c.subject == subject)
        .order_by(events.c.seq.desc())
        .limit(1)
    ).scalar()
    return json.loads(found) if found else None


def details(session: Session, act: str, subject: str) -> list[dict[str, object]]:
    """The details of every event of this act and subject, the oldest first."""
    events = table("audit_event")
    found = session.execute(
        select(events.c.detail).where(events.c.act == act, events.c.subject == subject).order_by(events.c.seq)
    ).scalars()
    return [json.loads(detail) for detail in found]
