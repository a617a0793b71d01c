"""Tables of classes, money and words (biểu phân loại, kinh phí, nội dung nêu) of a consolidation, and all of its tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from htx_workflow.domain import summary_tables, typed, words
from htx_workflow.domain.consolidations import Consolidation, MoneyLine, TextLine
from htx_workflow.domain.figures import Cell, Column, Table
from htx_workflow.domain.summary_frames import Frame
from htx_workflow.domain.summary_tables import NOT_GIVEN, NUMBER, percent

SHARED = "chung"
"""Code of money for all cooperatives together."""


def every(made: Consolidation, frame: Frame) -> list[Table]:
    """All tables that have rows, in the order of the annexes."""
    found = [
        *summary_tables.matrix(made), summary_tables.results(made, frame), summary_tables.criteria(made),
        summary_tables.differences(made), classification(made, frame), money(made, frame), said(made),
        replication(made), missing(made), late(made),
    ]  # fmt: skip
    return [table for table in found if table.rows]


def classification(made: Consolidation, frame: Frame) -> Table:
    """Biểu phân loại, xếp loại: counts by band, percentages of the rated."""
    bands = list(made.classification[0].bands) if made.classification else []
    reasons = list(made.classification[0].not_rated) if made.classification else []
    unit = "hợp tác xã"
    columns = (
        Column("Cách phân loại", share=2), Column("Loại", share=1.5), Column("Tổng số", "count", 0.95, unit),
        Column("Được đánh giá", "count", 1, unit),
        *(column for code in bands for column in (
            Column(frame.bands.get(code, code), "count", 1.05, unit),
            Column(f"Tỷ lệ {words.lower_first(frame.bands.get(code, code))}", "percent", 1),
        )),
        *(Column(words.sentence(frame.not_rated.get(code, code)), "count", 1.25, unit) for code in reasons),
        Column("Chưa đủ căn cứ", "count", 1.05, unit), Column("Chưa nộp", "count", 1.05, unit),
        Column("Điểm bình quân", "points", 1.05),
    )  # fmt: skip
    rows = tuple(
        (
            line.axis_title, line.title, line.total, line.rated,
            *(cell for code in bands for cell in (line.bands.get(code, 0), percent(line.shares.get(code, "")))),
            *(line.not_rated.get(code, 0) for code in reasons), line.unfounded, line.missing, percent(line.mean),
        )
        for line in made.classification
    )  # fmt: skip
    note = "Tỷ lệ và điểm bình quân tính trên số hợp tác xã được đánh giá."
    sums = frozenset(place for place, line in enumerate(made.classification) if not line.axis)
    return Table("Phân loại", "Phân loại, xếp loại hợp tác xã", columns, rows, unit, note, sums)


# Kinh phí


def money(made: Consolidation, frame: Frame) -> Table:
    """By source, cooperative and year; a sum after each source, loans apart from the whole."""
    columns = (
        NUMBER, Column("Nguồn vốn", share=3), Column("Hợp tác xã", share=2.4), Column("Năm", share=0.7),
        Column("Nhu cầu", "money", 1.3), Column("Kế hoạch giao", "money", 1.3), Column("Giải ngân", "money", 1.3),
        Column("Giải ngân so với kế hoạch giao", "percent", 1.2),
    )  # fmt: skip
    names = {line.key: line.name for line in made.cooperatives} | {SHARED: "Chung các hợp tác xã"}
    rows: list[tuple[Cell, ...]] = []
    sums = []
    for number, source in enumerate(dict.fromkeys(line.source for line in made.money), 1):
        here = [line for line in made.money if line.source == source]
        title = frame.sources.get(source, source)
        rows += [
            (
                number if place == 0 else "",
                title,
                names.get(line.unit, frame.name_of(line.unit)),
                str(line.year),
                *_sums([line]),
            )
            for place, line in enumerate(here)
        ]
        if len(here) > 1:
            sums.append(len(rows))
            rows.append(("", f"Cộng {words.lower_first(title)}", "", "", *_sums(here)))
    counted = [line for line in made.money if line.source not in frame.credit]
    lent = len(counted) < len(made.money)
    if counted:
        sums.append(len(rows))
        rows.append(("", "Tổng cộng" + (" (không gồm tín dụng)" if lent else ""), "", "", *_sums(counted)))
    gaps = sum(value is None for line in made.money for value in (line.needed, line.assigned, line.paid))
    note = "Số liệu ghi “chưa có” là chưa được báo cáo, không cộng vào tổng." if gaps else ""
    return Table("Kinh phí", "Kinh phí theo nguồn vốn", columns, tuple(rows), "triệu đồng", note, frozenset(sums))


def _sums(lines: Sequence[MoneyLine]) -> Iterator[Cell]:
    """Needed, assigned, paid, and the share paid; what nobody gave is not added."""
    columns = [[getattr(line, name) for line in lines] for name in ("needed", "assigned", "paid")]
    found = [sum(given) if (given := [one for one in column if one is not None]) else None for column in columns]
    yield from (NOT_GIVEN if one is None else one for one in found)
    _, assigned, paid = found
    yield typed.rounded(Decimal(100 * paid) / assigned, 1) if assigned and paid is not None else ""


# Lời các cơ quan, ai chưa gửi


def said(made: Consolidation) -> Table:
    return _texts("Khó khăn, đề xuất", "Khó khăn, vướng mắc và đề xuất", "Nội dung", made.difficulties)


def replication(made: Consolidation) -> Table:
    return _texts("Nhân rộng", "Đề xuất nhân rộng mô hình của các cơ quan", "Đề xuất", made.replication)


def late(made: Consolidation) -> Table:
    return _texts("Gửi muộn", "Bảng điểm gửi sau khi cấp trên chấm xong", "Bảng điểm", made.late)


def _texts(name: str, title: str, head: str, lines: Sequence[TextLine]) -> Table:
    columns = (NUMBER, Column("Cơ quan, đơn vị", share=2.4), Column(head, share=7))
    rows = tuple((number, line.by, line.text) for number, line in enumerate(lines, 1))
    return Table(name, title, columns, rows)


def missing(made: Consolidation) -> Table:
    """Ai chưa gửi: by name, what is missing."""
    columns = (NUMBER, Column("Cơ quan, đơn vị", share=3), Column("Còn thiếu", share=6))
    rows = tuple((number, one.name, one.what) for number, one in enumerate(made.missing, 1))
    return Table("Chưa gửi", "Số liệu, báo cáo chưa gửi", columns, rows)
