"""Loaded plans, their versions and their duties."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, select, update
from sqlmodel import Session

from htx_workflow.domain.plan import Duty, Plan
from htx_workflow.store import tables
from htx_workflow.store.tables import table


@dataclass(frozen=True, slots=True)
class LoadedPlan:
    """A plan in the store with the version in force."""

    id: int
    plan: Plan
    activated_on: date
    version_no: int
    sha256: str


@lru_cache(maxsize=32)
def _parsed(body: str) -> Plan:
    return Plan.model_validate_json(body)


def find_plan(session: Session, code: str) -> LoadedPlan | None:
    """The plan of this code, or None when it is not loaded."""
    return next((loaded for loaded in list_plans(session) if loaded.plan.code == code), None)


@lru_cache(maxsize=1)
def _newest() -> Select[Any]:
    """Made once: pages ask for it at each request."""
    plans, versions = table("plan"), table("plan_version")
    return (
        select(plans.c.id, plans.c.activated_on, plans.c.version_no, versions.c.body, versions.c.sha256)
        .join(versions, (versions.c.plan_id == plans.c.id) & (versions.c.no == plans.c.version_no))
        .order_by(plans.c.id)
    )


def list_plans(session: Session) -> list[LoadedPlan]:
    """Every loaded plan with its newest version, in order of loading."""
    rows = session.execute(_newest())
    return [LoadedPlan(row.id, _parsed(row.body), row.activated_on, row.version_no, row.sha256) for row in rows]


def lock(session: Session, plan_id: int) -> None:
    """Let nobody else write drafts of this plan until the commit (SQLite has one writer anyway)."""
    plans = table("plan")
    session.execute(select(plans.c.id).where(plans.c.id == plan_id).with_for_update(key_share=True)).all()


def get_loaded(session: Session, plan_id: int) -> LoadedPlan:
    """The plan of this number with its newest version."""
    return next(loaded for loaded in list_plans(session) if loaded.id == plan_id)


def write_plan(session: Session, plan: Plan, agencies: dict[str, int], on: date) -> tuple[int, int]:
    """Add the plan or raise its version: (number, version)."""
    plans = table("plan")
    found = session.execute(select(plans.c.id, plans.c.version_no).where(plans.c.code == plan.code)).first()
    head: dict[str, Any] = {
        "title": plan.title,
        "starts_on": plan.starts_on,
        "ends_on": plan.ends_on,
        "lead_id": agencies[plan.lead],
        "province_id": agencies[plan.province],
    }
    if found:
        session.execute(update(plans).where(plans.c.id == found.id).values(**head, version_no=found.version_no + 1))
        return found.id, found.version_no + 1
    row = tables.Plan(code=plan.code, activated_on=on, version_no=1, **head)
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id, 1


def add_version(
    session: Session, plan_id: int, no: int, plan: Plan, source: str, sha256: str, now: datetime, by: str
) -> None:
    """Keep the text that was loaded, as it was."""
    body = plan.model_dump_json(by_alias=True, exclude_defaults=True)
    session.add(
        tables.PlanVersion(plan_id=plan_id, no=no, sha256=sha256, source=source, body=body, loaded_at=now, by_code=by)
    )
    session.flush()


def write_duties(session: Session, plan_id: int, version: int, duties: tuple[Duty, ...]) -> dict[str, int]:
    """Bring the duty rows to this version; number by duty code. A duty that left keeps its row."""
    rows = table("duty")
    known = {
        row.code: row.id for row in session.execute(select(rows.c.code, rows.c.id).where(rows.c.plan_id == plan_id))
    }
    for sort, duty in enumerate(duties, 1):
        values: dict[str, Any] = {
            "sort": sort,
            "clause": duty.clause,
            "title": duty.title,
            "kind": duty.kind.value,
            "word": duty.word,
            "ask": duty.ask,
            "basis_note": duty.basis_note or "",
            "verify": duty.verify,
            "waits": bool(duty.after),
            "to_version": None,
        }
        if duty.id in known:
            session.execute(update(rows).where(rows.c.id == known[duty.id]).values(**values))
        else:
            row = tables.Duty(plan_id=plan_id, code=duty.id, from_version=version, **values)
            session.add(row)
            session.flush()
            assert row.id is not None
            known[duty.id] = row.id
    gone = [known[code] for code in known.keys() - {duty.id for duty in duties}]
    session.execute(update(rows).where(rows.c.id.in_(gone), rows.c.to_version.is_(None)).values(to_version=version - 1))
    return known


def duty_ids(session: Session, plan_id: int) -> dict[str, int]:
    """Number of each duty of a plan by its code."""
    rows = table("duty")
    return {
        row.code: row.id for row in session.execute(select(rows.c.code, rows.c.id).where(rows.c.plan_id == plan_id))
    }


def write_milestones(session: Session, plan_id: int, plan: Plan) -> None:
    """Add the milestones that are not there yet; a day already recorded stays."""
    rows = table("milestone")
    known = set(session.execute(select(rows.c.code).where(rows.c.plan_id == plan_id)).scalars())
    for milestone in plan.milestones:
        if milestone.code not in known:
            session.add(tables.Milestone(plan_id=plan_id, code=milestone.code, title=milestone.title))
    session.flush()


def reach_milestone(session: Session, plan_id: int, code: str, reached_on: date, document_id: int | None) -> bool:
    """Record that a milestone was reached. False when it was recorded before, or there is none of this code."""
    rows = table("milestone")
    touched = session.execute(
        update(rows)
        .where(rows.c.plan_id == plan_id, rows.c.code == code, rows.c.reached_on.is_(None))
        .values(reached_on=reached_on, document_id=document_id)
    )
    return bool(touched.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


class MilestoneRow(NamedTuple):
    """A milestone that was reached on this day, by this document; both None while it was not."""

    code: str
    reached_on: date | None
    number: str | None
    dated: date | None


def list_milestones(session: Session, plan_id: int) -> dict[str, MilestoneRow]:
    """The milestones of a plan by code, with the document that each was reached by."""
    rows, documents = table("milestone"), table("document")
    statement = (
        select(rows.c.code, rows.c.reached_on, documents.c.number, documents.c.dated)
        .outerjoin(documents, documents.c.id == rows.c.document_id)
        .where(rows.c.plan_id == plan_id)
    )
    return {row[0]: MilestoneRow(*row) for row in session.execute(statement)}


def milestones_reached(session: Session, plan_id: int) -> dict[str, bool]:
    """Whether each milestone was reached."""
    rows = table("milestone")
    return {
        row.code: row.reached_on is not None
        for row in session.execute(select(rows.c.code, rows.c.reached_on).where(rows.c.plan_id == plan_id))
    }
