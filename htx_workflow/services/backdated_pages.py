"""The list of what was entered afterwards or for somebody else (ghi lùi, nhập thay), in words and by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from htx_workflow.domain import backdated, card_places, collation, words
from htx_workflow.domain.backdated import Backdated
from htx_workflow.domain.errors import BadInput, NotAllowed
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import who_words
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import backdated_rows as store
from htx_workflow.store import plans as plan_store
from htx_workflow.store.agencies import AgencyRow
from htx_workflow.store.backdated_rows import Wanted
from htx_workflow.store.database import Session
from htx_workflow.store.plans import LoadedPlan

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
NOBODY = "Danh sách này dành cho cơ quan chủ trì kế hoạch, người quản trị và tài khoản kiểm tra."


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form of the page says; empty fields ask for everything."""

    plan: str = ""
    kind: str = ""
    agency: str = ""
    """Words of its name, or its code."""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One entry in words."""

    row: Backdated
    kind: str
    who: str
    agency: str
    plan: str
    what: str
    entered_on: date


@dataclass(frozen=True, slots=True)
class Found:
    """Some entries of all there are, and the plans to choose from."""

    lines: list[Line]
    count: int
    plans: list[LoadedPlan]


def list_found(session: Session, visitor: Visitor, asked: Asked, today: date, size: int, page: int = 1) -> Found:
    """A page of the entries that the visitor may see. Raises NotAllowed for who follows no plan, BadInput."""
    if not (visitor.strong and (visitor.admin or visitor.follows)):
        raise NotAllowed(NOBODY)
    plans = [each for each in plan_store.list_plans(session) if visitor.admin or each.id in visitor.follows]
    agencies = agency_store.list_agencies(session, today)
    wanted = _wanted(asked, plans, agencies)
    count = store.count(session, wanted)
    offset = min(page - 1, max(count - 1, 0) // size) * size
    rows = store.list_rows(session, wanted, size, offset)
    names = who_words.names_of(session, {row.by for row in rows})
    return Found([_line(row, names, agencies, plans) for row in rows], count, plans)


def _wanted(asked: Asked, plans: list[LoadedPlan], agencies: dict[int, AgencyRow]) -> Wanted:
    if asked.first and asked.last and asked.first > asked.last:
        raise BadInput("Từ ngày sau đến ngày. Đề nghị kiểm tra lại hai ngày.")
    whose = None
    if asked.agency.strip():
        said = asked.agency.strip()
        whose = [
            row.id for row in agencies.values() if collation.contains(f"{row.name} {row.short_name} {row.code}", said)
        ]
    return Wanted(
        [each.id for each in plans if asked.plan in ("", each.plan.code)],
        asked.kind if asked.kind in backdated.KINDS else "", whose,
        datetime.combine(asked.first, time(), LOCAL) if asked.first else None,
        datetime.combine(asked.last + timedelta(days=1), time(), LOCAL) if asked.last else None,
    )  # fmt: skip


def _line(row: Backdated, names: dict[str, str], agencies: dict[int, AgencyRow], plans: list[LoadedPlan]) -> Line:
    loaded = next(each for each in plans if each.id == row.plan_id)
    agency = agencies.get(row.agency_id or 0)
    what = row.what if row.occurrence_id or not row.kind.startswith("card-") else _card(row.what, loaded)
    return Line(
        row, backdated.KINDS[row.kind], names[row.by], agency.short_name if agency else "", loaded.plan.short, what,
        row.at.astimezone(LOCAL).date(),
    )  # fmt: skip


def _card(place: str, loaded: LoadedPlan) -> str:
    """Bảng tự chấm điểm, năm 2025, chính thức."""
    period, stage, level = place.split("/", 2)
    chain = loaded.plan.scoring.chain if loaded.plan.scoring else ()
    title = next((each.title for each in chain if each.code == level), level)
    said = [words.sentence(title), words.period_text(period), card_places.STAGE_TEXTS.get(stage, "")]
    return ", ".join(part for part in said if part)
