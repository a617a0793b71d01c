"""Metrics for Prometheus, read from the database at each scrape: any portal process gives the same answer.

Only the requests for what is not the asker's are counted by the process that answers.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector

from htx_workflow.services import health as healths
from htx_workflow.services.health import Health
from htx_workflow.store import signs
from htx_workflow.store.database import Database, Session


class RunSeconds:
    """Count and sum of the seconds of finished runs, by job; only runs it has not seen are read."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen = 0
        self._totals: dict[str, tuple[int, float]] = {}

    def totals(self, session: Session) -> dict[str, tuple[int, float]]:
        """By job: how many runs have finished, and how many seconds they took together."""
        with self._lock:
            going = signs.list_unfinished_runs(session)
            first = going[0].id if going else None
            for number, job, seconds in signs.finished_spans(session, self._seen, first):
                count, total = self._totals.get(job, (0, 0.0))
                self._totals[job] = (count + 1, total + seconds)
                self._seen = number
            return dict(self._totals)


class HealthCollector(Collector):
    """One look at the database for each scrape."""

    def __init__(
        self, look: Callable[[], Health], database: Callable[[], Database], foreign: Callable[[], int]
    ) -> None:
        self._look, self._database, self._foreign = look, database, foreign
        self._seconds = RunSeconds()

    def collect(self) -> Iterator[Metric]:
        health = self._look()
        up = not health.problem and health.schema_current
        yield gauge("htx_database_up", "1 when the database answers and has the schema of this version.", up)
        yield CounterMetricFamily(
            "htx_foreign_requests", "Requests to this process for what is not the asker's.", value=self._foreign()
        )
        yield gauge("htx_ready", "1 when /health/ready answers 200.", not healths.ready(health))
        if not up:
            return
        yield gauge("htx_due", "Occurrences whose next rung has come and is not decided.", health.due)
        yield gauge("htx_open_occurrences", "Dated work that is not accepted.", health.work.open)
        yield gauge("htx_overdue", "Of these, overdue as the official matrix counts.", health.work.overdue)
        yield labelled("htx_rungs", "Rungs that wait to be told.", "state", {"queued": health.rungs_queued})
        yield labelled("htx_rungs_today", "Rungs decided today, by state.", "state", dict(health.rungs_today))
        mails = health.mails
        waiting = {"queued": mails.queued, "leased": mails.leased, "held": mails.held}
        ended = {"failed": mails.failed, "doubtful": mails.doubtful}
        yield labelled(
            "htx_mails", "Mails not sent yet, and those of 30 days that failed or may have arrived twice.", "state",
            waiting | ended,
        )  # fmt: skip
        yield labelled("htx_mails_today", "Mails of today, by state.", "state", dict(health.mails_today))
        oldest = health.oldest_unsent
        yield gauge(
            "htx_oldest_unsent_seconds", "Age of the oldest unsent mail.", oldest.total_seconds() if oldest else 0
        )
        ages = {plan.code: health.tick_age(plan).total_seconds() for plan in health.plans}
        yield labelled("htx_last_tick_age_seconds", "Since the last tick that finished well.", "plan", ages)
        yield labelled(
            "htx_calendar_days_left", "Days until a calendar ends; -1 when it cannot be read.", "calendar",
            {code: -1 if left is None else left for code, left in health.calendars.items()},
        )  # fmt: skip
        yield gauge(
            "htx_failed_jobs", "Jobs of a plan that failed and have not finished well since.", len(health.failed_runs)
        )
        yield gauge("htx_runs_unfinished", "Runs that have begun and not ended.", len(health.unfinished))
        yield gauge("htx_uncontactable_agencies", "Agencies that owe work and have no contact.", len(health.unreached))
        with self._database().reading() as session:
            totals = self._seconds.totals(session)
        summary = SummaryMetricFamily("htx_run_seconds", "Seconds of finished runs.", labels=["job"])
        for job, (count, total) in sorted(totals.items()):
            summary.add_metric([job], count_value=count, sum_value=total)
        yield summary


def gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=float(value))


def labelled(name: str, text: str, label: str, values: dict[str, int] | dict[str, float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    return family


class Metrics:
    """A registry of its own: nothing of this process but what we say."""

    def __init__(
        self, look: Callable[[], Health], database: Callable[[], Database], foreign: Callable[[], int]
    ) -> None:
        """`foreign` says how many requests were for what is not the asker's."""
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(HealthCollector(look, database, foreign))

    def text(self) -> bytes:
        """In Prometheus's text format."""
        return generate_latest(self._registry)
