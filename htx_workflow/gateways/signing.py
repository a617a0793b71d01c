"""The signing key of an installation: 32 random bytes in a file only its owner reads."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from htx_workflow.domain.errors import StoreError

SIZE = 32


def load_or_create(path: Path) -> bytes:
    """The key in this file, made the first time. Links in mails already sent work only while it stays the same."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            key = path.read_bytes()
        else:
            key = secrets.token_bytes(SIZE)
            with os.fdopen(descriptor, "wb") as file:
                file.write(key)
    except OSError as error:
        raise StoreError(
            f"Không đọc, ghi được khóa ký {path} ({error.strerror}). Đề nghị kiểm tra quyền của thư mục."
        ) from error
    if len(key) != SIZE:
        raise StoreError(f"Khóa ký {path} bị hỏng ({len(key)} byte, cần {SIZE}). Đề nghị khôi phục từ bản sao lưu.")
    return key
