"""Point ladders (thang điểm chi tiết) as data: how many points for which level, over the fields of a form.

Three kinds: steps of an amount, yes or no, and a share of an amount. Values are formulas of the form's own language
(see `formulas`). A ladder says why it gave what it gave. One without a formula is only shown: a person gives the points.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from htx_workflow.domain import formulas, typed
from htx_workflow.domain.findings import Finding, Key
from htx_workflow.domain.formulas import Scope


class Entry(BaseModel):
    """A part of a rubric's file: nothing unknown in it, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def _exact(value: Any) -> Any:
    """5.25 of a file means five and a quarter, not the nearest binary fraction."""
    return Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


Line = Annotated[str, Field(min_length=1, max_length=400, pattern=r"^[^\r\n]+$")]
Amount = Annotated[Decimal, BeforeValidator(_exact), Field(allow_inf_nan=False)]
Points = Annotated[Decimal, BeforeValidator(_exact), Field(ge=0, le=1000, decimal_places=2, allow_inf_nan=False)]
Formula = Annotated[str, Field(min_length=1, max_length=400)]


class Step(Entry):
    """Points from an amount on (`from`) or above it (`above`); the first step has neither and holds below."""

    from_: Amount | None = Field(default=None, alias="from")
    above: Amount | None = None
    points: Points

    @property
    def edge(self) -> tuple[Decimal, bool] | None:
        """Where the step begins; True when the amount itself is not in it."""
        if self.from_ is not None:
            return self.from_, False
        return (self.above, True) if self.above is not None else None

    def begins_below(self, amount: Decimal) -> bool:
        """Whether the amount has reached the step."""
        return self.edge is None or amount > self.edge[0] or (amount == self.edge[0] and not self.edge[1])


class LadderBase(Entry):
    """What all ladders say of themselves."""

    label: Line
    """What is measured, as it stands in the sentence: doanh thu so với kế hoạch."""
    source: Line | None = None


class Steps(LadderBase):
    """Thresholds: the last step that the amount reaches."""

    kind: Literal["steps"]
    value: Formula | None = None
    unit: Line | None = None
    steps: Annotated[tuple[Step, ...], Field(min_length=2)]


class YesNo(LadderBase):
    """All points when it holds, else those of `otherwise`."""

    kind: Literal["yes_no"]
    holds: Formula | None = None
    points: Points
    otherwise: Points = Decimal(0)


class Share(LadderBase):
    """Points in the share that the amount has of `full`, never below 0 nor above `points`; to hundredths, half up."""

    kind: Literal["share"]
    value: Formula | None = None
    unit: Line | None = None
    full: Annotated[Amount, Field(gt=0)]
    points: Points


Ladder = Annotated[Steps | YesNo | Share, Field(discriminator="kind")]
AnyLadder = Steps | YesNo | Share


@dataclass(frozen=True)
class Computed:
    """Points that a ladder gives, in hundredths, and why."""

    hundredths: int
    why: str


def formula_of(ladder: AnyLadder) -> str | None:
    return ladder.holds if isinstance(ladder, YesNo) else ladder.value


def most(ladder: AnyLadder) -> Decimal:
    """The most points the ladder can give."""
    if isinstance(ladder, Steps):
        return max(step.points for step in ladder.steps)
    return max(ladder.points, ladder.otherwise) if isinstance(ladder, YesNo) else ladder.points


def points(ladder: AnyLadder | None, scope: Scope) -> Computed | None:
    """What the ladder gives for the values of a form; None without a ladder, a formula or the values it needs."""
    formula = formula_of(ladder) if ladder else None
    if ladder is None or formula is None:
        return None
    term = formulas.evaluate(formula, scope)
    if isinstance(ladder, YesNo):
        return _of_answer(ladder, term) if isinstance(term, bool) else None
    amount = None if isinstance(term, bool) else formulas.amount(term)
    if amount is None:
        return None
    return _of_step(ladder, amount) if isinstance(ladder, Steps) else _of_share(ladder, amount)


def _of_answer(ladder: YesNo, answer: bool) -> Computed:
    given = ladder.points if answer else ladder.otherwise
    return Computed(_hundredths(given), f"{_text(given)} điểm vì {'có' if answer else 'không có'} {ladder.label}")


def _of_step(ladder: Steps, amount: Decimal) -> Computed:
    number = max(number for number, step in enumerate(ladder.steps) if step.begins_below(amount))
    following = ladder.steps[number + 1] if number + 1 < len(ladder.steps) else None
    words = " ".join(part for part in (_lower(ladder.steps[number]), _upper(following)) if part)
    given = ladder.steps[number].points
    why = f"{_text(given)} điểm vì {ladder.label} {_amount(amount, ladder.unit)}, thuộc mức {words}"
    return Computed(_hundredths(given), why)


def _of_share(ladder: Share, amount: Decimal) -> Computed:
    share = min(max(amount / ladder.full, Decimal(0)), Decimal(1))
    given = typed.rounded(ladder.points * share, 2)
    full = f"{_text(ladder.points)} điểm khi đạt {_amount(ladder.full, ladder.unit)}"
    why = f"{_text(given)} điểm vì {ladder.label} {_amount(amount, ladder.unit)} ({full})"
    return Computed(_hundredths(given), why)


def _lower(step: Step) -> str:
    return f"{'trên' if step.edge[1] else 'từ'} {_text(step.edge[0])}" if step.edge else ""


def _upper(following: Step | None) -> str:
    if following is None:
        return "trở lên"
    edge = following.edge
    return f"{'đến' if edge[1] else 'đến dưới'} {_text(edge[0])}" if edge else ""


def _amount(amount: Decimal, unit: str | None) -> str:
    """Two decimals for the eye; the step was found with the exact amount."""
    shown = (
        typed.number_text(amount) if amount == typed.rounded(amount, 2) else f"khoảng {typed.number_text(amount, 2)}"
    )
    return f"{shown} {unit}" if unit else shown


def _text(number: Decimal) -> str:
    return typed.number_text(number)


def _hundredths(number: Decimal) -> int:
    return int(number * 100)


# What makes a ladder unfit


def problems(key: Key, ladder: AnyLadder, max_points: Decimal | None) -> Iterator[Finding]:
    """What is wrong with the ladder of a criterion or sub-item, each at its key below `key`."""
    if max_points is None:
        what = "Có thang điểm mà chưa có mức tối đa."
        yield Finding(key, what, "Đề nghị ghi max trước, theo văn bản, rồi mới ghi ladder.")
    elif most(ladder) > max_points:
        what = f"Thang điểm cho đến {_text(most(ladder))} điểm, vượt mức tối đa {_text(max_points)}."
        yield Finding(key, what, "Đề nghị đối chiếu thang điểm và max với văn bản.")
    formula = formula_of(ladder)
    if formula is not None:
        yield from _formula_problems((*key, "holds" if isinstance(ladder, YesNo) else "value"), formula)
    if isinstance(ladder, Steps):
        yield from _step_problems(key, ladder)


def _formula_problems(key: Key, formula: str) -> Iterator[Finding]:
    try:
        formulas.parse(formula)
    except formulas.BadFormula as error:
        yield Finding(key, str(error), "Đề nghị sửa công thức, ví dụ B5.4b / B5.1 * 100.")


def _step_problems(key: Key, ladder: Steps) -> Iterator[Finding]:
    """The first step is open below, every other one begins above the one before it."""
    first, *others = ladder.steps
    if first.from_ is not None or first.above is not None:
        what = "Mức đầu không tính cho giá trị nhỏ hơn nó."
        yield Finding((*key, "steps", 0), what, "Đề nghị bỏ from và above ở mức đầu để mức này tính từ nhỏ nhất.")
    before: tuple[Decimal, bool] | None = None
    for number, step in enumerate(others, start=1):
        place: Key = (*key, "steps", number)
        if (step.from_ is None) == (step.above is None):
            yield Finding(place, "Cần đúng một trong hai: from hoặc above.", "Đề nghị giữ lại một.")
        elif before is not None and step.edge is not None and step.edge <= before:
            yield Finding(place, "Mức này không cao hơn mức trước.", "Đề nghị xếp các mức từ thấp đến cao.")
        before = step.edge or before
