"""Baselines (điểm ban đầu, tiêu chí cần hoàn thiện): entered or imported with their document; missing stays missing.

The plan's annex holds them. What is replaced stays in the record.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from htx_workflow.domain import audit, scorecards, typed, verdicts, words
from htx_workflow.domain.errors import BadInput, NotAllowed, NotFound
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.domain.verdicts import Baseline
from htx_workflow.domain.visitors import Visitor
from htx_workflow.gateways import excel
from htx_workflow.gateways.excel import Column, Read, Sheet
from htx_workflow.services import plans, results
from htx_workflow.services.reports import When
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import audit_chain
from htx_workflow.store import baselines as store
from htx_workflow.store import documents as document_store
from htx_workflow.store.baselines import BaselineRow
from htx_workflow.store.database import Session
from htx_workflow.store.documents import DocumentRef
from htx_workflow.store.plans import LoadedPlan

PAGE = "Điểm ban đầu"
CODES = ("ma_htx", "ten_htx", "tieu_chi", "ten_tieu_chi", "ban_dau", "can_hoan_thien")
MARKS = {"": False, "x": True, "co": True, "có": True, "khong": False, "không": False}


@dataclass
class _Sheet:
    """A file being read: cooperatives with their rows, and the cells that are wrong."""

    points: dict[str, dict[int, int]] = field(default_factory=dict)
    improve: dict[str, set[int]] = field(default_factory=dict)
    places: dict[tuple[str, int], Read] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def set_one(
    session: Session,
    code: str,
    unit: str,
    points: Mapping[str, str],
    improve: Collection[int] | None,
    rubric: Rubric,
    document: DocumentRef | None,
    visitor: Visitor | None,
    when: When,
) -> Baseline:
    """Enter points by criterion (blank: not known) and the criteria to be completed; the rest stays as it was."""
    loaded = _loaded(session, code, visitor)
    unit_id = _unit_id(session, loaded, unit)
    before = store.of_unit(session, loaded.id, unit_id)
    known = dict(before.points) if before and before.rubric == rubric.ref else {}
    wrong = []
    for key, text in points.items():
        try:
            number = _criterion(rubric, key)
            known.pop(number, None)
            if text.strip():
                known[number] = scorecards.hundredths(typed.parse_score(text))
        except BadInput as error:
            wrong.append(str(error))
    chosen = frozenset(improve if improve is not None else before.to_improve if before else ())
    made = Baseline(rubric.ref, known, chosen)
    wrong += [str(one) for one in verdicts.baseline_problems(rubric, made)]
    if wrong:
        raise BadInput("\n".join(wrong))
    _write(session, loaded, {unit_id: made}, rubric, document, when)
    return made


def import_file(
    session: Session,
    code: str,
    body: bytes,
    rubric: Rubric,
    document: DocumentRef | None,
    visitor: Visitor | None,
    when: When,
) -> int:
    """The baselines of every cooperative that the file names, whole or not at all; how many cooperatives.

    Raises `BadInput` naming every cell that is wrong.
    """
    loaded = _loaded(session, code, visitor)
    given = read_file(loaded, body, rubric)
    if given.wrong:
        count = words.count_text(len(given.wrong))
        raise BadInput(f"Tệp Excel có {count} ô cần sửa, chưa ô nào được ghi vào hệ thống: {'; '.join(given.wrong)}.")
    return enter(session, code, given.units, rubric, document, visitor, when)


@dataclass(frozen=True)
class Given:
    """What a file says: whole baselines by cooperative, and every cell that is wrong, as phrases."""

    units: Mapping[str, Baseline]
    wrong: Sequence[str]


def read_file(loaded: LoadedPlan, body: bytes, rubric: Rubric) -> Given:
    """The filled rows of a sheet made by `export_file`; nothing is written. Raises `BadInput` for another file."""
    sheet = _Sheet()
    for row in excel.read(body, PAGE, CODES):
        _read_row(loaded, rubric, row, sheet)
    for unit, points in sheet.points.items():
        _check_unit(rubric, unit, points, sheet)
    if not sheet.wrong and not sheet.points:
        raise BadInput("Tệp chưa có dòng nào được điền. Đề nghị điền điểm ban đầu hoặc đánh dấu x rồi đưa lên lại.")
    units = {
        unit: Baseline(rubric.ref, points, frozenset(sheet.improve[unit])) for unit, points in sheet.points.items()
    }
    return Given(units, sheet.wrong)


def enter(
    session: Session,
    code: str,
    given: Mapping[str, Baseline],
    rubric: Rubric,
    document: DocumentRef | None,
    visitor: Visitor | None,
    when: When,
) -> int:
    """Put whole baselines in the stead of those of these cooperatives, all or none; how many cooperatives.

    Raises `BadInput` for points that the rubric cannot hold.
    """
    loaded = _loaded(session, code, visitor)
    wrong = [
        f"{unit}: {one}" for unit, baseline in given.items() for one in verdicts.baseline_problems(rubric, baseline)
    ]
    if wrong:
        raise BadInput("\n".join(wrong))
    made = {_unit_id(session, loaded, unit): baseline for unit, baseline in given.items()}
    _write(session, loaded, made, rubric, document, when)
    return len(made)


def export_file(session: Session, code: str, rubric: Rubric, visitor: Visitor | None, today: date) -> bytes:
    """The same sheet with what is known, to fill in and send back."""
    loaded = plans.get_plan(session, code)
    agencies = agency_store.list_agencies(session, today)
    units = results.units_of(loaded, agencies, visitor)
    known = _by_unit(session, loaded, [unit.id for unit in units])
    columns = (
        Column("Mã HTX", width=18), Column("Hợp tác xã", width=40), Column("Tiêu chí", "number", 9),
        Column("Tên tiêu chí", width=50), Column("Điểm ban đầu", "points", 12, fill=True),
        Column("Cần hoàn thiện (x)", width=14, fill=True),
    )  # fmt: skip
    rows: list[Sequence[object]] = []
    for unit in units:
        for number, criterion in rubric.criteria.items():
            row = known.get((unit.id, number))
            given = Decimal(row.hundredths) / 100 if row is not None and row.hundredths is not None else None
            mark = "x" if row is not None and row.to_improve else ""
            rows.append((unit.code, unit.name, number, criterion.title, given, mark))
    line = f"{loaded.plan.short}; bộ tiêu chí {rubric.short}. Ô trống là chưa có số liệu, không phải 0."
    title = "Điểm ban đầu và tiêu chí cần hoàn thiện của từng hợp tác xã"
    return excel.write([Sheet(title, columns, rows, line, PAGE, ("", ""), codes=CODES)])


def _by_unit(session: Session, loaded: LoadedPlan, unit_ids: Sequence[int]) -> dict[tuple[int, int], BaselineRow]:
    return {(row.unit_id, row.item): row for row in store.list_rows(session, loaded.id, unit_ids)}


def _loaded(session: Session, code: str, visitor: Visitor | None) -> LoadedPlan:
    loaded = plans.get_plan(session, code)
    if visitor is not None and not visitor.may_lead(loaded.id):
        raise NotAllowed("Điểm ban đầu và tiêu chí cần hoàn thiện do cơ quan chủ trì kế hoạch nhập.")
    return loaded


def _unit_id(session: Session, loaded: LoadedPlan, unit: str) -> int:
    found = agency_store.find_id(session, unit) if unit in loaded.plan.scored() else None
    if found is None:
        raise NotFound(f"{unit} không phải là hợp tác xã của kế hoạch {loaded.plan.code}.")
    return found


def _criterion(rubric: Rubric, key: str) -> int:
    """The number of a criterion as it was typed. Raises `BadInput`."""
    tidy = key.strip()
    if not (tidy.isdecimal() and tidy.isascii() and int(tidy) in rubric.criteria):
        raise BadInput(f"Tiêu chí {tidy} không có trong bộ tiêu chí {rubric.short}.")
    return int(tidy)


def _read_row(loaded: LoadedPlan, rubric: Rubric, row: Mapping[str, Read], sheet: _Sheet) -> None:
    unit, start, mark = row["ma_htx"], row["ban_dau"], row["can_hoan_thien"]
    if not start.text and not mark.text:
        return
    if unit.text not in loaded.plan.scored():
        sheet.wrong.append(f"{unit.place} mã hợp tác xã “{unit.text}” không có trong Kế hoạch")
        return
    try:
        number = _criterion(rubric, row["tieu_chi"].text)
    except BadInput:
        sheet.wrong.append(
            f"{row['tieu_chi'].place} “{row['tieu_chi'].text}” không phải là tiêu chí của {rubric.short}"
        )
        return
    if (unit.text, number) in sheet.places:
        sheet.wrong.append(f"{unit.place} tiêu chí {number} của {unit.text} đã có ở dòng trên")
        return
    sheet.places[unit.text, number] = start
    points = sheet.points.setdefault(unit.text, {})
    improve = sheet.improve.setdefault(unit.text, set())
    if mark.text.lower() not in MARKS:
        sheet.wrong.append(f"{mark.place} “{mark.text}” không rõ; đánh dấu x hoặc để trống")
    elif MARKS[mark.text.lower()]:
        improve.add(number)
    if start.text:
        try:
            points[number] = scorecards.hundredths(typed.parse_score(start.text))
        except BadInput:
            sheet.wrong.append(
                f"{start.place} “{start.text}” không phải là điểm (số từ 0, tối đa hai chữ số thập phân)"
            )


def _check_unit(rubric: Rubric, unit: str, points: Mapping[int, int], sheet: _Sheet) -> None:
    """Points above a maximum or a group, each at its cell."""
    for one in verdicts.baseline_problems(rubric, Baseline(rubric.ref, points, frozenset())):
        keys = [int(key) for key in one.together or (one.key,) if key.isdecimal()]
        place = next((sheet.places[unit, key].place for key in keys if (unit, key) in sheet.places), unit)
        sheet.wrong.append(f"{place} {one.what.rstrip('.')}")


def _write(
    session: Session,
    loaded: LoadedPlan,
    made: Mapping[int, Baseline],
    rubric: Rubric,
    document: DocumentRef | None,
    when: When,
) -> None:
    document_id = document_store.get_or_add(session, document) if document else None
    rows = [
        BaselineRow(unit, rubric.code, rubric.version, number, baseline.points.get(number), number in baseline.to_improve, document_id)
        for unit, baseline in made.items()
        for number in sorted({*baseline.points, *baseline.to_improve})
    ]  # fmt: skip
    added = store.replace(session, loaded.id, list(made), rows, when.now, when.by)
    detail: dict[str, object] = {"units": len(made), "rows": added, "document": document_id}
    audit_chain.note(session, audit.Event(when.now, when.by, "baseline.set", loaded.plan.code, detail))
