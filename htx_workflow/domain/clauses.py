"""Clauses (điều khoản) as people cite them: "gạch đầu dòng thứ năm khoản 7 Mục V Kế hoạch số …", not `V.7.5a`."""

from __future__ import annotations

import re

SHORT = re.compile(r"^Mục ([IVX]+)(?:\.(\d+))?(?:, gạch đầu dòng (\d+))?$")
ORDINALS = ("nhất", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười")


def in_words(clause: str, plan: str) -> str:
    """The clause in full; `plan` is how the plan is cited. One that is not of the plan's own sections stays as it is."""
    found = SHORT.match(clause)
    if found is None:
        return clause
    section, item, bullet = found.groups()
    parts = []
    if bullet:
        number = int(bullet)
        parts.append(f"gạch đầu dòng thứ {ORDINALS[number - 1] if number <= len(ORDINALS) else number}")
    if item:
        parts.append(f"khoản {item}")
    return " ".join([*parts, f"Mục {section}", plan])
