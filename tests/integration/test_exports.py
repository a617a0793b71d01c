"""htx export --all on both databases: everything is there, read again by other programs, and nothing opens a door."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import stat
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from htx_workflow.domain import export_words
from htx_workflow.domain.errors import NotAllowed, StoreError
from htx_workflow.domain.plan import Plan
from htx_workflow.gateways import export_files
from htx_workflow.gateways.export_files import Column
from htx_workflow.services import exports
from htx_workflow.services.exports import House
from htx_workflow.store import tables
from htx_workflow.store.documents import DocumentRef
from tests.commands import HOME, htx_here
from tests.factories import a_plan
from tests.machine import Machine

NOW = datetime(2025, 11, 25, 1, 2, 3, tzinfo=UTC)
SENT = "tinh-mau/R.htx/htx-a/2025"
FORMULA = '=HYPERLINK("x")'
LONG = "dài " * 10_000
SECRET = "c0ffee" * 10


@pytest.fixture
def lived(machine: Machine) -> Machine:
    return live(machine)


@pytest.fixture
def lived_on_sqlite(sqlite_machine: Machine) -> Machine:
    return live(sqlite_machine)


def live(machine: Machine) -> Machine:
    """The small plan with a report sent, a session, a file, a formula as a note and a text of 40,000 letters."""
    machine.load(a_plan())
    machine.at(date(2025, 11, 25))
    machine.submit(
        SENT, sent_on=date(2025, 11, 25), document=DocumentRef("12/BC", date(2025, 11, 25), "htx-a"), note=FORMULA
    )
    rows: dict[str, dict[str, Any]] = {
        "credential": {
            "kind": "session", "contact_id": 1, "token_sha256": SECRET, "digits_sha256": SECRET, "strength": "code",
            "made_at": NOW, "made_by": "x", "expires_at": NOW, "ended_by": "", "tries": 0, "browser": SECRET,
        },
        "file_blob": {
            "sha256": "ab", "media_type": "application/pdf", "size": 3, "stored_at": NOW, "scan": "none", "scan_note": "",
            "signature": "", "body": bytes([0, 255, 10]),
        },
        "attachment": {
            "sha256": "ab", "name": "bảng: chấm.pdf", "subject_kind": "report", "subject_id": 1, "field": "",
            "agency_id": 1, "at": NOW, "by_code": "x",
        },
        "occurrence_note": {
            "occurrence_id": 1, "kind": "call", "text": LONG, "with_whom": "", "cause": "", "at": NOW, "by_code": "x",
        },
    }  # fmt: skip
    with machine.transaction() as session:
        for name, row in rows.items():
            session.execute(tables.table(name).insert().values(**row))
    return machine


def read_csv(path: Path) -> list[dict[str, str]]:
    csv.field_size_limit(1 << 30)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def test_everything_is_there_and_says_what_it_is(lived: Machine, tmp_path: Path) -> None:
    place = tmp_path / "ra"
    with lived.database.reading() as session:
        counts = {
            name: session.scalar(select(func.count()).select_from(rows))
            for name, rows in tables.METADATA.tables.items()
        }
    done = exports.export_all(House(lived.database, HOME, simulation=True), place, NOW, "system")
    names = {export_words.table_words(name).stem: count for name, count in counts.items()}
    assert {table.stem[3:]: table.rows for table in done.tables} == names
    for table in done.tables:
        lines = read_csv(place / "bang" / f"{table.stem}.csv")
        book = load_workbook(place / "bang" / f"{table.stem}.xlsx")
        assert (len(lines), sum(1 for _ in book.worksheets[0].iter_rows()) - 1) == (table.rows, table.rows), table.stem
    (work,) = [row for row in read_csv(place / "bang" / "05-viec.csv") if row["Khóa"] == SENT]
    assert (work["Cơ quan làm (mã)"], work["Tình trạng (nghĩa)"], work["Ngày gửi kết quả"]) == (
        "htx-a", "đã gửi, đang chờ kiểm tra", "2025-11-25",
    )  # fmt: skip
    assert (place / "tep" / "so" / "000001 bảng_ chấm.pdf").read_bytes() == bytes([0, 255, 10])
    page = (place / "index.html").read_text("utf-8")
    assert "Nhật ký nguyên vẹn" in page
    assert "BẢN MÔ PHỎNG" in page
    assert all(f"bang/{table.stem}.csv" in page for table in done.tables)


def test_no_secret_leaves_and_every_file_has_its_sum(lived_on_sqlite: Machine, tmp_path: Path) -> None:
    place = tmp_path / "ra"
    exports.export_all(House(lived_on_sqlite.database, HOME), place, NOW, "system")
    sums = dict(line.split("  ")[::-1] for line in (place / export_files.SUMS).read_text().splitlines())
    files = {path.relative_to(place).as_posix(): path for path in place.rglob("*") if path.is_file()}
    del files[export_files.SUMS]
    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()} == sums
    texts = [path for path in files.values() if path.suffix in (".csv", ".html", ".json", ".yaml")]
    assert [path for path in texts if SECRET.encode() in path.read_bytes()] == []
    for path in files.values():
        if path.suffix == ".xlsx":
            cells = [cell for row in load_workbook(path).worksheets[0].iter_rows(values_only=True) for cell in row]
            assert SECRET not in cells
    assert stat.S_IMODE(place.stat().st_mode) == 0o700


def test_text_stays_text_and_long_text_is_whole_in_csv(lived_on_sqlite: Machine, tmp_path: Path) -> None:
    place = tmp_path / "ra"
    exports.export_all(House(lived_on_sqlite.database, HOME), place, NOW, "system")
    notes = [row["Ghi chú"] for row in read_csv(place / "bang" / "06-dien-bien-viec.csv")]
    assert f"'{FORMULA}" in notes
    cells = load_workbook(place / "bang" / "06-dien-bien-viec.xlsx").worksheets[0].iter_rows()
    assert [cell.data_type for row in cells for cell in row if cell.value == FORMULA] == ["s"]
    (note,) = read_csv(place / "bang" / "07-ghi-chu-viec.csv")
    assert note["Nội dung"] == LONG
    (row,) = load_workbook(place / "bang" / "07-ghi-chu-viec.xlsx").worksheets[0].iter_rows(min_row=2, values_only=True)
    assert [str(cell).endswith(export_files.CUT) for cell in row].count(True) == 1


def test_a_plan_is_kept_byte_for_byte(sqlite_machine: Machine, kontum: Plan, tmp_path: Path) -> None:
    source = (HOME / "config" / "plans" / "kontum-3819.yaml").read_bytes()
    sqlite_machine.load(kontum, source=source.decode())
    exports.export_all(House(sqlite_machine.database, HOME), tmp_path / "ra", NOW, "system")
    assert (tmp_path / "ra" / "ke-hoach" / "kontum-3819-phien-ban-1.yaml").read_bytes() == source


def test_a_folder_with_something_in_it_is_left_alone(sqlite_machine: Machine, tmp_path: Path) -> None:
    place = tmp_path / "ra"
    place.mkdir()
    (place / "thư.txt").write_text("giữ")
    with pytest.raises(NotAllowed, match="không trống"):
        exports.export_all(House(sqlite_machine.database, HOME), place, NOW, "system")
    assert [path.name for path in tmp_path.iterdir()] == ["ra"] or (place / "thư.txt").read_text() == "giữ"


def test_what_a_run_left_when_it_was_cut_off_is_cleared_away(sqlite_machine: Machine, tmp_path: Path) -> None:
    work = tmp_path / ".ra.dang-xuat"
    work.mkdir()
    (work / "dở.csv").write_text("dở")
    exports.export_all(House(sqlite_machine.database, HOME), tmp_path / "ra", NOW, "system")
    assert not work.exists()
    assert not (tmp_path / "ra" / "dở.csv").exists()


def test_rows_that_differ_when_they_are_read_again_leave_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_files, "_csv_rows", lambda _: 1)
    with pytest.raises(StoreError, match="CSV có 1 dòng"), export_files.writing(tmp_path / "ra") as folder:
        folder.add_table("bang", "Bảng", [Column("Số", "id")], [[1], [2]])
    assert list(tmp_path.iterdir()) == []


def test_a_sheet_that_is_full_goes_on_in_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_files, "SHEET_ROWS", 2)
    with export_files.writing(tmp_path / "ra") as folder:
        assert folder.add_table("b", "Bảng", [Column("Số", "id")], [[1], [None], [3]]) == 3
    book = load_workbook(tmp_path / "ra" / "bang" / "b.xlsx")
    assert [[row[0].value for row in sheet.iter_rows()] for sheet in book.worksheets] == [["Số", 1, None], ["Số", 3]]


def test_every_table_and_column_has_a_vietnamese_name() -> None:
    columns = [(name, column.name) for name, rows in tables.METADATA.tables.items() for column in rows.columns]
    hidden = export_words.SECRETS | {"body"}
    bare = [
        place for place in columns
        if place[1] not in hidden and export_words.column_words(*place) == place[1]
    ]  # fmt: skip
    assert (sorted(set(tables.METADATA.tables) - set(export_words.TABLES)), bare) == ([], [])


def test_the_command_says_what_it_did(tmp_path: Path) -> None:
    var = str(tmp_path / "var")
    refused = htx_here("export", str(tmp_path / "ra"), var_dir=var, today="2025-01-06")
    assert (refused.code, "thêm --all" in refused.err) == (2, True)
    done = htx_here("export", "--all", str(tmp_path / "ra"), "--json", var_dir=var, today="2025-01-06")
    assert (done.code, json.loads(done.out)["files"]) == (0, 0)
    assert (tmp_path / "ra" / "index.html").exists()
