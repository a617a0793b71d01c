"""Decide the rungs of one plan that have come, every morning."""

from __future__ import annotations

from datetime import date

from prefect import flow

from flows import running


@flow(name="nightly_tick", flow_run_name=running.run_name, retries=0, persist_result=False)
async def nightly_tick(plan: str, on: date | None = None) -> running.Result:
    """Decide the rungs of one plan that have come, every morning.

    `on` is the local day, today's when left out. Returns the counts of the run.
    """
    return await running.run_job("nightly_tick", plan, on)
