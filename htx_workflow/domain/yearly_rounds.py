"""The yearly evaluation round (đợt đánh giá năm): how far each level of the review chain is, and when the next is told.

A card counts on the day it was sent. What is late stops nothing: a level that waits for some may check the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from htx_workflow.domain.card_places import newest_stage
from htx_workflow.domain.review_chains import ReviewLevel
from htx_workflow.domain.scorecards import points_text
from htx_workflow.domain.verdicts import Shortfall

COMPLETE, GAPS = "complete", "gaps"


@dataclass(frozen=True, slots=True)
class SentCard:
    """A card that was sent, with the local days of what happened to it."""

    unit: int
    level: str
    stage: str
    revision: int
    state: str
    sent_on: date
    """The day that counts."""
    known_on: date
    settled_on: date | None = None
    """When it was accepted or given back."""

    def counts_on(self, day: date) -> bool:
        """Whether it was known at the end of this day and not given back by then."""
        if self.known_on > day or self.state in ("draft", "late"):
            return False
        return not (self.state == "returned" and self.settled_on is not None and self.settled_on <= day)

    def accepted_on(self, day: date) -> bool:
        return self.state == "accepted" and self.settled_on is not None and self.settled_on <= day


@dataclass(frozen=True, slots=True)
class Owed:
    """A cooperative of a round on one level: who scores it there, by which day, on which work (number, 0: none)."""

    unit: int
    scorer: int
    due_on: date | None
    expected: bool = False
    """Its day is assumed: it never passes."""
    work: int = 0


@dataclass(frozen=True, slots=True)
class LevelProgress:
    """How far one level is: cooperatives owed, their cards sent, accepted, sent in time; who has none yet."""

    level: ReviewLevel
    due_on: date | None
    expected: bool
    owed: int
    sent: int
    accepted: int
    in_time: int
    missing: tuple[int, ...]

    @property
    def complete(self) -> bool:
        return self.sent == self.owed


Counted = Mapping[tuple[str, int], SentCard]
"""The card that counts, by level and cooperative."""


def counted(cards: Iterable[SentCard], day: date) -> dict[tuple[str, int], SentCard]:
    """Of each cooperative and level the card that counted at the end of this day: official figures before estimates."""
    found: dict[tuple[str, int], SentCard] = {}
    for card in cards:
        if not card.counts_on(day):
            continue
        before = found.get((card.level, card.unit))
        if before is None or _newer(card, before):
            found[card.level, card.unit] = card
    return found


def _newer(card: SentCard, before: SentCard) -> bool:
    if card.stage == before.stage:
        return card.revision > before.revision
    return newest_stage((before.stage, card.stage)) == card.stage


def progress(level: ReviewLevel, owed: Sequence[Owed], cards: Counted, day: date, *, top: bool) -> LevelProgress:
    """How far a level is on this day. Of the `top` level a card that was sent is accepted: nobody checks it."""
    sent = [(one, cards[level.code, one.unit]) for one in owed if (level.code, one.unit) in cards]
    return LevelProgress(
        level=level,
        due_on=max((one.due_on for one in owed if one.due_on), default=None),
        expected=any(one.due_on for one in owed) and all(one.expected for one in owed if one.due_on),
        owed=len(owed),
        sent=len(sent),
        accepted=sum(top or card.accepted_on(day) for _, card in sent),
        in_time=sum(one.due_on is not None and card.sent_on <= one.due_on for one, card in sent),
        missing=tuple(one.unit for one in owed if (level.code, one.unit) not in cards),
    )


def occasion(below: LevelProgress, passed_on: date | None, day: date) -> str | None:
    """Why whoever checks this level is told today: everything is in, or the deadline below has passed with gaps.

    `passed_on`: the working day after that deadline; None for an assumed one, which never passes.
    """
    if below.owed and below.complete:
        return COMPLETE
    return GAPS if passed_on is not None and day >= passed_on else None


def gap_words(found: Shortfall | None, pass_mark: int, *, has_start: bool) -> str:
    """What a trial score still lacks, as it is said after a name: còn thiếu 3,5 điểm để đạt 80; tiêu chí 4 …

    `has_start`: there is a set of criteria to be completed to compare with.
    """
    if found is None:
        return "chưa chấm thử"
    mark = points_text(pass_mark)
    if found.to_pass is None:
        first = "chưa chấm đủ các tiêu chí nên chưa có tổng điểm"
    elif found.to_pass:
        first = f"còn thiếu {points_text(found.to_pass)} điểm để đạt {mark}"
    else:
        first = f"tổng điểm đã từ {mark} trở lên"
    falls = [
        f"tiêu chí {one.number} được {points_text(one.end)}, thấp hơn ban đầu {points_text(one.start)}"
        for one in found.below_start
        if one.end is not None and one.start is not None
    ]
    if not has_start:
        falls = ["chưa có điểm ban đầu của tiêu chí cần hoàn thiện để so"]
    return "; ".join([first, *(falls or ["không tiêu chí cần hoàn thiện nào thấp hơn ban đầu"])])
