"""Alarms in one place (cảnh báo): what is wrong now, since when and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.services import health
from htx_workflow.services.health import Trouble
from htx_workflow.store.database import Session


def list_now(session: Session, now: datetime, calendars: Mapping[str, WorkingCalendar]) -> list[Trouble]:
    """What blocks first; as the status page, the doctor and the mails see it."""
    return health.troubles(health.watched(session, now, calendars))
