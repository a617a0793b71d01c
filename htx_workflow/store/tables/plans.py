"""The plan and its work: documents, agencies, duties, occurrences with their history, what people say about them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from htx_workflow.store.tables.base import BASES, NOTE_KINDS, REQUEST_KINDS, REQUEST_STATES, STATES, key, one_of, to
from htx_workflow.store.types import UtcStamp

ENTERED = (
    "on_behalf OR retrospective OR act IN ('open-early', 'sent-day') OR (act = 'submit' AND happened_on < known_on)"
)
"""Of a change: entered afterwards or for somebody else. What reads such changes asks in these very words."""


class Document(SQLModel, table=True):
    """DocumentRef (Văn bản): behind every decision, submission and adopted date."""

    id: int | None = key()
    key: str = Field(sa_type=Text, unique=True)
    number: str = Field(sa_type=Text)
    dated: date
    issuer_id: int | None = to("agency.id", null=True)
    issuer_text: str = Field(sa_type=Text)
    subject: str = Field(default="", sa_type=Text)
    signer: str = Field(default="", sa_type=Text)
    authority: str = Field(default="", sa_type=Text)
    """Quyền hạn ký: TM., KT., TL., TUQ., Q., or empty for the head's own."""
    sent_on: date | None = None
    channel: str = Field(default="", sa_type=Text)


class Agency(SQLModel, table=True):
    """Cơ quan: belongs to the installation, valid from and to a day."""

    id: int | None = key()
    code: str = Field(sa_type=Text, unique=True)
    kind: str = Field(sa_type=Text)
    sort: int
    parent_id: int | None = to("agency.id", null=True)
    place: str = Field(default="", sa_type=Text)
    valid_from: date | None = None
    valid_to: date | None = None


class AgencyName(SQLModel, table=True):
    """The name of an agency from a day on."""

    __tablename__ = "agency_name"
    agency_id: int = to("agency.id", primary=True)
    valid_from: date = Field(primary_key=True)
    name: str = Field(sa_type=Text)
    short_name: str = Field(sa_type=Text)
    doc_code: str = Field(default="", sa_type=Text)


class Plan(SQLModel, table=True):
    """A loaded plan; its text is in `plan_version`."""

    id: int | None = key()
    code: str = Field(sa_type=Text, unique=True)
    title: str = Field(sa_type=Text)
    starts_on: date
    ends_on: date | None = None
    lead_id: int = to("agency.id")
    province_id: int = to("agency.id")
    activated_on: date
    version_no: int


class PlanVersion(SQLModel, table=True):
    """Each text of a plan that was loaded, as it was."""

    __tablename__ = "plan_version"
    plan_id: int = to("plan.id", primary=True)
    no: int = Field(primary_key=True)
    sha256: str = Field(sa_type=Text)
    source: str = Field(sa_type=Text)
    """The file as it was read."""
    body: str = Field(sa_type=Text)
    """The same plan as JSON: read back in milliseconds."""
    loaded_at: datetime = Field(sa_type=UtcStamp)
    by_code: str = Field(sa_type=Text)


class Duty(SQLModel, table=True):
    """Nhiệm vụ, as the version loaded last says; a duty that left the plan keeps its row."""

    __table_args__ = (UniqueConstraint("plan_id", "code", name="uq_duty_plan_code"),)
    id: int | None = key()
    plan_id: int = to("plan.id")
    code: str = Field(sa_type=Text)
    sort: int
    clause: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Text)
    word: str = Field(sa_type=Text)
    ask: str = Field(sa_type=Text)
    basis_note: str = Field(default="", sa_type=Text)
    verify: str = Field(sa_type=Text)
    waits: bool = False
    """Something must be accepted before it (the plan's `after`)."""
    from_version: int
    to_version: int | None = None


class Milestone(SQLModel, table=True):
    """Mốc of others: recorded with its document and day, never reminded."""

    __table_args__ = (UniqueConstraint("plan_id", "code", name="uq_milestone_plan_code"),)
    id: int | None = key()
    plan_id: int = to("plan.id")
    code: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    reached_on: date | None = None
    document_id: int | None = to("document.id", null=True)


class Occurrence(SQLModel, table=True):
    """Kỳ thực hiện. The columns from `holder_id` on are the projection of its last change."""

    __table_args__ = (
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(one_of("basis", BASES), name="basis"),
        Index(
            "ix_occurrence_next_reminder_on",
            "next_reminder_on",
            "id",
            sqlite_where=text("next_reminder_on IS NOT NULL"),
            postgresql_where=text("next_reminder_on IS NOT NULL"),
        ),
        Index("ix_occurrence_holder_state_due", "holder_id", "state", "due_on"),
        Index("ix_occurrence_plan_duty_holder", "plan_id", "duty_id", "holder_id"),
        Index("ix_occurrence_plan_state_due", "plan_id", "state", "due_on"),
        Index(
            "ix_occurrence_desk",
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
        ),
        Index(
            "ix_occurrence_respond_by",
            "plan_id",
            sqlite_where=text("respond_by IS NOT NULL"),
            postgresql_where=text("respond_by IS NOT NULL"),
        ),
        Index(
            "ix_occurrence_receiver_submitted",
            "receiver_id",
            sqlite_where=text("state = 'submitted'"),
            postgresql_where=text("state = 'submitted'"),
        ),
    )
    id: int | None = key()
    key: str = Field(sa_type=Text, unique=True)
    plan_id: int = to("plan.id")
    duty_id: int = to("duty.id")
    period: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    original_holder_id: int = to("agency.id")
    receiver_id: int | None = to("agency.id", null=True)
    opens_on: date
    basis_note: str = Field(default="", sa_type=Text)
    historical: bool = False
    holder_id: int | None = to("agency.id", null=True)
    state: str = Field(sa_type=Text)
    basis: str | None = Field(default=None, sa_type=Text)
    due_on: date | None = None
    due_rev: int = 0
    original_due_on: date | None = None
    due_document_id: int | None = to("document.id", null=True)
    submitted_on: date | None = None
    next_reminder_on: date | None = None
    taken_at: datetime | None = Field(default=None, sa_type=UtcStamp)
    """When somebody of the agency first took it up: a button pressed, a draft saved."""
    step: str = Field(default="", sa_type=Text)
    """Inside the agency: for_signature, signed or sent; empty when a draft is only being written."""
    promised_on: date | None = None
    """The day on which the holder says it will send; overdue mail waits for it, the deadline does not."""
    paper_due_on: date | None = None
    """Sent as figures only: the signed document is to follow by this day."""
    respond_by: date | None = None
    """Given back: the day by which an answer is asked."""


class OccurrenceChange(SQLModel, table=True):
    """Thay đổi: the whole new tuple, the day it happened and the moment we were told."""

    __tablename__ = "occurrence_change"
    __table_args__ = (
        Index("ix_occurrence_change_known_on", "known_on"),
        Index(
            "ix_occurrence_change_entered",
            "recorded_at",
            sqlite_where=text(ENTERED),
            postgresql_where=text(ENTERED),
        ),
    )
    occurrence_id: int = to("occurrence.id", primary=True)
    seq: int = Field(primary_key=True)
    act: str = Field(sa_type=Text)
    happened_on: date
    recorded_at: datetime = Field(sa_type=UtcStamp)
    known_on: date
    """Local day from which it is known: the day of `recorded_at`, or of the act when entered afterwards."""
    retrospective: bool = False
    state: str = Field(sa_type=Text)
    basis: str | None = Field(default=None, sa_type=Text)
    due_on: date | None = None
    due_rev: int
    original_due_on: date | None = None
    due_document_id: int | None = to("document.id", null=True)
    holder_id: int | None = to("agency.id", null=True)
    submitted_on: date | None = None
    document_id: int | None = to("document.id", null=True)
    by_code: str = Field(sa_type=Text)
    note: str = Field(default="", sa_type=Text)
    on_behalf: bool = False
    """Entered by another agency: a paper that came another way (nhập thay)."""


class OccurrenceNote(SQLModel, table=True):
    """What people say about work without changing how it stands: comments, steps inside the agency, promises, calls."""

    __tablename__ = "occurrence_note"
    __table_args__ = (
        CheckConstraint(one_of("kind", NOTE_KINDS), name="kind"),
        Index("ix_occurrence_note_occurrence_id", "occurrence_id", "id"),
        Index("ix_occurrence_note_kind_at", "kind", "at"),
    )
    id: int | None = key()
    occurrence_id: int = to("occurrence.id")
    kind: str = Field(sa_type=Text)
    """taken (tiếp nhận), for_signature (trình ký), signed (đã ký), sent (đã gửi), promise (hẹn gửi), call (đã gọi),
    comment, cause (vì sao quá hạn), paper (số, ngày văn bản bổ sung), chased (thư đôn đốc)"""
    at: datetime = Field(sa_type=UtcStamp)
    by_code: str = Field(sa_type=Text)
    text: str = Field(default="", sa_type=Text)
    with_whom: str = Field(default="", sa_type=Text)
    on_day: date | None = None
    """The day promised, of the step, or of the call."""
    cause: str = Field(default="", sa_type=Text)
    document_id: int | None = to("document.id", null=True)


class Request(SQLModel, table=True):
    """Đề nghị: extension, hand-back, waiver, difficulty, proposal, cooperation; raised, advised, decided by a document."""

    __table_args__ = (
        CheckConstraint(one_of("kind", REQUEST_KINDS), name="kind"),
        CheckConstraint(one_of("state", REQUEST_STATES), name="state"),
        Index("ix_request_plan_state", "plan_id", "state"),
        Index("ix_request_occurrence_id", "occurrence_id"),
        Index("ix_request_from_id", "from_id"),
        Index("ix_request_to_id", "to_id"),
    )
    id: int | None = key()
    key: str = Field(sa_type=Text, unique=True)
    plan_id: int = to("plan.id")
    kind: str = Field(sa_type=Text)
    occurrence_id: int | None = to("occurrence.id", null=True)
    from_id: int = to("agency.id")
    to_id: int | None = to("agency.id", null=True)
    """Whom it is put to when not to the lead agency: an agency asked for its input."""
    opened_id: int | None = to("occurrence.id", null=True)
    """The occurrence that it opened, where the plan has a duty for such requests."""
    raised_at: datetime = Field(sa_type=UtcStamp)
    raised_by: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    proposed_due_on: date | None = None
    after_expiry: bool = False
    advice: str = Field(default="", sa_type=Text)
    advised_at: datetime | None = Field(default=None, sa_type=UtcStamp)
    advised_by: str = Field(default="", sa_type=Text)
    state: str = Field(sa_type=Text)
    decision: str = Field(default="", sa_type=Text)
    decided_at: datetime | None = Field(default=None, sa_type=UtcStamp)
    decided_by: str = Field(default="", sa_type=Text)
    document_id: int | None = to("document.id", null=True)
