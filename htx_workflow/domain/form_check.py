"""What ties a form's values together (kiểm tra biểu mẫu): ids, lists, columns, formulas. Single values: `forms`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from htx_workflow.domain import formulas
from htx_workflow.domain.findings import Finding, Key, repeated, unknown
from htx_workflow.domain.forms import (
    AnyField,
    Check,
    Choice,
    Choices,
    Column,
    Computed,
    Form,
    FormFile,
    Group,
    Part,
    Section,
    Table,
)
from htx_workflow.domain.formulas import BadFormula

GIVEN_ITEMS = ("duties", "cooperatives", "criteria", "support-items")
"""What `repeats` and `rows` may name, and the lists a choice may use beside the form's own: whoever opens the form
gives them."""
_HOLDER = re.compile(r"\{([^}]*)\}")


def problems(file: FormFile | Part, form: Form) -> list[Finding]:
    """Everything that keeps the file from being used; `form` is what it becomes with its parts in place."""
    found = [*_repeated_names(file, form), *_circles(file, form)]
    for section_no, section in enumerate(file.sections):
        for group_no, group in enumerate(section.groups):
            at: Key = ("sections", section_no, "groups", group_no)
            found += _group(form, group, at)
            for field_no, field in enumerate(group.fields):
                found += _field(form, group, field, (*at, "fields", field_no), None)
    for number, check in enumerate(file.checks):
        found += _check(form, check, ("checks", number))
    if isinstance(file, FormFile):
        found += _of_file(file, form)
    return found


def _of_file(file: FormFile, form: Form) -> Iterator[Finding]:
    ids = [field.id for field in form.all_fields()]
    for name, columns in file.column_sets.items():
        for number, column in enumerate(columns):
            yield from _column(name, columns, column, ("column_sets", name, number))
    for old, new in file.was.items():
        if new not in ids:
            yield unknown(("was", old), new, "trường", ids, "sections")
        if old in ids:
            yield Finding(("was", old), f"Trường {old} vẫn còn trong biểu.", "Đề nghị bỏ mục này khỏi was.")


def _repeated_names(file: FormFile | Part, form: Form) -> Iterator[Finding]:
    """Each id once over the whole form, so that a formula, an address and a sheet mean one thing."""
    sections = [section.id for section in form.sections]
    sheets = [section.sheet.casefold() for section in form.sections]
    groups = [group.id for _, group in form.groups()]
    for section_no, section in enumerate(file.sections):
        if sections.count(section.id) > 1:
            yield repeated(("sections", section_no, "id"), section.id, "Mã phần")
        if sheets.count(section.sheet.casefold()) > 1:
            yield repeated(("sections", section_no, "sheet"), section.sheet, "Tên trang tính")
        for group_no, group in enumerate(section.groups):
            if groups.count(group.id) > 1:
                yield repeated(("sections", section_no, "groups", group_no, "id"), group.id, "Mã nhóm")
    rules = [check.id for check in form.checks]
    for number, check in enumerate(file.checks):
        if rules.count(check.id) > 1:
            yield repeated(("checks", number, "id"), check.id, "Mã quy tắc")


def _group(form: Form, group: Group, at: Key) -> Iterator[Finding]:
    if group.columns is not None and group.columns not in form.column_sets:
        yield unknown((*at, "columns"), group.columns, "bộ cột", form.column_sets, "column_sets")
    if group.repeats is not None and group.repeats not in GIVEN_ITEMS:
        yield unknown((*at, "repeats"), group.repeats, "danh sách để lặp", GIVEN_ITEMS, "những tên hệ thống có")
    if group.repeats is not None and group.columns is not None:
        yield Finding((*at, "columns"), "Nhóm lặp lại thì không chia cột.", "Đề nghị tách thành hai nhóm.")


def _field(form: Form, group: Group, field: AnyField, at: Key, table: Table | None) -> Iterator[Finding]:
    for key in ("required_when", "shown_when", "formula"):
        formula = getattr(field, key, None)
        if formula is not None:
            yield from _formula(form, formula, (*at, key), group)
    if isinstance(field, Choice | Choices):
        yield from _choices(form, field, at)
    if isinstance(field, Computed) and field.formula is None and table is not None and not (table.rows or table.given):
        what = "Cột tính sẵn này không có công thức và bảng không có dòng cho sẵn."
        yield Finding(at, what, "Đề nghị thêm formula, hoặc rows cho bảng.")
    if isinstance(field, Table):
        if field.rows is not None and field.rows not in GIVEN_ITEMS:
            yield unknown((*at, "rows"), field.rows, "danh sách dòng", GIVEN_ITEMS, "những tên hệ thống có")
        if field.least > field.most:
            yield Finding((*at, "least"), "Số dòng ít nhất lớn hơn nhiều nhất.", "Đề nghị sửa least hoặc most.")
        for number, cell in enumerate(field.columns):
            yield from _field(form, group, cell, (*at, "columns", number), field)


def _choices(form: Form, field: Choice | Choices, at: Key) -> Iterator[Finding]:
    if field.list is None and not field.options:
        yield Finding(at, "Trường chọn này chưa có mục nào.", "Đề nghị thêm options, hoặc list.")
    known = [*form.lists, *GIVEN_ITEMS]
    if field.list is not None and field.list not in known:
        yield unknown((*at, "list"), field.list, "danh sách", known, "lists")
    codes = [option.code for option in (*form.lists.get(field.list or "", ()), *field.options)]
    for number, option in enumerate(field.options):
        if codes.count(option.code) > 1:
            yield repeated((*at, "options", number, "code"), option.code, "Mã lựa chọn")


def _column(name: str, columns: tuple[Column, ...], column: Column, at: Key) -> Iterator[Finding]:
    ids = [one.id for one in columns]
    if ids.count(column.id) > 1:
        yield repeated((*at, "id"), column.id, "Mã cột")
    if column.from_last is not None and column.from_last not in ids:
        yield unknown((*at, "from_last"), column.from_last, "cột", ids, f"column_sets.{name}")
    if column.formula is None:
        return
    try:
        used = formulas.names(formulas.parse(column.formula))
    except BadFormula as error:
        yield Finding((*at, "formula"), str(error), "Đề nghị sửa công thức.")
        return
    for one in used:
        if one.name not in ids or one.name == column.id:
            yield unknown((*at, "formula"), one.name, "cột", ids, f"column_sets.{name}")


def _check(form: Form, check: Check, at: Key) -> Iterator[Finding]:
    ids = [field.id for field in form.all_fields()]
    if check.at not in ids:
        yield unknown((*at, "at"), check.at, "trường", ids, "sections")
    group = next((group for _, group in form.groups() for field in _flat(group) if field.id == check.at), None)
    yield from _formula(form, check.holds, (*at, "holds"), group)
    for text in _HOLDER.findall(check.says):
        name = text.partition("@")[0]
        if name not in ids:
            yield unknown((*at, "says"), name, "trường", ids, "sections")


def _formula(form: Form, formula: str, at: Key, group: Group | None) -> Iterator[Finding]:
    try:
        used = list(formulas.names(formulas.parse(formula)))
    except BadFormula as error:
        yield Finding(at, str(error), "Đề nghị sửa công thức.")
        return
    ids = [field.id for field in form.all_fields()]
    columns = [column.id for column in form.column_sets.get(group.columns or "", ())] if group else []
    for one in used:
        if one.name not in ids and one.name not in columns:
            yield unknown(at, one.name, "trường", ids, "sections")
        if one.column is not None and all(
            one.column != column.id for many in form.column_sets.values() for column in many
        ):
            yield unknown(at, one.column, "cột", columns, "column_sets")


def _circles(file: FormFile | Part, form: Form) -> Iterator[Finding]:
    """A computed field that needs itself."""
    needs: dict[str, set[str]] = {}
    for field in form.all_fields():
        if isinstance(field, Computed) and field.formula is not None:
            needs[field.id] = set(_names_in(field.formula))
    for section_no, section in enumerate(file.sections):
        for at, field in placed(section, section_no):
            if field.id in needs and field.id in _reached(needs, needs[field.id]):
                yield Finding((*at, "formula"), f"Công thức của {field.id} cần đến chính nó.", "Đề nghị sửa công thức.")


def _reached(needs: dict[str, set[str]], start: Iterable[str]) -> set[str]:
    reached: set[str] = set()
    waiting = list(start)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(needs.get(name, ()))
    return reached


def _names_in(formula: str) -> Iterator[str]:
    try:
        yield from (one.name for one in formulas.names(formulas.parse(formula)))
    except BadFormula:
        return


def _flat(group: Group) -> Iterator[AnyField]:
    for field in group.fields:
        yield field
        if isinstance(field, Table):
            yield from field.columns


def placed(section: Section, section_no: int) -> Iterator[tuple[Key, AnyField]]:
    """The fields and table columns of a section, with their places in the file."""
    for group_no, group in enumerate(section.groups):
        for field_no, field in enumerate(group.fields):
            at: Key = ("sections", section_no, "groups", group_no, "fields", field_no)
            yield at, field
            if isinstance(field, Table):
                yield from (((*at, "columns", number), cell) for number, cell in enumerate(field.columns))
