"""Baselines as pages show them (trang điểm ban đầu): the table, what a file would change, one cooperative's form."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from htx_workflow.domain import consolidations
from htx_workflow.domain.errors import BadInput, NotFound, TooLate
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.domain.scorecards import points_text
from htx_workflow.domain.verdicts import Baseline
from htx_workflow.services import baselines
from htx_workflow.services.desk import LINES, Sight
from htx_workflow.store import baselines as store
from htx_workflow.store import documents as document_store
from htx_workflow.store.baselines import BaselineRow
from htx_workflow.store.database import Session
from htx_workflow.store.desk_rows import AgencyRow

UNREADABLE = "Nội dung gửi lên không đọc được. Đề nghị đưa tệp lên lại."
SHOWN = 500
"""Changes of a file that a page lists; of more it tells how many."""


@dataclass(frozen=True, slots=True)
class Place:
    """One criterion of a cooperative; None while nobody gave its points."""

    number: int
    title: str
    hundredths: int | None
    to_improve: bool

    @property
    def points(self) -> str:
        return points_text(self.hundredths) if self.hundredths is not None else ""


@dataclass(frozen=True)
class UnitStart:
    """A cooperative with its whole baseline."""

    unit: AgencyRow
    places: tuple[Place, ...]
    document: str
    """Its newest document: Kế hoạch số …; empty for none."""
    mark: str
    """Changes with what is entered: a form that was opened before says so."""
    other_rubric: str = ""
    """What it was scored on, when that is another rubric than the plan's."""

    @property
    def given(self) -> int:
        return sum(place.hundredths is not None for place in self.places)

    @property
    def total(self) -> str:
        """Sum of the points; empty while a criterion is missing."""
        if self.given < len(self.places):
            return ""
        return points_text(sum(place.hundredths or 0 for place in self.places))

    @property
    def improved(self) -> list[int]:
        return [place.number for place in self.places if place.to_improve]


@dataclass
class Starts:
    """A page of the table."""

    rows: list[UnitStart] = field(default_factory=list)
    count: int = 0
    page: int = 1
    pages: int = 1


def units(seen: Sight) -> list[AgencyRow]:
    """The cooperatives that the plan scores, in its order."""
    scored = set(seen.loaded.plan.scored())
    return [agency for agency in seen.agencies.values() if agency.code in scored]


def listed(session: Session, seen: Sight, rubric: Rubric, page: int) -> Starts:
    """Fifty cooperatives: two reads."""
    every = units(seen)
    pages = max(1, -(-len(every) // LINES))
    page = min(max(page, 1), pages)
    shown = every[(page - 1) * LINES : page * LINES]
    return Starts(list(_starts(session, seen, rubric, shown)), len(every), page, pages)


def one(session: Session, seen: Sight, rubric: Rubric, code: str) -> UnitStart:
    """One cooperative. Raises `NotFound` for another agency."""
    found = next((agency for agency in units(seen) if agency.code == code), None)
    if found is None:
        raise NotFound(f"{code} không phải là hợp tác xã của kế hoạch {seen.loaded.plan.code}.")
    return next(_starts(session, seen, rubric, [found]))


def _starts(session: Session, seen: Sight, rubric: Rubric, shown: Sequence[AgencyRow]) -> Iterator[UnitStart]:
    rows = store.list_rows(session, seen.loaded.id, [unit.id for unit in shown])
    cited = document_store.citations(session, {row.document_id for row in rows if row.document_id})
    by_unit: dict[int, dict[int, BaselineRow]] = {}
    for row in rows:
        by_unit.setdefault(row.unit_id, {})[row.item] = row
    for unit in shown:
        here = by_unit.get(unit.id, {})
        places = tuple(
            Place(number, criterion.title, *((row.hundredths, row.to_improve) if row is not None else (None, False)))
            for number, criterion in rubric.criteria.items()
            for row in [here.get(number)]
        )
        document = max((row.document_id for row in here.values() if row.document_id), default=0)
        scored_on = next(((row.rubric_code, row.rubric_version) for row in here.values()), rubric.ref)
        other = f"{scored_on[0]} (bản {scored_on[1]})" if scored_on != rubric.ref else ""
        yield UnitStart(unit, places, cited.get(document, ""), _mark(here), other)


def _mark(rows: Mapping[int, BaselineRow]) -> str:
    return consolidations.fingerprint([list(rows[number]) for number in sorted(rows)])[:16]


def check_unchanged(session: Session, seen: Sight, rubric: Rubric, code: str, mark: str) -> None:
    """Raises `TooLate` when somebody entered something since the form was opened."""
    if one(session, seen, rubric, code).mark != mark:
        raise TooLate(
            "Người khác vừa ghi điểm ban đầu của hợp tác xã này; nội dung vừa nhập chưa được ghi. Đề nghị xem lại."
        )


# A file


@dataclass(frozen=True, slots=True)
class Changed:
    """A criterion that the file says otherwise: words of before and after."""

    unit: str
    number: int
    before: str
    after: str


@dataclass
class Examined:
    """A file that was read: what it would change, or every cell to mend."""

    changes: list[Changed] = field(default_factory=list)
    count: int = 0
    units: int = 0
    wrong: list[str] = field(default_factory=list)
    carried: str = ""
    """The file's values, for the page to send back."""


def examine(session: Session, seen: Sight, rubric: Rubric, body: bytes) -> Examined:
    """What a filled sheet would change. Writes nothing."""
    given = baselines.read_file(seen.loaded, body, rubric)
    if given.wrong:
        return Examined(wrong=list(given.wrong))
    by_code = {unit.code: unit for unit in units(seen) if unit.code in given.units}
    before = {
        start.unit.code: start for start in _starts(session, seen, rubric, list(by_code.values()))
    }  # fmt: skip
    changes = [change for code in by_code for change in _changes(before[code], given.units[code])]
    return Examined(changes[:SHOWN], len(changes), len({change.unit for change in changes}), [], _carried(given.units))


def _changes(before: UnitStart, after: Baseline) -> Iterator[Changed]:
    for place in before.places:
        points = after.points.get(place.number)
        later = Place(place.number, place.title, points, place.number in after.to_improve)
        if later != place:
            yield Changed(before.unit.short_name, place.number, _said(place), _said(later))


def _said(place: Place) -> str:
    return f"{place.points or 'chưa có'}{', cần hoàn thiện' if place.to_improve else ''}"


def _carried(given: Mapping[str, Baseline]) -> str:
    return json.dumps(
        {unit: [dict(start.points), sorted(start.to_improve)] for unit, start in given.items()}, separators=(",", ":")
    )


def carried(text: str, rubric: Rubric) -> dict[str, Baseline]:
    """What the page carried along. Raises `BadInput` for anything else."""
    try:
        found: Any = json.loads(text or "{}")
        given = {
            str(unit): Baseline(
                rubric.ref, {int(key): int(value) for key, value in points.items()}, frozenset(map(int, improve))
            )
            for unit, (points, improve) in found.items()
        }
    except (ValueError, TypeError, AttributeError) as error:
        raise BadInput(UNREADABLE) from error
    if any(value < 0 for start in given.values() for value in start.points.values()):
        raise BadInput(UNREADABLE)
    return given
