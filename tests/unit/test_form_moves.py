"""A draft comes along to a new version of its form; what finds no place is kept beside and named."""

from __future__ import annotations

from htx_workflow.domain import form_moves
from htx_workflow.domain.form_slots import Values
from tests.form_samples import FIELDS, form

OLD = form()


def test_without_changes_everything_comes_along():
    values: Values = {"M1": "Lời", "M3~ok": "vì vay", "T": {"rows": [{"T.1": "td", "~ok": {"T.2": "x"}}]}}

    moved = form_moves.moved(OLD, form(version="2"), values)

    assert (moved.values, moved.aside, moved.notes) == (values, {}, ())


def test_renamed_dropped_and_new_fields_are_named():
    fields = [{**FIELDS[0], "id": "N1"}, *FIELDS[2:], {"id": "N2", "label": "Mới", "type": "yesno"}]
    new = form(*fields, version="2", was={"M1": "N1"})

    moved = form_moves.moved(OLD, new, {"M1": "Lời", "M2": "5"})

    assert moved.values == {"N1": "Lời"}
    assert moved.aside == {"M2": "5"}
    assert moved.notes == (
        'Mục M1 "Lời" nay là N1; nội dung đã nhập được chuyển theo.',
        'Mục M2 "Số người" không còn trong biểu; nội dung đã nhập được giữ ở bên để đối chiếu.',
        'Mục N2 "Mới" là mục mới.',
    )


def test_a_field_of_another_type_is_kept_beside():
    fields = [{**FIELDS[0], "type": "yesno"}, *FIELDS[1:]]
    del fields[0]["max"]

    moved = form_moves.moved(OLD, form(*fields, version="2"), {"M1": "Lời"})

    assert (moved.values, moved.aside) == ({}, {"M1": "Lời"})


def test_rows_lose_only_the_columns_that_are_gone():
    columns = [column for column in FIELDS[-1]["columns"] if column["id"] != "T.5"]
    new = form(*FIELDS[:-1], {**FIELDS[-1], "columns": columns}, version="2")
    rows: Values = {"T": {"rows": [{"T.1": "td", "T.5": "lời"}, {"T.1": "ns"}]}}

    moved = form_moves.moved(OLD, new, rows)

    assert moved.values == {"T": {"rows": [{"T.1": "td"}, {"T.1": "ns"}]}}
    assert moved.aside == {"T": {"rows": [{"T.1": "td", "T.5": "lời"}]}}


def test_the_unit_of_a_form_may_change_without_touching_sums():
    moved = form_moves.moved(OLD, form(version="2", money_unit="nghìn đồng"), {"M3": 2_500_000})

    assert moved.values == {"M3": 2_500_000}
