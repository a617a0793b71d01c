"""A whole round of one cooperative: scored on a phone, checked by the district and the province, compared."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
from playwright.sync_api import Page

from htx_workflow.domain.card_places import CardPlace
from htx_workflow.domain.scorecards import points_text
from htx_workflow.runtime import Runtime
from htx_workflow.services import baselines
from htx_workflow.services.reports import When
from tests.browsing import Be, no_serious_findings, no_sideways_scroll, picture, signed_in
from tests.file_samples import a_picture
from tests.scores import SAMPLES, TT01
from tests.scoring import ANNEX, CODE, changed, typed

IPHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2,
}  # fmt: skip
UNIT, YEAR = "htx-rangdong", "2025"
ROOT = f"/phieu/{CODE}/{UNIT}/{YEAR}/final"
SHEETS = [{"name": f"IMG_{n}.jpg", "mimeType": "image/jpeg", "buffer": a_picture(1200 + n, 900)} for n in (1, 2)]


def started(runtime: Runtime) -> None:
    """Where the cooperative began, as the plan's annex says."""
    sample = SAMPLES["B"].baseline
    when = When(runtime.clock.today(), runtime.clock.now(), "system")
    points = {str(number): points_text(given) for number, given in sample.points.items()}
    with runtime.transaction("baseline") as session:
        baselines.set_one(session, CODE, UNIT, points, sample.to_improve, TT01, ANNEX, None, when)


def seen(page: Page, name: str) -> None:
    no_sideways_scroll(page)
    no_serious_findings(page)
    picture(page, name)


def fill(page: Page, level: str) -> None:
    for key, text in typed("B", level).items():
        box = page.locator(f"[name='d-{key}']")
        if box.input_value() != text:
            box.fill(text)


def save(page: Page) -> None:
    page.get_by_role("button", name="Lưu nháp").last.click()
    page.get_by_text("Đã lưu điểm.").wait_for()


def self_scored(page: Page) -> None:
    """On the phone: begun, typed, added up while typing, saved, signed with two photographs, sent."""
    page.goto("/phieu")
    seen(page, "dien-thoai-cham-diem")
    page.locator(f"a.strong[href='{ROOT}/self']").tap()
    page.get_by_role("button", name="Bắt đầu chấm điểm").tap()
    page.get_by_text("Đã mở phiếu").wait_for()
    page.get_by_label("Tổ chức quản trị").select_option("day-du")
    page.get_by_label("Số tháng ngừng hoạt động trong năm").fill("0")
    page.get_by_label("Số tháng hoạt động từ khi thành lập").fill("60")
    page.get_by_label("Bị xử phạt trong năm").select_option("khong")
    fill(page, "self")
    assert page.locator("[data-sum='I']").inner_text() == "27"
    save(page)
    no_sideways_scroll(page)
    no_serious_findings(page)
    picture(page, "dien-thoai-phieu", page.locator("#tc-1"))
    page.get_by_label("Chủ tịch Hội đồng quản trị", exact=True).fill("Nguyễn Văn Mẫu")
    page.get_by_label("Ngày ký (Chủ tịch Hội đồng quản trị)").fill("24/11/2025")
    page.get_by_label("Trưởng Ban kiểm soát", exact=True).fill("Y Mẫu")
    page.get_by_label("Ngày ký (Trưởng Ban kiểm soát)").fill("24/11/2025")
    page.get_by_label("Ảnh bản đã ký").set_input_files(SHEETS)
    page.get_by_role("button", name="Ghi chữ ký").tap()
    page.get_by_text("Đã ghi ý kiến.").wait_for()
    page.get_by_role("button", name="Nộp bảng tự chấm điểm").tap()
    page.get_by_text("Đã nhận bảng tự chấm điểm").first.wait_for()
    picture(page, "dien-thoai-da-cham")


def checked(page: Page, level: str) -> None:
    """From the list: begun with “=” everywhere, a difference refused without its reason, then sent."""
    page.goto("/phieu?tim=rang+dong")
    page.locator(f"a.strong[href='{ROOT}/{level}']").click()
    page.get_by_role("button", name="Bắt đầu kiểm tra").click()
    page.get_by_text("Đã mở phiếu").wait_for()
    assert page.locator("[name='d-1a']").input_value() == "="
    fill(page, level)
    page.get_by_role("button", name="Lưu nháp").last.click()
    page.get_by_text("chưa có lý do.").first.wait_for()
    picture(page, f"phieu-{level}-thieu-ly-do")
    for key in sorted({key.rstrip("abc") for key in changed("B", level)}):
        page.locator(f"[name='l-{key}']").fill("đối chiếu sổ sách")
    save(page)
    if level == "district":
        seen(page, f"phieu-{level}")
    page.get_by_role("button", name="Kiểm tra xong").click()
    page.get_by_text("Đã kiểm tra xong").first.wait_for()


def test_a_cooperative_scores_on_a_phone_and_two_levels_check(be: Be, runtime: Runtime) -> None:
    started(runtime)
    phone = be(None, IPHONE)
    signed_in(phone, runtime, "rangdong-ke-toan")
    self_scored(phone)
    checked(be("dakto-tckh"), "district")
    lead = be("skhdt-dau-moi")
    checked(lead, "province")
    lead.goto(f"{ROOT}/so-sanh")
    seen(lead, "so-sanh-cac-cap")
    said = lead.locator(".verdicts").inner_text()
    assert "Đạt vì tổng điểm 86; cả 04 tiêu chí cần hoàn thiện không thấp hơn ban đầu." in said
    assert "Chưa đạt vì tiêu chí 4 (thuộc nhóm cần hoàn thiện) được 4 điểm, thấp hơn điểm ban đầu 4,5" in said
    phone.goto(f"{ROOT}/so-sanh")
    no_sideways_scroll(phone)
    picture(phone, "dien-thoai-so-sanh")
    assert CardPlace(CODE, UNIT, YEAR, "final", "self").key in phone.locator("main .tabs a").first.get_attribute("href")  # type: ignore[operator]


def test_the_sheet_to_sign_is_one_upright_page_of_paper(be: Be, runtime: Runtime) -> None:
    page = be(None)
    signed_in(page, runtime, "rangdong-ke-toan")
    page.goto(f"{ROOT}/self")
    page.get_by_role("button", name="Bắt đầu chấm điểm").click()
    page.goto(f"{ROOT}/self/in")
    no_serious_findings(page)
    page.emulate_media(media="print")
    assert page.locator("button:visible").count() == 0
    with pikepdf.open(io.BytesIO(page.pdf(prefer_css_page_size=True))) as printed:
        (only,) = printed.pages
        assert [round(float(side)) for side in only.mediabox[2:]] == [595, 842]  # type: ignore[union-attr]  # an array
