"""Where the reporting rounds of a plan stand; the lead agency is told."""

from __future__ import annotations

from datetime import date

from prefect import flow

from flows import running


@flow(name="collect_annual_reports", flow_run_name=running.run_name, retries=0, persist_result=False)
async def collect_annual_reports(plan: str, on: date | None = None) -> running.Result:
    """Where the reporting rounds of a plan stand; the lead agency is told.

    `on` is the local day, today's when left out. Returns the counts of the run.
    """
    return await running.run_job("collect_annual_reports", plan, on)
