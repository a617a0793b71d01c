"""What `plan_check` finds: one fact a test, from the small valid plan with one thing changed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htx_workflow.domain import occurrences, plan_check, plan_days
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.plan import Plan
from tests.factories import a_duty, a_plan, duties_with, plan_data, plan_with_duty

Place = tuple[tuple[str | int, ...], str]


def found(plan: Plan) -> list[Place]:
    """Where and what, without the remedies."""
    return [(finding.key, finding.what) for finding in plan_check.problems(plan)]


def noticed(plan: Plan) -> list[Place]:
    return [(finding.key, finding.what) for finding in plan_check.warnings(plan)]


def place_of(id: str) -> int:
    return [duty["id"] for duty in plan_data()["duties"]].index(id)


def changed(name: str, number: int, **changes: Any) -> dict[str, Any]:
    """One list of the plan with one item changed; None removes a key."""
    items = plan_data()[name]
    items[number].update(changes)
    for key, value in changes.items():
        if value is None:
            del items[number][key]
    return {name: items}


def added(name: str, *items: Any) -> dict[str, Any]:
    return {name: [*plan_data()[name], *items]}


def test_the_small_plan_has_no_problem_and_no_warning():
    assert plan_check.problems(a_plan()) == []
    assert plan_check.warnings(a_plan()) == []


# Names


def test_an_agency_code_is_given_once():
    plan = a_plan(**added("agencies", plan_data()["agencies"][1]))
    assert found(plan) == [(("agencies", 4, "code"), "Mã cơ quan huyen-a đã có ở trên.")]


def test_a_contact_code_is_given_once():
    plan = a_plan(**added("contacts", plan_data()["contacts"][0]))
    assert found(plan) == [(("contacts", 3, "code"), "Mã đầu mối so-1 đã có ở trên.")]


def test_a_duty_id_is_given_once():
    plan = a_plan(**added("duties", a_duty("N.1")))
    assert found(plan) == [(("duties", 6, "id"), "Mã nhiệm vụ N.1 đã có ở trên.")]


def test_a_milestone_code_is_given_once():
    plan = a_plan(**added("milestones", plan_data()["milestones"][0]))
    assert found(plan) == [(("milestones", 1, "code"), "Mã mốc U.1 đã có ở trên.")]


def test_a_duty_and_a_milestone_do_not_share_a_code():
    plan = plan_with_duty("U.1")
    assert found(plan) == [(("duties", 6, "id"), "U.1 vừa là nhiệm vụ vừa là mốc.")]


def test_a_group_is_not_named_like_an_agency():
    plan = a_plan(groups={"huyen": ["huyen-a"], "so": ["huyen-a"]})
    assert (("groups", "so"), "Tên nhóm so trùng mã của một cơ quan.") in found(plan)


def test_a_group_is_not_named_like_a_reserved_receiver():
    plan = a_plan(groups={"huyen": ["huyen-a"], "parent": ["huyen-a"]})
    assert found(plan) == [(("groups", "parent"), "Tên nhóm parent trùng từ dành riêng cho nơi nhận.")]


def test_a_group_has_members():
    plan = a_plan(groups={"huyen": ["huyen-a"], "xa": []})
    assert found(plan) == [(("groups", "xa"), "Nhóm xa chưa có cơ quan nào.")]


def test_a_group_names_known_agencies():
    plan = a_plan(groups={"huyen": ["huyen-a", "huyen-b"]})
    assert found(plan)[0] == (("groups", "huyen", 1), "Không có cơ quan huyen-b.")


def test_an_unknown_agency_comes_with_the_nearest_known_one():
    [finding] = plan_check.problems(plan_with_duty("N.1", holders=["huyen-aa"]))
    assert finding.key == ("duties", 0, "holders", 0)
    assert finding.what == "Không có cơ quan hoặc nhóm huyen-aa."
    assert finding.remedy == "Có phải là huyen-a? Đề nghị sửa lại, hoặc thêm vào agencies, groups."


@pytest.mark.parametrize("field", ["holders", "with", "receivers", "copies"])
def test_duties_name_known_agencies(field):
    plan = plan_with_duty("N.1", **{field: ["khong-co"]})
    assert found(plan) == [(("duties", 0, field, 0), "Không có cơ quan hoặc nhóm khong-co.")]


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"lead": "khong-co"}, ("lead",)),
        ({"province": "khong-co"}, ("province",)),
        ({"document": {**plan_data()["document"], "issuer": "khong-co"}}, ("document", "issuer")),
        (changed("agencies", 1, parent="khong-co"), ("agencies", 1, "parent")),
        (changed("milestones", 0, agency="khong-co"), ("milestones", 0, "agency")),
        (
            added("contacts", {"code": "x", "agency": "khong-co", "channel": "none"}),
            ("contacts", 3, "agency"),
        ),
    ],
)
def test_every_other_place_names_known_agencies(changes, key):
    assert found(a_plan(**changes)) == [(key, "Không có cơ quan khong-co.")]


def test_asker_and_parent_are_receivers_but_never_holders():
    assert found(plan_with_duty("N.4", receivers=["asker"])) == []
    assert found(plan_with_duty("N.4", holders=["asker"])) == [
        (("duties", place_of("N.4"), "holders", 0), "Không có cơ quan hoặc nhóm asker.")
    ]


def test_a_holder_is_named_once_even_through_a_group():
    plan = plan_with_duty("N.1", holders=["huyen", "huyen-a"])
    assert found(plan) == [(("duties", 0, "holders"), "Cơ quan thực hiện bị nêu hai lần: huyen-a.")]


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        (changed("contacts", 0, duties=["N.99"]), ("contacts", 0, "duties", 0)),
        ({"coverage": [{"bullet": "Mục 1", "duties": ["N.1", "N.99"]}]}, ("coverage", 0, "duties", 1)),
        ({"duties": duties_with("N.3", after=[{"duty": "N.99"}])}, ("duties", 2, "after", 0, "duty")),
        (
            {"duties": duties_with("N.4", due={"rule": "after", "working_days": 1, "of": "N.99"})},
            ("duties", 3, "due", "of"),
        ),
    ],
)
def test_every_place_names_known_duties(changes, key):
    assert found(a_plan(**changes)) == [(key, "Không có nhiệm vụ N.99.")]


def test_a_duty_waits_for_known_milestones():
    plan = plan_with_duty("N.3", after=[{"milestone": "U.2"}])
    assert found(plan) == [(("duties", 2, "after", 0, "milestone"), "Không có mốc U.2.")]


def test_a_bullet_became_duties_or_a_gap():
    plan = a_plan(coverage=[{"bullet": "Mục 2"}])
    assert found(plan) == [(("coverage", 0), "Mục 2 chưa nêu nhiệm vụ nào.")]


# Circles


def test_superiors_in_a_circle_are_named():
    plan = a_plan(**changed("agencies", 3, parent="htx-a"))
    assert found(plan) == [(("agencies", 1, "parent"), "Cấp trên đi thành vòng: huyen-a → tinh → htx-a → huyen-a.")]


def test_duties_that_wait_for_each_other_are_named():
    plan = plan_with_duty("R.htx", after=[{"duty": "N.3"}])
    assert found(plan) == [
        (
            ("duties", 2, "after", 0, "duty"),
            "Các nhiệm vụ chờ nhau thành vòng: N.3 → R.huyen → R.htx → N.3.",
        )
    ]


def test_a_duty_does_not_wait_for_itself():
    plan = plan_with_duty("N.3", after=[{"duty": "N.3"}])
    assert found(plan) == [(("duties", 2, "after", 0, "duty"), "Các nhiệm vụ chờ nhau thành vòng: N.3 → N.3.")]


def test_a_day_counted_from_the_own_acceptance_is_a_circle():
    plan = plan_with_duty("N.4", due={"rule": "after", "working_days": 5, "of": "N.4"})
    assert found(plan) == [(("duties", 3, "due", "of"), "Các nhiệm vụ chờ nhau thành vòng: N.4 → N.4.")]


def test_a_duty_does_not_wait_for_what_never_ends():
    plan = plan_with_duty("N.3", after=[{"duty": "N.1"}])
    assert found(plan) == [
        (("duties", 2, "after", 0, "duty"), "Nhiệm vụ N.1 không có lúc hoàn thành nên không chờ được.")
    ]


# Days


def test_the_plan_ends_after_it_starts():
    plan = a_plan(ends_on=date(2025, 1, 1))
    assert (("ends_on",), "Ngày kết thúc 01/01/2025 trước ngày bắt đầu 02/01/2025.") in found(plan)


@pytest.mark.parametrize("day", [date(2025, 1, 1), date(2026, 1, 1)])
def test_a_single_day_lies_within_the_plan(day):
    plan = plan_with_duty("N.3", due={"rule": "once", "on": day})
    assert found(plan) == [
        (
            ("duties", 2, "due", "on"),
            f"Ngày {day:%d/%m/%Y} nằm ngoài thời gian của kế hoạch, từ 02/01/2025 đến 31/12/2025.",
        )
    ]


@pytest.mark.parametrize("day", [date(2025, 1, 2), date(2025, 12, 31)])
def test_the_first_and_the_last_day_of_the_plan_belong_to_it(day):
    assert found(plan_with_duty("N.3", due={"rule": "once", "on": day})) == []


def test_a_duty_opens_within_the_plan():
    [(key, what)] = found(plan_with_duty("N.1", opens_on=date(2024, 12, 31)))
    assert (key, what[:15]) == (("duties", 0, "opens_on"), "Ngày 31/12/2024")


def test_a_duty_opens_before_it_is_due():
    plan = plan_with_duty("N.3", opens_on=date(2025, 12, 23))
    assert found(plan) == [(("duties", 2, "opens_on"), "Nhiệm vụ mở ngày 23/12/2025, sau ngày phải xong 22/12/2025.")]


def test_a_milestone_lies_within_the_plan():
    [(key, _)] = found(a_plan(**changed("milestones", 0, on=date(2026, 6, 30))))
    assert key == ("milestones", 0, "on")


@pytest.mark.parametrize(("name", "year"), [("first", 2024), ("last", 2026)])
def test_a_yearly_duty_names_years_of_the_plan(name, year):
    plan = plan_with_duty("N.2", due={"rule": "yearly", "on": "11-30", name: year})
    assert found(plan)[0] == (
        ("duties", 1, "due", name),
        f"Kỳ {year} nằm ngoài thời gian của kế hoạch, từ 02/01/2025 đến 31/12/2025.",
    )


def test_a_window_names_periods_of_the_plan():
    rule = {"rule": "window", "window": "quarter", "day": 20, "last": "2026-Q1"}
    [(key, what)] = found(plan_with_duty("N.2", due=rule))
    assert (key, what[:11]) == (("duties", 1, "due", "last"), "Kỳ 2026-Q1 ")


def test_the_last_period_does_not_come_before_the_first():
    rule = {"rule": "window", "window": "quarter", "day": 20, "first": "2025-Q3", "last": "2025-Q2"}
    assert found(plan_with_duty("N.2", due=rule)) == [
        (("duties", 1, "due", "last"), "Kỳ cuối 2025-Q2 trước kỳ đầu 2025-Q3.")
    ]


@pytest.mark.parametrize(("name", "day"), [("first", date(2024, 12, 1)), ("until", date(2026, 1, 1))])
def test_days_that_come_again_and_again_lie_within_the_plan(name, day):
    rule = {"rule": "every", "days": 30, "first": date(2025, 2, 1), name: day}
    [(key, _)] = found(plan_with_duty("N.2", due=rule))
    assert key == ("duties", 1, "due", name)


def test_the_thirtieth_of_february_is_no_day():
    plan = plan_with_duty("N.2", due={"rule": "yearly", "on": "02-30"})
    assert found(plan) == [(("duties", 1, "due", "on"), "02-30 không có trong lịch vì tháng 02 không có ngày 30.")]


def test_the_29th_of_february_does_not_come_every_year():
    plan = plan_with_duty("N.2", due={"rule": "yearly", "on": "02-29"})
    assert found(plan) == [
        (("duties", 1, "due", "on"), "Ngày 02-29 chỉ có trong năm nhuận nên không lặp lại hằng năm được.")
    ]


@pytest.mark.parametrize(
    ("rule", "end"),
    [
        ({"rule": "yearly", "on": "11-30"}, "last"),
        ({"rule": "window", "window": "month", "day": 20}, "last"),
        ({"rule": "every", "days": 7, "first": date(2025, 2, 1)}, "until"),
    ],
)
def test_a_repeat_has_an_end_when_the_plan_has_none(rule, end):
    plan = a_plan(
        ends_on=None,
        duties=[a_duty("N.1"), a_duty("N.2", kind="yearly", due=rule, basis="assumed")],
    )
    [finding] = plan_check.problems(plan)
    assert finding.key == ("duties", 1, "due")
    assert finding.what == "Việc lặp lại không có kỳ cuối vì kế hoạch không có ngày kết thúc."
    assert finding.remedy == f"Đề nghị thêm {end} vào đây, hoặc ends_on vào kế hoạch."


def test_a_repeat_with_its_own_end_needs_none_of_the_plan():
    due = {"rule": "yearly", "on": "11-30", "last": 2027}
    plan = a_plan(ends_on=None, duties=[a_duty("N.1", kind="yearly", due=due, basis="assumed")])
    assert found(plan) == []


def test_a_repeat_has_at_least_one_turn_within_the_plan():
    plan = a_plan(
        ends_on=date(2025, 10, 31),
        duties=[a_duty("N.1", kind="yearly", due={"rule": "yearly", "on": "11-30"}, basis="assumed")],
    )
    assert found(plan) == [
        (
            ("duties", 0, "due"),
            "Không có kỳ nào của nhiệm vụ N.1 nằm trong thời gian của kế hoạch, từ 02/01/2025 đến 31/10/2025.",
        )
    ]


@given(
    rule=st.one_of(
        st.fixed_dictionaries({"rule": st.just("yearly"), "on": st.sampled_from(["01-02", "06-15", "11-30", "12-31"])}),
        st.fixed_dictionaries(
            {
                "rule": st.just("window"),
                "window": st.sampled_from(["month", "quarter", "half_year", "year"]),
                "day": st.integers(15, 31),
            }
        ),
        st.fixed_dictionaries(
            {
                "rule": st.just("window"),
                "window": st.sampled_from(["month", "quarter", "half_year", "year"]),
                "working_days": st.integers(1, 40),
            }
        ),
        st.fixed_dictionaries(
            {
                "rule": st.just("every"),
                "days": st.integers(1, 100),
                "first": st.dates(date(2025, 1, 2), date(2025, 12, 31)),
            }
        ),
    ),
    shift=st.sampled_from(["keep", "next", "previous"]),
)
def test_the_periods_checked_are_the_periods_expanded(rule, shift):
    plan = plan_with_duty("N.2", due={**rule, "on_non_working_day": shift})
    duty = plan.duties[1]
    expanded = occurrences.dues(plan, duty, WorkingCalendar.weekends_only())
    checked = {period: plan_days.last_day(duty.due, day) for period, day in plan_days.turns(plan, duty.due).items()}
    assert checked == {due.period: due.due_on for due in expanded}


# Kinds, rules and bases

ONCE = {"rule": "once", "on": date(2025, 12, 22)}
YEARLY = {"rule": "yearly", "on": "11-30"}
AFTER = {"rule": "after", "working_days": 5}


@pytest.mark.parametrize(
    ("kind", "due"),
    [
        ("continuous", ONCE),
        ("outcome", YEARLY),
        ("conditional", AFTER),
        ("on_request", ONCE),
        ("yearly", ONCE),
        ("yearly", AFTER),
        ("once", YEARLY),
        ("once", AFTER),
    ],
)
def test_a_kind_takes_only_its_own_rules(kind, due):
    plan = plan_with_duty("N.5", kind=kind, due=due, basis="assumed")
    assert found(plan) == [(("duties", 6, "due"), f"Nhiệm vụ loại {kind} không dùng được rule: {due['rule']}.")]


@pytest.mark.parametrize("kind", ["yearly", "once"])
def test_a_dated_kind_has_a_rule(kind):
    assert found(plan_with_duty("N.5", kind=kind)) == [(("duties", 6), f"Nhiệm vụ loại {kind} chưa có thời hạn.")]


@pytest.mark.parametrize("kind", ["continuous", "outcome", "conditional", "on_request"])
def test_a_kind_without_a_day_needs_no_rule(kind):
    assert found(plan_with_duty("N.5", kind=kind)) == []


def test_a_duty_has_its_day_or_waits_for_it():
    due = {**ONCE, "awaits": "công văn"}
    assert found(plan_with_duty("N.3", due=due)) == [
        (("duties", 2, "due", "awaits"), "Vừa có ngày (on) vừa chờ ngày (awaits).")
    ]


def test_a_day_has_a_basis():
    assert found(plan_with_duty("N.3", basis=None)) == [(("duties", 2, "due"), "Có thời hạn mà chưa nêu căn cứ.")]


def test_a_duty_that_waits_for_its_day_has_no_basis_yet():
    awaiting = {"rule": "once", "awaits": "công văn hướng dẫn"}
    assert found(plan_with_duty("N.3", due=awaiting, basis=None)) == []
    assert found(plan_with_duty("N.3", due=awaiting)) == [
        (("duties", 2, "basis"), "Chưa có ngày nên chưa có căn cứ của ngày.")
    ]


def test_a_basis_for_one_period_names_a_period_that_occurs():
    special = {"basis": "plan", "basis_note": "Theo Kế hoạch"}
    plan = plan_with_duty("R.htx", basis_by_period={"2025": special, "2026": special})
    [finding] = plan_check.problems(plan)
    assert finding.key == ("duties", place_of("R.htx"), "basis_by_period", "2026")
    assert finding.what == "Nhiệm vụ R.htx không có kỳ 2026."
    assert finding.remedy == "Đề nghị dùng một trong các kỳ: 2025."


# Fulfilment, receivers, ladders


def test_a_duty_is_fulfilled_by_another_of_the_same_holders():
    plan = plan_with_duty("N.5", kind="once", holders=["htx-a"], fulfilled_by="R.htx/2025")
    assert found(plan) == []


@pytest.mark.parametrize(
    ("by", "what"),
    [
        ("R.ht/2025", "Không có nhiệm vụ R.ht."),
        ("R.htx/2024", "Nhiệm vụ R.htx không có kỳ 2024."),
        ("N.5/2025", "Nhiệm vụ không thể hoàn thành theo chính nó."),
        ("R.huyen/2025", "Nhiệm vụ R.huyen không do htx-a thực hiện."),
    ],
)
def test_what_fulfils_a_duty_exists_and_has_its_holders(by, what):
    plan = plan_with_duty("N.5", kind="once", holders=["htx-a"], fulfilled_by=by)
    assert found(plan) == [(("duties", 6, "fulfilled_by"), what)]


def test_what_never_comes_due_fulfils_nothing():
    [(_, what)] = found(plan_with_duty("N.5", kind="once", fulfilled_by="N.1/standing"))
    assert what == "Nhiệm vụ N.1 không có kỳ theo lịch nên không thay cho nhiệm vụ này được."


def test_a_fulfilled_duty_has_no_day_of_its_own():
    plan = plan_with_duty("N.5", kind="once", holders=["htx-a"], fulfilled_by="R.htx/2025", due=ONCE, basis="assumed")
    assert found(plan) == [(("duties", 6, "due"), "Nhiệm vụ hoàn thành theo R.htx/2025 nên không có thời hạn riêng.")]


def test_parent_as_receiver_needs_a_superior():
    plan = plan_with_duty("N.4", holders=["tinh"], receivers=["parent"])
    assert found(plan) == [(("duties", 3, "receivers", 0), "Nơi nhận là cấp trên (parent) mà tinh chưa có cấp trên.")]


@pytest.mark.parametrize("name", ["deadline", "expected"])
def test_both_ladders_are_there(name):
    ladders = plan_data()["ladders"]
    del ladders[name]
    assert found(a_plan(ladders=ladders)) == [(("ladders",), f"Thiếu bậc nhắc {name}.")]


def test_a_rung_stands_once_in_a_ladder():
    ladders = {**plan_data()["ladders"], "deadline": [{"step": "0"}, {"step": "-3wd"}, {"step": "0"}]}
    assert found(a_plan(ladders=ladders)) == [(("ladders", "deadline", 2, "step"), "Mức nhắc 0 đã có ở trên.")]


def test_one_step_may_go_to_two_audiences():
    ladders = {**plan_data()["ladders"], "deadline": [{"step": "+3wd"}, {"step": "+3wd", "audience": "lead"}]}
    assert found(a_plan(ladders=ladders)) == []


def test_nothing_is_said_after_an_expected_day():
    ladders = {**plan_data()["ladders"], "expected": [{"step": "0"}, {"step": "+1wd"}]}
    [(key, _)] = found(a_plan(ladders=ladders))
    assert key == ("ladders", "expected", 1, "step")


def test_only_the_holder_hears_of_an_expected_day():
    ladders = {**plan_data()["ladders"], "expected": [{"step": "0", "audience": "lead"}]}
    [(key, _)] = found(a_plan(ladders=ladders))
    assert key == ("ladders", "expected", 0, "audience")


def test_all_problems_come_in_one_run():
    plan = a_plan(
        lead="khong-co",
        duties=duties_with("N.2", due={"rule": "yearly", "on": "02-30"}, receivers=["khong-co"]),
        **added("contacts", plan_data()["contacts"][0]),
    )
    assert [key for key, _ in found(plan)] == [
        ("contacts", 3, "code"),
        ("lead",),
        ("duties", 1, "receivers", 0),
        ("duties", 1, "due", "on"),
    ]


# Warnings


def test_a_holder_without_a_contact_is_pointed_out():
    assert noticed(a_plan(contacts=plan_data()["contacts"][:2])) == [
        (("agencies", 2), "HTX A chưa có đầu mối nhận thư.")
    ]


def test_a_contact_that_cannot_be_reached_is_no_contact():
    silent = changed("contacts", 2, channel="none", address=None)
    assert noticed(a_plan(**silent)) == [(("agencies", 2), "HTX A chưa có đầu mối nhận thư.")]


def test_duties_that_no_contact_covers_are_named():
    assert noticed(a_plan(**changed("contacts", 0, duties=["N.1", "N.2"]))) == [
        (("agencies", 0), "Sở Mẫu chưa có đầu mối nhận thư cho N.4.")
    ]


def test_a_report_due_before_a_working_day_has_passed_since_closing_is_pointed_out():
    due = {"rule": "window", "window": "half_year", "day": 15}
    [(key, what)] = noticed(plan_with_duty("N.2", due=due))
    assert key == ("duties", 1, "due")
    assert what == (
        "Kỳ 2025-H1: ngày Chủ nhật 15/06/2025 chưa đủ 01 ngày làm việc sau ngày chốt số liệu "
        "thứ Bảy 14/06/2025 (khoản 5 Điều 8 Nghị định số 09/2019/NĐ-CP)."
    )


def test_a_yearly_report_due_before_the_data_are_closed_is_pointed_out():
    plan = plan_with_duty("N.2", due={"rule": "yearly", "on": "12-10"}, round="nam")
    assert [key for key, _ in noticed(plan)] == [("duties", 1, "due")]


def test_a_level_due_no_later_than_the_level_below_is_pointed_out():
    due = {"rule": "window", "window": "year", "day": 15}
    assert noticed(plan_with_duty("R.huyen", due=due)) == [
        (
            ("duties", place_of("R.huyen"), "due"),
            "Kỳ 2025: ngày thứ Hai 15/12/2025 không sau ngày thứ Hai 15/12/2025 của R.htx mà nhiệm vụ này chờ.",
        )
    ]


def test_warnings_refuse_nothing():
    assert found(a_plan(contacts=[])) == []


def test_only_work_that_opens_on_request_is_opened_by_a_kind_of_request():
    assert found(plan_with_duty("N.4", opened_by="difficulty")) == []
    assert found(plan_with_duty("N.2", opened_by="cooperation")) == [
        (("duties", 1, "opened_by"), "Nhiệm vụ loại yearly không mở theo đề nghị.")
    ]


# Scoring


def scored(**changes: Any) -> Plan:
    return a_plan(scoring={"rubric": "tt-01-2020", "pass_mark": 80, **changes})


def test_a_plan_that_scores_by_the_default_chain_has_no_problem():
    assert found(scored()) == []


@pytest.mark.parametrize(
    ("changes", "key", "what"),
    [
        ({"decisive": {"level": "xa"}}, ("scoring", "decisive", "level"), "Không có cấp xa."),
        ({"pass_mark": 0}, ("scoring", "pass_mark"), "Mức đạt là 0: ai cũng đạt."),
        (
            {"trial_on": date(2026, 6, 30)},
            ("scoring", "trial_on"),
            "Ngày chấm thử 30/06/2026 ngoài thời gian của kế hoạch.",
        ),
        (
            {
                "chain": [
                    {"code": "self", "title": "tự chấm", "points_word": "điểm tự chấm", "by": "unit", "duty": "X.1"}
                ]
            },
            ("scoring", "chain", 0, "duty"),
            "Không có nhiệm vụ X.1.",
        ),
    ],
)
def test_what_a_plan_says_of_scoring_must_hold_together(changes: dict[str, Any], key: tuple[Any, ...], what: str):
    assert found(scored(**changes)) == [(key, what)]


def test_a_chain_begins_with_the_cooperative():
    level = {"code": "district", "title": "huyện", "points_word": "điểm huyện", "by": "parent"}
    plan = scored(chain=[level], decisive={"level": "district"})
    assert found(plan) == [(("scoring", "chain", 0), "Cấp đầu không phải là tự chấm.")]
