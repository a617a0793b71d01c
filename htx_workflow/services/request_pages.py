"""What the pages of requests show (đề nghị): the choices on a piece of work, lists, and one request. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from htx_workflow.domain import actors, standing, words
from htx_workflow.domain import requests as rules
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import NotFound
from htx_workflow.domain.plan import AgencyKind, Basis
from htx_workflow.domain.requests import Kind
from htx_workflow.domain.standing import Standing
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import deadlines, files, request_mails
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import documents as document_store
from htx_workflow.store import plans as plan_store
from htx_workflow.store import requests as store
from htx_workflow.store import views
from htx_workflow.store.agencies import AgencyRow
from htx_workflow.store.database import Session
from htx_workflow.store.files import FileRow
from htx_workflow.store.plans import LoadedPlan
from htx_workflow.store.requests import RequestRow
from htx_workflow.store.views import WholeRow

HIGHEST = 2**31 - 1
"""No row has a higher number, and PostgreSQL knows none."""
TONES = {"raised": "amber", "advised": "blue", "granted": "green", "refused": "grey", "withdrawn": "grey"}


@dataclass(frozen=True, slots=True)
class Offer:
    """A kind of request on the page of a piece of work; `refused` says why it cannot be asked."""

    kind: Kind
    refused: str
    note: str
    """What happens when it is asked."""

    @property
    def code(self) -> str:
        return rules.CODES[self.kind]

    @property
    def label(self) -> str:
        return rules.LABELS[self.kind]

    @property
    def by_law(self) -> bool:
        """Refused because the law fixed the day: a promised day is offered instead."""
        return self.kind is Kind.EXTENSION and "không gia hạn được" in self.refused


@dataclass(frozen=True, slots=True)
class Line:
    """A request as lists show it."""

    row: RequestRow
    asker: str
    asked: str
    """Whom it is put to, when that is not the lead agency."""

    @property
    def kind(self) -> Kind:
        return Kind(self.row.kind)

    @property
    def label(self) -> str:
        return rules.LABELS[self.kind]

    @property
    def answered_elsewhere(self) -> bool:
        """Asked for input, and it came through the occurrence opened for it."""
        return self.row.state in rules.WAITING and self.kind is Kind.COOPERATION and self.row.opened_state in (
            standing.SUBMITTED,
            standing.DONE,
        )  # fmt: skip

    @property
    def waits(self) -> bool:
        return self.row.state in rules.WAITING and not self.answered_elsewhere

    @property
    def state(self) -> str:
        if self.answered_elsewhere:
            return words.said("Đã trả lời")
        return rules.state_words(self.kind, self.row.state)

    @property
    def tone(self) -> str:
        return "green" if self.answered_elsewhere else TONES[self.row.state]

    @property
    def paper(self) -> str:
        return request_mails.cited(self.row)


@dataclass(frozen=True, slots=True)
class WorkPage:
    """The page on which a holder asks about one piece of work."""

    whole: WholeRow
    loaded: LoadedPlan
    offers: tuple[Offer, ...]
    lines: tuple[Line, ...]
    files: dict[int, list[FileRow]]
    others: tuple[AgencyRow, ...]
    """Agencies that may be asked for input: those that support the duty first."""
    supporting: frozenset[str]
    decider: str
    may_ask: bool
    day_offered: bool


def work_page(session: Session, visitor: Visitor, number: int, today: date) -> WorkPage:
    """Raises NotFound for work that is not this visitor's to see."""
    whole = views.find_whole(session, number, today) if 0 < number <= HIGHEST else None
    if whole is None or not visitor.may_see(whole.work.plan_id, whole.work.standing.holder, whole.receiver_id):
        raise NotFound("Không có việc này.")
    loaded = plan_store.get_loaded(session, whole.work.plan_id)
    agencies = agency_store.list_agencies(session, today)
    duty = next((duty for duty in loaded.plan.duties if duty.id == whole.work.duty), None)
    supporting = loaded.plan.members(duty.with_) if duty else []
    stands = whole.work.standing
    leads = whole.holder_code == loaded.plan.lead
    work = rules.Work(whole.work.kind, stands, whole.work.historical, leads or bool(supporting))
    rows = [row for row in store.list_of_work(session, number) if _may_read(visitor, row)]
    issuer = document_store.issuer_of(session, stands.due_document) if stands.due_document else ""
    citation = words.citation(*whole.due_document) if whole.due_document else ""
    return WorkPage(
        whole,
        loaded,
        tuple(Offer(kind, rules.why_not(kind, work) or "", NOTES[kind]) for kind in Kind),
        tuple(lines_of(rows, agencies)),
        files.list_of(session, "request", [row.id for row in rows]),
        tuple(_others(loaded, agencies, stands.holder, supporting)),
        frozenset(supporting),
        _decider(stands, loaded, agencies, issuer, citation),
        visitor.may_do(stands.holder),
        stands.basis is not Basis.ASSUMED,
    )


NOTES = {
    Kind.EXTENSION: "Thời hạn chỉ thay đổi khi có quyết định; hạn gốc vẫn được giữ để tính tỷ lệ.",
    Kind.HAND_BACK: "Việc chuyển sang chờ phân công lại, thôi nhắc cho đến khi cơ quan chủ trì quyết định.",
    Kind.WAIVER: "Việc thôi theo dõi khi có quyết định bằng văn bản.",
    Kind.DIFFICULTY: "Cơ quan chủ trì tham mưu Ủy ban nhân dân tỉnh xử lý; sau khi gửi không rút lại được.",
    Kind.PROPOSAL: "Cơ quan chủ trì trả lời tại trang này và bằng thư.",
    Kind.COOPERATION: "Mỗi cơ quan được đề nghị nhận một thư; câu trả lời hiện tại trang này.",
}


def _others(
    loaded: LoadedPlan, agencies: dict[int, AgencyRow], holder: int | None, supporting: Sequence[str]
) -> list[AgencyRow]:
    """Agencies of the plan but the holder, ministries and UBND tỉnh; those that support the duty first."""
    codes = {agency.code for agency in loaded.plan.agencies}
    apart = (AgencyKind.PROVINCE, AgencyKind.MINISTRY)
    found = [
        agency
        for agency in agencies.values()
        if agency.code in codes and agency.id != holder and not agency.ended and agency.kind not in apart
    ]
    return sorted(found, key=lambda agency: (agency.code not in supporting, agency.sort))


def _decider(stands: Standing, loaded: LoadedPlan, agencies: dict[int, AgencyRow], issuer: str, citation: str) -> str:
    names = {agency.code: agency.name for agency in agencies.values()}
    plan = loaded.plan
    return rules.decider(stands, names[plan.lead], names[plan.province], names.get(issuer, issuer), citation)


def lines_of(rows: Sequence[RequestRow], agencies: dict[int, AgencyRow]) -> list[Line]:
    """Rows with the short names of their agencies."""
    return [
        Line(row, agencies[row.from_id].short_name, agencies[row.to_id].short_name if row.to_id else "") for row in rows
    ]


def _may_read(visitor: Visitor, row: RequestRow) -> bool:
    if visitor.agency_id in (row.from_id, row.to_id, row.receiver_id):
        return True
    return visitor.strong and row.plan_id in visitor.follows


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page of a list of requests."""

    lines: tuple[Line, ...]
    count: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.count // store.PAGE))


def own_list(session: Session, visitor: Visitor, page: int, today: date, limit: int = store.PAGE) -> ListPage:
    """Requests of the visitor's agency, and those put to it."""
    page = max(1, min(page, 10_000))
    rows, count = store.list_of_agency(session, visitor.agency_id, page, limit)
    return ListPage(tuple(lines_of(rows, agency_store.list_agencies(session, today))), count, page)


def queue(
    session: Session,
    plan_ids: Collection[int],
    page: int,
    agencies: dict[int, AgencyRow],
    *,
    waiting: bool,
    kind: Kind | None,
    agency: str = "",
    limit: int = store.PAGE,
) -> ListPage:
    """The queue of a desk; `agency` is a code."""
    page = max(1, min(page, 10_000))
    wanted = next((row.id for row in agencies.values() if row.code == agency), None) if agency else None
    rows, count = store.list_of_plans(
        session, plan_ids, page, states=rules.WAITING if waiting else (), kind=kind.value if kind else "",
        agency_id=-1 if agency and wanted is None else wanted, limit=limit,
    )  # fmt: skip
    return ListPage(tuple(lines_of(rows, agencies)), count, page)


@dataclass(frozen=True, slots=True)
class OnePage:
    """One request with everything about it."""

    line: Line
    loaded: LoadedPlan
    files: tuple[FileRow, ...]
    names: dict[str, str]
    """Of those who acted, by the text recorded."""
    agencies: tuple[AgencyRow, ...]
    """Of the plan: who may issue the document, or take work over."""
    decider: str
    needs_document: bool
    pushed: tuple[str, ...] = ()
    day_off: str = ""
    may_lead: bool = False
    may_answer: bool = False
    may_withdraw: bool = False
    changes_work: bool = False
    holder: str = ""

    @property
    def options(self) -> list[tuple[str, str]]:
        """The agencies, for choosing one."""
        return [(agency.code, agency.short_name) for agency in self.agencies]


def one(
    session: Session, visitor: Visitor, number: int, today: date, calendar: WorkingCalendar, due_on: date | None = None
) -> OnePage:
    """One request; `due_on`: the day being decided, whose consequences are shown. Raises NotFound for a foreign one."""
    row = store.get(session, number) if 0 < number <= HIGHEST else None
    if row is None or not _may_read(visitor, row):
        raise NotFound(f"Không có đề nghị số {number}.")
    loaded = plan_store.get_loaded(session, row.plan_id)
    agencies = agency_store.list_agencies(session, today)
    (line,) = lines_of([row], agencies)
    stands = Standing(
        row.work_state or standing.OPEN, row.holder_id, Basis(row.basis) if row.basis else None, row.due_on
    )
    day = due_on or row.proposed_due_on
    pushed: list[str] = []
    if line.kind is Kind.EXTENSION and line.waits and day and row.duty and row.period:
        pushed = deadlines.pushed_by(session, loaded, row.duty, row.period, day)
    citation = words.citation(row.due_number, row.due_dated) if row.due_number and row.due_dated else ""
    codes = {agency.code for agency in loaded.plan.agencies}
    return OnePage(
        line=line,
        loaded=loaded,
        files=tuple(files.list_of(session, "request", [number])[number]),
        names=_people(session, row),
        agencies=tuple(agency for agency in agencies.values() if agency.code in codes and not agency.ended),
        decider=_decider(stands, loaded, agencies, row.due_issuer or "", citation)
        if line.kind is Kind.EXTENSION
        else "",
        needs_document=rules.needs_document(line.kind, stands, True),
        pushed=tuple(pushed),
        day_off=(rules.day_off_note(day, calendar) or "") if day and line.kind is Kind.EXTENSION and line.waits else "",
        may_lead=line.waits and line.kind is not Kind.COOPERATION and visitor.may_lead(row.plan_id),
        may_answer=line.waits and line.kind is Kind.COOPERATION and row.to_id is not None and visitor.may_do(row.to_id),
        may_withdraw=line.waits
        and visitor.may_do(row.from_id)
        and not (line.kind is Kind.DIFFICULTY and row.opened_id is not None),
        changes_work=line.kind in rules.CHANGING,
        holder=agencies[row.holder_id].short_name if row.holder_id else "",
    )


def _people(session: Session, row: RequestRow) -> dict[str, str]:
    """Nguyễn Thị Mẫu (skhdt-dau-moi): the person behind a mailbox, else the contact."""
    acted = {text: actors.parse(text) for text in (row.raised_by, row.advised_by, row.decided_by) if text}
    by_code, by_number = views.list_people(
        session,
        {actor.contact for actor in acted.values()},
        {actor.person for actor in acted.values() if actor.person is not None},
    )
    return {
        text: by_number.get(actor.person or 0) or by_code.get(actor.contact, actor.contact)
        for text, actor in acted.items()
    }


def as_json(row: RequestRow, agencies: dict[int, str]) -> dict[str, Any]:
    """A request for programs; `agencies` are codes by number. What is only drafted of a decision is not told."""
    return {
        "request": row.id,
        "key": row.key,
        "kind": row.kind,
        "state": row.state,
        "from": agencies[row.from_id],
        "to": agencies[row.to_id] if row.to_id else None,
        "occurrence": row.occurrence,
        "opened": row.opened,
        "reason": row.reason,
        "proposed_due_on": row.proposed_due_on,
        "after_expiry": row.after_expiry,
        "raised_at": row.raised_at,
        "decision": row.decision if row.decided_at else "",
        "document": row.document_number,
    }
