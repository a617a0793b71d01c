"""A yearly round lived through by hand, on both databases: counts by level, who is told what, once.

A, B and C of the samples hand in on time, Đoàn Kết one day late, Tu Mơ Rông nothing; its district sends no check.
"""

from __future__ import annotations

from datetime import date, time

import pytest

from htx_workflow.domain.plan import Plan
from htx_workflow.runtime import Runtime
from htx_workflow.services import consolidations, outcomes, plans, statuses
from htx_workflow.settings import load_settings
from htx_workflow.store import occurrences as store
from tests.job_runs import run, told
from tests.machine import Machine, MachineClock
from tests.portal import visit, words_of
from tests.scores import TT01
from tests.scoring import CODE, FACTS, UNITS, Scores, typed

EARLY = time(6, 15)
DISTRICTS = {"A": "huyen-konplong", "B": "huyen-dakto", "C": "huyen-dakha"}


@pytest.fixture
def year(machine: Machine, kontum: Plan) -> Scores:
    """Plan 3819 followed from 01/12/2025; starts are known, nobody has sent anything."""
    machine.load(kontum, on=date(2025, 12, 1))
    scores = Scores(machine)
    for name in (*UNITS, "htx-doanket"):
        scores.baseline(name, *(({"1": "5"}, {1}) if name not in UNITS else ()))
    return scores


def at(scores: Scores, day: int) -> Machine:
    return scores.machine.at(date(2025, 12, day), EARLY)


def doanket(scores: Scores, level: str = "self") -> None:
    scores.open("htx-doanket", level)
    if level == "self":
        scores.save("htx-doanket", points={**typed("B", "self"), "1a": "1"}, facts=FACTS)
        for role in ("chu-tich-hdqt", "truong-bks"):
            scores.sign("htx-doanket", role)
    scores.submit("htx-doanket", level)


def counts(scores: Scores) -> dict[str, int]:
    return run(scores.machine, "annual_evaluation").counts


def test_a_round_of_three_levels_with_one_late_and_one_missing(year: Scores) -> None:
    assert counts(year)["told"] == 0
    for name in UNITS:
        year.self_score(name)
    at(year, 15)
    day = counts(year)
    assert {key: day[key] for key in ("rounds", "owed", "sent", "accepted", "in_time", "settled")} == {
        "rounds": 1, "owed": 5, "sent": 3, "accepted": 0, "in_time": 3, "settled": 0,
    }  # fmt: skip
    complete = [f"level/{CODE}/2025/district/{district}" for district in sorted(DISTRICTS.values())]
    assert [key.rpartition("/")[0] for key in told(year.machine, "level")] == complete
    at(year, 16)
    doanket(year)
    day = counts(year)  # the day after the deadline: Đoàn Kết came late, Tu Mơ Rông has not
    assert (day["sent"], day["in_time"], day["told"]) == (4, 3, 2)
    (gaps,) = [
        row for row in year.machine.messages() if row.key.startswith(f"level/{CODE}/2025/district/huyen-tumorong/")
    ]
    assert " ".join(gaps.body_text.split("\n\n", 1)[1].split()) == (
        "Theo Kế hoạch số 3819/KH-UBND ngày 23/10/2024 của Ủy ban nhân dân tỉnh Kon Tum, đến 06 giờ 15 thứ Ba ngày"
        " 16/12/2025: 00/01 hợp tác xã đã có điểm tự chấm năm 2025; chưa có: HTX Dược liệu hữu cơ Tu Mơ Rông."
        ' Tổng hợp của Quý cơ quan không phải chờ: phần chưa có ghi "chưa gửi" (chậm nhất thứ Năm 18/12/2025).'
        " Với hợp tác xã chưa nộp: đề nghị hỏi thăm, hướng dẫn thêm; nếu gặp khó khăn, ghi lại để cùng tháo gỡ."
        " Thư gửi tự động, không thay thế văn bản của Sở Kế hoạch và Đầu tư."
    )
    assert counts(year)["told"] == 0
    for name in UNITS:
        year.check(name, "district")
    doanket(year, "district")
    at(year, 19)
    outcome = run(year.machine, "annual_evaluation")
    assert outcome.counts["told"] == 1  # the lead agency: four of five were checked, the deadline has passed
    (key,) = [key for key in told(year.machine, "level") if "/province/" in key]
    assert key == f"level/{CODE}/2025/province/skhdt/skhdt-dau-moi"
    assert [
        {name: row[name] for name in ("level", "owed", "sent", "accepted", "in_time", "missing")}
        for row in outcome.tables[0].rows
    ] == [
        {"level": "self", "owed": 5, "sent": 4, "accepted": 4, "in_time": 3, "missing": "htx-tumorong"},
        {"level": "district", "owed": 5, "sent": 4, "accepted": 0, "in_time": 4, "missing": "htx-tumorong"},
        {
            "level": "province", "owed": 5, "sent": 0, "accepted": 0, "in_time": 0,
            "missing": "htx-thanhnien, htx-rangdong, htx-saunhung, htx-doanket, htx-tumorong",
        },
    ]  # fmt: skip


def test_each_cooperative_is_told_its_result_once_when_its_year_is_settled(year: Scores) -> None:
    for name in ("A", "B"):
        year.whole(name)
    year.self_score("C")
    at(year, 22)
    assert counts(year)["results"] == 2
    assert counts(year)["results"] == 0
    assert told(year.machine, "result") == [
        f"result/{CODE}/2025/htx-rangdong/rangdong-ke-toan", f"result/{CODE}/2025/htx-thanhnien/thanhnien-ke-toan",
    ]  # fmt: skip
    mail = next(row for row in year.machine.messages() if row.key.startswith(f"result/{CODE}/2025/htx-rangdong"))
    assert mail.subject == "Kết quả đánh giá năm 2025 của hợp tác xã: 86 điểm, xếp loại tốt"
    text = " ".join(mail.body_text.split())
    assert "Kết luận theo điểm tự chấm (mặc định, chưa có văn bản chọn cấp khác)." in text
    assert "Đạt vì tổng điểm 86; cả 04 tiêu chí cần hoàn thiện không thấp hơn ban đầu." in text
    assert "Hợp tác xã không phải làm gì thêm." in text


def test_a_consolidation_that_a_person_kept_settles_the_year(year: Scores) -> None:
    year.self_score("C")
    year.machine.at(date(2025, 12, 22))
    with year.machine.database.reading() as session:
        made = consolidations.compute(session, CODE, "2025", TT01, year.machine.today, year.machine.when())
    with year.machine.transaction("consolidate") as session:
        consolidations.keep(session, made, TT01, None, year.machine.when("skhdt-dau-moi"))
    assert counts(year)["results"] == 1
    assert told(year.machine, "result") == [f"result/{CODE}/2025/htx-saunhung/saunhung-giam-doc"]


def test_only_a_verdict_opens_what_a_verdict_opens_and_once(year: Scores) -> None:
    for name in ("A", "C"):
        year.self_score(name)
    at(year, 16)
    doanket(year)  # 81,5 points, but criterion 1 below its start: not passed
    for name in ("A", "C"):
        year.check(name, "district")
    doanket(year, "district")
    for district in ("huyen-konplong", "huyen-sathay"):  # Đăk Hà passed too, but its own report is not accepted
        year.machine.finish(f"{CODE}/R.huyen/{district}/2025")
    at(year, 19)
    assert counts(year)["opened"] == 1
    assert counts(year)["opened"] == 0
    key = f"{CODE}/V.7.5b/huyen-konplong/r1"
    (change,) = year.machine.history(key)
    assert (change.by_code, change.act) == ("system", "open")
    assert change.note == (
        "Mô hình của HTX rau, hoa và du lịch thanh niên được kết luận đã hoàn thiện năm 2025 theo điểm tự chấm: Đạt vì"
        " tổng điểm 82; cả 04 tiêu chí cần hoàn thiện không thấp hơn ban đầu."
    )
    with year.machine.database.reading() as session:
        loaded = plans.get_plan(session, CODE)
        assert [row.key for row in store.list_rows(session, loaded.id) if row.duty == "V.7.5b"] == [key]


def test_an_outcome_is_read_from_the_scores(year: Scores) -> None:
    year.self_score("A")
    at(year, 16)
    doanket(year)
    with year.machine.database.reading() as session:
        rows = statuses.list_occurrences(session, CODE, year.machine.today, year.machine.calendar, None, None)
        found = statuses.status(session, CODE, year.machine.today)
    assert {str(row["agency"]): row["outcome"] for row in rows if row["duty"] == "V.8.5"} == {
        "htx-thanhnien": "passed", "htx-doanket": "failed", "htx-rangdong": "unfounded", "htx-saunhung": "unfounded",
        "htx-tumorong": "unfounded",
    }  # fmt: skip
    assert found.outcomes == {"passed": 1, "failed": 1, "unfounded": 3}


@pytest.mark.parametrize(
    ("contact", "path"),
    [
        ("thanhnien-ke-toan", "/viec"),
        ("thanhnien-ke-toan", "/viec/{}"),
        ("skhdt-dau-moi", "/ban/viec?tinh_trang=tat-ca&nhiem_vu=V.8.5"),
    ],
)
def test_pages_say_what_the_scores_say_and_read_little(year: Scores, contact: str, path: str) -> None:
    year.self_score("A")
    at(year, 16)
    client = visit(Runtime(load_settings(), MachineClock(year.machine), year.machine.database), contact)
    answer = client.get(path.format(year.machine.row(f"{CODE}/V.8.5/htx-thanhnien/outcome").id))
    assert (answer.status_code, client.written, client.queries <= 12) == (200, [], True), client.queries
    assert "✓ Đạt" in words_of(answer)


def test_before_any_card_nothing_is_founded(year: Scores) -> None:
    with year.machine.database.reading() as session:
        loaded = plans.get_plan(session, CODE)
        assert {one.value for one in outcomes.of(session, loaded, [1, 2], year.machine.today).values()} == {"unfounded"}


def test_the_trial_is_invited_to_once_and_its_gaps_are_told_once(machine: Machine, kontum: Plan) -> None:
    machine.load(kontum, on=date(2025, 5, 1))
    trial = Scores(machine, stage="trial")
    machine.at(date(2025, 5, 30), EARLY)
    assert run(machine, "annual_evaluation").counts["told"] == 0
    machine.at(date(2025, 6, 2), EARLY)
    told_now = run(machine, "annual_evaluation").counts["told"]
    assert told_now == len(told(machine, "trial")) > 5
    machine.at(date(2025, 6, 10), EARLY)
    assert run(machine, "annual_evaluation").counts["told"] == 0
    trial.baseline("A")
    trial.open("A")
    trial.save("A", points={**typed("A", "self"), "9": "2", "3a": "1"}, facts=FACTS)
    trial.submit("A")
    machine.at(date(2025, 7, 1), EARLY)
    assert run(machine, "annual_evaluation").counts["told"] == 1
    assert run(machine, "annual_evaluation").counts["told"] == 0
    (mail,) = [row for row in machine.messages() if row.key.startswith("trial-gaps/")]
    text = " ".join(mail.body_text.split())
    assert "01/05 hợp tác xã đã chấm thử" in text
    assert (
        "HTX rau, hoa và du lịch thanh niên: còn thiếu 2 điểm để đạt 80; tiêu chí 3 được 7, thấp hơn ban đầu 8; tiêu chí 9"
        " được 2, thấp hơn ban đầu 3." in text
    )
    assert text.count("chưa chấm thử.") == 4
