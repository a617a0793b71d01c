"""A list of 5,000 contacts brought in from Excel: read, judged with every error at once, shown, written in one act.

Peers in the same run: for the whole, the same contacts added one by one, as the page adds them; for the reading, the
bare values of the file with openpyxl.
"""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime

from openpyxl import load_workbook

from benchmarks import databases
from benchmarks.report import Figure
from htx_workflow.domain.contact_rows import COLUMNS
from htx_workflow.gateways import excel
from htx_workflow.services import agencies, contact_imports, contact_lists, contact_writes, contacts
from htx_workflow.services.agencies import Names, NewAgency
from htx_workflow.services.contact_imports import Asker, Raw
from htx_workflow.services.contacts import NewContact
from htx_workflow.store import contacts as contact_store
from htx_workflow.store.database import Database

PEOPLE, AGENCIES, SECONDS = 5_000, 500, 10.0
ONE_BY_ONE = 250
"""So many are added by the peer; its time is that of all at the same pace."""
TODAY, NOW = date(2025, 11, 25), datetime(2025, 11, 25, 1, 0, tzinfo=UTC)
GIVEN = ("A Thút", "Y Hà", "Nguyễn Văn Ánh", "Trần Thị Ân", "Ngô Thị Đào")


def measure() -> Iterator[Figure | str]:
    with databases.server() as address:
        for kind in databases.KINDS:
            with databases.fresh(kind, address, "contacts") as database:
                yield from _on(kind, database)


def _on(kind: str, database: Database) -> Iterator[Figure]:
    _add_agencies(database)
    good, wrong = _file(""), _file("@")
    began = time.perf_counter()
    for _ in load_workbook(io.BytesIO(good), read_only=True)[contact_lists.NAME].iter_rows(values_only=True):
        pass
    bare = time.perf_counter() - began
    began = time.perf_counter()
    with database.reading() as session:
        asker = Asker(set(contact_store.all_agencies(session)), True)
        found = contact_imports.examine(session, _read(wrong), asker, TODAY)
    yield Figure(
        "Contacts from Excel", f"5,000 rows, {len(found.errors):,} errors told at once, {kind}",
        time.perf_counter() - began, "s", SECONDS, "openpyxl, values alone", bare,
    )  # fmt: skip
    peer = _one_by_one(database)
    began = time.perf_counter()
    with database.transaction("bench") as session:
        asker = Asker(set(contact_store.all_agencies(session)), True)
        found = contact_imports.examine(session, _read(good), asker, TODAY)
        assert found.errors == []
        assert found.count("add") == PEOPLE
        contact_writes.apply(session, found.changes, "system", NOW, TODAY)
    yield Figure(
        "Contacts from Excel", f"5,000 read, judged and written, {kind}", time.perf_counter() - began, "s", SECONDS,
        "added one by one", peer,
    )  # fmt: skip


def _read(body: bytes) -> list[Raw]:
    return contact_imports.read(body)


def _add_agencies(database: Database) -> None:
    with database.transaction("bench") as session:
        for number in range(AGENCIES):
            name = Names(f"Ủy ban nhân dân xã {number}", f"UBND xã {number}")
            agencies.add(session, NewAgency(f"xa-{number}", "commune", name), "system", NOW, TODAY)


def _file(spoil: str) -> bytes:
    """The filled list; with `spoil` every address ends in a letter too much."""
    rows = []
    for number in range(PEOPLE):
        said = {
            "agency": f"xa-{number % AGENCIES}", "name": f"{GIVEN[number % 5]} {number}", "title": "Chuyên viên",
            "phone": f"0260 {number:07d}", "address": f"a{number}@example.vn{spoil}", "role": "đầu mối",
        }  # fmt: skip
        rows.append([said.get(code, "") for code in COLUMNS])
    columns = [excel.Column(label) for label in COLUMNS.values()]
    return excel.write([excel.Sheet("", columns, rows, name=contact_lists.NAME, codes=tuple(COLUMNS))])


def _one_by_one(database: Database) -> float:
    began = time.perf_counter()
    for number in range(ONE_BY_ONE):
        with database.transaction("bench") as session:
            new = NewContact(f"mot-{number}", f"xa-{number % AGENCIES}", f"mot{number}@example.vn", f"Người {number}")
            contacts.add(session, new, "system", NOW, TODAY)
    return (time.perf_counter() - began) * PEOPLE / ONE_BY_ONE
