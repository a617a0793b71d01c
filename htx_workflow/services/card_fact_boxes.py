"""What a card asks about the cooperative (thông tin hợp tác xã): the boxes, and facts as people type them.

A card holds capital in đồng and the rest as codes and whole numbers; people type triệu đồng and choose words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from htx_workflow.domain import card_facts, typed, words
from htx_workflow.domain.card_facts import CardFacts
from htx_workflow.domain.errors import BadInput
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.domain.scorecards import Refusal
from htx_workflow.services.consolidations import SECTORS

MILLION = 1_000_000
CAPITAL_UNIT = "triệu đồng"
UNITS = {"months_operating": "tháng", "months_idle": "tháng", "members": "thành viên", "capital": CAPITAL_UNIT}


@dataclass(frozen=True, slots=True)
class FactBox:
    """Something asked about the cooperative."""

    name: str
    label: str
    value: str
    options: tuple[tuple[str, str], ...]
    unit: str
    error: str


def boxes(
    rubric: Rubric, facts: CardFacts, fields: Mapping[str, str] = MappingProxyType({}), *, refused: bool = False
) -> tuple[FactBox, ...]:
    """What is asked, as the card holds it; `fields` as they were typed, with what is wrong where a fact was refused."""
    options = fact_options(rubric)
    return tuple(
        FactBox(
            name=name,
            label=words.sentence("tổng nguồn vốn" if name == "capital" else label),
            value=fields.get(name, fact_text(facts, name)),
            options=options.get(name, ()),
            unit=UNITS.get(name, ""),
            error=_error(rubric, name, fields[name]) if refused and name in fields else "",
        )
        for name, label in card_facts.FACT_TEXTS.items()
    )


def _error(rubric: Rubric, name: str, text: str) -> str:
    try:
        card_facts.changed(rubric, CardFacts(), {name: fact_typed(name, text)})
    except BadInput as error:
        return str(error)
    return ""


def fact_options(rubric: Rubric) -> dict[str, tuple[tuple[str, str], ...]]:
    """Choices of the facts that have any."""
    return {
        "governance": tuple((kind.governance, kind.title) for kind in rubric.sign_offs),
        "sanctioned": (("khong", "không"), ("co", "có")),
        "sector": tuple(SECTORS.items()),
        "kind": tuple((kind.code, kind.title) for axis in rubric.kinds for kind in axis.kinds),
    }


def fact_text(facts: CardFacts, name: str) -> str:
    """A fact as its box shows it."""
    value = getattr(facts, name)
    if value is None:
        return ""
    if name == "sanctioned":
        return "co" if value else "khong"
    return typed.number_text(Decimal(value) / MILLION) if name == "capital" else str(value)


def fact_typed(name: str, text: str) -> str:
    """A fact as it was typed, for the card: capital in đồng, months and members as whole numbers. Raises `BadInput`."""
    if not text.strip():
        return ""
    if name == "capital":
        return str(_number(name, lambda: typed.parse_money(text, CAPITAL_UNIT, MILLION)))
    if name in ("members", "months_operating", "months_idle"):
        return str(_number(name, lambda: int(typed.parse_number(text))))
    return text


def _number(name: str, parse: Callable[[], int]) -> int:
    try:
        return parse()
    except typed.Unreadable as error:
        raise BadInput(f"{words.sentence(card_facts.FACT_TEXTS[name].partition(',')[0])}: {error}") from error


def facts_typed(rubric: Rubric, fields: Mapping[str, str]) -> tuple[dict[str, str], tuple[Refusal, ...]]:
    """The facts that can be kept, and a refusal for each that cannot."""
    kept, refused = {}, []
    for name, text in fields.items():
        try:
            value = fact_typed(name, text)
            card_facts.changed(rubric, CardFacts(), {name: value})
        except BadInput as error:
            refused.append(Refusal("", str(error), ""))
        else:
            kept[name] = value
    return kept, tuple(refused)


def facts_known(rubric: Rubric, facts: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Of facts read elsewhere those that this rubric can hold; the names of the others."""
    kept, left = {}, []
    for name, value in facts.items():
        try:
            card_facts.changed(rubric, CardFacts(), {name: value})
        except BadInput:
            left.append(name)
        else:
            kept[name] = value
    return kept, tuple(left)
