"""`htx backup` and `htx restore` as an administrator types them: real processes, real files."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from htx_workflow.store import schema
from tests.commands import HOME, PLAN, Finished, htx, htx_here
from tests.conftest import Postgres

CODE = "kontum-3819"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A machine some weeks into plan 3819, with mails sent and a backup: var/ and office.zip."""
    folder = tmp_path_factory.mktemp("office")
    here = {"var_dir": str(folder / "var")}
    assert htx_here("plan", "load", str(PLAN), today="2024-10-23", **here).code == 0
    assert htx_here("tick", "--on", "2024-11-18", **here).code == 0
    assert htx_here("deliver", "--on", "2024-11-18", **here).code == 0
    saved = htx("backup", str(folder / "office.zip"), **here)
    assert (saved.code, saved.err) == (0, "")
    return folder


@pytest.fixture
def new_postgres(postgres: Postgres) -> Iterator[str]:
    """The address of a PostgreSQL database with nothing in it."""
    postgres.run("CREATE DATABASE moved")
    yield postgres.url("moved")
    postgres.run("DROP DATABASE moved WITH (FORCE)")


def seen(run: Callable[..., Finished] = htx_here, **settings: str) -> list[Any]:
    """What an official sees of an installation; one on PostgreSQL is asked from processes that end their connections."""
    asked: list[Any] = [
        run(*question, "--json", **settings).json
        for question in (
            ("occurrences", CODE), ("status", CODE, "--on", "2025-01-06"), ("outbox", "list"), ("plan", "show", CODE),
        )
    ]  # fmt: skip
    return asked


def assert_refused(done: Finished, sentence: str) -> None:
    assert (done.code, done.out) == (1, "")
    assert sentence in done.err
    assert "Traceback" not in done.err


# Whole


def test_a_lost_machine_is_put_back_from_its_file(office: Path, tmp_path: Path) -> None:
    new = {"var_dir": str(tmp_path / "new")}
    done = htx("restore", str(office / "office.zip"), **new)
    assert (done.code, done.err) == (0, "")
    assert "Đã khôi phục" in done.out
    assert "đọc lại khớp từng bảng" in done.out
    assert "Nhật ký nguyên vẹn" in done.out
    assert seen(**new) == seen(var_dir=str(office / "var"))
    assert htx_here("audit", "verify", **new).code == 0
    key = tmp_path / "new" / "signing.key"
    assert key.read_bytes() == (office / "var" / "signing.key").read_bytes()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_a_machine_moves_to_postgresql_and_back(office: Path, tmp_path: Path, new_postgres: str) -> None:
    there = {"var_dir": str(tmp_path / "there"), "database_url": new_postgres}
    back = {"var_dir": str(tmp_path / "back")}
    assert htx("restore", str(office / "office.zip"), **there).code == 0
    assert seen(htx, **there) == seen(var_dir=str(office / "var"))
    assert htx("backup", str(tmp_path / "moved.zip"), **there).code == 0
    assert htx("restore", str(tmp_path / "moved.zip"), **back).code == 0
    assert seen(**back) == seen(var_dir=str(office / "var"))
    events = htx_here("audit", "verify", "--json", **back).json
    assert (events["events"], events["broken"]) == (4, [])  # load, tick, and the two restores


def test_a_backup_says_what_it_holds_and_that_it_was_read_again(office: Path, tmp_path: Path) -> None:
    here = {"var_dir": str(office / "var")}
    done = htx("backup", str(tmp_path / "a.zip"), **here)
    for said in ("occurrence ", "kèm khóa ký", "Đã đọc lại tệp vừa ghi", "SHA-256", "giữ kín như chính cơ sở dữ liệu"):
        assert said in done.out
    told = htx("backup", str(tmp_path / "b.zip"), "--json", **here).json
    assert {key: told[key] for key in ("revision", "signing_key")} == {"revision": schema.HEAD, "signing_key": True}
    assert told["tables"]["occurrence"] == 115
    assert told["rows"] == sum(told["tables"].values())


def test_a_file_is_tried_out_without_touching_the_database_of_this_machine(office: Path, tmp_path: Path) -> None:
    done = htx("restore", "--check", str(office / "office.zip"), var_dir=str(tmp_path / "never"))
    assert (done.code, done.err) == (0, "")
    assert "Đã kiểm tra bằng cách khôi phục thử" in done.out
    told = htx("restore", "--check", str(office / "office.zip"), "--json", var_dir=str(tmp_path / "never")).json
    assert (told["checked_only"], told["tables"]["occurrence"]) == (True, 115)
    assert not (tmp_path / "never").exists()


# Refused


def test_files_that_cannot_be_written_are_refused_with_a_sentence(office: Path, tmp_path: Path) -> None:
    here = {"var_dir": str(office / "var")}
    assert_refused(htx("backup", str(office / "office.zip"), **here), "đã có. Đề nghị dùng tên khác, hoặc thêm --force")
    assert_refused(htx("backup", str(tmp_path), **here), "không phải là tệp")
    assert_refused(htx("backup", str(tmp_path / "nowhere" / "a.zip"), **here), "Không ghi được bản sao lưu")
    assert_refused(htx("backup", str(tmp_path / "a.zip"), var_dir=str(tmp_path / "empty")), "chưa có bảng nào")
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]


def test_files_that_cannot_be_read_are_refused_with_a_sentence(office: Path, tmp_path: Path) -> None:
    new = {"var_dir": str(tmp_path / "new")}
    cut = tmp_path / "cut.zip"
    cut.write_bytes((office / "office.zip").read_bytes()[:-30])
    for arguments in ((str(cut),), ("--check", str(cut))):
        assert_refused(htx("restore", *arguments, **new), "bị hỏng hoặc không đầy đủ")
    assert_refused(htx("restore", str(tmp_path / "none.zip"), **new), "Không có tệp")
    assert_refused(htx("restore", str(tmp_path), **new), "Không đọc được bản sao lưu")
    assert list((tmp_path / "new").glob("*")) == []


def test_a_database_in_use_is_never_restored_over(office: Path) -> None:
    here = {"var_dir": str(office / "var")}
    before = seen(**here)
    assert_refused(htx("restore", str(office / "office.zip"), **here), "chỉ khôi phục vào cơ sở dữ liệu trống")
    assert seen(**here) == before


# Faults

LITTLE = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))"


def test_a_disk_that_fills_up_leaves_no_file_and_no_event(office: Path, tmp_path: Path) -> None:
    here = {"var_dir": str(office / "var")}
    before = htx_here("audit", "verify", "--json", **here).json["events"]
    size = (office / "office.zip").stat().st_size - 2_000
    assert_refused(htx("backup", str(tmp_path / "a.zip"), before=LITTLE.format(size=size), **here), "đĩa đã đầy")
    assert list(tmp_path.iterdir()) == []
    assert htx_here("audit", "verify", "--json", **here).json["events"] == before


def test_a_disk_that_fills_up_leaves_an_old_file_whole(office: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes((office / "office.zip").read_bytes())
    done = htx("backup", "--force", str(path), before=LITTLE.format(size=9_000), var_dir=str(office / "var"))
    assert done.code == 1
    assert path.read_bytes() == (office / "office.zip").read_bytes()


@pytest.mark.parametrize("moment", ["archive_rows.Tables.move_sequences", "signing.put_back"])
def test_a_restore_that_is_killed_leaves_an_empty_database_and_succeeds_the_next_time(
    office: Path, tmp_path: Path, moment: str
) -> None:
    new = {"var_dir": str(tmp_path / "new")}
    die = (
        "import os; from htx_workflow.store import archive_rows; from htx_workflow.gateways import signing;"
        f" {moment} = lambda *_: os.kill(os.getpid(), 9)"
    )
    assert htx("restore", str(office / "office.zip"), before=die, **new).code == -signal.SIGKILL
    assert htx_here("audit", "verify", "--json", **new).json["events"] == 0
    assert not (tmp_path / "new" / "signing.key").exists()
    assert htx("restore", str(office / "office.zip"), **new).code == 0
    assert seen(**new) == seen(var_dir=str(office / "var"))


def test_backups_go_on_while_others_load_and_tick(tmp_path: Path) -> None:
    """Three processes write while two backups are made; both are whole and neither writer is disturbed."""
    here = {"var_dir": str(tmp_path / "var")}
    assert htx_here("plan", "load", str(PLAN), today="2024-10-23", **here).code == 0
    environment = {**os.environ, "HTX_VAR_DIR": here["var_dir"]}
    writers = [
        subprocess.Popen(
            [sys.executable, "-m", "htx_workflow.cli", "tick", "--on", day], env=environment, cwd=HOME,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )
        for day in ("2024-11-18", "2024-12-13", "2025-01-06")
    ]  # fmt: skip
    made = [htx("backup", str(tmp_path / f"{number}.zip"), **here) for number in range(2)]
    assert [writer.communicate(timeout=60)[1] for writer in writers] == [""] * 3
    assert [done.code for done in made] == [0, 0]
    for number in range(2):
        assert htx_here("restore", "--check", str(tmp_path / f"{number}.zip"), **here).code == 0
