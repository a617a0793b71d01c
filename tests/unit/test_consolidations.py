"""Classification tables and consolidations: every cooperative counted once, nobody missing turned into zero."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from htx_workflow.domain import classifications, consolidations, review_chains, scorecards, verdicts
from htx_workflow.domain.classifications import Axis, RatedUnit
from htx_workflow.domain.consolidations import (
    Change,
    Consolidation,
    CooperativeLine,
    CriterionLine,
    Missing,
    Target,
)
from htx_workflow.domain.ratings import Facts, Rating, Signatures
from htx_workflow.domain.review_chains import DEFAULT_CHAIN
from htx_workflow.domain.verdicts import Outcome
from tests.scores import GOOD, LEVELS, PASS_MARK, PROVINCE, SAMPLES, TT01, rated

SECTOR = Axis("sector", "Lĩnh vực", {"nong-nghiep": "Nông nghiệp", "phi-nong-nghiep": "Phi nông nghiệp"})


def rating(name: str, level: str = "province", facts: Facts = GOOD) -> Rating:
    return rated(SAMPLES[name].cards[level], facts=facts, signatures=None)[1]


def unit(code: str, sector: str, given: Rating | None) -> RatedUnit:
    return RatedUnit(code, {"sector": sector}, given)


UNITS = [
    unit("a", "nong-nghiep", rating("A")),
    unit("b", "nong-nghiep", rating("B")),
    unit("c", "nong-nghiep", rating("C")),
    unit("d", "nong-nghiep", rating("A", facts=Facts(60, 4))),
    unit("e", "nong-nghiep", rating("A", facts=Facts(11, 0))),
    unit("f", "nong-nghiep", None),
    unit("g", "phi-nong-nghiep", rated(SAMPLES["A"].cards["self"], signatures=Signatures("day-du"))[1]),
]


# Tables


def test_every_cooperative_stands_in_one_column():
    farming, other = classifications.table(TT01, SECTOR, UNITS)
    assert (farming.title, farming.total, farming.rated, farming.unfounded, farming.missing) == (
        "Nông nghiệp",
        6,
        3,
        0,
        1,
    )
    assert farming.bands == {"tot": 2, "kha": 1, "trung-binh": 0, "yeu": 0}
    assert farming.not_rated == {"moi-thanh-lap": 1, "ngung-hoat-dong": 1}
    assert (other.title, other.total, other.rated, other.unfounded, other.missing) == ("Phi nông nghiệp", 1, 0, 1, 0)


def test_percentages_are_of_the_rated_and_empty_without_any():
    farming, other = classifications.table(TT01, SECTOR, UNITS)
    assert [farming.share_text(band) for band in farming.bands] == ["66,7", "33,3", "0,0", "0,0"]
    assert other.share_text("tot") == ""


def test_means_leave_out_who_is_not_rated_or_sent_nothing():
    farming, other = classifications.table(TT01, SECTOR, UNITS)
    assert farming.mean_text(TT01) == "81,42"  # (80 + 84,5 + 79,75) / 3
    assert other.mean_text(TT01) == ""


def test_a_mean_below_a_band_is_never_shown_in_it():
    units = [unit(str(number), "nong-nghiep", rating("A")) for number in range(99)]
    row = classifications.whole(TT01, [*units, unit("x", "nong-nghiep", rating("C"))])
    assert row.scored == 99 * 8000 + 7975
    assert row.mean_text(TT01) == "79,99"


def test_a_kind_nobody_knows_has_a_line_of_its_own():
    rows = classifications.table(TT01, SECTOR, [RatedUnit("a", {}, None), unit("b", "khac", None)])
    assert [(row.title, row.total, row.missing) for row in rows] == [
        ("Nông nghiệp", 0, 0),
        ("Phi nông nghiệp", 0, 0),
        ("Chưa rõ", 2, 2),
    ]


def test_who_is_missing_is_named():
    assert classifications.missing(UNITS) == ["f"]


def test_the_axes_of_circular_01_2020():
    axes = classifications.axes(TT01, SECTOR.kinds)
    assert [axis.code for axis in axes] == ["sector", "san-pham-dich-vu", "members", "capital"]
    assert axes[2].kinds == {"sieu-nho": "Siêu nhỏ", "nho": "Nhỏ", "vua": "Vừa", "lon": "Lớn"}


@given(st.lists(st.sampled_from(UNITS)), st.randoms())
def test_columns_add_up_and_the_order_of_cooperatives_never_matters(units: list[RatedUnit], random):
    row = classifications.whole(TT01, units)
    assert row.total == len(units) == row.rated + sum(row.not_rated.values()) + row.unfounded + row.missing
    shuffled = list(units)
    random.shuffle(shuffled)
    assert classifications.whole(TT01, shuffled) == row
    lines = classifications.table(TT01, SECTOR, units)
    assert sum(line.total for line in lines) == row.total


# The target


def outcome(name: str, decisive: str, facts: Facts = GOOD) -> Outcome:
    sample = SAMPLES[name]
    made = [
        verdicts.judge(
            TT01,
            review_chains.level_of(DEFAULT_CHAIN, level),
            rated(sample.cards[level], facts=facts),
            sample.baseline,
            PASS_MARK,
        )
        for level in LEVELS
    ]
    return verdicts.outcome(made, decisive)


def test_the_target_counts_all_cooperatives_of_the_scheme():
    outcomes = [outcome("A", "self"), outcome("B", "self"), outcome("C", "self", Facts(60, 4))]
    nothing = verdicts.outcome([verdicts.judge(TT01, PROVINCE, None, None, PASS_MARK)], "province")
    assert consolidations.target([*outcomes, nothing, nothing]) == Target(passed=2, of=5)
    assert consolidations.target([*outcomes, nothing, nothing]).text == "02/05 hợp tác xã đạt"


def test_the_target_is_reached_when_all_pass_and_never_by_nobody():
    assert consolidations.target([outcome(name, "self") for name in "ABC"]).reached
    assert not consolidations.target([outcome(name, "province") for name in "ABC"]).reached
    assert not consolidations.target([]).reached


# Two consolidations


def line(name: str, decisive: str = "self") -> CooperativeLine:
    made, sample = outcome(name, decisive), SAMPLES[name]
    ends = scorecards.totals(TT01, sample.cards[decisive]).criteria
    return CooperativeLine(
        key=f"htx-{name.lower()}",
        name=f"HTX mô phỏng {name}",
        decisive=consolidations.level_result(made.decisive),
        others=tuple(consolidations.level_result(one) for one in made.others),
        to_improve=tuple(sorted(sample.baseline.to_improve)),
        start=tuple(sample.baseline.points.get(number) for number in TT01.criteria),
        years={2025: tuple(ends.values())},
        levels=(tuple(ends.values()), ()),
    )


def a_consolidation(no: int = 1, **changes: object) -> Consolidation:
    data: dict[str, object] = {
        "plan": "tinh-mau",
        "round": "2025",
        "no": no,
        "made_at": datetime(2025, 12, 21, 3, 0, tzinfo=UTC),
        "rubric": TT01.ref,
        "decisive": "Kết luận theo điểm tự chấm",
        "inputs": {"htx-a/self/1": "aa", "htx-b/self/1": "bb"},
        "criteria": consolidations.heads(TT01),
        "cooperatives": (line("A"), line("B")),
        "target": Target(passed=2, of=3),
        "missing": (Missing(key="htx-c", name="HTX mô phỏng C", what="bảng tự chấm điểm"),),
    }
    return Consolidation.model_validate({**data, **changes})


def test_a_consolidation_survives_being_stored():
    made = a_consolidation()
    assert Consolidation.model_validate_json(made.model_dump_json()) == made


def test_a_cooperative_is_read_criterion_by_criterion():
    made = a_consolidation()
    first, second = made.criteria_of(made.cooperatives[0])[:2]
    assert first == CriterionLine(1, TT01.criteria[1].title, 700, True, 550, {2025: 600}, 600, (600, None))
    assert (second.to_improve, second.start, second.end) == (False, 450, 500)


def test_the_same_inputs_have_the_same_fingerprint_in_whatever_order():
    turned = a_consolidation(inputs={"htx-b/self/1": "bb", "htx-a/self/1": "aa"})
    assert turned.inputs_sha256 == a_consolidation().inputs_sha256
    assert a_consolidation(inputs={"htx-a/self/1": "aa"}).inputs_sha256 != a_consolidation().inputs_sha256


def test_a_second_one_of_the_same_values_does_not_differ():
    again = a_consolidation(2, made_at=datetime(2025, 12, 22, tzinfo=UTC), cooperatives=(line("B"), line("A")))
    assert consolidations.differences(a_consolidation(), again) == []


def test_a_late_card_and_a_cooperative_that_came_in_are_the_differences():
    before = a_consolidation(cooperatives=(line("B"),))
    after = a_consolidation(2, cooperatives=(line("B", "province"),), missing=(), target=Target(passed=1, of=3))
    changes = consolidations.differences(before, after)
    assert Change("cooperatives", "htx-b", "decisive.conclusion", "passed", "failed") in changes
    assert Change("cooperatives", "htx-b", "years.2025[4]", 500, 400) in changes
    assert Change("target", "", "passed", 2, 1) in changes
    assert Change("missing", "htx-c", "what", "bảng tự chấm điểm", None) in changes
    assert not any(change.place.endswith("[5]") for change in changes)


def test_the_inputs_say_why_two_differ():
    after = a_consolidation(2, inputs={"htx-a/self/1": "aa", "htx-b/self/1": "b2", "htx-c/self/1": "cc"})
    assert consolidations.changed_inputs(a_consolidation(), after) == ["htx-b/self/1", "htx-c/self/1"]
