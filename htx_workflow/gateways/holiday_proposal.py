"""What the `holidays` library thinks of a year. It only proposes; the calendar file decides (đề xuất).

So an upgrade of the library moves no promised date. It knows the law and the moon; of the swapped days
(hoán đổi) decided each year it knows those its authors have entered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import metadata
from typing import Literal

import holidays

from htx_workflow.domain import words
from htx_workflow.domain.calendar import CalendarFile, WorkingCalendar

SOURCE = f"thư viện holidays {metadata.version('holidays')} (đề xuất, cần đối chiếu)"


@dataclass(frozen=True)
class ProposedDay:
    """A day off or a make-up day, to be checked against the announcement of that year."""

    day: date
    kind: Literal["off", "work"]
    name: str


def propose(year: int) -> list[ProposedDay]:
    """The days off and make-up days of one year, in order."""
    library = holidays.country_holidays("VN", years=year, language="vi")
    off = [ProposedDay(day, "off", name) for day, name in library.items() if day.year == year]
    make_up = [ProposedDay(day, "work", "làm bù") for day in library.weekend_workdays if day.year == year]
    return sorted(off + make_up, key=lambda proposed: proposed.day)


def differences(calendar_file: CalendarFile) -> list[str]:
    """One sentence for every known day that our file and the library do not judge alike."""
    return [sentence for year in _years(calendar_file) for sentence in _of_year(calendar_file, year)]


def _years(calendar_file: CalendarFile) -> range:
    return range(calendar_file.known_from.year, calendar_file.known_to.year + 1)


def _of_year(calendar_file: CalendarFile, year: int) -> Iterator[str]:
    ours = WorkingCalendar.from_file(calendar_file)
    proposed = {item.day: item for item in propose(year)}
    day = max(date(year, 1, 1), calendar_file.known_from)
    while day <= min(date(year, 12, 31), calendar_file.known_to):
        theirs = proposed.get(day)
        works = theirs.kind == "work" if theirs else day.weekday() < 5
        if works != ours.is_working(day):
            name = f" ({theirs.name})" if theirs else ""
            verdict = "ngày làm việc" if works else "ngày nghỉ"
            yield (
                f"Thư viện holidays coi {words.weekday_text(day)} là {verdict}{name}, "
                f"khác lịch {calendar_file.code}: {ours.why_day(day)} "
                f"Hệ thống theo tệp lịch; đề nghị đối chiếu với thông báo của năm {year}."
            )
        day += timedelta(days=1)
