"""htx agency: the agencies of the installation."""

from __future__ import annotations

import click

from htx_workflow.cli import edge
from htx_workflow.cli.output import json_option, print_json, print_table


@click.group()
def command() -> None:
    """Cơ quan của hệ thống."""


@command.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Các cơ quan dưới tên của hôm nay, theo thứ tự kế hoạch."""
    from htx_workflow.store import agencies

    runtime = edge.open_runtime()
    with runtime.reading() as session:
        rows = agencies.list_agencies(session, runtime.clock.today())
    if as_json:
        print_json(
            [
                {
                    "code": row.code,
                    "kind": row.kind.value,
                    "name": row.name,
                    "short_name": row.short_name,
                    "parent": rows[row.parent_id].code if row.parent_id else None,
                    "ended": row.ended,
                }
                for row in rows.values()
            ]
        )
        return
    print_table(
        ("Mã", "Tên", "Trực thuộc", ""),
        [
            (row.code, row.name, rows[row.parent_id].code if row.parent_id else "", "đã kết thúc" if row.ended else "")
            for row in rows.values()
        ],
    )
