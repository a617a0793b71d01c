"""The yearly evaluation: how far each level is; who comes next, and each cooperative, is told."""

from __future__ import annotations

from datetime import date

from prefect import flow

from flows import running


@flow(name="annual_evaluation", flow_run_name=running.run_name, retries=0, persist_result=False)
async def annual_evaluation(plan: str, on: date | None = None) -> running.Result:
    """Where the yearly rounds stand; levels, cooperatives and the lead officer are told once what concerns them.

    `on` is the local day, today's when left out. Returns the counts of the run.
    """
    return await running.run_job("annual_evaluation", plan, on)
