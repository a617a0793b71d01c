"""For browser tests: the demo's runtime, a portal served from a thread, and what to look for on a page.

page = be("skhdt-dau-moi")            signed in as a persona of the demo
page = be("dakto-tckh", PHONE)        on a phone;  be(None): nobody;  be("…", java_script_enabled=False)
signed_in(page, runtime, "sathay-tckh")   somebody who is no persona, as by the link of a mail
no_serious_findings(page)             axe: nothing serious or critical, in light and in dark
no_sideways_scroll(page)
picture(page, "viec")                 writes PICTURES/viec.png where the environment names a folder in PICTURES, and
                                      docs/pictures/viec.png, small, when a guide shows it
"""

from __future__ import annotations

import io
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from PIL import Image
from playwright.sync_api import Locator, Page

from htx_workflow.host import demonstrating, service
from htx_workflow.runtime import LOCAL, Clock, Runtime
from htx_workflow.settings import Settings
from tests.portal import visit

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--lang=vi", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage"]
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2,
}  # fmt: skip
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
HOUR = time_of_day(17, 10)
SERIOUS = ("serious", "critical")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
HOME = Path(__file__).parents[1]
GUIDES = tuple(HOME / "docs" / name for name in ("huong-dan.md", "huong-dan-quan-tri.md"))
"""For officials, and for the administrator."""
GUIDE_PICTURES = HOME / "docs" / "pictures"
TALLEST, MOST_BYTES, ABOVE = 1000, 80_000, 400
"""Of a picture in the guide: pixels, bytes, and pixels above what it is about."""

Be = Callable[..., Page]


def chromium() -> str:
    """The browser of this machine."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail("No Chromium for the browser tests. Run as root: sh .ci/system-packages python3 tests")
    return found


def runtime_of(var: Path, **settings: Any) -> Runtime:
    """The demo's runtime over the data in `var`."""
    chosen = Settings(
        var_dir=var, demo=True, today=demonstrating.TODAY, base_url="http://127.0.0.1:8080",
        installation=demonstrating.NAME, **settings,
    )  # fmt: skip
    return Runtime(chosen, Evening(demonstrating.TODAY))


class Evening(Clock):
    """Goes on from 17 giờ 10 of the demo's day, after the last thing that happened there, whatever the hour here."""

    def __init__(self, today: date) -> None:
        super().__init__(today)
        self._start = datetime.combine(today, HOUR, LOCAL).astimezone(UTC)
        self._since = time.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=time.monotonic() - self._since)


def copied(demo: Path, to: Path) -> Path:
    """The demo's data without its mails, to be changed at will."""
    shutil.copytree(demo, to, ignore=shutil.ignore_patterns("mailbox"))
    return to


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The application on a free port of this machine: its address."""
    listening = service.bind("127.0.0.1", 0)
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1)
    server = service.PortalServer(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    until = time.monotonic() + 10
    while not server.started and thread.is_alive() and time.monotonic() < until:
        time.sleep(0.01)
    assert server.started, "the portal did not start"
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


def signed_in(page: Page, runtime: Runtime, contact: str, strength: str = "link") -> None:
    """Signed in as a contact that is no persona, as by the link of a mail; behind a shared mailbox Nguyễn Thị Mẫu."""
    page.goto("/tinh-trang")
    cookies = visit(runtime, contact, strength).cookies
    page.context.add_cookies([{"name": name, "value": value, "url": page.url} for name, value in cookies.items()])


def no_serious_findings(page: Page) -> None:
    """Axe, by WCAG 2.2 AA, finds nothing serious or critical on this page, in light and in dark."""
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    now, other = ("dark", "light") if dark else ("light", "dark")
    found = _violations(page, {"type": "tag", "values": TAGS})
    page.emulate_media(color_scheme=other, reduced_motion="reduce")  # type: ignore[arg-type]  # colours do not fade
    found += _violations(page, {"type": "rule", "values": ["color-contrast"]})
    page.emulate_media(color_scheme=now, reduced_motion="null")  # type: ignore[arg-type]
    said = [
        f"{finding['id']}: {[node['target'] for node in finding['nodes']][:5]} {finding['nodes'][0]['failureSummary']}"
        for finding in found
        if finding["impact"] in SERIOUS
    ]
    assert not said, "\n".join([page.url, *said])


def _violations(page: Page, only: dict[str, Any]) -> list[dict[str, Any]]:
    found = Axe().run(page, options={"resultTypes": ["violations"], "runOnly": only})
    violations: list[dict[str, Any]] = found.response["violations"]
    return violations


def no_sideways_scroll(page: Page) -> None:
    """The page is no wider than its window."""
    wide = page.evaluate(
        """() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
        [...document.querySelectorAll("main *")].filter(one => one.getBoundingClientRect().right > window.innerWidth + 1)
            .map(one => one.tagName + "." + one.className).slice(0, 8)"""
    )
    width = page.evaluate("() => [document.documentElement.scrollWidth, window.innerWidth]")
    assert width[0] <= width[1], (page.url, wide)


def picture(page: Page, name: str, at: Locator | None = None) -> None:
    """Keep what the page looks like where the environment names a folder in PICTURES; for the guide a small copy.

    `at`: the guide's copy begins a little above this, not at the top of the page.
    """
    folder = os.environ.get("PICTURES")
    if not folder:
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    shot = page.screenshot(full_page=True, animations="disabled")
    (Path(folder) / f"{name}.png").write_bytes(shot)
    if any(f"pictures/{name}.png)" in guide.read_text("utf-8") for guide in GUIDES):
        width = page.evaluate("window.innerWidth")
        top = at.evaluate("one => one.getBoundingClientRect().top + scrollY") - ABOVE if at else 0
        (GUIDE_PICTURES / f"{name}.png").write_bytes(_small(shot, width, max(0, round(top))))


def _small(shot: bytes, width: int, top: int) -> bytes:
    """A part of a page in few colours, one pixel for each of the page's."""
    with Image.open(io.BytesIO(shot)) as whole:
        scaled = whole.convert("RGB").resize((width, whole.height * width // whole.width), Image.Resampling.LANCZOS)
    part = scaled.crop((0, top, width, min(scaled.height, top + TALLEST)))
    for colours in (64, 32, 16, 8):
        out = io.BytesIO()
        part.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() <= MOST_BYTES:
            break
    return out.getvalue()


def links_of_navigation(page: Page) -> list[str]:
    """Addresses of the main navigation."""
    return [link.get_attribute("href") or "" for link in page.locator("header nav a").all()]
