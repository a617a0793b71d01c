"""Mails in the embedded mailbox (hộp thư), as their receivers read them.

letter = newest(folder, "tckh.dakto@example.vn", "quá hạn")     the newest to this address with these words in its subject
paths(letter)                                                   where its links lead, without the host
deliver(runtime)                                                what waits in the outbox is sent, as the minute job does
"""

from __future__ import annotations

import asyncio
import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

from htx_workflow import runtime as runtimes
from htx_workflow.runtime import Runtime

_LINK = re.compile(r"https?://\S+")


def letters(folder: Path, address: str) -> list[EmailMessage]:
    """The mails to an address, the newest last."""
    found = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in _files(folder)]
    return [each for each in found if isinstance(each, EmailMessage) and address in str(each["To"])]


def newest(folder: Path, address: str, words: str = "") -> EmailMessage:
    """The newest mail to an address whose subject has these words."""
    fitting = [each for each in letters(folder, address) if words in subject(each)]
    assert fitting, f"no mail to {address} about {words!r}: {[subject(each) for each in letters(folder, address)]}"
    return fitting[-1]


def subject(letter: EmailMessage) -> str:
    return str(letter["Subject"])


def text(letter: EmailMessage) -> str:
    """What it says, lines made one."""
    return " ".join(_body(letter, "plain").split())


def html(letter: EmailMessage) -> str:
    return _body(letter, "html")


def paths(letter: EmailMessage) -> list[str]:
    """Where its links lead at the portal."""
    return [urlsplit(link).path for link in _LINK.findall(_body(letter, "plain"))]


def deliver(runtime: Runtime) -> None:
    """Send what waits. In a thread of its own: the browser's event loop runs in this one."""
    problems: list[BaseException] = []

    def work() -> None:
        try:
            asyncio.run(runtimes.deliver_now(runtime))
        except BaseException as error:  # told to the test below
            problems.append(error)

    thread = Thread(target=work)
    thread.start()
    thread.join()
    if problems:
        raise problems[0]


def _files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.eml"), key=lambda path: (path.stat().st_mtime_ns, path.name))


def _body(letter: EmailMessage, kind: str) -> str:
    part = letter.get_body((kind,))
    assert part is not None
    return str(part.get_content())
