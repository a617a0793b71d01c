"""Charts (biểu đồ) for Word and Excel: both open and edit the same chart, drawn by themselves from the numbers in it.

No picture is made, so no font has to be installed on the server and print is sharp at every size.
"""

from __future__ import annotations

import io
from typing import Any

from docx.opc.oxml import serialize_part_xml
from docx.oxml import parse_xml
from openpyxl import Workbook
from openpyxl.chart import BarChart
from openpyxl.chart.data_source import (
    AxDataSource,
    NumData,
    NumDataSource,
    NumRef,
    NumVal,
    StrData,
    StrRef,
    StrVal,
)  # fmt: skip
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.series import Series, SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.colors import ColorChoice
from openpyxl.drawing.fill import PatternFillProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.utils import get_column_letter
from openpyxl.xml.functions import tostring

from htx_workflow.domain.pictures import Chart

COLOURS = {
    "green": "2F6B3A", "brown": "B98A4A", "blue": "A9C1DC", "red": "B3261E", "grey": "B7BCC4", "accent": "1F4E79",
}  # fmt: skip
HATCHED = frozenset({"red"})
"""Told apart from the rest also where nothing is printed in colour."""
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LABELLED = 24
"""Bars of which each can carry its number."""


def held(chart: Chart, value: int | None) -> float | int | None:
    """A value as the chart's sheet holds it: points with their decimals."""
    return value / 100 if chart.points and value is not None else value


def rows(chart: Chart) -> list[list[Any]]:
    """The sheet behind a chart: series across, bars down."""
    head = ["", *(one.word for one in chart.series)]
    return [head, *([bar.label, *(held(chart, value) for value in bar.values)] for bar in chart.bars)]


def bar_chart(chart: Chart, sheet: str, top: int = 1) -> Any:
    """The chart over the cells of `sheet` from row `top` on; its values are in it too, for who does not calculate."""
    made: Any = BarChart()
    made.type = "bar" if chart.stacked else "col"
    made.grouping, made.overlap = ("stacked", 100) if chart.stacked else ("clustered", -5)
    made.gapWidth = 60
    made.title = chart.title
    made.title.overlay = False
    made.legend.position = "b"
    made.x_axis.delete = made.y_axis.delete = False
    made.y_axis.number_format = "General"
    made.y_axis.majorGridlines.spPr = GraphicalProperties(ln=_line("D9D9D9"))
    made.x_axis.scaling.orientation = "maxMin" if chart.stacked else "minMax"
    if chart.stacked:
        made.y_axis.crosses = "max"
        made.y_axis.majorUnit = None
    for number, one in enumerate(chart.series):
        made.series.append(_series(chart, number, one.tone, f"'{sheet}'!", top))
    return made


def _series(chart: Chart, number: int, tone: str, sheet: str, top: int) -> Series:
    first, last, column = top + 1, top + len(chart.bars), get_column_letter(number + 2)
    labels = StrData(ptCount=len(chart.bars), pt=[StrVal(idx=at, v=bar.label) for at, bar in enumerate(chart.bars)])
    given = [(at, held(chart, bar.values[number])) for at, bar in enumerate(chart.bars)]
    values = NumData(
        formatCode="General",
        ptCount=len(chart.bars),
        pt=[NumVal(idx=at, v=value) for at, value in given if value is not None],
    )
    made = Series(
        idx=number,
        order=number,
        tx=SeriesLabel(strRef=StrRef(
            f"{sheet}${column}${top}", StrData(ptCount=1, pt=[StrVal(idx=0, v=chart.series[number].word)])
        )),
        cat=AxDataSource(strRef=StrRef(f"{sheet}$A${first}:$A${last}", labels)),
        val=NumDataSource(numRef=NumRef(f"{sheet}${column}${first}:${column}${last}", values)),
        invertIfNegative=False,
    )  # fmt: skip
    made.spPr = _look(tone)
    if len(chart.bars) * (1 if chart.stacked else len(chart.series)) <= LABELLED and not chart.stacked:
        made.dLbls = DataLabelList(showVal=True, showSerName=False, showCatName=False, showLegendKey=False)
    return made


def _look(tone: str) -> GraphicalProperties:
    colour = COLOURS[tone]
    if tone in HATCHED:
        fill = PatternFillProperties(prst="wdUpDiag", fgClr=_colour(colour), bgClr=_colour("FFFFFF"))
        return GraphicalProperties(pattFill=fill, ln=_line(colour))
    return GraphicalProperties(solidFill=colour, ln=_line(colour))


def _colour(code: str) -> ColorChoice:
    return ColorChoice(srgbClr=code)  # type: ignore[arg-type]  # a string is made a colour


def _line(colour: str) -> LineProperties:
    return LineProperties(solidFill=colour, w=6350)


def part(chart: Chart) -> bytes:
    """The chart's XML for a Word file, in Times New Roman, with its workbook as its first relation."""
    drawn: Any = bar_chart(chart, "Biểu đồ")
    root = parse_xml(tostring(drawn._write()))
    root.append(parse_xml(_TEXT))
    root.append(parse_xml(_OUTSIDE))
    return bytes(serialize_part_xml(root))


_TEXT = (
    f'<c:txPr xmlns:c="{CHART}" xmlns:a="{DRAWING}"><a:bodyPr/><a:p><a:pPr><a:defRPr sz="1000">'
    '<a:latin typeface="Times New Roman"/><a:cs typeface="Times New Roman"/></a:defRPr></a:pPr>'
    '<a:endParaRPr lang="vi-VN"/></a:p></c:txPr>'
)

_OUTSIDE = (
    f'<c:externalData xmlns:c="{CHART}" xmlns:r="{RELATIONS}" r:id="rId1"><c:autoUpdate val="0"/></c:externalData>'
)


def workbook(chart: Chart) -> bytes:
    """The numbers of a chart, which Word opens when somebody edits them."""
    book = Workbook()
    page = book.worksheets[0]
    page.title = "Biểu đồ"
    for row in rows(chart):
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
