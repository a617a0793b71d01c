"""One value of a form (một ô): read from what was typed, shown as text, and as a term of formulas.

Stored shapes, by type of the field (all JSON):
    text, choice, yesno   a string (yesno: "yes", "no", "unknown")      money    whole đồng, an int
    number, percent       exact decimal text with a dot, "2.5"          date     "2025-12-15"
    choices               a list of codes                               file     a list of attachment ids
    document              {"number", "dated", "issuer", "subject"}, each a string or {"raw": …}, absent when empty
    any of them           {"non": "no_data" | "not_arisen" | "not_applicable"}: three answers that are no number
    any of them           {"raw": "1,5 tỷ"}: typed, but not readable: kept so that nothing typed is lost
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from htx_workflow.domain import collation, formulas, typed, words
from htx_workflow.domain.form_slots import Context, Slot, Value, options
from htx_workflow.domain.forms import (
    MONEY_UNITS,
    AnyCell,
    AnyField,
    Choice,
    Choices,
    Computed,
    Day,
    Files,
    Form,
    Group,
    Money,
    Number,
    Option,
    Percent,
    Table,
    Text,
    YesNo,
)
from htx_workflow.domain.formulas import Non, Term
from htx_workflow.domain.typed import Unreadable

NON_WORDS = {
    Non.NO_DATA: "chưa có số liệu",
    Non.NOT_ARISEN: "không phát sinh",
    Non.NOT_APPLICABLE: "không áp dụng",
}
YESNO = (Option(code="yes", label="Có"), Option(code="no", label="Không"), Option(code="unknown", label="Chưa rõ"))
DOCUMENT_PARTS = {"number": "Số, ký hiệu", "dated": "Ngày", "issuer": "Cơ quan ban hành", "subject": "Trích yếu"}
MAX_RAW = 200_000
_NON_OF = {collation.fold(text): non for non, text in NON_WORDS.items()}


@dataclass(frozen=True)
class Spot:
    """What decides how one value is read and shown: its field or column, its unit, its choices."""

    cell: AnyField
    unit: str = ""
    options: tuple[Option, ...] = ()

    @property
    def numeric(self) -> bool:
        """Takes the three non-numbers."""
        return isinstance(self.cell, Number | Money | Percent)

    @property
    def scale(self) -> int:
        """How many đồng one unit of a sum is."""
        return MONEY_UNITS.get(self.unit.partition("/")[0], 1)


def spot(form: Form, context: Context, slot: Slot, cell: AnyCell | None = None) -> Spot:
    """The spot of a place, or of a column of its table."""
    table = slot.field if isinstance(slot.field, Table) else None
    one = cell or slot.field
    if cell is None and slot.column is not None and slot.column.formula is not None:
        return Spot(Computed(id=one.id, label=one.label, type="computed", shows="percent", unit="%", decimals=1), "%")
    if isinstance(one, YesNo):
        return Spot(one, options=YESNO)
    return Spot(
        one,
        _unit(form, one, slot.group, table),
        options(form, context, one) if isinstance(one, Choice | Choices) else (),
    )


def _unit(form: Form, one: AnyField, group: Group, table: Table | None) -> str:
    if isinstance(one, Money) or (isinstance(one, Computed) and one.shows == "money"):
        per = f"/{one.per}" if isinstance(one, Money) and one.per else ""
        return form.unit_of(one, group, table) + per
    if isinstance(one, Number | Percent | Computed):
        return one.unit or ("%" if isinstance(one, Computed) and one.shows == "percent" else "")
    return ""


def tidied(text: str) -> str:
    """The text as it is kept: composed, one kind of line end, without control characters or blanks around."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(sign for sign in lines if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs"))
    return kept.strip()[:MAX_RAW]


def read(spot: Spot, text: str, iso_days: bool = False) -> Value:
    """The value of what was typed, None for nothing; {"raw": …} when it cannot be read (`doubt` says why)."""
    tidy = tidied(text)
    if not tidy:
        return None
    if spot.numeric and (non := _NON_OF.get(collation.fold(tidy))):
        return {"non": str(non)}
    reader = _READERS.get(type(spot.cell))
    if reader is None:
        return None
    try:
        return reader(spot, tidy, iso_days)
    except Unreadable:
        return {"raw": tidy}


def doubt(spot: Spot, raw: str) -> Unreadable:
    """Why a typed text cannot be read."""
    reader = _READERS.get(type(spot.cell))
    try:
        if reader is not None:
            reader(spot, raw, False)
    except Unreadable as error:
        return error
    return Unreadable(f'"{raw}" không dùng được ở ô này', "Đề nghị nhập lại.")


def _read_number(spot: Spot, text: str, _: bool) -> Value:
    assert isinstance(spot.cell, Number)
    return exact(typed.parse_number(text, spot.cell.decimals))


def _read_money(spot: Spot, text: str, _: bool) -> Value:
    return typed.parse_money(text, spot.unit, spot.scale)


def _read_percent(spot: Spot, text: str, _: bool) -> Value:
    assert isinstance(spot.cell, Percent)
    return exact(typed.parse_percent(text, spot.cell.decimals))


def _read_day(spot: Spot, text: str, iso_days: bool) -> Value:
    return typed.parse_day(text, iso_days).isoformat()


def _read_choice(spot: Spot, text: str, _: bool) -> Value:
    wanted = collation.fold(text)
    for option in spot.options:
        if text == option.code or collation.fold(option.label) == wanted:
            return option.code
    raise _no_option(spot, text)


def _read_choices(spot: Spot, text: str, _: bool) -> Value:
    """Codes or labels, one a line or between semicolons."""
    parts = [part.strip() for part in text.replace("\n", ";").split(";") if part.strip()]
    codes = [_read_choice(spot, part, False) for part in parts]
    return [option.code for option in spot.options if option.code in codes]


def _no_option(spot: Spot, text: str) -> Unreadable:
    labels = [f'"{option.label}"' for option in spot.options]
    shown = f"{', '.join(labels[:12])}{', …' if len(labels) > 12 else ''}"
    remedy = f"Đề nghị chọn một trong: {shown}." if labels else "Đề nghị để trống."
    return Unreadable(f'"{text}" không có trong danh sách', remedy)


def _read_files(spot: Spot, text: str, _: bool) -> Value:
    parts = text.split()
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise Unreadable(f'"{text}" không phải là tệp đã gửi lên', "Đề nghị gửi tệp lên rồi chọn lại.")
    return [int(part) for part in dict.fromkeys(parts)]


_READERS: dict[type[AnyField], Callable[[Spot, str, bool], Value]] = {
    Text: lambda spot, text, iso: text,
    Number: _read_number,
    Money: _read_money,
    Percent: _read_percent,
    Day: _read_day,
    Choice: _read_choice,
    YesNo: _read_choice,
    Choices: _read_choices,
    Files: _read_files,
}


def read_document(parts: Mapping[str, str], iso_days: bool = False) -> Value:
    """A document from its four texts; None when all are empty."""
    read_parts: dict[str, Value] = {}
    for name in DOCUMENT_PARTS:
        tidy = tidied(parts.get(name, ""))
        if not tidy:
            continue
        read_parts[name] = tidy
        if name == "dated":
            try:
                read_parts[name] = typed.parse_day(tidy, iso_days).isoformat()
            except Unreadable:
                read_parts[name] = {"raw": tidy}
    return read_parts or None


def is_blank(value: Value) -> bool:
    """Nothing there: not a non-number, not an unreadable text, not 0."""
    return value is None or value == "" or value == [] or value == {}


def non_of(value: Value) -> Non | None:
    """Which of the three answers that are no number, if any."""
    if isinstance(value, dict) and isinstance(value.get("non"), str):
        return next((non for non in Non if non == value["non"]), None)
    return None


def raw_of(value: Value) -> str | None:
    """The text that could not be read, if that is what is kept."""
    raw = value.get("raw") if isinstance(value, dict) else None
    return raw if isinstance(raw, str) else None


def shown(spot: Spot, value: Value) -> str:
    """The value as text: in the box of a page, in Excel and in Word. Without the unit."""
    if is_blank(value):
        return ""
    if (raw := raw_of(value)) is not None:
        return raw
    if non := non_of(value):
        return NON_WORDS[non]
    if isinstance(value, dict):
        return document_text(value)
    if isinstance(value, list):
        chosen = [str(code) for code in value]
        labels = {option.code: option.label for option in spot.options}
        return (
            "; ".join(labels.get(code, code) for code in chosen)
            if not isinstance(spot.cell, Files)
            else " ".join(chosen)
        )
    return _shown_plain(spot, value)


def _shown_plain(spot: Spot, value: str | int | bool | None) -> str:
    cell = spot.cell
    if isinstance(cell, Choice | YesNo):
        return next((option.label for option in spot.options if option.code == value), str(value))
    if isinstance(cell, Day) and isinstance(value, str):
        return day_shown(value)
    if isinstance(cell, Computed):
        return _shown_computed(cell, spot, value)
    number = decimal_of(value)
    if number is None or not isinstance(cell, Number | Money | Percent):
        return str(value)
    return typed.number_text(number / spot.scale)


def _shown_computed(cell: Computed, spot: Spot, value: str | int | bool | None) -> str:
    number = decimal_of(value) if cell.shows != "text" else None
    if number is None:
        return str(value)
    if cell.shows == "money":
        return typed.number_text(number / spot.scale)
    places = 1 if cell.shows == "percent" and not cell.decimals else cell.decimals
    return typed.number_text(number, places)


def day_shown(iso: str) -> str:
    """15/12/2025 for "2025-12-15"; anything else as it is."""
    try:
        return words.day_text(date.fromisoformat(iso))
    except ValueError:
        return iso


def document_text(value: Mapping[str, Value]) -> str:
    """145/BC-UBND ngày 18/12/2025 của UBND huyện … về …"""
    parts = {name: raw_of(part) or part for name, part in value.items()}
    pieces = [str(parts["number"])] if parts.get("number") else []
    if parts.get("dated"):
        pieces.append(f"ngày {day_shown(str(parts['dated']))}")
    if parts.get("issuer"):
        pieces.append(f"của {parts['issuer']}")
    if parts.get("subject"):
        pieces.append(f"về {parts['subject']}")
    return " ".join(pieces)


def exact(number: Decimal) -> str:
    """A decimal as it is stored: "2.5", without zeros at the end."""
    text = f"{number:f}" if number else "0"
    return text.rstrip("0").rstrip(".") if "." in text else text


def decimal_of(value: Value) -> Decimal | None:
    """A stored number or sum as an exact number."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def term(cell: AnyField, value: Value) -> Term:
    """The value as formulas see it: numbers and sums (in đồng) as numbers, what cannot be read as unknown."""
    if is_blank(value) or raw_of(value) is not None:
        return None
    if non := non_of(value):
        return non
    if isinstance(value, list):
        return tuple(str(code) for code in value)
    if isinstance(value, dict):
        return str(value.get("number", "")) or None
    numeric = isinstance(cell, Number | Money | Percent) or (isinstance(cell, Computed) and cell.shows != "text")
    return decimal_of(value) if numeric else str(value)


def of_term(cell: Computed, result: Term) -> Value:
    """What a computed field stores of its formula's result."""
    number = formulas.amount(result)
    if cell.shows == "text":
        return result if isinstance(result, str) else None
    if number is None or isinstance(result, Non):
        return {"non": str(result)} if isinstance(result, Non) else None
    return int(typed.rounded(number, 0)) if cell.shows == "money" else exact(typed.rounded(number, 10))
