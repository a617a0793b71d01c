"""What forms are fed with: small examples worked by hand, and the three cooperatives of the samples on three levels."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from htx_workflow.domain import (
    fed_classes,
    fed_money,
    fed_reports,
    fed_scores,
    fed_values,
    fed_work,
    form_values,
    ratings,
    report_extracts,
    scorecards,
)
from htx_workflow.domain.classifications import RatedUnit
from htx_workflow.domain.fed_classes import District
from htx_workflow.domain.fed_money import MoneyReport
from htx_workflow.domain.fed_reports import Raised, Told
from htx_workflow.domain.fed_scores import Listed
from htx_workflow.domain.fed_work import Sending, Work
from htx_workflow.domain.form_slots import Value, Values
from htx_workflow.domain.ratings import Facts, Rated
from tests.form_samples import context, real
from tests.scores import DISTRICT, PROVINCE, SAMPLES, TT01, rated
from tests.summaries import consolidation, line

MISSING = fed_values.MISSING
SECTORS = {"nong-nghiep": "Nông nghiệp", "phi-nong-nghiep": "Phi nông nghiệp"}


def rows(value: Value) -> list[dict[str, Any]]:
    assert isinstance(value, dict)
    found = value["rows"]
    assert isinstance(found, list)
    return found  # type: ignore[return-value]  # rows of a table


# Scores


def test_each_criterion_has_start_year_before_self_score_check_difference_and_reason():
    found = rows(fed_scores.by_criterion(consolidation(), DISTRICT))

    assert len(found) == 4 * 15
    assert {**found[8], "C4.2": found[8]["C4.2"][:2]} == {
        "C4.1": "Hợp tác xã mô phỏng A", "C4.2": "9.", "C4.3": "3", "C4.4": "3", "C4.5": "3.5", "C4.6": "3",
        "C4.7": "-0.5", "C4.8": "đối chiếu sổ sách",
    }  # fmt: skip
    assert {**found[0], "C4.1": "", "C4.2": ""} == {
        "C4.1": "", "C4.2": "", "C4.3": "5.5", "C4.4": "6", "C4.5": "6", "C4.6": "6", "C4.7": "0",
    }  # fmt: skip


def test_who_sent_nothing_has_no_points_and_says_so():
    last = rows(fed_scores.by_criterion(consolidation(), DISTRICT))[-1]

    assert [last[place] for place in ("C4.3", "C4.4", "C4.5", "C4.6")] == [MISSING] * 4
    assert (last["C4.8"], "C4.7" in last) == ("chưa nộp", False)


def test_the_districts_differences_are_laid_out_with_their_reasons():
    found = rows(fed_scores.reasons(consolidation(), DISTRICT))

    assert [(row["C5.1"], row["C5.2"]) for row in found] == [
        ("htx-a", "tc9"), ("htx-a", "tc13"), ("htx-b", "tc4"), ("htx-b", "tc6"), ("htx-c", "tc3"), ("htx-c", "tc5"),
        ("htx-c", "tc11"), ("htx-c", "tc14"),
    ]  # fmt: skip
    assert {row["C5.3"] for row in found} == {"đối chiếu sổ sách"}


def test_the_province_has_a_row_only_where_it_changed_something():
    assert fed_scores.of_province(consolidation(), PROVINCE) is None


@pytest.mark.parametrize(
    ("decisive", "expected"),
    [
        ("self", [("82", "Tốt", "Có", "Đạt"), ("86", "Tốt", "Có", "Đạt"), ("83", "Tốt", "Có", "Đạt")]),
        ("district", [("80.5", "Tốt", "Có", "Đạt"), ("85", "Tốt", "Có", "Đạt"), ("80.75", "Tốt", "Có", "Đạt")]),
        ("province", [("80", "Tốt", "Có", "Đạt"), ("84.5", "Tốt", "Có", "Chưa đạt"), ("79.75", "Khá", "Không", "Chưa đạt")]),
    ],
)  # fmt: skip
def test_results_stand_on_the_level_that_decides(decisive: str, expected: list[tuple[str, ...]]):
    made = consolidation(cooperatives=tuple(line(name, decisive) for name in "ABC"))
    found = rows(fed_scores.results(made))

    assert [(row["D4.4"], row["D4.6"], row["D4.7"], row["D4.9"]) for row in found] == expected


def test_a_result_says_start_change_criteria_why_and_the_other_levels():
    (found,) = rows(fed_scores.results(consolidation(cooperatives=(line("B", "province"),))))

    assert found == {
        "D4.1": "Hợp tác xã mô phỏng B", "D4.2": "79", "D4.3": "84.5", "D4.4": "84.5", "D4.5": "5.5", "D4.6": "Tốt",
        "D4.7": "Có", "D4.8": "2: 5,5/5; 4: 4/4,5; 10: 7/6; 13: 5/5", "D4.9": "Chưa đạt",
        "D4.10": "Tiêu chí 4 được 4 điểm, thấp hơn điểm ban đầu 4,5; tổng điểm 84,5 đã từ 80 trở lên",
        "D4.11": "điểm tự chấm 86 (đạt); điểm huyện kiểm tra 85 (đạt)",
    }  # fmt: skip


def test_who_has_no_card_is_not_zero_in_the_results():
    last = rows(fed_scores.results(consolidation()))[-1]

    assert [last[place] for place in ("D4.2", "D4.4", "D4.5")] == [MISSING] * 3
    assert (last["D4.7"], last["D4.8"], last["D4.9"]) == ("chưa có điểm", "chưa xác định", "Chưa đủ căn cứ")
    assert last["D4.11"] == "điểm huyện kiểm tra chưa gửi; điểm tỉnh kiểm tra chưa gửi"


def test_the_list_takes_points_and_what_is_known_of_each_cooperative():
    more = {"htx-a": Listed("6100123", "Xã Mẫu", sent_on=date(2025, 12, 15), in_time=True, signed=True)}
    found = rows(fed_scores.listed(consolidation(), TT01, more))

    assert found[0] == {
        "C3.1": "Hợp tác xã mô phỏng A", "C3.2": "6100123", "C3.3": "Xã Mẫu", "C3.5": "2025-12-15", "C3.6": "yes",
        "C3.7a": "24.5", "C3.7b": "25.5", "C3.7c": "32", "C3.8": "tot", "C3.9": "80", "C3.11": "yes",
    }  # fmt: skip
    assert found[3] == {"C3.1": "Hợp tác xã mô phỏng D", "C3.8": "chua-nop"}


def test_criteria_to_be_completed_come_with_locked_start_and_own_points():
    sample = SAMPLES["A"]
    own = scorecards.totals(TT01, sample.cards["self"]).criteria
    items = fed_scores.to_improve(TT01, sample.baseline, own)

    assert [(item.code, dict(item.given)) for item in items] == [
        ("tc1", {"B8.1": "5.5", "B8.2": "6"}), ("tc3", {"B8.1": "8", "B8.2": "9.5"}),
        ("tc9", {"B8.1": "3", "B8.2": "3.5"}), ("tc12", {"B8.1": "5.5", "B8.2": "6"}),
    ]  # fmt: skip


# Classes


def unit(code: str, kinds: dict[str, str], **facts: Any) -> RatedUnit:
    signatures = facts.pop("signatures", None)
    return RatedUnit(
        code, kinds, rated(SAMPLES["A"].cards["self"], facts=Facts(**facts), signatures=signatures)[1] if facts else None
    )  # fmt: skip


def test_every_cooperative_stands_in_one_column_and_the_columns_add_up():
    near = {"sector": "nong-nghiep"}
    units = [
        unit("a", near, months_operating=60, months_idle=0),
        unit("b", near, months_operating=11, months_idle=0),
        unit("c", near, months_operating=60, months_idle=4),
        unit("d", near, months_operating=60, months_idle=0, signatures=ratings.Signatures("day-du")),
        unit("e", {}),
    ]
    found = rows(fed_classes.rows("C2", TT01, units, SECTORS))

    assert found[0] == {
        "C2.1": "Chung", "C2.2": "Tổng số", "C2.3": "5", "C2.4": "1", "C2.5": "1", "C2.6": "0", "C2.7": "0",
        "C2.8": "0", "C2.9": "1", "C2.10": "1", "C2.10b": "1", "C2.11": "1", "C2.12": "100",
    }  # fmt: skip
    assert [(row["C2.2"], row["C2.3"]) for row in found if row["C2.1"] == "Lĩnh vực"] == [
        ("Nông nghiệp", "4"), ("Phi nông nghiệp", "0"), ("Chưa rõ", "1"),
    ]  # fmt: skip
    for row in found:
        parts = ("5", "6", "7", "8", "9", "10", "10b", "11")
        assert sum(int(row[f"C2.{place}"]) for place in parts) == int(row["C2.3"])


LISTED: Values = {
    "H6": "toan-bo",
    "C3": {
        "rows": [
            {"C3.1": "HTX mô phỏng A", "C3.2": "61", "C3.7a": "20", "C3.7b": "20", "C3.7c": "30"},
            {
                "C3.1": "HTX khác", "C3.2": "62", "C3.4": "phi-nong-nghiep", "C3.4b": "hon-hop", "C3.4c": "301",
                "C3.4d": 2_000_000_000, "C3.7a": "24", "C3.7b": "26", "C3.7c": "29.99",
            },
        ]
    },
}  # fmt: skip


def test_the_others_of_the_territory_are_classified_by_sector_kind_members_and_capital():
    (found,) = fed_classes.others(TT01, LISTED, {"htx mô phỏng A"})

    assert found.kinds == {
        "sector": "phi-nong-nghiep", "san-pham-dich-vu": "hon-hop", "members": "vua", "capital": "nho",
    }  # fmt: skip
    assert found.rating is not None
    assert (found.rating.total, found.rating.band and found.rating.band.code) == (7999, "kha")


def test_in_the_scope_of_the_scheme_no_other_cooperative_is_counted():
    assert fed_classes.others(TT01, {**LISTED, "H6": "de-an"}, {"htx mô phỏng A"}) == []


@pytest.mark.parametrize(
    ("row", "state", "band"),
    [
        ({"C3.7a": "30", "C3.7b": "20", "C3.7c": "30"}, Rated.RATED, "tot"),
        ({"C3.7a": "30", "C3.7b": "20", "C3.7c": "30", "C3.8": "yeu"}, Rated.RATED, "tot"),
        ({"C3.8": "trung-binh"}, Rated.RATED, "trung-binh"),
        ({"C3.7a": "30", "C3.7b": "20", "C3.7c": "30", "C3.11": "no"}, Rated.UNSIGNED, None),
        ({"C3.8": "chua-du-can-cu"}, Rated.UNSIGNED, None),
        ({"C3.7a": "30"}, Rated.INCOMPLETE, None),
        ({"C3.5": "2025-12-15"}, Rated.INCOMPLETE, None),
        ({"C3.8": "moi-thanh-lap", "C3.7a": "30"}, Rated.NOT_RATED, None),
        ({"C3.8": "ngung-hoat-dong"}, Rated.NOT_RATED, None),
        ({"C3.8": "chua-nop"}, None, None),
        ({}, None, None),
    ],
)
def test_a_row_of_the_list_amounts_to_one_thing(row: Values, state: Rated | None, band: str | None):
    found = fed_classes.rating(TT01, row)

    assert (found.state if found else None) == state
    assert (found.band.code if found and found.band else None) == band


def district(name: str, best: int, total: int, scope: str = "toan-bo") -> District:
    counts = {
        **dict.fromkeys(fed_classes.COUNTED, "0"),
        "3": str(total),
        "4": str(total - 1),
        "5": str(best),
        "11": "1",
    }
    row: Value = {"C2.1": "Chung", "C2.2": "Tổng số", **{f"C2.{place}": text for place, text in counts.items()}}
    return District(name, True, {"H6": scope, "C2": {"rows": [row]}})


def test_the_provinces_table_is_the_sum_of_the_districts_of_its_scope():
    found = [district("Huyện A", 2, 4), district("Huyện B", 1, 3), district("Huyện C", 9, 9, "de-an")]
    found += [District("Huyện D", False, None), District("Huyện E", True, None)]
    (row,) = rows(fed_classes.summed(found, "toan-bo"))

    assert (row["D2.3"], row["D2.4"], row["D2.5"], row["D2.11"], row["D2.12"]) == ("7", "5", "3", "2", "60")
    assert fed_classes.not_counted(found, "toan-bo") == (
        "Chưa gửi: Huyện D; đã gửi văn bản, chưa có số liệu: Huyện E; gửi theo phạm vi khác nên không cộng: Huyện C."
    )


# Money


def a4(**cells: Any) -> dict[str, Any]:
    own = {"source": "nsdp-huyen", "unit": "htx-a", "kind": "su-nghiep", "role": "bao-cao", "needed": None,
           "assigned": None, "paid": None} | cells  # fmt: skip
    places = {"source": "A4.2a", "unit": "A4.1a", "kind": "A4.2b", "role": "A4.2c", "needed": "A4.3",
              "assigned": "A4.4", "paid": "A4.6a"}  # fmt: skip
    return {places[name]: value for name, value in own.items() if value is not None}


def money(by: str, *found: dict[str, Any], year: int = 2025) -> MoneyReport:
    return MoneyReport(by, year, tuple(report_extracts.money_rows({"A4": {"rows": list(found)}})))


def test_money_has_a_sum_for_each_group_and_loans_are_in_no_total():
    found = rows(
        fed_money.by_source(
            [
                money(
                    "UBND huyện A",
                    a4(assigned=300, paid=150, needed=500),
                    a4(source="mtqg-ntm", unit="chung", assigned=200, paid=200),
                    a4(source="td-nhtm", assigned=5000, paid=5000),
                    a4(source="mtqg-ntm", kind="cho-vay", assigned=70, paid=70),
                ),
                money("UBND huyện A", a4(assigned=100), year=2024),
            ],
            {"nsdp-huyen": "Ngân sách huyện", "mtqg-ntm": "MTQG nông thôn mới", "td-nhtm": "Tín dụng thương mại"},
            {"htx-a": "HTX A", "chung": "Chung"},
        )
    )

    assert [
        (row["D7.1"], row.get("D7.2"), row.get("D7.4"), row["D7.5"], row["D7.6"], row["D7.7"], row.get("D7.8"))
        for row in found
    ] == [
        ("Ngân sách", "Ngân sách huyện", "2024", MISSING, 100, MISSING, None),
        ("Ngân sách", "Ngân sách huyện", "2025", 500, 300, 150, "50"),
        ("Cộng ngân sách", None, None, 500, 400, 150, "37.5"),
        ("Lồng ghép các chương trình", "MTQG nông thôn mới", "2025", MISSING, 200, 200, "100"),
        ("Cộng lồng ghép các chương trình", None, None, MISSING, 200, 200, "100"),
        ("Tín dụng", "MTQG nông thôn mới", "2025", MISSING, 70, 70, "100"),
        ("Tín dụng", "Tín dụng thương mại", "2025", MISSING, 5000, 5000, "100"),
        ("Cộng tín dụng (không cộng vào tổng)", None, None, MISSING, 5070, 5070, "100"),
        ("Tổng cộng, không gồm tín dụng", None, None, 500, 600, 350, "58.3"),
    ]


def test_what_another_agency_says_of_a_source_is_listed_and_not_added():
    found = rows(
        fed_money.by_source(
            [
                money("Sở A", a4(source="mtqg-ntm", assigned=2_000_000, paid=1_000_000)),
                money("UBND huyện B", a4(source="mtqg-ntm", role="doi-chieu", assigned=2_500_000, paid=1_000_000)),
                money("UBND huyện C", a4(source="ct-khac", role="doi-chieu", assigned=3_000_000)),
            ],
            {"mtqg-ntm": "MTQG nông thôn mới"},
            {"htx-a": "HTX A"},
        )
    )

    assert (found[0]["D7.6"], found[0]["D7.9"]) == (2_000_000, "UBND huyện B ghi kế hoạch giao 2,5 triệu đồng")
    assert (found[1]["D7.6"], found[1]["D7.9"]) == (
        MISSING, "UBND huyện C ghi kế hoạch giao 3 triệu đồng (cơ quan báo cáo nguồn này chưa ghi)",
    )  # fmt: skip
    assert [row["D7.6"] for row in found[2:]] == [2_000_000, 2_000_000]


def test_what_a_district_arranges_is_its_own_budget_and_programmes_apart():
    values: Values = {
        "A4": {"rows": [a4(assigned=300), a4(assigned=200), a4(source="mtqg-ntm", assigned=50), a4(kind="cho-vay", assigned=9)]}
    }  # fmt: skip

    assert fed_money.assigned(values, fed_money.DISTRICT) == 500
    assert fed_money.assigned(values, fed_money.PROGRAMMES) == 50
    assert fed_money.assigned({"A4": {"non": "not_arisen"}}, fed_money.DISTRICT) == 0
    assert fed_money.assigned({"A4": {"rows": [a4()]}}, fed_money.DISTRICT) == MISSING
    assert fed_money.assigned(None, fed_money.DISTRICT) == MISSING


# What agencies wrote


def a3(name: str, people: str | None, **cells: Any) -> dict[str, Any]:
    row = {"A3.1a": "2025-05-12", "A3.2": "tap-huan", "A3.3a": name, "A3.3b": "Hội trường huyện A", **cells}
    return row | ({"A3.5a": people} if people else {})


def test_a_class_that_two_agencies_list_is_counted_once_and_asked_about():
    told = [
        Told("Sở A", "F-A", {"A3": {"rows": [a3("Kế toán", "40"), a3("Quản trị", "30"), a3("Quản trị", "25")]}}),
        Told("UBND huyện B", "F-A", {"A3": {"rows": [a3("kế toán", "45"), a3("Chợ", None, **{"A3.2": "hoi-cho"})]}}),
    ]

    assert rows(fed_reports.activities(told, {"tap-huan": "Tập huấn", "hoi-cho": "Hội chợ"})) == [
        {
            "D9.1": "Tập huấn", "D9.2": "3", "D9.3": "100",
            "D9.4": "“kế toán” ngày 12/05/2025 tại Hội trường huyện A: Sở A (40 lượt người), UBND huyện B (45 lượt người)"
            " cùng ghi, tính một lần (45 lượt người)",
        },
        {"D9.1": "Hội chợ", "D9.2": "1", "D9.3": MISSING},
    ]  # fmt: skip


def test_support_items_stand_once_under_the_state_that_agencies_agree_on():
    def told(by: str, *states: tuple[str, str]) -> Told:
        return Told(by, "F-A", {"A7": {"rows": [{"_": item, "A7.2": state} for item, state in states]}})

    words = {"da-bo-tri": "Đã bố trí", "hoan-thanh": "Hoàn thành"}
    found = fed_reports.support_items(
        [told("a", ("1", "da-bo-tri"), ("2", "hoan-thanh")), told("b", ("1", "hoan-thanh"), ("2", "hoan-thanh"))], words
    )

    assert [(row["D8.1"], row["D8.2"]) for row in rows(found)] == [
        ("Đã bố trí", "0"), ("Hoàn thành", "1"), ("Các cơ quan ghi khác nhau", "1"),
    ]  # fmt: skip
    assert fed_reports.support_items([told("a")], words) is None


def test_a_difficulty_is_answered_or_waits_since_its_day():
    day = date(2025, 11, 3)
    found = fed_reports.difficulties(
        [
            Raised("HTX A", "difficulty", "raised", "thiếu vốn", "", day),
            Raised("HTX B", "difficulty", "granted", "thiếu đất", "giao huyện xem xét", day),
            Raised("Sở C", "proposal", "refused", "thêm biên chế", "", day),
        ]
    )

    assert rows(found) == [
        {"D10.1": "HTX A: thiếu vốn", "D10.4": "2025-11-03"},
        {"D10.1": "HTX B: thiếu đất", "D10.3": "Đã giải quyết: giao huyện xem xét"},
        {"D10.1": "Sở C đề xuất", "D10.2": "thêm biên chế", "D10.3": "Không đồng ý"},
    ]


MODEL: Value = {
    "rows": [{"R1.1": "Rau an toàn", "R1.2": "Huyện A", "R1.3": "3", "R1.4": 500_000_000, "R1.5": "UBND huyện A"}]
}  # fmt: skip


def test_proposals_for_spreading_come_with_their_sender():
    told = [Told("Liên minh", "F-NR", {"R1": MODEL}), Told("UBND huyện B", "F-C", {"C10c": "chữ " * 100})]
    first, second = rows(fed_reports.proposals(told))

    assert first == {
        "D12.1": "Rau an toàn", "D12.2": "Huyện A", "D12.3": "3", "D12.4": 500_000_000, "D12.5": "UBND huyện A",
        "D12.6": "Liên minh",
    }  # fmt: skip
    assert second["D12.6"] == "UBND huyện B"
    assert second["D12.1"].endswith("chữ …")
    assert len(second["D12.1"]) <= 300


def test_a_consolidation_reads_each_model_as_a_line_of_its_agency():
    values: Values = {"R1": MODEL, "R2": "Đề nghị tổng kết sớm"}

    assert [(one.key, one.text) for one in report_extracts.replication("F-NR", "p/lmhtx/F-NR/2025", "Liên minh", values)] == [
        (
            "p/lmhtx/F-NR/2025/R1/1",
            "Rau an toàn; địa bàn: Huyện A; 3 hợp tác xã; kinh phí 500 triệu đồng; cơ quan thực hiện: UBND huyện A",
        ),
        ("p/lmhtx/F-NR/2025/R2", "Đề nghị tổng kết sớm"),
    ]  # fmt: skip


# Work


def test_sending_names_who_is_missing():
    (found,) = rows(fed_work.sending([Sending("Báo cáo năm", 10, 7, 6, ("Sở A", "Sở B", "Sở C"))]))

    assert found == {
        "D1.1": "Báo cáo năm", "D1.2": "10", "D1.3": "6", "D1.4": "1", "D1.5": "3", "D1.6": "Sở A, Sở B, Sở C",
        "D1.7": "70",
    }  # fmt: skip


def test_agencies_are_added_up_and_cooperatives_stand_apart():
    boxes = {"done_on_time": 4, "done_late": 4, "open_in_time": 2, "open_overdue": 1, "expected": 3, "no_deadline": 5}
    original = {**boxes, "done_on_time": 3, "done_late": 5}
    work = [
        Work("Sở A", False, boxes, original),
        Work("Huyện B", False, {"done_on_time": 1}, {"done_on_time": 1}),
        Work("HTX C", True, {"open_in_time": 2}, {"open_in_time": 2}),
    ]
    found = rows(fed_work.of_agencies(work))

    assert found[0] == {
        "D6.1": "Sở A", "D6.2": "4", "D6.3": "4", "D6.4": "2", "D6.5": "1", "D6.6": "3", "D6.7": "5", "D6.8": "44.4",
        "D6.9": "33.3",
    }  # fmt: skip
    assert (found[2]["D6.1"], found[2]["D6.2"], found[2]["D6.8"]) == ("Cộng", "5", "50")
    assert rows(fed_work.of_cooperatives(work)) == [
        {"D6h.1": "HTX C", "D6h.2": "0", "D6h.3": "0", "D6h.4": "2", "D6h.5": "0"}
    ]


# Laid over what people typed

FED: Values = {"C3": {"rows": [{"C3.1": "HTX A", "C3.7a": "24"}, {"C3.1": "HTX B", "C3.8": "chua-nop"}]}}
TYPED: Values = {
    "C3": {"rows": [{"C3.1": "htx a", "C3.7a": "20", "C3.13": "ghi chú"}, {"C3.1": "HTX khác"}]},
    "C1a": "3",
}


def test_asked_for_figures_replace_figures_and_leave_what_people_wrote():
    after = fed_values.laid(TYPED, FED)

    assert after == {
        "C1a": "3",
        "C3": {
            "rows": [
                {"C3.1": "HTX A", "C3.7a": "24", "C3.13": "ghi chú"}, {"C3.1": "HTX khác"},
                {"C3.1": "HTX B", "C3.8": "chua-nop"},
            ]
        },
    }  # fmt: skip
    assert fed_values.laid(after, FED) == after
    assert list(fed_values.doubts(after, FED, {})) == []


def test_what_differs_from_the_system_is_said_and_stops_nothing():
    (found,) = fed_values.doubts(TYPED, FED, {"C3": "Danh sách hợp tác xã", "C3.7a": "Điểm nhóm I"})

    assert found.sentence == (
        "C3 Danh sách hợp tác xã: khác số liệu của hệ thống: “HTX A” khác ở Điểm nhóm I; chưa có dòng “HTX B”. "
        "Đề nghị xem lại, hoặc bấm “Lấy số liệu từ hệ thống”."
    )
    assert (found.level, found.stops, found.name) == ("warning", False, "C3")


# What a form reckons itself


@pytest.mark.parametrize(
    ("founded", "months"),
    [("2024-12-14", "12"), ("2024-12-15", "11"), ("2024-01-31", "22"), ("2020-12-14", "60")],
)
def test_months_since_the_founding_are_whole_months(founded: str, months: str):
    of, here = real("F-B"), context(agency="htx-a", kind="cooperative")

    assert form_values.computed(of, here, {"B1.1c": founded, "H3b": "2025-12-14"})["B1.9"] == months


def test_only_agencies_are_asked_for_the_letter_that_asked_for_the_report():
    asked = {
        code: "H4" in [one.key for one in form_values.completeness(real(code), context(kind=kind), {}).missing]
        for code, kind in {"F-A": "district", "F-B": "cooperative", "F-C": "district", "F-D": "department"}.items()
    }

    assert asked == {"F-A": True, "F-B": False, "F-C": True, "F-D": True}
