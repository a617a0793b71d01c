"""The status words, the groups of "my work", what can be done now, and why a day is what it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from htx_workflow.domain import board, clauses, whys
from htx_workflow.domain.board import Group, Rights, Seen
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.plan import Basis, Duty, Kind
from htx_workflow.domain.standing import Standing
from htx_workflow.domain.whys import Grounds
from tests.factories import a_duty

DAY = date(2024, 12, 13)
CALENDAR = WorkingCalendar.weekends_only()


def seen(**changes: Any) -> Seen:
    """Open work due by law on Wednesday 18/12/2024, three working days ahead."""
    of_standing = {name: changes.pop(name) for name in list(changes) if name in Standing.__dataclass_fields__}
    stands = Standing("open", 1, Basis.LAW, date(2024, 12, 18), 1, date(2024, 12, 18))
    whole = Seen(Kind.YEARLY, replace(stands, **of_standing), date(2024, 1, 1))
    return replace(whole, **changes)


def said(one: Seen, day: date = DAY) -> tuple[str, str, str, str, Group]:
    found = board.status(one, day, CALENDAR)
    return found.word, found.sign, found.tone, found.more, found.group


FAR = {"due_on": date(2024, 12, 31)}
PAST = {"due_on": date(2024, 12, 10)}
SENT = {"state": "submitted", "submitted_on": date(2024, 12, 10)}


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        (FAR, ("Chưa tiếp nhận", "○", "grey", "còn 12 ngày làm việc", Group.COMING)),
        ({**FAR, "taken": True}, ("Đang thực hiện", "◔", "blue", "còn 12 ngày làm việc", Group.COMING)),
        ({**FAR, "step": "signed"}, ("Đã trình ký", "◔", "blue", "còn 12 ngày làm việc", Group.COMING)),
        ({"taken": True}, ("Sắp đến hạn", "◑", "amber", "còn 03 ngày làm việc", Group.DUE)),
        ({"due_on": DAY}, ("Sắp đến hạn", "◑", "amber", "hôm nay là ngày cuối", Group.DUE)),
        (PAST, ("Quá hạn", "●", "red", "quá 03 ngày làm việc", Group.OVERDUE)),
        (
            {**PAST, "step": "for_signature"},
            ("Quá hạn", "●", "red", "quá 03 ngày làm việc, đã trình ký", Group.OVERDUE),
        ),
        ({**PAST, "cooperative": True}, ("Đã qua ngày nộp", "◑", "amber", "đề nghị nộp sớm", Group.OVERDUE)),
        ({**PAST, "basis": Basis.ASSUMED}, ("Dự kiến", "◌", "grey", "", Group.EXPECTED)),
        ({"due_on": None}, ("Dự kiến", "◌", "grey", "chờ văn bản ấn định thời hạn", Group.EXPECTED)),
        (SENT, ("Đã gửi, chờ kiểm tra", "➤", "violet", "gửi đúng hạn", Group.SENT)),
        ({**SENT, **PAST, "submitted_on": DAY}, ("Đã gửi, chờ kiểm tra", "➤", "violet", "gửi quá hạn", Group.SENT)),
        ({**SENT, "cooperative": True}, ("Đã nộp, chờ kiểm tra", "➤", "violet", "nộp đúng hạn", Group.SENT)),
        (
            {**SENT, "paper_due_on": date(2024, 12, 20)},
            ("Đã gửi số liệu, chờ văn bản", "➤", "violet", "văn bản bổ sung chậm nhất 20/12/2024", Group.SENT),
        ),
        ({"submitted_on": date(2024, 12, 10)}, ("Đề nghị bổ sung", "↩", "amber", "", Group.DUE)),
        ({"respond_by": date(2024, 12, 17)}, ("Đề nghị gửi lại", "↩", "amber", "chậm nhất 17/12/2024", Group.DUE)),
        (
            {**PAST, "respond_by": date(2024, 12, 17)},
            ("Đề nghị gửi lại", "↩", "amber", "chậm nhất 17/12/2024, quá 03 ngày làm việc", Group.OVERDUE),
        ),
        ({**SENT, "state": "done"}, ("Hoàn thành đúng hạn", "✓", "green", "", Group.DONE)),
        ({**SENT, **PAST, "state": "done", "submitted_on": DAY}, ("Hoàn thành quá hạn", "✓", "brown", "", Group.DONE)),
        ({**SENT, "state": "done", "basis": Basis.ASSUMED}, ("Hoàn thành", "✓", "green", "", Group.DONE)),
        ({"kind": Kind.CONTINUOUS, "due_on": None}, ("Thường xuyên", "∞", "grey", "", Group.STANDING)),
        ({"state": "unassigned"}, ("Chờ phân công lại", "?", "red outline", "", Group.CLOSED)),
        ({"waits": True}, ("Chưa mở", "◌", "grey", "", Group.CLOSED)),
        ({"opens_on": date(2025, 1, 1), **FAR}, ("Chưa mở", "◌", "grey", "mở từ 01/01/2025", Group.CLOSED)),
        ({"state": "waived"}, ("Thôi theo dõi", "–", "grey", "", Group.DONE)),
        ({"state": "handed_back"}, ("Chuyển trả", "–", "grey", "", Group.DONE)),
    ],
)  # fmt: skip
def test_work_stands_in_a_word_with_a_sign(changes: dict[str, Any], wanted: tuple[str, str, str, str, Group]) -> None:
    assert said(seen(**changes)) == wanted


def test_work_of_a_cooperative_is_never_red() -> None:
    for changes in (PAST, {**PAST, "respond_by": DAY}, {**PAST, "step": "signed"}):
        assert board.status(seen(**changes, cooperative=True), DAY, CALENDAR).tone != "red"


def test_a_cooperative_reads_its_own_headings() -> None:
    assert board.group_words(Group.OVERDUE, cooperative=True) == "Đã qua ngày nộp"
    assert board.group_words(Group.OVERDUE, cooperative=False) == "Quá hạn"
    assert board.group_words(Group.DONE, cooperative=True) == "Đã xong"


HOLDER = Rights(do=True, check=False)


@pytest.mark.parametrize(
    ("changes", "rights", "wanted"),
    [
        (
            {},
            HOLDER,
            ("take", "submit", "nothing", "promise", "step", "extension", "hand_back", "difficulty", "comment"),
        ),
        (
            {"waits": True, "taken": True},
            HOLDER,
            ("promise", "step", "extension", "hand_back", "difficulty", "comment"),
        ),
        (SENT, HOLDER, ("withdraw", "difficulty", "comment")),
        ({**SENT, "paper_due_on": DAY}, HOLDER, ("withdraw", "paper", "difficulty", "comment")),
        (SENT, Rights(do=False, check=True), ("verify", "return", "comment")),
        ({**SENT, "state": "done"}, HOLDER, ("comment",)),
        ({**SENT, "state": "done", "paper_due_on": DAY}, HOLDER, ("paper", "comment")),
        ({"kind": Kind.CONTINUOUS}, HOLDER, ("difficulty", "comment")),
        ({}, Rights(do=False, check=True), ("comment",)),
    ],
)
def test_only_what_makes_sense_now_can_be_done(
    changes: dict[str, Any], rights: Rights, wanted: tuple[str, ...]
) -> None:
    assert board.acts(seen(**changes), rights, DAY) == wanted


def grounds(**changes: Any) -> Grounds:
    whole = seen(**{name: changes.pop(name) for name in list(changes) if name in Standing.__dataclass_fields__})
    return replace(Grounds(whole.stands, "", date(2025, 12, 5)), **changes)


ON_REQUEST = Duty.model_validate(
    a_duty("N.4", kind="on_request", due={"rule": "after", "working_days": 10}, basis="assumed")
)


@pytest.mark.parametrize(
    ("given", "duty", "wanted"),
    [
        (
            grounds(basis_note="Điều 9 Thông tư số 01/2020/TT-BKHĐT"),
            None,
            [
                "Hạn chậm nhất 18/12/2024 (tính cả ngày này) vì Điều 9 Thông tư số 01/2020/TT-BKHĐT quy định ngày đó."
            ],
        ),
        (
            grounds(
                basis=Basis.DOCUMENT,
                due_on=date(2025, 12, 29),
                original_due_on=date(2025, 12, 22),
                document="Công văn số 1129/UBND-KTTH ngày 22/12/2025",
            ),
            None,
            [
                "Hạn 29/12/2025 thay cho 22/12/2025 theo Công văn số 1129/UBND-KTTH ngày 22/12/2025;"
                " tỷ lệ theo hạn gốc vẫn tính 22/12/2025."
            ],
        ),
        (
            grounds(basis=Basis.ASSUMED, due_on=date(2025, 12, 22), basis_note="đặt trước ngày tổng kết; chưa có văn bản ấn định"),
            None,
            [
                "22/12/2025 là ngày dự kiến, đặt trước ngày tổng kết; chưa có văn bản ấn định nên không tính quá hạn."
            ],
        ),
        (
            grounds(basis=Basis.PLAN, due_on=date(2025, 12, 21)),
            None,
            [
                "Hạn chậm nhất 21/12/2025 (tính cả ngày này) theo Kế hoạch.",
                "Chủ nhật 21/12/2025 là ngày nghỉ cuối tuần; ngày ghi trong văn bản được giữ nguyên, hệ thống nhắc vào"
                " thứ Sáu 19/12/2025 là ngày làm việc liền trước.",
            ],
        ),
        (
            grounds(basis=Basis.PLAN, due_on=date(2025, 12, 19)),
            ON_REQUEST,
            [
                "Hạn ngày 19/12/2025 là ngày làm việc thứ 10 kể từ sau ngày 05/12/2025"
                " (không tính ngày này và 04 ngày nghỉ cuối tuần)."
            ],
        ),
        (grounds(due_on=None, basis=None), None, []),
    ],
    ids=["law", "extended", "assumed", "day off", "on request", "none"],
)  # fmt: skip
def test_a_day_says_why(given: Grounds, duty: Duty | None, wanted: list[str]) -> None:
    assert whys.why_day(given, duty, CALENDAR) == wanted


@pytest.mark.parametrize(
    ("clause", "wanted"),
    [
        ("Mục V.7, gạch đầu dòng 5", "gạch đầu dòng thứ năm khoản 7 Mục V Kế hoạch số 3819/KH-UBND"),
        ("Mục V.2", "khoản 2 Mục V Kế hoạch số 3819/KH-UBND"),
        ("Điều 9 Thông tư số 01/2020/TT-BKHĐT", "Điều 9 Thông tư số 01/2020/TT-BKHĐT"),
    ],
)
def test_a_clause_is_read_in_words(clause: str, wanted: str) -> None:
    assert clauses.in_words(clause, "Kế hoạch số 3819/KH-UBND") == wanted
