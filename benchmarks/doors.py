"""The doors for other systems: a page of 1,000 occurrences over the API, and the calendar of a contact.

Asked of the real application in this process, on a large province (1,000 agencies, 60 duties, 3 years). The peer of the
list is what any program must do at least: the same rows by plain SQL, made into JSON. The peer of the calendar is the
same events written by another library (vobject), without a database.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from statistics import median
from typing import Any

import httpx
import vobject
from fastapi import FastAPI
from sqlalchemy import select

from benchmarks import databases, portal_data
from benchmarks.report import Figure
from htx_workflow.domain.feeds import Event
from htx_workflow.domain.scopes import SCOPES
from htx_workflow.runtime import Clock, Runtime
from htx_workflow.services import access_keys, feeds, visits
from htx_workflow.services.access_keys import NewKey
from htx_workflow.settings import Settings
from htx_workflow.store.database import Database, file_of
from htx_workflow.store.tables import table
from htx_workflow.web.app import create_app

LIST_LIMIT, FEED_LIMIT = 0.2, 0.05
"""Seconds at the server."""
DAY, TIMES, ROWS = date(2025, 11, 24), 15, 1000
PLAIN = """
SELECT o.key, d.code, a.code, o.period, d.kind, o.opens_on, o.due_on, o.original_due_on, o.state, o.basis
FROM occurrence o JOIN duty d ON d.id = o.duty_id JOIN agency a ON a.id = o.holder_id ORDER BY o.id LIMIT 1000
"""


def measure() -> Iterator[Figure | str]:
    with databases.fresh("SQLite", "", "doors") as large:
        portal_data.fill(large)
        runtime = Runtime(Settings(api_per_minute=1_000_000), Clock(DAY), large)
        app = create_app(runtime)
        token, address = _keys(large, runtime)
        case = "1 000 agencies, 180 000 pieces of work"
        headers = {"Authorization": f"Bearer {token}"}
        seconds, answer = asyncio.run(_ask(app, f"/api/v1/occurrences?limit={ROWS}", headers))
        rows = len(answer.json()["items"])
        plain = _median(lambda: _plain(large))
        yield Figure(f"{rows} occurrences over the API", case, seconds, "s", LIST_LIMIT, "plain SQL and JSON", plain)
        overdue, _ = asyncio.run(_ask(app, f"/api/v1/occurrences?limit={ROWS}&timeliness=overdue", headers))
        yield Figure("those that are overdue", case, overdue, "s", LIST_LIMIT, "plain SQL and JSON", plain)
        seconds, _ = asyncio.run(_ask(app, f"/lich/{address}.ics", {}))
        with large.reading() as session:
            found = feeds.find(session, address, runtime.clock.now(), DAY)
        assert found is not None
        peer = _median(lambda: _with_vobject(found.events))
        yield Figure(f"a calendar of {len(found.events)} events", case, seconds, "s", FEED_LIMIT, "vobject", peer)


def _keys(database: Database, runtime: Runtime) -> tuple[str, str]:
    """A key of the lead agency, and the calendar address of a holder."""
    rows, now = table("contact"), runtime.clock.now()
    with database.transaction("bench-keys") as session:
        lead, holder = (
            session.execute(select(rows).where(rows.c.code == code)).one() for code in ("dau-moi-2", "dau-moi-3")
        )
        made = access_keys.make(session, NewKey("bench", tuple(SCOPES), lead.agency_id, lead.id), "bench", now)
        token = visits.open_(session, holder.id, "code", now, subject="bench")
        visitor = visits.find(session, token, now, DAY)
        assert visitor is not None
        return made.token, feeds.make(session, visitor, now)


async def _ask(app: FastAPI, path: str, headers: dict[str, str]) -> tuple[float, httpx.Response]:
    """The median of so many answers after a first one, and the last answer."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        answer = await client.get(path, headers=headers)
        answer.raise_for_status()
        seconds = []
        for _ in range(TIMES):
            began = time.perf_counter()
            answer = await client.get(path, headers=headers)
            seconds.append(time.perf_counter() - began)
    return median(seconds), answer


def _median(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(TIMES):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return median(seconds)


def _plain(database: Database) -> bytes:
    path = file_of(database.url)
    assert path is not None
    connection = sqlite3.connect(path)
    try:
        return json.dumps(connection.execute(PLAIN).fetchall(), ensure_ascii=False).encode()
    finally:
        connection.close()


def _with_vobject(events: tuple[Event, ...]) -> str:
    calendar: Any = vobject.iCalendar()
    for event in events:
        one = calendar.add("vevent")
        one.add("uid").value = event.uid
        one.add("dtstamp").value = event.changed_at.astimezone(vobject.icalendar.utc)
        one.add("dtstart").value = event.day
        one.add("dtend").value = event.day + timedelta(days=1)
        one.add("summary").value = event.summary
        one.add("description").value = event.description
        one.add("status").value = event.status.value
    text: str = calendar.serialize()
    return text
