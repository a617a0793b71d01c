"""With the keyboard alone: past the header in one step, every stop seen, in the order of the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from htx_workflow.web.app import create_app
from tests.browsing import Be, copied, runtime_of, served

STOP = """() => {
    const at = document.activeElement, box = at.getBoundingClientRect(), look = getComputedStyle(at);
    const ring = parseFloat(look.outlineWidth) >= 2 && look.outlineStyle !== "none";
    return at === document.body ? null
        : {name: at.outerHTML.slice(0, 80), top: box.top + scrollY, ring: ring || look.boxShadow !== "none",
           shown: box.bottom > 0 && box.top < innerHeight, inside: at.closest("main") !== null,
           aside: at.closest("aside") !== null};
}"""


@pytest.fixture(scope="module")
def address(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    runtime = runtime_of(copied(demo, tmp_path_factory.mktemp("keys") / "var"))
    with served(create_app(runtime)) as found:
        yield found
    runtime.database.close()


def stops(page: Page, most: int) -> list[dict[str, object]]:
    """Where Tab stops, from here to the end of the page or so many times."""
    found = []
    for _ in range(most):
        page.keyboard.press("Tab")
        at = page.evaluate(STOP)
        if at is None:
            break
        found.append(at)
    return found


@pytest.mark.parametrize("path", ["/viec", "/viec/86", "/viec/86/gui", "/vao"])
def test_every_stop_is_seen_and_the_order_is_that_of_the_page(be: Be, path: str) -> None:
    page = be("dakto-tckh")
    page.goto(path)
    found = stops(page, 60)
    assert len(found) > 5
    assert [stop["name"] for stop in found if not stop["ring"]] == [], "without a visible focus"
    assert [stop["name"] for stop in found if not stop["shown"]] == [], "out of sight when it has the focus"
    main = [stop for stop in found if stop["inside"]]
    order = [stop["top"] for stop in main if not stop["aside"]]
    back = [(stop["name"], last) for last, stop in zip(order, [s for s in main if not s["aside"]][1:], strict=False)
            if float(str(stop["top"])) < float(str(last)) - 60]  # fmt: skip
    assert back == [], "the focus jumps back"


def test_the_first_stop_leads_past_the_header(be: Be) -> None:
    page = be("skhdt-dau-moi")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Đến nội dung chính"
    page.keyboard.press("Enter")
    (first, *_) = stops(page, 1)
    assert first["inside"]
