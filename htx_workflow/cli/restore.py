"""htx restore: a backup into an empty database, or a trial of it."""

from __future__ import annotations

from pathlib import Path

import click

from htx_workflow.cli import edge
from htx_workflow.cli.output import json_option, print_json, print_table


@click.command()
@click.argument("file", metavar="TỆP", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Chỉ khôi phục thử vào một cơ sở dữ liệu tạm và cho biết TỆP có gì.")
@click.option("--accept-log", is_flag=True, help="Khôi phục cả khi nhật ký không còn như lúc sao lưu; nêu từng chỗ.")
@json_option
def command(file: Path, check: bool, accept_log: bool, as_json: bool) -> None:
    """Khôi phục bản sao lưu TỆP vào cơ sở dữ liệu trống, SQLite hoặc PostgreSQL.

    TỆP được kiểm tra toàn bộ trước khi ghi; ghi xong được đọc lại để so sánh. Không khớp thì không ghi gì.
    """
    from htx_workflow.domain import words
    from htx_workflow.runtime import LOCAL
    from htx_workflow.services import backups

    runtime = edge.open_runtime()
    now = runtime.clock.now()
    if check:
        restored = backups.check(file, now, accept_log=accept_log)
    else:
        here = backups.Installation(runtime.unmigrated, runtime.settings.signing_key)
        restored = backups.restore(here, file, now, edge.SYSTEM, accept_log=accept_log)
    manifest = restored.manifest
    for line in restored.broken:
        click.echo(f"Cảnh báo: {line}", err=True)
    if as_json:
        print_json({"file": str(file), "checked_only": check, **edge.archive_json(manifest)})
        return
    print_table(("Bảng", "Số dòng"), [(name, str(table.rows)) for name, table in sorted(manifest.tables.items())])
    moment = words.moment_text(manifest.created_at.astimezone(LOCAL))
    key = "có khóa ký" if manifest.signing_key else "không có khóa ký"
    click.echo(
        f"Bản sao lưu lập lúc {moment}, phần mềm {manifest.software}, phiên bản cơ sở dữ liệu {manifest.revision}, {key}."
    )
    done = "Đã kiểm tra bằng cách khôi phục thử" if check else "Đã khôi phục"
    click.echo(f"{done} {manifest.rows} dòng của {len(manifest.tables)} bảng; đọc lại khớp từng bảng.")
    log = (
        f"Nhật ký không nguyên vẹn: {len(restored.broken)} chỗ, nêu trên." if restored.broken else "Nhật ký nguyên vẹn."
    )
    click.echo(log)
