"""The end-of-scheme chain (chuỗi tổng kết): everything tied by `after` in the plan's last year, in its order.

A step is ready when what it needs is accepted or its own day has come; what blocks the others is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from htx_workflow.domain import standing
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.plan import Plan
from htx_workflow.services.releases import release
from htx_workflow.services.waits import Waits
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import occurrences as store
from htx_workflow.store.database import Session
from htx_workflow.store.plans import LoadedPlan


@dataclass(frozen=True, slots=True)
class Step:
    """One occurrence of the chain. States: done, submitted, ready, blocked."""

    key: str
    duty: str
    agency: str
    due_on: date | None
    state: str
    blocked_by: tuple[str, ...]


def chain_duties(plan: Plan) -> list[str]:
    """Ids of the duties tied by `after`, predecessors before successors, else in the order of the plan."""
    needs = {duty.id: [need.duty for need in duty.after if need.duty] for duty in plan.duties}
    tied = {duty for duty, before in needs.items() if before} | {one for before in needs.values() for one in before}
    ordered: list[str] = []

    def visit(duty: str) -> None:
        if duty in ordered:
            return
        for before in needs.get(duty, []):
            visit(before)
        ordered.append(duty)

    for duty in plan.duties:
        if duty.id in tied:
            visit(duty.id)
    return ordered


def list_steps(session: Session, loaded: LoadedPlan, on: date) -> list[Step]:
    """The chain of the plan's last year as it stands now, in its order."""
    order = {duty: number for number, duty in enumerate(chain_duties(loaded.plan))}
    last = str(loaded.plan.ends_on.year) if loaded.plan.ends_on else None
    agencies = agency_store.list_agencies(session, on)
    waits = Waits(session, loaded, on, agencies)
    steps = []
    for row in store.list_rows(session, loaded.id):
        stands = row.standing
        if row.duty not in order or (last is not None and row.period != last) or row.historical:
            continue
        if stands.state in (standing.WAIVED, standing.SPLIT, standing.HANDED_BACK):
            continue
        blocked: tuple[str, ...] = ()
        if stands.state == standing.OPEN:
            blocked = waits.of(row.duty, row.period, stands.holder, row.title)
        state = {standing.DONE: "done", standing.SUBMITTED: "submitted"}.get(
            stands.state, "blocked" if blocked else "ready"
        )
        holder = agencies[stands.holder or row.original_holder_id].code
        steps.append(Step(row.key, row.duty, holder, stands.due_on, state, blocked))
    return sorted(steps, key=lambda step: order[step.duty])


def open_ready(session: Session, loaded: LoadedPlan, calendar: WorkingCalendar, on: date, now: datetime) -> int:
    """Tell those who waited and wait no more; work already told is left alone. How many were told."""
    return release(session, loaded, set(chain_duties(loaded.plan)), calendar, on, now)
