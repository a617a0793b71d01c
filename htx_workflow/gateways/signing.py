"""The signing key of an installation: 32 random bytes in a file only its owner reads."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from htx_workflow.domain.errors import StoreError

SIZE = 32


def load_or_create(path: Path) -> bytes:
    """The key in this file, made the first time. Links in mails already sent work only while it stays the same."""
    try:
        if not path.exists():
            _create(path)
        key = path.read_bytes()
    except OSError as error:
        raise StoreError(
            f"Không đọc, ghi được khóa ký {path} ({error.strerror}). Đề nghị kiểm tra quyền của thư mục."
        ) from error
    if len(key) != SIZE:
        raise StoreError(f"Khóa ký {path} bị hỏng ({len(key)} byte, cần {SIZE}). Đề nghị khôi phục từ bản sao lưu.")
    return key


def _create(path: Path) -> None:
    """A new key, whole from the moment it can be seen; one that another process made meanwhile stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(SIZE))
        with suppress(FileExistsError):
            os.link(name, path)
    finally:
        os.unlink(name)
