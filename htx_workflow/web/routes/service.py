"""What needs no sign-in and shows counts only: the status page, health for load balancers, metrics."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from htx_workflow.services import health as healths
from htx_workflow.services.health import Health
from htx_workflow.web import status
from htx_workflow.web.metrics import Metrics
from htx_workflow.web.portal import Portal

READ = ["GET", "HEAD"]


def add(app: FastAPI, portal: Portal, look: Callable[[], Health]) -> None:
    metrics = Metrics(look, lambda: portal.runtime.database, lambda: portal.foreign)

    @app.api_route("/tinh-trang", methods=READ)
    def status_page(request: Request) -> Response:
        settings = portal.runtime.settings
        shown = status.page(look(), shifted=settings.today is not None, prefect_ui=settings.prefect_ui_url)
        return portal.show_bare(request, "status.html", page=shown)

    @app.api_route("/health/live", methods=READ)
    def live() -> Response:
        """The process answers; nothing else is asked, so that a slow database restarts nobody."""
        return JSONResponse({"live": True})

    @app.api_route("/health/ready", methods=READ)
    def ready() -> Response:
        reasons = healths.ready(look())
        return JSONResponse({"ready": not reasons, "reasons": reasons}, 503 if reasons else 200)

    @app.api_route("/metrics", methods=READ)
    def prometheus() -> Response:
        return Response(metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")
