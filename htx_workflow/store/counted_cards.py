"""Cards that count, read for many cooperatives in one go: one row a card, whatever the number of its criteria."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Text, cast, func, select
from sqlmodel import Session

from htx_workflow.domain.card_places import COUNTED
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.store import rubric_rows
from htx_workflow.store.rows import among
from htx_workflow.store.tables import table


class CountedCard(NamedTuple):
    """A card that counts, with its points and the roles that agreed; read for many cooperatives in one go."""

    id: int
    unit_id: int
    period: str
    stage: str
    level: str
    revision: int
    state: str
    definition_id: int
    facts: str
    sent_on: date | None
    points: dict[str, int]
    roles: frozenset[str]


def iterate_counted(
    session: Session, plan_id: int, periods: Collection[str], stages: Collection[str], levels: Collection[str] = (),
    units: Collection[int] = (), rubrics: dict[int, Rubric] | None = None,
) -> Iterator[CountedCard]:  # fmt: skip
    """Cards that count, cooperative by cooperative, a few thousand in memory at a time.

    Of each place the last revision alone; `levels`, `units`: only these, of all where none are given. `rubrics` is
    filled with those of the cards as they come: for few cards, whose rubrics need no statement of their own then.
    """
    cards = table("scorecard")
    later = table("scorecard").alias("later")
    same = [cards.c[name] == later.c[name] for name in ("plan_id", "unit_id", "period", "stage", "level")]
    newer = select(later.c.id).where(*same, later.c.revision > cards.c.revision, later.c.state.in_(COUNTED)).exists()
    wanted: list[ColumnElement[bool]] = [
        cards.c.plan_id == plan_id, cards.c.period.in_(sorted(periods)), cards.c.stage.in_(sorted(stages)),
        cards.c.state.in_(COUNTED), ~newer,
    ]  # fmt: skip
    if levels:
        wanted.append(cards.c.level.in_(sorted(levels)))
    if units:
        wanted.append(among(session, cards.c.unit_id, units))
    points, roles = _aggregates(session)
    statement = (
        select(
            cards.c.id, cards.c.unit_id, cards.c.period, cards.c.stage, cards.c.level, cards.c.revision, cards.c.state,
            cards.c.definition_id, cards.c.facts, cards.c.sent_on, points, roles,
        )
        .where(*wanted)
        .order_by(cards.c.unit_id, cards.c.id)
    )  # fmt: skip
    if rubrics is not None:
        texts = table("definition")
        statement = statement.join(texts, texts.c.id == cards.c.definition_id).add_columns(texts.c.body)
    with session.execute(statement, execution_options={"yield_per": 2000}) as found:
        for row in found:
            if rubrics is not None and row.definition_id not in rubrics:
                rubrics[row.definition_id] = rubric_rows.parsed(row.body)
            given = json.loads(row[10]) if row[10] else {}
            yield CountedCard._make((*row[:10], given, frozenset(row[11].split(",") if row[11] else ())))


def _aggregates(session: Session) -> tuple[ColumnElement[str], ColumnElement[str]]:
    """A card's points as one JSON text, and its roles as one list: one row a card instead of one a criterion."""
    cards, rows, signed = table("scorecard"), table("score"), table("sign_off")
    if session.get_bind().dialect.name == "postgresql":
        made: ColumnElement[str] = cast(func.json_object_agg(rows.c.item, rows.c.hundredths), Text)
        roles = func.string_agg(signed.c.role, ",")
    else:
        made = func.json_group_object(rows.c.item, rows.c.hundredths)
        roles = func.group_concat(signed.c.role, ",")
    points = select(made).where(rows.c.scorecard_id == cards.c.id, rows.c.hundredths.is_not(None))
    agreed = select(roles).where(signed.c.scorecard_id == cards.c.id)
    return points.scalar_subquery().label("points"), agreed.scalar_subquery().label("roles")


class ReasonRow(NamedTuple):
    """Why a card differs from the one below it at a place."""

    unit_id: int
    card_id: int
    item: str
    reason: str


def list_reasons(session: Session, plan_id: int, period: str, units: Collection[int] = ()) -> list[ReasonRow]:
    """Every reason of a difference on the cards of a year; `units`: only of these, of all where none are given."""
    cards, rows = table("scorecard"), table("score")
    wanted = [cards.c.plan_id == plan_id, cards.c.period == period, rows.c.reason != ""]
    if units:
        wanted.append(among(session, cards.c.unit_id, units))
    found = session.execute(
        select(cards.c.unit_id, cards.c.id, rows.c.item, rows.c.reason)
        .join(rows, rows.c.scorecard_id == cards.c.id)
        .where(*wanted)
    )
    return [ReasonRow(*row) for row in found]
