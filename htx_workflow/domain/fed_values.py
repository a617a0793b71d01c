"""Values that a form is fed with (số liệu điền sẵn): numbers as a form keeps them, and rows laid over what was typed.

What nobody gave is "chưa có số liệu", never zero. Rows that people may change are never changed behind their back:
they are laid in when a form is begun or when somebody asks for it, and what differs is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from htx_workflow.domain import collation, form_cells, typed
from htx_workflow.domain.form_messages import Message
from htx_workflow.domain.form_scope import rows_of
from htx_workflow.domain.form_slots import Value, Values
from htx_workflow.domain.formulas import Non

MISSING: Value = {"non": str(Non.NO_DATA)}
NAMED = 3
"""Rows that a warning names."""
BUTTON = "Lấy số liệu từ hệ thống"


def points(hundredths: int | None) -> Value:
    """Hundredths as a number of a form."""
    return MISSING if hundredths is None else form_cells.exact(Decimal(hundredths) / 100)


def count(number: int | None) -> Value:
    return MISSING if number is None else str(number)


def money(dong: int | None) -> Value:
    return MISSING if dong is None else dong


def share(part: int | None, whole: int | None) -> Value:
    """Percent with one decimal; nothing where there is nothing to divide by."""
    if part is None or not whole:
        return None
    return form_cells.exact(typed.rounded(Decimal(100 * part) / whole, 1))


def table(rows: Iterable[Values]) -> Value:
    """Rows as a table's value; None without any."""
    kept: list[Value] = [{key: value for key, value in row.items() if value not in (None, "")} for row in rows]
    return {"rows": kept} if kept else None


def tag(number: int) -> str:
    """The code of a criterion in lists and rows."""
    return f"tc{number}"


@dataclass(frozen=True)
class Laid:
    """How rows from the system lie over a typed table: what tells a row, and whether its figures replace typed ones."""

    key: tuple[str, ...]
    replaces: bool


LAID = {
    "C3": Laid(("C3.1",), replaces=True),
    "C5": Laid(("C5.1", "C5.2"), replaces=False),
    "D3": Laid(("D3.1", "D3.2"), replaces=True),
    "D12": Laid(("D12.6", "D12.1"), replaces=False),
}
"""By table of F-C and F-D."""


def laid(values: Values, prefill: Mapping[str, Value]) -> Values:
    """The values with the rows of the system in: new ones at the end, known ones brought to what the system says."""
    after = dict(values)
    for key, fed in prefill.items():
        how = LAID[key]
        rows = [dict(row) for row in rows_of(values.get(key))]
        by_name = {_name(how, row): row for row in rows}
        for new in rows_of(fed):
            known = by_name.get(_name(how, new))
            if known is None:
                rows.append(dict(new))
                continue
            known |= {
                name: value for name, value in new.items() if how.replaces or form_cells.is_blank(known.get(name))
            }
        after[key] = table(rows) if rows else values.get(key)
    return {key: value for key, value in after.items() if value is not None}


def doubts(values: Mapping[str, Value], prefill: Mapping[str, Value], labels: Mapping[str, str]) -> Iterator[Message]:
    """One warning for each table whose rows differ from what the system says; `labels`: of its columns."""
    for key, fed in prefill.items():
        how = LAID[key]
        by_name = {_name(how, row): row for row in rows_of(values.get(key))}
        found = []
        for new in rows_of(fed):
            known = by_name.get(_name(how, new))
            others = _differing(how, known, new) if known is not None else []
            if known is None:
                found.append(f"chưa có dòng {_shown(how, new)}")
            elif others:
                found.append(f"{_shown(how, new)} khác ở {', '.join(labels.get(one, one) for one in others)}")
        if found:
            more = f"; và {len(found) - NAMED} dòng khác" if len(found) > NAMED else ""
            what = f"khác số liệu của hệ thống: {'; '.join(found[:NAMED])}{more}"
            remedy = f"Đề nghị xem lại, hoặc bấm “{BUTTON}”."
            yield Message(key, f"{key} {labels.get(key, '')}".strip(), what, remedy, "warning")


def _differing(how: Laid, known: Mapping[str, Value], new: Mapping[str, Value]) -> list[str]:
    if not how.replaces:
        return []
    return [name for name, value in new.items() if name not in how.key and known.get(name) != value]


def _name(how: Laid, row: Mapping[str, Value]) -> tuple[str, ...]:
    return tuple(collation.fold(str(row.get(part) or "")) for part in how.key)


def _shown(how: Laid, row: Mapping[str, Value]) -> str:
    return " ".join(f"“{row.get(part) or ''}”" for part in how.key)
