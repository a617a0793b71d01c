"""htx replay: live a plan through on a virtual clock."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from htx_workflow.cli import edge
from htx_workflow.cli.output import DAY, days_bar, json_option, print_json, print_table

if TYPE_CHECKING:
    from htx_workflow.host.rehearsal import Story


@click.command()
@click.argument("code")
@click.option("--from", "first", type=DAY, required=True, help="Từ ngày.")
@click.option("--to", "last", type=DAY, required=True, help="Đến ngày.")
@click.option("--seed", type=int, default=1, show_default=True, help="Số gieo; cùng số cho cùng kết quả.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Thư mục kết quả.")
@json_option
def command(code: str, first: date, last: date, seed: int, out: Path, as_json: bool) -> None:
    """Mô phỏng một kế hoạch: cơ quan giả định, thư thật vào hộp thư của máy này, cơ sở dữ liệu riêng để tập."""
    from htx_workflow.host import rehearsal

    runtime = edge.open_runtime()
    if last < first:
        raise click.UsageError("--to phải sau --from.")
    days = (last - first).days + 1
    with days_bar(days, "Mô phỏng", hidden=as_json) as advance:
        story = asyncio.run(rehearsal.replay(runtime, code, first, last, seed, out, on_day=advance))
    if as_json:
        print_json(story.as_json())
    else:
        _tell(story)


def _tell(story: Story) -> None:
    from htx_workflow.cli.status import HEAD, status_lines

    life = story.life
    click.echo(story.watermark)
    click.echo(
        f"{story.title}\nTừ {story.first:%d/%m/%Y} đến {story.last:%d/%m/%Y}: {life.days} ngày, {life.mails} thư đã gửi.\n"
    )
    print_table(
        ("Việc đã diễn ra", "Số lần"), [(EVENTS[act], str(count)) for act, count in sorted(life.events.items())]
    )
    print_table(("Mức nhắc", "Số lượng"), [(RUNGS[state], str(count)) for state, count in sorted(life.rungs.items())])
    click.echo(f"Tình hình đến hết ngày {story.last:%d/%m/%Y}:")
    print_table(HEAD, status_lines(story.status))
    for line in sorted(life.unreachable):
        click.echo(f"Cảnh báo: {line}")
    if life.documents:
        click.echo(f"Văn bản: {len(life.documents)} tệp trong {story.out / 'van-ban'}")
    click.echo(
        f"Thư: {story.out / 'mails'}\nNhật ký sự kiện: {story.out / 'events.jsonl'}\nCơ sở dữ liệu để tập: {story.database}"
    )


EVENTS = {
    "adopt": "Ấn định thời gian dự kiến bằng công văn",
    "baseline": "Nhập điểm ban đầu, tiêu chí cần hoàn thiện",
    "approve": "Duyệt dự thảo báo cáo UBND tỉnh",
    "call": "Gọi điện, được hẹn ngày gửi",
    "consolidate": "Lập bản tổng hợp",
    "document": "Lập văn bản",
    "mail": "Thư máy chủ đã nhận",
    "milestone": "Mốc đạt theo văn bản",
    "open-by-verdict": "Mở việc theo kết luận",
    "plan.load": "Nạp kế hoạch",
    "request": "Mở việc theo đề nghị",
    "return": "Trả lại (bổ sung, gửi lại)",
    "score.return": "Trả lại phiếu để chấm lại",
    "score.submit": "Nộp, kiểm tra phiếu chấm điểm",
    "set-deadline": "Đặt hạn theo văn bản",
    "submit": "Gửi báo cáo, văn bản",
    "tick": "Lượt nhắc có việc",
    "verify": "Chấp nhận",
}
RUNGS = {
    "queued": "chờ gửi",
    "sent": "đã gửi",
    "superseded": "thay bằng mức sau, hoặc việc đã xong",
    "skipped": "không gửi, có lý do",
    "failed": "không gửi được",
}
