"""What was just done, in a sentence: an act redirects to a page with `?xong=<code>`, and nothing else is ever shown."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    "thoat": "Đã kết thúc phiên làm việc trên máy này.",
    "ket-thuc": "Đã kết thúc phiên làm việc đó.",
}
"""By the code in the address. Each room of pages adds its own under its name."""


def sentence(code: str) -> str:
    """The sentence of a code; empty for any other text in the address."""
    return SENTENCES.get(code, "")
