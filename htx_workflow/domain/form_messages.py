"""What is wrong with the values of a form (điều cần sửa): each with its place, what is wrong, and the remedy.

One list for the page, Excel and `htx`. Nothing is refused one at a time: `check` always looks at everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from htx_workflow.domain import form_cells, form_looks, form_values, formulas, typed
from htx_workflow.domain.form_cells import Spot
from htx_workflow.domain.form_looks import Level
from htx_workflow.domain.form_scope import REASONS, ROW, Reckoner, Scope, WorkingDays, rows_of
from htx_workflow.domain.form_slots import Context, Slot, Value, cells, slots
from htx_workflow.domain.form_values import Row
from htx_workflow.domain.forms import (
    AnyCell,
    Check,
    Choice,
    Computed,
    Form,
    Money,
    Table,
)
from htx_workflow.domain.formulas import Non

_HOLDER = re.compile(r"\{([A-Z][A-Za-z0-9.]*)(?:@([a-z][a-z0-9_]*))?\}")


@dataclass(frozen=True)
class Message:
    """One thing to look at.

    `error` and `missing` stop the sending; `confirm` does until a reason is given (KEY~ok); a `warning` does not.
    """

    key: str
    """Of the place (slot)."""
    place: str
    what: str
    remedy: str
    level: Level = "error"
    row: str | None = None
    """Name of the table's row, and `cell` of its column, when it is about a cell."""
    cell: str | None = None

    @property
    def stops(self) -> bool:
        """Whether the report cannot be sent like this."""
        return self.level != "warning"

    @property
    def name(self) -> str:
        """The name the field bears in the page: KEY or TABLE:ROW:CELL."""
        return self.key if self.row is None else ":".join(filter(None, (self.key, self.row, self.cell)))

    @property
    def sentence(self) -> str:
        """Place, what is wrong, remedy."""
        return f"{self.place}: {self.what}. {self.remedy}"


@dataclass(frozen=True)
class _Place:
    """A place or a cell being looked at."""

    slot: Slot
    spot: Spot
    row: Row | None = None
    cell: AnyCell | None = None

    def says(self, what: str, remedy: str, level: Level = "error") -> Message:
        cell = self.cell.id if self.cell else None
        return Message(self.slot.key, self.name, what, remedy, level, self.row.name if self.row else None, cell)

    @property
    def name(self) -> str:
        if self.row is None:
            return self.slot.place
        column = f', cột "{self.cell.label}"' if self.cell else ""
        return f"{self.slot.label}, {self.row.label}{column}"


def check(
    form: Form,
    context: Context,
    values: Mapping[str, Value],
    group: str | None = None,
    working_days: WorkingDays | None = None,
) -> list[Message]:
    """Everything to say of the values, in the order of the form; of one group when it is named."""
    reckoner = Reckoner(form, context, values, working_days)
    found: list[Message] = []
    order: dict[str, int] = {}
    for number, slot in enumerate(slots(form, context, group)):
        order[slot.key] = number
        if not slot.typed or not reckoner.shown(slot):
            continue
        if isinstance(slot.field, Table):
            found.extend(_of_table(reckoner, slot, slot.field))
        else:
            place = _Place(slot, form_cells.spot(form, context, slot))
            found.extend(_of_place(place, values.get(slot.key), reckoner.required(slot)))
            found.extend(_of_jump(reckoner, place, values.get(slot.key), context.last.get(slot.key)))
    for rule in form.checks:
        if group is None or (rule.at in reckoner.homes and reckoner.homes[rule.at].group.id == group):
            found.extend(_of_rule(reckoner, rule))
    return sorted(found, key=lambda message: order[message.key])


# One value


def _of_place(place: _Place, value: Value, required: bool) -> Iterator[Message]:
    for doubt in form_looks.doubts(place.spot, value, required):
        yield place.says(*doubt)


# A thousand times last year's


def _of_jump(
    reckoner: Reckoner, place: _Place, value: Value, last: Value, reason: Value | None = None
) -> Iterator[Message]:
    """Sums about 1,000 times last year's, or a thousandth: from half of that on, since figures also grow."""
    now, before = form_cells.decimal_of(value), form_cells.decimal_of(last)
    if not isinstance(place.spot.cell, Money) or not now or not before:
        return
    given = reason or reckoner.values.get(place.slot.key + REASONS)
    ratio, bound = abs(now / before), Decimal(reckoner.form.unit_jump) / 2
    if given or 1 / bound < ratio < bound:
        return
    times = typed.number_text(ratio if ratio >= 1 else 1 / ratio, 0)
    compared = f"gấp {times} lần năm trước" if ratio >= 1 else f"bằng 1/{times} năm trước"
    sum_ = f"{typed.number_text(now / place.spot.scale)} {place.spot.unit} ({typed.money_words(int(now))})"
    remedy = 'Đề nghị kiểm tra đơn vị tính. Nếu số đúng, đánh dấu "Đã kiểm tra" và ghi lý do.'
    yield place.says(f"{sum_}, {compared}", remedy, "confirm")


def _last_row(reckoner: Reckoner, slot: Slot, row: Row) -> Mapping[str, Value]:
    """The row of last year's table for the same thing: same given item, or same choices; none when in doubt."""
    table = slot.field
    assert isinstance(table, Table)
    names = [ROW] if row.item else [cell.id for cell in table.columns if isinstance(cell, Choice)]
    mine = [row.cells.get(name) for name in names]
    same = [
        last
        for last in rows_of(reckoner.context.last.get(slot.key))
        if names and [last.get(name) for name in names] == mine
    ]
    return same[0] if len(same) == 1 else {}


# Tables


def _of_table(reckoner: Reckoner, slot: Slot, table: Table) -> Iterator[Message]:
    value = reckoner.values.get(slot.key)
    place = _Place(slot, Spot(table))
    if form_cells.non_of(value):
        return
    table_rows = form_values.rows(reckoner.form, reckoner.context, slot, reckoner.values)
    if not table_rows and reckoner.required(slot):
        yield place.says("chưa có dòng nào", f'Đề nghị thêm dòng, hoặc chọn "{table.none_word}".', "missing")
    if table_rows and len(table_rows) < table.least:
        yield place.says(f"có {len(table_rows)} dòng, ít nhất {table.least}", "Đề nghị thêm dòng.")
    if len(table_rows) > table.most:
        yield place.says(f"có nhiều hơn {table.most} dòng", "Đề nghị bỏ bớt dòng.")
    for row in table_rows:
        yield from _of_row(reckoner, slot, table, row)


def _of_row(reckoner: Reckoner, slot: Slot, table: Table, row: Row) -> Iterator[Message]:
    last = _last_row(reckoner, slot, row)
    reasons = row.cells.get(REASONS)
    for cell in cells(table, reckoner.context):
        given = row.item is not None and cell.id in row.item.given
        if isinstance(cell, Computed) or given or not reckoner.shown_cell(slot, cell, row.cells):
            continue
        place = _Place(slot, form_cells.spot(reckoner.form, reckoner.context, slot, cell), row, cell)
        required = reckoner.required_cell(slot, cell, row.cells)
        yield from _of_place(place, row.cells.get(cell.id), required)
        reason = reasons.get(cell.id) if isinstance(reasons, dict) else None
        yield from _of_jump(reckoner, place, row.cells.get(cell.id), last.get(cell.id), reason)


# Rules of the form


def _of_rule(reckoner: Reckoner, rule: Check) -> Iterator[Message]:
    home = reckoner.homes.get(rule.at)
    if home is None:
        return
    for slot in reckoner.slots_of.get(home.table.id if home.table else rule.at, ()):
        if not reckoner.shown(slot) or (slot.column is not None and slot.column.formula is not None):
            continue
        if home.table is None:
            yield from _judged(reckoner, rule, reckoner.at(slot), _Place(slot, Spot(home.field)))
            continue
        for row in form_values.rows(reckoner.form, reckoner.context, slot, reckoner.values):
            cell = next(cell for cell in home.table.columns if cell.id == rule.at)
            yield from _judged(reckoner, rule, reckoner.at(slot, row.cells), _Place(slot, Spot(cell), row, cell))


def _judged(reckoner: Reckoner, rule: Check, scope: Scope, place: _Place) -> Iterator[Message]:
    if formulas.evaluate(rule.holds, scope) is False:
        what = _HOLDER.sub(lambda match: _told(reckoner, scope, match[1], match[2]), rule.says)
        yield place.says(what.rstrip("."), rule.remedy, rule.level)


def _told(reckoner: Reckoner, scope: Scope, name: str, column: str | None) -> str:
    """A value inside a sentence: 2.500 triệu đồng."""
    home, found = reckoner.homes.get(name), scope.value(name, column)
    if isinstance(found, Non):
        return form_cells.NON_WORDS[found]
    if home is None or not isinstance(found, Decimal):
        return str(found or "")
    slot = next(iter(reckoner.slots_of.get(home.table.id if home.table else name, ())), None)
    if slot is None:
        return typed.number_text(found)
    is_cell = home.table is not None and not isinstance(home.field, Table)
    spot = form_cells.spot(reckoner.form, reckoner.context, slot, home.field if is_cell else None)  # type: ignore[arg-type]
    return f"{typed.number_text(found / spot.scale)} {spot.unit}".rstrip()
