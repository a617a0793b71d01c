"""Webhooks (địa chỉ nhận thông báo): made by whoever answers for them, ended at any time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from htx_workflow.domain import audit, hooks
from htx_workflow.domain.errors import BadInput, NotAllowed, NotFound
from htx_workflow.domain.outward import Rules
from htx_workflow.domain.visitors import Visitor
from htx_workflow.store import audit_chain
from htx_workflow.store import contacts as contact_store
from htx_workflow.store import hooks as store
from htx_workflow.store.database import Session
from htx_workflow.store.plans import LoadedPlan

MOST = 20
"""Living webhooks of one agency."""


@dataclass(frozen=True, slots=True)
class NewHook:
    """A webhook to be. With a plan and `whole` it hears of everything in the plan."""

    url: str
    events: tuple[str, ...]
    agency_id: int
    contact_id: int
    person_id: int | None = None
    plan: LoadedPlan | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """A webhook just made; its secret is shown once and stored nowhere."""

    number: int
    secret: str


def make(
    session: Session, new: NewHook, rules: Rules, key: bytes, by: str, now: datetime, visitor: Visitor | None = None
) -> Made:
    """Make a webhook; `visitor` None: the command line, which may do what an administrator may."""
    target = rules.check_url(new.url)
    events = hooks.parse_events(new.events)
    if new.whole and new.plan is None:
        raise BadInput("Nghe mọi việc cần nêu kế hoạch.")
    if new.whole and visitor is not None and not (visitor.admin or (new.plan and new.plan.id in visitor.leads)):
        raise NotAllowed("Nghe mọi việc của kế hoạch do cơ quan chủ trì hoặc người quản trị lập.")
    if contact_store.find_living(session, new.contact_id, now.date()) is None:
        raise NotFound("Đầu mối chịu trách nhiệm đã thôi nhiệm vụ. Đề nghị chọn đầu mối khác.")
    if len(store.list_living(session, new.agency_id, MOST)) >= MOST:
        raise NotAllowed(f"Cơ quan đã có {MOST} địa chỉ nhận thông báo. Đề nghị bỏ bớt địa chỉ không dùng.")
    number = store.add(
        session, agency_id=new.agency_id, contact_id=new.contact_id, person_id=new.person_id,
        plan_id=new.plan.id if new.plan else None, whole=new.whole, url=target.url,
        events=" ".join(events) if len(events) < len(hooks.EVENTS) else "", made_at=now, made_by=by,
    )  # fmt: skip
    detail: dict[str, object] = {"agency": new.agency_id, "events": list(events), "whole": new.whole}
    audit_chain.note(session, audit.Event(now, by, "webhook.make", f"webhook/{number}", detail))
    return Made(number, hooks.secret(key, number, now))


def get_kept(session: Session, number: int, visitor: Visitor | None) -> Any:
    """A living webhook of the visitor's agency; of any for an administrator and the command line. Raises NotFound."""
    row = store.find(session, number) if 0 < number < 2**31 else None
    foreign = row is not None and visitor is not None and not visitor.admin and row.agency_id != visitor.agency_id
    if row is None or foreign or row.ended_at is not None:
        raise NotFound(f"Không có địa chỉ nhận thông báo số {number}.")
    return row


def end(session: Session, number: int, visitor: Visitor | None, by: str, now: datetime) -> None:
    """End a webhook at once: nothing more is sent there."""
    get_kept(session, number, visitor)
    store.end(session, "id", [number], now, by)
    audit_chain.note(session, audit.Event(now, by, "webhook.end", f"webhook/{number}", {}))
