"""Excel (bảng tính): lists as typed sheets ready to print, and sheets that people fill in and send back.

What begins with =, +, - or @ stays the text it is: it is stored as text and marked so, its letters are not touched.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from htx_workflow.domain import collation
from htx_workflow.domain.errors import BadInput

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SIMULATION = "BẢN MÔ PHỎNG - SỐ LIỆU GIẢ ĐỊNH"
LONGEST = 32_000
"""Characters of a cell; Excel holds 32,767."""
MOST_ROWS, UNPACKED = 20_000, 80 << 20
"""Of a sheet that somebody sends: rows read, and bytes it may unpack to."""
FORMATS = {
    "text": "@",
    "day": "DD/MM/YYYY",
    "number": "#,##0",
    "points": "General",
    "share": "0.0%",
    "moment": "DD/MM/YYYY HH:MM",
}
_FACE = "Times New Roman"
_THIN = Side(style="thin", color="808080")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_HEAD = PatternFill("solid", fgColor="E6ECF2")
_OPEN = PatternFill("solid", fgColor="FFF9E5")
_PLAIN = Font(_FACE, 11)
_ALIGN = {
    kind: Alignment(side, "top", wrap_text=True)
    for kind in FORMATS
    for side in [{"number": "right", "points": "right", "share": "right", "day": "center"}.get(kind)]
}
_DOUBTFUL = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: heading, kind (text, day, number, points, share, moment), width in characters."""

    label: str
    kind: str = "text"
    width: float = 16
    fill: bool = False
    """To be filled in by people: shaded."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list with its title and filter line."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    line: str = ""
    name: str = "Danh sách"
    signatures: tuple[str, str] = ("Người lập biểu", "Thủ trưởng đơn vị")
    simulation: bool = False
    codes: Sequence[str] = ()
    """A small line under the heads that names each column for the reading back."""


def write(sheets: Sequence[Sheet]) -> bytes:
    """A workbook of these sheets: frozen head, filter, A4 landscape, page x/y."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        _write(book.create_sheet(sheet.name[:31]), sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def head_row(sheet: Sheet) -> int:
    """The row of the column heads."""
    return 2 + bool(sheet.line) + sheet.simulation


def _write(page: Worksheet, sheet: Sheet) -> None:
    head = head_row(sheet)
    _top(page, sheet)
    for number, column in enumerate(sheet.columns, 1):
        cell = page.cell(head, number, column.label)
        cell.font, cell.fill, cell.border = Font(_FACE, 11, bold=True), _HEAD, _BOX
        cell.alignment = Alignment("center", "center", wrap_text=True)
        page.column_dimensions[get_column_letter(number)].width = column.width
    for number, code in enumerate(sheet.codes, 1):
        _put(page.cell(head + 1, number), code, Column("", "text"))
        page.row_dimensions[head + 1].hidden = True
    last = head + bool(sheet.codes)
    for row in sheet.rows:
        last += 1
        for number, (value, column) in enumerate(zip(row, sheet.columns, strict=True), 1):
            _put(page.cell(last, number), value, column)
    _print_setup(page, sheet, head, last)


def _top(page: Worksheet, sheet: Sheet) -> None:
    lines = [(sheet.title, Font(_FACE, 14, bold=True))]
    if sheet.line:
        lines.append((sheet.line, Font(_FACE, 12, italic=True)))
    if sheet.simulation:
        lines.insert(0, (SIMULATION, Font(_FACE, 12, bold=True, color="C00000")))
    for number, (text, font) in enumerate(lines, 1):
        cell = page.cell(number, 1)
        _put(cell, text, Column(""))
        cell.font, cell.border, cell.alignment = font, Border(), Alignment(wrap_text=False)


def _put(cell: Cell | Any, value: Any, column: Column) -> None:
    """A typed value; text stays text whatever it begins with."""
    cell.font, cell.border, cell.alignment = _PLAIN, _BOX, _ALIGN[column.kind]
    if column.fill:
        cell.fill = _OPEN
    cell.number_format = FORMATS[column.kind]
    if value is None or value == "":
        return
    if isinstance(value, str):
        text = "".join(letter for letter in value[:LONGEST] if letter >= " " or letter in "\t\n")
        cell.value = text
        cell.data_type = "s"
        if text.startswith(_DOUBTFUL):
            cell.quotePrefix = True
        return
    cell.value = value.replace(tzinfo=None) if isinstance(value, datetime) else value
    cell.number_format = FORMATS[column.kind]


def _print_setup(page: Worksheet, sheet: Sheet, head: int, last: int) -> None:
    width = get_column_letter(len(sheet.columns))
    page.freeze_panes = f"A{head + 1 + bool(sheet.codes)}"
    page.auto_filter.ref = f"A{head + bool(sheet.codes)}:{width}{max(last, head + 1)}"
    page.print_title_rows = f"{head}:{head}"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", 9
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_margins.left = page.page_margins.right = 0.5
    foot = page.oddFooter
    assert foot is not None
    foot.right.text = "Trang &P/&N"
    foot.left.text = SIMULATION if sheet.simulation else ""
    if sheet.signatures != ("", ""):
        _sign(page, sheet, last + 2)


def _sign(page: Worksheet, sheet: Sheet, row: int) -> None:
    places = (min(2, len(sheet.columns)), max(len(sheet.columns) - 1, 1))
    for column, text in zip(places, sheet.signatures, strict=True):
        cell = page.cell(row, column, text)
        cell.font, cell.alignment = Font(_FACE, 12, bold=True), Alignment("center")


# Reading what people send


@dataclass(frozen=True, slots=True)
class Read:
    """A cell that somebody filled in: where it stands and what is in it."""

    place: str
    """Hồi cứu!F9"""
    value: Any

    @property
    def text(self) -> str:
        """What was typed; a day and a number as people write them."""
        value = self.value
        if value is None:
            return ""
        if isinstance(value, datetime | date):
            return f"{value.day:02d}/{value.month:02d}/{value.year}"
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return str(value).strip()


def read(
    body: bytes, name: str, codes: Sequence[str], *, labels: Sequence[str] = (), needed: Sequence[str] = ()
) -> list[dict[str, Read]]:
    """The filled rows of the sheet `name`, by the codes of its columns. Raises BadInput for another file.

    With `labels`, one for each code, a sheet whose line of codes is gone is read by its heads; columns that are not
    `needed` may be missing then.
    """
    _check_size(body)
    try:
        book = load_workbook(io.BytesIO(body), read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, ParseError, TypeError) as error:
        raise BadInput(
            "Tệp không đọc được như bảng tính .xlsx. Đề nghị tải mẫu ở trang này, điền rồi đưa lên lại."
        ) from error
    if name not in book.sheetnames:
        raise BadInput(f"Tệp không có trang “{name}”. Đề nghị dùng đúng mẫu tải ở trang này.")
    page = book[name]
    found: list[dict[str, Read]] = []
    columns: dict[int, str] = {}
    for number, row in enumerate(page.iter_rows(max_row=MOST_ROWS + 1, values_only=True), 1):
        if number > MOST_ROWS and any(value is not None for value in row):
            raise BadInput(f"Trang “{name}” có hơn {MOST_ROWS:,} dòng. Đề nghị chia thành nhiều tệp.".replace(",", "."))
        coded = _columns(row, codes) if not found else {}
        if coded or not columns:
            columns = coded or _headed(row, codes, labels, needed)
            continue
        cells = {
            code: Read(f"{name}!{get_column_letter(place + 1)}{number}", row[place] if place < len(row) else None)
            for place, code in columns.items()
        }
        if any(cell.text for cell in cells.values()):
            found.append(cells)
    book.close()
    if not columns:
        raise BadInput(
            "Tệp không còn dòng mã cột (dòng ẩn dưới tiêu đề) nên không đọc được. Đề nghị tải lại mẫu ở trang này."
        )
    return found


def _columns(row: Sequence[Any], codes: Sequence[str]) -> dict[int, str]:
    texts = [str(value).strip() if value is not None else "" for value in row]
    return {texts.index(code): code for code in codes} if set(codes) <= set(texts) else {}


def _headed(row: Sequence[Any], codes: Sequence[str], labels: Sequence[str], needed: Sequence[str]) -> dict[int, str]:
    """Columns by their heads, without regard to marks, capitals and signs; none where a needed one is missing."""
    if not labels:
        return {}
    heads = [collation.fold(str(value)) if value is not None else "" for value in row]
    wanted = {collation.fold(label): code for code, label in zip(codes, labels, strict=True)}
    found = {place: wanted[head] for place, head in enumerate(heads) if head in wanted}
    return found if set(needed) <= set(found.values()) else {}


def _check_size(body: bytes) -> None:
    """A small file may unpack to gigabytes: it is refused before it does."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            if sum(info.file_size for info in archive.infolist()) <= UNPACKED:
                return
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise BadInput("Tệp không phải bảng tính .xlsx. Đề nghị lưu dạng Excel (.xlsx) rồi đưa lên lại.") from error
    raise BadInput("Bảng tính quá lớn. Đề nghị chia thành nhiều tệp.")
