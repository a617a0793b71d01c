"""Tables of a paper as WordprocessingML, written in one go: cell by cell through the library takes fifty times as long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape

from docx.oxml import parse_xml

from htx_workflow.domain.papers import Grid

WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MARGINS = '<w:tblCellMar><w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar>'
"""Between text and line: a millimetre."""
BREAK = '</w:t><w:br/><w:t xml:space="preserve">'


def table(grid: Grid, width: int, table_style: str, head_style: str, cell_style: str) -> Any:
    """The table, `width` twips wide; styles by their ids. Its heads stand again on every page, no row is torn apart."""
    shares = grid.widths or tuple(1.0 for _ in grid.heads)
    widths = [int(width * share / sum(shares)) for share in shares]
    columns = "".join(f'<w:gridCol w:w="{each}"/>' for each in widths)
    rows = "".join(_rows(grid, widths, head_style, cell_style))
    return parse_xml(
        f'<w:tbl xmlns:w="{WORDS}"><w:tblPr><w:tblStyle w:val="{table_style}"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:jc w:val="center"/><w:tblLayout w:type="fixed"/>{MARGINS}</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>'
    )


def _rows(grid: Grid, widths: Sequence[int], head_style: str, cell_style: str) -> Iterator[str]:
    yield _row(grid.heads, widths, head_style, "<w:cantSplit/><w:tblHeader/>", frozenset(), bold=False)
    blank = ("",) * len(grid.heads)
    for place, row in enumerate((*grid.rows, *(blank for _ in range(grid.blank_rows)))):
        yield _row(row, widths, cell_style, "<w:cantSplit/>", grid.numbers, bold=place in grid.sums)


def _row(
    texts: Sequence[str], widths: Sequence[int], style: str, marks: str, numbers: frozenset[int], *, bold: bool
) -> str:
    weight = "<w:rPr><w:b/></w:rPr>" if bold else ""
    cells = []
    for place, (text, width) in enumerate(zip(texts, widths, strict=True)):
        right = '<w:jc w:val="right"/>' if place in numbers else ""
        run = f'<w:r>{weight}<w:t xml:space="preserve">{_plain(text)}</w:t></w:r>' if text else ""
        cells.append(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="{style}"/>{right}'
            f"</w:pPr>{run}</w:p></w:tc>"
        )
    return f"<w:tr><w:trPr>{marks}</w:trPr>{''.join(cells)}</w:tr>"


def _plain(text: str) -> str:
    """The text without what XML cannot hold; its lines stay lines."""
    kept = "".join(letter for letter in text if (letter >= " " or letter in "\t\n") and letter not in "\ufffe\uffff")
    return escape(kept).replace("\n", BREAK)
