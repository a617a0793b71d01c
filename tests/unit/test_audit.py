"""The links of the audit chain."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htx_workflow.domain import audit
from htx_workflow.domain.audit import Event

AT = datetime(2024, 12, 13, 0, 30, tzinfo=UTC)
FIELDS: dict[str, Any] = {
    "prev": audit.GENESIS,
    "seq": 1,
    "at": AT,
    "actor": "system",
    "act": "tick",
    "subject": "kontum-3819",
    "detail": "{}",
}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("prev", "1" * 64),
        ("seq", 2),
        ("at", AT + timedelta(microseconds=1)),
        ("actor", "skhdt-dau-moi"),
        ("act", "tick "),
        ("subject", "kontum-3818"),
        ("detail", '{"day":"2024-12-13"}'),
    ],
)
def test_every_field_is_part_of_the_link(field: str, value: Any) -> None:
    assert audit.link(**FIELDS) != audit.link(**{**FIELDS, field: value})


def test_the_zone_in_which_a_moment_is_written_does_not_matter() -> None:
    local = AT.astimezone(timezone(timedelta(hours=7)))
    assert audit.link(**FIELDS) == audit.link(**{**FIELDS, "at": local})


@given(st.lists(st.text(max_size=8), min_size=2, max_size=2), st.lists(st.text(max_size=8), min_size=2, max_size=2))
def test_fields_cannot_run_into_each_other(one: list[str], other: list[str]) -> None:
    links = [audit.link(audit.GENESIS, 1, AT, "a", *fields, "{}") for fields in (one, other)]
    assert (links[0] == links[1]) == (one == other)


def test_a_detail_is_written_the_same_way_whatever_the_order_of_its_keys() -> None:
    one = Event(AT, "system", "tick", "p", {"b": 1, "a": "ngày"})
    other = Event(AT, "system", "tick", "p", {"a": "ngày", "b": 1})
    assert one.detail_json == other.detail_json == '{"a":"ngày","b":1}'


def test_an_anchor_does_not_depend_on_order_but_on_every_line() -> None:
    assert audit.anchor(["a", "b"]) == audit.anchor(["b", "a"])
    assert len({audit.anchor(lines) for lines in ([], ["a"], ["a", "a"], ["a", "b"])}) == 4
