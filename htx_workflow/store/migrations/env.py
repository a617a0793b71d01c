"""Runs migrations on the connection that `store.schema` prepared: its transaction, its locks."""

from __future__ import annotations

from alembic import context

from htx_workflow.store import tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.METADATA,
    render_as_batch=True,
    compare_type=True,
)
context.run_migrations()
