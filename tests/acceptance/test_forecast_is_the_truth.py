"""The forecast for a day is what the tick and composing make on that day when nothing happens in between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import BadInput, NotAllowed
from htx_workflow.domain.plan import Plan
from htx_workflow.domain.standing import Return
from htx_workflow.services.composing import Composed, Style
from htx_workflow.services.forecasts import Coming
from htx_workflow.store import occurrences as store
from htx_workflow.store.database import Database
from tests.machine import Machine, a_document

CODE = "kontum-3819"
ACTS = ("submit", "verify", "supplement", "again", "adopt", "extend", "ask", "outage", "refuse", "undelivered")


def composed(machine: Machine, outcome: Composed) -> list[Coming]:
    """What was really composed, in the words of the forecast."""
    return [
        Coming(
            machine.today,
            digest.to.address,
            digest.to.agency,
            subject,
            tuple((item.work.key, item.step, item.why) for item in digest.items),
            tuple(digest.also),
        )
        for digest, subject in outcome.kept
    ]


def lived(machine: Machine, days: int) -> list[Coming]:
    """The next days as they really go."""
    found = []
    for _ in range(days):
        machine.at(machine.today + timedelta(days=1))
        machine.tick()
        found += composed(machine, machine.compose(keep=True))
        machine.deliver()
    return found


def do(machine: Machine, act: str, keys: list[str], place: int) -> None:
    """One act on one of the occurrences; what the rules refuse is left undone."""
    key = keys[place % len(keys)]
    document = a_document(f"{place}/SKHĐT", machine.today)
    try:
        if act == "submit":
            machine.submit(key)
        elif act == "verify":
            machine.verify(key)
        elif act in ("supplement", "again"):
            machine.return_(key, Return.SUPPLEMENT if act == "supplement" else Return.AGAIN)
        elif act == "adopt":
            machine.adopt(*(() if place % 5 == 0 else (key,)), document=document)
        elif act == "extend":
            province = a_document(f"{place}/UBND", machine.today, "ubnd-tinh")
            machine.set_deadline(key, due_on=machine.today + timedelta(days=place % 40), document=province)
        elif act == "ask":
            machine.ask("V.2.1")
        elif act == "refuse":
            machine.at_rcpt = lambda to: "550 5.1.1 no such user" if to.startswith("htx.") else None
    except (NotAllowed, BadInput):
        return


def live(machine: Machine, act: str) -> None:
    """The mornings after an act: an outage is one without ticks, a stuck relay one without deliveries."""
    if act == "undelivered":
        machine.tick()
        machine.compose()
    elif act != "outage":
        machine.morning()


NewDatabase = Callable[[], Database]
HISTORIES = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 200), st.integers(0, 9)), min_size=0, max_size=12)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    begin=st.sampled_from([date(2024, 10, 23), date(2024, 11, 28), date(2024, 12, 9), date(2025, 11, 20)]),
    history=HISTORIES,
    days=st.integers(1, 12),
    weekly=st.booleans(),
)
def test_whatever_happened_before_the_next_days_go_as_forecast(
    fresh_sqlite: NewDatabase,
    kontum: Plan,
    calendars: dict[str, WorkingCalendar],
    style: Style,
    tmp_path: Path,
    begin: date,
    history: list[tuple[str, int, int]],
    days: int,
    weekly: bool,
) -> None:
    machine = Machine(fresh_sqlite(), calendars, style, tmp_path / "mailbox")
    machine.load(kontum, on=date(2024, 10, 23))
    if weekly:
        machine.change_contact("dakha-tckh", rhythm="monday")
    machine.at(begin).morning()
    with machine.database.reading() as session:
        keys = [row.key for row in store.list_rows(session, 1) if row.standing.due_on is not None]
    for act, place, gap in history:
        do(machine, act, keys, place)
        for _ in range(gap):
            machine.at(machine.today + timedelta(days=1))
            live(machine, act)
    machine.at_rcpt = None
    promised = machine.forecast(machine.today + timedelta(days=1), days)
    assert _comparable(lived(machine, days)) == _comparable(promised)


def _comparable(mails: list[Coming]) -> list[dict[str, Any]]:
    return [mail.as_json() for mail in mails]


def test_a_forecast_leaves_no_trace(sqlite_machine: Machine, kontum: Plan) -> None:
    sqlite_machine.load(kontum, on=date(2024, 10, 23))
    sqlite_machine.live_until(date(2024, 12, 2))
    before = (sqlite_machine.rungs(), sqlite_machine.outbox())
    assert sqlite_machine.forecast(date(2024, 12, 3), 60)
    assert (sqlite_machine.rungs(), sqlite_machine.outbox()) == before


def test_a_forecast_on_either_database_is_the_same(machine: Machine, kontum: Plan) -> None:
    """Compared with one known day, so that SQLite and PostgreSQL are compared with each other."""
    machine.load(kontum, on=date(2024, 10, 23))
    machine.live_until(date(2024, 12, 10))
    machine.adopt()
    found = machine.forecast(date(2024, 12, 11), 1)
    assert [(mail.to, [item[:2] for item in mail.items]) for mail in found if mail.agency == "htx-doanket"] == [
        ("htx.doanket@example.vn", [(f"{CODE}/R.htx/htx-doanket/2024", "-3wd")])
    ]
    assert [mail.as_json() for mail in lived(machine, 1)] == [mail.as_json() for mail in found]


def test_a_forecast_of_one_plan_leaves_out_the_others(sqlite_machine: Machine, kontum: Plan) -> None:
    other = kontum.model_copy(update={"code": "khac", "short": "KH khác"})
    sqlite_machine.load(kontum, on=date(2024, 10, 23))
    sqlite_machine.load(other, on=date(2024, 10, 23))
    found = sqlite_machine.forecast(date(2024, 11, 14), 5, CODE)
    keys = {item[0] for mail in found for item in mail.items} | {key for mail in found for key in mail.also}
    assert keys
    assert all(key.startswith(f"{CODE}/") for key in keys)
