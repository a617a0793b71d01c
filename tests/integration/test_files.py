"""Files on both databases: examined, stored once, listed without their bytes, read by whom they concern."""

from __future__ import annotations

import hashlib
import io
import threading
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert, select

from htx_workflow.domain.errors import BadInput, NotAllowed, NotFound, TooLate
from htx_workflow.domain.file_rules import Limits
from htx_workflow.domain.visitors import Visitor
from htx_workflow.gateways.clamav import Scanner
from htx_workflow.services import audits, backups, files, scans, visits
from htx_workflow.services.backups import Installation
from htx_workflow.services.files import Place, Sent
from htx_workflow.services.scans import Rescanned
from htx_workflow.store.database import Database
from htx_workflow.store.files import FileRow
from htx_workflow.store.tables import table
from tests import file_samples as samples
from tests.clamd import clamd
from tests.conftest import NewDatabase
from tests.factories import a_plan
from tests.machine import Machine

NOW = datetime(2025, 12, 10, 2, 0, tzinfo=UTC)
DAY = date(2025, 12, 10)
LIMITS = Limits()
SILENT = Scanner("127.0.0.1:1")
HTX = "tinh-mau/R.htx/htx-a/2025"


def sent(name: str, content: bytes) -> Sent:
    return Sent(name, io.BytesIO(content), len(content))


class Desk:
    """A plan with its agencies, and files that come in."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        machine.load(a_plan(), on=date(2025, 1, 2))
        self.occurrence = machine.row(HTX).id
        with machine.database.reading() as session:
            rows = table("agency")
            self.agencies = {row.code: row.id for row in session.execute(select(rows.c.code, rows.c.id))}
        self.place = Place("occurrence", self.occurrence, self.agencies["htx-a"])

    @property
    def database(self) -> Database:
        return self.machine.database

    def send(
        self, *sent_: Sent, place: Place | None = None, limits: Limits = LIMITS, scanner: Scanner | None = None,
        combine: bool = True,
    ) -> list[FileRow]:  # fmt: skip
        with files.examined(sent_, limits, scanner, combine=combine) as found:
            assert found.refused == []
            with self.database.transaction("files") as session:
                return files.receive(session, found.ready, place or self.place, limits, NOW, "htx-a-1")

    def listed(self, *, withdrawn: bool = False) -> list[FileRow]:
        with self.database.reading() as session:
            return files.list_of(session, "occurrence", [self.occurrence], withdrawn=withdrawn)[self.occurrence]

    def visitor(self, contact: str, strength: str = "code") -> Visitor:
        contacts = table("contact")
        with self.database.transaction("test") as session:
            number = session.execute(select(contacts.c.id).where(contacts.c.code == contact)).scalar_one()
            token = visits.open_(session, number, strength, NOW, subject=contact)
        with self.database.reading() as session:
            found = visits.find(session, token, NOW, DAY)
        assert found is not None
        return found

    def may_read(self, number: int, contact: str, strength: str = "code") -> bool:
        visitor = self.visitor(contact, strength)
        with self.database.reading() as session:
            try:
                files.get_for(session, number, visitor)
            except NotFound:
                return False
        return True

    def blobs(self) -> list[Any]:
        with self.database.reading() as session:
            return list(session.execute(select(table("file_blob")).order_by(table("file_blob").c.sha256)))

    def acts(self) -> list[tuple[str, str]]:
        events = table("audit_event")
        with self.database.reading() as session:
            found = session.execute(select(events.c.act, events.c.subject).order_by(events.c.seq))
            return [(row.act, row.subject) for row in found if row.act.startswith("file.")]


@pytest.fixture
def desk(machine: Machine) -> Desk:
    return Desk(machine)


@pytest.fixture
def sqlite_desk(sqlite_machine: Machine) -> Desk:
    return Desk(sqlite_machine)


def refused(*sent_: Sent, limits: Limits = LIMITS, scanner: Scanner | None = None) -> list[str]:
    with files.examined(sent_, limits, scanner) as found:
        return found.refused


# Coming in


def test_a_signed_pdf_is_stored_byte_for_byte_and_said_to_be_signed(desk: Desk) -> None:
    content = samples.a_signed_pdf()
    (row,) = desk.send(sent("Công văn số 12.pdf", content))
    assert row._asdict() == {
        "id": row.id, "name": "Công văn số 12.pdf", "media_type": "application/pdf", "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(), "subject_kind": "occurrence", "subject_id": desk.occurrence,
        "field": "", "agency_id": desk.agencies["htx-a"], "document_id": None, "at": NOW, "by": "htx-a-1",
        "withdrawn_at": None, "scan": "none", "signature": "unchecked",
    }  # fmt: skip
    assert desk.listed() == [row]
    with desk.database.reading() as session, files.spooled(session, row) as body:
        assert body.read() == content


def test_the_same_bytes_are_stored_once_and_attached_where_they_were_sent(desk: Desk) -> None:
    content = samples.a_pdf()
    (first,) = desk.send(sent("Sổ quỹ.pdf", content))
    other = replace(desk.place, kind="report", subject_id=7, field="so_quy", agency_id=desk.agencies["huyen-a"])
    (second,) = desk.send(sent("Sổ khác.pdf", content), place=other)
    assert (first.sha256, first.name) == (second.sha256, "Sổ quỹ.pdf")
    assert (second.name, second.field, second.id != first.id) == ("Sổ khác.pdf", "so_quy", True)
    assert len(desk.blobs()) == 1


def test_a_form_sent_twice_attaches_one_file(desk: Desk) -> None:
    first = desk.send(sent("Sổ quỹ.pdf", samples.a_pdf()))
    again = desk.send(sent("Sổ quỹ.pdf", samples.a_pdf()))
    assert again == first == desk.listed()
    assert desk.acts() == [("file.receive", f"file/{first[0].id}")]


def test_a_form_sent_twice_at_the_same_moment_attaches_one_file(desk: Desk) -> None:
    together = threading.Barrier(2)

    def press() -> list[FileRow]:
        with files.examined([sent("Sổ quỹ.pdf", samples.a_pdf())], LIMITS, None) as found:
            together.wait()
            with desk.database.transaction("files") as session:
                return files.receive(session, found.ready, desk.place, LIMITS, NOW, "htx-a-1")

    with ThreadPoolExecutor(2) as people:
        first, second = (each.result() for each in [people.submit(press), people.submit(press)])
    assert first == second == desk.listed()
    assert len(desk.listed()) == len(desk.acts()) == 1


def test_two_files_of_one_name_get_different_names(desk: Desk) -> None:
    desk.send(sent("Sổ quỹ.pdf", samples.a_pdf()), sent("SỔ QUỸ.pdf", samples.a_pdf(text="khác")))
    assert [row.name for row in desk.listed()] == ["Sổ quỹ.pdf", "SỔ QUỸ (2).pdf"]


def test_one_bad_file_does_not_lose_the_good_ones() -> None:
    wrong = sent("a.pdf", samples.HTML)
    with files.examined(
        [sent("1.pdf", samples.a_pdf()), wrong, sent("2.docx", samples.a_docx())], LIMITS, None
    ) as found:
        assert [each.name for each in found.ready] == ["1.pdf", "2.docx"]
        assert [sentence[:13] for sentence in found.refused] == ["Tệp “a.pdf” c"]


def test_fields_where_no_file_was_chosen_are_no_files() -> None:
    with files.examined([sent("", b"")], LIMITS, None) as found:
        assert (found.ready, found.refused) == ([], [])


def test_a_file_that_is_too_large_is_refused_by_the_size_that_was_sent() -> None:
    cut = Sent("Sổ.pdf", io.BytesIO(samples.a_pdf()), 60_000_000)
    (sentence,) = refused(cut)
    assert sentence.startswith("Tệp “Sổ.pdf” nặng 60 MB, mỗi tệp nhiều nhất 20 MB.")


def test_too_many_files_in_one_go_are_refused_together() -> None:
    (sentence,) = refused(*[sent(f"{number}.pdf", samples.a_pdf()) for number in range(3)], limits=Limits(files=2))
    assert sentence == "Lần gửi này có 3 tệp, mỗi lần nhiều nhất 2 tệp. Đề nghị chia thành nhiều lần gửi."


def test_several_photographs_become_one_pdf_where_the_first_stood(desk: Desk) -> None:
    rows = desk.send(
        sent("Công văn.pdf", samples.a_pdf()), sent("IMG_1.HEIC", samples.a_heic()), sent("Bảng.xlsx", samples.an_xlsx()),
        sent("IMG_2.jpg", samples.a_picture()),
    )  # fmt: skip
    assert [(row.name, row.media_type) for row in rows] == [
        ("Công văn.pdf", "application/pdf"),
        ("IMG_1 (gộp 02 ảnh).pdf", "application/pdf"),
        ("Bảng.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ]


def test_photographs_may_be_kept_apart_and_a_single_one_is_a_jpeg(desk: Desk) -> None:
    one = desk.send(sent("IMG_1.HEIC", samples.a_heic()))
    two = desk.send(
        sent("a.jpg", samples.a_picture(90, 90)), sent("b.png", samples.a_picture(90, 80, format="PNG")), combine=False
    )
    assert [(row.name, row.media_type) for row in one + two] == [
        (name, "image/jpeg") for name in ("IMG_1.jpg", "a.jpg", "b.jpg")
    ]


def test_what_passes_the_quota_is_refused_and_nothing_is_stored(desk: Desk) -> None:
    limits = replace(LIMITS, quota=5000)
    desk.send(sent("1.pdf", samples.a_pdf(size=3000)), limits=limits)
    with pytest.raises(BadInput, match=r"Cơ quan đã gửi 4 KB, thêm 3 KB sẽ vượt hạn mức 5 KB.*HTX_QUOTA_MB"):
        desk.send(sent("2.pdf", samples.a_pdf(size=2000, text="hai")), limits=limits)
    assert [row.name for row in desk.listed()] == ["1.pdf"]
    assert len(desk.blobs()) == 1


def test_a_file_sent_again_elsewhere_counts_once_in_the_quota(desk: Desk) -> None:
    limits = replace(LIMITS, quota=5000)
    content = samples.a_pdf(size=3000)
    desk.send(sent("1.pdf", content), limits=limits)
    with desk.database.reading() as session:
        before = files.store.used(session, desk.agencies["htx-a"])
    desk.send(sent("a.pdf", samples.a_pdf()), sent("b.pdf", samples.a_pdf()), place=replace(desk.place, field="khac"))
    with desk.database.reading() as session:
        assert files.store.used(session, desk.agencies["htx-a"]) == before + len(samples.a_pdf())


def test_lists_of_a_hundred_subjects_are_one_query_that_reads_no_bytes(desk: Desk) -> None:
    desk.send(sent("1.pdf", samples.a_pdf()))
    asked: list[str] = []
    event.listen(desk.database.engine, "before_cursor_execute", lambda *values: asked.append(values[2]))
    with desk.database.reading() as session:
        found = files.list_of(session, "occurrence", range(1, 101))
    assert [number for number, rows in found.items() if rows] == [desk.occurrence]
    assert len(found) == 100
    (statement,) = [text for text in asked if "SELECT" in text]
    assert "body" not in statement


# Taking back


def test_a_file_taken_back_leaves_the_list_and_stays_stored(desk: Desk) -> None:
    (row,) = desk.send(sent("1.pdf", samples.a_pdf()))
    with desk.database.transaction("files") as session:
        files.withdraw(session, row.id, desk.agencies["htx-a"], NOW + timedelta(days=1), "htx-a-1")
    assert desk.listed() == []
    assert desk.listed(withdrawn=True) == [row._replace(withdrawn_at=NOW + timedelta(days=1))]
    assert len(desk.blobs()) == 1
    assert desk.acts() == [("file.receive", f"file/{row.id}"), ("file.withdraw", f"file/{row.id}")]
    with desk.database.transaction("files") as session, pytest.raises(TooLate, match=r"đã được rút trước đó"):
        files.withdraw(session, row.id, desk.agencies["htx-a"], NOW, "htx-a-1")
    (again,) = desk.send(sent("1.pdf", samples.a_pdf()))
    assert again.id != row.id


def test_another_agencys_file_is_not_taken_back(desk: Desk) -> None:
    (row,) = desk.send(sent("1.pdf", samples.a_pdf()))
    with desk.database.transaction("files") as session:
        for number in (row.id, row.id + 1, 2**40):
            with pytest.raises(NotFound):
                files.withdraw(session, number, desk.agencies["huyen-a"], NOW, "huyen-a-1")
    assert desk.listed() == [row]


# Who reads


@pytest.mark.parametrize(
    ("contact", "strength", "reads"),
    [
        ("htx-a-1", "link", True),
        ("huyen-a-1", "link", True),
        ("so-1", "code", True),
        ("so-1", "link", False),
        ("tinh-1", "code", False),
    ],
)
def test_a_cooperatives_file_is_read_by_itself_by_who_checks_it_and_by_the_lead_agency(
    sqlite_desk: Desk, contact: str, strength: str, reads: bool
) -> None:
    with sqlite_desk.database.transaction("test") as session:
        session.execute(
            insert(table("contact")).values(
                code="tinh-1", agency_id=sqlite_desk.agencies["tinh"], channel="email", address="t@example.vn",
                shared=False, name="", title="", unit="", phone="", rhythm="daily", approves=True, admin=False,
            )
        )  # fmt: skip
    (row,) = sqlite_desk.send(sent("1.pdf", samples.a_pdf()))
    assert sqlite_desk.may_read(row.id, contact, strength) is reads


def test_a_files_of_a_report_or_a_request_is_read_by_who_receives_the_work(desk: Desk) -> None:
    with desk.database.transaction("test") as session:
        plan = session.execute(select(table("plan").c.id)).scalar_one()
        asked = session.execute(
            insert(table("request")).values(
                key="a", plan_id=plan, kind="extension", occurrence_id=desk.occurrence, from_id=desk.agencies["htx-a"],
                raised_at=NOW, raised_by="htx-a-1", reason="", after_expiry=False, advice="", advised_by="",
                state="raised", decision="", decided_by="",
            ).returning(table("request").c.id)
        ).scalar_one()  # fmt: skip
        definition = session.execute(
            insert(table("definition"))
            .values(kind="form", code="F-B", version="1", sha256="0", body="{}", added_at=NOW)
            .returning(table("definition").c.id)
        ).scalar_one()
        report = session.execute(
            insert(table("report"))
            .values(
                key="b", plan_id=plan, agency_id=desk.agencies["htx-a"], form_code="F-B", period="2025",
                definition_id=definition, draft="{}", draft_version=0, draft_by="", sent_no=0,
            )
            .returning(table("report").c.id)
        ).scalar_one()  # fmt: skip
        session.execute(insert(table("report_occurrence")).values(report_id=report, occurrence_id=desk.occurrence))
    for kind, number in (("request", asked), ("report", report)):
        place = Place(kind, number, desk.agencies["htx-a"])  # type: ignore[arg-type]
        (row,) = desk.send(sent("1.pdf", samples.a_pdf()), place=place)
        assert [desk.may_read(row.id, who) for who in ("htx-a-1", "huyen-a-1", "so-1")] == [True, True, True]
    place = Place("report", report + 1, desk.agencies["so"])
    (row,) = desk.send(sent("1.pdf", samples.a_pdf()), place=place)
    assert [desk.may_read(row.id, who) for who in ("htx-a-1", "huyen-a-1", "so-1")] == [False, False, True]


def test_a_number_that_is_no_files_is_not_found(desk: Desk) -> None:
    assert [desk.may_read(number, "so-1") for number in (1, 0, 2**31, 2**70)] == [False] * 4


# Scanning


def test_an_infected_file_is_refused_in_words(desk: Desk) -> None:
    with clamd() as daemon:
        daemon.infected.add(b"/Type /Catalog")
        (sentence,) = refused(sent("Sổ.pdf", samples.a_pdf()), scanner=Scanner(daemon.address))
    assert sentence == (
        "Tệp “Sổ.pdf” có mã độc theo máy quét nên không nhận. Đề nghị báo người phụ trách công nghệ thông tin của cơ quan."
    )


def test_the_scanner_sees_what_was_sent_and_the_file_is_clean(desk: Desk) -> None:
    photograph = samples.a_picture()
    with clamd() as daemon:
        (row,) = desk.send(sent("a.jpg", photograph), scanner=Scanner(daemon.address))
        assert daemon.seen == [photograph]
    assert row.scan == "clean"


def test_while_the_scanner_is_silent_only_the_sender_reads_and_later_everybody_does(desk: Desk) -> None:
    (row,) = desk.send(sent("Sổ.pdf", samples.a_pdf()), scanner=SILENT)
    assert row.scan == "waiting"
    assert desk.may_read(row.id, "htx-a-1")
    with pytest.raises(NotAllowed, match=r"Tệp “Sổ.pdf” đang chờ quét mã độc\."):
        desk.may_read(row.id, "so-1")
    silent = scans.rescan_waiting(desk.database, SILENT, NOW)
    assert (silent.clean, silent.infected, "không trả lời" in silent.problem) == (0, 0, True)
    with clamd() as daemon:
        assert scans.rescan_waiting(desk.database, Scanner(daemon.address), NOW) == Rescanned(clean=1)
        assert scans.rescan_waiting(desk.database, Scanner(daemon.address), NOW) == Rescanned()
        assert daemon.seen == [samples.a_pdf()]
    assert desk.may_read(row.id, "so-1")


def test_what_is_found_infected_later_is_shut_for_everybody_and_noted(desk: Desk) -> None:
    (row,) = desk.send(sent("Sổ.pdf", samples.a_pdf()), scanner=SILENT)
    with clamd() as daemon:
        daemon.infected.add(b"/Type /Catalog")
        assert scans.rescan_waiting(desk.database, Scanner(daemon.address), NOW) == Rescanned(infected=1)
    with pytest.raises(NotAllowed, match=r"có mã độc theo máy quét nên đã khóa"):
        desk.may_read(row.id, "htx-a-1")
    assert desk.acts()[-1] == ("file.infected", f"blob/{row.sha256}")
    assert [blob.scan_note for blob in desk.blobs()] == ["Eicar-Test"]
    with pytest.raises(BadInput, match=r"có mã độc"):
        desk.send(sent("Sổ khác.pdf", samples.a_pdf()), place=replace(desk.place, field="x"))
    with desk.database.reading() as session:
        assert audits.verify(session).broken == []


def test_without_a_scanner_in_the_settings_any_more_nothing_waits(desk: Desk) -> None:
    (row,) = desk.send(sent("Sổ.pdf", samples.a_pdf()), scanner=SILENT)
    assert scans.rescan_waiting(desk.database, None, NOW) == Rescanned()
    assert [each.scan for each in desk.listed()] == ["none"]
    assert desk.may_read(row.id, "so-1")


# Backup


def test_a_backup_holds_every_file(desk: Desk, fresh_sqlite: NewDatabase, tmp_path: Path) -> None:
    desk.send(
        sent("1.pdf", samples.a_signed_pdf()), sent("2.pdf", samples.a_pdf(size=5_000_000)), sent("3.jpg", samples.a_picture())
    )  # fmt: skip
    backups.back_up(Installation(desk.database, tmp_path / "1.key"), tmp_path / "a.zip", NOW, "system")
    other = fresh_sqlite()
    backups.restore(Installation(other, tmp_path / "2.key"), tmp_path / "a.zip", NOW, "system")
    with other.reading() as session:
        found = list(session.execute(select(table("file_blob")).order_by(table("file_blob").c.sha256)))
        names = [row.name for row in files.store.list_files(session, "occurrence", [desk.occurrence])]
    assert found == desk.blobs()
    assert names == ["1.pdf", "2.pdf", "3.jpg"]


def test_a_backup_reads_one_file_at_a_time(sqlite_desk: Desk, tmp_path: Path) -> None:
    with sqlite_desk.database.transaction("test") as session:
        for number in range(3_000_000, 3_000_012):
            body = number.to_bytes(4, "big") * (number // 4)
            files.store.add_blob(session, f"{number}", "application/pdf", body, NOW, scan="none", note="", signature="")
    peak = _peak_of(lambda: _save(sqlite_desk.database, tmp_path / "a.zip"))
    assert peak < 9 * 3_000_000


def _save(database: Database, path: Path) -> None:
    backups.back_up(Installation(database, path.with_suffix(".key")), path, NOW, "system")


def _peak_of(work: Callable[[], None]) -> int:
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak
