"""htx runs: the record of runs."""

from __future__ import annotations

import json

import click

from htx_workflow.cli import edge
from htx_workflow.cli.output import json_option, print_json, print_table

OUTCOMES = {"running": "đang chạy", "done": "xong", "failed": "lỗi", "interrupted": "bị ngắt"}


@click.command()
@click.option("--limit", type=click.IntRange(1, 10000), default=30, show_default=True)
@click.option("--job", metavar="CÔNG VIỆC", help="Chỉ công việc này.")
@json_option
def command(limit: int, job: str | None, as_json: bool) -> None:
    """Các lượt chạy, mới nhất trước: công việc nào, khi nào, kết quả gì."""
    from htx_workflow.runtime import LOCAL
    from htx_workflow.store import runs

    runtime = edge.open_runtime()
    with runtime.reading() as session:
        rows = runs.list_runs(session, limit, job)
    if as_json:
        print_json(
            [
                {
                    "job": row.job, "plan": row.plan_code, "day": row.day, "attempt": row.attempt,
                    "started_at": row.started_at, "beat_at": row.beat_at, "finished_at": row.finished_at,
                    "outcome": row.outcome, "counts": json.loads(row.counts), "error": row.error,
                    "prefect_id": row.prefect_id,
                }
                for row in rows
            ]
        )  # fmt: skip
        return
    lines = []
    for row in rows:
        began = f"{row.started_at.astimezone(LOCAL):%d/%m/%Y %H:%M:%S}"
        took = f"{(row.finished_at - row.started_at).total_seconds():.1f} s" if row.finished_at else ""
        counts = ", ".join(f"{name} {number}" for name, number in json.loads(row.counts).items() if number)
        lines.append((row.job, row.plan_code, began, took, OUTCOMES[row.outcome], row.error.split("\n")[0] or counts))
    print_table(("Công việc", "Kế hoạch", "Bắt đầu", "Thời gian", "Kết quả", "Chi tiết"), lines)
