"""The working calendars as a person looks after them (lịch ngày làm việc): the years known, the end, the next year.

The files under config/calendars/ are the one truth; a portal reads them and writes none. What is made here is a whole
new file to compare with the official announcement and to put in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from htx_workflow.domain import words
from htx_workflow.domain.calendar import CalendarFile, DayEntry, WorkingCalendar
from htx_workflow.domain.errors import BadConfig, BadInput
from htx_workflow.gateways import calendar_files, holiday_proposal
from htx_workflow.gateways.excel import Column, Sheet

KIND_WORDS = {"off": "nghỉ", "work": "làm bù"}


@dataclass(frozen=True, slots=True)
class Line:
    """A day off or a make-up day, or the days from one to another."""

    first: date
    last: date
    kind: str
    name: str
    source: str
    provisional: bool = False

    @property
    def days(self) -> str:
        first, last = words.day_text(self.first), words.day_text(self.last)
        return first if first == last else f"{first} đến {last}"


@dataclass(frozen=True, slots=True)
class Known:
    """One calendar: what is in its file, and how long it still reaches."""

    code: str
    title: str
    path: Path
    known_from: date
    known_to: date
    left: int
    """Days until its end."""
    years: tuple[tuple[int, tuple[Line, ...]], ...]

    @property
    def next_year(self) -> int:
        return self.known_to.year + (1 if (self.known_to.month, self.known_to.day) == (12, 31) else 0)

    @property
    def lines(self) -> list[Line]:
        return [line for _, lines in self.years for line in lines]


def list_known(folder: Path, today: date) -> list[Known]:
    """Every calendar of the house."""
    return [_known(path, today) for path in sorted(folder.glob("*.yaml"))]


def _known(path: Path, today: date) -> Known:
    file = calendar_files.load(path)
    lines = sorted((_line(entry) for entry in file.days), key=lambda line: line.first)
    years = range(file.known_to.year, file.known_from.year - 1, -1)
    return Known(
        file.code, file.title, path, file.known_from, file.known_to, (file.known_to - today).days,
        tuple((year, tuple(line for line in lines if line.first.year == year)) for year in years),
    )  # fmt: skip


def _line(entry: DayEntry) -> Line:
    days = list(entry.days())
    return Line(days[0], days[-1], entry.kind, entry.name, entry.source, entry.provisional)


def proposed(year: int) -> list[Line]:
    """What the library thinks of a year: to be compared, never adopted as it is."""
    return [
        Line(item.day, item.day, item.kind, item.name, holiday_proposal.SOURCE)
        for item in holiday_proposal.propose(year)
    ]


def next_file(known: Known) -> bytes:
    """The whole file with the proposal for the next year at its end. Raises BadInput where it cannot be put together."""
    year = known.next_year
    text = known.path.read_bytes().decode()
    text = re.sub(r"(?m)^(known_to:\s*)\S+", rf"\g<1>{year}-12-31", text, count=1)
    added = [
        f'  - {{day: {line.first}, kind: {line.kind}, name: "{line.name}", source: "{line.source}"}}'
        for line in proposed(year)
        if line.first > known.known_to
    ]
    body = "\n".join(
        [text.rstrip("\n"), "", f"  # {year}: đề xuất, đối chiếu với thông báo chính thức rồi sửa source", *added, ""]
    )
    try:
        calendar_files.parse(body.encode(), known.path.name)
    except BadConfig as error:
        raise BadInput(
            "Không ghép được đề xuất vào tệp lịch (danh sách days không đứng cuối tệp). Đề nghị chép các dòng của bảng"
            " đề xuất vào tệp."
        ) from error
    return body.encode()


@dataclass(frozen=True, slots=True)
class Checked:
    """A calendar file that somebody sent, sound, and what it judges otherwise than the one in force."""

    file: CalendarFile
    known: Known | None
    differing: list[str]


def check(name: str, body: bytes, known: Sequence[Known]) -> Checked:
    """Look at a file. Raises BadConfig with every problem at once."""
    file = calendar_files.parse(body, name or "lịch.yaml")
    before = next((each for each in known if each.code == file.code), None)
    if before is None:
        return Checked(file, None, [])
    old, new = WorkingCalendar.from_file(calendar_files.load(before.path)), WorkingCalendar.from_file(file)
    first, last = max(before.known_from, file.known_from), min(before.known_to, file.known_to)
    days = (date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1))
    differing = [
        f"{words.weekday_text(day)}: {'ngày làm việc' if old.is_working(day) else 'ngày nghỉ'} đổi thành"
        f" {'ngày làm việc' if new.is_working(day) else 'ngày nghỉ'}"
        for day in days
        if old.is_working(day) != new.is_working(day)
    ]
    return Checked(file, before, differing)


def sheet(title: str, lines: Iterable[Line], *, simulation: bool) -> Sheet:
    """Days as a list."""
    columns = [
        Column("Từ ngày", "day", 12), Column("Đến ngày", "day", 12), Column("Loại", width=10), Column("Tên", width=44),
        Column("Nguồn", width=60), Column("Mới dự kiến", width=12),
    ]  # fmt: skip
    rows = [
        [line.first, line.last, KIND_WORDS[line.kind], line.name, line.source, "x" if line.provisional else ""]
        for line in lines
    ]
    return Sheet(title, columns, rows, name="Lịch", simulation=simulation)
