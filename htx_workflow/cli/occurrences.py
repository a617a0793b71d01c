"""htx occurrences: what the plan asks of whom, by when."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from htx_workflow.cli import edge
from htx_workflow.cli.output import DAY, json_option, print_json, print_table


@click.command()
@click.argument("code")
@click.option("--from", "first", type=DAY, help="Từ ngày.")
@click.option("--to", "last", type=DAY, help="Đến ngày.")
@click.option("--dry-run", is_flag=True, help="Tính từ tệp kế hoạch, không dùng cơ sở dữ liệu.")
@json_option
def command(code: str, first: date | None, last: date | None, dry_run: bool, as_json: bool) -> None:
    """Các kỳ thực hiện của một kế hoạch: mã, cơ quan, hạn, tình trạng."""
    from htx_workflow.services import statuses

    runtime = edge.open_runtime()
    today = runtime.clock.today()
    if dry_run:
        plan = edge.read_plan_file(runtime, code)
        rows = statuses.expanded(plan, runtime.calendar(plan.calendar), today, first, last)
    else:
        view = edge.view(runtime, code)
        with view.database.reading() as session:
            rows = statuses.list_occurrences(session, code, today, view.calendar, first, last)
    if as_json:
        print_json([{key: value for key, value in row.items() if key != "outcome"} for row in rows])
        return
    print_table(("Mã", "Hạn", "Căn cứ", "Tình trạng", "Thời hạn"), [_line(row) for row in rows])


def _line(row: dict[str, Any]) -> tuple[str, ...]:
    due = f"{row['due_on']:%d/%m/%Y}" if row["due_on"] else "–"
    if row["outcome"]:
        return row["key"], due, BASIS[row["basis"]], "đọc từ điểm đánh giá", OUTCOME[row["outcome"]]
    return row["key"], due, BASIS[row["basis"]], STATE[row["state"]], TIMELINESS[row["timeliness"]]


BASIS = {"law": "luật", "plan": "kế hoạch", "document": "văn bản", "assumed": "dự kiến", None: "–"}
STATE = {
    "open": "đang thực hiện",
    "submitted": "đã gửi, chờ kiểm tra",
    "done": "hoàn thành",
    "waived": "thôi theo dõi",
    "handed_back": "chuyển trả",
    "split": "đã tách",
    "unassigned": "chờ phân công lại",
}
OUTCOME = {
    "passed": "Đạt",
    "failed": "Chưa đạt",
    "unfounded": "Chưa đủ căn cứ",
    "not_rated": "Không đánh giá",
}
TIMELINESS = {
    "not_due": "trong hạn",
    "near_due": "sắp đến hạn",
    "overdue": "quá hạn",
    "done_on_time": "đúng hạn",
    "done_late": "quá hạn (đã xong)",
    "no_deadline": "thường xuyên",
    "expected": "dự kiến",
    "awaiting_date": "chờ ngày",
}
