"""What names in a form's formulas stand for (công thức của biểu): the values of this report, this row, last year.

`Reckoner` answers for one form, one holder and one state of the values; computed fields are reckoned when asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property

from htx_workflow.domain import form_cells, formulas
from htx_workflow.domain.form_slots import Context, Slot, Value, slots
from htx_workflow.domain.forms import AnyCell, AnyField, Column, Computed, Form, Group, Table
from htx_workflow.domain.formulas import Term

ROW = "_"
"""Key in a row of a table whose rows the caller gives: the item's code."""
REASONS = "~ok"
"""After a key (or in a row): the reason with which a doubtful number was confirmed."""

WorkingDays = Callable[[date, date], int]


@dataclass(frozen=True)
class Home:
    """Where a field of the form stands."""

    field: AnyField
    group: Group
    table: Table | None = None


@dataclass(frozen=True)
class Reckoner:
    """Formulas of one form over one set of values."""

    form: Form
    context: Context
    values: Mapping[str, Value]
    working_days: WorkingDays | None = None
    homes: dict[str, Home] = field(default_factory=dict)
    slots_of: dict[str, list[Slot]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for _, group in self.form.groups():
            for one in group.fields:
                self.homes[one.id] = Home(one, group)
                if isinstance(one, Table):
                    self.homes.update({cell.id: Home(cell, group, one) for cell in one.columns})
        for slot in slots(self.form, self.context):
            self.slots_of.setdefault(slot.field.id, []).append(slot)

    @cached_property
    def before(self) -> Reckoner:
        """The same form over last year's values."""
        context = self.context
        return Reckoner(self.form, replace(context, last={}), context.last, self.working_days)

    def at(self, slot: Slot, row: Mapping[str, Value] | None = None) -> Scope:
        """Names as they read at this place, or in this row of its table."""
        return Scope(self, slot.item.code if slot.item else None, slot.column, slot.field.id, row)

    def everywhere(self) -> Scope:
        """Names as they read outside of any place."""
        return Scope(self, None, None, "", None)

    def shown(self, slot: Slot) -> bool:
        """Whether the place is to be filled now: its `shown_when` holds, or it has none."""
        return slot.field.shown_when is None or formulas.holds(slot.field.shown_when, self.at(slot))

    def required(self, slot: Slot) -> bool:
        """Whether something must stand here before the report is sent."""
        if not slot.typed or not self.shown(slot) or (slot.column is not None and not slot.column.required):
            return False
        return slot.field.required or formulas.holds(slot.field.required_when, self.at(slot))

    def required_cell(self, slot: Slot, cell: AnyCell, row: Mapping[str, Value]) -> bool:
        """The same for a cell of a table's row."""
        scope = self.at(slot, row)
        if isinstance(cell, Computed) or not self.shown_cell(slot, cell, row):
            return False
        return cell.required or formulas.holds(cell.required_when, scope)

    def shown_cell(self, slot: Slot, cell: AnyCell, row: Mapping[str, Value]) -> bool:
        """Whether a cell of a table's row is to be filled now."""
        return cell.shown_when is None or formulas.holds(cell.shown_when, self.at(slot, row))

    def computed(self, slot: Slot, cell: Computed | None = None, row: Mapping[str, Value] | None = None) -> Value:
        """The value of a computed field, of a computed cell of a row, or of a computed column."""
        one = cell or slot.field
        if isinstance(one, Computed) and one.formula is not None:
            return form_cells.of_term(one, formulas.evaluate(one.formula, self.at(slot, row)))
        if slot.column is not None and slot.column.formula is not None:
            return form_cells.of_term(_RATIO, formulas.evaluate(slot.column.formula, self.at(slot)))
        if cell is not None and row is not None:
            return row.get(cell.id)
        given = slot.item.given.get(slot.field.id) if slot.item else None
        return self.context.given.get(slot.key, given)


_RATIO = Computed(id="X", label="So sánh", type="computed", shows="percent")


@dataclass(frozen=True)
class Scope:
    """See `formulas.Scope`."""

    reckoner: Reckoner
    item: str | None
    column: Column | None
    own: str
    row: Mapping[str, Value] | None
    depth: int = 0

    def value(self, name: str, column: str | None) -> Term:
        home = self.reckoner.homes.get(name)
        if home is None:
            return self._of_column(name)
        if home.table is not None:
            return self._of_table(home.field, home.table)
        return self._of_field(home, column)

    def last(self, name: str, column: str | None) -> Term:
        """As `value`, in last year's report; unknown when there is none."""
        return replace(self, reckoner=self.reckoner.before, row=None).value(name, column)

    def fact(self, name: str, arguments: tuple[Term, ...]) -> Term:
        context = self.reckoner.context
        if name == "last_year":
            return context.last_year
        if name == "paper":
            return context.paper
        if name == "item":
            return self.item
        if name == "holder":
            return arguments[0] in (context.agency, context.kind)
        return self._working_days(*arguments)

    def _working_days(self, start: Term, end: Term) -> Term:
        count = self.reckoner.working_days
        if count is None or not (isinstance(start, str) and isinstance(end, str)):
            return None
        return Decimal(count(date.fromisoformat(start), date.fromisoformat(end)))

    def _of_column(self, name: str) -> Term:
        """The same field in another column of its group."""
        home = self.reckoner.homes.get(self.own)
        return self._of_field(home, name) if home is not None and home.table is None else None

    def _of_table(self, cell: AnyField, table: Table) -> Term:
        if self.row is not None and self.own == table.id:
            return self._cell(cell, self.row)
        rows = [row for slot in self._slots(table.id) for row in rows_of(self.reckoner.values.get(slot.key))]
        return tuple(replace(self, own=table.id, row=row)._cell(cell, row) for row in rows)

    def _cell(self, cell: AnyField, row: Mapping[str, Value]) -> Term:
        if isinstance(cell, Computed) and cell.formula is not None:
            return self._formula(cell)
        return form_cells.term(cell, row.get(cell.id))

    def _of_field(self, home: Home, column: str | None) -> Term:
        found = [
            slot
            for slot in self._slots(home.field.id)
            if slot.column is None or slot.column.id == (column or (self.column.id if self.column else slot.column.id))
        ]
        terms = tuple(self._at(slot) for slot in found)
        return terms[0] if len(terms) == 1 else (terms or None)

    def _slots(self, field_id: str) -> list[Slot]:
        """The places of a field: of this item, when the field is repeated for the same things."""
        found = self.reckoner.slots_of.get(field_id, [])
        own = [slot for slot in found if slot.item is not None and slot.item.code == self.item]
        return own or found

    def _at(self, slot: Slot) -> Term:
        one = slot.field
        if isinstance(one, Table):
            return tuple(str(number) for number, _ in enumerate(rows_of(self.reckoner.values.get(slot.key))))
        here = replace(self, item=slot.item.code if slot.item else None, column=slot.column, own=one.id, row=None)
        if slot.column is not None and slot.column.formula is not None:
            return None
        if isinstance(one, Computed) and one.formula is not None:
            return here._formula(one)
        value = self.reckoner.computed(slot) if isinstance(one, Computed) else self.reckoner.values.get(slot.key)
        return form_cells.term(one, value)

    def _formula(self, cell: Computed) -> Term:
        if cell.formula is None or self.depth > 20:  # form_check refuses circles; this only bounds a broken one
            return None
        return formulas.evaluate(cell.formula, replace(self, depth=self.depth + 1))


def rows_of(value: Value) -> Iterator[dict[str, Value]]:
    """The rows of a table's value; none for "không có" and for what is not a table."""
    rows = value.get("rows") if isinstance(value, dict) else None
    return (row for row in rows if isinstance(row, dict)) if isinstance(rows, list) else iter(())
