"""For browser tests: the demo's runtime, a portal served from a thread, and what to look for on a page.

page = be("skhdt-dau-moi")            signed in as a persona of the demo
page = be("dakto-tckh", PHONE)        on a phone;  be(None): nobody;  be("…", java_script_enabled=False)
no_serious_findings(page)             axe: nothing serious or critical, in this colour scheme
no_sideways_scroll(page)
picture(page, "viec")                 writes PICTURES/viec.png where the environment names a folder in PICTURES
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Page

from htx_workflow.host import demonstrating, service
from htx_workflow.runtime import Clock, Runtime
from htx_workflow.settings import Settings

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage"]
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2,
}  # fmt: skip
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
SERIOUS = ("serious", "critical")

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
    return Runtime(chosen, Clock(demonstrating.TODAY))


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


def no_serious_findings(page: Page) -> None:
    """Axe finds nothing serious or critical on this page."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [
        (finding["id"], [node["target"] for node in finding["nodes"]][:5], finding["nodes"][0]["failureSummary"])
        for finding in found
        if finding["impact"] in SERIOUS
    ] == [], page.url


def no_sideways_scroll(page: Page) -> None:
    """The page is no wider than its window."""
    wide = page.evaluate(
        """() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
        [...document.querySelectorAll("main *")].filter(one => one.getBoundingClientRect().right > window.innerWidth + 1)
            .map(one => one.tagName + "." + one.className).slice(0, 8)"""
    )
    width = page.evaluate("() => [document.documentElement.scrollWidth, window.innerWidth]")
    assert width[0] <= width[1], (page.url, wide)


def picture(page: Page, name: str) -> None:
    """Keep what the page looks like, for docs/huong-dan.md, where the environment names a folder in PICTURES."""
    folder = os.environ.get("PICTURES")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def links_of_navigation(page: Page) -> list[str]:
    """Addresses of the main navigation."""
    return [link.get_attribute("href") or "" for link in page.locator("header nav a").all()]
