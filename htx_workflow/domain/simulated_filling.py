"""The rest of a simulated report (điền phần còn lại): whatever the form asks for and no story has filled in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from htx_workflow.domain import form_cells, form_values
from htx_workflow.domain.form_scope import ROW, Reckoner
from htx_workflow.domain.form_slots import Context, Slot, Value, Values, cells, options, slots
from htx_workflow.domain.forms import (
    AnyCell,
    AnyField,
    Choice,
    Choices,
    Day,
    DocumentRef,
    Files,
    Form,
    Table,
    Text,
    YesNo,
)

WORDS = "Nội dung mô phỏng"
NOTHING: Value = {"non": "not_arisen"}


@dataclass(frozen=True)
class Rest:
    """What stands where a form only asks for a day, a paper or a file."""

    day: date
    paper: Value
    files: tuple[int, ...]


def completed(form: Form, context: Context, values: Values, rest: Rest) -> Values:
    """The values with every required place filled; what was filled already stays."""
    after = dict(values)
    for _ in range(3):  # a choice can make further places required
        before = dict(after)
        for slot in _asked(form, context, after):
            after[slot.key] = _of_slot(form, context, after, slot, rest)
        if after == before:
            break
    return after


def _asked(form: Form, context: Context, values: Values) -> list[Slot]:
    """Places that are required and empty, and tables that have rows."""
    missing = {slot.key for slot in form_values.completeness(form, context, values).missing}
    return [
        slot
        for slot in slots(form, context)
        if slot.key in missing
        or (
            isinstance(slot.field, Table)
            and slot.typed
            and not form_cells.non_of(values.get(slot.key))
            and (slot.key in values or context.items.get(slot.field.rows or ""))
        )
    ]


def _of_slot(form: Form, context: Context, values: Values, slot: Slot, rest: Rest) -> Value:
    if not isinstance(slot.field, Table):
        return _one(form, context, slot.field, rest)
    reckoner = Reckoner(form, context, values)
    rows: list[Value] = []
    for row in form_values.rows(form, context, slot, values):
        filled = {key: value for key, value in row.cells.items() if key != ROW}
        for cell in cells(slot.field, context):
            if form_cells.is_blank(filled.get(cell.id)) and reckoner.required_cell(slot, cell, filled):
                filled[cell.id] = _one(form, context, cell, rest)
        rows.append({ROW: row.name, **filled} if slot.field.rows else filled)
    return {"rows": rows} if rows else NOTHING


def _one(form: Form, context: Context, cell: AnyField | AnyCell, rest: Rest) -> Value:
    if isinstance(cell, Text):
        return WORDS[: cell.max]
    if isinstance(cell, Choice | Choices):
        codes = [option.code for option in options(form, context, cell)]
        return ([*codes[:1]] if isinstance(cell, Choices) else codes[0]) if codes else None
    if isinstance(cell, YesNo):
        return "yes"
    if isinstance(cell, Day):
        return rest.day.isoformat()
    if isinstance(cell, DocumentRef):
        return rest.paper
    return list(rest.files) if isinstance(cell, Files) else NOTHING
