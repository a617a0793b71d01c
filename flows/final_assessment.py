"""The end-of-scheme chain: what is ready is opened, what blocks is named."""

from __future__ import annotations

from datetime import date

from prefect import flow

from flows import running


@flow(name="final_assessment", flow_run_name=running.run_name, retries=0, persist_result=False)
async def final_assessment(plan: str, on: date | None = None) -> running.Result:
    """The end-of-scheme chain: what is ready is opened, what blocks is named.

    `on` is the local day, today's when left out. Returns the counts of the run.
    """
    return await running.run_job("final_assessment", plan, on)
