"""Jobs (công việc chạy theo lịch): plain async functions that know no Prefect.

A job takes `call`, which runs one step: a flow passes one that makes each step a Prefect task, everybody else
`plainly`. Steps stand at the joints where a failure matters. What a job did is its `Outcome`; names, tags and
artifacts are made of that elsewhere. Every job may run twice, late, or never without harm.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import date

from htx_workflow.domain.errors import HtxError, NotFound
from htx_workflow.services import chains, composing, delivery, hook_delivery, plans, rounds, statuses, ticks
from htx_workflow.services.bounce_jobs import read_bounces
from htx_workflow.services.delivery import Delivered
from htx_workflow.services.evaluation_jobs import annual_evaluation, consolidate_scheme
from htx_workflow.services.hook_delivery import Told
from htx_workflow.services.job_tools import Call as Call
from htx_workflow.services.job_tools import Outcome as Outcome
from htx_workflow.services.job_tools import Table as Table
from htx_workflow.services.job_tools import Tools as Tools
from htx_workflow.services.job_tools import plainly as plainly
from htx_workflow.store import hooks as hook_store
from htx_workflow.store import outbox
from htx_workflow.store import plans as plan_store


async def nightly_tick(tools: Tools, call: Call, plan: str, on: date) -> Outcome:
    """Decide the rungs of one plan that have come by this day, and list who is late."""
    ticked: ticks.Ticked = await call(decide_rungs, tools, plan, on)
    late: Table = await call(list_late, tools, plan, on)
    counts = {
        "rungs": ticked.rungs,
        "queued": ticked.queued,
        "superseded": ticked.superseded,
        "skipped": ticked.skipped,
        "late": len(late.rows),
    }
    alarms = [f"Không quyết định được mức nhắc của {line}" for line in ticked.broken]
    return Outcome(counts, alarms, [late])


def decide_rungs(tools: Tools, plan: str, on: date) -> ticks.Ticked:
    """One step of the nightly tick."""
    return ticks.tick(tools.database, tools.calendars, on, tools.clock(), plan)


def list_late(tools: Tools, plan: str, on: date) -> Table:
    """Overdue work of a plan: occurrence, holder, deadline, working days over."""
    with tools.database.reading() as session:
        calendar = tools.calendars[plans.get_plan(session, plan).plan.calendar]
        rows: list[Mapping[str, str | int]] = [
            {"occurrence": row.key, "agency": row.agency, "due": row.due_on.isoformat(), "working_days_over": row.over}
            for row in statuses.list_overdue(session, plan, on, calendar)
        ]
    return Table("late", "Việc quá hạn", tuple(rows))


async def deliver_outbox(tools: Tools, call: Call, plan: str, on: date) -> Outcome:
    """Compose what is due today over all plans, then send what waits. `plan` is empty."""
    composed: composing.Composed = await call(compose_mails, tools)
    delivered: Delivered = await call(send_mails, tools)
    told: Told = await call(tell_others, tools)
    sent: Table = await call(list_sent, tools, on)
    counts = {
        "digests": composed.digests,
        "drafts": composed.drafts,
        "sent": delivered.sent,
        "retry": delivered.retry,
        "failed": delivered.failed,
        "doubtful": delivered.doubtful,
        "cancelled": delivered.cancelled,
    }
    if told != Told():
        counts |= {"told": told.sent, "told_later": told.retry, "told_failed": told.failed}
    stuck = (
        [f"{composed.stuck} mức nhắc đã thôi gửi: máy chủ thư không nhận nhiều ngày liền."] if composed.stuck else []
    )
    return Outcome(counts, [*composed.unreachable, *stuck, *delivered.problems, *told.problems], [sent])


def compose_mails(tools: Tools) -> composing.Composed:
    """One step of the delivery."""
    return composing.compose(tools.database, tools.calendars, tools.style, tools.clock())


async def send_mails(tools: Tools) -> Delivered:
    """One step of the delivery: an empty outbox opens no connection."""
    with tools.database.reading() as session:
        if not outbox.any_waiting(session, tools.clock()):
            return Delivered()
    async with tools.mailer() as mailer:
        return await delivery.deliver(tools.database, mailer, tools.sender, tools.clock, connections=tools.connections)


async def tell_others(tools: Tools) -> Told:
    """One step of the delivery: notices to other systems; nothing is opened while there are none."""
    with tools.database.reading() as session:
        if tools.poster is None or not hook_store.any_waiting(session, tools.clock()):
            return Told()
    async with tools.poster() as poster:
        return await hook_delivery.deliver(tools.database, poster, tools.sender.signing_key, tools.clock)


def list_sent(tools: Tools, on: date) -> Table:
    """Mails of a day by state, kind and contact code."""
    with tools.database.reading() as session:
        rows = outbox.count_of_day(session, on)
    shown = tuple({"kind": row.kind, "state": row.state, "mails": row.mails} for row in rows)
    return Table("mail", f"Thư ngày {on:%d/%m/%Y}", shown)


async def collect_annual_reports(tools: Tools, call: Call, plan: str, on: date) -> Outcome:
    """Where the reporting rounds of a plan stand on this day: who has sent, who is missing; the lead agency is told."""
    states: list[rounds.RoundState] = await call(measure_rounds, tools, plan, on)
    told: int = await call(tell_lead, tools, plan, on, states)
    levels = [level for state in states for level in state.levels]
    rows: tuple[Mapping[str, str | int], ...] = tuple(
        {
            "round": f"{level.round}/{level.period}",
            "duty": level.duty,
            "owed": level.owed,
            "sent": level.sent,
            "accepted": level.accepted,
            "in_time": level.in_time,
            "missing": ", ".join(level.missing) or "-",
        }
        for level in levels
    )
    counts = {
        "rounds": len(states),
        "owed": sum(level.owed for level in levels),
        "sent": sum(level.sent for level in levels),
        "accepted": sum(level.accepted for level in levels),
        "told": told,
    }
    return Outcome(counts, [], [Table("completeness", "Tình hình gửi báo cáo", rows)])


def measure_rounds(tools: Tools, plan: str, on: date) -> list[rounds.RoundState]:
    """Rounds that are open on this day, or closed within the last month."""
    with tools.database.reading() as session:
        loaded = plans.get_plan(session, plan)
        return rounds.list_current(session, loaded, on)


def tell_lead(tools: Tools, plan: str, on: date, states: list[rounds.RoundState]) -> int:
    """Queue the lead agency's mail about rounds that opened, passed a deadline or are complete; once each."""
    with tools.database.transaction("round-mail") as session:
        loaded = plans.get_plan(session, plan)
        calendar = tools.calendars[loaded.plan.calendar]
        return rounds.tell_lead(session, loaded, states, on, tools.clock(), tools.style, calendar)


async def final_assessment(tools: Tools, call: Call, plan: str, on: date) -> Outcome:
    """The end-of-scheme chain in its order: what is ready is opened, what blocks is named, the final report first."""
    opened: int = await call(open_ready, tools, plan, on)
    steps, path = await call(list_chain, tools, plan, on)
    places = {step.key: number for number, step in enumerate(path.steps, 1)}
    rows: tuple[Mapping[str, str | int], ...] = tuple(
        {
            "occurrence": step.key,
            "agency": step.agency,
            "state": step.state,
            "blocked_by": "; ".join(step.blocked_by),
            "waits_on": step.waits_on or "-",
            "critical": places.get(step.key, 0),
        }
        for step in steps
    )
    counts = {
        "steps": len(steps),
        "done": sum(step.state == "done" for step in steps),
        "ready": sum(step.state == "ready" for step in steps),
        "blocked": sum(step.state == "blocked" for step in steps),
        "opened": opened,
        "to_final_report": len(path.steps),
    }
    return Outcome(counts, [], [Table("chain", "Chuỗi tổng kết", rows)])


def open_ready(tools: Tools, plan: str, on: date) -> int:
    """Tell those whose predecessors are all accepted; how many."""
    with tools.database.transaction("open-ready") as session:
        loaded = plans.get_plan(session, plan)
        return chains.open_ready(session, loaded, tools.calendars[loaded.plan.calendar], on, tools.clock())


def list_chain(tools: Tools, plan: str, on: date) -> tuple[list[chains.Step], chains.CriticalPath]:
    """Every step of the chain with its state and what blocks it, and the longest way to the final report."""
    with tools.database.reading() as session:
        loaded = plans.get_plan(session, plan)
        steps = chains.list_steps(session, loaded, on)
        return steps, chains.path_of(loaded.plan, steps)


Job = Callable[[Tools, Call, str, date], Awaitable[Outcome]]
JOBS: dict[str, Job] = {
    "nightly_tick": nightly_tick,
    "deliver_outbox": deliver_outbox,
    "collect_annual_reports": collect_annual_reports,
    "annual_evaluation": annual_evaluation,
    "final_assessment": final_assessment,
    "consolidate_scheme": consolidate_scheme,
    "read_bounces": read_bounces,
}
WITHOUT_PLAN = ("deliver_outbox", "read_bounces")
TITLES = {
    "nightly_tick": "lượt nhắc hằng ngày",
    "deliver_outbox": "lượt gửi thư",
    "collect_annual_reports": "lượt theo dõi báo cáo năm",
    "annual_evaluation": "lượt đánh giá năm",
    "final_assessment": "lượt theo dõi chuỗi tổng kết",
    "consolidate_scheme": "lượt lập bản tổng hợp",
    "read_bounces": "lượt đọc thư trả lại",
}
"""How people call a job."""


def named(job: str, plan: str) -> str:
    """lượt nhắc hằng ngày của kontum-3819."""
    title = TITLES.get(job, job)
    return f"{title} của {plan}" if plan else title


def command_for(job: str, plan: str) -> str:
    """What to type to run it now."""
    return f"htx run {job} --plan {plan}" if plan else f"htx run {job}"


def get_job(name: str) -> Job:
    """A job by its name. Raises NotFound listing those there are."""
    if name not in JOBS:
        raise NotFound(f"Không có công việc {name}. Các công việc: {', '.join(JOBS)}.")
    return JOBS[name]


def list_plan_codes(tools: Tools) -> list[str]:
    """Codes of the loaded plans, in order of loading."""
    with tools.database.reading() as session:
        return [loaded.plan.code for loaded in plan_store.list_plans(session)]


def sentence(error: BaseException) -> str:
    """What the record of a failed run says."""
    return str(error) if isinstance(error, HtxError) else f"{type(error).__name__}: {error}"
