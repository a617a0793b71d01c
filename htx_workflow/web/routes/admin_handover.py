"""Leaving and handing over (thôi nhiệm vụ, bàn giao): seen before it is done; the sheet to print; coming back."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain.errors import HtxError
from htx_workflow.domain.visitors import Visitor
from htx_workflow.gateways.word import Word
from htx_workflow.services import contacts, handover_sheets, handovers
from htx_workflow.services.contacts import NewContact
from htx_workflow.services.handovers import Look, Wish
from htx_workflow.store.database import Session
from htx_workflow.web.admin_room import AdminRoom, check_keeps
from htx_workflow.web.desk_room import WORD_TYPE, day, stem
from htx_workflow.web.guard import PostedWithCode, TypedForm, WithCode
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.admin_contacts import PLACE
from htx_workflow.web.routes.service import READ

NOBODY, NEW = "-", "+"
"""In place of a successor's code: none yet; somebody new, whose name and address stand beside."""


def add(app: FastAPI, portal: Portal) -> None:
    room = AdminRoom(portal)
    _add_leaving(app, room)
    _add_sheet(app, room)


def _add_leaving(app: FastAPI, room: AdminRoom) -> None:
    portal = room.portal

    def show(
        request: Request, visitor: Visitor, code: str, given: dict[str, str], look: Look | None = None, problem: str = "",
        status: int = 200,
    ) -> Response:  # fmt: skip
        with portal.own_only(request), portal.reading() as session:
            contact = contacts.get_changeable(session, visitor, code, portal.today())
            others = handovers.successors(session, contact, portal.today())
        return room.page(
            request, visitor, "admin_handover.html", status, contact=contact, others=others, given=given, look=look,
            problem=problem, nobody=NOBODY, new=NEW,
        )  # fmt: skip

    @app.api_route(PLACE + "/{code}/ban-giao", methods=READ)
    def leaving(request: Request, visitor: WithCode, code: str) -> Response:
        check_keeps(visitor)
        return show(request, visitor, code, {"ngay": f"{portal.today():%d/%m/%Y}"})

    @app.post(PLACE + "/{code}/ban-giao")
    def leave(request: Request, visitor: PostedWithCode, code: str, typed: TypedForm) -> Response:
        """First what it does, on a copy that is thrown away; with `lam` it is done."""
        given = {name: str(value) for name, value in typed.items()}
        now, today = portal.now(), portal.today()
        try:
            if not given.get("lam"):
                with portal.own_only(request), portal.reading() as session:
                    contact = contacts.get_changeable(session, visitor, code, today)
                    look = handovers.look(session, _wish(code, given, "", today), now, today, _named(given))
                return show(request, visitor, code, given, look)
            with portal.own_only(request), portal.transaction("contact-leave") as session:
                contact = contacts.get_changeable(session, visitor, code, today)
                made = _new(session, contact, given, visitor, portal) if given.get("nguoi_nhan") == NEW else ""
                handovers.leave(session, _wish(code, given, made, today), visitor.actor, now, today)
        except HtxError as error:
            return room.again(error, lambda **said: show(request, visitor, code, given, **said))
        return portal.back(f"{PLACE}/{code}", "ban-giao")

    @app.post(PLACE + "/{code}/tro-lai")
    def rejoin(request: Request, visitor: PostedWithCode, code: str) -> Response:
        with portal.own_only(request), portal.transaction("contact-rejoin") as session:
            contacts.get_kept_ever(session, visitor, code)
            handovers.rejoin(session, code, visitor.actor, portal.now(), portal.today())
        return portal.back(f"{PLACE}/{code}", "tro-lai")


def _wish(code: str, given: dict[str, str], made: str, today: Any) -> Wish:
    chosen = given.get("nguoi_nhan", "")
    on = day(given.get("ngay", ""), "Từ ngày") or today
    return Wish(code, on, made or ("" if chosen in (NOBODY, NEW) else chosen), nobody=chosen == NOBODY)


def _named(given: dict[str, str]) -> tuple[str, str] | None:
    """Name and address of a successor who is no contact yet."""
    if given.get("nguoi_nhan") != NEW:
        return None
    return " ".join(given.get("ten", "").split()), given.get("dia_chi", "").strip()


def _new(session: Session, contact: Any, given: dict[str, str], visitor: Visitor, portal: Portal) -> str:
    """The successor, who becomes a contact of the same agency: the code. What he is for passes to him."""
    name, address = _named(given) or ("", "")
    handovers.check_named(session, name, address, contact, portal.today())
    code = contacts.next_code(session, contact.agency)
    title, phone = (" ".join(given.get(field, "").split()) for field in ("chuc_vu", "dien_thoai"))
    keeps = address.lower() == contact.address.lower()
    if keeps:
        contacts.change(session, contact.code, {"address": ""}, visitor.actor, portal.now(), portal.today())
    wish = NewContact(
        code, contact.agency, address, name, title, phone, contact.unit, role="", channel="" if address else "none",
        shared=contact.shared and keeps,
    )  # fmt: skip
    contacts.add(session, wish, visitor.actor, portal.now(), portal.today())
    return code


def _add_sheet(app: FastAPI, room: AdminRoom) -> None:
    portal = room.portal
    frames = Word(portal.runtime.settings.home / "templates" / "documents")

    @app.api_route(PLACE + "/{code}/bien-ban", methods=READ)
    def sheet(request: Request, visitor: WithCode, code: str, nguoi: str = "", tep: str = "") -> Response:
        """Biên bản bàn giao, to print or as Word; of one person behind the mailbox with `nguoi`."""
        check_keeps(visitor)
        person = int(nguoi) if nguoi.isdecimal() and len(nguoi) < 10 else None
        with portal.own_only(request), portal.reading() as session:
            contact = contacts.get_kept_ever(session, visitor, code)
            found = handover_sheets.sheet(session, contact, room.calendar, portal.today(), person)
        if tep == "docx":
            made = handover_sheets.paper(found, simulation=room.simulation)
            return room.file(
                f"{stem('ban-giao', code, portal.today().isoformat())}.docx", frames.write(made), WORD_TYPE
            )
        return room.page(request, visitor, "admin_handover_sheet.html", sheet=found, person=person)
