"""One value of a form looked at alone (xem từng ô): too long, out of bounds, no longer a choice, an old font."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Literal, NamedTuple

from htx_workflow.domain import form_cells, legacy_text, numbers, typed, words
from htx_workflow.domain.form_cells import DOCUMENT_PARTS, Spot
from htx_workflow.domain.form_slots import Value
from htx_workflow.domain.forms import (
    Choice,
    Choices,
    DocumentRef,
    Figure,
    Files,
    Money,
    Number,
    Percent,
    Text,
)

Level = Literal["error", "confirm", "missing", "warning"]
_DIGITS = ("", "một", "hai", "ba", "bốn")


class Doubt(NamedTuple):
    """What is wrong with a value, what to do, how much it matters."""

    what: str
    remedy: str
    level: Level = "error"


def doubts(spot: Spot, value: Value, required: bool) -> Iterator[Doubt]:
    """Everything to say of one value, whatever stands around it."""
    if form_cells.is_blank(value):
        if required:
            yield Doubt("chưa có", _missing_remedy(spot), "missing")
        return
    if (raw := form_cells.raw_of(value)) is not None:
        unreadable = form_cells.doubt(spot, raw)
        yield Doubt(unreadable.what, unreadable.remedy)
        return
    if form_cells.non_of(value):
        if not spot.numeric:
            yield Doubt("ô này không phải ô số", "Đề nghị nhập lại nội dung.")
        return
    look = _LOOKS.get(type(spot.cell))
    if look is not None:
        yield from look(spot, value)


def _missing_remedy(spot: Spot) -> str:
    if spot.numeric:
        return f"Đề nghị nhập số ({spot.unit}), hoặc chọn chưa có số liệu, không phát sinh, không áp dụng."
    if isinstance(spot.cell, DocumentRef):
        return "Đề nghị nhập số (ví dụ 145/BC-UBND) và ngày văn bản."
    if isinstance(spot.cell, Files):
        return "Đề nghị gửi tệp lên."
    return "Đề nghị chọn một mục." if spot.options else "Đề nghị bổ sung."


def _look_text(spot: Spot, value: Value) -> Iterator[Doubt]:
    cell = spot.cell
    if not isinstance(cell, Text) or not isinstance(value, str):
        return
    yield from _legacy(value)
    if len(value) > cell.max:
        what = f"dài {typed.number_text(len(value))} ký tự, tối đa {typed.number_text(cell.max)}"
        yield Doubt(what, "Đề nghị viết gọn; phần đã viết được giữ nguyên.")


def _legacy(text: str) -> Iterator[Doubt]:
    refusal = legacy_text.refusal(text)
    if refusal is not None:
        yield Doubt(refusal[:1].lower() + refusal[1:], "Đề nghị thay bằng nội dung Unicode.")


def _look_figure(spot: Spot, value: Value) -> Iterator[Doubt]:
    cell, number = spot.cell, form_cells.decimal_of(value)
    if not isinstance(cell, Figure) or number is None:
        return
    scaled = number / spot.scale
    shown = typed.number_text(scaled)
    low = None if cell.min is None else cell.min / spot.scale
    high = None if cell.max is None else cell.max / spot.scale
    if low is not None and scaled < low:
        what = f"{shown} là số âm" if low == 0 else f"{shown} nhỏ hơn mức tối thiểu {typed.number_text(low)}"
        yield Doubt(what, _range(low, high, cell))
    if high is not None and scaled > high:
        yield Doubt(f"{shown} lớn hơn mức tối đa {typed.number_text(high)}", _range(low, high, cell))


def _range(low: Decimal | None, high: Decimal | None, cell: Figure) -> str:
    start = "Đề nghị nhập" if low is None else f"Đề nghị nhập từ {typed.number_text(low)}"
    end = " trở lên" if high is None else f" đến {typed.number_text(high)}"
    decimals = cell.decimals if isinstance(cell, Number | Percent) else 0
    return f"{start}{end}{f', tối đa {_DIGITS[decimals]} chữ số thập phân' if decimals else ''}."


def _look_choice(spot: Spot, value: Value) -> Iterator[Doubt]:
    codes = value if isinstance(value, list) else [value]
    known = {option.code for option in spot.options}
    for code in codes:
        if code not in known:
            yield Doubt(f'"{code}" không còn trong danh sách', "Đề nghị chọn lại.")


def _look_document(spot: Spot, value: Value) -> Iterator[Doubt]:
    parts = value if isinstance(value, dict) else {}
    raw = form_cells.raw_of(parts.get("dated"))
    if raw is not None:
        try:
            typed.parse_day(raw)
        except typed.Unreadable as error:
            yield Doubt(error.what, error.remedy)
    for name in ("number", "dated"):
        if form_cells.is_blank(parts.get(name)):
            label = DOCUMENT_PARTS[name].lower()
            yield Doubt(f"chưa có {label} văn bản", f"Đề nghị nhập {label}, ví dụ 145/BC-UBND ngày 18/12/2025.")
    number = parts.get("number")
    if isinstance(number, str) and (doubt := numbers.doubt(number)):
        yield Doubt(doubt.rstrip("."), "Nếu đúng như trên văn bản thì giữ nguyên.", "warning")
    for text in (parts.get("issuer"), parts.get("subject")):
        if isinstance(text, str):
            yield from _legacy(text)


def _look_files(spot: Spot, value: Value) -> Iterator[Doubt]:
    cell = spot.cell
    if isinstance(cell, Files) and isinstance(value, list) and len(value) > cell.most:
        what = f"có {words.count_text(len(value))} tệp, tối đa {words.count_text(cell.most)}"
        yield Doubt(what, "Đề nghị bỏ bớt, hoặc gộp vào một tệp.")


_LOOKS: dict[type, Callable[[Spot, Value], Iterator[Doubt]]] = {
    Text: _look_text,
    Number: _look_figure,
    Money: _look_figure,
    Percent: _look_figure,
    Choice: _look_choice,
    Choices: _look_choice,
    DocumentRef: _look_document,
    Files: _look_files,
}
