"""Health: the facts, and which of them mean that the system is not ready. On both databases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import StoreError
from htx_workflow.services import health as healths
from htx_workflow.services.health import Health
from htx_workflow.store import outbox, schema
from htx_workflow.store.database import Database
from htx_workflow.store.outbox import NewMessage
from tests.factories import a_plan
from tests.machine import Machine
from tests.run_rows import record_run

LOADED = date(2025, 1, 2)


def look(machine: Machine, calendars: Mapping[str, WorkingCalendar] | None = None) -> Health:
    with machine.database.reading() as session:
        return healths.facts(session, machine.now, machine.calendars if calendars is None else calendars)


@pytest.fixture
def mau(machine: Machine) -> Machine:
    """The small plan, loaded on 02/01/2025."""
    machine.load(a_plan(), on=LOADED)
    return machine


def put(machine: Machine, key: str, **values: Any) -> None:
    """A mail in the outbox, composed now; `values` are written past every rule."""
    message = NewMessage(key, "notice", None, None, "a@example.vn", machine.today, "Thư", "x", "<p>x</p>", "")
    with machine.transaction() as session:
        outbox.add_messages(session, [message], machine.now)
        number = outbox.find_message(session, key).id
    if values:
        machine.change_row("message", number, **values)


# Facts


def test_an_empty_database_is_ready_and_has_nothing_to_say(machine: Machine) -> None:
    health = look(machine)
    assert (health.plans, health.last_runs, health.work.open, health.calendars) == ((), (), 0, {})
    assert health.schema_current
    assert healths.troubles(health) == []


def test_work_is_counted_as_the_official_matrix_counts_it(mau: Machine) -> None:
    mau.at(date(2025, 12, 24))
    mau.submit("tinh-mau/R.htx/htx-a/2025")  # ten days late, and not accepted
    health = look(mau)
    boxes = mau.status().total.boxes
    assert health.work.overdue == boxes["open_overdue"] == 2
    assert health.work.open == 4  # N.2, N.3 with assumed days; R.htx, R.huyen


def test_rungs_and_mails_are_counted_by_state(mau: Machine) -> None:
    mau.at(date(2025, 12, 15)).tick()
    queued = look(mau)
    assert (queued.rungs_queued, queued.rungs_today["queued"], queued.due) == (2, 2, 0)
    mau.compose()
    mau.deliver()
    sent = look(mau)
    assert (sent.rungs_queued, sent.rungs_today["sent"], sent.mails_today) == (0, 2, {"sent": 2})
    assert sent.next_reminder_on == date(2025, 12, 16)


def test_the_oldest_mail_that_could_have_left_is_known_and_a_draft_does_not_age(machine: Machine) -> None:
    put(machine, "held", state="held", next_attempt_at=None)
    assert look(machine).oldest_unsent is None
    machine.later(hours=1)
    put(machine, "one")
    machine.later(minutes=30)
    put(machine, "two")
    machine.later(minutes=5)
    health = look(machine)
    assert health.oldest_unsent == timedelta(minutes=35)
    assert (health.mails.queued, health.mails.held) == (2, 1)


def test_failed_and_doubtful_mails_are_counted_for_a_month(machine: Machine) -> None:
    put(machine, "failed", state="failed")
    put(machine, "doubtful", state="sent", doubtful=True)
    counts = [(look(machine.later(days=days)).mails.failed, look(machine).mails.doubtful) for days in (0, 30, 1)]
    assert counts == [(1, 1), (1, 1), (0, 0)]


def test_the_last_run_of_each_job_and_plan_is_known(mau: Machine) -> None:
    for outcome in ("failed", "done"):
        record_run(mau.database, mau.later(minutes=1).now, outcome=outcome)
    record_run(mau.database, mau.now, job="deliver_outbox", outcome="failed")
    going = record_run(mau.database, mau.now, job="final_assessment", outcome="running")
    health = look(mau.later(seconds=90))
    assert [(run.job, run.outcome) for run in health.last_runs] == [
        ("deliver_outbox", "failed"),
        ("nightly_tick", "done"),
    ]
    assert [run.job for run in health.failed_runs] == ["deliver_outbox"]
    assert [(run.id, health.silence(run)) for run in health.unfinished] == [(going, timedelta(seconds=90))]


def test_what_the_last_tick_could_not_decide_is_known_until_a_tick_can(mau: Machine) -> None:
    record_run(mau.database, mau.now, error="Không quyết định được mức nhắc của tinh-mau/N.2/so/2025: hỏng")
    assert len(look(mau).broken) == 1
    record_run(mau.database, mau.later(minutes=1).now)
    assert look(mau).broken == []


def test_agencies_that_owe_work_and_have_nobody_are_known(mau: Machine) -> None:
    assert look(mau).unreached == ()
    mau.change_contact("huyen-a-1", valid_to=mau.today)
    assert look(mau).unreached == ()
    (found,) = look(mau.later(days=1)).unreached
    assert (found.agency, found.waiting) == ("huyen-a", False)
    mau.at(date(2025, 12, 18)).tick()
    assert [(one.agency, one.waiting) for one in look(mau).unreached] == [("huyen-a", True)]


def test_who_is_reached_by_telephone_is_reached(mau: Machine) -> None:
    mau.change_contact("htx-a-1", channel="text", address="")
    assert look(mau).unreached == ()
    mau.change_contact("htx-a-1", channel="none")
    assert [one.agency for one in look(mau).unreached] == ["htx-a"]


# Ready or not


def test_a_plan_that_is_ticked_every_day_is_ready(mau: Machine) -> None:
    for _ in range(3):
        record_run(mau.database, mau.later(days=1).now)
    assert healths.ready(look(mau.later(hours=25))) == []


@pytest.mark.parametrize("ticked", [True, False])
def test_a_scheduler_that_is_silent_for_more_than_26_hours_is_not_ready(mau: Machine, ticked: bool) -> None:
    if ticked:
        record_run(mau.database, mau.later(days=3).now)
    assert healths.ready(look(mau.later(hours=26))) == []
    (sentence,) = healths.ready(look(mau.later(minutes=1)))
    assert sentence.startswith("Bộ lịch im lặng: KH mẫu không có lượt nhắc nào thành trong 01 ngày 02 giờ")


@pytest.mark.parametrize(("outcome", "word"), [("failed", "không thành"), ("interrupted", "bị ngắt giữa chừng")])
def test_a_failed_run_is_not_ready_until_one_of_that_job_and_plan_succeeds(
    mau: Machine, outcome: str, word: str
) -> None:
    record_run(mau.database, mau.now, outcome=outcome, error="bí mật: máy chủ csdl-01")
    (sentence,) = healths.ready(look(mau))
    assert sentence.startswith(f"Lượt nhắc hằng ngày của tinh-mau {word} lúc 07 giờ 30 thứ Năm ngày 02/01/2025")
    assert "csdl-01" not in sentence
    record_run(mau.database, mau.later(minutes=1).now, job="deliver_outbox")
    assert len(healths.ready(look(mau))) == 1
    record_run(mau.database, mau.later(minutes=1).now)
    assert healths.ready(look(mau)) == []


def test_a_calendar_that_is_gone_or_over_is_not_ready(mau: Machine, calendar: WorkingCalendar) -> None:
    (gone,) = healths.ready(look(mau, {}))
    assert gone == "Không đọc được lịch ngày làm việc vn."
    record_run(mau.database, mau.at(calendar.known_to).now)
    near = [trouble for trouble in healths.troubles(look(mau)) if trouble.about == "calendars"]
    assert [(trouble.what, trouble.blocking) for trouble in near] == [("Lịch ngày làm việc vn chỉ còn 00 ngày.", False)]
    assert healths.ready(look(mau.later(days=1))) == ["Lịch ngày làm việc vn đã hết từ 01 ngày trước."]


def test_another_schema_is_not_ready_and_nothing_else_is_asked(database: Database, machine: Machine) -> None:
    with database.transaction("test") as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    health = look(machine)
    assert not health.schema_current
    assert healths.ready(health) == [f"Cơ sở dữ liệu ở phiên bản 0001, phần mềm cần phiên bản {schema.HEAD}."]


def test_a_database_that_cannot_be_asked_is_a_fact_without_its_address(machine: Machine) -> None:
    def gone() -> Database:
        raise StoreError("Cơ sở dữ liệu postgresql://htx@csdl-01/htx không kết nối được.")

    health = healths.measure(gone, machine.now, lambda: machine.calendars)
    assert health.problem
    assert healths.ready(health) == ["Không dùng được cơ sở dữ liệu hoặc cấu hình."]


def test_troubles_that_do_not_block_are_told_after_those_that_do(mau: Machine) -> None:
    put(mau, "failed", state="failed")
    record_run(mau.database, mau.now, job="deliver_outbox", outcome="failed")
    found = healths.troubles(look(mau))
    assert [trouble.blocking for trouble in found] == [True, False]
    assert all(trouble.remedy.startswith("Đề nghị") for trouble in found)


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=-5), "00 giây"),
        (timedelta(seconds=45), "45 giây"),
        (timedelta(minutes=5, seconds=59), "05 phút"),
        (timedelta(hours=5, minutes=20), "05 giờ 20 phút"),
        (timedelta(days=2, minutes=3), "02 ngày"),
        (timedelta(days=12, hours=3), "12 ngày 03 giờ"),
    ],
)
def test_spans_in_words(span: timedelta, said: str) -> None:
    assert healths.span_text(span) == said
