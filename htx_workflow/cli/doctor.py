"""htx doctor: what is wrong with this installation and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from htx_workflow.cli.output import json_option, print_json

if TYPE_CHECKING:
    from htx_workflow.runtime import Runtime
    from htx_workflow.services.doctors import Finding

LEVELS = {"ok": "OK", "note": "Lưu ý", "error": "Lỗi"}
NOTED = "Lưu ý: "
"""How htx check begins what is worth noting."""


@click.command()
@json_option
def command(as_json: bool) -> None:
    """Khám máy: thiết lập, thư mục, đồng hồ, cơ sở dữ liệu, máy chủ thư, Prefect, lịch, đầu mối, cấu hình.

    Chỉ xem, không thay đổi gì. Mã thoát 1 khi có lỗi.
    """
    if not _zone_known():
        click.echo("Lỗi    Đồng hồ: máy không có dữ liệu múi giờ. Đề nghị cài gói tzdata.", err=True)
        raise SystemExit(1)
    findings = _findings()
    if as_json:
        print_json(
            [
                {"check": one.check, "level": one.level, "sentence": one.sentence, "remedy": one.remedy}
                for one in findings
            ]
        )
    else:
        _print(findings)
    if any(one.level == "error" for one in findings):
        raise SystemExit(1)


def _zone_known() -> bool:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo("Asia/Ho_Chi_Minh")
    except ZoneInfoNotFoundError:
        return False
    return True


def _findings() -> list[Finding]:
    from htx_workflow.cli import edge
    from htx_workflow.domain.errors import HtxError
    from htx_workflow.host import examining
    from htx_workflow.services.doctors import ERROR, Finding

    try:
        runtime = edge.open_runtime()
    except HtxError as error:
        return [Finding("Thiết lập", ERROR, str(error))]
    return [*examining.examine(runtime), *_of_config(runtime)]


def _of_config(runtime: Runtime) -> Iterator[Finding]:
    """What htx check says of all of config/, in few lines."""
    from htx_workflow.cli import check
    from htx_workflow.domain.errors import HtxError
    from htx_workflow.services.doctors import ERROR, NOTE, OK, Finding

    try:
        paths = check.all_files(runtime.settings)
    except HtxError as error:
        yield Finding("Cấu hình", ERROR, str(error))
        return
    noted, wrong = 0, False
    for path in paths:
        lines, problems = check.examined(path, runtime)
        noted += sum(line.startswith(NOTED) for line in lines)
        wrong = wrong or bool(problems)
        for problem in problems:
            yield Finding("Cấu hình", ERROR, problem)
    if noted:
        yield Finding("Cấu hình", NOTE, f"{noted:02d} điều cần xem lại trong config/.", "Đề nghị chạy htx check.")
    if not wrong:
        yield Finding("Cấu hình", OK, f"{len(paths):02d} tệp trong config/ dùng được.")


def _print(findings: list[Finding]) -> None:
    for one in findings:
        click.echo(f"{LEVELS[one.level]:<6} {one.check}: {one.sentence}")
        if one.remedy:
            click.echo(f"{'':<6} → {one.remedy}")
    wrong = sum(one.level == "error" for one in findings)
    noted = sum(one.level == "note" for one in findings)
    click.echo(f"\n{wrong:02d} lỗi, {noted:02d} lưu ý." if wrong or noted else "\nKhông có gì phải sửa.")
