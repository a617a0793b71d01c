"""Loading a plan and newer texts of it, on both databases."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from htx_workflow.domain.plan import Plan
from htx_workflow.store.tables import table
from tests.factories import a_plan, duties_with, plan_data
from tests.machine import Machine, a_document

HTX = "tinh-mau/R.htx/htx-a/2025"
HUYEN = "tinh-mau/R.huyen/huyen-a/2025"
N2 = "tinh-mau/N.2/so/2025"


def counts(machine: Machine) -> dict[str, int]:
    with machine.database.reading() as session:
        return {
            name: session.execute(select(func.count()).select_from(table(name))).scalar_one()
            for name in ("agency", "contact", "duty", "occurrence", "occurrence_change", "plan_version", "audit_event")
        }


def with_due(id: str, due: dict[str, Any], **changes: Any) -> Plan:
    return a_plan(duties=duties_with(id, due=due, **changes))


@pytest.fixture
def mau(machine: Machine) -> Machine:
    """The small plan, loaded on 01/11/2025."""
    machine.load(a_plan(), on=date(2025, 11, 1))
    return machine


def test_plan_3819_opens_115_occurrences(machine: Machine, kontum: Plan) -> None:
    outcome = machine.load(kontum, on=date(2024, 10, 23))
    assert (outcome.version, outcome.opened, outcome.historical, len(outcome.agencies)) == (1, 115, 0, 18)


def test_an_unchanged_load_says_so_and_changes_nothing(mau: Machine) -> None:
    before = counts(mau)
    outcome = mau.load(a_plan())
    assert (outcome.unchanged, outcome.version, outcome.opened, outcome.changed) == (True, 1, 0, [])
    assert counts(mau) == before


def test_a_changed_day_moves_open_work_as_a_new_revision(mau: Machine) -> None:
    outcome = mau.load(with_due("N.2", {"rule": "yearly", "on": "12-05"}))
    assert outcome.changed == [f"{N2}: dự kiến 01/12/2025 đổi thành dự kiến 05/12/2025"]
    assert (outcome.version, outcome.conflicts, outcome.withdrawn, outcome.opened) == (2, [], [], 0)
    row = mau.row(N2)
    assert (row.standing.due_on, row.standing.due_rev) == (date(2025, 12, 5), 2)
    assert [(change.act, change.due_on) for change in mau.history(N2)] == [
        ("open", date(2025, 12, 1)),
        ("plan", date(2025, 12, 5)),
    ]


def test_a_day_that_was_law_keeps_its_original_when_the_plan_moves_it(mau: Machine) -> None:
    mau.load(with_due("R.htx", {"rule": "window", "window": "year", "day": 20}))
    found = mau.row(HTX).standing
    assert (found.due_on, found.original_due_on) == (date(2025, 12, 20), date(2025, 12, 15))


def test_work_that_somebody_decided_about_is_shown_as_a_conflict_and_stays(mau: Machine) -> None:
    mau.adopt(N2, document=a_document("01/SM", date(2025, 11, 1), "so"))
    adopted = mau.row(N2).standing
    outcome = mau.load(with_due("N.2", {"rule": "yearly", "on": "12-05"}))
    assert outcome.conflicts == [
        f"{N2}: dự kiến 01/12/2025 đổi thành dự kiến 05/12/2025; đã có quyết định hoặc đã xử lý nên giữ nguyên"
    ]
    assert outcome.changed == []
    assert mau.row(N2).standing == adopted


def test_submitted_work_stays(mau: Machine) -> None:
    mau.submit(HTX)
    before = mau.row(HTX).standing
    outcome = mau.load(with_due("R.htx", {"rule": "window", "window": "year", "day": 20}))
    assert [line.split(":")[0] for line in outcome.conflicts] == [HTX]
    assert mau.row(HTX).standing == before


def test_a_duty_that_left_the_plan_is_withdrawn_and_its_history_stays(mau: Machine) -> None:
    before = counts(mau)
    duties = [duty for duty in plan_data()["duties"] if duty["id"] != "N.2"]
    outcome = mau.load(a_plan(duties=duties))
    assert outcome.withdrawn == [f"{N2}: không còn trong kế hoạch, thôi theo dõi"]
    assert mau.row(N2).standing.state == "waived"
    after = counts(mau)
    assert {name: after[name] - before[name] for name in after} == {
        "agency": 0, "contact": 0, "duty": 0, "occurrence": 0, "occurrence_change": 1, "plan_version": 1,
        "audit_event": 1,
    }  # fmt: skip
    assert mau.status().total.boxes["expected"] == 1  # N.3 alone


def test_a_duty_that_comes_back_is_open_again(mau: Machine) -> None:
    duties = [duty for duty in plan_data()["duties"] if duty["id"] != "N.2"]
    mau.load(a_plan(duties=duties))
    outcome = mau.load(a_plan(), source="# the same again")
    assert outcome.changed == [f"{N2}: trở lại trong kế hoạch"]
    found = mau.row(N2).standing
    assert (found.state, found.due_on, found.due_rev) == ("open", date(2025, 12, 1), 2)
    assert [change.act for change in mau.history(N2)] == ["open", "plan", "plan"]


def test_a_new_duty_opens(mau: Machine) -> None:
    outcome = mau.load(
        a_plan(duties=duties_with("N.9", kind="once", due={"rule": "once", "on": date(2025, 12, 24)}, basis="plan"))
    )
    assert (outcome.opened, outcome.historical) == (1, 0)
    assert mau.row("tinh-mau/N.9/so/2025").standing.due_on == date(2025, 12, 24)


def test_what_was_due_before_the_activation_is_historical_and_silent(machine: Machine) -> None:
    outcome = machine.load(a_plan(), on=date(2025, 12, 16))
    assert outcome.historical == 2  # N.2 on 01/12 and R.htx on 15/12
    machine.morning()
    machine.live_until(date(2025, 12, 31))
    assert {rung.key for rung in machine.rungs()}.isdisjoint({N2, HTX})
    assert machine.status().total.boxes["historical"] == 2


def test_work_in_the_middle_of_its_ladder_is_told_once(machine: Machine) -> None:
    machine.load(a_plan(), on=date(2025, 12, 13))
    machine.morning()
    assert machine.ladder(HTX) == [("-3wd", "holder", "sent")]
    assert machine.rungs(HTX)[0].late


def test_texts_of_open_work_follow_the_newer_plan(mau: Machine) -> None:
    mau.load(a_plan(duties=duties_with("N.2", title="Việc tên mới", basis_note="căn cứ mới")))
    row = mau.row(N2)
    assert (row.title, row.basis_note, row.standing.due_rev) == ("Việc tên mới năm 2025", "căn cứ mới", 1)


def test_a_moved_deadline_is_announced_again_even_when_it_moves_away_and_back(mau: Machine) -> None:
    mau.live_until(date(2025, 12, 10))
    assert mau.ladder(HTX) == [("-3wd", "holder", "sent")]
    mau.load(with_due("R.htx", {"rule": "window", "window": "year", "day": 29}))
    mau.live_until(date(2025, 12, 11))
    mau.load(a_plan(), source="# back")
    mau.live_until(date(2025, 12, 15))
    assert [(rung.due_rev, rung.step, rung.state) for rung in mau.rungs(HTX)] == [
        (1, "-3wd", "sent"),
        (3, "0", "sent"),
    ]


def test_a_contact_with_a_new_address_in_the_file_is_written_to_there(mau: Machine) -> None:
    contacts = plan_data()["contacts"]
    contacts[2]["address"] = "moi@example.vn"
    outcome = mau.load(a_plan(contacts=contacts))
    assert outcome.changed == ["đầu mối htx-a-1"]
    mau.live_until(date(2025, 12, 15))
    assert [mail.to for mail in mau.mails() if "htx-a-1" in mail.key] == ["moi@example.vn", "moi@example.vn"]


def test_two_plans_share_agencies_and_contacts(mau: Machine) -> None:
    outcome = mau.load(a_plan(code="ke-hoach-hai", short="KH hai"), on=date(2025, 11, 1))
    assert (outcome.agencies, outcome.contacts, outcome.opened) == ([], [], 5)


def test_a_contact_for_some_duties_is_assigned_in_a_second_plan_too(machine: Machine) -> None:
    """The same person may be named in two plans for different duties."""

    def plan(code: str, duty: str) -> Plan:
        contacts = [
            *plan_data()["contacts"],
            {"code": "so-2", "agency": "so", "address": "so-2@example.vn", "duties": [duty]},
        ]
        return a_plan(code=code, short=code, contacts=contacts)

    machine.load(plan("mot", "N.1"), on=date(2025, 11, 1))
    machine.load(plan("hai", "N.2"), on=date(2025, 11, 1))
    machine.live_until(date(2025, 11, 26))
    told = {mail.to for mail in machine.mails()}
    with machine.database.reading() as session:
        assert session.execute(select(func.count()).select_from(table("assignment"))).scalar_one() == 5
    assert [mail.day for mail in machine.mails_to("so-2@example.vn")] == [date(2025, 11, 26)]
    assert told == {"so@example.vn", "so-2@example.vn"}
