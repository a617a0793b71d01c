"""Every row of a database as plain values (sao lưu, khôi phục): the same text on SQLite and PostgreSQL.

The tables are taken as they stand in the database, not as this version declares them: a backup made before an
upgrade and the restore of an older one need no code of their own.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    collate,
    event,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError, StatementError
from sqlmodel import Session

from htx_workflow.domain.errors import BadInput, NotAllowed, NotFound, StoreError
from htx_workflow.store import database, schema
from htx_workflow.store.database import Database
from htx_workflow.store.rows import chunks
from htx_workflow.store.types import UtcStamp

Row = dict[str, Any]
"""Column names and their values: text, whole numbers, true, false, null; days and moments in ISO form, UTC."""

VERSION = "alembic_version"
BATCH = 2_000
"""Rows in memory at a time."""
LARGE_BATCH = 1
"""Of a table that holds files: a row may be 20 MB, and it is there as bytes, as base64 and as a line at once."""
UNTOUCHED = "Đề nghị dùng bản sao lưu khác; chưa có gì thay đổi."


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(f"a moment without a zone: {value!r}")
    return moment


def _exactly(kind: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise TypeError(f"{value!r} is no {kind.__name__}")
        return value

    return read


def _as_it_is(value: Any) -> Any:
    return value


Codec = tuple[Callable[[Any], Any], Callable[[Any], Any]]
CODECS: tuple[tuple[type, Codec], ...] = (
    (UtcStamp, (datetime.isoformat, _moment)),
    (Date, (date.isoformat, date.fromisoformat)),
    (LargeBinary, (lambda value: base64.b64encode(value).decode(), lambda value: base64.b64decode(value, validate=True))),
    (Boolean, (_as_it_is, _exactly(bool))),
    (Integer, (_as_it_is, _exactly(int))),
    (String, (_as_it_is, _exactly(str))),
)  # fmt: skip
"""How a kind of column is written to an archive and read from it; a kind that is not here is refused."""


class Tables:
    """The tables on a connection, in whatever revision they are."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._metadata = MetaData()
        event.listen(self._metadata, "column_reflect", _use_stamps)
        self._metadata.reflect(connection)
        self._tables = {table.name: table for table in self._metadata.sorted_tables if table.name != VERSION}
        self._codecs = {name: _codecs(table) for name, table in self._tables.items()}

    @property
    def names(self) -> list[str]:
        """Parents before their children."""
        return list(self._tables)

    def rows(self, name: str) -> Iterator[Row]:
        """Every row in the order of its key, a few thousand (or one file) in memory at a time."""
        table = self._tables[name]
        codecs = [(column, write) for column, (write, _) in self._codecs[name].items()]
        statement = select(table).order_by(*(self._sortable(column) for column in table.primary_key.columns))
        with self._connection.execute(statement, execution_options={"yield_per": _batch(table)}) as found:
            try:
                for values in found:
                    yield {
                        column: None if value is None else write(value)
                        for (column, write), value in zip(codecs, values, strict=True)
                    }
            except ValueError as error:
                raise StoreError(
                    f"Bảng {name} có giá trị không đọc được ({error}). Đề nghị báo người quản trị;"
                    " có thể khôi phục từ bản sao lưu trước."
                ) from error

    def add(self, name: str, rows: Iterable[Row]) -> None:
        """Insert rows as `rows` gave them. Raises BadInput, naming the row, when one does not fit."""
        table = self._tables[name]
        pointers = [key.parent.name for key in table.foreign_keys if key.column.table is table]
        keys = [column.name for column in table.primary_key.columns]
        later: list[Row] = []
        for batch in chunks(self._read(name, rows), _batch(table)):
            for row in batch if pointers else ():
                later.append({f"at_{column}": row[column] for column in (*keys, *pointers)})
                row.update(dict.fromkeys(pointers))
            self._execute(name, insert(table), batch)
        if later:  # a row that points at another of its own table: when all are there
            here = (table.c[column] == bindparam(f"at_{column}") for column in keys)
            values: dict[str, Any] = {column: bindparam(f"at_{column}") for column in pointers}
            self._execute(name, update(table).where(*here).values(values), later)

    def first_filled(self) -> str | None:
        """A table that holds rows, or None when the database is empty."""
        return next((name for name, table in self._tables.items() if self._holds_rows(table)), None)

    def lock(self) -> None:
        """Let others read, and nobody else write, until the commit (SQLite has one writer anyway)."""
        if self._tables and self._connection.dialect.name == "postgresql":
            names = ", ".join(f'"{name}"' for name in self._tables)
            self._connection.execute(text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))

    def drop(self) -> None:
        """Remove every table, with the record of its revision."""
        self._metadata.drop_all(self._connection)

    def check_links(self) -> None:
        """Raises BadInput when a row points at one that is not there (PostgreSQL has refused it before)."""
        if self._connection.dialect.name != "sqlite":
            return
        orphans = self._connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if orphans:
            raise BadInput(
                f"Bản sao lưu có {len(orphans)} dòng trỏ tới dòng không có (bảng {orphans[0][0]}). {UNTOUCHED}"
            )

    def move_sequences(self) -> None:
        """Let PostgreSQL give the next new row a number after the highest there is."""
        if self._connection.dialect.name != "postgresql":
            return
        for name, table in self._tables.items():
            for column in table.primary_key.columns:
                sequence = self._connection.scalar(select(func.pg_get_serial_sequence(f'"{name}"', column.name)))
                highest = self._connection.scalar(select(func.max(column))) if sequence else None
                if highest is not None:
                    self._connection.execute(select(func.setval(sequence, highest)))

    def _read(self, name: str, rows: Iterable[Row]) -> Iterator[Row]:
        codecs = [(column, read) for column, (_, read) in self._codecs[name].items()]
        wanted = {column for column, _ in codecs}
        for number, row in enumerate(rows, 1):
            try:
                if row.keys() != wanted:
                    raise KeyError(", ".join(sorted(row.keys() ^ wanted)))
                yield {column: None if row[column] is None else read(row[column]) for column, read in codecs}
            except (KeyError, TypeError, ValueError) as error:
                raise BadInput(
                    f"Bản sao lưu: bảng {name}, dòng {number} không đúng cấu trúc ({error}). {UNTOUCHED}"
                ) from error

    def _execute(self, name: str, statement: Any, rows: list[Row]) -> None:
        try:
            self._connection.execute(statement, rows)
        except (StatementError, OverflowError, ValueError) as error:
            url = self._connection.engine.url.render_as_string(hide_password=False)
            if isinstance(error, DBAPIError) and database.trouble_of(error, url) is not None:
                raise
            what = str(error.orig if isinstance(error, StatementError) else error).partition("\n")[0]
            raise BadInput(
                f"Bản sao lưu: bảng {name} có dòng mà cơ sở dữ liệu không nhận ({what}). {UNTOUCHED}"
            ) from error

    def _holds_rows(self, table: Table) -> bool:
        return self._connection.execute(select(text("1")).select_from(table).limit(1)).first() is not None

    def _sortable(self, column: Column[Any]) -> Any:
        """SQLite sorts text by its bytes; PostgreSQL does when asked to."""
        if isinstance(column.type, String) and self._connection.dialect.name == "postgresql":
            return collate(column, "C")
        return column


def _use_stamps(_inspector: object, _table: object, column: dict[str, Any]) -> None:
    if isinstance(column["type"], DateTime):
        column["type"] = UtcStamp()


def _batch(table: Table) -> int:
    """Rows of this table in memory at a time."""
    return LARGE_BATCH if any(isinstance(column.type, LargeBinary) for column in table.columns) else BATCH


def _codecs(table: Table) -> dict[str, Codec]:
    return {column.name: _codec(column) for column in table.columns}


def _codec(column: Column[Any]) -> Codec:
    for kind, codec in CODECS:
        if isinstance(column.type, kind):
            return codec
    raise NotImplementedError(f"{column}: no way to archive {column.type!r}")


def snapshot(session: Session) -> tuple[str, Tables]:
    """The revision and the tables that a reading session sees. Raises NotFound for a database with nothing in it."""
    connection = session.connection()
    revision = schema.revision_of(connection)
    if revision is None:
        raise NotFound(
            f"Cơ sở dữ liệu {_place(connection)} chưa có bảng nào để sao lưu. Đề nghị kiểm tra HTX_DATABASE_URL,"
            " HTX_VAR_DIR."
        )
    schema.refuse_unknown(revision)
    return revision, Tables(connection)


class Restoration:
    """An empty database in the revision of an archive, nobody else's until the commit."""

    def __init__(self, store: Database, connection: Connection, revision: str, tables: Tables) -> None:
        self._store, self._connection, self._revision = store, connection, revision
        self.tables = tables

    def bring_up_to_date(self) -> Session:
        """When every row is there: links, counters, migrations. A session in the same transaction."""
        self.tables.check_links()
        self.tables.move_sequences()
        if self._revision != schema.HEAD:
            schema.upgrade(self._store, self._connection, schema.HEAD)
        return Session(self._connection)


@contextmanager
def restoring(store: Database, revision: str) -> Iterator[Restoration]:
    """One transaction that ends with everything in its place, or with the database as it was.

    Raises NotAllowed unless the database is empty, BadInput for a revision that this version does not know.
    """
    if not schema.knows(revision):
        raise BadInput(
            f"Bản sao lưu ở phiên bản {revision}, mới hơn phần mềm này ({schema.HEAD})."
            " Đề nghị nâng cấp phần mềm rồi khôi phục; chưa có gì thay đổi."
        )
    with database.translated(store.url), schema.alone(store) as connection:
        found = schema.revision_of(connection)
        schema.refuse_unknown(found)
        tables = Tables(connection)
        tables.lock()
        _refuse_unless_empty(connection, tables, found)
        if found != revision:
            tables.drop()
            schema.upgrade(store, connection, revision)
            tables = Tables(connection)
        yield Restoration(store, connection, revision, tables)


def _refuse_unless_empty(connection: Connection, tables: Tables, found: str | None) -> None:
    remedy = "Đề nghị đặt HTX_DATABASE_URL (hoặc HTX_VAR_DIR) sang một nơi trống rồi chạy lại; chưa có gì thay đổi."
    if found is None and tables.names:
        raise NotAllowed(f"Cơ sở dữ liệu {_place(connection)} đang có bảng của chương trình khác. {remedy}")
    filled = tables.first_filled()
    if filled is not None:
        raise NotAllowed(
            f"Cơ sở dữ liệu {_place(connection)} đã có dữ liệu (bảng {filled});"
            f" chỉ khôi phục vào cơ sở dữ liệu trống. {remedy}"
        )


def _place(connection: Connection) -> str:
    return connection.engine.url.render_as_string(hide_password=True)
