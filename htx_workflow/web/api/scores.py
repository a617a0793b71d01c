"""Scores and results (điểm, kết quả đánh giá) for programs: read only, as far as the agency sees the figures."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain import card_places
from htx_workflow.domain.errors import NotFound
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import card_spots, card_views, consolidations, listings, results, score_json
from htx_workflow.store import agencies as agency_store
from htx_workflow.store.database import Session
from htx_workflow.store.plans import LoadedPlan
from htx_workflow.web.api import answers, shapes
from htx_workflow.web.api.callers import ReadsScores
from htx_workflow.web.portal import Portal

TAG: list[str | Enum] = ["Điểm và kết quả"]
Year = Annotated[str, Path(pattern=r"^[0-9]{4}$", description="Năm đánh giá")]
Stage = Literal["trial", "estimate", "final"]


def add(router: APIRouter, portal: Portal) -> None:
    def plan_of(session: Session, code: str, visitor: Visitor) -> tuple[LoadedPlan, Rubric]:
        loaded = listings.get_plan(session, code, visitor)
        return loaded, portal.runtime.rubric(card_spots.scoring_of(loaded.plan).rubric)

    @router.get("/scores/{plan}/{unit}/{year}", openapi_extra=shapes.READS, tags=TAG)
    def card(
        request: Request, plan: shapes.PlanCode, unit: shapes.Part, year: Year, visitor: ReadsScores,
        level: shapes.Name = "self", stage: Stage = "final",
    ) -> Response:  # fmt: skip
        """Một phiếu chấm điểm, cùng khóa JSON như `htx score card --json`; điểm tính bằng phần trăm của một điểm."""
        with portal.own_only(request), portal.reading() as session:
            loaded, rubric = plan_of(session, plan, visitor)
            if unit not in loaded.plan.scored():
                raise NotFound(f"Không có phiếu của {unit} trong phần việc của cơ quan.")
            place = card_places.place(f"{plan}/{unit}/{year}", stage, level)
            found = score_json.card(card_views.view(session, place, rubric, visitor, portal.today()))
        return answers.show(request, found)

    @router.get("/results/{plan}/{year}", openapi_extra=shapes.READS, tags=TAG)
    def result(
        request: Request, plan: shapes.PlanCode, year: Year, visitor: ReadsScores,
        stage: Literal["", "trial"] = "",
    ) -> Response:  # fmt: skip
        """Kết quả của các hợp tác xã mà cơ quan được xem, cùng khóa JSON như `htx score results --json`."""
        with portal.own_only(request), portal.reading() as session:
            loaded, rubric = plan_of(session, plan, visitor)
            consolidations.check_period(loaded, year)
            asked = results.asked(loaded, rubric, year, (stage,) if stage else results.OFFICIAL)
            agencies = agency_store.list_agencies(session, portal.today())
            found = score_json.results(results.results(session, asked, visitor, agencies))
        return answers.show(request, found)
