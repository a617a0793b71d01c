"""The ladder (mức nhắc) and what becomes of each rung.

A rung is (occurrence, revision of its deadline, step, audience). Its day is counted from the deadline; one that
falls on a day off goes on the working day before. "Newest" is the order of the ladder, not of the calendar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from htx_workflow.domain import words
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.plan import AgencyKind, Audience, Basis, LadderStep, Plan

QUEUED = "queued"
SENT = "sent"
SUPERSEDED = "superseded"
SKIPPED = "skipped"
FAILED = "failed"

HOLDER_WORDS = {
    AgencyKind.DISTRICT: "huyện",
    AgencyKind.COMMUNE: "xã",
    AgencyKind.COOPERATIVE: "hợp tác xã",
}
"""What a holder is called in a sentence about a reminder; others are "cơ quan"."""
WAITS = "chờ "
"""Reasons of rungs not sent because a predecessor is open begin with this word."""
READY = "ready"
"""Step of the rung that goes out when the last predecessor was accepted."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of a ladder laid on a deadline."""

    index: int
    step: str
    audience: Audience
    send_on: date
    beaten_by: str | None
    """A later rung of the same audience that comes on the same day or earlier."""
    guessed: bool = False
    """The calendar does not know that year: weekends alone decided."""


@dataclass(frozen=True, slots=True)
class Pending:
    """An open occurrence whose next rung has come."""

    key: str
    holder: str
    holder_kind: AgencyKind
    basis: Basis
    due_on: date
    cursor: date
    """Rungs before this day are decided already."""
    holder_ended: bool = False
    submitted_on: date | None = None
    waits_for: tuple[str, ...] = ()
    promised_on: date | None = None
    """The day on which the holder said it would send."""
    promise_noted_on: date | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """A rung with the state the tick gives it and the reason."""

    step: str
    audience: Audience
    send_on: date
    late: bool
    state: str
    reason: str


def laid(steps: Sequence[LadderStep], due_on: date, calendar: WorkingCalendar) -> tuple[Rung, ...]:
    """The ladder on one deadline, in ladder order. Beyond the known years weekends alone decide."""
    sends = [_send_on(step.step, due_on, calendar) for step in steps]
    days = [day for day, _ in sends]
    return tuple(
        Rung(index, step.step, step.audience, days[index], _beaten_by(index, steps, days), sends[index][1])
        for index, step in enumerate(steps)
    )


class Ladders:
    """The ladders of a plan, laid once on each deadline: the full one, or the soft one of assumed days."""

    def __init__(self, plan: Plan, calendar: WorkingCalendar) -> None:
        self._steps = plan.ladders
        self._calendar = calendar
        self._laid: dict[tuple[bool, date], tuple[Rung, ...]] = {}

    def on(self, basis: Basis, due_on: date) -> tuple[Rung, ...]:
        """The ladder of this basis on this deadline."""
        assumed = basis is Basis.ASSUMED
        found = self._laid.get((assumed, due_on))
        if found is None:
            found = laid(self._steps["expected" if assumed else "deadline"], due_on, self._calendar)
            self._laid[assumed, due_on] = found
        return found


def _send_on(step: str, due_on: date, calendar: WorkingCalendar) -> tuple[date, bool]:
    if step.endswith("wd"):
        return calendar.soft_shift(due_on, int(step[:-2]))
    offset = int(step[:-1]) if step.endswith("d") else 0
    return calendar.soft_previous_working(due_on + timedelta(days=offset))


def _beaten_by(index: int, steps: Sequence[LadderStep], days: Sequence[date]) -> str | None:
    for later in range(len(steps) - 1, index, -1):
        if steps[later].audience is steps[index].audience and days[later] <= days[index]:
            return steps[later].step
    return None


def first_day(ladder: Sequence[Rung], since: date) -> date | None:
    """The first rung that still lies ahead on day `since` (today's counts), or None."""
    return min((rung.send_on for rung in ladder if rung.send_on >= since), default=None)


def first_day_of_new(ladder: Sequence[Rung], since: date) -> date | None:
    """As `first_day`, but what was reached before `since` is told once: its newest holder rung comes first."""
    reached = [rung for rung in ladder if rung.send_on < since and rung.audience is Audience.HOLDER]
    if reached and not reached[-1].beaten_by:
        return reached[-1].send_on
    return first_day(ladder, since)


def next_day(ladder: Sequence[Rung], today: date) -> date | None:
    """The day of the first rung after `today`, or None when the ladder has ended."""
    return min((rung.send_on for rung in ladder if rung.send_on > today), default=None)


def gate_day(due_on: date, calendar: WorkingCalendar) -> date:
    """From this day work may be submitted with a gap: the last working day on or before the deadline."""
    return calendar.soft_previous_working(due_on)[0]


def due_rungs(
    pending: Pending, ladder: Sequence[Rung], today: date, calendar: WorkingCalendar, lead: str
) -> list[Decided]:
    """The rungs an occurrence has reached, each with its state: only the newest of an audience is queued.

    After three days down an agency gets one e-mail, not three.
    """
    reached = [rung for rung in ladder if pending.cursor <= rung.send_on <= today]
    newest: dict[Audience, Rung] = {}
    for rung in reached:
        newest[rung.audience] = rung
    decided = []
    for rung in reached:
        best = newest[rung.audience]
        if rung is not best:
            state, reason = SUPERSEDED, f"đã đến mức sau ({best.step})"
        elif best.beaten_by:
            state, reason = SUPERSEDED, f"mức sau ({best.beaten_by}) đến cùng ngày hoặc sớm hơn"
        else:
            silence = why_silent(pending, rung, today, calendar, lead)
            state, reason = (SKIPPED, silence) if silence else (QUEUED, why_rung(pending, rung, today, calendar))
        decided.append(Decided(rung.step, rung.audience, rung.send_on, rung.send_on < today, state, reason))
    return decided


def why_silent(pending: Pending, rung: Rung, today: date, calendar: WorkingCalendar, lead: str) -> str | None:
    """Why a rung that was reached is not sent, or None."""
    if pending.holder_ended:
        return "cơ quan đã kết thúc hoạt động, chờ phân công lại"
    if pending.holder == lead and rung.audience in (Audience.LEAD, Audience.CALL):
        return "việc của chính cơ quan chủ trì"
    if rung.audience is Audience.PROVINCE and pending.holder_kind is AgencyKind.COOPERATIVE:
        return "hợp tác xã không đưa vào báo cáo Ủy ban nhân dân tỉnh"
    if pending.submitted_on is not None and pending.submitted_on <= pending.due_on < today:
        return f"đã gửi lần đầu ngày {words.day_text(pending.submitted_on)}, đang bổ sung"
    if pending.waits_for and today < gate_day(pending.due_on, calendar):
        return WAITS + "; ".join(pending.waits_for)
    if rung.audience is Audience.HOLDER and pending.promised_on and pending.due_on < today <= pending.promised_on:
        return _why_promised(pending, rung, pending.promised_on)
    return None


def _why_promised(pending: Pending, rung: Rung, promised_on: date) -> str:
    """Không gửi mức nhắc ngày 24/12 vì huyện hẹn gửi 26/12 (ghi ngày 23/12)."""
    who = HOLDER_WORDS.get(pending.holder_kind, "cơ quan")
    noted = f" (ghi ngày {_short_day(pending.promise_noted_on)})" if pending.promise_noted_on else ""
    return f"Không gửi mức nhắc ngày {_short_day(rung.send_on)} vì {who} hẹn gửi {_short_day(promised_on)}{noted}."


def _short_day(day: date) -> str:
    return f"{day.day:02d}/{day.month:02d}"


def why_rung(pending: Pending, rung: Rung, today: date, calendar: WorkingCalendar) -> str:
    """Why this mail goes today, in words: from the dates, not from the rung's name. An assumed day is never overdue."""
    return _why(pending.due_on, pending.basis is Basis.ASSUMED, rung, today, calendar)


@lru_cache(maxsize=2048)
def _why(due_on: date, assumed: bool, rung: Rung, today: date, calendar: WorkingCalendar) -> str:
    """Thousands of occurrences that share a deadline share these words."""
    day = words.weekday_text(due_on)
    if assumed and today > due_on:
        text = f"thời gian dự kiến {day} đã qua"
    elif today > due_on:
        over = words.count_text(calendar.soft_count(due_on, today)[0])
        text = f"đã quá hạn {over} ngày làm việc ({day}) mà chưa có văn bản gửi"
    elif today == due_on:
        text = f"hôm nay {day} là ngày dự kiến" if assumed else f"hôm nay {day} là ngày cuối"
    elif rung.step == "0" and not _works(due_on, calendar):
        text = f"{day} là ngày nghỉ, ngày làm việc cuối cùng là {words.weekday_text(rung.send_on)}"
    else:
        left = words.count_text(calendar.soft_count(today, due_on)[0])
        text = f"còn {left} ngày làm việc đến {'ngày dự kiến ' if assumed else ''}{day}"
    if rung.send_on < today:
        text += f"; lẽ ra gửi {words.weekday_text(rung.send_on)}, gửi muộn"
    if rung.guessed:
        text += f"; lịch nghỉ năm {rung.send_on.year} chưa có nên chỉ tính ngày cuối tuần"
    return text


def _works(day: date, calendar: WorkingCalendar) -> bool:
    return calendar.soft_previous_working(day)[0] == day
