"""htx run: one job now."""

from __future__ import annotations

import asyncio
from datetime import date

import click

from htx_workflow.cli import edge
from htx_workflow.cli.output import DAY, json_option, print_json


@click.command()
@click.argument("job", metavar="CÔNG VIỆC")
@click.option("--plan", metavar="MÃ", help="Kế hoạch; mặc định mọi kế hoạch đã nạp.")
@click.option("--on", type=DAY, help="Ngày (mặc định hôm nay).")
@click.option("--no-prefect", is_flag=True, help="Không báo cho Prefect dù máy chủ Prefect đang chạy.")
@json_option
def command(job: str, plan: str | None, on: date | None, no_prefect: bool, as_json: bool) -> None:
    """Chạy một công việc ngay: nightly_tick, deliver_outbox, collect_annual_reports, annual_evaluation, final_assessment,
    consolidate_scheme, read_bounces."""
    from htx_workflow.host import running
    from htx_workflow.services import jobs, plans

    runtime = edge.open_runtime(on)
    jobs.get_job(job)
    if job in jobs.WITHOUT_PLAN:
        codes = [""]
    elif plan is not None:
        with runtime.reading() as session:
            codes = [plans.get_plan(session, plan).plan.code]
    else:
        codes = jobs.list_plan_codes(runtime.tools())
    day = on or runtime.clock.today()
    results = []
    for code in codes:
        counts = asyncio.run(running.run_job(runtime, job, code, day, with_prefect=not no_prefect))
        results.append({"job": job, "plan": code, "day": day, "counts": counts})
    if as_json:
        print_json(results)
        return
    for result in results:
        shown = ", ".join(f"{name} {number}" for name, number in result["counts"].items())  # type: ignore[attr-defined]
        click.echo(f"{job} {result['plan']} {day:%d/%m/%Y}: {shown}")
    if not results:
        click.echo("Chưa nạp kế hoạch nào.")
