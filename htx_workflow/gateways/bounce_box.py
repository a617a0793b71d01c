"""The mailbox for returned mail (hộp thư trả lại), read over IMAP.

Mails are fetched without being marked (BODY.PEEK), the newest first; one is marked as read only when it was dealt with.
What the reader leaves alone stays unread for people. Nothing is deleted, moved or answered.
"""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from htx_workflow.domain.bounces import MOST_BYTES
from htx_workflow.domain.errors import BadInput, MailLater, MailServerProblem

TIMEOUT = 30.0


@dataclass(frozen=True, slots=True)
class BoxSettings:
    """Where the mailbox is."""

    host: str
    port: int
    user: str
    password: str
    folder: str = "INBOX"
    security: Literal["none", "starttls", "tls"] = "tls"
    ca_file: Path | None = None

    @property
    def place(self) -> str:
        return f"{self.host}:{self.port}"


class BounceBox:
    """An open mailbox."""

    def __init__(self, connection: imaplib.IMAP4) -> None:
        self._connection = connection

    def unread(self, most: int) -> Iterator[tuple[str, bytes]]:
        """Number and text of mails nobody has read, the newest first; of a long one its beginning."""
        found = self._ask("SEARCH", None, "UNSEEN")
        numbers = [number for line in found if line for number in line.split()]
        for number in reversed(numbers[-most:]):
            parts = self._ask("FETCH", number.decode(), f"(BODY.PEEK[]<0.{MOST_BYTES}>)")
            body = next((bytes(part[1]) for part in parts if isinstance(part, tuple)), None)
            if body is not None:
                yield number.decode(), body

    def mark_read(self, number: str) -> None:
        """It was dealt with."""
        self._ask("STORE", number, "+FLAGS.SILENT", r"(\Seen)")

    def _ask(self, command: str, *arguments: str | None) -> list[Any]:
        state, found = self._connection.uid(command, *arguments)  # type: ignore[arg-type]  # SEARCH has no charset
        if state != "OK":
            raise MailLater(f"Hộp thư trả lại không làm được lệnh {command} ({_said(found)}); lượt sau đọc lại.")
        return list(found)


@contextmanager
def opened(settings: BoxSettings) -> Iterator[BounceBox]:
    """The folder of these settings. Raises MailServerProblem for what the administrator must repair, else MailLater."""
    try:
        connection = _connect(settings)
    except ssl.SSLError as error:
        raise MailServerProblem(
            f"Chứng chỉ của hộp thư trả lại {settings.place} không tin được ({error.reason}). Đề nghị xem"
            " HTX_BOUNCE_IMAP_CA, HTX_BOUNCE_IMAP_SECURITY."
        ) from error
    except (OSError, imaplib.IMAP4.error) as error:
        raise MailLater(f"Hộp thư trả lại {settings.place} không trả lời ({error}); lượt sau đọc lại.") from error
    try:
        _enter(connection, settings)
        yield BounceBox(connection)
    except imaplib.IMAP4.abort as error:
        raise MailLater(f"Mất kết nối với hộp thư trả lại {settings.place}; lượt sau đọc lại.") from error
    except TimeoutError as error:
        raise MailLater(f"Hộp thư trả lại {settings.place} không trả lời; lượt sau đọc lại.") from error
    finally:
        _leave(connection)


def _connect(settings: BoxSettings) -> imaplib.IMAP4:
    context = ssl.create_default_context(cafile=str(settings.ca_file) if settings.ca_file else None)
    if settings.security == "tls":
        return imaplib.IMAP4_SSL(settings.host, settings.port, ssl_context=context, timeout=TIMEOUT)
    connection = imaplib.IMAP4(settings.host, settings.port, timeout=TIMEOUT)
    if settings.security == "starttls":
        try:
            connection.starttls(context)
        except (OSError, imaplib.IMAP4.error):
            _leave(connection)
            raise
    return connection


def _enter(connection: imaplib.IMAP4, settings: BoxSettings) -> None:
    try:
        connection.login(settings.user, settings.password)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        raise MailServerProblem(
            f"Hộp thư trả lại {settings.place} không nhận tài khoản {settings.user}. Đề nghị xem HTX_BOUNCE_IMAP_USER,"
            " HTX_BOUNCE_IMAP_PASSWORD."
        ) from error
    state, _ = connection.select(_quoted(settings.folder))
    if state != "OK":
        raise MailServerProblem(
            f"Hộp thư trả lại {settings.place} không có thư mục {settings.folder}. Đề nghị xem HTX_BOUNCE_IMAP_FOLDER."
        )


def _leave(connection: imaplib.IMAP4) -> None:
    try:
        connection.logout()
    except (OSError, imaplib.IMAP4.error):
        connection.shutdown()


def _quoted(folder: str) -> str:
    if any(ord(sign) < 32 or ord(sign) > 126 for sign in folder):
        raise BadInput("Tên thư mục trong HTX_BOUNCE_IMAP_FOLDER cần không dấu, ví dụ INBOX.")
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _said(found: list[Any]) -> str:
    return b" ".join(each for each in found if isinstance(each, bytes)).decode("ascii", "replace")[:200]
