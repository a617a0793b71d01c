"""Scores in the forms (điểm trong biểu): B8 of F-B, C3 to C5 of F-C, D3 to D5 of F-D, from a consolidation's lines.

A place without a card says so in words ("chưa nộp", "huyện chưa kiểm tra"), and its numbers are "chưa có số liệu".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from htx_workflow.domain import fed_classes, fed_values, scorecards, verdicts, words
from htx_workflow.domain.card_facts import CardFacts
from htx_workflow.domain.consolidations import Consolidation, CooperativeLine, CriterionLine, LevelResult
from htx_workflow.domain.fed_values import points
from htx_workflow.domain.form_slots import Item, Value, Values
from htx_workflow.domain.forms import Option
from htx_workflow.domain.review_chains import ReviewLevel
from htx_workflow.domain.rubrics import Rubric, criterion_number
from htx_workflow.domain.scorecards import points_text
from htx_workflow.domain.summary_frames import added, levels, no_total, rating_text, start_total
from htx_workflow.domain.verdicts import Baseline, Conclusion

YEARS = {"D4.3": 2024, "D4.4": 2025}
"""Columns of D4 that name a year."""
LONGEST = {"C3.1": 200, "C3.3": 120, "C4.8": 800, "C5.3": 800, "D3.4": 800}


def options(rubric: Rubric) -> tuple[Option, ...]:
    """The criteria as choices."""
    return tuple(
        Option.model_construct(code=fed_values.tag(one.num), label=f"Tiêu chí {one.num}. {one.title}")
        for one in rubric.criteria.values()
    )


def to_improve(rubric: Rubric, baseline: Baseline | None, own: Mapping[int, int | None]) -> tuple[Item, ...]:
    """B8: the criteria to be completed, with the start and the cooperative's own points where there are any."""
    return tuple(
        Item(
            fed_values.tag(one.num),
            f"{one.num}. {one.title}",
            {"B8.1": points(baseline.points.get(one.num)), "B8.2": points(own.get(one.num))},
        )
        for one in rubric.criteria.values()
        if baseline is not None and one.num in baseline.to_improve
    )


# F-C


class Listed(NamedTuple):
    """What a list of cooperatives says besides points; None: not known."""

    code: str = ""
    place: str = ""
    facts: CardFacts = CardFacts()
    sent_on: date | None = None
    in_time: bool | None = None
    signed: bool | None = None
    not_rated: str = ""
    """Code of the rubric's reason for not rating."""
    checked: str = ""
    """What the check of the district came to, in words."""


def listed(made: Consolidation, rubric: Rubric, more: Mapping[str, Listed]) -> Value:
    """C3: a row for each cooperative of the scheme; what is not known stays blank."""
    return fed_values.table(_listed(made, rubric, line, more.get(line.key, Listed())) for line in made.cooperatives)


def _listed(made: Consolidation, rubric: Rubric, line: CooperativeLine, more: Listed) -> Values:
    groups = dict(zip("abc", line.decisive.groups, strict=False))
    before = added(made, (line.years or {}).get(_year(made) - 1, ()))
    facts = more.facts
    row: Values = {
        "C3.1": line.name[: LONGEST["C3.1"]],
        "C3.2": more.code,
        "C3.3": more.place if len(more.place) <= LONGEST["C3.3"] else "",
        "C3.4": facts.sector,
        "C3.4b": facts.kind,
        "C3.4c": None if facts.members is None else str(facts.members),
        "C3.4d": facts.capital,
        "C3.5": more.sent_on.isoformat() if more.sent_on else None,
        "C3.6": _yes_no(more.in_time),
        **{f"C3.7{part}": None if given is None else points(given) for part, given in groups.items()},
        "C3.8": _word(rubric, line.decisive, more.not_rated),
        "C3.9": None if before is None else points(before),
        "C3.11": _yes_no(more.signed),
        "C3.12": more.checked,
    }
    return row


def _word(rubric: Rubric, level: LevelResult, not_rated: str) -> str:
    """C3.8: the code of the band, of the reason for not rating, or that nothing was sent."""
    band = next((one.code for one in rubric.bands if one.title == level.band), None)
    if band is not None:
        return band
    return not_rated or (fed_classes.UNFOUNDED if level.stage else fed_classes.NOT_SENT)


def _yes_no(known: bool | None) -> str | None:
    return None if known is None else "yes" if known else "no"


def by_criterion(made: Consolidation, check: ReviewLevel | None) -> Value:
    """C4: criterion by criterion, start, the year before, self-score, the district's check, difference and reason."""
    return fed_values.table(
        _criterion(made, line, one, check) for line in made.cooperatives for one in made.criteria_of(line)
    )


def _criterion(made: Consolidation, line: CooperativeLine, one: CriterionLine, check: ReviewLevel | None) -> Values:
    own = one.levels[0] if one.levels else None
    upper = _of_level(made, one, check)
    difference = upper - own if upper is not None and own is not None else None
    return {
        "C4.1": line.name,
        "C4.2": f"{one.key}. {one.title}",
        "C4.3": points(one.start),
        "C4.4": points(one.years.get(_year(made) - 1)),
        "C4.5": points(own),
        "C4.6": points(upper),
        "C4.7": None if difference is None else points(difference),
        "C4.8": _why(line, one.key, check) if difference else _absent(made, line, check),
    }


def _of_level(made: Consolidation, one: CriterionLine, level: ReviewLevel | None) -> int | None:
    if level is None or level.code not in made.chain:
        return None
    place = made.chain.index(level.code)
    return one.levels[place] if place < len(one.levels) else None


def _absent(made: Consolidation, line: CooperativeLine, check: ReviewLevel | None) -> str:
    stages = [one.stage for one in levels(made, line)]
    if not stages or not stages[0]:
        return "chưa nộp"
    has_check = check is not None and check.code in made.chain and stages[made.chain.index(check.code)]
    return "" if has_check or check is None else f"{check.title} chưa kiểm tra"


def _why(line: CooperativeLine, key: int, level: ReviewLevel | None) -> str:
    """The reasons of a level at a criterion and its sub-items, each once."""
    said = [
        one.reason
        for one in line.differences
        if level is not None and one.level == level.code and criterion_number(one.key) == key and one.reason
    ]
    return "; ".join(dict.fromkeys(said))[: LONGEST["C4.8"]]


def changed(made: Consolidation, line: CooperativeLine, level: ReviewLevel) -> Iterator[tuple[CriterionLine, str]]:
    """The criteria where a level says otherwise than the one below, with its reasons."""
    keys = {criterion_number(one.key) for one in line.differences if one.level == level.code}
    for one in made.criteria_of(line):
        if one.key in keys:
            yield one, _why(line, one.key, level)


def reasons(made: Consolidation, check: ReviewLevel | None) -> Value:
    """C5: where the district's check differs, and why."""
    if check is None:
        return None
    return fed_values.table(
        {"C5.1": line.key, "C5.2": fed_values.tag(one.key), "C5.3": why}
        for line in made.cooperatives
        for one, why in changed(made, line, check)
    )


# F-D


def of_province(made: Consolidation, level: ReviewLevel | None) -> Value:
    """D3: the criteria that the province checked and changed."""
    if level is None:
        return None
    return fed_values.table(
        {
            "D3.1": line.key,
            "D3.2": fed_values.tag(one.key),
            "D3.3": points(_of_level(made, one, level)),
            "D3.4": why,
        }
        for line in made.cooperatives
        for one, why in changed(made, line, level)
    )


def results(made: Consolidation) -> Value:
    """D4: what each cooperative reached on the level that decides, and why; the other levels in words."""
    return fed_values.table(_result(made, line) for line in made.cooperatives)


def _result(made: Consolidation, line: CooperativeLine) -> Values:
    start, end = start_total(made, line), line.decisive.total
    totals = {place: _of_year(made, line, year) for place, year in YEARS.items()}
    return {
        "D4.1": line.name,
        "D4.2": points(start),
        **{place: points(total) for place, total in totals.items()},
        "D4.5": points(end - start) if end is not None and start is not None else fed_values.MISSING,
        "D4.6": rating_text(line.decisive),
        "D4.7": _reached(made, line.decisive),
        "D4.8": "; ".join(_compared(made, line)) or "chưa xác định",
        "D4.9": verdicts.CONCLUSION_TEXTS[line.decisive.conclusion],
        "D4.10": "; ".join((line.decisive.reason, *line.decisive.remarks)),
        "D4.11": "; ".join(_others(made, line)),
    }


def _of_year(made: Consolidation, line: CooperativeLine, year: int) -> int | None:
    """The total of a year; of the year of the report only what counts as one."""
    return line.decisive.total if year == _year(made) else added(made, (line.years or {}).get(year, ()))


def _reached(made: Consolidation, level: LevelResult) -> str:
    if level.total is None:
        return "chưa có điểm" if level.conclusion is not Conclusion.NOT_RATED else "không đánh giá"
    return "Có" if level.total >= made.pass_mark else "Không"


def _compared(made: Consolidation, line: CooperativeLine) -> Iterator[str]:
    """1: 6/5,5 (end/start), of each criterion to be completed."""
    for one in made.criteria_of(line):
        if one.to_improve:
            end, start = (
                "chưa có" if value is None else scorecards.points_text(value) for value in (one.end, one.start)
            )
            yield f"{one.key}: {end}/{start}"


def _others(made: Consolidation, line: CooperativeLine) -> Iterator[str]:
    for place, one in enumerate(levels(made, line)):
        if one.level != line.decisive.level:
            total = no_total(one, first=place == 0) if one.total is None else points_text(one.total)
            concluded = verdicts.CONCLUSION_TEXTS[one.conclusion]
            yield (
                f"{one.level_title} {total} ({words.lower_first(concluded)})"
                if one.stage
                else f"{one.level_title} {total}"
            )


def level_by(chain: Iterable[ReviewLevel], by: str) -> ReviewLevel | None:
    """The level that a kind of agency scores on: unit, parent, lead."""
    return next((level for level in chain if level.by == by), None)


def _year(made: Consolidation) -> int:
    return int(made.round) if made.round.isdecimal() else 0
