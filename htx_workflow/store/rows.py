"""Small helpers for bulk reads and writes that work on SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Table, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

T = TypeVar("T")
CHUNK = 2000
"""Values in one IN list; far below the parameter limits of both databases."""


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The values in lists of at most `size`."""
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch


def add_all(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert many rows in one go."""
    if rows:
        session.execute(insert(table), rows)


def add_missing(
    session: Session, table: Table, rows: Sequence[dict[str, Any]], *returning: str
) -> list[tuple[Any, ...]]:
    """Insert the rows whose unique key is not there yet; the named columns of those that went in."""
    if not rows:
        return []
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).on_conflict_do_nothing()
    if not returning:
        session.execute(statement, rows)
        return []
    columns = [table.c[name] for name in returning]
    return [tuple(row) for row in session.execute(statement.returning(*columns), rows)]
