"""Points from a cooperative's own report by ladders, and a rubric whose ladders an administrator enters later."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from htx_workflow.domain.plan import Plan
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.gateways import rubric_files
from htx_workflow.services import form_points, scoring
from htx_workflow.services.scoring import Filled, Saved
from htx_workflow.store import cards as store
from htx_workflow.store.cards import ScoreRow
from tests.integration.test_figures_in_forms import Desk
from tests.machine import Machine
from tests.scores import RUBRICS, TT01, TT09
from tests.scoring import Scores

REPORT = {
    "B1.1c": "2020-05-01", "H3b": "2025-12-14", "B2.1a": "50", "B2.1b": "0", "B2.1c": "0",
    "B5.1@ke_hoach": 1_000_000_000, "B5.1@thuc_hien": 1_200_000_000, "B5.4d@thuc_hien": 300_000_000,
    "B4.6a@thuc_hien": 60_000_000, "B4.6b@thuc_hien": 9_000_000,
}  # fmt: skip
INVENTED = "thang điểm mẫu của bản thử, không phải của thông tư"


@pytest.fixture
def scores(sqlite_machine: Machine, kontum: Plan) -> Scores:
    sqlite_machine.load(kontum, on=date(2024, 10, 23))
    sqlite_machine.at(date(2025, 12, 15))
    return Scores(sqlite_machine)


def save(scores: Scores, name: str, rubric: Rubric, points: dict[str, str] | None = None) -> Saved:
    machine, place = scores.machine, scores.place(name, "self")
    with machine.transaction() as session:
        scoring.open_card(session, place, rubric, None, machine.when())
        return scoring.save(session, place, Filled(points or {}), None, machine.when())


def rows(scores: Scores, saved: Saved) -> dict[str, ScoreRow]:
    with scores.machine.database.reading() as session:
        return store.scores(session, saved.card.id)


def test_the_ladders_of_criterion_1_give_points_of_the_report_and_say_why(scores: Scores) -> None:
    desk = Desk(scores.machine, "thanhnien-ke-toan", "R.htx/htx-thanhnien/2025", "F-B")
    with scores.machine.database.reading() as session:
        assert form_points.computed(session, scores.place("A", "self"), TT09) == {}
    desk.put(REPORT)
    found = rows(scores, save(scores, "A", TT09))

    assert {key: row.hundredths for key, row in found.items()} == {"1a": 800, "1b": 600, "1c": 700, "1d": 500, "1e": 0}
    assert found["1a"].why == (
        "8 điểm vì doanh thu thực hiện so với kế hoạch 120 %, thuộc mức từ 120 trở lên (theo báo cáo F-B chưa gửi)"
    )
    assert found["1c"].why.startswith(
        "7 điểm vì thu nhập sau nghĩa vụ tài chính bình quân một thành viên 6.000.000 đồng"
    )


def test_a_person_decides_and_blank_boxes_of_a_page_leave_it_to_the_ladder(scores: Scores) -> None:
    Desk(scores.machine, "thanhnien-ke-toan", "R.htx/htx-thanhnien/2025", "F-B").put(REPORT)
    found = rows(scores, save(scores, "A", TT09, {"1a": "4", "1b": "", "2": ""}))

    assert (found["1a"].hundredths, found["1a"].computed) == (400, 800)
    assert found["1b"].hundredths == 600
    assert "2" not in found


def test_what_the_report_does_not_say_gives_no_points(scores: Scores) -> None:
    Desk(scores.machine, "thanhnien-ke-toan", "R.htx/htx-thanhnien/2025", "F-B").put({"B5.1@thuc_hien": 900_000_000})
    found = rows(scores, save(scores, "A", TT09))

    assert {key: row.hundredths for key, row in found.items()} == {"1b": 400}


def test_a_rubric_without_ladders_and_the_levels_that_check_compute_nothing(scores: Scores) -> None:
    Desk(scores.machine, "thanhnien-ke-toan", "R.htx/htx-thanhnien/2025", "F-B").put(REPORT)

    assert rows(scores, save(scores, "A", TT01)) == {}


def entered(folder: Path) -> Rubric:
    """The rubric of TT 01/2020 as an administrator writes a ladder and a maximum into it: a new version of the file."""
    text = (RUBRICS / "tt-01-2020.yaml").read_text(encoding="utf-8")
    before = "{id: a, title: Tổng doanh thu bán hàng và cung cấp dịch vụ, max: 4}"
    assert before in text
    ladder = (
        f"{{kind: steps, label: tổng doanh thu, unit: đồng, value: B5.1@thuc_hien, source: {INVENTED!r},"
        " steps: [{points: 1}, {from: 1000000000, points: 3}]}"
    )
    text = text.replace(before, before.replace("max: 4", f"max: 4, ladder: {ladder}"))
    text = text.replace("version: 1\n", "version: 2\nform: F-B\n")
    path = folder / "tt-01-2020.yaml"
    path.write_text(text, encoding="utf-8")
    return rubric_files.read_rubric(path, RUBRICS.parent / "forms")


def test_a_ladder_entered_later_counts_for_new_cards_and_old_ones_keep_their_version(
    scores: Scores, tmp_path: Path
) -> None:
    later = entered(tmp_path)
    old = save(scores, "A", TT01, {"3a": "2"})
    for contact, unit in (("thanhnien-ke-toan", "htx-thanhnien"), ("rangdong-ke-toan", "htx-rangdong")):
        Desk(scores.machine, contact, f"R.htx/{unit}/2025", "F-B").put(REPORT)
    again, new = save(scores, "A", later), save(scores, "B", later)

    assert later.ref == ("tt-01-2020", 2)
    assert again.card.definition_id == old.card.definition_id != new.card.definition_id
    assert {key: row.hundredths for key, row in rows(scores, again).items()} == {"3a": 200}
    assert {key: (row.hundredths, row.why) for key, row in rows(scores, new).items()} == {
        "3a": (
            300,
            "3 điểm vì tổng doanh thu 1.200.000.000 đồng, thuộc mức từ 1.000.000.000 trở lên (theo báo cáo F-B chưa gửi)",
        )
    }
    assert scores.view("A").rubric.ref == ("tt-01-2020", 1)
