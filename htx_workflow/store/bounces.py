"""Reports of mail that came back (thư trả lại), and addresses that failed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, func, insert, select, update
from sqlmodel import Session

from htx_workflow.store.access import living
from htx_workflow.store.rows import among
from htx_workflow.store.tables import table


def was_read(session: Session, mark: str) -> bool:
    """Whether this report was read before."""
    rows = table("bounce")
    return session.execute(select(rows.c.id).where(rows.c.mark == mark)).first() is not None


def add(
    session: Session, mark: str, now: datetime, kind: str, *, message_id: int | None = None,
    contact_id: int | None = None, status: str = "", reason: str = "",
) -> None:  # fmt: skip
    """Keep that it was read, and what it said."""
    session.execute(
        insert(table("bounce")).values(
            mark=mark, at=now, kind=kind, message_id=message_id, contact_id=contact_id, status=status, reason=reason
        )
    )


def find_by_key(session: Session, key: str) -> Any:
    """A mail by its key: number, key, address, contact, state; None without one."""
    rows = table("message")
    return session.execute(
        select(rows.c.id, rows.c.key, rows.c.address, rows.c.contact_id, rows.c.state).where(rows.c.key == key)
    ).first()


def list_sent_to(session: Session, addresses: Sequence[str], since: date) -> list[Any]:
    """Mails to contacts with these addresses since a day, the newest first; found from the contacts."""
    rows, contacts = table("message"), table("contact")
    owners = session.execute(select(contacts.c.id).where(func.lower(contacts.c.address).in_(addresses))).scalars().all()
    return list(
        session.execute(
            select(rows.c.id, rows.c.key, rows.c.address, rows.c.contact_id, rows.c.state)
            .where(rows.c.contact_id.in_(owners), rows.c.day >= since)
            .order_by(rows.c.id.desc())
        )
    )


def mark_failed(session: Session, address: str, now: datetime, today: date) -> list[Any]:
    """Living contacts at this address get no mail from now on; those that got some until now: number, code, agency."""
    rows = table("contact")
    return list(
        session.execute(
            update(rows)
            .where(
                func.lower(rows.c.address) == address.lower(), rows.c.channel == "email",
                rows.c.address_failed_at.is_(None), living(rows, today),
            )
            .values(address_failed_at=now)
            .returning(rows.c.id, rows.c.code, rows.c.agency_id, rows.c.name, rows.c.unit, rows.c.phone)
        )
    )  # fmt: skip


def clear(session: Session, code: str) -> bool:
    """The address of this contact is good; False when nothing was known against it."""
    rows = table("contact")
    touched = session.execute(
        update(rows).where(rows.c.code == code, rows.c.address_failed_at.is_not(None)).values(address_failed_at=None)
    )
    return bool(touched.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def take_back(session: Session, message_id: int, reason: str) -> int:
    """A mail that came back: it has failed, and its rungs wait again, unless another mail of them arrived."""
    messages, links, rungs, rows = table("message"), table("message_reminder"), table("reminder"), table("occurrence")
    session.execute(
        update(messages)
        .where(messages.c.id == message_id)
        .values(state="failed", reason=reason[:400], lease_until=None, next_attempt_at=None)
    )
    others = links.alias("others")
    arrived = exists().where(
        others.c.reminder_id == rungs.c.id, messages.c.id == others.c.message_id,
        messages.c.state.in_(("held", "queued", "leased", "sent")),
    )  # fmt: skip
    stands = exists().where(
        rows.c.id == rungs.c.occurrence_id, rows.c.state == "open", rows.c.due_rev == rungs.c.due_rev
    )
    touched = session.execute(
        update(rungs)
        .where(
            rungs.c.id.in_(select(links.c.reminder_id).where(links.c.message_id == message_id)),
            rungs.c.state.in_(("sent", "failed")), ~arrived, stands,
        )
        .values(state="queued", ended_at=None)
    )  # fmt: skip
    return int(touched.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def cancel_waiting(session: Session, contact_ids: Sequence[int], reason: str) -> None:
    """Mail that waits for these contacts does not leave; what it was to tell is told when the address is right again."""
    rows = table("message")
    session.execute(
        update(rows)
        .where(rows.c.contact_id.in_(contact_ids), rows.c.state == "queued", rows.c.kind != "code")
        .values(state="cancelled", reason=reason, next_attempt_at=None, attempts=0)
    )


def to_failed_addresses(session: Session, message_ids: Sequence[int]) -> set[int]:
    """Those of these mails that go to an address known to have failed; codes, which a person asks for, are none."""
    rows, contacts = table("message"), table("contact")
    return set(
        session.execute(
            select(rows.c.id)
            .join(contacts, contacts.c.id == rows.c.contact_id)
            .where(
                rows.c.id.in_(message_ids), rows.c.kind != "code", contacts.c.address_failed_at.is_not(None),
                contacts.c.address == rows.c.address,
            )
        ).scalars()
    )  # fmt: skip


def list_failed(session: Session, today: date, agency_ids: Sequence[int] | None = None) -> list[Any]:
    """Living contacts whose address failed, with what the last report said; of some agencies or of all."""
    contacts, agencies, rows, messages = table("contact"), table("agency"), table("bounce"), table("message")
    last = (
        select(rows.c.contact_id, func.max(rows.c.id).label("id"))
        .where(rows.c.kind == "permanent", rows.c.contact_id.is_not(None))
        .group_by(rows.c.contact_id)
        .subquery("last")
    )
    statement = (
        select(
            contacts.c.id, contacts.c.code, contacts.c.agency_id, contacts.c.name, contacts.c.unit, contacts.c.phone,
            contacts.c.address, contacts.c.address_failed_at, contacts.c.approves, contacts.c.admin,
            agencies.c.code.label("agency"), rows.c.status, rows.c.reason, messages.c.subject, messages.c.key,
        )
        .join(agencies, agencies.c.id == contacts.c.agency_id)
        .outerjoin(last, last.c.contact_id == contacts.c.id)
        .outerjoin(rows, rows.c.id == last.c.id)
        .outerjoin(messages, messages.c.id == rows.c.message_id)
        .where(contacts.c.address_failed_at.is_not(None), living(contacts, today))
        .order_by(agencies.c.sort, contacts.c.id)
    )  # fmt: skip
    return list(
        session.execute(
            statement if agency_ids is None else statement.where(among(session, contacts.c.agency_id, agency_ids))
        )
    )


def leads_of(session: Session, agency_ids: Sequence[int]) -> list[int]:
    """Numbers of the agencies that lead a plan in which one of these holds work."""
    rows, plans, agencies = table("occurrence"), table("plan"), table("agency")
    return list(
        session.execute(
            select(agencies.c.id)
            .join(plans, plans.c.lead_id == agencies.c.id)
            .where(plans.c.id.in_(select(rows.c.plan_id).where(rows.c.holder_id.in_(agency_ids)).distinct()))
            .distinct()
        ).scalars()
    )


def count_by_kind(session: Session, since: datetime) -> dict[str, int]:
    """Reports read since this moment."""
    rows = table("bounce")
    found = session.execute(select(rows.c.kind, func.count()).where(rows.c.at >= since).group_by(rows.c.kind))
    return {row[0]: row[1] for row in found}


def list_last(session: Session, limit: int) -> list[Any]:
    """The reports read last: moment, kind, mail, address, contact, status, what was said."""
    rows, messages, contacts = table("bounce"), table("message"), table("contact")
    return list(
        session.execute(
            select(
                rows.c.at, rows.c.kind, messages.c.key, messages.c.address, contacts.c.code.label("contact"),
                rows.c.status, rows.c.reason,
            )
            .outerjoin(messages, messages.c.id == rows.c.message_id)
            .outerjoin(contacts, contacts.c.id == rows.c.contact_id)
            .order_by(rows.c.id.desc())
            .limit(limit)
        )
    )  # fmt: skip
