"""Who are you (anh/chị là ai): the person behind a shared mailbox, asked before the first act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from htx_workflow.domain import audit, collation
from htx_workflow.domain.errors import BadInput
from htx_workflow.domain.visitors import Visitor
from htx_workflow.store import access, audit_chain
from htx_workflow.store import persons as store
from htx_workflow.store.database import Session

LONGEST = 120


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody to choose."""

    id: int
    name: str
    title: str
    phone: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: the number of a known person, or a name with position and telephone."""

    chosen: str = ""
    name: str = ""
    title: str = ""
    phone: str = ""

    @property
    def given(self) -> bool:
        return bool(self.chosen.strip() or self.name.strip())


def list_choices(session: Session, agency_id: int, today: date) -> list[Choice]:
    """The people of an agency, by given name."""
    found = [Choice(row.id, row.name, row.title, row.phone) for row in store.list_of(session, agency_id, today)]
    return sorted(found, key=lambda person: collation.person_key(person.name))


def name_session(session: Session, visitor: Visitor, answer: Answer, now: datetime, today: date) -> int:
    """The session is this person's from now on; the number. A name that is known at the agency is the same person."""
    number = _person(session, visitor.agency_id, answer, today)
    access.name_session(session, visitor.session_id, number)
    detail: dict[str, object] = {"person": number}
    audit_chain.note(
        session, audit.Event(now, visitor.contact, "session.person", f"session/{visitor.session_id}", detail)
    )
    return number


def _person(session: Session, agency_id: int, answer: Answer, today: date) -> int:
    name = " ".join(answer.name.split())
    if not name:
        if not answer.chosen.isdecimal() or store.find(session, agency_id, int(answer.chosen[:9]), today) is None:
            raise BadInput("Chưa biết anh/chị là ai. Đề nghị chọn tên trong danh sách, hoặc nhập họ tên và chức vụ.")
        return int(answer.chosen)
    title, phone = " ".join(answer.title.split()), " ".join(answer.phone.split())
    if max(len(name), len(title), len(phone)) > LONGEST or not any(letter.isalpha() for letter in name):
        raise BadInput(f'Họ tên "{name[:40]}" chưa dùng được. Đề nghị nhập họ và tên, nhiều nhất {LONGEST} ký tự.')
    fold = collation.fold(name)
    known = store.find_by_fold(session, agency_id, fold, today)
    if known is None:
        return store.add(session, agency_id, name, title, phone, fold)
    store.complete(session, known, title, phone)
    return known
