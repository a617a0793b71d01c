"""Logs (nhật ký kỹ thuật): one JSON line an event in var/log/htx.jsonl, and lines a person can read on stderr.

What a line is about stands in fields of its own: job, plan, day, run. No passwords, no texts of mails.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

try:
    import fcntl
except ImportError:  # Windows: one process writes the log
    fcntl = None  # type: ignore[assignment]

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
FILE = "htx.jsonl"
BYTES = 10_000_000
KEPT = 9
"""Full files that are kept beside the present one."""
ABOUT = ("job", "plan", "day", "run")
OURS = ("htx_workflow", "flows")
"""Loggers of which everything from INFO on is written; of others, warnings."""
_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def configure(var_dir: Path, to_stderr: bool) -> None:
    """Write the log of this process under `var_dir`; a second call takes the place of the first.

    Where the folder cannot be written the log goes to stderr, so that nothing stops for its log.
    """
    root = logging.getLogger()
    for old in [handler for handler in root.handlers if getattr(handler, "htx", False)]:
        root.removeHandler(old)
        old.close()
    handlers: list[logging.Handler] = []
    try:
        folder = var_dir / "log"
        folder.mkdir(parents=True, exist_ok=True)
        file = SharedFile(folder / FILE, BYTES, KEPT)
        file.setFormatter(JsonLines())
        handlers.append(file)
    except OSError as error:
        to_stderr = True
        print(f"Không ghi được nhật ký vào {var_dir / 'log'} ({error.strerror}).", file=sys.stderr)
    if to_stderr:
        lines = logging.StreamHandler()
        lines.setFormatter(Readable())
        handlers.append(lines)
    for handler in handlers:
        handler.htx = True  # type: ignore[attr-defined]  # how the next call knows them
        root.addHandler(handler)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)


def extras(record: logging.LogRecord) -> dict[str, Any]:
    """What the caller passed as `extra`."""
    return {name: value for name, value in vars(record).items() if name not in _PLAIN}


class JsonLines(logging.Formatter):
    """time, level, message, job, plan, day, run, then whatever else was passed; an exception as `trace`."""

    def format(self, record: logging.LogRecord) -> str:
        given = extras(record)
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, LOCAL).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **{name: given.pop(name) for name in ABOUT if name in given},
            **given,
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class Readable(logging.Formatter):
    """08:57:03 INFO run done (nightly_tick kontum-3819 2025-12-15, sent 7)."""

    def format(self, record: logging.LogRecord) -> str:
        given = extras(record)
        about = " ".join(str(given.pop(name)) for name in ABOUT if given.get(name) not in (None, ""))
        rest = [f"{name} {value}" for name, value in given.items() if value not in (0, "", None) and name not in ABOUT]
        shown = ", ".join(part for part in (about, *rest) if part)
        moment = datetime.fromtimestamp(record.created, LOCAL)
        line = f"{moment:%H:%M:%S} {record.levelname} {record.getMessage()}{f' ({shown})' if shown else ''}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class SharedFile(RotatingFileHandler):
    """A rotating file that several processes write: one of them renames it when it is full, the others notice."""

    def __init__(self, path: Path, max_bytes: int, kept: int) -> None:
        super().__init__(path, maxBytes=max_bytes, backupCount=kept, encoding="utf-8")
        self._lock_file = path.with_suffix(".lock")

    def emit(self, record: logging.LogRecord) -> None:
        if self._moved():
            self._reopen()
        super().emit(record)

    def doRollover(self) -> None:
        with self._alone():
            if self._moved():
                self._reopen()
            else:
                super().doRollover()

    def _moved(self) -> bool:
        """Whether another process has renamed the file we write."""
        if self.stream is None:
            return False
        try:
            there = os.stat(self.baseFilename)
            ours = os.fstat(self.stream.fileno())
        except (OSError, ValueError):
            return True
        return (there.st_dev, there.st_ino) != (ours.st_dev, ours.st_ino)

    def _reopen(self) -> None:
        if self.stream is not None:
            self.stream.close()
        self.stream = self._open()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._lock_file.open("w") as file:
            if fcntl is not None:
                fcntl.flock(file, fcntl.LOCK_EX)
            yield
