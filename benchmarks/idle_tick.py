"""A tick over N open occurrences with nothing due, as it happens on most mornings: decide, compose, find nothing.

Peers: the same question answered by reading every occurrence (what it costs without the partial index), and, at
10,000 only and not extrapolated, the loop over open occurrences as objects that lays each one's ladder.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select, text
from sqlmodel import col

from benchmarks import data, databases, house
from benchmarks.report import Figure, timed
from htx_workflow.domain import reminders
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.plan import Basis
from htx_workflow.services import composing, ticks
from htx_workflow.store import plans as plan_store
from htx_workflow.store import tables
from htx_workflow.store.database import Database

SIZES = (10_000, 100_000, 1_000_000)
LIMIT = 0.1


def measure() -> Iterator[Figure | str]:
    calendar = house.calendar()
    style, calendars = house.style(), {"vn": calendar}
    with databases.server() as address:
        for kind in databases.KINDS:
            with databases.fresh(kind, address, "idle_tick") as database:
                data.fill(database, calendar, data.Size(2_000, 1, 0, SIZES[0]))
                for total in SIZES:
                    data.multiply(database, total)
                    case = f"{kind}, {f'{total:,}'.replace(',', ' ')} open"

                    def morning(database: Database = database) -> None:
                        ticked = ticks.tick(database, calendars, data.TODAY, data.NOW)
                        composed = composing.compose(database, calendars, style, data.NOW)
                        assert (ticked.rungs, composed.digests) == (0, 0)

                    ours = timed(morning, 31)
                    scan = timed(lambda database=database: _by_reading_all(database), 5)
                    yield Figure("idle tick", case, ours, "s", LIMIT, "reading every row", scan)
                    if total == SIZES[0]:
                        loop = timed(lambda database=database: _by_objects(database, calendar), 3)
                        yield Figure("idle tick", case, ours, "s", LIMIT, "a loop over objects", loop)


def _by_reading_all(database: Database) -> int:
    with database.reading() as session:
        day = "date '9999-12-31'" if not database.is_sqlite else "'9999-12-31'"
        statement = text(f"SELECT count(*) FROM occurrence WHERE coalesce(next_reminder_on, {day}) <= :today")
        today = data.TODAY.isoformat() if database.is_sqlite else data.TODAY
        return int(session.execute(statement, {"today": today}).scalar_one())


def _by_objects(database: Database, calendar: WorkingCalendar) -> int:
    due = 0
    with database.reading() as session:
        plans = {loaded.id: loaded.plan for loaded in plan_store.list_plans(session)}
        for row in session.execute(select(tables.Occurrence).where(col(tables.Occurrence.state) == "open")).scalars():
            if row.due_on and row.basis:
                steps = plans[row.plan_id].ladders["expected" if row.basis == Basis.ASSUMED else "deadline"]
                due += any(rung.send_on == data.TODAY for rung in reminders.laid(steps, row.due_on, calendar))
    return due
