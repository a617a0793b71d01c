"""The web application: the rooms of the portal put together, with headers, errors and pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from htx_workflow.runtime import Runtime
from htx_workflow.services import health as healths
from htx_workflow.services.health import Health
from htx_workflow.web import catalogues, errors, static, uploads
from htx_workflow.web.api import rooms as api
from htx_workflow.web.headers import SecurityHeaders
from htx_workflow.web.pages import Pages
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes import (
    acts,
    admin_agencies,
    admin_audit,
    admin_auditors,
    admin_calendars,
    admin_contacts,
    admin_excel,
    admin_handover,
    admin_mail,
    admin_plans,
    admin_watch,
    card_acts,
    card_files,
    card_filling,
    card_signing,
    cards,
    demo,
    desk,
    desk_addresses,
    desk_adopting,
    desk_baselines,
    desk_chasing,
    desk_checking,
    desk_coverage,
    desk_dossiers,
    desk_entry,
    desk_letters,
    desk_mail,
    desk_results,
    desk_round,
    desk_snapshots,
    doors,
    entry,
    files,
    form_sending,
    forms,
    language,
    people,
    request_desk,
    requests,
    sending,
    service,
    sessions,
    work,
)

THREADS = 8
"""Pages made at the same time. More of them only take turns at one interpreter, and all are late together."""


def create_app(runtime: Runtime) -> FastAPI:
    """The application of one runtime. Routes are plain functions: they run in threads, the database blocks nobody."""
    folder = runtime.settings.home / "templates" / "pages"
    pages = Pages(folder, catalogues.load(folder))
    portal = Portal(runtime, pages)

    def look() -> Health:
        return healths.measure(lambda: runtime.database, runtime.clock.now(), runtime.calendars)

    @asynccontextmanager
    async def warm(_: FastAPI) -> AsyncIterator[None]:
        """Read calendars and compile pages before the first page is asked for."""
        current_default_thread_limiter().total_tokens = THREADS
        await run_in_threadpool(look)
        await run_in_threadpool(pages.compile)
        yield

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, lifespan=warm)
    app.state.portal = portal
    app.router.route_class = uploads.route_class(runtime.limits)
    app.add_middleware(SecurityHeaders)
    errors.install(app, portal)
    service.add(app, portal, look)
    entry.add(app, portal)
    sessions.add(app, portal)
    people.add(app, portal)
    work.add(app, portal)
    sending.add(app, portal)
    acts.add(app, portal)
    forms.add(app, portal)
    form_sending.add(app, portal)
    for room in (desk, desk_checking, desk_entry, desk_chasing, desk_letters, desk_mail, desk_addresses):
        room.add(app, portal)
    for room in (desk_round, desk_results, desk_snapshots, desk_dossiers, desk_baselines):
        room.add(app, portal)
    for room in (desk_adopting, desk_coverage, admin_plans, admin_calendars):
        room.add(app, portal)
    for room in (admin_agencies, admin_excel, admin_handover, admin_contacts):
        room.add(app, portal)
    for room in (admin_mail, admin_watch, admin_audit, admin_auditors):
        room.add(app, portal)
    requests.add(app, portal)
    request_desk.add(app, portal)
    for room in (cards, card_filling, card_files, card_signing, card_acts):
        room.add(app, portal)
    files.add(app, portal)
    language.add(app, portal)
    demo.add(app, portal)
    doors.add(app, portal)
    api.add(app, portal)
    app.mount("/static", static.Files(directory=folder / "static"), name="static")
    return app
