"""The list of cards (danh sách chấm điểm): cooperatives and years, where each level stands, what waits for whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from htx_workflow.domain import card_places, collation, words
from htx_workflow.domain.card_places import COUNTED
from htx_workflow.domain.errors import NotFound
from htx_workflow.domain.plan import Scoring
from htx_workflow.domain.review_chains import ReviewLevel
from htx_workflow.domain.scorecards import points_text
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import results
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import cards as store
from htx_workflow.store import plans as plan_store
from htx_workflow.store import rubric_rows
from htx_workflow.store.agencies import AgencyRow
from htx_workflow.store.cards import HeadRow
from htx_workflow.store.database import Session
from htx_workflow.store.plans import LoadedPlan

LINES = 20
"""Cooperatives on a page; each has a line for every year."""


@dataclass(frozen=True, slots=True)
class LevelCell:
    """One level of a line."""

    href: str
    title: str
    state: str
    tone: str
    total: str
    band: str


@dataclass(frozen=True, slots=True)
class CardLine:
    """One cooperative in one year and stage."""

    unit: str
    year: str
    stage: str
    levels: tuple[LevelCell, ...]
    compare: str
    waits: str
    """What comes next, in words."""
    act: str
    """Where this visitor does it; empty when it is not his turn."""


@dataclass(frozen=True, slots=True)
class CardList:
    """A page of the list."""

    plan: LoadedPlan | None
    plans: tuple[LoadedPlan, ...]
    """Those that score and have a cooperative this visitor may see."""
    lines: tuple[CardLine, ...]
    count: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list is asked for."""

    plan: str = ""
    text: str = ""
    year: str = ""
    page: int = 1
    size: int = LINES


def list_of(session: Session, visitor: Visitor, asked: Asked, today: date) -> CardList:
    """The cards this visitor may see. Raises `NotFound` for a plan with none of them."""
    agencies = agency_store.list_agencies(session, today)
    mine = {}
    for loaded in plan_store.list_plans(session):
        units = results.units_of(loaded, agencies, visitor) if loaded.plan.scoring else []
        if units:
            mine[loaded.plan.code] = loaded, units
    if not mine:
        return CardList(None, (), (), 0, 1, 1)
    if asked.plan and asked.plan not in mine:
        raise NotFound("Không có phiếu chấm điểm của kế hoạch này trong phần việc của cơ quan.")
    loaded, units = mine[asked.plan] if asked.plan else list(mine.values())[-1]
    wanted = [unit for unit in units if collation.contains(f"{unit.name} {unit.short_name} {unit.code}", asked.text)]
    pages = max(1, -(-len(wanted) // asked.size))
    page = min(max(asked.page, 1), pages)
    shown = wanted[(page - 1) * asked.size : page * asked.size]
    heads = store.list_heads(session, loaded.id, [unit.id for unit in shown])
    titles = _bands(session, heads)
    made = _Maker(loaded, visitor, today, titles)
    lines = [line for unit in shown for line in made.lines(unit, [head for head in heads if head.unit_id == unit.id])]
    chosen = tuple(line for line in lines if asked.year in ("", line.year))
    return CardList(loaded, tuple(one for one, _ in mine.values()), chosen, len(wanted), page, pages)


def _bands(session: Session, heads: Sequence[HeadRow]) -> dict[tuple[int, str], str]:
    """Titles of bands by rubric and code."""
    found = rubric_rows.get(session, {head.definition_id for head in heads}) if heads else {}
    return {(number, band.code): band.title for number, rubric in found.items() for band in rubric.bands}


class _Maker:
    def __init__(self, loaded: LoadedPlan, visitor: Visitor, today: date, bands: dict[tuple[int, str], str]) -> None:
        assert loaded.plan.scoring is not None
        self.loaded, self.visitor, self.today, self.bands = loaded, visitor, today, bands
        self.scoring: Scoring = loaded.plan.scoring

    def lines(self, unit: AgencyRow, heads: Sequence[HeadRow]) -> Iterator[CardLine]:
        """The newest year first; official figures, and estimates and the trial where there are any."""
        there = {(head.period, head.stage) for head in heads}
        wanted = there | {(str(year), "final") for year in self.years() if self.awaited(year, there)}
        trial = self.scoring.trial_on
        if trial is not None and trial.year <= self.today.year:
            wanted.add((str(trial.year), "trial"))
        order = list(card_places.STAGE_TEXTS)
        for year, stage in sorted(wanted, key=lambda one: (-int(one[0]), -order.index(one[1]))):
            yield self.line(unit, year, stage, [head for head in heads if (head.period, head.stage) == (year, stage)])

    def awaited(self, year: int, there: set[tuple[str, str]]) -> bool:
        """Official figures not there yet: of a past year that was judged by its estimate none are waited for."""
        return year >= self.today.year or (str(year), "estimate") not in there

    def years(self) -> range:
        plan = self.loaded.plan
        last = min(plan.ends_on.year, self.today.year) if plan.ends_on else self.today.year
        return range(plan.starts_on.year, last + 1)

    def line(self, unit: AgencyRow, year: str, stage: str, heads: Sequence[HeadRow]) -> CardLine:
        root = f"/phieu/{self.loaded.plan.code}/{unit.code}/{year}/{stage}"
        newest = {head.level: head for head in heads}
        present = {head.level for head in heads if head.state in COUNTED}
        codes = [level.code for level in self.scoring.chain]
        highest = max((codes.index(code) for code in present), default=-1)
        following = self.scoring.chain[highest + 1] if highest + 1 < len(codes) else None
        waits, act = "", ""
        if following is not None:
            waits = self.waits(following, newest.get(following.code))
            act = f"{root}/{following.code}" if self.turn_of(following, unit) else ""
        return CardLine(
            unit.short_name, year, stage,
            tuple(self.cell(level, newest.get(level.code), root) for level in self.scoring.chain),
            f"{root}/so-sanh", waits, act,
        )  # fmt: skip

    def waits(self, level: ReviewLevel, head: HeadRow | None) -> str:
        if level.by == "unit":
            again = head is not None and head.state == "returned"
            return words.said("hợp tác xã chấm lại") if again else words.said("hợp tác xã tự chấm")
        return words.said("%(level)s kiểm tra", level=level.title)

    def turn_of(self, level: ReviewLevel, unit: AgencyRow) -> bool:
        """Whether this visitor's agency does it."""
        visitor = self.visitor
        if level.by == "unit":
            return visitor.may_do(unit.id)
        if level.by == "parent":
            return visitor.strong and visitor.may_do(unit.parent_id)
        return visitor.may_lead(self.loaded.id)

    def cell(self, level: ReviewLevel, head: HeadRow | None, root: str) -> LevelCell:
        href = f"{root}/{level.code}"
        if head is None:
            return LevelCell(href, level.title, words.said("chưa chấm"), "grey", "", "")
        state = card_places.state_text(head.state, level.by != "unit")
        tone = {"draft": "blue", "submitted": "violet", "returned": "amber", "accepted": "green", "late": "brown"}[
            head.state
        ]
        total = "" if head.total is None else points_text(head.total)
        band = self.bands.get((head.definition_id, head.band), "") or head.not_rated_why
        return LevelCell(href, level.title, words.said(state), tone, total, band)
