"""Sign-in by the province's service (đăng nhập bằng tài khoản công vụ), where the settings name one.

The way there is a link, so that the policy for forms stays 'self'. The answer of the service opens nothing yet: a page
with one button does, which also asks who it is where contacts share the address.
"""

from __future__ import annotations

import hmac
import logging
from typing import Annotated

from fastapi import FastAPI, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from htx_workflow.domain.errors import HtxError, NotAllowed, NotFound
from htx_workflow.gateways import oidc
from htx_workflow.gateways.oidc import SignInService
from htx_workflow.services import oidc_entries
from htx_workflow.web import attempts
from htx_workflow.web.attempts import Attempt
from htx_workflow.web.portal import Portal, local_path
from htx_workflow.web.routes.service import READ
from htx_workflow.web.strangers import Limits, browser_words, check_often, check_site, last_token, place

COOKIE = "htx_cong_vu"
"""Holds the attempt of this browser."""
WAY = "/vao/cong-vu"
BACK = "/vao/cong-vu/ve"
AGAIN = (
    "Lần đăng nhập này đã hết hiệu lực, đã dùng rồi, hoặc bắt đầu ở trình duyệt khác. Đề nghị bấm đăng nhập lại từ đầu."
)
Text = Annotated[str, Form()]
log = logging.getLogger(__name__)


def add(app: FastAPI, portal: Portal, limits: Limits) -> None:
    room = _Room(portal, limits)

    @app.api_route(WAY, methods=READ)
    def go(request: Request, tiep: str = "/") -> Response:
        return room.go(request, tiep)

    @app.api_route(BACK, methods=READ)
    def come_back(request: Request, code: str = "", state: str = "", error: str = "", iss: str = "") -> Response:
        return room.come_back(request, code, state, error, iss)

    @app.post(WAY)
    def enter(request: Request, bang_chung: Text = "", dau_moi: Text = "") -> Response:
        return room.enter(request, bang_chung, dau_moi)


class _Room:
    def __init__(self, portal: Portal, limits: Limits) -> None:
        self._portal, self._limits = portal, limits
        self._kept: list[SignInService] = []

    def _service(self) -> SignInService:
        """Raises NotFound where the settings name none."""
        settings = self._portal.runtime.settings
        if not settings.oidc:
            raise NotFound("Không có trang này.")
        if not self._kept:
            self._kept.append(SignInService(self._portal.runtime.sign_in_provider(BACK)))
        return self._kept[0]

    @property
    def _key(self) -> bytes:
        return self._portal.runtime.sender().signing_key

    def go(self, request: Request, tiep: str) -> Response:
        service, attempt = self._service(), attempts.new(local_path(tiep), self._portal.now())
        try:
            address = service.address_to_go(attempt.secrets(self._key), self._portal.now())
        except HtxError as error:
            return self._sign_in(request, error, attempt.way)
        answer = RedirectResponse(address, 303)
        answer.set_cookie(
            COOKIE, attempts.kept(self._key, attempt), max_age=int(attempts.LASTS.total_seconds()), httponly=True,
            samesite="lax", secure=self._portal.secure, path="/vao",
        )  # fmt: skip
        return answer

    def come_back(self, request: Request, code: str, state: str, error: str, iss: str) -> Response:
        """Asks the service who it is; writes nothing."""
        service, portal = self._service(), self._portal
        check_often(self._limits.wrong_from, request, portal)
        attempt = self._attempt(request)
        try:
            if attempt is None or not hmac.compare_digest(attempt.secrets(self._key).state.encode(), state.encode()):
                raise NotAllowed(AGAIN)
            if error or not code or (iss and iss.rstrip("/") != service.provider.issuer.rstrip("/")):
                raise NotAllowed(
                    f"Chưa đăng nhập được bằng {service.provider.name}. Đề nghị bấm lại, hoặc đăng nhập bằng mã."
                )
            who = service.who_came(code, attempt.secrets(self._key), portal.now())
            with portal.reading() as session:
                contacts = oidc_entries.contacts_of(session, who.address, who.verified, portal.today())
        except HtxError as wrong:
            return self._sign_in(request, wrong, attempt.way if attempt else "/")
        return portal.show(
            request, "oidc.html", contacts=contacts, address=who.address, name=service.provider.name,
            proof=attempts.proof(self._key, attempt, who.address, portal.now()),
        )  # fmt: skip

    def enter(self, request: Request, proof: str, chosen: str) -> Response:
        portal = self._portal
        self._service()
        check_often(self._limits.wrong_from, request, portal)
        check_site(request)
        attempt = self._attempt(request)
        address = attempts.proven(self._key, attempt, proof, portal.now()) if attempt else None
        if attempt is None or address is None or not chosen.isdecimal() or len(chosen) > 9:
            return self._sign_in(request, NotAllowed(AGAIN), attempt.way if attempt else "/")
        with portal.transaction("oidc") as session:
            token = oidc_entries.enter(
                session, address, int(chosen), portal.now(), last_token=last_token(request),
                browser=browser_words(request),
            )  # fmt: skip
        answer = portal.back(attempt.way)
        portal.sign_in(answer, token, request)
        self._forget(answer)
        return answer

    def _attempt(self, request: Request) -> Attempt | None:
        return attempts.read(self._key, request.cookies.get(COOKIE, ""), self._portal.now())

    def _forget(self, answer: Response) -> None:
        answer.delete_cookie(COOKIE, path="/vao", httponly=True, samesite="lax", secure=self._portal.secure)

    def _sign_in(self, request: Request, error: HtxError, way: str) -> Response:
        """The page of all ways in, with the sentence on top: the code by mail stays."""
        log.warning("sign-in by the service: %s (%s)", error, oidc.notes_of(error))
        down = isinstance(error, oidc.ServiceDown)
        if not down:
            self._limits.wrong_from.take(place(request), self._portal.now())
        answer = self._portal.show(
            request, "sign_in.html", 502 if down else 403, tiep=way, can="", sentence=str(error), typed=""
        )
        self._forget(answer)
        return answer
