"""A system that receives notices, on this machine: it checks them as docs/api.md says, and keeps what it got.

with receiver(secret) as there:
    ...
    assert [notice["type"] for notice in there.taken] == ["occurrence.submitted"]
"""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from htx_workflow.domain import hooks
from htx_workflow.domain.errors import NotAllowed


@dataclass
class Receiver:
    """What it is told to answer, and what it got."""

    secret: str = ""
    now: int = 0
    """Its clock: seconds since 1970."""
    answers: list[int] = field(default_factory=list)
    """Statuses to answer with, one for each notice; afterwards it answers what the check says."""
    location: str = ""
    port: int = 0
    asked: list[dict[str, str]] = field(default_factory=list)
    """Headers of every notice that came."""
    bodies: list[bytes] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def take(self, headers: dict[str, str], body: bytes) -> int:
        """The documented check: genuine, fresh, and not seen before."""
        try:
            id_ = hooks.check(self.secret, headers, body, self.now)
        except NotAllowed as error:
            self.refused.append(str(error))
            return 401
        if id_ not in self.seen:
            self.seen.add(id_)
            self.taken.append(json.loads(body))
        return 204

    def post(self, headers: dict[str, str], body: bytes) -> int:
        self.asked.append(headers)
        self.bodies.append(body)
        return self.answers.pop(0) if self.answers else self.take(headers, body)


@contextmanager
def receiver(secret: str = "", tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Listens on a free port of 127.0.0.1."""
    there = Receiver(secret)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            status = there.post({name.lower(): value for name, value in self.headers.items()}, body)
            self.send_response(status)
            if there.location:
                self.send_header("Location", there.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    there.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield there
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
