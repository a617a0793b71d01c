"""A form (biểu mẫu) as data: sections, groups, fields. One definition drives page, Excel, Word and `htx`.

The models below are the schema of config/forms/*.yaml: what pydantic can say of one value is said here, what ties
values together (ids used in formulas, lists, repeated ids) is in `form_check`. A group is what is saved as one draft.

A place to fill is named by a key: the field's id, after it `#item` where the group is repeated for things the caller
names (A2 for each duty: `A2.3#V.4.1`), after that `@column` where the group has columns (F-B: `B5.1@uoc`).
Inside a table a cell is named by the column's id. Places are listed by `form_slots.slots`.

Conditions and formulas are small expressions (see `formulas`): `A2.2 != "khong-phat-sinh"`, `A4.6a / A4.4 * 100`,
`sum(A3.5a)`. Money counts in đồng in them, whatever unit the form shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

FORM_CODE = r"^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$"
FIELD_ID = r"^[A-Z][A-Za-z0-9]*(\.[A-Za-z0-9]+)*$"
NAME = r"^[a-z0-9]+(-[a-z0-9]+)*$"
COLUMN = r"^[a-z][a-z0-9_]*$"

FormCode = Annotated[str, Field(pattern=FORM_CODE, max_length=40)]
FieldId = Annotated[str, Field(pattern=FIELD_ID, max_length=40)]
Name = Annotated[str, Field(pattern=NAME, max_length=60)]
ColumnId = Annotated[str, Field(pattern=COLUMN, max_length=20)]
Line = Annotated[str, Field(min_length=1, max_length=400, pattern=r"^[^\r\n]+$")]
Formula = Annotated[str, Field(min_length=1, max_length=400)]
Exact = Annotated[Decimal, Field(allow_inf_nan=False)]

EVIDENCE = "evidence"
"""The form of duties that name none: result in words, document, files."""
MONEY_UNITS = {"đồng": 1, "nghìn đồng": 1_000, "triệu đồng": 1_000_000, "tỷ đồng": 1_000_000_000}
"""Units a form may show money in, and how many đồng one of them is."""
MoneyUnit = Literal["đồng", "nghìn đồng", "triệu đồng", "tỷ đồng"]


class Entry(BaseModel):
    """A part of the file: nothing unknown in it, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Option(Entry):
    """One choice: the code that is stored, and the words."""

    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=60)]
    label: Line


class FieldBase(Entry):
    """What all fields have."""

    id: FieldId
    label: Line
    help: Line | None = None
    """A line under the label."""
    required: bool = False
    required_when: Formula | None = None
    shown_when: Formula | None = None
    forms: tuple[FormCode, ...] = ()
    """In a part shared by forms (head, foot): only for these."""
    only_for: tuple[Name, ...] = ()
    """Only for holders with one of these agency codes or kinds (department, district, bank, union, cooperative …)."""
    last_year_only: bool = False
    stable: bool = False
    """Data that rarely changes: copied by "Giống năm trước", as text is."""
    evidence: tuple[str, ...] = ()
    """Criteria beside which the value is offered: TC1a, TC3b."""
    one_column: bool = False
    """In a group with columns: one value, not one in each column."""


class Text(FieldBase):
    type: Literal["text"]
    max: Annotated[int, Field(ge=1, le=20_000)] = 300
    lines: Annotated[int, Field(ge=1, le=30)] = 1
    last_beside: bool = False
    """Long texts: last year's is shown beside."""


class Figure(FieldBase):
    """What numbers share. Without `min`, nothing below 0 is accepted."""

    min: Exact | None = Decimal(0)
    max: Exact | None = None

    @field_validator("min", "max", mode="before")
    @classmethod
    def _exact(cls, value: Any) -> Any:
        return Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


class Number(Figure):
    type: Literal["number"]
    unit: Line
    decimals: Annotated[int, Field(ge=0, le=4)] = 0


class Money(Figure):
    """Stored as whole đồng; typed and shown in `unit`, which is the group's or the table's when left out."""

    type: Literal["money"]
    unit: MoneyUnit | None = None
    per: Line | None = None
    """After the unit: triệu đồng/tháng."""


class Percent(Figure):
    type: Literal["percent"]
    unit: Line = "%"
    decimals: Annotated[int, Field(ge=0, le=4)] = 2
    max: Exact | None = Decimal(100)


class Day(FieldBase):
    type: Literal["date"]


class Choice(FieldBase):
    type: Literal["choice"]
    options: tuple[Option, ...] = ()
    list: Name | None = None
    """A list of the form (`lists`), or one the caller gives: cooperatives, communes, support-items."""


class Choices(FieldBase):
    type: Literal["choices"]
    options: tuple[Option, ...] = ()
    list: Name | None = None


class YesNo(FieldBase):
    """Có / Không / Chưa rõ."""

    type: Literal["yesno"]


class Files(FieldBase):
    type: Literal["file"]
    most: Annotated[int, Field(ge=1, le=50)] = 10


class DocumentRef(FieldBase):
    """Số, ngày, cơ quan ban hành, trích yếu."""

    type: Literal["document"]


class Computed(FieldBase):
    """Made from other fields, or, without a formula, given by the caller (name of the agency, rates, snapshots)."""

    type: Literal["computed"]
    shows: Literal["number", "money", "percent", "text"] = "number"
    formula: Formula | None = None
    unit: Line | None = None
    decimals: Annotated[int, Field(ge=0, le=4)] = 0
    note: Line | None = None
    """What it rests on, when that is an assumption."""


Cell = Annotated[
    Text | Number | Money | Percent | Day | Choice | Choices | YesNo | Files | DocumentRef | Computed,
    Field(discriminator="type"),
]


class Table(FieldBase):
    """Rows of typed columns. "Không có" in one click; rows given by the caller when `rows` names them."""

    type: Literal["table"]
    columns: Annotated[tuple[Cell, ...], Field(min_length=1)]
    rows: Name | None = None
    """What the caller gives a row for (duties, cooperatives, criteria); people then add and drop none."""
    given: bool = False
    """The whole table comes from the caller and is only looked at."""
    least: Annotated[int, Field(ge=0, le=200)] = 0
    most: Annotated[int, Field(ge=1, le=2000)] = 200
    none_word: Line = "Không có"
    """The one click that says so."""
    money_unit: MoneyUnit | None = None


FormField = Annotated[
    Text | Number | Money | Percent | Day | Choice | Choices | YesNo | Files | DocumentRef | Computed | Table,
    Field(discriminator="type"),
]
AnyCell = Text | Number | Money | Percent | Day | Choice | Choices | YesNo | Files | DocumentRef | Computed
AnyField = AnyCell | Table


class Column(Entry):
    """One of the columns of a group: Năm trước, Kế hoạch năm, Thực hiện, Ước cả năm, So sánh."""

    id: ColumnId
    label: Line
    required: bool = False
    """Required where the field is; a column without it is always free."""
    from_last: ColumnId | None = None
    """Filled from this column of last year's report."""
    formula: Formula | None = None
    """Computed from the other columns, a percentage: `uoc / truoc * 100`."""


class Check(Entry):
    """A rule between fields: the formula is true when all is well. Not judged while a part is missing."""

    id: Name
    holds: Formula
    says: Line
    """What is wrong; {A4.6a} stands for a value."""
    remedy: Line
    level: Literal["error", "warning"] = "error"
    at: FieldId
    """Where the message stands."""


class Group(Entry):
    """What is typed and saved together."""

    id: Name
    title: Line
    help: Line | None = None
    repeats: Name | None = None
    """Once for each thing the caller names: duties."""
    columns: Name | None = None
    """A set of `column_sets`, for every number of the group."""
    money_unit: MoneyUnit | None = None
    only_for: tuple[Name, ...] = ()
    last_year_only: bool = False
    fields: Annotated[tuple[FormField, ...], Field(min_length=1)]


class Section(Entry):
    """A part of the form with its own heading (and its own sheet in Excel)."""

    id: Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]*(-[A-Z])?$", max_length=20)]
    title: Line
    sheet: Annotated[str, Field(min_length=1, max_length=31, pattern=r"^[^\[\]:*?/\\']+$")]
    """Name of the sheet: at most 31 characters."""
    groups: Annotated[tuple[Group, ...], Field(min_length=1)]


class Part(Entry):
    """Sections that several forms share: config/forms/parts/*.yaml."""

    part: Name
    sections: Annotated[tuple[Section, ...], Field(min_length=1)]
    checks: tuple[Check, ...] = ()


class FormBase(Entry):
    """What a form file and a form made ready share."""

    code: FormCode
    title: Line
    legal_name: Line
    """The legal form and its version ("Phụ lục 2 TT 01/2020"), or "Mẫu do Sở đề nghị"."""
    version: Line
    """Raised with every change of fields; an Excel file of another version is refused."""
    was: dict[FieldId, FieldId] = {}
    """Fields that were renamed since: old id → new id; drafts and files of before are moved along."""
    money_unit: MoneyUnit = "triệu đồng"
    unit_jump: Annotated[int, Field(ge=10)] = 1000
    """So many times last year's value (or as small a part of it) is held for a wrong unit."""
    lists: dict[Name, Annotated[tuple[Option, ...], Field(min_length=1)]] = {}
    column_sets: dict[Name, Annotated[tuple[Column, ...], Field(min_length=1)]] = {}
    checks: tuple[Check, ...] = ()


class FormFile(FormBase):
    """One file of config/forms/."""

    head: Name | None = None
    foot: Name | None = None
    """Parts before and after the form's own sections."""
    sections: Annotated[tuple[Section, ...], Field(min_length=1)]


class Form(FormBase):
    """A form with its head and foot in place: what is stored as a definition and what everything works on."""

    sections: Annotated[tuple[Section, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _ids_once(self) -> Form:
        seen: set[str] = set()
        for field in self.all_fields():
            if field.id in seen:
                raise ValueError(f"Mã trường {field.id} có hai lần.", "Đề nghị đặt mã khác cho một trường.")
            seen.add(field.id)
        return self

    def groups(self) -> Iterator[tuple[Section, Group]]:
        return ((section, group) for section in self.sections for group in section.groups)

    def fields(self) -> Iterator[AnyField]:
        """Fields of the groups, in order; not the columns of tables."""
        return (field for _, group in self.groups() for field in group.fields)

    def all_fields(self) -> Iterator[AnyField]:
        """Fields and the columns of tables."""
        for field in self.fields():
            yield field
            if isinstance(field, Table):
                yield from field.columns

    def unit_of(self, field: Money | Computed, group: Group, table: Table | None = None) -> str:
        """The unit in which money is typed and shown at this place."""
        own = field.unit if isinstance(field, Money) or field.unit in MONEY_UNITS else None
        return own or (table.money_unit if table else None) or group.money_unit or self.money_unit

    @property
    def name(self) -> str:
        """F-A (Mẫu do Sở đề nghị, bản 2025.1)."""
        return f"{self.code} ({self.legal_name}, bản {self.version})"


def joined(file: FormFile, head: Part | None, foot: Part | None) -> Form:
    """The form with its parts in place; fields of a part that are for other forms are left out."""
    sections = [*_of_part(head, file.code), *file.sections, *_of_part(foot, file.code)]
    kept = {field.id for section in sections for group in section.groups for field in group.fields}
    checks = [*file.checks, *(check for part in (head, foot) if part for check in part.checks if check.at in kept)]
    own = {name: getattr(file, name) for name in FormBase.model_fields}
    return Form(**{**own, "sections": tuple(sections), "checks": tuple(checks)})


def _of_part(part: Part | None, code: str) -> Iterator[Section]:
    for section in part.sections if part else ():
        groups = []
        for group in section.groups:
            fields = tuple(field for field in group.fields if not field.forms or code in field.forms)
            if fields:
                groups.append(group.model_copy(update={"fields": fields}))
        if groups:
            yield section.model_copy(update={"groups": tuple(groups)})
