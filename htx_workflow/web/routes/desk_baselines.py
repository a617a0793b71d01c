"""Baselines (điểm ban đầu): the table of cooperatives and criteria, entering one, and an Excel sheet with its preview."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import FastAPI, File, Form, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain.errors import HtxError
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.domain.visitors import Visitor
from htx_workflow.gateways import excel
from htx_workflow.services import baseline_pages, baselines, card_spots
from htx_workflow.services.baseline_pages import Examined
from htx_workflow.services.desk import Sight
from htx_workflow.store.documents import DocumentRef
from htx_workflow.web import notices, uploads
from htx_workflow.web.desk_room import Room, page_of, paper, query_without_page, stem
from htx_workflow.web.guard import Officer, PostedByOfficer, TypedForm
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.service import READ

ROOM = "/ban/diem-ban-dau"
SHOWN_ERRORS = 50
notices.SENTENCES |= {"diem-ban-dau": "Đã ghi điểm ban đầu; số liệu trước đó được giữ trong lịch sử."}


def add(app: FastAPI, portal: Portal) -> None:
    room = Room(portal)
    _add_table(app, room)
    _add_one(app, room)


def rubric_of(room: Room, seen: Sight) -> Rubric:
    """The rubric that the plan scores on. Raises `NotAllowed` for a plan that scores nobody."""
    return room.portal.runtime.rubric(card_spots.scoring_of(seen.loaded.plan).rubric)


def issuers(seen: Sight) -> list[tuple[str, str]]:
    """Who may have issued the document of a baseline: UBND tỉnh, or the lead agency."""
    return [(seen.agencies[number].code, seen.agencies[number].name) for number in (seen.province_id, seen.lead_id)]


def _document(fields: dict[str, str], seen: Sight) -> DocumentRef | None:
    issuer = fields.get("co_quan", "")
    known = [code for code, _ in issuers(seen)]
    return paper(fields, issuer if issuer in known else known[0], "điểm ban đầu và tiêu chí cần hoàn thiện")


def _add_table(app: FastAPI, room: Room) -> None:
    portal = room.portal

    def show(request: Request, visitor: Visitor, code: str, found: Examined | None = None, **said: Any) -> Response:
        with portal.reading() as session:
            seen = room.sight(session, visitor, code)
            rubric = rubric_of(room, seen)
            starts = baseline_pages.listed(session, seen, rubric, page_of(request))
        return portal.show(
            request, "desk_baselines.html", said.get("status", 200), seen=seen, rubric=rubric, starts=starts,
            found=found, errors=found.wrong[:SHOWN_ERRORS] if found else [], problem=said.get("problem", ""),
            typed=said.get("typed", {}), issuers=issuers(seen), leads=visitor.may_lead(seen.loaded.id),
            query=query_without_page(request),
        )  # fmt: skip

    @app.api_route(ROOM, methods=READ)
    def table(request: Request, visitor: Officer, kh: str = "", tep: str = "") -> Response:
        if tep != "xlsx":
            return show(request, visitor, kh)
        with portal.reading() as session:
            seen = room.sight(session, visitor, kh)
            body = baselines.export_file(session, seen.loaded.plan.code, rubric_of(room, seen), None, portal.today())
        return room.file(f"{stem('diem-ban-dau', seen.loaded.plan.code)}.xlsx", body, excel.MEDIA_TYPE)

    @app.post(ROOM)
    def examine(
        request: Request, visitor: PostedByOfficer, kh: Annotated[str, Form()] = "",
        tep: Annotated[list[UploadFile], File()] = [],  # noqa: B006 - FastAPI copies defaults
    ) -> Response:  # fmt: skip
        """Look at a filled sheet: every wrong cell at once, or what would change."""
        try:
            body = uploads.sheet(tep, portal.runtime.limits)
            with portal.reading() as session:
                seen = room.sight(session, visitor, kh)
                room.may_lead(visitor, seen)
                found = baseline_pages.examine(session, seen, rubric_of(room, seen), body)
        except HtxError as error:
            return room.again(error, lambda **said: show(request, visitor, kh, **said))
        return show(request, visitor, kh, found, status=400 if found.wrong else 200)

    @app.post(f"{ROOM}/ghi")
    def enter(request: Request, visitor: PostedByOfficer, form: TypedForm) -> Response:
        """Write what was shown: every cooperative of the file or none."""
        fields = {name: str(value) for name, value in form.multi_items() if isinstance(value, str)}
        code = fields.get("kh", "")
        try:
            with portal.transaction("baseline") as session:
                seen = room.sight(session, visitor, code)
                rubric = rubric_of(room, seen)
                given = baseline_pages.carried(fields.get("so_lieu", ""), rubric)
                document = _document(fields, seen)
                baselines.enter(session, seen.loaded.plan.code, given, rubric, document, visitor, room.when(visitor))
        except HtxError as error:
            return room.again(error, lambda **said: show(request, visitor, code, typed=fields, **said))
        return portal.back(f"{ROOM}?kh={code}", "diem-ban-dau")


def _add_one(app: FastAPI, room: Room) -> None:
    portal = room.portal

    def show(
        request: Request, visitor: Visitor, unit: str, code: str, typed: dict[str, str] | None = None, **said: Any
    ) -> Response:  # fmt: skip
        with portal.reading() as session:
            seen = room.sight(session, visitor, code)
            rubric = rubric_of(room, seen)
            start = baseline_pages.one(session, seen, rubric, unit)
        return portal.show(
            request, "desk_baseline.html", said.get("status", 200), seen=seen, rubric=rubric, start=start, typed=typed,
            problems=str(said.get("problem", "")).splitlines(), issuers=issuers(seen),
            leads=visitor.may_lead(seen.loaded.id),
        )  # fmt: skip

    @app.api_route(f"{ROOM}/{{unit}}", methods=READ)
    def one(request: Request, visitor: Officer, unit: str, kh: str = "") -> Response:
        return show(request, visitor, unit, kh)

    @app.post(f"{ROOM}/{{unit}}")
    def enter(request: Request, visitor: PostedByOfficer, unit: str, form: TypedForm) -> Response:
        """The whole baseline of one cooperative as it stands on the form; a blank place is not known."""
        fields = {name: str(value) for name, value in form.multi_items() if isinstance(value, str)}
        code = fields.get("kh", "")
        try:
            with portal.transaction("baseline") as session:
                seen = room.sight(session, visitor, code)
                rubric = rubric_of(room, seen)
                baseline_pages.check_unchanged(session, seen, rubric, unit, fields.get("truoc", ""))
                baselines.set_one(
                    session, seen.loaded.plan.code, unit,
                    {str(number): fields.get(f"tc_{number}", "") for number in rubric.criteria},
                    {number for number in rubric.criteria if fields.get(f"can_{number}")},
                    rubric, _document(fields, seen), visitor, room.when(visitor),
                )  # fmt: skip
        except HtxError as error:
            return room.again(error, lambda **said: show(request, visitor, unit, code, fields, **said))
        return portal.back(f"{ROOM}?kh={code}", "diem-ban-dau")
