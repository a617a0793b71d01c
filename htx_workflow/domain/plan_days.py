"""The days of a plan (ngày, kỳ): which periods its rules name, and which of its days cannot be.

Works without a calendar of days off: here only Saturday and Sunday are off. Deadlines themselves are laid
by `occurrences`; this is for finding mistakes before.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from htx_workflow.domain import words
from htx_workflow.domain.findings import Finding, Key
from htx_workflow.domain.occurrences import MONTHS_OF, data_window, period_of
from htx_workflow.domain.plan import DueRule, Duty, Every, Kind, Once, Plan, Window, Yearly

SATURDAY = 5


def problems(plan: Plan) -> Iterator[Finding]:
    """Days that do not exist, lie outside the plan or stand in the wrong order; repeats without an end."""
    if plan.ends_on is not None and plan.ends_on < plan.starts_on:
        yield Finding(
            ("ends_on",),
            f"Ngày kết thúc {words.day_text(plan.ends_on)} trước ngày bắt đầu {words.day_text(plan.starts_on)}.",
            "Đề nghị sửa một trong hai ngày.",
        )
        return
    for number, milestone in enumerate(plan.milestones):
        yield from _outside(plan, ("milestones", number, "on"), milestone.on)
    for number, duty in enumerate(plan.duties):
        yield from _outside(plan, ("duties", number, "opens_on"), duty.opens_on)
        wrong = list(_rule_problems(plan, duty, ("duties", number, "due")))
        yield from wrong or _no_turns(plan, duty, ("duties", number, "due"))
        yield from _period_problems(plan, duty, ("duties", number, "basis_by_period"))


def turns(plan: Plan, rule: DueRule | None) -> dict[str, date] | None:
    """Period and day of every turn of a rule inside the plan; None for a rule without turns of its own."""
    if isinstance(rule, Once):
        return {} if rule.on is None else {str(rule.on.year): rule.on}
    if not isinstance(rule, Yearly | Window | Every):
        return None
    if isinstance(rule, Every):
        found = _every(rule, plan)
    elif isinstance(rule, Yearly):
        found = _yearly(rule, plan)
    else:
        found = _windows(rule, plan)
    return {period: day for period, day in found if _inside(plan, day)}


def closing_day(rule: DueRule, period: str) -> date | None:
    """The data closing day behind a report of one period, the 14th (Decree 09/2019/NĐ-CP, article 12)."""
    if isinstance(rule, Window):
        year, _, part = period.partition("-")
        month = int(part.lstrip("QH")) * MONTHS_OF[rule.window] if part else 12
        return date(int(year), month, 14)
    return date(int(period), 12, 14) if isinstance(rule, Yearly) else None


def last_day(rule: DueRule, day: date) -> date:
    """The last day in time, moved off a weekend when the rule says so."""
    day = day if rule.inclusive else day - timedelta(days=1)
    if rule.on_non_working_day == "next":
        return _weekday_from(day, 1)
    if rule.on_non_working_day == "previous":
        return _weekday_from(day, -1)
    return day


def weekday_after(day: date) -> date:
    """The next day from Monday to Friday."""
    return _weekday_from(day + timedelta(days=1), 1)


def _weekday_from(day: date, step: int) -> date:
    while day.weekday() >= SATURDAY:
        day += timedelta(days=step)
    return day


def _last_year(plan: Plan, last: int | None) -> int:
    return last or (plan.ends_on or plan.starts_on).year


def _every(rule: Every, plan: Plan) -> Iterator[tuple[str, date]]:
    day, until = rule.first, rule.until or plan.ends_on or rule.first
    while day <= until:
        yield day.isoformat(), day
        day += timedelta(days=rule.days)


def _yearly(rule: Yearly, plan: Plan) -> Iterator[tuple[str, date]]:
    for year in range(rule.first or plan.starts_on.year, _last_year(plan, rule.last) + 1):
        day = _day_of_year(year, rule.on)
        if day is not None:
            yield str(year), day


def _day_of_year(year: int, month_day: str) -> date | None:
    try:
        return date.fromisoformat(f"{year}-{month_day}")
    except ValueError:
        return None


def _windows(rule: Window, plan: Plan) -> Iterator[tuple[str, date]]:
    length = MONTHS_OF[rule.window]
    last = int(rule.last[:4]) if rule.last else None
    for year in range(plan.starts_on.year - 1, _last_year(plan, last) + 1):
        for month in range(length, 13, length):
            period = period_of(rule.window, year, month)
            if (rule.first or period) <= period <= (rule.last or period):
                yield period, _window_day(rule, data_window(rule.window, year, month)[1])


def _window_day(rule: Window, closes: date) -> date:
    if rule.day is not None:
        next_month = (closes.replace(day=28) + timedelta(days=4)).replace(day=1)
        return min(closes + timedelta(days=rule.day - closes.day), next_month - timedelta(days=1))
    day = closes + timedelta(days=rule.days or 0)
    for _ in range(rule.working_days or 0):
        day = weekday_after(day)
    return day


def _inside(plan: Plan, day: date) -> bool:
    return plan.starts_on <= day and (plan.ends_on is None or day <= plan.ends_on)


def _outside(plan: Plan, key: Key, day: date | None) -> Iterator[Finding]:
    if day is not None and not _inside(plan, day):
        yield Finding(key, f"Ngày {words.day_text(day)} nằm ngoài thời gian của kế hoạch, {_span(plan)}.", _MOVE)


_MOVE = "Đề nghị sửa ngày này, hoặc sửa starts_on, ends_on của kế hoạch."


def _span(plan: Plan) -> str:
    end = f" đến {words.day_text(plan.ends_on)}" if plan.ends_on else " trở đi"
    return f"từ {words.day_text(plan.starts_on)}{end}"


def _outside_years(plan: Plan, key: Key, period: int | str | None) -> Iterator[Finding]:
    if period is None:
        return
    year = int(str(period)[:4])
    if year < plan.starts_on.year or (plan.ends_on is not None and year > plan.ends_on.year):
        yield Finding(key, f"Kỳ {period} nằm ngoài thời gian của kế hoạch, {_span(plan)}.", _MOVE)


def _rule_problems(plan: Plan, duty: Duty, key: Key) -> Iterator[Finding]:
    rule = duty.due
    if isinstance(rule, Once):
        yield from _outside(plan, (*key, "on"), rule.on)
        if rule.on is not None and duty.opens_on is not None and rule.on < duty.opens_on:
            opens, due = words.day_text(duty.opens_on), words.day_text(rule.on)
            what = f"Nhiệm vụ mở ngày {opens}, sau ngày phải xong {due}."
            yield Finding((*key[:-1], "opens_on"), what, "Đề nghị sửa một trong hai ngày.")
    elif isinstance(rule, Every):
        yield from _outside(plan, (*key, "first"), rule.first)
        yield from _outside(plan, (*key, "until"), rule.until)
        yield from _ends(plan, key, rule.first, rule.until, "until")
    elif isinstance(rule, Yearly | Window):
        if isinstance(rule, Yearly):
            yield from _month_day_problems(rule, (*key, "on"))
        yield from _outside_years(plan, (*key, "first"), rule.first)
        yield from _outside_years(plan, (*key, "last"), rule.last)
        yield from _ends(plan, key, rule.first, rule.last, "last")


def _no_turns(plan: Plan, duty: Duty, key: Key) -> Iterator[Finding]:
    if not isinstance(duty.due, Once) and turns(plan, duty.due) == {}:
        what = f"Không có kỳ nào của nhiệm vụ {duty.id} nằm trong thời gian của kế hoạch, {_span(plan)}."
        yield Finding(key, what, "Đề nghị sửa ngày, kỳ đầu hoặc kỳ cuối.")


def _ends(plan: Plan, key: Key, first: object, last: object, name: str) -> Iterator[Finding]:
    if plan.ends_on is None and last is None:
        what = "Việc lặp lại không có kỳ cuối vì kế hoạch không có ngày kết thúc."
        yield Finding(key, what, f"Đề nghị thêm {name} vào đây, hoặc ends_on vào kế hoạch.")
    elif first is not None and last is not None and str(last) < str(first):
        yield Finding((*key, name), f"Kỳ cuối {last} trước kỳ đầu {first}.", "Đề nghị sửa một trong hai kỳ.")


def _month_day_problems(rule: Yearly, key: Key) -> Iterator[Finding]:
    if _day_of_year(2023, rule.on) is not None:
        return
    if _day_of_year(2024, rule.on) is not None:
        what = "Ngày 02-29 chỉ có trong năm nhuận nên không lặp lại hằng năm được."
        yield Finding(key, what, "Đề nghị ghi 02-28 hoặc 03-01.")
        return
    what = f"{rule.on} không có trong lịch vì tháng {rule.on[:2]} không có ngày {rule.on[3:]}."
    yield Finding(key, what, "Đề nghị ghi tháng-ngày có thật, ví dụ 11-30.")


def _period_problems(plan: Plan, duty: Duty, key: Key) -> Iterator[Finding]:
    periods = turns(plan, duty.due)
    for period in duty.basis_by_period:
        if not periods or period not in periods:
            yield Finding((*key, period), f"Nhiệm vụ {duty.id} không có kỳ {period}.", _periods_remedy(periods))


def _periods_remedy(periods: dict[str, date] | None) -> str:
    if not periods:
        return "Nhiệm vụ này không có kỳ nào; đề nghị bỏ mục này."
    return f"Đề nghị dùng một trong các kỳ: {words.joined(list(periods))}."


def fulfilled_period_problems(plan: Plan, target: Duty, period: str, key: Key) -> Iterator[Finding]:
    """`fulfilled_by: duty/period` must name a period that the other duty has."""
    if target.kind in (Kind.CONTINUOUS, Kind.OUTCOME, Kind.CONDITIONAL, Kind.ON_REQUEST):
        what = f"Nhiệm vụ {target.id} không có kỳ theo lịch nên không thay cho nhiệm vụ này được."
        yield Finding(key, what, "Đề nghị nêu một nhiệm vụ có thời hạn, dạng R.htx/2025.")
        return
    periods = turns(plan, target.due)
    if not periods or period not in periods:
        yield Finding(key, f"Nhiệm vụ {target.id} không có kỳ {period}.", _periods_remedy(periods))
