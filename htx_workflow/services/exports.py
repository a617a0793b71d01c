"""Everything that a person can read without this software (xuất toàn bộ dữ liệu): tables, files, texts, an index.

Beside a backup, which only this software reads. One state of the database; nothing that opens a door.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from importlib import metadata
from pathlib import Path
from typing import Any

from htx_workflow.domain import audit, export_words, file_names, typed, words
from htx_workflow.domain.errors import StoreError
from htx_workflow.gateways import export_files
from htx_workflow.gateways.export_files import LOCAL, Column, Folder
from htx_workflow.services import audits
from htx_workflow.store import audit_chain, export_rows
from htx_workflow.store import files as file_store
from htx_workflow.store.database import Database, Session
from htx_workflow.store.export_rows import Field, Source

INDEX = "index.html"
CONTENTS = "muc-luc"
TEXT_FOLDERS = {"plan": ("ke-hoach", "yaml"), "form": ("bieu-mau", "json"), "rubric": ("bo-tieu-chi", "json")}


@dataclass(frozen=True, slots=True)
class Table:
    """A table as the index lists it."""

    stem: str
    title: str
    sentence: str
    rows: int
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Exported:
    """An export that stands, read again."""

    tables: list[Table]
    files: int
    """Attachments written."""
    left_out: int
    """Attachments with malware in them."""
    texts: int
    audit: str

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)


@dataclass(frozen=True, slots=True)
class House:
    """What an export is made from: the database, the house's templates and calendars, whether it is a simulation."""

    database: Database
    home: Path
    simulation: bool = False

    @property
    def calendars(self) -> list[Path]:
        return sorted((self.home / "config" / "calendars").glob("*.yaml"))


def export_all(house: House, place: Path, now: datetime, by: str) -> Exported:
    """Write everything into a new folder, and note it in the audit log.

    Raises NotAllowed where the folder holds something, StoreError when the disk refuses or counts differ.
    """
    with export_files.writing(place) as folder:
        with house.database.reading() as session:
            tables = [_add_table(session, folder, source, number) for number, source in _sources(session)]
            texts = _add_texts(session, folder, house.calendars)
            kept, left_out = _add_files(session, folder)
            checked = audits.verify(session)
        said = _audit_words(checked)
        done = Exported(tables, kept, left_out, texts, said)
        _add_contents(folder, tables)
        _add_index(folder, house, done, now)
    with house.database.transaction("export") as session:
        detail: dict[str, object] = {"rows": done.rows, "files": done.files}
        audit_chain.note(session, audit.Event(now, by, "export.made", "database", detail))
    return done


def _sources(session: Session) -> Iterator[tuple[int, Source]]:
    return enumerate(export_rows.sources(session, list(export_words.TABLES)), 1)


# Tables


def _add_table(session: Session, folder: Folder, source: Source, number: int) -> Table:
    named = export_words.table_words(source.name)
    stem = f"{number:02d}-{named.stem}"
    fields = list(_spread(source))
    columns = tuple(Column(_head(source.name, field, meaning), field.column) for field, meaning in fields)
    count = folder.add_table(stem, named.title, columns, _rows(session, source))
    if count != source.count:
        raise StoreError(
            f"Bảng {named.title}: cơ sở dữ liệu có {source.count} dòng, đã ghi {count} dòng. Đề nghị chạy lại;"
            " nếu vẫn vậy, báo người quản trị."
        )
    return Table(stem, named.title, named.sentence, count, columns)


def _spread(source: Source) -> Iterator[tuple[Field, bool]]:
    """The columns of a table in the file; True: what the code before it means, in words."""
    for field in source.fields:
        yield field, False
        if not field.of and (source.name, field.column) in export_words.VALUES:
            yield field, True


def _head(table: str, field: Field, meaning: bool) -> str:
    head = export_words.column_words(table, field.column)
    if meaning:
        return f"{head} (nghĩa)"
    if field.of:
        return f"{head} ({export_words.REFERENCES[field.of][1]})"
    return f"{head} (số)" if field.column.endswith("_id") else head


def _rows(session: Session, source: Source) -> Iterator[list[Any]]:
    values = [None if field.of else export_words.VALUES.get((source.name, field.column)) for field in source.fields]
    points = [field.column in export_words.POINTS for field in source.fields]
    for row in export_rows.rows_of(session, source):
        line: list[Any] = []
        for value, meanings, pointed in zip(row, values, points, strict=True):
            line.append(Decimal(value) / 100 if pointed and value is not None else value)
            if meanings is not None:
                line.append(meanings.get(value, ""))
        yield line


# Texts and files


def _add_texts(session: Session, folder: Folder, calendars: Sequence[Path]) -> int:
    count = 0
    for text in export_rows.list_texts(session):
        place, ending = TEXT_FOLDERS[text.kind]
        name = file_names.plain_name(f"{text.code}-phien-ban-{text.version}.{ending}").replace(" ", "-")
        folder.add_file(f"{place}/{name}", text.body.encode())
        count += 1
    for path in calendars:
        folder.add_file(f"lich/{path.name}", path.read_bytes())
    return count + len(calendars)


def _add_files(session: Session, folder: Folder) -> tuple[int, int]:
    """Every attachment under the agency it belongs to; (written, left out because of malware)."""
    written, left_out = 0, 0
    for file in export_rows.list_files(session):
        body = None if file.scan == "infected" else file_store.body(session, file.sha256)
        if body is None:
            left_out += 1
            continue
        folder.add_file(f"tep/{file.agency}/{_file_name(file.id, file.name)}", body)
        written += 1
    return written, left_out


def _file_name(number: int, name: str) -> str:
    """`000123 Báo cáo.pdf`: sorted as they came, and no name twice."""
    return file_names.download_name(f"{number:06d} {file_names.clean_name(name)}")


# Index


def _add_contents(folder: Folder, tables: Sequence[Table]) -> None:
    heads = [Column(head, "") for head in ("Tệp", "Bảng", "Nội dung", "Số dòng", "Cột", "Tên trong cơ sở dữ liệu")]
    lines: Iterable[list[Any]] = (
        [f"bang/{table.stem}.csv", table.title, table.sentence, table.rows, column.head, column.name]
        for table in tables
        for column in table.columns
    )
    folder.add_contents(CONTENTS, "Mục lục dữ liệu", heads, lines)


def _add_index(folder: Folder, house: House, done: Exported, now: datetime) -> None:
    values = {
        "done": done,
        "moment": words.moment_text(now.astimezone(LOCAL)),
        "software": metadata.version("htx-workflow"),
        "simulation": house.simulation,
        "number": typed.number_text,
    }
    folder.add_page(INDEX, house.home / "templates" / "export", values)


def _audit_words(found: audits.Verified) -> str:
    if found.first is None or found.last is None:
        return "Nhật ký chưa có sự kiện nào."
    if found.broken:
        return f"Nhật ký có {len(found.broken)} chỗ không khớp; chạy htx audit verify để xem."
    first, last = (words.moment_text(moment.astimezone(LOCAL)) for moment in (found.first, found.last))
    return f"Nhật ký nguyên vẹn từ {first} đến {last} ({found.events} sự kiện)."
