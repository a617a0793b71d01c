"""Rungs and mails: the ledger of reminders and the outbox."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from htx_workflow.store.tables.base import BOUNCE_KINDS, MESSAGE_STATES, RUNG_STATES, key, one_of, to
from htx_workflow.store.types import UtcStamp


class Reminder(SQLModel, table=True):
    """Nhắc việc: one rung reached, with its state and reason. Its identity is refused a second time."""

    __table_args__ = (
        UniqueConstraint("occurrence_id", "due_rev", "step", "audience", name="uq_reminder_rung"),
        CheckConstraint(one_of("state", RUNG_STATES), name="state"),
        Index(
            "ix_reminder_queued",
            "send_on",
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
        Index("ix_reminder_decided", "decided_at"),
        Index(
            "ix_reminder_call",
            "occurrence_id",
            sqlite_where=text("audience = 'call'"),
            postgresql_where=text("audience = 'call'"),
        ),
    )
    id: int | None = key()
    occurrence_id: int = to("occurrence.id")
    due_rev: int
    step: str = Field(sa_type=Text)
    audience: str = Field(sa_type=Text)
    send_on: date
    late: bool
    state: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    decided_at: datetime = Field(sa_type=UtcStamp)
    ended_at: datetime | None = Field(default=None, sa_type=UtcStamp)


class Message(SQLModel, table=True):
    """Thư: one mail to one contact, rendered, with a placeholder where its sign-in link will stand."""

    __table_args__ = (
        CheckConstraint(one_of("state", MESSAGE_STATES), name="state"),
        Index(
            "ix_message_next_attempt",
            "next_attempt_at",
            sqlite_where=text("state IN ('queued', 'leased')"),
            postgresql_where=text("state IN ('queued', 'leased')"),
        ),
        Index("ix_message_contact_day", "contact_id", "day"),
        Index("ix_message_day", "day"),
        Index(
            "ix_message_failed",
            "day",
            sqlite_where=text("state = 'failed'"),
            postgresql_where=text("state = 'failed'"),
        ),
        Index("ix_message_doubtful", "day", sqlite_where=text("doubtful"), postgresql_where=text("doubtful")),
        Index(
            "ix_message_held",
            "plan_id",
            sqlite_where=text("state = 'held'"),
            postgresql_where=text("state = 'held'"),
        ),
    )
    id: int | None = key()
    key: str = Field(sa_type=Text, unique=True)
    kind: str = Field(sa_type=Text)
    plan_id: int | None = to("plan.id", null=True)
    contact_id: int | None = to("contact.id", null=True)
    address: str = Field(sa_type=Text)
    day: date
    subject: str = Field(sa_type=Text)
    body_text: str = Field(sa_type=Text)
    body_html: str = Field(sa_type=Text)
    reply_to: str = Field(default="", sa_type=Text)
    state: str = Field(sa_type=Text)
    reason: str = Field(default="", sa_type=Text)
    attempts: int = 0
    doubtful: bool = False
    composed_at: datetime = Field(sa_type=UtcStamp)
    next_attempt_at: datetime | None = Field(default=None, sa_type=UtcStamp)
    lease_until: datetime | None = Field(default=None, sa_type=UtcStamp)
    handed_at: datetime | None = Field(default=None, sa_type=UtcStamp)
    sent_at: datetime | None = Field(default=None, sa_type=UtcStamp)
    approved_by: str = Field(default="", sa_type=Text)


class MessageReminder(SQLModel, table=True):
    """Which rungs a mail answers."""

    __tablename__ = "message_reminder"
    __table_args__ = (Index("ix_message_reminder_reminder_id", "reminder_id"),)
    message_id: int = to("message.id", primary=True)
    reminder_id: int = to("reminder.id", primary=True)


class Bounce(SQLModel, table=True):
    """Thư trả lại: one report of a mail server, read once. Reports about no mail of ours keep only their mark."""

    __table_args__ = (
        CheckConstraint(one_of("kind", BOUNCE_KINDS), name="kind"),
        Index("ix_bounce_message_id", "message_id"),
        Index("ix_bounce_contact_id", "contact_id"),
        Index("ix_bounce_at", "at"),
    )
    id: int | None = key()
    mark: str = Field(sa_type=Text, unique=True)
    """SHA-256 of its Message-ID, or of all of it."""
    at: datetime = Field(sa_type=UtcStamp)
    kind: str = Field(sa_type=Text)
    message_id: int | None = to("message.id", null=True)
    contact_id: int | None = to("contact.id", null=True)
    status: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
