"""The handover sheet (Biên bản bàn giao): what somebody leaves to a successor, to print or as Word, signed by both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from htx_workflow.domain import board, papers, requests, words
from htx_workflow.domain.board import Seen
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import NotFound
from htx_workflow.domain.papers import Grid, Heading, Letterhead, Paper, Paragraph, Signature, Signatures
from htx_workflow.domain.plan import AgencyKind, Basis
from htx_workflow.services.letters import letterhead_of
from htx_workflow.store import audit_chain, desk_rows, handover_rows, views
from htx_workflow.store import contacts as contact_store
from htx_workflow.store import persons as person_store
from htx_workflow.store.database import Session

MOST = 200
"""Lines of a list; the rest is a number."""


class WorkLine(NamedTuple):
    """Open work as the sheet lists it."""

    title: str
    clause: str
    due: str
    promised: str
    status: str


class Who(NamedTuple):
    """One of the two who sign."""

    name: str
    title: str
    unit: str


@dataclass(frozen=True, slots=True)
class HandoverSheet:
    """Everything on the sheet, as of the day it is made."""

    code: str
    agency: str
    letterhead: Letterhead
    giver: Who
    taker: Who | None
    on: date | None
    """The first day of the successor; None while nobody has left."""
    today: date
    works: tuple[WorkLine, ...]
    drafts: tuple[tuple[str, str], ...]
    """What, saved when."""
    requests: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...]


def sheet(
    session: Session, contact: Any, calendar: WorkingCalendar, today: date, person_id: int | None = None
) -> HandoverSheet:
    """The sheet of a contact, or of one person behind it, whether it has left or not. Nine reads at most."""
    agencies = desk_rows.list_agencies(session, today)
    agency = agencies[contact.agency_id]
    giver, taker, on = _people(session, contact, person_id)
    return HandoverSheet(
        code=contact.code,
        agency=agency.name,
        letterhead=letterhead_of(agencies, agency),
        giver=giver,
        taker=taker,
        on=on,
        today=today,
        works=_works(session, contact, calendar, today),
        drafts=tuple(
            (_draft_words(row), words.day_text(row.saved_at.date()) if row.saved_at else "")
            for row in handover_rows.list_drafts(session, contact.agency_id, MOST)
        ),
        requests=tuple(
            (requests.LABELS[requests.Kind(row.kind)] + f" ({row.key})", words.day_text(row.raised_at.date()))
            for row in handover_rows.list_requests(session, contact.agency_id, MOST)
        ),
        files=tuple(
            (row.name, words.day_text(row.at.date()))
            for row in handover_rows.list_files(session, contact.agency_id, contact.code, person_id, MOST)
        ),
    )


def _draft_words(row: handover_rows.DraftRow) -> str:
    return f"{f'biểu {row.form} ' if row.form else ''}{words.period_text(row.period)} ({row.key})"


def _people(session: Session, contact: Any, person_id: int | None) -> tuple[Who, Who | None, date | None]:
    if person_id is None:
        told = (
            audit_chain.last_detail(session, "contact.leave", f"contact/{contact.code}") if contact.valid_to else None
        )
        other = contact_store.find_by_code(session, str(told["successor"])) if told and told["successor"] else None
        taker = Who(other.name or other.unit or other.code, other.title, other.unit) if other else None
        giver = Who(contact.name or contact.unit or contact.code, contact.title, contact.unit)
        return giver, taker, date.fromisoformat(str(told["on"])) if told else None
    people = {row.id: row for row in person_store.list_ever(session, contact.agency_id)}
    if person_id not in people:
        raise NotFound("Không có người này.")
    one = people[person_id]
    told = audit_chain.last_detail(session, "person.end", f"person/{person_id}") if one.left_on else None
    number = told.get("successor") if told else None
    next_one = people.get(number) if isinstance(number, int) else None
    taker = Who(next_one.name, next_one.title, contact.unit) if next_one else None
    return Who(one.name, one.title, contact.unit), taker, one.left_on


def _works(session: Session, contact: Any, calendar: WorkingCalendar, today: date) -> tuple[WorkLine, ...]:
    """Open work that the contact spoke for, on its last day where it has left."""
    day = min(contact.valid_to or today, today)
    held = [
        row
        for row in contact_store.list_assignments(session, contact.id)
        if (row.valid_from is None or row.valid_from <= day) and (row.valid_to is None or row.valid_to >= day)
    ]
    whole, some = any(row.duty_id is None for row in held), {(row.plan_id, row.duty) for row in held}
    return tuple(
        _line(row, calendar, today, contact.kind)
        for row in views.list_unfinished(session, contact.agency_id)
        if whole or (row.plan_id, row.duty) in some
    )


def _line(row: views.WorkRow, calendar: WorkingCalendar, today: date, kind: str) -> WorkLine:
    seen = Seen(
        row.kind, row.standing, row.opens_on, row.taken, row.step, row.paper_due_on, row.respond_by,
        cooperative=kind == AgencyKind.COOPERATIVE.value,
    )  # fmt: skip
    status = board.status(seen, today, calendar)
    due = row.standing.due_on
    expected = " (dự kiến)" if row.standing.basis is Basis.ASSUMED else ""
    return WorkLine(
        row.title, row.clause, f"{words.day_text(due)}{expected}" if due else "",
        words.day_text(row.promised_on) if row.promised_on else "",
        ", ".join(part for part in (str(status.word), str(status.more)) if part),
    )  # fmt: skip


# On paper


def paper(found: HandoverSheet, *, simulation: bool) -> Paper:
    """In the look of Nghị định 30/2020/NĐ-CP; two sign."""
    blocks: list[papers.Block] = [
        Paragraph(_names(found.giver), "Người bàn giao"),
        Paragraph(_names(found.taker) if found.taker else papers.GAP * 8, "Người nhận bàn giao"),
        Paragraph(
            f"Nội dung dưới đây lấy từ hệ thống theo dõi ngày {words.day_text(found.today)}. Thời hạn và ngày hẹn gửi giữ"
            " nguyên; người nhận bàn giao thực hiện tiếp"
            + (f" từ ngày {words.day_text(found.on)}." if found.on else ".")
        ),
        Heading(f"1. Việc đang mở ({words.count_text(len(found.works))})", 2),
    ]
    blocks.append(
        Grid(
            ("TT", "Việc", "Điều khoản", "Thời hạn", "Hẹn gửi", "Tình trạng"),
            tuple((str(number), *line) for number, line in enumerate(found.works, 1)),
            (0.6, 4.4, 2, 1.6, 1.4, 2),
        )
        if found.works
        else Paragraph("Không có.")
    )
    for number, (title, head, rows) in enumerate(
        (
            ("Biểu, phiếu đang soạn, chưa gửi", "Lưu ngày", found.drafts),
            ("Đề nghị chưa có trả lời", "Nêu ngày", found.requests),
            ("Tệp đã đưa lên", "Ngày", found.files),
        ),
        2,
    ):
        blocks += _list(f"{number}. {title} ({words.count_text(len(rows))})", head, rows)
    blocks.append(
        Signatures(
            (
                Signature("Người bàn giao", found.giver.name),
                Signature("Người nhận bàn giao", found.taker.name if found.taker else ""),
                Signature("Lãnh đạo đơn vị"),
            )
        )
    )
    return Paper(
        found.letterhead, "Bàn giao nhiệm vụ theo dõi, báo cáo", tuple(blocks), kind="BIÊN BẢN", on=found.on or found.today,
        simulation=simulation, form=True,
    )  # fmt: skip


def _list(title: str, head: str, rows: tuple[tuple[str, str], ...]) -> list[papers.Block]:
    if not rows:
        return [Heading(title, 2), Paragraph("Không có.")]
    table = Grid(
        ("TT", "Nội dung", head), tuple((str(number), *row) for number, row in enumerate(rows, 1)), (0.6, 8, 2)
    )
    return [Heading(title, 2), table]


def _names(who: Who) -> str:
    return ", ".join(part for part in (who.name, who.title, who.unit if who.unit != who.name else "") if part)
