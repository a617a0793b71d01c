"""Chasing (đôn đốc): an officer asks now for work that is overdue or near, by mail in his own name or by telephone.

One mail to a contact and day, unless the officer says that a second is meant. Both leave a note with the work.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from htx_workflow.domain import actors, audit, digests, words
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.digests import Item, Work
from htx_workflow.domain.errors import BadInput, NotAllowed
from htx_workflow.domain.plan import Audience
from htx_workflow.domain.visitors import Visitor
from htx_workflow.gateways import templates
from htx_workflow.services.composing import LINK_DAYS, LOCAL, Style
from htx_workflow.services.desk import Sight
from htx_workflow.services.directory import Directory
from htx_workflow.services.reports import When
from htx_workflow.store import audit_chain, desk_queues, desk_rows, notes, outbox, views
from htx_workflow.store import documents as document_store
from htx_workflow.store import due_rows as store
from htx_workflow.store.agencies import ContactRow
from htx_workflow.store.database import Session
from htx_workflow.store.desk_queues import NoteRow
from htx_workflow.store.desk_rows import WorkRow
from htx_workflow.store.plans import LoadedPlan

MOST = 500
"""Pieces of work asked for at once."""
LONGEST = 2000
NEEDED = ("to", "moment", "parts", "own", "late", "nearest", "links", "link_until", "simulation")
"""What the mail takes of a digest."""
FAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Letter:
    """What one contact is asked for."""

    contact: ContactRow
    agency: str
    works: tuple[Work, ...]
    again: bool
    """It was asked by mail today already."""


@dataclass
class Ready:
    """The mails that chosen work makes, before they are sent."""

    letters: list[Letter] = field(default_factory=list)
    unreachable: list[str] = field(default_factory=list)
    """Agencies that nobody can write to."""
    left: list[str] = field(default_factory=list)
    """Chosen work that is not open any more, or has no day."""

    @property
    def again(self) -> list[str]:
        return [letter.contact.words or letter.contact.address for letter in self.letters if letter.again]


def prepare(session: Session, loaded: LoadedPlan, ids: Iterable[int], when: When) -> Ready:
    """The mails for this work: one to each contact, with all that it is asked for."""
    numbers = sorted(set(ids))
    if not numbers:
        raise BadInput("Đề nghị chọn ít nhất một việc để đôn đốc.")
    if len(numbers) > MOST:
        raise BadInput(f"Chọn nhiều nhất {MOST} việc một lần.")
    directory = Directory(session, when.today)
    rows = [row for row in store.list_work(session, numbers) if row.plan_id == loaded.id]
    found = Ready()
    here = {row.id for row in rows}
    if set(numbers) - here:
        found.left = desk_rows.titles_of(session, loaded.id, set(numbers) - here)
    cited = document_store.citations(session, {row.due_document_id for row in rows if row.due_document_id})
    by_contact: dict[int, list[Work]] = {}
    for row in sorted(rows, key=lambda row: (row.due_on, row.id)):
        contacts = directory.holders(row.holder_id, row.duty_id)
        if not contacts:
            found.unreachable.append(directory.agencies[row.holder_id].short_name)
        for contact in contacts:
            by_contact.setdefault(contact.id, []).append(_work(row, directory, loaded, cited))
    told = outbox.counts_of_day(session, "chase", list(by_contact), when.today)
    for number, works in by_contact.items():
        contact = directory.contacts[number]
        agency = directory.agencies[contact.agency_id].short_name
        found.letters.append(Letter(contact, agency, tuple(works), number in told))
    order = {number: place for place, number in enumerate(directory.agencies)}
    found.letters.sort(key=lambda letter: (order[letter.contact.agency_id], letter.contact.id))
    found.unreachable = list(dict.fromkeys(found.unreachable))
    return found


def _work(row: store.WorkRow, directory: Directory, loaded: LoadedPlan, cited: dict[int, str]) -> Work:
    holder = directory.agencies[row.holder_id]
    return Work(
        id=row.id,
        key=row.key,
        plan=loaded.plan.code,
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
        duty_id=row.duty_id,
    )


def send(
    session: Session,
    loaded: LoadedPlan,
    visitor: Visitor,
    ids: Iterable[int],
    style: Style,
    calendar: WorkingCalendar,
    when: When,
    *,
    more: str = "",
    confirmed: bool = False,
) -> Ready:
    """Queue the mails and note them with the work. Raises NotAllowed for a second mail today that nobody confirmed."""
    ready = prepare(session, loaded, ids, when)
    if not ready.letters:
        raise BadInput(
            "Không có đầu mối nào nhận được thư của các việc đã chọn. Đề nghị bổ sung đầu mối, hoặc gọi điện."
        )
    if ready.again and not confirmed:
        raise NotAllowed(
            f"Hôm nay đã gửi thư đôn đốc cho: {'; '.join(ready.again)}. Nếu vẫn gửi thêm, đánh dấu “Vẫn gửi thêm”."
        )
    directory = Directory(session, when.today)
    turn = outbox.counts_of_day(session, "chase", [letter.contact.id for letter in ready.letters], when.today)
    head = directory.head(loaded)
    messages = []
    for letter in ready.letters:
        mail = style.renderer.render(
            "chase",
            **_values(directory, loaded, letter, visitor, style, calendar, when, " ".join(more.split())[:LONGEST]),
        )
        key = f"chase/{letter.contact.code}/{when.today.isoformat()}/{turn.get(letter.contact.id, 0) + 1}"
        reply_to = head.focal_address if head.focal_address != letter.contact.address else ""
        messages.append(
            outbox.NewMessage(
                key, "chase", letter.contact.id, loaded.id, letter.contact.address, when.today, mail.subject,
                mail.text, mail.html, reply_to,
            )
        )  # fmt: skip
    outbox.add_messages(session, messages, when.now)
    _note(session, ready.letters, when)
    return ready


def _values(
    directory: Directory, loaded: LoadedPlan, letter: Letter, visitor: Visitor, style: Style, calendar: WorkingCalendar,
    when: When, more: str,
) -> dict[str, Any]:  # fmt: skip
    head = directory.head(loaded)
    items = [Item(work, 0, "chase", Audience.HOLDER, "") for work in letter.works]
    digest = digests.compose(
        directory.addressee(letter.contact), items, [], {head.code: head}, when.now.astimezone(LOCAL), calendar
    )
    until = when.today + timedelta(days=LINK_DAYS) if style.links else None
    values = templates.digest_values(digest, links=style.links, link_until=until, simulation=style.simulation)
    values = {name: values[name] for name in NEEDED}
    return {**values, "by": by_words(visitor, head.focal), "more": more}


def by_words(visitor: Visitor, focal: str) -> str:
    """Who asks: the person's name and agency; the plan's contact when nobody is named."""
    return f"{visitor.person_name}, {visitor.agency_name}" if visitor.person_name else focal or visitor.agency_name


def _note(session: Session, letters: Sequence[Letter], when: When) -> None:
    for letter in letters:
        for work in letter.works:
            notes.add(session, work.id, "chased", when.now, when.by, with_whom=letter.contact.code)
    for work in {work.id: work for letter in letters for work in letter.works}.values():
        audit_chain.note(session, audit.Event(when.now, when.by, "work.chase", work.key, {}))


# By telephone


@dataclass(frozen=True, slots=True)
class Call:
    """What came of a call."""

    at: datetime
    with_whom: str
    text: str
    promised_on: date | None


def call(session: Session, row: WorkRow, said: Call, when: When) -> None:
    """Note a call with the work; a day promised is kept: overdue mail waits for it, the deadline does not."""
    if not said.with_whom.strip():
        raise BadInput("Đề nghị ghi đã gặp ai.")
    if said.at > when.now + timedelta(minutes=5):
        raise BadInput("Lúc gọi sau hiện tại. Đề nghị kiểm tra ngày, giờ gọi.")
    if said.promised_on is not None:
        if not when.today <= said.promised_on <= when.today + FAR:
            raise BadInput(f"Ngày hẹn gửi {words.day_text(said.promised_on)} phải từ hôm nay và trong một năm tới.")
        if not notes.promise(session, row.id, said.promised_on):
            raise NotAllowed("Việc này không còn mở nên không hẹn ngày gửi được nữa.")
    local = said.at.astimezone(LOCAL)
    at = f"gọi lúc {local.hour:02d} giờ {local.minute:02d} ngày {words.day_text(local.date())}"
    text = "; ".join(part for part in (at, said.text.strip()[:LONGEST]) if part)
    notes.add(
        session, row.id, "call", when.now, when.by, text, with_whom=said.with_whom.strip()[:200],
        on_day=said.promised_on,
    )  # fmt: skip
    detail: dict[str, object] = {"promised_on": said.promised_on.isoformat()} if said.promised_on else {}
    audit_chain.note(session, audit.Event(when.now, when.by, "work.call", row.key, detail))


@dataclass(frozen=True, slots=True)
class ToCall:
    """Work that is to be asked for by telephone, with whom to call."""

    row: WorkRow
    agency: str
    contacts: tuple[str, ...]
    """Nguyễn Thị Mẫu (chuyên viên), điện thoại 0260 000 0000."""


def to_call(session: Session, seen: Sight, ids: Sequence[int]) -> list[ToCall]:
    """This work with the people to call: those who get its mail, and those without mail."""
    rows = desk_rows.work_of(session, ids, list(seen.duties), seen.today, seen.near_until)
    people = desk_queues.list_callable(session, {row.holder_id for row in rows}, seen.today)
    return [ToCall(row, seen.short(row.holder_id), tuple(people.get(row.holder_id, ()))) for row in rows]


def names_of(session: Session, texts: Iterable[str]) -> dict[str, str]:
    """The name of each actor (`contact#person`) that is known: the person's, else the contact's."""
    known = {text: actors.parse(text) for text in texts}
    persons = {actor.person for actor in known.values() if actor.person is not None}
    by_code, by_number = views.list_people(session, {actor.contact for actor in known.values()}, persons)
    return {
        text: by_number.get(actor.person or 0) or by_code[actor.contact]
        for text, actor in known.items()
        if actor.contact in by_code
    }


@dataclass(frozen=True, slots=True)
class Logged:
    """A line of the log of calls, with the name of who made it."""

    note: NoteRow
    by: str
    agency: str


def log(session: Session, seen: Sight, *, skip: int, limit: int, occurrence_id: int | None = None) -> list[Logged]:
    """Calls and mails of officers, the newest first."""
    found = desk_queues.list_notes(
        session, seen.loaded.id, ("call", "chased"), skip=skip, limit=limit, occurrence_id=occurrence_id
    )
    who = names_of(session, {note.by for note in found} | {note.with_whom for note in found})
    return [
        Logged(
            note._replace(with_whom=who.get(note.with_whom, note.with_whom)), who.get(note.by, note.by),
            seen.short(note.holder_id),
        )
        for note in found
    ]  # fmt: skip
