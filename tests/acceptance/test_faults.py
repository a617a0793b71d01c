"""The command line on a bad day: full disks, killed processes, servers that are not there. Never a traceback."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from htx_workflow import cli
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.plan import Plan
from htx_workflow.gateways.mailbox import Mailbox, list_mails, read_mail
from htx_workflow.services.composing import Style
from htx_workflow.store.database import Database
from tests.commands import PLAN, Finished, htx
from tests.machine import Machine

DAY = {"today": "2024-12-13"}
Here = Callable[..., Finished]
LOAD = ("plan", "load", str(PLAN), "--on", "2024-10-23")


def done(finished: Finished) -> Finished:
    assert finished.code == 0, finished.err
    return finished


def refused(finished: Finished) -> str:
    """The sentence of a refusal, which stands alone on stderr."""
    assert (finished.code, finished.out) == (1, ""), finished
    assert "Traceback" not in finished.err
    return finished.err


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture(scope="module")
def templates_of_days(
    tmp_path_factory: pytest.TempPathFactory,
    sqlite_template: Path,
    kontum: Plan,
    calendar: WorkingCalendar,
    style: Style,
) -> dict[str, Path]:
    """Plan 3819 as loaded, and after the tick of the day: made once, copied by each test."""
    folder = tmp_path_factory.mktemp("days")
    path = shutil.copy(sqlite_template, folder / "work.sqlite3")
    machine = Machine(Database(f"sqlite:///{path}"), {"vn": calendar}, style, folder / "mailbox")
    machine.load(kontum, on=date(2024, 10, 23), source=PLAN.read_text("utf-8"))
    machine.database.close()
    days = {"loaded": Path(shutil.copy(path, folder / "loaded.sqlite3"))}
    machine.at(date.fromisoformat(DAY["today"]), time(0, 0))  # the commands read the hour of the machine's clock
    machine.tick()
    machine.compose()
    machine.database.close()
    return {**days, "ticked": path}


@pytest.fixture
def loaded_machine(var: Path, templates_of_days: dict[str, Path]) -> Path:
    """A machine with plan 3819; its database."""
    return put(templates_of_days["loaded"], var)


@pytest.fixture
def ticked_machine(var: Path, templates_of_days: dict[str, Path]) -> Path:
    """The same after the tick of the day."""
    return put(templates_of_days["ticked"], var)


def put(template: Path, var: Path) -> Path:
    var.mkdir(exist_ok=True)
    return Path(shutil.copy(template, var / "htx.sqlite3"))


def rows(path: Path, statement: str) -> list[Any]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str]) -> Callable[..., Finished]:
    """Runs a command in the process of the test, which is quicker."""

    def run(*arguments: str) -> Finished:
        with pytest.raises(SystemExit) as ended:
            cli.main(list(arguments))
        return Finished(int(ended.value.code or 0), *capsys.readouterr())

    return run


# Full disks


def test_a_disk_that_is_full_in_the_middle_of_a_load_leaves_nothing_half_done(var: Path, sqlite_template: Path) -> None:
    path = put(sqlite_template, var)
    small = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))"
    assert "việc đang làm chưa được ghi" in refused(htx(*LOAD, before=small, **DAY))
    assert rows(path, "SELECT (SELECT count(*) FROM agency), (SELECT count(*) FROM audit_event)") == [(0, 0)]
    assert "đã nạp phiên bản 1" in done(htx(*LOAD, **DAY)).out


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small disk needs the right to mount one")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_the_same_commands_succeed_when_a_full_disk_has_room_again(
    small_disk: Path, templates_of_days: dict[str, Path]
) -> None:
    on_disk = {**DAY, "var_dir": str(small_disk)}
    with full(small_disk):
        assert "Cơ sở dữ liệu" in refused(htx("plan", "list", **on_disk))
    put(templates_of_days["loaded"], small_disk)
    with full(small_disk):
        refused(htx("tick", **on_disk))
    ticked = done(htx("tick", "--json", **on_disk)).json
    assert ticked["rungs"] > 0
    with full(small_disk):
        refused(htx("mail", "test", "a@example.vn", **on_disk))
    assert done(htx("deliver", "--json", **on_disk)).json["sent"] == ticked["digests"]


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """Not one block is left."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    yield
    filler.unlink()


# Killed processes


async def test_a_delivery_killed_after_handing_over_sends_that_mail_again_only_when_its_lease_ran_out(
    ticked_machine: Path, tmp_path: Path
) -> None:
    digests = len(rows(ticked_machine, "SELECT key FROM message"))
    async with Mailbox(tmp_path / "relay") as relay:
        server = {**DAY, "smtp_host": "127.0.0.1", "smtp_port": str(relay.port), "smtp_security": "none"}

        async def deliver(**settings: str) -> Finished:
            return await asyncio.to_thread(htx, "deliver", "--json", **{**server, **settings})

        killed = await deliver(stop_at="handed", smtp_connections="1")
        assert (killed.code, killed.out) == (75, "")
        lost = rows(ticked_machine, "SELECT key FROM message WHERE handed_at IS NOT NULL")
        assert len(lost) == 1
        taken = rows(ticked_machine, "SELECT key FROM message WHERE state = 'leased'")
        quiet = {"retry": 0, "failed": 0}
        assert done(await deliver()).json == {"sent": digests - len(taken), "doubtful": 0, **quiet}
        assert rows(ticked_machine, "SELECT key FROM message WHERE state = 'leased'") == taken
        run_out(ticked_machine)
        assert done(await deliver()).json == {"sent": len(taken), "doubtful": 1, **quiet}
    assert rows(ticked_machine, "SELECT key FROM message WHERE doubtful") == lost
    arrived = [(str(mail["X-HTX-Key"]), str(mail["Message-ID"])) for mail in map(read_mail, list_mails(relay.folder))]
    assert sorted({key for key, _ in arrived}) == sorted(
        key for (key,) in rows(ticked_machine, "SELECT key FROM message")
    )
    assert len({number for _, number in arrived}) == digests


def run_out(path: Path) -> None:
    """What ten minutes do to every lease."""
    connection = sqlite3.connect(path)
    connection.execute("UPDATE message SET lease_until = datetime(lease_until, '-1 hour') WHERE state = 'leased'")
    connection.commit()
    connection.close()


@pytest.mark.parametrize("commit", ["tick", "pool", "digests"])
def test_a_tick_killed_at_any_commit_is_finished_by_the_next_one(
    loaded_machine: Path, templates_of_days: dict[str, Path], commit: str
) -> None:
    assert htx("tick", "--json", **DAY, stop_at=commit).code == 75
    done(htx("tick", "--json", **DAY))
    for statement in (
        "SELECT occurrence_id, due_rev, step, audience, state FROM reminder ORDER BY 1, 2, 3, 4",
        "SELECT key, state, subject FROM message ORDER BY 1",
    ):
        assert rows(loaded_machine, statement) == rows(templates_of_days["ticked"], statement)


# Mail


def test_a_test_mail_without_a_server_goes_to_the_mailbox_of_this_machine(var: Path) -> None:
    said = done(htx("mail", "test", "a@example.vn")).out
    assert "đã nhận thư thử gửi a@example.vn: 2.0.0" in said
    (path,) = list_mails(var / "mailbox")
    assert read_mail(path)["To"] == "a@example.vn"


@pytest.mark.parametrize("address", ["a", "đầu.mối@example.vn", "a@example.vn, b@example.vn"])
def test_a_test_mail_to_what_is_no_address_is_refused(var: Path, here: Here, address: str) -> None:
    assert "không dùng được để gửi thư" in refused(here("mail", "test", address))
    assert list_mails(var / "mailbox") == []


def test_a_test_mail_through_a_server_that_is_not_there_says_so(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("HTX_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("HTX_SMTP_PORT", str(port))
    said = refused(here("mail", "test", "a@example.vn"))
    assert said == f"Không kết nối được với máy chủ thư 127.0.0.1:{port} hoặc kết nối bị ngắt.\n"
    monkeypatch.setenv("HTX_SMTP_HOST", "nohost.invalid")
    assert "Không tìm thấy máy chủ thư nohost.invalid" in refused(here("mail", "test", "a@example.vn"))


def test_a_delivery_without_its_server_keeps_every_mail_and_warns_on_stderr_only(ticked_machine: Path) -> None:
    gone = done(htx("deliver", "--json", **DAY, smtp_host="127.0.0.1", smtp_port="1", smtp_security="none"))
    assert (gone.json["sent"], gone.json["failed"]) == (0, 0)
    assert gone.err.startswith("Cảnh báo: Không kết nối được với máy chủ thư 127.0.0.1:1")
    assert rows(ticked_machine, "SELECT DISTINCT state FROM message") == [("queued",)]


# Usage


@pytest.mark.parametrize("arguments", [("nonsense",), ("tick", "--nonsense"), ("plan", "nonsense"), ("mail", "test")])
def test_wrong_usage_ends_with_two(here: Here, arguments: tuple[str, ...]) -> None:
    finished = here(*arguments)
    assert (finished.code, finished.out) == (2, "")
    assert "Traceback" not in finished.err


def test_json_stays_alone_on_stdout_when_there_is_something_to_warn_of(here: Here) -> None:
    listed = done(here("occurrences", "kontum-3819", "--json"))
    assert json.loads(listed.out)
    assert "chưa được nạp" in listed.err
