"""Filling a card (điền phiếu): begun, saved with its evidence; each saving one transaction and a redirect.

Files come in first, in a transaction of their own: what is typed beside them may still be refused, and nobody has to
choose them twice.
"""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import FastAPI
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain.ladders import Computed
from htx_workflow.domain.rubrics import laddered
from htx_workflow.domain.scorecards import Refusal
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import card_fact_boxes, card_work, scoring
from htx_workflow.services.card_boxes import Typed
from htx_workflow.services.card_views import CardView
from htx_workflow.services.scoring import Filled
from htx_workflow.store.cards import CardRow
from htx_workflow.store.database import Session
from htx_workflow.web.guard import Posted, TypedForm
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes import card_files
from htx_workflow.web.routes.cards import LEVEL, REFUSED, Act, Cards, address, place_of
from htx_workflow.web.routes.forms import Forms
from htx_workflow.web.routes.sending import when_of

POINTS, REASON, EVIDENCE, FACT = "d-", "l-", "m-", "t-"
"""Beginnings of the fields of a card; the rest is the key of the place."""


def add(app: FastAPI, portal: Portal) -> None:
    cards = Cards(portal)

    @app.post(f"{LEVEL}/mo")
    def open_(request: Request, visitor: Posted, plan: str, unit: str, period: str, stage: str, level: str) -> Response:
        """Begin a card, begin it anew after it was given back, or bring it to the newest points of the level below."""
        place = place_of(plan, unit, period, stage, level)
        try:
            with portal.own_only(request), portal.transaction("score-open") as session:
                view = cards.view(session, place, visitor)
                card = scoring.open_card(session, place, view.rubric, visitor, when_of(portal, visitor))
                _take_facts(session, view, card, visitor, portal)
        except REFUSED as error:
            return cards.show(request, visitor, place, error)
        return portal.back(address(place), "mo-phieu")

    @app.post(f"{LEVEL}/luu")
    def save(
        request: Request, visitor: Posted, form: TypedForm, plan: str, unit: str, period: str, stage: str, level: str
    ) -> Response:
        """Keep what can be kept; the rest is shown again with what is wrong at its field."""
        act = Act(request, visitor, place_of(plan, unit, period, stage, level))
        return _save(portal, cards, act, form)


def _take_facts(session: Session, view: CardView, card: CardRow, visitor: Visitor, portal: Portal) -> None:
    """What the activity report says of the cooperative is taken over into a new self-score."""
    spot = view.spot
    if not spot.is_self or card.version or card.facts != "{}":
        return
    plan = spot.loaded.plan
    report = card_work.report_of(session, plan, spot)
    if report is None:
        return
    key = f"{plan.code}/{spot.place.unit}/{view.rubric.form or ''}/{spot.place.period}"
    facts, _ = card_fact_boxes.facts_known(
        view.rubric, card_work.facts_of(card_work.report_values(session, report, key))
    )
    if facts:
        scoring.save(session, spot.place, Filled(facts=facts), visitor, when_of(portal, visitor))


def _save(portal: Portal, cards: Cards, act: Act, form: FormData) -> Response:
    request, visitor, place = act.request, act.visitor, act.place
    filled = _filled(form)
    with portal.own_only(request), portal.reading() as session:
        view = cards.view(session, place, visitor)
    facts, wrong = card_fact_boxes.facts_typed(view.rubric, filled.facts)
    try:
        not_taken = card_files.keep_evidence(portal, act, view, form)
        with portal.own_only(request), portal.transaction("score-save") as session:
            given = _computed(session, portal, view, visitor)
            points = {key: text for key, text in filled.points.items() if text.strip() or key not in given}
            saved = scoring.save(
                session, place, Filled(points, filled.reasons, filled.evidence, facts), visitor,
                when_of(portal, visitor), version=_version(form), computed=given,
            )  # fmt: skip
            card_files.withdraw(session, portal, act, saved.card, form)
    except REFUSED as error:
        return cards.show(request, visitor, place, error, Typed(filled, wrong))
    refused = (*saved.refused, *wrong)
    if refused or not_taken:
        return cards.show(request, visitor, place, None, Typed(_only_wrong(filled, refused), refused, not_taken))
    done = "luu-ky-lai" if saved.unsigned else "luu-diem"
    return portal.back(f"{address(place)}?xong={done}#{_next(form)}")


def _filled(form: FormData) -> Filled:
    """The places of the card among the fields."""
    found: dict[str, dict[str, str]] = {POINTS: {}, REASON: {}, EVIDENCE: {}, FACT: {}}
    for name, value in form.multi_items():
        start = name[:2]
        if isinstance(value, str) and start in found:
            found[start][name[2:]] = value
    return Filled(found[POINTS], found[REASON], found[EVIDENCE], found[FACT])


def _only_wrong(filled: Filled, refused: Sequence[Refusal]) -> Filled:
    """What was typed where something was refused; the rest is shown as it was saved."""
    keys = {key for one in refused for key in (one.key, *one.together)}
    numbers = {key.rstrip("abcdefghijklmnopqrstuvwxyz") for key in keys if key[:1].isdigit()}

    def of(found: dict[str, str]) -> dict[str, str]:
        return {key: text for key, text in found.items() if key.rstrip("abcdefghijklmnopqrstuvwxyz") in numbers}

    facts = dict(filled.facts) if "" in keys else {}
    return Filled(of(dict(filled.points)), of(dict(filled.reasons)), of(dict(filled.evidence)), facts)


def _version(form: FormData) -> int:
    text = str(form.get("phien_ban", ""))
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _next(form: FormData) -> str:
    """Where the page goes on after a saving: the button says it."""
    text = str(form.get("den", ""))
    return text if text.replace("-", "").isalnum() and len(text) < 20 else "diem"


def _computed(session: Session, portal: Portal, view: CardView, visitor: Visitor) -> dict[str, Computed]:
    """What the rubric's ladders give for the figures of the report; nothing for a rubric without ladders."""
    if not view.spot.is_self or view.rubric.form is None or not any(laddered(view.rubric)):
        return {}
    report = card_work.report_of(session, view.spot.loaded.plan, view.spot)
    if report is None:
        return {}
    return card_work.computed(view.rubric, Forms(portal).draft(session, report.id, visitor))
