"""A rubric (bộ tiêu chí) as data: groups, criteria and sub-items, bands, who signs, who is not rated, size classes.

The models below are the schema of config/rubrics/*.yaml: what pydantic can say of one value is said here, what ties
values together is in `rubric_check`. `null` means not known: it is enforced nowhere and shown as a gap. A new `version`
is made for every change; cards name the version they were scored on and keep it.

Points have a key: "3" for a criterion, "3a" for a sub-item.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from htx_workflow.domain import words
from htx_workflow.domain.forms import FORM_CODE
from htx_workflow.domain.ladders import Amount, AnyLadder, Entry, Ladder, Line, Points

CODE = r"^[a-z0-9]+(-[a-z0-9]+)*$"
Code = Annotated[str, Field(pattern=CODE, max_length=40)]
Number = Annotated[int, Field(ge=1, le=99)]
Certainty = Literal["seen", "one_source", "recalled"]
CERTAINTY_TEXTS: dict[str, str] = {
    "seen": "",
    "one_source": "một nguồn, chưa xác nhận",
    "recalled": "ghi theo hiểu biết chung, chưa đối chiếu văn bản",
}
"""What stands in brackets after a fact; nothing after one that was read at its source."""


class RubricDocument(Entry):
    """The document behind the rubric. `kind` is its kind in full: Thông tư."""

    kind: Line
    number: Line
    dated: date
    issuer: Line
    subject: Line


class LegalDay(Entry):
    """A day of the law's force: the day, where it was read, and how sure that is."""

    on: date
    source: Line
    certainty: Certainty


class Item(Entry):
    """Điểm thành phần: a), b), c) of a criterion."""

    id: Annotated[str, Field(pattern=r"^[a-z]$")]
    title: Line
    max: Points | None
    ladder: Ladder | None = None


class Criterion(Entry):
    """Tiêu chí. Without `items` the criterion itself is scored."""

    num: Number
    title: Line
    max: Points | None
    items: tuple[Item, ...] = ()
    ladder: Ladder | None = None
    gap: Line | None = None
    """What is not known of it, for people."""

    @cached_property
    def scored_at(self) -> tuple[str, ...]:
        """Keys of the places where points are given: its sub-items, or itself."""
        return tuple(f"{self.num}{item.id}" for item in self.items) or (str(self.num),)


class Group(Entry):
    """Nhóm tiêu chí. A rubric without groups has one without `num`."""

    num: Annotated[str, Field(pattern=r"^[IVX]{1,5}$")] | None
    title: Line
    max: Points
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]

    @property
    def name(self) -> str:
        return f"Nhóm {self.num}" if self.num else "Các tiêu chí"


class Band(Entry):
    """Xếp loại: from its lowest total (in it) to `below` (not in it) or `to` (in it; the highest band)."""

    code: Code
    title: Line
    from_: Points = Field(alias="from")
    below: Points | None = None
    to: Points | None = None


Fact = Literal["months_operating", "months_idle", "sanctioned"]


class NotRated(Entry):
    """Not rated when the fact is `under` or `over` a number of months; the number itself is rated."""

    code: Code
    fact: Literal["months_operating", "months_idle"]
    under: Annotated[int, Field(ge=1, le=600)] | None = None
    over: Annotated[int, Field(ge=0, le=600)] | None = None
    title: Line
    """Heading of its column: không đánh giá (dưới 12 tháng)."""
    reason: Line
    """The reason in words; {months} stands for the cooperative's number."""


class Forced(Entry):
    """A fact that puts a cooperative into a band whatever its points."""

    fact: Literal["sanctioned"]
    band: Code
    reason: Line


class SignOff(Entry):
    """Who agrees to the self-score: the role, the person's title and the organ whose opinion it is."""

    role: Code
    title: Line
    organ: Line


class SignOffs(Entry):
    """Who signs, by kind of governance (Luật Hợp tác xã 2023: đầy đủ, rút gọn)."""

    governance: Code
    title: Line
    roles: Annotated[tuple[SignOff, ...], Field(min_length=1)]


class SizeClass(Entry):
    """From a number on (in it); the first class begins at 0."""

    code: Code
    title: Line
    from_: Annotated[Amount, Field(ge=0)] = Field(alias="from")


class Sizes(Entry):
    """Quy mô: classes of one measure."""

    code: Literal["members", "capital"]
    title: Line
    unit: Line
    source: Line
    certainty: Certainty
    classes: Annotated[tuple[SizeClass, ...], Field(min_length=2)]


class Kind(Entry):
    """One kind of cooperative."""

    code: Code
    title: Line


class Kinds(Entry):
    """Phân loại: kinds a person chooses from."""

    code: Code
    title: Line
    source: Line
    certainty: Certainty
    kinds: Annotated[tuple[Kind, ...], Field(min_length=2)]


class Rubric(Entry):
    """One rubric file."""

    code: Code
    version: Annotated[int, Field(ge=1)]
    short: Line
    """TT 01/2020"""
    document: RubricDocument
    valid_from: LegalDay
    valid_to: LegalDay | None
    """Last day in force; null while nothing ended it."""
    repealed_by: Line | None = None
    form_name: Line | None = None
    """The legal form of the self-score: Phụ lục 2 Thông tư số 01/2020/TT-BKHĐT."""
    form: Annotated[str, Field(pattern=FORM_CODE, max_length=40)] | None = None
    """The form (F-B) whose fields the ladders read."""
    total: Points
    groups: Annotated[tuple[Group, ...], Field(min_length=1)]
    bands: Annotated[tuple[Band, ...], Field(min_length=1)]
    not_rated: tuple[NotRated, ...] = ()
    forced: tuple[Forced, ...] = ()
    sign_offs: tuple[SignOffs, ...] = ()
    sizes: tuple[Sizes, ...] = ()
    kinds: tuple[Kinds, ...] = ()
    gaps: tuple[Line, ...] = ()
    """What is not known of the rubric, for people."""

    @property
    def ref(self) -> tuple[str, int]:
        """What a card keeps: code and version."""
        return self.code, self.version

    @cached_property
    def criteria(self) -> dict[int, Criterion]:
        """By number, in the order of the rubric."""
        return {criterion.num: criterion for group in self.groups for criterion in group.criteria}

    @cached_property
    def places(self) -> dict[str, Criterion | Item]:
        """By key, in the order of the rubric: a criterion before its sub-items."""
        places: dict[str, Criterion | Item] = {}
        for criterion in self.criteria.values():
            places[str(criterion.num)] = criterion
            places |= {f"{criterion.num}{item.id}": item for item in criterion.items}
        return places

    def band_of(self, hundredths: int) -> Band:
        """The band of an unrounded total within 0 and `total`."""
        return next(band for start, band in self.band_starts if hundredths >= start)

    @cached_property
    def band_starts(self) -> tuple[tuple[int, Band], ...]:
        """Bands with the hundredths where they begin, the highest first."""
        starts = ((int(band.from_ * 100), band) for band in self.bands)
        return tuple(sorted(starts, key=lambda start: -start[0]))

    def signers(self, governance: str) -> tuple[SignOff, ...] | None:
        """Who signs with this kind of governance; None when the rubric does not know the kind."""
        return next((kind.roles for kind in self.sign_offs if kind.governance == governance), None)

    def in_force(self, day: date) -> bool:
        return self.valid_from.on <= day and (self.valid_to is None or day <= self.valid_to.on)


def criterion_number(key: str) -> int:
    """3 of "3a"."""
    return int(key.rstrip("abcdefghijklmnopqrstuvwxyz"))


def key_text(key: str) -> str:
    """Tiêu chí 3; tiêu chí 3, điểm a)."""
    letter = key.lstrip("0123456789")
    return f"Tiêu chí {criterion_number(key)}" + (f", điểm {letter})" if letter else "")


def unknown_maxima(rubric: Rubric) -> list[int]:
    """Numbers of the criteria whose maximum is not known."""
    return [criterion.num for criterion in rubric.criteria.values() if criterion.max is None]


def size_class(sizes: Sizes, amount: Decimal | int) -> SizeClass:
    """The class of an amount from 0 on: members, or đồng of capital."""
    return [step for step in sizes.classes if amount >= step.from_][-1]


def force_note(rubric: Rubric, day: date) -> str | None:
    """What stands beside a card of a day on which the rubric is not in force; a warning, never a refusal.

    What was not read at its source is called information and says so in brackets.
    """
    name = f"{rubric.document.kind} số {rubric.document.number}"
    if day < rubric.valid_from.on:
        since = f"{words.day_text(rubric.valid_from.on)}{_bracket(rubric.valid_from)}"
        return f"{name} có hiệu lực từ {since}; ngày {words.day_text(day)} chưa có hiệu lực."
    if rubric.in_force(day) or rubric.valid_to is None:
        return None
    ended = "đã hết hiệu lực" if rubric.valid_to.certainty == "seen" else "có thông tin đã hết hiệu lực"
    by = f" theo {rubric.repealed_by}" if rubric.repealed_by else ""
    since = f"{words.day_text(rubric.valid_to.on + timedelta(days=1))}{by}{_bracket(rubric.valid_to)}"
    return f"{name} {ended} từ {since}; chấm theo bộ tiêu chí mà Kế hoạch dẫn chiếu."


def _bracket(day: LegalDay) -> str:
    text = CERTAINTY_TEXTS[day.certainty]
    return f" ({text})" if text else ""


def laddered(rubric: Rubric) -> Iterator[tuple[str, AnyLadder]]:
    """Key and ladder of every place that has one."""
    for key, place in rubric.places.items():
        if place.ladder is not None:
            yield key, place.ladder
