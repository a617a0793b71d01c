"""Loading a plan from a page (nạp kế hoạch): the text looked at whole, and what it would change, before it is loaded."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import BadInput, Problem, TooLate
from htx_workflow.domain.plan import Duty, Plan
from htx_workflow.gateways import plan_files, yaml_files
from htx_workflow.gateways.templates import MailTemplates
from htx_workflow.services import plans, previews
from htx_workflow.services.plans import Loaded
from htx_workflow.services.previews import LoadPreview, MailChange
from htx_workflow.services.reports import When
from htx_workflow.services.upcoming import DAYS, FEW_DAYS, LARGE
from htx_workflow.store import desk_news
from htx_workflow.store import plans as plan_store
from htx_workflow.store.database import Database, Session

MOST = yaml_files.MAX_BYTES


@dataclass(frozen=True, slots=True)
class Text:
    """A plan as somebody sent it: every byte, and what was read from it."""

    name: str
    body: bytes
    plan: Plan
    warnings: list[Problem]

    @property
    def source(self) -> str:
        return self.body.decode()

    @property
    def sha256(self) -> str:
        """Of the text as it will be kept."""
        return hashlib.sha256(self.source.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Examined:
    """What loading a text would do."""

    text: Text
    version: int
    """The version in force while it was looked at; 0 where there is none."""
    added: list[Duty]
    ended: list[Duty]
    changed: list[tuple[Duty, str]]
    outcome: Loaded
    mails: list[MailChange]
    days: int


def read(name: str, body: bytes) -> Text:
    """The plan of a file. Raises BadConfig with every problem, each with its line and what to do."""
    plan, warnings = plan_files.parse_plan(body, name or "kế hoạch.yaml")
    return Text(name, body, plan, warnings)


def examine(
    database: Database, text: Text, calendars: Mapping[str, WorkingCalendar], templates: MailTemplates, on: date, when: When
) -> Examined:  # fmt: skip
    """Load it, look, and take it back."""
    with database.reading() as session:
        before = plan_store.find_plan(session, text.plan.code)
        days = FEW_DAYS if desk_news.count_unfinished(session) > LARGE else DAYS
    found: LoadPreview = previews.loading(database, text.plan, text.source, calendars, templates, on, when, days)
    old = {duty.id: duty for duty in before.plan.duties} if before else {}
    new = {duty.id: duty for duty in text.plan.duties}
    return Examined(
        text,
        before.version_no if before else 0,
        [duty for code, duty in new.items() if code not in old],
        [duty for code, duty in old.items() if code not in new],
        [(duty, ", ".join(_differing(old[code], duty))) for code, duty in new.items() if old.get(code, duty) != duty],
        found.outcome,
        previews.mail_changes(found.before, found.after),
        days,
    )


FIELDS = {
    "clause": "điều khoản", "title": "tên", "kind": "loại", "holders": "người thực hiện", "with_": "phối hợp",
    "receivers": "nơi nhận", "due": "thời hạn", "basis": "căn cứ", "basis_note": "căn cứ về thời gian",
    "after": "phải chờ", "word": "vai", "ask": "đề nghị", "verify": "cách kiểm tra", "form": "biểu",
}  # fmt: skip


def _differing(old: Duty, new: Duty) -> list[str]:
    """What differs between two texts of a duty, in words."""
    fields = [name for name in type(new).model_fields if getattr(old, name) != getattr(new, name)]
    return list(dict.fromkeys(FIELDS.get(name, "nội dung khác") for name in fields))


def load(session: Session, text: Text, seen: int, calendar: WorkingCalendar, on: date, when: When) -> Loaded:
    """Load what was shown. Raises TooLate when another version has come since, BadInput when nothing would change."""
    before = plan_store.find_plan(session, text.plan.code)
    if (before.version_no if before else 0) != seen:
        raise TooLate("Kế hoạch vừa được nạp phiên bản khác trong lúc xem trước. Chưa ghi gì; đề nghị đưa tệp lên lại.")
    outcome = plans.load(session, text.plan, text.source, calendar, on=on, today=when.today, now=when.now, by=when.by)
    if outcome.unchanged:
        raise BadInput("Tệp giống hệt phiên bản đang áp dụng; không có gì để nạp.")
    return outcome
