"""Writes a calendar (lịch việc) as iCalendar, RFC 5545: all-day events, so that no time zone is needed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from icalendar import Calendar, vDuration
from icalendar import Event as Component

from htx_workflow.domain.feeds import Event

PRODUCT = "-//htx-workflow//Lich viec//VI"
MEDIA_TYPE = "text/calendar; charset=utf-8"
REFRESH = timedelta(hours=6)


def write(name: str, events: Iterable[Event], address: str) -> bytes:
    """The calendar; each event leads to its piece of work at this address of the portal."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", vDuration(REFRESH), {"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    for event in events:
        calendar.add_component(_component(event, address))
    body: bytes = calendar.to_ical()
    return body


def _component(event: Event, address: str) -> Component:
    made = Component()
    made.add("uid", event.uid)
    made.add("dtstamp", event.changed_at)
    made.add("last-modified", event.changed_at)
    made.add("sequence", event.sequence)
    made.add("dtstart", event.day)
    made.add("dtend", event.day + timedelta(days=1))
    made.add("summary", event.summary)
    made.add("description", event.description)
    made.add("status", event.status.value)
    made.add("transp", "TRANSPARENT")
    made.add("url", f"{address}/viec/{event.work_id}")
    return made
