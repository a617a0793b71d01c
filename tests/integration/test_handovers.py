"""A contact leaves once: every way in ends, work and mail go to a named successor. On both databases."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from htx_workflow.domain.errors import BadInput, NotAllowed, NotFound, TooLate
from htx_workflow.runtime import Runtime
from htx_workflow.services import assignments, codes, contacts, handover_sheets, handovers, mailboxes, plans
from htx_workflow.services.assignments import NewAssignment
from htx_workflow.services.contacts import NewContact
from htx_workflow.services.handovers import Look, Way, Wish
from htx_workflow.services.mailboxes import AddressTaken, NewPerson
from htx_workflow.settings import load_settings
from htx_workflow.store import access, agencies, audit_chain, outbox, signs
from htx_workflow.store import contacts as contact_store
from htx_workflow.store.outbox import NewMessage
from htx_workflow.store.tables import table
from tests.factories import a_plan, plan_data
from tests.machine import Machine, MachineClock
from tests.portal import visit

DAY = date(2025, 11, 25)


@pytest.fixture
def mau(machine: Machine) -> Machine:
    """The small plan; the district has a second contact, who has no role yet."""
    machine.load(a_plan(contacts=plan_data()["contacts"]))
    machine.at(DAY)
    with machine.transaction() as session:
        second = NewContact("huyen-a-2", "huyen-a", "hai@example.vn", "Y Hà", role="")
        contacts.add(session, second, "system", machine.now, machine.today)
    return machine


def leave(mau: Machine, code: str = "huyen-a-1", successor: str = "huyen-a-2", **more: Any) -> Look:
    wish = Wish(code, more.pop("on", mau.today), successor, **more)
    with mau.transaction() as session:
        return handovers.leave(session, wish, "so-1", mau.now, mau.today)


def roles(mau: Machine, code: str) -> list[tuple[str, date | None, date | None]]:
    with mau.database.reading() as session:
        number = contact_store.find_by_code(session, code).id
        return [(row.role, row.valid_from, row.valid_to) for row in contact_store.list_assignments(session, number)]


def test_roles_pass_and_everything_that_lets_in_ends(mau: Machine) -> None:
    runtime = Runtime(load_settings(), MachineClock(mau), mau.database)
    client = visit(runtime, "huyen-a-1")
    with mau.transaction() as session:
        number = contact_store.find_by_code(session, "huyen-a-1").id
        codes.make_sheet(session, number, b"k" * 32, "so-1", mau.now)
    done = leave(mau)
    assert (done.sessions, len(done.assignments), done.ways[0]) == (
        2, 1, Way("UBND huyện A", "huyen-a@example.vn", "hai@example.vn", done.ways[0].works)
    )  # fmt: skip
    assert roles(mau, "huyen-a-1") == [("focal", date(2025, 1, 2), DAY - timedelta(days=1))]
    assert roles(mau, "huyen-a-2") == [("focal", DAY, None)]
    with mau.database.reading() as session:
        assert access.list_living(session, handovers.WAYS_IN, mau.now, [number], 10) == []
        told = audit_chain.last_detail(session, "contact.leave", "contact/huyen-a-1")
    assert told == {"on": DAY.isoformat(), "successor": "huyen-a-2", "works": done.works}
    assert client.post("/phien/ket-thuc-khac").status_code == 403


def test_the_reminder_goes_to_the_successor_from_the_next_tick(mau: Machine) -> None:
    mau.at(date(2025, 12, 10)).tick()
    mau.compose()
    with mau.transaction() as session:
        second = NewContact("htx-a-2", "htx-a", "hai.htx@example.vn", "Y Thu", role="")
        contacts.add(session, second, "system", mau.now, mau.today)
    leave(mau, "htx-a-1", "htx-a-2")
    mau.compose()
    mau.deliver()
    assert [len(mau.mails_to(address)) for address in ("htx-a@example.vn", "hai.htx@example.vn")] == [0, 1]


def test_mail_that_waits_is_passed_on_and_a_code_is_not(mau: Machine) -> None:
    with mau.transaction() as session:
        number = contact_store.find_by_code(session, "huyen-a-1").id
        news = [
            NewMessage(f"t/{kind}", kind, number, None, "huyen-a@example.vn", mau.today, "Thư", "x", "<p>x</p>", "")
            for kind in ("receipt", "code")
        ]
        outbox.add_messages(session, news, mau.now)
    leave(mau)
    rows = table("message")
    with mau.database.reading() as session:
        found = session.execute(select(rows.c.key, rows.c.address, rows.c.state).order_by(rows.c.key)).all()
    assert [tuple(row) for row in found] == [
        ("t/code", "huyen-a@example.vn", "cancelled"), ("t/receipt", "hai@example.vn", "queued")
    ]  # fmt: skip


def test_the_deadline_and_the_promised_day_stay(mau: Machine) -> None:
    rows = table("occurrence")
    columns = select(rows.c.key, rows.c.due_on, rows.c.promised_on, rows.c.holder_id).order_by(rows.c.id)
    with mau.database.reading() as session:
        before = session.execute(columns).all()
    leave(mau)
    with mau.database.reading() as session:
        assert session.execute(columns).all() == before


def test_without_a_successor_the_agency_is_an_alarm(mau: Machine) -> None:
    with pytest.raises(BadInput, match="Chưa nêu người nhận bàn giao của huyen-a-1"):
        leave(mau, successor="")
    assert leave(mau, successor="", nobody=True).ways[0].after == "–"
    with mau.database.reading() as session:
        loaded = plans.get_plan(session, "tinh-mau").id
        agency = agencies.ids_by_code(session)["huyen-a"]
        found = [(one.agency_id, one.waiting) for one in signs.list_unreached(session, mau.today)]
        here, other = (signs.unreached_in(session, mau.today, number) for number in (loaded, loaded + 1))
    assert (found, here) == ([(agency, False)], [agency])
    assert other == []


@pytest.mark.parametrize(
    ("more", "error", "sentence"),
    [
        ({"successor": "so-1"}, NotFound, "đầu mối khác của cùng cơ quan"),
        ({"successor": "huyen-a-1"}, NotFound, "đầu mối khác của cùng cơ quan"),
        ({"on": DAY + timedelta(days=1)}, BadInput, "ở phía trước"),
        ({"code": "huyen-a-9"}, NotFound, "Không có đầu mối huyen-a-9"),
    ],
)
def test_a_leaving_that_cannot_be_is_a_sentence(
    mau: Machine, more: dict[str, Any], error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        leave(mau, **more)


def test_the_last_administrator_does_not_leave(mau: Machine) -> None:
    mau.change_contact("huyen-a-1", admin=True)
    with pytest.raises(NotAllowed, match="người quản trị cuối cùng"):
        leave(mau)


def test_who_comes_back_has_no_role_no_right_and_no_old_session(mau: Machine) -> None:
    mau.change_contact("huyen-a-1", approves=True)
    runtime = Runtime(load_settings(), MachineClock(mau), mau.database)
    client = visit(runtime, "huyen-a-1")
    leave(mau)
    mau.at(date(2025, 12, 1))
    with mau.transaction() as session:
        handovers.rejoin(session, "huyen-a-1", "so-1", mau.now, mau.today)
        with pytest.raises(TooLate):
            handovers.rejoin(session, "huyen-a-1", "so-1", mau.now, mau.today)
        row = contact_store.find_living(session, contact_store.find_by_code(session, "huyen-a-1").id, mau.today)
        assert contact_store.assignments_of(session, [row.id], mau.today) == []
    assert (row.approves, row.valid_from, row.valid_to) == (False, date(2025, 12, 1), None)
    assert client.get("/viec").status_code == 303


# The sheet


def test_the_sheet_names_both_and_lists_the_open_work(mau: Machine) -> None:
    leave(mau)
    with mau.database.reading() as session:
        found = handover_sheets.sheet(session, contacts.get(session, "huyen-a-1"), mau.calendar, mau.today)
    assert (found.giver.name, found.taker.name if found.taker else "", found.on) == ("huyen-a-1", "Y Hà", DAY)
    assert {"15/12/2025", "18/12/2025"} & {line.due for line in found.works}
    paper = handover_sheets.paper(found, simulation=False)
    assert (paper.kind, paper.form, paper.letterhead.name) == ("BIÊN BẢN", True, "Ủy ban nhân dân huyện A")


def test_the_sheet_of_one_duty_lists_that_duty_only(mau: Machine) -> None:
    with mau.transaction() as session:
        contact = contact_store.find_by_code(session, "huyen-a-2")
        assignments.add(session, contact, NewAssignment("focal", "R.huyen"), "so-1", mau.now, mau.today)
        found = handover_sheets.sheet(session, contact, mau.calendar, mau.today)
    assert len(found.works) == 1


# Mailboxes and people


def test_an_address_is_one_contacts_unless_all_share_it(mau: Machine) -> None:
    new = NewContact("huyen-a-3", "huyen-a", "HUYEN-A@example.vn", "A Thút")
    with mau.transaction() as session:
        with pytest.raises(AddressTaken, match="đã là của đầu mối huyen-a-1") as error:
            contacts.add(session, new, "so-1", mau.now, mau.today)
        with pytest.raises(AddressTaken):
            contacts.change(session, "huyen-a-2", {"address": "huyen-a@example.vn"}, "so-1", mau.now, mau.today)
    assert error.value.contact == "huyen-a-1"


def test_somebody_behind_a_shared_mailbox_leaves_to_a_colleague(mau: Machine) -> None:
    runtime = Runtime(load_settings(), MachineClock(mau), mau.database)
    with mau.transaction() as session:
        agency = agencies.ids_by_code(session)["huyen-a"]
        first, second = (
            mailboxes.add_person(session, agency, NewPerson(name), "so-1", mau.now, mau.today)
            for name in ("A Thút", "Y Thu")
        )
        with pytest.raises(TooLate):
            mailboxes.add_person(session, agency, NewPerson("a thut"), "so-1", mau.now, mau.today)
    client = visit(runtime, "huyen-a-1", person_id=first)
    with mau.transaction() as session:
        mailboxes.leave(session, agency, first, "so-1", mau.now, mau.today, second)
        found = handover_sheets.sheet(session, contacts.get(session, "huyen-a-1"), mau.calendar, mau.today, first)
        named = [row.name for row in mailboxes.list_people(session, agency)]
    assert client.get("/viec").status_code == 303
    assert named == ["Y Thu", "A Thút"]
    assert (found.giver.name, found.on) == ("A Thút", mau.today)
    with mau.database.reading() as session:
        again = handover_sheets.sheet(session, contacts.get(session, "huyen-a-1"), mau.calendar, mau.today, first)
    assert again.taker is not None
    assert again.taker.name == "Y Thu"
