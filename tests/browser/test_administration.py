"""The administrator replaces a contact: seen before, done once, the sheet printed; then the list as Excel."""

from __future__ import annotations

import io
import re
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import Page

from htx_workflow.runtime import Runtime
from htx_workflow.services import contact_lists
from htx_workflow.services.directory import Directory
from tests.browsing import Be, no_serious_findings, no_sideways_scroll, picture, signed_in

LEAVER, NEW = "dakto-tckh", "ha.dakto@example.vn"


def find(page: Page) -> None:
    page.locator("header").get_by_role("link", name="Quản trị").click()
    picture(page, "quan-tri")
    page.locator("main nav").get_by_role("link", name="Cơ quan").click()
    picture(page, "quan-tri-co-quan")
    page.locator("main nav").get_by_role("link", name="Đầu mối").click()
    page.get_by_label("Tìm (không cần dấu)").fill("dakto-tckh")
    page.get_by_role("button", name="Lọc").click()
    picture(page, "quan-tri-dau-moi")
    page.get_by_role("link", name="Trần Văn Mẫu").click()
    no_serious_findings(page)
    picture(page, "quan-tri-mot-dau-moi")


def replace(page: Page) -> None:
    """Somebody new goes on with the work."""
    page.get_by_role("link", name="Thôi nhiệm vụ, bàn giao").click()
    page.get_by_label("Người nhận bàn giao").select_option("+")
    page.get_by_label("Họ và tên").fill("Y Hà")
    page.get_by_label("Chức vụ").fill("Chuyên viên")
    page.get_by_label("Địa chỉ thư điện tử").fill(NEW)
    page.get_by_role("button", name="Xem trước").click()
    assert "tckh.dakto@example.vn" in page.locator("main table").inner_text()
    no_serious_findings(page)
    picture(page, "quan-tri-ban-giao")
    page.get_by_role("button", name="Ghi bàn giao").click()
    assert "Đã bàn giao." in page.locator("[role=status]").inner_text()
    page.get_by_role("link", name="Biên bản bàn giao").click()
    assert "Y Hà" in page.locator("dl.facts").inner_text()
    picture(page, "quan-tri-bien-ban")
    page.emulate_media(media="print")
    assert page.locator(".signatures").is_visible(), "both sign on paper"
    page.emulate_media(media="screen")


def as_excel(page: Page, folder: Path) -> None:
    """The list out, changed, in again."""
    page.goto("/quan-tri/excel")
    with page.expect_download() as coming:
        page.get_by_role("link", name="Xuất danh sách hiện có").click()
    file = folder / "dau-moi.xlsx"
    coming.value.save_as(file)
    book = load_workbook(file)
    for row in book[contact_lists.NAME].iter_rows():
        if row[0].value == "sathay-tckh":
            row[7].value = "moi.sathay@example.vn"
    out = io.BytesIO()
    book.save(out)
    file.write_bytes(out.getvalue())
    page.get_by_label("Tệp Excel đã điền").set_input_files(file)
    page.get_by_role("button", name="Đưa tệp Excel lên").click()
    assert "Sẽ thay đổi 01 đầu mối" in page.locator("h2").first.inner_text()
    no_serious_findings(page)
    picture(page, "quan-tri-excel")
    page.get_by_role("button", name="Ghi vào hệ thống").click()
    assert "Đã ghi danh sách đầu mối" in page.locator("[role=status]").inner_text()


def test_a_contact_is_replaced_once_and_its_work_and_mail_go_on(be: Be, runtime: Runtime, tmp_path: Path) -> None:
    gone, admin = be(None), be("skhdt-quan-tri")
    signed_in(gone, runtime, LEAVER)
    gone.goto("/viec")
    assert gone.locator("h1").inner_text() == "Việc của cơ quan"
    find(admin)
    replace(admin)
    gone.reload()
    assert re.search("/vao", gone.url), "signed out at once"
    as_excel(admin, tmp_path)
    no_sideways_scroll(admin)
    with runtime.reading() as session:
        directory = Directory(session, runtime.clock.today())
    district = directory.by_code["huyen-dakto"].id
    assert [contact.address for contact in directory.holders(district, 0)] == [NEW], "whom the next tick writes to"
