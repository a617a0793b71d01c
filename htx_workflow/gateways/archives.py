"""The file of a backup (tệp sao lưu): a .zip with manifest.json, tables/<name>.jsonl and signing.key.

Every row is one line of JSON with its column names in alphabetical order, so that the same rows have the same
SHA-256 whichever database they come from. Nothing is ever whole in memory.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from htx_workflow.domain.errors import BadInput, HtxError, NotAllowed, NotFound, StoreError

FORMAT = 1
MANIFEST, KEY = "manifest.json", "signing.key"
PIECE = 1 << 16
DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, KeyError, ValueError, RuntimeError, OverflowError,
)  # fmt: skip
"""What zipfile and json raise on a file that is cut off or changed."""
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

Row = dict[str, Any]
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class TableSum(_Part):
    """How many rows a table has, and the SHA-256 (hex) over its lines."""

    rows: int
    sha256: str


class AuditSum(_Part):
    """The audit chain when the backup was made: its events, and how many of its links were broken."""

    events: int
    broken: int


class Manifest(_Part):
    """What an archive says of itself."""

    format: int = FORMAT
    software: str
    """Version of the software that wrote it."""
    revision: str
    """Revision of the schema its tables are in."""
    created_at: AwareDatetime
    tables: dict[str, TableSum]
    signing_key: str | None
    """SHA-256 (hex) of the signing key; None where there was none yet."""
    audit: AuditSum | None
    """None where the schema was older than the software that wrote the archive."""

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())

    @property
    def members(self) -> set[str]:
        """The names in the .zip."""
        return {MANIFEST, *map(_member, self.tables), *([KEY] if self.signing_key else [])}


class _Sum:
    def __init__(self) -> None:
        self.rows, self._hash = 0, hashlib.sha256()

    def add(self, piece: bytes) -> None:
        self.rows += piece.count(b"\n")
        self._hash.update(piece)

    def value(self) -> TableSum:
        return TableSum(rows=self.rows, sha256=self._hash.hexdigest())


def sum_of(rows: Iterable[Row]) -> TableSum:
    """The sum that these rows have in an archive."""
    found = _Sum()
    for row in rows:
        found.add(_line(row))
    return found.value()


def key_sum(key: bytes | None) -> str | None:
    """The SHA-256 (hex) under which a manifest knows a signing key."""
    return hashlib.sha256(key).hexdigest() if key else None


class Writer:
    """An archive being written."""

    def __init__(self, file: IO[bytes], created_at: datetime) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self._created_at = created_at
        self.manifest: Manifest | None = None
        self.sha256 = ""
        """Of the whole file, once it stands."""

    def add_table(self, name: str, rows: Iterable[Row]) -> TableSum:
        written = _Sum()
        with self._zip.open(self._info(_member(name)), "w", force_zip64=True) as member:
            for row in rows:
                line = _line(row)
                written.add(line)
                member.write(line)
        return written.value()

    def finish(self, manifest: Manifest, key: bytes | None) -> None:
        """Write what the archive says of itself; nothing follows."""
        if key:
            self._zip.writestr(self._info(KEY), key)
        self._zip.writestr(self._info(MANIFEST), manifest.model_dump_json(indent=2))
        self._zip.close()
        self.manifest = manifest

    def abandon(self) -> None:
        """Let go of a file that will not be finished."""
        self._zip.fp = None

    def _info(self, name: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, self._created_at.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        return info


@contextmanager
def writing(path: Path, created_at: datetime, *, replace: bool = False) -> Iterator[Writer]:
    """A new archive: under its name once it is whole, on the disk and read again; before that under another.

    Raises NotAllowed where a file of this name exists and `replace` is not set, StoreError when the disk refuses.
    """
    with _disk_errors(f"Không ghi được bản sao lưu {path}"):
        _refuse_taken(path, replace)
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                writer = Writer(file, created_at)
                try:
                    yield writer
                except BaseException:
                    writer.abandon()
                    raise
                file.flush()
                os.fsync(file.fileno())
            _read_again(Path(name), writer)
            os.replace(name, path)
            _settle(path.parent)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(name)


def _refuse_taken(path: Path, replace: bool) -> None:
    if not path.exists() or (path.is_file() and replace):
        return
    if path.is_file():
        raise NotAllowed(f"Tệp {path} đã có. Đề nghị dùng tên khác, hoặc thêm --force để thay tệp cũ; chưa ghi gì.")
    raise NotAllowed(f"{path} không phải là tệp. Đề nghị nêu tên một tệp; chưa ghi gì.")


def _read_again(path: Path, writer: Writer) -> None:
    with opened(path) as archive:
        if archive.manifest != writer.manifest:
            raise StoreError("Bản sao lưu đọc lại không đúng như đã ghi. Đề nghị kiểm tra đĩa rồi chạy lại.")
    with path.open("rb") as file:
        writer.sha256 = hashlib.file_digest(file, "sha256").hexdigest()


def _settle(folder: Path) -> None:
    """Ask that the new name outlives a power cut; some file systems cannot."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class Archive:
    """A whole archive, open: every member has been read once and is what the manifest says."""

    def __init__(self, path: Path, file: zipfile.ZipFile) -> None:
        self._path, self._zip = path, file
        with self._sound(MANIFEST):
            self.manifest = self._read_manifest()
        self._check_members()
        for name, table in self.manifest.tables.items():
            with self._sound(_member(name)):
                self._check_table(name, table)
        with self._sound(KEY):
            self.key = self._zip.read(KEY) if self.manifest.signing_key else None
        if key_sum(self.key) != self.manifest.signing_key:
            raise self.damaged(f"{KEY} không khớp mã băm ghi khi sao lưu")

    def rows(self, name: str) -> Iterator[Row]:
        """The rows of a table, one at a time."""
        with self._sound(_member(name)), self._zip.open(_member(name)) as member:
            for line in member:
                row = json.loads(line)
                if not isinstance(row, dict):
                    raise self.damaged(f"{_member(name)} có dòng không phải là một dòng dữ liệu")
                yield row

    def _read_manifest(self) -> Manifest:
        text = self._zip.read(MANIFEST)
        content = json.loads(text)
        written = content.get("format") if isinstance(content, dict) else None
        if written != FORMAT:
            raise BadInput(
                f"Bản sao lưu {self._path} có định dạng {written}, phần mềm này đọc định dạng {FORMAT}."
                " Đề nghị dùng phiên bản phần mềm đã lập bản sao lưu; chưa có gì thay đổi."
            )
        return Manifest.model_validate_json(text)

    def _check_members(self) -> None:
        names = self._zip.namelist()
        missing, unknown = self.manifest.members - set(names), set(names) - self.manifest.members
        if missing or unknown or len(names) != len(set(names)):
            lack = f"thiếu {', '.join(sorted(missing))}" if missing else ""
            more = f"thừa {', '.join(sorted(unknown))}" if unknown else ""
            raise self.damaged("; ".join(filter(None, (lack, more))) or "có hai mục cùng tên")

    def _check_table(self, name: str, table: TableSum) -> None:
        found = _Sum()
        with self._zip.open(_member(name)) as member:
            while piece := member.read(PIECE):
                found.add(piece)
        if found.rows != table.rows:
            raise self.damaged(f"bảng {name} có {found.rows} dòng, khi sao lưu có {table.rows}")
        if found.value() != table:
            raise self.damaged(f"bảng {name} không khớp mã băm ghi khi sao lưu")

    @contextmanager
    def _sound(self, member: str) -> Iterator[None]:
        try:
            yield
        except HtxError:
            raise
        except ValidationError as error:
            wrong = ", ".join(".".join(map(str, item["loc"])) for item in error.errors())
            raise self.damaged(f"{member} không đúng cấu trúc ({wrong})") from error
        except DAMAGE as error:
            raise self.damaged(f"không đọc được {member} ({error})") from error

    def damaged(self, what: str) -> BadInput:
        """The refusal of this archive; `what` is what is wrong with it."""
        return _damaged(self._path, what)


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """An archive whose every byte has been checked. Raises BadInput for one that is damaged or not ours."""
    with _disk_errors(f"Không đọc được bản sao lưu {path}"), _open(path) as file:
        try:
            zipped = zipfile.ZipFile(file)
        except DAMAGE as error:
            raise _damaged(path, f"không phải là tệp .zip đầy đủ ({error})") from error
        with zipped:
            yield Archive(path, zipped)


def _open(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise NotFound(f"Không có tệp {path}. Đề nghị kiểm tra đường dẫn.") from error


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder for a trial, gone afterwards."""
    with (
        _disk_errors("Không tạo được thư mục tạm"),
        tempfile.TemporaryDirectory(prefix="htx-", ignore_cleanup_errors=True) as folder,
    ):
        yield Path(folder)


@contextmanager
def _disk_errors(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise StoreError(
                f"{what}: đĩa đã đầy. Đề nghị giải phóng dung lượng hoặc chọn nơi khác rồi chạy lại."
            ) from error
        raise StoreError(
            f"{what} ({error.strerror or error}). Đề nghị kiểm tra đường dẫn và quyền của thư mục, của tệp."
        ) from error


def _damaged(path: Path, what: str) -> BadInput:
    return BadInput(f"Bản sao lưu {path} bị hỏng hoặc không đầy đủ: {what}. Đề nghị dùng bản sao lưu khác;"
                    " chưa có gì thay đổi.")  # fmt: skip


def _member(table: str) -> str:
    return f"tables/{table}.jsonl"


def _line(row: Row) -> bytes:
    return _ENCODER.encode(row).encode() + b"\n"
