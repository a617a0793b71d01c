"""What was entered afterwards or for somebody else: changes of work, requests and cards as one list, newest first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    Text,
    TextClause,
    case,
    cast,
    func,
    literal,
    null,
    select,
    text,
    union_all,
)
from sqlmodel import Session

from htx_workflow.domain import backdated as kinds
from htx_workflow.domain.backdated import Backdated
from htx_workflow.store import gates
from htx_workflow.store.tables import table
from htx_workflow.store.tables.plans import ENTERED


def _entered(name: str) -> TextClause:
    """In the very words of the partial index: with parameters SQLite would read every change there ever was."""
    return text(re.sub(r"\b(on_behalf|retrospective|act|happened_on|known_on)\b", rf"{name}.\1", f"({ENTERED})"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for."""

    plans: Sequence[int]
    kind: str = ""
    agencies: Sequence[int] | None = None
    """Whose work; None: everybody's."""
    first: datetime | None = None
    """Entered from this moment on."""
    until: datetime | None = None
    """Entered before this moment."""


def count(session: Session, wanted: Wanted) -> int:
    """How many such entries."""
    rows = _all(wanted).subquery()
    return int(session.execute(select(func.count()).select_from(rows).where(*_where(rows.c, wanted))).scalar_one())


def list_rows(session: Session, wanted: Wanted, limit: int, offset: int = 0) -> list[Backdated]:
    """Entries, the newest first."""
    return [Backdated(*row) for row in session.execute(list_statement(wanted, limit, offset))]


def list_statement(wanted: Wanted, limit: int, offset: int = 0) -> Select[Any]:
    """What `list_rows` asks."""
    rows = _all(wanted).subquery()
    order = rows.c.at.desc(), rows.c.occurrence_id, rows.c.what
    return select(rows).where(*_where(rows.c, wanted)).order_by(*order).limit(limit).offset(offset)


def _where(rows: Any, wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [rows.plan_id.in_(wanted.plans)]
    if wanted.kind:
        found.append(rows.kind == wanted.kind)
    if wanted.agencies is not None:
        found.append(rows.agency_id.in_(wanted.agencies))
    if wanted.first is not None:
        found.append(rows.at >= wanted.first)
    if wanted.until is not None:
        found.append(rows.at < wanted.until)
    return found


def _all(wanted: Wanted) -> Any:
    """Only the parts that can hold the kind asked for."""
    parts = {
        _changes: (kinds.BEHALF, kinds.AFTERWARDS, kinds.SENT_DAY, kinds.EARLIER_DAY, kinds.EARLY),
        _requests: (kinds.LATE_REQUEST,),
        _sent_cards: (kinds.CARD_LATE, kinds.CARD_AGAIN, kinds.CARD_BEHALF),
        _returned_cards: (kinds.CARD_RETURNED,),
    }
    return union_all(*(part() for part, held in parts.items() if not wanted.kind or wanted.kind in held))


def _changes() -> Select[Any]:
    """The number of the plan is no bare column, so that nobody looks for these few among all the work of a plan."""
    changes, rows, documents = table("occurrence_change"), table("occurrence"), table("document")
    kind = case(
        (changes.c.retrospective, kinds.AFTERWARDS),
        (changes.c.on_behalf, kinds.BEHALF),
        (changes.c.act == "sent-day", kinds.SENT_DAY),
        (changes.c.act == gates.OPENED, kinds.EARLY),
        else_=kinds.EARLIER_DAY,
    )
    return (
        select(
            kind.label("kind"), changes.c.recorded_at.label("at"), changes.c.by_code.label("by"),
            (rows.c.plan_id + 0).label("plan_id"), func.coalesce(changes.c.holder_id, rows.c.original_holder_id).label("agency_id"),
            rows.c.id.label("occurrence_id"), rows.c.title.label("what"), changes.c.happened_on.label("day"),
            changes.c.note.label("reason"), documents.c.number, documents.c.dated,
        )
        .join(rows, rows.c.id == changes.c.occurrence_id)
        .outerjoin(documents, documents.c.id == changes.c.document_id)
        .where(_entered("occurrence_change"))
    )  # fmt: skip


def _requests() -> Select[Any]:
    asked, rows, documents = table("request"), table("occurrence"), table("document")
    return (
        select(
            literal(kinds.LATE_REQUEST, Text).label("kind"), asked.c.raised_at.label("at"), asked.c.raised_by.label("by"),
            asked.c.plan_id, asked.c.from_id.label("agency_id"), asked.c.occurrence_id,
            func.coalesce(rows.c.title, "").label("what"), asked.c.proposed_due_on.label("day"),
            asked.c.reason.label("reason"), documents.c.number, documents.c.dated,
        )
        .outerjoin(rows, rows.c.id == asked.c.occurrence_id)
        .outerjoin(documents, documents.c.id == asked.c.document_id)
        .where(asked.c.after_expiry, asked.c.kind == "extension")
    )  # fmt: skip


def _card(kind: Any, at: Any, by: Any, reason: Any, day: Any) -> Select[Any]:
    cards, documents = table("scorecard"), table("document")
    return select(
        kind.label("kind"), at.label("at"), by.label("by"), cards.c.plan_id, cards.c.unit_id.label("agency_id"),
        cast(null(), Integer).label("occurrence_id"),
        (cards.c.period + "/" + cards.c.stage + "/" + cards.c.level).label("what"), day.label("day"),
        reason.label("reason"), documents.c.number, documents.c.dated,
    ).outerjoin(documents, documents.c.id == cards.c.document_id)  # fmt: skip


def _sent_cards() -> Select[Any]:
    """Sent by another agency, after a higher level was closed, or scored anew."""
    cards = table("scorecard")
    kind = case(
        (cards.c.state == "late", kinds.CARD_LATE), (cards.c.on_behalf, kinds.CARD_BEHALF), else_=kinds.CARD_AGAIN
    )
    chosen = _card(kind, cards.c.sent_at, cards.c.sent_by, literal("", Text), cards.c.sent_on)
    return chosen.where(
        cards.c.sent_at.is_not(None), (cards.c.state == "late") | cards.c.on_behalf | (cards.c.revision > 1)
    )


def _returned_cards() -> Select[Any]:
    cards = table("scorecard")
    chosen = _card(
        literal(kinds.CARD_RETURNED, Text), cards.c.settled_at, cards.c.settled_by, cards.c.reason, cast(null(), Date)
    )
    return chosen.where(cards.c.state == "returned", cards.c.settled_at.is_not(None))
