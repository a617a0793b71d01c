"""Makes the Word frames of templates/documents: letterheads, styles and places of Nghị định 30/2020/NĐ-CP.

    .venv/bin/python scripts/make_documents.py

Offices may edit the files in Word: fonts, margins, fixed words. What stands in {{ }} and {% %} is filled in; the
paragraph [[NOI DUNG]] is where the body goes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, Twips

FOLDER = Path(__file__).resolve().parents[1] / "templates" / "documents"
FACE = "Times New Roman"
BODY_MARK = "[[NOI DUNG]]"


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    _letter().save(str(FOLDER / "cong-van.docx"))
    _named().save(str(FOLDER / "bao-cao.docx"))
    _form().save(str(FOLDER / "bieu-mau.docx"))


def _letter() -> Any:
    """Mẫu 1.5: công văn."""
    document = _blank()
    head = _table(document, 3852, 5402, 3)
    _agency(head.cell(0, 0))
    _nation(head.cell(0, 1), 12, 13, 860)
    _line(head.cell(1, 0), "{{ number_line }}", 13)
    _line(head.cell(1, 1), "{{ place_line }}", 13, italic=True)
    _line(head.cell(2, 0), "V/v {{ subject }}", 12, before=6)
    _addressees(document, 1982, 2552)
    _body(document)
    _foot(document, 3852, 5402)
    return document


def _named() -> Any:
    """Mẫu 1.4: báo cáo, tờ trình, kế hoạch and other named types."""
    document = _titled()
    _addressees(document, 1982, 2552)
    _body(document)
    _foot(document, 3852, 5402)
    return document


def _form() -> Any:
    """Bảng, biên bản: several people sign at the end of the body; no Nơi nhận."""
    document = _titled()
    _body(document)
    return document


def _titled() -> Any:
    """The head of a paper whose type and subject stand in the middle."""
    document = _blank()
    head = _table(document, 3829, 5500, 2)
    _agency(head.cell(0, 0))
    _nation(head.cell(0, 1), 12, 13, 900)
    _line(head.cell(1, 0), "{{ number_line }}", 13)
    _line(head.cell(1, 1), "{{ place_line }}", 13, italic=True)
    _paragraph(document, "{{ kind }}", 14, bold=True, align=ALIGN.CENTER, before=18)
    _paragraph(document, "{{ subject }}", 14, bold=True, align=ALIGN.CENTER)
    _rule(document.add_paragraph(), 3200, 3200)
    return document


def _blank() -> Any:
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Twips(11906), Twips(16838)
    section.left_margin, section.right_margin = Twips(1701), Twips(1134)
    section.top_margin, section.bottom_margin = Twips(1134), Twips(1134)
    section.header_distance, section.footer_distance = Twips(567), Twips(400)
    section.different_first_page_header_footer = True
    _page_number(section.header.paragraphs[0])
    normal = document.styles["Normal"]
    _font(normal, 14)
    normal.paragraph_format.space_after = normal.paragraph_format.space_before = Pt(0)
    _style(document, "HTX Noi dung", 14, first=567, before=6, align=ALIGN.JUSTIFY)
    _style(document, "HTX Muc", 14, bold=True, first=567, before=8, keep=True)
    _style(document, "HTX Khoan", 14, bold=True, first=567, before=6, keep=True, align=ALIGN.JUSTIFY)
    _style(document, "HTX Phu luc", 14, bold=True, align=ALIGN.CENTER, keep=True)
    _style(document, "HTX O bang", 12, before=2, after=2)
    _style(document, "HTX Dau bang", 12, bold=True, before=2, after=2, align=ALIGN.CENTER)
    _style(document, "HTX Don vi tinh", 12, italic=True, before=6, align=ALIGN.RIGHT, keep=True)
    _style(document, "HTX Ghi chu", 12, italic=True, before=3)
    return document


def _style(
    document: Any, name: str, size: int, *, bold: bool = False, italic: bool = False, first: int = 0, before: int = 0,
    after: int = 0, align: Any = None, keep: bool = False,
) -> None:  # fmt: skip
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    _font(style, size)
    style.font.bold, style.font.italic = bold, italic
    form = style.paragraph_format
    form.space_before, form.space_after, form.alignment, form.keep_with_next = Pt(before), Pt(after), align, keep
    form.first_line_indent = Twips(first) if first else None


def _font(style: Any, size: int) -> None:
    style.font.name, style.font.size = FACE, Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(name), FACE)


def _table(document: Any, left: int, right: int, rows: int) -> Any:
    table = document.add_table(rows, 2)
    table.autofit = False
    indent = OxmlElement("w:tblInd")
    indent.set(qn("w:w"), str((9071 - left - right) // 2))
    indent.set(qn("w:type"), "dxa")
    table._tbl.tblPr.append(indent)
    for column, width in zip(table.columns, (left, right), strict=True):
        column.width = Twips(width)
        for cell in column.cells:
            cell.width = Twips(width)
    return table


def _agency(cell: Any) -> None:
    cell.paragraphs[0].text = "{%p if parent %}"
    _line(cell, "{{ parent }}", 12, more=True)
    _line(cell, "{%p endif %}", 12, more=True)
    _line(cell, "{%p for line in names %}", 12, more=True)
    _line(cell, "{{ line }}", 12, bold=True, more=True)
    _line(cell, "{%p endfor %}", 12, more=True)
    _rule(cell.add_paragraph(), 1150, 1150)


def _nation(cell: Any, upper: int, lower: int, indent: int) -> None:
    _line(cell, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", upper, bold=True)
    _line(cell, "Độc lập - Tự do - Hạnh phúc", lower, bold=True, more=True)
    _rule(cell.add_paragraph(), indent, indent)


def _line(
    cell: Any, text: str, size: int, *, bold: bool = False, italic: bool = False, more: bool = False, before: int = 0
) -> None:
    paragraph = cell.add_paragraph() if more else cell.paragraphs[0]
    _write(paragraph, text, size, bold=bold, italic=italic, align=ALIGN.CENTER, before=before)


def _paragraph(
    document: Any, text: str, size: int, *, bold: bool = False, italic: bool = False, align: Any = None, before: int = 0,
    left: int = 0, first: int = 0,
) -> Any:  # fmt: skip
    return _write(document.add_paragraph(), text, size, bold, italic, align, before, left, first)


def _write(
    paragraph: Any, text: str, size: int, bold: bool = False, italic: bool = False, align: Any = None, before: int = 0,
    left: int = 0, first: int = 0,
) -> Any:  # fmt: skip
    run = paragraph.add_run(text)
    run.font.name, run.font.size, run.bold, run.italic = FACE, Pt(size), bold, italic
    form = paragraph.paragraph_format
    form.alignment, form.space_before = align, Pt(before)
    form.left_indent = Twips(left) if left else None
    form.first_line_indent = Twips(first) if first else None
    return paragraph


def _rule(paragraph: Any, left: int, right: int) -> None:
    """A line between indents: Word and LibreOffice draw it alike."""
    form = paragraph.paragraph_format
    form.left_indent, form.right_indent, form.line_spacing = Twips(left), Twips(right), Pt(4)
    form.space_before = form.space_after = Pt(0)
    borders, top = OxmlElement("w:pBdr"), OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )
    run = paragraph.add_run("")
    run.font.size = Pt(2)


def _addressees(document: Any, first: int, left: int) -> None:
    _paragraph(document, "{%p if to|length == 1 %}", 14)
    _paragraph(document, "Kính gửi: {{ to[0] }}.", 14, align=ALIGN.CENTER, before=18)
    _paragraph(document, "{%p endif %}", 14)
    _paragraph(document, "{%p if to|length > 1 %}", 14)
    _paragraph(document, "Kính gửi:", 14, before=18, first=first)
    _paragraph(document, "{%p for one in to %}", 14)
    _paragraph(document, "- {{ one }}{{ '.' if loop.last else ';' }}", 14, left=left)
    _paragraph(document, "{%p endfor %}", 14)
    _paragraph(document, "{%p endif %}", 14)
    _paragraph(document, "", 8)


def _body(document: Any) -> None:
    document.add_paragraph(BODY_MARK, style="HTX Noi dung")
    _paragraph(document, "", 8)


def _foot(document: Any, left: int, right: int) -> None:
    table = _table(document, left, right, 1)
    receivers, signer = table.cell(0, 0), table.cell(0, 1)
    _write(receivers.paragraphs[0], "Nơi nhận:", 12, bold=True, italic=True)
    for text in ("{%p for one in receivers %}", "- {{ one }}{{ '.' if loop.last else ';' }}", "{%p endfor %}"):
        _write(receivers.add_paragraph(), text, 11)
    signer.paragraphs[0].text = "{%p for line in signer %}"
    _line(signer, "{{ line }}", 14, bold=True, more=True)
    _line(signer, "{%p endfor %}", 14, more=True)
    for _ in range(4):
        _write(signer.add_paragraph(), "", 14)
    _line(signer, "{{ signer_name }}", 14, bold=True, more=True)
    row = table.rows[0]._tr.get_or_add_trPr()
    row.append(OxmlElement("w:cantSplit"))


def _page_number(paragraph: Any) -> None:
    """Centred in the top margin; the first page shows none."""
    paragraph.alignment = ALIGN.CENTER
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()
        run.font.name, run.font.size = FACE, Pt(13)
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.set(qn("xml:space"), "preserve")
            mark.text = text
        run._r.append(mark)


if __name__ == "__main__":
    main()
