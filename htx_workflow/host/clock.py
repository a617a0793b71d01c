"""The clock (bộ lịch): APScheduler with one beat a minute, which starts what is owed.

The beat runs in a thread of its own with its own event loop, so that a page never waits for a job.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from datetime import UTC, datetime

from apscheduler.schedulers.background import BackgroundScheduler

from htx_workflow import runtime as runtimes
from htx_workflow.domain import schedule as rules
from htx_workflow.domain.errors import HtxError, TooLate
from htx_workflow.gateways import schedule_files
from htx_workflow.host import prefect_link, running
from htx_workflow.runtime import LOCAL, Runtime
from htx_workflow.services import alarms, runs, schedules
from htx_workflow.store import runs as run_store

PASSES = 3
"""What one run leaves to do (a tick makes mails) is looked for so many times in one beat."""
FINISH_SECONDS = 7.0
"""How long a run may go on after the service is told to stop."""
log = logging.getLogger(__name__)


class Clock:
    """One beat a minute, from `start` to `stop`."""

    def __init__(self, runtime: Runtime, *, with_prefect: bool) -> None:
        self.runtime = runtime
        self._with_prefect = with_prefect
        self._schedule = schedule_files.read_schedule(runtime.settings.schedule_file)
        self._scheduler = BackgroundScheduler(timezone=LOCAL)
        self._stopping = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self._untold: list[str] = []
        """Prefect's numbers of runs that ended without its knowing."""
        self._work: tuple[asyncio.AbstractEventLoop, asyncio.Task[None]] | None = None

    def start(self) -> None:
        """The first beat comes at once."""
        now = datetime.now(UTC)  # noqa: TID251 - the scheduler's own clock, not that of the work
        self._scheduler.add_job(
            self.beat, "interval", minutes=1, next_run_time=now, max_instances=1, coalesce=True, misfire_grace_time=None
        )
        self._scheduler.start()

    def stop(self) -> None:
        """Let the run that goes on finish, but not longer than a few seconds; then interrupt it."""
        self._stopping.set()
        if not self._idle.wait(FINISH_SECONDS) and self._work is not None:
            loop, task = self._work
            loop.call_soon_threadsafe(task.cancel)
            self._idle.wait(2.0)
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def beat(self) -> None:
        """Close what died, start what is owed, tell the administrators, scan what waits. Never raises."""
        if self._stopping.is_set():
            return
        self._idle.clear()
        try:
            self._close_dead()
            self._tell_silence()
            asyncio.run(self._work_on())
            self._tell()
            runtimes.scan_waiting(self.runtime)
        except HtxError as error:
            log.error("the beat could not work: %s", error)
        except asyncio.CancelledError:
            log.warning("the beat was interrupted")
        except Exception:
            log.exception("the beat failed")
        finally:
            self._work = None
            self._idle.set()

    def _close_dead(self) -> None:
        dead = runs.close_silent(self.runtime.database, self.runtime.clock.now())
        self._untold += [run.prefect_id for run in dead if run.prefect_id]
        if self._untold and self._with_prefect and prefect_link.answers(self.runtime.settings):
            prefect_link.mark_crashed(self.runtime.settings, self._untold)
            self._untold.clear()

    async def _work_on(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._work = asyncio.get_running_loop(), task
        for _ in range(PASSES):
            due = self.owed()
            if not due:
                return
            for run in due:
                if self._stopping.is_set():
                    return
                await self._run(run)

    async def _run(self, owed: rules.Owed) -> None:
        try:
            await running.run_job(self.runtime, owed.job, owed.plan, owed.day, with_prefect=self._with_prefect)
        except TooLate as error:
            log.info("not started: %s", error)
        except HtxError as error:
            log.error("%s %s failed: %s", owed.job, owed.plan, error)
        except Exception:
            log.exception("%s %s failed", owed.job, owed.plan)
            self._remember(owed)

    def _remember(self, owed: rules.Owed) -> None:
        """Prefect may have died in the middle and believe that this run goes on: it is told when it answers again."""
        with self.runtime.reading() as session:
            same = [run for run in run_store.list_runs(session, 20, owed.job) if run.plan_code == owed.plan]
        self._untold += [run.prefect_id for run in same[:1] if run.prefect_id]

    def owed(self) -> list[rules.Owed]:
        """What the schedule owes at this moment."""
        return schedules.list_owed(self.runtime.tools(), self._schedule, self.runtime.clock.now())

    def _tell_silence(self) -> None:
        """After a long sleep the first beat says so, before the run that ends the silence."""
        with self.runtime.transaction("silence") as session:
            alarms.watch_silence(session, self.runtime.clock.now(), self.runtime.style())

    def _tell(self) -> None:
        with self.runtime.transaction("alarms") as session:
            alarms.queue_alarms(session, self.runtime.clock.now(), self.runtime.style())
