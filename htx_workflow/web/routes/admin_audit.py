"""The audit (nhật ký): searched, kept as a file, verified in words. And what was backdated or entered for somebody else."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain import audit_words, backdated, words
from htx_workflow.domain.errors import BadInput, NotAllowed
from htx_workflow.domain.visitors import Visitor
from htx_workflow.gateways.excel import Column, Sheet
from htx_workflow.runtime import LOCAL
from htx_workflow.services import audit_pages, backdated_pages
from htx_workflow.services.audit_pages import Asked, Line
from htx_workflow.web import notices
from htx_workflow.web.admin_room import ROOM, AdminRoom
from htx_workflow.web.desk_room import MOST_LINES, cut_note, day, page_of, query_without_page, stem
from htx_workflow.web.guard import PostedByAdministrator, WithCode
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.service import READ

notices.SENTENCES["kiem-tra-nhat-ky"] = "Đã kiểm tra nhật ký; kết quả ở dưới."
PAGE = 50
AUDIT, BACKDATED = f"{ROOM}/nhat-ky", f"{ROOM}/ghi-lui"
NOT_YOURS = "Nhật ký dành cho người quản trị hệ thống và tài khoản kiểm tra."


def add(app: FastAPI, portal: Portal) -> None:
    room = AdminRoom(portal)
    _add_audit(app, room)
    _add_verify(app, room)
    _add_backdated(app, room)


def _check_reads(visitor: Visitor) -> None:
    """Raises NotAllowed for who is neither administrator nor auditor."""
    if not (visitor.admin or visitor.auditor):
        raise NotAllowed(NOT_YOURS)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _show(
    room: AdminRoom, request: Request, visitor: Visitor, broken: Sequence[str] = (), problem: str = ""
) -> Response:
    """The page of the audit as its query asks for it."""
    given, status = dict(request.query_params), 200
    found = audit_pages.Page(())
    with room.portal.reading() as session:
        try:
            before, after = _number(given.get("truoc", "")), _number(given.get("sau", ""))
            found = audit_pages.list_page(session, _asked(given), PAGE, before=before, after=after)
        except BadInput as error:
            problem, status = str(error), 400
        last = audit_pages.last_verified(session)
    kept = {name: value for name, value in given.items() if name not in ("truoc", "sau", "xong", "tep") and value}
    return room.page(
        request, visitor, "admin_audit.html", status, found=found, given=given, acts=audit_words.ACTS, last=last,
        broken=broken, problem=problem, kept=kept,
    )  # fmt: skip


def _asked(given: dict[str, str]) -> Asked:
    return Asked(
        given.get("ai", "")[:200], given.get("viec", "")[:60], given.get("ve", "")[:200],
        day(given.get("tu", ""), "Từ ngày"), day(given.get("den", ""), "Đến ngày"),
    )  # fmt: skip


def _add_audit(app: FastAPI, room: AdminRoom) -> None:
    @app.api_route(AUDIT, methods=READ)
    def events(request: Request, visitor: WithCode, tep: str = "") -> Response:
        _check_reads(visitor)
        if tep not in ("xlsx", "csv"):
            return _show(room, request, visitor)
        try:
            with room.portal.reading() as session:
                lines = audit_pages.list_all(session, _asked(dict(request.query_params)), MOST_LINES)
        except BadInput:
            return _show(room, request, visitor)
        return _file(room, lines, tep)


HEADS = ("Số", "Lúc", "Người thực hiện", "Mã người thực hiện", "Việc", "Về", "Chi tiết")


def _file(room: AdminRoom, lines: list[Line], kind: str) -> Response:
    name = stem("nhat-ky", room.portal.today().isoformat())
    rows = [
        [line.seq, line.at.astimezone(LOCAL).replace(tzinfo=None), line.who, line.actor, line.act, line.subject, line.detail]
        for line in lines[:MOST_LINES]
    ]  # fmt: skip
    if kind == "csv":
        return room.file(f"{name}.csv", _csv(rows), "text/csv; charset=utf-8")
    widths = (8, 18, 28, 22, 30, 40, 48)
    kinds = ("number", "moment", *("text",) * 5)
    columns = [Column(*each) for each in zip(HEADS, kinds, widths, strict=True)]
    title = f"NHẬT KÝ, lập lúc {words.moment_text(room.local())}"
    return room.sheet(name, Sheet(title, columns, rows, cut_note("", len(lines)), simulation=room.simulation))


def _csv(rows: list[list[Any]]) -> bytes:
    """For Excel too: with a mark of its letters, and nothing that it takes for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADS)
    for row in rows:
        writer.writerow(
            [f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell else cell for cell in row]
        )
    return out.getvalue().encode("utf-8-sig")


def _add_verify(app: FastAPI, room: AdminRoom) -> None:
    portal = room.portal

    @app.post(AUDIT + "/kiem-tra")
    def verify(request: Request, visitor: PostedByAdministrator) -> Response:
        """Every link computed anew; nothing is written but who did so, and what came of it."""
        with portal.reading() as session:
            found = audit_pages.verify(session)
        with portal.transaction("audit-verify") as session:
            audit_pages.note_verified(session, found, visitor.actor, portal.now())
        if found.broken:
            return _show(room, request, visitor, found.broken)
        return portal.back(AUDIT, "kiem-tra-nhat-ky")


def _add_backdated(app: FastAPI, room: AdminRoom) -> None:
    portal = room.portal

    @app.api_route(BACKDATED, methods=READ)
    def entered(request: Request, visitor: WithCode, tep: str = "") -> Response:
        given, problem, status = dict(request.query_params), "", 200
        try:
            asked = backdated_pages.Asked(
                given.get("kh", ""), given.get("loai", ""), given.get("co_quan", "")[:200],
                day(given.get("tu", ""), "Từ ngày"), day(given.get("den", ""), "Đến ngày"),
            )  # fmt: skip
        except BadInput as error:
            asked, problem, status = backdated_pages.Asked(), str(error), 400
        size, page = (MOST_LINES, 1) if tep == "xlsx" else (PAGE, page_of(request))
        with portal.reading() as session:
            found = backdated_pages.list_found(session, visitor, asked, portal.today(), size, page)
        if tep == "xlsx":
            return _backdated_file(room, found)
        return room.page(
            request, visitor, "admin_backdated.html", status, found=found, given=given, kinds=backdated.KINDS, problem=problem,
            page=page, pages=max(1, -(-found.count // PAGE)), query=query_without_page(request),
        )  # fmt: skip


def _backdated_file(room: AdminRoom, found: backdated_pages.Found) -> Response:
    columns = [
        Column("STT", "number", 6), Column("Lúc nhập", "moment", 18), Column("Loại", width=30), Column("Người nhập", width=28),
        Column("Cơ quan", width=28), Column("Việc, phiếu", width=44), Column("Ngày ghi nhận", "day", 14),
        Column("Lý do, ghi chú", width=44), Column("Văn bản", width=36), Column("Kế hoạch", width=20),
    ]  # fmt: skip
    rows = [
        [
            number, line.row.at.astimezone(LOCAL).replace(tzinfo=None), line.kind, line.who, line.agency, line.what,
            line.row.day, line.row.reason, line.row.document, line.plan,
        ]
        for number, line in enumerate(found.lines, 1)
    ]  # fmt: skip
    title = f"DANH SÁCH GHI LÙI, NHẬP THAY, lập lúc {words.moment_text(room.local())}"
    sheet = Sheet(title, columns, rows, cut_note("", found.count), simulation=room.simulation)
    return room.sheet(stem("ghi-lui-nhap-thay", room.portal.today().isoformat()), sheet)
