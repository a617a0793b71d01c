"""Which occurrences wait for which predecessors, read once for many."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from htx_workflow.domain import gates
from htx_workflow.domain.gates import Place
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
        self._unfinished = [
            self._place(row.duty, row.period, row.holder_id, row.title)
            for row in store.list_unfinished(session, loaded.id, needed)
        ]
        self._reached = plan_store.milestones_reached(session, loaded.id)
        self._titles = {milestone.code: milestone.title for milestone in loaded.plan.milestones}
        codes = {row.id: row.code for row in agencies.values()}
        self._parents = {row.code: codes.get(row.parent_id) if row.parent_id else None for row in agencies.values()}

    def _place(self, duty: str, period: str, holder_id: int | None, title: str) -> Place:
        holder = self._agencies.get(holder_id) if holder_id else None
        return Place(duty, period, holder.code if holder else None, holder.short_name if holder else "", title)

    def of(self, duty: str, period: str, holder_id: int | None, title: str) -> tuple[str, ...]:
        """What this occurrence waits for, in words; empty when nothing."""
        found = self._duties.get(duty)
        if found is None:
            return ()
        place = self._place(duty, period, holder_id, title)
        return gates.waits_for(place, found, self._unfinished, self._parents, self._reached, self._titles)


def successors(loaded: LoadedPlan, duties: Collection[str]) -> set[str]:
    """Ids of the duties that come after any of these."""
    return {duty.id for duty in loaded.plan.duties if any(need.duty in duties for need in duty.after)}
