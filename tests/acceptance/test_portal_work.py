"""A holder's pages over HTTP: my work, one piece of work, and every act on it, pressed once, twice and in two tabs."""

from __future__ import annotations

from datetime import date, time

import httpx
import pytest

from htx_workflow.domain.plan import Plan
from htx_workflow.runtime import Runtime
from htx_workflow.settings import load_settings
from htx_workflow.store import occurrences as store
from tests.file_samples import a_pdf
from tests.machine import Machine, MachineClock
from tests.portal import Client, Page, visit, words_of

CODE = "kontum-3819"
HTX = f"{CODE}/R.htx/htx-thanhnien/2024"
HUYEN = f"{CODE}/R.huyen/huyen-konplong/2024"
AGENCY = f"{CODE}/R.agency/huyen-konplong/2024"
DAY = date(2024, 12, 16)
MOST = 12
"""Statements of a page."""


@pytest.fixture
def portal(sqlite_machine: Machine, kontum: Plan) -> Runtime:
    """Plan 3819 on Monday 16/12/2024: the day for cooperatives passed yesterday, that of districts is on Wednesday."""
    sqlite_machine.load(kontum, on=date(2024, 10, 23))
    sqlite_machine.at(DAY)
    return Runtime(load_settings(), MachineClock(sqlite_machine), sqlite_machine.database)


def number(runtime: Runtime, key: str) -> int:
    with runtime.reading() as session:
        return store.get_rows(session, [key])[0].id


def district(runtime: Runtime, strength: str = "link") -> Client:
    return visit(runtime, "konplong-tckh", strength)


def acts_of(machine: Machine, key: str) -> list[str]:
    return [change.act for change in machine.history(key)]


PAPER = {"so": "45/BC-UBND", "ngay": "16/12/2024", "kenh": "qlvb"}


def headings(page: Page) -> list[str]:
    """The groups of a list, in order."""
    return [heading["id"] for heading in page.all("h2") if heading.get("id", "").startswith("nhom-")]


def get(browser: Client, path: str) -> Page:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text[:500]
    assert browser.queries <= MOST, "\n".join(browser.statements)
    assert browser.written == []
    return Page(answer)


# Seeing


def test_my_work_stands_under_its_headings(portal: Runtime) -> None:
    page = get(district(portal), "/viec")
    assert "Việc của cơ quan" in page.words
    assert headings(page) == ["nhom-expected", "nhom-standing", "nhom-closed"]


def test_what_cooperatives_sent_stands_on_top_for_their_district(portal: Runtime, sqlite_machine: Machine) -> None:
    sqlite_machine.submit(HTX)
    page = get(district(portal), "/viec")
    assert "Chờ cơ quan kiểm tra" in page.words
    assert {"href": f"/viec/{number(portal, HTX)}"} in page.all("a")


def test_a_list_is_searched_without_diacritics_and_by_group(portal: Runtime) -> None:
    browser = district(portal)
    found = get(browser, "/viec?tim=tong+hop+ket+qua+phan+loai")
    links = [link["href"] for link in found.all("a") if link["href"].startswith("/viec/")]
    assert f"/viec/{number(portal, HUYEN)}" in links
    assert len(links) < 5
    assert headings(get(browser, "/viec?nhom=expected")) == ["nhom-expected"]
    assert "Không có việc nào phù hợp." in get(browser, "/viec?tim=khong-co-gi-nhu-vay").words


def test_done_work_is_behind_a_link(portal: Runtime, sqlite_machine: Machine) -> None:
    sqlite_machine.finish(AGENCY)
    browser = district(portal)
    path = f"/viec/{number(portal, AGENCY)}"
    assert path not in [link["href"] for link in get(browser, "/viec").all("a")]
    assert path in [link["href"] for link in get(browser, "/viec?xem=xong").all("a")]


def test_a_cooperative_past_its_day_is_asked_and_not_shown_red(portal: Runtime) -> None:
    browser = visit(portal, "tumorong-htx-ke-toan", "link")
    page = get(browser, "/viec")
    assert "Đã qua ngày nộp, đề nghị nộp sớm" in page.words
    assert headings(page)[0] == "nhom-overdue"
    one = get(browser, f"/viec/{number(portal, f'{CODE}/R.htx/htx-tumorong/2024')}")
    assert "Số liệu này UBND huyện Tu Mơ Rông và Sở KH&ĐT xem được" in one.words
    chips = [span["class"] for each in (page, one) for span in each.all("span") if "chip" in span.get("class", "")]
    assert chips
    assert [each for each in chips if "red" in each] == []


def test_one_piece_of_work_says_clause_roles_day_and_why(portal: Runtime) -> None:
    page = get(district(portal), f"/viec/{number(portal, HUYEN)}")
    for said in (
        "Điều 9 Thông tư số 01/2020/TT-BKHĐT",
        "UBND huyện Kon Plông",
        "Sở KH&ĐT",
        "thứ Tư 18/12/2024",
        "Hạn chậm nhất 18/12/2024 (tính cả ngày này)",
        "Chưa mở",
        "HTX rau, hoa và du lịch thanh niên",
    ):
        assert said in page.words


def test_mails_about_it_are_listed_with_what_the_server_said(portal: Runtime, sqlite_machine: Machine) -> None:
    sqlite_machine.at(date(2024, 12, 13)).morning()
    page = get(district(portal), f"/viec/{number(portal, AGENCY)}")
    assert "Thư nhắc việc: máy chủ thư đã nhận lúc 07 giờ 30 ngày 13/12/2024" in page.words


def test_work_of_others_is_not_there_and_is_noted(portal: Runtime) -> None:
    browser = district(portal)
    other = number(portal, f"{CODE}/R.agency/stc/2024")
    assert browser.get(f"/viec/{other}").status_code == 404
    assert browser.post(f"/viec/{other}/tiep-nhan").status_code == 404
    assert browser.post(f"/viec/{other}/gui", PAPER).status_code == 404
    assert browser.portal.foreign == 3
    assert browser.get("/viec/abc").status_code == 404
    assert browser.get("/viec/99999999999").status_code == 404


# Doing


def done(answer: httpx.Response, path: str) -> None:
    assert (answer.status_code, answer.headers.get("location")) == (303, path), words_of(answer)[:800]


def test_taking_work_up_twice_is_noted_once(portal: Runtime) -> None:
    browser, path = district(portal), f"/viec/{number(portal, AGENCY)}"
    for _ in range(2):
        done(browser.post(f"{path}/tiep-nhan"), f"{path}?xong=tiep-nhan")
    page = get(browser, path)
    assert page.words.count("Tiếp nhận ") == 1


def test_a_report_is_sent_with_its_paper_and_answered_by_mail(portal: Runtime, sqlite_machine: Machine) -> None:
    browser, path = district(portal), f"/viec/{number(portal, AGENCY)}"
    done(browser.post(f"{path}/gui", PAPER, {"tep": ("Báo cáo.pdf", a_pdf(), "application/pdf")}), f"{path}?xong=gui")
    assert acts_of(sqlite_machine, AGENCY) == ["open", "submit"]
    assert [key for key, _ in sqlite_machine.outbox()] == [f"receipt/{AGENCY}/2/1"]
    page = get(browser, path)
    assert "Báo cáo.pdf" in page.words
    assert "Báo cáo số 45/BC-UBND ngày 16/12/2024, hệ thống quản lý văn bản" in page.words
    sqlite_machine.deliver()
    (mail,) = sqlite_machine.mails()
    assert "Quý cơ quan không phải làm gì thêm." in " ".join(mail.text.split())
    assert "Sở Kế hoạch và Đầu tư dự kiến kiểm tra chậm nhất thứ Năm 19/12/2024" in " ".join(mail.text.split())


def test_a_report_sent_twice_is_recorded_once_and_the_second_press_is_told(
    portal: Runtime, sqlite_machine: Machine
) -> None:
    browser, path = district(portal), f"/viec/{number(portal, AGENCY)}"
    done(browser.post(f"{path}/gui", PAPER), f"{path}?xong=gui")
    done(browser.post(f"{path}/gui", PAPER), f"{path}?xong=da-gui")
    assert acts_of(sqlite_machine, AGENCY) == ["open", "submit"]
    assert len(sqlite_machine.outbox()) == 1


def test_another_paper_from_a_second_tab_is_refused_with_what_was_typed(portal: Runtime) -> None:
    browser, path = district(portal), f"/viec/{number(portal, AGENCY)}"
    done(browser.post(f"{path}/gui", PAPER), f"{path}?xong=gui")
    answer = browser.post(f"{path}/gui", {**PAPER, "so": "46/BC-UBND", "ket_qua": "Bản khác"})
    assert answer.status_code == 409
    page = Page(answer)
    assert "đang chờ kiểm tra, không gửi thêm được" in page.words
    assert "46/BC-UBND" in [field.get("value") for field in page.all("input")]
    assert "Bản khác" in page.words


def test_a_report_without_paper_is_asked_for_it_or_for_figures_first(portal: Runtime, sqlite_machine: Machine) -> None:
    browser, path = district(portal), f"/viec/{number(portal, AGENCY)}"
    answer = browser.post(f"{path}/gui", {"ket_qua": "Đã làm"})
    assert answer.status_code == 400
    assert "Chưa có số và ngày văn bản." in words_of(answer)
    done(browser.post(f"{path}/gui", {"ket_qua": "Đã làm", "cach": "so-lieu"}), f"{path}?xong=gui-so-lieu")
    assert "Đã gửi số liệu, chờ văn bản" in get(browser, path).words
    done(browser.post(f"{path}/van-ban", {"so": "45/BC-UBND", "ngay": "16/12/2024"}), f"{path}?xong=van-ban")
    page = get(browser, path)
    assert "Đã gửi, chờ kiểm tra" in page.words
    assert "Bổ sung số, ngày văn bản" in page.words
    assert sqlite_machine.row(AGENCY).standing.submitted_on == DAY


def test_a_number_that_looks_wrong_is_asked_about_and_can_be_confirmed(portal: Runtime) -> None:
    browser, path = district(portal), f"/viec/{number(portal, AGENCY)}"
    answer = browser.post(f"{path}/gui", {**PAPER, "so": "5/BC-UBND"})
    assert answer.status_code == 400
    assert "Số văn bản dưới 10 nên ghi thêm số 0" in words_of(answer)
    done(browser.post(f"{path}/gui", {**PAPER, "so": "5/BC-UBND", "xac_nhan": "1"}), f"{path}?xong=gui")


def test_a_deadline_that_passes_while_the_page_is_open_is_said(portal: Runtime, sqlite_machine: Machine) -> None:
    sqlite_machine.finish(*[f"{CODE}/R.htx/htx-{name}/2024" for name in ("thanhnien",)])
    browser, path = district(portal), f"/viec/{number(portal, HUYEN)}"
    sqlite_machine.at(date(2024, 12, 18), time(23, 50))
    opened = get(browser, f"{path}/gui").hidden["mo"]
    sqlite_machine.at(date(2024, 12, 19), time(0, 10))
    answer = browser.post(f"{path}/gui", {**PAPER, "mo": opened})
    done(answer, f"{path}?xong=gui-muon")
    assert "Thời hạn đã qua trong lúc trang đang mở" in get(browser, f"{path}?xong=gui-muon").words


def test_nothing_to_report_is_one_click(portal: Runtime, sqlite_machine: Machine) -> None:
    browser, path = district(portal), f"/viec/{number(portal, AGENCY)}"
    done(browser.post(f"{path}/khong-phat-sinh"), f"{path}?xong=khong-phat-sinh")
    done(browser.post(f"{path}/khong-phat-sinh"), f"{path}?xong=da-gui")
    assert acts_of(sqlite_machine, AGENCY) == ["open", "submit"]
    assert "Không phát sinh: đã gửi" in get(browser, path).words


def test_one_paper_closes_other_work_that_is_ticked(portal: Runtime, sqlite_machine: Machine) -> None:
    other = f"{CODE}/V.7.2/huyen-konplong/2024"
    browser, path = district(portal), f"/viec/{number(portal, AGENCY)}"
    assert f"viec-{number(portal, other)}" in [field.get("id") for field in get(browser, f"{path}/gui").all("input")]
    done(browser.post(f"{path}/gui", {**PAPER, "viec": [str(number(portal, other))]}), f"{path}?xong=gui")
    assert [acts_of(sqlite_machine, key) for key in (AGENCY, other)] == [["open", "submit"]] * 2


def test_a_promise_is_kept_and_shown_and_the_deadline_stays(portal: Runtime, sqlite_machine: Machine) -> None:
    browser, path = district(portal), f"/viec/{number(portal, AGENCY)}"
    before = sqlite_machine.row(AGENCY).standing
    given = {"ngay": "26/12/2024", "ly_do": "inputs", "ghi_chu": "còn hai xã"}
    for _ in range(2):
        done(browser.post(f"{path}/hen", given), f"{path}?xong=hen")
    page = get(browser, path)
    assert "Hẹn gửi thứ Năm 26/12/2024 (chờ đầu vào: còn hai xã). Thời hạn không đổi." in page.words
    assert page.words.count("Hẹn ngày gửi ") - page.words.count("Hẹn ngày gửi Thư") <= 3
    assert sqlite_machine.row(AGENCY).standing == before


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"ngay": "31/11/2024", "ly_do": "inputs"}, "31/11/2024"),
        ({"ngay": "15/12/2024", "ly_do": "inputs"}, "Ngày hẹn gửi 15/12/2024 đã qua."),
        ({"ngay": "26/12/2024", "ly_do": ""}, "Đề nghị chọn một lý do trong danh sách."),
        ({"ngay": "", "ly_do": "inputs"}, "đề nghị nhập ngày"),
    ],
)
def test_a_promise_that_cannot_be_is_refused_with_what_was_typed(
    portal: Runtime, given: dict[str, str], sentence: str
) -> None:
    browser, path = district(portal), f"/viec/{number(portal, AGENCY)}"
    answer = browser.post(f"{path}/hen", given)
    assert answer.status_code == 400
    page = Page(answer)
    assert sentence in page.words
    assert given["ngay"] in [field.get("value", "") for field in page.all("input")]


def test_steps_inside_the_agency_are_noted(portal: Runtime) -> None:
    browser, path = district(portal), f"/viec/{number(portal, AGENCY)}"
    done(browser.post(f"{path}/buoc", {"buoc": "for_signature", "ngay": "13/12/2024"}), f"{path}?xong=buoc")
    page = get(browser, path)
    assert "Trình ký" in page.words
    assert "13/12/2024" in page.words


def test_what_was_not_checked_yet_is_taken_back(portal: Runtime, sqlite_machine: Machine) -> None:
    browser, path = district(portal), f"/viec/{number(portal, AGENCY)}"
    done(browser.post(f"{path}/gui", PAPER), f"{path}?xong=gui")
    done(browser.post(f"{path}/rut-lai"), f"{path}?xong=rut-lai")
    found = sqlite_machine.row(AGENCY).standing
    assert (found.state, found.submitted_on) == ("open", None)
    assert acts_of(sqlite_machine, AGENCY) == ["open", "submit", "withdraw"]
    assert "45/BC-UBND" in get(browser, path).words
    assert "không có gì để rút lại" in words_of(browser.post(f"{path}/rut-lai"))


def test_a_comment_said_twice_stands_once(portal: Runtime) -> None:
    browser, path = district(portal), f"/viec/{number(portal, AGENCY)}"
    for _ in range(2):
        done(browser.post(f"{path}/trao-doi", {"noi_dung": "Đề nghị hướng dẫn biểu 2"}), f"{path}?xong=trao-doi")
    assert get(browser, path).words.count("Đề nghị hướng dẫn biểu 2") == 1
    assert browser.post(f"{path}/trao-doi", {"noi_dung": "  "}).status_code == 400


# Checking


def test_a_district_accepts_what_its_cooperative_sent_with_a_code_only(
    portal: Runtime, sqlite_machine: Machine
) -> None:
    sqlite_machine.submit(HTX)
    path = f"/viec/{number(portal, HTX)}"
    weak = district(portal)
    assert "Kiểm tra cần đăng nhập bằng mã" in get(weak, path).words
    assert weak.post(f"{path}/chap-nhan").status_code != 500
    assert acts_of(sqlite_machine, HTX) == ["open", "submit"]
    strong = district(portal, "code")
    done(strong.post(f"{path}/chap-nhan"), f"{path}?xong=chap-nhan")
    assert acts_of(sqlite_machine, HTX) == ["open", "submit", "verify"]
    assert "đã hoàn thành" in words_of(strong.post(f"{path}/chap-nhan"))


def test_a_district_gives_back_with_a_reason_and_a_day_and_a_mail(portal: Runtime, sqlite_machine: Machine) -> None:
    sqlite_machine.submit(AGENCY)
    path = f"/viec/{number(portal, AGENCY)}"
    officer = visit(portal, "skhdt-dau-moi", "code")
    given = {"loai": "bo-sung", "ly_do": "thiếu biểu 2", "ngay": "20/12/2024"}
    done(officer.post(f"{path}/tra-lai", given), f"{path}?xong=tra-lai")
    page = get(district(portal), path)
    assert "Đề nghị bổ sung, chậm nhất 20/12/2024" in page.words
    sqlite_machine.deliver()
    (mail,) = sqlite_machine.mails()
    assert "thiếu biểu 2" in mail.text
    assert officer.post(f"{path}/tra-lai", given).status_code in (403, 409)


def test_a_holder_does_not_check_its_own_work(portal: Runtime, sqlite_machine: Machine) -> None:
    sqlite_machine.submit(AGENCY)
    answer = district(portal, "code").post(f"/viec/{number(portal, AGENCY)}/chap-nhan")
    assert answer.status_code == 403
    assert acts_of(sqlite_machine, AGENCY) == ["open", "submit"]
