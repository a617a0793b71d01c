"""A draft when its form has changed meanwhile (biểu mẫu đổi phiên bản): what comes along, what is kept beside."""

from __future__ import annotations

from dataclasses import dataclass

from htx_workflow.domain import form_cells
from htx_workflow.domain.form_scope import REASONS, ROW, rows_of
from htx_workflow.domain.form_slots import Value, Values
from htx_workflow.domain.forms import AnyField, Form, Table


@dataclass(frozen=True)
class Moved:
    """The draft for the new form; what found no place in it; and sentences saying both."""

    values: Values
    aside: Values
    notes: tuple[str, ...]


def moved(old: Form, new: Form, values: Values) -> Moved:
    """The values under the new form's ids. A value whose field is gone or is of another type is kept beside.

    Sums come along whatever unit the new form shows: they are stored in đồng.
    """
    before = {field.id: field for field in old.all_fields()}
    after = {field.id: field for field in new.fields()}
    kept: Values = {}
    aside: Values = {}
    notes: dict[str, None] = {}
    for key, value in values.items():
        own, rest = _parted(key)
        target = new.was.get(own, own)
        if target in after and _same(before.get(own), after[target]):
            kept[target + rest] = _with_rows(before.get(own), after[target], new, value, aside, key)
            if target != own:
                notes[f"{_named(before.get(own), own)} nay là {target}; nội dung đã nhập được chuyển theo."] = None
        else:
            aside[key] = value
            why = "không còn trong biểu" if target not in after else "đã đổi kiểu"
            notes[f"{_named(before.get(own), own)} {why}; nội dung đã nhập được giữ ở bên để đối chiếu."] = None
    notes.update({f"Bỏ bớt cột trong bảng {key}; nội dung được giữ ở bên.": None for key in aside if key in kept})
    notes.update({f"{_named(after[name], name)} là mục mới.": None for name in _added(old, new)})
    return Moved(kept, aside, tuple(notes))


def changes(old: Form, new: Form) -> tuple[str, ...]:
    """What differs between two versions, for whoever sent a file of the old one: renamed, dropped, new."""
    before = {field.id: field for field in old.all_fields()}
    after = {field.id for field in new.all_fields()}
    notes = [f"{_named(before.get(own), own)} nay là {target}." for own, target in new.was.items() if own in before]
    notes += [
        f"{_named(field, name)} không còn trong biểu."
        for name, field in before.items()
        if name not in after and name not in new.was
    ]
    return (
        *notes,
        *(f"{_named(field, field.id)} là mục mới." for field in new.all_fields() if field.id in _added(old, new)),
    )


def _parted(key: str) -> tuple[str, str]:
    """The field's id, and what follows it: `#item`, `@column`, `~ok`."""
    end = min((key.index(sign) for sign in ("#", "@", REASONS[0]) if sign in key), default=len(key))
    return key[:end], key[end:]


def _same(old: AnyField | None, new: AnyField) -> bool:
    return old is None or type(old) is type(new)


def _named(field: AnyField | None, own: str) -> str:
    return f'Mục {own} "{field.label}"' if field else f"Mục {own}"


def _added(old: Form, new: Form) -> list[str]:
    before = {field.id for field in old.all_fields()}
    return [field.id for field in new.fields() if field.id not in before and field.id not in new.was.values()]


def _with_rows(old: AnyField | None, table: AnyField, new: Form, value: Value, aside: Values, key: str) -> Value:
    """A table's rows with the columns it has now; a row that lost something is kept beside as it was."""
    if not isinstance(table, Table) or not isinstance(value, dict) or form_cells.non_of(value):
        return value
    types = {cell.id: type(cell) for cell in table.columns}
    before = {cell.id: type(cell) for cell in old.columns} if isinstance(old, Table) else types
    kept_rows: list[Value] = []
    lost: list[Value] = []
    for row in rows_of(value):
        kept = {}
        for name, cell in row.items():
            target = new.was.get(name, name)
            if name in (ROW, REASONS) or (target in types and before.get(name, types[target]) is types[target]):
                kept[target] = cell
        kept_rows.append(kept)
        if len(kept) < len(row):
            lost.append(row)
    if lost:
        aside[key] = {"rows": lost}
    return {"rows": kept_rows}
