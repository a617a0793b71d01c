"""Work that opens because somebody asks (mở theo đề nghị): the asker's document makes a deadline, else the day is assumed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from htx_workflow.domain import audit, occurrences, reminders
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import BadInput, TooLate
from htx_workflow.domain.occurrences import Occurrence
from htx_workflow.domain.plan import Basis, Duty, Plan, WorkingDaysAfter
from htx_workflow.services import plans
from htx_workflow.services.reports import When
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import audit_chain
from htx_workflow.store import documents as document_store
from htx_workflow.store import occurrences as store
from htx_workflow.store import plans as plan_store
from htx_workflow.store.database import Session
from htx_workflow.store.documents import DocumentRef
from htx_workflow.store.plans import LoadedPlan


def raise_(
    session: Session,
    code: str,
    duty_id: str,
    holder: str | None,
    calendar: WorkingCalendar,
    when: When,
    *,
    asked_on: date | None = None,
    due_on: date | None = None,
    document: DocumentRef | None = None,
    reason: str = "",
) -> list[Occurrence]:
    """Open the next occurrence (`rN`) of a duty, and of the duties that the plan dates from it.

    A day that a document names is a deadline with basis `document`; any other is "thời gian dự kiến".
    """
    loaded = plans.get_plan(session, code)
    duty = plans.duty_of(loaded.plan, duty_id)
    asked = asked_on or when.today
    if asked > when.today:
        raise BadInput("Ngày nhận đề nghị sau hôm nay. Đề nghị kiểm tra lại ngày.")
    if due_on is not None and document is None:
        raise BadInput("Hạn do bên đề nghị nêu cần văn bản làm căn cứ: --number, --dated, --issuer.")
    agency = _holder(loaded.plan, duty, holder)
    return open_with_followers(session, loaded, duty, agency, asked, calendar, when, due_on, document, reason)


def open_with_followers(
    session: Session,
    loaded: LoadedPlan,
    duty: Duty,
    agency: str,
    asked: date,
    calendar: WorkingCalendar,
    when: When,
    due_on: date | None,
    document: DocumentRef | None,
    reason: str,
) -> list[Occurrence]:
    """The occurrence of this duty, then those of the duties that the plan dates from it."""
    opened = [open_one(session, loaded, duty, agency, asked, calendar, when, due_on, document, reason)]
    for follower in loaded.plan.duties:
        if isinstance(follower.due, WorkingDaysAfter) and follower.due.of == duty.id:
            for member in loaded.plan.members(follower.holders):
                opened.append(open_one(session, loaded, follower, member, asked, calendar, when, None, None, reason))
    return opened


def _holder(plan: Plan, duty: Duty, holder: str | None) -> str:
    members = plan.members(duty.holders)
    if holder is None and len(members) == 1:
        return members[0]
    if holder is None:
        raise BadInput(f"Nhiệm vụ {duty.id} có {len(members)} cơ quan thực hiện; nêu một cơ quan bằng --holder.")
    return holder


def open_one(
    session: Session,
    loaded: LoadedPlan,
    duty: Duty,
    agency: str,
    asked_on: date,
    calendar: WorkingCalendar,
    when: When,
    due_on: date | None,
    document: DocumentRef | None,
    reason: str,
    asker: str = "",
) -> Occurrence:
    agencies, duties = agency_store.ids_by_code(session), plan_store.duty_ids(session, loaded.id)
    if agency not in agencies:
        raise BadInput(f"Không có cơ quan {agency} trong kế hoạch {loaded.plan.code}.")
    number = store.last_request(session, loaded.id, duties[duty.id], agencies[agency]) + 1
    occurrence = occurrences.requested(loaded.plan, duty, agency, number, asked_on, calendar, due_on)
    if asker and "asker" in duty.receivers:
        occurrence = replace(occurrence, receiver=asker)
    if occurrence.due_on is not None:
        occurrence = replace(occurrence, basis=Basis.DOCUMENT if document and due_on else duty.basis or Basis.ASSUMED)
    first = None
    if occurrence.due_on is not None and occurrence.basis is not None:
        ladder = reminders.Ladders(loaded.plan, calendar).on(occurrence.basis, occurrence.due_on)
        first = reminders.first_day_of_new(ladder, when.today)
    document_id = document_store.get_or_add(session, document) if document else None
    opened = store.open_all(
        session, loaded.id, [(occurrence, first, False)], duties=duties, agencies=agencies, on=when.today, now=when.now,
        by=when.by, document_id=document_id, note=reason,
    )  # fmt: skip
    if not opened:
        raise TooLate(f"Người khác vừa mở {occurrence.key}; chưa có gì thay đổi. Đề nghị xem lại rồi làm tiếp.")
    audit_chain.note(
        session, audit.Event(when.now, when.by, "request.raise", occurrence.key, {"asked_on": asked_on.isoformat()})
    )
    return occurrence
