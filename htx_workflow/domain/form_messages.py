"""What is wrong with the values of a form (điều cần sửa): each with its place, what is wrong, and the remedy.

One list for the page, Excel and `htx`. Nothing is refused one at a time: `check` always looks at everything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from htx_workflow.domain import form_cells, form_values, formulas, legacy_text, numbers, typed, words
from htx_workflow.domain.form_cells import DOCUMENT_PARTS, Spot
from htx_workflow.domain.form_scope import REASONS, ROW, Reckoner, Scope, WorkingDays, rows_of
from htx_workflow.domain.form_slots import Context, Slot, Value, cells, slots
from htx_workflow.domain.form_values import Row
from htx_workflow.domain.forms import (
    AnyCell,
    Check,
    Choice,
    Choices,
    Computed,
    DocumentRef,
    Figure,
    Files,
    Form,
    Money,
    Number,
    Percent,
    Table,
    Text,
)
from htx_workflow.domain.formulas import Non

Level = Literal["error", "confirm", "missing", "warning"]
_HOLDER = re.compile(r"\{([A-Z][A-Za-z0-9.]*)(?:@([a-z][a-z0-9_]*))?\}")
_DIGITS = ("", "một", "hai", "ba", "bốn")


@dataclass(frozen=True)
class Message:
    """One thing to look at.

    `error` and `missing` stop the sending; `confirm` does until a reason is given (KEY~ok); a `warning` does not.
    """

    key: str
    """Of the place (slot)."""
    place: str
    what: str
    remedy: str
    level: Level = "error"
    row: str | None = None
    """Name of the table's row, and `cell` of its column, when it is about a cell."""
    cell: str | None = None

    @property
    def stops(self) -> bool:
        """Whether the report cannot be sent like this."""
        return self.level != "warning"

    @property
    def name(self) -> str:
        """The name the field bears in the page: KEY or TABLE:ROW:CELL."""
        return self.key if self.row is None else ":".join(filter(None, (self.key, self.row, self.cell)))

    @property
    def sentence(self) -> str:
        """Place, what is wrong, remedy."""
        return f"{self.place}: {self.what}. {self.remedy}"


@dataclass(frozen=True)
class _Place:
    """A place or a cell being looked at."""

    slot: Slot
    spot: Spot
    row: Row | None = None
    cell: AnyCell | None = None

    def says(self, what: str, remedy: str, level: Level = "error") -> Message:
        cell = self.cell.id if self.cell else None
        return Message(self.slot.key, self.name, what, remedy, level, self.row.name if self.row else None, cell)

    @property
    def name(self) -> str:
        if self.row is None:
            return self.slot.place
        column = f', cột "{self.cell.label}"' if self.cell else ""
        return f"{self.slot.label}, {self.row.label}{column}"


def check(
    form: Form,
    context: Context,
    values: Mapping[str, Value],
    group: str | None = None,
    working_days: WorkingDays | None = None,
) -> list[Message]:
    """Everything to say of the values, in the order of the form; of one group when it is named."""
    reckoner = Reckoner(form, context, values, working_days)
    found: list[Message] = []
    order: dict[str, int] = {}
    for number, slot in enumerate(slots(form, context, group)):
        order[slot.key] = number
        if not slot.typed or not reckoner.shown(slot):
            continue
        if isinstance(slot.field, Table):
            found.extend(_of_table(reckoner, slot, slot.field))
        else:
            place = _Place(slot, form_cells.spot(form, context, slot))
            found.extend(_of_place(reckoner, place, values.get(slot.key), reckoner.required(slot)))
            found.extend(_of_jump(reckoner, place, values.get(slot.key), context.last.get(slot.key)))
    for rule in form.checks:
        found.extend(_of_rule(reckoner, rule))
    return sorted((message for message in found if message.key in order), key=lambda message: order[message.key])


def stopping(messages: list[Message]) -> list[Message]:
    """Those that keep a report from being sent."""
    return [message for message in messages if message.stops]


# One value


def _of_place(reckoner: Reckoner, place: _Place, value: Value, required: bool) -> Iterator[Message]:
    if form_cells.is_blank(value):
        if required:
            yield place.says("chưa có", _missing_remedy(place.spot), "missing")
        return
    if (raw := form_cells.raw_of(value)) is not None:
        doubt = form_cells.doubt(place.spot, raw)
        yield place.says(doubt.what, doubt.remedy)
        return
    if form_cells.non_of(value):
        if not place.spot.numeric:
            yield place.says("ô này không phải ô số", "Đề nghị nhập lại nội dung.")
        return
    look = _LOOKS.get(type(place.spot.cell))
    if look is not None:
        yield from look(place, value)


def _missing_remedy(spot: Spot) -> str:
    if spot.numeric:
        return f"Đề nghị nhập số ({spot.unit}), hoặc chọn chưa có số liệu, không phát sinh, không áp dụng."
    if isinstance(spot.cell, DocumentRef):
        return "Đề nghị nhập số (ví dụ 145/BC-UBND) và ngày văn bản."
    if isinstance(spot.cell, Files):
        return "Đề nghị gửi tệp lên."
    return "Đề nghị chọn một mục." if spot.options else "Đề nghị bổ sung."


def _look_text(place: _Place, value: Value) -> Iterator[Message]:
    cell = place.spot.cell
    if not isinstance(cell, Text) or not isinstance(value, str):
        return
    yield from _legacy(place, value)
    if len(value) > cell.max:
        what = f"dài {typed.number_text(len(value))} ký tự, tối đa {typed.number_text(cell.max)}"
        yield place.says(what, "Đề nghị viết gọn; phần đã viết được giữ nguyên.")


def _legacy(place: _Place, text: str) -> Iterator[Message]:
    refusal = legacy_text.refusal(text)
    if refusal is not None:
        yield place.says(refusal[:1].lower() + refusal[1:], "Đề nghị thay bằng nội dung Unicode.")


def _look_figure(place: _Place, value: Value) -> Iterator[Message]:
    cell, number = place.spot.cell, form_cells.decimal_of(value)
    if not isinstance(cell, Figure) or number is None:
        return
    scaled = number / place.spot.scale
    shown = typed.number_text(scaled)
    low = None if cell.min is None else cell.min / place.spot.scale
    high = None if cell.max is None else cell.max / place.spot.scale
    if low is not None and scaled < low:
        what = f"{shown} là số âm" if low == 0 else f"{shown} nhỏ hơn mức tối thiểu {typed.number_text(low)}"
        yield place.says(what, _range(low, high, cell))
    if high is not None and scaled > high:
        yield place.says(f"{shown} lớn hơn mức tối đa {typed.number_text(high)}", _range(low, high, cell))


def _range(low: Decimal | None, high: Decimal | None, cell: Figure) -> str:
    start = "Đề nghị nhập" if low is None else f"Đề nghị nhập từ {typed.number_text(low)}"
    end = " trở lên" if high is None else f" đến {typed.number_text(high)}"
    decimals = cell.decimals if isinstance(cell, Number | Percent) else 0
    return f"{start}{end}{f', tối đa {_DIGITS[decimals]} chữ số thập phân' if decimals else ''}."


def _look_choice(place: _Place, value: Value) -> Iterator[Message]:
    codes = value if isinstance(value, list) else [value]
    known = {option.code for option in place.spot.options}
    for code in codes:
        if code not in known:
            yield place.says(f'"{code}" không còn trong danh sách', "Đề nghị chọn lại.")


def _look_document(place: _Place, value: Value) -> Iterator[Message]:
    parts = value if isinstance(value, dict) else {}
    raw = form_cells.raw_of(parts.get("dated"))
    if raw is not None:
        try:
            typed.parse_day(raw)
        except typed.Unreadable as error:
            yield place.says(error.what, error.remedy)
    for name in ("number", "dated"):
        if form_cells.is_blank(parts.get(name)):
            label = DOCUMENT_PARTS[name].lower()
            yield place.says(f"chưa có {label} văn bản", f"Đề nghị nhập {label}, ví dụ 145/BC-UBND ngày 18/12/2025.")
    number = parts.get("number")
    if isinstance(number, str) and (doubt := numbers.doubt(number)):
        yield place.says(doubt.rstrip("."), "Nếu đúng như trên văn bản thì giữ nguyên.", "warning")
    for text in (parts.get("issuer"), parts.get("subject")):
        if isinstance(text, str):
            yield from _legacy(place, text)


def _look_files(place: _Place, value: Value) -> Iterator[Message]:
    cell = place.spot.cell
    if isinstance(cell, Files) and isinstance(value, list) and len(value) > cell.most:
        what = f"có {words.count_text(len(value))} tệp, tối đa {words.count_text(cell.most)}"
        yield place.says(what, "Đề nghị bỏ bớt, hoặc gộp vào một tệp.")


_LOOKS: dict[type, Callable[[_Place, Value], Iterator[Message]]] = {
    Text: _look_text,
    Number: _look_figure,
    Money: _look_figure,
    Percent: _look_figure,
    Choice: _look_choice,
    Choices: _look_choice,
    DocumentRef: _look_document,
    Files: _look_files,
}


# A thousand times last year's


def _of_jump(
    reckoner: Reckoner, place: _Place, value: Value, last: Value, reason: Value | None = None
) -> Iterator[Message]:
    """Sums about 1,000 times last year's, or a thousandth: from half of that on, since figures also grow."""
    now, before = form_cells.decimal_of(value), form_cells.decimal_of(last)
    if not isinstance(place.spot.cell, Money) or not now or not before:
        return
    given = reason or reckoner.values.get(place.slot.key + REASONS)
    ratio, bound = abs(now / before), Decimal(reckoner.form.unit_jump) / 2
    if given or 1 / bound < ratio < bound:
        return
    times = typed.number_text(ratio if ratio >= 1 else 1 / ratio, 0)
    compared = f"gấp {times} lần năm trước" if ratio >= 1 else f"bằng 1/{times} năm trước"
    sum_ = f"{typed.number_text(now / place.spot.scale)} {place.spot.unit} ({typed.money_words(int(now))})"
    remedy = 'Đề nghị kiểm tra đơn vị tính. Nếu số đúng, đánh dấu "Đã kiểm tra" và ghi lý do.'
    yield place.says(f"{sum_}, {compared}", remedy, "confirm")


def _last_row(reckoner: Reckoner, slot: Slot, row: Row) -> Mapping[str, Value]:
    """The row of last year's table for the same thing: same given item, or same choices; none when in doubt."""
    table = slot.field
    assert isinstance(table, Table)
    names = [ROW] if row.item else [cell.id for cell in table.columns if isinstance(cell, Choice)]
    mine = [row.cells.get(name) for name in names]
    same = [
        last
        for last in rows_of(reckoner.context.last.get(slot.key))
        if names and [last.get(name) for name in names] == mine
    ]
    return same[0] if len(same) == 1 else {}


# Tables


def _of_table(reckoner: Reckoner, slot: Slot, table: Table) -> Iterator[Message]:
    value = reckoner.values.get(slot.key)
    place = _Place(slot, Spot(table))
    if form_cells.non_of(value):
        return
    table_rows = form_values.rows(reckoner.form, reckoner.context, slot, reckoner.values)
    if not table_rows and reckoner.required(slot):
        yield place.says("chưa có dòng nào", f'Đề nghị thêm dòng, hoặc chọn "{table.none_word}".', "missing")
    if table_rows and len(table_rows) < table.least:
        yield place.says(f"có {len(table_rows)} dòng, ít nhất {table.least}", "Đề nghị thêm dòng.")
    if len(table_rows) > table.most:
        yield place.says(f"có {len(table_rows)} dòng, tối đa {table.most}", "Đề nghị bỏ bớt dòng.")
    for row in table_rows:
        yield from _of_row(reckoner, slot, table, row)


def _of_row(reckoner: Reckoner, slot: Slot, table: Table, row: Row) -> Iterator[Message]:
    last = _last_row(reckoner, slot, row)
    reasons = row.cells.get(REASONS)
    for cell in cells(table, reckoner.context):
        given = row.item is not None and cell.id in row.item.given
        if isinstance(cell, Computed) or given or not reckoner.shown_cell(slot, cell, row.cells):
            continue
        place = _Place(slot, form_cells.spot(reckoner.form, reckoner.context, slot, cell), row, cell)
        required = reckoner.required_cell(slot, cell, row.cells)
        yield from _of_place(reckoner, place, row.cells.get(cell.id), required)
        reason = reasons.get(cell.id) if isinstance(reasons, dict) else None
        yield from _of_jump(reckoner, place, row.cells.get(cell.id), last.get(cell.id), reason)


# Rules of the form


def _of_rule(reckoner: Reckoner, rule: Check) -> Iterator[Message]:
    home = reckoner.homes.get(rule.at)
    if home is None:
        return
    for slot in reckoner.slots_of.get(home.table.id if home.table else rule.at, ()):
        if not reckoner.shown(slot) or (slot.column is not None and slot.column.formula is not None):
            continue
        if home.table is None:
            yield from _judged(reckoner, rule, reckoner.at(slot), _Place(slot, Spot(home.field)))
            continue
        for row in form_values.rows(reckoner.form, reckoner.context, slot, reckoner.values):
            cell = next(cell for cell in home.table.columns if cell.id == rule.at)
            yield from _judged(reckoner, rule, reckoner.at(slot, row.cells), _Place(slot, Spot(cell), row, cell))


def _judged(reckoner: Reckoner, rule: Check, scope: Scope, place: _Place) -> Iterator[Message]:
    if formulas.evaluate(rule.holds, scope) is False:
        what = _HOLDER.sub(lambda match: _told(reckoner, scope, match[1], match[2]), rule.says)
        yield place.says(what.rstrip("."), rule.remedy, rule.level)


def _told(reckoner: Reckoner, scope: Scope, name: str, column: str | None) -> str:
    """A value inside a sentence: 2.500 triệu đồng."""
    home, found = reckoner.homes.get(name), scope.value(name, column)
    if isinstance(found, Non):
        return form_cells.NON_WORDS[found]
    if home is None or not isinstance(found, Decimal):
        return str(found or "")
    slot = next(iter(reckoner.slots_of.get(home.table.id if home.table else name, ())), None)
    if slot is None:
        return typed.number_text(found)
    is_cell = home.table is not None and not isinstance(home.field, Table)
    spot = form_cells.spot(reckoner.form, reckoner.context, slot, home.field if is_cell else None)  # type: ignore[arg-type]
    return f"{typed.number_text(found / spot.scale)} {spot.unit}".rstrip()
