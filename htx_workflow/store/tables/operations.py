"""Runs of jobs and the audit chain."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from htx_workflow.store.tables.base import RUN_OUTCOMES, key, one_of
from htx_workflow.store.types import UtcStamp


class Run(SQLModel, table=True):
    """Lượt chạy: our own record of a job's run; at most one unfinished per job, plan and day."""

    __table_args__ = (
        UniqueConstraint("job", "plan_code", "day", "attempt", name="uq_run_attempt"),
        CheckConstraint(one_of("outcome", RUN_OUTCOMES), name="outcome"),
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
    id: int | None = key()
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
    __table_args__ = (
        Index("ix_audit_event_subject", "subject"),
        Index("ix_audit_event_act", "act", "seq"),
        Index("ix_audit_event_at", "at"),
    )
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcStamp)
    actor: str = Field(sa_type=Text)
    act: str = Field(sa_type=Text)
    subject: str = Field(sa_type=Text)
    detail: str = Field(sa_type=Text)
    prev: str = Field(sa_type=Text)
    hash: str = Field(sa_type=Text, unique=True)
