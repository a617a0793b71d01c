"""Auditors (tài khoản kiểm tra): accounts that only read, from day to day, made by a document; they end by themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from htx_workflow.domain import audit, words
from htx_workflow.domain.errors import BadInput, NotFound, TooLate
from htx_workflow.services import contacts
from htx_workflow.services.contacts import NewContact
from htx_workflow.store import audit_chain
from htx_workflow.store import auditors as store
from htx_workflow.store import contacts as contact_store
from htx_workflow.store import documents as document_store
from htx_workflow.store.auditors import AuditorRow
from htx_workflow.store.database import Session
from htx_workflow.store.documents import DocumentRef

MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Term:
    """From which day to which, by which document."""

    first: date
    last: date
    document: DocumentRef


def make(session: Session, new: NewContact, term: Term, by: str, now: datetime, today: date) -> None:
    """Add the contact and its term; it has no role, gets no mail but the codes it signs in with. Raises BadInput."""
    _check(new, term, today)
    code = new.code or contacts.next_code(session, new.agency)
    plain = replace(new, code=code, role="", duties=(), shared=False, approves=False, admin=False)
    number = contacts.add(session, plain, by, now, today)
    contact_store.change(session, code, valid_from=term.first, valid_to=term.last)
    document = document_store.get_or_add(session, term.document)
    store.add(
        session, contact_id=number, document_id=document, valid_from=term.first, valid_to=term.last, made_at=now,
        made_by=by,
    )  # fmt: skip
    detail: dict[str, object] = {"from": term.first.isoformat(), "to": term.last.isoformat(), "document": document}
    audit_chain.note(session, audit.Event(now, by, "auditor.make", f"contact/{code}", detail))


def _check(new: NewContact, term: Term, today: date) -> None:
    if not new.name.strip() or not new.address.strip():
        raise BadInput("Tài khoản kiểm tra cần họ tên và địa chỉ thư điện tử: mã đăng nhập gửi đến địa chỉ ấy.")
    if term.last < term.first:
        raise BadInput(f"Đến ngày {words.day_text(term.last)} trước từ ngày {words.day_text(term.first)}.")
    if term.last < today:
        raise BadInput(f"Đến ngày {words.day_text(term.last)} đã qua. Đề nghị kiểm tra lại thời hạn.")
    if (term.last - term.first).days > MOST_DAYS:
        raise BadInput(f"Tài khoản kiểm tra dùng nhiều nhất {MOST_DAYS} ngày. Đề nghị chọn thời hạn ngắn hơn.")
    if term.document.dated > today:
        raise BadInput("Ngày văn bản sau hôm nay. Đề nghị kiểm tra lại ngày.")


def end(session: Session, code: str, by: str, now: datetime, today: date) -> None:
    """End one before its day: its sessions end at once. Raises NotFound, TooLate."""
    contact = contact_store.find_by_code(session, code)
    if contact is None or not store.is_auditor(session, contact.id):
        raise NotFound(f"Không có tài khoản kiểm tra {code}.")
    if contact.valid_to < today:
        raise TooLate(f"Tài khoản {code} đã hết hạn ngày {words.day_text(contact.valid_to)}.")
    contacts.end(session, code, by, now, today)


def state_of(row: AuditorRow, today: date) -> str:
    """In words: chưa đến ngày, đang dùng được, đã kết thúc."""
    last = min(row.valid_to, row.left_on or row.valid_to)
    if today > last:
        return words.said("đã kết thúc")
    return words.said("chưa đến ngày") if today < row.valid_from else words.said("đang dùng được")


def is_over(row: AuditorRow, today: date) -> bool:
    """Whether its days have passed."""
    return today > min(row.valid_to, row.left_on or row.valid_to)


def list_rows(session: Session) -> Iterable[AuditorRow]:
    """Every one there ever was, the newest first."""
    return store.list_rows(session)
