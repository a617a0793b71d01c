"""Milestones (mốc) of others: recorded with document and day; who waited for them is told."""

from __future__ import annotations

from datetime import date

from htx_workflow.domain import audit, words
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import BadInput, NotFound, TooLate
from htx_workflow.services import plans
from htx_workflow.services.releases import release
from htx_workflow.services.reports import When
from htx_workflow.store import audit_chain
from htx_workflow.store import documents as document_store
from htx_workflow.store import plans as plan_store
from htx_workflow.store.database import Session
from htx_workflow.store.documents import DocumentRef


def reach(
    session: Session,
    code: str,
    milestone: str,
    reached_on: date,
    document: DocumentRef,
    calendar: WorkingCalendar,
    when: When,
) -> int:
    """Record that a milestone was reached on this day by this document; how many are told that they wait no more."""
    loaded = plans.get_plan(session, code)
    if milestone not in {one.code for one in loaded.plan.milestones}:
        known = ", ".join(one.code for one in loaded.plan.milestones) or "không có mốc nào"
        raise NotFound(f"Kế hoạch {code} không có mốc {milestone}. Các mốc: {known}.")
    if reached_on > when.today or document.dated > reached_on:
        raise BadInput(
            f"Ngày đạt mốc {words.day_text(reached_on)} phải từ ngày văn bản {words.day_text(document.dated)}"
            f" đến hôm nay {words.day_text(when.today)}. Đề nghị kiểm tra lại ngày."
        )
    document_id = document_store.get_or_add(session, document)
    if not plan_store.reach_milestone(session, loaded.id, milestone, reached_on, document_id):
        raise TooLate(f"Mốc {milestone} đã được ghi nhận trước đó; chưa có gì thay đổi.")
    waiting = {duty.id for duty in loaded.plan.duties if any(need.milestone == milestone for need in duty.after)}
    told = release(session, loaded, waiting, calendar, when.today, when.now)
    detail: dict[str, object] = {"reached_on": reached_on.isoformat(), "document": document.key, "told": told}
    audit_chain.note(session, audit.Event(when.now, when.by, "milestone.reach", f"{code}/{milestone}", detail))
    return told
