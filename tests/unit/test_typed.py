"""Numbers, sums, days and points as people type them, and as they are shown."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htx_workflow.domain import typed
from htx_workflow.domain.typed import Unreadable

TRIEU = 1_000_000


@pytest.mark.parametrize(
    ("text", "dong"),
    [
        ("2,5", 2_500_000),
        ("2.500", 2_500_000_000),
        ("2.500,5", 2_500_500_000),
        ("2500", 2_500_000_000),
        ("2500000000", 2_500_000_000_000_000),
        ("2 500", 2_500_000_000),
        ("2\u00a0500,5", 2_500_500_000),
        ("1.500,0", 1_500_000_000),
        ("2,125", 2_125_000),
        ("1.234.567", 1_234_567_000_000),
        ("-3", -3_000_000),
        ("−3", -3_000_000),
        ("0", 0),
        (" 12 ", 12_000_000),
    ],
)
def test_a_sum_is_typed_with_dots_between_groups_and_a_comma_before_decimals(text: str, dong: int):
    assert typed.parse_money(text, "triệu đồng", TRIEU) == dong


@pytest.mark.parametrize(
    ("text", "readings"),
    [("2.5", ("2,5", "2500")), ("2,500", ("2,5", "2500")), ("12.75", ("12,75", "12750")), ("0.5", ("0,5", "500"))],
)
def test_a_sum_with_two_readings_is_asked_back(text: str, readings: tuple[str, str]):
    with pytest.raises(Unreadable) as error:
        typed.parse_money(text, "triệu đồng", TRIEU)

    assert error.value.readings == readings
    assert error.value.what == f'"{text}" có thể hiểu hai cách: {readings[0]} hay {readings[1]}'


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1,5 tỷ", "1500"),
        ("3 triệu", "3"),
        ("500 nghìn đồng", "0,5"),
        ("2.500.000.000 đ", "2500"),
        ("2.500.000.000đ", "2500"),
    ],
)
def test_a_unit_typed_is_answered_with_the_number_it_would_be(text: str, meant: str):
    with pytest.raises(Unreadable) as error:
        typed.parse_money(text, "triệu đồng", TRIEU)

    assert error.value.what == f'"{text}" là chữ, cần số ({meant}, đơn vị triệu đồng)'
    assert error.value.remedy == f"Đề nghị nhập {meant}."


@pytest.mark.parametrize(
    "text", ["1.234.56", "2 50", "12.34,5", "1e1", "NaN", "٣", "--3", "1,2,3", "0x1F", "½", "1" * 19, "1.5 tỷ", "5 mét"]
)
def test_what_is_no_sum_is_refused(text: str):
    with pytest.raises(Unreadable):
        typed.parse_money(text, "triệu đồng", TRIEU)


def test_a_sum_finer_than_a_dong_is_refused():
    with pytest.raises(Unreadable, match="lẻ hơn 1 đồng"):
        typed.parse_money("2,1234567", "triệu đồng", TRIEU)


def test_english_groups_are_answered_with_ours():
    with pytest.raises(Unreadable) as error:
        typed.parse_number("1,234,567")

    assert error.value.readings == ("1.234.567",)


def test_a_count_has_no_decimals():
    assert typed.parse_number("1.234") == 1234
    with pytest.raises(Unreadable, match="số nguyên, không có phần lẻ"):
        typed.parse_number("2,5")


def test_a_percentage_may_bear_its_sign_and_a_dot():
    assert [typed.parse_percent(text) for text in ("12,5", "12.5", "12,5 %", "100%")] == [
        Decimal("12.5"),
        Decimal("12.5"),
        Decimal("12.5"),
        Decimal(100),
    ]


def test_points_take_a_comma_or_a_dot():
    assert [typed.parse_score(text) for text in ("3,5", "3.5", "0", "10,25")] == [
        Decimal("3.5"),
        Decimal("3.5"),
        Decimal(0),
        Decimal("10.25"),
    ]


@pytest.mark.parametrize("text", ["3,555", "-1", "1e1", "NaN", "٣", "", "3,", ",5", "1.000,5", "+3"])
def test_points_of_another_shape_are_refused(text: str):
    with pytest.raises(Unreadable):
        typed.parse_score(text)


@pytest.mark.parametrize("text", ["5/1/2025", "05-01-2025", "5.1.2025", "5/1/25", " 05/01/2025 "])
def test_a_day_is_day_month_year(text: str):
    assert typed.parse_day(text) == date(2025, 1, 5)


def test_the_first_of_may_is_not_the_fifth_of_january():
    assert typed.parse_day("01/05/2025") == date(2025, 5, 1)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "31/11/2025",
            '"31/11/2025" không có trong lịch vì tháng 11 có 30 ngày. Nhập ngày/tháng/năm, ví dụ 30/11/2025.',
        ),
        (
            "29/02/2025",
            '"29/02/2025" không có trong lịch vì tháng 02 năm 2025 có 28 ngày. Nhập ngày/tháng/năm, ví dụ 28/02/2025.',
        ),
        (
            "12/15/2025",
            '"12/15/2025" không có trong lịch vì một năm có 12 tháng. Nhập ngày/tháng/năm, ví dụ 15/12/2025.',
        ),
        ("2025-12-15", '"2025-12-15" chưa đúng thứ tự. Nhập ngày/tháng/năm, ví dụ 15/12/2025.'),
        ("hôm qua", '"hôm qua" không phải là ngày. Nhập ngày/tháng/năm, ví dụ 30/11/2025.'),
    ],
)
def test_a_day_that_does_not_exist_is_refused_with_what_to_type(text: str, sentence: str):
    with pytest.raises(Unreadable) as error:
        typed.parse_day(text)

    assert str(error.value) == sentence


def test_import_takes_iso_days_and_excel_serials():
    assert typed.parse_day("2025-12-15", iso=True) == date(2025, 12, 15)
    assert typed.day_of_serial(46006) == date(2025, 12, 15)


@pytest.mark.parametrize(
    ("dong", "words"),
    [
        (2_500_000_000, "2 tỷ 500 triệu đồng"),
        (1_234_567, "1 triệu 234 nghìn 567 đồng"),
        (2_500_000_000_000, "2.500 tỷ đồng"),
        (0, "0 đồng"),
        (-3_000_000, "âm 3 triệu đồng"),
    ],
)
def test_a_sum_in_words(dong: int, words: str):
    assert typed.money_words(dong) == words


def test_percentages_are_rounded_half_up():
    assert [typed.percent_text(Decimal(text)) for text in ("12.25", "12.35", "44.44")] == ["12,3", "12,4", "44,4"]


def test_a_rounding_never_steps_over_a_band():
    bands = (50, 65, 80)

    assert typed.percent_text(Decimal("79.95"), 1, bands) == "79,95"
    assert typed.percent_text(Decimal("79.94"), 1, bands) == "79,9"
    assert typed.percent_text(Decimal("80.05"), 1, bands) == "80,1"


def test_the_note_on_rounding_stands_only_where_it_is_needed():
    thirds = [Decimal(100) / 3] * 3

    assert typed.rounding_note(thirds, Decimal(100)) == "Do làm tròn, tổng có thể chênh 0,1."
    assert typed.rounding_note([Decimal(50), Decimal(50)], Decimal(100)) is None


@given(st.integers(-(10**17), 10**17))
def test_a_sum_shown_is_read_as_the_same_sum(dong: int):
    assert typed.parse_money(typed.money_text(dong, TRIEU), "triệu đồng", TRIEU) == dong


@given(st.decimals(-(10**10), 10**10, places=3))
def test_a_number_shown_is_read_as_the_same_number(number: Decimal):
    assert typed.parse_number(typed.number_text(number), 3) == number


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_a_day_shown_is_read_as_the_same_day(day: date):
    assert typed.parse_day(f"{day.day:02d}/{day.month:02d}/{day.year}") == day


def test_ratios_of_very_large_sums_are_still_rounded():
    assert typed.rounded(Decimal(10) ** 18 / 3 * 100, 10) == Decimal("33333333333333333333.3333333300")
    assert typed.rounded(Decimal(10) ** 60, 2) == Decimal(10) ** 60
