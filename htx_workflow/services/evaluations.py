"""The yearly evaluation (đánh giá hằng năm): each level is told when it can begin, each cooperative what came of it.

What is told is keyed mail in the outbox, so that a step may run twice, late, or after an interruption. Nothing here
waits for who is late, and a cooperative is asked softly or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from htx_workflow.domain import words, yearly_rounds
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.digests import PlanHead
from htx_workflow.domain.plan import Scoring
from htx_workflow.domain.review_chains import ReviewLevel
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.domain.scorecards import points_text
from htx_workflow.domain.yearly_rounds import LevelProgress, Owed
from htx_workflow.services import results
from htx_workflow.services.composing import LOCAL, Style
from htx_workflow.services.directory import Directory
from htx_workflow.services.reports import When
from htx_workflow.services.results import UnitResult
from htx_workflow.services.yearly_rounds import YearRound
from htx_workflow.store import outbox, sent_cards, snapshots
from htx_workflow.store import plans as plan_store
from htx_workflow.store.agencies import AgencyRow, ContactRow
from htx_workflow.store.database import Database, Session
from htx_workflow.store.outbox import NewMessage
from htx_workflow.store.plans import LoadedPlan

TRIAL_INVITED = timedelta(days=30)
"""Before the milestone of the trial score each cooperative is invited once."""
TRIAL_TOLD = timedelta(days=31)
"""So long after it the lead officer can still be told what it showed."""
BATCH = 100
"""Result notices of one transaction."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What every mail of a plan is made with on one day."""

    loaded: LoadedPlan
    directory: Directory
    head: PlanHead
    style: Style
    when: When

    @property
    def moment(self) -> str:
        return words.moment_text(self.when.now.astimezone(LOCAL))

    def mail(self, kind: str, name: str, stem: str, contact: ContactRow, **values: Any) -> NewMessage:
        """One mail under the key `<stem>/<contact>`."""
        rendered = self.style.renderer.render(
            name,
            to=self.directory.addressee(contact),
            plan=self.head,
            links=self.style.links,
            simulation=self.style.simulation,
            **values,
        )
        reply_to = self.head.focal_address if self.head.focal_address != contact.address else ""
        return NewMessage(
            f"{stem}/{contact.code}", kind, contact.id, self.loaded.id, contact.address, self.when.today,
            rendered.subject, rendered.text, rendered.html, reply_to,
        )  # fmt: skip


def desk(session: Session, loaded: LoadedPlan, style: Style, when: When) -> Desk:
    """The directory of the day, and how the plan is cited."""
    directory = Directory(session, when.today)
    return Desk(loaded, directory, directory.head(loaded), style, when)


# The next level


def tell_levels(
    session: Session, loaded: LoadedPlan, states: Sequence[YearRound], calendar: WorkingCalendar, style: Style, when: When
) -> int:  # fmt: skip
    """Tell whoever checks next, once: everything below is in, or its deadline has passed with gaps. How many mails."""
    at = desk(session, loaded, style, when)
    duties = plan_store.duty_ids(session, loaded.id)
    messages = [message for state in states for message in _level_mails(at, state, duties, calendar)]
    return outbox.add_messages(session, messages, when.now)


def _level_mails(
    at: Desk, state: YearRound, duties: Mapping[str, int], calendar: WorkingCalendar
) -> Iterator[NewMessage]:
    for below, level in pairwise(state.scoring.chain):
        for scorer in dict.fromkeys(one.scorer for one in state.owed[level.code]):
            mine = [one for one in state.owed[level.code] if one.scorer == scorer]
            if all((level.code, one.unit) in state.cards for one in mine):
                continue  # it has checked them all: nothing to tell
            found = state.of_scorer(below, scorer, at.when.today)
            told = yearly_rounds.occasion(found, _passed_on(found, calendar), at.when.today)
            if told is None:
                continue
            values = _level_values(at, state.period, found, level, mine) | {"occasion": told}
            stem = f"level/{at.loaded.plan.code}/{state.period}/{level.code}/{at.directory.agency(scorer).code}"
            for contact in at.directory.holders(scorer, duties.get(level.duty or "", 0)):
                yield at.mail("round", "level_ready", stem, contact, **values)


def _passed_on(below: LevelProgress, calendar: WorkingCalendar) -> date | None:
    """The working day after the deadline of a level; None for an assumed day, which never passes."""
    if below.due_on is None or below.expected:
        return None
    return calendar.soft_shift(below.due_on, 1)[0]


def _level_values(
    at: Desk, period: str, below: LevelProgress, level: ReviewLevel, mine: Sequence[Owed]
) -> dict[str, Any]:
    """`mine`: what the addressee owes on its own level."""
    due_on = max((one.due_on for one in mine if one.due_on), default=None)
    return {
        "period": words.period_text(period),
        "points": below.level.points_word,
        "first": below.level.by == "unit",
        "last": level.by == "lead",
        "sent": below.sent,
        "owed": below.owed,
        "missing": _names(at.directory, below.missing),
        "due": words.weekday_text(due_on) if due_on else "",
        "expected": all(one.expected for one in mine if one.due_on),
        "moment": at.moment,
        "path": str(mine[0].work or ""),
    }


def _names(directory: Directory, units: Iterable[int]) -> list[str]:
    return [directory.agency(unit).short_name for unit in units]


# The trial score


def trial_is_near(loaded: LoadedPlan, on: date) -> bool:
    """Whether something about the trial score may have to be told on this day."""
    trial_on = loaded.plan.scoring.trial_on if loaded.plan.scoring else None
    if trial_on is None or loaded.activated_on > trial_on:
        return False
    return trial_on - TRIAL_INVITED <= on <= trial_on + TRIAL_TOLD


def tell_trial(session: Session, loaded: LoadedPlan, rubric: Rubric, style: Style, when: When) -> int:
    """Up to the milestone invite each cooperative and its superior once; after it tell the lead officer the gaps."""
    scoring = loaded.plan.scoring
    if not trial_is_near(loaded, when.today) or scoring is None or scoring.trial_on is None:
        return 0
    at = desk(session, loaded, style, when)
    told = _invitations(session, at, scoring) if when.today <= scoring.trial_on else _gaps(session, at, rubric, scoring)
    return outbox.add_messages(session, list(told), when.now)


def _invitations(session: Session, at: Desk, scoring: Scoring) -> Iterator[NewMessage]:
    trial_on = scoring.trial_on
    assert trial_on is not None
    duties = plan_store.duty_ids(session, at.loaded.id)
    duty = duties.get(scoring.chain[0].duty or "", 0)
    units = [unit for unit in results.units_of(at.loaded, at.directory.agencies) if not unit.ended]
    values = {"day": words.weekday_text(trial_on), "mark": points_text(int(scoring.pass_mark * 100))}
    stem = f"trial/{at.loaded.plan.code}/{trial_on.isoformat()}"
    by_parent: dict[int, list[AgencyRow]] = {}
    for unit in units:
        if unit.parent_id is not None:
            by_parent.setdefault(unit.parent_id, []).append(unit)
        for contact in at.directory.holders(unit.id, duty):
            yield at.mail("round", "trial_invitation", stem, contact, names=[], **values)
    checks = next((level.duty for level in scoring.chain if level.by == "parent"), None)
    for parent, below in by_parent.items():
        for contact in at.directory.holders(parent, duties.get(checks or "", 0)):
            names = [unit.short_name for unit in below]
            yield at.mail("round", "trial_invitation", stem, contact, names=names, **values)


def _gaps(session: Session, at: Desk, rubric: Rubric, scoring: Scoring) -> Iterator[NewMessage]:
    trial_on = scoring.trial_on
    assert trial_on is not None
    wanted = results.asked(at.loaded, rubric, str(trial_on.year), ("trial",))
    units = [unit for unit in results.units_of(at.loaded, at.directory.agencies) if not unit.ended]
    found = {row.unit.id: row for row in results.iterate(session, wanted, units)}
    lines = []
    for unit in units:
        row = found[unit.id]
        has_start = row.baseline is not None and bool(row.baseline.to_improve)
        said = yearly_rounds.gap_words(row.shortfall, wanted.pass_mark, has_start=has_start)
        lines.append(f"{unit.short_name}: {said}")
    stem = f"trial-gaps/{at.loaded.plan.code}/{trial_on.isoformat()}"
    scored = sum(row.shortfall is not None for row in found.values())
    for contact in officers(at):
        yield at.mail(
            "round", "trial_gaps", stem, contact, day=words.day_text(trial_on), lines=lines, scored=scored,
            owed=len(units),
        )  # fmt: skip


def officers(at: Desk) -> list[ContactRow]:
    """Who runs the plan: the lead agency's focal contacts, not its leaders."""
    return at.directory.holders(at.directory.by_code[at.loaded.plan.lead].id, 0)


# Results


@dataclass
class Told:
    """What became of the result notices: queued now, and cooperatives without anybody to write to."""

    queued: int = 0
    without_contact: int = 0


def send_results(
    database: Database, loaded: LoadedPlan, rubric: Rubric, states: Sequence[YearRound], style: Style, when: When
) -> Told:
    """Tell each cooperative whose year is settled its result, once; in batches, each complete in itself."""
    told = Told()
    for state in states:
        with database.reading() as session:
            at = desk(session, loaded, style, when)
            duty = plan_store.duty_ids(session, loaded.id).get(state.scoring.chain[0].duty or "", 0)
            units = _untold(session, at, state, duty, told)
        for start in range(0, len(units), BATCH):
            with database.transaction("result-notice") as session:
                wanted = results.asked(loaded, rubric, state.period)
                messages = [
                    message
                    for row in results.iterate(session, wanted, units[start : start + BATCH])
                    for message in _notices(at, state, row, wanted.heading, duty)
                ]
                told.queued += outbox.add_messages(session, messages, when.now)
    return told


def _untold(session: Session, at: Desk, state: YearRound, duty: int, told: Told) -> list[AgencyRow]:
    """Cooperatives that are settled, have a result to speak of, and a contact that was not told."""
    settled = set(state.settled)
    if _kept_by_a_person(session, at.loaded, state.period):
        settled |= {one.unit for one in state.owed[state.scoring.chain[0].code]}
    decisive = state.scoring.decisive.level
    keys: dict[str, int] = {}
    for unit in sorted(settled):
        if (decisive, unit) not in state.cards:
            continue
        contacts = at.directory.holders(unit, duty)
        told.without_contact += not contacts
        keys |= {f"{_stem(at, state.period, at.directory.agency(unit).code)}/{one.code}": unit for one in contacts}
    before = sent_cards.queued_keys(session, keys)
    return [at.directory.agency(unit) for unit in sorted({unit for key, unit in keys.items() if key not in before})]


def _kept_by_a_person(session: Session, loaded: LoadedPlan, period: str) -> bool:
    """The lead officer kept a consolidation of the year: its results stand, whoever has not sent."""
    return any(row.by != "system" for row in snapshots.list_of(session, loaded.id, period))


def _stem(at: Desk, period: str, unit: str) -> str:
    return f"result/{at.loaded.plan.code}/{period}/{unit}"


def _notices(at: Desk, state: YearRound, row: UnitResult, heading: str, duty: int) -> Iterator[NewMessage]:
    verdict = row.outcome.decisive
    made = row.levels.get(verdict.level.code)
    work = next((one.work for one in state.owed[state.scoring.chain[0].code] if one.unit == row.unit.id), 0)
    values = {
        "period": words.period_text(state.period),
        "heading": heading,
        "total": points_text(verdict.total) if verdict.total is not None else "",
        "band": verdict.band.title if verdict.band else "",
        "conclusion": verdict.conclusion.value,
        "why": verdict.why,
        "estimate": made is not None and made.card.stage == "estimate",
        "path": str(work or ""),
    }
    for contact in at.directory.holders(row.unit.id, duty):
        yield at.mail("result", "result_notice", _stem(at, state.period, row.unit.code), contact, **values)


# What a table shows


def table_rows(states: Sequence[YearRound], directory: Directory) -> list[dict[str, str | int]]:
    """One line for each level of each round; codes, no names of people."""
    return [_row(state.period, level, directory) for state in states for level in state.levels]


def _row(period: str, found: LevelProgress, directory: Directory) -> dict[str, str | int]:
    return {
        "round": period,
        "level": found.level.code,
        "due_on": found.due_on.isoformat() if found.due_on else "-",
        "owed": found.owed,
        "sent": found.sent,
        "accepted": found.accepted,
        "in_time": found.in_time,
        "missing": ", ".join(directory.agency(unit).code for unit in found.missing) or "-",
    }
