"""Sign-in with a code by mail (đăng nhập bằng mã). Nothing here tells whether an address is known: neither words nor time.

The address is looked up, and the mail made and sent, after the answer has left.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Annotated
from urllib.parse import urlencode

from fastapi import FastAPI, Form
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow import runtime as runtimes
from htx_workflow.domain import short_codes
from htx_workflow.domain.addresses import valid_address
from htx_workflow.domain.errors import HtxError
from htx_workflow.services import codes, visits
from htx_workflow.services.codes import Way
from htx_workflow.store import access
from htx_workflow.store import contacts as contact_store
from htx_workflow.web import tickets
from htx_workflow.web.portal import Portal, local_path
from htx_workflow.web.routes.service import READ
from htx_workflow.web.strangers import OFTEN, Limits, browser_words, check_often, check_site, last_token, place
from htx_workflow.web.tickets import Ticket

TICKETS = "htx_ve"
"""Cookie with the tickets of this browser."""
Text = Annotated[str, Form()]
log = logging.getLogger(__name__)


def add(app: FastAPI, portal: Portal, limits: Limits) -> None:
    _add_asking(app, portal, limits)
    _add_answering(app, portal, limits)


def _held(portal: Portal, request: Request) -> list[Ticket]:
    """The good tickets of this browser, the newest first."""
    return tickets.read(portal.runtime.sender().signing_key, request.cookies.get(TICKETS, ""), portal.now())


def _add_asking(app: FastAPI, portal: Portal, limits: Limits) -> None:
    def page(request: Request, tiep: str, can: str, sentence: str = "", status: int = 200, typed: str = "") -> Response:
        return portal.show(
            request, "sign_in.html", status, tiep=local_path(tiep), can=can, sentence=sentence, typed=typed
        )

    def send(address: str, ticket: str) -> None:
        """Queue the mail and send it at once. What goes wrong is for the log: the answer has left."""
        runtime = portal.runtime
        try:
            with portal.transaction("code-mail") as session:
                key = codes.queue_code(
                    session, address, ticket, runtime.sender().signing_key, runtime.style(), portal.now()
                )
            if key is not None:
                asyncio.run(runtimes.deliver_one(runtime, key))
        except HtxError as error:
            log.error("a code could not be sent: %s", error)

    @app.api_route("/vao", methods=READ)
    def way_in(request: Request, tiep: str = "/", can: str = "") -> Response:
        return page(request, tiep, can)

    @app.post("/vao")
    def ask(request: Request, dia_chi: Text = "", tiep: Text = "/", can: Text = "") -> Response:
        check_site(request)
        address = dia_chi.strip()
        if not valid_address(address):
            sentence = f'Địa chỉ thư "{address[:80]}" chưa đủ. Đề nghị nhập như tckh.dakto@example.vn.'
            return page(request, tiep, can, sentence, 400, address)
        now = portal.now()
        if not (limits.asks_of_address.take(address.lower(), now) and limits.asks_from.take(place(request), now)):
            return page(request, tiep, can, OFTEN, 429, address)
        ticket = tickets.new(portal.runtime.sender().signing_key, now)
        answer = portal.back(f"/vao/ma?{urlencode({'tiep': local_path(tiep)})}")
        answer.set_cookie(
            TICKETS, tickets.kept([ticket, *_held(portal, request)]), max_age=codes.MINUTES * 60, httponly=True,
            samesite="lax", secure=portal.secure, path="/vao",
        )  # fmt: skip
        answer.background = BackgroundTask(send, address, ticket.text)
        return answer


class _Answering:
    """The page that waits for the digits of a mail."""

    def __init__(self, portal: Portal, limits: Limits) -> None:
        self._portal, self._limits = portal, limits

    def page(self, request: Request, tiep: str, sentence: str = "", status: int = 200) -> Response:
        held, at = _held(self._portal, request), None
        if held:
            with self._portal.reading() as session:
                at = codes.taken_at(session, held[0].text, held[0].given_at, self._portal.now())
        return self._portal.show(
            request, "code.html", status, tiep=local_path(tiep), sentence=sentence, taken=at,
            asked=held[0].given_at if held else None, minutes=codes.MINUTES,
        )  # fmt: skip

    def enter(self, request: Request, typed: str, tiep: str, chosen: str) -> Response:
        now = self._portal.now()
        digits, held = short_codes.typed_digits(typed), _held(self._portal, request)
        if not held:
            return self.page(request, tiep, f"Mã đã hết hiệu lực sau {codes.MINUTES} phút. Đề nghị xin mã mới.", 403)
        if len(digits) != short_codes.DIGITS:
            return self.page(request, tiep, "Mã gồm 06 chữ số. Đề nghị nhập lại như trong thư.", 400)
        left = [ticket for ticket in held if not self._limits.tries_of_code.is_over(ticket.text, now)]
        way = self._right(left, digits)
        if way is not None:
            return self._open(request, way, digits, tiep, chosen)
        self._limits.wrong_from.take(place(request), now)
        for ticket in left:
            self._limits.tries_of_code.take(ticket.text, now)
        answer = self.page(request, tiep, codes.WRONG, 403)
        answer.background = BackgroundTask(self._note_wrong, left)
        return answer

    def _right(self, held: list[Ticket], digits: str) -> Way | None:
        """What the digits open: those of the newest mail, or of one that came late."""
        found = None
        key = self._portal.runtime.sender().signing_key
        with self._portal.reading() as session:
            for ticket in held:
                found = found or codes.check(session, ticket.text, digits, key, self._portal.now())
        return found

    def _note_wrong(self, held: list[Ticket]) -> None:
        """After the answer has left: a known address writes, and takes no longer than one that is not."""
        try:
            with self._portal.transaction("code-try") as session:
                for ticket in held:
                    access.mark_tried(session, visits.hashed(ticket.text))
        except HtxError as error:
            log.error("a wrong try was not counted: %s", error)

    def _open(self, request: Request, way: Way, digits: str, tiep: str, chosen: str) -> Response:
        """The session; where contacts share the address, after one was chosen."""
        portal = self._portal
        if len(way.contact_ids) > 1 and not chosen.isdecimal():
            with portal.reading() as session:
                contacts = contact_store.list_living(session, way.contact_ids, portal.today())
            return portal.show(request, "choose.html", contacts=contacts, so=digits, tiep=local_path(tiep))
        number = int(chosen) if chosen.isdecimal() else way.contact_ids[0]
        with portal.transaction("code") as session:
            token = codes.enter(
                session, way, number, portal.now(), last_token=last_token(request), browser=browser_words(request)
            )
        answer = portal.back(local_path(tiep))
        portal.sign_in(answer, token, request)
        answer.delete_cookie(TICKETS, path="/vao", httponly=True, samesite="lax", secure=portal.secure)
        return answer


def _add_answering(app: FastAPI, portal: Portal, limits: Limits) -> None:
    room = _Answering(portal, limits)

    @app.api_route("/vao/ma", methods=READ)
    def wait(request: Request, tiep: str = "/") -> Response:
        return room.page(request, tiep)

    @app.post("/vao/ma")
    def enter(request: Request, so: Text = "", tiep: Text = "/", dau_moi: Text = "") -> Response:
        check_often(limits.wrong_from, request, portal)
        check_site(request)
        return room.enter(request, so, tiep, dau_moi)
