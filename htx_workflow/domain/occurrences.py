"""An occurrence (Kỳ thực hiện): one duty × one agency × one period, with its dates.

`expand` is pure: the same plan and calendar always give the same occurrences with the same keys
`plan/duty/agency/period`. What opens only when somebody asks, or by a verdict, is not expanded.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from htx_workflow.domain import words
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import BadInput
from htx_workflow.domain.plan import (
    Basis,
    DueRule,
    Duty,
    Every,
    Kind,
    Once,
    Plan,
    Window,
    WorkingDaysAfter,
    Yearly,
)

STANDING = "standing"
OUTCOME = "outcome"
MONTHS_OF = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One piece of work of one agency; days are local, `due_on` counts to 24:00 Asia/Ho_Chi_Minh."""

    key: str
    duty: str
    agency: str
    period: str
    kind: Kind
    title: str
    opens_on: date
    due_on: date | None
    basis: Basis | None
    basis_note: str | None
    receiver: str | None

    @property
    def original_due_on(self) -> date | None:
        """The first day that somebody fixed: none while the day is only assumed."""
        return None if self.basis in (None, Basis.ASSUMED) else self.due_on


@dataclass(frozen=True, slots=True)
class Due:
    """One turn of a rule: its period, its day (None: waits for it) and when its work can begin."""

    period: str
    due_on: date | None
    opens_on: date


def expand(plan: Plan, calendar: WorkingCalendar) -> list[Occurrence]:
    """Every occurrence of the plan, in the order of the plan: duty, agency, period.

    Raises CalendarEnds when a deadline in working days lies beyond the years the calendar knows.
    """
    order = {agency.code: number for number, agency in enumerate(plan.agencies)}
    return [
        _occurrence(plan, duty, agency, due)
        for duty in plan.duties
        if duty.fulfilled_by is None
        for agency in sorted(plan.members(duty.holders), key=order.__getitem__)
        for due in dues(plan, duty, calendar)
    ]


def dues(plan: Plan, duty: Duty, calendar: WorkingCalendar) -> Iterator[Due]:
    """The turns of one duty, in order."""
    start = duty.opens_on or plan.starts_on
    if duty.kind is Kind.CONTINUOUS:
        yield Due(STANDING, None, start)
        return
    if duty.kind is Kind.OUTCOME:
        yield Due(OUTCOME, None, start)
        return
    rule = duty.due
    if rule is None or isinstance(rule, WorkingDaysAfter):
        return
    for period, nominal, begins in _turns(rule, plan, calendar):
        due_on = None if nominal is None else last_day(rule, nominal, calendar)
        yield Due(period, due_on, duty.opens_on or max(plan.starts_on, begins))


def last_day(rule: DueRule, nominal: date, calendar: WorkingCalendar) -> date:
    """The last day in time for a day as written: "trước ngày" excludes it, a day off may move it."""
    day = nominal if rule.inclusive else nominal - timedelta(days=1)
    if rule.on_non_working_day == "next":
        return calendar.next_working(day)
    if rule.on_non_working_day == "previous":
        return calendar.previous_working(day)
    return day


def due_after(rule: WorkingDaysAfter, asked_on: date, calendar: WorkingCalendar) -> date:
    """The N-th working day after the request or the acceptance (Civil Code 2015, article 147: that day not counted)."""
    return calendar.shift(asked_on, rule.working_days)


def requested(
    plan: Plan,
    duty: Duty,
    agency: str,
    number: int,
    asked_on: date,
    calendar: WorkingCalendar,
    due_on: date | None = None,
) -> Occurrence:
    """An occurrence that opens because somebody asked (`r1`, `r2`…); the asker's day wins over the rule's."""
    if duty.kind not in (Kind.ON_REQUEST, Kind.CONDITIONAL):
        raise BadInput(f"Nhiệm vụ {duty.id} không mở theo đề nghị mà theo lịch của kế hoạch.")
    if agency not in plan.members(duty.holders):
        raise BadInput(f"{agency} không có nhiệm vụ {duty.id} trong kế hoạch {plan.code}.")
    if due_on is None and isinstance(duty.due, WorkingDaysAfter):
        due_on = due_after(duty.due, asked_on, calendar)
    if due_on is not None and due_on < asked_on:
        raise BadInput(f"Hạn {words.day_text(due_on)} trước ngày đề nghị {words.day_text(asked_on)}.")
    return _occurrence(plan, duty, agency, Due(f"r{number}", due_on, asked_on))


def _occurrence(plan: Plan, duty: Duty, agency: str, due: Due) -> Occurrence:
    special = duty.basis_by_period.get(due.period)
    basis = special.basis if special else duty.basis
    return Occurrence(
        key=f"{plan.code}/{duty.id}/{agency}/{due.period}",
        duty=duty.id,
        agency=agency,
        period=due.period,
        kind=duty.kind,
        title=title_of(duty, due.period),
        opens_on=due.opens_on,
        due_on=due.due_on,
        basis=basis if due.due_on else None,
        basis_note=special.basis_note if special else duty.basis_note,
        receiver=receiver_of(plan, duty, agency),
    )


def title_of(duty: Duty, period: str) -> str:
    """The duty's title for one period."""
    if duty.occurrence_title is not None:
        year = int(period[:4]) if period[:4].isdigit() else 0
        return duty.occurrence_title.replace("{year}", str(year)).replace("{next_year}", str(year + 1))
    if duty.kind is Kind.ONCE:
        return duty.title
    return f"{duty.title} {words.period_text(period)}".strip()


def receiver_of(plan: Plan, duty: Duty, agency: str) -> str | None:
    """Who gets it, and checks it when the duty says so: the first receiver, with `parent` resolved."""
    if not duty.receivers or duty.receivers[0] == "asker":
        return None
    if duty.receivers[0] == "parent":
        return plan.agency(agency).parent
    return duty.receivers[0]


def _turns(
    rule: Yearly | Once | Window | Every, plan: Plan, calendar: WorkingCalendar
) -> Iterator[tuple[str, date | None, date]]:
    """(period, day as written, first day of the period) of every turn inside the plan."""
    if isinstance(rule, Once):
        year = rule.on.year if rule.on else _end(plan, rule).year
        yield str(year), rule.on, plan.starts_on
    elif isinstance(rule, Yearly):
        month, day = map(int, rule.on.split("-"))
        for year in range(rule.first or plan.starts_on.year, (rule.last or _end(plan, rule).year) + 1):
            nominal = date(year, month, day)
            if plan.starts_on <= nominal and (plan.ends_on is None or nominal <= plan.ends_on):
                yield str(year), nominal, date(year, 1, 1)
    elif isinstance(rule, Every):
        nominal = rule.first
        while nominal <= (rule.until or _end(plan, rule)):
            yield nominal.isoformat(), nominal, nominal - timedelta(days=rule.days)
            nominal += timedelta(days=rule.days)
    else:
        yield from _windows(rule, plan, calendar)


def _windows(rule: Window, plan: Plan, calendar: WorkingCalendar) -> Iterator[tuple[str, date, date]]:
    length = MONTHS_OF[rule.window]
    last_year = int(rule.last[:4]) if rule.last else _end(plan, rule).year
    for year in range(plan.starts_on.year - 1, last_year + 1):
        for month in range(length, 13, length):
            period = period_of(rule.window, year, month)
            opens, closes = data_window(rule.window, year, month)
            nominal = _window_day(rule, closes, calendar)
            inside = plan.starts_on <= nominal and (plan.ends_on is None or nominal <= plan.ends_on)
            if inside and (rule.first or period) <= period <= (rule.last or period):
                yield period, nominal, opens


def _window_day(rule: Window, closes: date, calendar: WorkingCalendar) -> date:
    if rule.working_days is not None:
        return calendar.shift(closes, rule.working_days)
    if rule.day is not None:
        return closes.replace(day=min(rule.day, months.monthrange(closes.year, closes.month)[1]))
    return closes + timedelta(days=rule.days or 0)


def data_window(window: str, year: int, last_month: int) -> tuple[date, date]:
    """First and last day of the data: the 15th before, the 14th of the last month (Decree 09/2019, article 12)."""
    first = last_month - MONTHS_OF[window]
    opens = date(year, first, 15) if first else date(year - 1, 12, 15)
    return opens, date(year, last_month, 14)


def period_of(window: str, year: int, last_month: int) -> str:
    """2025, 2025-H1, 2025-Q1, 2025-03."""
    if window == "month":
        return f"{year}-{last_month:02d}"
    if window == "quarter":
        return f"{year}-Q{last_month // 3}"
    if window == "half_year":
        return f"{year}-H{last_month // 6}"
    return str(year)


def _end(plan: Plan, rule: DueRule) -> date:
    if plan.ends_on is None:
        raise BadInput(
            f"Kế hoạch {plan.code} không có ngày kết thúc nên việc lặp lại ({rule}) phải có kỳ cuối (last, until)."
        )
    return plan.ends_on
