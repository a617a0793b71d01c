"""The forecast (dự báo thư): the tick and composing themselves, day by day, on a copy where nothing else happens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.digests import Digest
from htx_workflow.gateways.templates import MailTemplates, Rendered
from htx_workflow.services import composing, ticks
from htx_workflow.services.composing import LOCAL, Style
from htx_workflow.store import outbox
from htx_workflow.store import reminders as ledger
from htx_workflow.store.database import Database

MORNING = time(7, 30)


@dataclass(frozen=True, slots=True)
class Coming:
    """One mail to come."""

    on: date
    to: str
    agency: str
    subject: str
    items: tuple[tuple[str, str, str], ...]
    """(occurrence, rung, why)"""
    also: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "on": self.on,
            "to": self.to,
            "agency": self.agency,
            "subject": self.subject,
            "items": [{"occurrence": key, "rung": step, "why": why} for key, step, why in self.items],
            "also": list(self.also),
        }


class SubjectsOnly:
    """A renderer that makes no bodies: a forecast shows subjects."""

    def __init__(self, templates: MailTemplates) -> None:
        self._templates = templates

    def render(self, name: str, /, **values: Any) -> Rendered:
        return Rendered(self._templates.subject(name, **values), "", "")


def forecast(
    copy: Database,
    calendars: Mapping[str, WorkingCalendar],
    style: Style,
    first: date,
    days: int,
    code: str | None = None,
) -> list[Coming]:
    """The mail of `days` days from `first` if nothing happens, of one plan or of all. `copy` is used up."""
    found = []
    for number in range(days):
        day = first + timedelta(days=number)
        for digest, subject in live_one_day(copy, calendars, style, datetime.combine(day, MORNING, LOCAL)):
            coming = _coming(day, digest, subject, code)
            if coming.items:
                found.append(coming)
    return found


def live_one_day(
    copy: Database, calendars: Mapping[str, WorkingCalendar], style: Style, now: datetime
) -> Iterator[tuple[Digest, str]]:
    """Tick and compose as of this moment, and let everything arrive; the digests with their subjects."""
    ticks.tick(copy, calendars, now.astimezone(LOCAL).date(), now)
    composed = composing.compose(copy, calendars, style, now, keep=True)
    with copy.transaction("arrive") as session:
        for message in outbox.lease(session, now, now, 10**6):
            outbox.mark_sent(session, message.id, "dự báo", now)
            ledger.mark_sent(session, message.id, now)
    yield from composed.kept


def _coming(day: date, digest: Digest, subject: str, code: str | None) -> Coming:
    def concerns(key: str) -> bool:
        return code is None or key.startswith(f"{code}/")

    return Coming(
        day,
        digest.to.address,
        digest.to.agency,
        subject,
        tuple((item.work.key, item.step, item.why) for item in digest.items if concerns(item.work.key)),
        tuple(key for key in digest.also if concerns(key)),
    )
