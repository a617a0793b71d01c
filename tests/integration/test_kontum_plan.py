"""Facts of config/plans/kontum-3819.yaml: what Section V of plan 3819/KH-UBND gives to whom, and when."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from htx_workflow.domain import occurrences
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.plan import Basis, Duty, Kind, Once, Plan, Window, WorkingDaysAfter, Yearly
from htx_workflow.gateways import calendar_files, plan_files

CONFIG = Path(__file__).resolve().parents[2] / "config"

HUYEN = ["huyen-dakha", "huyen-dakto", "huyen-tumorong", "huyen-sathay", "huyen-konplong"]
HTX = ["htx-thanhnien", "htx-rangdong", "htx-saunhung", "htx-doanket", "htx-tumorong"]
OFFICES = ["stc", "snnptnt", "sct", "nhnn", "lmhtx"]
HOLDERS = ["skhdt", *OFFICES, *HUYEN, *HTX]

# Id, holders, word, kind, day as written, basis, receivers, what it comes after. "" is none.
TABLE = """
V.1.1a   | skhdt   | chủ trì   | continuous  |                   |         |           |
V.1.1b   | skhdt | chủ trì | once | 2025-12-29 next | assumed | ubnd-tinh | R.tinh R.agency V.3.3 V.6.4b V.7.6
V.1.1c   | skhdt   | chủ trì   | once        | awaiting          |         | bkhdt     | U.1
V.1.1d   | skhdt   | chủ trì   | yearly      | 11-30 next        | assumed |           |
V.1.2    | skhdt   | chủ trì   | once        | 2025-12-31 next   | assumed | ubnd-tinh | V.1.1b V.3.3 V.6.1c V.6.6 V.7.6
V.2.1    | stc     | phối hợp  | on_request  | 10 after request  | assumed | ubnd-tinh |
V.3.1    | snnptnt | thực hiện | continuous  |                   |         |           |
V.3.2    | snnptnt | chủ trì   | yearly      | 12-31 next        | assumed | ubnd-tinh |
V.3.3    | snnptnt | phối hợp  | once        | 2025-12-22 next   | assumed | skhdt     | R.huyen
V.4.1    | sct     | thực hiện | continuous  |                   |         |           |
V.4.2    | sct     | thực hiện | continuous  |                   |         |           |
V.5.1    | nhnn    | thực hiện | continuous  |                   |         |           |
V.6.1a   | lmhtx   | tham gia  | continuous  |                   |         |           |
V.6.1b   | lmhtx   | phối hợp  | on_request  |                   |         | asker     |
V.6.1c   | lmhtx   | thực hiện | once        | 2025-12-22 next   | assumed | skhdt     | R.huyen
V.6.2    | lmhtx   | thực hiện | continuous  |                   |         |           |
V.6.3    | lmhtx   | phối hợp  | continuous  |                   |         |           |
V.6.4a   | lmhtx   | phối hợp  | yearly      | 11-30 next        | assumed | skhdt     |
V.6.4b   | lmhtx   | phối hợp  | once        | 2025-12-22 next   | assumed | skhdt     | R.huyen
V.6.5    | lmhtx   | thực hiện | continuous  |                   |         |           |
V.6.6    | lmhtx   | phối hợp  | once        | 2025-12-22 next   | assumed | skhdt     | R.huyen
V.7.1    | huyen   | thực hiện | continuous  |                   |         |           |
V.7.2    | huyen   | thực hiện | yearly      | 12-31 next        | assumed | stc       |
V.7.3    | huyen   | thực hiện | continuous  |                   |         |           |
V.7.4    | huyen   | phối hợp  | continuous  |                   |         |           |
V.7.5a   | huyen   | thực hiện | once        |                   |         | skhdt     |
V.7.5b   | huyen   | thực hiện | conditional |                   |         |           | R.huyen
V.7.6    | huyen   | thực hiện | once        | 2025-12-22 next   | assumed | skhdt     | R.huyen
V.8.1    | htx     | phối hợp  | continuous  |                   |         |           |
V.8.2    | htx     | thực hiện | continuous  |                   |         |           |
V.8.3    | htx     | thực hiện | continuous  |                   |         |           |
V.8.4    | htx     | thực hiện | continuous  |                   |         |           |
V.8.5    | htx     | thực hiện | outcome     |                   |         |           |
V.8.6    | htx     | thực hiện | once        |                   |         | parent    |
VI.1     | skhdt stc snnptnt sct nhnn lmhtx huyen htx | thực hiện | on_request | | | ubnd-tinh |
VI.2     | skhdt   | tham mưu  | on_request  | 5 after VI.1      | assumed | ubnd-tinh |
R.agency | stc snnptnt sct nhnn lmhtx huyen | thực hiện | yearly | year window 15 next | assumed | skhdt |
R.htx    | htx     | thực hiện | yearly      | year window 15 keep | law   | parent    |
R.huyen  | huyen   | thực hiện | yearly      | year window 18 keep | law   | skhdt     | R.htx
R.tinh   | skhdt   | thực hiện | yearly      | year window 21 keep | law   | bkhdt     | R.huyen
R.kehoach| skhdt   | thực hiện | yearly      | 12-31 next        | assumed | ubnd-tinh | R.tinh R.agency
"""

BULLETS = [
    *(f"Mục V.1, gạch đầu dòng {number}" for number in (1, 2)),
    "Mục V.2",
    *(f"Mục V.3, gạch đầu dòng {number}" for number in (1, 2, 3)),
    *(f"Mục V.4, gạch đầu dòng {number}" for number in (1, 2)),
    "Mục V.5",
    *(f"Mục V.{part}, gạch đầu dòng {number}" for part in (6, 7, 8) for number in range(1, 7)),
    "Đoạn cuối Kế hoạch",
]


def rows() -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines()]


def written_day(duty: Duty) -> str:
    rule = duty.due
    if isinstance(rule, Once):
        return f"{rule.on} {rule.on_non_working_day}" if rule.on else "awaiting"
    if isinstance(rule, Yearly):
        return f"{rule.on} {rule.on_non_working_day}"
    if isinstance(rule, WorkingDaysAfter):
        return f"{rule.working_days} after {rule.of}"
    if isinstance(rule, Window):
        return f"{rule.window} window {rule.day} {rule.on_non_working_day}"
    return ""


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_files.read_plan(CONFIG / "plans" / "kontum-3819.yaml")


@pytest.fixture(scope="module")
def duties(plan) -> dict[str, Duty]:
    return {duty.id: duty for duty in plan.duties}


@pytest.fixture(scope="module")
def expanded(plan) -> list[occurrences.Occurrence]:
    calendar = WorkingCalendar.from_file(calendar_files.load(CONFIG / "calendars" / "vn.yaml"))
    return occurrences.expand(plan, calendar)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_a_duty_is_what_the_text_says(duties, row):
    duty = duties[row[0]]
    assert [
        duty.id,
        " ".join(duty.holders),
        duty.word,
        duty.kind,
        written_day(duty),
        duty.basis or "",
        " ".join(duty.receivers),
        " ".join(need.duty or need.milestone or "" for need in duty.after),
    ] == row


def test_those_named_beside_the_holder_are_the_ones_the_text_names(duties):
    everybody = ("stc", "snnptnt", "sct", "nhnn", "lmhtx", "huyen")
    assert {duty.id: duty.with_ for duty in duties.values() if duty.with_} == {
        "V.1.1a": everybody,
        "V.1.1b": everybody,
        "V.1.1d": everybody,
        "V.1.2": everybody,
        "V.3.2": ("skhdt", "stc"),
        "V.3.3": ("skhdt",),
        "V.6.6": ("skhdt",),
        "V.7.4": ("skhdt", "snnptnt", "lmhtx"),
    }


def test_copies_go_where_the_text_or_the_circular_sends_them(duties):
    assert {duty.id: duty.copies for duty in duties.values() if duty.copies} == {
        "V.7.2": ("skhdt",),
        "VI.1": ("skhdt",),
        "R.tinh": ("ubnd-tinh",),
    }


def test_there_are_no_other_duties_and_they_stand_in_the_order_of_the_plan(plan):
    assert [duty.id for duty in plan.duties] == [row[0] for row in rows()]


def test_sixteen_agencies_owe_duties_in_the_order_of_the_plan(plan):
    assert plan.holder_codes() == HOLDERS


def test_receivers_owe_nothing(plan):
    assert [agency.code for agency in plan.agencies][16:] == ["ubnd-tinh", "bkhdt"]


def test_every_cooperative_reports_to_its_district(plan):
    assert {code: plan.agency(code).parent for code in HTX} == {
        "htx-thanhnien": "huyen-konplong",
        "htx-rangdong": "huyen-dakto",
        "htx-saunhung": "huyen-dakha",
        "htx-doanket": "huyen-sathay",
        "htx-tumorong": "huyen-tumorong",
    }


def test_the_bank_and_the_union_are_under_nobody_here(plan):
    assert (plan.agency("nhnn").parent, plan.agency("lmhtx").parent) == (None, None)


def test_the_plan_runs_from_its_signing_to_the_end_of_the_scheme(plan):
    assert (plan.starts_on, plan.ends_on) == (date(2024, 10, 23), date(2025, 12, 31))
    assert (plan.document.number, plan.document.dated) == ("3819/KH-UBND", date(2024, 10, 23))
    assert (plan.lead, plan.province) == ("skhdt", "ubnd-tinh")


def test_the_whole_plan_is_the_known_number_of_occurrences(expanded):
    dated = [it for it in expanded if it.due_on is not None]
    assert Counter(it.basis for it in dated) == {Basis.LAW: 11, Basis.PLAN: 11, Basis.ASSUMED: 43}
    assert Counter(it.kind for it in expanded if it.due_on is None) == {
        Kind.CONTINUOUS: 44,
        Kind.OUTCOME: 5,
        Kind.ONCE: 1,
    }


def test_only_the_report_to_the_ministries_waits_for_a_day(expanded):
    waiting = [it.key for it in expanded if it.kind is Kind.ONCE and it.due_on is None]
    assert waiting == ["kontum-3819/V.1.1c/skhdt/2025"]


@pytest.mark.parametrize(
    ("key", "due_on", "basis"),
    [
        ("R.htx/htx-rangdong/2024", date(2024, 12, 15), Basis.LAW),  # a Sunday stays
        ("R.htx/htx-rangdong/2025", date(2025, 12, 15), Basis.PLAN),
        ("R.huyen/huyen-dakto/2024", date(2024, 12, 18), Basis.LAW),
        ("R.huyen/huyen-dakto/2025", date(2025, 12, 18), Basis.PLAN),
        ("R.tinh/skhdt/2024", date(2024, 12, 21), Basis.LAW),  # a Saturday stays
        ("R.tinh/skhdt/2025", date(2025, 12, 21), Basis.PLAN),  # a Sunday stays
        ("R.agency/stc/2024", date(2024, 12, 16), Basis.ASSUMED),  # moved from Sunday
        ("R.agency/huyen-dakto/2025", date(2025, 12, 15), Basis.ASSUMED),
        ("R.kehoach/skhdt/2024", date(2024, 12, 31), Basis.ASSUMED),
        ("V.1.1d/skhdt/2024", date(2024, 12, 2), Basis.ASSUMED),  # moved from Saturday
        ("V.6.4a/lmhtx/2025", date(2025, 12, 1), Basis.ASSUMED),  # moved from Sunday
        ("V.7.2/huyen-sathay/2024", date(2024, 12, 31), Basis.ASSUMED),
        ("V.7.6/huyen-dakha/2025", date(2025, 12, 22), Basis.ASSUMED),
    ],
)
def test_an_occurrence_has_its_day_and_its_basis(expanded, key, due_on, basis):
    [occurrence] = [it for it in expanded if it.key == f"kontum-3819/{key}"]
    assert (occurrence.due_on, occurrence.basis) == (due_on, basis)


@pytest.mark.parametrize("id", ["V.7.2", "R.kehoach"])
def test_the_last_period_of_some_is_2024(expanded, id):
    assert {it.period for it in expanded if it.duty == id} == {"2024"}


def test_district_summations_open_in_july_2025(duties):
    assert duties["V.7.6"].opens_on == date(2025, 7, 1)


def test_two_duties_are_fulfilled_by_the_reports_of_2025(duties):
    by = {duty.id: duty.fulfilled_by for duty in duties.values() if duty.fulfilled_by}
    assert by == {"V.7.5a": "R.huyen/2025", "V.8.6": "R.htx/2025"}


@pytest.mark.parametrize(("id", "match"), [("R.huyen", "subordinate"), ("V.7.6", "own"), ("R.tinh", "same_period")])
def test_what_a_report_waits_for_is_that_of_its_own_level(duties, id, match):
    assert {need.match for need in duties[id].after} == {match}


@pytest.mark.parametrize("id", ["R.htx", "R.huyen", "R.tinh"])
def test_the_doubt_about_the_circular_is_said_where_its_days_are_used_in_2025(duties, id):
    special = duties[id].basis_by_period["2025"]
    assert special.basis is Basis.PLAN
    assert "đã được bãi bỏ từ 18/9/2025" in special.basis_note
    assert "(một nguồn, chưa xác nhận)" in special.basis_note


def test_every_assumed_day_says_that_nobody_has_fixed_it(plan):
    notes = {duty.id: duty.basis_note or "" for duty in plan.duties if duty.basis is Basis.ASSUMED}
    assert [id for id, note in notes.items() if "chưa có văn bản ấn định" not in note] == []


def test_every_day_has_a_sentence_on_what_it_rests(plan):
    assert [duty.id for duty in plan.duties if duty.basis and not duty.basis_note] == []


def test_papers_for_the_province_a_ministry_or_nobody_are_checked_by_nobody(duties):
    checked = [duty.id for duty in duties.values() if duty.verify == "receiver"]
    assert [id for id in checked if duties[id].receivers in ((), ("ubnd-tinh",), ("bkhdt",))] == []


def test_papers_for_an_office_or_a_district_are_checked_by_it(duties):
    to_check = [
        duty.id for duty in duties.values() if duty.receivers in (("skhdt",), ("stc",), ("parent",), ("asker",))
    ]
    assert [id for id in to_check if duties[id].verify != "receiver"] == []


def test_marks_of_others_are_milestones(plan):
    assert {mark.code: mark.on for mark in plan.milestones} == {
        "U.1": None,
        "U.2": None,
        "U.3": None,
        "M.1": date(2025, 6, 30),
    }


def test_the_ladders_are_those_of_the_house(plan):
    assert [(rung.step, rung.audience) for rung in plan.ladders["deadline"]] == [
        ("-30d", "holder"),
        ("-7d", "holder"),
        ("-3wd", "holder"),
        ("0", "holder"),
        ("+1wd", "holder"),
        ("+3wd", "lead"),
        ("+6wd", "holder"),
        ("+10wd", "province"),
        ("+11wd", "holder"),
        ("+16wd", "call"),
    ]
    assert [(rung.step, rung.audience) for rung in plan.ladders["expected"]] == [
        ("-14d", "holder"),
        ("-3wd", "holder"),
        ("0", "holder"),
    ]


def test_all_27_bullets_of_section_v_and_the_last_paragraph_are_covered_in_order(plan):
    assert len(BULLETS) == 27 + 1
    assert [row.bullet for row in plan.coverage[:28]] == BULLETS
    assert all(row.duties and row.gap is None for row in plan.coverage[:28])


def test_every_duty_came_from_one_place_of_the_text(plan):
    covered = [duty for row in plan.coverage for duty in row.duties]
    assert sorted(covered) == sorted(duty.id for duty in plan.duties)


def test_a_duty_cites_the_bullet_it_came_from(plan, duties):
    from_the_text = [(row.bullet, duty) for row in plan.coverage[:28] for duty in row.duties]
    assert [(duty, duties[duty].clause) for bullet, duty in from_the_text if duties[duty].clause != bullet] == []


def test_what_section_iii_gives_to_nobody_is_a_gap(plan):
    assert [row.bullet for row in plan.coverage if row.gap] == [
        "Mục III.1, gạch đầu dòng 4",
        "Mục III.2, gạch đầu dòng 2",
    ]


@pytest.mark.parametrize("code", [*HOLDERS, "ubnd-tinh"])
def test_every_agency_has_a_contact_with_an_address_for_all_its_duties(plan, code):
    assert [it for it in plan.contacts if it.agency == code and it.channel == "email" and not it.duties]


def test_contacts_are_examples(plan):
    assert {it.address.partition("@")[2] for it in plan.contacts if it.address} == {"example.vn"}
    assert {it.phone[:-2] for it in plan.contacts if it.phone} == {"0260 000 00"}
    assert all(it.name.endswith(" Mẫu") for it in plan.contacts if it.name)


def test_only_the_leader_of_the_lead_agency_approves(plan):
    assert [(it.agency, it.role) for it in plan.contacts if it.approves] == [("skhdt", "leader")]
