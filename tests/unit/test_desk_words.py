"""Sentences and sums of the desk: rates, who has not sent, which day is near."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from htx_workflow.domain import desk
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.desk import Owed, Tally
from htx_workflow.domain.plan import AgencyKind

MOMENT = datetime(2024, 12, 17, 15, 30, tzinfo=timezone(timedelta(hours=7)))


def a_tally(**boxes: int) -> Tally:
    tally = Tally()
    tally.boxes.update(boxes)
    return tally


def a_district(name: str, *, sent: bool = False, promised_on: date | None = None) -> Owed:
    return Owed(f"UBND huyện {name}", AgencyKind.DISTRICT, sent, promised_on)


def test_a_rate_says_what_it_is_made_of() -> None:
    tally = a_tally(done_on_time=4, done_late=4, open_overdue=1, open_in_time=2, no_deadline=1)
    assert tally.sentence == (
        "Tỷ lệ đúng hạn 44,4 % = 04 việc hoàn thành đúng hạn trên 09 việc đã đến hạn (04 đúng hạn, 04 quá hạn, 01 quá"
        " hạn chưa hoàn thành); không tính 02 việc còn trong hạn và 01 việc thường xuyên."
    )


def test_without_work_that_came_due_there_is_no_rate() -> None:
    tally = a_tally(open_in_time=2)
    assert (tally.rate, tally.share) == ("–", None)
    assert tally.sentence == "Chưa có tỷ lệ đúng hạn vì chưa có việc nào đến hạn; không tính 02 việc còn trong hạn."


@pytest.mark.parametrize(
    ("part", "whole", "shown"), [(49, 400, "12,3 %"), (247, 2000, "12,4 %"), (1, 3, "33,3 %"), (5, 5, "100,0 %")]
)
def test_a_percentage_is_rounded_half_up(part: int, whole: int, shown: str) -> None:
    assert desk.percent(part, whole) == shown


def test_who_has_not_sent_names_districts_by_their_common_beginning_and_promised_days() -> None:
    owed = [
        Owed("Sở Tài chính", AgencyKind.DEPARTMENT, True),
        a_district("Đăk Hà"),
        a_district("Đăk Tô"),
        Owed("Liên minh HTX tỉnh", AgencyKind.UNION, False, date(2024, 12, 18)),
    ]
    assert desk.who_sentence(owed, MOMENT) == (
        "Đến 15 giờ 30 ngày 17/12/2024: 01/04 cơ quan đã gửi; chưa gửi: UBND huyện Đăk Hà, Đăk Tô; Liên minh HTX tỉnh"
        " (hẹn 18/12)."
    )


def test_cooperatives_hand_in() -> None:
    owed = [Owed("HTX A", AgencyKind.COOPERATIVE, True), Owed("HTX B", AgencyKind.COOPERATIVE, False)]
    assert desk.who_sentence(owed, MOMENT) == "Đến 15 giờ 30 ngày 17/12/2024: 01/02 hợp tác xã đã nộp; chưa nộp: HTX B."


def test_when_all_have_sent_nobody_is_named() -> None:
    assert desk.who_sentence([a_district("Đăk Hà", sent=True)], MOMENT) == (
        "Đến 15 giờ 30 ngày 17/12/2024: 01/01 cơ quan đã gửi, đã đủ."
    )


def test_near_reaches_over_the_weekend_to_the_day_before_the_fourth_working_day() -> None:
    assert desk.near_until(date(2024, 12, 12), WorkingCalendar.weekends_only()) == date(2024, 12, 17)
