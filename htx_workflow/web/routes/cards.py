"""Score cards (phiếu chấm điểm): the list, a card, its levels side by side, and its papers.

What people do with a card stands in `card_filling`, `card_files`, `card_signing` and `card_acts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain import card_papers, card_places, file_rules, standing
from htx_workflow.domain.card_places import STAGE_TEXTS, CardPlace
from htx_workflow.domain.errors import BadInput, HtxError, NotAllowed, NotFound, TooLate
from htx_workflow.domain.visitors import Visitor
from htx_workflow.gateways.word import Word
from htx_workflow.runtime import LOCAL
from htx_workflow.services import (
    card_compare,
    card_lists,
    card_pages,
    card_spots,
    card_views,
    card_work,
    documents,
)
from htx_workflow.services.card_boxes import Typed
from htx_workflow.services.card_lists import Asked
from htx_workflow.services.card_views import CardView
from htx_workflow.store.cards import CardRow
from htx_workflow.store.database import Session
from htx_workflow.web import errors, list_files
from htx_workflow.web.desk_room import MOST_LINES, WORD_TYPE, Room, page_of, query_without_page, stem
from htx_workflow.web.guard import SignedIn
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes import desk_results
from htx_workflow.web.routes.sending import FIGURES
from htx_workflow.web.routes.service import READ

PLACE = "/phieu/{plan}/{unit}/{period}/{stage}"
LEVEL = f"{PLACE}/{{level}}"
COMPARE = "so-sanh"
REFUSED = (BadInput, NotAllowed, TooLate)
"""What shows the page of the card again, with everything typed."""


@dataclass(frozen=True)
class Act:
    """One act on one card."""

    request: Request
    visitor: Visitor
    place: CardPlace


def add(app: FastAPI, portal: Portal) -> None:
    cards = Cards(portal)
    _add_list(app, portal)
    _add_compare(app, portal, cards)
    _add_card(app, portal, cards)
    _add_papers(app, portal, cards)


def place_of(plan: str, unit: str, period: str, stage: str, level: str) -> CardPlace:
    """The place of an address. Raises NotFound for one that cannot be."""
    try:
        return card_places.place(f"{plan}/{unit}/{period}", stage, level)
    except BadInput as error:
        raise NotFound("Không có phiếu này. Đề nghị bắt đầu từ danh sách chấm điểm.") from error


def address(place: CardPlace) -> str:
    return f"/phieu/{place.key}"


class Cards:
    """What the routes of cards share."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    def view(self, session: Session, place: CardPlace, visitor: Visitor) -> CardView:
        spot = card_spots.get(session, place, self.portal.today())
        return card_views.of_spot(session, spot, self.portal.runtime.rubric(spot.scoring.rubric), visitor)

    def show(
        self,
        request: Request,
        visitor: Visitor,
        place: CardPlace,
        error: HtxError | None = None,
        typed: Typed | None = None,
        form: Mapping[str, str] | None = None,
        open_form: str = "",
    ) -> Response:
        """The page of a card; after a refusal with what is wrong at its field, and everything typed kept."""
        portal = self.portal
        with portal.own_only(request), portal.reading() as session:
            view = self.view(session, place, visitor)
            kept = card_pages.read(session, view)
            report = card_work.report_of(session, view.spot.loaded.plan, view.spot) if view.spot.is_self else None
        whole = card_pages.one(view, kept, typed)
        refused = typed is not None and (typed.refused or typed.files)
        spot = view.spot
        strong_needed = not spot.is_self and visitor.agency_id == spot.scorer_id and not visitor.strong
        return portal.show(
            request,
            "card.html",
            int(errors.status_of(error)[0]) if error else 400 if refused else 200,
            whole=whole,
            view=view,
            spot=spot,
            place=place,
            path=address(place),
            root=address(place).rpartition("/")[0],
            levels=[(f"{address(place.at(level.code))}", level.title) for level in spot.scoring.chain],
            stages=self.stages(spot.every, place),
            may_open=card_pages.may_open(view),
            awaits_report=card_work.awaits_report(spot.loaded.plan, spot, report),
            report_id=report.id if report else None,
            answer=self.answer(view),
            below_place=spot.below.place if spot.below else None,
            needs_code=strong_needed,
            work_open=spot.work is not None and spot.work.standing.state == standing.OPEN,
            problem=_problem(error, typed),
            form=form or {},
            open_form=open_form,
            figures=FIGURES,
            accept=file_rules.ACCEPT,
            respond_by=portal.runtime.calendar(spot.loaded.plan.calendar).soft_shift(portal.today(), 3)[0],
            results=self.results(visitor, place),
        )

    def results(self, visitor: Visitor, place: CardPlace) -> str:
        """Where the results of the year are, for who follows the plan."""
        return f"{desk_results.ROOM}/{place.period}?kh={place.plan}" if visitor.follows else ""

    def stages(self, every: tuple[CardRow, ...], place: CardPlace) -> list[tuple[str, str]]:
        """The figures of this year that have a card, and the ones shown."""
        there = {card.stage for card in every if card.period == place.period} | {place.stage, "final"}
        there |= {"estimate"} if place.year == self.portal.today().year else set()
        wanted = [stage for stage in STAGE_TEXTS if stage in there]
        if len(wanted) < 2:
            return []
        return [(address(place._replace(stage=stage)), STAGE_TEXTS[stage]) for stage in wanted]

    def answer(self, view: CardView) -> str:
        card = view.card
        if card is None or card.state != "submitted" or not view.spot.is_self or card.sent_at is None:
            return ""
        day: date = card.sent_at.astimezone(LOCAL).date()
        return card_pages.answer_text(view, self.portal.runtime.calendar(view.spot.loaded.plan.calendar), day)


def _problem(error: HtxError | None, typed: Typed | None) -> str:
    """What is said on top: what no field of the page can show."""
    if typed is None or not typed.refused:
        return str(error) if error else ""
    return "" if typed.filled.facts else " ".join(str(one).strip() for one in typed.refused if not one.key)


def _add_list(app: FastAPI, portal: Portal) -> None:
    @app.api_route("/phieu", methods=READ)
    def card_list(
        request: Request, visitor: SignedIn, kh: str = "", tim: str = "", nam: str = "", tep: str = ""
    ) -> Response:
        """Every card the visitor may see, by cooperative and year."""
        whole = tep == list_files.EXCEL
        asked = Asked(kh[:40], tim[:100], nam if nam.isdecimal() and len(nam) == 4 else "", page_of(request))
        if whole:
            asked = replace(asked, page=1, size=MOST_LINES)
        with portal.own_only(request), portal.reading() as session:
            found = card_lists.list_of(session, visitor, asked, portal.today())
        if whole:
            return list_files.cards(Room(portal), found)
        return portal.show(
            request, "card_list.html", found=found, asked=asked, stages=STAGE_TEXTS, query=query_without_page(request)
        )


def _add_compare(app: FastAPI, portal: Portal, cards: Cards) -> None:
    @app.api_route(f"{PLACE}/{COMPARE}", methods=READ)
    def compare(
        request: Request, visitor: SignedIn, plan: str, unit: str, period: str, stage: str, tu: str = "", den: str = ""
    ) -> Response:
        """Start, years and levels side by side; with `tu` and `den` the difference of two versions."""
        place = place_of(plan, unit, period, stage, COMPARE)
        pair = (int(tu), int(den)) if tu.isdecimal() and den.isdecimal() and max(len(tu), len(den)) < 10 else None
        with portal.own_only(request), portal.reading() as session:
            spot = card_spots.get_first(session, place, portal.today())
            place = spot.place
            rubric = portal.runtime.rubric(spot.scoring.rubric)
            found = card_compare.compare(session, spot, rubric, visitor, pair)
        root = address(place).rpartition("/")[0]
        return portal.show(
            request, "card_compare.html", found=found, place=place, root=root, here_page=f"{root}/{COMPARE}",
            levels=[(f"{root}/{one.level.code}", one.level.title) for one in found.levels],
            stages=[
                (f"{address(place._replace(stage=one)).rpartition('/')[0]}/{COMPARE}", STAGE_TEXTS[one])
                for one in STAGE_TEXTS
                if one in {version.card.stage for version in found.versions} | {stage}
            ],
            stage_text=STAGE_TEXTS[stage], tu=tu, den=den, results=cards.results(visitor, place),
        )  # fmt: skip


def _add_card(app: FastAPI, portal: Portal, cards: Cards) -> None:
    @app.api_route(LEVEL, methods=READ)
    def card(
        request: Request, visitor: SignedIn, plan: str, unit: str, period: str, stage: str, level: str
    ) -> Response:
        return cards.show(request, visitor, place_of(plan, unit, period, stage, level))


def _add_papers(app: FastAPI, portal: Portal, cards: Cards) -> None:
    room = Room(portal)
    frames = Word(portal.runtime.settings.home / "templates" / "documents")

    @app.api_route(f"{LEVEL}/in", methods=READ)
    def printed(
        request: Request, visitor: SignedIn, plan: str, unit: str, period: str, stage: str, level: str
    ) -> Response:
        """The card to be printed and signed, or to be filled in by hand."""
        place = place_of(plan, unit, period, stage, level)
        with portal.own_only(request), portal.reading() as session:
            view = cards.view(session, place, visitor)
        return portal.show(
            request, "card_print.html", whole=card_pages.one(view, []), view=view, spot=view.spot, place=place,
            path=address(place),
        )  # fmt: skip

    @app.api_route(f"{LEVEL}/word", methods=READ)
    def word(
        request: Request, visitor: SignedIn, plan: str, unit: str, period: str, stage: str, level: str
    ) -> Response:
        """P-17: the self-score on the cooperative's own letterhead, ready to sign."""
        place = place_of(plan, unit, period, stage, level)
        with portal.own_only(request), portal.reading() as session:
            view = cards.view(session, place, visitor)
            made = documents.of_card(session, view, portal.today(), simulation=room.simulation)
        name = f"{stem(documents.SELF_SCORE, plan, unit, period, stage)}.docx"
        return room.file(name, frames.write(card_papers.self_score(made)), WORD_TYPE)

    @app.api_route(f"{LEVEL}/bien-ban", methods=READ)
    def record(
        request: Request, visitor: SignedIn, plan: str, unit: str, period: str, stage: str, level: str
    ) -> Response:
        """Biên bản làm việc with this cooperative, its own points filled in, the rest to be written by hand."""
        place = place_of(plan, unit, period, stage, level)
        with portal.own_only(request), portal.reading() as session:
            inspector = cards.view(session, place, visitor).spot.scorer_id
            first = card_spots.get_first(session, place, portal.today())
            view = card_views.of_spot(session, first, portal.runtime.rubric(first.scoring.rubric), visitor)
            paper = documents.inspection(session, view, inspector, portal.today(), simulation=room.simulation)
        name = f"{stem(documents.RECORD, plan, unit, period)}.docx"
        return room.file(name, frames.write(paper), WORD_TYPE)
