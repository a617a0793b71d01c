"""Asking, withdrawing, advising, deciding and answering, on both databases; the extension rules row by row."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from htx_workflow.domain import requests as rules
from htx_workflow.domain.errors import BadInput, NotAllowed, TooLate
from htx_workflow.domain.plan import Basis, Plan
from htx_workflow.domain.requests import Kind
from htx_workflow.services import decisions, requests
from htx_workflow.services.decisions import Decided, Decision
from htx_workflow.services.requests import Asking
from htx_workflow.store import requests as store
from htx_workflow.store.database import Database
from htx_workflow.store.documents import DocumentRef
from htx_workflow.store.requests import RequestRow
from htx_workflow.store.tables import table
from tests.commands import race
from tests.machine import Machine

CODE = "kontum-3819"
DAKTO = f"{CODE}/V.7.6/huyen-dakto/2025"
"""Due 22/12/2025 by a letter of the lead agency; V.1.1b (29/12/2025) comes after it."""
FINAL = f"{CODE}/V.1.1b/skhdt/2025"
HUYEN = f"{CODE}/R.huyen/huyen-dakto/2024"
"""Due 18/12/2024 by law."""
ASSUMED = f"{CODE}/V.6.4b/lmhtx/2025"
"""Expected on 22/12/2025."""
OFFICER = "skhdt-dau-moi"
GRANT = DocumentRef("1129/SKHĐT-KTTT", date(2025, 12, 10), "skhdt")


@pytest.fixture
def tinh(machine: Machine, kontum: Plan) -> Machine:
    """Plan 3819 on 10/12/2025; the district's summation and the final report were adopted in September."""
    machine.load(kontum, on=date(2024, 10, 23))
    machine.at(date(2025, 9, 1)).adopt(DAKTO, FINAL)
    return machine.at(date(2025, 12, 10))


def ask(machine: Machine, kind: Kind, key: str, reason: str = "chờ số liệu của các xã", **values: Any) -> list[int]:
    with machine.transaction("request-ask") as session:
        asking = Asking(kind, key, reason, **values)
        return requests.ask(session, asking, None, machine.calendars, machine.when("dakto-tckh"), machine.style)


def extend(machine: Machine, due_on: date, key: str = DAKTO) -> int:
    return ask(machine, Kind.EXTENSION, key, due_on=due_on)[0]


def decide(machine: Machine, number: int, granted: bool = True, **values: Any) -> Decided:
    with machine.transaction("request-decide") as session:
        return decisions.decide(
            session, number, Decision(granted, **values), machine.calendars, machine.when(OFFICER), machine.style
        )


def grant(machine: Machine, number: int, document: DocumentRef = GRANT, **values: Any) -> Decided:
    return decide(machine, number, document=document, **values)


def withdraw(machine: Machine, number: int) -> None:
    with machine.transaction("request-withdraw") as session:
        requests.withdraw(session, number, None, machine.calendars, machine.when())


def answer(machine: Machine, number: int, text: str, document: DocumentRef | None = None) -> None:
    with machine.transaction("request-answer") as session:
        requests.answer(session, number, None, text, document, machine.calendars, machine.when(), machine.style)


def found(machine: Machine, number: int) -> RequestRow:
    with machine.database.reading() as session:
        return store.get(session, number)


def count(machine: Machine) -> int:
    with machine.database.reading() as session:
        return len(session.execute(select(table("request").c.id)).all())


def keys(machine: Machine, duty: str) -> list[tuple[str, str]]:
    """(key, state) of every occurrence of a duty."""
    rows = table("occurrence")
    with machine.database.reading() as session:
        like = rows.c.key.like(f"{CODE}/{duty}/%")
        return [tuple(row) for row in session.execute(select(rows.c.key, rows.c.state).where(like).order_by(rows.c.id))]


def box_of(machine: Machine, day: date, agency: str = "huyen-dakto") -> dict[str, int]:
    boxes = machine.status(day).by_agency[agency].boxes
    return {box: boxes[box] for box in ("open_in_time", "open_overdue", "done_on_time", "done_late")}


# The extension rules, row by row


@pytest.mark.parametrize("day", [22, 21])
def test_a_new_day_that_is_not_after_the_present_one_is_refused(tinh: Machine, day: int) -> None:
    with pytest.raises(NotAllowed) as refused:
        extend(tinh, date(2025, 12, day))
    assert str(refused.value) == "Hạn mới phải sau hạn hiện tại 22/12/2025."
    assert count(tinh) == 0


def test_a_decided_day_that_is_not_after_the_present_one_is_refused(tinh: Machine) -> None:
    number = extend(tinh, date(2025, 12, 26))
    with pytest.raises(NotAllowed, match="Hạn mới phải sau hạn hiện tại 22/12/2025"):
        grant(tinh, number, due_on=date(2025, 12, 22))
    assert found(tinh, number).state == "raised"


def test_a_decision_without_a_document_is_refused_and_its_words_are_kept(tinh: Machine) -> None:
    number = extend(tinh, date(2025, 12, 26))
    with pytest.raises(BadInput, match="Quyết định này cần văn bản"):
        decide(tinh, number, text="đồng ý vì mưa lũ")
    with tinh.transaction("request-draft") as session:
        decisions.keep_draft(session, number, "đồng ý vì mưa lũ")
    row = found(tinh, number)
    assert (row.state, row.decision, row.decided_at, row.document_id) == ("raised", "đồng ý vì mưa lũ", None, None)
    assert tinh.row(DAKTO).standing.due_on == date(2025, 12, 22)


def test_a_day_of_the_law_is_refused_and_the_rate_stays(tinh: Machine) -> None:
    tinh.at(date(2024, 12, 16))
    before = tinh.status().total.as_json()
    with pytest.raises(NotAllowed) as refused:
        extend(tinh, date(2024, 12, 27), HUYEN)
    assert str(refused.value) == (
        "Thời hạn này do văn bản quy phạm pháp luật quy định, không gia hạn được tại tỉnh. Có thể ghi ngày dự kiến gửi;"
        " việc vẫn tính theo hạn 18/12/2024."
    )
    assert (count(tinh), tinh.status().total.as_json()) == (0, before)


def test_an_extension_asked_for_after_expiry_is_marked_and_days_before_the_decision_stay_overdue(tinh: Machine) -> None:
    number = extend(tinh.at(date(2025, 12, 24)), date(2025, 12, 30))
    before = box_of(tinh, date(2025, 12, 23))
    tinh.at(date(2025, 12, 25))
    grant(tinh, number, DocumentRef("12/SKHĐT", date(2025, 12, 25), "skhdt"), pushed_accepted=True)
    assert found(tinh, number).after_expiry
    assert box_of(tinh, date(2025, 12, 23)) == before
    overdue = {day: box_of(tinh, date(2025, 12, day))["open_overdue"] for day in (22, 23, 24, 25)}
    assert (overdue[23] - overdue[22], overdue[25] - overdue[24]) == (1, -1)


def test_an_extension_asked_for_in_time_is_not_marked(tinh: Machine) -> None:
    assert not found(tinh, extend(tinh, date(2025, 12, 26))).after_expiry


def test_two_extensions_are_both_kept_and_the_original_rate_stays_on_the_first_day(tinh: Machine) -> None:
    for day in (24, 26):
        grant(tinh, extend(tinh, date(2025, 12, day)), DocumentRef(f"{day}/SKHĐT", date(2025, 12, 10), "skhdt"))
    assert [(change.act, change.due_on) for change in tinh.history(DAKTO)[1:]] == [
        ("adopt", date(2025, 12, 22)),
        ("set-deadline", date(2025, 12, 24)),
        ("set-deadline", date(2025, 12, 26)),
    ]
    with tinh.database.reading() as session:
        asked = store.list_of_work(session, tinh.row(DAKTO).id)
    assert [(row.key, row.state) for row in asked] == [
        (f"{DAKTO}/gia-han/2", "granted"),
        (f"{DAKTO}/gia-han/1", "granted"),
    ]
    tinh.at(date(2025, 12, 24))
    counts = tinh.status().by_agency["huyen-dakto"]
    assert counts.original["open_overdue"] - counts.boxes["open_overdue"] == 1


def test_a_new_day_on_a_sunday_is_accepted_with_a_note_and_an_early_reminder(tinh: Machine) -> None:
    decided = grant(tinh, extend(tinh, date(2025, 12, 28)))
    assert decided.notes == ("Chủ nhật 28/12/2025 là ngày nghỉ; nhắc sớm vào thứ Sáu 26/12/2025.",)
    assert decided.effect == "Hạn Chủ nhật 28/12/2025 thay cho 22/12/2025; tỷ lệ theo hạn gốc vẫn tính 22/12/2025."
    tinh.at(date(2025, 12, 25)).morning()
    tinh.live_until(date(2025, 12, 26))
    assert [(rung.due_rev, rung.step, rung.send_on) for rung in tinh.rungs(DAKTO)][-1] == (3, "0", date(2025, 12, 26))


def test_a_day_later_than_a_successors_is_granted_only_with_the_list_of_what_is_pushed(tinh: Machine) -> None:
    number = extend(tinh, date(2025, 12, 30))
    with pytest.raises(BadInput, match=r"V\.1\.1b 29/12/2025 sẽ chờ"):
        grant(tinh, number)
    assert found(tinh, number).state == "raised"
    decided = grant(tinh, number, pushed_accepted=True)
    assert decided.notes[0].startswith("V.1.1b 29/12/2025 sẽ chờ")
    assert tinh.row(DAKTO).standing.due_on == date(2025, 12, 30)


def decide_now(url: str, number: int, granted: bool, symbol: str) -> str:
    """What one officer does: the sentence that he sees."""
    from htx_workflow.domain.calendar import WorkingCalendar
    from htx_workflow.domain.errors import HtxError
    from htx_workflow.gateways import calendar_files
    from htx_workflow.gateways.templates import MailTemplates
    from htx_workflow.services.composing import Style
    from htx_workflow.services.reports import When
    from tests.commands import HOME
    from tests.machine import MORNING, datetime

    calendars = {"vn": WorkingCalendar.from_file(calendar_files.load(HOME / "config" / "calendars" / "vn.yaml"))}
    style = Style(MailTemplates(HOME / "templates" / "emails"))
    day = date(2025, 12, 10)
    when = When(day, datetime.combine(day, MORNING).astimezone(), OFFICER)
    decision = Decision(granted, "đã xem", DocumentRef(symbol, day, "skhdt"))
    database = Database(url)
    try:
        with database.transaction("request-decide") as session:
            return decisions.decide(session, number, decision, calendars, when, style).effect
    except HtxError as error:
        return f"{type(error).__name__}: {error}"
    finally:
        database.close()


def test_of_two_who_decide_at_once_the_second_sees_the_first_decision_and_nothing_is_doubled(tinh: Machine) -> None:
    number = extend(tinh, date(2025, 12, 26))
    url = tinh.database.url
    said = race(
        "tests.integration.test_requests:decide_now", [url, number, True, "1/SKHĐT"], [url, number, False, "2/SKHĐT"]
    )
    row = found(tinh, number)
    second = said[0] if row.state == "refused" else said[1]
    assert second.startswith("TooLate: Đề nghị này đã được giải quyết lúc ")
    word = {"granted": "đồng ý, Công văn số 1/SKHĐT", "refused": "không đồng ý, Công văn số 2/SKHĐT"}[row.state]
    assert f"{word} ngày 10/12/2025. Chưa có gì thay đổi thêm." in second
    acts = [change.act for change in tinh.history(DAKTO)]
    assert acts == ["open", "adopt", "set-deadline"][: 3 if row.state == "granted" else 2]
    assert [key for key, _ in tinh.outbox() if key.startswith("request/")] == [
        f"request/{CODE}/{number}/decided/dakto-tckh"
    ]


# Who decides


def test_a_day_of_another_issuer_is_moved_by_that_issuer_or_by_the_province(tinh: Machine) -> None:
    number = extend(tinh, date(2025, 12, 26))
    with pytest.raises(NotAllowed, match="chỉ cơ quan ban hành văn bản đó thay đổi được"):
        grant(tinh, number, DocumentRef("3/STC", date(2025, 12, 10), "stc"))
    grant(tinh, number, DocumentRef("1129/UBND-KTTH", date(2025, 12, 10), "ubnd-tinh"))
    assert tinh.row(DAKTO).standing.due_on == date(2025, 12, 26)


def test_a_day_of_the_plan_is_moved_by_the_province_alone(tinh: Machine) -> None:
    key = f"{CODE}/R.huyen/huyen-dakto/2025"
    number = extend(tinh, date(2025, 12, 19), key)
    with pytest.raises(NotAllowed, match="chỉ Ủy ban nhân dân tỉnh thay đổi được"):
        grant(tinh, number, pushed_accepted=True)
    province = DocumentRef("1129/UBND-KTTH", date(2025, 12, 10), "ubnd-tinh")
    grant(tinh, number, province, pushed_accepted=True)
    assert (tinh.row(key).standing.basis, tinh.row(key).standing.original_due_on) == (
        Basis.DOCUMENT,
        date(2025, 12, 18),
    )


def test_an_expected_day_moved_without_a_document_is_still_expected(tinh: Machine) -> None:
    number = extend(tinh, date(2025, 12, 24), ASSUMED)
    decide(tinh, number)
    stands = tinh.row(ASSUMED).standing
    assert (stands.basis, stands.due_on, stands.due_rev, stands.original_due_on) == (
        Basis.ASSUMED,
        date(2025, 12, 24),
        2,
        None,
    )


def test_an_expected_day_moved_by_a_document_is_a_deadline(tinh: Machine) -> None:
    grant(tinh, extend(tinh, date(2025, 12, 24), ASSUMED))
    stands = tinh.row(ASSUMED).standing
    assert (stands.basis, stands.original_due_on) == (Basis.DOCUMENT, date(2025, 12, 24))


def test_a_refusal_needs_a_reason_and_changes_nothing(tinh: Machine) -> None:
    number = extend(tinh, date(2025, 12, 26))
    with pytest.raises(BadInput, match="Không đồng ý cần một câu nêu lý do"):
        decide(tinh, number, False)
    decide(tinh, number, False, text="đã có đủ số liệu")
    assert (found(tinh, number).state, tinh.row(DAKTO).standing.due_on) == ("refused", date(2025, 12, 22))


def test_the_asker_is_told_by_mail(tinh: Machine) -> None:
    grant(tinh, extend(tinh, date(2025, 12, 26)), text="gửi kèm giải trình")
    tinh.deliver()
    (mail,) = tinh.mails()
    assert (mail.to, mail.subject.startswith("[KH 3819] Xin gia hạn: đồng ý (")) == ("tckh.dakto@example.vn", True)
    text = " ".join(mail.text.split())
    assert "Kết quả: đồng ý, theo Công văn số 1129/SKHĐT-KTTT ngày 10/12/2025. gửi kèm giải trình." in text
    assert "Hạn thứ Sáu 26/12/2025 thay cho 22/12/2025; tỷ lệ theo hạn gốc vẫn tính 22/12/2025." in text


# Asking twice, withdrawing, advising


def test_the_same_change_cannot_wait_twice(tinh: Machine) -> None:
    number = extend(tinh, date(2025, 12, 26))
    with pytest.raises(TooLate, match='"Xin gia hạn" cho việc này đã được ghi nhận và đang chờ'):
        extend(tinh, date(2025, 12, 27))
    withdraw(tinh, number)
    assert found(tinh, extend(tinh, date(2025, 12, 27))).state == "raised"


def test_a_decided_request_cannot_be_withdrawn(tinh: Machine) -> None:
    number = extend(tinh, date(2025, 12, 26))
    grant(tinh, number)
    with pytest.raises(TooLate, match="đã được giải quyết"):
        withdraw(tinh, number)


def test_another_agency_cannot_ask_about_work_that_is_not_its_own(tinh: Machine) -> None:
    asking = Asking(Kind.EXTENSION, DAKTO, "xin", date(2025, 12, 26))
    with pytest.raises(NotAllowed, match="Chỉ cơ quan đang thực hiện"), tinh.transaction("request-ask") as session:
        requests.ask(session, asking, 1, tinh.calendars, tinh.when(), tinh.style)


def test_an_advice_stands_beside_the_request_until_it_is_decided(tinh: Machine) -> None:
    number = extend(tinh, date(2025, 12, 26))
    with tinh.transaction("request-advise") as session:
        requests.advise(session, number, "đề nghị đồng ý", tinh.when(OFFICER))
    row = found(tinh, number)
    assert (row.state, row.advice, row.advised_by) == ("advised", "đề nghị đồng ý", OFFICER)
    grant(tinh, number)
    assert (found(tinh, number).state, found(tinh, number).advice) == ("granted", "đề nghị đồng ý")


# Handing back, waiving


def test_work_handed_back_waits_and_still_counts_for_its_holder(tinh: Machine) -> None:
    before = box_of(tinh, tinh.today)
    ask(tinh, Kind.HAND_BACK, DAKTO, "không thuộc địa bàn")
    assert tinh.row(DAKTO).standing.state == "unassigned"
    assert box_of(tinh, tinh.today) == before
    tinh.live_until(date(2025, 12, 19))
    assert [rung for rung in tinh.rungs(DAKTO) if rung.send_on > date(2025, 12, 10)] == []


def test_work_handed_back_goes_to_another_agency_by_a_document_and_its_ladder_begins_there(tinh: Machine) -> None:
    (number,) = ask(tinh, Kind.HAND_BACK, DAKTO, "không thuộc địa bàn")
    before = {code: box_of(tinh, tinh.today, code)["open_in_time"] for code in ("huyen-dakto", "huyen-dakha")}
    decided = grant(tinh, number, to="huyen-dakha")
    assert decided.effect == "Việc này giao Ủy ban nhân dân huyện Đăk Hà thực hiện."
    row = tinh.row(DAKTO)
    assert (row.standing.state, row.standing.due_rev, row.original_holder_id != row.standing.holder) == (
        "open",
        3,
        True,
    )
    after = {code: box_of(tinh, tinh.today, code)["open_in_time"] for code in ("huyen-dakto", "huyen-dakha")}
    assert after == {"huyen-dakto": before["huyen-dakto"] - 1, "huyen-dakha": before["huyen-dakha"] + 1}
    tinh.live_until(date(2025, 12, 22))
    titles = [mail for mail in tinh.mails_to("tckh.dakha@example.vn") if mail.day > date(2025, 12, 10)]
    assert titles


def test_a_refused_hand_back_stays_with_its_holder_and_reminders_go_on(tinh: Machine) -> None:
    (number,) = ask(tinh, Kind.HAND_BACK, DAKTO, "không thuộc địa bàn")
    decide(tinh, number, False, text="Kế hoạch giao huyện")
    assert tinh.row(DAKTO).standing.state == "open"
    assert [change.act for change in tinh.history(DAKTO)][-2:] == ["hand-back", "hand-back-refused"]
    tinh.live_until(date(2025, 12, 22))
    assert ("0", "holder", "sent") in tinh.ladder(DAKTO) or ("0", "holder", "skipped") in tinh.ladder(DAKTO)


def test_a_withdrawn_hand_back_stays_with_its_holder(tinh: Machine) -> None:
    (number,) = ask(tinh, Kind.HAND_BACK, DAKTO, "không thuộc địa bàn")
    withdraw(tinh, number)
    assert (tinh.row(DAKTO).standing.state, found(tinh, number).state) == ("open", "withdrawn")


def test_a_hand_back_taken_without_giving_it_on_leaves_the_matrix_from_that_day(tinh: Machine) -> None:
    (number,) = ask(tinh.at(date(2025, 12, 24)), Kind.HAND_BACK, DAKTO, "không thuộc địa bàn")
    tinh.at(date(2025, 12, 26))
    grant(tinh, number)
    overdue = {day: box_of(tinh, date(2025, 12, day))["open_overdue"] for day in (25, 26)}
    assert (tinh.row(DAKTO).standing.state, overdue[25] - overdue[26]) == ("handed_back", 1)


def test_work_is_waived_by_a_document_and_leaves_the_matrix(tinh: Machine) -> None:
    (number,) = ask(tinh, Kind.WAIVER, DAKTO, "hợp tác xã đã giải thể")
    with pytest.raises(BadInput, match="cần văn bản"):
        decide(tinh, number)
    before = box_of(tinh, tinh.today)["open_in_time"]
    grant(tinh, number)
    assert (tinh.row(DAKTO).standing.state, before - box_of(tinh, tinh.today)["open_in_time"]) == ("waived", 1)
    assert tinh.history(DAKTO)[-1].document_id is not None


# Difficulties, proposals, cooperation


def test_a_difficulty_is_reported_by_being_raised_and_the_lead_agencys_advice_opens(tinh: Machine) -> None:
    (number,) = ask(tinh, Kind.DIFFICULTY, DAKTO, "thiếu kinh phí kiểm tra")
    assert keys(tinh, "VI.1") == [(f"{CODE}/VI.1/huyen-dakto/r1", "done")]
    assert keys(tinh, "VI.2") == [(f"{CODE}/VI.2/skhdt/r1", "open")]
    advice = tinh.row(f"{CODE}/VI.2/skhdt/r1").standing
    assert (advice.due_on, advice.basis) == (date(2025, 12, 17), Basis.ASSUMED)
    assert (found(tinh, number).opened, found(tinh, number).opened_state) == (f"{CODE}/VI.1/huyen-dakto/r1", "done")
    decide(tinh, number, text="đã bố trí trong dự toán")
    assert rules.state_words(Kind.DIFFICULTY, found(tinh, number).state) == "Đã trả lời"


def test_a_difficulty_said_twice_is_one(tinh: Machine) -> None:
    ask(tinh, Kind.DIFFICULTY, DAKTO, "thiếu kinh phí")
    with pytest.raises(TooLate):
        ask(tinh, Kind.DIFFICULTY, DAKTO, " thiếu  kinh phí ")
    assert (count(tinh), len(keys(tinh, "VI.2"))) == (1, 1)


def test_a_difficulty_is_answered_not_refused(tinh: Machine) -> None:
    (number,) = ask(tinh, Kind.DIFFICULTY, DAKTO, "thiếu kinh phí")
    with pytest.raises(BadInput, match="được trả lời bằng nội dung"):
        decide(tinh, number, False, text="không")


def test_input_asked_of_an_agency_with_such_a_duty_opens_it_and_of_another_makes_a_request(tinh: Machine) -> None:
    numbers = ask(
        tinh, Kind.COOPERATION, FINAL, "góp ý dự thảo", due_on=date(2025, 12, 17), to=("lmhtx", "stc"),
        document=DocumentRef("77/SKHĐT", date(2025, 12, 9), "skhdt"),
    )  # fmt: skip
    rows = [found(tinh, number) for number in numbers]
    assert [row.opened for row in rows] == [f"{CODE}/V.6.1b/lmhtx/r1", None]
    opened = tinh.row(f"{CODE}/V.6.1b/lmhtx/r1")
    assert (opened.standing.due_on, opened.standing.basis) == (date(2025, 12, 17), Basis.DOCUMENT)
    assert opened.receiver_id == rows[0].from_id
    tinh.deliver()
    assert sorted(mail.key for mail in tinh.mails()) == [
        f"request/{CODE}/{numbers[0]}/asked/lmhtx-dau-moi",
        f"request/{CODE}/{numbers[1]}/asked/stc-dau-moi",
    ]


def test_input_asked_without_a_document_is_only_expected(tinh: Machine) -> None:
    ask(tinh, Kind.COOPERATION, FINAL, "góp ý dự thảo", due_on=date(2025, 12, 17), to=("lmhtx",))
    stands = tinh.row(f"{CODE}/V.6.1b/lmhtx/r1").standing
    assert (stands.due_on, stands.basis) == (date(2025, 12, 17), Basis.ASSUMED)


def test_an_answer_closes_the_request_and_sends_the_occurrence(tinh: Machine) -> None:
    numbers = ask(tinh, Kind.COOPERATION, FINAL, "góp ý", due_on=date(2025, 12, 17), to=("lmhtx", "stc"))
    for number in numbers:
        answer(tinh, number, "nhất trí với dự thảo")
    assert [found(tinh, number).state for number in numbers] == ["granted", "granted"]
    assert keys(tinh, "V.6.1b") == [(f"{CODE}/V.6.1b/lmhtx/r1", "submitted")]
    with pytest.raises(TooLate, match="đã trả lời"):
        answer(tinh, numbers[0], "lần nữa")


def test_withdrawn_input_is_no_longer_owed(tinh: Machine) -> None:
    (number,) = ask(tinh, Kind.COOPERATION, FINAL, "góp ý", due_on=date(2025, 12, 17), to=("lmhtx",))
    withdraw(tinh, number)
    assert keys(tinh, "V.6.1b") == [(f"{CODE}/V.6.1b/lmhtx/r1", "waived")]


@pytest.mark.parametrize(
    ("to", "day", "sentence"),
    [
        ((), 17, "Chọn ít nhất một cơ quan"),
        (("skhdt",), 17, "Không đề nghị skhdt phối hợp được"),
        (("lmhtx", "khac"), 17, "Không đề nghị khac phối hợp được"),
        (("lmhtx",), 9, "Cần ngày đề nghị trả lời"),
    ],
)
def test_input_is_asked_of_other_agencies_of_the_plan_by_a_day_to_come(
    tinh: Machine, to: tuple[str, ...], day: int, sentence: str
) -> None:
    with pytest.raises(BadInput, match=sentence):
        ask(tinh, Kind.COOPERATION, FINAL, "góp ý", due_on=date(2025, 12, day), to=to)
    assert (count(tinh), keys(tinh, "V.6.1b")) == (0, [])
