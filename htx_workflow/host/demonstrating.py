"""The demo (bản dùng thử): plan 3819 in the middle of its life, in a database of its own under var/demo.

It is lived through once by the replay and kept until the software changes. `HTX_DATABASE_URL`, the relay and Prefect
of this machine are never touched: the environment of the demo's processes says otherwise before settings are read.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

from htx_workflow.domain import simulated_scores
from htx_workflow.domain.errors import StoreError
from htx_workflow.domain.simulation import Dice
from htx_workflow.gateways import plan_files, signing
from htx_workflow.host import rehearsal, running
from htx_workflow.runtime import LOCAL, Clock, Runtime
from htx_workflow.services import card_spots, demo_life
from htx_workflow.settings import Settings

PLAN = "kontum-3819"
FIRST, TODAY = date(2024, 10, 23), date(2025, 11, 24)
SEED = 1
NAME = "Theo dõi thực hiện kế hoạch, tỉnh Kon Tum"
MADE = "made"
"""File with the mark of the software that made the demo."""


def folder(settings: Settings) -> Path:
    return settings.var_dir / "demo"


def environment(settings: Settings, base_url: str) -> dict[str, str]:
    """The settings of the demo: what is not named here is as on this machine."""
    return {
        "HTX_VAR_DIR": str(folder(settings)),
        "HTX_DATABASE_URL": "",
        "HTX_SMTP_HOST": "",
        "HTX_SCHEDULER": "embedded",
        "HTX_PREFECT_API_URL": "",
        "HTX_PREFECT_UI_URL": "",
        "HTX_TODAY": TODAY.isoformat(),
        "HTX_DEMO": "true",
        "HTX_BASE_URL": base_url,
        "HTX_INSTALLATION": os.environ.get("HTX_INSTALLATION", "") or NAME,
    }


def prepare(runtime: Runtime, *, fresh: bool, on_day: Callable[[date], None] = lambda day: None) -> bool:
    """Make the demo's database unless one of this software stands; whether it was made. `runtime` is the demo's."""
    var, mark = runtime.settings.var_dir, _mark(runtime.settings)
    if not fresh and _made(var) == mark:
        return False
    try:
        shutil.rmtree(var, ignore_errors=True)
        var.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"Không ghi được vào {var} ({error.strerror}). Đề nghị cấp quyền ghi, hoặc đặt HTX_VAR_DIR."
        ) from error
    signing.put_back(runtime.settings.signing_key, rehearsal.SIGNING_KEY)
    asyncio.run(_live(runtime, on_day))
    (var / MADE).write_text(mark, "utf-8")
    return True


async def _live(runtime: Runtime, on_day: Callable[[date], None]) -> None:
    settings = runtime.settings
    place = rehearsal.Place(settings.var_dir / "htx.sqlite3", settings.var_dir, settings.mailbox_dir)
    plan = plan_files.read_plan(settings.plan_file(PLAN))
    rubric = runtime.rubric(card_spots.scoring_of(plan).rubric)
    scores = simulated_scores.of_plan(plan, rubric, Dice(SEED))
    assert scores is not None

    def live(day: date) -> None:
        on_day(day)
        if day in demo_life.SCENES:
            with runtime.transaction("demo-life") as session:
                demo_life.play(session, plan, runtime.calendars(), runtime.style(), day, rubric, scores)

    await rehearsal.replay(runtime, PLAN, FIRST, TODAY, SEED, place.out, live, place=place, base_url=settings.base_url)
    evening = Runtime(settings, _Evening(), runtime.database)
    await running.run_job(evening, "nightly_tick", PLAN, TODAY, with_prefect=False)


class _Evening(Clock):
    """After the last scene."""

    def now(self) -> datetime:
        return datetime.combine(TODAY, time(17, 0), LOCAL)


def _made(var: Path) -> str:
    file = var / MADE
    return file.read_text("utf-8") if file.exists() and (var / "htx.sqlite3").exists() else ""


def _mark(settings: Settings) -> str:
    """Changes with the software, the plan and the templates that the replay reads."""
    package = Path(__file__).resolve().parent.parent
    files = [*package.rglob("*.py"), *(settings.home / "config").rglob("*.yaml"), *_templates(settings)]
    found = hashlib.sha256()
    for path in sorted(files):
        found.update(path.name.encode())
        found.update(path.read_bytes())
    return found.hexdigest()


def _templates(settings: Settings) -> list[Path]:
    """Those of mails and of documents."""
    folders = [settings.home / "templates" / name for name in ("emails", "documents")]
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]
