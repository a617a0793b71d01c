"""Attempts to sign in by the province's service (lần đăng nhập): a signed cookie holds one, the server keeps none.

State, nonce and PKCE verifier are made from its random text and the signing key: nothing secret lies in the browser, and
an answer of the service fits only the browser that asked.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from binascii import Error as NoBase64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from htx_workflow.gateways.oidc import Secrets

LASTS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt: its random text, when it began, and where the person wanted to go."""

    text: str
    began_at: datetime
    way: str

    def secrets(self, key: bytes) -> Secrets:
        return Secrets(*(_made(key, what, self.text) for what in ("state", "nonce", "pkce")))


def new(way: str, now: datetime) -> Attempt:
    return Attempt(secrets.token_hex(16), now, way)


def kept(key: bytes, attempt: Attempt) -> str:
    """The cookie that holds it."""
    return _sealed(key, "attempt", {"text": attempt.text, "at": attempt.began_at.timestamp(), "way": attempt.way})


def read(key: bytes, cookie: str, now: datetime) -> Attempt | None:
    """The attempt of a cookie that we made and that still lasts."""
    found = _opened(key, "attempt", cookie, now)
    if found is None:
        return None
    return Attempt(str(found["text"]), datetime.fromtimestamp(float(str(found["at"])), UTC), str(found["way"]))


def proof(key: bytes, attempt: Attempt, address: str, now: datetime) -> str:
    """What the page carries from the service's answer to the button: the verified address, for this attempt only."""
    return _sealed(key, f"proof\n{attempt.text}", {"address": address, "at": now.timestamp()})


def proven(key: bytes, attempt: Attempt, text: str, now: datetime) -> str | None:
    """The address of a proof that was made for this attempt."""
    found = _opened(key, f"proof\n{attempt.text}", text, now)
    return str(found["address"]) if found is not None else None


def _made(key: bytes, what: str, text: str) -> str:
    mac = hmac.new(key, f"oidc-{what}\n{text}".encode(), sha256).digest()
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")


def _sealed(key: bytes, what: str, values: dict[str, object]) -> str:
    said = base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")
    return f"{said}.{_made(key, what, said)}"


def _opened(key: bytes, what: str, text: str, now: datetime) -> dict[str, object] | None:
    said, _, mac = text.partition(".")
    if not hmac.compare_digest(_made(key, what, said).encode(), mac.encode("utf-8", "replace")):
        return None
    try:
        found: dict[str, object] = json.loads(base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)))
    except (ValueError, NoBase64):
        return None
    began = datetime.fromtimestamp(float(str(found["at"])), UTC)
    return found if timedelta(0) <= now - began < LASTS else None
