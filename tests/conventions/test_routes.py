"""Every route has a guard or a place on the public list; nothing else answers."""

from __future__ import annotations

from fastapi import Depends, FastAPI
from starlette.routing import BaseRoute

from htx_workflow.runtime import Clock, Runtime
from htx_workflow.settings import load_settings
from htx_workflow.web import public
from htx_workflow.web.app import create_app


def routes() -> list[BaseRoute]:
    return list(create_app(Runtime(load_settings(), Clock())).routes)


def test_every_route_has_a_guard_or_a_place_on_the_public_list() -> None:
    assert [route for route in routes() if not (public.is_guarded(route) or public.is_public(route))] == []


def test_the_public_list_names_no_route_that_is_not_there() -> None:
    assert {getattr(route, "path", None) for route in routes() if public.is_public(route)} == public.PUBLIC


def test_no_address_describes_the_interface() -> None:
    assert {"/docs", "/redoc", "/openapi.json"}.isdisjoint({getattr(route, "path", "") for route in routes()})


def test_a_guard_is_known_by_its_mark() -> None:
    def guard() -> None: ...

    guard.is_guard = True  # type: ignore[attr-defined]  # the mark that the convention looks for
    app = FastAPI(openapi_url=None)

    @app.get("/mine", dependencies=[Depends(guard)])
    def mine() -> None: ...

    @app.get("/open")
    def open_() -> None: ...

    assert [public.is_guarded(route) for route in app.routes] == [True, False]
