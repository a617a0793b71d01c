"""What a card takes from its activity report; what a page shows of an earlier year."""

from __future__ import annotations

from htx_workflow.services import card_fact_boxes, card_work
from tests.scores import TT01


def test_what_the_report_says_of_the_cooperative_is_not_asked_again() -> None:
    values = {"B1.4": "day-du", "B1.8b": "0", "B1.9": "60", "B1.6": "hon-hop", "B2.1d": "52", "B4.2b": 2_500_000_000}
    assert card_work.facts_of(values) == {
        "governance": "day-du", "months_operating": "60", "months_idle": "0", "kind": "hon-hop", "members": "52",
        "capital": "2500000000",
    }  # fmt: skip
    assert card_work.facts_of({"B1.9": {"non": "no_data"}, "B2.1d": "5,5", "B1.4": None}) == {}


def test_facts_that_the_rubric_does_not_know_are_left_out() -> None:
    kept, left = card_fact_boxes.facts_known(TT01, {"governance": "khac", "members": "52"})
    assert (kept, left) == ({"members": "52"}, ("governance",))


def test_capital_is_typed_in_millions_and_kept_in_dong() -> None:
    kept, refused = card_fact_boxes.facts_typed(TT01, {"capital": "2.500", "members": "1,5", "sanctioned": "khong"})
    assert kept == {"capital": "2500000000", "sanctioned": "khong"}
    assert [str(one).partition(" Đề nghị")[0] for one in refused] == ['Số thành viên: "1,5" có phần lẻ quá dài.']
