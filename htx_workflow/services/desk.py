"""The desk (bảng theo dõi) of a plan today: matrix, rates, what waits, lists of work. Reads columns only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from htx_workflow.domain import collation, desk, words
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.desk import Tally
from htx_workflow.domain.errors import BadInput, NotFound
from htx_workflow.domain.plan import AgencyKind
from htx_workflow.domain.visitors import Visitor
from htx_workflow.store import desk_rows as store
from htx_workflow.store import plans as plan_store
from htx_workflow.store.database import Session
from htx_workflow.store.desk_rows import AgencyRow, DutyRow, Waiting, Wanted, WorkRow
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


def find_plan(plans: Sequence[LoadedPlan], visitor: Visitor, code: str = "") -> LoadedPlan:
    """The plan asked for, or the newest one that this visitor follows. Raises NotFound for another's."""
    followed = [loaded for loaded in plans if loaded.id in visitor.follows]
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
    plans = plan_store.list_plans(session)
    loaded = find_plan(plans, visitor, code)
    return Sight(
        loaded,
        tuple(each for each in plans if each.id in visitor.follows),
        today,
        desk.near_until(today, calendar),
        tuple(store.list_duties(session, loaded.id)),
        store.list_agencies(session, today),
        calendar,
    )


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
        return f"quá {words.count_text(over)}" if over else "đã qua"
    if row.code in ("near", "new", "doing", "expected", "returned"):
        return f"{row.first_due.day:02d}/{row.first_due.month:02d}"
    return ""


def waiting(session: Session, seen: Sight, visitor: Visitor) -> Waiting:
    """What waits for the lead officer of this plan: one read."""
    leads = seen.loaded.id in visitor.leads
    condition = store.checked_by(visitor.agency_id, leads or not visitor.leads, seen.province_id, seen.duties)
    since = seen.today - timedelta(days=MAIL_DAYS)
    return store.waiting(session, seen.loaded.id, condition, seen.today, since)


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


def list_work(session: Session, seen: Sight, asked: Asked, *, everything: bool = False) -> WorkList:
    """A page of the list, or all of it for Excel: two reads."""
    want, duties = wanted(seen, asked), list(seen.duties)
    count = store.count_work(session, want, duties, seen.today, seen.near_until)
    pages = max(1, -(-count // LINES))
    page = min(max(asked.page, 1), pages)
    skip, limit = (0, 1_000_000) if everything else ((page - 1) * LINES, LINES)
    lines = store.list_work(session, want, duties, seen.today, seen.near_until, skip=skip, limit=limit)
    return WorkList(lines, count, page, pages)


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


# Who has not sent


def who(session: Session, seen: Sight, duty_code: str, period: str, moment: datetime) -> tuple[str, list[desk.Owed]]:
    """The sentence to copy and what it is made of; `moment` is local. Raises NotFound for a duty without such work."""
    duty = next((duty for duty in seen.duties if duty.code == duty_code), None)
    if duty is None:
        raise NotFound(f"Kế hoạch {seen.loaded.plan.code} không có nhiệm vụ {duty_code}.")
    rows = store.levels(session, seen.loaded.id, [duty.id], [period])
    if not rows:
        raise NotFound(f"Nhiệm vụ {duty_code} không có kỳ {period}.")
    return _who(seen, rows, moment)


def _who(seen: Sight, rows: Sequence[store.LevelRow], moment: datetime) -> tuple[str, list[desk.Owed]]:
    """An agency that owes several is counted once, and has sent when all are sent."""
    by_agency: dict[int, list[store.LevelRow]] = {}
    for row in rows:
        by_agency.setdefault(row.agency_id, []).append(row)
    owed = []
    for number, here in by_agency.items():
        missing = [row for row in here if row.state not in ("submitted", "done")]
        promised = max((row.promised_on for row in missing if row.promised_on), default=None)
        agency = seen.agencies[number]
        owed.append(desk.Owed(agency.short_name, agency.kind, not missing, promised))
    owed.sort(key=lambda one: one.kind is AgencyKind.COOPERATIVE)
    return desk.who_sentence(owed, moment), owed


# Rounds


@dataclass(frozen=True, slots=True)
class Level:
    """One duty of a round: who owes, who has sent, and who blocks the next level."""

    duty: DutyRow
    period: str
    due_on: date | None
    expected: bool
    owed: int
    sent: int
    accepted: int
    in_time: int
    sentence: str
    blocks: tuple[str, ...]
    """Titles of the duties that wait for what is missing here."""

    @property
    def complete(self) -> bool:
        return self.accepted == self.owed


@dataclass(frozen=True, slots=True)
class Round:
    """One round of one period, level by level in the order of the deadlines."""

    code: str
    period: str
    levels: tuple[Level, ...]

    @property
    def complete(self) -> bool:
        return all(level.complete for level in self.levels)

    @property
    def blocker(self) -> Level | None:
        """The first level that is not complete."""
        return next((level for level in self.levels if not level.complete), None)


def rounds(session: Session, seen: Sight, moment: datetime, periods: Sequence[str] | None = None) -> list[Round]:
    """The rounds of these periods (None: of the year of today and the years before it, newest first): two reads."""
    plan = seen.loaded.plan
    by_code = {duty.id: duty for duty in plan.duties if duty.round}
    rows = {duty.id: duty for duty in seen.duties if duty.code in by_code}
    known = store.list_periods(session, seen.loaded.id, list(rows)) if rows else []
    wanted_periods = sorted({period for _, period in known}) if periods is None else list(periods)
    of_period = store.levels(session, seen.loaded.id, list(rows), wanted_periods) if rows else []
    grouped: dict[tuple[str, str], dict[int, list[store.LevelRow]]] = {}
    for row in of_period:
        code = by_code[rows[row.duty_id].code].round or ""
        grouped.setdefault((row.period, code), {}).setdefault(row.duty_id, []).append(row)
    found = []
    for (period, code), by_duty in sorted(grouped.items(), reverse=True):
        levels = [_level(seen, rows[number], period, here, moment) for number, here in by_duty.items()]
        levels.sort(key=lambda level: (level.due_on or date.max, level.duty.code))
        found.append(Round(code, period, tuple(levels)))
    return found


def _level(seen: Sight, duty: DutyRow, period: str, rows: Sequence[store.LevelRow], moment: datetime) -> Level:
    sent = [row for row in rows if row.state in ("submitted", "done")]
    dated = [row for row in rows if row.due_on]
    blocked = tuple(
        each.title for each in seen.loaded.plan.duties if any(need.duty == duty.code for need in each.after)
    )
    return Level(
        duty=duty,
        period=period,
        due_on=max((row.due_on for row in rows if row.due_on), default=None),
        expected=bool(dated) and all(row.basis == "assumed" for row in dated),
        owed=len(rows),
        sent=len(sent),
        accepted=sum(row.state == "done" for row in sent),
        in_time=sum(bool(row.submitted_on and row.due_on and row.submitted_on <= row.due_on) for row in sent),
        sentence=_who(seen, rows, moment)[0],
        blocks=blocked if len(sent) < len(rows) else (),
    )
