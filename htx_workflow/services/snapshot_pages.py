"""Consolidations as pages show them (trang bản tổng hợp): one with its tables and documents, the difference of two."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from htx_workflow.domain import consolidations as domain
from htx_workflow.domain import summary_changes, summary_facts, summary_lists, words
from htx_workflow.domain.consolidations import Consolidation
from htx_workflow.domain.errors import NotFound
from htx_workflow.domain.figures import Table
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.services import documents, issued
from htx_workflow.services.composing import LOCAL
from htx_workflow.services.desk import Sight
from htx_workflow.store import files, rubric_rows, snapshots
from htx_workflow.store.database import Session
from htx_workflow.store.files import FileRow
from htx_workflow.store.snapshots import SnapshotRow

LINES = 200
"""Cooperatives of a snapshot that a page shows; the workbook has all."""
MOST_CHANGES = 500


@dataclass(frozen=True, slots=True)
class SnapshotLine:
    """A consolidation in the list."""

    no: int
    made_at: datetime
    rubric: str
    sha256: str


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A document of a consolidation: issued, or still to be made."""

    kind: str
    unit: str
    title: str
    whose: str
    """Name of the cooperative; empty for papers of the whole."""
    file: FileRow | None

    @property
    def place(self) -> str:
        return issued.place(self.kind, self.unit)


@dataclass(frozen=True)
class Shown:
    """A consolidation with its tables and documents."""

    made: Consolidation
    headline: str
    facts: list[tuple[str, str]]
    tables: list[Table]
    papers: list[PaperLine]
    units: int
    """Cooperatives in it; of many a page shows only the first."""

    @property
    def issued(self) -> int:
        return sum(paper.file is not None for paper in self.papers)


def headline(no: int, made_at: datetime) -> str:
    """Số liệu chốt lúc 17 giờ 00 ngày 20/12/2025, bản tổng hợp số 03."""
    local = made_at.astimezone(LOCAL)
    day = words.day_text(local.date())
    return f"Số liệu chốt lúc {local:%H} giờ {local:%M} ngày {day}, bản tổng hợp số {words.count_text(no)}"


def listed(session: Session, seen: Sight, period: str) -> list[SnapshotLine]:
    """The consolidations of a round, newest first: two reads."""
    rubrics = snapshots.rubrics_of(session, seen.loaded.id, period)
    rows = snapshots.list_of(session, seen.loaded.id, period)
    return [
        SnapshotLine(row.no, row.made_at, "{} (bản {})".format(*rubrics[row.no]), row.inputs_sha256)
        for row in reversed(rows)
    ]


def shown(session: Session, seen: Sight, period: str, no: int, rubric: Rubric, *, simulation: bool) -> Shown:
    """One consolidation. `rubric`: the plan's of today, read anew when it was made on another. Six reads at most."""
    row, made = _found(session, seen, period, no)
    if made.rubric != rubric.ref:
        rubric = next((one for one in rubric_rows.list_all(session).values() if one.ref == made.rubric), rubric)
    plan, sources = seen.loaded.plan, documents.sources(session)
    framed = documents.frame_of(plan, seen.agencies, sources, made, rubric, seen.today, simulation=simulation)
    kept: dict[str, FileRow] = {}
    for file in files.list_files(session, issued.SUBJECT, [row.id]):
        kept.setdefault(file.field, file)
    return Shown(
        made,
        headline(made.no, made.made_at),
        summary_facts.facts(made, framed),
        summary_lists.every(made, framed),
        _papers(made, kept, final=is_final(seen, period)),
        made.target.of,
    )


def is_final(seen: Sight, period: str) -> bool:
    """Whether a round is that of the plan's last year, which has the papers of the end."""
    last = seen.loaded.plan.ends_on
    return last is not None and str(last.year) == period


def _found(session: Session, seen: Sight, period: str, no: int) -> tuple[SnapshotRow, Consolidation]:
    row = next((row for row in snapshots.list_of(session, seen.loaded.id, period) if row.no == no), None)
    made = snapshots.find(session, seen.loaded.id, period, no, first=LINES) if row is not None else None
    if row is None or made is None:
        raise NotFound(f"Chưa có bản tổng hợp số {no} của đợt {period}.")
    return row, made


def _papers(made: Consolidation, kept: dict[str, FileRow], *, final: bool) -> list[PaperLine]:
    names = {line.key: line.name for line in made.cooperatives}
    wanted = dict.fromkeys(documents.wanted(made, final=final)) if made.target.of <= documents.MOST_UNITS else {}
    if not wanted:
        wanted = dict.fromkeys(documents.wanted(made.model_copy(update={"cooperatives": ()}), final=final))
        wanted |= dict.fromkeys((place.partition("/")[0], place.partition("/")[2]) for place in kept)
    return [
        PaperLine(kind, unit, documents.KINDS[kind], names.get(unit, unit), kept.get(issued.place(kind, unit)))
        for kind, unit in wanted
    ]


@dataclass(frozen=True)
class Compared:
    """Two consolidations beside each other."""

    earlier: str
    later: str
    lines: list[summary_changes.Line]
    count: int
    inputs: int
    """Inputs that are new, gone or different."""


def compared(session: Session, seen: Sight, period: str, earlier: int, later: int) -> Compared:
    """What differs between two consolidations of a round. Raises `NotFound` for one that is not there."""
    pair = [snapshots.find(session, seen.loaded.id, period, no) for no in (earlier, later)]
    one, other = pair
    if one is None or other is None:
        missing = earlier if one is None else later
        raise NotFound(f"Chưa có bản tổng hợp số {missing} của đợt {period}.")
    lines = list(summary_changes.lines(domain.differences(one, other), one, other))
    return Compared(
        headline(one.no, one.made_at),
        headline(other.no, other.made_at),
        lines[:MOST_CHANGES],
        len(lines),
        len(domain.changed_inputs(one, other)),
    )
