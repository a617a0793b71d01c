"""Rounds (đợt): the occurrences of one round and period; where it stands is a query, and the lead agency is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from htx_workflow.domain import standing, words
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.plan import AgencyKind, Basis, Duty
from htx_workflow.services.composing import Style
from htx_workflow.services.directory import Directory
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import occurrences as store
from htx_workflow.store import outbox
from htx_workflow.store.agencies import AgencyRow
from htx_workflow.store.database import Session
from htx_workflow.store.plans import LoadedPlan

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
OPENS_BEFORE = 30
"""Days before its first deadline from which a round is followed."""
FOLLOWED_AFTER = 31
"""Days after its last deadline until which an incomplete round is followed."""


@dataclass(frozen=True, slots=True)
class LevelState:
    """One duty of a round: who owes, who has sent, who was in time. Agencies are codes in the order of the plan."""

    round: str
    period: str
    duty: str
    title: str
    due_on: date | None
    owed: int
    sent: int
    accepted: int
    in_time: int
    missing: tuple[str, ...]
    missing_names: tuple[str, ...]
    holders: tuple[str, ...] = ()
    expected: bool = False
    """Its days are assumed: never overdue, nobody is told that they passed."""
    cooperatives: bool = False
    """Owed by cooperatives alone, of whom mails speak apart and softly."""

    @property
    def due_text(self) -> str:
        """Chủ nhật 15/12/2024; empty without a day."""
        return words.weekday_text(self.due_on) if self.due_on else ""


@dataclass(frozen=True, slots=True)
class Tally:
    """Of those who owe: how many have sent everything, and the names of those who have not."""

    sent: int
    owed: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoundState:
    """One round of one period, level by level in the order of the deadlines."""

    round: str
    period: str
    levels: tuple[LevelState, ...]

    @property
    def first_due(self) -> date | None:
        return min((level.due_on for level in self.levels if level.due_on), default=None)

    @property
    def last_due(self) -> date | None:
        return max((level.due_on for level in self.levels if level.due_on), default=None)

    @property
    def first_due_text(self) -> str:
        return words.weekday_text(self.first_due) if self.first_due else ""

    @property
    def cooperatives_missing(self) -> bool:
        return any(level.cooperatives and level.missing for level in self.levels)

    @property
    def complete(self) -> bool:
        """Everything owed was accepted."""
        return all(level.accepted == level.owed for level in self.levels)

    def agencies_but(self, lead: str) -> Tally:
        """The agencies, each once, without cooperatives and without the lead agency, which reads this."""
        levels = [level for level in self.levels if not level.cooperatives]
        owing = {code for level in levels for code in level.holders if code != lead}
        missing = {
            code: name
            for level in levels
            for code, name in zip(level.missing, level.missing_names, strict=True)
            if code != lead
        }
        return Tally(len(owing) - len(missing), len(owing), tuple(missing.values()))


def list_rounds(
    session: Session, loaded: LoadedPlan, on: date, agencies: Mapping[int, AgencyRow] | None = None
) -> list[RoundState]:
    """Every round of the plan, by period, as known at the end of this day; `agencies` of that day, if they were read."""
    known = store.standings_known_on(session, loaded.id, on)
    agencies = agencies or agency_store.list_agencies(session, on)
    grouped: dict[tuple[str, str], dict[str, list[tuple[store.Row, standing.Standing]]]] = {}
    duties = {duty.id: duty for duty in loaded.plan.duties if duty.round}
    for row in store.list_rows(session, loaded.id):
        duty, stands = duties.get(row.duty), known.get(row.id)
        if duty is None or duty.round is None or stands is None or row.historical:
            continue
        grouped.setdefault((duty.round, row.period), {}).setdefault(duty.id, []).append((row, stands))
    found = []
    for (code, period), by_duty in sorted(grouped.items(), key=lambda item: (item[0][1], item[0][0])):
        levels = [_level(code, period, duties[duty], rows, agencies) for duty, rows in by_duty.items()]
        levels.sort(key=lambda level: (level.due_on or date.max, level.duty))
        found.append(RoundState(code, period, tuple(levels)))
    return found


def list_current(session: Session, loaded: LoadedPlan, on: date) -> list[RoundState]:
    """The rounds followed on this day: from a month before the first deadline until complete, or a month after."""
    current = []
    for state in list_rounds(session, loaded, on):
        if state.first_due is None or state.last_due is None:
            continue
        if state.first_due - timedelta(days=OPENS_BEFORE) <= on <= state.last_due + timedelta(days=FOLLOWED_AFTER):
            current.append(state)
    return current


def _level(
    code: str,
    period: str,
    duty: Duty,
    rows: Iterable[tuple[store.Row, standing.Standing]],
    agencies: Mapping[int, AgencyRow],
) -> LevelState:
    counted = [(row, stands) for row, stands in rows if stands.state not in (standing.WAIVED, standing.SPLIT)]
    missing = [
        agencies[stands.holder or row.original_holder_id]
        for row, stands in counted
        if stands.state not in (standing.SUBMITTED, standing.DONE)
    ]
    holders = [agencies[stands.holder or row.original_holder_id] for row, stands in counted]
    dated = [stands for _, stands in counted if stands.due_on]
    sent = [stands for _, stands in counted if stands.state in (standing.SUBMITTED, standing.DONE)]
    return LevelState(
        round=code,
        period=period,
        duty=duty.id,
        title=duty.title,
        due_on=max((stands.due_on for _, stands in counted if stands.due_on), default=None),
        owed=len(counted),
        sent=len(sent),
        accepted=sum(stands.state == standing.DONE for stands in sent),
        in_time=sum(
            stands.submitted_on is not None and stands.due_on is not None and stands.submitted_on <= stands.due_on
            for stands in sent
        ),
        missing=tuple(agency.code for agency in missing),
        missing_names=tuple(agency.short_name for agency in missing),
        holders=tuple(agency.code for agency in holders),
        expected=bool(dated) and all(stands.basis is Basis.ASSUMED for stands in dated),
        cooperatives=bool(holders) and all(agency.kind is AgencyKind.COOPERATIVE for agency in holders),
    )


def occasion(state: RoundState, on: date, calendar: WorkingCalendar) -> str | None:
    """Why the lead agency is told of a round on this day: it opened, a deadline has just passed, or it is complete.

    An assumed day is no deadline: that it passed is no occasion.
    The name of the occasion is part of the mail's key, so that each is told once.
    """
    if state.complete:
        return "complete"
    for level in reversed(state.levels):
        if level.due_on is None or level.expected or not level.missing:
            continue
        if on >= calendar.soft_shift(level.due_on, 1)[0]:
            return f"after-{level.due_on.isoformat()}"
    return "open"


def tell_lead(
    session: Session,
    loaded: LoadedPlan,
    states: list[RoundState],
    on: date,
    now: datetime,
    style: Style,
    calendar: WorkingCalendar,
) -> int:
    """Queue one mail per occasion and contact of the lead agency; how many are new."""
    directory = Directory(session, on)
    lead = directory.by_code[loaded.plan.lead]
    head = directory.head(loaded)
    messages = []
    for state in states:
        told = occasion(state, on, calendar)
        if told is None:
            continue
        for contact in directory.leads(lead.id):
            rendered = style.renderer.render(
                "round_report",
                to=directory.addressee(contact),
                plan=head,
                state=state,
                tally=state.agencies_but(loaded.plan.lead),
                period=words.period_text(state.period),
                occasion=told.partition("-")[0],
                moment=words.moment_text(now.astimezone(LOCAL)),
                simulation=style.simulation,
            )
            messages.append(
                outbox.NewMessage(
                    f"round/{loaded.plan.code}/{state.round}/{state.period}/{told}/{contact.code}", "round",
                    contact.id, loaded.id, contact.address, on, rendered.subject, rendered.text, rendered.html, "",
                )
            )  # fmt: skip
    return outbox.add_messages(session, messages, now)
