"""What administrators and auditors watch: mail, runs, alarms, ways in, the audit, and what was backdated."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update

from htx_workflow.domain import audit_words, backdated
from htx_workflow.gateways.templates import CODE, LINK
from htx_workflow.runtime import Runtime
from htx_workflow.services import (
    access_keys,
    audit_pages,
    auditors,
    codes,
    outbox_pages,
    visits,
)
from htx_workflow.services.access_keys import NewKey
from htx_workflow.services.auditors import Term
from htx_workflow.services.contacts import NewContact
from htx_workflow.settings import load_settings
from htx_workflow.store import audit_search, backdated_rows, outbox, runs
from htx_workflow.store.audit_search import Wanted
from htx_workflow.store.documents import DocumentRef
from htx_workflow.store.tables import table
from htx_workflow.web.app import create_app
from tests.factories import a_plan, plan_data
from tests.machine import Machine, MachineClock
from tests.portal import Client, Page, visit, words_of

DAY = date(2025, 11, 25)
LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
PACKAGE = Path(audit_words.__file__).parents[1]
PAPER = DocumentRef("15/QĐ-TTT", date(2025, 11, 20), "tinh")
PAGES = (
    "/quan-tri/thu", "/quan-tri/luot-chay", "/quan-tri/canh-bao", "/quan-tri/phien", "/quan-tri/nhat-ky",
    "/quan-tri/ghi-lui", "/quan-tri/kiem-tra-vien", "/quan-tri/thu/1",
)  # fmt: skip
DESK = (
    "/ban", "/ban/viec", "/ban/kiem-tra", "/ban/dot", "/ban/ho-so", "/ban/goi", "/ban/van-ban", "/ban/mot-trang",
    "/ban/bieu-do", "/ban/tong-hop", "/ban/diem-ban-dau", "/ban/ket-qua", "/ban/de-nghi", "/ban/thu-loi", "/ban/thu-sap-toi",
    "/ban/du-thao", "/ban/hoi-cuu", "/ban/ho-so/muc-luc", "/viec", "/viec/1", "/viec/5",
)  # fmt: skip
CHECK = (
    "/quan-tri/nhat-ky", "/quan-tri/ghi-lui", "/quan-tri/ghi-lui?tep=xlsx", "/quan-tri/nhat-ky?tep=csv",
)  # fmt: skip
WORK = ("tinh-mau/N.2/so/2025", "tinh-mau/R.htx/htx-a/2025")


def lived(machine: Machine) -> Machine:
    """The small plan with an administrator; a mail that went, and one that failed."""
    admin = {"code": "quan-tri", "agency": "so", "address": "qt@example.vn", "name": "Mai Thị Mẫu", "admin": True}
    named = [{**each, "name": f"Người {each['code']}"} for each in plan_data()["contacts"]]
    machine.load(a_plan(contacts=[*named, admin]))
    return machine.at(DAY)


@pytest.fixture
def mau(sqlite_machine: Machine) -> Machine:
    return lived(sqlite_machine)


@pytest.fixture
def runtime(mau: Machine) -> Runtime:
    return Runtime(load_settings(), MachineClock(mau), mau.database)


@pytest.fixture
def admin(runtime: Runtime) -> Client:
    return visit(runtime, "quan-tri")


def a_mail(machine: Machine, state: str = "failed", *, text: str = "", html: str = "") -> int:
    """A mail to the district; its number."""
    with machine.transaction() as session:
        row = outbox.NewMessage(
            f"digest/{state}", "digest", None, None, "huyen-a@example.vn", machine.today, "Việc đến hạn", text, html, ""
        )
        outbox.add_messages(session, [row], machine.now)
        mails = table("message")
        session.execute(update(mails).where(mails.c.key == row.key).values(state=state, reason="550 no such user"))
        return int(outbox.find_message(session, row.key).id)


def acts(machine: Machine, act: str) -> list[Any]:
    with machine.database.reading() as session:
        return audit_search.list_events(session, Wanted(act=act), 100)


def test_every_page_is_read_in_twelve_queries_and_writes_nothing(mau: Machine, admin: Client) -> None:
    a_mail(mau)
    found = {path: (admin.get(path).status_code, admin.queries, admin.written) for path in PAGES}
    assert {path: seen for path, seen in found.items() if (seen[0], seen[2]) != (200, []) or seen[1] > 12} == {}


def test_only_administrators_watch_and_the_lead_officer_sees_what_was_backdated(runtime: Runtime) -> None:
    app = create_app(runtime)
    officer, district = visit(app, "so-1"), visit(app, "huyen-a-1")
    assert {path: officer.get(path).status_code for path in PAGES} == {
        path: 200 if path == "/quan-tri/ghi-lui" else 403 for path in PAGES
    }
    assert {district.get(path).status_code for path in PAGES} == {403}
    assert visit(app, "quan-tri", "link").get("/quan-tri/nhat-ky").status_code == 303


# Mail


def test_a_mail_is_shown_as_its_reader_sees_it_without_link_and_code(mau: Machine, admin: Client) -> None:
    html = f'<p>Mã {CODE}</p><a class="b" href="{LINK}/12?x=1">Mở</a><script>alert(1)</script>'
    number = a_mail(mau, text=f"Mở tại: {LINK}/12\nMã: {CODE}", html=html)
    shown = admin.get(f"/quan-tri/thu/{number}/noi-dung")
    assert shown.text == f'<p>Mã {outbox_pages.NO_CODE}</p><a class="b">Mở</a><script>alert(1)</script>'
    assert "sandbox;" in shown.headers["content-security-policy"]
    assert "script-src" not in shown.headers["content-security-policy"]
    page = admin.get(f"/quan-tri/thu/{number}")
    assert f"Mở tại: {outbox_pages.NO_LINK} Mã: {outbox_pages.NO_CODE}" in words_of(page)
    assert [frame["sandbox"] for frame in Page(page).all("iframe")] == [""]
    assert "frame-src 'self'" in page.headers["content-security-policy"]


def test_a_mail_that_failed_is_sent_again_and_one_that_went_is_not(mau: Machine, admin: Client) -> None:
    failed, sent = a_mail(mau), a_mail(mau, "sent")
    assert (
        admin.post(f"/quan-tri/thu/{failed}/gui-lai").headers["location"] == f"/quan-tri/thu/{failed}?xong=gui-lai-thu"
    )
    assert admin.post(f"/quan-tri/thu/{sent}/gui-lai").status_code == 403
    assert [(row.actor, row.subject) for row in acts(mau, "outbox.retry")] == [("quan-tri", "digest/failed")]


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("tinh_trang=failed", True),
        ("tinh_trang=sent", False),
        ("dau_moi=HUYEN-A@", True),
        ("dau_moi=htx-a", False),
        ("tim=đến+hạn", True),
        ("tim=%25", False),
        ("tu=01/01/2025&den=31/01/2025", False),
    ],
)
def test_mails_are_found_by_state_address_subject_and_day(mau: Machine, admin: Client, query: str, there: bool) -> None:
    a_mail(mau)
    assert ("Việc đến hạn" in words_of(admin.get(f"/quan-tri/thu?{query}"))) is there


def test_days_the_wrong_way_round_are_told_and_the_form_stays(admin: Client) -> None:
    answer = admin.get("/quan-tri/nhat-ky?tu=02/11/2025&den=01/11/2025&ve=huyen")
    assert answer.status_code == 400
    assert "Từ ngày sau đến ngày." in words_of(answer)
    assert {field["id"]: field.get("value") for field in Page(answer).all("input") if "id" in field}["ve"] == "huyen"


def test_a_mail_to_try_the_server_says_what_it_answered(mau: Machine, admin: Client) -> None:
    said = words_of(admin.post("/quan-tri/thu/gui-thu", {"dia_chi": "thu@example.vn"}))
    assert "đã nhận thư thử gửi thu@example.vn" in said
    assert admin.post("/quan-tri/thu/gui-thu", {"dia_chi": "thu"}).status_code == 400
    assert [row.actor for row in acts(mau, "outbox.test")] == ["quan-tri"]


# Runs and alarms


def test_a_run_tells_what_it_did_and_leads_to_prefect_where_there_is_one(
    mau: Machine, runtime: Runtime, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mau.transaction() as session:
        good = runs.open_run(session, "nightly_tick", "tinh-mau", DAY, mau.now, "1-2-3")
        runs.close_run(session, good, mau.now + timedelta(seconds=2), "done", '{"rungs": 4}', "")
        bad = runs.open_run(session, "deliver_outbox", "", DAY, mau.now, "")
        runs.close_run(session, bad, mau.now, "failed", "{}", "máy chủ thư không trả lời")
    said = words_of(admin.get("/quan-tri/luot-chay"))
    assert "04 mức nhắc" in said
    assert "máy chủ thư không trả lời" in said
    assert "htx run nightly_tick" in said
    assert "Prefect" not in said
    assert "máy chủ thư" not in words_of(admin.get("/quan-tri/luot-chay?viec=nightly_tick"))
    alarm = words_of(admin.get("/quan-tri/canh-bao"))
    assert "Lượt gửi thư không thành" in alarm
    assert "07:30 ngày 25/11/2025" in alarm
    monkeypatch.setenv("HTX_PREFECT_UI_URL", "http://127.0.0.1:4200/")
    linked = visit(Runtime(load_settings(), MachineClock(mau), mau.database), "quan-tri").get("/quan-tri/luot-chay")
    assert "http://127.0.0.1:4200/runs/flow-run/1-2-3" in [link.get("href") for link in Page(linked).all("a")]


# Ways in


def test_sessions_sheets_keys_and_calendars_are_ended_from_one_page(
    mau: Machine, runtime: Runtime, admin: Client
) -> None:
    other = visit(admin.app, "huyen-a-1")
    other.post("/lich")
    with mau.transaction() as session:
        sheet = codes.make_sheet(session, 2, b"k" * 32, "so-1", mau.now)
        key = access_keys.make(session, NewKey("một cửa", ("read:status",), 2, 2), "so-1", mau.now)
        credentials = table("credential")
        session_id = session.execute(
            select(credentials.c.id).where(credentials.c.contact_id == 2, credentials.c.kind == "session")
        ).scalar_one()
        feed = session.execute(
            select(table("access_key").c.id).where(table("access_key").c.kind == "feed")
        ).scalar_one()
    ways = (f"{session_id}", f"{sheet.number}", f"khoa/{key.number}", f"lich/{feed}")
    assert [admin.post(f"/quan-tri/phien/{way}/ket-thuc").status_code for way in ways] == [303] * 4
    assert [admin.post(f"/quan-tri/phien/{way}/ket-thuc").status_code for way in ways] == [404] * 4
    assert other.get("/viec").status_code == 303
    said = words_of(admin.get("/quan-tri/phien"))
    assert "Phiên, phiếu và mã: 01 " in said
    assert "Chưa có khóa nào." in said
    assert "Chưa có địa chỉ lịch nào." in said
    assert sorted(row.subject for act in ("session.end", "key.end", "feed.end") for row in acts(mau, act)) == sorted(
        [f"session/{session_id}", f"session/{sheet.number}", f"key/{key.number}", f"key/{feed}"]
    )


# The audit


def test_every_act_in_the_code_has_its_words() -> None:
    source = "\n".join(path.read_text("utf-8") for path in sorted((PACKAGE / "services").glob("*.py")))
    said = re.findall(r'Event\(\s*[\w.]+, [\w.]+, "([\w.-]+)"', source)
    said += re.findall(r'_note(?:_acts)?\(\s*session, "([a-z]+\.[\w-]+)"', source)
    said += re.findall(r'note\(\s*session, "([a-z]+\.[\w-]+)"', source)
    said += re.findall(r'^(?:MOMENT|VIEW|VERIFY\w*)\b.* = "([a-z]+\.[\w-]+)"', source, re.MULTILINE)
    assert len(set(said)) > 60
    assert sorted(set(said) - audit_words.ACTS.keys()) == []


def test_the_audit_is_searched_by_person_act_subject_and_day_on_both_databases(machine: Machine) -> None:
    lived(machine)
    with machine.transaction() as session:
        for number, (contact, code) in enumerate(((1, "so-1"), (2, "huyen-a-1"), (3, "htx-a-1")), 1):
            machine_now = machine.now + timedelta(days=number)
            visits.open_(session, contact, "code", machine_now, subject=f"{code}#{number}^7" if number == 2 else code)

    def found(**asked: Any) -> list[str]:
        with machine.database.reading() as session:
            page = audit_pages.list_page(session, audit_pages.Asked(**asked), 50)
            return [line.actor for line in page.lines if line.act == "Đăng nhập"]

    assert found(act="session.open") == ["htx-a-1", "huyen-a-1#2^7", "so-1"]
    assert found(who="người huyen-a") == ["huyen-a-1#2^7"]
    assert found(who="so-1") == ["so-1"]
    assert found(subject="SESSION/2") == (["huyen-a-1#2^7"] if machine.database.engine.name == "sqlite" else [])
    assert found(first=date(2025, 11, 27), last=date(2025, 11, 27)) == ["huyen-a-1#2^7"]
    assert found(who="không ai cả") == []


def test_the_audit_is_paged_to_its_end_and_back(mau: Machine) -> None:
    with mau.transaction() as session:
        for _ in range(7):
            visits.open_(session, 1, "code", mau.now, subject="so-1")
    asked = audit_pages.Asked(act="session.open")
    with mau.database.reading() as session:
        first = audit_pages.list_page(session, asked, 3)
        second = audit_pages.list_page(session, asked, 3, before=first.older)
        third = audit_pages.list_page(session, asked, 3, before=second.older)
        back = audit_pages.list_page(session, asked, 3, after=third.newer)
        front = audit_pages.list_page(session, asked, 3, after=back.newer)
    assert [len(page.lines) for page in (first, second, third)] == [3, 3, 1]
    assert (first.newer, third.older, front.newer) == (None, None, None)
    assert (back.lines, front.lines) == (second.lines, first.lines)


def test_a_search_of_the_audit_goes_into_excel_and_csv(mau: Machine, admin: Client) -> None:
    book = load_workbook(io.BytesIO(admin.get("/quan-tri/nhat-ky?tep=xlsx&viec=session.open").content))
    cells = [cell for row in book.active.iter_rows(values_only=True) for cell in row]
    assert "Mai Thị Mẫu" in cells
    answer = admin.get("/quan-tri/nhat-ky?tep=csv&viec=session.open")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[2:6] for row in rows] == [
        ["Người thực hiện", "Mã người thực hiện", "Việc", "Về"],
        ["Mai Thị Mẫu", "quan-tri", "Đăng nhập", "phiên 1"],
    ]
    assert answer.headers["content-disposition"].startswith('attachment; filename="nhat-ky_2025-11-25.csv"')


def test_verifying_says_from_when_to_when_the_audit_is_whole_and_who_asked(mau: Machine, admin: Client) -> None:
    assert "Chưa kiểm tra nhật ký lần nào" in words_of(admin.get("/quan-tri/nhat-ky"))
    assert admin.post("/quan-tri/nhat-ky/kiem-tra").headers["location"] == "/quan-tri/nhat-ky?xong=kiem-tra-nhat-ky"
    assert "Nhật ký nguyên vẹn từ 07 giờ 30" in words_of(admin.get("/quan-tri/nhat-ky"))
    assert [(row.actor, json.loads(row.detail)["broken"]) for row in acts(mau, "audit.verify")] == [("quan-tri", 0)]


def test_an_event_that_was_changed_is_named(mau: Machine, admin: Client) -> None:
    events = table("audit_event")
    with mau.transaction() as session:
        session.execute(update(events).where(events.c.seq == 1).values(subject="tinh-khac"))
    said = words_of(admin.post("/quan-tri/nhat-ky/kiem-tra"))
    assert "Nhật ký không còn nguyên vẹn: 01 chỗ không khớp." in said
    assert "Sự kiện số 1 (plan.load, tinh-khac)" in said


# What was backdated


def backdate(machine: Machine) -> None:
    """Sent for an earlier day by its paper, and entered afterwards."""
    for key, days, retrospective in ((WORK[0], 3, False), (WORK[1], 9, True)):
        sent_on = DAY - timedelta(days=days)
        paper = DocumentRef(f"{days}/BC", sent_on, "so")
        machine.submit(key, sent_on=sent_on, document=paper, by="so-1", retrospective=retrospective)


def test_what_was_backdated_is_listed_newest_first_on_both_databases(machine: Machine) -> None:
    lived(machine)
    backdate(machine)
    with machine.transaction() as session:
        requests, rows = table("request"), table("occurrence")
        number = session.execute(select(rows.c.id).limit(1)).scalar_one()
        asked = {
            "plan_id": 1, "kind": "extension", "occurrence_id": number, "from_id": 2, "raised_by": "huyen-a-1",
            "reason": "mưa lũ", "after_expiry": True, "advice": "", "advised_by": "", "state": "raised", "decision": "",
            "decided_by": "", "raised_at": machine.now + timedelta(hours=1), "key": "tinh-mau/1",
        }  # fmt: skip
        session.execute(requests.insert().values(**asked))
    everything = backdated_rows.Wanted([1])
    with machine.database.reading() as session:
        found = backdated_rows.list_rows(session, everything, 10)
        assert backdated_rows.count(session, everything) == len(found) == 3
        only = backdated_rows.list_rows(session, backdated_rows.Wanted([1], backdated.AFTERWARDS), 10)
        assert backdated_rows.count(session, backdated_rows.Wanted([2])) == 0
    kinds = {backdated.LATE_REQUEST, backdated.AFTERWARDS, backdated.EARLIER_DAY}
    assert found[0].kind == backdated.LATE_REQUEST
    assert {row.kind for row in found} == kinds
    assert [(row.day, row.document) for row in only] == [(DAY - timedelta(days=9), "Báo cáo số 9/BC ngày 16/11/2025")]


def test_the_list_reads_only_what_its_index_holds(mau: Machine) -> None:
    with mau.database.reading() as session:
        connection = session.connection()
        statement = backdated_rows.list_statement(backdated_rows.Wanted([1], backdated.BEHALF), 50)
        text = str(statement.compile(connection, compile_kwargs={"literal_binds": True}))
        plan = [str(row) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]
    assert [line for line in plan if "ix_occurrence_change_entered" in line]


def test_what_was_backdated_is_found_on_the_desk_and_goes_into_excel(mau: Machine, runtime: Runtime) -> None:
    backdate(mau)
    officer = visit(runtime, "so-1")
    assert "Ngày gửi trước ngày nhập" in words_of(officer.get("/quan-tri/ghi-lui"))
    assert "Nhập hồi cứu" in words_of(officer.get("/quan-tri/ghi-lui?loai=afterwards"))
    book = load_workbook(io.BytesIO(officer.get("/quan-tri/ghi-lui?loai=afterwards&tep=xlsx").content))
    cells = [cell for row in book.active.iter_rows(values_only=True) for cell in row]
    assert ("Người so-1" in cells, "Báo cáo số 9/BC ngày 16/11/2025" in cells) == (True, True)


# Auditors


def an_auditor(machine: Machine, first: date = DAY, last: date = DAY + timedelta(days=10)) -> str:
    with machine.transaction() as session:
        new = NewContact("kiem-toan-1", "tinh", "kt@example.vn", "Lê Kiểm Mẫu")
        auditors.make(session, new, Term(first, last, PAPER), "quan-tri", machine.now, machine.today)
    return "kiem-toan-1"


def test_an_auditor_reads_what_the_lead_officer_reads_and_the_audit(mau: Machine, runtime: Runtime) -> None:
    auditor = visit(runtime, an_auditor(mau))
    found = {path: auditor.get(path).status_code for path in (*DESK, *CHECK)}
    officer = visit(auditor.app, "so-1")
    assert found == {path: officer.get(path).status_code for path in DESK} | dict.fromkeys(CHECK, 200)
    said = words_of(auditor.get("/ban"))
    assert "Tài khoản kiểm tra, chỉ xem, đến hết ngày 05/12/2025." in said
    assert auditor.queries <= 12


def test_an_auditor_does_nothing_anywhere(mau: Machine, runtime: Runtime) -> None:
    auditor = visit(runtime, an_auditor(mau))
    paths = [
        re.sub(r"\{[^}]*\}", "1", route.path)
        for route in auditor.app.routes
        if "POST" in getattr(route, "methods", ())
        and not route.path.startswith(("/api", "/vao", "/p", "/m/", "/v/", "/demo"))
    ]
    open_to_all = {"/ngon-ngu", "/thoat", "/"}
    answers = {path: auditor.post(path).status_code for path in paths if path not in open_to_all}
    assert len(answers) > 60
    assert {path: status for path, status in answers.items() if status != 403} == {}
    assert "chỉ xem, không ghi nhận" in words_of(auditor.post("/viec/1/tiep-nhan"))
    assert auditor.post("/thoat").status_code == 303


def test_each_room_an_auditor_opens_is_logged_once_an_hour(mau: Machine, runtime: Runtime) -> None:
    auditor = visit(runtime, an_auditor(mau))
    for path in ("/ban", "/ban?nam=2025", "/viec/1", "/viec/2"):
        auditor.get(path)
    mau.later(hours=1)
    auditor.get("/ban")
    rooms = [(row.actor, row.subject.rpartition("T")[2]) for row in reversed(acts(mau, "access.view"))]
    assert rooms == [("kiem-toan-1", "00/ban"), ("kiem-toan-1", "00/viec"), ("kiem-toan-1", "01/ban")]


def test_an_auditor_account_begins_and_ends_with_its_days(mau: Machine, runtime: Runtime) -> None:
    auditor = visit(runtime, an_auditor(mau, DAY + timedelta(days=1), DAY + timedelta(days=2)))
    seen = []
    for day in range(4):
        mau.at(DAY + timedelta(days=day))
        seen.append(auditor.get("/ban").status_code)
    assert seen == [303, 200, 200, 303]


def test_an_auditor_ended_early_is_out_at_once(mau: Machine, runtime: Runtime, admin: Client) -> None:
    auditor = visit(runtime, an_auditor(mau))
    assert auditor.get("/ban").status_code == 200
    assert admin.post("/quan-tri/kiem-tra-vien/kiem-toan-1/ket-thuc").status_code == 303
    assert auditor.get("/ban").status_code == 303
    assert admin.post("/quan-tri/kiem-tra-vien/so-1/ket-thuc").status_code == 400


def test_an_auditor_gets_no_rights_by_any_other_way(mau: Machine, runtime: Runtime) -> None:
    code = an_auditor(mau)
    with mau.transaction() as session:
        contacts = table("contact")
        session.execute(update(contacts).where(contacts.c.code == code).values(admin=True, approves=True))
    auditor = visit(runtime, code)
    assert (auditor.get("/quan-tri/thu").status_code, auditor.post("/quan-tri/thu/gui-thu").status_code) == (403, 403)


def test_an_administrator_makes_an_auditor_and_what_is_missing_is_told(mau: Machine, admin: Client) -> None:
    typed = {
        "ten": "Lê Kiểm Mẫu", "dia_chi": "kt@example.vn", "co_quan": "tinh", "tu_ngay": "25/11/2025",
        "den_ngay": "05/12/2025", "so_van_ban": "15/QĐ-TTT", "ngay_van_ban": "20/11/2025",
    }  # fmt: skip
    for name, sentence in {
        "so_van_ban": "Văn bản cần cả số", "den_ngay": "Chưa có thời hạn.", "co_quan": "Chưa chọn cơ quan",
        "ten": "cần họ tên và địa chỉ thư", "dia_chi": "cần họ tên và địa chỉ thư",
    }.items():  # fmt: skip
        answer = admin.post("/quan-tri/kiem-tra-vien", {**typed, name: ""})
        assert (answer.status_code, sentence in words_of(answer)) == (400, True), name
    too_long = admin.post("/quan-tri/kiem-tra-vien", {**typed, "den_ngay": "05/12/2027"})
    assert "nhiều nhất 366 ngày" in words_of(too_long)
    assert admin.post("/quan-tri/kiem-tra-vien", typed).status_code == 303
    assert "đang dùng được" in words_of(admin.get("/quan-tri/kiem-tra-vien"))
    assert admin.post("/quan-tri/kiem-tra-vien", typed).status_code in (400, 409)
    assert [row.actor for row in acts(mau, "auditor.make")] == ["quan-tri"]
