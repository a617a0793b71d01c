"""Handing over (bàn giao): a contact leaves once, on a day, and a named successor goes on with the open work.

What lets the one who left in ends at once, his assignments pass, waiting mail is passed on or composed anew for the
successor. Deadlines and promised days belong to the work and stay as they are. Rights to approve and to administer do
not pass by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from htx_workflow.domain import audit
from htx_workflow.domain.errors import BadInput, NotFound, TooLate
from htx_workflow.domain.mail_ways import Moved, Roles, moved
from htx_workflow.services import contacts, mailboxes, visits
from htx_workflow.store import access, audit_chain, outbox
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import contacts as store
from htx_workflow.store import delegations as delegation_store
from htx_workflow.store.agencies import ContactRow
from htx_workflow.store.database import Session

LEFT = "đầu mối đã thôi nhiệm vụ"
WAYS_IN = ("session", "sheet", "code", "aloud", "invite")
MANY = 1000


@dataclass(frozen=True, slots=True)
class Wish:
    """Who leaves, from which day, and who goes on. `nobody`: it is known that there is no successor yet."""

    code: str
    on: date
    successor: str = ""
    nobody: bool = False


class Way(NamedTuple):
    """Mail that goes to others than before."""

    agency: str
    before: str
    after: str
    works: int


@dataclass(frozen=True, slots=True)
class Look:
    """What leaving does, before it is done."""

    contact: Any
    successor: Any
    on: date
    assignments: tuple[Any, ...]
    works: int
    """Open pieces of work that the mails are about."""
    sessions: int
    """Sessions, codes and sheets that end."""
    delegations: int
    ways: tuple[Way, ...]
    rights: tuple[str, ...]
    """Rights that end with him and pass to nobody."""


class Named(NamedTuple):
    """A successor who is no contact yet, as a preview shows him."""

    id: int
    name: str
    address: str
    code: str = ""
    title: str = ""
    unit: str = ""


def check_named(session: Session, name: str, address: str, leaver: Any, today: date) -> None:
    """Raises BadInput for a new successor without a name, or with somebody else's address."""
    if not any(letter.isalpha() for letter in name):
        raise BadInput("Chưa có họ tên người nhận bàn giao.")
    if address.lower() != leaver.address.lower():
        mailboxes.check_address(session, address, today, shared=False)


def look(session: Session, wish: Wish, now: datetime, today: date, named: tuple[str, str] | None = None) -> Look:
    """What would end and what would pass. Raises for what cannot be. `named`: a new successor's name and address."""
    contact, successor = _checked(session, wish, today)
    if named is not None:
        check_named(session, *named, contact, today)
        successor = Named(0, *named)
    held = [
        row
        for row in store.list_assignments(session, contact.id)
        if row.valid_to is None or row.valid_to >= wish.on
    ]  # fmt: skip
    if held and successor is None and not wish.nobody:
        raise BadInput(
            f"Chưa nêu người nhận bàn giao của {wish.code}. Đề nghị chọn một đầu mối khác của cơ quan, hoặc ghi rõ là chưa"
            " cử được người."
        )
    ways = _ways(session, contact, successor, held, today)
    return Look(
        contact, successor, wish.on, tuple(held),
        sum(place.works for place in store.open_work(session, [contact.agency_id]) if _covers(held, place.duty_id)),
        len(access.list_living(session, WAYS_IN, now, [contact.id], MANY)),
        len(delegation_store.list_meeting(session, [contact.id], today, date.max)),
        ways, tuple(name for name in contacts.RIGHTS if getattr(contact, name)),
    )  # fmt: skip


def _checked(session: Session, wish: Wish, today: date) -> tuple[Any, Any]:
    contact = contacts.get_living(session, wish.code, today)
    if wish.on > today:
        raise BadInput("Ngày thôi nhiệm vụ ở phía trước. Đề nghị thực hiện vào ngày ấy.")
    if contact.valid_from is not None and wish.on <= contact.valid_from:
        raise BadInput(f"Ngày thôi nhiệm vụ phải sau ngày bắt đầu {contact.valid_from:%d/%m/%Y}.")
    contacts.check_not_last_admin(session, contact, today)
    if not wish.successor:
        return contact, None
    successor = contacts.get_living(session, wish.successor, today)
    if successor.id == contact.id or successor.agency_id != contact.agency_id:
        raise NotFound("Người nhận bàn giao là một đầu mối khác của cùng cơ quan. Đề nghị chọn lại.")
    return contact, successor


def _covers(held: Sequence[Any], duty_id: int) -> bool:
    return any(row.duty_id in (None, duty_id) for row in held)


def _ways(session: Session, leaver: Any, successor: Any, held: Sequence[Any], today: date) -> tuple[Way, ...]:
    """Where mail about open work of the agency goes before and after."""
    people = [row for row in agency_store.list_contacts(session, today) if row.agency_id == leaver.agency_id]
    before = Roles[str]((row.address, row.assignments) for row in people)
    passing = [(row.agency_id, row.duty_id, row.role) for row in held]
    others = [(row.id, row.address, row.assignments) for row in people if row.id != leaver.id]
    if isinstance(successor, Named) and successor.address:
        others.append((successor.id, successor.address, []))
    after = Roles[str](
        (address, [*assigned, *(passing if successor is not None and number == successor.id else [])])
        for number, address, assigned in others
    )
    changes = moved(before, after, store.open_work(session, [leaver.agency_id]))
    name, short = agency_store.name_on(session, leaver.agency_id, today)
    return tuple(way(change, {leaver.agency_id: short or name}) for change in changes)


def way(change: Moved, names: dict[int, str]) -> Way:
    """In words for a list: nobody is a dash."""
    return Way(names[change.agency_id], ", ".join(change.before) or "–", ", ".join(change.after) or "–", change.works)


def leave(session: Session, wish: Wish, by: str, now: datetime, today: date) -> Look:
    """Do it: whole or not at all. What was done, as `look` told it before."""
    done = look(session, wish, now, today)
    contact, successor = done.contact, done.successor
    store.hand_over(session, contact.id, successor.id if successor else None, wish.on)
    store.end(session, [wish.code], wish.on)
    visits.end_of_contacts(session, {wish.code: contact.id}, by, now)
    reachable = successor is not None and successor.channel == "email" and bool(successor.address)
    outbox.pass_on(session, contact.id, (successor.id, successor.address) if reachable else None, LEFT)
    detail: dict[str, object] = {
        "on": wish.on.isoformat(), "successor": successor.code if successor else None, "works": done.works,
    }  # fmt: skip
    audit_chain.note(session, audit.Event(now, by, "contact.leave", f"contact/{wish.code}", detail))
    return done


def rejoin(session: Session, code: str, by: str, now: datetime, today: date) -> None:
    """Somebody who left is there again from today, with no assignment yet; nothing given before opens anything."""
    contact = contacts.get(session, code)
    if contact.valid_to is None or contact.valid_to >= today:
        raise TooLate(f"Đầu mối {code} đang làm nhiệm vụ.")
    contacts.check_address_of(session, contact, today)
    store.change(session, code, valid_from=today, valid_to=None, approves=False, admin=False)
    audit_chain.note(session, audit.Event(now, by, "contact.rejoin", f"contact/{code}", {}))


def successors(session: Session, contact: Any, today: date) -> list[ContactRow]:
    """Living contacts of the same agency, whom work may go to."""
    return [row for row in store.list_of_agencies(session, [contact.agency_id], today) if row.id != contact.id]
