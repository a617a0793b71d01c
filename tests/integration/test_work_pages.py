"""What holders' pages read and what forms write, on both databases."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from htx_workflow.domain.errors import NotFound, TooLate
from htx_workflow.domain.plan import Plan
from htx_workflow.domain.visitors import Visitor
from htx_workflow.gateways import form_files
from htx_workflow.services import handling, report_drafts, visits, work_pages, works
from htx_workflow.services.report_drafts import Draft
from htx_workflow.services.works import Asked
from htx_workflow.store import report_rows
from htx_workflow.store.database import Database
from htx_workflow.store.tables import table
from tests.machine import Machine

CODE = "kontum-3819"
AGENCY = f"{CODE}/R.agency/huyen-konplong/2024"
HTX = f"{CODE}/R.htx/htx-thanhnien/2024"
FORMS = Path(__file__).parents[2] / "config" / "forms"
CONTACT = "konplong-tckh"


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """Pages are read on both databases in test_pages_on_both_databases."""
    return sqlite_database


@pytest.fixture
def tinh(machine: Machine, kontum: Plan) -> Machine:
    machine.load(kontum, on=date(2024, 10, 23))
    return machine.at(date(2024, 12, 16))


def visitor(machine: Machine, contact: str = CONTACT, strength: str = "code") -> Visitor:
    contacts = table("contact")
    with machine.transaction() as session:
        number = session.execute(select(contacts.c.id).where(contacts.c.code == contact)).scalar_one()
        token = visits.open_(session, number, strength, machine.now, subject=contact)
    with machine.database.reading() as session:
        found = visits.find(session, token, machine.now, machine.today)
    assert found is not None
    return found


def one(machine: Machine, key: str, who: Visitor) -> work_pages.Whole:
    with machine.database.reading() as session:
        return work_pages.one(session, machine.row(key).id, who, lambda _: machine.calendar, machine.today)


def mine(machine: Machine, who: Visitor, **asked: object) -> works.MyWork:
    with machine.database.reading() as session:
        return works.my_work(session, who, Asked(**asked), lambda _: machine.calendar, machine.today)  # type: ignore[arg-type]


def test_my_work_is_grouped_and_what_came_in_stands_apart(tinh: Machine) -> None:
    tinh.submit(HTX)
    found = mine(tinh, visitor(tinh))
    assert [part.code for part in found.parts] == ["expected", "standing", "closed"]
    assert [(line.id, line.holder) for line in found.to_check] == [
        (tinh.row(HTX).id, "HTX rau, hoa và du lịch thanh niên")
    ]
    assert sum(part.count for part in found.parts) == found.total
    waiting = next(line for part in found.parts if part.code == "closed" for line in part.lines if line.note)
    assert waiting.note.startswith("Chờ ")


def test_work_is_found_by_words_without_marks(tinh: Machine) -> None:
    found = mine(tinh, visitor(tinh), text="bao cao nam")
    assert [line.id for part in found.parts for line in part.lines] == [
        tinh.row(f"{CODE}/R.agency/huyen-konplong/{year}").id for year in (2024, 2025)
    ]


def test_the_whole_of_a_work_is_read_with_people_in_words(tinh: Machine) -> None:
    who = visitor(tinh)
    tinh.submit(AGENCY, by=CONTACT)
    with tinh.transaction() as session:
        row = work_pages.get_own(session, tinh.row(AGENCY).id, who, tinh.today)
        handling.comment(session, row.work, "đã gửi cả bản giấy", tinh.when(CONTACT))
    whole = one(tinh, AGENCY, who)
    assert [(event.what, event.note) for event in whole.events] == [
        ("Trao đổi", "Đã gửi cả bản giấy"),
        ("Đã gửi", ""),
        ("Mở việc", ""),
    ]
    assert whole.status.word == "Đã gửi, chờ kiểm tra"
    assert whole.acts == ("withdraw", "difficulty", "comment")
    assert dict(whole.roles)["Nơi nhận"] == "Sở KH&ĐT"
    officer = one(tinh, AGENCY, visitor(tinh, "skhdt-dau-moi"))
    assert officer.acts == ("verify", "return", "comment")


def test_work_of_others_is_not_found(tinh: Machine) -> None:
    with pytest.raises(NotFound):
        one(tinh, f"{CODE}/R.agency/stc/2024", visitor(tinh))


# Drafts


def drafted(machine: Machine, who: Visitor) -> int:
    form = form_files.form_of(FORMS, "F-A")
    with machine.transaction() as session:
        row = work_pages.get_own(session, machine.row(AGENCY).id, who, machine.today)
        return report_drafts.open_(session, row, form, machine.when(CONTACT))


def read(machine: Machine, number: int, who: Visitor) -> Draft:
    with machine.database.reading() as session:
        return report_drafts.get(session, number, who, lambda code: form_files.form_of(FORMS, code), machine.today)


def save(machine: Machine, draft: Draft, fields: dict[str, list[str]], based_on: int) -> int | None:
    with machine.transaction() as session:
        return report_drafts.save_group(session, draft, "dau", fields, based_on, machine.when(CONTACT))


def test_a_draft_is_saved_and_what_was_typed_on_an_older_one_is_kept_beside(tinh: Machine) -> None:
    who = visitor(tinh)
    number = drafted(tinh, who)
    assert drafted(tinh, who) == number
    assert save(tinh, read(tinh, number, who), {"H5": ["uoc"]}, 0) == 1
    assert save(tinh, read(tinh, number, who), {"H5": ["chinh-thuc"]}, 0) is None
    with tinh.database.reading() as session:
        (aside,) = report_rows.list_asides(session, number)
    assert (aside.body, aside.why) == ({"H5": "chinh-thuc"}, "saved:dau")
    found = read(tinh, number, who)
    assert (found.values["H5"], found.stamp("dau"), found.report.draft_version) == ("uoc", 1, 1)


def test_two_savings_at_once_are_not_both_taken(tinh: Machine) -> None:
    who = visitor(tinh)
    number = drafted(tinh, who)
    first, second = read(tinh, number, who), read(tinh, number, who)
    save(tinh, first, {"H5": ["uoc"]}, 0)
    with pytest.raises(TooLate, match="Người khác vừa lưu biểu này"):
        save(tinh, second, {"H5": ["chinh-thuc"]}, 0)


def test_last_years_report_stands_beside_the_next_one(tinh: Machine) -> None:
    who = visitor(tinh)
    number = drafted(tinh, who)
    save(tinh, read(tinh, number, who), {"H5": ["uoc"]}, 0)
    with tinh.transaction() as session:
        report = report_rows.find(session, number, lock=True)
        assert report is not None
        report_rows.add_revision(session, report, {"H5": "uoc"}, "0", tinh.now, CONTACT, None)
    key = f"{CODE}/R.agency/huyen-konplong/2025"
    with tinh.transaction() as session:
        row = work_pages.get_own(session, tinh.row(key).id, who, tinh.today)
        after = report_drafts.open_(session, row, form_files.form_of(FORMS, "F-A"), tinh.when(CONTACT))
    found = read(tinh, after, who)
    assert (found.context.last, found.context.last_year) == ({"H5": "uoc"}, True)


def test_a_definition_is_stored_once_for_each_text(tinh: Machine) -> None:
    form = form_files.form_of(FORMS, "F-A")
    other = form.model_copy(update={"version": "2026.1"})
    with tinh.transaction() as session:
        numbers = [
            report_rows.definition_of(session, each, tinh.now, report_drafts.sha_of(each))
            for each in (form, form, other)
        ]
        older = report_rows.older_forms(session, "F-A")
        stored = (
            session.execute(select(table("definition").c.body).order_by(table("definition").c.id)).scalars().first()
        )
    assert numbers[0] == numbers[1] != numbers[2]
    assert set(older) == {form.version, "2026.1"}
    assert json.loads(stored or "{}")["code"] == "F-A"
    assert older[form.version] == form
