"""Scorecards (phiếu chấm điểm): points typed, checked, added up and compared. Exact, in whole hundredths.

Points are kept by key ("3", "3a"; see `rubrics`). A key that is not there has not been scored, which is never zero.
A criterion with sub-items is scored by all of its sub-items, or, where only that is known (old cards, imports), as one
number. Bands, verdicts and reasons for them are in `verdicts`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from htx_workflow.domain import rubric_check, typed
from htx_workflow.domain.errors import BadInput
from htx_workflow.domain.ladders import Computed
from htx_workflow.domain.rubrics import Criterion, Group, Rubric, criterion_number, key_text

Points: TypeAlias = Mapping[str, int]
"""Hundredths by key; absent: chưa chấm."""


GIVE_REASON = "Đề nghị ghi lý do chênh lệch."
"""Remedy of a difference that has no reason: it is mended at the reason, not at the points."""


class Refusal(NamedTuple):
    """One thing that cannot be accepted: at which key (or group), what is wrong, what to do."""

    key: str
    what: str
    remedy: str
    together: tuple[str, ...] = ()
    """Keys that are only wrong together: those of a group above its maximum."""

    def __str__(self) -> str:
        return f"{self.what} {self.remedy}"


@dataclass(frozen=True)
class Reading:
    """Points to save, and what was refused; no place that was refused is among the points."""

    points: Points
    refused: tuple[Refusal, ...]


@dataclass(frozen=True)
class GroupTotal:
    """Hundredths given so far in a group, and the criteria not scored yet."""

    group: Group
    scored: int
    missing: tuple[int, ...]

    @property
    def text(self) -> str:
        return _so_far(self.scored, len(self.group.criteria), self.missing)


@dataclass(frozen=True)
class Totals:
    """A card added up: by criterion, by group, over all."""

    criteria: Mapping[int, int | None]
    groups: tuple[GroupTotal, ...]
    scored: int
    missing: tuple[int, ...]

    @property
    def total(self) -> int | None:
        """None while a criterion is not scored."""
        return None if self.missing else self.scored

    @property
    def text(self) -> str:
        """82,5; chưa đủ (14/15 tiêu chí)."""
        return _so_far(self.scored, len(self.criteria), self.missing)


# Numbers


def hundredths(points: Decimal) -> int:
    """3,5 points as 350. Raises `BadInput` for what no card may hold."""
    if not points.is_finite() or points < 0 or points * 100 != (points * 100).to_integral_value():
        raise BadInput(f"{points} không phải là điểm. Đề nghị nhập số từ 0, tối đa hai chữ số thập phân.")
    return int(points * 100)


@lru_cache(maxsize=16384)
def points_text(points: int) -> str:
    """79,75: always exact, so that no rounding ever steps over a band."""
    return typed.number_text(Decimal(points) / 100)


def mean_text(scored: int, count: int, edges: tuple[int, ...] = ()) -> str:
    """The mean of `count` totals, two decimals; cut instead of rounded where rounding would reach one of `edges`.

    `edges` are hundredths: where bands begin and the pass mark.
    """
    mean = Fraction(scored, count)
    half_up = int(mean + Fraction(1, 2))
    return points_text(int(mean) if any(mean < edge <= half_up for edge in edges) else half_up)


def edges(rubric: Rubric) -> tuple[int, ...]:
    """Where bands begin, in hundredths."""
    return tuple(start for start, _ in rubric.band_starts)


# Typed


def read(rubric: Rubric, typed_points: Mapping[str, str]) -> Reading:
    """What was typed, by key. A place that cannot be read is refused, the rest is kept; blank is not scored."""
    points: dict[str, int] = {}
    refused: list[Refusal] = []
    for key, text in typed_points.items():
        if not text.strip():
            continue
        try:
            points[key] = hundredths(typed.parse_score(text))
        except typed.Unreadable as error:
            refused.append(Refusal(key, f"{key_text(key)}: {error.what}.", _range(rubric, key)))
    for wrong in check(rubric, points):
        refused.append(wrong)
        for key in wrong.together or (wrong.key,):
            points.pop(key, None)
    return Reading(points, tuple(refused))


def check(rubric: Rubric, points: Points) -> list[Refusal]:
    """Everything that makes the points unacceptable; what is not scored is not among it."""
    single = [wrong for key, given in points.items() if (wrong := _one_problem(rubric, key, given))]
    bad = {criterion_number(wrong.key) for wrong in single}
    sums = [
        wrong
        for criterion in rubric.criteria.values()
        if criterion.num not in bad and (wrong := _sum_problem(criterion, points))
    ]
    return [*single, *sums, *(wrong for group in rubric.groups if (wrong := _group_problem(group, points)))]


def _one_problem(rubric: Rubric, key: str, given: int) -> Refusal | None:
    place = rubric.places.get(key)
    if place is None:
        what = f"{key_text(key)} không có trong bộ tiêu chí {rubric.short}."
        return Refusal(key, what, "Đề nghị kiểm tra bộ tiêu chí của phiếu.")
    if given < 0:
        return Refusal(key, f"{key_text(key)}: điểm nhỏ hơn 0.", _range(rubric, key))
    if place.max is not None and given > place.max * 100:
        what = f"{key_text(key)}: {points_text(given)} lớn hơn mức tối đa {typed.number_text(place.max)}."
        return Refusal(key, what, _range(rubric, key))
    return None


def _range(rubric: Rubric, key: str) -> str:
    place = rubric.places.get(key)
    to = f"từ 0 đến {typed.number_text(place.max)}" if place is not None and place.max is not None else "số từ 0"
    return f"Đề nghị nhập {to}, tối đa hai chữ số thập phân."


def _sum_problem(criterion: Criterion, points: Points) -> Refusal | None:
    """Sub-items that do not make the criterion's own number."""
    own = points.get(str(criterion.num))
    items = [points[key] for key in criterion.scored_at if key in points] if criterion.items else []
    whole = len(items) == len(criterion.items)
    if own is None or not items or (sum(items) <= own and not whole) or sum(items) == own:
        return None
    added = f"các điểm thành phần cộng được {points_text(sum(items))}, khác {points_text(own)}."
    what = f"Tiêu chí {criterion.num}: {added}"
    return Refusal(str(criterion.num), what, "Đề nghị sửa điểm thành phần hoặc điểm của tiêu chí.")


def _group_problem(group: Group, points: Points) -> Refusal | None:
    """Criteria without a known maximum share what the known ones leave of the group's."""
    unknown = [criterion for criterion in group.criteria if criterion.max is None]
    if not unknown:
        return None
    room = group.max - sum(criterion.max for criterion in group.criteria if criterion.max is not None)
    given = sum(_so_far_of(criterion, points) for criterion in unknown)
    if given <= room * 100:
        return None
    numbers = rubric_check.numbers_text([criterion.num for criterion in unknown])
    most = typed.number_text(room)
    if len(unknown) == len(group.criteria):
        what = f"{group.name} cộng được {points_text(given)} điểm, vượt mức {most}."
    else:
        what = f"Tiêu chí {numbers} cộng được {points_text(given)} điểm, vượt mức {most} còn lại của nhóm."
    remedy = (
        f"Mức tối đa từng tiêu chí {numbers} chưa được nhập nên chỉ kiểm tra được tổng nhóm;"
        f" đề nghị rà lại {_number_word(len(unknown))} tiêu chí này."
    )
    places = [key for criterion in unknown for key in (str(criterion.num), *criterion.scored_at) if key in points]
    return Refusal(group.num or "", what, remedy, tuple(dict.fromkeys(places)))


_NUMBER_WORDS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười")


def _number_word(number: int) -> str:
    return _NUMBER_WORDS[number] if number < len(_NUMBER_WORDS) else str(number)


# Added up


def points_of(criterion: Criterion, points: Points) -> int | None:
    """The criterion's hundredths; None while it or one of its sub-items is not scored."""
    keys = criterion.scored_at
    if not criterion.items:
        return points.get(keys[0])
    scored = [points[key] for key in keys if key in points]
    if not scored:
        return points.get(str(criterion.num))
    return sum(scored) if len(scored) == len(keys) else None


def _so_far_of(criterion: Criterion, points: Points) -> int:
    """What has been given to it, a criterion half scored included."""
    items = [points[key] for key in criterion.scored_at if key in points]
    return max(sum(items), points.get(str(criterion.num), 0))


def totals(rubric: Rubric, points: Points) -> Totals:
    """The card added up. A criterion half scored counts as missing."""
    criteria = {number: points_of(criterion, points) for number, criterion in rubric.criteria.items()}
    groups = tuple(_group_total(group, criteria) for group in rubric.groups)
    missing = tuple(number for number, given in criteria.items() if given is None)
    return Totals(criteria, groups, sum(group.scored for group in groups), missing)


def _group_total(group: Group, criteria: Mapping[int, int | None]) -> GroupTotal:
    given = [criteria[criterion.num] for criterion in group.criteria]
    if None not in given:
        return GroupTotal(group, sum(given), ())  # type: ignore[arg-type]  # whole numbers all
    missing = tuple(criterion.num for criterion in group.criteria if criteria[criterion.num] is None)
    return GroupTotal(group, sum(points for points in given if points is not None), missing)


def _so_far(scored: int, count: int, missing: tuple[int, ...]) -> str:
    return f"chưa đủ ({count - len(missing)}/{count} tiêu chí)" if missing else points_text(scored)


def points_why(rubric: Rubric, points: Points, number: int, computed: Mapping[str, Computed]) -> str:
    """Vì sao: the criterion's points, of what they are made, and whether a ladder or a person gave them.

    `computed` is what ladders gave, by key; a card that says otherwise was changed by the person who scored.
    """
    criterion = rubric.criteria[number]
    given = points_of(criterion, points)
    if given is None:
        return f"Tiêu chí {number} chưa chấm đủ."
    parts = [f"{item.id}) {_of_max(points.get(f'{number}{item.id}'), item.max)}" for item in criterion.items]
    known = all(key in points for key in criterion.scored_at)
    made = f" gồm {', '.join(parts)}" if parts and known else ""
    reasons = [_given_why(key, points[key], computed.get(key)) for key in criterion.scored_at if key in computed]
    if not reasons:
        reasons = ["điểm do người chấm nhập vì thang điểm chi tiết chưa có trong hệ thống"]
    if given is not None and criterion.max is None:
        made += ", mức tối đa chưa có trong hệ thống"
    return f"Tiêu chí {number} được {_of_max(given, criterion.max)} điểm{made}; {'; '.join(reasons)}."


def _given_why(key: str, given: int, computed: Computed | None) -> str:
    letter = key.lstrip("0123456789")
    place = f"{letter}) " if letter else ""
    if computed is None or computed.hundredths == given:
        return f"{place}{computed.why if computed else ''}"
    return f"{place}người chấm nhập {points_text(given)}, thang điểm tính được {computed.why}"


def _of_max(given: int | None, most: Decimal | None) -> str:
    shown = "chưa chấm" if given is None else points_text(given)
    return shown if most is None else f"{shown}/{typed.number_text(most)}"


# Two cards


@dataclass(frozen=True)
class Difference:
    """One place where two cards of a chain differ, in hundredths; None: not scored on that card."""

    key: str
    lower: int | None
    upper: int


def differences(rubric: Rubric, lower: Points, upper: Points) -> list[Difference]:
    """Where the upper card says otherwise than the lower one, sub-item by sub-item where both have them.

    What the upper card has not scored is no difference.
    """
    return [found for criterion in rubric.criteria.values() for found in _of_criterion(criterion, lower, upper)]


def _of_criterion(criterion: Criterion, lower: Points, upper: Points) -> Iterator[Difference]:
    by_item = all(key in lower and key in upper for key in criterion.scored_at)
    if by_item:
        for key in criterion.scored_at:
            if lower[key] != upper[key]:
                yield Difference(key, lower[key], upper[key])
        return
    before, after = points_of(criterion, lower), points_of(criterion, upper)
    if after is not None and before != after:
        yield Difference(str(criterion.num), before, after)


def reasons_missing(found: list[Difference], reasons: Mapping[str, str], lower: str, upper: str) -> list[Refusal]:
    """Differences without a reason; `lower` and `upper` are how the two cards are called: tự chấm, huyện."""
    return [
        Refusal(
            one.key,
            f"{key_text(one.key)}: {upper} chấm {points_text(one.upper)}, {lower} {_chosen(one.lower)}; chưa có lý do.",
            GIVE_REASON,
        )
        for one in found
        if not reasons.get(one.key, "").strip()
    ]


def _chosen(points: int | None) -> str:
    return "chưa chấm" if points is None else points_text(points)


def check_year(card_year: int, round_year: int) -> None:
    """Raises `BadInput` for a card of another year than the round it is sent to."""
    if card_year != round_year:
        raise BadInput(
            f"Bảng chấm điểm của năm {card_year}, kỳ đánh giá là năm {round_year}. "
            "Đề nghị chọn đúng kỳ hoặc gửi bảng của năm này."
        )
