"""Brings a database to the schema of this version, once, whoever starts first.

A migration runs on a connection of its own, in one explicit transaction, with SQLite's foreign keys off (its
batch mode rebuilds tables, and with keys on that would delete children) and checked before the commit. A second
process waits for the first; a failed migration leaves the old schema whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from htx_workflow.domain.errors import HtxError, StoreError
from htx_workflow.store import database

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0006"
"""The newest revision in migrations/versions (a test compares them); known here so that a start needs no Alembic."""
LOCK = 3820
WAIT_SECONDS = 60


def ensure_current(store: database.Database, *, head: str = HEAD, versions: Path | None = None) -> bool:
    """Migrate if needed. True when this process did it. `versions` replaces the folder of migrations (tests)."""
    with database.translated(store.url), store.engine.connect() as connection:
        version = revision_of(connection)
        connection.rollback()
    if version == head:
        return False
    with database.translated(store.url):
        return _migrate(store, head, versions)


def revision_of(connection: Connection) -> str | None:
    """The revision a database is at, or None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def knows(revision: str, *, head: str = HEAD, versions: Path | None = None) -> bool:
    """Whether this software can start from a revision."""
    if revision == head:
        return True
    from alembic import script

    folder = script.ScriptDirectory.from_config(_config(versions))
    return revision in {known.revision for known in folder.walk_revisions()}


def upgrade(store: database.Database, connection: Connection, head: str, versions: Path | None = None) -> None:
    """Bring what stands on this connection, in its transaction (see `alone`), up to a revision."""
    from alembic import command

    settings = _config(versions)
    settings.attributes["connection"] = connection
    try:
        command.upgrade(settings, head)
        _check_children(connection)
    except HtxError:
        raise
    except Exception as error:  # a migration is code of any kind: whatever it raises, the schema stays whole
        if isinstance(error, DBAPIError) and database.trouble_of(error, store.url) is not None:
            raise
        what = str(error.orig if isinstance(error, DBAPIError) else error).partition("\n")[0]
        raise StoreError(
            f"Nâng cấp cơ sở dữ liệu lên phiên bản {head} không thành: {what}. Cơ sở dữ liệu còn nguyên như trước;"
            " đề nghị dùng lại phiên bản phần mềm cũ và báo người quản trị."
        ) from error


def refuse_unknown(version: str | None, *, head: str = HEAD, versions: Path | None = None) -> None:
    """Raises StoreError for a database that newer software has written."""
    if version is not None and not knows(version, head=head, versions=versions):
        raise StoreError(
            f"Cơ sở dữ liệu ở phiên bản {version}, mới hơn phần mềm này ({head})."
            " Đề nghị nâng cấp phần mềm, hoặc dùng bản sao lưu làm trước khi nâng cấp; chưa có gì thay đổi."
        )


def _migrate(store: database.Database, head: str, versions: Path | None) -> bool:
    with alone(store) as connection:
        version = revision_of(connection)
        if version == head:
            return False
        refuse_unknown(version, head=head, versions=versions)
        upgrade(store, connection, head, versions)
    return True


def _config(versions: Path | None) -> Config:
    from alembic import config

    settings = config.Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    settings.set_main_option("path_separator", "newline")
    if versions is not None:
        settings.set_main_option("version_locations", str(versions))
    return settings


def _check_children(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if orphans:
        raise StoreError(
            f"Nâng cấp cơ sở dữ liệu làm mất liên kết của {len(orphans)} dòng (bảng {orphans[0][0]})."
            " Đã hủy, cơ sở dữ liệu còn nguyên như trước."
        )


@contextmanager
def alone(store: database.Database) -> Iterator[Connection]:
    """A connection in a transaction that no other migration or restore can share."""
    engine: Engine = store.engine
    if not store.is_sqlite:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            yield connection
        return
    with engine.execution_options(htx_immediate=True).connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute(f"PRAGMA busy_timeout = {WAIT_SECONDS * 1000}")
        try:
            with connection.begin():
                yield connection
        finally:
            raw.execute("PRAGMA foreign_keys = ON")
            raw.execute(f"PRAGMA busy_timeout = {int(store.busy_seconds * 1000)}")
