"""Results as pages show them (trang kết quả): the year as it is now, with the tables and charts of a consolidation.

Nothing here is kept: it is what a consolidation of this moment would say of the cooperatives.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from htx_workflow.domain import classifications, consolidations, summary_frames, verdicts, words
from htx_workflow.domain.classifications import RatedUnit
from htx_workflow.domain.consolidations import Consolidation, CooperativeLine, LevelResult
from htx_workflow.domain.scorecards import points_text
from htx_workflow.domain.verdicts import Conclusion
from htx_workflow.services import consolidations as snapshots
from htx_workflow.services import result_lines, results
from htx_workflow.services.desk import LINES, Sight
from htx_workflow.services.results import Asked, UnitResult
from htx_workflow.store import cards, counted_cards
from htx_workflow.store.agencies import AgencyRow
from htx_workflow.store.cards import CardRow
from htx_workflow.store.database import Session

MOST_LIVE = 200
"""Up to so many cooperatives are added up on a page; of more a consolidation does."""
TONES = {
    Conclusion.PASSED: ("green", "✓"),
    Conclusion.FAILED: ("amber", "●"),
    Conclusion.UNFOUNDED: ("grey", "?"),
    Conclusion.NOT_RATED: ("grey", "–"),
}
"""Tone and sign of a conclusion. No red: a cooperative is not told off."""
MOST_ROOM = 3
"""Criteria named as those where most can still be gained."""


@dataclass(frozen=True, slots=True)
class LevelCell:
    """A level's points of a cooperative, or why there are none."""

    code: str
    title: str
    text: str
    given: bool
    decides: bool
    band: str
    verdict: str
    why: str
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A cooperative on the page."""

    unit: AgencyRow
    parent: str
    start: str
    start_given: bool
    years: tuple[str, ...]
    levels: tuple[LevelCell, ...]
    change: str
    band: str
    conclusion: str
    tone: tuple[str, str]
    why: str
    holes: tuple[str, ...]
    stage: str
    """final, estimate or trial of the card that decides; empty without one."""


@dataclass(frozen=True)
class ResultPage:
    """The year as a value that the tables and charts of consolidations take, with a row for each cooperative shown."""

    asked: Asked
    made: Consolidation
    results: tuple[UnitResult, ...]
    rows: tuple[ResultRow, ...]
    before: tuple[int, ...]
    """Years before this one that somebody was scored in."""
    count: int
    page: int = 1
    pages: int = 1

    @property
    def whole(self) -> bool:
        """Every cooperative is on it: it may be added up."""
        return self.pages == 1

    @property
    def tally(self) -> list[tuple[str, int]]:
        """How many of each conclusion, in words."""
        found = [row.outcome.decisive.conclusion for row in self.results]
        return [(text, found.count(one)) for one, text in verdicts.CONCLUSION_TEXTS.items()]


def units(seen: Sight) -> list[AgencyRow]:
    """The cooperatives that the plan scores, in its order."""
    scored = set(seen.loaded.plan.scored())
    return [
        AgencyRow(row.id, row.code, row.kind, row.sort, row.parent_id, row.name, row.short_name, False)
        for row in seen.agencies.values()
        if row.code in scored
    ]


def page(
    session: Session, seen: Sight, asked: Asked, now: datetime, number: int = 1, reasons: bool = False
) -> ResultPage:
    """A page of results: four reads, one more with the `reasons` of differences."""
    every = units(seen)
    pages = 1 if len(every) <= MOST_LIVE else -(-len(every) // LINES)
    number = min(max(number, 1), pages)
    shown = every if pages == 1 else every[(number - 1) * LINES : number * LINES]
    by_id = {row.unit.id: row for row in results.iterate(session, asked, shown)} if shown else {}
    found = tuple(by_id[unit.id] for unit in shown)
    made = _made(seen, asked, found, _reasons(session, asked) if reasons else {}, now)
    before = sorted({year for line in made.cooperatives for year in line.years or {} if str(year) != asked.period})
    rows = tuple(_row(seen, asked, made, *pair, before) for pair in zip(found, made.cooperatives, strict=True))
    return ResultPage(asked, made, found, rows, tuple(before), len(every), number, pages)


def late(session: Session, asked: Asked, shown: Collection[int]) -> list[CardRow]:
    """Cards that came after a higher level had closed: kept, changing nothing."""
    return [card for card in cards.list_late(session, asked.loaded.id, asked.period) if card.unit_id in shown]


def _reasons(session: Session, asked: Asked) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for row in counted_cards.list_reasons(session, asked.loaded.id, asked.period):
        found.setdefault(row.card_id, {})[row.item] = row.reason
    return found


def _made(
    seen: Sight, asked: Asked, found: Sequence[UnitResult], reasons: Mapping[int, Mapping[str, str]], now: datetime
) -> Consolidation:
    lines = [
        result_lines.line(asked, result, _code(seen, result.unit.parent_id), reasons) for result in found
    ]  # fmt: skip
    rated = [_rated(asked, result, line) for result, line in zip(found, lines, strict=True)]
    rows = [("", classifications.whole(asked.rubric, rated))]
    for axis in classifications.axes(asked.rubric, snapshots.SECTORS):
        rows += [(axis.title, row) for row in classifications.table(asked.rubric, axis, rated)]
    return Consolidation(
        plan=asked.loaded.plan.code,
        round=asked.period,
        no=0,
        made_at=now,
        rubric=asked.rubric.ref,
        decisive=asked.heading,
        inputs={},
        day=seen.today,
        pass_mark=asked.pass_mark,
        chain=tuple(level.code for level in asked.scoring.chain),
        criteria=consolidations.heads(asked.rubric),
        cooperatives=tuple(lines),
        classification=tuple(consolidations.class_line(asked.rubric, title, row) for title, row in rows),
        target=consolidations.target([result.outcome for result in found]),
    )


def _rated(asked: Asked, result: UnitResult, line: CooperativeLine) -> RatedUnit:
    decided = result.levels.get(asked.scoring.decisive.level)
    return RatedUnit(result.unit.code, line.kinds or {}, decided.rating if decided else None)


def _code(seen: Sight, agency_id: int | None) -> str:
    return seen.agencies[agency_id].code if agency_id in seen.agencies else ""


# Rows


def _row(
    seen: Sight, asked: Asked, made: Consolidation, result: UnitResult, line: CooperativeLine, before: Sequence[int]
) -> ResultRow:
    start, end = summary_frames.start_total(made, line), line.decisive.total
    parent = seen.agencies.get(result.unit.parent_id or 0)
    return ResultRow(
        unit=result.unit,
        parent=parent.short_name if parent else "",
        start=_points(start, "chưa đủ" if line.start else "chưa có"),
        start_given=start is not None,
        years=tuple(_year(made, line, year) for year in before),
        levels=tuple(
            _level(asked, result, level, place) for place, level in enumerate(summary_frames.levels(made, line))
        ),
        change=_change(start, end),
        band=summary_frames.rating_text(line.decisive),
        conclusion=verdicts.CONCLUSION_TEXTS[line.decisive.conclusion],
        tone=TONES[line.decisive.conclusion],
        why=line.why,
        holes=result.holes,
        stage=line.decisive.stage,
    )


def _points(value: int | None, otherwise: str) -> str:
    return points_text(value) if value is not None else otherwise


def _year(made: Consolidation, line: CooperativeLine, year: int) -> str:
    column = (line.years or {}).get(year, ())
    return _points(summary_frames.added(made, column), "chưa đủ" if column else "chưa có")


def _level(asked: Asked, result: UnitResult, level: LevelResult, place: int) -> LevelCell:
    verdict = result.verdict_of(level.level)
    return LevelCell(
        level.level,
        level.level_title,
        _points(level.total, summary_frames.no_total(level, first=place == 0)),
        level.total is not None,
        level.level == asked.scoring.decisive.level,
        level.band or "",
        verdict.text,
        verdict.why,
        level.remarks,
    )


def _change(start: int | None, end: int | None) -> str:
    """+5,5; empty when there is nothing to compare."""
    if start is None or end is None:
        return ""
    return f"{'+' if end > start else '−' if end < start else ''}{points_text(abs(end - start))}"


# The trial score


@dataclass(frozen=True, slots=True)
class Gap:
    """A criterion on which a trial score lacks something, or could still gain."""

    number: int
    title: str
    scored: str
    start: str
    short: str
    """Points below the start; empty where it is reached."""
    room: str
    """Points left to the maximum; empty where that is not known."""
    to_improve: bool


@dataclass(frozen=True, slots=True)
class TrialRow:
    """A cooperative's trial score: what is missing to the pass mark, and where it can still be gained."""

    unit: AgencyRow
    total: str
    to_pass: str
    closing: str
    gaps: tuple[Gap, ...]


def trial_row(asked: Asked, result: UnitResult) -> TrialRow:
    """What a cooperative's trial score says while there is time."""
    decided, shortfall = result.levels.get(asked.scoring.decisive.level), result.shortfall
    if decided is None or shortfall is None:
        return TrialRow(result.unit, "chưa chấm thử", "", "", ())
    gaps = tuple(gap for number in asked.rubric.criteria if (gap := _gap(result, number)) is not None)
    missing = shortfall.to_pass
    return TrialRow(
        result.unit,
        decided.totals.text if missing is None else _points(decided.totals.total, "chưa đủ"),
        "" if missing is None else points_text(missing),
        _closing(result, missing),
        gaps,
    )


def _gap(result: UnitResult, number: int) -> Gap | None:
    """Shown for criteria to be completed, and for those where something is missing."""
    assert result.shortfall is not None
    decided = result.levels[result.outcome.decisive.level.code]
    scored = decided.totals.criteria.get(number)
    start = result.baseline.points.get(number) if result.baseline else None
    below = scored is not None and start is not None and scored < start
    marked = result.baseline is not None and number in result.baseline.to_improve
    room = result.shortfall.room.get(number)
    if not (marked or below or room):
        return None
    return Gap(
        number,
        decided.rubric.criteria[number].title,
        _points(scored, "chưa chấm"),
        _points(start, "chưa có"),
        points_text(start - scored) if below and start is not None and scored is not None else "",
        _points(room, "") if room else "",
        marked,
    )


def _closing(result: UnitResult, missing: int | None) -> str:
    """One sentence: what is missing, and where most can still be gained."""
    assert result.shortfall is not None
    if missing is None:
        return "Phiếu chấm thử chưa đủ tiêu chí nên chưa biết còn thiếu bao nhiêu điểm."
    below = result.shortfall.below_start
    parts = [f"còn thiếu {points_text(missing)} điểm" if missing else "tổng điểm đã đạt mức yêu cầu"]
    parts += [
        f"tiêu chí {one.number} thấp hơn ban đầu {points_text(one.start - one.end)} điểm"
        for one in below
        if one.start is not None and one.end is not None
    ]
    room = sorted(((left, number) for number, left in result.shortfall.room.items() if left), reverse=True)[:MOST_ROOM]
    if room and (missing or below):
        said = words.joined([f"tiêu chí {number} (đến {points_text(left)} điểm)" for left, number in room])
        parts.append(f"còn có thể tăng nhiều nhất ở {said}")
    return words.sentence("; ".join(parts)) + "."
