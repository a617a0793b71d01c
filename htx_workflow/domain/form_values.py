"""Values of a form (nội dung biểu mẫu): a JSON-able dict from keys to values, and what can be done with it.

For whoever shows, saves or prints a form. `form` is a `forms.Form` (`form_files.read_form`, or a stored definition by
`Form.model_validate_json`), `context` a `form_slots.Context`, `values` what is stored as the draft:

    form_slots.slots(form, context[, group])   places in order: slot.key, .section, .group, .field, .item, .column
    form_cells.spot(form, context, slot[, cell])   its unit and choices; form_cells.shown(spot, value) its text
    rows(form, context, slot, values)          rows of a table: given ones, or those typed
    values = started(form, context)            a new draft: last year's column, defaults the caller gives
    values = posted(form, context, group, fields, values)   after a group was sent by a page (names below)
    values = same_as_last(form, context, values[, group])   "Giống năm trước": texts and stable data, where empty
    computed(form, context, values)            every computed value, by key; tables with their computed cells
    form_messages.check(form, context, values) what is wrong, with place and remedy, for page and Excel alike
    completeness(form, context, values)        "đã điền 9/15", and the places still empty
    last_shown(form, context, slot)            last year's value as text, to stand beside the field
    to_send(form, context, values)             the values of a report that is sent: computed in, hidden out
    form_moves.moved(old, new, values)         a draft of an earlier version of the form, and what moved

Keys and shapes: `forms` and `form_cells`. Nothing typed is lost: what cannot be read stays as {"raw": …} and is one
of the messages. Values of places that are hidden now stay in the draft and are not sent.

Names of the fields of a page:
    KEY                     the text; several of one name for choices and files
    KEY~non                 no_data, not_arisen or not_applicable; of a table: not_arisen for "Không có"
    KEY~ok                  why a doubtful number is right ("Đã kiểm tra")
    KEY~number ~dated ~issuer ~subject      a document
    TABLE:ROW:CELL          a cell, with the same endings (~non, ~ok, ~number …); ROW is a count, or the code of a given
                            row; typed rows left empty, or with TABLE:ROW~drop, are dropped
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from htx_workflow.domain import form_cells
from htx_workflow.domain.form_cells import DOCUMENT_PARTS, Spot
from htx_workflow.domain.form_scope import REASONS, ROW, Reckoner, rows_of
from htx_workflow.domain.form_slots import Context, Item, Slot, Value, Values, cells, slots
from htx_workflow.domain.forms import Choice, Choices, Computed, DocumentRef, Files, Form, Table, Text
from htx_workflow.domain.formulas import Non

Posted = Mapping[str, Sequence[str]]
MAX_ROWS = 2000


@dataclass(frozen=True)
class Row:
    """One row of a table: its name in a page, its number for people, the thing it is given for, its cells."""

    name: str
    number: int
    cells: Mapping[str, Value]
    item: Item | None = None

    @property
    def label(self) -> str:
        """Dòng 7, or the thing the row is for."""
        return self.item.label if self.item else f"dòng {self.number}"


@dataclass(frozen=True)
class Completeness:
    """How many of the places that must be filled are, and which are not."""

    filled: int
    required: int
    missing: tuple[Slot, ...]

    @property
    def text(self) -> str:
        """Đã điền 9/15."""
        return f"đã điền {self.filled}/{self.required}"


def started(form: Form, context: Context) -> Values:
    """A new draft: what is carried over from last year's report, and what the caller gives for typed places."""
    values: Values = {}
    for slot in slots(form, context):
        if not slot.typed:
            continue
        carried = None
        if slot.column is not None and slot.column.from_last:
            carried = context.last.get(slot.key.rpartition("@")[0] + "@" + slot.column.from_last)
        value = context.given.get(slot.key) if form_cells.is_blank(carried) else carried
        if not form_cells.is_blank(value) and form_cells.raw_of(value) is None:
            values[slot.key] = value
    return values


def posted(form: Form, context: Context, group: str, fields: Posted, values: Values) -> Values:
    """The values after a page sent one group; every place of the group is taken from `fields`, the others stay."""
    after = dict(values)
    for slot in slots(form, context, group):
        if not slot.typed:
            continue
        if isinstance(slot.field, Table):
            _put(after, slot.key, _posted_table(form, context, slot, slot.field, fields))
            continue
        spot = form_cells.spot(form, context, slot)
        _put(after, slot.key, _posted_value(spot, slot.key, fields))
        _put(after, slot.key + REASONS, form_cells.tidied(_first(fields, slot.key + REASONS)) or None)
    return after


def rows(form: Form, context: Context, slot: Slot, values: Mapping[str, Value]) -> tuple[Row, ...]:
    """The rows of a table as they stand, computed cells in."""
    return _rows(Reckoner(form, context, values), slot)


def computed(form: Form, context: Context, values: Mapping[str, Value]) -> Values:
    """Every computed value by key; tables that have computed cells or given rows come whole."""
    reckoner = Reckoner(form, context, values)
    results: Values = {}
    for slot in slots(form, context):
        if isinstance(slot.field, Table):
            if slot.field.given:
                _put(results, slot.key, context.given.get(slot.key))
            elif slot.field.rows or any(isinstance(cell, Computed) for cell in slot.field.columns):
                table_rows: list[Value] = [dict(row.cells) for row in _rows(reckoner, slot)]
                _put(results, slot.key, {"rows": table_rows} if table_rows else values.get(slot.key))
        elif not slot.typed:
            _put(results, slot.key, reckoner.computed(slot))
    return results


def to_send(form: Form, context: Context, values: Mapping[str, Value]) -> Values:
    """What a sent report holds: every place that is there and not hidden, computed ones included."""
    reckoner = Reckoner(form, context, values)
    sums = computed(form, context, values)
    sent: Values = {}
    for slot in slots(form, context):
        if reckoner.shown(slot):
            _put(sent, slot.key, sums.get(slot.key, values.get(slot.key)))
            _put(sent, slot.key + REASONS, values.get(slot.key + REASONS))
    return sent


def completeness(form: Form, context: Context, values: Mapping[str, Value], group: str | None = None) -> Completeness:
    """Over the whole form, or one group."""
    reckoner = Reckoner(form, context, values)
    required = [slot for slot in slots(form, context, group) if reckoner.required(slot)]
    missing = tuple(slot for slot in required if not _filled(reckoner, slot))
    return Completeness(len(required) - len(missing), len(required), missing)


def same_as_last(form: Form, context: Context, values: Values, group: str | None = None) -> Values:
    """ "Giống năm trước": last year's texts and stable data, wherever nothing was typed yet. Never figures that change."""
    after = dict(values)
    for slot in slots(form, context, group):
        last = context.last.get(slot.key)
        if slot.typed and form_cells.is_blank(values.get(slot.key)) and not form_cells.is_blank(last):
            _put(after, slot.key, _copied(slot, context, last))
    return after


def last_shown(form: Form, context: Context, slot: Slot) -> str:
    """Last year's value of a place that is not a table, as text; empty without one."""
    if isinstance(slot.field, Table):
        return ""
    return form_cells.shown(form_cells.spot(form, context, slot), context.last.get(slot.key))


def _copied(slot: Slot, context: Context, last: Value) -> Value:
    if not isinstance(slot.field, Table):
        return last if slot.field.stable or isinstance(slot.field, Text) else None
    if not slot.field.stable or form_cells.non_of(last):
        return None
    kept = {cell.id for cell in cells(slot.field, context) if cell.stable or isinstance(cell, Text | Choice | Choices)}
    copied: list[Value] = [{key: row[key] for key in row if key in kept or key == ROW} for row in rows_of(last)]
    return {"rows": copied} if copied else None


def _rows(reckoner: Reckoner, slot: Slot) -> tuple[Row, ...]:
    table = slot.field
    assert isinstance(table, Table)
    source = reckoner.context.given if table.given else reckoner.values
    typed = list(rows_of(source.get(slot.key)))
    if table.rows and not table.given:
        by_code = {row.get(ROW): row for row in typed}
        items = reckoner.context.items.get(table.rows, ())
        return tuple(
            Row(
                item.code, number, _with_computed(reckoner, slot, table, _given_row(by_code.get(item.code), item)), item
            )
            for number, item in enumerate(items, 1)
        )
    return tuple(
        Row(str(number), number, _with_computed(reckoner, slot, table, row)) for number, row in enumerate(typed, 1)
    )


def _given_row(typed: Mapping[str, Value] | None, item: Item) -> Values:
    return {**(typed or {}), **item.given, ROW: item.code}


def _with_computed(reckoner: Reckoner, slot: Slot, table: Table, row: Mapping[str, Value]) -> Values:
    after = dict(row)
    for cell in cells(table, reckoner.context):
        if isinstance(cell, Computed) and cell.formula is not None:
            _put(after, cell.id, reckoner.computed(slot, cell, row))
    return after


def _filled(reckoner: Reckoner, slot: Slot) -> bool:
    value = reckoner.values.get(slot.key)
    if form_cells.raw_of(value) is not None:
        return False
    if not isinstance(slot.field, Table) or form_cells.non_of(value):
        return not form_cells.is_blank(value)
    table_rows = _rows(reckoner, slot)
    enough = len(table_rows) >= max(1, slot.field.least)
    return enough and all(
        not form_cells.is_blank(row.cells.get(cell.id))
        for row in table_rows
        for cell in cells(slot.field, reckoner.context)
        if reckoner.required_cell(slot, cell, row.cells)
    )


# What a page sent


def _posted_value(spot: Spot, name: str, fields: Posted) -> Value:
    non = _first(fields, f"{name}~non")
    if spot.numeric and any(non == one for one in Non):
        return {"non": non}
    if isinstance(spot.cell, DocumentRef):
        return form_cells.read_document({part: _first(fields, f"{name}~{part}") for part in DOCUMENT_PARTS})
    if isinstance(spot.cell, Choices | Files):
        return form_cells.read(spot, "\n".join(fields.get(name, ())))
    return form_cells.read(spot, _first(fields, name))


def _posted_table(form: Form, context: Context, slot: Slot, table: Table, fields: Posted) -> Value:
    if _first(fields, f"{slot.key}~non") == Non.NOT_ARISEN:
        return {"non": str(Non.NOT_ARISEN)}
    found: list[Value] = []
    for name in _row_names(context, slot, table, fields):
        row = _posted_row(form, context, slot, table, f"{slot.key}:{name}", fields)
        if row and f"{slot.key}:{name}~drop" not in fields:
            found.append({ROW: name, **row} if table.rows else row)
    return {"rows": found} if found else None


def _row_names(context: Context, slot: Slot, table: Table, fields: Posted) -> list[str]:
    """Codes of given rows, or the counts met among the names, in their order."""
    if table.rows:
        return [item.code for item in context.items.get(table.rows, ())]
    start = f"{slot.key}:"
    names = {name[len(start) :].partition(":")[0] for name in fields if name.startswith(start)}
    return sorted((name for name in names if name.isascii() and name.isdigit() and len(name) < 6), key=int)[:MAX_ROWS]


def _posted_row(form: Form, context: Context, slot: Slot, table: Table, start: str, fields: Posted) -> Values:
    row: Values = {}
    reasons: dict[str, Value] = {}
    for cell in cells(table, context):
        if isinstance(cell, Computed):
            continue
        name = f"{start}:{cell.id}"
        _put(row, cell.id, _posted_value(form_cells.spot(form, context, slot, cell), name, fields))
        _put(reasons, cell.id, form_cells.tidied(_first(fields, name + REASONS)) or None)
    if row:
        _put(row, REASONS, reasons)
    return row


def _first(fields: Posted, name: str) -> str:
    found = fields.get(name, ())
    return found[0] if found else ""


def _put(values: Values, key: str, value: Value) -> None:
    """Sets the value, or takes the key away when there is none."""
    if form_cells.is_blank(value):
        values.pop(key, None)
    else:
        values[key] = value
