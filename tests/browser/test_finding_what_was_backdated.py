"""An auditor finds what was backdated and who did it; the administrator verifies the audit and reads a mail."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page

from htx_workflow.runtime import Runtime
from tests.browsing import Be, no_serious_findings, no_sideways_scroll, picture, signed_in


def make_auditor(page: Page, runtime: Runtime) -> str:
    """By the administrator, from the page; its code."""
    page.locator("header").get_by_role("link", name="Quản trị").click()
    page.locator("main nav").get_by_role("link", name="Tài khoản kiểm tra").click()
    today = runtime.clock.today()
    page.get_by_label("Họ và tên").fill("Lê Kiểm Mẫu")
    page.get_by_label("Địa chỉ thư điện tử").fill("kiemtoan@example.vn")
    page.get_by_label("Cơ quan của người kiểm tra").select_option("ubnd-tinh")
    page.get_by_label("Đến hết ngày").fill(f"{today + timedelta(days=20):%d/%m/%Y}")
    page.get_by_label("Số, ký hiệu văn bản").fill("15/QĐ-TTT")
    page.get_by_label("Ngày văn bản").fill(f"{today:%d/%m/%Y}")
    page.get_by_role("button", name="Lập tài khoản").click()
    assert "Đã lập tài khoản kiểm tra" in page.locator("[role=status]").inner_text()
    no_serious_findings(page)
    picture(page, "quan-tri-kiem-tra-vien")
    return "ubnd-tinh-1"


def find(page: Page) -> None:
    """What was entered on behalf, from the list to the work itself."""
    assert "Tài khoản kiểm tra, chỉ xem" in page.locator("header").inner_text()
    page.locator("header").get_by_role("link", name="Ghi lùi, nhập thay").click()
    page.get_by_label("Loại").select_option("behalf")
    page.get_by_role("button", name="Lọc", exact=True).click()
    rows = page.locator("main tbody tr")
    assert rows.count() == 1
    assert "NHNN chi nhánh Kon Tum" in rows.first.inner_text()
    no_serious_findings(page)
    no_sideways_scroll(page)
    picture(page, "quan-tri-ghi-lui")
    rows.first.get_by_role("link").click()
    assert "88/BC-KTU-MP" in page.locator("main").inner_text()


def verify(page: Page) -> None:
    page.goto("/quan-tri/nhat-ky")
    page.get_by_role("button", name="Kiểm tra nhật ký").click()
    assert "Nhật ký nguyên vẹn từ" in page.locator("main .notice.good").last.inner_text()
    page.get_by_label("Người thực hiện").fill("kiểm mẫu")
    page.get_by_role("button", name="Lọc", exact=True).click()
    assert "Tài khoản kiểm tra xem trang" in page.locator("main tbody").inner_text()
    no_serious_findings(page)
    picture(page, "quan-tri-nhat-ky")


def read_a_mail(page: Page) -> None:
    page.goto("/quan-tri/thu?tinh_trang=sent")
    page.locator("main tbody a").first.click()
    frame = page.frame_locator("iframe.mail")
    assert "Kính gửi" in frame.locator("body").inner_text()
    assert frame.locator("a[href]").count() == 0, "nothing in it leads in"
    picture(page, "quan-tri-thu")


def test_what_was_backdated_is_found_by_an_auditor_whose_looking_is_logged(be: Be, runtime: Runtime) -> None:
    admin, auditor = be("skhdt-quan-tri"), be(None)
    code = make_auditor(admin, runtime)
    signed_in(auditor, runtime, code, "code")
    auditor.goto("/ban")
    find(auditor)
    verify(admin)
    read_a_mail(admin)
