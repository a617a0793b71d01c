"""Documents (Văn bản) behind decisions: found or added by number, day and issuer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import Session

from htx_workflow.domain import words
from htx_workflow.store.rows import add_missing, chunks
from htx_workflow.store.tables import table


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """A document as a person names it: number with symbol, day, issuer (agency code or words)."""

    number: str
    dated: date
    issuer: str
    subject: str = ""

    @property
    def key(self) -> str:
        return f"{self.issuer}/{self.dated.isoformat()}/{self.number}"


def get_or_add(session: Session, document: DocumentRef) -> int:
    """The number of this document's row; two people who cite it at the same time get the same one."""
    documents = table("document")
    number = select(documents.c.id).where(documents.c.key == document.key)
    found = session.execute(number).scalar()
    if found is not None:
        return int(found)
    issuer = session.execute(select(table("agency").c.id).where(table("agency").c.code == document.issuer)).scalar()
    row = {
        "key": document.key,
        "number": document.number,
        "dated": document.dated,
        "issuer_id": issuer,
        "issuer_text": document.issuer,
        "subject": document.subject,
        "signer": "",
        "channel": "",
    }
    add_missing(session, documents, [row])
    return int(session.execute(number).scalar_one())


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
