"""Puts a chart into a Word file: the drawing in its paragraph, the chart's part, and the numbers behind it."""

from __future__ import annotations

from docx.document import Document as DocumentObject
from docx.opc.constants import RELATIONSHIP_TYPE as REL
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import Twips
from docx.text.paragraph import Paragraph

from htx_workflow.domain.pictures import Chart
from htx_workflow.gateways import office_charts

CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DRAWING = (
    '<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:drawing>'
    '<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="0" cy="0"/>'
    '<wp:effectExtent l="0" t="0" r="0" b="0"/><wp:docPr id="1"/><wp:cNvGraphicFramePr/><a:graphic>'
    '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
    '<c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"/></a:graphicData></a:graphic>'
    "</wp:inline></w:drawing></w:r>"
)


def put(document: DocumentObject, paragraph: Paragraph, chart: Chart, width: int) -> None:
    """The chart, `width` twips wide, with its words as alternative text."""
    package = document.part.package
    assert package is not None
    uri = package.next_partname("/word/charts/chart%d.xml")
    part = Part(uri, CHART_TYPE, office_charts.part(chart), package)
    number = int(str(uri).removeprefix("/word/charts/chart").removesuffix(".xml"))
    numbers = Part(
        PackURI(f"/word/embeddings/bieu-do-{number}.xlsx"), SHEET_TYPE, office_charts.workbook(chart), package
    )
    part.relate_to(numbers, REL.PACKAGE)
    run = parse_xml(_DRAWING)
    extent, about = run.find(".//{*}extent"), run.find(".//{*}docPr")
    extent.set("cx", str(Twips(width)))
    extent.set("cy", str(Twips(_height(chart, width))))
    about.set("id", str(1000 + number))
    about.set("name", f"Biểu đồ {number}")
    about.set("title", chart.title)
    about.set("descr", chart.alt)
    link = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    run.find(".//{*}chart").set(link, document.part.relate_to(part, REL.CHART))
    paragraph._p.append(run)


def _height(chart: Chart, width: int) -> int:
    """Rows need room each; columns half of their width at most."""
    return 1900 + 420 * len(chart.bars) if chart.stacked else min(4600, width // 2)
