"""Fixing expected days in bulk (ấn định thời hạn): tick, see what comes of it, write the letter, enter its number."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain.errors import HtxError
from htx_workflow.domain.visitors import Visitor
from htx_workflow.gateways.excel import Column, Sheet
from htx_workflow.gateways.word import Word
from htx_workflow.services import adoptions, deadlines
from htx_workflow.services.adoptions import Choices
from htx_workflow.services.desk import Sight
from htx_workflow.services.letters import Letters
from htx_workflow.store.documents import DocumentRef
from htx_workflow.web import notices
from htx_workflow.web.desk_room import WORD_TYPE, Room, day, stem
from htx_workflow.web.guard import Officer, PostedByOfficer, TypedForm
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.desk_baselines import issuers
from htx_workflow.web.routes.service import READ

PLACE = "/ban/an-dinh"
SHOWN = 20
"""Mails that a page shows; the rest is a number."""
notices.SENTENCES |= {"an-dinh": "Đã ấn định thời hạn theo văn bản; từ nay hệ thống nhắc theo các thời hạn này."}


class Asked:
    """The form as it was typed: ticks, and the document once it has a number."""

    def __init__(self, form: Any) -> None:
        self.keys = [str(key) for key in form.getlist("viec")]
        self.typed = {name: str(form.get(name, "")) for name in ("kh", "so_van_ban", "ngay_van_ban", "co_quan")}

    @property
    def number(self) -> str:
        return " ".join(self.typed["so_van_ban"].split())

    def document(self, seen: Sight, *, needed: bool) -> DocumentRef | None:
        """The letter. Raises BadInput for half of one, and for none when it is `needed`."""
        known = [code for code, _ in issuers(seen)]
        issuer = self.typed["co_quan"] if self.typed["co_quan"] in known else seen.loaded.plan.lead
        dated = day(self.typed["ngay_van_ban"], "Ngày văn bản")
        if not needed and not self.number and dated is None:
            return None
        return adoptions.document_of(self.number, dated, issuer)


class Page:
    """The page in its two states: choosing, and seeing what the choice would bring."""

    def __init__(self, room: Room) -> None:
        self.room, self.portal = room, room.portal

    def found(self, session: Any, visitor: Visitor, code: str) -> tuple[Sight, Choices]:
        seen = self.room.sight(session, visitor, code)
        return seen, adoptions.choices(session, seen)

    def show(self, request: Request, visitor: Visitor, code: str, asked: Asked | None = None, **said: Any) -> Response:
        with self.portal.reading() as session:
            seen, found = self.found(session, visitor, code)
        keys = set(asked.keys) if asked else {row.key for row in found.rows}
        return self.portal.show(
            request, "desk_adopting.html", said.get("status", 200), seen=seen, found=found, keys=keys,
            weighed=said.get("weighed"), typed=asked.typed if asked else {}, problem=said.get("problem", ""),
            issuers=issuers(seen)[::-1], leads=visitor.may_lead(seen.loaded.id), shown=SHOWN,
        )  # fmt: skip


def add(app: FastAPI, portal: Portal) -> None:
    page = Page(Room(portal))
    _add_choosing(app, page)
    _add_adopting(app, page)


def _add_choosing(app: FastAPI, page: Page) -> None:
    room, portal = page.room, page.portal
    frames = Word(portal.runtime.settings.home / "templates" / "documents")

    @app.api_route(PLACE, methods=READ)
    def choose(request: Request, visitor: Officer, kh: str = "", tep: str = "") -> Response:
        if tep != "xlsx":
            return page.show(request, visitor, kh)
        with portal.reading() as session:
            seen, found = page.found(session, visitor, kh)
        return _file(room, seen, found)

    @app.post(PLACE)
    def weigh(request: Request, visitor: PostedByOfficer, form: TypedForm) -> Response:
        """What the ticked days become and which mails come of it; the document may still lack its number."""
        asked = Asked(form)
        try:
            with portal.reading() as session:
                seen, found = page.found(session, visitor, asked.typed["kh"])
            room.may_lead(visitor, seen)
            runtime = portal.runtime
            weighed = adoptions.weigh(
                runtime.database, seen, found.only(asked.keys), asked.document(seen, needed=False),
                runtime.calendars(), runtime.templates, room.when(visitor),
            )  # fmt: skip
        except HtxError as error:
            return room.again(error, lambda **said: page.show(request, visitor, asked.typed["kh"], asked, **said))
        return page.show(request, visitor, asked.typed["kh"], asked, weighed=weighed)

    @app.post(PLACE + "/word")
    def letter(request: Request, visitor: PostedByOfficer, form: TypedForm) -> Response:
        """The letter that lists exactly what is ticked; number and day stay blank."""
        asked = Asked(form)
        try:
            with portal.reading() as session:
                seen, found = page.found(session, visitor, asked.typed["kh"])
                room.may_lead(visitor, seen)
                paper = Letters(session, seen, simulation=room.simulation).dates_of(found.only(asked.keys))
        except HtxError as error:
            return room.again(error, lambda **said: page.show(request, visitor, asked.typed["kh"], asked, **said))
        name = stem("an-dinh-thoi-han", seen.loaded.plan.code, portal.today().isoformat())
        return room.file(f"{name}.docx", frames.write(paper), WORD_TYPE)


def _add_adopting(app: FastAPI, page: Page) -> None:
    room, portal = page.room, page.portal

    @app.post(PLACE + "/ghi")
    def adopt(request: Request, visitor: PostedByOfficer, form: TypedForm) -> Response:
        """All the ticked days in one act, by the document that has its number now."""
        asked = Asked(form)
        try:
            with portal.transaction("adopt") as session:
                seen, found = page.found(session, visitor, asked.typed["kh"])
                room.may_lead(visitor, seen)
                document = asked.document(seen, needed=True)
                assert document is not None
                keys = [row.key for row in found.only(asked.keys)]
                calendar = portal.runtime.calendar(seen.loaded.plan.calendar)
                done = deadlines.adopt(session, seen.loaded.plan.code, keys, document, calendar, room.when(visitor))
                adoptions.check_any(done)
        except HtxError as error:
            return room.again(error, lambda **said: page.show(request, visitor, asked.typed["kh"], asked, **said))
        return portal.back(f"{PLACE}?kh={seen.loaded.plan.code}", "an-dinh")


def _file(room: Room, seen: Sight, found: Choices) -> Response:
    columns = [
        Column("Cơ quan, đơn vị", width=28), Column("Việc", width=48), Column("Điều khoản", width=18),
        Column("Thời gian dự kiến", "day", 14), Column("Mã", width=34),
    ]  # fmt: skip
    rows = [
        [seen.short(row.holder_id), row.title, seen.duty[row.duty_id].clause, row.due_on, row.key]
        for row in [*found.past, *found.rows]
    ]
    title = f"THỜI GIAN DỰ KIẾN CHƯA CÓ VĂN BẢN ẤN ĐỊNH, {seen.loaded.plan.short}"
    return room.sheet(
        stem("thoi-gian-du-kien", seen.loaded.plan.code), Sheet(title, columns, rows, simulation=room.simulation)
    )
