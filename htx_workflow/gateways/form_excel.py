"""A form as an Excel file (tệp Excel của biểu mẫu): blank or with the values so far, to be filled and sent back.

A sheet for each section; labels are locked, boxes are open, units stand in the headers, last year's values beside.
Column A (hidden) names what each row is for, so that inserted rows move nothing; `form_excel_reading` reads it:

    KEY, KEY~number …            a place in column E, or, below a row `columns|truoc,uoc`, one in each column from E
    columns|ID,ID                the headers of a group with columns
    none|KEY                     the box that says "Không có" of the table below
    table|KEY|CELL,CELL~number   the headers of a table, cells from column C; below them its rows (A: a given row's code)
    end|KEY                      the end of a table's rows

The hidden sheet `_bieu` says form, version, agency and year. Texts are written as texts, whatever they begin with.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Font, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from htx_workflow.domain import form_cells, form_values
from htx_workflow.domain.form_cells import DOCUMENT_PARTS, Spot
from htx_workflow.domain.form_scope import ROW
from htx_workflow.domain.form_slots import Context, Slot, Value, cells, slots
from htx_workflow.domain.forms import (
    AnyCell,
    Choice,
    Choices,
    Computed,
    Day,
    DocumentRef,
    Files,
    Form,
    Group,
    Money,
    Number,
    Percent,
    Section,
    Table,
    Text,
    YesNo,
)
from htx_workflow.domain.formulas import Non
from htx_workflow.gateways import excel_cells

INFO, LISTS = "_bieu", "_danh_sach"
INFO_ROWS = ("form", "version", "legal_name", "agency", "year")
ROWS_FREE = 20
"""Empty rows of a table beyond those it has."""
FIRST, TABLE_FIRST = 5, 3
"""First column of boxes, of a table's cells."""
CHOSEN = "x"


def workbook_bytes(form: Form, context: Context, values: Mapping[str, Value], mark: str | None = None) -> bytes:
    """The file, ready to be sent. `mark` stands on top of every sheet ("BẢN MÔ PHỎNG - SỐ LIỆU GIẢ ĐỊNH")."""
    book = Workbook()
    book.remove(book.worksheets[0])
    lists = excel_cells.Lists(book.create_sheet(LISTS))
    everything = {**values, **form_values.computed(form, context, values)}
    places = slots(form, context)
    for section in form.sections:
        own = [slot for slot in places if slot.section.id == section.id]
        if own:
            _Sheet(form, context, everything, book.create_sheet(section.sheet), lists).fill(section, own, mark)
    _write_info(book.create_sheet(INFO), form, context)
    for name in (INFO, LISTS):
        book.move_sheet(name, len(book.worksheets))
        book[name].sheet_state = "hidden"
    book.active = 0
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write_info(sheet: Worksheet, form: Form, context: Context) -> None:
    held = (form.code, form.version, form.legal_name, context.agency, str(context.year))
    for number, (name, text) in enumerate(zip(INFO_ROWS, held, strict=True), 1):
        excel_cells.put_text(excel_cells.cell_at(sheet, number, 1), name)
        excel_cells.put_text(excel_cells.cell_at(sheet, number, 2), text)


class _Sheet:
    """Writes one section from top to bottom."""

    def __init__(
        self, form: Form, context: Context, values: Mapping[str, Value], sheet: Worksheet, lists: excel_cells.Lists
    ) -> None:
        self.form = form
        self.context = context
        self.values = values
        self.sheet = sheet
        self.lists = lists
        self.row = 0
        self.choices: dict[str, DataValidation] = {}

    def fill(self, section: Section, places: list[Slot], mark: str | None) -> None:
        self._settings()
        if mark:
            self._words(2, mark, excel_cells.BOLD)
        self._words(2, f"{self.form.title}. {section.title}", excel_cells.BOLD)
        unit = f"ĐVT tiền: {self.form.money_unit}. " if _has_money(places) else ""
        self._words(
            2,
            f"{unit}Mẫu: {self.form.name}. Chỉ nhập ở ô nền vàng; ô trống là chưa điền, khác với số 0.",
            excel_cells.GREY,
        )
        group: Group | None = None
        item = None
        done: set[str] = set()
        for slot in places:
            if slot.group is not group or slot.item is not item:
                group, item = slot.group, slot.item
                self._group_head(slot)
            base = slot.key.rpartition("@")[0] if slot.column else slot.key
            if base in done:
                continue
            done.add(base)
            if isinstance(slot.field, Table):
                self._table(slot, slot.field)
            elif slot.column is not None:
                self._columns(base, [one for one in places if one.key.startswith(f"{base}@")])
            else:
                self._single(slot)
        self._fit(places)
        self.sheet.print_area = f"B1:{get_column_letter(max(self.sheet.max_column, FIRST))}{self.row}"

    def _settings(self) -> None:
        sheet = self.sheet
        sheet.column_dimensions["A"].hidden = True
        sheet.protection.enable()
        for allowed in ("formatColumns", "formatRows", "insertRows"):
            setattr(sheet.protection, allowed, False)
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = 9
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)

    def _fit(self, places: list[Slot]) -> None:
        """Widths of columns, and heights of rows whose texts need more than a line."""
        long = any(isinstance(slot.field, Text) and slot.field.lines > 1 for slot in places)
        widths = {2: 8, 3: 46, 4: 16, **dict.fromkeys(range(5, 11), 24)}
        if long and all(slot.group.columns is None for slot in places):
            widths[FIRST] = 60
        for column in range(2, max(self.sheet.max_column, FIRST) + 1):
            self.sheet.column_dimensions[get_column_letter(column)].width = widths.setdefault(column, 18)
        for number, row in enumerate(self.sheet.iter_rows(min_col=2), 1):
            texts = [(str(cell.value), widths[cell.column]) for cell in row if cell.value and cell.alignment.wrap_text]
            lines = max((_lines(text, width) for text, width in texts), default=1)
            if lines > 1:
                self.sheet.row_dimensions[number].height = min(15 * lines, 400)

    def _words(self, column: int, text: str, font: Font) -> None:
        self.row += 1
        cell = excel_cells.cell_at(self.sheet, self.row, column)
        excel_cells.put_text(cell, text)
        cell.font = font

    def _key(self, text: str) -> None:
        self.row += 1
        excel_cells.put_text(excel_cells.cell_at(self.sheet, self.row, 1), text)

    def _head(self, column: int, text: str) -> None:
        cell = excel_cells.cell_at(self.sheet, self.row, column)
        excel_cells.put_text(cell, text)
        cell.font, cell.fill, cell.border, cell.alignment = (
            excel_cells.BOLD,
            excel_cells.HEAD,
            excel_cells.LINE,
            excel_cells.WRAP,
        )

    def _label(self, column: int, text: str) -> None:
        cell = excel_cells.cell_at(self.sheet, self.row, column)
        excel_cells.put_text(cell, text)
        cell.border, cell.alignment = excel_cells.LINE, excel_cells.WRAP

    def _group_head(self, slot: Slot) -> None:
        self.row += 1
        of_item = f": {slot.item.label}" if slot.item else ""
        self._words(2, f"{slot.group.title}{of_item}", excel_cells.BOLD)
        if slot.group.help:
            self._words(2, slot.group.help, excel_cells.GREY)
        if all(isinstance(one, Table) for one in slot.group.fields):
            return
        columns = self.form.column_sets.get(slot.group.columns or "", ())
        if columns:
            self._key(f"columns|{','.join(column.id for column in columns)}")
        else:
            self.row += 1
        for number, text in enumerate(("Mã", "Nội dung", "Đơn vị tính"), 2):
            self._head(number, text)
        if columns:
            for number, column in enumerate(columns):
                self._head(FIRST + number, column.label)
        else:
            for number, text in enumerate(("Giá trị", "Năm trước", "Ghi chú")):
                self._head(FIRST + number, text)

    def _front(self, key: str, slot: Slot, unit: str, more: str = "") -> None:
        self._key(key)
        self._label(2, slot.field.id)
        self._label(3, f"{slot.field.label}{more}{' *' if slot.field.required else ''}")
        self._label(4, unit)

    def _single(self, slot: Slot) -> None:
        spot = form_cells.spot(self.form, self.context, slot)
        value, last = self.values.get(slot.key), self.context.last.get(slot.key)
        if isinstance(slot.field, DocumentRef):
            for part, label in DOCUMENT_PARTS.items():
                self._front(f"{slot.key}~{part}", slot, "", f" - {label.lower()}")
                self._box(FIRST, _part_spot(part), _part_of(value, part), locked=False)
                self._last(slot, _part_spot(part), _part_of(last, part))
            return
        self._front(slot.key, slot, spot.unit)
        locked = not slot.typed or isinstance(slot.field, Files)
        self._box(FIRST, spot, value, locked)
        self._last(slot, spot, last)
        if slot.group.columns is not None:
            return
        note = "Gửi tệp trên trang của báo cáo" if isinstance(slot.field, Files) else slot.field.help or ""
        excel_cells.put_text(excel_cells.cell_at(self.sheet, self.row, FIRST + 2), note)
        excel_cells.cell_at(self.sheet, self.row, FIRST + 2).alignment = excel_cells.WRAP

    def _last(self, slot: Slot, spot: Spot, last: Value) -> None:
        """Last year's value beside; among columns the one box goes across all of them instead."""
        columns = self.form.column_sets.get(slot.group.columns or "", ())
        if not columns:
            self._box(FIRST + 1, spot, last, locked=True)
            return
        box, end = excel_cells.cell_at(self.sheet, self.row, FIRST), FIRST + len(columns) - 1
        self.sheet.merge_cells(start_row=self.row, end_row=self.row, start_column=FIRST, end_column=end)
        for column in range(FIRST + 1, end + 1):
            self.sheet.cell(self.row, column).protection = Protection(locked=box.protection.locked)

    def _columns(self, base: str, places: list[Slot]) -> None:
        spot = form_cells.spot(self.form, self.context, places[0])
        self._front(base, places[0], spot.unit)
        for number, slot in enumerate(places):
            own = form_cells.spot(self.form, self.context, slot)
            self._box(FIRST + number, own, self.values.get(slot.key), locked=not slot.typed)

    def _table(self, slot: Slot, table: Table) -> None:
        value = self.values.get(slot.key)
        self.row += 1
        self._words(2, f"{slot.field.id} {slot.label}", excel_cells.BOLD)
        if not (table.given or table.rows):
            self._key(f"none|{slot.key}")
            self._label(3, f'{table.none_word}: ghi "{CHOSEN}"')
            said = CHOSEN if form_cells.non_of(value) is Non.NOT_ARISEN else ""
            self._box(FIRST, Spot(table), said, locked=False)
        heads = [(name, label) for cell in cells(table, self.context) for name, label in _heads(self, slot, cell)]
        self._key(f"table|{slot.key}|{','.join(name for name, _ in heads)}")
        self._head(2, "TT")
        for number, (_, label) in enumerate(heads):
            self._head(TABLE_FIRST + number, label)
        found = form_values.rows(self.form, self.context, slot, self.values)
        for row in found:
            self._table_row(slot, table, row.cells, row.number, row.item.label if row.item else None)
        if not (table.rows or table.given):
            for number in range(len(found) + 1, min(len(found) + ROWS_FREE, max(table.most, len(found))) + 1):
                self._table_row(slot, table, {}, number, None)
        self._key(f"end|{slot.key}")

    def _table_row(self, slot: Slot, table: Table, row: Mapping[str, Value], number: int, label: str | None) -> None:
        self._key(str(row.get(ROW) or ""))
        self._label(2, label or str(number))
        item = next((one for one in self.context.items.get(table.rows or "", ()) if one.code == row.get(ROW)), None)
        column = TABLE_FIRST
        for cell in cells(table, self.context):
            value = row.get(cell.id)
            if isinstance(cell, DocumentRef):
                for part in DOCUMENT_PARTS:
                    self._box(column, _part_spot(part), _part_of(value, part), table.given)
                    column += 1
                continue
            given = item is not None and cell.id in item.given
            locked = table.given or given or isinstance(cell, Computed | Files)
            self._box(column, form_cells.spot(self.form, self.context, slot, cell), value, locked)
            column += 1

    def _box(self, column: int, spot: Spot, value: Value, locked: bool) -> None:
        """A box with its value; numbers as numbers, days as days, everything else as text."""
        box = excel_cells.cell_at(self.sheet, self.row, column)
        box.border, box.alignment = excel_cells.LINE, excel_cells.WRAP
        number = _number(spot, value)
        box.number_format = _format(spot, number, locked)
        if number is not None:
            box.value = number
        else:
            excel_cells.put_text(
                box, form_cells.shown(spot, value) if not isinstance(spot.cell, Table) else str(value or "")
            )
        if locked:
            return
        box.protection, box.fill = Protection(locked=False), excel_cells.OPEN
        if isinstance(spot.cell, Choice | YesNo) and spot.options:
            self._offer(box, tuple(option.label for option in spot.options))

    def _offer(self, box: Cell, labels: tuple[str, ...]) -> None:
        """The choices as a list to open; other texts are taken too and answered in words when the file comes back."""
        reference = self.lists.range_of(labels)
        if reference not in self.choices:
            self.choices[reference] = DataValidation(
                "list", formula1=reference, allow_blank=True, showErrorMessage=False
            )
            self.sheet.add_data_validation(self.choices[reference])
        self.choices[reference].add(box)


def _lines(text: str, width: int) -> int:
    return sum(1 + len(line) // width for line in text.split("\n"))


def _heads(sheet: _Sheet, slot: Slot, cell: AnyCell) -> Iterable[tuple[str, str]]:
    """Names and words of a table column's headers; a document has four."""
    star = " *" if cell.required else ""
    if isinstance(cell, DocumentRef):
        return [
            (f"{cell.id}~{part}", f"{cell.label} - {label.lower()}{star}") for part, label in DOCUMENT_PARTS.items()
        ]
    spot = form_cells.spot(sheet.form, sheet.context, slot, cell)
    unit = f" ({spot.unit})" if spot.unit else ""
    if isinstance(cell, Choices):
        unit = " (nhiều mục cách nhau bằng dấu ;)"
    if isinstance(cell, Files):
        unit = " (số của tệp đã gửi; gửi tệp trên trang)"
    return [(cell.id, f"{cell.label}{unit}{star}")]


def _number(spot: Spot, value: Value) -> Decimal | None:
    """The value as a number that Excel keeps exactly (15 digits); None for everything to be written as text."""
    if not isinstance(spot.cell, Number | Money | Percent | Computed):
        return None
    if isinstance(spot.cell, Computed) and spot.cell.shows == "text":
        return None
    number = form_cells.decimal_of(value)
    if number is None:
        return None
    shown = number / spot.scale
    return shown if len(shown.normalize().as_tuple().digits) <= 15 else None


def _format(spot: Spot, number: Decimal | None, locked: bool) -> str:
    """How Excel shows a box.

    Days and words are text: in Excel set to English 5/1/2025 would become the first of May. Open number boxes show
    what Excel understood, unrounded and without groups; locked ones are grouped.
    """
    if number is None:
        return "General" if spot.numeric and not locked else "@"
    if not locked:
        return "General"
    return "#,##0" if number == number.to_integral_value() else "#,##0.####"


def _part_spot(part: str) -> Spot:
    if part == "dated":
        return Spot(Day(id="X", label="Ngày", type="date"))
    return Spot(_TEXT)


def _part_of(value: Value, part: str) -> Value:
    return value.get(part) if isinstance(value, dict) else None


def _has_money(places: list[Slot]) -> bool:
    return any(
        isinstance(one, Money)
        for slot in places
        for one in (slot.field.columns if isinstance(slot.field, Table) else (slot.field,))
    )


_TEXT = Text(id="X", label="Văn bản", type="text")
