"""Runs as a machine would have left them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from htx_workflow.store import runs
from htx_workflow.store.database import Database

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")


def record_run(
    database: Database,
    at: datetime,
    *,
    job: str = "nightly_tick",
    plan: str = "tinh-mau",
    outcome: str = "done",
    error: str = "",
    seconds: float = 1.0,
    counts: dict[str, int] | None = None,
) -> int:
    """A run that began at this moment and ended so, or with outcome `running` goes on; its number."""
    if job == "deliver_outbox":
        plan = ""
    with database.transaction("test") as session:
        number = runs.open_run(session, job, plan, at.astimezone(LOCAL).date(), at, "")
        if outcome != "running":
            runs.close_run(session, number, at + timedelta(seconds=seconds), outcome, json.dumps(counts or {}), error)
    return number
