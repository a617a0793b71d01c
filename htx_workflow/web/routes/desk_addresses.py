"""Addresses that failed (địa chỉ hỏng): who cannot be written to, since when and why; "the address is right"."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import FastAPI, Form
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain.errors import HtxError, NotFound
from htx_workflow.domain.visitors import Visitor
from htx_workflow.runtime import LOCAL
from htx_workflow.services import bounces
from htx_workflow.services.desk import MAIL_DAYS
from htx_workflow.store import bounces as store
from htx_workflow.web.desk_room import Room
from htx_workflow.web.guard import Officer, PostedByOfficer
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.service import READ

PLACE = "/ban/dia-chi-hong"


def add(app: FastAPI, portal: Portal) -> None:
    room = Room(portal)

    def page(request: Request, visitor: Visitor, kh: str, problem: str = "", status: int = 200) -> Response:
        with portal.reading() as session:
            seen = room.sight(session, visitor, kh)
            failed = store.list_failed(session, seen.today, list(seen.agencies))
            kinds = store.count_by_kind(session, portal.now() - timedelta(days=MAIL_DAYS))
        return portal.show(
            request, "desk_addresses.html", status, seen=seen, problem=problem, unknown=kinds.get("unknown", 0),
            days=MAIL_DAYS, may_clear=visitor.may_lead(seen.loaded.id),
            failed=[(row, row.address_failed_at.astimezone(LOCAL).date()) for row in failed],
        )  # fmt: skip

    @app.api_route(PLACE, methods=READ)
    def list_(request: Request, visitor: Officer, kh: str = "") -> Response:
        return page(request, visitor, kh)

    @app.post(PLACE + "/{code}")
    def right(request: Request, visitor: PostedByOfficer, code: str, kh: Annotated[str, Form()] = "") -> Response:
        """The lead officer asked: the address is right, mail goes there again."""
        try:
            with portal.transaction("address-right") as session:
                seen = room.sight(session, visitor, kh)
                room.may_lead(visitor, seen)
                rows = store.list_failed(session, seen.today, list(seen.agencies))
                if code not in {row.code for row in rows}:
                    raise NotFound("Địa chỉ của đầu mối này không còn bị ghi là hỏng. Đề nghị tải lại trang.")
                bounces.clear(session, code, visitor.actor, portal.now())
        except HtxError as error:
            return room.again(error, lambda **said: page(request, visitor, kh, **said))
        return portal.back(f"{PLACE}?kh={seen.loaded.plan.code}", "dia-chi-dung")
