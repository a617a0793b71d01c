"""Consolidating (tổng hợp): a snapshot of a year from what was sent and accepted, kept, never changed.

`compute` reads, `keep` writes: a nation's snapshot is computed in many seconds and written in one or two. Documents are
made from the value that `find` gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from htx_workflow.domain import audit, classifications, consolidations, report_extracts, typed, words
from htx_workflow.domain.classifications import RatedUnit
from htx_workflow.domain.consolidations import (
    Change,
    ClassLine,
    Consolidation,
    CooperativeLine,
    MatrixLine,
    Missing,
    Target,
    TextLine,
)
from htx_workflow.domain.errors import BadInput, NotAllowed, NotFound
from htx_workflow.domain.plan import AgencyKind
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.domain.verdicts import Conclusion
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import card_spots, plans, result_lines, results, rounds, statuses
from htx_workflow.services.reports import When
from htx_workflow.services.results import Asked, UnitResult
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import audit_chain, cards, counted_cards, rubric_rows, snapshots, verified
from htx_workflow.store.agencies import AgencyRow
from htx_workflow.store.database import Session
from htx_workflow.store.plans import LoadedPlan
from htx_workflow.store.rows import CHUNK
from htx_workflow.store.snapshots import SnapshotRow

SECTORS = {"nong-nghiep": "Nông nghiệp", "phi-nong-nghiep": "Phi nông nghiệp"}
"""Lĩnh vực: options of B1.5b in F-B."""
SAID_STATES = {"granted": "đã giải quyết", "refused": "không đồng ý"}


@dataclass
class _Gathered:
    """What was found while reading."""

    inputs: dict[str, str] = field(default_factory=dict)
    lines: dict[int, CooperativeLine] = field(default_factory=dict)
    units: dict[int, RatedUnit] = field(default_factory=dict)
    passed: int = 0
    missing: dict[int, tuple[Missing, ...]] = field(default_factory=dict)


def check_period(loaded: LoadedPlan, period: str) -> None:
    """A round is named by its year. Raises `BadInput` for one that the plan does not have."""
    plan = loaded.plan
    last = plan.ends_on.year if plan.ends_on else 2100
    if not (period.isdecimal() and len(period) == 4 and plan.starts_on.year <= int(period) <= last):
        raise BadInput(f"{plan.short} không có đợt {period}. Các năm của kế hoạch: {plan.starts_on.year} đến {last}.")


def compute(session: Session, code: str, period: str, rubric: Rubric, day: date, when: When) -> Consolidation:
    """The snapshot as it would be made now; `day`: timeliness as known at the end of this day. Writes nothing."""
    loaded = plans.get_plan(session, code)
    check_period(loaded, period)
    asked = results.asked(loaded, rubric, period)
    agencies = agency_store.list_agencies(session, day)
    found = _gathered(session, asked, agencies)
    order = [agency.id for agency in agencies.values() if agency.id in found.lines]
    matrix = tuple(_matrix(session, code, day))
    absent = tuple(_not_sent(session, loaded, period, day))
    found.inputs |= _head_inputs(asked, matrix, absent)
    texts = _texts(session, loaded, period, agencies, found.inputs)
    units = [found.units[number] for number in order]
    return Consolidation(
        plan=code,
        round=period,
        no=0,
        made_at=when.now,
        rubric=rubric.ref,
        decisive=asked.heading,
        inputs=found.inputs,
        day=day,
        pass_mark=asked.pass_mark,
        chain=tuple(level.code for level in asked.scoring.chain),
        criteria=consolidations.heads(rubric),
        cooperatives=tuple(found.lines[number] for number in order),
        classification=tuple(_classification(rubric, units)),
        target=Target(passed=found.passed, of=len(order)),
        matrix=matrix,
        missing=(*(one for number in order for one in found.missing[number]), *absent),
        late=tuple(_late(session, loaded, period, agencies, found.inputs)),
        **texts,
    )


def keep(session: Session, made: Consolidation, rubric: Rubric, visitor: Visitor | None, when: When) -> Consolidation:
    """Keep a snapshot under the next number; the last one again when it was made of the very same inputs.

    Everything in this one transaction: for a plan of any size see `snapshot_keeping`.
    """
    loaded = led(session, made, visitor)
    before = snapshots.list_of(session, loaded.id, made.round)
    if before and before[-1].inputs_sha256 == made.inputs_sha256:
        return find(session, made.plan, made.round, before[-1].no)
    for left in snapshots.list_unfinished(session, loaded.id, made.round):
        while not snapshots.discard(session, left.id, CHUNK):
            pass
    kept = made.model_copy(update={"no": snapshots.next_no(session, loaded.id, made.round)})
    snapshots.add(session, loaded.id, kept, rubric_rows.number_of(session, rubric, when.now), when.by)
    note(session, kept, when)
    return kept


def led(session: Session, made: Consolidation, visitor: Visitor | None) -> LoadedPlan:
    """The plan of a snapshot. Raises `NotAllowed` for a visitor who does not lead it."""
    loaded = plans.get_plan(session, made.plan)
    if visitor is not None and not visitor.may_lead(loaded.id):
        raise NotAllowed("Bản tổng hợp do cơ quan chủ trì kế hoạch lập.")
    return loaded


def note(session: Session, kept: Consolidation, when: When) -> None:
    """Write down that it was kept."""
    detail: dict[str, object] = {"no": kept.no, "sha256": kept.inputs_sha256}
    audit_chain.note(session, audit.Event(when.now, when.by, "consolidate", f"{kept.plan}/{kept.round}", detail))


def find(session: Session, code: str, period: str, no: int | None = None) -> Consolidation:
    """A kept snapshot: the last one, or that of a number. Raises `NotFound`."""
    loaded = plans.get_plan(session, code)
    found = snapshots.find(session, loaded.id, period, no)
    if found is None:
        which = f"bản tổng hợp số {no}" if no is not None else "bản tổng hợp nào"
        raise NotFound(f"Chưa có {which} của đợt {period}. Lập bằng: htx consolidate {code} --round {period} --out TM")
    return found


def list_of(session: Session, code: str, period: str = "") -> list[SnapshotRow]:
    """The snapshots of a plan, or of one of its years, oldest first."""
    return snapshots.list_of(session, plans.get_plan(session, code).id, period)


def compare(session: Session, code: str, period: str, earlier: int, later: int) -> tuple[list[Change], list[str]]:
    """Every value that differs between two snapshots, and the inputs that made them differ."""
    one, other = find(session, code, period, earlier), find(session, code, period, later)
    return consolidations.differences(one, other), consolidations.changed_inputs(one, other)


# Parts


def _gathered(session: Session, asked: Asked, agencies: Mapping[int, AgencyRow]) -> _Gathered:
    """One line, one rated unit and the inputs of each cooperative."""
    found = _Gathered()
    reasons: dict[int, dict[str, str]] = {}
    for row in counted_cards.list_reasons(session, asked.loaded.id, asked.period):
        reasons.setdefault(row.card_id, {})[row.item] = row.reason
    codes = {number: agency.code for number, agency in agencies.items()}
    for result in results.iterate(session, asked, results.units_of(asked.loaded, agencies)):
        number = result.unit.id
        parent = codes.get(result.unit.parent_id or 0, "")
        found.lines[number] = result_lines.line(asked, result, parent, reasons)
        found.units[number] = rated_unit(asked, result)
        found.passed += result.outcome.decisive.conclusion is Conclusion.PASSED
        found.missing[number] = tuple(result_lines.missing(asked, result))
        found.inputs |= result_lines.inputs(asked, result, parent, reasons)
    return found


def rated_unit(asked: Asked, result: UnitResult) -> RatedUnit:
    """A cooperative as classification tables count it: on the level that decides."""
    decided = result.levels.get(asked.scoring.decisive.level)
    known = decided or next(iter(result.levels.values()), None)
    kinds = known.facts.kinds(known.rubric) if known else {}
    return RatedUnit(result.unit.code, kinds, decided.rating if decided else None)


def _classification(rubric: Rubric, units: list[RatedUnit]) -> Iterator[ClassLine]:
    yield consolidations.class_line(rubric, "", classifications.whole(rubric, units))
    for axis in classifications.axes(rubric, SECTORS):
        for row in classifications.table(rubric, axis, units):
            yield consolidations.class_line(rubric, axis.title, row)


def _matrix(session: Session, code: str, day: date) -> Iterator[MatrixLine]:
    """Bốn ô of each holder, cooperatives marked: they are shown apart."""
    found = statuses.status(session, code, day)
    for agency, counts in found.by_agency.items():
        row, boxes = found.agencies[agency], counts.boxes
        yield MatrixLine(
            key=agency,
            name=row.short_name,
            done_on_time=boxes["done_on_time"],
            done_late=boxes["done_late"],
            open_in_time=boxes["open_in_time"],
            open_overdue=boxes["open_overdue"],
            cooperative=row.kind is AgencyKind.COOPERATIVE,
            rate=_percent(boxes),
            rate_original=_percent(counts.original),
        )


def _percent(boxes: Mapping[str, int]) -> str:
    due = boxes["done_on_time"] + boxes["done_late"] + boxes["open_overdue"]
    return typed.percent_text(Decimal(100 * boxes["done_on_time"]) / due) if due else ""


def _not_sent(session: Session, loaded: LoadedPlan, period: str, day: date) -> Iterator[Missing]:
    """Reports of the year's round that nobody has sent, by agency."""
    for state in rounds.list_rounds(session, loaded, day):
        if state.period != period:
            continue
        for level in state.levels:
            for code, name in zip(level.missing, level.missing_names, strict=True):
                yield Missing(key=f"{level.duty}/{code}", name=name, what=words.lower_first(level.title))


def _head_inputs(asked: Asked, matrix: tuple[MatrixLine, ...], absent: tuple[Missing, ...]) -> dict[str, str]:
    mark = consolidations.fingerprint
    return {
        "plan": asked.loaded.sha256,
        "rubric": mark(asked.rubric.model_dump(mode="json")),
        "timeliness": mark([line.model_dump(mode="json") for line in matrix]),
        "not-sent": mark([line.key for line in absent]),
    }


def _texts(
    session: Session, loaded: LoadedPlan, period: str, agencies: Mapping[int, AgencyRow], inputs: dict[str, str]
) -> dict[str, Any]:
    """Money, difficulties and replication proposals, from accepted reports and from requests."""
    sums: report_extracts.Sums = {}
    said: list[TextLine] = []
    spread: list[TextLine] = []
    for row in verified.list_said(session, loaded.id):
        answer = f" ({SAID_STATES[row.state]}: {row.decision})" if row.state in SAID_STATES else ""
        said.append(TextLine(key=row.key, by=agencies[row.from_id].name, text=f"{row.reason}{answer}"))
        inputs[f"request/{row.key}"] = consolidations.fingerprint(row)
    for sent in verified.iterate_values(session, loaded.id, period, report_extracts.FORMS):
        name = agencies[sent.agency_id].name
        report_extracts.add_money(sums, sent.values)
        said += report_extracts.difficulties(sent.form, sent.key, name, sent.values)
        spread += report_extracts.replication(sent.form, sent.key, name, sent.values)
        inputs[f"report/{sent.key}"] = sent.sha256
    money = tuple(report_extracts.money_lines(sums, int(period)))
    return {"money": money, "difficulties": tuple(said), "replication": tuple(spread)}


def _late(
    session: Session, loaded: LoadedPlan, period: str, agencies: Mapping[int, AgencyRow], inputs: dict[str, str]
) -> Iterator[TextLine]:
    scoring = card_spots.scoring_of(loaded.plan)
    titles = {level.code: level.points_word for level in scoring.chain}
    for card in cards.list_late(session, loaded.id, period):
        on = f", gửi ngày {words.day_text(card.sent_on)}" if card.sent_on else ""
        text = f"{titles.get(card.level, card.level)} lần {words.count_text(card.revision)}{on}, sau khi cấp trên chấm xong"
        inputs[f"late/{card.key}"] = consolidations.fingerprint([card.total, card.rated])
        yield TextLine(key=card.key, by=agencies[card.unit_id].short_name, text=text)
