"""The signing key of an installation: 32 random bytes in a file only its owner reads."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from htx_workflow.domain.errors import NotAllowed, StoreError

SIZE = 32


def load_or_create(path: Path) -> bytes:
    """The key in this file, made the first time. Links in mails already sent work only while it stays the same."""
    with _disk_errors(path):
        if not path.exists():
            _create(path, secrets.token_bytes(SIZE))
    return _checked(path)


def find(path: Path) -> bytes | None:
    """The key in this file, or None when none was made yet."""
    with _disk_errors(path):
        there = path.exists()
    return _checked(path) if there else None


def refuse_other(path: Path, key: bytes | None) -> None:
    """Raises NotAllowed where another key stands than the one to be put back: it is never replaced."""
    if key is not None and find(path) not in (None, key):
        raise NotAllowed(
            f"Khóa ký {path} khác khóa trong bản sao lưu. Đề nghị chuyển tệp ấy đi nơi khác (hoặc đặt HTX_VAR_DIR sang"
            " một nơi trống) rồi chạy lại; chưa có gì thay đổi."
        )


def put_back(path: Path, key: bytes | None) -> None:
    """Write a key that was saved, where none stands. Raises NotAllowed where another does."""
    if key is not None:
        with _disk_errors(path):
            _create(path, key)
        refuse_other(path, key)


def _checked(path: Path) -> bytes:
    with _disk_errors(path):
        key = path.read_bytes()
    if len(key) != SIZE:
        raise StoreError(f"Khóa ký {path} bị hỏng ({len(key)} byte, cần {SIZE}). Đề nghị khôi phục từ bản sao lưu.")
    return key


@contextmanager
def _disk_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"Không đọc, ghi được khóa ký {path} ({error.strerror}). Đề nghị kiểm tra quyền của thư mục."
        ) from error


def _create(path: Path, key: bytes) -> None:
    """A new key, whole from the moment it can be seen; one that another process made meanwhile stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(name, path)
    finally:
        os.unlink(name)
