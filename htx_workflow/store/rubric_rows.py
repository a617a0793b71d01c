"""Rubrics as they were when cards were scored on them (bộ tiêu chí đã dùng): each text once, never changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from datetime import datetime
from functools import lru_cache

from sqlalchemy import select
from sqlmodel import Session

from htx_workflow.domain.rubrics import Rubric
from htx_workflow.store.rows import add_missing, chunks
from htx_workflow.store.tables import table


def number_of(session: Session, rubric: Rubric, now: datetime) -> int:
    """The number of this text of a rubric; it is added the first time it is used."""
    data = rubric.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    body = json.dumps(data, ensure_ascii=False, sort_keys=True)
    sha256 = hashlib.sha256(body.encode()).hexdigest()
    rows = table("definition")
    number = select(rows.c.id).where(
        rows.c.kind == "rubric", rows.c.code == rubric.code, rows.c.sha256 == sha256
    )  # fmt: skip
    found = session.execute(number).scalar()
    if found is None:
        row = {
            "kind": "rubric", "code": rubric.code, "version": str(rubric.version), "sha256": sha256, "body": body,
            "added_at": now,
        }  # fmt: skip
        add_missing(session, rows, [row])
        found = session.execute(number).scalar_one()
    return int(found)


@lru_cache(maxsize=32)
def parsed(body: str) -> Rubric:
    """A rubric as a definition keeps it."""
    return Rubric.model_validate_json(body)


def list_all(session: Session) -> dict[int, Rubric]:
    """Every rubric that was used: there are few."""
    rows = table("definition")
    found = session.execute(select(rows.c.id, rows.c.body).where(rows.c.kind == "rubric"))
    return {row.id: parsed(row.body) for row in found}


def get(session: Session, numbers: Collection[int]) -> dict[int, Rubric]:
    """The rubrics of these numbers."""
    rows = table("definition")
    found = {}
    for batch in chunks(sorted(set(numbers))):
        for row in session.execute(select(rows.c.id, rows.c.body).where(rows.c.id.in_(batch))):
            found[row.id] = parsed(row.body)
    return found
