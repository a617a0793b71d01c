"""Mails of alarms (thư cảnh báo): one alarm in words for whoever must act. `services.alarms` says what is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from htx_workflow.domain import words
from htx_workflow.domain.digests import Addressee
from htx_workflow.services.composing import Style
from htx_workflow.store import outbox
from htx_workflow.store.agencies import AgencyRow, ContactRow
from htx_workflow.store.database import Session

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
SHOWN = 20
"""Lines of a list; the rest is a number."""


class Fact(NamedTuple):
    """One labelled line."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """What an administrator is told: what happened, the facts, a list, what to do. `key` follows "alarm/"."""

    key: str
    title: str
    what: str
    facts: tuple[Fact, ...]
    lines: tuple[str, ...]
    remedies: tuple[str, ...]
    whom: str = "Người quản trị hệ thống theo dõi kế hoạch"
    """How the mail addresses its reader, before the name of the agency."""


def queue_for(
    session: Session, alarm: Alarm, contacts: Sequence[ContactRow], agencies: dict[int, AgencyRow], now: datetime,
    style: Style,
) -> int:  # fmt: skip
    """One mail of this alarm for each contact; how many are new."""
    messages = []
    for contact in contacts:
        rendered = style.renderer.render("alarm", **values(alarm, _addressee(contact, agencies), now, style))
        messages.append(
            outbox.NewMessage(
                f"alarm/{alarm.key}/{contact.code}", "alarm", contact.id, None, contact.address,
                now.astimezone(LOCAL).date(), rendered.subject, rendered.text, rendered.html, "",
            )
        )  # fmt: skip
    return outbox.add_messages(session, messages, now)


def values(alarm: Alarm, to: Addressee, now: datetime, style: Style) -> dict[str, Any]:
    """What the template `alarm` needs."""
    return {
        "to": to,
        "whom": alarm.whom,
        "title": alarm.title,
        "what": alarm.what,
        "facts": alarm.facts,
        "lines": alarm.lines[:SHOWN],
        "more": max(len(alarm.lines) - SHOWN, 0),
        "remedies": alarm.remedies,
        "moment": words.moment_text(now.astimezone(LOCAL)),
        "simulation": style.simulation,
    }


def _addressee(contact: ContactRow, agencies: dict[int, AgencyRow]) -> Addressee:
    agency = agencies[contact.agency_id]
    return Addressee(
        contact.code, contact.address, agency.code, agency.name, agency.short_name, agency.kind, contact.unit,
        contact.monday,
    )  # fmt: skip
