"""Entering for others (nhập thay), and the past of a plan loaded late (nhập hồi cứu)."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import FastAPI, File, Form, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain.errors import BadInput, HtxError
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import entries, files, retrospectives
from htx_workflow.services.entries import Entry
from htx_workflow.services.retrospectives import Examined
from htx_workflow.web import uploads
from htx_workflow.web.desk_room import CHANNEL_OPTIONS, Room, day, stem
from htx_workflow.web.guard import Officer, PostedByOfficer, PostedWithCode, WithCode
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.service import READ
from htx_workflow.web.routes.work import number_of

SHOWN_ERRORS = 200
"""Errors of a sheet that a page lists."""


def add(app: FastAPI, portal: Portal) -> None:
    room = Room(portal)
    _add_entry(app, room)
    _add_past(app, room)


def _add_entry(app: FastAPI, room: Room) -> None:
    portal = room.portal

    def show(request: Request, visitor: Visitor, number: int, typed: dict[str, str], **said: Any) -> Response:
        with portal.own_only(request), portal.reading() as session:
            on = entries.target(session, visitor, number, portal.today())
        return portal.show(
            request, "desk_entry.html", said.get("status", 200), on=on, typed=typed, problem=said.get("problem", ""),
            channels=CHANNEL_OPTIONS,
        )  # fmt: skip

    @app.api_route("/ban/nhap-thay/{number}", methods=READ)
    def entry(request: Request, visitor: WithCode, number: str) -> Response:
        return show(request, visitor, number_of(number), {})

    @app.post("/ban/nhap-thay/{number}")
    def enter(
        request: Request, visitor: PostedWithCode, number: str,
        so_van_ban: Annotated[str, Form()] = "", ngay_van_ban: Annotated[str, Form()] = "",
        ngay_gui: Annotated[str, Form()] = "", kenh: Annotated[str, Form()] = "", ghi_chu: Annotated[str, Form()] = "",
        tep: Annotated[list[UploadFile], File()] = [],  # noqa: B006 - FastAPI copies defaults
    ) -> Response:  # fmt: skip
        place, limits = number_of(number), portal.runtime.limits
        typed = {
            "so_van_ban": so_van_ban, "ngay_van_ban": ngay_van_ban, "ngay_gui": ngay_gui, "kenh": kenh,
            "ghi_chu": ghi_chu,
        }  # fmt: skip
        try:
            given = Entry(
                so_van_ban, day(ngay_van_ban, "Ngày văn bản"), day(ngay_gui, "Ngày gửi"),
                kenh if kenh in dict(CHANNEL_OPTIONS) else "", ghi_chu[:2000],
            )  # fmt: skip
            with files.examined(uploads.sent(tep), limits, portal.runtime.scanner) as found:
                if found.refused:
                    raise BadInput(" ".join(found.refused))
                with portal.own_only(request), portal.transaction("enter-for") as session:
                    on = entries.target(session, visitor, place, portal.today())
                    style, when = portal.runtime.style(), room.when(visitor)
                    entries.enter(session, on, given, found.ready, limits, room.calendar, style, when)
        except HtxError as error:
            return room.again(error, lambda **said: show(request, visitor, place, typed, **said))
        return portal.back(f"/viec/{place}", "nhap-thay")


def _add_past(app: FastAPI, room: Room) -> None:
    portal = room.portal

    def show(request: Request, visitor: Visitor, code: str, found: Examined | None = None, **said: Any) -> Response:
        with portal.reading() as session:
            seen = room.sight(session, visitor, code)
        lines = json.dumps([line.as_json() for line in found.lines], ensure_ascii=False) if found else ""
        return portal.show(
            request, "desk_past.html", said.get("status", 200), seen=seen, found=found, lines=lines,
            errors=found.errors[:SHOWN_ERRORS] if found else [], problem=said.get("problem", ""),
            leads=visitor.may_lead(seen.loaded.id),
        )  # fmt: skip

    @app.api_route("/ban/hoi-cuu", methods=READ)
    def past(request: Request, visitor: Officer, kh: str = "", tep: str = "") -> Response:
        if tep != "xlsx":
            return show(request, visitor, kh)
        with portal.reading() as session:
            seen = room.sight(session, visitor, kh)
            sheet = retrospectives.sheet(session, seen, simulation=room.simulation)
        return room.sheet(stem("hoi-cuu", seen.loaded.plan.code), sheet)

    @app.post("/ban/hoi-cuu")
    def examine(
        request: Request, visitor: PostedByOfficer, kh: Annotated[str, Form()] = "",
        tep: Annotated[list[UploadFile], File()] = [],  # noqa: B006 - FastAPI copies defaults
    ) -> Response:  # fmt: skip
        """Look at a filled sheet: every error at once, or what would be entered."""
        try:
            body = uploads.sheet(tep, portal.runtime.limits)
            with portal.reading() as session:
                seen = room.sight(session, visitor, kh)
                room.may_lead(visitor, seen)
                found = retrospectives.examine(session, seen, body, room.when(visitor))
        except HtxError as error:
            return room.again(error, lambda **said: show(request, visitor, kh, **said))
        return show(request, visitor, kh, found, status=400 if found.errors else 200)

    @app.post("/ban/hoi-cuu/ghi")
    def enter(
        request: Request, visitor: PostedByOfficer, kh: Annotated[str, Form()] = "", dong: Annotated[str, Form()] = ""
    ) -> Response:
        """Enter what was shown, judged once more: all of it or, with one error, nothing."""
        try:
            lines = _lines_of(dong)
            with portal.transaction("retrospective") as session:
                seen = room.sight(session, visitor, kh)
                room.may_lead(visitor, seen)
                when = room.when(visitor, retrospective=True)
                found = retrospectives.again(session, seen, lines, when)
                if found.errors or not found.lines:
                    raise BadInput(
                        "Chưa ghi dòng nào: " + ("; ".join(found.errors[:5]) or "không có dòng nào cần ghi") + "."
                    )
                retrospectives.enter(session, found.lines, when)
        except HtxError as error:
            return room.again(error, lambda **said: show(request, visitor, kh, **said))
        return portal.back(f"/ban/hoi-cuu?kh={kh}", "hoi-cuu")


def _lines_of(text: str) -> list[dict[str, Any]]:
    """The lines that the page carried along."""
    try:
        lines = json.loads(text or "[]")
    except json.JSONDecodeError as error:
        raise BadInput("Nội dung gửi lên không đọc được. Đề nghị đưa tệp lên lại.") from error
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise BadInput("Nội dung gửi lên không đọc được. Đề nghị đưa tệp lên lại.")
    return lines
