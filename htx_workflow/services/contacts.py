"""Contacts (đầu mối) as the administrator and the lead officer keep them: added, changed, ended, let in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from htx_workflow.domain import audit, words
from htx_workflow.domain.addresses import valid_address
from htx_workflow.domain.errors import BadInput, NotAllowed, NotFound, TooLate
from htx_workflow.domain.plan import AgencyKind
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import visits
from htx_workflow.store import access, audit_chain
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import contacts as store
from htx_workflow.store import persons as person_store
from htx_workflow.store.agencies import AgencyRow
from htx_workflow.store.database import Session

ROLES = ("focal", "support", "leader", "clerk")
ROLE_WORDS = {"focal": "đầu mối", "support": "phối hợp", "leader": "lãnh đạo theo dõi", "clerk": "văn thư"}


@dataclass(frozen=True, slots=True)
class NewContact:
    """A contact to be."""

    code: str
    agency: str
    address: str = ""
    name: str = ""
    title: str = ""
    phone: str = ""
    unit: str = ""
    role: str = "focal"
    """Empty: it gets no mail for its agency (an administrator)."""
    duties: tuple[str, ...] = ()
    shared: bool = False
    approves: bool = False
    admin: bool = False


def add(session: Session, new: NewContact, by: str, now: datetime, today: date) -> int:
    """Add a contact with its assignments; the number."""
    agencies = agency_store.ids_by_code(session)
    if new.agency not in agencies:
        raise NotFound(f"Không có cơ quan {new.agency}. Xem các cơ quan: htx agency list")
    if store.find_by_code(session, new.code) is not None:
        raise TooLate(f"Đã có đầu mối {new.code}. Sửa bằng: htx contact set {new.code} …")
    _check_address(new.address)
    known = store.duty_ids(session, new.duties)
    for code in new.duties:
        if code not in known:
            raise NotFound(f"Không kế hoạch nào có nhiệm vụ {code}. Xem các mã: htx plan show")
    number = store.add(
        session, code=new.code, agency_id=agencies[new.agency], channel="email" if new.address else "none",
        address=new.address, shared=new.shared, name=new.name, title=new.title, unit=new.unit, phone=new.phone,
        rhythm="daily", approves=new.approves, admin=new.admin, valid_from=today,
    )  # fmt: skip
    duties: list[int | None] = [duty for code in new.duties for duty in known[code]] or [None]
    for duty in duties if new.role else ():
        store.assign(session, number, agencies[new.agency], duty, new.role, today)
    detail: dict[str, object] = {"agency": new.agency, "admin": new.admin, "approves": new.approves}
    audit_chain.note(session, audit.Event(now, by, "contact.add", f"contact/{new.code}", detail))
    return number


def change(session: Session, code: str, values: dict[str, Any], by: str, now: datetime) -> None:
    """Write what an administrator knows better. Another address: links sent to the old one open nothing any more."""
    contact = get(session, code)
    if not values:
        raise BadInput("Chưa nêu điều cần sửa. Xem các lựa chọn: htx contact set --help")
    if "address" in values:
        _check_address(values["address"])
        values = values | {"channel": "email" if values["address"] else "none"}
    store.change(session, code, **values)
    if values.get("address", contact.address) != contact.address:
        visits.revoke_links(session, code, contact.id, by, now)
    detail: dict[str, object] = {"changed": sorted(values)}
    audit_chain.note(session, audit.Event(now, by, "contact.set", f"contact/{code}", detail))


def _check_address(address: str) -> None:
    if address and not valid_address(address):
        raise BadInput(f'Địa chỉ thư "{address}" chưa dùng được. Ví dụ: tckh.dakto@example.vn')


def get(session: Session, code: str) -> Any:
    """A contact by its code, living or not. Raises NotFound."""
    contact = store.find_by_code(session, code)
    if contact is None:
        raise NotFound(f"Không có đầu mối {code}. Xem các đầu mối: htx contact list")
    return contact


def get_living(session: Session, code: str, today: date) -> Any:
    """A contact who is there. Raises NotFound."""
    contact = store.find_living(session, get(session, code).id, today)
    if contact is None:
        raise NotFound(f"Đầu mối {code} đã thôi nhiệm vụ.")
    return contact


def end(session: Session, code: str, by: str, now: datetime, from_day: date) -> None:
    """The contact has left: from this day it gets nothing, and nothing lets it in any more."""
    contact = get(session, code)
    if contact.valid_to is not None and contact.valid_to < from_day:
        raise TooLate(f"Đầu mối {code} đã thôi nhiệm vụ từ sau ngày {contact.valid_to:%d/%m/%Y}.")
    store.end(session, [code], from_day)
    visits.end_of_contacts(session, {code: contact.id}, by, now)


def end_person(session: Session, agency_id: int, number: int, by: str, now: datetime, on: date) -> None:
    """Somebody behind a shared mailbox has left: what he is signed in with opens nothing from now on."""
    if person_store.find(session, agency_id, number, on) is None or not person_store.leave(session, number, on):
        raise NotFound(f"Không có người số {number}, hoặc người ấy đã chuyển đi.")
    access.end_person(session, number, now, by)
    audit_chain.note(session, audit.Event(now, by, "person.end", f"person/{number}", {}))


# What a visitor sees and may do


@dataclass(frozen=True, slots=True)
class Line:
    """A contact as its page lists it."""

    id: int
    code: str
    agency: AgencyRow
    name: str
    title: str
    unit: str
    phone: str
    address: str
    roles: str
    may_read_aloud: bool
    sheets: tuple[Any, ...] = field(default=())
    """Living sheets: number, made, until."""


def agencies_for(session: Session, visitor: Visitor) -> list[int]:
    """Agencies whose contacts a visitor keeps: of the plans he leads, his own cooperatives, all for administrators."""
    if visitor.admin:
        return store.all_agencies(session)
    found = set(store.agencies_of_plans(session, sorted(visitor.leads))) if visitor.leads else set()
    if visitor.agency_kind is AgencyKind.DISTRICT and not visitor.only_reads:
        found |= set(store.agencies_below(session, visitor.agency_id, AgencyKind.COOPERATIVE.value))
    return sorted(found)


def list_for(session: Session, visitor: Visitor, now: datetime, today: date) -> list[Line]:
    """The contacts a visitor keeps, in the order of the agencies. Seven reads at most."""
    contacts = store.list_of_agencies(session, agencies_for(session, visitor), today)
    numbers = [contact.id for contact in contacts]
    agencies = agency_store.list_agencies(session, today)
    sheets: dict[int, list[Any]] = {}
    for sheet in access.list_living(session, ("sheet",), now, numbers, 10_000):
        sheets.setdefault(sheet.contact_id, []).append(sheet)
    roles: dict[int, dict[str, list[str]]] = {}
    for row in store.assignments_of(session, numbers, today):
        roles.setdefault(row.contact_id, {}).setdefault(row.role, []).extend([row.duty] if row.duty else [])
    return [
        Line(
            contact.id, contact.code, agencies[contact.agency_id], contact.name, contact.title, contact.unit,
            contact.phone, contact.address, _role_words(roles.get(contact.id, {})),
            may_read_aloud(visitor, contact), tuple(sheets.get(contact.id, ())),
        )
        for contact in contacts
    ]  # fmt: skip


def _role_words(roles: dict[str, list[str]]) -> str:
    """đầu mối (V.7.2, R.huyen); văn thư."""
    found = []
    for role, duties in roles.items():
        word = words.said(ROLE_WORDS[role])
        found.append(words.together(word, f"({', '.join(duties)})", by=" ") if duties else word)
    return words.together(*found, by="; ")


def get_kept(session: Session, visitor: Visitor, code: str, today: date) -> Any:
    """A contact that the visitor keeps. Raises NotFound for any other."""
    contact = store.find_by_code(session, code)
    contact = store.find_living(session, contact.id, today) if contact is not None else None
    if contact is None or contact.agency_id not in agencies_for(session, visitor):
        raise NotFound("Không có đầu mối này trong danh sách của anh/chị.")
    return contact


def may_read_aloud(visitor: Visitor, contact: Any) -> bool:
    """Whoever reads a code out lets somebody decide: nobody gives rights that he has not himself."""
    if visitor.only_reads:
        return False
    return visitor.admin or (bool(visitor.leads) and not contact.admin and not contact.approves)


def check_may_read_aloud(visitor: Visitor, contact: Any) -> None:
    """Raises NotAllowed."""
    if not may_read_aloud(visitor, contact):
        raise NotAllowed("Mã của đầu mối này chỉ do người quản trị hệ thống đọc.")
