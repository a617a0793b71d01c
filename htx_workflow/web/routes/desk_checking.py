"""Checking (chờ kiểm tra): the queue of who receives reports, giving back, and drafts to UBND tỉnh."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Form
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain import words
from htx_workflow.domain.errors import BadInput, HtxError, NotAllowed
from htx_workflow.domain.standing import Return
from htx_workflow.domain.visitors import Visitor
from htx_workflow.gateways.excel import Column, Sheet
from htx_workflow.services import checking, desk, drafts
from htx_workflow.store import desk_queues, desk_rows
from htx_workflow.web.desk_room import MOST_LINES, Room, cut_note, day, page_of, query_without_page, stem
from htx_workflow.web.guard import Officer, PostedByOfficer, PostedWithCode, WithCode
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.service import READ
from htx_workflow.web.routes.work import number_of

RETURNS = [
    (Return.SUPPLEMENT.value, words.said("Đề nghị bổ sung"), words.said("ngày gửi lần đầu vẫn được ghi nhận")),
    (Return.AGAIN.value, words.said("Đề nghị gửi lại"), words.said("thời điểm hoàn thành tính theo lần gửi mới")),
]
READS = "Trang này để kiểm tra báo cáo của cơ quan khác; vai theo dõi chỉ xem."


def add(app: FastAPI, portal: Portal) -> None:
    room = Room(portal)
    _add_queue(app, room)
    _add_return(app, room)
    _add_drafts(app, room)


def _add_queue(app: FastAPI, room: Room) -> None:
    portal = room.portal

    def show_queue(request: Request, visitor: Visitor, code: str, *, problem: str = "", status: int = 200) -> Response:
        everything, page = request.query_params.get("pham_vi") == "tat-ca", page_of(request)
        with portal.reading() as session:
            plan_id = desk.followed_id(session, visitor, code)
            excel = request.query_params.get("tep") == "xlsx"
            found = checking.queue(
                session, visitor, portal.today(), plan_id=plan_id, everything=everything, page=page,
                most=MOST_LINES if excel else 0,
            )  # fmt: skip
        if excel:
            return _queue_file(room, found)
        return portal.show(
            request, "desk_checking.html", status, found=found, problem=problem, everything=everything, code=code,
            leads=bool(visitor.leads), query=query_without_page(request), paper_day=checking.paper_day,
            entered_on=checking.entered_on, may_check=not visitor.only_reads,
        )  # fmt: skip

    @app.api_route("/ban/kiem-tra", methods=READ)
    def queue(request: Request, visitor: WithCode, kh: str = "") -> Response:
        return show_queue(request, visitor, kh)

    @app.post("/ban/kiem-tra")
    def accept(
        request: Request,
        visitor: PostedWithCode,
        kh: Annotated[str, Form()] = "",
        viec: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI copies defaults
        mot: Annotated[str, Form()] = "",
        ngay: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI copies defaults
    ) -> Response:
        """Accept one by its button, or all that are ticked; `ngay` names those whose paper's day is to count."""
        ids = [number_of(mot.partition("/")[0])] if mot else [number_of(text) for text in viec]
        by_paper = {number_of(text) for text in ngay} | ({ids[0]} if mot.endswith("/van-ban") else set())
        try:
            with portal.own_only(request), portal.transaction("accept") as session:
                rows = checking.get(session, visitor, ids) if ids else []
                named = {row.id: checking.paper_day(row) for row in rows if row.id in by_paper}
                days = {number: each for number, each in named.items() if each is not None}
                checking.accept(session, visitor, ids, room.calendar, room.when(visitor), days)
        except (BadInput, NotAllowed) as error:
            return room.again(error, lambda **said: show_queue(request, visitor, kh, **said))
        return portal.back(f"/ban/kiem-tra?kh={kh}" if kh else "/ban/kiem-tra", "chap-nhan")


def _add_return(app: FastAPI, room: Room) -> None:
    portal = room.portal

    def show_return(request: Request, visitor: Visitor, number: int, typed: dict[str, str], **said: object) -> Response:
        with portal.own_only(request), portal.reading() as session:
            (row,) = checking.get(session, visitor, [number])
            agencies = desk_rows.list_agencies(session, portal.today())
        return portal.show(
            request, "desk_return.html", int(str(said.get("status", 200))), row=row, typed=typed, returns=RETURNS,
            problem=said.get("problem", ""), agency=agencies[row.holder_id].short_name,
            entered_on=checking.entered_on(row), paper_day=checking.paper_day(row),
        )  # fmt: skip

    @app.api_route("/ban/kiem-tra/{number}", methods=READ)
    def one(request: Request, visitor: WithCode, number: str) -> Response:
        return show_return(request, visitor, number_of(number), {})

    @app.post("/ban/kiem-tra/{number}")
    def give_back(
        request: Request, visitor: PostedWithCode, number: str, cach: Annotated[str, Form()] = "",
        ly_do: Annotated[str, Form()] = "", tra_loi: Annotated[str, Form()] = "",
    ) -> Response:  # fmt: skip
        place = number_of(number)
        try:
            if cach not in {each.value for each in Return}:
                raise BadInput("Đề nghị chọn: bổ sung, hay gửi lại.")
            respond_by = day(tra_loi, "Ngày đề nghị trả lời")
            with portal.own_only(request), portal.transaction("give-back-report") as session:
                checking.give_back(
                    session, visitor, place, Return(cach), ly_do, respond_by, room.calendar, portal.runtime.style(),
                    room.when(visitor),
                )  # fmt: skip
        except (BadInput, NotAllowed) as error:
            typed = {"cach": cach, "ly_do": ly_do, "tra_loi": tra_loi}
            return room.again(error, lambda **said: show_return(request, visitor, place, typed, **said))
        return portal.back("/ban/kiem-tra", "tra-lai")


def _add_drafts(app: FastAPI, room: Room) -> None:
    portal = room.portal

    def show_drafts(request: Request, visitor: Visitor, code: str, *, problem: str = "", status: int = 200) -> Response:
        with portal.reading() as session:
            seen = room.sight(session, visitor, code)
            held = desk_queues.list_held(session, seen.loaded.id)
        approves = visitor.approves and seen.loaded.id in visitor.leads
        return portal.show(
            request, "desk_drafts.html", status, seen=seen, drafts=held, problem=problem, approves=approves
        )

    @app.api_route("/ban/du-thao", methods=READ)
    def held(request: Request, visitor: Officer, kh: str = "") -> Response:
        return show_drafts(request, visitor, kh)

    @app.post("/ban/du-thao")
    def approve(
        request: Request, visitor: PostedByOfficer, kh: Annotated[str, Form()] = "", thu: Annotated[str, Form()] = ""
    ) -> Response:
        """Composed anew and sent: only by a contact of the lead agency with that right."""
        try:
            with portal.reading() as session:
                seen = room.sight(session, visitor, kh)
            if not visitor.approves or seen.loaded.id not in visitor.leads:
                raise NotAllowed("Chỉ lãnh đạo được giao duyệt của cơ quan chủ trì gửi được dự thảo này.")
            with portal.transaction("approve") as session:
                runtime = portal.runtime
                drafts.approve(session, runtime.calendars(), runtime.style(), thu, visitor.approver, portal.now())
        except HtxError as error:
            return room.again(error, lambda **said: show_drafts(request, visitor, kh, **said))
        return portal.back(f"/ban/du-thao?kh={kh}", "da-duyet")


def _queue_file(room: Room, found: checking.Queue) -> Response:
    columns = [
        Column("Cơ quan", width=28), Column("Việc", width=44), Column("Hạn", "day", 12), Column("Ngày gửi", "day", 12),
        Column("Ngày nhập", "day", 12), Column("Số, ký hiệu", width=18), Column("Ngày văn bản", "day", 12),
        Column("Số tệp", "number", 8),
    ]  # fmt: skip
    rows = [
        [
            found.agencies[row.holder_id].short_name, row.title, row.due_on, row.submitted_on,
            checking.entered_on(row), row.number, row.dated, row.files,
        ]
        for row in found.lines
    ]  # fmt: skip
    return room.sheet(
        stem("cho-kiem-tra"),
        Sheet("BÁO CÁO CHỜ KIỂM TRA", columns, rows, cut_note("", found.count), simulation=room.simulation),
    )
