"""The outbox (hộp thư đi): rendered mails with leases, attempts and their end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, exists, func, or_, select, text, true, update
from sqlmodel import Session

from htx_workflow.store.rows import add_all, add_missing, among
from htx_workflow.store.tables import table

ALIVE = ("held", "queued", "leased", "sent")
UNSENT = text("message.state IN ('queued', 'leased')")
"""In the very words of the partial index: with parameters SQLite would read every mail there ever was."""


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A mail to queue or hold, with the rungs it answers."""

    key: str
    kind: str
    contact_id: int | None
    plan_id: int | None
    address: str
    day: date
    subject: str
    body_text: str
    body_html: str
    reply_to: str
    reminder_ids: tuple[int, ...] = ()
    held: bool = False
    approved_by: str = ""


@dataclass(frozen=True, slots=True)
class Leased:
    """A mail a delivering process has taken until `lease_until`, which also tells its lease from any other."""

    id: int
    key: str
    kind: str
    address: str
    subject: str
    body_text: str
    body_html: str
    reply_to: str
    attempts: int
    doubtful: bool
    composed_at: datetime
    lease_until: datetime


def add_messages(session: Session, messages: Sequence[NewMessage], now: datetime) -> int:
    """Queue mails whose key is not there yet, with their links; how many went in."""
    links = {message.key: message.reminder_ids for message in messages}
    added = add_missing(
        session,
        table("message"),
        [
            {
                "key": message.key,
                "kind": message.kind,
                "plan_id": message.plan_id,
                "contact_id": message.contact_id,
                "address": message.address,
                "day": message.day,
                "subject": message.subject,
                "body_text": message.body_text,
                "body_html": message.body_html,
                "reply_to": message.reply_to,
                "state": "held" if message.held else "queued",
                "reason": "",
                "attempts": 0,
                "doubtful": False,
                "composed_at": now,
                "next_attempt_at": None if message.held else now,
                "approved_by": message.approved_by,
            }
            for message in messages
        ],
        "id",
        "key",
    )
    add_all(
        session,
        table("message_reminder"),
        [{"message_id": number, "reminder_id": rung} for number, key in added for rung in links[key]],
    )
    return len(added)


def counts_of_day(session: Session, kind: str, contact_ids: Iterable[int], day: date) -> dict[int, int]:
    """How many mails of this kind each contact has for this day, whatever became of them."""
    messages = table("message")
    found = session.execute(
        select(messages.c.contact_id, func.count())
        .where(among(session, messages.c.contact_id, contact_ids), messages.c.day == day, messages.c.kind == kind)
        .group_by(messages.c.contact_id)
    )
    return {row[0]: row[1] for row in found}


def next_number(session: Session, stem: str) -> int:
    """The least n for which no mail has the key `stem/n`: asked by key, not by reading the mails of a plan."""
    messages = table("message")
    number = 1
    while session.execute(select(messages.c.id).where(messages.c.key == f"{stem}/{number}")).first() is not None:
        number += 1
    return number


def cancel_older_digests(session: Session, day: date, now: datetime) -> int:
    """Digests of earlier days that never reached a relay: their rungs are composed anew today.

    One that a process took and dropped before DATA, its lease run out, never reached a relay either.
    """
    messages = table("message")
    ended = session.execute(
        update(messages)
        .where(
            UNSENT,
            messages.c.kind == "digest",
            or_(messages.c.state == "queued", and_(messages.c.state == "leased", messages.c.lease_until < now)),
            messages.c.day < day,
            messages.c.handed_at.is_(None),
        )
        .values(
            state="cancelled",
            reason="chưa gửi được trong ngày, gộp vào thư ngày sau",
            next_attempt_at=None,
            lease_until=None,
        )
    )
    return int(ended.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def pass_on(session: Session, from_id: int, to: tuple[int, str] | None, reason: str) -> tuple[int, int]:
    """Mail that waits for a contact who left: (passed on, cancelled).

    Digests and codes are cancelled: rungs without a living mail are composed anew for whoever speaks now. Everything
    else goes to the other contact (number, address); the link in it is made for whom it goes to.
    """
    messages = table("message")
    waiting = messages.c.contact_id == from_id, UNSENT, messages.c.state == "queued", messages.c.handed_at.is_(None)
    own = messages.c.kind.in_(("digest", "code")) if to else true()
    gone = session.execute(
        update(messages).where(*waiting, own).values(state="cancelled", reason=reason, next_attempt_at=None)
    )
    passed = 0
    if to is not None:
        moved = session.execute(update(messages).where(*waiting).values(contact_id=to[0], address=to[1]))
        passed = int(moved.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
    return passed, int(gone.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def cancel_held(session: Session, plan_id: int, kind: str, reason: str) -> int:
    """Take back the drafts of this kind that still wait for approval."""
    messages = table("message")
    ended = session.execute(
        update(messages)
        .where(messages.c.plan_id == plan_id, messages.c.kind == kind, messages.c.state == "held")
        .values(state="cancelled", reason=reason)
    )
    return int(ended.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def lease(session: Session, now: datetime, until: datetime, limit: int, key: str = "") -> list[Leased]:
    """Take the next mails that are due, or whose lease ran out; the latter are doubtful if DATA had begun.

    With a key only that mail is taken, if it is due.
    """
    messages = table("message")
    due = or_(
        and_(messages.c.state == "queued", messages.c.next_attempt_at <= now),
        and_(messages.c.state == "leased", messages.c.lease_until < now),
    )
    rows = session.execute(
        select(
            messages.c.id, messages.c.key, messages.c.kind, messages.c.address, messages.c.subject,
            messages.c.body_text, messages.c.body_html, messages.c.reply_to, messages.c.attempts,
            messages.c.doubtful, messages.c.composed_at, messages.c.handed_at,
        )
        .where(UNSENT, due, messages.c.key == key if key else true())
        .order_by(messages.c.next_attempt_at, messages.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()  # fmt: skip
    lost = [row.id for row in rows if row.handed_at is not None]
    session.execute(
        update(messages)
        .where(messages.c.id.in_([row.id for row in rows]))
        .values(state="leased", lease_until=until, attempts=messages.c.attempts + 1)
    )
    session.execute(update(messages).where(messages.c.id.in_(lost)).values(doubtful=True))
    return [
        Leased(
            row.id, row.key, row.kind, row.address, row.subject, row.body_text, row.body_html, row.reply_to,
            row.attempts + 1, row.doubtful or row.handed_at is not None, row.composed_at, until,
        )
        for row in rows
    ]  # fmt: skip


def without_living_rungs(session: Session, ids: Sequence[int]) -> set[int]:
    """Those of the mails that answer rungs, none of which stands any more."""
    links, rungs, rows = table("message_reminder"), table("reminder"), table("occurrence")
    answering = set(session.execute(select(links.c.message_id).where(links.c.message_id.in_(ids)).distinct()).scalars())
    alive = session.execute(
        select(links.c.message_id)
        .join(rungs, rungs.c.id == links.c.reminder_id)
        .join(rows, rows.c.id == rungs.c.occurrence_id)
        .where(
            links.c.message_id.in_(ids),
            rungs.c.state.in_(("queued", "sent")),
            rows.c.state == "open",
            rows.c.due_rev == rungs.c.due_rev,
        )
        .distinct()
    ).scalars()
    return answering - set(alive)


def mark_handed(session: Session, message: Leased, now: datetime, until: datetime) -> Leased | None:
    """DATA begins now and the lease starts anew; None when it ran out and somebody else took the mail."""
    if not _end_lease(session, message, state="leased", handed_at=now, lease_until=until):
        return None
    return replace(message, lease_until=until)


def mark_sent(session: Session, message_id: int, reply: str, now: datetime) -> None:
    """The relay accepted it, whoever holds the lease by now: nobody needs to send it again."""
    messages = table("message")
    session.execute(
        update(messages)
        .where(messages.c.id == message_id)
        .values(state="sent", reason=reply[:400], sent_at=now, lease_until=None, next_attempt_at=None)
    )


def mark_later(
    session: Session, message: Leased, reason: str, next_attempt_at: datetime, *, doubtful: bool, counted: bool
) -> None:
    """Try again then. A doubtful one keeps the moment DATA began; trouble of the server is not counted against it."""
    values: dict[str, Any] = {"state": "queued", "reason": reason[:400], "next_attempt_at": next_attempt_at}
    if doubtful:
        values["doubtful"] = True
    else:
        values["handed_at"] = None
    if not counted:
        values["attempts"] = message.attempts - 1
    _end_lease(session, message, **values)


def unlease(session: Session, message: Leased, now: datetime) -> None:
    """Back to the queue without having been tried."""
    _end_lease(session, message, state="queued", attempts=message.attempts - 1, next_attempt_at=now)


def mark_failed(session: Session, message: Leased, reason: str, *, doubtful: bool) -> bool:
    """It will never arrive; `doubtful`: unless it has. False when somebody else took the mail meanwhile.

    A refusal leaves no doubt about this attempt, so that giving the mail another chance is not a second sending.
    """
    doubt = {"doubtful": True} if doubtful else {"handed_at": None}
    return _end_lease(session, message, state="failed", reason=reason[:400], next_attempt_at=None, **doubt)


def _end_lease(session: Session, message: Leased, **values: Any) -> bool:
    """Write what became of a leased mail; False, and nothing, when the lease is no longer ours."""
    messages = table("message")
    touched = session.execute(
        update(messages)
        .where(
            messages.c.id == message.id,
            messages.c.state == "leased",
            messages.c.lease_until == message.lease_until,
        )
        .values({"lease_until": None, **values})
    )
    return bool(touched.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def mark_cancelled(session: Session, message_ids: Iterable[int], reason: str, **also: int) -> None:
    """Nothing is left to say, or nobody to say it to; `also` sets other columns."""
    messages = table("message")
    session.execute(
        update(messages)
        .where(messages.c.id.in_(list(message_ids)))
        .values(state="cancelled", reason=reason, lease_until=None, next_attempt_at=None, **also)
    )


def requeue(session: Session, key: str, now: datetime) -> bool:
    """Give a failed or waiting mail another chance now; its failed rungs are queued again."""
    messages, links, rungs = table("message"), table("message_reminder"), table("reminder")
    number = session.execute(
        update(messages)
        .where(messages.c.key == key, messages.c.state.in_(("failed", "queued")))
        .values(state="queued", next_attempt_at=now, attempts=0, reason="")
        .returning(messages.c.id)
    ).scalar()
    if number is None:
        return False
    session.execute(
        update(rungs)
        .where(
            rungs.c.state == "failed",
            rungs.c.id.in_(select(links.c.reminder_id).where(links.c.message_id == number)),
        )
        .values(state="queued", ended_at=None)
    )
    return True


def list_messages(session: Session, state: str | None, limit: int) -> list[Any]:
    """The newest mails, of one state or all."""
    messages = table("message")
    statement = select(
        messages.c.id, messages.c.key, messages.c.kind, messages.c.address, messages.c.subject, messages.c.day,
        messages.c.state, messages.c.reason, messages.c.attempts, messages.c.doubtful, messages.c.next_attempt_at,
        messages.c.sent_at,
    ).order_by(messages.c.id.desc()).limit(limit)  # fmt: skip
    if state == "doubtful":
        statement = statement.where(messages.c.doubtful.is_(True))
    elif state:
        statement = statement.where(messages.c.state == state)
    return list(session.execute(statement))


def list_sent_at(session: Session, moment: datetime) -> list[Any]:
    """Mails the relay accepted at this moment, by key."""
    messages = table("message")
    return list(
        session.execute(
            select(messages.c.key, messages.c.address, messages.c.subject)
            .where(messages.c.sent_at == moment)
            .order_by(messages.c.key)
        )
    )


def find_message(session: Session, key: str) -> Any:
    """A whole mail by its key, or None."""
    messages = table("message")
    return session.execute(select(messages).where(messages.c.key == key)).first()


def rungs_of(session: Session, message_id: int) -> list[Any]:
    """The rungs a mail answers: occurrence key, step, audience, state, reason."""
    links, rungs, rows = table("message_reminder"), table("reminder"), table("occurrence")
    return list(
        session.execute(
            select(rows.c.key, rungs.c.id, rungs.c.step, rungs.c.audience, rungs.c.state, rungs.c.reason)
            .join(links, links.c.reminder_id == rungs.c.id)
            .join(rows, rows.c.id == rungs.c.occurrence_id)
            .where(links.c.message_id == message_id)
            .order_by(rungs.c.id)
        )
    )


def any_waiting(session: Session, now: datetime) -> bool:
    """Whether a mail could leave now."""
    messages = table("message")
    return bool(
        session.execute(
            select(
                exists(messages.c.id).where(
                    UNSENT, or_(messages.c.next_attempt_at <= now, messages.c.lease_until < now)
                )
            )
        ).scalar()
    )


def count_of_day(session: Session, day: date) -> list[Any]:
    """Mails of a day: kind, state, mails."""
    messages = table("message")
    return list(
        session.execute(
            select(messages.c.kind, messages.c.state, func.count().label("mails"))
            .where(messages.c.day == day)
            .group_by(messages.c.kind, messages.c.state)
            .order_by(messages.c.kind, messages.c.state)
        )
    )


def count_by_state(session: Session) -> dict[str, int]:
    """Mails by state."""
    messages = table("message")
    return {
        row[0]: row[1] for row in session.execute(select(messages.c.state, func.count()).group_by(messages.c.state))
    }
