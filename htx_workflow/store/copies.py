"""A copy in memory of what the coming mail depends on: forecasts and previews run on it, never on the original."""

from __future__ import annotations

from sqlalchemy import Select, select, text
from sqlmodel import Session

from htx_workflow.store import tables
from htx_workflow.store.database import Database
from htx_workflow.store.rows import add_all, chunks
from htx_workflow.store.tables import table

WHOLE = ("agency", "agency_name", "document", "plan", "plan_version", "duty", "milestone", "contact", "assignment")


def empty() -> Database:
    """A database in memory with the schema of this version."""
    copy = Database("sqlite://")
    tables.METADATA.create_all(copy.engine)
    return copy


def copy_for_forecast(session: Session) -> Database:
    """Plans, people, unfinished work, and the rungs and mails that can still matter."""
    copy = empty()
    occurrences, changes = table("occurrence"), table("occurrence_change")
    rungs, links, messages = table("reminder"), table("message_reminder"), table("message")
    living = occurrences.c.state.in_(("open", "submitted", "unassigned"))
    with copy.transaction("copy") as target:
        target.execute(text("PRAGMA defer_foreign_keys = ON"))
        for name in WHOLE:
            _copy(session, target, name, select(table(name)))
        _copy(session, target, "occurrence", select(occurrences).where(living))
        _copy(
            session,
            target,
            "occurrence_change",
            select(changes).join(occurrences, occurrences.c.id == changes.c.occurrence_id).where(living),
        )
        notes = table("occurrence_note")
        _copy(
            session,
            target,
            "occurrence_note",
            select(notes)
            .join(occurrences, occurrences.c.id == notes.c.occurrence_id)
            .where(living, notes.c.on_day.is_not(None)),
        )
        _copy(
            session,
            target,
            "reminder",
            select(rungs).join(occurrences, occurrences.c.id == rungs.c.occurrence_id).where(living),
        )
        alive = messages.c.state.in_(("held", "queued", "leased"))
        _copy(session, target, "message", select(messages).where(alive))
        _copy(
            session,
            target,
            "message_reminder",
            select(links)
            .join(messages, messages.c.id == links.c.message_id)
            .join(rungs, rungs.c.id == links.c.reminder_id)
            .join(occurrences, occurrences.c.id == rungs.c.occurrence_id)
            .where(alive, living),
        )
    return copy


def _copy(source: Session, target: Session, name: str, rows: Select) -> None:  # type: ignore[type-arg]
    for batch in chunks(source.execute(rows).mappings()):
        add_all(target, table(name), [dict(row) for row in batch])
