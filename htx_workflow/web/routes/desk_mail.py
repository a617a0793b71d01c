"""The mail to come (thư sắp tới) and the mail that failed; the leader's one page; charts."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import FastAPI, Form
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain import collation, words
from htx_workflow.domain.desk import BOX_WORDS
from htx_workflow.domain.plan import AgencyKind
from htx_workflow.gateways.excel import Column, Sheet
from htx_workflow.gateways.word import Word
from htx_workflow.runtime import LOCAL
from htx_workflow.services import leaders
from htx_workflow.services.desk import MAIL_DAYS, Sight
from htx_workflow.services.forecasts import Coming
from htx_workflow.services.upcoming import Forecast, Forecasts
from htx_workflow.store import desk_news, desk_rows
from htx_workflow.store.desk_rows import AgencyRow
from htx_workflow.web import charts, list_files
from htx_workflow.web.desk_room import WORD_TYPE, Room, page_of, query_without_page, stem, year_of
from htx_workflow.web.guard import Officer, PostedByOfficer
from htx_workflow.web.pages import Translate
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes.service import READ

MAILS = 50
"""Mails on one page."""
BARS = 40
"""Agencies in one chart."""
SERIES = ("done_on_time", "done_late", "open_in_time", "open_overdue")
TONES = ("green", "brown", "blue", "red")


def add(app: FastAPI, portal: Portal) -> None:
    room = Room(portal)
    _add_upcoming(app, room)
    _add_failed(app, room)
    _add_one_page(app, room)
    _add_charts(app, room)


def _add_upcoming(app: FastAPI, room: Room) -> None:
    portal = room.portal
    kept: list[Forecasts] = []

    def forecasts() -> Forecasts:
        if not kept:
            runtime = portal.runtime
            kept.append(Forecasts(runtime.database, runtime.calendars(), runtime.templates))
        return kept[0]

    @app.api_route("/ban/thu-sap-toi", methods=READ)
    def upcoming(request: Request, visitor: Officer, kh: str = "", tim: str = "", tep: str = "") -> Response:
        with portal.reading() as session:
            seen = room.sight(session, visitor, kh)
        found = forecasts().get(seen.loaded, portal.now(), portal.today())
        mails = [mail for mail in found.mails if _concerns(mail, seen, tim)]
        if tep == "xlsx":
            return _mails_file(room, seen, found, mails)
        pages = max(1, -(-len(mails) // MAILS))
        page = min(page_of(request), pages)
        quiet = [row for row in found.quiet if not tim or collation.contains(seen.short(row.holder_id), tim)]
        return portal.show(
            request, "desk_upcoming.html", seen=seen, found=found, search=tim, count=len(mails), page=page, pages=pages,
            mails=mails[(page - 1) * MAILS : page * MAILS], quiet=quiet[:200], quiet_count=len(quiet),
            made_at=found.made_at.astimezone(LOCAL), names=_names(seen), query=query_without_page(request),
        )  # fmt: skip

    @app.post("/ban/thu-sap-toi")
    def again(visitor: PostedByOfficer, kh: Annotated[str, Form()] = "") -> Response:
        """Make the forecast anew."""
        with portal.reading() as session:
            seen = room.sight(session, visitor, kh)
        forecasts().get(seen.loaded, portal.now(), portal.today(), anew=True)
        return portal.back(f"/ban/thu-sap-toi?kh={seen.loaded.plan.code}")


def _names(seen: Sight) -> dict[str, str]:
    return {row.code: row.short_name for row in seen.agencies.values()}


def _concerns(mail: Coming, seen: Sight, search: str) -> bool:
    names = (mail.agency, _names(seen).get(mail.agency, ""), mail.to)
    return not search or any(collation.contains(text, search) for text in names)


def _mails_file(room: Room, seen: Sight, found: Forecast, mails: list[Coming]) -> Response:
    columns = [
        Column("Ngày", "day", 12), Column("Cơ quan", width=28), Column("Địa chỉ", width=30), Column("Tiêu đề", width=48),
        Column("Việc", width=44), Column("Mức nhắc", width=10), Column("Vì sao", width=48),
    ]  # fmt: skip
    names = _names(seen)
    rows = [
        [mail.on, names.get(mail.agency, mail.agency), mail.to, mail.subject, found.names.get(key, key), step, why]
        for mail in mails
        for key, step, why in mail.items
    ]
    line = f"Nếu không có gì thay đổi; tính lúc {words.moment_text(found.made_at.astimezone(LOCAL))}"
    title = f"THƯ SẮP TỚI THEO {seen.loaded.plan.short}"
    return room.sheet(
        stem("thu-sap-toi", seen.loaded.plan.code), Sheet(title, columns, rows, line, simulation=room.simulation)
    )


def _add_failed(app: FastAPI, room: Room) -> None:
    portal = room.portal

    @app.api_route("/ban/thu-loi", methods=READ)
    def failed(request: Request, visitor: Officer, kh: str = "", tep: str = "") -> Response:
        with portal.reading() as session:
            seen = room.sight(session, visitor, kh)
            found = desk_news.list_failed(session, seen.today - timedelta(days=MAIL_DAYS), 200)
        if tep == list_files.EXCEL:
            return list_files.failed(room, seen, found)
        return portal.show(request, "desk_failed.html", seen=seen, found=found)


def _add_one_page(app: FastAPI, room: Room) -> None:
    portal = room.portal
    frames = Word(portal.runtime.settings.home / "templates" / "documents")

    @app.api_route("/ban/mot-trang", methods=READ)
    def one_page(request: Request, visitor: Officer, kh: str = "", tep: str = "") -> Response:
        with portal.reading() as session:
            seen = room.sight(session, visitor, kh)
            found = leaders.one_page(session, seen, room.local())
        if tep == "docx":
            body = frames.write(leaders.paper(seen, found, simulation=room.simulation))
            name = stem("mot-trang", seen.loaded.plan.code, seen.today.isoformat())
            return room.file(f"{name}.docx", body, WORD_TYPE)
        return portal.show(request, "desk_one_page.html", seen=seen, page=found)


def _add_charts(app: FastAPI, room: Room) -> None:
    portal = room.portal

    @app.api_route("/ban/bieu-do", methods=READ)
    def drawings(request: Request, visitor: Officer, kh: str = "", nam: str = "") -> Response:
        say = portal.translator(request)
        with portal.reading() as session:
            seen = room.sight(session, visitor, kh)
            year, duties = year_of(nam, seen), list(seen.duties)
            tallies = desk_rows.tallies(session, seen.loaded.id, duties, seen.today, year)
            lines = [
                (
                    say(word),
                    desk_rows.months(session, seen.loaded.id, duties, seen.today, year, cooperatives=cooperatives),
                )
                for word, cooperatives in ((words.said("Cơ quan"), False), (words.said("Hợp tác xã"), True))
            ]
        agencies = [row for number, row in seen.agencies.items() if number in tallies]
        agencies = [row for row in agencies if row.kind is not AgencyKind.COOPERATIVE]
        return portal.show(
            request, "desk_charts.html", seen=seen, year=year, bars=_bars(agencies, tallies, say),
            rates=_rates(lines, seen, say), shares=_shares(agencies, tallies, say), agencies=agencies[:BARS], tallies=tallies, lines=lines, words=BOX_WORDS,
            more=len(agencies) > BARS, series=SERIES,
        )  # fmt: skip


def _bars(agencies: list[AgencyRow], tallies: dict[int, Any], say: Translate) -> Markup:
    return charts.stacked_bars(
        "dung-han",
        say(words.said("Việc theo cơ quan")),
        say(words.said("Mỗi cơ quan một thanh: hoàn thành đúng hạn, quá hạn, chưa hoàn thành trong hạn, quá hạn.")),
        [charts.Series(say(BOX_WORDS[box]), tone) for box, tone in zip(SERIES, TONES, strict=True)],
        [
            charts.Bar(row.short_name, tuple(tallies[row.id].boxes[box] for box in SERIES))
            for row in agencies[:BARS]
            if any(tallies[row.id].boxes[box] for box in SERIES)
        ],
    )


def _rates(lines: list[tuple[str, dict[str, Any]]], seen: Sight, say: Translate) -> Markup:
    """The rate of the work that came due month by month, up to this month."""
    now = f"{seen.today:%Y-%m}"
    labels = sorted({month for _, tallies in lines for month in tallies if month <= now})
    return charts.rate_lines(
        "ty-le",
        say(words.said("Tỷ lệ đúng hạn theo tháng đến hạn")),
        say(words.said("Trong các việc đến hạn mỗi tháng, bao nhiêu phần hoàn thành đúng hạn.")),
        [
            (
                word,
                [
                    charts.Point(f"{month[5:]}/{month[:4]}", tallies[month].share if month in tallies else None)
                    for month in labels
                ],
            )
            for word, tallies in lines
        ],
    )


def _shares(agencies: list[AgencyRow], tallies: dict[int, Any], say: Translate) -> Markup:
    """Of the work with a deadline, how much is done."""
    shares = []
    for row in agencies[:BARS]:
        boxes = tallies[row.id].boxes
        whole = sum(boxes[box] for box in SERIES)
        if whole:
            shares.append(charts.Share(row.short_name, boxes["done_on_time"] + boxes["done_late"], whole))
    return charts.share_bars(
        "hoan-thanh",
        say(words.said("Mức hoàn thành theo cơ quan")),
        say(words.said("Số việc có hạn đã hoàn thành trên tổng số việc có hạn.")),
        shares,
    )
