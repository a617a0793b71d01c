"""Results (kết quả đánh giá): what each cooperative reached on the level that decides, the other levels beside it.

Read for many cooperatives in one go: a few statements for a nation as for a plan of five.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from htx_workflow.domain import card_facts, consolidations, ratings, review_chains, scorecards, verdicts
from htx_workflow.domain.card_facts import CardFacts
from htx_workflow.domain.card_places import newest_stage
from htx_workflow.domain.plan import Scoring
from htx_workflow.domain.ratings import Rating, Signatures
from htx_workflow.domain.review_chains import ReviewLevel
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.domain.scorecards import Totals
from htx_workflow.domain.verdicts import Baseline, Outcome, Shortfall
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import card_spots
from htx_workflow.store import baselines, counted_cards, rubric_rows
from htx_workflow.store import cards as store
from htx_workflow.store.agencies import AgencyRow
from htx_workflow.store.counted_cards import CountedCard
from htx_workflow.store.database import Session
from htx_workflow.store.plans import LoadedPlan

OFFICIAL = ("estimate", "final")
"""Stages of a year's result; of both the final one counts."""
FEW = 200
"""Up to so many cooperatives are asked for by number; of more everything is read along."""
UNCHECKED = "chưa được cấp trên kiểm tra"
ESTIMATE = "số liệu ước thực hiện"


@dataclass(frozen=True, slots=True)
class LevelCard:
    """A card that counts, added up and rated."""

    card: CountedCard
    rubric: Rubric
    facts: CardFacts
    totals: Totals
    rating: Rating
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnitResult:
    """A cooperative's result of a year."""

    unit: AgencyRow
    outcome: Outcome
    levels: Mapping[str, LevelCard]
    """By level; a level without a card that counts is not there."""
    baseline: Baseline | None
    years: Mapping[int, Mapping[int, int | None]]
    """Points by criterion on the level that decides, of this year and those before."""
    holes: tuple[str, ...]
    """Levels left out below one that scored."""
    shortfall: Shortfall | None = None
    """Of a trial score: what is still missing."""

    def verdict_of(self, level: str) -> verdicts.Verdict:
        return next(one for one in (self.outcome.decisive, *self.outcome.others) if one.level.code == level)


@dataclass(frozen=True, slots=True)
class Asked:
    """Of which plan and year, on which stages; `rubric`: that of the plan, for those who have no card."""

    loaded: LoadedPlan
    scoring: Scoring
    rubric: Rubric
    period: str
    stages: Sequence[str] = OFFICIAL

    @property
    def pass_mark(self) -> int:
        return int(self.scoring.pass_mark * 100)

    @property
    def heading(self) -> str:
        """Kết luận theo điểm tự chấm (mặc định, chưa có văn bản chọn cấp khác)."""
        level = review_chains.level_of(self.scoring.chain, self.scoring.decisive.level)
        return review_chains.decisive_text(level, self.scoring.decisive.document)


def asked(loaded: LoadedPlan, rubric: Rubric, period: str, stages: Sequence[str] = OFFICIAL) -> Asked:
    """Raises `NotAllowed` for a plan that scores nobody."""
    return Asked(loaded, card_spots.scoring_of(loaded.plan), rubric, period, stages)


def units_of(loaded: LoadedPlan, agencies: Mapping[int, AgencyRow], visitor: Visitor | None = None) -> list[AgencyRow]:
    """The cooperatives of a plan in its order, as far as the visitor may see their figures."""
    scored = set(loaded.plan.scored())
    return [
        agency
        for agency in agencies.values()
        if agency.code in scored and (visitor is None or visitor.may_see(loaded.id, agency.id, agency.parent_id))
    ]


def iterate(session: Session, wanted: Asked, units: Collection[AgencyRow]) -> Iterator[UnitResult]:
    """The result of each of these cooperatives, in the order of their numbers; who sent nothing is among them."""
    few = [unit.id for unit in units] if len(units) <= FEW else []
    years = [wanted.period]
    if "trial" not in wanted.stages:
        years += [str(year) for year in range(wanted.loaded.plan.starts_on.year, int(wanted.period))]
    rubrics = {} if few else rubric_rows.list_all(session)
    maker = _Maker(wanted, rubrics)
    beside = rubrics if few else None
    cards = groupby(
        counted_cards.iterate_counted(session, wanted.loaded.id, years, wanted.stages, units=few, rubrics=beside),
        key=lambda card: card.unit_id,
    )
    starts = baselines.iterate(session, wanted.loaded.id, few)
    of_unit, start = _Along(cards), _Along(starts)
    for unit in sorted(units, key=lambda unit: unit.id):
        yield maker.result(unit, list(of_unit.at(unit.id) or ()), start.at(unit.id))


class _Along:
    """Walks an iterator of (number, thing) in the order of the numbers, beside another list."""

    def __init__(self, pairs: Iterator[tuple[int, Any]]) -> None:
        self._pairs, self._next = pairs, next(pairs, None)

    def at(self, number: int) -> Any:
        while self._next is not None and self._next[0] < number:
            self._next = next(self._pairs, None)
        if self._next is None or self._next[0] != number:
            return None
        found = self._next[1]
        found = list(found) if not isinstance(found, Baseline) else found
        self._next = next(self._pairs, None)
        return found


class _Maker:
    """Makes the cards of one cooperative into its result."""

    def __init__(self, wanted: Asked, rubrics: Mapping[int, Rubric]) -> None:
        self._wanted, self._rubrics = wanted, rubrics
        self._chain = wanted.scoring.chain
        self._decisive = wanted.scoring.decisive.level

    def result(self, unit: AgencyRow, cards: Sequence[CountedCard], baseline: Baseline | None) -> UnitResult:
        now = self._chosen([card for card in cards if card.period == self._wanted.period])
        levels = {
            level.code: self._level(level, now[level.code], now) for level in self._chain if level.code in now
        }  # fmt: skip
        judged = [self._judged(level, levels.get(level.code), baseline) for level in self._chain]
        decided = levels.get(self._decisive)
        shortfall = None
        if decided is not None and "trial" in self._wanted.stages:
            shortfall = verdicts.shortfall(decided.rubric, decided.totals, baseline, self._wanted.pass_mark)
        return UnitResult(
            unit,
            verdicts.outcome(judged, self._decisive),
            levels,
            baseline,
            self._years(cards, decided),
            tuple(review_chains.holes(self._chain, now)),
            shortfall,
        )

    def _chosen(self, cards: Sequence[CountedCard]) -> dict[str, CountedCard]:
        """By level the card of the stage that counts."""
        chosen: dict[str, CountedCard] = {}
        for card in cards:
            before = chosen.get(card.level)
            if before is None or newest_stage((before.stage, card.stage)) == card.stage:
                chosen[card.level] = card
        return chosen

    def _level(self, level: ReviewLevel, card: CountedCard, now: Mapping[str, CountedCard]) -> LevelCard:
        rubric, facts = self._rubrics[card.definition_id], card_facts.read(card.facts)
        totals = scorecards.totals(rubric, card.points)
        signatures = Signatures(facts.governance, card.roles) if level.by == "unit" else None
        rating = ratings.rate(rubric, totals, facts.facts, signatures)
        remarks = [ESTIMATE] if card.stage == "estimate" else []
        above = review_chains.is_late(self._chain, level.code, now)
        if card.state == "submitted" and not above and level.code != self._chain[-1].code:
            remarks.append(UNCHECKED)
        return LevelCard(card, rubric, facts, totals, rating, tuple(remarks))

    def _judged(self, level: ReviewLevel, made: LevelCard | None, baseline: Baseline | None) -> verdicts.Verdict:
        rubric = made.rubric if made else self._wanted.rubric
        card = (made.totals, made.rating) if made else None
        return verdicts.judge(rubric, level, card, baseline, self._wanted.pass_mark)

    def _years(
        self, cards: Sequence[CountedCard], decided: LevelCard | None
    ) -> dict[int, Mapping[int, int | None]]:  # fmt: skip
        years: dict[int, Mapping[int, int | None]] = {}
        for period in sorted({card.period for card in cards if card.period != self._wanted.period}):
            card = self._chosen([card for card in cards if card.period == period]).get(self._decisive)
            if card is not None:
                years[int(period)] = scorecards.totals(self._rubrics[card.definition_id], card.points).criteria
        if decided is not None:
            years[int(self._wanted.period)] = decided.totals.criteria
        return years


@dataclass(frozen=True, slots=True)
class Results:
    """The results of a year as a page or a command shows them, in the order of the plan."""

    asked: Asked
    rows: tuple[UnitResult, ...]
    late: tuple[store.CardRow, ...]

    @property
    def target_text(self) -> str:
        """02/05 hợp tác xã đạt: of all that are shown."""
        return consolidations.target([row.outcome for row in self.rows]).text


def results(session: Session, wanted: Asked, visitor: Visitor | None, agencies: Mapping[int, AgencyRow]) -> Results:
    """Each cooperative that the visitor may see, and the cards that came too late to change anything."""
    units = units_of(wanted.loaded, agencies, visitor)
    by_id = {row.unit.id: row for row in iterate(session, wanted, units)}
    seen = {unit.id for unit in units}
    late = [card for card in store.list_late(session, wanted.loaded.id, wanted.period) if card.unit_id in seen]
    return Results(wanted, tuple(by_id[unit.id] for unit in units), tuple(late))
