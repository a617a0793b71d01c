"""Requests (Đề nghị): what agencies ask, withdraw and answer; some open work for which the plan has a duty.

A day that the asker's document names makes a deadline, any other only a "thời gian dự kiến". Deciding is `decisions`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from htx_workflow.domain import audit, reminders, standing
from htx_workflow.domain import requests as rules
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import BadInput, NotAllowed, TooLate
from htx_workflow.domain.plan import Duty, Plan
from htx_workflow.domain.requests import Kind
from htx_workflow.services import openings, reports, request_mails
from htx_workflow.services.composing import Style
from htx_workflow.services.reports import When
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import audit_chain
from htx_workflow.store import documents as document_store
from htx_workflow.store import occurrences as store
from htx_workflow.store import plans as plan_store
from htx_workflow.store import requests as request_store
from htx_workflow.store.database import Session
from htx_workflow.store.documents import DocumentRef
from htx_workflow.store.plans import LoadedPlan

Calendars = Mapping[str, WorkingCalendar]


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked of one piece of work."""

    kind: Kind
    key: str
    """The occurrence."""
    reason: str
    due_on: date | None = None
    """The new day (extension), or the day by which input is asked (cooperation)."""
    to: tuple[str, ...] = ()
    """Codes of the agencies asked for input."""
    document: DocumentRef | None = None


def ask(
    session: Session, asking: Asking, agency_id: int | None, calendars: Calendars, when: When, style: Style
) -> list[int]:
    """Record a request of the holder (`agency_id`; None: the holder itself); the numbers of the new requests.

    Asking for input makes one for each agency asked; anything else makes one. A request for which the plan has a duty
    opens its occurrence.
    """
    row = store.get_rows(session, [asking.key])[0]
    loaded = plan_store.get_loaded(session, row.plan_id)
    holder = row.standing.holder
    if holder is None or (agency_id is not None and agency_id != holder):
        raise NotAllowed("Chỉ cơ quan đang thực hiện việc này gửi được đề nghị về việc này.")
    rules.check(asking.kind, work_of(loaded, row), asking.reason)
    asked = _Asked(session, asking, row, holder, loaded, calendars[loaded.plan.calendar], when)
    if asking.kind is Kind.COOPERATION:
        return asked.of_others(style)
    return [asked.of_the_lead()]


def work_of(loaded: LoadedPlan, row: store.Row) -> rules.Work:
    """A piece of work as the rules of requests see it."""
    duty = next((duty for duty in loaded.plan.duties if duty.id == row.duty), None)
    leads = loaded.plan.lead in row.key.split("/")
    return rules.Work(row.kind, row.standing, row.historical, leads or bool(duty and duty.with_))


class _Asked:
    """One asking being recorded."""

    def __init__(
        self,
        session: Session,
        asking: Asking,
        row: store.Row,
        holder: int,
        loaded: LoadedPlan,
        calendar: WorkingCalendar,
        when: When,
    ) -> None:
        self.session, self.asking, self.row, self.holder = session, asking, row, holder
        self.loaded, self.calendar, self.when = loaded, calendar, when

    def of_the_lead(self) -> int:
        """A request that the lead agency decides or answers."""
        kind, stands, when = self.asking.kind, self.row.standing, self.when
        due_on, late = None, False
        if kind is Kind.EXTENSION:
            due_on = rules.check_new_day(stands, self.asking.due_on, when.today)
            late = rules.after_expiry(stands, when.today)
        number = self._add(self._key(), proposed_due_on=due_on, after_expiry=late)
        if kind is Kind.HAND_BACK:
            change_state(self.session, self.row, standing.handed_back(stands), "hand-back", when, self.asking.reason)
        if kind is Kind.DIFFICULTY:
            self._open_difficulty(number)
        return number

    def of_others(self, style: Style) -> list[int]:
        """A request for input, one for each agency asked, each told by mail."""
        asking, when = self.asking, self.when
        if asking.due_on is None or asking.due_on < when.today:
            raise BadInput("Cần ngày đề nghị trả lời, từ hôm nay trở đi, ví dụ 30/11/2025.")
        agencies = agency_store.list_agencies(self.session, when.today)
        by_code = {agency.code: agency for agency in agencies.values()}
        if not asking.to:
            raise BadInput("Chọn ít nhất một cơ quan được đề nghị phối hợp.")
        known = {agency.code for agency in self.loaded.plan.agencies}
        numbers = []
        for code in dict.fromkeys(asking.to):
            agency = by_code.get(code)
            if code not in known or agency is None or agency.ended or agency.id == self.holder:
                raise BadInput(f"Không đề nghị {code} phối hợp được. Đề nghị chọn cơ quan khác của kế hoạch.")
            number = self._add(self._key(code), to_id=agency.id, proposed_due_on=asking.due_on)
            self._open_cooperation(number, code, agencies[self.holder].code)
            numbers.append(number)
        for number in numbers:
            request_mails.tell_asked(self.session, number, self.loaded, style, when, asking.document)
        return numbers

    def _key(self, to: str = "") -> str:
        """What is pressed twice has one key: a change asked for waits once, a text is said once a day."""
        kind, code = self.asking.kind, rules.CODES[self.asking.kind]
        if kind in rules.CHANGING:
            settled = request_store.count_settled(self.session, self.row.id, kind.value)
            return f"{self.row.key}/{code}/{settled + 1}"
        said = hashlib.sha256(" ".join(self.asking.reason.split()).encode()).hexdigest()[:12]
        return "/".join(part for part in (self.row.key, code, to, self.when.today.isoformat(), said) if part)

    def _add(self, key: str, **values: object) -> int:
        asking, when = self.asking, self.when
        number = request_store.add(
            self.session, key=key, plan_id=self.row.plan_id, kind=asking.kind.value, occurrence_id=self.row.id,
            from_id=self.holder, raised_at=when.now, raised_by=when.by, reason=asking.reason.strip(), **values,
        )  # fmt: skip
        if number is None:
            raise TooLate(
                f'"{rules.LABELS[asking.kind]}" cho việc này đã được ghi nhận và đang chờ, không gửi lần nữa.'
            )
        audit_chain.note(self.session, audit.Event(when.now, when.by, "request.ask", key, {"request": number}))
        return number

    def _open_difficulty(self, number: int) -> None:
        """The report that the plan asks for is this very request: its occurrence is done, the lead's advice opens."""
        asking, when = self.asking, self.when
        agency = agency_store.list_agencies(self.session, when.today)[self.holder].code
        duty = _duty_opened_by(self.loaded.plan, "difficulty", agency)
        if duty is None:
            return
        opened = openings.open_with_followers(
            self.session, self.loaded, duty, agency, when.today, self.calendar, when, None, None, asking.reason
        )
        self._link(number, opened[0].key)
        reports.submit(self.session, [opened[0].key], self.calendar, when, document=asking.document, note=asking.reason)

    def _open_cooperation(self, number: int, code: str, asker: str) -> None:
        asking, when = self.asking, self.when
        duty = _duty_opened_by(self.loaded.plan, "cooperation", code)
        if duty is None:
            return
        opened = openings.open_one(
            self.session, self.loaded, duty, code, when.today, self.calendar, when, asking.due_on, asking.document,
            asking.reason, asker,
        )  # fmt: skip
        self._link(number, opened.key)

    def _link(self, number: int, key: str) -> None:
        opened = store.get_rows(self.session, [key])[0]
        request_store.settle(self.session, number, (rules.RAISED,), opened_id=opened.id)


def _duty_opened_by(plan: Plan, kind: str, agency: str) -> Duty | None:
    return next((duty for duty in plan.duties if duty.opened_by == kind and agency in plan.members(duty.holders)), None)


def change_state(
    session: Session,
    row: store.Row,
    after: standing.Standing,
    act: str,
    when: When,
    note: str = "",
    *,
    next_reminder_on: date | None = None,
    document_id: int | None = None,
) -> None:
    """Write one change of a piece of work that follows from a request."""
    change = store.Change(
        row.id, act, row.standing, after, when.today, when.now, when.today, when.by, next_reminder_on, document_id, note
    )
    store.record(session, [change])


def withdraw(session: Session, number: int, agency_id: int | None, calendars: Calendars, when: When) -> None:
    """Take back a request that waits; work handed back goes on where it was. `agency_id` None: for its asker."""
    asked = request_store.get(session, number)
    kind = Kind(asked.kind)
    if agency_id is not None and asked.from_id != agency_id:
        raise NotAllowed("Chỉ cơ quan gửi đề nghị rút lại được đề nghị.")
    if kind is Kind.DIFFICULTY and asked.opened_id is not None:
        raise NotAllowed(
            "Khó khăn, vướng mắc đã chuyển cơ quan chủ trì tham mưu nên không rút lại được; đề nghị trao đổi với đầu mối."
        )
    if not request_store.settle(session, number, rules.WAITING, state=rules.WITHDRAWN, decided_at=when.now, decided_by=when.by):  # fmt: skip
        raise TooLate(settled_words(session, number))
    if kind is Kind.HAND_BACK and asked.occurrence:
        keep(session, asked.occurrence, calendars, when, "hand-back-withdrawn")
    if kind is Kind.COOPERATION and asked.opened:
        row = store.get_rows(session, [asked.opened])[0]
        change_state(session, row, standing.ended(row.standing, standing.WAIVED), "withdraw", when)
    audit_chain.note(session, audit.Event(when.now, when.by, "request.withdraw", asked.key, {"request": number}))


def keep(session: Session, key: str, calendars: Calendars, when: When, act: str, note: str = "") -> None:
    """Work that waited to be given to another goes on with its holder, its ladder from today."""
    row = store.get_rows(session, [key])[0]
    loaded = plan_store.get_loaded(session, row.plan_id)
    after = standing.kept(row.standing)
    next_day = None
    if after.due_on and after.basis and not row.historical:
        ladder = reminders.Ladders(loaded.plan, calendars[loaded.plan.calendar]).on(after.basis, after.due_on)
        next_day = reminders.first_day(ladder, when.today)
    change_state(session, row, after, act, when, note, next_reminder_on=next_day)


def advise(session: Session, number: int, text: str, when: When) -> None:
    """The lead officer's opinion on a request that waits; a newer one takes its place."""
    rules.check_text(text, "Ý kiến tham mưu cần một câu nội dung.")
    asked = request_store.get(session, number)
    if Kind(asked.kind) is Kind.COOPERATION:
        raise NotAllowed("Đề nghị phối hợp do cơ quan được đề nghị trả lời, không cần ý kiến tham mưu.")
    advised = {"state": rules.ADVISED, "advice": text.strip(), "advised_at": when.now, "advised_by": when.by}
    if not request_store.settle(session, number, rules.WAITING, **advised):
        raise TooLate(settled_words(session, number))
    audit_chain.note(session, audit.Event(when.now, when.by, "request.advise", asked.key, {"request": number}))


def answer(
    session: Session,
    number: int,
    agency_id: int | None,
    text: str,
    document: DocumentRef | None,
    calendars: Calendars,
    when: When,
    style: Style,
) -> None:
    """The asked agency's input; the occurrence opened for it, where there is one, is sent with it."""
    rules.check_text(text, 'Trả lời cần một câu nội dung; nếu nhất trí, ghi "nhất trí với dự thảo".')
    asked = request_store.get(session, number)
    if Kind(asked.kind) is not Kind.COOPERATION or (agency_id is not None and asked.to_id != agency_id):
        raise NotAllowed("Chỉ cơ quan được đề nghị phối hợp trả lời được đề nghị này.")
    document_id = document_store.get_or_add(session, document) if document else None
    answered = {
        "state": rules.GRANTED, "decision": text.strip(), "decided_at": when.now, "decided_by": when.by,
        "document_id": document_id,
    }  # fmt: skip
    if not request_store.settle(session, number, rules.WAITING, **answered):
        raise TooLate(settled_words(session, number))
    loaded = plan_store.get_loaded(session, asked.plan_id)
    if asked.opened and asked.opened_state == standing.OPEN:
        calendar = calendars[loaded.plan.calendar]
        reports.submit(session, [asked.opened], calendar, when, document=document, note=text.strip())
    audit_chain.note(session, audit.Event(when.now, when.by, "request.answer", asked.key, {"request": number}))
    request_mails.tell_asker(session, number, loaded, "", style, when)


def settled_words(session: Session, number: int) -> str:
    """What became of a request meanwhile, for whoever comes second."""
    asked = request_store.get(session, number)
    what = rules.state_words(Kind(asked.kind), asked.state).lower()
    paper = request_mails.cited(asked)
    when = f" lúc {request_mails.moment_words(asked.decided_at)}" if asked.decided_at else ""
    return f"Đề nghị này đã được giải quyết{when}: {what}{f', {paper}' if paper else ''}. Chưa có gì thay đổi thêm."
