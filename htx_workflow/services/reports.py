"""Done, and the truth about being on time: submit, verify, return; each act is a change with its document and day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from htx_workflow.domain import audit, board, reminders, standing, words
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import BadInput, NotAllowed
from htx_workflow.domain.plan import Kind
from htx_workflow.services import plans
from htx_workflow.services.releases import release
from htx_workflow.services.waits import Waits, successors
from htx_workflow.store import audit_chain, notes
from htx_workflow.store import documents as document_store
from htx_workflow.store import occurrences as store
from htx_workflow.store.database import Session
from htx_workflow.store.documents import DocumentRef
from htx_workflow.store.gates import opened_early
from htx_workflow.store.plans import LoadedPlan


@dataclass(frozen=True, slots=True)
class When:
    """The two clocks of an act: today and now at the edge, and who acts."""

    today: date
    now: datetime
    by: str
    retrospective: bool = False
    """History entered afterwards for a plan already over: known from the day it happened, and marked."""

    def known_on(self, happened_on: date) -> date:
        return happened_on if self.retrospective else self.today


def submit(
    session: Session,
    keys: list[str],
    calendar: WorkingCalendar,
    when: When,
    *,
    sent_on: date | None = None,
    document: DocumentRef | None = None,
    note: str = "",
    nothing: bool = False,
    paper_due_on: date | None = None,
    on_behalf: bool = False,
) -> list[standing.Standing]:
    """Record that one paper (or a line of text) closes these occurrences; how each stands now.

    It counts on the day the signed document was sent, or without one on the moment of the submission. `nothing`: there
    was nothing to report. `paper_due_on`: figures come first, the signed paper follows by that day. `on_behalf`:
    another agency enters a paper that came another way.
    """
    if not keys:
        raise BadInput("Cần ít nhất một mã kỳ thực hiện.")
    if document is None and sent_on is not None and sent_on != when.today:
        raise BadInput(
            "Ngày gửi khác hôm nay chỉ ghi nhận được khi có văn bản: nhập số và ngày văn bản (--number, --dated)."
        )
    happened_on = sent_on or when.today
    _check_days(happened_on, document, when)
    rows = store.get_rows(session, list(dict.fromkeys(keys)))
    document_id = document_store.get_or_add(session, document) if document else None
    said = "; ".join(part for part in (board.NOTHING if nothing else "", note) if part)
    changes = []
    for row in rows:
        loaded = plans.get_plan(session, row.key.split("/")[0])
        duty = plans.duty_of(loaded.plan, row.duty)
        _check_can_submit(row, happened_on)
        gap = _gap(session, loaded, row, happened_on, calendar)
        after = standing.submitted(row.standing, happened_on, verified_by_nobody=duty.verify == "none")
        text = "; ".join(part for part in (said, f"gửi khi còn chờ: {gap}" if gap else "") if part)
        changes.append(
            store.Change(
                row.id, "submit", row.standing, after, happened_on, when.now, when.known_on(happened_on), when.by,
                None, document_id, text, when.retrospective, on_behalf,
            )
        )  # fmt: skip
    store.record(session, changes)
    sent = [row.id for row in rows]
    notes.mark(session, sent, step="", promised_on=None, respond_by=None, paper_due_on=paper_due_on)
    _release_after(session, rows, changes, calendar, when)
    detail: dict[str, object] = {"sent_on": happened_on.isoformat()}
    if on_behalf:
        detail["on_behalf"] = True
    _note_acts(session, "report.submit", rows, when, detail)
    return [change.after for change in changes]


def verify(session: Session, keys: list[str], calendar: WorkingCalendar, when: When, note: str = "") -> None:
    """The receiver accepts what was sent; the day of the submission goes on counting."""
    rows = store.get_rows(session, list(dict.fromkeys(keys)))
    changes = [
        store.Change(
            row.id, "verify", row.standing, standing.verified(row.standing), when.today, when.now, when.today, when.by,
            None, note=note,
        )
        for row in rows
    ]  # fmt: skip
    store.record(session, changes)
    _release_after(session, rows, changes, calendar, when)
    _note_acts(session, "report.verify", rows, when, {})


def return_(
    session: Session,
    key: str,
    kind: standing.Return,
    reason: str,
    calendar: WorkingCalendar,
    when: When,
    respond_by: date | None = None,
) -> standing.Standing:
    """Give it back: *bổ sung* keeps the first day, *gửi lại* lets the new submission count. Needs a reason.

    `respond_by`: the day by which an answer is asked; no deadline.
    """
    if not reason.strip():
        raise BadInput("Trả lại cần một câu nêu lý do (--reason).")
    if respond_by is not None and respond_by < when.today:
        raise BadInput(f"Ngày đề nghị trả lời {words.day_text(respond_by)} đã qua. Đề nghị kiểm tra lại ngày.")
    row = store.get_rows(session, [key])[0]
    after = standing.returned(row.standing, kind)
    next_day = first_reminder(session, row, after, calendar, when)
    change = store.Change(
        row.id,
        f"return-{kind.value}",
        row.standing,
        after,
        when.today,
        when.now,
        when.today,
        when.by,
        next_day,
        note=reason,
    )
    store.record(session, [change])
    notes.mark(session, [row.id], respond_by=respond_by)
    _note_acts(session, "report.return", [row], when, {"kind": kind.value})
    return after


def withdraw(session: Session, key: str, calendar: WorkingCalendar, when: When) -> standing.Standing:
    """The holder takes back what nobody has checked yet: open again, as before it was sent."""
    row = store.get_rows(session, [key])[0]
    after = standing.withdrawn(row.standing, _submitted_before(session, row.id))
    next_day = first_reminder(session, row, after, calendar, when)
    change = store.Change(
        row.id, "withdraw", row.standing, after, when.today, when.now, when.today, when.by, next_day
    )  # fmt: skip
    store.record(session, [change])
    notes.mark(session, [row.id], paper_due_on=None)
    _note_acts(session, "report.withdraw", [row], when, {})
    return after


def _submitted_before(session: Session, occurrence_id: int) -> date | None:
    """The first day that a *bổ sung* had kept when the last submission came; None when it was the first."""
    history = store.history_of(session, occurrence_id)
    last = max(number for number, change in enumerate(history) if change.act == "submit")
    before: date | None = history[last - 1].submitted_on
    return before


def first_reminder(
    session: Session, row: store.Row, after: standing.Standing, calendar: WorkingCalendar, when: When
) -> date | None:
    """The first rung that still lies ahead of work that is open again."""
    if after.due_on is None or after.basis is None or row.historical:
        return None
    loaded = plans.get_plan(session, row.key.split("/")[0])
    ladder = reminders.Ladders(loaded.plan, calendar).on(after.basis, after.due_on)
    return reminders.first_day(ladder, when.today)


def _check_days(happened_on: date, document: DocumentRef | None, when: When) -> None:
    if happened_on > when.today:
        raise BadInput(
            f"Ngày gửi {words.day_text(happened_on)} sau hôm nay {words.day_text(when.today)}. Đề nghị kiểm tra ngày gửi."
        )
    if document is not None and document.dated > happened_on:
        raise BadInput(
            f"Ngày văn bản {words.day_text(document.dated)} sau ngày gửi {words.day_text(happened_on)}."
            " Đề nghị kiểm tra một trong hai ngày."
        )


def _check_can_submit(row: store.Row, happened_on: date) -> None:
    if row.kind is Kind.CONTINUOUS:
        raise NotAllowed(f"{row.key} là nhiệm vụ thường xuyên, không gửi riêng; kết quả nêu trong báo cáo năm.")
    if row.kind is Kind.OUTCOME:
        raise NotAllowed(f"{row.key} là kết quả đọc từ điểm đánh giá, không gửi riêng.")
    if happened_on < row.opens_on:
        raise NotAllowed(
            f"{row.key} mở từ ngày {words.day_text(row.opens_on)}, sau ngày gửi {words.day_text(happened_on)}."
        )


def _gap(session: Session, loaded: LoadedPlan, row: store.Row, happened_on: date, calendar: WorkingCalendar) -> str:
    """What is still missing before it, when it may be sent all the same: by decision, or because its day has come."""
    waits = Waits(session, loaded, happened_on).of(row.duty, row.period, row.standing.holder, row.title)
    if not waits:
        return ""
    if opened_early(session, [row.id]):
        return "; ".join(waits)
    due_on = row.standing.due_on
    if due_on is None or happened_on < reminders.gate_day(due_on, calendar):
        raise NotAllowed(
            f"{row.key} còn chờ {'; '.join(waits)}. Gửi được khi các việc đó được chấp nhận"
            + (f", hoặc từ {words.weekday_text(reminders.gate_day(due_on, calendar))}." if due_on else ".")
        )
    return "; ".join(waits)


def _release_after(
    session: Session, rows: list[store.Row], changes: list[store.Change], calendar: WorkingCalendar, when: When
) -> None:
    done = [row for row, change in zip(rows, changes, strict=True) if change.after.state == standing.DONE]
    for code in sorted({row.key.split("/")[0] for row in done}):
        loaded = plans.get_plan(session, code)
        after = successors(loaded, {row.duty for row in done if row.plan_id == loaded.id})
        release(session, loaded, after, calendar, when.today, when.now)


def _note_acts(session: Session, act: str, rows: list[store.Row], when: When, detail: dict[str, object]) -> None:
    for row in rows:
        audit_chain.note(session, audit.Event(when.now, when.by, act, row.key, detail))
