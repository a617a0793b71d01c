"""The way in and out (vào, ra)."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.services import visits
from htx_workflow.web.guard import Posted
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.service import READ


def add(app: FastAPI, portal: Portal) -> None:
    @app.api_route("/", methods=READ)
    def start(request: Request) -> Response:
        """To the desk, to one's own work, or to the way in."""
        visitor = portal.visitor(request)
        if visitor is None:
            return portal.back("/vao")
        return portal.back("/ban" if visitor.strong and visitor.follows else "/viec")

    @app.api_route("/vao", methods=READ)
    def way_in(request: Request) -> Response:
        return portal.show(request, "sign_in.html")

    @app.post("/thoat")
    def leave(visitor: Posted) -> Response:
        with portal.transaction("sign-out") as session:
            visits.end(session, visitor.session_id, visitor.actor, portal.now())
        answer = portal.back("/vao", "thoat")
        portal.sign_out(answer)
        return answer
