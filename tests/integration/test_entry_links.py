"""Links of mails: one button, nothing changed by looking, the person behind a shared mailbox. On both databases."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from htx_workflow.runtime import Runtime
from htx_workflow.services import delivery, mailboxes
from htx_workflow.settings import load_settings
from htx_workflow.store.database import Database
from htx_workflow.store.tables import table
from htx_workflow.web.guard import Named
from tests.factories import a_plan
from tests.machine import Machine, MachineClock
from tests.portal import Client, Page, a_person, browser, visit, words_of

DAY = date(2025, 12, 15)


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """Pages are read on both databases in test_pages_on_both_databases."""
    return sqlite_database


@pytest.fixture
def mau(machine: Machine) -> Machine:
    """A morning with mail to the district: R.huyen is due on 18/12."""
    machine.load(a_plan())
    machine.at(DAY).finish("tinh-mau/R.htx/htx-a/2025")
    machine.morning()
    return machine


@pytest.fixture
def runtime(mau: Machine) -> Runtime:
    return Runtime(load_settings(), MachineClock(mau), mau.database)


@pytest.fixture
def stranger(runtime: Runtime) -> Client:
    return browser(runtime)


def link_of(runtime: Runtime, contact: str = "huyen-a-1") -> str:
    """The link in the newest mail to a contact."""
    mails, contacts = table("message"), table("contact")
    with runtime.reading() as session:
        row = session.execute(
            select(mails.c.id, mails.c.key)
            .join(contacts, contacts.c.id == mails.c.contact_id)
            .where(contacts.c.code == contact)
            .order_by(mails.c.id.desc())
        ).first()
    assert row is not None
    return f"/v/{delivery.link_token(runtime.sender().signing_key, row.key, row.id)}"


def acts(machine: Machine) -> list[tuple[str, str]]:
    """(actor, act) of the audit chain since the plan was loaded."""
    events = table("audit_event")
    with machine.database.reading() as session:
        found = session.execute(select(events.c.actor, events.c.act).order_by(events.c.seq)).all()
    return [(row.actor, row.act) for row in found if row.act.startswith(("session", "code", "links", "access"))]


# Looking changes nothing


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_at_a_link_signs_nobody_in_and_writes_nothing(
    mau: Machine, runtime: Runtime, stranger: Client, method: str
) -> None:
    answer = stranger.ask(method, link_of(runtime))
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert stranger.written == []
    assert acts(mau) == []


def test_the_page_says_for_whom_and_until_when(runtime: Runtime, stranger: Client) -> None:
    words = words_of(stranger.get(link_of(runtime)))
    assert "Dành cho Ủy ban nhân dân huyện A Có hiệu lực đến hết ngày 29/12/2025" in words


def test_the_button_signs_in_until_the_link_ends_and_goes_to_the_work(
    mau: Machine, runtime: Runtime, stranger: Client
) -> None:
    link = link_of(runtime)
    mau.at(date(2025, 12, 16))
    answer = stranger.post(f"{link}/7")
    assert (answer.status_code, answer.headers["location"]) == (303, "/viec/7")
    assert stranger.post(link).headers["location"] == "/viec"
    assert stranger.get("/viec").status_code == 200
    assert acts(mau) == [("huyen-a-1", "session.open")]
    mau.at(date(2025, 12, 29), time(23, 59))
    assert stranger.get("/viec").status_code == 200
    mau.at(date(2025, 12, 30), time(0, 0))
    assert stranger.get("/viec").headers["location"] == "/vao?tiep=%2Fviec"


def test_a_browser_that_is_in_goes_on_without_a_new_session(mau: Machine, runtime: Runtime, stranger: Client) -> None:
    stranger.post(link_of(runtime))
    assert stranger.get(link_of(runtime) + "/7").headers["location"] == "/viec/7"
    assert acts(mau) == [("huyen-a-1", "session.open")]


def test_another_contact_is_told_that_the_browser_changes_over(runtime: Runtime) -> None:
    client = visit(runtime, "so-1")
    words = words_of(client.get(link_of(runtime)))
    assert "đang đăng nhập với Nguyễn Thị Mẫu (Sở Mẫu)" in words
    client.post(link_of(runtime))
    assert "UBND huyện A" in words_of(client.get("/phien"))


def test_a_link_opens_only_its_own_work_not_what_needs_a_code(runtime: Runtime, stranger: Client) -> None:
    stranger.post(link_of(runtime, "so-1"))
    assert stranger.get("/ban/dau-moi").headers["location"] == "/vao?tiep=%2Fban%2Fdau-moi&can=ma"
    assert "Kiểm tra, quyết định và quản trị cần đăng nhập bằng mã" in words_of(stranger.get("/vao?can=ma"))


# Links that open nothing


def test_a_link_ends_after_14_days_with_a_sentence_and_a_way_on(
    mau: Machine, runtime: Runtime, stranger: Client
) -> None:
    link = link_of(runtime)
    mau.at(date(2025, 12, 30))
    for answer in (stranger.get(link), stranger.post(link)):
        assert answer.status_code == 410
        assert "Liên kết này đã hết hiệu lực từ sau ngày 29/12/2025." in words_of(answer)
        assert "đăng nhập bằng mã gửi tới hộp thư" in words_of(answer)


@pytest.mark.parametrize(
    ("table_name", "values", "sentence"),
    [
        ("contact", {"links_after": "now"}, "Liên kết này đã được thu hồi."),
        ("contact", {"valid_to": DAY - timedelta(days=1)}, "Đầu mối của liên kết này đã thôi nhiệm vụ."),
        ("agency", {"valid_to": DAY - timedelta(days=1)}, "Đầu mối của liên kết này đã thôi nhiệm vụ."),
    ],
)
def test_a_link_is_void_when_it_was_revoked_or_who_it_was_for_has_left(
    mau: Machine, runtime: Runtime, stranger: Client, table_name: str, values: dict[str, object], sentence: str
) -> None:
    code = {"contact": "huyen-a-1", "agency": "huyen-a"}[table_name]
    with mau.database.reading() as session:
        number = session.execute(select(table(table_name).c.id).where(table(table_name).c.code == code)).scalar_one()
    mau.change_row(table_name, number, **{key: mau.now if value == "now" else value for key, value in values.items()})
    answer = stranger.post(link_of(runtime))
    assert (answer.status_code, sentence in words_of(answer)) == (410, True)
    assert acts(mau) == []


def test_forged_links_are_answered_alike_and_soon_not_at_all(runtime: Runtime, stranger: Client) -> None:
    real = link_of(runtime)
    forged = [real[:-1] + ("A" if real[-1] != "A" else "B"), "/v/1.x", "/v/zz", "/v/" + "f" * 40, "/v/1"]
    for path in forged:
        answer = stranger.get(path)
        assert (answer.status_code, "Liên kết này không đúng" in words_of(answer)) == (404, True)
    for _ in range(60):
        stranger.get("/v/1.forged")
    assert stranger.get(real).status_code == 403
    assert "Đã thử nhiều lần" in words_of(stranger.get(real))
    assert browser(stranger.app, address="203.0.113.8").get(real).status_code == 200


def test_a_form_of_another_site_opens_nothing(mau: Machine, runtime: Runtime, stranger: Client) -> None:
    answer = stranger.ask("POST", link_of(runtime), headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert acts(mau) == []


# Who is there


def shared(mau: Machine) -> None:
    mau.change_contact("huyen-a-1", shared=True, name="Phòng TC-KH")


ACT = "/phien/ket-thuc-khac"


def test_the_first_act_asks_who_it_is_and_loses_nothing(mau: Machine, runtime: Runtime) -> None:
    shared(mau)
    a_person(runtime, "huyen-a", "Trần Văn Mẫu", "Chuyên viên")
    client = visit(runtime, "huyen-a-1", named=False)
    asked = client.post("/uy-quyen", {"so_van_ban": "12/QĐ-UBND", "hinh_thuc": "TUQ."})
    page = Page(asked)
    assert "Anh/chị là ai?" in page.words
    assert "Trần Văn Mẫu Chuyên viên" in page.words
    assert page.hidden["so_van_ban"] == "12/QĐ-UBND"
    answer = client.post("/uy-quyen", {**page.hidden, "nguoi_ten": "Lê Thị Mẫu", "nguoi_chuc_vu": "Phó phòng"})
    assert "Chưa chọn người được ủy quyền." in words_of(answer)
    assert 'value="12/QĐ-UBND"' in answer.text
    assert ("huyen-a-1", "session.person") in acts(mau)


def test_two_people_at_one_mailbox_are_two_names_in_the_audit(mau: Machine, runtime: Runtime) -> None:
    shared(mau)
    first, second = (visit(runtime, "huyen-a-1", person_id=a_person(runtime, "huyen-a", name)) for name in ("A", "B"))
    third = visit(runtime, "huyen-a-1", person_id=a_person(runtime, "huyen-a", "C"))
    first.post("/thoat")
    second.post("/thoat")
    third.post("/thoat")
    ended = [actor for actor, act in acts(mau) if act == "session.end"]
    assert ended == ["huyen-a-1#1", "huyen-a-1#2", "huyen-a-1#3"]


@pytest.mark.parametrize("again", ["Lê Thị Mẫu", "  LÊ  thị mẫu ", "Le Thi Mau"])
def test_the_same_name_is_the_same_person(mau: Machine, runtime: Runtime, again: str) -> None:
    shared(mau)
    number = a_person(runtime, "huyen-a", "Lê Thị Mẫu")
    client = visit(runtime, "huyen-a-1", named=False)
    assert client.post("/nguoi", {"nguoi_ten": again}).status_code == 303
    persons, sessions = table("person"), table("credential")
    with mau.database.reading() as session:
        assert session.execute(select(persons.c.id)).scalars().all() == [number]
        assert session.execute(select(sessions.c.person_id)).scalars().all() == [number]


@pytest.mark.parametrize("answer", [{"nguoi": "999"}, {"nguoi": "x"}, {"nguoi_ten": "123"}, {"nguoi_ten": "A" * 121}])
def test_an_answer_that_names_nobody_is_asked_again(mau: Machine, runtime: Runtime, answer: dict[str, str]) -> None:
    shared(mau)
    client = visit(runtime, "huyen-a-1", named=False)
    asked = client.post("/uy-quyen", {"cho": "1", **answer})
    assert "Anh/chị là ai?" in words_of(asked)
    assert Page(asked).hidden["cho"] == "1"
    assert 'role="alert"' in asked.text
    assert client.post("/nguoi", answer).status_code == 400


def test_the_next_link_on_the_same_machine_remembers_the_person(
    mau: Machine, runtime: Runtime, stranger: Client
) -> None:
    shared(mau)
    stranger.post(link_of(runtime))
    stranger.post("/nguoi", {"nguoi_ten": "Lê Thị Mẫu"})
    mau.later(days=20).tick()
    mau.compose()
    assert stranger.get("/viec").status_code == 303
    mau.change_contact("huyen-a-1", links_after=None)
    mails = table("message")
    with mau.database.reading() as session:
        last = session.execute(select(mails.c.id).order_by(mails.c.id.desc())).scalars().first()
    assert last is not None
    mau.change_row("message", last, day=mau.today, contact_id=_contact(mau, "huyen-a-1"))
    stranger.post(link_of(runtime))
    assert "Đang ghi nhận theo tên: Lê Thị Mẫu." in words_of(stranger.get("/phien"))


def test_a_person_who_has_left_is_not_remembered(mau: Machine, runtime: Runtime, stranger: Client) -> None:
    shared(mau)
    stranger.post(link_of(runtime))
    stranger.post("/nguoi", {"nguoi_ten": "Lê Thị Mẫu"})
    agency = table("agency")
    with mau.transaction() as session:
        number = session.execute(select(agency.c.id).where(agency.c.code == "huyen-a")).scalar_one()
        mailboxes.leave(session, number, 1, "so-1", mau.now, mau.today)
    assert stranger.get("/viec").status_code == 303
    stranger.post(link_of(runtime))
    assert "Đang ghi nhận theo tên: chưa rõ." in words_of(stranger.get("/phien"))


def test_a_browser_has_one_session_at_a_time(mau: Machine, runtime: Runtime) -> None:
    client = visit(runtime, "so-1")
    client.post(link_of(runtime))
    assert acts(mau)[-2:] == [("so-1", "session.end"), ("huyen-a-1", "session.open")]


def test_a_form_with_files_is_not_carried_and_is_not_sent_without_them(mau: Machine, runtime: Runtime) -> None:
    shared(mau)
    client = visit(runtime, "huyen-a-1", named=False)
    asked = client.post("/phien/ket-thuc-khac", files={"tep": ("ký.pdf", b"%PDF-1.7")})
    assert asked.status_code == 303  # ending sessions is no act
    asked = client.post("/uy-quyen", {"so_van_ban": "12"}, files={"tep": ("ký.pdf", b"%PDF-1.7")})
    assert "Tệp đã chọn không giữ lại được" in words_of(asked)
    assert [form["action"] for form in Page(asked).all("form") if form["action"] == "/nguoi"] == ["/nguoi"]
    assert "so_van_ban" not in Page(asked).hidden


def test_a_page_that_is_filled_in_at_length_asks_first_and_comes_back(mau: Machine, runtime: Runtime) -> None:
    shared(mau)
    client = visit(runtime, "huyen-a-1", named=False)

    @client.app.get("/dien")
    def fill_in(visitor: Named) -> str:
        return visitor.person_name

    asked = client.get("/dien?phan=2")
    assert (asked.status_code, asked.headers["location"]) == (303, "/nguoi?tiep=%2Fdien%3Fphan%3D2")
    page = Page(client.get(asked.headers["location"]))
    answer = client.post("/nguoi", {**page.hidden, "nguoi_ten": "Lê Thị Mẫu"})
    assert answer.headers["location"] == "/dien?phan=2&xong=nguoi"
    assert client.get("/dien").json() == "Lê Thị Mẫu"


def _contact(machine: Machine, code: str) -> int:
    with machine.database.reading() as session:
        return int(session.execute(select(table("contact").c.id).where(table("contact").c.code == code)).scalar_one())


def test_a_draft_that_saves_itself_is_no_act(mau: Machine, runtime: Runtime) -> None:
    shared(mau)
    client = visit(runtime, "huyen-a-1", named=False)
    data = {"dau": client.mark}
    answer = client.ask("POST", "/uy-quyen", data=data, headers={"x-autosave": "1"})
    assert "Anh/chị là ai?" in words_of(answer)  # a delegation is never a draft
    assert client.ask("POST", ACT, data=data).status_code == 303


# What was typed when a session ends


def test_a_form_sent_after_the_session_ended_is_kept_and_sent_again(mau: Machine, runtime: Runtime) -> None:
    client = visit(runtime, "so-1")
    typed = {"dau": client.mark, "so_van_ban": "12/QĐ", "hinh_thuc": "TUQ."}
    mau.later(days=15)
    answer = client.post("/uy-quyen", typed, mark=False)
    assert answer.status_code == 403
    assert "Phiên làm việc đã kết thúc, nội dung vừa nhập chưa được ghi." in words_of(answer)
    kept = Page(answer).hidden
    assert kept == typed | {"tiep": "/"}
    again = visit(client.app, "so-1")
    again_answer = again.post("/uy-quyen", kept, mark=False)
    assert "Chưa chọn người được ủy quyền." in words_of(again_answer)
    other = visit(client.app, "huyen-a-1")
    assert other.post("/uy-quyen", kept, mark=False).status_code == 403


def test_a_form_without_its_mark_is_refused(runtime: Runtime) -> None:
    client = visit(runtime, "so-1")
    answer = client.post("/phien/ket-thuc-khac", mark=False)
    assert answer.status_code == 403
    assert "Biểu này thuộc một phiên làm việc khác." in words_of(answer)
