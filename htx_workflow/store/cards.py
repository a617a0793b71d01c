"""Scorecards (phiếu chấm điểm): cards, their points and sign-offs. Every change of a card is guarded by how it stood."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, delete, select, update
from sqlmodel import Session

from htx_workflow.domain.card_facts import CardFacts, read
from htx_workflow.domain.card_places import CardPlace
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.store import rubric_rows
from htx_workflow.store.rows import add_all, add_missing, among
from htx_workflow.store.tables import table


class CardRow(NamedTuple):
    """A card as services read it."""

    id: int
    plan: str
    """Code of the plan."""
    unit: str
    """Code of the cooperative."""
    period: str
    stage: str
    level: str
    revision: int
    unit_id: int
    scorer_id: int
    definition_id: int
    based_on_id: int | None
    state: str
    facts: str
    rated: str
    not_rated_why: str
    total: int | None
    band: str
    version: int
    saved_at: datetime
    saved_by: str
    sent_at: datetime | None
    sent_by: str
    sent_on: date | None
    on_behalf: bool
    document_id: int | None
    settled_at: datetime | None
    reason: str

    @property
    def place(self) -> CardPlace:
        return CardPlace(self.plan, self.unit, self.period, self.stage, self.level)

    @property
    def key(self) -> str:
        """kontum-3819/htx-a/2025/final/self/1"""
        return f"{self.place.key}/{self.revision}"

    @property
    def card_facts(self) -> CardFacts:
        return read(self.facts)


class ScoreRow(NamedTuple):
    """One place of a card."""

    item: str
    hundredths: int | None
    computed: int | None = None
    why: str = ""
    reason: str = ""
    evidence: str = ""


class SignOffRow(NamedTuple):
    """Who agreed to a self-score."""

    role: str
    name: str
    person_id: int | None
    on_paper: bool
    on_day: date
    attachment_id: int | None
    at: datetime
    by: str


def _columns() -> Select[Any]:
    cards, plans, units = table("scorecard"), table("plan"), table("agency")
    return (
        select(
            cards.c.id, plans.c.code, units.c.code, cards.c.period, cards.c.stage, cards.c.level, cards.c.revision,
            cards.c.unit_id, cards.c.scorer_id, cards.c.definition_id, cards.c.based_on_id, cards.c.state,
            cards.c.facts, cards.c.rated, cards.c.not_rated_why, cards.c.total_hundredths, cards.c.band,
            cards.c.draft_version, cards.c.saved_at, cards.c.saved_by, cards.c.sent_at, cards.c.sent_by,
            cards.c.sent_on, cards.c.on_behalf, cards.c.document_id, cards.c.settled_at, cards.c.reason,
        )
        .join(plans, plans.c.id == cards.c.plan_id)
        .join(units, units.c.id == cards.c.unit_id)
    )  # fmt: skip


def list_cards(session: Session, plan_id: int, unit_id: int, period: str, stage: str) -> list[CardRow]:
    """Every card of a cooperative in a year and stage: each level, each revision, oldest first."""
    cards = table("scorecard")
    found = session.execute(
        _columns()
        .where(cards.c.plan_id == plan_id, cards.c.unit_id == unit_id, cards.c.period == period, cards.c.stage == stage)
        .order_by(cards.c.level, cards.c.revision)
    )
    return [CardRow(*row) for row in found]


def list_of_unit(session: Session, plan_id: int, unit_id: int) -> tuple[list[CardRow], dict[int, Rubric]]:
    """Every card of a cooperative in a plan, oldest first, and the rubrics they were scored on."""
    cards, texts = table("scorecard"), table("definition")
    found = session.execute(
        _columns()
        .add_columns(texts.c.body)
        .join(texts, texts.c.id == cards.c.definition_id)
        .where(cards.c.plan_id == plan_id, cards.c.unit_id == unit_id)
        .order_by(cards.c.period, cards.c.stage, cards.c.level, cards.c.revision)
    ).all()
    rows = [CardRow(*row[:-1]) for row in found]
    return rows, {
        row.definition_id: rubric_rows.parsed(body) for row, body in zip(rows, (r[-1] for r in found), strict=True)
    }


class HeadRow(NamedTuple):
    """A card as lists show it."""

    unit_id: int
    period: str
    stage: str
    level: str
    revision: int
    state: str
    rated: str
    not_rated_why: str
    total: int | None
    band: str
    definition_id: int


def list_heads(session: Session, plan_id: int, unit_ids: Collection[int]) -> list[HeadRow]:
    """The cards of these cooperatives, every year and level, the last revision of each level last."""
    rows = table("scorecard")
    found = session.execute(
        select(
            rows.c.unit_id, rows.c.period, rows.c.stage, rows.c.level, rows.c.revision, rows.c.state, rows.c.rated,
            rows.c.not_rated_why, rows.c.total_hundredths, rows.c.band, rows.c.definition_id,
        )
        .where(rows.c.plan_id == plan_id, among(session, rows.c.unit_id, unit_ids))
        .order_by(rows.c.unit_id, rows.c.period, rows.c.stage, rows.c.level, rows.c.revision)
    )  # fmt: skip
    return [HeadRow(*row) for row in found]


def get(session: Session, number: int) -> CardRow | None:
    """The card of this number."""
    row = session.execute(_columns().where(table("scorecard").c.id == number)).first()
    return CardRow(*row) if row else None


def list_late(session: Session, plan_id: int, period: str) -> list[CardRow]:
    """Cards of a year that came after a higher level was closed, newest first."""
    cards = table("scorecard")
    wanted = (cards.c.plan_id == plan_id, cards.c.period == period, cards.c.state == "late")
    return [CardRow(*row) for row in session.execute(_columns().where(*wanted).order_by(cards.c.sent_at.desc()))]


def scores(session: Session, number: int) -> dict[str, ScoreRow]:
    """The places of a card by key."""
    rows = table("score")
    found = session.execute(
        select(rows.c.item, rows.c.hundredths, rows.c.computed, rows.c.why, rows.c.reason, rows.c.evidence).where(
            rows.c.scorecard_id == number
        )
    )
    return {row[0]: ScoreRow(*row) for row in found}


def scores_of(session: Session, numbers: Collection[int]) -> dict[int, dict[str, ScoreRow]]:
    """The places of several cards, in one query; a card without any has an empty one."""
    rows = table("score")
    found: dict[int, dict[str, ScoreRow]] = {number: {} for number in numbers}
    for number, *row in session.execute(
        select(
            rows.c.scorecard_id, rows.c.item, rows.c.hundredths, rows.c.computed, rows.c.why, rows.c.reason,
            rows.c.evidence,
        ).where(among(session, rows.c.scorecard_id, found))
    ):  # fmt: skip
        found[number][row[0]] = ScoreRow(*row)
    return found


def sign_offs_of(session: Session, numbers: Collection[int]) -> dict[int, list[SignOffRow]]:
    """Who agreed to each of several cards, in one query."""
    rows = table("sign_off")
    found: dict[int, list[SignOffRow]] = {number: [] for number in numbers}
    for number, *row in session.execute(
        select(
            rows.c.scorecard_id, rows.c.role, rows.c.name, rows.c.person_id, rows.c.on_paper, rows.c.on_day,
            rows.c.attachment_id, rows.c.at, rows.c.by_code,
        )
        .where(among(session, rows.c.scorecard_id, found))
        .order_by(rows.c.at, rows.c.role)
    ):  # fmt: skip
        found[number].append(SignOffRow(*row))
    return found


def sign_offs(session: Session, number: int) -> list[SignOffRow]:
    """Who agreed, in the order in which it was recorded."""
    rows = table("sign_off")
    found = session.execute(
        select(
            rows.c.role, rows.c.name, rows.c.person_id, rows.c.on_paper, rows.c.on_day, rows.c.attachment_id,
            rows.c.at, rows.c.by_code,
        )
        .where(rows.c.scorecard_id == number)
        .order_by(rows.c.at, rows.c.role)
    )  # fmt: skip
    return [SignOffRow(*row) for row in found]


# Writing


def add(
    session: Session,
    plan_id: int,
    place: CardPlace,
    revision: int,
    *,
    unit_id: int,
    scorer_id: int,
    definition_id: int,
    based_on_id: int | None,
    facts: str,
    now: datetime,
    by: str,
) -> int | None:
    """A new draft; its number, or None when somebody else has just opened this one."""
    row = {
        "plan_id": plan_id, "unit_id": unit_id, "scorer_id": scorer_id, "definition_id": definition_id,
        "period": place.period, "stage": place.stage, "level": place.level, "revision": revision,
        "based_on_id": based_on_id, "state": "draft", "facts": facts, "rated": "", "not_rated_why": "",
        "total_hundredths": None, "band": "", "draft_version": 0, "opened_at": now, "saved_at": now, "saved_by": by,
        "sent_at": None, "sent_by": "", "sent_on": None, "on_behalf": False, "document_id": None, "settled_at": None,
        "settled_by": "", "reason": "",
    }  # fmt: skip
    added = add_missing(session, table("scorecard"), [row], "id")
    return int(added[0][0]) if added else None


def write_scores(session: Session, number: int, found: Sequence[ScoreRow]) -> None:
    """Put these places in the stead of those the card had under the same keys."""
    rows = table("score")
    session.execute(delete(rows).where(rows.c.scorecard_id == number, rows.c.item.in_([one.item for one in found])))
    add_all(session, rows, [{"scorecard_id": number, **one._asdict()} for one in found])


def drop_scores(session: Session, number: int, items: Collection[str]) -> None:
    """Places that say nothing any more: a criterion's own number once all its sub-items are given."""
    rows = table("score")
    if items:
        session.execute(delete(rows).where(rows.c.scorecard_id == number, rows.c.item.in_(sorted(items))))


def change(session: Session, before: CardRow, **values: Any) -> bool:
    """Write this to a card that still stands as it was read; False when somebody was quicker."""
    rows = table("scorecard")
    touched = session.execute(
        update(rows)
        .where(rows.c.id == before.id, rows.c.state == before.state, rows.c.draft_version == before.version)
        .values(**values)
    )
    return bool(touched.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def sign(session: Session, number: int, row: SignOffRow) -> None:
    """Record a sign-off; a later one of the same role takes its place."""
    rows = table("sign_off")
    values = row._asdict()
    values["by_code"] = values.pop("by")
    session.execute(delete(rows).where(rows.c.scorecard_id == number, rows.c.role == row.role))
    add_all(session, rows, [{"scorecard_id": number, **values}])


def unsign(session: Session, number: int) -> list[str]:
    """Sign-offs fall when the points they agreed to change; their roles."""
    rows = table("sign_off")
    roles = list(
        session.execute(select(rows.c.role).where(rows.c.scorecard_id == number).order_by(rows.c.role)).scalars()
    )
    if roles:
        session.execute(delete(rows).where(rows.c.scorecard_id == number))
    return roles
