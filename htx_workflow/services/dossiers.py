"""Dossiers (hồ sơ công việc): the papers of a duty, a cooperative and a round as one archive with a table of contents.

Files are in it as they were sent, numbered in the order of their days. One file at a time is in memory.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from tempfile import TemporaryFile
from typing import IO

from htx_workflow.domain import dossier_papers, file_names, words
from htx_workflow.domain.dossier_papers import Content
from htx_workflow.domain.errors import NotAllowed, NotFound
from htx_workflow.domain.visitors import Visitor
from htx_workflow.gateways import workbooks
from htx_workflow.gateways.word import Word
from htx_workflow.services import plans
from htx_workflow.services.letters import letterhead_of
from htx_workflow.store import desk_rows, dossier_rows, files
from htx_workflow.store.database import Session
from htx_workflow.store.desk_rows import AgencyRow
from htx_workflow.store.dossier_rows import PaperRow

CONTENTS = "00 Mục lục văn bản"
SHUT = {"infected": "có mã độc, không kèm theo", "waiting": "chờ quét, không kèm theo"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of which plan and round; a duty and a holder narrow it."""

    plan: str
    period: str
    duty: str = ""
    holder: str = ""


@dataclass(frozen=True, slots=True)
class Dossier:
    """The archive, which the caller closes."""

    name: str
    file: IO[bytes]
    contents: tuple[Content, ...]


def make(
    session: Session, wanted: Wanted, word: Word, day: date, visitor: Visitor | None, *, simulation: bool
) -> Dossier:
    """The dossier as it stands. Raises `NotFound` when there is no paper in it, `NotAllowed` for who does not lead."""
    loaded = plans.get_plan(session, wanted.plan)
    if visitor is not None and not visitor.may_take_files(loaded.id):
        raise NotAllowed("Hồ sơ công việc do cơ quan chủ trì kế hoạch lập.")
    rows = dossier_rows.list_papers(session, loaded.id, wanted.period, duty=wanted.duty, holder=wanted.holder)
    if not rows:
        raise NotFound("Chưa có tệp nào của việc này trong đợt.")
    agencies = desk_rows.list_agencies(session, day)
    by_code = {row.code: row for row in agencies.values()}
    listed = _listed(rows, agencies)
    title = _title(wanted, f"Kế hoạch số {loaded.plan.document.number}", by_code)
    keeper = letterhead_of(agencies, by_code[loaded.plan.lead])
    paper = dossier_papers.contents(keeper, title, listed, year=day.year, simulation=simulation)
    index = {
        f"{CONTENTS}.docx": word.write(paper),
        f"{CONTENTS}.xlsx": workbooks.write(
            title, [("Hồ sơ", title), ("Thời hạn bảo quản", "")], [dossier_papers.table(title, listed)], [],
            simulation=simulation,
        ),
    }  # fmt: skip
    file = _packed(session, rows, listed, index)
    parts = ["ho-so", wanted.plan, wanted.duty, wanted.holder, wanted.period]
    name = f"{'MOPHONG_' if simulation else ''}{'_'.join(part for part in parts if part)}.zip"
    return Dossier(name, file, tuple(listed))


def _title(wanted: Wanted, plan: str, agencies: dict[str, AgencyRow]) -> str:
    parts = [f"Hồ sơ thực hiện {plan}"]
    if wanted.duty:
        parts.append(f"nhiệm vụ {wanted.duty}")
    if wanted.holder:
        holder = agencies.get(wanted.holder)
        parts.append(holder.name if holder else wanted.holder)
    return f"{', '.join(parts)}, {words.period_text(wanted.period)}"


def _listed(rows: Sequence[PaperRow], agencies: dict[int, AgencyRow]) -> list[Content]:
    names = file_names.numbered_names([row.name for row in rows])
    return [
        Content(
            row.number or "",
            row.dated or row.at.date(),
            _author(row, agencies),
            row.subject or row.work,
            name,
            SHUT.get(row.scan, "" if row.number else "chưa có văn bản"),
        )
        for row, name in zip(rows, names, strict=True)
    ]


def _author(row: PaperRow, agencies: dict[int, AgencyRow]) -> str:
    if row.issuer_id is not None and row.issuer_id in agencies:
        return agencies[row.issuer_id].name
    if row.issuer:
        return row.issuer
    return agencies[row.holder].name if row.holder in agencies else ""


def _packed(
    session: Session, rows: Sequence[PaperRow], listed: Sequence[Content], index: dict[str, bytes]
) -> IO[bytes]:
    file = TemporaryFile()  # noqa: SIM115 - closed by whoever sends it
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, made in index.items():
            archive.writestr(name, made)
        for row, one in zip(rows, listed, strict=True):
            body = files.body(session, row.sha256) if row.scan not in SHUT else None
            if body is not None:
                archive.writestr(one.file, body, zipfile.ZIP_STORED)
    file.seek(0)
    return file
