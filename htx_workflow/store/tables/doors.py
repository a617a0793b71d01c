"""Doors for other systems: keys of programs and calendar feeds, what they sent, webhooks with their deliveries."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from htx_workflow.store.tables.base import DELIVERY_STATES, KEY_KINDS, key, one_of, to
from htx_workflow.store.types import UtcStamp


class AccessKey(SQLModel, table=True):
    """Khóa truy cập: lets a program in (`api`), or a calendar program read one contact's days (`feed`).

    Only the hash of the secret is kept. It ends with the contact that answers for it, and with the person who made it.
    """

    __tablename__ = "access_key"
    __table_args__ = (
        CheckConstraint(one_of("kind", KEY_KINDS), name="kind"),
        Index("ix_access_key_contact_id", "contact_id"),
        Index("ix_access_key_agency_id", "agency_id"),
    )
    id: int | None = key()
    kind: str = Field(sa_type=Text)
    agency_id: int = to("agency.id")
    """For which it acts."""
    contact_id: int = to("contact.id")
    """Who answers for it."""
    person_id: int | None = to("person.id", null=True)
    name: str = Field(sa_type=Text)
    scopes: str = Field(default="", sa_type=Text)
    """read:occurrences write:reports"""
    token_sha256: str = Field(sa_type=Text, unique=True)
    made_at: datetime = Field(sa_type=UtcStamp)
    made_by: str = Field(sa_type=Text)
    expires_at: datetime = Field(sa_type=UtcStamp)
    used_on: date | None = None
    """The last day on which it was used."""
    ended_at: datetime | None = Field(default=None, sa_type=UtcStamp)
    ended_by: str = Field(default="", sa_type=Text)


class ApiCall(SQLModel, table=True):
    """What a program sent under an Idempotency-Key and what it was answered: sent again it gets the same answer."""

    __tablename__ = "api_call"
    __table_args__ = (UniqueConstraint("access_key_id", "key", name="uq_api_call_key"), Index("ix_api_call_at", "at"))
    id: int | None = key()
    access_key_id: int = to("access_key.id")
    key: str = Field(sa_type=Text)
    sha256: str = Field(sa_type=Text)
    """Of the request: the same key with another content is refused."""
    status: int
    location: str = Field(default="", sa_type=Text)
    body: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=UtcStamp)


class Webhook(SQLModel, table=True):
    """Địa chỉ nhận thông báo: another system is told when something changes. Its secret is derived, never stored."""

    __table_args__ = (
        Index(
            "ix_webhook_living", "id", sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")
        ),
        Index("ix_webhook_contact_id", "contact_id"),
    )
    id: int | None = key()
    agency_id: int = to("agency.id")
    contact_id: int = to("contact.id")
    person_id: int | None = to("person.id", null=True)
    plan_id: int | None = to("plan.id", null=True)
    """Only what happens in this plan."""
    whole: bool = False
    """Everything of the plan, not only the agency's own work: its lead agency's, or made by an administrator."""
    url: str = Field(sa_type=Text)
    events: str = Field(default="", sa_type=Text)
    """occurrence.submitted request.decided; empty: all."""
    made_at: datetime = Field(sa_type=UtcStamp)
    made_by: str = Field(sa_type=Text)
    ended_at: datetime | None = Field(default=None, sa_type=UtcStamp)
    ended_by: str = Field(default="", sa_type=Text)


class WebhookDelivery(SQLModel, table=True):
    """One change to tell one webhook; written with the change, delivered like mail."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        CheckConstraint(one_of("state", DELIVERY_STATES), name="state"),
        UniqueConstraint("webhook_id", "key", name="uq_webhook_delivery_key"),
        Index(
            "ix_webhook_delivery_next_attempt",
            "next_attempt_at",
            sqlite_where=text("state IN ('queued', 'leased')"),
            postgresql_where=text("state IN ('queued', 'leased')"),
        ),
    )
    id: int | None = key()
    webhook_id: int = to("webhook.id")
    key: str = Field(sa_type=Text)
    """Stable over retries: a receiver refuses what it has seen (webhook-id)."""
    event: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)
    made_at: datetime = Field(sa_type=UtcStamp)
    state: str = Field(sa_type=Text)
    reason: str = Field(default="", sa_type=Text)
    attempts: int = 0
    next_attempt_at: datetime | None = Field(default=None, sa_type=UtcStamp)
    lease_until: datetime | None = Field(default=None, sa_type=UtcStamp)
    ended_at: datetime | None = Field(default=None, sa_type=UtcStamp)
