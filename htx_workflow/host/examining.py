"""The doctor's look at this machine: settings, folders, clock, database, mail server, Prefect, calendars.

Every check gives findings and none raises: a broken part must not hide the others. Nothing is changed, the
database is not migrated.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator

from htx_workflow.domain import words
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import HtxError
from htx_workflow.gateways import schedule_files, smtp
from htx_workflow.host import prefect_link
from htx_workflow.runtime import Runtime
from htx_workflow.services import doctors, health
from htx_workflow.services.doctors import ERROR, NOTE, OK, Finding
from htx_workflow.settings import Settings
from htx_workflow.store import database as databases

LITTLE, TOO_LITTLE = 1_000_000_000, 100_000_000
"""Free bytes below which the disk is mentioned, and below which it is an error."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def examine(runtime: Runtime) -> list[Finding]:
    """Everything but config/, which the command line checks with its own words."""
    settings = runtime.settings
    return [
        *of_settings(settings),
        *of_folders(settings),
        *of_clock(settings),
        *of_database(runtime),
        of_mail_server(runtime),
        of_prefect(settings),
        *of_scanner(runtime),
        *of_bounce_box(runtime),
        *of_calendars(runtime),
        of_schedule(settings),
    ]


def of_settings(settings: Settings) -> Iterator[Finding]:
    """Defaults that are right for a trial and wrong in earnest."""
    if settings.mail_from.endswith("@example.vn"):
        yield Finding(
            "Thiết lập",
            ERROR if settings.smtp_host else NOTE,
            f"Địa chỉ người gửi là ví dụ ({settings.mail_from}).",
            "Đề nghị đặt HTX_MAIL_FROM là địa chỉ thật của cơ quan chủ trì.",
        )
    if not settings.base_url:
        yield Finding(
            "Thiết lập",
            NOTE,
            "Chưa đặt HTX_BASE_URL: thư không có liên kết, người nhận trả lời thư.",
            "Đề nghị đặt HTX_BASE_URL khi trang đã có địa chỉ.",
        )
    elif not settings.base_url.startswith("https://"):
        yield Finding(
            "Thiết lập",
            NOTE,
            f"Địa chỉ trang {settings.base_url} không mã hóa.",
            "Đề nghị đặt máy chủ trung gian (proxy) có TLS và đổi HTX_BASE_URL sang https://.",
        )
    if settings.smtp_host and settings.smtp_security == "none" and settings.smtp_host not in LOOPBACK:
        yield Finding(
            "Thiết lập",
            NOTE,
            f"Kết nối với máy chủ thư {settings.smtp_host} không mã hóa.",
            "Đề nghị đặt HTX_SMTP_SECURITY là starttls hoặc tls nếu máy chủ thư hỗ trợ.",
        )
    if settings.scheduler == "prefect" and not settings.prefect_api_url:
        yield Finding(
            "Thiết lập",
            ERROR,
            "HTX_SCHEDULER là prefect nhưng chưa đặt HTX_PREFECT_API_URL: không có gì bắt đầu các công việc.",
            "Đề nghị đặt HTX_PREFECT_API_URL, hoặc để HTX_SCHEDULER là embedded.",
        )
    else:
        starter = "bộ lịch của máy này" if settings.scheduler == "embedded" else "lịch của Prefect"
        yield Finding("Thiết lập", OK, f"Công việc do {starter} bắt đầu.")


def of_folders(settings: Settings) -> Iterator[Finding]:
    """Whether what must be read can be read, what must be written can be written, and what is secret is kept."""
    for folder in (settings.home / "config" / "plans", settings.home / "templates" / "emails"):
        if not os.access(folder, os.R_OK | os.X_OK):
            yield Finding("Thư mục", ERROR, f"Không đọc được {folder}.", "Đề nghị kiểm tra HTX_HOME và quyền đọc.")
    folder = settings.var_dir
    if not folder.exists():
        yield Finding("Thư mục", NOTE, f"Chưa có {folder}; sẽ được tạo ở lần chạy đầu.")
        return
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        yield Finding(
            "Thư mục",
            ERROR,
            f"Không ghi được vào {folder} ({error.strerror}).",
            "Đề nghị cấp quyền ghi cho tài khoản chạy htx, hoặc đặt HTX_VAR_DIR sang thư mục khác.",
        )
        return
    free = shutil.disk_usage(folder).free
    shown = f"còn trống {free / 1_000_000_000:.1f} GB".replace(".", ",")
    if free < LITTLE:
        level = ERROR if free < TOO_LITTLE else NOTE
        yield Finding("Thư mục", level, f"Đĩa chứa {folder} chỉ {shown}.", "Đề nghị giải phóng dung lượng.")
    else:
        yield Finding("Thư mục", OK, f"Ghi được vào {folder}, {shown}.")
    yield from _secrets(settings)


def _secrets(settings: Settings) -> Iterator[Finding]:
    """Whether other accounts of this machine can come to the signing key and the database."""
    kept = (settings.signing_key, databases.file_of(settings.url))
    for file in kept if os.name == "posix" else ():
        if file is None or not file.exists():
            continue
        if file.stat().st_mode & stat.S_IROTH and file.parent.stat().st_mode & stat.S_IXOTH:
            remedy = f"Đề nghị chạy: chmod o-rwx {file.parent}"
            yield Finding("Thư mục", NOTE, f"Mọi tài khoản trên máy đọc được {file}.", remedy)


def of_clock(settings: Settings) -> Iterator[Finding]:
    """Whether the clock of this machine is the one of the world."""
    if settings.today is None:
        yield Finding("Đồng hồ", OK, "Chạy theo giờ máy, múi giờ Asia/Ho_Chi_Minh.")
        return
    yield Finding(
        "Đồng hồ",
        ERROR if settings.smtp_host else NOTE,
        f"HTX_TODAY đang dời ngày sang {words.day_text(settings.today)}"
        + (", mà thư đi qua máy chủ thư thật." if settings.smtp_host else "."),
        "Đề nghị bỏ HTX_TODAY khi không tập huấn.",
    )


def of_database(runtime: Runtime) -> list[Finding]:
    """The database as it is: it is neither made nor migrated here."""
    settings = runtime.settings
    file = databases.file_of(settings.url)
    if file is not None and not file.exists():
        return [Finding("Cơ sở dữ liệu", NOTE, f"Chưa có {file}.", "Sẽ được tạo khi nạp kế hoạch hoặc chạy htx up.")]
    try:
        database = databases.Database(settings.url)
        try:
            with database.reading() as session:
                return doctors.examine(session, runtime.clock.now(), _calendars(runtime), _hashes(settings))
        finally:
            database.close()
    except HtxError as error:
        return [Finding("Cơ sở dữ liệu", ERROR, str(error))]


def _calendars(runtime: Runtime) -> dict[str, WorkingCalendar]:
    """The calendars that can be read; `of_calendars` tells of the others."""
    return {code: calendar for code, calendar in _read_calendars(runtime) if isinstance(calendar, WorkingCalendar)}


def _read_calendars(runtime: Runtime) -> Iterator[tuple[str, WorkingCalendar | HtxError]]:
    for path in sorted(runtime.settings.calendar_file("vn").parent.glob("*.yaml")):
        try:
            yield path.stem, runtime.calendar(path.stem)
        except HtxError as error:
            yield path.stem, error


def _hashes(settings: Settings) -> dict[str, str]:
    """SHA-256 of each plan file, as loading computes it."""
    found = {}
    for path in sorted(settings.plan_file("x").parent.glob("*.yaml")):
        try:
            found[path.stem] = hashlib.sha256(path.read_text("utf-8").encode()).hexdigest()
        except (OSError, UnicodeDecodeError):
            continue  # htx check says what is wrong with it
    return found


def of_mail_server(runtime: Runtime) -> Finding:
    """A connection like those that send; no mail leaves."""
    relay = runtime.smtp_settings()
    if relay is None:
        return Finding(
            "Máy chủ thư",
            NOTE,
            f"Chưa đặt HTX_SMTP_HOST: thư ghi vào {runtime.settings.mailbox_dir}, không rời máy này.",
            "Đề nghị đặt HTX_SMTP_HOST khi dùng thật.",
        )
    try:
        return Finding("Máy chủ thư", OK, asyncio.run(smtp.handshake(relay)))
    except HtxError as error:
        return Finding(
            "Máy chủ thư", ERROR, str(error), "Thư được giữ trong hộp thư đi và gửi khi máy chủ thư trở lại."
        )


def of_scanner(runtime: Runtime) -> Iterator[Finding]:
    """Whether the virus scanner answers; nothing is said where none is wanted."""
    if runtime.scanner is None:
        return
    try:
        runtime.scanner.scan(io.BytesIO(b"htx"))
    except HtxError as error:
        yield Finding(
            "Máy quét",
            ERROR,
            str(error),
            "Tệp gửi đến ở trạng thái chờ quét; cơ quan khác chưa mở được cho đến khi quét.",
        )
    else:
        yield Finding("Máy quét", OK, f"Máy quét mã độc {runtime.settings.clamav} trả lời.")


def of_bounce_box(runtime: Runtime) -> Iterator[Finding]:
    """Whether the mailbox for returned mail lets us in; nothing is said where none is set."""
    if not runtime.settings.bounce_imap_host:
        return
    try:
        with runtime.bounce_box():
            pass
    except HtxError as error:
        yield Finding("Thư trả lại", ERROR, str(error), "Địa chỉ hỏng chưa được biết cho đến khi hộp thư đọc được.")
    else:
        yield Finding("Thư trả lại", OK, f"Hộp thư trả lại {runtime.settings.bounce_imap_host} mở được.")


def of_prefect(settings: Settings) -> Finding:
    """Whether Prefect's API is well. Without it jobs run and are recorded all the same, unless it is the scheduler."""
    if prefect_link.answers(settings):
        return Finding("Prefect", OK, f"Trả lời tại {settings.prefect_api}.")
    if not settings.prefect_api_url:
        return Finding("Prefect", OK, "Máy chủ Prefect của máy này chưa chạy; htx up tự khởi động.")
    needed = settings.scheduler == "prefect"
    return Finding(
        "Prefect",
        ERROR if needed else NOTE,
        f"Không trả lời tại {settings.prefect_api}"
        + (": không có gì bắt đầu các công việc." if needed else "; công việc vẫn chạy và được ghi nhận."),
        "Đề nghị kiểm tra máy chủ Prefect, HTX_PREFECT_API_URL và PREFECT_API_AUTH_STRING.",
    )


def of_calendars(runtime: Runtime) -> Iterator[Finding]:
    """How far the calendars reach."""
    read = list(_read_calendars(runtime))
    if not read:
        yield Finding("Lịch", ERROR, "Không có lịch ngày làm việc nào.", "Đề nghị khôi phục config/calendars/.")
    for code, calendar in read:
        if not isinstance(calendar, WorkingCalendar):
            continue  # the check of config/ names line and remedy
        left = calendar.days_left(runtime.clock.today())
        until = words.day_text(calendar.known_to)
        remedy = f"Đề nghị chạy htx calendar propose {calendar.known_to.year + 1} và bổ sung vào config/calendars/{code}.yaml."
        if left < 0:
            yield Finding("Lịch", ERROR, f"Lịch {code} đã hết từ ngày {until}.", remedy)
        elif left < health.CALENDAR_DAYS:
            yield Finding("Lịch", NOTE, f"Lịch {code} chỉ đến {until}, còn {words.count_text(left)} ngày.", remedy)
        else:
            yield Finding("Lịch", OK, f"Lịch {code} biết đến {until}.")


def of_schedule(settings: Settings) -> Finding:
    """When jobs run, as the file says."""
    try:
        jobs = {line.job for line in schedule_files.read_schedule(settings.schedule_file).jobs}
    except HtxError as error:
        return Finding("Lịch chạy", ERROR, str(error))
    if "nightly_tick" not in jobs or "deliver_outbox" not in jobs:
        return Finding(
            "Lịch chạy",
            ERROR,
            "config/schedule.yaml thiếu nightly_tick hoặc deliver_outbox: không có thư nhắc nào được gửi.",
            "Đề nghị bổ sung hai công việc này.",
        )
    return Finding("Lịch chạy", OK, f"{words.count_text(len(jobs))} công việc chạy theo lịch.")
