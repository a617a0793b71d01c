"""Submitting, verifying, returning, asking, adopting and moving deadlines, on both databases."""

from __future__ import annotations

import random
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from htx_workflow.domain.errors import BadInput, HtxError, NotAllowed, NotFound, TooLate
from htx_workflow.domain.plan import Plan
from htx_workflow.domain.standing import Return
from htx_workflow.store import occurrences as store
from htx_workflow.store.documents import DocumentRef
from htx_workflow.store.tables import table
from tests.machine import Machine, a_document

CODE = "kontum-3819"
HTX = f"{CODE}/R.htx/htx-thanhnien/2024"
HUYEN = f"{CODE}/R.huyen/huyen-konplong/2024"
TINH = f"{CODE}/R.tinh/skhdt/2024"
AGENCY = f"{CODE}/R.agency/stc/2024"
KEHOACH = f"{CODE}/R.kehoach/skhdt/2024"
STARTED = date(2024, 10, 23)
PROJECTED = (
    "state", "holder_id", "basis", "due_on", "due_rev", "original_due_on", "due_document_id", "submitted_on",
)  # fmt: skip


@pytest.fixture
def tinh(machine: Machine, kontum: Plan) -> Machine:
    """Plan 3819, loaded on its first day."""
    machine.load(kontum, on=STARTED)
    return machine


def paper(number: str, dated: date, issuer: str = "huyen-konplong") -> DocumentRef:
    return DocumentRef(number, dated, issuer)


def boxes(machine: Machine, day: date, agency: str) -> dict[str, int]:
    found = machine.status(day).by_agency[agency].boxes
    return {box: count for box, count in found.items() if count and box not in ("no_deadline", "expected")}


def all_htx(year: int = 2024) -> list[str]:
    return [f"{CODE}/R.htx/htx-{name}/{year}" for name in ("thanhnien", "rangdong", "saunhung", "doanket", "tumorong")]


# Submitting


def test_a_paper_counts_on_the_day_it_was_sent_and_is_known_from_the_day_it_was_typed(tinh: Machine) -> None:
    """Sent on 18/12, typed on 20/12, accepted on 23/12: overdue on the 19th, done in time afterwards."""
    tinh.at(date(2024, 12, 16)).finish(HTX)
    tinh.at(date(2024, 12, 20)).submit(
        HUYEN, sent_on=date(2024, 12, 18), document=paper("45/BC-UBND", date(2024, 12, 18))
    )
    tinh.at(date(2024, 12, 23)).verify(HUYEN)
    seen = {day: boxes(tinh, date(2024, 12, day), "huyen-konplong") for day in (17, 18, 19, 20, 22, 23, 31)}
    ahead = {"open_in_time": 1}  # the round of 2025
    assert seen == {
        17: {"open_in_time": 2},
        18: {"open_in_time": 2},
        19: {**ahead, "open_overdue": 1},
        20: {"open_in_time": 2},
        22: {"open_in_time": 2},
        23: {**ahead, "done_on_time": 1},
        31: {**ahead, "done_on_time": 1},
    }


def test_past_days_never_change_whatever_is_recorded_later(tinh: Machine) -> None:
    days = [date(2024, 12, day) for day in range(1, 32)]
    tinh.at(date(2024, 12, 31))
    before = {day: tinh.status(day).total.as_json() for day in days}
    tinh.at(date(2025, 1, 2))
    tinh.finish(HTX)
    tinh.submit(AGENCY, sent_on=date(2024, 12, 16), document=paper("7/BC-STC", date(2024, 12, 16), "stc"))
    tinh.set_deadline(
        f"{CODE}/V.1.1c/skhdt/2025",
        due_on=date(2025, 6, 30),
        document=DocumentRef("9/BKHĐT", date(2025, 1, 2), "bkhdt"),
    )
    tinh.adopt(document=a_document(dated=date(2025, 1, 2)))
    assert {day: tinh.status(day).total.as_json() for day in days} == before


def test_history_entered_afterwards_counts_as_known_on_its_day_and_is_marked(tinh: Machine) -> None:
    tinh.at(date(2025, 3, 1)).submit(
        HTX, sent_on=date(2024, 12, 14), document=paper("1/BC-HTX", date(2024, 12, 14)), retrospective=True
    )
    change = tinh.history(HTX)[-1]
    assert (change.known_on, change.happened_on, change.retrospective) == (
        date(2024, 12, 14),
        date(2024, 12, 14),
        True,
    )
    assert "open_overdue" not in boxes(tinh, date(2024, 12, 20), "htx-thanhnien")


def test_one_paper_closes_several_occurrences(tinh: Machine) -> None:
    tinh.at(date(2024, 12, 12))
    document = paper("45/BC-STC", date(2024, 12, 11), "stc")
    done = tinh.submit(AGENCY, HTX, sent_on=date(2024, 12, 11), document=document)
    assert [(found.state, found.submitted_on) for found in done] == [("submitted", date(2024, 12, 11))] * 2
    with tinh.database.reading() as session:
        assert len(session.execute(select(table("document"))).all()) == 1
    assert tinh.history(AGENCY)[-1].document_id == tinh.history(HTX)[-1].document_id


def test_one_paper_for_several_is_recorded_whole_or_not_at_all(tinh: Machine) -> None:
    tinh.at(date(2024, 12, 12)).submit(HTX)
    before = tinh.row(AGENCY).standing
    with pytest.raises(NotAllowed, match="đang chờ kiểm tra, không gửi thêm được"):
        tinh.submit(AGENCY, HTX)
    assert tinh.row(AGENCY).standing == before


def test_the_same_key_typed_twice_is_meant_once(tinh: Machine) -> None:
    tinh.at(date(2024, 12, 12))
    assert len(tinh.submit(HTX, HTX)) == 1
    tinh.verify(HTX, HTX)
    assert [change.act for change in tinh.history(HTX)] == ["open", "submit", "verify"]


@pytest.mark.parametrize(
    ("key", "options", "error", "sentence"),
    [
        (HTX, {"sent_on": date(2024, 12, 11)}, BadInput, "chỉ ghi nhận được khi có văn bản"),
        (
            HTX,
            {"sent_on": date(2024, 12, 13), "document": paper("1/BC", date(2024, 12, 12))},
            BadInput,
            "Ngày gửi 13/12/2024 sau hôm nay 12/12/2024",
        ),
        (
            HTX,
            {"sent_on": date(2024, 12, 11), "document": paper("1/BC", date(2024, 12, 12))},
            BadInput,
            "Ngày văn bản 12/12/2024 sau ngày gửi 11/12/2024",
        ),
        (f"{CODE}/V.7.6/huyen-dakha/2025", {}, NotAllowed, "mở từ ngày 01/07/2025"),
        (f"{CODE}/V.8.1/htx-doanket/standing", {}, NotAllowed, "nhiệm vụ thường xuyên"),
        (f"{CODE}/V.8.5/htx-doanket/outcome", {}, NotAllowed, "kết quả đọc từ điểm đánh giá"),
        (f"{CODE}/R.htx/htx-doanket/2023", {}, NotFound, "htx occurrences kontum-3819"),
    ],
)
def test_a_submission_that_cannot_be_is_refused_with_a_sentence(
    tinh: Machine, key: str, options: dict[str, Any], error: type[HtxError], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        tinh.at(date(2024, 12, 12)).submit(key, **options)


# Returning


def test_a_return_for_a_supplement_keeps_the_first_day(tinh: Machine) -> None:
    tinh.at(date(2024, 12, 13)).submit(HTX)
    tinh.at(date(2024, 12, 16)).return_(HTX, Return.SUPPLEMENT)
    tinh.at(date(2024, 12, 20)).finish(HTX)
    assert tinh.row(HTX).standing.submitted_on == date(2024, 12, 13)
    assert boxes(tinh, date(2024, 12, 18), "htx-thanhnien") == {"open_in_time": 2}
    assert boxes(tinh, date(2024, 12, 20), "htx-thanhnien") == {"open_in_time": 1, "done_on_time": 1}


def test_a_return_to_be_sent_again_lets_the_new_day_count(tinh: Machine) -> None:
    tinh.at(date(2024, 12, 13)).submit(HTX)
    tinh.at(date(2024, 12, 16)).return_(HTX, Return.AGAIN)
    assert boxes(tinh, date(2024, 12, 16), "htx-thanhnien") == {"open_in_time": 1, "open_overdue": 1}
    tinh.at(date(2024, 12, 20)).finish(HTX)
    assert boxes(tinh, date(2024, 12, 20), "htx-thanhnien") == {"open_in_time": 1, "done_late": 1}
    assert boxes(tinh, date(2024, 12, 15), "htx-thanhnien") == {"open_in_time": 2}


def test_a_return_needs_a_reason(tinh: Machine) -> None:
    tinh.at(date(2024, 12, 13)).submit(HTX)
    with pytest.raises(BadInput, match="một câu nêu lý do"):
        tinh.return_(HTX, Return.AGAIN, "  ")


def test_a_supplement_after_the_deadline_is_not_chased(tinh: Machine) -> None:
    tinh.at(date(2024, 12, 13)).submit(HTX)
    tinh.at(date(2024, 12, 14)).return_(HTX, Return.SUPPLEMENT)
    tinh.live_until(date(2025, 1, 20))
    later = [rung for rung in tinh.rungs(HTX) if rung.send_on > date(2024, 12, 15)]
    assert {rung.state for rung in later} == {"skipped"}
    assert {rung.reason for rung in later if rung.audience == "holder"} == {
        "đã gửi lần đầu ngày 13/12/2024, đang bổ sung"
    }


def test_what_is_only_being_completed_is_nobodys_overdue_work_in_a_mail(tinh: Machine) -> None:
    """Its agency gets other mail meanwhile; there it does not stand as overdue."""
    tinh.at(date(2024, 12, 16)).submit(AGENCY)
    tinh.return_(AGENCY, Return.SUPPLEMENT)
    tinh.set_deadline(AGENCY, due_on=date(2024, 12, 17), document=a_document("9/SKHĐT", date(2024, 12, 16)))
    tinh.at(date(2024, 12, 18)).ask("V.2.1")
    tinh.live_until(date(2024, 12, 31))
    texts = [mail.text for mail in tinh.mails_to("ngansach.stc@example.vn") if mail.day > date(2024, 12, 18)]
    assert texts
    assert not any("quá hạn" in text for text in texts)


def test_a_return_begins_the_ladder_where_it_is(tinh: Machine) -> None:
    tinh.at(date(2024, 12, 2)).submit(HTX)
    tinh.at(date(2024, 12, 12)).return_(HTX, Return.AGAIN)
    tinh.live_until(date(2024, 12, 17))
    assert tinh.ladder(HTX) == [("0", "holder", "sent"), ("+1wd", "holder", "sent")]


# Order of the work


def test_work_that_waits_cannot_be_sent_before_its_own_last_working_day(tinh: Machine) -> None:
    with pytest.raises(NotAllowed, match=r"còn chờ Bảng tự chấm điểm.*thanh niên.* hoặc từ thứ Tư 18/12/2024"):
        tinh.at(date(2024, 12, 17)).submit(HUYEN)
    tinh.at(date(2024, 12, 18)).submit(HUYEN)
    assert tinh.history(HUYEN)[-1].note.startswith("gửi khi còn chờ: ")


def test_work_may_be_sent_when_what_it_needs_is_accepted(tinh: Machine) -> None:
    tinh.at(date(2024, 12, 10)).submit(HTX)
    with pytest.raises(NotAllowed, match="còn chờ"):
        tinh.submit(HUYEN)
    tinh.verify(HTX)
    tinh.submit(HUYEN)
    assert tinh.history(HUYEN)[-1].note == ""


def test_the_next_working_day_after_the_last_predecessor_those_who_waited_are_told(tinh: Machine) -> None:
    tinh.live_until(date(2024, 12, 9))
    assert tinh.ladder(HUYEN) == [("-30d", "holder", "skipped")]
    assert all(rung.reason.startswith("chờ Bảng tự chấm điểm") for rung in tinh.rungs(HUYEN))
    tinh.finish(HTX)
    assert tinh.rungs(HUYEN)[-1].reason == "các việc phải chờ đã được chấp nhận"
    tinh.live_until(date(2024, 12, 18))
    assert tinh.ladder(HUYEN)[1:] == [
        ("ready", "holder", "sent"),
        ("-7d", "holder", "sent"),
        ("-3wd", "holder", "sent"),
        ("0", "holder", "sent"),
    ]
    mail = next(mail for mail in tinh.mails_to("tckh.konplong@example.vn") if mail.day == date(2024, 12, 10))
    assert "thứ Tư 18/12/2024, còn 06 ngày làm việc" in " ".join(mail.text.split())


def test_when_a_rung_comes_on_the_same_day_it_says_all_and_the_news_is_not_told_twice(tinh: Machine) -> None:
    tinh.live_until(date(2024, 12, 12)).finish(HTX)
    tinh.live_until(date(2024, 12, 13))
    assert tinh.ladder(HUYEN)[2:] == [("ready", "holder", "superseded"), ("-3wd", "holder", "sent")]


def test_those_who_wait_for_several_are_told_after_the_last(tinh: Machine) -> None:
    tinh.live_until(date(2024, 12, 9))
    tinh.finish(*all_htx()[:-1])
    for name in ("konplong", "dakto", "dakha", "sathay"):
        tinh.finish(f"{CODE}/R.huyen/huyen-{name}/2024")
    assert not any(rung.step == "ready" for rung in tinh.rungs(TINH))
    tinh.finish(all_htx()[-1])
    tinh.finish(f"{CODE}/R.huyen/huyen-tumorong/2024")
    tinh.live_until(date(2024, 12, 10))
    assert [rung.step for rung in tinh.rungs(TINH) if rung.state == "sent"] == ["ready"]


# Requests


def test_a_request_opens_and_is_counted_from_its_day(tinh: Machine) -> None:
    tinh.at(date(2025, 1, 20))
    assert tinh.ask("V.2.1") == [f"{CODE}/V.2.1/stc/r1"]
    assert tinh.ask("V.2.1", asked_on=date(2025, 1, 16)) == [f"{CODE}/V.2.1/stc/r2"]
    rows = [tinh.row(f"{CODE}/V.2.1/stc/r{number}").standing for number in (1, 2)]
    assert [(row.due_on, row.basis) for row in rows] == [
        (date(2025, 2, 10), "assumed"),
        (date(2025, 2, 6), "assumed"),
    ]


def test_a_difficulty_opens_the_leads_advice_too(tinh: Machine) -> None:
    tinh.at(date(2025, 3, 3))
    assert tinh.ask("VI.1", "htx-doanket") == [f"{CODE}/VI.1/htx-doanket/r1", f"{CODE}/VI.2/skhdt/r1"]
    assert tinh.ask("VI.1", "sct") == [f"{CODE}/VI.1/sct/r1", f"{CODE}/VI.2/skhdt/r2"]
    assert tinh.row(f"{CODE}/VI.2/skhdt/r1").standing.due_on == date(2025, 3, 10)


def test_the_askers_day_is_a_deadline_by_its_document(tinh: Machine) -> None:
    tinh.at(date(2025, 3, 3))
    letter = DocumentRef("77/SKHĐT-KTTT", date(2025, 3, 3), "skhdt")
    (key,) = tinh.ask("V.6.1b", due_on=date(2025, 3, 14), document=letter)
    found = tinh.row(key).standing
    assert (found.basis, found.due_on, found.original_due_on) == ("document", date(2025, 3, 14), date(2025, 3, 14))
    with pytest.raises(BadInput, match="cần văn bản làm căn cứ"):
        tinh.ask("V.6.1b", due_on=date(2025, 3, 14))


def test_a_request_without_any_day_waits_silently(tinh: Machine) -> None:
    tinh.at(date(2025, 3, 3))
    (key,) = tinh.ask("V.6.1b")
    tinh.live_until(date(2025, 4, 3))
    assert tinh.rungs(key) == []


# Adopting and moving deadlines


def test_adoption_makes_deadlines_of_assumed_days_and_lists_what_it_left(tinh: Machine) -> None:
    tinh.at(date(2024, 12, 10))
    sent = f"{CODE}/R.agency/sct/2024"
    tinh.submit(sent)
    outcome = tinh.adopt(document=a_document(dated=date(2024, 12, 9)))
    assert len(outcome.adopted) == 43 - 3
    assert outcome.left == [
        (f"{CODE}/V.1.1d/skhdt/2024", "ngày 02/12/2024 trước ngày văn bản 09/12/2024"),
        (f"{CODE}/V.6.4a/lmhtx/2024", "ngày 02/12/2024 trước ngày văn bản 09/12/2024"),
        (sent, "đã gửi, đang chờ kiểm tra"),
    ]
    found = tinh.row(AGENCY).standing
    assert (found.basis, found.due_on, found.original_due_on, found.due_rev) == (
        "document",
        date(2024, 12, 16),
        date(2024, 12, 16),
        2,
    )
    assert tinh.status().total.boxes["expected"] == 3 + 1  # and the one that waits for its day


def test_after_adoption_only_the_rungs_that_lie_ahead_follow(tinh: Machine) -> None:
    tinh.at(date(2024, 12, 6)).morning()
    tinh.adopt(AGENCY)
    tinh.live_until(date(2024, 12, 17))
    assert [(rung.step, rung.send_on, rung.late) for rung in tinh.rungs(AGENCY) if rung.due_rev == 2] == [
        ("-7d", date(2024, 12, 9), False),
        ("-3wd", date(2024, 12, 11), False),
        ("0", date(2024, 12, 16), False),
        ("+1wd", date(2024, 12, 17), False),
    ]


def test_adopting_twice_changes_nothing_and_says_why(tinh: Machine) -> None:
    tinh.at(date(2024, 12, 6))
    tinh.adopt(AGENCY)
    assert tinh.adopt(AGENCY).left == [(AGENCY, "không phải thời gian dự kiến")]
    assert tinh.row(AGENCY).standing.due_rev == 2


@pytest.mark.parametrize(
    ("document", "error", "sentence"),
    [
        (a_document(issuer="stc", dated=date(2024, 12, 6)), NotAllowed, "cơ quan chủ trì"),
        (a_document(issuer="khong-co", dated=date(2024, 12, 6)), BadInput, "Không có cơ quan khong-co"),
        (a_document(dated=date(2024, 12, 7)), BadInput, "sau hôm nay"),
    ],
)
def test_who_may_adopt(tinh: Machine, document: DocumentRef, error: type[HtxError], sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        tinh.at(date(2024, 12, 6)).adopt(AGENCY, document=document)
    assert tinh.row(AGENCY).standing.basis == "assumed"


def test_a_deadline_of_law_cannot_be_moved_and_one_of_a_document_only_by_its_issuer(tinh: Machine) -> None:
    tinh.at(date(2024, 12, 6))
    with pytest.raises(NotAllowed, match="không gia hạn được tại tỉnh"):
        tinh.set_deadline(HTX, due_on=date(2024, 12, 20), document=a_document("1/UBND", date(2024, 12, 6), "ubnd-tinh"))
    tinh.adopt(AGENCY)
    with pytest.raises(NotAllowed, match="chỉ cơ quan ban hành văn bản đó"):
        tinh.set_deadline(AGENCY, due_on=date(2024, 12, 20), document=a_document("1/STC", date(2024, 12, 6), "stc"))
    tinh.set_deadline(AGENCY, due_on=date(2024, 12, 20), document=a_document("2/SKHĐT", date(2024, 12, 6)))
    tinh.set_deadline(AGENCY, due_on=date(2024, 12, 24), document=a_document("3/UBND", date(2024, 12, 6), "ubnd-tinh"))
    found = tinh.row(AGENCY).standing
    assert (found.due_on, found.original_due_on, found.due_rev) == (date(2024, 12, 24), date(2024, 12, 16), 4)


def test_a_plan_deadline_is_moved_by_the_province_alone(tinh: Machine) -> None:
    key = f"{CODE}/R.huyen/huyen-dakha/2025"
    tinh.at(date(2025, 12, 1))
    with pytest.raises(NotAllowed, match="chỉ Ủy ban nhân dân tỉnh"):
        tinh.set_deadline(key, due_on=date(2025, 12, 24), document=a_document(dated=date(2025, 12, 1)))
    tinh.set_deadline(key, due_on=date(2025, 12, 24), document=a_document("5/UBND-KT", date(2025, 12, 1), "ubnd-tinh"))
    tinh.at(date(2025, 12, 22)).finish(f"{CODE}/R.htx/htx-saunhung/2025")
    tinh.finish(key)
    status = tinh.status().by_agency["huyen-dakha"]
    assert (status.boxes["done_on_time"], status.boxes["done_late"]) == (1, 0)
    assert (status.original["done_on_time"], status.original["done_late"]) == (0, 1)


def test_the_ministrys_letter_gives_its_day_to_what_waits_for_it(tinh: Machine) -> None:
    key = f"{CODE}/V.1.1c/skhdt/2025"
    tinh.at(date(2025, 11, 3)).set_deadline(
        key, due_on=date(2026, 1, 30), document=DocumentRef("8001/BKHĐT-HTX", date(2025, 10, 30), "bkhdt")
    )
    found = tinh.row(key).standing
    assert (found.basis, found.due_on, found.original_due_on) == ("document", date(2026, 1, 30), date(2026, 1, 30))


@pytest.mark.parametrize("key", [f"{CODE}/V.8.1/htx-doanket/standing", f"{CODE}/V.8.5/htx-doanket/outcome"])
def test_a_standing_duty_and_an_outcome_get_no_deadline(tinh: Machine, key: str) -> None:
    with pytest.raises(NotAllowed, match="không có thời hạn"):
        tinh.at(date(2025, 3, 3)).set_deadline(
            key, due_on=date(2025, 6, 1), document=a_document("1/UBND", date(2025, 3, 3), "ubnd-tinh")
        )


def test_a_later_load_never_undoes_an_adoption(tinh: Machine, kontum: Plan) -> None:
    tinh.at(date(2024, 12, 6))
    tinh.adopt()
    before = tinh.row(AGENCY).standing
    tinh.load(kontum.model_copy(update={"title": "Tên khác"}))
    assert tinh.row(AGENCY).standing == before


# Somebody quicker


def test_of_two_who_act_on_the_same_reading_the_second_is_told_so(tinh: Machine) -> None:
    tinh.at(date(2024, 12, 12))
    row = tinh.row(HTX)
    tinh.submit(HTX)
    change = store.Change(
        row.id, "submit", row.standing, row.standing, tinh.today, tinh.now, tinh.today, "system", None
    )
    with pytest.raises(TooLate, match="Người khác vừa cập nhật"), tinh.transaction() as session:
        store.record(session, [change])
    assert len(tinh.history(HTX)) == 2


# The projection


@pytest.mark.parametrize("seed", range(3))
def test_columns_of_an_occurrence_are_its_last_change_whatever_happened(tinh: Machine, seed: int) -> None:
    dice = random.Random(seed)
    keys = [AGENCY, HTX, HUYEN, TINH, KEHOACH, f"{CODE}/V.7.2/huyen-dakha/2024", f"{CODE}/V.3.2/snnptnt/2024"]
    tinh.at(date(2024, 11, 14))
    for number in range(60):
        tinh.later(days=dice.randint(0, 2))
        key = dice.choice(keys)
        act = dice.choice(["submit", "verify", "bo-sung", "gui-lai", "adopt", "set", "paper"])
        issuer = dice.choice(["skhdt", "ubnd-tinh"])
        try:
            if act == "submit":
                tinh.submit(key)
            elif act == "paper":
                day = tinh.today - timedelta(days=dice.randint(0, 5))
                tinh.submit(key, sent_on=day, document=paper(f"{number}/BC", day))
            elif act == "verify":
                tinh.verify(key)
            elif act == "adopt":
                tinh.adopt(key, document=a_document(f"{number}/SKHĐT", tinh.today, issuer))
            elif act == "set":
                due_on = tinh.today + timedelta(days=dice.randint(0, 30))
                tinh.set_deadline(key, due_on=due_on, document=a_document(f"{number}/X", tinh.today, issuer))
            else:
                tinh.return_(key, Return(act))
        except NotAllowed:
            continue
    rows, changes = table("occurrence"), table("occurrence_change")
    with tinh.database.reading() as session:
        occurrences = {row.id: row for row in session.execute(select(rows))}
        last = {row.occurrence_id: row for row in session.execute(select(changes).order_by(changes.c.seq))}
        seqs: dict[int, list[int]] = {}
        for row in session.execute(select(changes.c.occurrence_id, changes.c.seq).order_by(changes.c.seq)):
            seqs.setdefault(row.occurrence_id, []).append(row.seq)
    assert len(last) == len(occurrences) == 115
    for number, row in occurrences.items():
        assert [getattr(row, name) for name in PROJECTED] == [getattr(last[number], name) for name in PROJECTED]
        assert seqs[number] == list(range(1, len(seqs[number]) + 1))
    assert sum(len(found) for found in seqs.values()) > 115 + 8


def test_a_day_ends_at_midnight_in_viet_nam(tinh: Machine) -> None:
    """23:30 on 15/12 in Kon Tum is still 15/12, and 00:30 on the 16th is not."""
    tinh.at(date(2024, 12, 15), time(23, 30)).submit(HTX)
    tinh.at(date(2024, 12, 16), time(0, 30)).submit(f"{CODE}/R.htx/htx-doanket/2024")
    judged = [tinh.row(key).standing.submitted_on for key in (HTX, f"{CODE}/R.htx/htx-doanket/2024")]
    assert judged == [date(2024, 12, 15), date(2024, 12, 16)]
