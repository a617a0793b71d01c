"""My work (việc của cơ quan) and one piece of it: what a holder sees. What he does stands in `acts` and `sending`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain import board, file_rules
from htx_workflow.domain.board import Group
from htx_workflow.domain.errors import HtxError, NotFound
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import card_work, work_pages, works
from htx_workflow.services.works import Asked
from htx_workflow.store.documents import AUTHORITIES, CHANNELS
from htx_workflow.web import errors, list_files
from htx_workflow.web.desk_room import MOST_LINES, Room
from htx_workflow.web.guard import SignedIn
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.service import READ

PAST = "xong"
"""`?xem=xong`: what is behind."""
Typed = Mapping[str, object]


def add(app: FastAPI, portal: Portal) -> None:
    @app.api_route("/viec", methods=READ)
    def my_work(
        request: Request, visitor: SignedIn, ke_hoach: str = "", nhom: str = "", tim: str = "", trang: str = "1", xem: str = "",
        tep: str = "",
    ) -> Response:  # fmt: skip
        """The work of the visitor's agency; `?xem=xong` shows what is behind it."""
        asked = Asked(ke_hoach[:40], nhom[:20], tim[:100], int(trang) if trang.isdecimal() and len(trang) < 6 else 1)
        whole = tep == list_files.EXCEL
        asked = replace(asked, page=1, size=MOST_LINES) if whole else asked
        read = works.past_work if xem == PAST else works.my_work
        with portal.reading() as session:
            work = read(session, visitor, asked, portal.runtime.calendar, portal.today())
        if whole:
            return list_files.work(Room(portal), work, visitor.agency_name)
        query = {"ke_hoach": asked.plan, "nhom": asked.group, "tim": asked.text, "xem": xem if xem == PAST else ""}
        groups = [(group.value, board.group_words(group, cooperative=visitor.cooperative)) for group in Group]
        return portal.show(
            request,
            "work.html",
            work=work,
            asked=asked,
            past=xem == PAST,
            groups=groups,
            query=urlencode({name: value for name, value in query.items() if value}),
        )

    @app.api_route("/viec/{number}", methods=READ)
    def one_work(request: Request, number: str, visitor: SignedIn) -> Response:
        return show_one(portal, request, visitor, number_of(number))


def number_of(text: str) -> int:
    """The number in an address. Raises NotFound for anything else."""
    if not (text.isascii() and text.isdecimal() and len(text) < 11):
        raise NotFound("Không có trang này. Đề nghị bắt đầu từ danh sách việc của cơ quan.")
    return int(text)


def show_one(
    portal: Portal,
    request: Request,
    visitor: Visitor,
    number: int,
    error: HtxError | None = None,
    typed: Typed | None = None,
    open_form: str = "",
) -> Response:
    """The page of one piece of work; after a refusal with the sentence on top, and what was typed kept."""
    with portal.own_only(request), portal.reading() as session:
        whole = work_pages.one(session, number, visitor, portal.runtime.calendar, portal.today())
        steps = card_work.steps(session, whole.plan, whole.work, whole.holder_code)
    status = errors.status_of(error)[0] if error else 200
    calendar = portal.runtime.calendar()
    return portal.show(
        request,
        "work_one.html",
        int(status),
        whole=whole,
        problem=str(error) if error else "",
        typed=typed or {},
        open_form=open_form,
        causes=list(board.CAUSES.items()),
        steps=list(board.STEPS.items()),
        channels=list(CHANNELS.items()),
        authority_options=[(sign, sign) for sign in AUTHORITIES],
        accept=file_rules.ACCEPT,
        form_code=whole.form_code,
        card_steps=steps,
        answer_by=calendar.soft_shift(portal.today(), board.CHECK_DAYS)[0],
    )
