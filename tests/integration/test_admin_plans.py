"""Plans, dates and calendars as people look after them: seen before, done once, and nothing half done."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from docx import Document
from openpyxl import load_workbook
from ruamel.yaml import YAML

from htx_workflow.domain.errors import BadInput
from htx_workflow.gateways import calendar_files
from htx_workflow.runtime import Runtime
from htx_workflow.settings import load_settings
from htx_workflow.store import occurrences as store
from htx_workflow.store import plan_rows
from htx_workflow.web import carried
from tests.factories import a_duty, a_plan, plan_data
from tests.machine import Machine, MachineClock
from tests.portal import Client, Page, visit, words_of

DAY = date(2025, 11, 25)
N2, N3 = "tinh-mau/N.2/so/2025", "tinh-mau/N.3/huyen-a/2025"
LETTER = {"so_van_ban": "45/SM-KT", "ngay_van_ban": "25/11/2025", "co_quan": "so"}
ADMIN = {"code": "quan-tri", "agency": "so", "address": "qt@example.vn", "name": "Mai Thị Mẫu", "admin": True}


def contacts() -> list[dict[str, Any]]:
    named = [{**each, "name": f"Người {each['code']}"} for each in plan_data()["contacts"]]
    return [*named, ADMIN]


def text_of(tmp_path: Path, **changes: Any) -> bytes:
    """The small plan as a file, with a remark that only the bytes keep, and Windows line ends."""
    data = plan_data(contacts=contacts(), **changes)
    out = io.StringIO()
    YAML(typ="safe").dump(data, out)
    return f"# ghi chú\n{out.getvalue()}".replace("\n", "\r\n").encode()


@pytest.fixture
def mau(sqlite_machine: Machine) -> Machine:
    sqlite_machine.load(a_plan(contacts=contacts()))
    return sqlite_machine.at(DAY)


@pytest.fixture
def runtime(mau: Machine) -> Runtime:
    return Runtime(load_settings(), MachineClock(mau), mau.database)


@pytest.fixture
def admin(runtime: Runtime) -> Client:
    return visit(runtime, "quan-tri")


@pytest.fixture
def officer(runtime: Runtime) -> Client:
    return visit(runtime, "so-1")


def bases(mau: Machine) -> dict[str, Any]:
    with mau.database.reading() as session:
        return {row.key: row.standing.basis for row in store.get_rows(session, [N2, N3])}


def send(client: Client, path: str, body: bytes, name: str = "tinh-mau.yaml", **fields: str) -> httpx.Response:
    return client.ask(
        "POST", path, data={"dau": client.mark, **fields}, files={"tep": (name, body, "application/yaml")}
    )


# Pages


def test_every_page_is_read_in_twelve_queries_and_writes_nothing(admin: Client, officer: Client) -> None:
    paths = {
        "/quan-tri/ke-hoach": admin, "/quan-tri/lich": admin, "/quan-tri/ke-hoach?tep=xlsx": admin,
        "/quan-tri/lich/vn/lich.xlsx": admin, "/quan-tri/lich/vn/de-xuat.xlsx": admin, "/ban/an-dinh": officer,
        "/ban/an-dinh?tep=xlsx": officer, "/ban/bao-phu": officer, "/ban/bao-phu?tep=xlsx": officer,
    }  # fmt: skip
    found = {path: (client.get(path).status_code, client.queries, client.written) for path, client in paths.items()}
    assert {path: seen for path, seen in found.items() if (seen[0], seen[2]) != (200, []) or seen[1] > 12} == {}


def test_plans_and_calendars_are_the_administrators(officer: Client) -> None:
    paths = ("/quan-tri/ke-hoach", "/quan-tri/ke-hoach/tinh-mau/1", "/quan-tri/lich", "/quan-tri/lich/vn/lich.xlsx")
    assert {path: officer.get(path).status_code for path in paths} == dict.fromkeys(paths, 403)
    assert send(officer, "/quan-tri/ke-hoach", b"code: x").status_code == 403


# Loading a plan


def test_a_plan_is_seen_before_it_is_loaded_and_kept_byte_for_byte(mau: Machine, admin: Client, tmp_path: Path) -> None:
    duties = [each for each in plan_data()["duties"] if each["id"] != "N.1"] + [a_duty("N.9", title="Việc mới")]
    body = text_of(tmp_path, duties=duties, coverage=[{"bullet": "Mục 1", "duties": ["N.9"]}])
    seen = send(admin, "/quan-tri/ke-hoach", body)
    shown = words_of(seen)
    assert "Sẽ nạp phiên bản 2 của tinh-mau" in shown
    assert "N.9 Việc mới" in shown
    assert "Thư trong 60 ngày tới" in shown
    assert "tinh-mau/N.1/so/standing: không còn trong kế hoạch, thôi theo dõi" in shown
    with mau.database.reading() as session:
        assert [row.no for row in plan_rows.list_versions(session)] == [1]
    done = admin.post("/quan-tri/ke-hoach/nap", Page(seen).hidden)
    assert done.headers["location"] == "/quan-tri/ke-hoach?xong=ke-hoach"
    assert admin.get("/quan-tri/ke-hoach/tinh-mau/2").content == body


def test_a_plan_with_errors_shows_all_of_them_with_their_lines(mau: Machine, admin: Client, tmp_path: Path) -> None:
    duties = [a_duty("N.1", holders=["khong-co"]), a_duty("N.1")]
    answer = send(admin, "/quan-tri/ke-hoach", text_of(tmp_path, duties=duties))
    assert answer.status_code == 400
    shown = words_of(answer)
    assert "Không có cơ quan hoặc nhóm khong-co" in shown
    assert shown.count("Dòng ") > 1
    assert send(admin, "/quan-tri/ke-hoach", b"\xff\xfe").status_code == 400
    assert admin.post("/quan-tri/ke-hoach", {}).status_code == 400
    with mau.database.reading() as session:
        assert [row.no for row in plan_rows.list_versions(session)] == [1]


def test_a_plan_that_changed_meanwhile_or_on_the_way_is_not_loaded(mau: Machine, admin: Client, tmp_path: Path) -> None:
    hidden = Page(send(admin, "/quan-tri/ke-hoach", text_of(tmp_path, title="Kế hoạch mẫu, sửa"))).hidden
    other = carried.pack(text_of(tmp_path, title="Kế hoạch khác"))
    refused = admin.post("/quan-tri/ke-hoach/nap", {**hidden, "van_ban": other})
    assert (refused.status_code, carried.STALE in words_of(refused)) == (400, True)
    mau.load(a_plan(contacts=contacts(), title="Kế hoạch mẫu, người khác sửa"))
    late = admin.post("/quan-tri/ke-hoach/nap", hidden)
    assert (late.status_code, "vừa được nạp phiên bản khác" in words_of(late)) == (409, True)


@pytest.mark.parametrize("text", ["", "***", carried.pack(b"x" * 50)[:-4], carried.pack(b"x" * 200)])
def test_what_a_page_carried_is_whole_or_refused(text: str) -> None:
    with pytest.raises(BadInput, match="không còn đủ"):
        carried.unpack(text, 100)
    assert carried.unpack(carried.pack(b"a\r\nb"), 100) == b"a\r\nb"


# Dates


def test_the_letter_lists_what_is_ticked_before_it_has_a_number(mau: Machine, officer: Client) -> None:
    answer = officer.post("/ban/an-dinh/word", {"kh": "tinh-mau", "viec": [N3]})
    assert answer.status_code == 200
    tables = Document(io.BytesIO(answer.content)).tables
    cells = [cell.text for table in tables for row in table.rows for cell in row.cells]
    assert ("22/12/2025" in cells, "01/12/2025" in cells) == (True, False)
    assert [basis.value for basis in bases(mau).values()] == ["assumed", "assumed"]


def test_the_preview_says_what_becomes_a_deadline_and_which_mails_come(mau: Machine, officer: Client) -> None:
    shown = words_of(officer.post("/ban/an-dinh", {"kh": "tinh-mau", "viec": [N3]}))
    assert "Sẽ ấn định 01 thời hạn" in shown
    assert "Thư trong 60 ngày tới" in shown
    assert "huyen-a@example.vn" in shown
    assert [basis.value for basis in bases(mau).values()] == ["assumed", "assumed"]


def test_ticked_days_become_deadlines_by_one_document(mau: Machine, officer: Client) -> None:
    done = officer.post("/ban/an-dinh/ghi", {"kh": "tinh-mau", "viec": [N3], **LETTER})
    assert done.headers["location"] == "/ban/an-dinh?kh=tinh-mau&xong=an-dinh"
    assert {key: basis.value for key, basis in bases(mau).items()} == {N2: "assumed", N3: "document"}
    again = officer.post("/ban/an-dinh/ghi", {"kh": "tinh-mau", "viec": [N3], **LETTER})
    assert (again.status_code, "không còn thời gian dự kiến" in words_of(again)) == (400, True)


REFUSED: dict[str, dict[str, Any]] = {
    "Chưa chọn việc nào": {"viec": [], **LETTER},
    "Chưa có số, ngày văn bản": {"viec": [N3]},
    "sau hôm nay": {"viec": [N3], **LETTER, "ngay_van_ban": "26/11/2025"},
    "Ngày văn bản: ": {"viec": [N3], **LETTER, "ngay_van_ban": "32/13/2025"},
    "không còn thời gian dự kiến": {"viec": ["tinh-mau/N.9/so/2025"], **LETTER},
}


def test_a_refusal_says_why_and_keeps_what_was_typed(mau: Machine, officer: Client) -> None:
    for said, typed in REFUSED.items():
        answer = officer.post("/ban/an-dinh/ghi", {"kh": "tinh-mau", **typed})
        ticked = [box["value"] for box in Page(answer).all("input") if box.get("name") == "viec" and "checked" in box]
        kept = [key for key in typed["viec"] if key == N3]
        assert (answer.status_code, said in words_of(answer), ticked) == (400, True, kept), said
    assert bases(mau)[N3].value == "assumed"


def test_days_that_have_gone_by_are_listed_as_left_out(mau: Machine, runtime: Runtime) -> None:
    mau.at(date(2025, 12, 10))
    page = visit(runtime, "so-1").get("/ban/an-dinh")
    assert "Ngày dự kiến đã qua: 01 việc" in words_of(page)
    assert [box["value"] for box in Page(page).all("input") if box.get("name") == "viec"] == [N3]


def test_who_only_reads_ticks_nothing(mau: Machine, runtime: Runtime) -> None:
    assert visit(runtime, "huyen-a-1").get("/ban/an-dinh").status_code in (403, 404)


# Coverage


def test_a_bullet_without_a_holder_is_said_to_have_none(mau: Machine, officer: Client) -> None:
    coverage = [{"bullet": "Mục 1", "duties": ["N.1"]}, {"bullet": "Mục 2", "gap": "Chưa nêu cơ quan"}]
    mau.load(a_plan(contacts=contacts(), coverage=coverage))
    shown = words_of(officer.get("/ban/bao-phu"))
    assert "01 nội dung chưa phân công cụ thể" in shown
    assert "Chưa nêu cơ quan" in shown
    sheet = load_workbook(io.BytesIO(officer.get("/ban/bao-phu?tep=xlsx").content)).worksheets[0]
    assert ["Mục 2", None, None, None, None, "Chưa nêu cơ quan"] in [
        list(row) for row in sheet.iter_rows(values_only=True)
    ]


# Calendars


def test_the_next_year_is_a_whole_file_to_compare(runtime: Runtime, admin: Client, tmp_path: Path) -> None:
    assert "Lịch đến hết 31/12/2026; còn 401 ngày." in words_of(admin.get("/quan-tri/lich"))
    made = admin.get("/quan-tri/lich/vn/de-xuat.yaml").content
    file = calendar_files.parse(made, "vn.yaml")
    assert (file.known_to, {entry.day.year for entry in file.days if entry.day and entry.day > date(2026, 12, 31)}) == (
        date(2027, 12, 31), {2027},
    )  # fmt: skip
    seen = words_of(send(admin, "/quan-tri/lich", made, "vn.yaml"))
    assert "biết đến hết 31/12/2027" in seen
    assert "Không ngày nào của những năm đang áp dụng bị đổi" in seen


def test_a_calendar_is_only_looked_at(runtime: Runtime, admin: Client) -> None:
    before = runtime.settings.calendar_file("vn").read_bytes()
    changed = before.replace(b"  - {day: 2025-04-26, kind: work", b"  - {day: 2025-04-27, kind: work")
    assert "02 ngày đổi" in words_of(send(admin, "/quan-tri/lich", changed, "vn.yaml"))
    wrong = send(admin, "/quan-tri/lich", before.replace(b"kind: work", b"kind: off!"), "vn.yaml")
    assert (wrong.status_code, "Dòng " in words_of(wrong)) == (400, True)
    assert runtime.settings.calendar_file("vn").read_bytes() == before
