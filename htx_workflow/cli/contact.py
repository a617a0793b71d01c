"""htx contact: who is written to and let in, kept by the administrator."""

from __future__ import annotations

from typing import Any

import click

from htx_workflow.cli import edge
from htx_workflow.cli.output import DAY, json_option, print_json, print_table

ROLES = ("focal", "support", "leader", "clerk")


@click.group()
def command() -> None:
    """Đầu mối của các cơ quan: thêm, sửa, giao vai, bàn giao, nhập và xuất Excel, cấp mã và phiếu truy cập."""


@command.command()
@click.argument("code", metavar="MÃ")
@click.option("--agency", required=True, metavar="MÃ", help="Cơ quan (mã; xem htx agency list).")
@click.option("--address", default="", metavar="THƯ", help="Địa chỉ thư điện tử; bỏ trống nếu không dùng thư.")
@click.option("--name", default="", help="Họ và tên; bỏ trống nếu là hộp thư chung.")
@click.option("--title", default="", help="Chức vụ.")
@click.option("--phone", default="", help="Điện thoại.")
@click.option("--unit", default="", help="Phòng, ban để văn thư chuyển.")
@click.option("--channel", type=click.Choice(("email", "text", "none")), help="Kênh nhận; mặc định thư nếu có.")
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
    given["channel"] = given["channel"] or ""
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
@click.option(
    "--channel", type=click.Choice(("email", "text", "none")), help="Kênh nhận: thư, Zalo (text), hoặc không."
)
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
        contacts.change(session, code, values, by, runtime.clock.now(), runtime.clock.today())
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
    from htx_workflow.services import contacts, mailboxes

    runtime = edge.open_runtime()
    day = on or runtime.clock.today()
    if day > runtime.clock.today():
        raise BadInput("Ngày thôi nhiệm vụ ở phía trước. Đề nghị chạy lại lệnh này vào ngày ấy.")
    by, now = edge.who(runtime, as_contact), runtime.clock.now()
    with runtime.transaction("contact-end") as session:
        if person is None:
            contacts.end(session, code, by, now, day)
        else:
            mailboxes.leave(session, contacts.get(session, code).agency_id, person, by, now, day)
    if as_json:
        print_json({"code": code, "on": day, "person": person})
        return
    click.echo(f"Đã kết thúc đầu mối {code}." if person is None else f"Đã kết thúc người số {person} của {code}.")


@command.command()
@click.argument("code", metavar="MÃ")
@click.option("--on", type=DAY, help="Ngày đầu tiên không còn nhiệm vụ; mặc định hôm nay.")
@click.option("--successor", default="", metavar="MÃ", help="Đầu mối của cùng cơ quan, nhận bàn giao.")
@click.option("--no-successor", is_flag=True, help="Chưa cử được người: cơ quan sẽ hiện trong cảnh báo.")
@click.option("--out", type=click.Path(dir_okay=False), metavar="TỆP", help="Ghi biên bản bàn giao (Word) vào tệp này.")
@click.option("--dry-run", is_flag=True, help="Chỉ xem: kết thúc gì, thư nào đi nơi khác.")
@edge.as_option
@json_option
def leave(
    code: str, on: Any, successor: str, no_successor: bool, out: str | None, dry_run: bool, as_contact: str | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Đầu mối thôi nhiệm vụ và bàn giao: lối vào hết hiệu lực, việc đang mở chuyển cho người nhận."""
    from htx_workflow.services import handovers
    from htx_workflow.services.handovers import Wish

    runtime = edge.open_runtime()
    by, now, today = edge.who(runtime, as_contact), runtime.clock.now(), runtime.clock.today()
    wish = Wish(code, on or today, successor, no_successor)
    if dry_run:
        with runtime.reading() as session:
            done = handovers.look(session, wish, now, today)
    else:
        with runtime.transaction("contact-leave") as session:
            done = handovers.leave(session, wish, by, now, today)
    if out is not None:
        _write_sheet(runtime, code, out)
    ways = [way._asdict() for way in done.ways]
    if as_json:
        found = {"assignments": len(done.assignments), "works": done.works, "sessions": done.sessions, "ways": ways}
        print_json({"code": code, "on": wish.on, "successor": successor or None, "dry_run": dry_run, **found})
        return
    verb = "Sẽ" if dry_run else "Đã"
    click.echo(
        f"{verb} bàn giao {len(done.assignments)} vai, {done.works} việc đang mở; kết thúc {done.sessions} lối vào."
    )
    for way in done.ways:
        click.echo(f"Thư: {way.before} → {way.after} ({way.works} việc)")


def _write_sheet(runtime: Any, code: str, out: str) -> None:
    from pathlib import Path

    from htx_workflow.gateways.word import Word
    from htx_workflow.services import contacts, handover_sheets

    with runtime.reading() as session:
        found = handover_sheets.sheet(session, contacts.get(session, code), runtime.calendar(), runtime.clock.today())
    made = handover_sheets.paper(found, simulation=runtime.settings.demo)
    Path(out).write_bytes(Word(runtime.settings.home / "templates" / "documents").write(made))


@command.command()
@click.argument("code", metavar="MÃ")
@edge.as_option
@json_option
def rejoin(code: str, as_contact: str | None, as_json: bool) -> None:
    """Đầu mối đã thôi nhiệm vụ trở lại từ hôm nay, chưa có vai nào."""
    from htx_workflow.services import handovers

    runtime = edge.open_runtime()
    by, now = edge.who(runtime, as_contact), runtime.clock.now()
    with runtime.transaction("contact-rejoin") as session:
        handovers.rejoin(session, code, by, now, runtime.clock.today())
    if as_json:
        print_json({"code": code})
        return
    click.echo(f"Đầu mối {code} trở lại. Giao vai bằng: htx contact assign {code} --role focal")


@command.command()
@click.argument("code", metavar="MÃ")
@click.option("--role", type=click.Choice(ROLES), required=True, help="Vai tại cơ quan.")
@click.option("--duty", default="", metavar="MÃ", help="Chỉ cho nhiệm vụ này; mặc định mọi nhiệm vụ.")
@click.option("--from", "first", type=DAY, help="Từ ngày; mặc định hôm nay.")
@click.option("--to", "last", type=DAY, help="Đến hết ngày.")
@edge.as_option
@json_option
def assign(
    code: str, role: str, duty: str, first: Any, last: Any, as_contact: str | None, as_json: bool
) -> None:  # fmt: skip
    """Giao thêm vai cho một đầu mối, cho mọi nhiệm vụ hoặc một nhiệm vụ, có ngày."""
    from htx_workflow.services import assignments, contacts
    from htx_workflow.services.assignments import NewAssignment

    runtime = edge.open_runtime()
    by, now, today = edge.who(runtime, as_contact), runtime.clock.now(), runtime.clock.today()
    with runtime.transaction("assignment") as session:
        contact = contacts.get_living(session, code, today)
        made = assignments.add(session, contact, NewAssignment(role, duty, first, last), by, now, today)
    if as_json:
        print_json({"code": code, "role": role, "assignments": made})
        return
    click.echo(f"Đã giao vai cho {code}.")


@command.command("export")
@click.argument("file", type=click.Path(dir_okay=False), metavar="TỆP")
@click.option("--template", is_flag=True, help="Mẫu trống gửi kèm công văn đề nghị cử đầu mối.")
@json_option
def export_(file: str, template: bool, as_json: bool) -> None:
    """Xuất danh sách đầu mối ra Excel, theo thứ tự kế hoạch và tên."""
    from pathlib import Path

    from htx_workflow.gateways import excel
    from htx_workflow.services import contact_lists
    from htx_workflow.store import contacts as store

    runtime = edge.open_runtime()
    make = contact_lists.template if template else contact_lists.sheets
    with runtime.reading() as session:
        kept = set(store.all_agencies(session))
        sheets = make(session, kept, runtime.clock.today(), simulation=runtime.settings.demo)
    rows = len(list(sheets[0].rows))
    Path(file).write_bytes(excel.write(sheets))
    if as_json:
        print_json({"file": file, "rows": rows})
        return
    click.echo(f"Đã ghi {rows} dòng vào {file}.")


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False), metavar="TỆP")
@click.option("--dry-run", is_flag=True, help="Chỉ xem thay đổi và thư nào đi nơi khác.")
@click.option("--convert", is_flag=True, help="Chuyển phông chữ cũ (TCVN3, VNI) sang Unicode.")
@click.option("--kind", "kinds", multiple=True, metavar="LOẠI", help="Chỉ cơ quan loại này, ví dụ district; nhiều lần.")
@edge.as_option
@json_option
def import_(
    file: str, dry_run: bool, convert: bool, kinds: tuple[str, ...], as_contact: str | None, as_json: bool
) -> None:  # fmt: skip
    """Nhập danh sách đầu mối từ Excel: mọi lỗi một lần, từng ô; ghi tất cả hoặc không gì cả."""
    from pathlib import Path

    from htx_workflow.domain.errors import BadInput
    from htx_workflow.services import contact_imports, contact_writes
    from htx_workflow.services.contact_imports import Asker
    from htx_workflow.store import contacts as store

    runtime = edge.open_runtime()
    by, now, today = edge.who(runtime, as_contact), runtime.clock.now(), runtime.clock.today()
    rows = contact_imports.read(Path(file).read_bytes())
    opened = runtime.reading() if dry_run else runtime.transaction("contact-import")
    with opened as session:
        asker = Asker(set(store.all_agencies(session)), True)
        found = contact_imports.examine(session, rows, asker, today, convert=convert)
        if found.errors:
            fonts = " Chuyển phông chữ cũ bằng --convert." if found.judged.legacy and not convert else ""
            told = "\n".join(found.errors)
            raise BadInput(f"{told}\nCó {len(found.errors)} ô cần sửa; chưa ghi gì.{fonts}")
        changes = found.only(kinds)
        if not dry_run and changes:
            contact_writes.apply(session, changes, by, now, today)
    _tell_import(found, changes, dry_run=dry_run, as_json=as_json)


def _tell_import(found: Any, changes: list[Any], *, dry_run: bool, as_json: bool) -> None:
    counts = {act: sum(change.act == act for change in changes) for act in ("add", "set", "end")}
    if as_json:
        lines = [
            {"act": each.act, "code": each.code, "agency": each.agency, "what": list(each.what)} for each in changes
        ]
        ways = [way._asdict() for way in found.ways]
        print_json({"dry_run": dry_run, **counts, "unchanged": found.unchanged, "changes": lines, "ways": ways})
        return
    for change in changes:
        word = {"add": "thêm", "set": "sửa", "end": "thôi nhiệm vụ"}[change.act]
        click.echo(
            f"{word}: {change.agency}, {change.who}{f' ({change.code})' if change.code else ''}: {'; '.join(change.what)}"
        )
    for way in found.ways:
        click.echo(f"Thư của {way.agency}: {way.before} → {way.after} ({way.works} việc)")
    verb = "Sẽ" if dry_run else "Đã"
    click.echo(
        f"{verb} thêm {counts['add']}, sửa {counts['set']}, kết thúc {counts['end']}; giữ nguyên {found.unchanged}."
    )


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
