"""Signatures of notices, and addresses that nothing is sent to."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_address

import pytest
from standardwebhooks import Webhook

from htx_workflow.domain import hooks
from htx_workflow.domain.errors import BadInput, NotAllowed
from htx_workflow.domain.outward import Rules, is_inside

AT = datetime(2024, 12, 16, 1, 0, tzinfo=UTC)
SECRET = hooks.secret(b"k" * 32, 7, AT)
NOW = int(AT.timestamp())
BODY = hooks.body("request.raised", AT, {"id": 3}).encode()


def test_another_library_takes_our_signature() -> None:
    now = int(datetime.now(UTC).timestamp())  # noqa: TID251 - the library that checks reads the machine's clock
    signed = hooks.sign(SECRET, "change-1-2", now, BODY)
    assert Webhook(SECRET).verify(BODY, signed.headers) == {
        "type": "request.raised", "timestamp": "2024-12-16T01:00:00+00:00", "data": {"id": 3},
    }  # fmt: skip
    assert hooks.check(SECRET, signed.headers, BODY, now) == "change-1-2"


def test_we_take_the_signature_of_another_library() -> None:
    stamp = datetime.fromtimestamp(NOW, UTC)
    headers = {
        "webhook-id": "a",
        "webhook-timestamp": str(NOW),
        "webhook-signature": Webhook(SECRET).sign("a", stamp, BODY.decode()),
    }
    assert hooks.check(SECRET, headers, BODY, NOW) == "a"


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-id": "change-1-3"},
        {"webhook-timestamp": str(NOW + 1)},
        {"webhook-timestamp": "-5"},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": ""},
        {"webhook-id": ""},
    ],
    ids=str,
)  # fmt: skip
def test_a_forged_notice_is_refused(changed: dict[str, str]) -> None:
    headers = hooks.sign(SECRET, "change-1-2", NOW, BODY).headers | changed
    with pytest.raises(NotAllowed, match="không mang chữ ký đúng"):
        hooks.check(SECRET, headers, BODY, NOW)


def test_another_body_or_another_secret_is_refused() -> None:
    headers = hooks.sign(SECRET, "change-1-2", NOW, BODY).headers
    for secret, body in ((SECRET, BODY + b" "), (hooks.secret(b"k" * 32, 8, AT), BODY)):
        with pytest.raises(NotAllowed, match="không mang chữ ký đúng"):
            hooks.check(secret, headers, body, NOW)


@pytest.mark.parametrize("late", [hooks.TOLERANCE + 1, -hooks.TOLERANCE - 1])
def test_a_notice_sent_again_later_is_refused(late: int) -> None:
    with pytest.raises(NotAllowed, match="quá cũ"):
        hooks.check(SECRET, hooks.sign(SECRET, "a", NOW, BODY).headers, BODY, NOW + late)


INSIDE = (
    "127.0.0.1", "127.8.9.1", "0.0.0.0", "10.0.0.5", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "::ffff:7f00:1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "::7f00:1",
)  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_nothing_is_sent_inside(address: str) -> None:
    assert is_inside(ip_address(address))
    with pytest.raises(BadInput, match="địa chỉ nội bộ"):
        Rules().check_address("tich-hop.example.vn", ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "203.113.131.1", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_other_machines_are_reached(address: str) -> None:
    assert not is_inside(ip_address(address))


def test_what_the_administrator_listed_is_reached_and_nothing_else() -> None:
    rules = Rules(listed="tich-hop.example.vn, 10.1.0.0/16")
    rules.check_address("Tich-Hop.example.vn.", ip_address("10.9.9.9"))
    rules.check_address("khac.example.vn", ip_address("10.1.2.3"))
    rules.check_address("khac.example.vn", ip_address("::ffff:10.1.2.3"))
    with pytest.raises(BadInput):
        rules.check_address("khac.example.vn", ip_address("10.2.0.1"))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://tich-hop.example.vn/a", "https://"),
        ("https://127.0.0.1/a", "địa chỉ nội bộ"),
        ("https://[::ffff:127.0.0.1]/a", "địa chỉ nội bộ"),
        ("https://[::1]:8443/a", "địa chỉ nội bộ"),
        ("https://ai:mat-khau@tich-hop.example.vn/", "chưa dùng được"),
        ("https:///a", "chưa dùng được"),
        ("ftp://tich-hop.example.vn/", "chưa dùng được"),
        ("https://tich-hop.example.vn:99999/", "chưa dùng được"),
        ("https://tich-hop.example.vn/a b", "chưa dùng được"),
        ("javascript:alert(1)", "chưa dùng được"),
        ("https://[::1", "chưa dùng được"),
        ("", "chưa dùng được"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_in_a_sentence(url: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        Rules().check_url(url)
