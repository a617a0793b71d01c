"""The tables. Integer keys inside, one unique text key or code outside, states as text with CHECK.

Rows are written by SQLModel where they are single, and read as columns (`occurrences = table("occurrence")`,
`occurrences.c.due_on`) where they are many. Rows go no further than the store and the services.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from htx_workflow.store.types import UtcStamp

METADATA = SQLModel.metadata
METADATA.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

STATES = ("open", "submitted", "done", "waived", "handed_back", "split", "unassigned")
RUNG_STATES = ("queued", "sent", "superseded", "skipped", "failed")
MESSAGE_STATES = ("held", "queued", "leased", "sent", "failed", "cancelled")
RUN_OUTCOMES = ("running", "done", "failed", "interrupted")
BASES = ("law", "plan", "document", "assumed")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def _key(**options: Any) -> Any:
    return Field(default=None, primary_key=True, **options)


def _to(target: str, *, null: bool = False, primary: bool = False, index: bool = False) -> Any:
    column: Column[int] = Column(Integer, ForeignKey(target), nullable=null, primary_key=primary, index=index)
    return Field(default=None, sa_column=column)


class Document(SQLModel, table=True):
    """DocumentRef (Văn bản): behind every decision, submission and adopted date."""

    id: int | None = _key()
    key: str = Field(sa_type=Text, unique=True)
    number: str = Field(sa_type=Text)
    dated: date
    issuer_id: int | None = _to("agency.id", null=True)
    issuer_text: str = Field(sa_type=Text)
    subject: str = Field(default="", sa_type=Text)
    signer: str = Field(default="", sa_type=Text)
    sent_on: date | None = None
    channel: str = Field(default="", sa_type=Text)


class Agency(SQLModel, table=True):
    """Cơ quan: belongs to the installation, valid from and to a day."""

    id: int | None = _key()
    code: str = Field(sa_type=Text, unique=True)
    kind: str = Field(sa_type=Text)
    sort: int
    parent_id: int | None = _to("agency.id", null=True)
    place: str = Field(default="", sa_type=Text)
    valid_from: date | None = None
    valid_to: date | None = None


class AgencyName(SQLModel, table=True):
    """The name of an agency from a day on."""

    __tablename__ = "agency_name"
    agency_id: int = _to("agency.id", primary=True)
    valid_from: date = Field(primary_key=True)
    name: str = Field(sa_type=Text)
    short_name: str = Field(sa_type=Text)
    doc_code: str = Field(default="", sa_type=Text)


class Contact(SQLModel, table=True):
    """Đầu mối: an address that gets the mail of an agency; a shared mailbox may stand for several people."""

    __table_args__ = (
        CheckConstraint(_one_of("channel", ("email", "text", "none")), name="channel"),
        CheckConstraint(_one_of("rhythm", ("daily", "monday")), name="rhythm"),
    )
    id: int | None = _key()
    code: str = Field(sa_type=Text, unique=True)
    agency_id: int = _to("agency.id", index=True)
    channel: str = Field(sa_type=Text)
    address: str = Field(default="", sa_type=Text)
    shared: bool = False
    name: str = Field(default="", sa_type=Text)
    title: str = Field(default="", sa_type=Text)
    unit: str = Field(default="", sa_type=Text)
    phone: str = Field(default="", sa_type=Text)
    rhythm: str = Field(default="daily", sa_type=Text)
    approves: bool = False
    admin: bool = False
    """Gets the alarms of the installation."""
    valid_from: date | None = None
    valid_to: date | None = None


class Assignment(SQLModel, table=True):
    """A contact speaks for an agency, for all its duties or for one."""

    __table_args__ = (
        CheckConstraint(_one_of("role", ("focal", "support", "leader", "clerk")), name="role"),
        Index("ix_assignment_agency_id", "agency_id"),
    )
    id: int | None = _key()
    contact_id: int = _to("contact.id")
    agency_id: int = _to("agency.id")
    duty_id: int | None = _to("duty.id", null=True)
    role: str = Field(sa_type=Text)
    valid_from: date | None = None
    valid_to: date | None = None


class Plan(SQLModel, table=True):
    """A loaded plan; its text is in `plan_version`."""

    id: int | None = _key()
    code: str = Field(sa_type=Text, unique=True)
    title: str = Field(sa_type=Text)
    starts_on: date
    ends_on: date | None = None
    lead_id: int = _to("agency.id")
    province_id: int = _to("agency.id")
    activated_on: date
    version_no: int


class PlanVersion(SQLModel, table=True):
    """Each text of a plan that was loaded, as it was."""

    __tablename__ = "plan_version"
    plan_id: int = _to("plan.id", primary=True)
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
    id: int | None = _key()
    plan_id: int = _to("plan.id")
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
    id: int | None = _key()
    plan_id: int = _to("plan.id")
    code: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    reached_on: date | None = None
    document_id: int | None = _to("document.id", null=True)


class Occurrence(SQLModel, table=True):
    """Kỳ thực hiện. The columns from `holder_id` on are the projection of its last change."""

    __table_args__ = (
        CheckConstraint(_one_of("state", STATES), name="state"),
        CheckConstraint(_one_of("basis", BASES), name="basis"),
        Index(
            "ix_occurrence_next_reminder_on",
            "next_reminder_on",
            "id",
            sqlite_where=text("next_reminder_on IS NOT NULL"),
            postgresql_where=text("next_reminder_on IS NOT NULL"),
        ),
        Index("ix_occurrence_holder_state_due", "holder_id", "state", "due_on"),
        Index("ix_occurrence_plan_duty_holder", "plan_id", "duty_id", "holder_id"),
    )
    id: int | None = _key()
    key: str = Field(sa_type=Text, unique=True)
    plan_id: int = _to("plan.id")
    duty_id: int = _to("duty.id")
    period: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    original_holder_id: int = _to("agency.id")
    receiver_id: int | None = _to("agency.id", null=True)
    opens_on: date
    basis_note: str = Field(default="", sa_type=Text)
    historical: bool = False
    holder_id: int | None = _to("agency.id", null=True)
    state: str = Field(sa_type=Text)
    basis: str | None = Field(default=None, sa_type=Text)
    due_on: date | None = None
    due_rev: int = 0
    original_due_on: date | None = None
    due_document_id: int | None = _to("document.id", null=True)
    submitted_on: date | None = None
    next_reminder_on: date | None = None


class OccurrenceChange(SQLModel, table=True):
    """Thay đổi: the whole new tuple, the day it happened and the moment we were told."""

    __tablename__ = "occurrence_change"
    __table_args__ = (Index("ix_occurrence_change_known_on", "known_on"),)
    occurrence_id: int = _to("occurrence.id", primary=True)
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
    due_document_id: int | None = _to("document.id", null=True)
    holder_id: int | None = _to("agency.id", null=True)
    submitted_on: date | None = None
    document_id: int | None = _to("document.id", null=True)
    by_code: str = Field(sa_type=Text)
    note: str = Field(default="", sa_type=Text)


class Reminder(SQLModel, table=True):
    """Nhắc việc: one rung reached, with its state and reason. Its identity is refused a second time."""

    __table_args__ = (
        UniqueConstraint("occurrence_id", "due_rev", "step", "audience", name="uq_reminder_rung"),
        CheckConstraint(_one_of("state", RUNG_STATES), name="state"),
        Index(
            "ix_reminder_queued",
            "send_on",
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
        Index("ix_reminder_decided", "decided_at"),
    )
    id: int | None = _key()
    occurrence_id: int = _to("occurrence.id")
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
        CheckConstraint(_one_of("state", MESSAGE_STATES), name="state"),
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
    id: int | None = _key()
    key: str = Field(sa_type=Text, unique=True)
    kind: str = Field(sa_type=Text)
    plan_id: int | None = _to("plan.id", null=True)
    contact_id: int | None = _to("contact.id", null=True)
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
    message_id: int = _to("message.id", primary=True)
    reminder_id: int = _to("reminder.id", primary=True)


class Run(SQLModel, table=True):
    """Lượt chạy: our own record of a job's run; at most one unfinished per job, plan and day."""

    __table_args__ = (
        UniqueConstraint("job", "plan_code", "day", "attempt", name="uq_run_attempt"),
        CheckConstraint(_one_of("outcome", RUN_OUTCOMES), name="outcome"),
        Index(
            "uq_run_unfinished",
            "job",
            "plan_code",
            "day",
            unique=True,
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
        Index("ix_run_day", "day"),
        Index(
            "ix_run_finished",
            "job",
            "plan_code",
            "id",
            sqlite_where=text("finished_at IS NOT NULL"),
            postgresql_where=text("finished_at IS NOT NULL"),
        ),
        Index(
            "ix_run_untold",
            "id",
            sqlite_where=text("outcome = 'failed' AND told_at IS NULL"),
            postgresql_where=text("outcome = 'failed' AND told_at IS NULL"),
        ),
    )
    id: int | None = _key()
    job: str = Field(sa_type=Text)
    plan_code: str = Field(default="", sa_type=Text)
    """Empty for jobs that belong to no plan."""
    day: date
    attempt: int
    started_at: datetime = Field(sa_type=UtcStamp)
    beat_at: datetime = Field(sa_type=UtcStamp)
    finished_at: datetime | None = Field(default=None, sa_type=UtcStamp)
    outcome: str = Field(default="running", sa_type=Text)
    counts: str = Field(default="{}", sa_type=Text)
    error: str = Field(default="", sa_type=Text)
    prefect_id: str = Field(default="", sa_type=Text)
    told_at: datetime | None = Field(default=None, sa_type=UtcStamp)
    """When the administrators were told of its failure."""


class AuditEvent(SQLModel, table=True):
    """Nhật ký: acts of people, decisions, loads, one closing event per run; each holds the hash of the one before."""

    __tablename__ = "audit_event"
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcStamp)
    actor: str = Field(sa_type=Text)
    act: str = Field(sa_type=Text)
    subject: str = Field(sa_type=Text)
    detail: str = Field(sa_type=Text)
    prev: str = Field(sa_type=Text)
    hash: str = Field(sa_type=Text, unique=True)


def table(name: str) -> Table:
    """The columns of a table, for selects and bulk writes."""
    return METADATA.tables[name]
