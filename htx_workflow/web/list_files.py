"""Lists of the portal as Excel (xuất danh sách): one way out for every list that a page shows in parts.

A page that is asked for `?tep=xlsx` reads its list once more without parts and hands it to one of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from starlette.responses import Response

from htx_workflow.gateways.excel import Column, Sheet
from htx_workflow.runtime import LOCAL
from htx_workflow.services import works
from htx_workflow.services.agencies import KIND_WORDS, Line
from htx_workflow.services.card_lists import CardList
from htx_workflow.services.desk import Sight
from htx_workflow.services.outbox_pages import STATES, Found
from htx_workflow.services.request_pages import ListPage
from htx_workflow.store.desk_news import FailedRow
from htx_workflow.store.runs import RunRow
from htx_workflow.web.desk_room import Room, cut_note, stem
from htx_workflow.web.status import RunLine

EXCEL = "xlsx"
"""`?tep=xlsx`"""


def hand_over(
    room: Room, name: str, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]], count: int = 0
) -> Response:
    """A list under a title; of one that is too long the file says so. `count`: all its lines."""
    sheet = Sheet(title, columns, rows, cut_note("", count), simulation=room.simulation)
    return room.sheet(stem(name, room.portal.today().isoformat()), sheet)


def agencies(room: Room, lines: Sequence[Line], parents: dict[int, str]) -> Response:
    columns = [
        Column("Mã", width=18), Column("Cơ quan", width=44), Column("Tên ngắn", width=26), Column("Loại", width=26),
        Column("Trực thuộc", width=26), Column("Đầu mối", "number", 10), Column("Việc đang mở", "number", 12),
        Column("Chưa có đầu mối nhận thư", width=14),
    ]  # fmt: skip
    rows = [
        [
            line.agency.code, line.agency.name, line.agency.short_name, KIND_WORDS[line.agency.kind],
            parents.get(line.agency.parent_id or 0, ""), line.contacts, line.works, "x" if line.unreached else "",
        ]
        for line in lines
    ]  # fmt: skip
    return hand_over(room, "co-quan", "DANH SÁCH CƠ QUAN, ĐƠN VỊ", columns, rows)


def mails(room: Room, found: Found) -> Response:
    columns = [
        Column("Ngày", "day", 12), Column("Tiêu đề", width=60), Column("Địa chỉ", width=32), Column("Đầu mối", width=22),
        Column("Tình trạng", width=18), Column("Số lần gửi", "number", 10), Column("Máy chủ trả lời", width=48),
    ]  # fmt: skip
    rows = [
        [mail.day, mail.subject, mail.address, mail.contact, str(STATES[mail.state]), mail.attempts, mail.reason]
        for mail in found.mails
    ]
    return hand_over(room, "hop-thu-di", "HỘP THƯ ĐI", columns, rows, found.count)


def runs(room: Room, shown: Sequence[tuple[RunRow, RunLine]], outcomes: dict[str, str], count: int) -> Response:
    columns = [
        Column("Công việc", width=34), Column("Kế hoạch", width=18), Column("Cho ngày", "day", 12),
        Column("Lần", "number", 6), Column("Bắt đầu", "moment", 18), Column("Xong", "moment", 18),
        Column("Kết quả", width=16), Column("Đã làm", width=48), Column("Lý do", width=48),
    ]  # fmt: skip
    rows = [
        [
            str(line.title), str(line.plan), run.day, run.attempt, run.started_at.astimezone(LOCAL),
            run.finished_at.astimezone(LOCAL) if run.finished_at else None, str(outcomes[run.outcome]),
            str(line.did) if run.outcome == "done" else "", run.error,
        ]
        for run, line in shown
    ]  # fmt: skip
    return hand_over(room, "luot-chay", "LƯỢT CHẠY ĐÃ GHI", columns, rows, count)


def failed(room: Room, seen: Sight, found: Sequence[FailedRow]) -> Response:
    columns = [
        Column("Ngày", "day", 12), Column("Cơ quan", width=30), Column("Địa chỉ", width=32), Column("Thư", width=60),
        Column("Máy chủ trả lời", width=48),
    ]  # fmt: skip
    rows = [
        [row.day, seen.short(row.agency_id) if row.agency_id else "", row.address, row.subject, row.reason]
        for row in found
    ]
    return hand_over(room, "thu-khong-gui-duoc", "THƯ KHÔNG GỬI ĐƯỢC", columns, rows)


def requests(room: Room, found: ListPage, agency: str) -> Response:
    columns = [
        Column("Ngày gửi", "day", 12), Column("Cơ quan", width=26), Column("Loại đề nghị", width=24),
        Column("Việc", width=44), Column("Nội dung", width=44), Column("Ngày đề nghị", "day", 12),
        Column("Tình trạng", width=20), Column("Văn bản", width=30), Column("Kết quả", width=40),
    ]  # fmt: skip
    rows = [
        [
            each.row.raised_at.astimezone(LOCAL).date(), each.asker, each.label, each.row.title or "", each.row.reason,
            each.row.proposed_due_on, str(each.state), each.paper, "" if each.waits else each.row.decision,
        ]
        for each in found.lines
    ]  # fmt: skip
    return hand_over(room, "de-nghi", f"ĐỀ NGHỊ CỦA {agency.upper()}", columns, rows, found.count)


def work(room: Room, found: works.MyWork, agency: str) -> Response:
    columns = [
        Column("Nhóm", width=24), Column("Việc", width=56), Column("Kế hoạch", width=16), Column("Điều khoản", width=20),
        Column("Hạn", width=24), Column("Dự kiến", width=10), Column("Tình trạng", width=26), Column("Ghi chú", width=48),
    ]  # fmt: skip
    groups = [("Chờ cơ quan kiểm tra", found.to_check), *((str(part.heading), part.lines) for part in found.parts)]
    rows = [
        [
            heading, line.title, line.plan, line.clause, str(line.day), "x" if line.expected else "",
            " ".join(filter(None, (str(line.status.word), str(line.status.more)))), str(line.note),
        ]
        for heading, lines in groups
        for line in lines
    ]  # fmt: skip
    return hand_over(room, "viec", f"VIỆC CỦA {agency.upper()}", columns, rows, found.total)


def cards(room: Room, found: CardList) -> Response:
    levels = [cell.title for cell in found.lines[0].levels] if found.lines else []
    columns = [
        Column("Hợp tác xã", width=36), Column("Năm", width=10),
        *(Column(title[:1].upper() + title[1:], width=30) for title in levels), Column("Đang chờ", width=40),
    ]  # fmt: skip
    rows = [
        [line.unit, line.year, *(" ".join(filter(None, (str(cell.state), cell.total, cell.band))) for cell in line.levels), str(line.waits)]
        for line in found.lines
        if len(line.levels) == len(levels)
    ]  # fmt: skip
    return hand_over(room, "phieu-cham-diem", "PHIẾU CHẤM ĐIỂM", columns, rows, found.count)


def delegations(room: Room, found: Sequence[Any]) -> Response:
    columns = [
        Column("Người ủy quyền", width=34), Column("Người được ủy quyền", width=34), Column("Ký", width=8),
        Column("Số văn bản", width=22), Column("Ngày văn bản", "day", 12), Column("Từ", "day", 12),
        Column("Đến hết", "day", 12), Column("Kết thúc", "moment", 18),
    ]  # fmt: skip
    rows = [
        [
            row.from_name or row.from_unit or row.from_code, row.to_name or row.to_unit or row.to_code, row.form,
            row.number, row.dated, row.valid_from, row.valid_to,
            row.ended_at.astimezone(LOCAL) if row.ended_at else None,
        ]
        for row in found
    ]  # fmt: skip
    return hand_over(room, "uy-quyen", "ỦY QUYỀN ĐÃ GHI", columns, rows)
