"""Tickets (vé) of those who wait for a mail with a code: a browser holds up to three, the server keeps none.

A ticket says when it was given and is signed, so that one for an address nobody has ends like any other.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from htx_workflow.services import codes

MOST = 3
"""Mails come late and out of order: the digits of the one before are good as well."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a browser got when it asked for a code."""

    text: str
    given_at: datetime


def new(key: bytes, now: datetime) -> Ticket:
    """A ticket given now."""
    said = f"{secrets.token_hex(16)}-{int(now.timestamp()):x}"
    return Ticket(f"{said}-{_sign(key, said)}", now)


def read(key: bytes, cookie: str, now: datetime) -> list[Ticket]:
    """The tickets of a cookie that we gave and that are still good, the newest first."""
    found = []
    for text in cookie.split(".")[:MOST]:
        said, _, mac = text.rpartition("-")
        if not hmac.compare_digest(_sign(key, said).encode(), mac.encode()):
            continue
        given_at = datetime.fromtimestamp(int(said.rpartition("-")[2], 16), UTC)
        if now - given_at < timedelta(minutes=codes.MINUTES):
            found.append(Ticket(text, given_at))
    return found


def kept(tickets: list[Ticket]) -> str:
    """The cookie that holds them."""
    return ".".join(ticket.text for ticket in tickets[:MOST])


def _sign(key: bytes, said: str) -> str:
    return hmac.new(key, f"ticket\n{said}".encode(), sha256).hexdigest()[:32]
