"""htx export: everything as files that people read without this software."""

from __future__ import annotations

from pathlib import Path

import click

from htx_workflow.cli import edge
from htx_workflow.cli.output import json_option, print_json


@click.command()
@click.argument("folder", metavar="THƯ_MỤC", type=click.Path(path_type=Path))
@click.option("--all", "everything", is_flag=True, help="Toàn bộ: mọi bảng, tệp đính kèm, kế hoạch, biểu mẫu, nhật ký.")
@edge.as_option
@json_option
def command(folder: Path, everything: bool, as_contact: str | None, as_json: bool) -> None:
    """Xuất dữ liệu ra THƯ_MỤC (mới hoặc trống): bảng CSV và Excel, tệp đính kèm, mục lục index.html.

    Đọc được không cần phần mềm này; không phải dừng hệ thống. Không có khóa ký, mã đăng nhập. Có dữ liệu cá nhân.
    """
    if not everything:
        raise click.UsageError("Đề nghị thêm --all: lệnh này xuất toàn bộ dữ liệu.")
    from htx_workflow.domain import typed
    from htx_workflow.services import exports

    runtime = edge.open_runtime()
    house = exports.House(runtime.database, runtime.settings.home, runtime.settings.demo)
    done = exports.export_all(house, folder, runtime.clock.now(), edge.who(runtime, as_contact))
    if as_json:
        tables = {table.stem: table.rows for table in done.tables}
        print_json({"folder": str(folder), "tables": tables, "files": done.files, "left_out": done.left_out})
        return
    click.echo(
        f"Đã xuất {typed.number_text(done.rows)} dòng của {len(done.tables)} bảng, {typed.number_text(done.files)} tệp đính"
        f" kèm, {done.texts} văn bản gốc vào {folder}. Đã đọc lại: số dòng đều khớp. {done.audit}"
    )
    if done.left_out:
        click.echo(f"{typed.number_text(done.left_out)} tệp có mã độc không được xuất.", err=True)
    click.echo(f"Mở {folder / 'index.html'} để xem. Thư mục có dữ liệu cá nhân: đề nghị giữ kín.")
