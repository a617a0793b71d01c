"""python -m tests.prefect_facts FOLDER: runs the flows in Prefect's test harness and prints what came of it as JSON.

In a process of its own: Prefect's settings must be in the environment before its import, and its harness starts a
server, which no other test of the same process should meet.
"""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from htx_workflow import runtime as runtimes
from htx_workflow.domain.errors import HtxError
from htx_workflow.gateways import plan_files
from htx_workflow.host import prefect_link, running
from htx_workflow.runtime import LOCAL, Clock, Runtime
from htx_workflow.services import jobs, plans
from htx_workflow.settings import Settings
from htx_workflow.store import outbox
from htx_workflow.store import runs as run_store
from tests.commands import HOME

CODE = "kontum-3819"
DAY = date(2025, 12, 15)
NOON = datetime(2025, 12, 15, 12, tzinfo=LOCAL)
"""Every job of the day is due, mail may leave."""


class Noon(Clock):
    """It is noon."""

    def now(self) -> datetime:
        return NOON


def main() -> None:
    folder = Path(sys.argv[1])
    prefect_link.prepare_environment(Settings(var_dir=folder))
    import prefect
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        runtime = Runtime(Settings(var_dir=folder, prefect_api_url=prefect.settings.PREFECT_API_URL.value()), Noon())
        load(runtime)
        print(json.dumps(asyncio.run(gather(runtime)), default=str))


def load(runtime: Runtime) -> None:
    """Plan 3819, followed from its first day."""
    path = HOME / "config" / "plans" / f"{CODE}.yaml"
    plan = plan_files.read_plan(path)
    with runtime.transaction("plan-load") as session:
        plans.load(
            session, plan, path.read_text("utf-8"), runtime.calendar(plan.calendar), on=plan.starts_on, today=DAY,
            now=NOON, by="system",
        )  # fmt: skip


async def gather(runtime: Runtime) -> dict[str, Any]:
    from flows import running as flow_running

    flow_running.RETRY_SECONDS = 0
    facts: dict[str, Any] = {"embedded": {}}
    for job in jobs.JOBS:
        plan = "" if job in jobs.WITHOUT_PLAN else CODE
        counts = await running.run_job(runtime, job, plan, DAY, with_prefect=True)
        facts["embedded"][job] = {"counts": counts, **await told_of(last_run(runtime))}
    facts["failed"] = await failing(runtime)
    facts["alarms"] = [alarms(runtime)]
    facts["failed on a worker"] = await on_a_worker(runtime, "nightly_tick", plan="khong-co")
    facts["alarms"].append(alarms(runtime))
    facts["dead"] = await after_a_death(runtime)
    facts["waiting outbox"] = await on_a_worker(runtime, "deliver_outbox", "auto-scheduled")
    facts["empty outbox"] = await on_a_worker(runtime, "deliver_outbox", "auto-scheduled")
    facts["done before"] = await on_a_worker(runtime, "nightly_tick", "auto-scheduled")
    facts["asked for by a person"] = await on_a_worker(runtime, "nightly_tick")
    facts["another is at it"] = await while_another_is_at_it(runtime)
    return facts


def last_run(runtime: Runtime) -> run_store.RunRow:
    with runtime.reading() as session:
        return run_store.list_runs(session, 1)[0]


async def told_of(row: run_store.RunRow) -> dict[str, Any]:
    """Our record of a run, and all that Prefect shows of it."""
    from prefect import get_client
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId, FlowRunFilter, FlowRunFilterId

    async with get_client() as client:
        run = await client.read_flow_run(UUID(row.prefect_id))
        mine = FlowRunFilter(id=FlowRunFilterId(any_=[run.id]))
        for _ in range(30):  # Prefect's server writes the states down a moment after the run
            tasks = await client.read_task_runs(flow_run_filter=mine)
            if all(task.state is not None and task.state.is_final() for task in tasks):
                break
            await asyncio.sleep(1)
        artifacts = await client.read_artifacts(
            artifact_filter=ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run.id]))
        )
    return {
        "record": {"job": row.job, "plan": row.plan_code, "day": row.day, "outcome": row.outcome, "error": row.error},
        "recorded counts": json.loads(row.counts),
        "name": run.name,
        "tags": sorted(run.tags),
        "state": run.state_name,
        "tasks": [
            [task.name, task.state_name, task.run_count]
            for task in sorted(tasks, key=lambda task: task.start_time or datetime.max.replace(tzinfo=LOCAL))
        ],
        "artifacts": [
            {"key": found.key, "type": found.type, "title": found.description, "data": found.data}
            for found in sorted(artifacts, key=lambda found: found.key or "")
            if found.key  # those without are how Prefect keeps the error of a failed run
        ],
    }


async def failing(runtime: Runtime) -> dict[str, Any]:
    """A tick of a plan that is not there: there is nothing to decide, and its second step fails each time."""
    try:
        await running.run_job(runtime, "nightly_tick", "khong-co", DAY, with_prefect=True)
    except HtxError as error:
        return {"raised": str(error), **await told_of(last_run(runtime))}
    raise AssertionError("it did not fail")


async def on_a_worker(runtime: Runtime, job: str, *tags: str, plan: str = CODE, on: date = DAY) -> dict[str, Any]:
    """Carry out a run of a deployment, as a worker does; how it ended."""
    from prefect import get_client
    from prefect.flow_engine import run_flow

    flow, number = await deployed(runtime, job)
    parameters = {} if job in jobs.WITHOUT_PLAN else {"plan": plan, "on": on}
    async with get_client() as client:
        run = await client.create_flow_run_from_deployment(number, parameters=parameters, tags=[job, *tags])
        runtimes.use(runtime)
        before = last_run(runtime).id
        raised = ""
        try:
            work: Any = run_flow(flow, flow_run=run, parameters=parameters)
            await work
        except HtxError as error:
            raised = str(error)
        ended = await client.read_flow_run(run.id)
    assert ended.state is not None
    return {
        "state": [ended.state.type.value, ended.state.name],
        "message": ended.state.message,
        "recorded": last_run(runtime).id - before,
        "raised": raised,
    }


async def deployed(runtime: Runtime, job: str) -> tuple[Any, Any]:
    """The flow of a job and the id of a deployment of it."""
    import importlib

    from prefect import get_client

    flow = getattr(importlib.import_module(f"flows.{job}"), job)
    async with get_client() as client:
        number = await client.create_deployment(await client.create_flow(flow), "thu")
    return flow, number


async def while_another_is_at_it(runtime: Runtime) -> dict[str, Any]:
    """A run of a deployment, while another process is at the same one."""
    day = DAY + timedelta(days=2)
    with runtime.transaction("run-open") as session:
        number = run_store.open_run(session, "nightly_tick", CODE, day, NOON, "")
    found = await on_a_worker(runtime, "nightly_tick", on=day)
    with runtime.transaction("run-closed") as session:
        run_store.close_run(session, number, NOON, "done", "{}", "")
    return found


async def after_a_death(runtime: Runtime) -> dict[str, Any]:
    """A run whose process died, after the next run that a worker carries out."""
    from prefect import get_client
    from prefect.states import Running

    flow, _ = await deployed(runtime, "final_assessment")
    async with get_client() as client:
        died = await client.create_flow_run(flow, parameters={"plan": CODE}, state=Running())
        with runtime.transaction("run-open") as session:
            run_store.open_run(session, "final_assessment", CODE, DAY, NOON - timedelta(minutes=5), str(died.id))
        row = last_run(runtime)
        await on_a_worker(runtime, "collect_annual_reports")
        state = (await client.read_flow_run(died.id)).state_name
    with runtime.reading() as session:
        outcome = next(found.outcome for found in run_store.list_runs(session, 10) if found.id == row.id)
    return {"outcome": outcome, "state": state}


def alarms(runtime: Runtime) -> int:
    """Mails to administrators about failed runs."""
    with runtime.reading() as session:
        return sum(row.mails for row in outbox.count_of_day(session, DAY) if row.kind == "alarm")


if __name__ == "__main__":
    main()
