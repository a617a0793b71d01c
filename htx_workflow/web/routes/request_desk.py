"""The queue of requests on the desk (đề nghị chờ quyết định), and one request being advised and decided."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Form
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain import words
from htx_workflow.domain.errors import BadInput, HtxError, NotAllowed
from htx_workflow.domain.requests import BY_CODE, CODES, LABELS
from htx_workflow.domain.visitors import Visitor
from htx_workflow.gateways.excel import Column, Sheet
from htx_workflow.runtime import LOCAL
from htx_workflow.services import decisions, requests
from htx_workflow.services import request_pages as pages
from htx_workflow.services.decisions import Decision
from htx_workflow.services.request_pages import ListPage, OnePage
from htx_workflow.store import agencies as agency_store
from htx_workflow.web import notices
from htx_workflow.web.desk_room import MOST_LINES, Room, cut_note, day, paper, query_without_page, stem
from htx_workflow.web.guard import Officer, PostedByOfficer
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.service import READ

notices.SENTENCES.update(
    {
        "y-kien": "Đã ghi ý kiến tham mưu.",
        "quyet-dinh": "Đã ghi nhận quyết định; cơ quan gửi đề nghị được báo bằng thư.",
    }
)
KIND_OPTIONS = [(CODES[kind], label) for kind, label in LABELS.items()]
Text = Annotated[str, Form()]


def add(app: FastAPI, portal: Portal) -> None:
    shown = _Shown(portal)
    _queue(app, portal, shown.room)
    _advising(app, portal, shown)
    _deciding(app, portal, shown)


def _queue(app: FastAPI, portal: Portal, room: Room) -> None:
    @app.api_route("/ban/de-nghi", methods=READ)
    def queue(
        request: Request, visitor: Officer, kh: str = "", loai: str = "", tinh_trang: str = "cho", co_quan: str = "",
        trang: int = 1, tep: str = "",
    ) -> Response:  # fmt: skip
        with portal.reading() as session:
            seen = room.sight(session, visitor, kh)
            agencies = agency_store.list_agencies(session, portal.today())
            found = pages.queue(
                session, [seen.loaded.id], 1 if tep == "xlsx" else trang, agencies, waiting=tinh_trang != "tat-ca",
                kind=BY_CODE.get(loai), agency=co_quan, **({"limit": MOST_LINES} if tep == "xlsx" else {}),
            )  # fmt: skip
        line = words.said("Đang chờ") if tinh_trang != "tat-ca" else words.said("Tất cả")
        if loai in BY_CODE:
            line = words.together(line, words.said(LABELS[BY_CODE[loai]]), by="; ")
        if tep == "xlsx":
            return _file(room, found, seen.loaded.plan.code, seen.loaded.plan.short, line)
        codes = {agency.code for agency in seen.loaded.plan.agencies}
        return portal.show(
            request, "request_queue.html", seen=seen, found=found, line=line, kinds=KIND_OPTIONS, kind=loai,
            state=tinh_trang, agency=co_quan,
            agencies=[(row.code, row.short_name) for row in agencies.values() if row.code in codes],
            query=query_without_page(request),
        )  # fmt: skip


class _Shown:
    """One request on the desk, also shown again after an error."""

    def __init__(self, portal: Portal) -> None:
        self.portal, self.room = portal, Room(portal)

    def read(self, request: Request, visitor: Visitor, number: int, due_on: str = "") -> OnePage:
        """`due_on`: the day typed, whose consequences are shown; one that cannot be read is left out."""
        try:
            chosen = day(due_on, "Ngày mới")
        except BadInput:
            chosen = None
        with self.portal.own_only(request), self.portal.reading() as session:
            return pages.one(session, visitor, number, self.portal.today(), self.room.calendar, chosen)

    def page(
        self, request: Request, visitor: Visitor, number: int, *, typed: dict[str, str] | None = None,
        problem: str = "", status: int = 200,
    ) -> Response:  # fmt: skip
        found = self.read(request, visitor, number, (typed or {}).get("ngay", ""))
        return self.portal.show(
            request, "request.html", status, found=found, row=found.line.row, desk=True, typed=typed or {},
            problem=problem,
        )  # fmt: skip


def _advising(app: FastAPI, portal: Portal, shown: _Shown) -> None:
    @app.api_route("/ban/de-nghi/{number:int}", methods=READ)
    def one(request: Request, number: int, visitor: Officer) -> Response:
        return shown.page(request, visitor, number)

    @app.post("/ban/de-nghi/{number:int}/y-kien")
    def advise(request: Request, number: int, visitor: PostedByOfficer, y_kien: Text = "") -> Response:
        found = shown.read(request, visitor, number)
        try:
            _may_lead(visitor, found)
            with portal.transaction("request-advise") as session:
                requests.advise(session, number, y_kien, shown.room.when(visitor))
        except HtxError as error:
            typed = {"y_kien": y_kien}
            return shown.room.again(error, lambda **again: shown.page(request, visitor, number, typed=typed, **again))
        return portal.back(f"/ban/de-nghi/{number}", "y-kien")


def _deciding(app: FastAPI, portal: Portal, shown: _Shown) -> None:
    @app.post("/ban/de-nghi/{number:int}/quyet-dinh")
    def decide(
        request: Request, number: int, visitor: PostedByOfficer, ket_qua: Text = "", noi_dung: Text = "",
        so_van_ban: Text = "", ngay_van_ban: Text = "", noi_ban_hanh: Text = "", trich_yeu: Text = "",
        ngay: Text = "", giao_cho: Text = "", da_xem: Text = "",
    ) -> Response:  # fmt: skip
        typed = {
            "ket_qua": ket_qua, "noi_dung": noi_dung, "so_van_ban": so_van_ban, "ngay_van_ban": ngay_van_ban,
            "noi_ban_hanh": noi_ban_hanh, "trich_yeu": trich_yeu, "ngay": ngay, "giao_cho": giao_cho,
            "da_xem": da_xem,
        }  # fmt: skip
        found = shown.read(request, visitor, number)
        try:
            _may_lead(visitor, found)
            decision = _decision(typed, found)
            with portal.transaction("request-decide") as session:
                decisions.decide(
                    session,
                    number,
                    decision,
                    portal.runtime.calendars(),
                    shown.room.when(visitor),
                    portal.runtime.style(),
                )
        except HtxError as error:
            if isinstance(error, BadInput) and noi_dung.strip():
                with portal.transaction("request-draft") as session:
                    decisions.keep_draft(session, number, noi_dung)
            return shown.room.again(error, lambda **again: shown.page(request, visitor, number, typed=typed, **again))
        return portal.back(f"/ban/de-nghi/{number}", "quyet-dinh")


def _decision(typed: dict[str, str], found: OnePage) -> Decision:
    answers = not found.changes_work
    if typed["ket_qua"] not in ("dong-y", "khong-dong-y") and not answers:
        raise BadInput("Chọn đồng ý hoặc không đồng ý.")
    return Decision(
        granted=answers or typed["ket_qua"] == "dong-y",
        text=typed["noi_dung"],
        document=paper(typed, typed["noi_ban_hanh"] or found.loaded.plan.lead, typed["trich_yeu"]),
        due_on=day(typed["ngay"], "Ngày mới"),
        to=typed["giao_cho"],
        pushed_accepted=typed["da_xem"] == "1",
    )


def _may_lead(visitor: Visitor, found: OnePage) -> None:
    if not visitor.may_lead(found.line.row.plan_id):
        raise NotAllowed("Chỉ đầu mối của cơ quan chủ trì kế hoạch ghi nhận được ý kiến, quyết định.")


def _file(room: Room, found: ListPage, code: str, short: str, line: str) -> Response:
    columns = [
        Column("STT", "number", 6), Column("Ngày gửi", "day", 12), Column("Cơ quan", width=26),
        Column("Loại đề nghị", width=24), Column("Việc", width=44), Column("Nội dung", width=44),
        Column("Ngày đề nghị", "day", 12), Column("Tình trạng", width=20), Column("Văn bản", width=30),
        Column("Kết quả", width=40),
    ]  # fmt: skip
    rows = [
        [
            number, each.row.raised_at.astimezone(LOCAL).date(), each.asker, each.label, each.row.title or "",
            each.row.reason, each.row.proposed_due_on, each.state, each.paper,
            "" if each.waits else each.row.decision,
        ]
        for number, each in enumerate(found.lines, 1)
    ]  # fmt: skip
    sheet = Sheet(
        f"Đề nghị theo {short}", columns, rows, cut_note(line, found.count), "Đề nghị", simulation=room.simulation
    )
    return room.sheet(stem(code, "de-nghi", room.portal.today().isoformat()), sheet)
