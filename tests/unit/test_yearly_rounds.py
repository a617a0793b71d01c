"""A round of six cooperatives by hand: what counts on which day, and when the next level is told."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from htx_workflow.domain import yearly_rounds
from htx_workflow.domain.verdicts import Compared, Shortfall
from htx_workflow.domain.yearly_rounds import LevelProgress, Owed, SentCard
from tests.scores import DISTRICT, PROVINCE, SELF

DUE = date(2025, 12, 15)


def card(unit: int, **changes: Any) -> SentCard:
    whole = {
        "unit": unit, "level": "self", "stage": "final", "revision": 1, "state": "submitted",
        "sent_on": date(2025, 12, 12), "known_on": date(2025, 12, 12),
    }  # fmt: skip
    return SentCard(**{**whole, **changes})


def course(day: date, *cards: SentCard, top: bool = False, **owed: Any) -> LevelProgress:
    six = [Owed(unit, 100 + unit, **{"due_on": DUE, **owed}) for unit in range(1, 7)]
    level = PROVINCE if top else SELF
    return yearly_rounds.progress(level, six, yearly_rounds.counted(cards, day), day, top=top)


def test_a_round_is_counted_as_it_was_known_at_the_end_of_a_day() -> None:
    cards = [
        card(1),
        card(2, sent_on=date(2025, 12, 16), known_on=date(2025, 12, 16)),  # late
        card(3, sent_on=DUE, known_on=date(2025, 12, 17)),  # in time, typed in later
        card(4, state="accepted", settled_on=date(2025, 12, 16)),
        card(5, state="returned", settled_on=date(2025, 12, 16)),
    ]
    assert course(DUE, *cards) == LevelProgress(SELF, DUE, False, 6, 3, 0, 3, (2, 3, 6))
    assert course(date(2025, 12, 16), *cards) == LevelProgress(SELF, DUE, False, 6, 3, 1, 2, (3, 5, 6))
    assert course(date(2025, 12, 17), *cards) == LevelProgress(SELF, DUE, False, 6, 4, 1, 3, (5, 6))


def test_a_card_that_came_too_late_to_count_is_none() -> None:
    assert course(date(2025, 12, 31), card(1, state="late")).sent == 0


def test_the_last_revision_and_official_figures_count() -> None:
    cards = [card(1), card(1, revision=2), card(1, stage="estimate", revision=3)]
    assert yearly_rounds.counted(cards, DUE)["self", 1] == cards[1]


def test_nobody_checks_the_top_level_so_what_it_sent_is_accepted() -> None:
    assert course(DUE, card(1, level="province"), top=True).accepted == 1


@pytest.mark.parametrize(
    ("cards", "day", "told"),
    [
        (5, date(2025, 12, 15), None),
        (5, date(2025, 12, 16), "gaps"),
        (6, date(2025, 12, 12), "complete"),
        (6, date(2025, 12, 20), "complete"),
    ],
)
def test_the_next_level_is_told_when_all_is_in_or_the_day_has_passed(cards: int, day: date, told: str | None) -> None:
    below = course(day, *(card(unit + 1) for unit in range(cards)))
    assert yearly_rounds.occasion(below, date(2025, 12, 16), day) == told


def test_an_assumed_day_never_passes() -> None:
    assert yearly_rounds.occasion(course(DUE, expected=True), None, date(2026, 2, 1)) is None


def test_a_level_without_cooperatives_is_told_nothing() -> None:
    nobody = yearly_rounds.progress(DISTRICT, [], {}, DUE, top=False)
    assert yearly_rounds.occasion(nobody, None, DUE) is None


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (None, "chưa chấm thử"),
        (Shortfall(350, (Compared(4, 400, 450),), {}), "còn thiếu 3,5 điểm để đạt 80; tiêu chí 4 được 4, thấp hơn ban đầu 4,5"),
        (Shortfall(0, (), {}), "tổng điểm đã từ 80 trở lên; không tiêu chí cần hoàn thiện nào thấp hơn ban đầu"),
        (Shortfall(None, (), {}), "chưa chấm đủ các tiêu chí nên chưa có tổng điểm; không tiêu chí cần hoàn thiện nào thấp hơn ban đầu"),
    ],
)  # fmt: skip
def test_a_gap_is_said_in_words(found: Shortfall | None, said: str) -> None:
    assert yearly_rounds.gap_words(found, 8000, has_start=True) == said


def test_without_a_start_nothing_is_said_to_be_above_it() -> None:
    said = yearly_rounds.gap_words(Shortfall(0, (), {}), 8000, has_start=False)
    assert said == "tổng điểm đã từ 80 trở lên; chưa có điểm ban đầu của tiêu chí cần hoàn thiện để so"
