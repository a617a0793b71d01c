"""Contacts (đầu mối) as the portal and the administrator see them: living ones, with their agency and what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, insert, or_, select, update
from sqlmodel import Session

from htx_workflow.domain.mail_ways import Open
from htx_workflow.store import tables
from htx_workflow.store.access import living
from htx_workflow.store.rows import among
from htx_workflow.store.tables import table


def _select() -> Select[Any]:
    contacts, agencies = table("contact"), table("agency")
    return select(
        contacts, agencies.c.code.label("agency"), agencies.c.kind, agencies.c.parent_id
    ).join(agencies, agencies.c.id == contacts.c.agency_id)  # fmt: skip


def _here(today: date) -> ColumnElement[bool]:
    return living(table("contact"), today) & living(table("agency"), today)


def list_by_address(session: Session, address: str, today: date) -> list[Any]:
    """Living contacts that get mail at this address, capitals or not."""
    contacts = table("contact")
    return list(
        session.execute(
            _select()
            .where(
                func.lower(contacts.c.address) == address.strip().lower(), contacts.c.channel == "email", _here(today)
            )
            .order_by(contacts.c.id)
        )
    )


def find_living(session: Session, number: int, today: date) -> Any:
    """A living contact of a living agency by its number, or None."""
    return session.execute(_select().where(table("contact").c.id == number, _here(today))).first()


def find_by_code(session: Session, code: str) -> Any:
    """A contact by its code, living or not; None without one."""
    return session.execute(_select().where(table("contact").c.code == code)).first()


def list_of_agencies(session: Session, agency_ids: Sequence[int], today: date) -> list[Any]:
    """Living contacts of these agencies, in the order of the agencies."""
    agencies, contacts = table("agency"), table("contact")
    return list(
        session.execute(
            _select()
            .where(contacts.c.agency_id.in_(agency_ids), _here(today))
            .order_by(agencies.c.sort, agencies.c.id, contacts.c.id)
        )
    )


def others_at(session: Session, address: str, today: date, but: str = "") -> list[Any]:
    """Living contacts at this address, capitals or not, without the one of the code `but`."""
    return [row for row in list_by_address(session, address, today) if row.code != but] if address else []


def codes_like(session: Session, start: str) -> set[str]:
    """Codes of contacts that begin so, living or not."""
    rows = table("contact")
    return set(session.execute(select(rows.c.code).where(rows.c.code.startswith(start, autoescape=True))).scalars())


def list_living(session: Session, numbers: Sequence[int], today: date) -> list[Any]:
    """Those of these contacts that live."""
    contacts = table("contact")
    return list(session.execute(_select().where(contacts.c.id.in_(numbers), _here(today)).order_by(contacts.c.id)))


def list_all(session: Session, agency: str | None) -> list[Any]:
    """Every contact, living or not, of one agency or of all."""
    agencies, contacts = table("agency"), table("contact")
    statement = _select().order_by(agencies.c.sort, agencies.c.id, contacts.c.id)
    return list(session.execute(statement.where(agencies.c.code == agency) if agency else statement))


def agencies_of_plans(session: Session, plan_ids: Sequence[int]) -> list[int]:
    """Numbers of the agencies that hold or receive work of these plans."""
    rows = table("occurrence")
    found = set()
    for column in (rows.c.holder_id, rows.c.receiver_id):
        found |= set(session.execute(select(column).where(rows.c.plan_id.in_(plan_ids)).distinct()).scalars())
    return sorted(number for number in found if number is not None)


def agencies_below(session: Session, agency_id: int, kind: str) -> list[int]:
    """Numbers of the agencies of one kind whose parent is this one."""
    agencies = table("agency")
    return list(
        session.execute(
            select(agencies.c.id).where(agencies.c.parent_id == agency_id, agencies.c.kind == kind).order_by(agencies.c.sort)
        ).scalars()
    )  # fmt: skip


def all_agencies(session: Session) -> list[int]:
    """The number of every agency."""
    return list(session.execute(select(table("agency").c.id)).scalars())


def add(session: Session, **values: Any) -> int:
    """The number of a new contact."""
    row = tables.Contact(**values)
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def assign(
    session: Session, contact_id: int, agency_id: int, duty_id: int | None, role: str, from_day: date,
    last: date | None = None,
) -> None:  # fmt: skip
    """From this day the contact speaks for the agency in this role, for all duties or one."""
    session.add(
        tables.Assignment(
            contact_id=contact_id, agency_id=agency_id, duty_id=duty_id, role=role, valid_from=from_day, valid_to=last
        )
    )
    session.flush()


def change(session: Session, code: str, **values: Any) -> None:
    """Write columns of a contact. Nothing is known against a new address."""
    rows = table("contact")
    if "address" in values:
        same = rows.c.address == values["address"]
        values = {**values, "address_failed_at": case((same, rows.c.address_failed_at), else_=None)}
    session.execute(update(rows).where(rows.c.code == code).values(**values))


def assignments_of(session: Session, contact_ids: Sequence[int], today: date) -> list[Any]:
    """Contact, role and code of the duty (or None) of every assignment that holds today."""
    rows, duties = table("assignment"), table("duty")
    return list(
        session.execute(
            select(rows.c.contact_id, rows.c.role, duties.c.code.label("duty"))
            .outerjoin(duties, duties.c.id == rows.c.duty_id)
            .where(rows.c.contact_id.in_(contact_ids), living(rows, today))
            .order_by(rows.c.id)
        )
    )


def list_assignments(session: Session, contact_id: int) -> list[Any]:
    """Every assignment of a contact, past ones too: number, role, days, code and clause of the duty, its plan."""
    rows, duties, plans = table("assignment"), table("duty"), table("plan")
    return list(
        session.execute(
            select(
                rows.c.id, rows.c.agency_id, rows.c.duty_id, rows.c.role, rows.c.valid_from, rows.c.valid_to,
                duties.c.code.label("duty"), duties.c.clause, duties.c.title, plans.c.id.label("plan_id"),
                plans.c.code.label("plan"),
            )
            .outerjoin(duties, duties.c.id == rows.c.duty_id)
            .outerjoin(plans, plans.c.id == duties.c.plan_id)
            .where(rows.c.contact_id == contact_id)
            .order_by(rows.c.id)
        )
    )  # fmt: skip


def end_assignments(session: Session, numbers: Sequence[int], last: date) -> int:
    """These assignments hold until that day and no longer; how many held longer."""
    rows = table("assignment")
    touched = session.execute(
        update(rows)
        .where(rows.c.id.in_(numbers), rows.c.valid_to.is_(None) | (rows.c.valid_to > last))
        .values(valid_to=last)
    )
    return int(touched.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def hand_over(session: Session, from_id: int, to_id: int | None, on: date) -> int:
    """What a contact is for from this day on is the other's from then on, days kept; how many assignments pass."""
    rows = table("assignment")
    going = session.execute(
        select(rows.c.id, rows.c.agency_id, rows.c.duty_id, rows.c.role, rows.c.valid_from, rows.c.valid_to).where(
            rows.c.contact_id == from_id, or_(rows.c.valid_to.is_(None), rows.c.valid_to >= on)
        )
    ).all()
    end_assignments(session, [row.id for row in going], on - timedelta(days=1))
    if to_id is None:
        return 0
    has = {
        (row.agency_id, row.duty_id, row.role)
        for row in session.execute(
            select(rows.c.agency_id, rows.c.duty_id, rows.c.role).where(
                rows.c.contact_id == to_id, rows.c.valid_to.is_(None)
            )
        )
    }
    new = [
        {
            "contact_id": to_id, "agency_id": row.agency_id, "duty_id": row.duty_id, "role": row.role,
            "valid_from": max(row.valid_from or on, on), "valid_to": row.valid_to,
        }
        for row in going
        if (row.agency_id, row.duty_id, row.role) not in has
    ]  # fmt: skip
    if new:
        session.execute(insert(rows), new)
    return len(going)


def count_admins(session: Session, today: date) -> int:
    """Living administrators."""
    rows = table("contact")
    return int(
        session.execute(
            select(func.count()).select_from(rows).where(rows.c.admin.is_(True), living(rows, today))
        ).scalar_one()
    )


def open_work(session: Session, agency_ids: Sequence[int] | None = None) -> list[Open]:
    """Open dated work, how much of each agency and duty; of some agencies or of all, in their order."""
    rows, agencies = table("occurrence"), table("agency")
    statement = (
        select(rows.c.holder_id, rows.c.duty_id, func.count())
        .join(agencies, agencies.c.id == rows.c.holder_id)
        .where(rows.c.state == "open", rows.c.due_on.is_not(None), rows.c.historical.is_(False))
        .group_by(agencies.c.sort, rows.c.holder_id, rows.c.duty_id)
        .order_by(agencies.c.sort, rows.c.holder_id, rows.c.duty_id)
    )
    if agency_ids is not None:
        statement = statement.where(among(session, rows.c.holder_id, agency_ids))
    return [Open(*row) for row in session.execute(statement)]


def list_duties(session: Session, codes: Sequence[str] | None = None) -> list[Any]:
    """Duties that are still in a plan: number, code, clause, code of the plan; of these codes or all."""
    rows, plans = table("duty"), table("plan")
    statement = (
        select(rows.c.id, rows.c.code, rows.c.clause, rows.c.title, plans.c.code.label("plan"))
        .join(plans, plans.c.id == rows.c.plan_id)
        .where(rows.c.to_version.is_(None))
        .order_by(plans.c.id, rows.c.sort)
    )
    return list(session.execute(statement if codes is None else statement.where(rows.c.code.in_(codes))))


def duties_held(session: Session, agency_id: int) -> list[Any]:
    """Duties of which an agency holds work, in the order of their plans: code, title, plan."""
    rows, duties, plans = table("occurrence"), table("duty"), table("plan")
    held = select(rows.c.duty_id).where(rows.c.holder_id == agency_id)
    return list(
        session.execute(
            select(duties.c.code, duties.c.clause, duties.c.title, plans.c.code.label("plan"))
            .join(plans, plans.c.id == duties.c.plan_id)
            .where(duties.c.id.in_(held), duties.c.to_version.is_(None))
            .order_by(plans.c.id, duties.c.sort)
        )
    )


def end(session: Session, codes: Sequence[str], from_day: date) -> None:
    """From this day these contacts get nothing."""
    rows = table("contact")
    session.execute(update(rows).where(rows.c.code.in_(codes)).values(valid_to=from_day - timedelta(days=1)))
