"""Fixing expected days in bulk (ấn định thời hạn): what may be ticked, and what the ticks would bring."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import BadInput
from htx_workflow.gateways.templates import MailTemplates
from htx_workflow.services import previews
from htx_workflow.services.deadlines import Adopted
from htx_workflow.services.desk import Sight
from htx_workflow.services.previews import MailChange, Preview
from htx_workflow.services.reports import When
from htx_workflow.services.upcoming import DAYS, FEW_DAYS, LARGE
from htx_workflow.store import desk_news, desk_rows
from htx_workflow.store.database import Database, Session
from htx_workflow.store.desk_rows import AgencyRow, Wanted, WorkRow
from htx_workflow.store.documents import DocumentRef

MOST = 5_000
"""Lines of the list."""
UNNUMBERED = "(chưa có số)"
NOTHING = "Chưa chọn việc nào. Đề nghị đánh dấu ít nhất một việc."


@dataclass(frozen=True, slots=True)
class Choices:
    """Expected days of a plan by agency, in the order of the plan; `past`: days that no document can fix any more."""

    groups: list[tuple[AgencyRow, list[WorkRow]]]
    past: list[WorkRow]

    @property
    def rows(self) -> list[WorkRow]:
        return [row for _, rows in self.groups for row in rows]

    def only(self, keys: Collection[str]) -> list[WorkRow]:
        """The ticked rows. Raises BadInput for none of them, or one that is not (or no longer) to be ticked."""
        wanted = set(keys)
        found = [row for row in self.rows if row.key in wanted]
        if not wanted:
            raise BadInput(NOTHING)
        if len(found) != len(wanted):
            gone = ", ".join(sorted(wanted - {row.key for row in found})[:5])
            raise BadInput(f"Việc đã chọn không còn thời gian dự kiến: {gone}. Đề nghị xem lại danh sách.")
        return found


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the ticked days would bring."""

    adopted: list[tuple[WorkRow, date]]
    left: list[tuple[WorkRow, str]]
    mails: list[MailChange]
    days: int
    """How far ahead the mail was looked at."""


def choices(session: Session, seen: Sight) -> Choices:
    """Every expected day of the plan that is still open: one read."""
    wanted = Wanted(seen.loaded.id, cells=("expected",))
    rows = desk_rows.list_work(session, wanted, list(seen.duties), seen.today, seen.near_until, skip=0, limit=MOST)
    grouped: dict[int, list[WorkRow]] = {}
    past = []
    for row in rows:
        if row.due_on is not None and row.due_on < seen.today:
            past.append(row)
        else:
            grouped.setdefault(row.holder_id, []).append(row)
    return Choices([(seen.agencies[number], grouped[number]) for number in seen.agencies if number in grouped], past)


def document_of(number: str, dated: date | None, issuer: str) -> DocumentRef:
    """The document that fixes the days. Raises BadInput while it has no number or day."""
    if not number or dated is None:
        raise BadInput("Chưa có số, ngày văn bản. Đề nghị nhập sau khi công văn được ký, rồi ấn định.")
    return DocumentRef(number, dated, issuer, "ấn định thời hạn")


def check_any(done: Adopted) -> None:
    """Raises BadInput when nothing at all could be fixed, saying why."""
    if not done.adopted:
        why = "; ".join(f"{key}: {reason}" for key, reason in done.left[:5])
        raise BadInput(f"Không ấn định được việc nào: {why}. Chưa ghi gì.")


def weigh(
    database: Database, seen: Sight, rows: list[WorkRow], document: DocumentRef | None,
    calendars: Mapping[str, WorkingCalendar], templates: MailTemplates, when: When,
) -> Weighed:  # fmt: skip
    """Play the adoption through; a document without a number is taken as one of today."""
    taken = document or DocumentRef(UNNUMBERED, when.today, seen.loaded.plan.lead, "ấn định thời hạn")
    with database.reading() as session:
        days = FEW_DAYS if desk_news.count_unfinished(session) > LARGE else DAYS
    found: Preview = previews.adoption(
        database, seen.loaded.plan.code, [row.key for row in rows], taken, calendars, templates, when, days
    )
    by_key = {row.key: row for row in rows}
    return Weighed(
        [(by_key[key], day) for key, day in found.adopted.adopted],
        [(by_key[key], reason) for key, reason in found.adopted.left],
        previews.mail_changes(found.before, found.after),
        days,
    )
