"""The outbox as its pages show it (hộp thư đi): lists, and one mail as its reader sees it, without what lets him in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from htx_workflow.domain.errors import BadInput, NotFound
from htx_workflow.gateways.templates import CODE, LINK
from htx_workflow.store import outbox
from htx_workflow.store import outbox_lists as store
from htx_workflow.store.database import Session
from htx_workflow.store.outbox_lists import DOUBTFUL, MailRow, Wanted

DAYS = 30
"""Shown where no day is asked for."""
STATES = {
    "queued": "chờ gửi",
    "leased": "đang gửi",
    "sent": "máy chủ đã nhận",
    "failed": "không gửi được",
    "held": "chờ duyệt",
    "cancelled": "không gửi nữa",
    DOUBTFUL: "có thể đến hai lần",
}
RETRIED = ("queued", "failed")
"""States in which a mail can be given another chance."""
NO_LINK, NO_CODE = "(liên kết riêng của người nhận)", "(sáu số riêng của người nhận)"
HREF = re.compile(rf'\s*href="{re.escape(LINK)}[^"]*"')
LINKS = re.compile(rf"{re.escape(LINK)}[^\s\"<]*")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form of the page says."""

    state: str = ""
    contact: str = ""
    words: str = ""
    first: date | None = None
    last: date | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A page of mails, of how many, between which days."""

    mails: list[MailRow]
    count: int
    first: date
    last: date


def list_found(session: Session, asked: Asked, today: date, size: int, page: int = 1) -> Found:
    """Mails that fit, the newest first; of the last 30 days where no day is said. Raises BadInput."""
    last = asked.last or today
    first = asked.first or last - timedelta(days=DAYS)
    if first > last:
        raise BadInput("Từ ngày sau đến ngày. Đề nghị kiểm tra lại hai ngày.")
    state = asked.state if asked.state in STATES else ""
    wanted = Wanted(first, last, state, asked.contact.strip(), asked.words.strip(), asked.kind)
    count = store.count(session, wanted)
    offset = min(page - 1, max(count - 1, 0) // size) * size
    return Found(store.list_mails(session, wanted, size, offset), count, first, last)


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail: its row, what its reader sees, the rungs it answers."""

    row: Any
    text: str
    html: str
    rungs: list[Any]

    @property
    def can_retry(self) -> bool:
        return self.row.state in RETRIED


def get(session: Session, number: int) -> Mail:
    """One mail by its number. Raises NotFound."""
    row = store.find_mail(session, number) if 0 < number < 2**31 else None
    if row is None:
        raise NotFound("Không có thư này.")
    return Mail(row, without_secrets(row.body_text), without_secrets(row.body_html), outbox.rungs_of(session, row.id))


def without_secrets(body: str) -> str:
    """A stored mail with words where its sign-in link and its code will stand; its buttons lead nowhere."""
    return LINKS.sub(NO_LINK, HREF.sub("", body)).replace(CODE, NO_CODE)
