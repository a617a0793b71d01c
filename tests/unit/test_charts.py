"""Charts are pure: the same values give the same SVG, with words, numbers and no styles."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from markupsafe import Markup

from htx_workflow.web import charts
from htx_workflow.web.charts import Bar, Point, Series, Share

SERIES = (Series("đúng hạn", "green"), Series("quá hạn", "red"))


def drawn(svg: Markup) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def texts(svg: Markup) -> list[str]:
    return [element.text or "" for element in drawn(svg).iter("text")]


ALL = [
    charts.stacked_bars("a", "Đúng hạn", "Theo cơ quan", SERIES, [Bar("Sở A & B", (3, 1)), Bar("Huyện C", (0, 0))]),
    charts.share_bars("b", "Đủ số liệu", "Theo cơ quan", [Share("Sở A", 5, 7), Share("Huyện C", 0, 0)]),
    charts.rate_lines("c", "Tỷ lệ", "Theo tháng", [("theo hạn", [Point("01/2025", None), Point("02/2025", 0.5)])]),
]


@pytest.mark.parametrize("svg", ALL)
def test_a_chart_is_named_and_carries_no_style(svg: Markup) -> None:
    root = drawn(svg)
    names = (root.get("aria-labelledby") or "").split()
    assert [element.get("id") for element in list(root)[:2]] == names
    assert not re.search(r"style=|<style|on\w+=", svg)


def test_every_part_of_a_bar_that_is_not_zero_shows_its_number_and_the_bar_its_sum() -> None:
    assert texts(ALL[0]) == ["Sở A & B", "3", "1", "4", "Huyện C", "0"]


def test_a_late_part_is_hatched_too() -> None:
    assert ALL[0].count("url(#a-hatch)") == 1


def test_a_share_says_its_fraction_and_nothing_to_do_in_words() -> None:
    assert texts(ALL[1]) == ["Sở A", "5/7 (71%)", "Huyện C", "không có việc"]


def test_a_moment_without_a_rate_is_left_out_of_the_line() -> None:
    circles = list(drawn(ALL[2]).iter("circle"))
    assert [circle.find("title").text for circle in circles] == ["theo hạn, 02/2025: 50%"]  # type: ignore[union-attr]


def test_words_are_escaped() -> None:
    assert "<b>" not in charts.share_bars("x", "<b>", "<b>", [Share("<b>", 1, 1)])


def test_an_unknown_tone_is_refused() -> None:
    with pytest.raises(ValueError, match="pink"):
        charts.swatch("pink")
