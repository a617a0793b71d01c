"""The small language of forms (công thức): conditions, sums, ratios. Read once, never run as Python.

    A4.6a / A4.4 * 100          sum(A3.5a)          A2.2 != "khong-phat-sinh" and not last_year()
    B2.1a + B2.1b - B2.1c       uoc / truoc * 100   B5.1@uoc >= last(B5.1@uoc)

Names are field ids; of a table's column they mean its cell in this row, or all its cells outside of a row. Numbers are
exact; money counts in đồng. An empty place or "chưa có số liệu" makes a result unknown (None), "không phát sinh" and
"không áp dụng" add nothing. `sum` adds what is there; `+` wants both sides. A division by nothing is unknown.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Protocol, TypeAlias


class Non(StrEnum):
    """Three answers that are no number, and not zero (không phải số)."""

    NO_DATA = "no_data"
    NOT_ARISEN = "not_arisen"
    NOT_APPLICABLE = "not_applicable"


Term: TypeAlias = "Decimal | str | bool | Non | tuple[Term, ...] | None"


class Scope(Protocol):
    """Where names get their values."""

    def value(self, name: str, column: str | None) -> Term: ...
    def last(self, name: str, column: str | None) -> Term: ...
    def fact(self, name: str, arguments: tuple[Term, ...]) -> Term: ...


class BadFormula(ValueError):
    """Not a formula: says what is wrong, in Vietnamese."""


@dataclass(frozen=True)
class Name:
    name: str
    column: str | None


@dataclass(frozen=True)
class Literal:
    value: Term


@dataclass(frozen=True)
class Call:
    function: str
    arguments: tuple[Node, ...]


Node: TypeAlias = Name | Literal | Call

FACTS = {"last_year": 0, "paper": 0, "item": 0, "holder": 1, "working_days": 2}
"""Functions answered by the scope, and how many arguments they take."""

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>\"[^\"]*\")|(?P<name>[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9]+)*)"
    r"|(?P<sign><=|>=|!=|[-+*/()<>=,@]))"
)
_LEVELS: tuple[tuple[str, ...], ...] = (("or",), ("and",), ("=", "!=", "<", "<=", ">", ">="), ("+", "-"), ("*", "/"))
_MAX_DEPTH = 30


@lru_cache(maxsize=4096)
def parse(text: str) -> Node:
    """The formula as a tree. Raises `BadFormula`."""
    reader = _Reader(tuple(_tokens(text)))
    node = reader.expression(0)
    if reader.rest:
        raise BadFormula(f'Công thức thừa "{reader.rest[0]}".')
    return node


def names(node: Node) -> Iterator[Name]:
    """The names a formula uses."""
    if isinstance(node, Name):
        yield node
    elif isinstance(node, Call):
        for argument in node.arguments:
            yield from names(argument)


def evaluate(formula: str, scope: Scope) -> Term:
    """What the formula comes to; None when something it needs is not known."""
    return _value(parse(formula), scope)


def holds(formula: str | None, scope: Scope) -> bool:
    """Whether a condition is true; one that cannot be judged yet is not."""
    return formula is not None and evaluate(formula, scope) is True


def amount(term: Term) -> Decimal | None:
    """The term as a number: what did not arise or does not apply adds nothing, what is unknown stays unknown."""
    if isinstance(term, Non):
        return None if term is Non.NO_DATA else Decimal(0)
    return term if isinstance(term, Decimal) else None


def _tokens(text: str) -> Iterator[str]:
    place = 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        if match is None:
            raise BadFormula(f'Không đọc được công thức từ "{text[place:].strip()[:20]}".')
        yield match.group().strip()
        place = match.end()


class _Reader:
    def __init__(self, tokens: tuple[str, ...]) -> None:
        self.rest = list(tokens)
        self.depth = 0

    def expression(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self.unary()
        self.depth += 1
        if self.depth > _MAX_DEPTH * len(_LEVELS):
            raise BadFormula("Công thức lồng nhau quá sâu.")
        node = self.expression(level + 1)
        while self.rest and self.rest[0] in _LEVELS[level]:
            node = Call(self.rest.pop(0), (node, self.expression(level + 1)))
        self.depth -= 1
        return node

    def unary(self) -> Node:
        token = self.next()
        if token in ("-", "not"):
            return Call("negative" if token == "-" else "not", (self.unary() if token == "-" else self.expression(2),))
        if token == "(":
            node = self.expression(0)
            self.expect(")")
            return node
        return self.atom(token)

    def atom(self, token: str) -> Node:
        if token[0] == '"':
            return Literal(token[1:-1])
        if token[0].isdigit():
            return Literal(Decimal(token))
        if not token[0].isalpha():
            raise BadFormula(f'Công thức thiếu giá trị trước "{token}".')
        if self.rest[:1] == ["("]:
            return self.call(token)
        column = None
        if self.rest[:1] == ["@"]:
            self.next()
            column = self.next()
        return Name(token, column)

    def call(self, function: str) -> Node:
        self.expect("(")
        arguments: list[Node] = []
        while self.rest[:1] != [")"]:
            arguments.append(self.expression(0))
            if self.rest[:1] == [","]:
                self.next()
            elif self.rest[:1] != [")"]:
                raise BadFormula(f'Công thức thiếu dấu ")" của {function}.')
        self.expect(")")
        if function not in _FUNCTIONS and function not in FACTS and function not in ("last", "filled", "count"):
            raise BadFormula(f"Không có hàm {function}.")
        wanted = {
            "last": 1,
            "filled": 1,
            "count": 1,
            "abs": 1,
            "has": 2,
            "times": 2,
            "days": 2,
            "months": 2,
            **FACTS,
        }.get(function)
        if wanted is not None and len(arguments) != wanted:
            raise BadFormula(f"Hàm {function} cần {wanted} giá trị trong ngoặc.")
        if function == "last" and not isinstance(arguments[0], Name):
            raise BadFormula("Hàm last cần mã của một trường.")
        return Call(function, tuple(arguments))

    def next(self) -> str:
        if not self.rest:
            raise BadFormula("Công thức chưa hết.")
        return self.rest.pop(0)

    def expect(self, sign: str) -> None:
        if self.next() != sign:
            raise BadFormula(f'Công thức thiếu dấu "{sign}".')


def _value(node: Node, scope: Scope) -> Term:
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Name):
        return scope.value(node.name, node.column)
    if node.function == "last":
        name = next(names(node))
        return scope.last(name.name, name.column)
    arguments = tuple(_value(argument, scope) for argument in node.arguments)
    if node.function in FACTS:
        return scope.fact(node.function, arguments)
    if node.function == "filled":
        return arguments[0] not in (None, "", ())
    if node.function == "count":
        return Decimal(len(arguments[0])) if isinstance(arguments[0], tuple) else Decimal(0)
    return _FUNCTIONS[node.function](*arguments)


def _spread(terms: tuple[Term, ...]) -> Iterator[Term]:
    for term in terms:
        if isinstance(term, tuple):
            yield from _spread(term)
        else:
            yield term


def _sum(*terms: Term) -> Term:
    """What is there, added; unknown when nothing is."""
    known = [number for term in _spread(terms) if (number := amount(term)) is not None]
    return sum(known, Decimal(0)) if known else None


def _chosen(choose: Callable[[list[Decimal]], Decimal]) -> Callable[..., Term]:
    def function(*terms: Term) -> Term:
        known = [number for term in _spread(terms) if (number := amount(term)) is not None]
        return choose(known) if known else None

    return function


def _reckoned(reckon: Callable[[Decimal, Decimal], Decimal]) -> Callable[..., Term]:
    def function(left: Term, right: Term) -> Term:
        one, other = amount(left), amount(right)
        return None if one is None or other is None else reckon(one, other)

    return function


def _divided(left: Term, right: Term) -> Term:
    one, other = amount(left), amount(right)
    return None if one is None or not other else one / other


def _compared(compare: Callable[[object, object], bool], equality: bool = False) -> Callable[..., Term]:
    def function(left: Term, right: Term) -> Term:
        if left in (None, "") or right in (None, ""):
            return None
        one, other = amount(left), amount(right)
        if one is not None and other is not None:
            return compare(one, other)
        if equality or (isinstance(left, str) and isinstance(right, str) and not isinstance(left, Non)):
            return compare(left, right)
        return None

    return function


def _and(left: Term, right: Term) -> Term:
    if left is False or right is False:
        return False
    return True if left is True and right is True else None


def _or(left: Term, right: Term) -> Term:
    if left is True or right is True:
        return True
    return False if left is False and right is False else None


def _has(chosen: Term, code: Term) -> Term:
    return code in chosen if isinstance(chosen, tuple) else chosen == code


def _times(chosen: Term, code: Term) -> Term:
    """How many of the rows hold this choice."""
    return Decimal(sum(1 for one in chosen if one == code)) if isinstance(chosen, tuple) else None


def _days(start: Term, end: Term) -> Term:
    """Days from one ISO date to another."""
    if isinstance(start, str) and isinstance(end, str) and start and end:
        return Decimal((date.fromisoformat(end) - date.fromisoformat(start)).days)
    return None


def _months(start: Term, end: Term) -> Term:
    """Whole months from one ISO date to another."""
    if not (isinstance(start, str) and isinstance(end, str) and start and end):
        return None
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    return Decimal((last.year - first.year) * 12 + last.month - first.month - (last.day < first.day))


def _negative(term: Term) -> Term:
    number = amount(term)
    return None if number is None else -number


def _abs(term: Term) -> Term:
    number = amount(term)
    return None if number is None else abs(number)


_FUNCTIONS: dict[str, Callable[..., Term]] = {
    "+": _reckoned(operator.add),
    "-": _reckoned(operator.sub),
    "*": _reckoned(operator.mul),
    "/": _divided,
    "=": _compared(operator.eq, equality=True),
    "!=": _compared(operator.ne, equality=True),
    "<": _compared(operator.lt),  # type: ignore[arg-type]  # two numbers or two texts reach it
    "<=": _compared(operator.le),  # type: ignore[arg-type]
    ">": _compared(operator.gt),  # type: ignore[arg-type]
    ">=": _compared(operator.ge),  # type: ignore[arg-type]
    "and": _and,
    "or": _or,
    "not": lambda term: not term if isinstance(term, bool) else None,
    "negative": _negative,
    "abs": _abs,
    "sum": _sum,
    "max": _chosen(max),
    "min": _chosen(min),
    "has": _has,
    "times": _times,
    "days": _days,
    "months": _months,
}
