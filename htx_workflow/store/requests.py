"""Requests (Đề nghị): rows of what was asked, advised and decided. Guarded: a request is decided once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlmodel import Session

from htx_workflow.domain.errors import NotFound
from htx_workflow.domain.requests import WAITING
from htx_workflow.store import hooks
from htx_workflow.store.rows import add_missing
from htx_workflow.store.tables import table

PAGE = 50
"""Requests on one page of a list."""


class RequestRow(NamedTuple):
    """A request with the work it is about, as pages and services read it."""

    id: int
    key: str
    plan_id: int
    plan: str
    """Code of the plan."""
    kind: str
    state: str
    from_id: int
    to_id: int | None
    raised_at: datetime
    raised_by: str
    reason: str
    proposed_due_on: date | None
    after_expiry: bool
    advice: str
    advised_at: datetime | None
    advised_by: str
    decision: str
    decided_at: datetime | None
    decided_by: str
    document_id: int | None
    document_number: str | None
    document_dated: date | None
    occurrence_id: int | None
    occurrence: str | None
    """Key of the work it is about."""
    title: str | None
    duty_id: int | None
    duty: str | None
    period: str | None
    holder_id: int | None
    receiver_id: int | None
    due_on: date | None
    basis: str | None
    work_state: str | None
    due_number: str | None
    """Of the document behind the day of the work."""
    due_dated: date | None
    due_issuer: str | None
    opened_id: int | None
    opened: str | None
    """Key of the occurrence that it opened."""
    opened_state: str | None
    opened_due_on: date | None
    opened_basis: str | None


def _columns() -> Select[Any]:
    asked, plans, documents = table("request"), table("plan"), table("document")
    work, opened, duties = table("occurrence"), table("occurrence").alias("opened"), table("duty")
    fixed = table("document").alias("fixed")
    return (
        select(
            asked.c.id, asked.c.key, asked.c.plan_id, plans.c.code, asked.c.kind, asked.c.state, asked.c.from_id,
            asked.c.to_id, asked.c.raised_at, asked.c.raised_by, asked.c.reason, asked.c.proposed_due_on,
            asked.c.after_expiry, asked.c.advice, asked.c.advised_at, asked.c.advised_by, asked.c.decision,
            asked.c.decided_at, asked.c.decided_by, asked.c.document_id, documents.c.number, documents.c.dated,
            asked.c.occurrence_id, work.c.key, work.c.title, work.c.duty_id, duties.c.code, work.c.period,
            work.c.holder_id, work.c.receiver_id, work.c.due_on, work.c.basis, work.c.state, fixed.c.number,
            fixed.c.dated, fixed.c.issuer_text, asked.c.opened_id, opened.c.key, opened.c.state, opened.c.due_on,
            opened.c.basis,
        )
        .join(plans, plans.c.id == asked.c.plan_id)
        .outerjoin(documents, documents.c.id == asked.c.document_id)
        .outerjoin(work, work.c.id == asked.c.occurrence_id)
        .outerjoin(duties, duties.c.id == work.c.duty_id)
        .outerjoin(fixed, fixed.c.id == work.c.due_document_id)
        .outerjoin(opened, opened.c.id == asked.c.opened_id)
    )  # fmt: skip


def add(session: Session, **values: Any) -> int | None:
    """A new request; its number, or None when one of this key is there."""
    row = {
        "after_expiry": False, "proposed_due_on": None, "to_id": None, "opened_id": None, "advice": "",
        "advised_at": None, "advised_by": "", "state": "raised", "decision": "", "decided_at": None, "decided_by": "",
        "document_id": None, **values,
    }  # fmt: skip
    added = add_missing(session, table("request"), [row], "id")
    if not added:
        return None
    hooks.tell_request(session, int(added[0][0]), row["state"], row["raised_at"])
    return int(added[0][0])


def get(session: Session, number: int) -> RequestRow:
    """The request of this number. Raises NotFound."""
    row = session.execute(_columns().where(table("request").c.id == number)).first()
    if row is None:
        raise NotFound(f"Không có đề nghị số {number}.")
    return RequestRow(*row)


def list_by_id(session: Session, numbers: Sequence[int]) -> list[RequestRow]:
    """The requests of these numbers, newest first."""
    asked = table("request")
    statement = _columns().where(asked.c.id.in_(numbers)).order_by(asked.c.id.desc())
    return [RequestRow(*row) for row in session.execute(statement)]


def count_settled(session: Session, occurrence_id: int, kind: str) -> int:
    """How many requests of this kind about this work wait no more."""
    asked = table("request")
    return int(
        session.execute(
            select(func.count()).where(
                asked.c.occurrence_id == occurrence_id, asked.c.kind == kind, asked.c.state.not_in(WAITING)
            )
        ).scalar_one()
    )


def settle(session: Session, number: int, states: Sequence[str], **values: Any) -> bool:
    """Write this to a request that is in one of these states; False when somebody was quicker."""
    asked = table("request")
    touched = session.execute(update(asked).where(asked.c.id == number, asked.c.state.in_(states)).values(**values))
    if not touched.rowcount:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        return False
    if "state" in values:
        hooks.tell_request(session, number, values["state"], values.get("decided_at") or values["advised_at"])
    return True


def list_of_work(session: Session, occurrence_id: int) -> list[RequestRow]:
    """Requests about one piece of work, newest first."""
    asked = table("request")
    statement = _columns().where(asked.c.occurrence_id == occurrence_id).order_by(asked.c.id.desc()).limit(PAGE)
    return [RequestRow(*row) for row in session.execute(statement)]


def list_of_agency(session: Session, agency_id: int, page: int, limit: int = PAGE) -> tuple[list[RequestRow], int]:
    """Requests of an agency and those put to it, newest first, with how many there are."""
    asked = table("request")
    return _page(session, or_(asked.c.from_id == agency_id, asked.c.to_id == agency_id), page, limit=limit)


def list_of_plans(
    session: Session,
    plan_ids: Collection[int],
    page: int = 1,
    *,
    states: Sequence[str] = (),
    kind: str = "",
    agency_id: int | None = None,
    limit: int = PAGE,
) -> tuple[list[RequestRow], int]:
    """Requests of these plans, those that wait longest first, with how many there are."""
    asked = table("request")
    condition: ColumnElement[bool] = asked.c.plan_id.in_(sorted(plan_ids))
    if states:
        condition &= asked.c.state.in_(states)
    if kind:
        condition &= asked.c.kind == kind
    if agency_id is not None:
        condition &= or_(asked.c.from_id == agency_id, asked.c.to_id == agency_id)
    return _page(session, condition, page, oldest_first=bool(states), limit=limit)


def _page(
    session: Session, condition: ColumnElement[bool], page: int, *, oldest_first: bool = False, limit: int = PAGE
) -> tuple[list[RequestRow], int]:
    asked = table("request")
    total = int(session.execute(select(func.count()).select_from(asked).where(condition)).scalar_one())
    order = asked.c.id if oldest_first else asked.c.id.desc()
    statement = _columns().where(condition).order_by(order).limit(limit).offset((page - 1) * limit)
    return [RequestRow(*row) for row in session.execute(statement)], total
