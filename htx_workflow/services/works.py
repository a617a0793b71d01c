"""My work (việc của cơ quan): what an agency has to do, what waits for its check, read as columns and put into words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from htx_workflow.domain import board, collation, gates, reminders, standing, words
from htx_workflow.domain.board import Group, Seen, Status
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.gates import Place
from htx_workflow.domain.plan import AgencyKind, Kind
from htx_workflow.domain.verdicts import Conclusion
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import outcomes
from htx_workflow.store import plans as plan_store
from htx_workflow.store import views
from htx_workflow.store.database import Session
from htx_workflow.store.plans import LoadedPlan
from htx_workflow.store.views import WorkRow

PAGE = 50
"""Rows of one page of a list."""
Calendars = Callable[[str], WorkingCalendar]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is asked for."""

    plan: str = ""
    group: str = ""
    """A code of `board.Group`, or empty for all that is not done."""
    text: str = ""
    page: int = 1
    size: int = PAGE


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a list, ready to print."""

    id: int
    title: str
    plan: str
    """The plan's short name; empty when there is only one."""
    clause: str
    day: str
    """thứ Tư 18/12/2024; empty for work without a day."""
    expected: bool
    status: Status
    note: str
    holder: str


@dataclass(frozen=True, slots=True)
class Part:
    """Rows under one heading."""

    code: str
    heading: str
    count: int
    """On all pages together."""
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class MyWork:
    """One page of the list."""

    parts: tuple[Part, ...]
    to_check: tuple[Line, ...]
    more_to_check: bool
    plans: tuple[tuple[str, str], ...]
    """(code, short name)"""
    total: int
    page: int
    pages: int


def my_work(session: Session, visitor: Visitor, asked: Asked, calendars: Calendars, today: date) -> MyWork:
    """The work of the visitor's agency that is not done, and on the first page what waits for its check."""
    loaded = {each.id: each for each in plan_store.list_plans(session)}
    rows = [row for row in views.list_unfinished(session, visitor.agency_id) if row.plan_id in loaded]
    waits = waits_of(session, loaded, rows, visitor.agency_id, visitor.agency, calendars, today)
    made = _Lines(visitor, loaded, calendars, today, outcomes_of(session, loaded, rows, today))
    lines = [made.line(row, waits.get(row.id, ())) for row in rows]
    lines = [line for line in lines if _fits(line, asked, loaded)]
    first = asked.page <= 1 and not (asked.plan or asked.group or asked.text)
    checks: list[Line] = []
    if first and not visitor.cooperative:
        found = views.list_to_check(session, visitor.agency_id, today, asked.size + 1)
        checks = [made.line(row, ()) for row in found if row.plan_id in loaded]
    return _paged(lines, checks, asked, loaded, visitor)


def past_work(session: Session, visitor: Visitor, asked: Asked, calendars: Calendars, today: date) -> MyWork:
    """The work of the visitor's agency that is behind it: done, not followed any more, or before it was followed."""
    loaded = {each.id: each for each in plan_store.list_plans(session)}
    rows = [row for row in views.list_past(session, visitor.agency_id) if row.plan_id in loaded]
    made = _Lines(visitor, loaded, calendars, today)
    lines = [line for line in (made.line(row, ()) for row in rows) if _fits(line, asked, loaded)]
    return _paged(lines, [], asked, loaded, visitor)


def _paged(
    lines: list[Line], checks: list[Line], asked: Asked, loaded: dict[int, LoadedPlan], visitor: Visitor
) -> MyWork:
    order = {group: number for number, group in enumerate(Group)}
    lines.sort(key=lambda line: order[line.status.group])
    pages = max(1, -(-len(lines) // asked.size))
    page = min(max(asked.page, 1), pages)
    shown = lines[(page - 1) * asked.size : page * asked.size]
    parts = []
    for group in Group:
        inside = tuple(line for line in shown if line.status.group is group)
        if inside:
            heading = board.group_words(group, cooperative=visitor.cooperative)
            parts.append(Part(group.value, heading, sum(line.status.group is group for line in lines), inside))
    names = tuple((each.plan.code, each.plan.short) for each in loaded.values())
    return MyWork(tuple(parts), tuple(checks[: asked.size]), len(checks) > asked.size, names, len(lines), page, pages)


def _fits(line: Line, asked: Asked, loaded: dict[int, LoadedPlan]) -> bool:
    if asked.group and line.status.group.value != asked.group:
        return False
    if asked.plan and len(loaded) > 1 and line.plan != _short_of(asked.plan, loaded):
        return False
    return not asked.text or collation.contains(f"{line.title} {line.clause}", asked.text)


def _short_of(code: str, loaded: dict[int, LoadedPlan]) -> str:
    return next((each.plan.short for each in loaded.values() if each.plan.code == code), "")


class _Lines:
    """Makes rows into lines."""

    def __init__(
        self,
        visitor: Visitor,
        loaded: dict[int, LoadedPlan],
        calendars: Calendars,
        today: date,
        found: Mapping[int, Conclusion] | None = None,
    ) -> None:
        self._visitor, self._loaded, self._today, self._outcomes = visitor, loaded, today, found or {}
        self._calendars = {number: calendars(each.plan.calendar) for number, each in loaded.items()}

    def line(self, row: WorkRow, waits: tuple[str, ...]) -> Line:
        loaded = self._loaded[row.plan_id]
        own = row.standing.holder == self._visitor.agency_id
        cooperative = self._visitor.cooperative if own else is_cooperative(row.holder_kind)
        seen = seen_of(row, cooperative=cooperative, waits=bool(waits), outcome=self._outcomes.get(row.id))
        found = historical() if row.historical else board.status(seen, self._today, self._calendars[row.plan_id])
        return Line(
            row.id,
            row.title,
            loaded.plan.short if len(self._loaded) > 1 else "",
            row.clause,
            words.said_day(row.standing.due_on) if row.standing.due_on else "",
            not seen.adopted,
            found,
            _note(row, waits, self._today),
            row.holder_short,
        )


def historical() -> Status:
    """Of work that was due before its plan was followed."""
    return Status("past", words.said("Trước khi theo dõi"), "·", "grey", Group.DONE)


def _note(row: WorkRow, waits: tuple[str, ...], today: date) -> str:
    """What a row says below its title."""
    if waits:
        return words.said("Chờ %(what)s", what="; ".join(waits))
    if row.standing.state == standing.OPEN and row.promised_on is not None:
        promised = words.said("Hẹn gửi %(day)s", day=words.day_text(row.promised_on))
        return words.together(promised, words.said("đã qua")) if row.promised_on < today else promised
    return ""


def seen_of(row: WorkRow, *, cooperative: bool, waits: bool, outcome: Conclusion | None = None) -> Seen:
    """A row as the board sees it."""
    return Seen(
        row.kind,
        row.standing,
        row.opens_on,
        row.taken,
        row.step,
        row.paper_due_on,
        row.respond_by,
        waits,
        cooperative,
        outcome,
    )


def outcomes_of(
    session: Session, loaded: Mapping[int, LoadedPlan], rows: Sequence[WorkRow], today: date
) -> dict[int, Conclusion]:
    """What the scores say of the rows that nobody reports, by the row's number."""
    read = [row for row in rows if row.kind is Kind.OUTCOME and row.standing.holder is not None]
    found: dict[int, Conclusion] = {}
    for plan_id in sorted({row.plan_id for row in read}):
        here = [row for row in read if row.plan_id == plan_id]
        said = outcomes.of(session, loaded[plan_id], {row.standing.holder or 0 for row in here}, today)
        found |= {row.id: said[row.standing.holder or 0] for row in here if row.standing.holder in said}
    return found


# What work waits for


def waits_of(
    session: Session,
    loaded: dict[int, LoadedPlan],
    rows: Sequence[WorkRow],
    agency_id: int,
    agency: str,
    calendars: Calendars,
    today: date,
) -> dict[int, tuple[str, ...]]:
    """What each open row of one agency waits for, in words; rows that wait for nothing are left out. One read."""
    waiting = [row for row in rows if _may_wait(row, calendars(loaded[row.plan_id].plan.calendar), today)]
    if not waiting:
        return {}
    plan_ids = sorted({row.plan_id for row in waiting})
    wide = {
        need.duty
        for number in plan_ids
        for duty in loaded[number].plan.duties
        if any(row.duty == duty.id and row.plan_id == number for row in waiting)
        for need in duty.after
        if need.duty and need.match in ("same_period", "all")
    }
    before = views.list_before(session, plan_ids, wide, agency_id, today)
    parents = {place.holder: place.parent for place in before if place.holder}
    found = {}
    for row in waiting:
        plan = loaded[row.plan_id].plan
        duty = next((duty for duty in plan.duties if duty.id == row.duty), None)
        if duty is None:
            continue
        unreached = {place.duty for place in before if place.milestone and place.plan_id == row.plan_id}
        unfinished = [
            Place(place.duty, place.period, place.holder, place.holder_short, place.title)
            for place in before
            if not place.milestone and place.plan_id == row.plan_id
        ]
        texts = gates.waits_for(
            Place(row.duty, row.period, agency, "", row.title),
            duty,
            unfinished,
            parents,
            {milestone.code: milestone.code not in unreached for milestone in plan.milestones},
            {milestone.code: milestone.title for milestone in plan.milestones},
        )
        if texts:
            found[row.id] = texts
    return found


def _may_wait(row: WorkRow, calendar: WorkingCalendar, today: date) -> bool:
    if not row.waits or row.standing.state != standing.OPEN:
        return False
    due_on = row.standing.due_on
    return due_on is None or today < reminders.gate_day(due_on, calendar)


def is_cooperative(kind: str | None) -> bool:
    return kind == AgencyKind.COOPERATIVE.value
