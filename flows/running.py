"""What the flows share: steps become Prefect tasks, outcomes become artifacts, runs get names a person can read."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import date
from typing import Any

from prefect import task
from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run

from htx_workflow import runtime
from htx_workflow.services import runs
from htx_workflow.services.jobs import Outcome

RETRIES = 2
RETRY_SECONDS = 5
LOGGED_ROWS = 200


async def run_job(name: str, plan: str, on: date | None) -> dict[str, int]:
    """Run a job with its steps as tasks, record it, and leave its outcome as artifacts; its counts."""
    current = runtime.current()
    outcome = await runs.recorded(
        current.tools(), name, plan, on or current.clock.today(), as_task, str(flow_run.id or "")
    )
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
    await acreate_markdown_artifact(text, key=key, description=f"{name} {plan}".strip())
    for table in outcome.tables:
        if table.rows:
            rows = [dict(row) for row in table.rows[:LOGGED_ROWS]]
            await acreate_table_artifact(rows, key=f"{key}-{table.key}", description=table.title)
