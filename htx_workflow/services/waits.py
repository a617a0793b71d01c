"""Which occurrences wait for which predecessors, read once for many."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from htx_workflow.domain import gates
from htx_workflow.domain.gates import Place
from htx_workflow.domain.plan import Duty, Need
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import occurrences as store
from htx_workflow.store import plans as plan_store
from htx_workflow.store.agencies import AgencyRow
from htx_workflow.store.database import Session
from htx_workflow.store.plans import LoadedPlan


class Waits:
    """Answers "what does this wait for?" for the occurrences of one plan, as of one reading."""

    def __init__(
        self, session: Session, loaded: LoadedPlan, day: date, agencies: dict[int, AgencyRow] | None = None
    ) -> None:
        self._loaded = loaded
        agencies = agencies if agencies is not None else agency_store.list_agencies(session, day)
        self._agencies = agencies
        self._duties = {duty.id: duty for duty in loaded.plan.duties if duty.after}
        needed = {need.duty for duty in self._duties.values() for need in duty.after if need.duty}
        self._parents: dict[str, str | None] = {}
        """Superior of each agency that still owes something."""
        self._unfinished: dict[tuple[str, ...], list[Place]] = {}
        """By duty, by duty and period, and by these and the superior: what one occurrence may wait for is few."""
        for row in store.list_unfinished(session, loaded.id, needed) if needed else []:
            self._add(self._place(row.duty, row.period, row.holder_id, row.title, row.id), row.holder_id)
        self._titles = {milestone.code: milestone.title for milestone in loaded.plan.milestones}
        self._reached = plan_store.milestones_reached(session, loaded.id) if self._titles else {}

    def _add(self, place: Place, holder_id: int | None) -> None:
        keys: list[tuple[str, ...]] = [(place.duty,), (place.duty, place.period)]
        holder = self._agencies.get(holder_id) if holder_id else None
        if holder is not None:
            parent = self._agencies.get(holder.parent_id) if holder.parent_id else None
            self._parents[holder.code] = parent.code if parent else None
            if parent is not None:
                keys.append((place.duty, place.period, parent.code))
        for key in keys:
            self._unfinished.setdefault(key, []).append(place)

    def _place(self, duty: str, period: str, holder_id: int | None, title: str, number: int = 0) -> Place:
        holder = self._agencies.get(holder_id) if holder_id else None
        return Place(duty, period, holder.code if holder else None, holder.short_name if holder else "", title, number)

    def of(self, duty: str, period: str, holder_id: int | None, title: str) -> tuple[str, ...]:
        """What this occurrence waits for, in words; empty when nothing."""
        found = self._duties.get(duty)
        if found is None:
            return ()
        place = self._place(duty, period, holder_id, title)
        return gates.waits_for(place, found, self._near(found, place), self._parents, self._reached, self._titles)

    def before(self, duty: str, period: str, holder_id: int | None) -> tuple[int, ...]:
        """Numbers of the unfinished occurrences that stand directly before this one."""
        found = self._duties.get(duty)
        if found is None:
            return ()
        place = self._place(duty, period, holder_id, "")
        return tuple(other.number for other in gates.before(place, found, self._near(found, place), self._parents))

    def _near(self, duty: Duty, place: Place) -> list[Place]:
        """The unfinished work among which its needs look, each once."""
        near = {id(other): other for need in duty.after for other in self._within_reach(need, place)}
        return list(near.values())

    def _within_reach(self, need: Need, place: Place) -> list[Place]:
        """The unfinished work among which a need looks."""
        if need.duty is None:
            return []
        if need.match == "all":
            return self._unfinished.get((need.duty,), [])
        if need.match == "subordinate":
            return self._unfinished.get((need.duty, place.period, place.holder or ""), [])
        return self._unfinished.get((need.duty, place.period), [])


def successors(loaded: LoadedPlan, duties: Collection[str]) -> set[str]:
    """Ids of the duties that come after any of these."""
    return {duty.id for duty in loaded.plan.duties if any(need.duty in duties for need in duty.after)}
