"""Browsers (trình duyệt) in a few words, so that a person recognises a session of his own."""

from __future__ import annotations

NAMES = (
    ("Zalo", "Zalo"),
    ("CocCoc", "Cốc Cốc"),
    ("coc_coc", "Cốc Cốc"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
    ("Trident", "Internet Explorer"),
)
"""Marks of a User-Agent, the more telling before the more common."""
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def words(agent: str) -> str:
    """`Chrome, Windows`; empty for a program that says nothing we know."""
    found = (next((word for mark, word in marks if mark in agent), "") for marks in (NAMES, SYSTEMS))
    return ", ".join(word for word in found if word)
