"""A portal without a clock beside it watches the scheduler from outside: when that falls silent, somebody is told."""

from __future__ import annotations

import asyncio
import logging

from htx_workflow.domain.errors import HtxError
from htx_workflow.runtime import Runtime, deliver_now
from htx_workflow.services import alarms

EVERY_SECONDS = 600.0
log = logging.getLogger(__name__)


async def watch(runtime: Runtime) -> None:
    """Look every ten minutes, until cancelled. An alarm is also sent from here: who would, if the scheduler is dead."""
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        await asyncio.to_thread(look, runtime)


def look(runtime: Runtime) -> int:
    """Queue and send the alarm of a silent scheduler; how many mails are new. Never raises what a person can mend."""
    try:
        with runtime.transaction("silence") as session:
            new = alarms.watch_silence(session, runtime.clock.now(), runtime.style())
        if new:
            asyncio.run(deliver_now(runtime))
    except HtxError as error:
        log.error("the watch could not look: %s", error)
        return 0
    return new
