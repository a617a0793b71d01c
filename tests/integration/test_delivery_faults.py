"""Mail servers that greylist, refuse, vanish or forget us, against real SMTP: nothing is lost and nothing sent twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from sqlalchemy import select

from htx_workflow.domain.errors import StoreError
from htx_workflow.gateways.mail import message_id
from htx_workflow.gateways.mailbox import Mailbox, list_mails, read_mail
from htx_workflow.gateways.smtp import Mailer, SmtpSettings
from htx_workflow.services import delivery
from htx_workflow.services.delivery import LEASE, RETRY, STRIKES, Delivered
from htx_workflow.store import outbox
from htx_workflow.store.database import Database
from htx_workflow.store.outbox import NewMessage
from htx_workflow.store.tables import table
from tests.machine import SENDER

START = datetime(2025, 11, 14, 0, 30, tzinfo=UTC)


@dataclass
class Post:
    """An outbox with a virtual clock, delivered through a mail server of the test."""

    database: Database
    settings: SmtpSettings | None = None
    now: datetime = START

    def put(self, count: int) -> list[str]:
        """Queue so many mails; their keys."""
        messages = [
            NewMessage(
                f"notice/a{number}", "notice", None, None, f"a{number}@example.vn", self.now.date(), f"Thư {number}",
                "Kính gửi.\n", "<p>Kính gửi.</p>\n", "",
            )
            for number in range(count)
        ]  # fmt: skip
        with self.database.transaction("test") as session:
            outbox.add_messages(session, messages, self.now)
        return [message.key for message in messages]

    async def deliver(self, settings: SmtpSettings, **options: Any) -> Delivered:
        async with Mailer(settings) as mailer:
            return await delivery.deliver(self.database, mailer, SENDER, lambda: self.now, **options)

    def rows(self) -> list[Any]:
        messages = table("message")
        with self.database.reading() as session:
            return list(session.execute(select(messages).order_by(messages.c.id)))

    def states(self) -> Counter[tuple[str, int]]:
        """How many mails are in each state after how many attempts."""
        return Counter((row.state, row.attempts) for row in self.rows())


@pytest.fixture
def post(database: Database) -> Post:
    return Post(database)


@dataclass
class Relay:
    """A server with an answer to a sender, and one that asks for a password."""

    at_mail: str | None = None
    password: str | None = None
    mails: list[str] = field(default_factory=list)
    sessions: list[SMTP] = field(default_factory=list)
    port: int = 0

    async def handle_MAIL(self, server: SMTP, session: Any, envelope: Any, address: str, _: Any) -> str:
        envelope.mail_from = address
        return self.at_mail or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        self.mails += envelope.rcpt_tos
        return "250 OK"

    def checked(self, server: Any, session: Any, envelope: Any, mechanism: str, login: Any) -> AuthResult:
        return AuthResult(success=login.password.decode() == self.password, handled=False)

    @property
    def settings(self) -> SmtpSettings:
        user = "htx" if self.password else None
        return SmtpSettings("127.0.0.1", self.port, user, self.password, "none", None, 5, 2, None)


@asynccontextmanager
async def running(relay: Relay) -> AsyncIterator[Relay]:
    loop = asyncio.get_running_loop()
    options: dict[str, Any] = {"auth_require_tls": False, "authenticator": relay.checked} if relay.password else {}

    def session() -> SMTP:
        relay.sessions.append(SMTP(relay, hostname="relay.example.vn", loop=loop, **options))
        return relay.sessions[-1]

    server = await loop.create_server(session, "127.0.0.1", 0)
    relay.port = server.sockets[0].getsockname()[1]
    try:
        yield relay
    finally:
        server.close()
        for each in relay.sessions:
            if each.transport is not None:
                each.transport.close()
        await server.wait_closed()
        tasks = [each._handler_coroutine for each in relay.sessions if each._handler_coroutine]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def keys_in(folder: Path) -> list[str]:
    return sorted(str(read_mail(path)["X-HTX-Key"]) for path in list_mails(folder))


# For now


async def test_greylisted_mail_arrives_at_its_second_turn_five_minutes_later(post: Post, tmp_path: Path) -> None:
    keys = post.put(3)
    seen: set[str] = set()

    def greylist(address: str) -> str | None:
        first = address not in seen
        seen.add(address)
        return "451 4.7.1 Greylisted" if first else None

    async with Mailbox(tmp_path / "box", at_rcpt=greylist) as box:
        outcome = await post.deliver(box.settings)
        assert (outcome.sent, outcome.retry) == (0, 3)
        assert {row.next_attempt_at for row in post.rows()} == {START + RETRY[0]}
        post.now += RETRY[0] - timedelta(seconds=1)
        assert (await post.deliver(box.settings)).sent == 0
        post.now += timedelta(seconds=1)
        assert (await post.deliver(box.settings)).sent == 3
    assert keys_in(tmp_path / "box") == keys
    assert post.states() == {("sent", 2): 3}


async def test_a_mail_refused_for_now_every_time_follows_the_schedule_and_fails_in_the_end(
    post: Post, tmp_path: Path
) -> None:
    post.put(1)
    waits = []
    async with Mailbox(tmp_path / "box", at_rcpt=lambda _: "451 4.2.1 mailbox busy") as box:
        while True:
            outcome = await post.deliver(box.settings)
            (row,) = post.rows()
            if row.state == "failed":
                break
            waits.append(row.next_attempt_at - post.now)
            post.now = row.next_attempt_at
    assert tuple(waits) == RETRY
    assert timedelta(days=2) < post.now - START < timedelta(days=4)
    assert "sau 13 lần gửi" in row.reason
    assert outcome.problems == [f"notice/a0 → a0@example.vn: {row.reason}"]


async def test_many_refusals_in_a_row_stop_the_run_and_the_rest_keeps_its_turn(post: Post, tmp_path: Path) -> None:
    post.put(30)
    async with Mailbox(tmp_path / "box", at_rcpt=lambda _: "451 4.3.2 try later") as box:
        outcome = await post.deliver(box.settings)
    tried = outcome.retry
    assert STRIKES <= tried <= STRIKES + 1
    assert post.states() == {("queued", 1): tried, ("queued", 0): 30 - tried}
    assert len(outcome.problems) == 1


# The server's own trouble


@pytest.mark.parametrize("answer", ["550 5.7.60 not your address", "553 5.7.1 sender not owned"])
async def test_a_relay_that_refuses_our_sender_loses_no_mail(post: Post, answer: str) -> None:
    post.put(30)
    async with running(Relay(at_mail=answer)) as relay:
        outcome = await post.deliver(relay.settings)
        assert (outcome.sent, outcome.failed) == (0, 0)
        assert post.states() == {("queued", 0): 30}
        assert len(outcome.problems) == 1
        assert "HTX_MAIL_FROM" in outcome.problems[0]
        relay.at_mail = None
        post.now += RETRY[0]
        assert (await post.deliver(relay.settings)).sent == 30
    assert len(set(relay.mails)) == len(relay.mails) == 30


async def test_a_wrong_password_stops_at_once_uses_up_no_attempt_and_says_what_to_do(post: Post) -> None:
    post.put(30)
    async with running(Relay(password="right")) as relay:
        wrong = replace(relay.settings, password="wrong")
        for _ in range(len(RETRY) + 3):  # longer than any mail may be put off
            outcome = await post.deliver(wrong)
            assert (outcome.sent, outcome.failed) == (0, 0)
            assert 1 <= outcome.retry <= 2
            post.now += timedelta(hours=12)
        assert post.states() == {("queued", 0): 30}
        assert "Sửa tài khoản, mật khẩu gửi thư rồi gửi lại" in outcome.problems[0]
        assert (await post.deliver(relay.settings)).sent == 30
    assert len(set(relay.mails)) == len(relay.mails) == 30


async def test_a_server_gone_for_an_hour_costs_no_mail_and_none_arrives_twice(post: Post, tmp_path: Path) -> None:
    keys = post.put(25)
    async with Mailbox(tmp_path / "gone") as gone:
        nowhere = gone.settings
    for _ in range(12):
        outcome = await post.deliver(nowhere)
        assert (outcome.sent, outcome.failed, outcome.doubtful) == (0, 0, 0)
        post.now += timedelta(minutes=5)
    async with Mailbox(tmp_path / "box") as box:
        for _ in range(24):
            await post.deliver(box.settings)
            post.now += timedelta(minutes=5)
    assert keys_in(tmp_path / "box") == sorted(keys)
    assert {state for state, _ in post.states()} == {"sent"}


# Leases


async def test_a_process_that_dies_after_handing_over_leaves_a_doubtful_mail_until_its_lease_runs_out(
    post: Post, tmp_path: Path
) -> None:
    (key,) = post.put(1)

    class Died(BaseException):
        """The process ends here."""

    class Dying(Database):
        def transaction(self, name: str) -> Any:
            if name == "sent":
                raise Died
            return super().transaction(name)

    dying = Dying(post.database.url)
    async with Mailbox(tmp_path / "box") as box:
        with pytest.raises(Died):
            await replace(post, database=dying).deliver(box.settings)
        assert [(row.state, row.doubtful, row.handed_at) for row in post.rows()] == [("leased", False, START)]
        post.now += LEASE
        assert (await post.deliver(box.settings)).sent == 0
        post.now += timedelta(seconds=1)
        outcome = await post.deliver(box.settings)
    assert (outcome.sent, outcome.doubtful) == (1, 1)
    assert [(row.state, row.doubtful) for row in post.rows()] == [("sent", True)]
    arrived = [str(read_mail(path)["Message-ID"]) for path in list_mails(tmp_path / "box")]
    assert arrived == [message_id(key, "example.vn", SENDER.signing_key)] * 2
    dying.close()


async def test_a_process_that_dies_before_handing_over_leaves_no_doubt(post: Post, tmp_path: Path) -> None:
    keys = post.put(3)
    with post.database.transaction("lease") as session:
        outbox.lease(session, post.now, post.now + LEASE, 10)
    post.now += LEASE + timedelta(seconds=1)
    async with Mailbox(tmp_path / "box") as box:
        outcome = await post.deliver(box.settings)
    assert (outcome.sent, outcome.doubtful) == (3, 0)
    assert keys_in(tmp_path / "box") == keys


async def test_a_process_that_slept_past_its_lease_leaves_the_mail_to_the_one_who_took_it(
    post: Post, tmp_path: Path
) -> None:
    keys = post.put(6)
    taken: list[str] = []

    def asleep(_: str) -> str | None:
        if not taken:
            post.now += LEASE + timedelta(minutes=1)
            with post.database.transaction("lease") as session:
                taken.extend(message.key for message in outbox.lease(session, post.now, post.now + LEASE, 10))
        return None

    async with Mailbox(tmp_path / "box", at_rcpt=asleep) as box:
        slow = await post.deliver(box.settings)
        assert taken == keys
        assert (slow.sent, slow.failed, keys_in(tmp_path / "box")) == (0, 0, [])
        post.now += LEASE + timedelta(seconds=1)
        outcome = await post.deliver(box.settings)
    assert (outcome.sent, outcome.doubtful) == (6, 0)
    assert keys_in(tmp_path / "box") == keys


async def test_the_lease_starts_anew_when_a_mail_is_handed_over(post: Post, tmp_path: Path) -> None:
    post.put(1)

    def slowly(_: str) -> str | None:
        post.now += timedelta(minutes=9)
        return None

    taken: list[int] = []

    def meanwhile(_: str) -> str | None:
        post.now += timedelta(minutes=9)
        with post.database.transaction("lease") as session:
            taken.append(len(outbox.lease(session, post.now, post.now + LEASE, 10)))
        return None

    async with Mailbox(tmp_path / "box", at_rcpt=slowly, at_data=meanwhile) as box:
        outcome = await post.deliver(box.settings)
    assert (taken, outcome.sent, outcome.doubtful) == ([0], 1, 0)


async def test_a_database_that_fails_just_before_the_text_sends_nothing(post: Post, tmp_path: Path) -> None:
    post.put(2)

    class Full(Database):
        def transaction(self, name: str) -> Any:
            if name == "handed":
                raise StoreError("đĩa đã đầy")
            return super().transaction(name)

    full = Full(post.database.url)
    async with Mailbox(tmp_path / "box") as box:
        with pytest.raises(StoreError, match="đĩa đã đầy"):
            await replace(post, database=full).deliver(box.settings)
        assert keys_in(tmp_path / "box") == []
        post.now += LEASE + timedelta(seconds=1)
        outcome = await post.deliver(box.settings)
    assert (outcome.sent, outcome.doubtful) == (2, 0)
    full.close()
