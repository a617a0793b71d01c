"""A clamd for tests: speaks INSTREAM on a free port or a socket, and finds what the test calls infected."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Clamd:
    """What it answers, and what it was shown."""

    def __init__(self) -> None:
        self.infected: set[bytes] = set()
        """Bytes in which it finds something."""
        self.answer = b""
        """Answered to everything, when it is set."""
        self.seen: list[bytes] = []
        self.address = ""

    def verdict(self, content: bytes) -> bytes:
        self.seen.append(content)
        if self.answer:
            return self.answer
        return b"stream: Eicar-Test FOUND\0" if any(each in content for each in self.infected) else b"stream: OK\0"


@contextmanager
def clamd(folder: Path | None = None) -> Iterator[Clamd]:
    """One that listens; in a folder it listens at a socket there."""
    found = Clamd()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            assert self.rfile.read(10) == b"zINSTREAM\0"
            content = b""
            while length := struct.unpack("!L", self.rfile.read(4))[0]:
                content += self.rfile.read(length)
            self.wfile.write(found.verdict(content))

    server: Any
    if folder is None:
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        found.address = f"127.0.0.1:{server.server_address[1]}"
    else:
        server = socketserver.ThreadingUnixStreamServer(str(folder / "clamd.ctl"), Handler)
        found.address = str(folder / "clamd.ctl")
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
