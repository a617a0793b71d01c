"""Keys for programs (khóa truy cập): made by whoever answers for them, shown once, ended at any time.

A key acts for one agency, within its scopes, and never beyond what the agency's focal contact may. It ends with the
contact that answers for it and with the person who made it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from htx_workflow.domain import actors, audit, scopes
from htx_workflow.domain.errors import BadInput, NotAllowed, NotFound
from htx_workflow.domain.plan import AgencyKind
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services.visits import hashed
from htx_workflow.store import access, audit_chain
from htx_workflow.store import access_keys as store
from htx_workflow.store import contacts as contact_store
from htx_workflow.store.access_keys import API
from htx_workflow.store.database import Session

PREFIX = "htx_"
"""In front of every key, so that one that leaked is recognised."""
DAYS = 365
MOST_DAYS = 730
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key to be; `agency_id` is the one it acts for."""

    name: str
    scopes: tuple[str, ...]
    agency_id: int
    contact_id: int
    person_id: int | None = None
    days: int = DAYS


@dataclass(frozen=True, slots=True)
class Made:
    """A key just made; the token is kept nowhere."""

    number: int
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Caller:
    """A program that asks, as the visitor it counts as."""

    key_id: int
    scopes: frozenset[str]
    visitor: Visitor
    used_on: date | None


def check_may_keep(visitor: Visitor) -> None:
    """Raises NotAllowed for who may neither make nor end keys: it takes a code, and a focal contact or administrator."""
    if not (visitor.strong and (visitor.admin or ("focal" in visitor.roles and not visitor.only_reads))):
        raise NotAllowed(
            "Kết nối với hệ thống khác do đầu mối của cơ quan hoặc người quản trị lập, sau khi đăng nhập bằng mã."
        )


def make(session: Session, new: NewKey, by: str, now: datetime) -> Made:
    """Make a key. Raises BadInput."""
    name = " ".join(new.name.split())
    if not name:
        raise BadInput("Cần đặt tên cho khóa, ví dụ: phần mềm một cửa.")
    if len(name) > LONGEST_NAME:
        raise BadInput(f"Tên khóa dài quá {LONGEST_NAME} ký tự. Đề nghị rút gọn.")
    if not 1 <= new.days <= MOST_DAYS:
        raise BadInput(f"Khóa dùng được từ 1 đến {MOST_DAYS} ngày.")
    chosen = scopes.parse(new.scopes)
    if contact_store.find_living(session, new.contact_id, now.date()) is None:
        raise NotFound("Đầu mối chịu trách nhiệm đã thôi nhiệm vụ. Đề nghị chọn đầu mối khác.")
    token = PREFIX + secrets.token_urlsafe(32)
    expires_at = now + timedelta(days=new.days)
    number = store.add(
        session, kind=API, agency_id=new.agency_id, contact_id=new.contact_id, person_id=new.person_id, name=name,
        scopes=" ".join(chosen), token_sha256=hashed(token), made_at=now, made_by=by, expires_at=expires_at,
    )  # fmt: skip
    detail: dict[str, object] = {"agency": new.agency_id, "contact": new.contact_id, "scopes": list(chosen)}
    audit_chain.note(session, audit.Event(now, by, "key.make", f"key/{number}", detail))
    return Made(number, token, expires_at)


def end(session: Session, number: int, visitor: Visitor | None, by: str, now: datetime) -> None:
    """End a key at once; `visitor` None: the command line. Raises NotFound for one of another agency, or ended before."""
    row = store.find_by_id(session, API, number) if 0 < number < 2**31 else None
    foreign = row is not None and visitor is not None and not visitor.admin and row.agency_id != visitor.agency_id
    if row is None or foreign or not store.end(session, number, now, by):
        raise NotFound(f"Không có khóa số {number} còn hiệu lực.")
    audit_chain.note(session, audit.Event(now, by, "key.end", f"key/{number}", {}))


def list_for(session: Session, agency_id: int | None, now: datetime) -> list[Any]:
    """Living keys of an agency, or of all."""
    return store.list_living(session, API, now, agency_id=agency_id)


def find_caller(session: Session, token: str, now: datetime, today: date) -> Caller | None:
    """The program behind a token; None when it opens nothing (any more)."""
    if not token.startswith(PREFIX) or len(token) > 100:
        return None
    row = store.find(session, API, hashed(token), now, today)
    if row is None:
        return None
    leads, follows = access.plans_of(session, row.agency_id)
    program = actors.of_program(row.id)
    visitor = Visitor(
        session_id=row.id, strength="token", expires_at=row.expires_at, contact_id=row.contact_id, contact=program,
        shared=False, contact_name=row.name, agency_id=row.agency_id, agency=row.agency,
        agency_kind=AgencyKind(row.agency_kind), agency_name=row.agency_name or row.agency,
        agency_short=row.agency_short or row.agency, person_id=None, person_name=row.name, admin=False, approves=False,
        roles=frozenset({"focal"}), leads=leads, follows=follows, own_roles=frozenset({"focal"}),
    )  # fmt: skip
    return Caller(row.id, frozenset(row.scopes.split()), visitor, row.used_on)


def mark_used(session: Session, caller: Caller, today: date) -> None:
    """Remember the day; one row a day and key."""
    store.mark_used(session, caller.key_id, today)
