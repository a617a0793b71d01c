"""Forms and contexts with full defaults for the tests of forms; a test names only what it is about."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from htx_workflow.domain import form_cells, form_messages
from htx_workflow.domain.form_messages import Message
from htx_workflow.domain.form_scope import ROW, rows_of
from htx_workflow.domain.form_slots import Context, Item, Slot, Value, Values, slots
from htx_workflow.domain.forms import AnyCell, Form, Option, Table
from htx_workflow.gateways import form_files

HOME = Path(__file__).resolve().parents[1]
FORMS = HOME / "config" / "forms"

FIELDS: list[dict[str, Any]] = [
    {"id": "M1", "label": "Lời", "type": "text", "max": 40, "required": True},
    {"id": "M2", "label": "Số người", "type": "number", "unit": "người"},
    {"id": "M3", "label": "Vốn", "type": "money", "required": True},
    {"id": "M4", "label": "Tỷ lệ", "type": "percent"},
    {"id": "M5", "label": "Ngày", "type": "date"},
    {
        "id": "M6",
        "label": "Loại",
        "type": "choice",
        "options": [{"code": "a", "label": "Loại A"}, {"code": "b", "label": "Loại B"}],
    },
    {"id": "M7", "label": "Các HTX", "type": "choices", "list": "cooperatives"},
    {"id": "M8", "label": "Đã họp", "type": "yesno"},
    {"id": "M9", "label": "Văn bản", "type": "document"},
    {"id": "M10", "label": "Tệp", "type": "file"},
    {"id": "M11", "label": "Gấp đôi vốn", "type": "computed", "shows": "money", "formula": "M3 * 2"},
    {
        "id": "T",
        "label": "Biểu kinh phí",
        "type": "table",
        "columns": [
            {
                "id": "T.1",
                "label": "Nguồn",
                "type": "choice",
                "required": True,
                "options": [{"code": "td", "label": "Tín dụng"}, {"code": "ns", "label": "Ngân sách"}],
            },
            {"id": "T.2", "label": "Số tiền", "type": "money", "required": True},
            {"id": "T.3", "label": "Ngày", "type": "date"},
            {"id": "T.4", "label": "Văn bản", "type": "document"},
            {"id": "T.5", "label": "Lời", "type": "text", "max": 200},
            {"id": "T.6", "label": "Nửa", "type": "computed", "shows": "money", "formula": "T.2 / 2"},
        ],
    },
]
"""One field of each type."""


def form(*fields: dict[str, Any], **changes: Any) -> Form:
    """A form of one section and one group; without fields the sample of every type. `group` changes the group."""
    group = {"id": "nhom", "title": "Nhóm", "fields": list(fields) or FIELDS, **changes.pop("group", {})}
    data = {
        "code": "mau",
        "title": "Biểu mẫu thử",
        "legal_name": "Mẫu do Sở đề nghị",
        "version": "1",
        "sections": [{"id": "M", "title": "Phần thử", "sheet": "Phần thử", "groups": [group]}],
        **changes,
    }
    return Form.model_validate(data)


def context(**changes: Any) -> Context:
    """A district in 2025, with two cooperatives."""
    lists = {
        "cooperatives": (Option(code="htx-a", label="HTX A"), Option(code="htx-b", label="HTX B")),
        "criteria": (Option(code="tc1", label="Tiêu chí 1"),),
        "support-items": (Option(code="nd-1", label="Nhà kho"),),
        "duties": (Option(code="V.7.1", label="Tuyên truyền"),),
    }
    items = {
        "duties": (
            Item("V.7.1", "Tuyên truyền", {"A2.1": "Tuyên truyền (Mục V.7, gạch đầu dòng 1)"}),
            Item("V.7.2", "Kế hoạch và dự toán"),
        ),
        "cooperatives": (Item("htx-a", "HTX A"), Item("htx-b", "HTX B")),
        "criteria": (Item("tc1", "Tiêu chí 1", {"B8.1": "5.5", "B8.2": "6"}),),
        "support-items": (Item("nd-1", "Nhà kho", {"A7.1": "HTX A"}),),
    }
    defaults: dict[str, Any] = {
        "agency": "huyen-a",
        "kind": "district",
        "year": 2025,
        "given": {"H1": "UBND huyện A", "H2": "2025"},
        "items": items,
        "lists": lists,
    }
    return Context(**{**defaults, **changes})


def real(code: str) -> Form:
    """A form of config/forms/."""
    return form_files.form_of(FORMS, code)


def slot(of: Form, key: str, **changes: Any) -> Slot:
    """One place of a form."""
    return next(one for one in slots(of, context(**changes)) if one.key == key)


DOCUMENT: Value = {
    "number": "45/BC-MAU", "dated": "2025-12-15", "issuer": "UBND huyện A", "subject": "Báo cáo năm"
}  # fmt: skip
SAMPLES: dict[str, Value] = {
    "text": "Nội dung", "number": "1", "money": 1_000_000, "percent": "50", "date": "2025-12-15", "yesno": "yes",
    "document": DOCUMENT, "file": [1],
}  # fmt: skip
"""One good value of each type; choices take their first option."""


def filled(of: Form, here: Context, values: Values) -> Values:
    """The values with a sample in every place that must be filled, as far as conditions ask for it."""
    after: Values = {**values}
    by_key = {one.key: one for one in slots(of, here)}
    for _ in range(8):
        missing = [said for said in form_messages.check(of, here, after) if said.level == "missing"]
        if not missing:
            return after
        for said in missing:
            _fill(of, here, after, by_key[said.key], said)
    raise AssertionError(missing)


def _fill(of: Form, here: Context, values: Values, place: Slot, said: Message) -> None:
    if said.row is None or said.cell is None or not isinstance(place.field, Table):
        values[place.key] = {"rows": [{}]} if isinstance(place.field, Table) else _sample(of, here, place)
        return
    rows: list[Any] = [dict(row) for row in rows_of(values.get(place.key))]
    given = place.field.rows is not None
    row = next((one for at, one in enumerate(rows, 1) if (one.get(ROW) if given else str(at)) == said.row), None)
    if row is None:
        row = {ROW: said.row}
        rows.append(row)
    cell = next(one for one in place.field.columns if one.id == said.cell)
    row[cell.id] = _sample(of, here, place, cell)
    values[place.key] = {"rows": rows}


def _sample(of: Form, here: Context, place: Slot, cell: AnyCell | None = None) -> Value:
    spot = form_cells.spot(of, here, place, cell)
    one = cell or place.field
    if one.type in ("choice", "choices"):
        code = spot.options[0].code
        return code if one.type == "choice" else [code]
    if one.type == "number" and one.min:
        return str(one.min)
    return SAMPLES[one.type]
