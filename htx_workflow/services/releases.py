"""Telling those who waited: when the last predecessor is accepted, a reminder goes out on the next working day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from htx_workflow.domain import reminders, standing
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.plan import Audience
from htx_workflow.domain.reminders import Decided
from htx_workflow.services.waits import Waits
from htx_workflow.store import occurrences as store
from htx_workflow.store import reminders as ledger
from htx_workflow.store.database import Session
from htx_workflow.store.plans import LoadedPlan


def release(
    session: Session,
    loaded: LoadedPlan,
    duties: Collection[str],
    calendar: WorkingCalendar,
    today: date,
    now: datetime,
) -> int:
    """Queue the `ready` rung of open work of these duties that was skipped for waiting and waits no more.

    Work whose gate is open by its own day needs none: its rungs go out by themselves. How many were queued.
    """
    waiting = [
        row
        for row in store.list_unfinished(session, loaded.id, duties)
        if row.state == standing.OPEN and row.due_on and today < reminders.gate_day(row.due_on, calendar)
    ]
    revisions = ledger.skipped_for_waiting(session, [row.id for row in waiting], reminders.WAITS)
    if not revisions:
        return 0
    told = ledger.with_step(session, revisions, reminders.READY)
    waits = Waits(session, loaded, today)
    ready = _ready("các việc phải chờ đã được chấp nhận", calendar, today)
    rungs = [
        ledger.NewRung(row.id, revisions[row.id], ready)
        for row in waiting
        if row.id in revisions and row.id not in told and not waits.of(row.duty, row.period, row.holder_id, row.title)
    ]
    ledger.add_rungs(session, rungs, now)
    return len(rungs)


def announce(session: Session, row: store.Row, why: str, calendar: WorkingCalendar, today: date, now: datetime) -> bool:
    """Queue the `ready` rung of one open piece of work that has a day, once for a deadline; whether it is new."""
    if row.historical or row.standing.due_on is None or ledger.with_step(session, [row.id], reminders.READY):
        return False
    ledger.add_rungs(session, [ledger.NewRung(row.id, row.standing.due_rev, _ready(why, calendar, today))], now)
    return True


def _ready(why: str, calendar: WorkingCalendar, today: date) -> Decided:
    """The rung that tells a holder on the next working day that nothing holds it up any more."""
    day = calendar.soft_shift(today, 1)[0]
    return Decided(reminders.READY, Audience.HOLDER, day, False, reminders.QUEUED, why)
