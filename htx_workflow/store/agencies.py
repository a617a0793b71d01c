"""Agencies and contacts (cơ quan, đầu mối) of the installation."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Table, and_, case, insert, or_, select, update
from sqlmodel import Session

from htx_workflow.domain.plan import Agency, AgencyKind, Contact
from htx_workflow.store import tables
from htx_workflow.store.rows import among
from htx_workflow.store.tables import table


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """An agency with its name of the day asked for."""

    id: int
    code: str
    kind: AgencyKind
    sort: int
    parent_id: int | None
    name: str
    short_name: str
    ended: bool


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A living contact and what it is assigned to: (agency, duty or None, role)."""

    id: int
    code: str
    agency_id: int
    address: str
    name: str
    title: str
    unit: str
    phone: str
    monday: bool
    approves: bool
    assignments: list[tuple[int, int | None, str]] = field(default_factory=list)

    @property
    def words(self) -> str:
        """Nguyễn Thị Mẫu (chuyên viên), điện thoại 0260 000 0000."""
        person = f"{self.name} ({self.title})" if self.name and self.title else self.name or self.unit
        phone = f"điện thoại {self.phone}" if self.phone else ""
        return ", ".join(part for part in (person, phone) if part)


def list_agencies(session: Session, day: date) -> dict[int, AgencyRow]:
    """Every agency under the name it has on this day, in the order of the plans."""
    agencies, names = table("agency"), table("agency_name")
    rows = session.execute(
        select(
            agencies.c.id, agencies.c.code, agencies.c.kind, agencies.c.sort, agencies.c.parent_id, agencies.c.valid_to,
            names.c.name, names.c.short_name,
        )
        .outerjoin(names, (names.c.agency_id == agencies.c.id) & (names.c.valid_from <= day))
        .order_by(agencies.c.sort, agencies.c.id, names.c.valid_from)
    )  # fmt: skip
    kinds = {kind.value: kind for kind in AgencyKind}
    found = {}
    for number, code, kind, sort, parent, valid_to, name, short_name in rows:  # of its names the last one stays
        ended = valid_to is not None and valid_to < day
        found[number] = AgencyRow(
            number, code, kinds[kind], sort, parent, code if name is None else name,
            code if short_name is None else short_name, ended,
        )  # fmt: skip
    return found


def name_on(session: Session, agency_id: int, day: date) -> tuple[str, str]:
    """Name and short name of an agency on this day."""
    names, agencies = table("agency_name"), table("agency")
    found = session.execute(
        select(names.c.name, names.c.short_name)
        .where(names.c.agency_id == agency_id, names.c.valid_from <= day)
        .order_by(names.c.valid_from.desc())
        .limit(1)
    ).first()
    if found is None:
        code = session.execute(select(agencies.c.code).where(agencies.c.id == agency_id)).scalar_one()
        return code, code
    return found.name, found.short_name


def ids_by_code(session: Session) -> dict[str, int]:
    agencies = table("agency")
    return {row.code: row.id for row in session.execute(select(agencies.c.code, agencies.c.id))}


def add_missing_agencies(session: Session, agencies: Iterable[Agency], named_from: date) -> list[str]:
    """Add the agencies that are not there yet; their codes. What an administrator changed since stays."""
    known = ids_by_code(session)
    new = [agency for agency in agencies if agency.code not in known]
    sort = len(known)
    for agency in new:
        sort += 1
        row = tables.Agency(code=agency.code, kind=agency.kind.value, sort=sort, place=agency.place or "")
        session.add(row)
        session.flush()
        assert row.id is not None
        known[agency.code] = row.id
        session.add(
            tables.AgencyName(
                agency_id=row.id,
                valid_from=named_from,
                name=agency.name,
                short_name=agency.short_name,
                doc_code=agency.doc_code or "",
            )
        )
    for agency in new:
        if agency.parent is not None:
            found = session.get_one(tables.Agency, known[agency.code])
            found.parent_id = known[agency.parent]
    session.flush()
    return [agency.code for agency in new]


def add_missing_contacts(
    session: Session, contacts: Iterable[Contact], duty_ids: dict[str, int], named_from: date
) -> list[str]:
    """Add the contacts that are not there yet, with their assignments; their codes.

    A contact of another plan may be named for duties of this one: it gets those assignments.
    """
    agencies = ids_by_code(session)
    rows = table("contact")
    known = {row.code: row.id for row in session.execute(select(rows.c.code, rows.c.id))}
    added = []
    for contact in contacts:
        if contact.code in known:
            numbers = [duty_ids[code] for code in contact.duties]
            _assign_missing(session, known[contact.code], agencies[contact.agency], numbers, contact.role, named_from)
            continue
        row = tables.Contact(code=contact.code, valid_from=named_from, **_contact_values(contact, agencies))
        session.add(row)
        session.flush()
        assert row.id is not None
        duties: list[int | None] = [duty_ids[code] for code in contact.duties] or [None]
        for duty in duties:
            session.add(
                tables.Assignment(
                    contact_id=row.id, agency_id=row.agency_id, duty_id=duty, role=contact.role, valid_from=named_from
                )
            )
        added.append(contact.code)
    session.flush()
    return added


def _assign_missing(
    session: Session, contact_id: int, agency_id: int, duties: list[int], role: str, from_day: date
) -> None:
    rows = table("assignment")
    known = set(session.execute(select(rows.c.duty_id).where(rows.c.contact_id == contact_id)).scalars())
    for duty in duties:
        if duty not in known:
            session.add(
                tables.Assignment(
                    contact_id=contact_id, agency_id=agency_id, duty_id=duty, role=role, valid_from=from_day
                )
            )


def update_agencies(session: Session, agencies: Iterable[Agency], from_day: date) -> None:
    """Bring agencies to what a newer plan file says; a new name holds from this day on, the old one stays before."""
    codes = ids_by_code(session)
    for agency in agencies:
        row = session.get_one(tables.Agency, codes[agency.code])
        row.kind, row.place = agency.kind.value, agency.place or ""
        row.parent_id = codes[agency.parent] if agency.parent else None
        names = table("agency_name")
        last = session.execute(
            select(names).where(names.c.agency_id == row.id).order_by(names.c.valid_from.desc()).limit(1)
        ).one()
        if (last.name, last.short_name, last.doc_code) == (agency.name, agency.short_name, agency.doc_code or ""):
            continue
        values = {"name": agency.name, "short_name": agency.short_name, "doc_code": agency.doc_code or ""}
        if last.valid_from >= from_day:
            session.execute(
                update(names).where(names.c.agency_id == row.id, names.c.valid_from == last.valid_from).values(**values)
            )
        else:
            session.execute(insert(names).values(agency_id=row.id, valid_from=from_day, **values))
    session.flush()


def update_contacts(session: Session, contacts: Iterable[Contact], duty_ids: dict[str, int], from_day: date) -> None:
    """Bring contacts to what a newer plan file says: address, words and assignments."""
    rows, assignments, agencies = table("contact"), table("assignment"), ids_by_code(session)
    for contact in contacts:
        number = session.execute(select(rows.c.id).where(rows.c.code == contact.code)).scalar_one()
        values = _contact_values(contact, agencies)
        kept = case((rows.c.address == values["address"], rows.c.address_failed_at), else_=None)
        session.execute(update(rows).where(rows.c.id == number).values(**values, valid_to=None, address_failed_at=kept))
        _end_assignments(session, number, from_day)
        for code in contact.duties or (None,):
            session.execute(
                insert(assignments).values(
                    contact_id=number,
                    agency_id=agencies[contact.agency],
                    duty_id=duty_ids[code] if code else None,
                    role=contact.role,
                    valid_from=from_day,
                )
            )


def _contact_values(contact: Contact, agencies: dict[str, int]) -> dict[str, Any]:
    """A contact of a plan file as columns."""
    return {
        "agency_id": agencies[contact.agency],
        "channel": contact.channel,
        "address": contact.address or "",
        "shared": contact.shared,
        "name": contact.name or "",
        "title": contact.title or "",
        "unit": contact.unit or "",
        "phone": contact.phone or "",
        "rhythm": contact.rhythm,
        "approves": contact.approves,
        "admin": contact.admin,
    }


def end_contacts(session: Session, codes: Iterable[str], from_day: date) -> dict[str, int]:
    """These contacts have left: from this day they get nothing. Their codes and numbers."""
    rows = table("contact")
    found = session.execute(
        update(rows)
        .where(rows.c.code.in_(sorted(codes)))
        .values(valid_to=from_day - timedelta(days=1))
        .returning(rows.c.code, rows.c.id)
    )
    return {row.code: row.id for row in found}


def _end_assignments(session: Session, contact_id: int, from_day: date) -> None:
    rows = table("assignment")
    session.execute(
        update(rows)
        .where(rows.c.contact_id == contact_id, rows.c.valid_to.is_(None))
        .values(valid_to=from_day - timedelta(days=1))
    )


def list_contacts(session: Session, day: date) -> list[ContactRow]:
    """Contacts with a mail address that works, living on this day, with their living assignments."""
    contacts, assignments = table("contact"), table("assignment")
    found: dict[int, ContactRow] = {}
    for row in session.execute(
        select(
            contacts.c.id, contacts.c.code, contacts.c.agency_id, contacts.c.address, contacts.c.name,
            contacts.c.title, contacts.c.unit, contacts.c.phone, contacts.c.rhythm == "monday", contacts.c.approves,
        )
        .where(
            contacts.c.channel == "email", contacts.c.address != "", contacts.c.address_failed_at.is_(None),
            _living(contacts, day),
        )
        .order_by(contacts.c.id)
    ).all():  # fmt: skip
        found[row[0]] = ContactRow(*row)
    for contact, agency, duty, role in session.execute(
        select(assignments.c.contact_id, assignments.c.agency_id, assignments.c.duty_id, assignments.c.role)
        .where(_living(assignments, day))
        .order_by(assignments.c.id)
    ).all():
        if contact in found:
            found[contact].assignments.append((agency, duty, role))
    return list(found.values())


def list_admins(session: Session, day: date) -> list[ContactRow]:
    """Living contacts who get the alarms of the installation, by code."""
    contacts = table("contact")
    admins = set(session.execute(select(contacts.c.id).where(contacts.c.admin.is_(True))).scalars())
    found = [contact for contact in list_contacts(session, day) if contact.id in admins] if admins else []
    return sorted(found, key=lambda contact: contact.code)


def lock_contacts(session: Session, ids: Iterable[int]) -> None:
    """Let nobody else compose for these contacts until the commit (SQLite has one writer anyway)."""
    contacts = table("contact")
    if session.get_bind().dialect.name == "sqlite":
        return
    session.execute(
        select(contacts.c.id)
        .where(among(session, contacts.c.id, ids))
        .order_by(contacts.c.id)
        .with_for_update(key_share=True)
    ).all()


def find_contact(session: Session, code: str) -> ContactRow | None:
    """A contact by its code, living or not."""
    contacts = table("contact")
    row = session.execute(select(contacts).where(contacts.c.code == code)).first()
    if row is None:
        return None
    return ContactRow(
        row.id, row.code, row.agency_id, row.address, row.name, row.title, row.unit, row.phone,
        row.rhythm == "monday", row.approves,
    )  # fmt: skip


def find_living_contact(session: Session, code: str, day: date) -> ContactRow | None:
    """A contact by its code, with or without a mail address, who has not left by this day."""
    contacts = table("contact")
    living = session.execute(select(contacts.c.id).where(contacts.c.code == code, _living(contacts, day))).first()
    return find_contact(session, code) if living else None


def _living(rows: Table, day: date) -> ColumnElement[bool]:
    return or_(rows.c.valid_from.is_(None), rows.c.valid_from <= day) & or_(
        rows.c.valid_to.is_(None), rows.c.valid_to >= day
    )


def find_id(session: Session, code: str) -> int | None:
    """The number of the agency of this code."""
    agencies = table("agency")
    return session.execute(select(agencies.c.id).where(agencies.c.code == code)).scalar()


class KinRow(NamedTuple):
    """An agency with its superior and its names on a day."""

    id: int
    code: str
    parent_id: int | None
    name: str
    short_name: str


def list_kin(session: Session, codes: Collection[str], day: date) -> dict[str, KinRow]:
    """The agencies of these codes and their superiors, by code, in one query."""
    agencies, names = table("agency"), table("agency_name")
    wanted = agencies.c.code.in_(sorted(codes))
    above = select(agencies.c.parent_id).where(wanted, agencies.c.parent_id.is_not(None))
    statement = (
        select(agencies.c.id, agencies.c.code, agencies.c.parent_id, names.c.name, names.c.short_name)
        .outerjoin(names, and_(names.c.agency_id == agencies.c.id, names.c.valid_from <= day))
        .where(or_(wanted, agencies.c.id.in_(above)))
        .order_by(names.c.valid_from)
    )
    return {
        row.code: KinRow(row.id, row.code, row.parent_id, row.name or row.code, row.short_name or row.code)
        for row in session.execute(statement)
    }
