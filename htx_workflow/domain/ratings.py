"""Ratings (xếp loại): what a card amounts to by its rubric: a band, not rated, or not enough to rate on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from htx_workflow.domain import words
from htx_workflow.domain.errors import BadInput
from htx_workflow.domain.rubrics import Band, NotRated, Rubric
from htx_workflow.domain.scorecards import Totals, points_text


class Rated(StrEnum):
    """How far a card carries."""

    RATED = "rated"
    INCOMPLETE = "incomplete"
    UNSIGNED = "unsigned"
    NOT_RATED = "not_rated"


@dataclass(frozen=True)
class Facts:
    """What rules of the rubric ask about a cooperative in the year; None: not known."""

    months_operating: int | None = None
    months_idle: int | None = None
    sanctioned: bool | None = None


@dataclass(frozen=True)
class Signatures:
    """Roles that agreed to the self-score, and the kind of governance that says whose are needed."""

    governance: str | None
    given: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Rating:
    """The card by the rubric. `total` stands only when every criterion is scored."""

    state: Rated
    total: int | None
    band: Band | None
    why: str
    not_rated: NotRated | None = None
    remarks: tuple[str, ...] = ()

    @property
    def band_text(self) -> str:
        if self.band is not None:
            return self.band.title
        return "Không đánh giá" if self.state is Rated.NOT_RATED else "chưa đủ căn cứ xếp loại"

    @property
    def total_text(self) -> str:
        """82; 82 (tạm tính); the reason why there is none."""
        if self.total is None:
            return self.why
        return points_text(self.total) + (" (tạm tính)" if self.state is Rated.UNSIGNED else "")

    @property
    def notice(self) -> str:
        """The reason as a sentence of its own."""
        unsigned = "; chưa đủ căn cứ xếp loại" if self.state is Rated.UNSIGNED else ""
        return f"{words.sentence(self.why)}{unsigned}."


def rate(rubric: Rubric, totals: Totals, facts: Facts, signatures: Signatures | None) -> Rating:
    """The rating of a card. Without `signatures` none are asked for (levels that sign by a document)."""
    excluded = _excluding(rubric, facts)
    if excluded is not None:
        why = _reason(excluded, facts)
        return Rating(Rated.NOT_RATED, None, None, why, excluded)
    remarks = unknown_facts(rubric, facts)
    if totals.total is None:
        return Rating(Rated.INCOMPLETE, None, None, totals.text, remarks=remarks)
    absent = missing_signatures(rubric, signatures) if signatures is not None else None
    if absent:
        return Rating(Rated.UNSIGNED, totals.total, None, absent, remarks=remarks)
    return replace(_banded(rubric, totals.total, facts), remarks=remarks)


def band(rubric: Rubric, total: int) -> Band:
    """The band of an unrounded total. Raises `BadInput` outside of 0 and the rubric's total."""
    if not 0 <= total <= rubric.total * 100:
        most = points_text(int(rubric.total * 100))
        raise BadInput(
            f"Tổng điểm {points_text(total)} ngoài khoảng từ 0 đến {most}. Đề nghị rà lại điểm các tiêu chí."
        )
    return rubric.band_of(total)


def _banded(rubric: Rubric, total: int, facts: Facts) -> Rating:
    by_points = band(rubric, total)
    for rule in rubric.forced:
        if getattr(facts, rule.fact) and rule.band != by_points.code:
            forced = next(one for one in rubric.bands if one.code == rule.band)
            return Rating(Rated.RATED, total, forced, f"Xếp loại {forced.title} vì {rule.reason}")
    return Rating(Rated.RATED, total, by_points, f"Tổng điểm {points_text(total)}, xếp loại {by_points.title}")


def _excluding(rubric: Rubric, facts: Facts) -> NotRated | None:
    for rule in rubric.not_rated:
        months = getattr(facts, rule.fact)
        if months is None:
            continue
        if (rule.under is not None and months < rule.under) or (rule.over is not None and months > rule.over):
            return rule
    return None


def _reason(rule: NotRated, facts: Facts) -> str:
    return rule.reason.replace("{months}", words.count_text(getattr(facts, rule.fact)))


_FACT_WORDS = {
    "months_operating": "số tháng hoạt động từ khi thành lập",
    "months_idle": "số tháng ngừng hoạt động trong năm",
    "sanctioned": "thông tin về xử phạt trong năm",
}


def unknown_facts(rubric: Rubric, facts: Facts) -> tuple[str, ...]:
    """Facts that the rubric's rules ask for and nobody gave, as remarks beside the rating."""
    asked = dict.fromkeys([*(rule.fact for rule in rubric.not_rated), *(rule.fact for rule in rubric.forced)])
    return tuple(f"Chưa có {_FACT_WORDS[fact]}" for fact in asked if getattr(facts, fact) is None)


def missing_signatures(rubric: Rubric, signatures: Signatures) -> str | None:
    """Whose opinion the self-score lacks, as a clause; None when nothing is missing."""
    if not rubric.sign_offs:
        return None
    needed = rubric.signers(signatures.governance) if signatures.governance else None
    if needed is None:
        kinds = " hay ".join(kind.title for kind in rubric.sign_offs)
        return f"Chưa rõ tổ chức quản trị ({kinds}) nên chưa biết cần ý kiến của ai"
    absent = [role.organ for role in needed if role.role not in signatures.given]
    if not absent:
        return None
    return f"Bảng tự chấm điểm thiếu ý kiến của {words.joined(absent)}"


def full_months(since: date, day: date) -> int:
    """Whole months from a founding day to a day (Bộ luật Dân sự, art. 148(3): a day that a month lacks is its last)."""
    months = (day.year - since.year) * 12 + day.month - since.month
    last = (date(day.year + day.month // 12, day.month % 12 + 1, 1) - date.resolution).day
    return months if day.day >= min(since.day, last) else months - 1
