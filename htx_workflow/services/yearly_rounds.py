"""The yearly evaluation round of a plan (đợt đánh giá năm), read from its cards and its work: who owes, who has sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from htx_workflow.domain import standing, yearly_rounds
from htx_workflow.domain.plan import Basis, Scoring
from htx_workflow.domain.review_chains import ReviewLevel
from htx_workflow.domain.yearly_rounds import Counted, LevelProgress, Owed
from htx_workflow.services.results import OFFICIAL
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import occurrences, sent_cards
from htx_workflow.store.agencies import AgencyRow
from htx_workflow.store.database import Session
from htx_workflow.store.occurrences import Row
from htx_workflow.store.plans import LoadedPlan

OPENS_BEFORE = timedelta(days=30)
"""Before its first deadline a round is open."""
FOLLOWED_AFTER = timedelta(days=120)
"""So long after its last deadline a round is looked at: figures change until the books are closed."""
GONE = (standing.WAIVED, standing.SPLIT, standing.HANDED_BACK)


@dataclass(frozen=True, slots=True)
class YearRound:
    """The round of one year on one day. Cooperatives and whoever scores them are the store's numbers."""

    period: str
    scoring: Scoring
    first_due: date
    last_due: date
    owed: Mapping[str, tuple[Owed, ...]]
    """By level."""
    cards: Counted
    levels: tuple[LevelProgress, ...]

    def of_scorer(self, level: ReviewLevel, scorer: int, day: date) -> LevelProgress:
        """How far a level is with the cooperatives that one agency scores on the level above."""
        above = self.scoring.chain[self.scoring.chain.index(level) + 1]
        mine = {one.unit for one in self.owed[above.code] if one.scorer == scorer}
        owed = [one for one in self.owed[level.code] if one.unit in mine]
        return yearly_rounds.progress(level, owed, self.cards, day, top=False)

    @property
    def settled(self) -> frozenset[int]:
        """Cooperatives of which the top level has sent its card."""
        top = self.scoring.chain[-1].code
        return frozenset(unit for level, unit in self.cards if level == top)


def list_current(session: Session, loaded: LoadedPlan, on: date) -> list[YearRound]:
    """The rounds that are followed on this day, as known at its end; none for a plan that scores nobody."""
    scoring = loaded.plan.scoring
    if scoring is None:
        return []
    agencies = agency_store.list_agencies(session, on)
    by_period = _work(session, loaded, scoring, on)
    found = []
    for period, rows in sorted(by_period.items()):
        days = [row.standing.due_on for row in rows if row.standing.due_on]
        if not days or not min(days) - OPENS_BEFORE <= on <= max(days) + FOLLOWED_AFTER:
            continue
        owed = {
            level.code: tuple(_owed(level, rows, _units(loaded, scoring, rows, agencies), loaded, agencies))
            for level in scoring.chain
        }
        cards = yearly_rounds.counted(sent_cards.list_sent(session, loaded.id, period, OFFICIAL), on)
        top = scoring.chain[-1]
        levels = tuple(
            yearly_rounds.progress(level, owed[level.code], cards, on, top=level is top) for level in scoring.chain
        )
        found.append(YearRound(period, scoring, min(days), max(days), owed, cards, levels))
    return found


def _work(session: Session, loaded: LoadedPlan, scoring: Scoring, on: date) -> dict[str, list[Row]]:
    """The work on which cards are sent, by period, as it stood at the end of this day."""
    duties = {level.duty for level in scoring.chain if level.duty}
    known = occurrences.standings_known_on(session, loaded.id, on)
    by_period: dict[str, list[Row]] = {}
    for row in occurrences.list_rows(session, loaded.id):
        stands = known.get(row.id)
        if row.duty not in duties or row.historical or stands is None or stands.state in GONE:
            continue
        by_period.setdefault(row.period, []).append(replace(row, standing=stands))
    return by_period


@dataclass(frozen=True, slots=True)
class _Unit:
    id: int
    parent: int | None


def _units(
    loaded: LoadedPlan, scoring: Scoring, rows: Iterable[Row], agencies: Mapping[int, AgencyRow]
) -> Sequence[_Unit]:
    """The cooperatives of a round in the order of the plan; the superior is whoever receives their self-score."""
    scored, first = set(loaded.plan.scored()), scoring.chain[0].duty
    if first is None:
        return [_Unit(one.id, one.parent_id) for one in agencies.values() if one.code in scored and not one.ended]
    found = []
    for row in rows:
        holder = agencies.get(row.standing.holder or row.original_holder_id)
        if row.duty == first and holder is not None and holder.code in scored:
            found.append(_Unit(holder.id, row.receiver_id or holder.parent_id))
    return found


def _owed(
    level: ReviewLevel,
    rows: Sequence[Row],
    units: Sequence[_Unit],
    loaded: LoadedPlan,
    agencies: Mapping[int, AgencyRow],
) -> Iterable[Owed]:
    work = {row.standing.holder or row.original_holder_id: row for row in rows if row.duty == level.duty}
    lead = next((agency.id for agency in agencies.values() if agency.code == loaded.plan.lead), 0)
    for unit in units:
        scorer = {"unit": unit.id, "parent": unit.parent or 0, "lead": lead}[level.by]
        mine = work.get(scorer)
        if mine is None:
            yield Owed(unit.id, scorer, None)
            continue
        yield Owed(unit.id, scorer, mine.standing.due_on, mine.standing.basis is Basis.ASSUMED, mine.id)
