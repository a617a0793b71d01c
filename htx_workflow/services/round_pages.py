"""Rounds as pages show them (trang một đợt): completeness by level, the final chain in its order, what the scores conclude."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from htx_workflow.domain import reminders, words
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import NotFound
from htx_workflow.domain.plan import Kind, Milestone, Plan
from htx_workflow.domain.verdicts import CONCLUSION_TEXTS, Conclusion
from htx_workflow.services import chains, outcomes, rounds
from htx_workflow.services.chains import CriticalPath, Step
from htx_workflow.services.desk import Sight
from htx_workflow.services.result_pages import TONES
from htx_workflow.services.rounds import LevelState, RoundState
from htx_workflow.store import desk_rows
from htx_workflow.store import plans as plan_store
from htx_workflow.store.database import Session
from htx_workflow.store.plans import LoadedPlan, MilestoneRow

NAMED = 12
"""Up to so many of those who are missing are named; more are counted."""
STEP_WORDS = {
    "done": ("Đã chấp nhận", "green", "✓"),
    "submitted": ("Đã gửi, chờ kiểm tra", "violet", "➤"),
    "ready": ("Làm được ngay", "blue", "◔"),
    "blocked": ("Đang chờ", "grey", "◌"),
}
"""Word, tone and sign of a step."""


def is_last(plan: Plan, period: str) -> bool:
    """Whether this is the plan's last year, which ends with the final assessment."""
    return plan.ends_on is not None and str(plan.ends_on.year) == period


# Completeness


@dataclass(frozen=True, slots=True)
class LevelLine:
    """One duty of a round, as a row."""

    state: LevelState
    missing: str
    """Names, the first of many."""
    waits: tuple[str, ...]
    """Ids of the duties that come after what is missing here."""


@dataclass(frozen=True, slots=True)
class RoundView:
    """A round of the year, level by level."""

    code: str
    complete: bool
    lines: tuple[LevelLine, ...]


def completeness(session: Session, loaded: LoadedPlan, period: str, on: date) -> list[RoundView]:
    """The rounds of a year as known at the end of this day. Raises `NotFound` for a year without any."""
    found = [state for state in rounds.list_rounds(session, loaded, on) if state.period == period]
    if not found:
        raise NotFound(f"Không có đợt báo cáo {period} trong kế hoạch, tính đến {words.day_text(on)}.")
    return [_view(loaded.plan, state) for state in found]


def _view(plan: Plan, state: RoundState) -> RoundView:
    lines = [
        LevelLine(
            level,
            named(level.missing_names),
            tuple(duty.id for duty in plan.duties if any(need.duty == level.duty for need in duty.after))
            if level.missing
            else (),
        )
        for level in state.levels
    ]
    return RoundView(state.round, state.complete, tuple(lines))


def named(names: Sequence[str]) -> str:
    """UBND huyện A, UBND huyện B; và 31 đơn vị khác."""
    shown = ", ".join(names[:NAMED])
    return f"{shown} và {len(names) - NAMED} đơn vị khác" if len(names) > NAMED else shown


# The final chain


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step that is not finished: who has it, what it waits for, from when it may be sent all the same."""

    step: Step
    late: str
    """quá 02 ngày làm việc; empty in time, and for a day that binds nobody."""
    opens: str
    """The day from which it may be sent whatever is missing; empty when it waits for nothing."""
    by_decision: bool
    """Opened although something is missing."""


@dataclass(frozen=True, slots=True)
class DutyLine:
    """All steps of one duty of the chain."""

    duty: str
    title: str
    due_on: date | None
    total: int
    done: int
    submitted: int
    state: str
    waits: tuple[str, ...]
    open: tuple[StepLine, ...]
    on_path: bool


@dataclass(frozen=True, slots=True)
class MilestoneLine:
    """A milestone of others."""

    code: str
    title: str
    reached: str
    """15/01/2026 theo Văn bản số …; empty while it is waited for."""
    day: str
    """The plan's own day of it."""
    passed: bool
    """That day has come."""


@dataclass(frozen=True, slots=True)
class ChainView:
    """The end-of-scheme chain in its order."""

    lines: tuple[DutyLine, ...]
    path: CriticalPath
    sentence: str
    milestones: tuple[MilestoneLine, ...]


def chain(session: Session, loaded: LoadedPlan, today: date, calendar: WorkingCalendar) -> ChainView:
    """The chain as it stands now."""
    steps = chains.list_steps(session, loaded, today)
    path = chains.path_of(loaded.plan, steps)
    on_path = {step.duty for step in path.steps}
    assumed = {duty.id for duty in loaded.plan.duties if duty.basis is not None and duty.basis.value == "assumed"}
    lines = [
        _duty_line(duty, list(found), duty in on_path, assumed, calendar, today)
        for duty, found in groupby(steps, key=lambda step: step.duty)
    ]
    kept = plan_store.list_milestones(session, loaded.id)
    milestones = tuple(_milestone(one, kept.get(one.code), today) for one in loaded.plan.milestones)
    return ChainView(tuple(lines), path, path_sentence(path, calendar, today), milestones)


def _duty_line(
    duty: str, steps: list[Step], on_path: bool, assumed: set[str], calendar: WorkingCalendar, today: date
) -> DutyLine:
    states = [step.state for step in steps]
    state = next(code for code in ("ready", "submitted", "blocked", "done") if code in states)
    unfinished = [step for step in steps if step.state != "done"]
    title = steps[0].title if len(steps) == 1 else _common(steps)
    return DutyLine(
        duty, title, max((step.due_on for step in steps if step.due_on), default=None), len(steps),
        states.count("done"), states.count("submitted"), state,
        tuple(dict.fromkeys(text for step in unfinished if step.state == "blocked" for text in step.blocked_by)),
        tuple(_step_line(step, duty in assumed, calendar, today) for step in unfinished), on_path,
    )  # fmt: skip


def _common(steps: list[Step]) -> str:
    titles = dict.fromkeys(step.title for step in steps)
    return next(iter(titles))


def _step_line(step: Step, assumed: bool, calendar: WorkingCalendar, today: date) -> StepLine:
    opens = reminders.gate_day(step.due_on, calendar) if step.state == "blocked" and step.due_on else None
    return StepLine(
        step,
        "" if assumed or step.state == "submitted" else _late(step.due_on, calendar, today),
        words.day_text(opens) if opens is not None and opens > today else "",
        step.state == "ready" and bool(step.blocked_by),
    )


def _late(due_on: date | None, calendar: WorkingCalendar, today: date) -> str:
    if due_on is None or due_on >= today:
        return ""
    days = calendar.soft_count(due_on, today)[0]
    return f"quá {words.count_text(days)} ngày làm việc" if days else "đã qua"


def path_sentence(path: CriticalPath, calendar: WorkingCalendar, today: date) -> str:
    """Who blocks the final report first, and who else can act now."""
    if not path.target:
        return ""
    if not path.steps:
        return "Báo cáo tổng kết đã được chấp nhận."
    last, blocker = path.steps[-1], path.blocker
    if blocker is None:
        return f"Báo cáo tổng kết không còn phải chờ việc nào; đang ở {last.waits_on_name}."
    day = f", ngày {words.day_text(blocker.due_on)}" if blocker.due_on else ""
    said = f"Chặn báo cáo tổng kết trước hết: {blocker.waits_on_name} ({words.lower_first(blocker.title)}{day})."
    others = [step for step in path.first if step not in (blocker, last)]
    if others:
        names = list(dict.fromkeys(step.waits_on_name for step in others if step.waits_on_name))
        said += f" Cũng đang phải có: {words.count_text(len(others))} việc của {named(names)}."
    return said


def _milestone(milestone: Milestone, row: MilestoneRow | None, today: date) -> MilestoneLine:
    reached = ""
    if row is not None and row.reached_on is not None:
        document = f" theo {words.citation(row.number, row.dated)}" if row.number and row.dated else ""
        reached = f"{words.day_text(row.reached_on)}{document}"
    day = words.day_text(milestone.on) if milestone.on else ""
    return MilestoneLine(
        milestone.code, milestone.title, reached, day, milestone.on is not None and milestone.on <= today
    )  # fmt: skip


# What the scores conclude


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """What stands for a cooperative where nobody reports and the scores are read."""

    name: str
    text: str
    tone: tuple[str, str]


@dataclass(frozen=True, slots=True)
class ConditionalLine:
    """A duty that opens by a conclusion: who has it open, and how it stands."""

    duty: str
    title: str
    note: str
    opened: tuple[tuple[int, str, str, bool], ...]
    """Number, holder, period and whether it is finished, of each that was opened."""


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """The aim of the scheme, cooperative by cooperative, and what opens because of it."""

    duties: tuple[tuple[str, str], ...]
    """Codes and titles of the duties that are read so."""
    lines: tuple[OutcomeLine, ...]
    tally: str
    conditional: tuple[ConditionalLine, ...]


def conclusions(session: Session, seen: Sight) -> OutcomeView:
    """Read from the scores of now."""
    plan = seen.loaded.plan
    scored = {row.id: row for row in seen.agencies.values() if row.code in set(plan.scored())}
    found = outcomes.of(session, seen.loaded, scored, seen.today)
    passed = sum(one is Conclusion.PASSED for one in found.values())
    return OutcomeView(
        tuple((duty.id, duty.title) for duty in plan.duties if duty.kind is Kind.OUTCOME),
        tuple(_outcome(scored[number].short_name, found[number]) for number in scored if number in found),
        f"{words.count_text(passed)}/{words.count_text(len(found))} hợp tác xã đạt" if found else "",
        tuple(_conditional(session, seen)),
    )


def _outcome(name: str, conclusion: Conclusion) -> OutcomeLine:
    return OutcomeLine(name, CONCLUSION_TEXTS[conclusion], TONES[conclusion])


def _conditional(session: Session, seen: Sight) -> list[ConditionalLine]:
    duties = {duty.id: duty for duty in seen.loaded.plan.duties if duty.kind is Kind.CONDITIONAL}
    numbers = {row.id: row.code for row in seen.duties if row.code in duties}
    rows = desk_rows.list_opened(session, seen.loaded.id, numbers) if numbers else []
    return [
        ConditionalLine(
            code,
            duty.title,
            duty.note or "",
            tuple(
                (row.id, seen.short(row.holder_id), words.period_text(row.period), row.state == "done")
                for row in rows
                if numbers[row.duty_id] == code
            ),
        )
        for code, duty in duties.items()
    ]
