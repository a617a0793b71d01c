"""Contacts and mailboxes (đầu mối, hộp thư): list, one, added, changed; what it is for; the people behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain import collation
from htx_workflow.domain.errors import BadInput, HtxError
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import assignments, contacts, mailboxes
from htx_workflow.services.assignments import ROLE_WORDS, NewAssignment
from htx_workflow.services.contacts import CHANNELS, RHYTHMS, NewContact
from htx_workflow.services.mailboxes import AddressTaken, NewPerson
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import contacts as contact_store
from htx_workflow.store.database import Session
from htx_workflow.web.admin_room import ROOM, AdminRoom, check_keeps
from htx_workflow.web.desk_room import day, page_of, query_without_page
from htx_workflow.web.guard import PostedWithCode, TypedForm, WithCode
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.service import READ

PAGE = 50
PLACE = f"{ROOM}/dau-moi"
FIELDS = {
    "ten": "name", "chuc_vu": "title", "phong": "unit", "dien_thoai": "phone", "dia_chi": "address", "kenh": "channel",
    "nhip": "rhythm",
}  # fmt: skip
TICKS = {"dung_chung": "shared", "duyet": "approves", "quan_tri": "admin"}
Act = Callable[[Session, Any], None]


def add(app: FastAPI, portal: Portal) -> None:
    room = AdminRoom(portal)
    _add_list(app, room)
    _add_new(app, room)
    page = OnePage(room)
    _add_one(app, page)
    _add_people(app, page)


def _add_list(app: FastAPI, room: AdminRoom) -> None:
    portal = room.portal

    @app.api_route(PLACE, methods=READ)
    def list_contacts(request: Request, visitor: WithCode, tim: str = "") -> Response:
        check_keeps(visitor)
        with portal.reading() as session:
            lines = contacts.list_for(session, visitor, portal.now(), portal.today())
        found = [line for line in lines if collation.contains(" ".join(_words(line)), tim)]
        pages = max(1, -(-len(found) // PAGE))
        page = min(page_of(request), pages)
        return room.page(
            request, visitor, "admin_contacts.html", lines=found[(page - 1) * PAGE : page * PAGE], total=len(found),
            tim=tim[:100], page=page, pages=pages, query=query_without_page(request),
        )  # fmt: skip


def _words(line: contacts.Line) -> tuple[str, ...]:
    return (line.agency.name, line.agency.short_name, line.name, line.unit, line.code, line.address)


def typed_contact(form: FormData, *, rights: bool) -> dict[str, Any]:
    """Columns of a contact as the form has them; rights only from who may give them."""
    values: dict[str, Any] = {column: " ".join(str(form.get(name, "")).split()) for name, column in FIELDS.items()}
    ticked = {column: bool(form.get(name)) for name, column in TICKS.items() if rights or column == "shared"}
    return values | ticked


def _add_new(app: FastAPI, room: AdminRoom) -> None:
    portal = room.portal

    def form(
        request: Request, visitor: Visitor, given: dict[str, str], taken: str = "", problem: str = "", status: int = 200
    ) -> Response:
        check_keeps(visitor)
        with portal.reading() as session:
            kept = set(contacts.agencies_for(session, visitor))
            rows = [row for row in agency_store.list_agencies(session, portal.today()).values() if row.id in kept]
        return room.page(
            request, visitor, "admin_contact_new.html", status, given=given, taken=taken, problem=problem,
            agencies=[(row.code, row.short_name) for row in rows if not row.ended], roles=ROLE_WORDS,
            channels=CHANNELS, rhythms=RHYTHMS,
        )  # fmt: skip

    @app.api_route(PLACE + "/moi", methods=READ)
    def new(request: Request, visitor: WithCode, co_quan: str = "") -> Response:
        return form(request, visitor, {"co_quan": co_quan[:60], "kenh": "email", "nhip": "daily", "vai": "focal"})

    @app.post(PLACE + "/moi")
    def make(request: Request, visitor: PostedWithCode, typed: TypedForm) -> Response:
        given = {name: str(value) for name, value in typed.items()}
        agency = given.get("co_quan", "")
        try:
            with portal.transaction("contact-add") as session:
                contacts.check_may_keep(session, visitor, agency)
                code = given.get("ma", "").strip() or contacts.next_code(session, agency)
                duties = (given["nhiem_vu"],) if given.get("nhiem_vu") else ()
                wish = NewContact(
                    code, agency, role=given.get("vai", ""), duties=duties, **typed_contact(typed, rights=visitor.admin)
                )
                contacts.add(session, wish, visitor.actor, portal.now(), portal.today())
        except HtxError as error:
            taken = error.contact if isinstance(error, AddressTaken) else ""
            return room.again(error, lambda **said: form(request, visitor, given, taken, **said))
        return portal.back(f"{PLACE}/{code}", "dau-moi")


class OnePage:
    """The page of one contact, and the acts on it: each one transaction, then the page again."""

    def __init__(self, room: AdminRoom) -> None:
        self.room, self.portal = room, room.portal

    def show(
        self, request: Request, visitor: Visitor, code: str, given: dict[str, Any] | None = None, problem: str = "",
        status: int = 200,
    ) -> Response:  # fmt: skip
        check_keeps(visitor)
        portal, today = self.portal, self.portal.today()
        with portal.own_only(request), portal.reading() as session:
            contact = contacts.get_kept_ever(session, visitor, code)
            agency = agency_store.name_on(session, contact.agency_id, today)
            values = {
                "assigned": contact_store.list_assignments(session, contact.id),
                "duties": contact_store.duties_held(session, contact.agency_id),
                "people": mailboxes.list_people(session, contact.agency_id) if contact.shared else [],
            }
        typed = {name: getattr(contact, column) for name, column in (FIELDS | TICKS).items()}
        return self.room.page(
            request, visitor, "admin_contact.html", status, contact=contact, agency_name=agency[0], given=given or typed,
            problem=problem, may_change=contacts.may_change(visitor, contact), roles=ROLE_WORDS, channels=CHANNELS,
            rhythms=RHYTHMS, left=contact.valid_to is not None and contact.valid_to < today, **values,
        )  # fmt: skip

    def act(
        self, request: Request, visitor: Visitor, code: str, name: str, done: str, act: Act, given: Any = None
    ) -> Response:
        """One act on a living contact that the visitor may change."""
        portal = self.portal
        try:
            with portal.own_only(request), portal.transaction(name) as session:
                act(session, contacts.get_changeable(session, visitor, code, portal.today()))
        except HtxError as error:
            return self.room.again(error, lambda **said: self.show(request, visitor, code, given, **said))
        return portal.back(f"{PLACE}/{code}", done)


def _add_one(app: FastAPI, page: OnePage) -> None:
    portal = page.portal

    @app.api_route(PLACE + "/{code}", methods=READ)
    def one(request: Request, visitor: WithCode, code: str) -> Response:
        return page.show(request, visitor, code)

    @app.post(PLACE + "/{code}")
    def change(request: Request, visitor: PostedWithCode, code: str, typed: TypedForm) -> Response:
        values = typed_contact(typed, rights=visitor.admin)

        def write(session: Session, contact: Any) -> None:
            new = {name: value for name, value in values.items() if getattr(contact, name) != value}
            if not new:
                raise BadInput("Chưa có ô nào thay đổi.")
            contacts.change(session, code, new, visitor.actor, portal.now(), portal.today())

        given = {name: typed.get(name, "") for name in (*FIELDS, *TICKS)}
        return page.act(request, visitor, code, "contact-set", "sua-dau-moi", write, given)

    @app.post(PLACE + "/{code}/vai")
    def assign(request: Request, visitor: PostedWithCode, code: str, typed: TypedForm) -> Response:
        def write(session: Session, contact: Any) -> None:
            new = NewAssignment(
                str(typed.get("vai", "")), str(typed.get("nhiem_vu", "")), day(str(typed.get("tu_ngay", "")), "Từ ngày"),
                day(str(typed.get("den_ngay", "")), "Đến hết ngày"),
            )  # fmt: skip
            assignments.add(session, contact, new, visitor.actor, portal.now(), portal.today())

        return page.act(request, visitor, code, "assignment", "giao-vai", write)

    @app.post(PLACE + "/{code}/vai/{number}/thoi")
    def unassign(request: Request, visitor: PostedWithCode, code: str, number: int) -> Response:
        def write(session: Session, contact: Any) -> None:
            assignments.end(session, contact, number, visitor.actor, portal.now(), portal.today())

        return page.act(request, visitor, code, "assignment", "thoi-vai", write)


def _add_people(app: FastAPI, page: OnePage) -> None:
    portal = page.portal

    def person(typed: FormData) -> NewPerson:
        return NewPerson(*(str(typed.get(name, "")) for name in ("ho_ten", "chuc_danh", "so_may")))

    @app.post(PLACE + "/{code}/nguoi")
    def add_person(request: Request, visitor: PostedWithCode, code: str, typed: TypedForm) -> Response:
        """Somebody more behind the mailbox, which is a shared one from now on."""

        def write(session: Session, contact: Any) -> None:
            if not contact.shared:
                contacts.change(session, code, {"shared": True}, visitor.actor, portal.now(), portal.today())
            now, today = portal.now(), portal.today()
            mailboxes.add_person(session, contact.agency_id, person(typed), visitor.actor, now, today)

        return page.act(request, visitor, code, "person", "them-nguoi", write)

    @app.post(PLACE + "/{code}/nguoi/{number}")
    def change_person(request: Request, visitor: PostedWithCode, code: str, number: int, typed: TypedForm) -> Response:
        def write(session: Session, contact: Any) -> None:
            now, today = portal.now(), portal.today()
            mailboxes.change_person(session, contact.agency_id, number, person(typed), visitor.actor, now, today)

        return page.act(request, visitor, code, "person", "sua-nguoi", write)

    @app.post(PLACE + "/{code}/nguoi/{number}/thoi")
    def end_person(request: Request, visitor: PostedWithCode, code: str, number: int, typed: TypedForm) -> Response:
        def write(session: Session, contact: Any) -> None:
            on = day(str(typed.get("ngay", "")), "Từ ngày") or portal.today()
            if on > portal.today():
                raise BadInput("Ngày chuyển đi ở phía trước. Đề nghị thực hiện vào ngày ấy.")
            taker = str(typed.get("nguoi_nhan", ""))
            successor = int(taker) if taker.isdecimal() else None
            mailboxes.leave(session, contact.agency_id, number, visitor.actor, portal.now(), on, successor)

        return page.act(request, visitor, code, "person", "thoi-nguoi", write)
