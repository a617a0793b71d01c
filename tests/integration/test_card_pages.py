"""Score cards over HTTP: filled on a page, signed, sent, checked on three levels, compared, seen by few."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import httpx
import pytest
from docx import Document
from sqlalchemy import select

from htx_workflow.domain.plan import Plan
from htx_workflow.domain.standing import DONE, OPEN, SUBMITTED
from htx_workflow.runtime import Runtime
from htx_workflow.services import files
from htx_workflow.settings import load_settings
from htx_workflow.store import report_rows
from htx_workflow.store.tables import table
from tests.file_samples import a_picture
from tests.machine import Machine, MachineClock
from tests.portal import Client, Page, browser, visit, words_of
from tests.scores import TT01
from tests.scoring import CODE, FACTS, REASON, Scores, changed, typed

ROOT = f"/phieu/{CODE}/htx-rangdong/2025/final"
SELF, DISTRICT, PROVINCE = (f"{ROOT}/{level}" for level in ("self", "district", "province"))
WORK = f"{CODE}/R.htx/htx-rangdong/2025"
DAY = date(2025, 12, 15)
FIELDS = {**FACTS, "capital": "2.500"}
"""As they are typed: capital in millions."""


@pytest.fixture
def machine(sqlite_machine: Machine, kontum: Plan) -> Machine:
    sqlite_machine.load(kontum, on=date(2024, 10, 23))
    return sqlite_machine.at(DAY)


@pytest.fixture
def runtime(machine: Machine) -> Runtime:
    return Runtime(load_settings(), MachineClock(machine), machine.database)


@pytest.fixture
def scores(machine: Machine) -> Scores:
    return Scores(machine)


@pytest.fixture
def htx(runtime: Runtime) -> Client:
    """The cooperative, come in by the link of a mail."""
    return visit(runtime, "rangdong-ke-toan", "link")


@pytest.fixture
def district(runtime: Runtime) -> Client:
    return visit(runtime, "dakto-tckh")


@pytest.fixture
def lead(runtime: Runtime) -> Client:
    return visit(runtime, "skhdt-dau-moi")


def fields(level: str = "self", **changes: str) -> dict[str, str]:
    """Sample B as it is typed into the page of a level; `d_1a="5"` changes a place."""
    found = {f"d-{key}": text for key, text in typed("B", level).items()}
    if level == "self":
        found |= {f"t-{name}": text for name, text in FIELDS.items()}
    return found | {name.replace("_", "-", 1): text for name, text in changes.items()}


def version(page: httpx.Response) -> str:
    return Page(page).hidden["phien_ban"]


def save(who: Client, path: str, data: Mapping[str, str], files: Any = None, **more: str) -> httpx.Response:
    """Press “Lưu nháp” on the page as it stands now."""
    return who.post(f"{path}/luu", {"phien_ban": version(who.get(path)), **data, **more}, files)


def opened(who: Client, path: str) -> httpx.Response:
    assert who.post(f"{path}/mo").status_code == 303
    return who.get(path)


def values(page: httpx.Response) -> dict[str, str]:
    return {each["name"]: each.get("value", "") for each in Page(page).all("input") if "name" in each}


def photos(*names: str) -> list[tuple[str, tuple[str, bytes, str]]]:
    return [("tep", (name, a_picture(600 + place, 400), "image/jpeg")) for place, name in enumerate(names)]


def sign_both(who: Client) -> httpx.Response:
    data = {
        "ten-chu-tich-hdqt": "Nguyễn Văn Mẫu", "ngay-chu-tich-hdqt": "14/12/2025", "ten-truong-bks": "Y Mẫu",
        "ngay-truong-bks": "14/12/2025",
    }  # fmt: skip
    return who.post(f"{SELF}/ky", data, photos("mot.jpg", "hai.jpg"))


def report_sent(machine: Machine) -> None:
    """The activity report of the cooperative, as if it had been filled and sent."""
    with machine.transaction() as session:
        work = machine.row(WORK)
        reports = table("report")
        definitions = table("definition")
        session.execute(
            definitions.insert().values(
                kind="form", code="F-B", version="1", sha256="x", body="{}", added_at=machine.now
            )
        )
        number = session.execute(select(definitions.c.id).where(definitions.c.sha256 == "x")).scalar_one()
        plan = session.execute(select(table("plan").c.id)).scalar_one()
        session.execute(
            reports.insert().values(
                key=f"{CODE}/htx-rangdong/F-B/2025", plan_id=plan, agency_id=work.standing.holder, form_code="F-B",
                period="2025", definition_id=number, draft="{}", draft_version=1, draft_by="", sent_no=1,
            )
        )  # fmt: skip
        found = report_rows.find_sent(session, f"{CODE}/htx-rangdong/F-B/2025")
        assert found is not None
        report_rows.link(session, found.id, work.id)


def self_scored(htx: Client) -> None:
    """Scored, signed and sent by the cooperative."""
    opened(htx, SELF)
    assert save(htx, SELF, fields()).status_code == 303
    assert sign_both(htx).status_code == 303
    assert htx.post(f"{SELF}/gui").status_code == 303


def checked(who: Client, level: str) -> None:
    path = f"{ROOT}/{level}"
    opened(who, path)
    assert save(who, path, fields(level), **{f"l-{key}": REASON for key in reasons(level)}).status_code == 303
    assert who.post(f"{path}/gui").status_code == 303


def reasons(level: str) -> list[str]:
    """Criteria at which a reason is given: the page has a box for each."""
    return sorted({key.rstrip("abc") for key in changed("B", level)})


# The list


def test_the_list_says_for_each_level_where_it_stands_and_what_waits_for_the_visitor(
    htx: Client, district: Client, lead: Client, scores: Scores
) -> None:
    found = words_of(htx.get("/phieu"))
    assert "HTX Rạng Đông 2025 chưa chấm chưa chấm chưa chấm hợp tác xã tự chấm" in found
    assert "Sáu Nhung" not in found
    scores.self_score("B")
    assert "đã nộp, chờ kiểm tra 86 Tốt" in words_of(htx.get("/phieu"))
    links = {each.get("href", "") for each in Page(district.get("/phieu")).all("a") if each.get("class") == "strong"}
    assert DISTRICT in links
    assert lead.get("/phieu").text.count('<th scope="row">HTX') == 4 * 3 + 3


def test_who_may_see_no_card_has_no_such_room_and_finds_nothing_there(runtime: Runtime) -> None:
    sector = visit(runtime, "stc-dau-moi")
    assert 'href="/phieu"' not in sector.get("/viec").text
    assert "Không có phiếu chấm điểm nào" in words_of(sector.get("/phieu"))
    assert sector.get(SELF).status_code == 404
    assert browser(runtime).get("/phieu").status_code == 303


def test_the_card_of_another_agency_is_not_found(runtime: Runtime, scores: Scores) -> None:
    scores.self_score("B")
    other = visit(runtime, "konplong-tckh")
    for path in (SELF, DISTRICT, f"{ROOT}/so-sanh", f"{SELF}/in", f"{SELF}/word", f"{DISTRICT}/bien-ban"):
        assert other.get(path).status_code == 404
    assert other.post(f"{SELF}/tra-lai", {"loai": "bo-sung", "ly_do": "xem"}).status_code == 404


@pytest.mark.parametrize(
    "path", [f"/phieu/{CODE}/htx-rangdong/25/final/self", f"/phieu/{CODE}/htx-rangdong/2025/x/self"]
)
def test_an_address_that_no_card_has_is_not_found(htx: Client, path: str) -> None:
    assert htx.get(path).status_code == 404


# Filling


def test_a_page_writes_nothing_and_asks_little(htx: Client, district: Client, scores: Scores) -> None:
    scores.whole("B")
    for who, path in (
        (htx, "/phieu"), (htx, SELF), (district, DISTRICT), (district, f"{ROOT}/so-sanh"), (htx, f"{SELF}/in"),
    ):  # fmt: skip
        assert who.get(path).status_code == 200
        assert (who.written, who.queries <= 12) == ([], True), (path, who.queries, who.statements)


def test_points_typed_are_kept_added_up_and_stand_there_again(htx: Client) -> None:
    opened(htx, SELF)
    assert save(htx, SELF, fields()).headers["location"] == f"{SELF}?xong=luu-diem#diem"
    page = htx.get(SELF)
    shown = values(page)
    assert {name: shown[name] for name in ("d-1a", "d-4a", "d-15", "t-capital")} == {
        "d-1a": "5,5", "d-4a": "2", "d-15": "2", "t-capital": "2.500",
    }  # fmt: skip
    assert "Nhóm III 31,5" in words_of(page)
    assert "Tổng điểm 86 (tạm tính)" in words_of(page)


REFUSED = [
    ({"d_10": "6", "d_11": "7", "d_12": "6", "d_13": "6", "d_14": "8", "d_15": "7,5"}, "nhom-III",
     "Nhóm III cộng được 40,5 điểm, vượt mức 40."),
    ({"d_1a": "5", "d_1b": "1,5"}, "d-1b", "Tiêu chí 1, điểm b): 1,5 lớn hơn mức tối đa 1."),
    ({"d_1": "6", "d_1a": "5", "d_1b": "0,5"}, "d-1",
     "Tiêu chí 1: các điểm thành phần cộng được 5,5, khác 6."),
    ({"d_5": "3,555"}, "d-5", "Tiêu chí 5: "), ({"d_5": "-1"}, "d-5", "Tiêu chí 5: "),
    ({"d_5": "1e1"}, "d-5", "Tiêu chí 5: "), ({"d_5": "NaN"}, "d-5", "Tiêu chí 5: "),
    ({"d_5": "٣"}, "d-5", "Tiêu chí 5: "),
]  # fmt: skip


@pytest.mark.parametrize(("typed_", "place", "said"), REFUSED)
def test_what_cannot_be_kept_is_refused_at_its_field_and_the_rest_is_saved(
    htx: Client, typed_: dict[str, str], place: str, said: str
) -> None:
    opened(htx, SELF)
    answer = save(htx, SELF, fields(**typed_))
    assert answer.status_code == 400
    assert said in words_of(answer)
    assert f'href="#{place}"' in answer.text
    assert re.search(rf'id="{place}-loi"', answer.text)
    name, text = next((name.replace("_", "-", 1), text) for name, text in typed_.items())
    assert values(answer)[name] == text
    kept = values(htx.get(SELF))
    assert (kept["d-6"], kept["t-members"]) == ("5,5", "60")
    assert kept[name] != text or place == "d-1b"


@pytest.mark.parametrize("text", ["3,5", "3.5"])
def test_a_comma_and_a_dot_say_the_same(htx: Client, text: str) -> None:
    opened(htx, SELF)
    assert save(htx, SELF, fields(d_9=text)).status_code == 303
    assert values(htx.get(SELF))["d-9"] == "3,5"


def test_a_fact_that_cannot_be_is_refused_at_its_field_and_the_others_are_kept(htx: Client) -> None:
    opened(htx, SELF)
    answer = save(htx, SELF, fields(t_months_idle="13", t_capital="hai tỷ"))
    assert (answer.status_code, answer.text.count('class="field wrong"')) == (400, 2)
    assert values(answer)["t-capital"] == "hai tỷ"
    assert values(htx.get(SELF))["t-months_operating"] == "60"


def test_the_second_of_two_tabs_is_told_and_what_was_typed_there_is_still_shown(htx: Client) -> None:
    stale = version(opened(htx, SELF))
    assert save(htx, SELF, fields(d_9="3")).status_code == 303
    late = htx.post(f"{SELF}/luu", {**fields(d_9="2"), "phien_ban": stale})
    assert late.status_code == 409
    assert "vừa được lưu ở một trang khác" in words_of(late)
    assert (values(late)["d-9"], "đang lưu: 3" in words_of(late)) == ("2", True)
    assert values(htx.get(SELF))["d-9"] == "3"


def test_photographs_of_a_criterion_become_one_paper_which_the_district_may_open(
    htx: Client, district: Client, runtime: Runtime
) -> None:
    opened(htx, SELF)
    sent = [("tep-9", (f"{n}.jpg", a_picture(600 + n, 400), "image/jpeg")) for n in (1, 2)]
    answer = save(htx, SELF, {**fields(), "m-9": "Giấy chứng nhận VietGAP"}, sent)
    assert answer.status_code == 303
    page = htx.get(SELF)
    (link,) = re.findall(r'href="(/tep/\d+)"', page.text)
    assert "Căn cứ, minh chứng (đã có, 01 tệp)" in words_of(page)
    assert district.get(link).headers["content-type"] == "application/pdf"
    assert visit(runtime, "konplong-tckh").get(link).status_code == 404
    assert visit(runtime, "thanhnien-ke-toan", "link").get(link).status_code == 404
    taken = save(htx, SELF, {**fields(), "bo": link.rpartition("/")[2]})
    assert (taken.status_code, link in htx.get(SELF).text) == (303, False)


def test_a_file_that_is_not_taken_is_named_at_its_criterion_and_the_points_are_saved(htx: Client) -> None:
    opened(htx, SELF)
    answer = save(htx, SELF, fields(), [("tep-9", ("chạy.exe", b"MZ", "application/octet-stream"))])
    assert (answer.status_code, 'href="#tep-9"' in answer.text) == (400, True)
    assert values(htx.get(SELF))["d-9"] == "3,5"


# Signed and sent


def test_signatures_are_kept_with_their_photograph_and_fall_when_points_change(htx: Client) -> None:
    opened(htx, SELF)
    save(htx, SELF, fields())
    assert sign_both(htx).status_code == 303
    page = htx.get(SELF)
    assert "Chủ tịch Hội đồng quản trị: Nguyễn Văn Mẫu , ngày 14/12/2025, ký trên giấy" in words_of(page)
    assert "Không thiếu gì." in words_of(page)
    assert save(htx, SELF, fields(d_9="3")).headers["location"].startswith(f"{SELF}?xong=luu-ky-lai")
    assert "thiếu ý kiến của Hội đồng quản trị và Ban kiểm soát" in words_of(htx.get(SELF))


def test_a_signature_on_paper_needs_its_photograph(htx: Client) -> None:
    opened(htx, SELF)
    save(htx, SELF, fields())
    data = {"ten-chu-tich-hdqt": "Nguyễn Văn Mẫu", "ngay-chu-tich-hdqt": "14/12/2025"}
    answer = htx.post(f"{SELF}/ky", data)
    assert (answer.status_code, "Chưa có ảnh bản đã ký" in words_of(answer)) == (400, True)
    assert values(answer)["ten-chu-tich-hdqt"] == "Nguyễn Văn Mẫu"


def test_one_person_gives_one_of_the_two_opinions_on_the_portal(htx: Client) -> None:
    opened(htx, SELF)
    save(htx, SELF, fields())
    assert htx.post(f"{SELF}/ky-dien-tu", {"vai_tro": "chu-tich-hdqt"}).status_code == 303
    second = htx.post(f"{SELF}/ky-dien-tu", {"vai_tro": "truong-bks"})
    assert "Ý kiến thứ hai do người khác cho" in words_of(second)


def test_a_card_without_a_signature_is_sent_only_when_it_is_to_follow(htx: Client, machine: Machine) -> None:
    report_sent(machine)
    opened(htx, SELF)
    save(htx, SELF, fields())
    answer = htx.post(f"{SELF}/gui")
    assert answer.status_code == 400
    assert "Bảng tự chấm điểm thiếu ý kiến của Hội đồng quản trị và Ban kiểm soát" in words_of(answer)
    assert htx.post(f"{SELF}/gui", {"cach": "so-lieu"}).status_code == 303
    assert machine.row(WORK).standing.state == SUBMITTED
    assert "Còn thiếu chữ ký" in words_of(htx.get(SELF))
    assert sign_both(htx).status_code == 303
    assert "Tổng điểm 86 Tốt" in words_of(htx.get(SELF))
    assert paper_due(machine) is None


def paper_due(machine: Machine) -> date | None:
    rows = table("occurrence")
    with machine.database.reading() as session:
        found: date | None = session.execute(select(rows.c.paper_due_on).where(rows.c.key == WORK)).scalar_one()
        return found


def test_a_paper_of_another_year_is_refused(htx: Client) -> None:
    opened(htx, SELF)
    save(htx, SELF, fields())
    answer = htx.post(f"{SELF}/gui", {"nam": "2024"})
    assert answer.status_code == 400
    assert "Bảng chấm điểm của năm 2024, kỳ đánh giá là năm 2025" in words_of(answer)


def test_a_year_that_the_plan_does_not_score_is_refused_with_its_years(htx: Client) -> None:
    answer = htx.get(f"/phieu/{CODE}/htx-rangdong/2031/final/self")
    assert "chấm điểm các năm 2024 đến 2025, không có năm 2031" in words_of(answer)


def test_a_cooperative_that_stood_still_is_not_rated_and_needs_no_signature(htx: Client, machine: Machine) -> None:
    report_sent(machine)
    opened(htx, SELF)
    save(htx, SELF, {"t-governance": "day-du", "t-months_idle": "4", "t-months_operating": "60"})
    assert "Không đánh giá" in words_of(htx.get(SELF))
    assert htx.post(f"{SELF}/gui").status_code == 303


# The work


def test_the_work_is_sent_when_both_are_there_the_card_last(htx: Client, machine: Machine) -> None:
    report_sent(machine)
    self_scored(htx)
    assert machine.row(WORK).standing.state == SUBMITTED
    found = words_of(htx.get(SELF))
    assert "Tiêu chí 4 được 5/6 điểm gồm a) 2/2, b) 1,5/2, c) 1,5/2" in found
    assert "UBND huyện Đăk Tô phản hồi chậm nhất thứ Năm 18/12/2025. Hợp tác xã không phải làm gì thêm." in found
    steps = words_of(htx.get(f"/viec/{machine.row(WORK).id}"))
    assert (
        "Báo cáo tình hình hoạt động : ✓ đã nộp Bảng tự chấm điểm : ✓ đã nộp, chờ kiểm tra Hai chữ ký : ✓ đã đủ"
        in steps
    )


def test_a_card_sent_before_the_report_leaves_the_work_open(htx: Client, machine: Machine) -> None:
    self_scored(htx)
    assert machine.row(WORK).standing.state == OPEN
    assert "Còn báo cáo tình hình hoạt động" in words_of(htx.get(SELF))
    steps = words_of(htx.get(f"/viec/{machine.row(WORK).id}"))
    assert "Báo cáo tình hình hoạt động: ○ chưa mở" in steps


def test_a_card_taken_back_opens_the_work_and_the_next_revision_starts_from_it(htx: Client, machine: Machine) -> None:
    report_sent(machine)
    self_scored(htx)
    assert htx.post(f"{SELF}/rut-lai").status_code == 303
    assert machine.row(WORK).standing.state == OPEN
    opened(htx, SELF)
    assert values(htx.get(SELF))["d-9"] == "3,5"
    assert "lần 02" in words_of(htx.get(SELF))


# Checking


def test_three_levels_through_the_pages_end_in_what_was_worked_out_by_hand(
    htx: Client, district: Client, lead: Client, scores: Scores, machine: Machine
) -> None:
    scores.baseline("B")
    report_sent(machine)
    self_scored(htx)
    machine.at(date(2025, 12, 17))
    checked(district, "district")
    assert machine.row(WORK).standing.state == DONE
    checked(lead, "province")
    page = words_of(lead.get(f"{ROOT}/so-sanh"))
    assert "Kết luận theo điểm tự chấm (mặc định, chưa có văn bản chọn cấp khác)" in page
    assert "Đạt vì tổng điểm 86; cả 04 tiêu chí cần hoàn thiện không thấp hơn ban đầu." in page
    falls = "Chưa đạt vì tiêu chí 4 (thuộc nhóm cần hoàn thiện) được 4 điểm, thấp hơn điểm ban đầu 4,5;"
    assert f"{falls} tổng điểm 84,5 đã đạt mức từ 80 trở lên." in page
    assert "4. Trích lập các Quỹ của hợp tác xã cần hoàn thiện 6 4,5 5 4,5 (−0,5) 4 (−0,5)" in page
    assert f"Huyện : {REASON} Tỉnh : {REASON}" in page


def test_a_checking_page_starts_with_the_same_and_a_difference_asks_for_its_reason_at_its_field(
    htx: Client, district: Client
) -> None:
    self_scored(htx)
    page = opened(district, DISTRICT)
    assert {values(page)[name] for name in ("d-1a", "d-9", "d-15")} == {"="}
    assert "tự chấm: 3,5" in words_of(page)
    answer = save(district, DISTRICT, {"d-4a": "1,5", "d-6": "5", "l-6": "đối chiếu sổ"})
    assert answer.status_code == 400
    said = "Tiêu chí 4, điểm a): huyện chấm 1,5, tự chấm 2; chưa có lý do. Đề nghị ghi lý do chênh lệch."
    assert said in words_of(answer)
    assert ('href="#l-4"' in answer.text, 'id="l-4-loi"' in answer.text) == (True, True)
    assert values(answer)["d-4a"] == "1,5"
    kept = values(district.get(DISTRICT))
    assert (kept["d-4a"], kept["d-6"], kept["l-6"]) == ("=", "5", "đối chiếu sổ")


def test_checking_needs_a_code(htx: Client, runtime: Runtime) -> None:
    self_scored(htx)
    weak = visit(runtime, "dakto-tckh", "link")
    assert "Kiểm tra cần đăng nhập bằng mã" in words_of(weak.get(DISTRICT))
    assert weak.post(f"{DISTRICT}/mo").status_code == 403
    assert htx.post(f"{DISTRICT}/mo").status_code == 403


def test_a_card_given_back_tells_the_cooperative_and_what_comes_anew_is_followed(
    htx: Client, district: Client, machine: Machine
) -> None:
    report_sent(machine)
    self_scored(htx)
    opened(district, DISTRICT)
    save(district, DISTRICT, {"d-6": "5", "l-6": "đối chiếu sổ"})
    back = {"cap": "self", "loai": "bo-sung", "ly_do": "Bổ sung sổ quỹ", "ngay": "18/12/2025"}
    assert district.post(f"{DISTRICT}/tra-lai", {**back, "ly_do": ""}).status_code == 400
    assert district.post(f"{DISTRICT}/tra-lai", back).status_code == 303
    assert machine.row(WORK).standing.state == OPEN
    assert "Lý do chấm lại Bổ sung sổ quỹ" in words_of(htx.get(SELF))
    opened(htx, SELF)
    save(htx, SELF, fields(d_9="3"))
    sign_both(htx)
    htx.post(f"{SELF}/gui")
    assert "Điểm của cấp dưới đã thay đổi" in words_of(district.get(DISTRICT))
    opened(district, DISTRICT)
    kept = values(district.get(DISTRICT))
    assert (kept["d-9"], kept["d-6"]) == ("=", "5")
    rows = table("message")
    with machine.database.reading() as session:
        kinds = set(session.execute(select(rows.c.kind)).scalars())
    assert {"receipt", "returned"} <= kinds


def test_the_record_of_a_visit_goes_out_blank_and_comes_back_signed(htx: Client, district: Client) -> None:
    self_scored(htx)
    opened(district, DISTRICT)
    blank = district.get(f"{DISTRICT}/bien-ban")
    text = "\n".join(cell.text for table_ in Document(io.BytesIO(blank.content)).tables for cell in table_._cells)
    assert "ỦY BAN NHÂN DÂN" in text.upper()
    assert blank.headers["content-disposition"].startswith("attachment")
    data = {"so": "12/BB-TCKH", "ngay": "15/12/2025"}
    assert district.post(f"{DISTRICT}/bien-ban", data).status_code == 400
    assert district.post(f"{DISTRICT}/bien-ban", data, photos("a.jpg", "b.jpg")).status_code == 303
    assert "số 12/BB-TCKH ngày 15/12/2025" in words_of(district.get(DISTRICT))
    assert htx.post(f"{SELF}/bien-ban", data, photos("a.jpg")).status_code == 403


# Papers and versions


def test_the_self_score_is_printed_and_comes_as_word_ready_to_sign(htx: Client) -> None:
    opened(htx, SELF)
    save(htx, SELF, fields())
    printed = words_of(htx.get(f"{SELF}/in"))
    assert "Bảng tự chấm điểm, đánh giá hợp tác xã năm 2025" in printed
    assert "Chủ tịch Hội đồng quản trị" in printed
    word = Document(io.BytesIO(htx.get(f"{SELF}/word").content))
    cells = {cell.text for table_ in word.tables for row in table_.rows for cell in row.cells}
    assert {"5,5", "86", "CHỦ TỊCH HỘI ĐỒNG QUẢN TRỊ"} <= {text.strip() for text in cells} | {
        line.strip() for text in cells for line in text.splitlines()
    }


def test_every_version_is_listed_and_any_two_are_compared(htx: Client, scores: Scores, machine: Machine) -> None:
    Scores(machine, stage="estimate").self_score("B")
    scores.self_score("B")
    page = htx.get(f"{ROOT}/so-sanh")
    assert "Tự chấm, ước thực hiện, lần 01" in words_of(page)
    first, *_, last = (each["value"] for each in Page(page).all("input") if each.get("name") == "tu")
    assert "Hai phiếu giống nhau." in words_of(htx.get(f"{ROOT}/so-sanh?tu={first}&den={last}"))
    assert htx.get(f"{ROOT}/so-sanh?tu={first}&den=99").status_code == 404


def test_a_trial_score_shows_what_is_missing_criterion_by_criterion(htx: Client, machine: Machine) -> None:
    trial = Scores(machine, stage="trial")
    trial.baseline("B")
    trial.open("B")
    points = {**typed("B", "self"), "13": "4", "15": "0", "14": "0", "11": "1"}
    trial.save("B", points=points, facts=FACTS)
    trial.submit("B")
    page = words_of(htx.get(f"/phieu/{CODE}/htx-rangdong/2025/trial/so-sanh"))
    assert "Còn thiếu 7 điểm để đạt mức của Kế hoạch." in page
    assert "Tiêu chí 13 thấp hơn ban đầu 4 5" in page
    assert "Tiêu chí 5 8 7,5 0" in page


def test_the_points_of_an_earlier_year_stand_beside(htx: Client, machine: Machine) -> None:
    before = Scores(machine, period="2024")
    before.open("B")
    before.save("B", points=typed("B", "self"), facts=FACTS)
    before.submit("B")
    page = words_of(opened(htx, SELF))
    assert "năm 2024: 5,5" in page
    assert "năm 2024" in words_of(htx.get(f"{ROOT}/so-sanh"))


def test_files_of_a_card_are_listed_under_it(htx: Client, runtime: Runtime) -> None:
    opened(htx, SELF)
    save(htx, SELF, fields())
    sign_both(htx)
    with runtime.reading() as session:
        card = session.execute(select(table("scorecard").c.id)).scalar_one()
        (sheet,) = files.list_of(session, "scorecard", [card])[card]
        signed = set(session.execute(select(table("sign_off").c.attachment_id)).scalars())
    assert (sheet.field, signed, TT01.code) == ("ky", {sheet.id}, "tt-01-2020")
