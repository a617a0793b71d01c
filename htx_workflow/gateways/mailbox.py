"""Embedded mailbox (hộp thư nội bộ): where mail goes on a machine without a mail server.

A real SMTP server on a free loopback port: every mail becomes one file, as received, and none leaves the
machine.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from hashlib import sha256
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope

from htx_workflow.gateways.mail import KEY_HEADER, VIETNAM
from htx_workflow.gateways.smtp import SmtpSettings

Script = Callable[[str], str | None]

_LOOPBACK = "127.0.0.1"
_UNDATED = "khong-ro-ngay"
_LONGEST_NAME = 120


class Mailbox:
    """The embedded server: `async with Mailbox(folder) as mailbox: Mailer(mailbox.settings)`.

    `at_rcpt` and `at_data` play a server that refuses: given the recipient, they return the answer to
    give ("451 4.7.1 later"), or None to accept. They exist for tests and training.
    """

    def __init__(self, folder: Path, *, at_rcpt: Script | None = None, at_data: Script | None = None) -> None:
        self.folder = folder
        self._at_rcpt = at_rcpt
        self._at_data = at_data
        self._numbers = count(1)
        self._server: asyncio.Server | None = None
        self._sessions: set[SMTP] = set()

    async def __aenter__(self) -> Mailbox:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        self._server = await asyncio.get_running_loop().create_server(self._session, _LOOPBACK, 0)

    async def stop(self) -> None:
        if self._server is None:
            return
        server, self._server = self._server, None
        server.close()
        for session in self._sessions:
            if session.transport is not None:
                session.transport.close()
        await server.wait_closed()
        tasks = [session._handler_coroutine for session in self._sessions if session._handler_coroutine]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._sessions.clear()

    @property
    def port(self) -> int:
        if self._server is None:
            raise RuntimeError("the mailbox is not started")
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def settings(self) -> SmtpSettings:
        return SmtpSettings(
            host=_LOOPBACK,
            port=self.port,
            user=None,
            password=None,
            security="none",
            ca_file=None,
            timeout=30,
            connections=2,
            per_minute=None,
        )

    def _session(self) -> SMTP:
        self._sessions = {session for session in self._sessions if not _ended(session)}
        session = SMTP(self, hostname="localhost", loop=asyncio.get_running_loop())
        self._sessions.add(session)
        return session

    async def handle_RCPT(
        self, server: SMTP, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = self._at_rcpt(address) if self._at_rcpt else None
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:
        refusal = self._at_data(envelope.rcpt_tos[0]) if self._at_data else None
        if refusal is not None:
            return refusal
        data = envelope.original_content or b""
        try:
            path = _write(self.folder / _day_of(data), self._name_of(data), data)
        except OSError as error:
            return f"452 4.3.1 cannot store the mail: {type(error).__name__}"
        return f"250 2.0.0 {path.stem}"

    def _name_of(self, data: bytes) -> str:
        key = _header(data, KEY_HEADER)
        name = re.sub(r"[^A-Za-z0-9.-]+", "_", key).strip("._-")
        if len(name) > _LONGEST_NAME:
            name = f"{name[:_LONGEST_NAME]}_{_short_hash(key.encode('utf-8', 'replace'))}"
        return name or f"thu-{next(self._numbers):04d}-{_short_hash(data)}"


def _ended(session: SMTP) -> bool:
    return session._handler_coroutine is not None and session._handler_coroutine.done()


def list_mails(folder: Path) -> list[Path]:
    """Every mail in the mailbox, by day and name; none when the folder does not exist yet."""
    return sorted(folder.glob("*/*.eml"))


def read_mail(path: Path) -> EmailMessage:
    message: EmailMessage = message_from_bytes(path.read_bytes(), policy=policy.default)
    return message


def _write(folder: Path, name: str, data: bytes) -> Path:
    """The file holding `data`, whole from the moment it can be seen.

    A mail that came before keeps its file: the next one with its name gets `-2`. The temporary file,
    created exclusively, reserves the name against another process with the same folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for number in count(1):
        path = folder / (f"{name}.eml" if number == 1 else f"{name}-{number}.eml")
        reserved = path.with_name(f".{path.name}.tmp")
        try:
            with reserved.open("xb") as file:
                file.write(data)
        except FileExistsError:
            continue
        if path.exists():
            reserved.unlink()
            continue
        reserved.replace(path)
        return path
    raise AssertionError("count() ends")


def _day_of(data: bytes) -> str:
    """The day of the Date header in Vietnam."""
    header = BytesHeaderParser(policy=policy.default).parsebytes(data)["Date"]
    dated = None if header is None else header.datetime
    if dated is None:
        return _UNDATED
    return f"{dated if dated.tzinfo is None else dated.astimezone(VIETNAM):%Y-%m-%d}"


def _header(data: bytes, name: str) -> str:
    return str(BytesHeaderParser(policy=policy.default).parsebytes(data).get(name, ""))


def _short_hash(data: bytes) -> str:
    return sha256(data).hexdigest()[:12]
