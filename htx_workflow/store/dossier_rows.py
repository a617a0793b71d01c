"""What belongs into a dossier (hồ sơ công việc): the papers and files of the work of a duty, a holder and a round."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import literal, or_, select, union_all
from sqlmodel import Session

from htx_workflow.store.tables import table


class PaperRow(NamedTuple):
    """A file with the paper it is a copy of; a file that is no paper's has neither number nor day."""

    attachment_id: int
    name: str
    sha256: str
    media_type: str
    scan: str
    size: int
    at: datetime
    work: str
    """Title of the work."""
    holder: int | None
    number: str | None
    dated: date | None
    issuer_id: int | None
    issuer: str | None
    subject: str | None


def list_papers(session: Session, plan_id: int, period: str, *, duty: str = "", holder: str = "") -> list[PaperRow]:
    """Files of work of this round, narrowed to a duty and a holder; by the day of the paper, else of receiving."""
    work, duties, agencies = table("occurrence"), table("duty"), table("agency")
    wanted = [work.c.plan_id == plan_id, or_(work.c.period == period, work.c.period.like(f"{period}-%"))]
    if duty:
        wanted.append(duties.c.code == duty)
    if holder:
        wanted.append(agencies.c.code == holder)
    chosen = (
        select(work.c.id, work.c.title, work.c.holder_id)
        .join(duties, duties.c.id == work.c.duty_id)
        .outerjoin(agencies, agencies.c.id == work.c.holder_id)
        .where(*wanted)
        .cte("chosen")
    )
    links, asked = table("report_occurrence"), table("request")
    places = union_all(
        select(literal("occurrence").label("kind"), chosen.c.id.label("subject"), chosen.c.title, chosen.c.holder_id),
        select(literal("report"), links.c.report_id, chosen.c.title, chosen.c.holder_id).join(
            links, links.c.occurrence_id == chosen.c.id
        ),
        select(literal("request"), asked.c.id, chosen.c.title, chosen.c.holder_id).join(
            asked, asked.c.occurrence_id == chosen.c.id
        ),
    ).subquery("places")
    files, blobs, documents = table("attachment"), table("file_blob"), table("document")
    statement = (
        select(
            files.c.id, files.c.name, files.c.sha256, blobs.c.media_type, blobs.c.scan, blobs.c.size, files.c.at,
            places.c.title, places.c.holder_id, documents.c.number, documents.c.dated, documents.c.issuer_id,
            documents.c.issuer_text, documents.c.subject,
        )
        .join(places, (places.c.kind == files.c.subject_kind) & (places.c.subject == files.c.subject_id))
        .join(blobs, blobs.c.sha256 == files.c.sha256)
        .outerjoin(documents, documents.c.id == files.c.document_id)
        .where(files.c.withdrawn_at.is_(None))
        .order_by(files.c.id)
    )  # fmt: skip
    rows = {row[0]: PaperRow(*row) for row in session.execute(statement)}
    return sorted(rows.values(), key=lambda row: (row.dated or row.at.date(), row.attachment_id))
