"""The audit chain (nhật ký): each event's hash covers its content and the hash before it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Event:
    """Who did what to what. Identifiers only: no names of people, no free text."""

    at: datetime
    actor: str
    act: str
    subject: str
    detail: dict[str, object]

    @property
    def detail_json(self) -> str:
        return json.dumps(self.detail, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def link(prev: str, seq: int, at: datetime, actor: str, act: str, subject: str, detail: str) -> str:
    """SHA-256 (hex) over the previous hash and the event's fields."""
    moment = at.astimezone(UTC).isoformat()
    content = json.dumps([prev, seq, moment, actor, act, subject, detail], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def anchor(lines: list[str]) -> str:
    """SHA-256 (hex) over the lines in sorted order: ties a run's closing event to what the run decided."""
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
