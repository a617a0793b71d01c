"""What was entered afterwards or for somebody else (ghi lùi, nhập thay): one list for whoever checks."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from htx_workflow.domain import words

BEHALF, AFTERWARDS, SENT_DAY, EARLIER_DAY, EARLY = "behalf", "afterwards", "sent-day", "earlier-day", "early"
LATE_REQUEST, CARD_RETURNED, CARD_LATE, CARD_AGAIN, CARD_BEHALF = (
    "late-request", "card-returned", "card-late", "card-again", "card-behalf",
)  # fmt: skip
KINDS = {
    BEHALF: "Nhập thay cơ quan",
    AFTERWARDS: "Nhập hồi cứu",
    SENT_DAY: "Sửa ngày gửi theo văn bản",
    EARLIER_DAY: "Ngày gửi trước ngày nhập",
    EARLY: "Mở khi còn việc phải chờ",
    LATE_REQUEST: "Đề nghị gia hạn sau khi hết hạn",
    CARD_RETURNED: "Phiếu điểm bị trả lại",
    CARD_LATE: "Phiếu điểm gửi muộn, kết quả không đổi",
    CARD_AGAIN: "Phiếu điểm chấm lại",
    CARD_BEHALF: "Phiếu điểm nhập thay",
}
"""By code, in the order of the filter."""


class Backdated(NamedTuple):
    """One such entry: what, when it was entered, by whom, for which work or card, and why."""

    kind: str
    at: datetime
    by: str
    plan_id: int
    agency_id: int | None
    """Whose work it is, or the cooperative of the card."""
    occurrence_id: int | None
    what: str
    """The title of the work; of a card its period and level."""
    day: date | None
    """The day it stands for, where that is another than the day of entry."""
    reason: str
    number: str | None
    dated: date | None

    @property
    def document(self) -> str:
        """The document behind it, in words; empty without one."""
        return words.citation(self.number, self.dated) if self.number and self.dated else ""
