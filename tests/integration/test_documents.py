"""Documents of plan 3819 on both databases: made under the names of the day, kept as issued, and dossiers of papers."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import select

from htx_workflow.domain.consolidations import Consolidation
from htx_workflow.domain.errors import NotFound
from htx_workflow.domain.plan import Plan
from htx_workflow.domain.summary_frames import Frame
from htx_workflow.gateways.word import Word
from htx_workflow.services import documents, dossiers, issued
from htx_workflow.services.documents import Written
from htx_workflow.store import files
from htx_workflow.store.tables import table
from tests.machine import Machine
from tests.scores import TT01
from tests.scoring import CODE, UNITS, Scores

WORD = Word(Path(__file__).parents[2] / "templates" / "documents")


@pytest.fixture
def scores(machine: Machine, kontum: Plan) -> Scores:
    """Plan 3819 on 29/12/2025: the samples A, B and C on three levels; two cooperatives sent nothing."""
    machine.load(kontum, on=date(2024, 10, 23))
    scores = Scores(machine)
    for name in UNITS:
        scores.whole(name)
    machine.at(date(2025, 12, 29))
    return scores


def framed(scores: Scores, made: Consolidation, day: date = date(2026, 1, 5)) -> Frame:
    with scores.machine.database.reading() as session:
        return documents.frame(session, made, TT01, day, simulation=False)


def every(scores: Scores, made: Consolidation, *, final: bool) -> list[Written]:
    with scores.machine.database.reading() as session:
        day = scores.machine.today
        units = [line.key for line in made.cooperatives]
        own = documents.cards(session, made, TT01, day, units, simulation=False)
    return list(documents.write_all(made, framed(scores, made), own, WORD, final=final))


def text_of(body: bytes) -> str:
    document = Document(io.BytesIO(body))
    cells = [cell.text for grid in document.tables for row in grid.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def test_the_frame_has_the_names_of_the_day_and_cites_the_plan_in_full(scores: Scores) -> None:
    frame = framed(scores, scores.consolidate())
    assert frame.letterhead.names == ("SỞ KẾ HOẠCH VÀ ĐẦU TƯ",)
    assert frame.plan.startswith(
        "Kế hoạch số 3819/KH-UBND ngày 23/10/2024 của Ủy ban nhân dân tỉnh Kon Tum về hoàn thiện mô hình hợp tác xã"
    )
    assert (frame.plan_short, frame.next_years) == ("Kế hoạch số 3819/KH-UBND", "2026 - 2030")
    (remark,) = frame.remarks
    assert remark.startswith("Thông tư số 01/2020/TT-BKHĐT có thông tin đã hết hiệu lực từ 18/09/2025")


def test_all_documents_of_the_end_are_written_for_the_plan_and_each_cooperative(scores: Scores) -> None:
    made = scores.consolidate()
    written = every(scores, made, final=True)
    assert [one.name for one in written[:4]] == [
        "bao-cao-tong-ket_kontum-3819_2025_so-01.docx", "to-trinh_kontum-3819_2025_so-01.docx",
        "bang-tinh_kontum-3819_2025_so-01.xlsx", "thong-bao_kontum-3819_htx-thanhnien_2025_so-01.docx",
    ]  # fmt: skip
    assert len(written) == len({one.name for one in written}) == 3 + 3 * 5
    for one in written:
        if one.name.endswith(".docx"):
            said = text_of(one.body)
            assert not [sign for sign in ("{{", "[[", "None") if sign in said], one.name


def test_a_self_score_is_printed_with_the_names_of_who_signed(scores: Scores) -> None:
    made = scores.consolidate()
    with scores.machine.database.reading() as session:
        own = documents.cards(
            session, made, TT01, scores.machine.today, ["htx-rangdong", "htx-doanket"], simulation=False
        )
    card = own["htx-rangdong"]
    assert [(one.title, one.name) for one in card.signers] == [
        ("Chủ tịch Hội đồng quản trị", "Người Mẫu"), ("Trưởng Ban kiểm soát", "Người Mẫu"),
    ]  # fmt: skip
    assert (card.places["4a"].points, card.rating, own["htx-doanket"].blank) == (200, "Tốt", True)


def test_an_issued_document_is_given_again_byte_for_byte(scores: Scores) -> None:
    made, machine = scores.consolidate(), scores.machine
    first = documents.write(made, framed(scores, made), "bao-cao-tong-ket", WORD)
    with machine.transaction("issue") as session:
        issued.keep(session, CODE, "2025", 1, first, None, machine.when())
    other = Written(first.kind, first.unit, first.name, first.media_type, b"another")
    with machine.transaction("issue") as session:
        kept = issued.keep(session, CODE, "2025", 1, other, None, machine.when())
        assert kept.name == first.name
    with machine.database.reading() as session:
        assert issued.again(session, CODE, "2025", 1, "bao-cao-tong-ket") == first
        assert list(issued.list_of(session, CODE, "2025", 1)) == ["bao-cao-tong-ket"]
        with pytest.raises(NotFound):
            issued.again(session, CODE, "2025", 1, "to-trinh")
        with pytest.raises(NotFound):
            issued.list_of(session, CODE, "2025", 7)


def test_an_issued_document_belongs_to_its_plan_and_uses_nobodys_quota(scores: Scores) -> None:
    made, machine = scores.consolidate(), scores.machine
    written = documents.write(made, framed(scores, made), "to-trinh", WORD)
    with machine.transaction("issue") as session:
        row = issued.keep(session, CODE, "2025", 1, written, None, machine.when())
    with machine.database.reading() as session:
        plan = session.execute(select(table("plan").c.id)).scalar_one()
        assert files.concerned(session, row) == [(plan, None, None)]
        assert files.used(session, row.agency_id) == 0


def attach(scores: Scores, duty: str, holder: str, name: str, body: bytes, scan: str = "none") -> None:
    """A file on the work of a duty and holder in 2025."""
    work, duties, agencies = table("occurrence"), table("duty"), table("agency")
    with scores.machine.transaction("files") as session:
        number, agency = session.execute(
            select(work.c.id, agencies.c.id)
            .join(duties, duties.c.id == work.c.duty_id)
            .join(agencies, agencies.c.id == work.c.holder_id)
            .where(duties.c.code == duty, agencies.c.code == holder, work.c.period == "2025")
        ).one()
        now = scores.machine.when().now
        files.add_blob(session, name, "application/pdf", body, now, scan=scan, note="", signature="")
        files.add(
            session, sha256=name, name=name, subject_kind="occurrence", subject_id=number, field="", agency_id=agency,
            document_id=None, at=now, by_code="thu",
        )  # fmt: skip


def test_a_dossier_has_the_numbered_files_of_its_work_and_a_table_of_contents(scores: Scores) -> None:
    attach(scores, "R.htx", "htx-rangdong", "bảng điểm.pdf", b"%PDF 1")
    attach(scores, "R.htx", "htx-rangdong", "hỏng.pdf", b"%PDF 2", scan="infected")
    attach(scores, "R.htx", "htx-thanhnien", "của nơi khác.pdf", b"%PDF 3")
    wanted = dossiers.Wanted(CODE, "2025", "R.htx", "htx-rangdong")
    with scores.machine.database.reading() as session:
        made = dossiers.make(session, wanted, WORD, scores.machine.today, None, simulation=True)
    assert made.name == "MOPHONG_ho-so_kontum-3819_R.htx_htx-rangdong_2025.zip"
    with made.file, zipfile.ZipFile(made.file) as archive:
        assert archive.namelist() == ["00 Mục lục văn bản.docx", "00 Mục lục văn bản.xlsx", "01 bảng điểm.pdf"]
        assert archive.read("01 bảng điểm.pdf") == b"%PDF 1"
        page = load_workbook(io.BytesIO(archive.read("00 Mục lục văn bản.xlsx")))["Mục lục văn bản"]
        rows = list(page.iter_rows(min_row=4, values_only=True))
    assert [(row[0], row[6]) for row in rows] == [
        (1, "01 bảng điểm.pdf; chưa có văn bản"), (2, "02 hỏng.pdf; có mã độc, không kèm theo"),
    ]  # fmt: skip


def test_a_dossier_without_papers_is_a_sentence(scores: Scores) -> None:
    with scores.machine.database.reading() as session, pytest.raises(NotFound, match="Chưa có tệp nào"):
        dossiers.make(session, dossiers.Wanted(CODE, "2025", "V.1.2"), WORD, date(2026, 1, 5), None, simulation=False)
