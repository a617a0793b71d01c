"""Ratings and verdicts: the expected table of the three invented cards, its variants, and the edges of the bands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htx_workflow.domain import ratings, review_chains, verdicts
from htx_workflow.domain.errors import BadInput, NotFound
from htx_workflow.domain.ratings import Facts, Rated, Signatures
from htx_workflow.domain.review_chains import DEFAULT_CHAIN
from htx_workflow.domain.verdicts import Baseline, Compared, Conclusion, Verdict
from tests.scores import (
    DISTRICT,
    GOOD,
    LEVELS,
    PASS_MARK,
    PROVINCE,
    SAMPLES,
    SELF,
    SIGNED,
    TT01,
    TT09,
    a_rubric,
    points,
    rated,
)


def verdict(
    name: str,
    level: str,
    baseline: Baseline | None = None,
    facts: Facts = GOOD,
    signatures: Signatures = SIGNED,
    **changes: str | None,
) -> Verdict:
    """The verdict on a sample's card, points changed by key (k15); None takes a score away."""
    sample = SAMPLES[name]
    card = dict(sample.cards[level])
    for key, text in changes.items():
        card.pop(key[1:], None)
        if text is not None:
            card[key[1:]] = points(text)
    made = rated(card, facts=facts, signatures=signatures)
    return verdicts.judge(
        TT01, review_chains.level_of(DEFAULT_CHAIN, level), made, baseline or sample.baseline, PASS_MARK
    )


def start(name: str, **changes: str | None) -> Baseline:
    """The sample's start with points changed by criterion (k12)."""
    baseline = SAMPLES[name].baseline
    given = dict(baseline.points)
    for key, text in changes.items():
        del given[int(key[1:])]
        if text is not None:
            given[int(key[1:])] = points(text)
    return replace(baseline, points=given)


@pytest.mark.parametrize(
    ("name", "level", "total", "band", "ends", "conclusion", "reason"),
    [
        ("A", "self", "82", "Tốt", ["6/5,5", "9,5/8", "3,5/3", "6/5,5"], "Đạt", "Tổng điểm 82; cả 04 tiêu chí cần hoàn thiện không thấp hơn ban đầu"),
        ("A", "district", "80,5", "Tốt", ["6/5,5", "9,5/8", "3/3", "6/5,5"], "Đạt", "Tổng điểm 80,5; cả 04 tiêu chí cần hoàn thiện không thấp hơn ban đầu"),
        ("A", "province", "80", "Tốt", ["6/5,5", "9/8", "3/3", "6/5,5"], "Đạt", "Tổng điểm 80; cả 04 tiêu chí cần hoàn thiện không thấp hơn ban đầu"),
        ("B", "self", "86", "Tốt", ["5,5/5", "5/4,5", "7/6", "5/5"], "Đạt", "Tổng điểm 86; cả 04 tiêu chí cần hoàn thiện không thấp hơn ban đầu"),
        ("B", "district", "85", "Tốt", ["5,5/5", "4,5/4,5", "7/6", "5/5"], "Đạt", "Tổng điểm 85; cả 04 tiêu chí cần hoàn thiện không thấp hơn ban đầu"),
        ("B", "province", "84,5", "Tốt", ["5,5/5", "4/4,5", "7/6", "5/5"], "Chưa đạt", "Tiêu chí 4 được 4 điểm, thấp hơn điểm ban đầu 4,5; tổng điểm 84,5 đã từ 80 trở lên"),
        ("C", "self", "83", "Tốt", ["8/7", "3/2,5", "7,25/6", "5/3,5"], "Đạt", "Tổng điểm 83; cả 04 tiêu chí cần hoàn thiện không thấp hơn ban đầu"),
        ("C", "district", "80,75", "Tốt", ["7,5/7", "3/2,5", "7/6", "4/3,5"], "Đạt", "Tổng điểm 80,75; cả 04 tiêu chí cần hoàn thiện không thấp hơn ban đầu"),
        ("C", "province", "79,75", "Khá", ["7,5/7", "3/2,5", "6,5/6", "4/3,5"], "Chưa đạt", "Tổng điểm 79,75 dưới 80; các tiêu chí cần hoàn thiện đều đạt"),
    ],
)  # fmt: skip
def test_the_expected_table(
    name: str, level: str, total: str, band: str, ends: list[str], conclusion: str, reason: str
):
    made = verdict(name, level)
    expected = [
        Compared(number, *map(points, pair.split("/")))
        for number, pair in zip(sorted(SAMPLES[name].baseline.to_improve), ends, strict=True)
    ]
    assert made.band is not None
    assert (made.total, made.band.title, list(made.compared)) == (points(total), band, expected)
    assert (made.text, made.reason, made.remarks) == (conclusion, reason, ())


def test_the_sentence_names_the_set_that_the_criterion_belongs_to():
    assert verdict("B", "province").why == (
        "Chưa đạt vì tiêu chí 4 (thuộc nhóm cần hoàn thiện) được 4 điểm, thấp hơn điểm ban đầu 4,5; "
        "tổng điểm 84,5 đã đạt mức từ 80 trở lên."
    )
    assert verdict("A", "self").why == ("Đạt vì tổng điểm 82; cả 04 tiêu chí cần hoàn thiện không thấp hơn ban đầu.")


def test_two_criteria_and_the_total_below():
    made = verdict("B", "province", k2a="3", k2=None, k11="1")
    assert made.reason == (
        "Tổng điểm 76,5 dưới 80; tiêu chí 2 được 4 điểm, thấp hơn điểm ban đầu 5; "
        "tiêu chí 4 được 4 điểm, thấp hơn điểm ban đầu 4,5"
    )


# Variants


def test_a_start_that_was_not_entered_founds_no_verdict():
    made = verdict("A", "province", start("A", k12=None))
    assert (made.text, made.reason) == ("Chưa đủ căn cứ", "Chưa có điểm ban đầu của tiêu chí 12")


def test_an_empty_set_of_criteria_is_never_reached():
    made = verdict("A", "province", replace(SAMPLES["A"].baseline, to_improve=frozenset()))
    assert (made.text, made.reason) == ("Chưa đủ căn cứ", "Chưa xác định tiêu chí cần hoàn thiện")


def test_no_baseline_at_all_founds_no_verdict():
    made = verdicts.judge(TT01, SELF, rated(SAMPLES["A"].cards["self"]), None, PASS_MARK)
    assert (made.text, made.reason) == ("Chưa đủ căn cứ", "Chưa có điểm ban đầu")


def test_a_lower_start_turns_the_verdict():
    assert verdict("B", "province", start("B", k4="4")).text == "Đạt"


def test_without_the_second_signature_there_is_no_band_and_the_total_is_provisional():
    signatures = Signatures("day-du", frozenset({"chu-tich-hdqt"}))
    _, rating = rated(SAMPLES["A"].cards["self"], signatures=signatures)
    assert (rating.state, rating.band, rating.band_text) == (Rated.UNSIGNED, None, "chưa đủ căn cứ xếp loại")
    assert rating.total_text == "82 (tạm tính)"
    assert rating.notice == "Bảng tự chấm điểm thiếu ý kiến của Ban kiểm soát; chưa đủ căn cứ xếp loại."
    made = verdict("A", "self", signatures=signatures)
    assert (made.text, made.reason) == ("Chưa đủ căn cứ", "Bảng tự chấm điểm thiếu ý kiến của Ban kiểm soát")


def test_the_short_form_of_governance_signs_by_director_and_controller():
    signatures = Signatures("rut-gon", frozenset({"giam-doc", "kiem-soat-vien"}))
    assert verdict("A", "self", signatures=signatures).text == "Đạt"
    assert verdict("A", "self", signatures=replace(SIGNED, governance="rut-gon")).reason == (
        "Bảng tự chấm điểm thiếu ý kiến của Giám đốc và kiểm soát viên"
    )


def test_unknown_governance_leaves_the_signatures_open():
    _, rating = rated(SAMPLES["A"].cards["self"], signatures=Signatures(None))
    assert rating.notice == (
        "Chưa rõ tổ chức quản trị (đầy đủ hay rút gọn) nên chưa biết cần ý kiến của ai; chưa đủ căn cứ xếp loại."
    )


def test_four_months_idle_is_not_rated():
    made = verdict("C", "self", facts=Facts(60, 4))
    assert (made.text, made.total, made.band) == ("Không đánh giá", None, None)
    assert made.reason == "Ngừng hoạt động 04 tháng trong năm (hơn 3 tháng)"


@pytest.mark.parametrize(
    ("operating", "idle", "state"),
    [(12, 3, Rated.RATED), (11, 0, Rated.NOT_RATED), (60, 4, Rated.NOT_RATED), (12, 0, Rated.RATED)],
)
def test_exactly_three_and_exactly_twelve_months_are_rated(operating: int, idle: int, state: Rated):
    assert rated(SAMPLES["A"].cards["self"], facts=Facts(operating, idle))[1].state is state


def test_months_nobody_gave_are_said_beside_the_rating():
    _, rating = rated(SAMPLES["A"].cards["self"], facts=Facts())
    assert rating.state is Rated.RATED
    assert rating.remarks == (
        "Chưa có số tháng hoạt động từ khi thành lập",
        "Chưa có số tháng ngừng hoạt động trong năm",
    )


@pytest.mark.parametrize(
    ("since", "day", "months"),
    [
        (date(2024, 12, 15), date(2025, 12, 15), 12),
        (date(2024, 12, 15), date(2025, 12, 14), 11),
        (date(2024, 2, 29), date(2025, 2, 28), 12),
        (date(2024, 12, 31), date(2025, 6, 30), 6),
        (date(2025, 12, 31), date(2025, 12, 31), 0),
    ],
)
def test_months_since_founding(since: date, day: date, months: int):
    assert ratings.full_months(since, day) == months


def test_a_blank_criterion_gives_no_band_and_no_verdict():
    made = verdict("A", "province", k15=None)
    assert (made.text, made.band, made.reason) == ("Chưa đủ căn cứ", None, "Điểm chưa đủ (14/15 tiêu chí)")
    card = {key: given for key, given in SAMPLES["A"].cards["province"].items() if key != "15"}
    assert rated(card)[1].total_text == "chưa đủ (14/15 tiêu chí)"


def test_a_start_on_another_version_is_compared_with_a_remark():
    made = verdict("A", "province", replace(SAMPLES["A"].baseline, rubric=("tt-01-2020", 2)))
    assert (made.text, made.remarks) == ("Đạt", ("điểm ban đầu theo bộ tiêu chí khác",))
    assert made.why.endswith("không thấp hơn ban đầu (điểm ban đầu theo bộ tiêu chí khác).")


def test_a_start_on_another_circular_is_shown_but_founds_no_verdict():
    made = verdict("A", "province", replace(SAMPLES["A"].baseline, rubric=TT09.ref))
    assert (made.text, len(made.compared)) == ("Chưa đủ căn cứ", 4)
    assert made.reason == "Điểm ban đầu theo bộ tiêu chí khác (tt-09-2017) nên không so được từng tiêu chí"


def test_a_level_without_a_card_is_named():
    made = verdicts.judge(TT01, PROVINCE, None, SAMPLES["A"].baseline, PASS_MARK)
    assert (made.text, made.reason) == ("Chưa đủ căn cứ", "Chưa có điểm tỉnh kiểm tra")


def test_a_late_card_of_the_district_is_known_as_late():
    assert review_chains.is_late(DEFAULT_CHAIN, "district", {"province"})
    assert not review_chains.is_late(DEFAULT_CHAIN, "district", {"self"})
    assert not review_chains.is_late(DEFAULT_CHAIN, "province", {"province"})


def test_a_hole_in_the_chain_is_said_and_stops_nobody():
    assert review_chains.holes(DEFAULT_CHAIN, {"self", "province"}) == [
        "Có điểm tỉnh kiểm tra mà chưa có điểm huyện kiểm tra."
    ]
    assert review_chains.holes(DEFAULT_CHAIN, {"province"}) == [
        "Có điểm tỉnh kiểm tra mà chưa có điểm tự chấm.",
        "Có điểm tỉnh kiểm tra mà chưa có điểm huyện kiểm tra.",
    ]
    assert review_chains.holes(DEFAULT_CHAIN, {"self", "district"}) == []


def test_a_card_is_compared_with_the_nearest_one_below():
    assert review_chains.below(DEFAULT_CHAIN, "province", {"self", "district"}) == DISTRICT
    assert review_chains.below(DEFAULT_CHAIN, "province", {"self"}) == SELF
    assert review_chains.below(DEFAULT_CHAIN, "self", {"self"}) is None


def test_a_chain_begins_with_the_cooperative_and_names_a_level_once():
    assert list(review_chains.problems(DEFAULT_CHAIN)) == []
    wrong = [(finding.key, finding.what) for finding in review_chains.problems((DISTRICT, SELF, DISTRICT))]
    assert wrong == [
        ((0,), "Cấp đầu không phải là tự chấm."),
        ((1, "by"), "Chỉ cấp đầu là tự chấm."),
        ((2, "code"), "Cấp district đã có ở trên."),
    ]


# Which level decides


@pytest.mark.parametrize(
    ("decisive", "texts"),
    [
        ("self", ["Đạt", "Đạt", "Đạt"]),
        ("district", ["Đạt", "Đạt", "Đạt"]),
        ("province", ["Đạt", "Chưa đạt", "Chưa đạt"]),
    ],
)
def test_the_choice_of_the_level_changes_two_results(decisive: str, texts: list[str]):
    made = [verdicts.outcome([verdict(name, level) for level in LEVELS], decisive) for name in "ABC"]
    assert [one.decisive.text for one in made] == texts
    assert [len(one.others) for one in made] == [2, 2, 2]


def test_the_deciding_level_is_named_with_its_document():
    assert review_chains.decisive_text(SELF, None) == (
        "Kết luận theo điểm tự chấm (mặc định, chưa có văn bản chọn cấp khác)"
    )
    assert review_chains.decisive_text(PROVINCE, "Công văn số 12/SKHĐT-KTTT ngày 02/12/2025") == (
        "Kết luận theo điểm tỉnh kiểm tra (theo Công văn số 12/SKHĐT-KTTT ngày 02/12/2025)"
    )


def test_a_level_that_nobody_scored_cannot_decide():
    with pytest.raises(NotFound, match="Không có cấp chấm điểm ministry"):
        verdicts.outcome([verdict("A", "self")], "ministry")


# Bands


@pytest.mark.parametrize(
    ("total", "title"),
    [
        ("0", "Yếu"),
        ("49,99", "Yếu"),
        ("50", "Trung bình"),
        ("64,99", "Trung bình"),
        ("65", "Khá"),
        ("79,99", "Khá"),
        ("80", "Tốt"),
        ("100", "Tốt"),
    ],
)
def test_bands_at_their_edges(total: str, title: str):
    assert ratings.band(TT01, points(total)).title == title


@pytest.mark.parametrize("total", [10_001, -1])
def test_a_total_outside_the_range_has_no_band(total: int):
    with pytest.raises(BadInput, match="ngoài khoảng từ 0 đến 100"):
        ratings.band(TT01, total)


# Other rubrics


def test_a_sanction_forces_the_lowest_band_under_circular_09_2017():
    card = {
        "1a": 800,
        "1b": 1000,
        "1c": 1000,
        "1d": 500,
        "1e": 500,
        "2": 2000,
        "3": 2000,
        "4": 1000,
        "5": 500,
        "6": 700,
    }
    _, rating = rated(card, TT09, Facts(60, None, sanctioned=True))
    assert (rating.total, rating.band_text) == (points("100"), "Yếu")
    assert rating.why == "Xếp loại Yếu vì bị xử phạt vi phạm hành chính trong năm"
    assert rated(card, TT09, Facts(60, None, sanctioned=False))[1].band_text == "Tốt"


def test_idle_months_do_not_matter_under_circular_09_2017():
    assert rated({}, TT09, Facts(60, 11, sanctioned=False))[1].state is Rated.INCOMPLETE


def test_a_rubric_without_sign_offs_asks_for_none():
    card = {"1a": 600, "1b": 400, "2": 225, "3": 0, "4": 0, "5": 0}
    _, rating = rated(card, a_rubric(), signatures=Signatures(None))
    assert (rating.total_text, rating.band_text) == ("12,25", "Cao")


# A baseline, and a trial score


def test_a_baseline_for_an_unknown_criterion_is_refused():
    baseline = Baseline(TT01.ref, {16: 500, 5: 850}, frozenset({17}))
    assert [str(one) for one in verdicts.baseline_problems(TT01, baseline)] == [
        "Tiêu chí 16 không có trong bộ tiêu chí TT 01/2020. Đề nghị kiểm tra bộ tiêu chí của phiếu.",
        "Tiêu chí 5: 8,5 lớn hơn mức tối đa 8. Đề nghị nhập từ 0 đến 8, tối đa hai chữ số thập phân.",
        "Tiêu chí 17 không có trong bộ tiêu chí TT 01/2020. Đề nghị kiểm tra danh mục tiêu chí cần hoàn thiện.",
    ]
    assert verdicts.baseline_problems(TT01, SAMPLES["A"].baseline) == []


def test_a_trial_score_shows_what_is_missing_while_it_can_be_closed():
    sample = SAMPLES["C"]
    totals, _ = rated({**sample.cards["province"], "5": 650})
    gap = verdicts.shortfall(TT01, totals, sample.baseline, PASS_MARK)
    assert (gap.to_pass, gap.below_start) == (points("1,25"), (Compared(5, 650, 700),))
    assert (gap.room[5], gap.room[3], gap.room[10]) == (150, 250, None)


def test_a_trial_score_with_blanks_has_no_distance_to_the_mark():
    sample = SAMPLES["C"]
    totals, _ = rated({"5": 650})
    assert verdicts.shortfall(TT01, totals, sample.baseline, PASS_MARK).to_pass is None


@given(st.sampled_from("ABC"), st.sampled_from(LEVELS), st.integers(1, 15), st.integers(0, 300))
def test_raising_a_criterion_never_turns_a_verdict_down(name: str, level: str, number: int, more: int):
    card = SAMPLES[name].cards[level]
    key = TT01.criteria[number].scored_at[0]
    before = verdicts.judge(TT01, SELF, rated(card), SAMPLES[name].baseline, PASS_MARK)
    raised = {**card, key: card[key] + more}
    after = verdicts.judge(TT01, SELF, rated(raised), SAMPLES[name].baseline, PASS_MARK)
    assert after.conclusion is Conclusion.PASSED or before.conclusion is Conclusion.FAILED
