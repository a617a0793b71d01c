"""Children that are kept alive, the link to Prefect, and running a job when Prefect does not answer."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from htx_workflow.domain.errors import NotFound, StoreError
from htx_workflow.host import children, prefect_link, running
from htx_workflow.host.children import Child
from htx_workflow.runtime import Clock, Runtime
from htx_workflow.settings import Settings
from htx_workflow.store import runs
from htx_workflow.store.database import Database
from tests.factories import a_plan

DAY = date(2025, 12, 15)

# Children

SLEEPER = "import time; time.sleep(60)"
WITH_A_CHILD_OF_ITS_OWN = """
import subprocess, sys, time
grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(grandchild.pid, flush=True)
time.sleep(60)
"""
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('begun', flush=True); time.sleep(60)"
)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Callable[..., Child]]:
    """Makes children of a line of Python; all are stopped afterwards."""
    made: list[Child] = []

    def make(code: str, **options: object) -> Child:
        made.append(Child("thử", [sys.executable, "-c", code], tmp_path / "log" / "child.log", **options))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for child in made:
        child.stop()


def wait_for(what: Callable[[], object], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


def watched(child: Child) -> Child:
    child.watch()
    return child


def log_of(tmp_path: Path) -> str:
    with contextlib.suppress(FileNotFoundError):
        return (tmp_path / "log" / "child.log").read_text()
    return ""


def is_alive(pid: int) -> bool:
    """Whether a process works; one that is dead and not yet collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_child_that_dies_is_restarted_after_a_wait(
    kept: Callable[..., Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "BACKOFF", (0.2, 60.0))
    child = kept(SLEEPER)
    child.start()
    first = child.pid
    assert first is not None
    os.kill(first, 9)
    wait_for(lambda: child.pid is None)
    child.watch()
    assert child.restarts == 0
    wait_for(lambda: watched(child).pid)
    assert (child.restarts, child.pid != first) == (1, True)


def test_a_child_that_keeps_dying_is_restarted_less_and_less_often(
    kept: Callable[..., Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "BACKOFF", (0.0, 60.0))
    child = kept("raise SystemExit(1)")
    child.start()
    wait_for(lambda: watched(child).restarts == 1)
    wait_for(lambda: child.pid is None)
    for _ in range(10):
        child.watch()
        time.sleep(0.02)
    assert child.restarts == 1


def test_a_stopped_child_is_not_restarted(kept: Callable[..., Child]) -> None:
    child = kept(SLEEPER)
    child.start()
    child.stop()
    child.watch()
    assert (child.pid, child.restarts) == (None, 0)


def test_stopping_a_child_ends_what_it_started(kept: Callable[..., Child], tmp_path: Path) -> None:
    child = kept(WITH_A_CHILD_OF_ITS_OWN)
    child.start()
    wait_for(lambda: log_of(tmp_path).endswith("\n"))
    grandchild = int(log_of(tmp_path))
    child.stop()
    wait_for(lambda: not is_alive(grandchild))


def test_a_child_that_does_not_listen_is_ended_all_the_same(
    kept: Callable[..., Child], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "GRACE_SECONDS", 0.3)
    child = kept(STUBBORN)
    child.start()
    pid = child.pid
    assert pid is not None
    wait_for(lambda: log_of(tmp_path))
    child.stop()
    assert not is_alive(pid)


def test_a_child_has_the_settings_given_to_it_beside_ours(
    kept: Callable[..., Child], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTX_PORT", "8099")
    child = kept("import os; print(os.environ['HTX_PORT'], os.environ['EXTRA'])", environment={"EXTRA": "more"})
    child.start()
    wait_for(lambda: log_of(tmp_path) == "8099 more\n")


def test_a_command_that_is_not_there_is_told_with_its_log(tmp_path: Path) -> None:
    child = Child("máy chủ", [str(tmp_path / "gone")], tmp_path / "child.log")
    with pytest.raises(StoreError, match="Không khởi động được máy chủ"):
        child.start()


# Prefect's API, played by a small server


@dataclass
class Prefect:
    """What it was asked, and what it answers."""

    settings: Settings
    status: int = 200
    asked: list[tuple[str, str, str | None, object]] = field(default_factory=list)


@pytest.fixture
def prefect(tmp_path: Path) -> Iterator[Prefect]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            found.asked.append(
                (self.command, self.path, self.headers["Authorization"], json.loads(body) if body else None)
            )
            self.send_response(found.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST = answer

        def log_message(self, format: str, *arguments: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    found = Prefect(settings_at(server.server_port, tmp_path))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def settings_at(port: int, folder: Path) -> Settings:
    return Settings(var_dir=folder / "var", prefect_port=port)


def nobody_at(folder: Path) -> Settings:
    """Settings whose Prefect is not there."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return settings_at(probe.getsockname()[1], folder)


@pytest.fixture(autouse=True)
def no_prefect_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """None before, and none left behind."""
    for name in prefect_names():
        monkeypatch.delenv(name)
    yield
    for name in prefect_names():
        del os.environ[name]


def prefect_names() -> list[str]:
    return [name for name in os.environ if name.startswith("PREFECT_") or name == "DO_NOT_TRACK"]


def test_prefect_answers_when_its_health_does(prefect: Prefect) -> None:
    assert prefect_link.answers(prefect.settings)
    assert prefect.asked == [("GET", "/api/health", None, None)]


def test_a_prefect_that_is_not_well_does_not_answer(prefect: Prefect) -> None:
    prefect.status = 503
    assert not prefect_link.answers(prefect.settings)


def test_nobody_at_the_port_is_no_answer(tmp_path: Path) -> None:
    assert not prefect_link.answers(nobody_at(tmp_path))


def test_the_password_of_the_api_goes_along(prefect: Prefect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "htx:a:b")
    prefect_link.answers(prefect.settings)
    assert prefect.asked[0][2] == "Basic aHR4OmE6Yg=="


def test_runs_whose_process_died_are_set_to_crashed(prefect: Prefect) -> None:
    assert prefect_link.mark_crashed(prefect.settings, ["one", "two"]) == 2
    state = {"state": {"type": "CRASHED", "name": "Crashed", "message": "tiến trình dừng giữa chừng"}, "force": True}
    assert prefect.asked == [
        ("POST", "/api/flow_runs/one/set_state", None, state),
        ("POST", "/api/flow_runs/two/set_state", None, state),
    ]


def test_a_run_that_prefect_does_not_know_is_not_counted(prefect: Prefect) -> None:
    prefect.status = 404
    assert prefect_link.mark_crashed(prefect.settings, ["one"]) == 0


def test_crashed_runs_of_a_prefect_that_is_gone_stay_as_they_are(tmp_path: Path) -> None:
    assert prefect_link.mark_crashed(nobody_at(tmp_path), ["one"]) == 0


def test_what_an_administrator_has_set_of_prefect_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_LOGGING_LEVEL", "DEBUG")
    prefect_link.prepare_environment(settings_at(4200, tmp_path))
    assert os.environ["PREFECT_LOGGING_LEVEL"] == "DEBUG"
    assert os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert os.environ["PREFECT_API_URL"] == "http://127.0.0.1:4200/api"


# Running a job


@pytest.fixture
def runtime(sqlite_database: Database, loaded: Callable[..., object], tmp_path: Path) -> Runtime:
    loaded(sqlite_database, a_plan(), on=date(2025, 1, 2))
    return Runtime(nobody_at(tmp_path), Clock(DAY), sqlite_database)


def run_rows(runtime: Runtime) -> list[tuple[str, str, date, str, str]]:
    with runtime.reading() as session:
        return [(row.job, row.plan_code, row.day, row.outcome, row.prefect_id) for row in runs.list_runs(session, 10)]


def test_without_an_answer_from_prefect_the_job_runs_plainly_and_is_recorded(runtime: Runtime) -> None:
    counts = asyncio.run(running.run_job(runtime, "nightly_tick", "tinh-mau", DAY, with_prefect=True))
    assert counts["rungs"] > 0
    assert run_rows(runtime) == [("nightly_tick", "tinh-mau", DAY, "done", "")]


def test_a_failed_run_is_recorded_and_its_error_raised(runtime: Runtime) -> None:
    with pytest.raises(NotFound):
        asyncio.run(running.run_job(runtime, "nightly_tick", "khong-co", DAY, with_prefect=False))
    assert run_rows(runtime) == [("nightly_tick", "khong-co", DAY, "failed", "")]


def test_an_unknown_job_is_refused_before_anything_is_recorded(runtime: Runtime) -> None:
    with pytest.raises(NotFound, match="nightly_tick"):
        asyncio.run(running.run_job(runtime, "nightly", "tinh-mau", DAY, with_prefect=False))
    assert run_rows(runtime) == []
