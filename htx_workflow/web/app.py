"""The web application. Until the portal exists: a status page, health for load balancers, metrics."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles

from htx_workflow.runtime import Runtime
from htx_workflow.services import health as healths
from htx_workflow.services.health import Health
from htx_workflow.web import errors, status
from htx_workflow.web.headers import SecurityHeaders
from htx_workflow.web.metrics import Metrics
from htx_workflow.web.pages import Pages

READ = ["GET", "HEAD"]


def create_app(runtime: Runtime) -> FastAPI:
    """The application of one runtime. Routes are plain functions: they run in threads, the database blocks nobody."""
    folder = runtime.settings.home / "templates" / "pages"
    pages = Pages(folder)

    def look() -> Health:
        return healths.measure(lambda: runtime.database, runtime.clock.now(), runtime.calendars)

    @asynccontextmanager
    async def warm(_: FastAPI) -> AsyncIterator[None]:
        """Read calendars and compile pages before the first page is asked for."""
        await run_in_threadpool(look)
        await run_in_threadpool(pages.compile)
        yield

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, lifespan=warm)
    app.add_middleware(SecurityHeaders)
    errors.install(app, pages)
    metrics = Metrics(look, lambda: runtime.database)

    @app.api_route("/", methods=READ)
    def status_page() -> Response:
        settings = runtime.settings
        shown = status.page(look(), shifted=settings.today is not None, prefect_ui=settings.prefect_ui_url)
        return pages.show("status.html", page=shown)

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

    app.mount("/static", StaticFiles(directory=folder / "static"), name="static")
    return app
