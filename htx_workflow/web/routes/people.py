"""Contacts (đầu mối) and what lets them in: codes read out, access sheets, messages to copy, links revoked."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain import collation
from htx_workflow.domain.errors import NotAllowed, NotFound
from htx_workflow.domain.short_texts import Way
from htx_workflow.domain.visitors import Visitor
from htx_workflow.gateways import qr
from htx_workflow.services import codes, contacts, short_messages, visits
from htx_workflow.services.codes import Short
from htx_workflow.store import access
from htx_workflow.store import agencies as agency_store
from htx_workflow.store.database import Session
from htx_workflow.web.guard import PostedWithCode, WithCode
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.service import READ

PAGE = 50
ROOM = "/ban/dau-moi"
NOBODY = "Trang này dành cho cơ quan chủ trì, cấp huyện (các hợp tác xã của mình) và người quản trị."


def add(app: FastAPI, portal: Portal) -> None:
    _add_list(app, portal)
    _add_acts(app, portal)
    _add_sheet(app, portal)


def _add_list(app: FastAPI, portal: Portal) -> None:
    @app.api_route(ROOM, methods=READ)
    def list_contacts(request: Request, visitor: WithCode, tim: str = "", trang: int = 1) -> Response:
        with portal.reading() as session:
            lines = contacts.list_for(session, visitor, portal.now(), portal.today())
        if not lines:
            raise NotAllowed(NOBODY)
        found = [line for line in lines if collation.contains(" ".join(_words(line)), tim)]
        pages = max(1, -(-len(found) // PAGE))
        page = min(max(1, trang), pages)
        return portal.show(
            request, "contacts.html", lines=found[(page - 1) * PAGE : page * PAGE], total=len(found), tim=tim[:100],
            page=page, pages=pages,
        )  # fmt: skip


def _words(line: contacts.Line) -> tuple[str, ...]:
    return (line.agency.name, line.agency.short_name, line.name, line.unit, line.code, line.address)


def _add_acts(app: FastAPI, portal: Portal) -> None:
    def kept(session: Session, visitor: Visitor, request: Request, code: str) -> Any:
        """The contact, if the visitor keeps it; any other is answered like one there is not."""
        return contacts.get_kept(session, visitor, code, portal.today())

    @app.post(ROOM + "/{code}/doc-ma")
    def read_aloud(request: Request, visitor: PostedWithCode, code: str) -> Response:
        """Six digits, shown this once."""
        with portal.own_only(request), portal.transaction("code-aloud") as session:
            contact = kept(session, visitor, request, code)
            contacts.check_may_read_aloud(visitor, contact)
            name, _ = agency_store.name_on(session, contact.agency_id, portal.today())
            made = codes.read_aloud(session, contact.id, _key(portal), visitor.actor, portal.now())
        return portal.show(
            request, "aloud.html", made=made, contact=contact, agency_name=name, address=_address(portal, request, ""),
            minutes=codes.MINUTES,
        )  # fmt: skip

    @app.post(ROOM + "/{code}/phieu")
    def make_sheet(request: Request, visitor: PostedWithCode, code: str) -> Response:
        with portal.own_only(request), portal.transaction("code-sheet") as session:
            contact = kept(session, visitor, request, code)
            _check_may_make_sheets(visitor)
            made = codes.make_sheet(session, contact.id, _key(portal), visitor.actor, portal.now())
        return portal.back(f"{ROOM}/phieu/{made.number}")

    @app.post(ROOM + "/{code}/loi-nhan")
    def make_message(request: Request, visitor: PostedWithCode, code: str) -> Response:
        """The text to copy stands on the newest living sheet; one is made where there is none."""
        with portal.own_only(request), portal.transaction("code-sheet") as session:
            contact = kept(session, visitor, request, code)
            _check_may_make_sheets(visitor)
            living = access.list_living(session, ("sheet",), portal.now(), [contact.id], 1)
            number = (
                living[0].id
                if living
                else codes.make_sheet(session, contact.id, _key(portal), visitor.actor, portal.now()).number
            )
        return portal.back(f"{ROOM}/phieu/{number}#loi-nhan")

    @app.post(ROOM + "/{code}/thu-hoi")
    def revoke(request: Request, visitor: PostedWithCode, code: str) -> Response:
        with portal.own_only(request), portal.transaction("revoke-links") as session:
            contact = kept(session, visitor, request, code)
            _check_may_make_sheets(visitor)
            visits.revoke_links(session, contact.code, contact.id, visitor.actor, portal.now())
        return portal.back(ROOM, "thu-hoi")


def _add_sheet(app: FastAPI, portal: Portal) -> None:
    def get(session: Session, visitor: Visitor, number: int) -> tuple[Short, Any]:
        """A living sheet of a contact that the visitor keeps."""
        row = access.find_by_id(session, number)
        if row is None:
            raise NotFound("Không có phiếu này.")
        contact = contacts.get_kept(session, visitor, row.contact, portal.today())
        return codes.get_sheet(session, number, _key(portal), portal.now()), contact

    @app.api_route(ROOM + "/phieu/{number}", methods=READ)
    def show_sheet(request: Request, visitor: WithCode, number: int) -> Response:
        with portal.own_only(request), portal.reading() as session:
            sheet, contact = get(session, visitor, number)
            name, _ = agency_store.name_on(session, contact.agency_id, portal.today())
            caller = agency_store.find_contact(session, visitor.contact)
            address = _address(portal, request, sheet.short)
            way = Way(
                _bare(address), sheet.digits_shown, f"Đầu mối {visitor.agency_short}", caller.phone if caller else ""
            )
            text = short_messages.message(session, contact, way, portal.today())
        return portal.show(
            request, "sheet.html", sheet=sheet, contact=contact, agency_name=name, address=_bare(address), text=text,
            caller=way.caller, phone=way.phone,
        )  # fmt: skip

    @app.api_route(ROOM + "/phieu/{number}/qr.svg", methods=READ)
    def show_qr(request: Request, visitor: WithCode, number: int) -> Response:
        with portal.own_only(request), portal.reading() as session:
            sheet, _ = get(session, visitor, number)
        return Response(qr.svg(_address(portal, request, sheet.short)), media_type="image/svg+xml")


def _check_may_make_sheets(visitor: Visitor) -> None:
    """Raises NotAllowed for who only reads."""
    if visitor.only_reads and not visitor.admin:
        raise NotAllowed("Lãnh đạo theo dõi không cấp phiếu; đề nghị giao đầu mối thực hiện.")


def _key(portal: Portal) -> bytes:
    return portal.runtime.sender().signing_key


def _address(portal: Portal, request: Request, short: str) -> str:
    """The whole short address, under the name the portal is known by."""
    base = portal.runtime.settings.base_url.rstrip("/") or str(request.base_url).rstrip("/")
    return f"{base}/p/{short}" if short else f"{base}/p"


def _bare(address: str) -> str:
    """Without https://, as one writes it by hand."""
    parts = urlsplit(address)
    return f"{parts.netloc}{parts.path}" if parts.scheme == "https" else address
