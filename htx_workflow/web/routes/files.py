"""A stored file (tệp), sent to whom it concerns: saved under its own name, never run, never shown beside our pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from htx_workflow.domain import file_names, file_rules
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import files
from htx_workflow.store.files import FileRow
from htx_workflow.web.guard import SignedIn
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.service import READ

PIECE = 1 << 18
ALONE = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""The file is an origin of its own, without scripts, forms and the session; the style is the browser's own."""


def add(app: FastAPI, portal: Portal) -> None:
    @app.api_route("/tep/{number:int}", methods=READ)
    def download(request: Request, number: int, visitor: SignedIn, xem: str = "") -> Response:
        """The file `number`; with `?xem=1` a picture is shown in the browser's window."""
        return send(portal, request, number, visitor, inline=xem == "1")


def send(portal: Portal, request: Request, number: int, visitor: Visitor, *, inline: bool = False) -> Response:
    """The bytes of a file that this visitor may read."""
    with portal.own_only(request), portal.reading() as session:
        row = files.get_for(session, number, visitor)
        headers = _headers(row, inline=inline)
        if request.headers.get("if-none-match", "") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        if request.method == "HEAD":
            return Response(headers=headers)
        body = files.spooled(session, row)
    return StreamingResponse(_pieces(body), headers=headers)


def _headers(row: FileRow, *, inline: bool) -> dict[str, str]:
    shown = inline and row.media_type in file_rules.SHOWN_INLINE
    return {
        "Content-Type": row.media_type,
        "Content-Length": str(row.size),
        "Content-Disposition": file_names.disposition(row.name, inline=shown),
        "Content-Security-Policy": ALONE,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-cache",
        "ETag": f'"{row.sha256}"',
    }


def _pieces(body: IO[bytes]) -> Iterator[bytes]:
    with body:
        while piece := body.read(PIECE):
            yield piece
