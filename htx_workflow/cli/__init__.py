"""The command line `htx`.

A command's module is imported only when that command runs: this table holds the names and the one-line
helps, so `htx --help` starts nothing. Exit codes: 0 done, 1 refused with a sentence on stderr, 2 wrong usage.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

COMMANDS = {
    "check": "Kiểm tra toàn bộ cấu hình: kế hoạch, lịch",
    "plan": "Kế hoạch: nạp, liệt kê, xem",
    "occurrences": "Các kỳ thực hiện: mã, cơ quan, hạn, tình trạng",
    "status": "Tình hình thực hiện tại một ngày: bốn ô và tỷ lệ đúng hạn",
    "forecast": "Thư sẽ gửi trong những ngày tới, và vì sao",
    "tick": "Lượt nhắc: quyết định các mức nhắc đã đến và soạn thư",
    "deliver": "Gửi các thư đang chờ trong hộp thư đi",
    "duty": "Thời hạn: ấn định thời gian dự kiến, đặt hạn theo văn bản",
    "report": "Gửi, chấp nhận, trả lại kết quả thực hiện",
    "request": "Mở việc theo đề nghị",
    "score": "Chấm điểm: phiếu, kiểm tra, điểm ban đầu, kết quả",
    "round": "Các đợt: ở cấp nào, còn thiếu ai, việc nào đang giữ các việc sau",
    "consolidate": "Lập bản tổng hợp của một đợt",
    "contact": "Đầu mối: thêm, sửa, bàn giao, nhập và xuất Excel, cấp mã và phiếu truy cập",
    "agency": "Cơ quan: xem, thêm, đổi tên theo văn bản",
    "auditor": "Tài khoản kiểm tra: chỉ xem, có thời hạn, theo văn bản",
    "session": "Phiên đăng nhập: xem, kết thúc",
    "token": "Khóa cho phần mềm khác: lập, xem, bỏ",
    "webhook": "Báo cho phần mềm khác khi có thay đổi: thêm, xem, thử, bỏ",
    "outbox": "Hộp thư đi: xem, gửi lại, duyệt dự thảo",
    "bounce": "Thư bị trả lại: đọc, xem, ghi địa chỉ vẫn đúng",
    "mail": "Thử máy chủ thư",
    "up": "Chạy toàn bộ dịch vụ trên máy này",
    "web": "Chỉ phục vụ trang",
    "clock": "Chỉ chạy bộ lịch",
    "run": "Chạy một công việc ngay",
    "runs": "Các lượt chạy đã ghi nhận",
    "backup": "Sao lưu cơ sở dữ liệu và khóa ký vào một tệp",
    "restore": "Khôi phục từ tệp sao lưu vào cơ sở dữ liệu trống",
    "export": "Xuất toàn bộ dữ liệu ra tệp CSV, Excel đọc không cần phần mềm này",
    "doctor": "Khám máy: điều gì sai và cách xử lý",
    "audit": "Nhật ký: kiểm tra nguyên vẹn",
    "replay": "Mô phỏng cả kế hoạch trên đồng hồ ảo",
    "calendar": "Lịch ngày làm việc: cộng ngày, đếm ngày, đề xuất cho năm mới",
}


class LazyGroup(click.Group):
    """Finds a command `x-y` as `x_y.command` in htx_workflow.cli, when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"htx_workflow.cli.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Lệnh"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Điều hành kế hoạch của tỉnh: nhiệm vụ, thời hạn, nhắc việc, báo cáo."""


def main(arguments: list[str] | None = None) -> Any:
    """Run one command; a refusal becomes its sentence on stderr and exit code 1."""
    try:
        return command.main(args=arguments, prog_name="htx")
    except Exception as error:
        from htx_workflow.domain import errors

        if not isinstance(error, errors.HtxError):
            raise
        click.echo(str(error), err=True)
        sys.exit(1)
