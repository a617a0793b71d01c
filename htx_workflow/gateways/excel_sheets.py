"""Excel files that people send (tệp Excel gửi lên): opened with care, and what each cell holds as if it were typed.

Results of formulas count, formulas themselves never run. A file is looked at before anything is unpacked.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from htx_workflow.domain import file_rules, typed, words
from htx_workflow.domain.errors import BadInput
from htx_workflow.domain.file_rules import Kind, Limits
from htx_workflow.domain.form_cells import Spot
from htx_workflow.domain.forms import Day, Number, Percent
from htx_workflow.gateways import file_kinds

MOST_ROWS, MOST_COLUMNS = 20_000, 120


@dataclass(frozen=True)
class Box:
    """One cell: what stands there, and whether it is a formula without a result."""

    value: Any
    unsolved: str | None
    as_percent: bool


Rows = list[list[Box]]


def sheets(data: bytes, name: str, limits: Limits) -> dict[str, Rows]:
    """The cells of every sheet, by its title. Raises `BadInput` for what is no such file, or is too much of one."""
    if len(data) > limits.file:
        raise BadInput(file_rules.too_large(name, len(data), limits.file))
    if file_kinds.look(io.BytesIO(data), name, limits).kind is not Kind.XLSX:
        raise BadInput(f'Tệp "{name}" không phải tệp Excel .xlsx. Đề nghị lưu tệp thành .xlsx rồi đưa lên lại.')
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl names every extension it leaves aside
            shown = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            typed_in = load_workbook(io.BytesIO(data), read_only=True, data_only=False)
            return {sheet.title: list(_rows(sheet, typed_in[sheet.title])) for sheet in shown.worksheets}
    except (InvalidFileException, zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError, IndexError) as error:
        raise BadInput(file_rules.damaged(name, Kind.XLSX)) from error


def _rows(shown: Any, typed_in: Any) -> Iterator[list[Box]]:
    """The cells of a sheet, each with its result and its formula."""
    for sheet in (shown, typed_in):
        sheet.reset_dimensions()
    both = zip(shown.iter_rows(max_row=MOST_ROWS), typed_in.iter_rows(max_row=MOST_ROWS), strict=True)
    for results, formulas in both:
        yield [_box(result, formula) for result, formula in zip(results[:MOST_COLUMNS], formulas, strict=False)]


def _box(result: Any, formula: Any) -> Box:
    is_formula = formula.data_type == "f"
    broken = is_formula and (result.value is None or result.data_type == "e")
    shown = str(getattr(formula.value, "text", formula.value)) if broken else None
    percent = "%" in str(getattr(result, "number_format", "") or "")
    return Box(result.value, shown, percent)


def at(row: list[Box], column: int) -> Box:
    """The cell in a column counted from 1; an empty one beyond the end of the row."""
    return row[column - 1] if column <= len(row) else Box(None, None, False)


def empty(box: Box) -> bool:
    """Nothing but blanks, and no formula."""
    return box.unsolved is None and (box.value is None or not str(box.value).strip())


def typed_text(spot: Spot, box: Box) -> str:
    """What a person would have typed for what stands in the cell."""
    value = box.value
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return _day_text(value)
    if isinstance(value, bool | time):
        return str(value)
    if isinstance(value, int | float):
        return _number_text(spot, value, box.as_percent)
    text = str(value)
    return text.removeprefix("'") if spot.numeric else text


def _day_text(value: date) -> str:
    if isinstance(value, datetime) and value.time() != time(0):
        return str(value)
    return words.day_text(value.date() if isinstance(value, datetime) else value)


def _number_text(spot: Spot, value: float, as_percent: bool) -> str:
    """Fifteen digits: what Excel itself holds and shows of a number."""
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    number = Decimal(f"{value:.15g}")
    if isinstance(spot.cell, Day) and number == number.to_integral_value() and 61 <= number <= 100_000:
        return words.day_text(typed.day_of_serial(int(number)))
    if as_percent and isinstance(spot.cell, Percent):
        number *= 100
    if spot.numeric:
        return _as_typed(spot, number)
    return f"{number:f}"


def _as_typed(spot: Spot, number: Decimal) -> str:
    """Results of formulas such as 0.1 + 0.2 count to the decimals the box takes; sums to the đồng."""
    cell = spot.cell
    if isinstance(cell, Number | Percent):
        near = typed.rounded(number, cell.decimals)
    else:
        near = typed.rounded(number * spot.scale, 0) / spot.scale
    return typed.number_text(near if abs(number - near) <= abs(number) * Decimal("1e-12") else number)
