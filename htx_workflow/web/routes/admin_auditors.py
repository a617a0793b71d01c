"""Auditors (tài khoản kiểm tra): made by an administrator by a document, for some days; ended before its day."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain.errors import BadInput, HtxError
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import auditors
from htx_workflow.services.auditors import Term
from htx_workflow.services.contacts import NewContact
from htx_workflow.store import agencies as agency_store
from htx_workflow.web import notices
from htx_workflow.web.admin_room import ROOM, AdminRoom
from htx_workflow.web.desk_room import day, paper
from htx_workflow.web.guard import Administrator, PostedByAdministrator, TypedForm
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.service import READ

notices.SENTENCES.update(
    {
        "kiem-tra-vien": "Đã lập tài khoản kiểm tra; người kiểm tra vào trang đăng nhập, nhập địa chỉ thư và nhận mã sáu số.",
        "thoi-kiem-tra": "Tài khoản kiểm tra đã kết thúc.",
    }
)
PLACE = f"{ROOM}/kiem-tra-vien"


def add(app: FastAPI, portal: Portal) -> None:
    room = AdminRoom(portal)

    def show(
        request: Request, visitor: Visitor, given: dict[str, str], problem: str = "", status: int = 200
    ) -> Response:
        with portal.reading() as session:
            rows = list(auditors.list_rows(session))
            agencies = agency_store.list_agencies(session, portal.today())
        lines = [
            (
                row,
                auditors.state_of(row, portal.today()),
                auditors.is_over(row, portal.today()),
                agencies[row.agency_id],
            )
            for row in rows
        ]
        return room.page(
            request, visitor, "admin_auditors.html", status, lines=lines, given=given, problem=problem,
            agencies=[(row.code, row.short_name) for row in agencies.values() if not row.ended],
        )  # fmt: skip

    @app.api_route(PLACE, methods=READ)
    def list_auditors(request: Request, visitor: Administrator) -> Response:
        return show(request, visitor, {})

    @app.post(PLACE)
    def make(request: Request, visitor: PostedByAdministrator, typed: TypedForm) -> Response:
        given = {name: str(value) for name, value in typed.items()}
        try:
            new, term = _wish(given)
            with portal.transaction("auditor-make") as session:
                auditors.make(session, new, term, visitor.actor, portal.now(), portal.today())
        except HtxError as error:
            return room.again(error, lambda **said: show(request, visitor, given, **said))
        return portal.back(PLACE, "kiem-tra-vien")

    @app.post(PLACE + "/{code}/ket-thuc")
    def end(request: Request, visitor: PostedByAdministrator, code: str) -> Response:
        try:
            with portal.own_only(request), portal.transaction("contact-end") as session:
                auditors.end(session, code, visitor.actor, portal.now(), portal.today())
        except HtxError as error:
            return room.again(error, lambda **said: show(request, visitor, {}, **said))
        return portal.back(PLACE, "thoi-kiem-tra")


def _wish(given: dict[str, str]) -> tuple[NewContact, Term]:
    """What was typed. Raises BadInput."""
    agency = given.get("co_quan", "")
    if not agency:
        raise BadInput("Chưa chọn cơ quan của người kiểm tra. Cơ quan chưa có thì thêm ở trang Cơ quan trước.")
    first, last = day(given.get("tu_ngay", ""), "Từ ngày"), day(given.get("den_ngay", ""), "Đến hết ngày")
    if first is None or last is None:
        raise BadInput("Chưa có thời hạn. Đề nghị nhập Từ ngày và Đến hết ngày.")
    document = paper(given, given.get("noi_ban_hanh", "").strip() or agency)
    if document is None:
        raise BadInput("Chưa có văn bản. Đề nghị nhập số, ký hiệu và ngày của quyết định hoặc công văn kiểm tra.")
    new = NewContact("", agency, given.get("dia_chi", "").strip(), given.get("ten", ""), given.get("chuc_vu", ""))
    return new, Term(first, last, document)
