"""Replay (mô phỏng): lives a plan through on a virtual clock with simulated agencies.

The database, the mails and the SMTP conversation are real; only people and time are played. Every morning the
rungs are decided and the mails sent; on working days agencies send papers, the lead officer checks, adopts the
assumed dates by a letter, has drafts approved and telephones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from htx_workflow.domain import standing
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import NotAllowed
from htx_workflow.domain.plan import Kind, Once, Plan, WorkingDaysAfter
from htx_workflow.domain.simulation import Dice
from htx_workflow.gateways.smtp import Mailer
from htx_workflow.services import composing, deadlines, delivery, drafts, openings, plans, reports, ticks
from htx_workflow.services.composing import LOCAL, Style
from htx_workflow.services.delivery import Sender
from htx_workflow.services.reports import When
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import occurrences as store
from htx_workflow.store import outbox
from htx_workflow.store import reminders as ledger
from htx_workflow.store.database import Database, Session
from htx_workflow.store.documents import DocumentRef

MORNING, FORENOON, AFTERNOON = time(7, 30), time(10, 0), time(15, 0)
LETTER = (11, 15)
"""Month and day from which the lead officer adopts the assumed dates, in the plan's first year."""


@dataclass
class Life:
    """What happened, counted."""

    days: int = 0
    mails: int = 0
    doubtful: int = 0
    events: Counter[str] = field(default_factory=Counter)
    rungs: dict[str, int] = field(default_factory=dict)
    unreachable: set[str] = field(default_factory=set)


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
        tell: Callable[[dict[str, Any]], None],
        on_day: Callable[[date], None] = lambda day: None,
    ) -> None:
        self.database, self.plan, self.source = database, plan, source
        self.calendars, self.style, self.mailer, self.sender = calendars, style, mailer, sender
        self.calendar = calendars[plan.calendar]
        self.dice = Dice(seed)
        self.life = Life()
        self._tell, self._on_day = tell, on_day
        self._now = datetime.combine(plan.starts_on, MORNING, LOCAL)
        self._resend: dict[str, date] = {}
        self._numbers: Counter[tuple[str, int]] = Counter()
        self._returned: set[str] = set()
        self._adopted = False
        self._requests = self._request_days()

    async def live(self, first: date, last: date) -> Life:
        """Every day from `first` to `last`; the plan is loaded on the first."""
        self._now = datetime.combine(first, MORNING, LOCAL)
        with self.database.transaction("plan-load") as session:
            loaded = plans.load(
                session, self.plan, self.source, self.calendar, on=first, today=first, now=self._now, by="system"
            )
        self._event("plan.load", plan=self.plan.code, opened=loaded.opened, agencies=len(loaded.agencies))
        day = first
        while day <= last:
            await self._live_one_day(day)
            self.life.days += 1
            self._on_day(day)
            day += timedelta(days=1)
        with self.database.reading() as session:
            self.life.rungs = ledger.count_by_state(session, plans.get_plan(session, self.plan.code).id)
        return self.life

    async def _live_one_day(self, day: date) -> None:
        self._now = datetime.combine(day, MORNING, LOCAL)
        ticked = ticks.tick(self.database, self.calendars, day, self._now)
        composed = composing.compose(self.database, self.calendars, self.style, self._now)
        self.life.unreachable |= set(composed.unreachable)
        if ticked.rungs or composed.digests:
            self._event(
                "tick",
                rungs=ticked.rungs,
                superseded=ticked.superseded,
                skipped=ticked.skipped,
                digests=composed.digests,
            )
        await self._deliver()
        if self.calendar.soft_previous_working(day)[0] != day:
            return
        self._now = datetime.combine(day, FORENOON, LOCAL)
        self._agencies_send(day)
        self._raise_requests(day)
        self._now = datetime.combine(day, AFTERNOON, LOCAL)
        self._adopt(day)
        self._fix_open_day(day)
        self._check(day)
        self._approve(day)
        await self._deliver()

    async def _deliver(self) -> None:
        delivered = await delivery.deliver(self.database, self.mailer, self.sender, lambda: self._now)
        self.life.mails += delivered.sent
        self.life.doubtful += delivered.doubtful
        if not delivered.sent:
            return
        with self.database.reading() as session:
            for row in outbox.list_sent_at(session, self._now):
                self._event("mail", key=row.key, to=row.address, subject=row.subject)

    # The agencies

    def _agencies_send(self, day: date) -> None:
        with self.database.reading() as session:
            rows = [row for row in self._rows(session) if row.standing.state == standing.OPEN and not row.historical]
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
            self._event("call", occurrence=row.key, promised=self._resend[row.key].isoformat())
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
        document = DocumentRef(symbol, sent_on, holder, row.title)
        try:
            with self.database.transaction("submit") as session:
                reports.submit(
                    session, [row.key], self.calendar, self._when(day, holder), sent_on=sent_on, document=document,
                    note="Số liệu mô phỏng",
                )  # fmt: skip
        except NotAllowed:
            self._resend[row.key] = self.calendar.soft_shift(day, 1)[0]
            return
        self._numbers[holder, sent_on.year] = number
        self._resend.pop(row.key, None)
        self._event("submit", occurrence=row.key, document=symbol, sent_on=sent_on.isoformat())

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
                    self._when(day, holder),
                    reason="Đề nghị mô phỏng",
                )
            for occurrence in opened:
                due = occurrence.due_on.isoformat() if occurrence.due_on else None
                self._event("request", occurrence=occurrence.key, due_on=due)
                if occurrence.due_on is None:
                    self._resend[occurrence.key] = self.calendar.soft_shift(day, 2)[0]

    # The lead officer

    def _adopt(self, day: date) -> None:
        if self._adopted or (day.month, day.day) < LETTER or day.year > self.plan.starts_on.year + 1:
            return
        self._adopted = True
        letter = DocumentRef(f"231/{self.plan.lead.upper()}-MP", day, self.plan.lead, "V/v thời hạn thực hiện Kế hoạch")
        with self.database.transaction("adopt") as session:
            done = deadlines.adopt(
                session, self.plan.code, None, letter, self.calendar, self._when(day, self.plan.lead)
            )
        self._event("adopt", document=letter.number, adopted=len(done.adopted), left=len(done.left))

    def _fix_open_day(self, day: date) -> None:
        """Work that waits for its day gets one by a letter in the last month of the plan."""
        if self.plan.ends_on is None or day < self.plan.ends_on.replace(day=1):
            return
        with self.database.reading() as session:
            rows = [row for row in self._rows(session) if self._awaits(row)]
        for row in rows:
            due_on = self.calendar.soft_shift(day, 30)[0]
            letter = DocumentRef("4246/MP", day, self.plan.province, "V/v tổng kết")
            with self.database.transaction("set-deadline") as session:
                deadlines.set_deadline(
                    session, [row.key], due_on, letter, self.calendar, self._when(day, self.plan.lead)
                )
            self._event("set-deadline", occurrence=row.key, due_on=due_on.isoformat(), document=letter.number)

    def _awaits(self, row: store.Row) -> bool:
        duty = plans.duty_of(self.plan, row.duty)
        return isinstance(duty.due, Once) and row.standing.due_on is None and row.standing.state == standing.OPEN

    def _check(self, day: date) -> None:
        with self.database.reading() as session:
            rows = [row for row in self._rows(session) if row.standing.state == standing.SUBMITTED]
            typed = store.last_recorded(session, [row.id for row in rows])
        for row in rows:
            lag = self.dice.of("check", row.key, typed[row.id]).randint(0, 3)
            if self.calendar.soft_shift(typed[row.id].astimezone(LOCAL).date(), lag)[0] > day:
                continue
            again = self.dice.chance(0.12, "return", row.key) and row.key not in self._returned
            if again:
                self._give_back(row, day)
            else:
                with self.database.transaction("verify") as session:
                    reports.verify(session, [row.key], self.calendar, self._when(day, self.plan.lead))
                self._event("verify", occurrence=row.key)

    def _give_back(self, row: store.Row, day: date) -> None:
        self._returned.add(row.key)
        kind = standing.Return.SUPPLEMENT if self.dice.chance(0.7, "kind", row.key) else standing.Return.AGAIN
        with self.database.transaction("return") as session:
            reports.return_(
                session, row.key, kind, "Thiếu số liệu (mô phỏng)", self.calendar, self._when(day, self.plan.lead)
            )
        self._resend[row.key] = self.calendar.soft_shift(day, 2)[0]
        self._event("return", occurrence=row.key, kind=kind.value)

    def _approve(self, day: date) -> None:
        approver = next((contact.code for contact in self.plan.contacts if contact.approves), None)
        if approver is None:
            return
        with self.database.reading() as session:
            held = [row for row in outbox.list_messages(session, "held", 10) if row.day < day]
        for row in held:
            with self.database.transaction("approve") as session:
                sent = drafts.approve(session, self.calendars, self.style, row.key, approver, self._now)
            self._event("approve", draft=row.key, sent=sent)

    # Small things

    def _rows(self, session: Session) -> list[store.Row]:
        return store.list_rows(session, plans.get_plan(session, self.plan.code).id)

    def _when(self, day: date, by: str) -> When:
        return When(day, self._now, by)

    def _event(self, act: str, **what: Any) -> None:
        self.life.events[act] += 1
        self._tell({"at": self._now.isoformat(), "act": act, **what})
