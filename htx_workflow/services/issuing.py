"""Issuing the documents of a consolidation (phát hành văn bản): what is not issued yet is made and kept, one by one.

Each document is a transaction of its own; making it is outside. Stopped in the middle, the next call goes on from there.
"""

from __future__ import annotations

from datetime import date

from htx_workflow.domain.consolidations import Consolidation
from htx_workflow.domain.plan import Plan
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.gateways.word import Word
from htx_workflow.services import consolidations, documents, issued, plans, scheme_consolidations
from htx_workflow.services.reports import When
from htx_workflow.store.database import Database
from htx_workflow.store.plans import LoadedPlan


def is_final(plan: Plan, period: str) -> bool:
    """Whether the papers of the end of the scheme belong to this year."""
    return plan.ends_on is not None and str(plan.ends_on.year) == period


def issue(
    database: Database, kept: Consolidation, rubric: Rubric, word: Word, when: When, *, simulation: bool
) -> int:  # fmt: skip
    """Make and keep every document of a snapshot that is not there yet; how many are new."""
    with database.reading() as session:
        plan = plans.get_plan(session, kept.plan).plan
        there = issued.list_of(session, kept.plan, kept.round, kept.no)
        missing = [
            (kind, unit)
            for kind, unit in documents.wanted(kept, final=is_final(plan, kept.round))
            if issued.place(kind, unit) not in there
        ]
        if not missing:
            return 0
        frame = documents.frame(session, kept, rubric, when.today, simulation=simulation)
        units = {unit for _, unit in missing if unit}
        own = documents.cards(session, kept, rubric, when.today, units, simulation=simulation)
    new = 0
    for kind, unit in missing:
        if kind in (documents.SELF_SCORE, documents.RECORD) and unit not in own:
            continue
        made = documents.write(kept, frame, kind, word, unit, own.get(unit))
        with database.transaction("issue-documents") as session:
            issued.keep(session, kept.plan, kept.round, kept.no, made, None, when)
        new += 1
    return new


def issue_due(
    database: Database, loaded: LoadedPlan, rubric: Rubric, word: Word, on: date, when: When, *, simulation: bool
) -> int:
    """Issue what is missing of the last snapshot that the course of the plan made of each year; how many are new."""
    new = 0
    for period, no in scheme_consolidations.last_of_each(database, loaded, on).items():
        with database.reading() as session:
            kept = consolidations.find(session, loaded.plan.code, period, no)
        new += issue(database, kept, rubric, word, when, simulation=simulation)
    return new
