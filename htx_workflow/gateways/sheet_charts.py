"""Charts (biểu đồ) of a workbook: those of Word's papers (`office_charts`), in the colours and shapes they have there."""

from __future__ import annotations

from typing import Any

import xlsxwriter

from htx_workflow.domain.pictures import Chart
from htx_workflow.gateways import office_charts

CM = 96 / 2.54
"""Pixels of a centimetre."""
GRID = {"visible": True, "line": {"color": "#D9D9D9", "width": 0.5}}


def bar_chart(book: xlsxwriter.Workbook, chart: Chart, sheet: str, top: int) -> Any:
    """The chart over the cells of `sheet` from row `top` on (from 0); its values are in it too, for who does not calculate."""
    kind = {"type": "bar", "subtype": "stacked"} if chart.stacked else {"type": "column"}
    made: Any = book.add_chart(kind)
    for number in range(len(chart.series)):
        made.add_series(_series(chart, number, sheet, top))
    made.set_title({"name": chart.title, "overlay": False, "name_font": {"size": 13}})
    made.set_legend({"position": "bottom"})
    values = {"num_format": "General", "major_gridlines": GRID}
    if chart.stacked:  # lying bars: what stands is the axis of the names, the first one on top
        made.set_x_axis(values)
        made.set_y_axis({"reverse": True, "crossing": "max"})
    else:
        made.set_y_axis(values)
    height = max(8.0, 3 + 0.8 * len(chart.bars)) if chart.stacked else 9
    made.set_size({"width": round(22 * CM), "height": round(height * CM)})
    return made


def _series(chart: Chart, number: int, sheet: str, top: int) -> dict[str, Any]:
    first, last, one = top + 1, top + len(chart.bars), chart.series[number]
    colour = f"#{office_charts.COLOURS[one.tone]}"
    fill: dict[str, Any] = {"fill": {"color": colour}}
    if one.tone in office_charts.HATCHED:
        fill = {"pattern": {"pattern": "wide_upward_diagonal", "fg_color": colour, "bg_color": "#FFFFFF"}}
    labelled = not chart.stacked and len(chart.bars) * len(chart.series) <= office_charts.LABELLED
    return {
        "name": [sheet, top, number + 1],
        "name_data": [one.word],
        "categories": [sheet, first, 0, last, 0],
        "categories_data": [bar.label for bar in chart.bars],
        "values": [sheet, first, number + 1, last, number + 1],
        "values_data": [office_charts.held(chart, bar.values[number]) for bar in chart.bars],
        "border": {"color": colour, "width": 0.5},
        "gap": 60,
        "overlap": 100 if chart.stacked else -5,
        **fill,
        **({"data_labels": {"value": True}} if labelled else {}),
    }
