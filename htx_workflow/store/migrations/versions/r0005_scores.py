"""Scorecards with their points and sign-offs, baselines, consolidations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from htx_workflow.store.types import UtcStamp

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    _scorecards()
    _baselines()
    _consolidations()


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def _scorecards() -> None:
    op.create_table(
        "scorecard",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("scorer_id", sa.Integer(), nullable=False),
        sa.Column("definition_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("based_on_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("rated", sa.Text(), nullable=False),
        sa.Column("not_rated_why", sa.Text(), nullable=False),
        sa.Column("total_hundredths", sa.Integer(), nullable=True),
        sa.Column("band", sa.Text(), nullable=False),
        sa.Column("draft_version", sa.Integer(), nullable=False),
        sa.Column("opened_at", UtcStamp(timezone=True), nullable=False),
        sa.Column("saved_at", UtcStamp(timezone=True), nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.Column("sent_at", UtcStamp(timezone=True), nullable=True),
        sa.Column("sent_by", sa.Text(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("on_behalf", sa.Boolean(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", UtcStamp(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("stage IN ('trial', 'estimate', 'final')", name=op.f("ck_scorecard_stage")),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'returned', 'accepted', 'late')", name=op.f("ck_scorecard_state")
        ),
        sa.CheckConstraint(
            "rated IN ('', 'rated', 'incomplete', 'unsigned', 'not_rated')", name=op.f("ck_scorecard_rated")
        ),
        _reference("scorecard", "plan_id", "plan"),
        _reference("scorecard", "unit_id", "agency"),
        _reference("scorecard", "scorer_id", "agency"),
        _reference("scorecard", "definition_id", "definition"),
        _reference("scorecard", "based_on_id", "scorecard"),
        _reference("scorecard", "document_id", "document"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecard")),
        sa.UniqueConstraint("plan_id", "unit_id", "period", "stage", "level", "revision", name="uq_scorecard_place"),
    )
    op.create_index("ix_scorecard_period", "scorecard", ["plan_id", "period", "unit_id"])
    op.create_table(
        "score",
        sa.Column("scorecard_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("hundredths", sa.Integer(), nullable=True),
        sa.Column("computed", sa.Integer(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        _reference("score", "scorecard_id", "scorecard"),
        sa.PrimaryKeyConstraint("scorecard_id", "item", name=op.f("pk_score")),
    )
    op.create_table(
        "sign_off",
        sa.Column("scorecard_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("on_paper", sa.Boolean(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcStamp(timezone=True), nullable=False),
        sa.Column("by_code", sa.Text(), nullable=False),
        _reference("sign_off", "scorecard_id", "scorecard"),
        _reference("sign_off", "person_id", "person"),
        _reference("sign_off", "attachment_id", "attachment"),
        sa.PrimaryKeyConstraint("scorecard_id", "role", name=op.f("pk_sign_off")),
    )


def _baselines() -> None:
    op.create_table(
        "baseline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("rubric_code", sa.Text(), nullable=False),
        sa.Column("rubric_version", sa.Integer(), nullable=False),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("hundredths", sa.Integer(), nullable=True),
        sa.Column("to_improve", sa.Boolean(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcStamp(timezone=True), nullable=False),
        sa.Column("by_code", sa.Text(), nullable=False),
        sa.Column("replaced_at", UtcStamp(timezone=True), nullable=True),
        _reference("baseline", "plan_id", "plan"),
        _reference("baseline", "unit_id", "agency"),
        _reference("baseline", "document_id", "document"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_baseline")),
    )
    now = sa.text("replaced_at IS NULL")
    op.create_index(
        "uq_baseline_now", "baseline", ["plan_id", "unit_id", "item"], unique=True, sqlite_where=now,
        postgresql_where=now,
    )  # fmt: skip


def _consolidations() -> None:
    op.create_table(
        "consolidation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Text(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcStamp(timezone=True), nullable=False),
        sa.Column("by_code", sa.Text(), nullable=False),
        sa.Column("definition_id", sa.Integer(), nullable=False),
        sa.Column("inputs_sha256", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        _reference("consolidation", "plan_id", "plan"),
        _reference("consolidation", "definition_id", "definition"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consolidation")),
        sa.UniqueConstraint("plan_id", "round", "no", name="uq_consolidation_no"),
    )
    op.create_table(
        "consolidation_line",
        sa.Column("consolidation_id", sa.Integer(), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        _reference("consolidation_line", "consolidation_id", "consolidation"),
        sa.PrimaryKeyConstraint("consolidation_id", "sort", name=op.f("pk_consolidation_line")),
    )
