"""One year's rounds (một đợt): who has sent, the final assessment's chain and who blocks it, opening by decision."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import FastAPI, Form
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain.errors import BadInput, HtxError, NotFound
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import chains, desk, early_openings, round_pages
from htx_workflow.store import plans as plan_store
from htx_workflow.store.database import Session
from htx_workflow.web import notices
from htx_workflow.web.desk_room import Room, day, paper
from htx_workflow.web.guard import Officer, PostedByOfficer
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.service import READ

ROOM = "/ban/dot"
VIEWS = ("", "chuoi", "ket-luan")
notices.SENTENCES |= {
    "mo-som": "Đã quyết định mở việc; chỗ còn thiếu được ghi lại, cơ quan được báo vào ngày làm việc tới."
}


def add(app: FastAPI, portal: Portal) -> None:
    room = Room(portal)

    def show(request: Request, visitor: Visitor, code: str, period: str, view: str, **said: Any) -> Response:
        ngay = request.query_params.get("ngay", "")
        problem, on = str(said.get("problem", "")), portal.today()
        try:
            on = min(day(ngay, "Ngày xem") or on, on)
        except BadInput as error:
            problem = str(error)
        with portal.reading() as session:
            shown = _read(room, session, visitor, code, period, view, on)
        return portal.show(
            request, "desk_round.html", said.get("status", 400 if problem else 200), period=period, view=view, on=on,
            problem=problem, typed=said.get("typed", {}), step_words=round_pages.STEP_WORDS, **shown,
        )  # fmt: skip

    @app.api_route(f"{ROOM}/{{period}}", methods=READ)
    def one(request: Request, visitor: Officer, period: str, kh: str = "", xem: str = "") -> Response:
        return show(request, visitor, kh, period, xem if xem in VIEWS else "")

    @app.post(f"{ROOM}/{{period}}/mo")
    def open_early(
        request: Request, visitor: PostedByOfficer, period: str, kh: Annotated[str, Form()] = "",
        viec: Annotated[str, Form()] = "", ly_do: Annotated[str, Form()] = "", so_van_ban: Annotated[str, Form()] = "",
        ngay_van_ban: Annotated[str, Form()] = "",
    ) -> Response:  # fmt: skip
        """By decision: with a reason, with or without a document; what is missing is recorded."""
        typed = {"viec": viec, "ly_do": ly_do, "so_van_ban": so_van_ban, "ngay_van_ban": ngay_van_ban}
        try:
            with portal.transaction("open-early") as session:
                loaded = room.led_plan(session, visitor, kh)
                if viec not in {step.key for step in chains.list_steps(session, loaded, portal.today())}:
                    raise NotFound("Không có việc này trong chuỗi tổng kết của kế hoạch.")
                document = paper(typed, loaded.plan.lead)
                early_openings.open_early(session, viec, ly_do, document, room.calendar, visitor, room.when(visitor))
        except HtxError as error:
            return room.again(
                error, lambda **said: show(request, visitor, kh, period, "chuoi", typed=typed, **said)
            )  # fmt: skip
        return portal.back(f"{ROOM}/{period}?kh={kh}&xem=chuoi", "mo-som")


def _read(
    room: Room, session: Session, visitor: Visitor, code: str, period: str, view: str, on: date
) -> dict[str, Any]:
    """What a part of the page shows; the chain and the conclusions are those of today."""
    today = room.portal.today()
    if view == "ket-luan":
        seen = room.sight(session, visitor, code)
        found: dict[str, Any] = {"loaded": seen.loaded, "outcome": round_pages.conclusions(session, seen)}
    else:
        loaded = desk.find_plan(plan_store.list_plans(session), visitor, code)
        found = {"loaded": loaded}
        if view == "chuoi":
            found["chain"] = round_pages.chain(session, loaded, today, room.calendar)
        else:
            found["rounds"] = round_pages.completeness(session, loaded, period, on)
    plan = found["loaded"].plan
    if view and not round_pages.is_last(plan, period):
        raise NotFound(f"Chuỗi tổng kết thuộc năm cuối của kế hoạch, không có ở năm {period}.")
    ends = plan.ends_on.year if plan.ends_on else today.year
    return {
        "rounds": [], "chain": None, "outcome": None, "leads": visitor.may_lead(found["loaded"].id),
        "last": round_pages.is_last(plan, period), "years": list(range(ends, plan.starts_on.year - 1, -1)), **found,
    }  # fmt: skip
