"""One database, SQLite or PostgreSQL: `reading()` and `transaction()` are the only ways in.

SQLite takes its write lock at the start of a transaction (BEGIN IMMEDIATE); with a plain BEGIN a third of
concurrent writes would fail. Each commit has a name, so that tests can end the process there.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import StaticPool
from sqlmodel import Session

from htx_workflow.domain.errors import StoreError, TooLate
from htx_workflow.store import audit_chain

__all__ = ["Database", "Session", "make_engine", "translated", "trouble_of"]

FULL = "không ghi được vì đĩa đã đầy. Đề nghị giải phóng dung lượng rồi chạy lại; việc đang làm chưa được ghi."
GONE = "không kết nối được. Đề nghị kiểm tra máy chủ PostgreSQL và HTX_DATABASE_URL."
CUT = "ngắt kết nối giữa chừng; việc đang làm chưa được ghi. Đề nghị chạy lại."
TROUBLES = (
    (
        "database is locked",
        "đang bị tiến trình khác giữ để ghi."
        " Đề nghị chạy lại sau một phút; nếu vẫn vậy, tìm tiến trình htx bị treo và dừng lại.",
    ),
    ("disk is full", FULL),
    ("disk i/o error", "không đọc, ghi được trên đĩa. Đề nghị kiểm tra đĩa rồi chạy lại; việc đang làm chưa được ghi."),
    ("no space left", FULL),
    ("readonly database", "chỉ cho đọc. Đề nghị cấp quyền ghi cho tệp và thư mục chứa tệp."),
    ("unable to open database file", "không mở được. Đề nghị kiểm tra đường dẫn và quyền ghi của thư mục."),
    (
        "not a database",
        "không phải là cơ sở dữ liệu SQLite. Đề nghị kiểm tra HTX_DATABASE_URL hoặc khôi phục từ bản sao lưu.",
    ),
    ("malformed", "bị hỏng. Đề nghị khôi phục từ bản sao lưu gần nhất."),
    ("server closed the connection", CUT),
    ("connection is lost", CUT),
    ("password authentication failed", "từ chối mật khẩu. Đề nghị kiểm tra HTX_DATABASE_URL."),
    ("no password supplied", "cần mật khẩu. Đề nghị kiểm tra HTX_DATABASE_URL."),
    ("connection refused", GONE),
    ("connection failed", GONE),
    ("connection is bad", GONE),
    ("failed to resolve host", GONE),
    ("timeout expired", GONE),
)
"""Signs in a driver's error, and what a person is told after the database's name."""

STATES = {
    "53100": FULL,
    "53300": "đang có quá nhiều kết nối. Đề nghị chạy lại sau một phút.",
    "25006": "chỉ cho đọc. Đề nghị kiểm tra máy chủ PostgreSQL (máy dự phòng không nhận ghi).",
    "40P01": "bận: hai tiến trình chờ nhau; việc đang làm chưa được ghi. Đề nghị chạy lại.",
    "57P01": CUT,
    "57P02": CUT,
    "57P03": GONE,
}
"""The same by SQLSTATE: PostgreSQL may speak another language."""

BUSY_SECONDS = 15
"""How long a writer waits for another before it says that the database is locked."""

KNOCK_MS = 8
"""SQLite lets writers in by chance, and one that waits looks ever less often, in the end ten times a second: it would
stand outside while a tick commits batch after batch. So waiting begins anew every 8 ms, which looks each 5 ms at the
latest, and who held the lock for longer than that takes it again after `REST` seconds at the earliest."""
REST = 0.006

UNIQUE_VIOLATION = "23505"
"""SQLSTATE of a key written by somebody else meanwhile. On SQLite, where writers queue, it would be a mistake of ours."""

CONNECT_SECONDS = 10
"""How long PostgreSQL may take to answer a new connection."""

SNAPSHOT: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""PostgreSQL sees one state for a whole transaction only when asked to; SQLite always does."""

DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
"""What may stand before :// in an address, and the driver it means."""


class _Turn(threading.local):
    """What this thread knows of its turns with SQLite's write lock, in seconds of the monotonic clock."""

    taken = 0.0
    left = 0.0


_turn = _Turn()


class Database:
    """The engine and its two kinds of sessions."""

    def __init__(
        self, url: str, *, stop_at: str = "", busy_seconds: float = BUSY_SECONDS, durable: bool = True
    ) -> None:
        """`durable` False: the last commits may be lost with the power (training data, copies)."""
        self.url = url
        self.busy_seconds = busy_seconds
        self.engine = make_engine(url, busy_seconds, durable)
        self._writer = self.engine.execution_options(htx_immediate=True)
        self._reader = self.engine if self.is_sqlite else self.engine.execution_options(**SNAPSHOT)
        self._stop_at, _, turn = stop_at.partition(":")
        self._stop_turn = int(turn or 1)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state and writes nothing."""
        with translated(self.url), Session(self._reader) as session:
            yield session
            session.rollback()

    @contextmanager
    def transaction(self, name: str) -> Iterator[Session]:
        """A session whose work is committed whole under this name, or not at all; its audit events go in last."""
        with translated(self.url), Session(self._writer, expire_on_commit=False) as session:
            yield session
            audit_chain.append_noted(session)
            session.commit()
            session.close()
            self._stop_after(name)
        now = time.monotonic()
        _turn.left = now if now - _turn.taken > KNOCK_MS / 1000 else 0.0

    @contextmanager
    def rehearsal(self) -> Iterator[Session]:
        """A session whose work is always taken back: to see what would happen."""
        with translated(self.url), Session(self._writer) as session:
            yield session
            session.rollback()

    def _stop_after(self, name: str) -> None:
        if name == self._stop_at:
            self._stop_turn -= 1
            if self._stop_turn == 0:
                os._exit(75)

    def close(self) -> None:
        self.engine.dispose()


def make_engine(url: str, busy_seconds: float = BUSY_SECONDS, durable: bool = True) -> Engine:
    """An engine for `sqlite:///file`, `sqlite://` (memory) or `postgresql://…`."""
    try:
        address = make_url(url)
        driver = DRIVERS[address.drivername]
    except (ArgumentError, KeyError, ValueError) as error:
        raise StoreError(
            "HTX_DATABASE_URL không đọc được: cần một địa chỉ SQLite hoặc PostgreSQL,"
            " ví dụ sqlite:///var/htx.sqlite3 hoặc postgresql://htx@localhost/htx."
        ) from error
    address = address.set(drivername=driver)
    if driver != "sqlite":
        patience = {} if "connect_timeout" in address.query else {"connect_timeout": CONNECT_SECONDS}
        return create_engine(address, pool_pre_ping=True, connect_args=patience)
    memory = address.database in (None, "", ":memory:")
    if not memory and not str(address.database).startswith("file:"):
        _make_folder(Path(str(address.database)))
    options: dict[str, Any] = {"poolclass": StaticPool} if memory else {}
    engine = create_engine(address, connect_args={"timeout": busy_seconds, "check_same_thread": False}, **options)
    event.listen(engine, "connect", partial(_prepare_sqlite, durable))
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def file_of(url: str) -> Path | None:
    """The file of an SQLite address; None for memory, PostgreSQL and what cannot be read."""
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        return None
    if DRIVERS.get(address.drivername) != "sqlite" or address.database in (None, "", ":memory:"):
        return None
    return Path(str(address.database))


def _make_folder(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"Không tạo được thư mục {file.parent} cho cơ sở dữ liệu ({error.strerror})."
            " Đề nghị kiểm tra quyền ghi hoặc đặt HTX_VAR_DIR sang thư mục khác."
        ) from error


def _prepare_sqlite(durable: bool, connection: sqlite3.Connection, _record: object) -> None:
    """FULL: a commit survives a loss of power, so that a mail handed to the relay is known to have been."""
    connection.isolation_level = None
    connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA cache_size = -32000")
    _use_wal(connection)


def _use_wal(connection: sqlite3.Connection) -> None:
    """SQLite does not always wait for a new file's other starters before it says that it is busy here."""
    (patience,) = connection.execute("PRAGMA busy_timeout").fetchone()
    until = time.monotonic() + patience / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    if not connection.get_execution_options().get("htx_immediate", False):
        connection.exec_driver_sql("BEGIN")
        return
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    (patience,) = raw.execute("PRAGMA busy_timeout").fetchone()
    until = time.monotonic() + patience / 1000
    time.sleep(max(0.0, _turn.left + REST - time.monotonic()))
    raw.execute(f"PRAGMA busy_timeout = {min(patience, KNOCK_MS)}")
    try:
        _take_write_lock(connection, raw, until)
    finally:
        raw.execute(f"PRAGMA busy_timeout = {patience}")
    _turn.taken = time.monotonic()


def _take_write_lock(connection: Connection, raw: sqlite3.Connection, until: float) -> None:
    """Knock until the writer before is done or our patience ends."""
    while time.monotonic() < until:
        try:
            raw.execute("BEGIN IMMEDIATE")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                break
    connection.exec_driver_sql("BEGIN IMMEDIATE")  # the last time, for an error that `translated` knows


@contextmanager
def translated(url: str) -> Iterator[None]:
    """Database errors that a person can act on become sentences."""
    try:
        yield
    except PoolTimeoutError as error:
        raise StoreError(
            f"Cơ sở dữ liệu {_place(url)} đang có quá nhiều việc chờ ghi. Đề nghị chạy lại sau một phút."
        ) from error
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == UNIQUE_VIOLATION:
            raise TooLate("Người khác vừa ghi cùng một việc; chưa có gì thay đổi. Đề nghị xem lại.") from error
        sentence = trouble_of(error, url)
        if sentence is None:
            raise
        raise StoreError(sentence) from error


def trouble_of(error: DBAPIError, url: str) -> str | None:
    """The sentence for an error that a person can act on; None for any other."""
    text = str(error.orig).lower()
    known = STATES.get(getattr(error.orig, "sqlstate", None) or "")
    sentence = known or next((said for sign, said in TROUBLES if sign in text), None)
    return f"Cơ sở dữ liệu {_place(url)} {sentence}" if sentence else None


def _place(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True)
