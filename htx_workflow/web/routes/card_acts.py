"""Where a card goes (nộp, kiểm tra xong, trả lại, rút lại phiếu): each act one transaction and a redirect."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain import board
from htx_workflow.domain.errors import BadInput
from htx_workflow.domain.standing import Return
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import card_pages, card_sending, card_spots, card_work, handling
from htx_workflow.services.card_boxes import Typed
from htx_workflow.services.card_sending import CardRefused, Sending
from htx_workflow.services.card_views import CardView
from htx_workflow.store.database import Session
from htx_workflow.store.documents import DocumentRef
from htx_workflow.web.guard import Posted
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.cards import LEVEL, REFUSED, Act, Cards, address, place_of
from htx_workflow.web.routes.sending import FIGURES, Text, day_of, when_of


def add(app: FastAPI, portal: Portal) -> None:
    cards = Cards(portal)
    _add_sending(app, portal, cards)
    _add_giving_back(app, portal, cards)


def _add_sending(app: FastAPI, portal: Portal, cards: Cards) -> None:
    @app.post(f"{LEVEL}/gui")
    def send(
        request: Request,
        visitor: Posted,
        plan: str,
        unit: str,
        period: str,
        stage: str,
        level: str,
        so: Text = "",
        ngay: Text = "",
        ngay_gui: Text = "",
        nam: Text = "",
        cach: Text = "",
    ) -> Response:
        """Send a card: the self-score to its superior, a checking card as checked."""
        place = place_of(plan, unit, period, stage, level)
        form = {"so": so, "ngay": ngay, "ngay_gui": ngay_gui, "nam": nam, "cach": cach}
        when = when_of(portal, visitor)
        try:
            with portal.own_only(request), portal.transaction("score-submit") as session:
                view = cards.view(session, place, visitor)
                calendar = portal.runtime.calendar(view.spot.loaded.plan.calendar)
                later = calendar.soft_shift(when.today, board.PAPER_DAYS)[0] if cach == FIGURES else None
                sending = _sending(form, view, visitor, later)
                sent = card_work.submit(session, place, sending, calendar, portal.runtime.style(), visitor, when)
        except CardRefused as error:
            return cards.show(request, visitor, place, error, Typed(refused=error.refused), form, "gui")
        except REFUSED as error:
            return cards.show(request, visitor, place, error, form=form, open_form="gui")
        return portal.back(address(place), _sent_word(view, sent))


def _sending(form: dict[str, str], view: CardView, visitor: Visitor, later: date | None) -> Sending:
    """How it is sent; raises BadInput while something is missing that is not said to follow."""
    number, dated = " ".join(form["so"].split())[:60], day_of(form["ngay"], "Ngày văn bản")
    if bool(number) != (dated is not None):
        raise BadInput("Văn bản cần cả số, ký hiệu và ngày ký. Đề nghị nhập đủ, hoặc để trống cả hai.")
    sent_on = day_of(form["ngay_gui"], "Ngày gửi")
    document = None
    if dated is not None:
        issuer = view.spot.place.unit if view.spot.is_self else visitor.agency
        document = DocumentRef(number, dated, issuer, "Bảng tự chấm điểm" if view.spot.is_self else "", sent_on=sent_on)
    year = form["nam"].strip()
    if year and not (year.isascii() and year.isdecimal() and len(year) == 4):
        raise BadInput(f"Năm ghi trên bảng: “{year}” không phải là năm. Nhập bốn chữ số, ví dụ 2025.")
    lacking = [one for one in card_pages.one(view, []).missing if "Chưa có" not in one]
    if lacking and view.totals.scored and later is None and not (year and int(year) != view.spot.place.year):
        way = "hoặc chọn “Gửi số liệu trước, bổ sung sau”"
        raise BadInput(f"{' '.join(lacking)} Đề nghị bổ sung, {way}; phiếu vẫn ở trang này.")
    due = later if view.spot.is_self and lacking else None
    return Sending(sent_on, document, int(year) if year else None, paper_due_on=due)


def _sent_word(view: CardView, sent: card_work.Sent) -> str:
    if sent.card.state == "late":
        return "phieu-muon"
    if not view.spot.is_self:
        return "da-kiem-tra"
    return "da-nop" if sent.closed or view.spot.work is None else "nop-con-bao-cao"


def _add_giving_back(app: FastAPI, portal: Portal, cards: Cards) -> None:
    @app.post(f"{LEVEL}/tra-lai")
    def give_back(
        request: Request,
        visitor: Posted,
        plan: str,
        unit: str,
        period: str,
        stage: str,
        level: str,
        cap: Text = "",
        loai: Text = "",
        ly_do: Text = "",
        ngay: Text = "",
    ) -> Response:
        """Give a card back to be scored anew: this one, or (`cap`) the one below that this one checks."""
        place = place_of(plan, unit, period, stage, level)
        form = {"loai": loai, "ly_do": ly_do, "tra_ngay": ngay}

        def do(session: Session) -> None:
            if loai not in list(Return):
                raise BadInput("Đề nghị chọn bổ sung hoặc gửi lại.")
            target = place.at(cap[:40]) if cap else place
            by = day_of(ngay, "Đề nghị trả lời chậm nhất")
            calendar = portal.runtime.calendar(card_spots.get(session, place, portal.today()).loaded.plan.calendar)
            card_work.give_back(
                session, target, Return(loai), handling.short(ly_do), by, calendar, portal.runtime.style(), visitor,
                when_of(portal, visitor),
            )  # fmt: skip

        return _do(portal, cards, Act(request, visitor, place), "score-return", do, "tra-phieu", form, "tra-lai")

    @app.post(f"{LEVEL}/rut-lai")
    def take_back(
        request: Request, visitor: Posted, plan: str, unit: str, period: str, stage: str, level: str
    ) -> Response:
        place = place_of(plan, unit, period, stage, level)

        def do(session: Session) -> None:
            calendar = portal.runtime.calendar(card_spots.get(session, place, portal.today()).loaded.plan.calendar)
            card_sending.take_back(session, place, calendar, visitor, when_of(portal, visitor))

        return _do(portal, cards, Act(request, visitor, place), "score-withdraw", do, "rut-phieu", {}, "")


def _do(
    portal: Portal, cards: Cards, act: Act, name: str, do: Callable[[Session], None], done: str, form: dict[str, str], open_form: str
) -> Response:  # fmt: skip
    """One act in one transaction; a refusal shows the page again."""
    try:
        with portal.own_only(act.request), portal.transaction(name) as session:
            do(session)
    except REFUSED as error:
        return cards.show(act.request, act.visitor, act.place, error, form=form, open_form=open_form)
    return portal.back(address(act.place), done)
