"""What a workbook says of the consolidation that it came from (thông tin bản tổng hợp), and which charts it has. Pure."""

from __future__ import annotations

from htx_workflow.domain import summary_charts, words
from htx_workflow.domain.consolidations import Consolidation
from htx_workflow.domain.pictures import Chart
from htx_workflow.domain.summary_frames import Frame, start_total

MOST_CHARTS = 20


def facts(made: Consolidation, frame: Frame) -> list[tuple[str, str]]:
    """Of which plan and round, made when and of what, and what it concludes."""
    found = [
        ("Kế hoạch", frame.plan),
        ("Đợt", words.period_text(made.round)),
        ("Bản tổng hợp số", words.count_text(made.no)),
        ("Cơ quan lập", frame.letterhead.name),
        ("Tính đến hết ngày", words.day_text(made.day) if made.day else ""),
        ("Bộ tiêu chí", f"{frame.rubric} (bản {made.rubric[1]})"),
        ("Cấp quyết định", made.decisive),
        ("Mục tiêu", made.target.text),
        ("Mã kiểm tra số liệu đầu vào (SHA-256)", made.inputs_sha256),
    ]
    return [*found, *(("Lưu ý", remark) for remark in frame.remarks)]


def charts(made: Consolidation) -> list[Chart]:
    """Timeliness, totals, and the criteria of each cooperative while they are few."""
    lines = made.cooperatives if len(made.cooperatives) <= MOST_CHARTS else ()
    found = [
        summary_charts.timeliness(made),
        summary_charts.totals(made, [start_total(made, line) for line in made.cooperatives]),
        *(summary_charts.criteria(made, line) for line in lines),
    ]
    return [chart for chart in found if chart is not None]
