"""Consolidations (bản tổng hợp) as they were made: a head and one line for each cooperative, never changed.

A head that is not whole yet (`unfinished_since`) is seen by nobody: see `services.snapshot_keeping`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypeAlias

from sqlalchemy import delete, func, select, update
from sqlmodel import Session

from htx_workflow.domain.consolidations import LINE, Consolidation, CooperativeLine
from htx_workflow.domain.errors import TooLate
from htx_workflow.store import hooks, tables
from htx_workflow.store.rows import CHUNK, add_all
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
    wanted = [rows.c.plan_id == plan_id, rows.c.unfinished_since.is_(None), *([rows.c.round == round] if round else [])]
    columns = rows.c.id, rows.c.round, rows.c.no, rows.c.made_at, rows.c.by_code, rows.c.inputs_sha256
    return [SnapshotRow(*row) for row in session.execute(select(*columns).where(*wanted).order_by(rows.c.id))]


def next_no(session: Session, plan_id: int, round: str) -> int:
    rows = table("consolidation")
    last = select(func.coalesce(func.max(rows.c.no), 0)).where(rows.c.plan_id == plan_id, rows.c.round == round)
    return int(session.execute(last).scalar_one()) + 1


def add(session: Session, plan_id: int, made: Consolidation, definition_id: int, by: str) -> int:
    """Keep a consolidation whole; its number."""
    inputs = inputs_of(made)
    number = begin(session, plan_id, made, inputs, definition_id, by, unfinished_since=None)
    for first in range(0, len(made.cooperatives), CHUNK):
        add_all(session, table("consolidation_line"), lines_of(number, made.cooperatives, inputs, first, CHUNK))
    hooks.tell_consolidation(session, plan_id, made.round, made.no, made.made_at)
    return number


Inputs: TypeAlias = Mapping[str, Mapping[str, str]]


def inputs_of(made: Consolidation) -> Inputs:
    """Fingerprints of each cooperative by its code; those of no cooperative under an empty one.

    A nation's are 13 MB: too much for one row, and for one commit.
    """
    found: dict[str, dict[str, str]] = {code: {} for code in ("", *(line.key for line in made.cooperatives))}
    for key, sha256 in made.inputs.items():
        code = f"{key}/".split("/", 2)[1]
        found[code if code in found else ""][key] = sha256
    return found


def lines_of(
    number: int, lines: Sequence[CooperativeLine], inputs: Inputs, first: int, most: int
) -> list[dict[str, object]]:
    """The rows of at most so many cooperatives from place `first` on, counted from 0."""
    return [
        {
            "consolidation_id": number,
            "sort": sort,
            "key": line.key,
            "body": LINE.dump_json(line).decode(),
            "inputs": json.dumps(inputs[line.key]),
        }
        for sort, line in enumerate(lines[first : first + most], first + 1)
    ]


# In steps


def begin(
    session: Session, plan_id: int, made: Consolidation, inputs: Inputs, definition_id: int, by: str, *,
    unfinished_since: datetime | None,
) -> int:  # fmt: skip
    """The head alone; its number."""
    row = tables.ConsolidationRow(
        plan_id=plan_id,
        round=made.round,
        no=made.no,
        made_at=made.made_at,
        by_code=by,
        definition_id=definition_id,
        inputs_sha256=made.inputs_sha256,
        body=made.model_copy(update={"inputs": inputs[""]}).model_dump_json(exclude={"cooperatives"}),
        unfinished_since=unfinished_since,
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


class Unfinished(NamedTuple):
    """A consolidation whose keeping goes on or was interrupted."""

    id: int
    no: int
    inputs_sha256: str
    """Empty: it was given up and is being removed."""


def list_unfinished(session: Session, plan_id: int, round: str) -> list[Unfinished]:
    rows = table("consolidation")
    found = session.execute(
        select(rows.c.id, rows.c.no, rows.c.inputs_sha256)
        .where(rows.c.plan_id == plan_id, rows.c.round == round, rows.c.unfinished_since.is_not(None))
        .order_by(rows.c.id)
    )
    return [Unfinished(*row) for row in found]


def count_lines(session: Session, number: int) -> int:
    """How many of its cooperatives are written; they are written in their order."""
    lines = table("consolidation_line")
    last = select(func.coalesce(func.max(lines.c.sort), 0)).where(lines.c.consolidation_id == number)
    return int(session.execute(last).scalar_one())


def append(session: Session, number: int, inputs_sha256: str, done: int, rows: list[dict[str, object]]) -> int:
    """Write the next rows after the first `done`; how many there are then, others' rows of the same keeping included.

    Raises `TooLate` when somebody gave this keeping up for one of other inputs.
    """
    _own(session, number, inputs_sha256)
    written = count_lines(session, number)
    if written != done:
        return written
    add_all(session, table("consolidation_line"), rows)
    return done + len(rows)


def finish(session: Session, number: int, inputs_sha256: str) -> bool:
    """Show it; False when somebody else did so before."""
    _own(session, number, inputs_sha256)
    rows = table("consolidation")
    mine = update(rows).where(rows.c.id == number, rows.c.unfinished_since.is_not(None)).values(unfinished_since=None)
    row = session.execute(mine.returning(rows.c.plan_id, rows.c.round, rows.c.no, rows.c.made_at)).first()
    if row is None:
        return False
    hooks.tell_consolidation(session, row.plan_id, row.round, row.no, row.made_at)
    return True


def discard(session: Session, number: int, most: int) -> bool:
    """Remove at most so many rows of an unfinished one; True when nothing is left of it."""
    rows, lines = table("consolidation"), table("consolidation_line")
    unfinished = rows.c.id == number, rows.c.unfinished_since.is_not(None)
    session.execute(update(rows).where(*unfinished).values(inputs_sha256=""))
    last = count_lines(session, number)
    session.execute(delete(lines).where(lines.c.consolidation_id == number, lines.c.sort > last - most))
    if last > most:
        return False
    session.execute(delete(rows).where(*unfinished))
    return True


def _own(session: Session, number: int, inputs_sha256: str) -> None:
    """Others wait; what was given up is said."""
    rows = table("consolidation")
    mine = select(rows.c.id).where(rows.c.id == number, rows.c.inputs_sha256 == inputs_sha256).with_for_update()
    if session.execute(mine).first() is None:
        raise TooLate("Số liệu vừa thay đổi và người khác đang lập bản tổng hợp mới. Đề nghị lập lại sau ít phút.")


def find(
    session: Session, plan_id: int, round: str, no: int | None = None, *, first: int | None = None
) -> Consolidation | None:
    """The consolidation of this number, or the last one of the round; None when there is none.

    `first`: only so many of its cooperatives, with their inputs, for a page.
    """
    rows, lines = table("consolidation"), table("consolidation_line")
    wanted = [rows.c.plan_id == plan_id, rows.c.round == round, rows.c.unfinished_since.is_(None)]
    if no is not None:
        wanted.append(rows.c.no == no)
    head = session.execute(
        select(rows.c.id, rows.c.body).where(*wanted).order_by(rows.c.no.desc()).limit(1)
    ).first()  # fmt: skip
    if head is None:
        return None
    found = session.execute(
        select(lines.c.body, lines.c.inputs)
        .where(lines.c.consolidation_id == head.id)
        .order_by(lines.c.sort)
        .limit(first),
        execution_options={"yield_per": 2000},
    )
    body, cooperatives = json.loads(head.body), []
    for line, inputs in found:
        cooperatives.append(LINE.validate_json(line))
        body["inputs"].update(json.loads(inputs) if inputs else {})
    return Consolidation.model_validate({**body, "cooperatives": tuple(cooperatives)})


def rubrics_of(session: Session, plan_id: int, round: str) -> dict[int, tuple[str, str]]:
    """Code and version of the rubric of each consolidation of a round, by its number within the round."""
    rows, rubrics = table("consolidation"), table("definition")
    statement = (
        select(rows.c.no, rubrics.c.code, rubrics.c.version)
        .join(rubrics, rubrics.c.id == rows.c.definition_id)
        .where(rows.c.plan_id == plan_id, rows.c.round == round, rows.c.unfinished_since.is_(None))
    )
    return {row[0]: (row[1], row[2]) for row in session.execute(statement)}


def lock(session: Session, number: int) -> None:
    """Whoever issues documents of a consolidation does it alone."""
    rows = table("consolidation")
    session.execute(select(rows.c.id).where(rows.c.id == number).with_for_update())
