"""Short codes, browsers in words, limits, tickets, messages to copy, and rights under a delegation."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htx_workflow.domain import browsers, short_codes, short_texts
from htx_workflow.domain.actors import Actor, parse
from htx_workflow.domain.plan import AgencyKind
from htx_workflow.domain.short_texts import Due, Way
from htx_workflow.domain.visitors import Delegated, Visitor
from htx_workflow.web import tickets
from htx_workflow.web.limits import Limit
from tests.portal import AGENT

KEY, OTHER = b"k" * 32, b"o" * 32
NOW = datetime(2025, 12, 15, 0, 30, tzinfo=UTC)
WAY = Way("theodoi.example.vn/p/4TZ9X", "482 913", "Đầu mối Sở KH&ĐT", "0260 000 0000")


@given(st.text(max_size=40))
def test_a_short_code_can_be_read_out_typed_and_found_again(what: str) -> None:
    digits, short = short_codes.digits_of(KEY, what), short_codes.short_of(KEY, what)
    assert (len(digits), len(short)) == (6, 5)
    assert short_codes.typed_digits(f" {short_codes.shown(digits)}.") == digits
    assert short_codes.typed_short(f" {short.lower()} ") == short
    assert short_codes.proof(KEY, short, digits) != short_codes.proof(OTHER, short, digits)


def test_digits_are_spread_over_all_numbers() -> None:
    found = {short_codes.digits_of(KEY, str(number)) for number in range(2000)}
    assert len(found) > 1990
    assert {digits[0] for digits in found} == set("0123456789")


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (AGENT, "Chrome, Windows"),
        (
            "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/110 Mobile Safari/537.36 Zalo android",
            "Zalo, Android",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36 Edg/120.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 16_0 like Mac OS X) Version/16.0 Mobile Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0", "Firefox, Linux"),
        ("curl/8.0", ""),
    ],
)
def test_a_browser_is_said_in_a_few_words(agent: str, words: str) -> None:
    assert browsers.words(agent) == words


def test_a_limit_is_of_one_key_and_one_hour() -> None:
    limit = Limit(2)
    assert [limit.take("a", NOW) for _ in range(3)] == [True, True, False]
    assert limit.take("b", NOW)
    assert (limit.is_over("a", NOW), limit.is_over("b", NOW), limit.is_over("c", NOW)) == (True, False, False)
    assert limit.take("a", NOW + timedelta(hours=1))


def test_tickets_are_ours_good_for_half_an_hour_and_three_at_most() -> None:
    given = [tickets.new(KEY, NOW + timedelta(minutes=minute)) for minute in (3, 2, 1, 0)]
    later = NOW + timedelta(minutes=4)
    assert [ticket.text for ticket in tickets.read(KEY, tickets.kept(given), later)] == [t.text for t in given[:3]]
    assert tickets.read(OTHER, tickets.kept(given), later) == []
    assert [ticket.given_at for ticket in tickets.read(KEY, tickets.kept(given), NOW + timedelta(minutes=32))] == [
        given[0].given_at
    ]
    assert tickets.read(KEY, "x.-.a-b-c", NOW) == []


def test_a_message_to_an_agency_says_what_is_overdue_then_what_is_next() -> None:
    today = date(2024, 12, 13)
    dues = [
        Due("Tổng hợp đánh giá HTX", date(2024, 12, 18), False),
        Due("Dự toán hỗ trợ HTX 2025", date(2024, 12, 10), False),
        Due("Cập nhật danh sách", date(2024, 12, 11), True),
    ]
    assert short_texts.to_agency("KH 3819", "UBND huyện Đăk Tô", dues, WAY, today) == (
        "KH 3819 - UBND huyện Đăk Tô: 01 việc quá hạn (Dự toán hỗ trợ HTX 2025, hạn 10/12); 01 việc hạn thứ Tư 18/12/2024"
        " (Tổng hợp đánh giá HTX). Chi tiết: theodoi.example.vn/p/4TZ9X, mã 482 913. Đầu mối Sở KH&ĐT: 0260 000 0000."
    )
    assert "01 việc dự kiến thứ Tư 11/12/2024" in short_texts.to_agency("", "Sở", dues[2:], WAY, date(2024, 12, 1))


def test_a_message_to_a_cooperative_asks_gently_and_names_no_delay() -> None:
    dues = [Due("Bảng tự chấm điểm năm 2024", date(2024, 12, 15), False), Due("Khác", date(2024, 12, 1), True)]
    assert short_texts.to_cooperative("HTX A", dues, replace(WAY, phone="")) == (
        "Kính gửi HTX A: đề nghị nộp bảng tự chấm điểm năm 2024, chậm nhất Chủ nhật 15/12/2024. Điền trên điện thoại:"
        " theodoi.example.vn/p/4TZ9X, mã 482 913."
    )
    assert "đề nghị" not in short_texts.to_cooperative("HTX A", [], WAY)


def a_visitor(**changes: object) -> Visitor:
    values: dict[str, object] = {
        "session_id": 1, "strength": "code", "expires_at": NOW, "contact_id": 1, "contact": "so-pgd", "shared": False,
        "contact_name": "Mai Thị Mẫu", "agency_id": 1, "agency": "so", "agency_kind": AgencyKind.DEPARTMENT,
        "agency_name": "Sở Mẫu", "agency_short": "Sở Mẫu", "person_id": None, "person_name": "", "admin": False,
        "approves": False, "roles": frozenset({"leader"}), "leads": frozenset({1}), "follows": frozenset({1}),
        "own_roles": frozenset({"leader"}),
    }  # fmt: skip
    return Visitor(**{**values, **changes})  # type: ignore[arg-type]


def test_a_delegation_is_named_only_where_it_gives_the_right() -> None:
    alone = a_visitor()
    assert (alone.actor, alone.approver, alone.delegation_id) == ("so-pgd", "so-pgd", None)
    gave = Delegated(
        7,
        "TUQ.",
        "Lê Văn Mẫu",
        "Giám đốc",
        date(2025, 12, 20),
        "Quyết định số 1/QĐ-SM ngày 14/12/2025",
        True,
        frozenset(),
    )
    director = a_visitor(approves=True, delegation=gave)
    assert (director.actor, director.approver) == ("so-pgd", "so-pgd^7")
    assert a_visitor(approves=True, own_approves=True, delegation=gave).approver == "so-pgd"
    officer = a_visitor(roles=frozenset({"leader", "focal"}), delegation=gave, person_id=3)
    assert (officer.actor, officer.only_reads) == ("so-pgd#3^7", False)


@given(st.integers(0, 10**6) | st.none(), st.integers(0, 10**6) | st.none())
def test_an_actor_is_read_as_it_was_written(person: int | None, delegation: int | None) -> None:
    actor = Actor("skhdt-dau-moi", person, delegation)
    assert parse(str(actor)) == actor
