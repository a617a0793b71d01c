"""The room of administration, and its agencies (cơ quan): list, one, renamed by a document, added."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import FastAPI, Form
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain import collation
from htx_workflow.domain.errors import BadInput, HtxError
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import agencies, contacts
from htx_workflow.services.agencies import KIND_WORDS, Names, NewAgency
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import contacts as contact_store
from htx_workflow.web import list_files
from htx_workflow.web.admin_room import ROOM, AdminRoom, check_keeps
from htx_workflow.web.desk_room import day, page_of, paper, query_without_page
from htx_workflow.web.guard import Administrator, PostedByAdministrator, TypedForm, WithCode
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.service import READ

PAGE = 50
PLACE = f"{ROOM}/co-quan"
Text = Annotated[str, Form()]


def add(app: FastAPI, portal: Portal) -> None:
    room = AdminRoom(portal)
    _add_list(app, room)
    _add_new(app, room)
    _add_one(app, room)


def _add_list(app: FastAPI, room: AdminRoom) -> None:
    portal = room.portal

    @app.api_route(ROOM, methods=READ)
    def home(request: Request, visitor: WithCode) -> Response:
        """Where everything is, and what cannot wait."""
        check_keeps(visitor)
        with portal.reading() as session:
            lines = agencies.list_lines(session, portal.today())
            kept = set(contacts.agencies_for(session, visitor))
        mine = [line for line in lines if line.agency.id in kept]
        return room.page(
            request, visitor, "admin_home.html", lines=mine, mute=[line.agency for line in mine if line.unreached]
        )

    @app.api_route(PLACE, methods=READ)
    def list_agencies(
        request: Request, visitor: Administrator, tim: str = "", thieu: str = "", tep: str = ""
    ) -> Response:
        with portal.reading() as session:
            lines = agencies.list_lines(session, portal.today())
        found = [line for line in lines if _matches(line, tim) and (line.unreached or not thieu)]
        by_id = {line.agency.id: line.agency.short_name for line in lines}
        if tep == list_files.EXCEL:
            return list_files.agencies(room, found, by_id)
        pages = max(1, -(-len(found) // PAGE))
        page = min(page_of(request), pages)
        return room.page(
            request, visitor, "admin_agencies.html", lines=found[(page - 1) * PAGE : page * PAGE], total=len(found),
            tim=tim[:100], thieu=thieu, page=page, pages=pages, parents=by_id, query=query_without_page(request),
            kinds=KIND_WORDS,
        )  # fmt: skip


def _matches(line: agencies.Line, text: str) -> bool:
    agency = line.agency
    return collation.contains(f"{agency.name} {agency.short_name} {agency.code}", text)


def _add_new(app: FastAPI, room: AdminRoom) -> None:
    portal = room.portal

    def form(
        request: Request, visitor: Visitor, given: dict[str, str], problem: str = "", status: int = 200
    ) -> Response:
        with portal.reading() as session:
            rows = agency_store.list_agencies(session, portal.today())
        return room.page(
            request, visitor, "admin_agency_new.html", status, given=given, problem=problem, kinds=KIND_WORDS,
            parents=[(row.code, row.short_name) for row in rows.values() if not row.ended],
        )  # fmt: skip

    @app.api_route(PLACE + "/moi", methods=READ)
    def new(request: Request, visitor: Administrator) -> Response:
        return form(request, visitor, {})

    @app.post(PLACE + "/moi")
    def make(request: Request, visitor: PostedByAdministrator, typed: TypedForm) -> Response:
        given = {name: str(value) for name, value in typed.items()}
        wish = NewAgency(
            given.get("ma", "").strip(), given.get("loai", ""),
            Names(given.get("ten", ""), given.get("ten_ngan", ""), given.get("viet_tat", "")), given.get("cap_tren", ""),
            given.get("noi", ""),
        )  # fmt: skip
        try:
            with portal.transaction("agency-add") as session:
                agencies.add(session, wish, visitor.actor, portal.now(), portal.today())
        except HtxError as error:
            return room.again(error, lambda **said: form(request, visitor, given, **said))
        return portal.back(f"{PLACE}/{wish.code}", "co-quan")


def _add_one(app: FastAPI, room: AdminRoom) -> None:
    portal = room.portal

    def show(
        request: Request, visitor: Visitor, code: str, given: dict[str, str], problem: str = "", status: int = 200
    ) -> Response:
        with portal.own_only(request), portal.reading() as session:
            agency = agencies.get(session, code, portal.today())
            names = agencies.names_of(session, agency)
            parent = agency_store.name_on(session, agency.parent_id, portal.today())[1] if agency.parent_id else ""
            people = contact_store.list_of_agencies(session, [agency.id], portal.today())
            works = sum(place.works for place in contact_store.open_work(session, [agency.id]))
        return room.page(
            request, visitor, "admin_agency.html", status, agency=agency, names=names, parent=parent, people=people,
            works=works, given=given, problem=problem, kinds=KIND_WORDS,
        )  # fmt: skip

    @app.api_route(PLACE + "/{code}", methods=READ)
    def one(request: Request, visitor: Administrator, code: str) -> Response:
        return show(request, visitor, code, {})

    @app.post(PLACE + "/{code}/ten")
    def rename(
        request: Request, visitor: PostedByAdministrator, code: str, typed: TypedForm, tu_ngay: Text = ""
    ) -> Response:
        given = {name: str(value) for name, value in typed.items()}
        names = Names(given.get("ten", ""), given.get("ten_ngan", ""), given.get("viet_tat", ""))
        try:
            document = paper(given, given.get("noi_ban_hanh", "").strip() or code)
            on = room_day(tu_ngay)
            if document is None:
                raise BadInput("Chưa có văn bản đổi tên. Đề nghị nhập số, ký hiệu và ngày của văn bản.")
            with portal.own_only(request), portal.transaction("agency-rename") as session:
                agencies.rename(session, code, names, document, on, visitor.actor, portal.now(), portal.today())
        except HtxError as error:
            return room.again(error, lambda **said: show(request, visitor, code, given, **said))
        return portal.back(f"{PLACE}/{code}", "doi-ten")


def room_day(text: str) -> date:
    """The day typed as Từ ngày. Raises BadInput for none."""
    found = day(text, "Từ ngày")
    if found is None:
        raise BadInput("Chưa có ngày. Đề nghị nhập Từ ngày.")
    return found
