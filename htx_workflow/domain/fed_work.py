"""Sending and work in F-D (tình hình gửi, thực hiện nhiệm vụ): D1 by level, D6 by agency, cooperatives apart.

Who has not sent is there by name; a rate of nothing is blank.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from htx_workflow.domain import fed_values
from htx_workflow.domain.form_slots import Value, Values

BOXES = {"D6.2": "done_on_time", "D6.3": "done_late", "D6.4": "open_in_time", "D6.5": "open_overdue"}
BESIDE = {"D6.6": "expected", "D6.7": "no_deadline"}
"""Dự kiến and thường xuyên: shown apart, in no rate."""


class Sending(NamedTuple):
    """One level of the round: how many owe, have sent, were in time, and who has not sent."""

    title: str
    owed: int
    sent: int
    in_time: int
    missing: tuple[str, ...]


class Work(NamedTuple):
    """The boxes of one agency, on deadlines of now and on original ones."""

    name: str
    cooperative: bool
    boxes: Mapping[str, int]
    original: Mapping[str, int]


def sending(levels: Iterable[Sending]) -> Value:
    """D1."""
    return fed_values.table(
        {
            "D1.1": level.title,
            "D1.2": str(level.owed),
            "D1.3": str(level.in_time),
            "D1.4": str(level.sent - level.in_time),
            "D1.5": str(level.owed - level.sent),
            "D1.6": ", ".join(level.missing),
            "D1.7": fed_values.share(level.sent, level.owed),
        }
        for level in levels
    )


def of_agencies(work: Sequence[Work]) -> Value:
    """D6: agencies, and their sum."""
    own = [one for one in work if not one.cooperative]
    rows = [_row(one.name, one.boxes, one.original) for one in own]
    if len(own) > 1:
        rows.append(_row("Cộng", _added(one.boxes for one in own), _added(one.original for one in own)))
    return fed_values.table(rows)


def _row(name: str, boxes: Mapping[str, int], original: Mapping[str, int]) -> Values:
    numbers: Values = {place: str(boxes.get(box, 0)) for place, box in {**BOXES, **BESIDE}.items()}
    return {"D6.1": name, **numbers, "D6.8": rate(boxes), "D6.9": rate(original)}


def of_cooperatives(work: Sequence[Work]) -> Value:
    """D6h: cooperatives in a table of their own."""
    return fed_values.table(
        {
            "D6h.1": one.name,
            **{place.replace("D6.", "D6h."): str(one.boxes.get(box, 0)) for place, box in BOXES.items()},
            "D6h.8": rate(one.boxes),
        }
        for one in work
        if one.cooperative
    )


def rate(boxes: Mapping[str, int]) -> Value:
    """In time, of what has come due."""
    done = boxes.get("done_on_time", 0)
    return fed_values.share(done, done + boxes.get("done_late", 0) + boxes.get("open_overdue", 0))


def _added(found: Iterable[Mapping[str, int]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for boxes in found:
        for box, number in boxes.items():
            sums[box] = sums.get(box, 0) + number
    return sums
