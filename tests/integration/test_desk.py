"""The desk of the lead officer as a browser sees it, and the acts behind it. On both databases."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import select

from htx_workflow.domain.plan import Plan
from htx_workflow.runtime import Runtime
from htx_workflow.services import desk
from htx_workflow.settings import load_settings
from htx_workflow.store import desk_rows
from htx_workflow.store.database import Database
from htx_workflow.store.documents import DocumentRef
from htx_workflow.store.tables import table
from tests.commands import PLAN, htx_here
from tests.factories import a_plan
from tests.machine import Machine, MachineClock, a_document
from tests.portal import Client, visit, words_of

HTX, HUYEN = "tinh-mau/R.htx/htx-a/2025", "tinh-mau/R.huyen/huyen-a/2025"
PAGES = (
    "/ban", "/ban/viec", "/ban/kiem-tra", "/ban/du-thao", "/ban/ai-chua-gui", "/ban/dot", "/ban/goi",
    "/ban/nhat-ky-goi", "/ban/van-ban", "/ban/thu-sap-toi", "/ban/thu-loi", "/ban/mot-trang", "/ban/bieu-do",
    "/ban/hoi-cuu",
)  # fmt: skip
MOST_QUERIES = 12


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """Pages are read on both databases in test_pages_on_both_databases."""
    return sqlite_database


@pytest.fixture
def runtime(machine: Machine) -> Runtime:
    return Runtime(load_settings(), MachineClock(machine), machine.database)


@pytest.fixture
def lived(machine: Machine) -> Machine:
    """The small plan on Tuesday 16/12/2025: the cooperative is a day late, the district's turn is near."""
    machine.load(a_plan(), on=date(2025, 1, 2))
    return machine.at(date(2025, 12, 16))


@pytest.fixture
def officer(lived: Machine, runtime: Runtime) -> Client:
    return visit(runtime, "so-1")


def number_of(machine: Machine, key: str) -> int:
    return machine.row(key).id


def paper(number: str = "12/BC-HTX", dated: date = date(2025, 12, 12), issuer: str = "htx-a") -> DocumentRef:
    return DocumentRef(number, dated, issuer)


# Numbers


def tallies_of(machine: Machine, code: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the desk counts and what the status says, by agency."""
    with machine.database.reading() as session:
        seen = desk.sight_of(session, code, machine.today, machine.calendar)
        found = desk_rows.tallies(session, seen.loaded.id, list(seen.duties), machine.today, None)
        ours = {seen.agencies[number].code: (tally.boxes, tally.original) for number, tally in found.items()}
    theirs = {agency: (counts.boxes, counts.original) for agency, counts in machine.status(code=code).by_agency.items()}
    return ours, theirs


def test_the_desk_counts_as_the_status_does_on_a_lived_machine(machine: Machine, kontum: Plan) -> None:
    machine.load(kontum, on=date(2024, 10, 23))
    machine.at(date(2024, 11, 20)).adopt(document=a_document())
    machine.at(date(2024, 12, 14)).finish("kontum-3819/R.htx/htx-rangdong/2024")
    machine.at(date(2024, 12, 17)).finish("kontum-3819/R.htx/htx-saunhung/2024")
    machine.submit("kontum-3819/R.htx/htx-thanhnien/2024")
    machine.at(date(2024, 12, 30))
    ours, theirs = tallies_of(machine, "kontum-3819")
    assert ours == theirs
    assert sum(boxes["done_late"] for boxes, _ in ours.values()) > 0
    assert sum(boxes["open_overdue"] for boxes, _ in ours.values()) > 0


def test_a_year_shows_its_own_work_and_what_has_no_year(lived: Machine) -> None:
    with lived.database.reading() as session:
        seen = desk.sight_of(session, "tinh-mau", lived.today, lived.calendar)
        of_year = desk_rows.tallies(session, seen.loaded.id, list(seen.duties), lived.today, 2025)
        of_another = desk_rows.tallies(session, seen.loaded.id, list(seen.duties), lived.today, 2024)
        whole = desk_rows.tallies(session, seen.loaded.id, list(seen.duties), lived.today, None)
    assert of_year == whole
    assert sum(sum(tally.boxes.values()) for tally in of_another.values()) == 1  # N.1 is standing


# Pages


@pytest.mark.parametrize("path", PAGES)
def test_a_page_reads_little_and_writes_nothing(officer: Client, path: str) -> None:
    officer.get(path)  # the first time the mail to come is made on a copy, and kept
    answer = officer.get(path)
    assert (answer.status_code, officer.written) == (200, [])
    assert officer.queries <= MOST_QUERIES


@pytest.mark.parametrize("path", PAGES)
def test_a_district_and_a_cooperative_have_no_desk(lived: Machine, runtime: Runtime, path: str) -> None:
    statuses = [visit(runtime, contact).get(path).status_code for contact in ("huyen-a-1", "htx-a-1")]
    assert statuses == ([200, 200] if path == "/ban/kiem-tra" else [403, 403])


@pytest.mark.parametrize("path", PAGES)
def test_a_link_does_not_open_the_desk(lived: Machine, runtime: Runtime, path: str) -> None:
    answer = visit(runtime, "so-1", "link").get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/vao?")


def test_the_matrix_names_who_is_late_without_red_for_a_cooperative(officer: Client) -> None:
    page = officer.get("/ban").text
    assert 'class="amber"' in page
    assert "Đã qua ngày nộp" in page
    assert 'class="red"' not in page


def test_who_has_not_sent_is_a_sentence_to_copy(officer: Client) -> None:
    assert "00/01 hợp tác xã đã nộp; chưa nộp: HTX A." in words_of(officer.get("/ban/ai-chua-gui?viec=R.htx/2025"))


def test_a_list_is_found_without_marks(officer: Client) -> None:
    found = words_of(officer.get("/ban/viec?tim=huyen+a&tinh_trang=tat-ca"))
    assert "Nhiệm vụ R.huyen" in found
    assert "Nhiệm vụ R.htx năm" not in found


def test_another_plan_is_not_there(officer: Client) -> None:
    assert officer.get("/ban?kh=khac").status_code == 404


# Checking


def test_the_district_accepts_what_its_cooperative_handed_in(lived: Machine, runtime: Runtime) -> None:
    lived.submit(HTX)
    district = visit(runtime, "huyen-a-1")
    assert "Nhiệm vụ R.htx" in words_of(district.get("/ban/kiem-tra"))
    answer = district.post("/ban/kiem-tra", {"viec": str(number_of(lived, HTX))})
    assert answer.headers["location"] == "/ban/kiem-tra?xong=chap-nhan"
    assert lived.row(HTX).standing.state == "done"


def test_nobody_accepts_his_own_work(lived: Machine, runtime: Runtime) -> None:
    lived.submit(HTX)
    assert visit(runtime, "htx-a-1").post("/ban/kiem-tra", {"viec": str(number_of(lived, HTX))}).status_code == 404
    assert lived.row(HTX).standing.state == "submitted"


def test_the_day_of_the_paper_counts_in_one_click_and_both_days_stay(lived: Machine, officer: Client) -> None:
    lived.submit(HTX, document=paper(), sent_on=lived.today)
    assert lived.row(HTX).standing.submitted_on == date(2025, 12, 16)
    officer.post("/ban/kiem-tra", {"mot": f"{number_of(lived, HTX)}/van-ban"})
    assert lived.row(HTX).standing.submitted_on == date(2025, 12, 12)
    notes = [change.note for change in lived.history(HTX) if change.act == "sent-day"]
    assert notes == ["ghi nhận ngày gửi 12/12/2025 theo văn bản; nhập ngày 16/12/2025"]


def test_a_day_that_no_paper_names_is_left_alone(lived: Machine, officer: Client) -> None:
    lived.submit(HTX)
    officer.post("/ban/kiem-tra", {"mot": f"{number_of(lived, HTX)}/van-ban"})
    assert lived.row(HTX).standing.submitted_on == date(2025, 12, 16)


def test_given_back_with_a_sentence_and_a_day_it_is_told_by_mail(lived: Machine, officer: Client) -> None:
    lived.submit(HTX)
    number = number_of(lived, HTX)
    refused = officer.post(f"/ban/kiem-tra/{number}", {"cach": "bo-sung", "ly_do": "", "tra_loi": "19/12/2025"})
    assert (refused.status_code, 'value="19/12/2025"' in refused.text) == (400, True)
    officer.post(f"/ban/kiem-tra/{number}", {"cach": "bo-sung", "ly_do": "thiếu biểu 2", "tra_loi": "19/12/2025"})
    assert lived.row(HTX).standing.state == "open"
    (mail,) = [row for row in lived.messages() if row.kind == "returned"]
    assert "thiếu biểu 2" in mail.body_text
    assert "bổ sung" in words_of(officer.get("/ban/viec?tinh_trang=bo-sung"))


# Entering for another


def enter(client: Client, number: int, **fields: str) -> Any:
    given = {"so_van_ban": "", "ngay_van_ban": "12/12/2025", "ngay_gui": "13/12/2025", "kenh": "hand", **fields}
    return client.post(f"/ban/nhap-thay/{number}", given)


def test_a_paper_that_came_another_way_is_entered_marked_and_told(lived: Machine, officer: Client) -> None:
    assert enter(officer, number_of(lived, HTX)).status_code == 303
    change = lived.history(HTX)[-1]
    assert (change.act, change.on_behalf, change.submitted_on) == ("submit", True, date(2025, 12, 13))
    (mail,) = [row for row in lived.messages() if row.kind == "recorded"]
    assert "Đã ghi nhận thay HTX A" in " ".join(mail.body_text.split())
    assert "đính chính" in mail.body_text


def test_an_agency_needs_a_number_and_nothing_typed_is_lost(lived: Machine, officer: Client) -> None:
    answer = enter(officer, number_of(lived, "tinh-mau/R.huyen/huyen-a/2025"), ghi_chu="bản giấy")
    assert answer.status_code == 400
    assert "bản giấy" in answer.text


def test_a_district_enters_for_its_own_cooperative_only(lived: Machine, runtime: Runtime) -> None:
    district = visit(runtime, "huyen-a-1")
    assert enter(district, number_of(lived, HTX)).status_code == 303
    assert enter(district, number_of(lived, "tinh-mau/N.2/so/2025")).status_code == 404


# Chasing


def test_chasing_is_seen_before_it_is_sent_and_said_once_a_day(lived: Machine, officer: Client) -> None:
    work = {"viec": str(number_of(lived, HTX))}
    assert "HTX A" in words_of(officer.post("/ban/don-doc", work))
    assert officer.queries <= MOST_QUERIES
    assert [row.kind for row in lived.messages()] == []
    assert officer.post("/ban/don-doc", {**work, "gui": "1", "them": "Cần hỗ trợ thì gọi"}).status_code == 303
    again = officer.post("/ban/don-doc", {**work, "gui": "1"})
    assert (again.status_code, "Vẫn gửi thêm" in again.text) == (403, True)
    assert officer.post("/ban/don-doc", {**work, "gui": "1", "van_gui": "1"}).status_code == 303
    mails = [row for row in lived.messages() if row.kind == "chase"]
    assert [mail.key for mail in mails] == ["chase/htx-a-1/2025-12-16/1", "chase/htx-a-1/2025-12-16/2"]
    assert "nộp 01 việc" in " ".join(mails[0].body_text.split())
    assert "Cần hỗ trợ thì gọi." in mails[0].body_text


def test_a_call_with_a_promised_day_stands_in_the_log(lived: Machine, officer: Client) -> None:
    number = number_of(lived, HTX)
    said = {"gap": "bà A", "ngay": "16/12/2025", "gio": "7 giờ 30", "noi_dung": "đang ký", "hen": "18/12/2025"}
    assert officer.post(f"/ban/goi/{number}", said).status_code == 303
    log = words_of(officer.get("/ban/nhat-ky-goi"))
    assert "bà A gọi lúc 07 giờ 30 ngày 16/12/2025; đang ký 18/12/2025" in log
    assert "HTX A (hẹn 18/12)" in words_of(officer.get("/ban/ai-chua-gui?viec=R.htx/2025"))


def test_a_call_without_who_was_met_is_asked_again(lived: Machine, officer: Client) -> None:
    answer = officer.post(f"/ban/goi/{number_of(lived, HTX)}", {"gap": " ", "noi_dung": "máy bận"})
    assert (answer.status_code, "máy bận" in answer.text) == (400, True)


# Entering the past


def filled(client: Client, **cells: tuple[Any, Any, Any]) -> bytes:
    """The sheet as people send it back: number, day and sending day by key."""
    book = load_workbook(io.BytesIO(client.get("/ban/hoi-cuu?tep=xlsx").content))
    page = book["Hồi cứu"]
    for row in page.iter_rows(min_row=1):
        values = cells.get(str(row[0].value).replace("/", "_").replace(".", "_").replace("-", "_"))
        if values:
            row[4].value, row[5].value, row[6].value = values
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def upload(client: Client, body: bytes) -> Any:
    return client.post("/ban/hoi-cuu", {"kh": "tinh-mau"}, files={"tep": ("hoi-cuu.xlsx", body)})


def test_the_past_comes_from_one_sheet_and_is_judged_on_the_days_of_its_papers(lived: Machine, officer: Client) -> None:
    body = filled(
        officer,
        tinh_mau_R_htx_htx_a_2025=("12/BC-HTX", date(2025, 12, 12), None),
        tinh_mau_R_huyen_huyen_a_2025=("15/BC-UBND", "14/12/2025", "15/12/2025"),
    )
    shown = upload(officer, body)
    assert "Sẽ ghi 02 việc" in words_of(shown)
    lines = re.search(r'name="dong" value="([^"]*)"', shown.text)
    assert lines is not None
    text = lines[1].replace("&#34;", '"')
    assert officer.post("/ban/hoi-cuu/ghi", {"kh": "tinh-mau", "dong": text}).status_code == 303
    assert [lived.row(key).standing.state for key in (HTX, HUYEN)] == ["done", "done"]
    assert {change.retrospective for change in lived.history(HUYEN)[1:]} == {True}
    assert lived.status(date(2025, 12, 13)).by_agency["htx-a"].boxes["done_on_time"] == 1
    assert lived.messages() == []


def test_every_wrong_cell_is_named_at_once_and_nothing_is_written(lived: Machine, officer: Client) -> None:
    body = filled(
        officer,
        tinh_mau_R_htx_htx_a_2025=("12/BC-HTX", "31/11/2025", None),
        tinh_mau_R_huyen_huyen_a_2025=(None, "20/12/2025", None),
    )
    answer = upload(officer, body)
    said = words_of(answer)
    assert answer.status_code == 400
    assert "chưa ô nào được ghi" in said
    assert "Hồi cứu!F" in said
    assert "31/11/2025" in said
    assert "chưa có số, ký hiệu văn bản" in said
    assert lived.row(HTX).standing.state == "open"


def test_a_file_that_is_no_sheet_is_refused_in_words(officer: Client) -> None:
    answer = upload(officer, b"%PDF-1.4")
    assert (answer.status_code, "không phải bảng tính" in answer.text) == (400, True)


# Files


def test_a_list_is_a_typed_sheet_with_real_days(officer: Client) -> None:
    body = officer.get("/ban/viec?tinh_trang=tat-ca&tep=xlsx").content
    page = load_workbook(io.BytesIO(body)).worksheets[0]
    days = [cell.value for row in page.iter_rows(min_row=4) for cell in row if cell.is_date]
    assert days
    assert (page.page_setup.orientation, page.page_setup.paperSize, page.freeze_panes) == ("landscape", 9, "A4")


def text_of(body: bytes) -> str:
    document = Document(io.BytesIO(body))
    cells = [cell.text for each in document.tables for row in each.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_a_letter_has_the_letterhead_and_no_number_or_name(officer: Client) -> None:
    text = text_of(officer.get("/ban/van-ban/don-doc?co_quan=huyen-a").content).replace("\u00a0", " ")
    assert "SỞ MẪU" in text
    assert "UBND TỈNH MẪU" in text
    assert "Kính gửi: Ủy ban nhân dân huyện A." in text
    assert "Số:      /" in text
    assert "./." in text
    assert "{" not in text
    assert "[[" not in text


def test_a_letter_to_a_cooperative_asks_softly(officer: Client) -> None:
    text = text_of(officer.get("/ban/van-ban/don-doc?co_quan=htx-a").content)
    assert "đề nghị nộp kết quả" in text
    assert "đôn đốc" not in text


def test_cooperatives_do_not_stand_in_the_letter_to_all_nor_in_the_report(lived: Machine, officer: Client) -> None:
    lived.at(date(2025, 12, 22))
    for kind in ("don-doc", "bao-cao-qua-han"):
        text = text_of(officer.get(f"/ban/van-ban/{kind}").content)
        assert "UBND huyện A" in text
        assert "HTX A" not in text


def test_a_letter_with_nothing_to_say_says_so(officer: Client) -> None:
    answer = officer.get("/ban/van-ban/an-dinh-thoi-han?co_quan=htx-a")
    assert (answer.status_code, officer.queries <= MOST_QUERIES) == (400, True)


def test_the_leaders_page_says_what_is_not_known(officer: Client) -> None:
    said = words_of(officer.get("/ban/mot-trang"))
    assert "Số liệu chốt lúc 07 giờ 30 ngày 16/12/2025." in said
    assert "Chưa có số liệu kinh phí" in said
    assert "Ý kiến chỉ đạo" in text_of(officer.get("/ban/mot-trang?tep=docx").content)


def test_the_mail_to_come_is_kept_until_it_is_asked_anew(lived: Machine, officer: Client) -> None:
    first = words_of(officer.get("/ban/thu-sap-toi"))
    assert "Tính lúc 07 giờ 30" in first
    lived.later(hours=2)
    assert "Tính lúc 07 giờ 30" in words_of(officer.get("/ban/thu-sap-toi"))
    officer.post("/ban/thu-sap-toi", {"kh": "tinh-mau"})
    assert "Tính lúc 09 giờ 30" in words_of(officer.get("/ban/thu-sap-toi"))


# Approving


def test_only_who_may_approve_sends_a_draft_to_the_province(lived: Machine, runtime: Runtime, officer: Client) -> None:
    answer = officer.post("/ban/du-thao", {"kh": "tinh-mau", "thu": "province/tinh-mau/2025-12-16/1"})
    assert answer.status_code == 403
    lived.change_contact("so-1", approves=True)
    answer = visit(runtime, "so-1").post("/ban/du-thao", {"kh": "tinh-mau", "thu": "province/tinh-mau/2025-12-16/1"})
    assert (answer.status_code, "Không có dự thảo" in words_of(answer)) == (400, True)


def test_an_act_is_audited_with_codes_only(lived: Machine, officer: Client) -> None:
    officer.post(f"/ban/goi/{number_of(lived, HTX)}", {"gap": "bà A", "noi_dung": "đang ký"})
    events = table("audit_event")
    with lived.database.reading() as session:
        found = session.execute(select(events.c.detail).where(events.c.act == "work.call")).scalars().all()
    assert found == ["{}"]


def test_the_command_line_says_who_has_not_sent() -> None:
    assert htx_here("plan", "load", str(PLAN), "--on", "2024-10-23", today="2024-10-23").code == 0
    done = htx_here("status", "kontum-3819", "--who", "R.htx", "2024", today="2024-12-17")
    assert done.code == 0, done.err
    assert re.match(r"Đến \d\d giờ \d\d ngày 17/12/2024: 00/05 hợp tác xã đã nộp; chưa nộp: ", done.out)
