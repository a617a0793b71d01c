"""Occurrences and their history. `record` is the one function that writes a change and its projection."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from htx_workflow.domain.errors import NotFound, TooLate
from htx_workflow.domain.occurrences import Occurrence
from htx_workflow.domain.plan import Basis, Kind
from htx_workflow.domain.standing import Standing
from htx_workflow.store import hooks
from htx_workflow.store.rows import add_all, add_missing, chunks
from htx_workflow.store.tables import table


@dataclass(frozen=True, slots=True)
class Row:
    """An occurrence as the services read it."""

    id: int
    key: str
    plan_id: int
    duty_id: int
    duty: str
    kind: Kind
    period: str
    title: str
    opens_on: date
    basis_note: str
    receiver_id: int | None
    original_holder_id: int
    historical: bool
    standing: Standing


@dataclass(frozen=True, slots=True)
class Change:
    """A change to write: the whole new tuple and where it comes from.

    `before` guards it: when the row no longer stands so, somebody was quicker and nothing is written.
    """

    occurrence_id: int
    act: str
    before: Standing
    after: Standing
    happened_on: date
    recorded_at: datetime
    known_on: date
    by: str
    next_reminder_on: date | None
    document_id: int | None = None
    note: str = ""
    retrospective: bool = False
    on_behalf: bool = False


def _columns() -> Select[Any]:
    rows, duties = table("occurrence"), table("duty")
    return select(rows, duties.c.code.label("duty"), duties.c.kind.label("kind")).join(
        duties, duties.c.id == rows.c.duty_id
    )


def _standing(row: Any) -> Standing:
    return Standing(
        row.state,
        row.holder_id,
        Basis(row.basis) if row.basis else None,
        row.due_on,
        row.due_rev,
        row.original_due_on,
        row.due_document_id,
        row.submitted_on,
    )


def _row(row: Any) -> Row:
    return Row(
        row.id, row.key, row.plan_id, row.duty_id, row.duty, Kind(row.kind), row.period, row.title, row.opens_on,
        row.basis_note, row.receiver_id, row.original_holder_id, row.historical, _standing(row),
    )  # fmt: skip


def get_rows(session: Session, keys: Sequence[str]) -> list[Row]:
    """The occurrences of these keys, in this order. Raises NotFound naming the first that is missing."""
    found: dict[str, Row] = {}
    for batch in chunks(keys):
        for row in session.execute(_columns().where(table("occurrence").c.key.in_(batch))):
            found[row.key] = _row(row)
    for key in keys:
        if key not in found:
            raise NotFound(
                f"Không có kỳ thực hiện {key}. Xem các mã có trong kế hoạch bằng: htx occurrences {key.split('/')[0]}"
            )
    return [found[key] for key in keys]


def list_rows(
    session: Session, plan_id: int, state: str | None = None, undated: Collection[str] | None = None
) -> list[Row]:  # fmt: skip
    """Every occurrence of a plan, or those in a state, in the order of the plan: duty, holder, period.

    `undated`: of those without a day only these.
    """
    rows, duties, agencies = table("occurrence"), table("duty"), table("agency")
    wanted = [rows.c.plan_id == plan_id]
    if state is not None:
        wanted.append(rows.c.state == state)
    if undated is not None:
        wanted.append(rows.c.due_on.is_not(None) | rows.c.key.in_(sorted(undated)))
    statement = (
        _columns()
        .join(agencies, agencies.c.id == rows.c.original_holder_id)
        .where(*wanted)
        .order_by(duties.c.sort, agencies.c.sort, rows.c.period)
    )
    return [_row(row) for row in session.execute(statement)]


def standings_known_on(session: Session, plan_id: int, day: date) -> dict[int, Standing]:
    """How each occurrence stood as known at the end of this day, by number."""
    rows, changes = table("occurrence"), table("occurrence_change")
    last = (
        select(changes.c.occurrence_id, func.max(changes.c.seq).label("seq"))
        .join(rows, rows.c.id == changes.c.occurrence_id)
        .where(rows.c.plan_id == plan_id, changes.c.known_on <= day)
        .group_by(changes.c.occurrence_id)
        .subquery()
    )
    statement = select(changes).join(
        last, (last.c.occurrence_id == changes.c.occurrence_id) & (last.c.seq == changes.c.seq)
    )
    return {row.occurrence_id: _standing(row) for row in session.execute(statement)}


def open_all(
    session: Session,
    plan_id: int,
    new: Iterable[tuple[Occurrence, date | None, bool]],
    *,
    duties: dict[str, int],
    agencies: dict[str, int],
    on: date,
    now: datetime,
    by: str,
    document_id: int | None = None,
    note: str = "",
) -> int:
    """Open occurrences that are not there yet, each with its first change; how many went in.

    `new` gives each with its first reminder day and whether it is historical (due before the activation).
    """
    first = {occurrence.key: (occurrence, remind_on, old) for occurrence, remind_on, old in new}
    added = add_missing(
        session,
        table("occurrence"),
        [
            {
                "key": occurrence.key,
                "plan_id": plan_id,
                "duty_id": duties[occurrence.duty],
                "period": occurrence.period,
                "title": occurrence.title,
                "original_holder_id": agencies[occurrence.agency],
                "receiver_id": agencies[occurrence.receiver] if occurrence.receiver else None,
                "opens_on": occurrence.opens_on,
                "basis_note": occurrence.basis_note or "",
                "historical": old,
                **_projection(first_standing(occurrence, agencies, document_id)),
                "next_reminder_on": remind_on,
                "step": "",
            }
            for occurrence, remind_on, old in first.values()
        ],
        "id",
        "key",
    )
    add_all(
        session,
        table("occurrence_change"),
        [
            {
                "occurrence_id": number,
                "seq": 1,
                "act": "open",
                "happened_on": on,
                "recorded_at": now,
                "known_on": on,
                "retrospective": False,
                **_projection(first_standing(first[key][0], agencies, document_id)),
                "document_id": document_id,
                "by_code": by,
                "note": note,
                "on_behalf": False,
            }
            for number, key in added
        ],
    )
    return len(added)


def first_standing(occurrence: Occurrence, agencies: dict[str, int], document_id: int | None = None) -> Standing:
    """How an occurrence stands when it opens; a document that names its day stands behind the day."""
    return Standing(
        "open",
        agencies[occurrence.agency],
        occurrence.basis,
        occurrence.due_on,
        1 if occurrence.due_on else 0,
        occurrence.original_due_on,
        document_id if occurrence.basis is Basis.DOCUMENT else None,
    )


def _projection(standing: Standing) -> dict[str, Any]:
    return {
        "state": standing.state,
        "holder_id": standing.holder,
        "basis": standing.basis.value if standing.basis else None,
        "due_on": standing.due_on,
        "due_rev": standing.due_rev,
        "original_due_on": standing.original_due_on,
        "due_document_id": standing.due_document,
        "submitted_on": standing.submitted_on,
    }


def record(session: Session, changes: Sequence[Change]) -> None:
    """Write changes and bring their occurrences to the new tuple; all or, when somebody was quicker, none."""
    history, rows = table("occurrence_change"), table("occurrence")
    for change in sorted(changes, key=lambda change: change.occurrence_id):  # in one order: nobody waits in a circle
        before = change.before
        touched = session.execute(
            update(rows)
            .where(
                rows.c.id == change.occurrence_id,
                rows.c.state == before.state,
                rows.c.due_rev == before.due_rev,
                rows.c.holder_id.is_not_distinct_from(before.holder),
                rows.c.submitted_on.is_not_distinct_from(before.submitted_on),
            )
            .values(**_projection(change.after), next_reminder_on=change.next_reminder_on)
        )
        if touched.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
            raise TooLate("Người khác vừa cập nhật việc này; chưa có gì thay đổi. Đề nghị xem lại rồi làm tiếp.")
    last = _last_numbers(session, [change.occurrence_id for change in changes])
    values = []
    for change in changes:
        last[change.occurrence_id] += 1
        values.append(
            {
                "occurrence_id": change.occurrence_id,
                "seq": last[change.occurrence_id],
                "act": change.act,
                "happened_on": change.happened_on,
                "recorded_at": change.recorded_at,
                "known_on": change.known_on,
                "retrospective": change.retrospective,
                **_projection(change.after),
                "document_id": change.document_id,
                "by_code": change.by,
                "note": change.note,
                "on_behalf": change.on_behalf,
            }
        )
    if values:
        try:
            session.execute(insert(history), values)
        except IntegrityError as error:
            raise TooLate("Người khác vừa cập nhật việc này; chưa có gì thay đổi. Đề nghị xem lại.") from error
    hooks.tell_changes(session, [_told(row, change) for row, change in zip(values, changes, strict=True)])


def _told(row: dict[str, Any], change: Change) -> hooks.Changed:
    after = change.after
    return hooks.Changed(
        change.occurrence_id, row["seq"], change.act, after.state, change.before.holder, after.holder, after.due_on,
        after.submitted_on, change.happened_on, change.recorded_at,
    )  # fmt: skip


def _last_numbers(session: Session, ids: Sequence[int]) -> dict[int, int]:
    history = table("occurrence_change")
    numbers: dict[int, int] = {}
    for batch in chunks(ids):
        for row in session.execute(
            select(history.c.occurrence_id, func.max(history.c.seq))
            .where(history.c.occurrence_id.in_(batch))
            .group_by(history.c.occurrence_id)
        ):
            numbers[row[0]] = row[1]
    return numbers


def touched_by_decision(session: Session, plan_id: int) -> set[int]:
    """Numbers of occurrences that somebody decided about: anything but their opening and plan loads."""
    rows, history = table("occurrence"), table("occurrence_change")
    return set(
        session.execute(
            select(history.c.occurrence_id)
            .join(rows, rows.c.id == history.c.occurrence_id)
            .where(rows.c.plan_id == plan_id, history.c.act.not_in(("open", "plan")))
            .distinct()
        ).scalars()
    )


def update_texts(session: Session, texts: Sequence[tuple[int, str, str, int | None, date]]) -> None:
    """Bring title, basis note, receiver and opening day of occurrences to the plan's newest words."""
    rows = table("occurrence")
    if texts:
        session.connection().execute(
            update(rows)
            .where(rows.c.id == bindparam("number"))
            .values(
                title=bindparam("a_title"),
                basis_note=bindparam("a_note"),
                receiver_id=bindparam("a_receiver"),
                opens_on=bindparam("an_opening"),
            ),
            [
                {"number": number, "a_title": title, "a_note": note, "a_receiver": receiver, "an_opening": opens}
                for number, title, note, receiver, opens in texts
            ],
        )


def revive(session: Session, occurrence_id: int) -> None:
    """A newer plan moved work past the activation: it is followed like any other."""
    rows = table("occurrence")
    session.execute(update(rows).where(rows.c.id == occurrence_id).values(historical=False))


@dataclass(frozen=True, slots=True)
class UnfinishedRow:
    """An occurrence that is not accepted yet, for the order of the work."""

    id: int
    duty: str
    period: str
    holder_id: int | None
    title: str
    state: str
    due_on: date | None


def list_unfinished(session: Session, plan_id: int, duties: Iterable[str]) -> list[UnfinishedRow]:
    """Occurrences of these duties that are open, submitted or without a holder."""
    rows, duty_rows = table("occurrence"), table("duty")
    statement = (
        select(rows.c.id, duty_rows.c.code, rows.c.period, rows.c.holder_id, rows.c.title, rows.c.state, rows.c.due_on)
        .join(duty_rows, duty_rows.c.id == rows.c.duty_id)
        .where(
            rows.c.plan_id == plan_id,
            duty_rows.c.plan_id == plan_id,
            duty_rows.c.code.in_(sorted(set(duties))),
            rows.c.state.in_(("open", "submitted", "unassigned")),
            rows.c.historical.is_(False),
        )
        .order_by(rows.c.id)
    )
    return [UnfinishedRow(*row) for row in session.execute(statement).all()]


def last_request(session: Session, plan_id: int, duty_id: int, agency_id: int) -> int:
    """The highest number N of periods `rN` of a duty and agency; 0 when there is none."""
    rows = table("occurrence")
    periods = session.execute(
        select(rows.c.period).where(
            rows.c.plan_id == plan_id, rows.c.duty_id == duty_id, rows.c.original_holder_id == agency_id
        )
    ).scalars()
    return max((int(period[1:]) for period in periods if period[0] == "r" and period[1:].isdigit()), default=0)


def last_recorded(session: Session, ids: Sequence[int]) -> dict[int, datetime]:
    """The moment of the last change of each occurrence."""
    history = table("occurrence_change")
    found: dict[int, datetime] = {}
    for batch in chunks(ids):
        for row in session.execute(
            select(history.c.occurrence_id, func.max(history.c.recorded_at))
            .where(history.c.occurrence_id.in_(batch))
            .group_by(history.c.occurrence_id)
        ):
            found[row[0]] = row[1]
    return found


def history_of(session: Session, occurrence_id: int) -> list[Any]:
    """The changes of one occurrence, oldest first."""
    history = table("occurrence_change")
    return list(
        session.execute(select(history).where(history.c.occurrence_id == occurrence_id).order_by(history.c.seq))
    )
