"""A form put into boxes (ô) for a page: what each shows, how it is named, what stands beside it. Reads nothing.

Names of the fields are those of `domain.form_values`; `id` is the same without signs that an address cannot carry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from htx_workflow.domain import form_cells, form_slots, form_values, words
from htx_workflow.domain.form_cells import DOCUMENT_PARTS, NON_WORDS, Spot
from htx_workflow.domain.form_messages import Message
from htx_workflow.domain.form_scope import Reckoner
from htx_workflow.domain.form_slots import Item, Slot, Value, Values
from htx_workflow.domain.forms import (
    AnyCell,
    AnyField,
    Computed,
    DocumentRef,
    Files,
    Group,
    Money,
    Section,
    Table,
    Text,
)
from htx_workflow.services.report_drafts import Draft, money_words
from htx_workflow.store.files import FileRow

FREE_ROWS, MORE_ROWS = 1, 6
"""Empty rows below a table, and after "thêm dòng"."""
NONS = tuple((str(non), word) for non, word in NON_WORDS.items())
_SIGNS = str.maketrans(dict.fromkeys("#@:~.", "_"))


@dataclass(frozen=True)
class Box:
    """One thing to type or to look at."""

    name: str
    kind: str
    """text, area, number, day, choice, choices, yesno, file, document, computed"""
    label: str
    help: str
    text: str
    unit: str = ""
    words: str = ""
    """The sum in words."""
    non: str = ""
    takes_non: bool = False
    required: bool = False
    last: str = ""
    """Last year's value."""
    options: tuple[tuple[str, str, bool], ...] = ()
    """(code, words, chosen)"""
    parts: tuple[tuple[str, str, str], ...] = ()
    """Of a document: (ending, label, text)."""
    files: tuple[FileRow, ...] = ()
    lines: int = 1
    longest: int = 0
    note: str = ""
    messages: tuple[Message, ...] = ()
    reason: str = ""
    """Why a doubtful number is right."""

    @property
    def id(self) -> str:
        return id_of(self.name)

    @property
    def error(self) -> str:
        return " ".join(f"{said.what}. {said.remedy}" for said in self.messages if said.level == "error")

    @property
    def asked(self) -> bool:
        """The number is to be confirmed with a reason, or has been."""
        return bool(self.reason) or any(said.level == "confirm" for said in self.messages)


@dataclass(frozen=True)
class TableBox:
    """A table to fill."""

    name: str
    label: str
    help: str
    heads: tuple[tuple[str, str, bool], ...]
    """(label, unit, required)"""
    rows: tuple[tuple[str, str, tuple[Box, ...]], ...]
    """(name of the row, its words, boxes)"""
    grows: bool
    """People add rows."""
    given: bool
    none: bool
    none_word: str
    messages: tuple[Message, ...]

    @property
    def id(self) -> str:
        return id_of(self.name)


@dataclass(frozen=True)
class Block:
    """What belongs together inside a group: one thing it is repeated for, or all of it."""

    heading: str
    columns: tuple[str, ...]
    """Headers when each line has several boxes."""
    lines: tuple[tuple[str, tuple[Box, ...]], ...]
    tables: tuple[TableBox, ...]


@dataclass(frozen=True)
class GroupPage:
    """What is typed and saved together."""

    id: str
    title: str
    help: str
    stamp: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class SectionTab:
    """A part of the form in the row of tabs."""

    id: str
    title: str
    filled: int
    required: int


def id_of(name: str) -> str:
    """A name as the id of an element."""
    return f"o-{name.translate(_SIGNS)}"


def tabs(draft: Draft) -> list[SectionTab]:
    """The sections with what is filled of what must be."""
    found = []
    for section in draft.form.sections:
        groups = [group for group in section.groups if form_slots.is_for(group, draft.context)]
        if not groups:
            continue
        done = [form_values.completeness(draft.form, draft.context, draft.values, group.id) for group in groups]
        found.append(
            SectionTab(section.id, section.title, sum(one.filled for one in done), sum(one.required for one in done))
        )
    return found


class Boxes:
    """Makes the boxes of one section."""

    def __init__(self, draft: Draft, messages: Sequence[Message], files: Mapping[int, FileRow], more: str = "") -> None:
        self._draft, self._files, self._more = draft, files, more
        self._computed = form_values.computed(draft.form, draft.context, draft.values)
        self._reckoner = Reckoner(draft.form, draft.context, draft.values)
        self._messages: dict[str, list[Message]] = {}
        for message in messages:
            self._messages.setdefault(message.name, []).append(message)

    def section(self, section: Section) -> list[GroupPage]:
        return [self._group(group) for group in section.groups if form_slots.is_for(group, self._draft.context)]

    def _group(self, group: Group) -> GroupPage:
        by_item: dict[str, tuple[Item | None, list[Slot]]] = {}
        for slot in form_slots.slots(self._draft.form, self._draft.context, group.id):
            if self._reckoner.shown(slot):
                by_item.setdefault(slot.item.code if slot.item else "", (slot.item, []))[1].append(slot)
        blocks = tuple(self._block(item, found) for item, found in by_item.values())
        return GroupPage(group.id, group.title, group.help or "", self._draft.stamp(group.id), blocks)

    def _block(self, item: Item | None, slots: list[Slot]) -> Block:
        lines: dict[str, list[Box]] = {}
        columns: dict[str, None] = {}
        found_tables = []
        for slot in slots:
            if isinstance(slot.field, Table):
                found_tables.append(self._table(slot, slot.field))
                continue
            if slot.column is not None:
                columns[slot.column.label] = None
            lines.setdefault(slot.field.id, []).append(self._box(slot))
        labels = {slot.field.id: slot.field.label for slot in slots}
        return Block(
            item.label if item else "",
            tuple(columns),
            tuple((labels[key], tuple(boxes)) for key, boxes in lines.items()),
            tuple(found_tables),
        )

    def _box(self, slot: Slot) -> Box:
        form, context = self._draft.form, self._draft.context
        spot = form_cells.spot(form, context, slot)
        value = self._computed.get(slot.key) if not slot.typed else self._draft.values.get(slot.key)
        return self._made(
            spot,
            slot.key,
            value,
            label=f"{slot.field.label}, {slot.column.label}" if slot.column else slot.field.label,
            required=self._reckoner.required(slot),
            last=form_values.last_shown(form, context, slot),
            reason=_text(self._draft.values.get(f"{slot.key}~ok")),
        )

    def _made(
        self, spot: Spot, name: str, value: Value, *, label: str, required: bool, last: str = "", reason: str = ""
    ) -> Box:
        cell = spot.cell
        non = form_cells.non_of(value)
        kind = "computed" if isinstance(cell, Computed) else _kind(cell)
        chosen = value if isinstance(value, list) else [value]
        longest = cell.max if isinstance(cell, Text) else 0
        return Box(
            name,
            kind,
            label,
            cell.help or "",
            "" if non or isinstance(cell, DocumentRef | Files) else form_cells.shown(spot, value),
            spot.unit,
            money_words(value) if isinstance(cell, Money) else "",
            str(non or ""),
            spot.numeric,
            required,
            last,
            tuple((option.code, option.label, option.code in chosen) for option in spot.options),
            _parts(value) if isinstance(cell, DocumentRef) else (),
            tuple(self._files[one] for one in chosen if isinstance(one, int) and one in self._files),
            cell.lines if isinstance(cell, Text) else 1,
            longest,
            (cell.note or "") if isinstance(cell, Computed) else "",
            tuple(self._messages.get(name, ())),
            reason,
        )

    def _table(self, slot: Slot, table: Table) -> TableBox:
        form, context, values = self._draft.form, self._draft.context, self._draft.values
        cells = form_slots.cells(table, context)
        spots = [form_cells.spot(form, context, slot, cell) for cell in cells]
        rows = form_values.rows(form, context, slot, values)
        grows = not table.given and table.rows is None
        made = [(row.name, row.label, self._cells(slot, row.name, cells, spots, row.cells)) for row in rows]
        if grows and self._draft.editable and self._draft.open:
            free = MORE_ROWS if self._more == slot.key else FREE_ROWS
            for number in range(len(rows) + 1, len(rows) + 1 + free):
                made.append((str(number), words.said("dòng mới"), self._cells(slot, str(number), cells, spots, {})))
        return TableBox(
            slot.key,
            table.label,
            table.help or "",
            tuple((cell.label, spot.unit, cell.required) for cell, spot in zip(cells, spots, strict=True)),
            tuple(made),
            grows,
            table.given,
            form_cells.non_of(values.get(slot.key)) is not None,
            table.none_word,
            tuple(self._messages.get(slot.key, ())),
        )

    def _cells(
        self, slot: Slot, row: str, cells: Sequence[AnyCell], spots: Sequence[Spot], held: Mapping[str, Value]
    ) -> tuple[Box, ...]:
        reasons = held.get("~ok")
        said: Values = reasons if isinstance(reasons, dict) else {}
        return tuple(
            self._made(
                spot,
                f"{slot.key}:{row}:{cell.id}",
                held.get(cell.id),
                label=cell.label,
                required=cell.required,
                reason=_text(said.get(cell.id)),
            )
            for cell, spot in zip(cells, spots, strict=True)
        )


def shown_aside(draft: Draft, body: Mapping[str, Value]) -> list[tuple[str, str]]:
    """(label, text) of what is kept beside."""
    by_key = {slot.key: slot for slot in form_slots.slots(draft.form, draft.context)}
    found = []
    for key, value in body.items():
        slot = by_key.get(key)
        if slot is None:
            found.append((key, _plain(value)))
        elif isinstance(slot.field, Table):
            found.append((slot.label, _rows(draft, slot, slot.field, value)))
        else:
            found.append((slot.label, form_cells.shown(form_cells.spot(draft.form, draft.context, slot), value)))
    return found


def _rows(draft: Draft, slot: Slot, table: Table, value: Value) -> str:
    cells = form_slots.cells(table, draft.context)
    lines = []
    for row in form_values.rows(draft.form, draft.context, slot, {slot.key: value}):
        shown = [
            form_cells.shown(form_cells.spot(draft.form, draft.context, slot, cell), row.cells.get(cell.id))
            for cell in cells
        ]
        lines.append(" | ".join(text for text in shown if text))
    return "\n".join(lines)


def _plain(value: Value) -> str:
    if isinstance(value, dict):
        return "; ".join(_plain(part) for part in value.values())
    if isinstance(value, list):
        return "; ".join(_plain(part) for part in value)
    return "" if value is None else str(value)


KINDS = {"yesno": "choice", "date": "day", "money": "number", "percent": "number"}


def _kind(cell: AnyField) -> str:
    if isinstance(cell, Text):
        return "area" if cell.lines > 1 else "text"
    return KINDS.get(cell.type, cell.type)


def _parts(value: Value) -> tuple[tuple[str, str, str], ...]:
    held = value if isinstance(value, dict) else {}
    found = []
    for part, label in DOCUMENT_PARTS.items():
        raw = form_cells.raw_of(held.get(part))
        text = raw if raw is not None else _text(held.get(part))
        found.append((part, label, form_cells.day_shown(text) if part == "dated" and text else text))
    return tuple(found)


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""
