"""The small language of forms: what is unknown stays unknown, what did not arise adds nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from htx_workflow.domain import formulas
from htx_workflow.domain.formulas import BadFormula, Non, Term

KNOWN: dict[str, Term] = {
    "A": Decimal(3),
    "B": Decimal(4),
    "EMPTY": None,
    "NONE": Non.NOT_ARISEN,
    "UNKNOWN": Non.NO_DATA,
    "ROWS": (Decimal(1), None, Decimal(2)),
    "CODES": ("x", "y", "x"),
    "WORD": "co",
    "START": "2025-12-01",
    "END": "2025-12-31",
}


class Values:
    """A scope with fixed values."""

    def value(self, name: str, column: str | None) -> Term:
        return KNOWN[name]

    def last(self, name: str, column: str | None) -> Term:
        return Decimal(10)

    def fact(self, name: str, arguments: tuple[Term, ...]) -> Term:
        return {"last_year": True, "item": "x"}.get(name)


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ("A + B * 2", Decimal(11)),
        ("(A + B) * 2", Decimal(14)),
        ("A - B - 1", Decimal(-2)),
        ("-A + B", Decimal(1)),
        ("A / B * 100", Decimal(75)),
        ("sum(A, B, EMPTY)", Decimal(7)),
        ("sum(ROWS)", Decimal(3)),
        ("sum(EMPTY)", None),
        ("max(ROWS)", Decimal(2)),
        ("abs(A - B)", Decimal(1)),
        ("count(ROWS)", Decimal(3)),
        ("times(CODES, item())", Decimal(2)),
        ("last(A) - A", Decimal(7)),
        ("days(START, END)", Decimal(30)),
        ("A + NONE", Decimal(3)),
        ("A + UNKNOWN", None),
        ("A + EMPTY", None),
        ("A / NONE", None),
        ("A < B and B < 5", True),
        ("A = 3 or EMPTY > 1", True),
        ("A = 4 and EMPTY > 1", False),
        ("A = 3 and EMPTY > 1", None),
        ('WORD = "co"', True),
        ('WORD != "co"', False),
        ('EMPTY != "co"', None),
        ("not last_year()", False),
        ('not WORD = "khong"', True),
        ("filled(NONE)", True),
        ("filled(EMPTY)", False),
        ('has(CODES, "y")', True),
        ("START <= END", True),
    ],
)
def test_what_a_formula_comes_to(formula: str, result: Term):
    assert formulas.evaluate(formula, Values()) == result


def test_a_condition_that_cannot_be_judged_does_not_hold():
    assert not formulas.holds("EMPTY > 1", Values())
    assert not formulas.holds(None, Values())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A +",
        "A B",
        "(A",
        "A)",
        "foo(A)",
        "A ! B",
        "__import__(1)",
        "abs(A, B)",
        "last(1)",
        "sum(A",
        "'a'",
        "A.b.",
        "= 3",
    ],
)
def test_what_is_no_formula_is_refused(text: str):
    with pytest.raises(BadFormula):
        formulas.parse(text)


def test_a_formula_nested_too_deep_is_refused_in_words():
    with pytest.raises(BadFormula, match="lồng nhau quá sâu"):
        formulas.parse("(" * 200 + "A" + ")" * 200)
