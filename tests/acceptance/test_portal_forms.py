"""Forms as pages: opened, saved group by group, two tabs, another version of the form meanwhile, Excel, sent."""

from __future__ import annotations

import io
import json
import re
from datetime import date

import httpx
import pytest
from openpyxl import load_workbook
from sqlalchemy import select, update

from htx_workflow.domain.plan import Plan
from htx_workflow.gateways import form_files
from htx_workflow.runtime import Runtime
from htx_workflow.services import report_drafts
from htx_workflow.settings import load_settings
from htx_workflow.store import occurrences as store
from htx_workflow.store.tables import table
from tests.file_samples import a_pdf
from tests.machine import Machine, MachineClock
from tests.portal import Client, Page, visit, words_of
from tests.scoring import FACTS, Scores, typed

CODE = "kontum-3819"
AGENCY = f"{CODE}/R.agency/huyen-konplong/2024"
HTX = f"{CODE}/R.htx/htx-tumorong/2024"
DAY = date(2024, 12, 16)
MOST = 12


@pytest.fixture
def portal(sqlite_machine: Machine, kontum: Plan) -> Runtime:
    sqlite_machine.load(kontum, on=date(2024, 10, 23))
    sqlite_machine.at(DAY)
    return Runtime(load_settings(), MachineClock(sqlite_machine), sqlite_machine.database)


def number(runtime: Runtime, key: str) -> int:
    with runtime.reading() as session:
        return store.get_rows(session, [key])[0].id


def opened(runtime: Runtime, key: str = AGENCY, contact: str = "konplong-tckh") -> tuple[Client, str]:
    """A browser with the form of this work open: its address."""
    browser = visit(runtime, contact, "link")
    answer = browser.post(f"/viec/{number(runtime, key)}/mo-bieu")
    assert answer.status_code == 303, words_of(answer)[:500]
    return browser, answer.headers["location"]


def get(browser: Client, path: str) -> Page:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text[:2000]
    assert browser.queries <= MOST, "\n".join(browser.statements)
    assert browser.written == []
    return Page(answer)


def values_of(page: Page) -> dict[str, str]:
    """What stands in the boxes of a page."""
    return {field["name"]: field.get("value", "") for field in page.all("input") if "name" in field}


def draft(machine: Machine) -> dict[str, object]:
    with machine.database.reading() as session:
        body = session.execute(select(table("report").c.draft)).scalar_one()
    found: dict[str, object] = json.loads(body)
    return found


def sent_to(answer: httpx.Response, done: str) -> None:
    assert answer.status_code == 303, words_of(answer)[:800]
    assert f"xong={done}" in answer.headers["location"]


HEAD = {"phan": "H", "phien_ban": "0", "H3a": "15/12/2023", "H3b": "14/12/2024", "H5": "uoc"}


def test_a_form_is_opened_once_from_its_work(portal: Runtime) -> None:
    browser, path = opened(portal)
    assert opened(portal)[1] == path
    page = get(browser, path)
    assert "Báo cáo năm kết quả thực hiện Kế hoạch" in page.words
    assert "Ủy ban nhân dân huyện Kon Plông" in page.words
    work = get(browser, f"/viec/{number(portal, AGENCY)}")
    assert path in [link["href"] for link in work.all("a")]


def test_every_section_is_a_page_of_few_queries(portal: Runtime) -> None:
    browser, path = opened(portal)
    tabs = re.findall(r'href="(/bieu/\d+\?phan=[^"]+)"', browser.get(path).text)
    assert len(tabs) > 8
    for tab in dict.fromkeys(tabs):
        get(browser, tab)


def test_a_group_is_saved_alone_and_read_back(portal: Runtime, sqlite_machine: Machine) -> None:
    browser, path = opened(portal)
    sent_to(browser.post(f"{path}/nhom/dau", HEAD), "luu")
    page = get(browser, f"{path}?phan=H")
    assert values_of(page)["H3a"] == "15/12/2023"
    assert "đã lưu lúc 07 giờ 30 ngày 16/12/2024" in page.words
    assert draft(sqlite_machine)["H3a"] == "2023-12-15"
    with sqlite_machine.database.reading() as session:
        taken = session.execute(
            select(table("occurrence").c.taken_at).where(table("occurrence").c.key == AGENCY)
        ).scalar_one()
    assert taken is not None


def test_what_cannot_be_read_is_kept_and_said_beside_the_field(portal: Runtime) -> None:
    browser, path = opened(portal)
    browser.post(f"{path}/nhom/dau", {**HEAD, "H3a": "31/11/2023"})
    page = get(browser, f"{path}?phan=H")
    assert values_of(page)["H3a"] == "31/11/2023"
    assert "Có 01 chỗ cần sửa" in page.words
    assert page.words.count("tháng 11 có 30 ngày") == 2


def test_saving_in_the_background_tells_the_version(portal: Runtime) -> None:
    browser, path = opened(portal)
    fields = {"dau": browser.mark, **HEAD}
    answer = browser.ask("POST", f"{path}/nhom/dau", data=fields, headers={"X-Autosave": "1"})
    assert (answer.status_code, answer.headers["x-draft-version"]) == (204, "1")
    again = browser.ask(
        "POST", f"{path}/nhom/dau", data={**fields, "phien_ban": "1", "H5": "chinh-thuc"}, headers={"X-Autosave": "1"}
    )
    assert (again.status_code, again.headers["x-draft-version"]) == (204, "2")


# Two tabs


def test_a_draft_from_a_second_tab_is_kept_beside_and_shown_never_merged(
    portal: Runtime, sqlite_machine: Machine
) -> None:
    browser, path = opened(portal)
    sent_to(browser.post(f"{path}/nhom/dau", HEAD), "luu")
    sent_to(browser.post(f"{path}/nhom/dau", {**HEAD, "H3a": "01/01/2024"}), "luu-ben")
    assert draft(sqlite_machine)["H3a"] == "2023-12-15"
    page = get(browser, f"{path}?phan=H")
    assert "sửa lúc 07 giờ 30. Phần anh/chị vừa nhập được giữ ở cột bên phải để so sánh." in page.words
    assert "01/01/2024" in page.words
    (aside,) = re.findall(r'action="(/bieu/\d+/ben/\d+)"', browser.get(path).text)[:1]
    sent_to(browser.post(aside, {"dung": "1", "phan": "H"}), "ben-dung")
    assert draft(sqlite_machine)["H3a"] == "2024-01-01"
    assert "để so sánh" not in get(browser, f"{path}?phan=H").words
    assert browser.post(aside, {"dung": "1"}).status_code == 404


def test_the_same_group_pressed_twice_is_saved_once(portal: Runtime) -> None:
    browser, path = opened(portal)
    for _ in range(2):
        sent_to(browser.post(f"{path}/nhom/dau", HEAD), "luu")
    assert "để so sánh" not in get(browser, f"{path}?phan=H").words


def test_two_groups_in_two_tabs_do_not_meet(portal: Runtime, sqlite_machine: Machine) -> None:
    browser, path = opened(portal)
    sent_to(browser.post(f"{path}/nhom/dau", HEAD), "luu")
    sent_to(browser.post(f"{path}/nhom/lap-bieu", {"phien_ban": "0", "N1a": "Trần Văn Mẫu"}), "luu")
    assert (draft(sqlite_machine)["H3a"], draft(sqlite_machine)["N1a"]) == ("2023-12-15", "Trần Văn Mẫu")


# Tables, files, money


def test_rows_are_added_by_a_button_and_money_is_said_in_words(portal: Runtime, sqlite_machine: Machine) -> None:
    browser, path = opened(portal)
    form = form_files.form_of(portal.settings.home / "config" / "forms", "F-A")
    section, group, money = next(
        (section.id, group.id, one)
        for section in form.sections
        for group in section.groups
        for one in group.fields
        if one.type == "table" and not one.rows and any(cell.type == "money" for cell in one.columns)
    )
    cell = next(cell for cell in money.columns if cell.type == "money")  # type: ignore[union-attr]  # a table
    answer = browser.post(
        f"{path}/nhom/{group}",
        {"phan": section, "phien_ban": "0", f"{money.id}:1:{cell.id}": "2.500", "them": money.id},
    )
    sent_to(answer, "luu")
    page = get(browser, answer.headers["location"].partition("&nhom=")[0])
    assert f"{money.id}:7:{cell.id}" in values_of(page)
    assert "= 2 tỷ 500 triệu đồng" in page.words
    held = draft(sqlite_machine)[money.id]
    assert isinstance(held, dict)
    assert [row[cell.id] for row in held["rows"]] == [2_500_000_000]


def test_a_file_of_a_group_is_kept_with_its_field(portal: Runtime, sqlite_machine: Machine) -> None:
    browser, path = opened(portal)
    answer = browser.post(
        f"{path}/nhom/ky-gui", {"phan": "N", "phien_ban": "0"}, {"N3t~tep": ("Bản ký.pdf", a_pdf(), "application/pdf")}
    )
    sent_to(answer, "luu")
    assert "Bản ký.pdf" in get(browser, f"{path}?phan=N").words
    assert draft(sqlite_machine)["N3t"] == [1]


# The form changes meanwhile


def test_a_form_changed_while_a_draft_is_open_keeps_what_fits_and_the_rest_beside(
    portal: Runtime, sqlite_machine: Machine
) -> None:
    browser, path = opened(portal)
    browser.post(f"{path}/nhom/dau", HEAD)
    form = form_files.form_of(portal.settings.home / "config" / "forms", "F-A")
    older = json.loads(form.model_dump_json(exclude_defaults=True))
    older["sections"][0]["groups"][0]["fields"].append({"id": "H9", "label": "Mục cũ", "type": "text"})
    older["version"] = "2024.9"
    with sqlite_machine.transaction() as session:
        session.execute(update(table("definition")).values(body=json.dumps(older), version="2024.9", sha256="0"))
        held = {**draft(sqlite_machine), "H9": "nội dung cũ"}
        session.execute(update(table("report")).values(draft=json.dumps(held)))
    page = get(browser, f"{path}?phan=H")
    assert "Biểu mẫu đã đổi từ lần lưu trước" in page.words
    assert "không còn trong biểu; nội dung đã nhập được giữ ở bên để đối chiếu." in page.words
    assert "Mục cũ" in page.words
    assert values_of(page)["H3a"] == "15/12/2023"
    answer = browser.post(f"{path}/nhom/dau", {**HEAD, "phien_ban": "1", "H9": "gõ trên trang cũ"})
    sent_to(answer, "luu")
    after = get(browser, f"{path}?phan=H")
    assert "nội dung cũ" in after.words
    assert "gõ trên trang cũ" in after.words
    assert "H9" not in draft(sqlite_machine)


# Excel


def test_a_form_goes_out_as_excel_and_comes_back_with_every_cell_that_is_wrong(
    portal: Runtime, sqlite_machine: Machine
) -> None:
    browser, path = opened(portal)
    browser.post(f"{path}/nhom/dau", HEAD)
    answer = browser.get(f"{path}/excel")
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(answer.content))
    sheet = book["Thông tin chung"]
    cells = {row[0].value: row[4] for row in sheet.iter_rows() if row[0].value}
    assert cells["H3a"].value is not None
    cells["H3a"].value, cells["H3b"].value = "31/11/2024", "32/13/2024"
    wrong = browser.post(f"{path}/excel", files={"tep": ("F-A.xlsx", _bytes(book), "")})
    assert wrong.status_code == 400
    assert "Tệp Excel có 02 ô cần sửa, chưa ô nào được ghi vào hệ thống" in words_of(wrong)
    cells["H3a"].value, cells["H3b"].value = "01/12/2023", "30/11/2024"
    sent_to(browser.post(f"{path}/excel", files={"tep": ("F-A.xlsx", _bytes(book), "")}), "excel")
    assert draft(sqlite_machine)["H3a"] == "2023-12-01"


def _bytes(book: object) -> bytes:
    out = io.BytesIO()
    book.save(out)  # type: ignore[attr-defined]  # a workbook
    return out.getvalue()


# Sending


def test_sending_says_everything_that_is_missing_at_once(portal: Runtime, sqlite_machine: Machine) -> None:
    browser, path = opened(portal)
    answer = browser.post(f"{path}/gui")
    assert answer.status_code == 400
    page = Page(answer)
    assert len([link for link in page.all("a") if link["href"].startswith(f"{path}?phan=") and "#" in link["href"]]) > 5
    assert sqlite_machine.row(AGENCY).standing.state == "open"


def test_a_form_without_gaps_is_sent_as_a_revision_and_closes_its_work(
    portal: Runtime, sqlite_machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, path = opened(portal)
    signed = {
        "phan": "N", "phien_ban": "0", "N2a": "Lê Văn Mẫu", "N2b": "kt", "N3~number": "45/BC-UBND",
        "N3~dated": "16/12/2024", "N4a": "16/12/2024", "N4b": "qlvb",
    }  # fmt: skip
    sent_to(browser.post(f"{path}/nhom/ky-gui", signed), "luu")
    monkeypatch.setattr(report_drafts, "check", lambda *_, **__: [])
    answer = browser.post(f"{path}/gui")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/viec/{number(portal, AGENCY)}?xong=gui")
    sent_to(browser.post(f"{path}/gui"), "da-gui")
    work = get(browser, f"/viec/{number(portal, AGENCY)}")
    assert "Báo cáo số 45/BC-UBND ngày 16/12/2024, hệ thống quản lý văn bản" in work.words
    with sqlite_machine.database.reading() as session:
        (revision,) = session.execute(select(table("report_revision"))).all()
    assert (revision.no, json.loads(revision.body)["N2a"]) == (1, "Lê Văn Mẫu")
    assert "chỉ để xem" in get(browser, path).words
    assert browser.post(f"{path}/nhom/dau", HEAD).status_code == 403
    assert [key for key, _ in sqlite_machine.outbox()] == [f"receipt/{AGENCY}/2/1"]


def test_who_receives_a_report_reads_what_was_sent_and_nobody_else_does(
    portal: Runtime, sqlite_machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, path = opened(portal, HTX, "tumorong-htx-ke-toan")
    district, stranger = visit(portal, "tumorong-tckh", "link"), visit(portal, "konplong-tckh", "link")
    assert district.get(path).status_code == 404
    monkeypatch.setattr(report_drafts, "check", lambda *_, **__: [])
    assert browser.post(f"{path}/gui", {"cach": "so-lieu"}).status_code == 303
    assert "chỉ để xem" in get(district, path).words
    assert stranger.get(path).status_code == 404
    assert stranger.post(f"{path}/nhom/dau", HEAD).status_code == 404


def test_a_report_waits_for_the_self_score_of_its_work_and_is_sent_once(
    portal: Runtime, sqlite_machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, path = opened(portal, HTX, "tumorong-htx-ke-toan")
    monkeypatch.setattr(report_drafts, "check", lambda *_, **__: [])
    sent_to(browser.post(f"{path}/gui"), "bao-cao-con-diem")
    sent_to(browser.post(f"{path}/gui"), "da-gui")
    assert sqlite_machine.row(HTX).standing.state == "open"
    work = words_of(browser.get(f"/viec/{number(portal, HTX)}"))
    assert "Báo cáo tình hình hoạt động : ✓ đã nộp Bảng tự chấm điểm : ○ chưa chấm" in work
    scores = Scores(sqlite_machine, period="2024")
    scores.open("htx-tumorong")
    scores.save("htx-tumorong", points=typed("A", "self"), facts=FACTS)
    card = f"/phieu/{CODE}/htx-tumorong/2024/final/self"
    sent_to(browser.post(f"{card}/gui", {"cach": "so-lieu"}), "da-nop")
    assert sqlite_machine.row(HTX).standing.state == "submitted"
