"""Scorecards, the baselines they are measured against, and consolidations."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from htx_workflow.store.tables.base import CARD_STATES, RATINGS, STAGES, key, one_of, to
from htx_workflow.store.types import UtcStamp


class Scorecard(SQLModel, table=True):
    """Phiếu chấm điểm: one for each cooperative, period, stage, level of the chain and revision; never overwritten."""

    __table_args__ = (
        CheckConstraint(one_of("stage", STAGES), name="stage"),
        CheckConstraint(one_of("state", CARD_STATES), name="state"),
        CheckConstraint(one_of("rated", RATINGS), name="rated"),
        UniqueConstraint(
            "plan_id", "unit_id", "period", "stage", "level", "revision", name="uq_scorecard_place"
        ),
        Index("ix_scorecard_period", "plan_id", "period", "unit_id"),
    )  # fmt: skip
    id: int | None = key()
    plan_id: int = to("plan.id")
    unit_id: int = to("agency.id")
    scorer_id: int = to("agency.id")
    """The agency whose level this is on the day it was opened."""
    definition_id: int = to("definition.id")
    """The text of the rubric; the cards of a chain share it."""
    period: str = Field(sa_type=Text)
    stage: str = Field(sa_type=Text)
    """trial (chấm thử), estimate (ước thực hiện), final (chính thức)"""
    level: str = Field(sa_type=Text)
    revision: int
    based_on_id: int | None = to("scorecard.id", null=True)
    """The lower card it was copied from."""
    state: str = Field(sa_type=Text)
    """draft, submitted, returned, accepted; late: sent after a higher level was closed, changing nothing"""
    facts: str = Field(default="{}", sa_type=Text)
    """What rules and tables ask about the cooperative, as JSON; see `domain.card_facts`."""
    rated: str = Field(default="", sa_type=Text)
    """What it amounts to; empty while it is a draft."""
    not_rated_why: str = Field(default="", sa_type=Text)
    total_hundredths: int | None = None
    band: str = Field(default="", sa_type=Text)
    """Code of the band; empty when none is given."""
    draft_version: int = 0
    """Raised by each saving; a saving on an older one is refused."""
    opened_at: datetime = Field(sa_type=UtcStamp)
    saved_at: datetime = Field(sa_type=UtcStamp)
    saved_by: str = Field(sa_type=Text)
    sent_at: datetime | None = Field(default=None, sa_type=UtcStamp)
    sent_by: str = Field(default="", sa_type=Text)
    sent_on: date | None = None
    on_behalf: bool = False
    """Sent by another agency for it (nhập thay)."""
    document_id: int | None = to("document.id", null=True)
    settled_at: datetime | None = Field(default=None, sa_type=UtcStamp)
    """When it was accepted or given back."""
    settled_by: str = Field(default="", sa_type=Text)
    reason: str = Field(default="", sa_type=Text)
    """Why it was given back."""


class Score(SQLModel, table=True):
    """One place of a card: a criterion or sub-item. No points: chưa chấm, never zero."""

    scorecard_id: int = to("scorecard.id", primary=True)
    item: str = Field(sa_type=Text, primary_key=True)
    """3, 3a"""
    hundredths: int | None = None
    computed: int | None = None
    """What the ladder gave, and why; none without a ladder."""
    why: str = Field(default="", sa_type=Text)
    reason: str = Field(default="", sa_type=Text)
    """Why it differs from the lower level."""
    evidence: str = Field(default="", sa_type=Text)


class SignOff(SQLModel, table=True):
    """Ý kiến của một cơ quan quản trị on a self-score; gone when its points change afterwards."""

    __tablename__ = "sign_off"
    scorecard_id: int = to("scorecard.id", primary=True)
    role: str = Field(sa_type=Text, primary_key=True)
    """A role of the rubric: chu-tich-hdqt, truong-bks, giam-doc, kiem-soat-vien."""
    name: str = Field(sa_type=Text)
    person_id: int | None = to("person.id", null=True)
    on_paper: bool
    on_day: date
    attachment_id: int | None = to("attachment.id", null=True)
    """The photograph of the signed sheet."""
    at: datetime = Field(sa_type=UtcStamp)
    by_code: str = Field(sa_type=Text)


class Baseline(SQLModel, table=True):
    """Điểm ban đầu of one criterion of a cooperative, and whether it is to be completed. A later one replaces it."""

    __table_args__ = (
        Index(
            "uq_baseline_now",
            "plan_id",
            "unit_id",
            "item",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )
    id: int | None = key()
    plan_id: int = to("plan.id")
    unit_id: int = to("agency.id")
    rubric_code: str = Field(sa_type=Text)
    rubric_version: int
    item: int
    """Number of the criterion."""
    hundredths: int | None = None
    to_improve: bool
    document_id: int | None = to("document.id", null=True)
    at: datetime = Field(sa_type=UtcStamp)
    by_code: str = Field(sa_type=Text)
    replaced_at: datetime | None = Field(default=None, sa_type=UtcStamp)


class ConsolidationRow(SQLModel, table=True):
    """Bản tổng hợp: a snapshot of a round; its cooperatives are lines of their own."""

    __tablename__ = "consolidation"
    __table_args__ = (UniqueConstraint("plan_id", "round", "no", name="uq_consolidation_no"),)
    id: int | None = key()
    plan_id: int = to("plan.id")
    round: str = Field(sa_type=Text)
    no: int
    made_at: datetime = Field(sa_type=UtcStamp)
    by_code: str = Field(sa_type=Text)
    definition_id: int = to("definition.id")
    inputs_sha256: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)
    """Everything but the cooperatives and their inputs, as JSON."""
    unfinished_since: datetime | None = Field(default=None, sa_type=UtcStamp)
    """While its lines are being written, in steps: nobody sees it. None: it is whole."""


class ConsolidationLine(SQLModel, table=True):
    """One cooperative of a snapshot, as JSON; the order is that of `sort`."""

    __tablename__ = "consolidation_line"
    consolidation_id: int = Field(
        default=None, sa_column=Column(Integer, ForeignKey("consolidation.id"), primary_key=True)
    )
    sort: int = Field(primary_key=True)
    key: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)
    inputs: str | None = Field(default=None, sa_type=Text)
    """Fingerprints of what it was made from, as JSON; None where the head still has those of all."""
