"""Child processes that are kept alive: started from the main thread, in sessions of their own, restarted when they die."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from htx_workflow.domain.errors import StoreError
from htx_workflow.settings import Settings

BACKOFF = (1.0, 2.0, 5.0, 15.0, 30.0, 60.0)
"""Seconds before each restart in a row; a child that lived for a minute starts over at the first."""
PR_SET_PDEATHSIG = 1
GRACE_SECONDS = 5.0
log = logging.getLogger(__name__)


class Child:
    """One command that should be running. `environment` is added to this process's own."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log_file: Path,
        *,
        pass_fds: Sequence[int] = (),
        environment: Mapping[str, str] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.name = name
        self.restarts = 0
        self._command = list(command)
        self._log_file = log_file
        self._pass_fds = tuple(pass_fds)
        self._environment = dict(environment or {})
        self._stop_signal = stop_signal
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._failures = 0
        self._restart_at: float | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def start(self) -> None:
        """Start it. Its output goes to the log file."""
        try:
            self._log_file.parent.mkdir(parents=True, exist_ok=True)
            with self._log_file.open("ab") as output:
                self._process = subprocess.Popen(
                    self._command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    pass_fds=self._pass_fds,
                    env={**os.environ, **self._environment},
                    preexec_fn=_end_with_parent,
                )
        except OSError as error:
            raise StoreError(
                f"Không khởi động được {self.name} ({error.strerror}). Đề nghị kiểm tra {self._log_file}."
            ) from error
        self._started = time.monotonic()

    def watch(self) -> None:
        """Restart it when it has died and its wait is over. To be called every second or so."""
        now = time.monotonic()
        if self._restart_at is not None:
            if now >= self._restart_at:
                self._restart_at = None
                self.restarts += 1
                self.start()
            return
        if self._process is None or self._process.poll() is None:
            return
        if now - self._started > BACKOFF[-1]:
            self._failures = 0
        wait = BACKOFF[min(self._failures, len(BACKOFF) - 1)]
        self._failures += 1
        self._restart_at = now + wait
        log.warning("%s ended with %s, restarting in %.0f s", self.name, self._process.returncode, wait)

    def stop(self) -> None:
        """End it and everything it started: politely, then for good."""
        process, self._process, self._restart_at = self._process, None, None
        if process is None:
            return
        _signal_group(process.pid, self._stop_signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_SECONDS)
        _signal_group(process.pid, signal.SIGKILL)
        process.wait()


def _end_with_parent() -> None:
    """Linux tells the child when its parent was killed, so that no server stays behind on its port."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _signal_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return


def prefect_server(settings: Settings) -> Child:
    """Prefect's server for its pages and its record of runs, on loopback only, its data under `var_dir`."""
    command = (
        sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(settings.prefect_port),
    )  # fmt: skip
    return Child("Prefect", command, settings.var_dir / "log" / "prefect.log")


def portal(settings: Settings, number: int, descriptor: int) -> Child:
    """One more portal process on a socket that this process has bound."""
    command = (sys.executable, "-m", "htx_workflow.cli", "web", "--fd", str(descriptor))
    return Child(f"cổng {number}", command, settings.var_dir / "log" / f"web-{number}.log", pass_fds=(descriptor,))
