"""Signs of life and trouble (dấu hiệu), asked every few seconds: each is answered from an index or a small table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import FromClause, Subquery, and_, func, literal, or_, select, text, true, union_all
from sqlmodel import Session

from htx_workflow.store import schema
from htx_workflow.store.rows import chunks
from htx_workflow.store.tables import table

WAITING = text("state IN ('queued', 'leased')")
HELD = text("state = 'held'")
FAILED = text("state = 'failed'")
DOUBTFUL = text("doubtful")
"""In the words of the partial indexes: with bound values a planner may not see that they answer."""


@dataclass(frozen=True, slots=True)
class WorkSign:
    """Occurrences of all plans that are not accepted yet; `overdue` as the official matrix counts it."""

    open: int
    overdue: int


NO_WORK = WorkSign(0, 0)


def schema_version(session: Session) -> str | None:
    """The revision the database is at."""
    return schema.revision_of(session.connection())


@dataclass(frozen=True, slots=True)
class MailSign:
    """Mails that are not at their end, and the recent ones whose end somebody should know."""

    queued: int
    leased: int
    held: int
    failed: int
    doubtful: int
    oldest: datetime | None
    """When the oldest mail that could have left was composed."""


NO_MAIL = MailSign(0, 0, 0, 0, 0, None)


@dataclass(frozen=True, slots=True)
class Numbers:
    """What is counted at one moment, in one statement: work, reminders that are due, the outbox."""

    work: WorkSign
    due: int
    """Occurrences whose next rung has come and is not decided yet."""
    next_reminder_on: date | None
    """The nearest day on which a rung is to be decided."""
    rungs_queued: int
    """Rungs that wait to be told."""
    mails: MailSign


def numbers(session: Session, today: date, since: date) -> Numbers:
    """How many of what there are now; failed and doubtful mails from the day `since` on, historical work left out."""
    parts = [_work(today), _reminders(today), _rungs(), _waiting_mails(), *_troubled_mails(since)]
    rows = parts[0]
    together: FromClause = rows
    for part in parts[1:]:
        together = together.join(part, true())
    row = session.execute(select(*(column for part in parts for column in part.c)).select_from(together)).one()
    open_, overdue, due, nearest, rungs, queued, leased, oldest, held, failed, doubtful = row
    mails = MailSign(queued, leased, held, failed, doubtful, oldest)
    return Numbers(WorkSign(open_, overdue), due, nearest, rungs, mails)


def _work(today: date) -> Subquery:
    """Dated work by how it stands at this moment."""
    rows = table("occurrence")
    late = and_(
        rows.c.due_on < func.coalesce(rows.c.submitted_on, today),
        rows.c.basis != "assumed",
        rows.c.state.in_(("open", "submitted", "unassigned")),
    )
    return (
        select(func.count().label("open"), func.count().filter(late).label("overdue"))
        .where(
            rows.c.state.in_(("open", "submitted", "unassigned")),
            rows.c.due_on.is_not(None),
            rows.c.historical.is_(False),
        )
        .subquery("work")
    )


def _reminders(today: date) -> Subquery:
    rows = table("occurrence")
    due = select(func.count()).where(rows.c.next_reminder_on <= today).scalar_subquery()
    nearest = select(rows.c.next_reminder_on).where(rows.c.next_reminder_on.is_not(None))
    first = nearest.order_by(rows.c.next_reminder_on).limit(1).scalar_subquery()
    return select(due.label("due"), first.label("nearest")).subquery("reminders")


def _rungs() -> Subquery:
    queued = select(func.count().label("rungs")).select_from(table("reminder"))
    return queued.where(text("state = 'queued'")).subquery("rungs")


def _waiting_mails() -> Subquery:
    messages = table("message")
    return (
        select(
            func.count().filter(messages.c.state == "queued").label("queued"),
            func.count().filter(messages.c.state == "leased").label("leased"),
            func.min(messages.c.composed_at).label("oldest"),
        )
        .where(WAITING)
        .subquery("waiting_mails")
    )


def _troubled_mails(since: date) -> Iterator[Subquery]:
    messages = table("message")
    counted = select(func.count().label("many")).select_from(messages)
    yield counted.where(HELD).subquery("held_mails")
    yield counted.where(FAILED, messages.c.day >= since).subquery("failed_mails")
    yield counted.where(DOUBTFUL, messages.c.day >= since).subquery("doubtful_mails")


def states_of_day(session: Session, day: date, moment: datetime) -> tuple[dict[str, int], dict[str, int]]:
    """Rungs decided from this moment on and mails of this day, by state."""
    rungs, messages = table("reminder"), table("message")
    decided = (
        select(literal("rung").label("kind"), rungs.c.state, func.count())
        .where(rungs.c.decided_at >= moment)
        .group_by(rungs.c.state)
    )
    sent = (
        select(literal("mail"), messages.c.state, func.count()).where(messages.c.day == day).group_by(messages.c.state)
    )  # fmt: skip
    found: dict[str, dict[str, int]] = {"rung": {}, "mail": {}}
    for kind, state, count in session.execute(union_all(decided, sent)):
        found[kind][state] = count
    return found["rung"], found["mail"]


class PlanSign(NamedTuple):
    """When a plan was first loaded, and when the job asked for last finished well for it."""

    loaded_at: datetime
    done_at: datetime | None


def plans_since(session: Session, job: str) -> dict[str, PlanSign]:
    """By code of the plan."""
    plans, versions, runs = table("plan"), table("plan_version"), table("run")
    done = (
        select(func.max(runs.c.finished_at))
        .where(runs.c.plan_code == plans.c.code, runs.c.job == job, runs.c.outcome == "done")
        .scalar_subquery()
    )
    statement = select(plans.c.code, versions.c.loaded_at, done).join(versions, versions.c.plan_id == plans.c.id)
    return {code: PlanSign(loaded, last) for code, loaded, last in session.execute(statement.where(versions.c.no == 1))}


@dataclass(frozen=True, slots=True)
class Unreached:
    """An agency whose work nobody is written about. `waiting`: a reminder is due now and cannot go."""

    agency: str
    agency_id: int
    waiting: bool


def list_unreached(session: Session, day: date) -> list[Unreached]:
    """Agencies that owe dated work and have no living contact for it, neither by mail nor by telephone; by code."""
    places = _unreached(session, day, None)
    holders = sorted({holder for _, holder, _ in places})
    waiting = {pair for batch in chunks(holders) for pair in _waiting(session, day, batch)}
    found: dict[int, Unreached] = {}
    for code, holder, duty in places:
        stuck = (holder, duty) in waiting or (holder in found and found[holder].waiting)
        found[holder] = Unreached(code, holder, stuck)
    return sorted(found.values(), key=lambda one: one.agency)


def unreached_in(session: Session, day: date, plan_id: int) -> list[int]:
    """Numbers of the agencies that are so for work of one plan. Three reads at most."""
    return sorted({holder for _, holder, _ in _unreached(session, day, plan_id)})


def _unreached(session: Session, day: date, plan_id: int | None) -> list[tuple[str, int, int]]:
    """(code, agency, duty) of open dated work that nobody is written to about: the one place that says so.

    Desk, status page, metrics, alarms, doctor and administration all ask here. Work is read only of agencies that nobody
    speaks for as a whole: a few, where all is well.
    """
    rows, agencies = table("occurrence"), table("agency")
    reached = _reached(session, day)
    suspects = {
        row.id: (row.code, row.valid_to is not None and row.valid_to < day)
        for row in session.execute(select(agencies.c.id, agencies.c.code, agencies.c.valid_to))
        if (row.id, None) not in reached or (row.valid_to is not None and row.valid_to < day)
    }
    found = []
    for batch in chunks(suspects):
        for holder, duty in session.execute(
            select(rows.c.holder_id, rows.c.duty_id)
            .where(
                rows.c.holder_id.in_(batch),
                rows.c.state == "open",
                rows.c.due_on.is_not(None),
                rows.c.historical.is_(False),
                rows.c.plan_id == plan_id if plan_id is not None else true(),
            )
            .distinct()
        ):
            code, ended = suspects[holder]
            if ended or (holder, duty) not in reached:
                found.append((code, holder, duty))
    return found


def _reached(session: Session, day: date) -> set[tuple[int, int | None]]:
    """(agency, duty or None for all) that somebody who is there on this day speaks for."""
    contacts, assignments = table("contact"), table("assignment")
    statement = (
        select(assignments.c.agency_id, assignments.c.duty_id)
        .join(contacts, contacts.c.id == assignments.c.contact_id)
        .where(
            assignments.c.role.in_(("focal", "clerk")),
            or_(
                and_(contacts.c.channel == "email", contacts.c.address != "", contacts.c.address_failed_at.is_(None)),
                contacts.c.channel == "text",
            ),
            *(
                condition
                for rows in (contacts, assignments)
                for condition in (
                    or_(rows.c.valid_from.is_(None), rows.c.valid_from <= day),
                    or_(rows.c.valid_to.is_(None), rows.c.valid_to >= day),
                )
            ),
        )
        .distinct()
    )
    return {(row[0], row[1]) for row in session.execute(statement)}


def _waiting(session: Session, day: date, holders: list[int]) -> set[tuple[int, int]]:
    """(holder, duty) of these holders with a reminder that should have gone by this day."""
    rungs, rows = table("reminder"), table("occurrence")
    statement = (
        select(rows.c.holder_id, rows.c.duty_id)
        .join(rungs, rungs.c.occurrence_id == rows.c.id)
        .where(
            text("reminder.state = 'queued'"),
            rungs.c.send_on <= day,
            rungs.c.audience == "holder",
            rows.c.holder_id.in_(holders),
        )
        .distinct()
    )
    return {(row[0], row[1]) for row in session.execute(statement)}


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A run that has begun and not ended."""

    id: int
    job: str
    plan_code: str
    started_at: datetime
    beat_at: datetime


def list_unfinished_runs(session: Session) -> list[Unfinished]:
    """Runs that go on, or whose process has died."""
    runs = table("run")
    statement = select(runs.c.id, runs.c.job, runs.c.plan_code, runs.c.started_at, runs.c.beat_at)
    found = [Unfinished(*row) for row in session.execute(statement.where(runs.c.finished_at.is_(None)))]
    return sorted(found, key=lambda run: run.id)


def finished_spans(session: Session, after: int, before: int | None) -> list[tuple[int, str, float]]:
    """(number, job, seconds) of finished runs with a number above `after` and below `before`."""
    runs = table("run")
    statement = select(runs.c.id, runs.c.job, runs.c.started_at, runs.c.finished_at).where(
        runs.c.id > after, runs.c.finished_at.is_not(None)
    )
    if before is not None:
        statement = statement.where(runs.c.id < before)
    return [
        (row.id, row.job, (row.finished_at - row.started_at).total_seconds())
        for row in session.execute(statement.order_by(runs.c.id))
    ]


def last_recorded(session: Session) -> datetime | None:
    """The newest moment this database knows of: of the audit log, a run, or a mail composed."""
    events, runs, messages = table("audit_event"), table("run"), table("message")
    newest = (
        select(events.c.at).order_by(events.c.seq.desc()).limit(1),
        select(runs.c.beat_at).order_by(runs.c.id.desc()).limit(1),
        select(messages.c.composed_at).order_by(messages.c.id.desc()).limit(1),
    )
    moments = [session.execute(statement).scalar() for statement in newest]
    return max((moment for moment in moments if moment is not None), default=None)


def size_bytes(session: Session) -> int:
    """What the database takes on disk, without its log."""
    if session.get_bind().dialect.name == "postgresql":
        return int(session.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    pages = session.execute(text("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"))
    return int(pages.scalar_one())
