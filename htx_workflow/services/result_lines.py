"""A cooperative's result as a consolidation keeps it: its line, what is missing, the fingerprints of what it came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from htx_workflow.domain import consolidations, scorecards
from htx_workflow.domain.card_saving import reason_of
from htx_workflow.domain.consolidations import Column, CooperativeLine, DifferenceLine, LevelResult, Missing
from htx_workflow.domain.verdicts import Verdict
from htx_workflow.services.results import Asked, UnitResult

Reasons = Mapping[int, Mapping[str, str]]
"""Reasons of differences by card and place."""


def line(asked: Asked, result: UnitResult, parent: str, reasons: Reasons) -> CooperativeLine:
    """The line of a cooperative."""
    decided = result.levels.get(asked.scoring.decisive.level)
    known = decided or next(iter(result.levels.values()), None)
    levels = tuple(_column(asked, _totals(result, level.code)) for level in asked.scoring.chain)
    years = {year: _column(asked, points) for year, points in result.years.items()}
    if decided is not None:  # the same column twice is one object
        place = [level.code for level in asked.scoring.chain].index(asked.scoring.decisive.level)
        years[int(asked.period)] = levels[place]
    return CooperativeLine(
        key=result.unit.code,
        name=result.unit.name,
        decisive=_level(result, result.outcome.decisive),
        others=tuple(_level(result, verdict) for verdict in result.outcome.others),
        to_improve=tuple(sorted(result.baseline.to_improve)) if result.baseline else (),
        start=_column(asked, result.baseline.points) if result.baseline else (),
        years=years,
        levels=levels,
        parent=parent,
        kinds=known.facts.kinds(known.rubric) if known else {},
        why=result.outcome.decisive.why,
        differences=tuple(_differences(asked, result, reasons)),
    )


def _level(result: UnitResult, verdict: Verdict) -> LevelResult:
    made = result.levels.get(verdict.level.code)
    if made is None:
        return consolidations.level_result(verdict)
    groups = tuple(None if group.missing else group.scored for group in made.totals.groups)
    return consolidations.level_result(
        verdict, remarks=made.remarks, stage=made.card.stage, sent_on=made.card.sent_on, groups=groups
    )


def _totals(result: UnitResult, level: str) -> Mapping[int, int | None]:
    made = result.levels.get(level)
    return made.totals.criteria if made else {}


_POINTS = tuple(range(10_001))
"""One object for each number of hundredths: a nation's points are millions of a few hundred values."""


def _column(asked: Asked, points: Mapping[int, int | None]) -> Column:
    """Points in the order of the plan's rubric; empty where there are none at all."""
    if not points:
        return ()
    given = [points.get(number) for number in asked.rubric.criteria]
    return tuple([_POINTS[one] if one is not None and one < len(_POINTS) else one for one in given])


def _differences(asked: Asked, result: UnitResult, reasons: Reasons) -> Iterator[DifferenceLine]:
    present = [result.levels[level.code] for level in asked.scoring.chain if level.code in result.levels]
    for lower, upper in pairwise(present):
        if lower.card.points == upper.card.points:
            continue
        said = reasons.get(upper.card.id, {})
        for one in scorecards.differences(upper.rubric, lower.card.points, upper.card.points):
            yield DifferenceLine(upper.card.level, one.key, one.lower, one.upper, reason_of(said, one.key))


def missing(asked: Asked, result: UnitResult) -> Iterator[Missing]:
    """What nobody has given of this cooperative: shown by name, never a zero."""
    code, name = result.unit.code, result.unit.short_name
    for level in asked.scoring.chain:
        if level.code not in result.levels:
            yield Missing(key=f"{code}/{level.code}", name=name, what=f"{level.points_word} năm {asked.period}")
    if result.baseline is None:
        yield Missing(key=f"{code}/baseline", name=name, what="điểm ban đầu, tiêu chí cần hoàn thiện")
    elif not result.baseline.to_improve:
        yield Missing(key=f"{code}/baseline", name=name, what="tiêu chí cần hoàn thiện")


def inputs(asked: Asked, result: UnitResult, parent: str, reasons: Reasons) -> dict[str, str]:
    """Fingerprints of the cards, of the start and of the names that the line was made from."""
    start = result.baseline
    held: list[object] = [result.unit.name, result.unit.short_name, parent]
    if start is not None:
        held += [list(start.rubric), sorted(start.points.items()), sorted(start.to_improve)]
    found = {f"unit/{result.unit.code}": consolidations.fingerprint(held)}
    for made in result.levels.values():
        card = made.card
        key = f"card/{result.unit.code}/{card.period}/{card.stage}/{card.level}/{card.revision}"
        what = [card.points, card.facts, sorted(card.roles), card.state, card.definition_id, reasons.get(card.id, {})]
        found[key] = consolidations.fingerprint(what)
    before = {year: points for year, points in result.years.items() if year != int(asked.period)}
    if before:
        found[f"years/{result.unit.code}"] = consolidations.fingerprint(
            [[year, sorted(points.items())] for year, points in before.items()]
        )
    return found
