"""Recording runs: a run beats while it works; one that has been silent for a minute is closed as interrupted."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import date, datetime, timedelta

from htx_workflow.domain.errors import HtxError
from htx_workflow.services import jobs
from htx_workflow.services.jobs import Call, Outcome, Tools, plainly
from htx_workflow.store import runs as store
from htx_workflow.store.database import Database
from htx_workflow.store.runs import RunRow

BEAT = 10.0
"""Seconds between two beats."""
SILENCE = timedelta(seconds=60)
log = logging.getLogger(__name__)


async def recorded(tools: Tools, name: str, plan: str, on: date, call: Call = plainly, prefect_id: str = "") -> Outcome:
    """Run a job and record it. A failure is recorded and raised again.

    Raises AlreadyRunning while another run of the same job, plan and day goes on.
    """
    job = jobs.get_job(name)
    close_silent(tools.database, tools.clock())
    with tools.database.transaction("run-open") as session:
        run_id = store.open_run(session, name, plan, on, tools.clock(), prefect_id)
    log.info("run begins", extra={"job": name, "plan": plan, "day": on.isoformat(), "run": run_id})
    try:
        async with _beating(tools.database, run_id, tools.clock):
            outcome = await job(tools, call, plan, on)
    except BaseException as error:
        _close(tools, run_id, "failed" if isinstance(error, Exception) else "interrupted", {}, jobs.sentence(error))
        log.error("run failed", extra={"job": name, "plan": plan, "day": on.isoformat(), "run": run_id})
        raise
    _close(tools, run_id, "done", outcome.counts, "\n".join(outcome.alarms))
    log.info("run done", extra={"job": name, "plan": plan, "day": on.isoformat(), "run": run_id, **outcome.counts})
    return outcome


def _close(tools: Tools, run_id: int, outcome: str, counts: dict[str, int], error: str) -> None:
    with tools.database.transaction("run-closed") as session:
        store.close_run(session, run_id, tools.clock(), outcome, json.dumps(counts), error)


@asynccontextmanager
async def _beating(database: Database, run_id: int, clock: Callable[[], datetime]) -> AsyncIterator[None]:
    async def beats() -> None:
        while True:
            await asyncio.sleep(BEAT)
            try:
                with database.transaction("beat") as session:
                    store.beat(session, run_id, clock())
            except HtxError as error:
                log.warning("a run could not beat: %s", error, extra={"run": run_id})

    task = asyncio.create_task(beats())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def close_silent(database: Database, now: datetime) -> list[RunRow]:
    """Close the runs whose process has died; their work is taken up by the next beat."""
    with database.transaction("run-silent") as session:
        return store.close_silent(session, now - SILENCE, now)
