"""What the flows share: steps become Prefect tasks, outcomes become artifacts, runs get names a person can read."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from datetime import date
from typing import Any

from prefect import task
from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed

from flows import upkeep
from htx_workflow import runtime
from htx_workflow.domain.errors import AlreadyRunning
from htx_workflow.runtime import Runtime
from htx_workflow.services import runs
from htx_workflow.services.jobs import Outcome

RETRIES = 2
RETRY_SECONDS = 5
LOGGED_ROWS = 200
Result = dict[str, int] | State[Any]
"""The counts of a run, or the state in which it ended without one."""


async def run_job(name: str, plan: str, on: date | None) -> Result:
    """Run a job with its steps as tasks, record it, and leave its outcome as artifacts; its counts.

    On a worker a run that is not owed, or that another process is at, is no failure: it ends as Skipped.
    """
    current = runtime.current()
    day = on or current.clock.today()
    if not upkeep.is_on_a_worker():
        return await _recorded(current, name, plan, day)
    await upkeep.close_dead(current)
    if not upkeep.is_owed(current, name, plan):
        return Completed(name="Skipped", message="lịch chạy không cần lượt này")
    try:
        return await _recorded(current, name, plan, day)
    except AlreadyRunning as error:
        return Completed(name="Skipped", message=str(error))
    finally:
        upkeep.scan(current)
        upkeep.tell(current)


async def _recorded(current: Runtime, name: str, plan: str, day: date) -> dict[str, int]:
    outcome = await runs.recorded(current.tools(), name, plan, day, as_task, str(flow_run.id or ""))
    await publish(name, plan, outcome)
    return outcome.counts


async def as_task(step: Callable[..., Any], /, *arguments: Any) -> Any:
    """Run one step as a Prefect task with retries.

    The arguments stay out of Prefect's sight: it would walk through every object they hold.
    """

    async def run() -> Any:
        result = step(*arguments)
        return await result if inspect.isawaitable(result) else result

    prefect_task = task(
        name=step.__name__,
        task_run_name=step.__name__,
        retries=RETRIES,
        retry_delay_seconds=RETRY_SECONDS,
        cache_policy=NO_CACHE,
        persist_result=False,
    )(run)
    return await prefect_task()


def run_name() -> str:
    """nightly_tick kontum-3819 2025-12-15: the job, the plan and the local day."""
    parameters = flow_run.parameters or {}
    day = parameters.get("on") or runtime.current().clock.today()
    parts = (flow_run.flow_name or "", parameters.get("plan", ""), str(day)[:10])
    return " ".join(part for part in parts if part)


async def publish(name: str, plan: str, outcome: Outcome) -> None:
    """Counts and alarms as Markdown, tables as tables; codes only, no names of people."""
    key = "-".join(part for part in (name.replace("_", "-"), plan.lower()) if part)
    lines = [f"| {count} | {number} |" for count, number in outcome.counts.items()]
    alarms = [f"- {alarm}" for alarm in outcome.alarms] or ["- không có"]
    text = "\n".join(["| Chỉ số | Số lượng |", "|---|---|", *lines, "", "**Cảnh báo**", "", *alarms])
    await asyncio.gather(
        acreate_markdown_artifact(text, key=key, description=f"{name} {plan}".strip()),
        *(
            acreate_table_artifact(
                [dict(row) for row in table.rows[:LOGGED_ROWS]], key=f"{key}-{table.key}", description=table.title
            )
            for table in outcome.tables
            if table.rows
        ),
    )
