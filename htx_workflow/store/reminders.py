"""The ledger of rungs (nhắc việc)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import and_, exists, func, or_, select, update
from sqlmodel import Session

from htx_workflow.domain.plan import Audience, Basis
from htx_workflow.domain.reminders import Decided
from htx_workflow.store.rows import add_missing, among, chunks
from htx_workflow.store.tables import table


@dataclass(frozen=True, slots=True)
class NewRung:
    """A decided rung of one occurrence."""

    occurrence_id: int
    due_rev: int
    decided: Decided


def add_rungs(session: Session, rungs: Sequence[NewRung], now: datetime) -> None:
    """Write decided rungs; one that is there already (same occurrence, revision, step, audience) stays as it is."""
    add_missing(
        session,
        table("reminder"),
        [
            {
                "occurrence_id": rung.occurrence_id,
                "due_rev": rung.due_rev,
                "step": rung.decided.step,
                "audience": rung.decided.audience.value,
                "send_on": rung.decided.send_on,
                "late": rung.decided.late,
                "state": rung.decided.state,
                "reason": rung.decided.reason,
                "decided_at": now,
                "ended_at": None if rung.decided.state == "queued" else now,
            }
            for rung in rungs
        ],
    )


def supersede_stale(session: Session, now: datetime) -> int:
    """End queued rungs whose work was closed, moved or handed over since; how many."""
    rungs, rows = table("reminder"), table("occurrence")
    stale = (
        select(rungs.c.id)
        .join(rows, rows.c.id == rungs.c.occurrence_id)
        .where(rungs.c.state == "queued", or_(rows.c.state != "open", rows.c.due_rev != rungs.c.due_rev))
    )
    ended = session.execute(
        update(rungs)
        .where(rungs.c.state == "queued", rungs.c.id.in_(stale))
        .values(state="superseded", reason="việc đã có văn bản gửi hoặc thời hạn đã đổi", ended_at=now)
    )
    return int(ended.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def supersede(session: Session, ids: Iterable[int], reason: str, now: datetime) -> None:
    """End queued rungs of these numbers."""
    rungs = table("reminder")
    session.execute(
        update(rungs)
        .where(among(session, rungs.c.id, ids), rungs.c.state == "queued")
        .values(state="superseded", reason=reason, ended_at=now)
    )


class Queued(NamedTuple):
    """A queued rung with what is needed to find whom it goes to."""

    id: int
    occurrence_id: int
    plan_id: int
    duty_id: int
    holder_id: int | None
    audience: Audience
    step: str
    send_on: date
    due_on: date
    basis: Basis
    reason: str


def any_queued(session: Session, day: date) -> bool:
    """Whether a rung is to be told on this day."""
    rungs = table("reminder")
    return bool(session.execute(select(exists().where(rungs.c.state == "queued", rungs.c.send_on <= day))).scalar())


def any_to_compose(session: Session, day: date, after: datetime | None) -> bool:
    """Whether a rung is to be told on this day that came up after the last delivery (any, when there was none)."""
    rungs = table("reminder")
    statement = select(rungs.c.id).where(rungs.c.state == "queued", rungs.c.send_on <= day).limit(1)
    if after is not None:
        statement = statement.where(rungs.c.decided_at > after)
    return session.execute(statement).first() is not None


def list_queued(session: Session, day: date) -> list[Queued]:
    """Rungs to be told on this day, oldest decision first. Order: number.

    Sorted here: asked to sort, SQLite would walk through the whole ledger by number.
    """
    rungs, rows = table("reminder"), table("occurrence")
    statement = (
        select(
            rungs.c.id, rungs.c.occurrence_id, rows.c.plan_id, rows.c.duty_id, rows.c.holder_id, rungs.c.audience,
            rungs.c.step, rungs.c.send_on, rows.c.due_on, rows.c.basis, rungs.c.reason,
        )
        .join(rows, rows.c.id == rungs.c.occurrence_id)
        .where(rungs.c.state == "queued", rungs.c.send_on <= day)
    )  # fmt: skip
    audiences, bases = {each.value: each for each in Audience}, {each.value: each for each in Basis}
    found = session.execute(statement).all()
    queued = [Queued._make((*row[:5], audiences[row[5]], *row[6:9], bases[row[9]], row[10])) for row in found]
    return sorted(queued, key=lambda rung: rung.id)


def still_queued(session: Session, ids: Iterable[int]) -> set[int]:
    """Those of these rungs that have not ended meanwhile."""
    rungs = table("reminder")
    found = session.execute(select(rungs.c.id).where(among(session, rungs.c.id, ids), rungs.c.state == "queued"))
    return set(found.scalars())


def linked_pairs(session: Session, day: date) -> set[tuple[int, int | None]]:
    """(rung, contact) of queued rungs that a living mail answers already. A held draft has its own turn."""
    rungs, links, messages = table("reminder"), table("message_reminder"), table("message")
    statement = (
        select(links.c.reminder_id, messages.c.contact_id)
        .join(messages, messages.c.id == links.c.message_id)
        .join(rungs, rungs.c.id == links.c.reminder_id)
        .where(
            rungs.c.state == "queued",
            rungs.c.send_on <= day,
            messages.c.state.in_(("held", "queued", "leased", "sent")),
        )
    )
    return {(row.reminder_id, row.contact_id) for row in session.execute(statement)}


def linked_pairs_of(session: Session, ids: Iterable[int]) -> set[tuple[int, int | None]]:
    """The same for these rungs: found from the rungs, not from all the mail their contacts ever got."""
    links, messages = table("message_reminder"), table("message")
    found = session.execute(
        select(links.c.reminder_id, messages.c.contact_id)
        .join(messages, messages.c.id == links.c.message_id)
        .where(among(session, links.c.reminder_id, ids), messages.c.state.in_(("held", "queued", "leased", "sent")))
    )
    return {(reminder, contact) for reminder, contact in found}


def sent_moments(session: Session, occurrence_ids: Iterable[int]) -> dict[int, list[datetime]]:
    """Moments at which the mail server took a reminder to the holder, by occurrence."""
    rungs = table("reminder")
    found: dict[int, list[datetime]] = {}
    for number, moment in session.execute(
        select(rungs.c.occurrence_id, rungs.c.ended_at)
        .where(
            among(session, rungs.c.occurrence_id, occurrence_ids),
            rungs.c.state == "sent",
            rungs.c.audience == "holder",
        )
        .order_by(rungs.c.ended_at)
    ):
        found.setdefault(number, []).append(moment)
    return found


def skipped_for_waiting(session: Session, occurrence_ids: Iterable[int], word: str) -> dict[int, int]:
    """Occurrences with a rung of their present revision that was skipped for this reason word: their revision."""
    rungs, rows = table("reminder"), table("occurrence")
    found: dict[int, int] = {}
    for batch in chunks(occurrence_ids):
        for row in session.execute(
            select(rungs.c.occurrence_id, rungs.c.due_rev)
            .join(rows, and_(rows.c.id == rungs.c.occurrence_id, rows.c.due_rev == rungs.c.due_rev))
            .where(
                rungs.c.occurrence_id.in_(batch),
                rungs.c.state == "skipped",
                rungs.c.audience == "holder",
                rungs.c.reason.like(f"{word}%"),
            )
        ):
            found[row.occurrence_id] = row.due_rev
    return found


def with_step(session: Session, occurrence_ids: Iterable[int], step: str) -> set[int]:
    """Those of the occurrences that have a rung of this step for their present deadline."""
    rungs, rows = table("reminder"), table("occurrence")
    found: set[int] = set()
    for batch in chunks(occurrence_ids):
        found |= set(
            session.execute(
                select(rungs.c.occurrence_id)
                .join(rows, and_(rows.c.id == rungs.c.occurrence_id, rows.c.due_rev == rungs.c.due_rev))
                .where(rungs.c.occurrence_id.in_(batch), rungs.c.step == step)
            ).scalars()
        )
    return found


def mark_sent(session: Session, message_id: int, now: datetime) -> None:
    """The relay took this mail: its queued rungs have reached somebody."""
    rungs, links = table("reminder"), table("message_reminder")
    session.execute(
        update(rungs)
        .where(
            rungs.c.state == "queued",
            rungs.c.id.in_(select(links.c.reminder_id).where(links.c.message_id == message_id)),
        )
        .values(state="sent", ended_at=now)
    )


def mark_failed(session: Session, message_id: int, reason: str, now: datetime) -> None:
    """This mail will never arrive: its rungs fail unless another living mail answers them."""
    rungs, links, messages = table("reminder"), table("message_reminder"), table("message")
    other = (
        exists()
        .where(links.c.reminder_id == rungs.c.id, links.c.message_id != message_id)
        .where(messages.c.id == links.c.message_id, messages.c.state.in_(("held", "queued", "leased", "sent")))
    )
    session.execute(
        update(rungs)
        .where(
            rungs.c.state == "queued",
            rungs.c.id.in_(select(links.c.reminder_id).where(links.c.message_id == message_id)),
            ~other,
        )
        .values(state="failed", reason=reason, ended_at=now)
    )


def count_by_state(session: Session, plan_id: int) -> dict[str, int]:
    """Rungs of a plan by state."""
    rungs, rows = table("reminder"), table("occurrence")
    statement = (
        select(rungs.c.state, func.count())
        .join(rows, rows.c.id == rungs.c.occurrence_id)
        .where(rows.c.plan_id == plan_id)
        .group_by(rungs.c.state)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def decided_lines(session: Session, plan_id: int, decided_at: datetime) -> list[str]:
    """One line per rung that a tick decided, for the anchor of its closing event; no column that changes later."""
    rungs, rows = table("reminder"), table("occurrence")
    statement = (
        select(rows.c.key, rungs.c.due_rev, rungs.c.step, rungs.c.audience, rungs.c.send_on)
        .join(rows, rows.c.id == rungs.c.occurrence_id)
        .where(rungs.c.decided_at == decided_at, rows.c.plan_id == plan_id, rungs.c.step != "ready")
    )
    found = session.execute(statement).all()
    return [f"{key}|{due_rev}|{step}|{audience}|{send_on}" for key, due_rev, step, audience, send_on in found]


def decided_moments(session: Session, plan_id: int, after: datetime | None = None) -> dict[datetime, int]:
    """Moments of ticks of a plan and how many rungs each decided, later than `after`."""
    rungs, rows = table("reminder"), table("occurrence")
    statement = (
        select(rungs.c.decided_at, func.count())
        .join(rows, rows.c.id == rungs.c.occurrence_id)
        .where(rows.c.plan_id == plan_id, rungs.c.step != "ready")
        .group_by(rungs.c.decided_at)
    )
    if after is not None:
        statement = statement.where(rungs.c.decided_at > after)
    return {row[0]: row[1] for row in session.execute(statement)}


def fail_stuck(session: Session, before: datetime, reason: str, now: datetime) -> int:
    """End queued rungs decided before this moment that were in a mail no server took, and are in none now; how many.

    What came back waits for a better address, however long.
    """
    rungs, links, messages = table("reminder"), table("message_reminder"), table("message")
    bounces = table("bounce")
    came_back = select(bounces.c.id).where(bounces.c.message_id == messages.c.id, bounces.c.kind == "permanent")
    tried = (
        select(links.c.reminder_id)
        .join(messages, messages.c.id == links.c.message_id)
        .where(messages.c.attempts > 0, links.c.reminder_id == rungs.c.id, ~came_back.exists())
    )
    alive = (
        select(links.c.reminder_id)
        .join(messages, messages.c.id == links.c.message_id)
        .where(messages.c.state.in_(("held", "queued", "leased", "sent")), links.c.reminder_id == rungs.c.id)
    )
    ended = session.execute(
        update(rungs)
        .where(rungs.c.state == "queued", rungs.c.decided_at < before, tried.exists(), ~alive.exists())
        .values(state="failed", reason=reason, ended_at=now)
    )
    return int(ended.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def occurrences_called(session: Session) -> set[int]:
    """Occurrences whose phone task reached the lead officer."""
    rungs = table("reminder")
    return set(
        session.execute(
            select(rungs.c.occurrence_id).where(rungs.c.audience == "call", rungs.c.state == "sent")
        ).scalars()
    )
