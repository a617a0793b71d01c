"""The lead officer: signed in with a code from the mailbox, accepts one report and asks for more of another."""

from __future__ import annotations

import re
import time

from playwright.sync_api import Locator, Page

from htx_workflow.runtime import Runtime
from tests import letters
from tests.browsing import Be, no_serious_findings, picture

OFFICER, DISTRICT = "theodoi.skhdt@example.vn", "tckh.dakha@example.vn"
ROOMS = {
    "/ban": "bang-theo-doi", "/ban/kiem-tra": "cho-kiem-tra", "/ban/ai-chua-gui": "ai-chua-gui",
    "/ban/thu-sap-toi": "thu-sap-toi", "/ban/mot-trang": "mot-trang", "/ban/bieu-do": "bieu-do",
}  # fmt: skip
REASON = "Thiếu phụ lục danh sách hợp tác xã tham gia liên kết (mô phỏng)."


def digits_in(runtime: Runtime) -> str:
    """The six digits of the mail that was sent while the page was answered."""
    until = time.monotonic() + 10
    while not letters.letters(runtime.settings.mailbox_dir, OFFICER) and time.monotonic() < until:
        time.sleep(0.05)
    found = re.search(r"\b(\d{3}) ?(\d{3})\b", letters.text(letters.newest(runtime.settings.mailbox_dir, OFFICER)))
    assert found is not None
    return "".join(found.groups())


def sign_in(page: Page, runtime: Runtime) -> None:
    page.goto("/vao")
    page.get_by_label("Địa chỉ thư điện tử của đầu mối").fill(OFFICER)
    page.get_by_role("button", name="Gửi mã đăng nhập").click()
    digits = digits_in(runtime)
    page.get_by_label("Mã sáu số trong thư").fill(f"{digits[:3]} {digits[3:]}")
    no_serious_findings(page)
    picture(page, "nhap-ma")
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url("**/ban")


def look_around(page: Page) -> None:
    """The rooms of the desk as the guide shows them."""
    for path, name in ROOMS.items():
        page.goto(path)
        assert page.locator("h1").count() == 1
        picture(page, name)
    page.goto("/ban/mot-trang")
    page.emulate_media(media="print")
    assert not page.locator("nav").first.is_visible(), "one page on paper, without what is only for the screen"
    page.emulate_media(media="screen")


def of_agency(page: Page, agency: str) -> Locator:
    """The row of this agency in the queue."""
    return page.locator("tbody tr").filter(has=page.get_by_role("cell", name=agency, exact=True))


def check(page: Page) -> None:
    """One accepted, one returned; the first act asks who it is."""
    page.locator("header").get_by_role("link", name="Chờ kiểm tra").click()
    of_agency(page, "UBND huyện Kon Plông").get_by_role("button", name="Chấp nhận", exact=True).first.click()
    page.get_by_label("Nguyễn Thị Mẫu").check()
    no_serious_findings(page)
    picture(page, "anh-chi-la-ai")
    page.get_by_role("button", name="Tiếp tục").click()
    assert page.locator("[role=status]").inner_text().endswith("Đã chấp nhận.")
    assert of_agency(page, "UBND huyện Kon Plông").count() == 0
    of_agency(page, "UBND huyện Đăk Hà").get_by_role("link", name="Trả lại").click()
    page.get_by_label("Đề nghị bổ sung").check()
    page.get_by_label("Lý do, việc đề nghị").fill(REASON)
    page.get_by_label("Đề nghị trả lời chậm nhất").fill("28/11/2025")
    no_serious_findings(page)
    picture(page, "tra-lai")
    page.get_by_role("button", name="Trả lại và gửi thư cho cơ quan").click()
    assert "Đã trả lại" in page.locator("[role=status]").inner_text()


def answer(page: Page, letter: str) -> None:
    """The holder opens the mail's link and sends what was missing."""
    page.goto(letter)
    page.get_by_role("button", name="Mở việc của cơ quan").click()
    assert "Đề nghị bổ sung" in page.locator("main .chip").first.inner_text()
    assert REASON in page.locator("main").inner_text()
    no_serious_findings(page)
    picture(page, "de-nghi-bo-sung")
    page.get_by_role("link", name="Gửi báo cáo").click()
    page.get_by_label("Đỗ Thị Mẫu").check()
    page.get_by_label("Số, ký hiệu").fill("46/BC-UBND")
    page.get_by_label("Ngày văn bản").fill("24/11/2025")
    page.locator("main").get_by_role("button", name="Gửi báo cáo").click()


def test_the_lead_officer_accepts_one_and_asks_for_more_of_another(be: Be, runtime: Runtime) -> None:
    officer = be(None)
    sign_in(officer, runtime)
    look_around(officer)
    check(officer)
    letters.deliver(runtime)
    letter = letters.newest(runtime.settings.mailbox_dir, DISTRICT, "bổ sung")
    assert REASON in letters.text(letter)
    assert "28/11/2025" in letters.text(letter)
    holder = be(None)
    answer(holder, letters.paths(letter)[0])
    assert "gửi quá hạn" in holder.locator("main .chip").first.inner_text()
    officer.goto("/ban/kiem-tra")
    again = of_agency(officer, "UBND huyện Đăk Hà").inner_text()
    assert "46/BC-UBND, 24/11/2025" in again
    assert "gửi 21/11/2025, nhập 24/11/2025" in again, "the first day goes on counting"
