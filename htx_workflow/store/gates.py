"""Work that was opened by decision while something before it was missing (mở khi còn thiếu): read from its changes."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, FromClause, and_, select
from sqlmodel import Session

from htx_workflow.store.rows import chunks
from htx_workflow.store.tables import table

OPENED = "open-early"
"""The act of its change."""


def waits(rows: FromClause, duties: FromClause) -> ColumnElement[bool]:
    """Whether an occurrence may wait for something: its duty has an order, and nobody opened it all the same."""
    changes = table("occurrence_change")
    opened = select(changes.c.seq).where(changes.c.occurrence_id == rows.c.id, changes.c.act == OPENED)
    return and_(duties.c.waits, ~opened.exists()).label("waits")


def opened_early(session: Session, ids: Iterable[int]) -> set[int]:
    """Those of these occurrences that were opened by decision."""
    changes = table("occurrence_change")
    found: set[int] = set()
    for batch in chunks(ids):
        found |= set(
            session.execute(
                select(changes.c.occurrence_id).where(changes.c.occurrence_id.in_(batch), changes.c.act == OPENED)
            ).scalars()
        )
    return found
