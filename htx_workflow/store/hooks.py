"""Webhooks and what is to be told them: written with the change, in its transaction; delivered by lease, like mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, exists, or_, select, text, update
from sqlmodel import Session

from htx_workflow.domain import hooks as rules
from htx_workflow.store import tables
from htx_workflow.store.access import living
from htx_workflow.store.rows import add_missing, chunks
from htx_workflow.store.tables import table

UNSENT = text("webhook_delivery.state IN ('queued', 'leased')")
"""In the very words of the partial index."""


class HookRow(NamedTuple):
    """A webhook that has not ended."""

    id: int
    agency_id: int
    plan_id: int | None
    whole: bool
    events: str

    def wants(self, event: str, plan_id: int, concerned: set[int | None]) -> bool:
        """Whether it is told of this event of a plan, which concerns these agencies."""
        if self.events and event not in self.events.split():
            return False
        if self.plan_id is not None and self.plan_id != plan_id:
            return False
        return (self.whole and self.plan_id == plan_id) or self.agency_id in concerned


@dataclass(frozen=True, slots=True)
class Told:
    """An event, whom it concerns, and what is said of it."""

    key: str
    event: str
    plan_id: int
    concerned: set[int | None]
    at: datetime
    data: Mapping[str, object]


# Told of changes


def _living(session: Session) -> list[HookRow]:
    hooks = table("webhook")
    rows = session.execute(
        select(hooks.c.id, hooks.c.agency_id, hooks.c.plan_id, hooks.c.whole, hooks.c.events).where(
            hooks.c.ended_at.is_(None)
        )
    )
    return [HookRow(*row) for row in rows]


def _queue(session: Session, hooks: Sequence[HookRow], told: Sequence[Told]) -> None:
    rows = [
        {
            "webhook_id": hook.id, "key": one.key, "event": one.event, "body": rules.body(one.event, one.at, one.data),
            "made_at": one.at, "state": "queued", "reason": "", "attempts": 0, "next_attempt_at": one.at,
            "lease_until": None, "ended_at": None,
        }
        for one in told
        for hook in hooks
        if hook.wants(one.event, one.plan_id, one.concerned)
    ]  # fmt: skip
    for batch in chunks(rows):
        add_missing(session, table("webhook_delivery"), batch)


class Changed(NamedTuple):
    """A change of an occurrence that was just recorded."""

    occurrence_id: int
    seq: int
    act: str
    state: str
    before_holder: int | None
    holder: int | None
    due_on: date | None
    submitted_on: date | None
    happened_on: date
    at: datetime


def tell_changes(session: Session, changes: Sequence[Changed]) -> None:
    """Queue what was changed for whoever wants to know. One small read while nobody does."""
    hooks = _living(session)
    if not hooks or not changes:
        return
    works = _works(session, [change.occurrence_id for change in changes])
    told = []
    for change in changes:
        work = works[change.occurrence_id]
        told.append(
            Told(
                f"change-{change.occurrence_id}-{change.seq}",
                rules.event_of(change.act),
                work.plan_id,
                {change.holder, change.before_holder, work.receiver_id},
                change.at,
                {
                    "key": work.key, "plan": work.plan, "agency": work.key.split("/")[2], "act": change.act,
                    "state": change.state, "due_on": _iso(change.due_on), "submitted_on": _iso(change.submitted_on),
                    "happened_on": _iso(change.happened_on), "revision": change.seq,
                },
            )
        )  # fmt: skip
    _queue(session, hooks, told)


def _works(session: Session, ids: Sequence[int]) -> dict[int, Any]:
    rows, plans = table("occurrence"), table("plan")
    found = {}
    for batch in chunks(ids):
        for row in session.execute(
            select(rows.c.id, rows.c.key, rows.c.plan_id, rows.c.receiver_id, plans.c.code.label("plan"))
            .join(plans, plans.c.id == rows.c.plan_id)
            .where(rows.c.id.in_(batch))
        ):
            found[row.id] = row
    return found


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def tell_request(session: Session, number: int, state: str, at: datetime) -> None:
    """Queue that a request came to this state."""
    hooks = _living(session)
    if not hooks:
        return
    asked, plans, work = table("request"), table("plan"), table("occurrence")
    row = session.execute(
        select(
            asked.c.id, asked.c.key, asked.c.kind, asked.c.plan_id, asked.c.from_id, asked.c.to_id,
            plans.c.code.label("plan"), plans.c.lead_id, work.c.key.label("occurrence"),
        )
        .join(plans, plans.c.id == asked.c.plan_id)
        .outerjoin(work, work.c.id == asked.c.occurrence_id)
        .where(asked.c.id == number)
    ).one()  # fmt: skip
    data = {
        "id": row.id, "key": row.key, "plan": row.plan, "kind": row.kind, "state": state, "occurrence": row.occurrence,
    }  # fmt: skip
    concerned = {row.from_id, row.to_id, row.lead_id}
    _queue(
        session, hooks, [Told(f"request-{number}-{state}", rules.OF_STATES[state], row.plan_id, concerned, at, data)]
    )


def tell_consolidation(session: Session, plan_id: int, round_: str, no: int, at: datetime) -> None:
    """Queue that a consolidation was kept: for its lead agency, and whoever hears of the whole plan."""
    hooks = _living(session)
    if not hooks:
        return
    plans = table("plan")
    plan = session.execute(select(plans.c.code, plans.c.lead_id).where(plans.c.id == plan_id)).one()
    data = {"plan": plan.code, "round": round_, "no": no}
    told = Told(f"consolidation-{plan_id}-{round_}-{no}", "consolidation.kept", plan_id, {plan.lead_id}, at, data)
    _queue(session, hooks, [told])


# Webhooks


def add(session: Session, **values: Any) -> int:
    """Keep a new webhook; its number."""
    row = tables.Webhook(**values)
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def list_living(session: Session, agency_id: int | None = None, limit: int = 500) -> list[Any]:
    """Webhooks that have not ended, the newest first, with what became of their last delivery."""
    hooks, agencies, contacts, plans = table("webhook"), table("agency"), table("contact"), table("plan")
    sent = table("webhook_delivery")
    last = select(sent.c.id).where(sent.c.webhook_id == hooks.c.id).order_by(sent.c.id.desc()).limit(1).correlate(hooks)
    statement = (
        select(
            hooks.c.id, hooks.c.url, hooks.c.events, hooks.c.whole, hooks.c.made_at, hooks.c.made_by, hooks.c.agency_id,
            agencies.c.code.label("agency"), contacts.c.code.label("contact"), plans.c.code.label("plan"),
            sent.c.state.label("last_state"), sent.c.reason.label("last_reason"), sent.c.made_at.label("last_at"),
        )
        .join(agencies, agencies.c.id == hooks.c.agency_id)
        .join(contacts, contacts.c.id == hooks.c.contact_id)
        .outerjoin(plans, plans.c.id == hooks.c.plan_id)
        .outerjoin(sent, sent.c.id == last.scalar_subquery())
        .where(hooks.c.ended_at.is_(None))
        .order_by(hooks.c.id.desc())
        .limit(limit)
    )  # fmt: skip
    if agency_id is not None:
        statement = statement.where(hooks.c.agency_id == agency_id)
    return list(session.execute(statement))


def find(session: Session, number: int) -> Any:
    """A webhook by its number, ended or not. None without one."""
    hooks = table("webhook")
    return session.execute(select(hooks).where(hooks.c.id == number)).first()


def end(session: Session, which: str, numbers: Sequence[int], now: datetime, by: str) -> int:
    """End webhooks by `id`, `contact_id` or `person_id`; how many. What waits for them is not sent any more."""
    hooks, sent = table("webhook"), table("webhook_delivery")
    column = hooks.c[which]
    ended = session.execute(
        update(hooks).where(column.in_(numbers), hooks.c.ended_at.is_(None)).values(ended_at=now, ended_by=by)
    )
    if not ended.rowcount:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        return 0
    gone = select(hooks.c.id).where(column.in_(numbers), hooks.c.ended_at.is_not(None))
    session.execute(
        update(sent)
        .where(sent.c.webhook_id.in_(gone), UNSENT)
        .values(state="cancelled", reason="địa chỉ nhận đã kết thúc", ended_at=now)
    )
    return int(ended.rowcount)  # type: ignore[attr-defined]  # the same


# Delivering


@dataclass(frozen=True, slots=True)
class Leased:
    """A delivery that a process has taken until `until`, which also tells its lease from any other."""

    id: int
    webhook_id: int
    key: str
    event: str
    body: str
    attempts: int
    until: datetime
    url: str
    hook_made_at: datetime
    there: bool
    """The contact that answers for the webhook, and its agency, are still there."""


def any_waiting(session: Session, now: datetime) -> bool:
    """Whether something could be told now."""
    sent = table("webhook_delivery")
    due = or_(sent.c.next_attempt_at <= now, sent.c.lease_until < now)
    return bool(session.execute(select(exists(sent.c.id).where(UNSENT, due))).scalar())


def lease(session: Session, now: datetime, until: datetime, today: date, limit: int) -> list[Leased]:
    """Take the next deliveries that are due, or whose lease ran out."""
    sent, hooks, contacts, agencies = table("webhook_delivery"), table("webhook"), table("contact"), table("agency")
    due = or_(
        and_(sent.c.state == "queued", sent.c.next_attempt_at <= now),
        and_(sent.c.state == "leased", sent.c.lease_until < now),
    )
    rows = session.execute(
        select(
            sent.c.id, sent.c.webhook_id, sent.c.key, sent.c.event, sent.c.body, sent.c.attempts, hooks.c.url,
            hooks.c.made_at, and_(living(contacts, today), living(agencies, today)).label("there"),
        )
        .join(hooks, hooks.c.id == sent.c.webhook_id)
        .join(contacts, contacts.c.id == hooks.c.contact_id)
        .join(agencies, agencies.c.id == hooks.c.agency_id)
        .where(UNSENT, due)
        .order_by(sent.c.next_attempt_at, sent.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=sent)
    ).all()  # fmt: skip
    session.execute(
        update(sent)
        .where(sent.c.id.in_([row.id for row in rows]))
        .values(state="leased", lease_until=until, attempts=sent.c.attempts + 1)
    )
    return [
        Leased(
            row.id, row.webhook_id, row.key, row.event, row.body, row.attempts + 1, until, row.url, row.made_at,
            bool(row.there),
        )
        for row in rows
    ]  # fmt: skip


def settle(session: Session, leased: Leased, state: str, reason: str, now: datetime, later: datetime | None) -> bool:
    """What became of a leased delivery; False when another process took it meanwhile."""
    sent = table("webhook_delivery")
    touched = session.execute(
        update(sent)
        .where(sent.c.id == leased.id, sent.c.state == "leased", sent.c.lease_until == leased.until)
        .values(
            state=state, reason=reason[:500], next_attempt_at=later, lease_until=None,
            ended_at=None if later else now,
        )
    )  # fmt: skip
    return bool(touched.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
