"""The command line as other programs see it: real processes, one or several at the same moment."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from htx_workflow import cli

HOME = Path(__file__).parents[1]
PLAN = HOME / "config" / "plans" / "kontum-3819.yaml"

_RUN = "import sys; from htx_workflow.cli import main; main(sys.argv[1:])"
_CALL = """
import importlib, json, sys
name, arguments = sys.argv[1:]
module, _, function = name.partition(":")
call = getattr(importlib.import_module(module), function)
print("ready", flush=True)
sys.stdin.readline()
print(json.dumps(call(*json.loads(arguments))))
"""


@dataclass(frozen=True)
class Finished:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def htx(*arguments: str, before: str = "", **settings: str) -> Finished:
    """Run `htx` in a process of its own; `before` is Python that runs first in it, settings are HTX_ variables."""
    environment = {**os.environ, **{f"HTX_{name.upper()}": value for name, value in settings.items()}}
    done = subprocess.run(
        [sys.executable, "-c", f"{before}\n{_RUN}", *arguments],
        env=environment, cwd=HOME, capture_output=True, text=True, encoding="utf-8", timeout=60,
    )  # fmt: skip
    return Finished(done.returncode, done.stdout, done.stderr)


def htx_here(*arguments: str, **settings: str) -> Finished:
    """As `htx`, in this process: for commands whose end is not what the test is about."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    environment = {f"HTX_{name.upper()}": value for name, value in settings.items()}
    with mock.patch.dict(os.environ, environment), redirect_stdout(out), redirect_stderr(err):
        try:
            cli.main(list(arguments))
        except SystemExit as end:
            code = int(end.code or 0)
    return Finished(code, out.getvalue(), err.getvalue())


def race(function: str, *arguments: list[Any]) -> list[Any]:
    """Call `module:function` in as many processes as there are lists of arguments, all let go at once; the results."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _CALL, function, json.dumps(each)],
            cwd=HOME, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            encoding="utf-8",
        )
        for each in arguments
    ]  # fmt: skip
    for process in processes:
        assert process.stdout is not None
        assert process.stdin is not None
        ready = process.stdout.readline()
        assert ready == "ready\n", process.communicate()[1]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    results = []
    for process in processes:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        results.append(json.loads(out))
    return results
