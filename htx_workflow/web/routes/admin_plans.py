"""Plans in administration (kế hoạch): versions as they were loaded, and a new text seen before it is loaded."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import FastAPI, File, UploadFile
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain.errors import BadConfig, BadInput, HtxError, NotFound
from htx_workflow.domain.visitors import Visitor
from htx_workflow.gateways.excel import Column, Sheet
from htx_workflow.runtime import LOCAL
from htx_workflow.services import plan_pages
from htx_workflow.services.plan_pages import Examined, Text
from htx_workflow.store import plan_rows
from htx_workflow.store import plans as plan_store
from htx_workflow.web import carried, notices, uploads
from htx_workflow.web.admin_room import ROOM, AdminRoom
from htx_workflow.web.desk_room import day, stem
from htx_workflow.web.guard import Administrator, PostedByAdministrator, TypedForm
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.service import READ

PLACE = f"{ROOM}/ke-hoach"
SHOWN = 100
"""Lines of each list that the preview shows; the rest is a number."""
notices.SENTENCES |= {"ke-hoach": "Đã nạp kế hoạch; phiên bản cũ vẫn còn để tải về."}


class PlanPage:
    """The page: what is loaded, and what a text would change."""

    def __init__(self, room: AdminRoom) -> None:
        self.room, self.portal = room, room.portal

    def show(self, request: Request, visitor: Visitor, found: Examined | None = None, **said: Any) -> Response:
        with self.portal.reading() as session:
            loaded, versions = plan_store.list_plans(session), plan_rows.list_versions(session)
        return self.room.page(
            request, visitor, "admin_plans.html", said.get("status", 200), loaded=loaded, versions=versions,
            found=found, packed=carried.pack(found.text.body) if found else "", shown=SHOWN,
            problem=said.get("problem", ""), problems=said.get("problems", []), on=said.get("on"), local=LOCAL,
        )  # fmt: skip

    def look(self, request: Request, visitor: Visitor, text: Text, on: date) -> Response:
        runtime = self.portal.runtime
        found = plan_pages.examine(
            runtime.database, text, runtime.calendars(), runtime.templates, on, self.room.when(visitor)
        )
        return self.show(request, visitor, found, on=on)

    def again(self, request: Request, visitor: Visitor, error: HtxError) -> Response:
        """Every problem of a file at once, or the one sentence."""
        if isinstance(error, BadConfig):
            return self.show(request, visitor, status=400, problems=error.problems)
        return self.room.again(error, lambda **said: self.show(request, visitor, **said))

    def day_of(self, typed: FormData) -> date:
        return day(str(typed.get("tu_ngay", "")), "Theo dõi từ ngày") or self.portal.today()


def add(app: FastAPI, portal: Portal) -> None:
    page = PlanPage(AdminRoom(portal))
    _add_reading(app, page)
    _add_loading(app, page)


def _add_reading(app: FastAPI, page: PlanPage) -> None:
    room, portal = page.room, page.portal

    @app.api_route(PLACE, methods=READ)
    def plans_page(request: Request, visitor: Administrator, tep: str = "") -> Response:
        if tep != "xlsx":
            return page.show(request, visitor)
        with portal.reading() as session:
            versions = plan_rows.list_versions(session)
        columns = [
            Column("Kế hoạch", width=24), Column("Phiên bản", "number", 12), Column("Nạp lúc", "moment", 18),
            Column("Người nạp", width=28), Column("SHA-256", width=70),
        ]  # fmt: skip
        rows = [[row.plan, row.no, row.loaded_at.astimezone(LOCAL), row.by_code, row.sha256] for row in versions]
        sheet = Sheet("CÁC PHIÊN BẢN KẾ HOẠCH ĐÃ NẠP", columns, rows, simulation=room.simulation)
        return room.sheet(stem("phien-ban-ke-hoach", portal.today().isoformat()), sheet)

    @app.api_route(PLACE + "/{code}/{no}", methods=READ)
    def source(visitor: Administrator, code: str, no: str) -> Response:
        """A version byte for byte as it was loaded."""
        number = int(no) if no.isascii() and no.isdecimal() and len(no) < 8 else 0
        with portal.reading() as session:
            text = plan_rows.source_of(session, code, number)
        if text is None:
            raise NotFound("Không có phiên bản kế hoạch này.")
        return room.file(f"{stem(code, 'phien-ban', str(number))}.yaml", text.encode(), "application/yaml")


def _add_loading(app: FastAPI, page: PlanPage) -> None:
    room, portal = page.room, page.portal

    @app.post(PLACE)
    def examine(
        request: Request, visitor: PostedByAdministrator, typed: TypedForm,
        tep: Annotated[list[UploadFile], File()] = [],  # noqa: B006 - FastAPI copies defaults
    ) -> Response:  # fmt: skip
        """Every error at once, or what would change and which mails come of it; nothing is written."""
        try:
            sent = uploads.sent(tep)
            if not sent:
                raise BadInput("Đề nghị chọn tệp kế hoạch (.yaml).")
            if sent[0].size > plan_pages.MOST:
                raise BadInput("Tệp kế hoạch lớn hơn 2 MB. Đề nghị kiểm tra lại tệp.")
            text = plan_pages.read(sent[0].name, sent[0].file.read())
            return page.look(request, visitor, text, page.day_of(typed))
        except HtxError as error:
            return page.again(request, visitor, error)

    @app.post(PLACE + "/nap")
    def load(request: Request, visitor: PostedByAdministrator, typed: TypedForm) -> Response:
        """Load exactly the text that was shown."""
        try:
            body = carried.unpack(str(typed.get("van_ban", "")), plan_pages.MOST)
            text = plan_pages.read(str(typed.get("ten", ""))[:200], body)
            seen = str(typed.get("phien_ban", ""))
            if text.sha256 != typed.get("sha256") or not (seen.isascii() and seen.isdecimal() and len(seen) < 8):
                raise BadInput(carried.STALE)
            calendar = portal.runtime.calendar(text.plan.calendar)
            with portal.transaction("plan-load") as session:
                plan_pages.load(session, text, int(seen), calendar, page.day_of(typed), room.when(visitor))
        except HtxError as error:
            return page.again(request, visitor, error)
        return portal.back(PLACE, "ke-hoach")
