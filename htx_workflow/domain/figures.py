"""Tables of figures (biểu số liệu) as values: typed cells that Word shows as text and Excel holds as numbers.

Pure. Points are whole hundredths and money is whole đồng until here; what nobody gave is a word ("chưa gửi"), never 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Literal, TypeAlias

from htx_workflow.domain import scorecards, typed, words
from htx_workflow.domain.papers import Grid

Cell: TypeAlias = int | str | date | Decimal | None
"""A word in a column of numbers says why there is no number."""
Kind: TypeAlias = Literal["text", "count", "points", "money", "percent", "day"]
UNITS: dict[Kind, str] = {"points": "điểm", "money": "triệu đồng", "percent": "%"}
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Column:
    """A column: heading, kind, share of the page, and the unit of counts (việc, hợp tác xã)."""

    label: str
    kind: Kind = "text"
    share: float = 1.5
    counted: str = ""

    @property
    def unit(self) -> str:
        return UNITS.get(self.kind, self.counted)

    @property
    def numeric(self) -> bool:
        return self.kind not in ("text", "day")


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its title; `name` is that of its sheet in a workbook, `sums` are the rows that add others up."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    unit: str = ""
    """Of all its numbers, above the table; columns of another unit name theirs."""
    note: str = ""
    sums: frozenset[int] = frozenset()


def text(column: Column, value: Cell) -> str:
    """A cell as it is printed."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return words.day_text(value)
    if isinstance(value, int) and column.kind == "points":
        return scorecards.points_text(value)
    if isinstance(value, int) and column.kind == "money":
        return typed.money_text(value, MILLION)
    return typed.number_text(value, 1 if column.kind == "percent" else None)


def held(column: Column, value: Cell) -> Cell:
    """A cell as a workbook holds it: points and money in the unit of the heading, exactly."""
    if isinstance(value, int) and column.kind in ("points", "money"):
        return _scaled(value, 100 if column.kind == "points" else MILLION)
    return value


@lru_cache(maxsize=16384)
def _scaled(value: int, unit: int) -> Decimal:
    return Decimal(value) / unit


def head(column: Column, unit: str = "") -> str:
    """The heading with its unit, unless that is the table's own `unit`."""
    return f"{column.label} ({column.unit})" if column.unit and column.unit != unit else column.label


def grid(table: Table) -> Grid:
    """The table for a paper."""
    return Grid(
        tuple(head(column, table.unit) for column in table.columns),
        tuple(
            tuple(text(column, value) for column, value in zip(table.columns, row, strict=True)) for row in table.rows
        ),
        tuple(column.share for column in table.columns),
        frozenset(place for place, column in enumerate(table.columns) if column.numeric),
        table.unit,
        note=table.note,
        sums=table.sums,
    )
