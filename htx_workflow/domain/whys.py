"""Why a day is what it is (vì sao): one sentence for each thing that bears on it, on which text it rests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from htx_workflow.domain import words
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import CalendarEnds
from htx_workflow.domain.plan import Basis, Duty, Once, WorkingDaysAfter
from htx_workflow.domain.standing import Standing


@dataclass(frozen=True, slots=True)
class Grounds:
    """On what the day of one occurrence rests."""

    stands: Standing
    basis_note: str
    asked_on: date
    """The day of the request, for a duty that opens on request: its `opens_on`."""
    document: str = ""
    """Công văn số … ngày …, when a document fixed the day."""


def why_day(grounds: Grounds, duty: Duty | None, calendar: WorkingCalendar) -> list[str]:
    """Sentences, the most important first; empty for work without a day by nature."""
    due_on, basis = grounds.stands.due_on, grounds.stands.basis
    if due_on is None or basis is None:
        awaits = duty.due.awaits if duty and isinstance(duty.due, Once) and duty.due.awaits else ""
        return [f"Chưa có ngày, chờ {awaits}."] if awaits else []
    sentences = [_basis(grounds, due_on, basis, duty, calendar)]
    if calendar.soft_previous_working(due_on)[0] != due_on:
        sentences.append(_day_off(due_on, basis, calendar))
    return sentences


def _basis(grounds: Grounds, due_on: date, basis: Basis, duty: Duty | None, calendar: WorkingCalendar) -> str:
    day = words.day_text(due_on)
    note = grounds.basis_note.rstrip(".")
    if basis is Basis.DOCUMENT and grounds.document:
        original = grounds.stands.original_due_on
        if original is not None and original != due_on:
            before = words.day_text(original)
            return f"Hạn {day} thay cho {before} theo {grounds.document}; tỷ lệ theo hạn gốc vẫn tính {before}."
        return f"Hạn {day} (tính cả ngày này) theo {grounds.document}."
    counted = _counted(grounds.asked_on, due_on, duty, calendar)
    if basis is Basis.ASSUMED:
        why = note or counted or "chưa có văn bản ấn định"
        tail = (
            "nên không tính quá hạn" if "chưa có văn bản" in why else "chưa có văn bản ấn định nên không tính quá hạn"
        )
        return f"{day} là ngày dự kiến, {words.lower_first(why)}{' ' if tail.startswith('nên') else '; '}{tail}."
    if counted:
        return f"Hạn {counted}."
    if basis is Basis.LAW:
        return f"Hạn chậm nhất {day} (tính cả ngày này) vì {note or 'văn bản quy phạm pháp luật'} quy định ngày đó."
    return f"Hạn chậm nhất {day} (tính cả ngày này) theo Kế hoạch{f': {note}' if note else ''}."


def _counted(asked_on: date, due_on: date, duty: Duty | None, calendar: WorkingCalendar) -> str:
    """`19/12/2025 là ngày làm việc thứ 10 kể từ sau ngày nhận đề nghị …`, when the rule counts working days."""
    rule = duty.due if duty else None
    if not isinstance(rule, WorkingDaysAfter):
        return ""
    try:
        if calendar.shift(asked_on, rule.working_days) != due_on:
            return ""
        return words.lower_first(calendar.explain_shift(asked_on, rule.working_days).rstrip("."))
    except CalendarEnds:
        return ""


def _day_off(due_on: date, basis: Basis, calendar: WorkingCalendar) -> str:
    before = words.weekday_text(calendar.soft_previous_working(due_on)[0])
    off = calendar.why_day(due_on).rstrip(".")
    kept = "ngày dự kiến" if basis is Basis.ASSUMED else "ngày ghi trong văn bản"
    return f"{off}; {kept} được giữ nguyên, hệ thống nhắc vào {before} là ngày làm việc liền trước."
