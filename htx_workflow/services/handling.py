"""What a holder does with work besides sending it (xử lý): take it up, promise a day, note steps, comment, add the
paper to figures sent first. None of it changes how the work is judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from htx_workflow.domain import audit, board, standing, words
from htx_workflow.domain.errors import BadInput, NotAllowed
from htx_workflow.domain.plan import Kind
from htx_workflow.services.reports import When
from htx_workflow.store import audit_chain, notes
from htx_workflow.store import documents as document_store
from htx_workflow.store.database import Session
from htx_workflow.store.documents import DocumentRef
from htx_workflow.store.views import WorkRow

LONGEST = 2000
"""Characters of a comment or a reason."""
FAR_DAYS = 366
"""A day promised or noted lies within so many days of today."""


@dataclass(frozen=True, slots=True)
class Promise:
    """The day on which the holder says it will send, and why not before."""

    on: date
    cause: str
    """A code of `board.CAUSES`."""
    text: str = ""


def take(session: Session, work: WorkRow, when: When) -> bool:
    """Somebody of the agency saw it and has it; False when that was said before."""
    _check_open(work)
    if not notes.take(session, work.id, when.now):
        return False
    notes.add(session, work.id, "taken", when.now, when.by)
    _note(session, "work.take", work, when)
    return True


def promise(session: Session, work: WorkRow, given: Promise, when: When) -> bool:
    """Keep the day the holder promises: overdue mail waits for it, the deadline does not. False for a second press."""
    _check_open(work)
    if given.cause not in board.CAUSES:
        raise BadInput("Đề nghị chọn một lý do trong danh sách.")
    if given.on < when.today:
        raise BadInput(f"Ngày hẹn gửi {words.day_text(given.on)} đã qua. Đề nghị chọn từ hôm nay trở đi.")
    _check_near(given.on, when)
    if not notes.promise(session, work.id, given.on):
        raise NotAllowed("Việc này không còn mở nên không hẹn ngày gửi được nữa.")
    text = short(given.text)
    if not notes.add(session, work.id, "promise", when.now, when.by, text, on_day=given.on, cause=given.cause):
        return False
    notes.take(session, work.id, when.now)
    _note(session, "work.promise", work, when, on=given.on.isoformat(), cause=given.cause)
    return True


def step(session: Session, work: WorkRow, name: str, on: date, when: When) -> bool:
    """Note a step inside the agency with its day; any may be left out, and the last one said stands."""
    _check_open(work)
    if name not in board.STEPS:
        raise BadInput("Đề nghị chọn một bước: trình ký, đã ký hoặc đã gửi.")
    if on > when.today:
        raise BadInput(
            f"Ngày {words.day_text(on)} sau hôm nay {words.day_text(when.today)}. Đề nghị kiểm tra lại ngày."
        )
    _check_near(on, when)
    notes.mark(session, [work.id], step=name)
    notes.take(session, work.id, when.now)
    if not notes.add(session, work.id, name, when.now, when.by, on_day=on):
        return False
    _note(session, "work.step", work, when, step=name, on=on.isoformat())
    return True


def comment(session: Session, work: WorkRow, text: str, when: When) -> bool:
    """Say something about the work to whoever may see it; False when it was just said in the same words."""
    said = short(text)
    if not said:
        raise BadInput("Đề nghị ghi nội dung trao đổi.")
    if not notes.add(session, work.id, "comment", when.now, when.by, said):
        return False
    _note(session, "work.comment", work, when)
    return True


def paper(session: Session, work: WorkRow, document: DocumentRef, when: When) -> int:
    """The signed paper to figures that were sent first; the number of its document. The day of the figures counts."""
    if work.paper_due_on is None or work.standing.state not in (standing.SUBMITTED, standing.DONE):
        raise NotAllowed("Việc này không chờ văn bản bổ sung; số và ngày văn bản đã có hoặc việc chưa gửi.")
    if document.dated > when.today:
        raise BadInput(f"Ngày văn bản {words.day_text(document.dated)} sau hôm nay. Đề nghị kiểm tra lại ngày.")
    number = document_store.get_or_add(session, document)
    notes.mark(session, [work.id], paper_due_on=None)
    notes.add(session, work.id, "paper", when.now, when.by, document_id=number)
    _note(session, "work.paper", work, when, document=number)
    return number


def _check_open(work: WorkRow) -> None:
    if work.kind in (Kind.CONTINUOUS, Kind.OUTCOME):
        raise NotAllowed("Việc này không gửi riêng; kết quả nêu trong báo cáo năm.")
    if work.standing.state != standing.OPEN:
        raise NotAllowed(f"Việc này {standing.CLOSED_WORDS[work.standing.state]}.")


def _check_near(day: date, when: When) -> None:
    if abs((day - when.today).days) > FAR_DAYS:
        raise BadInput(f"Ngày {words.day_text(day)} cách hôm nay hơn một năm. Đề nghị kiểm tra lại năm.")


def short(text: str) -> str:
    """What was typed, tidied. Raises BadInput when it is too long for a note."""
    said = " ".join(text.split()) if "\n" not in text else text.strip()
    if len(said) > LONGEST:
        raise BadInput(f"Nội dung dài {len(said)} ký tự, nhiều nhất {LONGEST}. Đề nghị rút gọn hoặc gửi kèm tệp.")
    return said


def _note(session: Session, act: str, work: WorkRow, when: When, **detail: object) -> None:
    audit_chain.note(session, audit.Event(when.now, when.by, act, work.key, detail))
