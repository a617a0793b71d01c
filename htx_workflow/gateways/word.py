"""Word (văn bản): a paper as a .docx file, from the frames of templates/documents that offices may edit.

The frame holds letterhead, addressees and signature; the body is put in at its mark with the frame's own styles, so
that a font changed in the frame changes the whole paper. No arithmetic here: values come as text.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2
from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Pt, RGBColor, Twips
from docx.text.paragraph import Paragraph as WordParagraph
from docxtpl import DocxTemplate

from htx_workflow.domain import papers
from htx_workflow.domain.errors import BadConfig, Problem
from htx_workflow.domain.papers import Annex, Block, Grid, Heading, Paper, Paragraph, Picture, Signatures
from htx_workflow.gateways import word_charts, word_tables

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MARK = "[[NOI DUNG]]"
RED = RGBColor(0xC0, 0x00, 0x00)
BODY, MUC, KHOAN = "HTX Noi dung", "HTX Muc", "HTX Khoan"
CELL, HEAD, UNIT, NOTE, ANNEX = "HTX O bang", "HTX Dau bang", "HTX Don vi tinh", "HTX Ghi chu", "HTX Phu luc"
PORTRAIT, LANDSCAPE = 9071, 14003
"""Twips between the margins."""
WIDEST = 11000
"""Of a chart."""
_WATERMARK = (
    '<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"><w:pict>'
    '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800"'
    ' path="m@7,l@8,m@5,21600l@6,21600e"><v:path textpathok="t"/><v:textpath on="t" fitshape="t"/></v:shapetype>'
    '<v:shape id="{id}" type="#_x0000_t136" style="position:absolute;margin-left:0;margin-top:0;width:470pt;height:34pt;'
    "rotation:315;z-index:-251658752;mso-position-horizontal:center;mso-position-horizontal-relative:margin;"
    'mso-position-vertical:center;mso-position-vertical-relative:margin" fillcolor="#c8c8c8" stroked="f">'
    '<v:textpath style="font-family:&quot;Times New Roman&quot;;font-weight:bold" string="{text}"/></v:shape>'
    "</w:pict></w:r>"
)


class Word:
    """The frames of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, paper: Paper) -> bytes:
        """The paper as a file. Raises BadConfig for a frame that is missing or damaged."""
        frame = "bieu-mau" if paper.form else "bao-cao" if paper.kind else "cong-van"
        document = self._frame(frame, _values(paper))
        place = _mark_of(document)
        if place is None:
            raise BadConfig([self._problem(frame, f"Không còn dòng {MARK}, nơi đặt nội dung.")])
        _put_blocks(document, paper.blocks, place, PORTRAIT)
        _keep_end(place)
        place._p.getparent().remove(place._p)
        for number, annex in enumerate(paper.annexes, 1):
            _put_annex(document, annex, papers.annex_number(number, len(paper.annexes)), paper)
        if paper.simulation:
            _mark_simulation(document)
        _describe(document, paper)
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()

    def _frame(self, name: str, values: dict[str, Any]) -> DocumentObject:
        """The frame filled in, opened anew: what the template library leaves open is not all there."""
        path = self._folder / f"{name}.docx"
        try:
            template = DocxTemplate(str(path))
            template.render(values, autoescape=True)
        except (PackageNotFoundError, OSError, KeyError, ValueError) as error:
            raise BadConfig([self._problem(name, "Không mở được tệp khung văn bản.")]) from error
        except jinja2.TemplateError as error:
            raise BadConfig([self._problem(name, f"Chỗ điền không đúng ({error}).")]) from error
        filled = io.BytesIO()
        template.save(filled)
        return Document(filled)

    def _problem(self, name: str, what: str) -> Problem:
        remedy = "Đề nghị khôi phục tệp, hoặc tạo lại bằng: python scripts/make_documents.py"
        return Problem(f"templates/documents/{name}.docx", None, "khung văn bản", what, remedy)


def _values(paper: Paper) -> dict[str, Any]:
    head = paper.letterhead
    return {
        "parent": head.parent,
        "names": head.names,
        "number_line": paper.number_line,
        "place_line": paper.place_line,
        "subject": paper.subject,
        "kind": paper.kind,
        "to": paper.to,
        "receivers": paper.receivers,
        "signer": head.signer,
        "signer_name": head.signer_name,
    }


def _mark_of(document: DocumentObject) -> WordParagraph | None:
    return next((each for each in document.paragraphs if each.text.strip() == MARK), None)


def _keep_end(place: WordParagraph) -> None:
    """The last words stay with the signature: no page bears a signature alone."""
    for one in (place._p.getprevious(), place._p.getnext()):
        if one is not None and one.tag == qn("w:p"):
            WordParagraph(one, place._parent).paragraph_format.keep_with_next = True


# Blocks


def _put_blocks(document: DocumentObject, blocks: Sequence[Block], before: WordParagraph, width: int) -> None:
    """The blocks, in front of a paragraph."""
    for block in blocks:
        if isinstance(block, Heading):
            before.insert_paragraph_before(block.text, style=MUC if block.level == 1 else KHOAN)
        elif isinstance(block, Paragraph):
            _put_paragraph(block, before)
        elif isinstance(block, Picture):
            _put_picture(document, block, before, width)
        elif isinstance(block, Signatures):
            _put_signatures(document, block, before, width)
        else:
            _put_grid(document, block, before, width)


def _put_paragraph(block: Paragraph, before: WordParagraph) -> None:
    for number, line in enumerate(block.text.split("\n") or [""]):
        paragraph = before.insert_paragraph_before("", style=BODY)
        if block.label and not number:
            paragraph.add_run(f"{block.label}: ").bold = True
        paragraph.add_run(line).italic = block.italic or None


def _put_picture(document: DocumentObject, block: Picture, before: WordParagraph, width: int) -> None:
    paragraph = before.insert_paragraph_before("", style=CELL)
    paragraph.alignment = ALIGN.CENTER
    word_charts.put(document, paragraph, block.chart, min(width, WIDEST))


def _put_signatures(document: DocumentObject, block: Signatures, before: WordParagraph, width: int) -> None:
    """Titles beside each other, room for a signature under each, then the names."""
    above = before._p.getprevious()
    if above is not None and above.tag == qn("w:p"):
        WordParagraph(above, before._parent).paragraph_format.keep_with_next = True
    before.insert_paragraph_before("", style=NOTE).paragraph_format.keep_with_next = True
    table = document.add_table(1, len(block.places))
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for cell, place in zip(table.rows[0].cells, block.places, strict=True):
        cell.width = Twips(width // len(block.places))
        title, note = cell.paragraphs[0], cell.add_paragraph()
        run = title.add_run(place.title)
        run.bold, run.font.size = True, Pt(13)
        note.add_run(place.note).italic = True
        lines = [title, note, *(cell.add_paragraph() for _ in range(4)), cell.add_paragraph()]
        lines[-1].add_run(place.name).bold = True
        for line in lines:
            line.alignment, line.paragraph_format.keep_with_next = ALIGN.CENTER, True
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    before._p.addprevious(table._tbl)


def _put_grid(document: DocumentObject, block: Grid, before: WordParagraph, width: int) -> None:
    if block.unit:
        before.insert_paragraph_before(f"ĐVT: {block.unit}", style=UNIT)
    else:
        before.insert_paragraph_before("", style=NOTE).paragraph_format.line_spacing = Pt(6)
    outer, head, plain = (document.styles[name].style_id for name in ("Table Grid", HEAD, CELL))
    before._p.addprevious(word_tables.table(block, width, outer, head, plain))
    if block.note:
        before.insert_paragraph_before(block.note, style=NOTE)


# Annexes


def _put_annex(document: DocumentObject, annex: Annex, number: str, paper: Paper) -> None:
    section = document.add_section(WD_SECTION.NEW_PAGE)
    _shrink(document.paragraphs[-1])
    _turn(section, landscape=annex.landscape)
    _count_anew(section)
    document.add_paragraph(number, style=ANNEX)
    document.add_paragraph(annex.title.upper(), style=ANNEX)
    origin = document.add_paragraph("", style=ANNEX)
    kind = paper.kind.capitalize() or "Công văn"
    year = paper.year or (paper.on.year if paper.on else papers.GAP)
    run = origin.add_run(
        f"(Kèm theo {kind} số{papers.GAP}/{paper.symbol} ngày{papers.GAP}tháng{papers.GAP}năm {year}"
        f" của {paper.letterhead.name})"
    )
    run.bold, run.italic = False, True
    end = document.add_paragraph("", style=CELL)
    _shrink(end)
    _put_blocks(document, annex.blocks, end, LANDSCAPE if annex.landscape else PORTRAIT)


def _shrink(paragraph: WordParagraph) -> None:
    """An empty paragraph that only ends something: after a full page it would begin another."""
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing = Pt(1)


def _turn(section: Section, *, landscape: bool) -> None:
    short, long = Twips(11906), Twips(16838)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if landscape else (short, long)


def _count_anew(section: Section) -> None:
    """The pages of an annex have their own numbers."""
    old = section._sectPr.find(qn("w:pgNumType"))
    if old is not None:
        section._sectPr.remove(old)
    count = OxmlElement("w:pgNumType")
    count.set(qn("w:start"), "1")
    section._sectPr.insert_element_before(
        count, "w:cols", "w:formProt", "w:vAlign", "w:noEndnote", "w:titlePg", "w:textDirection", "w:bidi", "w:docGrid"
    )


# Marks


def _mark_simulation(document: DocumentObject) -> None:
    """Across every page and on top of it."""
    for number, section in enumerate(document.sections):
        for place, header in enumerate((section.header, section.first_page_header)):
            if number and header.is_linked_to_previous:
                continue
            paragraph = header.paragraphs[0] if header.paragraphs else header.add_paragraph()
            line = paragraph.insert_paragraph_before("") if place == 0 else paragraph
            line.alignment = ALIGN.CENTER
            run = line.add_run(papers.SIMULATION)
            run.bold = True
            run.font.color.rgb = RED
            line._p.append(parse_xml(_WATERMARK.format(id=f"mo-phong-{number}-{place}", text=papers.SIMULATION)))


def _describe(document: DocumentObject, paper: Paper) -> None:
    """What the file says of itself: no name of a person, no name of the library's template."""
    about = document.core_properties
    about.author = paper.letterhead.name
    about.title = paper.subject
    about.comments = papers.SIMULATION if paper.simulation else ""
    about.language = "vi-VN"
