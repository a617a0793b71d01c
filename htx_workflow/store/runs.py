"""Runs (lượt chạy) of jobs: at most one unfinished per job, plan and day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from htx_workflow.domain.errors import AlreadyRunning
from htx_workflow.store.tables import table


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run as it is recorded; `counts` is JSON."""

    id: int
    job: str
    plan_code: str
    day: date
    attempt: int
    started_at: datetime
    beat_at: datetime
    finished_at: datetime | None
    outcome: str
    counts: str
    error: str
    prefect_id: str
    told_at: datetime | None


def open_run(session: Session, job: str, plan_code: str, day: date, now: datetime, prefect_id: str) -> int:
    """Begin a run; its number. Raises AlreadyRunning while another of the same job, plan and day goes on."""
    runs = table("run")
    last = session.execute(
        select(func.max(runs.c.attempt)).where(runs.c.job == job, runs.c.plan_code == plan_code, runs.c.day == day)
    ).scalar()
    values = {
        "job": job,
        "plan_code": plan_code,
        "day": day,
        "attempt": (last or 0) + 1,
        "started_at": now,
        "beat_at": now,
        "outcome": "running",
        "counts": "{}",
        "error": "",
        "prefect_id": prefect_id,
    }
    try:
        return int(session.execute(insert(runs).values(**values).returning(runs.c.id)).scalar_one())
    except IntegrityError as error:
        raise AlreadyRunning(
            f"Lượt chạy {job} {plan_code} ngày {day:%d/%m/%Y} đang được tiến trình khác thực hiện."
        ) from error


def beat(session: Session, run_id: int, now: datetime) -> bool:
    """The run is alive. False when it was closed meanwhile."""
    runs = table("run")
    touched = session.execute(update(runs).where(runs.c.id == run_id, runs.c.finished_at.is_(None)).values(beat_at=now))
    return bool(touched.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def close_run(session: Session, run_id: int, now: datetime, outcome: str, counts: str, error: str) -> bool:
    """End a run. False when it had been closed as interrupted before."""
    runs = table("run")
    touched = session.execute(
        update(runs)
        .where(runs.c.id == run_id, runs.c.finished_at.is_(None))
        .values(finished_at=now, beat_at=now, outcome=outcome, counts=counts, error=error[:2000])
    )
    return bool(touched.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def close_silent(session: Session, before: datetime, now: datetime) -> list[RunRow]:
    """Close runs that have not beaten since `before` as interrupted; they are returned."""
    runs = table("run")
    rows = session.execute(select(runs).where(runs.c.finished_at.is_(None), runs.c.beat_at < before)).all()
    for row in rows:
        session.execute(
            update(runs)
            .where(runs.c.id == row.id, runs.c.finished_at.is_(None))
            .values(finished_at=now, outcome="interrupted", error="tiến trình dừng giữa chừng, không còn tín hiệu")
        )
    return [RunRow(**row._mapping) for row in rows]


def list_runs(session: Session, limit: int, job: str | None = None) -> list[RunRow]:
    """The newest runs first."""
    runs = table("run")
    statement = select(runs).order_by(runs.c.id.desc()).limit(limit)
    if job:
        statement = statement.where(runs.c.job == job)
    return [RunRow(**row._mapping) for row in session.execute(statement)]


def list_runs_of_day(session: Session, day: date) -> list[RunRow]:
    """Runs for one local day, oldest first."""
    runs = table("run")
    rows = session.execute(select(runs).where(runs.c.day == day).order_by(runs.c.id))
    return [RunRow(**row._mapping) for row in rows]


def last_runs(session: Session) -> list[RunRow]:
    """The newest finished run of each job and plan."""
    runs = table("run")
    newest = (
        select(func.max(runs.c.id).label("id"))
        .where(runs.c.finished_at.is_not(None))
        .group_by(runs.c.job, runs.c.plan_code)
        .subquery()
    )
    rows = session.execute(select(runs).join(newest, newest.c.id == runs.c.id).order_by(runs.c.job, runs.c.plan_code))
    return [RunRow(**row._mapping) for row in rows]


def untold_failures(session: Session) -> list[RunRow]:
    """Failed runs of which no administrator has been told."""
    runs = table("run")
    rows = session.execute(select(runs).where(runs.c.outcome == "failed", runs.c.told_at.is_(None)).order_by(runs.c.id))
    return [RunRow(**row._mapping) for row in rows]


def told_since_success(session: Session, job: str, plan_code: str) -> datetime | None:
    """When administrators were last told of a failure that no success of this job and plan has followed yet."""
    runs = table("run")
    mine = (runs.c.job == job, runs.c.plan_code == plan_code, runs.c.finished_at.is_not(None))
    success = session.execute(select(func.max(runs.c.id)).where(*mine, runs.c.outcome == "done")).scalar()
    return session.execute(select(func.max(runs.c.told_at)).where(*mine, runs.c.id > (success or 0))).scalar()


def mark_told(session: Session, run_ids: list[int], now: datetime) -> None:
    """The administrators' mails about these runs are in the outbox."""
    runs = table("run")
    session.execute(update(runs).where(runs.c.id.in_(run_ids)).values(told_at=now))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which runs are looked for; empty: all."""

    job: str = ""
    plan_code: str = ""
    day: date | None = None
    outcome: str = ""


def count(session: Session, wanted: Wanted) -> int:
    """How many runs."""
    statement = select(func.count()).select_from(table("run")).where(*_conditions(wanted))
    return int(session.execute(statement).scalar_one())


def search(session: Session, wanted: Wanted, limit: int, offset: int = 0) -> list[RunRow]:
    """Runs, the newest first."""
    runs = table("run")
    statement = select(runs).where(*_conditions(wanted)).order_by(runs.c.id.desc()).limit(limit).offset(offset)
    return [RunRow(**row._mapping) for row in session.execute(statement)]


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    runs = table("run")
    asked = {"job": wanted.job, "plan_code": wanted.plan_code, "day": wanted.day, "outcome": wanted.outcome}
    return [runs.c[name] == value for name, value in asked.items() if value]
