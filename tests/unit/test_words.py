"""How days, counts, periods and documents are written."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from htx_workflow.domain import words


def test_days_carry_leading_zeros() -> None:
    assert words.day_text(date(2025, 1, 2)) == "02/01/2025"
    assert words.weekday_text(date(2024, 12, 18)) == "thứ Tư 18/12/2024"
    assert words.weekday_text(date(2024, 12, 15)) == "Chủ nhật 15/12/2024"


def test_a_moment_names_hour_weekday_and_day() -> None:
    assert words.moment_text(datetime(2024, 12, 13, 7, 5)) == "07 giờ 05 thứ Sáu ngày 13/12/2024"  # noqa: DTZ001 - local


@pytest.mark.parametrize(
    ("period", "text"),
    [
        ("2025", "năm 2025"),
        ("2025-H1", "6 tháng đầu năm 2025"),
        ("2025-H2", "6 tháng cuối năm 2025"),
        ("2025-Q1", "quý I/2025"),
        ("2025-Q4", "quý IV/2025"),
        ("2025-03", "tháng 03/2025"),
        ("2025-03-01", "ngày 01/03/2025"),
        ("r1", "lần 01"),
        ("r12", "lần 12"),
        ("standing", ""),
        ("outcome", ""),
    ],
)
def test_periods(period: str, text: str) -> None:
    assert words.period_text(period) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("231/SKHĐT-KTTT", "Công văn số 231/SKHĐT-KTTT ngày 15/11/2024"),
        ("05/BC-STC", "Báo cáo số 05/BC-STC ngày 15/11/2024"),
        ("3819/KH-UBND", "Kế hoạch số 3819/KH-UBND ngày 15/11/2024"),
        ("12/QĐ-UBND", "Quyết định số 12/QĐ-UBND ngày 15/11/2024"),
        ("09/2019/NĐ-CP", "Nghị định số 09/2019/NĐ-CP ngày 15/11/2024"),
        ("7", "Công văn số 7 ngày 15/11/2024"),
    ],
)
def test_a_document_is_cited_by_the_type_in_its_symbol(number: str, text: str) -> None:
    assert words.citation(number, date(2024, 11, 15)) == text


def test_lists_and_counts() -> None:
    assert [words.joined(list(parts)) for parts in ("", "a", "ab", "abc")] == ["", "a", "a và b", "a, b và c"]
    assert [words.count_text(number) for number in (0, 3, 10)] == ["00", "03", "10"]
    assert words.sentence("đã gửi") == "Đã gửi"
