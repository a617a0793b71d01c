"""Entering for another (nhập thay): a paper that came another way is recorded in its agency's name, and it is told.

By the lead officer, or by a district for its cooperatives. The entry is marked; the agency may have it corrected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from htx_workflow.domain import words
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import BadInput, NotAllowed, NotFound
from htx_workflow.domain.file_rules import Limits
from htx_workflow.domain.plan import AgencyKind
from htx_workflow.domain.standing import Standing
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import files, plans, reports
from htx_workflow.services.composing import Style
from htx_workflow.services.directory import Directory
from htx_workflow.services.files import Place, Ready
from htx_workflow.services.reports import When
from htx_workflow.store import desk_rows, outbox
from htx_workflow.store import documents as document_store
from htx_workflow.store.database import Session
from htx_workflow.store.desk_rows import WorkRow
from htx_workflow.store.documents import DocumentRef

NO_NUMBER = "không số"
"""A cooperative's paper often has no number."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A paper that came another way, as it was typed."""

    number: str
    dated: date | None
    sent_on: date | None
    channel: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """The work a paper is entered for."""

    row: WorkRow
    agency: desk_rows.AgencyRow


def target(session: Session, visitor: Visitor, number: int, today: date) -> Target:
    """The work of this number, when this visitor may enter for its holder. Raises NotFound otherwise."""
    found = desk_rows.work_with_plan(session, number, today)
    if found is None:
        raise NotFound("Không có việc này.")
    plan_id, row = found
    may = visitor.may_lead(plan_id) or (
        visitor.may_verify(plan_id, row.holder_id, row.receiver_id) and row.receiver_id == visitor.agency_id
    )
    if not may:
        raise NotFound("Không có việc này trong phần việc của cơ quan.")
    return Target(row, desk_rows.list_agencies(session, today)[row.holder_id])


def enter(
    session: Session,
    on: Target,
    entry: Entry,
    ready: Sequence[Ready],
    limits: Limits,
    calendar: WorkingCalendar,
    style: Style,
    when: When,
) -> Standing:
    """Record the paper for its agency, keep its files with the work, and tell the agency by mail."""
    if on.row.state != "open":
        raise NotAllowed("Việc này không còn mở nên không nhập thay được nữa. Đề nghị xem lại trang của việc.")
    paper = _paper(on, entry)
    sent_on = entry.sent_on or paper.dated
    note = "; ".join(part for part in ("nhập thay", entry.note.strip()) if part)
    (after,) = reports.submit(
        session, [on.row.key], calendar, when, sent_on=sent_on, document=paper, note=note, on_behalf=True
    )
    if ready:
        number = document_store.get_or_add(session, paper)
        place = Place("occurrence", on.row.id, on.agency.id)
        files.receive(session, ready, place, limits, when.now, when.by, document_id=number)
    _tell(session, on, paper, sent_on, after, style, when)
    return after


def _paper(on: Target, entry: Entry) -> DocumentRef:
    number = " ".join(entry.number.split())
    if not number and on.agency.kind is AgencyKind.COOPERATIVE:
        number = NO_NUMBER
    if not number or entry.dated is None:
        raise BadInput("Nhập thay cần số, ký hiệu và ngày của văn bản: việc được ghi nhận theo văn bản đó.")
    return DocumentRef(number, entry.dated, on.agency.code, channel=entry.channel, sent_on=entry.sent_on or entry.dated)


def _tell(
    session: Session, on: Target, paper: DocumentRef, sent_on: date, after: Standing, style: Style, when: When
) -> None:
    """Queue the note to the agency's contacts: what was recorded, and how to have it corrected."""
    loaded, directory = plans.get_plan(session, on.row.key.split("/")[0]), Directory(session, when.today)
    head = directory.head(loaded)
    judged = ""
    if after.due_on is not None and after.basis is not None and after.basis.value != "assumed":
        judged = "đúng hạn" if sent_on <= after.due_on else "quá hạn"
    messages = []
    for number, contact in enumerate(directory.holders(on.agency.id, on.row.duty_id), 1):
        mail = style.renderer.render(
            "recorded",
            to=directory.addressee(contact),
            plan=head,
            title=on.row.title,
            document_text=words.citation(paper.number, paper.dated),
            sent_on=words.weekday_text(sent_on),
            timeliness=judged,
            links=style.links,
            path=str(on.row.id),
            simulation=style.simulation,
        )
        key = f"recorded/{on.row.key}/{when.now:%Y%m%d%H%M%S}/{number}"
        reply_to = head.focal_address if head.focal_address != contact.address else ""
        messages.append(
            outbox.NewMessage(
                key, "recorded", contact.id, loaded.id, contact.address, when.today, mail.subject, mail.text, mail.html,
                reply_to,
            )
        )  # fmt: skip
    outbox.add_messages(session, messages, when.now)
