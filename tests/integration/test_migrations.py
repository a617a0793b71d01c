"""Migrations that fail, rebuild tables, or are started by two processes at once."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from htx_workflow.domain.errors import StoreError
from htx_workflow.domain.plan import Plan
from htx_workflow.store import schema, tables
from htx_workflow.store.database import Database
from tests.commands import race
from tests.conftest import KINDS, Postgres
from tests.factories import a_plan

VERSIONS = Path(schema.__file__).parent / "migrations" / "versions"
NEXT = "9999"
_NUMBERS = count(1)

Empty = Callable[[], str]


@pytest.fixture(params=KINDS)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Empty]:
    """Addresses of databases that hold nothing at all."""
    made: list[str] = []

    def make() -> str:
        name = f"empty_{next(_NUMBERS)}"
        if request.param == "sqlite":
            return f"sqlite:///{tmp_path / name}.sqlite3"
        server: Postgres = request.getfixturevalue("postgres")
        server.run(f"CREATE DATABASE {name}")
        made.append(name)
        return server.url(name)

    yield make
    for name in made:
        request.getfixturevalue("postgres").run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def next_version(tmp_path: Path) -> Callable[[str], Path]:
    """A folder of migrations with one more, whose `upgrade` has this body."""

    def write(body: str) -> Path:
        folder = tmp_path / "versions"
        shutil.copytree(VERSIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
        lines = [
            "import sqlalchemy as sa", "from alembic import op", f"revision = {NEXT!r}",
            f"down_revision = {schema.HEAD!r}", "def upgrade():", *(f"    {line}" for line in body.splitlines()),
        ]  # fmt: skip
        (folder / "r9999_next.py").write_text("\n".join(lines))
        return folder

    return write


def content(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table there is."""
    with database.engine.connect() as connection:
        return {
            name: sorted((tuple(row) for row in connection.execute(text(f"SELECT * FROM {name}"))), key=repr)
            for name in inspect(connection).get_table_names()
        }


# Two at once


def migrate(urls: list[str], barrier: str, me: int, others: int) -> list[bool]:
    """Bring each database up to date when everybody is there; whether this process did it."""
    did = []
    for number, url in enumerate(urls):
        Path(barrier, f"{number}-{me}").touch()
        until = time.monotonic() + 30  # a process whose fellows were killed ends by itself
        while len(list(Path(barrier).glob(f"{number}-*"))) < others and time.monotonic() < until:
            pass
        database = Database(url)
        did.append(schema.ensure_current(database))
        database.close()
    return did


def test_of_processes_that_start_at_once_one_migrates_and_all_succeed(empty: Empty, tmp_path: Path) -> None:
    urls = [empty() for _ in range(6)]
    barrier = tmp_path / "barrier"
    barrier.mkdir()
    arguments = [[urls, str(barrier), me, 3] for me in range(3)]
    did = race("tests.integration.test_migrations:migrate", *arguments)
    assert [sum(turn) for turn in zip(*did, strict=True)] == [1] * 6
    for url in urls:
        database = Database(url)
        with database.engine.connect() as connection:
            assert schema.revision_of(connection) == schema.HEAD
        database.close()


def test_a_migrated_database_is_what_the_tables_declare(empty: Empty) -> None:
    database = Database(empty())
    assert schema.ensure_current(database)
    assert not schema.ensure_current(database)
    with database.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), tables.METADATA)
    assert differences == []
    database.close()


def test_the_newest_migration_is_the_one_the_software_knows() -> None:
    revisions = sorted(path.name[1:5] for path in VERSIONS.glob("r*.py"))
    assert revisions[-1] == schema.HEAD


# Failing


@pytest.mark.parametrize(
    ("last", "said"),
    [
        ("raise RuntimeError('half way')", "half way"),
        ("op.execute('INSERT INTO nowhere VALUES (1)')", "nowhere"),
        ("op.execute(\"INSERT INTO agency (code, kind, sort, place) VALUES ('so', 'x', 1, '')\")", "agency"),
    ],
    ids=["mistake", "no-table", "double-key"],
)
def test_a_migration_that_fails_leaves_schema_and_data_whole(
    database: Database,
    next_version: Callable[[str], Path],
    loaded: Any,
    small: Plan,
    last: str,
    said: str,
) -> None:
    loaded(database, small)
    before = content(database)
    folder = next_version(
        f"""op.create_table('extra', sa.Column('id', sa.Integer(), primary_key=True))
op.execute("UPDATE agency SET kind = 'department'")
with op.batch_alter_table('occurrence') as batch:
    batch.add_column(sa.Column('extra', sa.Text()))
    batch.drop_column('basis_note')
{last}"""
    )
    with pytest.raises(StoreError, match=rf"phiên bản 9999 không thành: .*{said}[\s\S]*còn nguyên như trước"):
        schema.ensure_current(database, head=NEXT, versions=folder)
    assert content(database) == before
    assert foreign_keys_are_on(database)
    assert not schema.ensure_current(database)


@pytest.fixture
def small() -> Plan:
    return a_plan()


def foreign_keys_are_on(database: Database) -> bool:
    """Asked on the pooled connection that the migration used."""
    if not database.is_sqlite:
        return True
    with database.engine.connect() as connection:
        return bool(connection.exec_driver_sql("PRAGMA foreign_keys").scalar())


# Rebuilding


@pytest.mark.parametrize("parent", ["agency", "occurrence", "duty", "message"])
def test_rebuilding_a_table_loses_none_of_its_children(
    database: Database, next_version: Callable[[str], Path], loaded: Any, kontum: Plan, parent: str
) -> None:
    loaded(database, kontum, on=date(2024, 10, 23))
    before = content(database)
    folder = next_version(
        f"""with op.batch_alter_table('{parent}', recreate='auto') as batch:
    batch.add_column(sa.Column('extra', sa.Text(), nullable=False, server_default='x'))
    batch.create_check_constraint('ck_{parent}_extra', "extra <> ''")"""
    )
    assert schema.ensure_current(database, head=NEXT, versions=folder)
    after = content(database)
    assert {name: len(rows) for name, rows in after.items()} == {name: len(rows) for name, rows in before.items()}
    del before[parent], after[parent], before["alembic_version"], after["alembic_version"]
    assert after == before
    assert foreign_keys_are_on(database)
    with database.engine.connect() as connection:
        if database.is_sqlite:
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        children = [
            name
            for name in inspect(connection).get_table_names()
            for key in inspect(connection).get_foreign_keys(name)
            if key["referred_table"] == parent
        ]
    assert children, "the children still point at the table"


def test_a_migration_that_leaves_orphans_is_refused_and_taken_back(
    sqlite_database: Database, next_version: Callable[[str], Path], loaded: Any, small: Plan
) -> None:
    loaded(sqlite_database, small)
    before = content(sqlite_database)
    folder = next_version("op.execute(\"DELETE FROM agency WHERE code = 'so'\")")
    with pytest.raises(StoreError, match=r"mất liên kết của \d+ dòng .*còn nguyên như trước"):
        schema.ensure_current(sqlite_database, head=NEXT, versions=folder)
    assert content(sqlite_database) == before
    assert foreign_keys_are_on(sqlite_database)


def test_the_connection_that_migrated_waits_as_long_as_any_other_afterwards(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new.sqlite3'}", busy_seconds=0.25)
    schema.ensure_current(database)
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 250
    database.close()
