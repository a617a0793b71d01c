"""A holder's own report (báo cáo của cơ quan) as a paper: its letterhead of today, whom it goes to, what it rests on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from htx_workflow.domain import card_papers, form_papers
from htx_workflow.domain.papers import Paper
from htx_workflow.domain.plan import AgencyKind, Plan
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.services import plans
from htx_workflow.services.card_work import FACTS_OF_FORM
from htx_workflow.services.directory import Directory
from htx_workflow.services.letters import letterhead_of
from htx_workflow.services.report_drafts import Draft
from htx_workflow.store import desk_news, desk_rows
from htx_workflow.store.database import Session
from htx_workflow.store.desk_rows import AgencyRow


def paper(
    session: Session, draft: Draft, today: date, rubric_of: Callable[[str], Rubric], *, simulation: bool
) -> Paper:
    """The report of a draft, as it stands: what is missing stays blank."""
    loaded = plans.get_plan(session, draft.report.key.split("/")[0])
    agencies = desk_rows.list_agencies(session, today)
    agency = agencies[draft.report.agency_id]
    receivers = desk_news.receivers_of(session, draft.report.id)
    lead = next(row for row in agencies.values() if row.code == loaded.plan.lead)
    to = tuple(agencies[number].name for number in receivers if number in agencies and number != agency.id)
    return form_papers.own_report(
        draft.form,
        draft.context,
        draft.values,
        letterhead_of(agencies, agency),
        to=to or (lead.name,),
        basis=Directory(session, today).head(loaded).citation,
        signers=_signers(loaded.plan, agency, draft, rubric_of),
        simulation=simulation,
    )


def _signers(plan: Plan, agency: AgencyRow, draft: Draft, rubric_of: Callable[[str], Rubric]) -> tuple[str, ...]:
    """Both organs of a cooperative that is scored; any other holder's report bears one signature."""
    if agency.kind is not AgencyKind.COOPERATIVE or plan.scoring is None:
        return ()
    governance = draft.values.get(FACTS_OF_FORM["governance"])
    return card_papers.signer_titles(
        rubric_of(plan.scoring.rubric), governance if isinstance(governance, str) else None
    )
