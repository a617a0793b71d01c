"""One's own sessions (phiên), who one is (người), and who acts for whom (ủy quyền)."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Form
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain import typed
from htx_workflow.domain.errors import BadInput, NotAllowed, NotFound, TooLate
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import delegations, persons, visits
from htx_workflow.services.delegations import FORMS, Wish
from htx_workflow.services.persons import Answer
from htx_workflow.store import access
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import contacts as contact_store
from htx_workflow.store import delegations as delegation_store
from htx_workflow.store.documents import DocumentRef
from htx_workflow.web import list_files
from htx_workflow.web.desk_room import MOST_LINES, Room
from htx_workflow.web.guard import PostedUnasked, PostedWithCode, SignedIn, Typed, WithCode
from htx_workflow.web.portal import Portal, local_path
from htx_workflow.web.routes.service import READ

PAGE = 50
MANY = 200
Text = Annotated[str, Form()]


def add(app: FastAPI, portal: Portal) -> None:
    _add_sessions(app, portal)
    _add_person(app, portal)
    _add_delegations(app, portal)


def _add_sessions(app: FastAPI, portal: Portal) -> None:
    @app.api_route("/phien", methods=READ)
    def list_sessions(request: Request, visitor: SignedIn) -> Response:
        with portal.reading() as session:
            rows = access.list_living(session, ("session",), portal.now(), [visitor.contact_id], MANY)
        return portal.show(request, "sessions.html", rows=rows, everybody=False, page=1, pages=1)

    @app.api_route("/phien/tat-ca", methods=READ)
    def list_all_sessions(request: Request, visitor: WithCode, trang: int = 1) -> Response:
        if not visitor.admin:
            raise NotAllowed("Phiên của mọi đầu mối chỉ dành cho người quản trị hệ thống.")
        with portal.reading() as session:
            pages = max(1, -(-access.count_sessions(session, portal.now()) // PAGE))
            page = min(max(1, trang), pages)
            rows = access.list_living(session, ("session",), portal.now(), None, PAGE, (page - 1) * PAGE)
        return portal.show(request, "sessions.html", rows=rows, everybody=True, page=page, pages=pages)

    @app.post("/phien/{number}/ket-thuc")
    def end(request: Request, visitor: PostedUnasked, number: int) -> Response:
        with portal.own_only(request), portal.transaction("session-end") as session:
            row = access.find_by_id(session, number)
            own = row is not None and row.kind == "session" and row.contact == visitor.contact
            if row is None or not (own or (visitor.admin and visitor.strong)):
                raise NotFound("Không có phiên này.")
            visits.end(session, number, visitor.actor, portal.now())
        answer = portal.back("/phien" if own else "/phien/tat-ca", "ket-thuc")
        if number == visitor.session_id:
            answer = portal.back("/vao", "thoat")
            portal.sign_out(answer)
        return answer

    @app.post("/phien/ket-thuc-khac")
    def end_others(visitor: PostedUnasked) -> Response:
        with portal.transaction("session-end") as session:
            visits.end_others(session, visitor, portal.now())
        return portal.back("/phien", "ket-thuc-khac")


def _add_person(app: FastAPI, portal: Portal) -> None:
    def page(request: Request, visitor: Visitor, tiep: str, problem: str = "", status: int = 200) -> Response:
        with portal.reading() as session:
            people = persons.list_choices(session, visitor.agency_id, portal.today())
        return portal.show(
            request, "who.html", status, typed=Typed(), problem=problem, action="/nguoi", people=people,
            tiep=local_path(tiep),
            current="" if visitor.unnamed else visitor.person_name,
        )  # fmt: skip

    @app.api_route("/nguoi", methods=READ)
    def ask(request: Request, visitor: SignedIn, tiep: str = "/viec") -> Response:
        """For another person at the same machine, and before pages that are filled in at length."""
        return page(request, visitor, tiep)

    @app.post("/nguoi")
    def answer(
        request: Request, visitor: PostedUnasked, nguoi: Text = "", nguoi_ten: Text = "", nguoi_chuc_vu: Text = "",
        nguoi_dien_thoai: Text = "", tiep: Text = "/viec",
    ) -> Response:  # fmt: skip
        given = Answer(nguoi, nguoi_ten, nguoi_chuc_vu, nguoi_dien_thoai)
        try:
            with portal.transaction("who") as session:
                persons.name_session(session, visitor, given, portal.now(), portal.today())
        except BadInput as error:
            return page(request, visitor, tiep, str(error), 400)
        return portal.back(local_path(tiep), "nguoi")


def _add_delegations(app: FastAPI, portal: Portal) -> None:
    def page(
        request: Request, visitor: Visitor, problem: str = "", status: int = 200, given: dict[str, str] | None = None,
        chosen: str = "",
    ) -> Response:  # fmt: skip
        """An administrator records for any agency, one at a time: `chosen`."""
        with portal.reading() as session:
            rows = delegation_store.list_of(session, None if visitor.admin else visitor.agency_id, MANY)
            agencies = agency_store.list_agencies(session, portal.today()) if visitor.admin else {}
            own = next((row.id for row in agencies.values() if row.code == chosen), visitor.agency_id)
            colleagues = contact_store.list_of_agencies(session, [own], portal.today())
        return portal.show(
            request, "delegation.html", status, rows=rows, colleagues=colleagues, forms=FORMS, problem=problem,
            given=given or {}, agencies=[(row.code, row.short_name) for row in agencies.values() if not row.ended],
            chosen=chosen or visitor.agency,
        )  # fmt: skip

    @app.api_route("/uy-quyen", methods=READ)
    def show(request: Request, visitor: WithCode, co_quan: str = "", tep: str = "") -> Response:
        if tep == list_files.EXCEL:
            with portal.reading() as session:
                rows = delegation_store.list_of(session, None if visitor.admin else visitor.agency_id, MOST_LINES)
            return list_files.delegations(Room(portal), rows)
        return page(request, visitor, chosen=co_quan)

    @app.post("/uy-quyen")
    def make(
        request: Request, visitor: PostedWithCode, tu: Text = "", cho: Text = "", hinh_thuc: Text = "",
        so_van_ban: Text = "", ngay_van_ban: Text = "", tu_ngay: Text = "", den_ngay: Text = "", co_quan: Text = "",
    ) -> Response:  # fmt: skip
        given = {
            "tu": tu, "cho": cho, "hinh_thuc": hinh_thuc, "so_van_ban": so_van_ban, "ngay_van_ban": ngay_van_ban,
            "tu_ngay": tu_ngay, "den_ngay": den_ngay,
        }  # fmt: skip
        try:
            wish = _wish(visitor, given)
            with portal.transaction("delegation") as session:
                delegations.make(session, wish, visitor, portal.now(), portal.today())
        except (BadInput, NotAllowed, NotFound) as error:
            return page(request, visitor, str(error), 400, given, co_quan)
        return portal.back("/uy-quyen", "uy-quyen")

    @app.post("/uy-quyen/{number}/ket-thuc")
    def end(request: Request, visitor: PostedWithCode, number: int) -> Response:
        try:
            with portal.own_only(request), portal.transaction("delegation") as session:
                delegations.end(session, number, visitor, portal.now())
        except TooLate as error:
            return page(request, visitor, str(error), 409)
        return portal.back("/uy-quyen", "thoi-uy-quyen")


def _wish(visitor: Visitor, given: dict[str, str]) -> Wish:
    """What was typed. Raises BadInput."""
    if not given["cho"].isdecimal():
        raise BadInput("Chưa chọn người được ủy quyền.")
    paper = DocumentRef(given["so_van_ban"].strip(), typed.parse_day(given["ngay_van_ban"]), visitor.agency)
    return Wish(
        from_contact=int(given["tu"]) if given["tu"].isdecimal() else visitor.contact_id,
        to_contact=int(given["cho"]),
        form=given["hinh_thuc"],
        document=paper,
        first=typed.parse_day(given["tu_ngay"]),
        last=typed.parse_day(given["den_ngay"]),
    )
