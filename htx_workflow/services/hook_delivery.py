"""Telling other systems (gửi thông báo): lease, send, record; each step a commit of its own, like mail.

A receiver may get one notice twice, under the same id: it answers 2xx to what it has seen and does nothing. What is not
taken is tried again for three days, then it has failed and the administrators are told.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from htx_workflow.domain import hooks
from htx_workflow.domain.errors import HookLater, HookNever
from htx_workflow.services import webhooks
from htx_workflow.store import hooks as store
from htx_workflow.store.database import Database
from htx_workflow.store.hooks import Leased

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
LEASE = timedelta(minutes=3)
RETRY = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440, 1440))
AT_ONCE = 8
MOST = 200
"""Deliveries of one run; the next beat goes on."""


class Poster(Protocol):
    """What sends one notice; raises HookLater or HookNever."""

    async def post(self, url: str, headers: dict[str, str], payload: bytes) -> int: ...


@dataclass
class Told:
    """What a delivery did; `problems` names what failed for good."""

    sent: int = 0
    retry: int = 0
    failed: int = 0
    problems: list[str] = field(default_factory=list)


async def deliver(
    database: Database, poster: Poster, key: bytes, clock: Callable[[], datetime], limit: int = MOST
) -> Told:
    """Send every notice that is due, at most `limit`."""
    told = Told()
    left = limit
    while left > 0:
        now = clock()
        with database.transaction("hook-lease") as session:
            leased = store.lease(session, now, now + LEASE, now.astimezone(LOCAL).date(), min(left, AT_ONCE))
        if not leased:
            break
        left -= len(leased)
        await asyncio.gather(*(_one(database, poster, key, clock, each, told) for each in leased))
    return told


async def _one(
    database: Database, poster: Poster, key: bytes, clock: Callable[[], datetime], leased: Leased, told: Told
) -> None:
    if not leased.there:
        _settle(database, leased, "cancelled", "đầu mối chịu trách nhiệm đã thôi nhiệm vụ", clock())
        return
    secret = hooks.secret(key, leased.webhook_id, leased.hook_made_at)
    try:
        await send(poster, secret, leased.url, leased.key, leased.body, clock())
    except HookNever as error:
        _fail(database, leased, str(error), clock(), told)
    except HookLater as error:
        _later(database, leased, str(error), clock(), told)
    else:
        _settle(database, leased, "sent", "", clock())
        told.sent += 1


async def send_test(
    database: Database,
    poster: Callable[[], AbstractAsyncContextManager[Poster]],
    key: bytes,
    number: int,
    now: datetime,
) -> int:
    """Send a webhook a notice that says nothing, past the queue: what it answered. Raises HookError, NotFound."""
    with database.reading() as session:
        hook = webhooks.get_kept(session, number, None)
    body = hooks.body(hooks.TEST, now, {"webhook": number})
    async with poster() as open_poster:
        secret = hooks.secret(key, number, hook.made_at)
        return await send(open_poster, secret, hook.url, f"test-{number}-{int(now.timestamp())}", body, now)


def send(poster: Poster, secret: str, url: str, key: str, body: str, now: datetime) -> Awaitable[int]:
    """Sign and send one notice: what it is answered."""
    payload = body.encode()
    signed = hooks.sign(secret, key, int(now.timestamp()), payload)
    return poster.post(url, signed.headers, payload)


def _later(database: Database, leased: Leased, reason: str, now: datetime, told: Told) -> None:
    if leased.attempts > len(RETRY):
        _fail(database, leased, f"không nhận sau {leased.attempts} lần gửi: {reason}", now, told)
        return
    _settle(database, leased, "queued", reason, now, now + RETRY[leased.attempts - 1])
    told.retry += 1


def _fail(database: Database, leased: Leased, reason: str, now: datetime, told: Told) -> None:
    if _settle(database, leased, "failed", reason, now):
        told.failed += 1
        told.problems.append(f"Thông báo {leased.key} tới địa chỉ số {leased.webhook_id} không gửi được: {reason}")


def _settle(
    database: Database, leased: Leased, state: str, reason: str, now: datetime, later: datetime | None = None
) -> bool:
    with database.transaction("hook-told") as session:
        return store.settle(session, leased, state, reason, now, later)
