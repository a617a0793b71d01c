"""Chasing (đôn đốc): mails asked for now, calls and their log, what is to be asked for by telephone."""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import Annotated, Any

from fastapi import FastAPI, Form
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain import desk as words_of
from htx_workflow.domain.errors import BadInput, HtxError, NotFound
from htx_workflow.domain.visitors import Visitor
from htx_workflow.gateways.excel import Column, Sheet
from htx_workflow.runtime import LOCAL
from htx_workflow.services import chasing
from htx_workflow.services.chasing import Call
from htx_workflow.services.desk import LINES, Sight
from htx_workflow.store import desk_queues, desk_rows
from htx_workflow.web.desk_room import MOST_LINES, Room, day, page_of, stem
from htx_workflow.web.guard import Officer, PostedByOfficer
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.service import READ
from htx_workflow.web.routes.work import number_of

HOUR = re.compile(r"^\s*(\d{1,2})\s*(?:[:hg]|giờ)\s*(\d{1,2})?\s*$", re.IGNORECASE)
KINDS = {"call": "Gọi điện", "chased": "Thư đôn đốc"}


def add(app: FastAPI, portal: Portal) -> None:
    room = Room(portal)
    _add_mails(app, room)
    _add_calls(app, room)
    _add_log(app, room)


def _add_mails(app: FastAPI, room: Room) -> None:
    portal = room.portal

    def show(
        request: Request, visitor: Visitor, code: str, ids: list[int], more: str = "", *, problem: str = "",
        status: int = 200,
    ) -> Response:  # fmt: skip
        """The mails as they would go, before anything is written."""
        with portal.reading() as session:
            loaded = room.led_plan(session, visitor, code)
            ready = chasing.prepare(session, loaded, ids, room.when(visitor))
        return portal.show(
            request, "desk_chase.html", status, plan=loaded.plan, ready=ready, ids=ids, more=more, problem=problem,
            by=chasing.by_words(visitor, ""),
        )  # fmt: skip

    @app.post("/ban/don-doc")
    def chase(
        request: Request, visitor: PostedByOfficer, kh: Annotated[str, Form()] = "",
        viec: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI copies defaults
        gui: Annotated[str, Form()] = "", them: Annotated[str, Form()] = "", van_gui: Annotated[str, Form()] = "",
    ) -> Response:  # fmt: skip
        """Without `gui` the mails are shown; with it they go."""
        ids = [number_of(text) for text in viec]
        if not gui:
            return show(request, visitor, kh, ids, them)
        try:
            with portal.transaction("chase") as session:
                loaded = room.led_plan(session, visitor, kh)
                chasing.send(
                    session, loaded, visitor, ids, portal.runtime.style(), room.calendar, room.when(visitor), more=them,
                    confirmed=bool(van_gui),
                )  # fmt: skip
        except HtxError as error:
            return room.again(error, lambda **said: show(request, visitor, kh, ids, them, **said))
        return portal.back(f"/ban/nhat-ky-goi?kh={kh}", "don-doc")


def _add_calls(app: FastAPI, room: Room) -> None:
    portal = room.portal

    @app.api_route("/ban/goi", methods=READ)
    def tasks(request: Request, visitor: Officer, kh: str = "", tep: str = "") -> Response:
        with portal.reading() as session:
            seen = room.sight(session, visitor, kh)
            ids = desk_queues.ids_to_call(session, seen.loaded.id, LINES)
            found = chasing.to_call(session, seen, ids)
        if tep == "xlsx":
            return _calls_file(room, seen, found)
        return portal.show(
            request, "desk_calls.html", seen=seen, found=found, signs=words_of.SIGNS, cell_words=words_of.CELL_WORDS,
            leads=visitor.may_lead(seen.loaded.id),
        )  # fmt: skip

    def show(request: Request, visitor: Visitor, number: int, typed: dict[str, str], **said: Any) -> Response:
        with portal.own_only(request), portal.reading() as session:
            seen, row = _led(session, room, visitor, number)
            (target,) = chasing.to_call(session, seen, [row.id])
            before = chasing.log(session, seen, skip=0, limit=10, occurrence_id=row.id)
        return portal.show(
            request, "desk_call.html", said.get("status", 200), seen=seen, target=target, typed=typed, before=before,
            kinds=KINDS, problem=said.get("problem", ""), moment_now=room.local(), local=LOCAL,
        )  # fmt: skip

    @app.api_route("/ban/goi/{number}", methods=READ)
    def one(request: Request, visitor: Officer, number: str) -> Response:
        return show(request, visitor, number_of(number), {})

    @app.post("/ban/goi/{number}")
    def note(
        request: Request, visitor: PostedByOfficer, number: str, gap: Annotated[str, Form()] = "",
        ngay: Annotated[str, Form()] = "", gio: Annotated[str, Form()] = "", noi_dung: Annotated[str, Form()] = "",
        hen: Annotated[str, Form()] = "",
    ) -> Response:  # fmt: skip
        place = number_of(number)
        typed = {"gap": gap, "ngay": ngay, "gio": gio, "noi_dung": noi_dung, "hen": hen}
        try:
            said = Call(_moment(room, ngay, gio), gap, noi_dung, day(hen, "Ngày hẹn gửi"))
            with portal.own_only(request), portal.transaction("call") as session:
                seen, row = _led(session, room, visitor, place)
                room.may_lead(visitor, seen)
                chasing.call(session, row, said, room.when(visitor))
        except NotFound:
            raise
        except HtxError as error:
            return room.again(error, lambda **more: show(request, visitor, place, typed, **more))
        return portal.back(f"/ban/goi?kh={seen.loaded.plan.code}", "da-goi")


def _add_log(app: FastAPI, room: Room) -> None:
    portal = room.portal

    @app.api_route("/ban/nhat-ky-goi", methods=READ)
    def log(request: Request, visitor: Officer, kh: str = "", tep: str = "") -> Response:
        page = page_of(request)
        with portal.reading() as session:
            seen = room.sight(session, visitor, kh)
            skip, limit = (0, MOST_LINES + 1) if tep == "xlsx" else ((page - 1) * LINES, LINES + 1)
            found = chasing.log(session, seen, skip=skip, limit=limit)
        if tep == "xlsx":
            return _log_file(room, seen, found[:MOST_LINES], more=len(found) > MOST_LINES)
        return portal.show(
            request, "desk_log.html", seen=seen, found=found[:LINES], page=page, more=len(found) > LINES, kinds=KINDS,
            local=LOCAL,
        )  # fmt: skip


def _led(session: Any, room: Room, visitor: Visitor, number: int) -> tuple[Sight, desk_rows.WorkRow]:
    """The work of this number in a plan that the visitor follows. Raises NotFound."""
    found = desk_rows.work_with_plan(session, number, room.portal.today())
    if found is None or found[0] not in visitor.follows:
        raise NotFound("Không có việc này.")
    seen = room.sight(session, visitor, found[1].key.split("/")[0])
    return seen, found[1]


def _moment(room: Room, on: str, at: str) -> datetime:
    """When the call was: today and now where nothing was typed."""
    now = room.local()
    when = day(on, "Ngày gọi") or now.date()
    if not at.strip():
        return datetime.combine(when, now.time(), LOCAL)
    found = HOUR.match(at)
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise BadInput(f"Giờ gọi “{at}” không đọc được. Nhập như 15:30 hoặc 15 giờ 30.")
    return datetime.combine(when, time(int(found[1]), int(found[2] or 0)), LOCAL)


def _calls_file(room: Room, seen: Sight, found: list[chasing.ToCall]) -> Response:
    columns = [
        Column("Cơ quan", width=28),
        Column("Việc", width=48),
        Column("Hạn", "day", 12),
        Column("Đầu mối", width=40),
    ]
    rows = [[each.agency, each.row.title, each.row.due_on, "; ".join(each.contacts)] for each in found]
    title = f"VIỆC CẦN GỌI ĐIỆN THEO {seen.loaded.plan.short}"
    return room.sheet(
        stem("can-goi-dien", seen.loaded.plan.code), Sheet(title, columns, rows, simulation=room.simulation)
    )


def _log_file(room: Room, seen: Sight, found: list[chasing.Logged], *, more: bool) -> Response:
    columns = [
        Column("Lúc", "moment", 17), Column("Cách", width=14), Column("Cơ quan", width=28), Column("Việc", width=44),
        Column("Người thực hiện", width=24), Column("Gặp, gửi đến", width=28), Column("Nội dung", width=48),
        Column("Hẹn gửi", "day", 12),
    ]  # fmt: skip
    rows = [
        [
            each.note.at.astimezone(LOCAL), KINDS[each.note.kind], each.agency, each.note.title, each.by,
            each.note.with_whom, each.note.text, each.note.on_day,
        ]
        for each in found
    ]  # fmt: skip
    title = f"NHẬT KÝ ĐÔN ĐỐC THEO {seen.loaded.plan.short}"
    line = f"Tệp có {len(rows)} dòng mới nhất; nhật ký còn dòng cũ hơn." if more else ""
    return room.sheet(
        stem("nhat-ky-don-doc", seen.loaded.plan.code), Sheet(title, columns, rows, line, simulation=room.simulation)
    )
