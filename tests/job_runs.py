"""Jobs run as plain functions, without Prefect, on a machine with a virtual clock."""

from __future__ import annotations

import asyncio
from typing import Any

from htx_workflow.gateways.word import Word
from htx_workflow.services import jobs
from htx_workflow.services.job_tools import Outcome, Tools, plainly
from tests.commands import HOME
from tests.machine import SENDER, Machine
from tests.scores import TT01

CODE = "kontum-3819"


def tools(machine: Machine) -> Tools:
    def nothing_is_sent() -> Any:
        raise AssertionError("these jobs queue mail, they send none")

    return Tools(
        database=machine.database,
        calendars=machine.calendars,
        style=machine.style,
        sender=SENDER,
        mailer=nothing_is_sent,
        clock=lambda: machine.now,
        rubric=lambda code: TT01,
        word=lambda: Word(HOME / "templates" / "documents"),
    )


def run(machine: Machine, job: str) -> Outcome:
    """One run of a job of plan 3819 on the day of the machine."""
    return asyncio.run(jobs.JOBS[job](tools(machine), plainly, CODE, machine.today))  # type: ignore[arg-type]


def told(machine: Machine, *stems: str) -> list[str]:
    """Keys of the mails queued under these first words, sorted."""
    return sorted(row.key for row in machine.messages() if row.key.split("/")[0] in stems)
