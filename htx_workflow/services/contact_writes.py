"""Writing what an imported list changes (ghi danh sách): new contacts, changed ones, their roles, and those who left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from htx_workflow.domain import audit
from htx_workflow.services import visits
from htx_workflow.services.contact_changes import Change
from htx_workflow.store import audit_chain
from htx_workflow.store import contact_bulk as store
from htx_workflow.store import contacts as contact_store
from htx_workflow.store.database import Session


def apply(session: Session, changes: Sequence[Change], by: str, now: datetime, today: date) -> None:
    """Write it all. Whose address changed gets new links; who left is let in no more."""
    coded = _coded(session, [change for change in changes if change.act == "add"])
    numbers = store.add_contacts(session, [_new_row(change, code, today) for change, code in coded])
    gains = [(numbers[code], change) for change, code in coded]
    gains += [(change.number, change) for change in changes if change.number is not None]
    store.add_assignments(
        session,
        [
            {
                "contact_id": number, "agency_id": change.agency_id, "duty_id": held.duty_id, "role": held.role,
                "valid_from": held.first or today, "valid_to": held.last,
            }
            for number, change in gains
            for held in change.gains
        ],
    )  # fmt: skip
    old = [change for change in changes if change.number is not None]
    store.change_contacts(
        session, [(change.number, dict(change.values)) for change in old if change.values and change.number]
    )
    contact_store.end_assignments(
        session, [number for change in old for number, _ in change.loses], today - timedelta(days=1)
    )
    store.change_days(session, [(number, held.first, held.last) for change in old for number, held in change.moves])
    for change, code in coded:
        detail: dict[str, object] = {"agency": change.agency, "import": True}
        audit_chain.note(session, audit.Event(now, by, "contact.add", f"contact/{code}", detail))
    for change in old:
        _note(session, change, by, now)
    _end(session, old, by, now, today)


def _note(session: Session, change: Change, by: str, now: datetime) -> None:
    assert change.number is not None
    detail: dict[str, object] = {
        "changed": sorted(change.values), "gained": len(change.gains), "lost": len(change.loses), "import": True,
    }  # fmt: skip
    audit_chain.note(session, audit.Event(now, by, "contact.set", f"contact/{change.code}", detail))
    if "address" in change.values:
        visits.revoke_links(session, change.code, change.number, by, now)


def _end(session: Session, changes: Sequence[Change], by: str, now: datetime, today: date) -> None:
    ending = [(change, change.left) for change in changes if change.left is not None]
    for day in sorted({left for _, left in ending}):
        contact_store.end(session, [change.code for change, left in ending if left == day], day)
    gone = {change.code: change.number for change, left in ending if left <= today and change.number is not None}
    visits.end_of_contacts(session, gone, by, now)


def _coded(session: Session, new: Sequence[Change]) -> list[tuple[Change, str]]:
    """New contacts with codes that nobody has: their own, or the agency's with the next number."""
    taken: dict[str, set[str]] = {}
    last: dict[str, int] = {}
    given = {change.code for change in new if change.code}
    found = []
    for change in new:
        code = change.code
        if not code:
            known = taken.setdefault(change.agency, contact_store.codes_like(session, f"{change.agency}-"))
            number = last.get(change.agency, 0) + 1
            while f"{change.agency}-{number}" in known or f"{change.agency}-{number}" in given:
                number += 1
            last[change.agency] = number
            code = f"{change.agency}-{number}"
        found.append((change, code))
    return found


def _new_row(change: Change, code: str, today: date) -> dict[str, Any]:
    return {"code": code, "agency_id": change.agency_id, **change.values, "valid_from": today}
