"""Simulated agencies for replay and training (mô phỏng): seeded habits, and names that no real cooperative bears.

Every choice is drawn from the seed and the thing it is about, so the same seed gives the same life whatever the
order of asking.
"""

from __future__ import annotations

import random
from datetime import date
from enum import StrEnum

from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.plan import AgencyKind, Plan

WATERMARK = "BẢN MÔ PHỎNG - SỐ LIỆU GIẢ ĐỊNH"
COOPERATIVE = "Hợp tác xã mô phỏng"
"""How the name of every simulated cooperative begins."""


class Habit(StrEnum):
    """How an agency deals with deadlines."""

    PROMPT = "prompt"
    LATE = "late"
    SILENT = "silent"


class Dice:
    """Draws that depend on the seed and on what they are about, not on when they are made."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def of(self, *about: object) -> random.Random:
        return random.Random("/".join(map(str, (self._seed, *about))))

    def chance(self, probability: float, *about: object) -> bool:
        return self.of(*about).random() < probability

    def habit(self, agency: str, lead: str) -> Habit:
        """The lead agency is prompt: without it nobody would chase."""
        if agency == lead:
            return Habit.PROMPT
        return self.of("habit", agency).choices(list(Habit), weights=(6, 3, 1))[0]

    def sending_day(self, key: str, habit: Habit, due_on: date, calendar: WorkingCalendar) -> date | None:
        """The day an agency sends its paper for this deadline; None for one that stays silent until it is called."""
        dice = self.of("sending", key, due_on)
        if habit is Habit.PROMPT:
            steps = -dice.randint(0, 4)
        elif habit is Habit.LATE:
            steps = dice.choice((-1, 0, 0, 1, 2, 3, 5, 8))
        else:
            steps = dice.choice((0, 4, 9, 99))
        if steps == 99:
            return None
        if steps > 0:
            return calendar.soft_shift(due_on, steps)[0]
        return calendar.soft_shift(calendar.soft_previous_working(due_on)[0], steps)[0]


def with_simulated_names(plan: Plan) -> Plan:
    """The plan with its cooperatives called "HTX mô phỏng 1 (Kon Plông)": invented figures never stand by a real name."""
    number = 0
    agencies = []
    for agency in plan.agencies:
        if agency.kind is AgencyKind.COOPERATIVE:
            number += 1
            place = f" ({agency.place})" if agency.place else ""
            agency = agency.model_copy(
                update={
                    "name": f"{COOPERATIVE} {number}{place}",
                    "short_name": f"HTX mô phỏng {number}{place}",
                }
            )
        agencies.append(agency)
    return plan.model_copy(update={"agencies": tuple(agencies)})
