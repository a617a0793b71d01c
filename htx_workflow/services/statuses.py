"""Status (tình hình): the official four-way matrix and both rates, as known at the end of any past day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from htx_workflow.domain import occurrences, standing
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.plan import Kind, Plan
from htx_workflow.domain.standing import Standing
from htx_workflow.domain.verdicts import Conclusion
from htx_workflow.services import outcomes, plans
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import occurrences as store
from htx_workflow.store.agencies import AgencyRow
from htx_workflow.store.database import Session
from htx_workflow.store.plans import LoadedPlan

BOXES = ("done_on_time", "done_late", "open_in_time", "open_overdue", "no_deadline", "expected", "historical")


@dataclass
class Counts:
    """The boxes of one agency, or of all; `original` holds the same judged on original deadlines."""

    boxes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(BOXES, 0))
    original: dict[str, int] = field(default_factory=lambda: dict.fromkeys(BOXES, 0))

    def add(self, box: str | None, original: str | None) -> None:
        if box is not None:
            self.boxes[box] += 1
        if original is not None:
            self.original[original] += 1

    def as_json(self) -> dict[str, int | float | None]:
        """The promised keys: the boxes and the two rates (null when nothing has come due)."""
        return {**self.boxes, "rate_on_time": rate(self.boxes), "rate_on_time_original": rate(self.original)}


def rate(boxes: dict[str, int]) -> float | None:
    """done_on_time / (done_on_time + done_late + open_overdue)."""
    due = boxes["done_on_time"] + boxes["done_late"] + boxes["open_overdue"]
    return boxes["done_on_time"] / due if due else None


@dataclass
class Status:
    """The matrix of a plan on one day; agencies in the order of the plan."""

    day: date
    total: Counts = field(default_factory=Counts)
    by_agency: dict[str, Counts] = field(default_factory=dict)
    agencies: dict[str, AgencyRow] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=dict)
    """Outcomes by what the scores of now say: no box counts them."""


def status(session: Session, code: str, day: date) -> Status:
    """What was known of the plan at the end of this day, judged on the days things happened."""
    loaded = plans.get_plan(session, code)
    found, read = boxes(session, loaded, agency_store.list_agencies(session, day), day)
    for conclusion in outcomes.of(session, loaded, read, day).values():
        found.outcomes[conclusion.value] = found.outcomes.get(conclusion.value, 0) + 1
    return found


def boxes(
    session: Session, loaded: LoadedPlan, agencies: Mapping[int, AgencyRow], day: date
) -> tuple[Status, set[int]]:
    """The matrix alone, and the numbers of those who owe an outcome, which no box counts."""
    known = store.standings_known_on(session, loaded.id, day)
    outcome = Status(day)
    read: set[int] = set()
    for row in sorted(store.list_rows(session, loaded.id), key=lambda row: agencies[row.original_holder_id].sort):
        stands = known.get(row.id)
        if stands is None:
            continue
        agency = agencies[stands.holder or row.original_holder_id]
        box = standing.box(row.kind, stands, day, historical=row.historical)
        original = standing.box(row.kind, stands, day, historical=row.historical, original=True)
        outcome.total.add(box, original)
        outcome.by_agency.setdefault(agency.code, Counts()).add(box, original)
        outcome.agencies[agency.code] = agency
        if row.kind is Kind.OUTCOME:
            read.add(agency.id)
    return outcome, read


def list_occurrences(
    session: Session, code: str, day: date, calendar: WorkingCalendar, first: date | None, last: date | None
) -> list[dict[str, object]]:
    """Occurrences as the command line promises them, with how they stand today."""
    loaded = plans.get_plan(session, code)
    agencies = agency_store.list_agencies(session, day)
    rows = [row for row in store.list_rows(session, loaded.id) if inside(row.standing.due_on, first, last)]
    read = outcomes.of(session, loaded, {_holder(row) for row in rows if row.kind is Kind.OUTCOME}, day)
    return [
        occurrence_json(
            row.key, row.duty, agencies[_holder(row)].code, row.period, row.kind, row.opens_on, row.standing, day,
            calendar, read.get(_holder(row)) if row.kind is Kind.OUTCOME else None,
        )
        for row in rows
    ]  # fmt: skip


def _holder(row: store.Row) -> int:
    return row.standing.holder or row.original_holder_id


def inside(due_on: date | None, first: date | None, last: date | None) -> bool:
    """Whether a day lies in the range asked for; what has no day always does."""
    if due_on is None:
        return True
    return (first is None or first <= due_on) and (last is None or due_on <= last)


def occurrence_json(
    key: str,
    duty: str,
    agency: str,
    period: str,
    kind: Kind,
    opens_on: date,
    stands: Standing,
    day: date,
    calendar: WorkingCalendar,
    outcome: Conclusion | None = None,
) -> dict[str, object]:
    """One occurrence with the promised keys. `outcome`: what the scores say of one that nobody reports."""
    return {
        "key": key,
        "duty": duty,
        "agency": agency,
        "period": period,
        "kind": kind.value,
        "opens_on": opens_on,
        "due_on": stands.due_on,
        "original_due_on": stands.original_due_on,
        "state": stands.state,
        "timeliness": standing.timeliness(kind, stands, day, calendar),
        "basis": stands.basis.value if stands.basis else None,
        "outcome": outcome.value if outcome else None,
    }


def expanded(
    plan: Plan, calendar: WorkingCalendar, day: date, first: date | None, last: date | None
) -> list[dict[str, object]]:
    """The same list by pure expansion, without a database: everything still open, nothing scored."""
    return [
        occurrence_json(
            occurrence.key,
            occurrence.duty,
            occurrence.agency,
            occurrence.period,
            occurrence.kind,
            occurrence.opens_on,
            Standing(standing.OPEN, None, occurrence.basis, occurrence.due_on, 1, occurrence.original_due_on),
            day,
            calendar,
            Conclusion.UNFOUNDED if occurrence.kind is Kind.OUTCOME and plan.scoring else None,
        )
        for occurrence in occurrences.expand(plan, calendar)
        if inside(occurrence.due_on, first, last)
    ]


@dataclass(frozen=True, slots=True)
class Overdue:
    """Work whose deadline has passed with nothing sent; `over` counts working days."""

    key: str
    agency: str
    due_on: date
    over: int


def list_overdue(session: Session, code: str, day: date, calendar: WorkingCalendar) -> list[Overdue]:
    """Overdue work of a plan as known at the end of this day, longest overdue first."""
    loaded = plans.get_plan(session, code)
    agencies = agency_store.list_agencies(session, day)
    known = store.standings_known_on(session, loaded.id, day)
    found = []
    for row in store.list_rows(session, loaded.id):
        stands = known.get(row.id)
        if stands is None or stands.due_on is None:
            continue
        if standing.box(row.kind, stands, day, historical=row.historical) == "open_overdue":
            agency = agencies[stands.holder or row.original_holder_id].code
            found.append(Overdue(row.key, agency, stands.due_on, calendar.soft_count(stands.due_on, day)[0]))
    return sorted(found, key=lambda late: (late.due_on, late.key))
