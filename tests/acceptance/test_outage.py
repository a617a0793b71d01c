"""After 1 to 45 days down: the newest rung only, marked late; nothing for what was closed meanwhile."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from htx_workflow.domain import reminders
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.plan import AgencyKind, Audience, Basis, Plan
from htx_workflow.services.composing import Style
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import occurrences as store
from htx_workflow.store.database import Database
from tests.machine import Machine, RungRow, a_document

LAST = date(2024, 11, 27)
"""The last morning before the machine goes down."""
CODE = "kontum-3819"
CLOSED = f"{CODE}/R.htx/htx-doanket/2024"
MOVED = f"{CODE}/R.agency/lmhtx/2024"


@pytest.fixture(scope="module")
def lived(
    tmp_path_factory: pytest.TempPathFactory,
    sqlite_template: Path,
    kontum: Plan,
    calendars: dict[str, WorkingCalendar],
    style: Style,
) -> Path:
    """Plan 3819 lived until LAST, all assumed days adopted on 20/11 so that ladders are long."""
    folder = tmp_path_factory.mktemp("lived")
    shutil.copy(sqlite_template, folder / "htx.sqlite3")
    database = Database(f"sqlite:///{folder / 'htx.sqlite3'}")
    machine = Machine(database, calendars, style, folder / "mailbox")
    machine.load(kontum, on=date(2024, 10, 23))
    machine.live_until(date(2024, 11, 20))
    machine.adopt(document=a_document(dated=date(2024, 11, 20)))
    machine.live_until(LAST)
    database.close()
    return folder / "htx.sqlite3"


@pytest.fixture
def down(lived: Path, tmp_path: Path, calendars: dict[str, WorkingCalendar], style: Style) -> Iterator[Machine]:
    """The same machine, down since LAST."""
    shutil.copy(lived, tmp_path / "htx.sqlite3")
    database = Database(f"sqlite:///{tmp_path / 'htx.sqlite3'}")
    yield Machine(database, calendars, style, tmp_path / "mailbox").at(LAST)
    database.close()


def expected(machine: Machine, plan: Plan, row: store.Row, kind: AgencyKind) -> dict[str, str]:
    """What should have become of each holder rung of an occurrence that nobody touched: newest sent, others not."""
    stands = row.standing
    assert stands.due_on is not None
    assert stands.basis is not None
    ladder = reminders.Ladders(plan, machine.calendar).on(stands.basis, stands.due_on)
    reached = [rung for rung in ladder if rung.audience is Audience.HOLDER and LAST < rung.send_on <= machine.today]
    return {rung.step: "newest" if rung is reached[-1] else "superseded" for rung in reached}


@pytest.mark.parametrize("days", range(1, 46))
def test_after_an_outage_each_piece_of_work_is_told_once_and_late(down: Machine, kontum: Plan, days: int) -> None:
    known = {(rung.key, rung.due_rev, rung.step, rung.audience) for rung in down.rungs()}
    if days > 2:  # a web of people who went on working
        down.at(LAST + timedelta(days=2)).submit(CLOSED)
        down.set_deadline(MOVED, due_on=date(2025, 3, 31), document=a_document("9/SKHĐT", LAST + timedelta(days=2)))
    down.at(LAST + timedelta(days=days)).morning()
    new = [rung for rung in down.rungs() if (rung.key, rung.due_rev, rung.step, rung.audience) not in known]
    told: dict[tuple[str, str], list[RungRow]] = {}
    for rung in new:
        told.setdefault((rung.key, rung.audience), []).append(rung)
    with down.database.reading() as session:
        rows = store.list_rows(session, 1)
        kinds = {row.id: row.kind for row in agency_store.list_agencies(session, down.today).values()}
    for row in rows:
        found = told.get((row.key, "holder"), [])
        if row.standing.state != "open" or row.standing.due_on is None or row.key == MOVED:
            assert found == []
            continue
        fate = expected(down, kontum, row, kinds[row.original_holder_id])
        assert [rung.step for rung in found] == list(fate)
        for rung in found:
            if fate[rung.step] == "superseded":
                assert rung.state == "superseded"
            else:
                assert rung.state in ("sent", "skipped", "superseded")
                assert rung.late == (rung.send_on < down.today)
                assert ("gửi muộn" in rung.reason) == (rung.late and rung.state == "sent")
    for rungs in told.values():
        assert sum(rung.state == "sent" for rung in rungs) <= 1
    assert {mail.day for mail in down.mails()} <= {down.today}
    assert len({mail.to for mail in down.mails()}) == len(down.mails())


def test_the_next_morning_has_nothing_left_to_catch_up_with(down: Machine) -> None:
    down.at(LAST + timedelta(days=30)).morning()
    queued = {rung for rung in down.rungs() if rung.state == "queued" and rung.audience != "province"}
    assert queued == set()
    assert down.tick().rungs == 0
    assert down.compose().digests == 0


def test_an_outage_of_one_morning_changes_no_mail_but_its_day(down: Machine) -> None:
    """An assumed day never becomes overdue, whatever the outage."""
    down.at(LAST + timedelta(days=45)).morning()
    assumed = [rung for rung in down.rungs() if rung.state == "sent" and "quá hạn" in rung.reason]
    for rung in assumed:
        assert down.row(rung.key).standing.basis is not Basis.ASSUMED
