"""Scorecards lived through the services: plan 3819 in December 2025, its cooperatives scored like the samples A, B, C."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from htx_workflow.domain.card_places import CardPlace
from htx_workflow.domain.scorecards import points_text
from htx_workflow.domain.standing import Return
from htx_workflow.services import baselines, card_sending, card_views, consolidations, plans, results, scoring
from htx_workflow.services.card_sending import Sending, Signing
from htx_workflow.services.card_views import CardView
from htx_workflow.services.results import OFFICIAL, Results
from htx_workflow.services.scoring import Filled, Saved
from htx_workflow.store import agencies
from htx_workflow.store.cards import CardRow
from htx_workflow.store.documents import DocumentRef
from tests.machine import Machine
from tests.scores import LEVELS, SAMPLES, TT01

CODE = "kontum-3819"
UNITS = {"A": "htx-thanhnien", "B": "htx-rangdong", "C": "htx-saunhung"}
ANNEX = DocumentRef("3819/KH-UBND", date(2024, 10, 23), "ubnd-tinh")
FACTS = {
    "governance": "day-du", "months_operating": "60", "months_idle": "0", "sanctioned": "khong",
    "sector": "nong-nghiep", "kind": "hon-hop", "members": "60", "capital": "2500000000",
}  # fmt: skip
SIGNERS = {"day-du": ("chu-tich-hdqt", "truong-bks"), "rut-gon": ("giam-doc", "kiem-soat-vien")}
DAYS = {"self": date(2025, 12, 15), "district": date(2025, 12, 18), "province": date(2025, 12, 21)}
REASON = "đối chiếu sổ sách"


class Scores:
    """What people do with cards, one method each, at the moment the machine's clock shows."""

    def __init__(self, machine: Machine, period: str = "2025", stage: str = "final") -> None:
        self.machine, self.period, self.stage = machine, period, stage

    def place(self, name: str, level: str) -> CardPlace:
        return CardPlace(CODE, UNITS.get(name, name), self.period, self.stage, level)

    def open(self, name: str, level: str = "self", visitor: Any = None) -> CardRow:
        with self.machine.transaction("score-open") as session:
            return scoring.open_card(session, self.place(name, level), TT01, visitor, self.machine.when())

    def save(
        self,
        name: str,
        level: str = "self",
        points: Mapping[str, str] | None = None,
        *,
        version: int | None = None,
        visitor: Any = None,
        **words: Any,
    ) -> Saved:
        with self.machine.transaction("score-save") as session:
            filled = Filled(points or {}, **words)
            when = self.machine.when()
            return scoring.save(session, self.place(name, level), filled, visitor, when, version=version)

    def sign(self, name: str, role: str, **changes: Any) -> CardRow:
        signing = Signing(**{"role": role, "name": "Người Mẫu", "on_day": self.machine.today, **changes})
        with self.machine.transaction("score-sign") as session:
            return card_sending.sign(session, self.place(name, "self"), signing, None, self.machine.when())

    def submit(self, name: str, level: str = "self", visitor: Any = None, **sending: Any) -> CardRow:
        with self.machine.transaction("score-submit") as session:
            return card_sending.submit(
                session, self.place(name, level), Sending(**sending), self.machine.calendar, visitor,
                self.machine.when(),
            )  # fmt: skip

    def return_(self, name: str, level: str = "self", kind: Return = Return.SUPPLEMENT, visitor: Any = None) -> CardRow:
        with self.machine.transaction("score-return") as session:
            return card_sending.return_card(
                session, self.place(name, level), kind, "đề nghị rà soát tiêu chí 9", self.machine.calendar, visitor,
                self.machine.when(),
            )  # fmt: skip

    def view(self, name: str, level: str = "self", visitor: Any = None) -> CardView:
        with self.machine.database.reading() as session:
            return card_views.view(session, self.place(name, level), TT01, visitor, self.machine.today)

    def baseline(self, name: str, points: Mapping[str, str] | None = None, improve: Any = None) -> None:
        sample = SAMPLES.get(name)
        if points is None and sample is not None:
            points = {str(number): points_text(given) for number, given in sample.baseline.points.items()}
            improve = sample.baseline.to_improve if improve is None else improve
        with self.machine.transaction("baseline") as session:
            baselines.set_one(
                session, CODE, UNITS.get(name, name), points or {}, improve, TT01, ANNEX, None, self.machine.when()
            )

    def results(self, stages: Any = OFFICIAL, visitor: Any = None) -> Results:
        with self.machine.database.reading() as session:
            asked = results.asked(plans.get_plan(session, CODE), TT01, self.period, stages)
            return results.results(session, asked, visitor, agencies.list_agencies(session, self.machine.today))

    def consolidate(self) -> consolidations.Consolidation:
        machine = self.machine
        with machine.database.reading() as session:
            made = consolidations.compute(session, CODE, self.period, TT01, machine.today, machine.when())
        with machine.transaction("consolidate") as session:
            return consolidations.keep(session, made, TT01, None, machine.when())

    # A whole card, a whole chain

    def self_score(self, name: str, facts: Mapping[str, str] | None = None, sign: bool = True) -> CardRow:
        """The cooperative's own card of a sample, signed by both organs and sent."""
        said = {**FACTS, **(facts or {})}
        self.machine.at(DAYS["self"])
        self.open(name)
        saved = self.save(name, points=typed(name, "self"), facts=said)
        assert saved.refused == ()
        for role in SIGNERS[said["governance"]] if sign else ():
            self.sign(name, role)
        return self.submit(name)

    def check(self, name: str, level: str) -> CardRow:
        """The level's card of a sample, a reason at each difference, sent."""
        self.machine.at(DAYS[level])
        self.open(name, level)
        saved = self.save(name, level, typed(name, level), reasons=dict.fromkeys(changed(name, level), REASON))
        assert saved.refused == ()
        return self.submit(name, level)

    def whole(self, name: str) -> None:
        """The start and all three levels."""
        self.baseline(name)
        self.self_score(name)
        self.check(name, "district")
        self.check(name, "province")


def typed(name: str, level: str) -> dict[str, str]:
    """A sample's card as it is typed: sub-items where there are any, "=" where the level left the points."""
    points = SAMPLES[name].cards[level]
    keys = [key for number in TT01.criteria for key in TT01.criteria[number].scored_at]
    same = set(keys) - set(changed(name, level)) if level != "self" else set()
    return {key: "=" if key in same else points_text(points[key]) for key in keys}


def changed(name: str, level: str) -> list[str]:
    """Where the sample's level differs from the one below."""
    if level == "self":
        return []
    points, below = SAMPLES[name].cards[level], SAMPLES[name].cards[LEVELS[LEVELS.index(level) - 1]]
    keys = [key for number in TT01.criteria for key in TT01.criteria[number].scored_at]
    return [key for key in keys if points[key] != below[key]]
