"""What the documents of a consolidation stand in (khung): the lead agency's letterhead of the day, citations, titles of codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from htx_workflow.domain.consolidations import Consolidation, CooperativeLine, LevelResult
from htx_workflow.domain.papers import Letterhead
from htx_workflow.domain.verdicts import Conclusion


@dataclass(frozen=True, slots=True)
class Frame:
    """Names and titles of the day of the papers; a consolidation itself holds codes and figures."""

    letterhead: Letterhead
    province: str
    """Ủy ban nhân dân tỉnh Kon Tum: to whom reports go."""
    plan: str
    """First citation: type, number, day, issuer and subject."""
    plan_short: str
    """Kế hoạch số 3819/KH-UBND: after the first."""
    rubric: str
    """Thông tư số 01/2020/TT-BKHĐT"""
    on: date
    """The day for which letterhead and names were read; the paper itself leaves its day open."""
    bands: Mapping[str, str] = field(default_factory=dict)
    not_rated: Mapping[str, str] = field(default_factory=dict)
    groups: tuple[str, ...] = ()
    agencies: Mapping[str, str] = field(default_factory=dict)
    """Names by code, of agencies and cooperatives."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Titles of sources of money, as the form names them."""
    credit: frozenset[str] = frozenset()
    """Sources that are loans: shown, not added to budgets."""
    next_years: str = ""
    """2026 - 2030: for which a replication plan is proposed."""
    remarks: tuple[str, ...] = ()
    """What stands beside the results: that the rubric is not in force any more, with its source."""
    simulation: bool = False

    def name_of(self, code: str) -> str:
        return self.agencies.get(code, code)


def levels(made: Consolidation, line: CooperativeLine) -> list[LevelResult]:
    """The levels of a cooperative in the order of the chain."""
    found = {one.level: one for one in (line.decisive, *line.others)}
    order = [code for code in made.chain if code in found] or list(found)
    return [found[code] for code in order]


def start_total(made: Consolidation, line: CooperativeLine) -> int | None:
    """The start added up; None while a criterion of it is not known."""
    return added(made, line.start)


def added(made: Consolidation, column: tuple[int | None, ...]) -> int | None:
    given = [value for value in column if value is not None]
    return sum(given) if given and len(given) == len(made.criteria) else None


def no_total(level: LevelResult, *, first: bool) -> str:
    """Why a level has no total; `first`: the cooperative's own, which is handed in (nộp)."""
    if level.conclusion is Conclusion.NOT_RATED:
        return "không đánh giá"
    if level.stage:
        return "chưa đủ"
    return "chưa nộp" if first else "chưa gửi"


def rating_text(level: LevelResult) -> str:
    """The band, or why there is none."""
    if level.band:
        return level.band
    return "Không đánh giá" if level.conclusion is Conclusion.NOT_RATED else "Chưa xếp loại"
