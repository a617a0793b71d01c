"""The workbook of a consolidation (bảng tính): a sheet for each table, written row by row, and its charts.

Numbers are numbers, days are days; a word stands where nobody gave a number. A nation's tables are never whole in
memory.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterable, Sequence
from copy import copy
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from htx_workflow.domain import figures
from htx_workflow.domain.figures import Cell, Column, Table
from htx_workflow.domain.papers import SIMULATION
from htx_workflow.domain.pictures import Chart
from htx_workflow.gateways import office_charts

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = {
    "text": "@", "count": "#,##0", "points": "0.00", "money": "#,##0.######", "percent": "0.0", "day": "DD/MM/YYYY",
}  # fmt: skip
CHART_SHEET = "Biểu đồ"
_FACE = "Times New Roman"
_THIN = Side(style="thin", color="808080")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_HEAD = PatternFill("solid", fgColor="E6ECF2")
_DOUBTFUL = ("=", "+", "-", "@", "\t", "\r")
LONGEST = 32_000
LINE, LONG_NOTE, MEASURED = 15, 200, 2000
"""Points of a line; characters of a note on one; rows whose height is worked out."""


def write(
    title: str, facts: Sequence[tuple[str, str]], tables: Iterable[Table], charts: Sequence[Chart], *, simulation: bool
) -> bytes:
    """A first sheet of facts, a sheet for each table, one with the charts."""
    book = Workbook(write_only=True)
    about = Table("Thông tin", title, (Column("Nội dung", share=3), Column("Giá trị", share=8)), tuple(facts))
    for table in (about, *tables):
        _sheet(book, table, simulation)
    if charts:
        _charts(book, charts, simulation)
    book.properties.title = title
    book.properties.creator = ""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet(book: Workbook, table: Table, simulation: bool) -> None:
    page = book.create_sheet(table.name[:31])
    top: list[tuple[str, Font]] = [(table.title.upper(), Font(_FACE, 14, bold=True))]
    if simulation:
        top.insert(0, (SIMULATION, Font(_FACE, 12, bold=True, color="C00000")))
    head, last = len(top) + 1, len(top) + 1 + len(table.rows)
    width = get_column_letter(len(table.columns))
    for number, column in enumerate(table.columns, 1):
        page.column_dimensions[get_column_letter(number)].width = _width(column)
    page.freeze_panes = f"{'C' if len(table.columns) > 5 else 'A'}{head + 1}"
    page.auto_filter.ref = f"A{head}:{width}{max(last, head + 1)}"
    page.print_title_rows = f"{head}:{head}"
    page.print_area = f"A1:{width}{last + (1 + len(_split(table.note)) if table.note else 0)}"
    _print_setup(page, simulation)
    _heights(page, table, head)
    for text, font in top:
        page.append([_styled(page, text, font=font)])
    page.append([_styled(page, figures.head(column), **_HEADING) for column in table.columns])
    styles = [_styles(page, column) for column in table.columns]
    for place, row in enumerate(table.rows):
        bold = place in table.sums
        page.append(
            [
                _cell(page, column, value, style, bold)
                for column, value, style in zip(table.columns, row, styles, strict=True)
            ]
        )
    notes = _split(table.note)
    for text in ["", *notes] if notes else ():
        page.append([_styled(page, text, font=Font(_FACE, 11, italic=True))])


def _width(column: Column) -> float:
    """In characters."""
    return max(6.0, column.share * 9)


def _split(note: str) -> list[str]:
    """A long note on lines of its own."""
    return note.split("; ") if len(note) > LONG_NOTE else [note] if note else []


def _heights(page: Any, table: Table, head: int) -> None:
    """Rows as high as their longest text: not every program finds out by itself."""
    for place in range(1, head):
        page.row_dimensions[place].height = 20
    heads = [_lines(figures.head(column), column) for column in table.columns]
    page.row_dimensions[head].height = LINE * max(heads, default=1) + 4
    for place, row in enumerate(table.rows[:MEASURED], head + 1):
        lines = max((_lines(text, column) for text, column in zip(row, table.columns, strict=True)), default=1)
        if lines > 1:
            page.row_dimensions[place].height = LINE * lines + 2


def _lines(value: Cell, column: Column) -> int:
    """Lines that a text takes in its column, by its words."""
    if not isinstance(value, str):
        return 1
    return sum(len(textwrap.wrap(line, max(4, int(_width(column)) - 1))) or 1 for line in value.split("\n"))


_HEADING: dict[str, Any] = {
    "font": Font(_FACE, 11, bold=True), "fill": _HEAD, "border": _BOX,
    "alignment": Alignment("center", "center", wrap_text=True),
}  # fmt: skip


def _styled(page: Any, text: str, **look: Any) -> Any:
    cell = _text(page, text)
    for name, value in look.items():
        setattr(cell, name, value)
    return cell


def _styles(page: Any, column: Column) -> tuple[Any, Any, Any]:
    """How plain cells, cells of sums and words in the place of a number look: made once for a column."""
    found = []
    side = "right" if column.numeric else "center" if column.kind == "day" else None
    for bold, format_, align in (
        (False, FORMATS[column.kind], side),
        (True, FORMATS[column.kind], side),
        (False, "@", "center"),
    ):
        cell: Any = WriteOnlyCell(page, "")
        cell.font, cell.border = Font(_FACE, 11, bold=bold), _BOX
        cell.alignment, cell.number_format = Alignment(align, "top", wrap_text=True), format_
        found.append(cell._style)
    return found[0], found[1], found[2]


def _cell(page: Any, column: Column, value: Cell, styles: tuple[Any, Any, Any], bold: bool) -> Any:
    held = figures.held(column, value)
    if isinstance(held, str):
        cell = _text(page, held)
        cell._style = copy(styles[2] if column.numeric and held and not bold else styles[bold])
        if held.startswith(_DOUBTFUL):
            cell.quotePrefix = True
        return cell
    other: Any = WriteOnlyCell(page, held)  # type: ignore[arg-type]  # dates and exact numbers too
    other._style = styles[bold]
    return other


def _text(page: Any, text: str) -> Any:
    """Text stays text, whatever it begins with."""
    plain = text[:LONGEST]
    if not plain.isprintable():
        plain = "".join(letter for letter in plain if letter >= " " or letter in "\t\n")
    cell: Any = WriteOnlyCell(page, plain or None)
    if plain:
        cell.data_type = "s"
    return cell


def _print_setup(page: Any, simulation: bool) -> None:
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", 9
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_margins.left = page.page_margins.right = 0.5
    page.oddFooter.right.text = "Trang &P/&N"
    page.oddFooter.left.text = SIMULATION if simulation else ""


def _charts(book: Workbook, charts: Sequence[Chart], simulation: bool) -> None:
    """Each chart beside the numbers that it draws."""
    page = book.create_sheet(CHART_SHEET)
    page.column_dimensions["A"].width = 34
    _print_setup(page, simulation)
    row = 1
    for chart in charts:
        made = office_charts.bar_chart(chart, CHART_SHEET, row + 1)
        made.width, made.height = 22, max(8.0, 3 + 0.8 * len(chart.bars)) if chart.stacked else 9
        page.add_chart(made, f"{get_column_letter(len(chart.series) + 3)}{row}")
        page.append([_styled(page, chart.title, font=Font(_FACE, 12, bold=True))])
        for line in office_charts.rows(chart):
            page.append(line)
        room = max(22, len(chart.bars) + 4)
        for _ in range(room - len(chart.bars) - 2):
            page.append([])
        row += room
