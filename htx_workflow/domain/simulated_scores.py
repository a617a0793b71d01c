"""Scores of simulated cooperatives (điểm mô phỏng): a start, a card for each year and stage, what the levels above change.

A cooperative goes up from its start by steps of half a point, in an order of its own; how far it gets by the end of the
plan is its fate. Fates are dealt out by the seed, so that every life shows who passes, who falls below its start, whose
points change when they are checked, and whose card bears one signature only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from htx_workflow.domain import scorecards
from htx_workflow.domain.plan import Plan
from htx_workflow.domain.rubrics import Rubric, criterion_number
from htx_workflow.domain.simulation import Dice

STEP = 50
"""Hundredths: half a point, the smallest change anybody makes here."""
SHARE_AT_START = (0.58, 0.76)
AIM = {"passes": (100, 500), "slips": (100, 250), "checked": (0, 50), "unsigned": (100, 400)}
"""Hundredths above the pass mark that each fate reaches by its own score."""
TO_IMPROVE = 4
TRIAL_SHARE, AFTER_CLOSING = 0.6, 50
REASONS = (
    "Đối chiếu sổ kế toán thấp hơn số hợp tác xã tự chấm",
    "Chưa có biên bản, tài liệu chứng minh kèm theo",
    "Minh chứng mới có ở một phần thành viên",
    "Số liệu ước thực hiện chưa có chứng từ",
)


class Fate(StrEnum):
    """How a cooperative ends."""

    PASSES = "passes"
    SLIPS = "slips"
    """High enough, but one criterion to be completed ends below its start."""
    CHECKED = "checked"
    """Its own score passes, the district's does not."""
    UNSIGNED = "unsigned"
    """One of two organs has not signed in the last year."""


DEALT = (Fate.PASSES, Fate.SLIPS, Fate.UNSIGNED, Fate.CHECKED, Fate.PASSES)


@dataclass(frozen=True)
class Checked:
    """What a level that checks changes of the card below: hundredths and reason, by key."""

    points: Mapping[str, int]
    reasons: Mapping[str, str]


class SimulatedScores:
    """Every score of the cooperatives of a plan."""

    def __init__(
        self, rubric: Rubric, units: Sequence[str], years: tuple[int, int], pass_mark: Decimal, dice: Dice
    ) -> None:
        self._rubric, self._units, self._dice = rubric, tuple(units), dice
        self._first, self._last = years
        self._pass_mark = int(pass_mark * 100)

    @cached_property
    def fates(self) -> dict[str, Fate]:
        """Dealt out in turn to the cooperatives as the seed orders them."""
        order = list(self._units)
        self._dice.of("fates").shuffle(order)
        return {unit: DEALT[place % len(DEALT)] for place, unit in enumerate(order)}

    # The start

    def start(self, unit: str) -> dict[int, int]:
        """Hundredths by criterion when the plan begins."""
        points: dict[int, int] = {}
        for key, given in self._at_start(unit).items():
            points[criterion_number(key)] = points.get(criterion_number(key), 0) + given
        return points

    def to_improve(self, unit: str) -> frozenset[int]:
        """The criteria to be completed: those that have most to gain, from one point on."""
        start, most = self.start(unit), self._most
        room = {
            number: sum(most[key] for key in criterion.scored_at) - start[number]
            for number, criterion in self._rubric.criteria.items()
            if start[number] >= 100
        }
        return frozenset(sorted(room, key=lambda number: (-room[number], number))[:TO_IMPROVE])

    # Cards

    def card(self, unit: str, year: int, stage: str) -> dict[str, int]:
        """Hundredths by key of the self-score of a year and stage."""
        points = self._at_start(unit)
        aim = self._aim(unit, sum(points.values()), year, stage)
        slip = self._slipping(unit) if year == self._last and self.fates[unit] is Fate.SLIPS else None
        if slip is not None:
            points[slip] = max(0, points[slip] - STEP)
        total = sum(points.values())
        for key in self._way(unit):
            if total >= aim:
                break
            if slip is None or criterion_number(key) != criterion_number(slip):
                points[key] += STEP
                total += STEP
        return points

    def checked(self, unit: str, year: int, stage: str, level: str, below: Mapping[str, int]) -> Checked:
        """What the level above takes off a card, each with a reason; the highest level seldom takes off more."""
        dice = self._dice.of("checked", unit, year, level)
        keys = [key for key, given in below.items() if given >= 2 * STEP]
        dice.shuffle(keys)
        count = dice.choice((0, 1, 2)) if level == "district" else dice.choice((0, 0, 1))
        if self.fates[unit] is Fate.CHECKED and year == self._last and level == "district":
            count = 1 + max(0, sum(below.values()) - self._pass_mark) // STEP
        chosen = keys[:count]
        reasons = {key: f"{dice.choice(REASONS)} (mô phỏng)" for key in chosen}
        return Checked({key: below[key] - STEP for key in chosen}, reasons)

    def signs_all(self, unit: str, year: int) -> bool:
        """Whether both organs sign."""
        return not (self.fates[unit] is Fate.UNSIGNED and year == self._last)

    def given_back(self, year: int) -> str:
        """Whose card of a year is given back once to be scored anew."""
        return self._dice.of("given back", year).choice(self._units)

    def overrated(self, unit: str, year: int, points: Mapping[str, int]) -> dict[str, int]:
        """The card as it was before it was given back: one place too high."""
        most = self._most
        free = sorted(key for key, given in points.items() if given + STEP <= most[key])
        key = self._dice.of("overrated", unit, year).choice(free) if free else ""
        return {**points, **({key: points[key] + STEP} if key else {})}

    def after_closing(self, year: int) -> tuple[str, ...]:
        """Who sends a second, official version when the books are closed."""
        signed = [unit for unit in self._units if self.signs_all(unit, year)]
        dice = self._dice.of("closing", year)
        return tuple(sorted(dice.sample(signed, min(len(signed), dice.choice((1, 2))))))

    def facts(self, unit: str, year: int) -> dict[str, str]:
        """What the card says of the cooperative besides points, as it is typed."""
        dice = self._dice.of("facts", unit)
        age, members, capital = dice.randint(20, 110), dice.randint(28, 240), dice.randint(9, 70)
        grown = year - self._first
        governance = dice.choice([kind.governance for kind in self._rubric.sign_offs] or [""])
        kinds = [kind.code for axis in self._rubric.kinds for kind in axis.kinds]
        return {
            "governance": governance,
            "months_operating": str(age + 12 * grown),
            "months_idle": "0",
            "sanctioned": "khong",
            "sector": dice.choice(("nong-nghiep", "nong-nghiep", "nong-nghiep", "phi-nong-nghiep")),
            "kind": dice.choice(kinds) if kinds else "",
            "members": str(members + grown * dice.randint(2, 9)),
            "capital": str(100_000_000 * (capital + grown * dice.randint(2, 8))),
        }

    # How

    @cached_property
    def _most(self) -> dict[str, int]:
        """Hundredths that each place can hold; where a maximum is not known, an equal part of its group's rest."""
        most: dict[str, int] = {}
        for group in self._rubric.groups:
            known = sum(int(one.max * 100) for one in group.criteria if one.max is not None)
            unknown = [one for one in group.criteria if one.max is None]
            part = (int(group.max * 100) - known) // max(1, len(unknown))
            for one in group.criteria:
                whole = part if one.max is None else int(one.max * 100)
                for place, key in enumerate(one.scored_at):
                    own = one.items[place].max if one.items else None
                    most[key] = int(own * 100) if own is not None else whole // len(one.scored_at)
        return {key: points // STEP * STEP for key, points in most.items()}

    def _at_start(self, unit: str) -> dict[str, int]:
        low, high = SHARE_AT_START
        dice = self._dice.of("start", unit)
        return {key: int(most * dice.uniform(low, high)) // STEP * STEP for key, most in self._most.items()}

    def _aim(self, unit: str, start: int, year: int, stage: str) -> int:
        low, high = AIM[self.fates[unit]]
        end = self._pass_mark + self._dice.of("aim", unit).randint(low // STEP, high // STEP) * STEP
        years = self._last - self._first + 1
        done = (year - self._first + (TRIAL_SHARE if stage == "trial" else 1)) / years
        return start + int((end - start) * done) + (AFTER_CLOSING if stage == "final" else 0)

    def _slipping(self, unit: str) -> str:
        """The place whose points go down."""
        number = min(self.to_improve(unit))
        return max(self._rubric.criteria[number].scored_at, key=lambda key: (self._at_start(unit)[key], key))

    def _way(self, unit: str) -> list[str]:
        """Every step from the start to the top, in the order of this cooperative; criteria to be completed first."""
        start, wanted = self._at_start(unit), self.to_improve(unit)
        steps = [key for key, most in self._most.items() for _ in range((most - start[key]) // STEP)]
        self._dice.of("way", unit).shuffle(steps)
        early = [key for key in steps if criterion_number(key) in wanted]
        half = set(range(len(early) // 2))
        first = [key for place, key in enumerate(early) if place in half]
        rest = list(steps)
        for key in first:
            rest.remove(key)
        return first + rest


def of_plan(plan: Plan, rubric: Rubric | None, dice: Dice) -> SimulatedScores | None:
    """The scores of a plan's cooperatives; None where the plan scores nobody."""
    if plan.scoring is None or rubric is None:
        return None
    last = plan.ends_on or plan.starts_on
    return SimulatedScores(rubric, plan.scored(), (plan.starts_on.year, last.year), plan.scoring.pass_mark, dice)


def typed(points: Mapping[str, int]) -> dict[str, str]:
    """Points as people type them: 3,5."""
    return {key: scorecards.points_text(given) for key, given in points.items()}
