"""The history of one piece of work (quá trình xử lý) as its page reads it: changes and notes, rungs and mails."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Boolean, Date, Integer, Text, cast, literal, null, select, union_all
from sqlmodel import Session

from htx_workflow.store.tables import table


class EventRow(NamedTuple):
    """A change or a note, as the history of one piece of work shows it."""

    note_id: int | None
    """None for a change."""
    seq: int
    at: datetime
    day: date | None
    """The day it happened, or the day that was promised."""
    act: str
    by: str
    text: str
    state: str
    due_on: date | None
    holder_id: int | None
    submitted_on: date | None
    number: str | None
    dated: date | None
    channel: str | None
    retrospective: bool | None
    on_behalf: bool | None
    cause: str
    with_whom: str


def list_events(session: Session, occurrence_id: int) -> list[EventRow]:
    """Every change and every note of one occurrence, oldest first."""
    changes, notes, documents = table("occurrence_change"), table("occurrence_note"), table("document")
    history = (
        select(
            cast(null(), Integer).label("note_id"), changes.c.seq, changes.c.recorded_at.label("at"),
            changes.c.happened_on, changes.c.act, changes.c.by_code, changes.c.note, changes.c.state, changes.c.due_on,
            changes.c.holder_id, changes.c.submitted_on, documents.c.number, documents.c.dated, documents.c.channel,
            changes.c.retrospective, changes.c.on_behalf, literal("", Text), literal("", Text),
        )
        .outerjoin(documents, documents.c.id == changes.c.document_id)
        .where(changes.c.occurrence_id == occurrence_id)
    )  # fmt: skip
    said = (
        select(
            notes.c.id, literal(0, Integer), notes.c.at, notes.c.on_day, notes.c.kind, notes.c.by_code, notes.c.text,
            literal("", Text), cast(null(), Date), cast(null(), Integer), cast(null(), Date), documents.c.number,
            documents.c.dated, documents.c.channel, cast(null(), Boolean), cast(null(), Boolean), notes.c.cause,
            notes.c.with_whom,
        )
        .outerjoin(documents, documents.c.id == notes.c.document_id)
        .where(notes.c.occurrence_id == occurrence_id)
    )  # fmt: skip
    found = [EventRow(*row) for row in session.execute(union_all(history, said)).all()]
    return sorted(found, key=lambda event: (event.at, event.note_id is not None, event.seq, event.note_id or 0))


class MailRow(NamedTuple):
    """A rung, a mail, or both: what was or was not sent about one piece of work."""

    step: str
    audience: str
    send_on: date | None
    rung_state: str
    reason: str
    kind: str | None
    state: str | None
    day: date | None
    sent_at: datetime | None
    contact: str | None


def list_mail(session: Session, occurrence_id: int, keys: Sequence[str]) -> list[MailRow]:
    """The rungs of an occurrence with the mails that answer them, and the mails of these keys."""
    rungs, links, messages, contacts = (
        table("reminder"), table("message_reminder"), table("message"), table("contact"),
    )  # fmt: skip
    told = (
        select(
            rungs.c.step, rungs.c.audience, rungs.c.send_on, rungs.c.state.label("rung_state"), rungs.c.reason,
            messages.c.kind, messages.c.state, messages.c.day, messages.c.sent_at, contacts.c.code,
        )
        .outerjoin(links, links.c.reminder_id == rungs.c.id)
        .outerjoin(messages, messages.c.id == links.c.message_id)
        .outerjoin(contacts, contacts.c.id == messages.c.contact_id)
        .where(rungs.c.occurrence_id == occurrence_id)
    )  # fmt: skip
    named = (
        select(
            literal("", Text), literal("", Text), messages.c.day, literal("", Text), literal("", Text),
            messages.c.kind, messages.c.state, messages.c.day, messages.c.sent_at, contacts.c.code,
        )
        .outerjoin(contacts, contacts.c.id == messages.c.contact_id)
        .where(messages.c.key.in_(keys))
    )  # fmt: skip
    found = [MailRow(*row) for row in session.execute(union_all(told, named) if keys else told).all()]
    return sorted(found, key=lambda mail: (mail.send_on or date.min, mail.audience, mail.contact or ""))
