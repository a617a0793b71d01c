"""htx clock: the clock alone."""

from __future__ import annotations

import asyncio

import click

from htx_workflow.cli import edge


@click.command()
@click.option("--no-prefect", is_flag=True, help="Không khởi động máy chủ Prefect.")
def command(no_prefect: bool) -> None:
    """Chỉ chạy bộ lịch (và máy chủ Prefect), không phục vụ trang."""
    from htx_workflow import logs
    from htx_workflow.host import service

    runtime = edge.open_runtime()
    settings = runtime.settings
    logs.configure(settings.var_dir, to_stderr=True)
    asyncio.run(service.serve(runtime, host=settings.host, port=settings.port, portal=False, prefect=not no_prefect))
