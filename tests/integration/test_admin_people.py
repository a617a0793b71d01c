"""The rooms of administration as people use them: agencies, contacts, leaving, Excel; and what is not one's own."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook

from htx_workflow.domain.contact_rows import COLUMNS
from htx_workflow.domain.errors import BadInput
from htx_workflow.runtime import Runtime
from htx_workflow.services import agencies, contact_lists
from htx_workflow.services.agencies import Names
from htx_workflow.settings import load_settings
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import contact_bulk
from htx_workflow.store.documents import DocumentRef
from htx_workflow.web.app import create_app
from tests.factories import a_plan, plan_data
from tests.machine import Machine, MachineClock
from tests.portal import Client, Page, visit, words_of

DAY = date(2025, 11, 25)
NEW = {
    "co_quan": "huyen-a",
    "ten": "A Thút",
    "dia_chi": "thut@example.vn",
    "kenh": "email",
    "nhip": "daily",
    "vai": "focal",
}


@pytest.fixture
def mau(sqlite_machine: Machine) -> Machine:
    """The small plan; the lead officer so-1, and an administrator of the lead agency."""
    admin = {"code": "quan-tri", "agency": "so", "address": "qt@example.vn", "name": "Mai Thị Mẫu", "admin": True}
    named = [{**each, "name": f"Người {each['code']}"} for each in plan_data()["contacts"]]
    sqlite_machine.load(a_plan(contacts=[*named, admin]))
    return sqlite_machine.at(DAY)


@pytest.fixture
def runtime(mau: Machine) -> Runtime:
    return Runtime(load_settings(), MachineClock(mau), mau.database)


@pytest.fixture
def admin(runtime: Runtime) -> Client:
    return visit(runtime, "quan-tri")


def contacts_of(mau: Machine) -> dict[str, Any]:
    with mau.database.reading() as session:
        return {row.code: row for row in contact_bulk.list_contacts(session)}


PAGES = (
    "/quan-tri", "/quan-tri/co-quan", "/quan-tri/co-quan/huyen-a", "/quan-tri/co-quan/moi", "/quan-tri/dau-moi",
    "/quan-tri/dau-moi/moi", "/quan-tri/dau-moi/huyen-a-1", "/quan-tri/dau-moi/huyen-a-1/ban-giao",
    "/quan-tri/dau-moi/huyen-a-1/bien-ban", "/quan-tri/excel", "/uy-quyen",
)  # fmt: skip


def test_every_page_is_read_in_twelve_queries_and_writes_nothing(admin: Client) -> None:
    found = {path: (admin.get(path).status_code, admin.queries, admin.written) for path in PAGES}
    assert {path: seen for path, seen in found.items() if (seen[0], seen[2]) != (200, []) or seen[1] > 12} == {}


def test_who_keeps_contacts_enters_for_his_own_only(runtime: Runtime) -> None:
    own = {
        "so-1": {
            "/quan-tri": 200, "/quan-tri/dau-moi/huyen-a-1": 200, "/quan-tri/co-quan": 403, "/quan-tri/excel?tep=xlsx": 200,
        },
        "huyen-a-1": {
            "/quan-tri/dau-moi/htx-a-1": 200, "/quan-tri/dau-moi/so-1": 404, "/quan-tri/dau-moi/so-1/bien-ban": 404,
            "/quan-tri/dau-moi/so-1/ban-giao": 404,
        },
        "htx-a-1": {"/quan-tri": 403, "/quan-tri/dau-moi/htx-a-1": 403, "/quan-tri/excel?tep=xlsx": 403},
    }  # fmt: skip
    app = create_app(runtime)
    for who, wanted in own.items():
        client = visit(app, who)
        assert {path: client.get(path).status_code for path in wanted} == wanted, who


def test_a_link_of_a_mail_administers_nothing(runtime: Runtime) -> None:
    assert visit(runtime, "quan-tri", "link").get("/quan-tri").status_code == 303


def test_a_contact_is_added_and_gets_a_code_of_its_agency(mau: Machine, admin: Client) -> None:
    answer = admin.post("/quan-tri/dau-moi/moi", NEW)
    assert answer.headers["location"] == "/quan-tri/dau-moi/huyen-a-2?xong=dau-moi"
    row = contacts_of(mau)["huyen-a-2"]
    assert (row.name, row.address, row.channel, row.admin) == ("A Thút", "thut@example.vn", "email", False)


def test_two_people_with_one_address_are_offered_a_shared_mailbox(mau: Machine, admin: Client) -> None:
    answer = admin.post("/quan-tri/dau-moi/moi", {**NEW, "dia_chi": "huyen-a@example.vn"})
    assert answer.status_code == 400
    assert "đã là của đầu mối huyen-a-1" in words_of(answer)
    kept = {field["name"]: field.get("value", "") for field in Page(answer).all("input") if "name" in field}
    assert kept["ten"] == "A Thút"
    admin.post("/quan-tri/dau-moi/huyen-a-1/nguoi", {"ho_ten": kept["ho_ten"], "chuc_danh": "Kế toán"})
    assert contacts_of(mau)["huyen-a-1"].shared is True
    assert "A Thút" in words_of(admin.get("/quan-tri/dau-moi/huyen-a-1"))


def test_only_the_administrator_gives_rights_and_changes_who_has_them(mau: Machine, runtime: Runtime) -> None:
    officer = visit(runtime, "so-1")
    officer.post("/quan-tri/dau-moi/moi", {**NEW, "quan_tri": "1", "duyet": "1"})
    assert (contacts_of(mau)["huyen-a-2"].admin, contacts_of(mau)["huyen-a-2"].approves) == (False, False)
    refused = officer.post("/quan-tri/dau-moi/quan-tri", {**NEW, "dia_chi": "khac@example.vn"})
    assert refused.status_code == 403
    assert contacts_of(mau)["quan-tri"].address == "qt@example.vn"


def test_a_role_is_given_for_a_duty_between_days_and_ended(mau: Machine, admin: Client) -> None:
    place = "/quan-tri/dau-moi/huyen-a-1"
    given = {"vai": "support", "nhiem_vu": "tinh-mau/R.huyen", "tu_ngay": "01/12/2025", "den_ngay": "31/12/2025"}
    assert admin.post(f"{place}/vai", given).status_code == 303
    assert admin.post(f"{place}/vai", given).status_code == 409
    with mau.database.reading() as session:
        held = contact_bulk.list_assignments(session, mau.today)[contacts_of(mau)["huyen-a-1"].id]
    assert [(each.role, each.duty, each.valid_from, each.valid_to) for each in held] == [
        ("focal", None, date(2025, 1, 2), None), ("support", "R.huyen", date(2025, 12, 1), date(2025, 12, 31))
    ]  # fmt: skip
    assert admin.post(f"{place}/vai/{held[0].id}/thoi").status_code == 303
    assert admin.post(f"{place}/vai/{held[0].id}/thoi").status_code == 409


def test_leaving_is_seen_before_it_is_done_and_then_the_sheet_is_printed(mau: Machine, admin: Client) -> None:
    place = "/quan-tri/dau-moi/huyen-a-1"
    given = {
        "ngay": "25/11/2025", "nguoi_nhan": "+", "ten": "Y Hà", "chuc_vu": "Chuyên viên", "dia_chi": "huyen-a@example.vn"
    }  # fmt: skip
    shown = admin.post(f"{place}/ban-giao", given)
    assert (shown.status_code, admin.written, "Ghi bàn giao" in words_of(shown)) == (200, [], True)
    assert admin.post(f"{place}/ban-giao", {**given, "lam": "1"}).status_code == 303
    rows = contacts_of(mau)
    assert (rows["huyen-a-1"].valid_to, rows["huyen-a-2"].address) == (date(2025, 11, 24), "huyen-a@example.vn")
    assert "Y Hà" in words_of(admin.get(f"{place}/bien-ban"))
    document = Document(io.BytesIO(admin.get(f"{place}/bien-ban?tep=docx").content))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "BIÊN BẢN" in text
    assert "Người huyen-a-1" in text
    assert admin.post(f"{place}/ban-giao", {**given, "lam": "1"}).status_code == 404
    assert admin.post(f"{place}/tro-lai").status_code == 303


def test_a_leaving_that_cannot_be_keeps_what_was_typed(admin: Client) -> None:
    said = {
        "Chưa nêu người nhận bàn giao": {"nguoi_nhan": ""},
        "Chưa có họ tên người nhận bàn giao.": {"nguoi_nhan": "+"},
        "đầu mối khác của cùng cơ quan": {"nguoi_nhan": "so-1"},
        "không có trong lịch": {"nguoi_nhan": "-", "ngay": "32/11/2025"},
        "đã là của đầu mối so-1": {"nguoi_nhan": "+", "ten": "Y Hà", "dia_chi": "so@example.vn"},
    }
    for sentence, given in said.items():
        typed = {"ngay": "25/11/2025", "dien_thoai": "0260", **given}
        answer = admin.post("/quan-tri/dau-moi/huyen-a-1/ban-giao", typed)
        assert (answer.status_code, sentence in words_of(answer)) == (400, True), sentence
        assert 'value="0260"' in answer.text


def test_an_agency_is_renamed_by_a_document_from_a_day(mau: Machine, admin: Client) -> None:
    place, given = "/quan-tri/co-quan/so", {
        "ten": "Sở Mẫu mới", "ten_ngan": "Sở MM", "tu_ngay": "01/12/2025", "so_van_ban": "09/NQ-HĐND",
        "ngay_van_ban": "20/11/2025", "noi_ban_hanh": "tinh",
    }  # fmt: skip
    assert admin.post(f"{place}/ten", {**given, "so_van_ban": "", "ngay_van_ban": ""}).status_code == 400
    assert admin.post(f"{place}/ten", given).status_code == 303
    assert "Nghị quyết số 09/NQ-HĐND ngày 20/11/2025" in words_of(admin.get(place))
    with mau.database.reading() as session:
        number = agency_store.ids_by_code(session)["so"]
        names = [agency_store.name_on(session, number, day)[0] for day in (date(2025, 11, 30), date(2025, 12, 1))]
    assert names == ["Sở Mẫu", "Sở Mẫu mới"]


def test_an_agency_is_added_at_the_end_of_the_order(mau: Machine, admin: Client) -> None:
    new = {"ma": "xa-b", "ten": "Ủy ban nhân dân xã B", "loai": "commune", "cap_tren": "huyen-a"}
    assert admin.post("/quan-tri/co-quan/moi", new).status_code == 303
    assert admin.post("/quan-tri/co-quan/moi", new).status_code == 409
    with mau.database.reading() as session:
        row = list(agency_store.list_agencies(session, mau.today).values())[-1]
    assert (row.code, row.short_name, row.kind.value) == ("xa-b", "Ủy ban nhân dân xã B", "commune")


# Excel


def file_of(client: Client, /, **changes: str) -> dict[str, Any]:
    """The list as it stands with cells of huyen-a-1 changed, as a form sends it."""
    read = load_workbook(io.BytesIO(client.get("/quan-tri/excel?tep=xlsx").content))
    for row in read[contact_lists.NAME].iter_rows():
        if row[0].value == "huyen-a-1":
            for name, value in changes.items():
                row[list(COLUMNS).index(name)].value = value
    out = io.BytesIO()
    read.save(out)
    return {"tep": ("dau-moi.xlsx", out.getvalue())}


def test_a_file_is_shown_then_written(mau: Machine, admin: Client) -> None:
    shown = admin.post("/quan-tri/excel", files=file_of(admin, phone="0260 111 1111"))
    assert (shown.status_code, admin.written) == (200, [])
    assert "Điện thoại: (trống) → 0260 111 1111" in words_of(shown)
    assert admin.post("/quan-tri/excel/ghi", {"dong": Page(shown).hidden["dong"]}).status_code == 303
    assert contacts_of(mau)["huyen-a-1"].phone == "0260 111 1111"
    assert admin.post("/quan-tri/excel/ghi", {"dong": Page(shown).hidden["dong"]}).status_code == 400


def test_old_fonts_are_converted_when_that_is_agreed(mau: Machine, admin: Client) -> None:
    shown = admin.post("/quan-tri/excel", files=file_of(admin, title="hîp t¸c x· n«ng nghiÖp"))
    assert (shown.status_code, "Chuyển sang Unicode và xem tiếp" in words_of(shown)) == (400, True)
    agreed = admin.post("/quan-tri/excel", {"dong": Page(shown).hidden["dong"]})
    assert agreed.status_code == 200
    admin.post("/quan-tri/excel/ghi", {"dong": Page(agreed).hidden["dong"], "chuyen": "1"})
    assert contacts_of(mau)["huyen-a-1"].title == "hợp tác xã nông nghiệp"


def test_the_lead_officer_brings_in_his_own_and_gives_no_rights(mau: Machine, runtime: Runtime) -> None:
    officer = visit(runtime, "so-1")
    answer = officer.post("/quan-tri/excel", files=file_of(officer, admin="x"))
    assert (answer.status_code, "chỉ người quản trị hệ thống giao" in words_of(answer)) == (400, True)


def test_nothing_to_write_is_a_sentence(admin: Client) -> None:
    assert [admin.post("/quan-tri/excel/ghi", form).status_code for form in ({}, {"dong": "xyz"})] == [400, 400]


def test_a_name_does_not_begin_before_the_last_one(mau: Machine) -> None:
    document = DocumentRef("01/NQ-HĐND", date(2024, 12, 1), "tinh")
    with mau.transaction() as session, pytest.raises(BadInput, match="không trước ngày ấy"):
        agencies.rename(
            session, "so", Names("Sở Cũ", "Sở Cũ"), document, date(2025, 1, 1), "system", mau.now, mau.today
        )
