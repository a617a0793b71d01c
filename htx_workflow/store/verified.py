"""What was sent and accepted (số liệu đã chấp nhận), read for a consolidation: values of reports, and requests."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlmodel import Session

from htx_workflow.store.tables import table


class Values(NamedTuple):
    """What an agency sent last on a form for a period."""

    key: str
    agency_id: int
    form: str
    sha256: str
    values: dict[str, Any]


def iterate_values(session: Session, plan_id: int, period: str, forms: Collection[str]) -> Iterator[Values]:
    """The last revision of each report of a period of which some work was accepted."""
    reports, revisions, links, work = (
        table(name) for name in ("report", "report_revision", "report_occurrence", "occurrence")
    )
    accepted = (
        select(links.c.report_id)
        .join(work, work.c.id == links.c.occurrence_id)
        .where(links.c.report_id == reports.c.id, work.c.state == "done")
        .exists()
    )
    statement = (
        select(reports.c.key, reports.c.agency_id, reports.c.form_code, revisions.c.sha256, revisions.c.body)
        .join(revisions, (revisions.c.report_id == reports.c.id) & (revisions.c.no == reports.c.sent_no))
        .where(
            reports.c.plan_id == plan_id, reports.c.period == period, reports.c.form_code.in_(sorted(forms)), accepted
        )
        .order_by(reports.c.key)
    )
    with session.execute(statement, execution_options={"yield_per": 500}) as found:
        for key, agency_id, form, sha256, body in found:
            yield Values(key, agency_id, form, sha256, json.loads(body))


class Said(NamedTuple):
    """A difficulty or a proposal that an agency raised."""

    key: str
    kind: str
    state: str
    from_id: int
    reason: str
    decision: str


def list_said(session: Session, plan_id: int) -> list[Said]:
    """Difficulties and proposals of a plan that were not taken back, in the order in which they were raised."""
    rows = table("request")
    found = session.execute(
        select(rows.c.key, rows.c.kind, rows.c.state, rows.c.from_id, rows.c.reason, rows.c.decision)
        .where(
            rows.c.plan_id == plan_id, rows.c.kind.in_(("difficulty", "proposal")), rows.c.state != "withdrawn"
        )
        .order_by(rows.c.id)
    )  # fmt: skip
    return [Said(*row) for row in found]
