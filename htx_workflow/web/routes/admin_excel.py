"""The list of contacts as Excel: taken out whole, a blank one to fill in, brought in after it was shown."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import FastAPI, File, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain.errors import BadInput, HtxError
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import contact_imports, contact_lists, contact_writes, contacts
from htx_workflow.services.agencies import KIND_WORDS
from htx_workflow.services.contact_imports import Asker, Examined, Raw
from htx_workflow.store.database import Session
from htx_workflow.web import uploads
from htx_workflow.web.admin_room import ROOM, AdminRoom, check_keeps
from htx_workflow.web.desk_room import stem
from htx_workflow.web.guard import PostedWithCode, TypedForm, WithCode
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.service import READ

PLACE = f"{ROOM}/excel"
SHOWN = 200
"""Lines of a list that a page shows; the rest is a number."""


class ExcelPage:
    """The page, and what it shows of a file."""

    def __init__(self, room: AdminRoom) -> None:
        self.room, self.portal = room, room.portal

    def asker(self, session: Session, visitor: Visitor) -> Asker:
        check_keeps(visitor)
        return Asker(set(contacts.agencies_for(session, visitor)), visitor.admin)

    def show(self, request: Request, visitor: Visitor, found: Examined | None = None, **said: Any) -> Response:
        return self.room.page(
            request, visitor, "admin_excel.html", said.get("status", 200), found=found, shown=SHOWN,
            packed=said.get("packed", ""), converted=said.get("converted", False), problem=said.get("problem", ""),
            kinds={kind.value: word for kind, word in KIND_WORDS.items()},
        )  # fmt: skip

    def look(self, request: Request, visitor: Visitor, rows: list[Raw], *, convert: bool) -> Response:
        """Every error at once, or what would change; old fonts alone can be converted."""
        today = self.portal.today()
        with self.portal.reading() as session:
            found = contact_imports.examine(session, rows, self.asker(session, visitor), today, convert=convert)
        only_fonts = found.judged.legacy == len(found.errors) and found.judged.legacy > 0
        packed = contact_imports.pack(rows) if not found.errors or only_fonts else ""
        status = 400 if found.errors else 200
        return self.show(request, visitor, found, status=status, packed=packed, converted=convert)


def add(app: FastAPI, portal: Portal) -> None:
    page = ExcelPage(AdminRoom(portal))
    _add_looking(app, page)
    _add_writing(app, page)


def _add_looking(app: FastAPI, page: ExcelPage) -> None:
    room, portal = page.room, page.portal

    @app.api_route(PLACE, methods=READ)
    def excel_page(request: Request, visitor: WithCode, tep: str = "") -> Response:
        check_keeps(visitor)
        if tep not in ("xlsx", "mau"):
            return page.show(request, visitor)
        make = contact_lists.sheets if tep == "xlsx" else contact_lists.template
        with portal.reading() as session:
            kept = set(contacts.agencies_for(session, visitor))
            sheets = make(session, kept, portal.today(), simulation=room.simulation)
        return room.sheet(stem("dau-moi" if tep == "xlsx" else "mau-dau-moi", portal.today().isoformat()), *sheets)

    @app.post(PLACE)
    def examine(
        request: Request, visitor: PostedWithCode, typed: TypedForm,
        tep: Annotated[list[UploadFile], File()] = [],  # noqa: B006 - FastAPI copies defaults
    ) -> Response:  # fmt: skip
        """Every error at once, or what would change. `dong`: rows that were shown before, now with fonts converted."""
        try:
            if typed.get("dong"):
                return page.look(request, visitor, contact_imports.unpack(str(typed["dong"])), convert=True)
            body = uploads.sheet(tep, portal.runtime.limits)
            return page.look(request, visitor, contact_imports.read(body), convert=False)
        except HtxError as error:
            return room.again(error, lambda **said: page.show(request, visitor, **said))


def _add_writing(app: FastAPI, page: ExcelPage) -> None:
    room, portal = page.room, page.portal

    @app.post(PLACE + "/ghi")
    def write(request: Request, visitor: PostedWithCode, typed: TypedForm) -> Response:
        """Apply what was shown, worked out once more: all of it, or the batches that were chosen."""
        convert, kinds = bool(typed.get("chuyen")), [str(kind) for kind in typed.getlist("nhom")]
        try:
            rows = contact_imports.unpack(str(typed.get("dong", "")))
            with portal.transaction("contact-import") as session:
                found = contact_imports.examine(
                    session, rows, page.asker(session, visitor), portal.today(), convert=convert
                )
                changes = found.only(kinds)
                if found.errors or not changes:
                    raise BadInput("Chưa ghi gì: " + ("; ".join(found.errors[:5]) or "không có thay đổi nào") + ".")
                contact_writes.apply(session, changes, visitor.actor, portal.now(), portal.today())
        except HtxError as error:
            return room.again(error, lambda **said: page.show(request, visitor, **said))
        return portal.back(PLACE, "nhap-dau-moi")
