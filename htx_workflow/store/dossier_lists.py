"""Which dossiers a plan has (danh mục hồ sơ): each duty and round of which somebody sent a file, counted."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import distinct, func, literal, select, union_all
from sqlmodel import Session

from htx_workflow.store.tables import table


class DossierRow(NamedTuple):
    """The files of a duty in a round."""

    duty_id: int
    period: str
    files: int
    holders: int
    """Agencies whose work they belong to."""
    first_at: datetime
    last_at: datetime
    first_dated: date | None
    last_dated: date | None


def list_dossiers(session: Session, plan_id: int, year: str = "") -> list[DossierRow]:
    """Every duty and period with files, by period and duty; `year`: only of that year."""
    work, links, asked = table("occurrence"), table("report_occurrence"), table("request")
    files, documents = table("attachment"), table("document")
    chosen = select(work.c.id, work.c.duty_id, work.c.period, work.c.holder_id).where(work.c.plan_id == plan_id)
    if year:
        chosen = chosen.where((work.c.period == year) | work.c.period.like(f"{year}-%"))
    mine = chosen.cte("mine")
    place = mine.c.duty_id, mine.c.period, mine.c.holder_id
    places = union_all(
        select(literal("occurrence").label("kind"), mine.c.id.label("subject"), *place),
        select(literal("report"), links.c.report_id, *place).join(links, links.c.occurrence_id == mine.c.id),
        select(literal("request"), asked.c.id, *place).join(asked, asked.c.occurrence_id == mine.c.id),
    ).subquery("places")
    statement = (
        select(
            places.c.duty_id, places.c.period, func.count(distinct(files.c.id)),
            func.count(distinct(places.c.holder_id)), func.min(files.c.at), func.max(files.c.at),
            func.min(documents.c.dated), func.max(documents.c.dated),
        )
        .join(places, (places.c.kind == files.c.subject_kind) & (places.c.subject == files.c.subject_id))
        .outerjoin(documents, documents.c.id == files.c.document_id)
        .where(files.c.withdrawn_at.is_(None))
        .group_by(places.c.duty_id, places.c.period)
        .order_by(places.c.period, places.c.duty_id)
    )  # fmt: skip
    return [DossierRow(*row) for row in session.execute(statement)]
