"""The desk (bảng theo dõi) of the lead officer: the matrix with its rates, lists of work, who has not sent, rounds."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain import desk as words_of
from htx_workflow.domain import words
from htx_workflow.domain.desk import Tally
from htx_workflow.domain.errors import HtxError
from htx_workflow.gateways.excel import Column, Sheet
from htx_workflow.services import desk, desk_rounds
from htx_workflow.services.desk import Asked, Matrix, Sight
from htx_workflow.store.desk_rows import WorkRow
from htx_workflow.web import desk_cells
from htx_workflow.web.desk_room import MOST_LINES, Room, cut_note, page_of, query_without_page, stem, year_of
from htx_workflow.web.guard import Officer
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.service import READ


def add(app: FastAPI, portal: Portal) -> None:
    room = Room(portal)

    @app.api_route("/ban", methods=READ)
    def the_desk(
        request: Request, visitor: Officer, kh: str = "", nam: str = "", nhom: str = "", tim: str = "", tep: str = "",
    ) -> Response:  # fmt: skip
        with portal.reading() as session:
            seen = room.sight(session, visitor, kh)
            year = year_of(nam, seen)
            found = desk.matrix(session, seen, year, room.calendar, group=nhom, search=tim, page=page_of(request))
            if tep == "xlsx":
                return _matrix_file(room, seen, found, year)
            waiting = desk.waiting(session, seen, visitor)
        return portal.show(
            request, "desk.html", seen=seen, year=year, group=nhom, search=tim, found=found, waiting=waiting,
            cells=desk_cells.rows(found, seen.loaded.plan.code, year, portal.translator(request)),
            query=query_without_page(request), box_words=words_of.BOX_WORDS, signs=words_of.SIGNS,
            cell_words=words_of.CELL_WORDS, leads=visitor.may_lead(seen.loaded.id),
        )  # fmt: skip

    @app.api_route("/ban/viec", methods=READ)
    def work(
        request: Request, visitor: Officer, kh: str = "", nam: str = "", nhiem_vu: str = "", co_quan: str = "",
        nhom: str = "", tinh_trang: str = "chua-xong", tim: str = "", tep: str = "",
    ) -> Response:  # fmt: skip
        with portal.reading() as session:
            seen = room.sight(session, visitor, kh)
            asked = Asked(year_of(nam, seen), nhiem_vu, co_quan, nhom, tinh_trang, tim, page_of(request))
            found = desk.list_work(session, seen, asked, most=MOST_LINES if tep == "xlsx" else 0)
        line = desk.filter_line(seen, asked)
        if tep == "xlsx":
            return _work_file(room, seen, found.lines, cut_note(line, found.count))
        return portal.show(
            request, "desk_work.html", seen=seen, asked=asked, found=found, line=line, states=desk.STATE_WORDS,
            query=query_without_page(request), signs=words_of.SIGNS, cell_words=words_of.CELL_WORDS,
            leads=visitor.may_lead(seen.loaded.id), again={},
        )  # fmt: skip

    @app.api_route("/ban/ai-chua-gui", methods=READ)
    def who(request: Request, visitor: Officer, kh: str = "", viec: str = "") -> Response:
        """P-03: the sentence to copy, for one duty and period or for all of the rounds of now."""
        code, _, period = viec.partition("/")
        problem = ""
        with portal.reading() as session:
            seen = room.sight(session, visitor, kh)
            rounds = desk_rounds.rounds(session, seen, room.local())
            sentence = ""
            if code and period:
                try:
                    sentence, _ = desk_rounds.who(session, seen, code, period, room.local())
                except HtxError as error:
                    problem = str(error)
        choices = [
            (f"{level.duty.code}/{level.period}", words.together(level.duty.title, words.said_period(level.period)))
            for each in rounds
            for level in each.levels
        ]
        return portal.show(
            request, "desk_who.html", 404 if problem else 200, seen=seen, choices=choices, chosen=viec, problem=problem,
            sentence=sentence, rounds=[each for each in rounds if not each.complete],
        )  # fmt: skip

    @app.api_route("/ban/dot", methods=READ)
    def rounds(request: Request, visitor: Officer, kh: str = "", tep: str = "") -> Response:
        with portal.reading() as session:
            seen = room.sight(session, visitor, kh)
            found = desk_rounds.rounds(session, seen, room.local())
        if tep == "xlsx":
            return _rounds_file(room, seen, found)
        return portal.show(request, "desk_rounds.html", seen=seen, rounds=found)


def _matrix_file(room: Room, seen: Sight, found: Matrix, year: int | None) -> Response:
    """Rates by agency and the matrix, as two sheets."""
    plan, line = (
        seen.loaded.plan,
        f"Số liệu lúc {words.moment_text(room.local())}; {f'năm {year}' if year else 'toàn bộ'}",
    )
    columns = [
        Column("STT", "number", 6), Column("Cơ quan", width=34),
        *(Column(words_of.BOX_WORDS[box], "number", 14) for box in words_of.BOXES),
        Column("Tỷ lệ đúng hạn", "share", 12), Column("Theo hạn gốc", "share", 12),
    ]  # fmt: skip
    agencies = [agency for agency in seen.agencies.values() if agency.id in found.tallies]
    rows = [
        [number, agency.short_name, *_figures(found.tallies[agency.id])] for number, agency in enumerate(agencies, 1)
    ]
    rows.append([None, "Cơ quan (không kể hợp tác xã)", *_figures(found.institutions)])
    rows.append([None, "Hợp tác xã", *_figures(found.cooperatives)])
    cells = [
        [duty.code, duty.title, *(_cell_text(found, duty.id, agency.id) for agency in found.agencies)]
        for duty in found.duties
    ]
    heads = [Column("Mã", width=10), Column("Nhiệm vụ", width=44)]
    heads += [Column(agency.short_name, width=16) for agency in found.agencies]
    title = f"TÌNH HÌNH THỰC HIỆN {plan.short}"
    return room.sheet(
        stem("tinh-hinh", plan.code),
        Sheet(title, columns, rows, line, "Tỷ lệ", simulation=room.simulation),
        Sheet(title, heads, cells, line, "Nhiệm vụ và cơ quan", simulation=room.simulation),
    )


def _figures(tally: Tally) -> list[float | int | None]:
    due = tally.original["done_on_time"] + tally.original["done_late"] + tally.original["open_overdue"]
    original = tally.original["done_on_time"] / due if due else None
    return [*(tally.boxes[box] for box in words_of.BOXES), tally.share, original]


def _cell_text(found: Matrix, duty: int, agency: int) -> str:
    cell = found.cells.get((duty, agency))
    if cell is None:
        return ""
    counted = f" ({cell.count}/{cell.total})" if cell.total > 1 else ""
    return f"{cell.word}{counted}{f', {cell.note}' if cell.note else ''}"


def _work_file(room: Room, seen: Sight, lines: list[WorkRow], line: str) -> Response:
    columns = [
        Column("STT", "number", 6), Column("Mã việc", width=34), Column("Nhiệm vụ", width=10), Column("Tên việc", width=44),
        Column("Cơ quan", width=28), Column("Hạn", "day", 12), Column("Căn cứ ngày", width=14),
        Column("Ngày gửi", "day", 12), Column("Hẹn gửi", "day", 12), Column("Tình trạng", width=22),
    ]  # fmt: skip
    duties = seen.duty
    rows = [
        [
            number, row.key, duties[row.duty_id].code if row.duty_id in duties else "", row.title,
            seen.short(row.holder_id), row.due_on, BASIS_WORDS.get(row.basis or "", ""), row.submitted_on,
            row.promised_on, words_of.CELL_WORDS[row.cell],
        ]
        for number, row in enumerate(lines, 1)
    ]  # fmt: skip
    title = f"DANH SÁCH VIỆC THEO {seen.loaded.plan.short}"
    return room.sheet(
        stem("danh-sach-viec", seen.loaded.plan.code), Sheet(title, columns, rows, line, simulation=room.simulation)
    )


BASIS_WORDS = {"law": "văn bản QPPL", "plan": "Kế hoạch", "document": "văn bản ấn định", "assumed": "dự kiến"}


def _rounds_file(room: Room, seen: Sight, rounds: list[desk_rounds.Round]) -> Response:
    columns = [
        Column("Kỳ", width=16), Column("Nhiệm vụ", width=44), Column("Hạn", "day", 12), Column("Phải gửi", "number", 10),
        Column("Đã gửi", "number", 10), Column("Đúng hạn", "number", 10), Column("Đã chấp nhận", "number", 12),
        Column("Tình hình", width=60),
    ]  # fmt: skip
    rows = [
        [
            words.period_text(level.period), level.duty.title, level.due_on, level.owed, level.sent, level.in_time,
            level.accepted, level.sentence,
        ]
        for each in rounds
        for level in each.levels
    ]  # fmt: skip
    title = f"CÁC ĐỢT BÁO CÁO THEO {seen.loaded.plan.short}"
    line = f"Số liệu lúc {words.moment_text(room.local())}"
    return room.sheet(
        stem("cac-dot", seen.loaded.plan.code), Sheet(title, columns, rows, line, simulation=room.simulation)
    )
