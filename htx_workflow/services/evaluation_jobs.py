"""The two jobs of scoring (đánh giá năm, tổng hợp): their steps stand at the joints where a failure matters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from htx_workflow.domain.rubrics import Rubric
from htx_workflow.services import evaluations, plans, scheme_consolidations, verdict_openings, yearly_rounds
from htx_workflow.services.directory import Directory
from htx_workflow.services.evaluations import Told
from htx_workflow.services.job_tools import Call, Outcome, Table, Tools
from htx_workflow.services.reports import When
from htx_workflow.services.scheme_consolidations import SYSTEM, Kept
from htx_workflow.services.yearly_rounds import YearRound
from htx_workflow.store.plans import LoadedPlan


async def annual_evaluation(tools: Tools, call: Call, plan: str, on: date) -> Outcome:
    """Where the yearly rounds of a plan stand; levels, cooperatives and the lead officer are told once what concerns them."""
    states: list[YearRound] = await call(measure_evaluation, tools, plan, on)
    levels: int = await call(tell_levels, tools, plan, on, states)
    trial: int = await call(tell_trial, tools, plan, on)
    results: Told = await call(send_results, tools, plan, on, states)
    opened: list[str] = await call(open_by_verdict, tools, plan, on)
    shown: Table = await call(list_levels, tools, on, states)
    below = [state.levels[0] for state in states]
    counts = {
        "rounds": len(states),
        "owed": sum(level.owed for level in below),
        "sent": sum(level.sent for level in below),
        "accepted": sum(level.accepted for level in below),
        "in_time": sum(level.in_time for level in below),
        "settled": sum(len(state.settled) for state in states),
        "told": levels + trial,
        "results": results.queued,
        "without_contact": results.without_contact,
        "opened": len(opened),
    }
    return Outcome(counts, [], [shown])


def measure_evaluation(tools: Tools, plan: str, on: date) -> list[YearRound]:
    """The yearly rounds that are open on this day, or closed not long ago, level by level."""
    with tools.database.reading() as session:
        return yearly_rounds.list_current(session, plans.get_plan(session, plan), on)


def tell_levels(tools: Tools, plan: str, on: date, states: list[YearRound]) -> int:
    """Tell whoever checks next that it can begin."""
    if not states:
        return 0
    with tools.database.transaction("level-mail") as session:
        loaded = plans.get_plan(session, plan)
        calendar = tools.calendars[loaded.plan.calendar]
        return evaluations.tell_levels(session, loaded, states, calendar, tools.style, _when(tools, on))


def tell_trial(tools: Tools, plan: str, on: date) -> int:
    """Invite to the trial score before its milestone, tell the gaps after it."""
    loaded = _plan(tools, plan)
    if not evaluations.trial_is_near(loaded, on):
        return 0
    with tools.database.transaction("trial-mail") as session:
        return evaluations.tell_trial(session, loaded, _rubric(tools, loaded), tools.style, _when(tools, on))


def send_results(tools: Tools, plan: str, on: date, states: list[YearRound]) -> Told:
    """Tell each cooperative whose year is settled."""
    loaded = _plan(tools, plan)
    return evaluations.send_results(
        tools.database, loaded, _rubric(tools, loaded), states, tools.style, _when(tools, on)
    ) if states else Told()  # fmt: skip


def open_by_verdict(tools: Tools, plan: str, on: date) -> list[str]:
    """Open the work whose condition a verdict has met."""
    loaded = _plan(tools, plan)
    if not verdict_openings.conditional(loaded.plan):
        return []
    with tools.database.transaction("open-by-verdict") as session:
        calendar = tools.calendars[loaded.plan.calendar]
        rubric = _rubric(tools, loaded)
        return verdict_openings.open_by_verdict(session, loaded, rubric, calendar, _when(tools, on))


def list_levels(tools: Tools, on: date, states: list[YearRound]) -> Table:
    """Each level of each round: owed, sent, accepted, in time, missing."""
    rows: tuple[Mapping[str, str | int], ...] = ()
    if states:
        with tools.database.reading() as session:
            rows = tuple(evaluations.table_rows(states, Directory(session, on)))
    return Table("levels", "Đánh giá năm theo cấp", rows)


async def consolidate_scheme(tools: Tools, call: Call, plan: str, on: date) -> Outcome:
    """Keep the consolidations that the course of the plan asks for, issue their documents, tell the lead officer."""
    kept: list[Kept] = await call(keep_snapshots, tools, plan, on)
    issued: int = await call(issue_documents, tools, plan, on)
    told: int = await call(tell_officer, tools, plan, on)
    shown: Table = await call(list_snapshots, tools, plan, on)
    counts = {"kept": len(kept), "issued": issued, "told": told}
    return Outcome(counts, [], [shown])


def keep_snapshots(tools: Tools, plan: str, on: date) -> list[Kept]:
    """Snapshots that this day asks for."""
    loaded = _plan(tools, plan)
    if loaded.plan.scoring is None:
        return []
    return scheme_consolidations.keep_due(tools.database, loaded, _rubric(tools, loaded), on, _when(tools, on))


def issue_documents(tools: Tools, plan: str, on: date) -> int:
    """Documents of the last snapshots that are not issued yet."""
    from htx_workflow.services import issuing  # with Word and Excel, which no other job and few commands need

    loaded = _plan(tools, plan)
    if loaded.plan.scoring is None:
        return 0
    return issuing.issue_due(
        tools.database, loaded, _rubric(tools, loaded), tools.word(), on, _when(tools, on),
        simulation=tools.style.simulation,
    )  # fmt: skip


def tell_officer(tools: Tools, plan: str, on: date) -> int:
    """Tell the lead officer of each of these snapshots once."""
    loaded = _plan(tools, plan)
    return scheme_consolidations.tell_officer(tools.database, loaded, tools.style, on, _when(tools, on))


def list_snapshots(tools: Tools, plan: str, on: date) -> Table:
    """Each year of scoring: which moments have come, and the number of its last snapshot."""
    with tools.database.reading() as session:
        loaded = plans.get_plan(session, plan)
        rows = tuple(scheme_consolidations.table_rows(session, loaded, on))
    return Table("snapshots", "Bản tổng hợp theo năm", rows)


def _plan(tools: Tools, plan: str) -> LoadedPlan:
    with tools.database.reading() as session:
        return plans.get_plan(session, plan)


def _rubric(tools: Tools, loaded: LoadedPlan) -> Rubric:
    assert loaded.plan.scoring is not None
    return tools.rubric(loaded.plan.scoring.rubric)


def _when(tools: Tools, on: date) -> When:
    return When(on, tools.clock(), SYSTEM)
