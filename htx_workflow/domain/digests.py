"""The digest (thư tổng hợp): what one contact is to get today, in one mail, over all plans.

Pure: values in, values out. The words around the lines stand in templates/emails/.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

from htx_workflow.domain import words
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.plan import AgencyKind, Audience, Basis

SOON = 3
"""Working days before the deadline that count as near ("sắp đến hạn")."""
AHEAD = 30
"""Days ahead for which other open work is shown beside what the mail is about."""


@dataclass(frozen=True, slots=True)
class Work:
    """An open occurrence as a mail needs it. `due_on` is local and counts to 24:00."""

    id: int
    key: str
    plan: str
    title: str
    clause: str
    grounds: str
    """On what the day rests: a legal text, or "Công văn số … ngày …"."""
    ask: str
    holder: str
    holder_name: str
    holder_short: str
    holder_kind: AgencyKind
    basis: Basis
    due_on: date
    waits_for: tuple[str, ...] = ()
    reminded_on: tuple[date, ...] = ()
    """Days on which the mail server accepted a reminder of this work (for the lead officer)."""
    focal: str = ""
    """The holder's contact in words: ông …, telephone (for the lead officer)."""
    duty_id: int = 0
    """The store's number of the duty: decides which contact it concerns."""


@dataclass(frozen=True, slots=True)
class Item:
    """A queued rung: this work is to be told today."""

    work: Work
    reminder_id: int
    step: str
    audience: Audience
    why: str


@dataclass(frozen=True, slots=True)
class PlanHead:
    """How mails cite a plan."""

    code: str
    short: str
    citation: str
    """Kế hoạch số 3819/KH-UBND ngày 23/10/2024 của Ủy ban nhân dân tỉnh"""
    lead_name: str
    focal: str
    """bà Nguyễn Thị Mẫu, Sở Kế hoạch và Đầu tư, điện thoại 0260 000 0000; empty when nobody is named."""
    focal_address: str
    agencies: int
    """Holders that are not cooperatives (the denominator of the draft to UBND tỉnh)."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """A contact and the agency it speaks for."""

    contact: str
    address: str
    agency: str
    agency_name: str
    agency_short: str
    agency_kind: AgencyKind
    unit: str = ""
    """Office to which the clerk of a shared mailbox passes the mail."""
    monday: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One numbered piece of work in a mail, ready to print."""

    number: int
    key: str
    path: str
    """What follows the mail's link for this work."""
    title: str
    holder: str
    holder_name: str
    holder_kind: AgencyKind
    label: str
    """Hạn, or Dự kiến for an assumed day."""
    due: str
    """thứ Tư 18/12/2024, còn 03 ngày làm việc"""
    due_short: str
    """thứ Tư 18/12/2024"""
    left: int
    """Working days left; negative when overdue."""
    expected: bool
    grounds: str
    ask: str
    waits_for: str
    why: str
    """Why it is told today; empty for work listed as context."""
    reminded: str
    """05/12, 09/12, 10/12"""
    reminders: int
    focal: str


@dataclass(frozen=True, slots=True)
class Section:
    """Lines that stand under one heading. Codes: overdue, soon, coming, waiting."""

    code: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class PlanPart:
    """What one plan has to say in the mail."""

    plan: PlanHead
    sections: tuple[Section, ...] = ()
    """The addressee's own work; empty sections are left out."""
    others: tuple[Line, ...] = ()
    """Overdue work of other agencies (for the lead agency)."""
    calls: tuple[Line, ...] = ()
    """Work to be asked for by telephone (for the lead agency)."""

    @property
    def own(self) -> int:
        return sum(len(section.lines) for section in self.sections)


@dataclass(frozen=True, slots=True)
class Digest:
    """One mail to one contact, as values."""

    to: Addressee
    day: date
    moment: str
    """07 giờ 30 thứ Sáu ngày 13/12/2024"""
    parts: tuple[PlanPart, ...]
    items: tuple[Item, ...] = field(default=())
    """The rungs this mail answers."""
    also: tuple[str, ...] = ()
    """Keys of other open work listed as context."""

    @property
    def own(self) -> int:
        """Pieces of the addressee's own work."""
        return sum(part.own for part in self.parts)

    @property
    def nearest(self) -> Line | None:
        """The most urgent line of the addressee's own work."""
        lines = [line for part in self.parts for section in part.sections for line in section.lines]
        asked = [line for line in lines if not line.waits_for] or lines
        passed = [line for line in asked if line.expected and line.left < 0]
        ranked = [line for line in asked if line not in passed] or passed
        return min(ranked, key=lambda line: (line.left, line.expected, line.number), default=None)

    def lines(self, code: str) -> list[Line]:
        """Own lines of one section over all plans."""
        return [
            line for part in self.parts for section in part.sections if section.code == code for line in section.lines
        ]


def compose(
    to: Addressee,
    items: Sequence[Item],
    context: Sequence[Work],
    plans: dict[str, PlanHead],
    moment: datetime,
    calendar: WorkingCalendar,
) -> Digest:
    """The mail of one contact: every rung of today, and the agency's other open work as context.

    `moment` is local. Numbers run through the mail; plans stand in the order given by `plans`.
    """
    today = moment.date()
    told = {item.work.key for item in items if item.audience is Audience.HOLDER}
    also = [work for work in context if work.key not in told]
    of_plan: dict[str, dict[Audience, list[tuple[Work, str]]]] = {}
    for item in items:
        of_plan.setdefault(item.work.plan, {}).setdefault(item.audience, []).append((item.work, item.why))
    for work in also:
        of_plan.setdefault(work.plan, {}).setdefault(Audience.HOLDER, []).append((work, ""))
    parts: list[PlanPart] = []
    number = 0
    for code, plan in plans.items():
        if code not in of_plan:
            continue
        here = of_plan[code]
        sections, number = _sections(here.get(Audience.HOLDER, []), today, calendar, number)
        calls = here.get(Audience.CALL, [])
        called = {work.key for work, _ in calls}
        led = here.get(Audience.LEAD, [])
        others = [(work, why) for work, why in led if work.key not in called]
        other_lines, number = _lines(others, today, calendar, number)
        call_lines, number = _lines(calls, today, calendar, number)
        if sections or other_lines or call_lines:
            parts.append(PlanPart(plan, sections, other_lines, call_lines))
    return Digest(to, today, words.moment_text(moment), tuple(parts), tuple(items), tuple(work.key for work in also))


def section_of(work: Work, today: date, calendar: WorkingCalendar) -> str:
    """Where a piece of work stands in the mail; assumed days are never overdue."""
    if work.waits_for:
        return "waiting"
    if work.due_on < today and work.basis is not Basis.ASSUMED:
        return "overdue"
    if work.due_on >= today and working_days_left(work.due_on, today, calendar) <= SOON:
        return "soon"
    return "coming"


def _sections(
    works: Sequence[tuple[Work, str]], today: date, calendar: WorkingCalendar, number: int
) -> tuple[tuple[Section, ...], int]:
    sorted_out: dict[str, list[tuple[Work, str]]] = {"overdue": [], "soon": [], "coming": [], "waiting": []}
    for work, why in works:
        sorted_out[section_of(work, today, calendar)].append((work, why))
    sections = []
    for code, here in sorted_out.items():
        if here:
            lines, number = _lines(here, today, calendar, number)
            sections.append(Section(code, lines))
    return tuple(sections), number


def _lines(
    works: Sequence[tuple[Work, str]], today: date, calendar: WorkingCalendar, number: int
) -> tuple[tuple[Line, ...], int]:
    ordered = sorted(
        works, key=lambda pair: (pair[0].holder_kind is AgencyKind.COOPERATIVE, pair[0].due_on, pair[0].key)
    )
    lines = tuple(_line(work, why, number + place, today, calendar) for place, (work, why) in enumerate(ordered, 1))
    return lines, number + len(lines)


def _line(work: Work, why: str, number: int, today: date, calendar: WorkingCalendar) -> Line:
    expected = work.basis is Basis.ASSUMED
    left = working_days_left(work.due_on, today, calendar)
    return Line(
        number=number,
        key=work.key,
        path=str(work.id),
        title=work.title,
        holder=work.holder_short,
        holder_name=work.holder_name,
        holder_kind=work.holder_kind,
        label="Dự kiến" if expected else "Hạn",
        due=due_words(work.due_on, today, expected, calendar),
        due_short=words.weekday_text(work.due_on),
        left=left,
        expected=expected,
        grounds=grounds_of(work),
        ask=work.ask,
        waits_for="; ".join(work.waits_for),
        why=why,
        reminded=", ".join(f"{day.day:02d}/{day.month:02d}" for day in work.reminded_on),
        reminders=len(work.reminded_on),
        focal=work.focal,
    )


@lru_cache(maxsize=2048)
def working_days_left(due_on: date, today: date, calendar: WorkingCalendar) -> int:
    """Working days until the deadline; negative when it has passed."""
    return calendar.soft_count(today, due_on)[0]


def grounds_of(work: Work) -> str:
    """Clause and what the day rests on; a clause that already stands in it is not said twice."""
    if work.grounds.startswith(work.clause):
        return work.grounds
    return f"{work.clause}; {work.grounds}" if work.grounds else work.clause


@lru_cache(maxsize=2048)
def due_words(due_on: date, today: date, expected: bool, calendar: WorkingCalendar) -> str:
    """thứ Tư 18/12/2024, còn 03 ngày làm việc; on a day off the last working day before is named."""
    text = words.weekday_text(due_on)
    if expected:
        return f"{text} (chưa có văn bản ấn định thời hạn)"
    if due_on < today:
        over = calendar.soft_count(due_on, today)[0]
        return f"{text}, quá {words.count_text(over)} ngày làm việc" if over else f"{text}, đã qua"
    last = calendar.soft_previous_working(due_on)[0]
    if last != due_on and last >= today:
        text += f", ngày làm việc cuối cùng là {words.weekday_text(last)}"
    if due_on == today:
        return f"{text}, hôm nay là ngày cuối"
    left = calendar.soft_count(today, due_on)[0]
    return f"{text}, còn {words.count_text(left)} ngày làm việc" if left else text


@dataclass(frozen=True, slots=True)
class ProvinceDraft:
    """The draft to UBND tỉnh (dự thảo báo cáo): overdue work of agencies, never of a cooperative."""

    to: Addressee
    plan: PlanHead
    day: date
    moment: str
    lines: tuple[Line, ...]
    items: tuple[Item, ...]

    @property
    def late_agencies(self) -> int:
        return len({line.holder for line in self.lines})


def compose_draft(
    to: Addressee, items: Sequence[Item], plan: PlanHead, moment: datetime, calendar: WorkingCalendar
) -> ProvinceDraft:
    """The draft made of every overdue rung of the audience `province`."""
    shown = [item for item in items if item.work.holder_kind is not AgencyKind.COOPERATIVE]
    lines, _ = _lines([(item.work, item.why) for item in shown], moment.date(), calendar, 0)
    return ProvinceDraft(to, plan, moment.date(), words.moment_text(moment), lines, tuple(shown))
