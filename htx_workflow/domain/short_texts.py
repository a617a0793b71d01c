"""Short texts to copy into Zalo or an SMS (lời nhắn): what is due, where to open it, whom to call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from htx_workflow.domain import words

LONGEST_TITLE = 80


@dataclass(frozen=True, slots=True)
class Due:
    """A piece of open work with an adopted or assumed day."""

    title: str
    due_on: date
    expected: bool
    """The day is assumed: it is never overdue."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where to open the work and whom to call."""

    address: str
    digits: str
    caller: str
    """Đầu mối Sở KH&ĐT."""
    phone: str


def to_agency(plan: str, agency: str, dues: list[Due], way: Way, today: date) -> str:
    """KH 3819 - UBND huyện Đăk Tô: 01 việc quá hạn (…, hạn 10/12); 01 việc hạn thứ Tư 18/12/2024 (…). Chi tiết: …"""
    late = [due for due in dues if due.due_on < today and not due.expected]
    ahead = sorted((due for due in dues if due.due_on >= today), key=lambda due: due.due_on)
    parts = []
    if late:
        first = min(late, key=lambda due: due.due_on)
        parts.append(f"{words.count_text(len(late))} việc quá hạn ({_title(first)}, hạn {first.due_on:%d/%m})")
    if ahead:
        same = [due for due in ahead if due.due_on == ahead[0].due_on]
        word = "dự kiến" if all(due.expected for due in same) else "hạn"
        parts.append(
            f"{words.count_text(len(same))} việc {word} {words.weekday_text(same[0].due_on)} ({_title(same[0])})"
        )
    said = "; ".join(parts) or "việc đang theo dõi"
    lead = f"{plan} - {agency}" if plan else agency
    return f"{lead}: {said}. Chi tiết: {_where(way)} {_help(way.caller, way.phone)}".strip()


def to_cooperative(cooperative: str, dues: list[Due], way: Way) -> str:
    """Kính gửi HTX …: đề nghị nộp … chậm nhất Chủ nhật 15/12/2024. Điền trên điện thoại: …, mã …. Cần giúp: …"""
    dated = sorted((due for due in dues if not due.expected), key=lambda due: due.due_on)
    ask = ""
    if dated:
        title = _title(dated[0])
        ask = f"đề nghị nộp {title[:1].lower() + title[1:]}, chậm nhất {words.weekday_text(dated[0].due_on)}. "
    return f"Kính gửi {cooperative}: {ask}Điền trên điện thoại: {_where(way)} {_help('Cần giúp', way.phone)}".strip()


def _where(way: Way) -> str:
    return f"{way.address}, mã {way.digits}."


def _help(label: str, phone: str) -> str:
    return f"{label}: {phone}." if phone else ""


def _title(due: Due) -> str:
    if len(due.title) <= LONGEST_TITLE:
        return due.title
    return due.title[: LONGEST_TITLE - 1].rsplit(" ", 1)[0].rstrip(" ,;:(") + "…"
