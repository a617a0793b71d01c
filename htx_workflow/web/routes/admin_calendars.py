"""Calendars in administration (lịch): what is known, when it ends, the next year as a file, and a file looked at."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import FastAPI, File, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain.errors import BadConfig, BadInput, HtxError, NotFound
from htx_workflow.domain.visitors import Visitor
from htx_workflow.gateways import yaml_files
from htx_workflow.services import calendar_pages
from htx_workflow.services.calendar_pages import Checked, Known
from htx_workflow.web import uploads
from htx_workflow.web.admin_room import ROOM, AdminRoom
from htx_workflow.web.desk_room import stem
from htx_workflow.web.guard import Administrator, PostedByAdministrator
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.service import READ

PLACE = f"{ROOM}/lich"
SOON = 60
"""Days before its end from which a calendar is shown in red."""


class CalendarPage:
    """The page of all calendars."""

    def __init__(self, room: AdminRoom) -> None:
        self.room, self.portal = room, room.portal

    def known(self) -> list[Known]:
        folder = self.portal.runtime.settings.calendar_file("vn").parent
        return calendar_pages.list_known(folder, self.portal.today())

    def one(self, code: str) -> Known:
        found = next((each for each in self.known() if each.code == code), None)
        if found is None:
            raise NotFound("Không có lịch này.")
        return found

    def show(self, request: Request, visitor: Visitor, checked: Checked | None = None, **said: Any) -> Response:
        known = self.known()
        return self.room.page(
            request, visitor, "admin_calendars.html", said.get("status", 200), known=known, checked=checked, soon=SOON,
            proposals={each.code: calendar_pages.proposed(each.next_year) for each in known},
            kinds=calendar_pages.KIND_WORDS, problem=said.get("problem", ""), problems=said.get("problems", []),
        )  # fmt: skip


def add(app: FastAPI, portal: Portal) -> None:
    room = AdminRoom(portal)
    page = CalendarPage(room)

    @app.api_route(PLACE, methods=READ)
    def calendars(request: Request, visitor: Administrator) -> Response:
        return page.show(request, visitor)

    @app.api_route(PLACE + "/{code}/{tep}", methods=READ)
    def file(request: Request, visitor: Administrator, code: str, tep: str) -> Response:
        """The days known as Excel; the proposal for the next year as Excel, or as a whole new file."""
        known = page.one(code)
        year = known.next_year
        if tep == "lich.xlsx":
            title = f"NGÀY NGHỈ, NGÀY LÀM BÙ, LỊCH {code}"
            return room.sheet(stem("lich", code), calendar_pages.sheet(title, known.lines, simulation=room.simulation))
        if tep == "de-xuat.xlsx":
            title = f"ĐỀ XUẤT NGÀY NGHỈ, NGÀY LÀM BÙ NĂM {year} (CẦN ĐỐI CHIẾU)"
            lines = calendar_pages.proposed(year)
            return room.sheet(
                stem("de-xuat-lich", str(year)), calendar_pages.sheet(title, lines, simulation=room.simulation)
            )
        if tep != "de-xuat.yaml":
            raise NotFound("Không có tệp này.")
        try:
            return room.file(f"{code}.yaml", calendar_pages.next_file(known), "application/yaml")
        except BadInput as error:
            return room.again(error, lambda **said: page.show(request, visitor, **said))

    @app.post(PLACE)
    def check(
        request: Request, visitor: PostedByAdministrator,
        tep: Annotated[list[UploadFile], File()] = [],  # noqa: B006 - FastAPI copies defaults
    ) -> Response:  # fmt: skip
        """Every problem of a file at once, or what it judges otherwise; nothing is written."""
        try:
            sent = uploads.sent(tep)
            if not sent:
                raise BadInput("Đề nghị chọn tệp lịch (.yaml).")
            if sent[0].size > yaml_files.MAX_BYTES:
                raise BadInput("Tệp lịch lớn hơn 2 MB. Đề nghị kiểm tra lại tệp.")
            checked = calendar_pages.check(sent[0].name, sent[0].file.read(), page.known())
        except BadConfig as error:
            return page.show(request, visitor, status=400, problems=error.problems)
        except HtxError as error:
            return room.again(error, lambda **said: page.show(request, visitor, **said))
        return page.show(request, visitor, checked)
