"""The desk (bảng theo dõi): how work is sorted into cells, rates and sentences. Pure.

A cell of the matrix says how one agency stands with one duty: the most urgent of its occurrences, and how many.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from htx_workflow.domain import typed, words
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.plan import AgencyKind

CELLS = (
    "overdue", "asked", "unassigned", "returned", "near", "sent", "new", "doing", "awaiting", "expected", "late", "done",
    "failed", "unfounded", "not_rated", "passed", "standing", "past", "waived",
)  # fmt: skip
"""Codes of a cell, the most urgent first; the words and signs stand in parts.html (T-6)."""
CELL_WORDS = {
    "overdue": "Quá hạn",
    "asked": "Đã qua ngày nộp",
    "unassigned": "Chờ phân công lại",
    "returned": "Đề nghị bổ sung",
    "near": "Sắp đến hạn",
    "sent": "Đã gửi, chờ kiểm tra",
    "new": "Chưa tiếp nhận",
    "doing": "Đang thực hiện",
    "awaiting": "Chờ ấn định thời hạn",
    "expected": "Thời gian dự kiến",
    "late": "Hoàn thành quá hạn",
    "done": "Hoàn thành đúng hạn",
    "failed": "Chưa đạt",
    "unfounded": "Chưa đủ căn cứ",
    "not_rated": "Không đánh giá",
    "passed": "Đạt",
    "standing": "Thường xuyên",
    "past": "Trước khi theo dõi",
    "waived": "Thôi theo dõi",
}
SIGNS = {
    "overdue": ("●", "red"),
    "asked": ("◑", "amber"),
    "unassigned": ("?", "red outline"),
    "returned": ("↩", "amber"),
    "near": ("◑", "amber"),
    "sent": ("➤", "violet"),
    "new": ("○", "grey"),
    "doing": ("◔", "blue"),
    "awaiting": ("◌", "grey"),
    "expected": ("◌", "grey"),
    "late": ("✓", "brown"),
    "done": ("✓", "green"),
    "failed": ("◑", "amber"),
    "unfounded": ("◌", "grey"),
    "not_rated": ("–", "grey"),
    "passed": ("✓", "green"),
    "standing": ("∞", "grey"),
    "past": ("·", "grey"),
    "waived": ("–", "grey"),
}
BOXES = ("done_on_time", "done_late", "open_in_time", "open_overdue", "no_deadline", "expected", "historical")
BOX_WORDS = {
    "done_on_time": "Hoàn thành đúng hạn",
    "done_late": "Hoàn thành quá hạn",
    "open_in_time": "Chưa hoàn thành, trong hạn",
    "open_overdue": "Chưa hoàn thành, quá hạn",
    "no_deadline": "Thường xuyên",
    "expected": "Dự kiến",
    "historical": "Trước khi theo dõi",
}
NEAR = 3
"""Working days left that count as near."""


def near_until(today: date, calendar: WorkingCalendar) -> date:
    """The last day of which at most three working days are left."""
    return calendar.soft_shift(today, NEAR + 1)[0] - timedelta(days=1)


@dataclass
class Tally:
    """The official four-way matrix of one agency, or of several, and the columns beside it."""

    boxes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(BOXES, 0))
    original: dict[str, int] = field(default_factory=lambda: dict.fromkeys(BOXES, 0))
    """The same judged on original deadlines."""

    def add(self, other: Tally) -> None:
        for box in BOXES:
            self.boxes[box] += other.boxes[box]
            self.original[box] += other.original[box]

    @property
    def due(self) -> int:
        """Work whose deadline has come: the denominator of the rate."""
        return _due(self.boxes)

    @property
    def rate(self) -> str:
        """44,4 %; a dash where nothing has come due."""
        return percent(self.boxes["done_on_time"], self.due)

    @property
    def rate_original(self) -> str:
        return percent(self.original["done_on_time"], _due(self.original))

    @property
    def share(self) -> float | None:
        """The rate as a number, for charts and Excel."""
        return self.boxes["done_on_time"] / self.due if self.due else None

    @property
    def sentence(self) -> str:
        return rate_sentence(self.boxes)


def total(tallies: Iterable[Tally]) -> Tally:
    whole = Tally()
    for tally in tallies:
        whole.add(tally)
    return whole


def _due(boxes: dict[str, int]) -> int:
    return boxes["done_on_time"] + boxes["done_late"] + boxes["open_overdue"]


def percent(part: int, whole: int) -> str:
    """One decimal, half up: 44,4 %; a dash when there is nothing to divide by."""
    if not whole:
        return "–"
    tenths = (part * 2000 + whole) // (2 * whole)
    return f"{typed.number_text(Decimal(tenths) / 10, 1)} %"


def rate_sentence(boxes: dict[str, int]) -> str:
    """Why the rate is what it is, in one sentence."""
    due = _due(boxes)
    beside = [
        f"{words.count_text(boxes[box])} việc {said}"
        for box, said in (
            ("open_in_time", "còn trong hạn"),
            ("no_deadline", "thường xuyên"),
            ("expected", "có thời gian dự kiến"),
            ("historical", "có hạn trước khi theo dõi"),
        )
        if boxes[box]
    ]
    rest = f"; không tính {words.joined(beside)}" if beside else ""
    if not due:
        return f"Chưa có tỷ lệ đúng hạn vì chưa có việc nào đến hạn{rest}."
    said = {box: words.count_text(boxes[box]) if boxes[box] else "0" for box in BOXES}
    return (
        f"Tỷ lệ đúng hạn {percent(boxes['done_on_time'], due)} = {said['done_on_time']} việc hoàn thành đúng hạn trên"
        f" {words.count_text(due)} việc đã đến hạn ({said['done_on_time']} đúng hạn, {said['done_late']} quá hạn,"
        f" {said['open_overdue']} quá hạn chưa hoàn thành){rest}."
    )


@dataclass(frozen=True, slots=True)
class Owed:
    """One agency in a round: whether it has sent, and the day it promised."""

    name: str
    kind: AgencyKind
    sent: bool
    promised_on: date | None = None


def who_sentence(owed: Sequence[Owed], moment: datetime) -> str:
    """Who has not sent yet, to copy: agencies "gửi", cooperatives "nộp"; `moment` is local.

    Đến 15 giờ 30 ngày 17/12/2024: 07/10 cơ quan đã gửi; chưa gửi: UBND huyện A, B; Liên minh HTX tỉnh (hẹn 18/12).
    """
    cooperatives = bool(owed) and all(one.kind is AgencyKind.COOPERATIVE for one in owed)
    who, send = ("hợp tác xã", "nộp") if cooperatives else ("cơ quan", "gửi")
    at = f"Đến {moment.hour:02d} giờ {moment.minute:02d} ngày {words.day_text(moment.date())}"
    if not owed:
        return f"{at}: không có {who} nào phải {send}."
    sent = sum(one.sent for one in owed)
    text = f"{at}: {words.count_text(sent)}/{words.count_text(len(owed))} {who} đã {send}"
    missing = [one for one in owed if not one.sent]
    return f"{text}; chưa {send}: {missing_names(missing)}." if missing else f"{text}, đã đủ."


def missing_names(missing: Sequence[Owed]) -> str:
    """UBND huyện Đăk Hà, Đăk Tô; Liên minh HTX tỉnh (hẹn 18/12): the common beginning of districts is said once."""
    parts: list[str] = []
    shared = ""
    for one in missing:
        name = one.name
        if one.promised_on:
            name += f" (hẹn {one.promised_on.day:02d}/{one.promised_on.month:02d})"
        prefix = _district(one)
        if prefix and prefix == shared:
            parts[-1] += f", {name.removeprefix(prefix)}"
        else:
            parts.append(name)
        shared = prefix
    return "; ".join(parts)


def _district(one: Owed) -> str:
    """`UBND huyện ` of a district's or commune's name; empty for others."""
    if one.kind not in (AgencyKind.DISTRICT, AgencyKind.COMMUNE):
        return ""
    first = one.name.split(" ")
    return f"{first[0]} {first[1]} " if len(first) > 2 else ""


def years_of(starts_on: date, ends_on: date | None, today: date) -> list[int]:
    """The years of a plan, the newest first; one without an end goes on to next year."""
    last = ends_on.year if ends_on else today.year + 1
    return list(range(max(last, starts_on.year), starts_on.year - 1, -1))
