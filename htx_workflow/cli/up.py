"""htx up: the whole service of one machine."""

from __future__ import annotations

import asyncio

import click

from htx_workflow.cli import edge


@click.command()
@click.option("--host", help="Địa chỉ nghe (mặc định HTX_HOST, 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), help="Cổng (mặc định HTX_PORT, 8080).")
@click.option("--web", type=click.IntRange(1, 32), default=1, show_default=True, help="Số tiến trình phục vụ trang.")
@click.option(
    "--no-prefect", is_flag=True, help="Không khởi động máy chủ Prefect; công việc vẫn chạy và được ghi nhận."
)
def command(host: str | None, port: int | None, web: int, no_prefect: bool) -> None:
    """Chạy toàn bộ dịch vụ: trang, bộ lịch, hộp thư của máy, máy chủ Prefect. Dừng bằng Ctrl+C."""
    from htx_workflow import logs
    from htx_workflow.host import service

    runtime = edge.open_runtime()
    settings = runtime.settings
    address, number = host or settings.host, port or settings.port
    service.check_var_dir(runtime)
    logs.configure(settings.var_dir, to_stderr=True)
    click.echo(f"Cổng: http://{address}:{number}/ (tình trạng hệ thống: /tinh-trang)")
    if not no_prefect and not settings.prefect_api_url:
        click.echo(f"Prefect (sau vài giây): http://127.0.0.1:{settings.prefect_port}/")
    if not settings.smtp_host:
        click.echo(f"Chưa đặt HTX_SMTP_HOST: thư ghi vào {settings.mailbox_dir}.")
    asyncio.run(service.serve(runtime, host=address, port=number, web=web, prefect=not no_prefect))
