"""Requests (đề nghị) from the side of those who ask and of those who are asked for their input."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import FastAPI, File, Form, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain.errors import BadInput, HtxError, NotAllowed
from htx_workflow.domain.requests import BY_CODE
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import files as file_service
from htx_workflow.services import request_pages as pages
from htx_workflow.services import requests
from htx_workflow.services.files import Examined, Place
from htx_workflow.services.reports import When
from htx_workflow.services.request_pages import OnePage, WorkPage
from htx_workflow.services.requests import Asking
from htx_workflow.store.database import Session
from htx_workflow.web import list_files, notices, uploads
from htx_workflow.web.desk_room import MOST_LINES, Room, day, paper
from htx_workflow.web.guard import Posted, SignedIn
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.service import READ

notices.SENTENCES.update(
    {
        "de-nghi-gui": "Đã ghi nhận đề nghị. Kết quả hiện tại trang này và được gửi bằng thư.",
        "de-nghi-rut": "Đã rút lại đề nghị.",
        "de-nghi-tra-loi": "Đã gửi câu trả lời. Cơ quan không phải làm gì thêm.",
    }
)
Text = Annotated[str, Form()]
Codes = Annotated[list[str], Form(default_factory=list)]
Files = Annotated[list[UploadFile], File(default_factory=list)]


class _Shown:
    """The pages that these routes show, also again after an error."""

    def __init__(self, portal: Portal) -> None:
        self.portal, self.room = portal, Room(portal)

    def work(self, request: Request, visitor: Visitor, number: int) -> WorkPage:
        with self.portal.own_only(request), self.portal.reading() as session:
            return pages.work_page(session, visitor, number, self.portal.today())

    def one(self, request: Request, visitor: Visitor, number: int) -> OnePage:
        with self.portal.own_only(request), self.portal.reading() as session:
            return pages.one(session, visitor, number, self.portal.today(), self.portal.runtime.calendar())

    def ask_page(
        self, request: Request, visitor: Visitor, number: int, code: str, *, typed: dict[str, Any] | None = None,
        problem: str = "", status: int = 200,
    ) -> Response:  # fmt: skip
        found = self.work(request, visitor, number)
        chosen = next((offer for offer in found.offers if code in (offer.code, offer.kind.value)), None)
        return self.portal.show(
            request, "request_new.html", status, found=found, work=found.whole.work, chosen=chosen, typed=typed or {},
            problem=problem,
        )  # fmt: skip

    def one_page(
        self, request: Request, visitor: Visitor, number: int, *, typed: dict[str, Any] | None = None,
        problem: str = "", status: int = 200,
    ) -> Response:  # fmt: skip
        found = self.one(request, visitor, number)
        return self.portal.show(
            request, "request.html", status, found=found, row=found.line.row, desk=False, typed=typed or {},
            problem=problem,
        )  # fmt: skip


def add(app: FastAPI, portal: Portal) -> None:
    shown = _Shown(portal)
    _asking(app, portal, shown)
    _reading(app, portal, shown)
    _answering(app, portal, shown)


def _asking(app: FastAPI, portal: Portal, shown: _Shown) -> None:
    @app.api_route("/viec/{number:int}/de-nghi", methods=READ)
    def new(request: Request, number: int, visitor: SignedIn, loai: str = "") -> Response:
        return shown.ask_page(request, visitor, number, loai)

    @app.post("/viec/{number:int}/de-nghi")
    def ask(
        request: Request, number: int, visitor: Posted, co_quan: Codes, tep: Files, loai: Text = "",
        noi_dung: Text = "", ngay: Text = "", so_van_ban: Text = "", ngay_van_ban: Text = "",
    ) -> Response:  # fmt: skip
        typed = {
            "noi_dung": noi_dung, "ngay": ngay, "co_quan": co_quan, "so_van_ban": so_van_ban,
            "ngay_van_ban": ngay_van_ban,
        }  # fmt: skip
        found, when = shown.work(request, visitor, number), shown.room.when(visitor)
        try:
            asking = _typed_asking(visitor, found, loai, typed)
            with _examined(portal, tep) as ready, portal.transaction("request-ask") as session:
                numbers = requests.ask(
                    session, asking, visitor.agency_id, portal.runtime.calendars(), when, portal.runtime.style()
                )
                for each in numbers:
                    _attach(portal, session, ready, each, visitor, when)
        except HtxError as error:
            return shown.room.again(
                error, lambda **again: shown.ask_page(request, visitor, number, loai, typed=typed, **again)
            )
        return portal.back(f"/viec/{number}/de-nghi", "de-nghi-gui")


def _typed_asking(visitor: Visitor, found: WorkPage, code: str, typed: dict[str, Any]) -> Asking:
    if code not in BY_CODE:
        raise BadInput("Chọn một loại đề nghị.")
    if not found.may_ask:
        raise NotAllowed("Chỉ cơ quan đang thực hiện việc này gửi được đề nghị về việc này.")
    return Asking(
        BY_CODE[code],
        found.whole.work.key,
        typed["noi_dung"],
        day(typed["ngay"], "Ngày"),
        tuple(typed["co_quan"]),
        paper(typed, visitor.agency),
    )


def _reading(app: FastAPI, portal: Portal, shown: _Shown) -> None:
    @app.api_route("/de-nghi", methods=READ)
    def own(request: Request, visitor: SignedIn, trang: int = 1, tep: str = "") -> Response:
        whole = tep == list_files.EXCEL
        with portal.reading() as session:
            found = pages.own_list(
                session, visitor, 1 if whole else trang, portal.today(), **({"limit": MOST_LINES} if whole else {})
            )
        if whole:
            return list_files.requests(Room(portal), found, visitor.agency_name)
        return portal.show(request, "requests.html", found=found)

    @app.api_route("/de-nghi/{number:int}", methods=READ)
    def one(request: Request, number: int, visitor: SignedIn) -> Response:
        return shown.one_page(request, visitor, number)


def _answering(app: FastAPI, portal: Portal, shown: _Shown) -> None:
    @app.post("/de-nghi/{number:int}/rut")
    def withdraw(request: Request, number: int, visitor: Posted) -> Response:
        found, when = shown.one(request, visitor, number), shown.room.when(visitor)
        try:
            if not visitor.may_do(found.line.row.from_id):
                raise NotAllowed("Chỉ cơ quan gửi đề nghị rút lại được đề nghị.")
            with portal.transaction("request-withdraw") as session:
                requests.withdraw(session, number, visitor.agency_id, portal.runtime.calendars(), when)
        except HtxError as error:
            return shown.room.again(error, lambda **again: shown.one_page(request, visitor, number, **again))
        return portal.back(f"/de-nghi/{number}", "de-nghi-rut")

    @app.post("/de-nghi/{number:int}/tra-loi")
    def answer(
        request: Request, number: int, visitor: Posted, tep: Files, noi_dung: Text = "", so_van_ban: Text = "",
        ngay_van_ban: Text = "",
    ) -> Response:  # fmt: skip
        typed = {"noi_dung": noi_dung, "so_van_ban": so_van_ban, "ngay_van_ban": ngay_van_ban}
        found, when = shown.one(request, visitor, number), shown.room.when(visitor)
        try:
            if found.line.row.to_id is None or not visitor.may_do(found.line.row.to_id):
                raise NotAllowed("Chỉ cơ quan được đề nghị phối hợp trả lời được đề nghị này.")
            document = paper(typed, visitor.agency)
            with _examined(portal, tep) as ready, portal.transaction("request-answer") as session:
                requests.answer(
                    session, number, visitor.agency_id, noi_dung, document, portal.runtime.calendars(), when,
                    portal.runtime.style(),
                )  # fmt: skip
                _attach(portal, session, ready, number, visitor, when)
        except HtxError as error:
            return shown.room.again(
                error, lambda **again: shown.one_page(request, visitor, number, typed=typed, **again)
            )
        return portal.back(f"/de-nghi/{number}", "de-nghi-tra-loi")


@contextmanager
def _examined(portal: Portal, sent: list[UploadFile]) -> Iterator[Examined]:
    """What was sent as files; one that may not be stored stops the whole, so that nothing goes without it."""
    limits, scanner = portal.runtime.limits, portal.runtime.scanner
    with file_service.examined(uploads.sent(sent), limits, scanner) as found:
        if found.refused:
            raise BadInput(" ".join(found.refused))
        yield found


def _attach(portal: Portal, session: Session, found: Examined, number: int, visitor: Visitor, when: When) -> None:
    if found.ready:
        place = Place("request", number, visitor.agency_id)
        file_service.receive(session, found.ready, place, portal.runtime.limits, when.now, when.by)
