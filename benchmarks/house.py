"""What the figures need of the house: its calendar, its templates, and processes of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.gateways import calendar_files
from htx_workflow.gateways.templates import MailTemplates
from htx_workflow.services.composing import Style

HOME = Path(__file__).resolve().parent.parent


class NotMeasured(Exception):
    """A process that should have measured something ended with an error; the other figures go on."""


def calendar() -> WorkingCalendar:
    return WorkingCalendar.from_file(calendar_files.load(HOME / "config" / "calendars" / "vn.yaml"))


def style() -> Style:
    """Real templates, with links."""
    return Style(MailTemplates(HOME / "templates" / "emails"), links=True)


def child(*arguments: str, module: str = "benchmarks.child") -> dict[str, Any]:
    """What a process of `benchmarks.child` (or of another module) measured."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=HOME, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NotMeasured(f"{arguments[0]}: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def start(*arguments: str) -> subprocess.Popen[str]:
    """A process of `benchmarks.child` that works until its standard input is closed."""
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.child", *arguments],
        cwd=HOME,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, _ = process.communicate()
    found: dict[str, Any] = json.loads(out)
    return found
