"""The critical path: hand-drawn chains, and what holds of any of them."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from htx_workflow.domain import critical_paths
from htx_workflow.domain.critical_paths import Knot, Path

MON, TUE, WED, THU = (date(2025, 12, day) for day in (15, 16, 17, 18))


def test_the_longest_chain_leads_from_what_can_be_done_now_to_the_target() -> None:
    knots = [
        Knot("htx", MON),
        Knot("huyen", TUE, ("htx",)),
        Knot("so", MON),
        Knot("tong-ket", THU, ("huyen", "so")),
    ]
    assert critical_paths.to("tong-ket", knots) == Path(("htx", "huyen", "tong-ket"), ("htx", "so"))


def test_of_two_as_long_the_one_that_comes_due_later_holds_the_target() -> None:
    knots = [Knot("a", TUE), Knot("b", WED), Knot("end", THU, ("a", "b"))]
    assert critical_paths.to("end", knots).steps == ("b", "end")


def test_a_step_without_a_day_holds_longest_and_blocks_last() -> None:
    knots = [Knot("no-day", None), Knot("b", WED), Knot("end", THU, ("no-day", "b"))]
    assert critical_paths.to("end", knots) == Path(("no-day", "end"), ("b", "no-day"))


def test_a_need_that_is_finished_stands_on_no_path() -> None:
    assert critical_paths.to("end", [Knot("end", THU, ("finished",))]) == Path(("end",), ("end",))


def test_what_the_target_does_not_need_is_left_out() -> None:
    assert critical_paths.to("end", [Knot("other", MON), Knot("end", THU)]).first == ("end",)


def test_a_finished_target_has_no_path() -> None:
    assert critical_paths.to("end", [Knot("other", MON)]) == Path()


@st.composite
def chains(draw: st.DrawFn) -> list[Knot]:
    """Up to nine steps, each needing some of those before it, and names of steps that are finished."""
    size = draw(st.integers(1, 9))
    days = st.one_of(st.none(), st.dates(date(2025, 12, 1), date(2025, 12, 31)))
    return [
        Knot(str(number), draw(days), tuple(map(str, draw(st.sets(st.integers(0, number - 1))))) if number else ())
        for number in range(size)
    ]


@given(chains())
def test_each_step_of_a_path_needs_the_one_before_and_the_first_needs_nothing(knots: list[Knot]) -> None:
    by_key = {knot.key: knot for knot in knots}
    path = critical_paths.to(knots[-1].key, knots)
    assert all(
        before in by_key[after].needs for before, after in zip(path.steps, path.steps[1:], strict=False)
    )  # fmt: skip
    assert by_key[path.steps[0]].needs == ()
    assert path.steps[0] in path.first
    assert path.steps[-1] == knots[-1].key


@given(chains())
def test_no_way_to_the_target_is_longer(knots: list[Knot]) -> None:
    by_key = {knot.key: knot for knot in knots}

    def longest(key: str) -> int:
        return 1 + max((longest(need) for need in by_key[key].needs), default=0)

    assert len(critical_paths.to(knots[-1].key, knots).steps) == longest(knots[-1].key)
