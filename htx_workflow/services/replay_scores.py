"""The scores of a replay (chấm điểm trong mô phỏng): starts by a letter, self-scores, checks, the trial, closed books.

Who scores what is `domain.simulated_scores`; here it goes through the same services as a person's.
"""

from __future__ import annotations

from datetime import date

from htx_workflow.domain import simulated_scores, standing
from htx_workflow.domain.card_places import CardPlace
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.domain.simulated_scores import SimulatedScores
from htx_workflow.services import baselines, card_sending, card_spots, scoring
from htx_workflow.services.card_sending import Sending, Signing
from htx_workflow.services.replay_stage import Stage
from htx_workflow.services.scoring import Filled
from htx_workflow.store import cards
from htx_workflow.store.database import Session
from htx_workflow.store.documents import DocumentRef

START_AFTER = 20
"""Working days after the plan begins until its annex is entered."""
CLOSED = (1, 12)
"""Month and day from which the books of the year before are closed."""
SIGNERS = ("Nguyễn Văn Mẫu", "Trần Thị Mẫu", "Lê Văn Mẫu", "Phạm Thị Mẫu", "Hoàng Văn Mẫu", "Đỗ Thị Mẫu")
ESTIMATE, FINAL, TRIAL = "estimate", "final", "trial"


class Scores:
    """Cards of one life. A plan that scores nobody has none."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.plan = stage, stage.plan
        self._scores = simulated_scores.of_plan(self.plan, stage.kit.rubric, stage.dice)
        self._begun = False
        self._waiting: dict[CardPlace, date] = {}
        """Cards of levels that check, with the day on which they will."""
        self._sent: set[CardPlace] = set()
        self._given_back: set[CardPlace] = set()
        self._done: set[tuple[str, int]] = set()
        """Stages and years that everybody scores on one day, once that day has come."""

    def belongs(self, duty: str) -> bool:
        """Whether this duty is the self-score: sent with a card, accepted by the check of that card."""
        return self._scores is not None and card_spots.scoring_of(self.plan).chain[0].duty == duty

    def afternoon(self) -> None:
        """Everything of scores that comes on this day, save the self-scores sent with a yearly report."""
        if self._scores is None:
            return
        self._start()
        self._try()
        self._close_books()
        for place in sorted(place for place, day in self._waiting.items() if day <= self.stage.today):
            self._check(place)

    # Cooperatives

    def send_self(self, session: Session, unit: str, period: str, document: DocumentRef) -> tuple[CardPlace, int]:
        """The self-score of a year, in the transaction that sends the yearly report after it.

        What was sent and its revision, for `told` once that is committed.
        """
        assert self._scores is not None
        place = CardPlace(self.plan.code, unit, period, ESTIMATE, self._levels[0])
        points = self._scores.card(unit, place.year, ESTIMATE)
        if unit == self._scores.given_back(place.year) and place not in self._given_back:
            points = self._scores.overrated(unit, place.year, points)
        sending = Sending(document.sent_on, document, place.year, closes_work=False)
        return place, self._score(session, place, points, sending)

    def _score(self, session: Session, place: CardPlace, points: dict[str, int], sending: Sending) -> int:
        stage, when = self.stage, self.stage.when(place.unit)
        scoring.open_card(session, place, self._rubric, None, when)
        filled = Filled(
            simulated_scores.typed(points), facts=self._known.facts(place.unit, place.year),
            evidence=dict.fromkeys(list(points)[:4], f"Sổ sách, báo cáo năm {place.period} (mô phỏng)"),
        )  # fmt: skip
        scoring.save(session, place, filled, None, when)
        roles = self._rubric.signers(self._known.facts(place.unit, place.year)["governance"]) or ()
        for number, role in enumerate(roles):
            if number == 0 or self._known.signs_all(place.unit, place.year) or place.stage == TRIAL:
                name = stage.dice.of("signer", place.unit, role.role).choice(SIGNERS)
                card_sending.sign(session, place, Signing(role.role, name, stage.today), None, when)
        return card_sending.submit(session, place, sending, stage.calendar, None, when).revision

    def told(self, place: CardPlace, revision: int) -> None:
        """A card was sent: the level above will look at it; nobody above the district at a trial."""
        stage = self.stage
        self._sent.add(place)
        stage.life.cards += 1
        stage.event("score.submit", card=place.key, revision=revision)
        higher = self._levels[self._levels.index(place.level) + 1 :]
        if place.stage == TRIAL:
            higher = higher[: 1 if place.level == self._levels[0] else 0]
        if higher:
            lag = stage.dice.of("card", place.key, revision).randint(1, 3 if place.level == self._levels[0] else 2)
            self._waiting[place.at(higher[0])] = stage.after(lag)

    def _try(self) -> None:
        """The trial score at its milestone."""
        on = card_spots.scoring_of(self.plan).trial_on
        if on is None or self.stage.calendar.soft_previous_working(on)[0] != self.stage.today:
            return
        self._all(TRIAL, on.year, self.plan.scored())

    def _close_books(self) -> None:
        """Some send figures of the last year anew when its books are closed."""
        year = self.stage.today.year - 1
        if year >= self.plan.starts_on.year and (self.stage.today.month, self.stage.today.day) >= CLOSED:
            self._all(FINAL, year, self._known.after_closing(year))

    def _all(self, stage: str, year: int, units: tuple[str, ...] | list[str]) -> None:
        if (stage, year) in self._done:
            return
        self._done.add((stage, year))
        for unit in units:
            place = CardPlace(self.plan.code, unit, str(year), stage, self._levels[0])
            if stage == FINAL and place._replace(stage=ESTIMATE) not in self._sent:
                continue
            with self.stage.database.transaction("score-submit") as session:
                revision = self._score(session, place, self._known.card(unit, year, stage), Sending(year=year))
            self.told(place, revision)

    # Who checks, who leads

    def _check(self, place: CardPlace) -> None:
        """One level checks one card, or gives it back."""
        del self._waiting[place]
        below = place.at(self._levels[self._levels.index(place.level) - 1])
        first = below.level == self._levels[0] and below.stage == ESTIMATE
        with self.stage.database.transaction("score-submit") as session:
            spot = card_spots.get(session, place, self.stage.today)
            lower = spot.counted(below.level)
            assert lower is not None
            when = self.stage.when(self._scorer(place))
            if first and place.unit == self._known.given_back(place.year) and below not in self._given_back:
                self._give_back(session, below)
                return
            points = scoring.points_of(cards.scores(session, lower.id))
            made = self._known.checked(place.unit, place.year, place.stage, place.level, points)
            scoring.open_card(session, place, self._rubric, None, when)
            filled = Filled(simulated_scores.typed(made.points), made.reasons)
            scoring.save(session, place, filled, None, when)
            sent = card_sending.submit(session, place, Sending(), self.stage.calendar, None, when)
        self.told(place, sent.revision)

    def _give_back(self, session: Session, below: CardPlace) -> None:
        stage = self.stage
        self._given_back.add(below)
        spot = card_spots.get(session, below, stage.today)
        reason = "Đề nghị rà soát lại tiêu chí chấm cao hơn minh chứng (mô phỏng)"
        when = stage.when(self._scorer(below.at(self._levels[1])))
        card_sending.return_card(session, below, standing.Return.SUPPLEMENT, reason, stage.calendar, None, when)
        if spot.work is not None:
            stage.due_again[spot.work.key] = stage.after(2)
        stage.event("score.return", card=below.key)

    def _scorer(self, place: CardPlace) -> str:
        level = next(level for level in card_spots.scoring_of(self.plan).chain if level.code == place.level)
        return self.plan.lead if level.by == "lead" else self.plan.agency(place.unit).parent or self.plan.lead

    def _start(self) -> None:
        """Baselines and criteria to be completed, by a letter: the plan's annex is not in our copy."""
        stage = self.stage
        if self._begun or stage.today < stage.after(START_AFTER, self.plan.starts_on):
            return
        self._begun = True
        letter = stage.letter(f"1105/{self.plan.lead.upper()}", self.plan.lead, "V/v điểm ban đầu của hợp tác xã")
        with stage.database.transaction("baseline") as session:
            for unit in self.plan.scored():
                points = {str(number): given for number, given in self._known.start(unit).items()}
                baselines.set_one(
                    session, self.plan.code, unit, simulated_scores.typed(points), self._known.to_improve(unit),
                    self._rubric, letter, None, stage.when(self.plan.lead),
                )  # fmt: skip
        stage.event("baseline", document=letter.number, cooperatives=len(self.plan.scored()))

    @property
    def _known(self) -> SimulatedScores:
        assert self._scores is not None
        return self._scores

    @property
    def _rubric(self) -> Rubric:
        assert self.stage.kit.rubric is not None
        return self.stage.kit.rubric

    @property
    def _levels(self) -> list[str]:
        return [level.code for level in card_spots.scoring_of(self.plan).chain]

    def facts(self, unit: str, year: int) -> dict[str, str]:
        """What a cooperative says of itself on its card and in its report."""
        return self._known.facts(unit, year) if self._scores is not None else {}
