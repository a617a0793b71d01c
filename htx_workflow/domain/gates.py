"""What an occurrence waits for (`after`): predecessors that are not accepted yet, and milestones not reached.

An agency never waits for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from htx_workflow.domain import words
from htx_workflow.domain.plan import Duty, Need

MANY = 3
"""Up to so many holders are named; more are counted."""


@dataclass(frozen=True, slots=True)
class Place:
    """An occurrence as its order sees it."""

    duty: str
    period: str
    holder: str | None
    holder_short: str
    title: str
    number: int = 0
    """The store's number of it, for those who ask which one it is."""


def waits_for(
    place: Place,
    duty: Duty,
    unfinished: Iterable[Place],
    parents: Mapping[str, str | None],
    reached: Mapping[str, bool],
    titles: Mapping[str, str],
) -> tuple[str, ...]:
    """What stands before it, in words; empty when nothing does.

    `unfinished` holds the occurrences not yet accepted, `parents` the superior of each agency, `reached` and
    `titles` the milestones.
    """
    unfinished = list(unfinished)
    texts = []
    for need in duty.after:
        if need.milestone is not None:
            if not reached.get(need.milestone, False):
                texts.append(titles.get(need.milestone, need.milestone))
            continue
        before = [other for other in unfinished if _stands_before(other, place, need, parents)]
        if before:
            texts.append(f"{before[0].title} ({_holders(before)})")
    return tuple(texts)


def before(
    place: Place, duty: Duty, unfinished: Iterable[Place], parents: Mapping[str, str | None]
) -> tuple[Place, ...]:
    """The unfinished occurrences that stand directly before it, in the order of its needs."""
    unfinished = list(unfinished)
    needs = [need for need in duty.after if need.duty is not None]
    return tuple(other for need in needs for other in unfinished if _stands_before(other, place, need, parents))


def _stands_before(other: Place, place: Place, need: Need, parents: Mapping[str, str | None]) -> bool:
    if other.duty != need.duty or (other.holder is not None and other.holder == place.holder):
        return False
    if need.match == "all":
        return True
    if other.period != place.period:
        return False
    if need.match == "same_period":
        return True
    return other.holder is not None and parents.get(other.holder) == place.holder and need.match == "subordinate"


def _holders(places: list[Place]) -> str:
    if len(places) > MANY:
        return f"còn {words.count_text(len(places))} đơn vị"
    return words.joined([place.holder_short or "chờ phân công lại" for place in places])
