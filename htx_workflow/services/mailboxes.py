"""Mailboxes (hộp thư): which address is whose, and the people behind a shared one: added, changed, left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from htx_workflow.domain import audit, collation, legacy_text
from htx_workflow.domain.addresses import valid_address
from htx_workflow.domain.errors import BadInput, NotFound, TooLate
from htx_workflow.services import leaving
from htx_workflow.store import audit_chain
from htx_workflow.store import contacts as contact_store
from htx_workflow.store import persons as store
from htx_workflow.store.database import Session

LONGEST = 120
SHARE = (
    "Nếu nhiều người dùng chung hộp thư này, đề nghị giữ một đầu mối, đánh dấu dùng chung và thêm tên người vào hộp thư"
    " ấy; nếu không, kiểm tra lại địa chỉ."
)


class AddressTaken(BadInput):
    """The address is that of another contact, named here: it may become a shared mailbox."""

    def __init__(self, address: str, other: Any) -> None:
        whose = other.name or other.unit or other.code
        super().__init__(f"Địa chỉ {address} đã là của đầu mối {other.code} ({whose}). {SHARE}")
        self.contact: str = other.code


def check_address(session: Session, address: str, today: date, *, shared: bool, but: str = "") -> None:
    """Raises BadInput for an address nobody can be written to, AddressTaken for that of another contact."""
    if not address:
        return
    if not valid_address(address):
        raise BadInput(f'Địa chỉ thư "{address}" chưa dùng được. Ví dụ: tckh.dakto@example.vn')
    for other in contact_store.others_at(session, address, today, but):
        if not (shared and other.shared):
            raise AddressTaken(address, other)


def check_words(**texts: str) -> None:
    """Raises BadInput for text in an old font, or too long; the names of the arguments are what people read."""
    for label, text in texts.items():
        refusal = legacy_text.refusal(text)
        if refusal:
            raise BadInput(f"{label.replace('_', ' ')}: {refusal}. Đề nghị gõ lại bằng Unicode.")
        if len(text) > LONGEST:
            raise BadInput(f"{label.replace('_', ' ')}: dài hơn {LONGEST} ký tự.")


# People


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody behind a shared mailbox."""

    name: str
    title: str = ""
    phone: str = ""

    def tidy(self) -> NewPerson:
        """Spaces made one. Raises BadInput for what is no name."""
        found = NewPerson(*(" ".join(text.split()) for text in (self.name, self.title, self.phone)))
        if not any(letter.isalpha() for letter in found.name):
            raise BadInput("Chưa có họ tên. Đề nghị nhập họ và tên đầy đủ.")
        check_words(Họ_tên=found.name, Chức_vụ=found.title, Điện_thoại=found.phone)
        return found


def list_people(session: Session, agency_id: int) -> list[Any]:
    """Everybody of an agency by given name, those who left at the end."""
    found = store.list_ever(session, agency_id)
    return sorted(found, key=lambda row: (row.left_on is not None, collation.person_key(row.name)))


def add_person(session: Session, agency_id: int, new: NewPerson, by: str, now: datetime, today: date) -> int:
    """Somebody more; the number. A name that is known at the agency is refused."""
    person = new.tidy()
    fold = collation.fold(person.name)
    if store.find_by_fold(session, agency_id, fold, today) is not None:
        raise TooLate(f"Cơ quan đã có {person.name} trong danh sách.")
    number = store.add(session, agency_id, person.name, person.title, person.phone, fold)
    audit_chain.note(session, audit.Event(now, by, "person.add", f"person/{number}", {"agency": agency_id}))
    return number


def change_person(
    session: Session, agency_id: int, number: int, new: NewPerson, by: str, now: datetime, today: date
) -> None:
    """Write what is known better of somebody who is there."""
    if store.find(session, agency_id, number, today) is None:
        raise NotFound("Không có người này, hoặc người ấy đã chuyển đi.")
    person = new.tidy()
    store.change(session, number, person.name, person.title, person.phone, collation.fold(person.name))
    audit_chain.note(session, audit.Event(now, by, "person.set", f"person/{number}", {}))


def leave(
    session: Session, agency_id: int, number: int, by: str, now: datetime, on: date, successor: int | None = None
) -> None:
    """Somebody behind a shared mailbox has left: what he is signed in with opens nothing from now on."""
    if store.find(session, agency_id, number, on) is None or not store.leave(session, number, on):
        raise NotFound(f"Không có người số {number}, hoặc người ấy đã chuyển đi.")
    if successor is not None and (successor == number or store.find(session, agency_id, successor, on) is None):
        raise NotFound("Người nhận bàn giao không có trong danh sách của cơ quan.")
    ended = leaving.end_access(session, now, by, person_id=number)
    detail: dict[str, object] = {"on": on.isoformat(), "successor": successor, "ended": sum(ended.values())}
    audit_chain.note(session, audit.Event(now, by, "person.end", f"person/{number}", detail))
