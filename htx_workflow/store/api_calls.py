"""What programs sent under an Idempotency-Key, with the answer: kept for a day, then forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, insert, select
from sqlmodel import Session

from htx_workflow.store.tables import table

KEPT = timedelta(days=1)


class CallRow(NamedTuple):
    """An answer given before."""

    sha256: str
    status: int
    location: str
    body: str


def find(session: Session, access_key_id: int, key: str) -> CallRow | None:
    """What this key of this program was answered."""
    calls = table("api_call")
    row = session.execute(
        select(calls.c.sha256, calls.c.status, calls.c.location, calls.c.body).where(
            calls.c.access_key_id == access_key_id, calls.c.key == key
        )
    ).first()
    return CallRow(*row) if row else None


def add(session: Session, access_key_id: int, key: str, answer: CallRow, now: datetime) -> None:
    """Keep the answer beside what it did, in one transaction; answers of more than a day ago are forgotten."""
    calls = table("api_call")
    session.execute(delete(calls).where(calls.c.at < now - KEPT))
    session.execute(insert(calls).values(access_key_id=access_key_id, key=key, at=now, **answer._asdict()))
