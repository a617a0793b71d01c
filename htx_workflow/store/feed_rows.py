"""What forms are fed from (nguồn số liệu điền sẵn), read as columns: reports, owed work, requests, consolidations."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, select
from sqlmodel import Session

from htx_workflow.domain.forms import Form
from htx_workflow.store.rows import chunks
from htx_workflow.store.tables import table

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
SAVED = "~saved"
"""Key of a draft that is no place of the form."""
SENT = ("submitted", "done")
OWED = ("open", "submitted", "done", "unassigned")


@lru_cache(maxsize=64)
def _form(body: str) -> Form:
    return Form.model_validate_json(body)


class Newest(NamedTuple):
    """What a report said last: sent, else its draft."""

    form: Form
    values: dict[str, Any]
    sent: bool


def newest(session: Session, keys: Iterable[str]) -> dict[str, Newest]:
    """What the reports of these keys say, by key: what was sent last, else the draft; none where nothing was typed."""
    reports, revisions, definitions = table("report"), table("report_revision"), table("definition")
    found: dict[str, Newest] = {}
    for batch in chunks(keys):
        rows = session.execute(
            select(
                reports.c.key, reports.c.sent_no, reports.c.draft, reports.c.draft_version, revisions.c.body,
                definitions.c.body.label("form"),
            )
            .outerjoin(
                revisions, and_(revisions.c.report_id == reports.c.id, revisions.c.no == reports.c.sent_no)
            )
            .join(definitions, definitions.c.id == func.coalesce(revisions.c.definition_id, reports.c.definition_id))
            .where(reports.c.key.in_(batch))
        )  # fmt: skip
        for row in rows:
            sent = row.sent_no > 0 and row.body is not None
            if not sent and not row.draft_version:
                continue
            values = json.loads(row.body if sent else row.draft)
            values.pop(SAVED, None)
            found[row.key] = Newest(_form(row.form), values, sent)
    return found


class Sent(NamedTuple):
    """What an agency sent last on a form for a period."""

    agency_id: int
    form: str
    period: str
    values: dict[str, Any]


def list_sent(session: Session, plan_id: int, periods: Collection[str], forms: Collection[str]) -> list[Sent]:
    """The last revision of each report of these periods and forms, in the order of the agencies."""
    reports, revisions, agencies = table("report"), table("report_revision"), table("agency")
    rows = session.execute(
        select(reports.c.agency_id, reports.c.form_code, reports.c.period, revisions.c.body)
        .join(revisions, and_(revisions.c.report_id == reports.c.id, revisions.c.no == reports.c.sent_no))
        .join(agencies, agencies.c.id == reports.c.agency_id)
        .where(
            reports.c.plan_id == plan_id,
            reports.c.period.in_(sorted(periods)),
            reports.c.form_code.in_(sorted(forms)),
        )
        .order_by(agencies.c.sort, reports.c.period, reports.c.id)
    )
    return [Sent(row[0], row[1], row[2], json.loads(row[3])) for row in rows]


class Owed(NamedTuple):
    """A report that an agency owes."""

    holder_id: int
    sent: bool
    submitted_on: date | None
    due_on: date | None


def list_owed(session: Session, plan_id: int, duties: Collection[str], period: str) -> list[Owed]:
    """The work of these duties (codes) in a period, in the order of the agencies; not what was waived or given away."""
    rows, duty_rows, agencies = table("occurrence"), table("duty"), table("agency")
    found = session.execute(
        select(rows.c.holder_id, rows.c.state, rows.c.submitted_on, rows.c.due_on)
        .join(duty_rows, duty_rows.c.id == rows.c.duty_id)
        .join(agencies, agencies.c.id == rows.c.holder_id)
        .where(
            rows.c.plan_id == plan_id,
            duty_rows.c.code.in_(sorted(duties)),
            rows.c.period == period,
            rows.c.state.in_(OWED),
        )
        .order_by(agencies.c.sort, rows.c.id)
    )
    return [Owed(row.holder_id, row.state in SENT, row.submitted_on, row.due_on) for row in found]


class Raised(NamedTuple):
    """A difficulty or a proposal."""

    from_id: int
    kind: str
    state: str
    reason: str
    decision: str
    raised_at: datetime


def list_raised(session: Session, plan_id: int, year: int) -> list[Raised]:
    """Difficulties and proposals raised in a year that were not taken back, in their order."""
    rows = table("request")
    found = session.execute(
        select(rows.c.from_id, rows.c.kind, rows.c.state, rows.c.reason, rows.c.decision, rows.c.raised_at)
        .where(
            rows.c.plan_id == plan_id,
            rows.c.kind.in_(("difficulty", "proposal")),
            rows.c.state != "withdrawn",
            rows.c.raised_at >= datetime(year, 1, 1, tzinfo=LOCAL),
            rows.c.raised_at < datetime(year + 1, 1, 1, tzinfo=LOCAL),
        )
        .order_by(rows.c.id)
    )
    return [Raised(*row) for row in found]


def count_changed_lines(session: Session, before_id: int, after_id: int) -> int:
    """How many cooperatives stand otherwise in one consolidation than in another, come or gone ones included."""
    lines = table("consolidation_line")
    before, after = (
        dict(session.execute(select(lines.c.key, lines.c.body).where(lines.c.consolidation_id == number)).tuples())
        for number in (before_id, after_id)
    )
    return sum(before.get(key) != after.get(key) for key in before.keys() | after.keys())
