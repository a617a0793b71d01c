"""Small helpers for bulk reads and writes that work on SQLite and PostgreSQL alike."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ARRAY, ColumnElement, Integer, Table, any_, func, insert, literal, select, text
from sqlalchemy.dialects import sqlite
from sqlmodel import Session

T = TypeVar("T")
CHUNK = 2000
"""Values in one IN list; far below the parameter limits of both databases."""


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The values in lists of at most `size`."""
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch


def among(session: Session, column: ColumnElement[Any], numbers: Iterable[int]) -> ColumnElement[bool]:
    """Whether the column is one of these, however many: handed over as one value, not as a parameter for each."""
    if session.get_bind().dialect.name == "postgresql":
        return column == any_(literal(list(numbers), ARRAY(Integer)))
    each = func.json_each(json.dumps(list(numbers))).table_valued("value")
    return column.in_(select(each.c.value))


def add_all(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert many rows in one go; all have the same columns."""
    if not rows:
        return
    if _speaks_json(session):
        _insert_json(session, table, rows)
    else:
        session.execute(insert(table), rows)


def add_missing(
    session: Session, table: Table, rows: Sequence[dict[str, Any]], *returning: str
) -> list[tuple[Any, ...]]:
    """Insert the rows whose unique key is not there yet; the named columns of those that went in.

    On SQLite those are the rows with a number above the last one before: nobody else writes meanwhile.
    """
    if not rows:
        return []
    if _speaks_json(session):
        return _insert_json(session, table, rows, "ON CONFLICT DO NOTHING", returning)
    statement = sqlite.insert(table).on_conflict_do_nothing()
    if not returning:
        session.execute(statement, rows)
        return []
    last = session.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()
    session.execute(statement, rows)
    columns = [table.c[name] for name in returning]
    return [tuple(row) for row in session.execute(select(*columns).where(table.c.id > last).order_by(table.c.id))]


def _speaks_json(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _insert_json(
    session: Session, table: Table, rows: Sequence[dict[str, Any]], conflict: str = "", returning: Sequence[str] = ()
) -> list[tuple[Any, ...]]:
    """Hand all rows to PostgreSQL as one value.

    A row of its own for each costs a round trip, and thousands of parameters in one statement cost more to take
    apart than the rows to write.
    """
    columns = ", ".join(f'"{name}"' for name in rows[0])
    said = f"RETURNING {', '.join(returning)}" if returning else ""
    statement = text(
        f'INSERT INTO "{table.name}" ({columns}) SELECT {columns}'
        f' FROM json_populate_recordset(NULL::"{table.name}", CAST(:rows AS json)) {conflict} {said}'
    )
    found = session.execute(statement, {"rows": json.dumps(rows, ensure_ascii=False, default=_iso)})
    return [tuple(row) for row in found] if returning else []


def _iso(value: Any) -> str:
    """A day, or a moment with its zone, as PostgreSQL reads it."""
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError(f"a moment without a zone cannot be stored: {value!r}")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} has no place in a column")
