"""Letter (thư): the bytes of one mail, the same bytes every time it is built."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.header import Header
from email.headerregistry import Address, AddressHeader
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from hashlib import sha256

from htx_workflow.domain.addresses import valid_address
from htx_workflow.domain.errors import MailNever

KEY_HEADER = "X-HTX-Key"
VIETNAM = timezone(timedelta(hours=7))  # no daylight saving; needs no time zone database
_SIMULATION = "[MÔ PHỎNG] "
_SHORT = 60


class _Wire(EmailPolicy):
    """policy.SMTP that folds names and free text itself.

    The standard library loses the space between two encoded words, or writes them without one, where a
    Vietnamese header passes one line (python/cpython#92081, #144156).
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        if isinstance(value, AddressHeader):
            folded = ", ".join(_folded_address(address) for address in value.addresses)
        elif name in {"Subject", KEY_HEADER}:
            folded = _folded(value)
        else:
            return super().fold_binary(name, value)
        return f"{name}: {folded}\r\n".encode("ascii")


def _folded_address(address: Address) -> str:
    if not address.display_name:
        return address.addr_spec
    return f"{_folded(address.display_name, plain=str.isalnum)}\r\n <{address.addr_spec}>"


def _folded(text: str, plain: Callable[[str], bool] = str.isprintable) -> str:
    """`text` as it is where it is short and plain, else as encoded words, one a line."""
    if len(text) <= _SHORT and text.isascii() and plain(text.replace(" ", "")) and "=?" not in text:
        return text
    return Header(text, "utf-8", maxlinelen=75, header_name="X" * 20).encode(linesep="\r\n")


_WIRE = _Wire(linesep="\r\n")


@dataclass(frozen=True)
class Letter:
    """One mail to one recipient. `dated` is aware; `simulation` marks the subject and a header."""

    key: str
    sender: str
    sender_name: str
    recipient: str
    subject: str
    text: str
    html: str
    reply_to: str | None
    dated: datetime
    simulation: bool = False
    secret: bytes = b""
    """Goes into the Message-ID, which nobody else can guess: a report that names it is about a letter of ours."""


def message_id(key: str, domain: str, secret: bytes = b"") -> str:
    """The Message-ID of the letter with this key: a letter sent twice is recognised as one."""
    return f"<{_digest('message-id', f'{key}{secret.hex()}')}@{domain}>"


def to_bytes(letter: Letter) -> bytes:
    """The letter as it crosses SMTP: CRLF, seven bits, no line over 998.

    Raises MailNever when an address or a header could not be written as it is.
    """
    _refuse_bad_headers(letter)
    message = EmailMessage(policy=_WIRE)
    message["From"] = Address(letter.sender_name, addr_spec=letter.sender)
    message["To"] = Address(addr_spec=letter.recipient)
    if letter.reply_to is not None:
        message["Reply-To"] = Address(addr_spec=letter.reply_to)
    message["Subject"] = _subject(letter)
    message["Date"] = format_datetime(letter.dated.astimezone(VIETNAM))
    message["Message-ID"] = message_id(letter.key, letter.sender.rpartition("@")[2], letter.secret)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message[KEY_HEADER] = letter.key
    if letter.simulation:
        message["X-HTX-Simulation"] = "yes"
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    message.set_boundary(f"htx-{_digest('boundary', letter.key)}")
    return message.as_bytes()


def _subject(letter: Letter) -> str:
    if letter.simulation and not letter.subject.startswith(_SIMULATION):
        return _SIMULATION + letter.subject
    return letter.subject


def _refuse_bad_headers(letter: Letter) -> None:
    if letter.dated.tzinfo is None:
        raise ValueError("Letter.dated must be aware")
    for what, address in (
        ("người gửi", letter.sender),
        ("người nhận", letter.recipient),
        ("nhận trả lời", letter.reply_to),
    ):
        if address is not None and not valid_address(address):
            raise MailNever(f"Địa chỉ {what} {address!r} không dùng được để gửi thư.")
    for what, value in (
        ("Tiêu đề thư", letter.subject),
        ("Tên người gửi", letter.sender_name),
        ("Mã thư", letter.key),
    ):
        if not _is_one_line(value):
            raise MailNever(f"{what} {value!r} có ký tự xuống dòng hoặc ký tự điều khiển, không gửi được.")


def _is_one_line(value: str) -> bool:
    return all(unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"} for character in value)


def _digest(purpose: str, key: str) -> str:
    return sha256(f"{purpose}\n{key}".encode()).hexdigest()[:32]
