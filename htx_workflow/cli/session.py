"""htx session: who is signed in, and how it is ended."""

from __future__ import annotations

import click

from htx_workflow.cli import edge
from htx_workflow.cli.output import json_option, print_json, print_table

STRENGTHS = {"link": "liên kết, phiếu", "code": "mã sáu số", "demo": "bản mô phỏng"}


@click.group()
def command() -> None:
    """Phiên đăng nhập."""


@command.command("list")
@click.option("--contact", metavar="MÃ", help="Chỉ phiên của đầu mối này.")
@click.option("--limit", type=click.IntRange(1, 10000), default=50, show_default=True)
@json_option
def list_(contact: str | None, limit: int, as_json: bool) -> None:
    """Các phiên còn hiệu lực, mới nhất trước."""
    from htx_workflow.runtime import LOCAL
    from htx_workflow.services import contacts
    from htx_workflow.store import access

    runtime = edge.open_runtime()
    with runtime.reading() as session:
        numbers = [contacts.get(session, contact).id] if contact else None
        rows = access.list_living(session, ("session",), runtime.clock.now(), numbers, limit)
    if as_json:
        names = ("id", "contact", "person", "strength", "made_at", "expires_at", "browser")
        print_json([{name: getattr(row, name) for name in names} for row in rows])
        return
    print_table(
        ("Số", "Đầu mối", "Người", "Mở bằng", "Mở lúc", "Đến", "Trình duyệt"),
        [
            (
                str(row.id),
                row.contact,
                row.person or row.contact_name,
                STRENGTHS[row.strength],
                f"{row.made_at.astimezone(LOCAL):%H:%M %d/%m/%Y}",
                f"{row.expires_at.astimezone(LOCAL):%H:%M %d/%m/%Y}",
                row.browser,
            )
            for row in rows
        ],
    )


@command.command()
@click.argument("number", type=int, metavar="SỐ")
@edge.as_option
@json_option
def end(number: int, as_contact: str | None, as_json: bool) -> None:
    """Kết thúc một phiên ngay."""
    from htx_workflow.domain.errors import NotFound
    from htx_workflow.services import visits
    from htx_workflow.store import access

    runtime = edge.open_runtime()
    by = edge.who(runtime, as_contact)
    with runtime.transaction("session-end") as session:
        row = access.find_by_id(session, number)
        if row is None or row.kind != "session" or not visits.end(session, number, by, runtime.clock.now()):
            raise NotFound(f"Không có phiên {number} còn hiệu lực. Xem các phiên: htx session list")
    if as_json:
        print_json({"ended": number})
        return
    click.echo(f"Đã kết thúc phiên {number}.")
