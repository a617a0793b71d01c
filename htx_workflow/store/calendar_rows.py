"""The work of one agency for a calendar, each piece with its last change: one statement."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, or_, select
from sqlmodel import Session

from htx_workflow.domain.feeds import Work
from htx_workflow.domain.standing import Standing
from htx_workflow.store.access import living
from htx_workflow.store.tables import table
from htx_workflow.store.views import BASES, KINDS, UNFINISHED


def list_works(
    session: Session, agency_id: int, duties: frozenset[int] | None, since: date, plans: Mapping[str, str]
) -> list[Work]:
    """Work that is not behind, and what was closed on `since` or later; of these duties, or of all.

    `plans`: short names by code.
    """
    found = []
    for row in session.execute(_works(), {"agency": agency_id, "since": since}):
        if duties is not None and row.duty_id not in duties:
            continue
        stands = Standing(
            row.state, row.holder_id, BASES.get(row.basis), row.due_on, row.due_rev, row.original_due_on, None,
            row.submitted_on,
        )  # fmt: skip
        found.append(
            Work(
                row.id, row.key, plans[row.plan], row.title, row.clause, KINDS[row.kind], stands, row.seq, row.recorded_at
            )
        )  # fmt: skip
    return found


@cache
def _works() -> Select[Any]:
    rows, duties, plans, changes = table("occurrence"), table("duty"), table("plan"), table("occurrence_change")
    last = select(func.max(changes.c.seq)).where(changes.c.occurrence_id == rows.c.id).correlate(rows).scalar_subquery()
    return (
        select(
            rows.c.id, rows.c.key, rows.c.title, rows.c.duty_id, rows.c.state, rows.c.holder_id, rows.c.basis,
            rows.c.due_on, rows.c.due_rev, rows.c.original_due_on, rows.c.submitted_on, duties.c.clause, duties.c.kind,
            plans.c.code.label("plan"), changes.c.seq, changes.c.recorded_at,
        )
        .join(duties, duties.c.id == rows.c.duty_id)
        .join(plans, plans.c.id == rows.c.plan_id)
        .join(changes, and_(changes.c.occurrence_id == rows.c.id, changes.c.seq == last))
        .where(
            rows.c.holder_id == bindparam("agency"),
            rows.c.due_on.is_not(None),
            rows.c.historical.is_(False),
            or_(rows.c.state.in_(UNFINISHED), changes.c.known_on >= bindparam("since")),
        )
        .order_by(rows.c.due_on, rows.c.id)
    )  # fmt: skip


def duties_of(session: Session, contact_id: int, agency_id: int, today: date) -> frozenset[int] | None:
    """The duties that a contact is there for; None for all of its agency."""
    rows = table("assignment")
    found = session.execute(
        select(rows.c.duty_id).where(
            rows.c.contact_id == contact_id, rows.c.agency_id == agency_id, living(rows, today)
        )
    ).scalars()
    numbers = set(found)
    return None if not numbers or None in numbers else frozenset(number for number in numbers if number is not None)
