"""Scores of simulated cooperatives: what the rubric takes, better from stage to stage, and every fate in every life."""

from __future__ import annotations

from decimal import Decimal

import pytest

from htx_workflow.domain import scorecards
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.domain.simulated_scores import DEALT, Fate, SimulatedScores
from htx_workflow.domain.simulation import Dice
from tests.scores import PASS_MARK, TT01, TT09

UNITS = ("htx-a", "htx-b", "htx-c", "htx-d", "htx-e")
STAGES = ((2024, "estimate"), (2024, "final"), (2025, "trial"), (2025, "estimate"), (2025, "final"))
SEEDS = range(1, 13)


def scores(seed: int, rubric: Rubric = TT01, units: tuple[str, ...] = UNITS) -> SimulatedScores:
    return SimulatedScores(rubric, units, (2024, 2025), Decimal(80), Dice(seed))


@pytest.mark.parametrize("rubric", [TT01, TT09], ids=["tt-01", "tt-09"])
def test_every_card_is_complete_and_within_the_maxima_of_its_rubric(rubric: Rubric) -> None:
    for seed in SEEDS:
        made = scores(seed, rubric)
        for unit in UNITS:
            for year, stage in STAGES:
                card = made.card(unit, year, stage)
                assert scorecards.check(rubric, card) == []
                assert scorecards.totals(rubric, card).missing == ()


def test_totals_go_up_from_the_start_to_the_last_figures() -> None:
    for seed in SEEDS:
        made = scores(seed)
        for unit in UNITS:
            totals = [sum(made.start(unit).values()), *(sum(made.card(unit, *stage).values()) for stage in STAGES)]
            assert totals[0] < totals[1] < totals[3] < totals[4] < totals[5]


def test_each_life_deals_out_every_fate() -> None:
    for seed in SEEDS:
        assert sorted(scores(seed).fates.values()) == sorted(DEALT)


def test_who_slips_ends_above_the_mark_with_one_criterion_below_its_start() -> None:
    for seed in SEEDS:
        made = scores(seed)
        for unit, fate in made.fates.items():
            end = scorecards.totals(TT01, made.card(unit, 2025, "estimate"))
            below = [one for one in made.to_improve(unit) if (end.criteria[one] or 0) < made.start(unit)[one]]
            assert end.scored >= PASS_MARK
            assert len(below) == (1 if fate is Fate.SLIPS else 0)


def test_the_district_takes_the_mark_from_whoever_is_to_fail_its_check() -> None:
    for seed in SEEDS:
        made = scores(seed)
        unit = next(unit for unit, fate in made.fates.items() if fate is Fate.CHECKED)
        own = made.card(unit, 2025, "estimate")
        checked = made.checked(unit, 2025, "estimate", "district", own)
        assert sum({**own, **checked.points}.values()) < PASS_MARK
        assert checked.reasons.keys() == checked.points.keys()


def test_the_order_of_asking_changes_nothing() -> None:
    one, other = scores(3), scores(3)
    first = {unit: one.card(unit, 2025, "final") for unit in UNITS}
    last = {unit: other.card(unit, 2025, "final") for unit in reversed(UNITS)}
    assert first == last
