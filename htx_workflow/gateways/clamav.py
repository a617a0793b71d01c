"""The virus scanner (máy quét mã độc): a small client of clamd, which is told the bytes over INSTREAM.

The Python clients of clamd have not been kept for years; the protocol is a dozen lines: `zINSTREAM\\0`, pieces with
their length in four bytes, a piece of length 0, and one line of answer.
"""

from __future__ import annotations

import re
import socket
import struct
from dataclasses import dataclass
from typing import BinaryIO

from htx_workflow.domain.errors import HtxError

PIECE = 1 << 16
ANSWER_BYTES = 4096
CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 30.0
ADDRESS = re.compile(r"(?P<socket>(unix:)?/\S+)|(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+):(?P<port>[1-9]\d{0,4})")


class ScannerSilent(HtxError):
    """The scanner does not answer, or cannot say: the file waits."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the scanner says of one file: the name of what it found, or nothing."""

    threat: str = ""

    @property
    def clean(self) -> bool:
        return not self.threat


@dataclass(frozen=True, slots=True)
class Scanner:
    """clamd at `host:port` or at the path of its socket."""

    address: str
    seconds: float = ANSWER_SECONDS

    def scan(self, file: BinaryIO) -> Verdict:
        """The verdict on these bytes, from their beginning. Raises ScannerSilent when there is none."""
        file.seek(0)
        try:
            with self._connect() as connection:
                answer = _ask(connection, file)
        except (OSError, ValueError) as error:
            raise ScannerSilent(
                f"Máy quét mã độc {self.address} không trả lời ({error}). Đề nghị kiểm tra clamd và HTX_CLAMAV."
            ) from error
        return self._verdict(answer)

    def _connect(self) -> socket.socket:
        found = ADDRESS.fullmatch(self.address)
        if found is None:
            raise ValueError("địa chỉ không đúng")
        if found["socket"]:
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(CONNECT_SECONDS)
            try:
                connection.connect(found["socket"].removeprefix("unix:"))
            except OSError:
                connection.close()
                raise
        else:
            place = found["host"].strip("[]"), int(found["port"])
            connection = socket.create_connection(place, timeout=CONNECT_SECONDS)
        connection.settimeout(self.seconds)
        return connection

    def _verdict(self, answer: str) -> Verdict:
        if answer.endswith("OK"):
            return Verdict()
        if answer.endswith(" FOUND"):
            return Verdict(answer.removeprefix("stream:").removesuffix("FOUND").strip() or "không rõ tên")
        hint = " Đề nghị nâng StreamMaxLength của clamd." if "size limit" in answer else ""
        raise ScannerSilent(f"Máy quét mã độc {self.address} trả lời “{answer[:100]}”.{hint}")


def _ask(connection: socket.socket, file: BinaryIO) -> str:
    """Send the bytes and read the answer; a scanner that has had enough answers early and closes."""
    try:
        connection.sendall(b"zINSTREAM\0")
        while piece := file.read(PIECE):
            connection.sendall(struct.pack("!L", len(piece)) + piece)
        connection.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):
        pass
    answer = b""
    while b"\0" not in answer and len(answer) < ANSWER_BYTES:
        piece = connection.recv(ANSWER_BYTES)
        if not piece:
            break
        answer += piece
    return answer.partition(b"\0")[0].decode(errors="replace").strip()
