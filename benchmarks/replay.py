"""Plan 3819 lived through from 23/10/2024 to 31/01/2026: database, SMTP, mailbox, simulated agencies.

Nothing comparable is known to us; beside it stand the days and the mails a second it comes to.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from statistics import median

from benchmarks import house
from benchmarks.report import Figure

LIMIT = 20.0
FIRST, LAST = date(2024, 10, 23), date(2026, 1, 31)
REPEAT = 3


def measure() -> Iterator[Figure | str]:
    seconds, mails = [], 0
    for _ in range(REPEAT):
        with tempfile.TemporaryDirectory(prefix="htx-bench-") as folder:
            out = Path(folder) / "out"
            began = time.perf_counter()
            done = subprocess.run(
                [str(Path(sys.executable).with_name("htx")), "replay", "kontum-3819", "--from", FIRST.isoformat(),
                 "--to", LAST.isoformat(), "--seed", "1", "--out", str(out)],
                cwd=house.HOME, capture_output=True, text=True, check=False,
            )  # fmt: skip
            seconds.append(time.perf_counter() - began)
            if done.returncode:
                yield f"replay: not measured, the command refused: {done.stderr.strip().splitlines()[-1:]}"
                return
            mails = len(list(out.rglob("*.eml")))
    taken, days = median(seconds), (LAST - FIRST).days + 1
    yield Figure("replay", f"{days} days, {mails} mails", taken, "s", LIMIT)
    yield Figure("replay", "days", days / taken, "/s")
    yield Figure("replay", "mails, each through SMTP", mails / taken, "/s")
