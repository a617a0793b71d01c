"""Wiring: settings, clock, database, calendar and templates, put together once for a process."""

from __future__ import annotations

import gc
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from htx_workflow.domain import words
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import NotFound
from htx_workflow.domain.file_rules import Limits
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.gateways import bounce_box, calendar_files, rubric_files, signing
from htx_workflow.gateways.bounce_box import BounceBox, BoxSettings
from htx_workflow.gateways.clamav import Scanner
from htx_workflow.gateways.mail import Letter, to_bytes
from htx_workflow.gateways.mailbox import Mailbox
from htx_workflow.gateways.smtp import Mailer, SmtpSettings
from htx_workflow.gateways.templates import MailTemplates
from htx_workflow.services import composing, delivery, jobs, scans
from htx_workflow.services.composing import Style
from htx_workflow.services.delivery import Sender
from htx_workflow.services.job_tools import Tools
from htx_workflow.settings import Settings, load_settings
from htx_workflow.store import outbox, schema
from htx_workflow.store.database import Database, Session

if TYPE_CHECKING:
    from htx_workflow.gateways.hooks import HttpPoster
    from htx_workflow.gateways.oidc import Provider
    from htx_workflow.gateways.word import Word

log = logging.getLogger(__name__)
LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")


class Clock:
    """The one place that reads the clock. `today` shifts it for training and replay."""

    def __init__(self, today: date | None = None) -> None:
        self._today = today

    def now(self) -> datetime:
        """This moment in UTC."""
        now = datetime.now(UTC)  # noqa: TID251 - the edge
        if self._today is None:
            return now
        return datetime.combine(self._today, now.astimezone(LOCAL).timetz(), tzinfo=LOCAL).astimezone(UTC)

    def today(self) -> date:
        """Today in Asia/Ho_Chi_Minh."""
        return self.now().astimezone(LOCAL).date()


class _Calendars(dict[str, WorkingCalendar]):
    """Calendars by code; a plan whose calendar file has gone is told so."""

    def __missing__(self, code: str) -> WorkingCalendar:
        raise NotFound(f"Không có lịch config/calendars/{code}.yaml mà kế hoạch dùng. Đề nghị khôi phục tệp này.")


class Runtime:
    """What a use case needs from outside."""

    def __init__(self, settings: Settings, clock: Clock | None = None, database: Database | None = None) -> None:
        self.settings = settings
        self.clock = clock or Clock(settings.today)
        self._database = database
        self._calendars: dict[str, WorkingCalendar] = {}
        self._rubrics: dict[str, Rubric] = {}

    @cached_property
    def database(self) -> Database:
        """The database, brought to this version's schema."""
        schema.ensure_current(self.unmigrated)
        return self.unmigrated

    @cached_property
    def unmigrated(self) -> Database:
        """The database as it stands, at whatever schema: for backup and restore."""
        return self._database or Database(self.settings.url, stop_at=self.settings.stop_at)

    @cached_property
    def templates(self) -> MailTemplates:
        return MailTemplates(self.settings.home / "templates" / "emails")

    def word(self) -> Word:
        """Writes papers into the frames of templates/documents/."""
        from htx_workflow.gateways.word import Word  # few commands write papers

        return Word(self.settings.home / "templates" / "documents")

    def calendar(self, code: str = "vn") -> WorkingCalendar:
        if code not in self._calendars:
            calendar_file = calendar_files.load(self.settings.calendar_file(code))
            self._calendars[code] = WorkingCalendar.from_file(calendar_file)
        return self._calendars[code]

    def rubric(self, code: str) -> Rubric:
        """The rubric of config/rubrics/ that new cards are scored on."""
        if code not in self._rubrics:
            config = self.settings.home / "config"
            self._rubrics[code] = rubric_files.read_rubric(config / "rubrics" / f"{code}.yaml", config / "forms")
        return self._rubrics[code]

    def calendars(self) -> Mapping[str, WorkingCalendar]:
        """Every calendar under config/calendars, by code; one that is not there is refused with a sentence."""
        folder = self.settings.calendar_file("vn").parent
        if not folder.is_dir():
            raise NotFound(f"Không có thư mục lịch {folder}. Đề nghị kiểm tra HTX_HOME.")
        return _Calendars({path.stem: self.calendar(path.stem) for path in sorted(folder.glob("*.yaml"))})

    def style(self) -> Style:
        """How mails are composed here: with links where the portal has an address."""
        return Style(self.templates, links=bool(self.settings.base_url), simulation=self.settings.demo)

    def sender(self) -> Sender:
        """Who speaks in the mails of this machine."""
        settings = self.settings
        key = signing.load_or_create(settings.signing_key)
        return Sender(settings.mail_from, settings.mail_from_name, settings.base_url, key, simulation=settings.demo)

    @property
    def limits(self) -> Limits:
        """How much people may send."""
        return self.settings.limits

    @property
    def scanner(self) -> Scanner | None:
        """The virus scanner of the settings, or None: then files are not scanned."""
        return Scanner(self.settings.clamav) if self.settings.clamav else None

    def smtp_settings(self) -> SmtpSettings | None:
        """The relay of the settings, or None: then mail goes to the embedded mailbox."""
        settings = self.settings
        if not settings.smtp_host:
            return None
        return SmtpSettings(
            host=settings.smtp_host,
            port=settings.smtp_port,
            user=settings.smtp_user or None,
            password=settings.smtp_password.get_secret_value() or None,
            security=settings.smtp_security,
            ca_file=settings.smtp_ca,
            timeout=settings.smtp_timeout,
            connections=settings.smtp_connections,
            per_minute=settings.smtp_per_minute or None,
        )

    def tools(self) -> Tools:
        """What jobs work with."""
        return Tools(
            database=self.database,
            calendars=self.calendars(),
            style=self.style(),
            sender=self.sender(),
            mailer=self.mailer,
            clock=self.clock.now,
            rubric=self.rubric,
            word=self.word,
            connections=self.settings.smtp_connections,
            poster=self.poster,
            bounce_box=self.bounce_box if self.settings.bounce_imap_host else None,
        )

    def sign_in_provider(self, back: str) -> Provider:
        """The province's sign-in service; `back` is our page that it sends people to."""
        from htx_workflow.gateways.oidc import Provider  # its libraries are loaded where somebody signs in

        settings = self.settings
        return Provider(
            issuer=settings.oidc_issuer,
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret.get_secret_value(),
            name=settings.oidc_name,
            back=settings.base_url.rstrip("/") + back,
            ca_file=settings.oidc_ca,
        )

    def bounce_box(self) -> AbstractContextManager[BounceBox]:
        """The mailbox for returned mail."""
        settings = self.settings
        return bounce_box.opened(
            BoxSettings(
                host=settings.bounce_imap_host,
                port=settings.bounce_imap_port,
                user=settings.bounce_imap_user,
                password=settings.bounce_imap_password.get_secret_value(),
                folder=settings.bounce_imap_folder,
                security=settings.bounce_imap_security,
                ca_file=settings.bounce_imap_ca,
            )
        )

    def poster(self) -> AbstractAsyncContextManager[HttpPoster]:
        """Sends notices to other systems, where the settings allow it."""
        from htx_workflow.gateways import hooks  # its HTTP client takes longer to load than most commands to run

        return hooks.poster(self.settings.outward, self.settings.webhook_ca)

    @asynccontextmanager
    async def mailer(self) -> AsyncIterator[Mailer]:
        """A pool of connections to the relay, or to an embedded mailbox that lives as long."""
        relay = self.smtp_settings()
        if relay is not None:
            async with Mailer(relay) as mailer:
                yield mailer
            return
        async with Mailbox(self.settings.mailbox_dir) as mailbox, Mailer(mailbox.settings) as mailer:
            yield mailer

    def reading(self) -> AbstractContextManager[Session]:
        return self.database.reading()

    def transaction(self, name: str) -> AbstractContextManager[Session]:
        return self.database.transaction(name)


_current: list[Runtime] = []


def current() -> Runtime:
    """The runtime of this process, opened the first time: flows that a worker starts have nobody to pass them one."""
    if not _current:
        _current.append(open_runtime())
    return _current[0]


def use(runtime: Runtime) -> None:
    """Make this runtime the one of the process."""
    _current[:] = [runtime]


def collect_less_often() -> None:
    """Python's own habit, a search for garbage at every 700 new objects, costs a large tick an eighth of its time."""
    gc.set_threshold(20_000, 20, 20)


def open_runtime(on: date | None = None) -> Runtime:
    """The runtime of this process; `on` shifts its clock to a day."""
    collect_less_often()
    settings = load_settings()
    return Runtime(settings, Clock(on or settings.today))


async def deliver_now(runtime: Runtime, limit: int | None = None) -> delivery.Delivered:
    """Compose what is due today and send what waits, through the relay of the settings or the embedded mailbox."""
    now = runtime.clock.now()
    composing.compose(runtime.database, runtime.calendars(), runtime.style(), now)
    told = await jobs.tell_others(runtime.tools())
    with runtime.reading() as session:
        if not outbox.any_waiting(session, now):
            return delivery.Delivered(problems=told.problems)
    async with runtime.mailer() as mailer:
        delivered = await delivery.deliver(
            runtime.database,
            mailer,
            runtime.sender(),
            runtime.clock.now,
            connections=runtime.settings.smtp_connections,
            limit=limit,
        )
    delivered.problems += told.problems
    return delivered


async def deliver_one(runtime: Runtime, key: str) -> None:
    """Send one mail now, if it is due: nobody waits for the next minute, or for the morning, to sign in."""
    async with runtime.mailer() as mailer:
        await delivery.deliver(
            runtime.database, mailer, runtime.sender(), runtime.clock.now, connections=1, limit=1, key=key
        )


def scan_waiting(runtime: Runtime) -> None:
    """Scan what people sent while the scanner was silent; what goes wrong is for the log."""
    done = scans.rescan_waiting(runtime.database, runtime.scanner, runtime.clock.now())
    if done.infected:
        log.error("%d stored files are infected and shut", done.infected)
    if done.problem:
        log.error("files wait for the scanner: %s", done.problem)


async def send_test_mail(runtime: Runtime, address: str) -> str:
    """Send one mail now, past the outbox, and say what the server answered."""
    now, sender = runtime.clock.now(), runtime.sender()
    relay = runtime.smtp_settings()
    place = relay.place if relay else f"hộp thư của máy này ({runtime.settings.mailbox_dir})"
    rendered = runtime.templates.render(
        "mail_test",
        sender=sender.address,
        server=place,
        moment=words.moment_text(now.astimezone(LOCAL)),
        simulation=False,
    )
    letter = Letter(
        f"test/{now.isoformat()}", sender.address, sender.name, address, rendered.subject, rendered.text, rendered.html,
        None, now,
    )  # fmt: skip
    async with runtime.mailer() as mailer:
        reply = await mailer.send(sender.address, address, to_bytes(letter))
    return f"Máy chủ thư {place} đã nhận thư thử gửi {address}: {reply}"
