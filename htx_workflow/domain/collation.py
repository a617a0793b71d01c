"""Order and search (thứ tự, tìm kiếm) of Vietnamese words: the same on every database, made at the edge.

`sort_key` follows the alphabet a ă â b c d đ e ê … and the tones ngang, huyền, hỏi, ngã, sắc, nặng, as ICU does
for `vi`; unlike it, a tone on the old place (hoà) and on the new one (hòa) are the same tone. `person_key` sorts
people by given name, then by the rest. `fold` is for search only: it forgets marks, đ, spaces and signs.
"""

from __future__ import annotations

import unicodedata

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TONES = "\u0300\u0309\u0303\u0301\u0323"
"""Huyền, hỏi, ngã, sắc, nặng: the order of dictionaries; no mark comes first."""

_LETTER = {letter: chr(0x1000 + number) for number, letter in enumerate(ALPHABET)}
_TONE = {mark: str(number) for number, mark in enumerate(TONES, 1)}
_SAME = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "\u00a0": " ", "–": "-", "—": "-"})


def sort_key(text: str) -> tuple[str, str, str]:
    """Letters first, tones of each word second, the spelling (small letters first) last."""
    letters: list[str] = []
    tones: list[str] = []
    plain = " ".join(text.translate(_SAME).split())
    for word in plain.lower().split(" "):
        bare, tone = _taken_apart(word)
        letters.append("".join(_LETTER.get(letter, letter) for letter in bare))
        tones.append(tone or "0")
    return " ".join(letters), " ".join(tones), unicodedata.normalize("NFC", plain).swapcase()


def person_key(name: str) -> tuple[tuple[str, str, str], tuple[str, str, str]]:
    """Given name (the last word), then everything before it; a name may be one word."""
    rest, _, given = " ".join(name.split()).rpartition(" ")
    return sort_key(given), sort_key(rest)


def fold(text: str) -> str:
    """The search key: without marks, đ as d, without spaces and signs; `Đắk Tô`, `ĐĂK TÔ`, `dakto` are one."""
    bare = unicodedata.normalize("NFKD", text.lower().replace("đ", "d"))
    return "".join(letter for letter in bare if letter.isalnum())


def contains(text: str, query: str) -> bool:
    """Whether a search for `query` finds `text`; an empty query finds everything."""
    return fold(query) in fold(text)


def _taken_apart(word: str) -> tuple[str, str]:
    """A word without its tones, and its tones in the order they stand; ă, â, ê, ô, ơ, ư stay letters."""
    spread = unicodedata.normalize("NFD", word)
    bare = "".join(mark for mark in spread if mark not in _TONE)
    return unicodedata.normalize("NFC", bare), "".join(_TONE[mark] for mark in spread if mark in _TONE)
