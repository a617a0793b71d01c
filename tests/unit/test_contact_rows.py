"""Rows of the contact list: what is read, and what is said of each wrong cell."""

from __future__ import annotations

from datetime import date

import pytest

from htx_workflow.domain import contact_rows
from htx_workflow.domain.contact_rows import COLUMNS, Cell, Judged, Known

KNOWN = Known(
    {"huyen-dakto": ("UBND huyện Đăk Tô", "Ủy ban nhân dân huyện Đăk Tô"), "stc": ("Sở Tài chính", "Sở Tài chính")},
    {"V.7.2": ("1",), "V.7.1": ("2",)},
    frozenset({"huyen-dakto"}),
    False,
)


def row(number: int = 5, **texts: str) -> dict[str, Cell]:
    given = {"agency": "huyen-dakto", "name": "A Thút", "address": "thut@example.vn", **texts}
    return {code: Cell(f"{code}{number}", given.get(code, "")) for code in COLUMNS}


def judged(*rows: dict[str, Cell], convert: bool = False) -> Judged:
    return contact_rows.judge(rows, KNOWN, convert=convert)


def test_a_row_is_read_in_the_words_of_the_sheet() -> None:
    found = judged(
        row(role="Văn thư", duties="V.7.2, V.7.1", first="01/12/2025", left="46006", shared="x", rhythm="thứ hai",
            phone="0260 000 0000", channel="zalo")
    )  # fmt: skip
    line = found.lines[0]
    assert found.errors == []
    assert (line.role, line.duties, line.first, line.left) == (
        "clerk", ("V.7.2", "V.7.1"), date(2025, 12, 1), date(2025, 12, 15)
    )  # fmt: skip
    assert dict(line.values) == {
        "code": "", "agency": "huyen-dakto", "unit": "", "name": "A Thút", "title": "", "phone": "0260 000 0000",
        "address": "thut@example.vn", "shared": True, "approves": False, "admin": False, "channel": "text",
        "rhythm": "monday",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["A Thút", "Y Hà", "Rơ Mah H’Nguyệt", "-Ngọc", "'Ấn", "Hạnh"])
def test_a_name_stays_as_people_write_it(name: str) -> None:
    assert judged(row(name=name)).lines[0].values["name"] == name


def test_an_agency_may_be_named_by_its_name() -> None:
    assert judged(row(agency="ubnd huyện Đắk Tô")).lines[0].agency == "huyen-dakto"


def test_a_row_of_the_blank_list_that_nobody_filled_says_nothing() -> None:
    assert judged(row(name="", address="")) == Judged()


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ({"agency": "huyen-dakt"}, "agency5 Không có cơ quan “huyen-dakt”. Gần nhất: huyen-dakto (UBND huyện Đăk Tô)."),
        ({"agency": "stc"}, "agency5 Cơ quan stc không thuộc danh sách của anh/chị."),
        ({"address": "thut@"}, "address5 Địa chỉ thư “thut@” chưa dùng được. Ví dụ: tckh.dakto@example.vn"),
        (
            {"address": "0260 000 0001", "phone": "thut@example.vn"},
            "address5 “0260 000 0001” là số điện thoại, còn phone5 là địa chỉ thư: hai ô đổi chỗ cho nhau.",
        ),
        ({"role": "trưởng"}, "role5 Vai: “trưởng” chưa rõ. Ghi một trong: đầu mối, phối hợp, lãnh đạo theo dõi, văn thư."),
        ({"duties": "V.7.3"}, "duties5 Không kế hoạch nào có nhiệm vụ V.7.3. Gần nhất: V.7.2."),
        ({"first": "31/11/2025"}, "first5 Từ ngày: "),
        ({"shared": "có lẽ"}, "shared5 Hộp thư dùng chung: “có lẽ” chưa rõ. Ghi x là có, để trống là không."),
        ({"admin": "x"}, "admin5 Quản trị: quyền này chỉ người quản trị hệ thống giao."),
        ({"channel": "Zalo"}, "channel5 Kênh Zalo cần số điện thoại ở cột Điện thoại."),
        ({"code": "Đầu mối 1"}, "code5 Mã “Đầu mối 1” chưa dùng được"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named_with_what_to_do(texts: dict[str, str], sentence: str) -> None:
    errors = judged(row(**texts)).errors
    assert [error.startswith(sentence) for error in errors] == [True], errors


def test_every_wrong_cell_is_told_at_once() -> None:
    assert len(judged(row(5, address="a@", role="z"), row(6, agency="xyz")).errors) == 3


def test_two_columns_that_changed_places_are_told_once() -> None:
    rows = [row(number, address=f"0260 000 00{number}", phone=f"a{number}@example.vn") for number in range(10, 60)]
    errors = judged(*rows).errors
    assert len(errors) == 1
    assert "hình như đổi chỗ cho nhau ở 50 dòng" in errors[0]


def test_an_old_font_is_refused_with_how_it_reads_and_converted_when_agreed() -> None:
    typed = row(title="Hîp t¸c x· n«ng nghiÖp")
    refused = judged(typed)
    assert refused.legacy == 1
    assert 'đọc được là "Hợp tác xã nông nghiệp"' in refused.errors[0]
    agreed = judged(typed, convert=True)
    assert (agreed.errors, agreed.lines[0].values["title"]) == ([], "Hợp tác xã nông nghiệp")


def test_rows_of_one_contact_say_the_same_of_it() -> None:
    lines = judged(row(5, code="thut", role="văn thư"), row(6, code="thut", phone="0260 000 0000")).lines
    assert contact_rows.different(lines) == [
        "agency6 Đầu mối thut có hai dòng khác nhau ở cột “Điện thoại”; dòng kia ở agency5."
    ]
