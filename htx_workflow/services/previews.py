"""What a decision would bring, shown before it is made: on a copy, with the mail before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.gateways.templates import MailTemplates
from htx_workflow.services import deadlines, forecasts, plans
from htx_workflow.services.composing import Style
from htx_workflow.services.deadlines import Adopted
from htx_workflow.services.forecasts import Coming
from htx_workflow.services.reports import When
from htx_workflow.store import copies
from htx_workflow.store.database import Database
from htx_workflow.store.documents import DocumentRef


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be adopted, and the mail of the coming days without it and with it."""

    adopted: Adopted
    before: list[Coming]
    after: list[Coming]


def adoption(
    database: Database,
    code: str,
    keys: list[str] | None,
    document: DocumentRef,
    calendars: Mapping[str, WorkingCalendar],
    templates: MailTemplates,
    when: When,
    days: int,
) -> Preview:
    """An adoption played through on copies; the database is only read."""
    style = Style(forecasts.SubjectsOnly(templates))
    with database.reading() as session:
        untouched = copies.copy_for_forecast(session)
        changed = copies.copy_for_forecast(session)
        calendar = calendars[plans.get_plan(session, code).plan.calendar]
    with changed.transaction("adopt") as session:
        adopted = deadlines.adopt(session, code, keys, document, calendar, when)
    before = forecasts.forecast(untouched, calendars, style, when.today, days, code)
    after = forecasts.forecast(changed, calendars, style, when.today, days, code)
    return Preview(adopted, before, after)
