"""Places of a form to fill (ô của biểu mẫu), for one holder and one year.

`Context` is what a form knows besides what is typed; whoever opens a form makes one. `slots` lists its places.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from htx_workflow.domain.forms import (
    AnyCell,
    AnyField,
    Choice,
    Choices,
    Column,
    Computed,
    Form,
    Group,
    Money,
    Number,
    Option,
    Percent,
    Section,
    Table,
)

Value: TypeAlias = "str | int | bool | list[Value] | dict[str, Value] | None"
"""What a place holds, as JSON; `form_values` says which shape belongs to which type."""
Values: TypeAlias = dict[str, Value]


@dataclass(frozen=True)
class Item:
    """One thing a group or a table is repeated for: a duty, a cooperative, a criterion."""

    code: str
    label: str
    given: Mapping[str, Value] = field(default_factory=dict)
    """Values of the item's computed fields or locked columns, by field id."""


@dataclass(frozen=True)
class Context:
    """Who fills the form, for which year, and what others give to it."""

    agency: str
    """Agency code; with `kind` it decides which fields are there (A5.stc, A5.hu)."""
    kind: str
    year: int
    last_year: bool = False
    """The last year of the plan: fields for it are there, "dự kiến năm sau" is not."""
    given: Mapping[str, Value] = field(default_factory=dict)
    """Values of computed fields without a formula, by key: H1, H2, D5; rows of tables with `given`."""
    items: Mapping[str, tuple[Item, ...]] = field(default_factory=dict)
    """By name in `repeats` and `rows`: duties, cooperatives, criteria."""
    lists: Mapping[str, tuple[Option, ...]] = field(default_factory=dict)
    """Choices the form does not hold itself: cooperatives, communes, support-items."""
    last: Mapping[str, Value] = field(default_factory=dict)
    """Values of last year's report, empty when there is none."""
    paper: bool = False
    """The signed document goes with the report now (not "bổ sung văn bản sau"): signer, number and day are required."""


@dataclass(frozen=True)
class Slot:
    """One place: a field, for one item of a repeated group, in one column."""

    key: str
    section: Section
    group: Group
    field: AnyField
    item: Item | None = None
    column: Column | None = None

    @property
    def label(self) -> str:
        """Doanh thu, cột "Ước cả năm"."""
        of_item = f" ({self.item.label})" if self.item else ""
        return f'{self.field.label}{of_item}, cột "{self.column.label}"' if self.column else self.field.label + of_item

    @property
    def place(self) -> str:
        """How a message names the place: Mục A4, trường A4.1 …"""
        return f"{self.field.id} {self.label}"

    @property
    def typed(self) -> bool:
        """False for what is computed or given: people only look at it."""
        return not (
            isinstance(self.field, Computed)
            or (isinstance(self.field, Table) and self.field.given)
            or (self.column is not None and self.column.formula is not None)
        )


def slots(form: Form, context: Context, group_id: str | None = None) -> tuple[Slot, ...]:
    """Every place this holder has this year, in the order of the form; hidden ones (`shown_when`) too."""
    return tuple(
        slot
        for section, group in form.groups()
        if group_id in (None, group.id) and is_for(group, context)
        for slot in _of_group(form, context, section, group)
    )


def is_for(thing: Group | AnyField, context: Context) -> bool:
    """Whether a group or a field is there for this holder and year."""
    holder = not thing.only_for or context.agency in thing.only_for or context.kind in thing.only_for
    return holder and (context.last_year or not thing.last_year_only)


def key_of(field_id: str, item: str | None = None, column: str | None = None) -> str:
    """`B5.1@uoc`, `A2.3#V.4.1`."""
    return field_id + (f"#{item}" if item else "") + (f"@{column}" if column else "")


def _of_group(form: Form, context: Context, section: Section, group: Group) -> Iterator[Slot]:
    items: tuple[Item | None, ...] = context.items.get(group.repeats, ()) if group.repeats else (None,)
    for item in items:
        for one in group.fields:
            if not is_for(one, context):
                continue
            for column in _columns(form, group, one):
                key = key_of(one.id, item.code if item else None, column.id if column else None)
                yield Slot(key, section, group, one, item, column)


def _columns(form: Form, group: Group, one: AnyField) -> tuple[Column | None, ...]:
    if group.columns is None or one.one_column or not isinstance(one, Number | Money | Percent | Computed):
        return (None,)
    return form.column_sets[group.columns]


def options(form: Form, context: Context, cell: Choice | Choices) -> tuple[Option, ...]:
    """The choices of a field: those of its list (the form's own before the caller's), then its own."""
    listed = form.lists.get(cell.list) or tuple(context.lists.get(cell.list, ())) if cell.list else ()
    return (*listed, *cell.options)


def cells(table: Table, context: Context) -> tuple[AnyCell, ...]:
    """The columns of a table that this holder has this year."""
    return tuple(cell for cell in table.columns if is_for(cell, context))
