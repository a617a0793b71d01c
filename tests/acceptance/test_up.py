"""The real service: started, hurt, started again; every rung is accounted for."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

HOME = Path(__file__).parents[2]
CODE = "kontum-3819"
DAY = "2024-12-13"
ALL_DAY = """\
jobs:
  - {job: nightly_tick, each: plan, at: "00:00"}
  - {job: collect_annual_reports, each: plan, at: "00:00"}
  - {job: final_assessment, each: plan, at: "00:00"}
  - {job: deliver_outbox, each: once, every_minutes: 1, when: outbox}
"""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


class Installation:
    """A folder of configuration and a folder of data, with the real command."""

    def __init__(self, folder: Path) -> None:
        home = folder / "home"
        shutil.copytree(HOME / "config", home / "config")
        (home / "templates").symlink_to(HOME / "templates")
        (home / "config" / "schedule.yaml").write_text(ALL_DAY, "utf-8")
        self.var = folder / "var"
        self.port, self.prefect_port = free_port(), free_port()
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("HTX_", "PREFECT_"))},
            "HTX_HOME": str(home),
            "HTX_VAR_DIR": str(self.var),
            "HTX_TODAY": DAY,
            "HTX_PORT": str(self.port),
            "HTX_PREFECT_PORT": str(self.prefect_port),
        }
        self.processes: list[subprocess.Popen[str]] = []

    def htx(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "htx_workflow.cli", *arguments],
            env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def up(self, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "htx_workflow.cli", "up", *arguments],
            env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip
        self.processes.append(process)
        return process

    def get(self, path: str) -> httpx.Response | None:
        return answer(f"http://127.0.0.1:{self.port}{path}")

    def prefect_answers(self) -> bool:
        found = answer(f"http://127.0.0.1:{self.prefect_port}/api/health")
        return found is not None and found.status_code == 200

    def runs(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.htx("runs", "--json", "--limit", "100"))
        return found

    def mails(self) -> list[str]:
        return sorted(path.name for path in (self.var / "mailbox").rglob("*.eml"))

    def prefect_processes(self) -> list[int]:
        found = subprocess.run(
            ["pgrep", "-f", f"server start.*port {self.prefect_port}|uvicorn.*port.{self.prefect_port}"],
            capture_output=True,
            text=True,
            check=False,
        )
        return [int(line) for line in found.stdout.split()]


def answer(address: str) -> httpx.Response | None:
    try:
        return httpx.get(address, timeout=5)
    except httpx.HTTPError:
        return None


def until(true: Callable[[], object], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return
        time.sleep(0.2)
    pytest.fail(f"waited {seconds} s in vain: {what}")


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path)
    made.htx("plan", "load", str(HOME / "config" / "plans" / f"{CODE}.yaml"), "--on", "2024-10-23")
    yield made
    for process in made.processes:
        if process.poll() is None:
            process.kill()
        if process.stdout is not None and not process.stdout.closed:
            process.communicate()
    for pid in made.prefect_processes():
        os.kill(pid, signal.SIGKILL)


def test_the_service_survives_the_death_of_its_parts_and_accounts_for_every_rung(installation: Installation) -> None:
    first = installation.up()
    until(lambda: installation.get("/health/live"), 60, "the first page")
    until(lambda: {run["job"] for run in installation.runs() if run["outcome"] == "done"} >= {"nightly_tick", "deliver_outbox"}, 90, "a tick and a delivery")  # fmt: skip
    sent = installation.mails()
    outbox = json.loads(installation.htx("outbox", "list", "--json", "--limit", "1000"))
    assert {mail["state"] for mail in outbox} == {"sent"}
    assert len(sent) == len(outbox) > 10
    until(installation.prefect_answers, 120, "Prefect's server")

    before = installation.prefect_processes()
    assert before
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    until(lambda: set(installation.prefect_processes()) - set(before), 60, "Prefect's server started again")

    first.kill()
    first.communicate()
    until(lambda: not installation.prefect_processes(), 30, "no orphan is left")

    second = installation.up()
    until(lambda: installation.get("/health/ready"), 60, "the page after the restart")
    ready = installation.get("/health/ready")
    assert ready is not None
    assert ready.json() == {"ready": True, "reasons": []}
    second.send_signal(signal.SIGTERM)
    began = time.monotonic()
    second.communicate(timeout=30)
    assert time.monotonic() - began < 20
    assert second.returncode == 0
    assert installation.prefect_processes() == []
    assert installation.mails() == sent
    assert json.loads(installation.htx("outbox", "list", "--state", "doubtful", "--json")) == []
    assert installation.htx("audit", "verify").startswith("Nhật ký nguyên vẹn")


def test_a_taken_port_is_said_in_one_sentence(installation: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", installation.port))
        taken.listen()
        process = installation.up("--no-prefect")
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"Không mở được cổng {installation.port}" in output
    assert "Traceback" not in output


def test_the_portal_in_two_processes_beside_the_clock_answers_and_stops(installation: Installation) -> None:
    process = installation.up("--no-prefect", "--web", "2")
    until(lambda: installation.get("/health/live"), 60, "a portal process")
    until(lambda: any(run["job"] == "deliver_outbox" for run in installation.runs()), 90, "a delivery")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 0
    assert installation.get("/health/live") is None
