"""The coverage of a plan (độ phủ): each bullet of its text, the duties it became, how their work stands, and gaps."""

from __future__ import annotations

from dataclasses import dataclass

from htx_workflow.domain import desk
from htx_workflow.services.desk import Sight
from htx_workflow.store import plan_rows
from htx_workflow.store.database import Session


@dataclass(frozen=True, slots=True)
class CoveredDuty:
    """A duty of a bullet: who holds it, and its occurrences by cell, the most urgent first."""

    id: int
    code: str
    title: str
    holders: str
    cells: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Bullet:
    """One bullet of the plan's text."""

    text: str
    duties: tuple[CoveredDuty, ...]
    gap: str
    """What nobody is given; empty where there is nothing of the kind."""


def bullets(session: Session, seen: Sight) -> list[Bullet]:
    """Every bullet in the order of the text: one read."""
    counted = plan_rows.cells_by_duty(session, seen.loaded.id, list(seen.duties), seen.today, seen.near_until)
    rows = {duty.code: duty for duty in seen.duties}
    plan = seen.loaded.plan
    holders = {duty.id: _holders(seen, duty.holders) for duty in plan.duties}
    found = []
    for covered in plan.coverage:
        duties = tuple(
            CoveredDuty(
                rows[code].id, code, rows[code].title, holders.get(code, ""), _cells(counted.get(rows[code].id, {}))
            )
            for code in covered.duties
            if code in rows
        )
        found.append(Bullet(covered.bullet, duties, covered.gap or ""))
    return found


def _cells(counts: dict[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((code, counts[code]) for code in desk.CELLS if counts.get(code))


def _holders(seen: Sight, codes: tuple[str, ...]) -> str:
    """The holders by name; a group by how many it has."""
    names = {row.code: row.short_name for row in seen.agencies.values()}
    members = seen.loaded.plan.members(codes)
    if len(members) > 4:
        return f"{len(members)} cơ quan, đơn vị"
    return ", ".join(names.get(code, code) for code in members)
