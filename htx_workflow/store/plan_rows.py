"""What the pages of plans read (trang kế hoạch): versions as they were loaded, and how the work of each duty stands."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlmodel import Session

from htx_workflow.store.desk_rows import DutyRow, cell_of
from htx_workflow.store.tables import table


class VersionRow(NamedTuple):
    """A text of a plan as it was loaded, without the text."""

    plan: str
    no: int
    sha256: str
    loaded_at: datetime
    by_code: str


def list_versions(session: Session) -> list[VersionRow]:
    """Every version of every plan, the newest first."""
    plans, versions = table("plan"), table("plan_version")
    statement = (
        select(plans.c.code, versions.c.no, versions.c.sha256, versions.c.loaded_at, versions.c.by_code)
        .join(plans, plans.c.id == versions.c.plan_id)
        .order_by(plans.c.id, versions.c.no.desc())
    )
    return [VersionRow(*row) for row in session.execute(statement)]


def source_of(session: Session, code: str, no: int) -> str | None:
    """The text of a version exactly as it was loaded, or None where there is none."""
    plans, versions = table("plan"), table("plan_version")
    found: str | None = session.scalar(
        select(versions.c.source)
        .join(plans, plans.c.id == versions.c.plan_id)
        .where(plans.c.code == code, versions.c.no == no)
    )
    return found


def cells_by_duty(
    session: Session, plan_id: int, duties: list[DutyRow], today: date, near_until: date
) -> dict[int, dict[str, int]]:
    """How many occurrences of each duty stand in each cell."""
    rows = table("occurrence")
    cell = cell_of(duties, today, near_until).label("cell")
    statement = (
        select(rows.c.duty_id, cell, func.count()).where(rows.c.plan_id == plan_id).group_by(rows.c.duty_id, cell)
    )
    found: dict[int, dict[str, int]] = {}
    for duty, code, count in session.execute(statement):
        found.setdefault(duty, {})[code] = count
    return found
