"""Forms fed from cards, money and work: the three samples through F-B, F-C and F-D, on both databases."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from htx_workflow.domain import form_values
from htx_workflow.domain.form_scope import rows_of
from htx_workflow.domain.form_slots import Values
from htx_workflow.domain.forms import Form
from htx_workflow.domain.plan import Plan
from htx_workflow.gateways import form_files
from htx_workflow.services import consolidations, report_drafts, work_pages
from htx_workflow.services.report_drafts import Draft
from tests.form_samples import filled
from tests.integration.test_work_pages import visitor
from tests.machine import Machine
from tests.scores import TT01
from tests.scoring import CODE, Scores

FORMS = Path(__file__).parents[2] / "config" / "forms"
MISSING = {"non": "no_data"}
HEAD: Values = {"H3a": "2024-12-15", "H3b": "2025-12-14", "H5": "chinh-thuc", "H6": "de-an"}


def form_of(code: str) -> Form:
    return form_files.form_of(FORMS, code)


class Desk:
    """One agency with its forms."""

    def __init__(self, machine: Machine, contact: str, key: str, form: str) -> None:
        self.machine, self.form = machine, form
        self.who = visitor(machine, contact)
        with machine.transaction() as session:
            row = work_pages.get_own(session, machine.row(f"{CODE}/{key}").id, self.who, machine.today)
            self.number = report_drafts.open_(session, row, form_of(form), machine.when(contact))

    def draft(self, section: str | None = None, who: Any = None) -> Draft:
        with self.machine.database.reading() as session:
            return report_drafts.get(
                session, self.number, who or self.who, form_of, self.machine.today, rubric_of=lambda _: TT01,
                section=section,
            )  # fmt: skip

    def given(self, key: str, section: str | None = None) -> list[dict[str, Any]]:
        return list(rows_of(self.draft(section).context.given.get(key)))

    def put(self, values: Values) -> Draft:
        with self.machine.transaction() as session:
            report_drafts.save_all(session, self.draft(), {**self.draft().values, **values}, self.machine.when())
        return self.draft()

    def send(self, values: Values) -> Draft:
        """Everything that must be filled filled, then sent."""
        draft = self.draft()
        self.put(filled(draft.form, draft.context, {**draft.values, **HEAD, **values}))
        machine, draft = self.machine, self.draft()
        assert [said.sentence for said in report_drafts.check(draft, machine.calendar, paper=False) if said.stops] == []
        with machine.transaction() as session:
            report_drafts.send(session, draft, machine.calendar, machine.when(), paper_due_on=machine.today)
        return self.draft()

    def take(self) -> Draft:
        with self.machine.transaction() as session:
            report_drafts.take_figures(session, self.draft(), self.machine.when())
        return self.draft()


@pytest.fixture
def scores(machine: Machine, kontum: Plan) -> Scores:
    return loaded(machine, kontum)


@pytest.fixture
def quick(sqlite_machine: Machine, kontum: Plan) -> Scores:
    return loaded(sqlite_machine, kontum)


def loaded(machine: Machine, kontum: Plan) -> Scores:
    machine.load(kontum, on=date(2024, 10, 23))
    machine.at(date(2025, 12, 15))
    return Scores(machine)


F_B: Values = {
    "B1.1a": "HTX mô phỏng A", "B1.1b": "6100123", "B1.2a": "Thôn Mẫu, xã Mẫu", "B1.1c": "2020-05-01",
    "B1.5b": "nong-nghiep", "B2.1a": "50", "B2.1b": "12", "B2.1c": "2", "B2.2a": "50", "B2.2b": "8", "B2.2c": "2",
    "B3.1a@thuc_hien": "3", "B3.1a@uoc": "3", "B2.6": 5_000_000,
}  # fmt: skip
A4: Values = {
    "A4": {
        "rows": [
            {
                "A4.1a": "htx-thanhnien", "A4.1b": "khac", "A4.1c": "Nhà kho", "A4.2a": source, "A4.2b": kind,
                "A4.2c": "bao-cao", "A4.4": amount, "A4.6a": amount, "A4.6b": amount,
            }
            for source, kind, amount in (
                ("nsdp-huyen", "su-nghiep", 400_000_000), ("mtqg-ntm", "dau-tu", 100_000_000),
                ("td-nhtm", "cho-vay", 900_000_000),
            )
        ]
    }
}  # fmt: skip


def test_the_samples_go_through_the_forms_of_the_cooperative_the_district_and_the_province(scores: Scores) -> None:
    machine = scores.machine
    scores.baseline("A")
    own = Desk(machine, "thanhnien-ke-toan", "R.htx/htx-thanhnien/2025", "F-B")
    assert [(item.code, dict(item.given)) for item in own.draft("").context.items["criteria"]] == [
        ("tc1", {"B8.1": "5.5", "B8.2": MISSING}), ("tc3", {"B8.1": "8", "B8.2": MISSING}),
        ("tc9", {"B8.1": "3", "B8.2": MISSING}), ("tc12", {"B8.1": "5.5", "B8.2": MISSING}),
    ]  # fmt: skip
    own.send(F_B)
    money = Desk(machine, "konplong-tckh", "R.agency/huyen-konplong/2025", "F-A")
    money.send(A4)
    for name in "ABC":
        scores.whole(name)

    district = Desk(machine.at(date(2025, 12, 18)), "konplong-tckh", "R.huyen/huyen-konplong/2025", "F-C")
    found = district.draft()
    assert rows_of_c3(found) == [
        {
            "C3.1": found.values["C3"]["rows"][0]["C3.1"], "C3.2": "6100123", "C3.3": "Thôn Mẫu, xã Mẫu",
            "C3.4": "nong-nghiep", "C3.4b": "hon-hop", "C3.4c": "60", "C3.4d": 2_500_000_000, "C3.5": "2025-12-15",
            "C3.6": "yes", "C3.7a": "24.5", "C3.7b": "25.5", "C3.7c": "32", "C3.8": "tot", "C3.11": "yes",
            "C3.12": "điểm huyện kiểm tra 80,5",
        }
    ]  # fmt: skip
    assert [(row["C5.2"], row["C5.3"]) for row in rows_of(found.values["C5"])] == [
        ("tc9", "đối chiếu sổ sách"), ("tc13", "đối chiếu sổ sách"),
    ]  # fmt: skip
    assert district.given("C2")[0] == {
        "C2.1": "Chung", "C2.2": "Tổng số", "C2.3": "1", "C2.4": "1", "C2.5": "1", "C2.6": "0", "C2.7": "0",
        "C2.8": "0", "C2.9": "0", "C2.10": "0", "C2.10b": "0", "C2.11": "0", "C2.12": "100",
    }  # fmt: skip
    assert [row["C4.7"] for row in district.given("C4")] == ["0"] * 8 + ["-0.5"] + ["0"] * 3 + ["-1"] + ["0"] * 2
    assert (found.context.given["C7a"], found.context.given["C7b"]) == (400_000_000, 100_000_000)
    sent = district.send({"C1a": "1", "C1b": "1", "C1c": "0", "C1d": "0", "C1e": "0"})
    assert sent.values["C10c"] == "Nội dung"

    province = Desk(machine.at(date(2025, 12, 22)), "skhdt-dau-moi", "R.tinh/skhdt/2025", "F-D")
    of_province(province, scores)


def rows_of_c3(draft: Draft) -> list[dict[str, Any]]:
    return list(rows_of(draft.values["C3"]))


def of_province(province: Desk, scores: Scores) -> None:
    """What the province's form says of the year."""
    province.put({"H6": "de-an"})
    sending = {row["D1.1"]: row for row in province.given("D1", "D1")}
    own = sending["Bảng tự chấm điểm và báo cáo tình hình hoạt động của hợp tác xã"]
    assert (own["D1.2"], own["D1.3"], own["D1.4"], own["D1.5"], own["D1.7"]) == ("5", "3", "0", "2", "60")
    assert own["D1.6"].count(",") == 1
    given = province.draft("D1").context.given
    assert [row["D2.3"] for row in rows_of(given["D2"]) if row["D2.1"] == "Chung"] == ["1"]
    assert str(given["D2n"]).startswith("Chưa gửi: ")
    assert str(given["D2n"]).count("UBND huyện") == 4

    results = province.draft("D3")
    rows = {row["D4.1"]: row for row in rows_of(results.context.given["D4"])}
    assert sorted((row["D4.4"], row["D4.9"]) for row in rows.values() if row["D4.4"] != MISSING) == [
        ("82", "Đạt"), ("83", "Đạt"), ("86", "Đạt"),
    ]  # fmt: skip
    assert [row["D4.9"] for row in rows.values() if row["D4.4"] == MISSING] == ["Chưa đủ căn cứ"] * 2
    assert results.context.given["D5"] == "3"
    assert form_values.computed(results.form, results.context, results.values)["D5b"] == "60"
    assert "điểm tự chấm" in str(results.context.given["D4n"])
    assert [(row["D3.1"], row["D3.2"], row["D3.3"]) for row in rows_of(results.prefill["D3"])] == [
        ("htx-thanhnien", "tc3", "9"), ("htx-rangdong", "tc4", "4"), ("htx-saunhung", "tc3", "8.5"),
        ("htx-saunhung", "tc11", "6.5"),
    ]  # fmt: skip

    work = province.draft("D6").context.given
    assert {row["D6.1"] for row in rows_of(work["D6"])} >= {"Cộng", "Sở KH&ĐT"}
    assert len(list(rows_of(work["D6h"]))) == 5
    assert [(row["D7.1"], row["D7.6"]) for row in province.given("D7", "D7")] == [
        ("Ngân sách", 400_000_000), ("Cộng ngân sách", 400_000_000), ("Lồng ghép các chương trình", 100_000_000),
        ("Cộng lồng ghép các chương trình", 100_000_000), ("Tín dụng", 900_000_000),
        ("Cộng tín dụng (không cộng vào tổng)", 900_000_000), ("Tổng cộng, không gồm tín dụng", 500_000_000),
    ]  # fmt: skip
    last = province.draft("D11")
    assert [(row["D12.1"], row["D12.6"]) for row in rows_of(last.prefill["D12"])] == [
        ("Nội dung", "UBND huyện Kon Plông")
    ]
    assert last.context.given["D14"] == "Chưa lập bản tổng hợp."
    scores.consolidate()
    scores.baseline("B", {"1": "5"}, {1})
    scores.consolidate()
    assert str(province.draft("D11").context.given["D14"]).endswith(
        "so với bản số 01: kết quả của 01 hợp tác xã thay đổi."
    )


def test_what_was_sent_stays_as_it_was_for_who_reads_it(quick: Scores) -> None:
    machine = quick.machine
    quick.whole("A")
    district = Desk(machine.at(date(2025, 12, 18)), "konplong-tckh", "R.huyen/huyen-konplong/2025", "F-C")
    district.send({"C1a": "1", "C1b": "1", "C1c": "0", "C1d": "0", "C1e": "0"})
    before = district.given("C4")
    quick.baseline("A", {"1": "1"}, {1})
    assert district.given("C4") == before
    officer = visitor(machine, "skhdt-dau-moi")
    assert list(rows_of(district.draft(None, officer).context.given["C4"])) == before


def test_a_draft_begun_early_says_what_has_come_since_and_takes_it_when_asked(quick: Scores) -> None:
    machine = quick.machine
    district = Desk(machine, "konplong-tckh", "R.huyen/huyen-konplong/2025", "F-C")
    begun = district.put({"C3": {"rows": [*rows_of_c3(district.draft()), {"C3.1": "HTX khác"}]}})
    assert [row["C3.8"] for row in rows_of_c3(begun) if "C3.8" in row] == ["chua-nop"]
    assert begun.doubts == ()
    quick.whole("A")
    machine.at(date(2025, 12, 18))
    (doubt, _) = district.draft().doubts
    assert "Điểm nhóm I" in doubt.what
    assert [row.get("C3.7a") for row in rows_of_c3(district.take())] == ["24.5", None]
    assert district.draft().doubts == ()


def test_all_cooperatives_of_the_territory_enter_the_tables_and_never_the_target(quick: Scores) -> None:
    machine = quick.machine
    quick.whole("A")
    district = Desk(machine.at(date(2025, 12, 18)), "konplong-tckh", "R.huyen/huyen-konplong/2025", "F-C")
    others: list[Any] = [
        {
            "C3.1": f"HTX khác {number}", "C3.2": f"KH{number}", "C3.3": "Xã Mẫu", "C3.4": "phi-nong-nghiep",
            "C3.4c": "301", "C3.4d": 6_000_000_000, "C3.7a": "20", "C3.7b": "20", "C3.7c": "30",
        }
        for number in range(3)
    ]  # fmt: skip
    whole: Values = {"H6": "toan-bo", "C3": {"rows": [*rows_of_c3(district.draft()), *others]}}
    counts: Values = {"C1a": "4", "C1b": "4", "C1c": "0", "C1d": "0", "C1e": "0"}
    district.send({**whole, **counts})
    province = Desk(machine.at(date(2025, 12, 22)), "skhdt-dau-moi", "R.tinh/skhdt/2025", "F-D")
    province.put({"H6": "toan-bo"})
    table = {(row["D2.1"], row["D2.2"]): row for row in province.given("D2", "D1")}
    assert {axis: (row["D2.3"], row["D2.5"], row["D2.6"]) for axis, row in table.items() if row["D2.3"] != "0"} == {
        ("Chung", "Tổng số"): ("4", "1", "3"),
        ("Lĩnh vực", "Nông nghiệp"): ("1", "1", "0"),
        ("Lĩnh vực", "Phi nông nghiệp"): ("3", "0", "3"),
        ("Phân loại theo sản phẩm, dịch vụ cung ứng cho thành viên", "Hỗn hợp"): ("1", "1", "0"),
        ("Phân loại theo sản phẩm, dịch vụ cung ứng cho thành viên", "Chưa rõ"): ("3", "0", "3"),
        ("Quy mô thành viên", "Nhỏ"): ("1", "1", "0"),
        ("Quy mô thành viên", "Vừa"): ("3", "0", "3"),
        ("Quy mô tổng nguồn vốn", "Nhỏ"): ("1", "1", "0"),
        ("Quy mô tổng nguồn vốn", "Vừa"): ("3", "0", "3"),
    }
    assert province.draft("D3").context.given["D5"] == "1"
    province.put({"H6": "de-an"})
    assert province.given("D2", "D1") == []


def test_a_report_of_an_agency_is_sent_once_everything_is_filled(quick: Scores) -> None:
    desk = Desk(quick.machine, "konplong-tckh", "R.agency/huyen-konplong/2025", "F-A")
    assert {item.code for item in desk.draft("").context.items["duties"]} >= {"V.7.1", "V.7.6"}
    sent = desk.send({})
    assert (sent.report.sent_no, sent.open) == (1, False)
    assert quick.machine.row(f"{CODE}/R.agency/huyen-konplong/2025").standing.state == "submitted"


def test_a_proposal_for_spreading_is_a_small_form_that_the_consolidation_reads(quick: Scores) -> None:
    machine = quick.machine
    machine.at(date(2025, 12, 22))
    union = Desk(machine, "lmhtx-dau-moi", "V.6.6/lmhtx/2025", "F-NR")
    model = {"R1.1": "Rau an toàn", "R1.2": "Kon Plông", "R1.3": "2", "R1.4": 500_000_000, "R1.5": "UBND huyện"}
    union.send({"R1": {"rows": [model]}})
    machine.verify(f"{CODE}/V.6.6/lmhtx/2025")
    with machine.database.reading() as session:
        made = consolidations.compute(session, CODE, "2025", TT01, machine.today, machine.when())
    assert [(one.by, one.text.partition(";")[0]) for one in made.replication] == [
        ("Liên minh Hợp tác xã tỉnh Kon Tum", "Rau an toàn"),
    ]  # fmt: skip
    province = Desk(machine, "skhdt-dau-moi", "V.1.1b/skhdt/2025", "F-D")
    (row,) = rows_of(province.draft().values["D12"])
    assert (row["D12.1"], row["D12.3"], row["D12.4"]) == ("Rau an toàn", "2", 500_000_000)
    assert (row["D12.5"], row["D12.6"]) == ("UBND huyện", "Liên minh HTX tỉnh")
