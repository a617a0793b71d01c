"""htx tick: decide the rungs that have come, and compose the mails."""

from __future__ import annotations

from datetime import date

import click

from htx_workflow.cli import edge
from htx_workflow.cli.output import DAY, json_option, print_json


@click.command()
@click.option("--on", type=DAY, help="Chạy như thể hôm nay là ngày này.")
@json_option
def command(on: date | None, as_json: bool) -> None:
    """Lượt nhắc trong ngày: quyết định mức nhắc và soạn thư; chạy lại không sinh thêm thư."""
    from htx_workflow.services import composing, ticks

    runtime = edge.open_runtime(on)
    calendars, now = runtime.calendars(), runtime.clock.now()
    ticked = ticks.tick(runtime.database, calendars, runtime.clock.today(), now)
    composed = composing.compose(runtime.database, calendars, runtime.style(), now)
    for line in ticked.broken:
        click.echo(f"Cảnh báo: không quyết định được mức nhắc của {line}", err=True)
    for line in composed.unreachable:
        click.echo(f"Cảnh báo: {line}. Bổ sung đầu mối; mức nhắc sẽ được gửi khi có đầu mối.", err=True)
    outcome = {
        "rungs": ticked.rungs,
        "digests": composed.digests,
        "superseded": ticked.superseded + composed.superseded,
        "skipped": ticked.skipped,
    }
    if as_json:
        print_json(outcome)
        return
    click.echo(
        f"{ticked.rungs} mức nhắc đã quyết định ({ticked.queued} sẽ gửi, {outcome['superseded']} thay bằng mức sau,"
        f" {ticked.skipped} không gửi và có lý do); {composed.digests} thư tổng hợp"
        + (f", {composed.drafts} dự thảo báo cáo UBND tỉnh chờ duyệt." if composed.drafts else ".")
    )
