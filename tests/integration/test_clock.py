"""The clock over days that are not as they should be: sleep, a moved clock, a job that fails, two clocks."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from htx_workflow.domain.plan import Plan
from htx_workflow.gateways.mailbox import list_mails
from htx_workflow.host.clock import Clock
from htx_workflow.runtime import Runtime
from htx_workflow.services import health, jobs
from htx_workflow.settings import load_settings
from htx_workflow.store import outbox, runs
from htx_workflow.store.tables import table
from tests.machine import Machine, MachineClock

DECEMBER = date(2024, 12, 13)


@pytest.fixture
def runtime(machine: Machine, kontum: Plan) -> Runtime:
    machine.load(kontum, on=date(2024, 10, 23))
    machine.at(date(2024, 12, 12), time(8))
    with machine.transaction() as session:
        run = runs.open_run(session, "nightly_tick", "kontum-3819", machine.today, machine.now, "")
        runs.close_run(session, run, machine.now, "done", "{}", "")
    machine.at(DECEMBER, time(8))
    return Runtime(load_settings(), MachineClock(machine), machine.database)


def beat(runtime: Runtime) -> None:
    Clock(runtime, with_prefect=False).beat()


def finished(runtime: Runtime) -> list[tuple[str, str]]:
    with runtime.reading() as session:
        return [(run.job, run.outcome) for run in reversed(runs.list_runs(session, 100)) if run.day >= DECEMBER]


def rungs(runtime: Runtime) -> int:
    with runtime.reading() as session:
        return int(session.execute(select(func.count()).select_from(table("reminder"))).scalar_one())


def delivered(runtime: Runtime) -> list[Path]:
    return list_mails(runtime.settings.mailbox_dir)


def test_one_beat_runs_the_day_and_delivers_it(runtime: Runtime) -> None:
    beat(runtime)
    assert finished(runtime) == [
        ("nightly_tick", "done"),
        ("collect_annual_reports", "done"),
        ("annual_evaluation", "done"),
        ("final_assessment", "done"),
        ("consolidate_scheme", "done"),
        ("deliver_outbox", "done"),
    ]
    assert delivered(runtime)


def test_the_next_beat_finds_nothing_to_do(runtime: Runtime, machine: Machine) -> None:
    beat(runtime)
    sent = delivered(runtime)
    machine.later(minutes=1)
    beat(runtime)
    assert len(finished(runtime)) == 6
    assert delivered(runtime) == sent


def test_after_three_days_asleep_the_day_runs_once_and_the_administrator_is_told(
    runtime: Runtime, machine: Machine
) -> None:
    beat(runtime)
    before = len(finished(runtime))
    machine.at(date(2024, 12, 16), time(9, 30))
    beat(runtime)
    again = finished(runtime)[before:]
    assert again.count(("nightly_tick", "done")) == 1
    with runtime.reading() as session:
        told = [mail.subject for mail in outbox.list_messages(session, None, 100) if mail.kind == "alarm"]
    assert len(told) == 1
    assert "im lặng" in told[0]


def test_a_clock_moved_back_sends_nothing_twice(runtime: Runtime, machine: Machine) -> None:
    beat(runtime)
    sent, decided = delivered(runtime), rungs(runtime)
    machine.at(date(2024, 12, 12), time(8))
    beat(runtime)
    machine.at(DECEMBER, time(8, 5))
    beat(runtime)
    assert rungs(runtime) == decided
    assert delivered(runtime) == sent


def test_a_failed_run_is_told_once_and_keeps_the_service_unready_until_one_succeeds(
    runtime: Runtime, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> jobs.Outcome:
        raise RuntimeError("đĩa hỏng")

    good = jobs.JOBS["nightly_tick"]
    monkeypatch.setitem(jobs.JOBS, "nightly_tick", broken)
    beat(runtime)
    machine.later(minutes=11)
    beat(runtime)
    assert finished(runtime).count(("nightly_tick", "failed")) == 2
    with runtime.reading() as session:
        told = [mail for mail in outbox.list_messages(session, None, 100) if mail.kind == "alarm"]
    assert len(told) == 1
    assert not ready(runtime)
    monkeypatch.setitem(jobs.JOBS, "nightly_tick", good)
    machine.later(minutes=31)
    beat(runtime)
    assert finished(runtime)[-2:].count(("nightly_tick", "failed")) == 0
    assert ready(runtime)


def ready(runtime: Runtime) -> bool:
    measured = health.measure(lambda: runtime.database, runtime.clock.now(), runtime.calendars)
    return not health.ready(measured)


def test_a_run_whose_process_died_is_closed_and_taken_up_by_the_next_beat(runtime: Runtime, machine: Machine) -> None:
    with runtime.transaction("test") as session:
        runs.open_run(session, "nightly_tick", "kontum-3819", DECEMBER, machine.now, "")
    beat(runtime)
    assert ("nightly_tick", "done") not in finished(runtime)
    machine.later(seconds=61)
    beat(runtime)
    assert ("nightly_tick", "interrupted") in finished(runtime)
    assert ("nightly_tick", "done") in finished(runtime)


def test_two_clocks_on_one_database_send_each_mail_once(runtime: Runtime, machine: Machine) -> None:
    other = Runtime(load_settings(), MachineClock(machine), machine.database)
    beat(runtime)
    sent = delivered(runtime)
    beat(other)
    machine.later(minutes=1)
    beat(other)
    beat(runtime)
    assert delivered(runtime) == sent


def test_prefect_is_told_of_a_run_that_it_lost_when_it_answers_again(
    runtime: Runtime, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that dies in the middle of a run raises there, though the work is done and recorded."""
    told: list[str] = []

    async def lost(_: Runtime, name: str, plan: str, on: date, *, with_prefect: bool) -> dict[str, int]:
        with runtime.transaction("test") as session:
            number = runs.open_run(session, name, plan, on, machine.now, f"prefect-{name}")
            runs.close_run(session, number, machine.now, "done", "{}", "")
        raise ConnectionError("All connection attempts failed")

    monkeypatch.setattr("htx_workflow.host.running.run_job", lost)
    monkeypatch.setattr("htx_workflow.host.prefect_link.answers", lambda settings: False)
    monkeypatch.setattr("htx_workflow.host.prefect_link.mark_crashed", lambda settings, ids: told.extend(ids))
    clock = Clock(runtime, with_prefect=True)
    clock.beat()
    clock.beat()
    assert told == []
    monkeypatch.setattr("htx_workflow.host.prefect_link.answers", lambda settings: True)
    clock.beat()
    assert "prefect-nightly_tick" in told
