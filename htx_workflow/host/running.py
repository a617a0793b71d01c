"""Runs one job now: through its Prefect flow when Prefect answers, else plainly; recorded either way."""

from __future__ import annotations

import importlib
from datetime import date
from typing import Any

from htx_workflow import runtime as runtimes
from htx_workflow.host import prefect_link
from htx_workflow.runtime import Runtime
from htx_workflow.services import jobs, runs


async def run_job(runtime: Runtime, name: str, plan: str, on: date, *, with_prefect: bool) -> dict[str, int]:
    """The counts of the run. A failed run is recorded and its error raised."""
    jobs.get_job(name)
    if with_prefect and prefect_link.answers(runtime.settings):
        return await _through_prefect(runtime, name, plan, on)
    outcome = await runs.recorded(runtime.tools(), name, plan, on)
    return outcome.counts


async def _through_prefect(runtime: Runtime, name: str, plan: str, on: date) -> dict[str, int]:
    prefect_link.prepare_environment(runtime.settings)
    runtimes.use(runtime)
    prefect_tags = importlib.import_module("prefect").tags
    flow: Any = getattr(importlib.import_module(f"flows.{name}"), name)
    with prefect_tags(*(tag for tag in (plan, name) if tag)):
        counts: dict[str, int] = await (flow() if name in jobs.WITHOUT_PLAN else flow(plan=plan, on=on))
    return counts
