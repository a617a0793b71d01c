"""The text that goes with a short address (lời nhắn Zalo, tin nhắn): what this agency has to do, in one breath."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from htx_workflow.domain import digests, short_texts
from htx_workflow.domain.plan import AgencyKind, Basis
from htx_workflow.domain.short_texts import Due, Way
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import due_rows
from htx_workflow.store import plans as plan_store
from htx_workflow.store.database import Session


def message(session: Session, contact: Any, way: Way, today: date) -> str:
    """For the agency of this contact. Four reads at most."""
    near = due_rows.list_open_near(session, [contact.agency_id], today + timedelta(days=digests.AHEAD), today)
    rows = due_rows.list_work(session, [number for number, _ in near])
    dues = [Due(row.title, row.due_on, row.basis is Basis.ASSUMED) for row in rows if row.due_on is not None]
    _, short = agency_store.name_on(session, contact.agency_id, today)
    if AgencyKind(contact.kind) is AgencyKind.COOPERATIVE:
        return short_texts.to_cooperative(short, dues, way)
    plans = {row.plan_id for row in rows}
    plan = plan_store.get_loaded(session, plans.pop()).plan.short if len(plans) == 1 else ""
    return short_texts.to_agency(plan, short, dues, way, today)
