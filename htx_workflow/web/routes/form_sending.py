"""A form sent (biểu mẫu gửi đi), and as an Excel file down and up: with the same messages as its pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, File, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain import board, file_names, file_rules
from htx_workflow.domain.errors import BadInput
from htx_workflow.domain.simulation import WATERMARK
from htx_workflow.gateways import form_excel, form_excel_reading
from htx_workflow.services import card_work, receipts, report_drafts
from htx_workflow.services.receipts import Received
from htx_workflow.services.report_drafts import Draft
from htx_workflow.store import report_rows
from htx_workflow.store.database import Session
from htx_workflow.web import uploads
from htx_workflow.web.guard import Posted, SignedIn
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes import sending
from htx_workflow.web.routes.forms import CHECK, REFUSED, Forms
from htx_workflow.web.routes.sending import FIGURES, Text
from htx_workflow.web.routes.service import READ
from htx_workflow.web.routes.work import number_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def add(app: FastAPI, portal: Portal) -> None:
    rooms = Forms(portal)
    _add_sending(app, portal, rooms)
    _add_excel(app, portal, rooms)


def _add_sending(app: FastAPI, portal: Portal, rooms: Forms) -> None:
    @app.post("/bieu/{number}/gui")
    def send(request: Request, number: str, visitor: Posted, cach: Text = "") -> Response:
        """Check everything, then send the form and close what it closes."""
        found, when = number_of(number), sending.when_of(portal, visitor)
        sent: list[tuple[int, bool]] = []

        def do(session: Session, draft: Draft) -> None:
            calendar = rooms.calendar(draft)
            if not draft.open and draft.report.sent_no:
                return
            later = calendar.soft_shift(when.today, board.PAPER_DAYS)[0] if cach == FIGURES else None
            held = card_work.held(session, draft.linked)
            if held and card_work.sent_alike(session, draft):
                return
            keys, _, document = report_drafts.send(session, draft, calendar, when, paper_due_on=later, held=held)
            if keys:
                what = Received(document, False, later)
                receipts.received(session, portal.runtime.style(), keys, calendar, when, what)
            sent.append((draft.linked[0].id, bool(held)))

        try:
            rooms.act(request, visitor, found, do, None)
        except REFUSED as error:
            return rooms.show(request, visitor, found, CHECK, error)
        if not sent:
            return portal.back(f"/bieu/{found}?phan={CHECK}", "da-gui")
        first, waits = sent[0]
        done = "bao-cao-con-diem" if waits else "gui-so-lieu" if cach == FIGURES else "gui"
        return portal.back(f"/viec/{first}", done)


def _add_excel(app: FastAPI, portal: Portal, rooms: Forms) -> None:
    @app.api_route("/bieu/{number}/excel", methods=READ)
    def template(request: Request, number: str, visitor: SignedIn) -> Response:
        """The form as an Excel file, with what was typed so far."""
        found = number_of(number)
        with portal.own_only(request), portal.reading() as session:
            draft = rooms.draft(session, found, visitor)
        demo = portal.runtime.settings.demo
        body = form_excel.workbook_bytes(draft.form, draft.context, draft.values, WATERMARK if demo else None)
        name = f"{'MOPHONG_' if demo else ''}{draft.form.code}_{draft.context.agency}_{draft.report.period}.xlsx"
        return Response(
            body, media_type=XLSX, headers={"Content-Disposition": file_names.disposition(name, inline=False)}
        )

    @app.post("/bieu/{number}/excel")
    def upload(
        request: Request,
        number: str,
        visitor: Posted,
        phan: Text = "",
        tep: Annotated[list[UploadFile], File()] = [],  # noqa: B006 - FastAPI reads it, nothing changes it
    ) -> Response:
        """Take a filled Excel file: all of it, or none with every cell that is to be mended."""
        found, when = number_of(number), sending.when_of(portal, visitor)

        def do(session: Session, draft: Draft) -> int:
            sent = uploads.sent(tep)
            if not sent:
                raise BadInput("Chưa chọn tệp Excel.")
            limit = portal.runtime.limits.file
            if sent[0].size > limit:
                raise BadInput(file_rules.too_large(file_names.clean_name(sent[0].name), sent[0].size, limit))
            calendar = rooms.calendar(draft)
            sent[0].file.seek(0)
            given = form_excel_reading.read(
                sent[0].file.read(), sent[0].name, draft.form, draft.context, draft.values,
                report_rows.older_forms(session, draft.form.code),
                working_days=lambda one, other: calendar.soft_count(one, other)[0],
            )  # fmt: skip
            if given.refusal:
                raise BadInput(given.refusal)
            return report_drafts.save_all(session, draft, given.values, when)

        try:
            rooms.act(request, visitor, found, do)
        except REFUSED as error:
            return rooms.show(request, visitor, found, phan, error)
        return portal.back(f"/bieu/{found}?phan={CHECK}", "excel")
