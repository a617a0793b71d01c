"""Points typed, checked, added up and compared, on the three invented cards and on two other rubrics."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htx_workflow.domain import scorecards, typed
from htx_workflow.domain.errors import BadInput
from htx_workflow.domain.ladders import Computed
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.domain.scorecards import Difference
from tests.scores import SAMPLES, TT01, TT09, a_rubric, points

A, B, C = (SAMPLES[name].cards for name in "ABC")


def said(rubric: Rubric, **typed_points: str) -> list[str]:
    """What is said of points typed; keys are written k3a."""
    read = scorecards.read(rubric, {key[1:]: text for key, text in typed_points.items()})
    return [str(refused) for refused in read.refused]


# The tables


@pytest.mark.parametrize(
    ("name", "level", "groups", "total"),
    [
        ("A", "self", ["24,5", "25,5", "32"], "82"),
        ("A", "district", ["24,5", "25", "31"], "80,5"),
        ("A", "province", ["24", "25", "31"], "80"),
        ("B", "self", ["27", "27,5", "31,5"], "86"),
        ("B", "district", ["26,5", "27", "31,5"], "85"),
        ("B", "province", ["26", "27", "31,5"], "84,5"),
        ("C", "self", ["25,25", "26,5", "31,25"], "83"),
        ("C", "district", ["24,75", "26", "30"], "80,75"),
        ("C", "province", ["24,25", "26", "29,5"], "79,75"),
    ],
)
def test_groups_and_total_of_a_card(name: str, level: str, groups: list[str], total: str):
    card = SAMPLES[name].cards[level]
    made = scorecards.totals(TT01, card)
    assert [group.text for group in made.groups] == groups
    assert (made.text, made.total) == (total, points(total))
    assert scorecards.check(TT01, card) == []


@pytest.mark.parametrize(("name", "total"), [("A", "76,5"), ("B", "79"), ("C", "70")])
def test_the_start_has_only_criteria_and_adds_up_too(name: str, total: str):
    start = {str(number): given for number, given in SAMPLES[name].baseline.points.items()}
    assert scorecards.totals(TT01, start).text == total


@pytest.mark.parametrize(
    ("name", "lower", "upper", "keys"),
    [
        ("A", "self", "district", ["9", "13"]),
        ("A", "district", "province", ["3c"]),
        ("B", "self", "district", ["4a", "6"]),
        ("B", "district", "province", ["4a"]),
        ("C", "self", "district", ["3c", "5", "11", "14"]),
        ("C", "district", "province", ["3a", "11"]),
    ],
)
def test_differences_that_need_a_reason(name: str, lower: str, upper: str, keys: list[str]):
    cards = SAMPLES[name].cards
    assert [one.key for one in scorecards.differences(TT01, cards[lower], cards[upper])] == keys


def test_a_difference_without_a_reason_is_refused_for_its_criterion():
    found = scorecards.differences(TT01, B["self"], B["district"])
    assert found == [Difference("4a", 200, 150), Difference("6", 550, 500)]
    missing = scorecards.reasons_missing(
        found, {"6": "một vụ khiếu nại chưa giải quyết", "4a": " "}, "tự chấm", "huyện"
    )
    assert [str(one) for one in missing] == [
        "Tiêu chí 4, điểm a): huyện chấm 1,5, tự chấm 2; chưa có lý do. Đề nghị ghi lý do chênh lệch."
    ]


def test_cards_are_compared_by_criterion_where_one_has_no_sub_items():
    assert scorecards.differences(TT01, {"4": 500}, {"4a": 150, "4b": 150, "4c": 150}) == [Difference("4", 500, 450)]


def test_what_the_upper_card_has_not_scored_is_no_difference_but_what_it_adds_is():
    assert scorecards.differences(TT01, {"5": 700}, {"6": 600}) == [Difference("6", None, 600)]


def test_points_moved_between_sub_items_are_two_differences():
    lower, upper = {"4a": 100, "4b": 150, "4c": 150}, {"4a": 150, "4b": 100, "4c": 150}
    assert scorecards.differences(TT01, lower, upper) == [Difference("4a", 100, 150), Difference("4b", 150, 100)]


# Missing


def test_a_blank_criterion_is_missing_and_never_zero():
    card = {key: given for key, given in A["province"].items() if key != "15"}
    made = scorecards.totals(TT01, card)
    assert (made.total, made.missing, made.text) == (None, (15,), "chưa đủ (14/15 tiêu chí)")
    assert [group.text for group in made.groups] == ["24", "25", "chưa đủ (5/6 tiêu chí)"]
    assert made.scored == points("77")


def test_zero_is_a_score():
    made = scorecards.totals(TT01, {**A["province"], "15": 0})
    assert (made.total, made.missing) == (points("77"), ())


def test_a_criterion_with_one_sub_item_blank_is_missing():
    card = {key: given for key, given in A["self"].items() if key != "3b"}
    assert scorecards.totals(TT01, card).missing == (3,)


def test_an_empty_card():
    assert scorecards.totals(TT01, {}).text == "chưa đủ (0/15 tiêu chí)"


# Typed


def test_comma_and_dot_are_the_same_and_blank_is_not_scored():
    read = scorecards.read(TT01, {"5": "3,5", "6": " 3.5 ", "8": "", "9": "  "})
    assert (read.points, read.refused) == ({"5": 350, "6": 350}, ())


@pytest.mark.parametrize("text", ["3,555", "-1", "1e1", "NaN", "٣", "3,", ",5", "3 5", "3,5 điểm", "+3", "Infinity"])
def test_what_is_no_score_is_refused_at_its_place_and_the_rest_is_kept(text: str):
    read = scorecards.read(TT01, {"3a": text, "5": "7"})
    assert read.points == {"5": 700}
    assert [str(one) for one in read.refused] == [
        f'Tiêu chí 3, điểm a): "{text}" không phải là điểm. Đề nghị nhập từ 0 đến 4, tối đa hai chữ số thập phân.'
    ]


def test_points_above_the_maximum_of_a_sub_item():
    assert said(TT01, k7a="2,5") == [
        "Tiêu chí 7, điểm a): 2,5 lớn hơn mức tối đa 2. Đề nghị nhập từ 0 đến 2, tối đa hai chữ số thập phân."
    ]


def test_one_sub_item_above_its_maximum_is_said_once():
    read = scorecards.read(TT01, {"1": "6,5", "1a": "5", "1b": "1,5"})
    assert [str(one) for one in read.refused] == [
        "Tiêu chí 1, điểm b): 1,5 lớn hơn mức tối đa 1. Đề nghị nhập từ 0 đến 1, tối đa hai chữ số thập phân."
    ]
    assert read.points == {"1": 650, "1a": 500}


def test_sub_items_that_make_another_number_than_their_criterion():
    assert said(TT01, k1="6", k1a="5", k1b="0,5") == [
        "Tiêu chí 1: các điểm thành phần cộng được 5,5, khác 6. Đề nghị sửa điểm thành phần hoặc điểm của tiêu chí."
    ]


def test_sub_items_still_being_entered_are_no_mistake_unless_they_exceed_already():
    assert said(TT01, k3="9,5", k3a="3,5") == []
    assert said(TT01, k3="3", k3a="3,5") == [
        "Tiêu chí 3: các điểm thành phần cộng được 3,5, khác 3. Đề nghị sửa điểm thành phần hoặc điểm của tiêu chí."
    ]


def test_a_group_above_its_maximum_when_maxima_of_its_criteria_are_unknown():
    read = scorecards.read(TT01, {"9": "3", "10": "6", "11": "7", "12": "6", "13": "6", "14": "8", "15": "7,5"})
    assert [str(one) for one in read.refused] == [
        "Nhóm III cộng được 40,5 điểm, vượt mức 40. Mức tối đa từng tiêu chí 10 đến 15 chưa được nhập nên chỉ kiểm tra "
        "được tổng nhóm; đề nghị rà lại sáu tiêu chí này."
    ]
    assert read.points == {"9": 300}


def test_a_group_exactly_at_its_maximum_is_good():
    assert said(TT01, k10="6", k11="7", k12="6", k13="6", k14="8", k15="7") == []


def test_unknown_criteria_share_what_the_known_ones_leave():
    assert said(TT09, k2="30", k3="32,01") == [
        "Tiêu chí 2 đến 6 cộng được 62,01 điểm, vượt mức 62 còn lại của nhóm. Mức tối đa từng tiêu chí 2 đến 6 chưa "
        "được nhập nên chỉ kiểm tra được tổng nhóm; đề nghị rà lại năm tiêu chí này."
    ]
    assert said(a_rubric(), k4="2", k5="0,75") == [
        "Tiêu chí 4 và 5 cộng được 2,75 điểm, vượt mức 2,5 còn lại của nhóm. Mức tối đa từng tiêu chí 4 và 5 chưa "
        "được nhập nên chỉ kiểm tra được tổng nhóm; đề nghị rà lại hai tiêu chí này."
    ]


def test_a_criterion_that_the_rubric_does_not_have():
    assert said(TT01, k16="1", k5a="1") == [
        "Tiêu chí 16 không có trong bộ tiêu chí TT 01/2020. Đề nghị kiểm tra bộ tiêu chí của phiếu.",
        "Tiêu chí 5, điểm a) không có trong bộ tiêu chí TT 01/2020. Đề nghị kiểm tra bộ tiêu chí của phiếu.",
    ]


@pytest.mark.parametrize("points", ["-0.5", "1.005", "NaN", "Infinity"])
def test_no_such_points_from_elsewhere_either(points: str):
    with pytest.raises(BadInput):
        scorecards.hundredths(Decimal(points))


def test_a_card_of_another_year_is_refused():
    with pytest.raises(BadInput, match=r"Bảng chấm điểm của năm 2024, kỳ đánh giá là năm 2025\."):
        scorecards.check_year(2024, 2025)
    scorecards.check_year(2025, 2025)


# Shown


@pytest.mark.parametrize(
    ("hundredths", "text"), [(7975, "79,75"), (7995, "79,95"), (8000, "80"), (8050, "80,5"), (0, "0"), (5, "0,05")]
)
def test_points_are_shown_exactly(hundredths: int, text: str):
    assert scorecards.points_text(hundredths) == text


@pytest.mark.parametrize(
    ("scored", "count", "text"),
    [
        (23999, 3, "79,99"),  # 79,9966…: rounding would show 80
        (24000, 3, "80"),
        (24250, 3, "80,83"),
        (15001, 2, "75,01"),  # half up
    ],
)
def test_a_mean_is_rounded_half_up_but_never_up_to_a_band(scored: int, count: int, text: str):
    assert scorecards.mean_text(scored, count, scorecards.edges(TT01)) == text


def test_why_a_criterion_has_its_points():
    card = {"3a": 350, "3b": 250, "3c": 300}
    assert scorecards.points_why(TT01, card, 3, {}) == (
        "Tiêu chí 3 được 9/11 điểm gồm a) 3,5/4, b) 2,5/3, c) 3/4; điểm do người chấm nhập vì thang điểm chi tiết "
        "chưa có trong hệ thống."
    )


def test_why_says_where_a_maximum_is_not_known():
    assert scorecards.points_why(TT01, {"10": 600}, 10, {}) == (
        "Tiêu chí 10 được 6 điểm, mức tối đa chưa có trong hệ thống; điểm do người chấm nhập vì thang điểm chi tiết "
        "chưa có trong hệ thống."
    )


def test_why_names_what_the_ladder_gave_and_what_the_person_changed():
    computed = {"1a": Computed(600, "6 điểm vì đạt 100 %"), "1b": Computed(0, "0 điểm vì không có kiểm toán độc lập")}
    assert scorecards.points_why(a_rubric(), {"1a": 600, "1b": 400}, 1, computed) == (
        "Tiêu chí 1 được 10/10 điểm gồm a) 6/6, b) 4/4; a) 6 điểm vì đạt 100 %; "
        "b) người chấm nhập 4, thang điểm tính được 0 điểm vì không có kiểm toán độc lập."
    )


def test_a_criterion_half_scored_has_no_points_to_explain():
    assert scorecards.points_why(TT01, {"3a": 350}, 3, {}) == "Tiêu chí 3 chưa chấm đủ."


# Properties


def cards(rubric: Rubric) -> st.SearchStrategy[dict[str, int]]:
    """Full cards within every maximum."""
    ranges = {}
    for group in rubric.groups:
        unknown = [criterion for criterion in group.criteria if criterion.max is None]
        room = int((group.max - sum(one.max or 0 for one in group.criteria)) * 100)
        for criterion in group.criteria:
            for key in criterion.scored_at:
                most = rubric.places[key].max
                ranges[key] = st.integers(0, room // len(unknown) if most is None else int(most * 100))
    return st.fixed_dictionaries(ranges)


RUBRICS = [TT01, TT09, a_rubric()]


@given(st.sampled_from(RUBRICS).flatmap(lambda rubric: st.tuples(st.just(rubric), cards(rubric))), st.data())
def test_raising_a_criterion_never_lowers_the_total_nor_the_band(
    drawn: tuple[Rubric, dict[str, int]], data: st.DataObject
):
    rubric, card = drawn
    key = data.draw(st.sampled_from(sorted(card)))
    higher = {**card, key: card[key] + data.draw(st.integers(0, 500))}
    before, after = scorecards.totals(rubric, card).total, scorecards.totals(rubric, higher).total
    assert before is not None
    assert after is not None
    assert after >= before
    assert rubric.band_of(after).from_ >= rubric.band_of(before).from_


@given(st.sampled_from(RUBRICS).flatmap(lambda rubric: st.tuples(st.just(rubric), cards(rubric))), st.randoms())
def test_the_order_of_criteria_never_matters(drawn: tuple[Rubric, dict[str, int]], random):
    rubric, card = drawn
    keys = list(card)
    random.shuffle(keys)
    shuffled = {key: card[key] for key in keys}
    assert scorecards.totals(rubric, shuffled) == scorecards.totals(rubric, card)
    assert scorecards.check(rubric, shuffled) == scorecards.check(rubric, card) == []
    assert scorecards.totals(rubric, card).total == sum(card.values())


@given(st.integers(0, 10_000))
def test_points_shown_are_read_back_the_same(hundredths: int):
    assert scorecards.hundredths(typed.parse_score(scorecards.points_text(hundredths))) == hundredths
