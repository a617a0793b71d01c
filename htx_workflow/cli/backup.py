"""htx backup: everything in one file, while the service runs."""

from __future__ import annotations

from pathlib import Path

import click

from htx_workflow.cli import edge
from htx_workflow.cli.output import json_option, print_json, print_table


@click.command()
@click.argument("file", metavar="TỆP", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Thay TỆP đã có, khi bản mới đã lập xong và đọc lại khớp.")
@json_option
def command(file: Path, force: bool, as_json: bool) -> None:
    """Sao lưu toàn bộ cơ sở dữ liệu và khóa ký vào TỆP (.zip), không phải dừng hệ thống.

    TỆP dùng được cho cả SQLite và PostgreSQL và phải được giữ kín như chính cơ sở dữ liệu.
    """
    from htx_workflow.services import backups

    runtime = edge.open_runtime()
    here = backups.Installation(runtime.unmigrated, runtime.settings.signing_key)
    saved = backups.back_up(here, file, runtime.clock.now(), edge.SYSTEM, replace=force)
    manifest = saved.manifest
    for line in saved.broken:
        click.echo(f"Cảnh báo: {line}", err=True)
    if as_json:
        print_json({"file": str(file), "sha256": saved.sha256, **edge.archive_json(manifest)})
        return
    print_table(("Bảng", "Số dòng"), [(name, str(table.rows)) for name, table in sorted(manifest.tables.items())])
    key = "kèm khóa ký" if manifest.signing_key else "chưa có khóa ký"
    click.echo(f"Đã sao lưu {manifest.rows} dòng của {len(manifest.tables)} bảng vào {file}, {key}.")
    click.echo("Đã đọc lại tệp vừa ghi: số dòng và mã băm của mọi bảng đều khớp.")
    click.echo(f"SHA-256 của tệp: {saved.sha256}")
    click.echo("Tệp chứa toàn bộ dữ liệu và khóa ký: đề nghị giữ kín như chính cơ sở dữ liệu.")
