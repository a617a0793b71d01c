"""Names of files (tên tệp): kept in Vietnamese, safe to save anywhere, two of one name told apart. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

NAME_LENGTH = 255
"""Characters kept of a name; longer ones are cut before the extension."""
DOWNLOAD_BYTES = 255
"""File systems take no longer name, in UTF-8."""
DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of writing: `bao_cao\\u202efdp.exe` would look like a PDF."""
INVISIBLE = frozenset("\u00ad\u180e\u200b\u200c\u200d\u2060\ufeff")
RESERVED = re.compile(r'[<>:"|?*/\\]')
NAMELESS = "tệp"


ATTR_CHARS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$&+-.^_`|~")
"""What RFC 5987 leaves as it is."""


def clean_name(raw: str) -> str:
    """A name as it is kept: the last part of its path, composed (NFC), without invisible characters.

    The bidi controls stay; `refused_name` says what is wrong with them.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", raw).strip())[-1]
    seen = "".join(each for each in last if each not in INVISIBLE and unicodedata.category(each) not in ("Cc", "Cs"))
    name = " ".join(seen.split()).rstrip(". ")
    stem, extension = split_name(name)
    stem = stem.strip() or NAMELESS
    if not extension:
        return stem[:NAME_LENGTH]
    return f"{stem[: NAME_LENGTH - len(extension) - 1].rstrip()}.{extension}"


def split_name(name: str) -> tuple[str, str]:
    """Stem and extension without its dot; no extension where what follows the last dot could be none (`số 12.2024`)."""
    stem, dot, extension = name.rpartition(".")
    if not dot or not re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,9}|7z", extension):
        return name, ""
    return stem, extension


def free_name(name: str, taken: Iterable[str]) -> str:
    """The name, or with a number where another file of this place has it: `báo cáo (2).pdf`."""
    used = {each.casefold() for each in taken}
    stem, extension = split_name(name)
    tail = f".{extension}" if extension else ""
    found, number = name, 1
    while found.casefold() in used:
        number += 1
        mark = f" ({number}){tail}"
        found = f"{stem[: NAME_LENGTH - len(mark)]}{mark}"
    return found


def download_name(name: str) -> str:
    """The name under which it is saved: short enough for a file system, without what Windows refuses."""
    stem, extension = split_name(RESERVED.sub("_", name))
    tail = f".{extension}" if extension else ""
    room = DOWNLOAD_BYTES - len(tail.encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip() + tail


def plain_name(name: str) -> str:
    """The same in ASCII, for programs that know nothing else: `Bao cao so 12.pdf`."""
    letters = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    plain = "".join(each if " " <= each <= "~" else "" if unicodedata.combining(each) else "_" for each in letters)
    return RESERVED.sub("_", plain).replace("%", "_").replace(";", "_")


def disposition(name: str, *, inline: bool) -> str:
    """The value of Content-Disposition (RFC 6266): an ASCII name, and the real one as RFC 5987 writes it."""
    saved = download_name(name)
    encoded = "".join(chr(byte) if chr(byte) in ATTR_CHARS else f"%{byte:02X}" for byte in saved.encode())
    shown = "inline" if inline else "attachment"
    return f"{shown}; filename=\"{plain_name(saved)}\"; filename*=UTF-8''{encoded}"


def numbered_names(names: Sequence[str]) -> list[str]:
    """Names in the order of a list of papers (mục lục văn bản): `01 Báo cáo.pdf`; each is there once."""
    width = max(2, len(str(len(names))))
    return [download_name(f"{number:0{width}d} {name}") for number, name in enumerate(names, 1)]


def combined_name(names: Sequence[str]) -> str:
    """The PDF that several photographs become: named for the first, with how many they are."""
    stem, _ = split_name(names[0])
    mark = f" (gộp {len(names):02d} ảnh).pdf"
    return f"{stem[: NAME_LENGTH - len(mark)]}{mark}"


def shown_name(name: str) -> str:
    """A name inside a sentence: without bidi controls, its middle left out where it is very long."""
    plain = "".join(each for each in name if each not in DIRECTIONS)
    return plain if len(plain) <= 80 else f"{plain[:50]}…{plain[-25:]}"
