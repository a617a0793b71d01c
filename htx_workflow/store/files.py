"""Stored files (tệp): the bytes once under their SHA-256, and the attachments that give them a name and a place.

Lists never touch the bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, null, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from htx_workflow.store.rows import among
from htx_workflow.store.tables import table


class FileRow(NamedTuple):
    """An attachment as it is listed."""

    id: int
    name: str
    media_type: str
    size: int
    sha256: str
    subject_kind: str
    """occurrence, report, request, scorecard or consolidation"""
    subject_id: int
    field: str
    agency_id: int
    document_id: int | None
    at: datetime
    by: str
    withdrawn_at: datetime | None
    scan: str
    """none, waiting, clean or infected"""
    signature: str
    """See `domain.file_rules.Signature`."""


class Concerned(NamedTuple):
    """A piece of work that a file belongs to: its plan, who holds it, who receives it."""

    plan_id: int
    holder_id: int | None
    receiver_id: int | None


def _rows() -> Select[Any]:
    files, blobs = table("attachment"), table("file_blob")
    return select(
        files.c.id, files.c.name, blobs.c.media_type, blobs.c.size, files.c.sha256, files.c.subject_kind,
        files.c.subject_id, files.c.field, files.c.agency_id, files.c.document_id, files.c.at, files.c.by_code,
        files.c.withdrawn_at, blobs.c.scan, blobs.c.signature,
    ).join(blobs, blobs.c.sha256 == files.c.sha256)  # fmt: skip


def list_files(
    session: Session, subject_kind: str, subject_ids: Iterable[int], *, withdrawn: bool = False
) -> list[FileRow]:
    """The files of these subjects, oldest first; with `withdrawn` also those taken back."""
    files = table("attachment")
    wanted = [files.c.subject_kind == subject_kind, among(session, files.c.subject_id, subject_ids)]
    if not withdrawn:
        wanted.append(files.c.withdrawn_at.is_(None))
    return [FileRow(*row) for row in session.execute(_rows().where(*wanted).order_by(files.c.id))]


class CitedRow(NamedTuple):
    """A file with the document that it is a copy of."""

    file: FileRow
    number: str
    dated: date | None


def list_cited(session: Session, subject_kind: str, subject_ids: Iterable[int]) -> list[CitedRow]:
    """The files of these subjects with their documents, oldest first."""
    files, documents = table("attachment"), table("document")
    found = session.execute(
        _rows()
        .add_columns(documents.c.number, documents.c.dated)
        .outerjoin(documents, documents.c.id == files.c.document_id)
        .where(
            files.c.subject_kind == subject_kind,
            among(session, files.c.subject_id, subject_ids),
            files.c.withdrawn_at.is_(None),
        )
        .order_by(files.c.id)
    )
    return [CitedRow(FileRow(*row[:-2]), row[-2] or "", row[-1]) for row in found]


def find(session: Session, number: int) -> FileRow | None:
    """The attachment of this number."""
    row = session.execute(_rows().where(table("attachment").c.id == number)).first()
    return FileRow(*row) if row else None


def concerned(session: Session, file: FileRow) -> list[Concerned]:
    """The work that a file belongs to: who may read it depends on that."""
    work, links, asked = table("occurrence"), table("report_occurrence"), table("request")
    columns = work.c.plan_id, work.c.holder_id, work.c.receiver_id
    if file.subject_kind == "occurrence":
        statement = select(*columns).where(work.c.id == file.subject_id)
    elif file.subject_kind == "report":
        statement = (
            select(*columns).join(links, links.c.occurrence_id == work.c.id).where(links.c.report_id == file.subject_id)
        )
    elif file.subject_kind == "consolidation":
        made = table("consolidation")
        statement = select(made.c.plan_id, null(), null()).where(made.c.id == file.subject_id)
    else:
        statement = (
            select(asked.c.plan_id, asked.c.from_id, func.coalesce(asked.c.to_id, work.c.receiver_id))
            .outerjoin(work, work.c.id == asked.c.occurrence_id)
            .where(asked.c.id == file.subject_id)
        )
    return [Concerned(*row) for row in session.execute(statement)]


def scans(session: Session, sums: Sequence[str]) -> dict[str, str]:
    """Which of these bytes are stored already, and the state of their scan."""
    blobs = table("file_blob")
    found = session.execute(select(blobs.c.sha256, blobs.c.scan).where(blobs.c.sha256.in_(sums)))
    return {row.sha256: row.scan for row in found}


def add_blob(
    session: Session, sha256: str, media_type: str, body: bytes, now: datetime, *, scan: str, note: str, signature: str
) -> None:
    """Store bytes; nothing happens when they are there, also when another transaction is just storing them."""
    session.execute(
        _insert(session, "file_blob")
        .values(
            sha256=sha256, media_type=media_type, size=len(body), stored_at=now, scan=scan, scan_note=note,
            signature=signature, body=body,
        )
        .on_conflict_do_nothing()
    )  # fmt: skip


def add(session: Session, **values: Any) -> int | None:
    """A new attachment; its number, or None when these bytes are attached at this place already."""
    statement = _insert(session, "attachment").values(withdrawn_at=None, **values).on_conflict_do_nothing()
    return session.execute(statement.returning(table("attachment").c.id)).scalar()


def _insert(session: Session, name: str) -> Any:
    """An INSERT that may do nothing on conflict, as each database says it."""
    make = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return make(table(name))


def used(session: Session, agency_id: int) -> int:
    """Bytes that an agency has sent, each file once, also those it took back: they are kept.

    What the system made for it is not counted.
    """
    files, blobs = table("attachment"), table("file_blob")
    sent = select(files.c.sha256).where(files.c.agency_id == agency_id, files.c.subject_kind != "consolidation")
    found = session.execute(select(func.coalesce(func.sum(blobs.c.size), 0)).where(blobs.c.sha256.in_(sent)))
    return int(found.scalar_one())


def withdraw(session: Session, number: int, now: datetime) -> bool:
    """Take a file back; False when it was taken back before."""
    rows = table("attachment")
    touched = session.execute(
        update(rows).where(rows.c.id == number, rows.c.withdrawn_at.is_(None)).values(withdrawn_at=now)
    )
    return bool(touched.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def body(session: Session, sha256: str) -> bytes | None:
    """The bytes themselves."""
    blobs = table("file_blob")
    return session.execute(select(blobs.c.body).where(blobs.c.sha256 == sha256)).scalar()


def list_waiting(session: Session, limit: int) -> list[str]:
    """Sums of bytes that wait for the scanner, oldest first."""
    blobs = table("file_blob")
    found = session.execute(
        select(blobs.c.sha256).where(blobs.c.scan == "waiting").order_by(blobs.c.stored_at).limit(limit)
    )
    return list(found.scalars())


def settle(session: Session, sums: Sequence[str], scan: str, note: str = "") -> None:
    """Record what the scanner said of bytes. What was found to be infected stays so."""
    blobs = table("file_blob")
    session.execute(
        update(blobs).where(blobs.c.sha256.in_(sums), blobs.c.scan != "infected").values(scan=scan, scan_note=note)
    )
