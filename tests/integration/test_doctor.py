"""htx doctor: each thing that can be wrong has a line with its remedy, and nothing is changed by looking."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.gateways.mailbox import Mailbox
from htx_workflow.services import doctors
from htx_workflow.store.database import Database
from tests.clamd import clamd
from tests.commands import HOME, htx_here
from tests.conftest import Load
from tests.factories import a_plan
from tests.machine import Machine
from tests.run_rows import record_run


def examined(**settings: str) -> list[dict[str, str]]:
    """What the doctor finds with these settings; exit code 1 when there is an error."""
    done = htx_here("doctor", "--json", **settings)
    found: list[dict[str, str]] = done.json
    assert done.code == int(any(one["level"] == "error" for one in found))
    assert all(set(one) == {"check", "level", "sentence", "remedy"} for one in found)
    return found


def lines(found: list[dict[str, str]], check: str) -> list[tuple[str, str]]:
    """(level, sentence) of one check."""
    return [(one["level"], one["sentence"]) for one in found if one["check"] == check]


@contextmanager
def free_port() -> Iterator[int]:
    """A port on which nothing answers."""
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        port: int = server.server_address[1]
    yield port


# A new machine


def test_a_new_machine_has_notes_and_no_error_and_nothing_is_made(clean_environment: Path) -> None:
    with free_port() as port:
        found = examined(prefect_port=str(port), today="2026-01-05")
    assert {one["level"] for one in found} == {"ok", "note"}
    assert lines(found, "Cơ sở dữ liệu") == [("note", f"Chưa có {clean_environment / 'htx.sqlite3'}.")]
    assert not clean_environment.exists()


def test_a_person_reads_a_line_and_below_it_what_to_do() -> None:
    done = htx_here("doctor", today="2026-01-05")
    assert done.code == 0
    assert "Lưu ý  Thiết lập: Chưa đặt HTX_BASE_URL: thư không có liên kết" in done.out
    assert "\n       → Đề nghị đặt HTX_BASE_URL khi trang đã có địa chỉ.\n" in done.out
    assert done.out.splitlines()[-1].startswith("00 lỗi, ")


def test_a_setting_that_cannot_be_read_is_the_only_finding() -> None:
    (one,) = examined(smtp_port="abc")
    assert (one["check"], one["level"]) == ("Thiết lập", "error")
    assert "HTX_SMTP_PORT" in one["sentence"]


# Settings, folders, clock


def test_an_example_sender_and_a_shifted_clock_are_errors_once_mail_leaves_the_machine() -> None:
    with free_port() as port:
        trial = examined(today="2026-01-05")
        earnest = examined(today="2026-01-05", smtp_host="127.0.0.1", smtp_port=str(port))
    sender = "Địa chỉ người gửi là ví dụ (nhacviec@example.vn)."
    assert ("note", sender) in lines(trial, "Thiết lập")
    assert ("error", sender) in lines(earnest, "Thiết lập")
    assert lines(trial, "Đồng hồ")[0] == ("note", "HTX_TODAY đang dời ngày sang 05/01/2026.")
    assert lines(earnest, "Đồng hồ")[0][0] == "error"


def test_an_address_of_the_portal_without_tls_is_noted() -> None:
    assert ("note", "Địa chỉ trang http://kehoach.example.vn không mã hóa.") in lines(
        examined(base_url="http://kehoach.example.vn"), "Thiết lập"
    )


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    found = lines(examined(var_dir=str(tmp_path / "file")), "Thư mục")
    assert found[0][0] == "error"
    assert "Không ghi được vào" in found[0][1]


def test_a_database_that_other_accounts_can_read_is_noted(clean_environment: Path) -> None:
    clean_environment.mkdir(mode=0o755)
    clean_environment.chmod(0o755)
    file = clean_environment / "htx.sqlite3"
    Database(f"sqlite:///{file}").engine.connect().close()
    file.chmod(0o644)
    sentence = f"Mọi tài khoản trên máy đọc được {file}."
    assert ("note", sentence) in lines(examined(), "Thư mục")
    clean_environment.chmod(0o700)
    assert ("note", sentence) not in lines(examined(), "Thư mục")


def test_configuration_that_cannot_be_used_is_an_error_with_file_and_line(tmp_path: Path) -> None:
    shutil.copytree(HOME / "config", tmp_path / "config")
    shutil.copytree(HOME / "templates", tmp_path / "templates")
    plan = tmp_path / "config" / "plans" / "kontum-3819.yaml"
    plan.write_text(plan.read_text("utf-8").replace("lead: skhdt", "lead: khong-co"), encoding="utf-8")
    level, sentence = lines(examined(home=str(tmp_path), today="2026-01-05"), "Cấu hình")[0]
    assert level == "error"
    assert "kontum-3819.yaml:" in sentence


def test_a_home_without_configuration_is_an_error(tmp_path: Path) -> None:
    found = examined(home=str(tmp_path))
    assert {check for check in ("Thư mục", "Lịch", "Lịch chạy", "Cấu hình") if lines(found, check)[0][0] == "error"} == {
        "Thư mục", "Lịch", "Lịch chạy", "Cấu hình"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("today", "level", "said"),
    [
        ("2026-10-02", "ok", "Lịch vn biết đến 31/12/2026."),
        ("2026-10-03", "note", "Lịch vn chỉ đến 31/12/2026, còn 89 ngày."),
        ("2027-01-01", "error", "Lịch vn đã hết từ ngày 31/12/2026."),
    ],
)
def test_the_end_of_the_calendar_is_told_90_days_before(today: str, level: str, said: str) -> None:
    assert lines(examined(today=today), "Lịch") == [(level, said)]


# Mail server and Prefect


def test_a_mail_server_that_answers_says_what_it_offers(tmp_path: Path) -> None:
    with running_mailbox(tmp_path / "mail") as port:
        found = examined(smtp_host="127.0.0.1", smtp_port=str(port), smtp_security="none", mail_from="kh@tinh.vn")
    ((level, sentence),) = lines(found, "Máy chủ thư")
    assert (level, sentence.split(":")[0]) == ("ok", "Máy chủ thư 127.0.0.1")
    assert "sẵn sàng" in sentence


def test_a_mail_server_that_does_not_answer_is_an_error() -> None:
    with free_port() as port:
        found = examined(smtp_host="127.0.0.1", smtp_port=str(port))
    assert [level for level, _ in lines(found, "Máy chủ thư")] == ["error"]


@contextmanager
def running_mailbox(folder: Path) -> Iterator[int]:
    """A mail server in a thread of its own, with its event loop."""
    ready, done = threading.Event(), threading.Event()
    port: list[int] = []

    async def serve() -> None:
        async with Mailbox(folder) as box:
            port.append(box.settings.port)
            ready.set()
            await asyncio.to_thread(done.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    ready.wait(10)
    try:
        yield port[0]
    finally:
        done.set()
        thread.join(10)


@contextmanager
def prefect_api(status: int) -> Iterator[str]:
    """Something that answers /api/health with this status."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/api/health" else 404)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/api"
        finally:
            server.shutdown()
            thread.join()


def test_a_virus_scanner_has_a_line_only_where_one_is_set() -> None:
    assert lines(examined(), "Máy quét") == []
    with clamd() as daemon:
        found = lines(examined(clamav=daemon.address), "Máy quét")
    assert found == [("ok", f"Máy quét mã độc {daemon.address} trả lời.")]
    with free_port() as port:
        ((level, sentence),) = lines(examined(clamav=f"127.0.0.1:{port}"), "Máy quét")
    assert (level, "không trả lời" in sentence) == ("error", True)


def test_prefect_that_answers_is_well() -> None:
    with prefect_api(200) as url:
        assert lines(examined(prefect_api_url=url), "Prefect") == [("ok", f"Trả lời tại {url}.")]


@pytest.mark.parametrize(("scheduler", "level"), [("embedded", "note"), ("prefect", "error")])
def test_prefect_that_is_ill_is_an_error_only_where_it_is_the_scheduler(scheduler: str, level: str) -> None:
    with prefect_api(503) as url:
        assert [each for each, _ in lines(examined(prefect_api_url=url, scheduler=scheduler), "Prefect")] == [level]


def test_prefect_as_scheduler_without_an_address_is_an_error() -> None:
    found = lines(examined(scheduler="prefect"), "Thiết lập")
    assert any(level == "error" and "chưa đặt HTX_PREFECT_API_URL" in sentence for level, sentence in found)


# The database, on both kinds


def test_a_database_that_is_well(machine: Machine) -> None:
    machine.load(a_plan())
    found = examined(database_url=machine.database.url, today="2025-01-02")
    assert [level for level, _ in lines(found, "Cơ sở dữ liệu")] == ["ok", "ok"]
    assert lines(found, "Kế hoạch") == [("ok", "Đã nạp KH mẫu (bản 1).")]
    assert lines(found, "Đầu mối") == [("ok", "Cơ quan nào có việc cũng có đầu mối.")]


@pytest.mark.parametrize(
    ("version", "level", "said"),
    [("0001", "note", "Ở phiên bản 0001, phần mềm cần"), ("9999", "error", "Ở phiên bản 9999, mới hơn phần mềm này")],
)
def test_an_older_schema_is_noted_and_a_newer_one_is_an_error_and_neither_is_migrated(
    database: Database, version: str, level: str, said: str
) -> None:
    with database.transaction("test") as session:
        session.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})
    ((found, sentence), _) = lines(examined(database_url=database.url), "Cơ sở dữ liệu")
    assert (found, sentence[: len(said)]) == (level, said)
    with database.reading() as session:
        assert session.execute(text("SELECT version_num FROM alembic_version")).scalar() == version


def test_a_database_that_cannot_be_reached_is_an_error_without_its_password() -> None:
    with free_port() as port:
        found = examined(database_url=f"postgresql://htx:matkhau@127.0.0.1:{port}/htx")
    ((level, sentence),) = lines(found, "Cơ sở dữ liệu")
    assert level == "error"
    assert "không kết nối được" in sentence
    assert "matkhau" not in sentence


def test_a_clock_that_was_moved_back_is_an_error(machine: Machine, calendars: dict[str, WorkingCalendar]) -> None:
    record_run(machine.database, machine.at(date(2025, 3, 3)).now)
    with machine.database.reading() as session:
        levels = [
            (one.level, one.sentence)
            for now in (machine.later(minutes=-1).now, machine.later(days=-2).now)
            for one in doctors.examine(session, now, calendars, {})
            if one.check == "Đồng hồ"
        ]
    assert [level for level, _ in levels] == ["ok", "error"]
    assert levels[1][1].startswith("Đồng hồ chậm hơn việc đã ghi gần nhất (07 giờ 30 thứ Hai ngày 03/03/2025) 02 ngày")


def test_a_failed_job_and_an_agency_without_contact_are_named(machine: Machine) -> None:
    machine.load(a_plan())
    record_run(machine.database, machine.now, outcome="failed")
    machine.change_contact("huyen-a-1", channel="none")
    with machine.database.reading() as session:
        found = doctors.examine(session, machine.now, machine.calendars, {})
    assert ("Đầu mối", "note", "Có việc mà không có đầu mối: huyen-a.") in [
        (one.check, one.level, one.sentence) for one in found
    ]
    assert [one.level for one in found if one.check == "Hoạt động"] == ["error"]
    machine.at(date(2025, 12, 18)).tick()
    with machine.database.reading() as session:
        later = doctors.examine(session, machine.now, machine.calendars, {})
    assert [one.level for one in later if one.check == "Đầu mối"] == ["error"]


def test_a_plan_file_changed_since_it_was_loaded_is_noted(database: Database, loaded: Load) -> None:
    loaded(database, a_plan(), source="one")
    with database.reading() as session:
        assert doctors.changed_since_load(session, {"other": "x"}) == []
        (one,) = doctors.changed_since_load(session, {"tinh-mau": "x"})
    assert (one.level, one.sentence) == ("note", "Tệp config/plans/tinh-mau.yaml đã khác bản đã nạp (bản 1).")
