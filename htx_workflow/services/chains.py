"""The end-of-scheme chain (chuỗi tổng kết): everything tied by `after` in the plan's last year, in its order.

A step is ready when what it needs is accepted, or when it was opened by decision; what blocks the others is named. From
its own day on a blocked step may be sent all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from htx_workflow.domain import critical_paths, standing
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.critical_paths import Knot
from htx_workflow.domain.plan import Plan
from htx_workflow.services.releases import release
from htx_workflow.services.waits import Waits
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import gates
from htx_workflow.store import occurrences as store
from htx_workflow.store.agencies import AgencyRow
from htx_workflow.store.database import Session
from htx_workflow.store.plans import LoadedPlan


@dataclass(frozen=True, slots=True)
class Step:
    """One occurrence of the chain. States: done, submitted, ready, blocked.

    `blocked_by` of a step that is ready names the gap with which it was opened by decision.
    """

    key: str
    duty: str
    agency: str
    due_on: date | None
    state: str
    blocked_by: tuple[str, ...]
    title: str = ""
    agency_name: str = ""
    """Short name of its holder; empty while nobody holds it."""
    waits_on: str = ""
    """Code of whom it waits for now: its holder, or whoever checks what was sent."""
    waits_on_name: str = ""
    number: int = 0
    """The store's number of the occurrence."""
    needs: tuple[int, ...] = ()
    """Numbers of the unfinished steps directly before it."""


@dataclass(frozen=True, slots=True)
class CriticalPath:
    """How far the final report is.

    `steps`: the longest chain of unfinished steps, from what can be done now to the final report.
    `first`: all that can be done now and on which it depends, by day; who owes the first of these blocks it first.
    """

    target: str
    """Key of the final report; empty when the plan has none in its last year."""
    steps: tuple[Step, ...]
    first: tuple[Step, ...]

    @property
    def blocker(self) -> Step | None:
        """What blocks the final report first; None when it waits for nobody but its own holder, or is done."""
        return next((step for step in self.first if step.key != self.target), None)


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


def final_duty(plan: Plan) -> str | None:
    """Id of the duty to which the chain leads: the plan's final report, else the chain's last."""
    return plan.final_report or next(reversed(chain_duties(plan)), None)


def list_steps(session: Session, loaded: LoadedPlan, on: date) -> list[Step]:
    """The chain of the plan's last year as it stands now, in its order."""
    order = {duty: number for number, duty in enumerate(chain_duties(loaded.plan))}
    last = str(loaded.plan.ends_on.year) if loaded.plan.ends_on else None
    agencies = agency_store.list_agencies(session, on)
    waits = Waits(session, loaded, on, agencies)
    checked_by = {duty.id: duty.verify for duty in loaded.plan.duties}
    lead = next((agency for agency in agencies.values() if agency.code == loaded.plan.lead), None)
    ended = (standing.WAIVED, standing.SPLIT, standing.HANDED_BACK)
    rows = [
        row
        for row in store.list_rows(session, loaded.id)
        if row.duty in order and (last is None or row.period == last) and not row.historical
        if row.standing.state not in ended
    ]
    opened = gates.opened_early(session, [row.id for row in rows])
    steps = []
    for row in rows:
        checker = agencies.get(row.receiver_id or 0) if checked_by[row.duty] == "receiver" else lead
        steps.append(_step(row, waits, agencies, checker or lead, lead, opened=row.id in opened))
    return sorted(steps, key=lambda step: order[step.duty])


def _step(
    row: store.Row,
    waits: Waits,
    agencies: Mapping[int, AgencyRow],
    checker: AgencyRow | None,
    lead: AgencyRow | None,
    *,
    opened: bool,
) -> Step:
    """`checker`: who looks at what was sent; `lead`: who decides about work without a holder."""
    stands = row.standing
    blocked: tuple[str, ...] = ()
    if stands.state == standing.OPEN:
        blocked = waits.of(row.duty, row.period, stands.holder, row.title)
    state = {standing.DONE: "done", standing.SUBMITTED: "submitted"}.get(
        stands.state, "blocked" if blocked and not opened else "ready"
    )  # fmt: skip
    holder = agencies[stands.holder or row.original_holder_id]
    now = {standing.SUBMITTED: checker, standing.UNASSIGNED: lead, standing.DONE: None}.get(stands.state, holder)
    return Step(
        row.key,
        row.duty,
        holder.code,
        stands.due_on,
        state,
        blocked,
        row.title,
        holder.short_name if stands.holder else "",
        now.code if now else "",
        now.short_name if now else "",
        row.id,
        waits.before(row.duty, row.period, stands.holder) if state == "blocked" else (),
    )


def critical_path(session: Session, loaded: LoadedPlan, on: date) -> CriticalPath:
    """The longest way still to go to the final report, and who blocks it first."""
    return path_of(loaded.plan, list_steps(session, loaded, on))


def path_of(plan: Plan, steps: Sequence[Step]) -> CriticalPath:
    """The same of steps that were read already."""
    final = final_duty(plan)
    target = next((step for step in steps if step.duty == final and step.state != "done"), None)
    target = target or next((step for step in steps if step.duty == final), None)
    if target is None:
        return CriticalPath("", (), ())
    by_key = {step.key: step for step in steps}
    keys = {step.number: step.key for step in steps}
    path = critical_paths.to(
        target.key,
        [
            Knot(step.key, step.due_on, tuple(keys[number] for number in step.needs if number in keys))
            for step in steps
            if step.state != "done"
        ],
    )
    return CriticalPath(target.key, tuple(by_key[key] for key in path.steps), tuple(by_key[key] for key in path.first))


def open_ready(session: Session, loaded: LoadedPlan, calendar: WorkingCalendar, on: date, now: datetime) -> int:
    """Tell those who waited and wait no more; work already told is left alone. How many were told."""
    return release(session, loaded, set(chain_duties(loaded.plan)), calendar, on, now)
