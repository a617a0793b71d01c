"""What the schedule (lịch chạy) owes at a moment: for the clock of one machine and for runs that Prefect starts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from htx_workflow.domain import schedule as rules
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.schedule import Moment, Owed, PastRun, Schedule
from htx_workflow.services.jobs import Tools
from htx_workflow.store import hooks, outbox
from htx_workflow.store import plans as plan_store
from htx_workflow.store import reminders as ledger
from htx_workflow.store import runs as run_store

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")


def list_owed(tools: Tools, schedule: Schedule, now: datetime) -> list[Owed]:
    """The runs owed now, in the order of the schedule."""
    moment, past = _read(tools, now)
    return rules.owed(schedule, moment, past)


def is_owed(tools: Tools, schedule: Schedule, job: str, plan: str, now: datetime) -> bool:
    """Whether a run that another scheduler has just started is owed: a day off, an empty outbox and a job of the day
    that is done, goes on or must wait after a failure owe none.

    How often a repeated job comes is the other scheduler's affair: its starts are never a minute apart to the second.
    """
    moment, past = _read(tools, now)
    daily = {line.job for line in schedule.jobs if line.at}
    owed = rules.owed(schedule, moment, [run for run in past if run.job in daily])
    return any((run.job, run.plan) == (job, plan) for run in owed)


def _read(tools: Tools, now: datetime) -> tuple[Moment, list[PastRun]]:
    local = now.astimezone(LOCAL)
    with tools.database.reading() as session:
        past = [
            PastRun(
                row.job,
                row.plan_code,
                row.started_at.astimezone(LOCAL),
                row.finished_at.astimezone(LOCAL) if row.finished_at else None,
                row.outcome,
            )
            for row in run_store.list_runs_of_day(session, local.date())
        ]
        delivered = max((run.started_at for run in past if run.job == "deliver_outbox"), default=None)
        moment = Moment(
            now=local,
            working=_works(tools.calendars, local.date()),
            plans=tuple(loaded.plan.code for loaded in plan_store.list_plans(session)),
            outbox=outbox.any_waiting(session, now)
            or ledger.any_to_compose(session, local.date(), delivered)
            or hooks.any_waiting(session, now),
            bounces=tools.bounce_box is not None,
        )
    return moment, past


def _works(calendars: Mapping[str, WorkingCalendar], day: date) -> bool:
    calendar = calendars["vn"] if "vn" in calendars else next(iter(calendars.values()), WorkingCalendar.weekends_only())
    return calendar.soft_previous_working(day)[0] == day
