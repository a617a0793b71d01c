"""Limits (giới hạn) on what strangers may try in an hour, kept by each process for itself and forgotten with it."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)
KEPT = 10_000
"""Keys remembered; the one asked for longest ago is forgotten first."""


class Limit:
    """So many tries an hour for each key."""

    def __init__(self, most: int, span: timedelta = HOUR) -> None:
        self.most, self.span = most, span
        self._lock = threading.Lock()
        self._tried: OrderedDict[str, deque[datetime]] = OrderedDict()

    def take(self, key: str, now: datetime) -> bool:
        """Count a try; False when it is one too many."""
        with self._lock:
            tried = self._fresh(key, now)
            if len(tried) >= self.most:
                return False
            tried.append(now)
            return True

    def is_over(self, key: str, now: datetime) -> bool:
        """Whether no try is left; nothing is counted."""
        with self._lock:
            return key in self._tried and len(self._fresh(key, now)) >= self.most

    def _fresh(self, key: str, now: datetime) -> deque[datetime]:
        tried = self._tried.setdefault(key, deque())
        self._tried.move_to_end(key)
        while tried and now - tried[0] >= self.span:
            tried.popleft()
        while len(self._tried) > KEPT:
            self._tried.popitem(last=False)
        return tried
