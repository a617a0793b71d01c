"""htx token: keys with which programs read and send the work of an agency."""

from __future__ import annotations

import click

from htx_workflow.cli import edge
from htx_workflow.cli.output import json_option, print_json, print_table


@click.group()
def command() -> None:
    """Khóa cho phần mềm khác đọc, gửi việc của cơ quan."""


@command.command()
@click.argument("name", metavar="TÊN")
@click.option(
    "--contact", required=True, metavar="MÃ", help="Đầu mối chịu trách nhiệm; khóa làm thay cơ quan của đầu mối."
)
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    metavar="PHẠM_VI",
    help="Ví dụ read:occurrences; nêu nhiều lần được.",
)
@click.option("--days", type=int, default=365, show_default=True, metavar="N", help="Dùng được trong bao nhiêu ngày.")
@edge.as_option
@json_option
def add(name: str, contact: str, scopes: tuple[str, ...], days: int, as_contact: str | None, as_json: bool) -> None:
    """Lập khóa; khóa chỉ hiện một lần, hệ thống chỉ giữ mã băm."""
    from htx_workflow.services import access_keys, contacts

    runtime = edge.open_runtime()
    by, now = edge.who(runtime, as_contact), runtime.clock.now()
    with runtime.transaction("key-make") as session:
        found = contacts.get_living(session, contact, runtime.clock.today())
        new = access_keys.NewKey(name, scopes, found.agency_id, found.id, None, days)
        made = access_keys.make(session, new, by, now)
    if as_json:
        print_json({"token": made.token, "number": made.number, "expires_at": made.expires_at})
        return
    click.echo(f"{made.token}\nKhóa số {made.number}, dùng được đến {made.expires_at:%d/%m/%Y}. Khóa không hiện lại.")


@command.command("list")
@click.option("--agency", metavar="MÃ", help="Chỉ khóa của cơ quan này.")
@json_option
def list_(agency: str | None, as_json: bool) -> None:
    """Các khóa còn hiệu lực, mới nhất trước."""
    from htx_workflow.domain.errors import NotFound
    from htx_workflow.services import access_keys
    from htx_workflow.store import agencies

    runtime = edge.open_runtime()
    with runtime.reading() as session:
        number = agencies.find_id(session, agency) if agency else None
        if agency and number is None:
            raise NotFound(f"Không có cơ quan {agency}. Xem các cơ quan: htx agency list")
        rows = access_keys.list_for(session, number, runtime.clock.now())
    if as_json:
        names = ("id", "name", "agency", "contact", "made_at", "expires_at", "used_on")
        print_json([{**{name: getattr(row, name) for name in names}, "scopes": row.scopes.split()} for row in rows])
        return
    head = ("Số", "Tên", "Cơ quan", "Đầu mối", "Phạm vi", "Dùng lần cuối", "Đến")
    print_table(
        head,
        [
            (
                str(row.id), row.name, row.agency, row.contact, row.scopes,
                f"{row.used_on:%d/%m/%Y}" if row.used_on else "chưa dùng", f"{row.expires_at:%d/%m/%Y}",
            )
            for row in rows
        ],
    )  # fmt: skip


@command.command()
@click.argument("number", type=int, metavar="SỐ")
@edge.as_option
def revoke(number: int, as_contact: str | None) -> None:
    """Bỏ một khóa ngay."""
    from htx_workflow.services import access_keys

    runtime = edge.open_runtime()
    by = edge.who(runtime, as_contact)
    with runtime.transaction("key-end") as session:
        access_keys.end(session, number, None, by, runtime.clock.now())
    click.echo(f"Khóa số {number} không dùng được nữa.")
