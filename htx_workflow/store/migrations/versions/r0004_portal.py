"""The portal: people and what lets them in, notes on work, requests, reports with their forms, files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from htx_workflow.store.types import UtcStamp

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "definition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("added_at", UtcStamp(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('form', 'rubric')", name=op.f("ck_definition_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definition")),
        sa.UniqueConstraint("kind", "code", "sha256", name="uq_definition_text"),
    )
    op.create_table(
        "file_blob",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("stored_at", UtcStamp(timezone=True), nullable=False),
        sa.Column("scan", sa.Text(), nullable=False),
        sa.Column("scan_note", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("scan IN ('none', 'waiting', 'clean', 'infected')", name=op.f("ck_file_blob_scan")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_file_blob")),
    )
    op.create_index(
        "ix_file_blob_waiting",
        "file_blob",
        ["stored_at"],
        sqlite_where=sa.text("scan = 'waiting'"),
        postgresql_where=sa.text("scan = 'waiting'"),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("fold", sa.Text(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_person_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index("ix_person_agency_id", "person", ["agency_id"])

    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcStamp(timezone=True), nullable=False),
        sa.Column("by_code", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", UtcStamp(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_attachment_agency_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_attachment_document_id")),
        sa.ForeignKeyConstraint(["sha256"], ["file_blob.sha256"], name=op.f("fk_attachment_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index("ix_attachment_agency_id", "attachment", ["agency_id"])
    op.create_index("ix_attachment_subject", "attachment", ["subject_kind", "subject_id"])
    op.create_index(
        "uq_attachment_place",
        "attachment",
        ["subject_kind", "subject_id", "field", "sha256"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )

    op.create_table(
        "delegation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_contact_id", sa.Integer(), nullable=False),
        sa.Column("to_contact_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("made_at", UtcStamp(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("ended_at", UtcStamp(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_delegation_document_id")),
        sa.ForeignKeyConstraint(["from_contact_id"], ["contact.id"], name=op.f("fk_delegation_from_contact_id")),
        sa.ForeignKeyConstraint(["to_contact_id"], ["contact.id"], name=op.f("fk_delegation_to_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    op.create_index("ix_delegation_to", "delegation", ["to_contact_id"])

    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.Column("form_code", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("definition_id", sa.Integer(), nullable=False),
        sa.Column("draft", sa.Text(), nullable=False),
        sa.Column("draft_version", sa.Integer(), nullable=False),
        sa.Column("draft_at", UtcStamp(timezone=True), nullable=True),
        sa.Column("draft_by", sa.Text(), nullable=False),
        sa.Column("sent_no", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_report_agency_id")),
        sa.ForeignKeyConstraint(["definition_id"], ["definition.id"], name=op.f("fk_report_definition_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_report_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("key", name=op.f("uq_report_key")),
    )
    op.create_index("ix_report_agency_id", "report", ["agency_id", "form_code", "period"])

    op.create_table(
        "credential",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("digits_sha256", sa.Text(), nullable=False),
        sa.Column("strength", sa.Text(), nullable=False),
        sa.Column("made_at", UtcStamp(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("expires_at", UtcStamp(timezone=True), nullable=False),
        sa.Column("used_at", UtcStamp(timezone=True), nullable=True),
        sa.Column("ended_at", UtcStamp(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('code', 'aloud', 'sheet', 'invite', 'session')", name=op.f("ck_credential_kind")),
        sa.CheckConstraint("strength IN ('link', 'code', 'demo')", name=op.f("ck_credential_strength")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_credential_contact_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_credential_message_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_credential_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_credential_token_sha256")),
    )
    op.create_index("ix_credential_contact_id", "credential", ["contact_id", "kind"])
    op.create_index("ix_credential_person_id", "credential", ["person_id"])

    op.create_table(
        "report_aside",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", UtcStamp(timezone=True), nullable=False),
        sa.Column("by_code", sa.Text(), nullable=False),
        sa.Column("settled_at", UtcStamp(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_aside_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_aside")),
    )
    op.create_index("ix_report_aside_report_id", "report_aside", ["report_id"])

    op.create_table(
        "report_revision",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("definition_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("sent_at", UtcStamp(timezone=True), nullable=False),
        sa.Column("by_code", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["definition_id"], ["definition.id"], name=op.f("fk_report_revision_definition_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_report_revision_document_id")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_revision_report_id")),
        sa.PrimaryKeyConstraint("report_id", "no", name=op.f("pk_report_revision")),
    )
    op.create_table(
        "occurrence_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", UtcStamp(timezone=True), nullable=False),
        sa.Column("by_code", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("with_whom", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('taken', 'for_signature', 'signed', 'sent', 'promise', 'call', 'comment', 'cause', 'paper', 'chased')",
            name=op.f("ck_occurrence_note_kind"),
        ),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_occurrence_note_document_id")),
        sa.ForeignKeyConstraint(["occurrence_id"], ["occurrence.id"], name=op.f("fk_occurrence_note_occurrence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occurrence_note")),
    )
    op.create_index("ix_occurrence_note_kind_at", "occurrence_note", ["kind", "at"])
    op.create_index("ix_occurrence_note_occurrence_id", "occurrence_note", ["occurrence_id", "id"])

    op.create_table(
        "report_occurrence",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["occurrence_id"], ["occurrence.id"], name=op.f("fk_report_occurrence_occurrence_id")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_report_occurrence_report_id")),
        sa.PrimaryKeyConstraint("report_id", "occurrence_id", name=op.f("pk_report_occurrence")),
        sa.UniqueConstraint("occurrence_id", name=op.f("uq_report_occurrence_occurrence_id")),
    )
    op.create_table(
        "request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=True),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=True),
        sa.Column("opened_id", sa.Integer(), nullable=True),
        sa.Column("raised_at", UtcStamp(timezone=True), nullable=False),
        sa.Column("raised_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_due_on", sa.Date(), nullable=True),
        sa.Column("after_expiry", sa.Boolean(), nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.Column("advised_at", UtcStamp(timezone=True), nullable=True),
        sa.Column("advised_by", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_at", UtcStamp(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('extension', 'hand_back', 'waiver', 'difficulty', 'proposal', 'cooperation')",
            name=op.f("ck_request_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('raised', 'advised', 'granted', 'refused', 'withdrawn')", name=op.f("ck_request_state")
        ),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_request_document_id")),
        sa.ForeignKeyConstraint(["from_id"], ["agency.id"], name=op.f("fk_request_from_id")),
        sa.ForeignKeyConstraint(["to_id"], ["agency.id"], name=op.f("fk_request_to_id")),
        sa.ForeignKeyConstraint(["opened_id"], ["occurrence.id"], name=op.f("fk_request_opened_id")),
        sa.ForeignKeyConstraint(["occurrence_id"], ["occurrence.id"], name=op.f("fk_request_occurrence_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_request_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
        sa.UniqueConstraint("key", name=op.f("uq_request_key")),
    )
    op.create_index("ix_request_from_id", "request", ["from_id"])
    op.create_index("ix_request_occurrence_id", "request", ["occurrence_id"])
    op.create_index("ix_request_plan_state", "request", ["plan_id", "state"])
    op.create_index("ix_request_to_id", "request", ["to_id"])
    with op.batch_alter_table("contact") as contact:
        contact.add_column(sa.Column("links_after", UtcStamp(timezone=True), nullable=True))

    with op.batch_alter_table("occurrence") as occurrence:
        occurrence.add_column(sa.Column("taken_at", UtcStamp(timezone=True), nullable=True))
        occurrence.add_column(sa.Column("step", sa.Text(), nullable=False, server_default=""))
        occurrence.add_column(sa.Column("promised_on", sa.Date(), nullable=True))
        occurrence.add_column(sa.Column("paper_due_on", sa.Date(), nullable=True))
        occurrence.add_column(sa.Column("respond_by", sa.Date(), nullable=True))
        occurrence.create_index("ix_occurrence_plan_state_due", ["plan_id", "state", "due_on"], unique=False)
    op.create_index(
        "ix_occurrence_respond_by",
        "occurrence",
        ["plan_id"],
        sqlite_where=sa.text("respond_by IS NOT NULL"),
        postgresql_where=sa.text("respond_by IS NOT NULL"),
    )
    op.create_index(
        "ix_reminder_call",
        "reminder",
        ["occurrence_id"],
        sqlite_where=sa.text("audience = 'call'"),
        postgresql_where=sa.text("audience = 'call'"),
    )
    op.create_index(
        "ix_occurrence_desk",
        "occurrence",
        [
            "plan_id",
            "period",
            "holder_id",
            "duty_id",
            "state",
            "basis",
            "due_on",
            "submitted_on",
            "original_due_on",
            "historical",
            "original_holder_id",
        ],
    )
    op.create_index(
        "ix_occurrence_receiver_submitted",
        "occurrence",
        ["receiver_id"],
        sqlite_where=sa.text("state = 'submitted'"),
        postgresql_where=sa.text("state = 'submitted'"),
    )

    with op.batch_alter_table("document") as document:
        document.add_column(sa.Column("authority", sa.Text(), nullable=False, server_default=""))

    with op.batch_alter_table("occurrence_change") as occurrence_change:
        occurrence_change.add_column(sa.Column("on_behalf", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("occurrence") as occurrence:
        occurrence.alter_column("step", server_default=None)
    with op.batch_alter_table("occurrence_change") as occurrence_change:
        occurrence_change.alter_column("on_behalf", server_default=None)
    op.create_index("ix_audit_event_subject", "audit_event", ["subject"])
