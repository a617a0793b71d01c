"""The flows with a real Prefect server: names, tags, tasks, artifacts, failures, and what a worker's run does besides.

One process runs everything in Prefect's test harness (tests/prefect_facts.py); each test looks at one fact.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from htx_workflow.domain.plan import Plan
from htx_workflow.services.jobs import WITHOUT_PLAN
from tests.commands import HOME

STEPS = {
    "nightly_tick": ["decide_rungs", "list_late"],
    "deliver_outbox": ["compose_mails", "send_mails", "tell_others", "list_sent"],
    "collect_annual_reports": ["measure_rounds", "tell_lead"],
    "annual_evaluation": [
        "measure_evaluation",
        "tell_levels",
        "tell_trial",
        "send_results",
        "open_by_verdict",
        "list_levels",
    ],
    "final_assessment": ["open_ready", "list_chain"],
    "consolidate_scheme": ["keep_snapshots", "issue_documents", "tell_officer", "list_snapshots"],
    "read_bounces": ["read_box"],
}
TABLES = {
    "nightly_tick": "nightly-tick-kontum-3819-late",
    "deliver_outbox": "deliver-outbox-mail",
    "collect_annual_reports": "collect-annual-reports-kontum-3819-completeness",
    "annual_evaluation": "annual-evaluation-kontum-3819-levels",
    "final_assessment": "final-assessment-kontum-3819-chain",
    "consolidate_scheme": "consolidate-scheme-kontum-3819-snapshots",
    "read_bounces": "read-bounces-kinds",
}
SKIPPED = ["COMPLETED", "Skipped"]
COMPLETED = ["COMPLETED", "Completed"]


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What tests/prefect_facts.py found."""
    mine = {name: text for name, text in os.environ.items() if not name.startswith(("HTX_", "PREFECT_"))}
    done = subprocess.run(
        [sys.executable, "-m", "tests.prefect_facts", str(tmp_path_factory.mktemp("prefect"))],
        cwd=HOME, env=mine, capture_output=True, text=True, encoding="utf-8", timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture(params=STEPS)
def job(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_run_has_a_name_that_a_person_can_read(facts: dict[str, Any]) -> None:
    assert {job: run["name"] for job, run in facts["embedded"].items()} == {
        "nightly_tick": "nightly_tick kontum-3819 2025-12-15",
        "deliver_outbox": "deliver_outbox 2025-12-15",
        "collect_annual_reports": "collect_annual_reports kontum-3819 2025-12-15",
        "annual_evaluation": "annual_evaluation kontum-3819 2025-12-15",
        "final_assessment": "final_assessment kontum-3819 2025-12-15",
        "consolidate_scheme": "consolidate_scheme kontum-3819 2025-12-15",
        "read_bounces": "read_bounces 2025-12-15",
    }


def test_a_run_is_tagged_with_its_job_and_plan(facts: dict[str, Any], job: str) -> None:
    plan = [] if job in WITHOUT_PLAN else ["kontum-3819"]
    assert facts["embedded"][job]["tags"] == sorted([job, *plan])


def test_each_step_is_a_task_that_ran_once(facts: dict[str, Any], job: str) -> None:
    assert facts["embedded"][job]["tasks"] == [[step, "Completed", 1] for step in STEPS[job]]


def test_the_outcome_is_recorded_with_the_id_under_which_prefect_knows_the_run(facts: dict[str, Any], job: str) -> None:
    run = facts["embedded"][job]  # found in Prefect by the id of the record
    plan = "" if job in WITHOUT_PLAN else "kontum-3819"
    assert run["record"] == {"job": job, "plan": plan, "day": "2025-12-15", "outcome": "done", "error": ""}
    assert run["recorded counts"] == run["counts"]
    assert run["state"] == "Completed"


def test_the_runs_did_their_work(facts: dict[str, Any]) -> None:
    counts = {job: run["counts"] for job, run in facts["embedded"].items()}
    assert counts["nightly_tick"]["queued"] > 0
    assert counts["deliver_outbox"]["sent"] == counts["deliver_outbox"]["digests"] > 0
    assert counts["collect_annual_reports"]["owed"] > 0
    assert counts["annual_evaluation"]["owed"] == 5
    assert counts["final_assessment"]["steps"] > 0
    assert counts["consolidate_scheme"] == {"kept": 0, "issued": 0, "told": 0}


def test_the_counts_are_an_artifact_in_markdown(facts: dict[str, Any], job: str) -> None:
    run = facts["embedded"][job]
    (text,) = [artifact["data"] for artifact in run["artifacts"] if artifact["type"] == "markdown"]
    for name, number in run["counts"].items():
        assert f"| {name} | {number} |" in text


def test_the_rows_are_an_artifact_in_a_table(facts: dict[str, Any], job: str) -> None:
    (table,) = [artifact for artifact in facts["embedded"][job]["artifacts"] if artifact["type"] == "table"]
    assert table["key"] == TABLES[job]
    assert json.loads(table["data"])


def test_no_artifact_names_a_person_or_an_address(facts: dict[str, Any], kontum: Plan) -> None:
    shown = json.dumps([run["artifacts"] for run in facts["embedded"].values()], ensure_ascii=False)
    assert "@" not in shown
    assert [contact.name for contact in kontum.contacts if contact.name and contact.name in shown] == []


def test_a_failing_step_is_tried_again_and_then_fails_the_run(facts: dict[str, Any]) -> None:
    failed = facts["failed"]
    assert (failed["tasks"], failed["state"]) == (
        [["decide_rungs", "Completed", 1], ["list_late", "Failed", 3]],
        "Failed",
    )


def test_a_failed_run_is_recorded_with_the_sentence_that_was_raised(facts: dict[str, Any]) -> None:
    failed = facts["failed"]
    assert failed["record"] == {
        "job": "nightly_tick", "plan": "khong-co", "day": "2025-12-15", "outcome": "failed", "error": failed["raised"],
    }  # fmt: skip
    assert failed["raised"].startswith("Kế hoạch khong-co chưa được nạp.")


# On a worker


def test_the_worker_that_fails_tells_the_administrator(facts: dict[str, Any]) -> None:
    assert facts["failed on a worker"]["state"] == ["FAILED", "Failed"]
    assert facts["alarms"] == [0, 1]


def test_the_next_run_of_a_worker_closes_a_dead_one_here_and_in_prefect(facts: dict[str, Any]) -> None:
    assert facts["dead"] == {"outcome": "interrupted", "state": "Crashed"}


def test_a_scheduled_delivery_sends_what_waits(facts: dict[str, Any]) -> None:
    assert (facts["waiting outbox"]["state"], facts["waiting outbox"]["recorded"]) == (COMPLETED, 1)


def test_a_scheduled_delivery_of_an_empty_outbox_is_skipped_and_not_recorded(facts: dict[str, Any]) -> None:
    assert (facts["empty outbox"]["state"], facts["empty outbox"]["recorded"]) == (SKIPPED, 0)


def test_a_scheduled_run_of_a_day_that_is_done_is_skipped(facts: dict[str, Any]) -> None:
    assert (facts["done before"]["state"], facts["done before"]["recorded"]) == (SKIPPED, 0)


def test_what_a_person_starts_in_prefect_is_done_again(facts: dict[str, Any]) -> None:
    assert (facts["asked for by a person"]["state"], facts["asked for by a person"]["recorded"]) == (COMPLETED, 1)


def test_a_run_that_another_process_is_at_is_skipped_and_no_failure(facts: dict[str, Any]) -> None:
    busy = facts["another is at it"]
    assert (busy["state"], busy["recorded"], busy["raised"]) == (SKIPPED, 0, "")
    assert "tiến trình khác" in busy["message"]
