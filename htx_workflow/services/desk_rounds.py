"""Who has not sent yet (ai chưa gửi), and where each round stands and what blocks it: from the projection of today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from htx_workflow.domain import desk
from htx_workflow.domain.errors import NotFound
from htx_workflow.domain.plan import AgencyKind
from htx_workflow.services.desk import Sight
from htx_workflow.store import desk_rows as store
from htx_workflow.store.database import Session
from htx_workflow.store.desk_rows import DutyRow

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
