"""Replay (mô phỏng): lives a plan through on a virtual clock with simulated agencies.

The database, the mails and the SMTP conversation are real; only people and time are played. Every morning the
rungs are decided and the mails sent; on working days agencies send papers, the lead officer checks, adopts the
assumed dates by a letter, has drafts approved and telephones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import date, datetime, time, timedelta
from typing import Any

from htx_workflow.domain import standing
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.card_places import CardPlace
from htx_workflow.domain.errors import NotAllowed
from htx_workflow.domain.plan import Kind, Plan, WorkingDaysAfter
from htx_workflow.domain.simulation import Dice
from htx_workflow.gateways.smtp import Mailer
from htx_workflow.services import (
    composing,
    delivery,
    evaluation_jobs,
    openings,
    plans,
    reports,
    ticks,
)
from htx_workflow.services.composing import LOCAL, Style
from htx_workflow.services.delivery import Sender
from htx_workflow.services.job_tools import Tools, plainly
from htx_workflow.services.replay_lead import Lead
from htx_workflow.services.replay_papers import Papers
from htx_workflow.services.replay_reports import Reports
from htx_workflow.services.replay_scores import Scores
from htx_workflow.services.replay_stage import Kit, Life, Stage
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import occurrences as store
from htx_workflow.store import outbox
from htx_workflow.store import reminders as ledger
from htx_workflow.store.database import Database, Session
from htx_workflow.store.documents import DocumentRef

MORNING, FORENOON, AFTERNOON = time(7, 30), time(10, 0), time(15, 0)
LOOKED_AT = 15
"""Day of each month on which the yearly evaluation is looked at; else when somebody has done something."""
OPENED = 8
"""Working days until work that a verdict opened is sent."""


class Replay:
    """One life of one plan. `tell` gets every event as a dict with ISO stamps; `on_day` is called each day."""

    def __init__(
        self,
        database: Database,
        plan: Plan,
        source: str,
        calendars: Mapping[str, WorkingCalendar],
        style: Style,
        mailer: Mailer,
        sender: Sender,
        seed: int,
        kit: Kit,
        tell: Callable[[dict[str, Any]], None],
        on_day: Callable[[date], None] = lambda day: None,
    ) -> None:
        self.database, self.plan, self.source = database, plan, source
        self.calendars, self.style, self.mailer, self.sender = calendars, style, mailer, sender
        self.calendar = calendars[plan.calendar]
        self.dice = Dice(seed)
        now = datetime.combine(plan.starts_on, MORNING, LOCAL)
        tools = Tools(
            database,
            calendars,
            style,
            sender,
            lambda: nullcontext(mailer),
            lambda: self.stage.now,
            kit.rubric_of,
            lambda: kit.word,
        )
        self.stage = Stage(database, plan, self.calendar, self.dice, kit, tools, now, tell)
        self.scores = Scores(self.stage)
        self.reports, self.papers = Reports(self.stage, self.scores), Papers(self.stage)
        self._on_day = on_day
        self._resend = self.stage.due_again
        self._numbers: Counter[tuple[str, int]] = Counter()
        self.lead = Lead(self.stage, self.scores, calendars, style)
        self._requests = self._request_days()

    @property
    def life(self) -> Life:
        return self.stage.life

    async def live(self, first: date, last: date) -> Life:
        """Every day from `first` to `last`; the plan is loaded on the first."""
        self.stage.now = datetime.combine(first, MORNING, LOCAL)
        with self.database.transaction("plan-load") as session:
            loaded = plans.load(
                session, self.plan, self.source, self.calendar, on=first, today=first, now=self.stage.now, by="system"
            )
        self.stage.event("plan.load", plan=self.plan.code, opened=loaded.opened, agencies=len(loaded.agencies))
        day = first
        while day <= last:
            await self._live_one_day(day)
            self.life.days += 1
            self._on_day(day)
            day += timedelta(days=1)
        self.papers.evening()
        with self.database.reading() as session:
            self.life.rungs = ledger.count_by_state(session, plans.get_plan(session, self.plan.code).id)
        return self.life

    async def _live_one_day(self, day: date) -> None:
        self.stage.now = datetime.combine(day, MORNING, LOCAL)
        ticked = ticks.tick(self.database, self.calendars, day, self.stage.now)
        await self._evaluate(day)
        composed = composing.compose(self.database, self.calendars, self.style, self.stage.now)
        self.life.unreachable |= set(composed.unreachable)
        if ticked.rungs or composed.digests:
            self.stage.event(
                "tick",
                rungs=ticked.rungs,
                superseded=ticked.superseded,
                skipped=ticked.skipped,
                digests=composed.digests,
            )
        await self._deliver()
        if self.calendar.soft_previous_working(day)[0] != day:
            return
        self.stage.now = datetime.combine(day, FORENOON, LOCAL)
        self._agencies_send(day)
        self._raise_requests(day)
        self.stage.now = datetime.combine(day, AFTERNOON, LOCAL)
        self.lead.afternoon(day)
        self.scores.afternoon()
        self.papers.afternoon()
        self.lead.approve(day)
        await self._deliver()

    async def _evaluate(self, day: date) -> None:
        """The job of the yearly evaluation; what a verdict opens is sent some days later."""
        if self.plan.scoring is None or not (self.stage.stirred("evaluation") or day.day == LOOKED_AT):
            return
        for key in evaluation_jobs.open_by_verdict(self.stage.tools, self.plan.code, day):
            self.stage.event("open-by-verdict", occurrence=key)
            self.stage.due_again[key] = self.stage.after(OPENED)
        await evaluation_jobs.annual_evaluation(self.stage.tools, plainly, self.plan.code, day)

    async def _deliver(self) -> None:
        delivered = await delivery.deliver(self.database, self.mailer, self.sender, lambda: self.stage.now)
        self.life.mails += delivered.sent
        self.life.doubtful += delivered.doubtful
        if not delivered.sent:
            return
        with self.database.reading() as session:
            for row in outbox.list_sent_at(session, self.stage.now):
                self.stage.event("mail", key=row.key, to=row.address, subject=row.subject)

    # The agencies

    def _agencies_send(self, day: date) -> None:
        with self.database.reading() as session:
            rows = [row for row in self.stage.rows(session, standing.OPEN, self._resend) if not row.historical]
            agencies = agency_store.list_agencies(session, day)
            called = ledger.occurrences_called(session)
        for row in rows:
            holder = agencies[row.standing.holder].code if row.standing.holder else ""
            sent_on = self._sending_day(row, holder, row.id in called, day)
            if sent_on is None or day < self._typing_day(row, sent_on):
                continue
            self._submit(row, holder, sent_on, day)

    def _sending_day(self, row: store.Row, holder: str, called: bool, day: date) -> date | None:
        if row.key in self._resend:
            return self._resend[row.key]
        if row.standing.due_on is None:
            return None
        habit = self.dice.habit(holder, self.plan.lead)
        sent_on = self.dice.sending_day(row.key, habit, row.standing.due_on, self.calendar)
        if sent_on is None and called and self.dice.chance(0.7, "called", row.key):
            self._resend[row.key] = self.calendar.soft_shift(day, 3)[0]
            self.stage.event("call", occurrence=row.key, promised=self._resend[row.key].isoformat())
        return sent_on

    def _typing_day(self, row: store.Row, sent_on: date) -> date:
        """One paper in five is typed in two working days after it was sent."""
        late = self.dice.chance(0.2, "typing", row.key, sent_on)
        return self.calendar.soft_shift(sent_on, 2)[0] if late else sent_on

    def _submit(self, row: store.Row, holder: str, planned: date, day: date) -> None:
        sent_on = max(planned, row.opens_on)
        if sent_on > day:
            return
        number = self._numbers[holder, sent_on.year] + 1
        symbol = f"{number:02d}/BC-{holder.upper()}"
        document = DocumentRef(symbol, sent_on, holder, row.title, sent_on=sent_on)
        try:
            with self.database.transaction("submit") as session:
                scored = self._send(session, row, holder, document)
        except NotAllowed:
            self._resend[row.key] = self.calendar.soft_shift(day, 1)[0]
            return
        self._numbers[holder, sent_on.year] = number
        self._resend.pop(row.key, None)
        if scored is not None:
            self.scores.told(*scored)
        self.stage.event("submit", occurrence=row.key, document=symbol, sent_on=sent_on.isoformat())
        self.papers.sent(row.duty)

    def _send(
        self, session: Session, row: store.Row, holder: str, document: DocumentRef
    ) -> tuple[CardPlace, int] | None:  # fmt: skip
        """The self-score when it is one, then the report on its form; without a form the paper alone."""
        scored = None
        if self.scores.belongs(row.duty):
            scored = self.scores.send_self(session, holder, row.period, document)
        form = self.stage.duty(row).form
        if form is not None:
            self.reports.send(session, row, form, document)
        else:
            reports.submit(
                session, [row.key], self.calendar, self.stage.when(holder), sent_on=document.sent_on, document=document,
                note="Số liệu mô phỏng",
            )  # fmt: skip
        return scored

    def _request_days(self) -> dict[date, list[tuple[str, str]]]:
        """One request a year for each duty that opens when somebody asks and has a rule, on a seeded day."""
        found: dict[date, list[tuple[str, str]]] = {}
        last = self.plan.ends_on or self.plan.starts_on
        for duty in self.plan.duties:
            if duty.kind is not Kind.ON_REQUEST or (
                isinstance(duty.due, WorkingDaysAfter) and duty.due.of != "request"
            ):
                continue
            for year in range(self.plan.starts_on.year + 1, last.year + 1):
                dice = self.dice.of("request", duty.id, year)
                day = self.calendar.soft_shift(date(year, 2, 15) + timedelta(days=dice.randint(0, 250)), 1)[0]
                found.setdefault(day, []).append((duty.id, dice.choice(self.plan.members(duty.holders))))
        return found

    def _raise_requests(self, day: date) -> None:
        for duty, holder in self._requests.get(day, []):
            with self.database.transaction("request") as session:
                opened = openings.raise_(
                    session,
                    self.plan.code,
                    duty,
                    holder,
                    self.calendar,
                    self.stage.when(holder),
                    reason="Đề nghị mô phỏng",
                )
            for occurrence in opened:
                due = occurrence.due_on.isoformat() if occurrence.due_on else None
                self.stage.event("request", occurrence=occurrence.key, due_on=due)
                if occurrence.due_on is None:
                    self._resend[occurrence.key] = self.calendar.soft_shift(day, 2)[0]
