"""Scores and results (điểm, kết quả) for programs: the same keys on the command line and in the API."""

from __future__ import annotations

from typing import Any

from htx_workflow.domain.verdicts import Verdict
from htx_workflow.services.card_views import CardView
from htx_workflow.services.results import Results


def card(view: CardView) -> dict[str, Any]:
    """A card for scripts; points in hundredths."""
    newest = view.card
    return {
        "key": newest.key if newest else view.spot.place.key,
        "state": newest.state if newest else None,
        "revision": newest.revision if newest else None,
        "version": view.version,
        "rubric": list(view.rubric.ref),
        "points": {key: row.hundredths for key, row in view.rows.items() if row.hundredths is not None},
        "reasons": {key: row.reason for key, row in view.rows.items() if row.reason},
        "evidence": {key: row.evidence for key, row in view.rows.items() if row.evidence},
        "facts": view.facts.model_dump(exclude_none=True),
        "signed": [{"role": one.role, "on_paper": one.on_paper, "on": one.on_day} for one in view.signed],
        "total": view.totals.total,
        "total_text": view.rating.total_text,
        "rated": view.rating.state.value,
        "band": view.rating.band.code if view.rating.band else None,
        "missing": list(view.totals.missing),
        "levels": {level: dict(points) for level, points in view.levels.items()},
        "differences": [one.__dict__ for one in view.differences],
        "verdict": verdict_of(view.verdict),
    }


def verdict_of(verdict: Verdict) -> dict[str, Any]:
    """A conclusion with its reasons."""
    return {
        "level": verdict.level.code,
        "total": verdict.total,
        "band": verdict.band.code if verdict.band else None,
        "conclusion": verdict.conclusion.value,
        "reason": verdict.reason,
        "why": verdict.why,
        "remarks": list(verdict.remarks),
    }


def results(found: Results) -> dict[str, Any]:
    """Results for scripts; points in hundredths."""
    rows = []
    for row in found.rows:
        shortfall = row.shortfall
        gap = None
        if shortfall is not None:
            below = {one.number: [one.end, one.start] for one in shortfall.below_start}
            gap = {"to_pass": shortfall.to_pass, "below_start": below, "room": dict(shortfall.room)}
        rows.append(
            {
                "unit": row.unit.code,
                "name": row.unit.name,
                "decisive": verdict_of(row.outcome.decisive),
                "others": [verdict_of(one) for one in row.outcome.others],
                "remarks": {level: list(made.remarks) for level, made in row.levels.items() if made.remarks},
                "holes": list(row.holes),
                "gap": gap,
            }
        )
    return {
        "plan": found.asked.loaded.plan.code,
        "period": found.asked.period,
        "heading": found.asked.heading,
        "target": found.target_text,
        "pass_mark": found.asked.pass_mark,
        "cooperatives": rows,
        "late": [card.key for card in found.late],
    }
