"""What is said of the values of a form: place, what is wrong, remedy."""

from __future__ import annotations

from typing import Any

import pytest

from htx_workflow.domain import form_messages
from htx_workflow.domain.form_messages import Message
from htx_workflow.domain.form_slots import Value, Values
from tests.form_samples import context, form, real

FORM = form()
GOOD: Values = {"M1": "Lời", "M3": 1_000_000}


def check(values: Values, of: Any = FORM, **changes: Any) -> list[Message]:
    return form_messages.check(of, context(**changes), values)


def sentences(values: Values, of: Any = FORM, **changes: Any) -> list[str]:
    return [message.sentence for message in check(values, of, **changes)]


def about(key: str, values: Values, of: Any = FORM, **changes: Any) -> list[str]:
    return [message.sentence for message in check(values, of, **changes) if message.key == key]


def test_good_values_get_no_message():
    assert check(GOOD) == []


def test_every_message_comes_at_once_in_the_order_of_the_form():
    values: Values = {"M5": {"raw": "31/11/2025"}, "M2": "-1", "M3": {"raw": "1,5 tỷ"}}

    assert sentences(values) == [
        "M1 Lời: chưa có. Đề nghị bổ sung.",
        "M2 Số người: -1 là số âm. Đề nghị nhập từ 0 trở lên.",
        'M3 Vốn: "1,5 tỷ" là chữ, cần số (1500, đơn vị triệu đồng). Đề nghị nhập 1500.',
        'M5 Ngày: "31/11/2025" không có trong lịch vì tháng 11 có 30 ngày. Nhập ngày/tháng/năm, ví dụ 30/11/2025.',
    ]


def test_a_sum_a_thousand_times_last_years_is_to_be_confirmed():
    row: Value = {"rows": [{"T.1": "td", "T.2": 2_500_000_000_000}]}
    last: Values = {"T": {"rows": [{"T.1": "ns", "T.2": 1}, {"T.1": "td", "T.2": 2_500_000_000}]}}
    values: Values = {**GOOD, "T": row}

    (message,) = check(values, last=last)

    assert message.sentence == (
        'Biểu kinh phí, dòng 1, cột "Số tiền": 2.500.000 triệu đồng (2.500 tỷ đồng), gấp 1.000 lần năm trước. '
        'Đề nghị kiểm tra đơn vị tính. Nếu số đúng, đánh dấu "Đã kiểm tra" và ghi lý do.'
    )
    assert (message.level, message.stops, message.name) == ("confirm", True, "T:1:T.2")


@pytest.mark.parametrize(
    ("dong", "said"), [(1_000_000_000, "gấp 1.000 lần"), (1_000, "bằng 1/1.000"), (600_000_000, "gấp 600 lần")]
)
def test_a_wrong_unit_is_seen_in_both_directions(dong: int, said: str):
    (message,) = check({**GOOD, "M3": dong}, last={"M3": 1_000_000})

    assert f"{said} năm trước" in message.what


@pytest.mark.parametrize("values", [{"M3": 100_000_000}, {"M3": 0}, {"M3": 1_000_000_000, "M3~ok": "vay mới"}])
def test_a_plausible_or_confirmed_sum_is_not_asked_about(values: Values):
    assert check({**GOOD, **values}, last={"M3": 1_000_000}) == []


def test_a_text_too_long_is_kept_and_said():
    assert sentences({**GOOD, "M1": "x" * 1612}) == [
        "M1 Lời: dài 1.612 ký tự, tối đa 40. Đề nghị viết gọn; phần đã viết được giữ nguyên."
    ]


def test_text_in_an_old_font_is_answered_with_how_it_reads():
    assert sentences({**GOOD, "M1": "hîp t¸c x·"}) == [
        'M1 Lời: nội dung dùng phông chữ cũ (TCVN3), không phải Unicode; đọc được là "hợp tác xã". '
        "Đề nghị thay bằng nội dung Unicode."
    ]


def test_bounds_are_said_with_the_range():
    of = form({"id": "P", "label": "Điểm a)", "type": "number", "unit": "điểm", "decimals": 2, "max": 2})

    assert sentences({"P": "2.5"}, of) == [
        "P Điểm a): 2,5 lớn hơn mức tối đa 2. Đề nghị nhập từ 0 đến 2, tối đa hai chữ số thập phân."
    ]


def test_a_document_without_its_day_is_not_whole_and_a_strange_number_only_a_warning():
    found = check({**GOOD, "M9": {"number": "5/BC-STC"}})

    assert [(message.what, message.level) for message in found] == [
        ("chưa có ngày văn bản", "error"),
        ("Số văn bản dưới 10 nên ghi thêm số 0: 05/BC-STC", "warning"),
    ]


def test_a_choice_that_is_gone_from_the_list_is_said():
    assert about("M7", {**GOOD, "M7": ["htx-a", "htx-z"]}) == [
        'M7 Các HTX: "htx-z" không còn trong danh sách. Đề nghị chọn lại.'
    ]


def test_empty_cells_of_a_row_are_named_by_row_and_column():
    assert sentences({**GOOD, "T": {"rows": [{"T.2": 5}, {"T.1": "td"}]}}) == [
        'Biểu kinh phí, dòng 1, cột "Nguồn": chưa có. Đề nghị chọn một mục.',
        'Biểu kinh phí, dòng 2, cột "Số tiền": chưa có. '
        "Đề nghị nhập số (triệu đồng), hoặc chọn chưa có số liệu, không phát sinh, không áp dụng.",
    ]


def test_the_three_answers_satisfy_a_required_number():
    for non in ("no_data", "not_arisen", "not_applicable"):
        assert check({**GOOD, "M3": {"non": non}}) == []


def test_a_condition_decides_what_is_required():
    of = real("F-A")
    done: Values = {"A2.2#V.7.1": "da-thuc-hien", "A2.2#V.7.2": "khong-phat-sinh"}
    keys = [message.key for message in check(done, of) if message.key.startswith("A2")]

    assert keys == ["A2.3#V.7.1", "A2.4#V.7.1"]


def test_parts_larger_than_their_whole_are_said_with_both_numbers():
    row = {"A3.5a": "10", "A3.5b": "12"}

    messages = [one for one in check({"A3": {"rows": [row]}}, real("F-A")) if one.cell == "A3.5b"]

    assert [one.sentence for one in messages] == [
        'Sổ hoạt động hỗ trợ, dòng 1, cột "Trong đó cán bộ quản lý HTX": '
        "12 lượt người lớn hơn tổng số 10 lượt người. Đề nghị kiểm tra hai số."
    ]


def test_spending_above_the_allocation_warns_and_asks_for_a_reason():
    row: Values = {"A4.4": 100_000_000, "A4.6a": 120_000_000}

    messages = [one for one in check({"A4": {"rows": [row]}}, real("F-A")) if one.cell in ("A4.6a", "A4.6c")]

    assert [(one.what, one.level) for one in messages] == [
        ("chưa có", "missing"),
        ("Giải ngân 120 triệu đồng lớn hơn kế hoạch giao 100 triệu đồng", "warning"),
    ]


def test_a_sum_rule_is_not_judged_while_a_part_is_missing():
    of = real("F-C")
    here: dict[str, Any] = {"of": of}

    assert about("C1a", {"C1a": "10", "C1b": "7"}, **here) == []
    assert about("C1a", {"C1a": "10", "C1b": "7", "C1c": "2"}, **here) == [
        "C1a Số hợp tác xã trên địa bàn: Đang hoạt động 7 HTX và ngừng 2 HTX cộng lại khác tổng số 10 HTX. "
        "Đề nghị kiểm tra ba số."
    ]


def test_a_rule_over_columns_is_judged_in_each_column():
    of, here = real("F-B"), {"agency": "htx-a", "kind": "cooperative"}
    values: Values = {"B5.1@thuc_hien": 10, "B5.2a@thuc_hien": 20, "B5.1@uoc": 30, "B5.2a@uoc": 20}

    found = [one for one in check(values, of, **here) if one.key.startswith("B5.2a") and one.level == "error"]

    assert [one.place for one in found] == ['B5.2a Trong đó doanh thu với thành viên, cột "Thực hiện đến ngày chốt"']


def test_one_group_can_be_looked_at_alone():
    of = real("F-C")
    found = form_messages.check(of, context(), {}, group="so-luong")

    assert [message.key for message in found] == ["C1a", "C1b", "C1c", "C1d", "C1e"]
