"""The critical path (chuỗi việc quyết định): the longest chain of unfinished steps that ends in the final report.

What can be done now stands at its beginning: whoever owes it blocks the final report first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Knot:
    """An unfinished step. `needs`: keys of the unfinished steps that stand directly before it."""

    key: str
    due_on: date | None
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Path:
    """`steps` from what can be done now to the target; `first`: all that can be done now and blocks it, by day.

    Of those of one day the beginning of the longest chain comes first.
    """

    steps: tuple[str, ...] = ()
    first: tuple[str, ...] = ()


def to(target: str, knots: Iterable[Knot]) -> Path:
    """The path to this key; empty when it is finished already, which is to say: not among the knots.

    The longest chain counts. Of two as long the one whose last steps come due later holds the target longer (a step
    without a day: longest of all), then the one that stands earlier in the given order.
    """
    order = {knot.key: knot for knot in knots}
    if target not in order:
        return Path()
    depths = _depths(target, order)
    steps = [target]
    while before := [order[key] for key in order[steps[-1]].needs if key in order and key not in steps]:
        steps.append(max(before, key=lambda knot: (depths.get(knot.key, 0), knot.due_on or date.max)).key)
    places = {key: number for number, key in enumerate(order)}
    first = [key for key in depths if not any(need in order for need in order[key].needs)]
    first.sort(key=lambda key: (order[key].due_on or date.max, key != steps[-1], places[key]))
    return Path(tuple(reversed(steps)), tuple(first))


def _depths(target: str, order: Mapping[str, Knot]) -> dict[str, int]:
    """By key: the length of the longest chain that ends there, of everything on which the target depends."""
    depths: dict[str, int] = {}

    def visit(key: str) -> int:
        if key not in depths:
            depths[key] = 0  # being looked at: a circle, which no plan may hold, ends here
            depths[key] = 1 + max((visit(need) for need in order[key].needs if need in order), default=0)
        return depths[key]

    visit(target)
    return depths
