"""Sessions (phiên đăng nhập): opening one for a contact, finding who stands behind a token, ending it."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime, timedelta

from htx_workflow.domain import audit
from htx_workflow.domain.plan import AgencyKind
from htx_workflow.domain.visitors import Visitor
from htx_workflow.store import access, audit_chain
from htx_workflow.store import agencies as agency_store
from htx_workflow.store.database import Session

LINK_DAYS = 14
"""A session opened by a link or with a code lasts so long."""
TOKEN_BYTES = 32


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
) -> str:
    """A new session of this contact: the token for its cookie, which is kept nowhere."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    number = access.add(
        session, kind="session", contact_id=contact_id, person_id=person_id, token_sha256=hashed(token),
        strength=strength, made_at=now, made_by=subject, expires_at=now + timedelta(days=LINK_DAYS),
        message_id=message_id, browser=browser,
    )  # fmt: skip
    audit_chain.note(session, audit.Event(now, subject, "session.open", f"session/{number}", {"strength": strength}))
    return token


def find(session: Session, token: str, now: datetime, today: date) -> Visitor | None:
    """Who stands behind this token, or None when it opens nothing (any more). Five reads at most."""
    row = access.find_visit(session, hashed(token), now, today)
    if row is None:
        return None
    leads, follows = access.plans_of(session, row.agency_id)
    name, short = agency_store.name_on(session, row.agency_id, today)
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
        agency_name=name,
        agency_short=short,
        person_id=row.person_id,
        person_name=row.person_name or row.contact_name,
        admin=row.admin,
        approves=row.approves,
        roles=access.roles_of(session, row.contact_id, row.agency_id, today),
        leads=leads,
        follows=follows,
    )


def end(session: Session, credential_id: int, by: str, now: datetime) -> bool:
    """End a session or another credential; False when it had ended before."""
    ended = access.end(session, credential_id, now, by)
    if ended:
        audit_chain.note(session, audit.Event(now, by, "session.end", f"session/{credential_id}", {}))
    return ended


def note_foreign(session: Session, visitor: Visitor, path: str, now: datetime) -> bool:
    """Record that a session asked for what is not its own: one event for each session and hour."""
    subject = f"session/{visitor.session_id}/{now:%Y-%m-%dT%H}"
    if audit_chain.has(session, "access.foreign", subject):
        return False
    audit_chain.note(session, audit.Event(now, visitor.actor, "access.foreign", subject, {"path": path[:200]}))
    return True
