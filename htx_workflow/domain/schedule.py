"""The schedule (lịch chạy) as data, and which runs are owed at a moment.

Nothing is triggered: the clock compares what should have run today with what did. Start-up, sleep, restart and a
moved clock are one case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal

from pydantic import Field, model_validator

from htx_workflow.domain.plan import Entry

Hour = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
JOB_NAMES = (
    "nightly_tick", "collect_annual_reports", "annual_evaluation", "final_assessment", "consolidate_scheme",
    "deliver_outbox", "read_bounces",
)  # fmt: skip

ONCE = ("deliver_outbox", "read_bounces")
RETRY_MINUTES = (10, 30, 60, 120)
"""Waits after each failed attempt of a day's run; then the administrator must act."""


class ScheduledJob(Entry):
    """One line of config/schedule.yaml."""

    job: Literal[
        "nightly_tick",
        "collect_annual_reports",
        "annual_evaluation",
        "final_assessment",
        "consolidate_scheme",
        "deliver_outbox",
        "read_bounces",
    ]
    each: Literal["plan", "once"]
    at: Hour | None = None
    every_minutes: Annotated[int, Field(ge=1, le=1440)] | None = None
    from_: Hour = Field(default="00:00", alias="from")
    until: Hour = "23:59"
    days: Literal["every", "working"] = "every"
    when: Literal["always", "outbox", "bounces"] = "always"

    @model_validator(mode="after")
    def _one_rhythm(self) -> ScheduledJob:
        if (self.at is None) == (self.every_minutes is None):
            raise ValueError("cần đúng một trong hai: at hoặc every_minutes.", "Giữ lại một.")
        if (self.each == "once") != (self.job in ONCE):
            raise ValueError(
                "deliver_outbox, read_bounces chạy một lần cho mọi kế hoạch (each: once), các công việc khác chạy theo"
                " kế hoạch.",
                "Sửa each.",
            )
        return self


class Schedule(Entry):
    """config/schedule.yaml."""

    jobs: Annotated[tuple[ScheduledJob, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run of today as the schedule sees it. Moments are local; outcomes as recorded."""

    job: str
    plan: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Owed:
    """A run that should begin now."""

    job: str
    plan: str
    day: date


@dataclass(frozen=True, slots=True)
class Moment:
    """What the schedule is compared with. `now` is local."""

    now: datetime
    working: bool
    plans: tuple[str, ...]
    outbox: bool
    """A mail could leave, or is to be composed."""
    bounces: bool = False
    """Settings name a mailbox for returned mail."""


def owed(schedule: Schedule, moment: Moment, runs: Sequence[PastRun]) -> list[Owed]:
    """The runs owed at this moment, in the order of the schedule. `runs` are those of the local day."""
    found = []
    for line in schedule.jobs:
        if line.days == "working" and not moment.working:
            continue
        if (line.when == "outbox" and not moment.outbox) or (line.when == "bounces" and not moment.bounces):
            continue
        for plan in moment.plans if line.each == "plan" else ("",):
            past = [run for run in runs if run.job == line.job and run.plan == plan]
            due = _daily_due(line, moment.now, past) if line.at else _repeated_due(line, moment.now, past)
            if due:
                found.append(Owed(line.job, plan, moment.now.date()))
    return found


def _daily_due(line: ScheduledJob, now: datetime, past: Sequence[PastRun]) -> bool:
    if now.time() < time.fromisoformat(line.at or "00:00"):
        return False
    if any(run.outcome == "done" or run.finished_at is None for run in past):
        return False
    return _may_retry(now, past)


def _repeated_due(line: ScheduledJob, now: datetime, past: Sequence[PastRun]) -> bool:
    if (
        not time.fromisoformat(line.from_)
        <= now.time().replace(second=0, microsecond=0)
        <= time.fromisoformat(line.until)
    ):
        return False
    if any(run.finished_at is None for run in past):
        return False
    last = past[-1] if past else None
    if last is not None and now < last.started_at + timedelta(minutes=line.every_minutes or 1):
        return False
    failed_since: list[PastRun] = []
    for run in reversed(past):
        if run.outcome == "done":
            break
        failed_since.insert(0, run)
    return _may_retry(now, failed_since, give_up=False)


def _may_retry(now: datetime, past: Sequence[PastRun], *, give_up: bool = True) -> bool:
    """Whether the waits after failed attempts are over; an interrupted attempt is taken up at once."""
    failed = [run for run in past if run.outcome == "failed"]
    if not failed:
        return True
    if give_up and len(failed) > len(RETRY_MINUTES):
        return False
    wait = RETRY_MINUTES[min(len(failed), len(RETRY_MINUTES)) - 1]
    last = failed[-1].finished_at or failed[-1].started_at
    return now >= last + timedelta(minutes=wait)
