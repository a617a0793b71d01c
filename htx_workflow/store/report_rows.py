"""Reports being filled and sent (báo cáo): the draft of now, what is kept beside it, revisions, and form definitions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import insert, select, update
from sqlmodel import Session

from htx_workflow.domain.errors import TooLate
from htx_workflow.domain.forms import Form
from htx_workflow.store.rows import add_missing
from htx_workflow.store.tables import table


class ReportRow(NamedTuple):
    """A report with its draft and the text of its form."""

    id: int
    key: str
    plan_id: int
    agency_id: int
    form_code: str
    period: str
    definition_id: int
    draft: dict[str, Any]
    draft_version: int
    draft_at: datetime | None
    draft_by: str
    sent_no: int
    form: Form
    has_asides: bool
    """Something is kept beside it."""
    has_files: bool


class AsideRow(NamedTuple):
    """Something typed that was not merged into the draft."""

    id: int
    report_id: int
    body: dict[str, Any]
    why: str
    at: datetime
    by: str


@lru_cache(maxsize=64)
def _form(body: str) -> Form:
    return Form.model_validate_json(body)


def definition_of(session: Session, form: Form, now: datetime, sha256: str) -> int:
    """The number of this text of a form, stored the first time it is used."""
    definitions = table("definition")
    number = select(definitions.c.id).where(
        definitions.c.kind == "form", definitions.c.code == form.code, definitions.c.sha256 == sha256
    )
    found = session.execute(number).scalar()
    if found is None:
        row = {
            "kind": "form", "code": form.code, "version": form.version, "sha256": sha256,
            "body": form.model_dump_json(exclude_defaults=True), "added_at": now,
        }  # fmt: skip
        add_missing(session, definitions, [row])
        found = session.execute(number).scalar_one()
    return int(found)


def older_forms(session: Session, code: str) -> dict[str, Form]:
    """Every text of a form that was used, by version."""
    definitions = table("definition")
    rows = session.execute(
        select(definitions.c.version, definitions.c.body)
        .where(definitions.c.kind == "form", definitions.c.code == code)
        .order_by(definitions.c.id)
    )
    return {row.version: _form(row.body) for row in rows}


def sha_of(session: Session, definition_id: int) -> str:
    definitions = table("definition")
    return str(session.execute(select(definitions.c.sha256).where(definitions.c.id == definition_id)).scalar_one())


def get_or_open(
    session: Session, key: str, *, plan_id: int, agency_id: int, form_code: str, period: str, definition_id: int
) -> int:
    """The number of the report of this key, begun when it is not there yet."""
    reports = table("report")
    row = {
        "key": key, "plan_id": plan_id, "agency_id": agency_id, "form_code": form_code, "period": period,
        "definition_id": definition_id, "draft": "{}", "draft_version": 0, "draft_by": "", "sent_no": 0,
    }  # fmt: skip
    add_missing(session, reports, [row])
    return int(session.execute(select(reports.c.id).where(reports.c.key == key)).scalar_one())


def link(session: Session, report_id: int, occurrence_id: int) -> None:
    """Let the report close this occurrence; one that another report closes stays with that."""
    links = table("report_occurrence")
    found = session.execute(select(links.c.report_id).where(links.c.occurrence_id == occurrence_id)).scalar()
    if found is None:
        session.execute(insert(links).values(report_id=report_id, occurrence_id=occurrence_id))


def find(session: Session, report_id: int, *, lock: bool = False) -> ReportRow | None:
    """A report with its draft; with `lock` nobody else writes it until the commit."""
    reports, definitions, asides, files = (
        table(name) for name in ("report", "definition", "report_aside", "attachment")
    )
    beside = select(asides.c.id).where(asides.c.report_id == reports.c.id, asides.c.settled_at.is_(None)).exists()
    kept = select(files.c.id).where(
        files.c.subject_kind == "report", files.c.subject_id == reports.c.id, files.c.withdrawn_at.is_(None)
    ).exists()  # fmt: skip
    statement = (
        select(
            reports.c.id, reports.c.key, reports.c.plan_id, reports.c.agency_id, reports.c.form_code,
            reports.c.period, reports.c.definition_id, reports.c.draft, reports.c.draft_version, reports.c.draft_at,
            reports.c.draft_by, reports.c.sent_no, definitions.c.body, beside, kept,
        )
        .join(definitions, definitions.c.id == reports.c.definition_id)
        .where(reports.c.id == report_id)
    )  # fmt: skip
    row = session.execute(statement.with_for_update(of=reports) if lock else statement).first()
    if row is None:
        return None
    return ReportRow._make((*row[:7], json.loads(row[7]), *row[8:12], _form(row[12]), bool(row[13]), bool(row[14])))


class SentRow(NamedTuple):
    """Whether a report was begun and sent."""

    id: int
    sent_no: int
    draft_version: int


def find_sent(session: Session, key: str) -> SentRow | None:
    """How far the report of this key is; None when nobody began it."""
    reports = table("report")
    row = session.execute(
        select(reports.c.id, reports.c.sent_no, reports.c.draft_version).where(reports.c.key == key)
    ).first()
    return SentRow(*row) if row else None


def save(
    session: Session, before: ReportRow, values: Mapping[str, Any], definition_id: int, now: datetime, by: str
) -> int:
    """Write the draft over the version that was read; its new version. Raises TooLate when somebody was quicker."""
    reports = table("report")
    touched = session.execute(
        update(reports)
        .where(reports.c.id == before.id, reports.c.draft_version == before.draft_version)
        .values(
            draft=json.dumps(values, ensure_ascii=False, sort_keys=True),
            draft_version=before.draft_version + 1,
            definition_id=definition_id,
            draft_at=now,
            draft_by=by,
        )
    )
    if touched.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        raise TooLate("Người khác vừa lưu biểu này; phần vừa nhập chưa được ghi. Đề nghị lưu lại.")
    return before.draft_version + 1


def add_aside(
    session: Session, report_id: int, based_on: int, values: Mapping[str, Any], why: str, now: datetime, by: str
) -> None:
    """Keep what was typed beside the draft; the same thing only once."""
    asides = table("report_aside")
    body = json.dumps(values, ensure_ascii=False, sort_keys=True)
    known = select(asides.c.id).where(
        asides.c.report_id == report_id, asides.c.body == body, asides.c.settled_at.is_(None)
    )
    if session.execute(known).first() is None:
        session.execute(
            insert(asides).values(report_id=report_id, based_on=based_on, body=body, why=why, at=now, by_code=by)
        )


def list_asides(session: Session, report_id: int) -> list[AsideRow]:
    """What is still kept beside, oldest first."""
    asides = table("report_aside")
    rows = session.execute(
        select(asides.c.id, asides.c.report_id, asides.c.body, asides.c.why, asides.c.at, asides.c.by_code)
        .where(asides.c.report_id == report_id, asides.c.settled_at.is_(None))
        .order_by(asides.c.id)
    )
    return [AsideRow(row[0], row[1], json.loads(row[2]), *row[3:]) for row in rows]


def settle_aside(session: Session, report_id: int, aside_id: int, now: datetime) -> bool:
    """Somebody looked at it; False when that was done before."""
    asides = table("report_aside")
    touched = session.execute(
        update(asides)
        .where(asides.c.id == aside_id, asides.c.report_id == report_id, asides.c.settled_at.is_(None))
        .values(settled_at=now)
    )
    return bool(touched.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def add_revision(
    session: Session,
    report: ReportRow,
    values: Mapping[str, Any],
    sha256: str,
    now: datetime,
    by: str,
    document_id: int | None,
) -> int:
    """Keep what is sent, as it is sent; its number."""
    number = report.sent_no + 1
    session.execute(
        insert(table("report_revision")).values(
            report_id=report.id, no=number, definition_id=report.definition_id,
            body=json.dumps(values, ensure_ascii=False, sort_keys=True), sha256=sha256, sent_at=now, by_code=by,
            document_id=document_id,
        )
    )  # fmt: skip
    reports = table("report")
    session.execute(update(reports).where(reports.c.id == report.id).values(sent_no=number))
    return number


def last_revision(session: Session, key: str) -> dict[str, Any]:
    """The values last sent under this key; empty when nothing was."""
    reports, revisions = table("report"), table("report_revision")
    body = session.execute(
        select(revisions.c.body)
        .join(reports, reports.c.id == revisions.c.report_id)
        .where(reports.c.key == key)
        .order_by(revisions.c.no.desc())
        .limit(1)
    ).scalar()
    found: dict[str, Any] = json.loads(body) if body else {}
    return found


class LinkedRow(NamedTuple):
    """An occurrence that a report closes."""

    id: int
    key: str
    title: str
    state: str
    holder_id: int | None
    receiver_id: int | None


def list_linked(session: Session, report_id: int) -> list[LinkedRow]:
    """The occurrences that a report closes."""
    rows, links = table("occurrence"), table("report_occurrence")
    found = session.execute(
        select(rows.c.id, rows.c.key, rows.c.title, rows.c.state, rows.c.holder_id, rows.c.receiver_id)
        .join(links, links.c.occurrence_id == rows.c.id)
        .where(links.c.report_id == report_id)
        .order_by(rows.c.id)
    )
    return [LinkedRow(*row) for row in found]
