"""What Prefect's scheduler does not know of: a run that a worker carries out does what a beat of the clock does.

It ends as Skipped when config/schedule.yaml owes no such run now, closes the runs whose process has died, and tells
the administrators of failures.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from prefect import get_client
from prefect.context import FlowRunContext
from prefect.exceptions import ObjectNotFound
from prefect.runtime import flow_run
from prefect.states import Crashed

from htx_workflow.domain.errors import HtxError
from htx_workflow.gateways import schedule_files
from htx_workflow.runtime import Runtime, scan_waiting
from htx_workflow.services import alarms, runs, schedules

EARLY = timedelta(seconds=10)
"""A run of 06:00 may begin a moment before 06:00; measured: 0.3 s."""
log = logging.getLogger(__name__)


def is_on_a_worker() -> bool:
    """Whether a deployment started this run, not the clock and not a person at the command line."""
    context = FlowRunContext.get()
    return context is not None and context.flow_run is not None and context.flow_run.deployment_id is not None


def is_owed(runtime: Runtime, job: str, plan: str) -> bool:
    """Whether this run is to be done. What a person starts in Prefect's pages always is."""
    if "auto-scheduled" not in flow_run.tags:
        return True
    schedule = schedule_files.read_schedule(runtime.settings.schedule_file)
    return schedules.is_owed(runtime.tools(), schedule, job, plan, runtime.clock.now() + EARLY)


async def close_dead(runtime: Runtime) -> None:
    """Close the silent runs, in our record and in Prefect's."""
    dead = runs.close_silent(runtime.database, runtime.clock.now())
    known = [run.prefect_id for run in dead if run.prefect_id]
    if not known:
        return
    async with get_client() as client:
        for prefect_id in known:
            try:
                await client.set_flow_run_state(prefect_id, Crashed(message="tiến trình dừng giữa chừng"), force=True)
            except ObjectNotFound:
                log.info("Prefect knows no run %s", prefect_id)


def scan(runtime: Runtime) -> None:
    """Scan the files that wait. A database that cannot be used now is told of by the run itself."""
    try:
        scan_waiting(runtime)
    except HtxError as error:
        log.error("the waiting files could not be scanned: %s", error)


def tell(runtime: Runtime) -> None:
    """Queue the mails about failures. A database that cannot be used now is told of by the run itself."""
    try:
        with runtime.transaction("alarms") as session:
            alarms.queue_alarms(session, runtime.clock.now(), runtime.style())
    except HtxError as error:
        log.error("the administrators could not be told: %s", error)
