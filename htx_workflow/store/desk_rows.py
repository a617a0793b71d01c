"""What the desk reads (bảng theo dõi): columns of the projection, grouped in the database.

Only what a page shows is read. The boxes here must say what `domain.standing.box` says of today; a test compares them
on a lived machine.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    func,
    or_,
    select,
    true,
    union_all,
)
from sqlmodel import Session

from htx_workflow.domain.desk import Tally
from htx_workflow.domain.plan import AgencyKind
from htx_workflow.store.rows import among
from htx_workflow.store.tables import table

GONE = ("waived", "handed_back", "split")
KINDS = {kind.value: kind for kind in AgencyKind}


class DutyRow(NamedTuple):
    """A duty as the desk names it."""

    id: int
    code: str
    clause: str
    title: str
    kind: str
    verify: str


class AgencyRow(NamedTuple):
    """An agency under its name of the day."""

    id: int
    code: str
    kind: AgencyKind
    sort: int
    parent_id: int | None
    place: str
    name: str
    short_name: str
    doc_code: str


def list_duties(session: Session, plan_id: int) -> list[DutyRow]:
    """Duties of the plan in its order, those that left it too: their work stays."""
    rows = table("duty")
    statement = select(rows.c.id, rows.c.code, rows.c.clause, rows.c.title, rows.c.kind, rows.c.verify).where(
        rows.c.plan_id == plan_id
    )
    return [DutyRow(*row) for row in session.execute(statement.order_by(rows.c.sort))]


def list_agencies(session: Session, day: date) -> dict[int, AgencyRow]:
    """Every agency with its name of this day, in the order of the plans: one read."""
    agencies, names = table("agency"), table("agency_name")
    newest = (
        select(func.max(names.c.valid_from))
        .where(names.c.agency_id == agencies.c.id, names.c.valid_from <= day)
        .correlate(agencies)
        .scalar_subquery()
    )
    statement = (
        select(
            agencies.c.id, agencies.c.code, agencies.c.kind, agencies.c.sort, agencies.c.parent_id, agencies.c.place,
            func.coalesce(names.c.name, agencies.c.code), func.coalesce(names.c.short_name, agencies.c.code),
            func.coalesce(names.c.doc_code, ""),
        )
        .outerjoin(names, and_(names.c.agency_id == agencies.c.id, names.c.valid_from == newest))
        .order_by(agencies.c.sort, agencies.c.id)
    )  # fmt: skip
    return {row[0]: AgencyRow(row[0], row[1], KINDS[row[2]], *row[3:]) for row in session.execute(statement)}


# Boxes and rates


def of_year(year: int | None) -> ColumnElement[bool]:
    """Work of one year: its period names it; standing work always; what opened on request by its day."""
    return true() if year is None else or_(_named(year), _unnamed(year))


def _named(year: int) -> ColumnElement[bool]:
    rows = table("occurrence")
    return and_(rows.c.period >= str(year), rows.c.period < str(year + 1))


def _unnamed(year: int) -> ColumnElement[bool]:
    """`standing`, `outcome`, and `r1`, `r2` … whose day is in this year or not known."""
    rows = table("occurrence")
    inside = rows.c.due_on.between(date(year, 1, 1), date(year, 12, 31))
    asked = and_(rows.c.period >= "r", rows.c.period < "s")
    return and_(rows.c.period >= "a", or_(~asked, rows.c.due_on.is_(None), inside))


def holder() -> ColumnElement[int]:
    """Who holds it, or held it when nobody does now."""
    rows = table("occurrence")
    return func.coalesce(rows.c.holder_id, rows.c.original_holder_id)


def box_of(duties: Iterable[DutyRow], today: date, *, original: bool = False) -> ColumnElement[str]:
    """The box of `domain.standing.box` for an occurrence today, or NULL; `original`: judged on original deadlines."""
    rows = table("occurrence")
    duties = list(duties)
    outcomes = [duty.id for duty in duties if duty.kind == "outcome"]
    standing = [duty.id for duty in duties if duty.kind == "continuous"]
    due = func.coalesce(rows.c.original_due_on, rows.c.due_on) if original else rows.c.due_on
    undated = or_(rows.c.due_on.is_(None), rows.c.basis == "assumed")
    return case(
        (or_(rows.c.state.in_(GONE), rows.c.duty_id.in_(outcomes)), None),
        (rows.c.duty_id.in_(standing), "no_deadline"),
        (rows.c.historical.is_(True), "historical"),
        (undated, "expected"),
        (and_(rows.c.state == "done", rows.c.submitted_on <= due), "done_on_time"),
        (rows.c.state == "done", "done_late"),
        (func.coalesce(rows.c.submitted_on, today) <= due, "open_in_time"),
        else_="open_overdue",
    )


def tallies(session: Session, plan_id: int, duties: list[DutyRow], today: date, year: int | None) -> dict[int, Tally]:
    """The boxes of every agency of the plan, by number of the agency: one read of one index."""
    rows = table("occurrence")
    box, original = box_of(duties, today).label("box"), box_of(duties, today, original=True).label("original")
    parts = [true()] if year is None else [_named(year), _unnamed(year)]
    counts = [
        select(holder().label("holder"), box, original, func.count())
        .where(rows.c.plan_id == plan_id, part)
        .group_by("holder", "box", "original")
        for part in parts
    ]
    found: dict[int, Tally] = {}
    for number, here, at_first, many in session.execute(union_all(*counts)):
        tally = found.setdefault(number, Tally())
        if here is not None:
            tally.boxes[here] += many
        if at_first is not None:
            tally.original[at_first] += many
    return found


def months(
    session: Session, plan_id: int, duties: list[DutyRow], today: date, year: int | None, *, cooperatives: bool
) -> dict[str, Tally]:
    """The boxes by month of the deadline (2025-11), of agencies or of cooperatives."""
    rows, agencies = table("occurrence"), table("agency")
    box = box_of(duties, today).label("box")
    among_them = select(agencies.c.id).where((agencies.c.kind == "cooperative") == cooperatives)
    statement = (
        select(rows.c.due_on, box, func.count())
        .where(rows.c.plan_id == plan_id, of_year(year), rows.c.due_on.is_not(None), holder().in_(among_them))
        .group_by(rows.c.due_on, "box")
        .order_by(rows.c.due_on)
    )
    found: dict[str, Tally] = {}
    for due_on, here, many in session.execute(statement):
        if here is not None:
            found.setdefault(f"{due_on:%Y-%m}", Tally()).boxes[here] += many
    return found


# Cells


def held_by(session: Session, agencies: Collection[int]) -> ColumnElement[bool]:
    """Work of these agencies; of work that nobody holds now, theirs who held it."""
    rows = table("occurrence")
    return or_(
        among(session, rows.c.holder_id, agencies),
        and_(rows.c.holder_id.is_(None), among(session, rows.c.original_holder_id, agencies)),
    )


def cell_of(duties: Iterable[DutyRow], today: date, near_until: date) -> ColumnElement[str]:
    """The code of `domain.desk.CELLS` for an occurrence."""
    rows = table("occurrence")
    duties = list(duties)
    standing = [duty.id for duty in duties if duty.kind in ("continuous", "outcome")]
    sent = rows.c.submitted_on
    judged = and_(rows.c.basis.is_not(None), rows.c.basis != "assumed")
    return case(
        (rows.c.state.in_(GONE), "waived"),
        (rows.c.state == "unassigned", "unassigned"),
        (rows.c.duty_id.in_(standing), "standing"),
        (and_(rows.c.historical.is_(True), rows.c.state == "open"), "past"),
        (rows.c.state == "submitted", "sent"),
        (
            and_(rows.c.state == "done", judged, rows.c.due_on.is_not(None), or_(sent.is_(None), sent > rows.c.due_on)),
            "late",
        ),
        (rows.c.state == "done", "done"),
        (and_(judged, rows.c.due_on < today, or_(sent.is_(None), sent > rows.c.due_on)), "overdue"),
        (or_(rows.c.respond_by.is_not(None), sent.is_not(None)), "returned"),
        (rows.c.due_on.is_(None), "awaiting"),
        (~judged, "expected"),
        (rows.c.due_on <= near_until, "near"),
        (and_(rows.c.taken_at.is_(None), rows.c.step == ""), "new"),
        else_="doing",
    )


class CellRow(NamedTuple):
    """Occurrences of one duty and agency that stand alike."""

    duty_id: int
    agency_id: int
    code: str
    many: int
    first_id: int
    first_due: date | None


def cells(
    session: Session, plan_id: int, duties: list[DutyRow], agencies: Collection[int], year: int | None, today: date,
    near_until: date,
) -> list[CellRow]:  # fmt: skip
    """What the matrix shows of these agencies."""
    rows = table("occurrence")
    code = cell_of(duties, today, near_until).label("code")
    statement = (
        select(
            rows.c.duty_id, holder().label("agency"), code, func.count(), func.min(rows.c.id), func.min(rows.c.due_on)
        )
        .where(held_by(session, agencies), rows.c.plan_id + 0 == plan_id, of_year(year))
        .group_by(rows.c.duty_id, "agency", "code")
    )
    return [CellRow(*row) for row in session.execute(statement)]


# Lists of work


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which work a list shows. Empty values ask for everything."""

    plan_id: int
    year: int | None = None
    duty_id: int | None = None
    agencies: tuple[int, ...] | None = None
    cells: tuple[str, ...] = ()
    period: str = ""


class WorkRow(NamedTuple):
    """One line of a list of work."""

    id: int
    key: str
    duty_id: int
    period: str
    title: str
    holder_id: int
    receiver_id: int | None
    state: str
    basis: str | None
    due_on: date | None
    submitted_on: date | None
    promised_on: date | None
    respond_by: date | None
    paper_due_on: date | None
    step: str
    historical: bool
    cell: str


def _work(duties: list[DutyRow], today: date, near_until: date) -> Select[Any]:
    rows = table("occurrence")
    return select(
        rows.c.id, rows.c.key, rows.c.duty_id, rows.c.period, rows.c.title, holder(), rows.c.receiver_id, rows.c.state,
        rows.c.basis, rows.c.due_on, rows.c.submitted_on, rows.c.promised_on, rows.c.respond_by, rows.c.paper_due_on,
        rows.c.step, rows.c.historical, cell_of(duties, today, near_until),
    )  # fmt: skip


BOUNDS: dict[str, tuple[str, ...]] = {
    "overdue": ("open",),
    "near": ("open",),
    "new": ("open",),
    "doing": ("open",),
    "returned": ("open",),
    "expected": ("open",),
    "awaiting": ("open",),
    "past": ("open",),
    "unassigned": ("unassigned",),
    "sent": ("submitted",),
    "done": ("done",),
    "late": ("done",),
}
"""The states in which a cell can be: for the index, the cell itself decides."""


def _conditions(
    session: Session, wanted: Wanted, code: ColumnElement[str], today: date, near_until: date
) -> list[ColumnElement[bool]]:
    rows = table("occurrence")
    found: list[ColumnElement[bool]] = [rows.c.plan_id == wanted.plan_id, of_year(wanted.year)]
    if wanted.duty_id is not None:
        found.append(rows.c.duty_id == wanted.duty_id)
    if wanted.period:
        found.append(rows.c.period == wanted.period)
    if wanted.agencies is not None:
        found.append(held_by(session, wanted.agencies))
    if wanted.cells:
        found.append(code.in_(wanted.cells))
        if set(wanted.cells) <= BOUNDS.keys():
            found.append(rows.c.state.in_(sorted({state for cell in wanted.cells for state in BOUNDS[cell]})))
        if set(wanted.cells) <= {"overdue"}:
            found.append(rows.c.due_on < today)
        elif set(wanted.cells) <= {"overdue", "near"}:
            found.append(rows.c.due_on <= near_until)
    return found


def list_work(
    session: Session, wanted: Wanted, duties: list[DutyRow], today: date, near_until: date, *, skip: int, limit: int
) -> list[WorkRow]:
    """Work by deadline, in the order of the plan; what has no day comes last."""
    rows = table("occurrence")
    order = (rows.c.due_on.asc().nulls_last(), rows.c.id)
    page = (
        select(rows.c.id)
        .where(*_conditions(session, wanted, cell_of(duties, today, near_until), today, near_until))
        .order_by(*order)
        .offset(skip)
        .limit(limit)
        .subquery()
    )
    statement = _work(duties, today, near_until).join(page, page.c.id == rows.c.id).order_by(*order)
    return [WorkRow(*row) for row in session.execute(statement)]


def count_work(session: Session, wanted: Wanted, duties: list[DutyRow], today: date, near_until: date) -> int:
    statement = select(func.count()).select_from(table("occurrence"))
    conditions = _conditions(session, wanted, cell_of(duties, today, near_until), today, near_until)
    return int(session.execute(statement.where(*conditions)).scalar_one())


def work_of(
    session: Session, ids: Iterable[int], duties: list[DutyRow], today: date, near_until: date
) -> list[WorkRow]:
    """The lines of these numbers, by deadline."""
    rows = table("occurrence")
    statement = _work(duties, today, near_until).where(among(session, rows.c.id, ids))
    return [
        WorkRow(*row) for row in session.execute(statement.order_by(rows.c.due_on.is_(None), rows.c.due_on, rows.c.id))
    ]


def list_periods(session: Session, plan_id: int, duty_ids: Collection[int]) -> list[tuple[int, str]]:
    """(duty, period) that have work, of these duties."""
    rows = table("occurrence")
    statement = (
        select(rows.c.duty_id, rows.c.period)
        .where(rows.c.plan_id == plan_id, rows.c.duty_id.in_(list(duty_ids)), rows.c.historical.is_(False))
        .distinct()
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


class LevelRow(NamedTuple):
    """One occurrence of a round, as its level counts it."""

    duty_id: int
    period: str
    agency_id: int
    state: str
    basis: str | None
    due_on: date | None
    submitted_on: date | None
    promised_on: date | None


def levels(session: Session, plan_id: int, duty_ids: Collection[int], periods: Collection[str]) -> list[LevelRow]:
    """The occurrences of these duties and periods that count, in the order of the plan."""
    rows, agencies = table("occurrence"), table("agency")
    statement = (
        select(
            rows.c.duty_id, rows.c.period, holder(), rows.c.state, rows.c.basis, rows.c.due_on, rows.c.submitted_on,
            rows.c.promised_on,
        )
        .join(agencies, agencies.c.id == holder())
        .where(
            rows.c.plan_id == plan_id,
            rows.c.duty_id.in_(list(duty_ids)),
            rows.c.period.in_(list(periods)),
            rows.c.state.not_in(("waived", "split")),
        )
        .order_by(agencies.c.sort, rows.c.id)
    )  # fmt: skip
    return [LevelRow(*row) for row in session.execute(statement)]


def work_with_plan(session: Session, number: int, today: date) -> tuple[int, WorkRow] | None:
    """One piece of work with the number of its plan, or None."""
    rows, duties = table("occurrence"), table("duty")
    statement = _work([], today, today).add_columns(rows.c.plan_id, duties.c.kind)
    found = session.execute(statement.join(duties, duties.c.id == rows.c.duty_id).where(rows.c.id == number)).first()
    if found is None:
        return None
    line = WorkRow(*found[:-2])
    return found.plan_id, line._replace(cell="standing") if found.kind in ("continuous", "outcome") else line


def titles_of(session: Session, plan_id: int, ids: Iterable[int]) -> list[str]:
    """Titles of these occurrences of a plan."""
    rows = table("occurrence")
    statement = select(rows.c.title).where(among(session, rows.c.id, ids), rows.c.plan_id == plan_id)
    return list(session.execute(statement.order_by(rows.c.id)).scalars())


class OpenedRow(NamedTuple):
    """Work that exists because somebody opened it."""

    id: int
    duty_id: int
    period: str
    holder_id: int | None
    state: str


def list_opened(session: Session, plan_id: int, duty_ids: Collection[int]) -> list[OpenedRow]:
    """What was opened of these duties, in the order of opening."""
    rows = table("occurrence")
    statement = (
        select(rows.c.id, rows.c.duty_id, rows.c.period, rows.c.holder_id, rows.c.state)
        .where(rows.c.plan_id == plan_id, rows.c.duty_id.in_(sorted(duty_ids)))
        .order_by(rows.c.id)
    )
    return [OpenedRow(*row) for row in session.execute(statement)]
