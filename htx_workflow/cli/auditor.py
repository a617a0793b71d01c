"""htx auditor: accounts that only read, for some days, by a document."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from htx_workflow.cli import edge
from htx_workflow.cli.output import DAY, json_option, print_json, print_table


@click.group()
def command() -> None:
    """Tài khoản kiểm tra: thanh tra, kiểm toán chỉ xem, trong thời hạn của văn bản."""


@command.command()
@click.argument("code", metavar="MÃ")
@click.option("--agency", required=True, metavar="MÃ", help="Cơ quan của người kiểm tra (mã; xem htx agency list).")
@click.option("--name", required=True, help="Họ và tên.")
@click.option("--address", required=True, metavar="THƯ", help="Địa chỉ thư điện tử: mã đăng nhập gửi đến đây.")
@click.option("--title", default="", help="Chức vụ.")
@click.option("--from", "first", type=DAY, help="Ngày đầu; mặc định hôm nay.")
@click.option("--to", "last", type=DAY, required=True, help="Ngày cuối; hết ngày này tài khoản tự kết thúc.")
@edge.document_options(required=True)
@edge.as_option
@json_option
def add(
    code: str, first: date | None, last: date, number: str, dated: date, issuer: str, subject: str,
    as_contact: str | None, as_json: bool, **given: Any,
) -> None:  # fmt: skip
    """Lập một tài khoản kiểm tra."""
    from htx_workflow.services import auditors
    from htx_workflow.services.auditors import Term
    from htx_workflow.services.contacts import NewContact

    runtime = edge.open_runtime()
    by, today = edge.who(runtime, as_contact), runtime.clock.today()
    document = edge.document(number, dated, issuer, subject)
    assert document is not None
    with runtime.transaction("auditor-make") as session:
        term = Term(first or today, last, document)
        auditors.make(session, NewContact(code, **given), term, by, runtime.clock.now(), today)
    if as_json:
        print_json({"code": code, "from": first or today, "to": last})
        return
    click.echo(f"Đã lập tài khoản kiểm tra {code}, chỉ xem, đến hết ngày {last:%d/%m/%Y}.")


@command.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Các tài khoản kiểm tra, mới nhất trước."""
    from htx_workflow.services import auditors

    runtime = edge.open_runtime()
    with runtime.reading() as session:
        rows = list(auditors.list_rows(session))
    if as_json:
        names = ("contact", "name", "address", "valid_from", "valid_to", "number", "dated")
        print_json(
            [
                {name: getattr(row, name) for name in names} | {"over": auditors.is_over(row, runtime.clock.today())}
                for row in rows
            ]
        )
        return
    print_table(
        ("Mã", "Họ tên", "Địa chỉ thư", "Từ ngày", "Đến hết ngày", "Văn bản", "Tình trạng"),
        [
            (
                row.contact, row.name, row.address, f"{row.valid_from:%d/%m/%Y}", f"{row.valid_to:%d/%m/%Y}", row.number,
                auditors.state_of(row, runtime.clock.today()),
            )
            for row in rows
        ],
    )  # fmt: skip


@command.command()
@click.argument("code", metavar="MÃ")
@edge.as_option
@json_option
def end(code: str, as_contact: str | None, as_json: bool) -> None:
    """Kết thúc một tài khoản kiểm tra trước hạn; các phiên kết thúc ngay."""
    from htx_workflow.services import auditors

    runtime = edge.open_runtime()
    by = edge.who(runtime, as_contact)
    with runtime.transaction("contact-end") as session:
        auditors.end(session, code, by, runtime.clock.now(), runtime.clock.today())
    if as_json:
        print_json({"ended": code})
        return
    click.echo(f"Đã kết thúc tài khoản kiểm tra {code}.")
