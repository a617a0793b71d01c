"""The ways in and out (vào, ra): links of mails, codes by mail, sheets and codes read out, the first administrator."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Form
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain import short_codes
from htx_workflow.services import codes, links, visits
from htx_workflow.services.codes import Way
from htx_workflow.services.links import Link
from htx_workflow.store import access
from htx_workflow.store import contacts as contact_store
from htx_workflow.web.guard import Leaving
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes import oidc, signing_in
from htx_workflow.web.routes.service import READ
from htx_workflow.web.strangers import (
    Limits,
    browser_words,
    check_often,
    check_site,
    last_token,
    place,
)

FORGED = "Liên kết này không đúng; có thể đã bị cắt khi sao chép."
Text = Annotated[str, Form()]


def add(app: FastAPI, portal: Portal) -> None:
    limits = Limits()
    _add_start(app, portal)
    signing_in.add(app, portal, limits)
    oidc.add(app, portal, limits)
    _add_links(app, portal, limits)
    _add_sheets(app, portal, limits)
    _add_invitations(app, portal, limits)


def _add_start(app: FastAPI, portal: Portal) -> None:
    @app.api_route("/", methods=READ)
    def start(request: Request) -> Response:
        """To the desk, to one's own work, or to the way in."""
        visitor = portal.visitor(request)
        if visitor is None:
            return portal.back("/vao")
        return portal.back("/ban" if visitor.strong and visitor.follows else "/viec")

    @app.post("/thoat")
    def leave(visitor: Leaving) -> Response:
        with portal.transaction("sign-out") as session:
            visits.end(session, visitor.session_id, visitor.actor, portal.now())
        answer = portal.back("/vao", "thoat")
        portal.sign_out(answer)
        return answer


class _Links:
    """Pages of links in mails."""

    def __init__(self, portal: Portal, limits: Limits) -> None:
        self._portal, self._limits = portal, limits

    def show(self, request: Request, token: str, way: str) -> Response:
        """A page with one button: programs that follow links change nothing."""
        check_often(self._limits.wrong_from, request, self._portal)
        link = self._find(request, token)
        if link is None:
            return self._void(request, FORGED, 404)
        if self._is_in(request, link):
            return self._portal.back(way)
        if link.void:
            return self._void(request, link.void)
        return self._portal.show(request, "link.html", link=link, sentence="")

    def enter(self, request: Request, token: str, way: str) -> Response:
        check_often(self._limits.wrong_from, request, self._portal)
        check_site(request)
        link = self._find(request, token)
        if link is None or link.void:
            return self._void(request, link.void, 410) if link else self._void(request, FORGED, 404)
        answer = self._portal.back(way)
        if not self._is_in(request, link):
            with self._portal.transaction("link") as session:
                opened = links.open_link(
                    session, link, self._portal.now(), last_token=last_token(request), browser=browser_words(request)
                )
            self._portal.sign_in(answer, opened, request)
        return answer

    def _find(self, request: Request, token: str) -> Link | None:
        """The link of this token; a forged one is counted against where it comes from."""
        with self._portal.reading() as session:
            key = self._portal.runtime.sender().signing_key
            link = links.find_link(session, key, token, self._portal.today())
        if link is None:
            self._limits.wrong_from.take(place(request), self._portal.now())
        return link

    def _is_in(self, request: Request, link: Link) -> bool:
        """Whether this browser is signed in as the link's contact already."""
        visitor = self._portal.visitor(request)
        return visitor is not None and visitor.contact_id == link.contact_id

    def _void(self, request: Request, sentence: str, status: int = 410) -> Response:
        return self._portal.show(request, "link.html", status, link=None, sentence=sentence)


def _add_links(app: FastAPI, portal: Portal, limits: Limits) -> None:
    room = _Links(portal, limits)

    @app.api_route("/v/{token}", methods=READ)
    def show_link(request: Request, token: str) -> Response:
        return room.show(request, token, "/viec")

    @app.api_route("/v/{token}/{occurrence}", methods=READ)
    def show_link_of_work(request: Request, token: str, occurrence: int) -> Response:
        return room.show(request, token, f"/viec/{occurrence}")

    @app.post("/v/{token}")
    def enter_link(request: Request, token: str) -> Response:
        return room.enter(request, token, "/viec")

    @app.post("/v/{token}/{occurrence}")
    def enter_link_of_work(request: Request, token: str, occurrence: int) -> Response:
        return room.enter(request, token, f"/viec/{occurrence}")


def _add_sheets(app: FastAPI, portal: Portal, limits: Limits) -> None:
    def page(request: Request, short: str, sentence: str = "", status: int = 200) -> Response:
        return portal.show(request, "short.html", status, short=short, sentence=sentence)

    def check(short: str, digits: str) -> Way | None:
        with portal.reading() as session:
            return codes.check(session, short, digits, portal.runtime.sender().signing_key, portal.now())

    def note_wrong(short: str) -> None:
        with portal.transaction("code-try") as session:
            access.mark_tried(session, visits.hashed(short))

    @app.api_route("/p", methods=READ)
    def ask_short(request: Request) -> Response:
        return page(request, "")

    @app.api_route("/p/{short}", methods=READ)
    def ask_digits(request: Request, short: str) -> Response:
        """Asks for the six digits, whatever the short address: it tells nobody which there are."""
        return page(request, short_codes.typed_short(short)[:12])

    @app.post("/p")
    def enter_short(request: Request, so: Text = "", phieu: Text = "") -> Response:
        check_often(limits.wrong_from, request, portal)
        check_site(request)
        short, digits = short_codes.typed_short(phieu), short_codes.typed_digits(so)
        if len(short) != short_codes.SHORT_LENGTH or len(digits) != short_codes.DIGITS:
            return page(request, short, "Mã phiếu có 05 ký tự, mã số có 06 chữ số. Đề nghị xem lại trên phiếu.", 400)
        if limits.tries_of_code.is_over(short, portal.now()):
            return page(request, short, LOCKED, 403)
        way = check(short, digits)
        if way is None:
            limits.wrong_from.take(place(request), portal.now())
            limits.tries_of_code.take(short, portal.now())
            note_wrong(short)
            over = limits.tries_of_code.is_over(short, portal.now())
            return page(request, short, LOCKED if over else WRONG_SHEET, 403)
        with portal.transaction("code") as session:
            token = codes.enter(
                session, way, way.contact_ids[0], portal.now(), last_token=last_token(request),
                browser=browser_words(request),
            )  # fmt: skip
        answer = portal.back("/")
        portal.sign_in(answer, token, request)
        return answer


WRONG_SHEET = (
    "Mã chưa đúng hoặc phiếu không còn hiệu lực. Đề nghị xem lại mã phiếu và sáu số; sau 05 lần sai, phiếu bị khóa."
)
LOCKED = (
    "Phiếu này đã bị khóa vì nhập sai 05 lần. Đề nghị gọi đầu mối huyện hoặc cơ quan chủ trì để được đọc mã hoặc in"
    " phiếu mới."
)


def _add_invitations(app: FastAPI, portal: Portal, limits: Limits) -> None:
    used = "Liên kết này đã được dùng hoặc hết hiệu lực sau 24 giờ."

    def void(request: Request) -> Response:
        limits.wrong_from.take(place(request), portal.now())
        return portal.show(request, "link.html", 410, link=None, sentence=used)

    @app.api_route("/m/{token}", methods=READ)
    def show_invitation(request: Request, token: str) -> Response:
        check_often(limits.wrong_from, request, portal)
        with portal.reading() as session:
            row = codes.find_invite(session, token, portal.now())
            contact = contact_store.find_living(session, row.contact_id, portal.today()) if row else None
        if contact is None:
            return void(request)
        return portal.show(request, "invitation.html", name=contact.name or contact.code, until=row.expires_at)

    @app.post("/m/{token}")
    def accept_invitation(request: Request, token: str) -> Response:
        check_often(limits.wrong_from, request, portal)
        check_site(request)
        with portal.transaction("invitation") as session:
            row = codes.find_invite(session, token, portal.now())
            opened = None
            if row is not None:
                opened = codes.accept_invite(
                    session, row, portal.now(), last_token=last_token(request), browser=browser_words(request)
                )
        if opened is None:
            return void(request)
        answer = portal.back("/")
        portal.sign_in(answer, opened, request)
        return answer
