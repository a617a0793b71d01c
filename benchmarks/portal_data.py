"""A province's whole year after year for the portal: 1,000 agencies, 60 duties, 3 years, 180,000 pieces of work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from benchmarks.data import LADDER, LOADED, PLACES, SUBJECTS, _insert, _keep_counting, _settle
from htx_workflow.domain.plan import Plan
from htx_workflow.store import plans as plan_store
from htx_workflow.store.database import Database, Session
from htx_workflow.store.tables import table

AGENCIES, DUTIES = 1_000, 60
YEARS = (2023, 2024, 2025)
CODE = "tinh-lon"
HEADS = 2


def fill(database: Database) -> None:
    """Write it into an empty, migrated database: two years done, the third under way."""
    with database.transaction("people") as session:
        _write_agencies(session)
    plan = _plan()
    with database.transaction("plans") as session:
        codes = {row.code: row.id for row in session.execute(select(table("agency").c.code, table("agency").c.id))}
        plan_id, version = plan_store.write_plan(session, plan, codes, LOADED.date())
        plan_store.add_version(session, plan_id, version, plan, "…", "0" * 64, LOADED, "system")
        duties = list(plan_store.write_duties(session, plan_id, version, plan.duties).values())
        _write_contacts(session)
    with database.transaction("occurrences") as session:
        rows = list(_occurrences(plan_id, duties))
        _insert(session, "occurrence", iter(rows))
        _insert(session, "occurrence_change", _changes(rows))
        _keep_counting(session, "occurrence")
    _settle(database)


def _holders() -> Iterator[tuple[str, str, str, str]]:
    for number in range(AGENCIES):
        place = f"{PLACES[number % len(PLACES)]} {number}"
        if number % 4 == 0:
            yield f"huyen-{number}", "district", f"Ủy ban nhân dân huyện {place}", f"UBND huyện {place}"
        else:
            yield f"htx-{number}", "cooperative", f"Hợp tác xã mô phỏng {number} ({place})", f"HTX mô phỏng {number}"


def _write_agencies(session: Session) -> None:
    everybody = [
        ("tinh", "province", "Ủy ban nhân dân tỉnh", "UBND tỉnh"),
        ("so", "department", "Sở Mẫu", "Sở Mẫu"),
        *_holders(),
    ]
    rows, names = [], []
    for number, (code, kind, name, short) in enumerate(everybody, 1):
        parent = None if number <= HEADS else 1 if kind == "district" else number - (number - HEADS - 1) % 4
        rows.append({"id": number, "code": code, "kind": kind, "sort": number, "parent_id": parent, "place": ""})
        names.append(
            {"agency_id": number, "valid_from": date(2022, 1, 1), "name": name, "short_name": short, "doc_code": ""}
        )
    _insert(session, "agency", iter(rows))
    _insert(session, "agency_name", iter(names))
    _keep_counting(session, "agency")


def _plan() -> Plan:
    agencies = [
        {"code": "tinh", "kind": "province", "name": "Ủy ban nhân dân tỉnh", "short_name": "UBND tỉnh"},
        {"code": "so", "kind": "department", "name": "Sở Mẫu", "short_name": "Sở Mẫu"},
        *({"code": code, "kind": kind, "name": name, "short_name": short} for code, kind, name, short in _holders()),
    ]
    duties = [
        {
            "id": f"V.{number + 1}",
            "clause": f"khoản {number + 1} Mục V",
            "title": f"{SUBJECTS[number % len(SUBJECTS)]} ({number + 1})",
            "kind": "yearly",
            "holders": ["moi-don-vi"],
            "receivers": ["so"],
            "due": {"rule": "once", "on": date(2025, 12, 31)},
            "basis": "document",
            "basis_note": "Công văn mẫu",
        }
        for number in range(DUTIES)
    ]
    return Plan.model_validate(
        {
            "code": CODE,
            "title": "Kế hoạch mẫu của một tỉnh lớn",
            "short": "KH 9999",
            "document": {"number": "9999/KH-UBND", "dated": date(2022, 10, 23), "issuer": "tinh", "subject": "Mẫu"},
            "starts_on": date(2022, 10, 23),
            "ends_on": date(2025, 12, 31),
            "lead": "so",
            "province": "tinh",
            "agencies": agencies,
            "groups": {"moi-don-vi": [code for code, *_ in _holders()]},
            "ladders": {"deadline": LADDER, "expected": [{"step": "0"}]},
            "duties": duties,
        }
    )


def _write_contacts(session: Session) -> None:
    contacts: list[dict[str, Any]] = []
    for agency in range(1, AGENCIES + HEADS + 1):
        contacts.append(
            {
                "id": agency, "code": f"dau-moi-{agency}", "agency_id": agency, "channel": "email",
                "address": f"vanthu.{agency}@coquan.example.vn", "shared": False, "name": "Nguyễn Thị Mẫu",
                "title": "chuyên viên", "unit": "", "phone": f"0260 {agency % 1000:03d} 000", "rhythm": "daily",
                "approves": agency <= HEADS, "admin": agency == HEADS, "valid_from": date(2022, 1, 1),
            }
        )  # fmt: skip
    _insert(session, "contact", iter(contacts))
    _insert(
        session,
        "assignment",
        (
            {
                "contact_id": number,
                "agency_id": number,
                "duty_id": None,
                "role": "focal",
                "valid_from": date(2022, 1, 1),
            }
            for number in range(1, AGENCIES + HEADS + 1)
        ),
    )
    _keep_counting(session, "contact")


def _occurrences(plan_id: int, duties: list[int]) -> Iterator[dict[str, Any]]:
    """In an old year nine of ten came in time; of this year's a third is in, a tenth overdue, the rest to come."""
    number = 0
    for year in YEARS:
        for agency in range(AGENCIES):
            for place, duty in enumerate(duties):
                number += 1
                turn = (agency * 7 + place * 3 + year) % 10
                old = year < YEARS[-1]
                due_on = date(year, 1 + place % 12, 10 + place % 15)
                state = "done" if old or (place % 12 < 10 and turn != 0) else "submitted" if turn == 1 else "open"
                late = timedelta(days=6 if turn == 9 else -2)
                yield {
                    "id": number, "key": f"{CODE}/V.{place + 1}/don-vi-{agency}/{year}", "plan_id": plan_id,
                    "duty_id": duty, "period": str(year), "title": f"{SUBJECTS[place % len(SUBJECTS)]} ({place + 1})",
                    "original_holder_id": HEADS + 1 + agency, "receiver_id": 2, "opens_on": date(year, 1, 1),
                    "basis_note": "", "historical": False, "holder_id": HEADS + 1 + agency, "state": state,
                    "basis": "document", "due_on": due_on, "due_rev": 1, "original_due_on": due_on,
                    "due_document_id": None, "submitted_on": due_on + late if state != "open" else None, "step": "",
                    "next_reminder_on": None,
                }  # fmt: skip


def _changes(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    projection = ("basis", "due_on", "due_rev", "original_due_on", "holder_id", "due_document_id")
    for row in rows:
        steps = [("open", "open", row["opens_on"], None)]
        if row["state"] != "open":
            steps.append(("submit", "submitted", row["submitted_on"], row["submitted_on"]))
        if row["state"] == "done":
            steps.append(("verify", "done", row["submitted_on"] + timedelta(days=1), row["submitted_on"]))
        for seq, (act, state, day, sent) in enumerate(steps, 1):
            yield {
                **{name: row[name] for name in projection}, "occurrence_id": row["id"], "seq": seq, "act": act,
                "state": state, "happened_on": day, "recorded_at": LOADED, "known_on": day, "submitted_on": sent,
                "by_code": "system", "retrospective": False, "note": "", "on_behalf": False,
            }  # fmt: skip
