"""Work that a verdict opens (mở theo kết luận): once for each holder, when the model of one of its cooperatives is complete.

Complete is what the level that decides concludes in the plan's last year, after the holder's own report of that year was
accepted. No verdict, no opening, however much was sent.
"""

from __future__ import annotations

from collections.abc import Iterator

from htx_workflow.domain import standing, words
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.plan import Duty, Kind, Plan
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.domain.verdicts import Conclusion
from htx_workflow.services import openings, outcomes, results
from htx_workflow.services.reports import When
from htx_workflow.services.results import UnitResult
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import occurrences as store
from htx_workflow.store import plans as plan_store
from htx_workflow.store.agencies import AgencyRow
from htx_workflow.store.database import Session
from htx_workflow.store.plans import LoadedPlan


def conditional(plan: Plan) -> list[Duty]:
    """The duties that a verdict opens; none in a plan that scores nobody."""
    return [duty for duty in plan.duties if duty.kind is Kind.CONDITIONAL] if plan.scoring is not None else []


def open_by_verdict(
    session: Session, loaded: LoadedPlan, rubric: Rubric, calendar: WorkingCalendar, when: When
) -> list[str]:
    """Open the conditional duties whose condition has come; the keys that are new, each with its reason recorded."""
    duties = conditional(loaded.plan)
    if not duties:
        return []
    agencies = agency_store.list_agencies(session, when.today)
    period = outcomes.last_period(loaded.plan, when.today)
    ready = [
        (duty, holder)
        for duty in duties
        for holder in _ready(session, loaded, duty, period, agencies)
        if not _opened_before(session, loaded, duty, holder)
    ]
    passed = _passed(session, loaded, rubric, agencies, period) if ready else []
    opened = []
    for duty, holder in ready:
        complete = [row for row in passed if row.unit.parent_id == holder.id]
        if complete:
            made = openings.open_one(
                session, loaded, duty, holder.code, when.today, calendar, when, None, None, _why(complete, period)
            )
            opened.append(made.key)
    return opened


def _passed(
    session: Session, loaded: LoadedPlan, rubric: Rubric, agencies: dict[int, AgencyRow], period: str
) -> list[UnitResult]:
    wanted = results.asked(loaded, rubric, period)
    units = results.units_of(loaded, agencies)
    found = results.iterate(session, wanted, units)
    return [row for row in found if row.outcome.decisive.conclusion is Conclusion.PASSED]


def _ready(
    session: Session, loaded: LoadedPlan, duty: Duty, period: str, agencies: dict[int, AgencyRow]
) -> Iterator[AgencyRow]:
    """Holders whose own work before it, of this year, is accepted."""
    needs = [need.duty for need in duty.after if need.duty is not None and need.match == "own"]
    members = set(loaded.plan.members(duty.holders))
    done: dict[int, set[str]] = {}
    for row in store.list_rows(session, loaded.id):
        if row.duty in needs and row.period == period and row.standing.state == standing.DONE:
            done.setdefault(row.standing.holder or row.original_holder_id, set()).add(row.duty)
    for agency in agencies.values():
        if agency.code in members and not agency.ended and done.get(agency.id, set()) >= set(needs):
            yield agency


def _opened_before(session: Session, loaded: LoadedPlan, duty: Duty, holder: AgencyRow) -> bool:
    number = plan_store.duty_ids(session, loaded.id)[duty.id]
    return store.last_request(session, loaded.id, number, holder.id) > 0


def _why(complete: list[UnitResult], period: str) -> str:
    """Mô hình của HTX A được kết luận đã hoàn thiện: Đạt vì … (đánh giá năm 2025)."""
    names = words.joined([row.unit.short_name for row in complete])
    first = complete[0].outcome.decisive
    return f"Mô hình của {names} được kết luận đã hoàn thiện năm {period} theo {first.level.points_word}: {first.why}"
