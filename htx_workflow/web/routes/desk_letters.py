"""Papers as Word (văn bản): the letters of the lead agency, and every holder's own report from its form."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain.errors import BadInput
from htx_workflow.gateways.word import Word
from htx_workflow.services import letters, own_reports
from htx_workflow.services.desk import Sight
from htx_workflow.services.letters import Letters
from htx_workflow.store import signs
from htx_workflow.web.desk_room import WORD_TYPE, Room, stem
from htx_workflow.web.guard import Officer, SignedIn
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.forms import Forms
from htx_workflow.web.routes.service import READ
from htx_workflow.web.routes.work import number_of


def add(app: FastAPI, portal: Portal) -> None:
    room, forms = Room(portal), Forms(portal)
    frames = Word(portal.runtime.settings.home / "templates" / "documents")

    def show(request: Request, seen: Sight, mute: list[int], *, problem: str = "", status: int = 200) -> Response:
        holders = set(seen.loaded.plan.holder_codes())
        return portal.show(
            request, "desk_letters.html", status, seen=seen, kinds=letters.KINDS, problem=problem,
            agencies=[row for row in seen.agencies.values() if row.code in holders],
            mute=[row for row in seen.agencies.values() if row.id in mute],
        )  # fmt: skip

    @app.api_route("/ban/van-ban", methods=READ)
    def papers(request: Request, visitor: Officer, kh: str = "") -> Response:
        with portal.reading() as session:
            seen = room.sight(session, visitor, kh)
            mute = signs.unreached_in(session, portal.today(), seen.loaded.id)
        return show(request, seen, mute)

    @app.api_route("/ban/van-ban/{kind}", methods=READ)
    def letter(request: Request, visitor: Officer, kind: str, kh: str = "", co_quan: str = "") -> Response:
        """One letter as Word; when there is nothing to write, the page says so."""
        try:
            with portal.reading() as session:
                seen = room.sight(session, visitor, kh)
                paper = Letters(session, seen, simulation=room.simulation).write(kind, co_quan)
        except BadInput as error:
            return room.again(error, lambda **said: show(request, seen, [], **said))
        name = stem(kind, seen.loaded.plan.code, co_quan, portal.today().isoformat())
        return room.file(f"{name}.docx", frames.write(paper), WORD_TYPE)

    @app.api_route("/bieu/{number}/word", methods=READ)
    def own_report(request: Request, visitor: SignedIn, number: str) -> Response:
        """P-17: the holder's report on its own letterhead."""
        with portal.own_only(request), portal.reading() as session:
            draft = forms.draft(session, number_of(number), visitor)
            paper = own_reports.paper(session, draft, portal.today(), portal.runtime.rubric, simulation=room.simulation)
        name = stem(draft.form.code, draft.context.agency, draft.report.period)
        return room.file(f"{name}.docx", frames.write(paper), WORD_TYPE)
