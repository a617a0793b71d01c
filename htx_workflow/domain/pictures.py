"""Charts (biểu đồ) as values: pages draw them as SVG, papers and workbooks as charts that an office can edit. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from htx_workflow.domain import typed
from htx_workflow.domain.scorecards import points_text


@dataclass(frozen=True, slots=True)
class Series:
    """One number of every bar: its word and its tone on pages."""

    word: str
    tone: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A label and a number for each series; None where nobody gave one."""

    label: str
    values: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars beside each other, or on top of each other (`stacked`). Points are whole hundredths."""

    key: str
    title: str
    series: tuple[Series, ...]
    bars: tuple[Bar, ...]
    points: bool = False
    stacked: bool = False

    def shown(self, value: int) -> str:
        return points_text(value) if self.points else typed.number_text(value)

    @property
    def alt(self) -> str:
        """What the picture says, for who cannot see it."""
        return f"{self.title}. {'; '.join(self._said())}."

    def _said(self) -> Iterator[str]:
        for bar in self.bars:
            given = [
                f"{one.word} {self.shown(value)}" if value is not None else f"{one.word} chưa có"
                for one, value in zip(self.series, bar.values, strict=True)
            ]
            yield f"{bar.label}: {', '.join(given)}"
