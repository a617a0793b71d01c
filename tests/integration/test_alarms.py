"""Alarm mails: to the administrators only, once, with what to do. On both databases."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from htx_workflow.domain.plan import Plan
from htx_workflow.services import alarm_mails, alarms, rounds
from htx_workflow.services.delivery import Delivered
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import plans as plan_store
from htx_workflow.store import runs
from tests.factories import a_plan, plan_data
from tests.machine import Machine
from tests.run_rows import record_run


def plan_with_admins() -> Plan:
    contacts = plan_data()["contacts"] + [
        {"code": "so-qt", "agency": "so", "address": "quantri@example.vn", "role": "support", "admin": True},
        {"code": "so-qt2", "agency": "so", "address": "quantri2@example.vn", "role": "support", "admin": True},
    ]
    return a_plan(contacts=contacts)


@pytest.fixture
def mau(machine: Machine) -> Machine:
    """The small plan with two administrators, loaded on 02/01/2025."""
    machine.load(plan_with_admins())
    return machine


def tell(machine: Machine) -> int:
    with machine.transaction("alarms") as session:
        return alarms.queue_alarms(session, machine.now, machine.style)


def fail(machine: Machine, **values: Any) -> int:
    return record_run(machine.database, machine.now, **{"outcome": "failed", "error": "đĩa đã đầy", **values})


def keys(machine: Machine) -> list[str]:
    return [key for key, _ in machine.outbox()]


def test_every_administrator_is_told_of_a_failed_run_once(mau: Machine) -> None:
    number = fail(mau)
    assert tell(mau) == 2
    assert keys(mau) == [f"alarm/run/{number}/so-qt", f"alarm/run/{number}/so-qt2"]
    assert tell(mau) == 0
    with mau.database.reading() as session:
        assert runs.untold_failures(session) == []


def test_the_mail_says_what_failed_why_and_what_to_do(mau: Machine) -> None:
    fail(mau)
    tell(mau)
    assert mau.deliver() == Delivered(sent=2)
    (mail,) = mau.mails_to("quantri@example.vn")
    assert mail.subject == "Cảnh báo: lượt nhắc hằng ngày của tinh-mau không thành"
    text = " ".join(mail.text.split())
    assert "Lượt nhắc hằng ngày của tinh-mau không thành lúc 07 giờ 30 thứ Năm ngày 02/01/2025." in text
    assert "Lý do : đĩa đã đầy." in text
    assert "htx run nightly_tick --plan tinh-mau" in text


def test_a_job_that_keeps_failing_is_told_once_a_day_until_it_succeeds(mau: Machine) -> None:
    told = []
    for minutes in (0, 10, 30):
        fail(mau.later(minutes=minutes), job="deliver_outbox")
        told.append(tell(mau))
    fail(mau.later(days=1), job="deliver_outbox")
    told.append(tell(mau))
    record_run(mau.database, mau.later(minutes=1).now, job="deliver_outbox")
    fail(mau.later(minutes=1), job="deliver_outbox")
    told.append(tell(mau))
    assert told == [2, 0, 0, 2, 2]


def test_failures_found_together_are_one_mail_for_each_job_and_plan(mau: Machine) -> None:
    for _ in range(3):
        fail(mau.later(minutes=1))
    fail(mau, job="final_assessment")
    assert tell(mau) == 4
    assert sum("Đã 03 lần liền" in row.body_text for row in mau.messages()) == 2


def test_without_an_administrator_nothing_is_marked_and_the_first_one_is_told(mau: Machine) -> None:
    for code in ("so-qt", "so-qt2"):
        mau.change_contact(code, admin=False)
    number = fail(mau)
    assert tell(mau) == 0
    mau.change_contact("so-1", admin=True)
    assert tell(mau.later(minutes=1)) == 1
    assert keys(mau) == [f"alarm/run/{number}/so-1"]


def test_only_living_administrators_with_an_address_are_told(mau: Machine) -> None:
    mau.change_contact("so-qt", valid_to=mau.today)
    mau.later(days=1)
    with mau.database.reading() as session:
        assert [contact.code for contact in agency_store.list_admins(session, mau.today)] == ["so-qt2"]


def test_interrupted_runs_are_taken_up_by_themselves_and_are_no_alarm(mau: Machine) -> None:
    record_run(mau.database, mau.now, outcome="interrupted", error="không còn tín hiệu")
    assert tell(mau) == 0


def test_undecided_work_is_told_once_a_day(mau: Machine) -> None:
    record_run(mau.database, mau.now, error="Không quyết định được mức nhắc của tinh-mau/N.2/so/2025: hỏng")
    assert (tell(mau), tell(mau.later(minutes=1))) == (2, 0)
    assert keys(mau) == ["alarm/broken/2025-01-02/so-qt", "alarm/broken/2025-01-02/so-qt2"]
    assert "tinh-mau/N.2/so/2025: hỏng" in mau.messages()[0].body_text
    assert tell(mau.later(days=1)) == 0  # no tick has run on this day yet


def test_an_agency_nobody_is_written_about_is_told_on_mondays_and_while_a_reminder_waits_for_it(mau: Machine) -> None:
    mau.change_contact("huyen-a-1", valid_to=mau.today)
    assert [tell(mau.at(date(2025, 12, day))) for day in (1, 2)] == [2, 0]
    mau.at(date(2025, 12, 18)).tick()
    assert (tell(mau), tell(mau)) == (2, 0)
    assert "Ủy ban nhân dân huyện A (huyen-a)" in mau.messages()[0].body_text
    mau.change_contact("huyen-a-1", valid_to=None)
    assert tell(mau.later(days=1)) == 0


def test_a_long_list_is_cut_and_the_rest_is_a_number(mau: Machine) -> None:
    lines = "\n".join(f"Không quyết định được mức nhắc của việc {number}" for number in range(25))
    record_run(mau.database, mau.now, error=lines)
    tell(mau)
    text = mau.messages()[0].body_text
    assert text.count("Không quyết định được mức nhắc của việc") == alarm_mails.SHOWN
    assert "và 05 mục khác" in text


@pytest.mark.parametrize(("silent", "mails"), [(timedelta(days=1), 0), (timedelta(days=3, hours=2), 2)])
def test_a_scheduler_silent_for_more_than_a_day_is_told_once_that_day(
    mau: Machine, silent: timedelta, mails: int
) -> None:
    since = mau.now
    mau.now += silent
    for expected in (mails, 0):
        with mau.transaction("alarms") as session:
            assert alarms.queue_silence_alarm(session, since, mau.now, mau.style) == expected
    if mails:
        assert "Bộ lịch im lặng 03 ngày 02 giờ" in mau.messages()[0].body_text


def test_the_silence_is_measured_from_the_last_tick_that_went_well_or_from_the_loading(mau: Machine) -> None:
    def watch() -> int:
        with mau.transaction("silence") as session:
            return alarms.watch_silence(session, mau.now, mau.style)

    assert watch() == 0
    mau.later(days=2)
    assert watch() == 2
    record_run(mau.database, mau.later(days=1).now)
    record_run(mau.database, mau.later(minutes=1).now, outcome="failed")
    assert watch() == 0
    mau.later(hours=27)
    assert watch() == 2


# The lead agency's mail about a round


def tell_lead(machine: Machine) -> list[str]:
    """What the lead officer gets of the rounds on this day: subjects of new mails."""
    before = len(machine.messages())
    with machine.transaction("round-mail") as session:
        loaded = plan_store.find_plan(session, "tinh-mau")
        assert loaded is not None
        states = rounds.list_current(session, loaded, machine.today)
        rounds.tell_lead(session, loaded, states, machine.today, machine.now, machine.style, machine.calendar)
    return [row.subject for row in machine.messages()[before:]]


def test_the_lead_officer_is_told_of_a_round_when_it_opens_when_a_deadline_passed_and_when_it_is_complete(
    mau: Machine,
) -> None:
    opened = tell_lead(mau.at(date(2025, 12, 1)))
    assert opened == [
        "[KH mẫu] Đợt báo cáo năm 2025 đã bắt đầu: 00/01 cơ quan đã gửi (07 giờ 30 thứ Hai ngày 01/12/2025)"
    ]
    assert tell_lead(mau.at(date(2025, 12, 15))) == []
    (after,) = tell_lead(mau.at(date(2025, 12, 16)))
    assert after.startswith("[KH mẫu] Đợt báo cáo năm 2025: 00/01 cơ quan đã gửi")
    mau.finish("tinh-mau/R.htx/htx-a/2025")
    mau.finish("tinh-mau/R.huyen/huyen-a/2025")
    (complete,) = tell_lead(mau)
    assert complete.startswith("[KH mẫu] Đợt báo cáo năm 2025 đã đủ: 01/01 cơ quan đã gửi")
    assert tell_lead(mau.later(days=1)) == []


def test_the_mail_has_a_sentence_to_copy_and_a_line_for_each_level_and_speaks_softly_of_cooperatives(
    mau: Machine,
) -> None:
    tell_lead(mau.at(date(2025, 12, 16)))
    text = " ".join(mau.messages()[-1].body_text.split())
    assert "Đến 07 giờ 30 thứ Ba ngày 16/12/2025: 00/01 cơ quan đã gửi; chưa gửi: UBND huyện A." in text
    assert "1. Nhiệm vụ R.htx (hạn thứ Hai 15/12/2025): 00/01 đã nộp; chưa nộp: HTX A." in text
    assert "2. Nhiệm vụ R.huyen (hạn thứ Năm 18/12/2025): 00/01 đã gửi; chưa gửi: UBND huyện A." in text
    assert "Hợp tác xã chưa nộp: đề nghị hỏi thăm, hướng dẫn thêm" in text


def test_an_assumed_day_that_passed_is_no_occasion(machine: Machine) -> None:
    duties = plan_data()["duties"]
    for duty in duties:
        if duty["id"] in ("R.htx", "R.huyen"):
            duty["basis"] = "assumed"
    machine.load(a_plan(duties=duties))
    assert len(tell_lead(machine.at(date(2025, 12, 1)))) == 1
    assert tell_lead(machine.at(date(2025, 12, 22))) == []
    assert "thời gian dự kiến thứ Hai 15/12/2025" in " ".join(machine.messages()[-1].body_text.split())
