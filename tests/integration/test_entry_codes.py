"""Codes by mail, read out and on sheets, and the first administrator's link. On both databases."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select

from htx_workflow.domain.errors import NotAllowed
from htx_workflow.gateways import mailbox
from htx_workflow.gateways.templates import CODE
from htx_workflow.runtime import Runtime
from htx_workflow.services import codes, contacts, delivery, visits
from htx_workflow.services.contacts import NewContact
from htx_workflow.settings import load_settings
from htx_workflow.store import access
from htx_workflow.store.database import Database
from htx_workflow.store.tables import table
from tests.factories import a_plan
from tests.machine import Machine, MachineClock
from tests.portal import Client, Page, browser, visit, words_of

DAY = date(2025, 12, 15)
ADDRESS = "huyen-a@example.vn"


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """Pages are read on both databases in test_pages_on_both_databases."""
    return sqlite_database


@pytest.fixture
def mau(machine: Machine) -> Machine:
    machine.load(a_plan())
    return machine.at(DAY)


@pytest.fixture
def runtime(mau: Machine) -> Runtime:
    return Runtime(load_settings(), MachineClock(mau), mau.database)


@pytest.fixture
def stranger(runtime: Runtime) -> Client:
    return browser(runtime)


def arrived(runtime: Runtime) -> list[str]:
    """The texts of the mails with codes that arrived."""
    found = []
    for path in mailbox.list_mails(runtime.settings.mailbox_dir):
        part = mailbox.read_mail(path).get_body(("plain",))
        assert part is not None
        found.append(part.get_content())
    return found


def digits_in(text: str) -> str:
    found = re.search(r"^ +(\d{3} \d{3})\s*$", text, re.MULTILINE)
    assert found is not None
    return found[1]


def ask(client: Client, runtime: Runtime, address: str = ADDRESS, tiep: str = "/viec") -> str:
    """Ask for a code; the digits of the mail that arrived."""
    answer = client.post("/vao", {"dia_chi": address, "tiep": tiep})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/vao/ma")
    return digits_in(arrived(runtime)[-1])


def acts(machine: Machine) -> list[tuple[str, str, str]]:
    events = table("audit_event")
    with machine.database.reading() as session:
        rows = session.execute(select(events.c.actor, events.c.act, events.c.subject).order_by(events.c.seq)).all()
    return [tuple(row) for row in rows if row.act.startswith(("code", "session", "links", "contact", "delegation"))]


def number_of(machine: Machine, code: str) -> int:
    with machine.database.reading() as session:
        return int(session.execute(select(table("contact").c.id).where(table("contact").c.code == code)).scalar_one())


# By mail


def test_a_code_by_mail_signs_in_and_goes_where_one_wanted(mau: Machine, runtime: Runtime, stranger: Client) -> None:
    digits = ask(stranger, runtime, tiep="/phien")
    answer = stranger.post("/vao/ma", {"so": digits, "tiep": "/phien"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/phien")
    assert "Chrome, Windows (phiên này)" in words_of(stranger.get("/phien"))
    assert "mã sáu số" in words_of(stranger.get("/phien"))
    assert [act for _, act, _ in acts(mau)] == ["code.mail", "session.open"]


def test_the_mail_leaves_at_once_and_the_outbox_holds_no_digits(
    mau: Machine, runtime: Runtime, stranger: Client
) -> None:
    digits = ask(stranger, runtime)
    (row,) = mau.messages()
    assert (row.kind, row.state, row.address) == ("code", "sent", ADDRESS)
    assert row.body_text.count(CODE) == 1
    assert digits not in row.body_text + row.body_html
    assert digits.replace(" ", "") == delivery.code_digits(runtime.sender().signing_key, row.key)
    assert "có hiệu lực 30 phút (đến 08 giờ 00 thứ Hai ngày 15/12/2025)" in " ".join(arrived(runtime)[0].split())


def test_the_page_says_when_the_mail_server_took_the_mail(runtime: Runtime, stranger: Client) -> None:
    ask(stranger, runtime)
    answer = stranger.get("/vao/ma")
    assert "Thư đã được máy chủ nhận lúc 07:30" in words_of(answer)
    assert stranger.written == []


def test_a_code_is_used_once(runtime: Runtime, stranger: Client) -> None:
    digits = ask(stranger, runtime)
    cookies = dict(stranger.cookies)
    assert stranger.post("/vao/ma", {"so": digits}).status_code == 303
    thief = browser(stranger.app)
    thief.cookies.update(cookies)
    answer = thief.post("/vao/ma", {"so": digits})
    assert (answer.status_code, codes.WRONG in words_of(answer)) == (403, True)


def test_a_code_ends_after_30_minutes(mau: Machine, runtime: Runtime, stranger: Client) -> None:
    digits = ask(stranger, runtime)
    mau.later(minutes=29)
    late = browser(stranger.app)
    late.cookies.update(stranger.cookies)
    mau.later(minutes=1)
    answer = late.post("/vao/ma", {"so": digits})
    assert answer.status_code == 403
    assert "Mã đã hết hiệu lực sau 30 phút." in words_of(answer)


def test_five_wrong_tries_end_a_code_also_in_another_process(runtime: Runtime, stranger: Client) -> None:
    digits = ask(stranger, runtime)
    wrong = "000000" if digits != "000 000" else "000001"
    for _ in range(5):
        answer = stranger.post("/vao/ma", {"so": wrong})
        assert (answer.status_code, codes.WRONG in words_of(answer)) == (403, True)
    elsewhere = browser(runtime)
    elsewhere.cookies.update(stranger.cookies)
    for client in (stranger, elsewhere):
        assert client.post("/vao/ma", {"so": digits}).status_code == 403


def test_four_wrong_tries_and_a_right_one(runtime: Runtime, stranger: Client) -> None:
    digits = ask(stranger, runtime)
    wrong = "000000" if digits != "000 000" else "000001"
    for _ in range(4):
        stranger.post("/vao/ma", {"so": wrong})
    assert stranger.post("/vao/ma", {"so": digits}).status_code == 303


def test_the_digits_of_a_mail_that_came_late_are_good_too(mau: Machine, runtime: Runtime, stranger: Client) -> None:
    first = ask(stranger, runtime)
    mau.later(minutes=10)
    ask(stranger, runtime)
    assert stranger.post("/vao/ma", {"so": first.replace(" ", "-")}).status_code == 303


def test_digits_are_good_only_in_the_browser_that_asked(runtime: Runtime, stranger: Client) -> None:
    digits = ask(stranger, runtime)
    assert browser(stranger.app).post("/vao/ma", {"so": digits}).status_code == 403


def test_an_unknown_address_is_answered_as_a_known_one(mau: Machine, runtime: Runtime, stranger: Client) -> None:
    """Words, headers, and what the answer itself asks the database."""
    unknown = browser(stranger.app)
    pages: list[list[str]] = []
    for client, address in ((stranger, ADDRESS), (unknown, "ai-do@example.vn")):
        asked = client.post("/vao", {"dia_chi": address})
        said = [re.sub(r"htx_ve=[^;]+", "htx_ve=…", str(sorted(asked.headers.items()))), asked.text]
        mau.later(seconds=30)
        waiting = client.get("/vao/ma")
        reads = list(client.statements)
        wrong = client.post("/vao/ma", {"so": "000000"})
        mau.later(seconds=-30)
        pages.append([*said, words_of(waiting), words_of(wrong), *reads])
    assert pages[0] == pages[1]
    assert len(mau.messages()) == 1
    for _ in range(5):
        unknown.post("/vao/ma", {"so": "000000"})
    assert codes.WRONG in words_of(unknown.post("/vao/ma", {"so": "000000"}))


def test_nothing_is_looked_up_before_the_answer_has_left(
    runtime: Runtime, stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(codes, "queue_code", lambda *arguments: asked.append(arguments[1]))
    answer = stranger.post("/vao", {"dia_chi": ADDRESS})
    assert (answer.status_code, asked) == (303, [ADDRESS])
    assert stranger.statements == []


@pytest.mark.parametrize("typed", ["", "huyen-a", "huyện@example.vn", "a@b", "x" * 300 + "@example.vn"])
def test_what_is_no_address_is_said_and_kept(stranger: Client, typed: str) -> None:
    answer = stranger.post("/vao", {"dia_chi": typed, "tiep": "/phien"})
    assert answer.status_code == 400
    assert "chưa đủ. Đề nghị nhập như tckh.dakto@example.vn." in words_of(answer)
    assert Page(answer).hidden["tiep"] == "/phien"


def test_an_address_gets_six_codes_an_hour_known_or_not(mau: Machine, stranger: Client) -> None:
    for address in (ADDRESS, "ai-do@example.vn"):
        for _ in range(6):
            assert stranger.post("/vao", {"dia_chi": address}).status_code == 303
        assert stranger.post("/vao", {"dia_chi": address.upper()}).status_code == 429
    mau.later(hours=1)
    assert stranger.post("/vao", {"dia_chi": ADDRESS}).status_code == 303
    assert len(mau.messages()) == 7


def test_contacts_that_share_an_address_choose(mau: Machine, runtime: Runtime, stranger: Client) -> None:
    mau.change_contact("htx-a-1", address="Huyen-A@example.vn", name="Kế toán HTX A")
    digits = ask(stranger, runtime)
    page = stranger.post("/vao/ma", {"so": digits, "tiep": "/phien"})
    assert page.status_code == 200
    assert "Kế toán HTX A" in words_of(page)
    chosen = {**Page(page).hidden, "dau_moi": str(number_of(mau, "htx-a-1"))}
    assert stranger.post("/vao/ma", {**chosen, "dau_moi": str(number_of(mau, "so-1"))}).status_code == 403
    assert stranger.post("/vao/ma", chosen).headers["location"] == "/phien"
    assert "HTX A" in words_of(stranger.get("/phien"))


def test_one_is_sent_on_only_within_the_portal(runtime: Runtime, stranger: Client) -> None:
    digits = ask(stranger, runtime, tiep="https://example.com/x")
    assert stranger.post("/vao/ma", {"so": digits, "tiep": "//example.com"}).headers["location"] == "/"


def test_a_mail_that_could_not_leave_in_time_says_nothing_any_more(mau: Machine, runtime: Runtime) -> None:
    with mau.transaction() as session:
        codes.queue_code(session, ADDRESS, "ve", runtime.sender().signing_key, mau.style, mau.now)
    mau.later(minutes=30)
    assert mau.deliver().cancelled == 1
    assert [row.reason for row in mau.messages()] == ["mã trong thư đã hết hiệu lực trước khi gửi được"]


def test_one_contact_gets_twenty_mails_a_day(mau: Machine, runtime: Runtime) -> None:
    key = runtime.sender().signing_key
    with mau.transaction() as session:
        made = [codes.queue_code(session, ADDRESS, f"ve-{n}", key, mau.style, mau.now) for n in range(21)]
    assert [each is not None for each in made] == [True] * 20 + [False]


# Read out, and on paper


def digits_read(answer_words: str) -> tuple[str, str]:
    found = re.search(r"Mã phiếu: (\w{5}) Mã số: (\d{3} \d{3})", answer_words)
    assert found is not None
    return found[1], found[2]


def test_a_code_read_out_signs_in_once_as_with_a_mail_and_is_audited(mau: Machine, runtime: Runtime) -> None:
    officer, phone = visit(runtime, "so-1"), browser(runtime, agent="Mozilla/5.0 (Linux; Android 13) Zalo")
    answer = officer.post("/ban/dau-moi/huyen-a-1/doc-ma")
    assert answer.status_code == 200
    short, digits = digits_read(words_of(answer))
    assert ("so-1#1", "code.aloud", "contact/huyen-a-1") in acts(mau)
    assert phone.post("/p", {"phieu": short.lower(), "so": digits}).status_code == 303
    assert "Zalo, Android (phiên này)" in words_of(phone.get("/phien"))
    assert "mã sáu số" in words_of(phone.get("/phien"))
    assert browser(runtime).post("/p", {"phieu": short, "so": digits}).status_code == 403


def test_a_sheet_lets_in_again_and_again_for_14_days(mau: Machine, runtime: Runtime) -> None:
    officer = visit(runtime, "so-1")
    place = officer.post("/ban/dau-moi/htx-a-1/phieu").headers["location"]
    page = words_of(officer.get(place))
    found = re.search(r"mở: http://htx.example.vn/p/(\w{5}) Nhập mã số: (\d{3} \d{3})", page)
    assert found is not None, page
    for _ in range(2):
        phone = browser(runtime)
        assert phone.get(f"/p/{found[1]}").status_code == 200
        assert phone.written == []
        assert phone.post("/p", {"phieu": found[1], "so": found[2]}).headers["location"] == "/"
        assert "liên kết trong thư hoặc phiếu" in words_of(phone.get("/phien"))
    mau.later(days=14)
    assert phone.get("/viec").status_code == 303
    assert browser(runtime).post("/p", {"phieu": found[1], "so": found[2]}).status_code == 403
    assert visit(runtime, "so-1").get(place).status_code == 404


def test_the_qr_code_holds_the_short_address_and_is_guarded(runtime: Runtime) -> None:
    officer = visit(runtime, "so-1")
    place = officer.post("/ban/dau-moi/htx-a-1/phieu").headers["location"]
    drawn = officer.get(f"{place}/qr.svg")
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert drawn.text.count("<svg") == 1
    assert "script" not in drawn.text
    assert browser(runtime).get(f"{place}/qr.svg").status_code == 303
    assert visit(runtime, "huyen-a-1").get(f"{place}/qr.svg").status_code == 200
    assert visit(runtime, "htx-a-1").get(f"{place}/qr.svg").status_code == 404


def test_five_wrong_tries_lock_a_sheet_and_unknown_ones_look_the_same(runtime: Runtime) -> None:
    officer, phone = visit(runtime, "so-1"), browser(runtime)
    place = officer.post("/ban/dau-moi/htx-a-1/phieu").headers["location"]
    found = re.search(r"/p/(\w{5}) Nhập mã số: (\d{3} \d{3})", words_of(officer.get(place)))
    assert found is not None
    wrong = "111111" if found[2] != "111 111" else "222222"
    said = {
        short: [words_of(phone.post("/p", {"phieu": short, "so": wrong})) for _ in range(6)]
        for short in (found[1], "22222")
    }
    assert "Phiếu này đã bị khóa vì nhập sai 05 lần." in said[found[1]][-1]
    assert said[found[1]] == said["22222"]
    assert browser(runtime).post("/p", {"phieu": found[1], "so": found[2]}).status_code == 403


def test_a_message_to_copy_reuses_the_living_sheet(mau: Machine, runtime: Runtime) -> None:
    mau.change_contact("so-1", phone="0260 000 0000")
    officer = visit(runtime, "so-1")
    sheet = officer.post("/ban/dau-moi/htx-a-1/phieu").headers["location"]
    assert officer.post("/ban/dau-moi/htx-a-1/loi-nhan").headers["location"] == f"{sheet}#loi-nhan"
    said = words_of(officer.get(sheet))
    assert (
        "Kính gửi HTX A: đề nghị nộp nhiệm vụ R.htx năm 2025, chậm nhất thứ Hai 15/12/2025. Điền trên điện thoại:"
        in said
    )
    assert "Cần giúp: 0260 000 0000." in said
    district = officer.post("/ban/dau-moi/huyen-a-1/loi-nhan").headers["location"].removesuffix("#loi-nhan")
    assert "KH mẫu - UBND huyện A: 01 việc hạn thứ Năm 18/12/2025 (Nhiệm vụ R.huyen năm 2025). Chi tiết:" in words_of(
        officer.get(district)
    )


def test_revoking_ends_links_sheets_codes_and_what_they_opened(mau: Machine, runtime: Runtime) -> None:
    officer, phone, desk = visit(runtime, "so-1"), visit(runtime, "htx-a-1", "link"), visit(runtime, "htx-a-1")
    officer.post("/ban/dau-moi/htx-a-1/phieu")
    assert officer.post("/ban/dau-moi/htx-a-1/thu-hoi").headers["location"] == "/ban/dau-moi?xong=thu-hoi"
    assert phone.get("/viec").status_code == 303
    assert desk.get("/phien").status_code == 200
    with mau.database.reading() as session:
        assert access.list_living(session, ("sheet",), mau.now, None, 10) == []
    assert ("so-1#1", "links.revoke", "contact/htx-a-1") in acts(mau)


def test_a_district_makes_sheets_for_its_own_cooperatives_only(runtime: Runtime) -> None:
    district = visit(runtime, "huyen-a-1")
    assert "HTX A" in words_of(district.get("/ban/dau-moi"))
    assert "Sở Mẫu" not in Page(district.get("/ban/dau-moi")).words.split("Đầu mối đang làm nhiệm vụ")[1]
    assert district.post("/ban/dau-moi/htx-a-1/phieu").status_code == 303
    assert district.post("/ban/dau-moi/htx-a-1/doc-ma").status_code == 403
    assert district.post("/ban/dau-moi/so-1/phieu").status_code == 404
    assert visit(runtime, "htx-a-1").get("/ban/dau-moi").status_code == 403
    assert visit(runtime, "so-1", "link").get("/ban/dau-moi").status_code == 303


def test_nobody_reads_out_rights_he_has_not_himself(mau: Machine, runtime: Runtime) -> None:
    mau.change_contact("huyen-a-1", admin=True)
    mau.change_contact("htx-a-1", approves=True)
    officer = visit(runtime, "so-1")
    for code in ("huyen-a-1", "htx-a-1"):
        assert officer.post(f"/ban/dau-moi/{code}/doc-ma").status_code == 403
    mau.change_contact("so-1", admin=True)
    assert officer.post("/ban/dau-moi/huyen-a-1/doc-ma").status_code == 200


def test_contacts_are_found_without_marks_in_few_queries(runtime: Runtime) -> None:
    officer = visit(runtime, "so-1")
    answer = officer.get("/ban/dau-moi?tim=hop tac xa a")
    assert officer.queries <= 12
    assert "HTX A" in words_of(answer)
    assert "huyen-a@example.vn" not in answer.text


# The first administrator


def an_administrator(machine: Machine) -> str:
    with machine.transaction() as session:
        new = NewContact("quan-tri", "so", "quantri@example.vn", "Phạm Văn Mẫu", admin=True)
        number = contacts.add(session, new, "system", machine.now, machine.today)
        return codes.invite(session, number, "system", machine.now)


def test_the_first_administrator_comes_in_by_a_link_once(mau: Machine, runtime: Runtime, stranger: Client) -> None:
    link = f"/m/{an_administrator(mau)}"
    assert "Phạm Văn Mẫu" in words_of(stranger.get(link))
    assert stranger.written == []
    assert stranger.post(link).status_code == 303
    assert stranger.get("/phien/tat-ca").status_code == 200
    answer = browser(runtime).post(link)
    assert (answer.status_code, "đã được dùng hoặc hết hiệu lực" in words_of(answer)) == (410, True)


def test_the_first_administrators_link_ends_after_a_day(mau: Machine, stranger: Client) -> None:
    link = f"/m/{an_administrator(mau)}"
    mau.later(hours=24)
    assert stranger.get(link).status_code == 410
    assert stranger.post(link).status_code == 410


def test_a_way_in_that_was_used_meanwhile_opens_nothing(mau: Machine, runtime: Runtime) -> None:
    key = runtime.sender().signing_key
    with mau.transaction() as session:
        made = codes.read_aloud(session, number_of(mau, "huyen-a-1"), key, "so-1", mau.now)
    with mau.database.reading() as session:
        way = codes.check(session, made.short, made.digits, key, mau.now)
    assert way is not None
    with mau.transaction() as session:
        assert codes.enter(session, way, way.contact_ids[0], mau.now, last_token="", browser="")
    with mau.transaction() as session, pytest.raises(NotAllowed):
        codes.enter(session, way, way.contact_ids[0], mau.now, last_token="", browser="")


def test_only_hashes_are_kept(mau: Machine, runtime: Runtime) -> None:
    key = runtime.sender().signing_key
    with mau.transaction() as session:
        made = codes.make_sheet(session, number_of(mau, "htx-a-1"), key, "so-1", mau.now)
        row = access.find(session, visits.hashed(made.short))
        again = codes.get_sheet(session, made.number, key, mau.now)
    assert row is not None
    assert made.digits not in str(row)
    assert made.short not in str(row)
    assert again == made
