"""Promises, papers that follow, taking back and answers by mail, on both databases."""

from __future__ import annotations

from datetime import date

import pytest

from htx_workflow.domain.errors import NotAllowed
from htx_workflow.domain.plan import Plan
from htx_workflow.domain.standing import Return
from htx_workflow.services import handling, receipts, reports
from htx_workflow.services.handling import Promise
from htx_workflow.services.receipts import Received
from htx_workflow.store import views, work_history
from htx_workflow.store.documents import DocumentRef
from htx_workflow.store.views import WorkRow
from tests.machine import Machine

CODE = "kontum-3819"
HUYEN = f"{CODE}/R.huyen/huyen-konplong/2024"
HTX = f"{CODE}/R.htx/htx-thanhnien/2024"
ADDRESS = "tckh.konplong@example.vn"


@pytest.fixture
def late(machine: Machine, kontum: Plan) -> Machine:
    """Plan 3819, lived until Thursday 19/12/2024: UBND huyện Kon Plông was due on the 18th and sent nothing."""
    machine.load(kontum, on=date(2024, 12, 2))
    machine.at(date(2024, 12, 10)).finish(HTX)
    machine.at(date(2024, 12, 19))
    return machine


def work(machine: Machine, key: str = HUYEN) -> WorkRow:
    with machine.database.reading() as session:
        found = views.get_work(session, machine.row(key).id, machine.today)
    assert found is not None
    return found


def promise(machine: Machine, on: date, key: str = HUYEN) -> bool:
    with machine.transaction("test") as session:
        return handling.promise(session, work(machine, key), Promise(on, "inputs"), machine.when("konplong-tckh"))


def rungs(machine: Machine) -> dict[str, tuple[str, str, str]]:
    """(state, audience, reason) of the overdue rungs, by step."""
    return {
        rung.step: (rung.state, rung.audience, rung.reason)
        for rung in machine.rungs(HUYEN)
        if rung.step.startswith("+")
    }


def test_a_promised_day_pauses_overdue_mail_of_the_holder_and_of_nobody_else(late: Machine) -> None:
    late.tick()
    assert rungs(late)["+1wd"][0] == "queued"
    late.at(date(2024, 12, 23))
    assert promise(late, date(2024, 12, 26))
    late.live_until(date(2024, 12, 26))
    found = rungs(late)
    assert found["+6wd"] == (
        "skipped",
        "holder",
        "Không gửi mức nhắc ngày 26/12 vì huyện hẹn gửi 26/12 (ghi ngày 23/12).",
    )
    assert found["+3wd"][:2] == ("sent", "lead")
    late.live_until(date(2025, 1, 8))
    assert rungs(late)["+11wd"][:2] == ("sent", "holder")


def test_the_forecast_knows_of_a_promise(late: Machine) -> None:
    late.morning()
    late.at(date(2024, 12, 23))

    def told() -> list[date]:
        return [
            coming.on
            for coming in late.forecast(date(2024, 12, 24), 5)
            if any(key == HUYEN for key, _, _ in coming.items) and coming.agency == "huyen-konplong"
        ]

    assert told() == [date(2024, 12, 26)]
    promise(late, date(2024, 12, 27))
    assert told() == []


def test_a_promise_moves_no_deadline_and_is_gone_when_the_work_is_sent(late: Machine) -> None:
    before = late.row(HUYEN).standing
    promise(late, date(2024, 12, 26))
    assert late.row(HUYEN).standing == before
    late.submit(HUYEN)
    assert work(late).promised_on is None
    with pytest.raises(NotAllowed, match="đang chờ kiểm tra"):
        promise(late, date(2024, 12, 26))


def test_figures_come_first_and_the_paper_follows(late: Machine) -> None:
    with late.transaction("test") as session:
        reports.submit(session, [HUYEN], late.calendar, late.when(), paper_due_on=date(2024, 12, 26))
    assert work(late).paper_due_on == date(2024, 12, 26)
    late.at(date(2024, 12, 24))
    with late.transaction("test") as session:
        document = DocumentRef("45/BC-UBND", date(2024, 12, 23), "huyen-konplong", signer="A", authority="KT.")
        handling.paper(session, work(late), document, late.when())
    assert work(late).paper_due_on is None
    assert late.row(HUYEN).standing.submitted_on == date(2024, 12, 19)
    with pytest.raises(NotAllowed, match="không chờ văn bản"), late.transaction("test") as session:
        handling.paper(session, work(late), document, late.when())


def withdraw(machine: Machine) -> None:
    with machine.transaction("test") as session:
        reports.withdraw(session, HUYEN, machine.calendar, machine.when())


def test_what_is_taken_back_is_open_again_and_reminded_again(late: Machine) -> None:
    late.submit(HUYEN)
    withdraw(late)
    found = late.row(HUYEN).standing
    assert (found.state, found.submitted_on) == ("open", None)
    late.live_until(date(2024, 12, 26))
    assert rungs(late)["+6wd"][:2] == ("sent", "holder")
    late.finish(HUYEN)
    with pytest.raises(NotAllowed, match="đã hoàn thành, không rút lại được nữa"):
        withdraw(late)


def test_taking_back_a_supplement_keeps_the_first_day(late: Machine) -> None:
    late.submit(HUYEN)
    late.return_(HUYEN, Return.SUPPLEMENT)
    late.at(date(2024, 12, 23)).submit(HUYEN)
    withdraw(late)
    assert late.row(HUYEN).standing.submitted_on == date(2024, 12, 19)


def test_a_receipt_says_what_came_and_who_looks_at_it(late: Machine) -> None:
    document = DocumentRef("45/BC-UBND", date(2024, 12, 18), "huyen-konplong")
    with late.transaction("test") as session:
        reports.submit(session, [HUYEN], late.calendar, late.when(), document=document, sent_on=date(2024, 12, 18))
        receipts.received(session, late.style, [HUYEN], late.calendar, late.when(), Received(document))
    late.deliver()
    (mail,) = late.mails_to(ADDRESS)
    text = mail.text.replace("\n", " ")
    assert "Đã nhận lúc 07 giờ 30 ngày 19/12/2024: Tổng hợp" in text
    assert "(Báo cáo số 45/BC-UBND ngày 18/12/2024). Ghi nhận: đúng hạn." in text
    assert mail.key == f"receipt/{HUYEN}/2/1"


def test_what_is_given_back_is_told_with_its_day(late: Machine) -> None:
    late.submit(HUYEN)
    with late.transaction("test") as session:
        by = date(2024, 12, 24)
        kind = Return.SUPPLEMENT
        reports.return_(session, HUYEN, kind, "thiếu biểu 2", late.calendar, late.when(), by)
        receipts.returned(session, late.style, HUYEN, kind, "thiếu biểu 2", by, late.when())
    assert work(late).respond_by == by
    late.deliver()
    (mail,) = late.mails_to(ADDRESS)
    assert "Đề nghị bổ sung chậm nhất thứ Ba 24/12/2024: thiếu biểu 2." in mail.text.replace("\n", " ")
    late.submit(HUYEN)
    assert work(late).respond_by is None


def test_the_history_of_a_work_is_read_with_its_notes_and_mails(late: Machine) -> None:
    late.morning()
    promise(late, date(2024, 12, 26))
    with late.database.reading() as session:
        events = work_history.list_events(session, late.row(HUYEN).id)
        mails = work_history.list_mail(session, late.row(HUYEN).id, ["receipt/none/1/1"])
    assert [(event.act, event.day) for event in events] == [
        ("open", date(2024, 12, 2)),
        ("promise", date(2024, 12, 26)),
    ]
    assert "sent" in {mail.state for mail in mails}


def test_milestones_and_work_below_hold_up_what_comes_after(late: Machine, kontum: Plan) -> None:
    with late.database.reading() as session:
        row = late.row(HUYEN)
        holder = row.standing.holder
        assert holder is not None
        found = views.list_before(session, [row.plan_id], ["R.huyen"], holder, late.today)
    assert {place.duty for place in found if place.milestone} == {each.code for each in kontum.milestones}
    assert len([place for place in found if place.duty == "R.huyen" and place.period == "2024"]) == 5
