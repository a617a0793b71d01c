"""The lead officer's pages of rounds, results, consolidations, documents, starts and dossiers, as a browser sees them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from htx_workflow.domain.plan import Plan
from htx_workflow.runtime import Runtime
from htx_workflow.services import baselines
from htx_workflow.settings import load_settings
from htx_workflow.store import documents, files
from htx_workflow.store.documents import DocumentRef
from htx_workflow.store.tables import table
from htx_workflow.web import desk_room
from htx_workflow.web.routes import desk as desk_routes
from tests.machine import Machine, MachineClock
from tests.portal import Client, Page, visit, words_of
from tests.scores import TT01
from tests.scoring import CODE, FACTS, UNITS, Scores, typed

PAGES = (
    "/ban/dot/2025", "/ban/dot/2025?ngay=16/12/2025", "/ban/dot/2025?xem=chuoi", "/ban/dot/2025?xem=ket-luan",
    "/ban/ket-qua/2025", "/ban/ket-qua/2025?xem=tieu-chi", "/ban/ket-qua/2025?xem=phan-loai",
    "/ban/ket-qua/2025?xem=bieu-do", "/ban/ket-qua/2025?xem=cham-thu", "/ban/ket-qua/2025?tep=xlsx",
    "/ban/tong-hop/2025", "/ban/tong-hop/2025/1", "/ban/tong-hop/2025?so=1&voi=2", "/ban/ho-so",
    "/ban/diem-ban-dau", "/ban/diem-ban-dau?tep=xlsx", "/ban/diem-ban-dau/htx-rangdong",
)  # fmt: skip
MOST_QUERIES = 12
B = UNITS["B"]
HTX_TUMORONG = "htx-tumorong"


@pytest.fixture
def scores(sqlite_machine: Machine, kontum: Plan) -> Scores:
    """Plan 3819 on 22/12/2025: A, B, C scored on three levels, two consolidations; two cooperatives sent nothing."""
    machine = sqlite_machine
    machine.load(kontum, on=date(2024, 10, 23))
    scores = Scores(machine)
    for name in UNITS:
        scores.whole(name)
    machine.at(date(2025, 12, 22))
    scores.consolidate()
    scores.baseline("htx-doanket", {"1": "5"}, {1})
    scores.consolidate()
    return scores


@pytest.fixture
def runtime(sqlite_machine: Machine) -> Runtime:
    return Runtime(load_settings(), MachineClock(sqlite_machine), sqlite_machine.database)


@pytest.fixture
def officer(scores: Scores, runtime: Runtime) -> Client:
    return visit(runtime, contact_of(scores.machine, "skhdt"))


def contact_of(machine: Machine, agency: str) -> str:
    """The first contact of an agency."""
    contacts, agencies = table("contact"), table("agency")
    with machine.database.reading() as session:
        found = select(contacts.c.code).join(agencies, agencies.c.id == contacts.c.agency_id)
        return str(session.execute(found.where(agencies.c.code == agency).order_by(contacts.c.id)).scalars().first())


def rows_of(answer: Any) -> list[str]:
    """Each row of the tables of a page, in words."""
    return [Page(row).words for row in re.findall(r"<tr.*?</tr>", answer.text, re.DOTALL)]


def row_with(answer: Any, text: str) -> str:
    """The first row that says this."""
    return next(row for row in rows_of(answer) if text in row)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_reads_little_and_writes_nothing(officer: Client, path: str) -> None:
    answer = officer.get(path)
    assert (answer.status_code, officer.written) == (200, [])
    assert officer.queries <= MOST_QUERIES


@pytest.mark.parametrize("agency", ["huyen-dakto", B, "stc"])
def test_who_does_not_follow_the_plan_is_refused_everywhere(scores: Scores, runtime: Runtime, agency: str) -> None:
    client = visit(runtime, contact_of(scores.machine, agency))
    assert [client.get(path).status_code for path in PAGES] == [403] * len(PAGES)
    posts = ("/ban/tong-hop/2025", "/ban/tong-hop/2025/1/van-ban", "/ban/diem-ban-dau/ghi", "/ban/dot/2025/mo")
    assert [client.post(path).status_code for path in posts] == [403] * len(posts)


def test_what_is_not_there_is_not_found(officer: Client) -> None:
    paths = (
        "/ban/tong-hop/2025/9", "/ban/tong-hop/2025/x", "/ban/tong-hop/2025?so=1&voi=9", "/ban/dot/2031",
        "/ban/dot/2024?xem=chuoi", "/ban/diem-ban-dau/huyen-dakto", "/ban/tong-hop/2025/1/van-ban/bao-cao-nam",
        "/ban/ket-qua/2025?kh=khac", "/ban/tong-hop/2025/1/tat-ca", "/ban/ho-so/tai?ky=2025&nhiem_vu=V.1.2",
    )  # fmt: skip
    assert [officer.get(path).status_code for path in paths] == [404] * len(paths)
    assert officer.get("/ban/ket-qua/2031").status_code == 400


# Rounds


def test_a_round_names_who_is_missing_as_known_at_the_end_of_a_day(officer: Client, scores: Scores) -> None:
    assert "HTX Đoàn Kết, HTX Dược liệu hữu cơ Tu Mơ Rông" in row_with(officer.get("/ban/dot/2025"), "R.htx")
    before = row_with(officer.get("/ban/dot/2025?ngay=14/12/2025"), "R.htx")
    assert "0/5" in before
    assert "HTX Rạng Đông" in before


def test_a_day_that_is_none_is_said_and_today_shown(officer: Client) -> None:
    answer = officer.get("/ban/dot/2025?ngay=31/02/2025")
    assert answer.status_code == 400
    assert "Ngày xem" in words_of(answer)


def test_the_chain_says_who_blocks_the_final_report_first(officer: Client) -> None:
    said = words_of(officer.get("/ban/dot/2025?xem=chuoi"))
    assert "Chặn báo cáo tổng kết trước hết: HTX Đoàn Kết" in said or (
        "Chặn báo cáo tổng kết trước hết: HTX Dược liệu hữu cơ Tu Mơ Rông" in said
    )
    assert "U.1 Ủy ban nhân dân tỉnh ký báo cáo tổng kết Đề án" in said
    assert "M.1" in said


def test_opening_early_needs_a_reason_and_is_recorded_with_the_gap(officer: Client, scores: Scores) -> None:
    key = f"{CODE}/V.1.2/skhdt/2025"
    refused = officer.post("/ban/dot/2025/mo", {"kh": CODE, "viec": key, "ly_do": ""})
    assert refused.status_code == 400
    assert "một câu nêu lý do" in words_of(refused)
    done = officer.post("/ban/dot/2025/mo", {"kh": CODE, "viec": key, "ly_do": "UBND tỉnh yêu cầu"})
    assert done.headers["location"] == f"/ban/dot/2025?kh={CODE}&xem=chuoi&xong=mo-som"
    with scores.machine.database.reading() as session:
        changes, events = table("occurrence_change"), table("audit_event")
        note = session.execute(select(changes.c.note).where(changes.c.act == "open-early")).scalar_one()
        acts = session.execute(select(events.c.subject).where(events.c.act == "duty.open-early")).scalars().all()
    assert note.startswith("UBND tỉnh yêu cầu; còn thiếu: ")
    assert acts == [key]
    assert "mở theo quyết định" in row_with(officer.get("/ban/dot/2025?xem=chuoi"), "V.1.2")
    again = officer.post("/ban/dot/2025/mo", {"kh": CODE, "viec": key, "ly_do": "lần nữa"})
    assert again.status_code == 409


def test_the_aim_is_read_from_the_scores(officer: Client) -> None:
    page = officer.get("/ban/dot/2025?xem=ket-luan")
    assert "03/05 hợp tác xã đạt" in words_of(page)
    assert row_with(page, "HTX Rạng Đông") == "HTX Rạng Đông ✓ Đạt"
    assert row_with(page, "HTX Đoàn Kết") == "HTX Đoàn Kết ? Chưa đủ căn cứ"
    assert "V.7.5b" in words_of(page)


# Results


def test_a_result_stands_under_the_level_that_decides_with_the_others_beside(officer: Client) -> None:
    page = officer.get("/ban/ket-qua/2025")
    said = words_of(page)
    assert "Kết luận theo điểm tự chấm (mặc định, chưa có văn bản chọn cấp khác)." in said
    assert "Mục tiêu: 03/05 hợp tác xã đạt." in said
    row = row_with(page, "HTX Rạng Đông")
    assert "79 86 85 84,5 (Chưa đạt) +7 Tốt ✓ Đạt Đạt vì tổng điểm 86" in row
    assert "/phieu/kontum-3819/htx-rangdong/2025/final/so-sanh" in page.text


def test_what_is_missing_is_a_word_and_never_a_zero(officer: Client) -> None:
    row = row_with(officer.get("/ban/ket-qua/2025"), "HTX Dược liệu")
    assert "chưa có chưa nộp chưa gửi chưa gửi – Chưa xếp loại ? Chưa đủ căn cứ" in row
    assert not re.search(r"\b0\b", row)


def test_an_unchecked_score_and_an_estimate_say_so(officer: Client, scores: Scores) -> None:
    estimate = Scores(scores.machine, stage="estimate")
    estimate.open(HTX_TUMORONG)
    estimate.save(HTX_TUMORONG, points=typed("A", "self"), facts=FACTS)
    for role in ("chu-tich-hdqt", "truong-bks"):
        estimate.sign(HTX_TUMORONG, role)
    estimate.submit(HTX_TUMORONG)
    row = row_with(officer.get("/ban/ket-qua/2025"), "HTX Dược liệu")
    assert "số liệu ước thực hiện" in row
    assert "chưa được cấp trên kiểm tra" in row


def test_the_years_stand_beside_each_other(officer: Client, scores: Scores) -> None:
    before = Scores(scores.machine, "2024")
    before.open("A")
    before.save("A", points={**typed("A", "self"), "5": "6,5"}, facts=FACTS)
    before.submit("A")
    page = officer.get("/ban/ket-qua/2025")
    assert "Năm 2024" in words_of(page)
    assert "76,5 81,5 82" in row_with(page, "HTX rau")
    assert "chưa có" in row_with(page, "HTX Sáu Nhung")


def test_a_card_that_came_too_late_is_listed_and_changes_nothing(officer: Client, scores: Scores) -> None:
    scores.open(HTX_TUMORONG)
    scores.save(HTX_TUMORONG, points=typed("A", "self"), facts=FACTS)
    scores.submit(HTX_TUMORONG)
    for level, points in (("province", {}), ("district", {"9": "2"})):
        scores.open(HTX_TUMORONG, level)
        scores.save(HTX_TUMORONG, level, points, reasons=dict.fromkeys(points, "đối chiếu sổ sách"))
        scores.submit(HTX_TUMORONG, level)
    page = officer.get("/ban/ket-qua/2025")
    assert "Phiếu gửi sau khi cấp trên chấm xong" in words_of(page)
    assert rows_of(page)[-1] == "HTX Dược liệu hữu cơ Tu Mơ Rông điểm huyện kiểm tra 1 80,5 22/12/2025"
    assert "chưa gửi 82" in row_with(page, "HTX Dược liệu")


def test_the_trial_score_shows_what_is_missing_and_where_it_can_be_gained(officer: Client, scores: Scores) -> None:
    scores.machine.at(date(2025, 6, 30))
    trial = Scores(scores.machine, stage="trial")
    trial.open("C")
    trial.save("C", points={**typed("C", "self"), "5": "6", "9": "2", "11": "5"}, facts=FACTS)
    trial.submit("C")
    said = words_of(officer.get("/ban/ket-qua/2025?xem=cham-thu"))
    assert "Tổng điểm chấm thử: 77,75. Còn thiếu 2,25 điểm; tiêu chí 5 thấp hơn ban đầu 1 điểm" in said
    assert "còn có thể tăng nhiều nhất ở tiêu chí 9 (đến 2 điểm)" in said


def test_charts_carry_their_numbers_and_a_table(officer: Client) -> None:
    page = officer.get("/ban/ket-qua/2025?xem=bieu-do")
    titles = re.findall(r"<figcaption>(.*?)</figcaption>", page.text)
    assert titles[0] == "Tổng điểm của từng hợp tác xã so với điểm ban đầu"
    assert "Điểm từng tiêu chí của HTX Rạng Đông" in titles
    assert "HTX Rạng Đông 79 86" in rows_of(page)


def test_the_workbook_of_the_results_says_the_same(officer: Client) -> None:
    book = load_workbook(io.BytesIO(officer.get("/ban/ket-qua/2025?tep=xlsx").content))
    found = [row for row in book["Kết quả HTX"].iter_rows(values_only=True) if row[1] and "Rạng Đông" in str(row[1])]
    assert [float(found[0][place]) for place in (3, 4, 5, 6)] == [79, 86, 85, 84.5]


# Consolidations and their documents


def test_making_one_again_of_the_same_figures_keeps_the_last(officer: Client, scores: Scores) -> None:
    same = officer.post("/ban/tong-hop/2025", {"kh": CODE})
    assert same.headers["location"] == f"/ban/tong-hop/2025/2?kh={CODE}&xong=tong-hop-cu"
    scores.baseline("htx-doanket", {"1": "5", "2": "4"}, {1})
    new = officer.post("/ban/tong-hop/2025", {"kh": CODE})
    assert new.headers["location"] == f"/ban/tong-hop/2025/3?kh={CODE}&xong=tong-hop"


def test_a_consolidation_says_when_its_figures_were_closed(officer: Client) -> None:
    said = words_of(officer.get("/ban/tong-hop/2025/2"))
    assert "Số liệu chốt lúc 07 giờ 30 ngày 22/12/2025, bản tổng hợp số 02." in said
    assert "Mục tiêu: 03/05 hợp tác xã đạt." in said


def test_two_consolidations_are_compared_in_words(officer: Client) -> None:
    page = officer.get("/ban/tong-hop/2025?so=1&voi=2")
    said = [row for row in rows_of(page) if row.startswith("Kết quả hợp tác xã")]
    assert "Kết quả hợp tác xã HTX Đoàn Kết điểm ban đầu, tiêu chí 1 không có 5" in said
    assert not re.search(r"levels|start|years|differences|to_improve", words_of(page))


@pytest.mark.parametrize("place", ["bao-cao-tong-ket", "to-trinh", "bang-tinh", f"thong-bao/{B}"])
def test_a_document_is_made_once_and_given_again_byte_for_byte(
    officer: Client, scores: Scores, runtime: Runtime, place: str
) -> None:
    address, make = f"/ban/tong-hop/2025/2/van-ban/{place}", "/ban/tong-hop/2025/2/van-ban"
    assert officer.get(address).status_code == 404
    done = officer.post(make, {"kh": CODE, "loai": place})
    assert done.headers["location"] == f"/ban/tong-hop/2025/2?kh={CODE}&xong=van-ban-tao"
    first = officer.get(address)
    assert (first.status_code, officer.written) == (200, [])
    scores.machine.at(date(2026, 1, 20))
    scores.baseline("htx-doanket", {"1": "6"}, {1})
    later = visit(runtime, contact_of(scores.machine, "skhdt"))
    assert later.post(make, {"kh": CODE, "loai": place}).status_code == 303
    again = later.get(address)
    assert again.content == first.content
    assert again.headers["content-disposition"] == first.headers["content-disposition"]


def test_all_documents_come_in_one_archive(officer: Client) -> None:
    officer.post("/ban/tong-hop/2025/2/van-ban", {"kh": CODE, "loai": "tat-ca"})
    answer = officer.get("/ban/tong-hop/2025/2/tat-ca")
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert (answer.status_code, len(names), len(set(names))) == (200, 18, 18)
    assert f"thong-bao_{CODE}_{B}_2025_so-02.docx" in names
    assert "Tạo văn bản" not in words_of(officer.get("/ban/tong-hop/2025/2"))


def test_a_kind_that_does_not_exist_is_not_made(officer: Client) -> None:
    made = [
        officer.post("/ban/tong-hop/2025/2/van-ban", {"kh": CODE, "loai": kind}).status_code
        for kind in ("x", "thong-bao")
    ]
    assert made == [404, 404]


def test_who_only_reads_the_plan_makes_nothing(scores: Scores, runtime: Runtime) -> None:
    reader = visit(runtime, contact_of(scores.machine, "ubnd-tinh"))
    assert reader.get("/ban/tong-hop/2025/2").status_code == 200
    assert "Tạo văn bản" not in words_of(reader.get("/ban/tong-hop/2025/2"))
    posts = [("/ban/tong-hop/2025", {}), ("/ban/tong-hop/2025/2/van-ban", {"loai": "to-trinh"})]
    assert [reader.post(path, {"kh": CODE, **fields}).status_code for path, fields in posts] == [403, 403]
    with runtime.reading() as session:
        assert session.execute(select(func.count()).select_from(table("attachment"))).scalar_one() == 0


# Starts


def filled(officer: Client, fill: Callable[[Any], None]) -> bytes:
    """The sheet of the page after somebody filled it in."""
    book = load_workbook(io.BytesIO(officer.get("/ban/diem-ban-dau?tep=xlsx").content))
    fill(book[baselines.PAGE])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def set_cells(unit: str, **values: Any) -> Callable[[Any], None]:
    """Fill the points (`p3`) and marks (`x3`) of a cooperative."""

    def fill(page: Any) -> None:
        for row in page.iter_rows(min_row=5):
            if row[0].value == unit and f"p{row[2].value}" in values:
                row[4].value = values[f"p{row[2].value}"]
            if row[0].value == unit and f"x{row[2].value}" in values:
                row[5].value = values[f"x{row[2].value}"]

    return fill


def upload(officer: Client, body: bytes) -> Any:
    return officer.post("/ban/diem-ban-dau", {"kh": CODE}, files=[("tep", ("diem.xlsx", body))])


def test_the_table_shows_missing_as_missing_and_what_is_to_be_completed(officer: Client) -> None:
    page = officer.get("/ban/diem-ban-dau")
    assert "4,5 ● cần hoàn thiện" in row_with(page, "HTX Rạng Đông")
    assert row_with(page, "HTX Dược liệu").count("thiếu") == 16
    assert "thiếu 14/15" in row_with(page, "HTX Đoàn Kết")


def test_a_sheet_that_was_not_touched_changes_nothing(officer: Client) -> None:
    answer = upload(officer, officer.get("/ban/diem-ban-dau?tep=xlsx").content)
    assert "Tệp giống hệt số liệu đang có" in words_of(answer)


def test_a_filled_sheet_shows_what_changes_and_is_then_written_whole(officer: Client, scores: Scores) -> None:
    shown = upload(officer, filled(officer, set_cells(HTX_TUMORONG, p1=5.5, p3="8", x3="x")))
    assert (shown.status_code, officer.written) == (200, [])
    assert "Sẽ đổi 02 ô của 01 hợp tác xã" in words_of(shown)
    assert row_with(shown, "chưa có 5,5") == "HTX Dược liệu hữu cơ Tu Mơ Rông 1 chưa có 5,5"
    assert "8, cần hoàn thiện" in words_of(shown)
    fields = {
        "kh": CODE,
        "so_lieu": Page(shown).hidden["so_lieu"],
        "so_van_ban": "3819/KH-UBND",
        "ngay_van_ban": "23/10/2024",
    }
    done = officer.post("/ban/diem-ban-dau/ghi", fields)
    assert done.headers["location"] == f"/ban/diem-ban-dau?kh={CODE}&xong=diem-ban-dau"
    row = row_with(officer.get("/ban/diem-ban-dau"), "HTX Dược liệu")
    assert "5,5" in row
    assert "8 ●" in row
    assert "Kế hoạch số 3819/KH-UBND ngày 23/10/2024" in row
    assert "Tệp giống hệt" in words_of(upload(officer, officer.get("/ban/diem-ban-dau?tep=xlsx").content))


def test_every_wrong_cell_is_named_at_once_and_nothing_is_written(officer: Client, scores: Scores) -> None:
    def spoil(page: Any) -> None:
        set_cells(HTX_TUMORONG, p1=9, p2="năm", x4="?")(page)
        for row in page.iter_rows(min_row=5):
            if row[0].value == B and row[2].value == 15:
                row[2].value = 16

    answer = upload(officer, filled(officer, spoil))
    said = words_of(answer)
    assert answer.status_code == 400
    assert "Tệp Excel có 04 ô cần sửa, chưa ô nào được ghi vào hệ thống:" in said
    assert "“năm” không phải là điểm" in said
    assert "“16” không phải là tiêu chí của TT 01/2020" in said
    assert "tối đa 7" in said
    assert row_with(officer.get("/ban/diem-ban-dau"), "HTX Dược liệu").count("thiếu") == 16


def test_values_that_the_page_did_not_carry_are_refused(officer: Client) -> None:
    for carried in (
        "{",
        "[1]",
        '{"htx-rangdong":[{"99":100},[]]}',
        '{"htx-rangdong":[{"1":-5},[]]}',
        '{"stc":[{"1":5},[]]}',
    ):
        answer = officer.post("/ban/diem-ban-dau/ghi", {"kh": CODE, "so_lieu": carried})
        assert answer.status_code in (400, 404), carried


def one_form(officer: Client, **changes: str) -> dict[str, str]:
    """The form of B as a browser would send it, with changes."""
    page = Page(officer.get(f"/ban/diem-ban-dau/{B}"))
    inputs = [each for each in page.all("input") if each.get("name", "").startswith(("tc_", "can_", "truoc", "kh"))]
    fields = {
        each["name"]: each.get("value", "") for each in inputs if each.get("type") != "checkbox" or "checked" in each
    }
    return {**fields, **changes}


def test_one_cooperative_is_entered_on_its_form(officer: Client) -> None:
    done = officer.post(f"/ban/diem-ban-dau/{B}", one_form(officer, tc_1="6,25", can_1="1"))
    assert done.status_code == 303
    assert "6,25 ● cần hoàn thiện 5 ●" in row_with(officer.get("/ban/diem-ban-dau"), "HTX Rạng Đông")


def test_points_above_a_maximum_are_refused_and_what_was_typed_stays(officer: Client) -> None:
    answer = officer.post(f"/ban/diem-ban-dau/{B}", one_form(officer, tc_1="7,5", tc_2="2,222"))
    assert answer.status_code == 400
    said = words_of(answer)
    assert "tối đa 7" in said or "2,222" in answer.text
    assert 'value="7,5"' in answer.text


def test_a_form_opened_before_somebody_else_entered_is_refused(officer: Client, scores: Scores) -> None:
    fields = one_form(officer, tc_1="6,25")
    scores.baseline("B", {"1": "5,75"}, {1})
    answer = officer.post(f"/ban/diem-ban-dau/{B}", fields)
    assert answer.status_code == 409
    assert "Người khác vừa ghi điểm ban đầu" in words_of(answer)


# Dossiers


def give_file(scores: Scores, key: str, name: str) -> None:
    """A file of a piece of work, with its paper."""
    machine = scores.machine
    row = machine.row(key)
    with machine.transaction("files") as session:
        number = documents.get_or_add(
            session, DocumentRef("15/BC-HTX", date(2025, 12, 14), "htx-rangdong", "Báo cáo năm")
        )
        files.add_blob(session, name, "application/pdf", b"%PDF-1.4", machine.now, scan="clean", note="", signature="")
        files.add(
            session, sha256=name, name=name, subject_kind="occurrence", subject_id=row.id, field="",
            agency_id=row.standing.holder, document_id=number, at=machine.now, by_code="system",
        )  # fmt: skip


def test_a_dossier_is_listed_and_fetched(officer: Client, scores: Scores) -> None:
    give_file(scores, f"{CODE}/R.htx/{B}/2025", "bao-cao.pdf")
    page = officer.get("/ban/ho-so?nam=2025")
    assert "R.htx" in row_with(page, "14/12/2025")
    answer = officer.get(f"/ban/ho-so/tai?kh={CODE}&ky=2025&nhiem_vu=R.htx&co_quan={B}")
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert (answer.status_code, officer.written) == (200, [])
    assert sorted(names)[:2] == ["00 Mục lục văn bản.docx", "00 Mục lục văn bản.xlsx"]
    assert any(name.endswith("bao-cao.pdf") for name in names)
    work = scores.machine.row(f"{CODE}/R.htx/{B}/2025").id
    assert "/ban/ho-so/tai?kh=kontum-3819&amp;nhiem_vu=R.htx" in officer.get(f"/viec/{work}").text


def test_the_handover_list_leaves_retention_open(officer: Client, scores: Scores) -> None:
    give_file(scores, f"{CODE}/R.htx/{B}/2025", "bao-cao.pdf")
    book = load_workbook(io.BytesIO(officer.get("/ban/ho-so/muc-luc?tep=xlsx").content))
    rows = [row for row in book["Mục lục hồ sơ"].iter_rows(values_only=True) if row[0] == 1]
    assert len(rows) == 1
    assert str(rows[0][2]).startswith("Hồ sơ bảng tự chấm điểm")
    assert (rows[0][3], rows[0][4], rows[0][6]) == ("14/12/2025", 1, None)
    assert officer.get("/ban/ho-so/muc-luc?tep=docx").content[:2] == b"PK"


# Lists that are too long for one file


def test_an_excel_list_that_is_cut_says_so(officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_room, "MOST_LINES", 10)
    monkeypatch.setattr(desk_routes, "MOST_LINES", 10)
    book = load_workbook(io.BytesIO(officer.get("/ban/viec?tinh_trang=tat-ca&nam=2025&tep=xlsx").content))
    texts = [str(cell.value) for row in book["Danh sách"].iter_rows(max_row=3) for cell in row if cell.value]
    assert any(text.startswith("Tệp có 10 dòng đầu trên ") for text in texts)


def test_a_list_that_fits_says_nothing_of_it(officer: Client) -> None:
    book = load_workbook(io.BytesIO(officer.get("/ban/viec?tinh_trang=tat-ca&nam=2025&tep=xlsx").content))
    assert not any("dòng đầu" in str(cell.value) for row in book["Danh sách"].iter_rows(max_row=3) for cell in row)


def test_the_rubric_of_the_samples_is_that_of_the_plan(kontum: Plan) -> None:
    assert kontum.scoring is not None
    assert kontum.scoring.rubric == TT01.code
