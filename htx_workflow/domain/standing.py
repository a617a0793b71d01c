"""Where an occurrence stands (tình trạng), how acts change it, and how it is judged.

An act counts on the day its signed document was sent, never on the day it was typed in or verified. Every act
makes a whole new `Standing`; the last one known on a day says how things stood on that day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from htx_workflow.domain import words
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import BadInput, NotAllowed
from htx_workflow.domain.plan import Basis, Kind

OPEN = "open"
SUBMITTED = "submitted"
DONE = "done"
WAIVED = "waived"
HANDED_BACK = "handed_back"
SPLIT = "split"
UNASSIGNED = "unassigned"

CLOSED_WORDS = {
    SUBMITTED: "đã gửi, đang chờ kiểm tra",
    DONE: "đã hoàn thành",
    WAIVED: "đã thôi theo dõi",
    HANDED_BACK: "đã chuyển trả",
    SPLIT: "đã tách cho cơ quan khác",
    UNASSIGNED: "đang chờ phân công lại",
}


class Return(StrEnum):
    """The two kinds of return. *Bổ sung*: the first day keeps counting. *Gửi lại*: the new submission counts."""

    SUPPLEMENT = "bo-sung"
    AGAIN = "gui-lai"


@dataclass(frozen=True, slots=True)
class Standing:
    """The tuple a change holds. Agencies and documents are the store's numbers."""

    state: str
    holder: int | None
    basis: Basis | None
    due_on: date | None
    due_rev: int = 0
    original_due_on: date | None = None
    due_document: int | None = None
    submitted_on: date | None = None


def submitted(standing: Standing, sent_on: date, *, verified_by_nobody: bool) -> Standing:
    """After a submission sent on this day; a first day kept by a *bổ sung* stays."""
    if standing.state != OPEN:
        raise NotAllowed(f"Việc này {CLOSED_WORDS[standing.state]}, không gửi thêm được.")
    return replace(
        standing,
        state=DONE if verified_by_nobody else SUBMITTED,
        submitted_on=standing.submitted_on or sent_on,
    )


def verified(standing: Standing) -> Standing:
    """After the receiver accepted it; the day of the submission goes on counting."""
    if standing.state != SUBMITTED:
        raise NotAllowed(
            "Việc này chưa có văn bản gửi nên chưa chấp nhận được."
            if standing.state == OPEN
            else f"Việc này {CLOSED_WORDS[standing.state]}."
        )
    return replace(standing, state=DONE)


def returned(standing: Standing, kind: Return) -> Standing:
    """After the receiver gave it back."""
    if standing.state != SUBMITTED:
        raise NotAllowed(
            "Việc này chưa có văn bản gửi nên không có gì để trả lại."
            if standing.state == OPEN
            else f"Việc này {CLOSED_WORDS[standing.state]}, không trả lại được."
        )
    kept = standing.submitted_on if kind is Return.SUPPLEMENT else None
    return replace(standing, state=OPEN, submitted_on=kept)


def withdrawn(standing: Standing, submitted_before: date | None) -> Standing:
    """After its sender took it back unchecked; what an earlier *bổ sung* had kept stays kept."""
    if standing.state != SUBMITTED:
        raise NotAllowed(
            "Việc này chưa có văn bản gửi nên không có gì để rút lại."
            if standing.state == OPEN
            else f"Việc này {CLOSED_WORDS[standing.state]}, không rút lại được nữa."
        )
    return replace(standing, state=OPEN, submitted_on=submitted_before)


def with_deadline(standing: Standing, due_on: date, basis: Basis, document: int | None) -> Standing:
    """A new revision of the deadline. `original_due_on` is the first day with a basis other than assumed."""
    original = standing.original_due_on
    if original is None and basis is not Basis.ASSUMED:
        original = due_on
    return replace(
        standing,
        due_on=due_on,
        basis=basis,
        due_rev=standing.due_rev + 1,
        original_due_on=original,
        due_document=document,
    )


def box(kind: Kind, standing: Standing, day: date, *, historical: bool = False, original: bool = False) -> str | None:
    """The box of the official four-way matrix on this day, or the column beside it; None counts nowhere.

    Submitted and unchecked is still open, judged on its submission day.
    """
    if standing.state in (WAIVED, HANDED_BACK, SPLIT) or kind is Kind.OUTCOME:
        return None
    if kind is Kind.CONTINUOUS:
        return "no_deadline"
    if historical:
        return "historical"
    if standing.due_on is None or standing.basis is Basis.ASSUMED:
        return "expected"
    due_on = standing.original_due_on if original and standing.original_due_on else standing.due_on
    if standing.state == DONE:
        return "done_on_time" if standing.submitted_on and standing.submitted_on <= due_on else "done_late"
    return "open_in_time" if (standing.submitted_on or day) <= due_on else "open_overdue"


def timeliness(kind: Kind, standing: Standing, day: date, calendar: WorkingCalendar) -> str:
    """How the deadline stands on this day, apart from the state of the work."""
    if kind in (Kind.CONTINUOUS, Kind.OUTCOME):
        return "no_deadline"
    if standing.due_on is None:
        return "awaiting_date" if kind is Kind.ONCE else "no_deadline"
    if standing.basis is Basis.ASSUMED:
        return "expected"
    if standing.state == DONE:
        return "done_on_time" if standing.submitted_on and standing.submitted_on <= standing.due_on else "done_late"
    if (standing.submitted_on or day) > standing.due_on:
        return "overdue"
    near = standing.submitted_on is None and calendar.soft_count(day, standing.due_on)[0] <= 3
    return "near_due" if near else "not_due"


def fixed_by_law(due_on: date) -> str:
    """Why nobody here can move this day."""
    return (
        "Thời hạn này do văn bản quy phạm pháp luật quy định, không gia hạn được tại tỉnh. Có thể ghi ngày dự kiến"
        f" gửi; việc vẫn tính theo hạn {words.day_text(due_on)}."
    )


def handed_back(standing: Standing) -> Standing:
    """After the holder says that it is not its work: it waits for the lead agency, which decides whose it is."""
    _check_open(standing, "không chuyển trả được")
    return replace(standing, state=UNASSIGNED)


def kept(standing: Standing) -> Standing:
    """After a hand-back was withdrawn or refused: it goes on where it was."""
    if standing.state != UNASSIGNED:
        raise NotAllowed(f"Việc này {CLOSED_WORDS.get(standing.state, 'đang thực hiện')}, không chờ phân công lại.")
    return replace(standing, state=OPEN)


def reassigned(standing: Standing, holder: int) -> Standing:
    """After a document gave it to another agency: a new revision, so that its ladder is announced there."""
    if standing.state not in (OPEN, UNASSIGNED):
        raise NotAllowed(f"Việc này {CLOSED_WORDS[standing.state]}, không phân công lại được.")
    if standing.holder == holder:
        raise BadInput("Việc này đang do chính cơ quan đó thực hiện. Đề nghị chọn cơ quan khác, hoặc không đồng ý.")
    return replace(standing, state=OPEN, holder=holder, due_rev=standing.due_rev + 1)


def ended(standing: Standing, state: str) -> Standing:
    """After a document waived it, or took it from its holder without giving it to another."""
    if standing.state not in (OPEN, UNASSIGNED):
        raise NotAllowed(f"Việc này {CLOSED_WORDS[standing.state]}.")
    return replace(standing, state=state)


def _check_open(standing: Standing, not_done: str) -> None:
    if standing.state != OPEN:
        raise NotAllowed(f"Việc này {CLOSED_WORDS[standing.state]}, {not_done}.")


def check_new_deadline(standing: Standing, due_on: date, dated: date, *, issuer_is_province: bool, known: bool) -> None:
    """Refuse a deadline that this document may not set.

    `known`: the issuer is the one whose document fixed the present day, or nobody fixed it yet.
    """
    _check_open(standing, "không ấn định thời hạn được nữa")
    if standing.basis is Basis.LAW and standing.due_on:
        raise NotAllowed(fixed_by_law(standing.due_on))
    if due_on < dated:
        raise NotAllowed(
            f"Hạn mới {words.day_text(due_on)} trước ngày văn bản {words.day_text(dated)}. Đề nghị kiểm tra một trong hai ngày."
        )
    if standing.basis is Basis.PLAN and not issuer_is_province:
        raise NotAllowed("Thời hạn này do Kế hoạch ấn định; chỉ Ủy ban nhân dân tỉnh thay đổi được.")
    if standing.basis is Basis.DOCUMENT and not (known or issuer_is_province):
        raise NotAllowed(
            "Thời hạn này do văn bản của cơ quan khác ấn định; chỉ cơ quan ban hành văn bản đó thay đổi được."
        )
    if standing.basis not in (None, Basis.ASSUMED) and standing.due_on and due_on == standing.due_on:
        raise NotAllowed(f"Hạn mới trùng với hạn hiện tại {words.day_text(standing.due_on)}.")
