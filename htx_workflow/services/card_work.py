"""The self-score and the activity report of one piece of work (R.htx): two things, sent once, when both are there.

Whichever comes last sends the work. A self-score of a plan whose work has no form sends it alone. The command line
(`htx score submit`) says that the paper was sent and closes the work at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from htx_workflow.domain import board, card_places, form_values, ladders, ratings, standing, words
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.card_places import COUNTED, CardPlace
from htx_workflow.domain.form_cells import decimal_of
from htx_workflow.domain.form_scope import Reckoner
from htx_workflow.domain.form_slots import Value
from htx_workflow.domain.ladders import Computed
from htx_workflow.domain.plan import Plan
from htx_workflow.domain.ratings import Signatures
from htx_workflow.domain.rubrics import Rubric, laddered
from htx_workflow.domain.standing import Return
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import card_sending, card_spots, plans, receipts
from htx_workflow.services.card_sending import Sending
from htx_workflow.services.card_spots import Spot
from htx_workflow.services.composing import Style
from htx_workflow.services.receipts import Received
from htx_workflow.services.report_drafts import Draft
from htx_workflow.services.reports import When
from htx_workflow.store import cards as store
from htx_workflow.store import report_rows
from htx_workflow.store.cards import CardRow
from htx_workflow.store.database import Session
from htx_workflow.store.report_rows import LinkedRow, SentRow
from htx_workflow.store.views import WorkRow

FACTS_OF_FORM = {
    "governance": "B1.4", "months_operating": "B1.9", "months_idle": "B1.8b", "sector": "B1.5b", "kind": "B1.6",
    "members": "B2.1d", "capital": "B4.2b",
}  # fmt: skip
"""Where form F-B says what a card asks about the cooperative."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A card that was sent, and whether its work went with it."""

    card: CardRow
    closed: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One of the things that the work of the self-score is made of."""

    title: str
    state: str
    done: bool
    href: str = ""


def report_of(session: Session, plan: Plan, spot: Spot) -> SentRow | None:
    """The activity report beside this self-score; None when nobody began it, or the work has no form."""
    form = _form(plan, spot.scoring.chain[0].duty)
    if form is None:
        return None
    return report_rows.find_sent(session, f"{plan.code}/{spot.place.unit}/{form}/{spot.place.period}")


def awaits_report(plan: Plan, spot: Spot, report: SentRow | None) -> bool:
    """Whether the work of this self-score stays open until its report was sent."""
    if not spot.is_self or spot.work is None or _form(plan, spot.scoring.chain[0].duty) is None:
        return False
    return report is None or report.sent_no == 0


def _form(plan: Plan, duty_id: str | None) -> str | None:
    return next((duty.form for duty in plan.duties if duty.id == duty_id), None)


def held(session: Session, linked: Iterable[LinkedRow]) -> list[str]:
    """Of the work that a report closes, what waits for a self-score that has not come."""
    found = []
    for row in linked:
        code, duty, unit, period = row.key.split("/")
        loaded = plans.get_plan(session, code)
        scoring = loaded.plan.scoring
        if scoring is None or scoring.chain[0].duty != duty or unit not in loaded.plan.scored():
            continue
        heads = store.list_heads(session, loaded.id, [row.holder_id] if row.holder_id else [])
        if not any(
            (head.period, head.level) == (period, scoring.chain[0].code)
            and head.stage != "trial"
            and head.state in COUNTED
            for head in heads
        ):
            found.append(row.key)
    return found


def sent_alike(session: Session, draft: Draft) -> bool:
    """The report was sent with these very figures: a button pressed twice while its self-score is still to come."""
    if not draft.report.sent_no:
        return False
    return form_values.to_send(draft.form, draft.context, draft.values) == report_rows.last_revision(
        session, draft.report.key
    )


def submit(
    session: Session, place: CardPlace, sending: Sending, calendar: WorkingCalendar, style: Style, visitor: Visitor,
    when: When,
) -> Sent:  # fmt: skip
    """Send a card from the portal; with a self-score the work goes too, once its report was sent. Queues the receipt."""
    spot = card_spots.get(session, place, when.today)
    report = report_of(session, spot.loaded.plan, spot)
    closes = not awaits_report(spot.loaded.plan, spot, report)
    was_open = spot.is_self and spot.work is not None and spot.work.standing.state == standing.OPEN
    card = card_sending.submit(session, place, replace(sending, closes_work=closes), calendar, visitor, when)
    closed = closes and was_open and card.state != "late"
    if closed and spot.work is not None:
        what = Received(sending.document, False, sending.paper_due_on)
        receipts.received(session, style, [spot.work.key], calendar, when, what)
    return Sent(card, closed)


def give_back(
    session: Session, place: CardPlace, kind: Return, reason: str, respond_by: date | None, calendar: WorkingCalendar,
    style: Style, visitor: Visitor, when: When,
) -> CardRow:  # fmt: skip
    """Give a card back to be scored anew; its cooperative is told by mail when the work goes back with it."""
    spot = card_spots.get(session, place, when.today)
    work = spot.work
    told = spot.is_self and work is not None and work.standing.state == standing.SUBMITTED
    card = card_sending.return_card(session, place, kind, reason, calendar, visitor, when, respond_by)
    if told and work is not None:
        receipts.returned(session, style, work.key, kind, reason, respond_by, when)
    return card


def check_day(calendar: WorkingCalendar, sent_on: date) -> date:
    """By which day the level above looks at what was sent."""
    return calendar.soft_shift(sent_on, board.CHECK_DAYS)[0]


# What the report says already


def facts_of(values: Mapping[str, Value]) -> dict[str, str]:
    """What a card asks about the cooperative, as far as its report says it: nobody types it twice."""
    found = {}
    for name, place in FACTS_OF_FORM.items():
        value = values.get(place)
        number = decimal_of(value)
        if name in ("governance", "sector", "kind"):
            found[name] = value if isinstance(value, str) else ""
        elif number is not None and number == number.to_integral_value():
            found[name] = str(int(number))
    return {name: text for name, text in found.items() if text}


def report_values(session: Session, report: SentRow, key: str) -> Mapping[str, Value]:
    """What was sent, else what is being typed."""
    if report.sent_no:
        return report_rows.last_revision(session, key)
    found = report_rows.find(session, report.id)
    return found.draft if found else {}


def computed(rubric: Rubric, draft: Draft) -> dict[str, Computed]:
    """The points that the rubric's ladders give for the figures of the report, each with its reason."""
    scope = Reckoner(draft.form, draft.context, draft.values).everywhere()
    found = {key: ladders.points(ladder, scope) for key, ladder in laddered(rubric)}
    return {key: given for key, given in found.items() if given is not None}


# The steps of the work


def steps(session: Session, plan: Plan, work: WorkRow, holder: str) -> tuple[Step, ...]:
    """Report, self-score and signatures of this work; nothing for other work."""
    scoring, form, unit_id = plan.scoring, _form(plan, work.duty), work.standing.holder
    if scoring is None or scoring.chain[0].duty != work.duty or form is None or holder not in plan.scored():
        return ()
    if unit_id is None:
        return ()
    report = report_rows.find_sent(session, f"{plan.code}/{holder}/{form}/{work.period}")
    cards, found = store.list_of_unit(session, work.plan_id, unit_id)
    heads = [
        card
        for card in cards
        if (card.period, card.level) == (work.period, scoring.chain[0].code) and card.stage != "trial"
    ]
    stage = card_places.newest_stage(head.stage for head in heads) if heads else "final"
    head = next((head for head in reversed(heads) if head.stage == stage), None)
    card = f"/phieu/{plan.code}/{holder}/{work.period}/{stage}/{scoring.chain[0].code}"
    return (
        Step(words.said("Báo cáo tình hình hoạt động"), _report_state(report), bool(report and report.sent_no),
             f"/bieu/{report.id}" if report else ""),
        Step(words.said("Bảng tự chấm điểm"), words.said(card_places.STATE_TEXTS[head.state] if head else "chưa chấm"),
             head is not None and head.state in COUNTED, card),
        _signed_step(session, found, head, card),
    )  # fmt: skip


def _report_state(report: SentRow | None) -> str:
    if report is None:
        return words.said("chưa mở")
    return words.said("đã nộp") if report.sent_no else words.said("đang điền")


def _signed_step(session: Session, found: Mapping[int, Rubric], head: CardRow | None, href: str) -> Step:
    """Whose opinions the self-score has."""
    title = words.said("Hai chữ ký")
    if head is None:
        return Step(title, words.said("chưa ký"), False, href)
    given = frozenset(signed.role for signed in store.sign_offs(session, head.id))
    lacks = ratings.missing_signatures(found[head.definition_id], Signatures(head.card_facts.governance, given))
    counted = words.said("%(count)s/02 chữ ký", count=words.count_text(len(given)))
    return Step(title, words.said("đã đủ") if lacks is None else counted, lacks is None, f"{href}#ky")
