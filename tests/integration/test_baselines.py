"""Starting scores and criteria to be completed: entered, imported, exported; every wrong cell named, nothing half done."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from htx_workflow.domain.errors import BadInput, NotFound
from htx_workflow.domain.plan import Plan
from htx_workflow.domain.verdicts import Baseline
from htx_workflow.services import baselines
from htx_workflow.store import baselines as store
from htx_workflow.store.tables import table
from tests.machine import Machine
from tests.scores import SAMPLES, TT01
from tests.scoring import ANNEX, CODE, UNITS, Scores

HEAD = 5
"""The first row that people fill: title, line, heads, codes stand above it."""


@pytest.fixture
def scores(machine: Machine, kontum: Plan) -> Scores:
    machine.load(kontum, on=date(2024, 10, 23))
    return Scores(machine)


def kept(scores: Scores, unit: str = UNITS["A"]) -> Baseline | None:
    agencies = table("agency")
    with scores.machine.database.reading() as session:
        number = session.execute(select(agencies.c.id).where(agencies.c.code == unit)).scalar_one()
        return store.of_unit(session, 1, number)


def filled(scores: Scores, fill: Callable[[Any], None]) -> bytes:
    """The exported sheet after somebody filled it in."""
    with scores.machine.database.reading() as session:
        body = baselines.export_file(session, CODE, TT01, None, scores.machine.today)
    book = load_workbook(io.BytesIO(body))
    fill(book[baselines.PAGE])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def import_(scores: Scores, body: bytes) -> int:
    with scores.machine.transaction("baseline") as session:
        return baselines.import_file(session, CODE, body, TT01, ANNEX, None, scores.machine.when())


def test_what_was_entered_is_kept_with_its_rubric_and_the_rest_stays(scores: Scores) -> None:
    scores.baseline("A")
    assert kept(scores) == SAMPLES["A"].baseline
    scores.baseline("A", {"1": "5", "2": ""}, None)
    changed = kept(scores)
    assert changed is not None
    assert (changed.points[1], 2 in changed.points, changed.to_improve) == (500, False, frozenset({1, 3, 9, 12}))


def test_what_was_replaced_stays_in_the_record_and_the_same_again_changes_nothing(scores: Scores) -> None:
    scores.baseline("A")
    scores.baseline("A")
    scores.baseline("A", {"1": "5"}, None)
    rows = table("baseline")
    count = select(func.count()).select_from(rows)
    with scores.machine.database.reading() as session:
        assert session.execute(count).scalar_one() == 30
        assert session.execute(count.where(rows.c.replaced_at.is_(None))).scalar_one() == 15


def test_a_criterion_that_the_rubric_does_not_have_and_points_above_a_maximum_are_refused_together(
    scores: Scores,
) -> None:
    with pytest.raises(BadInput) as refused:
        scores.baseline("A", {"16": "3", "9": "4,5", "5": "tám"}, {17})
    assert str(refused.value).splitlines() == [
        "Tiêu chí 16 không có trong bộ tiêu chí TT 01/2020.",
        '"tám" không phải là điểm. Đề nghị nhập số từ 0, tối đa hai chữ số thập phân, ví dụ 3,5.',
        "Tiêu chí 9: 4,5 lớn hơn mức tối đa 4. Đề nghị nhập từ 0 đến 4, tối đa hai chữ số thập phân.",
        "Tiêu chí 17 không có trong bộ tiêu chí TT 01/2020. Đề nghị kiểm tra danh mục tiêu chí cần hoàn thiện.",
    ]
    assert kept(scores) is None


def test_an_agency_that_is_no_cooperative_of_the_plan_is_refused(scores: Scores) -> None:
    with pytest.raises(NotFound, match="huyen-dakto không phải là hợp tác xã của kế hoạch"):
        scores.baseline("huyen-dakto", {"1": "5"}, ())


def test_the_exported_sheet_filled_in_comes_back_as_it_was_filled(scores: Scores) -> None:
    def fill(page: Any) -> None:
        for row in page.iter_rows(min_row=HEAD, max_row=HEAD + 14):
            number = row[2].value
            row[4].value = SAMPLES["A"].baseline.points[number] / 100
            row[5].value = "x" if number in SAMPLES["A"].baseline.to_improve else None

    assert import_(scores, filled(scores, fill)) == 1
    assert kept(scores) == SAMPLES["A"].baseline
    assert import_(scores, filled(scores, lambda page: None)) == 1


def test_every_wrong_cell_is_named_and_nothing_is_written(scores: Scores) -> None:
    def fill(page: Any) -> None:
        page.cell(HEAD, 5).value = "sáu"
        page.cell(HEAD + 1, 5).value = 6.5
        page.cell(HEAD + 2, 6).value = "?"
        page.cell(HEAD + 3, 1).value, page.cell(HEAD + 3, 5).value = "htx-la", 3
        page.cell(HEAD + 4, 3).value, page.cell(HEAD + 4, 5).value = 16, 3
        page.cell(HEAD + 6, 3).value, page.cell(HEAD + 6, 5).value = 6, 3
        page.cell(HEAD + 5, 5).value = 3

    with pytest.raises(BadInput) as refused:
        import_(scores, filled(scores, fill))
    said = str(refused.value)
    assert said.startswith("Tệp Excel có 06 ô cần sửa, chưa ô nào được ghi vào hệ thống: ")
    for place in (
        "Điểm ban đầu!E5 “sáu” không phải là điểm", "Điểm ban đầu!E6 Tiêu chí 2: 6,5 lớn hơn mức tối đa 6",
        "Điểm ban đầu!F7 “?” không rõ", "Điểm ban đầu!A8 mã hợp tác xã “htx-la” không có trong Kế hoạch",
        "Điểm ban đầu!C9 “16” không phải là tiêu chí", "Điểm ban đầu!A11 tiêu chí 6 của htx-thanhnien đã có",
    ):  # fmt: skip
        assert place in said
    assert kept(scores) is None


def test_an_empty_sheet_says_nothing(scores: Scores) -> None:
    with pytest.raises(BadInput, match="Tệp chưa có dòng nào được điền"):
        import_(scores, filled(scores, lambda page: None))
