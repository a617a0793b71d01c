"""The noise is bounded: a punctual huyện of plan 3819 gets mail on at most 12 days between 14/11 and 31/12/2025."""

from __future__ import annotations

from datetime import date, time

import pytest

from htx_workflow.domain.plan import Plan
from htx_workflow.store import occurrences as store
from tests.machine import Machine, a_document

FIRST, LAST = date(2025, 11, 14), date(2025, 12, 31)
AFTERNOON = time(16, 0)


def close_what_is_due(machine: Machine) -> None:
    """In the afternoon everybody sends what has its last working day today, and it is accepted the same day."""
    morning = machine.now
    machine.at(machine.today, AFTERNOON)
    with machine.database.reading() as session:
        rows = [row for row in store.list_rows(session, 1) if row.standing.state == "open" and row.standing.due_on]
    for row in rows:
        due_on = row.standing.due_on
        assert due_on is not None
        if machine.calendar.previous_working(due_on) == machine.today and not row.historical:
            machine.finish(row.key)
    machine.now = morning


def year_end(machine: Machine, kontum: Plan, *, adopted: bool) -> dict[str, list[date]]:
    """The mail days of every huyện."""
    machine.load(kontum, on=date(2025, 1, 2))
    machine.at(date(2025, 11, 13)).morning()
    machine.at(FIRST)
    if adopted:
        machine.adopt(document=a_document(dated=FIRST))
    machine.morning()
    close_what_is_due(machine)
    machine.live_until(LAST, every_day=close_what_is_due)
    addresses = {
        contact.agency: contact.address
        for contact in kontum.contacts
        if contact.agency.startswith("huyen-") and contact.address and not contact.duties
    }
    assert len(addresses) == 5
    return {agency: machine.mail_days(address or "") for agency, address in addresses.items()}


@pytest.mark.parametrize("adopted", [False, True], ids=["assumed", "adopted"])
def test_a_punctual_district_gets_mail_on_at_most_twelve_days(
    sqlite_machine: Machine, kontum: Plan, adopted: bool
) -> None:
    found = year_end(sqlite_machine, kontum, adopted=adopted)
    for days in found.values():
        inside = sorted({day for day in days if FIRST <= day <= LAST})
        assert 4 <= len(inside) <= 12
        assert len(days) == len(set(days))
    if adopted:
        total = sqlite_machine.status(LAST).total.as_json()
        assert (total["rate_on_time"], total["done_late"], total["open_overdue"]) == (1.0, 0, 0)
