"""A real OpenID Connect provider for one test module: oidc-provider-mock, a process of its own.

with oidc_provider() as provider:
    provider.person("a1", email="so@example.vn", email_verified=True)
    code, state = provider.sign_in(address, "a1")     what its page does when the person signs in there
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx


@dataclass(frozen=True)
class Provider:
    """Where it listens."""

    issuer: str

    def person(self, subject: str, **claims: object) -> None:
        """Somebody who has an account there."""
        httpx.put(f"{self.issuer}/users/{subject}", json=claims).raise_for_status()

    def sign_in(self, address: str, subject: str) -> dict[str, str]:
        """The person signs in at the page that `address` opens: with what the browser is sent back."""
        assert httpx.get(address).status_code == 200
        answer = httpx.post(address, data={"sub": subject})
        assert answer.status_code == 302, answer.text[:300]
        return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


@contextmanager
def oidc_provider() -> Iterator[Provider]:
    """Started and stopped by the test."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = Path(sys.executable).with_name("oidc-provider-mock")
    process = subprocess.Popen(
        [program, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1"},
    )  # fmt: skip
    issuer = f"http://localhost:{port}"
    try:
        _wait(issuer, process)
        yield Provider(issuer)
    finally:
        process.kill()
        process.wait(10)


def _wait(issuer: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "the provider ended at once"
        try:
            if httpx.get(f"{issuer}/.well-known/openid-configuration", timeout=2).json()["issuer"] == issuer:
                return
        except httpx.HTTPError:
            time.sleep(0.05)
    raise AssertionError("the provider does not answer")
