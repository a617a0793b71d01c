"""The scanner says clean or infected, or it is silent: a file is never taken for clean by mistake."""

from __future__ import annotations

import io
import socket
import tempfile
from pathlib import Path

import pytest

from htx_workflow.gateways.clamav import Scanner, ScannerSilent, Verdict
from tests.clamd import clamd


def test_every_byte_is_shown_to_the_scanner() -> None:
    content = bytes(range(256)) * 1000
    with clamd() as daemon:
        file = io.BytesIO(content)
        file.seek(100)
        assert Scanner(daemon.address).scan(file) == Verdict()
        assert daemon.seen == [content]


def test_what_is_found_is_named() -> None:
    with clamd() as daemon:
        daemon.infected.add(b"EICAR")
        verdict = Scanner(daemon.address).scan(io.BytesIO(b"..EICAR.."))
    assert (verdict, verdict.clean) == (Verdict("Eicar-Test"), False)


def test_the_scanner_may_listen_at_a_socket() -> None:
    with tempfile.TemporaryDirectory(prefix="htx-") as folder, clamd(Path(folder)) as daemon:
        assert Scanner(daemon.address).scan(io.BytesIO(b"a")).clean
        assert Scanner(f"unix:{daemon.address}").scan(io.BytesIO(b"a")).clean


@pytest.mark.parametrize(
    "answer",
    [
        b"INSTREAM size limit exceeded. ERROR\0", b"stream: no access ERROR\0", b"\0", b"UNKNOWN COMMAND\0", b"NOT OK?\0",
    ],
)  # fmt: skip
def test_any_other_answer_is_no_verdict(answer: bytes) -> None:
    with clamd() as daemon:
        daemon.answer = answer
        with pytest.raises(ScannerSilent, match="Máy quét mã độc"):
            Scanner(daemon.address).scan(io.BytesIO(b"a"))


def test_a_scanner_that_is_not_there_is_silent() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
    with pytest.raises(ScannerSilent, match=r"không trả lời.*HTX_CLAMAV"):
        Scanner(address).scan(io.BytesIO(b"a"))
    with pytest.raises(ScannerSilent):
        Scanner("/khong/co/clamd.ctl").scan(io.BytesIO(b"a"))


def test_a_scanner_that_says_nothing_is_not_waited_for_without_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        address = f"127.0.0.1:{deaf.getsockname()[1]}"
        with pytest.raises(ScannerSilent, match="không trả lời"):
            Scanner(address, seconds=0.2).scan(io.BytesIO(b"a"))
