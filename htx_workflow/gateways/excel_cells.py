"""Cells of Excel files that we write (ô của tệp Excel): texts that are never run, looks, lists of choices."""

from __future__ import annotations

import re

from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

BOLD = Font(bold=True)
GREY = Font(color="00606060", italic=True)
HEAD = PatternFill("solid", fgColor="00DDE6EE")
OPEN = PatternFill("solid", fgColor="00FFFFF2")
_SIDE = Side(style="thin", color="00A0A0A0")
LINE = Border(left=_SIDE, right=_SIDE, top=_SIDE, bottom=_SIDE)
WRAP = Alignment(wrap_text=True, vertical="top")


_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def put_text(cell: Cell, text: str) -> None:
    """A text as a text: `=1+1`, `-`, `'Drai` stay what was typed and are never run."""
    kept = _NOT_IN_XML.sub("", text)
    cell.value = kept or None
    if kept:
        cell.data_type = "s"
        cell.quotePrefix = kept[0] in "=+-@\t'"


def cell_at(sheet: Worksheet, row: int, column: int) -> Cell:
    """The cell, which is none of those merged into another."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    return cell


class Lists:
    """The hidden sheet of choices: a column each, used once for all boxes with the same choices."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet
        self.known: dict[tuple[str, ...], str] = {}

    def range_of(self, labels: tuple[str, ...]) -> str:
        """The reference a data validation needs."""
        if labels not in self.known:
            column = len(self.known) + 1
            for number, label in enumerate(labels, 1):
                put_text(cell_at(self.sheet, number, column), label)
            letter = get_column_letter(column)
            self.known[labels] = f"'{self.sheet.title}'!${letter}$1:${letter}${len(labels)}"
        return self.known[labels]
