"""Rubrics as data: what is refused at which place, what is known of two circulars, and what ladders give."""

from __future__ import annotations

import copy
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from htx_workflow.domain import ladders, rubric_check, rubrics
from htx_workflow.domain.formulas import Non, Term
from htx_workflow.domain.ladders import Computed
from htx_workflow.domain.rubrics import Rubric
from tests.scores import TT01, TT09, a_rubric, rubric_data, share, steps, yes_no


def changed(place: tuple[str | int, ...], value: Any) -> Rubric:
    """The small rubric with one value changed."""
    data = copy.deepcopy(rubric_data())
    at: Any = data
    for part in place[:-1]:
        at = at[part]
    at[place[-1]] = value
    return Rubric.model_validate(data)


def found(rubric: Rubric) -> list[tuple[tuple[str | int, ...], str]]:
    return [(finding.key, finding.what) for finding in rubric_check.problems(rubric)]


# The two circulars


def test_both_circulars_and_the_small_rubric_have_no_problem():
    assert (found(TT01), found(TT09), found(a_rubric())) == ([], [], [])


def test_circular_01_2020_has_three_groups_of_30_30_and_40():
    assert [(group.num, group.max, len(group.criteria)) for group in TT01.groups] == [
        ("I", 30, 4),
        ("II", 30, 5),
        ("III", 40, 6),
    ]


def test_the_known_maxima_of_circular_01_2020():
    known = {key: place.max for key, place in TT01.places.items() if place.max is not None}
    assert known == {
        "1": 7, "1a": 6, "1b": 1, "2": 6, "2a": 5, "2b": 1, "3": 11, "3a": 4, "3b": 3, "3c": 4,
        "4": 6, "4a": 2, "4b": 2, "4c": 2, "5": 8, "6": 6, "7": 6, "7a": 2, "7b": 2, "7c": 2, "8": 6, "9": 4,
    }  # fmt: skip


def test_no_ladder_of_circular_01_2020_is_known():
    assert list(rubrics.laddered(TT01)) == []


def test_what_is_not_known_is_said():
    assert rubric_check.gaps(TT01)[:2] == [
        "TT 01/2020: chưa có mức tối đa của tiêu chí 10 đến 15, chỉ kiểm tra được tổng nhóm. "
        "Người quản trị bổ sung vào tệp khi có văn bản và tăng version.",
        "TT 01/2020: chưa có thang điểm chi tiết; người chấm nhập điểm.",
    ]


def test_circular_09_2017_has_six_criteria_and_no_groups():
    assert [(group.num, group.max, len(group.criteria)) for group in TT09.groups] == [(None, 100, 6)]


@pytest.mark.parametrize(
    ("members", "title"),
    [(0, "Siêu nhỏ"), (49, "Siêu nhỏ"), (50, "Nhỏ"), (300, "Nhỏ"), (301, "Vừa"), (1000, "Vừa"), (1001, "Lớn")],
)
def test_size_by_members(members: int, title: str):
    assert rubrics.size_class(TT01.sizes[0], members).title == title


@pytest.mark.parametrize(
    ("capital", "title"),
    [
        (999_999_999, "Siêu nhỏ"),
        (1_000_000_000, "Nhỏ"),
        (4_999_999_999, "Nhỏ"),
        (5_000_000_000, "Vừa"),
        (50_000_000_000, "Lớn"),
    ],
)
def test_size_by_capital(capital: int, title: str):
    assert rubrics.size_class(TT01.sizes[1], capital).title == title


def test_a_card_after_the_repeal_says_so_and_that_it_is_not_confirmed():
    assert rubrics.force_note(TT01, date(2025, 9, 17)) is None
    assert rubrics.force_note(TT01, date(2025, 9, 18)) == (
        "Thông tư số 01/2020/TT-BKHĐT có thông tin đã hết hiệu lực từ 18/09/2025 theo Thông tư số 78/2025/TT-BTC "
        "(một nguồn, chưa xác nhận); chấm theo bộ tiêu chí mà Kế hoạch dẫn chiếu."
    )


def test_a_card_before_the_circular_says_so():
    assert rubrics.force_note(TT09, date(2017, 5, 30)) == (
        "Thông tư số 09/2017/TT-BNNPTNT có hiệu lực từ 31/05/2017; ngày 30/05/2017 chưa có hiệu lực."
    )
    assert rubrics.force_note(TT09, date(2017, 5, 31)) is None


def test_a_rubric_survives_being_stored_as_json():
    assert Rubric.model_validate_json(TT01.model_dump_json(by_alias=True)) == TT01
    assert Rubric.model_validate_json(a_rubric().model_dump_json(by_alias=True)) == a_rubric()


# Refused


def test_groups_that_do_not_make_the_total():
    rubric = changed(("total",), 21)
    assert found(rubric)[0] == (("groups",), "Các nhóm cộng được 20 điểm, khác tổng 21.")


def test_criteria_that_do_not_make_their_group():
    rubric = changed(("groups", 0, "criteria", 1, "max"), 2)
    assert found(rubric)[0] == (
        ("groups", 0, "max"),
        "Nhóm I: các tiêu chí cộng được 12 điểm, chưa đủ mức 12,5.",
    )


def test_known_criteria_above_their_group_although_others_are_unknown():
    rubric = changed(("groups", 1, "criteria", 0, "max"), 8)
    assert found(rubric) == [(("groups", 1, "max"), "Nhóm II: các tiêu chí cộng được 8 điểm, vượt mức 7,5.")]


def test_sub_items_above_their_criterion():
    rubric = changed(("groups", 0, "criteria", 0, "items", 1, "max"), 5)
    assert found(rubric) == [
        (
            ("groups", 0, "criteria", 0, "max"),
            "Tiêu chí 1: các điểm thành phần cộng được 11 điểm, vượt mức 10.",
        )
    ]


def test_sub_items_below_their_criterion():
    rubric = changed(("groups", 0, "criteria", 0, "items", 0, "max"), 6)
    assert found(rubric) == []
    rubric = changed(("groups", 0, "criteria", 0, "items"), [{"id": "a", "title": "Một", "max": 9}])
    assert found(rubric) == [
        (
            ("groups", 0, "criteria", 0, "max"),
            "Tiêu chí 1: các điểm thành phần cộng được 9 điểm, chưa đủ mức 10.",
        )
    ]


@pytest.mark.parametrize(
    ("place", "value", "key", "what"),
    [
        (("bands", 1, "below"), 12, ("bands", 1, "below"), "Từ 12 đến dưới 12,25 điểm chưa có xếp loại."),
        (("bands", 1, "below"), 13, ("bands", 1, "below"), "Xếp loại Thấp và Cao trùng nhau từ 12,25 điểm."),
        (("bands", 1, "from"), 1, ("bands", 1, "from"), "Từ 0 đến dưới 1 điểm chưa có xếp loại."),
        (("bands", 0, "to"), 19, ("bands", 0), "Xếp loại cao nhất không kết thúc ở 20 điểm."),
        (("bands", 1, "below"), None, ("bands", 1), "Xếp loại Thấp chưa ghi điểm mà nó không còn tính."),
        (("bands", 1, "code"), "cao", ("bands", 1, "code"), "Xếp loại cao đã có ở trên."),
        (("groups", 1, "num"), None, ("groups", 1, "num"), "Nhóm chưa có số thứ tự trong bộ tiêu chí có nhiều nhóm."),
        (
            ("groups", 1, "criteria", 0, "num"),
            2,
            ("groups", 1, "criteria", 0, "num"),
            "Tiêu chí số 2 đứng ở chỗ của tiêu chí 3.",
        ),
        (
            ("groups", 0, "criteria", 0, "items", 1, "id"),
            "a",
            ("groups", 0, "criteria", 0, "items"),
            "Điểm thành phần của tiêu chí 1 ghi là a và a.",
        ),
        (
            ("valid_to",),
            {"on": "2023-12-31", "source": "Mẫu", "certainty": "seen"},
            ("valid_to", "on"),
            "Ngày hết hiệu lực trước ngày có hiệu lực.",
        ),
        (
            ("forced",),
            [{"fact": "sanctioned", "band": "thapp", "reason": "bị xử phạt"}],
            ("forced", 0, "band"),
            "Không có xếp loại thapp.",
        ),
        (
            ("not_rated",),
            [{"code": "x", "fact": "months_idle", "title": "x", "reason": "x"}],
            ("not_rated", 0),
            "Cần đúng một trong hai: under hoặc over.",
        ),
        (
            ("groups", 0, "criteria", 0, "items", 0, "ladder", "steps", 2, "points"),
            7,
            ("groups", 0, "criteria", 0, "items", 0, "ladder"),
            "Thang điểm cho đến 7 điểm, vượt mức tối đa 6.",
        ),
        (
            ("groups", 0, "criteria", 0, "items", 0, "ladder", "steps", 2, "from"),
            0,
            ("groups", 0, "criteria", 0, "items", 0, "ladder", "steps", 2),
            "Mức này không cao hơn mức trước.",
        ),
        (
            ("groups", 0, "criteria", 0, "items", 0, "ladder", "steps", 0, "from"),
            0,
            ("groups", 0, "criteria", 0, "items", 0, "ladder", "steps", 0),
            "Mức đầu không tính cho giá trị nhỏ hơn nó.",
        ),
        (
            ("groups", 0, "criteria", 0, "items", 0, "ladder", "value"),
            "B5.1 /",
            ("groups", 0, "criteria", 0, "items", 0, "ladder", "value"),
            "Công thức chưa hết.",
        ),
        (
            ("groups", 0, "criteria", 0, "ladder"),
            yes_no(),
            ("groups", 0, "criteria", 0, "ladder"),
            "Tiêu chí 1 có điểm thành phần nên không có thang điểm riêng.",
        ),
        (
            ("groups", 1, "criteria", 1, "ladder"),
            yes_no(),
            ("groups", 1, "criteria", 1, "ladder"),
            "Có thang điểm mà chưa có mức tối đa.",
        ),
        (
            ("sizes",),
            [
                {
                    "code": "members",
                    "title": "Quy mô",
                    "unit": "người",
                    "source": "Mẫu",
                    "certainty": "seen",
                    "classes": [{"code": "a", "title": "A", "from": 0}, {"code": "b", "title": "B", "from": 0}],
                }
            ],
            ("sizes", 0, "classes", 1, "from"),
            "B không cao hơn A.",
        ),
    ],
)
def test_one_thing_wrong_is_named_where_it_stands(
    place: tuple[str | int, ...], value: Any, key: tuple[str | int, ...], what: str
):
    assert found(changed(place, value)) == [(key, what)]


def test_points_have_at_most_two_decimals():
    with pytest.raises(ValidationError):
        changed(("groups", 1, "criteria", 0, "max"), 4.555)


def test_a_field_of_a_ladder_that_the_form_does_not_have():
    [finding] = rubric_check.unknown_fields(a_rubric(), ["B5.1", "B5.0", "B6.3", "B2.1"])
    assert finding.key == ("groups", 0, "criteria", 1, "ladder")
    assert finding.what == "Không có trường B2.7."


# Bands


@given(st.integers(0, 10_000))
def test_bands_cover_the_whole_range_without_gap_or_overlap(total: int):
    holding = [
        band.code
        for band in TT01.bands
        if band.from_ * 100 <= total and (total < band.below * 100 if band.below is not None else total <= 10_000)
    ]
    assert holding == [TT01.band_of(total).code]


# Ladders


class Values:
    """A form's values by field."""

    def __init__(self, **values: Term) -> None:
        self.values = {name.replace("_", "."): value for name, value in values.items()}

    def value(self, name: str, column: str | None) -> Term:
        return self.values.get(name)

    def last(self, name: str, column: str | None) -> Term:
        return None

    def fact(self, name: str, arguments: tuple[Term, ...]) -> Term:
        return None


def ladder(data: dict[str, Any]) -> ladders.AnyLadder:
    rubric = changed(("groups", 0, "criteria", 1, "ladder"), data)
    made = rubric.criteria[2].ladder
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("revenue", "expected"),
    [
        ("0", Computed(0, "0 điểm vì doanh thu so với kế hoạch 0 %, thuộc mức đến 0")),
        ("1", Computed(150, "1,5 điểm vì doanh thu so với kế hoạch khoảng 0,33 %, thuộc mức trên 0 đến dưới 100")),
        ("299", Computed(150, "1,5 điểm vì doanh thu so với kế hoạch khoảng 99,67 %, thuộc mức trên 0 đến dưới 100")),
        ("300", Computed(600, "6 điểm vì doanh thu so với kế hoạch 100 %, thuộc mức từ 100 trở lên")),
    ],
)
def test_steps_give_the_points_of_the_last_step_reached(revenue: str, expected: Computed):
    assert ladders.points(ladder(steps()), Values(B5_1=Decimal(revenue), B5_0=Decimal(300))) == expected


def test_yes_and_no():
    made = ladder(yes_no(otherwise=0.5))
    assert ladders.points(made, Values(B6_3="yes")) == Computed(400, "4 điểm vì có kiểm toán độc lập")
    assert ladders.points(made, Values(B6_3="no")) == Computed(50, "0,5 điểm vì không có kiểm toán độc lập")


@pytest.mark.parametrize(("present", "hundredths"), [(0, 0), (40, 111), (90, 250), (100, 250), (-5, 0)])
def test_a_share_is_never_below_nothing_nor_above_the_maximum(present: int, hundredths: int):
    made = ladders.points(ladder(share()), Values(B2_7=Decimal(present), B2_1=Decimal(100)))
    assert made is not None
    assert made.hundredths == hundredths


def test_a_share_says_what_gives_all_points():
    assert ladders.points(ladder(share()), Values(B2_7=Decimal(45), B2_1=Decimal(100))) == Computed(
        125, "1,25 điểm vì tỷ lệ thành viên dự đại hội 45 % (2,5 điểm khi đạt 90 %)"
    )


@pytest.mark.parametrize("revenue", [None, Non.NO_DATA])
def test_what_is_not_known_gives_no_points_instead_of_zero(revenue: Term):
    assert ladders.points(ladder(steps()), Values(B5_1=revenue, B5_0=Decimal(300))) is None


def test_without_a_formula_or_a_ladder_a_person_gives_the_points():
    assert ladders.points(ladder(steps(value=None)), Values()) is None
    assert ladders.points(TT01.criteria[5].ladder, Values()) is None


@given(st.decimals(-100, 1000, places=2), st.decimals(-100, 1000, places=2))
def test_more_never_gives_fewer_points_on_a_rising_ladder(one: Decimal, other: Decimal):
    made = ladder(steps(value="B5.1"))
    low, high = (ladders.points(made, Values(B5_1=amount)) for amount in sorted((one, other)))
    assert low is not None
    assert high is not None
    assert low.hundredths <= high.hundredths
