"""An installation of any size (dữ liệu giả định), written straight into the tables with bulk inserts.

Four plans of ten duties each, every holder named in every plan's file, titles and grounds of the length that real
plans have, shared mailboxes, contacts for one duty, work that waits for a subordinate, and other open work beside
what is due. Everything is computed from numbers: two runs write the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import insert, select, text

from htx_workflow.domain import reminders
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.plan import LadderStep, Plan
from htx_workflow.store import plans as plan_store
from htx_workflow.store.database import Database, Session
from htx_workflow.store.tables import table

TODAY = date(2025, 12, 15)
"""A Monday; its -30d … +16wd all lie in known years."""
NOW = datetime(2025, 12, 15, 0, 30, tzinfo=UTC)
"""07:30 in Asia/Ho_Chi_Minh."""
LOADED = datetime(2025, 1, 6, 1, 0, tzinfo=UTC)
PLANS, DUTIES = 4, 10
CHUNK = 2_000

LADDER = [
    *({"step": step} for step in ("-30d", "-7d", "-3wd", "0", "+1wd")),
    {"step": "+3wd", "audience": "lead"},
    {"step": "+6wd"},
    {"step": "+10wd", "audience": "province"},
    {"step": "+11wd"},
    {"step": "+16wd", "audience": "call"},
]
EXPECTED = [{"step": "-14d"}, {"step": "-3wd"}, {"step": "0"}]
STEPS = ("-30d", "-7d", "-3wd", "0", "-30d", "-7d", "-3wd", "0", "+1wd", "-14d")
"""The rung of today, by place of the duty in its plan; the last has an assumed day."""
LATE = {1: "+3wd", 2: "+10wd", 3: "+6wd"}
"""In plans 2 to 4 the ninth duty is further overdue: the lead agency and UBND tỉnh are told."""

SUBJECTS = (
    "Kế hoạch và dự toán kinh phí hỗ trợ hợp tác xã năm 2026",
    "Tổng hợp kết quả phân loại, đánh giá hợp tác xã năm 2025",
    "Báo cáo kết quả thực hiện chính sách hỗ trợ đầu tư kết cấu hạ tầng, chế biến sản phẩm của hợp tác xã",
    "Rà soát, cập nhật nội dung hỗ trợ từng hợp tác xã theo Phụ lục Kế hoạch",
    "Báo cáo tình hình cho vay, tháo gỡ khó khăn tiếp cận tín dụng đối với hợp tác xã",
    "Danh sách cán bộ quản lý, thành viên hợp tác xã đăng ký bồi dưỡng nghiệp vụ năm 2026",
    "Đánh giá mức độ hoàn thiện tiêu chí của các hợp tác xã được lựa chọn",
    "Bảng tự chấm điểm và báo cáo tình hình hoạt động của hợp tác xã năm 2025",
    "Báo cáo năm 2025 kết quả thực hiện Kế hoạch",
    "Đề xuất nhân rộng mô hình hợp tác xã kiểu mới hiệu quả trên địa bàn",
)
PLACES = ("Đăk Hà", "Đăk Tô", "Tu Mơ Rông", "Sa Thầy", "Kon Plông", "Ngọc Hồi", "Đăk Glei", "Ia H'Drai")


@dataclass(frozen=True)
class Size:
    """How much there is: `due` occurrences with one rung each today, `beside` open ones without."""

    holders: int
    contacts_each: int
    due: int
    beside: int

    @property
    def contacts(self) -> int:
        return self.holders * self.contacts_each


def fill(database: Database, calendar: WorkingCalendar, size: Size) -> None:
    """Write the whole installation into an empty, migrated database."""
    with database.transaction("people") as session:
        _write_agencies(session, size)
    plan_ids: list[int] = []
    duty_ids: list[list[int]] = []
    with database.transaction("plans") as session:
        codes = {row.code: row.id for row in session.execute(select(table("agency").c.code, table("agency").c.id))}
        for number in range(PLANS):
            plan = _plan(number, size)
            plan_id, version = plan_store.write_plan(session, plan, codes, LOADED.date())
            plan_store.add_version(session, plan_id, version, plan, "…", f"{number:064d}", LOADED, "system")
            plan_ids.append(plan_id)
            duty_ids.append(list(plan_store.write_duties(session, plan_id, version, plan.duties).values()))
    with database.transaction("contacts") as session:
        _write_contacts(session, size, duty_ids)
    _write_occurrences(database, calendar, size, plan_ids, duty_ids)
    _settle(database)


def multiply(database: Database, total: int) -> None:
    """Grow the occurrences to `total` by copying them inside the database, each copy with its first change."""
    occurrences, changes = table("occurrence"), table("occurrence_change")
    with database.transaction("multiply") as session:
        have = session.execute(text("SELECT count(*) FROM occurrence")).scalar_one()
        top = session.execute(text("SELECT max(id) FROM occurrence")).scalar_one()
        copies = -(-(total - have) // have)
        if copies <= 0:
            return
        own = [column.name for column in occurrences.columns if column.name not in ("id", "key")]
        past = [column.name for column in changes.columns if column.name != "occurrence_id"]
        turns = f"WITH RECURSIVE turn(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM turn WHERE n < {copies}) "
        session.execute(
            text(
                f"INSERT INTO occurrence (id, key, {', '.join(own)}) {turns}"
                f"SELECT o.id + turn.n * {top}, o.key || '-' || (o.id + turn.n * {top}), {', '.join('o.' + name for name in own)}"
                f" FROM turn CROSS JOIN occurrence o WHERE o.id + turn.n * {top} <= {total - have + top}"
            )
        )
        session.execute(
            text(
                f"INSERT INTO occurrence_change (occurrence_id, {', '.join(past)}) "
                f"SELECT o.id, {', '.join('c.' + name for name in past)} FROM occurrence o"
                f" JOIN occurrence_change c ON c.occurrence_id = (o.id - 1) % {top} + 1 WHERE o.id > {top}"
            )
        )
    _settle(database)


def _settle(database: Database) -> None:
    """What a database does by itself in a quiet hour: statistics on PostgreSQL, the log folded in on SQLite."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)" if database.is_sqlite else "VACUUM ANALYZE")


def _write_agencies(session: Session, size: Size) -> None:
    first = [("tinh", "province", "Ủy ban nhân dân tỉnh", "UBND tỉnh")]
    first += [(f"so-{number}", "department", f"Sở Mẫu số {number}", f"Sở Mẫu {number}") for number in range(PLANS)]
    rows, names = [], []
    for number, (code, kind, name, short) in enumerate([*first, *_holders(size)], 1):
        rows.append({"id": number, "code": code, "kind": kind, "sort": number, "parent_id": None, "place": ""})
        names.append(
            {"agency_id": number, "valid_from": LOADED.date(), "name": name, "short_name": short, "doc_code": ""}
        )
    for number, row in enumerate(rows[len(first) :]):
        row["parent_id"] = 1 if row["kind"] != "cooperative" else len(first) + number - number % 5 + 1
    _insert(session, "agency", iter(rows))
    _insert(session, "agency_name", iter(names))
    _keep_counting(session, "agency")


def _holders(size: Size) -> Iterator[tuple[str, str, str, str]]:
    """Of five holders one is a district, one a department, three are cooperatives below the district."""
    for number in range(size.holders):
        place = f"{PLACES[number % len(PLACES)]} {number}"
        if number % 5 == 0:
            yield f"huyen-{number}", "district", f"Ủy ban nhân dân huyện {place}", f"UBND huyện {place}"
        elif number % 5 == 1:
            yield f"phong-{number}", "department", f"Sở Nông nghiệp và Phát triển nông thôn {place}", f"Sở NN {place}"
        else:
            yield f"htx-{number}", "cooperative", f"Hợp tác xã mô phỏng {number} ({place})", f"HTX mô phỏng {number}"


def _plan(number: int, size: Size) -> Plan:
    agencies: list[dict[str, Any]] = [
        {"code": "tinh", "kind": "province", "name": "Ủy ban nhân dân tỉnh", "short_name": "UBND tỉnh"},
        {"code": f"so-{number}", "kind": "department", "name": f"Sở Mẫu số {number}", "short_name": f"Sở Mẫu {number}"},
    ]
    agencies += [
        {"code": code, "kind": kind, "name": name, "short_name": short} for code, kind, name, short in _holders(size)
    ]
    holders = [code for code, *_ in _holders(size)]
    due = {"rule": "once", "on": date(2025, 12, 31)}
    duties = [
        {
            "id": f"V.{place + 1}",
            "clause": f"khoản {place + 1} Mục V, gạch đầu dòng thứ {'nhất' if place % 2 else 'hai'}",
            "title": SUBJECTS[place],
            "kind": "yearly",
            "holders": ["moi-don-vi"],
            "receivers": [f"so-{number}"],
            "due": due,
            "basis": "assumed" if place == DUTIES - 1 else "document",
            "basis_note": "Điều 9 Thông tư số 01/2020/TT-BKHĐT (chậm nhất ngày 18/12 hằng năm)",
            "after": [{"duty": f"V.{place}", "match": "subordinate"}] if place == 7 else [],
        }
        for place in range(DUTIES)
    ]
    return Plan.model_validate(
        {
            "code": f"ke-hoach-{number}",
            "title": f"Kế hoạch hoàn thiện, nhân rộng mô hình hợp tác xã kiểu mới hiệu quả, phần {number}",
            "short": f"KH {3800 + number}",
            "document": {
                "number": f"{3800 + number}/KH-UBND",
                "dated": date(2024, 10, 23),
                "issuer": "tinh",
                "subject": "Kế hoạch mẫu",
            },
            "starts_on": date(2024, 10, 23),
            "ends_on": date(2025, 12, 31),
            "lead": f"so-{number}",
            "province": "tinh",
            "agencies": agencies,
            "groups": {"moi-don-vi": holders},
            "ladders": {"deadline": LADDER, "expected": EXPECTED},
            "duties": duties,
        }
    )


def _write_contacts(session: Session, size: Size, duty_ids: list[list[int]]) -> None:
    """The first contact of a holder is for every duty; further ones are each for one duty."""
    heads = PLANS + 1
    contacts: list[dict[str, Any]] = []
    assignments: list[dict[str, Any]] = []
    agencies = [*range(1, heads + 1), *(number for number in range(heads + 1, heads + size.holders + 1))]
    for agency in agencies:
        each = size.contacts_each if agency > heads else 1
        for turn in range(each):
            number = len(contacts) + 1
            contacts.append(
                {
                    "id": number,
                    "code": f"dau-moi-{number}",
                    "agency_id": agency,
                    "channel": "email",
                    "address": f"vanthu.{number}@coquan-{agency}.example.vn",
                    "shared": turn == 0,
                    "name": "Nguyễn Thị Mẫu",
                    "title": "chuyên viên",
                    "unit": "Phòng Tài chính - Kế hoạch" if turn == 0 else "",
                    "phone": f"0260 {agency % 1000:03d} {number % 1000:03d}",
                    "rhythm": "daily",
                    "approves": agency <= heads,
                    "valid_from": LOADED.date(),
                }
            )
            for duty in _own_duties(agency - heads - 1, turn, duty_ids):
                assignments.append(
                    {"contact_id": number, "agency_id": agency, "duty_id": duty, "role": "focal",
                     "valid_from": LOADED.date()}
                )  # fmt: skip
    _insert(session, "contact", iter(contacts))
    _insert(session, "assignment", iter(assignments))
    _keep_counting(session, "contact")


def _own_duties(holder: int, turn: int, duty_ids: list[list[int]]) -> list[int | None]:
    """The place of the holder's due duty of that turn, as `_write_occurrences` deals them."""
    if turn == 0:
        return [None]
    plan, duty = divmod((holder * 7 + turn) % (PLANS * DUTIES), DUTIES)
    return [duty_ids[plan][duty]]


def _write_occurrences(
    database: Database, calendar: WorkingCalendar, size: Size, plan_ids: list[int], duty_ids: list[list[int]]
) -> None:
    """Holder h gets its n-th due duty at place (h + n) of all: rungs spread evenly over the forty duties."""
    days = _DueDays(calendar)
    heads = PLANS + 1
    documents = [
        {"id": number + 1, "key": f"so-{number}/2025-01-15/{number + 1}/SM", "number": f"{231 + number}/SM-KTTT",
         "dated": date(2025, 1, 15), "issuer_id": number + 2, "issuer_text": f"so-{number}"}
        for number in range(PLANS)
    ]  # fmt: skip
    with database.transaction("documents") as session:
        _insert(session, "document", iter(documents))
        _keep_counting(session, "document")
    rows: list[dict[str, Any]] = []
    for kind, total in (("due", size.due), ("beside", size.beside)):
        each = -(-total // size.holders)
        for turn in range(each):
            for holder in range(size.holders):
                if turn * size.holders + holder >= total:
                    break
                # beside: duties a holder has nothing due in, so that every key is made once
                offset = turn if kind == "due" else -(turn + 1)
                place = (holder * 7 + offset) % (PLANS * DUTIES)
                plan, duty = divmod(place, DUTIES)
                rows.append(
                    _occurrence(len(rows) + 1, plan, duty, holder, heads, plan_ids, duty_ids, days, kind == "due")
                )
    changes = (
        {
            **{name: row[name] for name in ("state", "basis", "due_on", "due_rev", "original_due_on", "holder_id",
                                            "due_document_id")},
            "occurrence_id": row["id"], "seq": 1, "act": "open", "happened_on": LOADED.date(), "recorded_at": LOADED,
            "known_on": LOADED.date(), "by_code": "system", "retrospective": False, "note": "",
        }
        for row in rows
    )  # fmt: skip
    with database.transaction("occurrences") as session:
        _insert(session, "occurrence", iter(rows))
        _insert(session, "occurrence_change", changes)
        _keep_counting(session, "occurrence")


def _occurrence(
    number: int,
    plan: int,
    duty: int,
    holder: int,
    heads: int,
    plan_ids: list[int],
    duty_ids: list[list[int]],
    days: _DueDays,
    due: bool,
) -> dict[str, Any]:
    assumed = duty == DUTIES - 1
    step = LATE.get(plan, STEPS[duty]) if duty == DUTIES - 2 else STEPS[duty]
    due_on = days.of(assumed, step) if due else TODAY + timedelta(days=9 + number % 12)
    return {
        "id": number,
        "key": f"ke-hoach-{plan}/V.{duty + 1}/don-vi-{holder}/{'2025' if due else '2025-Q4'}",
        "plan_id": plan_ids[plan],
        "duty_id": duty_ids[plan][duty],
        "period": "2025" if due else "2025-Q4",
        "title": SUBJECTS[duty],
        "original_holder_id": heads + 1 + holder,
        "receiver_id": plan + 2,
        "opens_on": LOADED.date(),
        "basis_note": "" if not assumed else "chưa có văn bản ấn định; lấy theo kỳ báo cáo năm trước",
        "historical": False,
        "holder_id": heads + 1 + holder,
        "state": "open",
        "basis": "assumed" if assumed else "document",
        "due_on": due_on,
        "due_rev": 1,
        "original_due_on": None if assumed else due_on,
        "due_document_id": None if assumed else plan + 1,
        "submitted_on": None,
        "step": "",
        "next_reminder_on": TODAY if due else TODAY + timedelta(days=1 + number % 5),
    }


class _DueDays:
    """The deadline whose ladder reaches just this step today."""

    def __init__(self, calendar: WorkingCalendar) -> None:
        self._calendar = calendar
        self._found: dict[tuple[bool, str], date] = {}

    def of(self, assumed: bool, step: str) -> date:
        if (assumed, step) not in self._found:
            self._found[assumed, step] = self._search(assumed, step)
        return self._found[assumed, step]

    def _search(self, assumed: bool, step: str) -> date:
        steps = [LadderStep.model_validate(entry) for entry in (EXPECTED if assumed else LADDER)]
        for offset in range(-60, 61):
            day = TODAY + timedelta(days=offset)
            rungs = [rung for rung in reminders.laid(steps, day, self._calendar) if rung.send_on == TODAY]
            if [rung.step for rung in rungs] == [step] and not rungs[0].beaten_by:
                return day
        raise ValueError(f"no deadline has {step} as its only rung on {TODAY}")


def _insert(session: Session, name: str, rows: Iterator[dict[str, Any]]) -> None:
    while batch := list(islice(rows, CHUNK)):
        session.execute(insert(table(name)), batch)


def _keep_counting(session: Session, name: str) -> None:
    """Rows came with their numbers: PostgreSQL's sequence has to go on behind them."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SELECT setval('{name}_id_seq', (SELECT max(id) FROM {name}))"))
