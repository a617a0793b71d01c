"""What work waits for."""

from __future__ import annotations

from typing import Any

import pytest

from htx_workflow.domain import gates
from htx_workflow.domain.gates import Place
from htx_workflow.domain.plan import Duty
from tests.factories import a_duty

PARENTS = {"htx-a": "huyen-a", "htx-b": "huyen-b", "huyen-a": "tinh", "huyen-b": "tinh", "so": "tinh"}


def place(duty: str, holder: str | None, period: str = "2025") -> Place:
    return Place(duty, period, holder, (holder or "").upper(), f"việc {duty}")


def duty(*needs: dict[str, Any]) -> Duty:
    return Duty.model_validate(a_duty("N.9", after=list(needs)))


def waits(
    here: Place, needs: list[dict[str, Any]], unfinished: list[Place], reached: dict[str, bool] | None = None
) -> tuple[str, ...]:
    return gates.waits_for(here, duty(*needs), unfinished, PARENTS, reached or {}, {"U.1": "Tỉnh ký báo cáo"})


@pytest.mark.parametrize(
    ("match", "others", "expected"),
    [
        ("same_period", [place("R", "htx-b")], ("việc R (HTX-B)",)),
        ("same_period", [place("R", "htx-b", "2024")], ()),
        ("subordinate", [place("R", "htx-a"), place("R", "htx-b")], ("việc R (HTX-A)",)),
        ("subordinate", [place("R", "htx-a", "2024")], ()),
        ("subordinate", [place("R", "so")], ()),
        ("all", [place("R", "htx-b", "2024")], ("việc R (HTX-B)",)),
        ("all", [place("S", "htx-b")], ()),
        ("own", [place("R", "htx-b")], ()),
    ],
)
def test_which_predecessors_stand_before_it(match: str, others: list[Place], expected: tuple[str, ...]) -> None:
    assert waits(place("N.9", "huyen-a"), [{"duty": "R", "match": match}], others) == expected


@pytest.mark.parametrize("match", ["same_period", "subordinate", "own", "all"])
def test_an_agency_never_waits_for_itself(match: str) -> None:
    assert waits(place("N.9", "huyen-a"), [{"duty": "R", "match": match}], [place("R", "huyen-a")]) == ()


def test_work_without_a_holder_is_still_waited_for() -> None:
    assert waits(place("N.9", "so"), [{"duty": "R"}], [place("R", None)]) == ("việc R (chờ phân công lại)",)


def test_up_to_three_holders_are_named_and_more_are_counted() -> None:
    others = [place("R", holder) for holder in ("huyen-a", "huyen-b", "htx-a")]
    assert waits(place("N.9", "so"), [{"duty": "R"}], others) == ("việc R (HUYEN-A, HUYEN-B và HTX-A)",)
    others.append(place("R", "htx-b"))
    assert waits(place("N.9", "so"), [{"duty": "R"}], others) == ("việc R (còn 04 đơn vị)",)


def test_a_milestone_is_waited_for_until_it_is_reached() -> None:
    need = [{"milestone": "U.1"}]
    assert waits(place("N.9", "so"), need, []) == ("Tỉnh ký báo cáo",)
    assert waits(place("N.9", "so"), need, [], {"U.1": True}) == ()
