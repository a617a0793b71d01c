"""Compose what is due today over all plans, then send what waits in the outbox."""

from __future__ import annotations

from prefect import flow

from flows import running


@flow(name="deliver_outbox", flow_run_name=running.run_name, retries=0, persist_result=False)
async def deliver_outbox() -> running.Result:
    """Compose what is due today over all plans, then send what waits. Returns the counts of the run."""
    return await running.run_job("deliver_outbox", "", None)
