"""htx webhook: addresses of other systems that are told when something changes."""

from __future__ import annotations

import asyncio

import click

from htx_workflow.cli import edge
from htx_workflow.cli.output import json_option, print_json, print_table


@click.group()
def command() -> None:
    """Địa chỉ của phần mềm khác được báo khi có thay đổi."""


@command.command()
@click.argument("url", metavar="ĐỊA_CHỈ")
@click.option("--contact", required=True, metavar="MÃ", help="Đầu mối chịu trách nhiệm; báo việc của cơ quan đầu mối.")
@click.option(
    "--event", "events", multiple=True, metavar="LOẠI", help="Ví dụ occurrence.submitted; không nêu là mọi loại."
)
@click.option("--plan", metavar="MÃ", help="Chỉ thay đổi trong kế hoạch này.")
@click.option("--whole", is_flag=True, help="Mọi cơ quan trong kế hoạch, không chỉ cơ quan của đầu mối.")
@edge.as_option
@json_option
def add(
    url: str, contact: str, events: tuple[str, ...], plan: str | None, whole: bool, as_contact: str | None, as_json: bool
) -> None:  # fmt: skip
    """Thêm một địa chỉ; khóa kiểm tra chữ ký chỉ hiện một lần."""
    from htx_workflow.services import contacts, plans, webhooks

    runtime = edge.open_runtime()
    by, now = edge.who(runtime, as_contact), runtime.clock.now()
    rules, key = runtime.settings.outward, runtime.sender().signing_key
    with runtime.transaction("hook-make") as session:
        found = contacts.get_living(session, contact, runtime.clock.today())
        loaded = plans.get_plan(session, plan) if plan else None
        new = webhooks.NewHook(url, events, found.agency_id, found.id, None, loaded, whole)
        made = webhooks.make(session, new, rules, key, by, now)
    if as_json:
        print_json({"number": made.number, "secret": made.secret})
        return
    click.echo(
        f"{made.secret}\nĐịa chỉ số {made.number}. Khóa kiểm tra chữ ký không hiện lại; thử: htx webhook test {made.number}"
    )


@command.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Các địa chỉ đang nhận, với lần gửi cuối."""
    from htx_workflow.store import hooks

    runtime = edge.open_runtime()
    with runtime.reading() as session:
        rows = hooks.list_living(session)
    if as_json:
        names = ("id", "url", "agency", "contact", "plan", "whole", "made_at", "last_state", "last_reason", "last_at")
        print_json([{**{name: getattr(row, name) for name in names}, "events": row.events.split()} for row in rows])
        return
    print_table(
        ("Số", "Địa chỉ", "Cơ quan", "Đầu mối", "Loại", "Lần gửi cuối"),
        [
            (
                str(row.id), row.url, row.agency, row.contact, row.events or "mọi loại",
                f"{STATES[row.last_state]} {row.last_reason}".strip() if row.last_state else "chưa gửi",
            )
            for row in rows
        ],
    )  # fmt: skip


STATES = {
    "queued": "chờ gửi", "leased": "đang gửi", "sent": "đã nhận", "failed": "không gửi được", "cancelled": "đã thôi",
}  # fmt: skip


@command.command()
@click.argument("number", type=int, metavar="SỐ")
def test(number: int) -> None:
    """Gửi một thông báo thử ngay, không qua hàng đợi."""
    from htx_workflow.services import hook_delivery

    runtime = edge.open_runtime()
    status = asyncio.run(hook_delivery.send_test(runtime.database, runtime.poster, runtime.sender().signing_key, number, runtime.clock.now()))  # fmt: skip
    click.echo(f"Máy nhận trả lời {status}.")


@command.command()
@click.argument("number", type=int, metavar="SỐ")
@edge.as_option
def remove(number: int, as_contact: str | None) -> None:
    """Bỏ một địa chỉ ngay."""
    from htx_workflow.services import webhooks

    runtime = edge.open_runtime()
    by = edge.who(runtime, as_contact)
    with runtime.transaction("hook-end") as session:
        webhooks.end(session, number, None, by, runtime.clock.now())
    click.echo(f"Địa chỉ số {number} không nhận thông báo nữa.")
