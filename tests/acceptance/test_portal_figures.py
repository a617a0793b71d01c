"""Pages of forms that are fed from scores, money and work: few queries, quick, and lists as long as a district is."""

from __future__ import annotations

import re
import time
from datetime import date

import pytest

from htx_workflow.domain.plan import Plan
from htx_workflow.runtime import Runtime
from htx_workflow.settings import load_settings
from tests.acceptance.test_portal_forms import draft, get, opened, sent_to
from tests.machine import Machine, MachineClock
from tests.scoring import CODE, Scores

DISTRICT = (f"{CODE}/R.huyen/huyen-konplong/2025", "konplong-tckh")
MOST = 0.1
"""Seconds of work for a page."""


@pytest.fixture
def portal(sqlite_machine: Machine, kontum: Plan) -> Runtime:
    """One cooperative of the district scored on three levels."""
    sqlite_machine.load(kontum, on=date(2024, 10, 23))
    Scores(sqlite_machine).whole("A")
    sqlite_machine.at(date(2025, 12, 22))
    return Runtime(load_settings(), MachineClock(sqlite_machine), sqlite_machine.database)


@pytest.mark.parametrize(
    ("key", "contact", "fed"),
    [
        (f"{CODE}/R.htx/htx-thanhnien/2025", "thanhnien-ke-toan", {"B8"}),
        (*DISTRICT, {"C2", "C3", "C4", "C5", "C7"}),
        (f"{CODE}/R.tinh/skhdt/2025", "skhdt-dau-moi", {"D1", "D3", "D6", "D7", "D11"}),
    ],
    ids=["F-B", "F-C", "F-D"],
)
def test_a_section_that_is_fed_makes_few_queries_and_is_quick(
    portal: Runtime, key: str, contact: str, fed: set[str]
) -> None:
    browser, path = opened(portal, key, contact)
    tabs = set(re.findall(r"\?phan=([^\"#&]+)\"", browser.get(path).text))
    assert fed < tabs
    for tab in sorted(tabs):
        get(browser, f"{path}?phan={tab}")
    for tab in sorted(fed):
        started = time.process_time()
        browser.get(f"{path}?phan={tab}")
        assert time.process_time() - started < MOST, tab


def test_figures_are_taken_with_one_button_and_rows_of_people_stay(portal: Runtime, sqlite_machine: Machine) -> None:
    browser, path = opened(portal, *DISTRICT)
    sent_to(browser.post(f"{path}/nhom/danh-sach", {"phan": "C3", "phien_ban": "0", "C3:1:C3.1": "HTX khác"}), "luu")
    page = get(browser, f"{path}?phan=C3")
    assert "khác số liệu của hệ thống: chưa có dòng" in page.words
    sent_to(browser.post(f"{path}/so-lieu", {"phan": "C3"}), "so-lieu")
    held = draft(sqlite_machine)["C3"]
    assert isinstance(held, dict)
    assert [(row["C3.1"], row.get("C3.7a")) for row in held["rows"]] == [
        ("HTX khác", None), (sqlite_machine.plan.agency("htx-thanhnien").name, "24.5")  # type: ignore[union-attr]  # loaded
    ]  # fmt: skip
    assert "khác số liệu của hệ thống" not in get(browser, f"{path}?phan=C3").words


def test_a_list_of_five_hundred_rows_is_saved_from_its_page(portal: Runtime, sqlite_machine: Machine) -> None:
    browser, path = opened(portal, *DISTRICT)
    cells = {f"C3.{part}": "1" for part in ("1", "2", "3", "4", "4b", "4c", "4d", "7a", "7b", "7c", "9", "12", "13")}
    typed = {
        f"C3:{row}:{cell}{end}": text for row in range(1, 501) for cell, text in cells.items() for end in ("", "~non")
    }
    sent_to(browser.post(f"{path}/nhom/danh-sach", {"phan": "C3", "phien_ban": "0", **typed}), "luu")
    held = draft(sqlite_machine)["C3"]
    assert isinstance(held, dict)
    assert len(held["rows"]) == 500
