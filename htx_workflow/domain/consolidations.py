"""A consolidation (bản tổng hợp): what was known when it was made, kept as one value; later ones do not change it.

Everything in it comes from verified values given as arguments. `None` is what nobody gave, shown as missing and never
as zero. Two consolidations of a plan are compared place by place. Documents are made from it without any arithmetic.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, TypeAlias

from pydantic import BaseModel, ConfigDict, TypeAdapter

from htx_workflow.domain import words
from htx_workflow.domain.classifications import ClassRow
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.domain.verdicts import Conclusion, Outcome, Verdict


class Entry(BaseModel):
    """A part of a consolidation: stored as JSON, never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class LevelResult:
    """One level's card of a cooperative: hundredths, band, conclusion and its reason."""

    level: str
    level_title: str
    total: int | None
    band: str | None
    conclusion: Conclusion
    reason: str
    remarks: tuple[str, ...] = ()
    stage: str = ""
    """final (chính thức) or estimate (ước thực hiện); empty without a card."""
    sent_on: date | None = None
    groups: tuple[int | None, ...] = ()
    """Points of each group of the rubric; None while one of its criteria is not scored."""


class CriterionHead(Entry):
    """A criterion of the rubric, named once for all cooperatives; hundredths, None where the maximum is not known."""

    key: int
    title: str
    group: str
    max: int | None


class CriterionLine(NamedTuple):
    """One criterion of a cooperative: start, each year and end on the level that decides, and each level now."""

    key: int
    title: str
    max: int | None
    to_improve: bool
    start: int | None
    years: dict[int, int | None]
    end: int | None
    levels: tuple[int | None, ...]
    """In the order of the chain; None also where the level has no card."""


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """Where a level says otherwise than the one below, and why."""

    level: str
    key: str
    lower: int | None
    upper: int
    reason: str


Column: TypeAlias = tuple[int | None, ...]
"""Hundredths of each criterion in the order of the rubric; of thousands of cooperatives an object for each is too many."""


@dataclass(frozen=True, slots=True)
class CooperativeLine:
    """A cooperative of the scheme, on the level that decides, the other levels beside it."""

    key: str
    name: str
    decisive: LevelResult
    others: tuple[LevelResult, ...]
    to_improve: tuple[int, ...] = ()
    start: Column = ()
    """Empty: nothing was entered."""
    years: dict[int, Column] | None = None
    levels: tuple[Column, ...] = ()
    """In the order of the chain; empty where a level has no card."""
    parent: str = ""
    """Code of the agency it belongs to."""
    kinds: dict[str, str] | None = None
    """Its kind on each axis of the classification tables."""
    why: str = ""
    """The conclusion as one sentence of its own."""
    differences: tuple[DifferenceLine, ...] = ()


LINE: TypeAdapter[CooperativeLine] = TypeAdapter(CooperativeLine)
"""Reads and writes one cooperative as JSON."""


class ClassLine(Entry):
    """One line of a classification table, ready to print: counts, percentages of the rated, the mean."""

    key: str
    axis: str
    axis_title: str
    title: str
    total: int
    rated: int
    bands: dict[str, int]
    shares: dict[str, str]
    not_rated: dict[str, int]
    unfounded: int
    missing: int
    mean: str


class MatrixLine(Entry):
    """Bốn ô của một cơ quan: done in time, done late, open in time, open overdue."""

    key: str
    name: str
    done_on_time: int
    done_late: int
    open_in_time: int
    open_overdue: int
    cooperative: bool = False
    rate: str = ""
    """Percent in time of what has come due, one decimal; empty when nothing has."""
    rate_original: str = ""
    """The same judged on original deadlines."""


class MoneyLine(Entry):
    """Whole đồng of one source, cooperative and year. The key tells lines apart: nsdp/htx-a/2025."""

    key: str
    source: str
    unit: str
    year: int
    needed: int | None
    assigned: int | None
    paid: int | None


class TextLine(Entry):
    """A difficulty, a proposal or a replication proposal, with who wrote it."""

    key: str
    by: str
    text: str


class Target(Entry):
    """Cooperatives that reached the aim, of all cooperatives of the scheme: one not rated is still one of them."""

    passed: int
    of: int

    @property
    def reached(self) -> bool:
        return self.of > 0 and self.passed == self.of

    @property
    def text(self) -> str:
        return f"{words.count_text(self.passed)}/{words.count_text(self.of)} hợp tác xã đạt"


class Missing(Entry):
    """Who has not given what: shown by name."""

    key: str
    name: str
    what: str


class Consolidation(Entry):
    """One snapshot of a round of a plan."""

    plan: str
    round: str
    no: int
    made_at: datetime
    rubric: tuple[str, int]
    decisive: str
    """Heading of the results: which level decides, by which document."""
    inputs: dict[str, str]
    """SHA-256 of every verified value it was made from, by key."""
    day: date | None = None
    """The day at whose end all this was known."""
    pass_mark: int = 0
    chain: tuple[str, ...] = ()
    """Codes of the levels."""
    criteria: tuple[CriterionHead, ...] = ()
    cooperatives: tuple[CooperativeLine, ...] = ()
    classification: tuple[ClassLine, ...] = ()
    target: Target
    matrix: tuple[MatrixLine, ...] = ()
    money: tuple[MoneyLine, ...] = ()
    difficulties: tuple[TextLine, ...] = ()
    replication: tuple[TextLine, ...] = ()
    missing: tuple[Missing, ...] = ()
    late: tuple[TextLine, ...] = ()
    """Cards that came after a higher level was closed: kept, changing nothing."""

    def criteria_of(self, line: CooperativeLine) -> list[CriterionLine]:
        """A cooperative's criteria, one line each, ready for a table."""
        year = int(self.round[:4]) if self.round[:4].isdecimal() else 0
        years = line.years or {}
        ends = years.get(year, ())
        return [
            CriterionLine(
                head.key,
                head.title,
                head.max,
                head.key in line.to_improve,
                _at(line.start, place),
                {one: _at(column, place) for one, column in years.items()},
                _at(ends, place),
                tuple(_at(column, place) for column in line.levels),
            )
            for place, head in enumerate(self.criteria)
        ]

    @property
    def inputs_sha256(self) -> str:
        """One fingerprint of all inputs: the same inputs give the same, in whatever order they came."""
        sum_ = hashlib.sha256()
        for key in sorted(self.inputs):
            sum_.update(f"{key} {self.inputs[key]}\n".encode())
        return sum_.hexdigest()


def _at(column: Column, place: int) -> int | None:
    return column[place] if place < len(column) else None


_TEXT_OF = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def fingerprint(value: Any) -> str:
    """SHA-256 of a JSON value, independent of the order of its keys."""
    return hashlib.sha256(_TEXT_OF(value).encode("utf-8")).hexdigest()


def heads(rubric: Rubric) -> tuple[CriterionHead, ...]:
    """The criteria of a rubric as a consolidation names them."""
    return tuple(
        CriterionHead(
            key=criterion.num,
            title=criterion.title,
            group=group.num or "",
            max=None if criterion.max is None else int(criterion.max * 100),
        )
        for group in rubric.groups
        for criterion in group.criteria
    )


def target(outcomes: Sequence[Outcome]) -> Target:
    """How many cooperatives passed on the level that decides."""
    passed = sum(one.decisive.conclusion is Conclusion.PASSED for one in outcomes)
    return Target(passed=passed, of=len(outcomes))


def class_line(rubric: Rubric, axis_title: str, row: ClassRow) -> ClassLine:
    """A row of a classification table as a consolidation keeps it."""
    return ClassLine(
        key=f"{row.axis}/{row.kind}",
        axis=row.axis,
        axis_title=axis_title,
        title=row.title,
        total=row.total,
        rated=row.rated,
        bands=dict(row.bands),
        shares={band: row.share_text(band) for band in row.bands},
        not_rated=dict(row.not_rated),
        unfounded=row.unfounded,
        missing=row.missing,
        mean=row.mean_text(rubric),
    )


def level_result(
    verdict: Verdict,
    *,
    remarks: tuple[str, ...] = (),
    stage: str = "",
    sent_on: date | None = None,
    groups: tuple[int | None, ...] = (),
) -> LevelResult:
    """A verdict as a consolidation keeps it; `remarks` are added to its own."""
    return LevelResult(
        level=verdict.level.code,
        level_title=verdict.level.points_word,
        total=verdict.total,
        band=verdict.band.title if verdict.band else None,
        conclusion=verdict.conclusion,
        reason=verdict.reason,
        remarks=(*verdict.remarks, *remarks),
        stage=stage,
        sent_on=sent_on,
        groups=groups,
    )


# Two of them


class Change(NamedTuple):
    """One place that differs: which section, whose line, which value; None on a side where it is not there."""

    section: str
    key: str
    place: str
    before: Any
    after: Any


_OWN = {"no", "made_at", "inputs"}
"""What always differs and says nothing by itself."""


def differences(earlier: Consolidation, later: Consolidation) -> list[Change]:
    """Every value that changed, appeared or went, line by line; the order of lines does not matter."""
    before, after = dict(_places(_without(earlier, later))), dict(_places(_without(later, earlier)))
    places = dict.fromkeys([*before, *after])
    return [
        Change(*place, before.get(place), after.get(place)) for place in places if before.get(place) != after.get(place)
    ]


def _without(one: Consolidation, other: Consolidation) -> Consolidation:
    """Without the cooperatives of which the other says the same: of thousands, few differ."""
    same = {line.key: line for line in other.cooperatives}
    lines = tuple(line for line in one.cooperatives if same.get(line.key) != line)
    return one.model_copy(update={"cooperatives": lines})


def changed_inputs(earlier: Consolidation, later: Consolidation) -> list[str]:
    """Keys of the inputs that are new, gone or different: why the two differ."""
    keys = sorted(earlier.inputs.keys() | later.inputs.keys())
    return [key for key in keys if earlier.inputs.get(key) != later.inputs.get(key)]


def _places(one: Consolidation) -> Iterator[tuple[tuple[str, str, str], Any]]:
    """Every single value, by section, key of its line and place in the line."""
    for section, value in one.model_dump(mode="json", exclude=_OWN).items():
        lines = value if isinstance(value, list) and value and isinstance(value[0], dict) else None
        if lines is None:
            yield from (((section, "", place), leaf) for place, leaf in _leaves("", value))
            continue
        for line in lines:
            yield from (((section, line["key"], place), leaf) for place, leaf in _leaves("", line) if place != "key")


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, below in value.items():
            yield from _leaves(f"{path}.{name}" if path else str(name), below)
    elif isinstance(value, list):
        for number, below in enumerate(value):
            yield from _leaves(f"{path}[{_name(below, number)}]", below)
    else:
        yield path, value


def _name(item: Any, number: int) -> Any:
    """A list item by its own key or level, else by its number from 1."""
    if isinstance(item, Mapping):
        return item.get("key", item.get("level", number + 1))
    return number + 1
