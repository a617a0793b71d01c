"""Who may ask what, who decides it, what a decision needs: pure rules."""

from __future__ import annotations

from datetime import date

import pytest

from htx_workflow.domain import plan, requests
from htx_workflow.domain.errors import BadInput, NotAllowed
from htx_workflow.domain.plan import Basis
from htx_workflow.domain.requests import Kind, Work
from htx_workflow.domain.standing import Standing
from tests.samples import CALENDAR

DUE = date(2025, 12, 22)


def stands(basis: Basis | None = Basis.DOCUMENT, state: str = "open", due_on: date | None = DUE) -> Standing:
    return Standing(state, 1, basis, due_on, 1, due_on)


def work(
    kind: plan.Kind = plan.Kind.ONCE, asks_others: bool = True, historical: bool = False, **standing: object
) -> Work:
    return Work(kind, stands(**standing), historical, asks_others)  # type: ignore[arg-type]  # the fields of `stands`


@pytest.mark.parametrize(
    ("kind", "asked_of", "sentence"),
    [
        (Kind.EXTENSION, work(), None),
        (Kind.EXTENSION, work(basis=Basis.PLAN), None),
        (Kind.EXTENSION, work(basis=Basis.ASSUMED), None),
        (
            Kind.EXTENSION,
            work(basis=Basis.LAW),
            "Thời hạn này do văn bản quy phạm pháp luật quy định, không gia hạn được tại tỉnh. Có thể ghi ngày dự kiến"
            " gửi; việc vẫn tính theo hạn 22/12/2025.",
        ),
        (
            Kind.EXTENSION,
            work(plan.Kind.CONTINUOUS, basis=None, due_on=None),
            "Nhiệm vụ thường xuyên không có thời hạn nên không có gì để gia hạn.",
        ),
        (
            Kind.EXTENSION,
            work(basis=None, due_on=None),
            "Việc này chưa có thời hạn nên không có gì để gia hạn.",
        ),
        (
            Kind.EXTENSION,
            work(historical=True),
            "Việc này đã qua trước ngày kế hoạch được đưa vào theo dõi.",
        ),
        (Kind.EXTENSION, work(state="submitted"), "Việc này đã gửi, đang chờ kiểm tra."),
        (Kind.HAND_BACK, work(basis=Basis.LAW), None),
        (Kind.HAND_BACK, work(plan.Kind.CONTINUOUS, basis=None, due_on=None), None),
        (Kind.HAND_BACK, work(state="unassigned"), "Việc này đang chờ phân công lại."),
        (
            Kind.HAND_BACK,
            work(plan.Kind.OUTCOME, basis=None, due_on=None),
            "Đây là kết quả đọc từ điểm đánh giá, không có gì để gửi.",
        ),
        (Kind.WAIVER, work(state="done"), "Việc này đã hoàn thành."),
        (Kind.DIFFICULTY, work(state="done"), None),
        (Kind.PROPOSAL, work(plan.Kind.OUTCOME, basis=None, due_on=None), None),
        (Kind.COOPERATION, work(), None),
        (
            Kind.COOPERATION,
            work(asks_others=False),
            "Kế hoạch không ghi cơ quan phối hợp cho nhiệm vụ này.",
        ),
    ],
)
def test_what_may_be_asked_of_which_work(kind: Kind, asked_of: Work, sentence: str | None) -> None:
    assert requests.why_not(kind, asked_of) == sentence


@pytest.mark.parametrize(
    ("basis", "sentence"),
    [
        (Basis.PLAN, "Thời hạn do Kế hoạch ấn định; UBND tỉnh quyết định gia hạn bằng văn bản."),
        (
            Basis.DOCUMENT,
            "Thời hạn theo Công văn số 7/STC ngày 01/12/2025; Sở Tài chính (nơi ban hành văn bản đó) hoặc UBND tỉnh"
            " quyết định gia hạn bằng văn bản.",
        ),
        (
            Basis.ASSUMED,
            "Đây là thời gian dự kiến; Sở Mẫu quyết định. Có văn bản thì ngày mới là thời hạn, không có văn bản thì"
            " ngày mới vẫn là thời gian dự kiến.",
        ),
    ],
)
def test_who_decides_follows_the_basis_of_the_day(basis: Basis, sentence: str) -> None:
    said = requests.decider(stands(basis), "Sở Mẫu", "UBND tỉnh", "Sở Tài chính", "Công văn số 7/STC ngày 01/12/2025")
    assert said == sentence


def test_a_day_moved_by_the_province_before_is_moved_by_the_province() -> None:
    said = requests.decider(stands(), "Sở Mẫu", "UBND tỉnh", "UBND tỉnh", "Công văn số 9/UBND ngày 01/12/2025")
    assert said == "Thời hạn theo Công văn số 9/UBND ngày 01/12/2025; UBND tỉnh quyết định gia hạn bằng văn bản."


@pytest.mark.parametrize(
    ("kind", "basis", "granted", "needed"),
    [
        (Kind.EXTENSION, Basis.DOCUMENT, True, True),
        (Kind.EXTENSION, Basis.PLAN, True, True),
        (Kind.EXTENSION, Basis.ASSUMED, True, False),
        (Kind.EXTENSION, Basis.DOCUMENT, False, False),
        (Kind.HAND_BACK, Basis.ASSUMED, True, True),
        (Kind.WAIVER, Basis.ASSUMED, True, True),
        (Kind.DIFFICULTY, Basis.DOCUMENT, True, False),
        (Kind.PROPOSAL, Basis.DOCUMENT, True, False),
    ],
)
def test_what_changes_work_needs_a_document(kind: Kind, basis: Basis, granted: bool, needed: bool) -> None:
    assert requests.needs_document(kind, stands(basis), granted) is needed


@pytest.mark.parametrize(
    ("basis", "today", "late"),
    [
        (Basis.DOCUMENT, date(2025, 12, 22), False),
        (Basis.DOCUMENT, date(2025, 12, 23), True),
        (Basis.ASSUMED, date(2025, 12, 23), False),
    ],
)
def test_an_assumed_day_never_expires(basis: Basis, today: date, late: bool) -> None:
    assert requests.after_expiry(stands(basis), today) is late


def test_an_expected_day_is_not_called_a_deadline() -> None:
    with pytest.raises(NotAllowed) as refused:
        requests.check_new_day(stands(Basis.ASSUMED), DUE)
    assert str(refused.value) == "Ngày mới phải sau ngày dự kiến hiện tại 22/12/2025."


def test_a_day_that_has_passed_cannot_be_asked_for() -> None:
    with pytest.raises(BadInput, match="Ngày 24/12/2025 đã qua"):
        requests.check_new_day(stands(), date(2025, 12, 24), date(2025, 12, 26))


def test_a_working_day_needs_no_note() -> None:
    assert requests.day_off_note(date(2025, 12, 26), CALENDAR) is None


def test_a_text_that_is_too_long_is_refused_with_its_length() -> None:
    with pytest.raises(BadInput, match="dài 4001 ký tự, tối đa 4000"):
        requests.check_text("x" * 4001, "")


def test_every_kind_has_its_words() -> None:
    assert set(requests.LABELS) == set(requests.CODES) == set(Kind)
    assert {code: requests.CODES[kind] for code, kind in requests.BY_CODE.items()} == {
        code: code for code in requests.BY_CODE
    }
