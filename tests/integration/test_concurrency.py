"""Several people and processes at the same moment: one wins, the others get a sentence, nothing is doubled."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from sqlalchemy import func, select, text

from htx_workflow.domain import audit
from htx_workflow.domain.errors import HtxError, NotAllowed, TooLate
from htx_workflow.domain.plan import Plan
from htx_workflow.gateways.mailbox import Mailbox
from htx_workflow.gateways.smtp import Mailer, SmtpSettings
from htx_workflow.gateways.templates import MailTemplates, Rendered
from htx_workflow.services import audits, composing, delivery, ticks
from htx_workflow.services.composing import Style
from htx_workflow.store import audit_chain, schema
from htx_workflow.store.database import Database
from htx_workflow.store.tables import table
from tests.commands import HOME, race
from tests.factories import a_plan, duties_with, plan_data
from tests.machine import SENDER, Machine, a_document

DAY = date(2024, 12, 13)
NOW = datetime(2024, 12, 13, 0, 30, tzinfo=UTC)
SERVER = SmtpSettings("127.0.0.1", 0, None, None, "none", None, timeout=10, connections=2, per_minute=None)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each call gave back or raised, all let go at the same moment."""
    gate = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        gate.wait()
        try:
            return call()
        except HtxError as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def kinds(results: list[Any]) -> list[str]:
    return sorted(type(result).__name__ if isinstance(result, Exception) else "done" for result in results)


def broken_links(database: Database) -> list[str]:
    with database.reading() as session:
        return audits.verify(session).broken


# Writers


def write_many(url: str, me: int, times: int) -> int:
    """Add rows and audit events, one transaction each."""
    database = Database(url)
    for number in range(times):
        with database.transaction("test") as session:
            session.execute(
                text("INSERT INTO agency (code, kind, sort, place) VALUES (:code, 'department', 1, '')"),
                {"code": f"a-{me}-{number}"},
            )
            audit_chain.note(session, audit.Event(NOW, f"p{me}", "test", f"{number}", {}))
    database.close()
    return times


def test_writers_in_several_processes_lose_nothing_and_leave_one_gapless_chain(database: Database) -> None:
    done = race("tests.integration.test_concurrency:write_many", *[[database.url, me, 60] for me in range(3)])
    assert done == [60, 60, 60]
    with database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM agency")).scalar_one() == 180
        sequence = [row.seq for row in audit_chain.list_events(session)]
    assert sequence == list(range(1, 181))
    assert broken_links(database) == []


def test_writers_in_many_threads_of_one_process_wait_their_turn(database: Database) -> None:
    def write(me: int) -> None:
        for number in range(15):
            with database.transaction("test") as session:
                session.execute(select(func.count()).select_from(table("agency")))
                audit_chain.note(session, audit.Event(NOW, f"t{me}", "test", f"{number}", {}))

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(write, range(12)))
    with database.reading() as session:
        assert [row.seq for row in audit_chain.list_events(session)] == list(range(1, 181))
    assert broken_links(database) == []


# Ticks, composing and delivery


def tick_now(url: str) -> dict[str, int]:
    """What `htx tick` does, on the virtual day."""
    from htx_workflow.domain.calendar import WorkingCalendar
    from htx_workflow.gateways import calendar_files

    calendars = {"vn": WorkingCalendar.from_file(calendar_files.load(HOME / "config" / "calendars" / "vn.yaml"))}
    database = Database(url)
    schema.ensure_current(database)
    ticked = ticks.tick(database, calendars, DAY, NOW)
    composed = composing.compose(database, calendars, Style(MailTemplates(HOME / "templates" / "emails")), NOW)
    database.close()
    return {"rungs": ticked.rungs, "broken": len(ticked.broken), "digests": composed.digests}


def test_two_ticks_at_once_tell_every_rung_once(machine: Machine, kontum: Plan) -> None:
    machine.load(kontum, on=date(2024, 10, 23))
    machine.at(DAY)
    did = race("tests.integration.test_concurrency:tick_now", [machine.database.url], [machine.database.url])
    assert [turn["broken"] for turn in did] == [0, 0]
    rungs = machine.rungs()
    assert rungs
    assert len({(rung.key, rung.due_rev, rung.step, rung.audience) for rung in rungs}) == len(rungs)
    assert told_twice(machine.database) == []
    machine.tick()
    machine.compose()
    assert len(machine.rungs()) == len(rungs), "a third tick finds nothing left"
    machine.deliver()
    assert {rung.state for rung in machine.rungs()} <= {"sent", "superseded", "skipped"}
    assert Counter(mail.to for mail in machine.mails()).most_common(1)[0][1] == 1
    assert broken_links(machine.database) == []


def told_twice(database: Database) -> list[Any]:
    """(rung, contact) that more than one living mail answers."""
    links, messages = table("message_reminder"), table("message")
    with database.reading() as session:
        return list(
            session.execute(
                select(links.c.reminder_id, messages.c.contact_id)
                .join(messages, messages.c.id == links.c.message_id)
                .where(messages.c.state != "cancelled")
                .group_by(links.c.reminder_id, messages.c.contact_id)
                .having(func.count() > 1)
            )
        )


class Overtaken:
    """Templates that are so slow that another process composes everything meanwhile."""

    def __init__(self, templates: Any, meanwhile: Callable[[], None]) -> None:
        self._templates, self._meanwhile = templates, meanwhile

    def render(self, name: str, /, **values: Any) -> Rendered:
        meanwhile, self._meanwhile = self._meanwhile, lambda: None
        meanwhile()
        rendered: Rendered = self._templates.render(name, **values)
        return rendered


def test_a_composer_overtaken_by_another_adds_no_second_mail(machine: Machine, kontum: Plan) -> None:
    machine.load(kontum, on=date(2024, 10, 23))
    machine.at(DAY)
    machine.tick()
    other = Database(machine.database.url)

    def meanwhile() -> None:
        composing.compose(other, machine.calendars, machine.style, machine.now)

    slow = Style(Overtaken(machine.style.renderer, meanwhile))
    composed = composing.compose(machine.database, machine.calendars, slow, machine.now)
    other.close()
    assert composed.digests == 0
    assert machine.outbox()
    assert told_twice(machine.database) == []


def deliver_now(url: str, port: int) -> dict[str, int]:
    """What `htx deliver` does, through a mail server of the test."""

    async def run() -> delivery.Delivered:
        async with Mailer(replace(SERVER, port=port)) as mailer:
            return await delivery.deliver(database, mailer, SENDER, lambda: NOW)

    database = Database(url)
    outcome = asyncio.run(run())
    database.close()
    return {"sent": outcome.sent, "retry": outcome.retry, "failed": outcome.failed, "doubtful": outcome.doubtful}


async def test_two_deliveries_at_once_send_each_mail_once(machine: Machine, kontum: Plan) -> None:
    machine.load(kontum, on=date(2024, 10, 23))
    machine.at(DAY)
    machine.tick()
    machine.compose()
    waiting = [key for key, state in machine.outbox() if state == "queued"]
    async with Mailbox(machine.folder) as box:
        arguments = [machine.database.url, box.port]
        did = await asyncio.to_thread(race, "tests.integration.test_concurrency:deliver_now", arguments, arguments)
    assert sum(turn["sent"] for turn in did) == len(waiting)
    assert [turn["retry"] + turn["failed"] + turn["doubtful"] for turn in did] == [0, 0]
    assert sorted(mail.key for mail in machine.mails()) == sorted(waiting)
    assert {state for key, state in machine.outbox() if key in waiting} == {"sent"}


# People

ROUNDS = 8
REPORT = "tinh-mau/R.htx/htx-{number}/2025"


def a_crowd() -> Plan:
    """The small plan with a report of each of twelve cooperatives."""
    data = plan_data()
    cooperatives = [f"htx-{number}" for number in range(12)]
    agencies = [agency for agency in data["agencies"] if agency["code"] != "htx-a"] + [
        {"code": code, "kind": "cooperative", "name": code, "short_name": code, "parent": "huyen-a"}
        for code in cooperatives
    ]
    return a_plan(
        agencies=agencies,
        contacts=[contact for contact in data["contacts"] if contact["agency"] != "htx-a"],
        duties=duties_with("R.htx", holders=cooperatives),
    )


def test_of_two_who_send_the_same_report_one_wins(machine: Machine) -> None:
    machine.load(a_crowd())
    machine.at(date(2025, 12, 10))
    for number in range(ROUNDS):
        key = REPORT.format(number=number)
        document = a_document(f"{number}/BC", date(2025, 12, 9), "tinh")
        results = at_once(*(partial(machine.submit, key, document=document, by=by) for by in ("so-1", "huyen-a-1")))
        assert_one_won(results)
        assert [change.act for change in machine.history(key)] == ["open", "submit"]
    assert acts(machine.database) == {"plan.load": 1, "report.submit": ROUNDS}
    assert broken_links(machine.database) == []


def assert_one_won(results: list[Any]) -> None:
    losers = [result for result in results if isinstance(result, Exception)]
    assert len(losers) == len(results) - 1, results
    assert all(isinstance(loser, TooLate | NotAllowed) for loser in losers), losers


def acts(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return dict(Counter(row.act for row in audit_chain.list_events(session)))


def test_two_who_send_the_same_reports_in_opposite_order_never_wait_in_a_circle(machine: Machine) -> None:
    machine.load(a_crowd())
    machine.at(date(2025, 12, 10))
    for number in range(0, 12, 4):
        keys = [REPORT.format(number=number + offset) for offset in range(4)]
        results = at_once(partial(machine.submit, *keys), partial(machine.submit, *reversed(keys)))
        assert_one_won(results)
        assert {machine.row(key).standing.state for key in keys} == {"submitted"}


def test_of_two_who_accept_and_return_the_same_report_one_wins(machine: Machine) -> None:
    machine.load(a_crowd())
    machine.at(date(2025, 12, 10))
    for number in range(ROUNDS):
        key = REPORT.format(number=number)
        machine.submit(key)
        results = at_once(*(partial(act, key) for act in (machine.verify, machine.return_, machine.verify)))
        assert_one_won(results)
        assert len(machine.history(key)) == 3
    assert broken_links(machine.database) == []


def test_of_two_who_adopt_the_same_days_one_wins(machine: Machine) -> None:
    machine.load(a_crowd())
    machine.at(date(2025, 2, 3))
    keys = ("tinh-mau/N.2/so/2025", "tinh-mau/N.3/huyen-a/2025")
    papers = [a_document(number, date(2025, 2, 3), "so") for number in ("7/CV-SM", "8/CV-SM")]
    results = at_once(*(partial(machine.adopt, *keys, document=paper) for paper in papers))
    adopted = [len(result.adopted) for result in results if not isinstance(result, Exception)]
    assert sorted(adopted) in ([2], [0, 2]), results
    assert [machine.row(key).standing.due_rev for key in keys] == [2, 2]
    assert [[change.act for change in machine.history(key)] for key in keys] == [["open", "adopt"]] * 2
    assert acts(machine.database)["duty.adopt"] == 1


def test_two_who_cite_a_new_document_at_once_cite_the_same_one(machine: Machine) -> None:
    machine.load(a_crowd())
    machine.at(date(2025, 12, 10))
    for number in range(0, 12, 2):
        paper = a_document(f"{number}/BC", date(2025, 12, 9), "tinh")
        keys = [REPORT.format(number=number + offset) for offset in range(2)]
        results = at_once(*(partial(machine.submit, key, document=paper) for key in keys))
        assert kinds(results) == ["done", "done"], results
    with machine.database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM document")).scalar_one() == 6


def test_two_who_raise_the_same_request_at_once_open_two_or_one_is_told(machine: Machine) -> None:
    machine.load(a_crowd())
    machine.at(date(2025, 3, 3))
    opened: list[str] = []
    for _ in range(ROUNDS):
        results = at_once(lambda: machine.ask("N.4"), lambda: machine.ask("N.4"))
        assert set(kinds(results)) <= {"done", "TooLate"}, results
        opened += [key for result in results if not isinstance(result, Exception) for key in result]
    assert len(opened) == len(set(opened)) >= ROUNDS
    assert sorted(opened) == sorted(f"tinh-mau/N.4/so/r{number}" for number in range(1, len(opened) + 1))
    assert acts(machine.database)["request.raise"] == len(opened)


def test_of_two_who_load_the_same_plan_at_once_nobody_sees_a_traceback(machine: Machine) -> None:
    plan = a_crowd()
    machine.plan = plan
    results = at_once(lambda: machine.load(plan), lambda: machine.load(plan))
    assert set(kinds(results)) <= {"done", "TooLate"}, results
    with machine.database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM plan_version")).scalar_one() == 1
    assert acts(machine.database) == {"plan.load": 1}


def test_of_two_who_approve_the_same_draft_one_wins_and_one_mail_goes_to_the_province(machine: Machine) -> None:
    data = plan_data()
    rungs = [{"step": "0"}, {"step": "+1wd", "audience": "province"}]
    contacts = [{**contact, "approves": contact["agency"] == "so"} for contact in data["contacts"]]
    province = {"code": "tinh-1", "agency": "tinh", "address": "tinh@example.vn"}
    machine.load(a_plan(ladders={**data["ladders"], "deadline": rungs}, contacts=[*contacts, province]))
    machine.at(date(2025, 12, 19))
    machine.tick()
    machine.compose()
    (draft,) = [key for key, state in machine.outbox() if state == "held"]
    results = at_once(*[partial(machine.approve, draft, "so-1")] * 3)
    assert kinds(results) == ["TooLate", "TooLate", "done"], results
    going = [state for key, state in machine.outbox() if key.startswith("province/") and state != "cancelled"]
    assert going == ["queued"]
    machine.compose()
    assert machine.outbox().count((draft, "cancelled")) == 1
    assert [state for _, state in machine.outbox()].count("held") == 0
