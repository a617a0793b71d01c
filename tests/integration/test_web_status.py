"""The status page, health and metrics as a browser, a load balancer and Prometheus see them. On both databases."""

from __future__ import annotations

import asyncio
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import event, text

from htx_workflow.domain import errors as domain_errors
from htx_workflow.domain.errors import HtxError, MailServerProblem, NotAllowed, StoreError
from htx_workflow.domain.plan import Plan
from htx_workflow.runtime import Runtime
from htx_workflow.settings import load_settings
from htx_workflow.store.database import Database
from htx_workflow.web import errors
from htx_workflow.web.app import create_app
from htx_workflow.web.headers import HEADERS
from tests.factories import a_plan
from tests.machine import Machine, MachineClock
from tests.portal import browser
from tests.run_rows import record_run


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """Pages are read on both databases in test_pages_on_both_databases."""
    return sqlite_database


@pytest.fixture
def runtime(machine: Machine) -> Runtime:
    return Runtime(load_settings(), MachineClock(machine), machine.database)


class Browser:
    """Asks one application, each time in an event loop of its own: what happens between is not asynchronous."""

    def __init__(self, app: FastAPI) -> None:
        self._transport = httpx.ASGITransport(app, raise_app_exceptions=False)

    def ask(self, method: str, path: str) -> httpx.Response:
        async def answer() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url="http://htx.example.vn") as client:
                return await client.request(method, path)

        return asyncio.run(answer())

    def get(self, path: str) -> httpx.Response:
        return self.ask("GET", path)


def client_of(runtime: Runtime) -> Browser:
    return Browser(create_app(runtime))


@pytest.fixture
def client(runtime: Runtime) -> Browser:
    return client_of(runtime)


@pytest.fixture
def mau(machine: Machine) -> Machine:
    machine.load(a_plan())
    return machine


class _Page(HTMLParser):
    """The words of a page, and the elements it has."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))


def words_of(answer: httpx.Response) -> str:
    return " ".join(" ".join(_Page(answer.text).words).split())


# The page


def test_an_empty_installation_says_what_to_do_first(client: Browser) -> None:
    answer = client.get("/tinh-trang")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Sẵn sàng Chưa nạp kế hoạch nào. Đề nghị chạy: htx plan load" in words_of(answer)


def test_the_page_says_what_is_loaded_what_happened_and_what_is_next(mau: Machine, client: Browser) -> None:
    mau.at(date(2025, 12, 15)).morning()
    record_run(mau.database, mau.now, counts={"rungs": 6, "queued": 2, "late": 0}, seconds=0.4)
    words = words_of(client.get("/tinh-trang"))
    assert "Tính đến 07 giờ 30 thứ Hai ngày 15/12/2025." in words
    assert "KH mẫu Kế hoạch mẫu năm 2025 tinh-mau 02/01/2025 – 31/12/2025 07:30 ngày 15/12/2025" in words
    assert "Lượt nhắc hằng ngày KH mẫu 07:30 ngày 15/12/2025 0,4 giây ✓ xong 06 mức nhắc; 02 mức nhắc sẽ gửi" in words
    assert "Máy chủ đã nhận hôm nay 2" in words
    assert "Ngày có mức nhắc kế tiếp thứ Ba 16/12/2025" in words


def test_what_is_wrong_stands_first_with_what_to_do(mau: Machine, client: Browser) -> None:
    record_run(mau.database, mau.now, outcome="failed", error="không ghi được")
    words = words_of(client.get("/tinh-trang"))
    assert "● Chưa sẵn sàng: 01 việc cần xử lý ngay Lượt nhắc hằng ngày của tinh-mau không thành" in words
    assert "chạy lại: htx run nightly_tick --plan tinh-mau." in words
    assert "Lượt nhắc hằng ngày KH mẫu 07:30 ngày 02/01/2025 1,0 giây ● không thành xem htx runs" in words


def test_the_page_reads_little(machine: Machine, kontum: Plan, runtime: Runtime) -> None:
    machine.load(kontum, on=date(2024, 10, 23))
    machine.at(date(2025, 12, 15))
    asked = browser(runtime)
    assert asked.get("/tinh-trang").status_code == 200
    assert asked.get("/tinh-trang").status_code == 200
    assert asked.queries <= 12


def test_no_page_names_people_addresses_or_texts_of_errors(machine: Machine, kontum: Plan, client: Browser) -> None:
    machine.load(kontum)
    machine.at(date(2024, 12, 16)).morning()
    secret = "digest/dakto/1 → tckh.dakto@example.vn: máy chủ csdl-01 từ chối"
    record_run(machine.database, machine.now, plan="kontum-3819", outcome="failed", error=secret)
    record_run(machine.database, machine.now, job="deliver_outbox", error=secret)
    with machine.database.reading() as session:
        named = set(session.execute(text("SELECT name FROM contact WHERE name <> ''")).scalars())
    assert named
    for path in ("/tinh-trang", "/health/ready", "/health/live", "/metrics"):
        shown = (client.get(path)).text
        assert "@" not in shown
        assert "csdl-01" not in shown
        assert [name for name in named if name in shown] == []


def test_the_page_loads_nothing_from_elsewhere_and_has_no_inline_script_or_style(mau: Machine, client: Browser) -> None:
    page = _Page((client.get("/tinh-trang")).text)
    assert {tag for tag, _ in page.elements}.isdisjoint({"style", "iframe", "img"})
    for tag, attributes in page.elements:
        assert "style" not in attributes
        assert tag != "script" or attributes.get("src")
        assert not any(name.startswith("on") for name in attributes)
        for name in ("href", "src"):
            assert re.match(r"^(/|#)", attributes.get(name) or "/")
    for path in ("/static/portal.css", "/static/print.css", "/static/portal.js", "/static/icon.svg"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert not re.search(r"url\(|@import", answer.text)


def test_prefect_is_linked_only_where_its_address_is_set(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTX_PREFECT_UI_URL", "https://prefect.example.vn/")
    client = client_of(Runtime(load_settings(), MachineClock(machine), machine.database))
    assert 'href="https://prefect.example.vn/"' in (client.get("/tinh-trang")).text
    monkeypatch.delenv("HTX_PREFECT_UI_URL")
    client = client_of(Runtime(load_settings(), MachineClock(machine), machine.database))
    assert "Prefect" not in (client.get("/tinh-trang")).text


def test_a_shifted_clock_is_shown(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTX_TODAY", "2025-12-15")
    client = client_of(Runtime(load_settings(), None, machine.database))
    assert "Đồng hồ đang dời (HTX_TODAY)" in words_of(client.get("/tinh-trang"))


@pytest.mark.parametrize("path", ["/tinh-trang", "/health/live", "/health/ready", "/metrics", "/static/portal.css"])
def test_a_get_writes_nothing_and_a_head_has_no_body(mau: Machine, runtime: Runtime, path: str) -> None:
    written: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not re.match(r"\s*(SELECT|BEGIN|PRAGMA|SHOW|SET)\b", statement):
            written.append(statement)

    event.listen(runtime.database.engine, "before_cursor_execute", note)
    client = client_of(runtime)
    assert (client.get(path)).status_code == 200
    head = client.ask("HEAD", path)
    assert (head.status_code, head.content) == (200, b"")
    assert (client.ask("POST", path)).status_code == 405
    assert written == []


def test_a_rung_that_waits_for_the_tick_and_a_run_that_is_silent_are_not_shown_as_coming_and_going(
    mau: Machine, client: Browser
) -> None:
    mau.at(date(2025, 12, 15))
    record_run(mau.database, mau.now, outcome="running")
    assert "Ngày có mức nhắc kế tiếp đã đến Thư" in words_of(client.get("/tinh-trang"))
    assert "Đang chạy: Lượt nhắc hằng ngày của tinh-mau" in words_of(client.get("/tinh-trang"))
    mau.later(minutes=2)
    words = words_of(client.get("/tinh-trang"))
    assert "Đang chạy" not in words
    assert "đang dở, không có tín hiệu đã 02 phút" in words


# Headers and errors


@pytest.mark.parametrize("path", ["/tinh-trang", "/health/ready", "/metrics", "/static/portal.css", "/khong-co"])
def test_every_answer_carries_the_security_headers(client: httpx.AsyncClient, path: str) -> None:
    headers = (client.get(path)).headers
    assert {name: headers.get(name) for name in HEADERS} == HEADERS
    assert "unsafe" not in headers["content-security-policy"]


def test_an_unknown_address_is_answered_in_vietnamese(client: Browser) -> None:
    answer = client.get("/khong-co")
    assert answer.status_code == 404
    assert "Không có trang này Đề nghị kiểm tra địa chỉ" in words_of(answer)


def test_every_error_of_the_tree_has_a_status() -> None:
    kinds = [kind for kind in vars(domain_errors).values() if isinstance(kind, type) and issubclass(kind, HtxError)]
    assert len(kinds) > 10
    for kind in kinds:
        error = kind.__new__(kind)
        assert 400 <= errors.status_of(error)[0] < 600
    assert errors.status_of(MailServerProblem("x"))[0] == 502


@pytest.mark.parametrize(
    ("error", "status", "shown", "hidden"),
    [
        (NotAllowed("Việc này đã hoàn thành."), 403, "Việc này đã hoàn thành.", "mã"),
        (StoreError("Cơ sở dữ liệu csdl-01 không kết nối được."), 503, "báo người quản trị mã", "csdl-01"),
        (ZeroDivisionError("csdl-01"), 500, "báo người quản trị mã", "csdl-01"),
    ],
)
def test_an_error_is_a_sentence_for_the_person_or_a_code_for_the_administrator(
    runtime: Runtime, caplog: pytest.LogCaptureFixture, error: Exception, status: int, shown: str, hidden: str
) -> None:
    app = create_app(runtime)

    @app.get("/hong")
    def broken() -> None:
        raise error

    answer = Browser(app).get("/hong")
    words = words_of(answer)
    assert answer.status_code == status
    assert shown in words
    assert hidden not in words
    code = re.search(r"mã ([0-9A-F]{4})", words)
    assert (code is None) == isinstance(error, NotAllowed)
    if code is not None:
        assert f"code {code[1]}" in caplog.text


# Health and metrics


def test_live_answers_whatever_the_database_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "broken.sqlite3").write_text("this is no database, and long enough to be read as one" * 100)
    monkeypatch.setenv("HTX_DATABASE_URL", f"sqlite:///{tmp_path / 'broken.sqlite3'}")
    client = client_of(Runtime(load_settings()))
    assert (client.get("/health/live")).json() == {"live": True}
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "reasons": ["Không dùng được cơ sở dữ liệu hoặc cấu hình."]}
    page = client.get("/tinh-trang")
    assert page.status_code == 200
    assert "Chưa sẵn sàng" in words_of(page)
    assert "htx_database_up 0.0" in (client.get("/metrics")).text


def test_ready_is_green_or_red_with_reasons_a_person_can_read(mau: Machine, client: Browser) -> None:
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "reasons": []})
    record_run(mau.database, mau.now, outcome="failed")
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["reasons"][0].startswith("Lượt nhắc hằng ngày của tinh-mau không thành")


def samples(text: str) -> dict[str, float]:
    """Every sample of a metrics answer."""
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, value in lines}


def test_metrics_are_read_from_the_database(mau: Machine, client: Browser) -> None:
    mau.at(date(2025, 12, 15)).tick()
    record_run(mau.database, mau.now, seconds=2.0)
    mau.compose()
    mau.later(minutes=2)
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    found = samples(answer.text)
    expected = {
        "htx_ready": 1, "htx_due": 0, "htx_open_occurrences": 4, "htx_overdue": 0, 'htx_rungs{state="queued"}': 2,
        'htx_mails{state="queued"}': 2, 'htx_mails{state="failed"}': 0, "htx_oldest_unsent_seconds": 120,
        'htx_last_tick_age_seconds{plan="tinh-mau"}': 118, "htx_failed_jobs": 0,
    }  # fmt: skip
    assert {name: found[name] for name in expected} == expected


def test_seconds_of_runs_are_a_summary_that_only_grows(mau: Machine, client: Browser) -> None:
    def summary() -> tuple[float | None, float | None]:
        found = samples((client.get("/metrics")).text)
        return tuple(found.get(f'htx_run_seconds_{part}{{job="nightly_tick"}}') for part in ("count", "sum"))  # type: ignore[return-value]

    assert summary() == (None, None)
    record_run(mau.database, mau.now, seconds=2.0)
    assert summary() == (1, 2)
    going = record_run(mau.database, mau.now, outcome="running")
    record_run(mau.database, mau.now, job="final_assessment", seconds=9.0)
    record_run(mau.database, mau.later(days=1).now, seconds=3.0)
    assert summary() == (1, 2)  # what began after a run that goes on is counted when that has ended
    mau.change_row("run", going, finished_at=mau.now, outcome="interrupted", started_at=mau.now)
    assert summary() == (3, 5)
    assert summary() == (3, 5)
