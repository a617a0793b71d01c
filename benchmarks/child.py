"""What has to run in a process of its own: `python -m benchmarks.child tick|write|naive|raw URL`; prints JSON."""

from __future__ import annotations

import json
import random
import resource
import select as waiting
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlmodel import col

from benchmarks import data, house
from benchmarks.report import pace
from htx_workflow.domain import digests, reminders
from htx_workflow.domain.digests import Addressee, Item, Work
from htx_workflow.domain.plan import AgencyKind, Basis
from htx_workflow.domain.reminders import Pending
from htx_workflow.gateways import templates
from htx_workflow.runtime import collect_less_often
from htx_workflow.services import composing, ticks
from htx_workflow.services.directory import Directory
from htx_workflow.store import plans as plan_store
from htx_workflow.store import tables
from htx_workflow.store.database import Database, Session
from htx_workflow.store.rows import add_all, chunks
from htx_workflow.store.tables import table

PAUSE = 0.02
"""Seconds between two writes of the other process."""


def tick(url: str) -> dict[str, Any]:
    """The whole morning: decide, compose, put into the outbox."""
    collect_less_often()
    database, calendars, style = Watched(url), {"vn": house.calendar()}, house.style()
    before, began, busy = peak(), time.perf_counter(), time.process_time()
    ticked = ticks.tick(database, calendars, data.TODAY, data.NOW)
    decided = time.perf_counter()
    composed = composing.compose(database, calendars, style, data.NOW)
    done, processor = time.perf_counter(), time.process_time() - busy
    return {
        "seconds": done - began,
        "tick": decided - began,
        "compose": done - decided,
        "processor": processor,
        "pace": pace(),
        "rungs": ticked.rungs,
        "broken": ticked.broken,
        "digests": composed.digests,
        "drafts": composed.drafts,
        "peak": peak(),
        "before": before,
        "longest": database.longest,
    }


class Watched(Database):
    """Remembers the longest transaction of each name, from the moment it holds what it locks."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.longest: dict[str, float] = {}

    @contextmanager
    def transaction(self, name: str) -> Iterator[Session]:
        with super().transaction(name) as session:
            session.connection()
            began = time.perf_counter()
            yield session
            self.longest[name] = max(self.longest.get(name, 0.0), time.perf_counter() - began)


def peak() -> float:
    """Most memory this process ever held, in MB. `ru_maxrss` begins with what the parent held when it forked."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def write(url: str) -> dict[str, Any]:
    """Another process that works meanwhile: every 20 ms one document in, one occurrence touched."""
    database, chance = Database(url), random.Random(1)
    occurrences = table("occurrence")
    with database.reading() as session:
        numbers = session.execute(select(occurrences.c.id)).scalars().all()
    waits: list[float] = []
    while not waiting.select([sys.stdin], [], [], PAUSE)[0]:
        number, began = len(waits), time.perf_counter()
        with database.transaction("small") as session:
            session.execute(
                insert(table("document")),
                [{"key": f"{url}/{began}/{number}", "number": str(number), "dated": data.TODAY, "issuer_text": "x",
                  "subject": "", "signer": "", "channel": ""}],
            )  # fmt: skip
            session.execute(
                update(occurrences)
                .where(occurrences.c.id == chance.choice(numbers))
                .values(basis_note=occurrences.c.basis_note)
            )
        waits.append(time.perf_counter() - began)
    waits.sort()
    return {"writes": len(waits), "longest": waits[-1], "p99": waits[int(len(waits) * 0.99)]}


def raw(url: str) -> dict[str, Any]:
    """Only the writing: the rows a tick left behind, put into the emptied tables again in batches of the same size."""
    database = Database(url)
    kept: dict[str, list[dict[str, Any]]] = {}
    with database.transaction("empty") as session:
        for name in ("reminder", "message", "message_reminder"):
            kept[name] = [dict(row) for row in session.execute(select(table(name))).mappings()]
        for name in ("message_reminder", "message", "reminder"):
            session.execute(delete(table(name)))
    began = time.perf_counter()
    for name, size in (("reminder", ticks.BATCH), ("message", composing.BATCH), ("message_reminder", composing.BATCH)):
        for batch in chunks(kept[name], size):
            with database.transaction("raw") as session:
                add_all(session, table(name), batch)
    return {"seconds": time.perf_counter() - began}


def naive(url: str) -> dict[str, Any]:
    """One object, one mail and one commit for each rung that is due, as it is often written; 1,000 of them."""
    database, calendar, style = Database(url), house.calendar(), house.style()
    with database.reading() as session:
        plans = {loaded.id: loaded for loaded in plan_store.list_plans(session)}
        heads = {number: Directory(session, data.TODAY).head(loaded) for number, loaded in plans.items()}
        due = select(col(tables.Occurrence.id)).where(col(tables.Occurrence.next_reminder_on) <= data.TODAY).limit(1000)
        numbers = session.execute(due).scalars().all()
    began = time.perf_counter()
    for number in numbers:
        with database.transaction("naive") as session:
            _remind(session, number, plans, heads, calendar, style)
    return {"seconds": time.perf_counter() - began, "rungs": len(numbers)}


def _remind(session: Session, number: int, plans: Any, heads: Any, calendar: Any, style: composing.Style) -> None:
    row = session.get_one(tables.Occurrence, number)
    duty = session.get_one(tables.Duty, row.duty_id)
    agency = session.get_one(tables.Agency, row.holder_id)
    name = session.execute(select(tables.AgencyName).where(col(tables.AgencyName.agency_id) == agency.id)).scalar_one()
    of_agency = select(tables.Contact).where(col(tables.Contact.agency_id) == agency.id)
    contact = session.execute(of_agency).scalars().first()
    assert row.id
    assert row.due_on
    assert row.basis
    assert row.next_reminder_on
    assert contact
    plan, kind, basis = plans[row.plan_id].plan, AgencyKind(agency.kind), Basis(row.basis)
    ladder = reminders.Ladders(plan, calendar).on(basis, row.due_on)
    pending = Pending(row.key, agency.code, kind, basis, row.due_on, row.next_reminder_on)
    for rung in reminders.due_rungs(pending, ladder, data.TODAY, calendar, plan.lead):
        reminder = tables.Reminder(
            occurrence_id=row.id, due_rev=row.due_rev, step=rung.step, audience=rung.audience.value, late=rung.late,
            send_on=rung.send_on, state=rung.state, reason=rung.reason, decided_at=data.NOW,
        )  # fmt: skip
        session.add(reminder)
        session.flush()
        assert reminder.id is not None
        work = Work(
            row.id, row.key, plan.code, row.title, duty.clause, row.basis_note, duty.ask, agency.code, name.name,
            name.short_name, kind, basis, row.due_on,
        )  # fmt: skip
        to = Addressee(contact.code, contact.address, agency.code, name.name, name.short_name, kind, contact.unit)
        item = Item(work, reminder.id, rung.step, reminders.Audience.HOLDER, rung.reason)
        moment = data.NOW.astimezone(composing.LOCAL)
        digest = digests.compose(to, [item], [], {plan.code: heads[row.plan_id]}, moment, calendar)
        values = templates.digest_values(digest, links=True, link_until=data.TODAY, simulation=False)
        mail = style.renderer.render("reminder_agency", **values)
        message = tables.Message(
            key=f"naive/{reminder.id}", kind="digest", contact_id=contact.id, address=contact.address, day=data.TODAY,
            subject=mail.subject, body_text=mail.text, body_html=mail.html, state="queued", composed_at=data.NOW,
            next_attempt_at=data.NOW,
        )  # fmt: skip
        session.add(message)
        session.flush()
        session.add(tables.MessageReminder(message_id=message.id or 0, reminder_id=reminder.id))
    row.next_reminder_on = reminders.next_day(ladder, data.TODAY)


COMMANDS = {"tick": tick, "write": write, "raw": raw, "naive": naive}

if __name__ == "__main__":
    print(json.dumps(COMMANDS[sys.argv[1]](sys.argv[2])))
