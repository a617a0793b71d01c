"""htx outbox: what waits, what went, what failed; drafts to approve."""

from __future__ import annotations

import click

from htx_workflow.cli import edge
from htx_workflow.cli.output import json_option, print_json, print_table

STATES = {
    "held": "chờ duyệt",
    "queued": "chờ gửi",
    "leased": "đang gửi",
    "sent": "máy chủ đã nhận",
    "failed": "không gửi được",
    "cancelled": "không gửi nữa",
}


@click.group()
def command() -> None:
    """Hộp thư đi."""


@command.command("list")
@click.option("--state", type=click.Choice([*STATES, "doubtful"]), help="Chỉ thư ở tình trạng này.")
@click.option("--limit", type=click.IntRange(1, 10000), default=50, show_default=True)
@json_option
def list_(state: str | None, limit: int, as_json: bool) -> None:
    """Thư mới nhất trước."""
    from htx_workflow.store import outbox

    runtime = edge.open_runtime()
    with runtime.reading() as session:
        rows = outbox.list_messages(session, state, limit)
    if as_json:
        print_json([dict(row._mapping) for row in rows])
        return
    print_table(
        ("Mã thư", "Người nhận", "Tiêu đề", "Tình trạng", "Ghi chú"),
        [
            (
                row.key,
                row.address,
                row.subject,
                STATES[row.state] + (" (có thể đến hai lần)" if row.doubtful else ""),
                row.reason,
            )
            for row in rows
        ],
    )


@command.command()
@click.argument("key", metavar="MÃ THƯ")
@json_option
def show(key: str, as_json: bool) -> None:
    """Một thư như người nhận đọc, không có liên kết dùng được; và các mức nhắc trong thư."""
    from htx_workflow.domain.errors import NotFound
    from htx_workflow.gateways.templates import LINK
    from htx_workflow.store import outbox

    runtime = edge.open_runtime()
    with runtime.reading() as session:
        row = outbox.find_message(session, key)
        if row is None:
            raise NotFound(f"Không có thư {key}. Xem các thư: htx outbox list")
        rungs = outbox.rungs_of(session, row.id)
    text = row.body_text.replace(LINK, "(liên kết riêng của người nhận)")
    if as_json:
        fields = ("key", "kind", "address", "subject", "day", "state", "reason", "attempts", "doubtful", "sent_at")
        found = {name: getattr(row, name) for name in fields}
        print_json({**found, "text": text, "rungs": [dict(rung._mapping) for rung in rungs]})
        return
    click.echo(
        f"Mã thư   : {row.key}\nĐến      : {row.address}\nTiêu đề  : {row.subject}\nTình trạng: {STATES[row.state]} {row.reason}"
    )
    for rung in rungs:
        click.echo(f"  {rung.key} ({rung.step}, {rung.audience}): {rung.state}; {rung.reason}")
    click.echo(f"\n{text}")


@command.command()
@click.argument("key", metavar="MÃ THƯ")
@edge.as_option
def retry(key: str, as_contact: str | None) -> None:
    """Cho một thư không gửi được vào hàng đợi lần nữa."""
    from htx_workflow.services import outboxes

    runtime = edge.open_runtime()
    when = edge.when(runtime, as_contact)
    with runtime.transaction("retry") as session:
        outboxes.retry(session, key, when)
    click.echo(f"{key}: sẽ gửi ở lượt gửi tới (htx deliver).")


@command.command()
@click.argument("key", metavar="MÃ THƯ")
@click.option("--as", "as_contact", required=True, metavar="MÃ", help="Đầu mối có quyền duyệt của cơ quan chủ trì.")
def approve(key: str, as_contact: str) -> None:
    """Duyệt dự thảo báo cáo UBND tỉnh: soạn lại theo tình hình mới nhất rồi cho gửi."""
    from htx_workflow.services import drafts

    runtime = edge.open_runtime()
    with runtime.transaction("approve") as session:
        sent = drafts.approve(session, runtime.calendars(), runtime.style(), key, as_contact, runtime.clock.now())
    click.echo(
        f"Đã duyệt; thư {sent} sẽ gửi ở lượt gửi tới." if sent else "Không còn việc nào quá hạn; dự thảo đã hủy."
    )
