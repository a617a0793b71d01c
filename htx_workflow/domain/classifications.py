"""Classification tables (bảng phân loại, xếp loại): how many cooperatives of each kind stand in which band.

Every cooperative stands in exactly one column, so that the columns add up to the number of cooperatives. One that sent
nothing is "chưa nộp", never a zero; means and percentages count rated cooperatives only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from htx_workflow.domain import scorecards, typed
from htx_workflow.domain.ratings import Rated, Rating
from htx_workflow.domain.rubrics import Rubric

UNKNOWN = "chua-ro"


@dataclass(frozen=True)
class Axis:
    """One way to classify (Cách phân loại): its kinds by code, with their titles in order."""

    code: str
    title: str
    kinds: Mapping[str, str]


@dataclass(frozen=True)
class RatedUnit:
    """A cooperative as a table counts it: its kind on each axis, and its rating; None: nothing was sent."""

    code: str
    kinds: Mapping[str, str]
    rating: Rating | None


@dataclass(frozen=True)
class ClassRow:
    """One line: counts by band and by reason for not rating, and the sum of rated totals in hundredths."""

    axis: str
    kind: str
    title: str
    total: int
    bands: Mapping[str, int]
    not_rated: Mapping[str, int]
    unfounded: int
    """Sent, but not complete or not signed: chưa đủ căn cứ xếp loại."""
    missing: int
    scored: int = field(repr=False, default=0)

    @property
    def rated(self) -> int:
        return sum(self.bands.values())

    def share_text(self, band: str) -> str:
        """Percent of the rated, one decimal; empty when nobody is rated."""
        return typed.percent_text(Decimal(100 * self.bands[band]) / self.rated) if self.rated else ""

    def mean_text(self, rubric: Rubric) -> str:
        """The mean total of the rated; empty when nobody is rated."""
        return scorecards.mean_text(self.scored, self.rated, scorecards.edges(rubric)) if self.rated else ""


def table(rubric: Rubric, axis: Axis, units: Iterable[RatedUnit]) -> list[ClassRow]:
    """A line for every kind of the axis, one more for those whose kind is not known if there are any."""
    sorted_out: dict[str, list[Rating | None]] = {kind: [] for kind in axis.kinds}
    for unit in units:
        kind = unit.kinds.get(axis.code, UNKNOWN)
        sorted_out.setdefault(kind if kind in axis.kinds else UNKNOWN, []).append(unit.rating)
    titles = {UNKNOWN: "Chưa rõ", **axis.kinds}
    return [_row(rubric, axis.code, kind, titles[kind], found) for kind, found in sorted_out.items()]


def whole(rubric: Rubric, units: Iterable[RatedUnit]) -> ClassRow:
    """The line over all cooperatives."""
    return _row(rubric, "", "", "Tổng số", [unit.rating for unit in units])


def missing(units: Iterable[RatedUnit]) -> list[str]:
    """Codes of the cooperatives that sent nothing, in the order given."""
    return [unit.code for unit in units if unit.rating is None]


def axes(rubric: Rubric, sectors: Mapping[str, str]) -> list[Axis]:
    """Sector, then kinds and sizes of the rubric: the axes of table C2."""
    kinds = [Axis(one.code, one.title, {kind.code: kind.title for kind in one.kinds}) for one in rubric.kinds]
    sizes = [Axis(one.code, one.title, {step.code: step.title for step in one.classes}) for one in rubric.sizes]
    return [Axis("sector", "Lĩnh vực", sectors), *kinds, *sizes]


def _row(rubric: Rubric, axis: str, kind: str, title: str, ratings: Sequence[Rating | None]) -> ClassRow:
    bands = {band.code: 0 for band in rubric.bands}
    not_rated = {rule.code: 0 for rule in rubric.not_rated}
    unfounded = absent = scored = 0
    for rating in ratings:
        if rating is None:
            absent += 1
        elif rating.state is Rated.RATED and rating.band is not None:
            bands[rating.band.code] += 1
            scored += rating.total or 0
        elif rating.not_rated is not None:
            not_rated[rating.not_rated.code] += 1
        else:
            unfounded += 1
    return ClassRow(axis, kind, title, len(ratings), bands, not_rated, unfounded, absent, scored)
