"""Occurrences (kỳ thực hiện) and status (tình hình) for programs, and the paper that closes an occurrence."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Query, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain import form_cells, numbers
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import files, handling, listings, statuses, work_pages
from htx_workflow.services.files import Examined, Place
from htx_workflow.services.listings import KEYS
from htx_workflow.store import documents as document_store
from htx_workflow.store import occurrences as store
from htx_workflow.store.database import Session
from htx_workflow.store.documents import AUTHORITIES, CHANNELS, DocumentRef
from htx_workflow.store.files import FileRow
from htx_workflow.store.listings import Wanted
from htx_workflow.store.views import WholeRow
from htx_workflow.web import uploads
from htx_workflow.web.api import answers, problems, shapes
from htx_workflow.web.api.answers import Once
from htx_workflow.web.api.callers import AnyProgram, ReadsOccurrences, ReadsStatus, WritesReports, caller_of
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes import sending
from htx_workflow.web.routes.sending import FIGURES, Paper

TAG: list[str | Enum] = ["Kỳ thực hiện"]
ONE = "/occurrences/{plan}/{duty}/{agency}/{period}"
Text = Annotated[str, Form(max_length=2000)]
LONGEST_NUMBER = 60
Day = Annotated[date | None, Query(description="Ngày dạng 2025-12-15")]


def add(router: APIRouter, portal: Portal) -> None:
    _add_lists(router, portal)
    _add_one(router, portal)


def _add_lists(router: APIRouter, portal: Portal) -> None:
    @router.get("/me", openapi_extra=shapes.READS, tags=["Khóa"], responses={200: {"model": shapes.MeBody}})
    def me(request: Request, visitor: AnyProgram) -> Response:
        """Khóa đang dùng: cơ quan, phạm vi, hiệu lực."""
        caller = caller_of(request)
        said = {
            "key": caller.key_id, "name": visitor.contact_name, "agency": visitor.agency,
            "scopes": sorted(caller.scopes), "expires_at": visitor.expires_at,
        }  # fmt: skip
        return answers.show(request, said)

    @router.get("/occurrences", openapi_extra=shapes.READS, tags=TAG, responses={200: {"model": shapes.OccurrencePage}})
    def list_occurrences(
        request: Request,
        visitor: ReadsOccurrences,
        plan: Annotated[str, Query(pattern=r"^$|" + shapes.CODE)] = "",
        agency: Annotated[str, Query(pattern=r"^$|" + shapes.CODE)] = "",
        state: Annotated[list[shapes.State], Query()] = [],  # noqa: B006 - FastAPI reads it, nothing changes it
        due_from: Day = None,
        due_to: Day = None,
        timeliness: shapes.Timeliness | None = None,
        columns: shapes.Columns = "",
        limit: shapes.Limit = 200,
        cursor: shapes.Cursor = "",
    ) -> Response:
        """Các kỳ thực hiện mà cơ quan được xem, cùng khóa JSON như `htx occurrences --json`; mỗi trang một phần."""
        chosen = _columns(columns)
        wanted = Wanted(None, agency, tuple(state), due_from, due_to, timeliness or "")
        with portal.own_only(request), portal.reading() as session:
            found, after = listings.list_occurrences(
                session, visitor, wanted, plan, portal.runtime.calendar, portal.today(), _after(cursor), limit
            )
        items = [{name: line[name] for name in chosen if name in line} for line in found] if chosen else found
        return answers.show(request, {"items": items, "next": str(after) if after is not None else None})

    @router.get(
        "/status/{plan}", openapi_extra=shapes.READS, tags=["Tình hình"], responses={200: {"model": shapes.StatusBody}}
    )
    def status(request: Request, plan: shapes.PlanCode, visitor: ReadsStatus, on: Day = None) -> Response:
        """Bốn ô và tỷ lệ đúng hạn đến hết một ngày; cơ quan không theo dõi cả kế hoạch chỉ thấy phần mình."""
        day = min(on or portal.today(), portal.today())
        with portal.own_only(request), portal.reading() as session:
            found = listings.status(session, plan, visitor, day)
        by_agency = {agency: counts.as_json() for agency, counts in found.by_agency.items()}
        return answers.show(
            request, {"total": found.total.as_json(), "by_agency": by_agency, "outcomes": found.outcomes}
        )


def _columns(text: str) -> list[str]:
    """The columns asked for; none is all. Raises Problem."""
    chosen = [name for name in text.split(",") if name]
    unknown = [name for name in chosen if name not in KEYS]
    if unknown:
        raise problems.wrong([("columns", f"không có cột {', '.join(unknown)}; có: {', '.join(KEYS)}")])
    return chosen


def _after(cursor: str) -> int:
    return min(int(cursor or "0"), 2**31 - 1)


def _add_one(router: APIRouter, portal: Portal) -> None:
    @router.get(ONE, openapi_extra=shapes.READS, tags=TAG, responses={200: {"model": shapes.OccurrenceWhole}})
    def one(
        request: Request, plan: shapes.Part, duty: shapes.Part, agency: shapes.Part, period: shapes.Part,
        visitor: ReadsOccurrences,
    ) -> Response:  # fmt: skip
        """Một kỳ thực hiện theo khóa của nó; ETag của câu trả lời dùng làm If-Match khi gửi."""
        with portal.own_only(request), portal.reading() as session:
            found = whole(portal, session, get_row(portal, session, "/".join((plan, duty, agency, period)), visitor))
        return answers.show(request, found)

    @router.post(
        ONE + "/submissions", status_code=201, openapi_extra=shapes.SENDS, tags=TAG, responses={201: {"model": shapes.SubmittedBody}}
    )  # fmt: skip
    def submit(
        request: Request,
        plan: shapes.Part,
        duty: shapes.Part,
        agency: shapes.Part,
        period: shapes.Part,
        visitor: WritesReports,
        number: Text = "",
        dated: Text = "",
        signer: Text = "",
        authority: Text = "",
        channel: Text = "",
        sent_on: Text = "",
        result: Text = "",
        figures_first: Annotated[bool, Form(description="Số liệu trước, văn bản trong 05 ngày làm việc")] = False,
        confirmed: Annotated[bool, Form(description="Đã kiểm tra số, ký hiệu khác thường")] = False,
        also: Annotated[
            list[str], Form(max_length=50, description="Khóa của các kỳ khác mà văn bản này khép lại")
        ] = [],  # noqa: B006 - FastAPI reads it
        files: Annotated[list[UploadFile], File()] = [],  # noqa: B006 - the same
    ) -> Response:
        """Gửi văn bản (số, ngày, tệp) khép lại một hoặc nhiều kỳ: nhận tất cả hoặc không gì cả. Cần If-Match."""
        paper = Paper(
            number, dated, "", signer, authority, channel, sent_on, form_cells.tidied(result),
            FIGURES if figures_first else "", "1" if confirmed else "",
        )  # fmt: skip
        keys = list(dict.fromkeys(["/".join((plan, duty, agency, period)), *also]))
        return _Submission(portal, request, visitor, paper, keys, files).send()


class _Submission:
    """One paper being sent by a program."""

    def __init__(
        self, portal: Portal, request: Request, visitor: Visitor, paper: Paper, keys: list[str], sent: list[UploadFile]
    ) -> None:
        self.portal, self.request, self.visitor = portal, request, visitor
        self.paper, self.keys, self.sent = paper, keys, sent

    def send(self) -> Response:
        document = self._document()
        limits, scanner = self.portal.runtime.limits, self.portal.runtime.scanner
        with files.examined(uploads.sent(self.sent), limits, scanner) as found:
            if found.refused:
                raise problems.wrong([("files", said) for said in found.refused])
            sums = [each.sha256 for each in found.ready]
            once = Once(self.portal, self.request, {"keys": self.keys, "files": sums, "paper": repr(self.paper)})
            with self.portal.own_only(self.request), self.portal.transaction("api-submit") as session:
                return once.before(session) or self._record(session, found, document, once)

    def _document(self) -> DocumentRef | None:
        """The paper as it was named; everything wrong with it at once."""
        paper = self.paper
        wrong: list[tuple[str, str]] = []
        number = paper.number.strip()
        days = {name: _day(text, name, wrong) for name, text in (("dated", paper.dated), ("sent_on", paper.sent_on))}
        if bool(number) != bool(paper.dated.strip()):
            wrong.append(("dated" if number else "number", "văn bản cần cả số và ngày ký"))
        if len(number) > LONGEST_NUMBER:
            wrong.append(("number", f"dài quá {LONGEST_NUMBER} ký tự; chỉ nhập số và ký hiệu"))
        elif number and not paper.confirmed and (doubt := numbers.doubt(number)):
            wrong.append(("number", f"{doubt} Nếu đúng, gửi lại với confirmed=true."))
        if paper.authority and paper.authority not in AUTHORITIES:
            wrong.append(("authority", f"cần một trong: {', '.join(AUTHORITIES)}"))
        if paper.channel and paper.channel not in CHANNELS:
            wrong.append(("channel", f"cần một trong: {', '.join(CHANNELS)}"))
        if not number and paper.way != FIGURES and not self.visitor.cooperative:
            wrong.append(("number", "chưa có số và ngày văn bản; hoặc gửi figures_first=true"))
        if wrong:
            raise problems.wrong(wrong)
        if not number or days["dated"] is None:
            return None
        return DocumentRef(
            form_cells.tidied(number), days["dated"], self.visitor.agency, signer=form_cells.tidied(paper.signer)[:200],
            authority=paper.authority, channel=paper.channel, sent_on=days["sent_on"],
        )  # fmt: skip

    def _record(self, session: Session, found: Examined, document: DocumentRef | None, once: Once) -> Response:
        portal, visitor, when = self.portal, self.visitor, sending.when_of(self.portal, self.visitor)
        rows = [get_row(portal, session, key, visitor) for key in self.keys]
        answers.check_match(self.request, whole(portal, session, rows[0]))
        for row in rows:
            sending.check_holder(row, visitor)
        self._refuse_used(session, document)
        handling.short(self.paper.result)
        sending.send(portal, session, self.keys, when, self.paper, document)
        if found.ready:
            place = Place("occurrence", rows[0].work.id, agency_id=visitor.agency_id)
            files.receive(session, found.ready, place, portal.runtime.limits, when.now, when.by)
        after = [get_row(portal, session, key, visitor) for key in self.keys]
        said = {"occurrences": [short(portal, session, row) for row in after]}
        return once.keep(session, said, 201, f"/api/v1/occurrences/{self.keys[0]}")

    def _refuse_used(self, session: Session, document: DocumentRef | None) -> None:
        """A number of another paper of the same year is doubtful: it must be confirmed."""
        if document is None or self.paper.confirmed:
            return
        used = document_store.used_in_year(session, document.number, document.dated, document.issuer)
        if used is not None:
            said = f"đã dùng cho văn bản ngày {used:%d/%m/%Y} của cơ quan. Nếu đúng, gửi lại với confirmed=true."
            raise problems.wrong([("number", said)])


def _day(text: str, name: str, wrong: list[tuple[str, str]]) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        wrong.append((name, problems.DAYS))
        return None


def get_row(portal: Portal, session: Session, key: str, visitor: Visitor) -> WholeRow:
    """The row of a key, for whoever may see it. Raises NotFound."""
    row = store.get_rows(session, [form_cells.tidied(key)])[0]
    return work_pages.get_own(session, row.id, visitor, portal.today())


def short(portal: Portal, session: Session, row: WholeRow) -> dict[str, object]:
    """With the promised keys."""
    work, plan = row.work, listings.plan_of(session, row.work.plan_id).plan
    return statuses.occurrence_json(
        work.key, work.duty, row.holder_code or work.key.split("/")[2], work.period, work.kind, work.opens_on,
        work.standing, portal.today(), portal.runtime.calendar(plan.calendar),
        listings.outcome_of(session, work.kind, work.plan_id, work.standing.holder or row.original_holder_id, portal.today()),
    )  # fmt: skip


def whole(portal: Portal, session: Session, row: WholeRow) -> dict[str, Any]:
    """One occurrence with everything about it."""
    loaded = listings.plan_of(session, row.work.plan_id)
    duty = next((duty for duty in loaded.plan.duties if duty.id == row.work.duty), None)
    return {
        **short(portal, session, row),
        "title": row.work.title,
        "clause": row.work.clause,
        "form": (duty.form or "") if duty else "",
        "report": row.report_id,
        "submitted_on": row.work.standing.submitted_on,
        "files": [file_json(one) for one in files.list_of(session, "occurrence", [row.work.id])[row.work.id]],
    }


def file_json(row: FileRow) -> dict[str, object]:
    """A file as it is listed."""
    return {
        "id": row.id, "name": row.name, "media_type": row.media_type, "size": row.size, "sha256": row.sha256,
        "field": row.field, "at": row.at,
    }  # fmt: skip
