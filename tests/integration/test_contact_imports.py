"""The list of contacts as Excel: out and in again it is the same; what changes is shown, then written in one act."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook

from htx_workflow.domain.contact_rows import COLUMNS
from htx_workflow.domain.errors import BadInput
from htx_workflow.gateways import excel
from htx_workflow.services import contact_imports, contact_lists, contact_writes
from htx_workflow.services.contact_imports import Asker, Examined
from htx_workflow.services.handovers import Way
from htx_workflow.store import contact_bulk
from htx_workflow.store import contacts as contact_store
from htx_workflow.store.database import Database
from tests.factories import a_plan, plan_data
from tests.machine import Machine

DAY = date(2025, 11, 25)
CODES = list(COLUMNS)


def prepared(machine: Machine) -> Machine:
    """The small plan; at the district two more people, one of them for a duty of its own."""
    people = [
        {"code": "a-thut", "agency": "huyen-a", "address": "thut@example.vn", "name": "A Thút", "duties": ["R.huyen"]},
        {"code": "le-anh", "agency": "huyen-a", "address": "anh@example.vn", "name": "Lê Thị Anh", "role": "support"},
        {"code": "pgd", "agency": "so", "address": "pgd@example.vn", "name": "Mai Thị Mẫu", "role": "leader",
         "approves": True, "phone": "0260 000 0000", "rhythm": "monday"},
    ]  # fmt: skip
    machine.load(a_plan(contacts=[*plan_data()["contacts"], *people]))
    return machine.at(DAY)


@pytest.fixture
def mau(sqlite_machine: Machine) -> Machine:
    return prepared(sqlite_machine)


@pytest.fixture
def both(machine: Machine) -> Machine:
    """The same on both databases, for what is written."""
    return prepared(machine)


def book(mau: Machine) -> bytes:
    with mau.database.reading() as session:
        kept = set(contact_store.all_agencies(session))
        return excel.write(contact_lists.sheets(session, kept, mau.today, simulation=False))


def lines(body: bytes) -> list[list[str]]:
    return [[cell.text for cell in row.values()] for row in contact_imports.read(body)]


def edited(body: bytes, changes: dict[str, dict[str, Any]], more: Sequence[dict[str, Any]] = ()) -> bytes:
    """The file with cells changed in the rows of these codes, and rows added."""
    read = load_workbook(io.BytesIO(body))
    page = read[contact_lists.NAME]
    for row in list(page.iter_rows(min_row=4)):
        for column, value in changes.get(str(row[0].value), {}).items():
            row[CODES.index(column)].value = value
    for values in more:
        page.append([values.get(code, "") for code in CODES])
    out = io.BytesIO()
    read.save(out)
    return out.getvalue()


def examine(mau: Machine, body: bytes, **more: Any) -> Examined:
    with mau.database.reading() as session:
        asker = Asker(set(contact_store.all_agencies(session)), True)
        return contact_imports.examine(session, contact_imports.read(body), asker, mau.today, **more)


def bring_in(mau: Machine, body: bytes, kinds: Sequence[str] = ()) -> Examined:
    found = examine(mau, body)
    assert found.errors == []
    with mau.transaction() as session:
        contact_writes.apply(session, found.only(kinds), "so-1", mau.now, mau.today)
    return found


def test_the_list_is_in_the_order_of_the_plan_and_of_given_names(mau: Machine) -> None:
    assert [(row[1], row[4], row[10], row[11]) for row in lines(book(mau))] == [
        ("so", "Mai Thị Mẫu", "lãnh đạo theo dõi", ""), ("so", "", "đầu mối", ""),
        ("huyen-a", "Lê Thị Anh", "phối hợp", ""), ("huyen-a", "A Thút", "đầu mối", "R.huyen"),
        ("huyen-a", "", "đầu mối", ""), ("htx-a", "", "đầu mối", ""),
    ]  # fmt: skip


def test_the_list_brought_in_again_changes_nothing(mau: Machine) -> None:
    found = examine(mau, book(mau))
    assert (found.errors, found.changes, found.unchanged) == ([], [], 6)


def test_the_list_brought_into_a_new_installation_is_the_same_there(both: Machine, fresh_sqlite: Any) -> None:
    body = book(both)
    other: Database = fresh_sqlite()
    new = Machine(other, both.calendars, both.style, both.folder)
    new.load(a_plan(contacts=[]))
    new.at(DAY)
    bring_in(new, body)
    assert lines(book(new)) == lines(body)


def test_what_is_added_changed_and_ended_is_shown_with_the_mail_that_goes_elsewhere(mau: Machine) -> None:
    body = edited(
        book(mau),
        {"huyen-a-1": {"address": "moi@example.vn", "phone": "0260 111 1111"}, "le-anh": {"left": "25/11/2025"}},
        [{"agency": "htx-a", "name": "Y Hà", "address": "yha@example.vn"}],
    )
    found = examine(mau, body)
    assert [(change.act, change.code, change.what) for change in found.changes] == [
        ("end", "le-anh", ("thôi nhiệm vụ từ 25/11/2025",)),
        (
            "set", "huyen-a-1",
            ("Điện thoại: (trống) → 0260 111 1111", "Thư điện tử: huyen-a@example.vn → moi@example.vn"),
        ),
        ("add", "", ("đầu mối",)),
    ]  # fmt: skip
    assert [way._replace(works=0) for way in found.ways] == [
        Way("UBND huyện A", "huyen-a@example.vn", "moi@example.vn", 0),
        Way("HTX A", "htx-a@example.vn", "htx-a@example.vn, yha@example.vn", 0),
    ]


def test_it_is_written_in_one_act_and_then_there_is_nothing_left_to_change(both: Machine) -> None:
    body = edited(
        book(both),
        {"a-thut": {"duties": "R.huyen, N.2"}, "le-anh": {"left": "25/11/2025"}, "huyen-a-1": {"address": "moi@example.vn"}},
        [{"agency": "htx-a", "name": "Y Hà", "role": "văn thư", "first": date(2025, 12, 1)}],
    )  # fmt: skip
    bring_in(both, body)
    with both.database.reading() as session:
        rows = {row.code: row for row in contact_bulk.list_contacts(session)}
        held = contact_bulk.list_assignments(session, both.today)
    assert rows["le-anh"].valid_to == date(2025, 11, 24)
    assert rows["huyen-a-1"].address == "moi@example.vn"
    assert sorted(str(each.duty) for each in held[rows["a-thut"].id]) == ["N.2", "R.huyen"]
    assert (rows["htx-a-2"].name, held[rows["htx-a-2"].id][0].valid_from) == ("Y Hà", date(2025, 12, 1))
    assert examine(both, book(both)).changes == []


def test_a_batch_is_written_apart_from_the_others(mau: Machine) -> None:
    body = edited(book(mau), {"pgd": {"title": "Phó Giám đốc"}, "a-thut": {"title": "Chuyên viên"}})
    found = bring_in(mau, body, ["district"])
    assert [tuple(batch) for batch in found.batches] == [("department", 0, 1, 0), ("district", 0, 1, 0)]
    assert [change.code for change in examine(mau, body).changes] == ["pgd"]


def test_a_row_without_a_code_means_the_contact_of_that_address(mau: Machine) -> None:
    more = [{"agency": "huyen-a", "name": "A Thút", "address": "THUT@example.vn", "phone": "0260 222 2222", "role": "đầu mối",
             "duties": "R.huyen"}]  # fmt: skip
    found = examine(mau, edited(book(mau), {"a-thut": dict.fromkeys(CODES, "")}, more))
    assert [(change.act, change.code) for change in found.changes] == [("set", "a-thut")]


@pytest.mark.parametrize(
    ("changes", "more", "sentence"),
    [
        ({}, {"agency": "so", "name": "Người Khác", "address": "thut@example.vn"}, "có 2 đầu mối: a-thut, Người Khác"),
        ({"a-thut": {"address": "anh@example.vn"}}, {}, "Địa chỉ anh@example.vn có 2 đầu mối"),
        ({"a-thut": {"agency": "so"}}, {}, "Đầu mối a-thut thuộc cơ quan khác"),
        ({}, {"agency": "huyen-b", "name": "Ai"}, "Không có cơ quan “huyen-b”. Gần nhất: huyen-a"),
    ],
)
def test_what_the_file_may_not_say_is_a_sentence_and_nothing_is_written(
    mau: Machine, changes: dict[str, Any], more: dict[str, Any], sentence: str
) -> None:
    errors = examine(mau, edited(book(mau), changes, [more] if more else [])).errors
    assert [sentence in error for error in errors] == [True], errors


def test_a_list_typed_anew_is_read_by_its_heads(mau: Machine) -> None:
    read = load_workbook(io.BytesIO(book(mau)))
    page = read[contact_lists.NAME]
    page.delete_rows(4)
    page.delete_cols(CODES.index("rhythm") + 1)
    out = io.BytesIO()
    read.save(out)
    assert examine(mau, out.getvalue()).changes == []


def test_the_answers_to_the_letter_are_the_same_file(mau: Machine) -> None:
    with mau.database.reading() as session:
        kept = set(contact_store.all_agencies(session))
        body = excel.write(contact_lists.template(session, kept, mau.today, simulation=True))
    read = load_workbook(io.BytesIO(body))
    page = read[contact_lists.NAME]
    assert [row[1].value for row in page.iter_rows(min_row=6)] == ["so", "huyen-a", "htx-a", "tinh"]
    page.cell(7, CODES.index("name") + 1, "Y Thu")
    page.cell(7, CODES.index("address") + 1, "ythu@example.vn")
    out = io.BytesIO()
    read.save(out)
    found = examine(mau, out.getvalue())
    assert [(change.act, change.agency, change.who) for change in found.changes] == [("add", "huyen-a", "Y Thu")]


def test_rows_that_a_page_carries_come_back_as_they_were(mau: Machine) -> None:
    rows = contact_imports.read(book(mau))
    again = contact_imports.unpack(contact_imports.pack(rows))
    assert [{code: cell.text for code, cell in row.items()} for row in again] == [
        {code: cell.text for code, cell in row.items()} for row in rows
    ]
    with pytest.raises(BadInput, match="Đề nghị đưa tệp lên lại"):
        contact_imports.unpack("không phải")
