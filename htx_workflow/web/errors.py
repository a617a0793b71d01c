"""Errors as pages: one table from our errors to HTTP, and pages for what the server itself refuses."""

from __future__ import annotations

import logging
import secrets
from functools import partial
from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from htx_workflow.domain.errors import (
    BadConfig,
    BadInput,
    CalendarEnds,
    HtxError,
    MailError,
    NotAllowed,
    NotFound,
    StoreError,
    TooLate,
)
from htx_workflow.web.api import problems
from htx_workflow.web.guard import AskWho, SignInFirst
from htx_workflow.web.portal import Portal

STATUS: dict[type[HtxError], tuple[HTTPStatus, str]] = {
    BadInput: (HTTPStatus.BAD_REQUEST, "Nội dung chưa dùng được"),
    NotFound: (HTTPStatus.NOT_FOUND, "Không tìm thấy"),
    NotAllowed: (HTTPStatus.FORBIDDEN, "Chưa thực hiện được"),
    TooLate: (HTTPStatus.CONFLICT, "Người khác vừa cập nhật"),
    CalendarEnds: (HTTPStatus.UNPROCESSABLE_ENTITY, "Ngoài lịch ngày làm việc"),
    MailError: (HTTPStatus.BAD_GATEWAY, "Máy chủ thư chưa phục vụ"),
    StoreError: (HTTPStatus.SERVICE_UNAVAILABLE, "Hệ thống tạm thời chưa phục vụ"),
    BadConfig: (HTTPStatus.INTERNAL_SERVER_ERROR, "Cấu hình cần sửa"),
    HtxError: (HTTPStatus.INTERNAL_SERVER_ERROR, "Chưa thực hiện được"),
}
"""The nearest class in the tree decides."""
OWN_WORDS = (BadInput, NotFound, NotAllowed, TooLate, CalendarEnds)
"""Their sentences are for the person at the page; the others' name hosts and files, and go to the log."""
REFUSED = {
    HTTPStatus.NOT_FOUND: ("Không có trang này", "Đề nghị kiểm tra địa chỉ, hoặc bắt đầu từ trang chính."),
    HTTPStatus.METHOD_NOT_ALLOWED: ("Không làm được ở địa chỉ này", "Đề nghị bắt đầu từ trang chính."),
}
OTHERWISE, UNFORESEEN = "Chưa thực hiện được", "Hệ thống chưa thực hiện được"
FROM_THE_START = "Đề nghị bắt đầu từ trang chính."
log = logging.getLogger(__name__)


def status_of(error: HtxError) -> tuple[HTTPStatus, str]:
    """HTTP status and heading for an error."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def install(app: FastAPI, portal: Portal) -> None:
    """Let this application answer errors with pages in Vietnamese."""

    page = partial(_page, portal)

    def unserved(request: Request, error: Exception, status: int, title: str) -> Response:
        """What went wrong goes to the log under a code that the person can read out."""
        code = secrets.token_hex(2).upper()
        log.error("page failed, code %s: %s", code, error, exc_info=error, extra={"code": code})
        sentence = f"Đề nghị tải lại trang sau 01 phút; nếu vẫn vậy, báo người quản trị mã {code}."
        return page(request, status, title, sentence)

    def ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, HtxError)
        status, title = status_of(error)
        if isinstance(error, OWN_WORDS):
            return page(request, status, title, str(error))
        return unserved(request, error, status, title)

    def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        title, sentence = REFUSED.get(HTTPStatus(error.status_code), (OTHERWISE, FROM_THE_START))
        answer = page(request, error.status_code, title, sentence)
        answer.headers.update(error.headers or {})
        return answer

    def way_in(request: Request, error: Exception) -> Response:
        """To the way in, and back to the page that was asked for."""
        assert isinstance(error, SignInFirst)
        if error.typed is not None:
            return portal.show(
                request, "expired.html", 403, typed=error.typed, needs_code=error.needs_code, action=_address(request)
            )
        query = {"tiep": _address(request) if request.method in ("GET", "HEAD") else "/"}
        if error.needs_code:
            query["can"] = "ma"
        return RedirectResponse(f"/vao?{urlencode(query)}", 303)

    def who_first(request: Request, error: Exception) -> Response:
        """The question before the first act; the form goes on from there."""
        assert isinstance(error, AskWho)
        if request.method in ("GET", "HEAD"):
            return RedirectResponse(f"/nguoi?{urlencode({'tiep': _address(request)})}", 303)
        return portal.show(
            request, "who.html", typed=error.typed, problem=error.problem, action=_address(request), current="", tiep="/viec",
            people=portal.ask_who(request) or [],
        )  # fmt: skip

    def unforeseen(request: Request, error: Exception) -> Response:
        return unserved(request, error, HTTPStatus.INTERNAL_SERVER_ERROR, UNFORESEEN)

    app.add_exception_handler(SignInFirst, way_in)
    app.add_exception_handler(AskWho, who_first)
    app.add_exception_handler(HtxError, ours)
    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(Exception, unforeseen)


def _page(portal: Portal, request: Request, status: int, title: str, sentence: str) -> Response:
    """A page for people, a problem for programs."""
    if problems.is_api(request):
        return problems.answer(status, title, sentence)
    return portal.show_bare(request, "error.html", status, title=title, sentence=sentence)


def _address(request: Request) -> str:
    """Path and query of what was asked for."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
