"""My work (việc của cơ quan) and one piece of it: what a holder sees and does."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.web.guard import SignedIn
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.service import READ


def add(app: FastAPI, portal: Portal) -> None:
    @app.api_route("/viec", methods=READ)
    def my_work(request: Request, visitor: SignedIn) -> Response:
        return portal.show(request, "work.html")
