"""Saving points (lưu điểm): what was typed laid over what a card holds. What cannot be kept is refused place by place.

A level that checks starts from the lower card: "=" takes its points again, and a difference without a reason is refused
for that place while the rest is kept. A card that was saved never holds what it could not be sent with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from htx_workflow.domain import scorecards
from htx_workflow.domain.rubrics import Rubric, criterion_number
from htx_workflow.domain.scorecards import Points, Refusal

SAME = "="


@dataclass(frozen=True)
class Lower:
    """The card that is checked, how it and the checking one are called (tự chấm, huyện), and reasons given so far."""

    points: Points
    title: str
    upper_title: str
    reasons: Mapping[str, str]


@dataclass(frozen=True)
class Merged:
    """The points after the saving, and what was refused."""

    points: dict[str, int]
    refused: tuple[Refusal, ...]


def merged(rubric: Rubric, before: Points, typed: Mapping[str, str], lower: Lower | None = None) -> Merged:
    """The card after these places were typed; blank takes the points away."""
    typed, same = _split(rubric, typed, lower)
    reading = scorecards.read(rubric, typed)
    refused = list(reading.refused)
    after = {key: given for key, given in before.items() if key not in typed and key not in same}
    after |= {**reading.points, **same}
    for wrong in reading.refused:
        _revert(after, before, wrong.together or (wrong.key,))
    _drop_own(rubric, after, {*reading.points, *same})
    touched = {*typed, *same}
    _settle(rubric, after, before, touched, refused)
    if lower is not None:
        for one in unreasoned(rubric, lower, after):
            refused.append(one)
            _revert(after, lower.points, _places_of(rubric, one.key))
        _settle(rubric, after, before, touched, refused)
    return Merged(normal(rubric, after), tuple(refused))


def unreasoned(rubric: Rubric, lower: Lower, points: Points) -> list[Refusal]:
    """Differences to the lower card without a reason; a reason of the criterion stands for its sub-items."""
    found = scorecards.differences(rubric, lower.points, points)
    reasons = {one.key: reason_of(lower.reasons, one.key) for one in found}
    return scorecards.reasons_missing(found, reasons, lower.title, lower.upper_title)


def reason_of(reasons: Mapping[str, str], key: str) -> str:
    """The reason at this place, or that of its criterion."""
    return reasons.get(key, "").strip() or reasons.get(str(criterion_number(key)), "").strip()


def normal(rubric: Rubric, points: Points) -> dict[str, int]:
    """The points in the order of the rubric; a criterion whose sub-items are all there has no number of its own."""
    whole = {
        str(number)
        for number, criterion in rubric.criteria.items()
        if criterion.items and all(key in points for key in criterion.scored_at)
    }
    return {key: points[key] for key in rubric.places if key in points and key not in whole}


def rebased(rubric: Rubric, points: Points, old: Points, new: Points) -> dict[str, int]:
    """A checking card when a new revision of the lower one came: what it had left as it was follows the new one."""
    moved = {key: given for key, given in points.items() if old.get(key) != given}
    touched = {criterion_number(key) for key in moved}
    followed = {key: given for key, given in new.items() if criterion_number(key) not in touched}
    kept = {key: given for key, given in points.items() if criterion_number(key) in touched}
    return normal(rubric, followed | kept)


def _split(
    rubric: Rubric, typed: Mapping[str, str], lower: Lower | None
) -> tuple[dict[str, str], dict[str, int]]:  # fmt: skip
    """What was typed as points, and what was said to be the same as on the lower card."""
    if lower is None:
        return dict(typed), {}
    same: dict[str, int] = {}
    rest = {}
    for key, text in typed.items():
        if text.strip() != SAME:
            rest[key] = text
            continue
        same |= {place: lower.points[place] for place in _places_of(rubric, key) if place in lower.points}
    return rest, same


def _places_of(rubric: Rubric, key: str) -> tuple[str, ...]:
    """The place itself; of a criterion also its sub-items."""
    if key in rubric.places and key == str(criterion_number(key)):
        return (key, *rubric.criteria[criterion_number(key)].scored_at)
    return (key,)


def _revert(after: dict[str, int], to: Points, keys: Iterable[str]) -> None:
    for key in keys:
        after.pop(key, None)
        if key in to:
            after[key] = to[key]


def _drop_own(rubric: Rubric, after: dict[str, int], typed: set[str]) -> None:
    """A criterion now scored by its sub-items loses the number it had before."""
    for number, criterion in rubric.criteria.items():
        if criterion.items and str(number) not in typed and any(key in typed for key in criterion.scored_at):
            after.pop(str(number), None)


def _settle(rubric: Rubric, after: dict[str, int], before: Points, touched: set[str], refused: list[Refusal]) -> None:
    """Take back what is wrong together with what was there already."""
    for _ in range(2):
        wrong = scorecards.check(rubric, after)
        for one in wrong:
            if one not in refused:
                refused.append(one)
            _revert(after, before, [key for key in one.together or _places_of(rubric, one.key) if key in touched])
        if not wrong:
            return
    if scorecards.check(rubric, after):
        after.clear()
        after.update(before)
