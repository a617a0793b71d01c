"""Sending (gửi báo cáo): the page on which a paper, its files and what it closes are put together, and its one act.

Files come in first, in a transaction of their own: what is typed beside them may still be refused, and nobody has to
choose them twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import FastAPI, File, Form, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain import board, file_rules, numbers, standing, typed, words
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import BadInput, HtxError, NotAllowed, NotFound, TooLate
from htx_workflow.domain.standing import Standing
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import files, handling, receipts, reports, work_pages
from htx_workflow.services.files import Place
from htx_workflow.services.receipts import Received
from htx_workflow.services.reports import When
from htx_workflow.store import documents as document_store
from htx_workflow.store import plans as plan_store
from htx_workflow.store import work_history
from htx_workflow.store.database import Session
from htx_workflow.store.documents import AUTHORITIES, CHANNELS, DocumentRef
from htx_workflow.store.views import WholeRow, WorkRow
from htx_workflow.web import errors, uploads
from htx_workflow.web.guard import Posted, SignedIn
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.service import READ
from htx_workflow.web.routes.work import number_of

Text = Annotated[str, Form()]
FIGURES = "so-lieu"
"""Figures first, the signed paper within five working days."""
NO_PAPER = (
    "Chưa có số và ngày văn bản. Nhập số (ví dụ 145/BC-UBND), ngày ký và tệp đã ký; hoặc chọn “Gửi số liệu trước,"
    " bổ sung văn bản sau” (trong 05 ngày làm việc). Nội dung đã nhập vẫn còn dưới đây."
)


@dataclass(frozen=True)
class Paper:
    """What was typed about a paper."""

    number: str = ""
    dated: str = ""
    issuer: str = ""
    signer: str = ""
    authority: str = ""
    channel: str = ""
    sent_on: str = ""
    result: str = ""
    way: str = ""
    confirmed: str = ""
    opened: str = ""
    """The day on which the page was opened."""
    nothing: bool = False


def add(app: FastAPI, portal: Portal) -> None:
    @app.api_route("/viec/{number}/gui", methods=READ)
    def form(request: Request, number: str, visitor: SignedIn) -> Response:
        found = number_of(number)
        return repeated(portal, request, visitor, found, "") or _show(portal, request, visitor, found, Paper(), [found])

    @app.post("/viec/{number}/gui")
    def send_it(
        request: Request,
        number: str,
        visitor: Posted,
        so: Text = "",
        ngay: Text = "",
        co_quan: Text = "",
        nguoi_ky: Text = "",
        quyen_han: Text = "",
        kenh: Text = "",
        ngay_gui: Text = "",
        ket_qua: Text = "",
        cach: Text = "",
        xac_nhan: Text = "",
        mo: Text = "",
        viec: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI reads it, nothing changes it
        tep: Annotated[list[UploadFile], File()] = [],  # noqa: B006 - the same
    ) -> Response:
        found = number_of(number)
        paper = Paper(so, ngay, co_quan, nguoi_ky, quyen_han, kenh, ngay_gui, ket_qua, cach, xac_nhan, mo)
        chosen = [found, *(number_of(each) for each in viec)]
        refused = keep_files(portal, request, visitor, found, tep)
        if refused:
            return _show(portal, request, visitor, found, paper, chosen, refused)
        return _send(portal, request, visitor, found, paper, chosen)


def _send(
    portal: Portal, request: Request, visitor: Visitor, number: int, paper: Paper, chosen: Sequence[int]
) -> Response:
    when = when_of(portal, visitor)
    try:
        with portal.own_only(request), portal.transaction("work-submit") as session:
            rows = _chosen(session, visitor, chosen, when.today)
            document = document_of(paper, rows[0])
            if document is None and paper.way != FIGURES and not visitor.cooperative:
                raise BadInput(NO_PAPER)
            doubts = _doubts(session, document) if document and not paper.confirmed else []
            if not doubts:
                stands = send(portal, session, [row.work.key for row in rows], when, paper, document)
    except (NotAllowed, TooLate) as error:
        again = repeated(portal, request, visitor, number, paper.number)
        return again or _show(portal, request, visitor, number, paper, chosen, error)
    except BadInput as error:
        return _show(portal, request, visitor, number, paper, chosen, error)
    if doubts:
        return _show(portal, request, visitor, number, paper, chosen, BadInput(" ".join(doubts)), doubtful=True)
    return portal.back(f"/viec/{number}", _done(stands, paper, when.today))


def _chosen(session: Session, visitor: Visitor, numbers_: Sequence[int], today: date) -> list[WholeRow]:
    """The work that the paper closes, the visitor's own."""
    rows = [work_pages.get_own(session, number, visitor, today) for number in dict.fromkeys(numbers_)]
    for row in rows:
        check_holder(row, visitor)
    return rows


def send(
    portal: Portal, session: Session, keys: list[str], when: When, paper: Paper, document: DocumentRef | None
) -> list[Standing]:
    """Record the submission and queue its receipt."""
    loaded = plan_store.find_plan(session, keys[0].split("/")[0])
    assert loaded is not None
    calendar = portal.runtime.calendar(loaded.plan.calendar)
    figures = paper.way == FIGURES and document is None
    paper_due_on = calendar.soft_shift(when.today, board.PAPER_DAYS)[0] if figures else None
    stands = reports.submit(
        session,
        keys,
        calendar,
        when,
        sent_on=document.sent_on if document else None,
        document=document,
        note=handling.short(paper.result),
        nothing=paper.nothing,
        paper_due_on=paper_due_on,
    )
    what = Received(document, paper.nothing, paper_due_on)
    receipts.received(session, portal.runtime.style(), keys, calendar, when, what)
    return stands


def _done(stands: Sequence[Standing], paper: Paper, today: date) -> str:
    """The code of what to say: also that the deadline passed while the page was open."""
    try:
        opened = date.fromisoformat(paper.opened)
    except ValueError:
        opened = today
    for stand in stands:
        if stand.due_on and opened <= stand.due_on < today and board.judgement(stand) == "quá hạn":
            return "gui-muon"
    return "gui-so-lieu" if paper.way == FIGURES and not paper.number.strip() else "gui"


def repeated(portal: Portal, request: Request, visitor: Visitor, number: int, typed_number: str) -> Response | None:
    """The way on when this very paper was sent a moment ago: a button pressed twice, a second tab; None otherwise."""
    with portal.own_only(request), portal.reading() as session:
        row = work_pages.get_own(session, number, visitor, portal.today())
        if row.work.standing.state not in (standing.SUBMITTED, standing.DONE):
            return None
        sent = [event for event in work_history.list_events(session, number) if event.act == "submit"]
    same = not typed_number.strip() or (sent and sent[-1].number == typed_number.strip())
    return portal.back(f"/viec/{number}", "da-gui") if same else None


def _show(
    portal: Portal,
    request: Request,
    visitor: Visitor,
    number: int,
    paper: Paper,
    chosen: Sequence[int],
    error: HtxError | None = None,
    *,
    doubtful: bool = False,
) -> Response:
    """The page, with what was typed and the files that came in already."""
    today = portal.today()
    with portal.own_only(request), portal.reading() as session:
        row = work_pages.get_own(session, number, visitor, today)
        if not visitor.may_do(row.work.standing.holder):
            raise NotFound("Không có việc này trong các việc của cơ quan.")
        others: list[WorkRow] = work_pages.other_open(session, number, visitor, today)
        kept = files.list_of(session, "occurrence", [number])[number]
    status = int(errors.status_of(error)[0]) if error else 200
    if isinstance(error, NotAllowed):
        status = 409
    return portal.show(
        request,
        "work_send.html",
        status,
        work=row.work,
        paper=paper,
        chosen=set(chosen),
        others=others,
        kept=kept,
        doubtful=doubtful,
        problem=str(error) if error else "",
        channels=list(CHANNELS.items()),
        authorities=[("", words.said("không ghi")), *((sign, sign) for sign in AUTHORITIES)],
        figures=FIGURES,
        accept=file_rules.ACCEPT,
    )


# What routes of acts use too


def when_of(portal: Portal, visitor: Visitor) -> When:
    return When(portal.today(), portal.now(), visitor.actor)


def calendar_of(portal: Portal, session: Session, plan_id: int) -> WorkingCalendar:
    return portal.runtime.calendar(plan_store.get_loaded(session, plan_id).plan.calendar)


def check_holder(row: WholeRow, visitor: Visitor) -> None:
    """Raises NotAllowed for whoever may not enter for this work's holder."""
    if not visitor.may_do(row.work.standing.holder):
        raise NotAllowed("Việc này do cơ quan khác thực hiện, hoặc tài khoản này chỉ xem.")


def day_of(text: str, name: str) -> date | None:
    """The day typed, None when nothing was. Raises BadInput naming the field."""
    if not text.strip():
        return None
    try:
        return typed.parse_day(text)
    except BadInput as error:
        raise BadInput(f"{name}: {error}") from error


def document_of(paper: Paper, row: WholeRow) -> DocumentRef | None:
    """The paper as it was typed; None without number and day. Its issuer is the holder unless another is named."""
    number, dated = paper.number.strip(), day_of(paper.dated, "Ngày văn bản")
    if not number and dated is None:
        return None
    if not number:
        raise BadInput("Số, ký hiệu: chưa nhập. Nhập số, ví dụ 145/BC-UBND.")
    if dated is None:
        raise BadInput("Ngày văn bản: chưa nhập. Nhập ngày ký, ví dụ 30/11/2025.")
    if len(number) > 60:
        raise BadInput("Số, ký hiệu: dài quá 60 ký tự. Đề nghị chỉ nhập số và ký hiệu, ví dụ 145/BC-UBND.")
    issuer = handling.short(paper.issuer)
    own = not issuer or issuer == row.work.holder_short
    return DocumentRef(
        number,
        dated,
        row.holder_code or "" if own else issuer,
        signer=handling.short(paper.signer),
        authority=paper.authority if paper.authority in AUTHORITIES else "",
        channel=paper.channel if paper.channel in CHANNELS else "",
        sent_on=day_of(paper.sent_on, "Ngày gửi"),
    )


def _doubts(session: Session, document: DocumentRef) -> list[str]:
    """What looks wrong in a number; it can be confirmed."""
    found = [doubt] if (doubt := numbers.doubt(document.number)) else []
    used = document_store.used_in_year(session, document.number, document.dated, document.issuer)
    if used is not None:
        found.append(
            f"Số {document.number} đã dùng cho văn bản ngày {words.day_text(used)} của cùng cơ quan trong năm"
            f" {document.dated.year}."
        )
    return found


def keep_files(
    portal: Portal, request: Request, visitor: Visitor, number: int, chosen: Sequence[UploadFile]
) -> HtxError | None:
    """Store the files that came with a form; what is to be said of those that were not taken, or None."""
    with portal.own_only(request), portal.reading() as session:
        row = work_pages.get_own(session, number, visitor, portal.today())
    sent = uploads.sent(chosen)
    if not sent:
        return None
    try:
        check_holder(row, visitor)
        limits = portal.runtime.limits
        with files.examined(sent, limits, portal.runtime.scanner) as found:
            if found.ready:
                place = Place("occurrence", number, agency_id=visitor.agency_id)
                with portal.transaction("work-files") as session:
                    files.receive(session, found.ready, place, limits, portal.now(), visitor.actor)
    except (BadInput, NotAllowed, TooLate) as error:
        return error
    return BadInput(" ".join(found.refused)) if found.refused else None
