"""The real portal in a real browser: a copy of the demo, uvicorn in a thread, headless Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from htx_workflow.runtime import Runtime
from htx_workflow.web.app import create_app
from tests.browsing import DESK, FLAGS, Be, chromium, copied, runtime_of, served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for each module: while it lives, its event loop is the running one of this thread."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def runtime(demo: Path, tmp_path: Path) -> Iterator[Runtime]:
    """The demo's installation, on a copy of its own."""
    opened = runtime_of(copied(demo, tmp_path / "var"))
    yield opened
    opened.database.close()


@pytest.fixture
def address(runtime: Runtime) -> Iterator[str]:
    """Of the running portal."""
    with served(create_app(runtime)) as found:
        yield found


@pytest.fixture
def be(browser: Browser, address: str) -> Iterator[Be]:
    """Opens the portal as one of the demo's personas (or as nobody), in a browser context of its own."""
    contexts = []
    problems: list[str] = []

    def open_(persona: str | None, how: dict[str, Any] | None = None, **more: Any) -> Page:
        context = browser.new_context(base_url=address, locale="vi-VN", **{**DESK, **(how or {}), **more})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15000)
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        if persona is not None:
            context.request.post(f"/demo/{persona}")
            page.goto("/")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert [text for text in problems if "status of 4" not in text] == [], "said on the browser's console"
