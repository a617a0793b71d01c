"""Delivery (gửi thư): lease, mark just before DATA, send, record; each step a commit of its own.

A mail whose lease ran out after DATA had begun is sent again with the same Message-ID and stays marked doubtful:
only such mails can arrive twice.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from htx_workflow.domain import short_codes
from htx_workflow.domain.errors import MailDoubtful, MailError, MailNever, MailServerProblem
from htx_workflow.gateways.mail import Letter, to_bytes
from htx_workflow.gateways.smtp import Mailer
from htx_workflow.gateways.templates import CODE, LINK
from htx_workflow.store import bounces, outbox
from htx_workflow.store import reminders as ledger
from htx_workflow.store.database import Database
from htx_workflow.store.outbox import Leased

LEASE = timedelta(minutes=10)
RETRY = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60, 120, 240, 480, 720, 720, 720, 720, 720))
"""Waits after each *later*; when they are used up (about three days) the mail has failed."""
STRIKES = 5
"""So many *later* in a row, with nothing accepted between, are the server's trouble: the rest waits its turn."""
TOKEN_BYTES = 16
CODE_SPAN = timedelta(minutes=30)
"""A code is good so long; a mail that could not leave in this time has nothing to say."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who speaks in the mails of this machine, and the key that signs their links."""

    address: str
    name: str
    base_url: str
    signing_key: bytes
    simulation: bool = False


@dataclass
class Delivered:
    """What a delivery did. `problems` names mails that failed, and the server's trouble."""

    sent: int = 0
    retry: int = 0
    failed: int = 0
    doubtful: int = 0
    cancelled: int = 0
    problems: list[str] = field(default_factory=list)
    strikes: int = 0
    """*Later* answers since the last accepted mail."""


class _LeaseLost(Exception):
    """This process was so slow that another one took the mail: it is theirs to send."""


def link_token(key: bytes, message_key: str, message_id: int) -> str:
    """The sign-in token of one mail: its number and 128 bits that only this installation can make."""
    mac = hmac.new(key, f"link\n{message_key}".encode(), hashlib.sha256).digest()[:TOKEN_BYTES]
    return f"{message_id:x}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def code_digits(key: bytes, message_key: str) -> str:
    """The six digits that the mail of this key carries."""
    return short_codes.digits_of(key, f"mail\n{message_key}")


async def deliver(
    database: Database,
    mailer: Mailer,
    sender: Sender,
    clock: Callable[[], datetime],
    *,
    connections: int = 2,
    limit: int | None = None,
    key: str = "",
) -> Delivered:
    """Send every mail that is due, at most `limit`; stops at trouble of the server, which is not the mails' fault.

    With a key only that mail is sent.
    """
    outcome = Delivered()
    left = limit if limit is not None else 10**9
    while left > 0:
        leased = _lease(database, clock(), min(left, connections * 5), outcome, key)
        if leased is None:
            break
        left -= len(leased)
        queue = list(reversed(leased))
        troubled: list[str] = []

        async def work(queue: list[Leased] = queue, troubled: list[str] = troubled) -> None:
            while queue and not troubled:
                message = queue.pop()
                await _send_one(database, mailer, sender, clock, message, outcome, troubled)

        await asyncio.gather(*(work() for _ in range(connections)))
        if troubled:
            _give_back(database, queue, clock())
            outcome.problems.append(troubled[0])
            break
    return outcome


def _lease(database: Database, now: datetime, limit: int, outcome: Delivered, key: str) -> list[Leased] | None:
    """The next mails to send; None when none is due. What has nothing left to say is cancelled."""
    with database.reading() as session:
        if not outbox.any_waiting(session, now):
            return None
    with database.transaction("lease") as session:
        leased = outbox.lease(session, now, now + LEASE, limit, key)
        if not leased:
            return None
        empty = outbox.without_living_rungs(session, [message.id for message in leased])
        outbox.mark_cancelled(session, empty, "việc trong thư đã có văn bản gửi hoặc thời hạn đã đổi")
        stale = {message.id for message in leased if message.kind == "code" and now - message.composed_at >= CODE_SPAN}
        broken = bounces.to_failed_addresses(session, [message.id for message in leased])
        outbox.mark_cancelled(session, broken, "địa chỉ hỏng: thư gửi tới địa chỉ này bị trả lại", attempts=0)
        outbox.mark_cancelled(session, stale, "mã trong thư đã hết hiệu lực trước khi gửi được")
    ended = empty | stale | broken
    outcome.cancelled += len(ended)
    return [message for message in leased if message.id not in ended]


def _give_back(database: Database, messages: list[Leased], now: datetime) -> None:
    """Leased mails that were not tried go back to the queue, untouched by the trouble."""
    with database.transaction("give-back") as session:
        for message in messages:
            outbox.unlease(session, message, now)


async def _send_one(
    database: Database,
    mailer: Mailer,
    sender: Sender,
    clock: Callable[[], datetime],
    message: Leased,
    outcome: Delivered,
    troubled: list[str],
) -> None:
    async def before_data() -> None:
        nonlocal message
        now = clock()
        with database.transaction("handed") as session:
            renewed = outbox.mark_handed(session, message, now, now + LEASE)
        if renewed is None:
            raise _LeaseLost
        message = renewed

    outcome.doubtful += message.doubtful
    try:
        reply = await mailer.send(
            sender.address, message.address, letter_bytes(message, sender), before_data=before_data
        )
    except _LeaseLost:
        return
    except MailNever as error:
        _fail(database, message, str(error), clock(), outcome)
    except MailError as error:
        outcome.strikes += 1
        if isinstance(error, MailServerProblem) or outcome.strikes >= STRIKES:
            troubled.append(str(error))
        _later(database, message, error, clock(), outcome)
    else:
        with database.transaction("sent") as session:
            outbox.mark_sent(session, message.id, reply, clock())
            ledger.mark_sent(session, message.id, clock())
        outcome.sent += 1
        outcome.strikes = 0


def letter_bytes(message: Leased, sender: Sender) -> bytes:
    """The mail as it leaves: the link's token and a code's digits are put in here and stored nowhere."""
    digits = short_codes.shown(code_digits(sender.signing_key, message.key)) if message.kind == "code" else ""
    link = f"{sender.base_url.rstrip('/')}/v/{link_token(sender.signing_key, message.key, message.id)}"
    letter = Letter(
        key=message.key,
        sender=sender.address,
        sender_name=sender.name,
        recipient=message.address,
        subject=message.subject,
        text=message.body_text.replace(LINK, link).replace(CODE, digits),
        html=message.body_html.replace(LINK, link).replace(CODE, digits),
        reply_to=message.reply_to or None,
        dated=message.composed_at,
        simulation=sender.simulation,
        secret=sender.signing_key,
    )
    return to_bytes(letter)


def _later(database: Database, message: Leased, error: MailError, now: datetime, outcome: Delivered) -> None:
    """Put the mail off by the retry schedule; trouble of the server itself does not use the schedule up."""
    doubtful = isinstance(error, MailDoubtful)
    outcome.doubtful += doubtful and not message.doubtful
    if message.attempts > len(RETRY) and not isinstance(error, MailServerProblem):
        reason = f"Máy chủ thư không nhận sau {message.attempts} lần gửi: {error}"
        _fail(database, message, reason, now, outcome, doubtful=doubtful)
        return
    wait = RETRY[min(message.attempts, len(RETRY)) - 1]
    counted = not isinstance(error, MailServerProblem)
    with database.transaction("later") as session:
        outbox.mark_later(session, message, str(error), now + wait, doubtful=doubtful, counted=counted)
    outcome.retry += 1


def _fail(
    database: Database, message: Leased, reason: str, now: datetime, outcome: Delivered, *, doubtful: bool = False
) -> None:
    with database.transaction("failed") as session:
        if not outbox.mark_failed(session, message, reason, doubtful=doubtful):
            return
        ledger.mark_failed(session, message.id, reason, now)
    outcome.failed += 1
    outcome.problems.append(f"{message.key} → {message.address}: {reason}")
