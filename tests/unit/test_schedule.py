"""The schedule: which runs are owed at a moment."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from htx_workflow.domain import schedule as rules
from htx_workflow.domain.errors import BadConfig
from htx_workflow.domain.schedule import Moment, Owed, PastRun, Schedule
from htx_workflow.gateways.schedule_files import read_schedule
from htx_workflow.services import jobs

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = date(2025, 12, 15)
NIGHTLY = {"job": "nightly_tick", "each": "plan", "at": "06:00"}
DELIVERY = {
    "job": "deliver_outbox", "each": "once", "every_minutes": 1, "from": "07:00", "until": "20:00", "when": "outbox",
}  # fmt: skip


def schedule(*lines: dict[str, object]) -> Schedule:
    return Schedule.model_validate({"jobs": lines})


def at(
    hour: int, minute: int = 0, *, working: bool = True, outbox: bool = True, plans: tuple[str, ...] = ("p",)
) -> Moment:
    return Moment(datetime(2025, 12, 15, hour, minute, tzinfo=LOCAL), working, plans, outbox)


def run(outcome: str, hour: int, minute: int = 0, *, job: str = "nightly_tick", plan: str = "p") -> PastRun:
    started = datetime(2025, 12, 15, hour, minute, tzinfo=LOCAL)
    return PastRun(job, plan, started, None if outcome == "running" else started + timedelta(seconds=5), outcome)


def test_nothing_is_owed_before_its_hour() -> None:
    assert rules.owed(schedule(NIGHTLY), at(5, 59), []) == []


def test_a_daily_run_is_owed_for_each_plan_from_its_hour_on() -> None:
    owed = rules.owed(schedule(NIGHTLY), at(6, plans=("p", "q")), [])
    assert owed == [Owed("nightly_tick", "p", DAY), Owed("nightly_tick", "q", DAY)]


def test_after_a_night_asleep_the_run_is_still_owed_in_the_evening() -> None:
    assert rules.owed(schedule(NIGHTLY), at(22), []) == [Owed("nightly_tick", "p", DAY)]


@pytest.mark.parametrize("outcome", ["done", "running"])
def test_a_run_that_is_done_or_goes_on_is_not_owed_again(outcome: str) -> None:
    assert rules.owed(schedule(NIGHTLY), at(9), [run(outcome, 6)]) == []


def test_an_interrupted_run_is_taken_up_at_once() -> None:
    assert rules.owed(schedule(NIGHTLY), at(6, 1), [run("interrupted", 6)]) == [Owed("nightly_tick", "p", DAY)]


def test_a_failed_run_waits_ten_minutes() -> None:
    assert rules.owed(schedule(NIGHTLY), at(6, 9), [run("failed", 6)]) == []
    assert rules.owed(schedule(NIGHTLY), at(6, 11), [run("failed", 6)]) == [Owed("nightly_tick", "p", DAY)]


def test_after_five_failures_the_day_is_given_up() -> None:
    failed = [run("failed", 6, minute) for minute in range(5)]
    assert rules.owed(schedule(NIGHTLY), at(23), failed) == []


def test_a_working_day_job_rests_on_a_day_off() -> None:
    line = {**NIGHTLY, "days": "working"}
    assert rules.owed(schedule(line), at(9, working=False), []) == []


def test_an_empty_outbox_makes_no_run() -> None:
    assert rules.owed(schedule(DELIVERY), at(9, outbox=False), []) == []


def test_delivery_is_owed_once_a_minute_inside_its_hours() -> None:
    sent = [run("done", 9, job="deliver_outbox", plan="")]
    assert rules.owed(schedule(DELIVERY), at(9), sent) == []
    assert rules.owed(schedule(DELIVERY), at(9, 1), sent) == [Owed("deliver_outbox", "", DAY)]
    assert rules.owed(schedule(DELIVERY), at(6, 59), []) == []
    assert rules.owed(schedule(DELIVERY), at(20, 1), []) == []


def test_a_failing_delivery_is_tried_again_with_waits_and_never_given_up() -> None:
    failed = [run("failed", 9, minute, job="deliver_outbox", plan="") for minute in range(8)]
    assert rules.owed(schedule(DELIVERY), at(10, 30), failed) == []
    assert rules.owed(schedule(DELIVERY), at(11, 8), failed) == [Owed("deliver_outbox", "", DAY)]


def test_the_schedule_of_the_project_names_every_job_once() -> None:
    found = read_schedule(Path(__file__).parents[2] / "config" / "schedule.yaml")
    assert sorted(line.job for line in found.jobs) == sorted(jobs.JOBS)
    assert set(rules.JOB_NAMES) == set(jobs.JOBS)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("jobs: []", "jobs"),
        ('jobs: [{job: nightly_tick, each: plan, at: "25:00"}]', "at"),
        ('jobs: [{job: nightly_tick, each: plan, at: "06:00", every_minutes: 5}]', "every_minutes"),
        ("jobs: [{job: nightly_tick, each: plan}]", "every_minutes"),
        ('jobs: [{job: nightly, each: plan, at: "06:00"}]', "job"),
        ('jobs: [{job: nightly_tick, each: once, at: "06:00"}]', "each"),
    ],
)
def test_a_schedule_that_cannot_work_is_refused_with_its_place(text: str, word: str, tmp_path: Path) -> None:
    file = tmp_path / "schedule.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(BadConfig, match=word):
        read_schedule(file)
