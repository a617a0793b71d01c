"""A machine with a virtual clock: real database, real composing, real SMTP to the embedded mailbox.

machine.load(plan, on=date(2024, 10, 23))
machine.live_until(date(2024, 12, 31))
assert machine.mails_to("htx-a@example.vn") == […]
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.plan import Plan
from htx_workflow.domain.standing import Return, Standing
from htx_workflow.gateways import mailbox
from htx_workflow.gateways.mail import KEY_HEADER
from htx_workflow.gateways.mailbox import Mailbox, Script
from htx_workflow.gateways.smtp import Mailer
from htx_workflow.runtime import Clock
from htx_workflow.services import composing, deadlines, delivery, drafts, forecasts, openings, plans, reports, statuses
from htx_workflow.services import ticks as tick_service
from htx_workflow.services.composing import Composed, Style
from htx_workflow.services.deadlines import Adopted
from htx_workflow.services.delivery import Delivered, Sender
from htx_workflow.services.forecasts import Coming, SubjectsOnly
from htx_workflow.services.plans import Loaded
from htx_workflow.services.reports import When
from htx_workflow.services.statuses import Status
from htx_workflow.services.ticks import Ticked
from htx_workflow.store import copies, outbox
from htx_workflow.store import occurrences as store
from htx_workflow.store.database import Database, Session
from htx_workflow.store.documents import DocumentRef
from htx_workflow.store.tables import table

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
MORNING = time(7, 30)
SENDER = Sender("nhacviec@example.vn", "Theo dõi kế hoạch", "", b"k" * 32)


@dataclass(frozen=True)
class Mail:
    """A mail as it lies in the mailbox."""

    day: date
    to: str
    subject: str
    text: str
    key: str
    message_id: str


@dataclass(frozen=True)
class RungRow:
    """A rung as the ledger holds it."""

    key: str
    due_rev: int
    step: str
    audience: str
    send_on: date
    late: bool
    state: str
    reason: str


def a_document(number: str = "231/SKHĐT-KTTT", dated: date = date(2024, 11, 15), issuer: str = "skhdt") -> DocumentRef:
    """A document of the lead agency of plan 3819."""
    return DocumentRef(number, dated, issuer)


class MachineClock(Clock):
    """Shows what the virtual clock of a machine shows: a runtime's edge in tests."""

    def __init__(self, machine: Machine) -> None:
        super().__init__()
        self._machine = machine

    def now(self) -> datetime:
        return self._machine.now


class Machine:
    """What the command line does, one method each, at the moment the virtual clock shows."""

    def __init__(self, database: Database, calendars: dict[str, WorkingCalendar], style: Style, folder: Path) -> None:
        self.database, self.calendars, self.style, self.folder = database, calendars, style, folder
        self.now = datetime.combine(date(2024, 10, 23), MORNING, LOCAL).astimezone(UTC)
        self.plan: Plan | None = None
        self.at_rcpt: Script | None = None
        """The mail server's answer to a recipient; None accepts."""
        self.at_data: Script | None = None

    # The clock

    @property
    def today(self) -> date:
        return self.now.astimezone(LOCAL).date()

    @property
    def calendar(self) -> WorkingCalendar:
        return self.calendars["vn"]

    def at(self, day: date, moment: time = MORNING) -> Machine:
        """Set the clock, local time."""
        self.now = datetime.combine(day, moment, LOCAL).astimezone(UTC)
        return self

    def later(self, **span: float) -> Machine:
        """Let time pass: `later(minutes=11)`."""
        self.now += timedelta(**span)
        return self

    def transaction(self, name: str = "test") -> AbstractContextManager[Session]:
        return self.database.transaction(name)

    def when(self, by: str = "system", *, retrospective: bool = False) -> When:
        return When(self.today, self.now, by, retrospective)

    # Acts

    def load(self, plan: Plan, *, on: date | None = None, source: str | None = None) -> Loaded:
        """Load a plan; the first time the clock is set to the day of activation."""
        if self.plan is None:
            self.at(on or plan.starts_on)
        self.plan = plan
        with self.transaction("plan-load") as session:
            return plans.load(
                session,
                plan,
                source or plan.model_dump_json(),
                self.calendars[plan.calendar],
                on=on or self.today,
                today=self.today,
                now=self.now,
                by="system",
            )

    def tick(self) -> Ticked:
        return tick_service.tick(self.database, self.calendars, self.today, self.now)

    def compose(self, *, keep: bool = False) -> Composed:
        return composing.compose(self.database, self.calendars, self.style, self.now, keep=keep)

    def deliver(self, limit: int | None = None) -> Delivered:
        """Send what waits through a real SMTP server."""
        if not self._any_waiting():
            return Delivered()
        return asyncio.run(self._deliver(limit))

    def _any_waiting(self) -> bool:
        with self.database.reading() as session:
            return outbox.any_waiting(session, self.now)

    async def _deliver(self, limit: int | None) -> Delivered:
        async with self._server() as box, Mailer(box.settings) as mailer:
            return await self._send(mailer, limit)

    def _server(self) -> Mailbox:
        return Mailbox(self.folder, at_rcpt=self.at_rcpt, at_data=self.at_data)

    async def _send(self, mailer: Mailer, limit: int | None = None) -> Delivered:
        return await delivery.deliver(self.database, mailer, SENDER, lambda: self.now, limit=limit)

    def morning(self) -> Composed:
        """Tick, compose, deliver."""
        self.tick()
        composed = self.compose()
        self.deliver()
        return composed

    def live_until(self, last: date, *, every_day: Callable[[Machine], None] | None = None) -> Machine:
        """A morning on each day after the present one (which has had its own), up to and including `last`."""
        asyncio.run(self._live_until(last, every_day))
        return self

    async def _live_until(self, last: date, every_day: Callable[[Machine], None] | None) -> None:
        """One mail server and its connections serve all the mornings."""
        async with self._server() as box, Mailer(box.settings) as mailer:
            while self.today < last:
                self.at(self.today + timedelta(days=1))
                self.tick()
                self.compose()
                if self._any_waiting():
                    await self._send(mailer)
                if every_day:
                    every_day(self)

    def submit(
        self,
        *keys: str,
        sent_on: date | None = None,
        document: DocumentRef | None = None,
        note: str = "",
        by: str = "system",
        retrospective: bool = False,
    ) -> list[Standing]:
        with self.transaction("submit") as session:
            return reports.submit(
                session,
                list(keys),
                self.calendar,
                self.when(by, retrospective=retrospective),
                sent_on=sent_on,
                document=document,
                note=note,
            )

    def verify(self, *keys: str) -> None:
        with self.transaction("verify") as session:
            reports.verify(session, list(keys), self.calendar, self.when())

    def finish(self, *keys: str) -> None:
        """Submit and accept today."""
        for key in keys:
            if self.submit(key)[0].state == "submitted":
                self.verify(key)

    def return_(self, key: str, kind: Return = Return.SUPPLEMENT, reason: str = "thiếu phụ lục") -> Standing:
        with self.transaction("return") as session:
            return reports.return_(session, key, kind, reason, self.calendar, self.when())

    def adopt(self, *keys: str, document: DocumentRef | None = None, code: str | None = None) -> Adopted:
        """Adopt these, or all without keys, by a document of the lead agency of today."""
        assert self.plan is not None
        paper = document or DocumentRef("231/SKHĐT-KTTT", self.today, self.plan.lead)
        with self.transaction("adopt") as session:
            return deadlines.adopt(
                session, code or self.plan.code, list(keys) or None, paper, self.calendar, self.when()
            )

    def set_deadline(self, *keys: str, due_on: date, document: DocumentRef) -> list[Standing]:
        with self.transaction("set-deadline") as session:
            return deadlines.set_deadline(session, list(keys), due_on, document, self.calendar, self.when())

    def ask(self, duty: str, holder: str | None = None, **options: Any) -> list[str]:
        """Raise a request; the keys it opened."""
        assert self.plan is not None
        with self.transaction("request") as session:
            opened = openings.raise_(session, self.plan.code, duty, holder, self.calendar, self.when(), **options)
        return [occurrence.key for occurrence in opened]

    def approve(self, key: str, by: str) -> str:
        with self.transaction("approve") as session:
            return drafts.approve(session, self.calendars, self.style, key, by, self.now)

    # What there is

    def forecast(self, first: date, days: int, code: str | None = None) -> list[Coming]:
        templates: Any = self.style.renderer
        with self.database.reading() as session:
            copy = copies.copy_for_forecast(session)
        try:
            return forecasts.forecast(copy, self.calendars, Style(SubjectsOnly(templates)), first, days, code)
        finally:
            copy.close()

    def status(self, day: date | None = None, code: str | None = None) -> Status:
        assert self.plan is not None
        with self.database.reading() as session:
            return statuses.status(session, code or self.plan.code, day or self.today)

    def row(self, key: str) -> store.Row:
        with self.database.reading() as session:
            return store.get_rows(session, [key])[0]

    def history(self, key: str) -> list[Any]:
        with self.database.reading() as session:
            return store.history_of(session, store.get_rows(session, [key])[0].id)

    def rungs(self, key: str | None = None) -> list[RungRow]:
        """The ledger, of one occurrence or of all, in the order of decision."""
        rungs, rows = table("reminder"), table("occurrence")
        statement = (
            select(
                rows.c.key, rungs.c.due_rev, rungs.c.step, rungs.c.audience, rungs.c.send_on, rungs.c.late,
                rungs.c.state, rungs.c.reason,
            )
            .join(rows, rows.c.id == rungs.c.occurrence_id)
            .order_by(rungs.c.id)
        )  # fmt: skip
        if key is not None:
            statement = statement.where(rows.c.key == key)
        with self.database.reading() as session:
            return [RungRow(*row) for row in session.execute(statement)]

    def ladder(self, key: str) -> list[tuple[str, str, str]]:
        """(step, audience, state) of one occurrence."""
        return [(rung.step, rung.audience, rung.state) for rung in self.rungs(key)]

    def messages(self) -> list[Any]:
        """Every row of the outbox, oldest first."""
        messages = table("message")
        with self.database.reading() as session:
            return list(session.execute(select(messages).order_by(messages.c.id)))

    def outbox(self) -> list[tuple[str, str]]:
        """(key, state) of every mail, oldest first."""
        return [(row.key, row.state) for row in self.messages()]

    def mails(self) -> list[Mail]:
        """Every mail that arrived, by day and name."""
        found = []
        for path in mailbox.list_mails(self.folder):
            message = mailbox.read_mail(path)
            part = message.get_body(("plain",))
            assert part is not None
            found.append(
                Mail(
                    date.fromisoformat(path.parent.name),
                    str(message["To"]),
                    str(message["Subject"]),
                    part.get_content().replace("\r\n", "\n"),
                    str(message[KEY_HEADER]),
                    str(message["Message-ID"]),
                )
            )
        return found

    def mails_to(self, address: str) -> list[Mail]:
        return [mail for mail in self.mails() if mail.to == address]

    def mail_days(self, address: str) -> list[date]:
        """The days on which mail to an address arrived."""
        return [mail.day for mail in self.mails_to(address)]

    # Hands inside (what an administrator's page or a disaster does)

    def change_contact(self, code: str, **values: Any) -> None:
        contacts = table("contact")
        with self.transaction("contact") as session:
            session.execute(update(contacts).where(contacts.c.code == code).values(**values))

    def change_row(self, name: str, number: int, **values: Any) -> None:
        """Write past every rule, as a tampering hand would."""
        rows = table(name)
        with self.transaction("tampering") as session:
            session.execute(update(rows).where(rows.c.id == number).values(**values))
