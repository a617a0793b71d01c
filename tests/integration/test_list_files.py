"""Every list goes out as Excel: the same lines as the page, and nobody else's."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from htx_workflow.domain.plan import Plan
from htx_workflow.runtime import Runtime
from htx_workflow.settings import load_settings
from tests.machine import Machine, MachineClock
from tests.portal import Page, visit

LISTS = {
    "skhdt-quan-tri": ("/quan-tri/co-quan", "/quan-tri/thu", "/quan-tri/luot-chay", "/quan-tri/ke-hoach", "/quan-tri/nhat-ky", "/uy-quyen"),
    "skhdt-dau-moi": (
        "/ban", "/ban/viec", "/ban/kiem-tra", "/ban/dot", "/ban/an-dinh", "/ban/bao-phu", "/ban/goi",
        "/ban/nhat-ky-goi", "/ban/thu-loi", "/ban/de-nghi", "/ban/diem-ban-dau", "/phieu", "/viec",
        "/viec?xem=xong", "/de-nghi", "/quan-tri/ghi-lui",
    ),
    "dakto-tckh": ("/viec", "/de-nghi", "/phieu"),
}  # fmt: skip


@pytest.fixture
def runtime(sqlite_machine: Machine, kontum: Plan) -> Runtime:
    sqlite_machine.load(kontum, on=date(2024, 10, 23))
    sqlite_machine.at(date(2024, 12, 17)).morning()
    return Runtime(load_settings(), MachineClock(sqlite_machine), sqlite_machine.database)


def rows_of(answer: httpx.Response) -> list[list[Any]]:
    return [list(row) for row in load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True)]


def test_every_list_goes_out_as_a_sheet_in_few_queries_and_writes_nothing(runtime: Runtime) -> None:
    wrong = {}
    for who, paths in LISTS.items():
        client = visit(runtime, who)
        for path in paths:
            answer = client.get(f"{path}{'&' if '?' in path else '?'}tep=xlsx")
            excel = answer.headers.get("content-type", "").endswith("spreadsheetml.sheet")
            if (
                (answer.status_code, excel, client.written) != (200, True, [])
                or client.queries > 12
                or not rows_of(answer)
            ):
                wrong[path] = (answer.status_code, excel, client.queries, client.written)
    assert wrong == {}


def test_a_page_offers_its_list_and_the_sheet_has_all_its_lines(runtime: Runtime) -> None:
    client = visit(runtime, "dakto-tckh")
    page = client.get("/viec")
    assert [link["href"] for link in Page(page).all("a") if "tep=xlsx" in link.get("href", "")] == ["?tep=xlsx"]
    works = {link["href"] for link in Page(page).all("a") if link.get("href", "").startswith("/viec/")}
    lines = rows_of(client.get("/viec?tep=xlsx"))
    head = next(number for number, row in enumerate(lines) if row[0] == "Nhóm")
    assert sum(bool(row[0] and row[6]) for row in lines[head + 1 :]) == len(works) > 0


def test_what_holds_a_formula_is_text(runtime: Runtime) -> None:
    sheet = load_workbook(
        io.BytesIO(visit(runtime, "skhdt-quan-tri").get("/quan-tri/co-quan?tep=xlsx").content)
    ).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}
