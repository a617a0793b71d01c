"""htx deliver: send what waits in the outbox."""

from __future__ import annotations

import asyncio
from datetime import date

import click

from htx_workflow.cli import edge
from htx_workflow.cli.output import DAY, json_option, print_json


@click.command()
@click.option("--on", type=DAY, help="Chạy như thể hôm nay là ngày này.")
@click.option("--limit", type=click.IntRange(min=1), help="Gửi nhiều nhất bấy nhiêu thư.")
@json_option
def command(on: date | None, limit: int | None, as_json: bool) -> None:
    """Gửi các thư đang chờ; không có máy chủ thư thì ghi vào hộp thư của máy này."""
    from htx_workflow.runtime import deliver_now

    runtime = edge.open_runtime(on)
    outcome = asyncio.run(deliver_now(runtime, limit))
    for line in outcome.problems:
        click.echo(f"Cảnh báo: {line}", err=True)
    if as_json:
        keys = ("sent", "retry", "failed", "doubtful")
        print_json({key: getattr(outcome, key) for key in keys})
        return
    place = "" if runtime.smtp_settings() else f" (ghi vào {runtime.settings.mailbox_dir}, chưa đặt HTX_SMTP_HOST)"
    click.echo(
        f"{outcome.sent} thư máy chủ đã nhận{place}; {outcome.retry} sẽ gửi lại, {outcome.failed} không gửi được,"
        f" {outcome.doubtful} có thể đến hai lần, {outcome.cancelled} không còn cần gửi."
    )
