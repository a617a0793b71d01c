"""Requests (đề nghị) for programs: asked, listed, read."""

from __future__ import annotations

from enum import Enum

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain import form_cells
from htx_workflow.domain.requests import Kind
from htx_workflow.services import request_pages, requests
from htx_workflow.services.requests import Asking
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import listings as store
from htx_workflow.store import requests as request_store
from htx_workflow.store.documents import DocumentRef
from htx_workflow.web.api import answers, occurrences, problems, shapes
from htx_workflow.web.api.answers import Once
from htx_workflow.web.api.callers import ReadsRequests, WritesRequests
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes import sending

TAG: list[str | Enum] = ["Đề nghị"]


def add(router: APIRouter, portal: Portal) -> None:
    _add_reading(router, portal)
    _add_asking(router, portal)


def _add_reading(router: APIRouter, portal: Portal) -> None:
    @router.get("/requests", openapi_extra=shapes.READS, tags=TAG, responses={200: {"model": shapes.RequestPage}})
    def list_requests(
        request: Request, visitor: ReadsRequests, limit: shapes.Limit = 100, cursor: shapes.Cursor = ""
    ) -> Response:
        """Đề nghị của cơ quan và đề nghị phối hợp gửi cho cơ quan, mới nhất trước."""
        before = min(int(cursor), 2**31 - 1) if cursor else None
        with portal.reading() as session:
            numbers = store.list_requests(session, visitor.agency_id, before, limit + 1)
            rows = request_store.list_by_id(session, numbers[:limit])
            codes = {row.id: row.code for row in agency_store.list_agencies(session, portal.today()).values()}
        items = [request_pages.as_json(row, codes) for row in rows]
        return answers.show(request, {"items": items, "next": str(rows[-1].id) if len(numbers) > limit else None})

    @router.get(
        "/requests/{number}", openapi_extra=shapes.READS, tags=TAG, responses={200: {"model": shapes.RequestBody}}
    )
    def one(request: Request, number: shapes.Number, visitor: ReadsRequests) -> Response:
        """Một đề nghị và kết quả giải quyết."""
        with portal.own_only(request), portal.reading() as session:
            found = request_pages.one(session, visitor, number, portal.today(), portal.runtime.calendar())
            codes = {row.id: row.code for row in agency_store.list_agencies(session, portal.today()).values()}
        return answers.show(request, request_pages.as_json(found.line.row, codes))


def _add_asking(router: APIRouter, portal: Portal) -> None:
    @router.post(
        "/requests", status_code=201, openapi_extra=shapes.ASKS, tags=TAG, responses={201: {"model": shapes.AskedBody}}
    )
    def ask(request: Request, asked: shapes.AskBody, visitor: WritesRequests) -> Response:
        """Gửi đề nghị về một việc của cơ quan; cùng một đề nghị gửi hai lần bị từ chối, trừ khi cùng Idempotency-Key."""
        once, when = Once(portal, request, {"asked": asked.model_dump(mode="json")}), sending.when_of(portal, visitor)
        asking = _asking(asked, visitor.agency)
        with portal.own_only(request), portal.transaction("api-ask") as session:
            before = once.before(session)
            if before is not None:
                return before
            row = occurrences.get_row(portal, session, asking.key, visitor)
            sending.check_holder(row, visitor)
            numbers = requests.ask(
                session, asking, visitor.agency_id, portal.runtime.calendars(), when, portal.runtime.style()
            )
            return once.keep(session, {"requests": numbers}, 201, f"/api/v1/requests/{numbers[0]}")


def _asking(asked: shapes.AskBody, agency: str) -> Asking:
    """What is asked; its document is the agency's own. Raises Problem."""
    reason, given = form_cells.tidied(asked.reason), asked.document
    if not reason:
        raise problems.wrong([("reason", "cần một câu nội dung")])
    document = None
    if given is not None:
        number = form_cells.tidied(given.number)
        if not number:
            raise problems.wrong([("document.number", "cần số, ký hiệu văn bản")])
        document = DocumentRef(number, given.dated, agency, subject=form_cells.tidied(given.subject))
    return Asking(
        Kind(asked.kind), form_cells.tidied(asked.occurrence), reason, asked.due_on, tuple(asked.to), document
    )
