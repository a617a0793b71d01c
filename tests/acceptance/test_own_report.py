"""A holder fills its form and takes its own report as Word, on its own letterhead (P-17)."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from docx import Document

from htx_workflow.domain.plan import Plan
from htx_workflow.runtime import Runtime
from htx_workflow.settings import load_settings
from tests.machine import Machine, MachineClock
from tests.portal import Client, a_person, visit

KEY = "kontum-3819/R.agency/huyen-dakto/2025"


@pytest.fixture
def runtime(sqlite_machine: Machine, kontum: Plan) -> Runtime:
    sqlite_machine.load(kontum, on=date(2024, 10, 23))
    sqlite_machine.at(date(2025, 12, 10))
    return Runtime(load_settings(), MachineClock(sqlite_machine), sqlite_machine.database)


@pytest.fixture
def holder(runtime: Runtime) -> Client:
    return visit(runtime, "dakto-tckh", person_id=a_person(runtime, "huyen-dakto", "Trần Văn Mẫu"))


def opened_form(holder: Client, machine: Machine) -> str:
    """The address of the form of the yearly report."""
    answer = holder.post(f"/viec/{machine.row(KEY).id}/mo-bieu")
    return str(answer.headers["location"]).partition("?")[0]


def lines_of(answer: Any) -> list[str]:
    document = Document(io.BytesIO(answer.content))
    cells = [p.text for table in document.tables for row in table.rows for cell in row.cells for p in cell.paragraphs]
    return [*(paragraph.text for paragraph in document.paragraphs), *cells]


def test_a_district_takes_its_report_on_its_own_letterhead(holder: Client, sqlite_machine: Machine) -> None:
    path = opened_form(holder, sqlite_machine)
    answer = holder.get(f"{path}/word")
    assert (answer.status_code, holder.written) == (200, [])
    assert 'filename="F-A_huyen-dakto_2025.docx"' in answer.headers["content-disposition"]
    lines = lines_of(answer)
    assert "Kết quả thực hiện Kế hoạch năm 2025" in lines
    assert ("HUYỆN ĐĂK TÔ" in lines, "Kính gửi: Sở Kế hoạch và Đầu tư." in lines) == (True, True)


def test_the_report_of_another_district_is_not_there(holder: Client, runtime: Runtime, sqlite_machine: Machine) -> None:
    path = opened_form(holder, sqlite_machine)
    other = visit(runtime, "dakha-tckh", person_id=a_person(runtime, "huyen-dakha", "Đỗ Thị Mẫu"))
    assert other.get(f"{path}/word").status_code == 404
