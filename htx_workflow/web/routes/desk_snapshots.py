"""Consolidations (bản tổng hợp): made, listed, compared; their documents made once and given again byte for byte."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import FastAPI, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from htx_workflow.domain import figures
from htx_workflow.domain.errors import BadInput, NotFound
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.domain.visitors import Visitor
from htx_workflow.gateways.word import Word
from htx_workflow.services import (
    card_spots,
    consolidations,
    desk,
    documents,
    issued,
    snapshot_keeping,
    snapshot_pages,
)
from htx_workflow.services.desk import Sight
from htx_workflow.services.documents import Written
from htx_workflow.store import plans as plan_store
from htx_workflow.web import notices
from htx_workflow.web.desk_room import Room, attached, stem, streamed
from htx_workflow.web.guard import Officer, PostedByOfficer
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.desk_results import this_year
from htx_workflow.web.routes.service import READ

ROOM = "/ban/tong-hop"
EVERY = "tat-ca"
notices.SENTENCES |= {
    "tong-hop": "Đã lập bản tổng hợp; số liệu của bản này không đổi nữa.",
    "tong-hop-cu": "Số liệu không đổi so với bản tổng hợp gần nhất, nên giữ bản đó.",
    "van-ban-tao": "Đã tạo văn bản; các lần tải sau nhận đúng tệp này.",
}


def add(app: FastAPI, portal: Portal) -> None:
    room = Room(portal)
    _add_list(app, room)
    _add_one(app, room)
    _add_papers(app, room)


def number_in(text: str, period: str) -> int:
    """The number of a consolidation in an address."""
    if not (text.isascii() and text.isdecimal() and len(text) < 8):
        raise NotFound(f"Chưa có bản tổng hợp {text} của đợt {period}.")
    return int(text)


def _rubric(room: Room, seen: Sight) -> Rubric:
    return room.portal.runtime.rubric(card_spots.scoring_of(seen.loaded.plan).rubric)


def _add_list(app: FastAPI, room: Room) -> None:
    portal = room.portal

    def show(request: Request, visitor: Visitor, code: str, period: str, **said: Any) -> Response:
        pair = [request.query_params.get(name, "") for name in ("so", "voi")]
        both = None
        with portal.reading() as session:
            seen = room.sight(session, visitor, code)
            consolidations.check_period(seen.loaded, period)
            found = snapshot_pages.listed(session, seen, period)
            if all(pair):
                one, other = (number_in(text, period) for text in pair)
                both = snapshot_pages.compared(session, seen, period, one, other)
        return portal.show(
            request, "desk_snapshots.html", said.get("status", 200), seen=seen, period=period, found=found, both=both,
            pair=pair, problem=said.get("problem", ""), leads=visitor.may_lead(seen.loaded.id),
            headline=snapshot_pages.headline,
        )  # fmt: skip

    @app.api_route(ROOM, methods=READ)
    def newest(request: Request, visitor: Officer, kh: str = "") -> Response:
        """To the year of today."""
        with portal.reading() as session:
            loaded = desk.find_plan(plan_store.list_plans(session), visitor, kh)
        return RedirectResponse(f"{ROOM}/{this_year(loaded.plan, portal.today())}?kh={loaded.plan.code}", 303)

    @app.api_route(f"{ROOM}/{{period}}", methods=READ)
    def of_year(request: Request, visitor: Officer, period: str, kh: str = "") -> Response:
        return show(request, visitor, kh, period)

    @app.post(f"{ROOM}/{{period}}")
    def make(request: Request, visitor: PostedByOfficer, period: str, kh: Annotated[str, Form()] = "") -> Response:
        """Read whole, then kept in a transaction of its own: a nation's is read for many seconds."""
        try:
            when = room.when(visitor)
            with portal.reading() as session:
                seen = room.sight(session, visitor, kh)
                room.may_lead(visitor, seen)
                rubric, code = _rubric(room, seen), seen.loaded.plan.code
                made = consolidations.compute(session, code, period, rubric, portal.today(), when)
                before = {line.no for line in snapshot_pages.listed(session, seen, period)}
            kept = snapshot_keeping.keep(portal.runtime.database, made, rubric, visitor, when)
        except BadInput as error:
            return room.again(error, lambda **said: show(request, visitor, kh, period, **said))
        done = "tong-hop-cu" if kept.no in before else "tong-hop"
        return portal.back(f"{ROOM}/{period}/{kept.no}?kh={code}", done)


def _add_one(app: FastAPI, room: Room) -> None:
    portal = room.portal

    @app.api_route(f"{ROOM}/{{period}}/{{no}}", methods=READ)
    def one(request: Request, visitor: Officer, period: str, no: str, kh: str = "") -> Response:
        with portal.reading() as session:
            seen = room.sight(session, visitor, kh)
            rubric, number = _rubric(room, seen), number_in(no, period)
            found = snapshot_pages.shown(session, seen, period, number, rubric, simulation=room.simulation)
        return portal.show(
            request, "desk_snapshot.html", seen=seen, period=period, found=found, leads=visitor.may_lead(seen.loaded.id),
            head_of=figures.head, text_of=figures.text, shown_units=snapshot_pages.LINES,
        )  # fmt: skip


def _add_papers(app: FastAPI, room: Room) -> None:
    portal = room.portal
    word = Word(portal.runtime.settings.home / "templates" / "documents")

    @app.post(f"{ROOM}/{{period}}/{{no}}/van-ban")
    def make(
        request: Request, visitor: PostedByOfficer, period: str, no: str, kh: Annotated[str, Form()] = "",
        loai: Annotated[str, Form()] = "",
    ) -> Response:  # fmt: skip
        """Make one document (`loai`: kind or kind/cooperative), or all that are not made yet; each is kept by itself."""
        number = number_in(no, period)
        code = _issue(room, word, visitor, kh, period, number, loai)
        return portal.back(f"{ROOM}/{period}/{number}?kh={code}", "van-ban-tao")

    @app.api_route(f"{ROOM}/{{period}}/{{no}}/van-ban/{{kind}}", methods=READ)
    def whole(request: Request, visitor: Officer, period: str, no: str, kind: str, kh: str = "") -> Response:
        return _given(room, visitor, kh, period, no, kind, "")

    @app.api_route(f"{ROOM}/{{period}}/{{no}}/van-ban/{{kind}}/{{unit}}", methods=READ)
    def of_unit(
        request: Request, visitor: Officer, period: str, no: str, kind: str, unit: str, kh: str = ""
    ) -> Response:  # fmt: skip
        return _given(room, visitor, kh, period, no, kind, unit)

    @app.api_route(f"{ROOM}/{{period}}/{{no}}/{EVERY}", methods=READ)
    def every(request: Request, visitor: Officer, period: str, no: str, kh: str = "") -> Response:
        with portal.reading() as session:
            code = desk.find_plan(plan_store.list_plans(session), visitor, kh).plan.code
            file = issued.archive(session, code, period, number_in(no, period))
        name = f"{stem('van-ban', code, period, f'so-{no}')}.zip"
        return streamed(f"MOPHONG_{name}" if room.simulation else name, file)


def _given(room: Room, visitor: Visitor, code: str, period: str, no: str, kind: str, unit: str) -> Response:
    """The document exactly as it was issued."""
    with room.portal.reading() as session:
        plan = desk.find_plan(plan_store.list_plans(session), visitor, code).plan.code
        found = issued.again(session, plan, period, number_in(no, period), kind, unit)
    return Response(found.body, media_type=found.media_type, headers=attached(found.name))


def _issue(room: Room, word: Word, visitor: Visitor, code: str, period: str, no: int, asked: str) -> str:
    """Make and keep what is asked for; the code of the plan."""
    portal, when = room.portal, room.when(visitor)
    with portal.reading() as session:
        seen = room.sight(session, visitor, code)
        room.may_lead(visitor, seen)
        plan, rubric = seen.loaded.plan.code, _rubric(room, seen)
        made = consolidations.find(session, plan, period, no)
        known = issued.list_of(session, plan, period, no)
        places = documents.wanted(made, final=snapshot_pages.is_final(seen, period))
        wanted = places if asked == EVERY else [_place(asked)]
        wanted = [place for place in wanted if issued.place(*place) not in known]
        framed = documents.frame(session, made, rubric, portal.today(), simulation=room.simulation)
        of_card = {unit for kind, unit in wanted if kind in (documents.SELF_SCORE, documents.RECORD)}
        own = documents.cards(session, made, rubric, portal.today(), of_card, simulation=room.simulation)
    for kind, unit in wanted:
        written: Written = documents.write(made, framed, kind, word, unit, own.get(unit))
        with portal.transaction("issue-documents") as session:
            issued.keep(session, plan, period, no, written, visitor, when)
    return plan


def _place(asked: str) -> tuple[str, str]:
    kind, _, unit = asked.partition("/")
    if kind not in documents.KINDS or (kind in documents.OF_UNIT) != bool(unit):
        raise NotFound(f"Không có loại văn bản {asked}. Các loại: {', '.join(documents.KINDS)}.")
    return kind, unit
