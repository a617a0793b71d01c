"""Logs: fields a program can read, lines a person can, one file for several processes."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from htx_workflow import logs

log = logging.getLogger("htx_workflow.test")


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """The loggers of the test process stay as they were."""
    root = logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in logs.OURS}
    yield
    for handler in [handler for handler in root.handlers if getattr(handler, "htx", False)]:
        root.removeHandler(handler)
        handler.close()
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def lines(var_dir: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (var_dir / "log" / logs.FILE).read_text(encoding="utf-8").splitlines()]


def test_a_line_says_what_it_is_about_in_fields(tmp_path: Path) -> None:
    logs.configure(tmp_path, to_stderr=False)
    log.info("run done", extra={"run": 7, "job": "nightly_tick", "plan": "kontum-3819", "day": "2025-12-15", "sent": 3})
    (line,) = lines(tmp_path)
    del line["time"]
    assert line == {
        "level": "info", "logger": "htx_workflow.test", "message": "run done", "job": "nightly_tick",
        "plan": "kontum-3819", "day": "2025-12-15", "run": 7, "sent": 3,
    }  # fmt: skip


def test_an_exception_keeps_its_trace_on_one_line(tmp_path: Path) -> None:
    logs.configure(tmp_path, to_stderr=False)
    try:
        raise ValueError("không đọc được")
    except ValueError:
        log.exception("the beat failed")
    (line,) = lines(tmp_path)
    assert "ValueError: không đọc được" in str(line["trace"])


def test_a_person_reads_time_level_and_what_happened(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(tmp_path, to_stderr=True)
    log.info(
        "run done", extra={"job": "deliver_outbox", "plan": "", "day": "2025-12-15", "run": 8, "sent": 3, "failed": 0}
    )
    assert capsys.readouterr().err[9:] == "INFO run done (deliver_outbox 2025-12-15 8, sent 3)\n"


def test_other_libraries_are_heard_from_warnings_on(tmp_path: Path) -> None:
    logs.configure(tmp_path, to_stderr=False)
    logging.getLogger("httpx").info("GET /health")
    logging.getLogger("httpx").warning("slow")
    assert [line["message"] for line in lines(tmp_path)] == ["slow"]


def test_configuring_again_writes_each_line_once(tmp_path: Path) -> None:
    logs.configure(tmp_path, to_stderr=False)
    logs.configure(tmp_path, to_stderr=False)
    log.info("one")
    assert len(lines(tmp_path)) == 1


def test_two_writers_of_one_file_lose_no_line_when_it_is_full(tmp_path: Path) -> None:
    path = tmp_path / logs.FILE
    writers = [logs.SharedFile(path, 2_000, 9) for _ in range(2)]
    for writer in writers:
        writer.setFormatter(logs.JsonLines())
    for number in range(60):
        record = logging.makeLogRecord({"name": "htx_workflow", "msg": f"line {number}"})
        writers[number % 2].emit(record)
    for writer in writers:
        writer.close()
    written = [line for file in tmp_path.glob(f"{logs.FILE}*") for line in file.read_text("utf-8").splitlines()]
    assert sorted(json.loads(line)["message"] for line in written) == sorted(f"line {number}" for number in range(60))
    assert len(list(tmp_path.glob(f"{logs.FILE}*"))) > 2


def test_without_a_place_for_the_log_the_work_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "log").write_text("a file where the folder should be")
    logs.configure(tmp_path, to_stderr=False)
    log.info("still here")
    assert "Không ghi được nhật ký" in capsys.readouterr().err
