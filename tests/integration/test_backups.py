"""Backup and restore on both databases: the same rows, one state, and nothing half done whatever the archive is."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import stat
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select, text

from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import BadInput, HtxError, NotAllowed, NotFound, StoreError
from htx_workflow.domain.plan import Plan
from htx_workflow.gateways import archives, signing
from htx_workflow.services import audits, backups
from htx_workflow.services.backups import Installation
from htx_workflow.services.composing import Style
from htx_workflow.store import archive_rows, schema, tables
from htx_workflow.store.database import Database
from htx_workflow.store.documents import DocumentRef
from tests.conftest import Postgres, new_database
from tests.factories import a_plan
from tests.machine import Machine
from tests.scoring import FACTS, Scores

CODE = "kontum-3819"
HTX = f"{CODE}/R.htx/htx-thanhnien/2024"
HUYEN = f"{CODE}/R.huyen/huyen-konplong/2024"
LAST = date(2024, 12, 10)
NOW = datetime(2024, 12, 20, 1, 2, 3, 456789, tzinfo=UTC)
KEY = bytes(range(32))

Members = dict[str, bytes]
Make = Callable[[str], Database]


def live(machine: Machine, plan: Plan) -> None:
    """Weeks of plan 3819 with every kind of row: documents, returns, mails sent, held and waiting."""
    machine.load(plan, on=date(2024, 10, 23))
    machine.at(date(2024, 11, 15)).adopt(document=DocumentRef("231/SKHĐT-KTTT", date(2024, 11, 15), "skhdt"))
    machine.at(date(2024, 11, 18)).morning()
    for day in (date(2024, 11, 29), date(2024, 12, 6), LAST):
        machine.at(day).tick()
        machine.compose()
    machine.submit(HTX, sent_on=LAST, document=DocumentRef("12/BC-HTX", LAST, "htx-thanhnien"), note="kèm “phụ lục”\n")
    machine.return_(HTX)
    with machine.transaction() as session:
        session.execute(
            text(
                "INSERT INTO run (job, plan_code, day, attempt, started_at, beat_at, outcome, counts, error, prefect_id)"
                " VALUES ('nightly', :plan, '2024-12-10', 1, :now, :now, 'done', '{}', '', '')"
            ),
            {"plan": CODE, "now": "2024-12-10 00:30:00.000000"},
        )
    score(machine)


def score(machine: Machine) -> None:
    """A card begun and signed, a start, and a snapshot of all that."""
    scores = Scores(machine, "2024")
    scores.baseline("A")
    scores.open("A")
    scores.save("A", points={"5": "7"}, facts=FACTS)
    scores.sign("A", "truong-bks")
    scores.consolidate()
    with machine.transaction() as session:
        for name, row in portal_rows(machine.now).items():
            session.execute(tables.METADATA.tables[name].insert().values(**row))


def portal_rows(now: datetime) -> dict[str, dict[str, Any]]:
    """One row of each table that the portal writes, as if somebody had used it."""
    by = {"at": now, "by_code": "dakto-tckh"}
    report = {"report_id": 1, "definition_id": 1, "body": "{}"}
    stored = {"sha256": "ab", "media_type": "application/pdf", "size": 3, "stored_at": now, "scan": "none"}
    place = {"sha256": "ab", "subject_kind": "report", "subject_id": 1, "field": "", "agency_id": 1}
    days = {"valid_from": LAST, "valid_to": LAST, "made_at": now, "made_by": "x", "ended_by": ""}
    return {
        "person": {"id": 1, "agency_id": 1, "name": "Y Hà", "title": "", "phone": "", "fold": "yha"},
        "credential": {
            "kind": "session", "contact_id": 1, "token_sha256": "cd", "digits_sha256": "", "strength": "code",
            "made_at": now, "made_by": "x", "expires_at": now, "ended_by": "", "tries": 0, "browser": "",
        },
        "access_key": {
            "id": 1, "kind": "api", "agency_id": 1, "contact_id": 1, "name": "phần mềm", "scopes": "read:status",
            "token_sha256": "ce", "made_at": now, "made_by": "x", "expires_at": now, "ended_by": "",
        },
        "api_call": {
            "access_key_id": 1, "key": "k", "sha256": "cf", "status": 201, "location": "", "body": "{}", "at": now,
        },
        "webhook": {
            "id": 1, "agency_id": 1, "contact_id": 1, "whole": False, "url": "https://example.vn/", "events": "",
            "made_at": now, "made_by": "x", "ended_by": "",
        },
        "webhook_delivery": {
            "webhook_id": 1, "key": "change-1-1", "event": "request.raised", "body": "{}", "made_at": now,
            "state": "queued", "reason": "", "attempts": 0,
        },
        "bounce": {
            "mark": "cb", "at": now, "kind": "permanent", "message_id": None, "contact_id": 1, "status": "5.1.1",
            "reason": "không có hộp thư",
        },
        "auditor": {
            "contact_id": 1, "document_id": 1, "valid_from": LAST, "valid_to": LAST, "made_at": now, "made_by": "x",
        },
        "delegation": {"from_contact_id": 1, "to_contact_id": 2, "form": "KT.", "document_id": 1, **days},
        "report": {
            "id": 1, "key": "k", "plan_id": 1, "agency_id": 1, "form_code": "F-A", "period": "2024",
            "definition_id": 1, "draft": "{}", "draft_version": 1, "draft_by": "x", "sent_no": 1,
        },
        "report_occurrence": {"report_id": 1, "occurrence_id": 1},
        "report_aside": {"report_id": 1, "based_on": 0, "body": "{}", "why": "saved", **by},
        "report_revision": {**report, "no": 1, "sha256": "ef", "sent_at": now, "by_code": "x"},
        "file_blob": {**stored, "scan_note": "", "signature": "", "body": bytes([0, 255, 10])},
        "attachment": {**place, "name": "bảng chấm.pdf", **by},
        "occurrence_note": {"occurrence_id": 1, "kind": "call", "text": "hẹn gửi", "with_whom": "", "cause": "", **by},
        "request": {
            "key": f"{CODE}/1", "plan_id": 1, "kind": "difficulty", "from_id": 1, "raised_at": now, "raised_by": "x",
            "reason": "thiếu vốn", "after_expiry": False, "advice": "", "advised_by": "", "state": "raised",
            "decision": "", "decided_by": "",
        },
    }  # fmt: skip


@dataclass(frozen=True)
class Lived:
    """A SQLite database some weeks into plan 3819, and its archive."""

    path: Path
    archive: Path

    def members(self) -> Members:
        with zipfile.ZipFile(self.archive) as file:
            return {name: file.read(name) for name in file.namelist()}


@pytest.fixture(scope="module")
def lived(
    tmp_path_factory: pytest.TempPathFactory,
    sqlite_template: Path,
    calendars: dict[str, WorkingCalendar],
    style: Style,
    kontum: Plan,
) -> Lived:
    folder = tmp_path_factory.mktemp("lived")
    path = Path(shutil.copy(sqlite_template, folder / "htx.sqlite3"))
    database = Database(f"sqlite:///{path}")
    live(Machine(database, calendars, style, folder / "mailbox"), kontum)
    (folder / "signing.key").write_bytes(KEY)
    backups.back_up(Installation(database, folder / "signing.key"), folder / "lived.zip", NOW, "system")
    database.close()
    return Lived(path, folder / "lived.zip")


@pytest.fixture
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    """Makes empty databases of a kind."""
    stack = []

    def one(kind: str) -> Database:
        context = new_database(kind, tmp_path, request)
        stack.append(context)
        return context.__enter__()

    yield one
    for context in stack:
        context.__exit__(None, None, None)


@pytest.fixture
def here(database: Database, tmp_path: Path) -> Installation:
    """An empty installation, on each database."""
    return Installation(database, tmp_path / "var" / "signing.key")


def content(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every declared table, in the order of its key, as Python values."""
    with database.reading() as session:
        return {
            name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key.columns))]
            for name, table in tables.METADATA.tables.items()
        }


def content_of(lived: Lived) -> dict[str, list[tuple[Any, ...]]]:
    """What was saved: without the event that says that it was saved."""
    database = Database(f"sqlite:///{lived.path}")
    found = content(database)
    database.close()
    del found["audit_event"][-1]
    return found


def is_untouched(here: Installation) -> bool:
    """Empty, in the schema of this version, without a key."""
    with here.database.engine.connect() as connection:
        revision = schema.revision_of(connection)
    return revision == schema.HEAD and not any(content(here.database).values()) and not here.key_file.exists()


def acts(database: Database) -> list[str]:
    return [row[3] for row in content(database)["audit_event"]]


# Whole


def test_there_is_a_row_of_nearly_every_kind_to_save(lived: Lived) -> None:
    assert [name for name, rows in content_of(lived).items() if not rows] == []


def test_what_is_restored_is_what_was_saved(here: Installation, lived: Lived) -> None:
    restored = backups.restore(here, lived.archive, NOW, "system")
    found = content(here.database)
    assert found["audit_event"].pop()[2:5] == ("system", "restore.done", "database")
    assert found == content_of(lived)
    assert (restored.broken, restored.manifest.created_at, restored.manifest.revision) == ([], NOW, schema.HEAD)


def test_from_sqlite_to_postgresql_and_back_nothing_changes(lived: Lived, make: Make, tmp_path: Path) -> None:
    first = Installation(make("postgresql"), tmp_path / "first.key")
    second = Installation(make("sqlite"), tmp_path / "second.key")
    backups.restore(first, lived.archive, NOW, "system")
    saved = backups.back_up(first, tmp_path / "from-postgresql.zip", NOW, "system")
    backups.restore(second, tmp_path / "from-postgresql.zip", NOW, "system")
    found = content(second.database)
    assert [row[3] for row in found["audit_event"][-2:]] == ["restore.done", "restore.done"]
    del found["audit_event"][-2:]
    assert found == content_of(lived)
    with archives.opened(lived.archive) as original:
        before = dict(original.manifest.tables)
    after = dict(saved.manifest.tables)
    del before["audit_event"], after["audit_event"]
    assert after == before
    assert second.key_file.read_bytes() == KEY


def test_the_same_state_saved_twice_is_the_same_file(
    sqlite_database: Database, tmp_path: Path, kontum: Plan, loaded: Any
) -> None:
    loaded(sqlite_database, kontum)
    here = Installation(sqlite_database, tmp_path / "signing.key")
    first = backups.back_up(here, tmp_path / "1.zip", NOW, "system")
    with sqlite_database.transaction("test") as session:
        session.execute(text("DELETE FROM audit_event WHERE act = 'backup.made'"))
    second = backups.back_up(here, tmp_path / "2.zip", NOW, "system")
    assert second.sha256 == first.sha256 == hashlib.sha256((tmp_path / "2.zip").read_bytes()).hexdigest()


def test_a_restored_installation_goes_on_as_the_one_that_was_saved(
    database: Database, lived: Lived, tmp_path: Path, calendars: dict[str, WorkingCalendar], style: Style, kontum: Plan
) -> None:
    original = tmp_path / "original.sqlite3"
    shutil.copy(lived.path, original)
    backups.restore(Installation(database, tmp_path / "signing.key"), lived.archive, NOW, "system")
    both = [Database(f"sqlite:///{original}"), database]
    after = []
    for number, each in enumerate(both):
        machine = Machine(each, calendars, style, tmp_path / f"mailbox-{number}")
        machine.at(date(2024, 12, 13))
        machine.tick()
        machine.compose()
        machine.plan = kontum
        machine.submit(HTX)
        machine.load(a_plan())
        after.append((machine.rungs(), machine.outbox(), machine.status()))
    assert after[0] == after[1]
    both[0].close()


def test_saving_and_restoring_stand_in_the_audit_log_and_the_chain_holds(
    here: Installation, lived: Lived, tmp_path: Path
) -> None:
    backups.restore(here, lived.archive, NOW, "system")
    saved = backups.back_up(here, tmp_path / "again.zip", NOW + timedelta(hours=1), "system")
    assert acts(here.database)[-2:] == ["restore.done", "backup.made"]
    details = [json.loads(row[5]) for row in content(here.database)["audit_event"][-2:]]
    assert details == [
        {"broken": 0, "revision": schema.HEAD, "rows": saved.manifest.rows - 1, "saved_at": NOW.isoformat()},
        {"revision": schema.HEAD, "rows": saved.manifest.rows, "sha256": saved.sha256},
    ]
    with here.database.reading() as session:
        assert audits.verify(session).broken == []


def test_every_kind_of_column_can_be_saved(database: Database) -> None:
    with database.reading() as session:
        _, found = archive_rows.snapshot(session)
    assert set(found.names) == set(tables.METADATA.tables)


def test_parents_come_before_their_children(database: Database) -> None:
    with database.reading() as session:
        names = archive_rows.snapshot(session)[1].names
    late = [
        (name, key.column.table.name)
        for name, table in tables.METADATA.tables.items()
        for key in table.foreign_keys
        if names.index(key.column.table.name) > names.index(name)
    ]
    assert late == []


# While the service runs


def test_a_backup_never_sees_half_an_act(
    machine: Machine, kontum: Plan, tmp_path: Path, fresh_sqlite: Callable[[], Database]
) -> None:
    """Somebody submits and returns without a pause; each backup holds whole acts, and as many of one as of the other."""
    live(machine, kontum)
    stop, failed = threading.Event(), []

    def write() -> None:
        try:
            while not stop.is_set():
                machine.later(seconds=1).submit(HTX)
                machine.later(seconds=1).return_(HTX)
        except Exception as error:  # shown by the assertion below
            failed.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    here = Installation(machine.database, tmp_path / "signing.key")
    saved = [backups.back_up(here, tmp_path / f"{number}.zip", NOW, "system") for number in range(4)]
    stop.set()
    writer.join()
    assert failed == []
    assert len({made.manifest.tables["occurrence_change"].rows for made in saved}) > 1, "nothing was written meanwhile"
    for number, made in enumerate(saved):
        assert made.broken == []
        database = fresh_sqlite()
        backups.restore(Installation(database, tmp_path / f"{number}.key"), tmp_path / f"{number}.zip", NOW, "system")
        rows = content(database)
        changes = {row[:2]: row for row in rows["occurrence_change"]}
        for row in rows["occurrence"]:
            last = max(seq for occurrence, seq in changes if occurrence == row[0])
            assert state_of("occurrence", row) == state_of("occurrence_change", changes[row[0], last])
        turns = [row for row in rows["audit_event"] if row[3].startswith("report.")]
        assert len(turns) == len([row for row in rows["occurrence_change"] if row[2].startswith(("submit", "return"))])


def state_of(name: str, row: tuple[Any, ...]) -> dict[str, Any]:
    values = dict(zip(tables.table(name).columns.keys(), row, strict=True))
    return {column: values[column] for column in ("state", "holder_id", "basis", "due_on", "due_rev", "submitted_on")}


def test_others_write_while_a_backup_reads_and_it_does_not_see_them(
    database: Database, kontum: Plan, loaded: Any
) -> None:
    loaded(database, kontum)
    with database.reading() as session:
        _, found = archive_rows.snapshot(session)
        agencies = found.rows("agency")
        next(agencies)
        with database.transaction("test") as other:
            other.execute(text("UPDATE occurrence SET title = 'đổi'"))
        assert len(list(agencies)) == 17
        assert {row["title"] for row in found.rows("occurrence")} != {"đổi"}


# The file


def test_an_archive_is_read_by_its_owner_alone_and_holds_plain_lines(lived: Lived) -> None:
    assert stat.S_IMODE(lived.archive.stat().st_mode) == 0o600
    members = lived.members()
    manifest = json.loads(members["manifest.json"])
    assert {key: manifest[key] for key in ("format", "revision", "created_at", "signing_key")} == {
        "format": 1, "revision": schema.HEAD, "created_at": "2024-12-20T01:02:03.456789Z",
        "signing_key": hashlib.sha256(KEY).hexdigest(),
    }  # fmt: skip
    assert manifest["tables"]["plan"] == {"rows": 1, "sha256": hashlib.sha256(members["tables/plan.jsonl"]).hexdigest()}
    plan = json.loads(members["tables/plan.jsonl"])
    assert (plan["code"], plan["activated_on"]) == (CODE, "2024-10-23")
    assert json.loads(members["tables/audit_event.jsonl"].splitlines()[0])["at"].endswith("+00:00")
    assert sorted(lived.archive.parent.glob(".*")) == []


def test_a_file_that_is_there_is_kept_unless_told_otherwise(here: Installation, lived: Lived, tmp_path: Path) -> None:
    backups.restore(here, lived.archive, NOW, "system")
    taken = tmp_path / "taken.zip"
    taken.write_text("cũ")
    with pytest.raises(NotAllowed, match=r"đã có.*--force"):
        backups.back_up(here, taken, NOW, "system")
    assert (taken.read_text(), acts(here.database)[-1]) == ("cũ", "restore.done")
    backups.back_up(here, taken, NOW, "system", replace=True)
    assert backups.check(taken, NOW).broken == []


def test_a_database_with_nothing_in_it_at_all_is_not_saved(tmp_path: Path) -> None:
    here = Installation(Database(f"sqlite:///{tmp_path / 'nothing.sqlite3'}"), tmp_path / "signing.key")
    with pytest.raises(NotFound, match="chưa có bảng nào để sao lưu"):
        backups.back_up(here, tmp_path / "a.zip", NOW, "system")
    assert list(tmp_path.glob("*.zip")) == list(tmp_path.glob(".*")) == []
    here.database.close()


def test_a_database_of_a_newer_version_is_not_saved(here: Installation, tmp_path: Path) -> None:
    with here.database.transaction("test") as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="mới hơn phần mềm này"):
        backups.back_up(here, tmp_path / "a.zip", NOW, "system")


def test_a_value_that_cannot_be_read_is_named(
    sqlite_database: Database, tmp_path: Path, kontum: Plan, loaded: Any
) -> None:
    loaded(sqlite_database, kontum)
    with sqlite_database.transaction("test") as session:
        session.execute(text("UPDATE plan SET starts_on = 'hôm nay'"))
    with pytest.raises(StoreError, match="Bảng plan có giá trị không đọc được"):
        backups.back_up(Installation(sqlite_database, tmp_path / "k"), tmp_path / "a.zip", NOW, "system")
    assert list(tmp_path.glob("*.zip")) == []


# The database that is restored into


def test_a_database_that_holds_anything_is_left_as_it_is(here: Installation, lived: Lived) -> None:
    with here.database.transaction("test") as session:
        session.execute(text("INSERT INTO agency (code, kind, sort, place) VALUES ('a', 'department', 1, '')"))
    before = content(here.database)
    with pytest.raises(NotAllowed, match=r"đã có dữ liệu \(bảng agency\).*HTX_DATABASE_URL.*chưa có gì thay đổi"):
        backups.restore(here, lived.archive, NOW, "system")
    assert content(here.database) == before
    assert not here.key_file.exists()


def test_a_database_with_no_schema_yet_is_restored_into(lived: Lived, tmp_path: Path, postgres: Postgres) -> None:
    postgres.run("CREATE DATABASE bare")
    for url in (f"sqlite:///{tmp_path / 'bare.sqlite3'}", postgres.url("bare")):
        database = Database(url)
        backups.restore(Installation(database, tmp_path / "signing.key"), lived.archive, NOW, "system")
        assert len(content(database)["occurrence"]) == 115
        database.close()
    postgres.run("DROP DATABASE bare WITH (FORCE)")


def test_a_database_of_another_program_is_left_as_it_is(lived: Lived, tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE note (words TEXT)")
    connection.close()
    database = Database(f"sqlite:///{path}")
    with pytest.raises(NotAllowed, match="đang có bảng của chương trình khác"):
        backups.restore(Installation(database, tmp_path / "signing.key"), lived.archive, NOW, "system")
    database.close()


def test_two_restores_at_once_fill_the_database_once(here: Installation, lived: Lived) -> None:
    gate, outcomes = threading.Barrier(2), []

    def restore() -> None:
        gate.wait()
        try:
            backups.restore(here, lived.archive, NOW, "system")
            outcomes.append("restored")
        except HtxError as error:
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=restore) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["NotAllowed", "restored"]
    assert acts(here.database).count("restore.done") == 1
    assert here.key_file.read_bytes() == KEY


def test_a_full_disk_leaves_the_database_empty(sqlite_database: Database, lived: Lived, tmp_path: Path) -> None:
    def limited(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA max_page_count = 90")

    event.listen(sqlite_database.engine, "connect", limited)
    sqlite_database.engine.dispose()
    here = Installation(sqlite_database, tmp_path / "signing.key")
    with pytest.raises(StoreError, match="đĩa đã đầy"):
        backups.restore(here, lived.archive, NOW, "system")
    assert is_untouched(here)


# The signing key


def test_links_in_mails_already_sent_keep_their_key(here: Installation, lived: Lived) -> None:
    backups.restore(here, lived.archive, NOW, "system")
    assert signing.load_or_create(here.key_file) == KEY
    assert stat.S_IMODE(here.key_file.stat().st_mode) == 0o600


def test_a_different_key_is_never_replaced(here: Installation, lived: Lived) -> None:
    mine = signing.load_or_create(here.key_file)
    with pytest.raises(NotAllowed, match=r"khác khóa trong bản sao lưu.*chuyển tệp ấy đi nơi khác"):
        backups.restore(here, lived.archive, NOW, "system")
    assert here.key_file.read_bytes() == mine
    assert not any(content(here.database).values())


def test_a_failed_restore_puts_back_no_key(here: Installation, changed: Change) -> None:
    archive = changed(rows("agency", lambda row: {**row, "kind": 5}))
    with pytest.raises(BadInput):
        backups.restore(here, archive, NOW, "system")
    assert is_untouched(here)


def test_an_installation_without_a_key_is_saved_without_one(here: Installation, tmp_path: Path, make: Make) -> None:
    saved = backups.back_up(here, tmp_path / "a.zip", NOW, "system")
    assert saved.manifest.signing_key is None
    there = Installation(make("sqlite"), tmp_path / "there.key")
    backups.restore(there, tmp_path / "a.zip", NOW, "system")
    assert not there.key_file.exists()


# Older and newer


@pytest.fixture
def old(database: Database) -> Database:
    """A database in the first schema, on each kind, with an agency under another that has a higher number."""
    with database.engine.begin() as connection:
        tables.METADATA.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
    schema.ensure_current(database, head="0001")
    with database.transaction("test") as session:
        for line in ("1, 'so', 'department', 1, NULL, ''", "2, 'tinh', 'province', 2, NULL, ''"):
            session.execute(text(f"INSERT INTO agency (id, code, kind, sort, parent_id, place) VALUES ({line})"))
        session.execute(text("UPDATE agency SET parent_id = 2 WHERE id = 1"))
        session.execute(
            text(
                "INSERT INTO contact (code, agency_id, channel, address, shared, name, title, unit, phone, rhythm,"
                " approves) VALUES ('so-1', 1, 'email', 'so@example.vn', true, '', '', '', '', 'daily', false)"
            )
        )
    return database


def test_an_older_database_is_saved_as_it_stands_and_restored_into_this_version(
    old: Database, make: Make, tmp_path: Path
) -> None:
    saved = backups.back_up(Installation(old, tmp_path / "k"), tmp_path / "old.zip", NOW, "system")
    with old.engine.connect() as connection:
        assert schema.revision_of(connection) == saved.manifest.revision == "0001"
    for kind in ("sqlite", "postgresql"):
        database = make(kind)
        backups.restore(Installation(database, tmp_path / "k"), tmp_path / "old.zip", NOW, "system")
        assert not schema.ensure_current(database)
        found = content(database)
        assert [row[:5] for row in found["agency"]] == [(1, "so", "department", 1, 2), (2, "tinh", "province", 2, None)]
        with database.reading() as session:
            contacts = tables.table("contact")
            assert session.execute(select(contacts.c.code, contacts.c.shared, contacts.c.admin)).all() == [
                ("so-1", True, False)
            ]


def test_an_archive_of_this_version_is_restored_into_an_older_empty_database(
    old: Database, lived: Lived, tmp_path: Path
) -> None:
    with old.transaction("test") as session:
        session.execute(text("DELETE FROM contact"))
        session.execute(text("UPDATE agency SET parent_id = NULL"))
        session.execute(text("DELETE FROM agency"))
    backups.restore(Installation(old, tmp_path / "signing.key"), lived.archive, NOW, "system")
    assert not schema.ensure_current(old)
    assert content(old)["occurrence"] == content_of(lived)["occurrence"]


# Archives that are not whole


Mutate = Callable[[Members, dict[str, Any]], None]
Change = Callable[[Mutate], Path]


@pytest.fixture
def changed(lived: Lived, tmp_path: Path) -> Change:
    """The archive with a change of its members or of its manifest."""

    def change(mutate: Mutate) -> Path:
        members = lived.members()
        manifest = json.loads(members["manifest.json"])
        mutate(members, manifest)
        if "manifest.json" in members:
            members["manifest.json"] = json.dumps(manifest).encode()
        path = tmp_path / "changed.zip"
        with zipfile.ZipFile(path, "w") as file:
            for name, content in members.items():
                file.writestr(name, content)
        return path

    return change


def rows(name: str, change: Callable[[dict[str, Any]], dict[str, Any]], only: int = 0) -> Mutate:
    """One row of a table changed by a hand that knows how to make the sums right again."""

    def mutate(members: Members, manifest: dict[str, Any]) -> None:
        lines = members[f"tables/{name}.jsonl"].splitlines()
        row = change(json.loads(lines[only]))
        lines[only] = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        resum(members, manifest, name, b"".join(line + b"\n" for line in lines))

    return mutate


def resum(members: Members, manifest: dict[str, Any], name: str, body: bytes) -> None:
    members[f"tables/{name}.jsonl"] = body
    manifest["tables"][name] = {"rows": body.count(b"\n"), "sha256": hashlib.sha256(body).hexdigest()}


def without(name: str) -> Mutate:
    def mutate(members: Members, manifest: dict[str, Any]) -> None:
        del members[name]

    return mutate


def without_table(members: Members, manifest: dict[str, Any]) -> None:
    del members["tables/message_reminder.jsonl"], manifest["tables"]["message_reminder"]


def one_more_table(members: Members, manifest: dict[str, Any]) -> None:
    resum(members, manifest, "secret", b"")


def one_more_member(members: Members, manifest: dict[str, Any]) -> None:
    members["../../evil"] = b"x"


def one_row_less(members: Members, manifest: dict[str, Any]) -> None:
    lines = members["tables/agency.jsonl"].splitlines(keepends=True)
    members["tables/agency.jsonl"] = b"".join(lines[:-1])


def one_letter_else(members: Members, manifest: dict[str, Any]) -> None:
    members["tables/agency.jsonl"] = members["tables/agency.jsonl"].replace(b"department", b"Department", 1)


def another_key(members: Members, manifest: dict[str, Any]) -> None:
    members["signing.key"] = b"x" * 32


def says(**values: Any) -> Mutate:
    def mutate(members: Members, manifest: dict[str, Any]) -> None:
        manifest.update(values)

    return mutate


def says_not(key: str) -> Mutate:
    def mutate(members: Members, manifest: dict[str, Any]) -> None:
        del manifest[key]

    return mutate


def no_rows_but_lines(members: Members, manifest: dict[str, Any]) -> None:
    resum(members, manifest, "document", b"[]\n")


def not_json(members: Members, manifest: dict[str, Any]) -> None:
    resum(members, manifest, "document", b'{"id": \n')


def twice(members: Members, manifest: dict[str, Any]) -> None:
    body = members["tables/agency.jsonl"]
    resum(members, manifest, "agency", body + body.splitlines(keepends=True)[0])


SPOILED: dict[str, tuple[Mutate, str]] = {
    "no-manifest": (without("manifest.json"), "không đọc được manifest.json"),
    "no-table": (without("tables/occurrence.jsonl"), "thiếu tables/occurrence.jsonl"),
    "unknown-member": (one_more_member, "thừa ../../evil"),
    "no-key": (without("signing.key"), "thiếu signing.key"),
    "another-key": (another_key, "signing.key không khớp mã băm"),
    "row-missing": (one_row_less, "bảng agency có 17 dòng, khi sao lưu có 18"),
    "letter-changed": (one_letter_else, "bảng agency không khớp mã băm"),
    "newer-format": (says(format=2), "có định dạng 2, phần mềm này đọc định dạng 1"),
    "no-format": (says_not("format"), "có định dạng None"),
    "no-sums": (says_not("tables"), r"manifest.json không đúng cấu trúc \(tables\)"),
    "local-moment": (says(created_at="2024-12-20T01:02:03"), r"không đúng cấu trúc \(created_at\)"),
}
"""Found in the file, before the database is looked at."""

WRONG: dict[str, tuple[Mutate, str]] = {
    "no-table-anywhere": (without_table, "thiếu bảng message_reminder"),
    "unknown-table": (one_more_table, "có bảng không biết secret"),
    "newer-revision": (says(revision="9999"), "ở phiên bản 9999, mới hơn phần mềm này"),
    "no-object": (no_rows_but_lines, "không phải là một dòng dữ liệu"),
    "no-json": (not_json, "không đọc được tables/document.jsonl"),
    "no-column": (rows("plan", lambda row: {k: v for k, v in row.items() if k != "title"}), "bảng plan, dòng 1"),
    "new-column": (rows("plan", lambda row: {**row, "x": 1}), r"bảng plan, dòng 1 không đúng cấu trúc \('x'\)"),
    "no-day": (rows("plan", lambda row: {**row, "starts_on": "2024-13-01"}), "bảng plan, dòng 1"),
    "number-for-text": (rows("agency", lambda row: {**row, "kind": 5}, only=3), "bảng agency, dòng 4"),
    "text-for-truth": (rows("contact", lambda row: {**row, "shared": "có"}), "bảng contact, dòng 1"),
    "huge-number": (rows("agency", lambda row: {**row, "sort": 2**70}), "bảng agency có dòng mà cơ sở dữ liệu"),
    "nothing-for-text": (rows("agency", lambda row: {**row, "code": None}), "bảng agency có dòng mà cơ sở dữ liệu"),
    "unknown-state": (rows("occurrence", lambda row: {**row, "state": "lost"}), "bảng occurrence có dòng mà"),
    "orphan": (rows("occurrence", lambda row: {**row, "duty_id": 999}), "occurrence"),
    "orphan-of-itself": (rows("agency", lambda row: {**row, "parent_id": 999}), "agency"),
    "double-key": (twice, "bảng agency có dòng mà cơ sở dữ liệu không nhận"),
    "broken-chain": (rows("audit_event", lambda row: {**row, "actor": "other"}), "1 chỗ không khớp"),
    "changed-rung": (rows("reminder", lambda row: {**row, "step": "+99wd"}), "1 chỗ không khớp"),
}
"""Found by the database, in an archive whose sums are right."""


@pytest.mark.parametrize("case", SPOILED)
def test_an_archive_that_is_not_whole_is_refused_before_anything_is_looked_at(
    tmp_path: Path, changed: Change, case: str
) -> None:
    here = Installation(Database(f"sqlite:///{tmp_path / 'never.sqlite3'}"), tmp_path / "signing.key")
    mutate, reason = SPOILED[case]
    with pytest.raises(BadInput, match=reason) as refused:
        backups.restore(here, changed(mutate), NOW, "system")
    assert "Đề nghị" in str(refused.value)
    assert "chưa có gì thay đổi" in str(refused.value)
    assert not (tmp_path / "never.sqlite3").exists()


@pytest.mark.parametrize("case", WRONG)
def test_rows_that_do_not_fit_are_refused_with_their_reason_and_nothing_is_written(
    here: Installation, changed: Change, case: str
) -> None:
    mutate, reason = WRONG[case]
    with pytest.raises(HtxError, match=reason) as refused:
        backups.restore(here, changed(mutate), NOW, "system")
    assert "Đề nghị" in str(refused.value)
    assert "chưa có gì thay đổi" in str(refused.value)
    assert is_untouched(here)


def test_the_unchanged_copy_of_an_archive_is_accepted(here: Installation, changed: Change) -> None:
    backups.restore(here, changed(lambda members, manifest: None), NOW, "system")


def test_a_lone_half_of_a_letter_is_refused(here: Installation, changed: Change) -> None:
    def mutate(members: Members, manifest: dict[str, Any]) -> None:
        resum(members, manifest, "plan", members["tables/plan.jsonl"].replace(b'"title":"', b'"title":"\\ud800'))

    with pytest.raises(BadInput, match="bảng plan có dòng mà cơ sở dữ liệu không nhận"):
        backups.restore(here, changed(mutate), NOW, "system")
    assert is_untouched(here)


def test_a_member_that_stands_twice_is_refused(sqlite_database: Database, lived: Lived, tmp_path: Path) -> None:
    path = Path(shutil.copy(lived.archive, tmp_path / "twice.zip"))
    with (
        pytest.warns(UserWarning, match="Duplicate name"),
        zipfile.ZipFile(path, "a") as file,
    ):
        file.writestr("tables/agency.jsonl", b"")
    with pytest.raises(BadInput, match=r"có hai mục cùng tên|không đọc được|có 0 dòng"):
        backups.restore(Installation(sqlite_database, tmp_path / "k"), path, NOW, "system")


def test_a_file_cut_off_anywhere_is_refused(lived: Lived, tmp_path: Path) -> None:
    whole, path = lived.archive.read_bytes(), tmp_path / "cut.zip"
    for length in [*range(0, len(whole), len(whole) // 25), len(whole) - 1]:
        path.write_bytes(whole[:length])
        with pytest.raises(BadInput, match="bị hỏng hoặc không đầy đủ"), archives.opened(path):
            pass


def test_a_byte_changed_anywhere_is_refused_or_means_nothing(lived: Lived, tmp_path: Path) -> None:
    """Where the .zip keeps only a time or an attribute a change means nothing; no content ever differs."""
    whole, path = lived.archive.read_bytes(), tmp_path / "changed.zip"
    with archives.opened(lived.archive) as archive:
        manifest, key = archive.manifest, archive.key
    refused = 0
    places = [*range(0, len(whole) - 2000, 307), *range(len(whole) - 2000, len(whole), 7)]
    for place in places:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x5A]) + whole[place + 1 :])
        try:
            with archives.opened(path) as archive:
                assert (archive.manifest, archive.key) == (manifest, key)
        except (BadInput, StoreError):
            refused += 1
    assert refused > len(places) // 2


@pytest.mark.parametrize("body", [b"", b"PK", b"SQLite format 3\x00" * 50, b"{}"])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "other"
    path.write_bytes(body)
    with pytest.raises(BadInput, match=r"không phải là tệp \.zip đầy đủ"):
        backups.check(path, NOW)


def test_text_that_only_sqlite_can_hold_is_refused_by_postgresql_with_its_table(
    lived: Lived, make: Make, tmp_path: Path, kontum: Plan, loaded: Any
) -> None:
    source, target = make("sqlite"), make("postgresql")
    loaded(source, kontum)
    with source.transaction("test") as session:
        session.execute(text("UPDATE milestone SET title = 'a' || char(0) || 'b'"))
    backups.back_up(Installation(source, tmp_path / "k"), tmp_path / "nul.zip", NOW, "system")
    here = Installation(target, tmp_path / "k")
    with pytest.raises(BadInput, match="bảng milestone có dòng mà cơ sở dữ liệu không nhận"):
        backups.restore(here, tmp_path / "nul.zip", NOW, "system")
    assert is_untouched(here)


# A log that was broken before


def test_a_broken_log_is_saved_restored_and_told(
    database: Database, make: Make, tmp_path: Path, kontum: Plan, loaded: Any
) -> None:
    loaded(database, kontum)
    with database.transaction("tampering") as session:
        session.execute(text("UPDATE audit_event SET actor = 'ai đó'"))
    saved = backups.back_up(Installation(database, tmp_path / "k"), tmp_path / "a.zip", NOW, "system")
    assert len(saved.broken) == 1
    restored = backups.restore(Installation(make("sqlite"), tmp_path / "k"), tmp_path / "a.zip", NOW, "system")
    assert restored.broken == saved.broken


def test_a_log_that_is_not_as_it_was_is_restored_only_when_accepted(
    sqlite_database: Database, changed: Change, tmp_path: Path
) -> None:
    archive = changed(rows("reminder", lambda row: {**row, "step": "+99wd"}))
    here = Installation(sqlite_database, tmp_path / "var" / "signing.key")
    with pytest.raises(StoreError, match=r"--accept-log[\s\S]*hoặc nội dung đã bị sửa"):
        backups.restore(here, archive, NOW, "system")
    assert is_untouched(here)
    restored = backups.restore(here, archive, NOW, "system", accept_log=True)
    assert len(restored.broken) == 1
    assert json.loads(content(sqlite_database)["audit_event"][-1][5])["broken"] == 1


# A trial


def test_a_trial_says_what_is_in_an_archive_and_leaves_nothing_behind(
    lived: Lived, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    tried = backups.check(lived.archive, NOW)
    assert tried.manifest.tables["occurrence"].rows == 115
    assert list(scratch.iterdir()) == []


def test_numbers_go_on_after_the_highest(here: Installation, lived: Lived) -> None:
    backups.restore(here, lived.archive, NOW, "system")
    agencies = tables.table("agency")
    with here.database.transaction("test") as session:
        highest = session.execute(select(func.max(agencies.c.id))).scalar_one()
        session.execute(text("INSERT INTO agency (code, kind, sort, place) VALUES ('a', 'department', 1, '')"))
        assert session.execute(select(agencies.c.id).where(agencies.c.code == "a")).scalar_one() == highest + 1
