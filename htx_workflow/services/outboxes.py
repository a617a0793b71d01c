"""What people do with the outbox."""

from __future__ import annotations

from datetime import datetime

from htx_workflow.domain import audit
from htx_workflow.domain.errors import NotAllowed, NotFound
from htx_workflow.services.reports import When
from htx_workflow.store import audit_chain, outbox
from htx_workflow.store.database import Session


def retry(session: Session, key: str, when: When) -> None:
    """Give a mail that failed, or waits for its next attempt, another chance now."""
    if outbox.find_message(session, key) is None:
        raise NotFound(f"Không có thư {key}. Xem các thư: htx outbox list")
    if not outbox.requeue(session, key, when.now):
        raise NotAllowed(f"Thư {key} không ở tình trạng chờ hoặc không gửi được nên không gửi lại được.")
    audit_chain.note(session, audit.Event(when.now, when.by, "outbox.retry", key, {}))


def note_tried(session: Session, by: str, now: datetime) -> None:
    """Record that somebody sent a mail to try the server."""
    audit_chain.note(session, audit.Event(now, by, "outbox.test", "mail", {}))
