"""Consolidations (bản tổng hợp) as they were made: a head and one line for each cooperative, never changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlmodel import Session

from htx_workflow.domain.consolidations import LINE, Consolidation, CooperativeLine
from htx_workflow.store import tables
from htx_workflow.store.rows import add_all, chunks
from htx_workflow.store.tables import table


class SnapshotRow(NamedTuple):
    """A consolidation as it is listed."""

    id: int
    round: str
    no: int
    made_at: datetime
    by: str
    inputs_sha256: str


def list_of(session: Session, plan_id: int, round: str = "") -> list[SnapshotRow]:
    """The consolidations of a plan (and round), oldest first."""
    rows = table("consolidation")
    wanted = [rows.c.plan_id == plan_id, *([rows.c.round == round] if round else [])]
    columns = rows.c.id, rows.c.round, rows.c.no, rows.c.made_at, rows.c.by_code, rows.c.inputs_sha256
    return [SnapshotRow(*row) for row in session.execute(select(*columns).where(*wanted).order_by(rows.c.id))]


def next_no(session: Session, plan_id: int, round: str) -> int:
    rows = table("consolidation")
    last = select(func.coalesce(func.max(rows.c.no), 0)).where(rows.c.plan_id == plan_id, rows.c.round == round)
    return int(session.execute(last).scalar_one()) + 1


def add(session: Session, plan_id: int, made: Consolidation, definition_id: int, by: str) -> int:
    """Keep a consolidation; its number."""
    row = tables.ConsolidationRow(
        plan_id=plan_id,
        round=made.round,
        no=made.no,
        made_at=made.made_at,
        by_code=by,
        definition_id=definition_id,
        inputs_sha256=made.inputs_sha256,
        body=made.model_dump_json(exclude={"cooperatives"}),
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    for batch in chunks(_lines(row.id, made.cooperatives)):
        add_all(session, table("consolidation_line"), batch)
    return row.id


def _lines(number: int, lines: Iterable[CooperativeLine]) -> Iterator[dict[str, object]]:
    for sort, line in enumerate(lines, 1):
        body = LINE.dump_json(line).decode()
        yield {"consolidation_id": number, "sort": sort, "key": line.key, "body": body}


def find(session: Session, plan_id: int, round: str, no: int | None = None) -> Consolidation | None:
    """The consolidation of this number, or the last one of the round; None when there is none."""
    rows, lines = table("consolidation"), table("consolidation_line")
    wanted = [rows.c.plan_id == plan_id, rows.c.round == round, *([rows.c.no == no] if no is not None else [])]
    head = session.execute(
        select(rows.c.id, rows.c.body).where(*wanted).order_by(rows.c.no.desc()).limit(1)
    ).first()  # fmt: skip
    if head is None:
        return None
    found = session.execute(
        select(lines.c.body).where(lines.c.consolidation_id == head.id).order_by(lines.c.sort),
        execution_options={"yield_per": 2000},
    )
    cooperatives = tuple(LINE.validate_json(body) for (body,) in found)
    return Consolidation.model_validate({**json.loads(head.body), "cooperatives": cooperatives})


def lock(session: Session, number: int) -> None:
    """Whoever issues documents of a consolidation does it alone."""
    rows = table("consolidation")
    session.execute(select(rows.c.id).where(rows.c.id == number).with_for_update())
