"""Contacts (đầu mối) as the administrator and the lead officer keep them: added, changed, ended, let in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from htx_workflow.domain import audit, words
from htx_workflow.domain.errors import BadInput, NotAllowed, NotFound, TooLate
from htx_workflow.domain.plan import CODE as CODE_PATTERN
from htx_workflow.domain.plan import AgencyKind
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import assignments, mailboxes, visits
from htx_workflow.services.assignments import ROLE_WORDS, NewAssignment
from htx_workflow.store import access, audit_chain
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import contacts as store
from htx_workflow.store.agencies import AgencyRow
from htx_workflow.store.database import Session

CODE = re.compile(CODE_PATTERN)
RIGHTS = ("approves", "admin")
WRITTEN = ("address", "shared", "name", "title", "unit", "phone", "channel", "rhythm")
CHANNELS = {"email": "thư điện tử", "text": "Zalo, tin nhắn do người khác gửi", "none": "không"}
RHYTHMS = {"daily": "hằng ngày", "monday": "thứ Hai hằng tuần, trừ việc gấp và quá hạn"}


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
    channel: str = ""
    """Empty: by mail where there is an address."""
    rhythm: str = "daily"
    shared: bool = False
    approves: bool = False
    admin: bool = False


def add(session: Session, new: NewContact, by: str, now: datetime, today: date) -> int:
    """Add a contact with its assignments; the number."""
    agencies = agency_store.ids_by_code(session)
    if new.agency not in agencies:
        raise NotFound(f"Không có cơ quan {new.agency}. Xem các cơ quan: htx agency list")
    if CODE.fullmatch(new.code) is None:
        raise BadInput(f'Mã "{new.code}" chưa dùng được: chữ thường không dấu, số, gạch nối, ví dụ dakto-tckh.')
    if store.find_by_code(session, new.code) is not None:
        raise TooLate(f"Đã có đầu mối {new.code}. Sửa bằng: htx contact set {new.code} …")
    _check(session, {name: getattr(new, name) for name in WRITTEN}, today, new.code)
    number = store.add(
        session, code=new.code, agency_id=agencies[new.agency], channel=_channel(new.channel, new.address),
        address=new.address, shared=new.shared, name=new.name, title=new.title, unit=new.unit, phone=new.phone,
        rhythm=new.rhythm, approves=new.approves, admin=new.admin, valid_from=today,
    )  # fmt: skip
    detail: dict[str, object] = {"agency": new.agency, "admin": new.admin, "approves": new.approves}
    audit_chain.note(session, audit.Event(now, by, "contact.add", f"contact/{new.code}", detail))
    if new.role:
        contact = store.find_by_code(session, new.code)
        for duty in new.duties or ("",):
            assignments.add(session, contact, NewAssignment(new.role, duty), by, now, today)
    return number


def next_code(session: Session, agency: str) -> str:
    """A code that no contact has yet: huyen-dakto-3."""
    known = store.codes_like(session, f"{agency}-")
    return next(code for number in range(1, len(known) + 2) if (code := f"{agency}-{number}") not in known)


def change(session: Session, code: str, values: dict[str, Any], by: str, now: datetime, today: date) -> None:
    """Write what an administrator knows better. Another address: links sent to the old one open nothing any more."""
    contact = get(session, code)
    if not values:
        raise BadInput("Chưa nêu điều cần sửa. Xem các lựa chọn: htx contact set --help")
    after = {name: values.get(name, getattr(contact, name)) for name in WRITTEN}
    moved = (after["address"], after["shared"]) != (contact.address, contact.shared)
    _check(session, after, today, code, moved=moved)
    if "address" in values or "channel" in values:
        kept = values.get("channel", contact.channel if contact.channel == "text" else "")
        values = values | {"channel": _channel(kept, after["address"])}
    if contact.admin and values.get("admin") is False:
        check_not_last_admin(session, contact, today)
    store.change(session, code, **values)
    if after["address"] != contact.address:
        visits.revoke_links(session, code, contact.id, by, now)
    detail: dict[str, object] = {"changed": sorted(values)}
    audit_chain.note(session, audit.Event(now, by, "contact.set", f"contact/{code}", detail))


def _check(session: Session, after: dict[str, Any], today: date, code: str, *, moved: bool = True) -> None:
    if moved:
        mailboxes.check_address(session, after["address"], today, shared=after["shared"], but=code)
    mailboxes.check_words(
        Họ_tên=after["name"], Chức_vụ=after["title"], Phòng_ban=after["unit"], Điện_thoại=after["phone"]
    )
    if after["channel"] == "text" and not after["phone"]:
        raise BadInput("Kênh Zalo, tin nhắn cần số điện thoại. Đề nghị nhập số điện thoại, hoặc chọn kênh khác.")
    if after["channel"] not in ("", *CHANNELS) or after["rhythm"] not in RHYTHMS:
        raise BadInput("Kênh hoặc nhịp thư không có trong danh sách. Đề nghị chọn lại.")


def _channel(chosen: str, address: str) -> str:
    """Whoever is to get mail needs an address; whoever has one gets mail, unless another way was chosen."""
    if chosen == "text":
        return "text"
    return "email" if address and chosen != "none" else "none"


def check_address_of(session: Session, contact: Any, today: date) -> None:
    """Raises AddressTaken where somebody else has the address of this contact by now."""
    mailboxes.check_address(session, contact.address, today, shared=contact.shared, but=contact.code)


def check_not_last_admin(session: Session, contact: Any, today: date) -> None:
    """Raises NotAllowed where nobody would be left to administer."""
    if contact.admin and store.count_admins(session, today) == 1:
        raise NotAllowed("Đây là người quản trị cuối cùng. Đề nghị giao quyền quản trị cho người khác trước.")


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
    check_not_last_admin(session, contact, from_day)
    store.end(session, [code], from_day)
    visits.end_of_contacts(session, {code: contact.id}, by, now)


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
    failed: bool = False
    """Mail to the address came back."""


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
            may_read_aloud(visitor, contact), tuple(sheets.get(contact.id, ())), contact.address_failed_at is not None,
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
    if contact is None or not (visitor.admin or contact.agency_id in agencies_for(session, visitor)):
        raise NotFound("Không có đầu mối này trong danh sách của anh/chị.")
    return contact


def get_kept_ever(session: Session, visitor: Visitor, code: str) -> Any:
    """A contact that the visitor keeps, whether it is still there or not. Raises NotFound for any other."""
    contact = store.find_by_code(session, code)
    if contact is None or not (visitor.admin or contact.agency_id in agencies_for(session, visitor)):
        raise NotFound("Không có đầu mối này trong danh sách của anh/chị.")
    return contact


def may_read_aloud(visitor: Visitor, contact: Any) -> bool:
    """Whoever reads a code out lets somebody decide: nobody gives rights that he has not himself."""
    if visitor.only_reads:
        return False
    return visitor.admin or (bool(visitor.leads) and not contact.admin and not contact.approves)


def may_change(visitor: Visitor, contact: Any) -> bool:
    """Whoever keeps a contact changes it; one with more rights than he has himself only the administrator does."""
    return visitor.admin or (not visitor.only_reads and not contact.admin and not contact.approves)


def get_changeable(session: Session, visitor: Visitor, code: str, today: date) -> Any:
    """A living contact that the visitor keeps and may change. Raises NotFound, NotAllowed."""
    contact = get_kept(session, visitor, code, today)
    if not may_change(visitor, contact):
        raise NotAllowed("Đầu mối này có quyền duyệt hoặc quản trị; chỉ người quản trị hệ thống sửa được.")
    return contact


def check_may_keep(session: Session, visitor: Visitor, agency: str) -> None:
    """Raises NotFound for an agency whose contacts are not the visitor's to keep."""
    number = agency_store.find_id(session, agency)
    if visitor.only_reads and not visitor.admin:
        raise NotAllowed("Lãnh đạo theo dõi không sửa đầu mối; đề nghị giao đầu mối thực hiện.")
    if number is None or number not in agencies_for(session, visitor):
        raise NotFound("Không có cơ quan này trong danh sách của anh/chị.")


def check_may_read_aloud(visitor: Visitor, contact: Any) -> None:
    """Raises NotAllowed."""
    if not may_read_aloud(visitor, contact):
        raise NotAllowed("Mã của đầu mối này chỉ do người quản trị hệ thống đọc.")
