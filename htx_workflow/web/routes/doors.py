"""Doors for other systems: the calendar of a contact (lịch việc), keys of programs and notices (kết nối)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import FastAPI, Form
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain import hooks, scopes
from htx_workflow.domain.errors import HtxError, NotFound
from htx_workflow.domain.simulation import WATERMARK
from htx_workflow.domain.visitors import Visitor
from htx_workflow.gateways import calendar_feeds
from htx_workflow.services import access_keys, feeds, webhooks
from htx_workflow.services.access_keys import NewKey
from htx_workflow.services.webhooks import NewHook
from htx_workflow.store import hooks as hook_store
from htx_workflow.store import plans as plan_store
from htx_workflow.web import errors, notices, strangers
from htx_workflow.web.guard import Posted, PostedWithCode, SignedIn, WithCode
from htx_workflow.web.limits import Limit
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.service import READ

notices.SENTENCES.update(
    {
        "lich-bo": "Địa chỉ lịch đó không mở được nữa.",
        "khoa-bo": "Khóa đó không dùng được nữa.",
        "thong-bao-bo": "Địa chỉ nhận thông báo đó đã kết thúc.",
    }
)
Text = Annotated[str, Form()]
Many = Annotated[list[str], Form(default_factory=list)]
WRONG = 60
"""Calendar addresses that show nothing, tried in an hour from one place."""
ROOM = "/ket-noi"


def add(app: FastAPI, portal: Portal) -> None:
    _add_calendar(app, portal)
    _add_feed(app, portal)
    doors = _Doors(portal)
    _add_doors(app, portal, doors)
    _add_keys(app, portal, doors)
    _add_hooks(app, portal, doors)


def _address(portal: Portal, request: Request) -> str:
    """Under the name the portal is known by."""
    return portal.runtime.settings.base_url.rstrip("/") or str(request.base_url).rstrip("/")


# Lịch việc


def _add_calendar(app: FastAPI, portal: Portal) -> None:
    def show(request: Request, visitor: Visitor, status: int = 200, **values: Any) -> Response:
        with portal.reading() as session:
            rows = feeds.list_of(session, visitor, portal.now())
        return portal.show(request, "calendar_feed.html", status, **{"rows": rows, "made": "", "problem": "", **values})

    @app.api_route("/lich", methods=READ)
    def page(request: Request, visitor: SignedIn) -> Response:
        return show(request, visitor)

    @app.post("/lich")
    def make(request: Request, visitor: Posted) -> Response:
        """The address, shown this once."""
        try:
            with portal.transaction("feed-make") as session:
                token = feeds.make(session, visitor, portal.now())
        except HtxError as error:
            return show(request, visitor, int(errors.status_of(error)[0]), problem=str(error))
        return show(request, visitor, made=f"{_address(portal, request)}/lich/{token}.ics")

    @app.post("/lich/{number:int}/bo")
    def end(request: Request, visitor: Posted, number: int) -> Response:
        with portal.own_only(request), portal.transaction("feed-end") as session:
            feeds.end(session, number, visitor, portal.now())
        return portal.back("/lich", "lich-bo")


def _add_feed(app: FastAPI, portal: Portal) -> None:
    wrong = Limit(WRONG)

    @app.api_route("/lich/{token}.ics", methods=READ)
    def feed(request: Request, token: str) -> Response:
        """The calendar behind a secret address, for programs; nothing is written."""
        place = strangers.place(request)
        if wrong.is_over(place, portal.now()):
            raise NotFound("Địa chỉ lịch này không mở được.")
        with portal.reading() as session:
            found = feeds.find(session, token, portal.now(), portal.today())
        if found is None:
            wrong.take(place, portal.now())
            raise NotFound("Địa chỉ lịch này không mở được.")
        mark = f" ({WATERMARK})" if portal.runtime.settings.demo else ""
        body = calendar_feeds.write(f"Lịch việc {found.agency}{mark}", found.events, _address(portal, request))
        headers = {
            "ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"', "Cache-Control": "private, no-cache",
            "X-Robots-Tag": "noindex", "Content-Type": calendar_feeds.MEDIA_TYPE,
        }  # fmt: skip
        if request.headers.get("if-none-match", "") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers)


# Kết nối


class _Doors:
    """The page of keys and notices, also shown again after a refusal or with what was just made."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    def show(self, request: Request, visitor: Visitor, status: int = 200, **values: Any) -> Response:
        portal = self.portal
        whose = None if visitor.admin else visitor.agency_id
        with portal.reading() as session:
            keys = access_keys.list_for(session, whose, portal.now())
            rows = hook_store.list_living(session, whose)
            plans = [(loaded.plan.code, loaded.plan.short) for loaded in plan_store.list_plans(session)]
        shown = {
            "keys": keys, "hooks": rows, "plans": plans, "scopes": list(scopes.SCOPES.items()),
            "events": list(hooks.EVENTS.items()), "typed": {}, "problem": "", "token": "", "secret": "", "open_form": "",
            **values,
        }  # fmt: skip
        return portal.show(request, "doors.html", status, **shown)

    def again(self, request: Request, visitor: Visitor, error: HtxError, form: str, typed: dict[str, Any]) -> Response:
        status = int(errors.status_of(error)[0])
        return self.show(request, visitor, status, problem=str(error), open_form=form, typed=typed)


def _add_doors(app: FastAPI, portal: Portal, doors: _Doors) -> None:
    @app.api_route(ROOM, methods=READ)
    def page(request: Request, visitor: WithCode) -> Response:
        access_keys.check_may_keep(visitor)
        return doors.show(request, visitor)


def _add_keys(app: FastAPI, portal: Portal, doors: _Doors) -> None:
    @app.post(ROOM + "/khoa")
    def make(request: Request, visitor: PostedWithCode, pham_vi: Many, ten: Text = "", so_ngay: Text = "") -> Response:
        """The key, shown this once."""
        access_keys.check_may_keep(visitor)
        typed = {"ten": ten, "pham_vi": pham_vi, "so_ngay": so_ngay}
        days = int(so_ngay) if so_ngay.isascii() and so_ngay.isdecimal() and len(so_ngay) < 6 else 0
        new = NewKey(ten, tuple(pham_vi), visitor.agency_id, visitor.contact_id, visitor.person_id, days)
        try:
            with portal.transaction("key-make") as session:
                made = access_keys.make(session, new, visitor.actor, portal.now())
        except HtxError as error:
            return doors.again(request, visitor, error, "khoa", typed)
        return doors.show(request, visitor, token=made.token)

    @app.post(ROOM + "/khoa/{number:int}/bo")
    def end(request: Request, visitor: PostedWithCode, number: int) -> Response:
        access_keys.check_may_keep(visitor)
        with portal.own_only(request), portal.transaction("key-end") as session:
            access_keys.end(session, number, visitor, visitor.actor, portal.now())
        return portal.back(ROOM, "khoa-bo")


def _add_hooks(app: FastAPI, portal: Portal, doors: _Doors) -> None:
    @app.post(ROOM + "/thong-bao")
    def make(
        request: Request, visitor: PostedWithCode, loai: Many, dia_chi: Text = "", ke_hoach: Text = "", moi: Text = ""
    ) -> Response:
        """The secret of a new address for notices, shown this once."""
        access_keys.check_may_keep(visitor)
        typed = {"dia_chi": dia_chi, "loai": loai, "ke_hoach": ke_hoach, "moi": moi}
        try:
            with portal.transaction("hook-make") as session:
                new = _new_hook(session, visitor, dia_chi, loai, ke_hoach, whole=bool(moi))
                rules, key = portal.runtime.settings.outward, portal.runtime.sender().signing_key
                made = webhooks.make(session, new, rules, key, visitor.actor, portal.now(), visitor)
        except HtxError as error:
            return doors.again(request, visitor, error, "thong-bao", typed)
        return doors.show(request, visitor, secret=made.secret, host=urlsplit(dia_chi.strip()).hostname)

    @app.post(ROOM + "/thong-bao/{number:int}/bo")
    def end(request: Request, visitor: PostedWithCode, number: int) -> Response:
        access_keys.check_may_keep(visitor)
        with portal.own_only(request), portal.transaction("hook-end") as session:
            webhooks.end(session, number, visitor, visitor.actor, portal.now())
        return portal.back(ROOM, "thong-bao-bo")


def _new_hook(session: Any, visitor: Visitor, url: str, events: Sequence[str], plan: str, *, whole: bool) -> NewHook:
    loaded = plan_store.find_plan(session, plan) if plan else None
    if plan and loaded is None:
        raise NotFound(f"Không có kế hoạch {plan}.")
    return NewHook(url, tuple(events), visitor.agency_id, visitor.contact_id, visitor.person_id, loaded, whole)
