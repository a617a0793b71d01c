"""How days, counts and periods are written (Nghị định 30/2020/NĐ-CP style), and words that a page can also say in English."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any

WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


class Said(str):
    """Vietnamese like any other text, which still knows its pattern: a page in English looks that up (`said`)."""

    __slots__ = ("pattern", "values")
    pattern: str
    values: dict[str, Any]

    @classmethod
    def plain(cls, text: str) -> Said:
        """Text that has no pattern: the same in every language."""
        made = cls(text)
        made.pattern, made.values = text, {}
        return made


def said(pattern: str, /, **values: Any) -> Said:
    """Fixed words for a page: còn %(days)s ngày làm việc. scripts/messages finds the pattern by the name of this call."""
    made = Said.plain(pattern % values if values else pattern)
    made.pattern, made.values = pattern, values
    return made


def together(*parts: str, by: str = ", ") -> Said:
    """Words beside each other, each said in the language of the page."""
    named = {f"part{place}": part for place, part in enumerate(parts)}
    made = Said(by.join(parts))
    made.pattern, made.values = by.join(f"%({name})s" for name in named), named
    return made


@lru_cache(maxsize=2048)
def day_text(day: date) -> str:
    """15/12/2024."""
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


@lru_cache(maxsize=2048)
def weekday_text(day: date) -> str:
    """thứ Tư 18/12/2024."""
    return f"{WEEKDAYS[day.weekday()]} {day_text(day)}"


def moment_text(moment: datetime) -> str:
    """07 giờ 30 thứ Sáu ngày 13/12/2024; `moment` is local."""
    day = moment.date()
    return f"{moment.hour:02d} giờ {moment.minute:02d} {WEEKDAYS[day.weekday()]} ngày {day_text(day)}"


def said_day(day: date) -> Said:
    """`weekday_text` for a page."""
    return together(said(WEEKDAYS[day.weekday()]), day_text(day), by=" ")


def said_moment(moment: datetime) -> Said:
    """`moment_text` for a page."""
    return said(
        "%(hour)s giờ %(minute)s %(weekday)s ngày %(day)s", hour=f"{moment.hour:02d}", minute=f"{moment.minute:02d}",
        weekday=said(WEEKDAYS[moment.weekday()]), day=day_text(moment.date()),
    )  # fmt: skip


def count_text(number: int) -> str:
    """Numbers under ten carry a leading zero in front of a noun: 03 ngày làm việc."""
    return f"{number:02d}"


def period_text(period: str) -> str:
    """Words for a period of an occurrence key: năm 2025, quý I/2025, 6 tháng đầu năm 2025, tháng 03/2025."""
    if period in ("standing", "outcome"):
        return ""
    if period.startswith("r") and period[1:].isdigit():
        return f"lần {count_text(int(period[1:]))}"
    year, _, part = period.partition("-")
    if not part:
        return f"năm {year}"
    if part.startswith("Q"):
        return f"quý {ROMAN[int(part[1]) - 1]}/{year}"
    if part.startswith("H"):
        return f"6 tháng {'đầu' if part == 'H1' else 'cuối'} năm {year}"
    if len(part) == 2:
        return f"tháng {part}/{year}"
    return f"ngày {day_text(date.fromisoformat(period))}"


def said_period(period: str) -> Said:
    """`period_text` for a page."""
    year, _, part = period.partition("-")
    if not part and year.isdigit():
        return said("năm %(year)s", year=year)
    if part.startswith("Q"):
        return said("quý %(quarter)s/%(year)s", quarter=ROMAN[int(part[1]) - 1], year=year)
    if part in ("H1", "H2"):
        first = part == "H1"
        return said("6 tháng đầu năm %(year)s", year=year) if first else said("6 tháng cuối năm %(year)s", year=year)
    return (
        said("tháng %(month)s/%(year)s", month=part, year=year) if len(part) == 2 else Said.plain(period_text(period))
    )


TYPES = {
    "NQ": "Nghị quyết",
    "QĐ": "Quyết định",
    "CT": "Chỉ thị",
    "TC": "Thông cáo",
    "TB": "Thông báo",
    "HD": "Hướng dẫn",
    "CTr": "Chương trình",
    "KH": "Kế hoạch",
    "PA": "Phương án",
    "ĐA": "Đề án",
    "BC": "Báo cáo",
    "BB": "Biên bản",
    "TTr": "Tờ trình",
    "TT": "Thông tư",
    "NĐ": "Nghị định",
}
"""Types by their abbreviation in a document's symbol (Nghị định 30/2020/NĐ-CP, Phụ lục III)."""


def citation(number: str, dated: date) -> str:
    """Công văn số 231/SKHĐT-KTTT ngày 15/11/2024: the type is read from the symbol; one without a type is a letter."""
    symbol = number.rpartition("/")[2].partition("-")[0]
    return f"{TYPES.get(symbol, 'Công văn')} số {number} ngày {day_text(dated)}"


def joined(parts: list[str]) -> str:
    """a, b và c."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} và {parts[-1]}"


def sentence(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """The text inside a sentence; abbreviations keep their capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
