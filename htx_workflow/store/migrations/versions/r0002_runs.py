"""Runs of jobs, and contacts that get the alarms."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from htx_workflow.store.types import UtcStamp

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("plan_code", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcStamp(timezone=True), nullable=False),
        sa.Column("beat_at", UtcStamp(timezone=True), nullable=False),
        sa.Column("finished_at", UtcStamp(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("prefect_id", sa.Text(), nullable=False),
        sa.Column("told_at", UtcStamp(timezone=True), nullable=True),
        sa.CheckConstraint("outcome IN ('running', 'done', 'failed', 'interrupted')", name=op.f("ck_run_outcome")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
        sa.UniqueConstraint("job", "plan_code", "day", "attempt", name="uq_run_attempt"),
    )
    op.create_index(
        "uq_run_unfinished",
        "run",
        ["job", "plan_code", "day"],
        unique=True,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    with op.batch_alter_table("contact") as contact:
        contact.add_column(sa.Column("admin", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("contact") as contact:
        contact.alter_column("admin", server_default=None)
