"""Verdicts (kết luận): whether a cooperative reached the plan's target, and why, in words.

Total from the pass mark on, and no criterion to be completed below its start. An empty set of such criteria or a
missing start proves nothing: "Chưa đủ căn cứ", never "Đạt".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from htx_workflow.domain import rubric_check, scorecards, words
from htx_workflow.domain.errors import NotFound
from htx_workflow.domain.ratings import Rated, Rating
from htx_workflow.domain.review_chains import ReviewLevel
from htx_workflow.domain.rubrics import Band, Rubric
from htx_workflow.domain.scorecards import Refusal, Totals, points_text


class Conclusion(StrEnum):
    """What the plan concludes of a cooperative."""

    PASSED = "passed"
    FAILED = "failed"
    UNFOUNDED = "unfounded"
    NOT_RATED = "not_rated"


CONCLUSION_TEXTS = {
    Conclusion.PASSED: "Đạt",
    Conclusion.FAILED: "Chưa đạt",
    Conclusion.UNFOUNDED: "Chưa đủ căn cứ",
    Conclusion.NOT_RATED: "Không đánh giá",
}
OTHER_RUBRIC = "điểm ban đầu theo bộ tiêu chí khác"


@dataclass(frozen=True)
class Baseline:
    """Điểm ban đầu của từng tiêu chí và tiêu chí cần hoàn thiện, on the rubric they were scored on."""

    rubric: tuple[str, int]
    points: Mapping[int, int]
    to_improve: frozenset[int]


@dataclass(frozen=True)
class Compared:
    """A criterion to be completed: end and start, in hundredths."""

    number: int
    end: int | None
    start: int | None

    @property
    def reached(self) -> bool | None:
        """Equal counts; None when there is nothing to compare."""
        return None if self.end is None or self.start is None else self.end >= self.start


@dataclass(frozen=True)
class Verdict:
    """The plan's conclusion on one card of one level, with the reason as it stands in tables."""

    conclusion: Conclusion
    level: ReviewLevel
    total: int | None
    band: Band | None
    compared: tuple[Compared, ...]
    reason: str
    pass_mark: int
    remarks: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return CONCLUSION_TEXTS[self.conclusion]

    @property
    def why(self) -> str:
        """One sentence: Chưa đạt vì tiêu chí 4 (thuộc nhóm cần hoàn thiện) được 4 điểm, thấp hơn …"""
        reason = self.reason
        if self.conclusion is Conclusion.FAILED and self.total is not None:
            reason = _failing(self.total, self.pass_mark, self.compared, _IN_A_SENTENCE)
        remarks = f" ({'; '.join(self.remarks)})" if self.remarks else ""
        return f"{self.text} vì {reason[:1].lower()}{reason[1:]}".rstrip(".") + f"{remarks}."


def judge(
    rubric: Rubric, level: ReviewLevel, card: tuple[Totals, Rating] | None, baseline: Baseline | None, pass_mark: int
) -> Verdict:
    """The verdict on the card of one level; `pass_mark` in hundredths (80 points of plan 3819: 8000)."""
    totals, rating = card if card else (None, None)
    compared = _compared(totals, baseline)
    remarks = (*_remarks(rubric, baseline), *(rating.remarks if rating else ()))

    def concluded(conclusion: Conclusion, reason: str) -> Verdict:
        total, given = (rating.total, rating.band) if rating else (None, None)
        return Verdict(conclusion, level, total, given, compared, reason, pass_mark, remarks)

    if rating is None:
        return concluded(Conclusion.UNFOUNDED, f"Chưa có {level.points_word}")
    if rating.state is Rated.NOT_RATED:
        return concluded(Conclusion.NOT_RATED, words.sentence(rating.why))
    unfounded = _unfounded(rubric, rating, baseline, compared)
    if unfounded is not None or rating.total is None:
        return concluded(Conclusion.UNFOUNDED, unfounded or rating.why)
    if rating.total < pass_mark or not all(one.reached for one in compared):
        return concluded(Conclusion.FAILED, _failing(rating.total, pass_mark, compared, _IN_A_TABLE))
    return concluded(Conclusion.PASSED, _passing(rating.total, compared))


def _compared(totals: Totals | None, baseline: Baseline | None) -> tuple[Compared, ...]:
    if baseline is None:
        return ()
    ends = totals.criteria if totals else {}
    return tuple(
        Compared(number, ends.get(number), baseline.points.get(number)) for number in sorted(baseline.to_improve)
    )


def _remarks(rubric: Rubric, baseline: Baseline | None) -> tuple[str, ...]:
    return (OTHER_RUBRIC,) if baseline is not None and baseline.rubric != rubric.ref else ()


def _unfounded(rubric: Rubric, rating: Rating, baseline: Baseline | None, compared: tuple[Compared, ...]) -> str | None:
    """What is missing for any conclusion, in the order a person would mend it."""
    if rating.state is Rated.INCOMPLETE:
        return words.sentence(f"điểm {rating.why}")
    if rating.state is Rated.UNSIGNED:
        return rating.why
    if baseline is None:
        return "Chưa có điểm ban đầu"
    if not baseline.to_improve:
        return "Chưa xác định tiêu chí cần hoàn thiện"
    without = [one.number for one in compared if one.start is None]
    if without:
        return f"Chưa có điểm ban đầu của tiêu chí {rubric_check.numbers_text(without)}"
    if baseline.rubric[0] != rubric.code:
        return f"{words.sentence(OTHER_RUBRIC)} ({baseline.rubric[0]}) nên không so được từng tiêu chí"
    unknown = [one.number for one in compared if one.end is None]
    return f"Bộ tiêu chí không có tiêu chí {rubric_check.numbers_text(unknown)}" if unknown else None


class _Phrases(NamedTuple):
    """Words that differ between a table, where the criteria stand beside, and a sentence of its own."""

    of_the_set: str
    reached: str


_IN_A_TABLE = _Phrases("", "đã từ")
_IN_A_SENTENCE = _Phrases(" (thuộc nhóm cần hoàn thiện)", "đã đạt mức từ")


def _failing(total: int, pass_mark: int, compared: tuple[Compared, ...], phrases: _Phrases) -> str:
    mark = points_text(pass_mark)
    falls = [
        f"tiêu chí {one.number}{phrases.of_the_set} được {points_text(one.end)} điểm,"
        f" thấp hơn điểm ban đầu {points_text(one.start)}"
        for one in compared
        if one.end is not None and one.start is not None and one.end < one.start
    ]
    if total >= pass_mark:
        return words.sentence("; ".join([*falls, f"tổng điểm {points_text(total)} {phrases.reached} {mark} trở lên"]))
    rest = falls or ["các tiêu chí cần hoàn thiện đều đạt"]
    return "; ".join([f"Tổng điểm {points_text(total)} dưới {mark}", *rest])


def _passing(total: int, compared: tuple[Compared, ...]) -> str:
    count = f"cả {words.count_text(len(compared))} tiêu chí" if len(compared) > 1 else "tiêu chí"
    return f"Tổng điểm {points_text(total)}; {count} cần hoàn thiện không thấp hơn ban đầu"


@dataclass(frozen=True)
class Outcome:
    """A cooperative's result: the verdict of the level that decides, the other levels beside it."""

    decisive: Verdict
    others: tuple[Verdict, ...]


def outcome(verdicts: Sequence[Verdict], decisive: str) -> Outcome:
    """Verdicts of the levels, split by which one decides. Raises `NotFound` for a level that is not among them."""
    chosen = next((one for one in verdicts if one.level.code == decisive), None)
    if chosen is None:
        raise NotFound(f"Không có cấp chấm điểm {decisive}. Đề nghị kiểm tra cấp quyết định của kế hoạch.")
    return Outcome(chosen, tuple(one for one in verdicts if one is not chosen))


def baseline_problems(rubric: Rubric, baseline: Baseline) -> list[Refusal]:
    """What a baseline on this rubric cannot hold: criteria it does not have, points above a maximum or a group."""
    points = {str(number): given for number, given in baseline.points.items()}
    unknown = sorted(baseline.to_improve - set(rubric.criteria) - set(baseline.points))
    what = f"không có trong bộ tiêu chí {rubric.short}."
    remedy = "Đề nghị kiểm tra danh mục tiêu chí cần hoàn thiện."
    refused = [Refusal(str(number), f"Tiêu chí {number} {what}", remedy) for number in unknown]
    return [*scorecards.check(rubric, points), *refused]


@dataclass(frozen=True)
class Shortfall:
    """What a trial score lacks while there is time: points to the pass mark, and each criterion below its start."""

    to_pass: int | None
    """Hundredths still missing to the pass mark, 0 when it is reached; None while the card is not complete."""
    below_start: tuple[Compared, ...]
    room: Mapping[int, int | None]
    """Hundredths left to the maximum, by criterion; None where either is not known."""


def shortfall(rubric: Rubric, totals: Totals, baseline: Baseline | None, pass_mark: int) -> Shortfall:
    """The gap of a trial score, criterion by criterion (P-05: chấm thử 30/6/2025)."""
    below = tuple(one for one in _compared(totals, baseline) if one.reached is False)
    room = {
        number: None if criterion.max is None or given is None else int(criterion.max * 100) - given
        for (number, criterion), given in zip(rubric.criteria.items(), totals.criteria.values(), strict=True)
    }
    return Shortfall(None if totals.total is None else max(0, pass_mark - totals.total), below, room)
