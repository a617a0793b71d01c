"""Files of a card (minh chứng, bản đã ký, biên bản): kept before what is typed beside them, taken back, shown nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import FastAPI, File, UploadFile
from starlette.datastructures import FormData
from starlette.datastructures import UploadFile as StarletteFile
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain.errors import BadInput, HtxError, NotAllowed
from htx_workflow.services import card_spots, files, scoring
from htx_workflow.services.card_pages import RECORD, SUBJECT
from htx_workflow.services.card_views import CardView
from htx_workflow.services.files import Place
from htx_workflow.store import documents as document_store
from htx_workflow.store.cards import CardRow
from htx_workflow.store.database import Session
from htx_workflow.store.documents import DocumentRef
from htx_workflow.store.files import FileRow
from htx_workflow.web import uploads
from htx_workflow.web.guard import Posted
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.cards import LEVEL, REFUSED, Act, Cards, address, place_of
from htx_workflow.web.routes.sending import Text, day_of

FILES = "tep-"
"""Beginning of the fields of evidence; the rest is the key of the place."""


def add(app: FastAPI, portal: Portal) -> None:
    cards = Cards(portal)

    @app.post(f"{LEVEL}/bien-ban")
    def record(
        request: Request,
        visitor: Posted,
        plan: str,
        unit: str,
        period: str,
        stage: str,
        level: str,
        so: Text = "",
        ngay: Text = "",
        tep: Annotated[list[UploadFile], File()] = [],  # noqa: B006 - FastAPI reads it, nothing changes it
    ) -> Response:
        """The scan of the signed record, with its number and day."""
        act = Act(request, visitor, place_of(plan, unit, period, stage, level))
        error: HtxError | None = None
        with portal.own_only(request), portal.reading() as session:
            view = cards.view(session, act.place, visitor)
        try:
            card = _card_of_record(view)
            number, dated = " ".join(so.split())[:60], day_of(ngay, "Ngày biên bản")
            if not number or dated is None:
                raise BadInput("Biên bản cần cả số và ngày lập, ví dụ 12/BB-TCKH, 17/12/2025.")
            if dated > portal.today():
                raise BadInput(f"Ngày biên bản {dated:%d/%m/%Y} sau hôm nay. Đề nghị kiểm tra lại ngày.")
            document = DocumentRef(number, dated, visitor.agency, "Biên bản làm việc")
            rows, refused = keep(portal, act, card, RECORD, tep, document)
            if refused or not rows:
                error = BadInput(refused or "Chưa chọn tệp biên bản đã ký.")
        except REFUSED as said:
            error = said
        if error is not None:
            return cards.show(
                request, visitor, act.place, error, form={"bb_so": so, "bb_ngay": ngay}, open_form="bien-ban"
            )
        return portal.back(f"{address(act.place)}?xong=bien-ban#bien-ban")


def _card_of_record(view: CardView) -> CardRow:
    """The card that the record is kept with: this level's, else the one it checks."""
    if view.spot.is_self or not view.may_score:
        raise NotAllowed("Biên bản làm việc do cơ quan kiểm tra gửi lên.")
    card = view.card or view.spot.below
    if card is None:
        raise NotAllowed("Chưa có phiếu nào để kèm biên bản.")
    return card


def keep_evidence(portal: Portal, act: Act, view: CardView, form: FormData) -> dict[str, str]:
    """Store the evidence sent with each criterion; by place what was not taken, and why."""
    refused = {}
    chosen: dict[str, list[StarletteFile]] = {}
    for name, value in form.multi_items():
        if isinstance(value, StarletteFile) and name.startswith(FILES) and name[len(FILES) :] in view.rubric.places:
            chosen.setdefault(name[len(FILES) :], []).append(value)
    for key, sent in chosen.items():
        if any(one.filename for one in sent):
            card_spots.check_may(view.may_score, view.spot, "gửi tệp cho")
            _, said = keep(portal, act, scoring.draft_of(view.spot), key, sent)
            if said:
                refused[key] = said
    return refused


def keep(
    portal: Portal, act: Act, card: CardRow, field: str, chosen: Sequence[StarletteFile], document: DocumentRef | None = None
) -> tuple[list[FileRow], str]:  # fmt: skip
    """Store files at a place of a card: the rows, and what is to be said of those that were not taken."""
    limits = portal.runtime.limits
    with files.examined(uploads.sent(chosen), limits, portal.runtime.scanner) as found:
        rows: list[FileRow] = []
        if found.ready:
            place = Place("scorecard", card.id, agency_id=act.visitor.agency_id, field=field)
            with portal.transaction("card-files") as session:
                number = document_store.get_or_add(session, document) if document else None
                rows = files.receive(
                    session, found.ready, place, limits, portal.now(), act.visitor.actor, document_id=number
                )  # fmt: skip
    return rows, " ".join(found.refused)


def withdraw(session: Session, portal: Portal, act: Act, card: CardRow, form: FormData) -> None:
    """Evidence of this draft that its sender takes back."""
    wanted = {str(value) for name, value in form.multi_items() if name == "bo"}
    if not wanted:
        return
    for row in files.list_of(session, SUBJECT, [card.id])[card.id]:
        if str(row.id) in wanted:
            files.withdraw(session, row.id, act.visitor.agency_id, portal.now(), act.visitor.actor)
