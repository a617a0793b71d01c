"""Reports of mail that came back, in every shape; and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htx_workflow.domain import bounces
from htx_workflow.domain.bounces import Failure
from tests import bounce_samples
from tests.bounce_samples import TO, Maker

ID = "<0123456789abcdef0123456789abcdef@example.vn>"
KEY = "digest/huyen-a-1/2025-12-15/1"
SHAPES = {
    bounce_samples.postfix: ("5.1.1", f"550 5.1.1 <{TO}>: Recipient address rejected: User unknown"),
    bounce_samples.exim: ("5.1.1", "550 5.1.1 mailbox unavailable"),
    bounce_samples.exchange: (
        "5.1.10",
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
    ),
    bounce_samples.gmail: (
        "5.2.1",
        "550-5.2.1 The email account that you tried to reach is disabled. 550 5.2.1 https://support.example.vn/",
    ),
    bounce_samples.qmail: ("", "Remote host said: 550 mailbox unavailable"),
}


@pytest.mark.parametrize("make", SHAPES, ids=lambda make: make.__name__)
def test_a_report_of_any_server_names_the_address_the_status_and_our_mail(make: Maker) -> None:
    found = bounces.read(make())
    assert found is not None
    status, said = SHAPES[make]
    assert found.failures == (Failure((TO,), True, status, said),)
    assert (found.key, ID in found.message_ids) == (KEY, True)


@pytest.mark.parametrize(
    ("status", "action", "permanent"),
    [("5.1.1", "failed", True), ("4.4.1", "delayed", False), ("5.7.1", "delayed", False), ("4.2.2", "failed", False)],
)
def test_only_a_failure_with_a_status_of_five_is_for_good(status: str, action: str, permanent: bool) -> None:
    found = bounces.read(bounce_samples.postfix(status=status, action=action))
    assert found is not None
    assert [each.permanent for each in found.failures] == [permanent]


def test_a_report_that_the_mail_arrived_is_no_failure() -> None:
    assert bounces.read(bounce_samples.postfix(status="2.0.0", action="delivered")) is None


def test_the_answer_of_a_person_who_is_away_is_no_report() -> None:
    assert bounces.read(bounce_samples.out_of_office()) is None


def test_the_same_report_has_the_same_mark_and_another_has_another() -> None:
    marks = [bounces.read(bounce_samples.postfix(n=n)) for n in (1, 1, 2)]
    assert [each.mark == marks[0].mark for each in marks if each and marks[0]] == [True, True, False]


def test_a_report_without_its_end_is_read_as_far_as_it_goes() -> None:
    raw = bounce_samples.postfix()
    found = bounces.read(raw[: raw.index(b"Content-Description: Undelivered")])
    assert found is not None
    assert (found.key, found.message_ids) == ("", ())


@given(st.binary(max_size=400), st.integers(0, 2000))
def test_whatever_arrives_is_read_or_is_none(noise: bytes, place: int) -> None:
    raw = bounce_samples.gmail()
    assert bounces.read(noise) is None
    bounces.read(raw[:place] + noise + raw[place:])
