"""The desk (bảng theo dõi) of a plan today: matrix, rates, what waits, lists of work. Reads columns only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from htx_workflow.domain import collation, desk, words
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.desk import Tally
from htx_workflow.domain.errors import BadInput, NotFound
from htx_workflow.domain.plan import AgencyKind, Kind
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import outcomes, plans
from htx_workflow.store import desk_queues
from htx_workflow.store import desk_rows as store
from htx_workflow.store import plans as plan_store
from htx_workflow.store.database import Session
from htx_workflow.store.desk_queues import Waiting
from htx_workflow.store.desk_rows import AgencyRow, DutyRow, Wanted, WorkRow
from htx_workflow.store.plans import LoadedPlan

COLUMNS = 50
"""Agencies on one page of the matrix."""
LINES = 50
"""Lines on one page of a list."""
MAIL_DAYS = 30
"""Mail that failed is shown for so many days."""
GROUPS = {"co-quan": "Cơ quan", "htx": "Hợp tác xã"}
"""Which agencies the desk shows."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What every page of the desk starts from: one plan as it is today."""

    loaded: LoadedPlan
    others: tuple[LoadedPlan, ...]
    """Every plan this visitor follows."""
    today: date
    near_until: date
    duties: tuple[DutyRow, ...]
    agencies: dict[int, AgencyRow]
    calendar: WorkingCalendar

    @property
    def duty(self) -> dict[int, DutyRow]:
        return {duty.id: duty for duty in self.duties}

    def short(self, agency_id: int | None) -> str:
        """The short name of an agency; words when nobody holds it."""
        return self.agencies[agency_id].short_name if agency_id in self.agencies else "chờ phân công lại"

    @property
    def lead_id(self) -> int:
        return next(row.id for row in self.agencies.values() if row.code == self.loaded.plan.lead)

    @property
    def province_id(self) -> int:
        return next(row.id for row in self.agencies.values() if row.code == self.loaded.plan.province)

    @property
    def years(self) -> list[int]:
        plan = self.loaded.plan
        return desk.years_of(plan.starts_on, plan.ends_on, self.today)


def find_plan(known: Sequence[LoadedPlan], visitor: Visitor, code: str = "") -> LoadedPlan:
    """The plan asked for, or the newest one that this visitor follows. Raises NotFound for another's."""
    followed = [loaded for loaded in known if loaded.id in visitor.follows]
    if not followed:
        raise NotFound("Không có kế hoạch nào để theo dõi.")
    if not code:
        return max(followed, key=lambda loaded: (loaded.plan.starts_on, loaded.id))
    found = next((loaded for loaded in followed if loaded.plan.code == code), None)
    if found is None:
        raise NotFound(f"Không có kế hoạch {code}.")
    return found


def followed_id(session: Session, visitor: Visitor, code: str) -> int | None:
    """The number of the plan asked for, when the visitor follows one; None without a code, and for a district."""
    if not code or not visitor.follows:
        return None
    return find_plan(plan_store.list_plans(session), visitor, code).id


def sight(session: Session, visitor: Visitor, code: str, today: date, calendar: WorkingCalendar) -> Sight:
    """One plan as the pages of the desk see it: three reads."""
    known = plan_store.list_plans(session)
    loaded = find_plan(known, visitor, code)
    others = tuple(each for each in known if each.id in visitor.follows)
    return _sight(session, loaded, others, today, calendar)


def sight_of(session: Session, code: str, today: date, calendar: WorkingCalendar) -> Sight:
    """The same for the command line, where nobody is signed in."""
    loaded = plans.get_plan(session, code)
    return _sight(session, loaded, (loaded,), today, calendar)


def _sight(
    session: Session, loaded: LoadedPlan, others: tuple[LoadedPlan, ...], today: date, calendar: WorkingCalendar
) -> Sight:
    duties = tuple(store.list_duties(session, loaded.id))
    agencies = store.list_agencies(session, today)
    return Sight(loaded, others, today, desk.near_until(today, calendar), duties, agencies, calendar)


# The matrix


@dataclass(frozen=True, slots=True)
class Cell:
    """One agency with one duty: the most urgent of its occurrences, and how many stand so."""

    code: str
    count: int
    total: int
    occurrence_id: int
    """To go to, when there is only one."""
    note: str = ""
    """quá 03, 18/12: what is said under the sign."""

    @property
    def sign(self) -> str:
        return desk.SIGNS[self.code][0]

    @property
    def tone(self) -> str:
        return desk.SIGNS[self.code][1]

    @property
    def word(self) -> str:
        return desk.CELL_WORDS[self.code]


@dataclass
class Matrix:
    """A page of the matrix with the rates of the agencies on it, and of all that the filter lets through."""

    agencies: list[AgencyRow] = field(default_factory=list)
    duties: list[DutyRow] = field(default_factory=list)
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    tallies: dict[int, Tally] = field(default_factory=dict)
    """Of every agency that holds work, by its number."""
    institutions: Tally = field(default_factory=Tally)
    cooperatives: Tally = field(default_factory=Tally)
    """Cooperatives are counted apart from the agencies (mục I.2 of the plan: no orders to them)."""
    page: int = 1
    pages: int = 1
    shown: int = 0
    """Agencies that the filter lets through."""


def matrix(
    session: Session, seen: Sight, year: int | None, calendar: WorkingCalendar, *,
    group: str = "", search: str = "", page: int = 1,
) -> Matrix:  # fmt: skip
    """Duties × agencies, and the rates: two reads."""
    tallies = store.tallies(session, seen.loaded.id, list(seen.duties), seen.today, year)
    found = Matrix(tallies=tallies)
    for number, tally in tallies.items():
        kind = seen.agencies[number].kind
        (found.cooperatives if kind is AgencyKind.COOPERATIVE else found.institutions).add(tally)
    shown = [seen.agencies[number] for number in seen.agencies if number in tallies]
    shown = [agency for agency in shown if in_group(agency, group) and matches(agency, search)]
    found.shown, found.pages = len(shown), max(1, -(-len(shown) // COLUMNS))
    found.page = min(max(page, 1), found.pages)
    found.agencies = shown[(found.page - 1) * COLUMNS : found.page * COLUMNS]
    numbers = [agency.id for agency in found.agencies]
    rows = store.cells(session, seen.loaded.id, list(seen.duties), numbers, year, seen.today, seen.near_until)
    found.cells = _cells(rows, seen, calendar)
    used = {duty for duty, _ in found.cells}
    found.duties = [duty for duty in seen.duties if duty.id in used]
    return found


def in_group(agency: AgencyRow, group: str) -> bool:
    if group == "htx":
        return agency.kind is AgencyKind.COOPERATIVE
    return group != "co-quan" or agency.kind is not AgencyKind.COOPERATIVE


def matches(agency: AgencyRow, search: str) -> bool:
    """Searching without marks finds names, short names and codes."""
    return not search or any(collation.contains(text, search) for text in (agency.name, agency.short_name, agency.code))


def _outcomes(session: Session, seen: Sight, places: Collection[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """Of places (duty, agency) that nobody reports: what the scores say, as the code of a cell."""
    read = {duty.id for duty in seen.duties if duty.kind == Kind.OUTCOME}
    wanted = [(duty, agency) for duty, agency in places if duty in read]
    found = outcomes.of(session, seen.loaded, {agency for _, agency in wanted}, seen.today) if wanted else {}
    return {(duty, agency): found[agency].value for duty, agency in wanted if agency in found}


def _cells(rows: Sequence[store.CellRow], seen: Sight, calendar: WorkingCalendar) -> dict[tuple[int, int], Cell]:
    together: dict[tuple[int, int], list[store.CellRow]] = {}
    for row in rows:
        together.setdefault((row.duty_id, row.agency_id), []).append(row)
    order = {code: number for number, code in enumerate(desk.CELLS)}
    found = {}
    for place, here in together.items():
        worst = min(here, key=lambda row: order[row.code])
        total = sum(row.many for row in here)
        code = worst.code
        if code == "overdue" and seen.agencies[worst.agency_id].kind is AgencyKind.COOPERATIVE:
            code = "asked"
        note = cell_note(worst, seen.today, calendar)
        found[place] = Cell(code, worst.many, total, worst.first_id if total == 1 else 0, note)
    return found


def cell_note(row: store.CellRow, today: date, calendar: WorkingCalendar) -> str:
    """What stands beside the sign: working days overdue, or the day."""
    if row.first_due is None:
        return ""
    if row.code == "overdue":
        over = calendar.soft_count(row.first_due, today)[0]
        return words.said("quá %(days)s", days=words.count_text(over)) if over else words.said("đã qua")
    if row.code in ("near", "new", "doing", "expected", "returned"):
        return f"{row.first_due.day:02d}/{row.first_due.month:02d}"
    return ""


def waiting(session: Session, seen: Sight, visitor: Visitor) -> Waiting:
    """What waits for the lead officer of this plan: one read."""
    leads = seen.loaded.id in visitor.leads
    condition = desk_queues.checked_by(visitor.agency_id, leads or not visitor.leads, seen.province_id, seen.duties)
    since = seen.today - timedelta(days=MAIL_DAYS)
    return desk_queues.waiting(session, seen.loaded.id, condition, seen.today, since)


# Lists of work


@dataclass(frozen=True, slots=True)
class Asked:
    """Which work a list is asked for, as it stands in the address."""

    year: int | None = None
    duty: str = ""
    agency: str = ""
    group: str = ""
    cell: str = ""
    search: str = ""
    page: int = 1


STATES: dict[str, tuple[str, ...]] = {
    "tat-ca": (),
    "qua-han": ("overdue",),
    "sap-den-han": ("near",),
    "can-don-doc": ("overdue", "near"),
    "cho-kiem-tra": ("sent",),
    "bo-sung": ("returned",),
    "chua-xong": ("overdue", "near", "new", "doing", "returned"),
    "du-kien": ("expected", "awaiting"),
    "dung-han": ("done",),
    "xong-qua-han": ("late",),
    "phan-cong-lai": ("unassigned",),
    "thuong-xuyen": ("standing",),
}
"""What a list may be narrowed to, by the code in the address."""
STATE_WORDS = {
    "tat-ca": "Mọi tình trạng",
    "qua-han": "Quá hạn",
    "sap-den-han": "Sắp đến hạn",
    "can-don-doc": "Quá hạn và sắp đến hạn",
    "cho-kiem-tra": "Đã gửi, chờ kiểm tra",
    "bo-sung": "Đề nghị bổ sung",
    "chua-xong": "Chưa hoàn thành",
    "du-kien": "Dự kiến, chờ ấn định",
    "dung-han": "Hoàn thành đúng hạn",
    "xong-qua-han": "Hoàn thành quá hạn",
    "phan-cong-lai": "Chờ phân công lại",
    "thuong-xuyen": "Thường xuyên",
}


@dataclass
class WorkList:
    """A page of a list of work, or all of it."""

    lines: list[WorkRow] = field(default_factory=list)
    count: int = 0
    page: int = 1
    pages: int = 1


def wanted(seen: Sight, asked: Asked) -> Wanted:
    """The list asked for, in numbers of the store. Raises BadInput for codes that are not there."""
    duty = next((duty for duty in seen.duties if duty.code == asked.duty), None)
    if asked.duty and duty is None:
        raise BadInput(f"Kế hoạch không có nhiệm vụ {asked.duty}.")
    if asked.cell and asked.cell not in STATES:
        raise BadInput(f"Không có tình trạng {asked.cell}.")
    agencies: tuple[int, ...] | None = None
    if asked.agency or asked.group or asked.search:
        agencies = tuple(
            agency.id
            for agency in seen.agencies.values()
            if (not asked.agency or agency.code == asked.agency)
            and in_group(agency, asked.group)
            and matches(agency, asked.search)
        )
    return Wanted(
        seen.loaded.id, asked.year, duty.id if duty else None, agencies, STATES[asked.cell] if asked.cell else ()
    )


def list_work(session: Session, seen: Sight, asked: Asked, *, most: int = 0) -> WorkList:
    """A page of the list, or (for Excel) the first `most` of it: two reads."""
    want, duties = wanted(seen, asked), list(seen.duties)
    count = store.count_work(session, want, duties, seen.today, seen.near_until)
    pages = max(1, -(-count // LINES))
    page = min(max(asked.page, 1), pages)
    skip, limit = (0, most) if most else ((page - 1) * LINES, LINES)
    lines = store.list_work(session, want, duties, seen.today, seen.near_until, skip=skip, limit=limit)
    read = _outcomes(session, seen, [(row.duty_id, row.holder_id) for row in lines])
    lines = [row._replace(cell=read.get((row.duty_id, row.holder_id), row.cell)) for row in lines]
    return WorkList([_softly(row, seen) for row in lines], count, page, pages)


def _softly(row: WorkRow, seen: Sight) -> WorkRow:
    """Work of a cooperative is asked for, never marked red."""
    cooperative = seen.agencies[row.holder_id].kind is AgencyKind.COOPERATIVE
    return row._replace(cell="asked") if row.cell == "overdue" and cooperative else row


def filter_line(seen: Sight, asked: Asked) -> str:
    """The filter in words, for paper and Excel."""
    parts = [
        f"năm {asked.year}" if asked.year else "toàn bộ thời gian của kế hoạch",
        f"nhiệm vụ {asked.duty}" if asked.duty else "",
        next((row.short_name for row in seen.agencies.values() if row.code == asked.agency), "")
        if asked.agency
        else "",
        GROUPS.get(asked.group, "").lower(),
        STATE_WORDS.get(asked.cell, "").lower(),
        f"tìm “{asked.search}”" if asked.search else "",
    ]
    return words.sentence("; ".join(part for part in parts if part))
