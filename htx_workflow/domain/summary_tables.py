"""Tables of work and scores (biểu tiến độ, biểu điểm) of a consolidation: the same for papers and for the workbook.

Pure; all sums are made here. Who sent nothing stands there by name, with "chưa gửi" in the place of every number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from htx_workflow.domain import rubrics, typed, verdicts, words
from htx_workflow.domain.consolidations import Consolidation, CooperativeLine, MatrixLine
from htx_workflow.domain.figures import Cell, Column, Table
from htx_workflow.domain.summary_frames import Frame, added, levels, no_total, rating_text, start_total
from htx_workflow.domain.typed import Unreadable

NOT_GIVEN = "chưa có"
NUMBER = Column("TT", share=0.6)
MANY = 1000
"""More cooperatives than this have only the points that decide in the table of criteria."""
NOT_COUNTED = "Không tính việc thường xuyên và việc có thời gian dự kiến."


# Bốn ô


def matrix(made: Consolidation) -> list[Table]:
    """Agencies, and cooperatives in a table of their own."""
    agencies = [line for line in made.matrix if not line.cooperative]
    others = [line for line in made.matrix if line.cooperative]
    title = "Tình hình thực hiện nhiệm vụ"
    return [
        _matrix("Tiến độ cơ quan", f"{title} của các cơ quan, đơn vị", "Cơ quan, đơn vị", agencies),
        _matrix("Tiến độ HTX", f"{title} của các hợp tác xã", "Hợp tác xã", others),
    ]


def _matrix(name: str, title: str, who: str, lines: Sequence[MatrixLine]) -> Table:
    counts = (
        "Hoàn thành đúng hạn", "Hoàn thành quá hạn", "Chưa hoàn thành, trong hạn", "Chưa hoàn thành, quá hạn",
    )  # fmt: skip
    columns = (
        NUMBER, Column(who, share=3), *(Column(label, "count", 1.3, "việc") for label in counts),
        Column("Tổng số", "count", 1, "việc"), Column("Tỷ lệ đúng hạn", "percent", 1.2),
        Column("Tỷ lệ theo hạn gốc", "percent", 1.2),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (number, line.name, *boxes(line), sum(boxes(line)), percent(line.rate), percent(line.rate_original))
        for number, line in enumerate(lines, 1)
    ]
    sums: frozenset[int] = frozenset()
    if len(rows) > 1:
        sums = frozenset({len(rows)})
        whole = [sum(column) for column in zip(*(boxes(line) for line in lines), strict=True)]
        rows.append(("", "Cộng", *whole, sum(whole), _rate(whole), ""))
    return Table(name, title, columns, tuple(rows), "việc", NOT_COUNTED, sums)


def boxes(line: MatrixLine) -> tuple[int, int, int, int]:
    """Bốn ô in their order."""
    return line.done_on_time, line.done_late, line.open_in_time, line.open_overdue


def _rate(whole: Sequence[int]) -> Cell:
    due = whole[0] + whole[1] + whole[3]
    return typed.rounded(Decimal(100 * whole[0]) / due, 1) if due else ""


def percent(text: str) -> Cell:
    """44,4 as the consolidation keeps it, as a number."""
    try:
        return typed.parse_percent(text) if text else ""
    except Unreadable:
        return text


# Kết quả đánh giá


def results(made: Consolidation, frame: Frame) -> Table:
    """One row for each cooperative: start, years before, each level now, band, conclusion and why."""
    before = sorted({year for line in made.cooperatives for year in line.years or {} if str(year) != made.round})
    heads = _level_heads(made)
    columns = (
        NUMBER, Column("Hợp tác xã", share=2.4), Column("Cơ quan kiểm tra", share=1.8),
        Column("Ban đầu", "points", 1), *(Column(f"Năm {year}", "points", 1) for year in before),
        *(Column(head, "points", 1.25) for head in heads), Column("Tăng, giảm so với ban đầu", "points", 1.1),
        Column("Xếp loại", share=1), Column("Tiêu chí cần hoàn thiện", share=1.35), Column("Kết luận", share=1.1),
        Column("Vì sao", share=3.6),
    )  # fmt: skip
    rows = tuple(
        (number, *_result(made, frame, line, before)) for number, line in enumerate(made.cooperatives, 1)
    )  # fmt: skip
    note = f"{made.decisive}. Xếp loại theo tổng điểm không làm tròn."
    return Table("Kết quả HTX", "Kết quả đánh giá các hợp tác xã", columns, rows, "điểm", note)


def _level_heads(made: Consolidation) -> list[str]:
    """Điểm tự chấm (quyết định); Điểm huyện kiểm tra."""
    if not made.cooperatives:
        return []
    line = made.cooperatives[0]
    return [
        words.sentence(one.level_title) + (" (quyết định)" if one.level == line.decisive.level else "")
        for one in levels(made, line)
    ]


def _result(made: Consolidation, frame: Frame, line: CooperativeLine, before: Sequence[int]) -> Iterator[Cell]:
    start, end = start_total(made, line), line.decisive.total
    years = line.years or {}
    yield line.name
    yield frame.name_of(line.parent) if line.parent else ""
    yield start if start is not None else "chưa đủ" if line.start else NOT_GIVEN
    for year in before:
        column = years.get(year, ())
        total = added(made, column)
        yield total if total is not None else "chưa đủ" if column else NOT_GIVEN
    for place, level in enumerate(levels(made, line)):
        yield level.total if level.total is not None else no_total(level, first=place == 0)
    yield end - start if end is not None and start is not None else ""
    yield rating_text(line.decisive)
    yield ", ".join(map(str, line.to_improve)) or "chưa xác định"
    yield verdicts.CONCLUSION_TEXTS[line.decisive.conclusion]
    yield "; ".join((line.decisive.reason, *line.decisive.remarks))


def brief(made: Consolidation) -> Table:
    """Who reached what, small enough for the text."""
    columns = (
        NUMBER, Column("Hợp tác xã", share=4), Column("Ban đầu", "points", 1.2), Column("Tổng điểm", "points", 1.3),
        Column("Xếp loại", share=1.5), Column("Kết luận", share=1.6),
    )  # fmt: skip
    rows = []
    for number, line in enumerate(made.cooperatives, 1):
        start, end = start_total(made, line), line.decisive.total
        first = levels(made, line)[0].level == line.decisive.level
        rows.append((
            number, line.name, start if start is not None else "chưa đủ" if line.start else NOT_GIVEN,
            end if end is not None else no_total(line.decisive, first=first), rating_text(line.decisive),
            verdicts.CONCLUSION_TEXTS[line.decisive.conclusion],
        ))  # fmt: skip
    return Table("Tóm tắt", "Kết quả đánh giá", columns, tuple(rows), "điểm", f"{made.decisive}.")


def criteria(made: Consolidation) -> Table:
    """A row for each set of points of a cooperative: start, each year, each level now; criteria across."""
    columns = (
        NUMBER, Column("Hợp tác xã", share=3), Column("Số liệu", share=2),
        *(Column(f"TC{head.key}", "points", 0.8) for head in made.criteria), Column("Tổng", "points", 1),
    )  # fmt: skip
    rows = tuple(
        (number, line.name, word, *(NOT_GIVEN if one is None else one for one in column), _or_short(made, column))
        for number, line in enumerate(made.cooperatives, 1)
        for word, column in _columns(made, line)
    )
    titles = "; ".join(f"TC{head.key}: {head.title}" for head in made.criteria)
    if len(made.cooperatives) > MANY:
        titles += "; chỉ ghi điểm của cấp quyết định, chỗ các cấp chấm khác nhau ghi ở biểu chênh lệch"
    return Table("Từng tiêu chí", "Điểm từng tiêu chí của các hợp tác xã", columns, rows, "điểm", f"{titles}.")


def _columns(made: Consolidation, line: CooperativeLine) -> Iterator[tuple[str, tuple[int | None, ...]]]:
    if line.start:
        yield "Ban đầu", line.start
    for year, column in sorted((line.years or {}).items()):
        if column and (str(year) != made.round or not any(line.levels)):
            yield f"Năm {year}", column
    for level, column in zip(levels(made, line), line.levels, strict=False):
        if column and (len(made.cooperatives) <= MANY or level.level == line.decisive.level):
            yield words.sentence(level.level_title), column


def _or_short(made: Consolidation, column: tuple[int | None, ...]) -> Cell:
    total = added(made, column)
    return "chưa đủ" if total is None else total


def of_cooperative(made: Consolidation, line: CooperativeLine) -> Table:
    """A cooperative's criteria down, its start, years and levels across; at the end the totals."""
    shown = list(_columns(made, line))
    columns = (
        NUMBER, Column("Tiêu chí", share=4.6), Column("Tối đa", "points", 0.8), Column("Cần hoàn thiện", share=0.9),
        *(Column(word, "points", 1.1) for word, _ in shown), Column("Tăng, giảm so với ban đầu", "points", 1.1),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for place, one in enumerate(made.criteria_of(line)):
        given = (column[place] if place < len(column) else None for _, column in shown)
        rows.append((
            one.key, one.title, NOT_GIVEN if one.max is None else one.max, "x" if one.to_improve else "",
            *(NOT_GIVEN if value is None else value for value in given),
            one.end - one.start if one.end is not None and one.start is not None else "",
        ))  # fmt: skip
    start, end = start_total(made, line), line.decisive.total
    total = (_or_short(made, column) for _, column in shown)
    rows.append(("", "Tổng điểm", "", "", *total, end - start if end is not None and start is not None else ""))
    return Table(
        line.key,
        f"Điểm từng tiêu chí {words.period_text(made.round)} của {line.name}",
        columns,
        tuple(rows),
        "điểm",
        sums=frozenset({len(rows) - 1}),
    )


def differences(made: Consolidation, only: CooperativeLine | None = None) -> Table:
    """Where a level says otherwise than the one below, and why."""
    lines = (only,) if only is not None else made.cooperatives
    who = () if only is not None else (Column("Hợp tác xã", share=2.4),)
    columns = (
        NUMBER, *who, Column("Cấp chấm", share=1.8), Column("Tiêu chí", share=1.6),
        Column("Điểm cấp dưới", "points", 1), Column("Điểm cấp này", "points", 1), Column("Lý do", share=3.4),
    )  # fmt: skip
    found = []
    for line in lines:
        titles = {one.level: one.level_title for one in (line.decisive, *line.others)}
        for one in line.differences:
            name = () if only is not None else (line.name,)
            lower: Cell = "chưa chấm" if one.lower is None else one.lower
            level, key = titles.get(one.level, one.level), rubrics.key_text(one.key)
            found.append((*name, words.sentence(level), key, lower, one.upper, one.reason or "chưa có lý do"))
    rows = tuple((number, *row) for number, row in enumerate(found, 1))
    return Table("Chênh lệch các cấp", "Chênh lệch điểm giữa các cấp và lý do", columns, rows, "điểm")
