"""Mail ways (thư đi đâu): who is written to about a duty, and what a change of contacts moves from whom to whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")
Assigned = tuple[int, int | None, str]
"""Agency, duty or None for all, role."""


class Roles(Generic[T]):
    """Who speaks for which agency, about what, as what."""

    def __init__(self, speakers: Iterable[tuple[T, Iterable[Assigned]]]) -> None:
        self._of: dict[Assigned, list[T]] = {}
        for speaker, assigned in speakers:
            for each in assigned:
                self._of.setdefault(each, []).append(speaker)

    def of(self, agency_id: int, duty_id: int | None, role: str) -> list[T]:
        return self._of.get((agency_id, duty_id, role), [])

    def holders(self, agency_id: int, duty_id: int) -> list[T]:
        """Who is reminded of a duty: its own contact, else the agency's, else the agency's clerk."""
        for duty, role in ((duty_id, "focal"), (None, "focal"), (None, "clerk")):
            found = self.of(agency_id, duty, role)
            if found:
                return found
        return []


class Open(NamedTuple):
    """Open work of one agency and duty: how much."""

    agency_id: int
    duty_id: int
    works: int


@dataclass(frozen=True, slots=True)
class Moved:
    """Mail of an agency that goes to others than before; nobody: an alarm."""

    agency_id: int
    before: tuple[str, ...]
    after: tuple[str, ...]
    works: int


def moved(before: Roles[str], after: Roles[str], work: Iterable[Open]) -> list[Moved]:
    """Where mail about open work goes to others, in the order of the work; alike moves of one agency are one."""
    found: dict[tuple[int, tuple[str, ...], tuple[str, ...]], int] = {}
    for place in work:
        old, new = (_addresses(roles, place) for roles in (before, after))
        if old != new:
            key = (place.agency_id, old, new)
            found[key] = found.get(key, 0) + place.works
    return [Moved(agency, old, new, works) for (agency, old, new), works in found.items()]


def _addresses(roles: Roles[str], place: Open) -> tuple[str, ...]:
    return tuple(sorted(set(roles.holders(place.agency_id, place.duty_id))))
