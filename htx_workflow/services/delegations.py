"""Delegation (ủy quyền): a leader is away, another contact of the agency acts for him, by a document.

Never handed on: who acts for somebody else cannot have others act for himself in those days (Nghị định 30/2020/NĐ-CP,
Điều 13, says so of TUQ.).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from htx_workflow.domain import audit
from htx_workflow.domain.actors import parse
from htx_workflow.domain.errors import BadInput, NotAllowed, NotFound, TooLate
from htx_workflow.domain.visitors import Visitor
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import audit_chain
from htx_workflow.store import contacts as contact_store
from htx_workflow.store import delegations as store
from htx_workflow.store import documents as document_store
from htx_workflow.store.agencies import ContactRow
from htx_workflow.store.database import Session
from htx_workflow.store.documents import DocumentRef

FORMS = {
    "KT.": "KT. (ký thay)",
    "TL.": "TL. (thừa lệnh)",
    "TUQ.": "TUQ. (thừa ủy quyền)",
    "Q.": "Q. (quyền)",
}
LONGEST = 366
"""Days."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A delegation to be: from whom to whom, how acts are signed, by which document, which days."""

    from_contact: int
    to_contact: int
    form: str
    document: DocumentRef
    first: date
    last: date


def make(session: Session, wish: Wish, visitor: Visitor, now: datetime, today: date) -> int:
    """Hand rights over; the number. The visitor is the one who gives them, or the administrator."""
    giver = contact_store.find_living(session, wish.from_contact, today)
    taker = contact_store.find_living(session, wish.to_contact, today)
    if giver is None or taker is None:
        raise NotFound("Đầu mối được chọn đã thôi nhiệm vụ. Đề nghị chọn lại.")
    if visitor.contact_id != giver.id and not visitor.admin:
        raise NotAllowed("Chỉ người ủy quyền hoặc người quản trị ghi được ủy quyền này.")
    _check(session, wish, giver, taker, today)
    number = store.add(
        session, from_contact_id=giver.id, to_contact_id=taker.id, form=wish.form,
        document_id=document_store.get_or_add(session, wish.document), valid_from=wish.first, valid_to=wish.last,
        made_at=now, made_by=visitor.actor,
    )  # fmt: skip
    detail: dict[str, object] = {
        "from": giver.code, "to": taker.code, "first": wish.first.isoformat(), "last": wish.last.isoformat(),
    }  # fmt: skip
    audit_chain.note(session, audit.Event(now, visitor.actor, "delegation.make", f"delegation/{number}", detail))
    return number


def _check(session: Session, wish: Wish, giver: Any, taker: Any, today: date) -> None:
    if giver.id == taker.id or giver.agency_id != taker.agency_id:
        raise BadInput("Người được ủy quyền là một đầu mối khác của cùng cơ quan. Đề nghị chọn lại.")
    if wish.form not in FORMS:
        raise BadInput("Chưa chọn hình thức ký: KT., TL., TUQ. hoặc Q.")
    if not wish.document.number.strip():
        raise BadInput("Chưa có số văn bản ủy quyền. Đề nghị nhập số, ký hiệu, ví dụ 12/QĐ-SKHĐT.")
    if wish.document.dated > wish.first:
        raise BadInput(
            f"Ngày văn bản {wish.document.dated:%d/%m/%Y} sau ngày bắt đầu {wish.first:%d/%m/%Y}."
            " Đề nghị kiểm tra một trong hai ngày."
        )
    if wish.last < wish.first or wish.last < today or (wish.last - wish.first).days > LONGEST:
        raise BadInput(
            f"Thời gian từ {wish.first:%d/%m/%Y} đến {wish.last:%d/%m/%Y} chưa dùng được: ngày cuối không trước ngày"
            " đầu và hôm nay, cả thời gian không quá một năm."
        )
    for other in store.list_meeting(session, [giver.id, taker.id], wish.first, wish.last):
        if other.to_contact_id == giver.id:
            raise NotAllowed(
                "Trong những ngày này người ủy quyền đang làm theo ủy quyền của người khác; người được ủy quyền không"
                " được ủy quyền lại."
            )
        if other.from_contact_id == taker.id:
            raise NotAllowed(
                "Trong những ngày này người được chọn đã ủy quyền cho người khác. Đề nghị chọn người có mặt."
            )
        if taker.id == other.to_contact_id or giver.id == other.from_contact_id:
            raise NotAllowed(
                f"Đã có ủy quyền từ {other.valid_from:%d/%m/%Y} đến {other.valid_to:%d/%m/%Y} trùng ngày của một trong"
                " hai người. Đề nghị kết thúc ủy quyền ấy trước."
            )


def end(session: Session, number: int, visitor: Visitor, now: datetime) -> None:
    """End a delegation now: by who gave it, who took it on, or the administrator."""
    row = store.find(session, number)
    if row is None or not (visitor.admin or visitor.contact_id in (row.from_contact_id, row.to_contact_id)):
        raise NotFound("Không có ủy quyền này.")
    if not store.end(session, number, now, visitor.actor):
        raise TooLate("Ủy quyền này đã kết thúc.")
    audit_chain.note(session, audit.Event(now, visitor.actor, "delegation.end", f"delegation/{number}", {}))


def approver(session: Session, by: str, today: date) -> ContactRow | None:
    """The living contact whose right to approve the actor `by` uses: his own, or under his delegation."""
    actor = parse(by)
    contact = agency_store.find_living_contact(session, actor.contact, today)
    if contact is None or contact.approves or actor.delegation is None:
        return contact if contact is not None and contact.approves else None
    row = store.approver_behind(session, actor.delegation, actor.contact, today)
    return agency_store.find_contact(session, row.code) if row is not None else None
