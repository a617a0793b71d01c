"""The pool of connections, against real SMTP servers that behave well and badly."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from htx_workflow.domain.errors import MailDoubtful, MailLater, MailNever, MailServerProblem
from htx_workflow.gateways.smtp import Mailer, SmtpSettings, handshake

SENDER = "nhacviec@example.vn"
DATA = b"Subject: x\r\n\r\n.dot\r\nbody\r\n"


@dataclass
class Relay:
    """A server of the tests: what it saw, and an answer or an act for each stage."""

    port: int = 0
    connections: int = 0
    mails: list[tuple[str, bytes]] = field(default_factory=list)
    stages: list[str] = field(default_factory=list)
    at: dict[str, Callable[[SMTP, str], Awaitable[str | None]]] = field(default_factory=dict)
    sessions: list[SMTP] = field(default_factory=list)

    async def handle_MAIL(self, server: SMTP, session: Any, envelope: Any, address: str, _: Any) -> str:
        envelope.mail_from = address
        return await self._answer("MAIL", server, address)

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, _: Any) -> str:
        answer = await self._answer("RCPT", server, address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        answer = await self._answer("DATA", server, envelope.rcpt_tos[0])
        if answer.startswith("250"):
            self.mails.append((envelope.rcpt_tos[0], envelope.original_content))
        return answer

    async def _answer(self, stage: str, server: SMTP, address: str) -> str:
        self.stages.append(stage)
        act = self.at.get(stage)
        return (await act(server, address) if act else None) or "250 2.0.0 OK"

    @property
    def settings(self) -> SmtpSettings:
        return SmtpSettings(
            host="127.0.0.1",
            port=self.port,
            user=None,
            password=None,
            security="none",
            ca_file=None,
            timeout=5,
            connections=2,
            per_minute=None,
        )


@asynccontextmanager
async def running(
    relay: Relay, *, tls: ssl.SSLContext | None = None, protocol: type[SMTP] = SMTP, **options: Any
) -> AsyncIterator[Relay]:
    loop = asyncio.get_running_loop()

    def session() -> SMTP:
        relay.connections += 1
        relay.sessions.append(protocol(relay, hostname="relay.example.vn", loop=loop, **options))
        return relay.sessions[-1]

    server = await loop.create_server(session, "127.0.0.1", 0, ssl=tls)
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
        for task in tasks:  # after a refused certificate aiosmtpd waits for ever
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def answering(answer: str) -> Callable[[SMTP, str], Awaitable[str | None]]:
    async def act(server: SMTP, address: str) -> str | None:
        return answer

    return act


def cut(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.WriteTransport)
    server.transport.abort()


async def hang_up(server: SMTP, address: str) -> str | None:
    cut(server)
    await asyncio.sleep(5)  # cancelled when the connection is gone
    return None


async def fall_silent(server: SMTP, address: str) -> str | None:
    await asyncio.sleep(5)
    return None


async def send(relay: Relay, recipient: str = "a@example.vn", **changes: Any) -> str:
    async with Mailer(replace(relay.settings, **changes)) as mailer:
        return await mailer.send(SENDER, recipient, DATA)


# Sending


async def test_a_mail_arrives_byte_for_byte_and_the_answer_comes_back() -> None:
    async with running(Relay()) as relay:
        assert await send(relay) == "2.0.0 OK"
    assert relay.mails == [("a@example.vn", DATA)]


async def test_before_data_is_awaited_after_the_recipient_and_before_the_text() -> None:
    async with running(Relay()) as relay:

        async def mark() -> None:
            relay.stages.append("mark")

        async with Mailer(relay.settings) as mailer:
            await mailer.send(SENDER, "a@example.vn", DATA, before_data=mark)
    assert relay.stages == ["MAIL", "RCPT", "mark", "DATA"]


async def test_an_error_of_before_data_passes_through_and_nothing_is_sent() -> None:
    async def lease_lost() -> None:
        raise KeyError("lease")

    async with running(Relay()) as relay, Mailer(relay.settings) as mailer:
        with pytest.raises(KeyError):
            await mailer.send(SENDER, "a@example.vn", DATA, before_data=lease_lost)
        await mailer.send(SENDER, "b@example.vn", DATA)
    assert relay.mails == [("b@example.vn", DATA)]
    assert relay.connections == 1


async def test_mails_one_after_another_share_one_connection() -> None:
    async with running(Relay()) as relay, Mailer(relay.settings) as mailer:
        for number in range(5):
            await mailer.send(SENDER, f"a{number}@example.vn", DATA)
    assert len(relay.mails) == 5
    assert relay.connections == 1


async def test_many_mails_at_once_never_open_more_connections_than_allowed() -> None:
    async with running(Relay()) as relay, Mailer(replace(relay.settings, connections=3)) as mailer:
        await asyncio.gather(*(mailer.send(SENDER, f"a{number}@example.vn", DATA) for number in range(30)))
    assert sorted(recipient for recipient, _ in relay.mails) == sorted(f"a{number}@example.vn" for number in range(30))
    assert relay.connections == 3


async def test_a_cancelled_send_leaves_its_place_and_no_half_open_envelope() -> None:
    async with running(Relay(at={"DATA": fall_silent})) as relay:
        async with Mailer(replace(relay.settings, connections=1)) as mailer:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(mailer.send(SENDER, "a@example.vn", DATA), 0.2)
            relay.at.clear()
            await mailer.send(SENDER, "b@example.vn", DATA)
        assert relay.mails == [("b@example.vn", DATA)]
        assert relay.connections == 2


@pytest.mark.parametrize("address", ["đầu.mối@example.vn", "a@tỉnh.vn", "a@example.vn\r\nDATA", "a"])
async def test_an_address_the_relay_cannot_carry_is_refused_before_connecting(address: str) -> None:
    async with running(Relay()) as relay:
        with pytest.raises(MailNever, match="không gửi được"):
            await send(relay, address)
    assert relay.connections == 0


# Refusals


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
async def test_a_temporary_refusal_at_any_stage_means_later(stage: str) -> None:
    async with running(Relay(at={stage: answering("451 4.3.0 try again")})) as relay:
        with pytest.raises(MailLater, match=r"451 4\.3\.0 try again") as caught:
            await send(relay)
    assert type(caught.value) is MailLater


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
async def test_a_final_refusal_of_recipient_or_text_means_never(stage: str) -> None:
    async with running(Relay(at={stage: answering("550 5.1.1 no such user")})) as relay:
        with pytest.raises(MailNever, match=r"“550 5\.1\.1 no such user”"):
            await send(relay)


@pytest.mark.parametrize(
    ("stage", "answer"),
    [
        ("MAIL", "530 5.7.0 Authentication required"),
        ("RCPT", "554 5.7.1 Relay access denied"),
        ("RCPT", "550 5.7.54 Unable to relay recipient in non-accepted domain"),
    ],
)
async def test_a_server_that_does_not_admit_us_blames_no_mail(stage: str, answer: str) -> None:
    async with running(Relay(at={stage: answering(answer)})) as relay:
        with pytest.raises(MailServerProblem, match="quyền chuyển tiếp thư"):
            await send(relay)


@pytest.mark.parametrize("answer", ["550 5.7.60 not your address", "553 5.7.1 not owned by user", "501 5.1.7 bad"])
async def test_a_sender_refused_for_good_is_refused_for_all_mails_and_blames_none(answer: str) -> None:
    async with running(Relay(at={"MAIL": answering(answer)})) as relay:
        with pytest.raises(MailServerProblem, match=rf"“{answer}”.*HTX_MAIL_FROM"):
            await send(relay)


async def test_a_sender_that_is_no_address_blames_no_mail() -> None:
    async with running(Relay()) as relay, Mailer(relay.settings) as mailer:
        with pytest.raises(MailServerProblem, match="HTX_MAIL_FROM"):
            await mailer.send("nhắcviệc", "a@example.vn", DATA)
    assert relay.connections == 0


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
async def test_a_refused_mail_does_not_disturb_the_next_one_on_the_connection(stage: str) -> None:
    async with running(Relay(at={stage: answering("552 no")})) as relay, Mailer(relay.settings) as mailer:
        with pytest.raises(MailNever):
            await mailer.send(SENDER, "a@example.vn", DATA)
        relay.at.clear()
        await mailer.send(SENDER, "b@example.vn", DATA)
    assert relay.mails == [("b@example.vn", DATA)]
    assert relay.connections == 1


async def test_a_mail_too_large_for_the_server_is_never_sent() -> None:
    async with running(Relay(), data_size_limit=10) as relay:
        with pytest.raises(MailNever, match="552"):
            await send(relay)


async def test_a_greylisting_server_takes_the_mail_the_second_time() -> None:
    seen: set[str] = set()

    async def greylist(server: SMTP, address: str) -> str | None:
        if address in seen:
            return None
        seen.add(address)
        return "451 4.7.1 Greylisted, come back later"

    async with running(Relay(at={"RCPT": greylist})) as relay, Mailer(relay.settings) as mailer:
        with pytest.raises(MailLater, match="Greylisted"):
            await mailer.send(SENDER, "a@example.vn", DATA)
        await mailer.send(SENDER, "a@example.vn", DATA)
    assert relay.mails == [("a@example.vn", DATA)]


async def test_an_answer_of_several_lines_becomes_one_sentence() -> None:
    answer = "550-5.1.1 The account\r\n550-5.1.1 does not exist.\r\n550 5.1.1 See https://example.vn."
    async with running(Relay(at={"RCPT": answering(answer)})) as relay:
        with pytest.raises(MailNever) as caught:
            await send(relay)
    assert str(caught.value) == (
        "Máy chủ thư không nhận thư gửi tới a@example.vn: "
        "“550 5.1.1 The account 5.1.1 does not exist. 5.1.1 See https://example.vn”."
    )


# Lost connections


@pytest.mark.parametrize("stage", ["MAIL", "RCPT"])
async def test_a_connection_lost_before_the_text_means_later(stage: str) -> None:
    async with running(Relay(at={stage: hang_up})) as relay:
        with pytest.raises(MailLater, match="kết nối bị ngắt") as caught:
            await send(relay)
    assert type(caught.value) is MailLater


async def test_a_connection_lost_while_before_data_runs_means_later_and_not_doubtful() -> None:
    async with running(Relay()) as relay:

        async def server_goes() -> None:
            cut(relay.sessions[-1])
            await asyncio.sleep(0.05)

        async with Mailer(relay.settings) as mailer:
            with pytest.raises(MailLater, match="trước khi nhận nội dung") as caught:
                await mailer.send(SENDER, "a@example.vn", DATA, before_data=server_goes)
    assert type(caught.value) is MailLater


async def test_a_connection_lost_after_the_text_is_doubtful() -> None:
    async with running(Relay(at={"DATA": hang_up})) as relay:
        with pytest.raises(MailDoubtful, match="có thể đã tới nơi"):
            await send(relay)
    assert relay.connections == 1


async def test_no_answer_after_the_text_is_doubtful() -> None:
    async with running(Relay(at={"DATA": fall_silent})) as relay:
        with pytest.raises(MailDoubtful):
            await send(relay, timeout=0.2)


async def test_an_answer_after_the_text_that_is_no_answer_is_doubtful() -> None:
    async with running(Relay(at={"DATA": answering("what?")})) as relay:
        with pytest.raises(MailDoubtful):
            await send(relay)


async def test_no_answer_before_the_text_means_later() -> None:
    async with running(Relay(at={"RCPT": fall_silent})) as relay:
        with pytest.raises(MailLater, match=r"không trả lời trong 0\.2 giây"):
            await send(relay, timeout=0.2)


async def test_a_server_that_closes_idle_connections_costs_no_mail() -> None:
    async with running(Relay(), timeout=0.1) as relay, Mailer(relay.settings) as mailer:
        for number in range(3):
            await mailer.send(SENDER, f"a{number}@example.vn", DATA)
            await asyncio.sleep(0.2)
    assert len(relay.mails) == 3
    assert relay.connections == 3


@pytest.mark.parametrize("end", [hang_up, answering("421 4.4.2 idle too long")], ids=["gone", "421"])
async def test_a_kept_connection_that_has_gone_stale_is_opened_anew_once(
    end: Callable[[SMTP, str], Awaitable[str | None]],
) -> None:
    marks: list[str] = []

    async def mark() -> None:
        marks.append("mark")

    async def stale_first(server: SMTP, address: str) -> str | None:
        return await end(server, address) if server is relay.sessions[0] else None

    async with running(Relay()) as relay, Mailer(relay.settings) as mailer:
        await mailer.send(SENDER, "a@example.vn", DATA)
        relay.at["MAIL"] = stale_first
        await mailer.send(SENDER, "b@example.vn", DATA, before_data=mark)
    assert [recipient for recipient, _ in relay.mails] == ["a@example.vn", "b@example.vn"]
    assert relay.connections == 2
    assert marks == ["mark"]


async def test_a_server_that_hangs_up_every_time_is_tried_anew_only_once() -> None:
    async with running(Relay()) as relay, Mailer(relay.settings) as mailer:
        await mailer.send(SENDER, "a@example.vn", DATA)
        relay.at["MAIL"] = hang_up
        with pytest.raises(MailLater):
            await mailer.send(SENDER, "b@example.vn", DATA)
    assert relay.connections == 2


# A server that cannot be reached


async def test_a_closed_port_means_later() -> None:
    async with running(Relay()) as relay:
        pass
    with pytest.raises(MailLater, match=r"Không kết nối được với máy chủ thư 127\.0\.0\.1:") as caught:
        await send(relay)
    assert type(caught.value) is MailLater


@pytest.mark.parametrize("host", ["relay.invalid", "x" * 70 + ".vn"])
async def test_an_unknown_server_means_later(host: str) -> None:
    with pytest.raises(MailLater, match=f"Không tìm thấy máy chủ thư {host}"):
        await send(Relay(port=25), host=host)


@pytest.mark.parametrize(("greeting", "kind"), [("421 busy", MailLater), ("554 no", MailServerProblem)])
async def test_a_greeting_that_refuses_blames_no_mail(greeting: str, kind: type[MailLater]) -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"{greeting}\r\n".encode())
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with server:
        with pytest.raises(MailLater, match=f"“{greeting}”") as caught:
            await send(Relay(port=server.sockets[0].getsockname()[1]))
    assert type(caught.value) is kind


# Encryption


@dataclass(frozen=True)
class Authority:
    """An own root certificate, as a province would have, and what it signs."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def file(self) -> Path:
        return self.folder / "root.pem"

    def server_context(self, *, address: str = "127.0.0.1", until: int = 2090) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            _certificate("relay.example.vn", self.certificate.subject, key, until)
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        pair = self.folder / "server.pem"
        pair.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pair)
        return context


def _certificate(
    name: str, issuer: x509.Name | None, key: ec.EllipticCurvePrivateKey, until: int = 2090
) -> x509.CertificateBuilder:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(until, 1, 1, tzinfo=UTC))
    )


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _certificate("Root example.vn", None, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                key_cert_sign=True,
                crl_sign=True,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    root = Authority(tmp_path, key, certificate)
    root.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return root


async def test_starttls_with_the_own_root_certificate_is_accepted(authority: Authority) -> None:
    context = authority.server_context()
    async with running(Relay(), tls_context=context, require_starttls=True) as relay:
        await send(relay, security="starttls", ca_file=authority.file)
    assert relay.mails == [("a@example.vn", DATA)]


async def test_tls_with_the_own_root_certificate_is_accepted(authority: Authority) -> None:
    async with running(Relay(), tls=authority.server_context()) as relay:
        await send(relay, security="tls", ca_file=authority.file)
    assert relay.mails == [("a@example.vn", DATA)]


async def test_starttls_without_the_root_certificate_is_refused_with_what_to_do(authority: Authority) -> None:
    async with running(Relay(), tls_context=authority.server_context()) as relay:
        with pytest.raises(MailServerProblem, match="khai báo tệp chứng thư gốc"):
            await send(relay, security="starttls")
    assert relay.stages == []


async def test_tls_without_the_root_certificate_is_refused_with_what_to_do(authority: Authority) -> None:
    async with running(Relay(), tls=authority.server_context()) as relay:
        with pytest.raises(MailServerProblem, match="khai báo tệp chứng thư gốc"):
            await send(relay, security="tls")
    assert relay.stages == []


@pytest.mark.parametrize("fault", [{"address": "192.0.2.1"}, {"until": 2021}], ids=["other host", "expired"])
async def test_a_certificate_of_another_host_or_out_of_date_is_refused(
    authority: Authority, fault: dict[str, Any]
) -> None:
    async with running(Relay(), tls=authority.server_context(**fault)) as relay:
        with pytest.raises(MailServerProblem, match="chứng thư không tin cậy được"):
            await send(relay, security="tls", ca_file=authority.file)


async def test_a_server_without_starttls_is_never_spoken_to_in_the_clear() -> None:
    async with running(Relay()) as relay:
        with pytest.raises(MailServerProblem, match="không hỗ trợ STARTTLS"):
            await send(relay, security="starttls")
    assert relay.stages == []


async def test_tls_to_a_port_that_speaks_plainly_is_refused_with_what_to_do() -> None:
    async with running(Relay()) as relay:
        with pytest.raises(MailServerProblem, match="cổng 465 thường là tls"):
            await send(relay, security="tls")


@pytest.mark.parametrize("content", [None, b"", b"not a certificate"])
async def test_a_root_certificate_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "root.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(MailServerProblem, match=r"Không đọc được tệp chứng thư gốc .*root\.pem"):
        await send(Relay(port=1), security="tls", ca_file=file)


# Login


def only_the_right_password(server: Any, session: Any, envelope: Any, mechanism: str, login: Any) -> AuthResult:
    right = (login.login, login.password) == (b"htx", "mật khẩu".encode())
    return AuthResult(success=right, handled=False)  # not handled: the server itself answers 535


@pytest.mark.parametrize("left_out", ["LOGIN", "PLAIN"])
async def test_login_works_with_each_of_the_two_usual_ways(authority: Authority, left_out: str) -> None:
    async with running(
        Relay(),
        tls_context=authority.server_context(),
        auth_required=True,
        authenticator=only_the_right_password,
        auth_exclude_mechanism=[left_out],
    ) as relay:
        await send(relay, security="starttls", ca_file=authority.file, user="htx", password="mật khẩu", connections=1)
    assert relay.mails == [("a@example.vn", DATA)]


async def test_login_on_a_plain_connection_works_where_the_server_offers_it() -> None:
    async with running(Relay(), auth_require_tls=False, authenticator=only_the_right_password) as relay:
        await send(relay, user="htx", password="mật khẩu")
    assert relay.mails == [("a@example.vn", DATA)]


async def test_a_wrong_password_loses_no_mail_and_says_what_to_do() -> None:
    async with running(Relay(), auth_require_tls=False, authenticator=only_the_right_password) as relay:
        with pytest.raises(MailServerProblem, match="Sửa tài khoản, mật khẩu gửi thư"):
            await send(relay, user="htx", password="sai")
    assert relay.stages == []


async def test_a_login_the_server_cannot_check_now_means_later() -> None:
    def unable(server: Any, session: Any, envelope: Any, mechanism: str, login: Any) -> AuthResult:
        return AuthResult(success=False, handled=False, message="454 4.7.0 Temporary failure")

    async with running(Relay(), auth_require_tls=False, authenticator=unable) as relay:
        with pytest.raises(MailLater, match="454") as caught:
            await send(relay, user="htx", password="x")
    assert type(caught.value) is MailLater


async def test_a_server_that_offers_no_login_is_named() -> None:
    async with running(Relay()) as relay:
        with pytest.raises(MailServerProblem, match="không cho đăng nhập"):
            await send(relay, user="htx", password="x")


async def test_forgetting_the_account_blames_no_mail(authority: Authority) -> None:
    async with running(Relay(), tls_context=authority.server_context(), auth_required=True) as relay:
        with pytest.raises(MailServerProblem, match="530"):
            await send(relay, security="starttls", ca_file=authority.file)


# Limit per minute


async def test_mails_are_spaced_evenly_when_a_limit_is_set() -> None:
    now = [100.0]
    sent_at: list[float] = []

    async def sleep(seconds: float) -> None:
        now[0] += seconds

    async def mark() -> None:
        sent_at.append(now[0])

    async with running(Relay()) as relay:
        settings = replace(relay.settings, per_minute=30)
        async with Mailer(settings, clock=lambda: now[0], sleep=sleep) as mailer:
            for _ in range(3):
                await mailer.send(SENDER, "a@example.vn", DATA, before_data=mark)
            now[0] += 60
            await mailer.send(SENDER, "a@example.vn", DATA, before_data=mark)
    assert sent_at == [100, 102, 104, 164]


@pytest.mark.parametrize("per_minute", [None, 0])
async def test_without_a_limit_nobody_waits(per_minute: int | None) -> None:
    async def never(seconds: float) -> None:
        raise AssertionError("slept")

    async with (
        running(Relay()) as relay,
        Mailer(replace(relay.settings, per_minute=per_minute), sleep=never) as mailer,
    ):
        await asyncio.gather(*(mailer.send(SENDER, "a@example.vn", DATA) for _ in range(5)))
    assert len(relay.mails) == 5


# Handshake


async def test_the_handshake_tells_what_was_found(authority: Authority) -> None:
    async with running(
        Relay(),
        tls_context=authority.server_context(),
        authenticator=only_the_right_password,
        data_size_limit=25_000_000,
    ) as relay:
        found = await handshake(
            replace(relay.settings, security="starttls", ca_file=authority.file, user="htx", password="mật khẩu")
        )
    assert found == (
        f"Máy chủ thư 127.0.0.1:{relay.port} sẵn sàng: kết nối mã hóa TLSv1.3, "
        "đăng nhập được bằng tài khoản htx, nhận thư tới 25 MB."
    )
    assert relay.stages == []


async def test_the_handshake_says_when_nothing_is_encrypted() -> None:
    async with running(Relay(), data_size_limit=0) as relay:
        found = await handshake(relay.settings)
    assert found == (f"Máy chủ thư 127.0.0.1:{relay.port} sẵn sàng: kết nối không mã hóa, không cần đăng nhập.")


async def test_the_handshake_with_a_closed_port_raises_the_same_sentence_as_sending() -> None:
    async with running(Relay()) as relay:
        pass
    with pytest.raises(MailLater, match="Không kết nối được"):
        await handshake(relay.settings)
