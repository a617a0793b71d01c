"""Health (tình trạng hệ thống): what is loaded, what happened last, what is next, what is wrong and what to do.

Facts come from the database alone, cheaply enough to be asked every few seconds. Sentences name jobs, plans and
counts, never people, addresses or texts of errors: they are shown to whoever can open the page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from htx_workflow.domain import words
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import HtxError, NotFound
from htx_workflow.services import jobs
from htx_workflow.store import plans as plan_store
from htx_workflow.store import runs as run_store
from htx_workflow.store import schema, signs
from htx_workflow.store.database import Database, Session
from htx_workflow.store.runs import RunRow
from htx_workflow.store.signs import MailSign, Unfinished, Unreached, WorkSign

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
SILENT = timedelta(hours=26)
"""Without a tick for so long while a plan is loaded, the scheduler is silent."""
DEAD = timedelta(seconds=60)
"""A run that has not beaten for so long has lost its process."""
CALENDAR_DAYS = 90
"""Days before the end of a calendar at which it is time to enter the next year."""
SLOW_MAIL = timedelta(hours=3)
"""A mail that waits longer than this needs somebody to look at the mail server."""


RECENT = timedelta(days=30)
"""Mails that failed or may have arrived twice are counted for so long."""


@dataclass(frozen=True, slots=True)
class PlanSign:
    """A loaded plan and its last tick that finished well."""

    code: str
    short: str
    title: str
    starts_on: date
    ends_on: date | None
    version_no: int
    calendar: str
    loaded_at: datetime
    ticked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Health:
    """The facts at one moment. `problem` is set, and the rest empty, when the database could not be asked."""

    now: datetime
    today: date
    problem: str = ""
    schema_version: str | None = schema.HEAD
    plans: tuple[PlanSign, ...] = ()
    work: WorkSign = signs.NO_WORK
    due: int = 0
    next_reminder_on: date | None = None
    rungs_queued: int = 0
    rungs_today: Mapping[str, int] = field(default_factory=dict)
    mails: MailSign = signs.NO_MAIL
    mails_today: Mapping[str, int] = field(default_factory=dict)
    last_runs: tuple[RunRow, ...] = ()
    """The newest finished run of each job and plan."""
    unfinished: tuple[Unfinished, ...] = ()
    unreached: tuple[Unreached, ...] = ()
    calendars: Mapping[str, int | None] = field(default_factory=dict)
    """Days left of each calendar that a loaded plan uses; None when its file is gone."""

    @property
    def schema_current(self) -> bool:
        return self.schema_version == schema.HEAD

    @property
    def failed_runs(self) -> list[RunRow]:
        """Jobs of a plan that failed or were interrupted and have not finished well since."""
        return [run for run in self.last_runs if run.outcome in ("failed", "interrupted")]

    @property
    def oldest_unsent(self) -> timedelta | None:
        """How long the oldest mail that could have left has waited."""
        return self.now - self.mails.oldest if self.mails.oldest else None

    @property
    def broken(self) -> list[str]:
        """Occurrences the last tick of each plan could not decide, in its words."""
        ticks = [run for run in self.last_runs if run.job == "nightly_tick" and run.outcome == "done"]
        return [line for run in ticks for line in run.error.splitlines()]

    def tick_age(self, plan: PlanSign) -> timedelta:
        """How long ago a plan was last ticked; a plan never ticked counts from its loading."""
        return self.now - max(plan.ticked_at or plan.loaded_at, plan.loaded_at)

    def silence(self, run: Unfinished) -> timedelta:
        """How long a run that goes on has not beaten."""
        return self.now - run.beat_at


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something wrong and what to do. A `blocking` one makes the system not ready."""

    what: str
    remedy: str
    blocking: bool = False
    about: str = ""
    """`contacts` and `calendars`: the doctor tells these in more detail."""
    since: datetime | None = None
    """Since when, where that is known."""


def facts(session: Session, now: datetime, calendars: Mapping[str, WorkingCalendar]) -> Health:
    """How things stand at this moment. Only reads."""
    found = watched(session, now, calendars)
    if not found.schema_current:
        return found
    midnight = datetime.combine(found.today, time(), LOCAL)
    rungs_today, mails_today = signs.states_of_day(session, found.today, midnight)
    return replace(found, rungs_today=rungs_today, mails_today=mails_today)


def watched(session: Session, now: datetime, calendars: Mapping[str, WorkingCalendar]) -> Health:
    """What `troubles` asks about, without the counts of the day."""
    today = now.astimezone(LOCAL).date()
    version = signs.schema_version(session)
    if version != schema.HEAD:
        return Health(now, today, schema_version=version)
    plans, counted = _plans(session), signs.numbers(session, today, today - RECENT)
    return Health(
        now=now,
        today=today,
        schema_version=version,
        plans=plans,
        work=counted.work,
        due=counted.due,
        next_reminder_on=counted.next_reminder_on,
        rungs_queued=counted.rungs_queued,
        mails=counted.mails,
        last_runs=tuple(run for run in run_store.last_runs(session) if run.job in jobs.JOBS),
        unfinished=tuple(signs.list_unfinished_runs(session)),
        unreached=tuple(signs.list_unreached(session, today)),
        calendars={code: _days_left(calendars, code, today) for code in sorted({plan.calendar for plan in plans})},
    )


def measure(
    open_database: Callable[[], Database], now: datetime, calendars: Callable[[], Mapping[str, WorkingCalendar]]
) -> Health:
    """As `facts`; a database or calendars that cannot be opened are a fact too."""
    try:
        with open_database().reading() as session:
            return facts(session, now, calendars())
    except HtxError as error:
        return Health(now, now.astimezone(LOCAL).date(), problem=str(error), schema_version=None)


def _plans(session: Session) -> tuple[PlanSign, ...]:
    known = signs.plans_since(session, "nightly_tick")
    return tuple(
        PlanSign(
            loaded.plan.code,
            loaded.plan.short,
            loaded.plan.title,
            loaded.plan.starts_on,
            loaded.plan.ends_on,
            loaded.version_no,
            loaded.plan.calendar,
            *known[loaded.plan.code],
        )
        for loaded in plan_store.list_plans(session)
    )


def _days_left(calendars: Mapping[str, WorkingCalendar], code: str, today: date) -> int | None:
    try:
        return calendars[code].days_left(today)
    except (NotFound, KeyError):
        return None


def ready(health: Health) -> list[str]:
    """Why the system is not ready, one sentence each; empty when it is."""
    return [trouble.what for trouble in troubles(health) if trouble.blocking]


def troubles(health: Health) -> list[Trouble]:
    """What is wrong and what to do, what blocks first."""
    if health.problem:
        return [
            Trouble(
                "Không dùng được cơ sở dữ liệu hoặc cấu hình.",
                "Đề nghị xem var/log/htx.jsonl và chạy htx doctor.",
                blocking=True,
            )
        ]
    if not health.schema_current:
        return [
            Trouble(
                f"Cơ sở dữ liệu ở phiên bản {health.schema_version or 'trống'}, phần mềm cần phiên bản {schema.HEAD}.",
                "Đề nghị khởi động lại htx để nâng cấp, sau khi đã sao lưu.",
                blocking=True,
            )
        ]
    found = [*_of_runs(health), *_of_ticks(health), *_of_calendars(health), *_of_mail(health), *_of_work(health)]
    return sorted(found, key=lambda trouble: not trouble.blocking)


def _of_runs(health: Health) -> list[Trouble]:
    found = []
    for run in health.failed_runs:
        fate = "không thành" if run.outcome == "failed" else "bị ngắt giữa chừng"
        moment = words.moment_text((run.finished_at or run.started_at).astimezone(LOCAL))
        found.append(
            Trouble(
                f"{words.sentence(jobs.named(run.job, run.plan_code))} {fate} lúc {moment}, sau đó chưa lần nào thành.",
                f"Đề nghị xem htx runs, xử lý nguyên nhân rồi chạy lại: {jobs.command_for(run.job, run.plan_code)}.",
                blocking=True,
                since=run.finished_at or run.started_at,
            )
        )
    for silent in health.unfinished:
        if health.silence(silent) > DEAD:
            found.append(
                Trouble(
                    f"{words.sentence(jobs.named(silent.job, silent.plan_code))} đang dở,"
                    f" không có tín hiệu đã {span_text(health.silence(silent))}.",
                    "Lượt sau sẽ tự làm tiếp; nếu vẫn vậy, đề nghị khởi động lại htx.",
                    since=silent.beat_at,
                )
            )
    return found


def _of_ticks(health: Health) -> list[Trouble]:
    silent = [plan for plan in health.plans if health.tick_age(plan) > SILENT]
    if not silent:
        return []
    longest = max(health.tick_age(plan) for plan in silent)
    shown = words.joined([plan.short for plan in silent[:3]])
    rest = f" và {words.count_text(len(silent) - 3)} kế hoạch khác" if len(silent) > 3 else ""
    return [
        Trouble(
            f"Bộ lịch im lặng: {shown}{rest} không có lượt nhắc nào thành trong {span_text(longest)}.",
            "Đề nghị kiểm tra htx up (hoặc htx clock) còn chạy; chạy ngay một lượt: htx run nightly_tick.",
            blocking=True,
            since=health.now - longest,
        )
    ]


def _of_calendars(health: Health) -> list[Trouble]:
    found = []
    for code, left in health.calendars.items():
        if left is None:
            found.append(
                Trouble(
                    f"Không đọc được lịch ngày làm việc {code}.",
                    f"Đề nghị khôi phục config/calendars/{code}.yaml rồi chạy htx check.",
                    blocking=True,
                )
            )
        elif left < 0:
            found.append(
                Trouble(
                    f"Lịch ngày làm việc {code} đã hết từ {words.count_text(-left)} ngày trước.",
                    f"Đề nghị chạy htx calendar propose {health.today.year} và bổ sung vào config/calendars/{code}.yaml.",
                    blocking=True,
                    about="calendars",
                )
            )
        elif left < CALENDAR_DAYS:
            found.append(
                Trouble(
                    f"Lịch ngày làm việc {code} chỉ còn {words.count_text(left)} ngày.",
                    f"Đề nghị chạy htx calendar propose {health.today.year + 1} và bổ sung vào config/calendars/{code}.yaml.",
                    about="calendars",
                )
            )
    return found


def _of_mail(health: Health) -> list[Trouble]:
    found = []
    waited = health.oldest_unsent
    if waited is not None and waited > SLOW_MAIL:
        found.append(
            Trouble(
                f"Thư cũ nhất chưa gửi đã chờ {span_text(waited)}.",
                "Ngoài giờ gửi thư là bình thường; nếu không, đề nghị kiểm tra máy chủ thư bằng htx doctor.",
                since=health.mails.oldest,
            )
        )
    if health.mails.failed:
        found.append(
            Trouble(
                f"{words.count_text(health.mails.failed)} thư của {RECENT.days} ngày qua không gửi được.",
                "Đề nghị xem htx outbox list --state failed, sửa địa chỉ rồi gửi lại bằng htx outbox retry.",
            )
        )
    if health.mails.held:
        found.append(
            Trouble(
                f"{words.count_text(health.mails.held)} dự thảo chờ lãnh đạo cơ quan chủ trì duyệt.",
                "Đề nghị xem htx outbox list --state held.",
            )
        )
    return found


def _of_work(health: Health) -> list[Trouble]:
    found = []
    if health.unreached:
        waiting = sum(one.waiting for one in health.unreached)
        told = f", trong đó {words.count_text(waiting)} nơi đang có thư nhắc chưa gửi được" if waiting else ""
        found.append(
            Trouble(
                f"{words.count_text(len(health.unreached))} cơ quan có việc mà không có đầu mối{told}.",
                "Đề nghị xem danh sách ở trang Quản trị hoặc bằng htx doctor, và bổ sung đầu mối ở đó hoặc bằng htx contact add.",
                about="contacts",
            )
        )
    if health.broken:
        found.append(
            Trouble(
                f"Lượt nhắc gần nhất có {words.count_text(len(health.broken))} việc không quyết định được mức nhắc.",
                "Đề nghị xem htx runs --job nightly_tick và kiểm tra các việc đó.",
            )
        )
    return found


UNITS = {86400: "ngày", 3600: "giờ", 60: "phút", 1: "giây"}
"""Words of spans, by their seconds."""


def span_text(span: timedelta) -> str:
    """How long, in the largest two units: 02 ngày 03 giờ, 05 giờ 20 phút, 45 giây."""
    seconds = max(int(span.total_seconds()), 0)
    units = tuple(UNITS.items())
    for place, (size, name) in enumerate(units):
        if seconds >= size or size == 1:
            parts: list[str] = [words.together(words.count_text(seconds // size), words.said(name), by=" ")]
            if place + 1 < len(units) and size > 60:
                smaller, small_name = units[place + 1]
                rest = seconds % size // smaller
                parts += [words.together(words.count_text(rest), words.said(small_name), by=" ")] if rest else []
            return words.together(*parts, by=" ")
    return ""
