"""Cards of a year that were sent (phiếu đã nộp), read as one row a card for the course of a round; who was told what."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session

from htx_workflow.domain.yearly_rounds import SentCard
from htx_workflow.store.rows import chunks
from htx_workflow.store.tables import table

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")


def list_sent(session: Session, plan_id: int, period: str, stages: Collection[str]) -> list[SentCard]:
    """Every card of a year that was ever sent, whatever became of it."""
    cards = table("scorecard")
    found = session.execute(
        select(
            cards.c.unit_id, cards.c.level, cards.c.stage, cards.c.revision, cards.c.state, cards.c.sent_on,
            cards.c.sent_at, cards.c.settled_at,
        )
        .where(
            cards.c.plan_id == plan_id, cards.c.period == period, cards.c.stage.in_(sorted(stages)),
            cards.c.sent_at.is_not(None), cards.c.sent_on.is_not(None),
        )
        .order_by(cards.c.id)
    )  # fmt: skip
    return [
        SentCard(
            row.unit_id,
            row.level,
            row.stage,
            row.revision,
            row.state,
            row.sent_on,
            _day(row.sent_at),
            _day(row.settled_at) if row.settled_at else None,
        )
        for row in found
    ]


def _day(moment: datetime) -> date:
    return moment.astimezone(LOCAL).date()


def queued_keys(session: Session, keys: Collection[str]) -> set[str]:
    """Those of these keys under which a mail was queued before."""
    messages = table("message")
    found: set[str] = set()
    for batch in chunks(sorted(keys)):
        found |= set(session.execute(select(messages.c.key).where(messages.c.key.in_(batch))).scalars())
    return found
