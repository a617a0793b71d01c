"""Where work stands, how acts change it, the four boxes of the official matrix, and who may move a deadline."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htx_workflow.domain import standing
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import NotAllowed
from htx_workflow.domain.plan import Basis, Kind
from htx_workflow.domain.standing import (
    DONE,
    HANDED_BACK,
    OPEN,
    SPLIT,
    SUBMITTED,
    UNASSIGNED,
    WAIVED,
    Return,
    Standing,
)

DUE = date(2025, 12, 18)
IN_TIME, LATE = date(2025, 12, 18), date(2025, 12, 19)
BEFORE, AFTER = date(2025, 12, 18), date(2025, 12, 19)


def stands(state: str = OPEN, **changes: Any) -> Standing:
    return replace(Standing(state, 1, Basis.PLAN, DUE, 1, DUE), **changes)


# The matrix


@pytest.mark.parametrize(
    ("state", "submitted_on", "day", "box"),
    [
        (OPEN, None, BEFORE, "open_in_time"),
        (OPEN, None, AFTER, "open_overdue"),
        (UNASSIGNED, None, AFTER, "open_overdue"),
        (SUBMITTED, IN_TIME, AFTER, "open_in_time"),  # unchecked counts as in time if the submission was
        (SUBMITTED, LATE, AFTER, "open_overdue"),
        (OPEN, IN_TIME, AFTER, "open_in_time"),  # given back for a supplement: the first day keeps counting
        (DONE, IN_TIME, AFTER, "done_on_time"),
        (DONE, LATE, AFTER, "done_late"),
        (WAIVED, None, AFTER, None),
        (HANDED_BACK, None, AFTER, None),
        (SPLIT, None, AFTER, None),
    ],
)
def test_a_deadline_puts_work_into_one_of_four_boxes_or_none(
    state: str, submitted_on: date | None, day: date, box: str | None
) -> None:
    assert standing.box(Kind.YEARLY, stands(state, submitted_on=submitted_on), day) == box


@pytest.mark.parametrize("state", [OPEN, SUBMITTED, DONE])
@pytest.mark.parametrize(
    ("kind", "changes", "historical", "box"),
    [
        (Kind.CONTINUOUS, {"due_on": None, "basis": None}, False, "no_deadline"),
        (Kind.OUTCOME, {"due_on": None, "basis": None}, False, None),
        (Kind.YEARLY, {"basis": Basis.ASSUMED}, False, "expected"),
        (Kind.ONCE, {"due_on": None, "basis": None}, False, "expected"),
        (Kind.YEARLY, {}, True, "historical"),
        (Kind.YEARLY, {"basis": Basis.ASSUMED}, True, "historical"),
    ],
)
def test_what_has_no_deadline_stands_beside_the_matrix(
    state: str, kind: Kind, changes: dict[str, Any], historical: bool, box: str | None
) -> None:
    late = stands(state, submitted_on=None if state == OPEN else LATE, **changes)
    assert standing.box(kind, late, AFTER, historical=historical) == box


def test_the_original_rate_judges_on_the_original_deadline() -> None:
    extended = stands(DONE, due_on=date(2025, 12, 25), submitted_on=LATE, due_rev=2)
    assert standing.box(Kind.YEARLY, extended, AFTER) == "done_on_time"
    assert standing.box(Kind.YEARLY, extended, AFTER, original=True) == "done_late"


@given(
    state=st.sampled_from([OPEN, SUBMITTED, DONE, UNASSIGNED]),
    due_on=st.dates(date(2025, 1, 1), date(2025, 12, 31)),
    submitted_on=st.none() | st.dates(date(2025, 1, 1), date(2025, 12, 31)),
    day=st.dates(date(2025, 1, 1), date(2025, 12, 31)),
)
def test_box_and_timeliness_never_contradict_each_other(
    calendar: WorkingCalendar, state: str, due_on: date, submitted_on: date | None, day: date
) -> None:
    if state in (SUBMITTED, DONE) and submitted_on is None:
        submitted_on = due_on
    where = stands(state, due_on=due_on, original_due_on=due_on, submitted_on=submitted_on)
    pairs = {
        "done_on_time": {"done_on_time"},
        "done_late": {"done_late"},
        "open_overdue": {"overdue"},
        "open_in_time": {"not_due", "near_due"},
    }
    box = standing.box(Kind.YEARLY, where, day)
    assert box is not None
    assert standing.timeliness(Kind.YEARLY, where, day, calendar) in pairs[box]


# Timeliness


@pytest.mark.parametrize(
    ("kind", "changes", "day", "word"),
    [
        (Kind.YEARLY, {}, date(2025, 12, 12), "not_due"),
        (Kind.YEARLY, {}, date(2025, 12, 15), "near_due"),
        (Kind.YEARLY, {}, date(2025, 12, 18), "near_due"),
        (Kind.YEARLY, {}, date(2025, 12, 19), "overdue"),
        (Kind.YEARLY, {"basis": Basis.ASSUMED}, date(2026, 2, 1), "expected"),
        (Kind.ONCE, {"due_on": None, "basis": None}, AFTER, "awaiting_date"),
        (Kind.ON_REQUEST, {"due_on": None, "basis": None}, AFTER, "no_deadline"),
        (Kind.CONTINUOUS, {"due_on": None, "basis": None}, AFTER, "no_deadline"),
        (Kind.OUTCOME, {"due_on": None, "basis": None}, AFTER, "no_deadline"),
    ],
)
def test_timeliness(calendar: WorkingCalendar, kind: Kind, changes: dict[str, Any], day: date, word: str) -> None:
    assert standing.timeliness(kind, stands(**changes), day, calendar) == word


# Acts


def test_a_submission_waits_for_its_verifier_unless_nobody_verifies() -> None:
    assert standing.submitted(stands(), IN_TIME, verified_by_nobody=False) == stands(SUBMITTED, submitted_on=IN_TIME)
    assert standing.submitted(stands(), IN_TIME, verified_by_nobody=True) == stands(DONE, submitted_on=IN_TIME)


def test_a_supplement_keeps_the_first_day_and_sending_again_counts_anew() -> None:
    sent = stands(SUBMITTED, submitted_on=IN_TIME)
    supplement = standing.returned(sent, Return.SUPPLEMENT)
    again = standing.returned(sent, Return.AGAIN)
    assert standing.submitted(supplement, LATE, verified_by_nobody=False).submitted_on == IN_TIME
    assert standing.submitted(again, LATE, verified_by_nobody=False).submitted_on == LATE


@pytest.mark.parametrize("state", [SUBMITTED, DONE, WAIVED, HANDED_BACK, SPLIT, UNASSIGNED])
def test_only_open_work_can_be_submitted(state: str) -> None:
    with pytest.raises(NotAllowed, match="không gửi thêm được"):
        standing.submitted(stands(state), IN_TIME, verified_by_nobody=False)


@pytest.mark.parametrize("state", [OPEN, DONE, WAIVED, HANDED_BACK, SPLIT, UNASSIGNED])
def test_only_submitted_work_can_be_verified_or_returned(state: str) -> None:
    with pytest.raises(NotAllowed):
        standing.verified(stands(state))
    with pytest.raises(NotAllowed):
        standing.returned(stands(state), Return.AGAIN)


def test_the_original_deadline_is_the_first_day_that_somebody_fixed() -> None:
    assumed = Standing(OPEN, 1, Basis.ASSUMED, DUE, 1, None)
    adopted = standing.with_deadline(assumed, DUE, Basis.DOCUMENT, 7)
    moved = standing.with_deadline(adopted, DUE + timedelta(days=7), Basis.DOCUMENT, 8)
    assert adopted == Standing(OPEN, 1, Basis.DOCUMENT, DUE, 2, DUE, 7)
    assert moved == Standing(OPEN, 1, Basis.DOCUMENT, DUE + timedelta(days=7), 3, DUE, 8)
    assert standing.with_deadline(assumed, LATE, Basis.ASSUMED, None).original_due_on is None


# Who may move a deadline


@pytest.mark.parametrize(
    ("basis", "province", "known", "sentence"),
    [
        (Basis.LAW, False, True, "không gia hạn được tại tỉnh"),
        (Basis.LAW, True, True, "không gia hạn được tại tỉnh"),
        (Basis.PLAN, False, True, "chỉ Ủy ban nhân dân tỉnh thay đổi được"),
        (Basis.PLAN, True, False, None),
        (Basis.DOCUMENT, False, False, "chỉ cơ quan ban hành văn bản đó thay đổi được"),
        (Basis.DOCUMENT, False, True, None),
        (Basis.DOCUMENT, True, False, None),
        (Basis.ASSUMED, False, True, None),
        (None, False, True, None),
    ],
)
def test_who_may_set_a_deadline_follows_its_basis(
    basis: Basis | None, province: bool, known: bool, sentence: str | None
) -> None:
    where = stands(basis=basis, due_on=DUE if basis else None)

    def check() -> None:
        standing.check_new_deadline(
            where, date(2025, 12, 25), date(2025, 12, 1), issuer_is_province=province, known=known
        )

    if sentence is None:
        check()
        return
    with pytest.raises(NotAllowed, match=sentence):
        check()


@pytest.mark.parametrize(
    ("state", "due_on", "sentence"),
    [
        (SUBMITTED, date(2025, 12, 25), "đang chờ kiểm tra, không ấn định thời hạn được nữa"),
        (DONE, date(2025, 12, 25), "đã hoàn thành"),
        (OPEN, date(2025, 11, 30), "Hạn mới 30/11/2025 trước ngày văn bản 01/12/2025"),
        (OPEN, DUE, "trùng với hạn hiện tại"),
    ],
)
def test_a_deadline_that_makes_no_sense_is_refused(state: str, due_on: date, sentence: str) -> None:
    with pytest.raises(NotAllowed, match=sentence):
        standing.check_new_deadline(stands(state), due_on, date(2025, 12, 1), issuer_is_province=True, known=True)
