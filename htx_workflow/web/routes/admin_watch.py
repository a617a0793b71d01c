"""Watching for administrators: runs of jobs (lượt chạy), alarms in one place (cảnh báo), everything that lets in (phiên)."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain.errors import BadInput, NotFound
from htx_workflow.services import access_keys, alarm_pages, feeds, jobs, visits
from htx_workflow.store import access
from htx_workflow.store import access_keys as key_store
from htx_workflow.store import plans as plan_store
from htx_workflow.store import runs as run_store
from htx_workflow.store.runs import Wanted
from htx_workflow.web import list_files, notices, status
from htx_workflow.web.admin_room import ROOM, AdminRoom
from htx_workflow.web.desk_room import MOST_LINES, day, page_of, query_without_page
from htx_workflow.web.guard import Administrator, PostedByAdministrator
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.service import READ

notices.SENTENCES.update({"ket-thuc-loi-vao": "Đã kết thúc; không ai vào bằng phiên, phiếu, khóa ấy được nữa."})
PAGE = 50
RUNS, ALARMS, WAYS_IN = f"{ROOM}/luot-chay", f"{ROOM}/canh-bao", f"{ROOM}/phien"
OUTCOMES = {**status.OUTCOMES, "running": "đang chạy"}
KINDS = ("session", "sheet", "code", "aloud", "invite")
MOST_KEYS = 200


def add(app: FastAPI, portal: Portal) -> None:
    room = AdminRoom(portal)
    _add_runs(app, room)
    _add_alarms(app, room)
    _add_ways_in(app, room)


def _add_runs(app: FastAPI, room: AdminRoom) -> None:
    portal = room.portal

    @app.api_route(RUNS, methods=READ)
    def runs(
        request: Request,
        visitor: Administrator,
        viec: str = "",
        kh: str = "",
        ngay: str = "",
        ket_qua: str = "",
        tep: str = "",
    ) -> Response:
        code, problem, on = 200, "", None
        try:
            on = day(ngay, "Ngày")
        except BadInput as error:
            code, problem = 400, str(error)
        wanted = Wanted(viec, kh, on, ket_qua)
        with portal.reading() as session:
            plans = [(each.plan.code, each.plan.short) for each in plan_store.list_plans(session)]
            count = run_store.count(session, wanted)
            pages = max(1, -(-count // PAGE))
            page = min(page_of(request), pages)
            size, page = (MOST_LINES, 1) if tep == list_files.EXCEL else (PAGE, page)
            rows = run_store.search(session, wanted, size, (page - 1) * size)
        names = dict(plans)
        shown = [(row, status.line(row, names)) for row in rows]
        if tep == list_files.EXCEL:
            return list_files.runs(room, shown, OUTCOMES, count)
        commands = [(jobs.TITLES[job], jobs.command_for(job, "")) for job in jobs.JOBS]
        return room.page(
            request, visitor, "admin_runs.html", code, rows=shown, count=count, page=page, pages=pages, problem=problem,
            query=query_without_page(request), plans=plans, outcomes=OUTCOMES, commands=commands, jobs=jobs.TITLES,
            given={"viec": viec, "kh": kh, "ngay": ngay, "ket_qua": ket_qua}, prefect=_prefect(portal),
        )  # fmt: skip


def _prefect(portal: Portal) -> str:
    """Where a run's page in Prefect begins; empty where no address is set."""
    address = portal.runtime.settings.prefect_ui_url.rstrip("/")
    return f"{address}/runs/flow-run/" if address else ""


def _add_alarms(app: FastAPI, room: AdminRoom) -> None:
    portal = room.portal

    @app.api_route(ALARMS, methods=READ)
    def alarms(request: Request, visitor: Administrator) -> Response:
        with portal.reading() as session:
            found = alarm_pages.list_now(session, portal.now(), portal.runtime.calendars())
        return room.page(request, visitor, "admin_alarms.html", found=found)


def _add_ways_in(app: FastAPI, room: AdminRoom) -> None:
    portal = room.portal

    @app.api_route(WAYS_IN, methods=READ)
    def ways_in(request: Request, visitor: Administrator) -> Response:
        now = portal.now()
        with portal.reading() as session:
            count = access.count_living(session, KINDS, now)
            pages = max(1, -(-count // PAGE))
            page = min(page_of(request), pages)
            rows = access.list_living(session, KINDS, now, None, PAGE, (page - 1) * PAGE)
            keys = access_keys.list_for(session, None, now)
            calendars = key_store.list_living(session, key_store.FEED, now, limit=MOST_KEYS)
        return room.page(
            request, visitor, "admin_ways_in.html", rows=rows, count=count, page=page, pages=pages, keys=keys,
            calendars=calendars,
        )  # fmt: skip

    @app.post(WAYS_IN + "/{number:int}/ket-thuc")
    def end(request: Request, visitor: PostedByAdministrator, number: int) -> Response:
        with portal.own_only(request), portal.transaction("session-end") as session:
            row: Any = access.find_by_id(session, number) if number < 2**31 else None
            if row is None or not visits.end(session, number, visitor.actor, portal.now()):
                raise NotFound("Không có phiên hoặc phiếu này còn hiệu lực.")
        if number == visitor.session_id:
            answer = portal.back("/vao", "thoat")
            portal.sign_out(answer)
            return answer
        return portal.back(WAYS_IN, "ket-thuc-loi-vao")

    @app.post(WAYS_IN + "/khoa/{number:int}/ket-thuc")
    def end_key(request: Request, visitor: PostedByAdministrator, number: int) -> Response:
        with portal.own_only(request), portal.transaction("key-end") as session:
            access_keys.end(session, number, visitor, visitor.actor, portal.now())
        return portal.back(WAYS_IN, "ket-thuc-loi-vao")

    @app.post(WAYS_IN + "/lich/{number:int}/ket-thuc")
    def end_calendar(request: Request, visitor: PostedByAdministrator, number: int) -> Response:
        with portal.own_only(request), portal.transaction("feed-end") as session:
            feeds.end(session, number, visitor, portal.now())
        return portal.back(WAYS_IN, "ket-thuc-loi-vao")
