"""Baselines (điểm ban đầu, tiêu chí cần hoàn thiện): the rows of now and those they replaced."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, update
from sqlmodel import Session

from htx_workflow.domain.verdicts import Baseline
from htx_workflow.store.rows import add_all, among
from htx_workflow.store.tables import table


class BaselineRow(NamedTuple):
    """One criterion of a cooperative."""

    unit_id: int
    rubric_code: str
    rubric_version: int
    item: int
    hundredths: int | None
    to_improve: bool
    document_id: int | None


def iterate(session: Session, plan_id: int, units: Collection[int] = ()) -> Iterator[tuple[int, Baseline]]:
    """Cooperative and baseline, in the order of the numbers; who has none is left out. `units`: only these."""
    rows = table("baseline")
    wanted = [rows.c.plan_id == plan_id, rows.c.replaced_at.is_(None)]
    if units:
        wanted.append(among(session, rows.c.unit_id, units))
    statement = (
        select(rows.c.unit_id, rows.c.rubric_code, rows.c.rubric_version, rows.c.item, rows.c.hundredths, rows.c.to_improve)
        .where(*wanted)
        .order_by(rows.c.unit_id, rows.c.item)
    )  # fmt: skip
    unit, ref, points, improved = 0, ("", 0), dict[int, int](), list[int]()
    with session.execute(statement, execution_options={"yield_per": 5000}) as found:
        for number, code, version, item, hundredths, to_improve in found:
            if number != unit:
                if unit:
                    yield unit, Baseline(ref, points, frozenset(improved))
                unit, ref, points, improved = number, (code, version), {}, []
            if hundredths is not None:
                points[item] = hundredths
            if to_improve:
                improved.append(item)
    if unit:
        yield unit, Baseline(ref, points, frozenset(improved))


def list_rows(session: Session, plan_id: int, unit_ids: Sequence[int]) -> list[BaselineRow]:
    """The rows of now of these cooperatives."""
    rows = table("baseline")
    found = session.execute(
        select(
            rows.c.unit_id, rows.c.rubric_code, rows.c.rubric_version, rows.c.item, rows.c.hundredths,
            rows.c.to_improve, rows.c.document_id,
        )
        .where(rows.c.plan_id == plan_id, rows.c.replaced_at.is_(None), among(session, rows.c.unit_id, unit_ids))
        .order_by(rows.c.unit_id, rows.c.item)
    )  # fmt: skip
    return [BaselineRow(*row) for row in found]


def of_unit(session: Session, plan_id: int, unit_id: int) -> Baseline | None:
    """A cooperative's baseline; None when nothing was ever entered."""
    rows = list_rows(session, plan_id, [unit_id])
    if not rows:
        return None
    points = {row.item: row.hundredths for row in rows if row.hundredths is not None}
    return Baseline(rows[0][1:3], points, frozenset(row.item for row in rows if row.to_improve))


def replace(
    session: Session, plan_id: int, units: Sequence[int], new: Sequence[BaselineRow], now: datetime, by: str
) -> int:
    """Put the whole baselines of these cooperatives in the stead of those they had; how many rows are new.

    The old rows stay, marked with the moment. A cooperative whose rows say the same already is left alone.
    """
    rows = table("baseline")
    before: dict[int, set[BaselineRow]] = {}
    for row in list_rows(session, plan_id, units):
        before.setdefault(row.unit_id, set()).add(row)
    after: dict[int, set[BaselineRow]] = {}
    for row in new:
        after.setdefault(row.unit_id, set()).add(row)
    changed = {unit for unit in units if before.get(unit, set()) != after.get(unit, set())}
    session.execute(
        update(rows)
        .where(rows.c.plan_id == plan_id, rows.c.replaced_at.is_(None), among(session, rows.c.unit_id, changed))
        .values(replaced_at=now)
    )
    added = [
        {"plan_id": plan_id, **row._asdict(), "at": now, "by_code": by, "replaced_at": None}
        for row in new
        if row.unit_id in changed
    ]
    add_all(session, rows, added)
    return len(added)
