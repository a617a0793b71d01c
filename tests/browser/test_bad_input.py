"""What goes wrong every day: each ends in a sentence, and nothing typed is lost."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pytest
from playwright.sync_api import Page, Route

from htx_workflow.runtime import Runtime
from htx_workflow.web.app import create_app
from tests.browsing import Be, copied, no_serious_findings, picture, runtime_of, served, signed_in
from tests.file_samples import a_pdf

SNN_WORK, SATHAY_WORK, DAKTO_REPORT = "/viec/9", "/viec/46", "/viec/86"


@pytest.fixture(scope="module")
def runtime(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """One for all of these: each has an agency of its own."""
    opened = runtime_of(copied(demo, tmp_path_factory.mktemp("bad") / "var"))
    yield opened
    opened.database.close()


@pytest.fixture(scope="module")
def address(runtime: Runtime) -> Iterator[str]:
    with served(create_app(runtime)) as found:
        yield found


def problem(page: Page) -> str:
    return page.locator("[role=alert]").first.inner_text()


def to_send(page: Page, work: str, number: str) -> None:
    """The page that sends this work, filled."""
    page.goto(f"{work}/gui")
    page.locator("#ket_qua").fill("Kết quả mô phỏng, đã gõ dài.")
    page.get_by_label("Số, ký hiệu").fill(number)
    page.get_by_label("Ngày văn bản").fill("24/11/2025")


def send(page: Page) -> None:
    page.locator("main").get_by_role("button", name="Gửi báo cáo").click()


def test_a_button_pressed_twice_sends_once_and_so_does_going_back(be: Be, runtime: Runtime) -> None:
    page = be(None, java_script_enabled=False)
    signed_in(page, runtime, "snnptnt-dau-moi")
    to_send(page, SNN_WORK, "212/BC-SNN")
    page.locator("main").get_by_role("button", name="Gửi báo cáo").dblclick()
    page.wait_for_url("**/viec/9?xong=*")
    assert page.locator(".timeline strong").all_inner_texts().count("Đã gửi") == 1
    page.go_back()
    if page.url.endswith("/gui"):
        send(page)
    assert "Việc này đã gửi trước đó; không ghi nhận thêm lần nữa." in page.locator("[role=status]").inner_text()
    assert page.locator(".timeline strong").all_inner_texts().count("Đã gửi") == 1


def test_a_file_too_large_is_said_in_words_and_everything_else_is_kept(
    be: Be, runtime: Runtime, tmp_path: Path
) -> None:
    large = tmp_path / "Quét cả quyển sổ.pdf"
    with large.open("wb") as file:
        file.write(b"%PDF-1.7\n")
        file.truncate(60_000_000)
    page = be(None)
    signed_in(page, runtime, "sathay-tckh")
    to_send(page, SATHAY_WORK, "71/BC-UBND")
    page.locator("#tep").set_input_files(large)
    send(page)
    assert "Quét cả quyển sổ.pdf" in problem(page)
    assert "20 MB" in problem(page)
    assert page.locator("#ket_qua").input_value() == "Kết quả mô phỏng, đã gõ dài."
    assert page.get_by_label("Số, ký hiệu").input_value() == "71/BC-UBND"
    no_serious_findings(page)
    picture(page, "tep-qua-lon")


def test_a_vietnamese_file_name_of_200_letters_is_shown_whole_and_saved_as_long_as_disks_allow(
    be: Be, runtime: Runtime
) -> None:
    name = ("Báo cáo tổng kết Đề án và phương án nhân rộng mô hình hợp tác xã kiểu mới " * 3)[:196].strip() + ".pdf"
    page = be(None)
    signed_in(page, runtime, "sathay-tckh")
    page.goto(SATHAY_WORK)
    page.get_by_text("Gửi thêm tệp").click()
    page.locator("input[type=file]").last.set_input_files(
        {"name": name, "mimeType": "application/pdf", "buffer": a_pdf()}
    )
    page.get_by_role("button", name="Gửi tệp").click()
    assert "Đã nhận tệp." in page.locator("[role=status]").inner_text()
    kept = page.get_by_role("link", name=name)
    answer = page.request.get(kept.get_attribute("href") or "")
    saved = unquote(answer.headers["content-disposition"].rpartition("''")[2])
    assert name.startswith(saved.removesuffix(".pdf"))
    assert saved.endswith(".pdf")
    assert 150 < len(saved.encode()) <= 255


def test_what_was_typed_outlives_the_session(be: Be, runtime: Runtime) -> None:
    page = be("dakto-tckh")
    to_send(page, DAKTO_REPORT, "270/BC-UBND")
    cookies = [cookie for cookie in page.context.cookies() if cookie["name"] != "htx"]
    page.context.clear_cookies()
    page.context.add_cookies(cookies)  # type: ignore[arg-type]  # what the browser itself gave
    send(page)
    assert "Mọi nội dung đã nhập được giữ ở trang này" in page.locator("main").inner_text()
    no_serious_findings(page)
    picture(page, "het-phien")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Đăng nhập ở thẻ mới").click()
    opened.value.get_by_role("button", name="UBND huyện Đăk Tô").click()
    opened.value.wait_for_url("**/viec")
    page.get_by_role("button", name="Gửi lại").click()
    assert "Đã nhận" in page.locator("[role=status]").inner_text()
    assert "Báo cáo số 270/BC-UBND ngày 24/11/2025" in page.locator(".timeline li").first.inner_text()
    assert "Kết quả mô phỏng, đã gõ dài." in page.locator(".timeline li").first.inner_text()


def test_another_agencys_address_is_a_page_that_is_not_there(be: Be, runtime: Runtime) -> None:
    page = be("stc-dau-moi")
    answer = page.goto(SATHAY_WORK)
    assert answer is not None
    assert answer.status == 404
    assert page.get_by_role("link", name="Về trang chính").count() == 1
    no_serious_findings(page)


# A form


@pytest.fixture(scope="module")
def form(runtime: Runtime) -> dict[str, str]:
    """The address of the form of Sở Tài chính, once it was opened."""
    return {}


def opened_form(page: Page, form: dict[str, str], section: str) -> None:
    if not form:
        page.goto("/viec")
        page.get_by_role("link", name="Báo cáo năm 2025").first.click()
        page.get_by_role("button", name="Mở biểu mẫu").click()
        page.get_by_label("Họ và tên").fill("Phạm Thị Mẫu")
        page.get_by_role("button", name="Tiếp tục").click()
        page.wait_for_url("**/bieu/*")
        form["path"] = page.url.partition("?")[0]
    page.goto(f"{form['path']}?phan={section}")


def test_of_two_tabs_on_one_draft_the_second_is_kept_beside_and_shown(be: Be, form: dict[str, str]) -> None:
    page = be("stc-dau-moi", java_script_enabled=False)
    opened_form(page, form, "H")
    second = page.context.new_page()
    opened_form(second, form, "H")
    for tab, day in ((page, "14/12/2024"), (second, "15/12/2024")):
        tab.locator("[name=H3a]").fill(day)
        tab.locator("form", has=tab.locator("[name=H3a]")).get_by_role("button", name="Lưu nháp").click()
    assert second.locator("[name=H3a]").input_value() == "14/12/2024"
    aside = second.locator("aside").inner_text()
    assert "Phần anh/chị vừa nhập được giữ ở cột bên phải để so sánh." in aside
    assert "15/12/2024" in aside
    second.get_by_role("button", name="Dùng phần này").click()
    assert second.locator("[name=H3a]").input_value() == "15/12/2024"


def test_a_draft_saved_by_hand_while_it_saves_itself_is_not_taken_for_another_tab(be: Be, form: dict[str, str]) -> None:
    page = be("stc-dau-moi")
    opened_form(page, form, "N")

    def slowly(route: Route) -> None:
        answer = route.fetch()
        page.wait_for_timeout(300)
        route.fulfill(response=answer)

    group = page.locator("form", has=page.locator("[name=N1a]"))
    page.route("**/nhom/*", lambda route: slowly(route) if "x-autosave" in route.request.headers else route.fallback())
    for name, text in (("N1a", "Phạm Thị Mẫu"), ("N1b", "Chuyên viên")):
        group.locator(f"[name={name}]").fill(text)
        group.locator(f"[name={name}]").blur()
    group.get_by_role("button", name="Lưu nháp").click()
    page.get_by_text("Đã lưu nháp.").wait_for()
    assert page.locator("aside").count() == 0
    assert group.locator("[name=N1b]").input_value() == "Chuyên viên"


def test_an_excel_file_with_text_in_number_cells_says_every_cell_at_once(
    be: Be, form: dict[str, str], tmp_path: Path
) -> None:
    page = be("stc-dau-moi")
    opened_form(page, form, "gui")
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải mẫu Excel").click()
    assert download.value.suggested_filename.startswith("MOPHONG_F-A")
    book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    wrong = spoiled(book)
    assert wrong == 3
    path = tmp_path / "F-A đã điền.xlsx"
    book.save(path)
    page.locator("#tep").set_input_files(path)
    page.get_by_role("button", name="Đưa tệp Excel lên").click()
    said = problem(page)
    assert "Tệp Excel có 03 ô cần sửa, chưa ô nào được ghi vào hệ thống" in said
    assert said.count("1,5 tỷ") == 3
    assert len(re.findall(r"![A-Z]+\d+", said)) == 3
    no_serious_findings(page)
    picture(page, "excel-can-sua")


def spoiled(book: openpyxl.Workbook) -> int:
    """Three cells that take a number filled with words."""
    done = 0
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if done < 3 and cell.value is None and not cell.protection.locked and cell.number_format == "General":
                    cell.value, done = "1,5 tỷ", done + 1
    return done
