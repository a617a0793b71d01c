"""What routes work with: the runtime, the pages, and who is asking. One for each application."""

from __future__ import annotations

import hmac
import logging
import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from htx_workflow.domain.errors import NotFound
from htx_workflow.domain.visitors import Visitor
from htx_workflow.runtime import LOCAL, Runtime
from htx_workflow.services import demos, persons, visits
from htx_workflow.services.demos import Persona
from htx_workflow.services.persons import Choice
from htx_workflow.store.database import Session
from htx_workflow.web import notices
from htx_workflow.web.pages import Pages, Translate

COOKIE = "htx"
"""Holds the token of the session; kept longer than that lasts, so that the next one remembers the person."""
MACHINE = "htx_may"
"""Cookie with random text of this browser: forms carry a mark made of it and of who is signed in."""
REMEMBERED = 180 * 86400
"""Seconds for which a browser keeps both."""
LANGUAGE = "tieng"
"""Cookie with the language of the interface: vi or en."""
log = logging.getLogger(__name__)


class Portal:
    """The portal of one application."""

    def __init__(self, runtime: Runtime, pages: Pages) -> None:
        self.runtime, self.pages = runtime, pages
        self.foreign = 0
        """Requests for what is not the asker's, since this process began."""

    # Time and the database

    def now(self) -> datetime:
        return self.runtime.clock.now()

    def today(self) -> date:
        return self.runtime.clock.today()

    def reading(self) -> AbstractContextManager[Session]:
        return self.runtime.reading()

    def transaction(self, name: str) -> AbstractContextManager[Session]:
        return self.runtime.transaction(name)

    # Who is asking

    def visitor(self, request: Request) -> Visitor | None:
        """Who asks, read once for a request."""
        if not hasattr(request.state, "visitor"):
            token = request.cookies.get(COOKIE, "")
            request.state.visitor = None
            if token:
                with self.reading() as session:
                    request.state.visitor = visits.find(session, token, self.now(), self.today())
        found: Visitor | None = request.state.visitor
        return found

    def forget(self, request: Request) -> None:
        """Who asks is read again: it has changed."""
        if hasattr(request.state, "visitor"):
            del request.state.visitor

    def mark(self, request: Request) -> str:
        """The text that a form carries to show that it came from our own page (dau).

        It is of this browser and this contact: a form opened before the session ended can be sent after signing in
        again as the same contact, and as no other.
        """
        visitor: Visitor | None = getattr(request.state, "visitor", None)
        machine = request.cookies.get(MACHINE, "")
        if visitor is None or not machine:
            return ""
        return hmac.new(machine.encode(), f"dau\n{visitor.contact}".encode(), sha256).hexdigest()[:32]

    def sign_in(self, answer: Response, token: str, request: Request | None = None) -> None:
        """Give the browser its session; with its request it stays the browser it was, and forms open elsewhere hold."""
        machine = request.cookies.get(MACHINE, "") if request is not None else ""
        for name, value in ((COOKIE, token), (MACHINE, machine or secrets.token_urlsafe(16))):
            answer.set_cookie(
                name, value, max_age=REMEMBERED, httponly=True, samesite="lax", secure=self.secure, path="/"
            )

    def sign_out(self, answer: Response) -> None:
        answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax", secure=self.secure)

    def ask_who(self, request: Request, visitor: Visitor | None = None) -> list[Choice] | None:
        """The people to choose from while nobody knows who is behind this mailbox; None when it is known.

        Pages whose form has files include `who_fields.html` at its top: the guard of the act reads the answer.
        """
        visitor = visitor or self.visitor(request)
        if visitor is None or not visitor.unnamed:
            return None
        with self.reading() as session:
            return persons.list_choices(session, visitor.agency_id, self.today())

    @property
    def secure(self) -> bool:
        """Whether browsers reach the portal by https only."""
        return self.runtime.settings.base_url.startswith("https://")

    # Answers

    def show(self, request: Request, name: str, status: int = 200, /, **values: Any) -> Response:
        """A whole page: with who is signed in, the language, and the notice of what was just done."""
        return self._page(request, name, status, self.visitor(request), values)

    def show_bare(self, request: Request, name: str, status: int = 200, /, **values: Any) -> Response:
        """A page that does not ask who is there: it is shown also when the database does not answer."""
        return self._page(request, name, status, None, values)

    def _page(
        self, request: Request, name: str, status: int, visitor: Visitor | None, values: dict[str, Any]
    ) -> Response:
        shared = {
            "visitor": visitor,
            "mark": self.mark(request),
            "here": request.url.path,
            "whole": whole_address(request),
            "installation": self.runtime.settings.installation,
            "done": notices.sentence(request.query_params.get("xong", "")),
            "today": self.today(),
            "moment": self.now().astimezone(LOCAL),
            "demo": self.runtime.settings.demo,
            "service_name": self.runtime.settings.oidc_name if self.runtime.settings.oidc else "",
            "personas": self.personas,
            "served": served(request),
            "ask_who": lambda: self.ask_who(request, visitor),
        }
        return self.pages.show(name, status, **{"language": self.language(request), **shared, **values})

    def personas(self) -> list[Persona]:
        """Who one may be with one click; nobody outside the demo."""
        if not self.runtime.settings.demo:
            return []
        with self.reading() as session:
            return demos.personas(session, self.today())

    def language(self, request: Request) -> str:
        """The language of the interface: vi, or en when the browser was told so."""
        return "en" if request.cookies.get(LANGUAGE) == "en" else "vi"

    def translator(self, request: Request) -> Translate:
        """Fixed words in the language of the interface."""
        return self.pages.translator(self.language(request))

    def back(self, path: str, done: str = "") -> Response:
        """To a page of our own after an act; `done` is a code of `notices`."""
        if done:
            path += f"{'&' if '?' in path else '?'}xong={done}"
        return RedirectResponse(path, 303)

    @contextmanager
    def own_only(self, request: Request) -> Iterator[None]:
        """What is not found here, or not the asker's, is answered alike; it is counted, logged and noted."""
        try:
            yield
        except NotFound:
            self._note_foreign(request)
            raise

    def note_view(self, request: Request, visitor: Visitor) -> None:
        """An auditor opened a page: one event for each session, hour and room."""
        if request.method not in ("GET", "HEAD"):
            return
        with self.reading() as session:
            known = visits.view_is_noted(session, visitor, room_of(request), self.now())
        if not known:
            with self.transaction("view") as session:
                visits.note_view(session, visitor, room_of(request), self.now())

    def _note_foreign(self, request: Request) -> None:
        visitor = self.visitor(request)
        if visitor is None:
            return
        self.foreign += 1
        log.warning("foreign address", extra={"session": visitor.session_id, "path": request.url.path})
        with self.transaction("foreign") as session:
            visits.note_foreign(session, visitor, _asked(request), self.now())


def room_of(request: Request) -> str:
    """The room that a page belongs to: its address up to what is asked for in it. /ban/ket-qua, /viec"""
    path = str(getattr(request.scope.get("route"), "path", ""))
    return path.partition("/{")[0] or "/"


def whole_address(request: Request) -> str:
    """The page that is shown, with its query: to come back to it. An answer to a form is no page to come back to."""
    if request.method not in ("GET", "HEAD"):
        return "/"
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def served(request: Request) -> frozenset[str]:
    """Addresses without a parameter that this application answers; read once."""
    app = request.app
    if not hasattr(app.state, "served"):
        app.state.served = frozenset(getattr(route, "path", "") for route in app.routes)
    found: frozenset[str] = app.state.served
    return found


def _asked(request: Request) -> str:
    """The address of a route with the numbers that were asked for, and nothing else that a person can type."""
    path = str(getattr(request.scope.get("route"), "path", ""))
    for name, value in request.path_params.items():
        if str(value).isdecimal():
            path = path.replace(f"{{{name}}}", str(value))
    return path


def local_path(text: str) -> str:
    """A path of this portal to go on to, or `/`: never another site."""
    parts = urlsplit(text)
    if parts.scheme or parts.netloc or not text.startswith("/") or text.startswith("//") or "\\" in text:
        return "/"
    return text


def portal_of(request: Request) -> Portal:
    """The portal of the application that answers this request."""
    portal = request.app.state.portal
    assert isinstance(portal, Portal)
    return portal
