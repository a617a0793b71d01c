"""htx agency: the agencies of the installation."""

from __future__ import annotations

from typing import Any

import click

from htx_workflow.cli import edge
from htx_workflow.cli.output import DAY, json_option, print_json, print_table


@click.group()
def command() -> None:
    """Cơ quan của hệ thống: xem, thêm, đổi tên theo văn bản."""


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


KINDS = ("province", "department", "bank", "union", "district", "commune", "cooperative", "ministry")


@command.command()
@click.argument("code", metavar="MÃ")
@json_option
def show(code: str, as_json: bool) -> None:
    """Một cơ quan: tên qua các thời kỳ, cấp trên, đầu mối, việc đang mở."""
    from htx_workflow.services import agencies
    from htx_workflow.store import agencies as store
    from htx_workflow.store import contacts

    runtime = edge.open_runtime()
    today = runtime.clock.today()
    with runtime.reading() as session:
        agency = agencies.get(session, code, today)
        parent = store.list_agencies(session, today)[agency.parent_id].code if agency.parent_id else None
        found = {
            "code": code,
            "kind": agency.kind.value,
            "parent": parent,
            "names": [name._asdict() for name in agencies.names_of(session, agency)],
            "contacts": [row.code for row in contacts.list_of_agencies(session, [agency.id], today)],
            "open_work": sum(place.works for place in contacts.open_work(session, [agency.id])),
        }
    if as_json:
        print_json(found)
        return
    for label, value in found.items():
        click.echo(f"{label}: {value}")


@command.command()
@click.argument("code", metavar="MÃ")
@click.option("--kind", type=click.Choice(KINDS), required=True, help="Loại cơ quan.")
@click.option("--name", required=True, help="Tên đầy đủ.")
@click.option("--short-name", default="", help="Tên ngắn; mặc định như tên đầy đủ.")
@click.option("--doc-code", default="", help="Chữ viết tắt trong số văn bản, ví dụ SKHĐT.")
@click.option("--parent", default="", metavar="MÃ", help="Cơ quan cấp trên.")
@click.option("--place", default="", help="Nơi ghi trước ngày văn bản.")
@edge.as_option
@json_option
def add(
    code: str, kind: str, name: str, short_name: str, doc_code: str, parent: str, place: str, as_contact: str | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Thêm một cơ quan, mang tên này từ hôm nay."""
    from htx_workflow.services import agencies
    from htx_workflow.services.agencies import Names, NewAgency

    runtime = edge.open_runtime()
    by, now = edge.who(runtime, as_contact), runtime.clock.now()
    new = NewAgency(code, kind, Names(name, short_name, doc_code), parent, place)
    with runtime.transaction("agency-add") as session:
        agencies.add(session, new, by, now, runtime.clock.today())
    if as_json:
        print_json({"code": code})
        return
    click.echo(f"Đã thêm cơ quan {code}.")


@command.command()
@click.argument("code", metavar="MÃ")
@click.option("--name", required=True, help="Tên mới, đầy đủ.")
@click.option("--short-name", default="", help="Tên ngắn; mặc định như tên đầy đủ.")
@click.option("--doc-code", default="", help="Chữ viết tắt trong số văn bản.")
@click.option("--from", "first", type=DAY, required=True, help="Từ ngày.")
@edge.document_options(required=True)
@edge.as_option
@json_option
def rename(
    code: str, name: str, short_name: str, doc_code: str, first: Any, number: str, dated: Any, issuer: str, subject: str,
    as_contact: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Đổi tên cơ quan theo văn bản, từ một ngày; văn bản của những ngày trước giữ tên cũ."""
    from htx_workflow.domain.errors import BadInput
    from htx_workflow.services import agencies
    from htx_workflow.services.agencies import Names

    runtime = edge.open_runtime()
    by, now = edge.who(runtime, as_contact), runtime.clock.now()
    document = edge.document(number, dated, issuer, subject)
    if document is None:
        raise BadInput("Chưa có văn bản đổi tên.")
    with runtime.transaction("agency-rename") as session:
        agencies.rename(
            session, code, Names(name, short_name, doc_code), document, first, by, now, runtime.clock.today()
        )
    if as_json:
        print_json({"code": code, "name": name, "from": first})
        return
    click.echo(f"Cơ quan {code} mang tên mới từ ngày {first:%d/%m/%Y}.")
