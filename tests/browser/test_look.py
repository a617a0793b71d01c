"""Every part of the pages on one page: read by axe in both colour schemes, on a phone, and printed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.runtime import Runtime
from htx_workflow.web import charts
from htx_workflow.web.app import create_app
from htx_workflow.web.charts import Bar, Point, Series, Share
from htx_workflow.web.portal import portal_of
from tests.browsing import PHONE, Be, copied, no_serious_findings, no_sideways_scroll, picture, runtime_of, served

HOME = Path(__file__).parents[2]
SERIES = (Series("đúng hạn", "green"), Series("quá hạn", "brown"), Series("chưa gửi, quá hạn", "red"))
VALUES = {
    "stacked": charts.stacked_bars(
        "dung-han", "Đúng hạn theo cơ quan", "Số việc đúng hạn, quá hạn của từng cơ quan", SERIES,
        [Bar("Sở KH&ĐT", (21, 0, 0)), Bar("UBND huyện Đăk Tô", (9, 3, 1)), Bar("HTX mô phỏng 1 (Kon Plông)", (2, 1, 0))],
    ),
    "lines": charts.rate_lines(
        "ty-le", "Tỷ lệ đúng hạn", "Theo tháng năm 2025",
        [
            ("theo hạn đang áp dụng", [Point(f"{n:02d}/2025", 0.6 + n / 40) for n in range(1, 12)]),
            ("theo hạn gốc", [Point(f"{n:02d}/2025", None if n < 3 else 0.5 + n / 40) for n in range(1, 12)]),
        ],
    ),
    "shares": charts.share_bars("du", "Đủ số liệu", "Theo cơ quan", [Share("UBND huyện Đăk Hà", 5, 7), Share("Sở Tài chính", 3, 3)]),
    "legend": [(charts.swatch(one.tone), one.word) for one in SERIES],
}  # fmt: skip


@pytest.fixture(scope="module")
def runtime(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """The demo with one page more."""
    tmp_path = tmp_path_factory.mktemp("look")
    home = tmp_path / "home"
    shutil.copytree(HOME / "templates", home / "templates")
    shutil.copy(Path(__file__).with_name("gallery.html"), home / "templates" / "pages")
    (home / "config").symlink_to(HOME / "config")
    opened = runtime_of(copied(demo, tmp_path / "var"), home=home)
    yield opened
    opened.database.close()


@pytest.fixture(scope="module")
def address(runtime: Runtime) -> Iterator[str]:
    app: FastAPI = create_app(runtime)

    @app.get("/g")
    def gallery(request: Request) -> Response:
        return portal_of(request).show(request, "gallery.html", **VALUES)

    @app.post("/g")
    def saved() -> Response:
        return Response(status_code=204, headers={"X-Draft-Version": "8"})

    with served(app) as found:
        yield found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_any_part(be: Be, scheme: str) -> None:
    page = be("skhdt-dau-moi", color_scheme=scheme)
    page.goto("/g")
    no_serious_findings(page)
    picture(page, f"gallery-{scheme}")


def test_no_part_is_wider_than_a_phone(be: Be) -> None:
    page = be("skhdt-dau-moi", PHONE)
    page.goto("/g")
    no_sideways_scroll(page)
    no_serious_findings(page)
    picture(page, "gallery-phone")


def test_paper_is_a4_landscape_with_signature_lines_and_without_buttons(be: Be) -> None:
    page = be("skhdt-dau-moi")
    page.goto("/g")
    page.emulate_media(media="print")
    assert page.locator(".signatures").is_visible()
    assert page.locator(".print-head").is_visible()
    assert page.locator("button:visible").count() == 0
    printed = page.pdf(prefer_css_page_size=True)
    if os.environ.get("PICTURES"):
        (Path(os.environ["PICTURES"]) / "gallery.pdf").write_bytes(printed)
    assert b"/MediaBox [0 0 841.91998 594.95996]" in printed


def test_a_changed_field_is_saved_by_itself_and_the_page_says_when(be: Be) -> None:
    page = be("skhdt-dau-moi")
    page.goto("/g")
    with page.expect_request(lambda request: request.method == "POST") as asked:
        page.get_by_label("Vốn điều lệ").fill("2.600")
        page.get_by_label("Vốn điều lệ").blur()
    assert "von=2.600" in (asked.value.post_data or "")
    assert asked.value.headers["x-autosave"] == "1"
    page.get_by_text("đã lưu lúc").wait_for()


def test_a_page_with_unsaved_text_warns_before_it_is_left(be: Be) -> None:
    page = be("skhdt-dau-moi")
    page.goto("/g")
    page.get_by_label("Khó khăn, vướng mắc").press_sequentially("sạt lở")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.close(run_before_unload=True)
    page.context.new_page().wait_for_timeout(200)
    assert asked == ["beforeunload"]


def test_the_button_beside_a_text_copies_it(be: Be) -> None:
    page = be("skhdt-dau-moi", permissions=["clipboard-read", "clipboard-write"])
    page.goto("/g")
    page.get_by_role("button", name="Sao chép lời nhắn").click()
    page.get_by_role("button", name="Đã sao chép").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").startswith("Đến nay còn 02 cơ quan chưa gửi")
