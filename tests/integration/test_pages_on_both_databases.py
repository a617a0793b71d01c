"""Every page is reached by its links on SQLite and on PostgreSQL after the same life, and says the same there.

Modules about pages live on SQLite alone; what pages ask of PostgreSQL is asked here.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date

import pytest
from starlette.routing import Match

from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.plan import Plan
from htx_workflow.runtime import Runtime
from htx_workflow.services.composing import Style
from htx_workflow.settings import load_settings
from htx_workflow.web import public
from htx_workflow.web.app import create_app
from tests.conftest import KINDS, new_database
from tests.machine import Machine, MachineClock
from tests.portal import Client, visit, words_of
from tests.scoring import Scores

VISITORS = ("skhdt-dau-moi", "skhdt-quan-tri", "dakto-tckh", "rangdong-ke-toan")
"""The lead officer, the administrator, a district, a cooperative of it."""
EACH = 1
"""Pages read of each route for each visitor."""
LINK = re.compile(r'href="(/[^"#]*)')
NOT_LINKED = {
    "/ban/dau-moi/phieu/{number}",
    "/ban/dau-moi/phieu/{number}/qr.svg",
    "/ban/de-nghi/{number:int}",
    "/ban/ho-so/muc-luc",
    "/ban/ho-so/tai",
    "/ban/tong-hop/{period}/{no}/tat-ca",
    "/ban/tong-hop/{period}/{no}/van-ban/{kind}",
    "/ban/tong-hop/{period}/{no}/van-ban/{kind}/{unit}",
    "/ban/van-ban/{kind}",
    "/bieu/{number}",
    "/bieu/{number}/excel",
    "/bieu/{number}/word",
    "/de-nghi/{number:int}",
    "/phieu/{plan}/{unit}/{period}/{stage}/{level}/bien-ban",
    "/quan-tri/thu/{number:int}/noi-dung",
    "/tep/{number:int}",
}
"""Guarded addresses that nothing in this life leads to: files, and what begins with an act."""

Pages = dict[tuple[str, str], tuple[int, str]]
"""(Visitor, address): status and words, or the media type of what is no page."""


@pytest.fixture(scope="module")
def crawled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, kontum: Plan,
    calendars: dict[str, WorkingCalendar], style: Style,
) -> Iterator[dict[str, Pages]]:  # fmt: skip
    """By kind of database: what every visitor reads."""
    with ExitStack() as stack:
        found = {}
        for kind in KINDS:
            folder = tmp_path_factory.mktemp(kind)
            database = stack.enter_context(new_database(kind, folder, request))
            machine = Machine(database, calendars, style, folder / "mailbox")
            _live(machine, kontum)
            runtime = Runtime(load_settings(), MachineClock(machine), database)
            found[kind] = {(who, path): said for who in VISITORS for path, said in _read(visit(runtime, who))}
        yield found


def _live(machine: Machine, plan: Plan) -> None:
    """Plan 3819 on 22/12/2025: weeks of mail, late work, a difficulty, one cooperative scored on three levels."""
    machine.load(plan, on=date(2025, 12, 1))
    machine.live_until(date(2025, 12, 12))
    scores = Scores(machine)
    scores.baseline("B")
    scores.whole("B")
    machine.at(date(2025, 12, 22)).morning()
    machine.submit("kontum-3819/R.agency/stc/2025")
    machine.ask("VI.1", "huyen-dakto", reason="thiếu kinh phí")
    scores.consolidate()


def _read(client: Client) -> Iterator[tuple[str, tuple[int, str]]]:
    """Follow the links from the first page, breadth first."""
    waiting, seen, read = deque(["/"]), {"/"}, dict[str, int]()
    while waiting:
        path = waiting.popleft()
        route = route_of(client, path)
        if route is None or read.get(route, 0) == EACH:
            continue
        read[route] = read.get(route, 0) + 1
        answer = client.get(path)
        html = answer.headers.get("content-type", "").startswith("text/html")
        yield path, (answer.status_code, words_of(answer) if html else answer.headers.get("content-type", ""))
        for link in LINK.findall(answer.text) if html else ():
            address = link.replace("&amp;", "&")
            if address not in seen:
                seen.add(address)
                waiting.append(address)
        if "location" in answer.headers and answer.headers["location"] not in seen:
            waiting.append(answer.headers["location"])


def route_of(client: Client, path: str) -> str | None:
    """The pattern of the route that answers this address; None for what is no route of ours."""
    scope = {"type": "http", "method": "GET", "path": path.partition("?")[0]}
    for route in client.app.routes:
        if route.matches(scope)[0] is Match.FULL and hasattr(route, "endpoint"):
            return str(getattr(route, "path", ""))
    return None


def test_no_page_fails(crawled: dict[str, Pages]) -> None:
    assert [(where, said) for pages in crawled.values() for where, said in pages.items() if said[0] >= 400] == []


def test_every_page_says_the_same_on_both_databases(crawled: dict[str, Pages]) -> None:
    one, other = (crawled[kind] for kind in KINDS)
    assert list(one) == list(other)
    assert [(where, one[where], other[where]) for where in one if one[where] != other[where]] == []


def test_every_guarded_page_was_read(crawled: dict[str, Pages]) -> None:
    app = create_app(Runtime(load_settings()))
    client = Client(app)
    read = {route_of(client, path) for _, path in crawled["postgresql"]}
    guarded = {
        str(getattr(route, "path", ""))
        for route in app.routes
        if "GET" in (getattr(route, "methods", None) or ()) and public.is_guarded(route)
        and not str(getattr(route, "path", "")).startswith("/api/")
    }  # fmt: skip
    assert guarded - read == NOT_LINKED
