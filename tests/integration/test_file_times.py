"""Office files of a virtual day: their own times are that day's, so that what is written again has the same bytes."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import docx
from openpyxl import Workbook

from htx_workflow.gateways import file_times

AT = datetime(2026, 1, 26, 8, 0, 4, tzinfo=UTC)


def written(hour: int) -> bytes:
    """A workbook as it is written at an hour, with a file of its own inside a Word file."""
    book, out = Workbook(), io.BytesIO()
    book.properties.created = book.properties.modified = datetime(2024, 1, 1, hour, tzinfo=UTC)
    book.save(out)
    whole = io.BytesIO()
    docx.Document().save(whole)
    with zipfile.ZipFile(whole, "a") as parts:
        parts.writestr(zipfile.ZipInfo("word/embeddings/chart.xlsx", (2024, 1, 1, hour, 0, 0)), out.getvalue())
    return whole.getvalue()


def test_what_is_written_at_two_moments_is_the_same_for_one_day() -> None:
    assert written(1) != written(2)
    assert file_times.dated(written(1), AT) == file_times.dated(written(2), AT)


def test_every_part_bears_the_moment_and_the_file_opens() -> None:
    body = file_times.dated(written(1), AT)
    with zipfile.ZipFile(io.BytesIO(body)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(2026, 1, 26, 8, 0, 4)}
    assert docx.Document(io.BytesIO(body)).core_properties.modified == AT
