"""The doctor (khám máy): what is wrong with this installation and what to do, from what the database knows.

Checks that touch the outside (mail server, Prefect, folders) are made by the host; both speak in `Finding`s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from htx_workflow.domain import words
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.services import health as healths
from htx_workflow.services.health import Health
from htx_workflow.store import plans as plan_store
from htx_workflow.store import schema, signs
from htx_workflow.store.database import Session

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
OK, NOTE, ERROR = "ok", "note", "error"
BACK = timedelta(minutes=2)
"""A clock so far behind what is recorded was moved back; less is the difference between machines."""
LISTED = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, how it is (`ok`, `note`, `error`), in a sentence, and what to do."""

    check: str
    level: str
    sentence: str
    remedy: str = ""


def examine(
    session: Session, now: datetime, calendars: Mapping[str, WorkingCalendar], files: Mapping[str, str]
) -> list[Finding]:
    """What the database tells: schema, size, clock, plans, runs, mail, contacts.

    `files` gives the SHA-256 of each plan file by plan code. With another schema only that is told.
    """
    version = signs.schema_version(session)
    found = [_schema(version), _size(session)]
    if version != schema.HEAD:
        return found
    health = healths.facts(session, now, calendars)
    found += [
        _clock_against_record(session, now),
        _plans(health),
        *changed_since_load(session, files),
        *_contacts(health),
    ]
    troubles = healths.troubles(health)
    found += [
        Finding("Hoạt động", ERROR if trouble.blocking else NOTE, trouble.what, trouble.remedy)
        for trouble in troubles
        if trouble.about not in ("contacts", "calendars")  # told apart, and in more detail
    ]
    if not any(trouble.blocking for trouble in troubles):
        found.append(Finding("Hoạt động", OK, "Không có lượt chạy nào lỗi mà chưa chạy lại thành."))
    return found


def _schema(version: str | None) -> Finding:
    if version == schema.HEAD:
        return Finding("Cơ sở dữ liệu", OK, f"Mở được, đúng phiên bản {version}.")
    if version is None or version < schema.HEAD:
        return Finding(
            "Cơ sở dữ liệu",
            NOTE,
            f"Ở phiên bản {version or 'trống'}, phần mềm cần {schema.HEAD}.",
            "Đề nghị sao lưu; lệnh htx kế tiếp có ghi dữ liệu sẽ tự nâng cấp.",
        )
    return Finding(
        "Cơ sở dữ liệu",
        ERROR,
        f"Ở phiên bản {version}, mới hơn phần mềm này ({schema.HEAD}).",
        "Đề nghị nâng cấp phần mềm.",
    )


def _size(session: Session) -> Finding:
    size = signs.size_bytes(session)
    shown = f"{size / 1_000_000:.1f}".replace(".", ",")
    return Finding("Cơ sở dữ liệu", OK, f"Chiếm {shown} MB.")


def _clock_against_record(session: Session, now: datetime) -> Finding:
    last = signs.last_recorded(session)
    if last is None:
        return Finding("Đồng hồ", OK, "Chưa có gì được ghi nên không có gì để so.")
    moment = words.moment_text(last.astimezone(LOCAL))
    if last - now > BACK:
        return Finding(
            "Đồng hồ",
            ERROR,
            f"Đồng hồ chậm hơn việc đã ghi gần nhất ({moment}) {healths.span_text(last - now)}: đã bị lùi lại.",
            "Đề nghị chỉnh giờ máy (đồng bộ NTP); nếu đang tập huấn với HTX_TODAY, dùng cơ sở dữ liệu riêng.",
        )
    return Finding("Đồng hồ", OK, f"Không bị lùi so với việc đã ghi gần nhất ({moment}).")


def _plans(health: Health) -> Finding:
    if not health.plans:
        return Finding(
            "Kế hoạch",
            NOTE,
            "Chưa nạp kế hoạch nào.",
            "Đề nghị chạy htx plan load config/plans/TÊN.yaml.",
        )
    shown = words.joined([f"{plan.short} (bản {plan.version_no})" for plan in health.plans[:LISTED]])
    rest = len(health.plans) - LISTED
    more = f" và {words.count_text(rest)} kế hoạch khác" if rest > 0 else ""
    return Finding("Kế hoạch", OK, f"Đã nạp {shown}{more}.")


def _contacts(health: Health) -> list[Finding]:
    if not health.unreached:
        return [Finding("Đầu mối", OK, "Cơ quan nào có việc cũng có đầu mối.")] if health.plans else []
    waiting = [one.agency for one in health.unreached if one.waiting]
    other = [one.agency for one in health.unreached if not one.waiting]
    remedy = "Đề nghị bổ sung đầu mối ở trang Quản trị, hoặc bằng htx contact add, htx contact import."
    found = []
    if waiting:
        found.append(
            Finding("Đầu mối", ERROR, f"Đang có thư nhắc mà không có đầu mối nào nhận: {_listed(waiting)}.", remedy)
        )
    if other:
        found.append(Finding("Đầu mối", NOTE, f"Có việc mà không có đầu mối: {_listed(other)}.", remedy))
    return found


def _listed(codes: list[str]) -> str:
    more = f" và {words.count_text(len(codes) - LISTED)} cơ quan khác" if len(codes) > LISTED else ""
    return f"{', '.join(codes[:LISTED])}{more}"


def changed_since_load(session: Session, files: Mapping[str, str]) -> list[Finding]:
    """Plans whose file is not the one loaded last; `files` gives the SHA-256 of each file by plan code."""
    found = []
    for loaded in plan_store.list_plans(session):
        code = loaded.plan.code
        if code in files and files[code] != loaded.sha256:
            found.append(
                Finding(
                    "Kế hoạch",
                    NOTE,
                    f"Tệp config/plans/{code}.yaml đã khác bản đã nạp (bản {loaded.version_no}).",
                    f"Đề nghị xem trước rồi nạp: htx plan load config/plans/{code}.yaml --dry-run.",
                )
            )
    return found
