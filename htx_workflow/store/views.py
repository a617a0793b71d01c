"""What pages read (trang): columns, never rows of the ORM; each function is one statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)  # fmt: skip
from sqlmodel import Session

from htx_workflow.domain import actors
from htx_workflow.domain.plan import Basis, Kind
from htx_workflow.domain.standing import Standing
from htx_workflow.store import access_keys, gates
from htx_workflow.store.tables import table

UNFINISHED = ("open", "submitted", "unassigned")
BASES = {basis.value: basis for basis in Basis}
KINDS = {kind.value: kind for kind in Kind}


class WorkRow(NamedTuple):
    """A piece of work as a list shows it."""

    id: int
    key: str
    plan_id: int
    duty: str
    kind: Kind
    clause: str
    waits: bool
    period: str
    title: str
    opens_on: date
    historical: bool
    taken: bool
    step: str
    promised_on: date | None
    paper_due_on: date | None
    respond_by: date | None
    holder_short: str
    standing: Standing
    holder_kind: str = ""
    """Where a list holds work of several agencies."""


def _short_name(agency_id: ColumnElement[Any]) -> ColumnElement[str]:
    """The short name of an agency on the day `:day`."""
    names = table("agency_name")
    found: ColumnElement[str] = (
        select(names.c.short_name)
        .where(names.c.agency_id == agency_id, names.c.valid_from <= bindparam("day"))
        .order_by(names.c.valid_from.desc())
        .limit(1)
        .scalar_subquery()
    )
    return found


def _work(*more: ColumnElement[Any]) -> Select[Any]:
    rows, duties = table("occurrence"), table("duty")
    return select(
        rows.c.id, rows.c.key, rows.c.plan_id, duties.c.code, duties.c.kind, duties.c.clause, gates.waits(rows, duties),
        rows.c.period, rows.c.title, rows.c.opens_on, rows.c.historical, rows.c.taken_at.is_not(None), rows.c.step,
        rows.c.promised_on, rows.c.paper_due_on, rows.c.respond_by, rows.c.state, rows.c.holder_id, rows.c.basis,
        rows.c.due_on, rows.c.due_rev, rows.c.original_due_on, rows.c.due_document_id, rows.c.submitted_on, *more,
    ).join(duties, duties.c.id == rows.c.duty_id)  # fmt: skip


def _row(row: Any) -> WorkRow:
    state, holder, basis, due_on, due_rev, original, document, submitted, *names = row[16:]
    stands = Standing(state, holder, BASES.get(basis), due_on, due_rev, original, document, submitted)
    short, kind = names[0] if names else "", names[1] if len(names) > 1 else ""
    return WorkRow._make((*row[:4], KINDS[row[4]], *row[5:16], short, stands, kind))


@lru_cache(maxsize=1)
def _unfinished_of() -> Select[Any]:
    rows, duties = table("occurrence"), table("duty")
    return (
        _work()
        .where(
            rows.c.holder_id == bindparam("holder"),
            rows.c.historical.is_(False),
            or_(
                rows.c.state.in_(("open", "submitted")), and_(rows.c.state == "done", rows.c.paper_due_on.is_not(None))
            ),
        )
        .order_by(rows.c.due_on.asc().nulls_last(), duties.c.sort, rows.c.id)
    )


def list_unfinished(session: Session, holder_id: int) -> list[WorkRow]:
    """Work of an agency that is open, sent and unchecked, or still owes its paper; by day, those without one last, then in plan order."""
    return [_row(row) for row in session.execute(_unfinished_of(), {"holder": holder_id}).all()]


@lru_cache(maxsize=1)
def _past_of() -> Select[Any]:
    rows = table("occurrence")
    return (
        _work()
        .where(
            rows.c.holder_id == bindparam("holder"),
            or_(rows.c.state.not_in(UNFINISHED), rows.c.historical.is_(True)),
        )
        .order_by(func.coalesce(rows.c.submitted_on, rows.c.due_on).desc().nulls_last(), rows.c.id.desc())
    )


def list_past(session: Session, holder_id: int) -> list[WorkRow]:
    """Work of an agency that is done or not followed any more, and what was due before its plan was followed."""
    return [_row(row) for row in session.execute(_past_of(), {"holder": holder_id}).all()]


@lru_cache(maxsize=1)
def _to_check() -> Select[Any]:
    rows, duties, holders = table("occurrence"), table("duty"), table("agency").alias("holder")
    return (
        _work(_short_name(rows.c.holder_id), holders.c.kind)
        .join(holders, holders.c.id == rows.c.holder_id)
        .where(
            rows.c.receiver_id == bindparam("receiver"),
            rows.c.holder_id != bindparam("receiver"),
            rows.c.state == "submitted",
            rows.c.historical.is_(False),
            duties.c.verify == "receiver",
        )
        .order_by(rows.c.submitted_on, rows.c.id)
        .limit(bindparam("limit"))
    )


def list_to_check(session: Session, receiver_id: int, day: date, limit: int) -> list[WorkRow]:
    """What came to an agency and waits for its check, oldest first, with the name of who sent it."""
    found = session.execute(_to_check(), {"receiver": receiver_id, "day": day, "limit": limit})
    return [_row(row) for row in found.all()]


def get_work(session: Session, occurrence_id: int, day: date) -> WorkRow | None:
    """One piece of work as lists show it, with its holder's name."""
    rows = table("occurrence")
    statement = _work(_short_name(rows.c.holder_id)).where(rows.c.id == occurrence_id)
    row = session.execute(statement, {"day": day}).first()
    return _row(row) if row else None


class PlaceRow(NamedTuple):
    """Unfinished work that other work may wait for, or (without a holder's words) a milestone not reached."""

    plan_id: int
    duty: str
    period: str
    holder: str | None
    parent: str | None
    holder_short: str
    title: str
    milestone: bool


@lru_cache(maxsize=1)
def _before() -> CompoundSelect[Any]:
    rows, duty_rows, milestones = table("occurrence"), table("duty"), table("milestone")
    holders, parents = table("agency").alias("holder"), table("agency").alias("parent")
    plans: BindParameter[Any] = bindparam("plans", expanding=True)
    agency = bindparam("agency", type_=Integer)
    places = (
        select(
            rows.c.plan_id, duty_rows.c.code, rows.c.period, holders.c.code.label("holder"),
            parents.c.code.label("parent"), func.coalesce(_short_name(rows.c.holder_id), "").label("short"),
            rows.c.title, literal(False, Boolean).label("milestone"),
        )
        .join(duty_rows, duty_rows.c.id == rows.c.duty_id)
        .outerjoin(holders, holders.c.id == rows.c.holder_id)
        .outerjoin(parents, parents.c.id == holders.c.parent_id)
        .where(
            rows.c.plan_id.in_(plans),
            rows.c.state.in_(UNFINISHED),
            rows.c.historical.is_(False),
            or_(
                holders.c.parent_id == agency,
                rows.c.holder_id == agency,
                duty_rows.c.code.in_(bindparam("duties", expanding=True)),
            ),
        )
    )  # fmt: skip
    reached = select(
        milestones.c.plan_id, milestones.c.code, literal("", Text), cast(null(), Text), cast(null(), Text),
        literal("", Text), milestones.c.title, literal(True, Boolean),
    ).where(milestones.c.plan_id.in_(plans), milestones.c.reached_on.is_(None))  # fmt: skip
    return union_all(places, reached)


def list_before(
    session: Session, plan_ids: Sequence[int], duties: Iterable[str], agency_id: int, day: date
) -> list[PlaceRow]:
    """Unfinished work of these duties below or beside an agency, and the milestones of these plans not reached.

    For waits of the kind `subordinate` only the agency's own subordinates matter: `duties` names the others.
    """
    given = {"plans": list(plan_ids), "duties": sorted(duties), "agency": agency_id, "day": day}
    return [PlaceRow(*row) for row in session.execute(_before(), given).all()]


# One piece of work, whole


class WholeRow(NamedTuple):
    """Everything one row tells of an occurrence."""

    work: WorkRow
    duty_id: int
    plan_code: str
    basis_note: str
    receiver_id: int | None
    original_holder_id: int
    holder_code: str | None
    holder_kind: str | None
    verify: str
    word: str
    due_document: tuple[str, date] | None
    report_id: int | None


def find_whole(session: Session, occurrence_id: int, day: date) -> WholeRow | None:
    """An occurrence with its duty, its plan, the document of its day, and the report that closes it."""
    rows, duties, plans = table("occurrence"), table("duty"), table("plan")
    agencies, documents, reports = table("agency"), table("document"), table("report_occurrence")
    statement = (
        _work(
            _short_name(rows.c.holder_id), rows.c.duty_id, plans.c.code, rows.c.basis_note, rows.c.receiver_id,
            rows.c.original_holder_id, agencies.c.code, agencies.c.kind, duties.c.verify, duties.c.word,
            documents.c.number, documents.c.dated, reports.c.report_id,
        )
        .join(plans, plans.c.id == rows.c.plan_id)
        .outerjoin(agencies, agencies.c.id == rows.c.holder_id)
        .outerjoin(documents, documents.c.id == rows.c.due_document_id)
        .outerjoin(reports, reports.c.occurrence_id == rows.c.id)
        .where(rows.c.id == occurrence_id)
    )  # fmt: skip
    row = session.execute(statement, {"day": day}).first()
    if row is None:
        return None
    number, dated, report = row[-3:]
    return WholeRow._make((_row(row[:25]), *row[25:-3], (number, dated) if number else None, report))


class NameRow(NamedTuple):
    id: int
    code: str
    kind: str
    name: str
    short_name: str


def list_names(session: Session, ids: Iterable[int], codes: Iterable[str], day: date) -> list[NameRow]:
    """Agencies of these numbers or codes under the name they have on this day."""
    agencies, names = table("agency"), table("agency_name")
    statement = (
        select(agencies.c.id, agencies.c.code, agencies.c.kind, names.c.name, names.c.short_name)
        .join(names, names.c.agency_id == agencies.c.id)
        .where(or_(agencies.c.id.in_(sorted(ids)), agencies.c.code.in_(sorted(codes))), names.c.valid_from <= day)
        .order_by(names.c.valid_from)
    )
    return list({row.id: NameRow(*row) for row in session.execute(statement)}.values())


def list_acting_agencies(session: Session, codes: Iterable[str], day: date) -> dict[str, str]:
    """Short names by code, where an agency itself stands as who acted: a replay has no people."""
    agencies, names = table("agency"), table("agency_name")
    rows = session.execute(
        select(agencies.c.code, names.c.short_name)
        .join(names, names.c.agency_id == agencies.c.id)
        .where(agencies.c.code.in_(sorted(codes)), names.c.valid_from <= day)
        .order_by(names.c.valid_from)
    )
    return {row.code: row.short_name for row in rows}


def list_people(
    session: Session, codes: Iterable[str], persons: Iterable[int]
) -> tuple[dict[str, str], dict[int, str]]:
    """Words for contacts by code (their person or office), and for persons by number."""
    codes, persons = set(codes), set(persons)
    if not codes and not persons:
        return {}, {}
    contacts, people, agencies = table("contact"), table("person"), table("agency")
    boxes = (
        select(
            literal(True, Boolean).label("is_contact"), contacts.c.code.label("code"), literal(0, Integer).label("id"),
            contacts.c.name, contacts.c.unit, agencies.c.code.label("agency"),
        )
        .join(agencies, agencies.c.id == contacts.c.agency_id)
        .where(contacts.c.code.in_(sorted(codes)))
    )  # fmt: skip
    known = select(
        literal(False, Boolean), literal("", Text), people.c.id, people.c.name, people.c.title, literal("", Text)
    ).where(people.c.id.in_(sorted(persons)))
    by_code: dict[str, str] = {}
    by_number: dict[int, str] = {}
    for row in session.execute(union_all(boxes, known)):
        if row.is_contact:
            by_code[row.code] = row.name or row.unit or row.agency
        else:
            by_number[row.id] = f"{row.name} ({row.unit})" if row.unit else row.name
    programs = {number: code for code in codes if (number := actors.program_of(code)) is not None}
    for number, name in access_keys.names_of(session, programs).items():
        by_code[programs[number]] = name
    return by_code, by_number
