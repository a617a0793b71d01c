"""Issued documents (văn bản đã phát hành): the file that was handed out, kept and given again byte for byte.

Of a consolidation each document is kept once: who asks again gets the same bytes, also after the figures, the templates
or the agency's name have changed. A document is made anew with a new consolidation.
"""

from __future__ import annotations

import hashlib
import zipfile
from tempfile import TemporaryFile
from typing import IO

from htx_workflow.domain import audit
from htx_workflow.domain.errors import NotAllowed, NotFound
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import consolidations, plans
from htx_workflow.services.composing import LOCAL
from htx_workflow.services.documents import Written
from htx_workflow.services.reports import When
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import audit_chain, snapshots
from htx_workflow.store import files as store
from htx_workflow.store.database import Session
from htx_workflow.store.files import FileRow

SUBJECT = "consolidation"


def place(kind: str, unit: str) -> str:
    """Where a document stands among those of its consolidation: thong-bao/htx-a."""
    return f"{kind}/{unit}" if unit else kind


def list_of(session: Session, code: str, period: str, no: int) -> dict[str, FileRow]:
    """The documents issued of a consolidation, by place."""
    number = _number(session, code, period, no)
    found: dict[str, FileRow] = {}
    for row in store.list_files(session, SUBJECT, [number]):
        found.setdefault(row.field, row)
    return found


def keep(
    session: Session, code: str, period: str, no: int, written: Written, visitor: Visitor | None, when: When
) -> FileRow:
    """Keep a document as it was made; the one kept before when it was issued already."""
    loaded = plans.get_plan(session, code)
    if visitor is not None and not visitor.may_lead(loaded.id):
        raise NotAllowed("Văn bản của bản tổng hợp do cơ quan chủ trì kế hoạch phát hành.")
    at = place(written.kind, written.unit)
    number = _number(session, code, period, no)
    snapshots.lock(session, number)
    before = list_of(session, code, period, no).get(at)
    if before is not None:
        return before
    sha256 = hashlib.sha256(written.body).hexdigest()
    lead = agency_store.find_id(session, loaded.plan.lead)
    assert lead is not None
    store.add_blob(
        session, sha256, written.media_type, written.body, when.now, scan="none", note="", signature=""
    )  # fmt: skip
    store.add(
        session, sha256=sha256, name=written.name, subject_kind=SUBJECT, subject_id=number, field=at, agency_id=lead,
        document_id=None, at=when.now, by_code=when.by,
    )  # fmt: skip
    detail: dict[str, object] = {"no": no, "document": at, "sha256": sha256}
    audit_chain.note(session, audit.Event(when.now, when.by, "document.issue", f"{code}/{period}", detail))
    return list_of(session, code, period, no)[at]


def again(session: Session, code: str, period: str, no: int, kind: str, unit: str = "") -> Written:
    """The document exactly as it was issued. Raises `NotFound` for one that was not."""
    row = list_of(session, code, period, no).get(place(kind, unit))
    body = store.body(session, row.sha256) if row is not None else None
    if row is None or body is None:
        raise NotFound("Văn bản này chưa phát hành từ bản tổng hợp này.")
    return Written(kind, unit, row.name, row.media_type, body)


def archive(session: Session, code: str, period: str, no: int) -> IO[bytes]:
    """Every document issued of a consolidation in one zip file, which the caller closes. Raises `NotFound` for none."""
    rows = list_of(session, code, period, no)
    if not rows:
        raise NotFound(f"Chưa có văn bản nào được tạo từ bản tổng hợp số {no} của đợt {period}.")
    file = TemporaryFile()  # noqa: SIM115 - closed by whoever sends it
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as packed:
        for row in rows.values():
            body = store.body(session, row.sha256)
            if body is not None:
                made = zipfile.ZipInfo(row.name, row.at.astimezone(LOCAL).timetuple()[:6])
                packed.writestr(made, body)
    file.seek(0)
    return file


def _number(session: Session, code: str, period: str, no: int) -> int:
    for row in consolidations.list_of(session, code, period):
        if row.no == no:
            return row.id
    raise NotFound(f"Chưa có bản tổng hợp số {no} của đợt {period}.")
