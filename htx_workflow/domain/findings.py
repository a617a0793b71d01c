"""A finding (điều cần sửa): one thing wrong in a configuration, and the question "did you mean…".

The domain knows keys; files and lines are added by whoever read the file.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import NamedTuple

Key = tuple[str | int, ...]
"""A place in the data as written: keys by their name in the file, list items from 0."""


class Finding(NamedTuple):
    """Where it stands, what is wrong, what to do: two Vietnamese sentences."""

    key: Key
    what: str
    remedy: str


def unknown(key: Key, name: str, noun: str, known: Iterable[str], add_to: str) -> Finding:
    """A name that nothing bears; offers the nearest one that something does."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    guess = f"Có phải là {close[0]}? " if close else ""
    return Finding(
        key,
        f"Không có {noun} {name}.",
        f"{guess}Đề nghị sửa lại, hoặc thêm vào {add_to}.",
    )


def repeated(key: Key, name: str, noun: str) -> Finding:
    """A name that an earlier item bears already."""
    return Finding(key, f"{noun} {name} đã có ở trên.", "Đề nghị đổi tên khác hoặc bỏ một mục.")
