"""Signing a self-score (ý kiến của hợp tác xã): both organs on one photographed sheet, or each on the portal."""

from __future__ import annotations

from datetime import date

from fastapi import FastAPI
from starlette.datastructures import FormData
from starlette.datastructures import UploadFile as StarletteFile
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain import typed
from htx_workflow.domain.errors import BadInput, NotAllowed
from htx_workflow.services import card_pages, card_sending, card_spots
from htx_workflow.services.card_pages import SIGNED
from htx_workflow.services.card_sending import Signing
from htx_workflow.web.guard import Posted, TypedForm
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.card_files import keep
from htx_workflow.web.routes.cards import LEVEL, REFUSED, Act, Cards, address, place_of
from htx_workflow.web.routes.sending import Text, when_of

NO_SHEET = "Chưa có ảnh bản đã ký. Bấm “In để ký”, ký trên giấy, chụp ảnh rồi chọn ảnh ở đây."


def add(app: FastAPI, portal: Portal) -> None:
    cards = Cards(portal)

    @app.post(f"{LEVEL}/ky")
    def sign(
        request: Request, visitor: Posted, form: TypedForm, plan: str, unit: str, period: str, stage: str, level: str
    ) -> Response:
        """Both organs on the sheet that was signed on paper: names, days, photographs."""
        act = Act(request, visitor, place_of(plan, unit, period, stage, level))
        kept = {name: value for name, value in form.multi_items() if isinstance(value, str)}
        try:
            _sign_on_paper(portal, cards, act, form)
        except REFUSED as error:
            return cards.show(request, visitor, act.place, error, form=kept, open_form="ky")
        return portal.back(f"{address(act.place)}?xong=da-ky#ky")

    @app.post(f"{LEVEL}/ky-dien-tu")
    def sign_here(
        request: Request,
        visitor: Posted,
        plan: str,
        unit: str,
        period: str,
        stage: str,
        level: str,
        vai_tro: Text = "",
    ) -> Response:
        """The opinion of the person who is signed in for the cooperative."""
        place = place_of(plan, unit, period, stage, level)
        try:
            with portal.own_only(request), portal.transaction("score-sign") as session:
                spot = card_spots.get(session, place, portal.today())
                if visitor.agency_id != spot.unit_id:
                    raise NotAllowed("Ý kiến trên hệ thống do người của hợp tác xã tự ghi.")
                name = visitor.person_name or visitor.contact_name
                signing = Signing(vai_tro, name, portal.today(), on_paper=False, person_id=visitor.person_id)
                card_sending.sign(session, place, signing, visitor, when_of(portal, visitor))
        except REFUSED as error:
            return cards.show(request, visitor, place, error, open_form="ky")
        return portal.back(f"{address(place)}?xong=da-ky#ky")


def _sign_on_paper(portal: Portal, cards: Cards, act: Act, form: FormData) -> None:
    with portal.own_only(act.request), portal.reading() as session:
        view = cards.view(session, act.place, act.visitor)
        whole = card_pages.one(view, card_pages.read(session, view))
    card = view.card
    if card is None or not view.may_score:
        raise NotAllowed("Ý kiến của hợp tác xã chỉ ghi trên phiếu tự chấm chưa được kiểm tra.")
    if not view.signers:
        raise BadInput(f"{whole.unsigned}. Đề nghị ghi tổ chức quản trị ở phần thông tin hợp tác xã rồi lưu.")
    signings = [one for role in view.signers if (one := _signing(role.role, role.title, form)) is not None]
    if not signings:
        raise BadInput("Chưa có họ tên người ký. Đề nghị ghi họ tên và ngày ký của từng người.")
    sent = [value for value in form.getlist("tep") if isinstance(value, StarletteFile) and value.filename]
    rows, refused = keep(portal, act, card, SIGNED, sent) if sent else ([], "")
    if refused:
        raise BadInput(refused)
    sheet = rows[0].id if rows else whole.sheets[-1].file.id if whole.sheets else None
    if sheet is None:
        raise BadInput(NO_SHEET)
    with portal.transaction("score-sign") as session:
        for role, name, day in signings:
            signing = Signing(role, name, day, attachment_id=sheet)
            card_sending.sign(session, act.place, signing, act.visitor, when_of(portal, act.visitor))


def _signing(role: str, title: str, form: FormData) -> tuple[str, str, date] | None:
    """Role, name and day as they were typed; None when nothing was."""
    name, day = " ".join(str(form.get(f"ten-{role}", "")).split()), str(form.get(f"ngay-{role}", ""))
    if not name:
        return None
    if not day.strip():
        raise BadInput(f"{title}: chưa có ngày ký. Nhập ngày/tháng/năm, ví dụ 14/12/2025.")
    try:
        return role, name, typed.parse_day(day)
    except BadInput as error:
        raise BadInput(f"{title}: {error}") from error
