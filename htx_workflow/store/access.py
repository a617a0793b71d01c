"""What lets somebody in (phiên đăng nhập, mã): only hashes of secrets are kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, FromClause, Select, and_, bindparam, func, select, update
from sqlmodel import Session

from htx_workflow.store import tables
from htx_workflow.store.tables import table


class VisitRow(NamedTuple):
    """A session with the contact, the person and the agency behind it, and the delegation in force for it."""

    session_id: int
    strength: str
    expires_at: datetime
    contact_id: int
    contact: str
    shared: bool
    contact_name: str
    agency_id: int
    agency: str
    agency_kind: str
    agency_name: str | None
    agency_short: str | None
    person_id: int | None
    person_name: str | None
    admin: bool
    approves: bool
    delegation_id: int | None
    form: str | None
    until: date | None
    from_id: int | None
    from_code: str | None
    from_name: str | None
    from_title: str | None
    from_unit: str | None
    from_approves: bool | None
    document_number: str | None
    document_dated: date | None
    audits_until: date | None
    """Of an auditor: the last day."""


def living(rows: FromClause, day: date | BindParameter[date]) -> ColumnElement[bool]:
    """Rows with valid_from and valid_to that hold on this day."""
    return (rows.c.valid_from.is_(None) | (rows.c.valid_from <= day)) & (
        rows.c.valid_to.is_(None) | (rows.c.valid_to >= day)
    )


def find_visit(session: Session, token_sha256: str, now: datetime, today: date) -> VisitRow | None:
    """The living session of this token: not ended, not expired; contact, person and agency still there."""
    row = session.execute(_visit(), {"token": token_sha256, "now": now, "today": today}).first()
    return VisitRow(*row) if row else None


@cache
def _visit() -> Select[Any]:
    """Made once, like the others here: every page asks them, and making one costs more than asking it."""
    today: BindParameter[date] = bindparam("today")
    sessions, contacts = table("credential"), table("contact")
    agencies, persons, names = table("agency"), table("person"), table("agency_name")
    given, giver, papers = table("delegation"), table("contact").alias("giver"), table("document")
    auditors = table("auditor")
    newest = (
        select(func.max(names.c.valid_from))
        .where(names.c.agency_id == agencies.c.id, names.c.valid_from <= today)
        .correlate(agencies)
        .scalar_subquery()
    )
    return (
        select(
            sessions.c.id, sessions.c.strength, sessions.c.expires_at, contacts.c.id, contacts.c.code,
            contacts.c.shared, contacts.c.name, agencies.c.id, agencies.c.code, agencies.c.kind, names.c.name,
            names.c.short_name, persons.c.id, persons.c.name, contacts.c.admin, contacts.c.approves, given.c.id,
            given.c.form, given.c.valid_to, giver.c.id, giver.c.code, giver.c.name, giver.c.title, giver.c.unit,
            giver.c.approves, papers.c.number, papers.c.dated, auditors.c.valid_to,
        )
        .join(contacts, contacts.c.id == sessions.c.contact_id)
        .join(agencies, agencies.c.id == contacts.c.agency_id)
        .outerjoin(names, and_(names.c.agency_id == agencies.c.id, names.c.valid_from == newest))
        .outerjoin(persons, persons.c.id == sessions.c.person_id)
        .outerjoin(
            given,
            and_(
                given.c.to_contact_id == contacts.c.id,
                given.c.ended_at.is_(None),
                given.c.valid_from <= today,
                given.c.valid_to >= today,
            ),
        )
        .outerjoin(giver, and_(giver.c.id == given.c.from_contact_id, living(giver, today)))
        .outerjoin(papers, papers.c.id == given.c.document_id)
        .outerjoin(auditors, auditors.c.contact_id == contacts.c.id)
        .where(
            sessions.c.token_sha256 == bindparam("token"),
            sessions.c.kind == "session",
            sessions.c.ended_at.is_(None),
            sessions.c.expires_at > bindparam("now"),
            living(contacts, today),
            living(agencies, today),
            persons.c.left_on.is_(None) | (persons.c.left_on > today),
            auditors.c.contact_id.is_(None) | ((auditors.c.valid_from <= today) & (auditors.c.valid_to >= today)),
        )
        .order_by(given.c.id)
        .limit(1)
    )  # fmt: skip


def roles_of(session: Session, contact_ids: Iterable[int], agency_id: int, today: date) -> dict[int, frozenset[str]]:
    """What these contacts are at their own agency on this day."""
    wanted = list(contact_ids)
    found: dict[int, set[str]] = {number: set() for number in wanted}
    for number, role in session.execute(_roles(), {"contacts": wanted, "agency": agency_id, "today": today}):
        found[number].add(role)
    return {number: frozenset(roles) for number, roles in found.items()}


@cache
def _roles() -> Select[Any]:
    rows = table("assignment")
    return select(rows.c.contact_id, rows.c.role).where(
        rows.c.contact_id.in_(bindparam("contacts", expanding=True)),
        rows.c.agency_id == bindparam("agency"),
        living(rows, bindparam("today")),
    )


def plans_of(session: Session, agency_id: int) -> tuple[frozenset[int], frozenset[int]]:
    """Numbers of the plans that an agency leads, and of those it leads or that are made for it."""
    found = session.execute(_plans(), {"agency": agency_id}).all()
    return frozenset(row.id for row in found if row.lead_id == agency_id), frozenset(row.id for row in found)


@cache
def _plans() -> Select[Any]:
    rows = table("plan")
    agency: BindParameter[int] = bindparam("agency")
    return select(rows.c.id, rows.c.lead_id).where((rows.c.lead_id == agency) | (rows.c.province_id == agency))


def all_plans(session: Session) -> frozenset[int]:
    """Numbers of every plan: what an auditor reads."""
    return frozenset(session.execute(select(table("plan").c.id)).scalars())


def add(session: Session, **values: Any) -> int:
    """Keep a new credential; its number."""
    row = tables.Credential(**values)
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def find(session: Session, token_sha256: str) -> Any:
    """A credential by the hash of its token, with the code of its contact; living or not. None without one."""
    rows, contacts = table("credential"), table("contact")
    return session.execute(
        select(rows, contacts.c.code.label("contact"), contacts.c.address)
        .join(contacts, contacts.c.id == rows.c.contact_id)
        .where(rows.c.token_sha256 == token_sha256)
    ).first()


def find_person(session: Session, token_sha256: str, contact_id: int, today: date) -> int | None:
    """The person of a session of this contact, ended or not, if the person is still there."""
    rows, persons = table("credential"), table("person")
    found = session.execute(
        select(persons.c.id)
        .join(rows, rows.c.person_id == persons.c.id)
        .where(
            rows.c.token_sha256 == token_sha256,
            rows.c.contact_id == contact_id,
            persons.c.left_on.is_(None) | (persons.c.left_on > today),
        )
    ).first()
    return found.id if found else None


def find_by_id(session: Session, number: int) -> Any:
    """A credential by its number, with the code of its contact. None without one."""
    rows, contacts = table("credential"), table("contact")
    return session.execute(
        select(rows, contacts.c.code.label("contact"), contacts.c.agency_id)
        .join(contacts, contacts.c.id == rows.c.contact_id)
        .where(rows.c.id == number)
    ).first()


def mark_tried(session: Session, token_sha256: str) -> None:
    """One more wrong try at this token, if there is one."""
    rows = table("credential")
    session.execute(update(rows).where(rows.c.token_sha256 == token_sha256).values(tries=rows.c.tries + 1))


def mark_used(session: Session, credential_id: int, now: datetime, *, once: bool) -> bool:
    """Used now, and the tries begin anew; False when it was used before and `once`, or has ended."""
    rows = table("credential")
    statement = update(rows).where(rows.c.id == credential_id, rows.c.ended_at.is_(None), rows.c.expires_at > now)
    if once:
        statement = statement.where(rows.c.used_at.is_(None))
    touched = session.execute(statement.values(used_at=now, tries=0))
    return bool(touched.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def name_session(session: Session, credential_id: int, person_id: int) -> None:
    """From now on this session is that person's."""
    rows = table("credential")
    session.execute(update(rows).where(rows.c.id == credential_id).values(person_id=person_id))


def count_made(session: Session, contact_id: int, kind: str, since: datetime) -> int:
    """Credentials of this kind that a contact got since then."""
    rows = table("credential")
    found = select(func.count()).where(rows.c.contact_id == contact_id, rows.c.kind == kind, rows.c.made_at >= since)
    return int(session.execute(found).scalar_one())


def end(session: Session, credential_id: int, now: datetime, by: str) -> bool:
    """End a credential; False when it had ended before."""
    rows = table("credential")
    touched = session.execute(
        update(rows).where(rows.c.id == credential_id, rows.c.ended_at.is_(None)).values(ended_at=now, ended_by=by)
    )
    return bool(touched.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def end_all(session: Session, contact_ids: Sequence[int], now: datetime, by: str) -> int:
    """End everything that lets these contacts in; how many."""
    return _end(session, now, by, table("credential").c.contact_id.in_(contact_ids))


def end_weak(session: Session, contact_id: int, now: datetime, by: str) -> int:
    """End the sheets and codes of a contact, and the sessions that links and sheets opened; how many."""
    rows = table("credential")
    return _end(
        session, now, by, rows.c.contact_id == contact_id, (rows.c.kind != "session") | (rows.c.strength == "link")
    )


def end_others(session: Session, contact_id: int, but: int, now: datetime, by: str) -> int:
    """End every session of a contact but one; how many."""
    rows = table("credential")
    return _end(session, now, by, rows.c.contact_id == contact_id, rows.c.kind == "session", rows.c.id != but)


def end_person(session: Session, person_id: int, now: datetime, by: str) -> int:
    """End the sessions of a person; how many."""
    return _end(session, now, by, table("credential").c.person_id == person_id)


def _end(session: Session, now: datetime, by: str, *which: ColumnElement[bool]) -> int:
    rows = table("credential")
    touched = session.execute(
        update(rows).where(rows.c.ended_at.is_(None), rows.c.expires_at > now, *which).values(ended_at=now, ended_by=by)
    )
    return int(touched.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def revoke_links(session: Session, contact_id: int, now: datetime) -> None:
    """Links of mails composed until now open nothing any more."""
    rows = table("contact")
    session.execute(update(rows).where(rows.c.id == contact_id).values(links_after=now))


def list_living(
    session: Session,
    kinds: Sequence[str],
    now: datetime,
    contact_ids: Sequence[int] | None,
    limit: int,
    offset: int = 0,
) -> list[Any]:
    """Living credentials of these kinds, the newest first; of some contacts, or of all."""
    rows, contacts, persons = table("credential"), table("contact"), table("person")
    statement = (
        select(
            rows.c.id, rows.c.kind, rows.c.strength, rows.c.made_at, rows.c.made_by, rows.c.expires_at, rows.c.browser,
            rows.c.message_id, rows.c.contact_id, rows.c.used_at, contacts.c.code.label("contact"),
            contacts.c.name.label("contact_name"), contacts.c.agency_id, persons.c.name.label("person"),
        )
        .join(contacts, contacts.c.id == rows.c.contact_id)
        .outerjoin(persons, persons.c.id == rows.c.person_id)
        .where(rows.c.kind.in_(kinds), rows.c.ended_at.is_(None), rows.c.expires_at > now)
        .order_by(rows.c.made_at.desc(), rows.c.id.desc())
        .limit(limit)
        .offset(offset)
    )  # fmt: skip
    if contact_ids is not None:
        statement = statement.where(rows.c.contact_id.in_(contact_ids))
    return list(session.execute(statement))


def count_sessions(session: Session, now: datetime) -> int:
    """Living sessions of everybody."""
    return count_living(session, ("session",), now)


def count_living(session: Session, kinds: Sequence[str], now: datetime) -> int:
    """Living credentials of these kinds."""
    rows = table("credential")
    found = select(func.count()).where(rows.c.kind.in_(kinds), rows.c.ended_at.is_(None), rows.c.expires_at > now)
    return int(session.execute(found).scalar_one())


def find_link(session: Session, message_id: int, today: date) -> Any:
    """The mail of this number with the contact it went to, if that lives, and its agency. None without one."""
    mails, contacts, agencies = table("message"), table("contact"), table("agency")
    return session.execute(
        select(
            mails.c.id, mails.c.key, mails.c.kind, mails.c.day, mails.c.composed_at, contacts.c.id.label("contact_id"),
            contacts.c.code.label("contact"), contacts.c.name, contacts.c.unit, contacts.c.links_after, contacts.c.agency_id,
            and_(living(contacts, today), living(agencies, today)).label("there"),
        )
        .join(contacts, contacts.c.id == mails.c.contact_id)
        .join(agencies, agencies.c.id == contacts.c.agency_id)
        .where(mails.c.id == message_id)
    ).first()  # fmt: skip


def find_sent(session: Session, token_sha256: str) -> Any:
    """When the relay took the mail that carries this code; None without such a mail."""
    rows, mails = table("credential"), table("message")
    return session.execute(
        select(mails.c.sent_at, mails.c.composed_at)
        .join(rows, rows.c.message_id == mails.c.id)
        .where(rows.c.token_sha256 == token_sha256)
    ).first()


def last_code_mails(session: Session, since: datetime, limit: int) -> list[Any]:
    """When the last mails with codes were composed and when the relay took them, the newest first."""
    mails = table("message")
    return list(
        session.execute(
            select(mails.c.composed_at, mails.c.sent_at)
            .where(mails.c.kind == "code", mails.c.day >= since.date())
            .order_by(mails.c.id.desc())
            .limit(limit)
        )
    )
