"""The criteria of a card's page (tiêu chí trên phiếu): their boxes, what stands beside each, what is wrong with it.

`Maker` reads three things at once: what the card holds, what was just typed, and what of it was refused. The page as
a whole is put together in `card_pages`; what is asked about the cooperative in `card_fact_boxes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from htx_workflow.domain import card_saving, rubric_check, scorecards, typed, words
from htx_workflow.domain.rubrics import Criterion, Group, Item, criterion_number
from htx_workflow.domain.scorecards import GIVE_REASON, Points, Refusal, points_text
from htx_workflow.services import card_views, scoring
from htx_workflow.services.card_views import CardView
from htx_workflow.services.scoring import Filled
from htx_workflow.store.files import CitedRow


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed and not all kept: shown again, with what was refused."""

    filled: Filled = field(default_factory=Filled)
    refused: tuple[Refusal, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    """Files that were not taken, by place of the form: why."""


@dataclass(frozen=True, slots=True)
class Box:
    """One number to type: of a sub-item, of the criterion, or of both together."""

    key: str
    label: str
    most: str
    value: str
    stored: str
    """What the card holds, where something else was typed."""
    same: str
    """What "=" stands for; empty where nothing does."""
    beside: tuple[tuple[str, str], ...]
    errors: tuple[str, ...]
    whole: bool = False
    """The criterion's own number, beside its sub-items: need not be typed."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the card differs from the lower one, at a criterion or at one of its sub-items."""

    key: str
    label: str
    value: str
    errors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A criterion."""

    num: int
    title: str
    most: str
    total: str
    boxes: tuple[Box, ...]
    beside: tuple[tuple[str, str], ...]
    why: str
    computed: bool
    """A ladder gave points here."""
    to_improve: bool
    differs: bool
    reasons: tuple[Reason, ...]
    evidence: str
    said_below: tuple[tuple[str, str], ...]
    """Evidence or reasons on the other levels: whose, and the words."""
    evidence_errors: tuple[str, ...]
    files: tuple[CitedRow, ...]


@dataclass(frozen=True, slots=True)
class GroupLines:
    """A group of criteria."""

    code: str
    name: str
    title: str
    most: str
    total: str
    note: str
    errors: tuple[str, ...]
    lines: tuple[Line, ...]


class Maker:
    """Puts together what was stored, what was typed and what was refused, for the criteria of one page."""

    def __init__(self, view: CardView, kept: Sequence[CitedRow], typed_: Typed) -> None:
        self.view, self.rubric, self.typed = view, view.rubric, typed_
        self.points = scoring.points_of(view.rows)
        self.below = _below(view)
        self.start: Mapping[int, int] = view.baseline.points if view.baseline else {}
        self.improve = view.baseline.to_improve if view.baseline else frozenset()
        self.kept = kept
        self.years = {
            year: scorecards.totals(
                view.spot.rubrics[card.definition_id], scoring.points_of(view.scores[card.id])
            ).criteria
            for year, card in card_views.earlier_years(view.spot).items()
        }
        self.differs = {criterion_number(one.key) for one in view.differences}
        self.differs |= {criterion_number(one.key) for one in typed_.refused if one.remedy == GIVE_REASON}

    # Groups and criteria

    def group(self, group: Group) -> GroupLines:
        total = next(one for one in self.view.totals.groups if one.group is group)
        unknown = [criterion.num for criterion in group.criteria if criterion.max is None]
        note = ""
        if unknown:
            numbers = rubric_check.numbers_text(unknown)
            note = f"Mức tối đa từng tiêu chí {numbers} chưa có trong hệ thống; chỉ kiểm tra tổng của nhóm."
        said = [str(one) for one in self.typed.refused if one.together and one.key == (group.num or "")]
        return GroupLines(
            code=group.num or "",
            name=group.name,
            title=group.title,
            most=typed.number_text(group.max),
            total=_total_text(total.scored, total.missing, len(group.criteria)),
            note=note,
            errors=tuple(said),
            lines=tuple(self.line(criterion) for criterion in group.criteria),
        )

    def line(self, criterion: Criterion) -> Line:
        key = str(criterion.num)
        row, given = self.view.rows.get(key), self.view.totals.criteria[criterion.num]
        return Line(
            num=criterion.num,
            title=criterion.title,
            most=_most(criterion),
            total="" if given is None else points_text(given),
            boxes=tuple(self.boxes(criterion)),
            beside=tuple(self.beside(criterion)),
            why=self.view.why(criterion.num) if given is not None else "",
            computed=any(self.view.rows[place].why for place in criterion.scored_at if place in self.view.rows),
            to_improve=criterion.num in self.improve,
            differs=criterion.num in self.differs,
            reasons=tuple(self.reasons(criterion)),
            evidence=self.typed.filled.evidence.get(key, row.evidence if row else ""),
            said_below=tuple(self.said_elsewhere(criterion)),
            evidence_errors=tuple(self.evidence_errors(key)),
            files=tuple(one for one in self.kept if one.file.field == key),
        )

    def boxes(self, criterion: Criterion) -> Iterable[Box]:
        for item in criterion.items:
            yield self.box(f"{criterion.num}{item.id}", f"{item.id}) {item.title}", item)
        key = str(criterion.num)
        yield self.box(key, "", criterion, whole=bool(criterion.items))

    def box(self, key: str, label: str, place: Criterion | Item, *, whole: bool = False) -> Box:
        lower = self.below.get(key) if self.below is not None else None
        given = self.points.get(key)
        value = "" if given is None else points_text(given)
        if self.below is not None and given is not None and given == lower:
            value = card_saving.SAME
        beside: list[tuple[str, str]] = [
            (words.said("năm %(year)s", year=year), points_text(found[key]))
            for year, found in self.year_points()
            if key in found
        ]
        for level, title in self.level_titles():
            points = self.view.levels.get(level, {})
            if key in points:
                beside.append((title, points_text(points[key])))
        return Box(
            key=key,
            label=label,
            most=_most(place),
            value=self.typed.filled.points.get(key, value),
            stored=value if self.typed.filled.points.get(key, value).strip() != value else "",
            same=points_text(lower) if lower is not None else "",
            beside=tuple(beside) if isinstance(place, Item) else (),
            errors=tuple(self.errors_of(key)),
            whole=whole,
        )

    def year_points(self) -> Iterable[tuple[str, Points]]:
        for year, card in card_views.earlier_years(self.view.spot).items():
            yield year, scoring.points_of(self.view.scores[card.id])

    def level_titles(self) -> Iterable[tuple[str, str]]:
        """The other levels whose points stand beside."""
        for level in self.view.spot.scoring.chain:
            if level.code != self.view.spot.level.code and level.code in self.view.levels:
                yield level.code, level.title

    def beside(self, criterion: Criterion) -> Iterable[tuple[str, str]]:
        start = self.start.get(criterion.num)
        yield words.said("ban đầu"), words.said("chưa có") if start is None else points_text(start)
        for year, criteria in self.years.items():
            given = criteria.get(criterion.num)
            if given is not None:
                yield words.said("năm %(year)s", year=year), points_text(given)
        for code, title in self.level_titles():
            given = scorecards.points_of(criterion, self.view.levels[code])
            if given is not None:
                yield title, points_text(given)

    def reasons(self, criterion: Criterion) -> Iterable[Reason]:
        """One for the criterion; a sub-item that has its own keeps it."""
        if self.view.spot.is_self:
            return
        missing = [
            str(one) for one in self.typed.refused if one.remedy == GIVE_REASON and self.under(criterion, one.key)
        ]
        long = {one.key: str(one) for one in self.typed.refused if one.key in self.typed.filled.reasons and _long(one)}
        for key in (str(criterion.num), *(f"{criterion.num}{item.id}" for item in criterion.items)):
            row = self.view.rows.get(key)
            value = self.typed.filled.reasons.get(key, row.reason if row else "")
            own = key == str(criterion.num)
            if not own and not value:
                continue
            errors = (*(missing if own else ()), *([long[key]] if key in long else ()))
            yield Reason(key, "" if own else f"{key[-1]})", value, tuple(errors))

    def said_elsewhere(self, criterion: Criterion) -> Iterable[tuple[str, str]]:
        """Evidence and reasons of the other levels."""
        keys = (str(criterion.num), *(f"{criterion.num}{item.id}" for item in criterion.items))
        for code, title in self.level_titles():
            card = self.view.spot.counted(code)
            rows = self.view.scores.get(card.id, {}) if card else {}
            for key in keys:
                row = rows.get(key)
                said = [text for text in (row.evidence, row.reason) if text] if row else []
                if said:
                    yield title, "; ".join(said)

    @staticmethod
    def under(criterion: Criterion, key: str) -> bool:
        return key[:1].isdigit() and criterion_number(key) == criterion.num

    # What is wrong

    def errors_of(self, key: str) -> Iterable[str]:
        for one in self.typed.refused:
            if one.key == key and one.remedy != GIVE_REASON and not one.together and not self.of_text(one):
                yield str(one)

    def of_text(self, one: Refusal) -> bool:
        """It is about words, not about points."""
        return _long(one)

    def evidence_errors(self, key: str) -> Iterable[str]:
        if key in self.typed.files:
            yield self.typed.files[key]
        for one in self.typed.refused:
            if one.key == key and _long(one) and len(self.typed.filled.evidence.get(key, "")) > scoring.LONGEST:
                yield str(one)

    def summary(self) -> Iterable[tuple[str, str]]:
        """What is wrong with points, reasons and evidence: (id of the field, sentence)."""
        for one in self.typed.refused:
            if one.remedy == GIVE_REASON:
                yield f"l-{criterion_number(one.key)}", str(one)
            elif one.together:
                yield f"nhom-{one.key}", str(one)
            elif _long(one):
                yield f"{'m' if one.key in self.typed.filled.evidence else 'l'}-{one.key}", str(one)
            elif one.key:
                yield f"d-{one.key}", str(one)


def _below(view: CardView) -> Points | None:
    """The card that this one checks; None for a self-score."""
    card = view.card
    lower = card.based_on_id if card else None
    return scoring.points_of(view.scores[lower]) if lower is not None else None


def _long(one: Refusal) -> bool:
    return one.remedy == scoring.TOO_LONG


def _most(place: Criterion | Item) -> str:
    return typed.number_text(place.max) if place.max is not None else ""


def _total_text(scored: int, missing: tuple[int, ...], count: int) -> str:
    said = points_text(scored)
    return f"{said} ({count - len(missing)}/{count} tiêu chí)" if missing else said
