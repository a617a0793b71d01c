"""How long a flow run in this process takes: empty, and the tick of a small plan with its tasks and artifacts.

Measured in a process of its own against a Prefect server of its own on SQLite, as `htx up` has it. The flows go the
way the clock goes: the health question, the flow, the record; the empty one has a job without steps. Peers in the same process, one after the other with
ours: a bare Prefect flow, and one with as many trivial tasks; and the same jobs without Prefect, for what it costs.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import house
from benchmarks.report import Figure
from htx_workflow.gateways import plan_files
from htx_workflow.host import prefect_link, running
from htx_workflow.runtime import Clock, Runtime
from htx_workflow.services import jobs, plans
from htx_workflow.services.jobs import Outcome
from htx_workflow.settings import Settings

EMPTY_LIMIT, FULL_LIMIT = 0.4, 1.0
"""Seconds: medians of a run with nothing to do, and of a tick with its tasks and artifacts."""
TIMES = 31
CODE = "kontum-3819"
DAY = date(2025, 12, 15)


def measure() -> Iterator[Figure | str]:
    with tempfile.TemporaryDirectory(prefix="htx-bench-") as folder:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.flow", folder],
            cwd=house.HOME,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise house.NotMeasured(f"flow: {done.stderr[-2000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    yield Figure("flow run", "empty", found["empty"], "s", EMPTY_LIMIT, "bare flow", found["bare 0"])
    yield Figure(
        "flow run",
        "delivery, nothing to send",
        found["delivery"],
        "s",
        FULL_LIMIT,
        "bare flow, 3 tasks",
        found["bare 3"],
    )
    yield Figure(
        "flow run", "tick, 2 tasks, 2 artifacts", found["tick"], "s", FULL_LIMIT, "bare flow, 2 tasks", found["bare 2"]
    )
    yield Figure("flow run", "tick without Prefect", found["plain tick"], "s")
    yield f"The first tick of a process also imports Prefect: {found['first']:.2f} s once."


def main() -> None:
    folder = Path(sys.argv[1])
    prefect_link.prepare_environment(Settings(var_dir=folder))
    from prefect import settings
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        runtime = Runtime(Settings(var_dir=folder, prefect_api_url=settings.PREFECT_API_URL.value()), Clock(DAY))
        _load(runtime)
        print(json.dumps(asyncio.run(_measure(runtime))))


def _load(runtime: Runtime) -> None:
    """Plan 3819, followed from its first day, with nothing accepted: what is late fills a table."""
    path = house.HOME / "config" / "plans" / f"{CODE}.yaml"
    plan = plan_files.read_plan(path)
    now = datetime(2025, 12, 15, tzinfo=UTC)
    with runtime.transaction("plan-load") as session:
        plans.load(
            session, plan, path.read_text("utf-8"), runtime.calendar(plan.calendar), on=plan.starts_on, today=DAY, now=now,
            by="system",
        )  # fmt: skip


async def _measure(runtime: Runtime) -> dict[str, float]:
    from prefect import flow, tags, task
    from prefect.cache_policies import NO_CACHE

    from flows import running as flow_running

    @task(cache_policy=NO_CACHE, persist_result=False)
    async def nothing() -> None:
        return None

    @flow(name="empty", flow_run_name=flow_running.run_name, persist_result=False)
    async def without_steps() -> Any:
        return await flow_running.run_job("empty", "", None)

    @flow(name="bare", persist_result=False)
    async def bare(tasks: int) -> None:
        for _ in range(tasks):
            await nothing()

    async def nothing_to_do(*_: Any) -> Outcome:
        return Outcome()

    async def empty() -> None:
        assert prefect_link.answers(runtime.settings)
        with tags("empty"):
            await without_steps()

    jobs.JOBS["empty"] = nothing_to_do

    async def ours(job: str, plan: str, *, with_prefect: bool = True) -> Any:
        return await running.run_job(runtime, job, plan, DAY, with_prefect=with_prefect)

    began = time.perf_counter()
    await ours("nightly_tick", CODE)
    first = time.perf_counter() - began
    await ours("deliver_outbox", "")
    calls: dict[str, Callable[[], Awaitable[Any]]] = {
        "empty": empty,
        "tick": lambda: ours("nightly_tick", CODE),
        "bare 0": lambda: bare(0),
        "bare 2": lambda: bare(2),
        "delivery": lambda: ours("deliver_outbox", ""),
        "bare 3": lambda: bare(3),
        "plain tick": lambda: ours("nightly_tick", CODE, with_prefect=False),
    }
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(TIMES):
        for name, call in calls.items():
            began = time.perf_counter()
            await call()
            seconds[name].append(time.perf_counter() - began)
    return {"first": first, **{name: median(found) for name, found in seconds.items()}}


if __name__ == "__main__":
    main()
