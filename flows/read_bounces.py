"""Read the mailbox for returned mail, and mark the addresses that failed."""

from __future__ import annotations

from prefect import flow

from flows import running


@flow(name="read_bounces", flow_run_name=running.run_name, retries=0, persist_result=False)
async def read_bounces() -> running.Result:
    """Read what came back since the last run. Returns the counts of the run."""
    return await running.run_job("read_bounces", "", None)
