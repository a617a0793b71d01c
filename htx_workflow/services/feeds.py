"""Calendar addresses (lịch việc): one secret address for a contact's calendar programs, ended at any time."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from htx_workflow.domain import audit
from htx_workflow.domain import feeds as rules
from htx_workflow.domain.errors import NotAllowed, NotFound
from htx_workflow.domain.feeds import Event
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services.visits import hashed
from htx_workflow.store import access_keys, audit_chain, calendar_rows
from htx_workflow.store import plans as plan_store
from htx_workflow.store.access_keys import FEED
from htx_workflow.store.database import Session

DAYS = 730
MOST = 10
"""Living calendar addresses of one contact."""
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Feed:
    """One calendar: whose it is, and its events."""

    agency: str
    events: tuple[Event, ...]


def make(session: Session, visitor: Visitor, now: datetime) -> str:
    """A new address for the visitor's contact: its secret part, shown once."""
    if len(list_of(session, visitor, now)) >= MOST:
        raise NotAllowed(f"Đầu mối đã có {MOST} địa chỉ lịch. Đề nghị bỏ bớt địa chỉ không dùng.")
    token = secrets.token_urlsafe(24)
    number = access_keys.add(
        session, kind=FEED, agency_id=visitor.agency_id, contact_id=visitor.contact_id, person_id=visitor.person_id,
        name="", scopes="", token_sha256=hashed(token), made_at=now, made_by=visitor.actor,
        expires_at=now + timedelta(days=DAYS),
    )  # fmt: skip
    audit_chain.note(session, audit.Event(now, visitor.actor, "feed.make", f"key/{number}", {}))
    return token


def list_of(session: Session, visitor: Visitor, now: datetime) -> list[Any]:
    """Living addresses of the visitor's contact."""
    return access_keys.list_living(session, FEED, now, contact_id=visitor.contact_id)


def end(session: Session, number: int, visitor: Visitor, now: datetime) -> None:
    """End an address at once. Raises NotFound for one of another contact (save for administrators), or ended before."""
    row = access_keys.find_by_id(session, FEED, number) if 0 < number < 2**31 else None
    own = row is not None and (row.contact_id == visitor.contact_id or (visitor.admin and visitor.strong))
    if not own or not access_keys.end(session, number, now, visitor.actor):
        raise NotFound("Không có địa chỉ lịch này.")
    audit_chain.note(session, audit.Event(now, visitor.actor, "feed.end", f"key/{number}", {}))


def find(session: Session, token: str, now: datetime, today: date) -> Feed | None:
    """The calendar of an address; None when it shows nothing (any more). Four reads, and nothing is written."""
    row = access_keys.find(session, FEED, hashed(token), now, today) if len(token) < LONGEST else None
    if row is None:
        return None
    duties = calendar_rows.duties_of(session, row.contact_id, row.agency_id, today)
    names = {loaded.plan.code: loaded.plan.short for loaded in plan_store.list_plans(session)}
    works = calendar_rows.list_works(session, row.agency_id, duties, rules.since(today), names)
    return Feed(row.agency_short or row.agency, tuple(rules.events(works, today)))
