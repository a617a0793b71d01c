"""htx up: the whole service of one machine."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import click

from htx_workflow.cli import edge
from htx_workflow.cli.output import days_bar

if TYPE_CHECKING:
    from htx_workflow.runtime import Runtime


@click.command()
@click.option("--host", help="Địa chỉ nghe (mặc định HTX_HOST, 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), help="Cổng (mặc định HTX_PORT, 8080).")
@click.option("--web", type=click.IntRange(1, 32), default=1, show_default=True, help="Số tiến trình phục vụ trang.")
@click.option(
    "--no-prefect", is_flag=True, help="Không khởi động máy chủ Prefect; công việc vẫn chạy và được ghi nhận."
)
@click.option("--demo", is_flag=True, help="Bản dùng thử: kế hoạch 3819 giữa chừng, số liệu giả định, không cần mã.")
@click.option("--fresh", is_flag=True, help="Cùng --demo: dựng lại dữ liệu dùng thử từ đầu.")
def command(host: str | None, port: int | None, web: int, no_prefect: bool, demo: bool, fresh: bool) -> None:
    """Chạy toàn bộ dịch vụ: trang, bộ lịch, hộp thư của máy, máy chủ Prefect. Dừng bằng Ctrl+C."""
    from htx_workflow import logs
    from htx_workflow.host import service

    if fresh and not demo:
        raise click.UsageError("--fresh chỉ dùng cùng --demo.")
    runtime = _demo(host, port, fresh) if demo else edge.open_runtime()
    no_prefect = no_prefect or demo
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


def _demo(host: str | None, port: int | None, fresh: bool) -> Runtime:
    """The runtime of the demo; its database is made when there is none of this software."""
    from htx_workflow.host import demonstrating
    from htx_workflow.settings import load_settings

    settings = load_settings()
    base_url = f"http://{host or settings.host}:{port or settings.port}"
    os.environ.update(demonstrating.environment(settings, base_url))
    runtime = edge.open_runtime()
    days = (demonstrating.TODAY - demonstrating.FIRST).days + 1
    with days_bar(days, "Dựng dữ liệu dùng thử", hidden=False) as advance:
        made = demonstrating.prepare(runtime, fresh=fresh, on_day=advance)
    click.echo(
        f"Bản mô phỏng, số liệu giả định; hôm nay là {demonstrating.TODAY:%d/%m/%Y}."
        + ("" if made else " Dùng lại dữ liệu đã dựng (--fresh dựng lại).")
    )
    return runtime
