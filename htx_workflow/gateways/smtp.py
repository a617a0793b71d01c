"""Mail server (máy chủ thư): a few connections, kept open and shared by everything that sends.

What goes wrong is told in three ways: MailNever concerns this mail, MailLater passes by itself, and
MailServerProblem waits for the administrator. One refused password must not cost a day's mail.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal

import aiosmtplib

from htx_workflow.domain.addresses import valid_address
from htx_workflow.domain.errors import MailDoubtful, MailError, MailLater, MailNever, MailServerProblem

_GOODBYE = 5.0  # seconds a server may take to answer QUIT
_ADDRESS_LITERAL = "[127.0.0.1]"  # RFC 5321 4.1.3: the greeting of a machine without a full name
_NOT_ADMITTED = {530, 534, 535, 538}  # RFC 4954: log in first, another way, wrong password, encrypt first


@dataclass(frozen=True)
class SmtpSettings:
    """How to reach the relay. `timeout` in seconds for each answer; `per_minute` None or 0: no limit."""

    host: str
    port: int
    user: str | None
    password: str | None
    security: Literal["none", "starttls", "tls"]
    ca_file: Path | None
    timeout: float
    connections: int
    per_minute: int | None

    @property
    def place(self) -> str:
        return f"{self.host}:{self.port}"


class Mailer:
    """A pool of at most `settings.connections` connections; `clock` is monotonic, in seconds."""

    def __init__(
        self,
        settings: SmtpSettings,
        *,
        clock: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._sleep = sleep
        self._places = asyncio.Semaphore(settings.connections)
        self._idle: list[aiosmtplib.SMTP] = []
        self._next_slot = 0.0
        self._context: ssl.SSLContext | None = None

    async def __aenter__(self) -> Mailer:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        idle, self._idle = self._idle, []
        await asyncio.gather(*(_goodbye(client) for client in idle))

    async def send(
        self,
        sender: str,
        recipient: str,
        data: bytes,
        *,
        before_data: Callable[[], Awaitable[None]] | None = None,
    ) -> str:
        """The server's answer to an accepted mail.

        `before_data` is awaited once, when sender and recipient are accepted and before the text leaves.
        Until then a connection the server had dropped is opened anew; from then on a lost connection is
        MailDoubtful, because the text may have arrived. An error of `before_data` passes through.
        """
        if not valid_address(sender):
            raise MailServerProblem(f"Địa chỉ người gửi {sender!r} không dùng được để gửi thư; sửa HTX_MAIL_FROM.")
        if not valid_address(recipient):
            raise MailNever(f"Địa chỉ {recipient!r} không gửi được: phần tên phải viết không dấu, tên miền đầy đủ.")
        async with self._places:
            await self._wait_for_slot()
            client = await self._addressed(sender, recipient, len(data))
            try:
                if before_data is not None:
                    await before_data()
                answer = await self._hand_over(client, recipient, data)
            except Exception:
                await self._start_over(client)
                raise
            except BaseException:
                client.close()
                raise
            self._idle.append(client)
            return answer

    async def _wait_for_slot(self) -> None:
        if not self._settings.per_minute:
            return
        now = self._clock() if self._clock else asyncio.get_running_loop().time()
        slot = max(self._next_slot, now)
        self._next_slot = slot + 60 / self._settings.per_minute
        if slot > now:
            await self._sleep(slot - now)

    async def _addressed(self, sender: str, recipient: str, size: int) -> aiosmtplib.SMTP:
        """A connection on which the server has accepted sender and recipient."""
        client = self._pop_idle()
        if client is not None:
            try:
                return await self._envelope(client, sender, recipient, size)
            except MailError:
                if client.is_connected:  # an answer about this mail, not a connection gone stale
                    await self._start_over(client)
                    raise
        client = await self._open()
        try:
            return await self._envelope(client, sender, recipient, size)
        except MailError:
            await self._start_over(client)
            raise

    async def _envelope(self, client: aiosmtplib.SMTP, sender: str, recipient: str, size: int) -> aiosmtplib.SMTP:
        options = [f"SIZE={size}"] if client.supports_extension("size") else []
        try:
            await client.mail(sender, options=options)
            await client.rcpt(recipient)
        except aiosmtplib.SMTPSenderRefused as error:
            raise _sender_refused(error, sender) from error
        except aiosmtplib.SMTPRecipientRefused as error:
            raise _refusal(error, f"không nhận thư gửi tới {recipient}") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            client.close()
            raise _trouble(error, self._settings) from error
        except BaseException:
            client.close()
            raise
        return client

    async def _hand_over(self, client: aiosmtplib.SMTP, recipient: str, data: bytes) -> str:
        if not client.is_connected:
            raise MailLater(f"Máy chủ thư {self._settings.place} ngắt kết nối trước khi nhận nội dung thư.")
        try:
            answer = await client.data(data)
        except aiosmtplib.SMTPDataError as error:
            if error.code == aiosmtplib.SMTPStatus.domain_unavailable:
                client.close()
            if not 400 <= error.code < 600:
                raise self._doubt(recipient) from error
            raise _refusal(error, f"không nhận nội dung thư gửi tới {recipient}") from error
        except (aiosmtplib.SMTPException, OSError) as error:
            client.close()
            raise self._doubt(recipient) from error
        return answer.message

    def _doubt(self, recipient: str) -> MailDoubtful:
        return MailDoubtful(
            f"Mất kết nối với máy chủ thư {self._settings.place} sau khi đã chuyển nội dung thư gửi tới "
            f"{recipient}; thư có thể đã tới nơi."
        )

    def _pop_idle(self) -> aiosmtplib.SMTP | None:
        while self._idle:
            client = self._idle.pop()
            if client.is_connected:
                return client
        return None

    async def _start_over(self, client: aiosmtplib.SMTP) -> None:
        """Forget the envelope and keep the connection, or close it when the server will not."""
        try:
            await client.rset()
        except (aiosmtplib.SMTPException, OSError):
            client.close()
        except BaseException:
            client.close()
            raise
        else:
            self._idle.append(client)

    async def _open(self) -> aiosmtplib.SMTP:
        if self._context is None and self._settings.security != "none":
            self._context = await asyncio.to_thread(_tls_context, self._settings)
        return await _connected(self._settings, self._context)


async def handshake(settings: SmtpSettings) -> str:
    """One sentence on what the mail server offers, after a connection like those that send."""
    context = await asyncio.to_thread(_tls_context, settings) if settings.security != "none" else None
    client = await _connected(settings, context)
    try:
        tls = client.get_transport_info("ssl_object")
        size = client.esmtp_extensions.get("size", "")
    except aiosmtplib.SMTPServerDisconnected as error:
        raise _trouble(error, settings) from error
    finally:
        await _goodbye(client)
    found = [
        f"kết nối mã hóa {tls.version()}" if tls else "kết nối không mã hóa",
        f"đăng nhập được bằng tài khoản {settings.user}" if settings.user else "không cần đăng nhập",
    ]
    if size.isdigit() and int(size):
        found.append(f"nhận thư tới {int(size) // 1_000_000} MB")
    return f"Máy chủ thư {settings.place} sẵn sàng: {', '.join(found)}."


def _tls_context(settings: SmtpSettings) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if settings.ca_file is not None:
        try:
            context.load_verify_locations(cafile=settings.ca_file)
        except OSError as error:  # ssl.SSLError is one
            raise MailServerProblem(
                f"Không đọc được tệp chứng thư gốc {settings.ca_file} của máy chủ thư; "
                "cần một tệp PEM có chứng thư gốc của đơn vị."
            ) from error
    return context


async def _connected(settings: SmtpSettings, context: ssl.SSLContext | None) -> aiosmtplib.SMTP:
    """A connection greeted, encrypted and logged in as the settings ask, or a sentence why not."""
    name = await asyncio.to_thread(socket.getfqdn)
    client = aiosmtplib.SMTP(
        hostname=settings.host,
        port=settings.port,
        local_hostname=name if name.isascii() and "." in name else _ADDRESS_LITERAL,
        timeout=settings.timeout,
        use_tls=settings.security == "tls",
        start_tls=False,
        tls_context=context,
    )
    try:
        await client.connect()
        await client.ehlo()
        if settings.security == "starttls":
            await _encrypt(client, settings)
        if settings.user:
            await _log_in(client, settings.user, settings)
    except (aiosmtplib.SMTPException, OSError, UnicodeError) as error:
        client.close()
        raise _trouble(error, settings) from error
    except BaseException:
        client.close()
        raise
    return client


async def _encrypt(client: aiosmtplib.SMTP, settings: SmtpSettings) -> None:
    if not client.supports_extension("starttls"):
        raise MailServerProblem(
            f"Máy chủ thư {settings.place} không hỗ trợ STARTTLS; kiểm tra lại cổng và kiểu mã hóa đã đặt."
        )
    await client.starttls()
    await client.ehlo()


async def _log_in(client: aiosmtplib.SMTP, user: str, settings: SmtpSettings) -> None:
    if not client.supported_auth_methods:
        raise MailServerProblem(
            f"Máy chủ thư {settings.place} không cho đăng nhập trên kết nối này; đặt kiểu mã hóa starttls "
            "hoặc tls, hoặc bỏ tài khoản nếu máy chủ không cần đăng nhập."
        )
    await client.login(user, settings.password or "")


async def _goodbye(client: aiosmtplib.SMTP) -> None:
    try:
        await client.quit(timeout=_GOODBYE)
    except (aiosmtplib.SMTPException, OSError):
        pass  # the server was quicker
    finally:
        client.close()


def _sender_refused(error: aiosmtplib.SMTPSenderRefused, sender: str) -> MailError:
    """A sender is refused for all its mails alike; only a mail that is too large has itself to blame."""
    refusal = _refusal(error, f"không nhận thư của người gửi {sender}")
    if not isinstance(refusal, MailNever) or error.code == aiosmtplib.SMTPStatus.storage_exceeded:
        return refusal
    return MailServerProblem(
        f"{refusal} Kiểm tra địa chỉ người gửi đã khai báo (HTX_MAIL_FROM) và tài khoản được gửi bằng địa chỉ đó; "
        "không thư nào bị mất."
    )


def _refusal(error: aiosmtplib.SMTPResponseException, what: str) -> MailError:
    """The server's refusal of one mail: for now, for ever, or because it does not admit us at all."""
    sentence = f"Máy chủ thư {what}: {_quoted(error)}."
    if error.code in _NOT_ADMITTED or (error.code >= 500 and "relay" in str(error.message).lower()):
        return MailServerProblem(
            f"{sentence} Máy chủ không cho phần mềm này gửi thư; kiểm tra tài khoản, mật khẩu và quyền "
            "chuyển tiếp thư trên máy chủ."
        )
    if 500 <= error.code < 600:
        return MailNever(sentence)
    return MailLater(sentence)


def _trouble(error: Exception, settings: SmtpSettings) -> MailLater:
    """What is wrong between us and the server; no mail is to blame."""
    server = f"Máy chủ thư {settings.place}"
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _not_served(error, server)
    cause = error.__cause__ if isinstance(error, aiosmtplib.SMTPConnectError) else error
    match cause:
        case ssl.SSLCertVerificationError():
            return MailServerProblem(
                f"{server} đưa ra chứng thư không tin cậy được ({cause.verify_message}); kiểm tra tên "
                "máy chủ, hạn của chứng thư, hoặc khai báo tệp chứng thư gốc của đơn vị."
            )
        case ssl.SSLError():
            return MailServerProblem(
                f"Không thiết lập được kết nối mã hóa với máy chủ thư {settings.place}; kiểm tra lại cổng và "
                "kiểu mã hóa (cổng 465 thường là tls, cổng 587 thường là starttls)."
            )
        case socket.gaierror() | UnicodeError():
            return MailLater(f"Không tìm thấy máy chủ thư {settings.host}; kiểm tra tên máy chủ và mạng.")
        case TimeoutError():
            return MailLater(f"{server} không trả lời trong {settings.timeout:g} giây.")
        case OSError():
            return MailLater(f"Không kết nối được với máy chủ thư {settings.place} hoặc kết nối bị ngắt.")
        case _:
            return MailServerProblem(f"{server} không làm việc được với phần mềm này: {_plain(str(error))}.")


def _not_served(error: aiosmtplib.SMTPResponseException, server: str) -> MailLater:
    if not 500 <= error.code < 600:
        return MailLater(f"{server} tạm thời chưa phục vụ: {_quoted(error)}.")
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return MailServerProblem(
            f"{server} không chấp nhận tài khoản hoặc mật khẩu đã khai báo: {_quoted(error)}. "
            "Sửa tài khoản, mật khẩu gửi thư rồi gửi lại; không thư nào bị mất."
        )
    return MailServerProblem(f"{server} từ chối phục vụ: {_quoted(error)}. Liên hệ người quản lý máy chủ thư.")


def _quoted(error: aiosmtplib.SMTPResponseException) -> str:
    return f"“{error.code} {_plain(error.message)}”"


def _plain(answer: str) -> str:
    """What a server said, on one line, of a length that fits a list, in letters a database takes."""
    return " ".join(answer.encode("utf-8", "replace").decode().split())[:300].rstrip(".")
