"""The calendar of a contact: read by another library, revocable, ends with people, writes nothing."""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import Any

import pytest
import vobject

from htx_workflow.domain.plan import Plan
from htx_workflow.runtime import Runtime
from htx_workflow.services import contacts, feeds
from htx_workflow.settings import load_settings
from tests.machine import Machine, MachineClock
from tests.portal import Client, browser, visit, words_of
from tests.programs import app_of

CODE = "kontum-3819"
KONPLONG = "konplong-tckh"
AGENCY = f"{CODE}/R.huyen/huyen-konplong/2024"
"""Due 18/12/2024 by law."""
DAY = date(2024, 12, 18)


@pytest.fixture
def runtime(sqlite_machine: Machine, kontum: Plan) -> Runtime:
    sqlite_machine.load(kontum, on=date(2024, 10, 23))
    sqlite_machine.at(DAY)
    return Runtime(load_settings(), MachineClock(sqlite_machine), sqlite_machine.database)


def made(runtime: Runtime, contact: str = KONPLONG, strength: str = "link") -> tuple[Client, str]:
    """A browser, and the address it made, as a path."""
    client = visit(app_of(runtime), contact, strength)
    answer = client.post("/lich")
    assert answer.status_code == 200, words_of(answer)
    address = next(word for word in words_of(answer).split() if word.endswith(".ics"))
    assert address.startswith("http://htx.example.vn/lich/")
    return client, address.removeprefix("http://htx.example.vn")


def read(runtime: Runtime, path: str) -> dict[str, Any]:
    """The events by their uid, as a calendar program reads them that nobody is signed in with."""
    client = browser(app_of(runtime))
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert client.written == []
    calendar = vobject.readOne(answer.text)
    return {event.uid.value: event for event in calendar.vevent_list}


def of(key: str, found: dict[str, Any]) -> tuple[str, str, date, date, int]:
    event = found[f"{key}@htx-workflow"]
    return (
        event.status.value, event.summary.value.partition(":")[0], event.dtstart.value, event.dtend.value,
        int(event.sequence.value),
    )  # fmt: skip


def test_work_stands_on_its_day_and_follows_its_changes(runtime: Runtime, sqlite_machine: Machine) -> None:
    _, path = made(runtime)
    due = sqlite_machine.row(AGENCY).standing.due_on
    assert due is not None
    span = (due, due + timedelta(days=1))
    first = read(runtime, path)
    assert of(AGENCY, first) == ("CONFIRMED", "Hạn", *span, 0)
    assert {event.status.value for uid, event in first.items() if "Dự kiến" in event.summary.value} == {"TENTATIVE"}
    sqlite_machine.submit(AGENCY, sent_on=DAY)
    assert of(AGENCY, read(runtime, path)) == ("CONFIRMED", "Đã gửi", *span, 1)
    sqlite_machine.verify(AGENCY)
    assert of(AGENCY, read(runtime, path)) == ("CANCELLED", "Đã xong", *span, 2)
    sqlite_machine.at(DAY + timedelta(days=31))
    assert f"{AGENCY}@htx-workflow" not in read(runtime, path)


def test_overdue_work_stays_on_its_day_and_stands_on_today(runtime: Runtime, sqlite_machine: Machine) -> None:
    _, path = made(runtime)
    due = sqlite_machine.row(AGENCY).standing.due_on
    assert due is not None
    for late in (3, 4):
        sqlite_machine.at(due + timedelta(days=late))
        found = read(runtime, path)
        assert of(AGENCY, found)[2] == due
        today = found[f"{AGENCY}/qua-han@htx-workflow"]
        assert (today.dtstart.value, int(today.sequence.value)) == (due + timedelta(days=late), late)
        assert today.summary.value.startswith("Quá hạn: ")


def test_a_program_that_has_it_gets_nothing_again(runtime: Runtime) -> None:
    _, path = made(runtime)
    client = browser(app_of(runtime))
    first = client.get(path)
    same = client.ask("GET", path, headers={"If-None-Match": first.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")


def test_an_address_is_shown_once_and_ended(runtime: Runtime) -> None:
    client, path = made(runtime)
    page = client.get("/lich")
    assert path not in page.text
    number = page.text.partition("/lich/")[2].partition("/bo")[0]
    assert visit(app_of(runtime), "dakto-tckh").post(f"/lich/{number}/bo").status_code == 404
    assert client.post(f"/lich/{number}/bo").status_code == 303
    assert browser(app_of(runtime)).get(path).status_code == 404


def test_an_address_ends_with_its_contact_and_with_links_revoked(runtime: Runtime) -> None:
    _, path = made(runtime)
    _, other = made(runtime, "dakto-tckh")
    lead = visit(app_of(runtime), "skhdt-dau-moi")
    assert lead.post("/ban/dau-moi/dakto-tckh/thu-hoi").status_code == 303
    with runtime.transaction("test") as session:
        contacts.end(session, KONPLONG, "system", runtime.clock.now(), DAY)
    assert [browser(app_of(runtime)).get(each).status_code for each in (path, other)] == [404, 404]


def test_addresses_are_not_guessed(runtime: Runtime) -> None:
    client = browser(app_of(runtime))
    assert client.get("/lich/khong-co.ics").status_code == 404
    assert client.get(f"/lich/{'a' * 300}.ics").status_code == 404


def test_a_calendar_takes_less_than_fifty_milliseconds(runtime: Runtime) -> None:
    _, path = made(runtime, "skhdt-dau-moi")
    token = path.removeprefix("/lich/").removesuffix(".ics")
    client = browser(app_of(runtime))
    client.get(path)
    seconds = []
    for _ in range(5):
        began = time.perf_counter()
        client.get(path)
        seconds.append(time.perf_counter() - began)
    with runtime.reading() as session:
        found = feeds.find(session, token, runtime.clock.now(), DAY)
    assert found is not None
    assert len(found.events) > 5
    assert min(seconds) < 0.05
