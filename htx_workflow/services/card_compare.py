"""Levels side by side (so sánh các cấp): start, earlier years, each level's points and reasons, what each concludes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from htx_workflow.domain import card_places, ratings, review_chains, scorecards, verdicts
from htx_workflow.domain.card_saving import reason_of
from htx_workflow.domain.errors import NotFound
from htx_workflow.domain.plan import Scoring
from htx_workflow.domain.ratings import Signatures
from htx_workflow.domain.review_chains import ReviewLevel
from htx_workflow.domain.rubrics import Criterion, Rubric, key_text
from htx_workflow.domain.scorecards import Difference, Points, Totals, points_text
from htx_workflow.domain.verdicts import Baseline, Shortfall, Verdict
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import card_spots, card_views, scoring
from htx_workflow.services.card_spots import Spot
from htx_workflow.store import baselines
from htx_workflow.store import cards as store
from htx_workflow.store.cards import CardRow, ScoreRow, SignOffRow
from htx_workflow.store.database import Session


@dataclass(frozen=True, slots=True)
class Cell:
    """A level's points of one line; `change` to the level before it, with the reason."""

    points: str
    change: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A group, a criterion or a sub-item."""

    label: str
    title: str
    most: str
    start: str
    years: tuple[str, ...]
    cells: tuple[Cell, ...]
    kind: str = "criterion"
    """group, criterion, item or total"""
    to_improve: bool = False
    fallen: bool = False
    """On the level that decides it is below its start, and it was to be completed."""


@dataclass(frozen=True, slots=True)
class LevelHead:
    """A level with what it concludes."""

    level: ReviewLevel
    verdict: Verdict
    state: str
    decides: bool


@dataclass(frozen=True, slots=True)
class Version:
    """A card of this year as the list of versions shows it."""

    card: CardRow
    stage: str
    level: str
    state: str
    total: str


@dataclass(frozen=True, slots=True)
class Gap:
    """What a trial score lacks at one criterion."""

    label: str
    now: str
    start: str
    room: str
    below_start: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """Everything the page shows."""

    spot: Spot
    rubric: Rubric
    heading: str
    levels: tuple[LevelHead, ...]
    years: tuple[str, ...]
    rows: tuple[Row, ...]
    holes: tuple[str, ...]
    versions: tuple[Version, ...]
    chosen: tuple[Version, ...]
    """The two whose difference is shown."""
    changes: tuple[tuple[str, str, str, str], ...]
    """Of those two: criterion, before, after, difference."""
    gaps: tuple[Gap, ...]
    to_pass: str | None
    """Points that a trial score lacks to the pass mark."""


def compare(
    session: Session, spot: Spot, rubric: Rubric, visitor: Visitor | None, pair: tuple[int, int] | None
) -> Compared:  # fmt: skip
    """The page of a spot; `pair`: numbers of two versions of the year whose difference is asked for.

    `rubric`: of the plan, while nobody has scored.
    """
    place = spot.place
    if not card_spots.may_see(spot, visitor):
        raise NotFound("Không có phiếu này trong phần việc của cơ quan.")
    year = [card for card in spot.every if card.period == place.period]
    two = _pair(year, pair)
    counted = {level.code: card for level in spot.scoring.chain if (card := spot.counted(level.code)) is not None}
    earlier = card_views.earlier_years(spot)
    every = store.scores_of(session, {card.id for card in (*counted.values(), *earlier.values(), *two)})
    signed = store.sign_offs_of(session, [card.id for card in counted.values()])
    baseline = baselines.of_unit(session, spot.loaded.id, spot.unit_id)
    first = next(iter(counted.values()), None)
    rubric = spot.rubrics[first.definition_id] if first else rubric
    made = _Maker(spot, rubric, counted, earlier, every, signed, baseline)
    return made.whole(year, two)


def _pair(year: list[CardRow], pair: tuple[int, int] | None) -> list[CardRow]:
    if pair is None:
        return []
    by_id = {card.id: card for card in year}
    if not set(pair) <= by_id.keys():
        raise NotFound("Không có phiên bản này của phiếu.")
    return [by_id[number] for number in pair]


class _Maker:
    """What one page is made from."""

    def __init__(
        self, spot: Spot, rubric: Rubric, counted: Mapping[str, CardRow], earlier: Mapping[str, CardRow],
        every: Mapping[int, Mapping[str, ScoreRow]], signed: Mapping[int, list[SignOffRow]], baseline: Baseline | None,
    ) -> None:  # fmt: skip
        self.spot, self.rubric, self.scoring = spot, rubric, spot.scoring
        self.counted, self.every, self.signed, self.baseline = counted, every, signed, baseline
        self.points = {code: scoring.points_of(every[card.id]) for code, card in counted.items()}
        self.totals = {
            code: scorecards.totals(spot.rubrics[counted[code].definition_id], found)
            for code, found in self.points.items()
        }
        self.years: dict[str, tuple[Points, Totals]] = {}
        for year, card in earlier.items():
            found = scoring.points_of(every[card.id])
            self.years[year] = found, scorecards.totals(spot.rubrics[card.definition_id], found)
        self.mark = int(spot.scoring.pass_mark * 100)

    def whole(self, year: list[CardRow], two: list[CardRow]) -> Compared:
        heads = tuple(self.head(level) for level in self.scoring.chain)
        gap = self.shortfall()
        return Compared(
            spot=self.spot,
            rubric=self.rubric,
            heading=_heading(self.scoring),
            levels=heads,
            years=tuple(self.years),
            rows=tuple(self.rows(next(head.verdict for head in heads if head.decides))),
            holes=tuple(review_chains.holes(self.scoring.chain, self.counted)),
            versions=tuple(self.version(card) for card in sorted(year, key=self.order)),
            chosen=tuple(self.version(card) for card in two),
            changes=tuple(self.changes(two)) if two else (),
            gaps=tuple(self.gaps(gap)) if gap else (),
            to_pass=points_text(gap.to_pass) if gap and gap.to_pass is not None else None,
        )

    def head(self, level: ReviewLevel) -> LevelHead:
        card = self.counted.get(level.code)
        made = None
        if card is not None:
            rubric = self.spot.rubrics[card.definition_id]
            given = frozenset(row.role for row in self.signed[card.id])
            signatures = Signatures(card.card_facts.governance, given) if level.by == "unit" else None
            totals = self.totals[level.code]
            made = totals, ratings.rate(rubric, totals, card.card_facts.facts, signatures)
        verdict = verdicts.judge(self.rubric, level, made, self.baseline, self.mark)
        state = card_places.state_text(card.state, level.by != "unit") if card else "chưa chấm"
        return LevelHead(level, verdict, state, level.code == self.scoring.decisive.level)

    # Lines

    def rows(self, decisive: Verdict) -> Iterator[Row]:
        fallen = {one.number for one in decisive.compared if one.reached is False}
        for place, group in enumerate(self.rubric.groups):
            yield self.group_row(place)
            for criterion in group.criteria:
                yield self.criterion_row(criterion, criterion.num in fallen)
                for item in criterion.items:
                    yield self.item_row(criterion, f"{criterion.num}{item.id}")
        yield self.total_row()

    def group_row(self, place: int) -> Row:
        group = self.rubric.groups[place]
        numbers = [criterion.num for criterion in group.criteria]
        start = _sum([self.start(number) for number in numbers])
        years = tuple(_text(_whole(totals, place)) for _, totals in self.years.values())
        found = [self._group(level.code, place) for level in self.scoring.chain]
        return Row(
            f"{group.num}." if group.num else "",
            group.title,
            points_text(int(group.max * 100)),
            _text(start),
            years,
            _cells(found),
            "group",
        )

    def _group(self, code: str, place: int) -> int | None:
        return _whole(self.totals[code], place) if code in self.totals else None

    def criterion_row(self, criterion: Criterion, fallen: bool) -> Row:
        number = criterion.num
        found = [
            self.totals[level.code].criteria.get(number) if level.code in self.totals else None
            for level in self.scoring.chain
        ]
        cells = _cells(found, [self.reason(level, str(number)) for level in self.scoring.chain])
        years = tuple(_text(totals.criteria.get(number)) for _, totals in self.years.values())
        improve = self.baseline is not None and number in self.baseline.to_improve
        most = points_text(int(criterion.max * 100)) if criterion.max is not None else ""
        return Row(
            str(number),
            criterion.title,
            most,
            _text(self.start(number)),
            years,
            cells,
            to_improve=improve,
            fallen=fallen,
        )

    def item_row(self, criterion: Criterion, key: str) -> Row:
        item = next(one for one in criterion.items if key.endswith(one.id))
        found = [self.points.get(level.code, {}).get(key) for level in self.scoring.chain]
        reasons = [self.own_reason(level, key) for level in self.scoring.chain]
        years = tuple(_text(points.get(key)) for points, _ in self.years.values())
        most = points_text(int(item.max * 100)) if item.max is not None else ""
        return Row(f"{item.id})", item.title, most, "", years, _cells(found, reasons), "item")

    def total_row(self) -> Row:
        start = _sum([self.start(number) for number in self.rubric.criteria])
        found = [self.totals[level.code].total if level.code in self.totals else None for level in self.scoring.chain]
        years = tuple(_text(totals.total) for _, totals in self.years.values())
        most = points_text(int(self.rubric.total * 100))
        return Row("", "Tổng điểm", most, _text(start), years, _cells(found), "total")

    def start(self, number: int) -> int | None:
        return self.baseline.points.get(number) if self.baseline else None

    def own_reason(self, level: ReviewLevel, key: str) -> str:
        card = self.counted.get(level.code)
        row = self.every[card.id].get(key) if card else None
        return row.reason if row else ""

    def reason(self, level: ReviewLevel, key: str) -> str:
        card = self.counted.get(level.code)
        if card is None:
            return ""
        return reason_of({item: row.reason for item, row in self.every[card.id].items()}, key)

    # Versions and the trial

    def order(self, card: CardRow) -> tuple[int, int, int]:
        """Trial, estimate, official; each level from below."""
        codes = [level.code for level in self.scoring.chain]
        return list(card_places.STAGE_TEXTS).index(card.stage), codes.index(card.level), card.revision

    def version(self, card: CardRow) -> Version:
        level = review_chains.level_of(self.scoring.chain, card.level)
        total = "" if card.total is None else points_text(card.total)
        return Version(
            card, card_places.STAGE_TEXTS[card.stage], level.title, card_places.state_text(card.state, level.by != "unit"), total
        )  # fmt: skip

    def changes(self, two: list[CardRow]) -> Iterator[tuple[str, str, str, str]]:
        one, other = (scoring.points_of(self.every[card.id]) for card in two)
        for found in scorecards.differences(self.spot.rubrics[two[1].definition_id], one, other):
            yield key_text(found.key), _text(found.lower), points_text(found.upper), _change(found)

    def shortfall(self) -> Shortfall | None:
        level = self.scoring.decisive.level
        if self.spot.place.stage != "trial" or level not in self.totals:
            return None
        return verdicts.shortfall(self.rubric, self.totals[level], self.baseline, self.mark)

    def gaps(self, found: Shortfall) -> Iterator[Gap]:
        totals = self.totals[self.scoring.decisive.level]
        below = {one.number for one in found.below_start}
        for number, given in totals.criteria.items():
            room = found.room.get(number)
            yield Gap(key_text(str(number)), _text(given), _text(self.start(number)), _text(room), number in below)


def _heading(scoring_: Scoring) -> str:
    level = review_chains.level_of(scoring_.chain, scoring_.decisive.level)
    return review_chains.decisive_text(level, scoring_.decisive.document)


def _whole(totals: Totals, place: int) -> int | None:
    group = totals.groups[place]
    return None if group.missing else group.scored


def _sum(found: list[int | None]) -> int | None:
    known = [one for one in found if one is not None]
    return sum(known) if known and len(known) == len(found) else None


def _text(points: int | None) -> str:
    return "" if points is None else points_text(points)


def _cells(found: list[int | None], reasons: list[str] | None = None) -> tuple[Cell, ...]:
    """Points of the levels, each with its change to the nearest level before it."""
    cells, before = [], None
    for place, points in enumerate(found):
        change = ""
        if points is not None and before is not None and points != before:
            change = _signed(points - before)
        cells.append(Cell(_text(points), change, reasons[place] if reasons else ""))
        before = points if points is not None else before
    return tuple(cells)


def _signed(points: int) -> str:
    return f"{'+' if points > 0 else '−'}{points_text(abs(points))}"


def _change(found: Difference) -> str:
    return "" if found.lower is None else _signed(found.upper - found.lower)
