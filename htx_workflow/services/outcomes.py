"""Outcomes (kết quả đọc từ điểm): what stands where an occurrence is not reported but read from the scores.

Đạt, Chưa đạt, Chưa đủ căn cứ, Không đánh giá: the verdict of the level that decides, in the plan's last year.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from htx_workflow.domain.plan import AgencyKind, Plan
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.domain.verdicts import Conclusion
from htx_workflow.services import results
from htx_workflow.store.agencies import AgencyRow
from htx_workflow.store.database import Session
from htx_workflow.store.plans import LoadedPlan

_NAME: dict[str, Any] = {"code": "", "version": 0}
_NONE = Rubric.model_construct(**_NAME)
"""Stands for the rubric of cooperatives without a card: that nothing is known of them depends on no rubric."""


def last_period(plan: Plan, day: date) -> str:
    """The year whose scores say whether the scheme reached its aim."""
    return str(plan.ends_on.year if plan.ends_on else day.year)


def of(session: Session, loaded: LoadedPlan, units: Collection[int], day: date) -> Mapping[int, Conclusion]:
    """The conclusion on each of these cooperatives by its number; empty for a plan that scores nobody.

    A cooperative without a card is not left out: nothing is known of it, which is a conclusion too.
    """
    scoring = loaded.plan.scoring
    if scoring is None or not units:
        return {}
    asked = results.Asked(loaded, scoring, _NONE, last_period(loaded.plan, day))
    rows = [AgencyRow(number, "", AgencyKind.COOPERATIVE, 0, None, "", "", False) for number in units]
    return {found.unit.id: found.outcome.decisive.conclusion for found in results.iterate(session, asked, rows)}
