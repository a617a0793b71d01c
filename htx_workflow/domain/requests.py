"""A request (Đề nghị): who may ask what of which work, who decides it, and what a decision needs.

Who may extend follows the basis of the day: `law` nobody here, `plan` UBND tỉnh, `document` its issuer (or UBND tỉnh),
`assumed` the lead agency. An extension that cites a document makes a deadline, one without only a "thời gian dự kiến".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from htx_workflow.domain import plan, standing, words
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import BadInput, NotAllowed
from htx_workflow.domain.plan import Basis
from htx_workflow.domain.standing import Standing

LONGEST = 4000
"""Characters of a reason, an advice or a decision."""


class Kind(StrEnum):
    """What is asked."""

    EXTENSION = "extension"
    HAND_BACK = "hand_back"
    WAIVER = "waiver"
    DIFFICULTY = "difficulty"
    PROPOSAL = "proposal"
    COOPERATION = "cooperation"


LABELS = {
    Kind.EXTENSION: "Xin gia hạn",
    Kind.HAND_BACK: "Chuyển trả",
    Kind.WAIVER: "Đề nghị thôi theo dõi",
    Kind.DIFFICULTY: "Nêu khó khăn, vướng mắc",
    Kind.PROPOSAL: "Nêu đề xuất, kiến nghị",
    Kind.COOPERATION: "Đề nghị phối hợp",
}
CODES = {
    Kind.EXTENSION: "gia-han",
    Kind.HAND_BACK: "chuyen-tra",
    Kind.WAIVER: "thoi-theo-doi",
    Kind.DIFFICULTY: "kho-khan",
    Kind.PROPOSAL: "kien-nghi",
    Kind.COOPERATION: "phoi-hop",
}
"""As addresses of pages and the command line say it."""
BY_CODE = {code: kind for kind, code in CODES.items()}

ANSWERED_KINDS = frozenset({Kind.DIFFICULTY, Kind.PROPOSAL, Kind.COOPERATION})
"""These are answered, not granted or refused."""
CHANGING = frozenset({Kind.EXTENSION, Kind.HAND_BACK, Kind.WAIVER})
"""Granted, these change the work; at most one of each waits for a decision."""

RAISED, ADVISED, GRANTED, REFUSED, WITHDRAWN = "raised", "advised", "granted", "refused", "withdrawn"
WAITING = (RAISED, ADVISED)


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work as these rules see it."""

    kind: plan.Kind
    standing: Standing
    historical: bool
    asks_others: bool
    """Others support it by the word of the plan, or it is the lead agency's own."""


def state_words(kind: Kind, state: str) -> str:
    """Where a request stands, in words."""
    if kind is Kind.COOPERATION and state in WAITING:
        return words.said("Chờ trả lời")
    if state == GRANTED:
        return words.said("Đã trả lời") if kind in ANSWERED_KINDS else words.said("Đồng ý")
    return {
        RAISED: words.said("Chờ ý kiến"),
        ADVISED: words.said("Đã có ý kiến, chờ quyết định"),
        REFUSED: words.said("Không đồng ý"),
        WITHDRAWN: words.said("Đã rút lại"),
    }[state]


def why_not(kind: Kind, work: Work) -> str | None:
    """Why this cannot be asked of this work now, in a sentence; None when it can."""
    if kind in (Kind.DIFFICULTY, Kind.PROPOSAL):
        return None
    if work.kind is plan.Kind.OUTCOME:
        return "Đây là kết quả đọc từ điểm đánh giá, không có gì để gửi."
    if work.standing.state != standing.OPEN:
        return f"Việc này {standing.CLOSED_WORDS[work.standing.state]}."
    if kind is Kind.COOPERATION and not work.asks_others:
        return "Kế hoạch không ghi cơ quan phối hợp cho nhiệm vụ này."
    if kind is Kind.EXTENSION:
        return _why_no_extension(work)
    return None


def _why_no_extension(work: Work) -> str | None:
    if work.kind is plan.Kind.CONTINUOUS:
        return "Nhiệm vụ thường xuyên không có thời hạn nên không có gì để gia hạn."
    if work.standing.due_on is None:
        return "Việc này chưa có thời hạn nên không có gì để gia hạn."
    if work.historical:
        return "Việc này đã qua trước ngày kế hoạch được đưa vào theo dõi."
    if work.standing.basis is Basis.LAW:
        return standing.fixed_by_law(work.standing.due_on)
    return None


def check(kind: Kind, work: Work, reason: str) -> None:
    """Refuse what cannot be asked, or is asked without a reason."""
    refused = why_not(kind, work)
    if refused is not None:
        raise NotAllowed(refused)
    check_text(reason, "Đề nghị cần một câu nêu lý do, nội dung.")


def check_text(text: str, missing: str) -> None:
    """Refuse an empty text with this sentence, and one that is too long."""
    if not text.strip():
        raise BadInput(missing)
    if len(text) > LONGEST:
        raise BadInput(f"Nội dung dài {len(text)} ký tự, tối đa {LONGEST}. Đề nghị rút gọn hoặc gửi kèm tệp.")


def check_new_day(stands: Standing, due_on: date | None, today: date | None = None) -> date:
    """The day asked for or decided, when it may be one: after the present one, and not before `today`."""
    if due_on is None:
        raise BadInput("Cần ngày mới, nhập ngày/tháng/năm, ví dụ 30/11/2025.")
    if stands.due_on is not None and due_on <= stands.due_on:
        if stands.basis is Basis.ASSUMED:
            raise NotAllowed(f"Ngày mới phải sau ngày dự kiến hiện tại {words.day_text(stands.due_on)}.")
        raise NotAllowed(f"Hạn mới phải sau hạn hiện tại {words.day_text(stands.due_on)}.")
    if today is not None and due_on < today:
        raise BadInput(f"Ngày {words.day_text(due_on)} đã qua. Đề nghị chọn từ ngày {words.day_text(today)}.")
    return due_on


def after_expiry(stands: Standing, today: date) -> bool:
    """Whether an extension asked for today comes after the deadline (đề nghị sau hạn); an assumed day never expires."""
    return stands.due_on is not None and stands.basis is not Basis.ASSUMED and today > stands.due_on


def day_off_note(due_on: date, calendar: WorkingCalendar) -> str | None:
    """What is to be known of a new day that falls on a day off: when the early reminder goes."""
    last, guessed = calendar.soft_previous_working(due_on)
    if last == due_on or guessed:
        return None
    return f"{words.sentence(words.weekday_text(due_on))} là ngày nghỉ; nhắc sớm vào {words.weekday_text(last)}."


def decider(stands: Standing, lead: str, province: str, issuer: str, citation: str) -> str:
    """Who decides an extension and by what, in a sentence. Names are those of the day; `citation` the document's."""
    if stands.due_on is None:
        return f"{lead} ấn định thời hạn bằng văn bản."
    if stands.basis is Basis.LAW:
        return standing.fixed_by_law(stands.due_on)
    if stands.basis is Basis.PLAN:
        return f"Thời hạn do Kế hoạch ấn định; {province} quyết định gia hạn bằng văn bản."
    if stands.basis is Basis.DOCUMENT:
        by = f"{citation}; " if citation else ""
        who = issuer if issuer == province else f"{issuer} (nơi ban hành văn bản đó) hoặc {province}"
        return f"Thời hạn theo {by}{who} quyết định gia hạn bằng văn bản." if by else f"{who} quyết định bằng văn bản."
    return (
        f"Đây là thời gian dự kiến; {lead} quyết định. Có văn bản thì ngày mới là thời hạn, không có văn bản thì"
        " ngày mới vẫn là thời gian dự kiến."
    )


def needs_document(kind: Kind, stands: Standing | None, granted: bool) -> bool:
    """Whether this decision must cite a document: whatever changes a deadline, a holder, or ends the work."""
    if not granted or kind not in CHANGING:
        return False
    return not (kind is Kind.EXTENSION and stands is not None and stands.basis is Basis.ASSUMED)


def check_verdict(kind: Kind, granted: bool) -> None:
    """Difficulties, proposals and requests for input are answered; there is nothing to refuse."""
    if not granted and kind in ANSWERED_KINDS:
        raise BadInput(f'"{LABELS[kind]}" được trả lời bằng nội dung, không có lựa chọn không đồng ý.')
