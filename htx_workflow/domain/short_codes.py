"""Short codes (mã ngắn): the six digits of mails and sheets, and the short address of a sheet.

They are derived from the signing key of the installation, which never lies in the database: who reads the database
can neither find the digits nor try them out.
"""

from __future__ import annotations

import hmac
from hashlib import sha256

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Of short addresses: none that is taken for another when read out or written by hand."""
SHORT_LENGTH = 5
DIGITS = 6


def digits_of(key: bytes, what: str) -> str:
    """Six digits that belong to `what`."""
    number = _number(key, f"digits\n{what}") % 10**DIGITS
    return f"{number:0{DIGITS}d}"


def short_of(key: bytes, what: str) -> str:
    """The short address that belongs to `what`."""
    number, letters = _number(key, f"short\n{what}"), []
    for _ in range(SHORT_LENGTH):
        number, rest = divmod(number, len(LETTERS))
        letters.append(LETTERS[rest])
    return "".join(letters)


def proof(key: bytes, token: str, digits: str) -> str:
    """What is kept of six digits: it can be tried out only by who has the key."""
    return hmac.new(key, f"proof\n{token}\n{digits}".encode(), sha256).hexdigest()


def shown(digits: str) -> str:
    """482 913: as it is read out."""
    return f"{digits[:3]} {digits[3:]}"


def typed_digits(text: str) -> str:
    """The digits of what a person typed: spaces, full stops and dashes do not matter."""
    return "".join(letter for letter in text if letter.isascii() and letter.isdigit())


def typed_short(text: str) -> str:
    """A short address as a person typed it."""
    return "".join(letter for letter in text.upper() if letter in LETTERS)


def _number(key: bytes, what: str) -> int:
    return int.from_bytes(hmac.new(key, what.encode(), sha256).digest()[:16], "big")
