"""A consolidation of invented cooperatives: A, B and C of the samples on three levels, and one that sent nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from htx_workflow.domain import consolidations, papers, review_chains, scorecards, verdicts
from htx_workflow.domain.consolidations import (
    ClassLine,
    Consolidation,
    CooperativeLine,
    DifferenceLine,
    MatrixLine,
    Missing,
    MoneyLine,
    Target,
    TextLine,
)
from htx_workflow.domain.plan import AgencyKind
from htx_workflow.domain.review_chains import DEFAULT_CHAIN
from htx_workflow.domain.summary_frames import Frame
from tests.scores import LEVELS, PASS_MARK, SAMPLES, TT01, rated

HEAD = papers.letterhead("Sở Mẫu", AgencyKind.DEPARTMENT, "Ủy ban nhân dân tỉnh Mẫu", "SM", "Mẫu")
CHAIN = tuple(level.code for level in DEFAULT_CHAIN)


def frame(**changes: Any) -> Frame:
    """A department of an invented province in January 2026."""
    data: dict[str, Any] = {
        "letterhead": HEAD,
        "province": "Ủy ban nhân dân tỉnh Mẫu",
        "plan": "Kế hoạch số 01/KH-UBND ngày 23/10/2024 của Ủy ban nhân dân tỉnh Mẫu về hoàn thiện mô hình hợp tác xã",
        "plan_short": "Kế hoạch số 01/KH-UBND",
        "rubric": "Thông tư số 01/2020/TT-BKHĐT",
        "on": date(2026, 1, 5),
        "bands": {band.code: band.title for band in TT01.bands},
        "not_rated": {rule.code: rule.title for rule in TT01.not_rated},
        "groups": tuple(group.name for group in TT01.groups),
        "agencies": {"huyen-a": "UBND huyện A"},
        "sources": {"nsdp-tinh": "Ngân sách tỉnh", "td-nhtm": "Tín dụng thương mại"},
        "credit": frozenset({"td-nhtm"}),
        "next_years": "2026 - 2030",
    }
    return Frame(**{**data, **changes})


def line(name: str, decisive: str = "self") -> CooperativeLine:
    """A cooperative of a sample with its three levels."""
    sample = SAMPLES[name]
    cards = [rated(sample.cards[level], signatures=None) for level in LEVELS]
    judged = [
        verdicts.judge(TT01, review_chains.level_of(DEFAULT_CHAIN, level), card, sample.baseline, PASS_MARK)
        for level, card in zip(LEVELS, cards, strict=True)
    ]
    made = verdicts.outcome(judged, decisive)
    groups = {
        level: tuple(group.scored for group in totals.groups) for level, (totals, _) in zip(LEVELS, cards, strict=True)
    }
    columns = {
        level: tuple(totals.criteria.values()) for level, (totals, _) in zip(LEVELS, cards, strict=True)
    }  # fmt: skip

    def kept(verdict: verdicts.Verdict) -> consolidations.LevelResult:
        return consolidations.level_result(verdict, stage="final", groups=groups[verdict.level.code])

    changed = scorecards.differences(TT01, sample.cards["self"], sample.cards["district"])
    return CooperativeLine(
        key=f"htx-{name.lower()}",
        name=f"Hợp tác xã mô phỏng {name}",
        decisive=kept(made.decisive),
        others=tuple(kept(one) for one in made.others),
        to_improve=tuple(sorted(sample.baseline.to_improve)),
        start=tuple(sample.baseline.points.get(number) for number in TT01.criteria),
        years={2024: columns["province"], 2025: columns[decisive]},
        levels=tuple(columns[level] for level in LEVELS),
        parent="huyen-a",
        why=made.decisive.why,
        differences=tuple(
            DifferenceLine("district", one.key, one.lower, one.upper, "đối chiếu sổ sách") for one in changed
        ),
    )


def silent() -> CooperativeLine:
    """A cooperative that sent nothing and has no start."""
    nothing = [verdicts.judge(TT01, level, None, None, PASS_MARK) for level in DEFAULT_CHAIN]
    return CooperativeLine(
        key="htx-d",
        name="Hợp tác xã mô phỏng D",
        decisive=consolidations.level_result(nothing[0]),
        others=tuple(consolidations.level_result(one) for one in nothing[1:]),
        parent="huyen-a",
        why=nothing[0].why,
    )


def consolidation(**changes: Any) -> Consolidation:
    """The year 2025 of an invented plan."""
    data: dict[str, Any] = {
        "plan": "tinh-mau",
        "round": "2025",
        "no": 2,
        "made_at": datetime(2025, 12, 29, 3, 0, tzinfo=UTC),
        "rubric": TT01.ref,
        "decisive": "Kết luận theo điểm tự chấm (mặc định, chưa có văn bản chọn cấp khác)",
        "inputs": {"card/htx-a": "aa"},
        "day": date(2025, 12, 29),
        "pass_mark": PASS_MARK,
        "chain": CHAIN,
        "criteria": consolidations.heads(TT01),
        "cooperatives": (line("A"), line("B"), line("C"), silent()),
        "classification": (
            ClassLine(
                key="/", axis="", axis_title="", title="Tổng số", total=4, rated=3,
                bands={"tot": 3, "kha": 0, "trung-binh": 0, "yeu": 0},
                shares={"tot": "100,0", "kha": "0,0", "trung-binh": "0,0", "yeu": "0,0"},
                not_rated={"moi-thanh-lap": 0, "ngung-hoat-dong": 0}, unfounded=0, missing=1, mean="83,67",
            ),
        ),
        "target": Target(passed=3, of=4),
        "matrix": (
            MatrixLine(
                key="so-a", name="Sở A", done_on_time=4, done_late=4, open_in_time=2, open_overdue=1, rate="44,4",
                rate_original="33,3",
            ),
            MatrixLine(
                key="huyen-a", name="UBND huyện A", done_on_time=9, done_late=0, open_in_time=1, open_overdue=0,
                rate="100,0", rate_original="88,9",
            ),
            MatrixLine(
                key="htx-a", name="HTX mô phỏng A", done_on_time=2, done_late=0, open_in_time=0, open_overdue=0,
                cooperative=True, rate="100,0", rate_original="100,0",
            ),
        ),
        "money": (
            MoneyLine(
                key="1", source="nsdp-tinh", unit="htx-a", year=2025, needed=1_250_000_000, assigned=900_000_000,
                paid=850_500_000,
            ),
            MoneyLine(
                key="2", source="nsdp-tinh", unit="htx-b", year=2025, needed=400_000_000, assigned=None, paid=None
            ),
            MoneyLine(
                key="3", source="td-nhtm", unit="htx-a", year=2025, needed=None, assigned=2_000_000_000,
                paid=2_000_000_000,
            ),
        ),
        "difficulties": (TextLine(key="k1", by="Ủy ban nhân dân huyện A", text="=Thiếu quỹ đất. Đề xuất: giao đất"),),
        "replication": (TextLine(key="n1", by="Ủy ban nhân dân huyện A", text="Nhân rộng mô hình tại 02 xã"),),
        "missing": (
            Missing(key="htx-d/self", name="HTX mô phỏng D", what="điểm tự chấm năm 2025"),
            Missing(key="htx-d/baseline", name="HTX mô phỏng D", what="điểm ban đầu, tiêu chí cần hoàn thiện"),
        ),
    }  # fmt: skip
    return Consolidation.model_validate({**data, **changes})
