"""What a handover (bàn giao) lists beside open work: drafts, requests, files, and who took over when."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, literal, or_, select, union_all
from sqlmodel import Session

from htx_workflow.domain.requests import WAITING
from htx_workflow.store.tables import table


class DraftRow(NamedTuple):
    """A form or scorecard being filled that was not sent."""

    key: str
    form: str
    period: str
    saved_at: datetime | None
    saved_by: str


def list_drafts(session: Session, agency_id: int, limit: int) -> list[DraftRow]:
    """Reports with a saving after the last sending, and scorecards not sent, the newest first."""
    reports, sent, cards = table("report"), table("report_revision"), table("scorecard")
    last = (
        select(sent.c.sent_at)
        .where(sent.c.report_id == reports.c.id, sent.c.no == reports.c.sent_no)
        .correlate(reports)
        .scalar_subquery()
    )
    units = table("agency")
    found = union_all(
        select(
            reports.c.key, reports.c.form_code, reports.c.period, reports.c.draft_at.label("saved_at"),
            reports.c.draft_by,
        ).where(
            reports.c.agency_id == agency_id,
            reports.c.draft_at.is_not(None),
            or_(reports.c.sent_no == 0, reports.c.draft_at > func.coalesce(last, reports.c.draft_at)),
        ),
        select(
            literal("phiếu chấm ") + units.c.code, literal(""), cards.c.period, cards.c.saved_at, cards.c.saved_by
        )
        .join(units, units.c.id == cards.c.unit_id)
        .where(cards.c.scorer_id == agency_id, cards.c.state == "draft"),
    ).subquery()  # fmt: skip
    rows = session.execute(select(found).order_by(found.c.saved_at.desc()).limit(limit))
    return [DraftRow(*row) for row in rows]


def list_requests(session: Session, agency_id: int, limit: int) -> list[Any]:
    """Requests of an agency, or put to it, that nobody decided yet: key, kind, state, when, of whose making."""
    rows = table("request")
    return list(
        session.execute(
            select(rows.c.key, rows.c.kind, rows.c.state, rows.c.raised_at, rows.c.from_id)
            .where(or_(rows.c.from_id == agency_id, rows.c.to_id == agency_id), rows.c.state.in_(WAITING))
            .order_by(rows.c.raised_at)
            .limit(limit)
        )
    )


def list_files(session: Session, agency_id: int, code: str, person_id: int | None, limit: int) -> list[Any]:
    """Files that a contact (or one person behind it) brought and that are still there: name, when, the newest first."""
    rows = table("attachment")
    return list(
        session.execute(
            select(rows.c.id, rows.c.name, rows.c.at)
            .where(rows.c.agency_id == agency_id, rows.c.withdrawn_at.is_(None), made_by(rows.c.by_code, code, person_id))
            .order_by(rows.c.id.desc())
            .limit(limit)
        )
    )  # fmt: skip


def made_by(column: ColumnElement[Any], code: str, person_id: int | None) -> ColumnElement[bool]:
    """Acts of a contact, with or without a person or a delegation; or of one person behind it."""
    if person_id is not None:
        person = f"{code}#{person_id}"
        return or_(column == person, column.startswith(f"{person}^", autoescape=True))
    return or_(
        column == code, column.startswith(f"{code}#", autoescape=True), column.startswith(f"{code}^", autoescape=True)
    )
