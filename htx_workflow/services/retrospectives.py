"""Entering the past (nhập hồi cứu): a plan loaded late gets its history from one Excel sheet, without a single mail.

Every line is marked, counts as known on the day its paper was sent, and is accepted at once. All errors are told
together, cell by cell; nothing is written until there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from htx_workflow.domain import audit, standing, typed, words
from htx_workflow.domain.errors import BadInput
from htx_workflow.domain.plan import Kind
from htx_workflow.gateways import excel
from htx_workflow.gateways.excel import Column, Read, Sheet
from htx_workflow.services.desk import Sight
from htx_workflow.services.reports import When
from htx_workflow.store import audit_chain
from htx_workflow.store import documents as document_store
from htx_workflow.store import occurrences as store
from htx_workflow.store.database import Session
from htx_workflow.store.documents import DocumentRef

NAME = "Hồi cứu"
CODES = ("key", "title", "agency", "due", "number", "dated", "sent_on", "file")
COLUMNS = (
    Column("Mã việc", width=36),
    Column("Việc", width=44),
    Column("Cơ quan", width=28),
    Column("Hạn", "day", 12),
    Column("Số, ký hiệu văn bản", width=20, fill=True),
    Column("Ngày văn bản", "day", 13, fill=True),
    Column("Ngày gửi (để trống: ngày văn bản)", "day", 13, fill=True),
    Column("Tên tệp lưu", width=24, fill=True),
)
LINE = "Chỉ điền các cột tô màu; dòng để trống thì bỏ qua. Ngày viết ngày/tháng/năm."


@dataclass(frozen=True, slots=True)
class Past:
    """One line that can be entered."""

    key: str
    title: str
    agency: str
    number: str
    dated: date
    sent_on: date
    file: str
    due_on: date | None
    in_time: bool | None
    """None: no deadline to judge by."""

    def as_json(self) -> dict[str, str]:
        return {
            "key": self.key, "number": self.number, "dated": self.dated.isoformat(),
            "sent_on": self.sent_on.isoformat(), "file": self.file,
        }  # fmt: skip


@dataclass
class Examined:
    """What a file would enter, and every cell that is to be corrected."""

    lines: list[Past] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    known: int = 0
    """Lines left out because their work is recorded already."""


def sheet(session: Session, seen: Sight, *, simulation: bool) -> Sheet:
    """The sheet to fill in: every piece of work with a paper of its own."""
    rows = []
    for row in store.list_rows(session, seen.loaded.id):
        if row.kind in (Kind.CONTINUOUS, Kind.OUTCOME) or row.standing.state not in ("open", "submitted", "done"):
            continue
        holder = seen.short(row.standing.holder or row.original_holder_id)
        done = row.standing.submitted_on
        rows.append([row.key, row.title, holder, row.standing.due_on, "", None, done, "đã có" if done else ""])
    title = f"NHẬP HỒI CỨU KẾT QUẢ THEO {seen.loaded.plan.short}"
    return Sheet(title, COLUMNS, rows, LINE, NAME, ("", ""), simulation, CODES)


def examine(session: Session, seen: Sight, body: bytes, when: When) -> Examined:
    """Read a file and judge every cell; nothing is written."""
    cells = [line for line in excel.read(body, NAME, CODES) if _filled(line)]
    raw = [{code: line[code] for code in CODES} for line in cells]
    return judge(session, seen, raw, when)


def again(session: Session, seen: Sight, lines: Sequence[dict[str, Any]], when: When) -> Examined:
    """The same for lines that were shown before, sent back to be entered."""
    raw = [
        {code: Read(f"dòng {number}", line.get(code)) for code in CODES} for number, line in enumerate(lines, 1)
    ]  # the title, agency and due day are read from the plan
    return judge(session, seen, raw, when)


def _filled(line: dict[str, Read]) -> bool:
    return bool(line["key"].text and (line["number"].text or line["dated"].text))


def judge(session: Session, seen: Sight, raw: Sequence[dict[str, Read]], when: When) -> Examined:
    known = {row.key: row for row in store.list_rows(session, seen.loaded.id)}
    found, taken = Examined(), set()
    for cells in raw:
        row = known.get(cells["key"].text)
        if row is None:
            found.errors.append(f"{cells['key'].place} mã việc “{cells['key'].text}” không có trong Kế hoạch.")
            continue
        if row.key in taken:
            found.errors.append(f"{cells['key'].place} mã việc {row.key} có hai dòng; đề nghị giữ một.")
            continue
        taken.add(row.key)
        if row.standing.state in (standing.DONE, standing.SUBMITTED):
            found.known += 1
            continue
        line = _line(row, cells, seen, when, found.errors)
        if line is not None:
            found.lines.append(line)
    found.lines.sort(key=lambda line: (line.sent_on, line.key))
    return found


def _line(row: store.Row, cells: dict[str, Read], seen: Sight, when: When, errors: list[str]) -> Past | None:
    """The line, or None with its errors added."""
    before = len(errors)
    number = " ".join(cells["number"].text.split())
    if not number:
        errors.append(f"{cells['number'].place} chưa có số, ký hiệu văn bản.")
    dated = _day(cells["dated"], "ngày văn bản", errors)
    sent_on = _day(cells["sent_on"], "ngày gửi", errors) if cells["sent_on"].text else dated
    if not cells["dated"].text:
        errors.append(f"{cells['dated'].place} chưa có ngày văn bản.")
    if len(errors) == before and dated and sent_on:
        errors.extend(_wrong_days(row, cells, dated, sent_on, when))
    if row.kind in (Kind.CONTINUOUS, Kind.OUTCOME):
        errors.append(f"{cells['key'].place} {row.key} không gửi riêng; kết quả nêu trong báo cáo năm.")
    elif row.standing.state != standing.OPEN:
        errors.append(f"{cells['key'].place} {row.key}: việc này {standing.CLOSED_WORDS[row.standing.state]}.")
    if len(errors) > before or dated is None or sent_on is None:
        return None
    due_on = row.standing.due_on
    judged = due_on is not None and row.standing.basis is not None and row.standing.basis.value != "assumed"
    return Past(
        row.key, row.title, seen.short(row.standing.holder or row.original_holder_id), number, dated, sent_on,
        cells["file"].text, due_on, sent_on <= due_on if judged and due_on else None,
    )  # fmt: skip


def _day(cell: Read, label: str, errors: list[str]) -> date | None:
    value = cell.value
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = int(value)
    try:
        if isinstance(value, int):
            return typed.day_of_serial(value)
        return typed.parse_day(cell.text, iso=True) if cell.text else None
    except BadInput as error:
        errors.append(f"{cell.place} {label}: {error}")
        return None


def _wrong_days(row: store.Row, cells: dict[str, Read], dated: date, sent_on: date, when: When) -> list[str]:
    wrong = []
    if sent_on > when.today:
        wrong.append(f"{cells['sent_on'].place} ngày gửi {words.day_text(sent_on)} sau hôm nay.")
    if dated > sent_on:
        wrong.append(
            f"{cells['dated'].place} ngày văn bản {words.day_text(dated)} sau ngày gửi {words.day_text(sent_on)}."
        )
    if sent_on < row.opens_on:
        wrong.append(
            f"{cells['sent_on'].place} ngày gửi {words.day_text(sent_on)} trước ngày việc mở"
            f" {words.day_text(row.opens_on)}."
        )
    return wrong


def enter(session: Session, lines: Sequence[Past], when: When) -> int:
    """Record every line as sent and accepted on the day of its paper, marked; no mail, no rung. How many."""
    rows = {row.key: row for row in store.get_rows(session, [line.key for line in lines])}
    sent, accepted = [], []
    for line in lines:
        row = rows[line.key]
        paper = DocumentRef(line.number, line.dated, row.key.split("/")[2], sent_on=line.sent_on)
        number = document_store.get_or_add(session, paper)
        after = standing.submitted(row.standing, line.sent_on, verified_by_nobody=False)
        note = "; ".join(part for part in ("nhập hồi cứu", f"tệp {line.file}" if line.file else "") if part)
        sent.append(_change(row, "submit", row.standing, after, line, when, number, note))
        accepted.append(_change(row, "verify", after, standing.verified(after), line, when, None, "nhập hồi cứu"))
        detail: dict[str, object] = {"sent_on": line.sent_on.isoformat(), "retrospective": True}
        audit_chain.note(session, audit.Event(when.now, when.by, "report.submit", row.key, detail))
    store.record(session, sent)
    store.record(session, accepted)
    return len(lines)


def _change(
    row: store.Row, act: str, before: standing.Standing, after: standing.Standing, line: Past, when: When,
    document: int | None, note: str,
) -> store.Change:  # fmt: skip
    return store.Change(
        row.id, act, before, after, line.sent_on, when.now, line.sent_on, when.by, None, document, note, True
    )
