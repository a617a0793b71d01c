"""The officer of an agency: from the mail to the receipt, with JavaScript and without any."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from htx_workflow.runtime import Runtime
from tests import letters
from tests.browsing import Be, no_serious_findings, picture
from tests.file_samples import a_pdf

MAILBOX = "kinhtehoptac.snn@example.vn"
"""Of a whole division: who acts is asked."""
TITLE = "Tham mưu năm 2025 về bố trí vốn Chương trình mục tiêu quốc gia xây dựng nông thôn mới hỗ trợ hợp tác xã"
PDF = {"name": "Báo cáo 211 đã ký.pdf", "mimeType": "application/pdf", "buffer": a_pdf(text="Báo cáo 211")}


def looked_at(page: Page, name: str, javascript: bool) -> None:
    """Read by axe, which needs JavaScript, and kept as a picture."""
    if javascript:
        no_serious_findings(page)
        picture(page, name)


def opened_from_mail(page: Page, demo: Path, javascript: bool) -> None:
    """The digest of 14/11 in the shared mailbox, its link, and the page with one button."""
    digest = letters.newest(demo / "mailbox", MAILBOX, "Sở NN&PTNT: hạn thứ Hai 15/12/2025")
    assert "Báo cáo năm 2025 kết quả thực hiện Kế hoạch Hạn : thứ Hai 15/12/2025" in letters.text(digest)
    page.goto(letters.paths(digest)[0])
    assert page.locator("main button").count() == 1
    assert page.context.cookies() == [], "a link opened, or looked at by a program, changes nothing"
    looked_at(page, "lien-ket", javascript)
    page.get_by_role("button", name="Mở việc của cơ quan").click()


def sent(page: Page, javascript: bool) -> None:
    """One piece of work, its page to send it, and the answer who does."""
    page.get_by_role("link", name="Gửi báo cáo").click()
    page.get_by_label("Lương Thị Thử").check()
    page.get_by_label("Số, ký hiệu").fill("211/BC-SNN")
    page.get_by_label("Ngày văn bản").fill("21/11/2025")
    page.locator("#tep").set_input_files(PDF)
    looked_at(page, "gui-bao-cao", javascript)
    page.locator("main").get_by_role("button", name="Gửi báo cáo").click()
    assert "Đã nhận" in page.locator("[role=status]").inner_text()


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_an_officer_gets_from_the_mail_to_the_receipt(be: Be, demo: Path, runtime: Runtime, javascript: bool) -> None:
    page = be(None, java_script_enabled=javascript)
    opened_from_mail(page, demo, javascript)
    page.get_by_role("link", name="Việc của cơ quan").first.click()
    looked_at(page, "viec-cua-co-quan", javascript)
    page.get_by_role("link", name=TITLE).click()
    looked_at(page, "mot-viec", javascript)
    sent(page, javascript)
    looked_at(page, "da-gui", javascript)
    last = page.locator(".timeline li").first
    assert "Đã gửi Lương Thị Thử (Chuyên viên), hộp thư Hoàng Văn Mẫu" in last.inner_text()
    assert "Báo cáo số 211/BC-SNN ngày 21/11/2025" in last.inner_text()
    assert page.get_by_role("link", name="Báo cáo 211 đã ký.pdf").count() == 1
    letters.deliver(runtime)
    receipt = letters.newest(runtime.settings.mailbox_dir, MAILBOX, "Đã nhận")
    assert TITLE in letters.text(receipt)
    assert "211/BC-SNN ngày 21/11/2025" in letters.text(receipt)
    assert "Ghi nhận: đúng hạn" in letters.text(receipt)
    assert "Quý cơ quan không phải làm gì thêm." in letters.text(receipt)
