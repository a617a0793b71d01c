"""Composing (soạn thư): what a contact is to get today becomes one mail, over all plans.

Rungs whose work was closed or moved since are superseded first; digests of earlier days that never left are
cancelled and their rungs told anew. Doing it again makes nothing: a rung answered by a living mail is left alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from htx_workflow.domain import digests, reminders, words
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.digests import Digest, Item, PlanHead, Work
from htx_workflow.domain.plan import AgencyKind, Audience, Basis
from htx_workflow.gateways import templates
from htx_workflow.gateways.templates import Rendered
from htx_workflow.services.directory import Directory
from htx_workflow.services.waits import Waits
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import documents as document_store
from htx_workflow.store import due_rows as store
from htx_workflow.store import outbox
from htx_workflow.store import plans as plan_store
from htx_workflow.store import reminders as ledger
from htx_workflow.store.agencies import ContactRow
from htx_workflow.store.database import Database, Session
from htx_workflow.store.plans import LoadedPlan

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
BATCH = 300
"""Contacts whose mails are put into words together, and go into the outbox in one short transaction."""
STUCK_DAYS = 10
"""A rung that was composed anew each day without ever being taken has failed after so many days."""
LINK_DAYS = 14


class Renderer(Protocol):
    """Makes a mail's three parts; the forecast passes one that makes subjects only."""

    def render(self, name: str, /, **values: Any) -> Rendered: ...


@dataclass(frozen=True, slots=True)
class Style:
    """How mails are made on this machine."""

    renderer: Renderer
    links: bool = False
    simulation: bool = False


@dataclass
class Composed:
    """What composing made. `unreachable` names rungs without a living contact; each is an alarm."""

    digests: int = 0
    drafts: int = 0
    superseded: int = 0
    stuck: int = 0
    """Rungs given up because no server took a mail with them for many days."""
    unreachable: list[str] = field(default_factory=list)
    kept: list[tuple[Digest, str]] = field(default_factory=list)
    """Digests with their subjects, when asked for."""


def compose(
    database: Database,
    calendars: Mapping[str, WorkingCalendar],
    style: Style,
    now: datetime,
    *,
    keep: bool = False,
) -> Composed:
    """Compose every mail due on the local day of `now`; `keep` also returns them as values."""
    moment = now.astimezone(LOCAL)
    outcome = Composed()
    with database.reading() as session:
        if not ledger.any_queued(session, moment.date()):
            return outcome
    with database.transaction("pool") as session:
        outcome.superseded = ledger.supersede_stale(session, now)
        outbox.cancel_older_digests(session, moment.date(), now)
        given_up = now - timedelta(days=STUCK_DAYS)
        reason = f"máy chủ thư không nhận trong {words.count_text(STUCK_DAYS)} ngày"
        outcome.stuck = ledger.fail_stuck(session, given_up, reason, now)
    with database.reading() as session:
        work = Pool(session, calendars, style, moment)
    with database.transaction("pool-closed") as session:
        ledger.supersede(session, work.older, "đã đến mức sau", now)
    outcome.superseded += len(work.older)
    outcome.unreachable = work.unreachable
    for letters in _written(database, work):
        with database.transaction("digests") as session:
            posted = work.checked(session, letters)
            outcome.digests += outbox.add_messages(session, work.messages(session, posted), now)
        if keep:
            outcome.kept += [(letter.digest, letter.mail.subject) for letter in posted]
    for plan_id in sorted(work.plans_with_news):
        with database.transaction("draft") as session:
            outcome.drafts += write_draft(session, work, plan_id, work.drafts[plan_id], now) is not None
    return outcome


def _written(database: Database, work: Pool) -> Iterator[list[Letter]]:
    """The letters of each batch; the next is put into words while PostgreSQL, a process of its own, takes the last."""
    batches = list(work.batches())
    if len(batches) == 1 or database.is_sqlite:
        yield from (_read(database, work, batch) for batch in batches)
        return
    with ThreadPoolExecutor(1, "letters") as ahead:
        coming: deque[Future[list[Letter]]] = deque()
        for batch in batches:
            coming.append(ahead.submit(_read, database, work, batch))
            if len(coming) > 1:
                yield coming.popleft().result()
        yield from (each.result() for each in coming)


def _read(database: Database, work: Pool, batch: list[ContactRow]) -> list[Letter]:
    with database.reading() as session:
        return work.letters(session, batch)


@dataclass(frozen=True, slots=True)
class Letter:
    """A digest in words, for one contact."""

    contact: ContactRow
    digest: Digest
    mail: Rendered


class Pool:
    """The queued rungs of a day, sorted out by contact, and what is needed to put them into words."""

    def __init__(
        self, session: Session, calendars: Mapping[str, WorkingCalendar], style: Style, moment: datetime
    ) -> None:
        self.style, self.moment, self.today = style, moment, moment.date()
        self.directory = Directory(session, self.today)
        self.plans = {loaded.id: loaded for loaded in plan_store.list_plans(session)}
        self.heads = {loaded.plan.code: self.directory.head(loaded) for loaded in self.plans.values()}
        self.calendars = calendars
        self.calendar = next(iter(calendars.values()), WorkingCalendar.weekends_only())
        self.older: list[int] = []
        self.unreachable: list[str] = []
        self.drafts: dict[int, list[ledger.Queued]] = {}
        """Every queued rung for UBND tỉnh, by plan."""
        self.plans_with_news: set[int] = set()
        """Plans with such a rung that no draft holds yet."""
        self._of: dict[int, list[ledger.Queued]] = {}
        self._waits: dict[int, Waits] = {}
        self._sort(session)

    def _sort(self, session: Session) -> None:
        linked = ledger.linked_pairs(session, self.today)
        newest: dict[tuple[int, Audience], ledger.Queued] = {}
        for rung in ledger.list_queued(session, self.today):
            before = newest.get((rung.occurrence_id, rung.audience))
            if before is not None:
                self.older.append(before.id)
            newest[rung.occurrence_id, rung.audience] = rung
        mute: set[tuple[str, str]] = set()
        for rung in newest.values():
            loaded = self.plans[rung.plan_id]
            contacts = self.directory.recipients(rung.audience, loaded, rung.holder_id, rung.duty_id)
            if not contacts:
                mute.add((self._mute_agency(rung, loaded), rung.audience.value))
            elif rung.audience is Audience.PROVINCE:
                self.drafts.setdefault(rung.plan_id, []).append(rung)
                if (rung.id, contacts[0].id) not in linked:
                    self.plans_with_news.add(rung.plan_id)
            else:
                for contact in contacts:
                    if (rung.id, contact.id) not in linked:
                        self._of.setdefault(contact.id, []).append(rung)
        self.unreachable = [
            f"{agency} ({audience}): không có đầu mối nào nhận được thư" for agency, audience in sorted(mute)
        ]

    def _mute_agency(self, rung: ledger.Queued, loaded: LoadedPlan) -> str:
        if rung.audience is Audience.HOLDER:
            return self.directory.agencies[rung.holder_id].code if rung.holder_id else "chờ phân công lại"
        return loaded.plan.province if rung.audience is Audience.PROVINCE else loaded.plan.lead

    def batches(self) -> Iterator[list[ContactRow]]:
        """Contacts with something to tell today, in the order of the agencies, those of one agency together."""
        contacts = [self.directory.contacts[number] for number in self._of]
        contacts = [contact for contact in contacts if not contact.monday or self._monday_due(contact)]
        contacts.sort(key=lambda contact: (self.directory.agency(contact.agency_id).sort, contact.id))
        batch: list[ContactRow] = []
        for contact in contacts:
            if len(batch) >= BATCH and contact.agency_id != batch[-1].agency_id:
                yield batch
                batch = []
            batch.append(contact)
        if batch:
            yield batch

    def _monday_due(self, contact: ContactRow) -> bool:
        """A weekly reader waits for the first working day of the week, but for overdue work and the last three days."""
        sunday = self.today - timedelta(days=self.today.weekday() + 1)
        first = self.calendar.soft_shift(sunday, 1)[0]
        return any(rung.send_on <= first <= self.today or self._pressing(rung) for rung in self._of[contact.id])

    def _pressing(self, rung: ledger.Queued) -> bool:
        if rung.audience is not Audience.HOLDER:
            return True
        left = self.calendar.soft_count(self.today, rung.due_on)[0]
        return left <= digests.SOON and not (left < 0 and rung.basis is Basis.ASSUMED)

    def letters(
        self, session: Session, contacts: list[ContactRow], gone: Collection[tuple[int, int]] = ()
    ) -> list[Letter]:
        """One mail for each of these contacts, without the (rung, contact) that are gone.

        Only reads, so that putting hundreds of mails into words keeps nobody from writing.
        """
        queued = {rung.id: rung for contact in contacts for rung in self._of[contact.id]}
        context = self._context(session, contacts)
        told = {rung.occurrence_id for rung in queued.values()}
        works = self.works(session, told | {number for numbers in context.values() for number in numbers}, queued)
        letters = []
        for contact in contacts:
            items = [
                Item(works[rung.occurrence_id], rung.id, rung.step, rung.audience, rung.reason)
                for rung in self._of[contact.id]
                if rung.occurrence_id in works and (rung.id, contact.id) not in gone
            ]
            also = [works[number] for number in context.get(contact.agency_id, ()) if number in works]
            also = [work for work in also if self._concerns(contact, work)]
            digest = digests.compose(
                self.directory.addressee(contact), items, also, self.heads, self.moment, self.calendar
            )
            if digest.items:
                letters.append(Letter(contact, digest, self._render(digest)))
        return letters

    def checked(self, session: Session, letters: list[Letter]) -> list[Letter]:
        """The letters that still hold, and composed anew those with a rung that ended or was told by another process.

        Until the commit nobody else composes for these contacts.
        """
        agency_store.lock_contacts(session, [letter.contact.id for letter in letters])
        rungs = {item.reminder_id for letter in letters for item in letter.digest.items}
        told, living = ledger.linked_pairs_of(session, rungs), ledger.still_queued(session, rungs)
        gone = {
            (item.reminder_id, letter.contact.id)
            for letter in letters
            for item in letter.digest.items
            if item.reminder_id not in living or (item.reminder_id, letter.contact.id) in told
        }
        if not gone:
            return letters
        touched = {contact for _, contact in gone}
        kept = [letter for letter in letters if letter.contact.id not in touched]
        again = [letter.contact for letter in letters if letter.contact.id in touched]
        return kept + self.letters(session, again, gone)

    def messages(self, session: Session, letters: list[Letter]) -> list[outbox.NewMessage]:
        """The letters as the outbox takes them, each under the number it has among its contact's mails of the day."""
        turn = outbox.counts_of_day(session, "digest", [letter.contact.id for letter in letters], self.today)
        messages = []
        for letter in letters:
            contact, digest, mail = letter.contact, letter.digest, letter.mail
            key = f"digest/{contact.code}/{self.today.isoformat()}/{turn.get(contact.id, 0) + 1}"
            first = digest.parts[0].plan if digest.parts else None
            rungs = tuple(item.reminder_id for item in digest.items)
            messages.append(
                outbox.NewMessage(
                    key, "digest", contact.id, None, contact.address, self.today, mail.subject, mail.text, mail.html,
                    self._reply_to(contact, first), rungs,
                )
            )  # fmt: skip
        return messages

    def _reply_to(self, contact: ContactRow, plan: PlanHead | None) -> str:
        return plan.focal_address if plan and plan.focal_address != contact.address else ""

    def _concerns(self, contact: ContactRow, work: Work) -> bool:
        """Whether this contact is the one who is reminded of that work."""
        holder = self.directory.by_code[work.holder]
        return any(other.id == contact.id for other in self.directory.holders(holder.id, work.duty_id))

    def _context(self, session: Session, contacts: list[ContactRow]) -> dict[int, list[int]]:
        """Other open work of these contacts' agencies, near or overdue, by agency."""
        holders = sorted({contact.agency_id for contact in contacts})
        found: dict[int, list[int]] = {}
        for number, holder in store.list_open_near(
            session, holders, self.today + timedelta(days=digests.AHEAD), self.today
        ):
            found.setdefault(holder, []).append(number)
        return found

    def works(self, session: Session, numbers: Iterable[int], queued: dict[int, ledger.Queued]) -> dict[int, Work]:
        rows = store.list_work(session, numbers)
        cited = document_store.citations(session, {row.due_document_id for row in rows if row.due_document_id})
        led = {rung.occurrence_id for rung in queued.values() if rung.audience is not Audience.HOLDER}
        moments = ledger.sent_moments(session, led)
        found = {}
        for row in rows:
            loaded, holder = self.plans[row.plan_id], self.directory.agencies[row.holder_id]
            waiting: tuple[str, ...] = ()
            if row.waits and self.today < reminders.gate_day(row.due_on, self.calendar):
                if row.plan_id not in self._waits:
                    self._waits[row.plan_id] = Waits(session, loaded, self.today, self.directory.agencies)
                waiting = self._waits[row.plan_id].of(row.duty, row.period, row.holder_id, row.title)
            focal = next(iter(self.directory.holders(row.holder_id, row.duty_id)), None) if row.id in led else None
            found[row.id] = Work(
                id=row.id,
                key=row.key,
                plan=loaded.plan.code,
                duty_id=row.duty_id,
                title=row.title,
                clause=row.clause,
                grounds=f"thời hạn theo {cited[row.due_document_id]}" if row.due_document_id else row.basis_note,
                ask=row.ask,
                holder=holder.code,
                holder_name=holder.name,
                holder_short=holder.short_name,
                holder_kind=holder.kind,
                basis=row.basis,
                due_on=row.due_on,
                waits_for=waiting,
                reminded_on=tuple(dict.fromkeys(m.astimezone(LOCAL).date() for m in moments.get(row.id, ()))),
                focal=focal.words if focal else "",
            )
        return found

    def _render(self, digest: Digest) -> Rendered:
        cooperative = digest.to.agency_kind is AgencyKind.COOPERATIVE
        until = self.today + timedelta(days=LINK_DAYS) if self.style.links else None
        values = templates.digest_values(
            digest, links=self.style.links, link_until=until, simulation=self.style.simulation
        )
        return self.style.renderer.render("reminder_cooperative" if cooperative else "reminder_agency", **values)


def write_draft(
    session: Session,
    pool: Pool,
    plan_id: int,
    rungs: list[ledger.Queued],
    now: datetime,
    *,
    approved_by: str = "",
) -> str | None:
    """One draft to UBND tỉnh with every overdue rung so far; the key, or None when nothing is left to say.

    It is held until somebody with that right approves it, and takes the place of the one held before.
    """
    plan_store.lock(session, plan_id)
    loaded = pool.plans[plan_id]
    contact = pool.directory.holders(pool.directory.by_code[loaded.plan.province].id, 0)[0]
    works = pool.works(session, [rung.occurrence_id for rung in rungs], {rung.id: rung for rung in rungs})
    living = ledger.still_queued(session, [rung.id for rung in rungs])
    items = [
        Item(works[rung.occurrence_id], rung.id, rung.step, rung.audience, rung.reason)
        for rung in rungs
        if rung.occurrence_id in works and rung.id in living
    ]
    told_already = ledger.linked_pairs_of(session, living)
    if items and not approved_by and all((item.reminder_id, contact.id) in told_already for item in items):
        return None
    head = pool.heads[loaded.plan.code]
    draft = digests.compose_draft(pool.directory.addressee(contact), items, head, pool.moment, pool.calendar)
    outbox.cancel_held(session, plan_id, "province", "soạn lại theo tình hình mới nhất")
    if not draft.lines:
        return None
    values = templates.draft_values(draft, simulation=pool.style.simulation)
    rendered = pool.style.renderer.render("province_draft", **values)
    stem = f"province/{loaded.plan.code}/{pool.today.isoformat()}"
    key = f"{stem}/{outbox.next_number(session, stem)}"
    message = outbox.NewMessage(
        key, "province", contact.id, plan_id, contact.address, pool.today, rendered.subject, rendered.text,
        rendered.html, head.focal_address, tuple(item.reminder_id for item in draft.items),
        held=not approved_by, approved_by=approved_by,
    )  # fmt: skip
    return key if outbox.add_messages(session, [message], now) else None
