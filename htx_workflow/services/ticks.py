"""The tick (lượt nhắc): decides every rung that has come, in batches, each commit complete in itself."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from htx_workflow.domain import audit, reminders, standing
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.plan import AgencyKind
from htx_workflow.domain.reminders import Pending
from htx_workflow.services.waits import Waits
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import audit_chain, notes
from htx_workflow.store import due_rows as store
from htx_workflow.store import plans as plan_store
from htx_workflow.store import reminders as ledger
from htx_workflow.store.agencies import AgencyRow
from htx_workflow.store.database import Database, Session
from htx_workflow.store.plans import LoadedPlan

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
BATCH = 1000
log = logging.getLogger(__name__)


@dataclass
class Ticked:
    """What a tick decided. `broken` names occurrences it could not decide; each is an alarm."""

    rungs: int = 0
    queued: int = 0
    superseded: int = 0
    skipped: int = 0
    broken: list[str] = field(default_factory=list)


def tick(
    database: Database, calendars: Mapping[str, WorkingCalendar], today: date, now: datetime, code: str | None = None
) -> Ticked:
    """Decide the rungs of one plan, or of all, that have come by `today`. Doing it again changes nothing."""
    outcome = Ticked()
    with database.reading() as session:
        if not store.any_due(session, today):
            return outcome
        loaded_plans = plan_store.list_plans(session)
        agencies = agency_store.list_agencies(session, today)
    for loaded in loaded_plans:
        if code is not None and loaded.plan.code != code:
            continue
        _tick_plan(database, loaded, calendars[loaded.plan.calendar], agencies, today, now, outcome)
    return outcome


def _tick_plan(
    database: Database,
    loaded: LoadedPlan,
    calendar: WorkingCalendar,
    agencies: dict[int, AgencyRow],
    today: date,
    now: datetime,
    outcome: Ticked,
) -> None:
    ladders = reminders.Ladders(loaded.plan, calendar)
    before = outcome.rungs
    last = store.START
    while True:
        with database.transaction("tick") as session:
            due = store.lock_due(session, loaded.id, today, last, BATCH)
            if not due:
                break
            last = (due[-1].cursor, due[-1].id)
            decider = _Decider(session, loaded, ladders, calendar, agencies, today, due)
            _write(session, decider, due, now, outcome)
    if outcome.rungs != before:
        _close(database, loaded, today, now)


def _close(database: Database, loaded: LoadedPlan, today: date, now: datetime) -> None:
    """Anchor what this tick decided, and what an interrupted one before it left without a closing event."""
    with database.reading() as session:
        closed = audit_chain.last_detail(session, "tick", loaded.plan.code)
        after = datetime.fromisoformat(str(closed["decided_at"])) if closed else None
        moments = {now, *ledger.decided_moments(session, loaded.id, after)}
        lines = {moment: ledger.decided_lines(session, loaded.id, moment) for moment in moments}
    with database.transaction("tick-closed") as session:
        for moment in sorted(lines):
            detail: dict[str, object] = {
                "day": today.isoformat(),
                "decided_at": moment.isoformat(),
                "rungs": len(lines[moment]),
                "sha256": audit.anchor(lines[moment]),
            }
            audit_chain.note(session, audit.Event(now, "system", "tick", loaded.plan.code, detail))


class _Decider:
    """What deciding a batch needs, read once for the batch."""

    def __init__(
        self,
        session: Session,
        loaded: LoadedPlan,
        ladders: reminders.Ladders,
        calendar: WorkingCalendar,
        agencies: dict[int, AgencyRow],
        today: date,
        due: list[store.DueRow],
    ) -> None:
        self._session, self._loaded, self._ladders = session, loaded, ladders
        self._calendar, self._agencies, self._today = calendar, agencies, today
        self._waits: Waits | None = None
        promised = [row.id for row in due if row.promised_on is not None]
        self._noted = {
            number: moment.astimezone(LOCAL).date()
            for number, moment in (notes.promised_at(session, promised) if promised else {}).items()
        }

    def decide(self, row: store.DueRow) -> tuple[list[reminders.Decided], date | None]:
        """The rungs this occurrence has reached, and the day of its next one."""
        if row.state != standing.OPEN or row.due_on is None or row.basis is None:
            return [], None
        ladder = self._ladders.on(row.basis, row.due_on)
        holder = self._agencies.get(row.holder_id) if row.holder_id else None
        pending = Pending(
            key=row.key,
            holder=holder.code if holder else "",
            holder_kind=holder.kind if holder else AgencyKind.DEPARTMENT,
            basis=row.basis,
            due_on=row.due_on,
            cursor=row.cursor,
            holder_ended=holder is not None and holder.ended,
            submitted_on=row.submitted_on,
            waits_for=self._waits_for(row) if row.waits else (),
            promised_on=row.promised_on,
            promise_noted_on=self._noted.get(row.id),
        )
        decided = reminders.due_rungs(pending, ladder, self._today, self._calendar, self._loaded.plan.lead)
        return decided, reminders.next_day(ladder, self._today)

    def _waits_for(self, row: store.DueRow) -> tuple[str, ...]:
        if self._waits is None:
            self._waits = Waits(self._session, self._loaded, self._today, self._agencies)
        return self._waits.of(row.duty, row.period, row.holder_id, row.title)


def _write(session: Session, decider: _Decider, due: list[store.DueRow], now: datetime, outcome: Ticked) -> None:
    rungs: list[ledger.NewRung] = []
    next_days: dict[int, date | None] = {}
    for row in due:
        try:
            decided, next_day = decider.decide(row)
        except Exception as error:  # one broken occurrence never stops a tick: it is counted, named and alarmed
            log.exception("occurrence %s could not be decided", row.key)
            outcome.broken.append(f"{row.key}: {error}")
            continue
        rungs += [ledger.NewRung(row.id, row.due_rev, rung) for rung in decided]
        next_days[row.id] = next_day
    ledger.add_rungs(session, rungs, now)
    store.set_next_reminders(session, next_days)
    outcome.rungs += len(rungs)
    for rung in rungs:
        if rung.decided.state == reminders.QUEUED:
            outcome.queued += 1
        elif rung.decided.state == reminders.SUPERSEDED:
            outcome.superseded += 1
        else:
            outcome.skipped += 1
