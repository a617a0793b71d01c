"""Expansion of a plan into dated occurrences: counts, weekday traps, windows, keys."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from htx_workflow.domain import occurrences
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import BadInput, CalendarEnds
from htx_workflow.domain.occurrences import Occurrence
from htx_workflow.domain.plan import Basis, Kind, Plan
from tests.factories import a_duty, a_plan, plan_with_duty


def dues(calendar: WorkingCalendar, due: dict[str, Any], **plan: Any) -> list[tuple[str, date | None]]:
    """(period, day) of a yearly duty with this rule in the small plan of 2025."""
    found = a_plan(duties=[a_duty("N.2", kind="yearly", due=due, basis="plan")], coverage=[], **plan)
    return [(occurrence.period, occurrence.due_on) for occurrence in occurrences.expand(found, calendar)]


def by_key(plan: Plan, calendar: WorkingCalendar) -> dict[str, Occurrence]:
    return {occurrence.key: occurrence for occurrence in occurrences.expand(plan, calendar)}


# Plan 3819


def test_plan_3819_has_65_dated_occurrences_22_fixed_and_43_assumed(kontum: Plan, calendar: WorkingCalendar) -> None:
    found = occurrences.expand(kontum, calendar)
    kinds = Counter(
        "continuous"
        if occurrence.kind is Kind.CONTINUOUS
        else "outcome"
        if occurrence.kind is Kind.OUTCOME
        else "awaiting"
        if occurrence.due_on is None
        else "assumed"
        if occurrence.basis is Basis.ASSUMED
        else "fixed"
        for occurrence in found
    )
    assert kinds == {"fixed": 22, "assumed": 43, "awaiting": 1, "continuous": 44, "outcome": 5}


@pytest.mark.parametrize(
    ("key", "due_on", "original"),
    [
        ("R.htx/htx-thanhnien/2024", date(2024, 12, 15), date(2024, 12, 15)),  # Sunday: law stays
        ("R.agency/stc/2024", date(2024, 12, 16), None),  # the same Sunday, assumed: Monday
        ("V.1.1d/skhdt/2024", date(2024, 12, 2), None),  # Saturday 30/11
        ("V.1.1d/skhdt/2025", date(2025, 12, 1), None),  # Sunday 30/11
        ("V.6.4a/lmhtx/2025", date(2025, 12, 1), None),
        ("R.tinh/skhdt/2024", date(2024, 12, 21), date(2024, 12, 21)),  # Saturday
        ("R.tinh/skhdt/2025", date(2025, 12, 21), date(2025, 12, 21)),  # Sunday
        ("R.huyen/huyen-dakha/2025", date(2025, 12, 18), date(2025, 12, 18)),
        ("V.7.2/huyen-sathay/2024", date(2024, 12, 31), None),
        ("R.kehoach/skhdt/2024", date(2024, 12, 31), None),
        ("V.1.1c/skhdt/2025", None, None),
    ],
)
def test_weekday_traps_of_plan_3819(
    kontum: Plan, calendar: WorkingCalendar, key: str, due_on: date | None, original: date | None
) -> None:
    found = by_key(kontum, calendar)[f"kontum-3819/{key}"]
    assert (found.due_on, found.original_due_on) == (due_on, original)


def test_the_province_has_one_working_day_between_the_districts_and_its_own_day(calendar: WorkingCalendar) -> None:
    assert calendar.count(date(2025, 12, 18), date(2025, 12, 21)) == 1


def test_the_basis_of_one_period_may_differ(kontum: Plan, calendar: WorkingCalendar) -> None:
    found = by_key(kontum, calendar)
    assert [found[f"kontum-3819/R.htx/htx-doanket/{year}"].basis for year in (2024, 2025)] == [Basis.LAW, Basis.PLAN]


def test_last_periods_end_with_2024(kontum: Plan, calendar: WorkingCalendar) -> None:
    periods = {
        (occurrence.duty, occurrence.period)
        for occurrence in occurrences.expand(kontum, calendar)
        if occurrence.duty in ("V.7.2", "R.kehoach")
    }
    assert periods == {("V.7.2", "2024"), ("R.kehoach", "2024")}


def test_requests_conditions_and_what_another_duty_fulfils_are_not_listed(
    kontum: Plan, calendar: WorkingCalendar
) -> None:
    listed = {occurrence.duty for occurrence in occurrences.expand(kontum, calendar)}
    assert listed.isdisjoint({"V.2.1", "V.6.1b", "V.7.5a", "V.7.5b", "V.8.6", "VI.1", "VI.2", "U.1", "M.1"})


def test_a_cooperative_reports_to_the_district_that_registered_it(kontum: Plan, calendar: WorkingCalendar) -> None:
    found = by_key(kontum, calendar)
    assert {key: found[f"kontum-3819/R.htx/{key}/2024"].receiver for key in ("htx-thanhnien", "htx-rangdong")} == {
        "htx-thanhnien": "huyen-konplong",
        "htx-rangdong": "huyen-dakto",
    }


# Windows of Decree 09/2019


@pytest.mark.parametrize(
    ("window", "year", "month", "span"),
    [
        ("month", 2025, 3, (date(2025, 2, 15), date(2025, 3, 14))),
        ("month", 2025, 1, (date(2024, 12, 15), date(2025, 1, 14))),
        ("quarter", 2025, 3, (date(2024, 12, 15), date(2025, 3, 14))),
        ("quarter", 2025, 6, (date(2025, 3, 15), date(2025, 6, 14))),
        ("half_year", 2025, 6, (date(2024, 12, 15), date(2025, 6, 14))),
        ("half_year", 2025, 12, (date(2025, 6, 15), date(2025, 12, 14))),
        ("year", 2025, 12, (date(2024, 12, 15), date(2025, 12, 14))),
    ],
)
def test_data_windows_run_from_the_15th_to_the_14th(
    window: str, year: int, month: int, span: tuple[date, date]
) -> None:
    assert occurrences.data_window(window, year, month) == span


def test_windows_are_named_as_promised(calendar: WorkingCalendar) -> None:
    assert dues(calendar, {"rule": "window", "window": "quarter", "day": 20}) == [
        ("2025-Q1", date(2025, 3, 20)),
        ("2025-Q2", date(2025, 6, 20)),
        ("2025-Q3", date(2025, 9, 20)),
        ("2025-Q4", date(2025, 12, 20)),
    ]
    assert dues(calendar, {"rule": "window", "window": "half_year", "working_days": 3}) == [
        ("2025-H1", date(2025, 6, 18)),
        ("2025-H2", date(2025, 12, 17)),
    ]
    assert dues(calendar, {"rule": "window", "window": "year", "day": 18}) == [("2025", date(2025, 12, 18))]
    assert dues(calendar, {"rule": "window", "window": "month", "day": 31, "first": "2025-02", "last": "2025-04"}) == [
        ("2025-02", date(2025, 2, 28)),
        ("2025-03", date(2025, 3, 31)),
        ("2025-04", date(2025, 4, 30)),
    ]


def test_a_window_that_closed_before_new_year_may_be_due_after_it(calendar: WorkingCalendar) -> None:
    rule = {"rule": "window", "window": "half_year", "days": 32}
    assert dues(calendar, rule) == [("2024-H2", date(2025, 1, 15)), ("2025-H1", date(2025, 7, 16))]


# Last days


@pytest.mark.parametrize(
    ("on", "options", "due_on"),
    [
        ("11-30", {}, date(2025, 11, 30)),
        ("11-30", {"on_non_working_day": "keep"}, date(2025, 11, 30)),
        ("11-30", {"on_non_working_day": "next"}, date(2025, 12, 1)),
        ("11-30", {"on_non_working_day": "previous"}, date(2025, 11, 28)),
        ("01-27", {"on_non_working_day": "next"}, date(2025, 2, 3)),  # Tết 25/01 to 02/02
        ("01-27", {"on_non_working_day": "previous"}, date(2025, 1, 24)),
        ("04-26", {"on_non_working_day": "next"}, date(2025, 4, 26)),  # a Saturday that is worked
        ("12-15", {"inclusive": False}, date(2025, 12, 14)),
        ("12-15", {"inclusive": False, "on_non_working_day": "previous"}, date(2025, 12, 12)),
        ("12-15", {"inclusive": False, "on_non_working_day": "next"}, date(2025, 12, 15)),
    ],
)
def test_the_last_day_in_time(calendar: WorkingCalendar, on: str, options: dict[str, Any], due_on: date) -> None:
    assert dues(calendar, {"rule": "yearly", "on": on, **options}) == [("2025", due_on)]


def test_every_so_many_days_is_named_by_its_day(calendar: WorkingCalendar) -> None:
    rule = {"rule": "every", "days": 100, "first": date(2025, 3, 1)}
    assert dues(calendar, rule) == [
        ("2025-03-01", date(2025, 3, 1)),
        ("2025-06-09", date(2025, 6, 9)),
        ("2025-09-17", date(2025, 9, 17)),
        ("2025-12-26", date(2025, 12, 26)),
    ]
    assert dues(calendar, {**rule, "until": date(2025, 6, 9)}) == dues(calendar, rule)[:2]


def test_once_without_a_day_waits_for_it_under_the_last_year_of_the_plan(calendar: WorkingCalendar) -> None:
    plan = plan_with_duty("N.9", kind="once", due={"rule": "once", "awaits": "công văn của Bộ"})
    found = by_key(plan, calendar)["tinh-mau/N.9/so/2025"]
    assert (found.due_on, found.basis, found.original_due_on) == (None, None, None)


def test_a_yearly_day_outside_the_plan_is_no_turn(calendar: WorkingCalendar) -> None:
    assert dues(calendar, {"rule": "yearly", "on": "01-01"}) == []
    assert dues(calendar, {"rule": "yearly", "on": "12-31"}) == [("2025", date(2025, 12, 31))]


def test_working_days_beyond_the_known_years_are_refused(calendar: WorkingCalendar) -> None:
    rule = {"rule": "window", "window": "year", "working_days": 15}
    with pytest.raises(CalendarEnds, match="htx calendar propose 2027"):
        dues(calendar, rule, starts_on=date(2026, 1, 2), ends_on=date(2027, 3, 1))


# Requests


def test_a_request_opens_r1_ten_working_days_after_the_day_it_came(kontum: Plan, calendar: WorkingCalendar) -> None:
    duty = next(duty for duty in kontum.duties if duty.id == "V.2.1")
    found = occurrences.requested(kontum, duty, "stc", 1, date(2025, 1, 20), calendar)
    assert (found.key, found.due_on, found.basis) == (
        "kontum-3819/V.2.1/stc/r1",
        date(2025, 2, 10),  # Tết lies between
        Basis.ASSUMED,
    )


@pytest.mark.parametrize(
    ("duty_id", "agency", "due_on", "sentence"),
    [
        ("R.tinh", "skhdt", None, "không mở theo đề nghị"),
        ("V.2.1", "sct", None, "sct không có nhiệm vụ V.2.1"),
        ("V.6.1b", "lmhtx", date(2025, 1, 1), "Hạn 01/01/2025 trước ngày đề nghị 20/01/2025"),
    ],
)
def test_a_request_that_cannot_be(
    kontum: Plan, calendar: WorkingCalendar, duty_id: str, agency: str, due_on: date | None, sentence: str
) -> None:
    duty = next(duty for duty in kontum.duties if duty.id == duty_id)
    with pytest.raises(BadInput, match=sentence):
        occurrences.requested(kontum, duty, agency, 1, date(2025, 1, 20), calendar, due_on)


# Properties

DAYS = st.dates(date(2024, 1, 2), date(2026, 6, 30))
MOVES = st.sampled_from(["keep", "next", "previous"])
RULES = st.one_of(
    st.builds(
        lambda day, move, inclusive: {
            "rule": "yearly",
            "on": f"{day:%m-%d}",
            "on_non_working_day": move,
            "inclusive": inclusive,
        },
        DAYS.filter(lambda day: (day.month, day.day) != (2, 29)),
        MOVES,
        st.booleans(),
    ),
    st.builds(
        lambda window, day, move: {"rule": "window", "window": window, "day": day, "on_non_working_day": move},
        st.sampled_from(["month", "quarter", "half_year", "year"]),
        st.integers(15, 31),
        MOVES,
    ),
    st.builds(
        lambda window, days: {"rule": "window", "window": window, "days": days},
        st.sampled_from(["month", "quarter", "half_year", "year"]),
        st.integers(1, 120),
    ),
    st.builds(
        lambda days, first, move: {"rule": "every", "days": days, "first": first, "on_non_working_day": move},
        st.integers(7, 200),
        DAYS,
        MOVES,
    ),
)


@settings(max_examples=120, deadline=None)
@given(rule=RULES, starts=st.dates(date(2024, 1, 2), date(2025, 1, 2)), length=st.integers(30, 500))
def test_expansion_is_deterministic_with_unique_keys_and_days_inside_the_plan(
    calendar: WorkingCalendar, rule: dict[str, Any], starts: date, length: int
) -> None:
    if rule["rule"] == "every" and rule["first"] < starts:
        rule["first"] = starts
    ends = starts + timedelta(days=length)
    plan = a_plan(
        starts_on=starts,
        ends_on=ends,
        duties=[a_duty("N.2", kind="yearly", holders=["so", "huyen"], due=rule, basis="plan")],
        coverage=[],
    )
    found = occurrences.expand(plan, calendar)
    assert found == occurrences.expand(plan, calendar)
    assert len({occurrence.key for occurrence in found}) == len(found)
    for occurrence in found:
        assert occurrence.due_on is not None
        moved = rule.get("on_non_working_day", "keep")
        exclusive = rule.get("inclusive") is False
        if moved == "keep":
            assert starts - timedelta(days=exclusive) <= occurrence.due_on <= ends
        else:
            assert calendar.is_working(occurrence.due_on)
            assert starts - timedelta(days=14) <= occurrence.due_on <= ends + timedelta(days=14)
