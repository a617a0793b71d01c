"""The plain values of a YAML file, and what to say when one of them, or the syntax, is wrong."""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any


class Unreadable(Exception):
    """A plain value that looks like a number or a day and is none: what is wrong, what to do."""


def _whole_number(text: str) -> int:
    if re.fullmatch(r"[-+]?(0|[1-9]\d{0,17})", text):
        return int(text)
    raise Unreadable(
        f"Số {text} viết không theo cách thường (có số 0 ở đầu, dấu gạch dưới hoặc quá dài).",
        f'Nếu là mã, đề nghị để trong dấu nháy kép: "{text}"; nếu là số, đề nghị bỏ phần thừa.',
    )


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if math.isfinite(value):
        return value
    raise Unreadable(f"{text} không phải là một số.", "Đề nghị ghi một số, ví dụ 2.5, hoặc để trong dấu nháy kép.")


def _day_or_moment(text: str) -> date | datetime:
    match = re.match(r"(\d{4})-(\d\d?)-(\d\d?)", text)
    try:
        return date.fromisoformat(text) if match and match.end() == len(text) else datetime.fromisoformat(text)
    except ValueError:
        raise Unreadable(
            f"{text} không có trong lịch{_why_no_such_day(match)}.",
            "Đề nghị ghi một ngày có thật, thứ tự năm-tháng-ngày, ví dụ 2025-12-15.",
        ) from None


def _why_no_such_day(match: re.Match[str] | None) -> str:
    if match is None:
        return ""
    year, month, day = (int(part) for part in match.groups())
    if not 1 <= month <= 12:
        return f" vì không có tháng {month:02d}"
    if year < 1:
        return " vì không có năm 0000"
    last = calendar.monthrange(year, month)[1]
    return "" if 1 <= day <= last else f" vì tháng {month:02d} năm {year} có {last} ngày"


def _truth(text: str) -> bool:
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    raise Unreadable(f"{text} không rõ là có hay không.", "Đề nghị ghi true hoặc false.")


READERS: dict[str, Callable[[str], Any]] = {
    "str": str,
    "null": lambda text: None,
    "bool": _truth,
    "int": _whole_number,
    "float": _number,
    "timestamp": _day_or_moment,
    "merge": str,
}


TOO_DEEP = ("Các mục lồng nhau quá sâu.", "Đề nghị kiểm tra ngoặc và thụt dòng.")
_SYNTAX = [
    (
        "mapping values are not allowed",
        "Dấu hai chấm đứng ở chỗ không hợp lệ.",
        "Đề nghị để giá trị có dấu hai chấm trong dấu nháy kép, hoặc kiểm tra thụt dòng.",
    ),
    (
        "could not find expected ':'",
        "Dòng này thiếu dấu hai chấm sau khóa.",
        "Đề nghị ghi dạng “khóa: giá trị”.",
    ),
    (
        "quoted scalar",
        "Dấu nháy mở ra mà không đóng lại, hoặc ký tự sau dấu \\ không hợp lệ.",
        "Đề nghị đóng dấu nháy ở cuối giá trị.",
    ),
    (
        "flow ",
        "Ngoặc vuông hoặc ngoặc nhọn chưa đóng, hoặc thiếu dấu phẩy.",
        "Đề nghị kiểm tra ngoặc từ dòng này trở lên.",
    ),
    (
        "block ",
        "Dòng này thụt vào không thẳng hàng với các mục cùng cấp.",
        "Đề nghị để các mục cùng cấp thẳng cột với nhau.",
    ),
    (
        "cannot start any token",
        "Giá trị bắt đầu bằng một ký tự đặc biệt.",
        "Đề nghị để giá trị trong dấu nháy kép.",
    ),
    (
        "undefined alias",
        "Tên sau dấu * chưa được đặt ở trên.",
        "Đề nghị để giá trị trong dấu nháy kép, hoặc đặt tên bằng dấu & trước khi dùng.",
    ),
    (
        "single document",
        "Tệp có nhiều hơn một văn bản YAML.",
        "Đề nghị bỏ dòng “---” ở giữa tệp.",
    ),
]


def syntax_words(context: str, problem: str) -> tuple[str, str]:
    for sign, what, remedy in _SYNTAX:
        if sign in problem or sign in context:
            return what, remedy
    return "Dòng này không đúng cú pháp YAML.", "Đề nghị kiểm tra dấu nháy, dấu hai chấm và thụt dòng."
