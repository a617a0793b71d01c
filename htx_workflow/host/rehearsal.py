"""Runs a replay in a training database of its own, never in the one of the settings."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from htx_workflow.domain import simulation
from htx_workflow.domain.errors import BadInput, StoreError
from htx_workflow.domain.plan import Plan
from htx_workflow.gateways import form_files, plan_files
from htx_workflow.gateways.mailbox import Mailbox
from htx_workflow.gateways.smtp import Mailer
from htx_workflow.gateways.word import Word
from htx_workflow.runtime import Runtime
from htx_workflow.services import statuses
from htx_workflow.services.composing import Style
from htx_workflow.services.delivery import Sender
from htx_workflow.services.replay_papers import SUBFOLDER
from htx_workflow.services.replay_stage import Kit, Life
from htx_workflow.services.replays import Replay
from htx_workflow.services.statuses import Status
from htx_workflow.store import schema
from htx_workflow.store.database import Database

BASE_URL = "https://theodoi.example.vn"
SIGNING_KEY = hashlib.sha256(b"htx_workflow simulation").digest()
"""Fixed, so that the same seed gives the same bytes; opens nothing but training data."""


@dataclass(frozen=True, slots=True)
class Story:
    """A finished replay."""

    title: str
    first: date
    last: date
    out: Path
    database: Path
    life: Life
    status: Status
    watermark: str = simulation.WATERMARK

    def as_json(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "from": self.first,
            "to": self.last,
            "simulation": self.watermark,
            "days": self.life.days,
            "mails": self.life.mails,
            "doubtful": self.life.doubtful,
            "events": dict(sorted(self.life.events.items())),
            "cards": self.life.cards,
            "documents": len(self.life.documents),
            "rungs": dict(sorted(self.life.rungs.items())),
            "unreachable": sorted(self.life.unreachable),
            "status": {
                "total": self.status.total.as_json(),
                "by_agency": {code: counts.as_json() for code, counts in self.status.by_agency.items()},
            },
            "out": str(self.out),
            "database": str(self.database),
        }


@dataclass(frozen=True, slots=True)
class Place:
    """Where a replay writes: the training database, events.jsonl, and the mails."""

    file: Path
    out: Path
    mails: Path


async def replay(
    runtime: Runtime,
    code: str,
    first: date,
    last: date,
    seed: int,
    out: Path,
    on_day: Callable[[date], None] = lambda day: None,
    *,
    place: Place | None = None,
    base_url: str = BASE_URL,
) -> Story:
    """Live plan CODE through from `first` to `last`; mails and events.jsonl go to `out`, made anew."""
    path = runtime.settings.plan_file(code)
    if not path.exists():
        raise BadInput(f"Không có tệp kế hoạch {path}.")
    plan = simulation.with_simulated_names(plan_files.read_plan(path))
    if plan.ends_on is not None and first > plan.ends_on:
        raise BadInput(f"Kế hoạch {code} kết thúc ngày {plan.ends_on:%d/%m/%Y}, trước ngày bắt đầu mô phỏng.")
    place = place or Place(runtime.settings.var_dir / "training" / f"{code}-{seed}.sqlite3", out, out / "mails")
    _clear(place)
    database = Database(f"sqlite:///{place.file}", durable=False)
    try:
        schema.ensure_current(database)
        style = Style(runtime.templates, links=True, simulation=True)
        sender = Sender("nhacviec@example.vn", "Theo dõi kế hoạch (mô phỏng)", base_url, SIGNING_KEY, simulation=True)
        with (place.out / "events.jsonl").open("w", encoding="utf-8") as events:
            async with Mailbox(place.mails) as mailbox, Mailer(mailbox.settings) as mailer:
                life = await Replay(
                    database, plan, path.read_text("utf-8"), runtime.calendars(), style, mailer, sender, seed,
                    _kit(runtime, plan, place.out), _writer(events), on_day,
                ).live(first, last)  # fmt: skip
        with database.reading() as session:
            status = statuses.status(session, code, last)
    finally:
        database.close()
    return Story(plan.title, first, last, place.out, place.file, life, status)


def _kit(runtime: Runtime, plan: Plan, out: Path) -> Kit:
    home = runtime.settings.home
    forms = home / "config" / "forms"
    return Kit(
        form_of=lambda code: form_files.form_of(forms, code),
        rubric=runtime.rubric(plan.scoring.rubric) if plan.scoring else None,
        word=Word(home / "templates" / "documents"),
        limits=runtime.limits,
        folder=out,
    )


def _clear(place: Place) -> None:
    """Remove what an earlier replay left; nothing else is touched."""
    file, out = place.file, place.out
    try:
        for old in (file, Path(f"{file}-wal"), Path(f"{file}-shm"), out / "events.jsonl"):
            old.unlink(missing_ok=True)
        for folder in (place.mails, out / SUBFOLDER):
            shutil.rmtree(folder, ignore_errors=True)
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"Không ghi được vào {out} ({error.strerror}). Đề nghị chọn thư mục khác bằng --out."
        ) from error


def _writer(file: TextIO) -> Callable[[dict[str, Any]], None]:
    def write(event: dict[str, Any]) -> None:
        file.write(json.dumps(event, ensure_ascii=False) + "\n")

    return write
