"""Databases that are newer, locked, full, damaged or gone: a sentence, nothing half done, and no traceback."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from htx_workflow import cli
from htx_workflow.domain.errors import StoreError, TooLate
from htx_workflow.domain.plan import Plan
from htx_workflow.store import database as databases
from htx_workflow.store import plans as plan_store
from htx_workflow.store import schema
from htx_workflow.store.database import Database
from tests.conftest import Postgres

Refused = Callable[..., str]


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Refused:
    """Runs a command that must be refused with exit code 1; what stands on stderr."""

    def run(*arguments: str) -> str:
        with pytest.raises(SystemExit) as ended:
            cli.main(list(arguments))
        out, err = capsys.readouterr()
        assert (ended.value.code, out) == (1, "")
        assert "Traceback" not in err
        return err

    return run


def path_of(database: Database) -> Path:
    return Path(str(database.engine.url.database))


@contextmanager
def held(path: Path, begin: str = "BEGIN IMMEDIATE") -> Iterator[None]:
    """Another process holds the file for writing."""
    hold = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute(sys.argv[2]); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(path), begin], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield
        finally:
            process.communicate()


# A newer version


def test_a_database_of_a_newer_version_is_refused_and_left_alone(
    sqlite_database: Database, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = path_of(sqlite_database)
    with sqlite_database.transaction("test") as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = dump(path)
    monkeypatch.setenv("HTX_DATABASE_URL", f"sqlite:///{path}")
    err = refused("plan", "list")
    assert "Cơ sở dữ liệu ở phiên bản 9999, mới hơn phần mềm này" in err
    assert "chưa có gì thay đổi" in err
    assert dump(path) == before


def test_a_newer_database_is_refused_on_both_kinds(database: Database) -> None:
    with database.transaction("test") as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="mới hơn phần mềm này"):
        schema.ensure_current(database)


def dump(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


# Locked


def test_a_database_locked_by_another_process_is_refused_and_still_read(sqlite_database: Database) -> None:
    path = path_of(sqlite_database)
    impatient = Database(f"sqlite:///{path}", busy_seconds=0.1)
    with held(path):
        with (
            pytest.raises(StoreError, match="đang bị tiến trình khác giữ để ghi"),
            impatient.transaction("test") as session,
        ):
            plan_store.list_plans(session)
        with impatient.reading() as session:
            assert plan_store.list_plans(session) == []
    with impatient.transaction("test") as session:
        assert plan_store.list_plans(session) == []
    impatient.close()


def test_a_new_database_locked_by_another_process_is_refused_and_made_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "new.sqlite3"
    monkeypatch.setattr(schema, "WAIT_SECONDS", 0.1)
    impatient = Database(f"sqlite:///{path}", busy_seconds=0.1)
    with held(path, "BEGIN EXCLUSIVE"), pytest.raises(StoreError, match="đang bị tiến trình khác giữ để ghi"):
        schema.ensure_current(impatient)
    assert schema.ensure_current(impatient)
    impatient.close()


def test_too_many_at_once_are_told_to_wait(sqlite_database: Database) -> None:
    engine = sqlite_database.engine
    engine.pool._timeout = 0.05  # type: ignore[attr-defined]
    held_open = [engine.connect() for _ in range(engine.pool.size() + engine.pool._max_overflow)]  # type: ignore[attr-defined]
    with pytest.raises(StoreError, match="quá nhiều việc chờ"), sqlite_database.reading() as session:
        session.execute(text("SELECT 1"))
    for connection in held_open:
        connection.close()


# Full


def test_a_full_disk_writes_nothing_and_the_same_load_succeeds_when_there_is_room(
    sqlite_database: Database, loaded: Any, kontum: Plan
) -> None:
    limit = [0]

    def limited(connection: sqlite3.Connection, _: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {limit[0] or 2**30}")

    event.listen(sqlite_database.engine, "connect", limited)
    sqlite_database.engine.dispose()
    limit[0] = 60
    with pytest.raises(StoreError, match=r"đĩa đã đầy.*chưa được ghi"):
        loaded(sqlite_database, kontum, on=date(2024, 10, 23))
    assert count(sqlite_database, "agency", "duty", "occurrence", "audit_event") == [0, 0, 0, 0]
    limit[0] = 0
    sqlite_database.engine.dispose()
    assert loaded(sqlite_database, kontum, on=date(2024, 10, 23)).opened > 0


def count(database: Database, *names: str) -> list[int]:
    with database.reading() as session:
        return [session.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in names]


# Not writable, not a database, damaged


def test_a_database_that_may_only_be_read_is_refused(
    sqlite_database: Database, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = path_of(sqlite_database)
    with sqlite_database.transaction("test") as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    sqlite_database.close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    monkeypatch.setenv("HTX_DATABASE_URL", f"sqlite:///file:{path}?mode=ro&uri=true")
    assert "chỉ cho đọc. Đề nghị cấp quyền ghi cho tệp và thư mục" in refused("plan", "list")


def test_a_folder_in_the_place_of_the_database_is_named(
    tmp_path: Path, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTX_DATABASE_URL", f"sqlite:///{tmp_path}")
    assert f"{tmp_path} không mở được" in refused("plan", "list")


def test_a_file_in_the_place_of_a_folder_is_named(
    tmp_path: Path, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "var").write_text("x")
    assert f"Không tạo được thư mục {tmp_path / 'var'}" in refused("plan", "list")
    monkeypatch.setenv("HTX_VAR_DIR", str(tmp_path / "var" / "below"))
    assert "đặt HTX_VAR_DIR sang thư mục khác" in refused("plan", "list")


@pytest.mark.parametrize("content", [b"no database at all" * 100, bytes(range(256)) * 40])
def test_a_file_that_is_no_database_is_refused_and_left_alone(
    tmp_path: Path, refused: Refused, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    monkeypatch.setenv("HTX_DATABASE_URL", f"sqlite:///{path}")
    assert "không phải là cơ sở dữ liệu SQLite" in refused("plan", "list")
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_refused_and_left_alone(
    tmp_path: Path, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "other.sqlite3"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE agency (name TEXT)")
    connection.execute("INSERT INTO agency VALUES ('x')")
    connection.commit()
    connection.close()
    before = dump(path)
    monkeypatch.setenv("HTX_DATABASE_URL", f"sqlite:///{path}")
    assert "không thành: table agency already exists. Cơ sở dữ liệu còn nguyên như trước" in refused("plan", "list")
    assert dump(path) == before


@pytest.mark.parametrize("command", [("plan", "list"), ("tick",), ("status", "kontum-3819"), ("audit", "verify")])
def test_a_damaged_database_is_refused_with_what_to_do(
    sqlite_database: Database,
    loaded: Any,
    kontum: Plan,
    refused: Refused,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
) -> None:
    loaded(sqlite_database, kontum, on=date(2024, 10, 23))
    sqlite_database.close()
    path = path_of(sqlite_database)
    with path.open("r+b") as file:
        file.seek(2 * 4096)
        file.write(b"\x5a" * (path.stat().st_size - 2 * 4096))
    monkeypatch.setenv("HTX_DATABASE_URL", f"sqlite:///{path}")
    assert "bị hỏng. Đề nghị khôi phục từ bản sao lưu gần nhất" in refused(*command)


# Addresses


@pytest.mark.parametrize(
    "url",
    ["garbage", "mysql://u:secret@h/d", "sqlite+aiosqlite:///x", "postgresql+asyncpg://h/d", "postgresql://h:port/d"],
)
def test_an_address_of_no_known_database_is_refused_without_showing_its_password(
    refused: Refused, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("HTX_DATABASE_URL", url)
    err = refused("plan", "list")
    assert err.startswith("HTX_DATABASE_URL không đọc được: cần một địa chỉ SQLite hoặc PostgreSQL")
    assert "secret" not in err


@pytest.mark.parametrize("place", ["127.0.0.1:1", "nohost.invalid", "/run/nowhere"])
def test_a_postgresql_that_is_not_there_is_named_without_its_password(
    refused: Refused, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    host = f"u:secret@/d?host={place}" if place[0] == "/" else f"u:secret@{place}/d"
    monkeypatch.setenv("HTX_DATABASE_URL", f"postgresql://{host}")
    err = refused("plan", "list")
    assert "không kết nối được. Đề nghị kiểm tra máy chủ PostgreSQL và HTX_DATABASE_URL." in err
    assert "secret" not in err


def test_a_postgresql_database_that_does_not_exist_is_named(
    postgres: Postgres, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTX_DATABASE_URL", postgres.url("nowhere"))
    assert "không kết nối được" in refused("plan", "list")


@pytest.fixture
def locked_role(postgres: Postgres) -> Iterator[str]:
    """A role that PostgreSQL asks for a password."""
    postgres.run("CREATE ROLE htx_locked LOGIN PASSWORD 'right'")
    with psycopg.connect(postgres.url("postgres")) as connection:
        (path,) = connection.execute("SHOW hba_file").fetchone() or ("",)
    file = Path(path)
    before = file.read_text()
    lines = ("local all htx_locked scram-sha-256", "host all htx_locked all scram-sha-256")
    file.write_text("\n".join((*lines, before)))
    postgres.run("SELECT pg_reload_conf()")
    yield "htx_locked"
    file.write_text(before)
    postgres.run("SELECT pg_reload_conf()")
    postgres.run("DROP ROLE htx_locked")


@pytest.mark.parametrize(
    ("password", "sentence"), [(":wrong", "từ chối mật khẩu"), ("", "cần mật khẩu")], ids=["wrong", "none"]
)
def test_a_postgresql_that_refuses_the_password_is_named_without_it(
    postgres: Postgres,
    locked_role: str,
    refused: Refused,
    monkeypatch: pytest.MonkeyPatch,
    password: str,
    sentence: str,
) -> None:
    url = postgres.url("postgres")
    address = url.partition("://")[2]
    address = address.partition("@")[2] if "@" in address else address
    monkeypatch.setenv("HTX_DATABASE_URL", f"postgresql://{locked_role}{password}@{address}")
    err = refused("plan", "list")
    assert sentence in err
    assert "wrong" not in err


# PostgreSQL that goes and comes back


@pytest.fixture
def on_postgres(request: pytest.FixtureRequest, postgres: Postgres) -> Iterator[Database]:
    postgres.run("CREATE DATABASE going TEMPLATE htx_template")
    database = Database(postgres.url("going"))
    yield database
    database.close()
    postgres.run("DROP DATABASE going WITH (FORCE)")


def cut_all(postgres: Postgres) -> None:
    """What a restart of the server does to those connected."""
    postgres.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'going'")


def test_a_postgresql_restarted_between_two_transactions_is_not_noticed(
    on_postgres: Database, postgres: Postgres
) -> None:
    with on_postgres.reading() as session:
        assert plan_store.list_plans(session) == []
    cut_all(postgres)
    with on_postgres.transaction("test") as session:
        assert plan_store.list_plans(session) == []


def test_a_postgresql_restarted_within_a_transaction_leaves_nothing_half_done(
    on_postgres: Database, postgres: Postgres
) -> None:
    def interrupted() -> None:
        with on_postgres.transaction("test") as session:
            session.execute(text("INSERT INTO agency (code, kind, sort, place) VALUES ('a', 'department', 1, '')"))
            cut_all(postgres)
            session.execute(text("SELECT 1"))

    with pytest.raises(StoreError, match=r"ngắt kết nối giữa chừng; việc đang làm chưa được ghi"):
        interrupted()
    assert count(on_postgres, "agency") == [0]


# What a session sees


def test_a_reading_session_sees_one_state_whatever_others_write(database: Database) -> None:
    with database.reading() as session:
        before = session.execute(text("SELECT count(*) FROM agency")).scalar_one()
        with database.transaction("test") as other:
            other.execute(text("INSERT INTO agency (code, kind, sort, place) VALUES ('a', 'department', 1, '')"))
        assert session.execute(text("SELECT count(*) FROM agency")).scalar_one() == before
    assert count(database, "agency") == [1]


def test_a_key_written_by_somebody_quicker_is_a_sentence_on_postgresql(on_postgres: Database) -> None:
    add = text("INSERT INTO agency (code, kind, sort, place) VALUES ('a', 'department', 1, '')")
    with on_postgres.transaction("test") as session:
        session.execute(add)
    with pytest.raises(TooLate, match="Người khác vừa ghi"), on_postgres.transaction("test") as session:
        session.execute(add)


def test_foreign_keys_hold_on_every_connection(database: Database) -> None:
    orphan = text("INSERT INTO milestone (plan_id, code, title) VALUES (99, 'x', 'x')")
    for _ in range(3):
        with pytest.raises(IntegrityError), database.transaction("test") as session:
            session.execute(orphan)
        database.engine.dispose()


def test_every_sentence_about_a_database_says_what_to_do() -> None:
    sentences = [said for _, said in databases.TROUBLES] + list(databases.STATES.values())
    assert [said for said in sentences if "Đề nghị" not in said] == []
