"""The charts of a consolidation (biểu đồ của bản tổng hợp): timeliness by agency, scores against the start. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from htx_workflow.domain import words
from htx_workflow.domain.consolidations import Consolidation, CooperativeLine
from htx_workflow.domain.pictures import Bar, Chart, Series

MATRIX = (
    Series("hoàn thành đúng hạn", "green"),
    Series("hoàn thành quá hạn", "brown"),
    Series("chưa hoàn thành, trong hạn", "blue"),
    Series("chưa hoàn thành, quá hạn", "red"),
)
"""Bốn ô, in the order of the matrix."""
SCORES = (Series("điểm ban đầu", "grey"), Series("điểm năm nay", "accent"))
MOST_BARS = 20
"""More rows than this are no picture any more."""


def timeliness(made: Consolidation) -> Chart | None:
    """Work of each agency by the four boxes; cooperatives are shown apart, in their table."""
    bars = tuple(
        Bar(line.name, (line.done_on_time, line.done_late, line.open_in_time, line.open_overdue))
        for line in made.matrix
        if not line.cooperative and line.done_on_time + line.done_late + line.open_in_time + line.open_overdue
    )
    if not 0 < len(bars) <= MOST_BARS:
        return None
    return Chart("tien-do", "Tình hình thực hiện nhiệm vụ theo cơ quan (số việc)", MATRIX, bars, stacked=True)


def criteria(made: Consolidation, line: CooperativeLine) -> Chart | None:
    """A cooperative's points by criterion against its start; nothing while there is neither."""
    found = made.criteria_of(line)
    if all(one.start is None and one.end is None for one in found):
        return None
    bars = tuple(Bar(f"TC{one.key}", (one.start, one.end)) for one in found)
    series = (SCORES[0], Series(f"điểm {words.period_text(made.round)}", SCORES[1].tone))
    return Chart(f"tieu-chi-{line.key}", f"Điểm từng tiêu chí của {line.name}", series, bars, points=True)


def totals(made: Consolidation, starts: Sequence[int | None]) -> Chart | None:
    """Total of each cooperative against its start; `starts` in the order of the cooperatives."""
    bars = tuple(
        Bar(line.name, (start, line.decisive.total)) for line, start in zip(made.cooperatives, starts, strict=True)
    )
    if not 0 < len(bars) <= MOST_BARS or all(value is None for bar in bars for value in bar.values):
        return None
    series = (SCORES[0], Series(f"điểm {words.period_text(made.round)}", SCORES[1].tone))
    return Chart("tong-diem", "Tổng điểm của từng hợp tác xã so với điểm ban đầu", series, bars, points=True)
