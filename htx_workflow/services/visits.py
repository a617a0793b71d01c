"""Sessions (phiên đăng nhập): opening one for a contact, finding who stands behind a token, ending it."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from htx_workflow.domain import audit, words
from htx_workflow.domain.plan import AgencyKind
from htx_workflow.domain.visitors import Delegated, Visitor
from htx_workflow.services import leaving
from htx_workflow.store import access, access_keys, audit_chain
from htx_workflow.store.access import VisitRow
from htx_workflow.store.database import Session

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
LINK_DAYS = 14
"""A session opened by a link or with a code lasts so long."""
TOKEN_BYTES = 32
NO_ROLES: frozenset[str] = frozenset()
VIEW = "access.view"


def hashed(token: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_(
    session: Session,
    contact_id: int,
    strength: str,
    now: datetime,
    *,
    subject: str,
    person_id: int | None = None,
    message_id: int | None = None,
    browser: str = "",
    until: datetime | None = None,
) -> str:
    """A new session of this contact: the token for its cookie, which is kept nowhere.

    It lasts 14 days, or until `until` when that comes first.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    longest = now + timedelta(days=LINK_DAYS)
    number = access.add(
        session, kind="session", contact_id=contact_id, person_id=person_id, token_sha256=hashed(token),
        strength=strength, made_at=now, made_by=subject, expires_at=min(until or longest, longest),
        message_id=message_id, browser=browser,
    )  # fmt: skip
    audit_chain.note(session, audit.Event(now, subject, "session.open", f"session/{number}", {"strength": strength}))
    return token


def find(session: Session, token: str, now: datetime, today: date) -> Visitor | None:
    """Who stands behind this token, or None when it opens nothing (any more). Three reads at most."""
    row = access.find_visit(session, hashed(token), now, today)
    if row is None:
        return None
    if row.audits_until is not None:
        return _auditor(row, access.all_plans(session))
    leads, follows = access.plans_of(session, row.agency_id)
    people = [row.contact_id] if row.from_id is None else [row.contact_id, row.from_id]
    roles = access.roles_of(session, people, row.agency_id, today)
    own = roles[row.contact_id]
    delegated = _delegated(row, roles.get(row.from_id or 0, NO_ROLES))
    return Visitor(
        session_id=row.session_id,
        strength=row.strength,
        expires_at=row.expires_at,
        contact_id=row.contact_id,
        contact=row.contact,
        shared=row.shared,
        contact_name=row.contact_name,
        agency_id=row.agency_id,
        agency=row.agency,
        agency_kind=AgencyKind(row.agency_kind),
        agency_name=row.agency_name or row.agency,
        agency_short=row.agency_short or row.agency,
        person_id=row.person_id,
        person_name=row.person_name or row.contact_name,
        admin=row.admin,
        approves=row.approves or (delegated is not None and delegated.approves),
        roles=own | (delegated.roles if delegated else NO_ROLES),
        leads=leads,
        follows=follows,
        delegation=delegated,
        own_roles=own,
        own_approves=row.approves,
    )


def _auditor(row: VisitRow, plans: frozenset[int]) -> Visitor:
    """Reads every plan whole, and has no role, no right and no delegation of any kind."""
    return Visitor(
        session_id=row.session_id, strength=row.strength, expires_at=row.expires_at, contact_id=row.contact_id,
        contact=row.contact, shared=row.shared, contact_name=row.contact_name, agency_id=row.agency_id,
        agency=row.agency, agency_kind=AgencyKind(row.agency_kind), agency_name=row.agency_name or row.agency,
        agency_short=row.agency_short or row.agency, person_id=row.person_id,
        person_name=row.person_name or row.contact_name, admin=False, approves=False, roles=NO_ROLES,
        leads=frozenset(), follows=plans, audits_until=row.audits_until,
    )  # fmt: skip


def _delegated(row: VisitRow, roles: frozenset[str]) -> Delegated | None:
    """The delegation of this row, while the one who gave it is there."""
    if row.delegation_id is None or row.from_id is None:
        return None
    assert row.until is not None
    assert row.document_dated is not None
    return Delegated(
        id=row.delegation_id,
        form=row.form or "",
        name=row.from_name or row.from_unit or row.from_code or "",
        title=row.from_title or "",
        until=row.until,
        document=words.citation(row.document_number or "", row.document_dated),
        approves=bool(row.from_approves),
        roles=roles,
    )


def end(session: Session, credential_id: int, by: str, now: datetime) -> bool:
    """End a session or another credential; False when it had ended before."""
    ended = access.end(session, credential_id, now, by)
    if ended:
        audit_chain.note(session, audit.Event(now, by, "session.end", f"session/{credential_id}", {}))
    return ended


def end_others(session: Session, visitor: Visitor, now: datetime) -> int:
    """End every session of the visitor's contact but the one he is in; how many."""
    ended = access.end_others(session, visitor.contact_id, visitor.session_id, now, visitor.actor)
    if ended:
        detail: dict[str, object] = {"sessions": ended}
        audit_chain.note(session, audit.Event(now, visitor.actor, "session.end-others", visitor.contact, detail))
    return ended


def end_of_contacts(session: Session, contacts: dict[str, int], by: str, now: datetime) -> None:
    """These contacts (code, number) have left: what lets them in, and what they gave or took on, ends at once."""
    numbers = list(contacts.values())
    if not numbers:
        return
    leaving.end_access(session, now, by, contact_ids=numbers)
    for code in sorted(contacts):
        audit_chain.note(session, audit.Event(now, by, "contact.end", f"contact/{code}", {}))


def revoke_links(session: Session, contact: str, contact_id: int, by: str, now: datetime) -> int:
    """Links of mails, sheets, codes and what they opened let nobody in any more; how many of these ended.

    Calendar addresses end with them: they stand in programs, and whoever has one reads along.
    """
    access.revoke_links(session, contact_id, now)
    ended = access.end_weak(session, contact_id, now, by) + access_keys.end_feeds(session, contact_id, now, by)
    detail: dict[str, object] = {"ended": ended}
    audit_chain.note(session, audit.Event(now, by, "links.revoke", f"contact/{contact}", detail))
    return ended


def reopen(
    session: Session,
    contact_id: int,
    strength: str,
    now: datetime,
    *,
    subject: str,
    last_token: str,
    message_id: int | None = None,
    browser: str = "",
    until: datetime | None = None,
) -> str:
    """A session in the place of the one that a browser has or had: that one ends, its person is remembered."""
    today = now.astimezone(LOCAL).date()
    last = access.find(session, hashed(last_token)) if last_token else None
    person_id = access.find_person(session, hashed(last_token), contact_id, today) if last is not None else None
    if last is not None and last.kind == "session":
        end(session, last.id, last.contact, now)
    return open_(
        session, contact_id, strength, now, subject=subject, person_id=person_id, message_id=message_id,
        browser=browser, until=until,
    )  # fmt: skip


def note_foreign(session: Session, visitor: Visitor, path: str, now: datetime) -> bool:
    """Record that a session or a program asked for what is not its own: one event for each of them and hour."""
    kind = "key" if visitor.strength == "token" else "session"
    subject = f"{kind}/{visitor.session_id}/{now:%Y-%m-%dT%H}"
    if audit_chain.has(session, "access.foreign", subject):
        return False
    audit_chain.note(session, audit.Event(now, visitor.actor, "access.foreign", subject, {"path": path[:200]}))
    return True


def view_is_noted(session: Session, visitor: Visitor, room: str, now: datetime) -> bool:
    """Whether the audit says that this session was in this room in this hour."""
    return audit_chain.has(session, VIEW, _view(visitor, room, now))


def note_view(session: Session, visitor: Visitor, room: str, now: datetime) -> None:
    """Record that an auditor looked at a room: one event for each session, hour and room."""
    audit_chain.note(session, audit.Event(now, visitor.actor, VIEW, _view(visitor, room, now), {}))


def _view(visitor: Visitor, room: str, now: datetime) -> str:
    return f"session/{visitor.session_id}/{now:%Y-%m-%dT%H}{room}"
