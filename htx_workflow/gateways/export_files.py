"""The folder of an export (thư mục xuất dữ liệu): CSV and Excel written row by row, sums, and one name at the end.

While it is being written it stands beside its place under another name; a run that was cut off leaves only that, and
the next run clears it away. Nothing is ever whole in memory.
"""

from __future__ import annotations

import csv
import fcntl
import hashlib
import os
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter
from jinja2 import Environment, FileSystemLoader

from htx_workflow.domain.errors import NotAllowed, StoreError

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
BOM = "\ufeff"
SHEET_ROWS = 1_000_000
"""Rows of one sheet; Excel holds 1,048,576."""
LONGEST = 32_000
CUT = "… (đủ trong tệp CSV)"
SUMS = "SHA256SUMS.txt"
_DOUBTFUL = ("=", "+", "-", "@", "\t", "\r")
MIDNIGHT = time(0)
_ROW = re.compile(rb"<row ")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an exported table: its head, and the name that the database has for it."""

    head: str
    name: str


class Folder:
    """An export being written."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._sums: dict[str, str] = {}

    @property
    def files(self) -> int:
        return len(self._sums)

    def add_table(self, stem: str, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> int:
        """Write a table as CSV and as Excel in one pass, read both again: how many rows stand in each."""
        with self._open(f"bang/{stem}.csv") as comma, self._open(f"bang/{stem}.xlsx") as sheet:
            count = _write(comma, sheet, title, columns, rows)
        found = (_csv_rows(comma), _excel_rows(sheet))
        if found != (count, count):
            raise StoreError(
                f"Đọc lại bảng {stem}: CSV có {found[0]} dòng, Excel có {found[1]} dòng, đã ghi {count} dòng."
                " Đề nghị kiểm tra đĩa rồi chạy lại."
            )
        return count

    def add_contents(self, stem: str, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> None:
        """The list of what is there, as Excel beside the page."""
        with self._open(f"{stem}.xlsx") as path, xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
            sheets = _Sheets(book, title, columns)
            for row in rows:
                sheets.add(row)

    def add_file(self, name: str, body: bytes) -> None:
        """Write one file as it is."""
        with self._open(name) as path:
            path.write_bytes(body)

    def add_page(self, name: str, templates: Path, values: dict[str, Any]) -> None:
        """A page made from templates/export/."""
        frame = Environment(loader=FileSystemLoader(templates), autoescape=True, trim_blocks=True)
        self.add_file(name, frame.get_template(name).render(**values).encode())

    def finish(self) -> None:
        """Write the sums; nothing follows."""
        lines = [f"{found}  {name}\n" for name, found in sorted(self._sums.items())]
        (self._place / SUMS).write_text("".join(lines), "utf-8", newline="")

    @contextmanager
    def _open(self, name: str) -> Iterator[Path]:
        path = self._place / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        yield path
        os.chmod(path, 0o600)
        with path.open("rb") as file:
            self._sums[name] = hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def writing(place: Path) -> Iterator[Folder]:
    """A new folder, under its name once everything in it is whole. Raises NotAllowed for one that holds something."""
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise NotAllowed(f"{place} đã có và không trống. Đề nghị nêu một thư mục mới; chưa ghi gì.")
    work = place.parent / f".{place.name}.dang-xuat"
    try:
        with _alone(work):
            folder = Folder(work)
            yield folder
            folder.finish()
            with suppress(FileNotFoundError):
                place.rmdir()
            os.replace(work, place)
    except OSError as error:
        raise StoreError(
            f"Không ghi được {place} ({error.strerror or error}). Đề nghị kiểm tra dung lượng đĩa và quyền của thư"
            " mục rồi chạy lại; chưa có thư mục nào được tạo."
        ) from error


@contextmanager
def _alone(work: Path) -> Iterator[None]:
    """The folder to write in, empty, for this process alone; gone again unless it got its name."""
    lock = work.with_name(f"{work.name}.khoa")
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise NotAllowed("Một lần xuất khác vào thư mục này đang chạy. Đề nghị chờ xong.") from error
        try:
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir(mode=0o700)
            yield
        finally:
            shutil.rmtree(work, ignore_errors=True)
            lock.unlink(missing_ok=True)


def _write(comma: Path, book_path: Path, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> int:
    count = 0
    with (
        comma.open("w", encoding="utf-8", newline="") as file,
        xlsxwriter.Workbook(str(book_path), {"constant_memory": True}) as book,
    ):
        file.write(BOM)
        lines = csv.writer(file, lineterminator="\r\n")
        lines.writerow([column.head for column in columns])
        sheets = _Sheets(book, title, columns)
        for row in rows:
            lines.writerow([_plain(value) for value in row])
            sheets.add(row)
            count += 1
    return count


class _Sheets:
    """The sheets of a workbook; a new one begins where Excel ends."""

    def __init__(self, book: xlsxwriter.Workbook, title: str, columns: Sequence[Column]) -> None:
        self._book, self._columns = book, columns
        self._head = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#E6ECF2", "border": 1})  # fmt: skip
        self._text = book.add_format({"num_format": "@", "valign": "top"})
        self._day = book.add_format({"num_format": "dd/mm/yyyy", "valign": "top"})
        self._moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss", "valign": "top"})
        book.set_properties({"title": title})
        self._number = 0
        self._begin()

    def _begin(self) -> None:
        self._number += 1
        self._sheet = self._book.add_worksheet("Dữ liệu" if self._number == 1 else f"Dữ liệu {self._number}")
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_column(0, len(self._columns) - 1, 18)
        for place, column in enumerate(self._columns):
            self._sheet.write_string(0, place, column.head, self._head)
        self._row = 0

    def add(self, row: Sequence[Any]) -> None:
        if self._row == SHEET_ROWS:
            self._begin()
        self._row += 1
        if all(value is None or value == "" for value in row):
            self._sheet.write_blank(self._row, 0, None, self._text)
        for place, value in enumerate(row):
            self._put(place, value)

    def _put(self, place: int, value: Any) -> None:
        if value is None or value == "":
            return
        if isinstance(value, bool):
            self._sheet.write_string(self._row, place, _plain(value), self._text)
        elif isinstance(value, int | Decimal):
            self._sheet.write_number(self._row, place, float(value))
        elif isinstance(value, datetime):
            local = value.astimezone(LOCAL).replace(tzinfo=None)
            self._sheet.write_datetime(self._row, place, local, self._moment)
        elif isinstance(value, date) and value.year >= 1900:
            self._sheet.write_datetime(self._row, place, datetime.combine(value, MIDNIGHT), self._day)
        else:
            text = str(value)
            self._sheet.write_string(
                self._row, place, text if len(text) <= LONGEST else text[:LONGEST] + CUT, self._text
            )


def _plain(value: Any) -> str:
    """A value in CSV. Text that a spreadsheet would take for a formula has an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, datetime):
        return value.astimezone(LOCAL).replace(tzinfo=None).isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_DOUBTFUL) else text


def _csv_rows(path: Path) -> int:
    """Records below the head, as a program reads them."""
    limit = csv.field_size_limit(1 << 30)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return sum(1 for _ in csv.reader(file, strict=True)) - 1
    finally:
        csv.field_size_limit(limit)


def _excel_rows(path: Path) -> int:
    """Rows below the heads of all sheets; every byte of them is unpacked and checked."""
    rows, sheets = 0, 0
    with zipfile.ZipFile(path) as book:
        for name in book.namelist():
            if not name.startswith("xl/worksheets/"):
                continue
            sheets += 1
            with book.open(name) as sheet:
                tail = b""
                while piece := sheet.read(1 << 16):
                    rows += len(_ROW.findall(tail + piece))
                    tail = piece[-4:]
    return rows - sheets
