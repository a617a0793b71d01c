"""A real IMAP server for one test module: pymap, a process of its own with one mailbox in memory.

with imap_server() as server:
    server.put(raw)             a mail arrives
    server.unread               how many nobody has read
"""

from __future__ import annotations

import imaplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from htx_workflow.gateways.bounce_box import BoxSettings

USER, PASSWORD = "thutralai", "mat-khau"


@dataclass(frozen=True)
class ImapServer:
    """Where it listens."""

    port: int

    @property
    def settings(self) -> BoxSettings:
        return BoxSettings("127.0.0.1", self.port, USER, PASSWORD, security="none")

    @contextmanager
    def _inside(self) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=10) as connection:
            connection.login(USER, PASSWORD)
            connection.select("INBOX")
            yield connection

    def put(self, *mails: bytes) -> None:
        """Mails arrive, in this order."""
        with self._inside() as connection:
            for mail in mails:
                assert connection.append("INBOX", "", "", mail)[0] == "OK"

    @property
    def unread(self) -> int:
        with self._inside() as connection:
            return len(connection.search(None, "UNSEEN")[1][0].split())

    def empty(self) -> None:
        with self._inside() as connection:
            connection.store("1:*", "+FLAGS", r"(\Deleted)")
            connection.expunge()


@contextmanager
def imap_server() -> Iterator[ImapServer]:
    """Started and stopped by the test."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = Path(sys.executable).with_name("pymap")
    arguments = ["dict", "--demo-user", USER, "--demo-password", PASSWORD]
    serve = ["--host", "127.0.0.1", "--port", str(port), "--no-tls", "--no-service", "admin", "--no-service", "sieve"]
    process = subprocess.Popen([program, *serve, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield ImapServer(port)
    finally:
        process.kill()  # asked to end, it waits for its connections
        process.wait(10)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        assert process.poll() is None, "the IMAP server ended at once"
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the IMAP server does not answer")
