"""htx bounce: mail that came back, read from a pipe or a mailbox."""

from __future__ import annotations

import sys

import click

from htx_workflow.cli import edge
from htx_workflow.cli.output import json_option, print_json, print_table

TRY_AGAIN = 75
"""EX_TEMPFAIL: a relay keeps the mail and pipes it in again; any other code but 0 would make it bounce once more."""


@click.group()
def command() -> None:
    """Thư bị trả lại: đọc, xem, ghi địa chỉ vẫn đúng."""


@command.command()
@json_option
def read(as_json: bool) -> None:
    """Đọc một báo thư trả lại từ stdin; máy chủ thư gọi lệnh này cho hộp thư trả lại."""
    from htx_workflow.domain.bounces import MOST_BYTES
    from htx_workflow.domain.errors import StoreError
    from htx_workflow.services import bounces

    raw = sys.stdin.buffer.read(MOST_BYTES)
    sys.stdin.buffer.read()  # to its end: who pipes it in must not see a closed pipe
    try:
        runtime = edge.open_runtime()
        with runtime.transaction("bounce") as session:
            taken = bounces.take(session, raw, runtime.sender(), runtime.style(), runtime.clock.now())
    except StoreError as error:
        click.echo(str(error), err=True)
        sys.exit(TRY_AGAIN)
    if as_json:
        print_json({"kind": taken.kind, "sentence": taken.sentence})
        return
    click.echo(taken.sentence)


@command.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Các địa chỉ đang hỏng, và các báo thư trả lại đọc gần đây."""
    from htx_workflow.services import bounces
    from htx_workflow.store import bounces as store

    runtime = edge.open_runtime()
    with runtime.reading() as session:
        failed, last = store.list_failed(session, runtime.clock.today()), store.list_last(session, 50)
    if as_json:
        print_json(
            {
                "failed": [
                    {"contact": row.code, "agency": row.agency, "address": row.address, "since": row.address_failed_at,
                     "status": row.status, "reason": row.reason} for row in failed
                ],
                "last": [dict(row._mapping) for row in last],
            }
        )  # fmt: skip
        return
    print_table(
        ("Đầu mối", "Cơ quan", "Địa chỉ", "Tình trạng"),
        [(row.code, row.agency, row.address, bounces.failed_words(row)) for row in failed],
    )
    print_table(
        ("Lúc", "Loại", "Thư", "Mã", "Máy chủ báo"),
        [(f"{row.at:%d/%m/%Y %H:%M}", KINDS[row.kind], row.key or "–", row.status, row.reason) for row in last],
    )


KINDS = {"permanent": "trả lại hẳn", "transient": "gửi chậm", "unknown": "không khớp thư nào"}


@command.command()
@click.argument("code", metavar="MÃ")
@edge.as_option
def clear(code: str, as_contact: str | None) -> None:
    """Địa chỉ của đầu mối vẫn đúng: gửi thư tới đó như trước."""
    from htx_workflow.services import bounces

    runtime = edge.open_runtime()
    by = edge.who(runtime, as_contact)
    with runtime.transaction("address-right") as session:
        bounces.clear(session, code, by, runtime.clock.now())
    click.echo(f"Địa chỉ của {code} được ghi là đúng; việc đang chờ được nhắc ở lượt gửi thư tới.")
