"""Alarms (cảnh báo): mails to the administrators, only when they must act, each told once.

A job that keeps failing is told once a day until it finishes well: nobody reads the sixtieth mail of an hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from htx_workflow.domain import words
from htx_workflow.services import health, jobs
from htx_workflow.services.alarm_mails import Alarm, Fact, queue_for
from htx_workflow.services.composing import Style
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import runs as run_store
from htx_workflow.store import signs
from htx_workflow.store.agencies import AgencyRow
from htx_workflow.store.database import Session
from htx_workflow.store.runs import RunRow

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
SILENT = health.SILENT
"""A scheduler that was silent for longer than this is told of: a day, and two hours for the retries of a run."""
MONDAY = 0
"""Who has work and nobody to write to is told of daily while a reminder waits, else on Mondays."""


def queue_alarms(session: Session, now: datetime, style: Style) -> int:
    """Queue what the administrators must know and were not told yet; how many mails are new.

    Failed runs are marked as told in the same transaction. Without an administrator nothing is marked: whoever
    becomes one is told.
    """
    today = now.astimezone(LOCAL).date()
    untold = run_store.untold_failures(session)
    last_ticks = [run for run in run_store.last_runs(session) if run.job == "nightly_tick" and run.outcome == "done"]
    broken = [run for run in last_ticks if run.error and run.day == today]
    mute = [one for one in signs.list_unreached(session, today) if one.waiting or today.weekday() == MONDAY]
    if not (untold or broken or mute):
        return 0
    agencies = agency_store.list_agencies(session, today)
    alarms = _of_runs(session, untold, today)
    if broken:
        alarms.append(_broken(broken, today))
    if mute:
        alarms.append(_mute([agencies[one.agency_id] for one in mute], today))
    told = _queue(session, alarms, agencies, now, style)
    if told is None:
        return 0
    run_store.mark_told(session, [run.id for run in untold], now)
    return told


def watch_silence(session: Session, now: datetime, style: Style) -> int:
    """Queue the alarm when a loaded plan has had no tick that went well for more than a day; how many are new."""
    since = [sign.done_at or sign.loaded_at for sign in signs.plans_since(session, "nightly_tick").values()]
    return queue_silence_alarm(session, min(since), now, style) if since else 0


def queue_silence_alarm(session: Session, since: datetime, until: datetime, style: Style) -> int:
    """Queue the alarm that nothing ran between these moments, once a day; how many mails are new.

    Nothing is queued for a silence of a day or less.
    """
    if until - since <= SILENT:
        return 0
    today = until.astimezone(LOCAL).date()
    agencies = agency_store.list_agencies(session, today)
    return _queue(session, [_silence(since, until, today)], agencies, until, style) or 0


def _queue(
    session: Session, alarms: Sequence[Alarm], agencies: dict[int, AgencyRow], now: datetime, style: Style
) -> int | None:
    """One mail for each alarm and administrator; None when there is no administrator."""
    admins = agency_store.list_admins(session, now.astimezone(LOCAL).date())
    if not admins:
        return None
    return sum(queue_for(session, alarm, admins, agencies, now, style) for alarm in alarms)


def _of_runs(session: Session, untold: Sequence[RunRow], today: date) -> list[Alarm]:
    """The newest failure of each job and plan, unless one of the same streak was told today."""
    streaks: dict[tuple[str, str], list[RunRow]] = {}
    for run in untold:
        streaks.setdefault((run.job, run.plan_code), []).append(run)
    alarms = []
    for (job, plan), failed in streaks.items():
        told = run_store.told_since_success(session, job, plan)
        if told is None or told.astimezone(LOCAL).date() < today:
            alarms.append(failure(failed[-1], len(failed)))
    return alarms


def failure(run: RunRow, times: int) -> Alarm:
    """A run that failed; `times` counts the failures that nobody was told of before."""
    named = jobs.named(run.job, run.plan_code)
    ended = words.moment_text((run.finished_at or run.started_at).astimezone(LOCAL))
    what = f"{words.sentence(named)} không thành lúc {ended}."
    if times > 1:
        what += f" Đã {words.count_text(times)} lần liền như vậy."
    return Alarm(
        key=f"run/{run.id}",
        title=f"{named} không thành",
        what=what,
        facts=(
            Fact("Công việc", f"{run.job} {run.plan_code}".strip()),
            Fact("Cho ngày", f"{words.day_text(run.day)}, lần thứ {run.attempt}"),
            Fact("Lý do", " ".join(run.error.split()) or "không rõ"),
        ),
        lines=(),
        remedies=(
            "Xem lượt chạy: htx runs; xem chi tiết trong var/log/htx.jsonl; kiểm tra máy: htx doctor",
            f"Xử lý nguyên nhân rồi chạy lại: {jobs.command_for(run.job, run.plan_code)}; chạy lại không gửi thư hai lần",
        ),
    )


def _silence(since: datetime, until: datetime, today: date) -> Alarm:
    return Alarm(
        key=f"silence/{today.isoformat()}",
        title="bộ lịch đã im lặng",
        what=f"Bộ lịch im lặng {health.span_text(until - since)}: trong thời gian đó không lượt nhắc nào chạy xong.",
        facts=(
            Fact("Từ", words.moment_text(since.astimezone(LOCAL))),
            Fact("Đến", words.moment_text(until.astimezone(LOCAL))),
        ),
        lines=(),
        remedies=(
            "Tìm nguyên nhân: máy tắt hoặc ngủ, htx bị dừng, cơ sở dữ liệu không dùng được",
            "Mức nhắc đã qua không bị mất: mỗi việc được nhắc một lần, theo mức mới nhất; xem thư sắp đi bằng htx outbox list",
        ),
    )


def _broken(runs: Sequence[RunRow], today: date) -> Alarm:
    lines = tuple(line for run in runs for line in run.error.splitlines())
    return Alarm(
        key=f"broken/{today.isoformat()}",
        title=f"{words.count_text(len(lines))} việc không quyết định được mức nhắc",
        what=f"Lượt nhắc ngày {words.day_text(today)} không quyết định được mức nhắc của"
        f" {words.count_text(len(lines))} việc; các việc khác vẫn được nhắc.",
        facts=(Fact("Kế hoạch", ", ".join(run.plan_code for run in runs)),),
        lines=lines,
        remedies=(
            "Kiểm tra tệp kế hoạch và lịch: htx check",
            "Chạy lại khi đã sửa: htx run nightly_tick; việc nào chưa nhắc sẽ được nhắc",
        ),
    )


def _mute(agencies: Sequence[AgencyRow], today: date) -> Alarm:
    return Alarm(
        key=f"uncontactable/{today.isoformat()}",
        title=f"{words.count_text(len(agencies))} cơ quan chưa có đầu mối nhận thư",
        what=f"{words.count_text(len(agencies))} cơ quan, đơn vị có việc đang mở nhưng không có đầu mối nào nhận được thư.",
        facts=(Fact("Ngày", words.day_text(today)),),
        lines=tuple(f"{agency.name} ({agency.code})" for agency in agencies),
        remedies=(
            "Hỏi cơ quan đầu mối mới, thêm ở trang Quản trị (Đầu mối), hoặc bằng htx contact add, htx contact import",
            "Thư nhắc được giữ lại và gửi khi có đầu mối",
        ),
    )
