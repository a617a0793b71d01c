"""The board (bảng việc): the status word of a piece of work (tình trạng), its group on "my work", what can be done now.

Pure. The words are few and fixed; beside each colour stands a sign, for eyes that see no colours and for paper.
Work of a cooperative is never red: it is asked, not told off.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from htx_workflow.domain import standing, words
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.digests import SOON
from htx_workflow.domain.plan import Basis, Kind
from htx_workflow.domain.verdicts import Conclusion

PAPER_DAYS = 5
"""Working days in which the signed paper follows figures that were sent first."""
CHECK_DAYS = 3
"""Working days in which a receiver is expected to look at what came in: a habit of the house, no rule of law."""
STEPS = {"for_signature": "Trình ký", "signed": "Đã ký", "sent": "Đã gửi"}
"""Inside the agency; all of them may be left out."""
CAUSES = {
    "inputs": "chờ đầu vào",
    "signature": "chờ ký",
    "staff": "thay đổi nhân sự",
    "guidance": "chưa có hướng dẫn",
    "disaster": "thiên tai",
    "other": "khác",
}
"""Why work is late, in fixed words: they are counted in reports."""
NOTHING = "Không phát sinh"
"""Stands in place of a report when there was nothing to report; apart from 0 and from a blank."""


class Group(StrEnum):
    """The parts of "my work", in the order of the page."""

    OVERDUE = "overdue"
    DUE = "due"
    COMING = "coming"
    EXPECTED = "expected"
    SENT = "sent"
    STANDING = "standing"
    CLOSED = "closed"
    DONE = "done"


GROUP_WORDS = {
    Group.OVERDUE: "Quá hạn",
    Group.DUE: "Đến hạn",
    Group.COMING: "Sắp tới",
    Group.EXPECTED: "Thời gian dự kiến",
    Group.SENT: "Đã gửi, chờ kiểm tra",
    Group.STANDING: "Thường xuyên",
    Group.CLOSED: "Chưa mở",
    Group.DONE: "Đã xong",
}
COOPERATIVE_WORDS = {Group.OVERDUE: "Đã qua ngày nộp", Group.SENT: "Đã nộp, chờ kiểm tra"}


def group_words(group: Group, *, cooperative: bool) -> str:
    """The heading of a group, for an agency or for a cooperative."""
    return (COOPERATIVE_WORDS.get(group) if cooperative else None) or GROUP_WORDS[group]


@dataclass(frozen=True, slots=True)
class Seen:
    """A piece of work as a page sees it."""

    kind: Kind
    stands: standing.Standing
    opens_on: date
    taken: bool = False
    """Somebody of the agency took it up: pressed the button, or saved a draft."""
    step: str = ""
    paper_due_on: date | None = None
    respond_by: date | None = None
    waits: bool = False
    """Something must be accepted before it, and its own day has not come."""
    cooperative: bool = False
    """Its holder is a cooperative."""
    outcome: Conclusion | None = None
    """Of work that nobody reports: what the scores say."""

    @property
    def adopted(self) -> bool:
        """Its day is a deadline, not only expected."""
        return self.stands.due_on is not None and self.stands.basis is not Basis.ASSUMED

    @property
    def returned(self) -> bool:
        return self.stands.state == standing.OPEN and (
            self.respond_by is not None or self.stands.submitted_on is not None
        )


@dataclass(frozen=True, slots=True)
class Status:
    """A word with its sign and its tone, and what more there is to say in a few words."""

    code: str
    word: str
    sign: str
    tone: str
    group: Group
    more: str = ""


def status(seen: Seen, day: date, calendar: WorkingCalendar) -> Status:
    """How a piece of work stands on this day, in the words of the house."""
    state = seen.stands.state
    if state == standing.OPEN:
        return _open(seen, day, calendar)
    if state == standing.SUBMITTED:
        return _submitted(seen)
    if state == standing.DONE:
        return _done(seen)
    if state == standing.UNASSIGNED:
        return Status("unassigned", words.said("Chờ phân công lại"), "?", "red outline", Group.CLOSED)
    word = {
        standing.WAIVED: words.said("Thôi theo dõi"),
        standing.HANDED_BACK: words.said("Chuyển trả"),
        standing.SPLIT: words.said("Đã tách việc"),
    }[state]
    return Status("waived", word, "–", "grey", Group.DONE)


def _open(seen: Seen, day: date, calendar: WorkingCalendar) -> Status:
    if seen.kind is Kind.CONTINUOUS:
        return Status("standing", words.said("Thường xuyên"), "∞", "grey", Group.STANDING)
    if seen.kind is Kind.OUTCOME:
        return _outcome(seen.outcome)
    if seen.returned:
        return _returned(seen, day, calendar)
    if seen.waits:
        return Status("waiting", words.said("Chưa mở"), "◌", "grey", Group.CLOSED)
    if seen.opens_on > day:
        more = words.said("mở từ %(day)s", day=words.day_text(seen.opens_on))
        return Status("waiting", words.said("Chưa mở"), "◌", "grey", Group.CLOSED, more)
    due_on = seen.stands.due_on
    if due_on is None:
        more = words.said("chờ văn bản ấn định thời hạn")
        return Status("awaiting", words.said("Dự kiến"), "◌", "grey", Group.EXPECTED, more)
    if not seen.adopted:
        return Status("expected", words.said("Dự kiến"), "◌", "grey", Group.EXPECTED)
    left = calendar.soft_count(day, due_on)[0]
    if due_on < day:
        return _overdue(seen, -left)
    return _in_time(seen, left, last=due_on == day)


def _outcome(found: Conclusion | None) -> Status:
    """Read from the scores; a cooperative is never shown in red."""
    more = words.said("đọc từ điểm đánh giá")
    if found is None:
        return Status("standing", words.said("Đọc từ điểm đánh giá"), "∞", "grey", Group.STANDING)
    if found is Conclusion.PASSED:
        return Status("passed", words.said("Đạt"), "✓", "green", Group.STANDING, more)
    if found is Conclusion.FAILED:
        return Status("failed", words.said("Chưa đạt"), "◑", "amber", Group.STANDING, more)
    if found is Conclusion.NOT_RATED:
        return Status("not_rated", words.said("Không đánh giá"), "–", "grey", Group.STANDING, more)
    return Status("unfounded", words.said("Chưa đủ căn cứ"), "◌", "grey", Group.STANDING, more)


def _in_time(seen: Seen, left: int, *, last: bool) -> Status:
    more = words.said("còn %(days)s ngày làm việc", days=words.count_text(left))
    if last:
        more = words.said("hôm nay là ngày cuối")
    if seen.step in ("for_signature", "signed"):
        group = Group.DUE if left <= SOON else Group.COMING
        return Status("signing", words.said("Đã trình ký"), "◔", "blue", group, more)
    if left <= SOON:
        return Status("near", words.said("Sắp đến hạn"), "◑", "amber", Group.DUE, more)
    if seen.taken or seen.step:
        return Status("doing", words.said("Đang thực hiện"), "◔", "blue", Group.COMING, more)
    return Status("new", words.said("Chưa tiếp nhận"), "○", "grey", Group.COMING, more)


def _overdue(seen: Seen, over: int) -> Status:
    if seen.cooperative:
        more = words.said("đề nghị nộp sớm")
    elif over:
        more = words.said("quá %(days)s ngày làm việc", days=words.count_text(over))
    else:
        more = words.said("đã qua ngày cuối")
    if seen.step in ("for_signature", "signed"):
        more = words.together(more, words.said("đã trình ký"))
    if seen.cooperative:
        return Status("asked", words.said("Đã qua ngày nộp"), "◑", "amber", Group.OVERDUE, more)
    return Status("overdue", words.said("Quá hạn"), "●", "red", Group.OVERDUE, more)


def _returned(seen: Seen, day: date, calendar: WorkingCalendar) -> Status:
    kept = seen.stands.submitted_on is not None
    word = words.said("Đề nghị bổ sung")
    if not kept:
        word = words.said("Đề nghị nộp lại") if seen.cooperative else words.said("Đề nghị gửi lại")
    more = words.said("chậm nhất %(day)s", day=words.day_text(seen.respond_by)) if seen.respond_by else ""
    due_on = seen.stands.due_on
    late = not kept and seen.adopted and due_on is not None and due_on < day
    if late and due_on is not None and not seen.cooperative:
        over = words.count_text(-calendar.soft_count(day, due_on)[0])
        days = words.said("quá %(days)s ngày làm việc", days=over)
        more = words.together(more, days) if more else days
    return Status("returned", word, "↩", "amber", Group.OVERDUE if late else Group.DUE, more)


def _submitted(seen: Seen) -> Status:
    cooperative = seen.cooperative
    if seen.paper_due_on is not None:
        more = words.said("văn bản bổ sung chậm nhất %(day)s", day=words.day_text(seen.paper_due_on))
        word = words.said("Đã nộp số liệu, chờ văn bản") if cooperative else words.said("Đã gửi số liệu, chờ văn bản")
        return Status("sent", word, "➤", "violet", Group.SENT, more)
    word = words.said("Đã nộp, chờ kiểm tra") if cooperative else words.said("Đã gửi, chờ kiểm tra")
    judged = judgement(seen.stands)
    in_time = words.said("nộp đúng hạn") if cooperative else words.said("gửi đúng hạn")
    late = words.said("nộp quá hạn") if cooperative else words.said("gửi quá hạn")
    return Status("sent", word, "➤", "violet", Group.SENT, {"": "", "đúng hạn": in_time, "quá hạn": late}[judged])


def _done(seen: Seen) -> Status:
    judged = judgement(seen.stands)
    more = words.said("chờ bản ký") if seen.paper_due_on is not None else ""
    if judged == "quá hạn":
        return Status("late", words.said("Hoàn thành quá hạn"), "✓", "brown", Group.DONE, more)
    word = words.said("Hoàn thành đúng hạn") if judged else words.said("Hoàn thành")
    return Status("done", word, "✓", "green", Group.DONE, more)


def judgement(stands: standing.Standing) -> str:
    """đúng hạn, quá hạn; empty where there is no deadline to judge by, or nothing was sent."""
    if stands.due_on is None or stands.basis is Basis.ASSUMED or stands.submitted_on is None:
        return ""
    return "đúng hạn" if stands.submitted_on <= stands.due_on else "quá hạn"


# What can be done now (buttons)


@dataclass(frozen=True, slots=True)
class Rights:
    """What a visitor may do with one piece of work; see `visitors.Visitor`."""

    do: bool
    check: bool
    comment: bool = True


def acts(seen: Seen, rights: Rights, day: date, *, promised: bool = False) -> tuple[str, ...]:
    """Codes of the buttons that make sense now, in the order of the page.

    take submit nothing promise step extension hand_back difficulty withdraw paper verify return comment
    """
    found: list[str] = []
    reported = seen.kind not in (Kind.CONTINUOUS, Kind.OUTCOME)
    state = seen.stands.state
    if rights.do and state == standing.OPEN and reported:
        if not seen.taken:
            found.append("take")
        if seen.opens_on <= day and not seen.waits:
            found += ["submit", "nothing"]
        found += ["promise", "step"]
        if seen.stands.due_on is not None:
            found.append("extension")
        found.append("hand_back")
    if rights.do and state == standing.SUBMITTED:
        found.append("withdraw")
    if rights.do and seen.paper_due_on is not None and state in (standing.SUBMITTED, standing.DONE):
        found.append("paper")
    if rights.do and state in (standing.OPEN, standing.SUBMITTED):
        found.append("difficulty")
    if rights.check and state == standing.SUBMITTED:
        found += ["verify", "return"]
    if rights.comment:
        found.append("comment")
    return tuple(found)
