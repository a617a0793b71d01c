"""Documents (Văn bản) behind decisions: found or added by number, day and issuer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update
from sqlmodel import Session

from htx_workflow.domain import words
from htx_workflow.store.rows import add_missing, chunks
from htx_workflow.store.tables import table

CHANNELS = {
    "qlvb": "hệ thống quản lý văn bản",
    "email": "thư điện tử",
    "hand": "trực tiếp",
    "post": "bưu chính",
}
"""Kênh gửi: how a paper went from one agency to another."""
AUTHORITIES = ("TM.", "KT.", "TL.", "TUQ.", "Q.")
"""Quyền hạn ký (Nghị định 30/2020/NĐ-CP); none when the head signs in his own name."""


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """A document as a person names it: number with symbol, day, issuer (agency code or words)."""

    number: str
    dated: date
    issuer: str
    subject: str = ""
    signer: str = ""
    authority: str = ""
    """Quyền hạn ký: TM., KT., TL., TUQ., Q."""
    channel: str = ""
    """How it was sent; see CHANNELS."""
    sent_on: date | None = None

    @property
    def key(self) -> str:
        return f"{self.issuer}/{self.dated.isoformat()}/{self.number}"


def get_or_add(session: Session, document: DocumentRef) -> int:
    """The number of this document's row; two people who cite it at the same time get the same one."""
    documents = table("document")
    number = select(documents.c.id).where(documents.c.key == document.key)
    found = session.execute(number).scalar()
    if found is not None:
        _complete(session, int(found), document)
        return int(found)
    issuer = session.execute(select(table("agency").c.id).where(table("agency").c.code == document.issuer)).scalar()
    row = {
        "key": document.key,
        "number": document.number,
        "dated": document.dated,
        "issuer_id": issuer,
        "issuer_text": document.issuer,
        "subject": document.subject,
        "signer": document.signer,
        "authority": document.authority,
        "sent_on": document.sent_on,
        "channel": document.channel,
    }
    add_missing(session, documents, [row])
    return int(session.execute(number).scalar_one())


def _complete(session: Session, number: int, document: DocumentRef) -> None:
    """Fill in what nobody said before of a document that is there; what was said stays."""
    documents = table("document")
    said = {
        "subject": document.subject,
        "signer": document.signer,
        "authority": document.authority,
        "channel": document.channel,
        "sent_on": document.sent_on,
    }
    row = session.execute(select(documents).where(documents.c.id == number)).one()._mapping
    new = {name: value for name, value in said.items() if value and not row[name]}
    if new:
        session.execute(update(documents).where(documents.c.id == number).values(**new))


def used_in_year(session: Session, number: str, dated: date, issuer: str) -> date | None:
    """The day of another document of this issuer with the same number in the same year; None when there is none."""
    documents = table("document")
    return session.execute(
        select(documents.c.dated)
        .where(
            documents.c.issuer_text == issuer,
            documents.c.number == number,
            documents.c.dated >= date(dated.year, 1, 1),
            documents.c.dated <= date(dated.year, 12, 31),
            documents.c.dated != dated,
        )
        .limit(1)
    ).scalar()


def issuer_of(session: Session, document_id: int) -> str:
    """Agency code (or words) of who issued it."""
    return str(
        session.execute(select(table("document").c.issuer_text).where(table("document").c.id == document_id)).scalar()
    )


def citations(session: Session, ids: set[int]) -> dict[int, str]:
    """Công văn số 231/SKHĐT-KTTT ngày 15/11/2024, for each number."""
    documents = table("document")
    found = {}
    for batch in chunks(sorted(ids)):
        for row in session.execute(
            select(documents.c.id, documents.c.number, documents.c.dated).where(documents.c.id.in_(batch))
        ):
            found[row.id] = words.citation(row.number, row.dated)
    return found
