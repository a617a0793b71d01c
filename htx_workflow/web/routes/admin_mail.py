"""The outbox (hộp thư đi) for administrators: lists, one mail as its reader sees it, sent again, a mail to try."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import FastAPI, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from htx_workflow import runtime as runtimes
from htx_workflow.domain.addresses import valid_address
from htx_workflow.domain.errors import BadInput, HtxError, MailError
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import outbox_pages, outboxes
from htx_workflow.services.outbox_pages import Asked
from htx_workflow.store import outbox
from htx_workflow.web import list_files, notices
from htx_workflow.web.admin_room import ROOM, AdminRoom
from htx_workflow.web.desk_room import MOST_LINES, day, page_of, query_without_page
from htx_workflow.web.guard import Administrator, PostedByAdministrator
from htx_workflow.web.headers import POLICY
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.service import READ

notices.SENTENCES["gui-lai-thu"] = "Thư sẽ được gửi ở lượt gửi tới."
PAGE = 50
PLACE = f"{ROOM}/thu"
FRAMED = {"Content-Security-Policy": f"{POLICY}; frame-src 'self'"}
"""The page that shows a mail in a frame."""
MAIL = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'",
    "X-Frame-Options": "SAMEORIGIN",
}
"""The mail in the frame: it runs nothing, loads nothing, sends nothing."""
Text = Annotated[str, Form()]


def add(app: FastAPI, portal: Portal) -> None:
    room = AdminRoom(portal)
    _add_list(app, room)
    _add_one(app, room)


def _add_list(app: FastAPI, room: AdminRoom) -> None:
    portal = room.portal

    def page(request: Request, visitor: Visitor, given: dict[str, str], status: int = 200, **said: Any) -> Response:
        try:
            asked = Asked(
                given.get("tinh_trang", ""), given.get("dau_moi", "")[:200], given.get("tim", "")[:200],
                day(given.get("tu", ""), "Từ ngày"), day(given.get("den", ""), "Đến ngày"),
                "alarm" if given.get("canh_bao") else "",
            )  # fmt: skip
            number, problem = page_of(request), ""
        except BadInput as error:
            asked, number, problem, status = Asked(), 1, str(error), 400
        with portal.reading() as session:
            counts = outbox.count_by_state(session)
            whole = given.get("tep") == list_files.EXCEL and not problem
            size, number = (MOST_LINES, 1) if whole else (PAGE, number)
            found = outbox_pages.list_found(session, asked, portal.today(), size, number)
        if whole:
            return list_files.mails(room, found)
        return room.page(
            request, visitor, "admin_mails.html", status, found=found, given=given, states=outbox_pages.STATES, counts=counts,
            page=number, pages=max(1, -(-found.count // PAGE)), query=query_without_page(request),
            **{"problem": problem, "tried": "", "address": "", **said},
        )  # fmt: skip

    @app.api_route(PLACE, methods=READ)
    def mails(request: Request, visitor: Administrator) -> Response:
        return page(request, visitor, dict(request.query_params))

    @app.post(PLACE + "/gui-thu")
    def try_mail(request: Request, visitor: PostedByAdministrator, dia_chi: Text = "") -> Response:
        """Past the outbox, at once; what the server answered is shown."""
        address = dia_chi.strip()
        try:
            if not valid_address(address):
                raise BadInput(f'Địa chỉ thư "{address[:80]}" chưa đủ. Đề nghị nhập như tckh.dakto@example.vn.')
            answer = asyncio.run(runtimes.send_test_mail(portal.runtime, address))
        except (BadInput, MailError) as error:
            status = 400 if isinstance(error, BadInput) else 502
            return page(request, visitor, {}, status, problem=str(error), address=address)
        with portal.transaction("mail-test") as session:
            outboxes.note_tried(session, visitor.actor, portal.now())
        return page(request, visitor, {}, tried=answer)


def _add_one(app: FastAPI, room: AdminRoom) -> None:
    portal = room.portal

    def show(request: Request, visitor: Visitor, number: int, problem: str = "", status: int = 200) -> Response:
        with portal.reading() as session:
            mail = outbox_pages.get(session, number)
        answer = room.page(
            request, visitor, "admin_mail.html", status, mail=mail, states=outbox_pages.STATES, problem=problem
        )
        answer.headers.update(FRAMED)
        return answer

    @app.api_route(PLACE + "/{number:int}", methods=READ)
    def one(request: Request, visitor: Administrator, number: int) -> Response:
        return show(request, visitor, number)

    @app.api_route(PLACE + "/{number:int}/noi-dung", methods=READ)
    def body(visitor: Administrator, number: int) -> Response:
        """What the reader's mail program shows, without what lets him in."""
        with portal.reading() as session:
            mail = outbox_pages.get(session, number)
        return HTMLResponse(mail.html, headers=MAIL)

    @app.post(PLACE + "/{number:int}/gui-lai")
    def again(request: Request, visitor: PostedByAdministrator, number: int) -> Response:
        try:
            with portal.transaction("retry") as session:
                outboxes.retry(session, outbox_pages.get(session, number).row.key, room.when(visitor))
        except HtxError as error:
            return room.again(error, lambda **said: show(request, visitor, number, **said))
        return portal.back(f"{PLACE}/{number}", "gui-lai-thu")
