"""Coverage (độ phủ của kế hoạch): nothing that the text says is forgotten."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain import desk as words_of
from htx_workflow.gateways.excel import Column, Sheet
from htx_workflow.services import coverage
from htx_workflow.services.coverage import Bullet
from htx_workflow.services.desk import Sight
from htx_workflow.web.desk_room import Room, stem
from htx_workflow.web.guard import Officer
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.service import READ


def add(app: FastAPI, portal: Portal) -> None:
    room = Room(portal)

    @app.api_route("/ban/bao-phu", methods=READ)
    def covered(request: Request, visitor: Officer, kh: str = "", tep: str = "") -> Response:
        with portal.reading() as session:
            seen = room.sight(session, visitor, kh)
            found = coverage.bullets(session, seen)
        if tep == "xlsx":
            return _file(room, seen, found)
        return portal.show(
            request, "desk_coverage.html", seen=seen, found=found, gaps=sum(bool(each.gap) for each in found),
            signs=words_of.SIGNS, cell_words=words_of.CELL_WORDS,
        )  # fmt: skip


def _file(room: Room, seen: Sight, found: list[Bullet]) -> Response:
    columns = [
        Column("Nội dung của Kế hoạch", width=32), Column("Nhiệm vụ", width=10), Column("Tên nhiệm vụ", width=48),
        Column("Ai thực hiện", width=32), Column("Tình trạng", width=40), Column("Chưa phân công cụ thể", width=40),
    ]  # fmt: skip
    rows = []
    for bullet in found:
        lines = [
            [
                duty.code,
                duty.title,
                duty.holders,
                "; ".join(f"{words_of.CELL_WORDS[code]}: {count}" for code, count in duty.cells),
            ]
            for duty in bullet.duties
        ] or [["", "", "", ""]]
        rows += [[bullet.text, *line, bullet.gap] for line in lines]
    title = f"ĐỘ PHỦ CỦA {seen.loaded.plan.short}"
    return room.sheet(stem("do-phu", seen.loaded.plan.code), Sheet(title, columns, rows, simulation=room.simulation))
