"""The working calendar (Lịch ngày làm việc): days off, make-up days, and counting in working days.

A day is worked when it is a make-up day (làm bù), or from Monday to Friday and not a day off (nghỉ). Counting
leaves the first day out (Bộ luật Dân sự, Điều 147). Beyond the years the calendar knows, promised dates are
refused; only the `soft_` methods, for reminder days, go on with weekends alone and say that they guessed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from htx_workflow.domain import words
from htx_workflow.domain.errors import CalendarEnds
from htx_workflow.domain.findings import Finding

ONE_DAY = timedelta(days=1)


class DayEntry(BaseModel):
    """One day, or the days `from`–`to`, that are off or worked against the rule of the week."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    day: date | None = None
    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to")
    kind: Literal["off", "work"]
    name: str = Field(min_length=1)
    source: str = Field(min_length=1)
    provisional: bool = False
    """Announced but not yet decided: listed, and not in force."""

    @model_validator(mode="after")
    def _one_way_to_say_when(self) -> Self:
        span = (self.first, self.last)
        if (self.day is None) == (span == (None, None)) or (self.day is None and None in span):
            raise ValueError("Mục này chưa rõ là ngày nào.", "Đề nghị ghi khóa day, hoặc cả hai khóa from và to.")
        if self.first and self.last and self.last < self.first:
            what = f"Ngày cuối {words.day_text(self.last)} trước ngày đầu {words.day_text(self.first)}."
            raise ValueError(Finding(("to",), what, "Đề nghị đổi chỗ hai ngày."))
        return self

    def days(self) -> Iterator[date]:
        """Every day of the entry."""
        day, last = self.day or self.first, self.day or self.last
        while day is not None and last is not None and day <= last:
            yield day
            day += ONE_DAY


class CalendarFile(BaseModel):
    """What stands in a file of config/calendars/."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    code: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    title: str = Field(min_length=1)
    known_from: date
    known_to: date
    days: list[DayEntry]

    @model_validator(mode="after")
    def _every_day_makes_sense(self) -> Self:
        if self.known_to < self.known_from:
            raise ValueError(Finding(("known_to",), "Ngày cuối trước ngày đầu.", "Đề nghị đổi chỗ hai ngày."))
        misfits = list(self._misfits())
        if misfits:
            raise ValueError(*misfits)
        return self

    def _misfits(self) -> Iterator[Finding]:
        seen: set[date] = set()
        for number, entry in enumerate(self.days):
            place = ("days", number, "from" if entry.day is None else "day")
            days = list(entry.days())
            if days[0] < self.known_from or days[-1] > self.known_to:
                yield Finding(
                    place,
                    f"Ngày {words.day_text(self._outside(days))} nằm ngoài thời gian lịch đã biết.",
                    "Đề nghị sửa ngày, hoặc sửa known_from, known_to.",
                )
            twice = [day for day in days if day in seen]
            if twice:
                yield Finding(place, f"Ngày {words.day_text(twice[0])} đã có ở một mục khác.", "Đề nghị giữ một mục.")
            on_weekdays = [words.weekday_text(day) for day in days if day.weekday() < 5]
            if entry.kind == "work" and on_weekdays:
                yield Finding(
                    place,
                    f"Ngày làm bù phải là ngày cuối tuần; {on_weekdays[0]} vốn là ngày làm việc.",
                    "Đề nghị kiểm tra lại ngày, hoặc ghi kind: off.",
                )
            seen.update(days)

    def _outside(self, days: list[date]) -> date:
        return days[0] if days[0] < self.known_from else days[-1]


@dataclass(frozen=True, eq=False)
class WorkingCalendar:
    """Counts in working days. Immutable; every question costs a search among a few dozen exceptions.

    Compared by identity, so that an answer can be kept by its calendar and days.
    """

    code: str
    known_from: date
    known_to: date
    entries: tuple[DayEntry, ...] = ()

    _known: tuple[int, int] = field(init=False, repr=False, compare=False)
    _listed: dict[date, DayEntry] = field(init=False, repr=False, compare=False)
    _exceptions: list[int] = field(init=False, repr=False, compare=False)
    """Ordinals of the days that differ from the rule of the week."""
    _deltas: list[int] = field(init=False, repr=False, compare=False)
    """After the first i exceptions, how many more days were worked than the week alone says."""
    _worked: list[int] = field(init=False, repr=False, compare=False)
    """At each exception, the working days up to and including it, since the first Monday there was."""

    def __post_init__(self) -> None:
        listed = {day: entry for entry in self.entries for day in entry.days()}
        exceptions: list[int] = []
        deltas, worked = [0], []
        for day in sorted(listed):
            entry, weekday = listed[day], day.weekday() < 5
            if entry.provisional or (entry.kind == "work") == weekday:
                continue
            exceptions.append(day.toordinal())
            deltas.append(deltas[-1] + (-1 if weekday else 1))
            worked.append(_weekdays_until(exceptions[-1]) + deltas[-1])
        for name, value in (
            ("_known", (self.known_from.toordinal(), self.known_to.toordinal())),
            ("_listed", listed),
            ("_exceptions", exceptions),
            ("_deltas", deltas),
            ("_worked", worked),
        ):
            object.__setattr__(self, name, value)

    @classmethod
    def from_file(cls, calendar_file: CalendarFile) -> WorkingCalendar:
        """The calendar in force; provisional days are remembered for explanations only."""
        known = (calendar_file.known_from, calendar_file.known_to)
        return cls(calendar_file.code, *known, tuple(calendar_file.days))

    @classmethod
    def weekends_only(cls) -> WorkingCalendar:
        """Monday to Friday, for all time."""
        return cls("", date.min, date.max)

    # Promised dates: refused where the calendar does not know

    def is_working(self, day: date) -> bool:
        """Whether offices work that day. Raises `CalendarEnds` outside the known years."""
        self._refuse_unknown(day.toordinal(), day.toordinal())
        return self._works(day)

    def shift(self, day: date, n: int) -> date:
        """The n-th working day after `day` (before it when n < 0); 0 gives `day` itself.

        Raises `CalendarEnds` when a day outside the known years would have to be looked at.
        """
        if n == 0:
            return day
        nearest = day.toordinal() + (1 if n > 0 else -1)
        there = self._shifted(day, n)
        self._refuse_unknown(nearest, nearest)
        self._refuse_unknown(there, there)
        return date.fromordinal(there)

    def count(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` comes first.

        Raises `CalendarEnds` when one of those days lies outside the known years.
        """
        if end < start:
            return -self.count(end, start)
        if start == end:
            return 0
        before, last = start.toordinal(), end.toordinal()
        self._refuse_unknown(before + 1, last)
        return self._worked_until(last) - self._worked_until(before)

    def next_working(self, day: date) -> date:
        """`day` itself when worked, else the nearest working day after it."""
        return day if self.is_working(day) else self.shift(day, 1)

    def previous_working(self, day: date) -> date:
        """`day` itself when worked, else the nearest working day before it."""
        return day if self.is_working(day) else self.shift(day, -1)

    def days_left(self, today: date) -> int:
        """Calendar days from `today` to the last known day; negative after it."""
        return (self.known_to - today).days

    # Reminder days: always an answer, and whether it was guessed from weekends alone

    def soft_shift(self, day: date, n: int) -> tuple[date, bool]:
        """As `shift`, and True when days outside the known years were taken from weekends only."""
        if n == 0:
            return day, False
        nearest = day.toordinal() + (1 if n > 0 else -1)
        there = min(max(self._shifted(day, n), _FIRST), _LAST)
        return date.fromordinal(there), self._guessed(nearest, there)

    def soft_previous_working(self, day: date) -> tuple[date, bool]:
        """As `previous_working`, never raising; True when guessed."""
        there = day.toordinal() if self._works(day) else max(self._shifted(day, -1), _FIRST)
        return date.fromordinal(there), self._guessed(there, day.toordinal())

    def soft_count(self, start: date, end: date) -> tuple[int, bool]:
        """As `count`, never raising; True when guessed."""
        if end < start:
            days, guessed = self.soft_count(end, start)
            return -days, guessed
        if start == end:
            return 0, False
        first, last = start.toordinal(), end.toordinal()
        return self._worked_until(last) - self._worked_until(first), self._guessed(first + 1, last)

    # Why, in one sentence

    def why_day(self, day: date) -> str:
        """Why that day is worked or off, with the source of a listed day."""
        works, entry = self.is_working(day), self._listed.get(day)
        named = words.sentence(words.weekday_text(day))
        if entry is None:
            return f"{named} là ngày làm việc." if works else f"{named} là ngày nghỉ cuối tuần."
        if entry.provisional:
            usual = "ngày làm việc" if works else "ngày nghỉ cuối tuần"
            listed = "nghỉ" if entry.kind == "off" else "làm bù"
            plan = f"{entry.name} mới dự kiến {listed}, chưa áp dụng"
            return f"{named} là {usual}; {plan} (nguồn: {entry.source})."
        if entry.kind == "work":
            return f"{named} là ngày làm bù, {entry.name} (nguồn: {entry.source})."
        return f"{named} là ngày nghỉ {entry.name} (nguồn: {entry.source})."

    def explain_shift(self, day: date, n: int) -> str:
        """`Ngày 19/12/2025 là ngày làm việc thứ 10 kể từ sau ngày 05/12/2025 (không tính …).`"""
        if n == 0:
            return f"Ngày {words.day_text(day)} là chính ngày đã cho; không cộng, không trừ ngày làm việc nào."
        there = self.shift(day, n)
        number = "nhất" if abs(n) == 1 else str(abs(n))
        way = "kể từ sau" if n > 0 else "tính ngược từ trước"
        crossed = self._crossed(min(day, there), max(day, there), "ngày này")
        answer = f"Ngày {words.day_text(there)} là ngày làm việc thứ {number}"
        return f"{answer} {way} ngày {words.day_text(day)} ({crossed})."

    def explain_count(self, start: date, end: date) -> str:
        """`Từ sau ngày 05/12/2025 đến hết ngày 19/12/2025 có 10 ngày làm việc (không tính …).`"""
        if start == end:
            return f"Hai ngày là một ({words.day_text(start)}) nên không có ngày làm việc nào ở giữa."
        first, last = min(start, end), max(start, end)
        one, other = words.day_text(first), words.day_text(last)
        number = words.count_text(self.count(first, last))
        crossed = self._crossed(first, last + ONE_DAY, f"ngày {one}")
        if end < start:
            return f"Ngày {one} trước ngày {other} là {number} ngày làm việc ({crossed})."
        return f"Từ sau ngày {one} đến hết ngày {other} có {number} ngày làm việc ({crossed})."

    def _crossed(self, after: date, before: date, not_counted: str) -> str:
        """What lies strictly between two days and is not simply worked: weekends, holidays, make-up days."""
        weekend, make_up = 0, []
        holidays: dict[str, list[date]] = {}
        for number in range(after.toordinal() + 1, before.toordinal()):
            day = date.fromordinal(number)
            entry = self._listed.get(day)
            if self._works(day):
                make_up += [day] if day.weekday() >= 5 else []
            elif entry is None or entry.provisional:
                weekend += 1
            else:
                holidays.setdefault(entry.name, []).append(day)
        left_out = [not_counted]
        left_out += [f"{words.count_text(weekend)} ngày nghỉ cuối tuần"] if weekend else []
        left_out += [
            f"{words.count_text(len(days))} ngày nghỉ {name} ({_spans(days)})" for name, days in holidays.items()
        ]
        counted = f"; tính cả ngày làm bù {words.joined([words.day_text(day) for day in make_up])}" if make_up else ""
        return f"không tính {words.joined(left_out)}{counted}"

    # The arithmetic

    def _works(self, day: date) -> bool:
        entry = self._listed.get(day)
        if entry is None or entry.provisional:
            return day.weekday() < 5
        return entry.kind == "work"

    def _worked_until(self, ordinal: int) -> int:
        return _weekdays_until(ordinal) + self._deltas[bisect_right(self._exceptions, ordinal)]

    def _shifted(self, day: date, n: int) -> int:
        """The ordinal of the n-th working day from `day`, be there such a date or not."""
        ordinal = day.toordinal()
        if n > 0:
            return self._worked_day(self._worked_until(ordinal) + n)
        return self._worked_day(self._worked_until(ordinal - 1) + n + 1)

    def _worked_day(self, number: int) -> int:
        """The ordinal of the working day of that number: between two exceptions, or a make-up day itself."""
        passed = bisect_left(self._worked, number)
        ordinal = _weekday_number(number - self._deltas[passed])
        if passed < len(self._exceptions):
            return min(ordinal, self._exceptions[passed])
        return ordinal

    def _guessed(self, one: int, other: int) -> bool:
        return min(one, other) < self._known[0] or max(one, other) > self._known[1]

    def _refuse_unknown(self, first: int, last: int) -> None:
        if first < self._known[0]:
            year = self.known_from.year - (self.known_from == date(self.known_from.year, 1, 1))
            known = f"từ ngày {words.day_text(self.known_from)}, không tính được ngày làm việc trước ngày đó"
        elif last > self._known[1]:
            year = self.known_to.year + (self.known_to == date(self.known_to.year, 12, 31))
            known = f"đến hết ngày {words.day_text(self.known_to)}, không tính được ngày làm việc sau ngày đó"
        else:
            return
        raise CalendarEnds(
            f"Lịch ngày làm việc chỉ có {known}. Đề nghị bổ sung config/calendars/{self.code}.yaml; "
            f"lệnh `htx calendar propose {year}` in các ngày nghỉ đề xuất."
        )


_FIRST, _LAST = date.min.toordinal(), date.max.toordinal()


def _weekdays_until(ordinal: int) -> int:
    """Mondays to Fridays among the days 1 to `ordinal`; day 1 was a Monday."""
    weeks, rest = divmod(ordinal, 7)
    return weeks * 5 + min(rest, 5)


def _weekday_number(number: int) -> int:
    """The ordinal of the number-th of those days: the inverse of `_weekdays_until`."""
    weeks, rest = divmod(number - 1, 5)
    return weeks * 7 + rest + 1


def _spans(days: list[date]) -> str:
    """`08/02/2024 đến 14/02/2024`; days that do not touch are listed one by one."""
    spans: list[list[date]] = []
    for day in days:
        if spans and day - spans[-1][-1] == ONE_DAY:
            spans[-1].append(day)
        else:
            spans.append([day])
    return ", ".join(
        f"{words.day_text(span[0])}" if len(span) == 1 else f"{words.day_text(span[0])} đến {words.day_text(span[-1])}"
        for span in spans
    )
