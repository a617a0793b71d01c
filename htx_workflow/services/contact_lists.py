"""The list of contacts as Excel (danh sách đầu mối): everybody in the order of the plan, or a blank one to fill in."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Any

from htx_workflow.domain import collation
from htx_workflow.domain.contact_rows import CHANNELS, COLUMNS, RHYTHMS, ROLES
from htx_workflow.gateways.excel import Column, Sheet
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import contact_bulk as store
from htx_workflow.store import contacts as contact_store
from htx_workflow.store.agencies import AgencyRow
from htx_workflow.store.contact_bulk import AssignmentRow
from htx_workflow.store.database import Session

NAME, HELP = "Đầu mối", "Hướng dẫn"
TITLE = "DANH SÁCH ĐẦU MỐI THEO DÕI, BÁO CÁO"
LINE = "Mỗi dòng là một đầu mối với một vai; đầu mối có nhiều vai thì có nhiều dòng. Đầu mối không có trong tệp giữ nguyên."
WIDTHS = {"agency_name": 30.0, "unit": 26.0, "name": 24.0, "title": 20.0, "address": 30.0, "duties": 20.0, "code": 18.0}
DAYS = ("first", "last", "left")
NOT_FILLED = ("agency_name",)


def duty_words(session: Session) -> dict[int, str]:
    """How a duty is named in the list: by its code, after its plan where two plans have the code."""
    duties = contact_store.list_duties(session)
    codes = [row.code for row in duties]
    return {row.id: row.code if codes.count(row.code) == 1 else f"{row.plan}/{row.code}" for row in duties}


def sheets(session: Session, kept: Collection[int], today: date, *, simulation: bool) -> list[Sheet]:
    """Every contact of these agencies that is there today or will be, and how to fill the list in."""
    agencies = agency_store.list_agencies(session, today)
    held = store.list_assignments(session, today)
    there = [
        row
        for row in store.list_contacts(session)
        if row.agency_id in kept and (row.valid_to is None or row.valid_to >= today)
    ]
    there.sort(key=lambda row: (agencies[row.agency_id].sort, row.agency_id, not row.name, _by_name(row), row.code))
    named = duty_words(session)
    rows = [line for row in there for line in _lines(row, agencies[row.agency_id], held.get(row.id, []), named)]
    return [_sheet(rows, simulation=simulation), _help(session, simulation=simulation)]


def template(session: Session, kept: Collection[int], today: date, *, simulation: bool) -> list[Sheet]:
    """A blank list with a row for each of these agencies, to go with the letter that asks for contacts."""
    agencies = agency_store.list_agencies(session, today)
    rows = [
        ["", row.code, row.short_name, *[""] * (len(COLUMNS) - 3)]
        for row in agencies.values()
        if row.id in kept and not row.ended
    ]
    return [_sheet(rows, simulation=simulation), _help(session, simulation=simulation)]


def _by_name(row: Any) -> Any:
    return collation.person_key(row.name or row.unit)


def _sheet(rows: list[list[Any]], *, simulation: bool) -> Sheet:
    columns = [
        Column(label, "day" if code in DAYS else "text", WIDTHS.get(code, 14), fill=code not in NOT_FILLED)
        for code, label in COLUMNS.items()
    ]
    return Sheet(TITLE, columns, rows, LINE, NAME, ("", ""), simulation, tuple(COLUMNS))


def _lines(row: Any, agency: AgencyRow, held: list[AssignmentRow], named: dict[int, str]) -> Iterator[list[Any]]:
    """A row for each role of a contact, its duties together; one without a role has one row."""
    groups: dict[tuple[str, bool, date | None, date | None], list[str]] = {}
    for each in held:
        if each.agency_id == row.agency_id and (each.duty_id is None or each.duty_id in named):
            key = (each.role, each.duty_id is None, each.valid_from, each.valid_to)
            groups.setdefault(key, []).extend([named[each.duty_id]] if each.duty_id is not None else [])
    left = row.valid_to + timedelta(days=1) if row.valid_to else None
    for (role, _, first, last), duties in groups.items() or [(("", True, None, None), [])]:
        yield [
            row.code, agency.code, agency.short_name, row.unit, row.name, row.title, row.phone, row.address,
            CHANNELS[row.channel], _x(row.shared), ROLES.get(role, ""), ", ".join(duties), first, last,
            RHYTHMS[row.rhythm], _x(row.approves), _x(row.admin), left,
        ]  # fmt: skip


def _x(given: bool) -> str:
    return "x" if given else ""


def _help(session: Session, *, simulation: bool) -> Sheet:
    """What to write in each column, and the codes of the duties."""
    told = {
        "code": "Giữ nguyên mã của đầu mối đã có; để trống cho đầu mối mới, hệ thống tự đặt.",
        "agency": "Mã như trong mẫu; tên cơ quan cũng được.",
        "name": "Họ và tên đầy đủ, gõ Unicode; để trống nếu chỉ biết phòng, ban.",
        "address": "Mỗi địa chỉ của một đầu mối. Hộp thư nhiều người dùng: một đầu mối, ghi x ở cột dùng chung.",
        "channel": "thư; Zalo (người khác gửi tin hộ, cần số điện thoại); không.",
        "shared": "x là có.",
        "role": f"Một trong: {', '.join(ROLES.values())}.",
        "duties": "Mã nhiệm vụ, cách nhau bằng dấu phẩy; để trống: mọi nhiệm vụ của cơ quan.",
        "first": "ngày/tháng/năm; để trống: từ hôm nhập.",
        "last": "ngày/tháng/năm; để trống: không định trước.",
        "rhythm": "hằng ngày, hoặc thứ Hai (việc gấp và quá hạn vẫn gửi ngay).",
        "approves": "x: được duyệt dự thảo gửi Ủy ban nhân dân tỉnh.",
        "admin": "x: quản trị hệ thống.",
        "left": "Ngày đầu tiên không còn nhiệm vụ: phiên, liên kết, phiếu của người ấy hết hiệu lực.",
    }
    rows = [[COLUMNS[code], text] for code, text in told.items()]
    rows += [[f"Mã nhiệm vụ {row.plan}/{row.code}", row.title] for row in contact_store.list_duties(session)]
    columns = (Column("Cột", width=40), Column("Cách ghi", width=100))
    return Sheet("HƯỚNG DẪN ĐIỀN", columns, rows, "", HELP, ("", ""), simulation)
