"""Sessions, people who leave, delegation, and identifiers that are not one's own. On both databases."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from htx_workflow.domain.visitors import Visitor
from htx_workflow.runtime import Runtime
from htx_workflow.services import contacts, delegations, mailboxes, visits
from htx_workflow.settings import load_settings
from htx_workflow.store import access
from htx_workflow.store.database import Database
from htx_workflow.store.tables import table
from htx_workflow.web.portal import COOKIE
from tests.factories import a_plan, plan_data
from tests.machine import Machine, MachineClock
from tests.portal import Client, Page, a_person, visit, words_of

DAY = date(2025, 12, 15)


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """Pages are read on both databases in test_pages_on_both_databases."""
    return sqlite_database


@pytest.fixture
def mau(machine: Machine) -> Machine:
    """The small plan; at the lead agency a leader who approves, and his deputy who only reads."""
    people = [
        {"code": "so-gd", "agency": "so", "address": "gd@example.vn", "name": "Lê Văn Mẫu", "title": "Giám đốc",
         "role": "leader", "approves": True},
        {"code": "so-pgd", "agency": "so", "address": "pgd@example.vn", "name": "Mai Thị Mẫu", "title": "Phó Giám đốc",
         "role": "leader"},
    ]  # fmt: skip
    machine.load(a_plan(contacts=[*plan_data()["contacts"], *people]))
    return machine.at(DAY)


@pytest.fixture
def runtime(mau: Machine) -> Runtime:
    return Runtime(load_settings(), MachineClock(mau), mau.database)


def number_of(machine: Machine, code: str) -> int:
    with machine.database.reading() as session:
        return int(session.execute(select(table("contact").c.id).where(table("contact").c.code == code)).scalar_one())


def events(machine: Machine, *acts: str) -> list[tuple[str, str]]:
    rows = table("audit_event")
    with machine.database.reading() as session:
        found = session.execute(select(rows.c.actor, rows.c.subject).where(rows.c.act.in_(acts)).order_by(rows.c.seq))
        return [(row.actor, row.subject) for row in found]


def visitor_of(client: Client) -> Visitor:
    runtime = client.portal.runtime
    with runtime.reading() as session:
        found = visits.find(session, client.cookies[COOKIE], runtime.clock.now(), runtime.clock.today())
    assert found is not None
    return found


def sessions(machine: Machine) -> list[int]:
    with machine.database.reading() as session:
        return [row.id for row in access.list_living(session, ("session",), machine.now, None, 100)]


# Sessions


def test_who_asks_is_found_in_three_reads(runtime: Runtime) -> None:
    client = visit(runtime, "so-1")
    client.get("/")
    assert client.queries == 3


def test_a_person_sees_the_sessions_of_his_mailbox_and_ends_one(mau: Machine, runtime: Runtime) -> None:
    here, lost, other = visit(runtime, "so-1"), visit(runtime, "so-1"), visit(runtime, "huyen-a-1")
    page = Page(here.get("/phien"))
    assert page.words.count("Nguyễn Thị Mẫu mã sáu số 07:30 ngày 15/12/2025 07:30 ngày 29/12/2025") == 2
    number = visitor_of(lost).session_id
    assert here.post(f"/phien/{number}/ket-thuc").headers["location"] == "/phien?xong=ket-thuc"
    assert lost.get("/phien").status_code == 303
    assert other.get("/phien").status_code == 200
    assert events(mau, "session.end") == [("so-1#1", f"session/{number}")]


def test_a_person_ends_every_session_but_his_own(mau: Machine, runtime: Runtime) -> None:
    here, *others = (visit(runtime, "so-1") for _ in range(3))
    here.post("/phien/ket-thuc-khac")
    assert here.get("/phien").status_code == 200
    assert [client.get("/phien").status_code for client in others] == [303, 303]
    assert events(mau, "session.end-others") == [("so-1#1", "so-1")]


def test_ending_ones_own_session_signs_out(runtime: Runtime) -> None:
    client = visit(runtime, "so-1")
    answer = client.post(f"/phien/{visitor_of(client).session_id}/ket-thuc")
    assert answer.headers["location"] == "/vao?xong=thoat"
    assert COOKIE not in client.cookies
    assert client.get("/phien").status_code == 303


def test_the_administrator_sees_and_ends_the_sessions_of_all(mau: Machine, runtime: Runtime) -> None:
    mau.change_contact("so-gd", admin=True)
    admin, district = visit(runtime, "so-gd"), visit(runtime, "huyen-a-1")
    assert district.get("/phien/tat-ca").status_code == 403
    assert "huyen-a-1" in words_of(admin.get("/phien/tat-ca"))
    admin.post(f"/phien/{visitor_of(district).session_id}/ket-thuc")
    assert district.get("/phien").status_code == 303


# Those who leave


def test_a_contact_who_ends_is_signed_out_at_once(mau: Machine, runtime: Runtime) -> None:
    client = visit(runtime, "huyen-a-1")
    with mau.transaction() as session:
        contacts.end(session, "huyen-a-1", "so-1", mau.now, mau.today)
    assert client.get("/viec").status_code == 303
    assert sessions(mau) == []
    assert events(mau, "contact.end") == [("so-1", "contact/huyen-a-1")]


def test_a_contact_that_left_the_plan_is_signed_out(mau: Machine, runtime: Runtime) -> None:
    visit(runtime, "huyen-a-1")
    kept = visit(runtime, "so-1")
    left = [contact for contact in plan_data()["contacts"] if contact["code"] != "huyen-a-1"]
    mau.load(a_plan(contacts=left))
    assert sessions(mau) == [visitor_of(kept).session_id]
    assert ("system", "contact/huyen-a-1") in events(mau, "contact.end")


def test_links_and_sessions_of_an_old_address_end_with_it(mau: Machine, runtime: Runtime) -> None:
    visit(runtime, "huyen-a-1", "link")
    with mau.transaction() as session:
        contacts.change(session, "huyen-a-1", {"address": "moi@example.vn"}, "system", mau.now, mau.today)
    assert sessions(mau) == []


def test_an_address_that_the_plan_changes_ends_them_too(mau: Machine, runtime: Runtime) -> None:
    visit(runtime, "huyen-a-1", "link")
    changed = plan_data()["contacts"]
    changed[1]["address"] = "moi@example.vn"
    mau.load(a_plan(contacts=changed))
    assert sessions(mau) == []


def test_a_person_who_left_a_shared_mailbox_acts_no_more_and_the_others_stay(mau: Machine, runtime: Runtime) -> None:
    gone, stays = (visit(runtime, "huyen-a-1", person_id=a_person(runtime, "huyen-a", name)) for name in ("A", "B"))
    number = visitor_of(gone).person_id
    assert number is not None
    with mau.transaction() as session:
        mailboxes.leave(session, visitor_of(stays).agency_id, number, "so-1", mau.now, mau.today)
    refused = gone.post("/phien/ket-thuc-khac")
    assert (refused.status_code, "Phiên làm việc đã kết thúc" in words_of(refused)) == (403, True)
    assert gone.get("/phien").status_code == 303
    assert stays.get("/phien").status_code == 200


# Delegation


def given(machine: Machine, **changes: str) -> dict[str, str]:
    return {
        "cho": str(number_of(machine, "so-pgd")), "hinh_thuc": "TUQ.", "so_van_ban": "12/QĐ-SM",
        "ngay_van_ban": "14/12/2025", "tu_ngay": "16/12/2025", "den_ngay": "20/12/2025", **changes,
    }  # fmt: skip


def test_a_deputy_has_the_leaders_rights_from_day_to_day_and_both_names_are_recorded(
    mau: Machine, runtime: Runtime
) -> None:
    leader, deputy = visit(runtime, "so-gd"), visit(runtime, "so-pgd")
    assert leader.post("/uy-quyen", given(mau)).headers["location"] == "/uy-quyen?xong=uy-quyen"
    rights = []
    for day in (15, 16, 20, 21):
        mau.at(date(2025, 12, day))
        found = visitor_of(deputy)
        rights.append((found.approves, found.actor, found.approver))
    alone, under = (False, "so-pgd", "so-pgd"), (True, "so-pgd", "so-pgd^1")
    assert rights == [alone, under, under, alone]
    mau.at(date(2025, 12, 16))
    words = words_of(deputy.get("/phien"))
    assert "TUQ. Giám đốc Lê Văn Mẫu, đến hết ngày 20/12/2025 (Quyết định số 12/QĐ-SM ngày 14/12/2025)" in words
    assert deputy.queries <= 5


def test_a_draft_is_approved_under_a_delegation_and_not_after_it(mau: Machine, runtime: Runtime) -> None:
    visit(runtime, "so-gd").post("/uy-quyen", given(mau))
    with mau.database.reading() as session:
        found = [
            contact.code if contact else None
            for contact in (
                delegations.approver(session, by, day)
                for by, day in (
                    ("so-gd", DAY), ("so-pgd^1", DAY), ("so-pgd^1", date(2025, 12, 16)),
                    ("huyen-a-1^1", date(2025, 12, 16)), ("so-pgd", date(2025, 12, 16)),
                    ("so-pgd^1", date(2025, 12, 21)),
                )
            )
        ]  # fmt: skip
    assert found == ["so-gd", None, "so-gd", None, None, None]


def test_under_the_officers_delegation_one_who_only_reads_enters_too(mau: Machine, runtime: Runtime) -> None:
    visit(runtime, "so-1").post("/uy-quyen", given(mau, hinh_thuc="TL."))
    mau.at(date(2025, 12, 16))
    found = visitor_of(visit(runtime, "so-pgd"))
    assert (found.only_reads, found.actor, found.approves) == (False, "so-pgd^1", False)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"cho": ""}, "Chưa chọn người được ủy quyền."),
        ({"hinh_thuc": "XX"}, "Chưa chọn hình thức ký: KT., TL., TUQ. hoặc Q."),
        ({"so_van_ban": " "}, "Chưa có số văn bản ủy quyền."),
        ({"ngay_van_ban": "17/12/2025"}, "Ngày văn bản 17/12/2025 sau ngày bắt đầu 16/12/2025."),
        ({"den_ngay": "15/12/2025"}, "ngày cuối không trước ngày đầu"),
        ({"den_ngay": "31/02/2026"}, "không có trong lịch"),
        ({"cho": "self"}, "là một đầu mối khác của cùng cơ quan"),
        ({"cho": "other"}, "là một đầu mối khác của cùng cơ quan"),
        ({"cho": "99999"}, "đã thôi nhiệm vụ"),
    ],
)
def test_a_delegation_that_cannot_be_is_said_and_what_was_typed_is_kept(
    mau: Machine, runtime: Runtime, changes: dict[str, str], sentence: str
) -> None:
    people = {"self": str(number_of(mau, "so-gd")), "other": str(number_of(mau, "huyen-a-1"))}
    changes = {name: people.get(value, value) for name, value in changes.items()}
    answer = visit(runtime, "so-gd").post("/uy-quyen", given(mau, **changes))
    assert (answer.status_code, sentence in words_of(answer)) == (400, True)
    assert Page(answer).words.count("Đã ghi ủy quyền.") == 0
    kept = {field["name"]: field.get("value", "") for field in Page(answer).all("input") if "name" in field}
    assert kept["tu_ngay"] == "16/12/2025"


def test_a_delegation_is_not_handed_on(mau: Machine, runtime: Runtime) -> None:
    visit(runtime, "so-gd").post("/uy-quyen", given(mau))
    again = visit(runtime, "so-pgd").post("/uy-quyen", given(mau, cho=str(number_of(mau, "so-1"))))
    assert (again.status_code, "không được ủy quyền lại" in words_of(again)) == (400, True)
    back = visit(runtime, "so-1").post("/uy-quyen", given(mau, cho=str(number_of(mau, "so-gd"))))
    assert (back.status_code, "đã ủy quyền cho người khác" in words_of(back)) == (400, True)
    second = visit(runtime, "so-1").post("/uy-quyen", given(mau))
    assert (second.status_code, "trùng ngày" in words_of(second)) == (400, True)


def test_only_the_one_who_gives_or_the_administrator_records_it(mau: Machine, runtime: Runtime) -> None:
    leader = {"tu": str(number_of(mau, "so-gd"))}
    officer = visit(runtime, "so-1")
    refused = officer.post("/uy-quyen", given(mau, **leader))
    assert (refused.status_code, "Chỉ người ủy quyền hoặc người quản trị" in words_of(refused)) == (400, True)
    mau.change_contact("so-1", admin=True)
    assert officer.post("/uy-quyen", given(mau, **leader)).status_code == 303
    assert events(mau, "delegation.make") == [("so-1#1", "delegation/1")]
    assert visit(runtime, "so-gd", "link").get("/uy-quyen").status_code == 303


@pytest.mark.parametrize("who", ["so-gd", "so-pgd"])
def test_a_delegation_ends_by_hand_and_with_either_contact(mau: Machine, runtime: Runtime, who: str) -> None:
    leader = visit(runtime, "so-gd")
    leader.post("/uy-quyen", given(mau))
    with mau.transaction() as session:
        contacts.end(session, who, "system", mau.now, mau.today)
    mau.at(date(2025, 12, 16))
    rows = table("delegation")
    with mau.database.reading() as session:
        assert session.execute(select(rows.c.ended_by)).scalars().all() == ["system"]
    if who == "so-gd":
        assert visitor_of(visit(runtime, "so-pgd")).approves is False


def test_a_delegation_is_ended_once_by_those_it_concerns(mau: Machine, runtime: Runtime) -> None:
    leader, stranger = visit(runtime, "so-gd"), visit(runtime, "huyen-a-1")
    leader.post("/uy-quyen", given(mau))
    assert stranger.post("/uy-quyen/1/ket-thuc").status_code == 404
    assert leader.post("/uy-quyen/1/ket-thuc").status_code == 303
    assert leader.post("/uy-quyen/1/ket-thuc").status_code == 409
    assert events(mau, "delegation.end") == [("so-gd", "delegation/1")]


# What is not one's own


def test_foreign_identifiers_are_answered_404_counted_logged_and_noted_once_an_hour(
    mau: Machine, runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    other, client = visit(runtime, "so-1"), visit(runtime, "huyen-a-1")
    path = f"/phien/{visitor_of(other).session_id}/ket-thuc"
    number = visitor_of(client).session_id
    answers = [client.post(path), client.post("/phien/99999/ket-thuc")]
    assert [(answer.status_code, words_of(answer)) for answer in answers] == [(404, words_of(answers[0]))] * 2
    mau.later(hours=1)
    client.post(path)
    noted = events(mau, "access.foreign")
    assert noted == [("huyen-a-1#2", f"session/{number}/2025-12-15T{hour}") for hour in ("00", "01")]
    assert client.portal.foreign == 3
    assert "htx_foreign_requests_total 3.0" in client.get("/metrics").text
    records: list[Any] = [record for record in caplog.records if record.message == "foreign address"]
    assert [record.path for record in records][:1] == [path]
    assert other.get("/phien").status_code == 200
