"""Indexes for what is asked every few seconds: signs of life, trouble and the mail of a day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    for name, table, columns, condition in (
        ("ix_message_day", "message", ["day"], None),
        ("ix_message_failed", "message", ["day"], "state = 'failed'"),
        ("ix_message_doubtful", "message", ["day"], "doubtful"),
        ("ix_run_day", "run", ["day"], None),
        ("ix_run_finished", "run", ["job", "plan_code", "id"], "finished_at IS NOT NULL"),
        ("ix_run_untold", "run", ["id"], "outcome = 'failed' AND told_at IS NULL"),
    ):
        where = sa.text(condition) if condition else None
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
