"""How soon `htx --help` answers. Peers: an interpreter that does nothing, and one that imports the whole wiring."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import house
from benchmarks.report import Figure, timed

LIMIT = 0.6


def measure() -> Iterator[Figure | str]:
    htx = str(Path(sys.executable).with_name("htx"))
    ours = timed(lambda: _run(htx, "--help"), 15)
    nothing = timed(lambda: _run(sys.executable, "-c", "pass"), 15)
    everything = timed(lambda: _run(sys.executable, "-c", "import htx_workflow.runtime"), 5)
    yield Figure("htx --help", "", ours, "s", LIMIT, "python -c pass", nothing)
    yield Figure("htx --help", "", ours, "s", LIMIT, "import htx_workflow.runtime", everything)


def _run(*command: str) -> None:
    subprocess.run(command, cwd=house.HOME, stdout=subprocess.DEVNULL, check=True)
