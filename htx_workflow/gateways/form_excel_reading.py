"""An Excel file of a form coming back (đưa tệp Excel lên): the same checks and messages as the page, cell by cell.

All or nothing: while one cell cannot be used, none is taken, and every such cell is named (Kinh phí!D12). Places not
in the file keep what they held. Numbers may be numbers or texts (`1.500,0`); a formula counts as the result it was
saved with. A file of an earlier version of the form is read by that version, and what moved is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter

from htx_workflow.domain import collation, form_cells, form_messages, form_moves, words
from htx_workflow.domain.errors import BadInput
from htx_workflow.domain.file_rules import Limits
from htx_workflow.domain.form_cells import DOCUMENT_PARTS, Spot
from htx_workflow.domain.form_messages import Message
from htx_workflow.domain.form_scope import REASONS, ROW, WorkingDays, rows_of
from htx_workflow.domain.form_slots import Context, Slot, Value, Values, cells, slots
from htx_workflow.domain.forms import AnyCell, Computed, Day, DocumentRef, Files, Form, Table, Text
from htx_workflow.domain.formulas import Non
from htx_workflow.gateways import excel_sheets
from htx_workflow.gateways.excel_sheets import Box, Rows
from htx_workflow.gateways.form_excel import FIRST, INFO, INFO_ROWS, TABLE_FIRST

LIMITS = Limits(file=5_000_000, unpacked=30_000_000, parts=500)
"""A filled form is far below this; a file made to fill the memory is not."""

MOST_LISTED = 50
"""Cells named in the one sentence; the list (`wrong`) has all."""

Place = tuple[str, str | None, str | None]
"""Key, row, cell: as in a `Message`."""


@dataclass(frozen=True)
class CellMessage:
    """A message with the cell it is about."""

    at: str
    """Kinh phí!D12."""
    message: Message

    @property
    def text(self) -> str:
        """Kinh phí!D12 "1,5 tỷ" là chữ, cần số (1500, đơn vị triệu đồng)."""
        return f"{self.at} {self.message.what}"


@dataclass(frozen=True)
class Upload:
    """What a file holds: the values to save, or the cells that keep all of them from being saved."""

    values: Values
    wrong: tuple[CellMessage, ...] = ()
    others: tuple[Message, ...] = ()
    """What else is to be said of the values: still empty, to be confirmed, doubtful. They do not refuse the file."""
    notes: tuple[str, ...] = ()
    """What moved, when the file is of an earlier version."""

    @property
    def refusal(self) -> str | None:
        """The sentence above the list, None when the file was taken."""
        if not self.wrong:
            return None
        listed = "; ".join(one.text for one in self.wrong[:MOST_LISTED])
        if len(self.wrong) > MOST_LISTED:
            listed += f"; và {words.count_text(len(self.wrong) - MOST_LISTED)} ô khác"
        count = words.count_text(len(self.wrong))
        return f"Tệp Excel có {count} ô cần sửa, chưa ô nào được ghi vào hệ thống: {listed}."


def read(
    data: bytes,
    name: str,
    form: Form,
    context: Context,
    values: Values,
    older: Mapping[str, Form] | None = None,
    limits: Limits = LIMITS,
    working_days: WorkingDays | None = None,
) -> Upload:
    """What the file `name` holds for this draft; `older` are earlier versions of the form, by version.

    Raises `BadInput` for what is no such file, of another form, agency or year, or of a version nobody knows.
    """
    sheets = excel_sheets.sheets(data, name, limits)
    info = _info(sheets)
    its_form = _its_form(info, form, context, older or {})
    found = _Reading(its_form, context, {} if its_form is not form else values)
    for sheet, rows in sheets.items():
        found.read_sheet(sheet, rows)
    return _answer(found, form, context, values, working_days)


def _answer(found: _Reading, form: Form, context: Context, values: Values, working_days: WorkingDays | None) -> Upload:
    after = found.values
    notes: tuple[str, ...] = ()
    messages = form_messages.check(found.form, context, after, working_days=working_days)
    if found.form is not form:
        moved = form_moves.moved(found.form, form, after)
        lost = f"Nội dung không còn chỗ: {', '.join(moved.aside)}." if moved.aside else ""
        notes = tuple(filter(None, (*form_moves.changes(found.form, form), lost)))
        after = {**values, **moved.values}
    at = found.addresses
    wrong = [*found.wrong]
    for message in messages:
        place = (message.key, message.row, message.cell)
        if message.level == "error" and (place in at or (message.key, None, None) in at):
            wrong.append(CellMessage(at.get(place) or at[message.key, None, None], message))
    refused = [one.message for one in wrong]
    others = tuple(message for message in messages if message not in refused)
    return Upload(values, tuple(wrong), (), notes) if wrong else Upload(after, (), others, notes)


def _info(sheets: Mapping[str, Rows]) -> dict[str, str]:
    """What the hidden sheet says."""
    rows = sheets.get(INFO, [])
    info = {str(row[0].value): str(row[1].value or "") for row in rows if len(row) > 1 and row[0].value}
    if any(name not in info for name in INFO_ROWS):
        raise BadInput(
            "Tệp Excel này không phải mẫu tải từ hệ thống, hoặc trang ẩn của mẫu đã bị bỏ. "
            "Đề nghị tải mẫu Excel, chép số liệu sang rồi đưa lên lại."
        )
    return info


def _its_form(info: Mapping[str, str], form: Form, context: Context, older: Mapping[str, Form]) -> Form:
    if info["form"] != form.code:
        raise BadInput(
            f"Tệp Excel là biểu mẫu {info['form']} ({info['legal_name']}), báo cáo này dùng {form.name}. "
            "Đề nghị tải đúng mẫu Excel của báo cáo này."
        )
    if info["agency"] != context.agency:
        raise BadInput("Tệp Excel này lập cho cơ quan khác. Đề nghị tải mẫu Excel tại trang của báo cáo này.")
    if info["year"] != str(context.year):
        raise BadInput(
            f"Tệp Excel này lập cho năm {info['year']}, báo cáo này của năm {context.year}. "
            "Đề nghị tải mẫu Excel của năm nay."
        )
    if info["version"] == form.version:
        return form
    if info["version"] in older:
        return older[info["version"]]
    raise BadInput(
        f"Tệp Excel là bản {info['version']} của biểu mẫu {form.code}, biểu mẫu đang dùng là bản {form.version}. "
        "Đề nghị tải mẫu Excel mới và chép số liệu sang."
    )


# The cells


@dataclass
class _Table:
    slot: Slot
    names: list[str]
    rows: list[Value] = field(default_factory=list)


class _Reading:
    """Reads sheets row by row; what cannot be used is kept in `wrong` with its cell."""

    def __init__(self, form: Form, context: Context, values: Values) -> None:
        self.form = form
        self.context = context
        self.before = values
        self.values: Values = dict(values)
        self.addresses: dict[Place, str] = {}
        self.wrong: list[CellMessage] = []
        self.slots = {slot.key: slot for slot in slots(form, context)}
        self.columns: list[str] = []
        self.table: _Table | None = None
        self.documents: dict[str, dict[str, str]] = {}
        self.none: set[str] = set()
        self.sheet = ""

    def read_sheet(self, name: str, rows: Rows) -> None:
        self._start(name)
        for number, row in enumerate(rows, 1):
            mark = str(row[0].value or "") if row else ""
            kind, _, rest = mark.partition("|")
            if kind == "columns":
                self.columns = rest.split(",")
            elif kind == "none" and rest in self.slots:
                self._none(rest, row, number)
            elif kind == "table":
                self._open(rest)
            elif kind == "end":
                self._close()
            elif self.table is not None:
                self._table_row(self.table, mark, row, number)
            elif mark:
                self._line(mark, row, number)

    def _start(self, name: str) -> None:
        self.sheet, self.columns, self.table = name, [], None

    def _line(self, mark: str, row: list[Box], number: int) -> None:
        key, _, part = mark.partition("~")
        slot = self.slots.get(key)
        if slot is not None and part in DOCUMENT_PARTS:
            self._document_part(slot, part, row, number)
        elif slot is not None and slot.typed and not isinstance(slot.field, Files):
            self._single(slot, excel_sheets.at(row, FIRST), FIRST, number)
        elif slot is None:
            for place, column in enumerate(self.columns, FIRST):
                one = self.slots.get(f"{key}@{column}")
                if one is not None and one.typed:
                    self._single(one, excel_sheets.at(row, place), place, number)

    def _single(self, slot: Slot, box: Box, column: int, number: int) -> None:
        self.addresses[slot.key, None, None] = at = self._address(column, number)
        spot = form_cells.spot(self.form, self.context, slot)
        value = self._value(spot, box, at, slot.key, slot.place)
        if value != self.before.get(slot.key):
            self.values.pop(slot.key + REASONS, None)
        _put(self.values, slot.key, value)

    def _document_part(self, slot: Slot, part: str, row: list[Box], number: int) -> None:
        place = (slot.key, None, None)
        at = self._address(FIRST, number)
        self.addresses.setdefault(place, at)
        text = self._text(excel_sheets.at(row, FIRST), part == "dated", at, slot.key, slot.place)
        parts = self.documents.setdefault(slot.key, {})
        parts[part] = text
        _put(self.values, slot.key, form_cells.read_document(parts, iso_days=True))

    def _none(self, key: str, row: list[Box], number: int) -> None:
        self.addresses[key, None, None] = self._address(FIRST, number)
        if collation.fold(str(excel_sheets.at(row, FIRST).value or "")):
            self.none.add(key)

    def _open(self, rest: str) -> None:
        key, _, names = rest.partition("|")
        slot = self.slots.get(key)
        if slot is not None and isinstance(slot.field, Table) and not slot.field.given:
            self.table = _Table(slot, names.split(","))
        else:
            self.table = None

    def _close(self) -> None:
        table, self.table = self.table, None
        if table is None:
            return
        value: Value = {"rows": table.rows} if table.rows else None
        if table.slot.key in self.none:
            if table.rows:
                message = Message(
                    table.slot.key, table.slot.label, "vừa chọn không có vừa có dòng", "Đề nghị chỉ giữ một."
                )
                self.wrong.append(CellMessage(self.addresses[table.slot.key, None, None], message))
            value = {"non": str(Non.NOT_ARISEN)}
        _put(self.values, table.slot.key, value)

    def _table_row(self, table: _Table, code: str, row: list[Box], number: int) -> None:
        """One row of a table; an empty one is passed over."""
        slot, known = table.slot, {cell.id: cell for cell in cells(_table_of(table.slot), self.context)}
        boxes = {name: (excel_sheets.at(row, place), place) for place, name in enumerate(table.names, TABLE_FIRST)}
        typed_names = [name for name in boxes if not isinstance(known.get(name.partition("~")[0]), Computed)]
        item = next((one for one in self.context.items.get(_table_of(slot).rows or "", ()) if one.code == code), None)
        given = item.given if item else {}
        typed_names = [name for name in typed_names if name.partition("~")[0] not in given]
        if _table_of(slot).rows and item is None:
            return
        if all(excel_sheets.empty(boxes[name][0]) for name in typed_names):
            return
        if len(table.rows) > _table_of(slot).most:
            return  # one row too many is enough to say so
        row_name = code if item else str(len(table.rows) + 1)
        values: Values = {}
        for name in typed_names:
            cell = known.get(name.partition("~")[0])
            if cell is not None:
                box, place = boxes[name]
                self._cell(slot, cell, name, row_name, box, self._address(place, number), values)
        if not values:
            return
        self._keep_reasons(slot, item.code if item else None, len(table.rows), values)
        table.rows.append({ROW: item.code, **values} if item else values)

    def _cell(self, slot: Slot, cell: AnyCell, name: str, row_name: str, box: Box, at: str, values: Values) -> None:
        label = f'{slot.label}, dòng {row_name}, cột "{cell.label}"'
        self.addresses.setdefault((slot.key, row_name, cell.id), at)
        part = name.partition("~")[2]
        if isinstance(cell, DocumentRef):
            text = self._text(box, part == "dated", at, slot.key, label)
            held = values.get(cell.id)
            parts = {**(_texts(held) if isinstance(held, dict) else {}), part: text}
            _put(values, cell.id, form_cells.read_document(parts, iso_days=True))
        elif isinstance(cell, Files):
            _put(values, cell.id, self._files(slot, cell, box))
        else:
            spot = form_cells.spot(self.form, self.context, slot, cell)
            _put(values, cell.id, self._value(spot, box, at, slot.key, label))

    def _files(self, slot: Slot, cell: Files, box: Box) -> Value:
        """Files that this table held already, told by their numbers; a file itself comes by the page."""
        held = {number for row in rows_of(self.before.get(slot.key)) for number in _numbers(row.get(cell.id))}
        mine = [int(part) for part in str(box.value or "").split() if part.isascii() and part.isdigit()]
        return [number for number in mine if number in held]

    def _keep_reasons(self, slot: Slot, code: str | None, number: int, values: Values) -> None:
        """A confirmed doubt stays confirmed while the number is the same."""
        rows = list(rows_of(self.before.get(slot.key)))
        old = next((row for row in rows if code is not None and row.get(ROW) == code), None)
        if code is None and number < len(rows):
            old = rows[number]
        reasons = old.get(REASONS) if old else None
        if old and isinstance(reasons, dict):
            kept = {name: reason for name, reason in reasons.items() if old.get(name) == values.get(name)}
            _put(values, REASONS, kept)

    def _value(self, spot: Spot, box: Box, at: str, key: str, place: str) -> Value:
        if box.unsolved is not None:
            self._refuse_formula(box.unsolved, at, key, place)
            return None
        return form_cells.read(spot, excel_sheets.typed_text(spot, box), iso_days=True)

    def _text(self, box: Box, is_day: bool, at: str, key: str, place: str) -> str:
        if box.unsolved is not None:
            self._refuse_formula(box.unsolved, at, key, place)
            return ""
        return excel_sheets.typed_text(_DAY if is_day else _WORDS, box)

    def _refuse_formula(self, formula: str, at: str, key: str, place: str) -> None:
        what = f'"{formula[:60]}" là công thức chưa có kết quả'
        remedy = "Đề nghị mở tệp bằng Excel rồi lưu lại, hoặc thay công thức bằng giá trị."
        self.wrong.append(CellMessage(at, Message(key, place, what, remedy)))

    def _address(self, column: int, number: int) -> str:
        return f"{self.sheet}!{get_column_letter(column)}{number}"


_DAY = Spot(Day(id="X", label="Ngày", type="date"))
_WORDS = Spot(Text(id="X", label="Văn bản", type="text"))


def _table_of(slot: Slot) -> Table:
    assert isinstance(slot.field, Table)
    return slot.field


def _texts(document: Mapping[str, Value]) -> dict[str, str]:
    """The parts of a document as they would be typed."""
    return {name: str(form_cells.raw_of(part) or part) for name, part in document.items()}


def _numbers(value: Value) -> list[int]:
    return [one for one in value if isinstance(one, int)] if isinstance(value, list) else []


def _put(values: Values, key: str, value: Value) -> None:
    if form_cells.is_blank(value):
        values.pop(key, None)
    else:
        values[key] = value
