"""The demo: each persona one click away, every page of the navigation opens, also on a phone and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from htx_workflow.domain.simulation import WATERMARK
from htx_workflow.services import demos
from htx_workflow.web.app import create_app
from tests.browsing import (
    PHONE,
    Be,
    copied,
    links_of_navigation,
    no_serious_findings,
    no_sideways_scroll,
    picture,
    runtime_of,
    served,
)

LEAD = "skhdt-dau-moi"
EXAMINED = (LEAD, "dakto-tckh", "rangdong-ke-toan")
"""Axe reads the pages of these; the others see the same ones."""


@pytest.fixture(scope="module")
def address(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One portal for all of these: nothing here changes work."""
    runtime = runtime_of(copied(demo, tmp_path_factory.mktemp("demo") / "var"))
    with served(create_app(runtime)) as found:
        yield found
    runtime.database.close()


def test_each_persona_is_one_click_away(be: Be) -> None:
    page = be(None)
    page.goto("/vao")
    picture(page, "vao")
    names = page.locator(".personas strong").all_inner_texts()
    assert len(names) == len(demos.WHO)
    for name in names:
        page.goto("/vao")
        page.get_by_role("button", name=name).click()
        page.wait_for_url(lambda url: url.endswith(("/viec", "/ban")))
        agency, _, person = name.partition(": ")
        assert page.locator(".who p").inner_text() == f"{person} {agency}"


@pytest.mark.parametrize("contact", list(demos.WHO))
def test_every_page_of_the_navigation_opens(be: Be, contact: str) -> None:
    page = be(contact)
    for link in links_of_navigation(page):
        answer = page.goto(link)
        assert answer is not None
        assert answer.status == 200, link
        assert page.locator("h1").count() == 1, link
        assert page.locator(".simulation").inner_text().startswith(WATERMARK)
        if contact in EXAMINED and not (contact == LEAD and link.startswith("/ban")):  # the desk has a test of its own
            no_serious_findings(page)
        picture(page, f"{contact}{link.replace('/', '-')}")


@pytest.mark.parametrize("contact", EXAMINED)
def test_no_page_of_the_navigation_scrolls_sideways_on_a_phone(be: Be, contact: str) -> None:
    page = be(contact, PHONE, color_scheme="dark")
    for link in links_of_navigation(page):
        page.goto(link)
        no_sideways_scroll(page)
        picture(page, f"phone-{contact}{link.replace('/', '-')}")


def test_without_javascript_one_comes_in_changes_the_language_and_leaves(be: Be) -> None:
    page = be(None, java_script_enabled=False)
    page.goto("/vao")
    page.get_by_role("button", name="UBND huyện Đăk Tô").click()
    page.get_by_role("button", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.get_by_role("link", name="Our work").count() == 1
    page.get_by_role("button", name="Sign out").click()
    assert page.locator(".who").count() == 0
    assert page.url.endswith("/vao?xong=thoat")


def test_every_room_of_the_desk_opens_and_axe_finds_nothing_serious(be: Be) -> None:
    page = be(LEAD)
    rooms = [link.get_attribute("href") or "" for link in page.locator("main .tabs a").all()]
    assert len(rooms) > 5
    for room in rooms:
        answer = page.goto(room)
        assert answer is not None
        assert answer.status == 200, room
        no_serious_findings(page)
        picture(page, f"ban{room.partition('?')[0].removeprefix('/ban').replace('/', '-')}")


@pytest.mark.parametrize("contact", ["dakto-tckh", "rangdong-ke-toan"])
def test_one_piece_of_work_fits_a_phone_and_axe_finds_nothing_serious(be: Be, contact: str) -> None:
    page = be(contact, PHONE)
    page.locator("main .list a").first.click()
    assert page.locator("h1").count() == 1
    no_sideways_scroll(page)
    no_serious_findings(page)
    picture(page, f"phone-{contact}-viec-1")


@pytest.mark.parametrize(
    ("contact", "path"),
    [
        (None, "/p"),
        (None, "/tinh-trang"),
        ("skhdt-quan-tri", "/phien/tat-ca"),
        ("skhdt-lanh-dao", "/ban/du-thao"),
        ("skhdt-dau-moi", "/uy-quyen"),
        ("skhdt-dau-moi", "/ban/nhap-thay/90"),
        (demos.OFFICE, "/ban/mot-trang"),
        ("dakto-tckh", "/ban/kiem-tra"),
        ("dakto-tckh", "/viec/86/de-nghi?loai=extension"),
        ("dakto-tckh", "/viec?xem=xong"),
        ("dakto-tckh", "/nguoi"),
    ],
)
def test_axe_finds_nothing_serious_off_the_navigation(be: Be, contact: str | None, path: str) -> None:
    page = be(contact)
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200
    no_serious_findings(page)
