"""A form goes out as Excel and comes back: the same values, the same messages as the page, every cell named at once."""

from __future__ import annotations

import io
import time
import zipfile
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from htx_workflow.domain import form_cells
from htx_workflow.domain.errors import BadInput
from htx_workflow.domain.form_slots import Value, Values
from htx_workflow.domain.forms import Form
from htx_workflow.gateways import form_excel, form_excel_reading
from htx_workflow.gateways.form_excel_reading import LIMITS, Upload
from tests.form_samples import FIELDS, context, form, real

FORM = form()
FULL: Values = {
    "M1": "Lời\nhai",
    "M2": "0",
    "M3": 2_500_500_000,
    "M4": "12.5",
    "M5": "2025-12-15",
    "M6": "b",
    "M7": ["htx-a", "htx-b"],
    "M8": "no",
    "M9": {"number": "145/BC-UBND", "dated": "2025-12-18", "issuer": "UBND huyện A", "subject": "báo cáo năm"},
    "M10": [3, 5],
    "T": {
        "rows": [
            {"T.1": "td", "T.2": 1, "T.3": "2025-01-05", "T.4": {"number": "12/QĐ-UBND", "dated": "2025-01-04"}},
            {"T.1": "ns", "T.2": {"non": "no_data"}, "T.5": "=HYPERLINK(1)"},
        ]
    },
}


def book(values: Values | None = None, of: Form = FORM, **changes: Any) -> Any:
    """The template as openpyxl sees it."""
    return load_workbook(io.BytesIO(form_excel.workbook_bytes(of, context(**changes), values or {})))


def sent(workbook: Any, of: Form = FORM, values: Values | None = None, **changes: Any) -> Upload:
    return form_excel_reading.read(_bytes(workbook), "mau.xlsx", of, context(**changes), values or {})


def _bytes(workbook: Any) -> bytes:
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def box(workbook: Any, key: str, column: int = 5) -> Any:
    """The box of a place, in whichever sheet it stands."""
    for sheet in workbook.worksheets:
        for row in sheet.iter_rows(max_col=1):
            if row[0].value == key:
                return sheet.cell(row[0].row, column)
    raise AssertionError(key)


def table_box(workbook: Any, table: str, cell: str, number: int) -> Any:
    """The box of a table's row, counted from 1."""
    for sheet in workbook.worksheets:
        for (mark,) in sheet.iter_rows(max_col=1):
            kind, _, rest = str(mark.value or "").partition("|")
            if kind == "table" and rest.startswith(f"{table}|"):
                return sheet.cell(mark.row + number, 3 + rest.partition("|")[2].split(",").index(cell))
    raise AssertionError(table)


def test_everything_filled_comes_back_as_it_was():
    upload = sent(book(FULL), values=FULL)

    assert (upload.wrong, upload.values) == ((), FULL)


def test_a_blank_template_changes_nothing():
    assert sent(book()).values == {}


@pytest.mark.parametrize("code", ["F-A", "F-B", "F-C", "F-D", "evidence"])
def test_a_blank_template_of_every_form_comes_back(code: str):
    upload = sent(book(of=real(code), last_year=True), real(code), last_year=True)

    assert (upload.wrong, upload.values) == ((), {})


def test_repeats_columns_and_given_rows_come_back():
    of, here = real("F-B"), {"agency": "htx-a", "kind": "cooperative"}
    values: Values = {
        "B5.1@thuc_hien": 1_500_000_000,
        "B5.1@uoc": {"non": "no_data"},
        "B5.4c@uoc": -3_000_000,
        "B6.2c": "30",
        "B8": {"rows": [{"_": "tc1", "B8.3": "Đã tập huấn", "B8.4": "Tiếp tục"}]},
        "B7": {"non": "not_arisen"},
    }
    assert sent(book(values, of, **here), of, values, **here).values == values
    of_a: Values = {"A2.3#V.7.1": "Kết quả", "A2.5#V.7.2": {"rows": [{"A2.5a": "Kế hoạch"}]}}
    assert sent(book(of_a, real("F-A")), real("F-A")).values == of_a


@pytest.mark.parametrize(
    ("typed_in", "dong"),
    [
        (2500, 2_500_000_000),
        (2500.5, 2_500_500_000),
        (2.125, 2_125_000),
        (0.1 + 0.2, 300_000),
        ("1.500,0", 1_500_000_000),
        ("2.500,5", 2_500_500_000),
        ("2,5", 2_500_000),
        ("2 500", 2_500_000_000),
        ("2500", 2_500_000_000),
        ("'2500", 2_500_000_000),
    ],
)
def test_a_sum_may_stand_as_number_or_as_text(typed_in: Any, dong: int):
    workbook = book()
    box(workbook, "M3").value = typed_in

    assert sent(workbook).values["M3"] == dong


@pytest.mark.parametrize(
    ("typed_in", "what"),
    [
        ("2.5", '"2.5" có thể hiểu hai cách: 2,5 hay 2500'),
        ("1.234.56", '"1.234.56" không phải là số'),
        ("1,5 tỷ", '"1,5 tỷ" là chữ, cần số (1500, đơn vị triệu đồng)'),
        ("3 triệu", '"3 triệu" là chữ, cần số (3, đơn vị triệu đồng)'),
        ("2500 đ", '"2500 đ" là chữ, cần số (0,0025, đơn vị triệu đồng)'),
        (-5, "-5 là số âm"),
        (True, '"True" không phải là số'),
    ],
)
def test_five_kinds_of_doubtful_sums_are_answered_like_on_the_page(typed_in: Any, what: str):
    workbook = book(FULL)
    box(workbook, "M3").value = typed_in

    upload = sent(workbook, values=FULL)

    assert [one.message.what for one in upload.wrong] == [what]
    assert upload.values == FULL


@pytest.mark.parametrize(
    ("typed_in", "day"),
    [
        (datetime(2025, 12, 15), "2025-12-15"),  # noqa: DTZ001 - what Excel holds
        (date(2025, 12, 15), "2025-12-15"),
        (46006, "2025-12-15"),
        ("2025-12-15", "2025-12-15"),
        ("15/12/2025", "2025-12-15"),
        ("5.1.25", "2025-01-05"),
    ],
)
def test_a_day_may_stand_in_five_ways(typed_in: Any, day: str):
    workbook = book()
    cell = box(workbook, "M5")
    cell.value = typed_in
    if typed_in == 46006:
        cell.number_format = "General"

    assert sent(workbook).values["M5"] == day


def test_a_percentage_of_excel_counts_in_hundreds():
    workbook = book()
    cell = box(workbook, "M4")
    cell.value, cell.number_format = 0.125, "0.0%"

    assert sent(workbook).values["M4"] == "12.5"


def test_all_wrong_cells_are_named_at_once_and_nothing_is_taken():
    workbook = book()
    box(workbook, "M1").value = "Lời"
    box(workbook, "M3").value = "1,5 tỷ"
    table_box(workbook, "T", "T.2", 1).value = -5
    table_box(workbook, "T", "T.1", 1).value = "Vay lạ"
    table_box(workbook, "T", "T.3", 1).value = "29/02/2025"

    upload = sent(workbook)

    at = {key: table_box(workbook, "T", key, 1).coordinate for key in ("T.1", "T.2", "T.3")}
    assert upload.refusal == (
        "Tệp Excel có 04 ô cần sửa, chưa ô nào được ghi vào hệ thống: "
        f'Phần thử!{box(workbook, "M3").coordinate} "1,5 tỷ" là chữ, cần số (1500, đơn vị triệu đồng); '
        f'Phần thử!{at["T.1"]} "Vay lạ" không có trong danh sách; '
        f"Phần thử!{at['T.2']} -5 là số âm; "
        f'Phần thử!{at["T.3"]} "29/02/2025" không có trong lịch vì tháng 02 năm 2025 có 28 ngày.'
    )
    assert upload.values == {}


def test_empty_required_boxes_do_not_refuse_a_draft():
    upload = sent(book({"M2": "5"}))

    assert (upload.refusal, upload.values) == (None, {"M2": "5"})
    assert [message.key for message in upload.others] == ["M1", "M3"]


def test_text_in_an_old_font_is_refused_with_how_it_reads():
    workbook = book()
    box(workbook, "M1").value = "hîp t¸c x·"

    (wrong,) = sent(workbook).wrong

    assert 'đọc được là "hợp tác xã"' in wrong.message.what


def test_a_formula_counts_as_the_result_it_was_saved_with():
    workbook = book()
    cell = box(workbook, "M3")
    cell.value = "=1000+500"
    solved = _with_result(_bytes(workbook), cell.coordinate, "1500")

    upload = form_excel_reading.read(solved, "mau.xlsx", FORM, context(), {})

    assert upload.values["M3"] == 1_500_000_000


def test_a_formula_without_a_result_is_refused_in_words():
    workbook = book()
    cell = box(workbook, "M3")
    cell.value = "=1000+500"

    (wrong,) = sent(workbook).wrong

    assert wrong.text == f'Phần thử!{cell.coordinate} "=1000+500" là công thức chưa có kết quả'


def _with_result(data: bytes, at: str, result: str) -> bytes:
    """The file as Excel saves it: with the result beside the formula."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            text = old.read(info)
            new.writestr(
                info,
                text.replace(b"<f>1000+500</f><v></v>", f"<f>1000+500</f><v>{result}</v>".encode()).replace(
                    b"<f>1000+500</f><v />", f"<f>1000+500</f><v>{result}</v>".encode()
                ),
            )
    return out.getvalue()


@pytest.mark.parametrize("text", ["=1+1", "+84 912", "-Thút", "'Drai", "@A", "Ia H'Drai", "A Thút"])
def test_a_name_is_written_as_text_whatever_it_begins_with(text: str):
    workbook = book({"M1": text})
    cell = box(workbook, "M1")

    assert (cell.value, cell.data_type) == (text, "s")
    assert sent(workbook).values["M1"] == text


def test_the_other_version_of_a_form_is_read_by_that_version_and_what_moved_is_said():
    old = FORM
    new = form({**FIELDS[0], "id": "N1"}, *FIELDS[2:], version="2", was={"M1": "N1"})
    data = form_excel.workbook_bytes(old, context(), {"M1": "Lời", "M2": "5"})

    upload = form_excel_reading.read(data, "mau.xlsx", new, context(), {"M6": "a"}, older={"1": old})

    assert upload.values == {"N1": "Lời", "M6": "a"}
    assert upload.notes == (
        'Mục M1 "Lời" nay là N1.',
        'Mục M2 "Số người" không còn trong biểu.',
        "Nội dung không còn chỗ: M2.",
    )


@pytest.mark.parametrize(
    ("of", "changes", "sentence"),
    [
        (form(version="2"), {}, "Tệp Excel là bản 1 của biểu mẫu mau, biểu mẫu đang dùng là bản 2."),
        (form(code="khac"), {}, "Tệp Excel là biểu mẫu mau (Mẫu do Sở đề nghị), báo cáo này dùng khac"),
        (FORM, {"year": 2024}, "Tệp Excel này lập cho năm 2025, báo cáo này của năm 2024."),
        (FORM, {"agency": "huyen-b"}, "Tệp Excel này lập cho cơ quan khác."),
    ],
)
def test_a_file_for_something_else_is_refused_with_what_to_do(of: Form, changes: dict[str, Any], sentence: str):
    with pytest.raises(BadInput) as error:
        sent(book(), of, **changes)

    assert str(error.value).startswith(sentence)
    assert "Đề nghị tải" in str(error.value)


def test_an_excel_file_of_somebody_else_is_refused():
    workbook = Workbook()
    workbook.active["A1"] = "x"

    with pytest.raises(BadInput, match="không phải mẫu tải từ hệ thống"):
        sent(workbook)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 x", b"hello", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_what_is_no_excel_file_is_refused(data: bytes):
    with pytest.raises(BadInput):
        form_excel_reading.read(data, "mau.xlsx", FORM, context(), {})


def test_a_file_that_unpacks_too_large_is_refused_unread():
    data = _bytes(book())

    with pytest.raises(BadInput, match="khi mở ra"):
        form_excel_reading.read(data, "mau.xlsx", FORM, context(), {}, limits=replace(LIMITS, unpacked=1000))
    with pytest.raises(BadInput, match="nặng"):
        form_excel_reading.read(data, "mau.xlsx", FORM, context(), {}, limits=replace(LIMITS, file=1000))


def test_rows_and_sheets_moved_by_hand_are_still_found():
    workbook = book(FULL)
    workbook["Phần thử"].insert_rows(1, 3)
    workbook["Phần thử"].title = "Số liệu xã"

    assert sent(workbook, values=FULL).values == FULL


def test_a_confirmed_number_stays_confirmed_while_it_is_the_same():
    values: Values = {**FULL, "M3~ok": "vay mới", "T": {"rows": [{"T.1": "td", "T.2": 5, "~ok": {"T.2": "đúng"}}]}}
    workbook = book(values)

    assert sent(workbook, values=values).values == values
    box(workbook, "M3").value = 7
    table_box(workbook, "T", "T.2", 1).value = 7
    changed = sent(workbook, values=values).values
    assert "M3~ok" not in changed
    assert changed["T"] == {"rows": [{"T.1": "td", "T.2": 7_000_000}]}


def test_labels_are_locked_boxes_are_open_and_computed_ones_locked():
    workbook = book(FULL)
    sheet = workbook["Phần thử"]

    assert sheet.protection.sheet
    assert not box(workbook, "M3").protection.locked
    assert box(workbook, "M3", 3).protection.locked
    assert box(workbook, "M11").protection.locked
    assert box(workbook, "M11").value == 5001


def test_days_are_typed_as_text_so_that_no_excel_turns_them_round():
    workbook = book(FULL)

    assert (box(workbook, "M5").value, box(workbook, "M5").number_format) == ("15/12/2025", "@")
    assert (box(workbook, "M3").value, box(workbook, "M3").number_format) == (2500.5, "General")


def test_a_table_far_too_long_is_said_in_one_message():
    columns = [{"id": "D.1", "label": "Lời", "type": "text"}]
    of = form({"id": "D", "label": "Bảng", "type": "table", "most": 3, "columns": columns})
    workbook = book(of=of)
    sheet = workbook["Phần thử"]
    start = table_box(workbook, "D", "D.1", 1)
    end = box(workbook, "end|D", 1).row
    sheet.insert_rows(end, 500)
    for number in range(500):
        sheet.cell(start.row + number, start.column).value = "x"

    (wrong,) = sent(workbook, of).wrong

    assert wrong.message.what == "có nhiều hơn 3 dòng"


def test_units_lists_last_year_and_the_mark_are_in_the_file():
    data = form_excel.workbook_bytes(FORM, context(last={"M3": 2_000_000}), {}, mark="BẢN MÔ PHỎNG - SỐ LIỆU GIẢ ĐỊNH")
    workbook = load_workbook(io.BytesIO(data))
    sheet = workbook["Phần thử"]
    offered = {
        next(cell.value for (cell,) in workbook["_danh_sach"][str(rule.formula1).split("!")[1].replace("$", "")])
        for rule in sheet.data_validations.dataValidation
    }

    assert sheet["B1"].value == "BẢN MÔ PHỎNG - SỐ LIỆU GIẢ ĐỊNH"
    assert (box(workbook, "M3", 4).value, box(workbook, "M3", 6).value) == ("triệu đồng", 2)
    assert table_box(workbook, "T", "T.2", 0).value == "Số tiền (triệu đồng) *"
    assert offered == {"Loại A", "Có", "Tín dụng"}
    assert [workbook[name].sheet_state for name in ("_bieu", "_danh_sach")] == ["hidden", "hidden"]


def test_a_table_said_to_have_nothing_and_filled_is_asked_about():
    workbook = book({"T": {"rows": [{"T.1": "td", "T.2": 5}]}})
    box(workbook, "none|T").value = "x"

    assert [one.message.what for one in sent(workbook).wrong] == ["vừa chọn không có vừa có dòng"]


_NON: st.SearchStrategy[Value] = st.sampled_from(["no_data", "not_arisen", "not_applicable"]).map(
    lambda non: {"non": non}
)
_WORDS = st.text(min_size=1, max_size=30).map(form_cells.tidied).filter(bool)
_DAYS = st.dates(date(1905, 1, 1), date(2100, 12, 31)).map(str)
_MONEY = st.one_of(st.integers(0, 10**17), _NON)
_ROW = st.fixed_dictionaries(
    {"T.1": st.sampled_from(["td", "ns"])}, optional={"T.2": _MONEY, "T.3": _DAYS, "T.5": _WORDS}
)


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "M1": _WORDS,
            "M2": st.one_of(st.integers(0, 10**9).map(str), _NON),
            "M3": _MONEY,
            "M4": st.decimals(0, 100, places=2).map(form_cells.exact),
            "M5": _DAYS,
            "M6": st.sampled_from(["a", "b"]),
            "T": st.lists(_ROW, min_size=1, max_size=3).map(lambda rows: {"rows": rows}),
        },
    )
)
def test_whatever_is_filled_comes_back_as_it_was(values: dict[str, Any]):
    upload = sent(book(values), values=values)

    refused = {one.message.what[:20] for one in upload.wrong} - {"nội dung dùng phông c"[:20]}
    assert refused == set()
    assert upload.wrong or upload.values == values


def test_five_hundred_cooperatives_of_a_district_are_read_at_once_or_not_at_all():
    of = real("F-C")
    rows: list[Value] = [
        {
            "C3.1": f"HTX khác {number}", "C3.2": str(number), "C3.3": "Xã Mẫu", "C3.4": "nong-nghiep", "C3.4c": "60",
            "C3.4d": 2_500_000_000, "C3.7a": "20", "C3.7b": "20", "C3.7c": "30",
        }
        for number in range(1, 501)
    ]  # fmt: skip
    values: Values = {"C3": {"rows": rows}}
    workbook = book(values, of)
    [wrong] = [one for one in workbook["C3 Danh sách"]["C"] if one.value == "HTX khác 300"]
    points = workbook["C3 Danh sách"].cell(wrong.row, wrong.column + 9)
    assert points.value == 20

    started = time.process_time()
    points.value = "hai mươi"
    refused = sent(workbook, of)
    points.value = 20
    taken = sent(workbook, of)

    assert [one.at for one in refused.wrong] == [f"C3 Danh sách!{points.coordinate}"]
    assert refused.values == {}
    assert taken.values == values
    assert time.process_time() - started < 6
