"""What a holder and a receiver do with one piece of work, a button each; every act is one transaction and a redirect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import FastAPI, File, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain import typed
from htx_workflow.domain.errors import BadInput, NotAllowed, TooLate
from htx_workflow.domain.standing import Return
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import handling, receipts, reports, work_pages
from htx_workflow.services.handling import Promise
from htx_workflow.services.reports import When
from htx_workflow.store.database import Session
from htx_workflow.store.views import WholeRow
from htx_workflow.web.guard import Posted, PostedWithCode
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes import sending, work
from htx_workflow.web.routes.sending import Paper, Text
from htx_workflow.web.routes.work import number_of

REFUSED = (BadInput, NotAllowed, TooLate)
"""Answered by the same page with the sentence on top."""


@dataclass(frozen=True)
class Deed:
    """What an act works with: one piece of work the visitor may see, in a transaction."""

    session: Session
    row: WholeRow
    when: When
    visitor: Visitor

    @property
    def key(self) -> str:
        return self.row.work.key

    def check_holder(self) -> None:
        """Raises NotAllowed for whoever may not enter for this work's holder."""
        sending.check_holder(self.row, self.visitor)

    def check_receiver(self) -> None:
        """Raises NotAllowed for whoever may not check it."""
        if not work_pages.rights(self.row, self.visitor).check:
            raise NotAllowed("Việc này do cơ quan nhận hoặc cơ quan chủ trì kiểm tra.")


class Doing:
    """Does an act on one piece of work; a refusal shows its page again with the sentence and what was typed."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    def __call__(
        self,
        request: Request,
        visitor: Visitor,
        number: int,
        done: str,
        do: Callable[[Deed], object],
        kept: dict[str, str] | None = None,
        form: str = "",
    ) -> Response:
        portal = self.portal
        try:
            with portal.own_only(request), portal.transaction("work-act") as session:
                row = work_pages.get_own(session, number, visitor, portal.today())
                do(Deed(session, row, sending.when_of(portal, visitor), visitor))
        except REFUSED as error:
            return work.show_one(portal, request, visitor, number, error, kept, form)
        return portal.back(f"/viec/{number}", done)


def add(app: FastAPI, portal: Portal) -> None:
    act = Doing(portal)
    _add_own(app, portal, act)
    _add_words(app, portal, act)
    _add_papers(app, portal, act)
    _add_checks(app, portal, act)


def _add_own(app: FastAPI, portal: Portal, act: Doing) -> None:
    """What only the holder does, with one button."""

    @app.post("/viec/{number}/tiep-nhan")
    def take(request: Request, number: str, visitor: Posted) -> Response:
        def do(deed: Deed) -> None:
            deed.check_holder()
            handling.take(deed.session, deed.row.work, deed.when)

        return act(request, visitor, number_of(number), "tiep-nhan", do)

    @app.post("/viec/{number}/khong-phat-sinh")
    def nothing(request: Request, number: str, visitor: Posted) -> Response:
        def do(deed: Deed) -> None:
            deed.check_holder()
            sending.send(portal, deed.session, [deed.key], deed.when, Paper(nothing=True), None)

        found = number_of(number)
        return sending.repeated(portal, request, visitor, found, "") or act(
            request, visitor, found, "khong-phat-sinh", do
        )

    @app.post("/viec/{number}/rut-lai")
    def withdraw(request: Request, number: str, visitor: Posted) -> Response:
        def do(deed: Deed) -> None:
            deed.check_holder()
            calendar = sending.calendar_of(portal, deed.session, deed.row.work.plan_id)
            reports.withdraw(deed.session, deed.key, calendar, deed.when)

        return act(request, visitor, number_of(number), "rut-lai", do)


def _add_words(app: FastAPI, portal: Portal, act: Doing) -> None:
    """A day promised, a step noted, a word said."""

    @app.post("/viec/{number}/hen")
    def promise(
        request: Request, number: str, visitor: Posted, ngay: Text = "", ly_do: Text = "", ghi_chu: Text = ""
    ) -> Response:
        def do(deed: Deed) -> None:
            deed.check_holder()
            day = sending.day_of(ngay, "Ngày hẹn gửi")
            if day is None:
                raise BadInput("Ngày hẹn gửi: đề nghị nhập ngày, ví dụ 30/11/2025.")
            handling.promise(deed.session, deed.row.work, Promise(day, ly_do, ghi_chu), deed.when)

        kept = {"hen_ngay": ngay, "hen_ly_do": ly_do, "hen_ghi_chu": ghi_chu}
        return act(request, visitor, number_of(number), "hen", do, kept, "hen")

    @app.post("/viec/{number}/buoc")
    def step(request: Request, number: str, visitor: Posted, buoc: Text = "", ngay: Text = "") -> Response:
        def do(deed: Deed) -> None:
            deed.check_holder()
            day = sending.day_of(ngay, "Ngày") or deed.when.today
            handling.step(deed.session, deed.row.work, buoc, day, deed.when)

        return act(request, visitor, number_of(number), "buoc", do, {"buoc": buoc, "buoc_ngay": ngay}, "buoc")

    @app.post("/viec/{number}/trao-doi")
    def comment(request: Request, number: str, visitor: Posted, noi_dung: Text = "") -> Response:
        def do(deed: Deed) -> None:
            handling.comment(deed.session, deed.row.work, noi_dung, deed.when)

        return act(request, visitor, number_of(number), "trao-doi", do, {"noi_dung": noi_dung}, "trao-doi")


def _add_papers(app: FastAPI, portal: Portal, act: Doing) -> None:
    """The paper to figures sent first, and more files."""

    @app.post("/viec/{number}/van-ban")
    def paper(
        request: Request,
        number: str,
        visitor: Posted,
        so: Text = "",
        ngay: Text = "",
        nguoi_ky: Text = "",
        quyen_han: Text = "",
        kenh: Text = "",
        tep: Annotated[list[UploadFile], File()] = [],  # noqa: B006 - FastAPI reads it, nothing changes it
    ) -> Response:
        given = Paper(number=so, dated=ngay, signer=nguoi_ky, authority=quyen_han, channel=kenh)

        def do(deed: Deed) -> None:
            deed.check_holder()
            document = sending.document_of(given, deed.row)
            if document is None:
                raise BadInput("Nhập số, ngày văn bản: cần cả số (ví dụ 145/BC-UBND) và ngày ký.")
            handling.paper(deed.session, deed.row.work, document, deed.when)

        found = number_of(number)
        refused = sending.keep_files(portal, request, visitor, found, tep)
        kept = {"so": so, "ngay": ngay, "nguoi_ky": nguoi_ky, "quyen_han": quyen_han, "kenh": kenh}
        if refused:
            return work.show_one(portal, request, visitor, found, refused, kept, "van-ban")
        return act(request, visitor, found, "van-ban", do, kept, "van-ban")

    @app.post("/viec/{number}/tep")
    def more_files(
        request: Request,
        number: str,
        visitor: Posted,
        tep: Annotated[list[UploadFile], File()] = [],  # noqa: B006 - FastAPI reads it, nothing changes it
    ) -> Response:
        found = number_of(number)
        refused = sending.keep_files(portal, request, visitor, found, tep)
        if refused:
            return work.show_one(portal, request, visitor, found, refused, None, "tep")
        return portal.back(f"/viec/{found}", "tep")


def _add_checks(app: FastAPI, portal: Portal, act: Doing) -> None:
    """What who receives it does."""

    @app.post("/viec/{number}/chap-nhan")
    def verify(request: Request, number: str, visitor: PostedWithCode) -> Response:
        def do(deed: Deed) -> None:
            deed.check_receiver()
            calendar = sending.calendar_of(portal, deed.session, deed.row.work.plan_id)
            reports.verify(deed.session, [deed.key], calendar, deed.when)

        return act(request, visitor, number_of(number), "chap-nhan", do)

    @app.post("/viec/{number}/tra-lai")
    def give_back(
        request: Request, number: str, visitor: PostedWithCode, loai: Text = "", ly_do: Text = "", ngay: Text = ""
    ) -> Response:
        def do(deed: Deed) -> None:
            deed.check_receiver()
            if loai not in list(Return):
                raise BadInput("Đề nghị chọn bổ sung hoặc gửi lại.")
            kind, by = Return(loai), typed.parse_day(ngay) if ngay.strip() else None
            calendar = sending.calendar_of(portal, deed.session, deed.row.work.plan_id)
            reports.return_(deed.session, deed.key, kind, handling.short(ly_do), calendar, deed.when, by)
            receipts.returned(deed.session, portal.runtime.style(), deed.key, kind, ly_do, by, deed.when)

        kept = {"tra_loai": loai, "tra_ly_do": ly_do, "tra_ngay": ngay}
        return act(request, visitor, number_of(number), "tra-lai", do, kept, "tra-lai")
