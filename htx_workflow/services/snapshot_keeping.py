"""Keeping a snapshot (lưu bản tổng hợp) of any size: in one transaction while it is small, of thousands in steps.

    kept = snapshot_keeping.keep(runtime.database, made, rubric, visitor, when)

No step holds the database for longer than a moment, and nobody sees a snapshot before its last step. One whose keeping
was interrupted is taken up where it ended when the inputs are the same, and removed step by step when they are not.
"""

from __future__ import annotations

from htx_workflow.domain.consolidations import Consolidation
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import consolidations
from htx_workflow.services.reports import When
from htx_workflow.store import rubric_rows, snapshots
from htx_workflow.store.database import Database, Session

STEP = 1000
"""Cooperatives of one commit."""


def keep(
    database: Database, made: Consolidation, rubric: Rubric, visitor: Visitor | None, when: When
) -> Consolidation:  # fmt: skip
    """What `consolidations.keep` does, for any number of cooperatives."""
    if len(made.cooperatives) <= STEP:
        with database.transaction("consolidate") as session:
            return consolidations.keep(session, made, rubric, visitor, when)
    sha256 = made.inputs_sha256
    with database.reading() as session:
        plan_id = consolidations.led(session, made, visitor).id
        others = [one.id for one in _unfinished(session, plan_id, made) if one.inputs_sha256 != sha256]
    for number in others:
        _remove(database, number)
    inputs = snapshots.inputs_of(made)
    with database.transaction("consolidate-head") as session:
        known = _same(session, plan_id, made, sha256)
        kept = made.model_copy(update={"no": known or snapshots.next_no(session, plan_id, made.round)})
        if known is None:
            definition = rubric_rows.number_of(session, rubric, when.now)
            snapshots.begin(session, plan_id, kept, inputs, definition, when.by, unfinished_since=when.now)
        lines = next((one.id for one in _unfinished(session, plan_id, made) if one.no == kept.no), None)
    if lines is not None:
        _write(database, kept, inputs, lines)
        _show(database, kept, lines, when)
    if known is None:
        return kept
    with database.reading() as session:
        return consolidations.find(session, made.plan, made.round, kept.no)


def _unfinished(session: Session, plan_id: int, made: Consolidation) -> list[snapshots.Unfinished]:
    return snapshots.list_unfinished(session, plan_id, made.round)


def _same(session: Session, plan_id: int, made: Consolidation, sha256: str) -> int | None:
    """The snapshot of the very same inputs: the last one, or one whose keeping goes on or was interrupted."""
    known = [(row.no, row.inputs_sha256) for row in snapshots.list_of(session, plan_id, made.round)[-1:]]
    known += [(row.no, row.inputs_sha256) for row in _unfinished(session, plan_id, made)]
    return next((no for no, inputs in known if inputs == sha256), None)


def _remove(database: Database, number: int) -> None:
    nothing_left = False
    while not nothing_left:
        with database.transaction("consolidate-remove") as session:
            nothing_left = snapshots.discard(session, number, STEP)


def _write(database: Database, kept: Consolidation, inputs: snapshots.Inputs, number: int) -> None:
    """The lines that are not there yet. Who keeps the same at the same time helps."""
    with database.reading() as session:
        done = snapshots.count_lines(session, number)
    sha256 = kept.inputs_sha256
    while done < len(kept.cooperatives):
        rows = snapshots.lines_of(number, kept.cooperatives, inputs, done, STEP)
        with database.transaction("consolidate-lines") as session:
            done = snapshots.append(session, number, sha256, done, rows)


def _show(database: Database, kept: Consolidation, number: int, when: When) -> None:
    with database.transaction("consolidate-last") as session:
        if snapshots.finish(session, number, kept.inputs_sha256):
            consolidations.note(session, kept, when)
