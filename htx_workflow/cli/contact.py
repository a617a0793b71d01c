"""htx contact: who is written to and let in, kept by the administrator."""

from __future__ import annotations

from typing import Any

import click

from htx_workflow.cli import edge
from htx_workflow.cli.output import DAY, json_option, print_json, print_table

ROLES = ("focal", "support", "leader", "clerk")


@click.group()
def command() -> None:
    """Đầu mối của các cơ quan: thêm, sửa, kết thúc, cấp mã và phiếu truy cập."""


@command.command()
@click.argument("code", metavar="MÃ")
@click.option("--agency", required=True, metavar="MÃ", help="Cơ quan (mã; xem htx agency list).")
@click.option("--address", default="", metavar="THƯ", help="Địa chỉ thư điện tử; bỏ trống nếu không dùng thư.")
@click.option("--name", default="", help="Họ và tên; bỏ trống nếu là hộp thư chung.")
@click.option("--title", default="", help="Chức vụ.")
@click.option("--phone", default="", help="Điện thoại.")
@click.option("--unit", default="", help="Phòng, ban để văn thư chuyển.")
@click.option("--role", type=click.Choice(ROLES), help="Vai tại cơ quan; mặc định focal, với --admin là không có.")
@click.option("--duty", "duties", multiple=True, metavar="MÃ", help="Chỉ cho nhiệm vụ này; nêu được nhiều lần.")
@click.option("--shared", is_flag=True, help="Hộp thư nhiều người dùng chung.")
@click.option("--approves", is_flag=True, help="Được duyệt văn bản gửi Ủy ban nhân dân tỉnh.")
@click.option("--admin", is_flag=True, help="Người quản trị hệ thống; in một liên kết đăng nhập dùng một lần.")
@edge.as_option
@json_option
def add(code: str, as_contact: str | None, as_json: bool, **given: Any) -> None:
    """Thêm một đầu mối. Với --admin: in liên kết vào trang, dùng một lần, trong 24 giờ."""
    from htx_workflow.services import codes, contacts
    from htx_workflow.services.contacts import NewContact

    runtime = edge.open_runtime()
    by, now = edge.who(runtime, as_contact), runtime.clock.now()
    given["role"] = given["role"] or ("" if given["admin"] else "focal")
    with runtime.transaction("contact-add") as session:
        number = contacts.add(session, NewContact(code, **given), by, now, runtime.clock.today())
        token = codes.invite(session, number, by, now) if given["admin"] else ""
    link = f"{_base(runtime)}/m/{token}" if token else None
    if as_json:
        print_json({"code": code, "agency": given["agency"], "link": link})
        return
    click.echo(f"Đã thêm đầu mối {code}.")
    if link:
        click.echo(f"Liên kết đăng nhập, dùng một lần, trong {codes.INVITE_HOURS} giờ: {link}")


@command.command("list")
@click.option("--agency", metavar="MÃ", help="Chỉ đầu mối của cơ quan này.")
@click.option("--all", "everybody", is_flag=True, help="Cả đầu mối đã thôi nhiệm vụ.")
@json_option
def list_(agency: str | None, everybody: bool, as_json: bool) -> None:
    """Các đầu mối, theo thứ tự cơ quan."""
    from htx_workflow.store import contacts

    runtime = edge.open_runtime()
    today = runtime.clock.today()
    with runtime.reading() as session:
        rows = [row for row in contacts.list_all(session, agency) if everybody or _is_there(row, today)]
    if as_json:
        print_json([_json(row) for row in rows])
        return
    print_table(
        ("Mã", "Cơ quan", "Họ tên, phòng", "Địa chỉ thư", "Điện thoại", "Quyền"),
        [(row.code, row.agency, row.name or row.unit, row.address, row.phone, _rights(row)) for row in rows],
    )


@command.command()
@click.argument("code", metavar="MÃ")
@json_option
def show(code: str, as_json: bool) -> None:
    """Một đầu mối: vai, nhiệm vụ, phiên và phiếu còn hiệu lực."""
    from htx_workflow.services import contacts
    from htx_workflow.store import access
    from htx_workflow.store import contacts as store

    runtime = edge.open_runtime()
    now, today = runtime.clock.now(), runtime.clock.today()
    with runtime.reading() as session:
        row = contacts.get(session, code)
        roles = [{"role": each.role, "duty": each.duty} for each in store.assignments_of(session, [row.id], today)]
        living = access.list_living(session, ("session", "sheet"), now, [row.id], 1000)
    found = _json(row) | {
        "roles": roles,
        "sessions": [each.id for each in living if each.kind == "session"],
        "sheets": [each.id for each in living if each.kind == "sheet"],
    }
    if as_json:
        print_json(found)
        return
    for label, value in found.items():
        click.echo(f"{label}: {value}")


@command.command("set")
@click.argument("code", metavar="MÃ")
@click.option("--address", metavar="THƯ", help="Địa chỉ thư mới; liên kết gửi tới địa chỉ cũ hết hiệu lực.")
@click.option("--name", help="Họ và tên.")
@click.option("--title", help="Chức vụ.")
@click.option("--phone", help="Điện thoại.")
@click.option("--unit", help="Phòng, ban.")
@click.option("--rhythm", type=click.Choice(("daily", "monday")), help="Nhịp thư: hằng ngày, hoặc đầu tuần.")
@click.option("--shared/--not-shared", default=None, help="Hộp thư nhiều người dùng chung, hay không.")
@click.option("--approves/--no-approves", default=None, help="Được duyệt văn bản gửi UBND tỉnh, hay không.")
@click.option("--admin/--no-admin", default=None, help="Người quản trị hệ thống, hay không.")
@edge.as_option
@json_option
def set_(code: str, as_contact: str | None, as_json: bool, **given: Any) -> None:
    """Sửa một đầu mối; chỉ điều được nêu thay đổi."""
    from htx_workflow.services import contacts

    runtime = edge.open_runtime()
    values = {name: value for name, value in given.items() if value is not None}
    by = edge.who(runtime, as_contact)
    with runtime.transaction("contact-set") as session:
        contacts.change(session, code, values, by, runtime.clock.now())
    if as_json:
        print_json({"code": code, "changed": sorted(values)})
        return
    click.echo(f"Đã sửa đầu mối {code}: {', '.join(sorted(values))}.")


@command.command()
@click.argument("code", metavar="MÃ")
@click.option("--on", type=DAY, help="Ngày đầu tiên không còn nhiệm vụ; mặc định hôm nay.")
@click.option("--person", type=int, metavar="SỐ", help="Chỉ một người của hộp thư chung thôi nhiệm vụ.")
@edge.as_option
@json_option
def end(code: str, on: Any, person: int | None, as_contact: str | None, as_json: bool) -> None:
    """Đầu mối thôi nhiệm vụ: phiên, mã, phiếu, liên kết và ủy quyền hết hiệu lực ngay."""
    from htx_workflow.domain.errors import BadInput
    from htx_workflow.services import contacts

    runtime = edge.open_runtime()
    day = on or runtime.clock.today()
    if day > runtime.clock.today():
        raise BadInput("Ngày thôi nhiệm vụ ở phía trước. Đề nghị chạy lại lệnh này vào ngày ấy.")
    by, now = edge.who(runtime, as_contact), runtime.clock.now()
    with runtime.transaction("contact-end") as session:
        if person is None:
            contacts.end(session, code, by, now, day)
        else:
            contacts.end_person(session, contacts.get(session, code).agency_id, person, by, now, day)
    if as_json:
        print_json({"code": code, "on": day, "person": person})
        return
    click.echo(f"Đã kết thúc đầu mối {code}." if person is None else f"Đã kết thúc người số {person} của {code}.")


@command.command()
@click.argument("code", metavar="MÃ")
@edge.as_option
@json_option
def code(code: str, as_contact: str | None, as_json: bool) -> None:
    """Mã để đọc qua điện thoại: 30 phút, dùng một lần, được ghi nhật ký."""
    _short("aloud", code, as_contact, as_json)


@command.command()
@click.argument("code", metavar="MÃ")
@edge.as_option
@json_option
def sheet(code: str, as_contact: str | None, as_json: bool) -> None:
    """Phiếu truy cập: địa chỉ ngắn và sáu số, 14 ngày, dùng nhiều lần."""
    _short("sheet", code, as_contact, as_json)


def _short(kind: str, code: str, as_contact: str | None, as_json: bool) -> None:
    from htx_workflow.domain import words
    from htx_workflow.runtime import LOCAL
    from htx_workflow.services import codes, contacts

    runtime = edge.open_runtime()
    by, now, key = edge.who(runtime, as_contact), runtime.clock.now(), runtime.sender().signing_key
    make = codes.make_sheet if kind == "sheet" else codes.read_aloud
    with runtime.transaction(f"code-{kind}") as session:
        contact = contacts.get_living(session, code, runtime.clock.today())
        made = make(session, contact.id, key, by, now)
    address = f"{_base(runtime)}/p/{made.short}"
    if as_json:
        print_json({"code": code, "address": address, "digits": made.digits, "until": made.until})
        return
    until = words.moment_text(made.until.astimezone(LOCAL))
    click.echo(f"{address}  mã {made.digits_shown}  (đến {until})")


def _base(runtime: Any) -> str:
    settings = runtime.settings
    return str(settings.base_url).rstrip("/") or f"http://{settings.host}:{settings.port}"


def _is_there(row: Any, today: Any) -> bool:
    return (row.valid_from is None or row.valid_from <= today) and (row.valid_to is None or row.valid_to >= today)


def _json(row: Any) -> dict[str, Any]:
    names = (
        "code", "agency", "channel", "address", "name", "title", "unit", "phone", "shared", "approves", "admin",
        "rhythm", "valid_from", "valid_to",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names}


def _rights(row: Any) -> str:
    words = (("quản trị", row.admin), ("duyệt", row.approves), ("dùng chung", row.shared))
    return ", ".join(word for word, has in words if has)
