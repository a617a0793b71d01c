"""Consolidations that the course of the plan asks for, kept, issued and told."""

from __future__ import annotations

from datetime import date

from prefect import flow

from flows import running


@flow(name="consolidate_scheme", flow_run_name=running.run_name, retries=0, persist_result=False)
async def consolidate_scheme(plan: str, on: date | None = None) -> running.Result:
    """Keep the consolidations that are asked for, issue their documents, tell the lead officer.

    `on` is the local day, today's when left out. Returns the counts of the run.
    """
    return await running.run_job("consolidate_scheme", plan, on)
