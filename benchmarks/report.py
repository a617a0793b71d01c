"""Figures and how they are shown."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Protocol


@dataclass(frozen=True)
class Figure:
    """One measured value, its limit, and a peer's value of the same unit."""

    name: str
    case: str
    value: float
    unit: str
    """s, MB: less is better. /s: more is better."""
    limit: float | None = None
    peer: str = ""
    peer_value: float | None = None

    @property
    def kept(self) -> bool:
        return self.limit is None or self.value <= self.limit

    @property
    def ratio(self) -> float | None:
        """How many times better than the peer."""
        if not self.peer_value or not self.value:
            return None
        return self.value / self.peer_value if self.unit == "/s" else self.peer_value / self.value

    def cells(self) -> list[str]:
        limit = f"< {shown(self.limit, self.unit)}{'' if self.kept else ' MISSED'}" if self.limit is not None else ""
        peer = f"{self.peer}: {shown(self.peer_value, self.unit)}" if self.peer_value is not None else self.peer
        ratio = f"{self.ratio:.3g} ×" if self.ratio is not None and self.ratio < 1000 else ""
        if self.ratio is not None and self.ratio >= 1000:
            ratio = f"{self.ratio:,.0f} ×".replace(",", " ")
        return [self.name, self.case, shown(self.value, self.unit), limit, peer, ratio]


class Measured(Protocol):
    """A module of this package that measures."""

    def measure(self) -> Iterable[Figure | str]:
        """Figures, and sentences about what they are not."""
        ...


HEAD = ["Figure", "Case", "Measured", "Limit", "Peer in the same run", "Better by"]


def shown(value: float, unit: str) -> str:
    """0.00031 s as 0.31 ms; 12345 /s as 12 345/s."""
    if unit == "s":
        return f"{value * 1000:.3g} ms" if value < 1 else f"{value:.2f} s"
    if unit == "/s":
        return f"{value:,.0f}/s".replace(",", " ")
    return f"{value:,.0f} {unit}".replace(",", " ")


def table(figures: Iterable[Figure]) -> str:
    """A Markdown table whose columns line up on a terminal."""
    rows = [HEAD, *(figure.cells() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def machine() -> str:
    """What the figures were measured on, without its name."""
    load = os.getloadavg()[0]
    return f"{time.strftime('%d/%m/%Y')}, {os.cpu_count()} cores, load at the end {load:.1f}, pace {pace():.2f}"


def pace(spins: int = 300) -> float:
    """How much longer than at best a fixed loop keeps the processor busy now: 1.0 on an undisturbed machine."""

    def spin() -> float:
        began, kept = time.process_time(), {}
        for number in range(20_000):
            kept[number % 977] = str(number)
        return time.process_time() - began

    seconds = [spin() for _ in range(spins)]
    return sum(seconds) / len(seconds) / min(seconds)


def timed(call: object, times: int) -> float:
    """Median seconds of so many calls."""
    assert callable(call)
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - began)
    return median(seconds)
