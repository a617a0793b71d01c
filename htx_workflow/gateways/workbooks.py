"""The workbook of a consolidation (bảng tính): a sheet for each table, written row by row, and its charts.

Numbers are numbers, days are days; a word stands where nobody gave a number. A nation's sheets are never whole in
memory: XlsxWriter puts each row away as the next one begins, at half the processor time that openpyxl needs.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from htx_workflow.domain import figures
from htx_workflow.domain.figures import Cell, Column, Table
from htx_workflow.domain.papers import SIMULATION
from htx_workflow.domain.pictures import Chart
from htx_workflow.gateways import office_charts, sheet_charts

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = {
    "text": "@", "count": "#,##0", "points": "0.00", "money": "#,##0.######", "percent": "0.0", "day": "DD/MM/YYYY",
}  # fmt: skip
CHART_SHEET = "Biểu đồ"
LONGEST = 32_000
LINE, LONG_NOTE, MEASURED = 15, 200, 2000
"""Points of a line; characters of a note on one; rows whose height is worked out."""
CHART_ROOM = 22
"""Rows of the sheet that a chart covers."""
_DOUBTFUL = ("=", "+", "-", "@", "\t", "\r")
_FACE: dict[str, Any] = {"font_name": "Times New Roman", "font_size": 11}
_BOX: dict[str, Any] = {**_FACE, "border": 1, "border_color": "#808080", "text_wrap": True}


def write(
    title: str, facts: Sequence[tuple[str, str]], tables: Iterable[Table], charts: Sequence[Chart], *, simulation: bool
) -> bytes:
    """A first sheet of facts, a sheet for each table, one with the charts."""
    out = io.BytesIO()
    about = Table("Thông tin", title, (Column("Nội dung", share=3), Column("Giá trị", share=8)), tuple(facts))
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        looks = _Looks(book)
        for table in (about, *tables):
            _sheet(book, looks, table, simulation)
        if charts:
            _charts(book, looks, charts, simulation)
        book.set_properties({"title": title})
    return out.getvalue()


class _Looks:
    """Formats of cells, each made once for the whole book."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[Any, ...], Format] = {}
        self.heading = self.of(**_BOX, bold=True, bg_color="#E6ECF2", align="center", valign="vcenter")
        self.plain = self.of(**_FACE)
        self.title = self.of(**{**_FACE, "font_size": 14, "bold": True})
        self.warning = self.of(**{**_FACE, "font_size": 12, "bold": True, "font_color": "#C00000"})
        self.note = self.of(**_FACE, italic=True)
        self.chart = self.of(**{**_FACE, "font_size": 12, "bold": True})

    def of(self, **look: Any) -> Format:
        key = tuple(sorted(look.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(look)
        return self._made[key]

    def cell(self, column: Column, *, bold: bool = False, word: bool = False, doubtful: bool = False) -> Format:
        """A cell of a column; `word`: it stands in the place of a number."""
        side = "center" if word or column.kind == "day" else "right" if column.numeric else "general"
        look = {**_BOX, "valign": "top", "align": side, "num_format": "@" if word else FORMATS[column.kind]}
        return self.of(**look, bold=bold, quote_prefix=doubtful)


def _sheet(book: xlsxwriter.Workbook, looks: _Looks, table: Table, simulation: bool) -> None:
    page = book.add_worksheet(table.name[:31])
    top: list[tuple[str, Format]] = [(table.title.upper(), looks.title)]
    if simulation:
        top.insert(0, (SIMULATION, looks.warning))
    notes = _split(table.note)
    head, last = len(top), len(top) + len(table.rows)
    _lay_out(page, table, head, last, last + (1 + len(notes) if notes else 0), simulation)
    for row, (text, look) in enumerate(top):
        page.set_row(row, 20)
        _text(page, row, 0, text, look)
    heads = [figures.head(column) for column in table.columns]
    page.set_row(head, LINE * max(map(_lines, heads, table.columns), default=1) + 4)
    for place, text in enumerate(heads):
        _text(page, head, place, text, looks.heading)
    _rows(page, looks, table, head + 1)
    for row, text in enumerate(notes, last + 2):
        _text(page, row, 0, text, looks.note)


def _lay_out(page: Worksheet, table: Table, head: int, last: int, end: int, simulation: bool) -> None:
    """Widths, frozen and repeated heads, filters and what is printed; rows and columns count from 0."""
    width = len(table.columns) - 1
    for number, column in enumerate(table.columns):
        page.set_column(number, number, _width(column))
    page.freeze_panes(head + 1, 2 if len(table.columns) > 5 else 0)
    page.autofilter(head, 0, max(last, head + 1), width)
    page.repeat_rows(head)
    page.print_area(0, 0, end, width)
    _print_setup(page, simulation)


def _rows(page: Worksheet, looks: _Looks, table: Table, first: int) -> None:
    plain = [looks.cell(column) for column in table.columns]
    sums = [looks.cell(column, bold=True) for column in table.columns]
    for place, row in enumerate(table.rows):
        number, bold = first + place, place in table.sums
        if place < MEASURED and (lines := max(map(_lines, row, table.columns), default=1)) > 1:
            page.set_row(number, LINE * lines + 2)
        styles = sums if bold else plain
        for at, (column, value, look) in enumerate(zip(table.columns, row, styles, strict=True)):
            held = figures.held(column, value)
            if held is None or held == "":
                page.write_blank(number, at, None, look)
            elif isinstance(held, str):
                _text(page, number, at, held, _text_look(looks, column, held, look, bold))
            elif isinstance(held, date):
                page.write_datetime(number, at, held, look)  # type: ignore[call-overload]  # days too
            else:
                page.write_number(number, at, held, look)  # type: ignore[arg-type]  # exact numbers too


def _text_look(looks: _Looks, column: Column, held: str, look: Format, bold: bool) -> Format:
    word = column.numeric and not bold
    doubtful = held.startswith(_DOUBTFUL)
    return looks.cell(column, bold=bold, word=word, doubtful=doubtful) if word or doubtful else look


def _width(column: Column) -> float:
    """In characters."""
    return max(6.0, column.share * 9)


def _split(note: str) -> list[str]:
    """A long note on lines of its own."""
    return note.split("; ") if len(note) > LONG_NOTE else [note] if note else []


def _lines(value: Cell, column: Column) -> int:
    """Lines that a text takes in its column, by its words: not every program finds out by itself."""
    if not isinstance(value, str):
        return 1
    return sum(len(textwrap.wrap(line, max(4, int(_width(column)) - 1))) or 1 for line in value.split("\n"))


def _text(page: Worksheet, row: int, at: int, text: str, look: Format) -> None:
    """Text stays text, whatever it begins with."""
    plain = text[:LONGEST]
    if not plain.isprintable():
        plain = "".join(letter for letter in plain if letter >= " " or letter in "\t\n")
    if plain.startswith("<r>") and plain.endswith("</r>"):  # the library would take it for its own
        page.write_rich_string(row, at, plain[:1], plain[1:2], plain[2:], look)
    else:
        page.write_string(row, at, plain, look)


def _print_setup(page: Worksheet, simulation: bool) -> None:
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.5, right=0.5, top=1, bottom=1)
    page.set_footer(f"{f'&L{SIMULATION}' if simulation else ''}&RTrang &P/&N")


def _charts(book: xlsxwriter.Workbook, looks: _Looks, charts: Sequence[Chart], simulation: bool) -> None:
    """Each chart beside the numbers that it draws."""
    page = book.add_worksheet(CHART_SHEET)
    page.set_column(0, 0, 34)
    _print_setup(page, simulation)
    row = 0
    for chart in charts:
        page.insert_chart(row, len(chart.series) + 2, sheet_charts.bar_chart(book, chart, CHART_SHEET, row + 1))
        _text(page, row, 0, chart.title, looks.chart)
        for number, line in enumerate(office_charts.rows(chart), row + 1):
            for at, value in enumerate(line):
                if isinstance(value, str):
                    _text(page, number, at, value, looks.plain)
                elif value is not None:
                    page.write_number(number, at, value, looks.plain)
        row += max(CHART_ROOM, len(chart.bars) + 4)
