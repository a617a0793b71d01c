"""Reports (báo cáo) for programs: the draft of a form, its files, and sending it."""

from __future__ import annotations

import json
from enum import Enum
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain import board, form_json
from htx_workflow.domain.errors import NotAllowed, NotFound
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import files, listings, receipts, report_drafts
from htx_workflow.services.files import Place
from htx_workflow.services.receipts import Received
from htx_workflow.services.report_drafts import Draft
from htx_workflow.store import listings as store
from htx_workflow.store.database import Session
from htx_workflow.web import uploads
from htx_workflow.web.api import answers, occurrences, problems, shapes
from htx_workflow.web.api.answers import Once
from htx_workflow.web.api.callers import ReadsReports, WritesReports
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes import files as file_routes
from htx_workflow.web.routes import sending
from htx_workflow.web.routes.forms import Forms

TAG: list[str | Enum] = ["Báo cáo"]
ONE = "/reports/{report}"


def add(router: APIRouter, portal: Portal) -> None:
    forms = Forms(portal)
    _add_reading(router, portal, forms)
    _add_draft(router, portal, forms)
    _add_sending(router, portal, forms)
    _add_files(router, portal, forms)


def _add_reading(router: APIRouter, portal: Portal, forms: Forms) -> None:
    @router.get("/reports", openapi_extra=shapes.READS, tags=TAG, responses={200: {"model": shapes.ReportPage}})
    def list_reports(
        request: Request, visitor: ReadsReports, limit: shapes.Limit = 200, cursor: shapes.Cursor = ""
    ) -> Response:
        """Báo cáo của cơ quan, theo thứ tự lập."""
        after = min(int(cursor or "0"), 2**31 - 1)
        with portal.reading() as session:
            rows = store.list_reports(session, visitor.agency_id, after, limit + 1)
        items = [
            {
                "id": row.id, "key": row.key, "plan": row.plan, "form": row.form, "period": row.period,
                "draft_version": row.draft_version, "draft_at": row.draft_at, "sent": row.sent_no,
            }
            for row in rows[:limit]
        ]  # fmt: skip
        return answers.show(request, {"items": items, "next": str(rows[limit - 1].id) if len(rows) > limit else None})

    @router.get(ONE, openapi_extra=shapes.READS, tags=TAG, responses={200: {"model": shapes.ReportBody}})
    def one(request: Request, report: shapes.Number, visitor: ReadsReports) -> Response:
        """Bản nháp với mọi điều còn phải sửa; cơ quan nhận thì thấy bản đã gửi. ETag dùng làm If-Match khi ghi."""
        with portal.own_only(request), portal.reading() as session:
            found = whole(forms, forms.draft(session, report, visitor))
        return answers.show(request, found)

    @router.get(
        ONE + "/revisions", openapi_extra=shapes.READS, tags=TAG, responses={200: {"model": list[shapes.RevisionLine]}}
    )
    def revisions(request: Request, report: shapes.Number, visitor: ReadsReports) -> Response:
        """Các lần đã gửi; không lần nào thay đổi."""
        with portal.own_only(request), portal.reading() as session:
            forms.draft(session, report, visitor, section="")
            rows = store.list_revisions(session, report)
        said = [
            {"no": row.no, "sent_at": row.sent_at, "sha256": row.sha256, "document": row.number, "dated": row.dated}
            for row in rows
        ]
        return answers.show(request, said)

    @router.get(ONE + "/revisions/{no}", openapi_extra=shapes.READS, tags=TAG)
    def revision(request: Request, report: shapes.Number, no: shapes.Number, visitor: ReadsReports) -> Response:
        """Nội dung của một lần gửi."""
        with portal.own_only(request), portal.reading() as session:
            forms.draft(session, report, visitor, section="")
            body = store.revision_body(session, report, no)
            if body is None:
                raise NotFound(f"Báo cáo này không có lần gửi thứ {no}.")
        return answers.show(request, {"no": no, "values": json.loads(body)})


def _add_draft(router: APIRouter, portal: Portal, forms: Forms) -> None:
    @router.post(
        occurrences.ONE + "/report", status_code=201, tags=TAG, responses={201: {"model": shapes.ReportBody}}
    )  # fmt: skip
    def open_report(
        request: Request, plan: shapes.Part, duty: shapes.Part, agency: shapes.Part, period: shapes.Part,
        visitor: WritesReports,
    ) -> Response:  # fmt: skip
        """Lập báo cáo theo biểu mẫu của kỳ này; đã lập rồi thì nhận lại chính báo cáo đó."""
        when = sending.when_of(portal, visitor)
        with portal.own_only(request), portal.transaction("api-open-report") as session:
            row = occurrences.get_row(portal, session, "/".join((plan, duty, agency, period)), visitor)
            sending.check_holder(row, visitor)
            loaded = listings.plan_of(session, row.work.plan_id).plan
            form = next((one.form for one in loaded.duties if one.id == row.work.duty), None)
            if form is None:
                raise NotAllowed("Việc này không có biểu mẫu riêng; gửi văn bản và tệp ở …/submissions.")
            number = report_drafts.open_(session, row, forms.form_of(form), when)
            found = whole(forms, forms.draft(session, number, visitor))
        return answers.written(found, 201, f"/api/v1/reports/{number}")

    @router.put(ONE + "/draft", openapi_extra=shapes.SAVES, tags=TAG, responses={200: {"model": shapes.ReportBody}})
    def save(request: Request, report: shapes.Number, draft: shapes.DraftBody, visitor: WritesReports) -> Response:
        """Thay toàn bộ nội dung nhập của bản nháp. Cần If-Match; sai ở đâu nêu hết một lần, và không ghi gì."""
        when = sending.when_of(portal, visitor)
        with portal.own_only(request), portal.transaction("api-draft") as session:
            before = forms.draft(session, report, visitor, lock=True)
            answers.check_match(request, whole(forms, before))
            own = frozenset(file.id for file in files.list_of(session, "report", [report])[report])
            values, wrong = form_json.read(before.form, before.context, draft.values, own)
            if wrong:
                raise problems.wrong([(one.path, one.what) for one in wrong])
            if values != before.values or before.report.draft_version == 0:
                report_drafts.save_all(session, before, values, when)
            found = whole(forms, forms.draft(session, report, visitor))
        return answers.written(found)


def _add_sending(router: APIRouter, portal: Portal, forms: Forms) -> None:
    @router.post(
        ONE + "/submissions", status_code=201, openapi_extra=shapes.SENDS, tags=TAG, responses={201: {"model": shapes.SubmittedBody}}
    )  # fmt: skip
    def send(
        request: Request, report: shapes.Number, visitor: WritesReports,
        figures_first: Annotated[bool, Form(description="Số liệu trước, văn bản trong 05 ngày làm việc")] = False,
    ) -> Response:  # fmt: skip
        """Gửi bản nháp như đã đọc (cần If-Match): một lần gửi không đổi nữa, khép lại các kỳ của báo cáo."""
        once = Once(portal, request, {"figures_first": figures_first})
        with portal.own_only(request), portal.transaction("api-send-report") as session:
            return once.before(session) or _send(portal, forms, request, session, report, visitor, figures_first, once)


def _send(
    portal: Portal, forms: Forms, request: Request, session: Session, report: int, visitor: Visitor,
    figures_first: bool, once: Once,
) -> Response:  # fmt: skip
    when = sending.when_of(portal, visitor)
    draft = forms.draft(session, report, visitor, lock=True)
    answers.check_match(request, whole(forms, draft))
    calendar = forms.calendar(draft)
    later = calendar.soft_shift(when.today, board.PAPER_DAYS)[0] if figures_first else None
    stops = [one for one in report_drafts.check(draft, calendar, paper=later is None) if one.stops]
    if draft.editable and draft.open and stops:
        raise problems.wrong([(f"values.{one.name}", f"{one.what}. {one.remedy}") for one in stops])
    keys, _, document = report_drafts.send(session, draft, calendar, when, paper_due_on=later)
    receipts.received(session, portal.runtime.style(), keys, calendar, when, Received(document, False, later))
    rows = [occurrences.get_row(portal, session, key, visitor) for key in keys]
    said = {"occurrences": [occurrences.short(portal, session, row) for row in rows]}
    return once.keep(session, said, 201, f"/api/v1/reports/{report}")


def _add_files(router: APIRouter, portal: Portal, forms: Forms) -> None:
    @router.get(ONE + "/files", openapi_extra=shapes.READS, tags=TAG, responses={200: {"model": list[shapes.FileBody]}})
    def list_files(request: Request, report: shapes.Number, visitor: ReadsReports) -> Response:
        """Tệp gửi kèm các ô của báo cáo."""
        with portal.own_only(request), portal.reading() as session:
            draft = forms.draft(session, report, visitor, section="")
            rows = files.list_of(session, "report", [report])[report] if _reads_files(draft, visitor) else []
        return answers.show(request, [occurrences.file_json(row) for row in rows])

    @router.post(
        ONE + "/files", status_code=201, tags=TAG, responses={201: {"model": list[shapes.FileBody]}}
    )  # fmt: skip
    def add_files(
        request: Request, report: shapes.Number, visitor: WritesReports,
        files_: Annotated[list[UploadFile], File(alias="files")],
        field: Annotated[str, Form(pattern=r"^[A-Za-z0-9.#@:~_-]{1,80}$", description="Mã ô nhận tệp")],
    ) -> Response:  # fmt: skip
        """Gửi tệp cho một ô: nhận tất cả hoặc không tệp nào; số của tệp đưa vào values của ô đó. Gửi lại không tạo thêm."""
        when = sending.when_of(portal, visitor)
        limits, scanner = portal.runtime.limits, portal.runtime.scanner
        with files.examined(uploads.sent(files_), limits, scanner) as found:
            if found.refused or not found.ready:
                raise problems.wrong([("files", said) for said in found.refused] or [("files", "chưa có tệp nào")])
            with portal.own_only(request), portal.transaction("api-files") as session:
                draft = forms.draft(session, report, visitor, lock=True, section="")
                if not (draft.editable and draft.open):
                    raise NotAllowed("Báo cáo đã gửi hoặc của cơ quan khác nên không nhận thêm tệp.")
                place = Place("report", report, visitor.agency_id, field)
                rows = files.receive(session, found.ready, place, limits, when.now, when.by)
        return answers.written([occurrences.file_json(row) for row in rows], 201)

    @router.get("/files/{file}", openapi_extra=shapes.READS, tags=TAG, response_class=Response)
    def download(request: Request, file: shapes.Number, visitor: ReadsReports) -> Response:
        """Nội dung của một tệp."""
        return file_routes.send(portal, request, file, visitor)


def _reads_files(draft: Draft, visitor: Visitor) -> bool:
    """A cooperative's own papers go no further than who checks them (see services.files)."""
    if draft.report.agency_id == visitor.agency_id or draft.report.plan_id in visitor.leads:
        return True
    return any(visitor.agency_id in (row.holder_id, row.receiver_id) for row in draft.linked)


def whole(forms: Forms, draft: Draft) -> dict[str, Any]:
    """A report with its draft, and everything to look at."""
    report = draft.report
    messages = report_drafts.check(draft, forms.calendar(draft), paper=True) if draft.editable else []
    return {
        "id": report.id, "key": report.key, "plan": report.key.split("/")[0], "form": report.form_code,
        "form_version": draft.form.version, "agency": draft.context.agency, "period": report.period,
        "draft_version": report.draft_version, "sent": report.sent_no, "editable": draft.editable and draft.open,
        "occurrences": [row.key for row in draft.linked], "values": draft.values,
        "messages": [
            {"field": f"values.{one.name}", "level": one.level, "detail": f"{one.what}. {one.remedy}", "stops": one.stops}
            for one in messages
        ],
    }  # fmt: skip
