"""Verifying the audit chain (nhật ký) and the rungs its closing events vouch for."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime

from htx_workflow.domain import audit
from htx_workflow.store import audit_chain
from htx_workflow.store import plans as plan_store
from htx_workflow.store import reminders as ledger
from htx_workflow.store.database import Session


@dataclass
class Verified:
    """How many events stand, from when to when, and what is broken (sentences)."""

    events: int = 0
    first: datetime | None = None
    last: datetime | None = None
    broken: list[str] = field(default_factory=list)


def verify(session: Session) -> Verified:
    """Recompute every link, and compare what ticks closed with the rungs that are there now."""
    outcome = Verified()
    plans = {loaded.plan.code: loaded.id for loaded in plan_store.list_plans(session)}
    prev, expected = audit.GENESIS, 1
    anchors: dict[tuple[str, str], tuple[int, dict[str, str]]] = {}
    for row in audit_chain.list_events(session):
        outcome.events += 1
        outcome.first = outcome.first or row.at
        outcome.last = row.at
        if row.seq != expected:
            outcome.broken.append(f"Thiếu sự kiện số {expected}: sau số {expected - 1} là số {row.seq}.")
        if row.prev != prev or row.hash != audit.link(
            prev, row.seq, row.at, row.actor, row.act, row.subject, row.detail
        ):
            outcome.broken.append(
                f"Sự kiện số {row.seq} ({row.act}, {row.subject}) không khớp mã băm: nội dung đã bị sửa."
            )
        elif row.act == "tick" and row.subject in plans:
            detail = json.loads(row.detail)
            anchors[row.subject, detail["decided_at"]] = row.seq, detail  # of two at one moment the later holds both
        prev, expected = row.hash, row.seq + 1
    for (code, _), (seq, detail) in anchors.items():
        _check_anchor(session, plans[code], seq, detail, outcome)
    for code, plan_id in plans.items():
        closed = {datetime.fromisoformat(moment) for plan, moment in anchors if plan == code}
        _check_unclosed(session, code, plan_id, closed, outcome)
    return outcome


def _check_unclosed(session: Session, code: str, plan_id: int, closed: set[datetime], outcome: Verified) -> None:
    """Rungs of a moment that no tick closed, though a later one did, were put there by another hand.

    Those after the last closing event belong to a tick that was interrupted; the next one closes them.
    """
    last = max(closed, default=None)
    for moment, rungs in sorted(ledger.decided_moments(session, plan_id).items()):
        if moment not in closed and last is not None and moment < last:
            outcome.broken.append(
                f"Kế hoạch {code} có {rungs} mức nhắc ghi lúc {moment:%d/%m/%Y %H:%M:%S} UTC mà không lượt nhắc nào xác nhận."
            )


def _check_anchor(session: Session, plan_id: int, seq: int, detail: dict[str, str], outcome: Verified) -> None:
    lines = ledger.decided_lines(session, plan_id, datetime.fromisoformat(detail["decided_at"]))
    if audit.anchor(lines) != detail["sha256"]:
        outcome.broken.append(
            f"Lượt nhắc ngày {detail['day']} (sự kiện số {seq}) ghi {detail['rungs']} mức nhắc, nay có {len(lines)}"
            " hoặc nội dung đã bị sửa."
        )
