"""What forms are fed with (số liệu điền sẵn), read in a few set-based statements: reports, work owed, requests, snapshots."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlmodel import Session

from htx_workflow.domain.forms import Form
from htx_workflow.store.rows import among
from htx_workflow.store.tables import table

SENT = ("submitted", "done")


class Newest(NamedTuple):
    """What an agency said last on a form: what it sent, else its draft."""

    form: Form
    values: dict[str, Any]
    sent: bool


@lru_cache(maxsize=64)
def _form(body: str) -> Form:
    return Form.model_validate_json(body)


def newest(session: Session, keys: Collection[str]) -> dict[str, Newest]:
    """By key of the report; one that was never saved is left out."""
    reports, revisions, definitions = table("report"), table("report_revision"), table("definition")
    own = func.coalesce(revisions.c.definition_id, reports.c.definition_id)
    found = session.execute(
        select(
            reports.c.key, reports.c.draft, reports.c.draft_version, revisions.c.body, definitions.c.body.label("form")
        )
        .outerjoin(revisions, (revisions.c.report_id == reports.c.id) & (revisions.c.no == reports.c.sent_no))
        .join(definitions, definitions.c.id == own)
        .where(reports.c.key.in_(sorted(keys)))
    )  # fmt: skip
    return {
        row.key: Newest(_form(row.form), json.loads(row.body or row.draft), row.body is not None)
        for row in found
        if row.body is not None or row.draft_version > 0
    }


class Sent(NamedTuple):
    """What an agency sent last on a form for a period."""

    agency_id: int
    form: str
    period: str
    values: dict[str, Any]


def list_sent(session: Session, plan_id: int, periods: Collection[str], forms: Collection[str]) -> list[Sent]:
    """The last revision of each report of which some work stands as sent, in the order of the keys."""
    reports, revisions, links, work = (
        table(name) for name in ("report", "report_revision", "report_occurrence", "occurrence")
    )
    stands = (
        select(links.c.report_id)
        .join(work, work.c.id == links.c.occurrence_id)
        .where(links.c.report_id == reports.c.id, work.c.state.in_(SENT))
        .exists()
    )
    found = session.execute(
        select(reports.c.agency_id, reports.c.form_code, reports.c.period, revisions.c.body)
        .join(revisions, (revisions.c.report_id == reports.c.id) & (revisions.c.no == reports.c.sent_no))
        .where(
            reports.c.plan_id == plan_id, reports.c.period.in_(sorted(periods)),
            reports.c.form_code.in_(sorted(forms)), stands,
        )
        .order_by(reports.c.key)
    )  # fmt: skip
    return [Sent(agency, form, period, json.loads(body)) for agency, form, period, body in found]


class Filed(NamedTuple):
    """What a cooperative owes on its own report, and what it sent on it; None: nothing."""

    state: str
    due_on: date | None
    submitted_on: date | None
    values: dict[str, Any] | None

    @property
    def sent(self) -> bool:
        return self.state in SENT


def filed(
    session: Session, plan_id: int, duties: Collection[str], form: str, period: str, holders: Collection[int]
) -> dict[int, Filed]:
    """By holder: these duties of a period with the report on this form that was sent last."""
    rows, known, reports, revisions = (table(name) for name in ("occurrence", "duty", "report", "report_revision"))
    found = session.execute(
        select(rows.c.holder_id, rows.c.state, rows.c.due_on, rows.c.submitted_on, revisions.c.body)
        .join(known, known.c.id == rows.c.duty_id)
        .outerjoin(
            reports,
            (reports.c.plan_id == rows.c.plan_id) & (reports.c.agency_id == rows.c.holder_id)
            & (reports.c.form_code == form) & (reports.c.period == rows.c.period),
        )
        .outerjoin(revisions, (revisions.c.report_id == reports.c.id) & (revisions.c.no == reports.c.sent_no))
        .where(
            rows.c.plan_id == plan_id, known.c.code.in_(sorted(duties)), rows.c.period == period,
            among(session, rows.c.holder_id, holders),
        )
    )  # fmt: skip
    return {
        holder: Filed(state, due_on, submitted_on, json.loads(body) if body else None)
        for holder, state, due_on, submitted_on, body in found
    }


class RaisedRow(NamedTuple):
    """A difficulty or a proposal, and when it was raised."""

    kind: str
    state: str
    from_id: int
    reason: str
    decision: str
    raised_at: datetime


def list_raised(session: Session, plan_id: int, year: int) -> list[RaisedRow]:
    """Difficulties and proposals raised up to the end of a year and not taken back, oldest first."""
    rows = table("request")
    found = session.execute(
        select(rows.c.kind, rows.c.state, rows.c.from_id, rows.c.reason, rows.c.decision, rows.c.raised_at)
        .where(rows.c.plan_id == plan_id, rows.c.kind.in_(("difficulty", "proposal")), rows.c.state != "withdrawn")
        .order_by(rows.c.id)
    )
    return [row for row in (RaisedRow(*one) for one in found) if row.raised_at.year <= year]


def count_changed_lines(session: Session, earlier: int, later: int) -> int:
    """How many cooperatives of a snapshot read otherwise in another one, or stand only in one of them."""
    lines = table("consolidation_line")
    one, other = lines.alias("one"), lines.alias("other")
    same = (
        select(func.count())
        .select_from(one.join(other, (one.c.key == other.c.key) & (one.c.body == other.c.body)))
        .where(one.c.consolidation_id == earlier, other.c.consolidation_id == later)
    )
    each = [
        select(func.count()).select_from(lines).where(lines.c.consolidation_id == number).scalar_subquery()
        for number in (earlier, later)
    ]
    first, second, alike = session.execute(select(*each, same.scalar_subquery())).one()
    return int(max(first, second) - alike)
