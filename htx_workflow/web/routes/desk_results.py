"""Results (kết quả): the year of each cooperative on the level that decides, classes, charts, the trial score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from htx_workflow.domain import (
    figures,
    review_chains,
    summary_charts,
    summary_facts,
    summary_frames,
    summary_lists,
    summary_tables,
)  # fmt: skip
from htx_workflow.domain.figures import Table
from htx_workflow.domain.pictures import Bar, Chart
from htx_workflow.domain.plan import Plan
from htx_workflow.domain.scorecards import points_text
from htx_workflow.domain.summary_frames import Frame
from htx_workflow.domain.visitors import Visitor
from htx_workflow.gateways import workbooks
from htx_workflow.services import card_spots, consolidations, desk, documents, result_pages, results
from htx_workflow.services.desk import Sight
from htx_workflow.services.result_pages import ResultPage
from htx_workflow.services.results import OFFICIAL, Asked
from htx_workflow.store import desk_rows
from htx_workflow.store import plans as plan_store
from htx_workflow.store.database import Session
from htx_workflow.web import charts
from htx_workflow.web.desk_room import Room, page_of, query_without_page, stem
from htx_workflow.web.guard import Officer
from htx_workflow.web.portal import Portal, served
from htx_workflow.web.routes.service import READ

ROOM = "/ban/ket-qua"
VIEWS = ("", "tieu-chi", "phan-loai", "bieu-do", "cham-thu")
"""Parts of the page, by `xem` in the address."""
MOST_CHARTS = 20
BOXES = ("done_on_time", "done_late", "open_in_time", "open_overdue")


def add(app: FastAPI, portal: Portal) -> None:
    room = Room(portal)

    @app.api_route(ROOM, methods=READ)
    def newest(request: Request, visitor: Officer, kh: str = "") -> Response:
        """To the year of today."""
        with portal.reading() as session:
            loaded = desk.find_plan(plan_store.list_plans(session), visitor, kh)
        return RedirectResponse(f"{ROOM}/{this_year(loaded.plan, portal.today())}?kh={loaded.plan.code}", 303)

    @app.api_route(f"{ROOM}/{{period}}", methods=READ)
    def year(
        request: Request, visitor: Officer, period: str, kh: str = "", xem: str = "", tep: str = ""
    ) -> Response:  # fmt: skip
        xem = xem if xem in VIEWS else ""
        with portal.reading() as session:
            seen = room.sight(session, visitor, kh)
            asked = _asked(room, seen, period, ("trial",) if xem == "cham-thu" else OFFICIAL)
            if tep == "xlsx":
                return _file(room, seen, result_pages.page(session, seen, asked, portal.now(), reasons=True))
            found = result_pages.page(session, seen, asked, portal.now(), page_of(request), xem == "tieu-chi")
            more = _more(session, room, seen, found, xem)
        return _show(room, request, visitor, seen, found, xem, more)


def this_year(plan: Plan, today: date) -> int:
    """The year of today, inside those of the plan."""
    return max(plan.starts_on.year, min(today.year, plan.ends_on.year if plan.ends_on else today.year))


def _asked(room: Room, seen: Sight, period: str, stages: tuple[str, ...]) -> Asked:
    consolidations.check_period(seen.loaded, period)
    rubric = room.portal.runtime.rubric(card_spots.scoring_of(seen.loaded.plan).rubric)
    return results.asked(seen.loaded, rubric, period, stages)


def _frame(room: Room, seen: Sight, found: ResultPage) -> Frame:
    plan, rubric = seen.loaded.plan, found.asked.rubric
    return documents.frame_of(plan, seen.agencies, {}, found.made, rubric, seen.today, simulation=room.simulation)


def _more(session: Session, room: Room, seen: Sight, found: ResultPage, view: str) -> dict[str, object]:
    """What a part of the page shows beside the rows."""
    asked = found.asked
    framed = _frame(room, seen, found)
    if view == "tieu-chi":
        return {"tables": [summary_tables.criteria(found.made), summary_tables.differences(found.made)]}
    if view == "phan-loai":
        return {"tables": [summary_lists.classification(found.made, framed)] if found.whole else []}
    if view == "bieu-do":
        return {"drawn": [_drawn(chart) for chart in _charts(session, seen, found)]}
    if view == "cham-thu":
        return {"trial": [result_pages.trial_row(asked, row) for row in found.results]}
    return {"late": result_pages.late(session, asked, {row.unit.id for row in found.rows})}


def _show(
    room: Room, request: Request, visitor: Visitor, seen: Sight, found: ResultPage, view: str, more: dict[str, object]
) -> Response:  # fmt: skip
    chain, scoring = found.asked.scoring.chain, found.asked.scoring
    trial = str(scoring.trial_on.year) if scoring.trial_on else ""
    return room.portal.show(
        request, "desk_results.html", seen=seen, found=found, view=view, period=found.asked.period, scoring=scoring,
        decides=review_chains.level_of(chain, scoring.decisive.level), trial_year=trial, query=query_without_page(request),
        compare=any(path.startswith("/phieu/") and path.endswith("/so-sanh") for path in served(request)),
        level_words={level.code: level.points_word for level in chain}, leads=visitor.may_lead(seen.loaded.id),
        head_of=figures.head, text_of=figures.text, points_text=points_text,
        **{"tables": [], "drawn": [], "trial": [], "late": [], **more},
    )  # fmt: skip


# Charts


def _charts(session: Session, seen: Sight, found: ResultPage) -> list[Chart]:
    """Totals against the start, each cooperative's criteria against its start, timeliness of the agencies."""
    short = {row.unit.code: row.unit.short_name for row in found.rows}
    lines = tuple(replace(line, name=short[line.key]) for line in found.made.cooperatives)
    made = found.made.model_copy(update={"cooperatives": lines})
    starts = [summary_frames.start_total(made, line) for line in made.cooperatives]
    drawn = [summary_charts.totals(made, starts)]
    if len(made.cooperatives) <= MOST_CHARTS:
        drawn += [summary_charts.criteria(made, line) for line in made.cooperatives if line.decisive.stage]
    return [chart for chart in (*drawn, _timeliness(session, seen, int(found.asked.period))) if chart is not None]


def _timeliness(session: Session, seen: Sight, year: int) -> Chart | None:
    """Work of each agency of the year by the four boxes; cooperatives are not in it."""
    tallies = desk_rows.tallies(session, seen.loaded.id, list(seen.duties), seen.today, year)
    bars = [
        Bar(agency.short_name, tuple(tallies[agency.id].boxes[box] for box in BOXES))
        for agency in seen.agencies.values()
        if agency.id in tallies and desk.in_group(agency, "co-quan")
    ]
    bars = [bar for bar in bars if any(bar.values)]
    if not 0 < len(bars) <= summary_charts.MOST_BARS:
        return None
    title = f"Tình hình thực hiện nhiệm vụ năm {year} theo cơ quan (số việc)"
    return Chart("tien-do", title, summary_charts.MATRIX, tuple(bars), stacked=True)


def _drawn(chart: Chart) -> Mapping[str, object]:
    """A chart with its legend and its numbers as rows."""
    return {
        "title": chart.title,
        "svg": charts.of(chart),
        "legend": [(charts.swatch(one.tone), one.word) for one in chart.series],
        "heads": [(one.word, "num") for one in chart.series],
        "rows": [
            (bar.label, [chart.shown(value) if value is not None else "chưa có" for value in bar.values])
            for bar in chart.bars
        ],
    }


# Excel


def _file(room: Room, seen: Sight, found: ResultPage) -> Response:
    """The year as it is now, as a workbook: the tables of the page."""
    made = found.made
    framed = _frame(room, seen, found)
    tables: list[Table] = [
        summary_tables.results(made, framed), summary_tables.criteria(made), summary_tables.differences(made),
    ]  # fmt: skip
    if found.whole:
        tables.append(summary_lists.classification(made, framed))
    plan, period = seen.loaded.plan, found.asked.period
    facts = [
        ("Kế hoạch", plan.title), ("Năm", period), ("Tính đến", f"{room.local():%H:%M ngày %d/%m/%Y}, chưa chốt"),
        ("Bộ tiêu chí", found.asked.rubric.short), ("Cấp quyết định", made.decisive),
        ("Mục tiêu", made.target.text if found.whole else f"{found.count} hợp tác xã, xem bản tổng hợp"),
    ]  # fmt: skip
    drawn = summary_facts.charts(made) if found.whole else []
    body = workbooks.write(
        f"Kết quả đánh giá năm {period}", facts, tables, drawn, simulation=room.simulation
    )  # fmt: skip
    return room.file(f"{stem('ket-qua', plan.code, period)}.xlsx", body, workbooks.MEDIA_TYPE)
