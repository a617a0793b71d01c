"""Documents of a consolidation, opened again and compared with it cell by cell."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from docx import Document
from openpyxl import load_workbook

from htx_workflow.domain import (
    card_papers,
    figures,
    papers,
    summary_charts,
    summary_facts,
    summary_lists,
    summary_tables,
)
from htx_workflow.domain.card_facts import CardFacts
from htx_workflow.domain.card_papers import Inspection, Place, SelfScore, Signed
from htx_workflow.domain.errors import NotFound
from htx_workflow.domain.figures import Column, Table
from htx_workflow.domain.papers import Paper
from htx_workflow.domain.pictures import Chart
from htx_workflow.domain.plan import AgencyKind
from htx_workflow.gateways import office_charts, workbooks
from htx_workflow.gateways.word import Word
from htx_workflow.services import documents
from htx_workflow.web import charts
from tests import summaries
from tests.scores import SAMPLES, TT01

WORD = Word(Path(__file__).parents[2] / "templates" / "documents")
MADE, FRAME = summaries.consolidation(), summaries.frame()
UNIT = papers.letterhead("Hợp tác xã mô phỏng A", AgencyKind.COOPERATIVE, "", "", "Mẫu")


def opened(kind: str, unit: str = "", made: Any = MADE, **frame: Any) -> Any:
    written = documents.write(made, summaries.frame(**frame), kind, WORD, unit)
    return Document(io.BytesIO(written.body))


def texts(document: Any) -> list[str]:
    return [paragraph.text.replace("\u00a0", " ") for paragraph in document.paragraphs if paragraph.text.strip()]


def cells(table: Any) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def tables_like(document: Any, table: Table) -> list[list[list[str]]]:
    """Tables of the document with the same heads."""
    heads = [figures.head(column, table.unit) for column in table.columns]
    return [found for one in document.tables if (found := cells(one))[0] == heads]


def column(table: Table, label: str) -> list[Any]:
    place = [one.label for one in table.columns].index(label)
    return [row[place] for row in table.rows]


# The tables


def test_the_four_boxes_stand_by_agency_with_cooperatives_apart_and_sums_of_their_own():
    agencies, cooperatives = summary_tables.matrix(MADE)
    assert [row[1:7] for row in agencies.rows] == [
        ("Sở A", 4, 4, 2, 1, 11), ("UBND huyện A", 9, 0, 1, 0, 10), ("Cộng", 13, 4, 3, 1, 21),
    ]  # fmt: skip
    rates = [figures.text(agencies.columns[7], value) for value in column(agencies, "Tỷ lệ đúng hạn")]
    assert rates == ["44,4", "100,0", "72,2"]  # 13 of the 18 that have come due
    assert [row[1] for row in cooperatives.rows] == ["HTX mô phỏng A"]


def test_a_result_shows_the_start_each_level_and_why_and_who_sent_nothing_by_words():
    table = summary_tables.results(MADE, FRAME)
    shown = [[figures.text(one, value) for one, value in zip(table.columns, row, strict=True)] for row in table.rows]
    assert shown[2][1:10] == [
        "Hợp tác xã mô phỏng C", "UBND huyện A", "70", "79,75", "83", "80,75", "79,75", "13", "Tốt",
    ]  # fmt: skip
    assert shown[2][11:] == ["Đạt", "Tổng điểm 83; cả 04 tiêu chí cần hoàn thiện không thấp hơn ban đầu"]
    assert shown[3][3:] == [
        "chưa có", "chưa có", "chưa nộp", "chưa gửi", "chưa gửi", "", "Chưa xếp loại", "chưa xác định", "Chưa đủ căn cứ",
        "Chưa có điểm tự chấm",
    ]  # fmt: skip


def test_points_are_never_rounded_over_a_band():
    line = summaries.line("C", "province")
    table = summary_tables.results(summaries.consolidation(cooperatives=(line,)), FRAME)
    total = next(place for place, one in enumerate(table.columns) if one.label.endswith("(quyết định)"))
    assert (figures.text(table.columns[total], table.rows[0][total]), column(table, "Xếp loại")) == ("79,75", ["Khá"])


def test_money_is_added_by_source_loans_stay_apart_and_what_is_not_known_is_not_added():
    table = summary_lists.money(MADE, FRAME)
    shown = [
        [figures.text(one, value) for one, value in zip(table.columns, row, strict=True)][1:] for row in table.rows
    ]
    assert shown == [
        ["Ngân sách tỉnh", "Hợp tác xã mô phỏng A", "2025", "1.250", "900", "850,5", "94,5"],
        ["Ngân sách tỉnh", "Hợp tác xã mô phỏng B", "2025", "400", "chưa có", "chưa có", ""],
        ["Cộng ngân sách tỉnh", "", "", "1.650", "900", "850,5", "94,5"],
        ["Tín dụng thương mại", "Hợp tác xã mô phỏng A", "2025", "chưa có", "2.000", "2.000", "100,0"],
        ["Tổng cộng (không gồm tín dụng)", "", "", "1.650", "900", "850,5", "94,5"],
    ]  # fmt: skip


# Word


def test_the_final_report_says_what_the_consolidation_says():
    document = opened("bao-cao-tong-ket")
    said = texts(document)
    assert said[:3] == ["BÁO CÁO", "Tổng kết thực hiện Kế hoạch số 01/KH-UBND", "Kính gửi: Ủy ban nhân dân tỉnh Mẫu."]
    assert any("03/04 hợp tác xã đạt mục tiêu của Kế hoạch (tổng điểm từ 80 trở lên" in text for text in said)
    assert any(
        text.startswith("Còn 01 cơ quan, đơn vị, hợp tác xã chưa gửi đủ số liệu (Phụ lục VIII)") for text in said
    )
    assert [text for text in said if text.endswith("./.")] == [
        "Trên đây là báo cáo tổng kết thực hiện Kế hoạch, Sở Mẫu kính báo cáo Ủy ban nhân dân tỉnh Mẫu xem xét, chỉ đạo./."
    ]
    assert [text for text in said if text.startswith("Phụ lục")] == [
        f"Phụ lục {numeral}" for numeral in ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")
    ]


def test_every_annex_holds_the_cells_of_its_table():
    document = opened("bao-cao-tong-ket")
    for table in summary_lists.every(MADE, FRAME):
        if table.name in ("Từng tiêu chí", "Chênh lệch các cấp"):
            continue  # in a paper by cooperative: the next test
        expected = [
            [figures.text(one, value) for one, value in zip(table.columns, row, strict=True)] for row in table.rows
        ]
        assert expected in [found[1:] for found in tables_like(document, table)], table.name


def test_each_cooperative_has_its_criteria_its_differences_and_its_conclusion():
    document = opened("bao-cao-tong-ket")
    first = summary_tables.of_cooperative(MADE, MADE.cooperatives[0])
    found = tables_like(document, first)
    assert len(found) == 3
    assert found[1][4] == ["4", "Trích lập các Quỹ của hợp tác xã", "6", "x", "4,5", "4", "5", "4,5", "4", "0,5"]
    assert found[1][-1] == ["", "Tổng điểm", "", "", "79", "84,5", "86", "85", "84,5", "7"]
    differing = tables_like(document, summary_tables.differences(MADE, MADE.cooperatives[1]))
    assert differing[1][1:] == [
        ["1", "Điểm huyện kiểm tra", "Tiêu chí 4, điểm a)", "2", "1,5", "đối chiếu sổ sách"],
        ["2", "Điểm huyện kiểm tra", "Tiêu chí 6", "5,5", "5", "đối chiếu sổ sách"],
    ]
    otherwise = "Theo điểm tỉnh kiểm tra 84,5: chưa đạt."
    assert f"Kết luận: {MADE.cooperatives[1].why} {otherwise}" in texts(document)


def test_the_yearly_report_names_its_year_and_leaves_number_day_and_signer_open():
    document = opened("bao-cao-nam")
    head = [cell for row in cells(document.tables[0]) for cell in row]
    assert texts(document)[1] == "Kết quả thực hiện Kế hoạch số 01/KH-UBND năm 2025"
    assert head[0].split("\n")[:2] == ["UBND TỈNH MẪU", "SỞ MẪU"]
    assert [cell.replace("\u00a0", " ") for cell in head[2:]] == [
        "Số:      /BC-SM",
        "Mẫu, ngày      tháng      năm 2026",
    ]
    signed = next(row for table in document.tables for row in cells(table) if row[0].startswith("Nơi nhận:"))
    assert signed[0].split("\n") == [
        "Nơi nhận:", "- Như trên;", "- Các cơ quan, đơn vị thực hiện Kế hoạch;", "- Lưu: VT.",
    ]  # fmt: skip
    assert signed[1].split() == ["GIÁM", "ĐỐC"]


def test_the_submission_has_the_draft_plan_with_the_models_that_passed_and_the_proposals():
    document = opened("to-trinh")
    assert texts(document)[:2] == [
        "TỜ TRÌNH", "Về việc phê duyệt Phương án nhân rộng mô hình hợp tác xã kiểu mới hiệu quả giai đoạn 2026 - 2030",
    ]  # fmt: skip
    plan = next(found for table in document.tables if (found := cells(table))[0][1].startswith("Mô hình"))
    assert [row[1] for row in plan[1:]] == [
        "Hợp tác xã mô phỏng A", "Hợp tác xã mô phỏng B", "Hợp tác xã mô phỏng C", "", "", "",
    ]  # fmt: skip
    assert tables_like(document, summary_lists.replication(MADE))[0][1:] == [
        ["1", "Ủy ban nhân dân huyện A", "Nhân rộng mô hình tại 02 xã"]
    ]


def test_a_notice_tells_one_cooperative_its_result_and_goes_to_who_checks_it():
    document = opened("thong-bao", "htx-b")
    assert texts(document)[:2] == ["THÔNG BÁO", "Kết quả đánh giá Hợp tác xã mô phỏng B năm 2025"]
    levels = next(found for table in document.tables if (found := cells(table))[0][0] == "Cấp chấm điểm")
    assert levels[1:] == [
        ["Điểm tự chấm (quyết định)", "27", "27,5", "31,5", "86", "Tốt", "Đạt"],
        ["Điểm huyện kiểm tra", "26,5", "27", "31,5", "85", "Tốt", "Đạt"],
        ["Điểm tỉnh kiểm tra", "26", "27", "31,5", "84,5", "Tốt", "Chưa đạt"],
    ]
    with pytest.raises(NotFound, match="htx-x"):
        opened("thong-bao", "htx-x")


def test_who_sent_nothing_gets_a_notice_without_points():
    document = opened("thong-bao", "htx-d")
    levels = next(found for table in document.tables if (found := cells(table))[0][0] == "Cấp chấm điểm")
    assert [row[1:] for row in levels[1:]] == [
        ["chưa nộp", "Chưa xếp loại", "Chưa đủ căn cứ"], ["chưa gửi", "Chưa xếp loại", "Chưa đủ căn cứ"],
        ["chưa gửi", "Chưa xếp loại", "Chưa đủ căn cứ"],
    ]  # fmt: skip
    assert "Chưa đủ căn cứ vì chưa có điểm tự chấm." in texts(document)


def test_a_simulation_is_in_the_name_of_every_file_and_on_every_page():
    written = documents.write(MADE, summaries.frame(simulation=True), "bao-cao-nam", WORD)
    assert written.name == "MOPHONG_bao-cao-nam_tinh-mau_2025_so-02.docx"
    for section in Document(io.BytesIO(written.body)).sections:
        assert papers.SIMULATION in section.header.paragraphs[0].text


# Charts


def drawn(document: Any) -> list[tuple[str, str]]:
    """Title and alternative text of each chart."""
    found = document.element.body.iter("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr")
    return [(one.get("title"), one.get("descr")) for one in found]


def test_charts_of_a_report_carry_their_numbers_in_words():
    titles = [title for title, _ in drawn(opened("bao-cao-tong-ket"))]
    assert titles == [
        "Tình hình thực hiện nhiệm vụ theo cơ quan (số việc)", "Tổng điểm của từng hợp tác xã so với điểm ban đầu",
        *(f"Điểm từng tiêu chí của Hợp tác xã mô phỏng {name}" for name in "ABC"),
    ]  # fmt: skip
    alt = dict(drawn(opened("bao-cao-tong-ket")))["Tổng điểm của từng hợp tác xã so với điểm ban đầu"]
    assert alt.startswith(
        "Tổng điểm của từng hợp tác xã so với điểm ban đầu. Hợp tác xã mô phỏng A: điểm ban đầu 76,5, điểm năm 2025 82;"
    )
    assert alt.endswith("Hợp tác xã mô phỏng D: điểm ban đầu chưa có, điểm năm 2025 chưa có.")


def test_a_chart_in_word_holds_the_values_and_a_workbook_to_edit_them():
    parts = {str(part.partname): part for part in opened("bao-cao-nam").part.package.iter_parts()}
    chart = ElementTree.fromstring(parts["/word/charts/chart2.xml"].blob)
    space = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
    series = [[float(point.text or "") for point in one.iter(f"{space}v")] for one in chart.iter(f"{space}val")]
    assert series == [[76.5, 79, 70], [82, 86, 83]]
    book = load_workbook(io.BytesIO(parts["/word/embeddings/bieu-do-2.xlsx"].blob))
    assert [list(row) for row in book.worksheets[0].values][1] == ["Hợp tác xã mô phỏng A", 76.5, 82]


@pytest.mark.parametrize(
    "chart", [summary_charts.timeliness(MADE), summary_charts.criteria(MADE, MADE.cooperatives[0])]
)
def test_the_same_chart_is_drawn_for_pages_with_its_words(chart: Chart | None):
    assert chart is not None
    svg = ElementTree.fromstring(charts.of(chart))
    desc = next(one for one in svg.iter("desc"))
    assert desc.text == chart.alt


def test_there_is_no_chart_of_nothing():
    nobody = summaries.consolidation(cooperatives=(summaries.silent(),), matrix=())
    assert summary_charts.timeliness(nobody) is None
    assert summary_charts.totals(nobody, [None]) is None
    assert summary_charts.criteria(nobody, nobody.cooperatives[0]) is None


# Excel


@pytest.fixture(scope="module")
def book() -> Any:
    return load_workbook(io.BytesIO(documents.write(MADE, FRAME, "bang-tinh", WORD).body))


def test_every_table_has_a_sheet_with_typed_cells_equal_to_the_consolidation(book: Any):
    tables = summary_lists.every(MADE, FRAME)
    assert book.sheetnames == ["Thông tin", *(table.name for table in tables), "Biểu đồ"]
    for table in tables:
        page = book[table.name]
        assert [cell.value for cell in page[2]] == [figures.head(one) for one in table.columns]
        for number, row in enumerate(table.rows, 3):
            for place, (one, value) in enumerate(zip(table.columns, row, strict=True), 1):
                held = figures.held(one, value)
                found = page.cell(number, place).value
                assert found == (
                    None
                    if held == ""
                    else pytest.approx(float(held))
                    if one.numeric and not isinstance(held, str)
                    else held
                )


def test_heads_are_frozen_and_repeated_and_print_areas_set(book: Any):
    page = book["Kết quả HTX"]
    assert (page.freeze_panes, page.print_title_rows, page.page_setup.orientation) == ("C3", "$2:$2", "landscape")
    assert page.print_area == f"'Kết quả HTX'!$A$1:${'M'}$8"
    assert page["D3"].number_format == "0.00"


def test_text_that_looks_like_a_formula_stays_text_and_spoils_no_other_cell(book: Any):
    page = book["Khó khăn, đề xuất"]
    cell = page["C3"]
    assert (cell.value, cell.data_type, cell.quotePrefix, page["B3"].quotePrefix) == (
        "=Thiếu quỹ đất. Đề xuất: giao đất", "s", True, False,
    )  # fmt: skip


def test_every_kind_of_cell_is_held_as_what_it_is():
    columns = (
        Column("Lời"), Column("Số", "count"), Column("Điểm", "points"), Column("Tiền", "money"),
        Column("Tỷ lệ", "percent"), Column("Ngày", "day"),
    )  # fmt: skip
    rows = (
        ("<r><t>giả</t></r>", 12, 8450, 850_500_001, Decimal("44.4"), date(2025, 12, 29)),
        (" dòng 1\ndòng 2 & <b>\x07", "chưa có", "chưa đủ", "", None, ""),
        ("Cộng", 0, 0, 0, Decimal(0), "+84"),
    )  # fmt: skip
    body = workbooks.write("Mẫu", [], [Table("Mẫu", "Mẫu", columns, rows, sums=frozenset({2}))], [], simulation=True)
    page = load_workbook(io.BytesIO(body))["Mẫu"]
    assert page["F4"].value.date() == date(2025, 12, 29)
    assert [[cell.value for cell in row[:5]] for row in page.iter_rows(min_row=4)] == [
        ["<r><t>giả</t></r>", 12, 84.5, 850.500001, 44.4],
        [" dòng 1\ndòng 2 & <b>", "chưa có", "chưa đủ", None, None],
        ["Cộng", 0, 0, 0, 0],
    ]
    assert [cell.number_format for cell in page[4]] == ["@", "#,##0", "0.00", "#,##0.######", "0.0", "DD/MM/YYYY"]
    assert [(cell.alignment.horizontal, cell.font.b) for cell in (page["B4"], page["B5"], page["B6"])] == [
        ("right", False), ("center", False), ("right", True),
    ]  # fmt: skip
    assert (page["A1"].value, page["F6"].value, page["F6"].quotePrefix) == (papers.SIMULATION, "+84", True)


def test_charts_of_the_workbook_stand_over_their_numbers_and_carry_them():
    body = documents.write(MADE, FRAME, "bang-tinh", WORD).body
    space = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        names = sorted(name for name in archive.namelist() if name.startswith("xl/charts/chart"))
        drawn = [ElementTree.fromstring(archive.read(name)) for name in names]
    page = load_workbook(io.BytesIO(body))["Biểu đồ"]
    assert len(drawn) == len(summary_facts.charts(MADE)) == 5
    for chart, one in zip(drawn, summary_facts.charts(MADE), strict=True):
        series = list(chart.iter(f"{space}ser"))
        for number, series_of in enumerate(series):
            values = series_of.find(f"{space}val/{space}numRef")
            assert values is not None
            cells_of = page[(values.findtext(f"{space}f") or "").partition("!")[2].replace("$", "")]
            held = [office_charts.held(one, bar.values[number]) for bar in one.bars]
            cached = {
                int(point.get("idx", "")): float(point.findtext(f"{space}v") or "")
                for point in values.iter(f"{space}pt")
            }
            assert [cell.value for (cell,) in cells_of] == held
            assert cached == {place: value for place, value in enumerate(held) if value is not None}


def test_money_is_held_in_the_unit_of_its_heading():
    column = Column("Giải ngân", "money")
    assert (figures.head(column), figures.held(column, 850_500_001)) == (
        "Giải ngân (triệu đồng)",
        Decimal("850.500001"),
    )


# Papers of one cooperative


def a_card(**changes: Any) -> SelfScore:
    points = SAMPLES["A"].cards["self"]
    data: dict[str, Any] = {
        "rubric": TT01,
        "unit": UNIT,
        "year": 2025,
        "places": {key: Place(value, "Báo cáo tài chính" if key == "1a" else "") for key, value in points.items()},
        "facts": CardFacts(governance="day-du", members=60, capital=2_500_000_000, kind="hon-hop"),
        "rating": "Tốt",
        "signers": (Signed("Chủ tịch Hội đồng quản trị", "Người Mẫu"), Signed("Trưởng Ban kiểm soát")),
    }
    return SelfScore(**{**data, **changes})


def lines(paper: Paper) -> tuple[list[str], Any]:
    document = Document(io.BytesIO(WORD.write(paper)))
    return texts(document), document


def test_a_self_score_has_every_place_its_sums_and_both_signatures():
    said, document = lines(card_papers.self_score(a_card()))
    rows = cells(document.tables[1])
    assert rows[1:4] == [
        ["I", "Nhóm tiêu chí về tài chính", "30", "24,5", "", ""],
        ["1", "Vốn của hợp tác xã", "7", "6", "", ""],
        ["", "a) Tổng nguồn vốn bình quân của hợp tác xã", "6", "5", "Báo cáo tài chính", ""],
    ]
    assert rows[-1] == ["", "Tổng điểm", "100", "82", "", ""]
    assert "Quy mô thành viên: ☐ Siêu nhỏ   ☒ Nhỏ   ☐ Vừa   ☐ Lớn" in said
    signatures = [cell.split("\n")[0::6] for cell in cells(document.tables[2])[0]]
    assert signatures == [["CHỦ TỊCH HỘI ĐỒNG QUẢN TRỊ", "Người Mẫu"], ["TRƯỞNG BAN KIỂM SOÁT", ""]]


def test_a_blank_form_has_room_for_both_kinds_of_governance_and_no_points():
    blank = a_card(places={}, facts=CardFacts(), rating="", signers=())
    _, document = lines(card_papers.self_score(blank))
    assert {row[3] for row in cells(document.tables[1])[1:]} == {""}
    assert [cell.split("\n")[0] for cell in cells(document.tables[2])[0]] == [
        "CHỦ TỊCH HỘI ĐỒNG QUẢN TRỊ / GIÁM ĐỐC", "TRƯỞNG BAN KIỂM SOÁT / KIỂM SOÁT VIÊN",
    ]  # fmt: skip


def test_a_place_left_out_of_a_filled_card_is_not_a_zero():
    places = {"5": Place(700)}
    _, document = lines(card_papers.self_score(a_card(places=places)))
    rows = {row[0]: row for row in cells(document.tables[1]) if row[0]}
    assert (rows["5"][3], rows["6"][3], rows["II"][3]) == ("7", "chưa chấm", "chưa đủ (1/5 tiêu chí)")


def test_a_record_of_a_visit_shows_the_own_points_beside_room_for_what_was_found():
    paper = card_papers.record(Inspection(summaries.HEAD, "Kế hoạch số 01/KH-UBND", a_card()))
    said, document = lines(paper)
    assert said[:2] == ["BIÊN BẢN LÀM VIỆC", "Kiểm tra kết quả tự chấm điểm năm 2025 của Hợp tác xã mô phỏng A"]
    rows = next(cells(table) for table in document.tables if len(table.columns) == 6)
    assert rows[0] == ["TT", "Tiêu chí", "Tối đa", "Tự chấm", "Qua kiểm tra", "Lý do, minh chứng"]
    assert rows[1] == ["1", "Vốn của hợp tác xã", "7", "6", "", ""]
