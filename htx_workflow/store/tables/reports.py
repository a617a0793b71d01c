"""Reports being filled and sent, their forms, and files."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from htx_workflow.store.tables.base import SCANS, key, one_of, to
from htx_workflow.store.types import UtcStamp


class Definition(SQLModel, table=True):
    """Each text of a form or a rubric that was used, as it was; old reports keep theirs."""

    __table_args__ = (
        UniqueConstraint("kind", "code", "sha256", name="uq_definition_text"),
        CheckConstraint(one_of("kind", ("form", "rubric")), name="kind"),
    )
    id: int | None = key()
    kind: str = Field(sa_type=Text)
    code: str = Field(sa_type=Text)
    version: str = Field(sa_type=Text)
    sha256: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)
    """As JSON."""
    added_at: datetime = Field(sa_type=UtcStamp)


class Report(SQLModel, table=True):
    """Báo cáo: a form being filled by an agency for a period; the draft of now, and the number of the last one sent."""

    __table_args__ = (Index("ix_report_agency_id", "agency_id", "form_code", "period"),)
    id: int | None = key()
    key: str = Field(sa_type=Text, unique=True)
    """plan/agency/form/period"""
    plan_id: int = to("plan.id")
    agency_id: int = to("agency.id")
    form_code: str = Field(sa_type=Text)
    period: str = Field(sa_type=Text)
    definition_id: int = to("definition.id")
    draft: str = Field(default="{}", sa_type=Text)
    """Field codes and their values as JSON; see `domain.form_values`."""
    draft_version: int = 0
    """Raised by each saving; a saving on an older one is kept beside, never merged."""
    draft_at: datetime | None = Field(default=None, sa_type=UtcStamp)
    draft_by: str = Field(default="", sa_type=Text)
    sent_no: int = 0


class ReportOccurrence(SQLModel, table=True):
    """Which occurrences a report closes; each has at most one."""

    __tablename__ = "report_occurrence"
    report_id: int = to("report.id", primary=True)
    occurrence_id: int = Field(
        default=None, sa_column=Column(Integer, ForeignKey("occurrence.id"), primary_key=True, unique=True)
    )


class ReportAside(SQLModel, table=True):
    """A draft kept beside: somebody else had saved meanwhile, or another version of the form came."""

    __tablename__ = "report_aside"
    __table_args__ = (Index("ix_report_aside_report_id", "report_id"),)
    id: int | None = key()
    report_id: int = to("report.id")
    based_on: int
    body: str = Field(sa_type=Text)
    why: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=UtcStamp)
    by_code: str = Field(sa_type=Text)
    settled_at: datetime | None = Field(default=None, sa_type=UtcStamp)


class ReportRevision(SQLModel, table=True):
    """What was sent, as it was sent."""

    __tablename__ = "report_revision"
    report_id: int = to("report.id", primary=True)
    no: int = Field(primary_key=True)
    definition_id: int = to("definition.id")
    body: str = Field(sa_type=Text)
    sha256: str = Field(sa_type=Text)
    sent_at: datetime = Field(sa_type=UtcStamp)
    by_code: str = Field(sa_type=Text)
    document_id: int | None = to("document.id", null=True)


class FileBlob(SQLModel, table=True):
    """The bytes of a file under their SHA-256: rows, so that every machine sees them and one backup holds all."""

    __tablename__ = "file_blob"
    __table_args__ = (
        CheckConstraint(one_of("scan", SCANS), name="scan"),
        Index(
            "ix_file_blob_waiting",
            "stored_at",
            sqlite_where=text("scan = 'waiting'"),
            postgresql_where=text("scan = 'waiting'"),
        ),
    )
    sha256: str = Field(sa_type=Text, primary_key=True)
    media_type: str = Field(sa_type=Text)
    size: int
    stored_at: datetime = Field(sa_type=UtcStamp)
    scan: str = Field(sa_type=Text)
    """none (no scanner configured), waiting (chờ quét), clean, infected"""
    scan_note: str = Field(default="", sa_type=Text)
    signature: str = Field(default="", sa_type=Text)
    """What is known of a digital signature in it; see `domain.file_rules.Signature`."""
    body: bytes = Field(sa_type=LargeBinary)
    """The last column: SQLite reads through what stands before the one asked for."""


class Attachment(SQLModel, table=True):
    """Tệp: a stored file under its Vietnamese name, belonging to a piece of work, a report's field or a document."""

    __table_args__ = (
        Index("ix_attachment_subject", "subject_kind", "subject_id"),
        Index(
            "uq_attachment_place",
            "subject_kind",
            "subject_id",
            "field",
            "sha256",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index("ix_attachment_agency_id", "agency_id"),
    )
    id: int | None = key()
    sha256: str = Field(sa_column=Column(Text, ForeignKey("file_blob.sha256"), nullable=False))
    name: str = Field(sa_type=Text)
    subject_kind: str = Field(sa_type=Text)
    """occurrence, report, request, scorecard, or consolidation (a document issued of it)"""
    subject_id: int
    field: str = Field(default="", sa_type=Text)
    """The form's field, or empty."""
    agency_id: int = to("agency.id")
    """Whose quota it counts in."""
    document_id: int | None = to("document.id", null=True)
    at: datetime = Field(sa_type=UtcStamp)
    by_code: str = Field(sa_type=Text)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcStamp)
