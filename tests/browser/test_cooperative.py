"""A cooperative on a phone: the printed sheet, its six digits, the form section by section, photographs, sent."""

from __future__ import annotations

import io
import re
from typing import Any

import pikepdf
from playwright.sync_api import Page

from htx_workflow.domain.card_places import CardPlace
from htx_workflow.runtime import Runtime
from htx_workflow.services import card_sending, scoring
from htx_workflow.services.card_sending import Sending, Signing
from htx_workflow.services.reports import When
from htx_workflow.services.scoring import Filled
from tests import letters
from tests.browsing import Be, no_serious_findings, no_sideways_scroll, picture
from tests.file_samples import a_picture
from tests.scores import TT01
from tests.scoring import CODE, FACTS, SIGNERS
from tests.scoring import typed as typed_of

IPHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2,
}  # fmt: skip
TITLE = "Bảng tự chấm điểm và báo cáo tình hình hoạt động của hợp tác xã năm 2025"
PHOTOS = [
    {"name": f"IMG_00{number}.jpg", "mimeType": "image/jpeg", "buffer": a_picture(1200, 900)} for number in (1, 2)
]  # fmt: skip
EXAMINED = ("H", "B5", "B7", "N")
"""Sections that have every kind of box between them: axe reads these."""
TYPED = {"H4~number": "1562/SKHĐT-MP", "H4~dated": "17/11/2025", "B6.2c": "30", "B6.3a": "no", "B5.4c@uoc": "2.500,5"}
"""What must not be a zero or the first choice, so that nothing is to be mended."""
OTHERS = """(form) => {
    for (const box of form.querySelectorAll("input[type=text], input:not([type]), textarea")) {
        const given = box.name.startsWith("B8:");  // rows that are there already
        if (box.value || box.name.includes("~") || (box.name.includes(":") && !given)) continue;
        box.value = box.classList.contains("number") ? "0" : box.classList.contains("day") ? "10/11/2025" : "Mô phỏng";
    }
    for (const list of form.querySelectorAll("select"))
        if (!list.value && !list.name.includes("~")) list.selectedIndex = 1;
    for (const tick of form.querySelectorAll("input[type=checkbox][name$='~non']")) tick.checked = true;
}"""
"""Fills what is empty: every box of a section that the journey does not type into itself."""


def printed_sheet(district: Page) -> tuple[str, str]:
    """The district prints the sheet: its short address and six digits."""
    district.goto("/ban/dau-moi?tim=rang+dong")
    no_serious_findings(district)
    picture(district, "huyen-dau-moi")
    district.get_by_role("button", name="In phiếu truy cập").first.click()
    no_serious_findings(district)
    picture(district, "phieu-truy-cap")
    sheet = district.locator(".sheet").inner_text()
    short, digits = re.search(r"/p/(\w+)", sheet), re.search(r"\b\d{3} \d{3}\b", sheet)
    assert short is not None
    assert digits is not None
    district.emulate_media(media="print")
    assert district.locator(".sheet").is_visible()
    assert not district.locator("#loi-nhan").is_visible()
    return f"/p/{short[1]}", digits[0]


def seen(page: Page, name: str) -> None:
    """Fits the phone, read by axe, kept as a picture."""
    no_sideways_scroll(page)
    no_serious_findings(page)
    picture(page, name)


def self_score_sent(runtime: Runtime) -> None:
    """The other half of this work came before: the report closes it."""
    place = CardPlace(CODE, "htx-rangdong", "2025", "final", "self")
    when = When(runtime.clock.today(), runtime.clock.now(), "rangdong-ke-toan")
    with runtime.transaction("score-submit") as session:
        scoring.open_card(session, place, TT01, None, when)
        scoring.save(session, place, Filled(typed_of("B", "self"), facts=FACTS), None, when)
        for role in SIGNERS["day-du"]:
            card_sending.sign(session, place, Signing(role, "Người Mẫu", when.today), None, when)
        card_sending.submit(session, place, Sending(closes_work=False), runtime.calendar(), None, when)


def test_a_cooperative_fills_its_report_on_a_phone_and_sends_it(be: Be, runtime: Runtime) -> None:
    self_score_sent(runtime)
    address, digits = printed_sheet(be("dakto-tckh"))
    page = be(None, IPHONE)
    page.goto(address)
    page.get_by_label("Mã số").fill(digits)
    seen(page, "dien-thoai-ma-phieu")
    page.get_by_role("button", name="Mở").tap()
    page.wait_for_url("**/viec")
    seen(page, "dien-thoai-viec")
    page.get_by_role("link", name=TITLE).tap()
    page.wait_for_url("**/viec/*")
    seen(page, "dien-thoai-mot-viec")
    page.get_by_role("button", name="Mở biểu mẫu").tap()
    page.wait_for_url("**/bieu/*")
    sections = [tab.get_attribute("href") or "" for tab in page.locator("main .tabs a").all()]
    for number, section in enumerate(sections):
        fill(page, section, number)
    money_in_words(page, sections)
    photographs(page, sections)
    page.goto(sections[-1])
    assert page.locator("main ol li.red, main ol li.amber").all_inner_texts() == []
    page.get_by_role("button", name="Nộp báo cáo").tap()
    page.wait_for_url("**/viec/*")
    seen(page, "dien-thoai-da-nop")
    assert "Đã nộp, chờ kiểm tra" in page.locator("main .chip").first.inner_text()
    letters.deliver(runtime)
    receipt = letters.newest(runtime.settings.mailbox_dir, "htx.rangdong@example.vn", "Đã nhận")
    assert "Hợp tác xã không phải làm gì thêm." in letters.text(receipt)


def fill(page: Page, section: str, number: int) -> None:
    """One section, group by group; looked at as it is found."""
    page.goto(section)
    no_sideways_scroll(page)
    if section.rpartition("=")[2] in EXAMINED:
        seen(page, f"dien-thoai-bieu-{number}")
    for place in range(page.locator("main form.card-form").count()):
        form = page.locator("main form.card-form").nth(place)
        for name, typed in TYPED.items():
            if form.locator(f"[name='{name}']").count():
                form.evaluate("(form, [name, typed]) => { form.elements[name].value = typed }", [name, typed])
        form.evaluate(OTHERS)
        form.get_by_role("button", name="Lưu nháp").tap()
        page.get_by_text("Đã lưu nháp.").wait_for()


def money_in_words(page: Page, sections: list[str]) -> None:
    """Typed by hand: saved by itself when the field is left, said in words, still there after the page was closed."""
    place = next(number for number, section in enumerate(sections) if section.endswith("=B5"))
    page.goto(sections[place])
    box = page.locator("[name='B5.1@uoc']")
    box.tap()
    box.fill("")
    box.press_sequentially("2.500,5")
    box.blur()
    page.locator("form.card-form .autosaved").filter(has_text="đã lưu lúc").wait_for()
    page.goto("/viec")
    page.goto(sections[place])
    assert box.input_value() == "2.500,5"
    assert page.locator("td", has=box).get_by_text("= 2 tỷ 500 triệu 500 nghìn đồng").is_visible()
    picture(page, "dien-thoai-so-tien", box)


def photographs(page: Page, sections: list[str]) -> None:
    """Two pictures of the signed paper become one PDF."""
    page.goto(next(section for section in sections if section.endswith("=N")))
    page.locator("[name='N3t~tep']").set_input_files(PHOTOS)
    page.locator("#nhom-ky-gui").get_by_role("button", name="Lưu nháp").tap()
    page.get_by_text("Đã lưu nháp.").wait_for()
    (kept,) = page.locator("main a[href^='/tep/']").all()
    assert kept.inner_text().endswith(".pdf")
    answer = page.request.get(kept.get_attribute("href") or "")
    assert len(pikepdf.open(io.BytesIO(answer.body())).pages) == 2
