"""The mail to come (thư sắp tới): who gets what on which day and why, and what is not sent and why.

Made by the real tick and composing on a copy, which takes a while: the answer is kept for a plan, its version and the
day, with the moment at which it was made.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.gateways.templates import MailTemplates
from htx_workflow.services import forecasts
from htx_workflow.services.composing import Style
from htx_workflow.services.forecasts import Coming
from htx_workflow.store import copies, desk_news
from htx_workflow.store.database import Database
from htx_workflow.store.desk_news import QuietRow
from htx_workflow.store.plans import LoadedPlan

DAYS, FEW_DAYS = 60, 7
LARGE = 20_000
"""With more unfinished work than this only a few days are looked ahead."""
KEPT = 16
"""Forecasts that one process keeps."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """The mail of the coming days as it looked at one moment."""

    made_at: datetime
    days: int
    mails: tuple[Coming, ...]
    quiet: tuple[QuietRow, ...]
    """Rungs that come up and are not sent, with the reason."""
    names: dict[str, str]
    """Title of each occurrence by key."""


class Forecasts:
    """Makes forecasts, one at a time, and keeps them."""

    def __init__(self, database: Database, calendars: Mapping[str, WorkingCalendar], templates: MailTemplates) -> None:
        self._database, self._calendars, self._templates = database, calendars, templates
        self._kept: dict[tuple[str, int, date], Forecast] = {}
        self._lock = threading.Lock()

    def get(self, loaded: LoadedPlan, now: datetime, today: date, *, anew: bool = False) -> Forecast:
        """The forecast of a plan, made the first time it is asked for on a day, or anew."""
        key = (loaded.plan.code, loaded.version_no, today)
        with self._lock:
            if anew:
                self._kept.pop(key, None)
            if key not in self._kept:
                if len(self._kept) >= KEPT:
                    self._kept.clear()
                self._kept[key] = self._make(loaded, now, today)
            return self._kept[key]

    def _make(self, loaded: LoadedPlan, now: datetime, today: date) -> Forecast:
        with self._database.reading() as session:
            days = FEW_DAYS if desk_news.count_unfinished(session) > LARGE else DAYS
            copy = copies.copy_for_forecast(session)
        try:
            style = Style(forecasts.SubjectsOnly(self._templates))
            mails = forecasts.forecast(copy, self._calendars, style, today, days, loaded.plan.code)
            with copy.reading() as session:
                quiet = desk_news.list_quiet(session, loaded.id, today)
                keys = {key for mail in mails for key, _, _ in mail.items} | {row.key for row in quiet}
                names = desk_news.titles_by_key(session, keys)
        finally:
            copy.close()
        return Forecast(now, days, tuple(mails), tuple(quiet), names)
