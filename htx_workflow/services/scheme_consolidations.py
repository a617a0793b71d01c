"""Consolidations that the course of a plan asks for (bản tổng hợp theo chuỗi): when a round ends, when the scheme ends.

Two moments of a year ask for one: the top level's report is accepted or its day has passed; and in the last year the
final report can begin, or its day has come. After a moment what changes in the figures makes a new one, at most one a
day; what only grows older does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from htx_workflow.domain import audit, consolidation_words, standing, words
from htx_workflow.domain.consolidations import Consolidation
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.services import chains, consolidations, evaluations, outcomes, snapshot_keeping
from htx_workflow.services.composing import LOCAL, Style
from htx_workflow.services.reports import When
from htx_workflow.services.yearly_rounds import FOLLOWED_AFTER
from htx_workflow.store import audit_chain, occurrences, outbox, sent_cards, snapshots
from htx_workflow.store.database import Database, Session
from htx_workflow.store.plans import LoadedPlan

ROUND, FINAL = "round", "final"
MOMENT = "consolidate.moment"
SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Kept:
    """A snapshot that was kept in this run."""

    period: str
    no: int


def reached(session: Session, loaded: LoadedPlan, on: date) -> dict[str, tuple[str, ...]]:
    """By year the moments that have come on this day and are still followed."""
    scoring = loaded.plan.scoring
    if scoring is None:
        return {}
    found: dict[str, list[str]] = {}
    top = scoring.chain[-1].duty
    for row in occurrences.list_rows(session, loaded.id):
        due_on = row.standing.due_on
        if row.duty != top or row.historical or (due_on is not None and on > due_on + FOLLOWED_AFTER):
            continue
        if row.standing.state == standing.DONE or (due_on is not None and due_on < on):
            found.setdefault(row.period, []).append(ROUND)
    last = outcomes.last_period(loaded.plan, on)
    if _final_can_begin(session, loaded, on):
        found.setdefault(last, []).append(FINAL)
    return {period: tuple(dict.fromkeys(moments)) for period, moments in sorted(found.items())}


def _final_can_begin(session: Session, loaded: LoadedPlan, on: date) -> bool:
    """The final report waits for nothing any more, or its day has come; not long after it."""
    duty = chains.final_duty(loaded.plan)
    for step in chains.list_steps(session, loaded, on):
        if step.duty != duty or (step.due_on is not None and on > step.due_on + FOLLOWED_AFTER):
            continue
        if step.state != "blocked" or (step.due_on is not None and step.due_on <= on):
            return True
    return False


def keep_due(database: Database, loaded: LoadedPlan, rubric: Rubric, on: date, when: When) -> list[Kept]:
    """Keep the snapshots that this day asks for; those that are new."""
    with database.reading() as session:
        asked = reached(session, loaded, on)
    return [
        kept
        for period, moments in asked.items()
        if (kept := _keep(database, loaded, rubric, on, when, period, moments))
    ]


def _keep(
    database: Database, loaded: LoadedPlan, rubric: Rubric, on: date, when: When, period: str, moments: tuple[str, ...]
) -> Kept | None:
    code = loaded.plan.code
    with database.reading() as session:
        new = [one for one in moments if not audit_chain.has(session, MOMENT, f"{code}/{period}/{one}")]
        last = snapshots.list_of(session, loaded.id, period)
        made = consolidations.compute(session, code, period, rubric, on, when)
        before = consolidations.find(session, code, period, last[-1].no).inputs if last else {}
    if not new and _same(before, made):
        return None
    kept = snapshot_keeping.keep(database, made, rubric, None, when)
    if new:
        with database.transaction("consolidate-moment") as session:
            for one in new:
                detail: dict[str, object] = {"no": kept.no}
                audit_chain.note(session, audit.Event(when.now, when.by, MOMENT, f"{code}/{period}/{one}", detail))
    return Kept(period, kept.no) if not last or kept.no != last[-1].no else None


def _same(before: Mapping[str, str], made: Consolidation) -> bool:
    return consolidation_words.substance(before) == consolidation_words.substance(made.inputs)


def table_rows(session: Session, loaded: LoadedPlan, on: date) -> list[Mapping[str, str | int]]:
    """One line for each year with work of the top level."""
    if loaded.plan.scoring is None:
        return []
    top = loaded.plan.scoring.chain[-1].duty
    years = sorted({row.period for row in occurrences.list_rows(session, loaded.id) if row.duty == top})
    asked, kept = reached(session, loaded, on), {row.round: row.no for row in snapshots.list_of(session, loaded.id)}
    return [
        {"round": year, "asked_by": ", ".join(asked.get(year, ())) or "-", "no": kept.get(year, 0)} for year in years
    ]


def last_of_each(database: Database, loaded: LoadedPlan, on: date) -> dict[str, int]:
    """By followed year the number of the last snapshot that the course of the plan made."""
    with database.reading() as session:
        found = {period: snapshots.list_of(session, loaded.id, period) for period in reached(session, loaded, on)}
    return {period: rows[-1].no for period, rows in found.items() if rows and rows[-1].by == SYSTEM}


def tell_officer(database: Database, loaded: LoadedPlan, style: Style, on: date, when: When) -> int:
    """Tell the lead officer of each such snapshot once, with what differs from the one before; how many mails."""
    told = 0
    for period, no in last_of_each(database, loaded, on).items():
        with database.transaction("consolidation-mail") as session:
            told += _tell(session, loaded, style, when, period, no)
    return told


def _tell(session: Session, loaded: LoadedPlan, style: Style, when: When, period: str, no: int) -> int:
    at = evaluations.desk(session, loaded, style, when)
    stem = f"consolidation/{loaded.plan.code}/{period}/{no}"
    contacts = evaluations.officers(at)
    before = sent_cards.queued_keys(session, [f"{stem}/{one.code}" for one in contacts])
    waiting = [one for one in contacts if f"{stem}/{one.code}" not in before]
    if not waiting:
        return 0
    made = consolidations.find(session, loaded.plan.code, period, no)
    earlier = [row.no for row in snapshots.list_of(session, loaded.id, period) if row.no < no]
    changes: list[str] = []
    if earlier:
        one = consolidations.find(session, loaded.plan.code, period, earlier[-1])
        changes = consolidation_words.changes(one, made)
    values = {
        "no": words.count_text(no),
        "period": f"đợt {words.period_text(period)}",
        "moment": words.moment_text(made.made_at.astimezone(LOCAL)),
        "target": made.target.text,
        "heading": made.decisive,
        "missing": len(made.missing),
        "before": words.count_text(earlier[-1]) if earlier else "",
        "changes": changes,
    }
    messages = [at.mail("round", "consolidated", stem, contact, **values) for contact in waiting]
    return outbox.add_messages(session, messages, when.now)
