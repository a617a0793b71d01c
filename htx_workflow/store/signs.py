"""Signs of life and trouble (dấu hiệu), asked every few seconds: each is answered from an index or a small table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, TextClause, and_, func, or_, select, text
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


def count_work(session: Session, today: date) -> WorkSign:
    """Dated work by how it stands at this moment, historical work left out."""
    rows = table("occurrence")
    late = and_(
        rows.c.due_on < func.coalesce(rows.c.submitted_on, today),
        rows.c.basis != "assumed",
        rows.c.state.in_(("open", "submitted", "unassigned")),
    )
    found = session.execute(
        select(func.count(), func.count().filter(late)).where(
            rows.c.state.in_(("open", "submitted", "unassigned")),
            rows.c.due_on.is_not(None),
            rows.c.historical.is_(False),
        )
    ).one()
    return WorkSign(found[0], found[1])


def count_due(session: Session, today: date) -> int:
    """Occurrences whose next rung has come and is not decided yet."""
    rows = table("occurrence")
    return int(session.execute(select(func.count()).where(rows.c.next_reminder_on <= today)).scalar_one())


def next_reminder_on(session: Session) -> date | None:
    """The nearest day on which a rung is to be decided."""
    rows = table("occurrence")
    nearest = select(rows.c.next_reminder_on).where(rows.c.next_reminder_on.is_not(None))
    return session.execute(nearest.order_by(rows.c.next_reminder_on).limit(1)).scalar()


def count_queued_rungs(session: Session) -> int:
    """Rungs that wait to be told."""
    return int(
        session.execute(
            select(func.count()).select_from(table("reminder")).where(text("state = 'queued'"))
        ).scalar_one()
    )


def count_rungs_since(session: Session, moment: datetime) -> dict[str, int]:
    """Rungs decided from this moment on, by state."""
    rungs = table("reminder")
    statement = select(rungs.c.state, func.count()).where(rungs.c.decided_at >= moment).group_by(rungs.c.state)
    return {row[0]: row[1] for row in session.execute(statement)}


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


def count_mails(session: Session, since: date) -> MailSign:
    """The outbox as it stands now; failed and doubtful mails from this day on."""
    messages = table("message")
    waiting = {
        row[0]: (row[1], row[2])
        for row in session.execute(
            select(messages.c.state, func.count(), func.min(messages.c.composed_at))
            .where(WAITING)
            .group_by(messages.c.state)
        )
    }

    def count(*conditions: ColumnElement[bool] | TextClause) -> int:
        statement = select(func.count()).select_from(messages).where(*conditions)
        return int(session.execute(statement).scalar_one())

    return MailSign(
        queued=waiting.get("queued", (0, None))[0],
        leased=waiting.get("leased", (0, None))[0],
        held=count(HELD),
        failed=count(FAILED, messages.c.day >= since),
        doubtful=count(DOUBTFUL, messages.c.day >= since),
        oldest=min((moment for _, moment in waiting.values()), default=None),
    )


def count_mails_of_day(session: Session, day: date) -> dict[str, int]:
    """Mails of a day by state."""
    messages = table("message")
    statement = select(messages.c.state, func.count()).where(messages.c.day == day).group_by(messages.c.state)
    return {row[0]: row[1] for row in session.execute(statement)}


def last_successes(session: Session, job: str) -> dict[str, datetime]:
    """When a run of this job last finished well, by plan."""
    runs = table("run")
    statement = (
        select(runs.c.plan_code, func.max(runs.c.finished_at))
        .where(runs.c.job == job, runs.c.outcome == "done", runs.c.finished_at.is_not(None))
        .group_by(runs.c.plan_code)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def loaded_since(session: Session) -> dict[str, datetime]:
    """When each plan was first loaded, by code."""
    plans, versions = table("plan"), table("plan_version")
    statement = select(plans.c.code, versions.c.loaded_at).join(versions, versions.c.plan_id == plans.c.id)
    return {row[0]: row[1] for row in session.execute(statement.where(versions.c.no == 1))}


@dataclass(frozen=True, slots=True)
class Unreached:
    """An agency whose work nobody is written about. `waiting`: a reminder is due now and cannot go."""

    agency: str
    agency_id: int
    waiting: bool


def list_unreached(session: Session, day: date) -> list[Unreached]:
    """Agencies that owe dated work and have no living contact for it, neither by mail nor by telephone; by code.

    Work is read only of agencies that nobody speaks for as a whole: a few, where all is well.
    """
    rows, agencies = table("occurrence"), table("agency")
    reached = _reached(session, day)
    suspects = {
        row.id: (row.code, row.valid_to is not None and row.valid_to < day)
        for row in session.execute(select(agencies.c.id, agencies.c.code, agencies.c.valid_to))
        if (row.id, None) not in reached or (row.valid_to is not None and row.valid_to < day)
    }
    found: dict[int, Unreached] = {}
    for batch in chunks(suspects):
        waiting = _waiting(session, day, batch)
        for holder, duty in session.execute(
            select(rows.c.holder_id, rows.c.duty_id)
            .where(
                rows.c.holder_id.in_(batch),
                rows.c.state == "open",
                rows.c.due_on.is_not(None),
                rows.c.historical.is_(False),
            )
            .distinct()
        ):
            code, ended = suspects[holder]
            if ended or (holder, duty) not in reached:
                stuck = (holder, duty) in waiting or (holder in found and found[holder].waiting)
                found[holder] = Unreached(code, holder, stuck)
    return sorted(found.values(), key=lambda one: one.agency)


def _reached(session: Session, day: date) -> set[tuple[int, int | None]]:
    """(agency, duty or None for all) that somebody who is there on this day speaks for."""
    contacts, assignments = table("contact"), table("assignment")
    statement = (
        select(assignments.c.agency_id, assignments.c.duty_id)
        .join(contacts, contacts.c.id == assignments.c.contact_id)
        .where(
            assignments.c.role.in_(("focal", "clerk")),
            or_(and_(contacts.c.channel == "email", contacts.c.address != ""), contacts.c.channel == "text"),
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
