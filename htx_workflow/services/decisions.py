"""Deciding a request (quyết định đề nghị): once, by a document where it changes work, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from htx_workflow.domain import audit, reminders, standing, words
from htx_workflow.domain import requests as rules
from htx_workflow.domain.errors import BadInput, NotAllowed, TooLate
from htx_workflow.domain.plan import Basis
from htx_workflow.domain.requests import Kind
from htx_workflow.domain.standing import Standing
from htx_workflow.services import deadlines, request_mails, requests
from htx_workflow.services.composing import Style
from htx_workflow.services.releases import release
from htx_workflow.services.reports import When
from htx_workflow.services.requests import Calendars
from htx_workflow.services.waits import successors
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import audit_chain
from htx_workflow.store import documents as document_store
from htx_workflow.store import occurrences as store
from htx_workflow.store import plans as plan_store
from htx_workflow.store import requests as request_store
from htx_workflow.store.database import Session
from htx_workflow.store.documents import DocumentRef
from htx_workflow.store.plans import LoadedPlan
from htx_workflow.store.requests import RequestRow


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided."""

    granted: bool
    text: str = ""
    document: DocumentRef | None = None
    due_on: date | None = None
    """The new day; by default the one asked for."""
    to: str = ""
    """Code of the agency that takes handed-back work over."""
    pushed_accepted: bool = False
    """The list of what is pushed was seen."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What a decision did, in sentences."""

    effect: str
    notes: tuple[str, ...] = ()
    """What is to be known: work that will wait, an early reminder."""


def decide(
    session: Session, number: int, decision: Decision, calendars: Calendars, when: When, style: Style
) -> Decided:
    """Decide a request that waits; the asker is told by mail.

    Raises TooLate with the first decision when there is one, BadInput without the document that it needs: then
    nothing has changed.
    """
    asked = request_store.get(session, number)
    kind = Kind(asked.kind)
    if kind is Kind.COOPERATION:
        raise NotAllowed("Đề nghị phối hợp do cơ quan được đề nghị trả lời.")
    loaded = plan_store.get_loaded(session, asked.plan_id)
    row = store.get_rows(session, [asked.occurrence])[0] if asked.occurrence else None
    _check(session, kind, decision, row.standing if row else None, when)
    document_id = document_store.get_or_add(session, decision.document) if decision.document else None
    settled = {
        "state": rules.GRANTED if decision.granted else rules.REFUSED, "decision": decision.text.strip(),
        "decided_at": when.now, "decided_by": when.by, "document_id": document_id,
    }  # fmt: skip
    if not request_store.settle(session, number, rules.WAITING, **settled):
        raise TooLate(requests.settled_words(session, number))
    decided = Decided("")
    if row is not None:
        decided = _Effect(session, asked, row, loaded, decision, document_id, calendars, when).apply(kind)
    detail: dict[str, object] = {"request": number, "granted": decision.granted, "document": document_id}
    audit_chain.note(session, audit.Event(when.now, when.by, "request.decide", asked.key, detail))
    request_mails.tell_asker(session, number, loaded, decided.effect, style, when)
    return decided


def keep_draft(session: Session, number: int, text: str) -> None:
    """Keep the words of a decision that could not be taken yet; it is none before it is taken."""
    request_store.settle(session, number, rules.WAITING, decision=text.strip()[: rules.LONGEST])


def _check(session: Session, kind: Kind, decision: Decision, stands: Standing | None, when: When) -> None:
    rules.check_verdict(kind, decision.granted)
    if not decision.granted:
        rules.check_text(decision.text, "Không đồng ý cần một câu nêu lý do.")
    elif kind in rules.ANSWERED_KINDS:
        rules.check_text(decision.text, "Trả lời cần một câu nội dung.")
    elif decision.text.strip():
        rules.check_text(decision.text, "")
    document = decision.document
    if document is None:
        if rules.needs_document(kind, stands, decision.granted):
            raise BadInput(
                "Quyết định này cần văn bản: nhập số, ngày và cơ quan ban hành. Nội dung đã nhập được giữ ở bản nháp."
            )
        return
    if document.dated > when.today:
        raise BadInput(f"Ngày văn bản {words.day_text(document.dated)} sau hôm nay {words.day_text(when.today)}.")
    if document.issuer not in agency_store.ids_by_code(session):
        raise BadInput(f"Không có cơ quan {document.issuer}. Đề nghị chọn cơ quan ban hành trong danh sách.")


@dataclass(frozen=True, slots=True)
class _Effect:
    """A decision being carried out on the work it is about."""

    session: Session
    asked: RequestRow
    row: store.Row
    loaded: LoadedPlan
    decision: Decision
    document_id: int | None
    calendars: Calendars
    when: When

    def apply(self, kind: Kind) -> Decided:
        if kind is Kind.EXTENSION and self.decision.granted:
            return self._extend()
        if kind is Kind.HAND_BACK:
            return self._hand_back()
        if kind is Kind.WAIVER and self.decision.granted:
            self._end(standing.WAIVED, "waive")
            return Decided("Việc này thôi theo dõi từ hôm nay.")
        return Decided("")

    def _extend(self) -> Decided:
        before, calendar = self.row.standing, self.calendars[self.loaded.plan.calendar]
        due_on = rules.check_new_day(before, self.decision.due_on or self.asked.proposed_due_on)
        pushed = deadlines.list_pushed(self.session, [self.row.key], due_on)
        if pushed and not self.decision.pushed_accepted:
            raise BadInput(
                f"Ngày {words.day_text(due_on)} muộn hơn việc phải chờ việc này: {'; '.join(pushed)}."
                ' Đánh dấu "Đã xem việc phải chờ" rồi quyết định lại.'
            )
        if self.decision.document is None:
            self._expect(due_on)
            effect = (
                f"Thời gian dự kiến mới: {words.weekday_text(due_on)}; chưa có văn bản ấn định nên không phải là hạn."
            )
        else:
            deadlines.set_deadline(self.session, [self.row.key], due_on, self.decision.document, calendar, self.when)
            effect = _extended_words(before, due_on)
        note = rules.day_off_note(due_on, calendar)
        return Decided(effect, (*pushed, *([note] if note else [])))

    def _expect(self, due_on: date) -> None:
        """Without a document an assumed day only becomes another assumed day."""
        if self.row.standing.state != standing.OPEN:
            raise NotAllowed(f"Việc này {standing.CLOSED_WORDS[self.row.standing.state]}, không đổi ngày được nữa.")
        after = standing.with_deadline(self.row.standing, due_on, Basis.ASSUMED, None)
        self._change(after, "expect")

    def _hand_back(self) -> Decided:
        if not self.decision.granted:
            requests.keep(
                self.session, self.row.key, self.calendars, self.when, "hand-back-refused", self.decision.text.strip()
            )
            return Decided("Việc này tiếp tục do cơ quan đang thực hiện.")
        if not self.decision.to:
            self._end(standing.HANDED_BACK, "hand-back-accepted")
            return Decided("Đã nhận lại việc này; chưa giao cơ quan khác.")
        agencies = agency_store.list_agencies(self.session, self.when.today)
        taker = next((agency for agency in agencies.values() if agency.code == self.decision.to), None)
        if taker is None or taker.ended or taker.code not in {agency.code for agency in self.loaded.plan.agencies}:
            raise BadInput(f"Không giao được cho {self.decision.to}. Đề nghị chọn một cơ quan của kế hoạch.")
        after = standing.reassigned(self.row.standing, taker.id)
        if self.decision.due_on is not None:
            after = self._with_new_day(after, self.decision.due_on)
        self._change(after, "reassign", announce=True)
        return Decided(f"Việc này giao {taker.name} thực hiện.")

    def _with_new_day(self, after: Standing, due_on: date) -> Standing:
        document = self.decision.document
        assert document is not None
        fixed_by = after.due_document
        known = document_store.issuer_of(self.session, fixed_by) == document.issuer if fixed_by else True
        province = document.issuer == self.loaded.plan.province
        standing.check_new_deadline(after, due_on, document.dated, issuer_is_province=province, known=known)
        return standing.with_deadline(after, due_on, Basis.DOCUMENT, self.document_id)

    def _end(self, state: str, act: str) -> None:
        """It leaves the matrix today; whoever waited for it waits no more."""
        self._change(standing.ended(self.row.standing, state), act)
        after = successors(self.loaded, {self.row.duty})
        calendar = self.calendars[self.loaded.plan.calendar]
        release(self.session, self.loaded, after, calendar, self.when.today, self.when.now)

    def _change(self, after: Standing, act: str, *, announce: bool = False) -> None:
        """Write it; `announce`: what the ladder has reached is told to the new holder."""
        next_day = None
        if after.state == standing.OPEN and after.due_on and after.basis and not self.row.historical:
            ladders = reminders.Ladders(self.loaded.plan, self.calendars[self.loaded.plan.calendar])
            first = reminders.first_day_of_new if announce else reminders.first_day
            next_day = first(ladders.on(after.basis, after.due_on), self.when.today)
        requests.change_state(
            self.session, self.row, after, act, self.when, self.decision.text.strip(), next_reminder_on=next_day,
            document_id=self.document_id,
        )  # fmt: skip


def _extended_words(before: Standing, due_on: date) -> str:
    if before.due_on is None or before.basis is Basis.ASSUMED:
        return f"Hạn {words.weekday_text(due_on)}."
    original = before.original_due_on or before.due_on
    return (
        f"Hạn {words.weekday_text(due_on)} thay cho {words.day_text(before.due_on)}; tỷ lệ theo hạn gốc vẫn tính"
        f" {words.day_text(original)}."
    )
