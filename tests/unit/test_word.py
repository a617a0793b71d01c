"""Papers as Word, opened again: the frame of Nghị định 30, the blanks, annexes, tables, the mark of a simulation."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.shared import Mm

from htx_workflow.domain import form_papers, papers
from htx_workflow.domain.errors import BadConfig
from htx_workflow.domain.papers import Annex, Grid, Heading, Letterhead, Paper, Paragraph, Signature, Signatures
from htx_workflow.domain.plan import AgencyKind
from htx_workflow.gateways.word import Word
from tests import form_samples

WORD = Word(Path(__file__).parents[2] / "templates" / "documents")
HEAD = papers.letterhead("Sở Mẫu", AgencyKind.DEPARTMENT, "Ủy ban nhân dân tỉnh Mẫu", "SM", "Mẫu")


def a_paper(**changes: Any) -> Paper:
    """A letter to one office, of a day and number that nobody knows."""
    whole = Paper(
        letterhead=HEAD,
        subject="đề nghị gửi báo cáo",
        blocks=papers.ended([Paragraph("Đề nghị Quý cơ quan gửi báo cáo.")]),
        symbol=HEAD.symbol(),
        to=("Sở Khác",),
        receivers=("Như trên", "Lưu: VT"),
        year=2025,
    )
    return replace(whole, **changes)


def opened(paper: Paper) -> Any:
    return Document(io.BytesIO(WORD.write(paper)))


def lines_of(document: Any) -> list[str]:
    """Paragraphs and cells that say something, hard spaces made plain."""
    cells = [p.text for table in document.tables for row in table.rows for cell in row.cells for p in cell.paragraphs]
    texts = [*(paragraph.text for paragraph in document.paragraphs), *cells]
    return [text.replace("\u00a0", " ") for text in texts if text.strip()]


def test_a_letter_has_the_parts_of_the_decree_and_blanks_for_what_is_not_known() -> None:
    lines = lines_of(opened(a_paper()))
    assert lines == [
        "Kính gửi: Sở Khác.",
        "Đề nghị Quý cơ quan gửi báo cáo./.",
        "UBND TỈNH MẪU",
        "SỞ MẪU",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Số:      /SM",
        "Mẫu, ngày      tháng      năm 2025",
        "V/v đề nghị gửi báo cáo",
        "Nơi nhận:",
        "- Như trên;",
        "- Lưu: VT.",
        "GIÁM ĐỐC",
    ]


def test_several_addressees_stand_on_lines_of_their_own() -> None:
    lines = lines_of(opened(a_paper(to=("Sở A", "Sở B"))))
    assert lines[:3] == ["Kính gửi:", "- Sở A;", "- Sở B."]


def test_a_report_has_its_type_and_a_known_day_is_written_out() -> None:
    paper = a_paper(kind="BÁO CÁO", symbol=HEAD.symbol("BC"), subject="Kết quả năm 2025", on=date(2026, 1, 5))
    lines = lines_of(opened(paper))
    assert lines[:2] == ["BÁO CÁO", "Kết quả năm 2025"]
    assert "Số:      /BC-SM" in lines
    assert "Mẫu, ngày 05 tháng 01 năm 2026" in lines


def test_the_page_is_a4_with_the_margins_of_the_decree() -> None:
    section = opened(a_paper()).sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert Mm(30) <= section.left_margin <= Mm(35)
    assert Mm(15) <= section.right_margin <= Mm(20.1)
    assert Mm(20) <= section.top_margin <= Mm(25)
    assert section.different_first_page_header_footer


def test_signs_of_the_template_language_in_a_text_stay_text() -> None:
    text = "Kết quả {{ 7 * 7 }} & <b>tốt</b>"
    lines = lines_of(opened(a_paper(subject=text, blocks=(Paragraph(text),))))
    assert (f"V/v {text}" in lines, text in lines) == (True, True)


def test_a_table_repeats_its_head_and_has_rows_to_fill_in() -> None:
    grid = Grid(("TT", "Họ và tên"), (("1", "A Thút"),), (0.5, 3), blank_rows=2)
    table = opened(a_paper(blocks=(Heading("1. Đầu mối", 2), grid))).tables[1]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["TT", "Họ và tên"], ["1", "A Thút"], ["", ""], ["", ""],
    ]  # fmt: skip
    assert "tblHeader" in table.rows[0]._tr.xml


def test_annexes_are_numbered_and_may_lie_across() -> None:
    annexes = (Annex("Danh sách", (Paragraph("một"),), landscape=True), Annex("Biểu", (Paragraph("hai"),)))
    document = opened(a_paper(annexes=annexes))
    turns = [section.orientation for section in document.sections]
    assert turns == [WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE, WD_ORIENT.PORTRAIT]
    lines = lines_of(document)
    assert ("Phụ lục I" in lines, "Phụ lục II" in lines, "DANH SÁCH" in lines) == (True, True, True)


def test_a_simulation_is_marked_on_every_page_and_a_real_paper_is_not() -> None:
    section = opened(a_paper(simulation=True)).sections[0]
    marked = [header.paragraphs[0].text for header in (section.header, section.first_page_header)]
    assert marked == [papers.SIMULATION, papers.SIMULATION]
    real = opened(a_paper()).sections[0]
    assert papers.SIMULATION not in real.header._element.xml + real.first_page_header._element.xml


def test_a_frame_that_is_gone_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match=r"scripts/make_documents\.py"):
        Word(tmp_path).write(a_paper())


@pytest.mark.parametrize(
    ("name", "kind", "parent", "head"),
    [
        ("Sở Mẫu", AgencyKind.DEPARTMENT, "Ủy ban nhân dân tỉnh Mẫu", ("UBND TỈNH MẪU", ("SỞ MẪU",), ("GIÁM ĐỐC",))),
        (
            "Ủy ban nhân dân huyện Đăk Tô", AgencyKind.DISTRICT, "Ủy ban nhân dân tỉnh Mẫu",
            ("", ("ỦY BAN NHÂN DÂN", "HUYỆN ĐĂK TÔ"), ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")),
        ),
        (
            "Ngân hàng Nhà nước Việt Nam chi nhánh tỉnh Mẫu", AgencyKind.BANK, "",
            ("NGÂN HÀNG NHÀ NƯỚC VIỆT NAM", ("CHI NHÁNH TỈNH MẪU",), ("GIÁM ĐỐC",)),
        ),
        ("Hợp tác xã A", AgencyKind.COOPERATIVE, "", ("", ("HỢP TÁC XÃ A",), ("ĐẠI DIỆN HỢP TÁC XÃ",))),
    ],
)  # fmt: skip
def test_each_kind_of_agency_has_its_letterhead(name: str, kind: AgencyKind, parent: str, head: Any) -> None:
    found = papers.letterhead(name, kind, parent, "", "")
    assert (found.parent, found.names, found.signer) == head


def own_report(code: str, values: Mapping[str, Any], signers: tuple[str, ...] = ()) -> Paper:
    head = Letterhead("UBND huyện A", "", ("ỦY BAN NHÂN DÂN", "HUYỆN A"), "UBND", "A", ("TM. UBND", "CHỦ TỊCH"))
    form, context = form_samples.real(code), form_samples.context()
    return form_papers.own_report(
        form, context, dict(values), head, to=("Sở Mẫu",), basis="Kế hoạch", signers=signers, simulation=False
    )


def test_a_holders_own_report_says_what_was_typed_on_its_letterhead() -> None:
    values = {"A2.3#V.7.1": "Đã tuyên truyền tại 05 xã.", "N2a": "Trần Văn Mẫu", "N2b": "kt"}
    lines = lines_of(opened(own_report("F-A", values)))
    assert "Kết quả chính: Đã tuyên truyền tại 05 xã." in lines
    assert lines[0:2] == ["BÁO CÁO", "Kết quả thực hiện Kế hoạch năm 2025"]
    assert ("HUYỆN A" in lines, "KT. CHỦ TỊCH" in lines, "Trần Văn Mẫu" in lines) == (True, True, True)


def test_a_number_and_day_that_are_known_stand_in_the_report() -> None:
    paper = own_report("F-A", {"N3": {"number": "145/BC-UBND", "dated": "2025-12-18"}})
    assert (paper.number_line, paper.place_line) == ("Số: 145/BC-UBND", "A, ngày 18 tháng 12 năm 2025")


def test_both_organs_of_a_cooperative_sign_its_report_side_by_side() -> None:
    titles = ("Chủ tịch Hội đồng quản trị", "Trưởng Ban kiểm soát")
    paper = own_report("F-B", {"NB.1": "Trần Văn Mẫu"}, titles)
    assert paper.blocks[-1] == Signatures(
        (Signature("CHỦ TỊCH HỘI ĐỒNG QUẢN TRỊ", "Trần Văn Mẫu"), Signature("TRƯỞNG BAN KIỂM SOÁT"))
    )
    lines = lines_of(opened(paper))
    assert [line for line in lines if line.startswith("Kính gửi")] == ["Kính gửi: Sở Mẫu."]
    assert ("Người ký thứ nhất: Trần Văn Mẫu" in lines, "CHỦ TỊCH" in lines) == (False, False)


@pytest.mark.parametrize("code", ["F-A", "F-B", "F-C", "F-D"])
def test_every_form_becomes_a_paper_also_when_empty(code: str) -> None:
    lines = lines_of(opened(own_report(code, {})))
    assert not [line for line in lines if "{" in line or "[[" in line or "None" in line]
