"""From the rung to the mailbox: ledger, composing, rhythms, leases, retries, drafts, the audit chain; on both databases."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from htx_workflow.domain.errors import HtxError, NotAllowed, NotFound, TooLate
from htx_workflow.domain.plan import Audience, Plan
from htx_workflow.domain.reminders import Decided
from htx_workflow.gateways.templates import LINK
from htx_workflow.services import audits, delivery, outboxes
from htx_workflow.services.composing import LOCAL, Pool, Style
from htx_workflow.services.delivery import LEASE, RETRY, Sender
from htx_workflow.store import outbox
from htx_workflow.store import reminders as ledger
from htx_workflow.store.reminders import NewRung
from htx_workflow.store.tables import table
from tests.factories import a_duty, a_plan, duties_with, plan_data
from tests.machine import Machine, a_document

HTX = "tinh-mau/R.htx/htx-a/2025"
HUYEN = "tinh-mau/R.huyen/huyen-a/2025"
DAY = date(2025, 12, 10)
"""-3wd of R.htx, which is due on Monday 15/12/2025."""
TO = "htx-a@example.vn"


@pytest.fixture
def mau(machine: Machine) -> Machine:
    """The small plan without N.2, loaded on 01/11/2025, on the morning of the day R.htx is to be announced."""
    machine.load(small(), on=date(2025, 11, 1))
    return machine.live_until(DAY - timedelta(days=1)).at(DAY)


def small(**changes: Any) -> Plan:
    """The small plan without N.2; R.htx may be changed."""
    return a_plan(duties=[duty for duty in duties_with("R.htx", **changes) if duty["id"] != "N.2"])


@pytest.fixture
def tinh(machine: Machine, kontum: Plan) -> Machine:
    machine.load(kontum, on=date(2024, 10, 23))
    return machine


def message(machine: Machine, key: str) -> Any:
    with machine.database.reading() as session:
        return outbox.find_message(session, key)


def keys(machine: Machine) -> Counter[str]:
    return Counter(mail.key for mail in machine.mails())


def without_conflict(**changes: Any) -> Plan:
    """The small plan where R.htx has the rungs 0 to +10wd for every audience."""
    ladder = [
        {"step": "0"},
        {"step": "+1wd"},
        {"step": "+3wd", "audience": "lead"},
        {"step": "+10wd", "audience": "province"},
        {"step": "+16wd", "audience": "call"},
    ]
    contacts = [
        *plan_data()["contacts"],
        {"code": "so-ld", "agency": "so", "address": "so-ld@example.vn", "role": "leader", "approves": True},
        {"code": "tinh-1", "agency": "tinh", "address": "tinh@example.vn", "approves": True},
    ]
    values = {"ladders": {"deadline": ladder, "expected": [{"step": "0"}]}, "contacts": contacts}
    return a_plan(ends_on=date(2026, 12, 31), duties=duties_once(), **{**values, **changes})


def duties_once() -> list[dict[str, Any]]:
    """R.htx and R.huyen of 2025 only, nothing waiting for anything, and one task of the lead agency."""
    window = {"rule": "window", "window": "year", "last": "2025"}
    cooperative = a_duty(
        "R.htx", kind="yearly", holders=["htx-a"], receivers=["parent"], due={**window, "day": 15}, basis="law"
    )
    district = a_duty(
        "R.huyen", kind="yearly", holders=["huyen"], receivers=["so"], due={**window, "day": 15}, basis="law"
    )
    lead = a_duty("R.so", kind="yearly", due={**window, "day": 15}, basis="law")
    return [a_duty("N.1"), cooperative, district, lead]


# The ledger


def test_the_same_tick_twice_queues_one_mail(mau: Machine) -> None:
    first, second = mau.tick(), mau.tick()
    assert (first.rungs, first.queued, second.rungs) == (1, 1, 0)
    assert [mau.compose().digests, mau.compose().digests] == [1, 0]
    assert mau.deliver().sent == 1
    assert (mau.compose().digests, mau.deliver().sent) == (0, 0)
    assert keys(mau) == {"digest/htx-a-1/2025-12-10/1": 1}
    assert mau.ladder(HTX) == [("-3wd", "holder", "sent")]


def test_the_ledger_refuses_a_rung_a_second_time(mau: Machine) -> None:
    mau.tick()
    rungs = table("reminder")
    with mau.database.reading() as session:
        row = dict(session.execute(select(rungs)).mappings().first() or {})
    del row["id"]
    with pytest.raises((IntegrityError, TooLate)), mau.transaction() as session:
        session.execute(rungs.insert().values(**row))
    assert len(mau.rungs()) == 1


def test_a_rung_that_is_there_stays_as_it_is(mau: Machine) -> None:
    mau.morning()
    (before,) = mau.rungs()
    again = NewRung(mau.row(HTX).id, 1, Decided("-3wd", Audience.HOLDER, DAY, False, "queued", "một lý do khác"))
    with mau.transaction() as session:
        ledger.add_rungs(session, [again], mau.now)
    assert mau.rungs() == [before]


def test_one_broken_occurrence_never_stops_a_tick(mau: Machine) -> None:
    """A deadline so early that no ladder can be laid on it: it is named, and the others get their mail."""
    occurrences = table("occurrence")
    with mau.transaction() as session:
        session.execute(
            update(occurrences).where(occurrences.c.key == HUYEN).values(due_on=date(1, 1, 1), next_reminder_on=DAY)
        )
    ladder = [{"step": "-7d"}, {"step": "-3wd"}, {"step": "0"}]
    mau.load(a_plan(ladders={"deadline": ladder, "expected": ladder}, duties=_duties_of_small()))
    ticked = mau.tick()
    assert [line.split(":")[0] for line in ticked.broken] == [HUYEN]
    mau.compose()
    mau.deliver()
    assert mau.ladder(HTX) == [("-3wd", "holder", "sent")]


def _duties_of_small() -> list[dict[str, Any]]:
    return [duty for duty in plan_data()["duties"] if duty["id"] != "N.2"]


# Closed, moved, gone


def test_what_was_closed_after_composing_is_not_mailed(mau: Machine) -> None:
    mau.tick()
    mau.compose()
    mau.submit(HTX)
    assert mau.deliver().cancelled == 1
    mau.compose()
    assert mau.mails() == []
    assert mau.ladder(HTX) == [("-3wd", "holder", "superseded")]
    assert mau.outbox() == [("digest/htx-a-1/2025-12-10/1", "cancelled")]


def test_a_mail_that_did_not_leave_in_its_day_is_composed_anew(mau: Machine) -> None:
    mau.tick()
    mau.compose()
    mau.at(DAY + timedelta(days=1))
    mau.morning()
    assert mau.outbox() == [("digest/htx-a-1/2025-12-10/1", "cancelled"), ("digest/htx-a-1/2025-12-11/1", "sent")]
    (mail,) = mau.mails()
    assert "còn 02 ngày làm việc" in mail.text
    assert mau.ladder(HTX) == [("-3wd", "holder", "sent")]


def test_a_mail_taken_and_dropped_before_data_is_composed_anew_the_next_day(mau: Machine) -> None:
    """The process died between the lease and the handing over; what it would have said is yesterday's."""
    mau.tick()
    mau.compose()
    with mau.transaction() as session:
        assert len(outbox.lease(session, mau.now, mau.now + LEASE, 10)) == 1
    mau.at(DAY + timedelta(days=1))
    mau.morning()
    assert mau.outbox() == [("digest/htx-a-1/2025-12-10/1", "cancelled"), ("digest/htx-a-1/2025-12-11/1", "sent")]


def test_an_agency_that_ended_and_a_contact_that_left_get_nothing(mau: Machine) -> None:
    mau.change_contact("htx-a-1", valid_to=DAY - timedelta(days=1))
    mau.tick()
    composed = mau.compose()
    assert (composed.digests, composed.unreachable) == (0, ["htx-a (holder): không có đầu mối nào nhận được thư"])
    with mau.transaction() as session:
        session.execute(update(table("agency")).where(table("agency").c.code == "huyen-a").values(valid_to=DAY))
    mau.at(date(2025, 12, 18)).morning()
    assert {(rung.state, rung.reason) for rung in mau.rungs(HUYEN)} == {
        ("superseded", "đã đến mức sau (0)"),
        ("skipped", "cơ quan đã kết thúc hoạt động, chờ phân công lại"),
    }
    assert mau.mails_to("huyen-a@example.vn") == []


def test_a_rung_without_a_living_contact_is_an_alarm_and_is_taken_up_when_one_appears(mau: Machine) -> None:
    mau.change_contact("htx-a-1", address="", channel="none")
    composed = mau.morning()
    assert composed.unreachable == ["htx-a (holder): không có đầu mối nào nhận được thư"]
    assert mau.ladder(HTX) == [("-3wd", "holder", "queued")]
    mau.at(DAY + timedelta(days=1))
    mau.change_contact("htx-a-1", address=TO, channel="email")
    assert mau.morning().unreachable == []
    assert mau.ladder(HTX) == [("-3wd", "holder", "sent")]
    assert mau.mail_days(TO) == [DAY + timedelta(days=1)]


# Whom, and how often


def test_a_contact_gets_one_mail_a_day_over_two_plans(mau: Machine) -> None:
    mau.at(DAY - timedelta(days=2))
    mau.load(a_plan(code="ke-hoach-hai", short="KH hai"), on=DAY - timedelta(days=2))
    mau.live_until(DAY)
    (mail,) = mau.mails_to(TO)
    assert mail.key == "digest/htx-a-1/2025-12-10/1"
    with mau.database.reading() as session:
        rungs = outbox.rungs_of(session, message(mau, mail.key).id)
    assert [rung.key for rung in rungs] == [HTX, HTX.replace("tinh-mau", "ke-hoach-hai")]


def test_a_second_mail_on_one_day_needs_a_decision(mau: Machine) -> None:
    mau.morning()
    mau.later(hours=2).morning()
    mau.later(hours=2).morning()
    assert keys(mau) == {"digest/htx-a-1/2025-12-10/1": 1}


def test_a_decision_that_brings_a_rung_today_is_mailed_today(mau: Machine) -> None:
    mau.load(small(basis="assumed"))
    mau.morning()
    mau.adopt(HTX, document=a_document("1/SM", DAY, "so"))
    mau.later(hours=1).morning()
    assert keys(mau) == {"digest/htx-a-1/2025-12-10/1": 1, "digest/htx-a-1/2025-12-10/2": 1}
    assert [(rung.due_rev, rung.step, rung.state) for rung in mau.rungs(HTX)][-2:] == [
        (2, "-3wd", "sent"),
        (3, "-3wd", "sent"),
    ]


def test_two_processes_that_compose_at_once_make_one_mail(mau: Machine) -> None:
    """One read the pool before the other wrote its mails (a tick and a delivery started in the same minute)."""
    mau.tick()
    with mau.database.reading() as session:
        slow = Pool(session, mau.calendars, mau.style, mau.now.astimezone(LOCAL))
    assert mau.compose().digests == 1
    (batch,) = slow.batches()
    for _ in range(2):
        with mau.transaction() as session:
            assert slow.checked(session, slow.letters(session, batch)) == []
        mau.deliver()
    assert keys(mau) == {"digest/htx-a-1/2025-12-10/1": 1}


def test_a_weekly_reader_gets_mail_on_mondays_but_for_the_last_days_and_overdue_work(machine: Machine) -> None:
    contacts = plan_data()["contacts"]
    contacts[2]["rhythm"] = "monday"
    ladder = [{"step": step} for step in ("-30d", "-14d", "-7d", "-2wd", "0", "+1wd", "+6wd")]
    machine.load(
        a_plan(contacts=contacts, ladders={"deadline": ladder, "expected": [{"step": "0"}]}), on=date(2025, 11, 3)
    )
    machine.live_until(date(2025, 12, 31))
    # due Monday 15/12: -30d Friday 14/11, -14d Monday 01/12, -7d Monday 08/12, -2wd Thursday 11/12
    assert machine.mail_days(TO) == [
        date(2025, 11, 17), date(2025, 12, 1), date(2025, 12, 8), date(2025, 12, 11), date(2025, 12, 15),
        date(2025, 12, 16), date(2025, 12, 23),
    ]  # fmt: skip


def test_a_weekly_reader_gets_the_mail_of_a_monday_off_on_the_first_working_day(machine: Machine) -> None:
    """Monday 01/09/2025 and Tuesday are off: the week begins on Wednesday 03/09."""
    contacts = plan_data()["contacts"]
    contacts[0]["rhythm"] = "monday"
    duty = a_duty("N.5", kind="once", due={"rule": "once", "on": date(2025, 9, 26)}, basis="plan")
    machine.load(
        a_plan(
            contacts=contacts,
            duties=[a_duty("N.1"), duty],
            ladders={"deadline": [{"step": "-30d"}], "expected": [{"step": "0"}]},
        ),
        on=date(2025, 8, 1),
    )
    machine.live_until(date(2025, 9, 10))
    assert machine.rungs()[0].send_on == date(2025, 8, 27)
    assert machine.mail_days("so@example.vn") == [date(2025, 9, 3)]


def test_two_contacts_of_a_duty_are_both_told_and_one_who_has_it_takes_it_from_the_agencys(machine: Machine) -> None:
    contacts = [
        *plan_data()["contacts"],
        {"code": "so-2", "agency": "so", "address": "so-2@example.vn"},
        {"code": "so-n2", "agency": "so", "address": "so-n2@example.vn", "duties": ["N.2"]},
        {"code": "so-n2b", "agency": "so", "address": "so-n2b@example.vn", "duties": ["N.2"]},
    ]
    duty = a_duty("N.5", kind="once", due={"rule": "once", "on": date(2025, 12, 1)}, basis="assumed")
    machine.load(a_plan(contacts=contacts, duties=[*duties_with("N.1"), duty]), on=date(2025, 11, 20))
    machine.live_until(date(2025, 11, 26))
    told = {mail.to: [rung.key for rung in _rungs(machine, mail.key)] for mail in machine.mails()}
    assert told == {
        "so@example.vn": ["tinh-mau/N.5/so/2025"],
        "so-2@example.vn": ["tinh-mau/N.5/so/2025"],
        "so-n2@example.vn": ["tinh-mau/N.2/so/2025"],
        "so-n2b@example.vn": ["tinh-mau/N.2/so/2025"],
    }


def _rungs(machine: Machine, key: str) -> list[Any]:
    with machine.database.reading() as session:
        return outbox.rungs_of(session, outbox.find_message(session, key).id)


# Lead and province


def test_the_lead_is_told_of_others_and_never_of_its_own_delay(machine: Machine) -> None:
    machine.load(without_conflict(), on=date(2025, 12, 1))
    machine.live_until(date(2026, 1, 20))
    own = {rung.audience: (rung.state, rung.reason) for rung in machine.rungs("tinh-mau/R.so/so/2025")}
    assert own["lead"] == own["call"] == ("skipped", "việc của chính cơ quan chủ trì")
    others = {rung.audience: rung.state for rung in machine.rungs(HUYEN)}
    assert others == {"holder": "sent", "lead": "sent", "province": "queued", "call": "sent"}
    for to in ("so@example.vn", "so-ld@example.vn"):
        (mail,) = [mail for mail in machine.mails_to(to) if mail.day == date(2025, 12, 18)]
        assert "UBND huyện A" in mail.text


def test_nothing_goes_to_the_province_by_itself(machine: Machine) -> None:
    machine.load(without_conflict(), on=date(2025, 12, 1))
    machine.live_until(date(2026, 2, 20))
    assert machine.mails_to("tinh@example.vn") == []
    drafts = [row for row in machine.messages() if row.kind == "province"]
    assert [(row.key, row.state) for row in drafts] == [("province/tinh-mau/2025-12-29/1", "held")]
    assert "Ủy ban nhân dân huyện A" in drafts[0].body_text
    assert "Hợp tác xã" not in drafts[0].body_text
    assert {rung.reason for rung in machine.rungs(HTX) if rung.audience == "province"} == {
        "hợp tác xã không đưa vào báo cáo Ủy ban nhân dân tỉnh"
    }


@pytest.mark.parametrize(
    ("key", "by", "error", "sentence"),
    [
        ("province/tinh-mau/2025-12-29/1", "so-1", NotAllowed, "không có quyền duyệt"),
        ("province/tinh-mau/2025-12-29/1", "tinh-1", NotAllowed, "không có quyền duyệt"),
        ("province/tinh-mau/2025-12-29/1", "khong-ai", NotAllowed, "không có quyền duyệt"),
        ("province/tinh-mau/2025-12-28/1", "so-ld", NotFound, "Không có dự thảo"),
        ("digest/huyen-a-1/2025-12-15/1", "so-ld", NotFound, "Không có dự thảo"),
    ],
)
def test_who_may_approve_what(machine: Machine, key: str, by: str, error: type[HtxError], sentence: str) -> None:
    machine.load(without_conflict(), on=date(2025, 12, 1))
    machine.live_until(date(2025, 12, 29))
    with pytest.raises(error, match=sentence):
        machine.approve(key, by)
    assert message(machine, "province/tinh-mau/2025-12-29/1").state == "held"


def test_an_approver_who_left_approves_nothing(machine: Machine) -> None:
    machine.load(without_conflict(), on=date(2025, 12, 1))
    machine.live_until(date(2025, 12, 29))
    machine.change_contact("so-ld", valid_to=date(2025, 12, 20))
    with pytest.raises(NotAllowed, match="không có quyền duyệt"):
        machine.approve("province/tinh-mau/2025-12-29/1", "so-ld")


def test_an_approved_draft_is_composed_anew_and_leaves_once(machine: Machine) -> None:
    machine.load(without_conflict(), on=date(2025, 12, 1))
    machine.live_until(date(2025, 12, 31))
    sent = machine.approve("province/tinh-mau/2025-12-29/1", "so-ld")
    assert sent == "province/tinh-mau/2025-12-31/1"
    with pytest.raises(TooLate, match="không còn chờ duyệt"):
        machine.approve("province/tinh-mau/2025-12-29/1", "so-ld")
    machine.deliver()
    machine.live_until(date(2026, 1, 10))
    (mail,) = machine.mails_to("tinh@example.vn")
    assert (mail.key, "quá 12 ngày làm việc" in " ".join(mail.text.split())) == (sent, True)
    assert message(machine, sent).approved_by == "so-ld"
    assert {rung.audience: rung.state for rung in machine.rungs(HUYEN)}["province"] == "sent"
    assert [row.state for row in machine.messages() if row.kind == "province"] == ["cancelled", "sent"]


def test_a_draft_whose_work_was_done_meanwhile_is_cancelled_when_it_is_to_be_approved(machine: Machine) -> None:
    machine.load(without_conflict(), on=date(2025, 12, 1))
    machine.live_until(date(2025, 12, 31))
    machine.finish(HUYEN)
    machine.finish("tinh-mau/R.so/so/2025")
    assert machine.approve("province/tinh-mau/2025-12-29/1", "so-ld") == ""
    machine.live_until(date(2026, 1, 10))
    assert machine.mails_to("tinh@example.vn") == []
    assert message(machine, "province/tinh-mau/2025-12-29/1").state == "cancelled"


# Leases and retries


def test_a_lease_that_ran_out_after_data_began_is_sent_again_with_its_message_id_and_stays_doubtful(
    mau: Machine,
) -> None:
    """The process died after the relay took the mail and before that was recorded."""
    mau.morning()
    (first,) = mau.mails()
    messages, rungs = table("message"), table("reminder")
    with mau.transaction() as session:
        session.execute(
            update(messages)
            .where(messages.c.key == first.key)
            .values(state="leased", lease_until=mau.now + LEASE, handed_at=mau.now, sent_at=None)
        )
        session.execute(update(rungs).values(state="queued", ended_at=None))
    assert mau.later(minutes=9).deliver().sent == 0
    delivered = mau.later(minutes=2).deliver()
    assert (delivered.sent, delivered.doubtful) == (1, 1)
    assert [(mail.key, mail.message_id) for mail in mau.mails()] == [(first.key, first.message_id)] * 2
    found = message(mau, first.key)
    assert (found.state, found.doubtful, found.attempts) == ("sent", True, 2)


def test_a_lease_that_ran_out_before_data_began_is_not_doubtful(mau: Machine) -> None:
    mau.tick()
    mau.compose()
    with mau.transaction() as session:
        outbox.lease(session, mau.now, mau.now + LEASE, 10)
    delivered = mau.later(minutes=11).deliver()
    assert (delivered.sent, delivered.doubtful) == (1, 0)
    assert not message(mau, "digest/htx-a-1/2025-12-10/1").doubtful


def test_a_mail_in_the_hands_of_one_process_is_not_taken_by_another(mau: Machine) -> None:
    mau.tick()
    mau.compose()
    with mau.transaction() as session:
        assert len(outbox.lease(session, mau.now, mau.now + LEASE, 10)) == 1
    with mau.transaction() as session:
        assert outbox.lease(session, mau.now, mau.now + LEASE, 10) == []
    assert mau.deliver().sent == 0


def test_a_process_so_slow_that_its_lease_ran_out_sends_nothing_any_more(mau: Machine) -> None:
    mau.tick()
    mau.compose()
    with mau.transaction() as session:
        (slow,) = outbox.lease(session, mau.now, mau.now + LEASE, 10)
    mau.later(minutes=11)
    with mau.transaction() as session:
        (quick,) = outbox.lease(session, mau.now, mau.now + LEASE, 10)
    with mau.transaction() as session:
        until = mau.now + LEASE
        assert [outbox.mark_handed(session, who, mau.now, until) is None for who in (slow, quick)] == [True, False]


def test_later_is_tried_again_by_the_schedule_and_sent_once(mau: Machine) -> None:
    mau.tick()
    mau.compose()
    mau.at_rcpt = lambda to: "451 4.7.1 later"
    moments = []
    for wait in RETRY[:4]:
        assert mau.deliver().retry == 1
        assert mau.later(seconds=wait.total_seconds() - 1).deliver().retry == 0
        mau.later(seconds=1)
        moments.append(mau.now)
    mau.at_rcpt = None
    delivered = mau.deliver()
    assert (delivered.sent, delivered.doubtful) == (1, 0)
    assert keys(mau) == {"digest/htx-a-1/2025-12-10/1": 1}
    assert message(mau, "digest/htx-a-1/2025-12-10/1").attempts == 5


def test_a_mailbox_that_never_takes_mail_ends_the_last_rung_as_failed(mau: Machine) -> None:
    mau.at_rcpt = lambda to: "451 4.7.1 later"
    mau.morning()
    mau.live_until(date(2026, 2, 28))
    states = {rung.state for rung in mau.rungs()}
    assert "queued" not in states
    assert "failed" in states
    assert "sent" not in states


def test_never_is_never_tried_again_and_the_rung_has_failed(mau: Machine) -> None:
    mau.tick()
    mau.compose()
    mau.at_rcpt = lambda to: "550 5.1.1 no such user"
    delivered = mau.deliver()
    assert (delivered.failed, len(delivered.problems)) == (1, 1)
    (rung,) = mau.rungs(HTX)
    assert rung.state == "failed"
    assert "550" in rung.reason
    mau.at_rcpt = None
    assert mau.later(days=0, hours=5).deliver().sent == 0
    mau.live_until(date(2025, 12, 15))
    assert mau.ladder(HTX) == [("-3wd", "holder", "failed"), ("0", "holder", "sent")]


def test_a_failed_mail_can_be_given_another_chance(mau: Machine) -> None:
    mau.tick()
    mau.compose()
    mau.at_rcpt = lambda to: "550 5.1.1 no such user"
    mau.deliver()
    mau.at_rcpt = None
    with mau.transaction() as session:
        outboxes.retry(session, "digest/htx-a-1/2025-12-10/1", mau.when())
    assert mau.deliver().sent == 1
    assert mau.ladder(HTX) == [("-3wd", "holder", "sent")]
    with pytest.raises(NotAllowed, match="không gửi lại được"), mau.transaction() as session:
        outboxes.retry(session, "digest/htx-a-1/2025-12-10/1", mau.when())


def test_a_mail_refused_after_its_text_is_not_doubtful_when_it_gets_another_chance(mau: Machine) -> None:
    mau.tick()
    mau.compose()
    mau.at_data = lambda to: "554 5.6.0 refused"
    assert mau.deliver().failed == 1
    mau.at_data = None
    with mau.transaction() as session:
        outboxes.retry(session, "digest/htx-a-1/2025-12-10/1", mau.when())
    delivered = mau.deliver()
    assert (delivered.sent, delivered.doubtful) == (1, 0)
    assert not message(mau, "digest/htx-a-1/2025-12-10/1").doubtful


def test_a_rung_has_failed_only_when_no_contact_got_it(machine: Machine) -> None:
    contacts = [*plan_data()["contacts"], {"code": "htx-a-2", "agency": "htx-a", "address": "hai@example.vn"}]
    machine.load(a_plan(contacts=contacts), on=date(2025, 12, 1))
    machine.live_until(DAY - timedelta(days=1)).at(DAY)
    machine.at_rcpt = lambda to: "550 5.1.1 no such user" if to == TO else None
    machine.morning()
    assert machine.ladder(HTX) == [("-3wd", "holder", "sent")]
    machine.at_rcpt = lambda to: "550 5.1.1 no such user"
    machine.live_until(date(2025, 12, 15))
    assert machine.ladder(HTX)[-1] == ("0", "holder", "failed")


def test_trouble_of_the_server_is_nobodys_attempt(mau: Machine) -> None:
    """A relay that refuses the sender for a day: the mail still has its whole schedule afterwards."""
    mau.tick()
    mau.compose()
    mau.at_rcpt = lambda to: "530 5.7.0 authentication required"
    for _ in range(20):
        mau.deliver()
        mau.later(minutes=6)
    found = message(mau, "digest/htx-a-1/2025-12-10/1")
    assert (found.state, found.attempts) == ("queued", 0)


def test_the_stored_mail_holds_no_link_that_works(machine: Machine) -> None:
    machine.style = Style(machine.style.renderer, links=True)
    machine.load(a_plan(), on=date(2025, 12, 1))
    machine.live_until(DAY - timedelta(days=1)).at(DAY)
    machine.tick()
    machine.compose()
    stored = message(machine, "digest/htx-a-1/2025-12-10/1")
    assert LINK in stored.body_text
    with machine.transaction() as session:
        (leased,) = outbox.lease(session, machine.now, machine.now + LEASE, 10)
    sender = Sender("a@example.vn", "A", "https://theodoi.example.vn/", b"k" * 32)
    token = delivery.link_token(b"k" * 32, stored.key, stored.id)
    sent = delivery.letter_bytes(leased, sender).decode().replace("=\r\n", "")
    assert f"https://theodoi.example.vn/v/{token}" in sent
    assert LINK not in sent
    assert token not in stored.body_text + stored.body_html


# The audit chain


def broken(machine: Machine) -> list[str]:
    with machine.database.reading() as session:
        return audits.verify(session).broken


def test_a_lived_year_end_verifies(tinh: Machine) -> None:
    tinh.at(date(2024, 12, 6)).morning()
    tinh.adopt()
    tinh.live_until(date(2024, 12, 20))
    tinh.submit("kontum-3819/R.agency/stc/2024")
    with tinh.database.reading() as session:
        verified = audits.verify(session)
    assert verified.broken == []
    assert verified.events > 5


def test_two_acts_at_one_moment_of_the_clock_do_not_break_it(tinh: Machine) -> None:
    """On a virtual clock a tick, a decision and another tick may share a moment."""
    tinh.at(date(2024, 12, 9)).morning()
    tinh.adopt()
    assert tinh.tick().queued > 5
    assert broken(tinh) == []


@pytest.mark.parametrize(
    "values",
    [
        {"actor": "khac"},
        {"act": "khac"},
        {"subject": "khac"},
        {"detail": "{}"},
        {"hash": "0" * 63 + "1"},
        {"prev": "0" * 63 + "1"},
    ],
    ids=lambda values: next(iter(values)),
)
@pytest.mark.parametrize("place", ["first", "last"])
def test_a_changed_event_is_found(mau: Machine, place: str, values: dict[str, str]) -> None:
    mau.morning()
    events = table("audit_event")
    with mau.transaction() as session:
        numbers = list(session.execute(select(events.c.seq).order_by(events.c.seq)).scalars())
        seq = numbers[0 if place == "first" else -1]
        session.execute(update(events).where(events.c.seq == seq).values(**values))
    assert any(f"Sự kiện số {seq} " in line for line in broken(mau))


def test_a_missing_event_is_found(mau: Machine) -> None:
    mau.morning()
    events = table("audit_event")
    with mau.transaction() as session:
        session.execute(delete(events).where(events.c.seq == 1))
    assert broken(mau)[0].startswith("Thiếu sự kiện số 1")


@pytest.mark.parametrize(
    "values",
    [
        {"step": "-7d"},
        {"audience": "lead"},
        {"send_on": date(2025, 12, 9)},
        {"due_rev": 9},
        {"decided_at": datetime(2025, 12, 9, tzinfo=UTC)},
    ],
    ids=lambda values: next(iter(values)),
)
def test_a_changed_rung_is_found(mau: Machine, values: dict[str, Any]) -> None:
    mau.morning()
    assert broken(mau) == []
    with mau.transaction() as session:
        session.execute(update(table("reminder")).values(**values))
    assert broken(mau)[0].startswith("Lượt nhắc ngày 2025-12-10")


def test_a_rung_slipped_in_between_two_ticks_is_found(mau: Machine) -> None:
    mau.morning()
    first = mau.now
    mau.later(days=1)
    with mau.transaction() as session:
        rungs = table("reminder")
        one = session.execute(select(rungs).limit(1)).one()._asdict()
        values = {**one, "id": 9999, "step": "-1d", "decided_at": first + timedelta(minutes=5)}
        session.execute(rungs.insert().values(**values))
    assert broken(mau) == []  # until the next tick it could be one that was interrupted
    mau.later(days=4)
    mau.morning()
    with mau.transaction() as session:
        session.execute(update(rungs).where(rungs.c.id == 9999).values(decided_at=first + timedelta(minutes=6)))
    assert any("không lượt nhắc nào xác nhận" in line for line in broken(mau))


def test_a_rung_that_was_taken_away_is_found(mau: Machine) -> None:
    mau.morning()
    with mau.transaction() as session:
        session.execute(delete(table("message_reminder")))
        session.execute(delete(table("reminder")))
    assert "ghi 1 mức nhắc, nay có 0" in broken(mau)[0]


def test_a_rung_slipped_in_is_found(mau: Machine) -> None:
    mau.morning()
    rungs = table("reminder")
    with mau.transaction() as session:
        row = dict(session.execute(select(rungs)).mappings().first() or {})
        session.execute(rungs.insert().values(**{**row, "id": 9999, "step": "-30d"}))
    assert len(broken(mau)) == 1


# A whole year end


def test_every_rung_of_a_lived_year_end_has_ended_and_each_mail_arrived_once(tinh: Machine) -> None:
    def act(machine: Machine) -> None:
        if machine.today == date(2024, 12, 3):
            machine.adopt()
        if machine.today == date(2024, 12, 12):
            machine.submit("kontum-3819/R.htx/htx-thanhnien/2024", "kontum-3819/R.agency/stc/2024")

    tinh.live_until(date(2025, 1, 24), every_day=act)
    states = {rung.state for rung in tinh.rungs() if rung.audience != "province"}
    assert states <= {"sent", "superseded", "skipped"}
    assert set(keys(tinh).values()) == {1}
    days = Counter((mail.to, mail.day) for mail in tinh.mails())
    assert set(days.values()) <= {1}
    sent = Counter(rung.step for rung in tinh.rungs() if rung.state == "sent")
    assert sent["-3wd"] > 10


def test_mail_goes_out_on_working_days_only(sqlite_machine: Machine, kontum: Plan) -> None:
    """Tết 2025 is off from 25/01 to 02/02."""
    sqlite_machine.load(kontum, on=date(2024, 12, 1))
    sqlite_machine.live_until(date(2025, 2, 10))
    days = {mail.day for mail in sqlite_machine.mails()}
    assert [day for day in days if not sqlite_machine.calendar.is_working(day)] == []


def test_a_reading_at_night_shows_the_local_day(tinh: Machine) -> None:
    """At 00:30 local it is still yesterday in UTC."""
    tinh.at(date(2024, 11, 15), time(0, 30)).morning()
    assert {mail.key.split("/")[2] for mail in tinh.mails()} == {"2024-11-15"}
    assert {mail.day for mail in tinh.mails()} == {date(2024, 11, 15)}
