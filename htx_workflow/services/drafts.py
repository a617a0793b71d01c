"""Approving what goes to UBND tỉnh (trình): nothing leaves there by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from htx_workflow.domain import audit
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import NotAllowed, NotFound, TooLate
from htx_workflow.services import composing, delegations
from htx_workflow.store import audit_chain, outbox
from htx_workflow.store import plans as plan_store
from htx_workflow.store import reminders as ledger
from htx_workflow.store.database import Session


def approve(
    session: Session,
    calendars: Mapping[str, WorkingCalendar],
    style: composing.Style,
    key: str,
    by: str,
    now: datetime,
) -> str:
    """Compose a held draft anew and let it leave; the key of the mail that goes.

    Raises NotAllowed when `by` is no contact of the lead agency with that right, NotFound without such a draft,
    TooLate when nothing in it is overdue any more (the draft is then cancelled).
    """
    message = outbox.find_message(session, key)
    if message is None or message.kind != "province":
        raise NotFound(f"Không có dự thảo {key}. Xem các dự thảo đang chờ duyệt: htx outbox list --state held")
    plan_store.lock(session, message.plan_id)
    message = outbox.find_message(session, key)
    if message.state != "held":
        raise TooLate(f"Dự thảo {key} không còn chờ duyệt ({message.reason or message.state}).")
    ledger.supersede_stale(session, now)
    pool = composing.Pool(session, calendars, style, now.astimezone(composing.LOCAL))
    lead = pool.plans[message.plan_id].plan.lead
    contact = delegations.approver(session, by, pool.today)
    if contact is None or pool.directory.agencies[contact.agency_id].code != lead:
        raise NotAllowed(
            f"{by} không có quyền duyệt văn bản gửi Ủy ban nhân dân tỉnh. Người duyệt là đầu mối của cơ quan chủ trì"
            " có approves: true; chọn người duyệt bằng --as."
        )
    rungs = pool.drafts.get(message.plan_id, [])
    sent = composing.write_draft(session, pool, message.plan_id, rungs, now, approved_by=by) if rungs else None
    if sent is None:
        outbox.mark_cancelled(session, [message.id], "không còn việc nào quá hạn")
    detail: dict[str, object] = {"draft": key, "sent": sent or ""}
    audit_chain.note(session, audit.Event(now, by, "draft.approve", pool.plans[message.plan_id].plan.code, detail))
    return sent or ""
