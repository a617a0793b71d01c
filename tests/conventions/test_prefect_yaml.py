"""config/prefect.yaml says what config/schedule.yaml and the jobs say; compared as YAML, without Prefect."""

from __future__ import annotations

from collections import defaultdict
from datetime import time
from typing import Any

import pytest
from ruamel.yaml import YAML

from htx_workflow.domain.schedule import ScheduledJob
from htx_workflow.gateways import schedule_files
from htx_workflow.services.jobs import JOBS, WITHOUT_PLAN
from tests.commands import HOME

SCHEDULE = schedule_files.read_schedule(HOME / "config" / "schedule.yaml")
LINES: dict[str, ScheduledJob] = {line.job: line for line in SCHEDULE.jobs}


@pytest.fixture(scope="module")
def prefect_yaml() -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe", pure=True).load((HOME / "config" / "prefect.yaml").read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def by_job(prefect_yaml: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The deployments of each flow."""
    found = defaultdict(list)
    for deployment in prefect_yaml["deployments"]:
        found[deployment["entrypoint"].partition(":")[2]].append(deployment)
    return dict(found)


def moments(*crons: str) -> set[time]:
    """The times of a day at which these cron lines fire; every day, minutes and hours as a number, a range or all."""
    found = set()
    for cron in crons:
        minutes, hours, *days = cron.split()
        assert days == ["*", "*", "*"]
        found |= {time(hour, minute) for hour in numbers(hours, 24) for minute in numbers(minutes, 60)}
    return found


def numbers(field: str, end: int) -> range:
    first, _, last = field.partition("-")
    return range(end) if field == "*" else range(int(first), int(last or first) + 1)


def moments_of(line: ScheduledJob) -> set[time]:
    """The times of a day at which config/schedule.yaml wants a job."""
    if line.at:
        return {time.fromisoformat(line.at)}
    first, last = (hour.hour * 60 + hour.minute for hour in map(time.fromisoformat, (line.from_, line.until)))
    return {time(*divmod(minute, 60)) for minute in range(first, last + 1, line.every_minutes or 1)}


def test_every_job_has_a_deployment_and_no_other_flow_has(by_job: dict[str, Any]) -> None:
    assert set(by_job) == set(JOBS)


@pytest.mark.parametrize("job", JOBS)
def test_a_deployment_starts_the_flow_of_its_job(by_job: dict[str, Any], job: str) -> None:
    for deployment in by_job[job]:
        assert deployment["entrypoint"] == f"flows/{job}.py:{job}"
        assert (HOME / "flows" / f"{job}.py").exists()


@pytest.mark.parametrize("job", JOBS)
def test_a_deployment_has_the_name_and_the_tags_of_its_plan(by_job: dict[str, Any], job: str) -> None:
    for deployment in by_job[job]:
        plan = deployment.get("parameters", {}).get("plan")
        assert (plan is None) == (job in WITHOUT_PLAN)
        assert deployment["name"] == (plan or "outbox")
        assert deployment["tags"] == ([plan, job] if plan else [job])
        assert plan is None or (HOME / "config" / "plans" / f"{plan}.yaml").exists()


@pytest.mark.parametrize("job", JOBS)
def test_a_deployment_runs_at_the_hours_of_the_schedule(by_job: dict[str, Any], job: str) -> None:
    for deployment in by_job[job]:
        asked = [schedule["cron"] for schedule in deployment["schedules"] if schedule["slug"] != "again"]
        assert moments(*asked) == moments_of(LINES[job])
        assert {schedule["timezone"] for schedule in deployment["schedules"]} == {"Asia/Ho_Chi_Minh"}


@pytest.mark.parametrize("job", JOBS)
def test_a_job_of_the_day_is_looked_at_again_later_that_day(by_job: dict[str, Any], job: str) -> None:
    for deployment in by_job[job]:
        again = [schedule["cron"] for schedule in deployment["schedules"] if schedule["slug"] == "again"]
        if LINES[job].at:
            assert min(moments(*again)) > max(moments_of(LINES[job]))
        else:
            assert again == []


@pytest.mark.parametrize("job", JOBS)
def test_one_run_at_a_time_and_a_dead_worker_gives_its_turn_back(by_job: dict[str, Any], job: str) -> None:
    for deployment in by_job[job]:
        strategy = "CANCEL_NEW" if job in WITHOUT_PLAN else "ENQUEUE"
        assert deployment["concurrency_limit"] == {
            "limit": 1, "collision_strategy": strategy, "grace_period_seconds": 120,
        }  # fmt: skip
        assert deployment["work_pool"] == {"name": "htx"}


def test_each_worker_runs_the_flows_of_its_own_home(prefect_yaml: dict[str, Any]) -> None:
    assert prefect_yaml["pull"] == [
        {"prefect.deployments.steps.set_working_directory": {"directory": "{{ $HTX_HOME }}"}}
    ]
