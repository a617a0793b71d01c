"""A card to look at (xem phiếu): its points beside those of the other levels and the start, what is missing, who may act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from htx_workflow.domain import card_places, card_saving, rubrics, scorecards, verdicts
from htx_workflow.domain.card_facts import CardFacts
from htx_workflow.domain.card_places import COUNTED, CardPlace
from htx_workflow.domain.card_saving import Lower
from htx_workflow.domain.errors import NotFound
from htx_workflow.domain.ladders import Computed
from htx_workflow.domain.ratings import Rating
from htx_workflow.domain.rubrics import Rubric, SignOff
from htx_workflow.domain.scorecards import Difference, Refusal, Totals
from htx_workflow.domain.verdicts import Baseline, Shortfall, Verdict
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import card_spots, scoring
from htx_workflow.services.card_spots import Spot
from htx_workflow.store import baselines
from htx_workflow.store import cards as store
from htx_workflow.store.cards import CardRow, ScoreRow, SignOffRow
from htx_workflow.store.database import Session


@dataclass(frozen=True, slots=True)
class CardView:
    """One card with everything a page or a paper shows of it."""

    spot: Spot
    card: CardRow | None
    """The newest revision; None when nobody has opened one."""
    rubric: Rubric
    rows: Mapping[str, ScoreRow]
    facts: CardFacts
    totals: Totals
    rating: Rating
    verdict: Verdict
    signers: tuple[SignOff, ...]
    """Who signs with this kind of governance; empty where nobody does or the kind is not known."""
    signed: tuple[SignOffRow, ...]
    levels: Mapping[str, Mapping[str, int]]
    """Points that count, by level of the chain."""
    scores: Mapping[int, Mapping[str, ScoreRow]]
    """Places of every card that was read: those that count, and of earlier years on the level that decides."""
    baseline: Baseline | None
    differences: tuple[Difference, ...]
    """To the card below."""
    missing_reasons: tuple[Refusal, ...]
    shortfall: Shortfall
    force_note: str | None
    """That the rubric is not in force on the last day of the year, with its source."""
    may_score: bool
    may_return: bool

    @property
    def state_text(self) -> str:
        if self.card is None:
            return "chưa chấm"
        return card_places.state_text(self.card.state, not self.spot.is_self)

    @property
    def version(self) -> int:
        return self.card.version if self.card else 0

    def why(self, number: int) -> str:
        """Vì sao of a criterion's points."""
        computed = {
            key: Computed(row.computed, row.why) for key, row in self.rows.items() if row.computed is not None
        }  # fmt: skip
        return scorecards.points_why(self.rubric, scoring.points_of(self.rows), number, computed)


def view(session: Session, place: CardPlace, rubric: Rubric, visitor: Visitor | None, today: date) -> CardView:
    """The card of a place; `rubric` is what it would be scored on when there is none yet. Writes nothing."""
    return of_spot(session, card_spots.get(session, place, today), rubric, visitor)


def of_spot(session: Session, spot: Spot, rubric: Rubric, visitor: Visitor | None) -> CardView:
    """The same for a spot that was read already. Raises `NotFound` for who may not see it."""
    if not card_spots.may_see(spot, visitor):
        raise NotFound("Không có phiếu này trong phần việc của cơ quan.")
    place = spot.place
    card = spot.newest(place.level)
    shown = card or spot.below
    rubric = spot.rubrics[shown.definition_id] if shown else rubric
    every = store.scores_of(session, _read_with(spot, card))
    rows = every[card.id] if card else {}
    facts = shown.card_facts if shown else CardFacts()
    points = scoring.points_of(rows)
    totals = scorecards.totals(rubric, points)
    signed = store.sign_offs(session, card.id) if card else []
    rating = scoring.rating_of(rubric, spot, facts, totals, signed)
    baseline = baselines.of_unit(session, spot.loaded.id, spot.unit_id)
    mark = int(spot.scoring.pass_mark * 100)
    lower = _lower(spot, card, rows, every) if card else None
    return CardView(
        spot=spot,
        card=card,
        rubric=rubric,
        rows=rows,
        facts=facts,
        totals=totals,
        rating=rating,
        verdict=verdicts.judge(rubric, spot.level, (totals, rating) if card else None, baseline, mark),
        signers=(rubric.signers(facts.governance) or ()) if facts.governance and spot.is_self else (),
        signed=tuple(signed),
        levels=_levels(spot, every),
        scores=every,
        baseline=baseline,
        differences=tuple(scorecards.differences(rubric, lower.points, points)) if lower else (),
        missing_reasons=tuple(card_saving.unreasoned(rubric, lower, points)) if lower else (),
        shortfall=verdicts.shortfall(rubric, totals, baseline, mark),
        force_note=rubrics.force_note(rubric, date(place.year, 12, 31)),
        may_score=card_spots.may_score(spot, visitor),
        may_return=card_spots.may_return(spot, visitor),
    )


def _read_with(spot: Spot, card: CardRow | None) -> set[int]:
    """The cards whose points stand beside: each level's, the one it was copied from, earlier years'."""
    wanted = {found.id for level in spot.scoring.chain if (found := spot.counted(level.code)) is not None}
    wanted |= {found.id for found in earlier_years(spot).values()}
    if card is not None:
        wanted |= {card.id} | ({card.based_on_id} if card.based_on_id is not None else set())
    return wanted


def earlier_years(spot: Spot) -> dict[str, CardRow]:
    """By year before this one the card that counts on the level that decides; official figures before estimates."""
    found: dict[str, CardRow] = {}
    level = spot.scoring.decisive.level
    for card in spot.every:
        if (
            card.level != level
            or card.state not in COUNTED
            or card.stage == "trial"
            or card.period >= spot.place.period
        ):
            continue
        before = found.get(card.period)
        found[card.period] = card if before is None else _later(before, card)
    return found


def _later(one: CardRow, other: CardRow) -> CardRow:
    if one.stage == other.stage:
        return max(one, other, key=lambda card: card.revision)
    return one if card_places.newest_stage((one.stage, other.stage)) == one.stage else other


def _lower(
    spot: Spot, card: CardRow, rows: Mapping[str, ScoreRow], every: Mapping[int, Mapping[str, ScoreRow]]
) -> Lower | None:  # fmt: skip
    """The card below as it was when this one was copied from it; None for a self-score."""
    below = next((one for one in spot.cards if one.id == card.based_on_id), None)
    if below is None:
        return None
    reasons = {key: row.reason for key, row in rows.items() if row.reason}
    return Lower(scoring.points_of(every[below.id]), spot.title_of(below.level), spot.level.title, reasons)


def _levels(spot: Spot, every: Mapping[int, Mapping[str, ScoreRow]]) -> dict[str, Mapping[str, int]]:
    counted = {level.code: spot.counted(level.code) for level in spot.scoring.chain}
    return {code: scoring.points_of(every[card.id]) for code, card in counted.items() if card is not None}


def history(session: Session, place: CardPlace, visitor: Visitor | None, today: date) -> list[CardRow]:
    """Every revision of every level of this year and stage: nothing is overwritten."""
    spot = card_spots.get(session, place, today)
    if not card_spots.may_see(spot, visitor):
        raise NotFound("Không có phiếu này trong phần việc của cơ quan.")
    return list(spot.cards)


def between(session: Session, rubric: Rubric, earlier: CardRow, later: CardRow) -> list[Difference]:
    """What changed from one version to another: estimate to final, revision to revision."""
    before, after = (scoring.points_of(store.scores(session, card.id)) for card in (earlier, later))
    return scorecards.differences(rubric, before, after)
