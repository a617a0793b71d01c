"""Assignments (vai, nhiệm vụ phụ trách): what a contact is for its agency, for all duties or for one, from day to day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from htx_workflow.domain import audit
from htx_workflow.domain.errors import BadInput, NotFound, TooLate
from htx_workflow.store import audit_chain
from htx_workflow.store import contacts as store
from htx_workflow.store.database import Session

ROLES = ("focal", "support", "leader", "clerk")
ROLE_WORDS = {"focal": "đầu mối", "support": "phối hợp", "leader": "lãnh đạo theo dõi", "clerk": "văn thư"}


@dataclass(frozen=True, slots=True)
class NewAssignment:
    """What somebody is to be. `duty`: its code, alone or after its plan (tinh-mau/N.2); empty for all."""

    role: str
    duty: str = ""
    first: date | None = None
    last: date | None = None


def duty_numbers(session: Session, code: str) -> list[int]:
    """Numbers of a duty in every plan that has it, or in the plan named before it. Raises NotFound."""
    plan, _, duty = code.rpartition("/")
    found = [row.id for row in store.list_duties(session, [duty]) if not plan or row.plan == plan]
    if not found:
        raise NotFound(f"Không kế hoạch nào có nhiệm vụ {code}. Xem các mã: htx plan show")
    return found


def add(session: Session, contact: Any, new: NewAssignment, by: str, now: datetime, today: date) -> int:
    """From a day on (today, when none is named) the contact is this too; how many assignments that makes."""
    if new.role not in ROLES:
        raise BadInput("Chưa chọn vai: đầu mối, phối hợp, lãnh đạo theo dõi hoặc văn thư.")
    first = new.first or today
    if new.last is not None and new.last < first:
        raise BadInput(f"Ngày cuối {new.last:%d/%m/%Y} trước ngày đầu {first:%d/%m/%Y}.")
    duties: list[int | None] = [*duty_numbers(session, new.duty)] if new.duty else [None]
    here = {
        (row.duty_id, row.role)
        for row in store.list_assignments(session, contact.id)
        if row.valid_to is None or row.valid_to >= first
    }
    wanted = [duty for duty in duties if (duty, new.role) not in here]
    if not wanted:
        raise TooLate("Đầu mối đã có vai này trong những ngày ấy.")
    for duty in wanted:
        store.assign(session, contact.id, contact.agency_id, duty, new.role, first, new.last)
    detail: dict[str, object] = {"role": new.role, "duties": wanted, "from": first.isoformat()}
    audit_chain.note(session, audit.Event(now, by, "assignment.add", f"contact/{contact.code}", detail))
    return len(wanted)


def end(session: Session, contact: Any, number: int, by: str, now: datetime, today: date) -> None:
    """From today the contact is this no longer."""
    if number not in {row.id for row in store.list_assignments(session, contact.id)}:
        raise NotFound("Không có vai này.")
    if not store.end_assignments(session, [number], today - timedelta(days=1)):
        raise TooLate("Vai này đã kết thúc.")
    detail: dict[str, object] = {"assignment": number}
    audit_chain.note(session, audit.Event(now, by, "assignment.end", f"contact/{contact.code}", detail))
