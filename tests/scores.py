"""Three invented scorecards on three levels (HTX mô phỏng A, B, C), and a small rubric that is no circular's.

A row: criterion, start, self-score, district, province. Sub-items stand in brackets; "=" is the level to the left.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from htx_workflow.domain import ratings, scorecards
from htx_workflow.domain.ratings import Facts, Rating, Signatures
from htx_workflow.domain.review_chains import DEFAULT_CHAIN
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.domain.scorecards import Totals
from htx_workflow.domain.verdicts import Baseline
from htx_workflow.gateways import rubric_files

RUBRICS = Path(__file__).parents[1] / "config" / "rubrics"
TT01 = rubric_files.read_rubric(RUBRICS / "tt-01-2020.yaml")
TT09 = rubric_files.read_rubric(RUBRICS / "tt-09-2017.yaml")
SELF, DISTRICT, PROVINCE = DEFAULT_CHAIN
LEVELS = ("self", "district", "province")
PASS_MARK = 8000
GOOD = Facts(months_operating=60, months_idle=0)
SIGNED = Signatures("day-du", frozenset({"chu-tich-hdqt", "truong-bks"}))

A = """
 1 | 5,5 | 6 (5 + 1) | = | =
 2 | 4,5 | 5 (4 + 1) | = | =
 3 | 8 | 9,5 (3,5 + 2,5 + 3,5) | = | 9 (3,5 + 2,5 + 3)
 4 | 4 | 4 (1 + 1,5 + 1,5) | = | =
 5 | 7 | 7 | = | =
 6 | 6 | 6 | = | =
 7 | 4 | 4 (1 + 1,5 + 1,5) | = | =
 8 | 5 | 5 | = | =
 9 | 3 | 3,5 | 3 | =
 10 | 6 | 6 | = | =
 11 | 6 | 7 | = | =
 12 | 5,5 | 6 | = | =
 13 | 5 | 6 | 5 | =
 14 | 4 | 4 | = | =
 15 | 3 | 3 | = | =
"""
B = """
 1 | 6 | 6,5 (5,5 + 1) | = | =
 2 | 5 | 5,5 (4,5 + 1) | = | =
 3 | 8,5 | 10 (4 + 2,5 + 3,5) | = | =
 4 | 4,5 | 5 (2 + 1,5 + 1,5) | 4,5 (1,5 + 1,5 + 1,5) | 4 (1 + 1,5 + 1,5)
 5 | 7,5 | 8 | = | =
 6 | 6 | 5,5 | 5 | =
 7 | 4,5 | 5 (2 + 1,5 + 1,5) | = | =
 8 | 5 | 5,5 | = | =
 9 | 3 | 3,5 | = | =
 10 | 6 | 7 | = | =
 11 | 6,5 | 7,5 | = | =
 12 | 6 | 6,5 | = | =
 13 | 5 | 5 | = | =
 14 | 3,5 | 3,5 | = | =
 15 | 2 | 2 | = | =
"""
C = """
 1 | 5 | 6,25 (5,25 + 1) | = | =
 2 | 4,5 | 5 (4 + 1) | = | =
 3 | 7 | 9,5 (3,5 + 2,5 + 3,5) | 9 (3,5 + 2,5 + 3) | 8,5 (3 + 2,5 + 3)
 4 | 4 | 4,5 (1,5 + 1,5 + 1,5) | = | =
 5 | 7 | 8 | 7,5 | =
 6 | 6 | 6 | = | =
 7 | 4 | 4,5 (1,5 + 1,5 + 1,5) | = | =
 8 | 4,5 | 5 | = | =
 9 | 2,5 | 3 | = | =
 10 | 5 | 6 | = | =
 11 | 6 | 7,25 | 7 | 6,5
 12 | 5,5 | 6 | = | =
 13 | 4,5 | 5 | = | =
 14 | 3,5 | 5 | 4 | =
 15 | 1 | 2 | = | =
"""


@dataclass(frozen=True)
class Sample:
    """A cooperative's start and its cards by level, in hundredths."""

    baseline: Baseline
    cards: dict[str, dict[str, int]]


def sample(table: str, to_improve: set[int]) -> Sample:
    rows = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]
    start = {int(row[0]): points(row[1]) for row in rows}
    cards: dict[str, dict[str, int]] = {level: {} for level in LEVELS}
    for number, _, *cells in rows:
        left = ""
        for level, cell in zip(LEVELS, cells, strict=True):
            left = left if cell == "=" else cell
            cards[level] |= read_cell(number, left)
    return Sample(Baseline(TT01.ref, start, frozenset(to_improve)), cards)


def read_cell(number: str, cell: str) -> dict[str, int]:
    """6 (5 + 1) of criterion 1: its number and its sub-items."""
    whole, _, parts = cell.rstrip(")").partition(" (")
    items = {f"{number}{'abc'[at]}": points(part) for at, part in enumerate(parts.split(" + "))} if parts else {}
    return {number: points(whole), **items}


def points(text: str) -> int:
    """3,5 as 350, read here by hand so that tests do not check the reader with itself."""
    whole, _, part = text.partition(",")
    return int(whole) * 100 + int(part.ljust(2, "0") or 0)


SAMPLES = {"A": sample(A, {1, 3, 9, 12}), "B": sample(B, {2, 4, 10, 13}), "C": sample(C, {5, 9, 11, 14})}


def rated(
    card: dict[str, int], rubric: Rubric = TT01, facts: Facts = GOOD, signatures: Signatures | None = SIGNED
) -> tuple[Totals, Rating]:
    """A card added up and rated."""
    totals = scorecards.totals(rubric, card)
    return totals, ratings.rate(rubric, totals, facts, signatures)


def rubric_data(**changes: Any) -> dict[str, Any]:
    """A small rubric, as its file would say it: two groups, 20 points, ladders of all kinds."""
    data: dict[str, Any] = {
        "code": "thu",
        "version": 1,
        "short": "Bộ thử",
        "document": {
            "kind": "Quyết định",
            "number": "01/QĐ-MAU",
            "dated": "2024-01-02",
            "issuer": "Mẫu",
            "subject": "Thử",
        },
        "valid_from": {"on": "2024-01-02", "source": "Mẫu", "certainty": "seen"},
        "valid_to": None,
        "total": 20,
        "groups": [
            {
                "num": "I",
                "title": "Một",
                "max": 12.5,
                "criteria": [
                    {
                        "num": 1,
                        "title": "Doanh thu",
                        "max": 10,
                        "items": [
                            {"id": "a", "title": "So với kế hoạch", "max": 6, "ladder": steps()},
                            {"id": "b", "title": "Có kiểm toán", "max": 4, "ladder": yes_no()},
                        ],
                    },
                    {"num": 2, "title": "Tỷ lệ thành viên", "max": 2.5, "ladder": share()},
                ],
            },
            {
                "num": "II",
                "title": "Hai",
                "max": 7.5,
                "criteria": [
                    {"num": 3, "title": "Ba", "max": 5},
                    {"num": 4, "title": "Bốn", "max": None},
                    {"num": 5, "title": "Năm", "max": None},
                ],
            },
        ],
        "bands": [
            {"code": "cao", "title": "Cao", "from": 12.25, "to": 20},
            {"code": "thap", "title": "Thấp", "from": 0, "below": 12.25},
        ],
    }
    return {**data, **changes}


def steps(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "steps",
        "label": "doanh thu so với kế hoạch",
        "unit": "%",
        "value": "B5.1 / B5.0 * 100",
        "steps": [{"points": 0}, {"above": 0, "points": 1.5}, {"from": 100, "points": 6}],
        **changes,
    }


def yes_no(**changes: Any) -> dict[str, Any]:
    return {"kind": "yes_no", "label": "kiểm toán độc lập", "holds": 'B6.3 = "yes"', "points": 4, **changes}


def share(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "share",
        "label": "tỷ lệ thành viên dự đại hội",
        "unit": "%",
        "value": "B2.7 / B2.1 * 100",
        "full": 90,
        "points": 2.5,
        **changes,
    }


def a_rubric(**changes: Any) -> Rubric:
    return Rubric.model_validate(rubric_data(**changes))
