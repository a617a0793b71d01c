"""Values of a form as programs send them (nội dung biểu mẫu dạng JSON): the stored shapes, read strictly.

A page keeps what cannot be read, because somebody will look at it again. A program is told instead: every place that
is not right, at once, and nothing is saved. The shapes are those of `form_cells`, as a draft gives them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from htx_workflow.domain import form_cells, form_slots
from htx_workflow.domain.form_cells import DOCUMENT_PARTS, Spot
from htx_workflow.domain.form_scope import REASONS, ROW
from htx_workflow.domain.form_slots import Context, Slot, Value, Values
from htx_workflow.domain.forms import (
    Choice,
    Choices,
    Computed,
    Day,
    DocumentRef,
    Files,
    Form,
    Money,
    Number,
    Percent,
    Table,
    Text,
    YesNo,
)
from htx_workflow.domain.formulas import Non

MOST_DIGITS = 18
MAX_ROWS = 2000


@dataclass(frozen=True, slots=True)
class Wrong:
    """A place that cannot be taken: its path, and a sentence."""

    path: str
    what: str


class _Refused(Exception):
    """One value is not of the shape of its place."""


def read(form: Form, context: Context, given: Mapping[str, Any], files: frozenset[int]) -> tuple[Values, list[Wrong]]:
    """The values, and everything that is wrong. `files`: numbers of files sent to this report."""
    values: Values = {}
    wrong: list[Wrong] = []
    known = {slot.key: slot for slot in form_slots.slots(form, context)}
    for key, value in given.items():
        slot = known.get(key.removesuffix(REASONS))
        if slot is None or not slot.typed:
            what = "không có ô này trong biểu mẫu" if slot is None else "ô này được tính hoặc cho sẵn, không nhập"
            wrong.append(Wrong(f"values.{key[:60]}", what))
            continue
        try:
            found = _reason(value) if key.endswith(REASONS) else _value(form, context, slot, value, files, wrong)
        except _Refused as error:
            wrong.append(Wrong(f"values.{key}", str(error)))
            continue
        if not form_cells.is_blank(found):
            values[key] = found
    return values, wrong


def _value(form: Form, context: Context, slot: Slot, value: Any, files: frozenset[int], wrong: list[Wrong]) -> Value:
    if isinstance(slot.field, Table):
        return _table(form, context, slot, slot.field, value, files, wrong)
    return _cell(form_cells.spot(form, context, slot), value, files)


def _table(
    form: Form, context: Context, slot: Slot, table: Table, value: Any, files: frozenset[int], wrong: list[Wrong]
) -> Value:
    if value is None:
        return None
    if value == {"non": str(Non.NOT_ARISEN)}:
        return {"non": str(Non.NOT_ARISEN)}
    rows = value.get("rows") if isinstance(value, dict) else None
    if not isinstance(rows, list) or set(value) != {"rows"} or len(rows) > MAX_ROWS:
        raise _Refused('cần {"rows": […]} hoặc {"non": "not_arisen"}')
    codes = {item.code for item in context.items.get(table.rows, ())} if table.rows else None
    cells = {cell.id: cell for cell in form_slots.cells(table, context) if not isinstance(cell, Computed)}
    found: list[Value] = []
    for number, row in enumerate(rows):
        path = f"values.{slot.key}.rows.{number}"
        if not isinstance(row, dict) or (codes is not None and row.get(ROW) not in codes):
            wrong.append(Wrong(path, 'dòng cần là một đối tượng; bảng có dòng cho sẵn cần mã dòng ở "_"'))
            continue
        kept: Values = {ROW: row[ROW]} if codes is not None else {}
        for name, one in row.items():
            if name == ROW:
                continue
            try:
                if name == REASONS:
                    kept[name] = _reasons(one, cells)
                elif name in cells:
                    _put(kept, name, _cell(form_cells.spot(form, context, slot, cells[name]), one, files))
                else:
                    raise _Refused("không có cột này, hoặc cột được tính")
            except _Refused as error:
                wrong.append(Wrong(f"{path}.{name[:60]}", str(error)))
        found.append(kept)
    return {"rows": found} if found else None


def _put(values: Values, key: str, value: Value) -> None:
    if not form_cells.is_blank(value):
        values[key] = value


def _reason(value: Any) -> Value:
    return _text(value)


def _reasons(value: Any, cells: Mapping[str, object]) -> Value:
    if not isinstance(value, dict) or not set(value) <= set(cells):
        raise _Refused("cần lý do theo tên cột")
    return {name: _text(one) for name, one in value.items()}


def _cell(spot: Spot, value: Any, files: frozenset[int]) -> Value:
    if form_cells.is_blank(value):
        return None
    if spot.numeric and isinstance(value, dict):
        if set(value) == {"non"} and value["non"] in [str(non) for non in Non]:
            return {"non": value["non"]}
        raise _Refused('cần một số, hoặc {"non": "no_data" | "not_arisen" | "not_applicable"}')
    if isinstance(spot.cell, Files):
        return _files(value, files)
    if isinstance(spot.cell, DocumentRef):
        return _document(value)
    for kinds, reader in _READERS:
        if isinstance(spot.cell, kinds):
            found: Value = reader(spot, value)
            return found
    raise _Refused("ô này không nhập được")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Refused("cần một chuỗi")
    return form_cells.tidied(value)


def _number(spot: Spot, value: Any) -> Value:
    """Exact: a whole number, or a decimal as text."""
    number = form_cells.decimal_of(value)
    decimals = getattr(spot.cell, "decimals", 0)
    if number is None or (isinstance(value, str) and not value.isascii()) or abs(number.adjusted()) > MOST_DIGITS:
        raise _Refused('cần một số nguyên, hoặc số thập phân dạng chuỗi, ví dụ "2.5"')
    text = form_cells.exact(number)
    if len(text.lstrip("-").replace(".", "")) > MOST_DIGITS or len(text.partition(".")[2]) > decimals:
        raise _Refused(f"tối đa {decimals} chữ số thập phân và {MOST_DIGITS} chữ số")
    return text


def _money(_: Spot, value: Any) -> Value:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 10**MOST_DIGITS:
        raise _Refused("cần số đồng nguyên")
    return value


def _iso(value: Any) -> str:
    try:
        if isinstance(value, str) and len(value) == len("2025-12-15"):
            return date.fromisoformat(value).isoformat()
    except ValueError:
        pass
    raise _Refused("cần một ngày dạng 2025-12-15")


def _choice(spot: Spot, value: Any) -> Value:
    codes = [option.code for option in spot.options]
    if value not in codes:
        raise _Refused(f"cần một trong: {', '.join(codes[:20]) or 'không có lựa chọn nào'}")
    return str(value)


def _choices(spot: Spot, value: Any) -> Value:
    if not isinstance(value, list):
        raise _Refused("cần một danh sách mã")
    chosen = [_choice(spot, one) for one in value]
    return [option.code for option in spot.options if option.code in chosen]


def _files(value: Any, files: frozenset[int]) -> Value:
    if not isinstance(value, list) or not all(type(one) is int and one in files for one in value):
        raise _Refused("cần danh sách số của tệp đã gửi cho báo cáo này")
    return list(dict.fromkeys(value))


def _document(value: Any) -> Value:
    if not isinstance(value, dict) or not set(value) <= set(DOCUMENT_PARTS):
        raise _Refused(f"cần một đối tượng có {', '.join(DOCUMENT_PARTS)}")
    found: Values = {}
    for name, part in value.items():
        if not form_cells.is_blank(part):
            found[name] = _iso(part) if name == "dated" else _text(part)
    return found or None


_READERS: tuple[tuple[Any, Any], ...] = (
    (Text, lambda _, value: _text(value)),
    (Money, _money),
    ((Number, Percent), _number),
    (Day, lambda _, value: _iso(value)),
    ((Choice, YesNo), _choice),
    (Choices, _choices),
)
