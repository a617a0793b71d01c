"""Rows as people read them (xuất dữ liệu): typed values, and beside each reference the code of the row it means.

One statement a table, streamed; what opens doors is never asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, LargeBinary, Table, func, select
from sqlmodel import Session

from htx_workflow.domain.export_words import REFERENCES, SECRETS
from htx_workflow.store.tables import METADATA, table

BATCH = 2_000
"""Rows in memory at a time."""


class Field(NamedTuple):
    """A column of an exported table: its own, or what it points to (`of`: the other table)."""

    column: str
    of: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A table to export: its columns in order, and how many rows it has now."""

    name: str
    fields: tuple[Field, ...]
    count: int


def sources(session: Session, order: list[str]) -> list[Source]:
    """Every table of the house; those that `order` does not name come last."""
    names = sorted(METADATA.tables, key=lambda name: (order.index(name) if name in order else len(order), name))
    found = []
    for name in names:
        rows = table(name)
        count = session.scalar(select(func.count()).select_from(rows))
        found.append(Source(name, tuple(_fields(rows)), count or 0))
    return found


def _fields(rows: Table) -> Iterator[Field]:
    for column in rows.columns:
        if column.name in SECRETS or isinstance(column.type, LargeBinary):
            continue
        yield Field(column.name)
        target = _target(rows, column.name)
        if target in REFERENCES:
            yield Field(column.name, target)


def _target(rows: Table, column: str) -> str:
    keys = list(rows.c[column].foreign_keys)
    return keys[0].column.table.name if keys else ""


def rows_of(session: Session, source: Source) -> Iterator[tuple[Any, ...]]:
    """The rows of a table in the order of its key, a few thousand in memory at a time."""
    rows = table(source.name)
    shown: list[ColumnElement[Any]] = []
    place: FromClause = rows
    for field in source.fields:
        if not field.of:
            shown.append(rows.c[field.column])
            continue
        other = table(field.of).alias()
        place = place.outerjoin(other, other.c.id == rows.c[field.column])
        shown.append(other.c[REFERENCES[field.of][0]].label(f"{field.column}_{len(shown)}"))
    statement = select(*shown).select_from(place).order_by(*rows.primary_key.columns)
    for row in session.execute(statement, execution_options={"yield_per": BATCH}):
        yield tuple(row)


class KeptFile(NamedTuple):
    """An attachment that is still there: whose, under which name, and the sum of its bytes."""

    id: int
    agency: str
    name: str
    sha256: str
    scan: str


def list_files(session: Session) -> Iterator[KeptFile]:
    """Attachments in the order they came, a few hundred in memory at a time; withdrawn ones too: they were sent."""
    files, agencies, blobs = table("attachment"), table("agency"), table("file_blob")
    last = 0
    while True:
        statement = (
            select(files.c.id, agencies.c.code, files.c.name, files.c.sha256, blobs.c.scan)
            .join(agencies, agencies.c.id == files.c.agency_id)
            .join(blobs, blobs.c.sha256 == files.c.sha256)
            .where(files.c.id > last)
            .order_by(files.c.id)
            .limit(500)
        )
        found = [KeptFile(*row) for row in session.execute(statement)]
        yield from found
        if not found:
            return
        last = found[-1].id


class Text(NamedTuple):
    """A text kept as it was loaded: the source of a plan, a form, a rubric."""

    kind: str
    code: str
    version: str
    body: str


def list_texts(session: Session) -> Iterator[Text]:
    """Every plan version, form and rubric, one at a time."""
    plans, versions, definitions = table("plan"), table("plan_version"), table("definition")
    loaded = select(plans.c.code, versions.c.no, versions.c.source).join(plans, plans.c.id == versions.c.plan_id)
    for row in session.execute(loaded.order_by(plans.c.code, versions.c.no), execution_options={"yield_per": 1}):
        yield Text("plan", row.code, str(row.no), row.source)
    used = select(
        definitions.c.kind, definitions.c.code, definitions.c.version, definitions.c.sha256, definitions.c.body
    )
    for row in session.execute(used.order_by(definitions.c.id), execution_options={"yield_per": 1}):
        yield Text(row.kind, row.code, f"{row.version}-{row.sha256[:8]}", row.body)
