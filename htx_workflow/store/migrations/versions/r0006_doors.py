"""Doors for other systems: access keys, what programs sent, webhooks with their deliveries; consolidations kept in steps.

Reports of mail that came back. Auditors, and what the lists of the audit and of backdated entries look up.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from htx_workflow.store.types import UtcStamp

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    _keys()
    _webhooks()
    _auditors()
    _bounces()
    op.add_column("consolidation", sa.Column("unfinished_since", UtcStamp(timezone=True), nullable=True))
    op.add_column("consolidation_line", sa.Column("inputs", sa.Text(), nullable=True))


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def _bounces() -> None:
    op.add_column("contact", sa.Column("address_failed_at", UtcStamp(timezone=True), nullable=True))
    op.create_table(
        "bounce",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("at", UtcStamp(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("contact_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('permanent', 'transient', 'unknown')", name=op.f("ck_bounce_kind")),
        _reference("bounce", "message_id", "message"),
        _reference("bounce", "contact_id", "contact"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bounce")),
        sa.UniqueConstraint("mark", name=op.f("uq_bounce_mark")),
    )
    op.create_index("ix_bounce_message_id", "bounce", ["message_id"])
    op.create_index("ix_bounce_contact_id", "bounce", ["contact_id"])
    op.create_index("ix_bounce_at", "bounce", ["at"])


def _auditors() -> None:
    op.create_table(
        "auditor",
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("made_at", UtcStamp(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        _reference("auditor", "contact_id", "contact"),
        _reference("auditor", "document_id", "document"),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_auditor")),
    )
    op.create_index("ix_audit_event_act", "audit_event", ["act", "seq"])
    op.create_index("ix_audit_event_at", "audit_event", ["at"])
    entered = sa.text(
        "on_behalf OR retrospective OR act IN ('open-early', 'sent-day') OR (act = 'submit' AND happened_on < known_on)"
    )
    op.create_index(
        "ix_occurrence_change_entered", "occurrence_change", ["recorded_at"], sqlite_where=entered,
        postgresql_where=entered,
    )  # fmt: skip


def _keys() -> None:
    op.create_table(
        "access_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("made_at", UtcStamp(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("expires_at", UtcStamp(timezone=True), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.Column("ended_at", UtcStamp(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('api', 'feed')", name=op.f("ck_access_key_kind")),
        _reference("access_key", "agency_id", "agency"),
        _reference("access_key", "contact_id", "contact"),
        _reference("access_key", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_key")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_access_key_token_sha256")),
    )
    op.create_index("ix_access_key_contact_id", "access_key", ["contact_id"])
    op.create_index("ix_access_key_agency_id", "access_key", ["agency_id"])
    op.create_table(
        "api_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("access_key_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", UtcStamp(timezone=True), nullable=False),
        _reference("api_call", "access_key_id", "access_key"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_call")),
        sa.UniqueConstraint("access_key_id", "key", name="uq_api_call_key"),
    )
    op.create_index("ix_api_call_at", "api_call", ["at"])


def _webhooks() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("made_at", UtcStamp(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("ended_at", UtcStamp(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=False),
        _reference("webhook", "agency_id", "agency"),
        _reference("webhook", "contact_id", "contact"),
        _reference("webhook", "person_id", "person"),
        _reference("webhook", "plan_id", "plan"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    living = sa.text("ended_at IS NULL")
    op.create_index("ix_webhook_living", "webhook", ["id"], sqlite_where=living, postgresql_where=living)
    op.create_index("ix_webhook_contact_id", "webhook", ["contact_id"])
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("webhook_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("made_at", UtcStamp(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", UtcStamp(timezone=True), nullable=True),
        sa.Column("lease_until", UtcStamp(timezone=True), nullable=True),
        sa.Column("ended_at", UtcStamp(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'leased', 'sent', 'failed', 'cancelled')", name=op.f("ck_webhook_delivery_state")
        ),
        _reference("webhook_delivery", "webhook_id", "webhook"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint("webhook_id", "key", name="uq_webhook_delivery_key"),
    )
    waiting = sa.text("state IN ('queued', 'leased')")
    op.create_index(
        "ix_webhook_delivery_next_attempt", "webhook_delivery", ["next_attempt_at"], sqlite_where=waiting,
        postgresql_where=waiting,
    )  # fmt: skip
