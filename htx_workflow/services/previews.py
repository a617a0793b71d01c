"""What a decision would bring, shown before it is made: on a copy, with the mail before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.plan import Plan
from htx_workflow.gateways.templates import MailTemplates
from htx_workflow.services import deadlines, forecasts, plans
from htx_workflow.services.composing import Style
from htx_workflow.services.deadlines import Adopted
from htx_workflow.services.forecasts import Coming
from htx_workflow.services.plans import Loaded
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


@dataclass(frozen=True, slots=True)
class LoadPreview:
    """What a text of a plan would change, and the mail of the coming days without it and with it."""

    outcome: Loaded
    before: list[Coming]
    after: list[Coming]
    days: int


def loading(
    database: Database,
    plan: Plan,
    source: str,
    calendars: Mapping[str, WorkingCalendar],
    templates: MailTemplates,
    on: date,
    when: When,
    days: int,
) -> LoadPreview:
    """A plan loaded and taken back again; the mail is played through on copies made before and after."""
    style = Style(forecasts.SubjectsOnly(templates))
    with database.rehearsal() as session:
        untouched = copies.copy_for_forecast(session)
        outcome = plans.load(
            session, plan, source, calendars[plan.calendar], on=on, today=when.today, now=when.now, by=when.by
        )
        session.flush()
        changed = copies.copy_for_forecast(session)
    before = forecasts.forecast(untouched, calendars, style, when.today, days, plan.code)
    after = forecasts.forecast(changed, calendars, style, when.today, days, plan.code)
    return LoadPreview(outcome, before, after, days)


@dataclass(frozen=True, slots=True)
class MailChange:
    """A mail that only comes with the decision, or no longer comes."""

    comes: bool
    mail: Coming


def mail_changes(before: list[Coming], after: list[Coming]) -> list[MailChange]:
    """What differs between two forecasts, by day: a mail with other items goes and comes."""
    first, second = set(before), set(after)
    found = [MailChange(False, mail) for mail in first - second] + [MailChange(True, mail) for mail in second - first]
    return sorted(found, key=lambda change: (change.mail.on, change.mail.to, change.comes, change.mail.subject))
