"""htx web: the portal alone."""

from __future__ import annotations

import asyncio

import click

from htx_workflow.cli import edge


@click.command()
@click.option("--host", help="Địa chỉ nghe (mặc định HTX_HOST).")
@click.option("--port", type=click.IntRange(1, 65535), help="Cổng (mặc định HTX_PORT).")
@click.option("--fd", type=int, hidden=True, help="Ổ cắm đã mở sẵn do htx up truyền cho.")
def command(host: str | None, port: int | None, fd: int | None) -> None:
    """Chỉ phục vụ trang, không có bộ lịch; chạy được nhiều tiến trình, nhiều máy."""
    import socket

    from htx_workflow import logs
    from htx_workflow.host import service

    runtime = edge.open_runtime()
    settings = runtime.settings
    logs.configure(settings.var_dir, to_stderr=True)
    asyncio.run(
        service.serve(
            runtime,
            host=host or settings.host,
            port=port or settings.port,
            clock=False,
            prefect=False,
            listening=socket.socket(fileno=fd) if fd is not None else None,
        )
    )
