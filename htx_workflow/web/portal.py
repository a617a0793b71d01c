"""What routes work with: the runtime, the pages, and who is asking. One for each application."""

from __future__ import annotations

import hmac
import logging
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
from htx_workflow.services import visits
from htx_workflow.store.database import Session
from htx_workflow.web import notices
from htx_workflow.web.pages import Pages

COOKIE = "htx"
"""Holds the token of the session."""
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

    def mark(self, request: Request) -> str:
        """The text that a form carries to show that it came from our own page (dau)."""
        token = request.cookies.get(COOKIE, "")
        return hmac.new(token.encode(), b"dau", sha256).hexdigest()[:32] if token else ""

    def sign_in(self, answer: Response, token: str) -> None:
        """Give the browser its session."""
        answer.set_cookie(
            COOKIE, token, max_age=visits.LINK_DAYS * 86400, httponly=True, samesite="lax", secure=self.secure, path="/"
        )

    def sign_out(self, answer: Response) -> None:
        answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax", secure=self.secure)

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
            "done": notices.sentence(request.query_params.get("xong", "")),
            "today": self.today(),
            "moment": self.now().astimezone(LOCAL),
            "demo": self.runtime.settings.demo,
        }
        return self.pages.show(name, status, **{"language": self.language(request), **shared, **values})

    def language(self, request: Request) -> str:
        """The language of the interface: vi, or en when the browser was told so."""
        return "en" if request.cookies.get(LANGUAGE) == "en" else "vi"

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

    def _note_foreign(self, request: Request) -> None:
        visitor = self.visitor(request)
        if visitor is None:
            return
        self.foreign += 1
        log.warning("foreign address", extra={"session": visitor.session_id, "path": request.url.path})
        with self.transaction("foreign") as session:
            visits.note_foreign(session, visitor, request.url.path, self.now())


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
