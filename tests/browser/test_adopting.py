"""The lead officer fixes expected days: ticks, sees, prints the letter, enters its number. Then the plan's coverage."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import Browser

from htx_workflow.domain.plan import Plan
from htx_workflow.runtime import Runtime
from htx_workflow.settings import load_settings
from htx_workflow.web.app import create_app
from tests.browsing import DESK, no_serious_findings, no_sideways_scroll, picture, served
from tests.machine import Machine, MachineClock
from tests.portal import visit

OFFICER, DAY = "skhdt-dau-moi", date(2024, 11, 15)


@pytest.fixture
def runtime(sqlite_machine: Machine, kontum: Plan) -> Runtime:
    """Plan 3819 some weeks in: nothing is fixed yet."""
    sqlite_machine.load(kontum, on=date(2024, 10, 23))
    sqlite_machine.at(DAY)
    return Runtime(load_settings(), MachineClock(sqlite_machine), sqlite_machine.database)


def test_dates_are_picked_the_letter_printed_and_its_number_entered(
    browser: Browser, runtime: Runtime, tmp_path: Path
) -> None:
    app = create_app(runtime)
    cookies = visit(app, OFFICER).cookies
    with served(app) as address, browser.new_context(base_url=address, locale="vi-VN", **DESK) as context:
        context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
        page = context.new_page()
        page.goto("/ban/an-dinh")
        boxes = page.locator("input[name=viec]")
        count = boxes.count()
        assert count > 10
        assert page.locator("input[name=viec]:checked").count() == count
        boxes.first.uncheck()
        page.get_by_role("button", name="Xem trước").click()
        assert f"Sẽ ấn định {count - 1} thời hạn" in page.locator("h2").first.inner_text()
        assert not boxes.first.is_checked()
        no_serious_findings(page)
        no_sideways_scroll(page)
        picture(page, "an-dinh")
        with page.expect_download() as coming:
            page.get_by_role("button", name="Tải công văn (Word)").click()
        coming.value.save_as(tmp_path / "an-dinh.docx")
        annex = Document(str(tmp_path / "an-dinh.docx")).tables[-1]
        assert len(annex.rows) == count
        page.get_by_label("Số, ký hiệu").fill("231/SKHĐT-KTTT")
        page.get_by_label("Ngày văn bản").fill("15/11/2024")
        page.get_by_role("button", name=f"Ấn định {count - 1} thời hạn").click()
        assert "Đã ấn định thời hạn" in page.locator("[role=status]").inner_text()
        assert page.locator("input[name=viec]").count() == 1
        page.locator("main nav").get_by_role("link", name="Độ phủ").click()
        picture(page, "do-phu")
