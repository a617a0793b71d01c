"""The status page (trang trạng thái) in values: what is loaded, what happened last, what is next, what is wrong."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from htx_workflow.domain import words
from htx_workflow.services import health as healths
from htx_workflow.services import jobs
from htx_workflow.services.health import Health, Trouble
from htx_workflow.store import signs
from htx_workflow.store.runs import RunRow

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
OUTCOMES = {"done": "xong", "failed": "không thành", "interrupted": "bị ngắt"}
COUNTS = {
    "rungs": "mức nhắc",
    "queued": "mức nhắc sẽ gửi",
    "late": "việc quá hạn",
    "digests": "thư soạn",
    "drafts": "dự thảo",
    "sent": "thư máy chủ đã nhận",
    "retry": "thư sẽ gửi lại",
    "failed": "thư không gửi được",
    "rounds": "đợt",
    "owed": "báo cáo phải gửi",
    "accepted": "đã chấp nhận",
    "told": "thư báo",
    "steps": "bước",
    "ready": "bước đã mở",
    "blocked": "bước còn chờ",
    "opened": "việc vừa mở",
}
"""Counts of a run that are worth a word."""
OF_JOB = {
    "collect_annual_reports": {"sent": "báo cáo đã gửi"},
    "annual_evaluation": {
        "rounds": "đợt đánh giá",
        "owed": "hợp tác xã phải tự chấm",
        "sent": "phiếu đã nộp",
        "accepted": "phiếu đã kiểm tra",
        "results": "thông báo kết quả",
        "without_contact": "hợp tác xã chưa có đầu mối nhận thư",
    },
    "final_assessment": {"to_final_report": "bước trước báo cáo tổng kết"},
    "consolidate_scheme": {"kept": "bản tổng hợp", "issued": "văn bản phát hành"},
}
"""Where a job means something else by a count, or counts something of its own."""


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run in words."""

    title: str
    plan: str
    day: date
    began: str
    seconds: str
    outcome: str
    words: str
    did: str


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A plan in words."""

    short: str
    title: str
    code: str
    span: str
    ticked: str


@dataclass(frozen=True, slots=True)
class StatusPage:
    """Everything the page shows; counts only, no people and no addresses."""

    moment: str
    shifted: bool
    blocking: list[Trouble]
    notes: list[Trouble]
    asked: bool
    """Whether the database could be asked: without it there is nothing else to show."""
    plans: list[PlanLine]
    runs: list[RunLine]
    going: list[str]
    next_reminder: str
    health: Health
    oldest: str
    calendars: list[str]
    prefect_ui: str


def page(health: Health, *, shifted: bool, prefect_ui: str) -> StatusPage:
    """The status page for these facts."""
    troubles = healths.troubles(health)
    oldest = health.oldest_unsent
    return StatusPage(
        moment=words.said_moment(health.now.astimezone(LOCAL)),
        shifted=shifted,
        blocking=[trouble for trouble in troubles if trouble.blocking],
        notes=[trouble for trouble in troubles if not trouble.blocking],
        asked=not health.problem and health.schema_current,
        plans=[
            PlanLine(
                plan.short,
                plan.title,
                plan.code,
                _span(plan.starts_on, plan.ends_on),
                _moment(plan.ticked_at) if plan.ticked_at else words.said("chưa có"),
            )
            for plan in health.plans
        ],
        runs=[line(run, {plan.code: plan.short for plan in health.plans}) for run in _newest_first(health.last_runs)],
        going=[
            words.said("%(run)s, từ %(moment)s", run=_named(run), moment=_moment(run.started_at))
            for run in health.unfinished
            if health.silence(run) <= healths.DEAD
        ],
        next_reminder=_next_reminder(health),
        health=health,
        oldest=healths.span_text(oldest) if oldest else "",
        calendars=[
            words.said("%(calendar)s: còn %(days)s ngày", calendar=code, days=words.count_text(left))
            if left is not None and left >= 0
            else words.said("%(calendar)s: không dùng được", calendar=code)
            for code, left in health.calendars.items()
        ],
        prefect_ui=prefect_ui,
    )


def _next_reminder(health: Health) -> str:
    """The nearest day with a rung; one that has passed waits for the tick."""
    day = health.next_reminder_on
    if day is None:
        return words.said("không có")
    return words.said_day(day) if day > health.today else words.said("đã đến")


def _newest_first(runs: tuple[RunRow, ...]) -> list[RunRow]:
    return sorted(runs, key=lambda run: run.id, reverse=True)


def line(run: RunRow, plans: dict[str, str]) -> RunLine:
    """A run in words; `plans`: what they are called, by code."""
    took = (run.finished_at - run.started_at).total_seconds() if run.finished_at else 0.0
    return RunLine(
        title=words.said(words.sentence(jobs.TITLES.get(run.job, run.job))),
        plan=plans.get(run.plan_code, run.plan_code) or words.said("mọi kế hoạch"),
        day=run.day,
        began=_moment(run.started_at),
        seconds=words.said("%(seconds)s giây", seconds=f"{took:.1f}".replace(".", ",")),
        outcome=run.outcome,
        words=OUTCOMES.get(run.outcome, ""),
        did=_did(run),
    )


def _did(run: RunRow) -> str:
    counts: dict[str, int] = json.loads(run.counts)
    names = COUNTS | OF_JOB.get(run.job, {})
    shown = [
        words.together(words.count_text(number), words.said(names[name]), by=" ")
        for name, number in counts.items()
        if number and name in names
    ]
    if run.outcome != "done":
        return words.said("xem htx runs")
    return words.together(*shown, by="; ") if shown else words.said("không có gì phải làm")


def _named(run: RunRow | signs.Unfinished) -> str:
    title = words.said(words.sentence(jobs.TITLES.get(run.job, run.job)))
    return words.said("%(run)s của %(plan)s", run=title, plan=run.plan_code) if run.plan_code else title


def _span(first: date, last: date | None) -> str:
    return (
        f"{words.day_text(first)} – {words.day_text(last)}"
        if last
        else words.said("từ %(day)s", day=words.day_text(first))
    )


def _moment(moment: datetime) -> str:
    """06:00 ngày 15/12/2025."""
    local = moment.astimezone(LOCAL)
    return words.said("%(hour)s ngày %(day)s", hour=f"{local:%H:%M}", day=words.day_text(local.date()))
