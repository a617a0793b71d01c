"""Points by ladders (điểm theo thang điểm): what a cooperative's own report gives by the rubric, and why.

The report is the one of the same cooperative and year on the form that the rubric names: what was sent last, else its
draft. What the report does not say gives no points, never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from htx_workflow.domain import ladders, rubrics
from htx_workflow.domain.card_places import CardPlace
from htx_workflow.domain.form_scope import Reckoner
from htx_workflow.domain.form_slots import Context
from htx_workflow.domain.ladders import Computed
from htx_workflow.domain.plan import AgencyKind
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.store import form_sources
from htx_workflow.store.database import Session

TRIAL = "trial"


def computed(session: Session, place: CardPlace, rubric: Rubric) -> dict[str, Computed]:
    """Points by place of the rubric; empty without ladders over a form, or without a report."""
    found = [(key, ladder) for key, ladder in rubrics.laddered(rubric) if ladders.formula_of(ladder) is not None]
    if not found or rubric.form is None or place.stage == TRIAL:
        return {}
    key, before = (f"{place.plan}/{place.unit}/{rubric.form}/{year}" for year in (place.year, place.year - 1))
    newest = form_sources.newest(session, (key, before))
    report, last = newest.get(key), newest.get(before)
    if report is None:
        return {}
    said: Mapping[str, Any] = last.values if last is not None and last.sent else {}
    context = Context(agency=place.unit, kind=AgencyKind.COOPERATIVE.value, year=place.year, last=said)
    scope = Reckoner(report.form, context, report.values).everywhere()
    source = f"theo báo cáo {report.form.code}" + ("" if report.sent else " chưa gửi")
    points = {at: ladders.points(ladder, scope) for at, ladder in found}
    return {at: Computed(one.hundredths, f"{one.why} ({source})") for at, one in points.items() if one is not None}
