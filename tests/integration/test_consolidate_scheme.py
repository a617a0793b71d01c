"""Consolidations that the course of plan 3819 asks for, on both databases: when, of what, told how."""

from __future__ import annotations

from datetime import date, time

import pytest

from htx_workflow.domain.plan import Plan
from htx_workflow.services import consolidations, documents, issued
from tests.job_runs import run, told
from tests.machine import Machine
from tests.scores import TT01
from tests.scoring import CODE, Scores

EARLY = time(6, 25)


@pytest.fixture
def scores(machine: Machine, kontum: Plan) -> Scores:
    """Plan 3819 followed from 01/12/2025, the sample A on three levels."""
    machine.load(kontum, on=date(2025, 12, 1))
    scores = Scores(machine)
    scores.whole("A")
    return scores


def counts(scores: Scores, day: date) -> dict[str, int]:
    scores.machine.at(day, EARLY)
    return run(scores.machine, "consolidate_scheme").counts


def numbers(scores: Scores) -> list[int]:
    with scores.machine.database.reading() as session:
        return [row.no for row in consolidations.list_of(session, CODE)]


def test_the_round_asks_for_one_when_its_last_day_has_passed_and_no_day_after_it(scores: Scores) -> None:
    assert counts(scores, date(2025, 12, 19)) == {"kept": 0, "issued": 0, "told": 0}
    first = counts(scores, date(2025, 12, 22))
    with scores.machine.database.reading() as session:
        made = consolidations.find(session, CODE, "2025")
        there = issued.list_of(session, CODE, "2025", 1)
    wanted = {issued.place(kind, unit) for kind, unit in documents.wanted(made, final=True)}
    assert (first, set(there)) == ({"kept": 1, "issued": len(wanted), "told": 1}, wanted)
    assert told(scores.machine, "consolidation") == [f"consolidation/{CODE}/2025/1/skhdt-dau-moi"]
    assert counts(scores, date(2025, 12, 22)) == {"kept": 0, "issued": 0, "told": 0}
    assert counts(scores, date(2025, 12, 23)) == {"kept": 0, "issued": 0, "told": 0}  # only a day older


def test_the_report_of_the_top_level_asks_for_one_before_its_last_day(scores: Scores) -> None:
    districts = ("dakha", "dakto", "tumorong", "sathay", "konplong")
    scores.machine.at(date(2025, 12, 18))
    scores.machine.finish(*(f"{CODE}/R.huyen/huyen-{name}/2025" for name in districts))
    scores.machine.finish(f"{CODE}/R.tinh/skhdt/2025")
    assert counts(scores, date(2025, 12, 19))["kept"] == 1


def test_figures_that_change_make_the_next_one_which_says_what_differs(scores: Scores) -> None:
    counts(scores, date(2025, 12, 22))
    scores.baseline("B")
    scores.self_score("B")
    assert counts(scores, date(2025, 12, 23))["kept"] == 1
    assert numbers(scores) == [1, 2]
    (mail,) = [row for row in scores.machine.messages() if row.key.startswith(f"consolidation/{CODE}/2025/2/")]
    assert mail.subject == "[KH 3819] Bản tổng hợp số 02 đợt năm 2025 đã lập: 02/05 hợp tác xã đạt"
    text = " ".join(mail.body_text.split())
    assert "So với bản số 01, chỗ khác: 1. Hợp tác xã " in text
    assert "có điểm tự chấm 86; kết luận Chưa đủ căn cứ, nay Đạt." in text
    assert "mục tiêu: 01/05 hợp tác xã đạt, nay 02/05 hợp tác xã đạt." in text


def test_the_end_of_the_scheme_asks_for_one_of_its_own_when_its_day_has_come(scores: Scores) -> None:
    counts(scores, date(2025, 12, 22))
    scores.machine.finish(f"{CODE}/R.agency/stc/2025")  # the matrix of the day changes, no figure does
    assert counts(scores, date(2025, 12, 26))["kept"] == 0
    last = counts(scores, date(2025, 12, 29))
    assert (last["kept"], last["told"]) == (1, 1)
    scores.machine.finish(f"{CODE}/R.agency/sct/2025")
    assert counts(scores, date(2025, 12, 30))["kept"] == 0
    assert numbers(scores) == [1, 2]


def test_what_a_person_keeps_is_not_issued_and_told_by_the_job(scores: Scores) -> None:
    scores.machine.at(date(2025, 12, 19))
    with scores.machine.database.reading() as session:
        made = consolidations.compute(session, CODE, "2025", TT01, scores.machine.today, scores.machine.when())
    with scores.machine.transaction("consolidate") as session:
        consolidations.keep(session, made, TT01, None, scores.machine.when("skhdt-dau-moi"))
    assert counts(scores, date(2025, 12, 19)) == {"kept": 0, "issued": 0, "told": 0}


def test_long_after_its_end_a_scheme_is_left_alone(scores: Scores) -> None:
    assert counts(scores, date(2026, 6, 1)) == {"kept": 0, "issued": 0, "told": 0}
