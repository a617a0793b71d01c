"""Many contacts at once: read for a list, written for an import; a statement for thousands, not one for each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import bindparam, or_, select, update
from sqlmodel import Session

from htx_workflow.store.rows import add_all, add_missing
from htx_workflow.store.tables import table

COLUMNS = (
    "agency_id", "channel", "address", "shared", "name", "title", "unit", "phone", "rhythm", "approves", "admin",
)  # fmt: skip


class AssignmentRow(NamedTuple):
    """What a contact is, with the duty under its own code and that of its plan."""

    id: int
    contact_id: int
    agency_id: int
    duty_id: int | None
    role: str
    valid_from: date | None
    valid_to: date | None
    duty: str | None
    plan: str | None


def list_contacts(session: Session) -> list[Any]:
    """Every contact there ever was, by number."""
    rows = table("contact")
    names = ("id", "code", *COLUMNS, "valid_from", "valid_to")
    return list(session.execute(select(*(rows.c[name] for name in names)).order_by(rows.c.id)))


def list_assignments(session: Session, today: date) -> dict[int, list[AssignmentRow]]:
    """Assignments that hold today or later, by contact."""
    rows, duties, plans = table("assignment"), table("duty"), table("plan")
    found: dict[int, list[AssignmentRow]] = {}
    for row in session.execute(
        select(
            rows.c.id, rows.c.contact_id, rows.c.agency_id, rows.c.duty_id, rows.c.role, rows.c.valid_from,
            rows.c.valid_to, duties.c.code, plans.c.code,
        )
        .outerjoin(duties, duties.c.id == rows.c.duty_id)
        .outerjoin(plans, plans.c.id == duties.c.plan_id)
        .where(or_(rows.c.valid_to.is_(None), rows.c.valid_to >= today))
        .order_by(rows.c.id)
    ):  # fmt: skip
        found.setdefault(row.contact_id, []).append(AssignmentRow(*row))
    return found


def add_contacts(session: Session, rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    """New contacts, each with its code; their numbers by code."""
    if not rows:
        return {}
    whole = [{**row, "links_after": None, "valid_to": None} for row in rows]
    return {code: number for number, code in add_missing(session, table("contact"), whole, "id", "code")}


def add_assignments(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """New assignments."""
    add_all(session, table("assignment"), rows)


def change_contacts(session: Session, rows: Sequence[tuple[int, dict[str, Any]]]) -> None:
    """Write columns of contacts, those with the same columns together."""
    contacts = table("contact")
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for number, given in rows:
        values = {**given, "address_failed_at": None} if "address" in given else given  # nothing is known against it
        alike.setdefault(tuple(sorted(values)), []).append(
            {"number": number, **{f"new_{name}": value for name, value in values.items()}}
        )
    for names, batch in alike.items():
        statement = (
            update(contacts)
            .where(contacts.c.id == bindparam("number"))
            .values({name: bindparam(f"new_{name}") for name in names})
        )
        session.connection().execute(statement, batch)


def change_days(session: Session, rows: Sequence[tuple[int, date | None, date | None]]) -> None:
    """Write the days of assignments: number, first, last."""
    if not rows:
        return
    assignments = table("assignment")
    statement = (
        update(assignments)
        .where(assignments.c.id == bindparam("number"))
        .values(valid_from=bindparam("first"), valid_to=bindparam("last"))
    )
    session.connection().execute(
        statement, [{"number": number, "first": first, "last": last} for number, first, last in rows]
    )
