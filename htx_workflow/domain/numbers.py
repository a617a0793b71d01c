"""Document numbers (số, ký hiệu văn bản): checked softly, never refused, never invented."""

from __future__ import annotations

import re

NUMBER = re.compile(r"^\d{1,5}[A-Za-z]?(/\d{4})?/[A-Za-zĐđÊÔƯ0-9&]+(-[A-Za-zĐđÊÔƯ0-9&.]+)*$")


def doubt(number: str) -> str | None:
    """What looks wrong in a number, as a sentence; None when it looks usual (Nghị định 30/2020/NĐ-CP, Phụ lục I)."""
    if not NUMBER.match(number):
        return f"Số, ký hiệu {number!r} khác dạng thường gặp (ví dụ 05/BC-STC, 231/SKHĐT-KTTT); đề nghị kiểm tra lại."
    digits = re.match(r"\d+", number)
    if digits and len(digits.group()) == 1:
        return f"Số văn bản dưới 10 nên ghi thêm số 0: 0{number}."
    return None
