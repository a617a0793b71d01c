"""Saving points: what was typed laid over what a card holds, place by place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htx_workflow.domain import card_facts, card_places, card_saving, scorecards
from htx_workflow.domain.card_facts import CardFacts
from htx_workflow.domain.card_saving import Lower
from htx_workflow.domain.errors import BadInput
from tests.scores import TT01

LOWER = Lower({"3a": 350, "3b": 250, "3c": 350, "9": 350}, "tự chấm", "huyện", {})
PLACES = [key for criterion in TT01.criteria.values() for key in criterion.scored_at]


def merged(
    before: dict[str, int], typed: dict[str, str], lower: Lower | None = None
) -> tuple[dict[str, int], list[str]]:
    made = card_saving.merged(TT01, before, typed, lower)
    return made.points, [one.key for one in made.refused]


def test_a_blank_takes_points_away_and_what_was_not_typed_stays():
    assert merged({"5": 700, "6": 600}, {"5": " "}) == ({"6": 600}, [])


def test_what_is_refused_leaves_what_was_there():
    assert merged({"5": 700}, {"5": "9", "6": "6"}) == ({"5": 700, "6": 600}, ["5"])


def test_the_number_of_a_criterion_goes_once_its_sub_items_are_there():
    assert merged({"1": 600}, {"1a": "5", "1b": "0,5"}) == ({"1a": 500, "1b": 50}, [])


def test_the_same_as_below_takes_all_sub_items_of_a_criterion():
    assert merged({}, {"3": "=", "9": "="}, LOWER) == ({"3a": 350, "3b": 250, "3c": 350, "9": 350}, [])


def test_without_a_card_below_nothing_is_the_same():
    assert merged({}, {"9": "="}) == ({}, ["9"])


def test_a_difference_without_a_reason_goes_back_to_the_card_below():
    before = dict(LOWER.points)
    assert merged(before, {"3c": "3", "9": "3"}, LOWER) == (before, ["3c", "9"])


def test_a_card_follows_a_new_revision_below_where_it_changed_nothing():
    old, new = {"3a": 350, "3b": 250, "3c": 350, "9": 350}, {"3a": 300, "3b": 250, "3c": 350, "9": 300}
    assert card_saving.rebased(TT01, old | {"9": 200}, old, new) == {"3a": 300, "3b": 250, "3c": 350, "9": 200}


typed_points = st.dictionaries(
    st.sampled_from([*PLACES, "1", "3", "99"]), st.sampled_from(["", "0", "1", "2,5", "7", "40", "-1", "x", "="])
)


@given(typed_points, typed_points, st.booleans())
def test_what_is_kept_can_always_be_sent(first: dict[str, str], second: dict[str, str], checks: bool):
    lower = LOWER if checks else None
    points = merged(merged(dict(LOWER.points) if checks else {}, first, lower)[0], second, lower)[0]
    assert scorecards.check(TT01, points) == []
    assert lower is None or card_saving.unreasoned(TT01, lower, points) == []


@given(typed_points)
def test_saving_twice_is_saving_once(typed: dict[str, str]):
    once = merged({}, typed)[0]
    assert merged(once, typed)[0] == once


# Facts and places


def test_facts_are_typed_by_their_codes_and_blank_is_not_known():
    before = CardFacts(governance="day-du", months_idle=2)
    typed = {"sanctioned": "co", "members": "60", "months_idle": " "}
    assert card_facts.changed(TT01, before, typed) == CardFacts(governance="day-du", sanctioned=True, members=60)


def test_every_fact_that_cannot_be_is_named_at_once():
    typed = {"governance": "x", "kind": "y", "months_idle": "13", "mau": "1"}
    with pytest.raises(BadInput) as refused:
        card_facts.changed(TT01, CardFacts(), typed)
    assert [line.partition(".")[0] for line in str(refused.value).splitlines()] == [
        "Không có thông tin mau",
        "Tổ chức quản trị: không có “x”",
        "Loại theo sản phẩm, dịch vụ: không có “y”",
        "Số tháng ngừng hoạt động trong năm: “13” không dùng được",
    ]


def test_the_kinds_of_a_cooperative_are_those_of_the_rubric():
    facts = CardFacts(sector="nong-nghiep", kind="hon-hop", members=301, capital=5_000_000_000)
    assert facts.kinds(TT01) == {
        "sector": "nong-nghiep", "san-pham-dich-vu": "hon-hop", "members": "vua", "capital": "vua",
    }  # fmt: skip
    assert CardFacts().kinds(TT01) == {}


def test_of_two_stages_the_official_figures_count():
    assert card_places.newest_stage(["final", "estimate"]) == "final"
    assert card_places.newest_stage(["trial", "estimate"]) == "estimate"
