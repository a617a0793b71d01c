"""The leader's one page (một trang cho lãnh đạo): five lines, what waits for a decision, room for a remark by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from htx_workflow.domain import board, desk, words
from htx_workflow.domain.papers import Grid, Paper, Paragraph
from htx_workflow.domain.plan import AgencyKind
from htx_workflow.services.desk import Sight
from htx_workflow.services.letters import ASKED_SOFTLY, letterhead_of
from htx_workflow.store import desk_news, desk_rows
from htx_workflow.store.database import Session
from htx_workflow.store.desk_news import AskedRow, LateRow

MOST = 8
"""Pieces of overdue work that the page names; the rest is counted."""
NAMED = 50
"""Pieces of overdue work whose holders the proposal names."""
NO_SCORES = "Chưa có điểm đánh giá trong hệ thống nên chưa đủ căn cứ kết luận mục tiêu."
NO_MONEY = "Chưa có số liệu kinh phí trong hệ thống."


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the page."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class OnePage:
    """What the page says, as of one moment."""

    lines: tuple[Line, ...]
    closed_at: str
    """17 giờ 00 ngày 20/12/2025"""


def one_page(session: Session, seen: Sight, moment: datetime) -> OnePage:
    """Five lines from what is known now; `moment` is local. What the system does not know is said, never guessed."""
    tallies = desk_rows.tallies(session, seen.loaded.id, list(seen.duties), seen.today, None)
    institutions = desk.total(
        tally for number, tally in tallies.items() if seen.agencies[number].kind is not AgencyKind.COOPERATIVE
    )
    late = desk_news.list_late(session, seen.loaded.id, seen.today, "open", NAMED)
    unchecked = desk_news.list_late(session, seen.loaded.id, seen.today, "submitted", MOST)
    asked = desk_news.list_asked(session, seen.loaded.id, ("difficulty",), 20)
    lines = (
        Line(words.said("Mục tiêu"), NO_SCORES),
        Line(words.said("Việc quá hạn"), f"{_late(seen, late)}{_unchecked(seen, unchecked)} {institutions.sentence}"),
        Line(words.said("Vướng mắc chờ UBND tỉnh"), _asked(seen, asked)),
        Line(words.said("Kinh phí"), NO_MONEY),
        Line(words.said("Đề nghị chỉ đạo"), _proposal(seen, late, asked)),
    )
    day = words.day_text(moment.date())
    closed = words.said(
        "%(hour)s giờ %(minute)s ngày %(day)s", hour=f"{moment.hour:02d}", minute=f"{moment.minute:02d}", day=day
    )
    return OnePage(lines, closed)


def _late(seen: Sight, late: Sequence[LateRow]) -> str:
    if not late:
        return "Không có việc nào của cơ quan quá hạn mà chưa gửi."
    named, count = "; ".join(_one(seen, row) for row in late[:MOST]), late[0].total
    rest = f"; và {words.count_text(count - MOST)} việc khác" if count > MOST else ""
    return f"{words.count_text(count)} việc chưa gửi: {named}{rest}."


def _unchecked(seen: Sight, late: Sequence[LateRow]) -> str:
    """What the rate counts as overdue although it was sent: late, and not checked yet."""
    if not late:
        return ""
    holders = list(dict.fromkeys(seen.short(row.holder_id) for row in late))
    return f" {words.count_text(late[0].total)} việc đã gửi quá hạn, chờ kiểm tra ({', '.join(holders)})."


def _one(seen: Sight, row: LateRow) -> str:
    over = seen.calendar.soft_count(row.due_on, seen.today)[0]
    why = f", {board.CAUSES[row.cause]}" if row.cause in board.CAUSES else ""
    promised = f", hẹn {row.promised_on.day:02d}/{row.promised_on.month:02d}" if row.promised_on else ""
    return f"{seen.short(row.holder_id)}: {row.title} (quá {words.count_text(over)} ngày làm việc{why}{promised})"


def _asked(seen: Sight, asked: Sequence[AskedRow]) -> str:
    if not asked:
        return "Không có vướng mắc nào đang chờ."
    named = "; ".join(
        f"{seen.short(row.from_id)}: {row.reason} (chờ {words.count_text((seen.today - row.raised_at.date()).days)} ngày)"
        for row in asked[:MOST]
    )
    return f"{words.count_text(len(asked))} việc: {named}."


def _proposal(seen: Sight, late: Sequence[LateRow], asked: Sequence[AskedRow]) -> str:
    """Bodies that the province does not direct are asked; the lead agency proposes nothing about itself."""
    holders = [seen.agencies[number] for number in dict.fromkeys(row.holder_id for row in late)]
    urged = [row.short_name for row in holders if row.kind not in ASKED_SOFTLY and row.id != seen.lead_id]
    softly = [row.short_name for row in holders if row.kind in ASKED_SOFTLY]
    parts = []
    if urged:
        parts.append(f"nhắc {words.joined(urged[:MOST])} gửi kết quả các việc quá hạn")
    if softly:
        parts.append(f"đề nghị {words.joined(softly[:MOST])} sớm gửi kết quả")
    if asked:
        parts.append(f"cho ý kiến về {words.count_text(len(asked))} khó khăn, vướng mắc nêu trên")
    if not parts:
        return "Không có nội dung đề nghị."
    lead = seen.agencies[seen.lead_id].name
    return f"{lead} kính đề nghị Ủy ban nhân dân tỉnh {'; '.join(parts)}."


def paper(seen: Sight, page: OnePage, *, simulation: bool) -> Paper:
    """The page as Word: a table with an empty column for the leader's remark."""
    lead = seen.agencies[seen.lead_id]
    rows = tuple((line.title, line.text, "") for line in page.lines)
    return Paper(
        letterhead=letterhead_of(seen.agencies, lead),
        subject=f"Tình hình thực hiện Kế hoạch số {seen.loaded.plan.document.number}",
        blocks=(
            Paragraph(f"Số liệu chốt lúc {page.closed_at}.", italic=True),
            Grid(("Nội dung", "Tình hình", "Ý kiến chỉ đạo"), rows, (1.5, 5.2, 2.2)),
        ),
        kind="BÁO CÁO NHANH",
        symbol=letterhead_of(seen.agencies, lead).symbol("BC"),
        to=(seen.agencies[seen.province_id].name,),
        receivers=("Như trên", "Lưu: VT"),
        year=seen.today.year,
        simulation=simulation,
    )
