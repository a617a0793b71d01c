"""Where a card stands (vị trí phiếu): its plan's levels, the cooperative, who scores, and every card that is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from htx_workflow.domain import review_chains, words
from htx_workflow.domain.card_places import COUNTED, CardPlace
from htx_workflow.domain.errors import BadInput, NotAllowed, NotFound
from htx_workflow.domain.plan import Plan, Scoring
from htx_workflow.domain.review_chains import ReviewLevel
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import plans
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import cards as store
from htx_workflow.store import occurrences
from htx_workflow.store.cards import CardRow
from htx_workflow.store.database import Session
from htx_workflow.store.plans import LoadedPlan


@dataclass(frozen=True, slots=True)
class Spot:
    """A place with everything known of it; read anew for each act."""

    place: CardPlace
    loaded: LoadedPlan
    scoring: Scoring
    level: ReviewLevel
    unit_id: int
    unit_name: str
    parent_id: int | None
    """Whose level is that of the superior: the receiver of the self-score, else the agency's own superior."""
    scorer_id: int
    work: occurrences.Row | None
    """The work on which the self-score is sent; a trial score belongs to none."""
    cards: tuple[CardRow, ...]
    every: tuple[CardRow, ...] = ()
    """Its cards of all years and stages."""
    rubrics: Mapping[int, Rubric] = field(default_factory=dict)
    """Those its cards were scored on."""
    parent_name: str = ""

    def newest(self, level: str) -> CardRow | None:
        """The last revision on a level, whatever its state."""
        return max((card for card in self.cards if card.level == level), key=lambda card: card.revision, default=None)

    def counted(self, level: str) -> CardRow | None:
        """The card of a level that counts."""
        found = [card for card in self.cards if card.level == level and card.state in COUNTED]
        return max(found, key=lambda card: card.revision, default=None)

    @property
    def present(self) -> frozenset[str]:
        """Levels whose card counts."""
        return frozenset(card.level for card in self.cards if card.state in COUNTED)

    @property
    def below(self) -> CardRow | None:
        """The card that this level checks: of the nearest lower level that has one."""
        lower = review_chains.below(self.scoring.chain, self.level.code, self.present)
        return self.counted(lower.code) if lower else None

    @property
    def is_self(self) -> bool:
        return self.level.by == "unit"

    @property
    def closed_above(self) -> bool:
        """A higher level has sent its card: what comes now comes late."""
        return review_chains.is_late(self.scoring.chain, self.level.code, self.present)

    @property
    def draft(self) -> CardRow | None:
        """The card of this level that is being filled."""
        card = self.newest(self.level.code)
        return card if card is not None and card.state == "draft" else None

    def title_of(self, level: str) -> str:
        return review_chains.level_of(self.scoring.chain, level).title


def scoring_of(plan: Plan) -> Scoring:
    """How a plan scores. Raises `NotAllowed` for a plan that does not."""
    if plan.scoring is None:
        raise NotAllowed(
            f"Kế hoạch {plan.code} chưa nêu bộ tiêu chí chấm điểm. Đề nghị bổ sung phần scoring vào tệp kế hoạch rồi nạp lại."
        )
    return plan.scoring


def get(session: Session, place: CardPlace, today: date) -> Spot:
    """The spot of a place. Raises `BadInput` or `NotFound` for one that the plan does not have."""
    loaded = plans.get_plan(session, place.plan)
    scoring = scoring_of(loaded.plan)
    level = scoring.level(place.level)
    if level is None:
        levels = ", ".join(level.code for level in scoring.chain)
        raise NotFound(f"Không có cấp chấm điểm {place.level}. Các cấp của kế hoạch: {levels}.")
    check_year(loaded.plan, scoring, place)
    kin = _kin(session, loaded.plan, place.unit, today)
    unit, lead = kin[place.unit], kin.get(loaded.plan.lead)
    work = _work(session, scoring, place)
    parent = work.receiver_id if work is not None and work.receiver_id else unit.parent_id
    scorer = {"unit": unit.id, "parent": parent, "lead": lead.id if lead else None}[level.by]
    if scorer is None:
        raise NotAllowed(f"{place.unit} chưa có cơ quan cấp trên nên chưa rõ ai {level.title} kiểm tra.")
    every, rubrics = store.list_of_unit(session, loaded.id, unit.id)
    here = tuple(card for card in every if (card.period, card.stage) == (place.period, place.stage))
    parent_name = next((row.short_name for row in kin.values() if row.id == parent), "")
    return Spot(
        place, loaded, scoring, level, unit.id, unit.short_name, parent, scorer, work, here, tuple(every), rubrics,
        parent_name,
    )  # fmt: skip


def get_first(session: Session, place: CardPlace, today: date) -> Spot:
    """The spot of the self-score of the same cooperative, year and stage."""
    scoring = scoring_of(plans.get_plan(session, place.plan).plan)
    return get(session, place.at(scoring.chain[0].code), today)


def check_year(plan: Plan, scoring: Scoring, place: CardPlace) -> None:
    """A card belongs to a year of the plan; a trial score to that of its milestone."""
    if place.stage == "trial":
        if scoring.trial_on is None:
            raise NotAllowed(f"Kế hoạch {plan.code} không có mốc chấm thử (scoring.trial_on).")
        if place.year != scoring.trial_on.year:
            raise BadInput(f"Chấm thử tại mốc {words.day_text(scoring.trial_on)}, không có năm {place.period}.")
        return
    last = plan.ends_on.year if plan.ends_on else place.year
    if not plan.starts_on.year <= place.year <= last:
        raise BadInput(f"{plan.short} chấm điểm các năm {plan.starts_on.year} đến {last}, không có năm {place.period}.")


def _kin(session: Session, plan: Plan, code: str, today: date) -> dict[str, agency_store.KinRow]:
    """The cooperative, its superior and the lead agency."""
    found = agency_store.list_kin(session, (code, plan.lead), today) if code in plan.scored() else {}
    if code not in found:
        raise NotFound(
            f"{code} không phải là hợp tác xã của kế hoạch {plan.code}. Các mã: {', '.join(plan.scored()[:20])}."
        )
    return found


def _work(session: Session, scoring: Scoring, place: CardPlace) -> occurrences.Row | None:
    duty = scoring.chain[0].duty
    if duty is None or place.stage == "trial":
        return None
    try:
        return occurrences.get_rows(session, [f"{place.plan}/{duty}/{place.unit}/{place.period}"])[0]
    except NotFound:
        return None


# Who may


def may_score(spot: Spot, visitor: Visitor | None) -> bool:
    """Fill and send this card. The command line may, and says for whom."""
    if visitor is None or visitor.may_lead(spot.loaded.id):
        return True
    if spot.is_self:
        return visitor.may_do(spot.unit_id) or visitor.may_verify(spot.loaded.id, spot.unit_id, spot.parent_id)
    return visitor.strong and visitor.may_do(spot.scorer_id)


def may_see(spot: Spot, visitor: Visitor | None) -> bool:
    """Its own agency, its superior, who leads or follows the plan: nobody else sees a cooperative's figures."""
    return visitor is None or visitor.may_see(spot.loaded.id, spot.unit_id, spot.parent_id)


def may_return(spot: Spot, visitor: Visitor | None) -> bool:
    """Give the card of this level back: the levels above it."""
    if visitor is None or visitor.may_lead(spot.loaded.id):
        return True
    if not spot.is_self:
        return False
    return visitor.may_verify(spot.loaded.id, spot.unit_id, spot.parent_id)


def check_may(allowed: bool, spot: Spot, act: str) -> None:
    """Raises `NotAllowed` naming what may not be done."""
    if not allowed:
        raise NotAllowed(f"Cơ quan của anh/chị không {act} phiếu {spot.level.title} của {spot.unit_name}.")


def for_another(spot: Spot, visitor: Visitor | None) -> bool:
    """Entered by another agency than the one whose level it is (nhập thay)."""
    return visitor is not None and visitor.agency_id != spot.scorer_id
