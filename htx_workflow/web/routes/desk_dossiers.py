"""Dossiers (hồ sơ công việc): chosen by duty, cooperative and round, and the list for the office's archive."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain.errors import NotAllowed, NotFound
from htx_workflow.domain.visitors import Visitor
from htx_workflow.gateways import workbooks
from htx_workflow.gateways.word import Word
from htx_workflow.services import archive_lists, dossiers
from htx_workflow.services.dossiers import Wanted
from htx_workflow.web.desk_room import LEAD_ONLY, WORD_TYPE, Room, stem, streamed
from htx_workflow.web.guard import Officer
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.service import READ

ROOM = "/ban/ho-so"
MOST_LINES = 500


def add(app: FastAPI, portal: Portal) -> None:
    room = Room(portal)
    frames = Word(portal.runtime.settings.home / "templates" / "documents")

    def show(request: Request, visitor: Visitor, kh: str, year: str, **said: str) -> Response:
        with portal.reading() as session:
            seen = room.sight(session, visitor, kh)
            year = year if year.isdecimal() and int(year) in seen.years else ""
            lines = archive_lists.listed(session, seen, year)
        holders = set(seen.loaded.plan.holder_codes())
        return portal.show(
            request, "desk_dossiers.html", 404 if said else 200, seen=seen, year=year, lines=lines[:MOST_LINES],
            count=len(lines), problem=said.get("problem", ""), leads=visitor.may_take_files(seen.loaded.id),
            agencies=[row for row in seen.agencies.values() if row.code in holders],
            asked=dict(request.query_params),
        )  # fmt: skip

    @app.api_route(ROOM, methods=READ)
    def room_page(request: Request, visitor: Officer, kh: str = "", nam: str = "") -> Response:
        return show(request, visitor, kh, nam)

    @app.api_route(f"{ROOM}/tai", methods=READ)
    def fetch(
        request: Request, visitor: Officer, kh: str = "", ky: str = "", nhiem_vu: str = "", co_quan: str = ""
    ) -> Response:  # fmt: skip
        """The dossier as a zip file; the page again when there is nothing in it."""
        try:
            with portal.reading() as session:
                seen = room.sight(session, visitor, kh)
                wanted = Wanted(seen.loaded.plan.code, ky, nhiem_vu, co_quan)
                made = dossiers.make(session, wanted, frames, portal.today(), visitor, simulation=room.simulation)
        except NotFound as error:
            return show(request, visitor, kh, "", problem=str(error))
        return streamed(made.name, made.file)

    @app.api_route(f"{ROOM}/muc-luc", methods=READ)
    def handover(request: Request, visitor: Officer, kh: str = "", tep: str = "docx") -> Response:
        """Mục lục hồ sơ giao nộp, as Word or Excel."""
        with portal.reading() as session:
            seen = room.sight(session, visitor, kh)
            if not visitor.may_take_files(seen.loaded.id):
                raise NotAllowed(LEAD_ONLY)
            lines = archive_lists.listed(session, seen)
        name = stem("muc-luc-ho-so", seen.loaded.plan.code)
        if tep == "xlsx":
            body = archive_lists.workbook(seen, lines, simulation=room.simulation)
            return room.file(f"{name}.xlsx", body, workbooks.MEDIA_TYPE)
        paper = archive_lists.paper(seen, lines, simulation=room.simulation)
        return room.file(f"{name}.docx", frames.write(paper), WORD_TYPE)
