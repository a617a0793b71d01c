"""The audit as its page shows it (trang nhật ký): searched by whoever acted, act, subject and days; verified in words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from htx_workflow.domain import audit, audit_words, collation, words
from htx_workflow.domain.errors import BadInput
from htx_workflow.services import audits, who_words
from htx_workflow.services.audits import Verified
from htx_workflow.store import audit_chain, audit_search
from htx_workflow.store.audit_search import EventRow, Wanted
from htx_workflow.store.database import Session

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
MOST_PEOPLE = 50
"""A name that fits more people is too short to look for."""
VERIFY, WHOLE = "audit.verify", "audit"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form of the page says; empty fields ask for everything."""

    who: str = ""
    act: str = ""
    subject: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One event in words."""

    seq: int
    at: datetime
    who: str
    actor: str
    act: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some events, and the numbers to go on from; None where there are no more."""

    lines: tuple[Line, ...]
    older: int | None = None
    newer: int | None = None


def list_page(
    session: Session, asked: Asked, size: int, *, before: int | None = None, after: int | None = None
) -> Page:
    """One page, the newest first. Raises BadInput."""
    rows = audit_search.list_events(session, _wanted(session, asked), size + 1, before=before, after=after)
    more, rows = len(rows) > size, rows[1:] if after is not None and len(rows) > size else rows[:size]
    lines = tuple(in_words(session, rows))
    if not lines:
        return Page(lines)
    older = lines[-1].seq if (more or after is not None) else None
    newer = lines[0].seq if (before is not None or (after is not None and more)) else None
    return Page(lines, older, newer)


def list_all(session: Session, asked: Asked, most: int) -> list[Line]:
    """Up to `most` events and one, the newest first: for a file."""
    return in_words(session, audit_search.list_events(session, _wanted(session, asked), most + 1))


def in_words(session: Session, rows: Sequence[EventRow]) -> list[Line]:
    """Events as people read them."""
    names = who_words.names_of(session, {row.actor for row in rows})
    return [
        Line(
            row.seq, row.at, names[row.actor], row.actor, audit_words.act_words(row.act),
            audit_words.subject_words(row.subject), _detail(row.detail),
        )
        for row in rows
    ]  # fmt: skip


def _detail(text: str) -> str:
    """sent_on: 2025-11-20; strength: code."""
    found: Mapping[str, object] = json.loads(text)
    return "; ".join(f"{name}: {_plain(value)}" for name, value in found.items() if value not in (None, "", [], {}))


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _wanted(session: Session, asked: Asked) -> Wanted:
    if asked.first and asked.last and asked.first > asked.last:
        raise BadInput("Từ ngày sau đến ngày. Đề nghị kiểm tra lại hai ngày.")
    contacts, persons = _people(session, asked.who) if asked.who.strip() else (None, ())
    return Wanted(
        contacts, persons, asked.act, asked.subject.strip(),
        datetime.combine(asked.first, time(), LOCAL) if asked.first else None,
        datetime.combine(asked.last + timedelta(days=1), time(), LOCAL) if asked.last else None,
    )  # fmt: skip


def _people(session: Session, text: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Contacts and persons of this name or code. Raises BadInput where too many fit."""
    typed = text.strip()
    if collation.fold(typed) in ("system", collation.fold(audit_words.SYSTEM)):
        return ("system",), ()
    people = audit_search.list_people(session)
    found = [each for each in people if each.code == typed] or [
        each for each in people if collation.contains(each.words, typed)
    ]
    if len(found) > MOST_PEOPLE:
        raise BadInput(f'Có hơn {MOST_PEOPLE} người khớp "{typed[:60]}". Đề nghị ghi đủ họ tên, hoặc mã đầu mối.')
    contacts = tuple(each.code for each in found if each.number is None)
    return contacts or (typed,), tuple(each.number for each in found if each.number is not None)


def verify(session: Session) -> Verified:
    """The chain computed anew; only reads."""
    return audits.verify(session)


def note_verified(session: Session, found: Verified, by: str, now: datetime) -> None:
    """Record who verified, and what came of it."""
    detail: dict[str, object] = {
        "events": found.events, "broken": len(found.broken),
        "first": found.first.isoformat() if found.first else None, "last": found.last.isoformat() if found.last else None,
    }  # fmt: skip
    audit_chain.note(session, audit.Event(now, by, VERIFY, WHOLE, detail))


@dataclass(frozen=True, slots=True)
class Last:
    """What the last verification found, and when it was."""

    sentence: str
    whole: bool


def last_verified(session: Session) -> Last | None:
    """From the audit itself; None before the first."""
    found = audit_chain.last_detail(session, VERIFY, WHOLE)
    if found is None or found.get("first") is None:
        return None
    first, last = (datetime.fromisoformat(str(found[name])) for name in ("first", "last"))
    whole = found["broken"] == 0
    return Last(sentence_of(first, last, int(str(found["events"])), whole=whole), whole)


def sentence_of(first: datetime, last: datetime, events: int, *, whole: bool) -> str:
    """Nhật ký nguyên vẹn từ … đến …"""
    return (
        words.said(
            "Nhật ký nguyên vẹn từ %(first)s đến %(last)s (%(events)s sự kiện).",
            first=words.said_moment(first.astimezone(LOCAL)), last=words.said_moment(last.astimezone(LOCAL)), events=events,
        )
        if whole
        else words.said(
            "Nhật ký từ %(first)s đến %(last)s (%(events)s sự kiện) có chỗ không khớp.",
            first=words.said_moment(first.astimezone(LOCAL)), last=words.said_moment(last.astimezone(LOCAL)), events=events,
        )
    )  # fmt: skip
