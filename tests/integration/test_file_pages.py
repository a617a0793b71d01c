"""Files over HTTP: sent with bounds and without losing what was typed, saved under their own names, for few eyes."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated
from urllib.parse import unquote

import httpx
import pytest
from fastapi import FastAPI, File, Form, UploadFile
from sqlalchemy import select

from htx_workflow.domain import file_rules
from htx_workflow.gateways.clamav import Scanner
from htx_workflow.host import clock as running
from htx_workflow.runtime import Clock, Runtime
from htx_workflow.services import files
from htx_workflow.services.files import Place
from htx_workflow.settings import load_settings
from htx_workflow.store.files import FileRow
from htx_workflow.store.tables import table
from htx_workflow.web import uploads
from htx_workflow.web.app import create_app
from htx_workflow.web.guard import Posted
from tests import file_samples as samples
from tests.clamd import clamd
from tests.factories import a_plan
from tests.machine import Machine
from tests.portal import browser, visit, words_of

DAY = date(2025, 12, 10)
NAME = "Báo cáo Đắk Tô: quý 1.pdf"
MEGABYTE = 1_000_000


@pytest.fixture
def runtime(sqlite_machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Runtime:
    sqlite_machine.load(a_plan(), on=date(2025, 1, 2))
    monkeypatch.setenv("HTX_MAX_FILE_MB", "2")
    return Runtime(load_settings(), Clock(DAY), sqlite_machine.database)


@pytest.fixture
def app(runtime: Runtime) -> FastAPI:
    """The portal, with one page that takes a form with files."""
    app = create_app(runtime)

    @app.post("/gui")
    def take(
        visitor: Posted, ghi_chu: Annotated[str, Form()] = "", tep: Annotated[list[UploadFile] | None, File()] = None
    ) -> dict[str, object]:
        with files.examined(uploads.sent(tep or []), runtime.limits, runtime.scanner) as found:
            return {
                "ghi_chu": ghi_chu,
                "ready": [[each.name, each.sha256] for each in found.ready],
                "refused": found.refused,
            }

    return app


def stored(runtime: Runtime, name: str, content: bytes, key: str = "tinh-mau/R.htx/htx-a/2025") -> FileRow:
    """A file of a yearly report, by default the cooperative's."""
    work, agencies = table("occurrence"), table("agency")
    sent = files.Sent(name, samples.opened(content), len(content))
    with files.examined([sent], runtime.limits, None) as found, runtime.transaction("files") as session:
        number = session.execute(select(work.c.id).where(work.c.key == key)).scalar_one()
        owner = session.execute(select(agencies.c.id).where(agencies.c.code == key.split("/")[2])).scalar_one()
        place = Place("occurrence", number, owner)
        (row,) = files.receive(session, found.ready, place, runtime.limits, runtime.clock.now(), "htx-a-1")
    return row


# Sending


def test_a_form_with_files_arrives_whole(app: FastAPI) -> None:
    content = samples.a_pdf(size=1_500_000)
    answer = visit(app, "htx-a-1").post("/gui", {"ghi_chu": "kèm sổ quỹ"}, files=[("tep", (NAME, content))])
    assert answer.json() == {
        "ghi_chu": "kèm sổ quỹ", "ready": [[NAME, hashlib.sha256(content).hexdigest()]], "refused": [],
    }  # fmt: skip


def test_a_field_in_which_a_browser_chose_no_file_is_none(app: FastAPI) -> None:
    client = visit(app, "htx-a-1")
    parts = f'--x\r\nContent-Disposition: form-data; name="dau"\r\n\r\n{client.mark}\r\n'
    parts += '--x\r\nContent-Disposition: form-data; name="tep"; filename=""\r\nContent-Type: application/octet-stream'
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = client.ask("POST", "/gui", content=f"{parts}\r\n\r\n\r\n--x--\r\n".encode(), headers=headers)
    assert answer.json() == {"ghi_chu": "", "ready": [], "refused": []}


def test_a_file_of_sixty_megabytes_is_refused_and_what_was_typed_is_there(app: FastAPI) -> None:
    good = samples.a_pdf()
    answer = visit(app, "htx-a-1").post(
        "/gui",
        {"ghi_chu": "nội dung dài đã gõ"},
        files=[("tep", ("Lớn.pdf", samples.a_pdf() + b"\0" * 60 * MEGABYTE)), ("tep", ("Nhỏ.pdf", good))],
    )
    assert answer.json() == {
        "ghi_chu": "nội dung dài đã gõ",
        "ready": [["Nhỏ.pdf", hashlib.sha256(good).hexdigest()]],
        "refused": [file_rules.too_large("Lớn.pdf", 60 * MEGABYTE + len(good), 2 * MEGABYTE)],
    }


def test_of_a_file_that_is_too_large_no_more_than_the_limit_is_kept(app: FastAPI, runtime: Runtime) -> None:
    kept: list[int] = []

    @app.post("/do")
    def measure(tep: Annotated[UploadFile, File()]) -> None:
        tep.file.seek(0, 2)
        kept.append(tep.file.tell())

    visit(app, "htx-a-1").post("/do", files={"tep": ("a.pdf", b"\0" * 10 * MEGABYTE)})
    assert kept == [2 * MEGABYTE + 1]


def test_a_form_that_says_it_is_too_large_is_refused_before_it_is_read(app: FastAPI) -> None:
    async def never() -> AsyncIterator[bytes]:
        raise AssertionError("it was read")
        yield b""

    client = visit(app, "htx-a-1")
    headers = {"content-length": str(101 * MEGABYTE), "content-type": "multipart/form-data; boundary=x"}
    answer = client.ask("POST", "/gui", content=never(), headers=headers)
    assert answer.status_code == 400
    assert "Lần gửi này nặng hơn 100 MB nên chưa nhận." in words_of(answer)
    assert "nội dung đã lưu nháp vẫn còn" in words_of(answer)


def test_a_form_that_does_not_say_how_large_it_is_is_counted(app: FastAPI) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="tep"; filename="a.pdf"\r\n\r\n'
        for _ in range(101):
            yield b"\0" * MEGABYTE

    client = visit(app, "htx-a-1")
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = client.ask("POST", "/gui", content=endless(), headers=headers)
    assert answer.status_code == 400
    assert "Lần gửi này nặng hơn 100 MB" in words_of(answer)


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary=khac"])
def test_a_form_that_cannot_be_read_is_a_sentence(app: FastAPI, content_type: str) -> None:
    answer = visit(app, "htx-a-1").ask("POST", "/gui", content=b"--x\r\nabc", headers={"content-type": content_type})
    assert answer.status_code == 400
    assert "Biểu gửi lên không đọc được trọn vẹn." in words_of(answer)


def test_a_form_without_files_is_read_as_before(app: FastAPI) -> None:
    answer = visit(app, "htx-a-1").post("/gui", {"ghi_chu": "Ia H'Drai"})
    assert answer.json() == {"ghi_chu": "Ia H'Drai", "ready": [], "refused": []}
    assert visit(app, "htx-a-1").post("/gui", {"ghi_chu": "x"}, mark=False).status_code == 403


# Saving


def test_a_file_is_saved_under_its_own_name_and_never_run(app: FastAPI, runtime: Runtime) -> None:
    content = samples.a_signed_pdf()
    row = stored(runtime, NAME, content)
    answer = visit(app, "htx-a-1", "link").get(f"/tep/{row.id}")
    assert answer.status_code == 200
    assert answer.content == content
    names = ("content-type", "content-length", "x-content-type-options", "etag", "cache-control")
    assert [answer.headers[name] for name in names] == [
        "application/pdf", str(len(content)), "nosniff", f'"{row.sha256}"', "private, no-cache",
    ]  # fmt: skip
    assert answer.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    shown = answer.headers["content-disposition"]
    assert shown.startswith('attachment; filename="Bao cao Dak To_ quy 1.pdf"; ')
    assert unquote(shown.rpartition("''")[2]) == "Báo cáo Đắk Tô_ quý 1.pdf"


def test_a_picture_is_shown_in_the_window_when_asked_for_and_a_pdf_is_not(app: FastAPI, runtime: Runtime) -> None:
    picture, paper = stored(runtime, "ảnh.jpg", samples.a_picture()), stored(runtime, NAME, samples.a_pdf())
    client = visit(app, "htx-a-1")
    kinds = [
        client.get(path).headers["content-disposition"].partition(";")[0]
        for path in (f"/tep/{picture.id}", f"/tep/{picture.id}?xem=1", f"/tep/{paper.id}?xem=1")
    ]
    assert kinds == ["attachment", "inline", "attachment"]


def test_a_browser_that_has_the_file_is_not_sent_it_again(app: FastAPI, runtime: Runtime) -> None:
    row = stored(runtime, NAME, samples.a_pdf())
    client = visit(app, "htx-a-1")
    again = client.ask("GET", f"/tep/{row.id}", headers={"if-none-match": f'"{row.sha256}"'})
    assert (again.status_code, again.content) == (304, b"")
    head = client.ask("HEAD", f"/tep/{row.id}")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(row.size))
    assert not any("body" in statement for statement in client.statements)


def test_a_file_of_some_megabytes_comes_whole_and_costs_few_queries(app: FastAPI, runtime: Runtime) -> None:
    content = samples.a_pdf(size=1_900_000)
    row = stored(runtime, NAME, content)
    client = visit(app, "so-1")
    assert hashlib.sha256(client.get(f"/tep/{row.id}").content).hexdigest() == row.sha256
    assert client.queries <= 12
    assert client.written == []


# Scanned afterwards


def test_the_beat_of_the_clock_scans_what_waits(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    content = samples.a_pdf()
    silent = Scanner("127.0.0.1:1")
    with files.examined([files.Sent(NAME, samples.opened(content), len(content))], runtime.limits, silent) as found:
        assert [each.scan for each in found.ready] == ["waiting"]
        with runtime.transaction("files") as session:
            place = Place("occurrence", 1, 1)
            files.receive(session, found.ready, place, runtime.limits, runtime.clock.now(), "so-1")
    with clamd() as daemon:
        monkeypatch.setenv("HTX_CLAMAV", daemon.address)
        running.Clock(Runtime(load_settings(), runtime.clock, runtime.database), with_prefect=False).beat()
    with runtime.reading() as session:
        assert [row.scan for row in files.list_of(session, "occurrence", [1])[1]] == ["clean"]


# For whom


def asked_by(app: FastAPI, contact: str, number: int, strength: str = "code") -> httpx.Response:
    return visit(app, contact, strength).get(f"/tep/{number}")


def test_the_agency_itself_who_checks_it_and_the_lead_agency_read_a_file(app: FastAPI, runtime: Runtime) -> None:
    row = stored(runtime, NAME, samples.a_pdf())
    seen = {who: asked_by(app, who, row.id).status_code for who in ("htx-a-1", "huyen-a-1", "so-1")}
    assert seen == {"htx-a-1": 200, "huyen-a-1": 200, "so-1": 200}


def test_for_another_agency_there_is_no_such_file_and_the_asking_is_noted(
    app: FastAPI, runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    row = stored(runtime, NAME, samples.a_pdf(), "tinh-mau/R.huyen/huyen-a/2025")
    client = visit(app, "htx-a-1")
    with caplog.at_level(logging.WARNING):
        foreign, missing = client.get(f"/tep/{row.id}"), client.get(f"/tep/{row.id + 99}")
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert words_of(foreign) == words_of(missing)
    assert client.portal.foreign == 2
    with runtime.reading() as session:
        events = table("audit_event")
        noted = session.execute(select(events.c.act).where(events.c.act == "access.foreign")).scalars().all()
    assert list(noted) == ["access.foreign"]


@pytest.mark.parametrize("path", ["/tep/0", "/tep/99999999999999999999", "/tep/-1", "/tep/abc"])
def test_a_number_that_no_file_has_is_not_found(app: FastAPI, path: str) -> None:
    assert visit(app, "so-1").get(path).status_code == 404


def test_who_is_not_signed_in_is_shown_the_way_in(app: FastAPI, runtime: Runtime) -> None:
    row = stored(runtime, NAME, samples.a_pdf())
    answer = browser(app).get(f"/tep/{row.id}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/vao?tiep=%2Ftep%2F{row.id}")
