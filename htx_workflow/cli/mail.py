"""htx mail: try the mail server."""

from __future__ import annotations

import asyncio

import click

from htx_workflow.cli import edge


@click.group()
def command() -> None:
    """Máy chủ thư."""


@command.command()
@click.argument("address", metavar="ĐỊA CHỈ")
def test(address: str) -> None:
    """Gửi một thư thử theo thiết lập hiện tại và cho biết máy chủ trả lời gì."""
    from htx_workflow.runtime import send_test_mail

    runtime = edge.open_runtime()
    click.echo(asyncio.run(send_test_mail(runtime, address)))
