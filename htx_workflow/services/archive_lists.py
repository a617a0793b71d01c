"""The dossiers of a plan (danh mục hồ sơ), and the list that goes with them to the office's archive."""

from __future__ import annotations

from dataclasses import dataclass

from htx_workflow.domain import dossier_papers, words
from htx_workflow.domain.dossier_papers import Dossier
from htx_workflow.domain.papers import Paper
from htx_workflow.gateways import workbooks
from htx_workflow.services.composing import LOCAL
from htx_workflow.services.desk import Sight
from htx_workflow.services.letters import letterhead_of
from htx_workflow.store import dossier_lists
from htx_workflow.store.database import Session


@dataclass(frozen=True, slots=True)
class DossierLine:
    """A dossier as a page lists it."""

    duty: str
    title: str
    clause: str
    period: str
    holders: int
    dossier: Dossier


def listed(session: Session, seen: Sight, year: str = "") -> list[DossierLine]:
    """Every duty and round with files, in the order of rounds and of the plan: one read."""
    duties = seen.duty
    order = {duty.id: place for place, duty in enumerate(seen.duties)}
    found = []
    for row in sorted(
        dossier_lists.list_dossiers(session, seen.loaded.id, year), key=lambda row: (row.period, order[row.duty_id])
    ):
        duty = duties[row.duty_id]
        first = row.first_dated or row.first_at.astimezone(LOCAL).date()
        last = row.last_dated or row.last_at.astimezone(LOCAL).date()
        title = f"Hồ sơ {words.lower_first(duty.title)}, {words.period_text(row.period)}"
        line = Dossier(title, min(first, last), max(first, last), row.files)
        found.append(DossierLine(duty.code, duty.title, duty.clause, row.period, row.holders, line))
    return found


def title(seen: Sight) -> str:
    """Hồ sơ thực hiện Kế hoạch số 3819/KH-UBND."""
    return f"Hồ sơ thực hiện Kế hoạch số {seen.loaded.plan.document.number}"


def paper(seen: Sight, lines: list[DossierLine], *, simulation: bool) -> Paper:
    """The list as a paper of the lead agency."""
    keeper = letterhead_of(seen.agencies, seen.agencies[seen.lead_id])
    dossiers = [line.dossier for line in lines]
    return dossier_papers.handover(keeper, title(seen), dossiers, year=seen.today.year, simulation=simulation)


def workbook(seen: Sight, lines: list[DossierLine], *, simulation: bool) -> bytes:
    """The list as a workbook."""
    named = title(seen)
    table = dossier_papers.handover_table(named, [line.dossier for line in lines])
    facts = [("Hồ sơ", named), ("Số hồ sơ", words.count_text(len(lines))), ("Thời hạn bảo quản", "")]
    return workbooks.write(named, facts, [table], [], simulation=simulation)
