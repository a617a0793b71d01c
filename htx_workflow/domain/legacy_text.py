"""Text in the old Vietnamese encodings TCVN3 (.VnTime) and VNI-Windows (phông chữ cũ): found, and turned to Unicode.

Pasted from an old .doc or .xls such text arrives as Latin letters (`Céng hßa`, `Coäng hoøa`). Both directions of doubt
matter: Unicode Vietnamese must never be taken for it, and nothing is changed without the person who typed it seeing
the result. TCVN3 writes "ư" as U+00AD, a soft hyphen: nothing invisible may be stripped before looking here.

Tables: TCVN 5712:1993 (VN3) and VNI for Windows.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

_TCVN3_FROM = (
    "\xa1\xa2\xa3\xa4\xa5\xa6\xa7\xa8\xa9\xaa\xab\xac\xad\xae\xb5\xb6\xb7\xb8\xb9\xbb\xbc\xbd\xbe\xc6\xc7\xc8\xc9\xca"
    "\xcb\xcc\xce\xcf\xd0\xd1\xd2\xd3\xd4\xd5\xd6\xd7\xd8\xdc\xdd\xde\xdf\xe1\xe2\xe3\xe4\xe5\xe6\xe7\xe8\xe9\xea\xeb"
    "\xec\xed\xee\xef\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9\xfa\xfb\xfc\xfd\xfe"
)
_TCVN3_TO = "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
_TCVN3 = str.maketrans(_TCVN3_FROM, _TCVN3_TO)

_VNI_MARKS = {
    "ø": "\u0300",
    "û": "\u0309",
    "õ": "\u0303",
    "ù": "\u0301",
    "ï": "\u0323",
    "â": "\u0302",
    "à": "\u0302\u0300",
    "å": "\u0302\u0309",
    "ã": "\u0302\u0303",
    "á": "\u0302\u0301",
    "ä": "\u0302\u0323",
    "ê": "\u0306",
    "è": "\u0306\u0300",
    "ú": "\u0306\u0309",
    "ü": "\u0306\u0303",
    "é": "\u0306\u0301",
    "ë": "\u0306\u0323",
}
"""What stands after a vowel in VNI; the small letters after small vowels, the capital ones after capital vowels."""
_VNI_ALONE = {"ñ": "đ", "ô": "ơ", "ö": "ư", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "í": "í", "ò": "ị", "î": "ỵ"}

_ONLY_UNICODE = re.compile("[ăđơưạ-ỹ\u0300-\u0303\u0306\u0309\u0323\u031b]", re.IGNORECASE)
"""Letters that neither old encoding can show: text holding one is Unicode already."""
_ODD = re.compile("[\xa1-\xff\xad]")
_SYLLABLE = re.compile(
    r"(?:ngh|ng|gh|gi|kh|nh|ph|th|tr|ch|qu|[bcdđghklmnpqrstvx])?"
    r"(?:iêu|oai|oao|oay|oeo|uây|uôi|uya|uyê|uyu|ươi|ươu|yêu|ai|ao|au|ay|âu|ây|eo|êu|ia|iê|iu|oa|oă|oe|oi|ôi|ơi"
    r"|ua|uâ|uê|ui|uô|uơ|uy|ưa|ươ|ưi|ưu|yê|[aăâeêioôơuưy])(?:ng|nh|ch|[cmnpt])?"
)


@dataclass(frozen=True)
class Legacy:
    """What was found: the encoding's name for people, and the text in Unicode."""

    encoding: Literal["TCVN3", "VNI"]
    text: str


def found(text: str) -> Legacy | None:
    """The text in Unicode when it is written in an old encoding; None for anything else, and when in doubt."""
    if not _ODD.search(text) or _ONLY_UNICODE.search(unicodedata.normalize("NFC", text)):
        return None
    own = _sense(text)
    guesses = [Legacy("TCVN3", from_tcvn3(text)), Legacy("VNI", from_vni(text))]
    best = max(guesses, key=lambda guess: _sense(guess.text))
    return best if _sense(best.text) > max(own, 0.7) else None


def refusal(text: str) -> str | None:
    """What to tell whoever typed it: the encoding, and how the text would read; None for good text."""
    legacy = found(text)
    if legacy is None:
        return None
    preview = legacy.text if len(legacy.text) <= 120 else f"{legacy.text[:119].rstrip()}…"
    return f'Nội dung dùng phông chữ cũ ({legacy.encoding}), không phải Unicode; đọc được là "{preview}"'


def from_tcvn3(text: str) -> str:
    """Every letter of the table, whatever the text is. Capitals with tones are small letters in a capital font."""
    return text.translate(_TCVN3)


def from_vni(text: str) -> str:
    """Every pair of the table, whatever the text is."""
    letters: list[str] = []
    for sign in text:
        low = sign.lower()
        base = letters[-1] if letters else ""
        if base and _takes(base, low):
            letters[-1] = unicodedata.normalize("NFC", base + _VNI_MARKS[low])
        elif low in _VNI_ALONE:
            letter = _VNI_ALONE[low]
            letters.append(letter if sign == low else letter.upper())
        else:
            letters.append(sign)
    return "".join(letters)


def _takes(base: str, mark: str) -> bool:
    """Whether the mark may stand after this letter: tones on any vowel, a circumflex or breve only on plain ones."""
    if mark not in _VNI_MARKS:
        return False
    if mark in "øûõùï":
        return base.lower() in "aeiouyơư"
    return base.lower() in ("aeo" if mark in "âàåãáä" else "a")


def _sense(text: str) -> float:
    """How much of the text reads as Vietnamese syllables, among the words that hold a letter beyond ASCII."""
    marked = [word for word in re.findall(r"[^\W\d_]+", text.replace("\xad", "\xff")) if not word.isascii()]
    if not marked:
        return 0.0
    return sum(1 for word in marked if _is_syllable(word)) / len(marked)


def _is_syllable(word: str) -> bool:
    spread = unicodedata.normalize("NFD", word.lower())
    tones = [mark for mark in spread if mark in "\u0300\u0301\u0303\u0309\u0323"]
    bare = unicodedata.normalize(
        "NFC", "".join(mark for mark in spread if mark not in "\u0300\u0301\u0303\u0309\u0323")
    )
    return len(tones) <= 1 and _SYLLABLE.fullmatch(bare) is not None
