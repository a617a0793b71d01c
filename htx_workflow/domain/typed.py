"""What people type (số, ngày, điểm) and how it is shown: dots group, a comma stands before decimals, days go first.

Everything is exact (Decimal, whole đồng). What cannot be read is refused as `Unreadable`, in two sentences, never
guessed: `2.5` among sums and counts may be 2,5 or 2500, so it is asked. Scores alone take a dot as a comma.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal

from htx_workflow.domain import words
from htx_workflow.domain.errors import BadInput

MAX_DIGITS = 18
_WIDE = Context(prec=80)
"""Ratios of large sums have more digits than the usual context rounds."""
FIRST_YEAR, LAST_YEAR = 1900, 2100

_UNITS = {
    "tỷ": 1_000_000_000,
    "tỉ": 1_000_000_000,
    "triệu": 1_000_000,
    "tr": 1_000_000,
    "trđ": 1_000_000,
    "nghìn": 1_000,
    "ngàn": 1_000,
    "đồng": 1,
    "đ": 1,
    "vnđ": 1,
    "vnd": 1,
    "₫": 1,
}
_SPACES = " \u00a0\u202f\u2009"
_GROUPED = re.compile(r"-?[1-9]\d{0,2}(?:([. ])\d{3})(?:\1\d{3})*(?:,\d+)?")
_PLAIN = re.compile(r"-?\d+(?:,\d+)?")
_ONE_DOT = re.compile(r"-?\d+\.\d+")
_ENGLISH = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_SCORE = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,2})?")
_WITH_UNIT = re.compile(r"(?P<number>-?[\d.,\s\u00a0\u202f]*\d)\s*(?P<unit>[^\W\d_]+|₫)(?:\s+(?P<more>đồng|đ))?\.?")
_DAY = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ]00:00(?::00)?)?")


class Unreadable(BadInput):
    """What was typed, and what to type instead; `readings` are the numbers it may have meant."""

    def __init__(self, what: str, remedy: str, readings: tuple[str, ...] = ()) -> None:
        super().__init__(f"{what}. {remedy}")
        self.what = what
        self.remedy = remedy
        self.readings = readings


def parse_number(text: str, decimals: int = 0, dot_is_comma: bool = False) -> Decimal:
    """The number typed: `2.500,5`, `2500`, `2 500`, `-3`.

    `decimals` is how many digits may stand after the comma. With `dot_is_comma`, a lone dot is a comma (scores,
    percentages). Raises `Unreadable`.
    """
    number = _number(_tidy(text), text, dot_is_comma)
    if _decimals_of(number) > decimals:
        allowed = f"tối đa {words.count_text(decimals)} chữ số thập phân" if decimals else "số nguyên, không có phần lẻ"
        raise Unreadable(f'"{text.strip()}" có phần lẻ quá dài', f"Đề nghị nhập {allowed}.")
    return number


def parse_money(text: str, unit: str, scale: int) -> int:
    """Whole đồng of a sum typed in `unit`, of which one is `scale` đồng. Raises `Unreadable`."""
    tidy = _tidy(text)
    worded = _WITH_UNIT.fullmatch(tidy)
    if worded and (size := _UNITS.get(worded["unit"].lower())):
        raise _unit_typed(text, worded["number"], size, unit, scale)
    dong = _number(tidy, text, False) * scale
    if dong != dong.to_integral_value():
        raise Unreadable(f'"{text.strip()}" lẻ hơn 1 đồng', f"Đề nghị nhập số theo {unit}, không lẻ dưới 1 đồng.")
    return int(dong)


def parse_percent(text: str, decimals: int = 2) -> Decimal:
    """The percentage typed, with or without its sign."""
    return parse_number(text.strip().removesuffix("%"), decimals, dot_is_comma=True)


def parse_score(text: str) -> Decimal:
    """Points from 0, at most two decimals; `3,5` and `3.5` are the same. Raises `Unreadable`."""
    tidy = text.strip()
    if not _SCORE.fullmatch(tidy):
        raise Unreadable(
            f'"{tidy}" không phải là điểm', "Đề nghị nhập số từ 0, tối đa hai chữ số thập phân, ví dụ 3,5."
        )
    return Decimal(tidy.replace(",", "."))


def parse_day(text: str, iso: bool = False) -> date:
    """The day typed: day, month, year. `iso` (import only) also takes 2025-12-15. Raises `Unreadable`."""
    tidy = text.strip()
    written = _ISO_DAY.fullmatch(tidy)
    if written:
        day = _day(tidy, int(written[3]), int(written[2]), int(written[1]))
        if iso:
            return day
        raise Unreadable(f'"{tidy}" chưa đúng thứ tự', f"Nhập ngày/tháng/năm, ví dụ {words.day_text(day)}.")
    match = _DAY.fullmatch(tidy)
    if match is None:
        raise Unreadable(f'"{tidy}" không phải là ngày', "Nhập ngày/tháng/năm, ví dụ 30/11/2025.")
    year = int(match[4]) if len(match[4]) == 4 else 2000 + int(match[4])
    return _day(tidy, int(match[1]), int(match[3]), year)


def day_of_serial(serial: int) -> date:
    """The day of an Excel cell holding a bare number: 46006 is 15/12/2025. Raises `Unreadable`."""
    last = (date(LAST_YEAR, 12, 31) - date(1899, 12, 30)).days
    if not 61 <= serial <= last:
        raise Unreadable(f'"{serial}" không phải là ngày', "Nhập ngày/tháng/năm, ví dụ 30/11/2025.")
    return date(1899, 12, 30) + timedelta(days=serial)


def rounded(number: Decimal, places: int) -> Decimal:
    """Half up, as people round: 12,25 → 12,3 and -0,5 → -1."""
    if number.adjusted() > _WIDE.prec // 2:
        return number
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _WIDE)


def number_text(number: Decimal | int, places: int | None = None) -> str:
    """2.500,5: without `places` exactly, without zeros at the end; with it rounded to so many decimals."""
    exact = Decimal(number) if places is None else rounded(Decimal(number), places)
    whole, _, part = f"{exact:f}".partition(".")
    if places is None:
        part = part.rstrip("0")
    sign, whole = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    if not whole.strip("0") and not part.strip("0"):
        sign = ""
    return f"{sign}{_with_dots(whole)}{',' if part else ''}{part}"


def money_text(dong: int, scale: int) -> str:
    """The sum in units of `scale` đồng, exactly: 2500000 in triệu đồng is 2,5."""
    return number_text(Decimal(dong) / scale)


def money_words(dong: int) -> str:
    """2 tỷ 500 triệu đồng: what stands under a sum while it is typed, after "= "."""
    rest, parts = abs(dong), []
    for name, size in (("tỷ", 1_000_000_000), ("triệu", 1_000_000), ("nghìn", 1_000)):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{number_text(count)} {name}")
    if rest or not parts:
        parts.append(str(rest))
    return f"{'âm ' if dong < 0 else ''}{' '.join(parts)} đồng"


def percent_text(number: Decimal, places: int = 1, bands: tuple[int, ...] = ()) -> str:
    """44,4; where rounding would step over one of `bands`, the exact value: 79,95 stays 79,95 below a band at 80."""
    shown = rounded(number, places)
    if any(number < band <= shown for band in bands):
        return number_text(number)
    return number_text(number, places)


def rounding_note(parts: list[Decimal], total: Decimal, places: int = 1) -> str | None:
    """The note under a table whose rounded parts do not add up to the rounded total; None when they do."""
    difference = abs(sum((rounded(part, places) for part in parts), Decimal(0)) - rounded(total, places))
    return f"Do làm tròn, tổng có thể chênh {number_text(difference)}." if difference else None


def _tidy(text: str) -> str:
    """One kind of space between groups, one kind of minus."""
    for space in _SPACES:
        text = text.replace(space, " ")
    return text.strip().replace("−", "-").replace("- ", "-")


def _number(tidy: str, typed: str, dot_is_comma: bool) -> Decimal:
    shown = typed.strip()
    if not tidy.isascii() or sum(sign.isdigit() for sign in tidy) > MAX_DIGITS:
        raise _no_number(shown)
    if dot_is_comma and _ONE_DOT.fullmatch(tidy):
        return Decimal(tidy)
    if _GROUPED.fullmatch(tidy) or _PLAIN.fullmatch(tidy):
        _refuse_zeros_after_comma(tidy, shown)
        return Decimal(tidy.replace(".", "").replace(" ", "").replace(",", "."))
    if _ONE_DOT.fullmatch(tidy):
        raise _two_readings(shown, Decimal(tidy))
    if _ENGLISH.fullmatch(tidy):
        meant = number_text(Decimal(tidy.replace(",", "")))
        raise Unreadable(
            f'"{shown}" dùng dấu phẩy giữa các nhóm', f"Đề nghị ghi {meant} (dấu phẩy trước phần lẻ).", (meant,)
        )
    raise _no_number(shown)


def _refuse_zeros_after_comma(tidy: str, shown: str) -> None:
    """`2,500` is how Excel in English writes 2500; we never write a zero at the end of decimals ourselves."""
    part = tidy.rpartition(",")[2] if "," in tidy else ""
    if len(part) == 3 and part.endswith("0") and tidy.strip("-0,"):
        raise _two_readings(shown, Decimal(tidy.replace(".", "").replace(" ", "").replace(",", ".")))


def _two_readings(shown: str, small: Decimal) -> Unreadable:
    readings = (number_text(small), f"{small * 1000:f}".rstrip("0").rstrip(".") if small else "0")
    big = readings[1] if "." not in readings[1] else number_text(Decimal(readings[1]))
    return Unreadable(
        f'"{shown}" có thể hiểu hai cách: {readings[0]} hay {big}',
        "Đề nghị ghi dấu phẩy trước phần lẻ, hoặc ghi đủ các chữ số.",
        (readings[0], big),
    )


def _no_number(shown: str) -> Unreadable:
    return Unreadable(f'"{shown}" không phải là số', "Đề nghị chỉ nhập chữ số, ví dụ 2500 hoặc 2.500,5.")


def _unit_typed(typed: str, number: str, size: int, unit: str, scale: int) -> Unreadable:
    """`1,5 tỷ` in triệu đồng: the number it would be, or only the unit when the number itself is in doubt."""
    shown = typed.strip()
    try:
        meant = number_text(_number(_tidy(number), number, False) * size / scale)
    except Unreadable:
        return Unreadable(f'"{shown}" là chữ', f"Đề nghị chỉ nhập số, đơn vị {unit}.")
    plain = meant.replace(".", "")
    return Unreadable(f'"{shown}" là chữ, cần số ({plain}, đơn vị {unit})', f"Đề nghị nhập {plain}.", (plain,))


def _decimals_of(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _with_dots(digits: str) -> str:
    return f"{int(digits):,}".replace(",", ".")


def _day(typed: str, day: int, month: int, year: int) -> date:
    """The day, or why the calendar has none such, with the nearest it has."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Unreadable(f'Năm của "{typed}" ngoài {FIRST_YEAR} - {LAST_YEAR}', "Đề nghị kiểm tra năm.")
    if not 1 <= month <= 12:
        turned = 1 <= day <= 12 and 1 <= month <= calendar.monthrange(year, day)[1]
        example = f"{month:02d}/{day:02d}/{year}" if turned else f"30/11/{year}"
        raise Unreadable(
            f'"{typed}" không có trong lịch vì một năm có 12 tháng', f"Nhập ngày/tháng/năm, ví dụ {example}."
        )
    last = calendar.monthrange(year, month)[1]
    if not 1 <= day <= last:
        of_year = f" năm {year}" if month == 2 else ""
        why = f"tháng {month:02d}{of_year} có {last} ngày" if day else "ngày trong tháng bắt đầu từ 01"
        raise Unreadable(
            f'"{typed}" không có trong lịch vì {why}',
            f"Nhập ngày/tháng/năm, ví dụ {last if day else 1:02d}/{month:02d}/{year}.",
        )
    return date(year, month, day)
