"""How programs are answered: JSON with an ETag, 304 for what they have, 412 and 428 where they must say what they saw,
and the same answer again for what they send twice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from htx_workflow.domain import file_rules
from htx_workflow.domain.file_rules import MEGABYTE, Limits
from htx_workflow.store import api_calls
from htx_workflow.store.api_calls import CallRow
from htx_workflow.store.database import Session
from htx_workflow.web import uploads
from htx_workflow.web.api.callers import caller_of
from htx_workflow.web.api.problems import Problem
from htx_workflow.web.portal import Portal

MEDIA_TYPE = "application/json"
MOST_JSON = 2 * MEGABYTE
LONGEST_KEY = 200
Handler = Callable[[Request], Awaitable[Response]]


def dumps(value: object) -> bytes:
    """As it is sent: UTF-8, ISO days."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_iso).encode()


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"cannot send {type(value).__name__} as JSON")


def etag_of(body: bytes) -> str:
    """What tells two states of a thing apart."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def show(request: Request, value: object) -> Response:
    """What was asked for; 304 for who has it already."""
    body = dumps(value)
    headers = {"ETag": etag_of(body), "Cache-Control": "private, no-cache"}
    if _names(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=MEDIA_TYPE)


def _names(header: str, etag: str) -> bool:
    given = [part.strip().removeprefix("W/") for part in header.split(",")]
    return etag in given or given == ["*"]


def check_match(request: Request, value: object) -> None:
    """Raises Problem unless the program says that it has seen this very state."""
    header = request.headers.get("if-match", "")
    if not header:
        raise Problem(
            428,
            "Cần tiêu đề If-Match",
            "Gửi ETag nhận được khi đọc trong tiêu đề If-Match, để không ghi đè người khác.",
        )
    if not _names(header, etag_of(dumps(value))):
        raise Problem(
            412, "Nội dung đã đổi", "Người khác vừa cập nhật; chưa có gì thay đổi. Đề nghị đọc lại rồi gửi lại."
        )


def written(value: object, status: int = 200, location: str = "") -> Response:
    """What a write leaves, with its ETag."""
    body = dumps(value)
    headers = {"ETag": etag_of(body)} | ({"Location": location} if location else {})
    return Response(body, status, headers, media_type=MEDIA_TYPE)


class Once:
    """A write that a program may send twice under one Idempotency-Key (tiêu đề)."""

    def __init__(self, portal: Portal, request: Request, content: Mapping[str, Any]) -> None:
        self._portal, self._key_id = portal, caller_of(request).key_id
        self.key = request.headers.get("idempotency-key", "").strip()
        if len(self.key) > LONGEST_KEY or not self.key.isascii() or not self.key.isprintable():
            raise Problem(400, "Idempotency-Key chưa dùng được", f"Cần tối đa {LONGEST_KEY} ký tự in được, không dấu.")
        said = {"method": request.method, "path": request.url.path, **content}
        self._sha256 = hashlib.sha256(dumps(said)).hexdigest()

    def before(self, session: Session) -> Response | None:
        """The answer given before, or None. Raises Problem for a key that stood for something else."""
        found = api_calls.find(session, self._key_id, self.key) if self.key else None
        if found is None:
            return None
        if found.sha256 != self._sha256:
            raise Problem(
                422, "Idempotency-Key đã dùng", "Khóa lặp này đã dùng cho một nội dung khác. Đề nghị dùng khóa mới.",
                kind="idempotency",
            )  # fmt: skip
        body = found.body.encode()
        headers = {"ETag": etag_of(body), "Idempotency-Replayed": "true"}
        headers |= {"Location": found.location} if found.location else {}
        return Response(body, found.status, headers, media_type=MEDIA_TYPE)

    def keep(self, session: Session, value: object, status: int, location: str = "") -> Response:
        """The answer, kept with what was done."""
        if self.key:
            row = CallRow(self._sha256, status, location, dumps(value).decode())
            api_calls.add(session, self._key_id, self.key, row, self._portal.now())
        return written(value, status, location)


def route_class(limits: Limits) -> type[APIRoute]:
    """Routes of programs: forms are read as those of pages are, JSON up to a bound."""

    class Bounded(uploads.route_class(limits)):  # type: ignore[misc]  # made for the limits of this application
        def get_route_handler(self) -> Handler:
            handler: Handler = super().get_route_handler()

            async def bounded(request: Request) -> Response:
                if "json" in request.headers.get("content-type", "").lower():
                    request._body = await _read(request)
                return await handler(request)

            return bounded

    return Bounded


async def _read(request: Request) -> bytes:
    """The body, refused when it is too much before it is read whole."""
    read, total = [], 0
    try:
        async for piece in request.stream():
            total += len(piece)
            if total > MOST_JSON:
                raise Problem(413, "Nội dung quá lớn", file_rules.request_too_large(MOST_JSON))
            read.append(piece)
    except ClientDisconnect as error:
        raise Problem(400, "Chưa đọc được", uploads.UNREADABLE) from error
    return b"".join(read)
