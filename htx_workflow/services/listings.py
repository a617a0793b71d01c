"""What programs read in pages (danh sách cho chương trình), with the rights of the agency they act for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import NotFound
from htx_workflow.domain.plan import Kind
from htx_workflow.domain.verdicts import Conclusion
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import outcomes, statuses
from htx_workflow.services.statuses import Counts, Status
from htx_workflow.store import listings as store
from htx_workflow.store import plans as plan_store
from htx_workflow.store.database import Session
from htx_workflow.store.listings import ListedRow, Seen, Wanted
from htx_workflow.store.plans import LoadedPlan

Calendars = Callable[[str], WorkingCalendar]
TIMELINESS = (
    "not_due", "near_due", "overdue", "done_on_time", "done_late", "no_deadline", "expected", "awaiting_date",
)  # fmt: skip
KEYS = (
    "key", "duty", "agency", "period", "kind", "opens_on", "due_on", "original_due_on", "state", "timeliness", "basis",
    "outcome",
)  # fmt: skip
"""Of an occurrence, as the command line promises them; `outcome` only where the scores say it."""


def seen_by(visitor: Visitor) -> Seen:
    """What a visitor may see of the work."""
    return Seen(visitor.agency_id, visitor.follows if visitor.strong else ())


def get_plan(session: Session, code: str, visitor: Visitor) -> LoadedPlan:
    """A plan in which the visitor has something to see. Raises NotFound for any other."""
    loaded = plan_store.find_plan(session, code)
    if loaded is None or not store.sees_any(session, seen_by(visitor), plan_id=loaded.id):
        raise NotFound(f"Không có kế hoạch {code} trong phần việc của cơ quan.")
    return loaded


def plan_of(session: Session, plan_id: int) -> LoadedPlan:
    """The plan of a piece of work that the visitor may see."""
    return plan_store.get_loaded(session, plan_id)


def list_occurrences(
    session: Session,
    visitor: Visitor,
    wanted: Wanted,
    plan: str,
    calendars: Calendars,
    today: date,
    after: int,
    limit: int,
) -> tuple[list[dict[str, object]], int | None]:
    """Occurrences as the command line promises them, and the number after which the list goes on."""
    if plan:
        wanted = replace(wanted, plan_id=get_plan(session, plan, visitor).id)
    seen = seen_by(visitor)
    if wanted.agency and not store.sees_any(session, seen, agency=wanted.agency):
        raise NotFound(f"Không có cơ quan {wanted.agency} trong phần việc của cơ quan.")
    lines = Lines(session, calendars, today)
    found: list[dict[str, object]] = []
    while True:
        rows = store.list_occurrences(session, seen, wanted, today, after, limit + 1)
        for row, line in lines.made(rows[:limit]):
            if wanted.timeliness in ("", line["timeliness"]):
                if len(found) == limit:
                    return found, after
                found.append(line)
            after = row.id
        if len(rows) <= limit:
            return found, None
        if len(found) == limit:
            return found, after


class Lines:
    """Makes rows into lines; what the scores say of outcomes is read for all rows of a plan at once."""

    def __init__(self, session: Session, calendars: Calendars, today: date) -> None:
        self._session, self._today = session, today
        self._loaded = {one.id: one for one in plan_store.list_plans(session)}
        self._calendars = {number: calendars(one.plan.calendar) for number, one in self._loaded.items()}

    def made(self, rows: Sequence[ListedRow]) -> Iterator[tuple[ListedRow, dict[str, object]]]:
        """Each row with its line."""
        read = {
            number: outcomes.of(
                self._session, loaded, {row.agency_id for row in rows if _is_outcome(row, number)}, self._today
            )
            for number, loaded in self._loaded.items()
            if any(_is_outcome(row, number) for row in rows)
        }
        for row in rows:
            said = read[row.plan_id].get(row.agency_id) if row.kind is Kind.OUTCOME else None
            yield (
                row,
                statuses.occurrence_json(
                    row.key, row.duty, row.agency, row.period, row.kind, row.opens_on, row.standing, self._today,
                    self._calendars[row.plan_id], said,
                ),
            )  # fmt: skip


def _is_outcome(row: ListedRow, plan_id: int) -> bool:
    return row.kind is Kind.OUTCOME and row.plan_id == plan_id


def outcome_of(session: Session, kind: Kind, plan_id: int, holder_id: int, today: date) -> Conclusion | None:
    """What the scores say of one occurrence that nobody reports."""
    if kind is not Kind.OUTCOME:
        return None
    return outcomes.of(session, plan_of(session, plan_id), {holder_id}, today).get(holder_id)


def status(session: Session, code: str, visitor: Visitor, day: date) -> Status:
    """The matrix of a plan: whole for who follows it, else of the visitor's own agency."""
    loaded = get_plan(session, code, visitor)
    found = statuses.status(session, code, day)
    if visitor.strong and loaded.id in visitor.follows:
        return found
    own = found.by_agency.get(visitor.agency, Counts())
    agencies = {number: agency for number, agency in found.agencies.items() if number == visitor.agency}
    return Status(day, own, {visitor.agency: own} if agencies else {}, agencies)
