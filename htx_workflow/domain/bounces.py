"""Bounces (thư trả lại): what a mail server's report says about a mail of ours that did not arrive. Pure.

Reads delivery status notifications (RFC 3464) and the usual older shapes, which give the failed address in a header or
in their text and the returned mail below it. What is no report, an answer of a person for one, gives None.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage, Message
from hashlib import sha256

from htx_workflow.domain.addresses import valid_address

MOST_BYTES = 1_000_000
"""Of one report; the returned text after that says nothing that is needed."""
LONGEST = 300
KEY = re.compile(r"^X-HTX-Key:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
MESSAGE_ID = re.compile(r"^Message-ID:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)
ADDRESS = re.compile(r"[A-Za-z0-9._%+/=-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")
STATUS = re.compile(r"(?<![\d.])([245])\.\d{1,3}\.\d{1,3}(?![\d.])")
REPLY = re.compile(r"(?<![\d.])([45])\d\d[ -]")
SENDERS = re.compile(r"mailer-daemon|postmaster|microsoftexchange", re.IGNORECASE)
DELAYED = re.compile(r"delayed|has not been delivered|will (be )?retr|keep trying|warning: message", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Failure:
    """What became of one recipient. `addresses`: how the report names it, in small letters."""

    addresses: tuple[str, ...]
    permanent: bool
    status: str
    """5.1.1; empty where the report has none."""
    words: str
    """What the server of the recipient said, in one line."""


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report. It is known again by `mark`, and its mail by `key` and `message_ids`."""

    mark: str
    key: str
    message_ids: tuple[str, ...]
    failures: tuple[Failure, ...]


def read(raw: bytes) -> Bounce | None:
    """What a mail reports, or None when it is no report of a mail that did not arrive."""
    try:
        message = message_from_bytes(raw[:MOST_BYTES], policy=policy.default)
        assert isinstance(message, EmailMessage)
        status_parts = [part for part in message.walk() if part.get_content_type() == "message/delivery-status"]
        failures = _of_report(status_parts) if status_parts else _of_text(message)
        if not failures:
            return None
        ids, key = _returned(message, raw[:MOST_BYTES].decode("utf-8", "replace"))
        return Bounce(_mark(message, raw), key, ids, tuple(failures))
    except (MessageError, LookupError, ValueError, AttributeError, IndexError, TypeError):
        return None  # the library's parser stumbles over some broken headers; such a mail is kept unread for a person


def _mark(message: Message, raw: bytes) -> str:
    own = str(message.get("Message-ID", "")).strip()
    return sha256(own.encode() if own else raw).hexdigest()


def _line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:LONGEST]


# A report as RFC 3464 has it


def _of_report(parts: Sequence[Message]) -> list[Failure]:
    blocks = [block for part in parts for block in part.get_payload() if isinstance(block, Message)]
    found = []
    for block in blocks:
        action = str(block.get("Action", "")).strip().lower()
        if action not in ("failed", "delayed"):
            continue
        names = (block.get("Original-Recipient"), block.get("Final-Recipient"), block.get("X-Actual-Recipient"))
        addresses = tuple(dict.fromkeys(_address(str(name)) for name in names if name))
        said = _line(str(block.get("Diagnostic-Code", "")).partition(";")[2] or str(block.get("Diagnostic-Code", "")))
        status = _status(str(block.get("Status", ""))) or _status(said)
        found.append(Failure(addresses, action == "failed" and not status.startswith("4"), status, said))
    return found


def _address(text: str) -> str:
    """rfc822;cụ@example.vn → the address."""
    return text.rpartition(";")[2].strip().strip("<>").lower()


def _status(text: str) -> str:
    found = STATUS.search(text)
    return found[0] if found and found[1] != "2" else ""


# Older shapes


def _of_text(message: EmailMessage) -> list[Failure]:
    """Exim's X-Failed-Recipients, and reports in plain words by a mail system: the address, and what was said of it."""
    named = str(message.get("X-Failed-Recipients", ""))
    sent_by_system = SENDERS.search(str(message.get("From", ""))) or str(message.get("Return-Path", "")).strip() == "<>"
    if not named and not sent_by_system:
        return []
    text = _words(message)
    addresses = [part.strip().lower() for part in named.split(",") if part.strip()]
    addresses = addresses or [found.lower().rstrip(".") for found in ADDRESS.findall(text)]
    addresses = [each for each in dict.fromkeys(addresses) if valid_address(each)][:20]
    if not addresses or (not named and not (STATUS.search(text) or REPLY.search(text))):
        return []
    status = _status(text)
    reply = REPLY.search(text)
    transient = status.startswith("4") or (not status and reply is not None and reply[1] == "4")
    delayed = DELAYED.search(str(message.get("Subject", ""))) or DELAYED.search(text)
    said = next((line for line in text.splitlines() if STATUS.search(line) or REPLY.search(line)), "")
    return [Failure((address,), not (transient or delayed), status, _line(said)) for address in addresses]


def _words(message: EmailMessage) -> str:
    """The part for people, without the mail that is returned below it."""
    part = message.get_body(("plain", "html"))
    text = str(part.get_content()) if part is not None else ""
    if part is not None and part.get_content_type() == "text/html":
        text = re.sub(r"<[^<>]*>", " ", text)
    return re.split(r"(?mi)^-{2,}.{0,40}(copy|original|returned|below).{0,60}$|^Received:", text)[0]


# The mail that is returned


def _returned(message: EmailMessage, raw: str) -> tuple[tuple[str, ...], str]:
    """Message-IDs and the key of the returned mail: in a part of its own, or in the text."""
    ids: list[str] = []
    key = ""
    for part in message.walk():
        if part is message:
            continue
        if part.get("Message-ID"):
            ids.append(str(part["Message-ID"]).strip())
        key = key or str(part.get("X-HTX-Key", "")).strip()
        if part.get_content_type() in ("text/rfc822-headers", "text/plain"):
            text = str(part.get_content())
            ids += MESSAGE_ID.findall(text)
            key = key or next(iter(KEY.findall(text)), "")
    if not message.is_multipart():
        body = raw.partition("\r\n\r\n")[2] or raw.partition("\n\n")[2]
        ids += MESSAGE_ID.findall(body)
        key = key or next(iter(KEY.findall(body)), "")
    for name in ("In-Reply-To", "References"):
        ids += re.findall(r"<[^<>\s]+>", str(message.get(name, "")))
    return tuple(dict.fromkeys(ids)), key
