"""htx audit: is the log whole?"""

from __future__ import annotations

import sys

import click

from htx_workflow.cli import edge
from htx_workflow.cli.output import json_option, print_json


@click.group()
def command() -> None:
    """Nhật ký."""


@command.command()
@json_option
def verify(as_json: bool) -> None:
    """Kiểm tra chuỗi nhật ký và các mức nhắc mà nhật ký xác nhận."""
    from htx_workflow.domain import words
    from htx_workflow.runtime import LOCAL
    from htx_workflow.services import audits

    runtime = edge.open_runtime()
    with runtime.reading() as session:
        found = audits.verify(session)
    if as_json:
        print_json({"events": found.events, "first": found.first, "last": found.last, "broken": found.broken})
    elif found.first is None or found.last is None:
        click.echo("Nhật ký chưa có sự kiện nào.")
    elif not found.broken:
        first, last = (words.moment_text(moment.astimezone(LOCAL)) for moment in (found.first, found.last))
        click.echo(f"Nhật ký nguyên vẹn từ {first} đến {last} ({found.events} sự kiện).")
    if found.broken:
        if not as_json:
            click.echo("\n".join(found.broken), err=True)
        sys.exit(1)
