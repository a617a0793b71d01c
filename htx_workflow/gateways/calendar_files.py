"""Files of config/calendars/ (tệp lịch ngày làm việc)."""

from __future__ import annotations

from pathlib import Path

from htx_workflow.domain.calendar import CalendarFile
from htx_workflow.domain.errors import BadConfig
from htx_workflow.gateways import yaml_files


def parse(raw: bytes, name: str) -> CalendarFile:
    """The calendar of a file that somebody sent. Raises `BadConfig` with every problem of it."""
    return yaml_files.validated(yaml_files.parsed(raw, name), CalendarFile)


def load(path: Path) -> CalendarFile:
    """The calendar of one file. Raises `NotFound`, or `BadConfig` with every problem of the file."""
    document = yaml_files.read(path)
    calendar_file = yaml_files.validated(document, CalendarFile)
    if calendar_file.code != path.stem:
        what = f"Mã {calendar_file.code} khác tên tệp {path.name}."
        raise BadConfig([document.problem(("code",), what, f"Đề nghị ghi code: {path.stem}, hoặc đổi tên tệp.")])
    return calendar_file
