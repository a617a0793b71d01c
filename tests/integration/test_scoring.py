"""Three cooperatives scored on three levels, with every variant, on both databases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from sqlalchemy import select

from htx_workflow.domain.card_places import CardPlace
from htx_workflow.domain.errors import BadInput, HtxError, NotAllowed, NotFound, TooLate
from htx_workflow.domain.plan import AgencyKind, Plan
from htx_workflow.domain.standing import Return
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import scoring
from htx_workflow.services.card_sending import CardRefused
from htx_workflow.services.card_views import between
from htx_workflow.services.reports import When
from htx_workflow.services.scoring import Filled
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import occurrences as occurrence_store
from htx_workflow.store.database import Database
from htx_workflow.store.tables import table
from tests.commands import race
from tests.integration.test_concurrency import at_once
from tests.machine import Machine
from tests.scores import TT01
from tests.scoring import CODE, DAYS, FACTS, REASON, SIGNERS, UNITS, Scores, changed, typed


@pytest.fixture
def scores(machine: Machine, kontum: Plan) -> Scores:
    """Plan 3819 in December 2025; nothing is scored yet."""
    machine.load(kontum, on=date(2024, 10, 23))
    machine.at(DAYS["self"])
    return Scores(machine)


def verdicts_of(scores: Scores, level: str) -> dict[str, tuple[Any, ...]]:
    """Total, band, conclusion and reason of each sample on a level."""
    rows = {row.unit.code: row for row in scores.results().rows}
    found = {}
    for name, unit in UNITS.items():
        verdict = rows[unit].verdict_of(level)
        band = verdict.band.title if verdict.band else None
        found[name] = (verdict.total, band, verdict.text, verdict.reason)
    return found


# The chain


def test_the_three_samples_reach_on_each_level_what_was_worked_out_by_hand(scores: Scores) -> None:
    for name in UNITS:
        scores.whole(name)
    passing = "Tổng điểm {}; cả 04 tiêu chí cần hoàn thiện không thấp hơn ban đầu"
    assert verdicts_of(scores, "self") == {
        "A": (8200, "Tốt", "Đạt", passing.format("82")),
        "B": (8600, "Tốt", "Đạt", passing.format("86")),
        "C": (8300, "Tốt", "Đạt", passing.format("83")),
    }
    assert verdicts_of(scores, "district") == {
        "A": (8050, "Tốt", "Đạt", passing.format("80,5")),
        "B": (8500, "Tốt", "Đạt", passing.format("85")),
        "C": (8075, "Tốt", "Đạt", passing.format("80,75")),
    }
    falls = "Tiêu chí 4 được 4 điểm, thấp hơn điểm ban đầu 4,5; tổng điểm 84,5 đã từ 80 trở lên"
    below = "Tổng điểm 79,75 dưới 80; các tiêu chí cần hoàn thiện đều đạt"
    assert verdicts_of(scores, "province") == {
        "A": (8000, "Tốt", "Đạt", passing.format("80")),
        "B": (8450, "Tốt", "Chưa đạt", falls),
        "C": (7975, "Khá", "Chưa đạt", below),
    }


def test_the_level_that_decides_is_named_and_those_who_sent_nothing_are_among_the_results(scores: Scores) -> None:
    scores.whole("A")
    found = scores.results()
    assert found.asked.heading == "Kết luận theo điểm tự chấm (mặc định, chưa có văn bản chọn cấp khác)"
    assert found.target_text == "01/05 hợp tác xã đạt"
    assert [(row.unit.code, row.outcome.decisive.text, row.outcome.decisive.reason) for row in found.rows[1:3]] == [
        ("htx-rangdong", "Chưa đủ căn cứ", "Chưa có điểm tự chấm"),
        ("htx-saunhung", "Chưa đủ căn cứ", "Chưa có điểm tự chấm"),
    ]


def test_a_plan_whose_document_chose_the_province_is_decided_by_the_province(
    machine: Machine, kontum: Plan
) -> None:  # fmt: skip
    assert kontum.scoring is not None
    decisive = {"level": "province", "document": "Công văn số 1/UBND-MAU ngày 01/12/2025"}
    said = kontum.scoring.model_dump() | {"decisive": decisive}
    machine.load(Plan.model_validate(kontum.model_dump() | {"scoring": said}), on=date(2024, 10, 23))
    scores = Scores(machine.at(DAYS["self"]))
    for name in UNITS:
        scores.whole(name)
    found = scores.results()
    heading = "Kết luận theo điểm tỉnh kiểm tra (theo Công văn số 1/UBND-MAU ngày 01/12/2025)"
    assert (found.asked.heading, found.target_text) == (heading, "01/05 hợp tác xã đạt")


def test_a_checking_card_starts_as_a_copy_and_the_lower_card_never_changes(scores: Scores) -> None:
    scores.self_score("A")
    before = scores.view("A")
    scores.check("A", "district")
    view = scores.view("A", "district")
    assert [(one.key, one.lower, one.upper) for one in view.differences] == [("9", 350, 300), ("13", 600, 500)]
    assert (view.rows["9"].reason, view.missing_reasons) == (REASON, ())
    after = scores.view("A")
    assert after.levels["self"] == before.levels["self"]
    assert (after.totals.total, after.card and after.card.state) == (8200, "accepted")


@pytest.mark.parametrize(
    ("name", "level", "places"),
    [
        ("A", "district", ["9", "13"]), ("A", "province", ["3c"]), ("B", "district", ["4a", "6"]),
        ("B", "province", ["4a"]), ("C", "district", ["3c", "5", "11", "14"]), ("C", "province", ["3a", "11"]),
    ],
)  # fmt: skip
def test_these_differences_need_a_reason(name: str, level: str, places: list[str]) -> None:
    assert changed(name, level) == places


def test_a_difference_without_a_reason_is_refused_there_and_the_rest_is_kept(scores: Scores) -> None:
    scores.self_score("B")
    scores.open("B", "district")
    saved = scores.save("B", "district", typed("B", "district"), reasons={"6": REASON})
    assert [str(one) for one in saved.refused] == [
        "Tiêu chí 4, điểm a): huyện chấm 1,5, tự chấm 2; chưa có lý do. Đề nghị ghi lý do chênh lệch."
    ]
    view = scores.view("B", "district")
    assert (view.rows["4a"].hundredths, view.rows["6"].hundredths) == (200, 500)
    scores.save("B", "district", {"4a": "1,5"}, reasons={"4a": REASON})
    assert scores.view("B", "district").totals.total == 8500


def test_a_reason_of_the_criterion_stands_for_its_sub_items(scores: Scores) -> None:
    scores.self_score("C")
    scores.open("C", "district")
    assert scores.save("C", "district", {"3c": "3"}, reasons={"3": REASON}).refused == ()


# Variants of the worked examples


def test_a_start_that_was_not_entered_is_no_pass(scores: Scores) -> None:
    scores.whole("A")
    scores.baseline("A", {"12": ""}, {1, 3, 9, 12})
    _, _, text, reason = verdicts_of(scores, "province")["A"]
    assert (text, reason) == ("Chưa đủ căn cứ", "Chưa có điểm ban đầu của tiêu chí 12")


def test_an_empty_set_of_criteria_is_no_pass(scores: Scores) -> None:
    scores.whole("A")
    scores.baseline("A", {"1": "5,5"}, ())
    _, _, text, reason = verdicts_of(scores, "province")["A"]
    assert (text, reason) == ("Chưa đủ căn cứ", "Chưa xác định tiêu chí cần hoàn thiện")


def test_a_lower_start_passes(scores: Scores) -> None:
    scores.whole("B")
    scores.baseline("B", {"4": "4"}, {2, 4, 10, 13})
    assert verdicts_of(scores, "province")["B"][2] == "Đạt"


def test_without_the_second_signature_there_is_no_band_and_the_total_is_provisional(scores: Scores) -> None:
    scores.self_score("A", sign=False)
    scores.sign("A", "chu-tich-hdqt")
    view = scores.view("A")
    assert view.card is not None
    assert (view.card.rated, view.card.band, view.rating.total_text) == ("unsigned", "", "82 (tạm tính)")
    said = "Bảng tự chấm điểm thiếu ý kiến của Ban kiểm soát; chưa đủ căn cứ xếp loại."
    assert (view.rating.notice, verdicts_of(scores, "self")["A"][2]) == (said, "Chưa đủ căn cứ")
    scores.sign("A", "truong-bks")
    view = scores.view("A")
    assert view.card is not None
    assert (view.card.rated, view.card.band) == ("rated", "tot")


def test_the_short_kind_of_governance_has_its_own_signers(scores: Scores) -> None:
    scores.baseline("A")
    scores.self_score("A", {"governance": "rut-gon"})
    assert verdicts_of(scores, "self")["A"][1:3] == ("Tốt", "Đạt")
    scores.self_score("B", {"governance": "rut-gon"}, sign=False)
    with pytest.raises(BadInput, match=r"Vai trò truong-bks không ký .* giam-doc .* kiem-soat-vien"):
        scores.sign("B", "truong-bks")


@pytest.mark.parametrize(
    ("facts", "conclusion"),
    [
        ({"months_idle": "4"}, "Không đánh giá"), ({"months_idle": "3"}, "Đạt"),
        ({"months_operating": "11"}, "Không đánh giá"), ({"months_operating": "12"}, "Đạt"),
    ],
)  # fmt: skip
def test_who_stood_still_or_is_too_young_is_not_rated_and_still_one_of_five(
    scores: Scores, facts: Mapping[str, str], conclusion: str
) -> None:
    scores.baseline("C")
    scores.self_score("C", facts)
    found = scores.results()
    row = next(row for row in found.rows if row.unit.code == UNITS["C"])
    assert row.outcome.decisive.text == conclusion
    assert found.target_text == f"{'01' if conclusion == 'Đạt' else '00'}/05 hợp tác xã đạt"


def test_who_is_not_rated_may_send_a_card_without_points(scores: Scores) -> None:
    scores.open("C")
    scores.save("C", facts={**FACTS, "months_operating": "11"})
    assert scores.submit("C").rated == "not_rated"


def test_a_criterion_left_blank_gives_no_total_and_no_band(scores: Scores) -> None:
    scores.whole("A")
    scores.return_("A", "province")
    scores.open("A", "province")
    scores.save("A", "province", {"15": ""})
    card = scores.submit("A", "province")
    assert (card.total, card.band, card.rated) == (None, "", "incomplete")
    assert verdicts_of(scores, "province")["A"][3] == "Điểm chưa đủ (14/15 tiêu chí)"


def test_points_that_no_card_may_hold_are_refused_each_with_its_sentence(scores: Scores) -> None:
    scores.open("A")
    group = {"10": "6", "11": "7", "12": "6", "13": "6", "14": "8", "15": "7,5"}
    wrong = {"1a": "5", "1b": "1,5", "7": "-1", "8": "3,555", "9": "1e1", "6": "٣", "5": "NaN", "2a": "3.5"}
    saved = scores.save("A", points={**group, **wrong})
    said = {one.key: one.what for one in saved.refused}
    assert said["III"] == "Nhóm III cộng được 40,5 điểm, vượt mức 40."
    assert said["1b"] == "Tiêu chí 1, điểm b): 1,5 lớn hơn mức tối đa 1."
    assert set(said) == {"III", "1b", "7", "8", "9", "6", "5"}
    assert {key: row.hundredths for key, row in scores.view("A").rows.items()} == {"1a": 500, "2a": 350}


def test_a_group_above_its_maximum_keeps_what_was_saved_before(scores: Scores) -> None:
    scores.open("A")
    scores.save("A", points={"10": "30"})
    saved = scores.save("A", points={"11": "10,5", "5": "7"})
    assert [one.key for one in saved.refused] == ["III"]
    assert {key: row.hundredths for key, row in scores.view("A").rows.items()} == {"10": 3000, "5": 700}


def test_sub_items_that_do_not_make_the_number_of_their_criterion_are_refused(scores: Scores) -> None:
    scores.open("A")
    saved = scores.save("A", points={"1": "6", "1a": "5", "1b": "0,5"})
    assert [one.what for one in saved.refused] == ["Tiêu chí 1: các điểm thành phần cộng được 5,5, khác 6."]
    assert {key: row.hundredths for key, row in scores.view("A").rows.items()} == {"1a": 500, "1b": 50}


def test_a_start_on_another_version_is_said_beside_the_verdict(scores: Scores) -> None:
    scores.whole("A")
    rows = table("baseline")
    with scores.machine.transaction() as session:
        session.execute(rows.update().values(rubric_version=0))
    row = scores.results().rows[0]
    assert row.outcome.decisive.remarks == ("điểm ban đầu theo bộ tiêu chí khác",)


def test_a_card_that_comes_after_the_level_above_was_closed_is_kept_as_late_and_changes_nothing(scores: Scores) -> None:
    scores.baseline("B")
    scores.self_score("B")
    scores.machine.at(DAYS["district"])
    scores.open("B", "district")
    scores.check("B", "province")
    scores.save("B", "district", {"6": "4"}, reasons={"6": REASON})
    scores.machine.at(date(2025, 12, 22))
    late = scores.submit("B", "district")
    assert (late.state, late.total) == ("late", 8450)
    found = scores.results()
    row = next(row for row in found.rows if row.unit.code == UNITS["B"])
    assert row.verdict_of("province").total == 8500
    assert row.holes == ("Có điểm tỉnh kiểm tra mà chưa có điểm huyện kiểm tra.",)
    assert [(card.level, card.revision) for card in found.late] == [("district", 1)]


# Order, rights, versions


def test_a_level_has_nothing_to_check_before_the_self_score(scores: Scores) -> None:
    with pytest.raises(NotAllowed, match="chưa có điểm tự chấm năm 2025 nên huyện chưa có gì để kiểm tra"):
        scores.open("A", "district")


@pytest.mark.parametrize("period", ["2023", "2026"])
def test_a_year_outside_the_plan_is_refused(scores: Scores, period: str) -> None:
    scores.period = period
    with pytest.raises(BadInput, match=f"chấm điểm các năm 2024 đến 2025, không có năm {period}"):
        scores.open("A")


def test_a_card_of_another_year_and_everything_else_wrong_is_said_at_once(scores: Scores) -> None:
    scores.open("A")
    with pytest.raises(CardRefused) as refused:
        scores.submit("A", year=2024)
    assert [one.what for one in refused.value.refused] == [
        "Bảng chấm điểm của năm 2024, kỳ đánh giá là năm 2025. Đề nghị chọn đúng kỳ hoặc gửi bảng của năm này.",
        "Phiếu chưa chấm tiêu chí nào.",
    ]


def test_who_is_no_cooperative_of_the_plan_is_not_scored(scores: Scores) -> None:
    with pytest.raises(NotFound, match="huyen-dakto không phải là hợp tác xã của kế hoạch"):
        scores.open("huyen-dakto")


def test_sending_and_checking_the_self_score_sends_and_accepts_the_work(scores: Scores) -> None:
    key = f"{CODE}/R.htx/{UNITS['A']}/2025"

    def stands() -> tuple[str, date | None]:
        with scores.machine.database.reading() as session:
            found = occurrence_store.get_rows(session, [key])[0].standing
        return found.state, found.submitted_on

    scores.self_score("A")
    assert stands() == ("submitted", DAYS["self"])
    scores.return_("A", kind=Return.AGAIN)
    assert stands() == ("open", None)
    scores.machine.at(date(2025, 12, 16))
    scores.open("A")
    for role in SIGNERS["day-du"]:
        scores.sign("A", role)
    scores.submit("A")
    scores.check("A", "district")
    assert stands() == ("done", date(2025, 12, 16))


def test_a_card_given_back_stays_and_its_next_revision_starts_from_it(scores: Scores) -> None:
    scores.self_score("A")
    scores.return_("A")
    card = scores.open("A")
    assert (card.revision, card.state) == (2, "draft")
    scores.save("A", points={"9": "3"})
    assert [(one.revision, one.state) for one in scores.view("A").spot.cards] == [(1, "returned"), (2, "draft")]
    view = scores.view("A")
    with scores.machine.database.reading() as session:
        assert [(one.key, one.lower, one.upper) for one in between(session, TT01, *view.spot.cards)] == [
            ("9", 350, 300)
        ]


def test_a_draft_of_the_level_above_follows_the_new_revision_where_it_changed_nothing(scores: Scores) -> None:
    scores.self_score("A")
    scores.open("A", "district")
    scores.save("A", "district", {"13": "5"}, reasons={"13": REASON})
    scores.return_("A")
    scores.open("A")
    scores.save("A", points={"9": "3", "13": "5,5"})
    for role in SIGNERS["day-du"]:
        scores.sign("A", role)
    scores.submit("A")
    with pytest.raises(CardRefused, match="Điểm của cấp dưới đã thay đổi sau khi mở phiếu huyện"):
        scores.submit("A", "district")
    scores.open("A", "district")
    view = scores.view("A", "district")
    assert (view.rows["9"].hundredths, view.rows["13"].hundredths) == (300, 500)
    assert [(one.key, one.lower, one.upper) for one in view.differences] == [("13", 550, 500)]


def test_what_was_checked_is_not_given_back_behind_the_checkers_back(scores: Scores) -> None:
    scores.self_score("A")
    scores.check("A", "district")
    with pytest.raises(NotAllowed, match=r"Phiếu đã được kiểm tra xong \(huyện\)"):
        scores.return_("A")
    scores.return_("A", "district")
    assert scores.return_("A").state == "returned"


def test_points_changed_after_signing_need_new_signatures(scores: Scores) -> None:
    scores.open("A")
    scores.save("A", points=typed("A", "self"), facts=FACTS)
    for role in SIGNERS["day-du"]:
        scores.sign("A", role)
    assert scores.save("A", points={"5": "7"}).unsigned == ()
    assert scores.save("A", points={"5": "6"}).unsigned == SIGNERS["day-du"]
    assert scores.view("A").signed == ()


def test_an_estimate_and_the_final_figures_stand_beside_each_other_and_the_final_counts(scores: Scores) -> None:
    scores.baseline("A")
    estimate = Scores(scores.machine, stage="estimate")
    estimate.self_score("A")
    assert scores.results().rows[0].levels["self"].remarks == ("số liệu ước thực hiện", "chưa được cấp trên kiểm tra")
    scores.open("A")
    scores.save("A", points=typed("A", "self") | {"5": "6"}, facts=FACTS)
    for role in SIGNERS["day-du"]:
        scores.sign("A", role)
    scores.submit("A")
    assert (scores.results().rows[0].outcome.decisive.total, estimate.view("A").totals.total) == (8100, 8200)


def test_the_trial_score_shows_what_is_missing_while_it_can_still_be_closed(scores: Scores) -> None:
    trial = Scores(scores.machine.at(date(2025, 6, 27)), stage="trial")
    trial.baseline("C")
    trial.open("C")
    trial.save("C", points=typed("C", "self") | {"5": "6", "14": "3"}, facts=FACTS)
    trial.submit("C")
    row = trial.results(stages=("trial",)).rows[2]
    assert row.shortfall is not None
    assert row.shortfall.to_pass == 100
    assert [(one.number, one.end, one.start) for one in row.shortfall.below_start] == [(5, 600, 700), (14, 300, 350)]
    assert row.shortfall.room[5] == 200
    assert scores.results().rows[2].outcome.decisive.reason == "Chưa có điểm tự chấm"
    with scores.machine.database.reading() as session:
        assert occurrence_store.get_rows(session, [f"{CODE}/R.htx/{UNITS['C']}/2025"])[0].standing.state == "open"


# Who may


def visitor(scores: Scores, agency: str, strength: str = "code", leads: frozenset[int] = frozenset()) -> Visitor:
    """Somebody of this agency."""
    with scores.machine.database.reading() as session:
        number = agency_store.find_id(session, agency)
    assert number is not None
    return Visitor(
        1, strength, scores.machine.now, 1, "x", False, "Người Mẫu", number, agency, AgencyKind.DISTRICT, agency, agency,
        None, "", False, False, frozenset({"focal"}), leads, leads,
    )  # fmt: skip


def test_a_cooperative_fills_its_own_card_by_its_link_and_nobody_elses(scores: Scores) -> None:
    own = visitor(scores, UNITS["A"], "link")
    scores.open("A", visitor=own)
    assert scores.save("A", points={"5": "7"}, visitor=own).refused == ()
    other = visitor(scores, UNITS["B"])
    with pytest.raises(NotAllowed, match="không chấm phiếu tự chấm của HTX rau, hoa"):
        scores.open("A", visitor=other)
    with pytest.raises(NotFound):
        scores.view("A", visitor=other)
    with pytest.raises(NotAllowed):
        scores.open("A", "district", visitor=own)


def test_the_district_checks_its_own_cooperatives_with_a_code_and_enters_their_paper_for_them(scores: Scores) -> None:
    district = visitor(scores, "huyen-konplong")
    scores.open("A", visitor=district)
    scores.save("A", points=typed("A", "self"), facts=FACTS, visitor=district)
    assert scores.submit("A", visitor=district).on_behalf
    scores.machine.at(DAYS["district"])
    with pytest.raises(NotAllowed):
        scores.open("A", "district", visitor=visitor(scores, "huyen-konplong", "link"))
    with pytest.raises(NotAllowed):
        scores.open("A", "district", visitor=visitor(scores, "huyen-dakto"))
    assert scores.open("A", "district", visitor=district).level == "district"
    assert scores.return_("A", visitor=district).state == "returned"


def test_the_province_level_is_the_lead_agencys(scores: Scores) -> None:
    scores.self_score("A")
    scores.check("A", "district")
    with pytest.raises(NotAllowed):
        scores.open("A", "province", visitor=visitor(scores, "huyen-konplong"))
    lead = visitor(scores, "skhdt", leads=frozenset({1}))
    assert scores.open("A", "province", visitor=lead).level == "province"


def test_results_show_to_each_only_the_cooperatives_it_may_see(scores: Scores) -> None:
    scores.whole("A")

    def seen(agency: str, leads: frozenset[int] = frozenset()) -> list[str]:
        return [row.unit.code for row in scores.results(visitor=visitor(scores, agency, leads=leads)).rows]

    assert (seen(UNITS["A"]), seen("huyen-konplong"), seen("stc")) == ([UNITS["A"]], [UNITS["A"]], [])
    assert len(seen("skhdt", frozenset({1}))) == 5


# At once


def test_of_two_pages_that_save_the_same_version_the_second_is_told(scores: Scores) -> None:
    card = scores.open("A")
    scores.machine.at(DAYS["self"], time(9, 12))
    scores.save("A", points={"5": "7"}, version=card.version)
    with pytest.raises(TooLate, match="được lưu ở một trang khác lúc 09 giờ 12 ngày 15/12/2025; nội dung vừa"):
        scores.save("A", points={"5": "6", "6": "5"}, version=card.version)
    assert {key: row.hundredths for key, row in scores.view("A").rows.items()} == {"5": 700}


def open_and_save(url: str, points: str) -> str:
    """One of several at once: open the card and save points on the version it was opened on."""
    database = Database(url)
    when = When(DAYS["self"], datetime(2025, 12, 15, 2, 0, tzinfo=UTC), "system")
    place = CardPlace(CODE, UNITS["A"], "2025", "final", "self")
    try:
        with database.transaction("score-open") as session:
            card = scoring.open_card(session, place, TT01, None, when)
        with database.transaction("score-save") as session:
            scoring.save(session, place, Filled({"5": points}), None, when, version=card.version)
    except TooLate:
        return "told"
    finally:
        database.close()
    return "saved"


def test_of_several_that_open_and_save_at_once_one_is_kept_whole(scores: Scores) -> None:
    done = race(
        "tests.integration.test_scoring:open_and_save", *[[scores.machine.database.url, text] for text in "567"]
    )
    assert done.count("saved") >= 1
    view = scores.view("A")
    assert view.card is not None
    assert (len(view.spot.cards), view.version, view.rows["5"].hundredths in (500, 600, 700)) == (
        1, done.count("saved"), True,
    )  # fmt: skip


def test_a_check_and_a_return_at_once_do_not_both_happen(scores: Scores) -> None:
    scores.self_score("A")
    scores.machine.at(DAYS["district"])
    scores.open("A", "district")
    results = at_once(lambda: scores.submit("A", "district").state, lambda: scores.return_("A").state)
    states = {level: scores.view("A", level).card for level in ("self", "district")}
    kept = tuple(card.state for card in states.values() if card is not None)
    assert [isinstance(one, HtxError) for one in results].count(True) == 1
    assert kept in (("accepted", "submitted"), ("returned", "draft"))


def test_every_act_is_in_the_audit_with_ids_only(scores: Scores) -> None:
    scores.self_score("A")
    events = table("audit_event")
    with scores.machine.database.reading() as session:
        acts = [row.act for row in session.execute(select(events.c.act).order_by(events.c.seq))]
        text = " ".join(session.execute(select(events.c.detail)).scalars())
    assert [act for act in acts if act.startswith("score.")] == [
        "score.open", "score.save", "score.sign", "score.sign", "score.submit",
    ]  # fmt: skip
    assert "Người Mẫu" not in text
