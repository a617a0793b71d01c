"""Requests on the portal: choosing, asking, the queue of the desk, deciding, answering; rights, and what is kept."""

from __future__ import annotations

import io
from datetime import date

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from htx_workflow.domain.plan import Plan
from htx_workflow.runtime import Runtime
from htx_workflow.settings import load_settings
from htx_workflow.store.database import Database
from htx_workflow.store.tables import table
from tests import file_samples
from tests.machine import Machine, MachineClock
from tests.portal import Client, Page, a_person, visit, words_of

CODE = "kontum-3819"
DAKTO = f"{CODE}/V.7.6/huyen-dakto/2025"
FINAL = f"{CODE}/V.1.1b/skhdt/2025"
LAW = f"{CODE}/R.huyen/huyen-dakto/2024"
MOST_QUERIES = 12
PAPER = {"so_van_ban": "1129/SKHĐT-KTTT", "ngay_van_ban": "10/12/2025", "noi_ban_hanh": "skhdt"}


class Site:
    """The portal of plan 3819 on 10/12/2025, with a browser for each of its people."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.runtime = Runtime(load_settings(), MachineClock(machine), machine.database)

    def visit(self, contact: str, agency: str, strength: str = "code") -> Client:
        return visit(self.runtime, contact, strength, person_id=a_person(self.runtime, agency, f"Người của {agency}"))

    def number(self, key: str) -> int:
        return self.machine.row(key).id

    def request(self) -> tuple[int, str, str]:
        """(number, state, decision) of the only request."""
        asked = table("request")
        with self.machine.database.reading() as session:
            (row,) = session.execute(select(asked.c.id, asked.c.state, asked.c.decision)).all()
        return tuple(row)

    def count(self) -> int:
        with self.machine.database.reading() as session:
            return len(session.execute(select(table("request").c.id)).all())


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """Pages are read on both databases in test_pages_on_both_databases."""
    return sqlite_database


@pytest.fixture
def site(machine: Machine, kontum: Plan) -> Site:
    machine.load(kontum, on=date(2024, 10, 23))
    machine.at(date(2025, 9, 1)).adopt(DAKTO, FINAL)
    machine.at(date(2025, 12, 10))
    return Site(machine)


@pytest.fixture
def district(site: Site) -> Client:
    return site.visit("dakto-tckh", "huyen-dakto", "link")


@pytest.fixture
def officer(site: Site) -> Client:
    return site.visit("skhdt-dau-moi", "skhdt")


def asked(site: Site, district: Client, day: str = "26/12/2025") -> int:
    path = f"/viec/{site.number(DAKTO)}/de-nghi"
    answer = district.post(path, {"loai": "gia-han", "ngay": day, "noi_dung": "chờ số liệu của các xã"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path}?xong=de-nghi-gui")
    return site.request()[0]


def test_a_holder_chooses_reads_the_rules_first_and_asks(site: Site, district: Client) -> None:
    path = f"/viec/{site.number(DAKTO)}/de-nghi"
    said = words_of(district.get(path))
    assert "Hạn hiện tại: thứ Hai 22/12/2025." in said
    assert "Sở Kế hoạch và Đầu tư (nơi ban hành văn bản đó) hoặc Ủy ban nhân dân tỉnh Kon Tum quyết định" in said
    form = Page(district.get(f"{path}?loai=gia-han"))
    assert {field["name"] for field in form.all("input") if field.get("type") != "file"} >= {"ngay", "loai", "dau"}
    asked(site, district)
    assert "Chờ ý kiến" in words_of(district.get(path))


def test_a_day_of_the_law_is_not_offered_and_a_promised_day_is(site: Site, district: Client) -> None:
    site.machine.at(date(2024, 12, 16))
    district = site.visit("dakto-tckh", "huyen-dakto", "link")
    path = f"/viec/{site.number(LAW)}/de-nghi"
    page = Page(district.get(path))
    assert "không gia hạn được tại tỉnh" in page.words
    assert "Hẹn ngày gửi" in page.words
    assert f"{path}?loai=gia-han" not in [link.get("href") for link in page.all("a")]
    refused = district.post(path, {"loai": "gia-han", "ngay": "27/12/2024", "noi_dung": "xin"})
    assert (refused.status_code, site.count()) == (403, 0)


def test_what_is_refused_is_shown_with_everything_typed_kept(site: Site, district: Client) -> None:
    path = f"/viec/{site.number(DAKTO)}/de-nghi"
    answer = district.post(path, {"loai": "gia-han", "ngay": "31/11/2025", "noi_dung": "chờ các xã"})
    page = Page(answer)
    assert answer.status_code == 400
    assert "tháng 11 có 30 ngày" in page.words
    assert "chờ các xã" in page.words
    assert [field["value"] for field in page.all("input") if field.get("name") == "ngay"] == ["31/11/2025"]


def test_pressed_twice_makes_one_request(site: Site, district: Client) -> None:
    number = asked(site, district)
    path = f"/viec/{site.number(DAKTO)}/de-nghi"
    again = district.post(path, {"loai": "gia-han", "ngay": "26/12/2025", "noi_dung": "chờ số liệu của các xã"})
    assert (again.status_code, site.request()[0]) == (409, number)
    assert "đã được ghi nhận và đang chờ" in words_of(again)


def test_another_agency_finds_nothing_and_cannot_ask(site: Site, district: Client) -> None:
    number = asked(site, district)
    other = site.visit("dakha-tckh", "huyen-dakha")
    work = site.number(DAKTO)
    answers = [
        other.get(f"/viec/{work}/de-nghi"),
        other.post(f"/viec/{work}/de-nghi", {"loai": "kien-nghi", "noi_dung": "x"}),
        other.get(f"/de-nghi/{number}"),
        other.post(f"/de-nghi/{number}/rut"),
        other.post(f"/de-nghi/{number}/tra-loi", {"noi_dung": "x"}),
        other.get("/de-nghi/99999999999"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 6
    assert other.get(f"/ban/de-nghi/{number}").status_code == 403
    assert site.request() == (number, "raised", "")


def test_the_lead_agency_sees_work_of_others_but_asks_nothing_for_them(site: Site, officer: Client) -> None:
    path = f"/viec/{site.number(DAKTO)}/de-nghi"
    assert officer.get(path).status_code == 200
    refused = officer.post(path, {"loai": "kien-nghi", "noi_dung": "x"})
    assert (refused.status_code, site.count()) == (403, 0)


def test_the_queue_leads_to_the_request_which_is_advised_and_decided(
    site: Site, district: Client, officer: Client
) -> None:
    number = asked(site, district)
    queue = Page(officer.get("/ban/de-nghi"))
    assert "01 đề nghị." in queue.words
    assert f"/ban/de-nghi/{number}" in [link.get("href") for link in queue.all("a")]
    officer.post(f"/ban/de-nghi/{number}/y-kien", {"y_kien": "đề nghị đồng ý"})
    assert site.request()[1] == "advised"
    done = officer.post(f"/ban/de-nghi/{number}/quyet-dinh", {"ket_qua": "dong-y", "ngay": "26/12/2025", **PAPER})
    assert (done.status_code, done.headers["location"]) == (303, f"/ban/de-nghi/{number}?xong=quyet-dinh")
    assert site.machine.row(DAKTO).standing.due_on == date(2025, 12, 26)
    said = words_of(district.get(f"/de-nghi/{number}"))
    assert "Đồng ý, Công văn số 1129/SKHĐT-KTTT ngày 10/12/2025" in said
    assert "đề nghị đồng ý" in said
    assert "00 đề nghị." in words_of(officer.get("/ban/de-nghi"))


def test_a_decision_without_a_document_is_refused_and_its_words_stay_as_a_draft(
    site: Site, district: Client, officer: Client
) -> None:
    number = asked(site, district)
    refused = officer.post(f"/ban/de-nghi/{number}/quyet-dinh", {"ket_qua": "dong-y", "noi_dung": "vì mưa lũ"})
    assert refused.status_code == 400
    assert "Quyết định này cần văn bản" in words_of(refused)
    assert site.request() == (number, "raised", "vì mưa lũ")
    assert "vì mưa lũ" in words_of(officer.get(f"/ban/de-nghi/{number}"))
    assert "vì mưa lũ" not in words_of(district.get(f"/de-nghi/{number}"))


def test_the_second_to_decide_sees_the_first_decision(site: Site, district: Client, officer: Client) -> None:
    number = asked(site, district)
    path = f"/ban/de-nghi/{number}/quyet-dinh"
    officer.post(path, {"ket_qua": "dong-y", "ngay": "26/12/2025", **PAPER})
    second = officer.post(path, {"ket_qua": "khong-dong-y", "noi_dung": "đủ số liệu"})
    assert second.status_code == 409
    assert "Đề nghị này đã được giải quyết lúc" in words_of(second)
    assert "đồng ý, Công văn số 1129/SKHĐT-KTTT ngày 10/12/2025" in words_of(second)
    assert site.request()[1] == "granted"


def test_what_is_pushed_is_listed_and_must_have_been_seen(site: Site, district: Client, officer: Client) -> None:
    number = asked(site, district, "30/12/2025")
    assert "V.1.1b 29/12/2025 sẽ chờ" in words_of(officer.get(f"/ban/de-nghi/{number}"))
    form = {"ket_qua": "dong-y", "ngay": "30/12/2025", **PAPER}
    assert officer.post(f"/ban/de-nghi/{number}/quyet-dinh", form).status_code == 400
    assert officer.post(f"/ban/de-nghi/{number}/quyet-dinh", {**form, "da_xem": "1"}).status_code == 303


def test_only_the_lead_agency_with_a_code_decides(site: Site, district: Client) -> None:
    number = asked(site, district)
    form = {"ket_qua": "dong-y", "ngay": "26/12/2025", **PAPER}
    path = f"/ban/de-nghi/{number}/quyet-dinh"
    linked = site.visit("skhdt-dau-moi", "skhdt", "link")
    leader = site.visit("skhdt-lanh-dao", "skhdt")
    assert [client.post(path, form).status_code for client in (district, linked, leader)] == [403, 403, 403]
    assert site.request()[1] == "raised"


def test_a_form_of_another_site_changes_nothing(site: Site, district: Client) -> None:
    path = f"/viec/{site.number(DAKTO)}/de-nghi"
    answer = district.post(path, {"loai": "kien-nghi", "noi_dung": "x"}, mark=False)
    assert (answer.status_code, site.count()) == (403, 0)


def test_a_request_is_withdrawn_by_its_asker(site: Site, district: Client) -> None:
    number = asked(site, district)
    assert district.post(f"/de-nghi/{number}/rut").status_code == 303
    assert site.request()[1] == "withdrawn"
    assert district.post(f"/de-nghi/{number}/rut").status_code == 409


def test_input_is_asked_for_and_answered_with_a_file(site: Site, officer: Client) -> None:
    path = f"/viec/{site.number(FINAL)}/de-nghi"
    assert "phối hợp theo Kế hoạch" in words_of(officer.get(f"{path}?loai=phoi-hop"))
    form = {"loai": "phoi-hop", "ngay": "17/12/2025", "noi_dung": "góp ý dự thảo", "co_quan": ["stc"]}
    assert officer.post(path, form).status_code == 303
    number = site.request()[0]
    finance = site.visit("stc-dau-moi", "stc", "link")
    assert "Đề nghị phối hợp" in words_of(finance.get("/de-nghi"))
    file = {"tep": ("Ý kiến.txt", io.BytesIO(b"x"), "text/plain")}
    refused = finance.post(f"/de-nghi/{number}/tra-loi", {"noi_dung": "nhất trí"}, files=file)
    assert (refused.status_code, site.request()[1]) == (400, "raised")
    pdf = {"tep": ("Ý kiến góp ý.pdf", io.BytesIO(file_samples.a_pdf()), "application/pdf")}
    assert finance.post(f"/de-nghi/{number}/tra-loi", {"noi_dung": "nhất trí"}, files=pdf).status_code == 303
    assert site.request()[1:] == ("granted", "nhất trí")
    said = words_of(officer.get(f"/de-nghi/{number}"))
    assert "Đã trả lời" in said
    assert "Ý kiến góp ý.pdf" in said


def test_the_queue_is_handed_over_as_a_table(site: Site, district: Client, officer: Client) -> None:
    asked(site, district)
    answer = officer.get("/ban/de-nghi?tep=xlsx")
    book = load_workbook(io.BytesIO(answer.content))
    cells = [cell for row in book.active.iter_rows(values_only=True) for cell in row]
    assert {"Xin gia hạn", "chờ số liệu của các xã", "Chờ ý kiến"} <= set(cells)


def test_the_queue_is_filtered(site: Site, district: Client, officer: Client) -> None:
    asked(site, district)
    counts = {
        query: words_of(officer.get(f"/ban/de-nghi?{query}")).count("chờ số liệu của các xã")
        for query in (
            "loai=gia-han",
            "loai=phoi-hop",
            "co_quan=huyen-dakto",
            "co_quan=stc",
            "tinh_trang=tat-ca",
            "trang=9",
        )
    }
    assert list(counts.values()) == [1, 0, 1, 0, 1, 0]


@pytest.mark.parametrize("kind", ["gia-han", "chuyen-tra", "thoi-theo-doi", "kho-khan", "kien-nghi", "phoi-hop"])
def test_no_page_reads_more_than_twelve_times_and_none_writes(
    site: Site, district: Client, officer: Client, kind: str
) -> None:
    form = {"loai": kind, "ngay": "30/12/2025", "noi_dung": "nội dung", "co_quan": ["stc"]}
    key = FINAL if kind == "phoi-hop" else DAKTO
    asker = officer if kind == "phoi-hop" else district
    work = site.number(key)
    assert asker.post(f"/viec/{work}/de-nghi", form).status_code == 303
    number = site.request()[0]
    if kind != "phoi-hop":
        officer.post(f"/ban/de-nghi/{number}/y-kien", {"y_kien": "xem xét"})
    read = {}
    for client, path in (
        (asker, f"/viec/{work}/de-nghi"), (asker, f"/viec/{work}/de-nghi?loai={kind}"), (asker, "/de-nghi"),
        (asker, f"/de-nghi/{number}"), (officer, "/ban/de-nghi"), (officer, f"/ban/de-nghi/{number}"),
    ):  # fmt: skip
        answer = client.get(path)
        assert (answer.status_code, client.written) == (200, [])
        read[path] = client.queries
    assert max(read.values()) <= MOST_QUERIES, read
