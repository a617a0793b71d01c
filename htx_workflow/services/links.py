"""Links of mails (liên kết trong thư): which contact one lets in, until when, and why one opens nothing any more."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from htx_workflow.services import delivery, visits
from htx_workflow.store import access
from htx_workflow.store import agencies as agency_store
from htx_workflow.store.database import Session

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
DAYS = 14
"""A link is good so many days from the day of its mail."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link that this installation made. `void` says why it opens nothing, or is empty."""

    message_id: int
    contact_id: int
    contact: str
    name: str
    """Person, else part of the agency; may be empty."""
    agency_name: str
    until: date
    """The last day on which it opens."""
    void: str

    @property
    def end(self) -> datetime:
        """The moment from which it opens nothing."""
        return datetime.combine(self.until + timedelta(days=1), time(), LOCAL)


def find_link(session: Session, key: bytes, token: str, today: date) -> Link | None:
    """The link of this token, good or void; None for one that we did not make."""
    number, _, _ = token.partition(".")
    if not 0 < len(number) <= 12 or not token.isascii() or set(number) - set("0123456789abcdef"):
        return None
    row = access.find_link(session, int(number, 16), today)
    made = delivery.link_token(key, row.key, row.id) if row is not None else ""
    if row is None or row.kind == "code" or not hmac.compare_digest(made.encode(), token.encode()):
        return None
    name, _ = agency_store.name_on(session, row.agency_id, today)
    until = row.day + timedelta(days=DAYS)
    void = ""
    if not row.there:
        void = "Đầu mối của liên kết này đã thôi nhiệm vụ."
    elif row.links_after is not None and row.links_after >= row.composed_at:
        void = "Liên kết này đã được thu hồi."
    elif today > until:
        void = f"Liên kết này đã hết hiệu lực từ sau ngày {until:%d/%m/%Y}."
    return Link(row.id, row.contact_id, row.contact, row.name or row.unit, name, until, void)


def open_link(session: Session, link: Link, now: datetime, *, last_token: str, browser: str) -> str:
    """A session for the contact of a good link: the token of its cookie. It ends with the link."""
    return visits.reopen(
        session,
        link.contact_id,
        "link",
        now,
        subject=link.contact,
        last_token=last_token,
        message_id=link.message_id,
        browser=browser,
        until=link.end,
    )
